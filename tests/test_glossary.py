"""Every public name of the measures and every column of their tables is in the glossary."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pandas as pd
import pytest

import xinzhi
from xinzhi import measure
from xinzhi.core import Result
from xinzhi.data import embedded_panel, load_system

PAGE = Path(__file__).resolve().parents[1] / "docs" / "glossary.md"
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
    )


def test_rows_are_whole_and_unique():
    codes = [row[0] for row in rows()]
    assert len(codes) == len(set(codes))
    for code, *others in rows():
        assert len(others) == 4, code
        assert all(others), code
        assert CHINESE.search(others[2]), code
        assert not CHINESE.search(others[1]), code


def test_every_public_name_of_the_measures_is_there():
    assert set(measure.__all__) <= names()


def test_every_field_is_there():
    known = names()
    kinds = (
        *(measure.Method, measure.Uncertainty, measure.IndexResult, measure.CouplingResult),
        *(measure.AHPResult, measure.BenefitOfDoubtResult, measure.ComparisonResult),
        *(measure.SensitivityResult, measure.SynergyResult, measure.TrendResult),
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
            assert name in {field.name for field in dataclasses.fields(getattr(xinzhi, owner))}
