"""Charts of a frontier, drawn from the tables of its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.data.units import find_unit

if TYPE_CHECKING:
    from xinzhi.plan.frontier import FrontierResult

KINDS = ("frontier", "changes")
_AIMS = {
    "growth": Text("增长：贴现的增加值减成本", "Growth: discounted value added less cost"),
    "security": Text(
        "对卡脖子投入的暴露（越低越安全）", "Exposure to chokepoint inputs (low is safe)"
    ),
    "emissions": Text("排放累计", "Emissions, cumulative"),
}
_KNEE = Text("拐点", "knee")
_AT = {
    "knee": _KNEE,
    "growth": Text("增长最高", "most growth"),
    "security": Text("最安全", "most secure"),
    "emissions": Text("排放最低", "least emissions"),
}
_SMALL = 1e-6


def draw(result: FrontierResult, kind: str, lang: Language) -> Any:
    """Return the chart of a kind, ready to stand alone.

    Raises : InputError listing the kinds there are
    """
    subtitle = f"{result.parameters['case']} · {result.parameters['structure']}"
    if kind == "frontier":
        title = Text("哪些计划不可兼得：每点一个计划", "What cannot be had at once: a plan a point")
        return chart.finished(curve(result, lang), title.get(lang), subtitle)
    if kind == "changes":
        title = Text(
            "期末产能：与曲线起点相比的变化", "Capacity at the horizon against the first end"
        )
        return chart.finished(changes(result, lang), title.get(lang), subtitle)
    raise InputError(
        Text(f"没有图 {kind}", f"there is no chart {kind}"),
        remedy=Text(f"可用：{'、'.join(KINDS)}。", f"There are: {', '.join(KINDS)}."),
    )


def _axis_title(result: FrontierResult, aim: str, lang: Language) -> str:
    unit = result.units[aim]
    if unit == "ratio":
        base = Text("基年 = 1", "base year = 1")
        return f"{_AIMS[aim].get(lang)}, {base.get(lang)}".replace(", ", Text("，", ", ").get(lang))
    name = find_unit(unit).title.get(lang)
    return f"{_AIMS[aim].get(lang)}{Text('，', ', ').get(lang)}{name}"


def curve(result: FrontierResult, lang: Language) -> Any:
    """Draw the points, the knee in the strong colour; a third aim is the shade."""
    import altair as alt

    aims = result.parameters["objectives"]
    frame = result.tables["points"].assign(label=lambda f: f["point"].map("{}".format))
    across, up = aims[1], aims[0]
    x = alt.X(f"{across}:Q", title=_axis_title(result, across, lang), scale=alt.Scale(zero=False))
    y = alt.Y(f"{up}:Q", title=_axis_title(result, up, lang), scale=alt.Scale(zero=False))
    tooltip = [
        alt.Tooltip("point:O", title=Text("点", "point").get(lang)),
        *(alt.Tooltip(f"{aim}:Q", title=_AIMS[aim].get(lang), format=".5~g") for aim in aims),
    ]
    base = alt.Chart(frame)
    third = aims[2] if len(aims) == 3 else None
    colour = (
        alt.value(chart.hue(0))
        if third is None
        else alt.Color(
            f"{third}:Q",
            title=_axis_title(result, third, lang),
            scale=alt.Scale(range=list(chart.BLUES[1:])),
            legend=alt.Legend(orient="bottom", titleLimit=400),
        )
    )
    dots = base.mark_point(filled=True, size=55, opacity=1).encode(
        x=x, y=y, color=colour, tooltip=tooltip
    )
    found = frame[frame["knee"]].assign(name=_KNEE.get(lang))
    ring = alt.Chart(found).mark_point(size=160, color=chart.REGION, strokeWidth=2.5)
    name = alt.Chart(found).mark_text(dx=12, dy=14, align="left", color=chart.REGION, fontSize=12)
    layers = [dots, ring.encode(x=x, y=y), name.encode(x=x, y=y, text="name:N")]
    if third is None:
        line = base.mark_line(color=chart.PEERS).encode(x=x, y=y, order="point:Q")
        layers.insert(0, line)
    return alt.layer(*layers).properties(width="container", height=300)


def changes(result: FrontierResult, lang: Language) -> Any:
    """Draw by how much capacity at the horizon differs from the first end, at knee and ends."""
    import altair as alt

    frame = result.tables["changes"]
    frame = frame[frame["at"] != result.parameters["objectives"][0]]
    largest = frame.groupby("technology")["change"].agg(lambda own: own.abs().max())
    moved = largest[largest > _SMALL * max(1.0, float(frame["capacity"].max()))].index
    frame = frame[frame["technology"].isin(moved)]
    names = result.tables["names"].set_index("id")[f"title_{lang}"]
    frame = frame.assign(
        technology=[_unique(names, key) for key in frame["technology"]],
        place=[_AT[where].get(lang) for where in frame["at"]],
    )
    places = list(dict.fromkeys(frame["place"]))
    colours = [
        chart.REGION if name == _KNEE.get(lang) else chart.hue(k) for k, name in enumerate(places)
    ]
    unit = find_unit(result.units["change"]).title.get(lang)
    order = list(dict.fromkeys(frame["technology"]))
    return (
        alt.Chart(frame)
        .mark_bar()
        .encode(
            x=alt.X("change:Q", title=unit),
            y=alt.Y("technology:N", sort=order, title=None, axis=alt.Axis(labelLimit=190)),
            yOffset=alt.YOffset("place:N", sort=places),
            color=alt.Color(
                "place:N",
                title=None,
                scale=alt.Scale(domain=places, range=colours),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("technology:N", title=" "),
                alt.Tooltip("place:N", title=" "),
                alt.Tooltip("change:Q", title=unit, format=".4~g"),
            ],
        )
        .properties(width="container", height=26 * max(1, len(order)))
    )


def _unique(names: pd.Series, key: str) -> str:
    """Return a title; the id stays where two titles are the same."""
    return key if names.duplicated(keep=False)[key] else str(names[key])
