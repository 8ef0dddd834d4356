"""Where the pipeline is narrow: the stage and the phase, with the share of draws that agree."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.plan.innovation.pipeline import PHASES, Array, Pipeline, moments

CRITERIA = ("success", "time", "cost")
_Z = 1.959963984540054  # normal quantile of 97.5 %


def wilson_interval(successes: ArrayLike, trials: ArrayLike) -> tuple[Array, Array]:
    r"""Return the 95 % score interval of a share of counts, element by element.

    .. math:: \frac{\hat p + z^2/2n \pm z\sqrt{\hat p(1-\hat p)/n + z^2/4n^2}}{1 + z^2/n}

    Returns : (low, high), inside [0, 1]; NaN where there are no trials
    Source : Wilson (1927), Journal of the American Statistical Association 22, 209–212
    """
    k, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = k / n
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * np.sqrt(share * (1 - share) / n + (_Z / (2 * n)) ** 2)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def bottleneck_tables(
    pipeline: Pipeline, draws: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return which stage and which phase hold the pipeline back, and how sure that is.

    A stage is the bottleneck of ``success`` where it passes the smallest share of what reaches it
    (halving its failures then helps most), of ``time`` where an arriving project stays longest, of
    ``cost`` where most of a project's expected money is spent. A phase is where fewer come through.
    Draws take success rates from Jeffreys' posterior Beta(k + ½, n − k + ½) of k successes in n
    projects, and mean durations and costs from gamma distributions with the standard errors of
    means of n; without ``projects`` a stage is taken as known.

    Returns : (stages: pipeline, criterion, stage, phase, value, bottleneck, agreement: the share of
        draws in which it is the one; phases: pipeline, phase, success, success_low, success_high
        (95 % of draws), time, cost, bottleneck, agreement). Agreement and intervals are missing
        where no stage has ``projects``
    """
    exact = moments(pipeline)
    values = {
        "success": exact.stage_success,
        "time": exact.stage_time,
        "cost": exact.reach * exact.stage_cost,
    }
    known = bool(np.isnan(pipeline.projects).all())
    drawn = _draws(pipeline, draws, np.random.default_rng(seed))
    parts = []
    for criterion in CRITERIA:
        sign = 1 if criterion == "success" else -1
        worst = int(np.argmin(sign * values[criterion]))
        agreeing = np.bincount(
            np.argmin(sign * drawn[criterion], axis=1), minlength=len(pipeline.stages)
        )
        parts.append(
            pd.DataFrame(
                {
                    "pipeline": pipeline.name,
                    "criterion": criterion,
                    "stage": pipeline.stages,
                    "phase": pipeline.phases,
                    "value": values[criterion],
                    "bottleneck": np.arange(len(pipeline.stages)) == worst,
                    "agreement": np.nan if known else agreeing / draws,
                }
            )
        )
    return pd.concat(parts, ignore_index=True), _phases(pipeline, values, drawn, known)


def _phases(
    pipeline: Pipeline, values: dict[str, Array], drawn: dict[str, Array], known: bool
) -> pd.DataFrame:
    names = [phase for phase in PHASES if phase in pipeline.phases]
    inside = {phase: np.array([p == phase for p in pipeline.phases]) for phase in names}
    success = np.array([values["success"][inside[phase]].prod() for phase in names])
    each = np.column_stack([drawn["success"][:, inside[phase]].prod(axis=1) for phase in names])
    low, high = np.quantile(each, [0.025, 0.975], axis=0)
    agreeing = np.bincount(each.argmin(axis=1), minlength=len(names)) / len(each)
    return pd.DataFrame(
        {
            "pipeline": pipeline.name,
            "phase": names,
            "success": success,
            "success_low": np.nan if known else low,
            "success_high": np.nan if known else high,
            "time": [values["time"][inside[phase]].sum() for phase in names],
            "cost": [values["cost"][inside[phase]].sum() for phase in names],
            "bottleneck": np.arange(len(names)) == int(success.argmin()),
            "agreement": np.nan if known else agreeing,
        }
    )


def _draws(pipeline: Pipeline, draws: int, random: np.random.Generator) -> dict[str, Array]:
    """Return (draws, stages) stage success, time and expected cost under uncertain rates."""
    counted: NDArray[np.bool_] = ~np.isnan(pipeline.projects)
    n = np.where(counted, pipeline.projects, 1.0)
    again = 1 - pipeline.repeat
    tried = pipeline.success * n
    beta = random.beta(tried + 0.5, np.maximum(n - tried, 0) + 0.5, (draws, len(n)))
    passed = np.minimum(np.where(counted, beta, pipeline.success) / again, 1.0)
    time, cost = (
        _means(random, mean, sd / np.sqrt(n), counted, draws) / again
        for mean, sd in (
            (pipeline.duration, pipeline.duration_sd),
            (pipeline.cost, pipeline.cost_sd),
        )
    )
    reach = np.cumprod(np.column_stack([np.ones(draws), passed[:, :-1]]), axis=1)
    return {"success": passed, "time": time, "cost": reach * cost}


def _means(
    random: np.random.Generator, mean: Array, error: Array, counted: NDArray[np.bool_], draws: int
) -> Array:
    unsure = counted & (error > 0)
    shape = np.where(unsure, (mean / np.where(unsure, error, 1)) ** 2, 1.0)
    drawn = random.standard_gamma(shape, (draws, len(mean))) * (mean / shape)
    return np.where(unsure, drawn, mean)
