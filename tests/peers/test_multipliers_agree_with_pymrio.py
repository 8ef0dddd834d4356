"""Agreement with pymrio 0.7.0 on the made-up system that it ships, as ``record.py`` wrote it down.

pymrio's M is a stressor's intensity times the Leontief inverse: our multiplier of a satellite
account. Its test system does not balance by column with its own value added, so that the table here
takes as value added what is left of output; no multiplier of a stressor depends on it.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector
from xinzhi.structure.leontief import ghosh_system, leontief_system
from xinzhi.structure.multipliers import multipliers, satellite_multipliers

HERE = Path(__file__).parent
ENTRIES = json.loads((HERE / "pymrio.json").read_text(encoding="utf-8"))


def recorded(name):
    return np.array(ENTRIES[name])


@pytest.fixture(scope="module")
def table():
    flows, output = recorded("Z"), recorded("x")
    kinds = {"Changes in inventories": "stock_changes", "Export": "exports"}
    return IOTable(
        sectors=tuple(Sector(name, Text(name, name)) for name in ENTRIES["sectors"]),
        flows=flows,
        final_demand=recorded("Y"),
        final_categories=tuple(
            FinalCategory(f"F{k}", kinds.get(name, "consumption"), Text(name, name), region)
            for region in ENTRIES["regions"]
            for k, name in enumerate(ENTRIES["categories"])
        ),
        primary_inputs=(output - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),),
        output=output,
        satellites=recorded("F"),
        satellites_final=recorded("F_Y"),
        satellite_rows=tuple(
            Satellite(name, Text(name, name), "kg") for name in ENTRIES["stressors"]
        ),
        regions=tuple(ENTRIES["regions"]),
    )


def test_the_record_is_of_the_pinned_versions():
    pins = (HERE / "requirements.txt").read_text(encoding="utf-8").split()
    for package in ("pymrio", "numpy"):
        assert f"{package}=={ENTRIES['versions'][package]}" in pins, "run make peers"


def test_the_leontief_inverse_agrees(table):
    assert leontief_system(table).inverse() == pytest.approx(recorded("L"), rel=1e-9)


def test_the_ghosh_inverse_agrees(table):
    assert ghosh_system(table).inverse() == pytest.approx(recorded("G"), rel=1e-9)


def test_multipliers_of_stressors_agree(table):
    ours = satellite_multipliers(table)["multiplier"].to_numpy().reshape(2, -1)
    assert ours == pytest.approx(recorded("M"), rel=1e-9)


def test_output_multipliers_are_column_sums_of_its_inverse(table):
    ours = multipliers(table)["output_multiplier"].to_numpy()
    assert ours == pytest.approx(recorded("L").sum(axis=0), rel=1e-9)
