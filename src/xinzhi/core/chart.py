"""One look for every chart: palette, theme, and the few forms that the results need.

Each form takes a small table and gives an Altair chart. Altair is imported when a chart is drawn.
Frames carry ``label`` columns already in the reader's language.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from xinzhi.core.json import records

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
    "'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', "
    "system-ui, sans-serif"
)
_THREE = ".3r"
ALONE = 460  # pixels


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


def finished(chart: Any, title: str, subtitle: str) -> Any:
    """Give a chart that stands alone its theme, its title and a width in place of a page's."""
    import altair as alt

    titled = chart.properties(title=alt.TitleParams(title, subtitle=subtitle), width=ALONE)
    return titled.configure(**theme())


def spec(chart: Any) -> dict[str, Any]:
    """Return a chart as Vega-Lite for a page that fits it to its own width."""
    import altair as alt

    values: Any = _values  # Altair's own type wants arguments that it never gives
    alt.data_transformers.register("xinzhi", values)
    with alt.data_transformers.enable("xinzhi"):
        found: dict[str, Any] = chart.to_dict(validate=False)
    own, usual = found.get("config", {}), theme()
    # as ``configure`` would, which copies every part of the chart three times over
    found["config"] = {**own, **usual, "view": {**own.get("view", {}), **usual["view"]}}
    found.pop("$schema")  # an address that nobody needs to ask
    if found.get("width") == "container":
        found["autosize"] = {"type": "fit-x", "contains": "padding"}
    return found


def _values(frame: pd.DataFrame) -> dict[str, Any]:
    """Return a frame as inline data, the same as Altair's, without its copies of each column."""
    return {"values": records(frame)}


def ranking(frame: pd.DataFrame, value_title: str, last: int) -> Any:
    """Draw one row an item: a dot at its rank and a whisker over its interval.

    frame : label, value, low, high, chosen (bool); in row order
    last : the lowest rank there is
    """
    import altair as alt

    data = _coloured(frame)
    y = _labels(data)
    scale = alt.Scale(domain=[1, max(2, last)], nice=False, zero=False, padding=8)
    step = next(s for s in (1, 2, 5, 10, 50, 100, 500, 1000) if last / s <= 8 or s == 1000)
    ticks = [1, *range(step if step > 1 else 2, last + 1, step)]
    x = alt.X(
        "value:Q",
        title=value_title,
        scale=scale,
        axis=alt.Axis(orient="top", values=ticks, format="d"),
    )
    colour = alt.Color("colour:N", scale=None)
    tooltip = [
        alt.Tooltip("label:N", title=" "),
        alt.Tooltip("value:Q", title=value_title, format="d"),
        *_interval_tooltip(data, "d"),
    ]
    base = alt.Chart(data)
    whiskers = (
        alt.Chart(data.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, strokeCap="round", opacity=0.75)
        .encode(y=y, x=alt.X("low:Q", scale=scale), x2=alt.X2("high:Q"), color=colour)
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        y=y, x=x, color=colour, tooltip=tooltip
    )
    return alt.layer(whiskers, dots, width="container", height=19 * len(data))


def profile(
    frame: pd.DataFrame,
    value_title: str,
    domain: tuple[float, float] = (0.0, 1.0),
    reference: float | None = None,
) -> Any:
    """Draw one row an item: the region's value and interval on the quartile band of its peers.

    Label and value stand above each row, so that long names fit a phone.

    frame : label (at most two lines), value, low, high, q25, median, q75; in row order
    reference : a value marked by a line, such as 1 for ratios
    """
    import altair as alt

    step, shift = (64, 13) if _two_lines(frame) else (50, 6)
    frame = _split(frame)
    y = alt.Y("label:N", sort=frame["label"].tolist(), axis=None)
    scale = alt.Scale(domain=list(domain), nice=False, zero=False, padding=6)
    x = alt.X("value:Q", title=value_title, scale=scale, axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame)
    peers = alt.Chart(frame.dropna(subset=["q25", "q75"]))
    band = peers.mark_bar(height=14, yOffset=shift, color=PEER_BAND).encode(
        y=y, x=alt.X("q25:Q", scale=scale), x2=alt.X2("q75:Q")
    )
    middle = (
        alt.Chart(frame.dropna(subset=["median"]))
        .mark_tick(thickness=1.5, size=20, color=QUIET, yOffset=shift)
        .encode(y=y, x=alt.X("median:Q"))
    )
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, color=REGION, opacity=0.6, yOffset=shift)
        .encode(y=y, x=alt.X("low:Q"), x2=alt.X2("high:Q"))
    )
    dots = base.mark_point(filled=True, size=100, color=REGION, opacity=1, yOffset=shift).encode(
        y=y,
        x=x,
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=_THREE),
            *_interval_tooltip(frame, _THREE),
        ],
    )
    names = _names(base, y, alt.value(0), shift - 11)
    words = base.mark_text(
        align="right", fontWeight="bold", color=REGION, baseline="bottom", yOffset=shift - 11
    ).encode(y=y, x=alt.value("width"), text=alt.Text("value:Q", format=_THREE))
    layers = [band, middle, whiskers, dots, *names, words]
    if reference is not None:
        line = alt.Chart().mark_rule(color=PEERS, strokeDash=[4, 3]).encode(x=alt.datum(reference))
        layers.insert(0, line)
    return alt.layer(*layers, width="container", height=step * len(frame))


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
    band = peers.mark_area(color=PEER_BAND).encode(
        x=x, y=alt.Y("q25:Q", scale=scale), y2=alt.Y2("q75:Q")
    )
    middle = peers.mark_line(color=QUIET, strokeWidth=1).encode(x=x, y=alt.Y("median:Q"))
    interval = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_area(color=REGION, opacity=0.25)
        .encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"))
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
    return alt.layer(band, middle, interval, line, dots, width="container", height=height)


