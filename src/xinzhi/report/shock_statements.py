"""What the section on shocks says, sentence by sentence."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import IOTable
from xinzhi.data.events import Event
from xinzhi.report.context import Context
from xinzhi.report.economy import Economy, pack_remedy
from xinzhi.report.model import Statement
from xinzhi.report.shock_parts import (
    ID,
    Results,
    bottleneck_inputs,
    lowest_of,
    recovery_words,
    total_of,
    year_of,
)
from xinzhi.report.structure_parts import StructureCards, extreme, itemised, rows_of, sector_title
from xinzhi.report.words import inside, listing, percent, say

_MOST_NAMED = 3
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


def scope(
    events: int, result: Result, table: IOTable, economy: Economy, context: Context
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
        k=f"{events}",
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


def losses(ordered: Results, cards: Mapping[Event, StructureCards], table: IOTable) -> Statement:
    """Name the gross loss of every event, of a year's value added."""
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


def worst(ordered: Results, cards: Mapping[Event, StructureCards], table: IOTable) -> Statement:
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


def tracks(
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


def bottlenecks(ordered: Results, short: list[Event]) -> Statement:
    """Name the inputs that held users back, by event."""
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


def refused(result: Result, economy: Economy, context: Context) -> list[Statement]:
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
