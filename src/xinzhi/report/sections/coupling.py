"""Do the parts move together, which one lags, what holds them back?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from xinzhi.core import Result, Text
from xinzhi.measure import CouplingResult, IndexResult
from xinzhi.measure import coupling as compute
from xinzhi.report import coupling_charts
from xinzhi.report.context import Context, missing
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.coupling_tables import combination_table, coupling_table, obstacle_table
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.model import NotRun, Section, Statement, cite
from xinzhi.report.titles import GRADES
from xinzhi.report.words import band, inside, listing, number, percent, rank_band, rank_text, say

ID = "coupling"
PART = "chains"
TITLE = Text("耦合协调", "Coupling coordination")
_EQUAL = 1e-9


def run(context: Context) -> Result | NotRun:
    """Compute the coupling of the main system's subsystems."""
    index = context.results.get("index")
    if not isinstance(index, IndexResult):
        return NotRun(
            Text("指数没有算出", "the index did not run"), Text("见指数一节", "see the index")
        )
    result = compute(index)
    return replace(result, tables={**result.tables, "leading": leading(result, index)})


def leading(result: CouplingResult, index: IndexResult) -> pd.DataFrame:
    """Return the share of draws in which each subsystem is the highest; missing without draws."""
    table = result.tables["lagging"]
    share = np.full(len(table), np.nan)
    if index.draws is not None:
        names = [str(name) for name in result.levels["subsystem"].values]
        drawn = index.draws.sel(node=names).values
        highest = drawn.argmax(axis=-1)
        shares = np.stack([(highest == k).mean(axis=0) for k in range(len(names))], axis=-1)
        shares[np.isnan(drawn).any(axis=(0, -1))] = np.nan
        share = shares.reshape(-1)
    return table.drop(columns="share").assign(share=share)


def write(result: CouplingResult, context: Context) -> Section:
    """Word and draw coupling."""
    assert result.index is not None
    cards = CouplingCards(context, result, IndexCards(context, result.index))
    row = cards.coupling.row(context.region, context.year)
    statements: list[Statement] = []
    if not missing(row["coordination"]):
        statements += [
            _rank(context, cards),
            *_lagging(context, cards),
            *_obstacles(result, context, cards),
            *_pairs(result, context, cards),
            _forms(context, cards),
        ]
    statements += [*_correlation(result, context, cards), *_geometric(result, context)]
    drawn = [
        coupling_charts.over_time(result, context, cards),
        coupling_charts.lowest(result, context, cards),
        coupling_charts.obstacles(result, context, cards),
        coupling_charts.combinations(result, context, cards),
        coupling_charts.relative(result, context, cards),
        coupling_charts.correlations(result, context, cards),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(statements),
        charts=tuple(chart for chart in drawn if chart is not None),
        tables=(
            obstacle_table(result, context, cards),
            combination_table(result, context, cards),
            coupling_table(result, context, cards),
        ),
    )


def _key(context: Context, **more: str) -> dict[str, object]:
    return {"region": context.region, "year": context.year, **more}


def _rank(context: Context, cards: CouplingCards) -> Statement:
    row = cards.coupling.row(context.region, context.year)
    card = cards.coordination(context.region, context.year)
    interval = None
    shown, ranks = "", Text("", "")
    if not missing(row["coordination_low"]):
        interval = (row["coordination_low"], row["coordination_high"])
        shown = band(*interval)
    if not missing(row["rank_low"]):
        ends = rank_band(row["rank_low"], row["rank_high"])
        ranks = Text(f"（区间{ends.zh}）", f" ({ends.en})")
    rank = rank_text(row["rank"])
    text = say(
        "{y} 年，{r}的耦合协调度为 {d}{i}，列{k}{b}；按惯用的十级划分属“{g}”。",
        "In {y} the coordination of {r} is {d}{i}, {k}{b}; of the usual ten grades, a convention, "
        "“{g}”.",
        y=f"{context.year}",
        r=context.name(context.region),
        d=cite(card, number(row["coordination"])),
        i=Text(f"（{shown}）", f" ({shown})") if shown else "",
        k=Text(cite(card, rank.zh), cite(card, rank.en)),
        b=ranks,
        g=GRADES[str(row["grade"])],
    )
    evidence = ((f"{ID}_coupling", _key(context)),)
    return Statement(f"{ID}.rank", text, evidence, interval, f"{ID}-time")


