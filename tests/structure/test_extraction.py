"""Hypothetical extraction: rank-one updates against matrices with the sector really taken out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables, small

from xinzhi.core import InputError
from xinzhi.structure.extraction import extraction, extraction_effects, group_extraction
from xinzhi.structure.leontief import coefficients, leontief_system, value_added_coefficients

APART = ("separate", "closed", "many_regions")


def demand_of(table):
    return table.output - table.flows @ (table.output > 0)


def without(table, k, mode, share=1.0):
    """Return output when sector k is extracted, by solving the changed system."""
    direct, demand = coefficients(table.flows, table.output), demand_of(table)
    if mode == "forward":
        primary = table.output - table.output @ allocation(table)
        changed = allocation(table)
        changed[k] = 0
        return np.linalg.solve((np.eye(table.size) - changed).T, primary)
    if mode == "complete":
        direct[k] *= 1 - share
        demand[k] *= 1 - share
    if mode == "intermediate":
        direct[k] = 0
    if mode in ("intermediate", "backward"):
        direct[:, k] = 0
    return np.linalg.solve(np.eye(table.size) - direct, demand)


def allocation(table):
    return coefficients(table.flows.T, table.output).T * (table.output > 0)


@given(io_tables(), st.sampled_from(["complete", "intermediate", "backward", "forward"]))
def test_losses_are_those_of_the_changed_system(table, mode):
    frame, added = extraction(table, mode), value_added_coefficients(table)
    scale = 1e-8 * table.output.sum()
    for k in range(table.size):
        lost = table.output - without(table, k, mode)
        others = np.delete(lost, k).sum()
        row = frame.iloc[k]
        assert row["output_loss"] == pytest.approx(lost.sum(), rel=1e-7, abs=scale)
        assert row["other_output_loss"] == pytest.approx(others, rel=1e-7, abs=scale)
        assert row["value_added_loss"] == pytest.approx(added @ lost, rel=1e-7, abs=scale)
    share = frame["output_loss"] / table.output.sum()
    assert frame["output_loss_share"].to_numpy() == pytest.approx(share.to_numpy())


@given(io_tables(), st.floats(0.01, 1.0))
def test_a_part_of_a_sector_can_leave(table, share):
    frame = extraction(table, share=share)
    for k in range(table.size):
        lost = (table.output - without(table, k, "complete", share)).sum()
        scale = 1e-8 * table.output.sum()
        assert frame["output_loss"].iloc[k] == pytest.approx(lost, rel=1e-7, abs=scale)


@given(io_tables())
def test_the_loss_is_never_negative_when_the_row_leaves_with_its_final_demand(table):
    frame = extraction(table)
    low = -1e-9 * table.output.sum()
    assert (frame["output_loss"] >= low).all()
    assert (frame["other_output_loss"] >= low).all()
    assert (frame["value_added_loss"] >= low).all()


@given(io_tables())
def test_the_others_lose_their_share_of_the_inverse(table):
    """L₋ₖₖ xₖ / lₖₖ, and the sector itself all it makes."""
    inverse, frame = leontief_system(table).inverse(), extraction(table)
    for k in range(table.size):
        others = np.delete(inverse[:, k], k).sum() * table.output[k] / inverse[k, k]
        row = frame.iloc[k]
        scale = 1e-9 * table.output.sum()
        assert row["other_output_loss"] == pytest.approx(others, rel=1e-8, abs=scale)
        own = row["output_loss"] - row["other_output_loss"]
        assert own == pytest.approx(table.output[k], rel=1e-8, abs=scale)


@given(io_tables(), st.data())
def test_groups_leave_together(table, data):
    shares = np.array(data.draw(st.lists(st.sampled_from([0, 0.3, 1]), min_size=table.size)))
    shares = shares[: table.size].astype(float)
    direct, demand = coefficients(table.flows, table.output), demand_of(table)
    direct *= (1 - shares)[:, np.newaxis]
    demand *= 1 - shares
    lost = table.output - np.linalg.solve(np.eye(table.size) - direct, demand)
    scale = 1e-8 * table.output.sum()
    assert extraction_effects(table, shares) == pytest.approx(lost, rel=1e-7, abs=scale)


@given(io_tables(kinds=("separate", "closed", "competitive")))
def test_a_group_of_one_sector_is_that_sector(table):
    code = table.codes[0]
    group = group_extraction(table, {"first": {code: 1.0}}).iloc[0]
    single = extraction(table).iloc[0]
    assert group["group"] == "first"
    assert group["own_output"] == table.output[0]
    for name in ("output_loss", "other_output_loss", "value_added_loss", "output_loss_share"):
        assert group[name] == pytest.approx(single[name], rel=1e-8, abs=1e-6)


@given(io_tables())
def test_without_all_sectors_nothing_is_left(table):
    everything = dict.fromkeys(table.codes, 1.0)
    row = group_extraction(table, {"all": everything}).iloc[0]
    assert row["output_loss"] == pytest.approx(table.output.sum())
    assert row["output_loss_share"] == pytest.approx(1.0)
    assert row["value_added_loss"] == pytest.approx(table.value_added.sum(), rel=1e-8)


@given(io_tables(kinds=APART))
def test_part_of_the_links_costs_no_more_than_all_of_them(table):
    """Where nothing is imported in the flows, one side of a sector's links is less than both."""
    whole = extraction(table, "intermediate")["output_loss"]
    backward = extraction(table, "backward")["output_loss"]
    assert (backward <= whole + 1e-8 * table.output.sum()).all()


def test_what_is_not_offered_is_named():
    table = small([[150, 500], [200, 100]], [1000, 2000])
    with pytest.raises(InputError) as caught:
        extraction(table, "half")
    assert "no extraction mode half; choose from complete" in caught.value.text("en")
    assert "没有抽取方式 half" in caught.value.text("zh")
    for mode, share in (("complete", 0.0), ("complete", 1.2), ("backward", 0.5)):
        with pytest.raises(InputError) as caught:
            extraction(table, mode, share)
        assert "above 0 and at most 1" in caught.value.text("en")
        assert "应大于 0、不大于 1" in caught.value.text("zh")
    with pytest.raises(InputError) as caught:
        group_extraction(table, {"chips": {"1": 1.5}})
    assert "group chips: the share of sector 1 is 1.5" in caught.value.text("en")
    assert "组 chips 中部门 1 的份额为 1.5" in caught.value.text("zh")
    with pytest.raises(InputError) as caught:
        group_extraction(table, {"chips": {"77": 1.0}})
    assert "no sector 77" in caught.value.text("en")
    assert not extraction_effects(table, np.zeros(2)).any()
