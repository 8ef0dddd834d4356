"""The space of activities as a network to look at: who stands next to whom."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import lu_factor, lu_solve
from scipy.sparse import csr_array
from scipy.sparse.csgraph import minimum_spanning_tree, shortest_path

from xinzhi.structure.strengths.relatedness import ProximityMethod, proximity

Array = NDArray[np.float64]

MOST_NODES = 300
_EXTRA_LINKS = 1.0  # beyond the tree, per node
_MOVES = 60


def activity_space(
    presence: Array,
    volumes: Array,
    activities: Sequence[str],
    method: ProximityMethod = "minimum",
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay out the activities as a network: close ones are joined and near each other.

    The links are a tree that joins all activities by the strongest proximities, and as many of the
    strongest others as there are activities. Places bring distances on paper close to those along
    the links (stress majorisation); they have no meaning of their own and no unit.

    presence : (R, A) as for ``proximity``; volumes : (A,), of which the ``MOST_NODES`` largest are
        shown
    Returns : activity, x, y in [0, 1]; and activity, other, proximity of each link
    Source : Hidalgo, Klinger, Barabási and Hausmann (2007), doi:10.1126/science.1144581 (tree and
        strongest links); Gansner, Koren and North (2005), doi:10.1007/978-3-540-31843-9_25
        (stress)
    """
    shown = np.sort(np.argsort(-volumes, kind="stable")[:MOST_NODES])
    names = np.asarray(activities, dtype=object)[shown]
    near = proximity(presence[:, shown], method, "zero")
    first, second = _links(near)
    places = _layout(near, first, second)
    nodes = pd.DataFrame({"activity": names, "x": places[:, 0], "y": places[:, 1]})
    links = pd.DataFrame(
        {"activity": names[first], "other": names[second], "proximity": near[first, second]}
    )
    return nodes, links


def _links(near: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the ends of the links, the first before the second."""
    upper = np.triu(near, 1)
    # the tree of the smallest costs; a stored cost must not be zero
    tree = minimum_spanning_tree(csr_array(np.where(upper > 0, 2 - upper, 0.0))).toarray() > 0
    rest = np.where(tree, 0.0, upper)
    extra = min(int(_EXTRA_LINKS * len(near)), int((rest > 0).sum()))
    chosen = np.argsort(-rest, axis=None, kind="stable")[:extra]
    tree.reshape(-1)[chosen] = True
    first, second = np.nonzero(tree)
    return first, second


def _layout(near: Array, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
    """Return (A, 2) places in the unit square."""
    wanted = _distances(near, first, second)
    places = _scaled_coordinates(wanted)
    weights = np.divide(1.0, wanted**2, out=np.zeros_like(wanted), where=wanted > 0)
    # the Laplacian of the weights, its constant direction filled up so that it can be solved
    factors = lu_factor(np.diag(weights.sum(axis=1)) - weights + 1 / len(near))
    for _ in range(_MOVES):
        apart = places[:, None] - places[None]
        distance = np.linalg.norm(apart, axis=2)
        pull = np.divide(weights * wanted, distance, out=np.zeros_like(wanted), where=distance > 0)
        places = lu_solve(factors, np.einsum("ij,ijk->ik", pull, apart))
    return _unit_square(places)


def _distances(near: Array, first: NDArray[np.intp], second: NDArray[np.intp]) -> Array:
    """Return the length of the shortest way along the links; the closer, the shorter a link."""
    size = len(near)
    lengths = csr_array((1.5 - near[first, second], (first, second)), shape=(size, size))
    wanted = shortest_path(lengths, directed=False)
    reach = np.isfinite(wanted)
    # parts that nothing joins stand a little apart
    wanted[~reach] = 1.1 * wanted[reach].max(initial=1.0)
    return np.asarray(wanted)


def _unit_square(places: Array) -> Array:
    low, high = places.min(axis=0), places.max(axis=0)
    return np.asarray((places - low) / np.where(high > low, high - low, 1.0))


def _scaled_coordinates(wanted: Array) -> Array:
    """Return the coordinates of classical scaling, each axis with its largest entry positive."""
    squares = wanted**2
    centred = -0.5 * (
        squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    )
    values, vectors = np.linalg.eigh(centred)
    found = vectors[:, -2:] * np.sqrt(np.maximum(values[-2:], 0.0))
    if found.shape[1] < 2:
        found = np.column_stack([found, np.zeros(len(found))])
    largest = np.abs(found).argmax(axis=0)
    signs = np.where(found[largest, np.arange(2)] < 0, -1.0, 1.0)
    return np.asarray(found * signs)
