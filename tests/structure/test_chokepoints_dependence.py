from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.concentration import herfindahl, supplier_concentration
from xinzhi.structure.dependence import (
    dependence_by_sector,
    dependence_matrix,
    direct_dependence,
    economies,
    total_dependence,
)
from xinzhi.structure.dependence_change import change_of_dependence
from xinzhi.structure.leontief import coefficients

SEPARATE = ("separate", "closed", "many_regions")


def test_dependence_worked_by_hand():
    table = chain_table()
    np.testing.assert_allclose(direct_dependence(table), [[0.1, 0.0], [0.0, 0.25]])
    # sector 02 holds 0.2 of sector 01, which holds 0.1 of imports
    np.testing.assert_allclose(total_dependence(table), [[0.1, 0.02], [0.0, 0.25]])
    frame = dependence_by_sector(table, economies(table))
    assert frame["direct_dependence"].tolist() == pytest.approx([0.1, 0.25])
    assert frame["total_dependence"].tolist() == pytest.approx([0.1, 0.27])
    assert frame["imported_share_of_inputs"].tolist() == pytest.approx([1.0, 50 / 90])
    assert frame["largest_input"].tolist() == ["01", "02"]
    assert frame["largest_input_share"].tolist() == pytest.approx([1.0, 0.25 / 0.27])
    assert frame["concentration"].isna().all()


def test_the_matrix_holds_every_product_and_user():
    table = chain_table()
    frame = dependence_matrix(table, economies(table)).set_index(["product", "code"])
    assert frame.loc[("01", "02"), "direct"] == 0
    assert frame.loc[("01", "02"), "total"] == pytest.approx(0.02)
    # 02 uses 40 of product 01, all of it domestic; nobody uses product 02 but 02, all imported
    assert frame.loc[("01", "02"), "imported_share"] == 0
    assert frame.loc[("02", "02"), "imported_share"] == 1
    assert np.isnan(frame.loc[("02", "01"), "imported_share"])


def test_dependence_on_other_regions_worked_by_hand():
    table = two_regions()
    first, second = economies(table)
    # of 01, A's sector 02 gets 30 from B and 10 from outside; its final demand takes 20 from B
    np.testing.assert_allclose(first.imported, [[0.0, 40.0], [0.0, 0.0]])
    np.testing.assert_allclose(first.imported_final, [20.0, 0.0])
    np.testing.assert_allclose(first.direct[:, 1], [0.4, 0.0])
    assert not second.imported.any()
    by_use, by_product, by_user = supplier_concentration(table, "A")
    # shares 3/4 and 1/4
    assert by_use[0, 1] == by_product[0] == by_user[1] == pytest.approx(10 / 16)
    assert np.isnan(by_product[1])


def test_herfindahl_runs_from_even_to_one_origin():
    even, single, none = np.full(4, 2.5), np.array([0.0, 3.0, 0.0, 0.0]), np.zeros(4)
    found = herfindahl(np.column_stack([even, single, none]))
    assert found[:2].tolist() == [0.25, 1.0]
    assert np.isnan(found[2])


def test_a_table_of_one_region_tells_no_origin():
    assert supplier_concentration(chain_table(), "") is None


@given(io_tables(kinds=SEPARATE))
def test_imports_value_added_and_taxes_embodied_make_one(table: IOTable):
    size = len(table.sectors)
    for position, economy in enumerate(economies(table)):
        own = slice(position * size, (position + 1) * size)
        primary = coefficients(table.primary_inputs[:, own], economy.output).sum(axis=0)
        embodied = economy.total.sum(axis=0) + economy.system.solve_rows(primary)
        made = economy.output > 0
        np.testing.assert_allclose(embodied[made], 1.0, rtol=1e-9)
        assert (economy.total >= economy.direct - 1e-12).all()


@given(io_tables(kinds=SEPARATE))
def test_the_content_of_final_output_is_all_that_is_imported(table: IOTable):
    for economy in economies(table):
        np.testing.assert_allclose(
            economy.total @ economy.final_output,
            economy.imported.sum(axis=1),
            rtol=1e-8,
            atol=1e-8 * max(1.0, economy.output.sum()),
        )


@given(io_tables(kinds=("many_regions",)))
def test_a_region_of_many_is_the_same_as_alone(table: IOTable):
    size = len(table.sectors)
    for position, economy in enumerate(economies(table)):
        own = slice(position * size, (position + 1) * size)
        final = economy.output - economy.flows.sum(axis=1)
        alone = replace(
            table,
            regions=(table.regions[position],),
            flows=economy.flows,
            final_demand=final[:, np.newaxis],
            final_categories=(table.final_categories[-1],),
            primary_inputs=table.primary_inputs[:, own],
            output=economy.output,
            imported_flows=economy.imported,
            imported_final_demand=np.zeros((size, 1)),
            satellites=None,
            satellite_rows=(),
        )
        np.testing.assert_allclose(direct_dependence(alone), economy.direct, rtol=1e-12)
        np.testing.assert_allclose(total_dependence(alone), economy.total, rtol=1e-9, atol=1e-12)


