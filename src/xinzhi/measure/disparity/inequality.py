"""Theil's indices with their parts within and between groups, Atkinson's, and variation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.measure.disparity.dagum import checked_values

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class TheilDecomposition:
    """One of Theil's indices: total = within + between; group : (..., k), that of each group."""

    total: Array
    within: Array
    between: Array
    group: Array


def theil_t(values: Array, groups: Codes | None = None) -> TheilDecomposition:
    r"""Theil's T, which weighs groups by what they have.

    .. math:: T = \frac1n\sum_i\frac{y_i}{\bar y}\ln\frac{y_i}{\bar y}
               = \sum_j s_jT_j + \sum_j s_j\ln\frac{\bar y_j}{\bar y}

    values : (n,) [any one unit], >= 0, not all 0; 0 ln 0 = 0
    groups : (n,) whole numbers from 0; one group by default
    Returns : TheilDecomposition; total in [0, ln n]
    Raises : InputError for missing or negative values, or a sum of 0
    Source : Theil (1967), Economics and Information Theory; Shorrocks (1980), Econometrica 48:613
    """
    return theil(checked_values(values), _codes(values, groups), "t")


def theil_l(values: Array, groups: Codes | None = None) -> TheilDecomposition:
    r"""Theil's L, the mean logarithmic deviation, which weighs groups by their members.

    .. math:: L = \frac1n\sum_i\ln\frac{\bar y}{y_i}
               = \sum_j p_jL_j + \sum_j p_j\ln\frac{\bar y}{\bar y_j}

    values : (n,) [any one unit], > 0
    groups : (n,) whole numbers from 0; one group by default
    Returns : TheilDecomposition; NaN where a value is 0, since the logarithm has no limit there
    Raises : InputError for missing or negative values, or a sum of 0
    Source : as ``theil_t``
    """
    return theil(checked_values(values), _codes(values, groups), "l")


def theil(
    values: Array, groups: Codes, kind: str, weights: Array | None = None
) -> TheilDecomposition:
    """Compute T or L of checked values; weights : (n,) or (replications, n), once by default."""
    count = int(groups.max()) + 1
    given = np.ones(len(values)) if weights is None else weights
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(values)
        # y ln y or -ln y: within a group the mean is taken out afterwards
        terms = np.where(values > 0, values * logs, 0.0) if kind == "t" else -logs
        shape = (*given.shape[:-1], count)
        members, totals, sums = np.zeros(shape), np.zeros(shape), np.zeros(shape)
        for group in range(count):
            inside = groups == group
            members[..., group] = given[..., inside].sum(axis=-1)
            totals[..., group] = given[..., inside] @ values[inside]
            # a value of 0 makes L infinite, but only where it was drawn
            counted = np.where(given[..., inside] > 0, given[..., inside] * terms[inside], 0.0)
            sums[..., group] = counted.sum(axis=-1)
        means = totals / members
        whole = members.sum(axis=-1, keepdims=True)
        mean = totals.sum(axis=-1, keepdims=True) / whole
        if kind == "t":
            share = totals / totals.sum(axis=-1, keepdims=True)
            group_index = sums / totals - np.log(means)
            apart = np.log(means / mean)
        else:
            share = members / whole
            group_index = sums / members + np.log(means)
            apart = np.log(mean / means)
        empty = ~(share > 0)
        within = np.where(empty, 0.0, share * group_index).sum(axis=-1)
        between = np.where(empty, 0.0, share * apart).sum(axis=-1)
    found = (within + between, within, between, group_index)
    return TheilDecomposition(*(np.where(np.isfinite(x), x, np.nan) for x in found))


def atkinson(values: Array, epsilon: float = 0.5, weights: Array | None = None) -> Array:
    r"""Atkinson's index: the share of the total that could be given up for an even distribution.

    .. math:: A_\varepsilon = 1-\frac1{\bar y}
        \Big(\frac1n\sum_i y_i^{1-\varepsilon}\Big)^{1/(1-\varepsilon)},\qquad
        A_1 = 1-\frac{(\prod_i y_i)^{1/n}}{\bar y}

    values : (n,) [any one unit], >= 0, not all 0
    epsilon : aversion to inequality, > 0; a convention, to be stated with the index
    weights : (n,) or (replications, n) >= 0, how often each value counts; once by default
    Returns : (...) in [0, 1]; 1 where a value is 0 and epsilon is 1 or more
    Raises : InputError for missing or negative values, a sum of 0, or epsilon not above 0
    Source : Atkinson (1970), Journal of Economic Theory 2:244-263
    """
    if not epsilon > 0:
        raise InputError(
            Text(
                f"Atkinson 指数的 ε 应大于 0，现为 {epsilon:g}",
                f"epsilon of the Atkinson index must be above 0, got {epsilon:g}",
            ),
            remedy=Text("常用 0.5、1 或 2。", "0.5, 1 and 2 are usual."),
        )
    given = checked_values(values)
    counted = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=float)
    whole = counted.sum(axis=-1)
    mean = counted @ given / whole
    with np.errstate(divide="ignore", invalid="ignore"):
        if epsilon == 1:
            terms = np.where(counted > 0, counted * np.log(given), 0.0)
            even = np.exp(terms.sum(axis=-1) / whole)
        else:
            power = 1 - epsilon
            terms = np.where(counted > 0, counted * given**power, 0.0)
            even = (terms.sum(axis=-1) / whole) ** (1 / power)
        index: Array = np.asarray(1 - even / mean)
    return index


def coefficient_of_variation(values: Array, weights: Array | None = None) -> Array:
    r"""Coefficient of variation, the standard deviation (divisor n) over the mean.

    values : (n,) [any one unit], >= 0, not all 0
    weights : (n,) or (replications, n) >= 0, how often each value counts; once by default
    Returns : (...) >= 0
    Raises : InputError for missing or negative values, or a sum of 0
    """
    given = checked_values(values)
    counted = np.ones(len(given)) if weights is None else np.asarray(weights, dtype=float)
    whole = counted.sum(axis=-1)
    mean = counted @ given / whole
    squares = (counted * (given - mean[..., None]) ** 2).sum(axis=-1)
    ratio: Array = np.asarray(np.sqrt(squares / whole) / mean)
    return ratio


def _codes(values: Array, groups: Codes | None) -> Codes:
    return np.zeros(len(values), dtype=np.intp) if groups is None else groups
