"""Charts of the section on shocks: recovery, losses by track, bottlenecks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import NO_TEXT, Language, Text, chart
from xinzhi.data.events import Event
from xinzhi.measure.plots import wrapped
from xinzhi.report import charts
from xinzhi.report.model import Chart, Panel
from xinzhi.report.shock_parts import Results, bottleneck_inputs
from xinzhi.report.words import say
from xinzhi.stress.shock_result import ShockResult

_DAY = Text("天", "Day")
_INDEX = Text("增加值（基年 = 100）", "Value added (base year = 100)")
_LOSS = Text("增加值总损失（%）", "Gross loss of value added (%)")
_LEAST = {"tracks": 520, "shortages": 460}  # pixels
_ROW = 30  # pixels
_TALL = 40
_MOST_INPUTS = 12
_SPLIT = "split(datum.label, ' ')"  # one word a line
_DARK = 0.6  # part of the darkest colour above which numbers are written in white


def recovery_chart(results: Results, finding: Text, source: Text, bands: pd.DataFrame) -> Chart:
    """Draw value added of each event day by day, all on one scale.

    bands : event, day, low, high, where nine tenths of an ensemble lie; may be empty
    """
    paths = [r.tables["path"]["value_added_share"] for r in results.values()]
    shown = pd.concat([*paths, *((bands["low"], bands["high"]) if len(bands) else ())])
    lowest, highest = float(shown.min()), float(shown.max())
    domain = [np.floor(100 * lowest), max(100.0, np.ceil(100 * highest))]

    def panel(event: Event, result: ShockResult) -> Panel:
        def draw(lang: Language) -> Any:
            return _line(result.tables["path"], bands[bands["event"] == event.id], domain, lang)

        return Panel(charts.in_both(draw), title=event.title)

    return Chart(
        id="shock-recovery",
        title=finding,
        subtitle=_recovery_subtitle(len(bands) > 0),
        source=source,
        alt=say(
            "{f}。各事件的数值见表。", "{f}. Values of all events stand in the table.", f=finding
        ),
        panels=tuple(panel(event, result) for event, result in results.items()),
    )


def _recovery_subtitle(banded: bool) -> Text:
    shaded = Text(
        "；阴影含抽样结果的中间 90%，抽样范围是判断",
        "; shaded: nine tenths of draws of the assumptions, from ranges that are judgements",
    )
    return say(
        "每日增加值，基年 = 100，各图同一尺度；每个事件单独发生{s}",
        "Value added day by day, base year = 100, one scale for all; each event by itself{s}",
        s=shaded if banded else NO_TEXT,
    )


def _line(path: pd.DataFrame, band: pd.DataFrame, domain: list[float], lang: Language) -> Any:
    import altair as alt

    drawn = pd.DataFrame({"day": path["day"], "value": 100 * path["value_added_share"]})
    x = alt.X("day:Q", title=_DAY.get(lang), axis=alt.Axis(tickCount=5))
    scale, axis = alt.Scale(domain=domain, nice=False), alt.Axis(tickCount=5)
    line = (
        alt.Chart(drawn)
        .mark_line(color=chart.REGION)
        .encode(
            x=x,
            y=alt.Y("value:Q", title=None, scale=scale, axis=axis),
            tooltip=[
                alt.Tooltip("day:Q", title=_DAY.get(lang)),
                alt.Tooltip("value:Q", title=_INDEX.get(lang), format=".4~r"),
            ],
        )
    )
    layers = [line]
    if len(band):
        ends = band.assign(low=100 * band["low"], high=100 * band["high"])
        area = alt.Chart(ends).mark_area(color=chart.REGION, opacity=0.2)
        y = alt.Y("low:Q", title=None, scale=scale, axis=axis)
        layers.insert(0, area.encode(x=x, y=y, y2=alt.Y2("high:Q")))
    return alt.layer(*layers).properties(width="container", height=150)


def tracks_chart(results: Results, finding: Text, source: Text) -> Chart:
    """Draw what each track that the table carries loses in each event."""
    frames = [
        r.tables["tracks"].dropna(subset=["value_added_loss_share"]).assign(event=k)
        for k, r in enumerate(results.values())
    ]
    rows = pd.concat(frames, ignore_index=True)
    order = rows.groupby("track")["value_added_loss_share"].max().sort_values(ascending=False)

    def draw(lang: Language) -> Any:
        return _tiles(rows, [event.title.get(lang) for event in results], list(order.index), lang)

    return Chart(
        id="shock-tracks",
        title=finding,
        subtitle=Text(
            "模拟期内增加值总损失占该赛道增加值的比重（%）；赛道由较粗的部门代表",
            "Gross loss over the run, of the value added of the track (%); broader sectors stand "
            "for the tracks",
        ),
        source=source,
        alt=say("{f}。数值写在格内。", "{f}. Values stand in the squares.", f=finding),
        panels=(Panel(charts.in_both(draw), least=_LEAST["tracks"]),),
    )


def _tiles(rows: pd.DataFrame, events: list[str], order: list[str], lang: Language) -> Any:
    import altair as alt

    names = dict(zip(rows["track"], rows[f"title_{lang}"], strict=True))
    share = 100 * rows["value_added_loss_share"]
    most = float(share.max()) or 1.0
    drawn = pd.DataFrame(
        {
            "label": rows[f"title_{lang}"],
            "event": [events[k] for k in rows["event"]],
            "value": share,
            "ink": np.where(share > _DARK * most, "#ffffff", chart.INK),
        }
    )
    base = alt.Chart(drawn).encode(
        x=alt.X(
            "event:N",
            sort=events,
            title=None,
            axis=alt.Axis(
                labelAngle=0,
                ticks=False,
                domain=False,
                labelExpr=_SPLIT,
            ),
        ),
        y=alt.Y(
            "label:N",
            sort=[names[track] for track in order],
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=220),
        ),
    )
    squares = base.mark_rect().encode(
        color=alt.Color(
            "value:Q", scale=alt.Scale(domain=[0, most], range=list(chart.BLUES)), legend=None
        ),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("event:N", title=" "),
            alt.Tooltip("value:Q", title=_LOSS.get(lang), format=".3~r"),
        ],
    )
    numbers = base.mark_text().encode(
        text=alt.Text("value:Q", format=".2r"), color=alt.Color("ink:N", scale=None)
    )
    apart = alt.Resolve(scale=alt.ScaleResolveMap(color="independent"))
    return alt.layer(squares, numbers, resolve=apart).properties(
        width="container", height=_ROW * len(order)
    )


def shortages_chart(results: Results, finding: Text, source: Text) -> Chart:
    """Draw when each input held users back, a picture for each event with bottlenecks."""

    def panel(event: Event, result: ShockResult) -> Panel:
        inputs = bottleneck_inputs(result.tables["shortages"]).head(_MOST_INPUTS)

        def draw(lang: Language) -> Any:
            return _timeline(inputs, int(result.parameters["days"]), lang)

        return Panel(charts.in_both(draw), title=event.title, least=_LEAST["shortages"])

    return Chart(
        id="shock-shortages",
        title=finding,
        subtitle=Text(
            "由首个用户首次受限到最后一个用户末次受限（其间可能中断）；数字为受限的用户数",
            "From the first day on which a user was held back to the last (with gaps, if any); "
            "numbers count the users",
        ),
        source=source,
        alt=say("{f}。", "{f}.", f=finding),
        panels=tuple(
            panel(event, result)
            for event, result in results.items()
            if len(result.tables["shortages"])
        ),
    )


def _timeline(inputs: pd.DataFrame, days: int, lang: Language) -> Any:
    import altair as alt

    outside = Text("（进口）", " (imported)").get(lang)
    drawn = inputs.assign(
        label=[
            wrapped(f"{title}{outside if origin == 'outside' else ''}", lang)
            for title, origin in zip(inputs[f"product_title_{lang}"], inputs["origin"], strict=True)
        ],
        end=inputs["last_day"] + 1,
    )
    base = alt.Chart(drawn).encode(
        y=alt.Y(
            "label:N",
            sort=list(drawn["label"]),
            title=None,
            axis=alt.Axis(
                ticks=False, domain=False, labelLimit=300, labelExpr="split(datum.label, '\\n')"
            ),
        )
    )
    bars = base.mark_bar(height=14, color=chart.HUES[0]).encode(
        x=alt.X("first_day:Q", title=_DAY.get(lang), scale=alt.Scale(domain=[0, days])),
        x2="end:Q",
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("users:Q", title=Text("受限的用户", "Users held back").get(lang)),
            alt.Tooltip("first_day:Q", title=Text("首日", "First day").get(lang)),
            alt.Tooltip("last_day:Q", title=Text("末日", "Last day").get(lang)),
            alt.Tooltip(
                "lowest_stock_share:Q",
                title=Text("最低库存（基年 = 1）", "Lowest stock (base year = 1)").get(lang),
                format=".3~r",
            ),
        ],
    )
    counts = base.mark_text(align="left", dx=5).encode(x="end:Q", text="users:Q")
    return alt.layer(bars, counts).properties(width="container", height=_TALL * len(drawn))
