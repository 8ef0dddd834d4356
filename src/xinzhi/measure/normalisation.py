"""Normalisation: from indicators in their units to comparable numbers (handbook, step 5).

Every function takes ``(..., observations, indicators)`` and works along ``observations``, so that
regions, years pooled or apart, and Monte Carlo draws are only axes. Missing values stay missing.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def min_max(values: Array, direction: Array, floor: float = 0.0) -> Array:
    r"""Min–max normalisation to [floor, 1].

    .. math:: z = f + (1-f)\frac{x-\min x}{\max x-\min x},
        \quad \text{for direction } -1:\ z = f + (1-f)\frac{\max x-x}{\max x-\min x}

    values : (..., observations, indicators)
    direction : (indicators,) 1 or -1
    floor : the value of the worst observation, in [0, 1)
    Returns : the same shape, in [floor, 1]; nan where a column is constant
    Source : OECD/JRC (2008) handbook, step 5
    """
    low = np.fmin.reduce(values, axis=-2, keepdims=True)
    high = np.fmax.reduce(values, axis=-2, keepdims=True)
    return _between(values, low, high, direction, floor)


def goalposts(
    values: Array, low: Array, high: Array, direction: Array, floor: float = 0.0
) -> Array:
    r"""Distance between fixed goalposts, clipped to [floor, 1].

    values : (..., observations, indicators)
    low, high : (indicators,) goalposts in the unit of the values, low < high
    Source : UNDP human development index, technical note 1; handbook, step 5
    """
    return _between(np.clip(values, low, high), low, high, direction, floor)


def _between(values: Array, low: Array, high: Array, direction: Array, floor: float) -> Array:
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = (1.0 - floor) / (high - low)
    start = np.where(direction > 0, low, high)
    with np.errstate(invalid="ignore"):
        z = (values - start) * (scale * direction)
    if floor:
        z += floor
    # the arithmetic may pass the ends by one rounding
    return np.clip(z, floor, 1.0, out=z)


def z_score(values: Array, direction: Array) -> Array:
    r"""Standard scores.

    .. math:: z = \pm\frac{x-\bar x}{s}, \quad s \text{ with divisor } n-1

    values : (..., observations, indicators)
    Source : OECD/JRC (2008) handbook, step 5
    """
    if np.isnan(values).any():
        mean = np.nanmean(values, axis=-2, keepdims=True)
        deviation = np.nanstd(values, axis=-2, keepdims=True, ddof=1)
    else:
        mean = values.mean(axis=-2, keepdims=True)
        deviation = values.std(axis=-2, keepdims=True, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        z: Array = (values - mean) * (direction / deviation)
    return z


def rank_score(values: Array, direction: Array, floor: float = 0.0) -> Array:
    r"""Ranks scaled to [floor, 1], ties at their mean rank.

    .. math:: z = f + (1-f)\frac{r-1}{n-1}, \quad r = 1 \text{ for the worst observation}

    values : (..., observations, indicators)
    Source : OECD/JRC (2008) handbook, step 5
    """
    ranks = average_rank(np.swapaxes(values * direction, -1, -2))
    counts = (~np.isnan(values)).sum(axis=-2, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (np.swapaxes(ranks, -1, -2) - 1.0) / (counts - 1.0)
    scaled: Array = floor + (1.0 - floor) * z
    return scaled


def average_rank(values: NDArray[Any]) -> Array:
    """Rank along the last axis, 1 the smallest, ties at their mean; missing stays missing."""
    first, last, order = _tie_bounds(values)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, (first + last) / 2.0 + 1.0, axis=-1)
    ranks[np.isnan(values)] = np.nan
    return ranks


def competition_rank(values: NDArray[Any]) -> Array:
    """Rank along the last axis, 1 the largest, ties at their best (1, 2, 2, 4); missing stays."""
    first, _, order = _tie_bounds(-values)
    ranks = np.empty(values.shape)
    np.put_along_axis(ranks, order, first + 1.0, axis=-1)
    ranks[np.isnan(values)] = np.nan
    return ranks


def _tie_bounds(
    values: NDArray[Any],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return, in sorted order, the first and last position of each value's ties, and the order."""
    order = np.argsort(values, axis=-1)
    ordered = np.take_along_axis(values, order, axis=-1)
    place = np.broadcast_to(np.arange(values.shape[-1]), values.shape)
    new = np.ones(values.shape, dtype=bool)
    new[..., 1:] = ordered[..., 1:] != ordered[..., :-1]
    if new.all():
        return place, place, order
    first = np.maximum.accumulate(np.where(new, place, 0), axis=-1)
    ends = np.ones(values.shape, dtype=bool)
    ends[..., :-1] = new[..., 1:]
    backwards = np.where(ends, place, values.shape[-1])[..., ::-1]
    last = np.minimum.accumulate(backwards, axis=-1)[..., ::-1]
    return first, last, order
