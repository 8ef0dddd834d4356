"""What a case builds, upgrades and retires in which order, and what each limit is worth."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from xinzhi.core import NO_TEXT, ComputationError, Result, Text
from xinzhi.data.cases import TransitionCase, cases
from xinzhi.plan.transition import rule_cost, transition
from xinzhi.report.context import Context
from xinzhi.report.economy import Economy
from xinzhi.report.model import Chart, NotRun, Section, Statement
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.transition_cards import TransitionCards, actions_table, prices_table
from xinzhi.report.transition_charts import paths_chart, schedule_chart, use_chart
from xinzhi.report.transition_parts import (
    ID,
    TechnologyPlan,
    assumed,
    binding_years,
    budget_use,
    names_of,
    shadow_prices,
    technology_plans,
    years_text,
)
from xinzhi.report.transition_words import budgets, done, limits, paths, people, rule, worth
from xinzhi.report.words import inside, listing, percent, say

PART = "plan"
TITLE = Text("先立后破的次序", "In which order to build, upgrade and retire")
_NEEDS = Text(
    "一份案例：各部门新旧产能、技术、改造成本、资金、能耗与用工",
    "a case: old and new capacity by sector, technologies, cost of conversion, money, energy and "
    "labour needs",
)
_KEPT = ("plan", "duals", "balance", "budget", "employment", "emissions", "binding", "components")


@dataclass(frozen=True)
class TransitionSectionResult(Result):
    """The tables of a plan, with ``rule_cost`` where the rule holds in a sector, and its case."""

    case: TransitionCase | None = None


def run(context: Context) -> Result | NotRun:
    """Solve the case that was given, with the build-before-retire rule and without."""
    case = context.case
    if case is None:
        return NotRun(Text("没有给出案例", "no case is given"), _NEEDS, _remedy(context))
    economy = context.economy
    own = economy.table if isinstance(economy, Economy) and economy.origin == "own" else None
    table = own if own is not None and own.classification in case.mappings else None
    try:
        result = transition(case, table=table)
        more = {}
        if any(sector.replacement_margin is not None for sector in case.sectors):
            without = transition(case, table=table, build_before_retire=False)
            more["rule_cost"] = rule_cost(result, without)
    except ComputationError as error:  # no plan, or a package of the extra is not installed
        return NotRun(_why(error), remedy=error.remedy or NO_TEXT)
    return TransitionSectionResult(
        tables={name: result.tables[name] for name in (*_KEPT, "names")} | more,
        units=result.units,
        parameters=result.parameters,
        inputs=result.inputs,
        warnings=result.warnings,
        case=case,
    )


def _why(error: ComputationError) -> Text:
    if not error.details:
        return error.message
    return say("{m}：{d}", "{m}: {d}", m=error.message, d=itemised(error.details))


def _remedy(context: Context) -> Text:
    name = context.name(context.region)
    return say(
        "运行 xinzhi assess {r} --case {c}（示例，数字是假定），或给出自己的案例文件。",
        "Run xinzhi assess {r} --case {c} (an illustration on assumptions), or give a case file "
        "of your own.",
        r=name,
        c=cases()[0],
    )


def write(result: TransitionSectionResult, context: Context) -> Section:
    """Word and draw the plan: whose figures first, then what happens, money, people, limits."""
    case = result.case
    assert case is not None
    structure = _structure(case, result)
    note = say("{t}：{n}。", "{t}: {n}.", t=case.title, n=assumed(case))
    cards = TransitionCards(context, case, structure, note)
    plans = technology_plans(case, result)
    prices = shadow_prices(result)
    statements = [
        _scope(case, structure, context),
        *done(case, result, plans, cards),
        *paths(case, result, cards),
        *budgets(case, result, cards),
        *people(case, result, cards),
        *worth(case, result, cards),
        *limits(result),
        *rule(case, result, cards),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(_charts(case, result, plans, structure)),
        tables=(
            *([actions_table(case, result, plans)] if plans else []),
            *([prices_table(case, result)] if prices else []),
        ),
        notes=result.warnings,
    )


def _structure(case: TransitionCase, result: Result) -> Text:
    named = str(result.parameters["structure"])
    own = Text("案例自带的投入结构", "the case's own input structure")
    return own if named == case.id else Text(named, named)


def _scope(case: TransitionCase, structure: Text, context: Context) -> Statement:
    """Say first that this is an illustration, on how many assumptions, and whose structure."""
    place = context.name(context.region)
    kind = Text("这是案例，不是统计", "This is a case and no statistics")
    if case.assumptions:
        kind = Text("这是示例", "This is an illustration")
    text = say(
        "{k}：{t}，{n}；用{s}。以下各数由案例推出，不是{r}的实际情况，也不是预测。",
        "{k}: {t}; {n}; it uses {s}. The numbers below follow from the case: they are neither "
        "facts on {r} nor a forecast.",
        k=kind,
        t=case.title,
        n=assumed(case),
        s=structure,
        r=place,
    )
    return Statement(f"{ID}.scope", text, ((f"{ID}_plan", {}),), see=f"{ID}-table")


def _charts(
    case: TransitionCase, result: Result, plans: list[TechnologyPlan], structure: Text
) -> Iterator[Chart]:
    """Draw schedule, paths, budgets and workers, each with its finding."""
    names = names_of(result)
    source = say(
        "来源：{t}（{n}）；{s}",
        "Source: {t} ({n}); {s}",
        t=case.title,
        n=assumed(case),
        s=structure,
    )
    if plans:
        built = [plan for plan in plans if "build" in plan.actions]
        first = min(plans, key=lambda plan: min(y for a in plan.actions.values() for y in a.years))
        most = max(built or plans, key=lambda plan: plan.last - plan.base)
        finding = say(
            "最早动的是{f}；增加产能最多的是{m}",
            "First to move: {f}; largest gain of capacity: {m}",
            f=inside(names[first.id]),
            m=inside(names[most.id]),
        )
        yield schedule_chart(case, result, finding, source)
    left = [plan for plan in plans if plan.last < plan.base]
    finding = say(
        "到 {y} 年，{n} 种技术的产能少于 {b} 年",
        "By {y} capacity of {n} technologies is below that of {b}",
        y=f"{case.horizon}",
        n=f"{len(left)}",
        b=f"{case.base_year}",
    )
    yield paths_chart(case, result, finding, source)
    use = rows_of(budget_use(result))
    if use:
        spent = listing(
            [
                say(
                    "{s}用去 {p}",
                    "{s} {p}",
                    s=inside(names[row["source"]]),
                    p=percent(row["share"]),
                )
                for row in use
            ]
        )
        yield use_chart(
            case,
            result,
            "budget",
            say("用去限额的：{l}", "Spent of the limit: {l}", l=spent),
            source,
        )
    if case.grades:
        short = binding_years(result).get("workforce", {})
        scarce = listing(
            [
                say("{g}（{y}）", "{g} ({y})", g=names[grade], y=years_text(years))
                for grade, years in short.items()
            ]
        )
        finding = (
            say("用尽的：{l}", "Fully used: {l}", l=scarce)
            if short
            else Text("各等级人员都有余", "No grade of workers is fully used")
        )
        yield use_chart(case, result, "employment", finding, source)
