"""Programs of the efficiency of many units against one technology, as plain arrays.

A technology is a set of rows over columns (units, or units twice under weak disposability). Every
program moves from a point along a direction as far as the technology allows; all share one dual
cone, which the compiled dual simplex of ``simplex`` uses. What it cannot verify goes to HiGHS.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.measure.productivity.programs import (
    FAILED,
    INFEASIBLE,
    OPTIMAL,
    STATUSES,
    UNBOUNDED,
    Program,
    WarmModel,
)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.intp]
Statuses = NDArray[np.int8]

__all__ = [
    "FAILED",
    "INFEASIBLE",
    "OPTIMAL",
    "RETURNS",
    "STATUSES",
    "UNBOUNDED",
    "RadialScores",
    "Steps",
    "largest_steps",
    "non_dominated",
    "radial_efficiency",
    "returns_row",
    "sizes",
    "spread",
]

RETURNS = ("crs", "vrs", "nirs", "ndrs")
ON_FRONTIER = 1e-9
"""A score this near to 1 (or a step this near to 0) is on the frontier."""
_SAMPLE = 150
_NO_OUTPUT = 1e-12


@dataclass(frozen=True)
class Steps:
    """Solutions of a family of programs.

    steps : (o,), the largest step, nan unless optimal; status : (o,), positions in STATUSES
    weights : (o, n), the intensity of each column at the optimum
    prices : (o, p), the dual price of each row, normalised so that a step costs 1; nan where
        HiGHS had to solve the program
    fallbacks : how many programs HiGHS had to solve
    """

    steps: Array
    status: Statuses
    weights: csr_array
    prices: Array
    fallbacks: int


@dataclass(frozen=True)
class RadialScores:
    """Radial efficiency of every evaluated unit.

    scores : (n,), theta under input orientation, 1 / phi under output orientation; nan unless
        optimal; status : (n,), positions in STATUSES
    weights : (n, r), the intensity of each reference unit at the radial optimum (not after slacks)
    fallbacks : how many programs HiGHS had to solve
    """

    scores: Array
    status: Statuses
    weights: csr_array
    fallbacks: int


def radial_efficiency(
    inputs: Array,
    outputs: Array,
    reference_inputs: Array,
    reference_outputs: Array,
    returns: str,
    orientation: str,
    exclude_self: bool = False,
) -> RadialScores:
    r"""Radial (Farrell) efficiency of units against a reference technology.

    .. math:: \theta_o = \min\{\theta : X\lambda \le \theta x_o, Y\lambda \ge y_o, \lambda \in
        \Lambda\}, \qquad \phi_o = \max\{\phi : X\lambda \le x_o, Y\lambda \ge \phi y_o\}

    with :math:`\Lambda` all :math:`\lambda \ge 0` (crs), or those whose sum is 1 (vrs), at most 1
    (nirs) or at least 1 (ndrs).

    inputs : (n, k), outputs : (n, m), the evaluated units; reference_inputs : (r, k),
        reference_outputs : (r, m), the technology; all finite and >= 0, no unit without any
        positive input or without any positive output
    exclude_self : leave each unit out of its own reference (super-efficiency); needs the reference
        to be the evaluated units
    Returns : scores; a unit outside the technology scores above 1 or is infeasible, also where
        phi is 0 because the technology lacks an output of the unit
    Limits : reference units that another equals or beats are left out beforehand, so of several
        equal peers only one appears in the weights
    Source : Charnes, Cooper and Rhodes (1978), doi:10.1016/0377-2217(78)90138-8; Banker, Charnes
        and Cooper (1984), doi:10.1287/mnsc.30.9.1078; Andersen and Petersen (1993),
        doi:10.1287/mnsc.39.10.1261
    """
    evaluated = np.hstack([inputs, -outputs])
    reference = np.hstack([reference_inputs, -reference_outputs])
    problem = _Radial(inputs.shape[1], returns, orientation)
    if exclude_self:
        everyone = np.arange(len(reference))
        return problem.solve(evaluated, reference, everyone, len(reference), excluded=everyone)
    kept = non_dominated(reference)
    if np.array_equal(evaluated, reference):
        kept = _frontier(problem, reference, kept)
    return problem.solve(evaluated, reference[kept], kept, len(reference))


def _frontier(problem: _Radial, points: Array, candidates: Positions) -> Positions:
    """Return the candidates on the frontier; no other unit binds a score.

    A candidate that some of the others already show to be inefficient is inefficient, so a sample
    settles most of them at little cost.
    """
    if len(candidates) > 2 * _SAMPLE:
        chosen = candidates[:: len(candidates) // _SAMPLE]
        sample = chosen[_efficient(problem, points, chosen, chosen)]
        candidates = candidates[_efficient(problem, points, candidates, sample)]
    return candidates[_efficient(problem, points, candidates, candidates)]


def _efficient(problem: _Radial, points: Array, units: Positions, reference: Positions) -> Flags:
    """Return which units the reference units do not show to be inefficient."""
    scored = problem.solve(points[units], points[reference], reference, len(points))
    return np.asarray((scored.scores >= 1) | (scored.status != OPTIMAL))


@dataclass(frozen=True)
class _Radial:
    """How a radial measure becomes a family of programs."""

    input_count: int
    returns: str
    orientation: str

    def solve(
        self,
        points: Array,
        reference: Array,
        positions: Positions,
        total: int,
        excluded: Positions | None = None,
    ) -> RadialScores:
        """Score points (n, k + m), outputs negative; positions name the reference units."""
        rows, inequality, scale = returns_row(len(reference), self.returns)
        columns = np.vstack([reference.T, rows])
        count = len(points)
        shrinking = np.where(np.arange(points.shape[1]) < self.input_count, 1.0, 0.0)
        moved = points * (shrinking if self.orientation == "input" else 1 - shrinking)
        tail = np.broadcast_to(scale, (count, len(scale)))
        # input: X l - theta x <= 0, so the step is -theta; output: phi y - Y l <= 0
        directions = np.hstack([moved if self.orientation == "input" else -moved, 0 * tail])
        fixed = np.hstack([points - moved, tail])
        solved = largest_steps(
            columns,
            np.append(np.ones(points.shape[1], bool), inequality),
            directions,
            fixed,
            excluded,
        )
        with np.errstate(divide="ignore", invalid="ignore"):
            scores = -solved.steps if self.orientation == "input" else 1 / solved.steps
        scores = np.where(np.abs(scores - 1) <= ON_FRONTIER, 1.0, scores)
        status = solved.status
        if self.orientation == "output":
            # only outputs of zero reach this far: no finite 1 / phi
            nothing = (status == OPTIMAL) & (solved.steps <= _NO_OUTPUT)
            scores[nothing], status[nothing] = np.nan, INFEASIBLE
        weights = spread(solved.weights, positions, total)
        return RadialScores(scores, status, weights, solved.fallbacks)


def spread(weights: csr_array, positions: Positions, total: int) -> csr_array:
    """Return weights of chosen reference units as weights of all, in their positions."""
    return csr_array(
        (weights.data, positions[weights.indices], weights.indptr),
        shape=(weights.shape[0], total),
    )


def returns_row(units: int, returns: str) -> tuple[Array, Flags, Array]:
    """Return the row that returns to scale put on the sum of the weights, none under crs.

    Returns : row (0 or 1, units), whether it is an inequality (0 or 1,), its right side (0 or 1,)
    """
    if returns == "crs":
        return np.zeros((0, units)), np.zeros(0, dtype=bool), np.zeros(0)
    sign = -1.0 if returns == "ndrs" else 1.0
    return np.full((1, units), sign), np.array([returns != "vrs"]), np.array([sign])


def non_dominated(points: Array) -> Positions:
    """Return the positions of points (n, q) that no other point equals or undercuts everywhere.

    Of equal points the first is kept.
    """
    from xinzhi.measure.productivity import basis

    order = np.lexsort(points.T[::-1])
    kept = basis.undominated(np.ascontiguousarray(points[order]))
    return np.asarray(np.sort(order[kept]))


def largest_steps(
    columns: Array,
    inequality: Flags,
    directions: Array,
    points: Array,
    excluded: Positions | None = None,
) -> Steps:
    r"""Move points along directions as far as a technology allows.

    .. math:: \max \beta \quad\text{so that}\quad A\lambda + \beta d_o \le b_o,\ \lambda \ge 0

    columns : A, (p, n), finite; inequality : (p,), False where row i is an equation
    directions : d, (o, p); points : b, (o, p); excluded : (o,), a column that program o may not
        use (-1 for none)
    Returns : steps, status, weights, prices
    Raises : ComputationError where numba or highspy is missing
    Limits : rows and columns are scaled first, and a solution counts only if fresh primal and dual
        residuals are below 1e-9 of the scaled data; HiGHS solves the others to 1e-10
    """
    from xinzhi.measure.productivity import simplex

    row_scale = sizes(columns, 1)
    scaled = columns / row_scale[:, None]
    column_scale = sizes(scaled, 0)
    scaled = np.ascontiguousarray(scaled / column_scale)
    slopes, targets = directions / row_scale, points / row_scale
    slope_scale, target_scale = sizes(slopes, 1), sizes(targets, 1)
    slopes, targets = slopes / slope_scale[:, None], targets / target_scale[:, None]
    barred = np.full(len(points), -1) if excluded is None else excluded.astype(np.int64)
    steps, status, members, levels, prices = simplex.largest_steps(
        scaled, inequality, slopes, targets, barred
    )
    held = (members >= 0) & (members < columns.shape[1]) & (levels > 0)
    rows, places = np.nonzero(held)
    names = members[rows, places]
    values = levels[rows, places] * target_scale[rows] / column_scale[names]
    steps = steps * target_scale / slope_scale
    open_programs = np.flatnonzero(status == FAILED)
    if len(open_programs):
        extra = _by_highs(scaled, inequality, slopes, targets, barred, open_programs)
        steps[open_programs] = extra[0] * (target_scale / slope_scale)[open_programs]
        status[open_programs] = extra[1]
        late, columns_used = np.nonzero(extra[2] > 0)
        rows = np.concatenate([rows, open_programs[late]])
        names = np.concatenate([names, columns_used])
        found = extra[2][late, columns_used] * target_scale[open_programs[late]]
        values = np.concatenate([values, found / column_scale[columns_used]])
    weights = csr_array((values, (rows, names)), shape=(len(points), columns.shape[1]))
    prices = prices / row_scale / slope_scale[:, None]
    return Steps(steps, status, weights, prices, len(open_programs))


def _by_highs(
    columns: Array,
    inequality: Flags,
    directions: Array,
    points: Array,
    barred: NDArray[np.int64],
    chosen: Positions,
) -> tuple[Array, Statuses, Array]:
    """Solve the chosen programs in one warm-started model; the step is its first column."""
    rows, units = columns.shape
    lower = np.zeros(units + 1)
    lower[0] = -np.inf
    model = WarmModel(
        Program(
            np.hstack([np.zeros((rows, 1)), columns]),
            np.eye(1, units + 1)[0],
            np.full(rows, -np.inf),
            np.zeros(rows),
            lower,
        )
    )
    steps = np.full(len(chosen), np.nan)
    status = np.full(len(chosen), FAILED, dtype=np.int8)
    weights = np.zeros((len(chosen), units))
    for place, program in enumerate(chosen):
        model.change_column(0, directions[program])
        model.change_rows(np.where(inequality, -np.inf, points[program]), points[program])
        closed = int(barred[program]) + 1
        if closed:
            model.close_column(closed, True)
        optimum = model.solve()
        if closed:
            model.close_column(closed, False)
        status[place] = optimum.status
        if optimum.status == OPTIMAL:
            steps[place], weights[place] = optimum.objective, optimum.values[1:]
    return steps, status, weights


def sizes(matrix: Array, axis: int) -> Array:
    """Return the largest absolute entry along an axis, 1 where all are zero."""
    sizes = np.abs(matrix).max(axis=axis, initial=0.0)
    return np.asarray(np.where(sizes > 0, sizes, 1.0))
