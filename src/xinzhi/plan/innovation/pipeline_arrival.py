"""When projects arrive: the exact distribution, numbers by year, and what a plan may count on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.innovation.pipeline import Array, Pipeline, moments

_ACCURACY = 18.4  # A of Abate and Whitt: an error of about exp(-A)
_AVERAGED = 11  # partial sums averaged by Euler's weights
_FEWEST, _MOST = 64, 20_000  # terms
_BAND = (0.05, 0.95)


def arrival_probability(pipeline: Pipeline, times: ArrayLike) -> Array:
    r"""Return (times,) the probability that a project has arrived within each time [years].

    .. math:: \Pr(T \le t) = P\,\mathcal L^{-1}\Bigl[\frac1z\prod_s
        \frac{(1-r_s)\,g_s(z)}{1-r_s\,g_s(z)}\Bigr](t),\qquad g_s(z) = (1+\theta_sz)^{-k_s}

    with :math:`k_s = \mu_s^2/\sigma_s^2`, :math:`\theta_s = \sigma_s^2/\mu_s`; stages of certain
    duration shift :math:`t`. The transform is inverted by the Fourier series with Euler summation.

    Returns : exact to about 1e-7; within about a thousandth of ``t`` of an almost certain arrival
        time, less exact
    Source : Abate and Whitt (1995), ORSA Journal on Computing 7(1), 36–43, algorithm Euler
    """
    t = np.atleast_1d(np.asarray(times, dtype=float))
    whole = moments(pipeline)
    random = pipeline.duration_sd > 0
    left = t - pipeline.duration[~random].sum()
    if not random.any() or whole.success == 0:
        return np.where(left >= -1e-12, whole.success, 0.0)
    sd = whole.time_sd
    found = np.zeros(len(t))
    for place in np.flatnonzero(left > 0):
        found[place] = _inverted(pipeline, random, float(left[place]), sd)
    probability: Array = whole.success * np.clip(found, 0.0, 1.0)
    return probability


def arrivals_table(
    pipeline: Pipeline, starts: Mapping[int, int], years: int, simulated: Array | None = None
) -> pd.DataFrame:
    """Return how many projects have arrived by the end of each year.

    starts : projects that begin at the start of each year; years : from the first of them on
    simulated : times of simulated arrivals divided into all paths as ``arrived`` ones; shares of
        paths that have arrived stand beside the exact probability
    Returns : pipeline, year, probability that one project of the first year has arrived,
        simulated (the same by Monte Carlo), expected_arrivals (number), at_least_one, low, high
        (5th and 95th percentile of the number)
    """
    first = min(starts)
    span = np.arange(1, years + 1)
    within = arrival_probability(pipeline, span)
    by = dict(zip(span.tolist(), within.tolist(), strict=True))
    rows = []
    for k in range(years):
        year = first + k
        chances = [(n, by[year - y + 1]) for y, n in starts.items() if y <= year and n > 0]
        number = np.array([n for n, _ in chances], dtype=float)
        chance = np.array([q for _, q in chances])
        low, high = _count_band(number, chance)
        rows.append(
            {
                "pipeline": pipeline.name,
                "year": year,
                "probability": within[k],
                "simulated": np.nan if simulated is None else float((simulated <= k + 1).mean()),
                "expected_arrivals": float(number @ chance),
                "at_least_one": 1 - float(np.prod((1 - chance) ** number)),
                "low": low,
                "high": high,
            }
        )
    return pd.DataFrame(rows)


def available_from(arrivals: pd.DataFrame, confidence: float = 0.5) -> pd.DataFrame:
    """Return the first year in which a plan may count on each pipeline's technology.

    arrivals : the table of ``innovation``: pipeline, year, at_least_one
    confidence : probability asked for that at least one project has arrived by the end of the year
        before
    Returns : pipeline, confidence, available_from (missing where the probability is not reached
        within the years), probability (reached by then, or in the last year)
    Raises : InputError for a confidence outside (0, 1)
    """
    if not 0 < confidence < 1:
        raise InputError(
            Text(
                f"把握 {confidence} 应在 0 与 1 之间",
                f"a confidence lies between 0 and 1, not {confidence}",
            )
        )
    rows = []
    for name, part in arrivals.groupby("pipeline", sort=False):
        ordered = part.sort_values("year")
        reached = ordered["at_least_one"].to_numpy() >= confidence
        place = int(reached.argmax()) if reached.any() else len(reached) - 1
        year = int(ordered["year"].iloc[place]) + 1 if reached.any() else None
        rows.append((name, confidence, year, float(ordered["at_least_one"].iloc[place])))
    frame = pd.DataFrame(rows, columns=["pipeline", "confidence", "available_from", "probability"])
    return frame.astype({"available_from": "Int64"})


def case_with_arrivals(
    case: TransitionCase, available: pd.DataFrame, technologies: Mapping[str, str]
) -> TransitionCase:
    """Return a transition case whose technologies wait for the pipelines that develop them.

    available : the table of ``available_from``; technologies : pipeline → technology of the case
    Returns : the case with ``available_from`` of those technologies; one that does not become
        available within the years is not built
    Raises : InputError for an unknown pipeline or technology
    """
    years = available.set_index("pipeline")["available_from"]
    known = [technology.id for technology in case.technologies]
    for what, names, there in (
        (Text("创新流程", "pipeline"), technologies.keys(), [*map(str, years.index)]),
        (Text("技术", "technology"), technologies.values(), known),
    ):
        absent = [name for name in names if name not in there]
        if absent:
            raise InputError(
                Text(
                    f"没有{what.zh} {absent[0]}；现有：{'、'.join(there)}",
                    f"no {what.en} {absent[0]}; there are: {', '.join(there)}",
                )
            )
    wanted = {technology: years[pipeline] for pipeline, technology in technologies.items()}
    changed = []
    for technology in case.technologies:
        if technology.id in wanted:
            year = wanted[technology.id]
            technology = (
                replace(technology, buildable=False)
                if pd.isna(year)
                else replace(technology, available_from=int(year))
            )
        changed.append(technology)
    return replace(case, technologies=tuple(changed))


def _inverted(pipeline: Pipeline, random: NDArray[np.bool_], t: float, sd: float) -> float:
    """Return the distribution of the uncertain durations at t > 0 from its Laplace transform."""
    terms = int(np.clip(8 * t / (np.pi * sd), _FEWEST, _MOST))
    k = np.arange(terms + _AVERAGED + 1)
    z = (_ACCURACY + 2j * np.pi * k) / (2 * t)
    transform = 1 / z
    for mean, deviation, again in zip(
        pipeline.duration[random],
        pipeline.duration_sd[random],
        pipeline.repeat[random],
        strict=True,
    ):
        g = np.exp(-((mean / deviation) ** 2) * np.log1p(deviation**2 / mean * z))
        transform *= (1 - again) * g / (1 - again * g)
    series = np.where(k % 2, -1.0, 1.0) * transform.real
    series[0] /= 2
    sums = np.cumsum(series)[terms:]
    weights = _binomial(_AVERAGED) / 2.0**_AVERAGED
    return float(np.exp(_ACCURACY / 2) / t * (sums @ weights))


def _binomial(n: int) -> Array:
    row = np.ones(n + 1)
    for k in range(1, n + 1):
        row[k] = row[k - 1] * (n - k + 1) / k
    return row


def _count_band(number: Array, chance: Array) -> tuple[float, float]:
    """Return percentiles of a sum of binomial counts, from its generating function on a circle."""
    total = int(number.sum())
    if total == 0:
        return 0.0, 0.0
    circle = np.exp(-2j * np.pi * np.arange(total + 1) / (total + 1))
    powers = np.ones(total + 1, dtype=complex)
    for n, q in zip(number, chance, strict=True):
        powers *= (1 - q + q * circle) ** n
    below = np.cumsum(np.fft.ifft(powers).real)
    low, high = (int(np.searchsorted(below, level - 1e-12)) for level in _BAND)
    return float(min(low, total)), float(min(high, total))
