"""Charts of ``strengths``, drawn from the tables of its result; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart

KINDS = ("opportunities", "complexity", "space", "prediction")

_MOST_REGIONS = 40
_MOST_NAMES = 10
_THREE = ".3r"


class Drawing(NamedTuple):
    """A chart without title or theme, for a page that has its own; the words that belong to it."""

    chart: Any
    title: Text
    subtitle: Text


def strengths_chart(result: Result, kind: str | None, lang: Language, region: str | None) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind or region, and where the result has nothing to draw
    """
    drawers: dict[str, Callable[[Result, Language, str | None], Drawing]] = {
        "opportunities": opportunities_drawing,
        "complexity": complexity_drawing,
        "space": space_drawing,
        "prediction": prediction_drawing,
    }
    chosen = kind or ("opportunities" if result.parameters["claims"] else "complexity")
    if chosen not in drawers:
        raise InputError(
            Text(
                f"没有图 {chosen}；可选：{'、'.join(KINDS)}",
                f"no chart {chosen}; choose from {', '.join(KINDS)}",
            )
        )
    drawing = drawers[chosen](result, lang, region)
    return chart.finished(drawing.chart, drawing.title.get(lang), drawing.subtitle.get(lang))


def opportunities_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw what a region does not have by density and complexity, the Pareto set in colour."""
    import altair as alt

    name = _region(result, region)
    pairs = _last(result.tables["pairs"])
    missing = pairs[(pairs["region"] == name) & ~pairs["present"].astype(bool)]
    worth = _last(result.tables["activities"]).set_index("activity")["pci"]
    best = result.tables["recommendations"]
    best = best[(best["region"] == name) & (best["kind"] == "gap")]
    activities = missing["activity"].astype(str)
    data = pd.DataFrame(
        {
            "label": activities.to_numpy(),
            "density": missing["density"].to_numpy(dtype=float),
            "pci": worth.reindex(activities).to_numpy(dtype=float),
        }
    ).dropna()
    if data.empty:
        raise _nothing(
            Text(
                "没有复杂度，或该地区各项活动都有",
                "there is no complexity, or the region has every activity",
            )
        )
    chosen = data["label"].isin(best["activity"])
    data["colour"] = np.where(chosen, chart.REGION, chart.PEERS)
    named = data[data["label"].isin(best["activity"].head(_MOST_NAMES))]
    titles = Text("关联密度", "Relatedness density"), Text("复杂度（PCI）", "Complexity (PCI)")
    x = alt.X("density:Q", title=titles[0].get(lang), scale=alt.Scale(zero=False))
    y = alt.Y("pci:Q", title=titles[1].get(lang), scale=alt.Scale(zero=False))
    dots = (
        alt.Chart(data)
        .mark_point(filled=True, size=50, opacity=0.85)
        .encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("density:Q", title=titles[0].get(lang), format=_THREE),
                alt.Tooltip("pci:Q", title=titles[1].get(lang), format=_THREE),
            ],
        )
    )
    words = alt.Chart(named).mark_text(dy=-9, fontSize=11).encode(x=x, y=y, text="label:N")
    count, total = int(chosen.sum()), len(data)
    return Drawing(
        alt.layer(dots, words, width="container", height=320),
        Text(
            f"{name}：{total} 项尚无的活动中，{count} 项没有更优的替代",
            f"{name}: of {total} activities it lacks, {count} are bettered by no other",
        ),
        Text(
            "越靠右越近，越靠上越复杂；红色为帕累托集，兼看增速和安全（若有）",
            "Right: closer. Up: more complex. Red: the Pareto set, growth and security included",
        ),
    )


def complexity_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw the ECI of the regions; where there is none, how specialised they are."""
    import altair as alt

    name = _region(result, region)
    regions = _last(result.tables["regions"])
    known = bool(regions["eci"].notna().any())
    column = "eci" if known else "krugman"
    ordered = regions.dropna(subset=[column]).sort_values(column, ascending=False)
    if ordered.empty:
        raise _nothing(Text("没有可比的地区", "there are no regions to compare"))
    place = (
        [str(item) for item in ordered["region"]].index(name)
        if name in set(ordered["region"])
        else None
    )
    shown = ordered.head(_MOST_REGIONS)
    if place is not None and place >= _MOST_REGIONS:
        shown = pd.concat([shown, ordered.iloc[[place]]])
    title = Text("经济复杂度指数（ECI）", "Economic complexity index (ECI)")
    if not known:
        title = Text("克鲁格曼专业化指数", "Krugman specialisation index")
    data = pd.DataFrame(
        {
            "label": shown["region"].astype(str).to_numpy(),
            "value": shown[column].to_numpy(dtype=float),
            "colour": np.where(shown["region"] == name, chart.REGION, chart.PEERS),
        }
    )
    y = alt.Y(
        "label:N",
        sort=data["label"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6, labelLimit=190),
    )
    bars = (
        alt.Chart(data)
        .mark_bar(height=11)
        .encode(
            y=y,
            x=alt.X("value:Q", title=title.get(lang)),
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("value:Q", title=title.get(lang), format=_THREE),
            ],
        )
    )
    rank = "—" if place is None else str(place + 1)
    when = _when(result)
    return Drawing(
        alt.layer(bars, width="container", height=19 * len(data)),
        Text(
            f"{name}居 {len(ordered)} 个地区的第 {rank} 位",
            f"{name} ranks {rank} of {len(ordered)}",
        ),
        Text(f"{title.zh}{when.zh}", f"{title.en}{when.en}"),
    )


