"""Quick measures against hand-computed cases, each other, and what they must obey."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.io_strategies import io_tables, small
from tests.stress.event_cases import effect_of, event_of
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import ComputationError, InputError
from xinzhi.data.events import load_event
from xinzhi.data.io_readers import read_io_table
from xinzhi.stress import cascade
from xinzhi.stress.cascade import SupplyLoss, direct_supply_loss, supply_cascade
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.event_effects import disturbances, scale_event
from xinzhi.stress.inoperability import (
    dynamic_inoperability,
    inoperability,
    resilience_coefficients,
)
from xinzhi.stress.static import (
    LEAVES_OUT,
    demand_loss,
    partial_extraction,
    quick_measures,
    undelivered_demand,
)
from xinzhi.structure.dependence import economies
from xinzhi.structure.extraction import extraction_effects
from xinzhi.structure.leontief import leontief_system, value_added_coefficients
from xinzhi.structure.outage import Outage, lost_output

MEASURES = ["partial_extraction", "inoperability", "dynamic_inoperability", "supply_cascade"]
SHARES = st.floats(0.0, 1.0)


def pair():
    """Return A = [[0.1, 0.2], [0.3, 0.1]], so that L = [[1.2, 4/15], [0.4, 1.2]]; x = 100 each."""
    return small([[10, 20], [30, 10]], [100, 100])


def supply(table, capacity=0.0, imports=0.0, shipments=0.0) -> SupplyLoss:
    size, sectors = table.size, len(table.sectors)
    return SupplyLoss(
        np.broadcast_to(np.asarray(capacity, dtype=float), (size,)),
        np.broadcast_to(np.asarray(imports, dtype=float), (sectors, size)),
        np.broadcast_to(np.asarray(shipments, dtype=float), (size, len(table.regions))),
    )


def losses(frame, column="output_loss"):
    assert frame["measure"].tolist() == MEASURES
    return dict(zip(frame["measure"], frame[column], strict=True))


# Inoperability


def test_inoperability_of_two_sectors_worked_out_by_hand():
    # L (7.5, 0) = (9, 3) of outputs of 100
    assert inoperability(pair(), np.array([7.5, 0.0])) == pytest.approx(np.array([0.09, 0.03]))


@settings(max_examples=15)
@given(io_tables(), st.data())
def test_inoperability_loses_what_the_leontief_model_does(table, data):
    fallen = data.draw(st.floats(0.0, 1.0)) * np.maximum(0.0, table.final("consumption"))
    lost = inoperability(table, fallen) * table.output
    expected = leontief_system(table).solve(fallen)
    assert lost == pytest.approx(expected * (table.output > 0), rel=1e-9, abs=1e-9)


def test_two_days_of_dynamic_inoperability_worked_out_by_hand():
    fallen = np.tile([7.5, 0.0], (2, 1))
    path = dynamic_inoperability(pair(), fallen, np.array([0.5, 0.5]))
    # 0.5 (7.5, 0); then (3.75, 0) + 0.5 ((0.375, 1.125) + (7.5, 0) − (3.75, 0))
    assert path == pytest.approx(np.array([[0.0375, 0.0], [0.058125, 0.005625]]))


@settings(max_examples=15)
@given(io_tables(), st.floats(0.2, 1.0), st.data())
def test_dynamic_inoperability_comes_to_rest_in_the_static_model(table, speed, data):
    fallen = data.draw(st.floats(0.0, 1.0)) * np.maximum(0.0, table.final("consumption"))
    still = inoperability(table, fallen)
    steady = dynamic_inoperability(
        table, np.tile(fallen, (3, 1)), np.full(table.size, speed), initial=still
    )
    assert steady == pytest.approx(np.tile(still, (3, 1)), rel=1e-9, abs=1e-12)
    assume(leontief_system(table).solve(np.ones(table.size)).max() < 20)
    path = dynamic_inoperability(table, np.tile(fallen, (3000, 1)), np.full(table.size, speed))
    assert path[-1] == pytest.approx(still, rel=1e-6, abs=1e-9)


def test_a_sector_on_its_own_closes_99_percent_of_a_gap_in_the_days_of_response():
    alone = small([[40, 0], [0, 10]], [100, 100])
    speed = resilience_coefficients(alone, 20.0)
    nothing = np.zeros((20, 2))
    path = dynamic_inoperability(alone, nothing, speed, initial=np.array([0.5, 0.2]))
    assert path[-1] == pytest.approx(np.array([0.005, 0.002]))
    assert (resilience_coefficients(alone, 0.5) == 1.0).all()


@pytest.mark.parametrize("days", [0.0, -1.0, float("nan"), float("inf")])
def test_days_of_response_that_cannot_be(days: float):
    with pytest.raises(InputError, match="days of response") as raised:
        resilience_coefficients(pair(), days)
    assert "响应天数" in raised.value.text("zh")


@pytest.mark.parametrize("speed", [0.0, 1.5, float("nan")])
def test_resilience_that_cannot_be(speed: float):
    with pytest.raises(InputError, match="above 0 and at most 1") as raised:
        dynamic_inoperability(pair(), np.zeros((1, 2)), np.array([0.5, speed]))
    assert "韧性系数" in raised.value.text("zh")


# Extraction


@settings(max_examples=15)
@given(io_tables(), st.data())
def test_partial_extraction_is_that_of_inputoutput_and_takes_lost_demand_too(table, data):
    shares = np.array(data.draw(st.lists(SHARES, min_size=table.size, max_size=table.size)))
    lost = partial_extraction(table, shares, np.zeros(table.size))
    scale = 1e-8 * table.output.sum()
    assert lost == pytest.approx(extraction_effects(table, shares), rel=1e-7, abs=scale)
    fallen = np.maximum(0.0, table.final("consumption"))
    lost = partial_extraction(table, np.zeros(table.size), fallen)
    assert lost == pytest.approx(leontief_system(table).solve(fallen), rel=1e-7, abs=scale)


# Cascade


def test_final_users_lose_a_product_before_producers_do():
    table = chain_table()
    # all of sector 01's use of product 01 is imported; half of it stops half its output of 100,
    # which its final users (60) do without
    half = supply_cascade(table, supply(table, imports=[[0.5], [0.0]]))
    assert half == pytest.approx(np.array([0.5, 0.0]))
    # of 80 lost, 60 are final users'; 20 of the 40 that sector 02 needs are missing
    most = supply_cascade(table, supply(table, imports=[[0.8], [0.0]]))
    assert most == pytest.approx(np.array([0.8, 0.5]))
    capacity = supply_cascade(table, supply(table, capacity=[0.8, 0.0]))
    assert capacity == pytest.approx(np.array([0.8, 0.5]))


def test_shipments_between_regions_are_one_origin_of_several():
    table = two_regions()
    stopped = np.zeros((4, 2))
    stopped[2, 0] = 0.5
    # A's sector 02 gets 35 of 50 of product 01
    cut = supply(table, shipments=stopped)
    assert direct_supply_loss(table, cut) == pytest.approx(np.array([0.0, 0.3, 0.0, 0.0]))
    # of its output of 100 all is final
    assert supply_cascade(table, cut) == pytest.approx(np.array([0.0, 0.3, 0.0, 0.0]))


@settings(max_examples=15)
@given(io_tables(kinds=("separate",)), st.floats(0.05, 1.0), st.integers(0, 1))
def test_one_imported_product_is_the_output_at_risk_of_chokepoints(table, fall, product):
    (economy,) = economies(table)
    direct, lost = lost_output(economy, product, Outage(fall=fall))
    cut = np.zeros((len(table.sectors), 1))
    cut[product] = fall
    given_ = supply(table, imports=cut)
    there = table.output > 0
    assert direct_supply_loss(table, given_)[there] == pytest.approx(direct[there], abs=1e-8)
    assert supply_cascade(table, given_)[there] == pytest.approx(lost[there], abs=1e-8)


@settings(max_examples=15)
@given(io_tables(), st.data())
def test_a_cascade_loses_no_less_than_what_starts_it(table, data):
    shares = np.array(data.draw(st.lists(SHARES, min_size=table.size, max_size=table.size)))
    lost = supply_cascade(table, supply(table, capacity=shares))
    assert ((lost >= shares - 1e-12) | (table.output == 0)).all()
    assert (lost <= 1.0).all()


def test_a_cascade_that_does_not_settle_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(cascade, "_MOST_ROUNDS", 1)
    with pytest.raises(ComputationError, match="did not settle within 1 rounds") as raised:
        supply_cascade(chain_table(), supply(chain_table(), capacity=0.5))
    assert "仍未收敛" in raised.value.text("zh")


# All together


def test_a_slump_of_demand_for_a_fifth_of_a_year_worked_out_by_hand():
    table = chain_table()
    event = event_of(effect_of("demand", 0.5, "02", 'categories = ["exports"]'), duration=73)
    frame = quick_measures(table, disturbances(event, table))
    # half of exports of 50 for a fifth of the year: L (0, 25) / 5 = (1, 5)
    output, added = losses(frame), losses(frame, "value_added_loss")
    for measure in ("partial_extraction", "inoperability"):
        assert output[measure] == pytest.approx(6.0)
        assert added[measure] == pytest.approx(0.9 * 1 + 0.55 * 5)
    # the lag moves the loss to later days; in the year it is all there
    assert output["dynamic_inoperability"] == pytest.approx(6.0, rel=1e-6)
    assert output["supply_cascade"] == 0.0
    short = losses(quick_measures(table, disturbances(event, table), days=73))
    assert short["inoperability"] == pytest.approx(6.0)
    assert short["dynamic_inoperability"] < 6.0


def test_lost_capacity_by_every_measure_worked_out_by_hand():
    table = chain_table()
    event = event_of(effect_of("capacity", 0.8), duration=73)
    output = losses(quick_measures(table, disturbances(event, table)))
    # 80 of 100 no longer sold; no supplier at home
    assert output["partial_extraction"] == pytest.approx(80 / 5)
    # 80 % of final demand of 60 is not served
    assert output["inoperability"] == pytest.approx(48 / 5)
    # and half of sector 02 stops for want of 01
    assert output["supply_cascade"] == pytest.approx((80 + 100) / 5)


def test_each_measure_names_what_it_leaves_out():
    frame = quick_measures(chain_table(), [])
    assert frame["leaves_out_en"].str.contains("[Ll]eaves out").all()
    assert frame["leaves_out_zh"].str.contains("不含").all()
    assert list(LEAVES_OUT) == MEASURES
    assert "rescaled" in LEAVES_OUT["inoperability"].en


@settings(max_examples=15)
@given(io_tables())
def test_no_event_and_an_event_of_no_size_lose_nothing(table):
    nothing = Disturbance(0, 10, capacity_lost=np.zeros(table.size))
    for given_ in ([], [nothing]):
        frame = quick_measures(table, given_, days=20)
        scale = 1e-9 * table.output.sum()
        assert frame[["output_loss", "value_added_loss"]].to_numpy() == pytest.approx(0, abs=scale)


@settings(max_examples=15)
@given(io_tables(), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.integers(0, 1))
def test_losses_grow_with_size_and_never_pass_the_whole(table, size, factor, struck):
    at = np.zeros(table.size)
    at[struck] = size
    one = Disturbance(2, 5, "linear", 4, capacity_lost=at)
    smaller = Disturbance(2, 5, "linear", 4, capacity_lost=at * factor)
    more, less = (losses(quick_measures(table, [given_], days=15)) for given_ in (one, smaller))
    whole = table.output.sum() * 15 / 365
    for measure in MEASURES:
        assert less[measure] <= more[measure] + 1e-7 * whole
        assert more[measure] <= whole * (1 + 1e-12)


def test_events_of_one_course_act_together_and_of_different_courses_add_up():
    table = chain_table()
    first = Disturbance(0, 73, capacity_lost=np.array([0.5, 0.0]))
    again = Disturbance(0, 73, capacity_lost=np.array([0.6, 0.0]))
    later = Disturbance(100, 73, capacity_lost=np.array([0.6, 0.0]))
    together = losses(quick_measures(table, [first, again]))
    assert together["partial_extraction"] == pytest.approx(100 * 0.8 / 5)  # 1 − 0.5 · 0.4
    apart = losses(quick_measures(table, [first, later]))
    assert apart["partial_extraction"] == pytest.approx((50 + 60) / 5)


def test_recovery_and_rebuilding_prolong_the_loss():
    table = chain_table()
    capacity = Disturbance(0, 10, "linear", 4, capacity_lost=np.array([0.5, 0.0]))
    lost = losses(quick_measures(table, [capacity]))["partial_extraction"]
    assert lost == pytest.approx(50 * (10 + 0.75 + 0.5 + 0.25) / 365)
    capital = Disturbance(0, 10, capital_lost=[0.5, 0.0], rebuilding=[0.0, 1.0], rebuilding_time=4)
    lost = losses(quick_measures(table, [capital], days=1000))["partial_extraction"]
    # 10 days, then 3/4 of what is left every day
    assert lost == pytest.approx(50 * (10 + 0.75 / 0.25) / 365)


@settings(max_examples=15)
@given(io_tables(kinds=("separate", "many_regions")))
def test_stock_changes_neither_fall_nor_go_unserved(table):
    wanted = table.final("consumption", "investment", "exports")
    assert demand_loss(table, np.ones_like(table.final_demand)) == pytest.approx(wanted)
    half, nothing = np.full(table.size, 0.5), np.zeros(table.size)
    assert undelivered_demand(table, half, nothing) == pytest.approx(0.5 * wanted)


def test_demand_for_imports_goes_unserved_abroad():
    table = replace(pair(), imports=np.array([25.0, 0.0]), final_demand=np.array([[95.0], [60.0]]))
    served = undelivered_demand(table, np.array([0.5, 0.5]), np.zeros(2))
    # 100 of the 125 there are of product 0 are made here
    assert served == pytest.approx(np.array([0.5 * 95 * 0.8, 0.5 * 60]))


def test_input_that_cannot_be():
    with pytest.raises(InputError, match="there are 0 days; at least 1") as raised:
        quick_measures(chain_table(), [], days=0)
    assert "天数为 0" in raised.value.text("zh")
    wrong = Disturbance(0, 1, capacity_lost=np.zeros(3))
    with pytest.raises(InputError, match="has shape"):
        quick_measures(chain_table(), [wrong])


def test_ready_events_on_the_official_table(official_folder: Path):
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    slump = load_event("export-slump")
    frame = quick_measures(table, disturbances(slump, table))
    # 15 % of exports of a whole year: value added embodied in them
    exports = 0.15 * table.final("exports")
    embodied = value_added_coefficients(table) @ leontief_system(table).solve(exports)
    assert losses(frame, "value_added_loss")["inoperability"] == pytest.approx(embodied)
    chips = load_event("chip-embargo")
    sizes = [
        losses(quick_measures(table, disturbances(scale_event(chips, factor), table)))
        for factor in (0.0, 0.5, 1.0)
    ]
    for measure in MEASURES:
        none, half, full = (size[measure] for size in sizes)
        assert none == pytest.approx(0.0, abs=1e-3)
        assert 0 < half < full < 0.1 * table.output.sum()
