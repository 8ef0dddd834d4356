"""Statements on how large the gaps are, between whom, and where the region stands in them."""

from __future__ import annotations

from xinzhi.core import Text
from xinzhi.report.context import Context, missing
from xinzhi.report.disparity_cards import ID, PARTS, DisparityCards
from xinzhi.report.model import Statement, cite
from xinzhi.report.structure_parts import itemised, rows_of
from xinzhi.report.words import (
    band,
    inside,
    listing,
    number,
    percent,
    rank_text,
    say,
)


def own_statement(context: Context, cards: DisparityCards, name: str) -> Statement:
    """State the region's value, rank, multiple of the mean of regions, and growth."""
    row = cards.standing.row(name, context.region)
    region = context.region
    value = cards.quantity(name, row["value"])
    text = say(
        "{y} 年{r}的{t}为 {v}，在 {n} 个地区中列{k}，是各地区简单平均的 {x} 倍",
        "In {y} {t} of {r} is {v}, {k} of {n} regions and {x} times their simple mean",
        y=f"{cards.last[name]}",
        r=context.name(region),
        t=inside(cards.title(name)),
        v=_cited(cards.value(name, region), value),
        n=f"{len(cards.regions(name))}",
        k=rank_text(row["rank"]),
        x=cite(cards.relative(name, region), number(row["relative"])),
    )
    if not missing(row["growth"]):
        text = say(
            "{t}（{y} 年为 {x} 倍）；此间年均增长 {g}（对数差），列{k}",
            "{t} ({x} times in {y}); it grew by {g} a year since (logarithms), {k} of all",
            t=text,
            y=f"{cards.first[name]}",
            x=cite(cards.relative(name, region, start=True), number(row["relative_start"])),
            g=_cited(cards.growth(name, region), percent(row["growth"])),
            k=rank_text(row["growth_rank"]),
        )
    key = {"indicator": name, "region": region}
    shown = f"{ID}-regions-{name}"
    return Statement(f"{ID}.own", _closed(text), ((f"{ID}_standing", key),), see=shown)


def gini_statement(context: Context, cards: DisparityCards, name: str) -> Statement:
    """State the Gini coefficient of the last year and, with groups, its parts."""
    year = cards.last[name]
    row = cards.total.row(name, year)
    key = {"indicator": name, "year": year}
    evidence = [(f"{ID}_total", key)]
    interval = cards.bands.get(name, year, "gini")
    text = say(
        "{y} 年{t}的基尼系数为 {g}",
        "The Gini coefficient of {t} in {y} is {g}",
        y=f"{year}",
        t=inside(cards.title(name)),
        g=cite(cards.gini(name), number(row["gini"])),
    )
    pair = None
    if interval is not None:
        pair = (float(interval["low"]), float(interval["high"]))
        evidence.append((f"{ID}_intervals", {**key, "measure": "gini"}))
        text = say("{t}（{b}；{w}）", "{t} ({b}; {w})", t=text, b=band(*pair), w=cards.band)
    if not missing(row["within"]):
        text = say(
            "{t}。按地区集的分组作 Dagum 分解：{p}",
            "{t}. Divided by the groups of the region set (Dagum): {p}",
            t=text,
            p=itemised(_part(cards, name, part) for part in list(PARTS)[1:]),
        )
    return Statement(f"{ID}.gini", _closed(text), tuple(evidence), pair, f"{ID}-years")


def _part(cards: DisparityCards, name: str, part: str) -> Text:
    row = cards.total.row(name, cards.last[name])
    interval = cards.bands.get(name, cards.last[name], part)
    value = cite(cards.gini(name, part), number(row[part]))
    titles = {
        "within": Text("组内", "within groups"),
        "between": Text("组间净值", "net between groups"),
        "transvariation": Text("超变密度", "transvariation (overlap of groups)"),
    }
    if interval is None:
        return say(
            "{t} {v}，占 {s}",
            "{t} {v}, {s} of it",
            t=titles[part],
            v=value,
            s=percent(row[f"{part}_share"]),
        )
    return say(
        "{t} {v}（{b}），占 {s}",
        "{t} {v} ({b}), {s} of it",
        t=titles[part],
        v=value,
        b=band(interval["low"], interval["high"]),
        s=percent(row[f"{part}_share"]),
    )


def groups_statements(context: Context, cards: DisparityCards, name: str) -> list[Statement]:
    """State the pair of groups that carries most, and the inequality inside the region's group."""
    pairs = cards.pairs(name)
    if not pairs:
        return []
    year = cards.last[name]
    group = str(context.region_of(context.region).group)
    table = cards.result.tables["groups"]
    chosen = (table["indicator"] == name) & (table["year"] == year) & (table["group"] == group)
    (own,) = rows_of(table[chosen])
    most = pairs[0]
    text = say(
        "{t}的差距中贡献最大的一对是{p}，合计 {c}（组间净值 {b}，超变密度 {o}）；{r}所在的{g}"
        "有 {n} 个地区，组内基尼系数为 {i}。",
        "Of the gaps in {t} the pair that contributes most is {p} with {c} (net between {b}, "
        "transvariation {o}); {g}, the group of {r}, has {n} regions and a Gini coefficient of {i} "
        "inside.",
        t=inside(cards.title(name)),
        p=listing(cards.group(str(most[key])) for key in ("first", "second")),
        c=cite(cards.pair(name, most), number(most["contribution"])),
        b=number(most["between"]),
        o=number(most["transvariation"]),
        r=context.name(context.region),
        g=cards.group(group),
        n=f"{own['count']}",
        i=cite(cards.group_gini(name, own), number(own["gini"])),
    )
    at = {"indicator": name, "year": year}
    evidence = (
        (f"{ID}_pairs", {**at, "first": most["first"], "second": most["second"]}),
        (f"{ID}_groups", {**at, "group": group}),
    )
    return [Statement(f"{ID}.groups", text, evidence, see=f"{ID}-pairs")]


def _cited(card: str, words: Text) -> Text:
    return Text(cite(card, words.zh), cite(card, words.en))


def _closed(text: Text) -> Text:
    return Text(f"{text.zh}。", f"{text.en}.")
