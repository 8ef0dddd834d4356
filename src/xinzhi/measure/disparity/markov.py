"""Markov chains of relative levels, also conditional on the neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class MarkovChain:
    """Transitions between k classes.

    transitions : (k, k), how often a region went from the row's class to the column's
    probabilities : (k, k), rows summing to 1, NaN where a class was never left
    ergodic : (k,), the long-run shares, NaN where there is not exactly one such distribution
    """

    transitions: Array
    probabilities: Array
    ergodic: Array


@dataclass(frozen=True)
class HomogeneityTest:
    """Whether transitions are the same whatever the class of the neighbours.

    likelihood_ratio, pearson : statistics, both chi-squared with ``degrees_of_freedom``
    """

    likelihood_ratio: float
    pearson: float
    degrees_of_freedom: int
    likelihood_ratio_p_value: float
    pearson_p_value: float


def class_bounds(values: Array, classes: int) -> Array:
    """Return the k - 1 quantiles of all values, which part k classes of about one size.

    values : of any shape, NaN left out; classes : k >= 2
    Raises : InputError where values repeat so often that classes would be empty
    """
    known = values[np.isfinite(values)]
    if classes < 2 or len(np.unique(known)) < classes:
        raise InputError(
            Text(
                f"不能把 {len(np.unique(known))} 个不同的数值分成 {classes} 类（至少两类）",
                f"{len(np.unique(known))} different values cannot be parted into {classes} "
                "classes (two at least)",
            ),
            remedy=Text("减少类数。", "Take fewer classes."),
        )
    bounds: Array = np.quantile(known, np.arange(1, classes) / classes)
    if (np.diff(bounds) <= 0).any():
        raise InputError(
            Text(
                f"重复的数值太多，{classes} 类的分位点相同",
                f"values repeat too often: quantiles of {classes} classes coincide",
            ),
            remedy=Text("减少类数。", "Take fewer classes."),
        )
    return bounds


def classified(values: Array, bounds: Array) -> Codes:
    """Return the class of each value, 0 for the lowest and -1 for NaN; bounds belong below."""
    codes = np.searchsorted(bounds, values, side="left")
    return np.where(np.isfinite(values), codes, -1)


def markov(codes: Codes, classes: int) -> MarkovChain:
    r"""Estimate a Markov chain of the first order.

    .. math:: \hat p_{ab} = n_{ab}/\sum_b n_{ab},\qquad \pi P=\pi,\quad\sum\pi=1

    codes : (region, year) whole numbers 0 ... k-1, -1 where missing: that pair is left out
    classes : k
    Returns : MarkovChain
    Limits : assumes that only the present class matters and that it does so equally in all years
    Source : Quah (1993), European Economic Review 37:426-434
    """
    return _chain(_counts(codes, np.zeros_like(codes), classes, 1)[0])


def spatial_markov(
    codes: Codes, lags: Codes, classes: int, lag_classes: int
) -> tuple[tuple[MarkovChain, ...], HomogeneityTest]:
    r"""Estimate one Markov chain for each class that the neighbours had at the start.

    .. math:: LR = 2\sum_{m,a,b}n_{mab}\ln\frac{\hat p_{mab}}{\hat p_{ab}},\qquad
              Q = \sum_{m,a,b}n_{ma}\frac{(\hat p_{mab}-\hat p_{ab})^2}{\hat p_{ab}}

    codes, lags : (region, year), own class and class of the mean of the neighbours; -1 missing
    Returns : a chain for each class of neighbours, and the test that all are one: rows that were
        left under fewer than two classes of neighbours, and transitions that never happened, give
        no degree of freedom
    Source : Rey (2001), Geographical Analysis 33:195-214; Bickenbach and Bode (2003), International
        Regional Science Review 26:363-392
    """
    counts = _counts(codes, lags, classes, lag_classes)
    return tuple(_chain(table) for table in counts), homogeneity(counts)


def homogeneity(counts: Array) -> HomogeneityTest:
    """Test that transitions, (condition, k, k), have one matrix; see ``spatial_markov``."""
    from scipy.stats import chi2

    pooled = counts.sum(axis=0)
    left = counts.sum(axis=2)  # (condition, k)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = pooled / pooled.sum(axis=1, keepdims=True)
        expected = left[:, :, None] * p
        ratio = np.where(counts > 0, counts * np.log(counts / expected), 0.0)
        apart = np.where(expected > 0, (counts - expected) ** 2 / expected, 0.0)
    conditions = (left > 0).sum(axis=0)
    outcomes = (pooled > 0).sum(axis=1)
    freedom = int((np.maximum(conditions - 1, 0) * np.maximum(outcomes - 1, 0)).sum())
    statistics = float(2 * ratio.sum()), float(apart.sum())
    p_values = (float(chi2.sf(x, freedom)) if freedom else 1.0 for x in statistics)
    return HomogeneityTest(*statistics, freedom, *p_values)


def _counts(codes: Codes, conditions: Codes, classes: int, count: int) -> Array:
    start, end, condition = codes[:, :-1], codes[:, 1:], conditions[:, :-1]
    known = (start >= 0) & (end >= 0) & (condition >= 0)
    counts = np.zeros((count, classes, classes))
    np.add.at(counts, (condition[known], start[known], end[known]), 1.0)
    return counts


def _chain(transitions: Array) -> MarkovChain:
    left = transitions.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        probabilities = transitions / left
    return MarkovChain(transitions, probabilities, _ergodic(probabilities))


def _ergodic(probabilities: Array) -> Array:
    """Solve for the long-run shares; NaN unless there is exactly one distribution."""
    size = len(probabilities)
    if np.isnan(probabilities).any():
        return np.full(size, np.nan)
    system = np.vstack([(probabilities.T - np.eye(size)), np.ones(size)])
    if np.linalg.matrix_rank(system[:-1], tol=1e-12) < size - 1:
        return np.full(size, np.nan)
    shares: Array = np.linalg.lstsq(system, np.r_[np.zeros(size), 1.0], rcond=None)[0]
    return np.clip(shares, 0.0, None)
