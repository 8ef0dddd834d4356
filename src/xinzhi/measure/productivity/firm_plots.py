"""Charts of firm-level productivity: coefficients with intervals, terms of aggregate changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xinzhi.core import InputError, Language, Result, Text, chart

if TYPE_CHECKING:
    from xinzhi.measure.productivity.firm_decompositions import FirmReallocationResult

_COEFFICIENTS = Text("产出弹性", "Output elasticity")
_INTERVAL = Text("自助法区间", "Bootstrap interval")
_CHANGES = Text("总量生产率变化的分解", "What aggregate productivity changed by")
_CHANGE = Text("与基期相比的变化", "Change from the base period")
_TERMS = {
    "within": Text("存续企业内部", "Within survivors"),
    "between": Text("存续企业之间", "Between survivors"),
    "entry": Text("进入", "Entry"),
    "exit": Text("退出", "Exit"),
}


def firm_chart(result: Result, kind: str, lang: Language) -> Any:
    """Draw the coefficients, a row an input, with the interval where there is one.

    Raises : InputError for a kind other than ``coefficients``
    """
    import altair as alt

    _check_kind(kind, "coefficients")
    frame = result.to_frame("coefficients")
    rows = alt.Y("input:N", title=None, sort=frame["input"].tolist())
    scale = alt.Scale(zero=True)
    value = alt.X("coefficient:Q", title=_COEFFICIENTS.get(lang), scale=scale)
    whiskers = (
        alt.Chart(frame.dropna(subset=["low", "high"]))
        .mark_rule(strokeWidth=3, strokeCap="round", color=chart.HUES[0], opacity=0.6)
        .encode(y=rows, x=alt.X("low:Q", scale=scale), x2="high:Q")
    )
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=70, opacity=1, color=chart.HUES[0])
        .encode(
            y=rows,
            x=value,
            tooltip=[
                alt.Tooltip("input:N", title=" "),
                *(
                    alt.Tooltip(f"{column}:Q", title=title, format=".3f")
                    for column, title in (
                        ("coefficient", _COEFFICIENTS.get(lang)),
                        ("low", f"{_INTERVAL.get(lang)} ≥"),
                        ("high", f"{_INTERVAL.get(lang)} ≤"),
                    )
                ),
            ],
        )
    )
    drawn = alt.layer(whiskers, dots, width="container", height=36 * len(frame))
    return chart.finished(drawn, _COEFFICIENTS.get(lang), str(result.parameters["method"]))


def reallocation_chart(result: FirmReallocationResult, kind: str, lang: Language) -> Any:
    """Draw the four terms of every change as stacked bars, and the change as a dot.

    Raises : InputError for a kind other than ``changes``
    """
    import altair as alt

    _check_kind(kind, "changes")
    frame = result.to_frame("changes")
    names = {term: title.get(lang) for term, title in _TERMS.items()}
    long = frame.melt(["period"], list(names), var_name="term", value_name="value")
    long["term"] = long["term"].map(names)
    period = alt.X("period:O", title=None, axis=alt.Axis(labelAngle=0))
    bars = (
        alt.Chart(long)
        .mark_bar()
        .encode(
            x=period,
            y=alt.Y("value:Q", title=_CHANGE.get(lang)),
            color=alt.Color(
                "term:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=list(chart.HUES)),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[
                alt.Tooltip("period:O", title=" "),
                alt.Tooltip("term:N", title=" "),
                alt.Tooltip("value:Q", title=_CHANGE.get(lang), format=".3f"),
            ],
        )
    )
    dots = (
        alt.Chart(frame)
        .mark_point(filled=True, size=60, color=chart.INK, opacity=1)
        .encode(x=period, y=alt.Y("change:Q"))
    )
    drawn = alt.layer(bars, dots, width="container", height=260)
    return chart.finished(drawn, _CHANGES.get(lang), str(result.parameters["weight"]))


def _check_kind(kind: str, only: str) -> None:
    if kind != only:
        raise InputError(
            Text(f"没有图 {kind}；可选：{only}", f"no chart {kind}; choose from {only}")
        )
