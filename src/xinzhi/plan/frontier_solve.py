"""Points of a frontier: one model, built once, its bounds and objective changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from xinzhi.plan.case_arrays import Array
from xinzhi.plan.frontier_measures import GROWTH, Aim, Measure
from xinzhi.plan.transition import solved
from xinzhi.plan.transition_solve import Solution, TransitionModel

AUGMENTATION = 1e-4  # of the whole range of an aim against the range of the first one
_ROOM = 1e-9  # relative room of a bound at an optimum that was found to tolerance
_PRIMAL, _DUAL = 4, 1  # HiGHS's simplex strategies


@dataclass(frozen=True, eq=False)
class Candidate:
    """A solution and its place in the grid.

    values : (aims,) in their own units
    place : (bounded aims,) steps from the loosest bound; None for an end of the payoff table
    end : the aim that it is best in, None inside the grid
    """

    solution: Solution
    values: Array
    place: tuple[int, ...] | None
    end: Aim | None = None


@dataclass(eq=False)
class FrontierModel:
    """A transition model whose aims can be bounded and optimised, and a count of its solves."""

    model: TransitionModel
    measures: Mapping[Aim, Measure]
    aims: tuple[Aim, ...]
    counts: dict[str, int] = field(
        default_factory=lambda: {"solves": 0, "skipped": 0, "infeasible": 0}
    )

    def value(self, aim: Aim, solution: Solution) -> float:
        """Return the value of an aim in a solution."""
        part = self.model.made.program.components[self.measures[aim].component]
        return float(part @ solution.columns[: part.size])

    def optimise(self, aim: Aim, others: Mapping[Aim, float] | None = None) -> None:
        """Set the objective: an aim, and others by their weights."""
        weights = dict(GROWTH) if aim == "growth" else {self.measures[aim].component: 1.0}
        for other, weight in (others or {}).items():
            weights[self.measures[other].component] = weight
        self.model.change_objective(weights)

    def bound(self, aim: Aim, worst: float | None) -> None:
        """Let an aim be no worse than a value; None frees it."""
        measure = self.measures[aim]
        if worst is None:
            if measure.component in self.model.component_rows:
                self.model.limit_component(measure.component)
        elif measure.sign > 0:
            self.model.limit_component(measure.component, at_least=worst)
        else:
            self.model.limit_component(measure.component, at_most=worst)

    def solve(self, strategy: int = _DUAL) -> Solution:
        """Solve from the last basis."""
        self.counts["solves"] += 1
        self.model.highs.setOptionValue("simplex_strategy", strategy)
        solution = self.model.solve()
        self.model.highs.setOptionValue("simplex_strategy", _DUAL)
        return solution

    def solve_afresh(self) -> Solution:
        """Solve without a basis, since that of another aim is farther than none."""
        self.model.start_afresh()
        self.counts["solves"] += 1
        return solved(self.model)

    def candidate(
        self, solution: Solution, place: tuple[int, ...] | None, end: Aim | None = None
    ) -> Candidate:
        """Return a solution with its values."""
        values = np.array([self.value(aim, solution) for aim in self.aims])
        return Candidate(solution, values, place, end)


def _no_better(measure: Measure, value: float) -> float:
    """Return a value with the room that the solver's tolerance needs."""
    return value - measure.sign * _ROOM * max(1.0, abs(value))


def payoff(front: FrontierModel) -> list[Candidate]:
    """Return the lexicographic optima: for each aim the best, then the best of the others.

    The first stage of an aim is solved afresh; each next one adds a bound at the optimum found and
    goes on from its basis by the primal simplex method, for which that basis is feasible. The first
    aim comes last, since the grid begins from its end.
    """
    found = []
    for aim in reversed(front.aims):
        for other in front.aims:
            front.bound(other, None)
        order = [aim, *(other for other in front.aims if other != aim)]
        front.optimise(aim)
        solution = front.solve_afresh()
        for before, after in pairwise(order):
            best = front.value(before, solution)
            front.bound(before, _no_better(front.measures[before], best))
            front.optimise(after)
            nearer = front.solve(_PRIMAL)
            solution = nearer if nearer.status == "optimal" else solution
        found.append(front.candidate(solution, None, aim))
    for aim in front.aims:
        front.bound(aim, None)
    return found[::-1]