def space_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw the activities as a network, those that a region has in its colour."""
    import altair as alt

    name = _region(result, region)
    nodes, links = result.tables["space"], result.tables["links"]
    if nodes.empty:
        raise _nothing(Text("没有邻近度", "there are no proximities"))
    pairs = _last(result.tables["pairs"])
    has = pairs.loc[(pairs["region"] == name) & pairs["present"].astype(bool), "activity"]
    held = nodes["activity"].isin(has.astype(str))
    data = nodes.assign(colour=np.where(held, chart.REGION, chart.PEERS))
    at = nodes.set_index("activity")
    first, second = at.loc[links["activity"]], at.loc[links["other"]]
    lines = pd.DataFrame(
        {
            "x": first["x"].to_numpy(),
            "y": first["y"].to_numpy(),
            "x2": second["x"].to_numpy(),
            "y2": second["y"].to_numpy(),
        }
    )
    unit = alt.Scale(domain=[-0.03, 1.03], nice=False)
    x, y = alt.X("x:Q", axis=None, scale=unit), alt.Y("y:Q", axis=None, scale=unit)
    joined = (
        alt.Chart(lines)
        .mark_rule(color=chart.GRID, strokeWidth=1.2)
        .encode(x=x, y=y, x2="x2:Q", y2="y2:Q")
    )
    dots = (
        alt.Chart(data)
        .mark_point(filled=True, size=60, opacity=1)
        .encode(
            x=x,
            y=y,
            color=alt.Color("colour:N", scale=None),
            tooltip=[alt.Tooltip("activity:N", title=" ")],
        )
    )
    return Drawing(
        alt.layer(joined, dots, width="container", height=420),
        Text(
            f"{name}拥有图中 {len(data)} 项活动中的 {int(held.sum())} 项",
            f"{name} has {int(held.sum())} of the {len(data)} activities shown",
        ),
        Text(
            "活动空间：相连者常为同一地区所有；红色为该地区拥有的活动",
            "Space of activities: joined ones are often held together; red: held by the region",
        ),
    )


def prediction_drawing(result: Result, lang: Language, region: str | None = None) -> Drawing:
    """Draw how often candidates entered, by density, with intervals and the rate of all."""
    import altair as alt

    data = result.tables["calibration"]
    if data.empty:
        raise _nothing(Text("没有可供检验的年份", "there are no years to judge the density by"))
    horizon = result.parameters["horizon"]
    middle = (data["density_low"] + data["density_high"]) / 2
    drawn = data.assign(middle=middle.astype(float))
    title = Text(f"{horizon} 年内进入的比例", f"Entered within {horizon} years")
    x = alt.X("middle:Q", title=Text("关联密度", "Relatedness density").get(lang))
    y = alt.Y("rate:Q", title=title.get(lang), axis=alt.Axis(format=".0%"))
    whiskers = (
        alt.Chart(drawn)
        .mark_rule(color=chart.HUES[0], strokeWidth=3, opacity=0.5)
        .encode(x=x, y=alt.Y("rate_low:Q"), y2="rate_high:Q")
    )
    dots = (
        alt.Chart(drawn)
        .mark_point(filled=True, size=70, color=chart.HUES[0], opacity=1)
        .encode(
            x=x,
            y=y,
            tooltip=[
                alt.Tooltip("rate:Q", title=title.get(lang), format=".1%"),
                alt.Tooltip("rate_low:Q", title="↓", format=".1%"),
                alt.Tooltip("rate_high:Q", title="↑", format=".1%"),
                alt.Tooltip("candidates:Q", title="n", format=",d"),
            ],
        )
    )
    base = float(data["entries"].sum() / data["candidates"].sum())
    line = alt.Chart().mark_rule(color=chart.QUIET, strokeDash=[4, 3]).encode(y=alt.datum(base))
    ends = [f"{100 * data['rate'].iloc[place]:.3g}" for place in (0, -1)]
    return Drawing(
        alt.layer(line, whiskers, dots, width="container", height=260),
        Text(
            f"密度最低的候选有 {ends[0]}% 进入，最高的有 {ends[1]}%",
            f"{ends[0]} % of the candidates with the lowest density entered, {ends[1]} % of the "
            "highest",
        ),
        Text(
            f"历次 {horizon} 年窗口，候选按密度等分；虚线为全部候选的比例",
            f"All windows of {horizon} years, candidates in equal parts by density; dashes: all",
        ),
    )


def _region(result: Result, region: str | None) -> str:
    """Return the region asked for, the first by default.

    Raises : InputError where the result does not have it
    """
    have = [str(name) for name in result.tables["regions"]["region"].drop_duplicates()]
    if region is None:
        return have[0]
    if region not in have:
        raise InputError(
            Text(
                f"结果中没有地区 {region}；有：{'、'.join(have[:12])}",
                f"no region {region} in the result; it has {', '.join(have[:12])}",
            )
        )
    return region


def _last(frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["year"] == frame["year"].max()] if "year" in frame else frame


def _when(result: Result) -> Text:
    years = result.parameters["years"]
    return Text(f"，{years[-1]} 年", f", {years[-1]}") if years else Text("", "")


def _nothing(reason: Text) -> InputError:
    return InputError(Text(f"没有可画的内容：{reason.zh}", f"nothing to draw: {reason.en}"))
