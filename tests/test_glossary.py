"""Every public name of measures and structure, and every column of a result, is in the glossary."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

import xinzhi
from xinzhi import data, measure, structure
from xinzhi.core import Result, Text
from xinzhi.data import IOTable, embedded_panel, load_system

PAGE = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"
LAYERS = (xinzhi, data, measure, structure)
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def rows() -> list[list[str]]:
    """Return code name, symbol, English, Chinese and unit of every row."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in lines
        if line.startswith("| `")
    ]


def names() -> set[str]:
    text = PAGE.read_text(encoding="utf-8")
    plain = text.partition("## Plain labels")[2]
    return {row[0].strip("`") for row in rows()} | set(re.findall(r"`([^`]+)`", plain))


def io_table(year: int, *regions: str, competitive: bool = False) -> IOTable:
    """Return a balanced table of three sectors that has every part a table can have."""
    rng = np.random.default_rng(year)
    size = 3 * len(regions)
    flows, imported = rng.uniform(1, 5, (size, size)), rng.uniform(1, 5, (3, size))
    uses = [
        data.FinalCategory(kind, kind, Text(kind, kind), region)
        for region in regions
        for kind in ("consumption", "investment", "stock_changes")
    ]
    demand = rng.uniform(10, 20, (size, len(uses) + 1))
    output = flows.sum(axis=1) + demand.sum(axis=1)
    rest = output - flows.sum(axis=0)
    primary = (rest if competitive else rest - imported.sum(axis=0)) / 2
    final = rng.uniform(1, 5, (3, len(uses) + 1))
    apart = {"imported_flows": imported, "imported_final_demand": final}
    inside = {"imports": np.ones(size), "discrepancy": np.ones(size)}
    return IOTable(
        sectors=tuple(data.Sector(code, Text("部门", "Sector")) for code in ("12", "18", "20")),
        flows=flows,
        final_demand=demand,
        final_categories=(*uses, data.FinalCategory("EX", "exports", Text("出口", "Exports"))),
        primary_inputs=np.vstack([primary, primary]),
        primary_categories=(
            data.PrimaryCategory("W", "compensation", Text("报酬", "Compensation")),
            data.PrimaryCategory("T", "taxes_on_products", Text("税", "Taxes")),
        ),
        output=output,
        satellites=np.ones((1, size)),
        satellite_rows=(data.Satellite("co2", Text("二氧化碳", "CO2"), "tonnes"),),
        regions=regions,
        classification="cn42",
        year=year,
        **(inside if competitive else apart),
    )


def structural_results() -> tuple[Result, ...]:
    one, earlier = io_table(2020, "甲"), io_table(2017, "甲")
    many, inside = io_table(2020, "甲", "乙"), io_table(2020, "甲", competitive=True)
    options = {"groups": {"manufacturing": ["12", "18", "20"]}, "tracks": {"cars": {"18": 1.0}}}
    return (
        structure.inputoutput(one, earlier=earlier, **options),
        structure.inputoutput(many, **options),
        structure.chokepoints(one, earlier=[earlier]),
        structure.chokepoints(many),
        structure.value_added_in_exports(one),
        structure.decompose_exports(many),
        structure.footprints(many),
        structure.structural_decomposition(earlier, one, of="value_added"),
        structure.structural_decomposition(
            io_table(2017, "甲", competitive=True), inside, of="co2"
        ),
    )


@pytest.fixture(scope="module")
def results() -> tuple[Result, ...]:
    system = load_system("four_chains")
    values = system.evaluate(embedded_panel())
    index = measure.index(values, system)
    geometric = measure.index(values, system, measure.Method(aggregation="geometric"))
    normalised = index.tables["indicators"].set_index(["region", "year", "indicator"])
    judgements = {
        group: pd.DataFrame(1.0, index=list(members), columns=list(members))
        for group, members in measure.comparison_groups(system).items()
        if len(members) > 1
    }
    gdp = embedded_panel().to_array(["gdp"]).sel(indicator="gdp").dropna("year")
    return (
        index,
        measure.coupling(index),
        measure.ahp_weights(pd.DataFrame([[1, 3], [None, 1]], columns=["effort", "output"])),
        measure.benefit_of_doubt(normalised["normalised"].to_xarray()),
        measure.ahp_system(system, judgements)[1],
        measure.benefit_of_doubt_index(values, system),
        measure.index_sensitivity(values, system, n=16),
        measure.compare(index, geometric),
        measure.synergy(values["value"], system),
        measure.trend(gdp),
        *structural_results(),
    )


def test_rows_are_whole_and_unique():
    codes = [row[0] for row in rows()]
    assert len(codes) == len(set(codes))
    for code, *others in rows():
        assert len(others) == 4, code
        assert all(others), code
        assert CHINESE.search(others[2]), code
        assert not CHINESE.search(others[1]), code


@pytest.mark.parametrize("layer", [measure, structure])
def test_every_public_name_is_there(layer: ModuleType):
    assert set(layer.__all__) <= names()


def test_every_field_is_there():
    known = names()
    kinds = (
        *(measure.Method, measure.Uncertainty, measure.IndexResult, measure.CouplingResult),
        *(measure.AHPResult, measure.BenefitOfDoubtResult, measure.ComparisonResult),
        *(measure.SensitivityResult, measure.SynergyResult, measure.TrendResult),
        *(structure.Outage, structure.BalancedMatrix, structure.InputOutputResult),
        *(structure.ChokepointsResult, structure.ValueAddedInExportsResult),
        *(structure.ExportDecompositionResult, structure.FootprintsResult),
        structure.DecompositionResult,
    )
    for kind in kinds:
        for field in dataclasses.fields(kind):
            assert {field.name, f"{kind.__name__}.{field.name}"} & known, (kind, field.name)


def test_every_column_of_a_result_is_there(results: tuple[Result, ...]):
    known = names()
    for result in results:
        for table, frame in result.tables.items():
            for column in frame.columns:
                assert {column, f"{table}.{column}"} & known, (table, column)


def test_no_row_speaks_of_what_is_gone(results: tuple[Result, ...]):
    tables: dict[str, set[str]] = {}
    for result in results:
        for name, frame in result.tables.items():
            tables.setdefault(name, set()).update(frame.columns)
    for row in rows():
        owner, dot, name = row[0].strip("`").partition(".")
        if dot and owner in tables:
            assert name in tables[owner]
        elif dot:
            kind = next(getattr(layer, owner) for layer in LAYERS if hasattr(layer, owner))
            fields = {field.name for field in dataclasses.fields(kind)}
            assert name in fields or hasattr(kind, name)
