"""Which points are Pareto points, and which of them is the knee, on plain arrays."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_SAME = 1e-6  # of an aim's range
_ROUNDING = 1e-9


class Kept(NamedTuple):
    """Places of the points kept, and how many others there were."""

    places: NDArray[np.int64]
    duplicates: int
    dominated: int


def normalised(values: Array, ends: Array, signs: Array) -> Array:
    """Return values as losses: 0 at the best of an aim and 1 at the worst of the ends.

    values : (points, aims); ends : (aims, aims), the payoff table; signs : (aims,) 1 where more
        is better. An aim that is the same at all ends is divided by its size.
    """
    losses, corners = -signs * values, -signs * ends
    best, range_ = corners.min(axis=0), np.ptp(corners, axis=0)
    sizes = np.maximum(np.abs(corners).max(axis=0), 1e-300)
    return np.asarray((losses - best) / np.where(range_ > 1e-7 * sizes, range_, sizes))


def pareto(losses: Array) -> Kept:
    """Return the points that no other point dominates, one of each.

    A point is dominated where another is nowhere worse by more than rounding and somewhere better
    by more than a millionth of the range; it is a duplicate where it is within that of an earlier
    one everywhere.

    losses : (points, aims), normalised
    """
    kept: list[int] = []
    duplicates = dominated = 0
    for place, own in enumerate(losses):
        differences = losses - own
        nowhere_worse = (differences <= _ROUNDING).all(axis=1)
        if (nowhere_worse & (differences < -_SAME).any(axis=1)).any():
            dominated += 1
        elif kept and (np.abs(losses[kept] - own) <= _SAME).all(axis=1).any():
            duplicates += 1
        else:
            kept.append(place)
    return Kept(np.array(kept, dtype=np.int64), duplicates, dominated)


def knee(losses: Array, ends: Array) -> tuple[int | None, Array]:
    r"""Return the knee and the distance of every point from the chord of the ends.

    .. math:: d = \frac{1 - n \cdot z}{\lVert n \rVert}, \qquad Z n = 1,

    the rows of Z being the ends in normalised losses z: the line through both, or the plane
    through three. The knee is the point with the largest d; there is none where no point lies more
    than a millionth before the chord, or where the ends give no plane that falls in every aim.
    Source : Das (1999), Structural Optimization 18
    """
    nothing = np.full(len(losses), np.nan)
    if np.linalg.cond(ends) > 1e9:
        return None, nothing
    normal = np.linalg.solve(ends, np.ones(len(ends)))
    if not (normal > 0).all():
        return None, nothing
    distance = (1 - losses @ normal) / np.linalg.norm(normal)
    best = int(np.argmax(distance))
    return (best if distance[best] > _SAME else None), distance
