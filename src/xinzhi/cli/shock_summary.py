"""What a terminal shows of a shock: a planner's summary in words and few numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import IOTable
from xinzhi.data.events import Event
from xinzhi.report.context import unit_text
from xinzhi.report.shock_parts import (
    bottleneck_inputs,
    lowest_of,
    part_of,
    recovery_words,
    total_of,
    year_of,
)
from xinzhi.report.shock_titles import MEASURES
from xinzhi.report.structure_parts import rows_of, sector_title
from xinzhi.report.words import listing, measured, number, percent, say

_MOST_SECTORS = 5
_MOST_BOTTLENECKS = 5

Row = Mapping[str, Any]


def summary(result: Result, table: IOTable, events: Sequence[Event]) -> Text:
    """Return the lines: what struck, loss, recovery, sectors, bottlenecks, quick measures."""
    lines = [
        _head(result, table, events),
        *_totals(result, table),
        *_sectors(result, table),
        *_bottlenecks(result),
        *_quick(result, table),
    ]
    return Text("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))


def _head(result: Result, table: IOTable, events: Sequence[Event]) -> Text:
    return say(
        "{e}；{r}{y}{n} 个部门的投入产出表，{d} 天",
        "{e}; {r}input–output table of {y}{n} sectors, {d} days",
        e=listing([event.title for event in events]),
        r=_place(table),
        y=NO_TEXT if table.year is None else Text(f"{table.year} 年 ", f"{table.year}, "),
        n=f"{len(table.sectors)}",
        d=f"{result.parameters['days']}",
    )


def _place(table: IOTable) -> Text:
    """Return the region of a table of one, where it has a name."""
    name = table.regions[0] if len(table.regions) == 1 else ""
    return Text(f"{name}，", f"{name}, ") if name else NO_TEXT


def _totals(result: Result, table: IOTable) -> Iterator[Text]:
    row = total_of(result)
    lowest = lowest_of(result)
    year = year_of(table)
    yield say(
        "增加值总损失 {v}，为一年增加值的 {s}；重建和超产补回 {g}，净变动 {n}",
        "Value added lost, gross: {v}, {s} of a year's; made up by rebuilding and overproduction "
        "{g}, net change {n}",
        v=_money(row["value_added_loss"], table),
        s=part_of(row["value_added_loss"], year),
        g=part_of(row["rebuilding_gain"], year),
        n=part_of(row["value_added_net_change"], year),
    )
    yield say(
        "第 {d} 天最低，为基年的 {p}；{w}",
        "Lowest on day {d}, {p} of the base year; {w}",
        d=f"{lowest['day']:.0f}",
        p=part_of(lowest["value_added_share"], 1.0),
        w=recovery_words(row),
    )
    if row["demand_unmet"] > 0:
        yield say(
            "最终需求未满足 {v}",
            "Final demand not met: {v}",
            v=_money(row["demand_unmet"], table),
        )


def _sectors(result: Result, table: IOTable) -> Iterator[Text]:
    sectors = result.tables["sectors"]
    hit = sectors[sectors["value_added_loss"] > 0]
    worst = hit.sort_values("value_added_loss", ascending=False).head(_MOST_SECTORS)
    if worst.empty:
        yield Text("没有部门损失增加值", "No sector loses value added")
        return
    yield Text("损失最大的部门（占其增加值）", "Sectors that lose most (share of their own)")
    for row in rows_of(worst):
        yield say(
            "  {c} {t}：{v}（{s}）",
            "  {c} {t}: {v} ({s})",
            c=_where(row),
            t=sector_title(row),
            v=_money(row["value_added_loss"], table),
            s=percent(row["value_added_loss_share"]),
        )


def _bottlenecks(result: Result) -> Iterator[Text]:
    """Name the inputs that held users back, each with how many and for how long."""
    shortages = result.tables["shortages"]
    if shortages.empty:
        yield Text("没有投入因缺货限制生产", "No input was short enough to hold back a user")
        return
    yield Text(
        "成为瓶颈的投入（受限的用户数、最早与最晚的天）",
        "Bottleneck inputs (users held back; first and last day)",
    )
    for row in rows_of(bottleneck_inputs(shortages).head(_MOST_BOTTLENECKS)):
        yield say(
            "  {c} {t}{o}：{n} 个用户，第 {a}–{b} 天，库存最低为基年的 {s}",
            "  {c} {t}{o}: users {n}, days {a}–{b}, stock down to {s} of the base year",
            c=str(row["product"]),
            t=Text(str(row["product_title_zh"]), str(row["product_title_en"])),
            o=Text("（进口）", " (imported)") if row["origin"] == "outside" else NO_TEXT,
            n=f"{row['users']}",
            a=f"{row['first_day']}",
            b=f"{row['last_day']}",
            s=part_of(row["lowest_stock_share"], 1.0),
        )


def _quick(result: Result, table: IOTable) -> Iterator[Text]:
    quick = result.tables["quick"]
    yield Text(
        "静态速算的增加值损失（各有未计入的内容，不能相加，也不是上下限）",
        "Quick static measures, value added lost (each leaves things out; not to be added, and no "
        "bounds)",
    )
    for row in rows_of(quick):
        yield say(
            "  {m}：{v}",
            "  {m}: {v}",
            m=MEASURES[str(row["measure"])],
            v=_money(row["value_added_loss"], table),
        )


def _money(value: float, table: IOTable) -> Text:
    return measured(number(value), unit_text(table.unit))


def _where(row: Row) -> str:
    return f"{row.get('region', '')} {row['code']}".strip()
