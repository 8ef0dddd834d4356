"""Compiled parts of the dual simplex: a small basis, its inverse, and prices over all columns.

Importing this module needs numba; ``kernel`` imports it when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from xinzhi.core.optional import imported

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]
F = TypeVar("F", bound=Callable[..., object])

numba = imported("numba", "productivity")

STEP = -1
"""Code of the step's own column; it stands first in every basis."""
TINY = 1e-12
PIVOT = 1e-9


def compiled(function: F) -> F:
    """Compile with numba, keeping the machine code on disk where there is a place for it."""
    try:
        return cast(F, numba.njit(cache=True, nogil=True, error_model="numpy")(function))
    except RuntimeError:  # neither the package nor the user has a folder to write to
        return cast(F, numba.njit(nogil=True, error_model="numpy")(function))


@compiled
def assembled(columns: Array, basis: Codes, direction: Array) -> Array:
    """Return the basis matrix; codes: unit j, n + i slack of row i, n + p + i artificial."""
    rows, units = columns.shape
    matrix = np.zeros((rows, rows))
    for k in range(rows):
        code = basis[k]
        if code == STEP:
            for i in range(rows):
                matrix[i, k] = direction[i]
        elif code < units:
            for i in range(rows):
                matrix[i, k] = columns[i, code]
        else:
            matrix[(code - units) % rows, k] = 1.0
    return matrix


@compiled
def invert(matrix: Array, inverse: Array) -> bool:
    """Write the inverse by Gauss–Jordan elimination with row exchange; False where singular."""
    rows = len(matrix)
    work = matrix.copy()
    for i in range(rows):
        for j in range(rows):
            inverse[i, j] = 1.0 if i == j else 0.0
    for k in range(rows):
        best = k
        for i in range(k + 1, rows):
            if abs(work[i, k]) > abs(work[best, k]):
                best = i
        if abs(work[best, k]) < TINY:
            return False
        if best != k:
            for j in range(rows):
                work[k, j], work[best, j] = work[best, j], work[k, j]
                inverse[k, j], inverse[best, j] = inverse[best, j], inverse[k, j]
        pivot = work[k, k]
        for j in range(rows):
            work[k, j] /= pivot
            inverse[k, j] /= pivot
        for i in range(rows):
            factor = work[i, k]
            if i != k and factor != 0.0:
                for j in range(rows):
                    work[i, j] -= factor * work[k, j]
                    inverse[i, j] -= factor * inverse[k, j]
    return True


@compiled
def exchange(inverse: Array, levels: Array, image: Array, place: int) -> None:
    """Bring in the column whose image under the inverse is given, at a place of the basis."""
    rows = len(image)
    pivot = image[place]
    for j in range(rows):
        inverse[place, j] /= pivot
    levels[place] /= pivot
    for i in range(rows):
        factor = image[i]
        if i != place and factor != 0.0:
            levels[i] -= factor * levels[place]
            for j in range(rows):
                inverse[i, j] -= factor * inverse[place, j]


@compiled
def weigh(prices: Array, columns: Array, out: Array) -> None:
    """Write prices · columns."""
    rows, units = columns.shape
    first = prices[0]
    for j in range(units):
        out[j] = first * columns[0, j]
    for i in range(1, rows):
        price = prices[i]
        if price != 0.0:
            for j in range(units):
                out[j] += price * columns[i, j]


@compiled
def cold_basis(columns: Array, inequality: Flags, direction: Array, basis: Codes) -> bool:
    """Find a basis with prices in the dual cone: of one row, or of one and another that pays.

    Row r is priced because the step moves along it; if some columns then lose, row q gets the
    lowest price at which none does. Of all such pairs the one with the lowest price is taken.
    """
    rows, units = columns.shape
    best, best_row, best_payer, best_unit = np.inf, -1, -1, -1
    for r in range(rows):
        if not inequality[r] or direction[r] <= TINY:
            continue
        if columns[r].min() >= 0.0:
            best_row, best_payer = r, -1
            break
        for q in range(rows):
            if q == r:
                continue
            price, unit = 0.0, -1
            for j in range(units):
                if columns[r, j] < 0.0:
                    if columns[q, j] <= PIVOT:
                        price = np.inf
                        break
                    ratio = -columns[r, j] / columns[q, j]
                    if ratio > price:
                        price, unit = ratio, j
                elif columns[q, j] < 0.0:
                    price = np.inf
                    break
            if price < best and unit >= 0 and direction[r] + price * direction[q] > TINY:
                best, best_row, best_payer, best_unit = price, r, q, unit
    if best_row < 0:
        return False
    basis[0] = STEP
    k = 1
    for i in range(rows):
        if i == best_row:
            continue
        if i == best_payer:
            basis[k] = best_unit
        else:
            basis[k] = units + i if inequality[i] else units + rows + i
        k += 1
    return True


@compiled
def undominated(points: Array) -> Codes:
    """Return the positions of points (n, q), in rising order, that no other equals or undercuts.

    A point can only be undercut by one before it, and by one that is itself kept.
    """
    count, size = points.shape
    kept = np.zeros(count, dtype=np.int64)
    number = 0
    for j in range(count):
        beaten = False
        for k in range(number):
            beaten = True
            for i in range(size):
                if points[kept[k], i] > points[j, i]:
                    beaten = False
                    break
            if beaten:
                break
        if not beaten:
            kept[number] = j
            number += 1
    return kept[:number]
