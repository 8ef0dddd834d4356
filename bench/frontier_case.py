"""Times what is made of many radial programs: prints seconds and peak MB.

Usage: python bench/frontier_case.py malmquist|bootstrap. Malmquist: 300 units over 10 years,
adjacent technologies, constant returns; bootstrap: 2,000 replications of 200 units, variable
returns; both 3 inputs and 2 outputs. Importing, drawing data and, by a small run before the clock
starts, loading compiled code are outside the timed part.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import pandas as pd
from productivity_case import units

from xinzhi.measure.productivity import bootstrap_efficiency
from xinzhi.measure.productivity import malmquist as malmquist_index


def tables(count: int, periods: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw units over periods, labelled by both."""
    inputs, outputs = units(count * periods)
    index = pd.MultiIndex.from_product([range(count), range(periods)], names=["unit", "period"])
    return pd.DataFrame(inputs, index, list("abc")), pd.DataFrame(outputs, index, list("yz"))


def malmquist(count: int, periods: int) -> float:
    data = tables(count, periods)
    start = time.perf_counter()
    result = malmquist_index(*data)
    seconds = time.perf_counter() - start
    assert len(result.to_frame()) == count * (periods - 1)
    return seconds


def bootstrap(count: int, replications: int) -> float:
    inputs, outputs = (table.droplevel("period") for table in tables(count, 1))
    start = time.perf_counter()
    result = bootstrap_efficiency(inputs, outputs, replications=replications)
    seconds = time.perf_counter() - start
    assert len(result.to_frame()) == count
    return seconds


CASES: dict[str, tuple[Callable[[int, int], float], tuple[int, int], tuple[int, int]]] = {
    "malmquist": (malmquist, (20, 2), (300, 10)),
    "bootstrap": (bootstrap, (20, 100), (200, 2_000)),
}


def main() -> None:
    function, small, full = CASES[sys.argv[1]]
    function(*small)
    seconds = function(*full)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
