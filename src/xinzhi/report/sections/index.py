"""How high is the level of the region, of the whole and of each part, against its peers?"""

from __future__ import annotations

from xinzhi.core import Result, Text
from xinzhi.measure import IndexResult
from xinzhi.measure import index as compute
from xinzhi.measure.plots import against_peers
from xinzhi.report import charts, index_charts
from xinzhi.report.context import Context, missing
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_tables import indicator_table, ranking_table
from xinzhi.report.model import NotRun, Section, Statement, cite
from xinzhi.report.words import (
    band,
    inside,
    listing,
    number,
    percent,
    rank_band,
    rank_text,
    say,
    signed,
)

ID = "index"
PART = "chains"
TITLE = Text("水平与排名", "Levels and ranks")


def run(context: Context) -> Result | NotRun:
    """Compute the index of the main system."""
    return compute(
        context.values,
        context.system,
        context.method,
        context.uncertainty,
        context.seed,
        inputs=context.panel.inputs,
        progress=context.progress,
    )


def write(result: IndexResult, context: Context) -> Section:
    """Word and draw the index."""
    cards = IndexCards(context, result)
    statements = [
        *rank_statements(result, context, cards, ID, f"{ID}-ranking"),
        *_parts(result, context, cards),
        *_change(result, context, cards),
        *_weak(result, context),
    ]
    drawn = [
        index_charts.level_of_regions(result, context, cards),
        index_charts.ranking(result, context, cards),
        *index_charts.profile(result, context, cards, ID),
        index_charts.indicators(result, context, cards),
        index_charts.over_time(result, context, cards),
    ]
    return Section(
        id=ID,
        title=context.system.title,
        statements=tuple(statements),
        charts=tuple(chart for chart in drawn if chart is not None),
        tables=(
            indicator_table(result, context, cards, ID),
            ranking_table(result, context, cards, ID),
        ),
        notes=(context.system.note,) if context.system.note.zh else (),
    )


def rank_statements(
    result: IndexResult, context: Context, cards: IndexCards, prefix: str, see: str
) -> list[Statement]:
    """State the rank and the level of the whole, with their intervals; ``see`` shows the rank."""
    assert result.system is not None
    system, year = result.system, context.year
    row = cards.scores.get(context.region, year, system.root)
    if row is None or missing(row["score"]):
        return []
    key = {"region": context.region, "year": year, "node": system.root}
    card = cards.score(context.region, system.root, year)
    count = int(index_charts.ranked(result, year)["rank"].notna().sum())
    rank = rank_text(row["rank"])
    subject: dict[str, Text | str] = {
        "y": f"{year}",
        "r": context.name(context.region),
        "t": system.title,
        "n": f"{count}",
        "rank": Text(cite(card, rank.zh), cite(card, rank.en)),
    }
    if missing(row["rank_low"]):
        first = say(
            "{y} 年，{r}的“{t}”在 {n} 个地区中列{rank}。",
            "In {y} {r} ranks {rank} of {n} regions on “{t}”.",
            **subject,
        )
    else:
        ranks = rank_band(row["rank_low"], row["rank_high"])
        first = say(
            "{y} 年，{r}的“{t}”在 {n} 个地区中列{rank}（{d}中 {s} 落在{b}）。",
            "In {y} {r} ranks {rank} of {n} regions on “{t}” ({b} in {s} of {d}).",
            **subject,
            b=Text(cite(card, ranks.zh), cite(card, ranks.en)),
            s=context.share,
            d=context.draws,
        )
    scores = result.tables["scores"]
    peers = against_peers(
        scores[scores["node"] == system.root], "score", "year", context.region, context.peers
    )
    own = peers[peers["year"] == year].iloc[0]
    interval = ""
    if not missing(row["score_low"]):
        interval = band(row["score_low"], row["score_high"])
    second = say(
        "水平为 {v}{i}；{p}的中位数为 {m}，中间一半在 {q} 之间。",
        "Its level is {v}{i}; the median of {p} is {m}, their middle half {q}.",
        v=cite(card, number(row["score"])),
        i=Text(f"（{interval}）", f" ({interval})") if interval else "",
        p=charts.peers_text(context),
        m=number(own["median"]),
        q=band(own["q25"], own["q75"]),
    )
    evidence = ((f"{prefix}_scores", key),)
    ranks_pair = None if missing(row["rank_low"]) else (row["rank_low"], row["rank_high"])
    level_pair = None if missing(row["score_low"]) else (row["score_low"], row["score_high"])
    statements = [
        Statement(f"{prefix}.rank", first, evidence, ranks_pair, see),
    ]
    if context.peers:
        peer_key = ((f"{prefix}_scores", {"year": year, "node": system.root}),)
        statements.append(
            Statement(
                f"{prefix}.level", second, evidence + peer_key, level_pair, f"{prefix}-profile"
            )
        )
    return statements


