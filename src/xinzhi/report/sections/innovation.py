"""How much R&D there is and what comes of it; what a choice of projects would need."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import InputError, Result, Text
from xinzhi.plan.innovation import conversion_tables, indicator_table
from xinzhi.report.context import Context
from xinzhi.report.innovation_conversion_words import conversion_statements, lacking
from xinzhi.report.innovation_conversions import (
    conversion_chart,
    conversion_table,
    panel_of,
    years_read,
)
from xinzhi.report.innovation_measures import (
    ID,
    card_of,
    figures_used,
    measure_of,
    standing_chart,
    standing_rows,
    standing_table,
    years_text,
)
from xinzhi.report.model import NotRun, Section, Statement, cite
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import inside, measured, number, ordinal, say

PART = "chains"
TITLE = Text("研发的投入与转化", "R&D and what comes of it")
_NEEDS = Text(
    "项目分阶段的成本、时长、成功率，或榜题的价值、成本和期限",
    "cost, duration and success rate of projects by stage, or value, cost and deadline of "
    "challenges",
)


def run(context: Context) -> Result | NotRun:
    """Rank the region by R&D, inventions and contracts; compute its conversion rates."""
    try:
        standing = standing_table(context)
        figures = indicator_table(panel_of(context))
    except InputError as error:
        return NotRun(error.message, _NEEDS)
    if standing.empty:
        return NotRun(
            Text(
                "数据中没有研发经费、发明专利或技术合同",
                "the data have neither R&D nor inventions nor technology contracts",
            ),
            _NEEDS,
        )
    try:
        rates = conversion_tables(figures, seed=context.seed)
    except InputError:  # figures that make no pair take nothing from the rest of the section
        rates = {"conversions": pd.DataFrame(), "conversion_bottlenecks": pd.DataFrame()}
    own = rates["conversions"]
    own = own[own["region"] == context.region] if len(own) else own
    return Result(
        tables={"standing": standing, **rates},
        units={"relative": "ratio"},
        parameters={"years": figures_used(standing), "conversion_years": years_read(own)},
        inputs=panel_of(context).inputs,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands and what is converted; say what is not known."""
    standing = result.tables["standing"]
    own = standing[standing["region"] == context.region]
    rows = rows_of(own)
    ids = [card_of(context, row) for row in rows]
    evidence = tuple(
        (f"{ID}_standing", {"region": context.region, "indicator": str(row["indicator"])})
        for row in rows
    )
    named = itemised(
        say(
            "{t}{v}（{y} 年，{n} 个地区中第 {k} 位）",
            "{t}: {v} in {y}, {o} of {n} regions",
            t=inside(measure_of(row["indicator"]).title),
            v=_cited(card, row),
            y=years_text(row),
            n=f"{row['regions']}",
            k=f"{row['rank']}",
            o=ordinal(float(row["rank"])),
        )
        for row, card in zip(rows, ids, strict=True)
    )
    place = context.name(context.region)
    level = say("{r}：{l}。", "{r}: {l}.", r=place, l=named)
    plan = say(
        "这些合计数看不到项目，比较不了资助、赛马与揭榜挂帅，也选不出项目；"
        "有了{n}，xinzhi innovation 才能算。",
        "These totals know no project: they can neither compare grants, parallel teams and open "
        "calls nor choose projects. With {n}, xinzhi innovation computes both.",
        n=_NEEDS,
    )
    best = min(rows, key=lambda row: row["rank"])
    finding = say(
        "{r}位次最高的一项：{t}，{n} 个地区中第 {k} 位",
        "Best rank of {r}: {t}, {o} of {n} regions",
        r=place,
        t=inside(measure_of(best["indicator"]).title),
        n=f"{best['regions']}",
        k=f"{best['rank']}",
        o=ordinal(float(best["rank"])),
    )
    drawn = (standing_chart(result, context, ids, finding), conversion_chart(result, context))
    tables = (standing_rows(own, ids), conversion_table(result, context))
    weak = [
        say("{t}：{w}。", "{t}: {w}.", t=measure.title, w=measure.weakness)
        for measure in (measure_of(row["indicator"]) for row in rows)
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=(
            Statement(f"{ID}.level", level, evidence, see=f"{ID}-standing"),
            *conversion_statements(result, context),
            Statement(f"{ID}.plan", plan, evidence, see=f"{ID}-table"),
        ),
        charts=tuple(one for one in drawn if one is not None),
        tables=tuple(one for one in tables if one is not None),
        notes=(*weak, *lacking(result, context)),
    )


def _cited(card: str, row: Row) -> Text:
    """Return a value with its unit that leads to its card."""
    shown = measured(number(row["value"]), measure_of(row["indicator"]).unit)
    return Text(cite(card, shown.zh), cite(card, shown.en))
