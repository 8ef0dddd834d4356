"""Times Dagum's decomposition of 100,000 observations in 30 groups: seconds, peak MB.

Usage: python bench/disparity_case.py TOOL with TOOL one of ours; pairs (the sums over all pairs of
observations that copied scripts compute, on a tenth of the observations: a hundredth of the pairs);
panel (disparity of 31 regions over 19 years with neighbours, 1,000 draws and 999 permutations).
Importing and drawing data are outside the timed part.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

OBSERVATIONS, GROUPS = 100_000, 30
FEWER = 10


def observations(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw skewed values whose groups differ in level and overlap."""
    random = np.random.default_rng(0)
    groups = random.integers(0, GROUPS, count)
    return random.lognormal(groups / 30, 0.8), groups


def ours() -> Callable[[], float]:
    from xinzhi.measure.disparity import dagum

    values, groups = observations(OBSERVATIONS)
    dagum(values[:1000], groups[:1000])
    return lambda: float(dagum(values, groups).transvariation)


def pairs() -> Callable[[], float]:
    values, groups = observations(OBSERVATIONS // FEWER)
    own = [values[groups == k] for k in range(GROUPS)]

    def transvariation() -> float:
        total = 0.0
        for j in range(GROUPS):
            for h in range(j):
                whole = np.abs(own[j][:, None] - own[h]).sum()
                net = len(own[j]) * len(own[h]) * abs(own[j].mean() - own[h].mean())
                total += whole - net
        return float(total / (len(values) * values.sum()))

    return transvariation


def panel() -> Callable[[], float]:
    import xarray as xr

    from xinzhi.data import load_region_set
    from xinzhi.data.contiguity import load_contiguity
    from xinzhi.measure.disparity import disparity

    regions = load_region_set("china31")
    random = np.random.default_rng(0)
    steps = random.normal(0.06, 0.03, (31, 19)).cumsum(axis=1)
    levels = np.exp(random.normal(10, 0.5, (31, 1)) + steps)
    values = xr.DataArray(
        levels, [("region", list(regions.names)), ("year", list(range(2006, 2025)))]
    )
    groups = {region.name: str(region.group) for region in regions.regions}
    borders = load_contiguity("china31")
    disparity(values[:, :2], groups, borders, draws=10, permutations=9)
    return lambda: float(disparity(values, groups, borders).tables["total"]["gini"].sum())


CASES = {"ours": ours, "pairs": pairs, "panel": panel}


def main() -> None:
    run = CASES[sys.argv[1]]()
    start = time.perf_counter()
    answer = run()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "answer": answer}))


if __name__ == "__main__":
    main()
