"""The pipeline from basic research to scale: stages, and their means and probabilities exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import (
    check_amounts,
    check_columns,
    check_known,
    check_rates,
    check_unique,
    numbers,
    refuse_rows,
)

Array = NDArray[np.float64]
ZERO_TO_ONE, ONE_TO_HUNDRED = "0-1", "1-100"
PHASES = (ZERO_TO_ONE, ONE_TO_HUNDRED)
PHASE_OF: Mapping[str, str] = {
    "basic": ZERO_TO_ONE,
    "applied": ZERO_TO_ONE,
    "pilot": ONE_TO_HUNDRED,
    "product": ONE_TO_HUNDRED,
    "scale_up": ONE_TO_HUNDRED,
}
STAGES = tuple(PHASE_OF)
NEEDED = ("pipeline", "stage", "success", "duration", "cost")
_CERTAIN = 1e-9  # times the mean: a smaller spread is none
_OPTIONAL = {"repeat": 0.0, "duration_sd": 0.0, "cost_sd": 0.0, "projects": np.nan}


@dataclass(frozen=True)
class Pipeline:
    """Stages in series; each array has one entry a stage.

    phases : ``0-1`` (from nothing to one) or ``1-100`` of each stage
    success, repeat : probability that an attempt leads on, and that it is made again; what is left
        fails
    duration, duration_sd : of an attempt [years]; gamma distributed, or certain where sd is 0
    cost, cost_sd : of an attempt [money]; gamma distributed, or certain
    projects : attempts that ``success`` was counted on; NaN where it is taken as certain
    """

    name: str
    stages: tuple[str, ...]
    phases: tuple[str, ...]
    success: Array
    repeat: Array
    duration: Array
    duration_sd: Array
    cost: Array
    cost_sd: Array
    projects: Array


@dataclass(frozen=True)
class PipelineMoments:
    """What a project in the pipeline comes to, exactly.

    stage_success, reach : (stages,) probability that a stage is passed once reached, and that it
        is reached
    stage_time, stage_cost : (stages,) expected years and money in a stage once reached
    success : probability of arriving at all
    time, time_sd : years until arrival, of projects that arrive; NaN where none can
    cost, cost_sd : money spent on a project that begins, whether it arrives or not
    cost_per_arrival : money spent on all projects for each that arrives; NaN where none can
    """

    stage_success: Array
    reach: Array
    stage_time: Array
    stage_cost: Array
    success: float
    time: float
    time_sd: float
    cost: float
    cost_sd: float
    cost_per_arrival: float


def moments(pipeline: Pipeline) -> PipelineMoments:
    r"""Return probabilities, means and standard deviations in closed form.

    .. math:: P_s = p_s/(1-r_s),\quad E[T] = \sum_s \mu_s/(1-r_s),\quad
        V[T] = \sum_s \frac{\sigma_s^2}{1-r_s} + \frac{\mu_s^2 r_s}{(1-r_s)^2}

    The number of attempts of a stage is geometric and does not depend on how it ends. Costs by
    recursion from the last stage: :math:`m_s = k_s + P_s m_{s+1}` and
    :math:`q_s = E[K_s^2] + 2 k_s P_s m_{s+1} + P_s q_{s+1}`, where :math:`K_s` is what a stage
    costs once reached and :math:`k_s` its mean.

    Limits : stages and projects are independent; time and cost of an attempt are too
    """
    again = 1 - pipeline.repeat
    passed = np.minimum(pipeline.success / again, 1.0)
    reach = np.concatenate([[1.0], np.cumprod(passed)[:-1]])
    success = float(np.prod(passed))
    time = pipeline.duration / again
    time_variance = _attempts_variance(pipeline.duration, pipeline.duration_sd, again)
    cost = pipeline.cost / again
    second = _attempts_variance(pipeline.cost, pipeline.cost_sd, again) + cost**2
    mean = square = 0.0
    for s in reversed(range(len(cost))):
        square = second[s] + 2 * cost[s] * passed[s] * mean + passed[s] * square
        mean = cost[s] + passed[s] * mean
    return PipelineMoments(
        stage_success=passed,
        reach=reach,
        stage_time=time,
        stage_cost=cost,
        success=success,
        time=float(time.sum()) if success else np.nan,
        time_sd=float(np.sqrt(time_variance.sum())) if success else np.nan,
        cost=float(mean),
        cost_sd=float(np.sqrt(max(0.0, square - mean**2))),
        cost_per_arrival=float(mean) / success if success else np.nan,
    )


def pipelines_of(table: pd.DataFrame) -> tuple[Pipeline, ...]:
    """Return the pipelines of a table, stages in the order of its rows.

    table : pipeline, stage, success, duration [years], cost [money]; optional repeat, duration_sd,
        cost_sd, projects, phase. A stage of another name than ``STAGES`` needs a phase
    Raises : InputError, naming table, row and column, for rates outside [0, 1] or that sum to more
        than 1, a stage that is always repeated and so has no exit, negative amounts, one that is
        repeated but takes a certain time, an unknown phase, and stages out of order
    """
    name = "stages"
    check_columns(name, table, NEEDED)
    check_unique(name, table, ("pipeline", "stage"))
    full = table.assign(
        **{column: numbers(table, column) for column in NEEDED[2:]},
        **{
            column: pd.Series(numbers(table, column), index=table.index).fillna(default)
            if column in table
            else default
            for column, default in _OPTIONAL.items()
        },
        phase=_phases(table),
    )
    check_rates(name, full, "success", "repeat")
    check_amounts(name, full, "duration", "cost", "duration_sd", "cost_sd")
    check_known(name, full, "phase", PHASES)
    for mean in ("duration", "cost"):
        spread = full[f"{mean}_sd"]
        full[f"{mean}_sd"] = spread.where(spread > _CERTAIN * full[mean], 0.0)
    _check_exits(name, full)
    found = []
    for title, part in full.groupby("pipeline", sort=False):
        stages = tuple(map(str, part["stage"]))
        _check_order(str(title), stages)
        arrays = {key: part[key].to_numpy(float) for key in (*NEEDED[2:], *_OPTIONAL)}
        found.append(Pipeline(str(title), stages, tuple(part["phase"]), **arrays))
    return tuple(found)


def _attempts_variance(mean: Array, sd: Array, again: Array) -> Array:
    """Return the variance of a sum of geometrically many attempts."""
    variance: Array = sd**2 / again + mean**2 * (1 - again) / again**2
    return variance


def _phases(table: pd.DataFrame) -> pd.Series:
    usual = table["stage"].astype(str).map(PHASE_OF)
    return table["phase"].fillna(usual) if "phase" in table else usual


def _check_exits(name: str, table: pd.DataFrame) -> None:
    refuse_rows(
        name,
        table,
        "repeat",
        (table["repeat"] >= 1).to_numpy(),
        Text(
            "总是重做的阶段没有出口，应小于 1",
            "a stage that is always repeated has no exit; expected less than 1",
        ),
    )
    refuse_rows(
        name,
        table,
        "repeat",
        (table["success"] + table["repeat"] > 1 + 1e-12).to_numpy(),
        Text("与 success 之和超过 1", "together with success it exceeds 1"),
    )
    refuse_rows(
        name,
        table,
        "duration_sd",
        ((table["repeat"] > 0) & (table["duration_sd"] == 0)).to_numpy(),
        Text(
            "可能重做的阶段，其时长不会是确定的，应大于 0",
            "a stage that may be repeated takes no certain time; expected more than 0",
        ),
    )
    for mean in ("duration", "cost"):
        refuse_rows(
            name,
            table,
            mean,
            ((table[mean] == 0) & (table[f"{mean}_sd"] > 0)).to_numpy(),
            Text(f"均值为 0 而 {mean}_sd 大于 0", f"the mean is 0 while {mean}_sd is above 0"),
        )
    projects = table["projects"].to_numpy(float)
    refuse_rows(
        name,
        table,
        "projects",
        (projects <= 0) | np.isinf(projects),
        Text(
            "应大于 0；没有项目数则留空",
            "expected more than 0; leave it empty where it is not known",
        ),
    )


def _check_order(pipeline: str, stages: tuple[str, ...]) -> None:
    places = [STAGES.index(stage) for stage in stages if stage in STAGES]
    if places != sorted(places):
        listed = [stage for stage in STAGES if stage in stages]
        raise InputError(
            Text(
                f"表 stages，{pipeline}：阶段次序为 {'、'.join(stages)}",
                f"table stages, {pipeline}: stages stand in the order {', '.join(stages)}",
            ),
            remedy=Text(
                f"按先后排列各行：{'、'.join(listed)}。",
                f"Put the rows in order: {', '.join(listed)}.",
            ),
        )
