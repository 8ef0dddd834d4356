"""Which risk signals are rising: lights where events allow them, facts elsewhere, the register."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from xinzhi.core import NO_TEXT, ComputationError, InputError, Result, Text
from xinzhi.measure import CouplingResult
from xinzhi.report.context import Context, missing
from xinzhi.report.model import Chart, NotRun, Section, Statement, cite
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.watch_parts import (
    ID,
    WatchCards,
    board_chart,
    board_table,
    latest,
    register_table,
)
from xinzhi.report.words import band, listing, number, percent, say
from xinzhi.stress.leading import chain_decoupling, indicator_title, joined, panel_shares
from xinzhi.stress.watch import watch
from xinzhi.stress.watch_checks import NO_EVENTS
from xinzhi.stress.watch_plots import LIGHT_WORDS, METHOD_WORDS, SYMBOLS

PART = "why"
TITLE = Text("监测预警", "Early warning")
FEWEST_VALUES = 5
_NEEDS = Text(
    "本地区五年以上的年度比率；要亮灯，还需十年以上历史和各地区的标注事件",
    "ratios of the region over five years or more; for lights also ten years of history and "
    "labelled events of the regions",
)
_MEANING = (
    Text(
        "这些指标是候选，没有标注事件就无从知道它们是否真的领先于什么；位置只与本地区自己的以往各年比较。"
        "比率用同一年的两个名义数相除，不含价格变动，但含口径变动。",
        "These indicators are candidates: without labelled events nobody knows whether they lead "
        "anything. Places compare the region with its own earlier years only. Ratios divide two "
        "nominal figures of one year: prices do not enter, changes of coverage do.",
    ),
)


def run(context: Context) -> Result | NotRun:
    """Watch the ratios of the panel and the chains' coordination, as far as they go back."""
    try:
        values = _series(context)
    except InputError as error:
        return NotRun(error.message, _NEEDS)
    if values is None:
        return NotRun(
            say(
                "{r}没有一项先行指标满 {n} 年",
                "no leading indicator of {r} has {n} yearly values",
                r=context.name(context.region),
                n=f"{FEWEST_VALUES}",
            ),
            _NEEDS,
        )
    given = context.watching
    try:
        return watch(
            values,
            None if given.events is None else given.events.frame,
            register=given.register,
            as_of=given.as_of,
            seed=context.seed,
            inputs=(*context.panel.inputs, *given.records),
        )
    except InputError as error:
        return NotRun(error.message, _NEEDS, error.remedy or NO_TEXT)
    except ComputationError as error:  # a package of the extra is not installed
        return NotRun(error.message, remedy=error.remedy or NO_TEXT)


def _series(context: Context) -> xr.DataArray | None:
    """Return the indicators of which the region has enough values, None where there is none."""
    found = [panel_shares(context.panel)]
    coupled = context.results.get("coupling")
    if isinstance(coupled, CouplingResult):
        found.append(chain_decoupling(coupled))
    values = joined(*found)
    count = values.sel(region=context.region).notnull().sum("year")
    kept = values["indicator"].values[count.values >= FEWEST_VALUES]
    if not len(kept):
        return None
    chosen = values.sel(indicator=kept)
    directions = values.attrs["directions"]
    chosen.attrs = {"directions": {str(name): directions[str(name)] for name in kept}}
    return chosen


def write(result: Result, context: Context) -> Section:
    """Word and draw the board, its record or why there is none, and the register."""
    cards = WatchCards(context)
    rows = latest(result, context.region)
    lit = context.watching.events is not None
    statements = [
        *([_lights(rows, context), _record(result)] if lit else [_refusal(result, rows, context)]),
        _facts(rows, context, cards),
        *_register(result),
    ]
    finding = _finding(rows, context)
    tables = [board_table(rows, cards)]
    if len(result.tables["register"]):
        tables.append(register_table(result))
    shown: tuple[Chart, ...] = (board_chart(rows, context, finding),)
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(s for s in statements if s is not None),
        charts=shown,
        tables=tuple(tables),
        notes=(*_MEANING, *(_sentence(w) for w in result.warnings if w != NO_EVENTS)),
    )


