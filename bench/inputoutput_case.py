"""Times input–output accounts on made-up tables: seconds and peak memory of one process.

Usage: python bench/inputoutput_case.py CASE REGIONS SECTORS. Cases of ours: ``accounts``
(multipliers, production- and consumption-based accounts of 20 stressors), ``factorisation`` (one LU
of the same matrix, nothing else), ``few`` (multipliers of 20 stressors by the iterative solve),
``extraction`` (of every sector in turn). ``pymrio`` does the accounts by its calc_all and runs in
the peers' environment, where nothing of ours is installed. Making the table is not timed, but it
counts for the peak.

A sector buys four fifths of its inputs in its own region; inputs are a third to two thirds of
output.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np

STRESSORS = 20
HOME = 0.8  # share of a sector's inputs that comes from its own region


def made(regions: int, sectors: int):
    """Return flows (N, N), final demand by region (N, R), output (N,), stressors (20, N)."""
    random = np.random.default_rng(0)
    size = regions * sectors
    flows = random.random((size, size))
    for region in range(regions):
        own = slice(region * sectors, (region + 1) * sectors)
        flows[own, own] *= HOME / (1 - HOME) * (regions - 1)
    bought = flows.sum(axis=0)
    output = bought / random.uniform(0.33, 0.66, size)
    rest = output - flows.sum(axis=1)
    shares = random.random((size, regions))
    shares[np.arange(size), np.repeat(np.arange(regions), sectors)] *= 4 * regions
    demand = rest[:, np.newaxis] * shares / shares.sum(axis=1, keepdims=True)
    return flows, demand, output, random.random((STRESSORS, size))


def table(regions: int, sectors: int):
    from xinzhi.core import Text
    from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector

    flows, demand, output, stressors = made(regions, sectors)
    names = tuple(f"R{k}" for k in range(regions))
    title = Text("名", "name")
    return IOTable(
        sectors=tuple(Sector(f"{k}", title) for k in range(sectors)),
        flows=flows,
        final_demand=demand,
        final_categories=tuple(FinalCategory("F", "consumption", title, name) for name in names),
        primary_inputs=(output - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("V", "value_added", title),),
        output=output,
        satellites=stressors,
        satellite_rows=tuple(Satellite(f"Q{k}", title, "tonnes") for k in range(STRESSORS)),
        regions=names,
    )


def accounts(regions: int, sectors: int) -> tuple[float, np.ndarray]:
    from xinzhi.structure.footprints import production_and_consumption_accounts
    from xinzhi.structure.leontief import coefficients, leontief_system
    from xinzhi.structure.multipliers import multipliers

    given = table(regions, sectors)
    demand = np.column_stack([given.final_demand, np.zeros(given.size)])
    start = time.perf_counter()
    system = leontief_system(given)
    found = production_and_consumption_accounts(
        system, coefficients(given.satellites, given.output), demand
    )
    multipliers(given, system)
    return time.perf_counter() - start, found.consumption.sum(axis=2)


def factorisation(regions: int, sectors: int) -> tuple[float, np.ndarray]:
    from scipy.linalg.lapack import dgetrf

    flows, _, output, _ = made(regions, sectors)
    flows /= -output
    flows.ravel()[:: len(flows) + 1] += 1.0
    start = time.perf_counter()
    factors, _, _ = dgetrf(flows.T, overwrite_a=1)
    return time.perf_counter() - start, factors[:1, :1]


def few(regions: int, sectors: int) -> tuple[float, np.ndarray]:
    from xinzhi.structure.iterative import solve_rows_iteratively
    from xinzhi.structure.leontief import coefficients

    given = table(regions, sectors)
    start = time.perf_counter()
    found = solve_rows_iteratively(given, coefficients(given.satellites, given.output))
    return time.perf_counter() - start, (found @ given.final_demand)


def extraction(regions: int, sectors: int) -> tuple[float, np.ndarray]:
    from xinzhi.structure.extraction import extraction as extracted

    given = table(regions, sectors)
    start = time.perf_counter()
    found = extracted(given)
    return time.perf_counter() - start, found[["output_loss"]].to_numpy()


def pymrio(regions: int, sectors: int) -> tuple[float, np.ndarray]:
    import pandas as pd
    import pymrio as peer

    flows, demand, output, stressors = made(regions, sectors)
    names = [f"R{k}" for k in range(regions)]
    rows = pd.MultiIndex.from_product(
        [names, [f"{k}" for k in range(sectors)]], names=["region", "sector"]
    )
    columns = pd.MultiIndex.from_product([names, ["F"]], names=["region", "category"])
    stressed = pd.DataFrame(stressors, columns=rows)
    system = peer.IOSystem(
        Z=pd.DataFrame(flows, index=rows, columns=rows),
        Y=pd.DataFrame(demand, index=rows, columns=columns),
        x=pd.DataFrame({"indout": output}, index=rows),
        emissions={"name": "emissions", "F": stressed},
    )
    start = time.perf_counter()
    system.calc_all()
    seconds = time.perf_counter() - start
    return seconds, system.emissions.D_cba.T.groupby(level="region", sort=False).sum().T.to_numpy()


def main() -> None:
    name, regions, sectors = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cases = {f.__name__: f for f in (accounts, factorisation, few, extraction, pymrio)}
    seconds, found = cases[name](regions, sectors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # enough of the answer to see that two tools computed the same
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "sum": float(found.sum())}))


if __name__ == "__main__":
    main()
