"""Times the Sobol analysis of a 31-region, 30-indicator, 3-level index: seconds and peak memory.

Usage: python bench/sensitivity_case.py [five|six]. Five uncertain choices (treatment,
normalisation, weighting, aggregation, data noise) and N = 1,024, so 7,168 runs; ``six`` adds the
spread of the weights. Importing is outside the timed part.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
from cases import INDICATORS, REGIONS, labelled

BASE_SAMPLE = 1_024


def main() -> None:
    import SALib.sample.sobol  # noqa: F401

    from xinzhi.data import parse_system
    from xinzhi.measure import Method, Uncertainty
    from xinzhi.measure.sensitivity import index_sensitivity

    nodes = ["[system]", 'id = "root"']
    for top in range(3):
        nodes += ["[[node]]", f'id = "top{top}"']
        for low in range(2):
            nodes += ["[[node]]", f'id = "low{top}{low}"', f'parent = "top{top}"']
    for k in range(INDICATORS):
        nodes += ["[[indicator]]", f'id = "x{k}"', f'node = "low{k % 3}{k % 2}"', 'unit = "ratio"']
        nodes += ['transform = "log"'] if k % 2 else []
    system = parse_system("\n".join(nodes).encode(), "bench.toml")
    values = labelled(np.random.default_rng(0).lognormal(size=(REGIONS, 1, INDICATORS)))
    six = sys.argv[1:] == ["six"]
    uncertainty = Uncertainty() if six else Uncertainty(weight_spread=0.0)
    start = time.perf_counter()
    result = index_sensitivity(values, system, Method(), uncertainty, n=BASE_SAMPLE)
    seconds = time.perf_counter() - start
    assert len(result.tables["choices"]) == (6 if six else 5)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
