"""Times an ensemble of shocks, and a resilience plan, on a made-up table: seconds and peak MB.

Usage: python bench/ensemble_case.py ensemble DRAWS WORKERS, or python bench/ensemble_case.py plan
WORKERS. The table has 42 sectors of one region with imports apart and every flow above zero, the
event cuts 30 % of one product's imports for 180 of 365 daily steps. Making the table and compiling
are not timed.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.ensemble import shock_ensemble
from xinzhi.stress.resilience import resilience_plan
from xinzhi.stress.shock import shock

SECTORS = 42
STRUCK = 19


def made() -> IOTable:
    random = np.random.default_rng(0)
    inputs = random.random((SECTORS, SECTORS))
    inputs *= random.uniform(0.3, 0.6, SECTORS) / inputs.sum(axis=0)
    final = random.uniform(10, 100, (SECTORS, 3))
    output = np.linalg.solve(np.eye(SECTORS) - inputs, final.sum(axis=1))
    imported = 0.2 * random.random((SECTORS, SECTORS)) * inputs * output
    flows = inputs * output
    title = Text("名", "name")
    return IOTable(
        sectors=tuple(Sector(f"{k}", title) for k in range(SECTORS)),
        flows=flows,
        final_demand=final,
        final_categories=(
            FinalCategory("C", "consumption", title),
            FinalCategory("I", "investment", title),
            FinalCategory("E", "exports", title),
        ),
        primary_inputs=(output - flows.sum(axis=0) - imported.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("V", "value_added", title),),
        output=output,
        imported_flows=imported,
        imported_final_demand=np.zeros((SECTORS, 3)),
    )


def main() -> None:
    name, *numbers = sys.argv[1:]
    table = made()
    event = Disturbance(start=0, duration=180, imports_lost=0.3 * (np.arange(SECTORS) == STRUCK))
    shock(table, event)  # compiles
    start = time.perf_counter()
    if name == "ensemble":
        draws, workers = map(int, numbers)
        found = shock_ensemble(table, event, draws=draws, workers=workers).tables["total"]
        value = found["value_added_loss"].iloc[2]
    else:
        plan = resilience_plan(table, event, workers=int(numbers[0])).tables["options"]
        value = plan["avoided_loss"].iloc[0]
    seconds = time.perf_counter() - start
    peak = sum(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(json.dumps({"seconds": seconds, "value": value, "peak_mb": peak / 1024}))


if __name__ == "__main__":
    main()
