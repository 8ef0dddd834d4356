"""Splitting a competitive table: shares, what is kept, re-exports, and the assumption said."""

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.structure.proportionality import import_shares, split_imports_proportionally

NAMES = ("农业", "Farming"), ("工业", "Manufacturing")


def two_sectors(flows, final, output, imports, **others):
    """Make a competitive table with consumption and exports."""
    flows, output = np.array(flows, dtype=float), np.array(output, dtype=float)
    regions = others.pop("regions", ("",))
    return IOTable(
        sectors=tuple(Sector(f"{k}", Text(*name)) for k, name in enumerate(NAMES, 1)),
        flows=flows,
        final_demand=final,
        final_categories=others.pop("categories", CATEGORIES),
        primary_inputs=[output - flows.sum(axis=0)],
        primary_categories=(PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),),
        output=output,
        imports=imports,
        regions=regions,
        **others,
    )


CATEGORIES = (
    FinalCategory("C", "consumption", Text("消费", "Consumption")),
    FinalCategory("EX", "exports", Text("出口", "Exports")),
)


def test_shares_by_hand():
    """Farming: 10 of 60 + 10 − 20 used at home is imported; manufacturing: 30 of 100 + 30 − 10."""
    table = two_sectors([[20, 10], [20, 60]], [[20, 20], [40, 10]], [60, 100], [10, 30])
    assert np.allclose(import_shares(table), [10 / 50, 30 / 120])
    split = split_imports_proportionally(table)
    assert np.allclose(split.flows, [[16, 8], [15, 45]])
    assert np.allclose(split.imported_flows, [[4, 2], [5, 15]])
    assert np.allclose(split.final_demand, [[16, 20], [30, 10]])
    assert np.allclose(split.imported_final_demand, [[4, 0], [10, 0]])
    assert split.separate
    assert not split.competitive
    assert split.discrepancy is None
    assert len(split.assumptions) == 1
    assert "比例性假定" in split.assumptions[0].zh
    assert "assumed, not observed" in split.assumptions[0].en


def test_imports_beyond_domestic_use_are_exported_again_and_named():
    """Farming makes 10, imports 20 and exports 25: 15 of the exports were imported."""
    table = two_sectors([[2, 1], [2, 4]], [[2, 25], [5, 1]], [10, 10], [20, 2])
    split = split_imports_proportionally(table)
    assert np.allclose(split.flows[0], 0)
    assert np.allclose(split.imported_flows[0], [2, 1])
    assert np.allclose(split.final_demand[0], [0, 10])
    assert np.allclose(split.imported_final_demand[0], [2, 15])
    assert "1 农业（15）" in split.assumptions[1].zh
    assert "exported again: 1 Farming (15)" in split.assumptions[1].en


def test_a_product_with_negative_domestic_use_keeps_its_uses():
    """Its stocks fall by more than is used; every import of it leaves again."""
    categories = (
        FinalCategory("S", "stock_changes", Text("存货变动", "Changes in stocks")),
        CATEGORIES[1],
    )
    table = two_sectors(
        [[1, 1], [2, 4]], [[-6, 19], [5, 1]], [10, 10], [5, 2], categories=categories
    )
    split = split_imports_proportionally(table)
    assert import_shares(table)[0] == 0
    assert np.allclose(split.flows[0], [1, 1])
    assert np.allclose(split.final_demand[0], [-6, 14])
    assert np.allclose(split.imported_final_demand[0], [0, 5])


def test_the_discrepancy_stays_with_the_domestic_product():
    table = two_sectors(
        [[20, 10], [20, 60]], [[20, 20], [40, 10]], [65, 100], [10, 30], discrepancy=[5.0, 0.0]
    )
    split = split_imports_proportionally(table)
    assert np.allclose(split.discrepancy, [5, 0])
    assert np.allclose(split.imported_flows.sum(axis=1) + split.imported_final(), [10, 30])


def test_imports_that_only_the_discrepancy_absorbs_are_named():
    """Farming makes 10 and imports 20 although only 12 are used: the discrepancy holds 18."""
    table = two_sectors(
        [[4, 2], [2, 4]], [[6, 0], [5, 1]], [10, 10], [20, 2], discrepancy=[18.0, 0.0]
    )
    split = split_imports_proportionally(table)
    assert np.allclose(split.imported_flows[0].sum() + split.imported_final()[0], 12)
    assert np.allclose(split.discrepancy, [10, 0])
    assert "计入统计误差：1 农业（8）" in split.assumptions[1].zh
    assert "counted in the statistical discrepancy: 1 Farming (8)" in split.assumptions[1].en


def test_imports_of_many_regions_are_added_up_by_product():
    categories = (
        FinalCategory("C", "consumption", Text("消费", "Consumption"), "A"),
        FinalCategory("C", "consumption", Text("消费", "Consumption"), "B"),
    )
    flows = np.full((4, 4), 2.0)
    final = np.full((4, 2), 4.0)
    imports = np.array([4.0, 2.0, 8.0, 0.0])
    table = two_sectors(
        flows, final, 16 - imports, imports, categories=categories, regions=("A", "B")
    )
    split = split_imports_proportionally(table)
    assert split.imported_flows.shape == (2, 4)
    # shares 1/4, 1/8, 1/2, 0 of 16 each
    assert np.allclose(split.imported_flows, [[1.5] * 4, [0.25] * 4])
    assert np.allclose(split.imported_final_demand, [[3.0] * 2, [0.5] * 2])


@given(io_tables(kinds=("competitive",)))
def test_nothing_is_lost_and_every_use_has_the_same_share(table):
    split = split_imports_proportionally(table)
    share = import_shares(table)
    assert np.allclose(split.flows + split.imported_flows, table.flows)
    assert np.allclose(split.final_demand + split.imported_final_demand, table.final_demand)
    used = split.imported_flows.sum(axis=1) + split.imported_final()
    assert np.allclose(used, table.imports, atol=1e-9 * table.output.sum())
    assert np.allclose(split.imported_flows, share[:, np.newaxis] * table.flows)
    assert np.array_equal(split.value_added, table.value_added)
    assert (share >= 0).all()
    assert (share <= 1).all()


def test_a_table_with_imports_apart_is_refused():
    table = two_sectors([[20, 10], [20, 60]], [[20, 20], [40, 10]], [60, 100], [10, 30])
    with pytest.raises(InputError) as error:
        split_imports_proportionally(split_imports_proportionally(table))
    assert "已把进口单列" in error.value.text("zh")
    assert "nothing to split" in error.value.text("en")


@pytest.mark.parametrize("name", ["io_china_2015_42", "io_china_2020_153", "io_oecd_chn_2018"])
def test_official_competitive_tables_split_and_balance(name, official_folder):
    table = read_io_table(official_folder / f"{name}.csv")
    split = split_imports_proportionally(table)
    used = split.imported_flows.sum(axis=1) + split.imported_final()
    slack = table.tolerance * (table.output + table.imports) + 200 * table.rounding
    assert (np.abs(used - table.imports) <= slack).all()
    assert len(split.assumptions) == len(table.assumptions) + 1  # nothing is exported again
