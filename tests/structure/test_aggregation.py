"""Aggregation: totals commute, multipliers do not; what is carried along; what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.classifications import parse_classification
from xinzhi.data.concordances import Concordance, concordance
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import (
    FinalCategory,
    IOTable,
    PrimaryCategory,
    Satellite,
    Sector,
)
from xinzhi.structure.aggregation import aggregate
from xinzhi.structure.leontief import leontief_system

ASSUMPTION = Text("按给定份额", "by the shares given")


def joining(shares: np.ndarray, source: str = "drawn", assumptions=()) -> Concordance:
    """Return a concordance of sectors 00, 01 … to A, B …"""
    rows, columns = shares.shape
    return Concordance(
        source=source,
        target="coarse",
        from_sectors=tuple(
            Sector(f"{k:02d}", Text(f"部门{k}", f"Sector {k}")) for k in range(rows)
        ),
        to_sectors=tuple(
            Sector("ABCDEFGH"[k], Text(f"组{k}", f"Group {k}")) for k in range(columns)
        ),
        shares=shares,
        path=(source, "coarse"),
        assumptions=assumptions,
    )


@st.composite
def tables_with_concordances(draw, shared: bool = False):
    """Draw a table, a concordance that joins its sectors, and a grouping of its regions."""
    table = draw(io_tables())
    size = len(table.sectors)
    shares = np.zeros((size, 2))
    for row in range(size):
        part = draw(st.sampled_from((0.0, 0.25, 0.6, 1.0) if shared else (0.0, 1.0)))
        shares[row] = part, 1.0 - part
    groups = {region: draw(st.sampled_from(("甲", "乙"))) for region in table.regions}
    return table, joining(shares), draw(st.sampled_from((None, groups)))


def test_a_small_table_by_hand():
    # Sectors 00 and 01 join; figures are added up by hand.
    table = IOTable(
        sectors=tuple(Sector(f"{k:02d}", Text(f"部门{k}", f"Sector {k}")) for k in range(3)),
        flows=np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]),
        final_demand=np.array([[10.0, 4], [15, 0], [20, 6]]),
        final_categories=(
            FinalCategory("C", "consumption", Text("消费", "Consumption")),
            FinalCategory("E", "exports", Text("出口", "Exports")),
        ),
        primary_inputs=np.array([[5.0, 10, 30]]),
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=np.array([20.0, 30, 50]),
        imported_flows=np.array([[1.0, 2, 0], [1, 1, 1], [1, 2, 1]]),
        imported_final_demand=np.array([[1.0, 0], [2, 0], [3, 0]]),
        satellites=np.array([[100.0, 200, 400]]),
        satellite_rows=(Satellite("JOBS", Text("就业", "Employment"), "persons"),),
        classification="drawn",
        unit="CNY_10k",
        year=2020,
        rounding=0.5,
    )
    small = aggregate(table, joining(np.array([[1.0, 0], [1, 0], [0, 1]])))
    assert small.codes == ("A", "B")
    assert small.flows.tolist() == [[12, 9], [15, 9]]
    assert small.final_demand.tolist() == [[25, 4], [20, 6]]
    assert small.primary_inputs.tolist() == [[15, 30]]
    assert small.output.tolist() == [50, 50]
    assert small.imported_flows is not None
    assert small.imported_flows.tolist() == [[5, 1], [3, 1]]
    assert small.imported_final_demand is not None
    assert small.imported_final_demand.tolist() == [[3, 0], [3, 0]]
    assert small.satellites is not None
    assert small.satellites.tolist() == [[300, 400]]
    assert (small.classification, small.year, small.unit) == ("coarse", 2020, "CNY_10k")
    assert small.rounding == 2.0  # a figure of the sum joins up to two rows and two columns


@given(tables_with_concordances())
def test_totals_commute_with_aggregation(case):
    table, coarser, groups = case
    small = aggregate(table, coarser, groups)
    for name in ("flows", "final_demand", "output", "imports", "imported_flows", "satellites"):
        before, after = getattr(table, name), getattr(small, name)
        assert (before is None) == (after is None)
        if before is not None:
            assert after.sum() == pytest.approx(before.sum(), abs=1e-6)
    names = small.regions
    along = [names.index(groups[r] if groups else r) for r in table.regions]
    members = coarser.shares.argmax(axis=1)
    for place in range(small.size):
        region, sector = divmod(place, len(small.sectors))
        own = [
            r * len(table.sectors) + s
            for r in range(len(table.regions))
            for s in range(len(table.sectors))
            if along[r] == region and members[s] == sector
        ]
        assert small.value_added[place] == pytest.approx(table.value_added[own].sum())
        assert small.final()[place] == pytest.approx(table.final()[own].sum(), abs=1e-6)
        assert small.intermediate_inputs[place] == pytest.approx(
            table.intermediate_inputs[own].sum()
        )


@given(tables_with_concordances(shared=True))
def test_shares_keep_the_totals_and_the_balance(case):
    table, coarser, groups = case
    small = aggregate(table, coarser, groups)  # IOTable refuses what does not balance
    assert small.output.sum() == pytest.approx(table.output.sum())
    assert small.value_added.sum() == pytest.approx(table.value_added.sum())
    assert small.final().sum() == pytest.approx(table.final().sum(), abs=1e-6)


@given(tables_with_concordances())
def test_sectors_and_regions_may_be_joined_in_either_order(case):
    table, coarser, groups = case
    groups = groups or dict.fromkeys(table.regions, "甲")
    at_once = aggregate(table, coarser, groups)
    for one in (
        aggregate(aggregate(table, coarser), None, groups),
        aggregate(aggregate(table, None, groups), coarser),
    ):
        assert one.regions == at_once.regions
        assert one.final_categories == at_once.final_categories
        np.testing.assert_allclose(one.flows, at_once.flows, atol=1e-6)
        np.testing.assert_allclose(one.final_demand, at_once.final_demand, atol=1e-6)


@given(io_tables())
def test_the_identity_changes_nothing(table: IOTable):
    size = len(table.sectors)
    same = aggregate(table, replace(joining(np.eye(size)), to_sectors=table.sectors))
    np.testing.assert_array_equal(same.flows, table.flows)
    np.testing.assert_array_equal(same.final_demand, table.final_demand)
    assert same.sectors == table.sectors
    assert same.rounding == table.rounding


def test_output_follows_from_the_sum_but_multipliers_are_not_sums(official_folder: Path):
    table = read_io_table(official_folder / "io_china_2018_42.csv")
    three = aggregate(table, concordance("cn42", "cn3"))
    shares = concordance("cn42", "cn3").shares
    demand = three.final()
    np.testing.assert_allclose(leontief_system(three).solve(demand), three.output, rtol=1e-9)
    multipliers = leontief_system(table).solve_rows(np.ones(42))
    weighted = shares.T @ (multipliers * table.output) / three.output
    coarse = leontief_system(three).solve_rows(np.ones(3))
    assert np.abs(coarse / weighted - 1).max() > 0.005


@pytest.mark.parametrize("year", [2018, 2020])
def test_the_153_sectors_of_a_year_become_its_42(official_folder: Path, year: int):
    detailed = read_io_table(official_folder / f"io_china_{year}_153.csv")
    printed = read_io_table(official_folder / f"io_china_{year}_42.csv")
    summed = aggregate(detailed, concordance("cn153", "cn42"))
    assert summed.classification == printed.classification == "cn42"
    assert summed.codes == printed.codes
    assert summed.inputs == detailed.inputs
    np.testing.assert_allclose(summed.output, printed.output, rtol=1e-9)
    np.testing.assert_allclose(summed.value_added, printed.value_added, rtol=1e-6)
    # The printed table keeps imports apart; together with the domestic flows they are the same.
    assert printed.imported_flows is not None
    np.testing.assert_allclose(
        summed.flows, printed.flows + printed.imported_flows, rtol=1e-6, atol=1e-3 * 10_000
    )


def test_regions_join_with_their_final_demand():
    sector = (Sector("00", Text("全部", "All")),)
    uses = tuple(
        FinalCategory("C", "consumption", Text("消费", "Consumption"), region)
        for region in ("北", "南", "西")
    )
    table = IOTable(
        sectors=sector,
        flows=np.array([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]),
        final_demand=np.array([[1.0, 2, 4], [8, 16, 32], [64, 128, 256]]),
        final_categories=uses,
        primary_inputs=np.array([[1.0, 56, 454]]),
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=np.array([13.0, 71, 472]),
        regions=("北", "南", "西"),
        primary_final=np.array([[1.0, 2, 3]]),
        satellites_final=np.array([[10.0, 20, 30]]),
        satellites=np.array([[1.0, 2, 3]]),
        satellite_rows=(Satellite("CO2", Text("排放", "Emissions"), "unspecified"),),
        discrepancy=np.zeros(3),
    )
    joined = aggregate(table, None, {"北": "东部", "南": "东部", "西": "西"})
    assert joined.regions == ("东部", "西")
    assert [c.region for c in joined.final_categories] == ["东部", "西"]
    assert joined.flows.tolist() == [[12, 9], [15, 9]]
    assert joined.final_demand.tolist() == [[27, 36], [192, 256]]
    assert joined.output.tolist() == [84, 472]
    assert joined.primary_final is not None
    assert joined.primary_final.tolist() == [[3, 3]]
    assert joined.satellites_final is not None
    assert joined.satellites_final.tolist() == [[30, 30]]
    assert joined.discrepancy is not None
    assert joined.discrepancy.tolist() == [0, 0]
    assert joined.sectors == sector


def drawn(size: int = 3) -> IOTable:
    return IOTable(
        sectors=tuple(Sector(f"{k:02d}", Text(f"部门{k}", f"Sector {k}")) for k in range(size)),
        flows=np.ones((size, size)),
        final_demand=np.ones((size, 1)),
        final_categories=(FinalCategory("C", "consumption", Text("消费", "Consumption")),),
        primary_inputs=np.ones((1, size)),
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=np.full(size, size + 1.0),
        classification="drawn",
        assumptions=(Text("原有的假定", "an assumption of before"),),
    )


def test_assumptions_are_added_once():
    coarser = joining(np.array([[0.5, 0.5], [1, 0], [0, 1]]), assumptions=(ASSUMPTION,))
    small = aggregate(drawn(), coarser)
    assert small.assumptions == (*drawn().assumptions, ASSUMPTION)
    again = aggregate(
        small, replace(coarser, source="coarse", from_sectors=small.sectors, shares=np.eye(2))
    )
    assert again.assumptions == small.assumptions


def test_a_concordance_from_another_classification_is_refused():
    with pytest.raises(InputError) as error:
        aggregate(drawn(), joining(np.eye(3)[:, :2], source="cn42"))
    assert "the input–output table is in drawn, but the concordance starts from cn42" in str(
        error.value
    )
    assert "Take a concordance from drawn." in error.value.text("en")
    assert "投入产出表的分类是 drawn，而对应关系从 cn42 出发" in error.value.text("zh")


def test_a_sector_the_concordance_lacks_is_named():
    with pytest.raises(InputError) as error:
        aggregate(drawn(), joining(np.eye(2)))
    assert "the concordance from drawn lacks sectors of the table: 02" in error.value.text("en")
    assert "对应关系中没有这些部门：02" in error.value.text("zh")


def test_a_sector_with_figures_must_have_a_counterpart():
    with pytest.raises(InputError) as error:
        aggregate(drawn(), joining(np.eye(3)[:, :2]))
    assert "sectors with figures have no counterpart in coarse: 02" in error.value.text("en")
    assert "这些部门有数字，但在 coarse 中没有对应：02" in error.value.text("zh")


def test_a_sector_without_figures_may_have_none():
    empty = drawn()
    flows = np.array(empty.flows)
    flows[2], flows[:, 2] = 0.0, 0.0
    table = replace(
        empty,
        flows=flows,
        final_demand=np.array([[2.0], [2], [0]]),
        primary_inputs=np.array([[2.0, 2, 0]]),
        output=np.array([4.0, 4, 0]),
    )
    assert aggregate(table, joining(np.eye(3)[:, :2])).output.tolist() == [4, 4]
    imported = np.zeros((3, 3))
    imported[2, 0] = 1.0
    with pytest.raises(InputError, match="no counterpart"):
        aggregate(
            replace(
                table,
                imported_flows=imported,
                imported_final_demand=np.zeros((3, 1)),
                primary_inputs=np.array([[1.0, 2, 0]]),
            ),
            joining(np.eye(3)[:, :2]),
        )


def test_a_table_may_have_part_of_the_sectors_in_another_order():
    text = """
