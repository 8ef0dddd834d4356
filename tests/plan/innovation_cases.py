"""Small pipelines and figures for the tests of ``innovation``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from xinzhi.plan.innovation.pipeline import STAGES, Pipeline, pipelines_of

MEANS = {
    "success": (0.3, 0.4, 0.5, 0.7, 0.8),
    "repeat": (0.3, 0.2, 0.1, 0.0, 0.0),
    "duration": (4.0, 3.0, 2.0, 1.5, 2.0),
    "duration_sd": (2.0, 1.0, 1.0, 0.5, 1.0),
    "cost": (100.0, 300.0, 800.0, 2_000.0, 5_000.0),
    "cost_sd": (50.0, 100.0, 400.0, 500.0, 1_000.0),
}


def stages(**columns: Any) -> pd.DataFrame:
    """Return the five stages of one pipeline; columns replace or join the usual ones."""
    return pd.DataFrame({"pipeline": "chips", "stage": STAGES, **MEANS}).assign(**columns)


def pipeline(**columns: Any) -> Pipeline:
    """Return one pipeline of five stages."""
    return pipelines_of(stages(**columns))[0]


def single(**columns: float) -> Pipeline:
    """Return a pipeline of one stage that is always passed."""
    usual = {"success": 1.0, "duration": 2.0, "cost": 1.0}
    return pipelines_of(pd.DataFrame([{"pipeline": "one", "stage": "basic", **usual, **columns}]))[
        0
    ]


@st.composite
def pipelines(draw: st.DrawFn) -> Pipeline:
    """Draw a pipeline of one to five stages that may be repeated."""
    rows = []
    for stage in STAGES[: draw(st.integers(1, 5))]:
        passed, again = draw(st.floats(0.05, 1.0)), draw(st.floats(0.0, 0.6))
        mean, money = draw(st.floats(0.2, 6.0)), draw(st.floats(1.0, 1_000.0))
        rows.append(
            {
                "pipeline": "drawn",
                "stage": stage,
                "success": passed * (1 - again),
                "repeat": again,
                "duration": mean,
                "duration_sd": mean * draw(st.floats(0.1, 1.2)),
                "cost": money,
                "cost_sd": money * draw(st.floats(0.0, 1.0)),
            }
        )
    return pipelines_of(pd.DataFrame(rows))[0]


def figures(**growth: float) -> pd.DataFrame:
    """Return six years of three regions; a region's value is its level times growth a year.

    growth : indicator → factor a year; levels of the regions are 1, 2 and 4 times 100
    """
    rows = [
        (region, 2015 + k, name, level * factor**k)
        for name, factor in growth.items()
        for region, level in (("甲", 100.0), ("乙", 200.0), ("丙", 400.0))
        for k in range(6)
    ]
    return pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])


def one_at_a_time(pipeline: Pipeline, paths: int, seed: int) -> tuple[float, float, float]:
    """Return success, mean time of arrivals and mean cost by a loop over projects and attempts."""
    random = np.random.default_rng(seed)
    arrived, times, costs = 0, 0.0, 0.0
    for _ in range(paths):
        time = cost = 0.0
        for s in range(len(pipeline.stages)):
            while True:
                time += _gamma(random, pipeline.duration[s], pipeline.duration_sd[s])
                cost += _gamma(random, pipeline.cost[s], pipeline.cost_sd[s])
                drawn = random.random()
                if not pipeline.success[s] <= drawn < pipeline.success[s] + pipeline.repeat[s]:
                    break
            if drawn >= pipeline.success[s]:
                break
        else:
            arrived, times = arrived + 1, times + time
        costs += cost
    return arrived / paths, times / max(1, arrived), costs / paths


def _gamma(random: np.random.Generator, mean: float, sd: float) -> float:
    return mean if sd == 0 else random.gamma((mean / sd) ** 2, sd**2 / mean)
