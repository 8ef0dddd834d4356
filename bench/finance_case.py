"""Times a guarantee fund, and cumulative incidences, on made-up data: seconds and peak MB.

Usage: python bench/finance_case.py fund [LOANS SCENARIOS] (100000 100000)
       python bench/finance_case.py funnel [FIRMS] (20000), or lifelines [FIRMS]

``fund`` draws years of losses of loans in five ratings and many sizes, exact conditional on the
factor within pools of a rating and a size, splits them over layers and prices the guarantee; the
goal is under ten seconds and 2 GB. ``funnel`` and ``lifelines`` estimate survival, and the
incidence of three competing exits with its variance, from the same spells without ties. Data are
made before the clock starts. The peer's environment needs nothing of ours.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
import warnings

os.environ["OPENBLAS_NUM_THREADS"] = "1"

import numpy as np

EXITS = 3


def fund(loans: int, scenarios: int) -> dict[str, float]:
    from xinzhi.plan.finance import (
        SYNTHETIC_FUND,
        SYNTHETIC_LENDER,
        GuaranteeOptions,
        guarantee_fund,
    )
    from xinzhi.plan.finance.synthetic_guarantee import synthetic_guarantee_tables

    made = synthetic_guarantee_tables(0, loans)
    options = GuaranteeOptions(scenarios=scenarios, fund=SYNTHETIC_FUND, lender=SYNTHETIC_LENDER)
    start = time.perf_counter()
    found = guarantee_fund(made["loans"], made["layers"], options)
    seconds = time.perf_counter() - start
    row = found["fund"].iloc[0]
    return {
        "seconds": seconds,
        "pools": float(row["pools"]),
        "loss_rate_99": float(row["portfolio_value_at_risk"] / row["exposure"]),
    }


def spells(firms: int) -> tuple[np.ndarray, np.ndarray]:
    """Return durations and causes, 0 for censored."""
    random = np.random.default_rng(0)
    stay, seen = random.weibull(1.5, firms), random.uniform(0.2, 3, firms)
    causes = random.choice(np.arange(1, EXITS + 1), firms, p=(0.5, 0.2, 0.3))
    return np.minimum(stay, seen), np.where(stay <= seen, causes, 0)


def funnel(firms: int) -> dict[str, float]:
    from xinzhi.plan.finance import aalen_johansen, kaplan_meier

    durations, causes = spells(firms)
    start = time.perf_counter()
    survival = kaplan_meier(durations, causes > 0)
    found = aalen_johansen(durations, causes - 1, EXITS)
    seconds = time.perf_counter() - start
    last = found.groupby("cause").last()
    total = float(survival["survival"].iloc[-1] + last["incidence"].sum())
    return {"seconds": seconds, "total": total, "error": float(last["standard_error"].sum())}


def lifelines(firms: int) -> dict[str, float]:
    from lifelines import AalenJohansenFitter, KaplanMeierFitter

    durations, causes = spells(firms)
    warnings.simplefilter("ignore")
    start = time.perf_counter()
    survival = KaplanMeierFitter().fit(durations, causes > 0).survival_function_.iloc[-1, 0]
    fits = [AalenJohansenFitter().fit(durations, causes, k + 1) for k in range(EXITS)]
    seconds = time.perf_counter() - start
    incidence = sum(float(fit.cumulative_density_.iloc[-1, 0]) for fit in fits)
    error = sum(float(fit.variance_.iloc[-1]) ** 0.5 for fit in fits)
    return {"seconds": seconds, "total": float(survival) + incidence, "error": error}


CASES = {"fund": (fund, (100_000, 100_000)), "funnel": (funnel, (20_000,))}
CASES["lifelines"] = (lifelines, (20_000,))


def main() -> None:
    name, *sizes = sys.argv[1:] or ["fund"]
    run, usual = CASES[name]
    found = run(*([int(size) for size in sizes] or usual))
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
