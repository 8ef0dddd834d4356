"""Solving a transition program with HiGHS: built once, its limits changed, started warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xinzhi.core import ComputationError, Text
from xinzhi.core.optional import imported
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.case_arrays import Array, Places
from xinzhi.plan.program import EXTRA, linopy_model
from xinzhi.plan.transition_limits import add_limits
from xinzhi.plan.transition_model import TransitionProgram, transition_program
from xinzhi.plan.transition_objective import add_components, signed

TOLERANCE = 1e-9  # of feasibility, in scaled units
# From this many columns on, the first solution comes faster from the interior-point method (with
# crossover to a basis) than from the simplex method, which every later solution starts warm with.
MANY_COLUMNS = 20_000
_BOUND_SCALE = -10  # power of two: amounts near one save the interior-point method iterations


@dataclass(frozen=True, eq=False)
class Solution:
    """An answer of the solver, in the case's units.

    status : optimal, infeasible or unbounded
    columns : (columns,) of the program; empty unless optimal
    duals : (rows,) change of the maximised objective per unit added to each right-hand side; None
        where the program has whole projects, which have no duals
    objective : the maximised objective
    iterations : of the simplex method
    """

    status: str
    columns: Array
    duals: Array | None
    objective: float
    iterations: int


@dataclass(eq=False)
class TransitionModel:
    """A transition program in HiGHS. Changing limits or the objective keeps the last basis, so
    that the next ``solve`` starts warm.

    weights : component → weight of the objective, all of them positive
    """

    made: TransitionProgram
    weights: dict[str, float]
    highs: Any
    objective_scale: float
    component_rows: dict[str, int] = field(default_factory=dict)

    def change_limits(self, family: str, rhs: Array) -> None:
        """Set the right-hand sides (rows of the family,) of a family, in the case's units."""
        program = self.made.program
        own = program.families[family]
        scaled = np.broadcast_to(rhs, len(own.rhs)) / program.row_scale[own.rows]
        rows = np.arange(own.start, own.start + len(own.rhs), dtype=np.int32)
        lower = np.full(len(rows), -np.inf) if own.sense == "<=" else scaled
        upper = np.full(len(rows), np.inf) if own.sense == ">=" else scaled
        self.highs.changeRowsBounds(len(rows), rows, lower, upper)

    def change_objective(self, weights: Mapping[str, float]) -> None:
        """Set the weights of the objective."""
        self.weights = dict(weights)
        costs = self._scaled(self.made.program.measure(signed(weights))) / self.objective_scale
        self.highs.changeColsCost(len(costs), np.arange(len(costs), dtype=np.int32), costs)

    def limit_component(
        self, name: str, at_least: float = -np.inf, at_most: float = np.inf
    ) -> None:
        """Keep a component (value_added, cost, employment, an account, exposure) within bounds.

        The first call adds a row; later ones change its bounds.
        """
        measure = self._scaled(self.made.program.measure({name: 1.0}))
        scale = float(np.exp2(np.round(np.log2(np.abs(measure).max() or 1.0))))
        if name not in self.component_rows:
            used = np.flatnonzero(measure).astype(np.int32)
            self.component_rows[name] = self.highs.getNumRow()
            self.highs.addRow(
                at_least / scale, at_most / scale, len(used), used, measure[used] / scale
            )
        else:
            row = self.component_rows[name]
            self.highs.changeRowBounds(row, at_least / scale, at_most / scale)

    def _scaled(self, measure: Array) -> Array:
        return measure * self.made.program.column_scale

    def start_afresh(self) -> None:
        """Forget the last basis; a large program then begins with the interior-point method."""
        self.highs.clearSolver()
        whole = any(block.whole for block in self.made.program.blocks.values())
        if self.highs.getNumCol() >= MANY_COLUMNS and not whole:
            self.highs.setOptionValue("solver", "ipm")
            self.highs.setOptionValue("user_bound_scale", _BOUND_SCALE)

    def solve(self) -> Solution:
        """Solve from the last basis, where there is one.

        Raises : ComputationError where HiGHS stops without an answer
        """
        highs, program = self.highs, self.made.program
        highs.run()
        status = highs.modelStatusToString(highs.getModelStatus()).lower()
        highs.setOptionValue("solver", "choose")
        highs.setOptionValue("user_bound_scale", 0)
        if "infeasible" in status and "or" not in status:
            return Solution("infeasible", np.zeros(0), None, np.nan, 0)
        if "unbounded" in status:
            # presolve cannot always tell the two apart; without it the simplex method can
            highs.setOptionValue("presolve", "off")
            highs.run()
            highs.setOptionValue("presolve", "choose")
            status = highs.modelStatusToString(highs.getModelStatus()).lower()
            known = "infeasible" if status == "infeasible" else "unbounded"
            return Solution(known, np.zeros(0), None, np.nan, 0)
        if status != "optimal":
            raise unanswered(status)
        answer, info = highs.getSolution(), highs.getInfo()
        columns = np.array(answer.col_value) * program.column_scale
        duals = None
        if not any(block.whole for block in program.blocks.values()):
            own = np.array(answer.row_dual)[: program.height]
            duals = own * self.objective_scale / program.row_scale
        return Solution(
            "optimal",
            columns,
            duals,
            info.objective_function_value * self.objective_scale,
            max(0, info.simplex_iteration_count),
        )


