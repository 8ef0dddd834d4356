"""Parallel teams: independent limit, common factor, milestone, time, cost, loss; and simulated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import ndtr, ndtri
from scipy.stats import multivariate_normal, norm
from tests.plan.mechanism_cases import ERRORS, challenge, challenges, staged

from xinzhi.core import InputError
from xinzhi.plan.innovation.mechanisms_luck import parallel_success
from xinzhi.plan.innovation.mechanisms_race import loss_distribution, race
from xinzhi.plan.innovation.mechanisms_simulation import simulate_race


@given(st.floats(0, 1), st.integers(0, 30))
@settings(max_examples=50)
def test_independent_teams_have_the_closed_form(probability, teams):
    expected = 1 - (1 - probability) ** teams
    assert parallel_success(probability, teams) == pytest.approx(expected, abs=1e-14)


@given(st.floats(0, 1), st.floats(0, 0.99))
@settings(max_examples=50)
def test_one_team_does_not_feel_correlation(probability, correlation):
    assert parallel_success(probability, 1, correlation) == pytest.approx(probability, abs=1e-12)


def test_two_teams_by_the_bivariate_normal():
    # both fail with the probability that two normals of correlation 0.4 lie above a threshold
    both = multivariate_normal([0, 0], [[1, 0.4], [0.4, 1]]).cdf([-ndtri(0.3)] * 2)
    assert parallel_success(0.3, 2, 0.4) == pytest.approx(1 - both, abs=1e-6)


def test_two_teams_with_even_odds_have_a_closed_form():
    # Sheppard's orthant probability: both fail with 1/4 + arcsin(rho) / 2 pi
    for rho in (0.1, 0.5, 0.9, 0.99):
        expected = 0.75 - np.arcsin(rho) / (2 * np.pi)
        assert parallel_success(0.5, 2, rho) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("correlation", [0.05, 0.5, 0.9, 0.99])
def test_panels_agree_with_adaptive_quadrature(correlation):
    def fail(z: float) -> float:
        alone = ndtr((ndtri(0.2) - np.sqrt(correlation) * z) / np.sqrt(1 - correlation))
        return (1 - alone) ** 7 * norm.pdf(z)

    steep = ndtri(0.2) / np.sqrt(correlation)
    points = [steep] if abs(steep) < 9 else None
    expected = 1 - quad(fail, -9, 9, points=points, epsabs=1e-12, limit=300)[0]
    assert parallel_success(0.2, 7, correlation) == pytest.approx(expected, abs=1e-9)


@given(st.floats(0.01, 0.99), st.integers(2, 12), st.floats(0, 0.9), st.floats(0.02, 0.09))
@settings(max_examples=40)
def test_correlation_lowers_success(probability, teams, correlation, more):
    less = parallel_success(probability, teams, correlation + more)
    assert less < parallel_success(probability, teams, correlation) + 1e-12


def test_correlation_outside_its_range_is_refused():
    with pytest.raises(
        InputError, match=r"the correlation 1 must lie between 0 and 0\.99"
    ) as error:
        parallel_success(0.3, 2, 1.0)
    assert "只有一个团队" in error.value.text("zh")


@given(challenges(), st.sampled_from([0.0, 0.08]))
@settings(max_examples=40, deadline=None)
def test_more_teams_never_lower_success_and_probabilities_sum_to_one(case, rate):
    found = race(case, 6, case.keep, rate)
    assert (np.diff(found.success) > -1e-12).all()
    assert (np.diff(found.discounted) > -1e-12).all()
    np.testing.assert_allclose(found.kept.sum(axis=1), 1)
    assert (found.kept_success <= found.kept + 1e-12).all()
    np.testing.assert_allclose(found.kept_success.sum(axis=1), found.success, atol=1e-9)
    free = race(case, 6, None, rate)
    assert (found.success <= free.success + 1e-12).all()
    assert (found.cost <= free.cost + 1e-9).all()


@given(challenges())
@settings(max_examples=25, deadline=None)
def test_losses_are_what_is_spent_less_the_cost_of_who_delivers(case):
    found = race(case, 4, case.keep, 0.05)
    for teams in (1, 4):
        losses, chances = loss_distribution(case, found, teams, 0.05)
        assert chances.sum() == pytest.approx(1)
        whole = case.milestone_cost + case.later_cost(0.05)
        expected = found.cost[teams - 1] - found.success[teams - 1] * whole
        assert losses @ chances == pytest.approx(expected, abs=1e-8)


def test_without_a_limit_the_milestone_changes_cost_only():
    gated, plain = staged(keep=None), staged(milestone_probability=1.0, keep=None)
    with_it, without = race(gated, 5, None, 0.0), race(plain, 5, None, 0.0)
    np.testing.assert_allclose(with_it.success, without.success, atol=1e-10)
    # 3 each, then 7 for the 60 % that pass
    np.testing.assert_allclose(with_it.cost, 7.2 * np.arange(1, 6))
    np.testing.assert_allclose(without.cost, 10.0 * np.arange(1, 6))


def test_a_milestone_with_a_limit_by_hand():
    # half pass, half of these deliver, one goes on; teams are independent
    case = challenge(success_probability=0.25, milestone_probability=0.5, milestone_cost=4.0)
    found = race(case, 2, 1, 0.0)
    # somebody passes with 1/2 and 3/4; the one that goes on delivers with 1/2
    np.testing.assert_allclose(found.success, [0.25, 0.375])
    np.testing.assert_allclose(found.cost, [4 + 6 / 2, 8 + 6 * 3 / 4])
    np.testing.assert_allclose(found.kept, [[0.5, 0.5, 0], [0.25, 0.75, 0]])
    losses, chances = loss_distribution(case, found, 2, 0.0)
    np.testing.assert_allclose(losses, [8, 14, 20, 0, 4, 10])
    np.testing.assert_allclose(chances, [0.25, 0.375, 0, 0, 0.375, 0])


def test_a_fixed_duration_is_discounted_once():
    found = race(challenge(), 3, None, 0.1)
    np.testing.assert_allclose(found.success, [0.3, 0.51, 0.657])
    np.testing.assert_allclose(found.discounted, found.success / 1.21)
    np.testing.assert_allclose(found.time, 2.0)
    late = race(challenge(deadline=1.9), 3, None, 0.1)
    np.testing.assert_array_equal(late.success, 0.0)
    assert np.isnan(late.time).all()


def test_exponential_times_have_closed_forms():
    # sure success after an exponential time of mean 2: the first of n has mean 2/n
    case = challenge(success_probability=1.0, duration_sd=2.0, deadline=200.0)
    found = race(case, 4, None, 0.05)
    np.testing.assert_allclose(found.time, 2 / np.arange(1, 5), rtol=1e-6)
    force = np.arange(1, 5) / 2
    np.testing.assert_allclose(found.discounted, force / (force + np.log(1.05)), rtol=1e-6)


@pytest.mark.parametrize("case", [staged(), staged(keep=None, correlation=0.8), challenge()])
@pytest.mark.parametrize("teams", [1, 5])
def test_simulation_agrees_within_its_standard_error(case, teams):
    found = race(case, teams, case.keep, 0.06)
    drawn = simulate_race(case, teams, case.keep, 0.06, 60_000, np.random.default_rng(5))
    losses, chances = loss_distribution(case, found, teams, 0.06)
    in_time = np.isfinite(drawn.time)
    for exact, sample in (
        (found.success[-1], in_time),
        (case.value * found.discounted[-1], drawn.value),
        (found.time[-1], drawn.time[in_time]),
        (found.cost[-1], drawn.cost),
        (losses @ chances, drawn.loss),
    ):
        error = sample.std(ddof=1) / np.sqrt(len(sample))
        assert abs(sample.mean() - exact) <= ERRORS * error + 1e-9


def test_a_hopeless_team_never_delivers_in_the_draws():
    drawn = simulate_race(
        challenge(success_probability=0.0), 3, None, 0.0, 1_000, np.random.default_rng(0)
    )
    assert np.isinf(drawn.time).all()
    np.testing.assert_allclose(drawn.loss, 30)
