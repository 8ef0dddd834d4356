"""The Gini coefficient and Dagum's decomposition of it by groups, by sorting instead of pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

_BLOCK = 1_000_000  # values of replications held at once


@dataclass(frozen=True)
class DagumDecomposition:
    """The Gini coefficient and its parts; every array may have leading axes of replications.

    gini : (...); within + between + transvariation = gini
    group_gini, group_mean, population_share, value_share : (..., k)
    pair_gini : (..., k, k), the Gini coefficient between two groups, on the diagonal within one
    relative_affluence : (..., k, k), D in [0, 1]
    pair_between, pair_transvariation : (..., k, k), symmetric, the whole contribution of the pair
        in both places, 0 on the diagonal
    """

    gini: Array
    within: Array
    between: Array
    transvariation: Array
    group_gini: Array
    group_mean: Array
    population_share: Array
    value_share: Array
    pair_gini: Array
    relative_affluence: Array
    pair_between: Array
    pair_transvariation: Array


def gini(values: Array) -> float:
    r"""Gini coefficient of values that are not negative.

    .. math:: G = \frac{\sum_i\sum_r |y_i-y_r|}{2n^2\bar y}
               = \frac{\sum_i (2i-n-1)\,y_{(i)}}{n^2\bar y}

    values : (n,) [any one unit], >= 0, not all 0
    Returns : G in [0, 1 - 1/n]; the divisor is n², without a correction for small samples
    Raises : InputError for missing or negative values, or a sum of 0
    Source : Gini (1914); the form by ranks is the usual one
    """
    ordered = np.sort(checked_values(values))
    n = len(ordered)
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    return float(ranks @ ordered / (n * ordered.sum()))


def dagum(values: Array, groups: Codes, weights: Array | None = None) -> DagumDecomposition:
    r"""Decompose the Gini coefficient by groups into three parts that add up to it.

    With n_j values of mean y_j in group j, population shares p_j = n_j/n and value shares
    s_j = n_j y_j/(n y), and the mean difference D_jh = E|Y_j - Y_h|:

    .. math::
        G_{jh} = \frac{\Delta_{jh}}{\bar y_j+\bar y_h},\quad
        D_{jh} = \frac{d_{jh}-p_{jh}}{d_{jh}+p_{jh}} = \frac{|\bar y_j-\bar y_h|}{\Delta_{jh}},\quad
        G_w = \sum_j G_{jj}p_js_j

        G_{nb} = \sum_{j<h} G_{jh}(p_js_h+p_hs_j)D_{jh},\quad
        G_t = \sum_{j<h} G_{jh}(p_js_h+p_hs_j)(1-D_{jh})

    The second form of D follows from d + p = E|Y_j - Y_h| and d - p = |difference of the means|.

    values : (n,) [any one unit], >= 0, not all 0
    groups : (n,) whole numbers 0 ... k-1, each at least once
    weights : (n,) or (replications, n) >= 0, how often each value counts; once by default. A group
        without weight gets NaN and contributes nothing
    Returns : DagumDecomposition. Where two groups do not differ at all (mean difference 0) D is 0
    Raises : InputError for missing or negative values, or a sum of 0
    Limits : net between is the Gini coefficient of the group means, each counted n_j times; the
        split of the rest into within and transvariation depends on how many groups there are
    Source : Dagum (1997), Empirical Economics 22:515-531, doi:10.1007/BF01205777
    """
    given = checked_values(values)
    order = np.argsort(given, kind="stable")
    count = int(groups.max()) + 1
    replicated = np.ones((1, len(given))) if weights is None else np.atleast_2d(weights)
    sums = _difference_sums(given[order], groups[order], replicated[:, order], count)
    members = np.zeros((len(replicated), count))
    totals = np.zeros_like(members)
    for group in range(count):
        inside = groups == group
        members[:, group] = replicated[:, inside].sum(axis=1)
        totals[:, group] = replicated[:, inside] @ given[inside]
    found = _parts(sums, members, totals)
    if weights is None or weights.ndim == 1:
        return DagumDecomposition(**{name: array[0] for name, array in found.items()})
    return DagumDecomposition(**found)


def checked_values(values: Array) -> Array:
    """Return values as floats if they can be compared by ratios.

    Raises : InputError for fewer than one value, missing or negative ones, or a sum of 0
    """
    given = np.asarray(values, dtype=float)
    if given.ndim != 1 or not len(given):
        raise InputError(
            Text("没有可比较的数值", "there are no values to compare"),
            remedy=Text("至少给出一个数值。", "Give one value at least."),
        )
    if not np.isfinite(given).all():
        place = int(np.argmin(np.isfinite(given))) + 1
        raise InputError(
            Text(f"第 {place} 个数值缺失或非有限", f"value {place} is missing or not finite"),
            remedy=Text("先去掉或补上。", "Leave it out or fill it first."),
        )
    if (given < 0).any():
        place = int(np.argmax(given < 0))
        raise InputError(
            Text(
                f"第 {place + 1} 个数值为负（{given[place]:g}），差距指标要求不为负",
                f"value {place + 1} is negative ({given[place]:g}); measures of disparity need "
                "values that are not",
            ),
            remedy=Text("检查该数值或另选指标。", "Check it, or choose another variable."),
        )
    if not given.sum() > 0:
        raise InputError(
            Text("数值全为 0，没有可分解的差距", "all values are 0: there is nothing to divide"),
            remedy=Text("检查所选的列。", "Check the column that was chosen."),
        )
    return given


def _difference_sums(ordered: Array, groups: Codes, weights: Array, count: int) -> Array:
    """Return (replications, k, k): the sum of |y - y'| over all pairs of two groups.

    How far the members of h stand above a value, summed, is the sum of the gaps to values beyond
    it, each times the members of h that lie beyond the gap. Summed over the members of j this is
    one side of the differences. All terms are positive, so nothing cancels.
    """
    gaps = np.diff(ordered)
    by_group = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[by_group], np.arange(count))
    sums = np.zeros((len(weights), count, count))
    at_once = max(1, _BLOCK // len(ordered))
    for first in range(0, len(weights), at_once):
        chosen = slice(first, first + at_once)
        given = weights[chosen]
        above = np.zeros_like(given)
        for h in range(count):
            own = np.where(groups == h, given, 0.0)
            beyond = np.cumsum(own[:, :0:-1], axis=1)[:, ::-1]  # members of h from the next on
            above[:, :-1] = np.cumsum((beyond * gaps)[:, ::-1], axis=1)[:, ::-1]
            each = (given * above)[:, by_group]
            sums[chosen, :, h] = np.add.reduceat(each, starts, axis=1)
    return sums + sums.transpose(0, 2, 1)


def _parts(sums: Array, members: Array, totals: Array) -> dict[str, Array]:
    whole = members.sum(axis=-1, keepdims=True)
    value = totals.sum(axis=-1, keepdims=True)
    diagonal = np.eye(members.shape[-1], dtype=bool)
    # 2 n² y = 2 n (sum of values); every contribution is a sum of differences over it
    contribution = sums / (2 * whole * value)[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = totals / members
        differences = sums / (members[..., :, None] * members[..., None, :])
        together = means[..., :, None] + means[..., None, :]
        gap = np.abs(means[..., :, None] - means[..., None, :])
        pair_gini = np.where(together > 0, differences / together, 0.0)
        affluence = np.where(differences > 0, np.minimum(gap / differences, 1.0), 0.0)
    empty = ~(members > 0)
    gone = empty[..., :, None] | empty[..., None, :]
    pair_gini[gone] = affluence[gone] = np.nan
    both = 2 * np.where(diagonal, 0.0, contribution)
    between = both * np.nan_to_num(affluence)
    within = np.where(diagonal, contribution, 0.0).sum(axis=(-2, -1))
    return {
        "gini": contribution.sum(axis=(-2, -1)),
        "within": within,
        "between": between.sum(axis=(-2, -1)) / 2,
        "transvariation": (both - between).sum(axis=(-2, -1)) / 2,
        "group_gini": np.diagonal(pair_gini, axis1=-2, axis2=-1),
        "group_mean": means,
        "population_share": members / whole,
        "value_share": totals / value,
        "pair_gini": pair_gini,
        "relative_affluence": affluence,
        "pair_between": between,
        "pair_transvariation": both - between,
    }