def bars(frame: pd.DataFrame, value_title: str, number_format: str = ".1%") -> Any:
    """Draw horizontal bars from zero, each under its own label, so that long names fit a phone.

    frame : label (at most two lines), value, colour; in row order
    """
    import altair as alt

    step, shift = (54, 15) if _two_lines(frame) else (38, 9)
    frame = _split(frame)
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
    names = _names(base, y, alt.datum(0.0), shift - 9)
    numbers = base.mark_text(align="left", dx=5, yOffset=shift, fontWeight="bold").encode(
        y=y, x=x, text=alt.Text("value:Q", format=number_format)
    )
    return alt.layer(body, *names, numbers, width="container", height=step * len(frame))


def levels(frame: pd.DataFrame, value_title: str, top: float) -> Any:
    """Draw one bar from zero an item, for many items: where there is no map.

    frame : label, value, chosen (bool); in row order
    """
    import altair as alt

    data = _coloured(frame)
    y = _labels(data)
    x = alt.X("value:Q", title=value_title, scale=alt.Scale(domain=[0, top * 1.12], nice=False))
    base = alt.Chart(data).encode(y=y, x=x)
    body = base.mark_bar(height=12).encode(
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value:Q", title=value_title, format=_THREE),
        ],
    )
    words = base.mark_text(align="left", dx=4, fontSize=11).encode(
        text=alt.Text("value:Q", format=_THREE)
    )
    return alt.layer(body, words, width="container", height=19 * len(data))


def tiles(
    frame: pd.DataFrame,
    value_title: str,
    domain: tuple[float, float],
    number_format: str = ".2f",
) -> Any:
    """Draw a map of equal squares: short name and value in each, the chosen region outlined.

    frame : column, row (whole numbers), short, label, value, chosen (bool)
    number_format : of the values in the squares
    """
    import altair as alt

    middle = domain[0] + 0.68 * (domain[1] - domain[0])
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
    names = base.mark_text(dy=-6, fontWeight="bold").encode(text=alt.Text("short:N"), color=ink)
    values = base.mark_text(dy=9, fontSize=10).encode(
        text=alt.Text("value:Q", format=number_format), color=ink
    )
    size = {"width": 46 * len(columns), "height": 46 * len(rows)}
    return alt.layer(squares, outline, names, values, resolve=_own_colours(), **size)


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
        axis=alt.Axis(labelAngle=0, labelExpr=split, ticks=False, domain=False, labelOverlap=False),
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
    height = 44 * data["first"].nunique()
    return alt.layer(squares, numbers, resolve=_own_colours(), width="container", height=height)


def _labels(frame: pd.DataFrame) -> Any:
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
            labelLimit=190,
            labelFontWeight=alt.condition(test, alt.value("bold"), alt.value("normal")),
        ),
    )


def _two_lines(frame: pd.DataFrame) -> bool:
    return bool(frame["label"].str.contains("\n").any())


def _split(frame: pd.DataFrame) -> pd.DataFrame:
    """Add the two lines of each label; a short one stands on the lower line."""
    lines = [label.split("\n", 1) for label in frame["label"]]
    return frame.assign(
        upper=[line[0] if len(line) > 1 else "" for line in lines],
        lower=[line[-1] for line in lines],
    )


def _names(base: Any, y: Any, x: Any, offset: float) -> tuple[Any, Any]:
    """Return the marks that write both lines of the labels above their rows."""
    import altair as alt

    text = {"align": "left", "baseline": "bottom"}
    return (
        base.mark_text(**text, yOffset=offset).encode(y=y, x=x, text=alt.Text("lower:N")),
        base.mark_text(**text, yOffset=offset - 14).encode(y=y, x=x, text=alt.Text("upper:N")),
    )


def _own_colours() -> Any:
    """Return that layers with a scale of colours and layers with given colours do not mix."""
    import altair as alt

    return alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))


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
