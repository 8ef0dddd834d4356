"""Charts of synergy and of forecasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, Language, Text, chart
from xinzhi.measure.drawing import Asked
from xinzhi.measure.plot_forms import lines
from xinzhi.measure.plots import (
    COORDINATION,
    against_peers,
    known_kind,
    known_region,
    others_than,
)

if TYPE_CHECKING:
    from xinzhi.measure.synergy import SynergyResult
    from xinzhi.measure.trend import TrendResult

SYNERGY_KINDS = ("time", "order_degrees")
TREND_KINDS = ("forecast",)

_SYNERGY = Text("复合系统协同度（−1 至 1）", "Synergy (−1 to 1)")
_ORDER = Text("有序度（0–1）", "Order degree (0–1)")
_METHODS = {
    "gm11": Text("GM(1,1)", "GM(1,1)"),
    "last_value": Text("末值", "Last value"),
    "linear_trend": Text("线性趋势", "Straight line"),
}
_COLOURS = {"gm11": chart.hue(0), "last_value": chart.QUIET, "linear_trend": chart.hue(2)}
_SOLID, _DASHED, _DOTTED = [1, 0], [6, 4], [2, 3]


def synergy_chart(result: SynergyResult, asked: Asked) -> Any:
    """Draw the synergy of one region on the band of the others, or its order degrees.

    Raises : InputError for an unknown kind or region, or a region without synergy
    """
    kind, lang = known_kind(asked.kind, SYNERGY_KINDS), asked.lang
    table = result.tables["synergy"]
    region = known_region(table, asked.region)
    own = table[table["region"] == region].dropna(subset=["synergy"])
    if own.empty:
        raise InputError(
            Text(f"{region} 没有协同度", f"{region} has no synergy"),
            remedy=Text("请选其他地区。", "Choose another region."),
        )
    last = own.iloc[-1]
    base, year, degree = int(last["base_year"]), int(last["year"]), float(last["synergy"])
    title = Text(
        f"{region}：{year} 年比 {base} 年的协同度为 {degree:.3f}",
        f"{region}: synergy {degree:.3f} in {year} against {base}",
    ).get(lang)
    if kind == "time":
        drawn = against_peers(table, "synergy", "year", region, others_than(table, region))
        drawn = drawn.dropna(subset=["value"])
        subtitle = Text("灰带为其他地区的四分位区间", "Grey: the middle half of the other regions")
        form = chart.trend(drawn, _SYNERGY.get(lang), domain=None)
        return chart.finished(form, title, subtitle.get(lang))
    degrees = result.tables["order_degrees"]
    degrees = degrees[degrees["region"] == region]
    names = [str(name) for name in degrees["subsystem"].drop_duplicates()]
    system = result.system
    titles = {n: system.title_of(n).get(lang) if system else n for n in names}
    drawn = pd.DataFrame(
        {
            "year": degrees["year"].to_numpy(),
            "value": degrees["order_degree"].to_numpy(dtype=float),
            "series": [titles[str(name)] for name in degrees["subsystem"]],
            "colour": [chart.hue(names.index(str(name))) for name in degrees["subsystem"]],
            "dash": [_SOLID] * len(degrees),
        }
    )
    subtitle = Text("各子系统的有序度", "Order degrees of the subsystems")
    return chart.finished(lines(drawn, _ORDER.get(lang)), title, subtitle.get(lang))


def trend_chart(result: TrendResult, asked: Asked) -> Any:
    """Draw one region's history, the fitted GM(1,1), and every forecast with its backtest error.

    Raises : InputError for an unknown kind or region, or a region without a forecast
    """
    known_kind(asked.kind, TREND_KINDS)
    lang = asked.lang
    fitted = result.tables["fitted"]
    region = known_region(fitted, asked.region)
    history = fitted[fitted["region"] == region]
    ahead = result.tables["forecast"]
    ahead = ahead[ahead["region"] == region].dropna(subset=["value"])
    if ahead.empty:
        raise InputError(
            Text(f"{region} 没有预测", f"{region} has no forecast"),
            remedy=Text("请选年份齐全的地区。", "Choose a region with all years."),
        )
    errors = result.tables["backtest"]
    errors = errors[errors["region"] == region]
    years = history["year"].to_numpy()
    observed = Text("实际", "Observed").get(lang)
    fit = Text("GM(1,1) 拟合", "GM(1,1), fitted").get(lang)
    parts = [
        _series(years, history["value"].to_numpy(), observed, chart.INK, _SOLID),
        _series(years, history["fitted"].to_numpy(), fit, chart.hue(0), _DOTTED),
    ]
    for name, colour in _COLOURS.items():
        rows = ahead[ahead["method"] == name]
        label = _with_error(name, errors[errors["method"] == name].iloc[0], lang)
        values = rows["value"].to_numpy()
        parts.append(_series(rows["year"].to_numpy(), values, label, colour, _DASHED))
    drawn = pd.concat(parts, ignore_index=True).dropna(subset=["value"])
    models = result.tables["models"]
    best = str(models.loc[models["region"] == region, "best"].iloc[0])
    title = Text(
        f"{region}：回测误差最小的方法：{_METHODS[best].zh}",
        f"{region}: the backtest error is lowest for {_METHODS[best].en}",
    )
    quantity = str(result.parameters["quantity"])
    axis = COORDINATION.get(lang) if quantity == "coordination" else quantity
    subtitle = Text(
        f"历史与 {result.parameters['horizon']} 年预测；误差为滚动起点回测",
        f"History and {result.parameters['horizon']} years ahead; errors of rolling-origin "
        "backtests",
    )
    return chart.finished(lines(drawn, axis), title.get(lang), subtitle.get(lang))


def _series(years: Any, values: Any, label: str, colour: str, dash: list[int]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "year": years,
            "value": values,
            "series": label,
            "colour": colour,
            "dash": [dash] * len(years),
        }
    )


def _with_error(method: str, errors: pd.Series[Any], lang: Language) -> str:
    """Name a method with its mean error, relative where no value is 0."""
    name = _METHODS[method]
    if pd.notna(errors["mape"]):
        share = 100 * float(errors["mape"])
        words = Text(
            f"{name.zh}：平均相对误差 {share:.1f}%", f"{name.en}: mean error {share:.1f} %"
        )
    else:
        mae = float(errors["mae"])
        words = Text(f"{name.zh}：平均误差 {mae:.3g}", f"{name.en}: mean error {mae:.3g}")
    return words.get(lang)
