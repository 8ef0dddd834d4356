"""What a terminal shows of a transition: what a planner reads, in words and few numbers."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.transition_parts import (
    ACTIONS,
    TechnologyPlan,
    amount,
    assumed,
    binding_text,
    binding_years,
    budget_use,
    name_of,
    names_of,
    shadow_prices,
    technology_plans,
    unit_title,
    years_text,
)
from xinzhi.report.words import number, percent, say

_MOST_DIFFERENT = 8
_ROUNDING = 1e-6


def summary(case: TransitionCase, result: Result) -> list[Text]:
    """Return the lines: objective, what happens when, money, shadow prices, limits, the rule."""
    return [
        *_head(case, result),
        *_actions(case, result),
        *_budgets(case, result),
        *_prices(result),
        *_limits(result),
        *_rule(result),
        *_comparison(result, case),
    ]


def _head(case: TransitionCase, result: Result) -> Iterator[Text]:
    given = result.parameters
    yield say(
        "{t}：{a}–{b} 年，{s} 个部门、{k} 种技术；投入结构：{x}；{n}",
        "{t}: {a}–{b}, {s} sectors, {k} technologies; input structure: {x}; {n}",
        t=case.title,
        a=f"{case.base_year + 1}",
        b=f"{case.horizon}",
        s=f"{len(case.sectors)}",
        k=f"{len(case.technologies)}",
        x=Text("案例自带", "the case's own")
        if given["structure"] == case.id
        else str(given["structure"]),
        n=assumed(case),
    )
    weights = {name: weight for name, weight in given["objective_weights"].items() if weight}
    money = set(weights) <= {"value_added", "cost"} and set(weights.values()) == {1.0}
    yield say(
        "目标（{w}）{v}",
        "Objective ({w}): {v}",
        w=_weights(weights),
        v=amount(given["objective"], unit_title(case.money) if money else NO_TEXT, 6),
    )


def _weights(weights: dict[str, float]) -> str:
    return ", ".join(f"{name} × {weight:g}" for name, weight in weights.items())


def _actions(case: TransitionCase, result: Result) -> Iterator[Text]:
    plans, names, sector = technology_plans(case, result), names_of(result), ""
    if not plans:
        yield Text("不建设、不改造、不退出", "Nothing is built, retrofitted or retired")
        return
    yield say(
        "建设、改造、退出（{u}，年产出）",
        "What is built, retrofitted and retired ({u} of output a year)",
        u=unit_title(case.money),
    )
    for plan in plans:
        if plan.sector != sector:
            sector = plan.sector
            yield say("  {s}", "  {s}", s=name_of(names, sector))
        yield say(
            "    {t}：{l}；产能 {a} → {b}",
            "    {t}: {l}; capacity {a} → {b}",
            t=name_of(names, plan.id),
            l=itemised(_done(plan)),
            a=number(plan.base),
            b=number(plan.last),
        )


def _done(plan: TechnologyPlan) -> Iterator[Text]:
    for name, action in plan.actions.items():
        yield say(
            "{a} {v}（{y}）",
            "{a} {v} ({y})",
            a=ACTIONS[name],
            v=number(action.amount),
            y=years_text(action.years),
        )


def _budgets(case: TransitionCase, result: Result) -> Iterator[Text]:
    names = names_of(result)
    use = rows_of(budget_use(result))
    if use:
        yield say("资金使用（{u}）", "Use of budgets ({u})", u=unit_title(case.money))
    for row in use:
        yield say(
            "  {s}：{v}，限额 {l}，用去 {p}",
            "  {s}: {v} of {l}, {p}",
            s=name_of(names, row["source"]),
            v=number(row["spent"]),
            l=number(row["limit"]),
            p=percent(row["share"]),
        )


def _prices(result: Result) -> Iterator[Text]:
    rows = shadow_prices(result)
    if rows:
        yield Text(
            "影子价格（每类限制中最值钱的一处；最优解退化时不唯一）",
            "Shadow prices (of each kind of limit the dearest; not unique where the optimum is "
            "degenerate)",
        )
    for row in rows:
        yield say("  {w}", "  {w}", w=Text(str(row["words_zh"]), str(row["words_en"])))


def _limits(result: Result) -> Iterator[Text]:
    bound = binding_years(result)
    if bound:
        yield Text("起约束作用的限制", "Limits that bind")
    for kind, by_label in bound.items():
        yield say("  {t}", "  {t}", t=binding_text(result, kind, by_label))


def _rule(result: Result) -> Iterator[Text]:
    """Say what the build-before-retire rule costs, where the plan was solved without it too."""
    cost = result.tables.get("rule_cost")
    if cost is None:
        return
    row = rows_of(cost[cost["component"] == "objective"])[0]
    unit = unit_title(str(row["unit"]))
    yield say(
        "先立后破的代价：不要这条规则，目标值为 {w}，相差 {d}",
        "Cost of build before retire: without the rule the objective is {w}, a difference of {d}",
        w=amount(row["without_rule"], unit, 6),
        d=amount(row["difference"], unit),
    )


def _comparison(result: Result, case: TransitionCase) -> Iterator[Text]:
    """Name the technologies whose capacity in the last year differs most from the other plan's."""
    compared = result.tables.get("comparison")
    if compared is None:
        return
    names = names_of(result)
    last = compared[compared["year"] == case.horizon]
    order = last["capacity_difference"].abs().sort_values(ascending=False, kind="stable").index
    most = last.loc[order].head(_MOST_DIFFERENT)
    most = most[most["capacity_difference"].abs() > _ROUNDING * most["capacity_first"].abs().max()]
    yield say(
        "与 {o} 相比（目标值 {v}）",
        "Compared with {o} (objective {v})",
        o=str(result.parameters["compared_with"]),
        v=number(result.parameters["compared_objective"], 6),
    )
    if most.empty:
        yield say("  {y} 年产能相同", "  the same capacity in {y}", y=f"{case.horizon}")
    for row in rows_of(pd.DataFrame(most)):
        yield say(
            "  {t}：{y} 年产能 {a}，另一计划 {b}",
            "  {t}: capacity in {y} {a}, in the other plan {b}",
            t=name_of(names, row["technology"]),
            y=f"{case.horizon}",
            a=number(row["capacity_first"]),
            b=number(row["capacity_second"]),
        )
