"""Stochastic frontiers against FRONTIER 4.1 and the R packages that carry it on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.measure.productivity.frontier_estimation import least_squares
from xinzhi.measure.productivity.frontier_likelihood import (
    FrontierData,
    Parameters,
    inefficiency,
    log_likelihood,
)
from xinzhi.measure.productivity.stochastic_frontier import stochastic_frontier

HERE = Path(__file__).parent
RICE = ["area", "labour", "fertiliser"]


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    """Return the 60 firms of Coelli (1996), A Guide to FRONTIER Version 4.1, CEPA WP 96/07.

    The last columns are printed efficiencies: of the half-normal model in the guide's example
    output (file EG1.OUT of the R package frontier), and of the truncated-normal one in the output
    of that package's test (frontierTest, model a2).
    """
    return pd.read_csv(HERE / "coelli_60_firms.csv")


@pytest.fixture(scope="module")
def rice() -> pd.DataFrame:
    """Return 43 rice farms in the Philippines over 8 years.

    Source: International Rice Research Institute; Coelli, Rao, O'Donnell and Battese (2005), An
    Introduction to Efficiency and Productivity Analysis; data set riceProdPhil of R's frontier.
    """
    return pd.read_csv(HERE / "rice_farms_philippines.csv")


def column(result, name: str = "estimate") -> pd.Series:
    return result.tables["coefficients"].set_index("term")[name]


def fit(result) -> pd.Series:
    return result.tables["fit"].set_index("statistic")["value"]


def test_half_normal_of_60_firms_is_that_of_frontier(firms):
    result = stochastic_frontier(firms, ["capital", "labour"], "output", unit="firm")
    found = column(result)
    printed = {
        "constant": 0.56161963,
        "capital": 0.28110205,
        "labour": 0.53647981,
        "sigma_squared": 0.21700046,
        "gamma": 0.79720730,
    }
    for term, value in printed.items():
        # FRONTIER stops once a step changes parameters by less than 1e-5 of themselves
        assert found[term] == pytest.approx(value, rel=1e-5)
    assert fit(result)["log_likelihood"] == pytest.approx(-17.027229, abs=5e-6)
    assert fit(result)["likelihood_ratio"] == pytest.approx(2.8392402, abs=1e-5)
    assert fit(result)["skewness"] == pytest.approx(-0.55404, abs=5e-6)
    # lrtest of the R package: 2.84 has the p-value 0.046 with one degree of freedom
    assert fit(result)["p_value"] == pytest.approx(0.046, abs=5e-4)
    assert fit(result)["mean_efficiency"] == pytest.approx(0.74056772, abs=1e-6)
    scores = result.tables["efficiency"]
    printed_scores = firms["efficiency_half_normal"].to_numpy()
    order = scores["unit"].astype(int).to_numpy() - 1
    np.testing.assert_allclose(scores["efficiency"], printed_scores[order], atol=2e-6)


def test_least_squares_of_60_firms(firms):
    result = stochastic_frontier(firms, ["capital", "labour"], "output", unit="firm")
    ols = column(result, "least_squares")
    for term, value in {
        "constant": 0.24489834,
        "capital": 0.28049246,
        "labour": 0.53330637,
    }.items():
        assert ols[term] == pytest.approx(value, abs=2e-7)
    assert fit(result)["log_likelihood_least_squares"] == pytest.approx(-18.446849, abs=1e-5)


def test_standard_errors_of_60_firms_are_close_to_the_printed_ones(firms):
    # FRONTIER prints those of the search's approximation of the Hessian, we those of the Hessian
    result = stochastic_frontier(firms, ["capital", "labour"], "output", unit="firm")
    errors = column(result, "standard_error")
    printed = {
        "constant": 0.20261668,
        "capital": 0.047643365,
        "labour": 0.045251553,
        "sigma_squared": 0.063909106,
        "gamma": 0.13642399,
    }
    for term, value in printed.items():
        assert errors[term] == pytest.approx(value, rel=0.02)


def firm_data(firms: pd.DataFrame) -> FrontierData:
    logs = np.log(firms[["output", "capital", "labour"]].to_numpy())
    x = np.column_stack([np.ones(60), logs[:, 1:]])
    return FrontierData(logs[:, 0], x, 1.0, np.arange(60), np.zeros(60))


def test_truncated_normal_likelihood_and_efficiencies_at_the_printed_parameters(firms):
    # R's frontier keeps mu within two sigma_u by default; these are its bounded estimates
    total, gamma, mu = 0.54776, 0.90815, -1.41060
    sigma_u = np.sqrt(gamma * total)
    point = Parameters(
        np.array([0.47641, 0.28259, 0.54038]),
        float(np.log((1 - gamma) * total)),
        float(np.log(gamma * total)),
        float(mu / sigma_u),
        0.0,
    )
    data = firm_data(firms)
    assert log_likelihood(data, point)[0] == pytest.approx(-16.796, abs=5e-4)
    scores = inefficiency(data, point, 0.95).efficiency
    np.testing.assert_allclose(scores, firms["efficiency_truncated"], atol=2e-4)


def test_truncated_normal_without_that_bound(firms):
    # demo frontier_comparison of the R package spfrontier: coefficients, sigma_v, sigma_u, mu
    result = stochastic_frontier(
        firms, ["capital", "labour"], "output", unit="firm", distribution="truncated-normal"
    )
    found = column(result)
    printed = (0.46453, 0.28327, 0.54098, 0.22762, 0.91568, -2.84150)
    terms = ["constant", "capital", "labour", "sigma_v", "sigma_u", "mu"]
    np.testing.assert_allclose(found[terms], printed, atol=1e-4)
    assert fit(result)["log_likelihood"] > -16.796


def test_rice_farms_as_a_cross_section(rice):
    # test nestedModels of R's frontier, model bb5eef
    result = stochastic_frontier(rice.assign(row=range(len(rice))), RICE, "output", unit="row")
    found = column(result)[["constant", *RICE, "sigma_squared", "gamma"]]
    printed = (-1.043244, 0.3555118, 0.3332984, 0.2712777, 0.2386278, 0.8853821)
    np.testing.assert_allclose(found, printed, rtol=1e-4)


def test_rice_farms_by_battese_and_coelli_1992(rice):
    # test frontierTest of R's frontier, model b3: half-normal with time effect
    result = stochastic_frontier(rice, RICE, "output", unit="farm", time="year")
    found = column(result)[["constant", *RICE, "sigma_squared", "gamma", "eta"]]
    printed = (-0.75392, 0.47492, 0.30010, 0.19946, 0.12996, 0.36963, 0.05891)
    np.testing.assert_allclose(found, printed, atol=2e-5)
    assert fit(result)["log_likelihood"] == pytest.approx(-84.55, abs=5e-3)
    assert fit(result)["log_likelihood_least_squares"] == pytest.approx(-104.91, abs=5e-3)
    variances = (
        7.751179e-02,
        4.28001e-03,
        4.08833e-03,
        1.8175e-03,
        4.7380e-04,
        1.1506e-02,
        9.6403e-04,
    )
    errors = column(result, "standard_error")[found.index]
    np.testing.assert_allclose(errors, np.sqrt(variances), rtol=0.05)


def test_rice_farms_with_a_truncated_normal_that_does_not_vary(rice):
    # test frontierTest of R's frontier, model b2: truncated normal, panel, no time effect
    result = stochastic_frontier(
        rice,
        RICE,
        "output",
        unit="farm",
        time="year",
        distribution="truncated-normal",
        time_varying=False,
    )
    found = column(result)[["constant", *RICE, "sigma_squared", "gamma", "mu"]]
    printed = (-0.82887, 0.45457, 0.28732, 0.22512, 0.20339, 0.59048, -0.27343)
    np.testing.assert_allclose(found, printed, atol=1e-4)
    assert fit(result)["log_likelihood"] == pytest.approx(-86.343, abs=5e-4)


def test_a_cost_without_inefficiency_is_least_squares(rice):
    # test wrongSkewness of R's frontier, model d1: residuals of a cost skewed to the right, read
    # as a production frontier; its estimate stops short of gamma = 0
    cost = rice["labour"] * rice["labour_price"] + rice["fertiliser"] * rice["fertiliser_price"]
    table = rice.assign(cost=cost, row=range(len(rice)))
    factors = ["output", "area", "labour_price", "fertiliser_price"]
    result = stochastic_frontier(table, factors, "cost", unit="row")
    printed = {"output": 0.44030, "area": 0.52215, "labour_price": 0.41806}
    for term, value in printed.items():
        assert column(result)[term] == pytest.approx(value, abs=2e-4)
    assert fit(result)["log_likelihood"] == pytest.approx(39.02474, abs=1e-3)
    assert fit(result)["mean_efficiency"] == 1.0
    assert "偏度方向" in result.warnings[0].zh


def test_production_of_us_states_within_states():
    # plm's Produc, 48 states 1970-1986 (Munnell 1990); the within estimates of Baltagi (2013),
    # Econometric Analysis of Panel Data, table 3.1, as printed by summary() of plm
    states = pd.read_csv(HERE / "us_states_production.csv")
    logs = np.log(states[["output", "public_capital", "private_capital", "employment"]].to_numpy())
    dummies = pd.get_dummies(states["state"]).to_numpy(dtype=float)
    x = np.column_stack([logs[:, 1:], states["unemployment_rate"], dummies])
    count = len(states)
    data = FrontierData(logs[:, 0], x, 1.0, np.arange(count), np.zeros(count))
    found = least_squares(data)
    printed = (-0.02614965, 0.29200693, 0.76815947, -0.00529774)
    np.testing.assert_allclose(found.beta[:4], printed, atol=5e-9)
    errors = (0.02900158, 0.02511967, 0.03009174, 0.00098873)
    np.testing.assert_allclose(found.standard_errors[:4], errors, atol=5e-9)
    assert found.variance * count == pytest.approx(1.1112, abs=5e-5)
