"""Printed examples of loan and bond arithmetic, of an option, and of areas under ROC curves.

Each test names its source; tolerances are the source's own rounding.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from xinzhi.plan.finance.instruments_arithmetic import (
    annuity_payment,
    internal_rate_of_return,
    repayment_schedule,
)
from xinzhi.plan.finance.instruments_contracts import Contract
from xinzhi.plan.finance.instruments_expectation import factor_nodes, payoff_moments
from xinzhi.plan.finance.scoring_discrimination import area_under_curve, delong_covariance

# numpy-financial, documentation of ipmt: 2,500 at 8.24 % a year in twelve monthly payments;
# principal, interest and what is left
MONTHS = (
    (200.58, 17.17, 2299.42),
    (201.96, 15.79, 2097.46),
    (203.35, 14.40, 1894.11),
    (204.74, 13.01, 1689.37),
    (206.15, 11.60, 1483.22),
    (207.56, 10.18, 1275.66),
    (208.99, 8.76, 1066.67),
    (210.42, 7.32, 856.25),
    (211.87, 5.88, 644.38),
    (213.32, 4.42, 431.05),
    (214.79, 2.96, 216.26),
    (216.26, 1.49, 0.00),
)


def test_a_loan_repaid_in_twelve_payments():
    plan = repayment_schedule(2_500, np.full(12, 0.0824 / 12))
    principal, interest, left = np.array(MONTHS).T
    np.testing.assert_allclose(plan.principal, principal, atol=0.005)
    np.testing.assert_allclose(plan.interest, interest, atol=0.005)
    np.testing.assert_allclose(plan.balance - plan.principal, left, atol=0.005)
    assert plan.interest.sum() == pytest.approx(112.98, abs=0.005)


def test_a_loan_at_an_effective_monthly_rate():
    # Engineering economics course EC314, Portland State University, “Tabular Example”:
    # 100 for five months at 2 % a month compounded daily
    rate = (1 + 0.02 / 30) ** 30 - 1
    assert rate == pytest.approx(0.02019454, abs=5e-9)
    assert annuity_payment(100, rate, 5) == pytest.approx(21.2278, abs=5e-5)
    plan = repayment_schedule(100, np.full(5, rate))
    np.testing.assert_allclose(
        plan.interest, [2.01945, 1.63155, 1.23581, 0.83208, 0.42020], atol=2e-5
    )


@pytest.mark.parametrize(
    ("flows", "printed", "digits"),
    [
        # numpy-financial, documentation of irr, after Gitman (2003), Principles of Managerial
        # Finance, Brief, 3rd ed., p. 348
        ([-100, 39, 59, 55, 20], 0.28095, 5e-6),
        ([-100, 0, 0, 74], -0.0955, 5e-5),
        # exercises with printed solutions: a ten-year 9 % bond at 1,134.20; a five-year 8 % bond
        # of 600 at 550
        ([-1134.20, *[90] * 9, 1090], 0.0708, 5e-5),
        ([-550, *[48] * 4, 648], 0.1021, 5e-5),
    ],
)
def test_internal_rates_of_return(flows, printed, digits):
    assert internal_rate_of_return(flows) == pytest.approx(printed, abs=digits)


@pytest.mark.parametrize(
    ("spot", "strike", "rate", "spread", "printed", "digits"),
    [
        # R package pcalls, example of BlackscholesCalls
        (10, 11, 0.05, 0.2, 0.6040088, 5e-8),
        # Rust crate black_scholes 0.3.0, example of call
        (5.0, 4.5, 0.05, 0.3, 0.9848721043419868, 1e-12),
    ],
)
def test_the_right_to_convert_is_a_call(spot, strike, rate, spread, printed, digits):
    nothing = np.zeros((4, 1, 2, 2))
    contract = Contract(
        **{"name": "a", "kind": "convertible", "amount": 1.0, "years": 1, "firms": 1},
        **{"correlation": 0.3, "default_probability": 0.0, "fixed": nothing},
        **{"losses": nothing[:3, :, :, 0], "weights": np.ones(1), "payoff": "option"},
        **{"growth": np.expm1(rate), "volatility": spread, "conversion": spot / strike},
    )
    factor, weights = factor_nodes()
    mean = float(weights @ payoff_moments(contract, factor)[0])
    assert strike * np.exp(-rate) * mean == pytest.approx(printed, abs=digits)


def test_the_area_of_hanley_and_mcneil():
    # Hanley and McNeil (1982), Radiology 143, 29–36, Table I: ratings 1 to 5 of 58 normal and 51
    # abnormal images, as quoted in the tests of other packages; the printed area is 0.893
    ratings = np.arange(1, 6)
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    scores = np.concatenate([np.repeat(ratings, normal), np.repeat(ratings, abnormal)])
    defaulted = np.repeat([0, 1], [58, 51])
    assert area_under_curve(defaulted, scores).area == pytest.approx(0.893, abs=0.0005)


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    """113 patients with a haemorrhage: Turck et al. (2010), as data set aSAH of R's pROC."""
    return pd.read_csv(Path(__file__).with_name("haemorrhage_113_patients.csv"))


def test_the_interval_of_delong(patients: pd.DataFrame):
    # printed by pROC: area 0.7314, 95 % CI 0.6301-0.8326 (DeLong)
    found = area_under_curve(patients["poor"], patients["s100b"])
    assert found.area == pytest.approx(0.7314, abs=5e-5)
    assert (found.low, found.high) == (
        pytest.approx(0.6301, abs=5e-5),
        pytest.approx(0.8326, abs=5e-5),
    )


def test_the_difference_of_two_areas(patients: pd.DataFrame):
    # pROC's documentation of roc.test, s100b against wfns: Z = -2.209, p = 0.02718
    areas, covariance = delong_covariance(patients["poor"], patients[["s100b", "wfns"]].T)
    spread = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    z = (areas[0] - areas[1]) / spread
    assert z == pytest.approx(-2.209, abs=5e-4)
    assert 2 * norm.sf(abs(z)) == pytest.approx(0.02718, abs=5e-6)
