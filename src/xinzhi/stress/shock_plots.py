"""Charts of ``shock``, drawn from the tables of its result; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.data.units import find_unit
from xinzhi.structure.chokepoints_drawing import Drawing, nothing

KINDS = ("recovery", "loss", "tracks", "shortages")

_MOST_SECTORS = 12
_MOST_SHORTAGES = 15
_ROW = 21  # pixels

_CURVES = (
    ("value_added_share", Text("增加值", "Value added"), chart.REGION),
    ("production_possible_share", Text("产能允许的增加值", "What capacity allows"), chart.HUES[0]),
)


def shock_chart(result: Result, kind: str, lang: Language) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, and where the result has nothing to draw
    """
    drawers: dict[str, Callable[[Result, Language], Drawing]] = {
        "recovery": recovery_drawing,
        "loss": loss_drawing,
        "tracks": tracks_drawing,
        "shortages": shortages_drawing,
    }
    if kind not in drawers:
        raise InputError(
            Text(
                f"没有图 {kind}；可选：{'、'.join(KINDS)}",
                f"no chart {kind}; choose from {', '.join(KINDS)}",
            )
        )
    drawing = drawers[kind](result, lang)
    return chart.finished(drawing.chart, drawing.title.get(lang), drawing.subtitle.get(lang))


def recovery_drawing(result: Result, lang: Language, band: pd.DataFrame | None = None) -> Drawing:
    """Draw value added and what capacity allows, day by day, base year = 100.

    band : day, low, high of the share of value added, as an ensemble gives it
    """
    import altair as alt

    path = result.tables["path"]
    title = Text("基年 = 100", "base year = 100").get(lang)
    x = alt.X("day:Q", title=Text("天", "Day").get(lang))
    scale = alt.Scale(zero=False)
    colours = alt.Scale(
        domain=[name.get(lang) for _, name, _ in _CURVES], range=[c for _, _, c in _CURVES]
    )
    curves = pd.concat(
        [
            pd.DataFrame({"day": path["day"], "value": 100 * path[column], "curve": name.get(lang)})
            for column, name, _ in _CURVES
        ]
    )
    layers = [
        alt.Chart(curves)
        .mark_line()
        .encode(
            x=x,
            y=alt.Y("value:Q", title=title, scale=scale),
            color=alt.Color(
                "curve:N",
                scale=colours,
                legend=alt.Legend(title=None, orient="top", labelLimit=400),
            ),
            tooltip=[
                alt.Tooltip("curve:N", title=" "),
                alt.Tooltip("day:Q", title=Text("天", "Day").get(lang)),
                alt.Tooltip("value:Q", title=title, format=".4~r"),
            ],
        )
    ]
    if band is not None:
        shown = band.assign(low=100 * band["low"], high=100 * band["high"])
        area = alt.Chart(shown).mark_area(opacity=0.25, color=chart.REGION)
        layers.insert(0, area.encode(x=x, y=alt.Y("low:Q", scale=scale), y2="high:Q"))
    lowest = path.iloc[int(path["value_added_share"].argmin())]
    fall = 100 * (1 - lowest["value_added_share"])
    days = result.tables["total"]["recovery_time"].iloc[0]
    back_zh = "模拟期内没有恢复" if pd.isna(days) else f"{days:.0f} 天后挽回最大跌幅的 99%"
    back_en = (
        "no recovery within the run"
        if pd.isna(days)
        else f"99 % of the greatest fall is made up after {days:.0f} days"
    )
    return Drawing(
        alt.layer(*layers).properties(width="container", height=240),
        Text(f"增加值最多下降 {fall:.3g}%", f"Value added falls by up to {fall:.3g} %"),
        Text(
            f"第 {lowest['day']:.0f} 天最低；{back_zh}",
            f"Lowest on day {lowest['day']:.0f}; {back_en}",
        ),
    )


def loss_drawing(result: Result, lang: Language) -> Drawing:
    """Draw the sectors that lose most value added."""
    sectors = result.tables["sectors"]
    return _bars(result, sectors, "code", lang, Text("损失最大的部门", "Sectors that lose most"))


