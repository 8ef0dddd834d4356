"""What the section on shocks and the command share: words, bottlenecks, tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.core import Result, Text
from xinzhi.data import IOTable
from xinzhi.data.events import Event
from xinzhi.report.context import missing
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Table
from xinzhi.report.shock_titles import MEASURES
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import percent, say
from xinzhi.stress.event_warnings import event_warnings
from xinzhi.stress.shock_result import ShockResult

ID = "shock"
Results = Mapping[Event, ShockResult]
_ROUNDING = 1e-6
_NOT_WITHIN = Text("模拟期内没有恢复", "no recovery within the run")


def bottleneck_inputs(shortages: pd.DataFrame) -> pd.DataFrame:
    """Return the inputs that held users back: users, first_day, last_day, lowest_stock_share."""
    keys = ["product", "product_title_zh", "product_title_en", "origin"]
    inputs = shortages.groupby(keys, sort=False, as_index=False).agg(
        users=("code", "size"),
        first_day=("first_day", "min"),
        last_day=("last_day", "max"),
        lowest_stock_share=("lowest_stock_share", "min"),
    )
    return inputs.sort_values("users", ascending=False, kind="stable", ignore_index=True)


def part_of(amount: float, whole: float) -> Text:
    """Return an amount as per cent of a whole; what rounding leaves is nothing."""
    return percent(0.0 if abs(amount) < _ROUNDING * whole else amount / whole)


def recovery_words(row: Row) -> Text:
    """Return after how many days parts of the greatest fall are made up, from a row of total."""
    if missing(row["recovery_time_50"]):
        return _NOT_WITHIN
    within = [
        (part, row[name])
        for part, name in (
            (50, "recovery_time_50"),
            (90, "recovery_time_90"),
            (99, "recovery_time"),
        )
        if not missing(row[name])
    ]
    days, parts = (
        Text(
            "、".join(values),
            values[0] if len(values) == 1 else f"{', '.join(values[:-1])} and {values[-1]}",
        )
        for values in ([f"{d:.0f}" for _, d in within], [f"{p}" for p, _ in within])
    )
    text = say(
        "{d} 天后挽回最大跌幅的 {p}%",
        "{p} % of the greatest fall made up after {d} days",
        d=days,
        p=Text("%、".join(parts.zh.split("、")), parts.en),
    )
    if missing(row["recovery_time"]):
        return say("{t}，{n} 99%", "{t}, 99 % not within the run", t=text, n="模拟期内未到")
    return text


def total_of(result: Result) -> Row:
    """Return the one row of total."""
    return rows_of(result.tables["total"])[0]


def lowest_of(result: Result) -> Row:
    """Return the first day of the path on which value added is at its lowest, but for rounding."""
    path = result.tables["path"]
    low = path["value_added_share"] <= path["value_added_share"].min() + _ROUNDING
    return rows_of(path[low].head(1))[0]


def year_of(table: IOTable) -> float:
    """Return value added of a year."""
    return float(table.value_added.sum())


_DAYS = (
    ("recovery_time_50", Text("50% 天数", "Days to 50\u202f%")),
    ("recovery_time_90", Text("90% 天数", "Days to 90\u202f%")),
    ("recovery_time", Text("99% 天数", "Days to 99\u202f%")),
)
_SHARES = (
    ("value_added_loss", Text("总损失 %", "Gross loss %")),
    ("rebuilding_gain", Text("增益 %", "Gain %")),
    ("value_added_net_change", Text("净变动 %", "Net change %")),
)


def losses_table(ordered: Results, table: IOTable) -> Table:
    """Return losses and recovery, an event a row."""
    rows = []
    for event, result in ordered.items():
        total, lowest = total_of(result), lowest_of(result)
        rows.append(
            (
                words(event.title, event.id),
                words(event.description),
                *(figure(100 * total[name] / year_of(table), digits=3) for name, _ in _SHARES),
                figure(100 * lowest["value_added_share"], digits=1),
                figure(lowest["day"], digits=0),
                *(figure(total[name], digits=0) for name, _ in _DAYS),
            )
        )
    return Table(
        id=f"{ID}-table",
        title=say(
            "各事件的损失（占一年增加值）与恢复，{y} 年表",
            "Losses (of a year's value added) and recovery by event, table of {y}",
            y=f"{table.year or ''}",
        ),
        columns=(
            Text("事件", "Event"),
            Text("冲击什么", "What happens"),
            *(title for _, title in _SHARES),
            Text("最低（基年 = 100）", "Lowest (base = 100)"),
            Text("最低在第几天", "On day"),
            *(title for _, title in _DAYS),
        ),
        rows=tuple(rows),
        numeric=(False, False, *(True for _ in (*_SHARES, 0, 0, *_DAYS))),
        note=Text(
            "天数：由事件开始到挽回最大跌幅的 50%、90%、99%；— 为模拟期内没有。"
            "增益：重建和超产补回、或高于基年的增加值；净变动 = 增益 − 总损失。",
            "Days: from the start of the event until so much of the greatest fall is made up; — "
            "where the run ends before. Gain: value added made up by rebuilding and "
            "overproduction, or above the base year; net change = gain − gross loss.",
        ),
    )


def quick_table(ordered: Results, table: IOTable) -> Table:
    """Return the quick measures, an event a row, with what each leaves out."""
    rows = []
    for event, result in ordered.items():
        losses = result.tables["quick"].set_index("measure")["value_added_loss"]
        rows.append(
            (
                words(event.title, event.id),
                *(figure(100 * losses[name] / year_of(table), digits=3) for name in MEASURES),
            )
        )
    leaves = next(iter(ordered.values())).tables["quick"]
    return Table(
        id=f"{ID}-quick",
        title=Text(
            "静态速算的增加值损失（占一年增加值 %）",
            "Quick static measures of value added lost (% of a year's)",
        ),
        columns=(Text("事件", "Event"), *MEASURES.values()),
        rows=tuple(rows),
        numeric=(False, *(True for _ in MEASURES)),
        note=itemised(
            say(
                "{m}：{w}",
                "{m}: {w}",
                m=MEASURES[str(row["measure"])],
                w=Text(
                    str(row["leaves_out_zh"]).rstrip("。"), str(row["leaves_out_en"]).rstrip(".")
                ),
            )
            for row in rows_of(leaves)
        ),
    )


def assumptions_table(ordered: Results, table: IOTable) -> Table:
    """Return what each event assumes, how the table carries it, and what the table assumes."""
    rows = [
        (words(event.title, event.id), words(text))
        for event in ordered
        for text in (
            *(assumption.stated for assumption in event.assumptions),
            *event_warnings(event, table),
        )
    ]
    rows += [(words(Text("投入产出表", "Input–output table")), words(t)) for t in table.assumptions]
    return Table(
        id=f"{ID}-assumptions",
        title=Text(
            "各事件的假定，和在这张表上的口径",
            "What each event assumes, and how this table carries it",
        ),
        columns=(Text("事件", "Event"), Text("假定或口径", "Assumption, or how it is carried")),
        rows=tuple(rows),
        numeric=(False, False),
    )
