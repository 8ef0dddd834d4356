"""Forms of charts beside those of ``core.chart``: small tables in, Altair charts out."""

from __future__ import annotations

from typing import Any

import pandas as pd

from xinzhi.core import chart

_ROW = 19  # pixels, as in a ranking
_BAR_ROW = 34


def lines(frame: pd.DataFrame, value_title: str, height: int = 260) -> Any:
    """Draw several series over the years, named above the chart.

    frame : year, value, series (its label), colour, dash (one pattern a series, such as [5, 4])
    """
    import altair as alt

    kinds = frame.drop_duplicates("series")
    names = kinds["series"].tolist()
    # one legend of two channels: they must say the same of it
    named = alt.Legend(orient="top", direction="vertical", title=None, labelLimit=400)
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=names, range=kinds["colour"].tolist()),
        legend=named,
    )
    dash = alt.StrokeDash(
        "series:N", scale=alt.Scale(domain=names, range=kinds["dash"].tolist()), legend=named
    )
    x = alt.X(
        "year:O",
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelFlush=True, labelSeparation=6),
        scale=alt.Scale(padding=0.2),
    )
    y = alt.Y("value:Q", title=value_title, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5))
    base = alt.Chart(frame.drop(columns=["colour", "dash"]).dropna(subset=["value"]))
    strokes = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    dots = base.mark_point(filled=True, size=28, opacity=1).encode(
        x=x,
        y=y,
        color=colour,
        tooltip=[
            alt.Tooltip("series:N", title=" "),
            alt.Tooltip("year:O", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=".3r"),
        ],
    )
    return alt.layer(strokes, dots, width="container", height=height)


def shares(frame: pd.DataFrame, value_title: str, part_title: str) -> Any:
    """Draw a pale bar from zero with its interval, and a dark one within it, a row an item.

    frame : label, value, low, high, part; in row order
    """
    import altair as alt

    order = frame["label"].tolist()
    least = min(0.0, float(frame[["low", "part"]].min().min()))
    most = max(1.0, float(frame[["high", "value"]].max().max()))
    scale = alt.Scale(domain=[least, most], nice=False, padding=6)
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6, labelLimit=190),
    )
    x = alt.X("value:Q", title=value_title, scale=scale, axis=alt.Axis(format=".0%", tickCount=5))
    base = alt.Chart(frame)
    whole = base.mark_bar(height=18, color=chart.BLUES[1]).encode(
        y=y,
        x=x,
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=".1%"),
            alt.Tooltip("low:Q", title="↓", format=".1%"),
            alt.Tooltip("high:Q", title="↑", format=".1%"),
            alt.Tooltip("part:Q", title=part_title, format=".1%"),
        ],
    )
    part = base.mark_bar(height=8, color=chart.BLUES[4]).encode(y=y, x=alt.X("part:Q", scale=scale))
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=1.5, color=chart.INK)
        .encode(y=y, x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    return alt.layer(whole, part, whiskers, width="container", height=_BAR_ROW * len(frame))


def rank_changes(frame: pd.DataFrame, value_title: str, titles: tuple[str, str]) -> Any:
    """Draw one row an item: a ring at its first rank, a dot at its second, a line between them.

    frame : label, first, second, chosen (bool); in row order
    titles : what the two ranks are called
    """
    import altair as alt

    data = frame.assign(colour=[chart.REGION if c else chart.QUIET for c in frame["chosen"]])
    last = max(2, int(frame[["first", "second"]].max().max()))
    scale = alt.Scale(domain=[1, last], nice=False, zero=False, padding=8)
    y = alt.Y(
        "label:N",
        sort=frame["label"].tolist(),
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelPadding=6, labelLimit=190),
    )
    ticks = [1, *range(5, last + 1, 5)] if last > 8 else list(range(1, last + 1))
    axis = alt.Axis(orient="top", format="d", values=ticks)
    x = alt.X("second:Q", title=value_title, scale=scale, axis=axis)
    colour = alt.Color("colour:N", scale=None)
    base = alt.Chart(data)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("first:Q", title=titles[0], format="d"),
        alt.Tooltip("second:Q", title=titles[1], format="d"),
    ]
    between = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        y=y, x=alt.X("first:Q", scale=scale), x2="second:Q", color=colour
    )
    ring = base.mark_point(filled=False, size=50, strokeWidth=1.5, fill="#ffffff").encode(
        y=y, x=alt.X("first:Q", scale=scale), color=colour, tooltip=tooltip
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, x=x, color=colour, tooltip=tooltip
    )
    return alt.layer(between, ring, dot, width="container", height=_ROW * len(data))
