"""The chart of ``resilience_plan``, drawn from the table of its result."""

from __future__ import annotations

from typing import Any

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.structure.chokepoints_drawing import Drawing, nothing

KINDS = ("value",)
NAMES = {
    "stock": Text("库存", "stock"),
    "second_source": Text("第二来源", "second source"),
    "spare_capacity": Text("备用产能", "spare capacity"),
}

_MOST = 15
_ROW = 21  # pixels


def resilience_chart(result: Result, kind: str, lang: Language) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, and where the result has nothing to draw
    """
    if kind not in KINDS:
        raise InputError(
            Text(
                f"没有图 {kind}；可选：{'、'.join(KINDS)}",
                f"no chart {kind}; choose from {', '.join(KINDS)}",
            )
        )
    drawing = value_drawing(result, lang)
    return chart.finished(drawing.chart, drawing.title.get(lang), drawing.subtitle.get(lang))


def value_drawing(result: Result, lang: Language) -> Drawing:
    """Draw the loss avoided per unit of cost, the best options first."""
    import altair as alt

    options = result.tables["options"]
    some = options[options["value_per_cost"] > 0].head(_MOST)
    if some.empty:
        raise nothing(Text("没有措施能避免损失", "no option avoids any loss"))
    imported = Text("（进口）", " (imported)").get(lang)
    outside = (some["kind"] == "stock") & (some["origin"] == "outside")
    drawn = some.assign(
        kind_title=[NAMES[kind].get(lang) for kind in some["kind"]],
        label=[
            f"{NAMES[kind].get(lang)} {code} {title}{imported if from_outside else ''}"
            for kind, code, title, from_outside in zip(
                some["kind"], some["sector"], some[f"title_{lang}"], outside, strict=True
            )
        ],
    )
    title = Text("每单位年成本避免的损失", "Loss avoided per unit of yearly cost").get(lang)
    colours = alt.Scale(
        domain=[name.get(lang) for name in NAMES.values()], range=list(chart.HUES[: len(NAMES)])
    )
    bars = (
        alt.Chart(drawn)
        .mark_bar(height=13)
        .encode(
            y=alt.Y(
                "label:N",
                sort=list(drawn["label"]),
                title=None,
                axis=alt.Axis(ticks=False, domain=False, labelLimit=300),
            ),
            x=alt.X("value_per_cost:Q", title=title),
            color=alt.Color(
                "kind_title:N", scale=colours, legend=alt.Legend(title=None, orient="top")
            ),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("value_per_cost:Q", title=title, format=".3~r"),
                alt.Tooltip("cost:Q", title=Text("年成本", "Yearly cost").get(lang), format=".4~r"),
                alt.Tooltip(
                    "avoided_loss:Q",
                    title=Text("避免的损失", "Loss avoided").get(lang),
                    format=".4~r",
                ),
            ],
        )
    )
    step = result.parameters["step"]
    return Drawing(
        bars.properties(width="container", height=_ROW * len(drawn)),
        Text("哪种准备最合算", "Which preparation buys most"),
        Text(
            f"事件发生一次、各措施增加一步（{step:g}）；单位相同，比值无量纲",
            f"One occurrence of the events, one step ({step:g}) of each option; a pure ratio",
        ),
    )
