"""The result of ``index``: its tables, intervals and warnings, made from plain arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.system import IndicatorSystem
from xinzhi.measure import treatment as treat
from xinzhi.measure.aggregation import contributions
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.hierarchy import Hierarchy
from xinzhi.measure.method import Method, by_level, is_logged
from xinzhi.measure.normalisation import average_rank, competition_rank
from xinzhi.measure.uncertainty import Draws, Uncertainty

Array = NDArray[np.float64]

RANKS = ("rank", "rank_low", "rank_high")
_FEWEST_COMPARABLE = 20  # fewer draws give no band worth the name
_MOST_NAMED = 5


@dataclass(frozen=True)
class IndexResult(ChartedResult):
    """Tables: scores, weights, contributions, indicators, treatment, correlations, choices.

    Charts: ``ranking`` of all regions; ``time`` and ``contributions`` of one region.

    system : the indicator system
    levels : (region, year, node) scores of all nodes, the root first
    normalised : (region, year, indicator)
    weights : (indicator,) in the root
    node_weights : weight of each subsystem in the root
    draws : (draw, region, year, node) scores in single precision, None without Monte Carlo
    comparable : (draw,) True where a draw's scores lie on the index's own scale
    """

    system: IndicatorSystem | None = None
    levels: xr.DataArray = field(default_factory=xr.DataArray)
    normalised: xr.DataArray = field(default_factory=xr.DataArray)
    weights: xr.DataArray = field(default_factory=xr.DataArray)
    node_weights: Mapping[str, float] = field(default_factory=dict)
    draws: xr.DataArray | None = None
    comparable: NDArray[np.bool_] | None = None

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots

        return plots.index_chart(self, asked)


@dataclass(frozen=True)
class Computed:
    """The arrays behind a result, all (region, year, indicator or node) but ``weights``."""

    values: xr.DataArray
    status: xr.DataArray | None
    treated: Array
    normalised: Array
    scores: Array
    weights: Array
    draws: Draws | None
    drawn_scores: NDArray[np.float32] | None


def index_result(
    computed: Computed,
    system: IndicatorSystem,
    hierarchy: Hierarchy,
    method: Method,
    uncertainty: Uncertainty | None,
    seed: int,
    inputs: tuple[InputRecord, ...],
) -> IndexResult:
    """Put labels on arrays: tables, intervals, parameters and warnings of one index."""
    places = {"region": computed.values["region"].values, "year": computed.values["year"].values}
    nodes, indicators = np.array(hierarchy.nodes), np.array(hierarchy.indicators)
    warnings = _warnings(computed.values, system)
    columns, refusals = _score_columns(computed, uncertainty)
    local = _local_weights(hierarchy, computed.weights)
    try:
        methods = by_level(method.aggregation, hierarchy.levels)
        parts = contributions(computed.normalised, computed.weights, methods)
        added = long_table(places, "indicator", indicators, {"contribution": parts})
    except InputError as refusal:
        refusals.append(refusal.message)
        added = pd.DataFrame(columns=["region", "year", "indicator", "contribution"])
    in_tables = {
        "value": computed.values.values,
        "treated": computed.treated,
        "normalised": computed.normalised,
    }
    indicator_table = long_table(places, "indicator", indicators, in_tables)
    if computed.status is not None:
        names = list(computed.values.attrs["statuses"])
        codes = computed.status.values.reshape(-1)
        indicator_table["status"] = categorical(codes, names)
    weights = pd.DataFrame(
        {
            "indicator": indicators,
            "node": [indicator.node for indicator in system.indicators],
            "weight": computed.weights,
            "local_weight": [local[name] for name in hierarchy.indicators],
        }
    )
    draws = None
    if computed.drawn_scores is not None:
        draws = xr.DataArray(
            computed.drawn_scores,
            dims=("draw", "region", "year", "node"),
            coords={**places, "node": nodes},
        )
    return IndexResult(
        tables={
            "scores": long_table(places, "node", nodes, columns),
            "weights": weights,
            "contributions": added,
            "indicators": indicator_table,
            "treatment": _treatment_table(computed, system, method),
            "correlations": _correlations(computed.treated, system),
            "choices": _choices_table(computed.draws),
        },
        units={f"indicators.{i.id}": i.unit.id for i in system.indicators},
        parameters={
            "system": system.id,
            "system_version": system.version,
            "system_sha256": system.sha256,
            "years": places["year"].tolist(),
            "regions": len(places["region"]),
            **method.to_dict(),
            "uncertainty": uncertainty.to_dict() if uncertainty else None,
            "seed": seed,
        },
        inputs=inputs,
        warnings=(*warnings, *refusals),
        system=system,
        levels=xr.DataArray(
            computed.scores,
            dims=("region", "year", "node"),
            coords={**places, "node": nodes},
        ),
        normalised=xr.DataArray(
            computed.normalised,
            dims=("region", "year", "indicator"),
            coords={**places, "indicator": indicators},
        ),
        weights=xr.DataArray(computed.weights, dims="indicator", coords={"indicator": indicators}),
        node_weights={name: local[name] for name in system.subsystems},
        draws=draws,
        comparable=computed.draws.comparable if computed.draws else None,
    )


def categorical(codes: NDArray[Any], labels: Iterable[object]) -> Any:
    """Return a pandas Categorical: labels by their position, -1 for missing."""
    names: Any = [str(label) for label in labels]
    return pd.Categorical.from_codes(codes, names)


def long_table(
    places: Mapping[str, NDArray[Any]],
    name: str,
    labels: NDArray[Any],
    columns: Mapping[str, Array],
) -> pd.DataFrame:
    """Return region, year, ``name``, and each (region, year, label) array as a column.

    Labels are categories, which keeps tables of millions of rows small; ranks are whole numbers
    that may be missing.
    """
    shape = (len(places["region"]), len(places["year"]), len(labels))
    grid = np.indices(shape, dtype=np.int32).reshape(3, -1)
    table = pd.DataFrame(
        {
            "region": categorical(grid[0], places["region"]),
            "year": places["year"][grid[1]],
            name: categorical(grid[2], labels),
            **{key: values.reshape(-1) for key, values in columns.items()},
        }
    )
    return table.astype({key: "Int64" for key in columns if key in RANKS})


def quantiles(values: NDArray[Any], level: float, whole: bool = False) -> tuple[Array, Array]:
    """Return the ends of the central interval over the first axis.

    whole : keep to values that were drawn, as ranks must
    """
    tail = (1.0 - level) / 2.0
    rule: Literal["inverted_cdf", "linear"] = "inverted_cdf" if whole else "linear"
    low, high = np.quantile(values, [tail, 1.0 - tail], axis=0, method=rule)
    return low, high


def _score_columns(
    computed: Computed, uncertainty: Uncertainty | None
) -> tuple[dict[str, Array], list[Text]]:
    """Return the columns of the table of scores, and what must be said of missing ones."""
    ranks = competition_rank(computed.scores.transpose(1, 2, 0)).transpose(2, 0, 1)
    missing = np.full(computed.scores.shape, np.nan)
    score_low = score_high = rank_low = rank_high = missing
    notes: list[Text] = []
    draws, drawn = computed.draws, computed.drawn_scores
    if draws is not None and drawn is not None and uncertainty is not None:
        # regions last, ranked within each draw, year and node
        drawn_ranks = competition_rank(drawn.transpose(0, 2, 3, 1)).astype(np.float32)
        rank_low, rank_high = (
            end.transpose(2, 0, 1) for end in quantiles(drawn_ranks, uncertainty.level, whole=True)
        )
        count = int(draws.comparable.sum())
        if count >= _FEWEST_COMPARABLE:
            score_low, score_high = quantiles(drawn[draws.comparable], uncertainty.level)
        else:
            notes.append(
                Text(
                    f"只有 {count} 次抽样与指数同一尺度，不给出得分区间",
                    f"only {count} draws lie on the index's own scale: no score interval is given",
                )
            )
    return {
        "score": computed.scores,
        "score_low": score_low,
        "score_high": score_high,
        "rank": ranks,
        "rank_low": rank_low,
        "rank_high": rank_high,
    }, notes


def _local_weights(hierarchy: Hierarchy, weights: Array) -> dict[str, float]:
    """Return the weight of every indicator and node within its own group."""
    names = (*hierarchy.indicators, *hierarchy.nodes)
    return {
        names[child]: float(weight)
        for group, local in zip(hierarchy.groups, hierarchy.local_weights(weights), strict=True)
        for child, weight in zip(group.children, local, strict=True)
    }


def _treatment_table(computed: Computed, system: IndicatorSystem, method: Method) -> pd.DataFrame:
    size = len(system.indicators)
    before = computed.values.values.reshape(-1, size)
    after = computed.treated.reshape(-1, size)
    logged = is_logged(system, method.treatment)
    clipped = "winsorise" if method.treatment == "winsorise" else "none"
    return pd.DataFrame(
        {
            "indicator": [indicator.id for indicator in system.indicators],
            "method": np.where(logged, "log", clipped),
            "skewness": treat.skewness(before),
            "kurtosis": treat.kurtosis(before),
            "skewness_after": treat.skewness(after),
            "kurtosis_after": treat.kurtosis(after),
            "changed": np.where(logged, 0, ((before != after) & ~np.isnan(before)).sum(0)),
        }
    )


def _correlations(values: Array, system: IndicatorSystem) -> pd.DataFrame:
    """Spearman's rank correlation of every two indicators over all regions and years."""
    size = len(system.indicators)
    names = [indicator.id for indicator in system.indicators]
    table = spearman(values.reshape(-1, size))
    a, b = np.triu_indices(size, 1)
    return pd.DataFrame(
        {
            "indicator_a": [names[k] for k in a],
            "indicator_b": [names[k] for k in b],
            "spearman": table[a, b],
        }
    )


