"""Filling gaps on request: every filled cell is marked, and its error can be measured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.core import InputError, Result, Text
from xinzhi.data.indicators import indicators as known_indicators
from xinzhi.data.panel import Panel
from xinzhi.data.units import find_unit, same_dimension

Array = npt.NDArray[np.float64]
Cells = npt.NDArray[np.bool_]
ImputationMethod = Literal["linear", "nearest", "growth", "regression"]

IMPUTATION_METHODS: tuple[str, ...] = get_args(ImputationMethod)
_FEWEST_FOR_REGRESSION = 3


def impute(
    panel: Panel,
    method: ImputationMethod,
    indicators: Iterable[str] | None = None,
    years: Iterable[int] | None = None,
    *,
    covariate: str | None = None,
    extrapolate: bool = False,
) -> Panel:
    r"""Fill missing cells of a panel; known cells stay as they are.

    With :math:`t_0 < t < t_1` the region's nearest years with a figure around the gap,
    :math:`w = (t - t_0)/(t_1 - t_0)`, and :math:`t_a, t_b` its first and last year with a figure:

    linear
        .. math:: x_t = x_{t_0} + w (x_{t_1} - x_{t_0}),

        beyond the ends :math:`x_t = x_e + (t - t_e)(x_{t_b} - x_{t_a})/(t_b - t_a)` from the end
        :math:`e` that is nearer.
    nearest
        the figure of the nearer of the two years, of the earlier if both are as near; beyond the
        ends that of the end.
    growth
        constant growth, for positive figures,

        .. math:: x_t = x_{t_0} (x_{t_1}/x_{t_0})^w,

        beyond the ends :math:`x_t = x_e g^{t - t_e}` with the mean growth
        :math:`g = (x_{t_b}/x_{t_a})^{1/(t_b - t_a)}`.
    regression
        with a covariate :math:`z`, within each region over its years with both figures (at least
        three, and :math:`z` not constant),

        .. math:: x_{rt} = a_r + b_r z_{rt} + e_{rt};

        without one, on the effects of regions and years over all known cells,

        .. math:: \ln x_{rt} = \alpha_r + \lambda_t + e_{rt},

        in levels in place of logarithms where a figure is not positive. Both by least squares; the
        filled cell is the fitted value. A year in which no region has a figure has no year effect
        and stays empty.

    indicators : None takes all; ids, titles or aliases
    years : the years to fill; None takes every calendar year from the indicator's first to its last
    covariate : an indicator of the panel, for regression only
    extrapolate : also fill years before the region's first figure and after its last one
    Returns : a panel with the filled cells under status ``imputed`` and the method as their source;
        ``warnings`` counts what was filled and what was left empty. A value outside the
        indicator's plausible range is not filled in
    Raises : InputError for an unknown method or indicator, several vintages and none preferred, or
        a covariate that does not fit
    Limits : an imputed cell is no observation: see ``imputation_influence`` for its error
    Source : OECD/JRC (2008), Handbook on Constructing Composite Indicators, section 1.3;
        Little and Rubin (2019), Statistical Analysis with Missing Data, 3rd ed., chapters 2 and 4
    """
    _check_method(method, covariate)
    wanted = None if years is None else sorted(set(years))
    rows: list[pd.DataFrame] = []
    warnings: list[Text] = []
    for name in _names(panel, indicators, covariate):
        series = _series(panel, name, wanted, covariate)
        filled = _filled(series, method, extrapolate)
        target = np.isnan(series.values) & series.wanted[None, :]
        done = target & ~np.isnan(filled)
        if done.any():
            rows.append(_rows(series, filled, done, _source(method, covariate)))
        if target.any():
            warnings.append(_counted(name, method, int(done.sum()), int((target & ~done).sum())))
    return _with_rows(panel, rows, tuple(warnings))


def imputation_influence(
    panel: Panel,
    method: ImputationMethod,
    indicators: Iterable[str] | None = None,
    *,
    covariate: str | None = None,
    extrapolate: bool = False,
) -> Result:
    r"""Measure how far imputed cells are off: hide known cells, impute them, compare.

    Every known cell that the method could fill is hidden once. At a time at most one cell of each
    region is hidden, in different years, so that the rest of the panel stays as it is.

    Arguments : as for ``impute``
    Returns : tables ``errors`` (indicator, unit, cells, mean_error, mean_absolute_error,
        root_mean_square_error, mean_absolute_percentage_error; the last is in percent and missing
        where a figure is zero) and ``cells`` (indicator, region, year, value, imputed, error:
        imputed minus value, in the indicator's unit)
    Raises : InputError as ``impute``, and where no known cell could be filled by the method
    """
    _check_method(method, covariate)
    parts: list[pd.DataFrame] = []
    units: dict[str, str] = {}
    for name in _names(panel, indicators, covariate):
        series = _series(panel, name, None, covariate)
        units[name] = series.unit
        for hidden, filled in _left_out(series, method, extrapolate):
            region, year = np.nonzero(hidden)
            parts.append(
                pd.DataFrame(
                    {
                        "indicator": name,
                        "region": series.regions[region],
                        "year": series.years[year],
                        "value": series.values[hidden],
                        "imputed": filled[hidden],
                    }
                )
            )
    if not sum(map(len, parts)):
        raise InputError(
            Text(
                f"没有可以用 {method} 检验的已知单元格",
                f"there is no known cell on which {method} could be tested",
            ),
            remedy=Text("每个地区至少需要三年的数据。", "A region needs figures of three years."),
        )
    cells = pd.concat(parts, ignore_index=True)
    cells["error"] = cells["imputed"] - cells["value"]
    cells = cells.sort_values(["indicator", "region", "year"], kind="stable", ignore_index=True)
    return Result(
        tables={"errors": _errors(cells, units), "cells": cells},
        units={f"cells.{name}": unit for name, unit in units.items()},
        parameters={"method": method, "covariate": covariate, "extrapolate": extrapolate},
        inputs=panel.inputs,
        warnings=panel.warnings,
    )


def left_out_panels(
    panel: Panel,
    method: ImputationMethod,
    indicators: Iterable[str],
    *,
    covariate: str | None = None,
    extrapolate: bool = False,
) -> Iterator[tuple[Panel, int]]:
    """Yield panels in which known cells are replaced by what the method makes of them.

    At a time at most one cell of each region and indicator is replaced, and all cells that the
    method can fill once over all panels; the replaced cells have status ``imputed``.

    Arguments : as for ``impute``
    Yields : the panel, and the number of cells replaced in it
    """
    _check_method(method, covariate)
    folds = []
    for name in _names(panel, indicators, covariate):
        series = _series(panel, name, None, covariate)
        folds.append([(series, *fold) for fold in _left_out(series, method, extrapolate)])
    for k in range(max(map(len, folds), default=0)):
        frame = panel.to_frame()
        count = 0
        for parts in folds:
            if k >= len(parts):
                continue
            series, hidden, filled = parts[k]
            new = _rows(series, filled, hidden, _source(method, covariate))
            key = ["region", "year", "indicator", "vintage"]
            gone = pd.MultiIndex.from_frame(frame[key]).isin(pd.MultiIndex.from_frame(new[key]))
            frame = pd.concat([frame[~gone], new], ignore_index=True)
            count += len(new)
        if count:
            yield _rebuilt(panel, frame, ()), count


@dataclass(frozen=True)
class _Values:
    """One series as arrays (region, year); ``wanted`` are the years that may be filled."""

    indicator: str
    vintage: str
    unit: str
    regions: npt.NDArray[np.object_]
    years: npt.NDArray[np.int64]
    wanted: Cells
    values: Array
    covariate: Array | None


def _check_method(method: str, covariate: str | None) -> None:
    if method not in IMPUTATION_METHODS:
        names = "、".join(IMPUTATION_METHODS), ", ".join(IMPUTATION_METHODS)
        raise InputError(
            Text(f"没有插补方法 {method}", f"no imputation method {method}"),
            remedy=Text(f"可用的方法：{names[0]}", f"The methods are: {names[1]}"),
        )
    if covariate is not None and method != "regression":
        raise InputError(
            Text(f"方法 {method} 不用协变量", f"method {method} takes no covariate"),
            remedy=Text("协变量只用于 regression。", "A covariate is for regression only."),
        )


def _names(panel: Panel, indicators: Iterable[str] | None, covariate: str | None) -> list[str]:
    """Return the panel's own ids of the indicators to fill."""
    given = panel.indicators if indicators is None else tuple(indicators)
    panel.sources(given)  # raises for an unknown one, with the nearest
    names = [known for name in dict.fromkeys(given) if (known := panel.resolve(name))]
    if covariate is not None:
        panel.sources([covariate])
        own = panel.resolve(covariate)
        if indicators is None:
            names = [name for name in names if name != own]
        elif own in names:
            raise InputError(
                Text(
                    f"指标 {own} 不能作自己的协变量",
                    f"indicator {own} cannot be its own covariate",
                )
            )
    return names


def _series(panel: Panel, name: str, years: list[int] | None, covariate: str | None) -> _Values:
    array = panel.to_array([name])
    have = array["year"].to_numpy()
    wanted = np.arange(have.min(), have.max() + 1) if years is None else np.array(years)
    every = np.arange(min(have.min(), wanted.min()), max(have.max(), wanted.max()) + 1)
    other = None
    if covariate is not None:
        other = panel.to_array([covariate], years=every).to_numpy()[:, :, 0]
    return _Values(
        indicator=name,
        vintage=array.attrs["vintages"][name],
        unit=array.attrs["units"][name],
        regions=np.array(panel.region_names, dtype=object),
        years=every,
        wanted=np.isin(every, wanted),
        values=array.reindex(year=every).to_numpy()[:, :, 0],
        covariate=other,
    )


def _filled(series: _Values, method: str, extrapolate: bool) -> Array:
    """Return (region, year) with every cell the method can fill, known cells as they are."""
    values = series.values
    known = ~np.isnan(values)
    if method != "regression":
        estimate = _over_time(values, known, series.years, method, extrapolate)
    else:
        if series.covariate is not None:
            estimate = _on_covariate(values, known, series.covariate)
        else:
            estimate = _on_effects(values, known)
        if not extrapolate:
            before, after = _neighbours(known)
            estimate[(before < 0) | (after >= known.shape[1])] = np.nan
    estimate[~_plausible(series, estimate)] = np.nan
    return np.where(known, values, estimate)


def _neighbours(known: Cells) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the places of the nearest known year at or before, and at or after, each cell.

    -1 and the number of years stand for none.
    """
    size = known.shape[1]
    place = np.broadcast_to(np.arange(size), known.shape)
    before = np.maximum.accumulate(np.where(known, place, -1), axis=1)
    after = np.minimum.accumulate(np.where(known, place, size)[:, ::-1], axis=1)[:, ::-1]
    return before, after


def _over_time(
    values: Array, known: Cells, years: npt.NDArray[np.int64], method: str, extrapolate: bool
) -> Array:
    """Fill each region from its own years: linear, nearest or growth."""
    if method == "growth":
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(values > 0, np.log(values), np.nan)
        return _exponential(_straight(logs, known, years, extrapolate))
    if method == "linear":
        return _straight(values, known, years, extrapolate)
    size = known.shape[1]
    before, after = _neighbours(known)
    inside = (before >= 0) & (after < size)
    low, high = before.clip(0), after.clip(max=size - 1)
    earlier = years[None, :] - years[low] <= years[high] - years[None, :]
    chosen = np.where(inside, np.where(earlier, low, high), np.where(before >= 0, low, high))
    fill = np.take_along_axis(values, chosen, axis=1)
    return fill if extrapolate else np.where(inside, fill, np.nan)


def _straight(
    values: Array, known: Cells, years: npt.NDArray[np.int64], extrapolate: bool
) -> Array:
    """Join known values by straight lines; beyond the ends go on with the mean slope."""
    size = known.shape[1]
    before, after = _neighbours(known)
    inside = (before >= 0) & (after < size)
    low, high = before.clip(0), after.clip(max=size - 1)
    first = np.take_along_axis(values, low, axis=1)
    last = np.take_along_axis(values, high, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (years[None, :] - years[low]) / (years[high] - years[low])
        fill = np.where(inside, first + share * (last - first), np.nan)
        if extrapolate:
            start, end = known.argmax(axis=1), size - 1 - known[:, ::-1].argmax(axis=1)
            rows = np.arange(len(values))
            slope = (values[rows, end] - values[rows, start]) / (years[end] - years[start])
            for outside, place in ((before < 0, start), (after >= size, end)):
                line = values[rows, place, None] + slope[:, None] * (years - years[place, None])
                fill = np.where(outside, line, fill)
    return fill


def _exponential(values: Array) -> Array:
    with np.errstate(over="ignore"):
        raised: Array = np.exp(values)
    return np.where(np.isfinite(raised), raised, np.nan)


def _on_covariate(values: Array, known: Cells, covariate: Array) -> Array:
    """Fit x = a + b z within each region."""
    both = known & ~np.isnan(covariate)
    count = both.sum(axis=1, keepdims=True)
    x, z = np.where(both, values, 0.0), np.where(both, covariate, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        x_mean, z_mean = x.sum(1, keepdims=True) / count, z.sum(1, keepdims=True) / count
        x_part, z_part = np.where(both, x - x_mean, 0.0), np.where(both, z - z_mean, 0.0)
        spread = (z_part**2).sum(1, keepdims=True)
        slope = (x_part * z_part).sum(1, keepdims=True) / spread
        estimate: Array = x_mean + slope * (covariate - z_mean)
    usable = (count >= _FEWEST_FOR_REGRESSION) & (spread > 1e-24 * z_mean**2)
    return np.where(usable, estimate, np.nan)


def _on_effects(values: Array, known: Cells) -> Array:
    """Fit effects of regions and years by least squares over all known cells.

    The effects of regions are eliminated, which leaves one equation a year; a cell whose effect
    the known cells do not determine is missing.
    """
    logs = bool((values[known] > 0).all())
    y = np.where(known, np.log(np.where(known, values, 1.0)) if logs else values, 0.0)
    mask = known.astype(float)
    count = mask.sum(axis=1)
    share = mask / np.where(count > 0, count, 1.0)[:, None]  # (region, year): weights of its mean
    normal = np.diag(mask.sum(axis=0)) - mask.T @ share
    inverse = np.linalg.pinv(normal, rcond=1e-10, hermitian=True)
    mean = (share * y).sum(axis=1)
    effects = inverse @ (mask * (y - mean[:, None])).sum(axis=0)
    estimate: Array = mean[:, None] + effects[None, :] - (share @ effects)[:, None]
    # The cell is determined where its contrast of year effects lies in the span of the equations.
    left = np.eye(len(normal)) - normal @ inverse
    outside = left[:, :, None] - (left @ share.T)[:, None, :]  # (equation, year, region)
    determined = (np.abs(outside).max(axis=0) < 1e-8).T
    estimate = np.where(determined & (count > 0)[:, None], estimate, np.nan)
    return _exponential(estimate) if logs else estimate


def _plausible(series: _Values, values: Array) -> Cells:
    """Tell where the values lie within the indicator's plausible range, as for any figure."""
    info = known_indicators().get(series.indicator)
    if info is None:
        return np.ones(values.shape, dtype=np.bool_)
    own, default = find_unit(series.unit), find_unit(info.unit)
    factor = own.factor / default.factor if same_dimension(own, default) else 1.0
    low = -np.inf if info.low is None else info.low
    high = np.inf if info.high is None else info.high
    inside: Cells = (values * factor >= low) & (values * factor <= high)
    return inside


def _left_out(
    series: _Values, method: ImputationMethod, extrapolate: bool
) -> Iterator[tuple[Cells, Array]]:
    """Yield (hidden, filled): in turn k region r hides its year number r + k, if it is known."""
    known = ~np.isnan(series.values)
    regions, size = known.shape
    for k in range(size):
        hidden = np.zeros_like(known)
        hidden[np.arange(regions), (np.arange(regions) + k) % size] = True
        hidden &= known
        values = np.where(hidden, np.nan, series.values)
        filled = _filled(replace(series, values=values), method, extrapolate)
        hidden &= ~np.isnan(filled)
        if hidden.any():
            yield hidden, filled


def _rows(series: _Values, filled: Array, cells: Cells, source: str) -> pd.DataFrame:
    region, year = np.nonzero(cells)
    return pd.DataFrame(
        {
            "region": series.regions[region],
            "year": series.years[year],
            "indicator": series.indicator,
            "value": filled[cells],
            "unit": series.unit,
            "source": source,
            "status": "imputed",
            "vintage": series.vintage,
        }
    )


def _with_rows(panel: Panel, rows: list[pd.DataFrame], warnings: tuple[Text, ...]) -> Panel:
    if not rows:
        return replace(panel, warnings=(*panel.warnings, *warnings))
    frame = pd.concat([panel.to_frame(), *rows], ignore_index=True)
    return _rebuilt(panel, frame, warnings)


def _rebuilt(panel: Panel, frame: pd.DataFrame, warnings: tuple[Text, ...]) -> Panel:
    return Panel.from_frame(
        frame,
        regions=panel.regions,
        preferred=MappingProxyType(dict(panel.preferred)),
        inputs=panel.inputs,
        warnings=tuple(dict.fromkeys((*panel.warnings, *warnings))),
    )


def _source(method: ImputationMethod, covariate: str | None) -> str:
    """Return what the source column of a filled cell says, in both languages."""
    labels = {
        "linear": Text("线性内插", "linear interpolation"),
        "nearest": Text("最近年份", "nearest year"),
        "growth": Text("固定增长率", "constant growth"),
        "regression": Text("地区和年份效应回归", "regression on region and year effects"),
    }
    label = labels[method]
    if covariate is not None:
        label = Text(f"地区内对 {covariate} 回归", f"regression on {covariate} within the region")
    return f"插补：{label.zh} / imputed: {label.en}"


def _counted(name: str, method: str, done: int, left: int) -> Text:
    rest = (f"，{left} 个无法填补", f", {left} could not be filled") if left else ("", "")
    return Text(
        f"{name}：用 {method} 插补 {done} 个单元格{rest[0]}",
        f"{name}: {done} cells imputed by {method}{rest[1]}",
    )


def _errors(cells: pd.DataFrame, units: dict[str, str]) -> pd.DataFrame:
    rows = []
    for name, part in cells.groupby("indicator", sort=False):
        error, value = part["error"].to_numpy(), part["value"].to_numpy()
        percentage = None if (value == 0).any() else float(np.abs(error / value).mean() * 100)
        rows.append(
            {
                "indicator": name,
                "unit": units[str(name)],
                "cells": len(part),
                "mean_error": float(error.mean()),
                "mean_absolute_error": float(np.abs(error).mean()),
                "root_mean_square_error": float(np.sqrt((error**2).mean())),
                "mean_absolute_percentage_error": percentage,
            }
        )
    return pd.DataFrame(rows)
