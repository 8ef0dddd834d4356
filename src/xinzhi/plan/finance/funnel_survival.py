"""Survival in a stage and the ways out of it, from right-censored event data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
LEVEL = 0.95  # of every interval of the funnel


@dataclass(frozen=True)
class Counts:
    """What happened at each time: durations sorted and tied ones together.

    times : (T,) [years], ascending; at_risk : (T,) still in the stage just before
    exits : (T, K) that left by each cause; who is censored at a time counts as at risk at it
    """

    times: Array
    at_risk: Array
    exits: Array


def kaplan_meier(durations: ArrayLike, exited: ArrayLike) -> pd.DataFrame:
    r"""Estimate who is still in a stage after a time (Kaplan–Meier), with Greenwood's error.

    .. math:: S(t)=\prod_{t_i\le t}\Bigl(1-\frac{d_i}{n_i}\Bigr),\quad
       \operatorname{Var}S(t)=S(t)^2\sum_{t_i\le t}\frac{d_i}{n_i(n_i-d_i)}

    durations : (n,) [years], >= 0; exited : (n,) whether the duration ended in an exit (else it is
        right-censored: the firm was still there when last seen)
    Returns : a row for time 0 and for each time: time, at_risk, exits, censored, survival,
        standard_error, low, high. Intervals of 95 % are those of log(−log S), which stay in [0, 1];
        without an error (nobody left, or all) they are missing
    Raises : InputError for no durations, negative ones, and lengths that differ
    Source : Kaplan & Meier (1958), JASA 53, 457–481; Kalbfleisch & Prentice (2002), The Statistical
        Analysis of Failure Time Data
    """
    causes = np.where(np.asarray(exited, dtype=bool), 0, -1)
    found = event_counts(durations, causes, 1)
    left = found.exits[:, 0]
    survival, terms = _survival(found)
    last = np.isinf(terms)  # all leave: nothing is left to vary
    error = np.where(last, np.nan, survival * np.sqrt(np.cumsum(np.where(last, 0.0, terms))))
    low, high = _log_log(survival, error)
    at_risk = np.concatenate([found.at_risk, [0.0]])
    start = int(found.times[0] == 0)  # time 0 once
    return (
        pd.DataFrame(
            {
                "time": _from(0.0, found.times),
                "at_risk": _from(found.at_risk[0], found.at_risk),
                "exits": _from(0.0, left),
                "censored": _from(0.0, -np.diff(at_risk) - left),
                "survival": _from(1.0, survival),
                "standard_error": _from(0.0, error),
                "low": _from(np.nan, low),
                "high": _from(np.nan, high),
            }
        )
        .iloc[start:]
        .reset_index(drop=True)
    )


def aalen_johansen(durations: ArrayLike, causes: ArrayLike, kinds: int) -> pd.DataFrame:
    r"""Estimate who has left by each of competing causes after a time (Aalen–Johansen).

    .. math:: F_k(t)=\sum_{t_i\le t}S(t_{i-1})\frac{d_{ik}}{n_i},\qquad\sum_kF_k(t)+S(t)=1

    .. math:: \operatorname{Var}F_k(t)=\sum_{t_i\le t}\Bigl[(F_k(t)-F_k(t_i))^2
       \frac{d_i}{n_i(n_i-d_i)}+S(t_{i-1})^2\frac{d_{ik}(n_i-d_{ik})}{n_i^3}
       -2(F_k(t)-F_k(t_i))S(t_{i-1})\frac{d_{ik}}{n_i^2}\Bigr]

    durations : (n,) [years], >= 0; causes : (n,) 0 … kinds − 1, and −1 for right-censored
    Returns : cause, time, incidence, standard_error, low, high (95 %, by log(−log F)), for each
        cause a row for time 0 and for each time
    Raises : InputError for no durations, negative ones, lengths that differ and causes outside
    Limits : the variance treats causes tied at one time as a first-order expansion does
    Source : Aalen & Johansen (1978), Scand. J. Statist. 5, 141–150; the variance by the delta
        method: Marubini & Valsecchi (1995), Analysing Survival Data from Clinical Trials
    """
    found = event_counts(durations, causes, kinds)
    survival, terms = _survival(found)
    before = np.concatenate([[1.0], survival[:-1]])
    start = int(found.times[0] == 0)  # time 0 once
    parts = []
    for cause in range(kinds):
        left, n = found.exits[:, cause], found.at_risk
        incidence = np.cumsum(before * left / n)
        # (F(t) − F(t_i))² and (F(t) − F(t_i)) expanded, so that running sums do
        last = np.isinf(terms)  # all leave: nothing rises after it
        first = np.where(last, 0.0, terms)
        cross = before * left / n**2
        own = before**2 * left * (n - left) / n**3
        variance = (
            incidence**2 * np.cumsum(first)
            - 2 * incidence * np.cumsum(first * incidence)
            + np.cumsum(first * incidence**2)
            + np.cumsum(own)
            - 2 * (incidence * np.cumsum(cross) - np.cumsum(cross * incidence))
        )
        error = np.sqrt(np.maximum(variance, 0.0))
        low, high = _log_log(incidence, error)
        parts.append(
            pd.DataFrame(
                {
                    "cause": cause,
                    "time": _from(0.0, found.times),
                    "incidence": _from(0.0, incidence),
                    "standard_error": _from(0.0, error),
                    "low": _from(np.nan, low),
                    "high": _from(np.nan, high),
                }
            ).iloc[start:]
        )
    return pd.concat(parts, ignore_index=True)


def event_counts(durations: ArrayLike, causes: ArrayLike, kinds: int) -> Counts:
    """Count exits by cause and who is at risk at each time; arguments as ``aalen_johansen``."""
    length, cause = np.asarray(durations, dtype=float), np.asarray(causes, dtype=np.int64)
    _check(length, cause, kinds)
    times, place = np.unique(length, return_inverse=True)
    exits = np.zeros((len(times), kinds))
    left = cause >= 0
    np.add.at(exits, (place[left], cause[left]), 1.0)
    here = np.bincount(place, minlength=len(times)).astype(float)
    at_risk = len(length) - np.concatenate([[0.0], np.cumsum(here)[:-1]])
    return Counts(times, at_risk, exits)


def _survival(found: Counts) -> tuple[Array, Array]:
    """Return (T,) survival and (T,) the terms of Greenwood's sum, infinite where all leave."""
    left, n = found.exits.sum(axis=1), found.at_risk
    with np.errstate(divide="ignore"):
        terms = left / (n * (n - left))
    return np.cumprod(1 - left / n), terms


