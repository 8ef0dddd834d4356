"""Research, knowledge, market: what the data pack on science and technology adds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, InputError, Language, Result, Text, chart
from xinzhi.data import find_pack
from xinzhi.data.science_technology import PACK
from xinzhi.measure.productivity import (
    innovation_chain,
    innovation_over_time,
    malmquist,
    network_efficiency,
    yearly_change,
)
from xinzhi.measure.productivity.innovation_chain import PEOPLE, STAGES
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, Lookup
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Card, Chart, Panel, Statement, Table, cite
from xinzhi.report.productivity_parts import ID, colours, span
from xinzhi.report.sections.science import ScienceResult
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.used import figures_named
from xinzhi.report.words import number, say

_FRONTIER_OF_ALL_YEARS = "global"
_RESEARCH = Text("研究阶段效率", "Efficiency of research")
_MARKET = Text("转化阶段效率", "Efficiency of the market stage")
_SYSTEM = Text("两阶段总效率（1 为前沿）", "Efficiency of both stages (1 = frontier)")
_CHANGE = Text("知识产出效率的年均变化", "Yearly change of research productivity")
_SYSTEM_FORMULA = Text(
    "研究阶段（经费、人员→发明专利、论文）效率 × 转化阶段（发明专利、论文→高技术产业营业收入、"
    "技术合同）效率；规模报酬不变，两阶段之间的专利和论文只有一种价格（Kao 和 Hwang，2008）",
    "efficiency of research (money, people → invention patents, papers) × efficiency of the market "
    "stage (patents, papers → high-tech revenue, technology contracts); constant returns, one "
    "price of patents and papers for both stages (Kao and Hwang 2008)",
)
_CHANGE_FORMULA = Text(
    "全局 Malmquist 指数的逐年几何平均 = 效率变化 × 技术变化，前沿由全部年份构成"
    "（Pastor 和 Lovell，2005）；大于 1 为进步",
    "geometric mean over the years of the global Malmquist index = efficiency change × technical "
    "change, with one frontier of all years (Pastor and Lovell 2005); above 1 is progress",
)
_COLUMNS = (
    ("efficiency", Text("总效率", "Both stages")),
    ("research_efficiency", Text("研究阶段", "Research")),
    ("market_efficiency", Text("转化阶段", "Market")),
    ("malmquist", Text("年均 Malmquist", "Malmquist a year")),
    ("efficiency_change", Text("效率变化", "Efficiency change")),
    ("technical_change", Text("技术变化", "Technical change")),
    ("malmquist_people", Text("只计人员的 Malmquist", "Malmquist, people alone")),
)


def chain_of(context: Context) -> Result | None:
    """Compute both on the pack; None where the pack is not there or lacks the region."""
    panel = _pack_panel(context)
    if panel is None:
        return None
    try:
        chain, years = innovation_chain(panel), innovation_over_time(panel)
        people = innovation_over_time(panel, inputs=(PEOPLE,))
    except InputError:  # a pack without these figures takes nothing from the rest of the section
        return None
    found = network_efficiency(chain.stages, records=chain.records)
    stages = found.tables["stages"].pivot(index="unit", columns="stage", values="efficiency")
    regions = found.tables["efficiency"].set_index("unit")[["efficiency"]]
    for stage in STAGES:
        regions[f"{stage}_efficiency"] = stages[stage]
    change = malmquist(years.inputs, years.outputs, reference=_FRONTIER_OF_ALL_YEARS)
    alone = malmquist(people.inputs, people.outputs, reference=_FRONTIER_OF_ALL_YEARS)
    regions = regions.join(yearly_change(change), how="inner")
    regions["malmquist_people"] = yearly_change(alone)["malmquist"]
    if context.region not in regions.index:
        return None
    return Result(
        tables={
            "chain": regions.rename_axis("region").reset_index(),
            "change": change.tables["indices"].rename(columns={"unit": "region"}),
            "mean_change": change.tables["means"],
        },
        units={name: "ratio" for name, _ in _COLUMNS},
        parameters={
            "chain_years": {name: list(used) for name, used in chain.periods.items()},
            "change_years": {name: list(used) for name, used in years.periods.items()},
            "reference": _FRONTIER_OF_ALL_YEARS,
        },
        inputs=chain.records,
        warnings=(*chain.warnings, *found.warnings, *years.warnings, *change.warnings),
    )


def _pack_panel(context: Context) -> Any:
    science = context.results.get("science")
    return science.panel if isinstance(science, ScienceResult) else None


def chain_lacking(result: Result, context: Context) -> list[Text]:
    """Say what the pack would add here, and how to get it."""
    if "chain" in result.tables or not context.embedded:
        return []
    pack = find_pack(PACK)
    return [
        say(
            "数据包“{t}”不在本机或没有所需数据；有了它，这里还有两阶段效率（全社会研发经费和人员到"
            "发明专利、论文，再到高技术产业营业收入和技术合同）和历年 Malmquist 指数。"
            "取得它：{c}。",
            "The data pack “{t}” is not on this computer or lacks the figures; with it the "
            "efficiency of two stages (R&D money and people of all sectors to invention patents "
            "and papers, and these to high-tech revenue and technology contracts) and a Malmquist "
            "index over the years stand here. Get it: {c}.",
            t=pack.title,
            c=f"xinzhi data pack get {pack.id}",
        )
    ]


def chain_figures(context: Context) -> Iterable[pd.DataFrame]:
    """Return the figures of the pack that this part reads, for the list of data used."""
    panel = _pack_panel(context)
    inner = replace(context, panel=panel)
    parameters = context.results[ID].parameters
    for key in ("chain_years", "change_years"):
        for name, years in parameters[key].items():
            yield figures_named(inner, [name], years, ID)


def chain_statements(result: Result, context: Context) -> list[Statement]:
    """State the efficiency of both stages, and how research productivity changed."""
    if "chain" not in result.tables:
        return []
    table = result.tables["chain"]
    row = Lookup(table, ("region",)).row(context.region)
    return [_stages(result, table, row, context), _change(result, table, row, context)]


def _stages(result: Result, table: pd.DataFrame, row: Row, context: Context) -> Statement:
    years = result.parameters["chain_years"]
    research, market = row["research_efficiency"], row["market_efficiency"]
    weaker = (
        Text("研究阶段", "research") if research < market else Text("转化阶段", "the market stage")
    )
    even = say("两阶段离前沿一样远", "both are as far from it")
    text = say(
        "两阶段模型中，{r}的总效率为 {v}（{n} 个地区的中位数 {m}），等于研究阶段 {a} 与转化阶段 "
        "{b} 之积；{w}。经费和人员取 {x} 年，专利和论文取 {y} 年，市场产出取 {z} 年。",
        "In two stages the efficiency of {r} is {v} (median of {n} regions {m}): research {a} "
        "times market {b}; {w}. Money and people are of {x}, patents and papers of {y}, what was "
        "sold of {z}.",
        r=context.name(context.region),
        v=cite(_system_card(result, row, context), number(row["efficiency"])),
        n=f"{len(table)}",
        m=number(float(table["efficiency"].median())),
        a=number(research),
        b=number(market),
        w=even
        if research == market
        else say("离前沿较远的是{s}", "{s} is the farther from its frontier", s=weaker),
        x=span({"": years[PEOPLE]}),
        y=span({"": years["papers_sci"]}),
        z=span({"": years["high_tech_industry_revenue"]}),
    )
    evidence = ((f"{ID}_chain", {"region": context.region}),)
    return Statement(f"{ID}.chain", text, evidence, see=f"{ID}-chain")


def _change(result: Result, table: pd.DataFrame, row: Row, context: Context) -> Statement:
    years = result.parameters["change_years"]
    middle = float(np.exp(np.log(table["malmquist"]).mean()))
    text = say(
        "以 {x} 年的经费和人员对两至三年后（{y} 年）的发明专利和论文，{r}的 Malmquist 指数年均 "
        "{v}（大于 1 为进步；{n} 个地区平均 {m}），其中效率变化 {e}、前沿移动 {t}；经费为现价，"
        "价格上涨压低指数，只计人员时为 {p}。",
        "With money and people of {x} against invention patents and papers two to three years "
        "later ({y}), the Malmquist index of {r} is {v} a year (above 1 is progress; mean of {n} "
        "regions {m}): efficiency {e}, frontier {t}. Money is nominal, and rising prices lower "
        "the index; with people alone it is {p}.",
        x=span({"": years[PEOPLE]}),
        y=span({"": years["papers_sci"]}),
        r=context.name(context.region),
        v=cite(_change_card(result, row, context), number(row["malmquist"])),
        n=f"{len(table)}",
        m=number(middle),
        e=number(row["efficiency_change"]),
        t=number(row["technical_change"]),
        p=number(row["malmquist_people"]),
    )
    evidence = (
        (f"{ID}_chain", {"region": context.region}),
        (f"{ID}_change", {"region": context.region}),
    )
    return Statement(f"{ID}.change", text, evidence, see=f"{ID}-chain-table")


def _system_card(result: Result, row: Row, context: Context) -> str:
    parts = ((_RESEARCH, row["research_efficiency"]), (_MARKET, row["market_efficiency"]))
    return _card(context, "chain", _SYSTEM, row, "efficiency", _SYSTEM_FORMULA, parts, result)


def _change_card(result: Result, row: Row, context: Context) -> str:
    parts = (
        (Text("效率变化", "Efficiency change"), row["efficiency_change"]),
        (Text("技术变化", "Technical change"), row["technical_change"]),
        (Text("只计人员时", "With people alone"), row["malmquist_people"]),
    )
    return _card(context, "change", _CHANGE, row, "malmquist", _CHANGE_FORMULA, parts, result)


def _card(
    context: Context,
    kind: str,
    title: Text,
    row: Row,
    value: str,
    formula: Text,
    parts: tuple[tuple[Text, float], ...],
    result: Result,
) -> str:
    years = result.parameters[f"{kind}_years"]
    region = str(row["region"])
    known = Figures(_pack_panel(context), years)
    found = (known.figure(name, region, year) for name, used in years.items() for year in used)
    shown = tuple((name, Text(number(part), number(part))) for name, part in parts)
    return context.add(
        Card(
            id=context.card_id(ID, kind, context.region_of(region).code),
            title=title,
            value=float(row[value]),
            unit=NO_TEXT,
            region=context.full_name(region),
            year=span(years),
            formula=formula,
            parameters=shown,
            figures=tuple(one for one in found if one is not None),
            method=f"method-{ID}",
        )
    )


def chain_chart(result: Result, context: Context) -> Chart:
    """Draw every region's two stages."""
    table = result.tables["chain"]
    row = Lookup(table, ("region",)).row(context.region)
    finding = say(
        "{r}：研究阶段 {a}，转化阶段 {b}",
        "{r}: research {a}, market stage {b}",
        r=context.name(context.region),
        a=number(row["research_efficiency"]),
        b=number(row["market_efficiency"]),
    )
    ids = [_system_card(result, one, context) for one in rows_of(table)]

    def draw(lang: Language) -> Any:
        import altair as alt

        frame = pd.DataFrame(
            {
                "x": table["research_efficiency"].to_numpy(dtype=float),
                "y": table["market_efficiency"].to_numpy(dtype=float),
                "label": [context.name(str(name)).get(lang) for name in table["region"]],
                "short": [context.region_of(str(name)).short.get(lang) for name in table["region"]],
                "colour": colours(table["region"], context.region),
                "card": ids,
            }
        )
        scale = alt.Scale(domain=[0, 1.08], nice=False)
        x = alt.X("x:Q", title=_RESEARCH.get(lang), scale=scale)
        y = alt.Y("y:Q", title=_MARKET.get(lang), scale=scale)
        base = alt.Chart(frame)
        dots = base.mark_point(filled=True, size=60, opacity=1).encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("x:Q", title=_RESEARCH.get(lang), format=".3f"),
                alt.Tooltip("y:Q", title=_MARKET.get(lang), format=".3f"),
            ],
        )
        names = base.mark_text(align="left", dx=6, dy=-6, fontSize=10, color=chart.INK).encode(
            x=x, y=y, text="short:N"
        )
        return alt.layer(dots, names, width="container", height=340)

    return Chart(
        id=f"{ID}-chain",
        title=finding,
        subtitle=say(
            "两阶段效率，1 为前沿；{y} 年数据",
            "Efficiency of two stages, 1 = frontier; figures of {y}",
            y=span(result.parameters["chain_years"]),
        ),
        source=charts.source_line(replace(context, panel=_pack_panel(context))),
        alt=say("{f}。各地区数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=(Panel(charts.in_both(draw)),),
    )


def chain_table(result: Result, context: Context) -> Table:
    """Return all regions: both stages, and change a year."""
    table = result.tables["chain"].sort_values("efficiency", ascending=False, kind="stable")
    cards = {"efficiency": _system_card, "malmquist": _change_card}
    rows = [
        (
            words(context.full_name(str(row["region"])), str(row["region"])),
            *(
                figure(
                    row[name],
                    cards[name](result, row, context) if name in cards else "",
                    digits=3,
                )
                for name, _ in _COLUMNS
            ),
        )
        for row in rows_of(table)
    ]
    return Table(
        id=f"{ID}-chain-table",
        title=Text("两阶段效率与历年变化", "Efficiency of two stages, and change over the years"),
        columns=(Text("地区", "Region"), *(title for _, title in _COLUMNS)),
        rows=tuple(rows),
        numeric=(False, *(True for _ in _COLUMNS)),
        chosen=tuple(str(name) == context.region for name in table["region"]),
    )
