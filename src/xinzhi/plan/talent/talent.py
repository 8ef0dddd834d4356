"""``talent``: which people, when, from where, to keep the pyramid sound."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, InputError, InputRecord, Text
from xinzhi.plan.table_checks import check_columns
from xinzhi.plan.talent import tables as make
from xinzhi.plan.talent.calibration import Calibration, calibrate
from xinzhi.plan.talent.checks import check_years
from xinzhi.plan.talent.conflict import infeasible
from xinzhi.plan.talent.demand import demand_array, demand_of, match_table, shortage_table
from xinzhi.plan.talent.inflow_plan import (
    GOALS,
    Goal,
    Program,
    Solution,
    interventions_of,
    plan_program,
    solve,
)
from xinzhi.plan.talent.instruments import budget_array, instruments_of, targets_of
from xinzhi.plan.talent.projection import project
from xinzhi.plan.talent.result import TalentResult
from xinzhi.plan.talent.supply import pipelines_of, yearly_inflow
from xinzhi.plan.talent.system import Array, TalentSystem, talent_system

TABLES = (
    *("stocks", "transitions", "history", "inflow", "pipelines", "instruments", "targets"),
    *("budget", "output", "labour"),
)
_DATED = {"stocks", "history", "targets", "budget", "output"}
_DEFAULT_YEARS = 10
_RATES = ["field", "grade", "to", "rate", "low", "high"]
_FIT = ["field", "grade", "year", "observed", "fitted", "residual"]


@dataclass(frozen=True)
class TalentOptions:
    """How ``talent`` projects and plans.

    years : from the base year on; by default to the last year of targets or output, else 10
    goal : ``cost`` reaches every target at least cost; ``coverage`` leaves the fewest heads short
    discount_rate : of costs, a year
    grades : low to high; by default in the order of the stocks
    draws : of the bootstrap of a calibration
    money : unit id of costs and budgets
    """

    years: int | None = None
    goal: Goal = "cost"
    discount_rate: float = 0.0
    grades: tuple[str, ...] | None = None
    draws: int = 200
    money: str = "CNY_10k"


def talent(
    tables: Mapping[str, pd.DataFrame],
    options: TalentOptions | None = None,
    *,
    seed: int = 0,
    inputs: Sequence[InputRecord] = (),
    data: Text = NO_TEXT,
) -> TalentResult:
    r"""Project people by field, grade and age, and plan who to hire, train and keep.

    .. math:: n_{t+1} = n_tP + u_{t+1} + r_{t+1}

    tables : ``stocks`` (year, field, grade, age, heads) and either ``transitions`` (field, grade,
        age, to, rate) or ``history`` (field, grade, year, heads, inflow), from which rates are
        estimated. Optional: ``inflow`` (field, grade, age, kind, heads a year), ``pipelines``
        (pipeline, field, grade, age, years, completion, local_share, intake, cost, maximum),
        ``instruments`` (field, grade, age, kind, cost, maximum), ``targets`` (field, grade, year,
        heads, most), ``budget`` (year, budget), ``output`` (sector, year, output: ``transition``'s
        table ``plan`` fits) and ``labour`` (sector, field, grade, coefficient). Without ``targets``
        the demand of the output plan is the target, where there are instruments. The column age may
        be absent from all tables
    seed : of the bootstrap
    data : what the figures are, where they are not observed; repeated in the result
    Raises : InputError for tables that are wrong (see ``talent_system`` and the makers of the other
        tables); ComputationError naming what conflicts where no plan reaches the targets
    Limits : expected heads, not whole persons; rates do not change with the plan; grades and fields
        do not stand in for each other; whoever would not leave without a plan cannot be retained
    Source : Bartholomew, Forbes & McClean (1991), Statistical Techniques for Manpower Planning
    """
    chosen = options or TalentOptions()
    _check_options(tables, chosen)
    stocks = tables["stocks"]
    calibration = _calibration(tables, chosen, seed)
    transitions = tables.get("transitions")
    if transitions is None and calibration is not None:
        transitions = calibration.transitions
    if transitions is None:
        raise _no_rates()
    system = talent_system(stocks, transitions, chosen.grades)
    demanded = None
    if "output" in tables and "labour" in tables:
        demanded = demand_of(system, tables["output"], tables["labour"])
    years = chosen.years or _horizon(system, tables.get("targets"), demanded)
    inflow = yearly_inflow(system, tables.get("inflow"))
    schools = pipelines_of(system, tables.get("pipelines"))
    instruments = instruments_of(system, tables.get("instruments"), schools)
    budget = budget_array(system, tables.get("budget"), years)
    baseline = planned = project(system, inflow, schools, years)
    program: Program | None = None
    solution: Solution | None = None
    aims = _aims(tables.get("targets"), demanded, system, years, bool(instruments))
    if aims is not None:
        program = plan_program(
            system,
            schools,
            instruments,
            targets_of(system, aims, years),
            budget,
            baseline,
            chosen.discount_rate,
        )
        solution = solve(program, chosen.goal)
        if solution is None:
            raise infeasible(program, system, instruments)
        extra = interventions_of(system, instruments, solution.heads, baseline, len(schools))
        planned = project(system, inflow, schools, years, extra)
    match = _match(system, demanded, years, baseline.grades[1:], planned.grades[1:])
    found = {
        "stocks": make.stocks_table(system, planned, baseline),
        "flows": make.flows_table(system, planned),
        "ages": make.ages_table(system, planned),
        "structure": make.structure_table(system, inflow, schools),
        "pipelines": make.pipelines_table(system, schools, planned),
        "plan": make.plan_table(system, instruments, schools, program, solution),
        "targets": make.targets_table(system, program, solution, planned),
        "budget": make.budget_table(system, program, solution),
        "match": match,
        "shortages": shortage_table(match),
        "rates": pd.DataFrame(columns=_RATES) if calibration is None else calibration.rates,
        "fit": pd.DataFrame(columns=_FIT) if calibration is None else calibration.fit,
    }
    return TalentResult(
        tables=found,
        units=_units(chosen),
        parameters={
            "data": data,
            "base_year": system.year,
            "years": years,
            "goal": chosen.goal,
            "discount_rate": chosen.discount_rate,
            "grades": list(system.grades),
            "money": chosen.money,
            "draws": chosen.draws,
            "seed": seed,
            "rates_from": "transitions" if "transitions" in tables else "history",
            "targets_from": _source(tables, aims),
            "total_cost": None
            if program is None or solution is None
            else float(program.cost @ solution.heads.ravel()),
        },
        inputs=tuple(inputs),
        warnings=tuple(_warnings(found, chosen, data)),
    )


def _check_options(tables: Mapping[str, pd.DataFrame], options: TalentOptions) -> None:
    unknown = [name for name in tables if name not in TABLES]
    if unknown or "stocks" not in tables:
        wrong = (
            Text(f"没有表 {unknown[0]}", f"no table {unknown[0]}")
            if unknown
            else Text("缺少表 stocks", "table stocks is missing")
        )
        raise InputError(
            wrong,
            remedy=Text(f"可用的表：{'、'.join(TABLES)}。", f"Tables are: {', '.join(TABLES)}."),
        )
    if ("output" in tables) != ("labour" in tables):
        raise InputError(
            Text("表 output 和 labour 要一起给出", "tables output and labour go together"),
            remedy=Text("产出计划乘以用工系数才有需求。", "Demand is output times coefficients."),
        )
    for name in [name for name in TABLES if name in _DATED and name in tables]:
        check_columns(name, tables[name], ("year",))
        check_years(name, tables[name])
    if options.goal not in GOALS:
        raise InputError(
            Text(
                f"goal 应为 {' 或 '.join(GOALS)}，不是 {options.goal}",
                f"goal is {' or '.join(GOALS)}, not {options.goal}",
            )
        )
    if options.years is not None and options.years < 1:
        raise InputError(
            Text(
                f"年数 {options.years} 应至少为 1", f"years must be at least 1, not {options.years}"
            )
        )
    if not options.discount_rate > -1:
        raise InputError(
            Text(
                f"贴现率 {options.discount_rate} 应大于 -1",
                f"the discount rate {options.discount_rate} must be above -1",
            )
        )


def _calibration(
    tables: Mapping[str, pd.DataFrame], options: TalentOptions, seed: int
) -> Calibration | None:
    if "history" not in tables:
        return None
    check_columns("stocks", tables["stocks"], ("grade",))
    found = tuple(map(str, tables["stocks"]["grade"].drop_duplicates()))
    return calibrate(tables["history"], options.grades or found, draws=options.draws, seed=seed)


def _horizon(
    system: TalentSystem, targets: pd.DataFrame | None, demanded: pd.DataFrame | None
) -> int:
    """Return the years from the base year to the last target or demand."""
    given = [table["year"].max() for table in (targets, demanded) if table is not None]
    last = max(map(int, given), default=system.year + _DEFAULT_YEARS)
    if last <= system.year:
        raise InputError(
            Text(
                f"目标和产出计划都不晚于基年 {system.year} 年",
                f"neither targets nor the output plan go beyond the base year {system.year}",
            ),
            remedy=Text("给出基年之后的年份。", "Give years after the base year."),
        )
    return last - system.year


def _aims(
    targets: pd.DataFrame | None,
    demanded: pd.DataFrame | None,
    system: TalentSystem,
    years: int,
    able: bool,
) -> pd.DataFrame | None:
    """Return the targets: those given, else the demand inside the plan where one can act."""
    if targets is not None or demanded is None or not able:
        return targets
    inside = demanded["year"].between(system.year + 1, system.year + years)
    return demanded[inside] if inside.any() else None


def _source(tables: Mapping[str, pd.DataFrame], aims: pd.DataFrame | None) -> str | None:
    if aims is None:
        return None
    return "targets" if "targets" in tables else "output"


def _match(
    system: TalentSystem, demanded: pd.DataFrame | None, years: int, supply: Array, planned: Array
) -> pd.DataFrame:
    if demanded is None:
        none = np.full_like(supply, np.nan)
        return match_table(system, none, supply, planned)
    return match_table(system, demand_array(system, demanded, years), supply, planned)


def _units(options: TalentOptions) -> dict[str, str]:
    heads = (
        *("heads", "baseline", "least", "most", "shortfall", "demand", "supply", "vacancies"),
        *("planned_supply", "planned_vacancies", "surplus", "worst_vacancies", "observed"),
        *("fitted", "residual", "intake", "enrolled", "dropouts", "graduates", "entering"),
        *("graduates_leaving", "steady_heads", "recruits_to_maintain"),
    )
    shares = ("share", "steady_share", "shortage", "planned_shortage", "rate", "low", "high")
    return {
        **dict.fromkeys(heads, "persons"),
        **dict.fromkeys(shares, "ratio"),
        "person_years": "person_years",
        "cost": options.money,
        "budget.budget": options.money,
    }


def _warnings(found: Mapping[str, pd.DataFrame], options: TalentOptions, data: Text) -> list[Text]:
    notes = []
    if data != NO_TEXT:
        notes.append(data)
    short = found["targets"]["shortfall"].sum() if len(found["targets"]) else 0.0
    if short > 0:
        notes.append(
            Text(
                f"目标合计还差 {short:,.4g} 人（各年各职级之和）",
                f"targets are {short:,.4g} heads short in all, summed over years and grades",
            )
        )
    structure = found["structure"]
    lost = structure.loc[~structure["maintainable"].astype(bool), "field"].drop_duplicates()
    if len(lost):
        names = [str(name) for name in lost]
        rest = len(names) - 6
        more = (f" 等 {len(names)} 个", f" and {rest} more") if rest > 0 else ("", "")
        notes.append(
            Text(
                f"仅靠招聘保持不了现有结构的领域：{'、'.join(names[:6])}{more[0]}",
                f"fields whose structure recruitment alone cannot keep: {', '.join(names[:6])}"
                f"{more[1]}",
            )
        )
    if structure["steady_heads"].isna().any():
        notes.append(
            Text(
                "有的职级无人离开，没有稳态",
                "nobody ever leaves some grades, so that there is no steady state",
            )
        )
    return notes


def _no_rates() -> InputError:
    return InputError(
        Text(
            "没有流动率：表 transitions 和 history 都没有给出",
            "there are no rates: neither table transitions nor history is given",
        ),
        remedy=Text(
            "给出 transitions，或用 history（多年存量）估计。",
            "Give transitions, or history (stocks of several years) to estimate them from.",
        ),
    )
