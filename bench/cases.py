"""The work that is timed, each case in a process of its own: prints seconds and peak memory.

Usage: python bench/cases.py NAME. Reading data and importing are outside the timed part, except
where the case is a command.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable

import numpy as np

REGIONS, INDICATORS, REPLICATIONS = 31, 30, 10_000
PEER_REPLICATIONS = 300


def monte_carlo() -> Callable[[], object]:
    """10,000 replications of a 31-region, 30-indicator, 3-level index."""
    from xinzhi.data import parse_system
    from xinzhi.measure import Method, Uncertainty, index

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
    return lambda: index(values, system, Method(), Uncertainty(draws=REPLICATIONS))


def labelled(data: np.ndarray) -> object:
    import xarray as xr

    return xr.DataArray(
        data,
        dims=("region", "year", "indicator"),
        coords={
            "region": [f"R{k}" for k in range(data.shape[0])],
            "year": list(range(2000, 2000 + data.shape[1])),
            "indicator": [f"x{k}" for k in range(data.shape[2])],
        },
    )


def counties() -> Callable[[], object]:
    """Index and coupling of 3,000 counties, 20 years, 50 indicators."""
    from xinzhi.data import parse_system
    from xinzhi.measure import coupling, index

    lines = ["[system]", 'id = "root"']
    for chain in range(4):
        lines += ["[[node]]", f'id = "chain{chain}"']
    for k in range(50):
        lines += ["[[indicator]]", f'id = "x{k}"', f'node = "chain{k % 4}"', 'unit = "ratio"']
    system = parse_system("\n".join(lines).encode(), "bench.toml")
    values = labelled(np.random.default_rng(0).lognormal(size=(3_000, 20, 50)))
    return lambda: coupling(index(values, system))


def pymcdm_replications() -> Callable[[], object]:
    """The same size of matrix in pymcdm, one replication after another: noise, min–max, entropy
    weights, TOPSIS, ranks. It has no hierarchy, so this is less work than ours."""
    from pymcdm import normalizations, weights
    from pymcdm.helpers import rrankdata
    from pymcdm.methods import TOPSIS

    values = np.random.default_rng(0).lognormal(size=(REGIONS, INDICATORS))
    types = np.ones(INDICATORS)
    method = TOPSIS(normalizations.minmax_normalization)

    def run() -> list[np.ndarray]:
        rng = np.random.default_rng(1)
        ranks = []
        for _ in range(PEER_REPLICATIONS):
            noisy = values * np.exp(0.01 * rng.standard_normal(values.shape))
            ranks.append(rrankdata(method(noisy, weights.entropy_weights(noisy), types)))
        return ranks

    return run


CASES = {
    "monte_carlo": monte_carlo,
    "counties": counties,
    "pymcdm_replications": pymcdm_replications,
}


def main() -> None:
    work = CASES[sys.argv[1]]()
    start = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - start
    assert result is not None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mb": peak}))


if __name__ == "__main__":
    main()
