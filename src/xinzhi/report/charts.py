"""From result tables to the report's charts: selection, names in two languages, specs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, Language, Text, chart
from xinzhi.data import packs
from xinzhi.measure.plots import wrapped
from xinzhi.report.context import EMBEDDED, Context
from xinzhi.report.model import Panel, Symbol
from xinzhi.report.words import listing, say

MOST_ROWS = 60  # of a ranking that a reader can take in
Key = tuple[Symbol, str, Text]


def in_both(draw: Callable[[Language], Any]) -> dict[Language, dict[str, Any]]:
    """Return the Vega-Lite spec of a chart in each language."""
    from altair.utils.schemapi import debug_mode

    # Altair would check every part against its schema as it is made.
    with debug_mode(False):
        return {"zh": chart.spec(draw("zh")), "en": chart.spec(draw("en"))}


def ranking_panel(context: Context, ranked: pd.DataFrame, cards: Sequence[str]) -> Panel:
    """Draw ranks with their intervals.

    ranked : region, rank, rank_low, rank_high, in the order of ranks
    """
    last = int(ranked["rank"].max())

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "label": [context.name(str(r)).get(lang) for r in ranked["region"]],
                "value": ranked["rank"].to_numpy(),
                "low": ranked["rank_low"].to_numpy(),
                "high": ranked["rank_high"].to_numpy(),
                "chosen": [r == context.region for r in ranked["region"]],
                "card": list(cards),
            }
        )
        return chart.ranking(frame, Text("排名", "Rank").get(lang), last)

    return Panel(in_both(draw))


def levels_panel(
    context: Context, rows: pd.DataFrame, value: str, measure: Text, cards: Sequence[str]
) -> Panel:
    """Draw the values of regions as bars; rows : region, ``value``, in order."""

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "label": [context.name(str(name)).get(lang) for name in rows["region"]],
                "value": rows[value].to_numpy(dtype=float),
                "chosen": [name == context.region for name in rows["region"]],
                "card": list(cards),
            }
        )
        return chart.levels(frame, measure.get(lang), float(frame["value"].abs().max()) or 1.0)

    return Panel(in_both(draw))


def tiles_panel(
    context: Context,
    rows: pd.DataFrame,
    value: str,
    measure: Text,
    cards: Sequence[str],
    *,
    domain: tuple[float, float] = (0.0, 1.0),
    number_format: str = ".2f",
    title: Text = NO_TEXT,
) -> Panel | None:
    """Draw the map of equal squares; None where the region set has no such map.

    rows : region, ``value`` in ``domain``; a region without a value is left out
    title : of the panel, where a chart has several
    """
    regions = [context.region_of(str(name)) for name in rows["region"]]
    places = [region.tile for region in regions]
    if not places or any(place is None for place in places):
        return None
    tiles = [place for place in places if place is not None]

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "column": [place[0] for place in tiles],
                "row": [place[1] for place in tiles],
                "short": [region.short.get(lang) for region in regions],
                "label": [context.name(region.name).get(lang) for region in regions],
                "value": rows[value].to_numpy(dtype=float),
                "chosen": [region.name == context.region for region in regions],
                "card": list(cards),
            }
        ).dropna(subset=["value"])
        return chart.tiles(frame, measure.get(lang), domain, number_format)

    columns = max(c for c, _ in tiles) - min(c for c, _ in tiles) + 1
    count = max(r for _, r in tiles) - min(r for _, r in tiles) + 1
    return Panel(in_both(draw), title=title, tiles=(columns, count))


def profile_panel(
    drawn: pd.DataFrame,
    titles: Sequence[Text],
    measure: Text,
    cards: Sequence[str],
    domain: tuple[float, float] = (0.0, 1.0),
    reference: float | None = None,
) -> Panel:
    """Draw values with intervals on the quartile band of the peers.

    drawn : value, low, high, q25, median, q75, as ``against_peers`` gives
    """

    def draw(lang: Language) -> Any:
        labels = [wrapped(title.get(lang), lang) for title in titles]
        frame = drawn.assign(label=labels, card=list(cards))
        return chart.profile(frame, measure.get(lang), domain, reference)

    return Panel(in_both(draw))


def shares_panel(
    drawn: pd.DataFrame, titles: Sequence[Text], measure: Text, cards: Sequence[str]
) -> Panel:
    """Draw shares as bars from zero with their intervals, in per cent.

    drawn : value, low, high
    """
    shown = 100.0 * drawn
    ends = shown.to_numpy()
    domain = (min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends))))
    # the bar is the band of a profile, from 0 to the value
    bars = shown.assign(q25=0.0, median=math.nan, q75=shown["value"])
    return profile_panel(bars, titles, measure, cards, domain)


def trend_panel(
    drawn: pd.DataFrame, title: Text, measure: Text, cards: Sequence[str], height: int = 220
) -> Panel:
    """Draw one series over the years on the quartile band of the peers."""

    def draw(lang: Language) -> Any:
        return chart.trend(drawn.assign(card=list(cards)), measure.get(lang), height=height)

    return Panel(in_both(draw), title=title)


def bars_panel(
    values: Sequence[float],
    titles: Sequence[Text],
    colours: Sequence[str],
    measure: Text,
    cards: Sequence[str],
    number_format: str = ".1%",
) -> Panel:
    """Draw bars from zero under their labels."""

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "label": [wrapped(title.get(lang), lang) for title in titles],
                "value": list(values),
                "colour": list(colours),
                "card": list(cards),
            }
        )
        return chart.bars(frame, measure.get(lang), number_format)

    return Panel(in_both(draw))


def matrix_panel(
    pairs: Sequence[tuple[Text, Text, float]],
    order: Sequence[Text],
    measure: Text,
    cards: Sequence[str],
) -> Panel:
    """Draw the correlations of every two subsystems."""

    def draw(lang: Language) -> Any:
        frame = pd.DataFrame(
            {
                "first": [b.get(lang) for _, b, _ in pairs],
                "second": [a.get(lang) for a, _, _ in pairs],
                "value": [value for *_, value in pairs],
                "card": list(cards),
            }
        )
        return chart.matrix(frame, [title.get(lang) for title in order], measure.get(lang))

    return Panel(in_both(draw))


def peers_text(context: Context) -> Text:
    """Return whom the region is compared with, as a noun: 其余 30 个地区."""
    count = f"{len(context.peers)}"
    if len(context.peers) == len(context.panel.region_names) - 1:
        return say("其余 {n} 个地区", "the other {n} regions", n=count)
    return say("所选 {n} 个地区", "the {n} chosen regions", n=count)


def usual_key(context: Context, whiskers: bool = True, line: bool = False) -> tuple[Key, ...]:
    """Return the key of a chart of one region among its peers."""
    peers = peers_text(context)
    own: Key = ("line" if line else "dot", chart.REGION, context.name(context.region))
    found: list[Key] = [own]
    if whiskers and context.uncertainty is not None:
        symbol: Symbol = "shade" if line else "whisker"
        interval = say("{s} 抽样区间", "{s} of draws", s=context.share)
        found.append((symbol, chart.REGION, interval))
    found.append(("band", chart.PEER_BAND, say("{p}的中间一半", "middle half of {p}", p=peers)))
    found.append(
        ("line" if line else "tick", chart.QUIET, say("{p}的中位数", "median of {p}", p=peers))
    )
    return tuple(found)


def nearby(ranked: pd.DataFrame, region: str) -> pd.DataFrame:
    """Return the rows of a ranking that are shown: all, or of many the first and those around."""
    if len(ranked) <= MOST_ROWS:
        return ranked
    place = int((ranked["region"] == region).to_numpy().argmax())
    keep = {*range(10), *range(max(0, place - 20), place + 21), len(ranked) - 1}
    return ranked.iloc[sorted(k for k in keep if k < len(ranked))]


def _data_name(record: str) -> Text:
    """Return what a reader calls an input: the pack of a file of one, else the file."""
    if record == EMBEDDED:
        return Text("随附的官方统计数据", "official figures shipped with the package")
    pack = packs().get(record.partition("/")[0])
    if pack is not None:
        return say("数据包“{t}”", "the data pack “{t}”", t=pack.title)
    return Text(record, record)


def source_line(context: Context) -> Text:
    """Return the line under a chart: the data it is drawn from, and that the work is ours."""
    names = dict.fromkeys(_data_name(record.name) for record in context.panel.inputs)
    name = listing(names)
    if not name.zh:
        return Text("新质计算；来源见“数据与方法”", "Computed by Xinzhi; see Data and method")
    return say(
        "来源：{n}，逐项见“数据与方法”；新质计算",
        "Source: {n}, each listed under Data and method; computed by Xinzhi",
        n=name,
    )
