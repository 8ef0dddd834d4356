"""Value added in exports: one region by hand and in the official tables, many by identities."""

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.proportionality import split_imports_proportionally
from xinzhi.structure.trade import demand_by_region, value_added_in_exports
from xinzhi.structure.trade_decomposition import (
    BORIN_MANCINI_TERMS,
    KOOPMAN_WANG_WEI_TERMS,
    decompose_exports,
)

PARTS = ["domestic_value_added", "taxes_on_products", "foreign_content", "taxes_abroad"]
VALUE_ADDED = PrimaryCategory("VA", "value_added", Text("增加值", "Value added"))


def one_sector(**others):
    """Make a table of one sector: output 100, of it 20 used at home, 30 exported."""
    given = {
        "sectors": (Sector("1", Text("工业", "Manufacturing")),),
        "flows": [[20.0]],
        "final_demand": [[50.0, 30.0]],
        "final_categories": (
            FinalCategory("C", "consumption", Text("消费", "Consumption")),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        "primary_inputs": [[60.0], [6.0], [4.0]],
        "primary_categories": (
            VALUE_ADDED,
            PrimaryCategory("TX", "taxes_on_products", Text("产品税", "Taxes on products")),
            PrimaryCategory("TA", "taxes_abroad", Text("境外税", "Taxes abroad")),
        ),
        "output": [100.0],
        "imported_flows": [[10.0]],
        "imported_final_demand": [[5.0, 2.0]],
        "unit": "CNY_10k",
    }
    return IOTable(**{**given, **others})


def test_content_of_exports_by_hand():
    """L is 1/(1 − 0.2), so of exports of 30 each unit of direct input weighs 1.25 × 30."""
    result = value_added_in_exports(one_sector())
    row = result.to_frame().iloc[0]
    assert row["exports"] == 30
    assert np.isclose(row["domestic_value_added"], 0.6 * 37.5)
    assert np.isclose(row["taxes_on_products"], 0.06 * 37.5)
    assert np.isclose(row["foreign_content"], 0.1 * 37.5)
    assert np.isclose(row["taxes_abroad"], 0.04 * 37.5)
    assert np.isclose(row["vertical_specialisation_share"], 0.125)
    assert np.isclose(row["value_added_origin"], 0.6 * 37.5)
    assert np.isclose(row["imported_inputs"], 0.1 * 37.5)
    assert row["re_exports"] == 2
    total = result.to_frame("total").iloc[0]
    assert np.isclose(total["vertical_specialisation_share"], 0.125)
    assert np.isclose(total["domestic_value_added_share"], 0.75)
    assert total["re_exports"] == 2
    assert result.units["foreign_content"] == "CNY_10k"
    assert result.parameters["flows"] == "domestic"


def test_processing_trade_is_warned_of_and_assumptions_are_repeated():
    assumption = Text("某项假定", "some assumption")
    warnings = value_added_in_exports(one_sector(assumptions=(assumption,))).warnings
    assert warnings[0] == assumption
    assert "加工贸易" in warnings[1].zh
    assert "偏低" in warnings[1].zh
    assert "understated" in warnings[1].en


@given(io_tables(kinds=("separate", "closed")))
def test_parts_sum_to_exports_and_both_readings_agree(table):
    result = value_added_in_exports(table)
    sectors = result.to_frame()
    assert np.allclose(sectors[PARTS].sum(axis=1), sectors["exports"], atol=1e-8)
    assert np.isclose(sectors["value_added_origin"].sum(), sectors["domestic_value_added"].sum())
    assert np.isclose(sectors["imported_inputs"].sum(), sectors["foreign_content"].sum())
    assert "region" not in sectors
    shares = sectors["vertical_specialisation_share"].dropna()
    assert ((shares >= -1e-12) & (shares <= 1 + 1e-12)).all()


@given(io_tables(kinds=("competitive",)))
def test_a_competitive_table_is_refused_until_it_is_split(table):
    with pytest.raises(InputError) as error:
        value_added_in_exports(table)
    assert "split_imports_proportionally" in error.value.text("zh")
    assert "competitive" in error.value.text("en")
    result = value_added_in_exports(split_imports_proportionally(table))
    assert "assumption of proportionality" in result.warnings[0].en


def test_many_regions_are_sent_to_the_decomposition():
    with pytest.raises(InputError) as error:
        value_added_in_exports(two_regions())
    assert "2 个地区" in error.value.text("zh")
    assert "Use decompose_exports" in error.value.text("en")


@pytest.mark.parametrize(("year", "share"), [(2017, 0.210), (2018, 0.212), (2020, 0.195)])
def test_vertical_specialisation_of_china(year, share, official_folder):
    """Our own numbers from the official tables of 42 sectors: an alarm, not a published figure."""
    table = read_io_table(official_folder / f"io_china_{year}_42.csv")
    total = value_added_in_exports(table).to_frame("total").iloc[0]
    assert round(total["vertical_specialisation_share"], 3) == share
    assert np.isclose(total[PARTS].sum(), total["exports"], rtol=1e-9)
    assert total["re_exports"] > 0


@pytest.mark.parametrize("country", ["chn", "jpn"])
def test_the_identity_of_oecd_tables_needs_their_taxes(country, official_folder):
    table = read_io_table(official_folder / f"io_oecd_{country}_2018.csv")
    total = value_added_in_exports(split_imports_proportionally(table)).to_frame("total").iloc[0]
    assert total["taxes_on_products"] > 0
    assert np.isclose(total[PARTS].sum(), total["exports"], rtol=1e-5)  # figures of one decimal


def two_regions(**others):
    """Make a table of two regions with one sector each, and exports of A to the outside."""
    given = {
        "sectors": (Sector("1", Text("工业", "Manufacturing")),),
        "flows": [[20.0, 30.0], [10.0, 40.0]],
        "final_demand": [[30.0, 15.0, 5.0], [20.0, 30.0, 0.0]],
        "final_categories": (
            FinalCategory("C", "consumption", Text("消费", "Consumption"), "A"),
            FinalCategory("C", "consumption", Text("消费", "Consumption"), "B"),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        "primary_inputs": [[60.0, 25.0]],
        "primary_categories": (VALUE_ADDED,),
        "output": [100.0, 100.0],
        "imported_flows": [[10.0, 5.0]],
        "imported_final_demand": [[0.0, 0.0, 0.0]],
        "regions": ("A", "B"),
    }
    return IOTable(**{**given, **others})


def test_two_regions_by_hand():
    """A = [[.2, .3], [.1, .4]], det(I − A) = .45, B = [[.6, .3], [.1, .8]] / .45.

    Exports of A: 30 inputs, 15 final and 5 outside, 50; of B: 10 and 20, 30.
    """
    found = decompose_exports(two_regions())
    nine = found.to_frame("koopman_wang_wei").iloc[0]
    b_aa, b_ab, b_ba = 0.6 / 0.45, 0.3 / 0.45, 0.1 / 0.45
    foreign = 1 - 0.6 * b_aa
    expected = {
        "exports": 50,
        "domestic_final": 0.6 * b_aa * 20,
        "domestic_intermediate": 0.6 * b_ab * 30,
        "domestic_third": 0.0,
        "returned_final": 0.6 * b_ab * 20,
        "returned_intermediate": 0.6 * b_ab * 0.1 / 0.8 * 30,
        "domestic_double_counting": 0.6 * b_ab * 0.1 / 0.8 * 50,
        "foreign_final": foreign * 20,
        "foreign_intermediate": foreign * 0.3 / 0.6 * 30,
        "foreign_double_counting": foreign * 0.3 / 0.6 * 30,
    }
    for name, value in expected.items():
        assert np.isclose(nine[name], value), name
    terms = found.to_frame().iloc[0]
    assert np.isclose(terms["domestic_content"], 0.6 * b_aa * 50)
    assert np.isclose(terms["domestic_value_added"], 0.6 / 0.8 * 50)
    assert np.isclose(terms["directly_absorbed"], 0.6 / 0.8 * (20 + 0.3 / 0.6 * 30))
    # output of B for A's final demand is b_ba·30 + b_bb·20
    returned = 0.3 * (b_ba * 30 + 0.8 / 0.45 * 20)
    assert np.isclose(terms["reflection"], 0.6 / 0.8 * returned)
    assert np.isclose(terms["foreign_value_added"], foreign / (0.8 * b_aa) * 50)
    bilateral = found.to_frame("bilateral")
    assert list(zip(bilateral["region"], bilateral["partner"], strict=True)) == [
        ("A", "B"),
        ("A", ""),
        ("B", "A"),
        ("B", ""),
    ]
    assert bilateral["exports"].tolist() == [45, 5, 30, 0]


@given(io_tables(kinds=("many_regions",), most_sectors=3))
def test_terms_sum_to_exports_and_partners_to_regions(table):
    found = decompose_exports(table)
    nine, terms = found.to_frame("koopman_wang_wei"), found.to_frame()
    near = {"atol": 1e-8 * max(1.0, terms["exports"].max()), "rtol": 1e-8}
    assert np.allclose(nine[list(KOOPMAN_WANG_WEI_TERMS)].sum(axis=1), nine["exports"], **near)
    for whole, parts in {
        "exports": ("domestic_content", "foreign_content"),
        "domestic_content": ("domestic_value_added", "domestic_double_counting"),
        "domestic_value_added": ("value_added_exports", "reflection"),
        "foreign_content": ("foreign_value_added", "foreign_double_counting"),
        "gvc_trade": ("gvc_backward", "gvc_forward"),
    }.items():
        assert np.allclose(terms[whole], terms[list(parts)].sum(axis=1), **near), whole
    # what both decompositions share
    for name, of_nine in {
        "domestic_double_counting": ["domestic_double_counting"],
        "reflection": ["returned_final", "returned_intermediate"],
        "value_added_exports": ["domestic_final", "domestic_intermediate", "domestic_third"],
        "foreign_content": ["foreign_final", "foreign_intermediate", "foreign_double_counting"],
    }.items():
        assert np.allclose(terms[name], nine[of_nine].sum(axis=1), **near), name
    summed = found.to_frame("bilateral").groupby("region", observed=True, sort=False)
    assert np.allclose(summed[list(BORIN_MANCINI_TERMS)].sum(), terms[list(BORIN_MANCINI_TERMS)])


@given(io_tables(kinds=("many_regions",), most_sectors=3))
def test_value_added_exports_and_foreign_value_added_agree_with_their_definitions(table):
    """VAX is v_s (B Y) abroad; FVA is foreign content once s exports no intermediates."""
    terms = decompose_exports(table).to_frame()
    size, sectors = table.size, len(table.sectors)
    demand = demand_by_region(table)
    inputs = coefficients(table.flows, table.output)
    inverse = np.linalg.inv(np.eye(size) - inputs)
    domestic = coefficients(table.primary_inputs.sum(axis=0), table.output)
    outside = coefficients(table.imported_flows.sum(axis=0), table.output)
    near = {"atol": 1e-8 * max(1.0, terms["exports"].max()), "rtol": 1e-8}
    for place in range(len(table.regions)):
        block = slice(place * sectors, (place + 1) * sectors)
        elsewhere = np.delete(inverse @ demand, place, axis=1)[block].sum(axis=1)
        assert np.allclose(terms["value_added_exports"][place], domestic[block] @ elsewhere, **near)
        cut = inputs.copy()
        cut[block] = 0.0
        cut[block, block] = inputs[block, block]
        once = domestic + outside
        once[block] = outside[block]
        content = (once @ np.linalg.inv(np.eye(size) - cut))[block]
        exports = table.flows[block].sum(axis=1) - table.flows[block, block].sum(axis=1)
        exports = exports + demand[block].sum(axis=1) - demand[block, place]
        assert np.allclose(terms["foreign_value_added"][place], content @ exports, **near)


def test_outside_and_taxes_are_warned_of():
    warnings = decompose_exports(two_regions()).warnings
    assert len(warnings) == 1
    assert "国外含量" in warnings[0].zh
    assert "foreign content" in warnings[0].en
    taxed = two_regions(
        primary_inputs=[[50.0, 20.0], [10.0, 5.0]],
        primary_categories=(
            VALUE_ADDED,
            PrimaryCategory("TX", "taxes_on_products", Text("产品税", "Taxes on products")),
        ),
    )
    warnings = decompose_exports(taxed).warnings
    assert "产品税" in warnings[1].zh
    assert "taxes on products paid at home" in warnings[1].en


def test_one_region_and_competitive_tables_are_refused():
    with pytest.raises(InputError) as error:
        decompose_exports(one_sector())
    assert "value_added_in_exports" in error.value.text("zh")
    assert "one region only" in error.value.text("en")
    competitive = two_regions(
        imported_flows=None,
        imported_final_demand=None,
        imports=[0.0, 0.0],
        primary_inputs=[[70.0, 30.0]],
    )
    with pytest.raises(InputError) as error:
        decompose_exports(competitive)
    assert "竞争型" in error.value.text("zh")
    assert "split_imports_proportionally" in error.value.text("en")


def test_final_demand_of_no_region_is_refused():
    categories = (
        FinalCategory("C", "consumption", Text("消费", "Consumption"), "A"),
        FinalCategory("G", "consumption", Text("消费", "Consumption")),
        FinalCategory("EX", "exports", Text("出口", "Exports")),
    )
    with pytest.raises(InputError) as error:
        demand_by_region(two_regions(final_categories=categories))
    assert "须注明" in error.value.text("zh")
    assert "must name one of them: G" in error.value.text("en")


def test_exports_that_name_a_region_are_its_demand():
    """Some tables of many regions keep a column of exports in each region's own block."""
    categories = (
        FinalCategory("C", "consumption", Text("消费", "Consumption"), "A"),
        FinalCategory("C", "consumption", Text("消费", "Consumption"), "B"),
        FinalCategory("EX", "exports", Text("出口", "Exports"), "B"),
    )
    demand = demand_by_region(two_regions(final_categories=categories))
    assert demand.tolist() == [[30, 20, 0], [20, 30, 0]]


def test_the_discrepancy_is_demand_at_home():
    table = two_regions(final_demand=[[30.0, 15.0, 3.0], [20.0, 30.0, 0.0]], discrepancy=[2.0, 0.0])
    assert demand_by_region(table).tolist() == [[32, 15, 3], [20, 30, 0]]
