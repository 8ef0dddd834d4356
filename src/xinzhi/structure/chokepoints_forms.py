"""The forms that the charts of chokepoints need: heat map, bars of parts, flow diagram, lines.

Each takes a small table with labels in the reader's language and gives an Altair chart.
"""

from __future__ import annotations

from typing import Any, Literal

import pandas as pd

from xinzhi.core import chart

_ALIGNS: tuple[Literal["left", "right"], ...] = ("left", "right")
_BAR, _ROW = 46, 21  # pixels: the width of a column of parts, the height of a row


def heat_map(frame: pd.DataFrame, rows: list[str], columns: list[str], title: str) -> Any:
    """Draw a table of squares, darker for more, the number in each.

    frame : first (row), second (column), value
    """
    import altair as alt

    most = float(frame["value"].max()) or 1.0
    data = frame.assign(ink=["#ffffff" if v > 0.6 * most else chart.INK for v in frame["value"]])
    axis: dict[str, Any] = {"title": None, "ticks": False, "domain": False}
    x = alt.X(
        "second:N",
        sort=columns,
        axis=alt.Axis(**axis, orient="top", labelAngle=-40, labelLimit=130, labelAlign="left"),
    )
    y = alt.Y("first:N", sort=rows, axis=alt.Axis(**axis, labelLimit=170))
    base = alt.Chart(data).encode(x=x, y=y)
    squares = base.mark_rect(cornerRadius=2).encode(
        color=alt.Color(
            "value:Q", scale=alt.Scale(domain=[0, most], range=list(chart.BLUES)), legend=None
        ),
        tooltip=[
            alt.Tooltip("first:N", title=" "),
            alt.Tooltip("second:N", title=" "),
            alt.Tooltip("value:Q", title=title, format=".3r"),
        ],
    )
    numbers = (
        base.transform_filter("datum.value >= 0.05")
        .mark_text(fontSize=10)
        .encode(text=alt.Text("value:Q", format=".1f"), color=alt.Color("ink:N", scale=None))
    )
    apart = alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))
    return alt.layer(squares, numbers, resolve=apart, width="container", height=26 * len(rows))


def part_bars(frame: pd.DataFrame, parts: list[str], notes: pd.DataFrame, heading: str) -> Any:
    """Draw one row an item, one column of bars a part, all from 0 to 1, and a column of words.

    frame : label, part, value, colour; in row order
    notes : label, text; heading : what the words are
    """
    import altair as alt

    def named(words: str) -> Any:
        return alt.TitleParams(words, fontSize=11, fontWeight="normal", anchor="start")

    order = list(dict.fromkeys(frame["label"]))
    scale = alt.Scale(domain=[0, 1], nice=False)
    plots = []
    for place, part in enumerate(parts):
        data = frame[frame["part"] == part]
        labels = (
            alt.Axis(ticks=False, domain=False, labelLimit=190, labelPadding=6, title=None)
            if place == 0
            else None
        )
        base = alt.Chart(data).encode(y=alt.Y("label:N", sort=order, axis=labels))
        bars = base.mark_bar(height=12).encode(
            x=alt.X("value:Q", scale=scale, title=None, axis=None),
            color=alt.Color("colour:N", scale=None),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("value:Q", title=part, format=".3r"),
            ],
        )
        numbers = base.mark_text(align="left", dx=3, fontSize=10).encode(
            x=alt.X("value:Q"), text=alt.Text("value:Q", format=".2f")
        )
        plots.append(
            alt.layer(bars, numbers).properties(
                width=2 * _BAR if place == 0 else _BAR, height=_ROW * len(order), title=named(part)
            )
        )
    words = (
        alt.Chart(notes)
        .mark_text(align="left", fontSize=11)
        .encode(y=alt.Y("label:N", sort=order, axis=None), x=alt.value(0), text="text:N")
    )
    plots.append(words.properties(width=_BAR, height=_ROW * len(order), title=named(heading)))
    return alt.hconcat(*plots, spacing=36)


def flow_diagram(ribbons: pd.DataFrame, nodes: pd.DataFrame) -> Any:
    """Draw layers of nodes joined by ribbons as wide as what flows.

    ribbons : flow (id), x, top, bottom in [0, 1], colour, label, value; the points of each in order
    nodes : x, x2, top, bottom, colour, label, place (x of the label), align
    """
    import altair as alt

    unit = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("x:Q", scale=unit, axis=None)
    down = alt.Scale(domain=[0, 1], nice=False, reverse=True)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("value:Q", title=" ", format=".1%"),
    ]
    areas = (
        alt.Chart(ribbons)
        .mark_area(opacity=0.5)
        .encode(
            x=x,
            y=alt.Y("top:Q", scale=down, axis=None),
            y2="bottom:Q",
            detail="flow:N",
            color=alt.Color("colour:N", scale=None),
            tooltip=tooltip,
        )
    )
    boxes = (
        alt.Chart(nodes)
        .mark_rect()
        .encode(
            x=x,
            x2="x2:Q",
            y=alt.Y("top:Q", scale=down, axis=None),
            y2="bottom:Q",
            color=alt.Color("colour:N", scale=None),
            tooltip=tooltip,
        )
    )
    at = {
        "x": alt.X("place:Q", scale=unit),
        "y": alt.Y("middle:Q", scale=down),
        "text": "label:N",
    }
    words = [
        alt.Chart(nodes[nodes["align"] == align])
        .mark_text(align=align, baseline="middle", fontSize=11, limit=125)
        .encode(**at)
        for align in _ALIGNS
    ]
    return alt.layer(areas, boxes, *words, width="container", height=340)


def lines(frame: pd.DataFrame) -> Any:
    """Draw values over the years, each line named where it ends.

    frame : year, value, label, colour
    """
    import altair as alt

    x = alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0))
    y = alt.Y("value:Q", title="%", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5))
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(frame).encode(x=x, y=y, color=colour, detail="label:N")
    dots = base.mark_point(filled=True, size=50, opacity=1).encode(
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("year:O", title=" "),
            alt.Tooltip("value:Q", title="%", format=".3r"),
        ]
    )
    ends = frame[frame["year"] == frame["year"].max()]
    words = (
        alt.Chart(ends)
        .mark_text(align="left", dx=8, limit=180)
        .encode(x=x, y=y, text="label:N", color=colour)
    )
    return alt.layer(base.mark_line(strokeWidth=2), dots, words, width="container", height=260)