id = "drawn"
sectors = [
  { code = "99", to = { cn3 = "1" } },
  { code = "02", to = { cn3 = "1" } },
  { code = "00", to = { cn3 = "2" } },
  { code = "01", to = { cn3 = "3" } },
]
"""
    user = parse_classification(text.encode(), "drawn.toml")
    shares = np.array([[1.0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]])
    coarser = replace(joining(shares), from_sectors=user.sectors)
    table = drawn()
    rescaled = replace(
        table,
        output=np.array([5.0, 6, 7]),
        final_demand=np.array([[2.0], [3], [4]]),
        primary_inputs=np.array([[2.0, 3, 4]]),
    )
    assert aggregate(rescaled, coarser).output.tolist() == [7, 5, 6]


def test_regions_without_a_group_and_groups_without_a_region_are_named():
    with pytest.raises(InputError) as error:
        aggregate(drawn(), None, {"上海": "东部"})
    english, chinese = error.value.text("en"), error.value.text("zh")
    assert "the groups of regions do not fit the regions of the table" in english
    assert "not in the table: 上海" in english
    assert "表中没有：上海" in chinese
    table = replace(drawn(), regions=("上海",))
    with pytest.raises(InputError) as error:
        aggregate(table, None, {})
    assert "without a group: 上海" in error.value.text("en")
    assert "没有归组：上海" in error.value.text("zh")