def _sentence(warning: Text) -> Text:
    return Text(f"{warning.zh}。", f"{warning.en[:1].upper()}{warning.en[1:]}.")


def _worst(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the indicators that stand beyond all their own earlier years on the side of danger."""
    return rows[rows["position"] == 1]


def _finding(rows: pd.DataFrame, context: Context) -> Text:
    return say(
        "{r}的 {k} 项先行指标中，{n} 项处在自身以往最危险的位置",
        "At the worst of their own history: {n} of {k} leading indicators of {r}",
        r=context.name(context.region),
        k=f"{len(rows)}",
        n=f"{len(_worst(rows))}",
    )


def _refusal(result: Result, rows: pd.DataFrame, context: Context) -> Statement:
    """Say why no light is shown."""
    counts = [int(number) + 1 for number in rows["history"]]
    low, high = min(counts), max(counts)
    values = f"{low}" if low == high else f"{low}–{high}"
    text = say(
        "一盏灯也不亮：没有标注事件，灯无从检验。亮灯须有至少 {e} 个标注事件、"
        "此前至少 {h} 年的自身历史，且样本外的命中不像出于偶然；{r}的各项序列现有 {v} 年。",
        "No light is shown: without labelled events no light can be tested. A light takes {e} "
        "labelled events or more, {h} earlier years of the series itself, and hits out of sample "
        "that are unlikely to be chance; the series of {r} hold {v} years.",
        e=f"{result.parameters['least_events']}",
        h=f"{result.parameters['least_history']}",
        r=context.name(context.region),
        v=values,
    )
    evidence = ((f"{ID}_board", {"region": context.region, "light": "none"}),)
    return Statement(f"{ID}.refusal", text, evidence, see=f"{ID}-table")


def _facts(rows: pd.DataFrame, context: Context, cards: WatchCards) -> Statement:
    """Say which indicators stand at the worst of their own history, and of how many years."""
    worst = _worst(rows)
    keys = worst if len(worst) else rows
    evidence = tuple(
        (
            f"{ID}_board",
            {"region": context.region, "indicator": str(row["indicator"]), "year": row["year"]},
        )
        for row in rows_of(keys)
    )
    if worst.empty:
        text = say(
            "{r}的 {k} 项先行指标中，没有一项的最新数值比自身以往各年都更偏向危险一侧。",
            "Of {k} leading indicators of {r} none has a latest value beyond all its own earlier "
            "years on the side of danger.",
            r=context.name(context.region),
            k=f"{len(rows)}",
        )
        return Statement(f"{ID}.facts", text, evidence, see=f"{ID}-board")
    named = itemised(
        say(
            "{t}（{y} 年 {v}，此前 {n} 年）",
            "{t} ({v} in {y}, {n} earlier years)",
            t=indicator_title(str(row["indicator"])),
            y=f"{row['year']}",
            v=cite(cards.value(row), number(row["value"])),
            n=f"{row['history']}",
        )
        for row in rows_of(worst)
    )
    text = say(
        "{r}的 {k} 项先行指标中，{m} 项的最新数值比自身以往各年都更偏向危险一侧：{l}。",
        "The latest value lies beyond all its own earlier years on the side of danger in {m} of "
        "{k} leading indicators of {r}: {l}.",
        r=context.name(context.region),
        k=f"{len(rows)}",
        m=f"{len(worst)}",
        l=named,
    )
    return Statement(f"{ID}.facts", text, evidence, see=f"{ID}-board")


def _lights(rows: pd.DataFrame, context: Context) -> Statement:
    """Count the lights and name those that are red or amber."""
    parts = []
    for light, symbol in SYMBOLS.items():
        own = rows[rows["light"] == light]
        names = listing(indicator_title(str(name)) for name in own["indicator"])
        word = LIGHT_WORDS[light]
        shown = say("（{n}）", " ({n})", n=names) if len(own) else NO_TEXT
        parts.append(
            say("{s} {w} {c} 项{n}", "{s} {w}: {c}{n}", s=symbol, w=word, c=f"{len(own)}", n=shown)
        )
    text = say(
        "{r}的灯：{l}。", "Lights of {r}: {l}.", r=context.name(context.region), l=itemised(parts)
    )
    return Statement(
        f"{ID}.lights", text, ((f"{ID}_board", {"region": context.region}),), see=f"{ID}-table"
    )


def _record(result: Result) -> Statement | None:
    """Say how the composite and the benchmarks did out of sample, against the base rate."""
    table = result.tables["performance"]
    own = [row for row in rows_of(table) if row["method"] == "composite" and row["periods"]]
    if not own or missing(own[0]["auc"]):
        return None
    row = own[0]
    others = itemised(
        say("{m} {a}", "{m} {a}", m=METHOD_WORDS[str(o["method"])], a=number(o["auc"]))
        for o in rows_of(table)
        if o["method"] in ("logit", "random_forest")
    )
    interval = None
    between = NO_TEXT
    if not missing(row["auc_low"]):
        interval = (float(row["auc_low"]), float(row["auc_high"]))
        between = say("（95% 区间 {b}）", " (95\u202f% interval {b})", b=band(*interval))
    text = say(
        "样本外 {f}—{t} 年 {p} 个地区年份中，事件之前的占 {b}；合成指数在其中 {h} 发出信号，"
        "在平静年份中 {x} 虚警，曲线下面积 {a}{i}{o}。",
        "Out of sample, {f} to {t}, {b} of {p} region-years came before an event; the composite "
        "signalled in {h} of those and in {x} of the tranquil ones, with an area under the curve "
        "of {a}{i}{o}.",
        f=f"{row['first_year']}",
        t=f"{row['last_year']}",
        p=f"{row['periods']}",
        b=percent(row["base_rate"]),
        h=percent(row["hit_rate"]),
        x=percent(row["false_alarm_rate"]),
        a=number(row["auc"]),
        i=between,
        o=say("；对照：{o}", "; for comparison: {o}", o=others) if others.zh else NO_TEXT,
    )
    evidence = ((f"{ID}_performance", {"method": "composite"}),)
    return Statement(f"{ID}.record", text, evidence, interval)


def _register(result: Result) -> list[Statement]:
    """Count the technology risks, the severe ones, and the reviews that are overdue."""
    table = result.tables["register"]
    if table.empty:
        return []
    active = table[table["status"] != "closed"]
    severe = active[active["severity_grade"].isin(["high", "very_high"])]
    late = active[active["days_overdue"].fillna(0) > 0]
    overdue = NO_TEXT
    if result.parameters["as_of"] is not None:
        names = listing(Text(str(name), str(name)) for name in late["id"])
        which = say("（{n}）", " ({n})", n=names) if len(late) else NO_TEXT
        overdue = say(
            "；截至 {d}，{k} 条逾期未复核{w}",
            "; by {d} the review of {k} was overdue{w}",
            d=str(result.parameters["as_of"]),
            k=f"{len(late)}",
            w=which,
        )
    text = say(
        "技术风险登记 {n} 条，未关闭 {o} 条，其中严重度高或很高的 {s} 条{l}。",
        "The register holds {n} technology risks, {o} of them not closed, {s} of these of high or "
        "very high severity{l}.",
        n=f"{len(table)}",
        o=f"{len(active)}",
        s=f"{len(severe)}",
        l=overdue,
    )
    return [Statement(f"{ID}.register", text, ((f"{ID}_register", {}),), see=f"{ID}-register")]
