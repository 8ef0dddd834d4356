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
from xinzhi.report.innovation_measures import ID, STANDING
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.standing import (
    best_rank,
    figures_used,
    named_measures,
    placed,
    standing_chart,
    standing_rows,
    standing_table,
    weaknesses,
)
from xinzhi.report.words import say

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
        standing = standing_table(context, STANDING)
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
        parameters={"years": figures_used(standing, STANDING), "conversion_years": years_read(own)},
        inputs=panel_of(context).inputs,
    )


def write(result: Result, context: Context) -> Section:
    """Word and draw where the region stands and what is converted; say what is not known."""
    own, rows, cards, evidence = placed(result, context, STANDING)
    place = context.name(context.region)
    level = say("{r}：{l}。", "{r}: {l}.", r=place, l=named_measures(STANDING, rows, cards))
    plan = say(
        "这些合计数看不到项目，比较不了资助、赛马与揭榜挂帅，也选不出项目；"
        "有了{n}，xinzhi innovation 才能算。",
        "These totals know no project: they can neither compare grants, parallel teams and open "
        "calls nor choose projects. With {n}, xinzhi innovation computes both.",
        n=_NEEDS,
    )
    finding = best_rank(context, STANDING, rows)
    drawn = (
        standing_chart(result, context, STANDING, cards, finding),
        conversion_chart(result, context),
    )
    tables = (standing_rows(STANDING, own, cards), conversion_table(result, context))
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
        notes=(*weaknesses(STANDING, rows), *lacking(result, context)),
    )
