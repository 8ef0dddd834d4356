"""How well probabilities of default tell firms apart, and whether they come true."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri
from scipy.stats import beta, rankdata

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]
_LEVEL = 0.95


class Area(NamedTuple):
    """The area under the ROC curve, its standard error and 95 % interval, cut to [0, 1]."""

    area: float
    error: float
    low: float
    high: float


def area_under_curve(defaulted: ArrayLike, scores: ArrayLike) -> Area:
    r"""Return the area under the ROC curve with DeLong's standard error.

    .. math:: A = P(s_1 > s_0) + \tfrac12P(s_1 = s_0),\qquad
        \mathrm{Var}(A) = S_{10}/n_1 + S_{01}/n_0

    of a firm that defaulted (1) and one that did not (0); S are variances of the shares of the
    other group that a firm ranks above.
    defaulted : (n,) 1 or 0; scores : (n,) high where default is likely
    Raises : InputError where there are not two of each
    Source : DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44, 837–845
    """
    areas, covariance = delong_covariance(defaulted, np.atleast_2d(np.asarray(scores, dtype=float)))
    error = float(np.sqrt(covariance[0, 0]))
    half = float(ndtri((1 + _LEVEL) / 2)) * error
    area = float(areas[0])
    return Area(area, error, max(0.0, area - half), min(1.0, area + half))


def delong_covariance(defaulted: ArrayLike, scores: ArrayLike) -> tuple[Array, Array]:
    """Return (k,) areas under the ROC curve of k scores of the same firms, and their covariance.

    defaulted : (n,) 1 or 0; scores : (k, n)
    Raises : InputError where there are not two of each
    Source : DeLong, DeLong and Clarke-Pearson (1988), by midranks as Sun and Xu (2014), IEEE Signal
        Processing Letters 21, 1389–1393
    """
    bad = np.asarray(defaulted, dtype=float) == 1
    values = np.atleast_2d(np.asarray(scores, dtype=float))
    n, m = int(bad.sum()), int((~bad).sum())
    if min(n, m) < 2:
        raise InputError(
            Text(
                f"ROC 曲线下面积至少需要违约和未违约各 2 家，现有 {n} 家违约、{m} 家未违约",
                f"an area under the ROC curve needs at least 2 firms that defaulted and 2 that did "
                f"not; there are {n} and {m}",
            )
        )
    ranks = rankdata(values, axis=1)
    # the share of the other group that each firm ranks above, ties counting half
    above = (ranks[:, bad] - rankdata(values[:, bad], axis=1)) / m
    below = 1.0 - (ranks[:, ~bad] - rankdata(values[:, ~bad], axis=1)) / n
    covariance = np.atleast_2d(np.cov(above)) / n + np.atleast_2d(np.cov(below)) / m
    return above.mean(axis=1), covariance


def brier_score(defaulted: ArrayLike, probabilities: ArrayLike) -> float:
    """Return the mean squared difference of probability and outcome, 0 where all came true.

    Source : Brier (1950), Monthly Weather Review 78, 1–3
    """
    difference = np.asarray(probabilities, dtype=float) - np.asarray(defaulted, dtype=float)
    return float(np.mean(difference**2))


def calibration_table(defaulted: ArrayLike, probabilities: ArrayLike, groups: int) -> pd.DataFrame:
    """Return predicted against observed default rates by groups of equal size.

    groups : at most; firms of equal probability stay together
    Returns : group (from the safest), firms, defaults, predicted, observed, observed_low,
        observed_high: the exact 95 % interval of Clopper and Pearson
    """
    frame = pd.DataFrame(
        {"p": np.asarray(probabilities, dtype=float), "y": np.asarray(defaulted, dtype=float)}
    )
    order = frame["p"].rank(method="max", pct=True)
    frame["group"] = np.minimum(np.ceil(order * groups - 1e-9), groups)
    found = frame.groupby("group", as_index=False).agg(
        firms=("y", "size"), defaults=("y", "sum"), predicted=("p", "mean"), observed=("y", "mean")
    )
    k, n = found["defaults"].to_numpy(float), found["firms"].to_numpy(float)
    tail = (1 - _LEVEL) / 2
    with np.errstate(invalid="ignore"):  # at 0 and at n the bound is the end itself
        found["observed_low"] = np.where(k > 0, beta.ppf(tail, k, n - k + 1), 0.0)
        found["observed_high"] = np.where(k < n, beta.ppf(1 - tail, k + 1, n - k), 1.0)
    found["group"] = np.arange(1, len(found) + 1)
    found["defaults"] = k.astype(int)
    return found
