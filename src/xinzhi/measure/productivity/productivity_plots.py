"""Charts of ``productivity``: one a method, of its main table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, chart
from xinzhi.measure.productivity.firm_plots import firm_chart

_MOST_UNITS = 60
_MOST_GROUPS = 30
_MOST_LINES = 12
_EFFICIENCY = Text("效率值（1 = 前沿）", "Efficiency (1 = frontier)")
_INTERVAL = Text("区间", "Interval")
_GROWTH = Text("对数点", "Log points")
_CAPITAL = Text("资本存量（不变价）", "Capital stock (constant prices)")
_RELATIVE = Text("与上期相比的变化", "Change from the period before")

_GROWTH_TERMS: Mapping[str, Text] = {
    "capital_contribution": Text("资本", "Capital"),
    "labour_contribution": Text("劳动", "Labour"),
    "human_capital_contribution": Text("人力资本", "Human capital"),
    "tfp_growth": Text("全要素生产率", "TFP"),
}
_SHARE_TERMS: Mapping[str, Text] = {
    "within": Text("行业内", "Within sectors"),
    "static": Text("静态再配置", "Static reallocation"),
    "dynamic": Text("动态再配置", "Dynamic reallocation"),
}
_INDEX_TERMS: Mapping[str, Text] = {
    "efficiency_change": Text("效率变化", "Efficiency change"),
    "technical_change": Text("技术变化", "Technical change"),
}


def productivity_chart(result: Result, kind: str | None, lang: Language) -> Any:
    """Draw the main table.

    Raises : InputError for a kind other than its name
    """
    only = next(iter(result.tables))
    if kind not in (None, only):
        raise InputError(
            Text(f"没有名为 {kind} 的图；可选：{only}", f"no chart named {kind}; there is: {only}")
        )
    return _CHARTS[only](result, lang)


def _efficiency(result: Result, lang: Language) -> Any:
    """Draw units by efficiency, the highest first, with intervals where the method gives them."""
    table = result.tables["efficiency"]
    value = next(
        name for name in ("efficiency_corrected", "super_efficiency", "efficiency") if name in table
    )
    table = table.dropna(subset=[value]).sort_values(value, ascending=False, kind="stable")
    shown = table.head(_MOST_UNITS)
    names = [name for name in ("unit", "period") if name in shown]
    has_interval = "efficiency_low" in shown
    frame = pd.DataFrame(
        {
            "label": [" ".join(map(str, row)) for row in shown[names].itertuples(index=False)],
            "value": shown[value].to_numpy(dtype=float),
            "low": shown["efficiency_low"].to_numpy(dtype=float) if has_interval else np.nan,
            "high": shown["efficiency_high"].to_numpy(dtype=float) if has_interval else np.nan,
            "colour": chart.HUES[0],
        }
    )
    drawn = dots_with_whiskers(frame, _EFFICIENCY.get(lang), _INTERVAL.get(lang))
    return chart.finished(drawn, _efficiency_title(table).get(lang), _options(result))


def _efficiency_title(table: pd.DataFrame) -> Text:
    if "efficiency_jlms" in table:  # noise keeps every unit off a stochastic frontier
        return Text(f"{len(table)} 个观测的效率", f"Efficiency of {len(table)} observations")
    best = int((table["efficiency"] >= 1).sum())
    return Text(
        f"{len(table)} 个单元的效率，{best} 个在前沿上",
        f"Efficiency of {len(table)} units, {best} on the frontier",
    )


def dots_with_whiskers(
    frame: pd.DataFrame, value_title: str, interval_title: str, most: float | None = None
) -> Any:
    """Draw one row an item: a dot at its value, and a whisker over its interval if it has one.

    frame : label, value, low, high, colour; in row order
    most : end of the axis; by default the largest value, and at least 1
    """
    import altair as alt

    rows = alt.Y("label:N", sort=frame["label"].tolist(), title=None, axis=alt.Axis(labelLimit=190))
    least = float(np.nanmin(frame[["value", "low"]].to_numpy()))
    end = max(1.0, float(np.nanmax(frame[["value", "high"]].to_numpy()))) if most is None else most
    scale = alt.Scale(domain=[min(0.0, least), end], nice=False, padding=6)
    colour = alt.Color("colour:N", scale=None)
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, strokeCap="round", opacity=0.6)
        .encode(y=rows, x=alt.X("low:Q", scale=scale), x2="high:Q", color=colour)
    )
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=1)
        .encode(
            y=rows,
            x=alt.X("value:Q", title=value_title, scale=scale),
            color=colour,
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("value:Q", title=value_title, format=".3f"),
                alt.Tooltip("low:Q", title=f"{interval_title} ≥", format=".3f"),
                alt.Tooltip("high:Q", title=f"{interval_title} ≤", format=".3f"),
            ],
        )
    )
    return alt.layer(whiskers, dots, width="container", height=19 * len(frame))


def _indices(result: Result, lang: Language) -> Any:
    """Draw the mean change of every period in two parts that add up (of ratios the logarithms)."""
    means = result.tables["means"]
    ratio = "luenberger" not in means
    total = next(
        name for name in ("malmquist", "malmquist_luenberger", "luenberger") if name in means
    )
    parts = means[[total, *_INDEX_TERMS]]
    frame = parts.transform(np.log) if ratio else parts
    frame = frame.assign(label=_spans(means), total=frame[total], low=np.nan, high=np.nan)
    title = Text(
        "生产率变化的平均值及其组成", "Mean change of productivity: efficiency, technology"
    )
    measure = _GROWTH if ratio else Text("方向距离之差", "Difference of distances")
    return _stacked(frame, _INDEX_TERMS, title, measure, _options(result), lang)


def _growth(result: Result, lang: Language) -> Any:
    """Draw contributions by period for one unit, for several those of the whole span."""
    growth, total = result.tables["growth"], result.tables["total"]
    single = len(total) == 1
    table = growth if single else total.head(_MOST_GROUPS)
    terms = {
        name: text
        for name, text in _GROWTH_TERMS.items()
        if name != "human_capital_contribution" or table[name].any()
    }
    frame = table.assign(
        label=_spans(table) if single else table["unit"],
        total=table["output_growth"],
        low=table["tfp_growth_low"],
        high=table["tfp_growth_high"],
    )
    title = Text("产出增长来自哪里", "Where growth of output came from")
    subtitle = Text(
        "圆点：产出增长；须线：资本份额与折旧变动时的 TFP",
        "Dot: growth of output; whisker: TFP with other capital shares and depreciation",
    )
    return _stacked(frame, terms, title, _GROWTH, subtitle.get(lang), lang)


def _reallocation(result: Result, lang: Language) -> Any:
    """Draw the terms by period for one unit, for several those from first period to last."""
    table = result.tables["reallocation"]
    single = table["unit"].nunique() == 1
    if not single:
        table = table.groupby("unit", sort=False).tail(1).head(_MOST_GROUPS)
    frame = table.assign(
        label=_spans(table) if single else table["unit"],
        total=table["productivity_growth"],
        low=np.nan,
        high=np.nan,
    )
    title = Text("劳动生产率增长的分解", "What labour productivity grew by")
    return _stacked(frame, _SHARE_TERMS, title, _RELATIVE, str(result.parameters["form"]), lang)


def _capital(result: Result, lang: Language) -> Any:
    """Draw stocks over time, a line a unit, of the units whose last stock is largest."""
    import altair as alt

    table = result.tables["capital"]
    last = table.groupby("unit", sort=False).tail(1)
    largest = last.nlargest(_MOST_LINES, "capital")
    x = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0, labelOverlap="greedy"))
    y = alt.Y("capital:Q", title=_CAPITAL.get(lang))
    lines = (
        alt.Chart(table[table["unit"].isin(largest["unit"])])
        .mark_line(color=chart.HUES[0], opacity=0.7, point=True)
        .encode(
            x=x,
            y=y,
            detail="unit:N",
            tooltip=[
                alt.Tooltip("unit:N", title=" "),
                alt.Tooltip("period:O", title=" "),
                alt.Tooltip("capital:Q", title=_CAPITAL.get(lang), format=",.4r"),
            ],
        )
    )
    names = (
        alt.Chart(largest)
        .mark_text(align="left", dx=6, color=chart.INK)
        .encode(x=x, y=y, text="unit:N")
    )
    title = Text(f"资本存量，{len(largest)} 个单元", f"Capital stock of {len(largest)} unit(s)")
    if len(largest) < len(last):
        title = Text(
            f"资本存量，{len(last)} 个单元中最大的 {len(largest)} 个",
            f"Capital stock: the largest {len(largest)} of {len(last)} units",
        )
    rate = result.parameters["depreciation"]
    subtitle = Text(f"永续盘存法，折旧率 {rate:g}", f"Perpetual inventory, depreciation {rate:g}")
    drawn = alt.layer(lines, names, width="container", height=280)
    return chart.finished(drawn, title.get(lang), subtitle.get(lang))


def _coefficients(result: Result, lang: Language) -> Any:
    return firm_chart(result, "coefficients", lang)


def _spans(table: pd.DataFrame) -> list[str]:
    """Return each row's span of periods: 2019–2020."""
    first = "from_period" if "from_period" in table else "base_period"
    return [f"{a}–{b}" for a, b in zip(table[first], table["period"], strict=True)]


