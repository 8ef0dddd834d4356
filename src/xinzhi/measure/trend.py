"""Trend and forecast: the grey model GM(1,1) beside naive forecasts, with backtest errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.measure.coupling import CouplingResult
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.index_result import categorical

Array = NDArray[np.float64]

FEWEST_YEARS = 8
FEWEST_TRAINING = 5
METHODS = ("gm11", "last_value", "linear_trend")
# posterior variance ratio C at most, small-error probability P at least: Deng's grades
_GRADES = (("good", 0.35, 0.95), ("qualified", 0.5, 0.8), ("barely_qualified", 0.65, 0.7))
_SMALL_ERROR = 0.6745
_MOST_NAMED = 5


@dataclass(frozen=True)
class GreyModel:
    """A fitted GM(1,1); arrays are (...) for series (..., n).

    a : development coefficient, negative for growth; b : grey input
    fitted : (..., n), the first equal to the data
    class_ratios : (..., n-1), x(k-1)/x(k); the test asks that all lie in ``class_range``
    variance_ratio : posterior variance ratio C = S2/S1; small_error : probability P
    """

    a: Array
    b: Array
    first: Array
    fitted: Array
    class_ratios: Array
    class_range: tuple[float, float]
    variance_ratio: Array
    small_error: Array

    @property
    def class_ratio_passes(self) -> NDArray[np.bool_]:
        """Say of each series whether all its class ratios lie in the range."""
        low, high = self.class_range
        inside = (self.class_ratios > low) & (self.class_ratios < high)
        return np.asarray(inside.all(axis=-1))

    def forecast(self, horizon: int) -> Array:
        """Return (..., horizon): the values after the last one."""
        size = self.fitted.shape[-1]
        return _restored(self.a, self.b, self.first, np.arange(size, size + horizon))


@dataclass(frozen=True)
class TrendResult(ChartedResult):
    """Tables: forecast, backtest, models, fitted.

    Chart: ``forecast``, the history of one region, the fitted model, and every forecast with its
    backtest error.
    """

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_over_time

        return plots_over_time.trend_chart(self, asked)


def gm11(series: Array) -> GreyModel:
    r"""Fit the grey model GM(1,1) to each series.

    .. math:: x^{(1)}(k)=\sum_{i\le k}x^{(0)}(i),\quad z(k)=\tfrac12[x^{(1)}(k)+x^{(1)}(k-1)],\quad
        x^{(0)}(k) + a z(k) = b

    by least squares for a and b over k = 2 … n, and

    .. math:: \hat x^{(1)}(k+1) = \Big(x^{(0)}(1)-\frac ba\Big)e^{-ak} + \frac ba,\qquad
        \hat x^{(0)}(k+1) = \hat x^{(1)}(k+1)-\hat x^{(1)}(k)

    Its limit for a → 0 is a constant b. The class-ratio test asks for every
    :math:`x(k-1)/x(k)` to lie in :math:`(e^{-2/(n+1)}, e^{2/(n+1)})`. With the standard deviations
    S1 of the data and S2 of the residuals e (divisor n, the first residual 0 included),
    :math:`C = S_2/S_1` and :math:`P` is the share of :math:`|e-\bar e| < 0.6745\,S_1`.

    series : (..., n), > 0, n >= 4, equally spaced
    Returns : GreyModel; C is nan for a constant series
    Raises : InputError for fewer than four values, or values that are not positive
    Limits : an exponential through the data: it cannot turn, and it grows without bound
    Source : Deng (1989), Introduction to Grey System Theory, The Journal of Grey System 1(1), 1-24
    """
    x = np.asarray(series, dtype=float)
    if x.shape[-1] < 4 or not (x > 0).all():
        raise InputError(
            Text(
                "GM(1,1) 需要至少四个正数",
                "GM(1,1) needs at least four values, all of them positive",
            )
        )
    size = x.shape[-1]
    total = np.cumsum(x, axis=-1)
    z, y = (total[..., 1:] + total[..., :-1]) / 2, x[..., 1:]
    centred = z - z.mean(axis=-1, keepdims=True)
    a = -(centred * y).sum(-1) / (centred**2).sum(-1)
    b = y.mean(axis=-1) + a * z.mean(axis=-1)
    fitted = np.concatenate([x[..., :1], _restored(a, b, x[..., 0], np.arange(1, size))], axis=-1)
    errors = x - fitted
    s1, s2 = x.std(axis=-1), errors.std(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(s1 > 0, s2 / s1, np.nan)
    small = np.abs(errors - errors.mean(axis=-1, keepdims=True)) < _SMALL_ERROR * s1[..., None]
    edge = 2.0 / (size + 1)
    return GreyModel(
        a=a,
        b=b,
        first=x[..., 0],
        fitted=fitted,
        class_ratios=x[..., :-1] / x[..., 1:],
        class_range=(float(np.exp(-edge)), float(np.exp(edge))),
        variance_ratio=ratio,
        small_error=small.mean(axis=-1),
    )


def last_value(series: Array, horizon: int) -> Array:
    """Forecast (..., horizon) by the last of each series (..., n)."""
    return np.repeat(series[..., -1:], horizon, axis=-1)


def linear_trend(series: Array, horizon: int) -> Array:
    """Forecast (..., horizon) by the least-squares line through each series (..., n), n >= 2."""
    size = series.shape[-1]
    t = np.arange(size) - (size - 1) / 2
    slope = (series * t).sum(-1) / (t**2).sum()
    ahead = np.arange(1, horizon + 1) + (size - 1) / 2
    line: Array = series.mean(axis=-1)[..., None] + slope[..., None] * ahead
    return line


def trend(
    source: xr.DataArray | CouplingResult,
    horizon: int = 5,
    inputs: Iterable[InputRecord] = (),
) -> TrendResult:
    r"""Forecast a yearly figure of every region by GM(1,1) and by two naive methods.

    Errors are of a backtest with rolling origin: from the fifth year on, each method is fitted to
    the years up to the origin only and forecasts up to ``horizon`` years ahead of those that are
    known. ``relative_mae`` is the mean absolute error over that of the last value on the same
    forecasts: below 1 the method beats the naive forecast.

    source : (region, year), or the result of ``coupling``, whose coordination is then forecast
    horizon : years ahead, >= 1
    Returns : tables ``forecast`` (region, year, method, value), ``backtest`` (region, method,
        forecasts, mae, mape, relative_mae), ``models`` (region, a, b, class_ratio_low,
        class_ratio_high, class_ratio_passes, variance_ratio, small_error, grade, best: the method
        of the lowest backtest error) and ``fitted`` (region, year, value, fitted). Methods are
        ``gm11``, ``last_value`` and ``linear_trend``. Mape is null where a value is 0
    Raises : InputError for fewer than eight years, years that are missing between others, or no
        region that is complete
    Limits : the last value is hard to beat on few years; a forecast is no explanation. Forecasts
        of coordination outside [0, 1] are shown as they are, with a warning
    Source : Deng (1989), The Journal of Grey System 1(1), 1-24; rolling origin: Tashman (2000),
        International Journal of Forecasting 16(4), 437-450
    """
    coupled = isinstance(source, CouplingResult)
    array = _coordination(source) if isinstance(source, CouplingResult) else source
    array = array.transpose("region", "year").sortby("year")
    years = [int(year) for year in array["year"].values]
    _check_years(years, horizon)
    values = np.asarray(array.values, dtype=float)
    names = [str(name) for name in array["region"].values]
    complete = np.isfinite(values).all(axis=1)
    if not complete.any():
        raise InputError(
            Text("没有一个地区的年份齐全", "no region has all years"),
            remedy=Text("先填补缺失值。", "Fill the gaps first."),
        )
    positive = complete & (values > 0).all(axis=1)
    predictors: dict[str, tuple[NDArray[np.bool_], Callable[[Array, int], Array]]] = {
        "gm11": (positive, lambda series, ahead: gm11(series).forecast(ahead)),
        "last_value": (complete, last_value),
        "linear_trend": (complete, linear_trend),
    }
    forecasts = np.full((len(names), horizon, len(METHODS)), np.nan)
    errors: dict[str, Array] = {}
    for k, method in enumerate(METHODS):
        usable, predict = predictors[method]
        if usable.any():
            forecasts[usable, :, k] = predict(values[usable], horizon)
        errors[method] = _backtest(values, usable, predict, horizon)
    backtest = _backtest_table(names, values, errors, horizon)
    models, fitted = _model_tables(names, years, values, positive)
    models["best"] = _best(backtest, names)
    ahead = [years[-1] + step for step in range(1, horizon + 1)]
    grid = np.indices(forecasts.shape).reshape(3, -1)
    table = pd.DataFrame(
        {
            "region": categorical(grid[0], names),
            "year": np.array(ahead)[grid[1]],
            "method": categorical(grid[2], METHODS),
            "value": forecasts.reshape(-1),
        }
    )
    return TrendResult(
        tables={"forecast": table, "backtest": backtest, "models": models, "fitted": fitted},
        units=dict.fromkeys(("mape", "relative_mae", "variance_ratio", "small_error"), "ratio"),
        parameters={
            "horizon": horizon,
            "fewest_years": FEWEST_YEARS,
            "first_origin": years[FEWEST_TRAINING - 1],
            "years": years,
            "quantity": "coordination" if coupled else str(array.name or "value"),
        },
        inputs=tuple(inputs) or (source.inputs if isinstance(source, CouplingResult) else ()),
        warnings=tuple(_warnings(names, complete, positive, models, table, coupled)),
    )


def _restored(a: Array, b: Array, first: Array, steps: NDArray[np.int64]) -> Array:
    """Return the restored values at ``steps`` >= 1 after the first; finite for a → 0 too."""
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.where(a == 0, 1.0, np.expm1(a) / np.where(a == 0, 1.0, a))
    level = b * growth - first * np.expm1(a)
    values: Array = level[..., None] * np.exp(-a[..., None] * steps)
    return values


def _coordination(source: CouplingResult) -> xr.DataArray:
    table = source.tables["coupling"]
    shape = source.levels.sizes["region"], source.levels.sizes["year"]
    return xr.DataArray(
        table["coordination"].to_numpy(dtype=float).reshape(shape),
        dims=("region", "year"),
        coords={"region": source.levels["region"].values, "year": source.levels["year"].values},
        name="coordination",
    )


def _check_years(years: list[int], horizon: int) -> None:
    if horizon < 1:
        raise InputError(Text("预测年数应至少为 1", "the horizon must be at least one year"))
    if len(years) < FEWEST_YEARS:
        raise InputError(
            Text(
                f"只有 {len(years)} 年，预测至少需要 {FEWEST_YEARS} 年：模型用前 "
                f"{FEWEST_TRAINING} 年拟合，其余年份检验误差",
                f"there are only {len(years)} years, and a forecast needs {FEWEST_YEARS}: the "
                f"first {FEWEST_TRAINING} fit the model and the rest measure its error",
            ),
            remedy=Text("补充更早的年份，或不作预测。", "Add earlier years, or make no forecast."),
        )
    gaps = sorted(set(range(years[0], years[-1] + 1)) - set(years))
    if gaps:
        raise InputError(
            Text(
                f"缺少年份：{'、'.join(map(str, gaps))}",
                f"years are missing: {', '.join(map(str, gaps))}",
            ),
            remedy=Text(
                "预测需要连续的年份，请先补齐。", "A forecast needs consecutive years: add them."
            ),
        )


def _backtest(
    values: Array,
    usable: NDArray[np.bool_],
    predict: Callable[[Array, int], Array],
    horizon: int,
) -> Array:
    """Return (regions, origins, horizon) forecast minus value, nan beyond the last year."""
    regions, size = values.shape
    errors = np.full((regions, size - FEWEST_TRAINING, horizon), np.nan)
    if not usable.any():
        return errors
    for k, origin in enumerate(range(FEWEST_TRAINING, size)):
        known = min(horizon, size - origin)
        ahead = predict(values[usable, :origin], known)
        errors[usable, k, :known] = ahead - values[usable, origin : origin + known]
    return errors


def _backtest_table(
    names: list[str], values: Array, errors: dict[str, Array], horizon: int
) -> pd.DataFrame:
    size = values.shape[1]
    truth = np.full(errors["last_value"].shape, np.nan)
    for k, origin in enumerate(range(FEWEST_TRAINING, size)):
        known = min(horizon, size - origin)
        truth[:, k, :known] = values[:, origin : origin + known]
    with np.errstate(divide="ignore", invalid="ignore"):
        naive = _mean(np.abs(errors["last_value"]))
        parts = []
        for method in METHODS:
            wrong = np.abs(errors[method])
            mae = _mean(wrong)
            relative = np.where(truth == 0, np.nan, wrong / np.abs(truth))
            zero = (truth == 0).any(axis=(1, 2))
            parts.append(
                pd.DataFrame(
                    {
                        "region": names,
                        "method": method,
                        "forecasts": np.isfinite(wrong).sum(axis=(1, 2)),
                        "mae": mae,
                        "mape": np.where(zero, np.nan, _mean(relative)),
                        "relative_mae": np.where(naive > 0, mae / naive, np.nan),
                    }
                )
            )
    table = pd.concat(parts, ignore_index=True)
    table["region"] = pd.Categorical(table["region"], categories=names)
    table["method"] = pd.Categorical(table["method"], categories=list(METHODS))
    return table.sort_values(["region", "method"], ignore_index=True)


def _mean(errors: Array) -> Array:
    """Mean over origins and steps of (regions, origins, steps), nan where there is none."""
    there = np.isfinite(errors)
    mean: Array = np.where(there, errors, 0.0).sum(axis=(1, 2)) / there.sum(axis=(1, 2))
    return mean


def _model_tables(
    names: list[str], years: list[int], values: Array, positive: NDArray[np.bool_]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    count, size = values.shape
    columns = {
        name: np.full(count, np.nan)
        for name in (
            "a",
            "b",
            "class_ratio_low",
            "class_ratio_high",
            "variance_ratio",
            "small_error",
        )
    }
    passes = np.zeros(count, dtype=bool)
    fitted = np.full(values.shape, np.nan)
    if positive.any():
        model = gm11(values[positive])
        found = {
            "a": model.a,
            "b": model.b,
            "class_ratio_low": model.class_ratios.min(axis=-1),
            "class_ratio_high": model.class_ratios.max(axis=-1),
            "variance_ratio": model.variance_ratio,
            "small_error": model.small_error,
        }
        for name, numbers in found.items():
            columns[name][positive] = numbers
        passes[positive] = model.class_ratio_passes
        fitted[positive] = model.fitted
    models = pd.DataFrame({"region": names, **columns})
    tested = pd.Series(passes).astype("boolean").where(pd.Series(positive))
    models.insert(5, "class_ratio_passes", tested)
    models["grade"] = [
        None if np.isnan(c) else _grade(c, p)
        for c, p in zip(columns["variance_ratio"], columns["small_error"], strict=True)
    ]
    table = pd.DataFrame(
        {
            "region": categorical(np.repeat(np.arange(count), size), names),
            "year": np.tile(years, count),
            "value": values.reshape(-1),
            "fitted": fitted.reshape(-1),
        }
    )
    return models, table


def _grade(variance_ratio: float, small_error: float) -> str:
    for name, most, least in _GRADES:
        if variance_ratio <= most and small_error >= least:
            return name
    return "unqualified"


def _best(backtest: pd.DataFrame, names: list[str]) -> list[str | None]:
    """Return the method of the lowest error for each region; the simpler one in a tie."""
    errors = backtest.pivot(index="region", columns="method", values="mae").reindex(names)
    order = ["last_value", "linear_trend", "gm11"]
    return [
        None if np.isnan(row).all() else order[int(np.nanargmin(row))]
        for row in errors[order].to_numpy(dtype=float)
    ]


def _warnings(
    names: list[str],
    complete: NDArray[np.bool_],
    positive: NDArray[np.bool_],
    models: pd.DataFrame,
    forecast: pd.DataFrame,
    coupled: bool,
) -> list[Text]:
    warnings = []
    outside = forecast[(forecast["value"] < 0) | (forecast["value"] > 1)] if coupled else None
    cases = [
        (
            [n for n, there in zip(names, complete, strict=True) if not there],
            Text("有缺失年份，没有预测", "have missing years and no forecast"),
        ),
        (
            [n for n, c, p in zip(names, complete, positive, strict=True) if c and not p],
            Text("有非正值，没有 GM(1,1)", "have values that are not positive and no GM(1,1)"),
        ),
        (
            [str(r) for r in models.loc[~models["class_ratio_passes"].fillna(True), "region"]],
            Text("未通过级比检验", "fail the class-ratio test"),
        ),
        (
            [] if outside is None else list(dict.fromkeys(outside["region"].astype(str))),
            Text("有预测值超出 [0, 1]", "have forecasts outside [0, 1]"),
        ),
    ]
    for regions, what in cases:
        if regions:
            shown = regions[:_MOST_NAMED]
            rest = "" if len(regions) <= _MOST_NAMED else "…"
            warnings.append(
                Text(
                    f"{len(regions)} 个地区{what.zh}：{'、'.join(shown)}{rest}",
                    f"{len(regions)} region(s) {what.en}: {', '.join(shown)}{rest}",
                )
            )
    beaten = int((models["a"].notna() & (models["best"] != "gm11")).sum())
    if beaten:
        warnings.append(
            Text(
                f"{beaten} 个地区中 GM(1,1) 的回测误差不低于简单方法，不宜引用其预测",
                f"in {beaten} regions the backtest of GM(1,1) is no better than a naive method; "
                "its forecast should not be quoted there",
            )
        )
    return warnings
