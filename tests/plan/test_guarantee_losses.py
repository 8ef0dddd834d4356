"""Distributions of losses against slow twins: single loans, sums by hand, convolutions."""

from __future__ import annotations

from functools import reduce

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import binom, norm

from xinzhi.core import InputError
from xinzhi.plan.finance.guarantee_losses import LossDistribution, loss_distribution
from xinzhi.plan.finance.guarantee_pools import LoanPools, loan_pools
from xinzhi.plan.finance.guarantee_vasicek import (
    basel_correlation,
    vasicek_quantile,
    vasicek_shortfall,
)


def mixed() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return losses, probabilities and correlations of loans of four kinds."""
    count = np.array([20, 30, 15, 5])
    return (
        np.repeat([2.0, 1.0, 3.0, 8.0], count),
        np.repeat([0.02, 0.05, 0.05, 0.1], count),
        np.repeat([0.1, 0.2, 0.2, 0.3], count),
    )


def given_factor(p: np.ndarray, rho: np.ndarray, y: float) -> np.ndarray:
    return norm.cdf((norm.ppf(p) + np.sqrt(rho) * y) / np.sqrt(1 - rho))


@pytest.fixture(scope="module")
def exact() -> LossDistribution:
    return loss_distribution(loan_pools(*mixed()), lattice_unit=1.0)


def test_few_equal_loans_by_hand():
    p, rho, n = 0.1, 0.25, 4
    found = loss_distribution(loan_pools(np.full(n, 5.0), p, rho), lattice_unit=5.0)

    def chance(k: int) -> float:
        def at(y: float) -> float:
            q = given_factor(np.array(p), np.array(rho), y)
            return float(binom.pmf(k, n, q) * norm.pdf(y))

        return quad(at, -9, 9, epsabs=1e-13)[0]

    np.testing.assert_allclose(found.losses, 5.0 * np.arange(n + 1))
    np.testing.assert_allclose(found.probabilities, [chance(k) for k in range(n + 1)], atol=1e-9)


def test_without_correlation_defaults_are_binomial():
    found = loss_distribution(loan_pools(np.ones(50), 0.05, 1e-10), lattice_unit=1.0)
    np.testing.assert_allclose(
        found.probabilities, binom.pmf(np.arange(51), 50, 0.05), rtol=1e-6, atol=1e-12
    )


def test_unequal_loans_as_loans_convolved_one_by_one(exact):
    u, p, rho = mixed()
    nodes, weights = np.polynomial.hermite_e.hermegauss(80)
    total = np.zeros(int(u.sum()) + 1)
    for y, w in zip(nodes, weights / weights.sum(), strict=True):
        single = []
        for loss, q in zip(u, given_factor(p, rho, y), strict=True):
            one = np.zeros(int(loss) + 1)
            one[0], one[-1] = 1 - q, q
            single.append(one)
        total += w * reduce(np.convolve, single)
    np.testing.assert_allclose(exact.probabilities, total, atol=1e-8)
    assert exact.mean() == pytest.approx(float(u @ p), rel=1e-9)
    assert exact.draws == 0
    assert exact.interval(0.99) == (exact.quantile(0.99), exact.quantile(0.99))


def test_single_loans_drawn_by_their_asset_values_agree(exact):
    u, p, rho = mixed()
    random = np.random.default_rng(7)
    years = 40_000
    factor = random.standard_normal((years, 1))
    assets = np.sqrt(rho) * factor - np.sqrt(1 - rho) * random.standard_normal((years, len(u)))
    losses = (assets > -norm.ppf(p)) @ u
    # four standard errors of a share
    for amount in (0, 5, 10, 20, 40, 60):
        chance = exact.exceeding(amount)
        error = 4 * np.sqrt(chance * (1 - chance) / years)
        assert abs((losses > amount).mean() - chance) < error


def test_drawn_years_agree_with_the_exact_distribution(exact):
    found = loss_distribution(loan_pools(*mixed()), scenarios=40_000, seed=3)
    assert found.draws == 40_000
    assert found.mean() == pytest.approx(exact.mean(), rel=0.02)
    assert found.standard_deviation() == pytest.approx(exact.standard_deviation(), rel=0.02)
    for amount in (0, 5, 10, 20, 40, 60):
        chance = exact.exceeding(amount)
        assert abs(found.exceeding(amount) - chance) < 4 * np.sqrt(chance * (1 - chance) / 40_000)
    low, high = found.interval(0.99)
    assert low <= exact.quantile(0.99) <= high
    assert found.shortfall(0.99) == pytest.approx(exact.shortfall(0.99), rel=0.04)


def test_the_same_seed_draws_the_same_years():
    pools = loan_pools(*mixed())
    one, same, other = (loss_distribution(pools, scenarios=1_000, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(one.losses, same.losses)
    assert not np.array_equal(one.losses, other.losses)


def test_very_many_loans_lead_to_the_closed_form():
    p, rho, n = 0.02, 0.12, 10_000_000
    pools = LoanPools(np.array([n]), np.array([1 / n]), np.array([p]), np.array([rho]), float(n))
    found = loss_distribution(pools, scenarios=100_000)
    level = np.array([0.5, 0.9, 0.99, 0.999])
    np.testing.assert_allclose(found.quantile(level), vasicek_quantile(p, rho, level), rtol=0.01)
    assert found.shortfall(0.99) == pytest.approx(vasicek_shortfall(p, rho, 0.99), rel=0.005)
    assert found.mean() == pytest.approx(p, rel=1e-3)


def test_quantiles_and_shortfall_of_a_small_distribution():
    found = LossDistribution(np.array([0.0, 10.0, 40.0]), np.array([0.9, 0.06, 0.04]), 0)
    np.testing.assert_allclose(found.quantile([0.9, 0.95, 0.96, 0.97, 1.0]), [0, 10, 10, 40, 40])
    # the worst 5 %: 4 % at 40 and 1 % at 10
    assert found.shortfall(0.95) == pytest.approx((0.04 * 40 + 0.01 * 10) / 0.05)
    assert found.shortfall(0.97) == pytest.approx(40)
    assert found.mean() == pytest.approx(2.2)
    assert found.exceeding(10) == pytest.approx(0.04)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 30), st.floats(0.001, 0.4), st.floats(0.02, 0.5)),
        min_size=1,
        max_size=6,
    ).filter(lambda loans: any(loss for loss, _, _ in loans)),
    st.floats(0.5, 0.99),
    st.floats(0.0001, 0.009),
)
def test_laws_of_every_distribution(loans, level, more):
    u, p, rho = (np.array(column, dtype=float) for column in zip(*loans, strict=True))
    pools = loan_pools(u, p, rho)
    found = loss_distribution(pools, lattice_unit=1.0)
    assert found.probabilities.sum() == pytest.approx(1)
    assert found.mean() == pytest.approx(float(u @ p), rel=1e-6)
    assert found.losses[-1] == pytest.approx(u.sum())
    assert found.quantile(level) <= found.quantile(level + more)
    assert found.shortfall(level) >= found.quantile(level) - 1e-9
    assert found.shortfall(level) >= found.mean() - 1e-9


def test_pooling_keeps_count_and_expected_loss():
    random = np.random.default_rng(0)
    p = random.uniform(0.002, 0.1, 5_000)
    u = random.lognormal(4, 1, 5_000)
    rho = basel_correlation(p)
    pools = loan_pools(u, p, rho)
    assert len(pools.count) <= 200
    assert pools.count.sum() == 5_000
    assert pools.expected_loss == pytest.approx(float(u @ p))
    assert pools.largest_loss == pytest.approx(u.sum())
    assert pools.effective_loans == pytest.approx(u.sum() ** 2 / (u**2).sum())
    kept = (pools.count * pools.unit_loss**2).sum() / (u**2).sum()
    assert 0.9 < kept <= 1
    exact = loan_pools(u, p, rho, exact=True)
    assert len(exact.count) == 5_000


def test_loans_alike_are_one_pool_and_those_at_nothing_none():
    pools = loan_pools([4.0, 4.0, 0.0, 2.0], [0.1, 0.1, 0.5, 0.1], 0.2)
    np.testing.assert_array_equal(pools.count, [1, 2])
    np.testing.assert_allclose(pools.unit_loss, [2, 4])
    np.testing.assert_allclose(pools.threshold, norm.ppf(0.1))


def test_certain_defaults_are_always_lost():
    pools = loan_pools([3.0, 1.0], [1.0, 0.1], 0.2)
    exact = loss_distribution(pools, lattice_unit=1.0)
    drawn = loss_distribution(pools, scenarios=2_000)
    assert exact.exceeding(2.5) == pytest.approx(1)
    assert drawn.losses[0] == 3


@pytest.mark.parametrize(
    ("loss", "options", "zh", "en"),
    [
        ([0.0], {}, "没有任何贷款会造成损失", "no loan can lose anything"),
        ([1.0], {"scenarios": 10}, "情景数为 10，至少应为 1000", "10 scenarios; at least 1000"),
        ([1.0], {"lattice_unit": 0.0}, "格点单位 0.0 应大于 0", "the lattice unit 0.0 must be"),
        (
            [1.5],
            {"lattice_unit": 1.0},
            "单笔损失 1.5 不是格点单位 1 的整数倍",
            "the loss 1.5 of a loan is no multiple of the lattice unit 1",
        ),
        (
            [5e7],
            {"lattice_unit": 1.0},
            "格点 50,000,001 个、贷款 1 种",
            "50,000,001 points of the lattice, 1 kinds of loans",
        ),
    ],
)
def test_what_cannot_be_computed_is_refused(loss, options, zh, en):
    with pytest.raises(InputError) as caught:
        loss_distribution(loan_pools(loss, 0.1, 0.2), **options)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")
