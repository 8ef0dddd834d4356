"""Coefficients and the Leontief and Ghosh systems: factorised once, never inverted for a solve."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dgetrf, dgetri, dgetri_lwork, dgetrs

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.io_table import IOTable

Array = NDArray[np.float64]

_LARGEST_MULTIPLIER = 1e10  # beyond it less than six digits of a solve are left
_MOST_NAMED = 8


def coefficients(flows: Array, output: Array) -> Array:
    r"""Return inputs per unit of output, :math:`a_{ij} = z_{ij} / x_j`.

    flows : (M, N); output : (N,), >= 0
    Returns : (M, N); zero in the columns of sectors without output
    """
    return np.multiply(flows, _reciprocal(output))


def allocation_coefficients(table: IOTable) -> Array:
    r"""Return (N, N) shares of a sector's output by user, :math:`b_{ij} = z_{ij} / x_i`.

    In a competitive table the flows hold imports too, so that a row may sum to more than one.
    Source : Ghosh (1958)
    """
    return np.multiply(table.flows, _reciprocal(table.output)[:, np.newaxis])


def import_coefficients(table: IOTable) -> Array:
    """Return (S, N) imported inputs per unit of output, by product.

    Raises : InputError for a competitive table, which does not tell who uses the imports
    """
    if table.competitive:
        raise InputError(
            Text(
                "竞争型投入产出表不区分各部门使用的进口品，没有进口系数",
                "a competitive input–output table does not tell who uses the imports, "
                "so it has no import coefficients",
            ),
            remedy=Text(
                "请使用非竞争型表，或先按比例性假定拆分进口（split_imports_proportionally）。",
                "Use a table with imports apart, or split them first by the assumption of "
                "proportionality (split_imports_proportionally).",
            ),
        )
    if table.imported_flows is None:
        return np.zeros((len(table.sectors), table.size))
    return coefficients(table.imported_flows, table.output)


def primary_coefficients(table: IOTable) -> Array:
    """Return (V, N) primary inputs per unit of output, by primary category."""
    return coefficients(table.primary_inputs, table.output)


def value_added_coefficients(table: IOTable) -> Array:
    """Return (N,) value added at basic prices per unit of output."""
    return coefficients(table.value_added, table.output)


class LeontiefSystem:
    r"""The matrix I − A, factorised once by LU with partial pivoting.

    Multipliers, footprints and linkages are solves with it; the inverse L = (I − A)⁻¹ is made
    only for methods that read each of its elements.

    coefficients : (N, N) A; for a Ghosh system B
    overwrite : let the factorisation use the memory of ``coefficients`` (C-ordered, writeable)
    Raises : ComputationError where I − A is singular or A not productive. For A >= 0 the test is
        exact: :math:`\rho(A) < 1` if and only if :math:`(I - A) y = 1` has a solution y > 0.
        Where A has negative elements the same test is necessary only.
    Source : Miller and Blair (2009), Input–Output Analysis, chapter 2
    """

    def __init__(self, coefficients: Array, overwrite: bool = False) -> None:
        matrix = np.asarray(coefficients, dtype=np.float64)
        usable = overwrite and matrix.flags.c_contiguous and matrix.flags.writeable
        matrix = np.negative(matrix, out=matrix if usable else None, order="C")
        matrix.ravel()[:: len(matrix) + 1] += 1.0
        # the transpose of a C-ordered matrix is what LAPACK factorises without a copy
        self._factors, self._pivots, singular = dgetrf(matrix.T, overwrite_a=1)
        self._inverse: Array | None = None
        if singular:
            raise _not_productive()
        reach = self.solve(np.ones(self.size))
        if not (reach > 0).all() or reach.max() > _LARGEST_MULTIPLIER:
            raise _not_productive()

    @property
    def size(self) -> int:
        """Return N, the number of region-sectors."""
        return len(self._pivots)

    def solve(self, demand: Array) -> Array:
        """Return (I − A)⁻¹ demand: the output that a final demand needs.

        demand : (N,) or (N, k)
        """
        return self._substituted(demand, transposed=1)

    def solve_rows(self, rows: Array) -> Array:
        """Return rows (I − A)⁻¹: the multipliers of direct coefficients.

        rows : (N,) or (k, N)
        """
        return self._substituted(np.asarray(rows).T, transposed=0).T

    def inverse(self) -> Array:
        """Return (N, N) L = (I − A)⁻¹, kept for the next call."""
        if self._inverse is None:
            work = int(dgetri_lwork(self.size)[0])
            inverse, _ = dgetri(self._factors, self._pivots, lwork=work)
            inverse = inverse.T
            inverse.flags.writeable = False
            self._inverse = inverse
        return self._inverse

    def _substituted(self, right: Array, transposed: int) -> Array:
        solved, _ = dgetrs(self._factors, self._pivots, right, trans=transposed)
        return np.asarray(solved)


def leontief_system(table: IOTable) -> LeontiefSystem:
    """Return the Leontief system of A = Z/x of a table.

    A holds products of the table's regions in a separate table, all products in a competitive one.
    Raises : ComputationError naming the sectors that buy all they make, or more
    """
    return _built(table, coefficients(table.flows, table.output))


def ghosh_system(table: IOTable) -> LeontiefSystem:
    """Return the Ghosh system of the allocation coefficients B = diag(x)⁻¹ Z of a table.

    Raises : ComputationError as for the Leontief system, whose spectrum it shares
    Source : Ghosh (1958); read as a price model by Dietzenbacher (1997)
    """
    return _built(table, allocation_coefficients(table))


def flows_kind(table: IOTable) -> str:
    """Return what A holds: ``domestic`` products, or ``total``, imports among them."""
    return "total" if table.competitive else "domestic"


def competitive_warning(table: IOTable) -> tuple[Text, ...]:
    """Return the warning that belongs to all results from a competitive table, or none."""
    if not table.competitive:
        return ()
    return (
        Text(
            "竞争型表的流量含进口品：乘数和关联包括进口品的生产，高于本地实际所得。",
            "The flows of this competitive table hold imports: multipliers and linkages count "
            "the production of imports as if it were domestic, so they exceed what stays here.",
        ),
    )


def _reciprocal(output: Array) -> Array:
    # Output below the smallest normal number has no finite reciprocal; such a sector makes nothing.
    made = output >= np.finfo(np.float64).tiny
    return np.divide(1.0, output, out=np.zeros_like(output), where=made)


def _not_productive(details: tuple[Text, ...] = ()) -> ComputationError:
    return ComputationError(
        Text(
            "里昂惕夫矩阵 I − A 奇异或投入系数过大：A 的谱半径不小于 1，没有非负解",
            "the Leontief matrix I − A is singular or its coefficients are too large: the spectral "
            "radius of A reaches one, so there is no non-negative solution",
        ),
        details,
        Text(
            "请核对中间投入等于或超过总产出的部门，以及相互循环而没有增加值的部门。",
            "Check sectors whose intermediate inputs reach their output, and circles of sectors "
            "without value added.",
        ),
    )


def _built(table: IOTable, matrix: Array) -> LeontiefSystem:
    """Return the system of a matrix of the table; its error names the sectors to check."""
    try:
        return LeontiefSystem(matrix, overwrite=True)
    except ComputationError as error:
        share = coefficients(table.flows.sum(axis=0), table.output)
        sectors = table.names().to_dict("records")
        details = []
        for place in np.argsort(-share, kind="stable")[:_MOST_NAMED]:
            if share[place] < 1 - 1e-9:
                continue
            sector, amount = sectors[place], f"{share[place]:.3f}"
            where = " ".join(part for part in (sector["region"], sector["code"]) if part)
            details.append(
                Text(
                    f"{where} {sector['title_zh']}：中间投入为总产出的 {amount}",
                    f"{where} {sector['title_en']}: intermediate inputs are {amount} of output",
                )
            )
        raise _not_productive(tuple(details)) from error
