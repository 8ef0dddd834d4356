"""Charts of ``finance``: the funnel, its gaps, the guarantee fund, portfolios, scores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.plots import known_kind
from xinzhi.plan.finance.result import FinanceResult

_TABLE_OF = {
    "stages": "stages",
    "survival": "survival",
    "gap": "gap",
    "crowding": "crowding",
    "fund": "fund_losses",
    "frontier": "instrument_frontier",
    "calibration": "score_calibration",
}
KINDS = tuple(_TABLE_OF)
_DEMAND, _SUPPLY = Text("需求", "Demand"), Text("供给", "Supply")


def finance_chart(result: FinanceResult, kind: str | None, lang: Language) -> Any:
    """Draw one of ``KINDS``, by default the first whose table has rows.

    Raises : InputError for an unknown kind, and where there is nothing to draw
    """
    if kind is None:
        kind = next((name for name, table in _TABLE_OF.items() if len(result.tables[table])), None)
    kind = known_kind(kind, KINDS)
    table = result.tables[_TABLE_OF[kind]]
    if table.empty:
        raise InputError(
            Text(
                f"没有可画的数据：表 {_TABLE_OF[kind]} 是空的", f"table {_TABLE_OF[kind]} is empty"
            ),
            remedy=Text(
                "给出这一部分的输入表，或画另一种图。",
                "Give the tables of that part, or draw another chart.",
            ),
        )
    drawn, title, measure = _DRAWN[kind](table, lang)
    note = result.parameters["data"].get(lang)
    parts = [part for part in (measure, note) if part]
    return chart.finished(drawn, title.get(lang), " · ".join(parts))


def _intervals(labels: pd.Series, table: pd.DataFrame, *names: str) -> pd.DataFrame:
    """Return the rows of ``chart.profile``: label, value, low, high; no peers."""
    value, low, high = names
    frame = table[[value, low, high]].set_axis(["value", "low", "high"], axis=1).astype(float)
    return frame.assign(label=labels.astype(str), q25=np.nan, median=np.nan, q75=np.nan)


def _stages(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    measure = Text(
        "进入该阶段后最终上市的概率，95% 区间", "Chance of listing on entry, 95 % interval"
    )
    frame = _intervals(table["stage"], table, "listing", "listing_low", "listing_high")
    top = float(np.nanmax(frame[["value", "high"]].to_numpy(dtype=float)))
    drawn = chart.profile(frame, measure.get(lang), (0.0, max(top, 0.01)))
    return drawn, Text("从各阶段到上市", "From each stage to listing"), ""


def _survival(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    import altair as alt

    stages = list(table["stage"].drop_duplicates())
    colour = alt.Color(
        "stage:N",
        title=None,
        sort=stages,
        scale=alt.Scale(domain=stages, range=[chart.hue(k) for k in range(len(stages))]),
        legend=alt.Legend(orient="top", columns=2),
    )
    x = alt.X("time:Q", title=Text("进入阶段后的年数", "Years in the stage").get(lang))
    base = alt.Chart(table)
    band = (
        alt.Chart(table.dropna(subset=["low", "high"]))
        .mark_area(opacity=0.15, interpolate="step-after")
        .encode(x=x, y=alt.Y("low:Q"), y2=alt.Y2("high:Q"), color=colour)
    )
    line = base.mark_line(interpolate="step-after").encode(
        x=x,
        y=alt.Y(
            "survival:Q",
            title=Text("仍在阶段中的份额", "Share still in the stage").get(lang),
            scale=alt.Scale(domain=[0, 1]),
        ),
        color=colour,
        strokeDash=alt.StrokeDash("stage:N", sort=stages, legend=None),
    )
    method = Text("Kaplan–Meier 估计，95% 区间", "Kaplan–Meier, 95 % intervals")
    return band + line, Text("企业在各阶段停留多久", "How long firms stay"), method.get(lang)


def _gap(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    import altair as alt

    last = table["year"].max()
    own = table if pd.isna(last) else table[table["year"] == last]
    names = {"demand": _DEMAND.get(lang), "supply": _SUPPLY.get(lang)}
    long = own.melt(["stage"], list(names), "case", "value").dropna(subset=["value"])
    y = alt.Y("stage:N", sort=list(own["stage"]), title=None)
    offset = alt.YOffset("case:N", sort=list(names.values()))
    bars = (
        alt.Chart(long.assign(case=long["case"].map(names), value=long["value"].astype(float)))
        .mark_bar()
        .encode(
            x=alt.X("value:Q", title=Text("每年资金", "Money a year").get(lang)),
            y=y,
            yOffset=offset,
            color=alt.Color(
                "case:N",
                title=None,
                scale=alt.Scale(domain=list(names.values()), range=[chart.REGION, chart.PEERS]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=["stage:N", "case:N", alt.Tooltip("value:Q", format=",.4r")],
        )
    )
    known = own.dropna(subset=["demand_low", "demand_high"]).assign(case=names["demand"])
    whiskers = (
        alt.Chart(known)
        .mark_rule(color=chart.INK, strokeWidth=2)
        .encode(x=alt.X("demand_low:Q"), x2=alt.X2("demand_high:Q"), y=y, yOffset=offset)
    )
    when = "" if pd.isna(last) else f"{last}"
    return (
        bars + whiskers,
        Text("各阶段资金的需求与供给", "Demand and supply of money by stage"),
        when,
    )


def _crowding(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    frame = _intervals(table["stage"], table, "multiplier", "low", "high")
    ends = frame[["value", "low", "high"]].to_numpy(dtype=float)
    domain = (min(0.0, float(ends.min())), max(0.1, float(ends.max())))
    measure = Text(
        "首元公共资金带动的社会资金（元）", "Private yuan per first yuan of public money"
    )
    drawn = chart.profile(frame, measure.get(lang), domain, 1.0)
    stated = Text("给定的倍数或弹性，不是估计", "As stated, not estimated")
    return drawn, Text("公共资金在哪里撬动最多", "Where public money brings most"), stated.get(lang)


def _fund(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    levels = pd.Series([f"{100 * level:g}%" for level in table["level"]])
    frame = _intervals(levels, table.reset_index(drop=True), "loss", "loss_low", "loss_high")
    frame["median"] = table["vasicek_loss"].to_numpy(dtype=float)
    top = float(np.nanmax(frame[["value", "high", "median"]].to_numpy(dtype=float)))
    measure = Text("一年的损失", "Loss of a year").get(lang)
    what = Text(
        "损失的分位数；短线为 Vasicek 闭式解", "Quantiles; the tick is Vasicek's closed form"
    )
    drawn = chart.profile(frame, measure, (0.0, top or 1.0))
    return drawn, Text("被担保贷款的损失分布", "Losses of the guaranteed loans"), what.get(lang)


def _frontier(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    import altair as alt

    base = alt.Chart(table).encode(
        x=alt.X(
            "risk_to_state:Q", title=Text("财政的风险（标准差）", "Risk to the state").get(lang)
        ),
        y=alt.Y("expected_value:Q", title=Text("期望价值", "Expected value").get(lang)),
        order="point:O",
        tooltip=[
            alt.Tooltip(f"{name}:Q", format=",.4r")
            for name in ("expected_value", "risk_to_state", "public_money", "amount")
        ],
    )
    drawn = base.mark_line(color=chart.PEERS) + base.mark_point(
        filled=True, size=70, color=chart.REGION, opacity=1
    )
    return drawn, Text("工具组合的有效前沿", "Efficient portfolios of instruments"), ""


def _calibration(table: pd.DataFrame, lang: Language) -> tuple[Any, Text, str]:
    import altair as alt

    top = float(table[["predicted", "observed_high"]].to_numpy(dtype=float).max()) * 1.05
    scale = alt.Scale(domain=[0, top], nice=False)
    x = alt.X("predicted:Q", title=Text("预测违约率", "Predicted").get(lang), scale=scale)
    base = alt.Chart(table)
    drawn = alt.layer(
        alt.Chart(pd.DataFrame({"x": [0.0, top]}))
        .mark_line(color=chart.PEERS, strokeDash=[4, 3])
        .encode(x="x:Q", y="x:Q"),
        base.mark_rule(color=chart.REGION, strokeWidth=2).encode(
            x=x, y=alt.Y("observed_low:Q", scale=scale), y2=alt.Y2("observed_high:Q")
        ),
        base.mark_point(filled=True, size=80, color=chart.REGION, opacity=1).encode(
            x=x,
            y=alt.Y("observed:Q", title=Text("实际违约率", "Observed").get(lang), scale=scale),
            tooltip=[alt.Tooltip("firms:Q"), alt.Tooltip("defaults:Q")],
        ),
    )
    tested = Text("时间外检验，95% 区间", "Out of time, 95 % intervals").get(lang)
    return drawn, Text("评分给出的违约概率准不准", "How well the probabilities held"), tested


_DRAWN: dict[str, Callable[[pd.DataFrame, Language], tuple[Any, Text, str]]] = {
    "stages": _stages,
    "survival": _survival,
    "gap": _gap,
    "crowding": _crowding,
    "fund": _fund,
    "frontier": _frontier,
    "calibration": _calibration,
}