@dataclass(frozen=True, eq=False)
class Grid:
    """Bounds of the aims but the first.

    bounds : by aim, from the worst value of the payoff table to the best
    ranges : (aims,) between those values; 0 where an aim is not in conflict with the others
    """

    bounds: dict[Aim, Array]
    ranges: Array


def grid_of(front: FrontierModel, ends: Sequence[Candidate], points: int) -> Grid:
    """Return the grid of bounds; for three aims as many steps each as the root of the points."""
    values = np.array([end.values for end in ends])
    sizes = np.abs(values).max(axis=0)
    ranges = np.ptp(values, axis=0)
    ranges = np.where(ranges > 1e-7 * sizes, ranges, 0.0)
    steps = points if len(front.aims) == 2 else max(2, int(np.ceil(np.sqrt(points))))
    bounds = {}
    for place, aim in enumerate(front.aims):
        if place == 0:
            continue
        column = front.measures[aim].sign * values[:, place]
        levels = np.linspace(column.min(), column.max(), steps if ranges[place] else 1)
        bounds[aim] = front.measures[aim].sign * levels
    return Grid(bounds, ranges)


def inside(front: FrontierModel, ends: Sequence[Candidate], grid: Grid) -> list[Candidate]:
    r"""Return the points inside the grid by the augmented epsilon-constraint method.

    .. math:: \max\; f_1 + \delta\, r_1 \sum_{k>1} s_k / r_k, \qquad f_k - s_k = e_k, \; s_k \ge 0

    with f the aims as they are maximised, r their ranges and s the slack, which is put in by
    substitution. Bounds are tightened step by step: the last basis stays dual feasible. Where a
    solution keeps the next bound too, it is optimal there as well and nothing is solved; where a
    bound cannot be kept, no tighter one can.
    Source : Mavrotas (2009), Applied Mathematics and Computation 213
    """
    first, bounded = front.aims[0], list(grid.bounds)
    scale = grid.ranges[0] or 1e-6 * max(1.0, float(np.abs(ends[0].values[0])))
    weights = {
        aim: AUGMENTATION * scale / own
        for aim, own in zip(front.aims[1:], grid.ranges[1:], strict=True)
        if own
    }
    front.optimise(first, weights)
    *outer, inner = bounded
    found: list[Candidate] = []
    rows = range(len(grid.bounds[outer[0]])) if outer else (0,)
    two = not outer
    basis = None
    for row in rows:
        if basis is not None:
            front.model.highs.setBasis(basis)
        if outer:
            front.bound(outer[0], _bound(front, outer[0], grid, row))
        front.bound(inner, None)
        solution = front.solve(_PRIMAL if row == 0 else _DUAL)
        if solution.status != "optimal":
            front.counts["infeasible"] += 1
            break
        basis = front.model.highs.getBasis()
        previous = front.candidate(solution, (0,) if two else (row, 0))
        if 0 < row < len(rows) - 1:
            found.append(previous)
        # the tightest bound alone leads to an end of the payoff table
        last = len(grid.bounds[inner]) - (1 if row == 0 else 0)
        for column in range(1, last):
            level = _bound(front, inner, grid, column)
            assert level is not None
            place = front.aims.index(inner)
            sign = front.measures[inner].sign
            if sign * previous.values[place] >= sign * level:
                front.counts["skipped"] += 1
                continue
            front.bound(inner, level)
            solution = front.solve()
            if solution.status != "optimal":
                front.counts["infeasible"] += 1
                break
            previous = front.candidate(solution, (column,) if two else (row, column))
            found.append(previous)
    return found


def _bound(front: FrontierModel, aim: Aim, grid: Grid, step: int) -> float | None:
    """Return a bound; the loosest is none, and the tightest has room for the tolerance."""
    return None if step == 0 else _no_better(front.measures[aim], float(grid.bounds[aim][step]))
