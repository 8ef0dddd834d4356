"""A talent plan of many fields, grades, ages and years on synthetic data: seconds and memory.

Usage: python bench/talent_case.py [FIELDS GRADES AGES YEARS] (50 8 40 20)

Every field and grade has a target in every year, every school and grade its instruments, and one
budget a year binds all fields together. Times tables in, tables out; the goal is under 30 s.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pandas as pd

from xinzhi.plan.talent import TalentOptions, synthetic_talent_tables, talent

YOUNGEST = 21
ENOUGH = 1.3  # times what the plan spends in a mean year without a budget: binds in many years


def tables(fields: int, grades: int, ages: int, years: int) -> dict[str, pd.DataFrame]:
    """Return a case whose targets are today's heads, two per cent more in every year."""
    case = synthetic_talent_tables(0, fields, grades, (YOUNGEST, YOUNGEST + ages - 1), years)
    last = case["targets"]
    base = last["heads"] / 1.1
    horizon = sorted(case["budget"]["year"])
    case["targets"] = pd.concat(
        [last.assign(year=year, heads=base * 1.02 ** (k + 1)) for k, year in enumerate(horizon)],
        ignore_index=True,
    )
    return case


def main() -> None:
    size = [int(word) for word in sys.argv[1:]] or [50, 8, 40, 20]
    case = tables(*size)
    free = {name: table for name, table in case.items() if name != "budget"}
    start = time.perf_counter()
    unbound = talent(free, TalentOptions(years=size[3]))
    first = time.perf_counter() - start
    spent = unbound.tables["budget"]["cost"]
    bound = case["budget"].assign(budget=ENOUGH * spent.mean())
    start = time.perf_counter()
    result = talent({**case, "budget": bound}, TalentOptions(years=size[3]))
    seconds = time.perf_counter() - start
    binding = int((result.tables["budget"]["shadow_price"] > 0).sum())
    print(
        json.dumps(
            {
                "seconds": seconds,
                "seconds_without_budget": first,
                "cost": result.parameters["total_cost"],
                "cost_without_budget": unbound.parameters["total_cost"],
                "budgets_that_bind": binding,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
