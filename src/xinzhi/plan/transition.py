"""In which order to build, upgrade and retire: the transition plan of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from xinzhi.core import ComputationError, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.io_table import IOTable
from xinzhi.plan.case_structure import structure_note, with_structure
from xinzhi.plan.infeasibility import infeasible
from xinzhi.plan.transition_checks import checks_table
from xinzhi.plan.transition_objective import objective_weights
from xinzhi.plan.transition_result import TransitionResult
from xinzhi.plan.transition_solve import Solution, TransitionModel, transition_model
from xinzhi.plan.transition_tables import Amounts, objective_value, result_tables


def transition(
    case: TransitionCase,
    *,
    table: IOTable | None = None,
    objective: str | Mapping[str, float] | None = None,
    build_before_retire: bool = True,
) -> TransitionResult:
    r"""Decide for every technology and year what to build, retrofit, retire, produce and import.

    A linear program (mixed-integer where a technology has a ``unit_size``) over sectors i,
    technologies k and years t. With C capacity, y output, b building, r retirement, q retrofits,
    x gross output, m imports, e exports, g final demand, I spending on building and κ the capital
    goods that it buys,

    .. math:: C_{kt} = C_{k,t-1} + b_{k,t-L_k} + q^{in}_{k,t-L} + p_{kt} - r_{kt} - q^{out}_{kt},
              \quad 0 \le y_{kt} \le u_k C_{kt},

    .. math:: x_{it} + m_{it} = \sum_k a_{ik} y_{kt} + \sum_j \kappa_{ij} I_{jt} + g_{it} + e_{it},
              \quad x_{it} = \sum_{k \in i} y_{kt},

    and capacity leaves at the end of its life, the oldest first. In a sector with a margin m the
    build-before-retire rule holds: what existing technologies have lost by year t, retrofits that
    are back in service apart, is at most the replacement that stood in t − 1 over 1 + m,
    replacement being what the sector's other technologies have gained since the base year other
    than by those retrofits. Budgets by source, workforce by grade with training, accounts (energy,
    emissions, land), hazardous capacity, floors, exposure and import shares, export demand, ramps,
    building and training limits and targets bound the plan; ``docs`` states each.

    The default objective is value added less cost, both discounted to the base year; the cost is
    that of building, retrofitting, retiring and training, with the premium of the funds, less the
    value of capacity at the horizon.

    case : as ``load_case`` returns it
    table : an input–output table of one region whose structure replaces the case's; the case needs
        a mapping from the table's classification
    objective : ``value_added``, ``cost``, ``employment``, or component → weight; the case's own by
        default
    build_before_retire : False solves without that rule
    Returns : tables ``plan``, ``duals``, ``balance``, ``budget``, ``employment``, ``emissions``,
        ``binding``, ``vintages``, ``components`` and ``checks``
    Raises : InputError for an objective or a table that does not fit; ComputationError where no
        plan exists, naming an irreducible set of limits in conflict and the smallest relaxation,
        where the objective has no bound, and where linopy or HiGHS is not installed
    Limits : prices are constant and foresight is perfect; a degenerate optimum has more than one
        set of shadow prices, and other plans may do as well; what would stand only after the
        horizon is not built; value added counts what building itself buys
    """
    given = case
    if table is not None:
        case = with_structure(case, table)
    weights = objective_weights(case, objective)
    model = transition_model(case, weights, build_before_retire)
    result = result_of(model, solved(model), build_before_retire)
    if table is None:
        return result
    return replace(
        result,
        parameters={**result.parameters, "structure": _named(table)},
        inputs=(*result.inputs, *table.inputs),
        warnings=(structure_note(given, case), *result.warnings, *table.assumptions),
    )


def solved(model: TransitionModel) -> Solution:
    """Solve a model.

    Raises : ComputationError where no plan exists or the objective has no bound
    """
    solution = model.solve()
    if solution.status == "infeasible":
        raise infeasible(model)
    if solution.status == "unbounded":
        raise ComputationError(
            Text(
                "目标没有上界：建设没有资金或开工的限制，却能无限增加目标值",
                "the objective has no bound: building adds to it and neither a budget nor a "
                "building limit stops it",
            ),
            remedy=Text(
                "请写 [[budget]] 或 build_limit，或给 cost 一个权重。",
                "Give a [[budget]] or a build_limit, or give cost a weight.",
            ),
        )
    return solution


def result_of(
    model: TransitionModel,
    solution: Solution,
    build_before_retire: bool = True,
) -> TransitionResult:
    """Return the result of a solved model, its plan re-checked.

    Raises : ComputationError naming the rules that the plan does not keep
    """
    made, case = model.made, model.made.case
    tables = result_tables(made, solution, model.weights)
    amounts = Amounts(made, solution.columns)
    tables["checks"] = checks_table(made, amounts, build_before_retire)
    value = objective_value(model.weights, solution)
    return TransitionResult(
        tables=tables,
        units=_units(case, tables),
        parameters={
            "case": case.id,
            "structure": case.id,
            "base_year": case.base_year,
            "horizon": case.horizon,
            "discount_rate": case.discount_rate,
            "objective_weights": model.weights,
            "build_before_retire": build_before_retire,
            "objective": value,
            "status": solution.status,
        },
        inputs=(case.record,),
        warnings=_warnings(case, solution),
        objective=value,
        status=solution.status,
    )


def _named(table: IOTable) -> str:
    source = table.source.en or table.classification
    return source if table.year is None else f"{source}, {table.year}"


def _units(case: TransitionCase, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the unit of every column of figures; those of accounts and limits stand in rows."""
    units = {"year": "year", "built": "year", "shadow_price": "unspecified"}
    for name, frame in tables.items():
        for column in frame.select_dtypes("number"):
            units.setdefault(column if column in units else f"{name}.{column}", case.money)
    for column in ("needed", "available", "trained"):
        units[f"employment.{column}"] = case.persons
    # their units stand in the rows, or are those of the account or the limit
    for mixed in ("emissions.value", "emissions.cap", "binding.slack", "components.value"):
        units[mixed] = "unspecified"
    return units | {"checks.largest_gap": "ratio", "checks.allowed": "ratio"}


