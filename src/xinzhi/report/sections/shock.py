"""What the ready events cost on the table at hand, how fast it recovers, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from xinzhi.core import NO_TEXT, ComputationError, InputError, Result, Text
from xinzhi.data import IOTable, classifications, embedded_io_table, load_tracks
from xinzhi.data.events import Event, events, load_event
from xinzhi.report.context import Context
from xinzhi.report.economy import Economy, pack_remedy
from xinzhi.report.model import Chart, NotRun, Section, Statement
from xinzhi.report.shock_charts import recovery_chart, shortages_chart, tracks_chart
from xinzhi.report.shock_parts import (
    ID,
    Results,
    assumptions_table,
    bottleneck_inputs,
    losses_table,
    lowest_of,
    quick_table,
    recovery_words,
    total_of,
    year_of,
)
from xinzhi.report.structure_parts import (
    StructureCards,
    extreme,
    itemised,
    noted,
    rows_of,
    sector_title,
)
from xinzhi.report.words import inside, listing, percent, say
from xinzhi.stress.ensemble import shock_ensemble
from xinzhi.stress.event_effects import disturbances
from xinzhi.stress.event_warnings import event_warnings, stated_assumptions
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_result import ShockResult
from xinzhi.structure import split_imports_proportionally

PART = "why"
TITLE = Text("断供、灾害、需求下滑的损失与恢复", "What a cut-off, a disaster or a slump costs")
_MOST_NAMED = 3
_DRAWS = 60
_MOST_DRAWN = 60  # region-sectors; a larger table takes minutes
_NEEDS = Text(
    "进口单列的投入产出表，能反映至少一个事件",
    "an input–output table with imports apart that carries an event",
)
_GROSS = Text(
    "Σ max(0, v x⁰ − v (x − r)) ÷ 一年增加值：x⁰、x 为基年和模拟的产出，r 为其中用于重建的，"
    "v 为增加值系数",
    "Σ max(0, v x⁰ − v (x − r)) ÷ value added of a year, with output x⁰ of the base year and x of "
    "the run, r of it for reconstruction, and value added coefficients v",
)
_NET = Text("Σ v (x − x⁰) ÷ 一年增加值", "Σ v (x − x⁰) ÷ value added of a year")
_LOWEST = Text("v x ÷ v x⁰，各天中最低", "v x ÷ v x⁰, on its lowest day")
_OF_TRACK = Text(
    "各部门增加值总损失 ÷ 增加值，按赛道份额加权",
    "gross loss of sectors ÷ their value added, weighted by their share in the track",
)
_JOINED = ("total", "sectors", "path", "tracks", "shortages", "quick")
_REFUSED = ("event", "reason_zh", "reason_en", "remedy_zh", "remedy_en")


@dataclass(frozen=True)
class ShockSectionResult(Result):
    """The tables of every event, each with a column ``event``.

    table : that the events struck; by_event : the result of each
    """

    table: IOTable | None = None
    by_event: Mapping[Event, ShockResult] = field(default_factory=dict)


def run(context: Context) -> Result | NotRun:
    """Simulate each ready event that the region's own table, or the nation's, can carry."""
    economy = context.economy
    if isinstance(economy, NotRun):
        return economy
    table = economy.imports
    if table is None:
        table = split_imports_proportionally(embedded_io_table())
    tracks = load_tracks()
    by_event, refused, bands = {}, [], []
    for event in map(load_event, events()):
        try:
            disturbances(event, table)
        except InputError as refusal:
            refused.append((event.id, _why(event, table, refusal), refusal.remedy or NO_TEXT))
            continue
        try:
            by_event[event] = shock(table, event, tracks=tracks)
            bands.append(_band(table, event))
        except ComputationError as error:  # a package of the extra is not installed
            return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    if not by_event:
        return NotRun(
            Text("这张表反映不了任何随附的事件", "the table carries none of the ready events"),
            _NEEDS,
            refused[0][2],
        )
    return _joined(table, by_event, refused, pd.concat(bands, ignore_index=True))


def _band(table: IOTable, event: Event) -> pd.DataFrame:
    """Return event, day, low, high: where nine tenths of the draws lie; none for a large table."""
    if table.size > _MOST_DRAWN:
        return pd.DataFrame(columns=["event", "day", "low", "high"])
    path = shock_ensemble(table, event, draws=_DRAWS).tables["path"]
    wide = path.pivot(index="day", columns="quantile", values="value_added_share").reset_index()
    ends = wide.rename(columns={0.05: "low", 0.95: "high"})[["day", "low", "high"]]
    return ends.assign(event=event.id)


def _why(event: Event, table: IOTable, refusal: InputError) -> Text:
    """Return in few words why a table cannot carry an event."""
    own = table.classification
    coarse = event.reason.zh and own in classifications() and own not in event.classifications
    why = event.reason if coarse else refusal.message
    return say("{e}（{w}）", "{e} ({w})", e=event.title, w=why)


def _joined(
    table: IOTable,
    by_event: Results,
    refused: list[tuple[str, Text, Text]],
    bands: pd.DataFrame,
) -> ShockSectionResult:
    tables = {
        name: pd.concat(
            [r.tables[name].assign(event=e.id) for e, r in by_event.items()], ignore_index=True
        )
        for name in _JOINED
    }
    rows = [(name, why.zh, why.en, what.zh, what.en) for name, why, what in refused]
    results = list(by_event.values())
    return ShockSectionResult(
        tables={**tables, "bands": bands, "refused": pd.DataFrame(rows, columns=list(_REFUSED))},
        units=results[0].units,
        parameters={**results[0].parameters, "events": [event.id for event in by_event]},
        inputs=tuple(dict.fromkeys(i for result in results for i in result.inputs)),
        warnings=tuple(dict.fromkeys(w for result in results for w in result.warnings)),
        table=table,
        by_event=by_event,
    )


def write(result: ShockSectionResult, context: Context) -> Section:
    """Word and draw the events, the costliest first."""
    economy, table = context.economy, result.table
    assert isinstance(economy, Economy)
    assert table is not None
    ordered = dict(
        sorted(result.by_event.items(), key=lambda item: -total_of(item[1])["value_added_loss"])
    )
    cards = {event: _cards(event, table, economy, context) for event in ordered}
    carried = result.tables["tracks"].dropna(subset=["value_added_loss_share"])
    short = [event for event, r in ordered.items() if len(r.tables["shortages"])]
    statements = [
        _scope(result, table, economy, context),
        _losses(ordered, cards, table),
        _worst(ordered, cards, table),
        *([_tracks(carried, ordered, cards)] if len(carried) else []),
        *([_bottlenecks(ordered, short)] if short else []),
        *_refused(result, economy, context),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(_charts(ordered, carried, short, result)),
        tables=(
            losses_table(ordered, table),
            quick_table(ordered, table),
            assumptions_table(ordered, table),
        ),
        notes=_notes(result, table),
    )


def _notes(result: ShockSectionResult, table: IOTable) -> tuple[Text, ...]:
    """Return the warnings that are not of one event or of the table: those stand in a table."""
    apart = {*table.assumptions}
    for event in result.by_event:
        apart |= {*stated_assumptions(event), *event_warnings(event, table)}
    return tuple(warning for warning in result.warnings if warning not in apart)


def _cards(event: Event, table: IOTable, economy: Economy, context: Context) -> StructureCards:
    return StructureCards(
        context=context,
        section=ID,
        place=economy.nation,
        year=f"{table.year or ''}",
        source=table.source,
        note=noted((*stated_assumptions(event), *event_warnings(event, table))),
    )


def _scope(
    result: ShockSectionResult, table: IOTable, economy: Economy, context: Context
) -> Statement:
    """Say first whose structure and whose weights these are."""
    whose = (
        say("{r}自己的", "{r}'s own", r=context.name(context.region))
        if economy.origin == "own"
        else say("{n}的", "the national ({n})", n=economy.nation)
    )
    text = say(
        "以下是随附的 {k} 个事件各自冲击{w} {y} 年投入产出表（{n} 个部门）、模拟 {d} 天的结果{t}。"
        "事件的规模和时间、库存、超产和替代都是待替换的假定：这是推算，不是预测。",
        "What follows strikes {w} input–output table of {y} ({n} sectors) with {k} ready events, "
        "one at a time, over {d} days{t}. Sizes and times of the events, stocks, overproduction "
        "and substitution are assumptions to replace: these are consequences, no forecast.",
        k=f"{len(result.by_event)}",
        w=whose,
        y=f"{table.year or ''}",
        n=f"{len(table.sectors)}",
        d=f"{result.parameters['days']}",
        t=NO_TEXT
        if economy.origin == "own"
        else say(
            "；结构和权重都是{n}的，不是{r}的损失：{r}没有自己的分部门投入产出表，而推算的地区表中进出口"
            "还含与国内其他地区的往来",
            "; structure and weights are the nation's, and none of it is a loss of {r}, which has "
            "no table of its own by sector here, and in a derived one exports and imports hold "
            "trade with the rest of the nation",
            n=economy.nation,
            r=context.name(context.region),
        ),
    )
    return Statement(f"{ID}.scope", text, ((f"{ID}_total", {}),), see=f"{ID}-table")


def _losses(ordered: Results, cards: Mapping[Event, StructureCards], table: IOTable) -> Statement:
    pieces = [
        say(
            "{e} {x}",
            "{e} {x}",
            e=inside(event.title),
            x=cards[event].share(
                total_of(result)["value_added_loss"] / year_of(table),
                say("{e}：增加值总损失", "{e}: gross loss of value added", e=event.title),
                _GROSS,
                event.id,
                "gross",
            ),
        )
        for event, result in ordered.items()
    ]
    text = say(
        "总损失占一年增加值的比重：{l}。",
        "Gross loss, of a year's value added: {l}.",
        l=listing(pieces),
    )
    evidence = tuple((f"{ID}_total", {"event": event.id}) for event in ordered)
    return Statement(f"{ID}.losses", text, evidence, see=f"{ID}-table")


def _worst(ordered: Results, cards: Mapping[Event, StructureCards], table: IOTable) -> Statement:
    """Tell the course of the costliest event, and what simpler measures say of it."""
    event, result = next(iter(ordered.items()))
    row, lowest = total_of(result), lowest_of(result)
    card = cards[event]
    quick = result.tables["quick"]["value_added_loss"] / year_of(table)
    text = say(
        "最大的是{e}。{s}第 {d} 天最低，为基年的 {p}；{w}；计入重建和超产的增益后净变动 {n}。"
        "四种静态速算（不含库存和恢复过程）为 {a} 至 {b}。",
        "The largest is {e}. {s} Value added is lowest on day {d}, at {p} of the base year; {w}; "
        "with gains of rebuilding and overproduction the net change is {n}. Four quick measures "
        "without stocks or recovery give {a} to {b}.",
        e=inside(event.title),
        s=event.description,
        d=f"{lowest['day']:.0f}",
        p=card.share(
            lowest["value_added_share"],
            say("{e}：最低的增加值", "{e}: lowest value added", e=event.title),
            _LOWEST,
            event.id,
            "lowest",
        ),
        w=recovery_words(row),
        n=card.share(
            row["value_added_net_change"] / year_of(table),
            say("{e}：增加值净变动", "{e}: net change of value added", e=event.title),
            _NET,
            event.id,
            "net",
        ),
        a=percent(quick.min()),
        b=percent(quick.max()),
    )
    evidence = ((f"{ID}_path", {"event": event.id}), (f"{ID}_quick", {"event": event.id}))
    return Statement(f"{ID}.worst", text, evidence, see=f"{ID}-recovery")


def _tracks(
    carried: pd.DataFrame,
    ordered: Results,
    cards: Mapping[Event, StructureCards],
) -> Statement:
    """Name for each event the track that loses the largest part of its value added."""
    pieces, evidence = [], []
    for event in ordered:
        own = carried[carried["event"] == event.id]
        row = extreme(own, "value_added_loss_share")
        pieces.append(
            say(
                "{e}：{t} {x}",
                "{e}: {t} {x}",
                e=inside(event.title),
                t=inside(sector_title(row)),
                x=cards[event].share(
                    row["value_added_loss_share"],
                    say(
                        "{e}：{t}的总损失",
                        "{e}: gross loss of {t}",
                        e=event.title,
                        t=sector_title(row),
                    ),
                    _OF_TRACK,
                    event.id,
                    "track",
                    str(row["track"]),
                ),
            )
        )
        evidence.append((f"{ID}_tracks", {"event": event.id, "track": str(row["track"])}))
    text = say(
        "各事件中损失比重最大的赛道：{l}。赛道由较粗的部门代表，同一部门代表的赛道损失相同。",
        "The track that loses the largest part of its value added, by event: {l}. Broader sectors "
        "stand for tracks, and tracks in one sector lose alike.",
        l=itemised(pieces),
    )
    return Statement(f"{ID}.tracks", text, tuple(evidence), see=f"{ID}-tracks")


def _bottlenecks(ordered: Results, short: list[Event]) -> Statement:
    pieces, evidence = [], []
    for event in short:
        inputs = rows_of(bottleneck_inputs(ordered[event].tables["shortages"]))
        named = [
            say(
                "{t}{o}（{n} 个用户，第 {a}–{b} 天）",
                "{t}{o} (users: {n}, days {a}–{b})",
                t=inside(Text(str(row["product_title_zh"]), str(row["product_title_en"]))),
                o=Text("（进口）", ", imported") if row["origin"] == "outside" else NO_TEXT,
                n=f"{row['users']}",
                a=f"{row['first_day']}",
                b=f"{row['last_day']}",
            )
            for row in inputs[:_MOST_NAMED]
        ]
        pieces.append(say("{e}：{l}", "{e}: {l}", e=inside(event.title), l=listing(named)))
        evidence += [
            (f"{ID}_shortages", {"event": event.id, "product": row["product"]})
            for row in inputs[:_MOST_NAMED]
        ]
    text = say(
        "库存用到限产线以下、成为瓶颈的投入：{l}。{o}",
        "Inputs whose stocks fell so far that they held users back: {l}. {o}",
        l=itemised(pieces),
        o=Text("其余事件中没有投入限制生产。", "No input did in the other events.")
        if len(short) < len(ordered)
        else NO_TEXT,
    )
    return Statement(f"{ID}.bottlenecks", text, tuple(evidence), see=f"{ID}-shortages")


def _refused(result: ShockSectionResult, economy: Economy, context: Context) -> list[Statement]:
    """Say which events the table is too coarse for, why, and what would carry them."""
    rows = rows_of(result.tables["refused"])
    if not rows:
        return []
    nation = context.regions.nation
    remedy = Text(str(rows[0]["remedy_zh"]), str(rows[0]["remedy_en"]))
    if economy.origin == "embedded" and nation is not None:
        remedy = pack_remedy(nation)
    text = say(
        "这张表反映不了、没有运行：{l}。{w}",
        "Not run, since the table cannot carry them: {l}. {w}",
        l=itemised(Text(str(row["reason_zh"]), str(row["reason_en"])) for row in rows),
        w=remedy,
    )
    evidence = tuple((f"{ID}_refused", {"event": row["event"]}) for row in rows)
    return [Statement(f"{ID}.refused", text, evidence)]


def _charts(
    ordered: Results,
    carried: pd.DataFrame,
    short: list[Event],
    result: ShockSectionResult,
) -> list[Chart]:
    table = result.table
    assert table is not None
    deepest = min(ordered, key=lambda event: lowest_of(ordered[event])["value_added_share"])
    fall = 1 - lowest_of(ordered[deepest])["value_added_share"]
    found = [
        recovery_chart(
            ordered,
            say(
                "跌得最深的是{e}：增加值最多下降 {x}",
                "The deepest fall is that of {e}: value added falls by up to {x}",
                e=inside(deepest.title),
                x=percent(fall),
            ),
            table.source,
            result.tables["bands"],
        )
    ]
    if len(carried):
        most = extreme(carried, "value_added_loss_share")
        event = next(event for event in ordered if event.id == most["event"])
        found.append(
            tracks_chart(
                ordered,
                say(
                    "{t}在{e}中损失 {x}，各赛道、各事件中最大",
                    "{t} loses {x} in {e}, the most of any track and event",
                    t=sector_title(most),
                    e=inside(event.title),
                    x=percent(most["value_added_loss_share"]),
                ),
                table.source,
            )
        )
    if short:
        places = {event: len(ordered[event].tables["shortages"]) for event in short}
        event = max(places, key=lambda key: places[key])
        found.append(
            shortages_chart(
                ordered,
                say(
                    "{e}中，投入短缺在 {n} 处限制了生产",
                    "In {e}, short inputs held back production in {n} places",
                    e=inside(event.title),
                    n=f"{places[event]}",
                ),
                table.source,
            )
        )
    return found