@given(io_tables(kinds=("separate",)), st.randoms(use_true_random=False))
def test_order_and_unit_do_not_matter(table: IOTable, random):
    order = list(range(len(table.sectors)))
    random.shuffle(order)
    ten = 10.0
    moved = replace(
        table,
        sectors=tuple(table.sectors[k] for k in order),
        flows=ten * table.flows[np.ix_(order, order)],
        final_demand=ten * table.final_demand[order],
        primary_inputs=ten * table.primary_inputs[:, order],
        output=ten * table.output[order],
        imported_flows=ten * table.imported_flows[np.ix_(order, order)],
        imported_final_demand=ten * table.imported_final_demand[order],
        satellites=None,
        satellite_rows=(),
    )
    np.testing.assert_allclose(
        total_dependence(moved), total_dependence(table)[np.ix_(order, order)], rtol=1e-9
    )


@given(io_tables(kinds=("competitive",)))
def test_a_competitive_table_is_refused_with_what_to_do(table: IOTable):
    with pytest.raises(InputError) as refusal:
        total_dependence(table)
    assert "does not tell who uses the imports" in refusal.value.text("en")
    assert "split_imports_proportionally" in refusal.value.text("en")
    assert "竞争型投入产出表不区分各部门使用的进口品" in refusal.value.text("zh")


def test_an_unknown_region_is_named():
    with pytest.raises(InputError, match="no region C in the input–output table"):
        economies(two_regions(), ["C"])


def later(table: IOTable, year: int, more: float = 0.0) -> IOTable:
    """Return the table of another year, whose sector 02 imports ``more`` instead of adding it."""
    imported, primary = table.imported_flows.copy(), table.primary_inputs.copy()
    imported[0, 1] += more
    primary[0, 1] -= more
    return replace(table, year=year, imported_flows=imported, primary_inputs=primary)


def test_the_change_since_the_first_year_worked_by_hand():
    table = chain_table()
    frame = change_of_dependence([later(table, 2022, 20.0), table])
    assert frame["year"].tolist() == [2020] * 3 + [2022] * 3
    rows = frame.set_index(["year", "code"])
    assert rows.loc[(2022, "02"), "direct_dependence"] == pytest.approx(0.35)
    assert rows.loc[(2022, "02"), "total_change"] == pytest.approx(0.1)
    assert rows.loc[(2022, "01"), "direct_change"] == 0
    whole = frame[frame["code"].isna()]
    # imported inputs 60 then 80, output 300, final output 260
    assert whole["direct_dependence"].tolist() == pytest.approx([60 / 300, 80 / 300])
    assert whole["total_change"].tolist() == pytest.approx([0.0, 20 / 260])


def test_change_in_tables_of_many_regions():
    table = two_regions()
    frame = change_of_dependence([table, replace(table, year=2021)], ["A"])
    assert set(frame["region"]) == {"A"}
    assert len(frame) == 2 * 3
    assert (frame["total_change"] == 0).all()


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        ({"year": 2020}, "needs a year of its own; found: 2020, 2020", "年份须已知且互不相同"),
        ({"year": None}, "needs a year of its own; found: 2020, ?", "现为：2020、?"),
        (
            {"year": 2021, "classification": "cn42_2012"},
            "differ in their classification: cn42_2012, drawn",
            "2020 年与 2021 年的表分类不同",
        ),
        (
            {"year": 2021, "sectors": chain_table().sectors[::-1]},
            "differ in their sectors: another order",
            "部门不同：顺序不一",
        ),
        ({"year": 2021, "regions": ("上海",)}, "differ in their regions: , 上海", "地区不同"),
    ],
)
def test_tables_that_cannot_be_compared_are_refused(changes, en: str, zh: str):
    with pytest.raises(InputError) as refusal:
        change_of_dependence([chain_table(), chain_table(**changes)])
    assert en in refusal.value.text("en")
    assert zh in refusal.value.text("zh")


def test_one_table_has_no_change():
    with pytest.raises(InputError) as refusal:
        change_of_dependence([chain_table()])
    assert refusal.value.message == Text(
        "比较各年依赖度至少需要两张不同年份的投入产出表",
        "the change of dependence needs at least two input–output tables of different years",
    )
