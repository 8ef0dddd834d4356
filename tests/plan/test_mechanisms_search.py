"""Weitzman's rule against brute force over all policies, by hand, and simulated."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.mechanism_cases import ERRORS, box, box_sets

from xinzhi.core import InputError
from xinzhi.plan.innovation.mechanisms_search import (
    Box,
    reservation_value,
    search,
    search_order,
)
from xinzhi.plan.innovation.mechanisms_simulation import simulate_search


def best_of_all_policies(boxes: list[Box], rate: float) -> float:
    """Return the value of the best policy, which may open any box next or stop in any state."""

    @cache
    def value(opened: frozenset[int], hand: float) -> float:
        best = hand
        for k, one in enumerate(boxes):
            if k in opened:
                continue
            after = sum(
                chance * value(opened | {k}, max(hand, worth))
                for worth, chance in zip(one.values, one.probabilities, strict=True)
            )
            best = max(best, after / (1 + rate) ** one.duration - one.cost)
        return best

    return value(frozenset(), 0.0)


@given(box_sets(), st.sampled_from([0.0, 0.1, 0.5]))
@settings(max_examples=80, deadline=None)
def test_no_policy_is_better_than_the_rule(boxes, rate):
    found = search(boxes, rate)
    assert found.value - found.cost == pytest.approx(best_of_all_policies(boxes, rate), abs=1e-9)


@given(box_sets())
@settings(max_examples=60)
def test_without_delay_the_value_is_that_of_capped_rewards(boxes):
    """Value is E max(0, min(x, z)) over boxes (Kleinberg, Waggoner and Weyl 2016)."""
    caps = [
        (np.minimum(one.values, reservation_value(one.values, one.probabilities, one.cost)), one)
        for one in (box_without_delay(one) for one in boxes)
    ]
    grid = np.unique(np.concatenate([[0.0], *(np.maximum(cap, 0) for cap, _ in caps)]))
    below = np.ones_like(grid)
    for cap, one in caps:
        below *= ((cap <= grid[:, np.newaxis]) * one.probabilities).sum(axis=1)
    expected = grid @ np.diff(below, prepend=0.0)
    found = search([one for _, one in caps])
    assert found.value - found.cost == pytest.approx(expected, abs=1e-9)


def box_without_delay(one: Box) -> Box:
    return Box(one.name, one.values, one.probabilities, one.cost)


@given(box_sets(), st.sampled_from([0.0, 0.2]), st.sampled_from([1.0, 2.5, np.inf]))
@settings(max_examples=60)
def test_probabilities_and_losses_of_a_search_add_up(boxes, rate, deadline):
    found = search(boxes, rate, deadline)
    assert found.loss_probabilities.sum() == pytest.approx(1)
    assert found.success == pytest.approx(found.chosen.sum())
    assert (found.chosen <= found.opened + 1e-12).all()
    assert found.success <= 1 + 1e-12
    assert found.losses @ found.loss_probabilities <= found.cost + 1e-9
    assert np.isnan(found.time) or found.time <= deadline


@given(box_sets(), st.sampled_from([0.0, 0.3]))
@settings(max_examples=60)
def test_the_reservation_value_makes_one_indifferent(boxes, rate):
    for one in boxes:
        beta = (1 + rate) ** -one.duration
        z = reservation_value(one.values, one.probabilities, one.cost, beta)
        opened = beta * (np.maximum(one.values, z) @ one.probabilities) - one.cost
        assert opened == pytest.approx(z, abs=1e-9)


def test_a_surer_box_waits_for_a_wilder_one():
    # 5 − 2 = 3 for sure, or 9 with 1/2: (9 − z)/2 = 1, z = 7
    sure, wild = box("sure", (5, 1), cost=2), box("wild", (9, 0.5), (0, 0.5), cost=1)
    order, values = search_order([sure, wild])
    assert list(order) == [1, 0]
    np.testing.assert_allclose(values, [7, 3])
    found = search([sure, wild])
    np.testing.assert_allclose(found.opened, [1, 0.5])
    np.testing.assert_allclose(found.chosen, [0.5, 0.5])
    assert found.value == pytest.approx(7)
    assert found.cost == pytest.approx(2)
    # the wild one is opened in vain in half of all cases
    assert found.losses @ found.loss_probabilities == pytest.approx(0.5)


def test_delay_is_a_cost():
    # z = (A / 1.1 − 1) / (1 − 1/1.1 + 1/1.1) with all outcomes above it
    assert reservation_value([11], [1], 1, 1 / 1.1) == pytest.approx(9)
    found = search([box("slow", (11, 1), cost=1, duration=1)], 0.1)
    assert found.value == pytest.approx(10)
    assert found.time == 1


def test_boxes_that_end_too_late_are_left_out():
    fast, slow = box("fast", (5, 1), cost=1, duration=1), box("slow", (9, 1), cost=1, duration=3)
    assert search([fast, slow], deadline=3).chosen.tolist() == [1, 0]
    found = search([fast, slow], deadline=2)
    assert found.order.tolist() == [1, 0]
    assert found.opened.tolist() == [0, 1]
    assert found.value == 5
    nothing = search([slow], deadline=2)
    assert nothing.success == nothing.cost == 0
    assert np.isnan(nothing.time)


def test_boxes_that_cost_more_than_they_bring_stay_shut():
    found = search([box("dear", (4, 0.5), (0, 0.5), cost=3)])
    assert found.reservation[0] == pytest.approx(-1)
    assert found.opened[0] == found.value == found.cost == 0


@pytest.mark.parametrize("deadline", [np.inf, 3.0])
def test_simulated_searches_agree_within_their_standard_error(deadline):
    boxes = [
        box("a", (30, 0.3), (12, 0.3), (0, 0.4), cost=2, duration=1),
        box("b", (60, 0.1), (0, 0.9), cost=1.5, duration=2),
        box("c", (15, 0.8), (0, 0.2), cost=1, duration=0.5),
    ]
    exact = search(boxes, 0.08, deadline)
    drawn = simulate_search(boxes, 0.08, deadline, 80_000, np.random.default_rng(2))
    in_time = np.isfinite(drawn.time)
    for expected, sample in (
        (exact.success, in_time),
        (exact.value, drawn.value),
        (exact.cost, drawn.cost),
        (exact.time, drawn.time[in_time]),
        (exact.losses @ exact.loss_probabilities, drawn.loss),
    ):
        error = sample.std(ddof=1) / np.sqrt(len(sample))
        assert abs(sample.mean() - expected) <= ERRORS * error + 1e-9


def test_probabilities_that_do_not_sum_to_one_are_refused():
    with pytest.raises(InputError, match=r"sum to one; these sum to 0\.7") as error:
        reservation_value([1, 2], [0.3, 0.4], 1)
    assert "合计为 1，这里合计 0.7" in error.value.text("zh")
