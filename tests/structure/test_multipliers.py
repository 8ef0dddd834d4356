"""Multipliers: what a unit of final demand pays for sums to one; type II against its inverse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.structure.leontief import coefficients, leontief_system
from xinzhi.structure.multipliers import (
    direct_coefficients,
    households,
    multipliers,
    primary_multipliers,
    satellite_multipliers,
)

APART = ("separate", "closed", "many_regions")


@given(io_tables(kinds=APART))
def test_value_added_product_taxes_and_imports_sum_to_one(table):
    frame = multipliers(table)
    paid = frame[["value_added_multiplier", "product_tax_multiplier", "import_multiplier"]]
    sums = paid.sum(axis=1).to_numpy()
    assert sums[table.output > 0] == pytest.approx(1.0, abs=1e-9)
    assert not sums[table.output == 0].any()


@given(io_tables(kinds=APART))
def test_all_primary_inputs_and_imports_sum_to_one(table):
    primary = primary_multipliers(table)
    sums = primary.groupby(["region", "code"], sort=False)["multiplier"].sum().to_numpy()
    sums = sums + multipliers(table)["import_multiplier"].to_numpy()
    assert sums[table.output > 0] == pytest.approx(1.0, abs=1e-9)


@given(io_tables(kinds=("competitive",)))
def test_a_competitive_table_has_no_import_multiplier(table):
    assert "import" not in direct_coefficients(table)
    assert "import_multiplier" not in multipliers(table)


@given(io_tables())
def test_value_added_embodied_in_final_demand_is_value_added(table):
    demand = table.output - table.flows @ (table.output > 0)
    frame = multipliers(table)
    embodied = frame["value_added_multiplier"] @ demand
    assert embodied == pytest.approx(table.value_added.sum(), rel=1e-9)


@given(io_tables())
def test_satellites_are_counted_like_any_other_input(table):
    frame = satellite_multipliers(table)
    demand = table.output - table.flows @ (table.output > 0)
    jobs = table.satellite("JOBS")
    assert list(frame["satellite"].unique()) == ["JOBS"]
    assert frame["multiplier"] @ demand == pytest.approx(jobs.sum(), rel=1e-9, abs=1e-9)
    assert frame["direct"].to_numpy() == pytest.approx(coefficients(jobs, table.output))


def test_a_table_without_satellites_has_no_multipliers_of_them(two_sectors):
    assert satellite_multipliers(two_sectors).empty
    assert list(satellite_multipliers(two_sectors)) == [
        *("region", "code", "satellite", "direct", "multiplier")
    ]


@given(io_tables())
def test_type_two_is_the_inverse_closed_for_households(table):
    """The slow twin: households as rows and columns of one larger matrix, inverted."""
    closed = households(table)
    size, regions = table.size, len(table.regions)
    whole = np.zeros((size + regions, size + regions))
    whole[:size, :size] = coefficients(table.flows, table.output)
    whole[size:, :size] = closed.income
    whole[:size, size:] = closed.spending
    inverse = np.linalg.inv(np.eye(size + regions) - whole)[:size, :size]
    frame = multipliers(table, endogenous=closed)
    first = multipliers(table)
    for name, direct in direct_coefficients(table).items():
        slow = direct @ inverse
        column = frame[f"{name}_multiplier"].to_numpy()
        assert column == pytest.approx(slow, rel=1e-8, abs=1e-9)
        assert (column >= first[f"{name}_multiplier"].to_numpy() - 1e-9).all()


@given(io_tables())
def test_households_spend_no_more_than_compensation(table):
    closed = households(table)
    assert (closed.spending.sum(axis=0) <= 1 + 1e-12).all()
    assert (closed.spending >= 0).all()


@pytest.fixture
def two_sectors():
    """Return a table with taxes on what households buy, and imports for them."""
    return IOTable(
        sectors=(Sector("1", Text("一", "One")), Sector("2", Text("二", "Two"))),
        flows=[[20, 30], [10, 40]],
        final_demand=[[40, 10, 0], [60, 40, 50]],
        final_categories=(
            FinalCategory("FU101", "consumption", Text("居民消费", "Households")),
            FinalCategory("GOV", "consumption", Text("政府消费", "Government")),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        primary_inputs=[[30, 50], [35, 70]],
        primary_categories=(
            PrimaryCategory("W", "compensation", Text("劳动者报酬", "Compensation")),
            PrimaryCategory("S", "operating_surplus", Text("营业盈余", "Surplus")),
        ),
        output=[100, 200],
        imported_flows=[[5, 0], [0, 10]],
        imported_final_demand=[[20, 0, 0], [0, 0, 0]],
        primary_final=[[0, 0, 0], [0, 0, 0]],
    )


def test_households_by_hand(two_sectors):
    """Compensation 80; households spend 40 + 60 at home and 20 abroad: 120 in all."""
    closed = households(two_sectors)
    assert closed.income.tolist() == [[0.3, 0.25]]
    assert closed.spending[:, 0] == pytest.approx([40 / 120, 60 / 120])
    assert "FU101" in closed.assumption.en
    assert "居民消费取 FU101" in closed.assumption.zh


def test_all_consumption_stands_for_households_where_it_is_not_split(two_sectors):
    categories = tuple(
        replace(c, code="TC") if c.code == "FU101" else c for c in two_sectors.final_categories
    )
    table = replace(two_sectors, final_categories=categories)
    closed = households(table)
    assert closed.spending[:, 0] == pytest.approx([50 / 170, 100 / 170])
    assert "the government's too" in closed.assumption.en
    assert "表中未分列居民消费" in closed.assumption.zh
    named = households(table, ["TC"])
    assert named.spending[:, 0] == pytest.approx([40 / 120, 60 / 120])


def test_consumption_columns_that_are_not_there_are_named(two_sectors):
    with pytest.raises(InputError) as caught:
        households(two_sectors, ["HH", "EX"])
    assert "no consumption column EX, HH; there are: FU101, GOV" in caught.value.text("en")
    assert "没有消费列 EX、HH" in caught.value.text("zh")


def test_without_compensation_type_two_is_refused(two_sectors):
    whole = replace(
        two_sectors,
        primary_inputs=two_sectors.primary_inputs.sum(axis=0, keepdims=True),
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        primary_final=None,
    )
    with pytest.raises(InputError) as caught:
        households(whole)
    assert "no row of compensation of employees" in caught.value.text("en")
    assert "type I multipliers only" in caught.value.text("en")
    assert "没有“劳动者报酬”一行" in caught.value.text("zh")
    assert "income" not in direct_coefficients(whole)
    assert "product_tax" not in direct_coefficients(whole)


def test_the_system_can_be_given(two_sectors):
    system = leontief_system(two_sectors)
    assert multipliers(two_sectors, system).equals(multipliers(two_sectors))


def test_a_circle_without_leaks_has_no_end():
    table = small([[150, 500], [200, 100]], [1000, 2000])
    table = replace(
        table,
        primary_categories=(PrimaryCategory("W", "compensation", Text("报酬", "Wages")),),
    )
    with pytest.raises(ComputationError) as caught:
        multipliers(table, endogenous=households(table))
    assert "nothing leaks" in caught.value.text("en")
    assert "use type I multipliers only" in caught.value.text("en")
    assert "没有漏出" in caught.value.text("zh")
