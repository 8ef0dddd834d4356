"""Stage efficiencies at prices that are optimal for the system, and their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.measure.productivity.kernel import ON_FRONTIER, OPTIMAL, non_dominated
from xinzhi.measure.productivity.network_structure import Network
from xinzhi.measure.productivity.programs import Program, WarmModel

Array = NDArray[np.float64]


@dataclass(frozen=True)
class StageShares:
    """Stages of every unit, all (units, stages); nan where the stage is not determined.

    efficiency, weight : at one set of prices; low, high : bounds of the efficiency over all prices
        that are optimal for the system
    """

    efficiency: Array
    weight: Array
    low: Array
    high: Array


def stage_shares(
    network: Network,
    taken: Array,
    made: Array,
    scores: Array,
    status: NDArray[np.int8],
    order: Sequence[int],
) -> StageShares:
    """Find the efficiency of every stage, its weight in the system, and its bounds.

    taken, made : (units, variables), the quantities whose values are A and R of the system
    scores, status : (units,), of the system; order : of the stages, by priority
    """
    scale = network.taken.sum(axis=0).max(axis=0)
    scale = np.maximum(scale, network.made.sum(axis=0).max(axis=0))
    scale[scale == 0] = 1.0
    limits = np.vstack(
        [
            ((output - used) / scale)[non_dominated(np.hstack([used, -output]))]
            for used, output in zip(network.taken, network.made, strict=True)
        ]
    )
    shape = len(scores), len(network.names)
    found = StageShares(*(np.full(shape, np.nan) for _ in range(4)))
    for unit in np.flatnonzero(status == OPTIMAL):
        stages = _UnitStages(
            network.taken[:, unit] / scale,
            network.made[:, unit] / scale,
            taken[unit] / scale,
            (made[unit] - scores[unit] * taken[unit]) / scale,
            limits,
        )
        for place in range(shape[1]):
            found.low[unit, place] = stages.extreme(place, -1.0)
            found.high[unit, place] = stages.extreme(place, 1.0)
        prices = stages.chosen(order)
        if prices is None:
            continue
        values = stages.taken @ prices
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = np.where(values > ON_FRONTIER, stages.made @ prices / values, np.nan)
        found.efficiency[unit] = _rounded(shares)
        found.weight[unit] = values
    return found


@dataclass(frozen=True)
class _UnitStages:
    """The stages of one unit; quantities (stages, variables) in units of the largest.

    base : quantities that are worth 1 together, those of A
    optimal : quantities that are worth 0 together at prices optimal for the system, R - E A
    limits : (rows, variables), worth at most 0
    """

    taken: Array
    made: Array
    base: Array
    optimal: Array
    limits: Array

    def extreme(self, stage: int, sign: float) -> float:
        """Return the largest (sign 1) or smallest (-1) efficiency of a stage, nan if none."""
        prices = self._prices(sign * self.made[stage], self.taken[stage], [self.optimal])
        if prices is None:
            return np.nan
        return float(_rounded(self.made[stage] @ prices))

    def chosen(self, order: Sequence[int]) -> Array | None:
        """Return prices that favour the stages in this order, each given those before it."""
        held = [self.optimal]
        for stage in order[:-1]:
            prices = self._prices(self.made[stage], self.taken[stage], held)
            if prices is not None:
                efficiency = self.made[stage] @ prices
                held = [*held, self.made[stage] - efficiency * self.taken[stage]]
        return self._prices(np.zeros(len(self.base)), self.base, held)

    def _prices(self, gain: Array, unit: Array, held: Sequence[Array]) -> Array | None:
        """Return the prices at which gain is worth most, unit is worth 1 and held worth 0."""
        rows = len(self.limits)
        fixed = np.array([1.0, *np.zeros(len(held))])
        program = Program(
            np.vstack([self.limits, unit, *held]),
            gain,
            np.concatenate([np.full(rows, -np.inf), fixed]),
            np.concatenate([np.zeros(rows), fixed]),
            np.zeros(len(gain)),
        )
        optimum = WarmModel(program).solve()
        return optimum.values if optimum.status == OPTIMAL else None


def _rounded(efficiency: Array) -> Array:
    """Put an efficiency within rounding of 1 on 1."""
    return np.asarray(np.where(np.abs(efficiency - 1) <= ON_FRONTIER, 1.0, efficiency))
