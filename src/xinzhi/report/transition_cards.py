"""Cards and tables of the section on transition."""

from __future__ import annotations

from dataclasses import dataclass

from xinzhi.core import Result, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.report.context import Context
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Table, cite
from xinzhi.report.transition_parts import (
    ACTIONS,
    ID,
    TechnologyPlan,
    kind_title,
    name_of,
    names_of,
    shadow_prices,
    unit_title,
    years_text,
)
from xinzhi.report.words import number, percent


@dataclass(frozen=True)
class TransitionCards:
    """The cards of one plan.

    structure : whose input coefficients it has; note : that the figures are assumptions
    """

    context: Context
    case: TransitionCase
    structure: Text
    note: Text

    def number(
        self, value: float, unit: Text, title: Text, formula: Text, year: str, *parts: str
    ) -> Text:
        """Return a number in words that leads to its card; ``parts`` make the card's id."""
        shown = number(value)
        return self._cited(Text(shown, shown), value, unit, title, formula, year, *parts)

    def share(self, value: float, title: Text, formula: Text, year: str, *parts: str) -> Text:
        """Return a share in words, per cent, that leads to its card."""
        return self._cited(percent(value), value, Text("", ""), title, formula, year, *parts)

    def _cited(
        self,
        shown: Text,
        value: float,
        unit: Text,
        title: Text,
        formula: Text,
        year: str,
        *parts: str,
    ) -> Text:
        card = self.context.add(
            Card(
                id=self.context.card_id(ID, *parts),
                title=title,
                value=value,
                unit=unit,
                region=self.case.title,
                year=year,
                formula=formula,
                parameters=((Text("投入结构", "Input structure"), self.structure),),
                note=self.note,
            )
        )
        return Text(cite(card, shown.zh), cite(card, shown.en))


def actions_table(case: TransitionCase, result: Result, plans: list[TechnologyPlan]) -> Table:
    """Return a row for every technology and action: how much, when, capacity before and after."""
    names = names_of(result)
    rows = tuple(
        (
            words(names[plan.sector], plan.sector),
            words(names[plan.id], plan.id),
            words(ACTIONS[name], name),
            figure(action.amount),
            words(years_text(action.years), years_text(action.years).en),
            figure(plan.base),
            figure(plan.last),
        )
        for plan in plans
        for name, action in plan.actions.items()
    )
    unit = unit_title(case.money)
    return Table(
        id=f"{ID}-table",
        title=Text(
            f"各技术的建设、改造与退出（{unit.zh}，年产出）",
            f"What is built, retrofitted and retired ({unit.en} of output a year)",
        ),
        columns=(
            Text("部门", "Sector"),
            Text("技术", "Technology"),
            Text("动作", "Action"),
            Text("合计", "In all"),
            Text("年份", "Years"),
            Text(f"{case.base_year} 年产能", f"Capacity {case.base_year}"),
            Text(f"{case.horizon} 年产能", f"Capacity {case.horizon}"),
        ),
        rows=rows,
        numeric=(False, False, False, True, False, True, True),
    )


def prices_table(case: TransitionCase, result: Result) -> Table:
    """Return the shadow prices to read first: limit, year, price, units."""
    names = names_of(result)
    rows = []
    for row in shadow_prices(result):
        kind, of = kind_title(row["constraint"]), name_of(names, row["of"])
        year, unit = f"{row['year']}", unit_title(str(row["unit"]))
        rows.append(
            (
                words(Text(f"{kind.zh}：{of.zh}", f"{kind.en}: {of.en}")),
                words(Text(year, year), year),
                figure(row["shadow_price"]),
                words(unit, str(row["unit"])),
            )
        )
    return Table(
        id=f"{ID}-prices",
        title=Text("影子价格：每类限制中最值钱的一处", "Shadow prices: of each kind the dearest"),
        columns=(
            Text("限制", "Limit"),
            Text("年份", "Year"),
            Text("目标值的变化", "Change of the objective"),
            Text("每增加一单位（单位）", "Per unit added (unit)"),
        ),
        rows=tuple(rows),
        numeric=(False, True, True, False),
        note=Text(
            "最优解退化时影子价格不唯一，位于两侧导数之间；单位不同的不能相比。",
            "Where the optimum is degenerate prices are not unique and lie between the one-sided "
            "derivatives; those in different units are not compared.",
        ),
    )
