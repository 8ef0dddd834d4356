"""Which activities go together, without a matrix of activities by activities where it can be."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ProximityMethod = Literal["minimum", "cosine", "correlation"]
PROXIMITY_METHODS: tuple[ProximityMethod, ...] = get_args(ProximityMethod)
Diagonal = Literal["one", "zero"]
DIAGONALS: tuple[Diagonal, ...] = get_args(Diagonal)

_BLOCK = 256  # activities at a time: large enough for matrix products to run at full speed


def proximity(
    presence: Array, method: ProximityMethod = "minimum", diagonal: Diagonal = "one"
) -> Array:
    r"""Proximity of each pair of activities.

    .. math::
        \text{minimum: } \phi_{pq} &= \frac{\sum_r M_{rp} M_{rq}}{\max(u_p, u_q)}, \quad
            u_p = \sum_r M_{rp} \\
        \text{cosine: } \phi_{pq} &= \frac{\sum_r M_{rp} M_{rq}}
            {\lVert M_p \rVert \lVert M_q \rVert} \\
        \text{correlation: } \phi_{pq} &= \frac{1 + \mathrm{corr}_r(M_{rp}, M_{rq})}{2}

    presence : (region, activity); 0 or 1 for "minimum", any numbers >= 0 otherwise
    diagonal : whether an activity is as close to itself as can be ("one"), or left out of its own
        surroundings ("zero"); packages differ
    Returns : (activity, activity) [1], in [0, 1], symmetric; 0 for an activity that no region has
        or, under "correlation", that all regions have alike
    Limits : activities² numbers; ``ProductSpace`` needs regions² only
    Source : Hidalgo, Klinger, Barabási and Hausmann (2007), Science 317
    """
    if method == "minimum":
        ubiquity = presence.sum(axis=0)
        larger = np.maximum(ubiquity, ubiquity[:, np.newaxis])
        together = presence.T @ presence
        found = np.divide(together, larger, out=np.zeros_like(together), where=larger > 0)
    else:
        unit, known = _unit_columns(presence, centred=method == "correlation")
        found = unit.T @ unit
        if method == "correlation":
            found = (1 + found) / 2 * np.outer(known, known)
    if diagonal == "zero":
        np.fill_diagonal(found, 0.0)
    return np.asarray(found, dtype=float)


@dataclass(frozen=True)
class ProductSpace:
    r"""The proximities of a set of activities, ready to be multiplied by.

    Where activities outnumber regions the matrix :math:`\phi` is never formed. With activities in
    rising order of ubiquity, those before and those after a block act on it through two
    (region, region) maps, and :math:`\phi` is needed inside the block alone:

    .. math::
        \sum_q w_q \phi_{qp} = \frac{1}{u_p} \sum_s M_{sp} \sum_{q < p} w_q M_{sq}
            + \sum_s M_{sp} \sum_{q \ge p} \frac{w_q M_{sq}}{u_q}

    presence : (region, activity), as for ``proximity``
    counts : (region,) how often each region counts, a whole number above zero; once where None
    """

    presence: Array
    method: ProximityMethod = "minimum"
    diagonal: Diagonal = "one"
    counts: NDArray[np.intp] | None = None

    def related(self, weights: Array) -> Array:
        r"""Return the weights of activities carried over to related ones, :math:`w \phi`.

        weights : (k, activity), finite
        Returns : (k, activity)
        """
        if not self._through_regions:
            return np.asarray(weights @ self._proximity, dtype=float)
        if self.method == "minimum":
            found = self._through_blocks(weights)
        else:
            unit, known = self._unit
            found = (weights @ unit.T) @ unit
            if self.method == "correlation":
                found = (weights @ known[:, np.newaxis] + found) / 2 * known
        if self.diagonal == "zero":
            found -= weights * self.known
        return found

    @cached_property
    def total(self) -> Array:
        """Return the sum of the proximities of each activity, (activity,)."""
        return np.asarray(self.related(np.ones((1, self.presence.shape[1])))[0])

    @cached_property
    def known(self) -> Array:
        """Return 1 for each activity that has proximities at all, else 0, (activity,)."""
        if self.method == "correlation":
            return self._unit[1]
        return np.asarray(self.presence.any(axis=0), dtype=float)

    @property
    def own(self) -> Array:
        """Return the proximity of each activity to itself, (activity,)."""
        return self.known if self.diagonal == "one" else np.zeros_like(self.known)

    @property
    def _through_regions(self) -> bool:
        regions, activities = self.presence.shape
        return bool(regions < activities)

    @cached_property
    def _proximity(self) -> Array:
        return proximity(self._repeated, self.method, self.diagonal)

    @cached_property
    def _unit(self) -> tuple[Array, Array]:
        return _unit_columns(self._repeated, centred=self.method == "correlation")

    @property
    def _repeated(self) -> Array:
        """Return presence with each region as often as it counts."""
        if self.counts is None:
            return self.presence
        return np.asarray(np.repeat(self.presence, self.counts, axis=0))

    @cached_property
    def _ordered(self) -> tuple[NDArray[np.intp], Array, Array, Array]:
        """Return the order by ubiquity, and in that order, by activity and region, presence.

        Third, presence times how often the region counts; fourth, ubiquity.
        """
        ubiquity = self.presence.sum(axis=0) if self.counts is None else self.counts @ self.presence
        order = np.argsort(ubiquity, kind="stable")
        order = order[np.searchsorted(ubiquity[order], 0.0, side="right") :]
        present = np.ascontiguousarray(self.presence.T[order])
        counted = present if self.counts is None else present * self.counts
        return order, present, counted, ubiquity[order]

    def _through_blocks(self, weights: Array) -> Array:
        """Multiply by φ of each block of activities, and by the maps of what lies around it."""
        order, present, counted, ubiquity = self._ordered
        blocks = [slice(start, start + _BLOCK) for start in range(0, len(order), _BLOCK)]
        above = np.zeros((present.shape[1], len(weights)))
        below, step = np.zeros_like(above), np.empty_like(above)
        for block in blocks:
            divided = weights.T[order[block]] / ubiquity[block, np.newaxis]
            above += np.matmul(present[block].T, divided, out=step)
        found = np.zeros((weights.shape[1], len(weights)))
        for block in blocks:
            members, times = present[block], counted[block]
            size, weight = ubiquity[block, np.newaxis], weights.T[order[block]]
            above -= np.matmul(members.T, weight / size, out=step)
            carried = times @ below
            carried /= size
            carried += times @ above
            inner = times @ members.T
            inner /= np.maximum(size, size.T)
            carried += inner @ weight
            found[order[block]] = carried
            below += np.matmul(members.T, weight, out=step)
        return found.T


def _unit_columns(values: Array, centred: bool) -> tuple[Array, Array]:
    """Return columns of length one, and 1 for each column that can have it, else 0."""
    columns = values - values.mean(axis=0) if centred else values
    length = np.linalg.norm(columns, axis=0)
    # A column of equal numbers keeps a residue of rounding when centred.
    known = length > 1e-12 * np.sqrt(len(values)) * np.abs(values).max(axis=0, initial=0.0)
    unit = np.divide(columns, length, out=np.zeros_like(columns), where=known)
    return unit, known.astype(float)
