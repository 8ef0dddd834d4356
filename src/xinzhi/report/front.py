"""The first page: verdict, four numbers, one picture, findings, and what could not be said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from xinzhi.core import NO_TEXT, Text
from xinzhi.measure import CouplingResult, IndexResult
from xinzhi.report.context import Context, missing
from xinzhi.report.coupling_cards import CouplingCards
from xinzhi.report.index_cards import IndexCards
from xinzhi.report.index_charts import ranked
from xinzhi.report.model import Statement, cite
from xinzhi.report.titles import GRADES
from xinzhi.report.words import band, inside, number, percent, rank_band, rank_text, say

# Rules whose statements may stand on the first page, the weightiest first.
FINDINGS = (
    "coupling.obstacles",
    "index.parts",
    "index.change",
    "data_method.imputed",
    "data_method.variants",
    "coupling.correlation",
    "new_quality.rank",
)
MOST_FINDINGS = 5
UNDETERMINED = Text("不能确定", "not determined")


@dataclass(frozen=True)
class KeyNumber:
    """One of the four numbers: label, the number (or words), its band and rank, its card."""

    label: Text
    value: Text
    card: str
    band: Text = NO_TEXT
    rank: Text = NO_TEXT


def verdict(context: Context) -> Statement | None:
    """Return the one sentence of the first page; None where the whole could not be computed."""
    index = context.results.get("index")
    if not isinstance(index, IndexResult):
        return None
    cards = IndexCards(context, index)
    root = context.system.root
    row = cards.scores.get(context.region, context.year, root)
    if row is None or missing(row["rank"]):
        return None
    card = cards.score(context.region, root, context.year)
    count = f"{int(ranked(index, context.year)['rank'].notna().sum())}"
    rank = rank_text(row["rank"])
    text = say(
        "{y} 年，{r}的“{t}”在 {n} 个地区中列{k}{b}",
        "In {y} {r} ranks {k} of {n} regions on “{t}”{b}",
        y=f"{context.year}",
        r=context.name(context.region),
        t=context.system.title,
        n=count,
        k=Text(cite(card, rank.zh), cite(card, rank.en)),
        b=_ranks(context, row["rank_low"], row["rank_high"]),
    )
    key = {"region": context.region, "year": context.year}
    evidence = [("index_scores", {**key, "node": root})]
    result = context.results.get("coupling")
    if isinstance(result, CouplingResult):
        coupled = CouplingCards(context, result, cards)
        own = coupled.coupling.row(context.region, context.year)
        if not missing(own["coordination"]):
            shown = cite(
                coupled.coordination(context.region, context.year), number(own["coordination"])
            )
            lag = str(own["lagging"])
            tail = (
                say(
                    "最低的部分是{s}（{p} 的抽样如此）",
                    "its lowest part is the {s} (so in {p} of draws)",
                    s=inside(cards.title(lag)),
                    p=percent(own["lagging_agreement"]),
                )
                if lag in coupled.subsystems
                else Text("最低的部分不能确定", "its lowest part is not determined")
            )
            text = say(
                "{t}；各部分的协调度为 {d}，{l}",
                "{t}; the coordination of its parts is {d}, and {l}",
                t=text,
                d=shown,
                l=tail,
            )
            evidence.append(("coupling_coupling", key))
    text = say("{t}。", "{t}.", t=text)
    pair = None if missing(row["rank_low"]) else (row["rank_low"], row["rank_high"])
    return Statement("front.verdict", text, tuple(evidence), pair)


def key_numbers(context: Context) -> list[KeyNumber]:
    """Return the level of the whole, coordination, and the strongest and weakest part."""
    index = context.results.get("index")
    if not isinstance(index, IndexResult):
        return []
    cards = IndexCards(context, index)
    root = context.system.root
    row = cards.scores.get(context.region, context.year, root)
    if row is None or missing(row["score"]):
        return []
    found = [
        KeyNumber(
            Text("总体水平（0–1）", "Level of the whole (0–1)"),
            _same(number(row["score"])),
            cards.score(context.region, root, context.year),
            _interval(row["score_low"], row["score_high"]),
            _rank(row),
        )
    ]
    result = context.results.get("coupling")
    if not isinstance(result, CouplingResult):
        return found
    coupled = CouplingCards(context, result, cards)
    own = coupled.coupling.row(context.region, context.year)
    if missing(own["coordination"]):
        return found
    grade = GRADES[str(own["grade"])]
    found.append(
        KeyNumber(
            Text("耦合协调度 D（0–1）", "Coordination D (0–1)"),
            _same(number(own["coordination"])),
            coupled.coordination(context.region, context.year),
            _interval(own["coordination_low"], own["coordination_high"]),
            say("{k} · {g}", "{k} · {g}", k=_rank(own), g=grade),
        )
    )
    leading, lagging = result.tables["leading"], result.tables["lagging"]
    strongest, weakest = Text("最强的部分", "Strongest part"), Text("最弱的部分", "Weakest part")
    return [
        *found,
        _extreme(context, coupled, leading, strongest, "highest"),
        _extreme(context, coupled, lagging, weakest, "lowest"),
    ]


def findings(statements: Iterable[Statement]) -> list[Statement]:
    """Return up to five statements for the first page."""
    by_rule: dict[str, Statement] = {}
    for statement in statements:
        by_rule.setdefault(statement.rule, statement)
    return [by_rule[rule] for rule in FINDINGS if rule in by_rule][:MOST_FINDINGS]


def _extreme(
    context: Context, cards: CouplingCards, table: pd.DataFrame, label: Text, kind: str
) -> KeyNumber:
    """Return the strongest or weakest part if the draws agree on it, else who leads the draws."""
    own = table[(table["region"] == context.region) & (table["year"] == context.year)]
    shares = dict(zip(own["subsystem"].astype(str), own["share"].astype(float), strict=True))
    if any(missing(share) for share in shares.values()):
        return KeyNumber(label, UNDETERMINED, "", Text("没有抽样", "no draws"))
    name = max(shares, key=lambda key: shares[key])
    row = cards.index.scores.row(context.region, context.year, name)
    card = cards.index.score(context.region, name, context.year)
    word = Text("最高" if kind == "highest" else "最低", kind)
    agreed = shares[name] >= cards.result.parameters["agreement"]
    title = cards.index.title(name)
    share = percent(shares[name])
    if agreed:
        return KeyNumber(
            label,
            title,
            card,
            say(
                "{v}；{p} 的抽样中{w}",
                "{v}; {w} in {p} of draws",
                v=number(row["score"]),
                p=share,
                w=word,
            ),
            _rank(row),
        )
    return KeyNumber(
        label,
        UNDETERMINED,
        card,
        say(
            "{t}（{v}）在 {p} 的抽样中{w}，不到 {a}",
            "{t} ({v}) {w} in {p} of draws, short of {a}",
            t=title,
            v=number(row["score"]),
            p=share,
            w=word,
            a=percent(cards.result.parameters["agreement"]),
        ),
    )


def _rank(row: object) -> Text:
    assert isinstance(row, dict)
    if missing(row["rank"]):
        return NO_TEXT
    words = rank_text(row["rank"])
    if missing(row["rank_low"]):
        return words
    ends = rank_band(row["rank_low"], row["rank_high"])
    return say("{k}（{b}）", "{k} ({b})", k=words, b=ends)


def _ranks(context: Context, low: float, high: float) -> Text:
    if missing(low):
        return NO_TEXT
    return say(
        "（{d}中 {s} 落在{b}）",
        " ({b} in {s} of {d})",
        b=rank_band(low, high),
        s=context.share,
        d=context.draws,
    )


def _interval(low: float, high: float) -> Text:
    return NO_TEXT if missing(low) else _same(band(low, high))


def _same(text: str) -> Text:
    return Text(text, text)
