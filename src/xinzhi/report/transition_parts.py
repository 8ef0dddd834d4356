"""What the section on transition and the command share: who builds when, which limits bind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from xinzhi.core import Result, Text
from xinzhi.data import find_unit
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.limit_words import FAMILIES
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import listing, number, say

ID = "transition"
ACTIONS: Mapping[str, Text] = {
    "build": Text("开工建设", "building starts"),
    "retrofit": Text("开始改造", "retrofit starts"),
    "retire": Text("退出", "leaves"),
}
# kinds of limit that somebody decides on, the first the planner's own
LEVERS = (
    *("budget", "account_cap", "build_before_retire", "workforce", "capacity_schedule"),
    *("exposure", "build_limit", "retrofit_limit", "training_limit", "output_floor"),
    *("employment_floor", "value_added_target", "output_target", "minimum_utilisation"),
)
MOST_PRICES = 5
_NOTHING = 1e-6  # of the capacity of a sector: what solving leaves


@dataclass(frozen=True)
class Action:
    """What is built, retrofitted or retired of a technology over all years.

    amount : money of output a year; years : in which it happens
    """

    amount: float
    years: tuple[int, ...]


@dataclass(frozen=True)
class TechnologyPlan:
    """What becomes of a technology: its actions by name, capacity in the base and the last year."""

    id: str
    sector: str
    actions: Mapping[str, Action]
    base: float
    last: float


def technology_plans(case: TransitionCase, result: Result) -> list[TechnologyPlan]:
    """Return the technologies to which something happens, in the order of the case."""
    plan = result.tables["plan"]
    found = []
    for technology in case.technologies:
        own = plan[plan["technology"] == technology.id]
        of_sector = plan[plan["sector"] == technology.sector]
        least = _NOTHING * max(1.0, float(of_sector["capacity"].max()))
        actions = {}
        for name in ACTIONS:
            happens = own[own[name] > least]
            if len(happens):
                years = tuple(int(year) for year in happens["year"])
                actions[name] = Action(float(happens[name].sum()), years)
        if actions:
            last = float(own["capacity"].iloc[-1])
            found.append(
                TechnologyPlan(
                    technology.id, technology.sector, actions, technology.base_capacity, last
                )
            )
    return found


def names_of(result: Result) -> dict[str, Text]:
    """Return the title of everything that tables call by id."""
    return {
        str(row["id"]): Text(str(row["title_zh"]), str(row["title_en"]))
        for row in rows_of(result.tables["names"])
    }


def name_of(names: Mapping[str, Text], label: object) -> Text:
    """Return the title of an id, or of the two ends of a retrofit or a training."""
    ends = [names.get(part, Text(part, part)) for part in str(label).split(" → ")]
    return Text(" → ".join(end.zh for end in ends), " → ".join(end.en for end in ends))


def kind_title(constraint: object) -> Text:
    """Return what a kind of limit is called."""
    title = FAMILIES[str(constraint)].title
    return Text(title.zh.removesuffix("：{}"), title.en.removesuffix(": {}"))


def spans(years: Iterable[int]) -> str:
    """Return years with runs drawn together: 2025, 2027–2031."""
    runs: list[list[int]] = []
    for year in sorted(set(years)):
        if runs and year == runs[-1][1] + 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return ", ".join(f"{a}" if a == b else f"{a}–{b}" for a, b in runs)


def years_text(years: Iterable[int]) -> Text:
    """Return years in words: 2025、2027–2031 年 / 2025, 2027–2031."""
    shown = spans(years)
    return Text(f"{shown.replace(', ', '、')} 年", shown)


def shadow_prices(result: Result) -> list[Row]:
    """Return the rows of ``duals`` to read first: at most five, the dearest limit of each kind.

    Prices in different units cannot be ranked; so kinds stand in the order of ``LEVERS``, and each
    shows the year in which its limit is worth most.
    """
    duals = result.tables["duals"]
    found = []
    for kind in LEVERS:
        own = duals[duals["constraint"] == kind]
        for _, of_unit in own.groupby("unit", sort=False):
            prices = of_unit["shadow_price"].abs()
            if len(prices) and float(prices.max()) > _NOTHING:
                found += rows_of(of_unit.loc[[prices.idxmax()]])
    return found[:MOST_PRICES]


def binding_years(result: Result) -> dict[str, dict[str, list[int]]]:
    """Return kind of limit → what it limits → years in which it binds, for ``LEVERS`` that do."""
    table = result.tables["binding"]
    found: dict[str, dict[str, list[int]]] = {}
    for kind in LEVERS:
        own = table[table["constraint"] == kind]
        for label, rows in own.groupby("of", sort=False):
            found.setdefault(kind, {})[str(label)] = [int(year) for year in rows["year"]]
    return found


def binding_text(result: Result, kind: str, by_label: Mapping[str, list[int]]) -> Text:
    """Return which limits of a kind bind, and when."""
    names = names_of(result)
    items = [
        say("{n}（{y}）", "{n} ({y})", n=name_of(names, label), y=years_text(years))
        for label, years in by_label.items()
    ]
    return say("{k}：{l}", "{k}: {l}", k=kind_title(kind), l=listing(items))


def budget_use(result: Result) -> pd.DataFrame:
    """Return each source's spending and limit over all years, and its share."""
    use = result.tables["budget"].groupby("source", sort=False)[["spent", "limit"]].sum()
    use["share"] = use["spent"] / use["limit"].where(use["limit"] > 0)
    return use.reset_index()


def assumed(case: TransitionCase) -> Text:
    """Return how many entries of a case are assumptions."""
    if not case.assumptions:
        return Text("各项都写了来源", "every entry states its source")
    return say(
        "{n} 项是应替换的假定，不是统计数据",
        "{n} entries are assumptions to be replaced, not statistics",
        n=f"{case.assumptions}",
    )


def amount(value: float, unit: Text, digits: int = 3) -> Text:
    """Return an amount with its unit; × before a unit that begins with a number."""
    shown = number(value, digits)
    between = " × " if unit.en[:1].isdigit() else "\u00a0"
    return Text(f"{shown} {unit.zh}".rstrip(), f"{shown}{between}{unit.en}".rstrip())


def unit_title(unit: str) -> Text:
    """Return the title of a unit; of what is no unit, such as years of persons, itself."""
    first, times, rest = unit.partition(" × ")
    if times:
        title = find_unit(first).title
        return Text(f"{title.zh}·年", f"{title.en} × {rest}")
    return Text("加权", "weighted") if unit == "weighted" else find_unit(unit).title
