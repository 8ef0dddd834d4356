"""Monte Carlo of the pipeline: millions of project paths a second."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.plan.innovation.pipeline import Array, Pipeline

_CHUNK = 1 << 16  # paths at once: their arrays stay in the cache


@dataclass(frozen=True)
class PipelinePaths:
    """Simulated projects; each array has one entry a path.

    arrived : whether the project passed every stage
    time : years until it arrived or was stopped
    cost : money spent on it
    last : place of the stage that it ended in
    """

    arrived: NDArray[np.bool_]
    time: Array
    cost: Array
    last: NDArray[np.int8]


def simulate_pipeline(pipeline: Pipeline, paths: int, seed: int = 0) -> PipelinePaths:
    """Simulate projects that begin at time 0, one row a path.

    Only what is still running is drawn for the next stage, and the attempts of a stage at once: n
    attempts of gamma duration with shape k take a gamma time with shape nk.
    paths : how many; the same seed gives the same paths
    """
    found = PipelinePaths(
        np.zeros(paths, dtype=np.bool_),
        np.zeros(paths),
        np.zeros(paths),
        np.zeros(paths, dtype=np.int8),
    )
    random = np.random.Generator(np.random.SFC64(seed))
    for start in range(0, paths, _CHUNK):
        _simulate(pipeline, random, found, start, min(start + _CHUNK, paths))
    return found


def _simulate(
    pipeline: Pipeline, random: np.random.Generator, found: PipelinePaths, start: int, stop: int
) -> None:
    """Run one chunk of paths through all stages."""
    passed = pipeline.success / (1 - pipeline.repeat)
    running = np.arange(start, stop)
    time, cost = np.zeros(stop - start), np.zeros(stop - start)
    for s in range(len(passed)):
        attempts: NDArray[np.int64] | None = None
        if pipeline.repeat[s] > 0:
            attempts = random.geometric(1 - pipeline.repeat[s], len(running))
        time += _amounts(random, pipeline.duration[s], pipeline.duration_sd[s], attempts, time)
        cost += _amounts(random, pipeline.cost[s], pipeline.cost_sd[s], attempts, cost)
        on = random.random(len(running)) < passed[s]
        ended = running[~on]
        found.time[ended], found.cost[ended], found.last[ended] = time[~on], cost[~on], s
        running, time, cost = running[on], time[on], cost[on]
    found.arrived[running] = True
    found.time[running], found.cost[running] = time, cost
    found.last[running] = len(passed) - 1


def _amounts(
    random: np.random.Generator,
    mean: float,
    sd: float,
    attempts: NDArray[np.int64] | None,
    like: Array,
) -> Array | float:
    """Return what all attempts of a stage take: certain, or a gamma draw of the summed shape."""
    if sd == 0:
        certain: Array | float = mean if attempts is None else mean * attempts.astype(float)
        return certain
    shape, scale = (mean / sd) ** 2, sd**2 / mean
    drawn: Array = random.standard_gamma(
        shape if attempts is None else shape * attempts, size=len(like)
    )
    drawn *= scale
    return drawn