def _stacked(
    frame: pd.DataFrame,
    terms: Mapping[str, Text],
    title: Text,
    measure: Text,
    subtitle: str,
    lang: Language,
) -> Any:
    """Draw terms as stacked bars, their total as a dot, and a whisker where there is a band.

    frame : label, total, low, high and the terms; in row order
    """
    import altair as alt

    names = {name: text.get(lang) for name, text in terms.items()}
    long = frame.melt(["label"], list(names), var_name="term", value_name="value")
    long["term"] = long["term"].map(names)
    x = alt.X("label:N", title=None, sort=frame["label"].tolist())
    y = alt.Y("value:Q", title=measure.get(lang))
    bars = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=x,
            y=y,
            color=alt.Color(
                "term:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=list(chart.HUES)),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("label:N", title=" "),
                alt.Tooltip("term:N", title=" "),
                alt.Tooltip("value:Q", title=measure.get(lang), format=".4f"),
            ],
        )
    )
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=60, color=chart.INK, opacity=1)
        .encode(x=x, y=alt.Y("total:Q"))
    )
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=2, color=chart.REGION)
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q")
    )
    drawn = alt.layer(bars, whiskers, dots, width="container", height=280)
    return chart.finished(drawn, title.get(lang), subtitle)


def _options(result: Result) -> str:
    names = ("method", "reference", "returns", "orientation", "direction", "distribution")
    given = (result.parameters.get(name) for name in names)
    return ", ".join(str(value) for value in given if value is not None)


_CHARTS: Mapping[str, Callable[[Result, Language], Any]] = {
    "efficiency": _efficiency,
    "indices": _indices,
    "growth": _growth,
    "reallocation": _reallocation,
    "coefficients": _coefficients,
    "capital": _capital,
}
