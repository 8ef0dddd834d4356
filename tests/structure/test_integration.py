"""Integration coefficients: sums of coefficients over groups, and the groups that are shipped."""

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.core import InputError
from xinzhi.structure.integration import (
    SECTOR_GROUPS,
    integration,
    integration_summary,
    sector_groups,
)
from xinzhi.structure.leontief import coefficients, leontief_system, value_added_coefficients
from xinzhi.structure.multipliers import multipliers


@given(io_tables())
def test_groups_that_cover_all_sectors_add_up(table):
    groups = {"a": table.codes[:1], "b": table.codes[1:]}
    frame = integration(table, groups)
    sums = frame.groupby(["region", "code"], sort=False)[["direct", "total", "value_added"]].sum()
    whole = multipliers(table)
    direct = coefficients(table.flows, table.output).sum(axis=0)
    assert sums["direct"].to_numpy() == pytest.approx(direct)
    assert sums["total"].to_numpy() == pytest.approx(whole["output_multiplier"].to_numpy() - 1)
    expected = whole["value_added_multiplier"].to_numpy()
    assert sums["value_added"].to_numpy() == pytest.approx(expected)


def test_by_hand():
    table = small([[10, 20], [30, 40]], [100, 200])
    groups = {"goods": ["0"], "services": ["1"]}
    frame = integration(table, groups).set_index(["code", "input_group"])
    inverse = leontief_system(table).inverse()
    added = value_added_coefficients(table)
    goods = frame.loc[("0", "services")]
    assert goods["direct"] == pytest.approx(0.3)
    assert goods["total"] == pytest.approx(inverse[1, 0])
    assert goods["value_added"] == pytest.approx(added[1] * inverse[1, 0])
    own = frame.loc[("0", "goods")]
    assert own["total"] == pytest.approx(inverse[0, 0] - 1)
    summary = integration_summary(table, groups).set_index(["user_group", "input_group"])
    assert summary.loc[("goods", "services"), "direct"] == pytest.approx(0.3)
    assert summary.loc[("services", "goods"), "total"] == pytest.approx(inverse[0, 1])


def test_a_summary_weighs_sectors_by_output():
    table = small([[10, 20], [30, 40]], [100, 200])
    summary = integration_summary(table, {"all": ["0", "1"], "second": ["1"]})
    found = summary.set_index(["user_group", "input_group"]).loc[("all", "second"), "direct"]
    assert found == pytest.approx((30 + 40) / 300)


def test_a_group_without_output_has_no_coefficients():
    table = small([[10, 0, 0], [0, 0, 0], [0, 0, 5]], [100, 0, 10])
    summary = integration_summary(table, {"idle": ["1"], "rest": ["0", "2"]})
    idle = summary[summary["user_group"] == "idle"]
    assert np.isnan(idle["direct"]).all()


@pytest.mark.parametrize("name", sorted(SECTOR_GROUPS))
def test_shipped_groups_have_codes_of_the_right_form(name):
    groups = sector_groups(name)
    width = 3 if name in ("cn139", "cn153") else 2
    assert set(groups) == {"manufacturing", "services", "digital"}
    assert not set(groups["manufacturing"]) & set(groups["services"])
    assert set(groups["digital"]) <= set(groups["manufacturing"]) | set(groups["services"])
    assert all(len(code) == width and code.isdigit() for codes in groups.values() for code in codes)


def test_classifications_without_groups_are_refused_with_what_to_do():
    table = small([[10, 20], [30, 40]], [100, 200])
    assert sector_groups("cn3") is None
    with pytest.raises(InputError) as caught:
        integration(table)
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert "no manufacturing, services and digital sectors are set" in english
    assert "cn42, cn42_2012, cn139, cn153, oecd45" in english
    assert "Give the sector codes of each group" in english
    assert "没有预设的制造业、服务业和数字部门" in chinese
    with pytest.raises(InputError) as caught:
        integration(table, {"goods": ["77"]})
    assert "no sector 77" in caught.value.text("en")
