"""Which inputs could be cut off, and what would stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from xinzhi.core import NO_TEXT, Language, Result, Text
from xinzhi.data import load_tracks
from xinzhi.report.context import Context, Lookup, missing
from xinzhi.report.economy import Economy, pack_remedy
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Chart, NotRun, Section, Statement, Table, cite
from xinzhi.report.structure_parts import (
    Row,
    StructureCards,
    extreme,
    itemised,
    noted,
    panel_of,
    rows_of,
    sector_title,
)
from xinzhi.report.words import inside, listing, percent, rank_band, rank_text, say
from xinzhi.structure import ChokepointsResult
from xinzhi.structure import chokepoints as compute
from xinzhi.structure.chokepoints_plots import (
    change_chart,
    criticality_chart,
    dependence_chart,
    supply_chart,
)

ID = "chokepoints"
PART = "balances"
TITLE = Text("卡脖子环节", "Chokepoints")
_MOST_NAMED = 3
_LEAST = {"dependence": 560, "criticality": 560, "supply": 520, "change": 440}  # pixels
_CRITICALITY = Text(
    "依赖、国产不足、带动产出三项（有来源地时加来源集中度）各按最大值折算为 0–1，等权几何平均",
    "geometric mean, equal weights, of dependence, scarcity of domestic supply and output fed (and "
    "concentration where origins are known), each as a part of its largest value",
)
_DIRECT = Text(
    "赛道各部门使用的进口投入 ÷ 其总产出（按赛道份额加权）",
    "imported inputs of the track's sectors ÷ their output, weighted by their share in the track",
)
_IMPORT_CONTENT = Text(
    "u A_M (I − A_D)⁻¹ y ÷ u y：最终产品中各轮生产所含的进口投入",
    "u A_M (I − A_D)⁻¹ y ÷ u y: imported inputs of all rounds of production in final output",
)


def run(context: Context) -> Result | NotRun:
    """Find chokepoints in the region's own table, or in the nation's where there is none."""
    economy = context.economy
    if isinstance(economy, NotRun):
        return economy
    if economy.imports is None:
        nation = context.regions.nation
        return NotRun(
            Text(
                "随附的三部门表看不出哪种投入会被卡",
                "the three-sector table that ships cannot tell which input could be cut off",
            ),
            Text(
                "42 部门或更细、进口单列的投入产出表",
                "an input–output table of 42 sectors or more with imports apart",
            ),
            NO_TEXT if nation is None else pack_remedy(nation),
        )
    tracks = load_tracks()
    result = compute(economy.imports, tracks, earlier=economy.earlier, seed=context.seed)
    if economy.detailed is None:
        return result
    finer = compute(economy.detailed, tracks, largest=0, draws=1, seed=context.seed)
    return replace(
        result,
        tables={
            **result.tables,
            **{name: finer.tables[name] for name in ("tracks", "supply")},
            "detailed_sectors": finer.tables["sectors"],
        },
        warnings=tuple(dict.fromkeys((*result.warnings, *economy.detailed.assumptions))),
        inputs=tuple(dict.fromkeys((*result.inputs, *finer.inputs))),
    )


def write(result: ChokepointsResult, context: Context) -> Section:
    """Word and draw the chokepoints."""
    economy = context.economy
    assert isinstance(economy, Economy)
    table = economy.imports
    assert table is not None
    cards = StructureCards(
        context=context,
        section=ID,
        place=economy.nation,
        year=f"{table.year or ''}",
        source=table.source,
        note=noted(result.warnings),
    )
    statements = [
        _scope(result, economy, context),
        *_critical(result, economy, cards),
        *_change(result, economy, cards),
        *_tracks(result, economy, cards),
        *_at_risk(result, economy, cards),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(_charts(result, economy)),
        tables=(_inputs_table(result, economy, cards), _tracks_table(result, economy)),
        notes=result.warnings,
    )


def _scope(result: ChokepointsResult, economy: Economy, context: Context) -> Statement:
    """Say first whose imports these are."""
    year, count = result.parameters["year"], len(result.tables["sectors"])
    text = say(
        "以下为{n} {y} 年投入产出表（{k} 个部门，进口单列）的结果{t}。",
        "What follows is read from the input–output table of {n} for {y} ({k} sectors, imports "
        "apart){t}.",
        n=economy.nation,
        y=f"{year or ''}",
        k=f"{count}",
        t=NO_TEXT
        if economy.origin == "own"
        else say(
            "，不是{r}自己的依赖：{r}没有自己的分部门投入产出表",
            "; it is not {r}'s own dependence, since {r} has no table of its own by sector here",
            r=context.name(context.region),
        ),
    )
    return Statement(f"{ID}.scope", text, ((f"{ID}_sectors", {}),), see=f"{ID}-dependence")


def _critical(
    result: ChokepointsResult, economy: Economy, cards: StructureCards
) -> list[Statement]:
    ranked = result.tables["inputs"].dropna(subset=["rank"]).sort_values("rank")
    first = ranked.head(_MOST_NAMED)
    if first.empty:
        return []
    pieces = []
    for row in rows_of(first):
        card = cards.add(
            row["criticality"],
            say("{t}的关键度", "Criticality of {t}", t=sector_title(row)),
            _CRITICALITY,
            str(row["code"]),
            "criticality",
            band=_rank_band(row),
        )
        ranks = rank_band(row["rank_low"], row["rank_high"])
        pieces.append(
            say(
                "{t}（{k}，权重变动时{b}）",
                "{t} ({k}; {b} as weights vary)",
                t=inside(sector_title(row)),
                k=_cited(card, rank_text(row["rank"])),
                b=ranks,
            )
        )
    text = say(
        "进口投入的关键度：{l}。看依赖、国产不足和带动的产出，三者各列于表。",
        "Imported inputs by criticality: {l}. Dependence, scarcity of domestic supply and the "
        "output fed each stand in the table.",
        l=itemised(pieces),
    )
    evidence = tuple((f"{ID}_inputs", {"code": str(code)}) for code in first["code"])
    return [Statement(f"{ID}.inputs", text, evidence, see=f"{ID}-criticality")]


def _change(result: ChokepointsResult, economy: Economy, cards: StructureCards) -> list[Statement]:
    change = result.tables["change"]
    whole = change[change["code"].isna()].sort_values("year")
    if len(whole) < 2:
        return []
    first, *_, last = rows_of(whole)
    shares = [
        cards.share(
            row["total_dependence"],
            say("最终产品的进口含量，{y} 年", "Import content of final output, {y}", y=year),
            _IMPORT_CONTENT,
            "whole",
            year,
        )
        for row, year in ((first, f"{first['year']}"), (last, f"{last['year']}"))
    ]
    text = say(
        "{n}最终产品中的进口投入由 {a} 年的 {x} 变为 {b} 年的 {y}（现价，价格变动也在其中）。",
        "Imported inputs in the final output of {n} went from {x} in {a} to {y} in {b} (nominal: "
        "changes of prices are in it).",
        n=economy.nation,
        a=f"{first['year']}",
        x=shares[0],
        b=f"{last['year']}",
        y=shares[1],
    )
    evidence = tuple((f"{ID}_change", {"year": int(row["year"])}) for row in (first, last))
    return [Statement(f"{ID}.change", text, evidence, see=f"{ID}-change")]


def _tracks(result: ChokepointsResult, economy: Economy, cards: StructureCards) -> list[Statement]:
    """State the dependence of the tracks that the sectors carry, and how well they cover them."""
    known = result.tables["tracks"].dropna(subset=["output"])
    shown = known.sort_values("direct_dependence", ascending=False).head(_MOST_NAMED)
    if shown.empty:
        return []
    pieces = [
        say(
            "{t} {x}",
            "{t} {x}",
            t=inside(sector_title(row)),
            x=cards.share(
                row["direct_dependence"],
                say("{t}：直接依赖", "{t}: direct dependence", t=sector_title(row)),
                _DIRECT,
                str(row["track"]),
                "direct",
            ),
        )
        for row in rows_of(shown)
    ]
    text = say(
        "按赛道，直接使用的进口投入占产出比重最高的是{l}；这些赛道由较粗的部门代表，覆盖范围逐条列于"
        "表{s}。另有 {m} 条赛道在表中没有对应部门。",
        "By track, imported inputs bought directly are the largest part of output in {l}. Broader "
        "sectors stand for these tracks, what they cover stands in the table{s}. No sector carries "
        "{m} other tracks.",
        l=listing(pieces),
        s=say(
            "；用 {k} 部门的表，进口按比例拆分，是假定不是观测",
            "; the table has {k} sectors, with imports split in proportion: assumed, not observed",
            k=f"{len(result.tables.get('detailed_sectors', result.tables['sectors']))}",
        )
        if shown["assumptions_zh"].iloc[0]
        else NO_TEXT,
        m=f"{int(result.tables['tracks']['output'].isna().sum())}",
    )
    evidence = tuple((f"{ID}_tracks", {"track": str(name)}) for name in shown["track"])
    return [Statement(f"{ID}.tracks", text, evidence, see=f"{ID}-tracks")]


def _at_risk(result: ChokepointsResult, economy: Economy, cards: StructureCards) -> list[Statement]:
    table = result.tables["at_risk"]
    if table.empty:
        return []
    ranked = result.tables["inputs"].dropna(subset=["rank"]).sort_values("rank")
    code = str(ranked["code"].iloc[0])
    rows = Lookup(table[table["code"] == code], ("assumption",))
    options = result.parameters
    losses = {}
    for name in ("leontief", "ces", "inventories"):
        row = rows.row(name)
        losses[name] = cards.share(
            row["value_added_loss_share"],
            say("{t}断供的增加值损失", "Value added at risk from {t}", t=sector_title(row)),
            _assumption(result, name),
            code,
            name,
        )
    text = say(
        "设{t}的进口减少 {f}、持续 {d} 天：若投入比例固定、无库存，增加值少 {a}（上限）；先用 {k} "
        "天库存则少 {c}；若投入可有限替代（弹性 {e}）则少 {b}。这是假定之下的测算，不是预测。",
        "Suppose {f} of imported {t} does not come for {d} days: with fixed proportions and no "
        "stocks value added falls by {a} (a ceiling), with {k} days of stock by {c}, with limited "
        "substitution (elasticity {e}) by {b}. These follow from assumptions; none is a forecast.",
        t=inside(sector_title(rows.row("leontief"))),
        f=percent(options["fall"]),
        d=f"{options['duration']:g}",
        a=losses["leontief"],
        k=f"{options['stock_days']:g}",
        c=losses["inventories"],
        e=f"{options['elasticity']:g}",
        b=losses["ces"],
    )
    return [Statement(f"{ID}.at_risk", text, ((f"{ID}_at_risk", {"code": code}),))]


def _assumption(result: ChokepointsResult, name: str) -> Text:
    row = Lookup(result.tables["assumptions"], ("assumption",)).row(name)
    return Text(
        f"{row['states_zh']}{row['leaves_out_zh']}", f"{row['states_en']} {row['leaves_out_en']}"
    )


def _charts(result: ChokepointsResult, economy: Economy) -> list[Chart]:
    sectors = result.tables["sectors"]
    most = extreme(sectors, "total_dependence")
    found = [
        _chart(
            economy,
            "dependence",
            say(
                "{t}的最终产出有 {x} 是进口投入，各部门中最高",
                "{x} of the final output of {t} is imported inputs, the most of any sector",
                t=sector_title(most),
                x=percent(most["total_dependence"]),
            ),
            Text(
                "最终产出中进口投入的比重（%）：进口品（行）与使用部门（列），依赖最高的部门",
                "Imported inputs in final output (%), by imported product (row) and using sector "
                "(column); the most dependent ones",
            ),
            lambda lang: dependence_chart(result, lang),
        )
    ]
    ranked = result.tables["inputs"].dropna(subset=["rank"]).sort_values("rank")
    if len(ranked):
        found.append(
            _chart(
                economy,
                "criticality",
                say(
                    "关键度最高的进口投入是{t}",
                    "The most critical imported input: {t}",
                    t=inside(sector_title(rows_of(ranked)[0])),
                ),
                Text(
                    "关键度及其各部分（0–1）；右列为权重变动时的位次",
                    "Criticality and its parts (0–1); at the right the ranks as weights vary",
                ),
                lambda lang: criticality_chart(result, lang),
            )
        )
    carried = result.tables["tracks"].dropna(subset=["output"])
    if len(carried):
        top = extreme(carried, "direct_dependence")
        finest = result.tables.get("detailed_sectors", sectors)
        of_tracks = replace(result, tables={**result.tables, "sectors": finest})
        found.append(
            _chart(
                economy,
                "supply",
                say(
                    "{t}：产出的 {x} 直接用于购买进口投入",
                    "{t}: {x} of its output pays for imported inputs",
                    t=sector_title(top),
                    x=percent(top["direct_dependence"]),
                ),
                Text(str(top["coverage_zh"]), str(top["coverage_en"])),
                lambda lang: supply_chart(of_tracks, lang, track=str(top["track"])),
            )
        )
    if len(result.tables["change"]):
        found.append(
            _chart(
                economy,
                "change",
                Text("进口含量的变化", "How the import content changed"),
                Text(
                    "最终产品中的进口投入（%，现价），全部部门与依赖最高的部门",
                    "Imported inputs in final output (%, nominal): all sectors and the most "
                    "dependent ones",
                ),
                lambda lang: change_chart(result, lang),
            )
        )
    return found


def _chart(
    economy: Economy, kind: str, finding: Text, measure: Text, draw: Callable[[Language], Any]
) -> Chart:
    assert economy.imports is not None
    return Chart(
        id=f"{ID}-{kind}",
        title=finding,
        subtitle=measure,
        source=economy.imports.source,
        alt=say("{f}。数值见表。", "{f}. Values stand in the tables.", f=finding),
        panels=(panel_of(draw, _LEAST[kind]),),
    )


_PARTS = (
    ("dependence", Text("依赖", "Dependence")),
    ("domestic_share", Text("国产份额", "Domestic share")),
    ("output_fed", Text("带动产出", "Output fed")),
    ("concentration", Text("来源集中度", "Concentration")),
)


def _inputs_table(result: ChokepointsResult, economy: Economy, cards: StructureCards) -> Table:
    ranked = result.tables["inputs"].sort_values("rank")
    rows = [
        (
            words(Text(str(row["code"]), str(row["code"])), str(row["code"])),
            words(sector_title(row)),
            figure(row["criticality"], digits=3),
            words(
                Text("—", "—") if missing(row["rank"]) else rank_text(row["rank"]),
                None if missing(row["rank"]) else str(int(row["rank"])),
            ),
            words(_rank_band(row)),
            *(figure(row[name], digits=4) for name, _ in _PARTS),
        )
        for row in rows_of(ranked)
    ]
    return Table(
        id=f"{ID}-table",
        title=say(
            "{n}进口投入的关键度及其各部分，{y} 年表",
            "Criticality of the imported inputs of {n} and its parts, table of {y}",
            n=economy.nation,
            y=f"{result.parameters['year'] or ''}",
        ),
        columns=(
            Text("代码", "Code"),
            Text("进口品", "Imported product"),
            Text("关键度", "Criticality"),
            Text("位次", "Rank"),
            Text("位次区间", "Ranks"),
            *(title for _, title in _PARTS),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, False, False, *(True for _ in _PARTS)),
    )


def _tracks_table(result: ChokepointsResult, economy: Economy) -> Table:
    rows = [
        (
            words(sector_title(row), str(row["track"])),
            figure(row["direct_dependence"], digits=3),
            figure(row["total_dependence"], digits=3),
            words(Text(str(row["members"]) or "—", str(row["members"]) or "—")),
            words(Text(str(row["coverage_zh"]), str(row["coverage_en"]))),
        )
        for row in rows_of(result.tables["tracks"])
    ]
    return Table(
        id=f"{ID}-tracks",
        title=say(
            "各赛道的进口依赖（{n}）", "Dependence of tracks on imports ({n})", n=economy.nation
        ),
        columns=(
            Text("赛道", "Track"),
            Text("直接依赖", "Direct"),
            Text("完全依赖", "Total"),
            Text("部门", "Sectors"),
            Text("这些部门覆盖什么", "What these sectors cover"),
        ),
        rows=tuple(rows),
        numeric=(False, True, True, False, False),
    )


def _rank_band(row: Row) -> Text:
    if missing(row["rank_low"]):
        return NO_TEXT
    return rank_band(row["rank_low"], row["rank_high"])


def _cited(card: str, text: Text) -> Text:
    return Text(cite(card, text.zh), cite(card, text.en))
