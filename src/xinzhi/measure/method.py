"""The choices behind a composite index, and the array steps that carry them out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure import normalisation as norm
from xinzhi.measure import treatment as treat
from xinzhi.measure.aggregation import AGGREGATIONS
from xinzhi.measure.hierarchy import Hierarchy
from xinzhi.measure.weights import critic_weights, entropy_weights, pca_weights

Array = NDArray[np.float64]

TREATMENTS = ("system", "none", "log", "winsorise")
NORMALISATIONS = ("min-max", "z-score", "rank", "goalposts")
WEIGHTINGS = ("equal", "given", "entropy", "critic", "pca")
SCOPES = ("pooled", "yearly")
# a mean of products or reciprocals would be 0 wherever one value is the sample's worst
_FLOOR = {"arithmetic": 0.0, "topsis": 0.0, "geometric": 0.01, "harmonic": 0.01}


@dataclass(frozen=True)
class Method:
    """The methodological choices of one index; the defaults are those of the handbook's core case.

    treatment : ``system`` (each indicator's own transform), ``none``, ``log``, ``winsorise``
    normalisation : ``min-max``, ``z-score``, ``rank``, ``goalposts``
    scope : ``pooled`` compares with all regions and years, ``yearly`` with the same year only
    weighting : ``equal`` within each group, ``given`` by the system, ``entropy``, ``critic`` or
        ``pca`` from the data
    aggregation : one method, or one a level joined by ``+``, the lowest level first
    floor : the normalised value of the worst; by default 0, and 0.01 for geometric and harmonic
    """

    treatment: str = "system"
    normalisation: str = "min-max"
    scope: str = "pooled"
    weighting: str = "equal"
    aggregation: str = "arithmetic"
    floor: float | None = None

    def __post_init__(self) -> None:
        for value, allowed, zh, en in (
            (self.treatment, TREATMENTS, "处理方法", "treatment"),
            (self.normalisation, NORMALISATIONS, "标准化方法", "normalisation"),
            (self.scope, SCOPES, "比较范围", "scope"),
            (self.weighting, WEIGHTINGS, "赋权方法", "weighting"),
            *((part, AGGREGATIONS, "集成方法", "aggregation") for part in split(self.aggregation)),
        ):
            if value not in allowed:
                raise InputError(
                    Text(f"未知的{zh} {value}", f"unknown {en} {value}"),
                    remedy=Text(
                        f"可选：{'、'.join(allowed)}", f"Choose from: {', '.join(allowed)}"
                    ),
                )
        if self.floor is not None and not 0 <= self.floor < 1:
            raise InputError(Text("floor 应在 [0, 1) 内", "floor must be in [0, 1)"))
        if self.normalisation == "z-score" and not takes_negatives(self.aggregation):
            raise InputError(
                Text(
                    "z-score 有负值，不能作几何或调和平均",
                    "z-scores are negative in part and have no geometric or harmonic mean",
                ),
                remedy=Text("改用 min-max、rank 或 goalposts。", "Use min-max, rank or goalposts."),
            )

    def chosen_floor(self) -> float:
        """Return the floor in force."""
        return default_floor(self.aggregation) if self.floor is None else self.floor

    def to_dict(self) -> dict[str, Any]:
        """Return every choice, defaults resolved, as results record it."""
        return {
            "treatment": self.treatment,
            "normalisation": self.normalisation,
            "scope": self.scope,
            "weighting": self.weighting,
            "aggregation": self.aggregation,
            "floor": self.chosen_floor(),
        }


def split(aggregation: str) -> tuple[str, ...]:
    """Return the parts of ``arithmetic+geometric``."""
    return tuple(aggregation.split("+"))


def by_level(aggregation: str, levels: int) -> tuple[str, ...]:
    """Return one aggregation a level, the lowest first.

    Raises : InputError where several are given and their number is not that of the levels
    """
    parts = split(aggregation)
    if len(parts) == 1:
        return parts * levels
    if len(parts) != levels:
        raise InputError(
            Text(
                f"{aggregation} 给了 {len(parts)} 个集成方法，而层级有 {levels} 级",
                f"{aggregation} gives {len(parts)} aggregations, but there are {levels} levels",
            ),
            remedy=Text("给一个，或每级一个。", "Give one, or one a level."),
        )
    return parts


def default_floor(aggregation: str) -> float:
    """Return the lowest normalised value for an aggregation unless another is given."""
    return max(_FLOOR[part] for part in split(aggregation))


def takes_negatives(aggregation: str) -> bool:
    """Say whether an aggregation is defined for negative values, as z-scores are in part."""
    return set(split(aggregation)) <= {"arithmetic", "topsis"}


def is_logged(system: IndicatorSystem, treatment: str) -> NDArray[np.bool_]:
    """Say of each indicator whether a treatment takes its logarithm."""
    if treatment == "log":
        return np.ones(len(system.indicators), dtype=bool)
    own = np.array([indicator.transform == "log" for indicator in system.indicators])
    return own if treatment == "system" else np.zeros_like(own)


def treated(values: Array, system: IndicatorSystem, treatment: str) -> Array:
    """Apply a treatment to (observations, indicators); see ``Method``."""
    if treatment == "winsorise":
        return treat.winsorise(values)
    logged = is_logged(system, treatment)
    return np.where(logged, treat.logarithm(values), values) if logged.any() else values


def directions(system: IndicatorSystem) -> Array:
    """Return (indicators,) 1 or -1."""
    return np.array([float(indicator.direction) for indicator in system.indicators])


def normalised(
    values: Array, system: IndicatorSystem, method: str, treatment: str, floor: float
) -> Array:
    """Normalise treated values (..., observations, indicators); see ``normalisation``."""
    direction = directions(system)
    if method == "min-max":
        return norm.min_max(values, direction, floor)
    if method == "z-score":
        return norm.z_score(values, direction)
    if method == "rank":
        return norm.rank_score(values, direction, floor)
    posts = np.array([i.goalposts or (np.nan, np.nan) for i in system.indicators])
    logged = is_logged(system, treatment)[:, None]
    low, high = np.where(logged, treat.logarithm(posts), posts).T
    return norm.goalposts(values, low, high, direction, floor)


def indicator_weights(
    values: Array, system: IndicatorSystem, hierarchy: Hierarchy, weighting: str
) -> Array:
    """Return (indicators,) weights in the root from treated values (observations, indicators).

    Entropy and CRITIC read min–max normalised values whatever the index is normalised by, since
    both need a common scale from 0 to 1.
    """
    if weighting in ("equal", "given"):
        stated = [(n.id, n.weight) for n in system.nodes]
        stated += [(i.id, i.weight) for i in system.indicators]
        given = {name: w for name, w in stated if weighting == "given" and w is not None}
        names = (*hierarchy.indicators, *hierarchy.nodes)
        local = [
            np.array([given.get(names[c], 1.0 / len(group.children)) for c in group.children])
            for group in hierarchy.groups
        ]
        return hierarchy.global_weights(local)
    if weighting == "pca":
        return pca_weights(values)
    scaled = norm.min_max(values, directions(system))
    return entropy_weights(scaled) if weighting == "entropy" else critic_weights(scaled)
