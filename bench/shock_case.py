"""Times 365 daily steps of ARIO after an event that destroys capital: seconds of one process.

Usage: python bench/shock_case.py CASE REGIONS SECTORS. ``ours`` and ``boario`` simulate the same
event on the same made-up table, ``boario`` in the peers' environment, where nothing of ours is
installed; 6 8 has the size of pymrio's test system. Making the table, and compiling once,
are not timed.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings

import numpy as np

DAYS = 365
LOST, REBUILDING_TIME, START, DURATION = 0.2, 90, 5, 10
HOME = 0.8  # share of a sector's inputs that comes from its own region


def made(regions: int, sectors: int):
    """Return flows (N, N), final demand by region (N, R) and output (N,)."""
    random = np.random.default_rng(0)
    size = regions * sectors
    flows = random.random((size, size))
    for region in range(regions):
        own = slice(region * sectors, (region + 1) * sectors)
        flows[own, own] *= HOME / (1 - HOME) * max(regions - 1, 1)
    output = flows.sum(axis=0) / random.uniform(0.33, 0.5, size)
    rest = np.maximum(output - flows.sum(axis=1), 0.1 * output)
    output = flows.sum(axis=1) + rest
    shares = random.random((size, regions))
    shares[np.arange(size), np.repeat(np.arange(regions), sectors)] *= 4 * regions
    demand = rest[:, np.newaxis] * shares / shares.sum(axis=1, keepdims=True)
    return 1e4 * flows, 1e4 * demand, 1e4 * output


def table(regions: int, sectors: int):
    from xinzhi.core import Text
    from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector

    flows, demand, output = made(regions, sectors)
    names = tuple(f"R{k:02}" for k in range(regions)) if regions > 1 else ("",)
    title = Text("名", "name")
    return IOTable(
        sectors=tuple(Sector(f"{k:02}", title) for k in range(sectors)),
        flows=flows,
        final_demand=demand,
        final_categories=tuple(FinalCategory("F", "consumption", title, name) for name in names),
        primary_inputs=(output - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("V", "value_added", title),),
        output=output,
        regions=names,
    )


def event(sectors: int, size: int):
    """Return the loss of capital in all sectors of the first region, rebuilt by its third."""
    from xinzhi.stress.disturbance import Disturbance

    lost, rebuilt = np.zeros(size), np.zeros(sectors)
    lost[:sectors], rebuilt[2] = LOST / 10, 1.0
    return Disturbance(
        start=START,
        duration=DURATION,
        capital_lost=lost,
        rebuilding=rebuilt,
        rebuilding_time=REBUILDING_TIME,
    )


def ours(regions: int, sectors: int) -> tuple[float, float]:
    from xinzhi.stress.ario import prepare, run
    from xinzhi.stress.ario_parameters import ArioParameters

    given, size = table(regions, sectors), regions * sectors
    parameters = ArioParameters(
        overproduction_return="proportional",
        rebuilding_origin="intermediate",
        essential_share=0.0,
        priority=(),
    )
    run(prepare(table(1, 3), parameters), [event(3, 3)], days=7)  # compiles
    start = time.perf_counter()
    prepared = prepare(given, parameters)
    record = run(prepared, [event(sectors, size)], days=DAYS).record
    return time.perf_counter() - start, float(record.output.sum())


def boario(regions: int, sectors: int) -> tuple[float, float]:
    import logging

    import pandas as pd
    import pymrio

    warnings.simplefilter("ignore")
    import boario as peer
    from boario import event as events
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation

    peer.logger.handlers.clear()
    logging.getLogger("boario").setLevel(logging.CRITICAL)
    flows, demand, output = made(regions, sectors)
    names = [f"R{k:02}" for k in range(regions)]
    rows = pd.MultiIndex.from_product(
        [names, [f"{k:02}" for k in range(sectors)]], names=["region", "sector"]
    )
    columns = pd.MultiIndex.from_product([names, ["F"]], names=["region", "category"])
    system = pymrio.IOSystem(
        Z=pd.DataFrame(flows, index=rows, columns=rows),
        Y=pd.DataFrame(demand, index=rows, columns=columns),
        x=pd.DataFrame({"indout": output}, index=rows),
    ).calc_all()
    start = time.perf_counter()
    model = ARIOPsiModel(system)
    capital = pd.Series(model.productive_capital, index=model.industries)
    hit = capital[[("R00", f"{k:02}") for k in range(sectors)]] * LOST / 10
    simulation = Simulation(model, n_temporal_units_to_sim=DAYS)
    simulation.add_event(
        events.from_series(
            hit,
            event_type="rebuild",
            occurrence=START,
            duration=DURATION,
            rebuild_tau=REBUILDING_TIME,
            rebuilding_sectors={"02": 1.0},
            event_monetary_factor=10**6,
        )
    )
    simulation.loop()
    seconds = time.perf_counter() - start
    return seconds, float(simulation.production_realised.to_numpy().sum())


def main() -> None:
    name, regions, sectors = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    cases = {f.__name__: f for f in (ours, boario)}
    seconds, found = cases[name](regions, sectors)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # enough of the answer to see that two tools computed the same
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "sum": found}))


if __name__ == "__main__":
    main()