def _lagging(context: Context, cards: CouplingCards) -> list[Statement]:
    """Name the lowest subsystem only where the draws agree; say what is unclear elsewhere."""
    row = cards.coupling.row(context.region, context.year)
    names = cards.subsystems
    shares = {n: cards.lagging.row(context.region, context.year, n)["share"] for n in names}
    if missing(row["lagging_agreement"]):
        return []
    top = max(shares, key=lambda name: shares[name])
    share = percent(shares[top])
    card = cards.share(context.region, context.year, top)
    parts = {
        "s": inside(cards.index.title(top)),
        "p": Text(cite(card, share.zh), cite(card, share.en)),
        "d": context.draws,
        "a": percent(cards.result.parameters["agreement"]),
    }
    if str(row["lagging"]) in names:
        text = say(
            "最低的部分是{s}：{d}中有 {p} 如此。",
            "The lowest part is the {s}: so in {p} of {d}.",
            **parts,
        )
    else:
        text = say(
            "最低的部分不能确定：{s}最常最低，但只占{d}的 {p}，不到 {a}。",
            "The lowest part is not determined: the {s} is lowest most often, but in only {p} of "
            "{d}, short of {a}.",
            **parts,
        )
    evidence = (
        (f"{ID}_coupling", _key(context)),
        (f"{ID}_lagging", _key(context, subsystem=top)),
    )
    return [Statement(f"{ID}.lagging", text, evidence, see=f"{ID}-lowest")]


def _obstacles(result: CouplingResult, context: Context, cards: CouplingCards) -> list[Statement]:
    table = result.tables["obstacles"]
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    own = own.dropna(subset=["obstacle"]).sort_values("obstacle", ascending=False).head(3)
    if own.empty:
        return []
    named, evidence = [], []
    for name, value in zip(own["indicator"], own["obstacle"], strict=True):
        card = cards.obstacle(context.region, context.year, str(name))
        share = percent(value)
        named.append(
            say(
                "{t}（{p}）",
                "{t} ({p})",
                t=inside(cards.index.title(str(name))),
                p=Text(cite(card, share.zh), cite(card, share.en)),
            )
        )
        evidence.append((f"{ID}_obstacles", _key(context, indicator=str(name))))
    text = say(
        "与样本最优值的差距中，占比最大的是：{l}；三项合计 {s}。",
        "The largest shares of the distance to the best of the sample: {l}; together {s}.",
        l=listing(named),
        s=percent(float(own["obstacle"].sum())),
    )
    return [Statement(f"{ID}.obstacles", text, tuple(evidence), see=f"{ID}-obstacles")]


def _pairs(result: CouplingResult, context: Context, cards: CouplingCards) -> list[Statement]:
    table = result.tables["combinations"]
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    pairs = own[own["size"] == 2].dropna(subset=["coordination"]).sort_values("coordination")
    if len(pairs) < 2:
        return []
    ends, evidence = [], []
    for place in (0, -1):
        name = str(pairs["subsystems"].iloc[place])
        value = pairs["coordination"].iloc[place]
        titles = [inside(cards.index.title(part)) for part in name.split("+")]
        card = cards.combination(context.region, context.year, name)
        words = Text("—".join(t.zh for t in titles), " – ".join(t.en for t in titles))
        ends.append(say("{w} {v}", "{w} {v}", w=words, v=cite(card, number(value))))
        evidence.append((f"{ID}_combinations", _key(context, subsystems=name)))
    text = say(
        "两两之间，协调度最低的是{a}，最高的是{b}。",
        "Of the pairs, coordination is lowest for {a} and highest for {b}.",
        a=ends[0],
        b=ends[1],
    )
    return [Statement(f"{ID}.pairs", text, tuple(evidence), see=f"{ID}-combinations")]


