"""Compiled dual simplex for families of programs that share one dual cone.

Importing this module needs numba; ``kernel`` imports it when it is first used.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.measure.productivity.basis import (
    PIVOT,
    TINY,
    Array,
    Codes,
    Flags,
    assembled,
    cold_basis,
    compiled,
    exchange,
    invert,
    weigh,
)
from xinzhi.measure.productivity.programs import FAILED as UNSOLVED
from xinzhi.measure.productivity.programs import INFEASIBLE, OPTIMAL

_FEASIBLE = 1e-11
_CHECKED = 1e-9
_CERTAIN = 1e-7


@compiled
def _leaving(
    inverse: Array, levels: Array, basis: Codes, fixed_from: int, barred: int, bland: bool
) -> int:
    """Return the place that leaves: steepest edge, or the lowest code against cycling; else -1."""
    rows = len(basis)
    chosen, best = -1, 0.0
    for k in range(1, rows):
        fixed = basis[k] >= fixed_from or basis[k] == barred
        short = abs(levels[k]) if fixed else -levels[k]
        if short <= _FEASIBLE:
            continue
        if bland:
            value = 1.0 / (1.0 + basis[k])
        else:
            length = 0.0
            for i in range(rows):
                length += inverse[k, i] * inverse[k, i]
            value = short * short / length
        if value > best:
            chosen, best = k, value
    return chosen


@compiled
def _entering(
    reduced: Array,
    change: Array,
    prices: Array,
    row: Array,
    inequality: Flags,
    barred: int,
    bland: bool,
) -> tuple[int, float]:
    """Return the code that enters and the step of the dual; code -1 where none can.

    Among columns that bind first the largest pivot is taken, or the lowest code against cycling.
    """
    units, rows = len(reduced), len(row)
    step = np.inf
    for j in range(units):
        if change[j] < -PIVOT and j != barred:
            ratio = max(reduced[j], 0.0) / -change[j]
            step = min(step, ratio)
    for i in range(rows):
        if inequality[i] and row[i] < -PIVOT:
            step = min(step, max(prices[i], 0.0) / -row[i])
    if step == np.inf:
        return -1, 0.0
    tied = step + TINY * (1.0 + step)
    chosen, best = -1, 0.0
    for j in range(units):
        if (
            change[j] < -PIVOT
            and -change[j] > best
            and j != barred
            and max(reduced[j], 0.0) <= -change[j] * tied
        ):
            chosen, best = j, -change[j]
            if bland:
                return chosen, step
    for i in range(rows):
        if (
            inequality[i]
            and row[i] < -PIVOT
            and -row[i] > best
            and max(prices[i], 0.0) <= -row[i] * tied
        ):
            chosen, best = units + i, -row[i]
            if bland:
                return chosen, step
    return chosen, step


@compiled
def _improve(
    columns: Array,
    inequality: Flags,
    basis: Codes,
    inverse: Array,
    levels: Array,
    reduced: Array,
    change: Array,
    barred: int,
) -> int:
    """Pivot until the basis is feasible; the prices stay in the dual cone throughout.

    A run of pivots without progress of the dual turns to Bland's rule until one makes progress.
    """
    rows, units = columns.shape
    idle = 0
    for _ in range(200 + 20 * rows):
        bland = idle > 2 * rows
        place = _leaving(inverse, levels, basis, units + rows, barred, bland)
        if place < 0:
            return OPTIMAL
        row = inverse[place].copy()
        if levels[place] > 0.0:
            row = -row
        weigh(row, columns, change)
        code, step = _entering(reduced, change, inverse[0], row, inequality, barred, bland)
        if code < 0:
            length = 0.0
            for i in range(rows):
                length = max(length, abs(row[i]))
            return INFEASIBLE if abs(levels[place]) > _CERTAIN * length else UNSOLVED
        idle = idle + 1 if step <= TINY else 0
        image = np.zeros(rows)
        for k in range(rows):
            if code >= units:
                image[k] = inverse[k, code - units]
            else:
                for i in range(rows):
                    image[k] += inverse[k, i] * columns[i, code]
        exchange(inverse, levels, image, place)
        for j in range(units):
            reduced[j] += step * change[j]
        if code < units:
            reduced[code] = 0.0
        basis[place] = code
    return UNSOLVED


@compiled
def _verified(
    columns: Array,
    inequality: Flags,
    direction: Array,
    rhs: Array,
    basis: Codes,
    inverse: Array,
    levels: Array,
    reduced: Array,
    barred: int,
) -> bool:
    """Invert anew, recompute levels and prices, and check both sides of the program."""
    rows, units = columns.shape
    matrix = assembled(columns, basis, direction)
    if not invert(matrix, inverse):
        return False
    for k in range(rows):
        total = 0.0
        for i in range(rows):
            total += inverse[k, i] * rhs[i]
        levels[k] = total
    weigh(inverse[0], columns, reduced)
    largest = 1.0
    for i in range(rows):
        largest = max(largest, abs(inverse[0, i]))
        residual = -rhs[i]
        for k in range(rows):
            residual += matrix[i, k] * levels[k]
        if abs(residual) > _CHECKED:
            return False
    for k in range(1, rows):
        fixed = basis[k] >= units + rows or basis[k] == barred
        if (abs(levels[k]) if fixed else -levels[k]) > _CHECKED:
            return False
    for j in range(units):
        if reduced[j] < -_CHECKED * largest and j != barred:
            return False
    cheapest = 0.0
    for i in range(rows):
        if inequality[i]:
            cheapest = min(cheapest, inverse[0, i])
    return cheapest >= -_CHECKED * largest


@compiled
def _solve(
    columns: Array,
    inequality: Flags,
    direction: Array,
    rhs: Array,
    basis: Codes,
    inverse: Array,
    levels: Array,
    reduced: Array,
    change: Array,
    barred: int,
) -> int:
    """Improve and verify; what rounding has spoilt is improved again from the fresh inverse."""
    for _ in range(3):
        outcome = _improve(columns, inequality, basis, inverse, levels, reduced, change, barred)
        sound = _verified(
            columns, inequality, direction, rhs, basis, inverse, levels, reduced, barred
        )
        if outcome == INFEASIBLE:
            return INFEASIBLE
        if outcome == OPTIMAL and sound:
            return OPTIMAL
    return UNSOLVED


@compiled
def largest_steps(
    columns: Array, inequality: Flags, directions: Array, rhs: Array, barred: Codes
) -> tuple[Array, NDArray[np.int8], Codes, Array, Array]:
    r"""Solve :math:`\max \beta` so that :math:`A\lambda + \beta d_o \le b_o, \lambda \ge 0`.

    The dual, :math:`\min \pi b_o` so that :math:`\pi d_o = 1, \pi A \ge 0, \pi \ge 0`, has the same
    cone for all o, so the last basis, with the new direction in place of the old, stays dual
    feasible up to a positive factor.

    columns : A, (p, n), entries of order 1; inequality : (p,), False where row i is an equation
    directions, rhs : (o, p), entries of order 1
    barred : (o,), the column that unit o may not use, -1 for none
    Returns : steps (o,), status (o,), codes of the basis and their levels (o, p), prices (o, p)
    """
    rows, units = columns.shape
    programs = len(directions)
    steps = np.full(programs, np.nan)
    status = np.full(programs, UNSOLVED, dtype=np.int8)
    members = np.full((programs, rows), -1)
    heights = np.zeros((programs, rows))
    prices = np.full((programs, rows), np.nan)
    basis, inverse = np.zeros(rows, dtype=np.int64), np.zeros((rows, rows))
    levels, reduced, change = np.zeros(rows), np.zeros(units), np.zeros(units)
    ready = False
    for o in range(programs):
        direction, target = directions[o], rhs[o]
        if ready:
            image = np.zeros(rows)
            for k in range(rows):
                for i in range(rows):
                    image[k] += inverse[k, i] * direction[i]
            ready = image[0] > PIVOT
            if ready:
                exchange(inverse, levels, image, 0)
        if not ready:
            if not cold_basis(columns, inequality, direction, basis):
                continue
            if not invert(assembled(columns, basis, direction), inverse):
                continue
            ready = True
        weigh(inverse[0], columns, reduced)
        for k in range(rows):
            levels[k] = 0.0
            for i in range(rows):
                levels[k] += inverse[k, i] * target[i]
        outcome = _solve(
            columns, inequality, direction, target, basis, inverse, levels, reduced, change, -1
        )
        ready = outcome != UNSOLVED
        kept, inverse_kept = basis.copy(), inverse.copy()
        if barred[o] >= 0 and outcome == OPTIMAL and (basis == barred[o]).any():
            outcome = _solve(
                columns,
                inequality,
                direction,
                target,
                basis,
                inverse,
                levels,
                reduced,
                change,
                barred[o],
            )
        status[o] = outcome
        if outcome == OPTIMAL:
            steps[o] = levels[0]
            members[o], heights[o], prices[o] = basis, levels, inverse[0]
        basis[:], inverse[:] = kept, inverse_kept
    return steps, status, members, heights, prices
