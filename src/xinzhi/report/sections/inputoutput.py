"""How industries pull and push each other, and what stays of what is sold."""

from __future__ import annotations

from dataclasses import replace

from xinzhi.core import Result, Text, chart
from xinzhi.report import charts
from xinzhi.report.context import Context, Figures, Lookup, missing
from xinzhi.report.economy import Economy, pack_remedy
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Chart, Figure, NotRun, Section, Statement, Table
from xinzhi.report.structure_parts import (
    Row,
    StructureCards,
    extreme,
    noted,
    panel_of,
    rows_of,
    sector_title,
)
from xinzhi.report.words import inside, listing, percent, say
from xinzhi.structure import InputOutputResult
from xinzhi.structure import inputoutput as compute
from xinzhi.structure.inputoutput_plots import linkage_quadrant

ID = "inputoutput"
PART = "balances"
TITLE = Text("产业关联", "Linkages between industries")
_NATION = "nation_"
_RETAINED = Text("每元最终产品中的本地增加值", "Value added here per yuan of final output")
_CONTENT = Text(
    "(v L)ⱼ：v 为各部门增加值系数，L 为列昂惕夫逆（本地产品）",
    "(v L)ⱼ with the value added coefficients v and the Leontief inverse L of local products",
)
_LEAK = Text(
    "(u A_M L)ⱼ：A_M 为区外投入系数，L 为列昂惕夫逆（本地产品）",
    "(u A_M L)ⱼ with the coefficients A_M of inputs from outside and the Leontief inverse L",
)
_LOSS = Text(
    "抽去该部门的全部流量和最终使用后，各部门总产出减少之和 ÷ 总产出",
    "output that all sectors lose without this sector's flows and final demand ÷ total output",
)


def run(context: Context) -> Result | NotRun:
    """Analyse the region's table; beside it the nation's, where that is finer."""
    economy = context.economy
    if isinstance(economy, NotRun):
        return economy
    result = compute(economy.table)
    if economy.origin != "nation" or economy.imports is None:
        return result
    nation = compute(economy.imports)
    beside = {
        f"{_NATION}{name}": nation.tables[name]
        for name in ("sectors", "integration_summary")
        if name in nation.tables
    }
    return replace(result, tables={**result.tables, **beside})


def write(result: InputOutputResult, context: Context) -> Section:
    """Word and draw the table."""
    economy = context.economy
    assert isinstance(economy, Economy)
    cards = _cards(economy, context)
    return Section(
        id=ID,
        title=TITLE,
        statements=(
            _provenance(economy, context),
            _whole(result, economy, context, cards),
            _ends(result, economy, context, cards),
            _extraction(result, economy, context, cards),
            *_integration(result, economy),
        ),
        charts=(_content(result, economy, context, cards), _quadrant(result, economy, context)),
        tables=(_table(result, economy, context, cards),),
        notes=(*economy.table.assumptions, *_missing_detail(economy, context)),
    )


def _cards(economy: Economy, context: Context) -> StructureCards:
    figures: tuple[Figure, ...] = ()
    weights = economy.weights
    if weights is not None:
        known = Figures(context.panel, weights.indicators)
        found = (known.figure(n, context.region, weights.year) for n in weights.indicators)
        figures = tuple(one for one in found if one is not None)
    return StructureCards(
        context=context,
        section=ID,
        place=context.full_name(context.region),
        year=f"{economy.table.year or ''}",
        source=economy.table.source,
        note=noted(economy.table.assumptions),
        figures=figures,
    )


def _provenance(economy: Economy, context: Context) -> Statement:
    """Say first of all whose structure the numbers show."""
    name, year = context.name(context.region), f"{economy.table.year or ''}"
    count = f"{len(economy.table.sectors)}"
    if economy.weights is None:
        text = say(
            "{r}自己的投入产出表：{y} 年，{n} 个部门。",
            "{r}'s own input–output table of {y}, {n} sectors.",
            r=name,
            y=year,
            n=count,
        )
    else:
        text = say(
            "{t}的结构，{r}的权重：由{t} {y} 年投入产出表按{r} {w} 年分行业增加值推算，只分 {n} 个"
            "行业；不是{r}自己的表，行业内部的结构、赛道和卡脖子环节从中都看不出来。",
            "National structure ({t}), {r}'s weights: derived from the input–output table of {t} "
            "for {y} and {r}'s value added by industry in {w}, at {n} industries. It is not {r}'s "
            "own table: nothing is said of structure inside an industry, of tracks, or of "
            "chokepoints.",
            t=economy.nation,
            r=name,
            y=year,
            w=f"{economy.weights.year}",
            n=count,
        )
    return Statement(f"{ID}.provenance", text, ((f"{ID}_sectors", {}),), see=f"{ID}-table")


