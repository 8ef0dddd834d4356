"""Location quotients by hand, and what holds for every region's table made with them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables

from xinzhi.core import InputError, Text
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Satellite, Sector
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.location_quotients import (
    QUOTIENT_METHODS,
    location_quotients,
    simple_quotients,
)
from xinzhi.structure.proportionality import split_imports_proportionally
from xinzhi.structure.regionalisation import regionalise

CAPPED = [method for method in QUOTIENT_METHODS if method != "aflq"]


def test_quotients_by_hand():
    """A tenth of the nation with shares 60:40 where the nation has 40:60, so SLQ 1.5 and 2/3."""
    region, nation = [60.0, 40.0], [400.0, 600.0]
    size = np.log2(1.1) ** 0.3
    assert np.allclose(simple_quotients(region, nation), [1.5, 2 / 3])
    assert np.allclose(location_quotients(region, nation, "slq"), [[1.5, 1.5], [2 / 3, 2 / 3]])
    cross = np.array([[1.5, 2.25], [4 / 9, 2 / 3]])
    assert np.allclose(location_quotients(region, nation, "cilq"), cross)
    assert np.allclose(location_quotients(region, nation), size * cross)
    assert np.allclose(location_quotients(region, nation, delta=0.0), cross)
    augmented = np.minimum(size * cross, 1) * [np.log2(2.5), 1]
    augmented[0, 1] = size * 2.25  # the second buyer is not specialised
    assert np.allclose(location_quotients(region, nation, "aflq"), augmented)


def test_an_absent_sector_sells_and_buys_nothing():
    quotients = location_quotients([0.0, 50.0], [400.0, 600.0], "cilq")
    assert quotients.tolist() == [[0, 0], [0, quotients[1, 1]]]
    assert np.isnan(simple_quotients([0.0, 5.0], [0.0, 50.0])[0])


def test_sectors_of_a_group_share_a_quotient_and_count_as_one():
    region, nation = [60.0, 40.0], [400.0, 600.0]
    grouped = location_quotients(region, nation, "cilq", groups=[0, 0, 1])
    assert np.allclose(grouped, [[1.5, 1.5, 2.25], [1.5, 1.5, 2.25], [4 / 9, 4 / 9, 2 / 3]])


def nation(**others):
    """Make a nation of three sectors; value added 80, 200 and 120."""
    output = np.array([200.0, 400.0, 200.0])
    flows = np.array([[20.0, 60.0, 0.0], [60.0, 80.0, 40.0], [20.0, 20.0, 30.0]])
    imported = np.array([[0.0, 10.0, 0.0], [20.0, 30.0, 0.0], [0.0, 0.0, 10.0]])
    consumption, stocks = np.array([80.0, 90.0, 100.0]), np.array([10.0, -10.0, 0.0])
    exports = output - flows.sum(axis=1) - consumption - stocks
    value_added = output - flows.sum(axis=0) - imported.sum(axis=0)
    names = ("农业", "Farming"), ("工业", "Manufacturing"), ("服务业", "Services")
    given = {
        "sectors": tuple(Sector(f"{k}", Text(*name)) for k, name in enumerate(names, 1)),
        "flows": flows,
        "final_demand": np.column_stack([consumption, stocks, exports]),
        "final_categories": (
            FinalCategory("C", "consumption", Text("消费", "Consumption")),
            FinalCategory("S", "stock_changes", Text("存货变动", "Changes in stocks")),
            FinalCategory("EX", "exports", Text("出口", "Exports")),
        ),
        "primary_inputs": [value_added],
        "primary_categories": (
            PrimaryCategory("VA", "value_added", Text("增加值", "Value added")),
        ),
        "output": output,
        "imported_flows": imported,
        "imported_final_demand": np.array([[8.0, 0.0, 0.0], [12.0, 0.0, 4.0], [0.0, 0.0, 0.0]]),
        "satellites": [[400.0, 200.0, 100.0]],
        "satellite_rows": (Satellite("JOBS", Text("就业", "Employment"), "persons"),),
        "unit": "CNY_100m",
    }
    return IOTable(**{**given, **others})


def weights(values, labels="123"):
    return pd.Series(values, index=list(labels), dtype=float)


def test_the_rules_by_hand():
    """A tenth of farming and services, a fifth of manufacturing, by SLQ."""
    table = nation()
    assert table.value_added.tolist() == [80, 200, 120]
    region = regionalise(table, weights([8, 40, 12]), "沪", method="slq")
    assert region.regions == ("沪",)
    assert np.allclose(region.output, [20, 80, 20])
    assert np.allclose(region.value_added, [8, 40, 12])
    # 60 of 400: SLQ 2/3, 4/3 and 2/3; manufacturing supplies all that is bought of it
    slq = np.array([2 / 3, 1, 2 / 3])
    scale = np.array([0.1, 0.2, 0.1])
    assert np.allclose(region.flows[1], [6, 16, 4])
    wanted = slq[0] * table.flows[0] * scale
    consumed = slq[0] * 0.15 * 80
    room = 20 - 0.1 * 10
    assert wanted.sum() + consumed < room
    assert np.allclose(region.flows[0], wanted)
    assert np.allclose(region.final_demand[0], [consumed, 1, room - wanted.sum() - consumed])
    assert np.allclose(region.final_demand[1, :2], [0.15 * 90, -2])
    assert np.allclose(
        region.imported_final_demand[:, 0],
        0.15 * np.array([88, 102, 100]) - (region.final_demand[:, 0]),
    )
    needed = (table.flows + table.imported_flows) * scale
    assert np.allclose(region.flows + region.imported_flows, needed)
    assert np.allclose(region.satellites, [[40, 40, 10]])
    kinds = [(c.kind, c.region) for c in region.final_categories]
    assert kinds == [("consumption", "沪"), ("stock_changes", "沪"), ("exports", "")]


def test_uses_beyond_supply_are_cut_in_one_proportion_and_named():
    """Farming makes 100 and is bought for more: all its uses shrink alike, the rest is imported."""
    short = nation(
        flows=[[20.0, 160.0, 0.0], [60.0, 80.0, 40.0], [20.0, 20.0, 30.0]],
        final_demand=[[10.0, 10.0, 0.0], [90.0, -10.0, 140.0], [100.0, 0.0, 30.0]],
        primary_inputs=[[80.0, 100.0, 120.0]],
    )
    region = regionalise(short, weights([40, 100, 60]), "沪", method="slq")
    # SLQ is 3/4 of farming: it sells .75 × (10 + 160 + 0) and .75 × 2/3 × 10 of the 100 it makes
    cut = (100 - 5) / (0.75 * 170 + 0.75 * 10 * 2 / 3)
    assert cut < 1
    assert np.allclose(region.flows[0], np.array([7.5, 120, 0]) * cut)
    assert np.allclose(region.final_demand[0], [5 * cut, 5, 0])
    assert np.allclose(region.imported_flows[0], np.array([10, 170, 0]) - region.flows[0])
    assert "以下部门的产出少于推算的本地需求" in region.assumptions[-1].zh
    assert region.assumptions[-1].zh.endswith("：1。")
    assert "imported: 1." in region.assumptions[-1].en


def test_assumptions_say_whose_structure_it_is():
    assumption = Text("某项假定", "some assumption")
    table = nation(assumptions=(assumption,))
    said = regionalise(table, weights([8, 40, 12]), "Shanghai").assumptions
    assert said[0] == assumption
    assert said[1].zh.startswith("全国的投入结构，Shanghai 的权重：")
    assert "FLQ（δ = 0.3）" in said[1].zh
    assert said[1].en.startswith("National structure, Shanghai's weights:")
    assert "FLQ (delta = 0.3)" in said[1].en
    assert "SLQ；" not in said[1].zh


def test_groups_share_a_quotient_and_the_table_says_what_it_cannot_tell():
    groups = {"1": "goods", "2": "goods", "3": "services"}
    table = nation()
    region = regionalise(
        table, weights([42.0, 24.0], ["goods", "services"]), "沪", groups=groups, method="slq"
    )
    assert np.allclose(region.output, table.output * [0.15, 0.15, 0.2])
    assert np.allclose(region.value_added[:2].sum(), 42)
    ours = coefficients(region.flows, region.output)
    theirs = coefficients(table.flows, table.output)
    assert np.allclose(ours[:2, :2], theirs[:2, :2] * (42 / 280) / (66 / 400))
    assert "以下各组内的部门共用一个区位商：goods。" in region.assumptions[1].zh
    assert "组内" in region.assumptions[1].zh
    assert "share one quotient: goods" in region.assumptions[1].en
    assert "says nothing about 沪's own structure inside a group" in region.assumptions[1].en


def test_weights_may_be_employment_of_region_and_nation():
    table = nation()
    region = regionalise(
        table, weights([40, 40, 10]), "沪", national=weights([400, 200, 100]), method="slq"
    )
    assert np.allclose(region.output, table.output * [0.1, 0.2, 0.1])
    assert np.allclose(region.satellites.sum(), 90)


@pytest.mark.parametrize("method", QUOTIENT_METHODS)
@given(table=io_tables(kinds=("separate",)))
def test_a_region_that_is_the_nation_has_its_coefficients(table, method):
    region = regionalise(table, weights(table.value_added, table.codes), "全国", method=method)
    assert np.allclose(region.output, table.output)
    assert np.allclose(region.flows, table.flows, atol=1e-9 * table.output.sum())
    assert np.allclose(region.final("exports"), table.final("exports"), atol=1e-8)


@given(io_tables(kinds=("separate",)), st.floats(0.01, 1.0))
def test_a_region_with_the_nations_shares_has_its_coefficients_by_slq(table, size):
    own = weights(table.value_added * size, table.codes)
    region = regionalise(table, own, "某地", method="slq")
    assert np.allclose(
        coefficients(region.flows, region.output), coefficients(table.flows, table.output)
    )


@st.composite
def regions(draw):
    table = draw(io_tables(kinds=("separate",)))
    # shares of a millionth of a millionth are no region's, and their products leave the floats
    share = st.floats(0.0, 1.0).map(lambda value: round(value, 9))
    shares = draw(st.lists(share, min_size=table.size, max_size=table.size))
    shares[0] = max(shares[0], 0.01)  # sector 1 of a drawn table always makes something
    return table, weights(table.value_added * shares, table.codes)


@given(regions(), st.sampled_from(QUOTIENT_METHODS))
def test_every_regional_table_balances_within_national_technology(drawn, method):
    table, own = drawn
    region = regionalise(
        table, own, "某地", method=method
    )  # the type refuses what does not balance
    assert np.allclose(region.value_added, own)
    active = region.output > 0
    ours = coefficients(region.flows, region.output)
    theirs = coefficients(table.flows, table.output)
    total = theirs + coefficients(table.imported_flows, table.output)
    assert (ours <= (total if method == "aflq" else theirs) + 1e-12).all()
    both = ours + coefficients(region.imported_flows, region.output)
    assert np.allclose(both[:, active], total[:, active])
    assert (region.imported_flows >= -1e-9 * table.output.sum()).all()
    stocks = region.final("stock_changes")
    assert (region.final("exports") >= np.minimum(region.output - stocks, 0) - 1e-6).all()


@given(regions())
def test_flq_is_at_most_cilq(drawn):
    table, own = drawn
    flegg = location_quotients(own, table.value_added, "flq")
    assert (flegg <= location_quotients(own, table.value_added, "cilq") + 1e-12).all()


def test_the_national_table_of_42_sectors_with_coarse_weights(official_folder):
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    names = ("primary", "secondary", "tertiary")
    groups = {code: names[(int(code) > 1) + (int(code) > 28)] for code in table.codes}
    whole = pd.Series(table.value_added, index=table.codes).groupby(groups).sum()
    own = whole * pd.Series({"primary": 0.001, "secondary": 0.03, "tertiary": 0.05})
    region = regionalise(table, own, "某市", groups=groups)
    made = pd.Series(region.value_added, index=region.codes).groupby(groups).sum()
    assert np.allclose(made, own[made.index])
    assert np.abs(region.balance()[["row_gap", "column_gap"]].to_numpy()).max() < 1
    assert region.separate


def refused(*arguments, **options):
    with pytest.raises(InputError) as error:
        regionalise(*arguments, **options)
    return error.value.text("zh"), error.value.text("en")


def test_labels_that_do_not_fit_are_named():
    zh, en = refused(nation(), weights([8, 40, 12], "124"), "沪")
    assert "地区权重与部门或分组不符" in zh
    assert "缺少：3" in zh
    assert "表中没有：4" in zh
    assert "the region's weights do not fit" in en
    assert "missing: 3" in en
    assert "not in the table: 4" in en
    zh, en = refused(nation(), weights([8, 40, 12]), "沪", national=weights([1, 2, 3], "122"))
    assert "全国权重与部门或分组不符" in zh
    assert "missing: 3" in en
    zh, en = refused(nation(), weights([8, 40], "ab"), "沪", groups={"1": "a", "2": "b", "9": "b"})
    assert "部门分组与投入产出表不符" in zh
    assert "缺少：3" in zh
    assert "not in the table: 9" in en


def test_weights_that_cannot_be_are_named():
    zh, en = refused(nation(), weights([90, 40, 12]), "沪")
    assert "地区权重大于全国权重" in zh
    assert "1：地区 90，全国 80" in zh
    assert "1: region 90, nation 80" in en
    zh, en = refused(nation(), weights([8, -40, 12]), "沪")
    assert "权重为负" in zh
    assert "weights are negative" in en
    zh, en = refused(nation(), weights([8, np.nan, 12]), "沪")
    assert "权重有缺失值" in zh
    assert "weights are missing" in en
    zh, en = refused(nation(), weights([0, 0, 0]), "沪")
    assert "全部为零" in zh
    assert "all zero" in en
    with pytest.raises(InputError) as error:
        location_quotients([1.0], [1.0, 2.0])
    assert "形状不同" in error.value.text("zh")
    assert "differ in shape" in error.value.text("en")


def test_unknown_methods_and_deltas_are_refused():
    zh, en = refused(nation(), weights([8, 40, 12]), "沪", method="rlq")
    assert "没有区位商方法 rlq；可用：slq、cilq、flq、aflq" in zh
    assert "there are: slq, cilq, flq, aflq" in en
    zh, en = refused(nation(), weights([8, 40, 12]), "沪", delta=1.0)
    assert "delta 应在 [0, 1) 内，给出的是 1" in zh
    assert "delta must lie in [0, 1); it is 1" in en


@given(io_tables(kinds=("competitive",), most_sectors=2))
def test_a_competitive_table_is_refused_until_it_is_split(table):
    own = weights(table.value_added / 2, table.codes)
    zh, en = refused(table, own, "某地")
    assert "区位商不能直接用于它" in zh
    assert "split_imports_proportionally" in en
    region = regionalise(split_imports_proportionally(table), own, "某地")
    assert "assumption of proportionality" in region.assumptions[0].en


def test_a_table_of_many_regions_is_refused():
    table = nation()
    doubled = IOTable(
        sectors=table.sectors,
        flows=np.zeros((6, 6)),
        final_demand=np.tile(table.output, 2)[:, np.newaxis],
        final_categories=(FinalCategory("C", "consumption", Text("消费", "Consumption"), "A"),),
        primary_inputs=[np.tile(table.output, 2)],
        primary_categories=table.primary_categories,
        output=np.tile(table.output, 2),
        regions=("A", "B"),
    )
    zh, en = refused(doubled, weights([8, 40, 12]), "沪")
    assert "2 个地区" in zh
    assert "has 2 regions" in en
