"""The laws on the official tables, read in place: identities and published totals only."""

import numpy as np
import pytest

from xinzhi.data.io_readers import read_io_table
from xinzhi.structure.decomposition import structural_decomposition
from xinzhi.structure.inputoutput import inputoutput
from xinzhi.structure.multipliers import multipliers

SEPARATE = ("io_china_2017_42", "io_china_2018_42", "io_china_2020_42")
COMPETITIVE = ("io_china_2015_42", "io_china_2020_153", "io_oecd_chn_2018", "io_oecd_jpn_2005")


@pytest.fixture(scope="module")
def read(official_folder):
    known = {}

    def table(name):
        if name not in known:
            known[name] = read_io_table(official_folder / f"{name}.csv")
        return known[name]

    return table


@pytest.mark.parametrize("name", SEPARATE)
def test_value_added_and_import_multipliers_sum_to_one(read, name):
    frame = multipliers(read(name))
    paid = frame["value_added_multiplier"] + frame["import_multiplier"]
    assert paid.to_numpy() == pytest.approx(np.ones(42), abs=1e-12)


@pytest.mark.parametrize("name", COMPETITIVE)
def test_competitive_tables_have_no_import_multiplier_and_their_taxes_complete_the_sum(read, name):
    """What is left in the OECD's tables is their rounding to a tenth of a million dollars."""
    table = read(name)
    frame = multipliers(table)
    assert "import_multiplier" not in frame
    paid = frame["value_added_multiplier"] + frame.get("product_tax_multiplier", 0.0)
    made = table.output > 0
    assert paid[made].to_numpy() == pytest.approx(np.ones(made.sum()), abs=1e-3)
    if "oecd" in name:
        assert "product_tax_multiplier" in frame
        assert table.output[-1] == 0  # households as employers: a sector without output


@pytest.mark.parametrize("name", SEPARATE + COMPETITIVE)
def test_whole_results(read, name):
    table = read(name)
    result = inputoutput(table)
    sectors = result.to_frame().drop(columns="import_multiplier")
    assert np.isfinite(sectors.select_dtypes("number").to_numpy()).all()
    extraction = result.tables["extraction"]
    assert (extraction["output_loss"] >= 0).all()
    assert (extraction["other_output_loss"] >= -1e-6 * table.output.sum()).all()
    assert (sectors["downstreamness"] >= 1 - 1e-9).all()
    linkages = sectors[["backward_linkage", "forward_linkage"]].mean().to_numpy()
    assert linkages == pytest.approx([1, 1])
    if table.competitive:
        assert any("hold imports" in warning.en for warning in result.warnings)


def test_value_added_embodied_in_final_demand_is_the_gross_domestic_product(read):
    """101.6 trillion yuan in 2020, as published."""
    table = read("io_china_2020_42")
    embodied = multipliers(table)["value_added_multiplier"] @ table.final()
    assert embodied == pytest.approx(table.value_added.sum(), rel=1e-9)
    assert embodied / 1e8 == pytest.approx(101.6, abs=0.05)


def test_integration_covers_manufacturing_services_and_digital_sectors(read):
    table = read("io_china_2020_42")
    frame = inputoutput(table).tables["integration"].set_index(["input_group", "code"])
    whole = multipliers(table).set_index("code")["value_added_multiplier"]
    rest = frame.loc["manufacturing", "value_added"] + frame.loc["services", "value_added"]
    assert (rest < whole).all()  # agriculture, mining, utilities and construction have the rest
    assert (frame.loc["digital", "value_added"] < rest).all()


def test_decomposition_between_two_official_years_has_no_residual(read):
    first, second = read("io_china_2018_42"), read("io_china_2020_42")
    for of in ("output", "value_added"):
        result = structural_decomposition(first, second, of)
        effects, names = result.to_frame(), list(result.tables["totals"]["factor"])
        residual = effects[names].sum(axis=1) - effects["change"]
        assert np.abs(residual).max() <= 1e-10 * second.output.max()
        assert "nominal" in result.warnings[0].en