def spearman(values: Array) -> Array:
    """Spearman's rank correlations of the columns over the rows without a missing value.

    values : (observations, k)
    Returns : (k, k), nan where fewer than 3 rows are complete or a column is constant
    """
    rows = values[~np.isnan(values).any(axis=1)]
    if len(rows) < 3:
        return np.full((values.shape[1],) * 2, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.atleast_2d(np.corrcoef(average_rank(rows.T)))


def _choices_table(draws: Draws | None) -> pd.DataFrame:
    names = ["treatment", "normalisation", "weighting", "aggregation"]
    if draws is None:
        return pd.DataFrame(columns=[*names, "draws"])
    found, counts = np.unique(draws.choices, axis=0, return_counts=True)
    words = {
        name: [draws.options[k][choice] for choice in found[:, k]] for k, name in enumerate(names)
    }
    return pd.DataFrame({**words, "draws": counts})


def _warnings(array: xr.DataArray, system: IndicatorSystem) -> list[Text]:
    warnings = []
    gone = np.isnan(array.values)
    if gone.any():
        regions = [str(r) for r in array["region"].values[gone.any(axis=(1, 2))]]
        names = [
            i.id for i, hit in zip(system.indicators, gone.any(axis=(0, 1)), strict=True) if hit
        ]
        rest = "" if len(regions) <= _MOST_NAMED else "…"
        shown = regions[:_MOST_NAMED]
        warnings.append(
            Text(
                f"缺失 {int(gone.sum())} 个值（指标：{'、'.join(names)}；"
                f"地区：{'、'.join(shown)}{rest}），相应得分缺失",
                f"{int(gone.sum())} values are missing (indicators: {', '.join(names)}; regions: "
                f"{', '.join(shown)}{rest}); the scores that need them are missing too",
            )
        )
    unchecked = array.attrs.get("unchecked", ())
    if unchecked:
        warnings.append(
            Text(
                f"单位未注明，量纲未核对：{'、'.join(unchecked)}",
                f"units not stated, so dimensions were not checked: {', '.join(unchecked)}",
            )
        )
    return warnings