def tracks_drawing(result: Result, lang: Language) -> Drawing:
    """Draw the loss of value added by track."""
    tracks = result.tables["tracks"].dropna(subset=["value_added_loss"])
    return _bars(result, tracks, "", lang, Text("各赛道的损失", "Losses by track"))


def shortages_drawing(result: Result, lang: Language) -> Drawing:
    """Draw when each input held back its user, darker for a lower stock."""
    import altair as alt

    shortages = result.tables["shortages"].head(_MOST_SHORTAGES)
    if shortages.empty:
        raise nothing(
            Text("没有投入因缺货限制生产", "no input was short enough to hold back a user")
        )
    outside = Text("（进口）", " (imported)").get(lang)
    product = shortages["product"] + [
        outside if origin == "outside" else "" for origin in shortages["origin"]
    ]
    user = shortages["code"] + " " + shortages[f"title_{lang}"]
    if "region" in shortages:
        user = shortages["region"] + " " + user
    data = shortages.assign(label=product + " → " + user, end=shortages["last_day"] + 1)
    drawn = (
        alt.Chart(data)
        .mark_bar(height=12)
        .encode(
            y=alt.Y(
                "label:N",
                sort=list(data["label"]),
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=260),
            ),
            x=alt.X("first_day:Q", title=Text("天", "Day").get(lang)),
            x2="end:Q",
            color=alt.Color(
                "lowest_stock_share:Q",
                scale=alt.Scale(domain=[0, 1], range=list(reversed(chart.BLUES[1:]))),
                legend=alt.Legend(
                    title=Text("最低库存（基年 = 1）", "Lowest stock (base year = 1)").get(lang),
                    orient="top",
                ),
            ),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip(f"product_title_{lang}:N", title=Text("投入", "Input").get(lang)),
                alt.Tooltip("first_day:Q", title=Text("首日", "First day").get(lang)),
                alt.Tooltip("last_day:Q", title=Text("末日", "Last day").get(lang)),
                alt.Tooltip("days:Q", title=Text("天数", "Days").get(lang)),
                alt.Tooltip(
                    "lowest_stock_share:Q",
                    title=Text("最低库存", "Lowest stock").get(lang),
                    format=".3r",
                ),
            ],
        )
    )
    count = len(result.tables["shortages"])
    return Drawing(
        drawn.properties(width="container", height=_ROW * len(data)),
        Text(f"{count} 处投入曾限制生产", f"Inputs held back users in {count} places"),
        Text(
            "投入 → 用户，由首次到末次受限（其间可能中断）；按受限天数排列",
            "Input → user, from the first to the last day (with gaps, if any); longest first",
        ),
    )


def _bars(result: Result, frame: pd.DataFrame, code: str, lang: Language, title: Text) -> Drawing:
    import altair as alt

    some = frame[frame["value_added_loss"] > 0]
    data = some.sort_values("value_added_loss", ascending=False).head(_MOST_SECTORS)
    if data.empty:
        raise nothing(Text("没有损失", "nothing is lost"))
    label = data[f"title_{lang}"] if not code else data[code] + " " + data[f"title_{lang}"]
    if "region" in data:
        label = data["region"] + " " + label
    drawn = data.assign(label=label)
    name = Text("增加值损失", "Value added lost").get(lang)
    base = alt.Chart(drawn).encode(
        y=alt.Y(
            "label:N",
            sort=list(drawn["label"]),
            title=None,
            axis=alt.Axis(ticks=False, domain=False, labelLimit=260),
        ),
        x=alt.X("value_added_loss:Q", title=name, axis=alt.Axis(tickCount=4)),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("value_added_loss:Q", title=name, format=".4~r"),
            alt.Tooltip(
                "value_added_loss_share:Q",
                title=Text("占基年增加值", "Share of base-year value added").get(lang),
                format=".3p",
            ),
        ],
    )
    bars = base.mark_bar(height=13, color=chart.REGION)
    unit = find_unit(result.parameters["unit"]).title
    return Drawing(
        bars.properties(width="container", height=_ROW * len(drawn)),
        title,
        Text(
            f"增加值总损失（{unit.zh}），模拟期合计",
            f"Gross loss of value added ({unit.en}) over the run",
        ),
    )
