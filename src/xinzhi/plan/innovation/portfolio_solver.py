"""HiGHS under a portfolio: rows may be added, and columns be whole or not."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy import sparse

from xinzhi.core import ComputationError, Text
from xinzhi.core.optional import imported
from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.program import EXTRA
from xinzhi.plan.transition_solve import new_highs, unanswered


class Answer(NamedTuple):
    """What the solver found: columns, and the bound that it proved for what is minimised."""

    columns: Array
    bound: float


class Solver:
    """Minimise cost · x with matrix x <= sides and low <= x <= high, the first columns whole.

    The solver of scipy is the same, but its version writes to standard output where it repairs a
    solution, and begins from nothing for every row that is added.
    """

    def __init__(
        self, cost: Array, matrix: Array, sides: Array, low: Array, high: Array, whole: int
    ):
        highspy = imported("highspy", EXTRA)
        rows = sparse.csr_array(matrix)
        linear = highspy.HighsLp()
        linear.num_row_, linear.num_col_ = matrix.shape
        linear.col_cost_, linear.col_lower_, linear.col_upper_ = cost, low, high
        linear.row_lower_, linear.row_upper_ = np.full(len(sides), -np.inf), sides
        linear.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        linear.a_matrix_.num_row_, linear.a_matrix_.num_col_ = matrix.shape
        linear.a_matrix_.start_ = rows.indptr
        linear.a_matrix_.index_, linear.a_matrix_.value_ = rows.indices, rows.data
        self.highs: Any = new_highs()
        self.highs.passModel(linear)
        self.whole = np.arange(whole, dtype=np.int32)
        kinds = highspy.HighsVarType
        self.kinds = {True: int(kinds.kInteger), False: int(kinds.kContinuous)}

    def limit(self, gap: float, seconds: float) -> None:
        """Stop at a relative gap, or after seconds, which all runs share."""
        self.highs.setOptionValue("mip_rel_gap", gap)
        self.highs.setOptionValue("time_limit", seconds)
        self.highs.setOptionValue("presolve", "off")  # costs more than it saves at these sizes

    def add_row(self, row: Array) -> None:
        """Add row · x <= 0."""
        used = np.flatnonzero(row).astype(np.int32)
        self.highs.addRow(-np.inf, 0.0, len(used), used, row[used])

    def run(self, whole: bool) -> Answer | None:
        """Solve with the first columns whole or not; None where nothing keeps the rows.

        Raises : ComputationError where the solver stops before it has proved an optimum
        """
        kinds = np.full(len(self.whole), self.kinds[whole], dtype=np.uint8)
        self.highs.changeColsIntegrality(len(kinds), self.whole, kinds)
        self.highs.run()
        status = self.highs.modelStatusToString(self.highs.getModelStatus())
        if status == "Infeasible":
            return None
        columns, info = np.array(self.highs.getSolution().col_value), self.highs.getInfo()
        if status == "Time limit reached":
            raise StoppedError(
                columns if np.isfinite(info.mip_gap) and len(columns) else None, info
            )
        if status != "Optimal":
            raise unanswered(status)
        return Answer(
            columns, float(info.mip_dual_bound if whole else info.objective_function_value)
        )


class StoppedError(ComputationError):
    """The time limit came first; columns of the best solution found, None without one."""

    def __init__(self, columns: Array | None, gap: float):
        super().__init__(Text("求解时间用尽", "the time limit was reached"))
        self.columns, self.gap = columns, gap
