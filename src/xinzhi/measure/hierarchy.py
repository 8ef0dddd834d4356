"""An indicator system as arrays: which values each node aggregates, and with what weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.aggregation import aggregate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """One node; ``children`` are positions in [indicators…, nodes…], height 1 is lowest."""

    node: int
    children: NDArray[np.int64]
    height: int


@dataclass(frozen=True)
class Hierarchy:
    """Groups in an order in which every node comes after the nodes below it."""

    indicators: tuple[str, ...]
    nodes: tuple[str, ...]
    groups: tuple[Group, ...]

    @property
    def levels(self) -> int:
        """Return the number of aggregation steps from the indicators to the root."""
        return max(group.height for group in self.groups)

    def local_weights(self, weights: Array) -> list[Array]:
        """Split weights of indicators (..., indicators) into weights within each group.

        A node weighs the sum of the indicators below it, so that the products down the hierarchy
        give the weights back.
        Returns : one (..., children) array a group, each summing to 1
        """
        total = np.concatenate([weights, np.zeros((*weights.shape[:-1], len(self.nodes)))], axis=-1)
        local = []
        for group in self.groups:
            parts = total[..., group.children]
            total[..., len(self.indicators) + group.node] = parts.sum(-1)
            with np.errstate(invalid="ignore"):
                local.append(parts / parts.sum(-1, keepdims=True))
        return local

    def global_weights(self, local: list[Array]) -> Array:
        """Multiply weights down the hierarchy: the weight of each indicator in the root."""
        share = np.zeros(len(self.indicators) + len(self.nodes))
        share[len(self.indicators)] = 1.0  # the root is the first node
        for group, weights in zip(reversed(self.groups), reversed(local), strict=True):
            share[group.children] = share[len(self.indicators) + group.node] * weights
        return share[: len(self.indicators)]

    def scores(self, normalised: Array, local: list[Array], methods: tuple[str, ...]) -> Array:
        """Aggregate (..., observations, indicators) upwards to (..., observations, nodes).

        local : (..., children) a group; the leading axes broadcast with those of ``normalised``
        methods : one aggregation a level, the lowest first
        """
        size = len(self.indicators)
        nodes: Any = np.empty((*normalised.shape[:-1], len(self.nodes)))
        for group, weights in zip(self.groups, local, strict=True):
            low = group.children[group.children < size]
            high = group.children[group.children >= size] - size
            values = normalised[..., low]
            if high.size:
                values = np.concatenate([nodes[..., high], values], axis=-1)
            nodes[..., group.node] = aggregate(values, weights, methods[group.height - 1])
        result: Array = nodes
        return result


def hierarchy_of(system: IndicatorSystem) -> Hierarchy:
    """Lay out a system; its nodes keep their order, the root first."""
    indicators = tuple(indicator.id for indicator in system.indicators)
    nodes = tuple(node.id for node in system.nodes)
    place = {name: k for k, name in enumerate(nodes)}
    position = {name: k for k, name in enumerate(indicators)}
    heights: dict[str, int] = {}
    groups: list[Group] = []

    def visit(node: str) -> int:
        below = [n.id for n in system.nodes if n.parent == node]
        own = [i.id for i in system.indicators if i.node == node]
        heights[node] = 1 + max((visit(child) for child in below), default=0)
        # nodes first, then indicators: the order in which ``scores`` joins them
        children = [len(indicators) + place[n] for n in below] + [position[i] for i in own]
        groups.append(Group(place[node], np.array(children, dtype=np.int64), heights[node]))
        return heights[node]

    visit(system.root)
    return Hierarchy(indicators, nodes, tuple(groups))
