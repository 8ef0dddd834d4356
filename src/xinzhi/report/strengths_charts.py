"""Charts and tables of the section on strengths."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from xinzhi.core import Text, chart
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context
from xinzhi.report.index_tables import figure, words
from xinzhi.report.model import Cell, Chart, Table
from xinzhi.report.strengths_parts import COMPONENTS, ID, StrengthsCards
from xinzhi.report.structure_parts import Row, rows_of
from xinzhi.report.words import inside, rank_band, rank_text, say

_QUOTIENT = Text("区位商", "Location quotient")
_STANDINGS = {
    "strength": Text("每年 ≥ 1", "≥ 1 each year"),
    "gap": Text("每年 < 1", "< 1 each year"),
    "mixed": Text("跨过 1", "crosses 1"),
}


def quotients_chart(name: str, every: Sequence[StrengthsCards], finding: Text) -> Chart:
    """Draw location quotients with their range over the years, on the quartiles of the peers."""
    context = every[0].context
    drawn, titles, ids = [], [], []
    for cards in every:
        table = cards.table.sort_values("rca", ascending=False, kind="stable")
        rows = rows_by_activity(table, context.region)
        drawn.append(against_peers(table, "rca", "activity", context.region, context.peers))
        titles += [cards.kind.titles[activity] for activity in drawn[-1]["activity"]]
        ids += [cards.quotient(rows[activity]) for activity in drawn[-1]["activity"]]
    frame = pd.concat(drawn, ignore_index=True)
    ends = frame[["value", "high", "q75"]].to_numpy(dtype=float)
    top = max(1.05, 1.05 * float(pd.DataFrame(ends).max().max()))
    return Chart(
        id=f"{ID}-{name}",
        title=finding,
        subtitle=say(
            "区位商，{k}；1 为全国构成",
            "Location quotients, {k}; 1 = as in the nation",
            k=_joined(every),
        ),
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(frame, titles, _QUOTIENT, ids, (0.0, top), 1.0),),
        key=_key(context),
    )


def competitive_chart(cards: StrengthsCards, finding: Text) -> Chart:
    """Draw the competitive component of each activity as a bar from zero."""
    context = cards.context
    own = cards.table[cards.table["region"] == context.region]
    own = own.sort_values("competitive", ascending=False, kind="stable")
    values = own["competitive"].to_numpy(dtype=float)
    bars = pd.DataFrame({"value": values, "q25": 0.0, "q75": values}).assign(
        low=math.nan, high=math.nan, median=math.nan
    )
    ids = [cards.component(row, "competitive") for row in rows_of(own)]
    titles = [cards.kind.titles[str(activity)] for activity in own["activity"]]
    edge = 1.05 * max(float(abs(values).max()), 1e-9)
    domain = (-edge if values.min() < 0 else 0.0, edge)
    measure = say("竞争分量（{u}）", "Competitive component ({u})", u=cards.unit)
    return Chart(
        id=f"{ID}-competitive",
        title=finding,
        subtitle=say(
            "本地区比全国同一行业多增或少增的部分，{y}，{u}，现价",
            "What each industry grew beyond the same industry of the nation, {y}, {u}, nominal",
            y=cards.years,
            u=cards.unit,
        ),
        source=charts.source_line(context),
        alt=say("{f}。数值见表。", "{f}. Values stand in the table.", f=finding),
        panels=(charts.profile_panel(bars, titles, measure, ids, domain, 0.0),),
    )


def industries_table(cards: StrengthsCards) -> Table:
    """Return quotients, ranks and components of the region's activities."""
    context = cards.context
    own = cards.table[cards.table["region"] == context.region]
    rows = [
        (
            *_quotient_cells(row, cards),
            figure(row["start"]),
            figure(row["end"]),
            *(figure(row[name], cards.component(row, name)) for name in _SHOWN),
            words(_of_steps(row), str(row["years_ahead"])),
        )
        for row in rows_of(own.sort_values("rca", ascending=False, kind="stable"))
    ]
    first, last = cards.kind.years[0], cards.kind.years[-1]
    return Table(
        id=f"{ID}-table",
        title=say(
            "{r}各行业的区位商与偏离—份额，{y}，{u}，现价",
            "Location quotients and shift-share of the industries of {r}, {y}, {u}, nominal",
            r=context.name(context.region),
            y=cards.years,
            u=cards.unit,
        ),
        columns=(
            Text("行业", "Industry"),
            *_quotient_columns(first, last),
            Text(f"{first} 年", f"{first}"),
            Text(f"{last} 年", f"{last}"),
            *(COMPONENTS[name] for name in _SHOWN),
            Text("逐年为正", "Positive steps"),
        ),
        rows=tuple(rows),
        numeric=(False, True, True, False, False, *(True,) * 5, False),
        note=Text(
            "三个分量之和等于增量；“逐年为正”是竞争分量为正的年度数 ÷ 年度总数。",
            "The three components sum to the change; “positive steps” counts the steps from year "
            "to year in which the competitive component is positive.",
        ),
    )


