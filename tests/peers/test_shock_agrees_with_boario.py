"""Agreement with boario 0.7.2 on pymrio's test system, as ``record_shock.py`` wrote it down.

The assumptions are made the same: what boario counts as final demand and rations (changes of
stocks) is final demand here too; overproduction falls in proportion where orders fall, as in its
code, and reconstruction comes from where the damaged sector buys. A recovery of boario's begins
two days later than its duration says, and a loss of capacity a day later than its occurrence:
the events here are moved by that. It rounds losses of capacity to six digits.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.stress.ario import prepare, run
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance

HERE = Path(__file__).parent
ENTRIES = json.loads((HERE / "boario.json").read_text(encoding="utf-8"))
SYSTEM = json.loads((HERE / "pymrio.json").read_text(encoding="utf-8"))
NAMES = {
    "main_inv_dur": "stock_days",
    "inventory_restoration_tau": "restoration_time",
    "psi_param": "stock_threshold",
    "alpha_max": "overproduction_limit",
    "alpha_tau": "overproduction_time",
}


@pytest.fixture(scope="module")
def table():
    flows, output = np.array(SYSTEM["Z"]), np.array(SYSTEM["x"])
    return IOTable(
        sectors=tuple(Sector(name, Text(name, name)) for name in SYSTEM["sectors"]),
        flows=flows,
        final_demand=np.array(SYSTEM["Y"]),
        final_categories=tuple(
            FinalCategory(f"F{k}", "consumption", Text(name, name), region)
            for region in SYSTEM["regions"]
            for k, name in enumerate(SYSTEM["categories"])
        ),
        primary_inputs=(output - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),),
        output=output,
        regions=tuple(SYSTEM["regions"]),
    )


def disturbance(table, name):
    given = ENTRIES["events"][name]
    lost = np.zeros(table.size)
    for region, sector, share in given["lost"]:
        lost[table.place(sector, region)] = share
    kind, start, duration = given["kind"], given["occurrence"], given["duration"]
    if kind == "rebuild":
        shares = np.array([given["rebuilding"].get(code, 0.0) for code in table.codes])
        return Disturbance(
            start=start,
            duration=duration,
            capital_lost=lost,
            rebuilding=shares,
            rebuilding_time=given["time"],
        )
    return Disturbance(
        start=start + (kind == "arbitrary"),
        duration=duration + 2,
        recovery="exponential" if given["exponential"] else "linear",
        recovery_time=given["time"],
        capacity_lost=lost,
    )


def parameters(options):
    changed = {NAMES[name]: float(v) for name, v in options.items() if name in NAMES}
    orders = "base" if options.get("order_type") == "noalt" else "capacity"
    return ArioParameters(
        orders=orders,
        overproduction_return="proportional",
        rebuilding_origin="intermediate",
        essential_share=0.0,
        priority=(),
        **changed,
    )


def test_the_record_is_of_the_version_that_was_read():
    assert ENTRIES["versions"]["boario"] == "0.7.2"
    assert ENTRIES["versions"]["pymrio"] == SYSTEM["versions"]["pymrio"]


@pytest.mark.parametrize("title", list(ENTRIES["runs"]))
def test_paths_agree(table, title):
    recorded = ENTRIES["runs"][title]
    prepared = prepare(table, parameters(recorded["options"]))
    events = [disturbance(table, name) for name in recorded["events"]]
    ours = run(prepared, events, days=ENTRIES["days"]).record.output[:: ENTRIES["every"]]
    total = ours.sum(axis=1) / prepared.economy.output.sum()
    assert total == pytest.approx(recorded["total"], rel=1e-6)
    fallen = []
    for row in recorded["sectors"]:
        place = table.place(row["sector"], row["region"])
        share = ours[:, place] / prepared.economy.output[place]
        assert share == pytest.approx(row["path"], rel=1e-6)
        fallen.append(1 - min(row["path"]))
    assert max(fallen) > 0.01, "nothing happened, so nothing was compared"
