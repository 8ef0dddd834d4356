"""One look for every chart: palette, theme, and the few forms that the results need.

Each form takes a small table and gives an Altair chart. Altair is imported when a chart is drawn.
Frames carry ``label`` columns already in the reader's language.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

INK = "#1f2933"
QUIET = "#5f6b76"
GRID = "#e3e7eb"
REGION = "#b5121b"
PEERS = "#a9b2bb"
PEER_BAND = "#d5dae0"
# Four hues that differ in lightness too, so that they part in grey print and for every eye.
HUES = ("#14406b", "#1a9489", "#e0a100", "#8457a8")
BLUES = ("#eef4fa", "#c3d9ec", "#86b3d8", "#4182b8", "#14406b")
FONT = (
    "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', "
    "'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"
)
_THREE = ".3~r"


def hue(position: int) -> str:
    """Return the colour of a subsystem; from the fifth on the four hues come again."""
    return HUES[position % len(HUES)]


def theme() -> dict[str, Any]:
    """Return the Vega-Lite configuration of every chart."""
    axis = {
        "labelColor": INK,
        "titleColor": QUIET,
        "titleFontWeight": "normal",
        "gridColor": GRID,
        "domainColor": PEERS,
        "tickColor": PEERS,
        "labelFontSize": 12,
        "titleFontSize": 12,
    }
    return {
        "font": FONT,
        "background": "#ffffff",
        "view": {"stroke": None},
        "axis": axis,
        "text": {"color": INK, "fontSize": 12},
        "title": {"anchor": "start", "color": INK, "subtitleColor": QUIET, "fontSize": 15},
        "legend": {"labelColor": INK, "titleColor": QUIET, "titleFontWeight": "normal"},
    }


def finished(chart: Any, title: str = "", subtitle: str = "") -> Any:
    """Give a chart the theme, and a title where it stands alone."""
    import altair as alt

    if title:
        chart = chart.properties(title=alt.TitleParams(title, subtitle=subtitle or alt.Undefined))
    return chart.configure(**theme())


def ranking(
    frame: pd.DataFrame, value_title: str, domain: tuple[float, float], digits: str = _THREE
) -> Any:
    """Draw one row an item: a dot at its value and a whisker over its interval.

    frame : label, value, low, high, chosen (bool), and columns for the tooltip; in row order
    """
    import altair as alt

    data = _coloured(frame)
    y = _labels(data)
    x = alt.X(
        "value:Q",
        title=value_title,
        scale=alt.Scale(domain=list(domain), nice=False),
        axis=alt.Axis(orient="top", grid=True, tickMinStep=1 if domain[1] > 2 else alt.Undefined),
    )
    colour = alt.Color("colour:N", scale=None)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("value:Q", title=value_title, format=digits),
        *_interval_tooltip(data, digits),
    ]
    base = alt.Chart(data)
    whiskers = (
        alt.Chart(data.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, strokeCap="round", opacity=0.75)
        .encode(y=y, x=alt.X("low:Q"), x2="high:Q", color=colour)
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, x=x, color=colour, tooltip=tooltip
    )
    return (whiskers + dots).properties(width="container", height=alt.Step(19))


def profile(
    frame: pd.DataFrame, value_title: str, domain: tuple[float, float] = (0.0, 1.0)
) -> Any:
    """Draw one row an item: the region's value and interval on the quartile band of its peers.

    frame : label, value, low, high, q25, median, q75; in row order
    """
    import altair as alt

    y = _labels(frame.assign(chosen=False), wrap=True)
    scale = alt.Scale(domain=list(domain), nice=False)
    x = alt.X("value:Q", title=value_title, scale=scale)
    base = alt.Chart(frame)
    peers = alt.Chart(frame.dropna(subset=["q25", "q75"]))
    band = peers.mark_bar(height=16, color=PEER_BAND).encode(y=y, x=alt.X("q25:Q"), x2="q75:Q")
    middle = (
        alt.Chart(frame.dropna(subset=["median"]))
        .mark_tick(thickness=1.5, size=22, color=QUIET)
        .encode(y=y, x=alt.X("median:Q"))
    )
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, color=REGION, opacity=0.6)
        .encode(y=y, x=alt.X("low:Q"), x2="high:Q")
    )
    dots = base.mark_point(filled=True, size=100, color=REGION, opacity=1).encode(
        y=y,
        x=x,
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=_THREE),
            *_interval_tooltip(frame, _THREE),
        ],
    )
    words = base.mark_text(dy=-14, fontWeight="bold", color=REGION).encode(
        y=y, x=x, text=alt.Text("value:Q", format=_THREE)
    )
    return (band + middle + whiskers + dots + words).properties(
        width="container", height=alt.Step(46)
    )


def trend(
    frame: pd.DataFrame,
    value_title: str,
    domain: tuple[float, float] | None = (0.0, 1.0),
    height: int = 220,
) -> Any:
    """Draw a region over the years with its interval, on the quartile band of its peers.

    frame : year, value, low, high, q25, median, q75
    """
    import altair as alt

    scale = alt.Scale(domain=list(domain), nice=False) if domain else alt.Scale(zero=False)
    few = len(frame) <= 8
    x = alt.X(
        "year:O",
        title=None,
        axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelFlush=True, ticks=few),
        scale=alt.Scale(padding=0.2),
    )
    y = alt.Y("value:Q", title=value_title or None, scale=scale, axis=alt.Axis(tickCount=5))
    peers = alt.Chart(frame.dropna(subset=["q25", "q75"]))
    own = alt.Chart(frame.dropna(subset=["value"]))
    band = peers.mark_area(color=PEER_BAND).encode(x=x, y=alt.Y("q25:Q", scale=scale), y2="q75:Q")
    middle = peers.mark_line(color=QUIET, strokeWidth=1).encode(x=x, y=alt.Y("median:Q"))
    interval = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_area(color=REGION, opacity=0.25)
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    )
    line = own.mark_line(color=REGION, strokeWidth=2.5).encode(x=x, y=y)
    dots = own.mark_point(filled=True, size=60, color=REGION, opacity=1).encode(
        x=x,
        y=y,
        tooltip=[
            alt.Tooltip("year:O", title=" "),
            alt.Tooltip("value:Q", title=value_title or " ", format=_THREE),
            *_interval_tooltip(frame, _THREE),
        ],
    )
    return (band + middle + interval + line + dots).properties(width="container", height=height)


def bars(frame: pd.DataFrame, value_title: str, number_format: str = ".1%") -> Any:
    """Draw horizontal bars from zero, each under its own label, so that long names fit a phone.

    frame : label (at most two lines), value, colour; in row order
    """
    import altair as alt

    two_lines = frame["label"].str.contains("\n").any()
    step, shift = (54, 15) if two_lines else (38, 9)
    order = frame["label"].tolist()
    y = alt.Y("label:N", sort=order, axis=None)
    top = float(frame["value"].abs().max()) or 1.0
    low = min(0.0, float(frame["value"].min()) * 1.2)
    x = alt.X(
        "value:Q",
        title=value_title,
        scale=alt.Scale(domain=[low, top * 1.18], nice=False),
        axis=alt.Axis(format=number_format.replace(".1", ".0"), tickCount=5),
    )
    base = alt.Chart(frame)
    body = base.mark_bar(height=13, yOffset=shift).encode(
        y=y,
        x=x,
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=number_format),
        ],
    )
    names = base.mark_text(
        align="left", baseline="middle", yOffset=-shift + 2, lineBreak="\n", lineHeight=14
    ).encode(y=y, x=alt.datum(0.0), text="label:N")
    numbers = base.mark_text(align="left", dx=5, yOffset=shift, fontWeight="bold").encode(
        y=y, x=x, text=alt.Text("value:Q", format=number_format)
    )
    return (body + names + numbers).properties(width="container", height=alt.Step(step))


def tiles(frame: pd.DataFrame, value_title: str, domain: tuple[float, float]) -> Any:
    """Draw a map of equal squares: short name and value in each, the chosen region outlined.

    frame : column, row (whole numbers), short, label, value, chosen (bool)
    """
    import altair as alt

    middle = domain[0] + 0.55 * (domain[1] - domain[0])
    data = frame.assign(ink=[("#ffffff" if v > middle else INK) for v in frame["value"]])
    columns = list(range(int(data["column"].min()), int(data["column"].max()) + 1))
    rows = list(range(int(data["row"].min()), int(data["row"].max()) + 1))
    x = alt.X("column:O", axis=None, scale=alt.Scale(domain=columns, padding=0.04))
    y = alt.Y("row:O", axis=None, scale=alt.Scale(domain=rows, padding=0.04))
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("value:Q", title=value_title, format=_THREE),
    ]
    base = alt.Chart(data).encode(x=x, y=y, tooltip=tooltip)
    squares = base.mark_rect(cornerRadius=2).encode(
        color=alt.Color(
            "value:Q", scale=alt.Scale(domain=list(domain), range=list(BLUES)), legend=None
        )
    )
    outline = (
        alt.Chart(data[data["chosen"]])
        .mark_rect(filled=False, stroke=REGION, strokeWidth=3, cornerRadius=2)
        .encode(x=x, y=y)
    )
    ink = alt.Color("ink:N", scale=None)
    names = base.mark_text(dy=-6, fontWeight="bold").encode(text="short:N", color=ink)
    values = base.mark_text(dy=9, fontSize=10).encode(
        text=alt.Text("value:Q", format=".2f"), color=ink
    )
    return (squares + outline + names + values).properties(
        width=alt.Step(46), height=alt.Step(46)
    )


def matrix(frame: pd.DataFrame, order: list[str], value_title: str) -> Any:
    """Draw correlations as a triangle of squares, diverging around zero.

    frame : first, second (labels), value in [-1, 1]
    """
    import altair as alt

    data = frame.assign(ink=["#ffffff" if abs(v) > 0.6 else INK for v in frame["value"]])
    split = "split(datum.label, ' ')"
    x = alt.X(
        "second:N",
        sort=order,
        title=None,
        axis=alt.Axis(
            orient="top", labelAngle=0, labelExpr=split, ticks=False, domain=False, labelOverlap=False
        ),
    )
    y = alt.Y(
        "first:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelExpr=split, ticks=False, domain=False),
    )
    base = alt.Chart(data).encode(x=x, y=y)
    squares = base.mark_rect(cornerRadius=2).encode(
        color=alt.Color(
            "value:Q",
            scale=alt.Scale(domain=[-1, 0, 1], range=["#b35900", "#f7f7f7", "#14406b"]),
            legend=None,
        ),
        tooltip=[
            alt.Tooltip("first:N", title=" "),
            alt.Tooltip("second:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=".2f"),
        ],
    )
    numbers = base.mark_text(fontSize=13).encode(
        text=alt.Text("value:Q", format=".2f"), color=alt.Color("ink:N", scale=None)
    )
    return (squares + numbers).properties(width="container", height=alt.Step(44))


def _labels(frame: pd.DataFrame, wrap: bool = False) -> Any:
    """Return the axis of row labels, the chosen one in bold."""
    import altair as alt

    chosen = [json.dumps(label) for label in frame.loc[frame["chosen"], "label"]]
    test = " || ".join(f"datum.value === {label}" for label in chosen) or "false"
    return alt.Y(
        "label:N",
        sort=frame["label"].tolist(),
        title=None,
        axis=alt.Axis(
            ticks=False,
            domain=False,
            labelPadding=6,
            labelLimit=150,
            labelFontWeight=alt.condition(test, alt.value("bold"), alt.value("normal")),
            labelExpr="split(datum.label, '\\n')" if wrap else alt.Undefined,
        ),
    )


def _coloured(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.assign(colour=[REGION if chosen else PEERS for chosen in frame["chosen"]])


def _interval_tooltip(frame: pd.DataFrame, digits: str) -> list[Any]:
    import altair as alt

    if frame["low"].isna().all():
        return []
    return [
        alt.Tooltip("low:Q", title="↓", format=digits),
        alt.Tooltip("high:Q", title="↑", format=digits),
    ]
