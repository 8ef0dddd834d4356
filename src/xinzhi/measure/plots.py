"""Charts of results, for notebooks and for the report: tables in, Altair charts out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart

if TYPE_CHECKING:
    from xinzhi.measure.coupling import CouplingResult
    from xinzhi.measure.index_result import IndexResult

INDEX_KINDS = ("ranking", "time", "contributions")
COUPLING_KINDS = ("ranking", "time", "profile", "obstacles")
_LONGEST_LINE = 46

_SCORE = Text("得分（0–1）", "Score (0–1)")
_RANK = Text("排名", "Rank")
_COORDINATION = Text("耦合协调度 D（0–1）", "Coordination degree D (0–1)")
_LEVEL = Text("水平（0–1）", "Level (0–1)")
_OBSTACLE = Text("障碍度", "Obstacle degree")
_CONTRIBUTION = Text("对总体的贡献", "Contribution to the whole")


def index_chart(
    result: IndexResult, kind: str, lang: Language, region: str | None, year: int | None
) -> Any:
    """Draw an index: ``ranking`` of all regions, ``time`` of one, or its ``contributions``.

    region : the one to bring out; the first in rank by default
    year : the last by default
    Raises : InputError for an unknown kind, region or year
    """
    assert result.system is not None
    system, scores = result.system, result.tables["scores"]
    whole = scores[scores["node"] == system.root]
    year = _year(whole, year)
    region = _region(whole, region, year)
    title = system.title.get(lang)
    if kind == "ranking":
        return _ranking(whole, region, year, title, lang)
    if kind == "time":
        return _time(whole, "score", region, title, _SCORE, lang)
    if kind == "contributions":
        parts = result.tables["contributions"]
        if parts.empty:
            raise InputError(
                Text("这种集成没有可加的贡献", "this aggregation has no contributions")
            )
        parts = _at(parts, region, year).sort_values("contribution", ascending=False)
        names = [system.title_of(str(name)).get(lang) for name in parts["indicator"]]
        nodes = {i.id: _subsystem(system.subsystems, system, i.id) for i in system.indicators}
        drawn = pd.DataFrame(
            {
                "label": [wrapped(name, lang) for name in names],
                "value": parts["contribution"].to_numpy(),
                "colour": [chart.hue(nodes[str(name)]) for name in parts["indicator"]],
            }
        )
        return chart.finished(
            chart.bars(drawn, _CONTRIBUTION.get(lang), ".3f"), f"{region} {year}", title
        )
    raise _unknown(kind, INDEX_KINDS)


def coupling_chart(
    result: CouplingResult, kind: str, lang: Language, region: str | None, year: int | None
) -> Any:
    """Draw coupling: ``ranking``, ``time``, ``profile`` of levels against others, ``obstacles``.

    region : the one to bring out; the first in rank by default
    year : the last by default
    Raises : InputError for an unknown kind, region or year
    """
    table = result.tables["coupling"]
    year = _year(table, year)
    region = _region(table, region, year)
    title = Text("耦合协调", "Coupling coordination").get(lang)
    system = result.index.system if result.index else None
    if kind == "ranking":
        return _ranking(table, region, year, title, lang)
    if kind == "time":
        return _time(table, "coordination", region, title, _COORDINATION, lang)
    if kind == "profile":
        levels = result.tables["levels"]
        drawn = against_peers(
            levels[levels["year"] == year], "level", "subsystem", region, _others(levels, region)
        )
        drawn["label"] = [
            system.title_of(str(name)).get(lang) if system else str(name)
            for name in drawn["subsystem"]
        ]
        return chart.finished(chart.profile(drawn, _LEVEL.get(lang)), f"{region} {year}", title)
    if kind == "obstacles":
        rows = result.tables["obstacles"]
        if rows.empty or system is None:
            raise InputError(
                Text(
                    "给定的水平没有指标，无障碍度",
                    "given levels have no indicators, so no obstacles",
                )
            )
        rows = _at(rows, region, year).sort_values("obstacle", ascending=False)
        order = list(system.subsystems)
        drawn = pd.DataFrame(
            {
                "label": [
                    wrapped(system.title_of(str(name)).get(lang), lang)
                    for name in rows["indicator"]
                ],
                "value": rows["obstacle"].to_numpy(),
                "colour": [
                    chart.hue(order.index(str(s)) if str(s) in order else 0)
                    for s in rows["subsystem"]
                ],
            }
        )
        return chart.finished(chart.bars(drawn, _OBSTACLE.get(lang)), f"{region} {year}", title)
    raise _unknown(kind, COUPLING_KINDS)


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
            "value": rows["rank"].to_numpy(),
            "low": rows["rank_low"].to_numpy(),
            "high": rows["rank_high"].to_numpy(),
            "chosen": (rows["region"] == region).to_numpy(),
        }
    )
    return chart.finished(chart.ranking(drawn, _RANK.get(lang), len(rows)), title, str(year))


def _time(
    table: pd.DataFrame, value: str, region: str, title: str, axis: Text, lang: Language
) -> Any:
    drawn = against_peers(table, value, "year", region, _others(table, region))
    return chart.finished(chart.trend(drawn, axis.get(lang)), title, region)


def _at(table: pd.DataFrame, region: str, year: int) -> pd.DataFrame:
    return table[(table["region"] == region) & (table["year"] == year)]


def _others(table: pd.DataFrame, region: str) -> list[str]:
    return [str(name) for name in table["region"].drop_duplicates() if name != region]


def _year(table: pd.DataFrame, year: int | None) -> int:
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


def _region(table: pd.DataFrame, region: str | None, year: int) -> str:
    rows = table[table["year"] == year]
    names = [str(name) for name in rows["region"]]
    if region is None:
        best = rows.dropna(subset=["rank"]).sort_values("rank")
        return str(best["region"].iloc[0]) if len(best) else names[0]
    if region not in names:
        raise InputError(Text(f"结果中没有地区 {region}", f"no region {region} in the result"))
    return region


def _subsystem(subsystems: Iterable[str], system: Any, indicator: str) -> int:
    for place, name in enumerate(subsystems):
        if indicator in system.indicators_below(name):
            return place
    return 0


def _unknown(kind: str, kinds: Iterable[str]) -> InputError:
    shown: Mapping[str, str] = {"zh": "、".join(kinds), "en": ", ".join(kinds)}
    return InputError(
        Text(f"没有图 {kind}；可选：{shown['zh']}", f"no chart {kind}; choose from {shown['en']}")
    )
