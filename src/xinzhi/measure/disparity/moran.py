"""Moran's I, whole and local: are neighbours alike?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

QUADRANTS = ("high_high", "low_high", "low_low", "high_low")
_BLOCK = 4_000_000


@dataclass(frozen=True)
class Moran:
    """Moran's I and what it would be without any pattern.

    index : I; expected : -1/(n-1); standard_deviation : under random permutation, exact
    z : (I - expected) / standard_deviation; p_value : two-sided, normal
    permutation_p_value : two-sided, by permutations; NaN without
    """

    index: float
    expected: float
    standard_deviation: float
    z: float
    p_value: float
    permutation_p_value: float


@dataclass(frozen=True)
class LocalMoran:
    """Local Moran's I of every region.

    index : (n,), of mean I where every region has neighbours
    lag : (n,), mean of the neighbours' standardised values
    quadrant : (n,), place in ``QUADRANTS``: own value, then that of the neighbours
    p_value : (n,), two-sided, by conditional permutations; NaN without
    q_value : (n,), p adjusted for testing n regions at once
    """

    index: Array
    lag: Array
    quadrant: NDArray[np.intp]
    p_value: Array
    q_value: Array


def row_standardised(weights: Array) -> Array:
    """Return spatial weights whose rows sum to 1.

    weights : (n, n) >= 0, zero on the diagonal
    Raises : InputError for a region without neighbours, negative weights or weights on itself
    """
    given = np.asarray(weights, dtype=float)
    if (given < 0).any() or np.diagonal(given).any() or not np.isfinite(given).all():
        raise InputError(
            Text(
                "空间权重应不为负且对角线为 0",
                "spatial weights must not be negative and must be 0 on the diagonal",
            )
        )
    sums = given.sum(axis=1)
    if (sums == 0).any():
        place = int(np.argmax(sums == 0)) + 1
        raise InputError(
            Text(f"第 {place} 个地区没有邻居", f"region {place} has no neighbour"),
            remedy=Text("为它指定邻居，或去掉它。", "Give it one, or leave it out."),
        )
    standardised: Array = given / sums[:, None]
    return standardised


def moran(values: Array, weights: Array, permutations: int = 999, seed: int = 0) -> Moran:
    r"""Moran's I.

    .. math:: I = \frac{n}{S_0}\frac{\sum_i\sum_j w_{ij}z_iz_j}{\sum_i z_i^2},\qquad
              z_i=y_i-\bar y,\quad S_0=\sum_{ij}w_{ij}

    values : (n,), not all equal, n >= 4; weights : (n, n), row-standardised here
    permutations : how often values are shuffled over the regions, 0 for none; seed : >= 0
    Returns : Moran. Two-sided p of R permutations: min(1, 2 (1 + m)/(R + 1)), m the smaller number
        of shuffled indices at or beyond I on either side
    Raises : InputError for missing values, too few regions, values that are all equal, or weights
        as ``row_standardised``
    Source : Moran (1950), Biometrika 37:17-23; moments: Cliff and Ord (1981), Spatial Processes
    """
    from scipy.stats import norm

    w = row_standardised(weights)
    z = _standardised(values)
    n = len(z)
    index = float(z @ w @ z / n)  # rows sum to 1, so S0 = n; z has variance 1
    expected = -1 / (n - 1)
    deviation = float(np.sqrt(_variance(z, w)))
    score = (index - expected) / deviation if deviation > 0 else np.nan
    shuffled = np.nan
    if permutations:
        random = np.random.default_rng(seed)
        drawn = np.empty(permutations)
        at_once = max(1, _BLOCK // n)
        for start in range(0, permutations, at_once):
            size = min(at_once, permutations - start)
            sample = random.permuted(np.tile(z, (size, 1)), axis=1)
            drawn[start : start + size] = np.einsum("ri,ri->r", sample @ w.T, sample) / n
        shuffled = _two_sided(drawn, index)
    return Moran(index, expected, deviation, score, float(2 * norm.sf(abs(score))), shuffled)


def local_moran(
    values: Array, weights: Array, permutations: int = 999, seed: int = 0
) -> LocalMoran:
    r"""Local indicators of spatial association.

    .. math:: I_i = \frac{z_i}{m_2}\sum_jw_{ij}z_j,\qquad m_2=\frac1n\sum_iz_i^2

    values, weights, permutations, seed, Raises : as ``moran``. A region keeps its own value while
        the others are shuffled, for every region in the same orders
    Returns : LocalMoran; q by Benjamini and Hochberg, since many regions are tested at once
    Limits : p of neighbours depend on each other; with few neighbours few different lags exist
    Source : Anselin (1995), Geographical Analysis 27:93-115; Benjamini and Hochberg (1995),
        Journal of the Royal Statistical Society B 57:289-300
    """
    w = row_standardised(weights)
    z = _standardised(values)
    lag = w @ z
    index = z * lag
    p_value = np.full(len(z), np.nan)
    if permutations:
        keys = np.random.default_rng(seed).random((permutations, len(z) - 1))
        order = np.argsort(keys, axis=1)  # of all regions but one, the same for each
        for region in range(len(z)):
            neighbours = np.flatnonzero(w[region])
            others = np.delete(z, region)
            drawn = others[order[:, : len(neighbours)]] @ w[region, neighbours]
            p_value[region] = _two_sided(z[region] * drawn, index[region])
    quadrant = np.where(z > 0, np.where(lag > 0, 0, 3), np.where(lag > 0, 1, 2))
    return LocalMoran(index, lag, quadrant.astype(np.intp), p_value, false_discovery(p_value))


def false_discovery(p_values: Array) -> Array:
    """Return p adjusted so that q at most 5 % holds the share of false findings at 5 %."""
    order = np.argsort(p_values)
    n = len(p_values)
    scaled = p_values[order] * n / np.arange(1, n + 1)
    adjusted = np.empty(n)
    adjusted[order] = np.minimum.accumulate(scaled[::-1])[::-1]
    return np.minimum(adjusted, 1.0)


def _standardised(values: Array) -> Array:
    given = np.asarray(values, dtype=float)
    if len(given) < 4 or not np.isfinite(given).all() or np.ptp(given) == 0:
        raise InputError(
            Text(
                "Moran 指数要求至少四个地区、无缺失且数值不全相同",
                "Moran's I needs at least four regions, no gaps, and values that are not all equal",
            ),
            remedy=Text("检查该年的数据。", "Check the figures of that year."),
        )
    centred = given - given.mean()
    standardised: Array = centred / np.sqrt(np.square(centred).mean())
    return standardised


def _variance(z: Array, w: Array) -> float:
    """Return the variance of I over all permutations of the values."""
    n = len(z)
    total = float(w.sum())
    s1 = float(np.square(w + w.T).sum()) / 2
    s2 = float(np.square(w.sum(axis=1) + w.sum(axis=0)).sum())
    kurtosis = float(np.mean(z**4))
    first = n * ((n * n - 3 * n + 3) * s1 - n * s2 + 3 * total**2)
    second = kurtosis * ((n * n - n) * s1 - 2 * n * s2 + 6 * total**2)
    square = (first - second) / ((n - 1) * (n - 2) * (n - 3) * total**2)
    return max(square - 1 / (n - 1) ** 2, 0.0)


def _two_sided(drawn: Array, observed: float) -> float:
    """Return the two-sided p of an observed value against those of the permutations."""
    near = 1e-12 * max(abs(observed), 1.0)  # the same value, summed in another order
    fewer = min((drawn >= observed - near).sum(), (drawn <= observed + near).sum())
    return min(1.0, 2 * (1 + int(fewer)) / (len(drawn) + 1))
