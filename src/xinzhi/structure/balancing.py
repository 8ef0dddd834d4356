"""Balancing a matrix to new margins: RAS, and GRAS where entries may be negative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import ComputationError, InputError, Text

Array = NDArray[np.float64]

_MOST_NAMED = 8
_SUMS_AGREE = 1e-9  # how far the sums of the two margins may be apart, relative to their size


@dataclass(frozen=True, eq=False)
class BalancedMatrix:
    """A matrix scaled to its margins.

    matrix : (m, n); row_factors : (m,) r; column_factors : (n,) s; iterations : rounds taken
    """

    matrix: Array
    row_factors: Array
    column_factors: Array
    iterations: int


def ras(
    matrix: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
) -> BalancedMatrix:
    r"""Scale rows and columns of a non-negative matrix until it has the given margins.

    .. math:: \hat x_{ij} = r_i x_{ij} s_j, \quad
              \sum_j \hat x_{ij} = u_i, \quad \sum_i \hat x_{ij} = v_j

    Of all matrices with these margins it is the one with the least information distance
    :math:`\sum_{ij} \hat x_{ij} \ln(\hat x_{ij} / x_{ij})`; zeros stay zero.

    matrix : (m, n), >= 0; row_totals : (m,) u, >= 0; column_totals : (n,) v, >= 0
    tolerance : largest gap of a margin relative to it
    max_iterations : rounds of one row and one column scaling
    Raises : InputError for negative entries (use ``gras``), negative or missing figures, and
        margins with different sums; ComputationError naming the rows and columns where no matrix
        with these zeros has the margins, or where the rounds did not suffice
    Source : Stone (1961); Bacharach (1970), Biproportional Matrices and Input–Output Change;
        Miller and Blair (2009), chapter 7
    """
    base, rows, columns = _checked(matrix, row_totals, column_totals)
    _refuse_negative(base, rows, columns)

    s, gap = np.ones(len(columns)), rows
    up = base @ s
    if ((up <= 0) & (rows > 0)).any() or ((base.sum(axis=0) <= 0) & (columns > 0)).any():
        max_iterations = 0
    with np.errstate(over="ignore", invalid="ignore"):  # factors run away where there is no answer
        for iteration in range(1, max_iterations + 1):
            r = _ratio(rows, up)
            across = base.T @ r
            s = _ratio(columns, across)
            up = base @ s
            gap = np.abs(r * up - rows)
            # columns were scaled last: only one in which nothing is left can miss its total
            if (gap <= tolerance * rows).all() and not ((across <= 0) & (columns > 0)).any():
                return BalancedMatrix(r[:, np.newaxis] * base * s, r, s, iteration)
            if not (np.isfinite(r).all() and np.isfinite(s).all()):
                break
    block = _blocking_block(base, rows, columns)
    if block is not None:
        raise block
    raise _not_converged(gap, rows, max_iterations)


def gras(
    matrix: ArrayLike,
    row_totals: ArrayLike,
    column_totals: ArrayLike,
    tolerance: float = 1e-10,
    max_iterations: int = 10_000,
) -> BalancedMatrix:
    r"""Scale a matrix with positive and negative entries to the given margins; signs stay.

    With the positive part P and the negative part −N,

    .. math:: \hat x_{ij} = r_i p_{ij} s_j - \frac{n_{ij}}{r_i s_j}, \qquad
              r_i = \frac{u_i + \sqrt{u_i^2 + 4 p_i n_i}}{2 p_i}, \quad
              p_i = \sum_j p_{ij} s_j, \quad n_i = \sum_j n_{ij} / s_j,

    and likewise for columns; :math:`r_i = -n_i / u_i` in a row without positive entries. It has
    the least :math:`\sum_{ij} |x_{ij}| (z_{ij} \ln z_{ij} - z_{ij} + 1)`,
    :math:`z_{ij} = \hat x_{ij} / x_{ij}`, and without negative entries it is RAS.

    matrix : (m, n); row_totals : (m,) u; column_totals : (n,) v, of any sign
    tolerance : largest gap of a margin relative to the sum of the absolute entries of its row
    max_iterations : rounds of one row and one column scaling
    Raises : InputError for missing figures and margins with different sums; ComputationError
        naming the rows or columns whose signs cannot give their total, or where the rounds did
        not suffice
    Source : Junius and Oosterhaven (2003), with the target function as corrected by Lenzen, Wood
        and Gallego (2007); Temurshoev, Miller and Bouwmeester (2013) for rows and columns without
        positive entries; all in Economic Systems Research
    """
    base, rows, columns = _checked(matrix, row_totals, column_totals)
    positive, negative = np.maximum(base, 0.0), np.maximum(-base, 0.0)
    _refuse_wrong_signs(positive, negative, rows, Text("行", "row"))
    _refuse_wrong_signs(positive.T, negative.T, columns, Text("列", "column"))
    s = inverse_s = np.ones(len(columns))
    up, down, gap = positive @ s, negative @ inverse_s, rows
    with np.errstate(over="ignore", invalid="ignore"):  # factors run away where there is no answer
        for iteration in range(1, max_iterations + 1):
            r, inverse_r = _signed_factor(up, down, rows)
            left, right = positive.T @ r, negative.T @ inverse_r
            s, inverse_s = _signed_factor(left, right, columns)
            up, down = positive @ s, negative @ inverse_s
            gap = np.abs(r * up - inverse_r * down - rows)
            near = tolerance * (r * up + inverse_r * down)
            if (gap <= near).all() and not ((left + right <= 0) & (columns != 0)).any():
                balanced = r[:, np.newaxis] * positive * s
                balanced -= inverse_r[:, np.newaxis] * negative * inverse_s
                return BalancedMatrix(balanced, r, s, iteration)
            if not (np.isfinite(r).all() and np.isfinite(s).all()):
                break
    raise _not_converged(gap, rows, max_iterations)


def _signed_factor(positive: Array, negative: Array, totals: Array) -> tuple[Array, Array]:
    """Return the factor r that solves r p − n/r = u, and its reciprocal for the negative part.

    Both are zero where the row has to become zero, and one in an empty row.
    """
    root = np.sqrt(totals**2 + 4.0 * positive * negative)
    # of two forms of the same root the one that adds, so that nothing cancels
    larger = np.where(totals >= 0, totals + root, root - totals)
    from_positive = np.where(totals >= 0, larger, _ratio(4.0 * positive * negative, larger))
    factor = _ratio(from_positive, 2.0 * positive)
    only_negative = (positive == 0) & (negative > 0)
    factor = np.where(only_negative, _ratio(negative, -totals), factor)
    reciprocal = np.where(only_negative, _ratio(-totals, negative), _ratio(1.0, factor))
    empty = (positive == 0) & (negative == 0)
    return np.where(empty, 1.0, factor), np.where(empty, 1.0, reciprocal)


def _ratio(numerator: Array | float, denominator: Array) -> Array:
    top = np.broadcast_to(np.asarray(numerator, dtype=np.float64), denominator.shape)
    return np.divide(top, denominator, out=np.zeros(denominator.shape), where=denominator != 0)


def _checked(matrix: ArrayLike, rows: ArrayLike, columns: ArrayLike) -> tuple[Array, Array, Array]:
    """Return the three as arrays of floats whose shapes and sums agree."""
    base = np.asarray(matrix, dtype=np.float64)
    row_totals = np.asarray(rows, dtype=np.float64)
    column_totals = np.asarray(columns, dtype=np.float64)
    if base.ndim != 2 or (row_totals.shape, column_totals.shape) != (
        (base.shape[0],),
        (base.shape[1],),
    ):
        raise InputError(
            Text(
                f"矩阵形状为 {base.shape}，行合计 {row_totals.shape} 与列合计 "
                f"{column_totals.shape} 与之不符",
                f"row totals {row_totals.shape} and column totals {column_totals.shape} do not "
                f"fit a matrix of shape {base.shape}",
            )
        )
    if not all(np.isfinite(values).all() for values in (base, row_totals, column_totals)):
        raise InputError(
            Text("矩阵或合计中有缺失值", "a figure of the matrix or of its totals is missing"),
            remedy=Text("请先补齐。", "Fill the gaps first."),
        )
    over, across = float(row_totals.sum()), float(column_totals.sum())
    size = max(float(np.abs(row_totals).sum()), float(np.abs(column_totals).sum()))
    if abs(over - across) > _SUMS_AGREE * size:
        raise InputError(
            Text(
                f"行合计之和 {over:,.10g} 与列合计之和 {across:,.10g} 不等，"
                f"相差 {over - across:,.6g}",
                f"the row totals sum to {over:,.10g} and the column totals to {across:,.10g}: "
                f"they differ by {over - across:,.6g}",
            ),
            remedy=Text("请先使两者一致。", "Reconcile the totals first."),
        )
    return base, row_totals, column_totals


def _refuse_negative(base: Array, rows: Array, columns: Array) -> None:
    places = np.argwhere(base < 0)
    if len(places):
        shown = [f"({i + 1}, {j + 1})" for i, j in places[:_MOST_NAMED].tolist()]
        raise InputError(
            Text(
                f"RAS 要求非负矩阵，有 {len(places)} 格为负，位置（行、列从 1 计）："
                f"{'、'.join(shown)}",
                f"RAS needs a matrix without negative entries; {len(places)} are negative, at "
                f"(row, column from 1): {', '.join(shown)}",
            ),
            remedy=Text("请改用 gras。", "Use gras instead."),
        )
    for totals, word in ((rows, Text("行", "row")), (columns, Text("列", "column"))):
        below = np.flatnonzero(totals < 0)
        if len(below):
            raise InputError(
                Text(
                    f"{word.zh}合计为负，非负矩阵达不到：第 {_listed(below, '、')} {word.zh}",
                    f"negative {word.en} totals, which a non-negative matrix cannot have: "
                    f"{word.en} {_listed(below, ', ')}",
                )
            )


def _refuse_wrong_signs(positive: Array, negative: Array, totals: Array, word: Text) -> None:
    """Refuse totals whose sign no entry of the row or column has."""
    above, below = positive.any(axis=1), negative.any(axis=1)
    wrong = np.flatnonzero(((totals > 0) & ~above) | ((totals < 0) & ~below))
    if len(wrong):
        raise ComputationError(
            Text(
                f"合计的符号与各格不符：第 {_listed(wrong, '、')} {word.zh}没有与合计同号的非零格",
                f"no entry has the sign of the total in {word.en} {_listed(wrong, ', ')}",
            ),
            remedy=Text(
                "请核对这些合计，或在矩阵中给出非零初值。",
                "Check these totals, or give the matrix an entry there to start from.",
            ),
        )


def _blocking_block(base: Array, rows: Array, columns: Array) -> ComputationError | None:
    """Return the error naming rows that need more than the columns they reach, if there are any.

    Margins fit a pattern of zeros if the largest flow from rows to columns through it carries
    them all (Gale 1957); the dual of that linear program is the cut that blocks it.
    """
    from scipy.optimize import linprog
    from scipy.sparse import csr_array

    i, j = np.nonzero(base > 0)
    m, cells = len(rows), np.arange(len(i))
    limits: Any = csr_array(
        (np.ones(2 * len(i)), (np.concatenate([i, m + j]), np.concatenate([cells, cells]))),
        shape=(m + len(columns), len(i)),
    )
    needed = float(rows.sum())
    bounds = np.concatenate([rows, columns])
    if len(i):
        found = linprog(-np.ones(len(i)), A_ub=limits, b_ub=bounds, method="highs-ds")
        if found.fun is None or needed + found.fun <= _SUMS_AGREE * needed:
            return None
        price = -np.asarray(found.ineqlin.marginals)
    else:
        price = np.zeros(m + len(columns))
    held = np.flatnonzero((price[:m] < 0.5) & (rows > 0))
    reached = np.flatnonzero(price[m:] > 0.5)
    ask, room = float(rows[held].sum()), float(columns[reached].sum())
    reach = (
        Text(
            f"但它们的非零格只在第 {_listed(reached, '、')} 列，这些列合计仅 {room:,.6g}",
            f"but have entries only in columns {_listed(reached, ', ')}, which hold {room:,.6g}",
        )
        if len(reached)
        else Text("但它们没有可用的非零格", "but have no entry to hold it")
    )
    return ComputationError(
        Text(
            f"矩阵的零格使合计无法达到：第 {_listed(held, '、')} 行合计 {ask:,.6g}，{reach.zh}",
            f"no matrix with these zeros has the margins: rows {_listed(held, ', ')} hold "
            f"{ask:,.6g}, {reach.en}",
        ),
        remedy=Text(
            "请核对这些合计，或在矩阵中给出非零初值。",
            "Check these totals, or give the matrix an entry there to start from.",
        ),
    )


def _not_converged(gap: Array, rows: Array, rounds: int) -> ComputationError:
    worst = int(np.nanargmax(gap)) if np.isfinite(gap).any() else 0
    return ComputationError(
        Text(
            f"{rounds} 轮内未收敛：第 {worst + 1} 行与合计 {rows[worst]:,.6g} "
            f"仍差 {gap[worst]:.3g}",
            f"not converged within {rounds} rounds: row {worst + 1} is still {gap[worst]:.3g} "
            f"away from its total {rows[worst]:,.6g}",
        ),
        remedy=Text(
            "合计可能只有在某些格变为零时才能达到；请核对合计，或增加轮数（max_iterations）。",
            "The margins may be reachable only with some entry at zero: check them, or allow "
            "more rounds (max_iterations).",
        ),
    )


def _listed(places: NDArray[np.intp], joint: str) -> str:
    shown = joint.join(str(place + 1) for place in places[:_MOST_NAMED].tolist())
    return shown + ("…" if len(places) > _MOST_NAMED else "")