def _warnings(case: TransitionCase, solution: Solution) -> tuple[Text, ...]:
    found = [] if case.note is None else [case.note]
    if case.assumptions:
        found.append(
            Text(
                f"案例中有 {case.assumptions} 项是应替换的假定（assumption = true），"
                "不是统计数据。",
                f"{case.assumptions} entries of the case are assumptions to be replaced "
                "(assumption = true), not statistics.",
            )
        )
    if solution.duals is None:
        found.append(
            Text(
                "案例含整体项目，整数规划没有影子价格。",
                "The case has whole projects; an integer program has no shadow prices.",
            )
        )
    return tuple(found)


def cost_of_build_before_retire(
    case: TransitionCase,
    *,
    table: IOTable | None = None,
    objective: str | Mapping[str, float] | None = None,
) -> pd.DataFrame:
    """Return what the build-before-retire rule costs: every component with and without it.

    Returns : component, with_rule, without_rule, difference (with less without), unit; the row
        ``objective`` is the objective itself, as it is maximised
    Raises : as ``transition``
    """
    with_rule = transition(case, table=table, objective=objective)
    without = transition(case, table=table, objective=objective, build_before_retire=False)
    return rule_cost(with_rule, without)


def rule_cost(with_rule: TransitionResult, without: TransitionResult) -> pd.DataFrame:
    """Return what the rule costs, of two results of one case that are solved already.

    Returns : as ``cost_of_build_before_retire``
    """
    frame = with_rule.tables["components"].rename(columns={"value": "with_rule"})
    frame["without_rule"] = without.tables["components"]["value"]
    weights = with_rule.parameters["objective_weights"]
    money = set(weights) <= {"value_added", "cost"} and set(weights.values()) == {1.0}
    unit = with_rule.units["plan.capacity"] if money else "weighted"
    top = pd.DataFrame(
        {
            "component": ["objective"],
            "with_rule": [with_rule.objective],
            "without_rule": [without.objective],
            "unit": [unit],
        }
    )
    frame = pd.concat([top, frame], ignore_index=True)
    frame["difference"] = frame["with_rule"] - frame["without_rule"]
    return frame[["component", "with_rule", "without_rule", "difference", "unit"]]


def compare_plans(first: TransitionResult, second: TransitionResult) -> pd.DataFrame:
    """Return where two plans differ: one row for every sector, technology and year.

    Returns : sector, technology, year, then for build, retrofit, retire, capacity and output the
        figure of ``first``, of ``second`` and the difference (second less first)
    Raises : ComputationError where the plans are not of the same technologies and years
    """
    keys = ["sector", "technology", "year"]
    one, other = first.tables["plan"], second.tables["plan"]
    if not one[keys].equals(other[keys]):
        raise ComputationError(
            Text(
                "两个计划的部门、技术或年份不同，不能比较",
                "the plans are not of the same sectors, technologies and years",
            )
        )
    frame = one[keys].copy()
    for column in ("build", "retrofit", "retire", "capacity", "output"):
        frame[f"{column}_first"] = one[column]
        frame[f"{column}_second"] = other[column]
        frame[f"{column}_difference"] = other[column] - one[column]
    return frame
