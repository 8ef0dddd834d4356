"""Coupling coordination: do subsystems move together, which one lags, what holds them back?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.measure.coupling_formulas import (
    GRADES,
    coordination_degree,
    coupling_degree,
    grade_of,
    obstacle_degrees,
    overall_level,
)
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.index_result import IndexResult, categorical, long_table, quantiles, spearman
from xinzhi.measure.normalisation import competition_rank

Array = NDArray[np.float64]

NOT_DETERMINED = "not determined"
AGREEMENT = 0.8
_FEWEST_DRAWS = 20
_WEIGHT_TOLERANCE = 1e-6


@dataclass(frozen=True)
class CouplingResult(ChartedResult):
    """Tables: coupling, levels, lagging, combinations, obstacles, relative, correlations.

    Charts: ``ranking`` of all regions; of one region ``time``, the ``profile`` of its levels
    against the others, and ``obstacles``.

    levels : (region, year, subsystem) in [0, 1]
    index : the index the levels come from, None where they were given
    """

    levels: xr.DataArray = field(default_factory=xr.DataArray)
    index: IndexResult | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots

        return plots.coupling_chart(self, asked)


def coupling(
    levels: xr.DataArray | IndexResult,
    weights: Array | None = None,
    inputs: Iterable[InputRecord] = (),
) -> CouplingResult:
    """Compute coupling degree, overall level and coordination of every region and year.

    levels : (region, year, subsystem) in [0, 1], at least two subsystems; or the result of
        ``index``, whose subsystems, weights, obstacles and Monte Carlo draws are then used
    weights : (subsystem,) summing to 1, for the overall level; equal, or the index's own
    Returns : CouplingResult. A lagging subsystem is named only where at least 80 % of the draws
        agree on the lowest one, and is "not determined" elsewhere and without draws. Intervals of
        coordination are taken over the draws on the index's own scale, those of ranks over all
        draws whose levels lie in [0, 1]
    Raises : InputError for levels outside [0, 1], weights that do not sum to 1, or too few
        subsystems
    Limits : levels that share a cause are coupled from the start; see the table of correlations
    Source : see ``coupling_degree``; obstacle degree: ``obstacle_degrees``
    """
    source = levels if isinstance(levels, IndexResult) else None
    array = _levels_of(levels) if isinstance(levels, IndexResult) else levels
    array, values, names, alpha = _arranged(array, weights, source)
    degree = coupling_degree(values)
    coordination = coordination_degree(values, alpha)
    intervals, lagging, notes = _uncertainty(source, names, alpha, values.shape)
    places = {"region": array["region"].values, "year": array["year"].values}
    grades = grade_of(coordination).reshape(-1)
    columns = {
        "degree": degree,
        "level": overall_level(values, alpha),
        "coordination": coordination,
        "coordination_low": intervals["coordination_low"],
        "coordination_high": intervals["coordination_high"],
        "rank": competition_rank(coordination.T).T,
        "rank_low": intervals["rank_low"],
        "rank_high": intervals["rank_high"],
        "degree_wang": coupling_degree(values, "wang"),
        "coordination_wang": coordination_degree(values, alpha, "wang"),
        "degree_fan": coupling_degree(values, "fan"),
        "coordination_fan": coordination_degree(values, alpha, "fan"),
    }
    table = long_table(
        places, "subsystem", np.array(["all"]), {k: v[..., None] for k, v in columns.items()}
    ).drop(columns="subsystem")
    table.insert(7, "grade", categorical(grades, GRADES))
    share = lagging.reshape(-1, len(names))
    with np.errstate(invalid="ignore"):
        sure = np.nan_to_num(share, nan=0.0).max(axis=1) >= AGREEMENT
    which = np.where(sure, np.nan_to_num(share, nan=0.0).argmax(axis=1), len(names))
    table["lagging"] = categorical(which, [*names, NOT_DETERMINED])
    table["lagging_agreement"] = share.max(axis=1)
    subsystems = np.array(names)
    bands = {"level_low": intervals["level_low"], "level_high": intervals["level_high"]}
    return CouplingResult(
        tables={
            "coupling": table,
            "levels": long_table(places, "subsystem", subsystems, {"level": values, **bands}),
            "lagging": long_table(places, "subsystem", subsystems, {"share": lagging}),
            "combinations": _combinations(places, values, names, alpha),
            "obstacles": _obstacles(places, source),
            "relative": _relative(places, values, names),
            "correlations": _correlations(values, names),
        },
        units=dict.fromkeys(("degree", "level", "coordination", "obstacle", "share"), "ratio"),
        parameters={
            "weights": dict(zip(names, alpha.tolist(), strict=True)),
            "form": "standard",
            "agreement": AGREEMENT,
            "grades": list(GRADES),
            "index": dict(source.parameters) if source is not None else None,
        },
        inputs=tuple(inputs) or (source.inputs if source is not None else ()),
        warnings=(*(source.warnings if source is not None else ()), *notes),
        levels=array,
        index=source,
    )


def coordination_and_rank(source: IndexResult) -> tuple[xr.DataArray, xr.DataArray]:
    """Return coordination and its rank by (region, year), without the tables of ``coupling``.

    Raises : InputError as ``coupling`` does
    """
    array, values, _, alpha = _arranged(_levels_of(source), None, source)
    coordination = coordination_degree(values, alpha)
    places = array.isel(subsystem=0, drop=True)
    return (
        places.copy(data=coordination),
        places.copy(data=competition_rank(coordination.T).T),
    )


def _arranged(
    array: xr.DataArray, weights: Array | None, source: IndexResult | None
) -> tuple[xr.DataArray, Array, tuple[str, ...], Array]:
    """Return levels with subsystems last, their values, the subsystems and their weights."""
    array = array.transpose("region", "year", "subsystem")
    values = np.asarray(array.values, dtype=float)
    names = tuple(str(name) for name in array["subsystem"].values)
    return array, values, names, _weights(weights, source, names)


def _levels_of(source: IndexResult) -> xr.DataArray:
    assert source.system is not None
    subsystems = list(source.system.subsystems)
    if len(subsystems) < 2:
        raise InputError(
            Text(
                f"体系 {source.system.id} 只有 {len(subsystems)} 个子系统，耦合至少需要两个",
                f"system {source.system.id} has {len(subsystems)} subsystem(s); "
                "coupling needs at least two",
            ),
            remedy=Text("在体系中用 [[node]] 分组。", "Group its indicators under [[node]]."),
        )
    if source.parameters["normalisation"] == "z-score":
        raise InputError(
            Text(
                "z-score 的水平不在 [0, 1] 内，不能计算耦合",
                "levels from z-scores lie outside [0, 1], so no coupling can be computed",
            ),
            remedy=Text("改用 min-max、rank 或 goalposts。", "Use min-max, rank or goalposts."),
        )
    return source.levels.sel(node=subsystems).rename(node="subsystem")


def _weights(weights: Array | None, source: IndexResult | None, names: tuple[str, ...]) -> Array:
    if weights is not None:
        given = np.asarray(weights, dtype=float)
        if given.shape != (len(names),) or abs(given.sum() - 1) > _WEIGHT_TOLERANCE:
            raise InputError(
                Text(
                    f"子系统权重应有 {len(names)} 个且和为 1，现为 {given.tolist()}",
                    f"{len(names)} subsystem weights summing to 1 are needed, got {given.tolist()}",
                )
            )
        return given
    if source is not None:
        own = np.array([source.node_weights[name] for name in names])
        return np.asarray(own / own.sum())
    return np.full(len(names), 1.0 / len(names))


def _uncertainty(
    source: IndexResult | None,
    names: tuple[str, ...],
    alpha: Array,
    shape: tuple[int, ...],
) -> tuple[dict[str, Array], Array, list[Text]]:
    """Return intervals, the share of draws in which each subsystem is lowest, and notes."""
    missing, whole = np.full(shape[:2], np.nan), np.full(shape, np.nan)
    names_of = ("coordination_low", "coordination_high", "rank_low", "rank_high")
    intervals = dict.fromkeys(names_of, missing) | {"level_low": whole, "level_high": whole}
    if source is None or source.draws is None or source.comparable is None:
        notes = [
            Text(
                "没有蒙特卡洛抽样：不判断哪条链滞后，也没有区间",
                "no Monte Carlo draws: no lagging subsystem is named and there are no intervals",
            )
        ]
        return intervals, whole, notes
    drawn = source.draws.sel(node=list(names)).values
    level = source.parameters["uncertainty"]["level"]
    lowest = drawn.argmin(axis=-1)
    gone = np.isnan(drawn).any(axis=(0, -1))
    share = np.stack([(lowest == k).mean(axis=0) for k in range(len(names))], axis=-1)
    share[gone] = np.nan
    inside = ((drawn >= 0) & (drawn <= 1) | np.isnan(drawn)).all(axis=(1, 2, 3))
    if int(inside.sum()) >= _FEWEST_DRAWS:
        ranks = competition_rank(
            coordination_degree(drawn[inside].astype(float), alpha).transpose(0, 2, 1)
        )
        low, high = quantiles(ranks, level, whole=True)
        intervals |= {"rank_low": low.T, "rank_high": high.T}
    on_scale = drawn[source.comparable & inside].astype(float)
    if len(on_scale) >= _FEWEST_DRAWS:
        low, high = quantiles(coordination_degree(on_scale, alpha), level)
        intervals |= {"coordination_low": low, "coordination_high": high}
        low, high = quantiles(on_scale, level)
        intervals |= {"level_low": low, "level_high": high}
    return intervals, share, []


def _combinations(
    places: dict[str, Any], values: Array, names: tuple[str, ...], alpha: Array
) -> pd.DataFrame:
    """Coupling of every pair and triple of subsystems."""
    size = len(names)
    chosen = [
        c
        for n in (2, 3)
        if n < size or (n == 2 and size == 2)
        for c in combinations(range(size), n)
    ]
    columns: dict[str, list[Array]] = {"degree": [], "level": [], "coordination": []}
    for combination in chosen:
        part = values[..., list(combination)]
        weights = alpha[list(combination)] / alpha[list(combination)].sum()
        columns["degree"].append(coupling_degree(part))
        columns["level"].append(overall_level(part, weights))
        columns["coordination"].append(coordination_degree(part, weights))
    labels = np.array(["+".join(names[k] for k in c) for c in chosen])
    table = long_table(
        places, "subsystems", labels, {k: np.stack(v, axis=-1) for k, v in columns.items()}
    )
    sizes = np.array([len(c) for c in chosen])
    table.insert(3, "size", sizes[table["subsystems"].cat.codes])
    return table


def _obstacles(places: dict[str, Any], source: IndexResult | None) -> pd.DataFrame:
    """Obstacle degree of every indicator, where the levels come from an index."""
    if source is None or source.system is None:
        return pd.DataFrame(columns=["region", "year", "indicator", "subsystem", "obstacle"])
    indicators = source.normalised["indicator"].values
    shares = obstacle_degrees(source.normalised.values, source.weights.values)
    table = long_table(places, "indicator", indicators, {"obstacle": shares})
    system = source.system
    above = {
        indicator: subsystem
        for subsystem in system.subsystems
        for indicator in system.indicators_below(subsystem)
    }
    names = [*system.subsystems, system.root]
    codes = np.array([names.index(above.get(str(name), system.root)) for name in indicators])
    subsystem = categorical(codes[table["indicator"].cat.codes], names)
    table.insert(3, "subsystem", subsystem)
    return table


def _relative(places: dict[str, Any], values: Array, names: tuple[str, ...]) -> pd.DataFrame:
    """Relative development: the level of one subsystem over that of another."""
    pairs = list(combinations(range(len(names)), 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.stack([values[..., i] / values[..., j] for i, j in pairs], axis=-1)
    ratios[~np.isfinite(ratios)] = np.nan
    labels = np.array([f"{names[i]}/{names[j]}" for i, j in pairs])
    table = long_table(places, "pair", labels, {"ratio": ratios})
    codes = table.pop("pair").cat.codes.to_numpy()
    first, second = np.array(pairs).T
    table.insert(2, "subsystem", categorical(first[codes], names))
    table.insert(3, "other", categorical(second[codes], names))
    return table


def _correlations(values: Array, names: tuple[str, ...]) -> pd.DataFrame:
    """Spearman's rank correlation of every two subsystems: how far they move together anyway."""
    table = spearman(values.reshape(-1, len(names)))
    a, b = np.triu_indices(len(names), 1)
    return pd.DataFrame(
        {
            "subsystem": [names[k] for k in a],
            "other": [names[k] for k in b],
            "spearman": table[a, b],
        }
    )
