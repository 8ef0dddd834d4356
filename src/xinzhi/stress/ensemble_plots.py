"""Charts of ``shock_ensemble``, drawn from the tables of its result; nothing is computed anew."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.structure.chokepoints_drawing import Drawing, nothing

KINDS = ("recovery", "sensitivity")

_ROW = 24  # pixels


def ensemble_chart(result: Result, kind: str, lang: Language) -> Any:
    """Draw one of ``KINDS``.

    Raises : InputError for an unknown kind, and where the result has nothing to draw
    """
    drawers: dict[str, Callable[[Result, Language], Drawing]] = {
        "recovery": fan_drawing,
        "sensitivity": tornado_drawing,
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


def fan_drawing(result: Result, lang: Language) -> Drawing:
    """Draw the median of value added day by day, with the middle half and nine tenths of draws."""
    import altair as alt

    path = result.tables["path"]
    wide = 100 * path.pivot(index="day", columns="quantile", values="value_added_share")
    names = {0.05: "p05", 0.25: "p25", 0.5: "p50", 0.75: "p75", 0.95: "p95"}
    data = wide.rename(columns=names).reset_index()
    title = Text("增加值（基年 = 100）", "Value added (base year = 100)").get(lang)
    scale = alt.Scale(zero=False)
    base = alt.Chart(data).encode(x=alt.X("day:Q", title=Text("天", "Day").get(lang)))

    def band(low: str, high: str, opacity: float) -> Any:
        area = base.mark_area(opacity=opacity, color=chart.REGION)
        return area.encode(y=alt.Y(f"{low}:Q", scale=scale, title=title), y2=f"{high}:Q")

    median = base.mark_line(color=chart.REGION).encode(
        y=alt.Y("p50:Q", scale=scale, title=title),
        tooltip=[
            alt.Tooltip("day:Q", title=Text("天", "Day").get(lang)),
            *(
                alt.Tooltip(f"{name}:Q", title=f"{100 * quantile:g} %", format=".4~r")
                for quantile, name in names.items()
            ),
        ],
    )
    layers = [band("p05", "p95", 0.15), band("p25", "p75", 0.3), median]
    loss = result.tables["total"].set_index("quantile")["value_added_loss"]
    unit, draws = result.parameters["unit"], result.parameters["stable_draws"]
    low, middle, high = (f"{loss[q]:.4g}" for q in (0.05, 0.5, 0.95))
    return Drawing(
        alt.layer(*layers).properties(width="container", height=240),
        Text(
            f"增加值损失中位数 {middle}，5%–95% 为 {low}–{high}（{unit}）",
            f"Median loss of value added {middle}, 5–95 % {low}–{high} ({unit})",
        ),
        Text(
            f"{draws} 次抽样：逐日中位数、中间 50% 与中间 90%",
            f"{draws} draws: median, middle half and middle nine tenths of each day",
        ),
    )


def tornado_drawing(result: Result, lang: Language) -> Drawing:
    """Draw the coefficient of the loss on each assumption with its interval, strongest first."""
    import altair as alt

    data = result.tables["sensitivity"].dropna(subset=["coefficient"])
    if data.empty:
        raise nothing(
            Text(
                "没有敏感性：损失或假定没有变化，或抽样太少",
                "there is no sensitivity: loss or assumptions do not vary, or draws are too few",
            )
        )
    drawn = data.assign(
        label=data[f"title_{lang}"],
        colour=[chart.REGION if value > 0 else chart.HUES[0] for value in data["coefficient"]],
    )
    title = Text("标准化秩回归系数", "Standardised rank regression coefficient").get(lang)
    y = alt.Y(
        "label:N",
        sort=list(drawn["label"]),
        title=None,
        axis=alt.Axis(ticks=False, domain=False, labelLimit=260),
    )
    base = alt.Chart(drawn).encode(y=y)
    bars = base.mark_bar(height=13).encode(
        x=alt.X("coefficient:Q", title=title),
        color=alt.Color("colour:N", scale=None),
        tooltip=[
            alt.Tooltip("label:N", title=" "),
            alt.Tooltip("coefficient:Q", title=title, format=".2f"),
            alt.Tooltip("low:Q", title="↓", format=".2f"),
            alt.Tooltip("high:Q", title="↑", format=".2f"),
        ],
    )
    whiskers = base.mark_rule(color=chart.INK).encode(x="low:Q", x2="high:Q")
    explained = result.parameters["rank_r_squared"]
    return Drawing(
        alt.layer(bars, whiskers).properties(width="container", height=_ROW * len(drawn)),
        Text("损失对各项假定的敏感性", "How the loss follows each assumption"),
        Text(
            f"正值：假定越大损失越大；细线为 95% 区间；R² = {explained:.2f}",
            f"Above 0: more of it, more loss; thin line: 95 % interval; R² = {explained:.2f}",
        ),
    )
