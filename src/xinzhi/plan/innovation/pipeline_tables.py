"""The tables of the pipeline: stages, what a project comes to, arrivals, bottlenecks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.pipeline import Array, Pipeline, moments, pipelines_of
from xinzhi.plan.innovation.pipeline_arrival import arrivals_table, available_from
from xinzhi.plan.innovation.pipeline_bottleneck import bottleneck_tables, wilson_interval
from xinzhi.plan.innovation.pipeline_simulation import simulate_pipeline
from xinzhi.plan.table_checks import (
    check_columns,
    check_unique,
    check_whole,
    numbers,
    refuse_rows,
)

_MOST_PROJECTS = 100_000  # that begin in a year: the distribution of their number is exact
_LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class PipelineOptions:
    """How the pipeline is computed.

    year : in which the projects begin, where there is no table ``starts``
    years : of arrivals that are reported
    paths : simulated projects of each pipeline
    draws : of uncertain success rates, for the bottleneck
    confidence : with which a technology must have arrived before a plan counts on it
    """

    year: int = 2025
    years: int = 25
    paths: int = 100_000
    draws: int = 2_000
    confidence: float = 0.5


def pipeline_tables(
    stages: pd.DataFrame, starts: pd.DataFrame | None, options: PipelineOptions, seed: int
) -> dict[str, pd.DataFrame]:
    """Return stages, pipelines, arrivals, pipeline_quantiles, bottlenecks, phases, available_from.

    stages : see ``pipelines_of``
    starts : pipeline, year, projects that begin at the start of that year; by default one project
        of each pipeline in the year of the options
    Raises : InputError as ``pipelines_of``; for an unknown pipeline in starts, or numbers of
        projects that are not whole
    """
    _check_options(options)
    found = pipelines_of(stages)
    begun = _starts(found, starts, options)
    tables: dict[str, list[pd.DataFrame]] = {
        name: []
        for name in (
            *("stages", "pipelines", "arrivals", "pipeline_quantiles", "bottlenecks", "phases"),
        )
    }
    for place, pipeline in enumerate(found):
        first = min(begun[pipeline.name])
        paths = simulate_pipeline(pipeline, options.paths, seed + place)
        arrived = np.where(paths.arrived, paths.time, np.inf)
        tables["stages"].append(_stages_table(pipeline))
        tables["pipelines"].append(_summary(pipeline, paths.arrived, paths.time, paths.cost))
        tables["arrivals"].append(
            arrivals_table(pipeline, begun[pipeline.name], options.years, arrived)
        )
        tables["pipeline_quantiles"].append(
            _quantiles(pipeline, first, paths.time[paths.arrived], paths.cost)
        )
        of_stages, of_phases = bottleneck_tables(pipeline, options.draws, seed + place)
        tables["bottlenecks"].append(of_stages)
        tables["phases"].append(of_phases)
    whole = {name: pd.concat(parts, ignore_index=True) for name, parts in tables.items()}
    return {**whole, "available_from": available_from(whole["arrivals"], options.confidence)}


def _check_options(options: PipelineOptions) -> None:
    for name in ("years", "paths", "draws"):
        if getattr(options, name) < 1:
            raise InputError(
                Text(
                    f"{name} 应至少为 1，不是 {getattr(options, name)}",
                    f"{name} must be at least 1, not {getattr(options, name)}",
                )
            )


def _starts(
    pipelines: tuple[Pipeline, ...], starts: pd.DataFrame | None, options: PipelineOptions
) -> Mapping[str, dict[int, int]]:
    if starts is None:
        return {pipeline.name: {options.year: 1} for pipeline in pipelines}
    name = "starts"
    check_columns(name, starts, ("pipeline", "year", "projects"))
    check_unique(name, starts, ("pipeline", "year"))
    check_whole(name, starts, "year", 1)
    check_whole(name, starts, "projects", 0)
    refuse_rows(
        name,
        starts,
        "projects",
        numbers(starts, "projects") > _MOST_PROJECTS,
        Text(f"应不超过 {_MOST_PROJECTS}", f"expected at most {_MOST_PROJECTS}"),
    )
    known = [pipeline.name for pipeline in pipelines]
    given: dict[str, dict[int, int]] = {}
    for row, (title, year, number) in enumerate(
        zip(starts["pipeline"].astype(str), starts["year"], starts["projects"], strict=True)
    ):
        if title not in known:
            raise InputError(
                Text(
                    f"表 {name} 第 {row + 1} 行，列 pipeline：没有 {title}",
                    f"table {name}, row {row + 1}, column pipeline: no {title}",
                ),
                remedy=Text(
                    f"以表 stages 为准：{'、'.join(known)}。",
                    f"Pipelines are those of table stages: {', '.join(known)}.",
                ),
            )
        given.setdefault(title, {})[int(year)] = int(number)
    return {title: given.get(title, {options.year: 1}) for title in known}


def _stages_table(pipeline: Pipeline) -> pd.DataFrame:
    exact = moments(pipeline)
    counted = pipeline.projects
    low, high = wilson_interval(pipeline.success * counted, counted)
    failing = exact.reach * (1 - exact.stage_success)
    lost = failing.sum()
    spent = exact.reach * exact.stage_cost
    return pd.DataFrame(
        {
            "pipeline": pipeline.name,
            "stage": pipeline.stages,
            "phase": pipeline.phases,
            "success": pipeline.success,
            "success_low": low,
            "success_high": high,
            "projects": counted,
            "stage_success": exact.stage_success,
            "reach": exact.reach,
            "time": exact.stage_time,
            "cost": exact.stage_cost,
            "expected_cost": spent,
            "failure_share": failing / lost if lost > 0 else np.nan,
            "time_share": exact.stage_time / exact.stage_time.sum(),
            "cost_share": spent / spent.sum() if spent.sum() > 0 else np.nan,
        }
    )


def _summary(
    pipeline: Pipeline, arrived: NDArray[np.bool_], time: Array, cost: Array
) -> pd.DataFrame:
    """Return one row: the exact means beside those of the simulated paths."""
    exact = moments(pipeline)
    share, some = float(arrived.mean()), bool(arrived.any())
    return pd.DataFrame(
        [
            {
                "pipeline": pipeline.name,
                "success_probability": exact.success,
                "time": exact.time,
                "time_sd": exact.time_sd,
                "cost": exact.cost,
                "cost_sd": exact.cost_sd,
                "cost_per_arrival": exact.cost_per_arrival,
                "simulated_success": share,
                "simulated_time": float(time[arrived].mean()) if some else np.nan,
                "simulated_time_sd": float(time[arrived].std()) if some else np.nan,
                "simulated_cost": float(cost.mean()),
                "simulated_cost_sd": float(cost.std()),
                "paths": len(arrived),
            }
        ]
    )


def _quantiles(pipeline: Pipeline, first: int, times: Array, cost: Array) -> pd.DataFrame:
    """Return percentiles of the arrival of projects that arrive and of the cost of all."""
    at = np.quantile(times, _LEVELS) if len(times) else np.full(len(_LEVELS), np.nan)
    year = pd.array(np.floor(first + at), dtype="Int64")
    return pd.DataFrame(
        {
            "pipeline": pipeline.name,
            "level": _LEVELS,
            "time": at,
            "arrival_year": year,
            "cost": np.quantile(cost, _LEVELS),
        }
    )
