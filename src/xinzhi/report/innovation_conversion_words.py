"""What the section on innovation says of conversion rates, and how sure it is."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import find_pack
from xinzhi.data.science_technology import PACK
from xinzhi.plan.innovation import find_conversion
from xinzhi.report.context import Context, missing
from xinzhi.report.innovation_conversions import (
    FEWEST,
    PHASE_TITLES,
    UNITS,
    conversion_card,
    own_rows,
    with_pack,
    years_of,
)
from xinzhi.report.innovation_measures import ID
from xinzhi.report.model import Statement, cite
from xinzhi.report.structure_parts import Row, itemised, rows_of
from xinzhi.report.words import band, inside, measured, number, ordinal, percent, say

# where the title says already per what
_IN_WORDS = {
    **UNITS,
    "papers_per_CNY_100m": Text("篇", ""),
    "patents_per_CNY_100m": Text("件", ""),
}


def conversion_statements(result: Result, context: Context) -> list[Statement]:
    """State the rates, and where the region stands lowest, with the share of draws that agree."""
    own = own_rows(result, context)
    if own.empty:
        return []
    found = []
    composition = own[own["role"] == "composition"]
    if len(composition) > 1:
        found.append(_composition(composition, context))
    rates = own[own["role"] == "conversion"]
    if len(rates):
        found.append(_rates(rates, context))
    lowest = _lowest(result, context)
    if lowest is not None:
        found.append(_bottleneck(lowest, result, context))
    return found


def _composition(rows: pd.DataFrame, context: Context) -> Statement:
    items = itemised(
        say(
            "{t}{v}",
            "{t} {v}",
            t=inside(find_conversion(row["conversion"]).title),
            v=_shown(row, context),
        )
        for row in rows_of(rows)
    )
    text = say(
        "{r} {y} 年的经费按活动类型：{i}；类型由填报单位判断，不是项目的先后。",
        "Money of {r} by type of activity, {y}: {i}. Who reports decides on the type, and types "
        "are no sequence of projects.",
        r=context.name(context.region),
        y=years_of(rows_of(rows)[0]),
        i=items,
    )
    return Statement(f"{ID}.composition", text, _evidence(rows, context), see=f"{ID}-rates-table")


def _rates(rows: pd.DataFrame, context: Context) -> Statement:
    items = itemised(
        say(
            "{t}{v}（{b}，{n} 个地区中第 {k} 位）",
            "{t}: {v} ({b}; {o} of {n} regions)",
            t=inside(find_conversion(row["conversion"]).title),
            v=_shown(row, context),
            b=_interval(row),
            n=f"{row['regions']}",
            k=f"{row['rank']}",
            o=ordinal(float(row["rank"])),
        )
        for row in rows_of(rows)
    )
    text = say(
        "各年合计之比（括号内为逐年自助抽样的 95% 区间）：{i}。这些不是同一批项目的转化率。",
        "Quotients of totals over the years (in brackets 95\u202f% of draws of years): {i}. They "
        "follow no project, and are no conversion of the same ones.",
        i=items,
    )
    return Statement(f"{ID}.conversions", text, _evidence(rows, context), see=f"{ID}-rates-table")


def _lowest(result: Result, context: Context) -> Row | None:
    """Return the lowest conversion of the region where enough are compared, None elsewhere."""
    table = result.tables["conversion_bottlenecks"]
    if table.empty:
        return None
    own = table[(table["region"] == context.region) & table["bottleneck"].astype(bool)]
    rows = rows_of(own)
    if not rows or int(rows[0]["conversions"]) < FEWEST or missing(rows[0]["agreement"]):
        return None
    return rows[0]


def _bottleneck(row: Row, result: Result, context: Context) -> Statement:
    table = result.tables["conversion_bottlenecks"]
    phases = table[(table["region"] == context.region) & table["phase_bottleneck"].astype(bool)]
    phase = rows_of(phases)[0]
    conversion = find_conversion(row["conversion"])
    text = say(
        "与各地区中位数比，{r}最低的一项是{t}，为中位数的 {v} 倍（{a} 的抽样一致）；"
        "两段中{p}较低，几何平均 {w} 倍（{b} 的抽样一致）。这是位次，不是原因。",
        "Against the median of the regions {r} stands lowest in {t}, {v} times the median (so in "
        "{a} of draws). Of the two phases the one {p} is lower, {w} times in the geometric mean "
        "(so in {b} of draws). This is a standing, not a cause.",
        r=context.name(context.region),
        t=inside(conversion.title),
        v=number(row["relative"]),
        a=percent(row["agreement"]),
        p=PHASE_TITLES[str(phase["phase"])],
        w=number(phase["phase_relative"]),
        b=percent(phase["phase_agreement"]),
    )
    evidence = ((f"{ID}_conversion_bottlenecks", {"region": context.region}),)
    return Statement(f"{ID}.bottleneck", text, evidence, see=f"{ID}-conversions")


def lacking(result: Result, context: Context) -> list[Text]:
    """Say what the data pack would add here, and how to get it."""
    if with_pack(context) or not context.embedded:
        return []
    pack = find_pack(PACK)
    return [
        say(
            "有了数据包“{t}”，这里还有基础研究、应用研究、试验发展的经费，每元研发的新产品销售收入，"
            "以及从 0 到 1 与从 1 到 100 哪一段较低。取得它：{c}。",
            "With the data pack “{t}” the money of basic and applied research and experimental "
            "development stands here too, new-product sales per yuan of R&D, and which phase is "
            "lower, from 0 to 1 or from 1 to 100. Get it: {c}.",
            t=pack.title,
            c=f"xinzhi data pack get {pack.id}",
        )
    ]


def _shown(row: Row, context: Context) -> Text:
    """Return a rate in words with its unit, a share as per cent; it leads to its card."""
    card = conversion_card(row, context)
    rate = float(row["rate"])
    value = percent(rate) if _is_share(row) else measured(number(rate), _IN_WORDS[str(row["unit"])])
    return Text(cite(card, value.zh), cite(card, value.en))


def _is_share(row: Row) -> bool:
    """Tell whether a rate is a part of a whole, which is shown as per cent."""
    conversion = find_conversion(row["conversion"])
    return row["role"] == "composition" or conversion.counts or conversion.part


def _interval(row: Row) -> Text:
    if missing(row["low"]):
        return Text("不足三年，没有区间", "fewer than three years, no interval")
    scale = 100.0 if _is_share(row) else 1.0
    shown = band(scale * float(row["low"]), scale * float(row["high"]))
    return measured(shown, Text("%", "%") if _is_share(row) else NO_TEXT)


def _evidence(rows: pd.DataFrame, context: Context) -> tuple[tuple[str, dict[str, str]], ...]:
    return tuple(
        (f"{ID}_conversions", {"region": context.region, "conversion": str(name)})
        for name in rows["conversion"]
    )
