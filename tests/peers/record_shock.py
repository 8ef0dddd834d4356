"""Record the paths that boario computes, for the test beside this file.

Run it by ``make peers``: it needs the packages pinned in requirements.txt and nothing of ours.
boario is under the GPL; only its numbers are kept. Its table is the test system of pymrio, 6
regions of 8 sectors. boario counts the changes of stocks among final demand like any other.
"""

import json
import logging
import platform
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pymrio

with tempfile.TemporaryDirectory() as scratch:  # it makes a folder when it is imported
    tempfile.tempdir = scratch
    import boario
    from boario import event
    from boario.extended_models import ARIOPsiModel
    from boario.simulation import Simulation
tempfile.tempdir = None

HERE = Path(__file__).parent
DAYS = 365
EVERY = 4  # days between two that are kept
MONEY = 10**6  # damages are rounded to one digit more than this has

# kind, occurrence, duration, characteristic time, share lost by region and sector, and for
# rebuilding the shares of the sectors that deliver it
EVENTS = {
    "flood": ("rebuild", 5, 10, 60, {("reg2", "manufactoring"): 0.02, ("reg2", "trade"): 0.02}),
    "quake": ("rebuild", 40, 5, 90, {("reg5", "food"): 0.5, ("reg1", "transport"): 0.3}),
    "outage": ("arbitrary", 5, 10, 50, {("reg1", "mining"): 0.3, ("reg4", "electricity"): 0.2}),
    "strike": ("arbitrary", 30, 20, 40, {("reg3", "transport"): 0.4, ("reg3", "trade"): 0.2}),
    "blackout": ("recovery", 20, 15, 80, {("reg6", "electricity"): 0.6}),
}
REBUILDING = {
    "flood": {"construction": 0.7, "manufactoring": 0.3},
    "quake": {"construction": 0.6, "other": 0.4},
}
EXPONENTIAL = {"strike"}  # "convexe noscale": a constant share of what is left comes back

RUNS = {
    "rebuilding": (["flood"], {}),
    "rebuilding, base-year shares of orders": (["flood"], {"order_type": "noalt"}),
    "rebuilding without overproduction": (["quake"], {"alpha_max": 1.0}),
    "two rebuilt at once": (["flood", "quake"], {}),
    "capacity, linear recovery": (["outage"], {}),
    "capacity, exponential recovery, short stocks": (
        ["strike"],
        {"main_inv_dur": 20, "inventory_restoration_tau": 30, "psi_param": 0.9},
    ),
    "capital that recovers by itself": (["blackout"], {}),
    "one recovers, one is rebuilt": (["blackout", "flood"], {"alpha_tau": 120}),
}


def made(name, model):
    kind, occurrence, duration, time, lost = EVENTS[name]
    impact = pd.Series(lost)
    given = {"event_type": kind, "occurrence": occurrence, "duration": duration}
    if kind == "arbitrary":
        recovery = "convexe noscale" if name in EXPONENTIAL else "linear"
        return event.from_series(impact, recovery_tau=time, recovery_function=recovery, **given)
    capital = pd.Series(model.productive_capital, index=model.industries)
    impact = impact * capital[list(lost)]
    if kind == "recovery":
        return event.from_series(impact, recovery_tau=time, event_monetary_factor=MONEY, **given)
    return event.from_series(
        impact,
        rebuild_tau=time,
        rebuilding_sectors=REBUILDING[name],
        event_monetary_factor=MONEY,
        **given,
    )


def run(names, options):
    """Return output of each day relative to the first, (day, region-sector)."""
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")
        model = ARIOPsiModel(pymrio.load_test().calc_all(), **options)
        simulation = Simulation(model, n_temporal_units_to_sim=DAYS, boario_output_dir=folder)
        for name in names:
            simulation.add_event(made(name, model))
        simulation.loop()
        return simulation.production_realised


def kept(output):
    """Return total output and that of the six sectors that moved most, every few days."""
    shares = output / output.iloc[0]
    moved = (shares - 1).abs().max().sort_values(ascending=False).index[:6]
    days = output.iloc[::EVERY]
    total = days.sum(axis=1) / output.iloc[0].sum()
    paths = [
        {"region": region, "sector": sector, "path": shares[(region, sector)].iloc[::EVERY]}
        for region, sector in moved
    ]
    return {
        "total": [float(f"{value:.12g}") for value in total],
        "sectors": [
            row | {"path": [float(f"{value:.12g}") for value in row["path"]]} for row in paths
        ],
    }


def main():
    boario.logger.handlers.clear()
    logging.getLogger("boario").setLevel(logging.CRITICAL)
    written = {
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("boario", "pymrio", "numpy", "pandas")},
        },
        "days": DAYS,
        "every": EVERY,
        "events": {
            name: {
                "kind": kind,
                "occurrence": occurrence,
                "duration": duration,
                "time": time,
                "exponential": name in EXPONENTIAL,
                "lost": [[region, sector, share] for (region, sector), share in lost.items()],
                "rebuilding": REBUILDING.get(name, {}),
            }
            for name, (kind, occurrence, duration, time, lost) in EVENTS.items()
        },
        "runs": {
            title: {"events": names, "options": options, **kept(run(names, options))}
            for title, (names, options) in RUNS.items()
        },
    }
    text = json.dumps(written, indent=None, separators=(",", ":"))
    (HERE / "boario.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