def _log_log(value: Array, error: Array) -> tuple[Array, Array]:
    """Return the ends of the interval of log(−log p); missing where it has no error."""
    z = float(ndtri(0.5 + LEVEL / 2))
    inside = (value > 0) & (value < 1) & (error > 0) & np.isfinite(error)
    p = np.where(inside, value, 0.5)
    width = z * np.where(inside, error, 0.0) / (p * np.abs(np.log(p)))
    low, high = p ** np.exp(width), p ** np.exp(-width)
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def _from(start: float, values: Array) -> Array:
    return np.concatenate([[start], values])


def _check(durations: Array, causes: NDArray[np.int64], kinds: int) -> None:
    if durations.ndim != 1 or not len(durations):
        raise InputError(
            Text("没有一个历时", "there is no duration"),
            remedy=Text("给出至少一个。", "Give at least one."),
        )
    if durations.shape != causes.shape:
        raise InputError(
            Text(
                f"历时有 {len(durations)} 个，结局有 {causes.size} 个",
                f"there are {len(durations)} durations and {causes.size} outcomes",
            ),
            remedy=Text("两者一一对应。", "Give one outcome for each duration."),
        )
    wrong = ~np.isfinite(durations) | (durations < 0)
    if wrong.any():
        raise InputError(
            Text(
                f"历时 {durations[wrong][0]} 应为不小于 0 的数",
                f"duration {durations[wrong][0]}: expected a number of at least 0",
            )
        )
    outside = (causes < -1) | (causes >= kinds)
    if outside.any():
        raise InputError(
            Text(
                f"结局 {causes[outside][0]} 应在 0 与 {kinds - 1} 之间，删失为 −1",
                f"cause {causes[outside][0]}: expected 0 to {kinds - 1}, or -1 for censored",
            )
        )