def _whole(
    result: InputOutputResult, economy: Economy, context: Context, cards: StructureCards
) -> Statement:
    row = Lookup(result.tables["economy"].assign(key=0), ("key",)).row(0)
    kept, leaked = row["value_added_multiplier"], row["import_multiplier"]
    shared = {
        "r": context.name(context.region),
        "v": cards.share(kept, _RETAINED, _CONTENT, "economy", "value_added"),
        "m": cards.share(
            leaked, Text("其中区外投入", "Inputs from outside in it"), _LEAK, "economy", "imports"
        )
        if not missing(leaked)
        else percent(leaked),
    }
    text = say(
        "{r}售出的最终产品中，{v} 是留在本地的增加值，{m} 付给区外的投入（含外省和国外）。"
        if economy.origin != "own"
        else "{r}售出的最终产品中，{v} 是留在本地的增加值，{m} 付给区外的投入。",
        "Of what {r} sells as final output, {v} stays as value added and {m} pays for inputs from "
        "outside (the rest of the nation and abroad)."
        if economy.origin != "own"
        else "Of what {r} sells as final output, {v} stays as value added and {m} pays for inputs "
        "from outside.",
        **shared,
    )
    return Statement(f"{ID}.retained", text, ((f"{ID}_economy", {}),), see=f"{ID}-content")


def _ends(
    result: InputOutputResult, economy: Economy, context: Context, cards: StructureCards
) -> Statement:
    """Name the sectors that keep the most and the least, and that pull and support the most."""
    sectors = result.tables["sectors"]
    sectors = sectors[sectors["output"] > 0]
    most, least = (extreme(sectors, "value_added_multiplier", last) for last in (True, False))
    pulls, supports = (extreme(sectors, f"{k}_linkage", True) for k in ("backward", "forward"))

    def kept(row: Row) -> Text:
        title = say("{t}：{x}", "{t}: {x}", t=sector_title(row), x=_RETAINED)
        return cards.share(
            row["value_added_multiplier"], title, _CONTENT, str(row["code"]), "value_added"
        )

    text = say(
        "留在本地最多的是{a}（{x}），最少的是{b}（{y}）；对上游拉动最强的是{c}（影响力系数 {p}），"
        "为下游供给最多的是{d}（感应度系数 {q}）。",
        "Most stays from {a} ({x}), least from {b} ({y}); {c} pulls its suppliers the most "
        "(backward linkage {p}) and {d} supports its users the most (forward linkage {q}).",
        a=inside(sector_title(most)),
        x=kept(most),
        b=inside(sector_title(least)),
        y=kept(least),
        c=inside(sector_title(pulls)),
        p=f"{pulls['backward_linkage']:.3g}",
        d=inside(sector_title(supports)),
        q=f"{supports['forward_linkage']:.3g}",
    )
    rows = {str(row["code"]) for row in (most, least, pulls, supports)}
    evidence = tuple((f"{ID}_sectors", {"code": code}) for code in sorted(rows))
    return Statement(f"{ID}.linkages", text, evidence, see=f"{ID}-quadrant")


def _extraction(
    result: InputOutputResult, economy: Economy, context: Context, cards: StructureCards
) -> Statement:
    sectors = result.tables["sectors"]
    row = extreme(sectors, "output_loss_share", True)
    title = say("抽去{t}的产出损失", "Output lost without {t}", t=sector_title(row))
    text = say(
        "若没有{t}，直接和间接减少的总产出占 {s}，在各行业中最大（比例固定、无替代，是上限）。",
        "Without {t}, {s} of total output would go, directly and through its links: the most of "
        "any industry (fixed proportions, no substitutes: an upper bound).",
        t=inside(sector_title(row)),
        s=cards.share(row["output_loss_share"], title, _LOSS, str(row["code"]), "extraction"),
    )
    evidence = ((f"{ID}_sectors", {"code": str(row["code"])}),)
    return Statement(f"{ID}.extraction", text, evidence, see=f"{ID}-table")


def _integration(result: InputOutputResult, economy: Economy) -> list[Statement]:
    """State services and digital inputs of manufacturing, of the finest table there is."""
    name = f"{_NATION}integration_summary" if economy.weights else "integration_summary"
    if name not in result.tables:
        return []
    found = Lookup(result.tables[name], ("user_group", "input_group"))
    services = found.get("manufacturing", "services")
    digital = found.get("manufacturing", "digital")
    if services is None or digital is None:
        return []
    text = say(
        "两业融合看{w}：制造业产出的 {a} 直接用于购买服务，每单位最终产品完全消耗服务 {b}；"
        "数字产品和服务分别为 {c} 和 {d}。",
        "On services and digital work in manufacturing, for {w}: {a} of its output buys services "
        "directly, and one unit of its final output needs {b} of one of services in all rounds; "
        "for digital products and services these are {c} and {d}.",
        w=say(
            "{n}（{k} 个部门）", "{n} ({k} sectors)", n=economy.nation, k=_count(result, economy)
        ),
        a=percent(services["direct"]),
        b=percent(services["total"]),
        c=percent(digital["direct"]),
        d=percent(digital["total"]),
    )
    evidence = tuple(
        (f"{ID}_{name}", {"user_group": "manufacturing", "input_group": group})
        for group in ("services", "digital")
    )
    return [Statement(f"{ID}.integration", text, evidence)]


