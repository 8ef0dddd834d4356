"""Charts of an index in the report."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import Text, chart
from xinzhi.measure import IndexResult
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts
from xinzhi.report.context import Context
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.model import Chart
from xinzhi.report.words import listing, number, rank_band, say

PREFIX = "index"
LEVEL = Text("水平（0–1）", "Level (0–1)")


def ranked(result: IndexResult, year: int) -> pd.DataFrame:
    """Return the scores of the whole in one year, in the order of ranks."""
    assert result.system is not None
    scores = result.tables["scores"]
    rows = scores[(scores["node"] == result.system.root) & (scores["year"] == year)]
    return rows.sort_values("rank", kind="stable")


def profile(result: IndexResult, context: Context, cards: IndexCards, prefix: str) -> list[Chart]:
    """Draw the level of each part against the peers; nothing for a system without parts."""
    assert result.system is not None
    system, year = result.system, context.year
    scores = result.tables["scores"]
    nodes = list(system.subsystems)
    rows = scores[(scores["year"] == year) & scores["node"].isin(nodes)]
    drawn = against_peers(rows, "score", "node", context.region, context.peers)
    if drawn.empty:
        return []
    titles = [system.title_of(str(node)) for node in drawn["node"]]
    ids = [cards.score(context.region, str(node), year) for node in drawn["node"]]
    above = int((drawn["value"] > drawn["q75"]).sum())
    finding = say(
        "{r}在 {n} 个部分中有 {k} 个高于{p}的上四分位",
        "{r} lies above the upper quartile of {p} in {k} of {n} parts",
        r=context.name(context.region),
        k=f"{above}",
        n=f"{len(drawn)}",
        p=charts.peers_text(context),
    )
    levels = [
        say("{t} {v}", "{t} {v}", t=t, v=number(v))
        for t, v in zip(titles, drawn["value"], strict=True)
    ]
    return [
        Chart(
            id=f"{prefix}-profile",
            title=finding,
            subtitle=say(
                "各部分的{m}，{y} 年；{t}",
                "{m} of each part, {y}; {t}",
                m=LEVEL,
                y=f"{year}",
                t=system.title,
            ),
            source=charts.source_line(context),
            alt=say("{f}：{l}。", "{f}: {l}.", f=finding, l=listing(levels)),
            panels=(charts.profile_panel(drawn, titles, LEVEL, ids),),
            key=charts.usual_key(context),
        )
    ]


def level_of_regions(result: IndexResult, context: Context, cards: IndexCards) -> Chart | None:
    """Draw the level of every region: on the map of squares, or as bars where there is none."""
    rows = ranked(result, context.year).dropna(subset=["score"])
    if rows.empty:
        return None
    root = context.system.root
    shown = charts.nearby(rows, context.region)
    ids = [cards.score(str(name), root, context.year) for name in shown["region"]]
    panel = charts.tiles_panel(context, shown, "score", LEVEL, ids)
    drawn = panel or charts.levels_panel(context, shown, "score", LEVEL, ids)
    top = rows.dropna(subset=["rank"]).head(3)
    finding = say(
        "水平最高的三个地区：{l}" if len(top) == 3 else "各地区的水平：{l}",
        "The three highest levels: {l}" if len(top) == 3 else "Levels: {l}",
        l=listing(
            say("{r} {v}", "{r} {v}", r=context.name(str(r)), v=number(v))
            for r, v in zip(top["region"], top["score"], strict=True)
        ),
    )
    subtitle = say(
        "{t}，{y} 年，{m}", "{m}, {t}, {y}", t=context.system.title, y=f"{context.year}", m=LEVEL
    )
    if panel is not None:
        subtitle = say(
            "{s}；每个地区一个等大的方格，颜色越深水平越高",
            "{s}; one equal square a region, darker is higher",
            s=subtitle,
        )
    elif len(shown) < len(rows):
        subtitle = say("{s}（显示 {n} 个）", "{s} ({n} shown)", s=subtitle, n=f"{len(shown)}")
    return Chart(
        id=f"{PREFIX}-map" if panel is not None else f"{PREFIX}-levels",
        title=finding,
        subtitle=subtitle,
        source=charts.source_line(context),
        alt=say("{f}。全部水平见表。", "{f}. All levels stand in the table.", f=finding),
        panels=(drawn,),
        key=(
            ("square" if panel is None else "outline", chart.REGION, context.name(context.region)),
        ),
    )


def ranking(result: IndexResult, context: Context, cards: IndexCards) -> Chart:
    """Draw the ranks of all regions with their intervals."""
    rows = ranked(result, context.year).dropna(subset=["rank"])
    shown = charts.nearby(rows, context.region)
    ids = [cards.score(str(name), context.system.root, context.year) for name in shown["region"]]
    own = rows[rows["region"] == context.region]
    wide = int((rows["rank_high"] - rows["rank_low"]).ge(5).sum())
    if own.empty or rows["rank_low"].isna().all():
        finding = say("{n} 个地区的排名", "Ranks of {n} regions", n=f"{len(rows)}")
    else:
        finding = say(
            "{r}的排名区间为{b}"
            if not wide
            else "{r}的排名区间为{b}；{k} 个地区的排名区间宽达五位或以上",
            "{r} ranks {b}"
            if not wide
            else "{r} ranks {b}; the ranks of {k} regions span five places or more",
            r=context.name(context.region),
            b=rank_band(own["rank_low"].iloc[0], own["rank_high"].iloc[0]),
            k=f"{wide}",
        )
    part = len(shown) < len(rows)
    drawn = context.uncertainty is not None
    interval = say("{s} 抽样区间", "{s} of draws", s=context.share)
    whiskers: tuple[charts.Key, ...] = (("whisker", chart.QUIET, interval),) if drawn else ()
    return Chart(
        id=f"{PREFIX}-ranking",
        title=finding,
        subtitle=say(
            "{t}，{y} 年；点为排名，横线为区间{p}",
            "{t}, {y}; dots are ranks, lines their intervals{p}",
            t=context.system.title,
            y=f"{context.year}",
            p=Text(f"（显示 {len(shown)} 个）", f" ({len(shown)} shown)") if part else "",
        ),
        source=charts.source_line(context),
        alt=say("{f}。全部排名见表。", "{f}. All ranks stand in the table.", f=finding),
        panels=(charts.ranking_panel(context, shown, ids),),
        key=(
            ("dot", chart.REGION, context.name(context.region)),
            ("grey-dot", "", Text("其他地区", "other regions")),
            *whiskers,
        ),
    )


def over_time(result: IndexResult, context: Context, cards: IndexCards) -> Chart | None:
    """Draw the level of the whole and of each part over the years."""
    if result.levels.sizes["year"] < 2:
        return None
    scores = result.tables["scores"]
    panels = []
    for node in (context.system.root, *context.system.subsystems):
        drawn = against_peers(
            scores[scores["node"] == node], "score", "year", context.region, context.peers
        )
        ids = [cards.score(context.region, node, int(year)) for year in drawn["year"]]
        title = context.system.title_of(node)
        panels.append(charts.trend_panel(drawn, title, Text("", ""), ids, height=150))
    years = result.levels["year"].values
    rising = sum(
        float(result.levels.sel(region=context.region, node=n, year=years[-1]))
        > float(result.levels.sel(region=context.region, node=n, year=years[0]))
        for n in context.system.subsystems
    )
    finding = say(
        "{a}—{b} 年，{r}的 {n} 个部分中 {k} 个水平上升",
        "{a}–{b}: {k} of {n} parts rose in {r}",
        a=f"{years[0]}",
        b=f"{years[-1]}",
        r=context.name(context.region),
        n=f"{len(context.system.subsystems)}",
        k=f"{rising}",
    )
    return Chart(
        id=f"{PREFIX}-time",
        title=finding,
        subtitle=say("各年{m}{z}", "{m} by year{z}", m=LEVEL, z=_after(context.prices)),
        source=charts.source_line(context),
        alt=say("{f}。", "{f}.", f=finding),
        panels=tuple(panels),
        key=charts.usual_key(context, line=True),
    )


def indicators(result: IndexResult, context: Context, cards: IndexCards) -> Chart:
    """Draw every indicator of the region against its peers."""
    table = result.tables["indicators"]
    rows = table[table["year"] == context.year]
    drawn = against_peers(rows, "normalised", "indicator", context.region, context.peers)
    names = [str(name) for name in drawn["indicator"]]
    below = drawn[drawn["value"] < drawn["median"]]
    finding = say(
        "{r}在 {n} 个指标中有 {k} 个低于{p}的中位数",
        "{r} lies below the median of {p} in {k} of {n} indicators",
        r=context.name(context.region),
        n=f"{len(drawn)}",
        k=f"{len(below)}",
        p=charts.peers_text(context),
    )
    named = listing(context.system.title_of(str(name)) for name in below["indicator"])
    return Chart(
        id=f"{PREFIX}-indicators",
        title=finding,
        subtitle=say(
            "各指标标准化值（0–1），{y} 年",
            "Normalised value of each indicator (0–1), {y}",
            y=f"{context.year}",
        ),
        source=charts.source_line(context),
        alt=say("{f}：{l}。", "{f}: {l}.", f=finding, l=named) if len(below) else finding,
        panels=(
            charts.profile_panel(
                drawn,
                [context.system.title_of(name) for name in names],
                Text("标准化值（0–1）", "Normalised (0–1)"),
                [cards.indicator(context.region, name, context.year) for name in names],
            ),
        ),
        key=charts.usual_key(context, whiskers=False),
    )


def _after(text: Text) -> Text:
    """Return a further clause of a subtitle."""
    return Text(f"；{text.zh}", f"; {text.en}") if text.zh else text
