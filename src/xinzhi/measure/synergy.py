"""Composite-system synergy (复合系统协同度): do the subsystems become more ordered together?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.aggregation import arithmetic_mean, geometric_mean
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.hierarchy import hierarchy_of
from xinzhi.measure.index_result import long_table
from xinzhi.measure.method import directions, indicator_weights

Array = NDArray[np.float64]

MEANS = ("linear", "geometric")
BOUNDS = ("pooled", "region", "goalposts")
WEIGHTINGS = ("equal", "given", "entropy", "critic")
_MOST_NAMED = 5


@dataclass(frozen=True)
class SynergyResult(ChartedResult):
    """Tables: synergy, order_degrees, order_parameters.

    Charts: ``time``, the synergy of one region on the band of the others; ``order_degrees``, those
    of its subsystems.

    system : the indicator system
    """

    system: IndicatorSystem | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_over_time

        return plots_over_time.synergy_chart(self, asked)


def order_parameters(values: Array, low: Array, high: Array, direction: Array) -> Array:
    r"""Contribution of each order parameter to the order of its subsystem.

    .. math:: u_{ji} = \frac{e_{ji}-\beta_{ji}}{\alpha_{ji}-\beta_{ji}},\quad
        \text{for negative order parameters }
        u_{ji} = \frac{\alpha_{ji}-e_{ji}}{\alpha_{ji}-\beta_{ji}}

    values : (..., parameters); low, high : their bounds β and α, broadcast against the values
    direction : (parameters,) 1 where more means more order, -1 where less does
    Returns : the same shape, in [0, 1]; values outside the bounds count as the bound
    """
    u = (np.clip(values, low, high) - low) / (high - low)
    return np.where(direction > 0, u, 1.0 - u)


def order_degree(parameters: Array, weights: Array, mean: str = "linear") -> Array:
    r"""Order degree of a subsystem: a mean of its order parameters.

    .. math:: \text{linear: } u_j = \sum_i \lambda_i u_{ji},\qquad
        \text{geometric: } u_j = \prod_i u_{ji}^{\lambda_i}

    With equal weights the geometric one is Meng and Han's n-th root of the product.

    parameters : (..., n) in [0, 1]; weights : (n,) summing to 1
    Returns : (...) in [0, 1]
    """
    _check_choice(mean, MEANS, "有序度合成方式", "mean of order parameters")
    return (arithmetic_mean if mean == "linear" else geometric_mean)(parameters, weights)


def synergy_degree(
    changes: Array, weights: Array | None = None, mean: str = "geometric"
) -> tuple[Array, Array]:
    r"""Synergy of k subsystems whose order degrees change by :math:`\Delta_j` from the base period.

    .. math:: \text{geometric: } C = \theta \Big(\prod_j |\Delta_j|\Big)^{1/k},\qquad
        \text{linear: } C = \theta \sum_j \mu_j |\Delta_j|, \qquad
        \theta = \frac{\min_j \Delta_j}{|\min_j \Delta_j|}

    θ is 1 only if every subsystem has become more ordered, -1 if any has become less so; where the
    least change is 0 the fraction is undefined, and θ and C are 0 here.

    changes : (..., k); weights : μ (k,) summing to 1, for the linear form, equal by default
    Returns : C (...) in [-1, 1], and θ (...)
    Source : Meng and Han (2000), Journal of Tianjin University 33(4), 444-446
    """
    _check_choice(mean, MEANS, "协同度合成方式", "form of the synergy degree")
    size = changes.shape[-1]
    sign = np.sign(changes.min(axis=-1))
    shares = np.full(size, 1.0 / size) if weights is None or mean == "geometric" else weights
    combine = geometric_mean if mean == "geometric" else arithmetic_mean
    return sign * combine(np.abs(changes), shares), sign


def synergy(
    values: xr.DataArray,
    system: IndicatorSystem,
    bounds: str = "pooled",
    order_mean: str = "linear",
    synergy_mean: str = "geometric",
    weighting: str = "equal",
    base: int | str = "first",
    inputs: Iterable[InputRecord] = (),
) -> SynergyResult:
    """Composite-system synergy of the subsystems of an indicator system.

    values : (region, year, indicator) in the indicators' units, as ``system.evaluate`` gives; the
        indicators of a subsystem are its order parameters, those of direction -1 negative ones
    bounds : β and α of an order parameter: its lowest and highest value over all regions and years
        (``pooled``) or over the region's own years (``region``), or the system's ``goalposts``
    order_mean : ``linear`` or ``geometric`` order degree; see ``order_degree``
    synergy_mean : ``geometric`` or ``linear`` synergy; see ``synergy_degree``
    weighting : of the order parameters, and of the subsystems in the linear form: ``equal``,
        ``given``, ``entropy`` or ``critic``
    base : base period: ``first`` for the first year, a year, or ``previous`` for the year before
        in the data
    Returns : tables ``synergy`` (region, year, base_year, synergy, sign; sign is θ),
        ``order_degrees`` (region, year, subsystem, order_degree, change) and ``order_parameters``
        (region, year, indicator, order_parameter). Synergy is null in the base year and before it,
        and where a value is missing
    Raises : InputError for fewer than two subsystems or years, an unknown option or base year, an
        order parameter without bounds or without variation
    Limits : measures joint change, not level: a region that stands still at the top has synergy 0.
        With bounds by region, degrees do not compare between regions. One fall makes the whole
        negative, however small
    Source : Meng and Han (2000), Journal of Tianjin University 33(4), 444-446
    """
    for value, allowed, zh, en in (
        (bounds, BOUNDS, "上下限取法", "bounds"),
        (order_mean, MEANS, "有序度合成方式", "mean of order parameters"),
        (synergy_mean, MEANS, "协同度合成方式", "form of the synergy degree"),
        (weighting, WEIGHTINGS, "赋权方法", "weighting"),
    ):
        _check_choice(value, allowed, zh, en)
    names = [indicator.id for indicator in system.indicators]
    array = values.transpose("region", "year", "indicator").sel(indicator=names).sortby("year")
    data = np.asarray(array.values, dtype=float)
    years = [int(year) for year in array["year"].values]
    members = _members(system)
    bases = _bases(years, base)
    low, high = _bounds(array, data, system, bounds)
    u = order_parameters(data, low, high, directions(system))
    weights = indicator_weights(
        data.reshape(-1, len(names)), system, hierarchy_of(system), weighting
    )
    sums = np.array([weights[places].sum() for places in members.values()])
    degrees = np.stack(
        [
            order_degree(u[..., places], weights[places] / total, order_mean)
            for places, total in zip(members.values(), sums, strict=True)
        ],
        axis=-1,
    )
    changes = np.full(degrees.shape, np.nan)
    for k, start in enumerate(bases):
        if start is not None:
            changes[:, k] = degrees[:, k] - degrees[:, start]
    degree, sign = synergy_degree(changes, sums / sums.sum(), synergy_mean)
    places = {"region": array["region"].values, "year": array["year"].values}
    table = long_table(
        places,
        "whole",
        np.array([system.id]),
        {"synergy": degree[..., None], "sign": sign[..., None]},
    ).drop(columns="whole")
    base_years = np.array([np.nan if k is None else years[k] for k in bases])
    table.insert(2, "base_year", np.tile(base_years, len(places["region"])))
    table["base_year"] = table["base_year"].astype("Int64")
    return SynergyResult(
        tables={
            "synergy": table,
            "order_degrees": long_table(
                places,
                "subsystem",
                np.array(list(members)),
                {"order_degree": degrees, "change": changes},
            ),
            "order_parameters": long_table(
                places, "indicator", np.array(names), {"order_parameter": u}
            ),
        },
        units=dict.fromkeys(("synergy", "order_degree", "change", "order_parameter"), "ratio"),
        parameters={
            "system": system.id,
            "bounds": bounds,
            "order_mean": order_mean,
            "synergy_mean": synergy_mean,
            "weighting": weighting,
            "weights": dict(zip(names, weights.tolist(), strict=True)),
            "base": base,
        },
        inputs=tuple(inputs),
        warnings=tuple(_warnings(array, data, bases, base)),
        system=system,
    )


def _members(system: IndicatorSystem) -> dict[str, list[int]]:
    """Return the positions of the indicators below each subsystem."""
    position = {indicator.id: k for k, indicator in enumerate(system.indicators)}
    members = {
        name: [position[i] for i in system.indicators_below(name)] for name in system.subsystems
    }
    if len(members) < 2:
        raise InputError(
            Text(
                f"体系 {system.id} 只有 {len(members)} 个子系统，协同度至少需要两个",
                f"system {system.id} has {len(members)} subsystem(s); synergy needs at least two",
            ),
            remedy=Text("在体系中用 [[node]] 分组。", "Group its indicators under [[node]]."),
        )
    return members


def _bases(years: list[int], base: int | str) -> list[int | None]:
    """Return, for each year, the position of its base year; None where it has none."""
    if len(years) < 2:
        raise InputError(
            Text(
                "协同度比较两个时期，至少需要两年", "synergy compares two periods: two years needed"
            )
        )
    if base == "previous":
        return [None, *range(len(years) - 1)]
    if base != "first" and base not in years:
        raise InputError(
            Text(f"没有基期 {base}", f"there is no base year {base}"),
            remedy=Text(
                f"可选：first、previous 或 {years[0]} 至 {years[-1]} 中的年份",
                f"Choose first, previous, or a year in the data ({years[0]} to {years[-1]}).",
            ),
        )
    start = 0 if base == "first" else years.index(int(base))
    return [start if k > start else None for k in range(len(years))]


def _bounds(
    array: xr.DataArray, data: Array, system: IndicatorSystem, bounds: str
) -> tuple[Array, Array]:
    """Return β and α, broadcasting against (region, year, indicator)."""
    names = [indicator.id for indicator in system.indicators]
    problems: list[Text] = []
    if bounds == "goalposts":
        problems = [
            Text(f"{i.id}：没有 goalposts", f"{i.id}: has no goalposts")
            for i in system.indicators
            if i.goalposts is None
        ]
        posts = np.array([i.goalposts or (np.nan, np.nan) for i in system.indicators])
        low, high = posts.T
    else:
        axes = (0, 1) if bounds == "pooled" else (1,)
        low = np.fmin.reduce(data, axis=axes, keepdims=True)
        high = np.fmax.reduce(data, axis=axes, keepdims=True)
        for region, k in np.argwhere((low == high)[:, 0]):
            place = array["region"].values[region] if bounds == "region" else ""
            problems.append(
                Text(
                    f"{names[k]}：{place}取值不变，没有上下限",
                    f"{names[k]}: constant{f' in {place}' if place else ''}, so it has no bounds",
                )
            )
    if problems:
        more = len(problems) - _MOST_NAMED
        shown = problems[:_MOST_NAMED]
        if more > 0:
            shown.append(Text(f"另有 {more} 处", f"and {more} more"))
        raise InputError(
            Text("这些序参量没有上下限", "these order parameters have no bounds"),
            shown,
            Text(
                "从体系中去掉，或改用其他上下限（bounds）。",
                "Leave them out of the system, or take other bounds.",
            ),
        )
    return low, high


def _check_choice(value: str, allowed: tuple[str, ...], zh: str, en: str) -> None:
    if value not in allowed:
        raise InputError(
            Text(f"未知的{zh} {value}", f"unknown {en} {value}"),
            remedy=Text(f"可选：{'、'.join(allowed)}", f"Choose from: {', '.join(allowed)}"),
        )


def _warnings(
    array: xr.DataArray, data: Array, bases: list[int | None], base: int | str
) -> list[Text]:
    warnings = []
    missing = int(np.isnan(data).sum())
    if missing:
        warnings.append(
            Text(
                f"缺失 {missing} 个值，相应协同度缺失",
                f"{missing} values are missing; the synergy that needs them is missing too",
            )
        )
    years = array["year"].values
    gaps = [int(year) for year, before in zip(years[1:], years, strict=False) if year - before > 1]
    if base == "previous" and gaps:
        warnings.append(
            Text(
                f"年份不连续，{'、'.join(map(str, gaps))} 年与更早的年份比较",
                f"years are missing, so {', '.join(map(str, gaps))} compare with an earlier year "
                "than the one before",
            )
        )
    if isinstance(base, int) and bases[-1] is None:
        warnings.append(
            Text(
                "基期是最后一年，没有协同度",
                "the base year is the last one, so there is no synergy",
            )
        )
    return warnings