def _parts(result: IndexResult, context: Context, cards: IndexCards) -> list[Statement]:
    pieces, evidence = [], []
    for node in context.system.subsystems:
        row = cards.scores.get(context.region, context.year, node)
        if row is None or missing(row["rank"]):
            continue
        card = cards.score(context.region, node, context.year)
        words = rank_text(row["rank"])
        if not missing(row["rank_low"]) and row["rank_low"] != row["rank_high"]:
            ends = rank_band(row["rank_low"], row["rank_high"])
            words = Text(f"{words.zh}（{ends.zh}）", f"{words.en} ({ends.en})")
        pieces.append(
            say(
                "{t}{w}",
                "{t} {w}",
                t=inside(context.system.title_of(node)),
                w=Text(cite(card, words.zh), cite(card, words.en)),
            )
        )
        key = {"region": context.region, "year": context.year, "node": node}
        evidence.append((f"{ID}_scores", key))
    if len(pieces) < 2:
        return []
    text = say("分项看：{l}。", "By part: {l}.", l=listing(pieces))
    return [Statement(f"{ID}.parts", text, tuple(evidence), see=f"{ID}-profile")]


def _change(result: IndexResult, context: Context, cards: IndexCards) -> list[Statement]:
    """State the change since the first year, where years are on one scale."""
    years = [int(y) for y in result.levels["year"].values if y <= context.year]
    if len(years) < 2 or result.parameters["scope"] != "pooled":
        return []
    root, region = context.system.root, context.region
    first, last = (
        cards.scores.row(region, years[0], root),
        cards.scores.row(region, years[-1], root),
    )
    if missing(first["score"]) or missing(last["score"]):
        return []
    table = result.levels.sel(node=root).sel(region=list(context.peers))
    steps = table.sel(year=years[-1]) - table.sel(year=years[0])
    middle = float(steps.median("region", skipna=True)) if context.peers else float("nan")
    step = last["score"] - first["score"]
    prices = context.prices
    text = say(
        "{a}—{b} 年水平由 {v} 变为 {w}，变动 {c}；同期{p}变动的中位数为 {m}（各年同一尺度{z}）。",
        "From {a} to {b} its level went from {v} to {w}, a change of {c}; the median change of {p} "
        "was {m} (one scale for all years{z}).",
        a=f"{years[0]}",
        b=f"{years[-1]}",
        v=cite(cards.score(region, root, years[0]), number(first["score"])),
        w=cite(cards.score(region, root, years[-1]), number(last["score"])),
        c=signed(step),
        p=charts.peers_text(context),
        m=signed(middle),
        z=Text(f"，{prices.zh}", f"; {prices.en}") if prices.zh else prices,
    )
    evidence = tuple(
        (f"{ID}_scores", {"region": region, "year": year, "node": root})
        for year in (years[0], years[-1])
    )
    return [Statement(f"{ID}.change", text, evidence, see=f"{ID}-time")]


def _weak(result: IndexResult, context: Context) -> list[Statement]:
    """Name the indicators that a reader must be told of at once, and their weight."""
    weak = [indicator for indicator in context.system.indicators if indicator.weak]
    if not weak:
        return []
    weights = result.tables["weights"].set_index("indicator")["weight"]
    share = percent(float(weights[[i.id for i in weak]].sum()))
    text = say(
        "{n} 个指标有明显弱点，合占权重 {s}：{l}。",
        "{n} indicators have a plain weakness and carry {s} of the weight: {l}.",
        n=f"{len(weak)}",
        s=share,
        l=listing(inside(i.title) for i in weak),
    )
    evidence = tuple((f"{ID}_weights", {"indicator": i.id}) for i in weak)
    return [Statement(f"{ID}.weak", text, evidence, see=f"{ID}-table")]
