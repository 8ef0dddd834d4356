"""Charts of coupling in the report."""

from __future__ import annotations

import math

import pandas as pd

from xinzhi.core import Text, chart
from xinzhi.measure import CouplingResult
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.model import Chart
from xinzhi.report.words import listing, number, percent, say

PREFIX = "coupling"
COORDINATION = Text("耦合协调度 D（0–1）", "Coordination D (0–1)")


def over_time(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw the coordination of the region over the years against its peers."""
    table = result.tables["coupling"]
    if table["year"].nunique() < 2:
        return None
    drawn = against_peers(table, "coordination", "year", context.region, context.peers)
    ids = [cards.coordination(context.region, int(year)) for year in drawn["year"]]
    known = drawn.dropna(subset=["value"])
    if known.empty:
        return None
    finding = say(
        "{r}的协调度：{a} 年 {v}，{b} 年 {w}",
        "Coordination of {r}: {v} in {a}, {w} in {b}",
        r=context.name(context.region),
        a=f"{known['year'].iloc[0]}",
        b=f"{known['year'].iloc[-1]}",
        v=number(known["value"].iloc[0]),
        w=number(known["value"].iloc[-1]),
    )
    return Chart(
        id=f"{PREFIX}-time",
        title=finding,
        subtitle=say("{m}，各年", "{m} by year", m=COORDINATION),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(charts.trend_panel(drawn, Text("", ""), COORDINATION, ids),),
        key=charts.usual_key(context, line=True),
    )


def lowest(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw the share of draws in which each subsystem is the lowest."""
    table = _own(result.tables["lagging"], context)
    if table["share"].isna().all():
        return None
    names = [str(name) for name in table["subsystem"]]
    titles = [cards.index.title(name) for name in names]
    shares = [float(share) for share in table["share"]]
    top = shares.index(max(shares))
    finding = say(
        "{s}在 {p} 的抽样中最低",
        "{s} is lowest in {p} of draws",
        s=titles[top],
        p=percent(shares[top]),
    )
    return Chart(
        id=f"{PREFIX}-lowest",
        title=finding,
        subtitle=say(
            "各部分为最低的抽样占比，{y} 年；达到 {a} 才算确定",
            "Share of draws in which each part is the lowest, {y}; determined from {a} on",
            y=f"{context.year}",
            a=percent(result.parameters["agreement"]),
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.bars_panel(
                shares,
                titles,
                [chart.hue(k) for k in range(len(names))],
                Text("抽样占比", "Share of draws"),
                [cards.share(context.region, context.year, name) for name in names],
            ),
        ),
    )


def obstacles(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw the indicators in which the region is furthest from the best."""
    table = _own(result.tables["obstacles"], context).dropna(subset=["obstacle"])
    table = table.sort_values("obstacle", ascending=False).head(8)
    if table.empty:
        return None
    names = [str(name) for name in table["indicator"]]
    titles = [cards.index.title(name) for name in names]
    order = cards.subsystems
    homes = [str(s) for s in table["subsystem"]]
    colours = [chart.hue(order.index(s)) if s in order else chart.PEERS for s in homes]
    finding = say(
        "差距最大的一项占 {p}：{t}",
        "{p} of the distance lies in one indicator: {t}",
        p=percent(table["obstacle"].iloc[0]),
        t=titles[0],
    )
    return Chart(
        id=f"{PREFIX}-obstacles",
        title=finding,
        subtitle=say(
            "障碍度：各指标占与样本最优值差距的份额，{y} 年，前 {n} 项",
            "Obstacle degree: share of the distance to the best of the sample, {y}, first {n}",
            y=f"{context.year}",
            n=f"{len(table)}",
        ),
        source=charts.source_line(context),
        alt=say(
            "{f}。其次为{l}。",
            "{f}. Next: {l}.",
            f=finding,
            l=listing(titles[1:3]),
        )
        if len(titles) > 1
        else finding,
        panels=(
            charts.bars_panel(
                table["obstacle"].tolist(),
                titles,
                colours,
                Text("障碍度", "Obstacle degree"),
                [cards.obstacle(context.region, context.year, name) for name in names],
            ),
        ),
        key=tuple(
            ("square", chart.hue(k), cards.index.title(name))
            for k, name in enumerate(order)
            if name in homes
        ),
    )


def combinations(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw the coordination of pairs and triples against the peers."""
    table = result.tables["combinations"]
    rows = table[table["year"] == context.year]
    drawn = against_peers(rows, "coordination", "subsystems", context.region, context.peers)
    drawn = drawn.dropna(subset=["value"])
    size = drawn["subsystems"].astype(str).str.count("[+]")
    drawn = drawn.assign(size=size).sort_values(["size", "value"], ignore_index=True)
    if len(drawn) < 2 or len(drawn) > charts.MOST_ROWS:
        return None
    names = [str(name) for name in drawn["subsystems"]]
    values = [float(value) for value in drawn["value"]]
    low, high = values.index(min(values)), values.index(max(values))
    bottom = math.floor(10 * float(drawn[["value", "q25"]].min().min())) / 10
    finding = say(
        "协调度从 {a}（{p}）到 {b}（{q}）",
        "Coordination runs from {a} ({p}) to {b} ({q})",
        a=number(values[low]),
        b=number(values[high]),
        p=_joined(cards, names[low]),
        q=_joined(cards, names[high]),
    )
    return Chart(
        id=f"{PREFIX}-combinations",
        title=finding,
        subtitle=say(
            "两两和三三组合的{m}，{y} 年",
            "{m} of pairs and triples, {y}",
            m=COORDINATION,
            y=f"{context.year}",
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.profile_panel(
                drawn,
                [_joined(cards, name) for name in names],
                COORDINATION,
                [cards.combination(context.region, context.year, name) for name in names],
                (bottom, 1.0),
            ),
        ),
        key=charts.usual_key(context, whiskers=False),
    )


def relative(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw the level of one subsystem over that of another."""
    table = result.tables["relative"]
    rows = table[table["year"] == context.year].assign(
        pair=lambda t: t["subsystem"].astype(str) + "/" + t["other"].astype(str)
    )
    drawn = against_peers(rows, "ratio", "pair", context.region, context.peers)
    drawn = drawn.dropna(subset=["value"])
    if drawn.empty or len(drawn) > charts.MOST_ROWS:
        return None
    pairs = [str(name).split("/") for name in drawn["pair"]]
    titles = [
        Text(
            f"{cards.index.title(a).zh} ÷ {cards.index.title(b).zh}",
            f"{cards.index.title(a).en} ÷ {cards.index.title(b).en}",
        )
        for a, b in pairs
    ]
    far = (drawn["value"] - 1).abs().to_numpy().argmax()
    finding = say(
        "相差最大：{t} = {v}",
        "Furthest apart: {t} = {v}",
        t=titles[far],
        v=number(drawn["value"].iloc[far]),
    )
    bottom = min(0.8, float(drawn[["value", "q25"]].min().min()) * 0.9)
    top = max(1.2, float(drawn[["value", "q75"]].max().max()) * 1.1)
    return Chart(
        id=f"{PREFIX}-relative",
        title=finding,
        subtitle=say(
            "相对发展度：两部分水平之比，{y} 年；1 为相等",
            "Relative development: level of one part over that of another, {y}; 1 is equal",
            y=f"{context.year}",
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.profile_panel(
                drawn,
                titles,
                Text("比值", "Ratio"),
                [cards.ratio(context.region, context.year, a, b) for a, b in pairs],
                (bottom, top),
                1.0,
            ),
        ),
        key=charts.usual_key(context, whiskers=False),
    )


def correlations(result: CouplingResult, context: Context, cards: CouplingCards) -> Chart | None:
    """Draw how far the subsystems move together to begin with."""
    table = result.tables["correlations"].dropna(subset=["spearman"])
    if len(table) < 2:
        return None
    low, high = table["spearman"].min(), table["spearman"].max()
    finding = say(
        "各部分的水平原本就相关：{a} 到 {b}",
        "The levels are correlated to begin with: {a} to {b}",
        a=number(low),
        b=number(high),
    )
    rows = list(zip(table["subsystem"], table["other"], table["spearman"], strict=True))
    return Chart(
        id=f"{PREFIX}-correlations",
        title=finding,
        subtitle=Text(
            "斯皮尔曼等级相关，全部地区和年份", "Spearman’s rank correlation, all regions and years"
        ),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=(
            charts.matrix_panel(
                [(cards.index.title(a), cards.index.title(b), float(v)) for a, b, v in rows],
                [cards.index.title(name) for name in cards.subsystems],
                Text("斯皮尔曼相关", "Spearman correlation"),
                [cards.correlation(a, b, v) for a, b, v in rows],
            ),
        ),
    )


def _own(table: pd.DataFrame, context: Context) -> pd.DataFrame:
    return table[(table["region"] == context.region) & (table["year"] == context.year)]


def _joined(cards: CouplingCards, names: str) -> Text:
    titles = [cards.index.title(name) for name in names.split("+")]
    return Text("—".join(t.zh for t in titles), " – ".join(t.en for t in titles))
