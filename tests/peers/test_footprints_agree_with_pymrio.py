"""Footprints agree with pymrio 0.7.0 on its own test system, as ``record.py`` wrote it down.

pymrio's D_cba, D_pba, D_imp and D_exp are production- and consumption-based accounts and embodied
imports and exports by sector; with the suffix ``_reg`` they are totals by region and hold what
final demand itself causes. Its column of exports in each region's block counts as that region's
demand, and so it does here, because it names the region.
"""

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector
from xinzhi.structure.footprints import embodied_imports_by_product, footprints

ENTRIES = json.loads((Path(__file__).parent / "pymrio.json").read_text(encoding="utf-8"))


def recorded(name):
    return np.array(ENTRIES[name])


def same(ours, theirs):
    return np.asarray(ours) == pytest.approx(theirs.ravel(), rel=1e-9)


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
        primary_inputs=[output - flows.sum(axis=0)],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),),
        output=output,
        satellites=recorded("F"),
        satellites_final=recorded("F_Y"),
        satellite_rows=tuple(
            Satellite(name, Text(name, name), "kg") for name in ENTRIES["stressors"]
        ),
        regions=tuple(ENTRIES["regions"]),
    )


@pytest.mark.parametrize(
    ("column", "theirs"),
    [
        ("production", "D_pba"),
        ("consumption", "D_cba"),
        ("exports", "D_exp"),
        ("multiplier", "M"),
    ],
)
def test_accounts_by_sector_agree(table, column, theirs):
    assert same(footprints(table).to_frame("sectors")[column], recorded(theirs))


def test_embodied_imports_by_product_agree(table):
    assert same(embodied_imports_by_product(table)["imports"], recorded("D_imp"))


@pytest.mark.parametrize(
    ("column", "theirs"), [("production_based", "D_pba_reg"), ("consumption_based", "D_cba_reg")]
)
def test_totals_by_region_agree(table, column, theirs):
    assert same(footprints(table).to_frame()[column], recorded(theirs))


def test_traded_totals_are_the_sums_of_the_sectors(table):
    regions = footprints(table).to_frame()
    count = len(ENTRIES["regions"])
    for column, theirs in (("imports", "D_imp"), ("exports", "D_exp")):
        by_region = recorded(theirs).reshape(2, count, -1).sum(axis=2)
        assert same(regions[column], by_region)