def _forms(context: Context, cards: CouplingCards) -> Statement:
    row = cards.coupling.row(context.region, context.year)
    text = say(
        "耦合度的标准式为 {c}，因接近 1 而少有区分；两种修正式的协调度为 {w}（王淑佳等 2021）和 {f}"
        "（Fan 2024），它们随水平的绝对尺度而变，不能与标准式或别的论文比较。",
        "The standard degree is {c}, so close to 1 that it tells little apart; by the two modified "
        "forms coordination is {w} (Wang et al. 2021) and {f} (Fan 2024). Those depend on the "
        "absolute scale of the levels and compare neither with the standard form nor between "
        "papers.",
        c=cite(cards.degree(context.region, context.year), number(row["degree"])),
        w=number(row["coordination_wang"]),
        f=number(row["coordination_fan"]),
    )
    return Statement(f"{ID}.forms", text, ((f"{ID}_coupling", _key(context)),), see=f"{ID}-regions")


def _correlation(result: CouplingResult, context: Context, cards: CouplingCards) -> list[Statement]:
    """Say how far the levels move together to begin with, from the correlation tables."""
    table = result.tables["correlations"].dropna(subset=["spearman"]).sort_values("spearman")
    if table.empty:
        return []
    ends, evidence = [], []
    for place in (0, -1):
        a, b, value = table.iloc[place][["subsystem", "other", "spearman"]]
        card = cards.correlation(a, b, value)
        ends.append(
            say(
                "{a}与{b} {v}",
                "{a} and {b} {v}",
                a=inside(cards.index.title(a)),
                b=inside(cards.index.title(b)),
                v=cite(card, number(value)),
            )
        )
        evidence.append((f"{ID}_correlations", {"subsystem": a, "other": b}))
    text = say(
        "各部分的水平原本就相关（全部地区和年份的斯皮尔曼相关）：最低为{a}，最高为{b}",
        "The levels are correlated to begin with (Spearman, all regions and years): "
        "from {a} to {b}",
        a=ends[0],
        b=ends[1],
    )
    across = strongest_across(result)
    if across is not None:
        first, second, value = across
        more = say(
            "；跨部分的指标之间最高为{a}与{b} {v}",
            "; between indicators of different parts up to {v}, {a} with {b}",
            a=inside(cards.index.title(first)),
            b=inside(cards.index.title(second)),
            v=number(value),
        )
        text = say("{t}{m}", "{t}{m}", t=text, m=more)
        evidence.append(("index_correlations", {"indicator_a": first, "indicator_b": second}))
    text = say(
        "{t}。“耦合”有一部分是指标构造带来的。",
        "{t}. Part of the “coupling” is built into the indicators.",
        t=text,
    )
    see = f"{ID}-correlations" if len(table) > 1 else "method-coupling"  # one pair has no chart
    return [Statement(f"{ID}.correlation", text, tuple(evidence), see=see)]


def strongest_across(result: CouplingResult) -> tuple[str, str, float] | None:
    """Return the most correlated two indicators of different subsystems."""
    if result.index is None or result.index.system is None:
        return None
    system = result.index.system
    home = {i: s for s in system.subsystems for i in system.indicators_below(s)}
    table = result.index.tables["correlations"].dropna(subset=["spearman"])
    apart = [
        home.get(a) != home.get(b)
        for a, b in zip(table["indicator_a"], table["indicator_b"], strict=True)
    ]
    table = table[apart]
    if table.empty:
        return None
    row = table.iloc[int(table["spearman"].abs().to_numpy().argmax())]
    return str(row["indicator_a"]), str(row["indicator_b"]), float(row["spearman"])


def _geometric(result: CouplingResult, context: Context) -> list[Statement]:
    """Say what follows from equal weights and the standard degree."""
    weights = np.array(list(result.parameters["weights"].values()))
    if np.ptp(weights) > _EQUAL or result.parameters["form"] != "standard":
        return []
    text = Text(
        "标准耦合度加等权时，协调度 D 就是各部分水平几何平均的平方根：D 的排名就是几何平均的排名，"
        "不含更多信息。",
        "With the standard degree and equal weights D is the square root of the geometric mean of "
        "the levels: it ranks regions as that mean does and holds no more.",
    )
    return [
        Statement(
            f"{ID}.geometric",
            text,
            ((f"{ID}_coupling", {"region": context.region, "year": context.year}),),
            see="method-coupling",
        )
    ]
