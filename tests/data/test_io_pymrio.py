"""Conversion from and to pymrio, and the embedded table."""

from __future__ import annotations

import runpy
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pymrio
import pytest
from hypothesis import given, settings
from io_samples import LAYOUTS, text_of
from tests.io_strategies import io_tables

from xinzhi.core import ComputationError, InputError
from xinzhi.data import figures
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_pymrio import from_pymrio, to_pymrio
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import IOTable

REPOSITORY = Path(__file__).resolve().parents[2]
# What pymrio has no place for: titles become codes.
LOST = ("prices", "source", "assumptions", "inputs", "tolerance")


def assert_same(table: IOTable, again: IOTable) -> None:
    for item in fields(IOTable):
        one, other = getattr(table, item.name), getattr(again, item.name)
        if isinstance(one, np.ndarray):
            assert other is not None, item.name
            largest = np.abs(one).max(initial=0)
            np.testing.assert_allclose(
                other, one, rtol=1e-14, atol=1e-14 * largest, err_msg=item.name
            )
        elif item.name in ("sectors", "satellite_rows"):
            assert [x.code for x in one] == [x.code for x in other]
        elif item.name in ("final_categories", "primary_categories"):
            assert [(x.code, x.kind) for x in one] == [(x.code, x.kind) for x in other]
        elif item.name not in LOST:
            assert one == other, item.name
    assert dict(table.satellite_units) == dict(again.satellite_units)
    assert [c.region for c in again.final_categories if c.kind != "exports"] == [
        c.region for c in table.final_categories if c.kind != "exports"
    ]


def there_and_back(table: IOTable) -> IOTable:
    return from_pymrio(
        to_pymrio(table),
        classification=table.classification,
        year=table.year,
        rounding=table.rounding,
    )


@settings(max_examples=40)
@given(table=io_tables())
def test_there_and_back_is_the_identity(table: IOTable):
    assert_same(table, there_and_back(table))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_there_and_back_from_files(layout: str, tmp_path: Path):
    path = tmp_path / "t_2019.csv"
    path.write_text(text_of(LAYOUTS[layout]()), "utf-8")
    table = read_io_table(path)
    assert_same(table, there_and_back(table))


def test_the_test_system_of_pymrio():
    system = pymrio.load_test()
    table = from_pymrio(system, classification="test", year=2010)
    assert (len(table.regions), len(table.sectors), table.unit) == (6, 8, "USD_million")
    np.testing.assert_array_equal(table.flows, system.Z.to_numpy())
    assert [c.kind for c in table.final_categories[:6]] == [
        *["consumption"] * 3,
        "investment",
        *["stock_changes"] * 2,
    ]
    assert table.final_categories[-1].kind == "exports"
    assert table.final_categories[-1].region == ""
    assert [row.code for row in table.satellite_rows] == [
        *("Value Added", "emission_type1 air", "emission_type2 water"),
    ]
    np.testing.assert_array_equal(table.satellites[1:], system.emissions.F.to_numpy())
    total = system.emissions.F_Y.to_numpy().sum()
    assert table.satellites_final is not None
    assert table.satellites_final[1:].sum() == pytest.approx(total, rel=1e-14)
    assert "output less intermediate inputs" in table.assumptions[0].en
    again = from_pymrio(to_pymrio(table), classification="test", year=2010)
    assert_same(table, again)


