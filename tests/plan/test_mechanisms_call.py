"""The open call: entry, break-even prizes, the best prize; and how correlation moves numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.mechanism_cases import challenge, challenges, staged

from xinzhi.plan.innovation.mechanisms_call import entrants, open_call, team_cost, team_payoff
from xinzhi.plan.innovation.mechanisms_compare import compare
from xinzhi.plan.innovation.mechanisms_race import Challenge, race


def called(case: Challenge, most: int = 8, rate: float = 0.0):
    return open_call(case, race(case, most, None, rate), rate)


def test_break_even_prizes_by_hand():
    # teams deliver with 1/2, spend 10: D = 1/2, 3/4, 7/8, 15/16; R = n 10 / D
    found = called(challenge(success_probability=0.5), most=4)
    np.testing.assert_allclose(found.break_even, [20, 80 / 3, 240 / 7, 128 / 3])
    # 100 D − 10 n: 40, 55, 57.5, 53.75
    np.testing.assert_allclose(found.payer, [40, 55, 57.5, 53.75])
    assert found.best_teams == found.teams == 3
    assert found.prize == pytest.approx(240 / 7)
    assert found.payoff[2] == 0.0


def test_a_given_prize_brings_as_many_as_gain_by_it():
    case = challenge(success_probability=0.5, prize=30.0)
    found = called(case, most=4)
    np.testing.assert_allclose(found.payoff, [5, 30 * 0.375 - 10, 30 * 7 / 24 - 10, -2.96875])
    assert found.teams == 2
    assert found.prize == 30
    assert found.best_prize == pytest.approx(240 / 7)
    assert called(replace(case, prize=19.9), most=4).teams == 0
    assert called(replace(case, prize=20.0), most=4).teams == 0  # nothing to gain
    assert called(replace(case, prize=20.1), most=4).teams == 1


def test_the_value_that_teams_keep_replaces_prize():
    # a quarter of 100 is theirs: one team comes for 25 D = 12.5 > 10, a second does not
    found = called(challenge(success_probability=0.5, appropriability=0.25), most=4)
    np.testing.assert_allclose(found.break_even, [0, 80 / 3 - 25, 240 / 7 - 25, 128 / 3 - 25])
    np.testing.assert_allclose(found.payer, [37.5, 55, 57.5, 53.75])
    assert found.best_prize == pytest.approx(240 / 7 - 25)
    all_theirs = called(challenge(success_probability=0.5, appropriability=1.0), most=4)
    assert all_theirs.best_prize == 0
    assert all_theirs.best_teams == all_theirs.teams == 4
    assert np.isneginf(all_theirs.payer[:3]).all()


def test_no_prize_is_best_where_none_is_worth_it():
    found = called(challenge(value=30.0))
    assert found.best_prize == found.best_teams == found.teams == 0
    late = called(challenge(deadline=1.0))
    assert np.isinf(late.break_even).all()
    assert late.teams == 0


@given(challenges(), st.floats(0, 300))
@settings(max_examples=30, deadline=None)
def test_entry_is_an_equilibrium(case, prize):
    case = replace(case, prize=prize)
    found = called(case, most=6, rate=0.05)
    assert (np.diff(found.payoff) <= 1e-8).all()
    inside = found.payoff[: found.teams]
    assert (inside > 0).all()
    assert found.teams == 6 or found.payoff[found.teams] <= 0
    assert entrants(found.payoff) == found.teams
    more = called(replace(case, prize=prize + 50), most=6, rate=0.05)
    assert more.teams >= found.teams


@given(challenges())
@settings(max_examples=30, deadline=None)
def test_the_best_prize_is_the_best_on_a_grid(case):
    free = race(case, 6, None, 0.05)
    best = open_call(case, free, 0.05)
    top = 0.0 if best.best_teams == 0 else best.payer[best.best_teams - 1]
    k = team_cost(case, 0.05)
    for prize in np.linspace(0, 150, 61):
        teams = entrants(team_payoff(prize, free, k))
        brought = (case.value - prize) * free.discounted[teams - 1] if teams else 0.0
        assert brought <= top + 1e-6


@given(challenges())
@settings(max_examples=20, deadline=None)
def test_free_entry_at_the_best_prize_is_best_for_all(case):
    free = race(case, 6, None, 0.0)
    social = case.value * free.discounted - np.arange(1, 7) * team_cost(case, 0.0)
    found = open_call(case, free, 0.0)
    if found.best_teams:
        assert social[found.best_teams - 1] == pytest.approx(max(social.max(), 0.0), abs=1e-6)
    else:
        assert social.max() <= 1e-6


@given(challenges(), st.sampled_from([0.3, 0.7]))
@settings(max_examples=20, deadline=None)
def test_one_team_stays_best_when_luck_is_more_alike(case, more):
    """Only this follows: correlation lowers what several bring and leaves one as it is."""
    alone = replace(case, correlation=0.0, keep=None)
    alike = replace(alone, correlation=more)
    before, after = (
        100 * found.discounted - np.arange(1, 7) * team_cost(case, 0.0)
        for found in (race(alone, 6, None, 0.0), race(alike, 6, None, 0.0))
    )
    assert after.max() <= before.max() + 1e-8
    if before.argmax() == 0 and before[0] > before[1:].max() + 1e-9:
        assert after.argmax() == 0


def test_more_correlation_may_call_for_more_teams():
    """A few independent teams with good odds are enough; of alike ones it takes more."""
    cheap = challenge(success_probability=0.6, cost=1.0)
    numbers = [
        compare(replace(cheap, correlation=rho), (), (), 20, 0.0).mechanisms[1].teams
        for rho in (0.0, 0.3, 0.95)
    ]
    assert numbers[0] < numbers[1]
    assert numbers[2] < numbers[1]


def test_costs_granted_in_part_keep_teams_away():
    case = staged(state_share=0.5, appropriability=0.0)
    grant, parallel, _ = compare(case, (), (), 5, 0.0).mechanisms
    assert grant.teams == parallel.teams == 0
    assert grant.value == grant.cost == grant.success == 0
    come = compare(replace(case, appropriability=0.3), (), (), 5, 0.0)
    grant, parallel, _ = come.mechanisms
    assert grant.teams == 1
    # of 100, 30 are theirs; each spends half of what it costs
    expected = 30 * grant.success - 0.5 * 7.2
    assert grant.payoff == pytest.approx(expected)
    assert come.payoff[parallel.teams - 1] >= 0
