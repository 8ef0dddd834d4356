"""Composite indices: scores, ranks, what each indicator adds, and how sure the ranks are."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure.hierarchy import hierarchy_of
from xinzhi.measure.index_result import Computed, IndexResult, index_result
from xinzhi.measure.method import (
    Method,
    by_level,
    indicator_weights,
    is_logged,
    normalised,
    treated,
)
from xinzhi.measure.uncertainty import Uncertainty, draw_scores

Array = NDArray[np.float64]


def index(
    values: xr.DataArray | xr.Dataset,
    system: IndicatorSystem,
    method: Method | None = None,
    uncertainty: Uncertainty | None = None,
    seed: int = 0,
    inputs: Iterable[InputRecord] = (),
    progress: bool = False,
) -> IndexResult:
    """Compute a composite index for every region and year.

    Treatment, normalisation, weights and aggregation follow ``method``; see its documentation.

    values : (region, year, indicator) in the indicators' units, as ``system.evaluate`` gives; a
        dataset may carry ``status`` for the size of the data noise
    uncertainty : what the Monte Carlo varies; None leaves the intervals missing
    seed : of the Monte Carlo
    Returns : IndexResult; ranks are 1 for the highest score within a year. Score intervals are
        taken over the draws on the index's own scale, rank intervals over all draws
    Raises : InputError for a constant indicator, one region only, a logarithm of a value that is
        not positive, goalposts that are not given
    Source : OECD/JRC (2008), Handbook on Constructing Composite Indicators; Saisana, Saltelli and
        Tarantola (2005), J. R. Stat. Soc. A 168(2)
    """
    method = method or Method()
    array = values["value"] if isinstance(values, xr.Dataset) else values
    wanted = [indicator.id for indicator in system.indicators]
    array = array.transpose("region", "year", "indicator").sel(indicator=wanted)
    array = array.assign_attrs(values.attrs)
    _check(array, system, method)
    hierarchy = hierarchy_of(system)
    methods = by_level(method.aggregation, hierarchy.levels)
    regions, years, size = array.shape
    raw = np.ascontiguousarray(array.values, dtype=float).reshape(-1, size)
    handled = treated(raw, system, method.treatment)
    apart = grouped(handled, regions, years, method.scope)
    z = normalised(apart, system, method.normalisation, method.treatment, method.chosen_floor())
    weights = indicator_weights(handled, system, hierarchy, method.weighting)
    scores = ungrouped(
        hierarchy.scores(z, hierarchy.local_weights(weights), methods), regions, years, method.scope
    )
    z = ungrouped(z, regions, years, method.scope)
    status = None
    if isinstance(values, xr.Dataset):
        status = values["status"].transpose("region", "year", "indicator").sel(indicator=wanted)
    drawn = None
    if uncertainty is not None:
        noise = noise_of(status, values, uncertainty, array.shape).reshape(-1, size)
        drawn = draw_scores(
            grouped(raw, regions, years, method.scope),
            grouped(noise, regions, years, method.scope),
            system,
            hierarchy,
            method,
            uncertainty,
            seed,
            progress,
        )
    computed = Computed(
        values=array,
        status=status,
        treated=handled.reshape(array.shape),
        normalised=z,
        scores=scores,
        weights=weights,
        draws=drawn,
        drawn_scores=None
        if drawn is None
        else ungrouped(drawn.scores, regions, years, method.scope),
    )
    return index_result(computed, system, hierarchy, method, uncertainty, seed, tuple(inputs))


def grouped(values: Array, regions: int, years: int, scope: str) -> Array:
    """Arrange (region × year, k) as (groups, observations, k): one group, or one a year."""
    if scope == "pooled":
        return values[None]
    return np.ascontiguousarray(values.reshape(regions, years, -1).transpose(1, 0, 2))


def ungrouped(values: NDArray[Any], regions: int, years: int, scope: str) -> NDArray[Any]:
    """Undo ``grouped`` for (…, groups, observations, k): (…, region, year, k)."""
    if scope == "pooled":
        return values.reshape(*values.shape[:-3], regions, years, values.shape[-1])
    return np.swapaxes(values, -3, -2)


def _check(array: xr.DataArray, system: IndicatorSystem, method: Method) -> None:
    if array.sizes["region"] < 2:
        raise InputError(
            Text("只有一个地区，无法比较", "there is only one region, nothing to compare it with"),
            remedy=Text("指数至少需要两个地区。", "An index needs at least two regions."),
        )
    data = array.values
    everywhere = np.isnan(data).all(axis=(0, 1))
    low, high = np.fmin.reduce(data, axis=0), np.fmax.reduce(data, axis=0)
    if method.scope == "pooled":
        constant = np.fmin.reduce(low, axis=0) == np.fmax.reduce(high, axis=0)
        places = {k: Text("所有年份", "all years") for k in np.flatnonzero(constant)}
    else:
        same = low == high
        places = {
            k: Text("、".join(map(str, when)), ", ".join(map(str, when)))
            for k in np.flatnonzero(same.any(axis=0))
            for when in [array["year"].values[same[:, k]].tolist()]
        }
    problems = [
        Text(f"{system.indicators[k].id}：全部缺失", f"{system.indicators[k].id}: entirely missing")
        for k in np.flatnonzero(everywhere)
    ]
    problems += [
        Text(
            f"{system.indicators[k].id}：各地区取值相同（{place.zh}），无法标准化",
            f"{system.indicators[k].id}: constant over the regions ({place.en}), "
            "it cannot be normalised",
        )
        for k, place in places.items()
    ]
    for k in np.flatnonzero(is_logged(system, method.treatment)):
        bad = np.argwhere(data[:, :, k] <= 0)
        if len(bad):
            region = str(array["region"].values[bad[0][0]])
            year = int(array["year"].values[bad[0][1]])
            problems.append(
                Text(
                    f"{system.indicators[k].id}：{len(bad)} 个值不为正，不能取对数"
                    f"（{region}，{year} 年）",
                    f"{system.indicators[k].id}: {len(bad)} value(s) not positive, so no logarithm "
                    f"({region}, {year})",
                )
            )
    if method.normalisation == "goalposts":
        problems += [
            Text(f"{i.id}：没有 goalposts", f"{i.id}: has no goalposts")
            for i in system.indicators
            if i.goalposts is None
        ]
    if problems:
        raise InputError(
            Text("这些指标不能进入指数", "these indicators cannot enter the index"),
            problems,
            Text(
                "从体系中去掉，或更换数据、处理方法或标准化方法。",
                "Leave them out of the system, or change the data, treatment or normalisation.",
            ),
        )


def noise_of(
    status: xr.DataArray | None,
    values: xr.DataArray | xr.Dataset,
    uncertainty: Uncertainty,
    shape: tuple[int, ...],
) -> Array:
    """Return the relative standard error of every value by its status, in the shape given."""
    reported = uncertainty.noise.get("reported", 0.0)
    if status is None:
        return np.full(shape, reported)
    sizes = [uncertainty.noise.get(name, reported) for name in values.attrs["statuses"]]
    by_status: Array = np.array([*sizes, reported])[status.values]  # -1, missing, takes the last
    return by_status