def transition_model(
    case: TransitionCase, weights: Mapping[str, float], build_before_retire: bool = True
) -> TransitionModel:
    """Build the model of a case once, ready to be solved and changed.

    weights : component → weight, as ``objective_weights`` returns them
    Raises : ComputationError with the install command where linopy or HiGHS is missing
    """
    made = transition_program(case)
    add_limits(made, build_before_retire)
    add_components(made)
    objective = made.program.measure(signed(weights))
    largest = np.abs(objective * made.program.column_scale).max()
    scale = float(np.exp2(np.round(np.log2(largest or 1.0))))
    highs = _highs(*linopy_model(made.program, objective, scale))
    model = TransitionModel(made, dict(weights), highs, scale)
    model.start_afresh()
    return model


def _highs(model: Any, rows_of: Places) -> Any:
    """Return the linopy model in HiGHS, silent, with tolerances fit for scaled rows.

    rows_of : (rows,) the program's row of each row of the model
    """
    highspy = imported("highspy", EXTRA)
    matrices = model.matrices
    order = np.argsort(rows_of)  # back to the program's own
    rows, senses, limits = matrices.A.tocsr()[order], matrices.sense[order], matrices.b[order]
    linear = highspy.HighsLp()
    linear.num_row_, linear.num_col_ = rows.shape
    linear.col_cost_ = matrices.c
    linear.col_lower_, linear.col_upper_ = matrices.lb, matrices.ub
    linear.sense_ = highspy.ObjSense.kMaximize
    linear.row_lower_ = np.where(senses != "<", limits, -np.inf)
    linear.row_upper_ = np.where(senses != ">", limits, np.inf)
    linear.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    linear.a_matrix_.num_row_, linear.a_matrix_.num_col_ = rows.shape
    linear.a_matrix_.start_ = rows.indptr
    linear.a_matrix_.index_, linear.a_matrix_.value_ = rows.indices, rows.data
    whole = matrices.vtypes == "I"
    if whole.any():
        kinds = highspy.HighsVarType
        linear.integrality_ = [kinds.kInteger if own else kinds.kContinuous for own in whole]
    highs = new_highs()
    highs.setOptionValue("primal_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("dual_feasibility_tolerance", TOLERANCE)
    highs.setOptionValue("mip_rel_gap", 1e-6)
    highs.passModel(linear)
    return highs


def unanswered(status: str) -> ComputationError:
    """Return the error of a solver that stopped without an answer."""
    return ComputationError(
        Text(
            f"求解器 HiGHS 没有给出答案：{status}",
            f"the solver HiGHS stopped without an answer: {status}",
        )
    )


def new_highs() -> Any:
    """Return a HiGHS solver that prints nothing.

    The front class of highspy prints a banner when it is made, before it can be silenced; its base
    class is the same solver without callbacks.
    """
    highs = imported("highspy", EXTRA).Highs.__base__()
    highs.setOptionValue("output_flag", False)
    # HiGHS keeps one pool of threads a process and refuses to run with another number of them:
    # every solver of ours asks for one, as measure.productivity does.
    highs.setOptionValue("threads", 1)
    return highs
