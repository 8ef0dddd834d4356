"""Printed figures of the one-factor model.

Sources: Hull (2009), Risk management and financial institutions, 2nd ed., table 11.4 (99.9 % worst
default rates), and his worked example of retail loans as quoted at
https://forum.bionicturtle.com/threads/explanation-of-vasicek-model.8884; BCBS (2006), International
convergence of capital measurement and capital standards, annex 5 (illustrative risk weights) with
the formulas of §§272, 328 and 330. Every figure is held to its rounding, but for one
of the twelve in each of Basel's columns, which the formula misses by 0.0055 to 0.006, just beyond
half a unit of its last digit: 50.80, 21.08, 73.45 and 114.86 do not come out, and ours are held.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import norm

from xinzhi.plan.finance.guarantee_vasicek import (
    basel_correlation,
    granularity_adjustment,
    vasicek_quantile,
)

HULL_PROBABILITIES = np.array([0.001, 0.005, 0.01, 0.015, 0.02])
HULL_WORST = {
    0.2: (2.8, 9.1, 14.6, 18.9, 22.6),
    0.4: (7.1, 21.1, 31.6, 39.0, 44.9),
    0.6: (13.5, 38.7, 54.2, 63.8, 70.5),
    0.8: (23.3, 66.3, 83.6, 90.8, 94.4),
}
BASEL_PERCENT = np.array([0.03, 0.05, 0.10, 0.25, 0.40, 0.50, 0.75, 1.00, 1.30, 1.50, 2.00, 2.50])
CORPORATE = (
    *(14.44, 19.65, 29.65, 49.47, 62.72, 69.61, 82.78, 92.32, 100.95, 105.59, 114.86, 122.16),
)
MORTGAGES = (4.15, 6.23, 10.69, 21.30, 29.94, 35.08, 46.46, 56.40, 67.00, 73.45, 87.94, 100.64)
OTHER_RETAIL = (4.45, 6.63, 11.16, 21.15, 28.42, 32.36, 40.10, 45.77, 50.80, 53.37, 57.99, 60.90)
OTHER_RETAIL_85 = (
    *(8.41, 12.52, 21.08, 39.96, 53.69, 61.13, 75.74, 86.46, 95.95, 100.81, 109.53, 115.03),
)

HALF_A_UNIT = 0.005


def agrees(found: np.ndarray, printed: tuple[float, ...], missed: float, ours: float) -> None:
    """Compare with what is printed, and with our own figure at the one probability that misses."""
    here = missed == BASEL_PERCENT
    expected = np.where(here, ours, printed)
    np.testing.assert_allclose(found, expected, atol=HALF_A_UNIT)
    assert abs(found - printed)[here] > HALF_A_UNIT
    np.testing.assert_allclose(found[here], ours, atol=5e-5)


def risk_weight(lgd: float, correlation: np.ndarray | float) -> np.ndarray:
    """Return percent of the exposure: 12.5 times the loss beyond the expected one at 99.9 %."""
    p = BASEL_PERCENT / 100
    return 100 * 12.5 * lgd * (vasicek_quantile(p, correlation, 0.999) - p)


@pytest.mark.parametrize("correlation", sorted(HULL_WORST))
def test_hull_worst_default_rates(correlation):
    found = 100 * vasicek_quantile(HULL_PROBABILITIES, correlation, 0.999)
    np.testing.assert_allclose(found, HULL_WORST[correlation], atol=0.05)


def test_hull_retail_loans():
    assert float(vasicek_quantile(0.02, 0.1, 0.999)) == pytest.approx(0.128, abs=5e-4)


@pytest.mark.parametrize(
    ("lgd", "printed", "missed", "ours"),
    [(0.45, OTHER_RETAIL, 1.3, 50.7945), (0.85, OTHER_RETAIL_85, 0.1, 21.0855)],
)
def test_basel_risk_weights_of_other_retail_loans(lgd, printed, missed, ours):
    agrees(risk_weight(lgd, basel_correlation(BASEL_PERCENT / 100)), printed, missed, ours)


def test_basel_risk_weights_of_mortgages():
    agrees(risk_weight(0.45, 0.15), MORTGAGES, 1.5, 73.4441)


def test_basel_risk_weights_of_corporate_loans_with_their_maturity():
    p = BASEL_PERCENT / 100
    w = np.expm1(-50 * p) / np.expm1(-50)
    b = (0.11852 - 0.05478 * np.log(p)) ** 2
    found = risk_weight(0.45, 0.12 * w + 0.24 * (1 - w)) / (1 - 1.5 * b)
    agrees(found, CORPORATE, 2.0, 114.8542)


@pytest.mark.parametrize(
    ("p", "rho", "level", "n"), [(0.03, 0.08, 0.99, 200), (0.01, 0.2, 0.999, 50)]
)
def test_the_adjustment_of_equal_loans_as_christoffersen_writes_it(p, rho, level, n):
    """Christoffersen (2012), Elements of financial risk management, 2nd ed., ch. 12."""
    q = float(vasicek_quantile(p, rho, level))
    slope = (np.sqrt((1 - rho) / rho) * norm.ppf(level) - norm.ppf(q)) / norm.pdf(norm.ppf(q))
    printed = (slope * q * (1 - q) + 2 * q - 1) / 2
    assert granularity_adjustment(p, rho, level, 1 / n, n) == pytest.approx(printed / n, rel=1e-9)
