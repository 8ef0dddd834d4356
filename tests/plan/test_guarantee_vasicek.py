"""The one-factor model: laws that its closed forms obey, and bad input."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.stats import multivariate_normal, norm

from xinzhi.core import InputError
from xinzhi.plan.finance.guarantee_losses import loss_distribution
from xinzhi.plan.finance.guarantee_pools import loan_pools
from xinzhi.plan.finance.guarantee_vasicek import (
    basel_correlation,
    granularity_adjustment,
    vasicek_density,
    vasicek_distribution,
    vasicek_fit,
    vasicek_quantile,
    vasicek_shortfall,
)

probabilities = st.floats(0.001, 0.5)
correlations = st.floats(0.01, 0.6)
levels = st.floats(0.5, 0.999)


@given(probabilities, correlations, levels)
def test_the_quantile_inverts_the_distribution(p, rho, level):
    at = vasicek_quantile(p, rho, level)
    assert vasicek_distribution(at, p, rho) == pytest.approx(level, abs=1e-9)


@given(probabilities, correlations, levels, st.floats(0.0001, 0.0009))
def test_a_higher_level_never_has_a_lower_quantile(p, rho, level, more):
    assert vasicek_quantile(p, rho, level + more) >= vasicek_quantile(p, rho, level)


@given(probabilities, levels)
def test_without_correlation_the_share_is_the_probability(p, level):
    assert vasicek_quantile(p, 1e-14, level) == pytest.approx(p, rel=1e-5)


def test_near_full_correlation_all_loans_default_or_none():
    low, high = vasicek_quantile(0.02, 1 - 1e-9, [0.97, 0.99])
    assert low == pytest.approx(0, abs=1e-12)
    assert high == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("p", "rho"), [(0.02, 0.1), (0.2, 0.3), (0.5, 0.5)])
def test_density_has_the_mass_mean_and_variance_of_the_model(p, rho):
    # in z with x = Φ(z) the integrand is smooth at both ends
    def moment(k: int) -> float:
        def at(z: float) -> float:
            x = norm.cdf(z)
            return float(x**k * vasicek_density(x, p, rho) * norm.pdf(z))

        return quad(at, -7, 7, epsabs=1e-11, limit=200)[0]

    c = norm.ppf(p)
    both = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([c, c])
    assert moment(0) == pytest.approx(1, abs=1e-8)
    assert moment(1) == pytest.approx(p, abs=1e-8)
    assert moment(2) == pytest.approx(both, abs=1e-6)


def test_density_is_the_slope_of_the_distribution():
    x, step = np.array([0.003, 0.02, 0.1]), 1e-6
    rise = vasicek_distribution(x + step, 0.02, 0.12) - vasicek_distribution(x - step, 0.02, 0.12)
    np.testing.assert_allclose(vasicek_density(x, 0.02, 0.12), rise / (2 * step), rtol=1e-4)


@pytest.mark.parametrize("level", [0.5, 0.99, 0.999])
def test_shortfall_is_the_mean_quantile_beyond_the_level(level):
    p, rho = 0.03, 0.15
    mean, _ = quad(partial(vasicek_quantile, p, rho), level, 1 - 1e-12, epsrel=1e-9, limit=200)
    assert vasicek_shortfall(p, rho, level) == pytest.approx(mean / (1 - level), rel=1e-5)
    # the probability of both: a firm in default and a year beyond the level
    corner = multivariate_normal([0, 0], [[1, np.sqrt(rho)], [np.sqrt(rho), 1]])
    both = corner.cdf([norm.ppf(p), norm.ppf(1 - level)])
    assert vasicek_shortfall(p, rho, level) == pytest.approx(both / (1 - level), rel=1e-4)


def test_fit_is_where_the_likelihood_is_highest():
    rates = np.array([0.011, 0.018, 0.025, 0.009, 0.041, 0.016, 0.013])
    found = vasicek_fit(rates)

    def cost(at: np.ndarray) -> float:
        return -float(np.log(vasicek_density(rates, norm.cdf(at[0]), norm.cdf(at[1]))).sum())

    best = minimize(
        cost, [-2.0, -1.5], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}
    )
    assert found.years == 7
    assert [found.probability, found.correlation] == pytest.approx(norm.cdf(best.x), rel=1e-4)


def test_fit_recovers_what_a_long_history_was_drawn_from():
    factor = norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    rates = norm.cdf((norm.ppf(0.03) + np.sqrt(0.1) * factor) / np.sqrt(0.9))
    found = vasicek_fit(rates)
    assert found.probability == pytest.approx(0.03, rel=1e-3)
    assert found.correlation == pytest.approx(0.1, rel=5e-3)


def test_correlation_of_small_loans_falls_with_the_probability():
    found = basel_correlation([1e-9, 0.02, 0.1, 1 - 1e-12])
    assert np.all(np.diff(found) < 0)
    assert found[[0, -1]] == pytest.approx([0.16, 0.03], abs=1e-6)


def test_the_adjustment_is_the_derivative_that_defines_it():
    p, rho = np.array([0.01, 0.05]), np.array([0.1, 0.2])
    u, n = np.array([3.0, 1.0]), np.array([50.0, 400.0])

    def inside(y: float) -> float:
        b = np.sqrt(rho / (1 - rho))
        g = (norm.ppf(p) + np.sqrt(rho) * y) / np.sqrt(1 - rho)
        q = norm.cdf(g)
        return float(norm.pdf(y) * np.sum(n * u**2 * q * (1 - q)) / np.sum(n * u * norm.pdf(g) * b))

    y, step = norm.ppf(0.995), 1e-5
    slope = (inside(y + step) - inside(y - step)) / (2 * step)
    expected = -slope / (2 * norm.pdf(y))
    assert granularity_adjustment(p, rho, 0.995, u, n) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("count", [500, 2_000])
def test_limit_and_adjustment_meet_the_exact_quantile_within_a_loan(count):
    p, rho, level = 0.03, 0.15, 0.999
    pools = loan_pools(np.ones(count), p, rho)
    exact = float(loss_distribution(pools, lattice_unit=1.0).quantile(level))
    limit = count * float(vasicek_quantile(p, rho, level))
    adjusted = limit + granularity_adjustment(p, rho, level, 1.0, count)
    assert abs(exact - adjusted) < 1
    assert abs(exact - limit) > 1.5  # which the adjustment takes away


@settings(max_examples=25)
@given(probabilities, correlations, levels)
def test_the_adjustment_of_a_share_falls_with_the_number_of_loans(p, rho, level):
    few, many = (granularity_adjustment(p, rho, level, 1 / n, n) for n in (100, 1_000))
    assert few == pytest.approx(10 * many, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (
            (0.0, 0.1, 0.99),
            "违约率为 0.0，应大于 0 且小于 1",
            "the default probability is 0.0; it must",
        ),
        ((1.0, 0.1, 0.99), "违约率为 1.0", "the default probability is 1.0"),
        ((0.1, 0.0, 0.99), "资产相关系数为 0.0", "the asset correlation is 0.0"),
        ((0.1, 1.0, 0.99), "资产相关系数为 1.0", "the asset correlation is 1.0"),
        ((0.1, 0.1, 1.0), "置信水平为 1.0", "the confidence level is 1.0"),
        ((0.1, 0.1, np.nan), "置信水平为 nan", "the confidence level is nan"),
    ],
)
def test_ends_are_refused(arguments, zh, en):
    with pytest.raises(InputError) as caught:
        vasicek_quantile(*arguments)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


def test_shares_of_nothing_and_of_all_have_no_density():
    with pytest.raises(InputError, match=r"the share lost is 0\.0") as caught:
        vasicek_density([0.1, 0.0], 0.1, 0.1)
    assert "损失比例为 0.0" in caught.value.text("zh")


@pytest.mark.parametrize("rates", [[0.02], [0.02, 0.02]])
def test_a_history_without_variation_is_refused(rates):
    with pytest.raises(InputError, match="not all the same") as caught:
        vasicek_fit(rates)
    assert f"{len(rates)} 年的违约率估计不出相关系数" in caught.value.text("zh")