def _count(result: InputOutputResult, economy: Economy) -> str:
    table = f"{_NATION}sectors" if economy.weights else "sectors"
    return f"{len(result.tables[table])}"


def _missing_detail(economy: Economy, context: Context) -> tuple[Text, ...]:
    """Say how to get a finer table where only the embedded one is there."""
    nation = context.regions.nation
    if economy.origin != "embedded" or nation is None:
        return ()
    return (pack_remedy(nation),)


def _content(
    result: InputOutputResult, economy: Economy, context: Context, cards: StructureCards
) -> Chart:
    sectors = result.tables["sectors"]
    shown = sectors[sectors["output"] > 0].nlargest(20, "value_added_multiplier")
    titles = [sector_title(row) for row in rows_of(shown)]
    ids = [
        cards.add(
            row["value_added_multiplier"],
            say("{t}：{x}", "{t}: {x}", t=sector_title(row), x=_RETAINED),
            _CONTENT,
            str(row["code"]),
            "value_added",
        )
        for row in rows_of(shown)
    ]
    most, least = rows_of(shown)[0], rows_of(shown)[-1]
    finding = say(
        "{a}的最终产品有 {x} 留在本地，{b}有 {y}",
        "{a} keeps {x} of its final output, {b} {y}",
        a=sector_title(most),
        x=percent(most["value_added_multiplier"]),
        b=inside(sector_title(least)),
        y=percent(least["value_added_multiplier"]),
    )
    return Chart(
        id=f"{ID}-content",
        title=finding,
        subtitle=say(
            "{m}，{y} 年表", "{m}; table of {y}", m=_RETAINED, y=f"{economy.table.year or ''}"
        ),
        source=economy.table.source,
        alt=say("{f}。各行业数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=(
            charts.bars_panel(
                shown["value_added_multiplier"].tolist(),
                titles,
                [chart.REGION] * len(shown),
                _RETAINED,
                ids,
            ),
        ),
    )


def _quadrant(result: InputOutputResult, economy: Economy, context: Context) -> Chart:
    sectors = result.tables["sectors"]
    both = sectors[sectors["linkage_class"] == "key"]
    finding = say(
        "前后向关联都高于平均的：{l}",
        "Above average both backward and forward: {l}",
        l=listing(sector_title(row) for row in rows_of(both.head(6))),
    )
    if both.empty:
        finding = Text("没有行业前后向关联都高于平均", "No industry is above average both ways")
    return Chart(
        id=f"{ID}-quadrant",
        title=finding,
        subtitle=say(
            "影响力系数（后向）与感应度系数（前向），1 为平均；{y} 年表",
            "Backward and forward linkage, 1 is the mean; table of {y}",
            y=f"{economy.table.year or ''}",
        ),
        source=economy.table.source,
        alt=say("{f}。各行业数值见表。", "{f}. All values stand in the table.", f=finding),
        panels=(panel_of(lambda lang: linkage_quadrant(sectors, lang)),),
    )


_COLUMNS = (
    ("value_added_multiplier", Text("本地增加值", "Value added here")),
    ("import_multiplier", Text("区外投入", "From outside")),
    ("output_multiplier", Text("产出乘数", "Output multiplier")),
    ("backward_linkage", Text("影响力系数", "Backward linkage")),
    ("forward_linkage", Text("感应度系数", "Forward linkage")),
    ("upstreamness", Text("上游度", "Upstreamness")),
    ("downstreamness", Text("下游度", "Downstreamness")),
    ("output_loss_share", Text("抽去损失", "Loss if extracted")),
)


def _table(
    result: InputOutputResult, economy: Economy, context: Context, cards: StructureCards
) -> Table:
    rows = [
        (
            words(Text(str(row["code"]), str(row["code"])), str(row["code"])),
            words(sector_title(row)),
            *(figure(row[name], digits=3) for name, _ in _COLUMNS),
        )
        for row in rows_of(result.tables["sectors"])
    ]
    return Table(
        id=f"{ID}-table",
        title=say(
            "{r}各行业的乘数与关联，{y} 年表",
            "Multipliers and linkages of {r}'s industries, table of {y}",
            r=context.name(context.region),
            y=f"{economy.table.year or ''}",
        ),
        columns=(Text("代码", "Code"), Text("行业", "Industry"), *(t for _, t in _COLUMNS)),
        rows=tuple(rows),
        numeric=(False, False, *(True for _ in _COLUMNS)),
    )
