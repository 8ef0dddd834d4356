"""Simulated projects a second in the pipeline, on one core, beside the exact distribution.

Usage: python bench/innovation_case.py [PATHS] (4000000)

Five stages with gamma distributed durations and costs, of which three may be repeated. The goal is
a million paths a second and core. Success, time and cost must agree with their closed forms.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

from xinzhi.plan.innovation import (
    arrival_probability,
    moments,
    pipelines_of,
    simulate_pipeline,
    synthetic_innovation_tables,
)

WITHIN = 6  # standard errors
YEARS = np.arange(1, 31)


def main() -> None:
    paths = int(sys.argv[1]) if len(sys.argv) > 1 else 4_000_000
    pipeline = pipelines_of(synthetic_innovation_tables()["stages"])[0]
    simulate_pipeline(pipeline, 1_000)
    start = time.perf_counter()
    found = simulate_pipeline(pipeline, paths)
    seconds = time.perf_counter() - start
    exact = moments(pipeline)
    share = found.arrived.mean()
    assert abs(share - exact.success) < WITHIN * np.sqrt(share * (1 - share) / paths)
    assert abs(found.cost.mean() - exact.cost) < WITHIN * exact.cost_sd / np.sqrt(paths)
    times = found.time[found.arrived]
    assert abs(times.mean() - exact.time) < WITHIN * exact.time_sd / np.sqrt(len(times))
    start = time.perf_counter()
    arrival_probability(pipeline, YEARS)
    print(
        json.dumps(
            {
                "seconds": seconds,
                "paths_per_second": paths / seconds,
                "exact_seconds": time.perf_counter() - start,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
