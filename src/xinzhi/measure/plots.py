"""Charts of results, for notebooks and for the report: tables in, Altair charts out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.drawing import Asked

if TYPE_CHECKING:
    from xinzhi.data.system import IndicatorSystem
    from xinzhi.measure.coupling import CouplingResult
    from xinzhi.measure.index_result import IndexResult

INDEX_KINDS = ("ranking", "time", "contributions")
COUPLING_KINDS = ("ranking", "time", "profile", "obstacles")
_LONGEST_LINE = 46

_SCORE = Text("得分（0–1）", "Score (0–1)")
RANK = Text("排名", "Rank")
COORDINATION = Text("耦合协调度 D（0–1）", "Coordination degree D (0–1)")
_LEVEL = Text("水平（0–1）", "Level (0–1)")
_OBSTACLE = Text("障碍度", "Obstacle degree")
_CONTRIBUTION = Text("对总体的贡献", "Contribution to the whole")


def index_chart(result: IndexResult, asked: Asked) -> Any:
    """Draw an index: ``ranking`` of all regions, ``time`` of one, or its ``contributions``.

    Raises : InputError for an unknown kind, region or year
    """
    kind, lang = known_kind(asked.kind, INDEX_KINDS), asked.lang
    assert result.system is not None
    system, scores = result.system, result.tables["scores"]
    whole = scores[scores["node"] == system.root]
    year = known_year(whole, asked.year)
    region = known_region(whole, asked.region, year)
    title = system.title.get(lang)
    if kind == "ranking":
        return _ranking(whole, region, year, title, lang)
    if kind == "time":
        return _time(whole, "score", region, title, _SCORE, lang)
    parts = result.tables["contributions"]
    if parts.empty:
        raise InputError(Text("这种集成没有可加的贡献", "this aggregation has no contributions"))
    parts = at(parts, region, year).sort_values("contribution", ascending=False)
    drawn = indicator_bars(parts, "contribution", system, lang)
    return chart.finished(
        chart.bars(drawn, _CONTRIBUTION.get(lang), ".3f"), f"{region} {year}", title
    )


def coupling_chart(result: CouplingResult, asked: Asked) -> Any:
    """Draw coupling: ``ranking``, ``time``, ``profile`` of levels against others, ``obstacles``.

    Raises : InputError for an unknown kind, region or year
    """
    kind, lang = known_kind(asked.kind, COUPLING_KINDS), asked.lang
    table = result.tables["coupling"]
    year = known_year(table, asked.year)
    region = known_region(table, asked.region, year)
    title = Text("耦合协调", "Coupling coordination").get(lang)
    system = result.index.system if result.index else None
    if kind == "ranking":
        return _ranking(table, region, year, title, lang)
    if kind == "time":
        return _time(table, "coordination", region, title, COORDINATION, lang)
    if kind == "profile":
        levels = result.tables["levels"]
        levels = levels[levels["year"] == year]
        others = others_than(levels, region)
        drawn = against_peers(levels, "level", "subsystem", region, others)
        drawn["label"] = [
            system.title_of(str(name)).get(lang) if system else str(name)
            for name in drawn["subsystem"]
        ]
        return chart.finished(chart.profile(drawn, _LEVEL.get(lang)), f"{region} {year}", title)
    rows = result.tables["obstacles"]
    if rows.empty or system is None:
        raise InputError(
            Text(
                "给定的水平没有指标，无障碍度",
                "given levels have no indicators, so no obstacles",
            )
        )
    rows = at(rows, region, year).sort_values("obstacle", ascending=False)
    drawn = indicator_bars(rows, "obstacle", system, lang)
    return chart.finished(chart.bars(drawn, _OBSTACLE.get(lang)), f"{region} {year}", title)


def indicator_bars(
    rows: pd.DataFrame, value: str, system: IndicatorSystem, lang: Language
) -> pd.DataFrame:
    """Return label, value and colour of one row an indicator, in the hue of its subsystem."""
    hues = {
        indicator: chart.hue(place)
        for place, name in enumerate(system.subsystems)
        for indicator in system.indicators_below(name)
    }
    names = [str(name) for name in rows["indicator"]]
    return pd.DataFrame(
        {
            "label": [wrapped(system.title_of(name).get(lang), lang) for name in names],
            "value": rows[value].to_numpy(dtype=float),
            "colour": [hues.get(name, chart.hue(0)) for name in names],
        }
    )


def against_peers(
    table: pd.DataFrame, value: str, by: str, region: str, peers: Iterable[str]
) -> pd.DataFrame:
    """Return one region's values beside the quartiles of its peers, a row for each ``by``.

    table : region, ``by``, ``value``; with ``value_low`` and ``value_high`` (or ``low``, ``high``)
    Returns : ``by``, value, low, high, q25, median, q75
    """
    own = table[table["region"] == region]
    ends = {end: f"{value}_{end}" for end in ("low", "high")}
    drawn = pd.DataFrame(
        {
            by: own[by].to_numpy(),
            "value": own[value].to_numpy(dtype=float),
            **{
                end: own[name].to_numpy(dtype=float) if name in own else float("nan")
                for end, name in ends.items()
            },
        }
    )
    others = table[table["region"].isin(list(peers))]
    shares = {"q25": 0.25, "median": 0.5, "q75": 0.75}
    grouped = others.groupby(by, observed=True)[value]
    for name, share in shares.items():
        quantile = grouped.quantile(share)
        drawn[name] = [float(quantile.get(key, float("nan"))) for key in drawn[by]]
    return drawn


def wrapped(text: str, lang: Language, longest: int = _LONGEST_LINE) -> str:
    """Break a label into two lines where it is too long for a phone."""
    limit = longest // 2 if lang == "zh" else longest
    if len(text) <= limit:
        return text
    if lang == "zh":
        # before an opening bracket if there is one in reach, so that the bracket stays whole
        cut = text.find("（")
        cut = cut if 4 <= cut <= limit else limit
        first, rest = text[:cut], text[cut:]
    else:
        cut = text.rfind(" ", 0, limit + 1)
        cut = cut if cut > 0 else limit
        first, rest = text[:cut], text[cut:].strip()
    return f"{first}\n{rest if len(rest) <= limit else rest[: limit - 1] + '…'}"


def _ranking(table: pd.DataFrame, region: str, year: int, title: str, lang: Language) -> Any:
    rows = table[table["year"] == year].dropna(subset=["rank"]).sort_values("rank")
    drawn = pd.DataFrame(
        {
            "label": rows["region"].astype(str).to_numpy(),
            "value": rows["rank"].to_numpy(dtype=float),
            "low": rows["rank_low"].to_numpy(dtype=float),
            "high": rows["rank_high"].to_numpy(dtype=float),
            "chosen": (rows["region"] == region).to_numpy(),
        }
    )
    return chart.finished(chart.ranking(drawn, RANK.get(lang), len(rows)), title, str(year))


def _time(
    table: pd.DataFrame, value: str, region: str, title: str, axis: Text, lang: Language
) -> Any:
    drawn = against_peers(table, value, "year", region, others_than(table, region))
    return chart.finished(chart.trend(drawn, axis.get(lang)), title, region)


def at(table: pd.DataFrame, region: str, year: int) -> pd.DataFrame:
    """Return the rows of one region in one year."""
    return table[(table["region"] == region) & (table["year"] == year)]


def others_than(table: pd.DataFrame, region: str) -> list[str]:
    """Return the regions of a table but one."""
    return [str(name) for name in table["region"].drop_duplicates() if name != region]


def known_year(table: pd.DataFrame, year: int | None) -> int:
    """Return the year that was asked for, the last by default.

    Raises : InputError for a year that the table does not have
    """
    years = sorted(int(y) for y in table["year"].unique())
    if year is None:
        return years[-1]
    if year not in years:
        shown = ", ".join(map(str, years))
        raise InputError(
            Text(
                f"结果中没有 {year} 年；有：{shown}",
                f"no year {year} in the result; it has {shown}",
            )
        )
    return year


def known_region(table: pd.DataFrame, region: str | None, year: int | None = None) -> str:
    """Return the region that was asked for; by default the first in rank of a year, or in order.

    Raises : InputError for a region that the table does not have
    """
    rows = table if year is None else table[table["year"] == year]
    names = [str(name) for name in rows["region"]]
    if region is None:
        best = rows if "rank" not in rows else rows.dropna(subset=["rank"]).sort_values("rank")
        return str(best["region"].iloc[0]) if len(best) else names[0]
    if region not in names:
        raise InputError(Text(f"结果中没有地区 {region}", f"no region {region} in the result"))
    return region


def known_kind(kind: str | None, kinds: tuple[str, ...]) -> str:
    """Return the kind that was asked for, the first by default.

    Raises : InputError, listing the kinds there are
    """
    if kind is None or kind in kinds:
        return kind or kinds[0]
    raise InputError(
        Text(
            f"没有图 {kind}；可选：{'、'.join(kinds)}",
            f"no chart {kind}; choose from {', '.join(kinds)}",
        )
    )
