"""Economic complexity of many regions, activities and years: prints seconds, memory and checks.

Usage: python bench/strengths_case.py TOOL REGIONS ACTIVITIES [YEARS]

TOOL is ``ours``, ``table`` (ours from a long table, as the peers start), ``fitness``, or one of the
peers ``ecomplexity``, ``econcomplex``, ``economic-complexity``, which are timed on one year. All do
location quotients, ECI, PCI, density, COI and COG (economic-complexity: no COI) of the same
volumes, 40 per cent of the cells above zero. ``ours`` takes one year after another, so that its
memory is that of the volumes and of one year; it runs on one thread, the peers on all.

ecomplexity alone gives the same ECI, PCI and density, and, by its conventions, COI and COG: see
``tests/peers/test_strengths_agree_with_peers.py``.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings

OURS = ("ours", "table", "fitness")
if sys.argv[1] in OURS:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np  # noqa: E402

SEED = 20261124


def volumes(regions: int, activities: int, year: int) -> np.ndarray:
    """Draw regions that differ in ability, activities that differ in demands, many zeros."""
    random = np.random.default_rng(SEED + year)
    able, hard = np.linspace(-1, 1, regions)[:, None], np.linspace(-1, 1, activities)
    table = random.lognormal(1.5 * able * hard, 1.5, (regions, activities))
    table[random.random(table.shape) > 0.4] = 0.0
    table[:, 0] += 1e-6  # every region has something
    table[0] += 1e-6  # and everything is somewhere
    return table


def matrix(regions: int, activities: int, years: int):
    """Return the volumes as the package takes them, made one year at a time."""
    from scipy.sparse import csr_array

    from xinzhi.structure.strengths.activity import ActivityMatrix

    return ActivityMatrix(
        slices=tuple(csr_array(volumes(regions, activities, year)) for year in range(years)),
        regions=tuple(f"r{k:04}" for k in range(regions)),
        activities=tuple(f"a{k:05}" for k in range(activities)),
        years=tuple(range(years)),
    )


def long_table(regions: int, activities: int):
    """Return one year as a long table without zeros."""
    import pandas as pd

    table = volumes(regions, activities, 0)
    rows, columns = np.nonzero(table)
    return pd.DataFrame(
        {
            "year": 0,
            "region": np.array([f"r{k:04}" for k in range(regions)])[rows],
            "activity": np.array([f"a{k:05}" for k in range(activities)])[columns],
            "value": table[rows, columns],
        }
    )


def checks(eci, pci, density) -> dict[str, float]:
    """Return what must agree between tools: the sizes of ECI and PCI, and the mean density."""
    return {
        "eci": float(np.abs(eci).sum()),
        "pci": float(np.abs(pci).sum()),
        "density": float(np.mean(density)),
    }


def ours(regions: int, activities: int, years: int):
    from xinzhi.structure.strengths.complexity import complexity_by_year

    whole = matrix(regions, activities, years)
    start = time.perf_counter()
    found = [
        {**checks(year.eci, year.pci, year.density), "gain": float(np.nanmax(year.cog))}
        for year in complexity_by_year(whole)
    ]
    return time.perf_counter() - start, found[0]


def table(regions: int, activities: int, _: int):
    from xinzhi.structure.strengths.activity import activity_matrix
    from xinzhi.structure.strengths.complexity import complexity

    rows = long_table(regions, activities)
    start = time.perf_counter()
    (year,) = complexity(activity_matrix(rows, "region", "activity", "value", "year")).years
    return time.perf_counter() - start, checks(year.eci, year.pci, year.density)


def fitness(regions: int, activities: int, years: int):
    from xinzhi.structure.strengths.fitness import fitness as iterate
    from xinzhi.structure.strengths.specialisation import sparse_location_quotient

    whole = matrix(regions, activities, years)
    start = time.perf_counter()
    found = [
        iterate((sparse_location_quotient(part).toarray() >= 1).astype(float))
        for part in whole.slices
    ]
    seconds = time.perf_counter() - start
    return seconds, {"iterations": max(one.iterations for one in found)}


def ecomplexity(regions: int, activities: int, _: int):
    from ecomplexity import ecomplexity as compute

    rows = long_table(regions, activities)
    columns = {"time": "year", "loc": "region", "prod": "activity", "val": "value"}
    start = time.perf_counter()
    found = compute(rows, columns, check_logsupermodularity=False, verbose=False)
    seconds = time.perf_counter() - start
    eci = found.groupby("region")["eci"].first()
    pci = found.groupby("activity")["pci"].first()
    return seconds, checks(eci, pci, found["density"])


def econcomplex(regions: int, activities: int, _: int):
    from econcomplex import compute_complexity

    rows = long_table(regions, activities)
    start = time.perf_counter()
    columns = {"loc": "region", "act": "activity", "val": "value"}
    found = compute_complexity(rows, columns)
    seconds = time.perf_counter() - start
    return seconds, {"eci": float(found.groupby("region")["eci"].first().abs().sum())}


def economic_complexity(regions: int, activities: int, _: int):
    import economic_complexity as package
    import economic_complexity.polars as package_polars
    import pandas as pd
    import polars as pl

    rows = long_table(regions, activities)
    start = time.perf_counter()
    wide = rows.pivot(index="region", columns="activity", values="value").fillna(0)
    rca = package.rca(wide)
    eci, pci = package.complexity(rca)
    held = pl.from_numpy(rca.ge(1).to_numpy().astype(float))
    phi = pd.DataFrame(
        np.asarray(package_polars.proximity(held)), index=wide.columns, columns=wide.columns
    )
    density = package.relatedness(rca, proximities=phi)
    package.opportunity_gain(rca, pci=pci, proximities=phi)
    return time.perf_counter() - start, checks(eci, pci, density.to_numpy())


TOOLS = {
    "ours": ours,
    "table": table,
    "fitness": fitness,
    "ecomplexity": ecomplexity,
    "econcomplex": econcomplex,
    "economic-complexity": economic_complexity,
}


def main() -> None:
    tool, regions, activities, *years = sys.argv[1:]
    count = int(years[0]) if years else 1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seconds, found = TOOLS[tool](int(regions), int(activities), count)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "years": count, "peak_mb": peak, **found}))


if __name__ == "__main__":
    main()
