"""Multipliers and outputs of large tables without a factorisation, where few are asked for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, coefficients, leontief_system

Array = NDArray[np.float64]

MOST_STEPS = 60
TOLERANCE = 1e-13  # of the preconditioned residual, relative to the right-hand side


def solve_rows_iteratively(table: IOTable, rows: Array) -> Array:
    r"""Return rows (I − A)⁻¹ by GMRES with the regions' own blocks as preconditioner.

    .. math:: y\,(I - A)\,P^{-1} = r\,P^{-1}, \qquad P = I - \mathrm{diag}(A_{11}, \dots, A_{RR})

    The closer regions are to living off their own products, the fewer steps it takes. Flows are
    used as they lie in the table: no matrix of N × N is made. Worth it for many regions and rows
    that are few beside N; the factorised system serves any number.

    rows : (k, N) direct coefficients per unit of output
    Returns : (k, N), as ``LeontiefSystem.solve_rows``
    Raises : ComputationError as ``leontief_system``, which takes over where a table of one region
        has no blocks, or where MOST_STEPS do not bring the residual below TOLERANCE
    Source : Saad and Schultz (1986), SIAM Journal on Scientific and Statistical Computing 7
    """
    scale = _reciprocal(table.output)
    solved = _solved(table, rows, lambda values: (values @ table.flows) * scale, transposed=False)
    return leontief_system(table).solve_rows(rows) if solved is None else solved


def solve_iteratively(table: IOTable, demand: Array) -> Array:
    """Return (I − A)⁻¹ demand in the same way: the output that a few final demands need.

    demand : (N, k)
    Returns : (N, k), as ``LeontiefSystem.solve``
    Raises : ComputationError as ``solve_rows_iteratively``
    """
    scale = _reciprocal(table.output)
    right = np.ascontiguousarray(demand.T)
    solved = _solved(table, right, lambda values: (table.flows @ (values * scale).T).T, True)
    return leontief_system(table).solve(demand) if solved is None else solved.T


def _solved(
    table: IOTable, right: Array, used: Callable[[Array], Array], transposed: bool
) -> Array | None:
    """Return (k, N) solutions, or None where the factorised system has to say more.

    used : what (k, N) rows of outputs or of coefficients take by A
    transposed : whether ``used`` works with A from the left
    """
    if len(table.regions) == 1:
        return None
    try:
        blocks = _blocks(table)
    except ComputationError:
        return None
    if transposed:
        blocks = blocks.transpose(0, 2, 1)
    # ones tell whether A is productive, as in the factorised system
    given = np.vstack([right, np.ones(table.size)])
    found = _gmres(lambda values: _times(values - used(values), blocks), _times(given, blocks))
    return None if found is None or not (found[-1] > 0).all() else found[:-1]


def _blocks(table: IOTable) -> Array:
    """Return (R, S, S) inverses of each region's own I − A."""
    regions, sectors = len(table.regions), len(table.sectors)
    own = np.empty((regions, sectors, sectors))
    for region in range(regions):
        part = slice(region * sectors, (region + 1) * sectors)
        direct = coefficients(table.flows[part, part], table.output[part])
        own[region] = LeontiefSystem(direct, overwrite=True).inverse()
    return own


def _times(rows: Array, blocks: Array) -> Array:
    """Return (k, N) rows times the block-diagonal matrix of (R, S, S) blocks."""
    regions, sectors, _ = blocks.shape
    parts = rows.reshape(-1, regions, sectors).transpose(1, 0, 2)
    return np.ascontiguousarray((parts @ blocks).transpose(1, 0, 2)).reshape(rows.shape)


def _gmres(product: Callable[[Array], Array], right: Array) -> Array | None:
    """Solve product(y) = right for every row by itself, all rows in step; None if not in time.

    The rows share one multiplication of the table's flows a step, which is what costs.
    """
    size = np.linalg.norm(right, axis=1)
    basis = [right / np.where(size > 0, size, 1.0)[:, np.newaxis]]
    rows = len(right)
    hessenberg = np.zeros((rows, MOST_STEPS + 1, MOST_STEPS))
    target = np.zeros((rows, MOST_STEPS + 1))
    target[:, 0] = size
    for step in range(MOST_STEPS):
        new = product(basis[step])
        for _ in range(2):  # twice is enough to keep the basis orthogonal to working precision
            for place, known in enumerate(basis):
                part = np.einsum("kn,kn->k", known, new)
                hessenberg[:, place, step] += part
                new = new - part[:, np.newaxis] * known
        length = np.linalg.norm(new, axis=1)
        hessenberg[:, step + 1, step] = length
        basis.append(new / np.where(length > 0, length, 1.0)[:, np.newaxis])
        weights, residual = _least_squares(hessenberg[:, : step + 2, : step + 1], target)
        if (residual <= TOLERANCE * size).all():
            solved = np.zeros_like(right)
            for place in range(step + 1):
                solved += weights[:, place, np.newaxis] * basis[place]
            return solved
    return None


def _least_squares(hessenberg: Array, target: Array) -> tuple[Array, Array]:
    """Return (k, m) weights that bring each row's small system nearest to its target, and how near.

    A row that is solved early has zeros in its last columns, which the pseudo-inverse passes over.
    """
    wanted = target[:, : hessenberg.shape[1], np.newaxis]
    weights = np.linalg.pinv(hessenberg) @ wanted
    residual = np.linalg.norm(hessenberg @ weights - wanted, axis=(1, 2))
    return weights[:, :, 0], residual


def _reciprocal(output: Array) -> Array:
    return np.divide(1.0, output, out=np.zeros_like(output), where=output > 0)