def test_pymrio_calculates_the_same_from_its_own_system_and_from_ours():
    system = pymrio.load_test().calc_all()
    ours = to_pymrio(from_pymrio(system)).calc_all()
    np.testing.assert_allclose(ours.L.to_numpy(), system.L.to_numpy(), rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(
        ours.satellites.D_cba.to_numpy()[1:], system.emissions.D_cba.to_numpy(), rtol=1e-9
    )
    np.testing.assert_allclose(
        ours.satellites.D_cba_reg.to_numpy()[1:], system.emissions.D_cba_reg.to_numpy(), rtol=1e-9
    )


def test_value_added_from_an_extension_must_balance():
    system = pymrio.load_test()
    # The test system's own value added does not fill its columns.
    with pytest.raises(InputError, match="inputs less output"):
        from_pymrio(system, value_added="Factor Inputs")
    residual = system.Z.sum(axis=1) + system.Y.sum(axis=1) - system.Z.sum(axis=0)
    system.factor_inputs.F = pd.DataFrame([residual], index=["Value Added"])
    table = from_pymrio(system, value_added="Factor Inputs")
    assert [(c.code, c.kind) for c in table.primary_categories] == [("Value Added", "value_added")]
    assert [row.code for row in table.satellite_rows] == [
        "emission_type1 air",
        "emission_type2 water",
    ]
    assert table.assumptions == ()


def test_rows_of_an_extension_are_told_apart():
    system = pymrio.load_test()
    residual = system.Z.sum(axis=1) + system.Y.sum(axis=1) - system.Z.sum(axis=0)
    names = [
        *("Taxes less subsidies on products purchased", "Other net taxes on production"),
        *("Compensation of employees; wages", "Operating surplus: consumption of fixed capital"),
        *("Operating surplus: rents", "Anything else"),
    ]
    frame = pd.DataFrame([residual / 8] * 6, index=names)
    frame.iloc[5] = residual * 3 / 8
    system.factor_inputs.F = frame
    table = from_pymrio(system, value_added="Factor Inputs")
    assert [c.kind for c in table.primary_categories] == [
        *("taxes_on_products", "taxes_on_production", "compensation"),
        *("depreciation", "operating_surplus", "value_added"),
    ]


def test_labels_of_two_extensions_that_are_the_same():
    system = pymrio.load_test()
    system.more = pymrio.Extension("More", F=system.emissions.F * 2, unit=system.emissions.unit)
    codes = [row.code for row in from_pymrio(system).satellite_rows]
    assert "Emissions: emission_type1 air" in codes
    assert "More: emission_type1 air" in codes


def refused(system: object, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        from_pymrio(system, **options)  # type: ignore[arg-type]
    assert caught.value.text("zh") != caught.value.text("en")
    return caught.value.text("en")


def test_systems_that_are_refused():
    system = pymrio.load_test()
    assert "has no extension jobs" in refused(system, value_added="jobs")
    renamed = pymrio.load_test()
    renamed.Y = renamed.Y.rename(columns={"Changes in valuables": "Gold"})
    renamed.emissions.F_Y = renamed.emissions.F_Y.rename(columns={"Changes in valuables": "Gold"})
    message = refused(renamed)
    assert "kind of these categories of final demand is not clear: Gold" in message
    assert "State them with kinds" in message
    kept = from_pymrio(renamed, kinds={"Gold": "stock_changes"})
    assert kept.final_categories[5].kind == "stock_changes"
    mixed = pymrio.load_test()
    mixed.unit.iloc[0, 0] = "kg"
    assert "mixes units: kg, Mill USD" in refused(mixed)
    flat = pymrio.load_test()
    flat.Z = flat.Z.droplevel(0)
    assert "labelled by region and sector" in refused(flat)
    flat = pymrio.load_test()
    flat.Y = flat.Y.droplevel(0, axis=1)
    assert "labelled by region and category" in refused(flat)
    assert "has no Z or Y" in refused(pymrio.IOSystem())
    bare = pymrio.load_test()
    bare.emissions.F = None
    assert "the extension Emissions has no F" in refused(bare)


def test_an_unknown_unit_is_said():
    system = pymrio.load_test()
    system.unit["unit"] = "M.EUR"
    table = from_pymrio(system)
    assert table.unit == "unspecified"
    assert "The unit is M.EUR, not converted." in [text.en for text in table.assumptions]


def test_final_demand_of_no_region():
    table = from_pymrio(pymrio.load_test())
    category = replace(table.final_categories[0], region="elsewhere")
    with pytest.raises(InputError, match="is of no region of the table, and no export"):
        to_pymrio(replace(table, final_categories=(category, *table.final_categories[1:])))


def test_without_pymrio(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "pymrio", None)
    with pytest.raises(ComputationError, match="this needs pymrio") as caught:
        to_pymrio(embedded_io_table())
    assert 'pip install "xinzhi[inputoutput]"' in caught.value.text("zh")


# The embedded table


def test_the_embedded_table():
    table = embedded_io_table()
    assert (table.classification, table.year, table.unit) == ("cn3", 2017, "CNY_trillion")
    assert table.competitive
    assert table.codes == ("1", "2", "3")
    assert np.abs(table.balance()[["row_gap", "column_gap"]].to_numpy()).max() < 1e-9
    assert table.value_added.sum() == pytest.approx(82.32)
    assert table.inputs[0].rows == 36
    said = " ".join(text.en for text in table.assumptions)
    for words in ("no official release", "Imports lie inside the uses", "entered as consumption"):
        assert words in said
    assert "未注明编制机构" in table.source.zh


def test_the_embedded_table_is_built_from_the_published_facts(figures_folder: Path):
    script = runpy.run_path(str(REPOSITORY / "scripts" / "build_figures.py"))
    built = script["build_io_table"](figures_folder)
    folder = Path(figures.__file__).parent / "figures"
    assert list(built) == ["io_table.csv"]
    assert (folder / "io_table.csv").read_bytes() == built["io_table.csv"].encode("utf-8")
