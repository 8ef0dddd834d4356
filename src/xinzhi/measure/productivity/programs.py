"""Linear programs of efficiency measurement in HiGHS, kept warm from one unit to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core.optional import imported

Array = NDArray[np.float64]

OPTIMAL, INFEASIBLE, UNBOUNDED, FAILED = 0, 1, 2, 3
STATUSES = ("optimal", "infeasible", "unbounded", "failed")


@dataclass(frozen=True)
class Program:
    r"""One linear program, :math:`\max c x` so that :math:`l \le Ax \le u, x \ge` ``lower``.

    matrix : A, (rows, columns); cost : (columns,); row_lower, row_upper : (rows,), infinite where
        there is no bound; lower : (columns,), minus infinity for a free variable
    """

    matrix: Array
    cost: Array
    row_lower: Array
    row_upper: Array
    lower: Array


@dataclass(frozen=True)
class Optimum:
    """What a solver found: status (position in STATUSES), objective, values of the variables."""

    status: int
    objective: float
    values: Array


def quiet_solver() -> Any:
    """Return a HiGHS solver that writes nothing to the terminal.

    The class of highspy prints a banner while it is built, when it registers its callbacks.

    Raises : ComputationError where highspy is missing
    """
    highspy = imported("highspy", "productivity")
    silent = type("Silent", (highspy.Highs,), {"enableCallbacks": lambda self: self.silent()})
    solver = silent()
    solver.setOptionValue("threads", 1)
    return solver


class WarmModel:
    """A program in HiGHS whose parts change; each solve starts from the last basis."""

    def __init__(self, program: Program):
        highspy = imported("highspy", "productivity")
        self._solver = quiet_solver()
        # presolving would throw the last basis away
        self._solver.setOptionValue("presolve", "off")
        self._solver.setOptionValue("primal_feasibility_tolerance", 1e-10)
        self._solver.setOptionValue("dual_feasibility_tolerance", 1e-10)
        self._kinds = highspy.HighsModelStatus
        rows, columns = program.matrix.shape
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = columns, rows
        model.sense_ = highspy.ObjSense.kMaximize
        model.col_cost_ = program.cost
        model.col_lower_, model.col_upper_ = program.lower, np.full(columns, np.inf)
        model.row_lower_, model.row_upper_ = program.row_lower, program.row_upper
        column, row = np.nonzero(program.matrix.T)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_ = np.searchsorted(column, np.arange(columns + 1)).astype(np.int32)
        model.a_matrix_.index_ = row.astype(np.int32)
        model.a_matrix_.value_ = program.matrix.T[column, row]
        self._solver.passModel(model)
        self._rows = np.arange(rows, dtype=np.int32)
        self._columns = np.arange(columns, dtype=np.int32)

    def change_rows(self, lower: Array, upper: Array) -> None:
        """Set the bounds of every row."""
        self._solver.changeRowsBounds(len(self._rows), self._rows, lower, upper)

    def change_costs(self, cost: Array) -> None:
        """Set the cost of every column."""
        self._solver.changeColsCost(len(self._columns), self._columns, cost)

    def change_column(self, column: int, values: Array) -> None:
        """Set one column of the matrix."""
        for row, value in enumerate(values):
            self._solver.changeCoeff(row, column, float(value))

    def change_row(self, row: int, values: Array) -> None:
        """Set one row of the matrix."""
        for column, value in enumerate(values):
            self._solver.changeCoeff(row, column, float(value))

    def close_column(self, column: int, closed: bool) -> None:
        """Hold one column at zero, or let it be non-negative again."""
        self._solver.changeColBounds(column, 0.0, 0.0 if closed else np.inf)

    def solve(self) -> Optimum:
        """Solve from the last basis; a solve that does not end well is repeated from none."""
        optimum = self._run()
        if optimum.status == FAILED:
            self._solver.clearSolver()
            optimum = self._run()
        return optimum

    def _run(self) -> Optimum:
        self._solver.run()
        status = {
            self._kinds.kOptimal: OPTIMAL,
            self._kinds.kInfeasible: INFEASIBLE,
            self._kinds.kUnbounded: UNBOUNDED,
        }.get(self._solver.getModelStatus(), FAILED)
        if status != OPTIMAL:
            return Optimum(status, np.nan, np.full(len(self._columns), np.nan))
        values = np.array(self._solver.getSolution().col_value)
        return Optimum(status, float(self._solver.getInfo().objective_function_value), values)