def kinds_table(every: Sequence[StrengthsCards]) -> Table:
    """Return quotients of the finer sets of activities."""
    rows = []
    for cards in every:
        own = cards.table[cards.table["region"] == cards.context.region]
        rows += [
            (
                words(cards.kind.title, cards.kind.id),
                *_quotient_cells(row, cards),
                words(Text(cards.years, cards.years)),
            )
            for row in rows_of(own)
        ]
    return Table(
        id=f"{ID}-kinds-table",
        title=Text("专利和 R&D 的构成", "What patents and R&D are made of"),
        columns=(
            Text("类别", "Set"),
            Text("项目", "Activity"),
            Text("首年区位商", "First year"),
            Text("末年区位商", "Last year"),
            Text("历年", "Over the years"),
            Text("末年位次（历年）", "Rank (over the years)"),
            Text("年份", "Years"),
        ),
        rows=tuple(rows),
        numeric=(False, False, True, True, False, False, False),
    )


def rows_by_activity(table: pd.DataFrame, region: str) -> dict[str, Row]:
    """Return the rows of a region by activity."""
    return {str(row["activity"]): row for row in rows_of(table[table["region"] == region])}


_SHOWN = ("national_growth", "industry_mix", "competitive")


def _quotient_columns(first: int, last: int) -> tuple[Text, ...]:
    return (
        Text(f"区位商 {first}", f"Quotient {first}"),
        Text(f"区位商 {last}", f"Quotient {last}"),
        Text("历年区位商", "Over the years"),
        Text("位次（历年）", "Rank (over the years)"),
    )


def _quotient_cells(row: Row, cards: StrengthsCards) -> tuple[Cell, ...]:
    ranks = say(
        "{k}（{b}）",
        "{k} ({b})",
        k=rank_text(row["rank"]),
        b=rank_band(row["rank_low"], row["rank_high"]),
    )
    return (
        words(cards.kind.titles[str(row["activity"])], str(row["activity"])),
        figure(row["rca_start"], digits=2),
        figure(row["rca"], cards.quotient(row), digits=2),
        words(_STANDINGS[str(row["standing"])], str(row["standing"])),
        words(ranks, str(int(row["rank"]))),
    )


def _of_steps(row: Row) -> Text:
    shown = f"{int(row['years_ahead'])}/{int(row['steps'])}"
    return Text(shown, shown)


def _joined(every: Sequence[StrengthsCards]) -> Text:
    named = [
        say("{t} {y}", "{t} {y}", t=inside(cards.kind.title), y=cards.years) for cards in every
    ]
    return Text("、".join(t.zh for t in named), ", ".join(t.en for t in named))


def _key(context: Context) -> tuple[charts.Key, ...]:
    peers = charts.peers_text(context)
    return (
        ("dot", chart.REGION, say("{r}，末年", "{r}, last year", r=context.name(context.region))),
        ("whisker", chart.REGION, Text("历年最低到最高", "lowest to highest of the years")),
        ("band", chart.PEER_BAND, say("{p}的中间一半", "middle half of {p}", p=peers)),
        ("tick", chart.QUIET, say("{p}的中位数", "median of {p}", p=peers)),
        ("dashes", chart.PEERS, Text("全国构成", "as in the nation")),
    )
