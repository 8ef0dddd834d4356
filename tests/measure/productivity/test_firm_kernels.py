"""The kernels of the firm level against slow, obvious twins that hold all data at once."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from firm_simulation import simulated_firms
from scipy.optimize import minimize
from scipy.stats import norm

from xinzhi.core import ComputationError
from xinzhi.data.firm_panel import FirmPanel, firm_panel
from xinzhi.measure.productivity.firm_estimators import (
    estimate,
    least_squares_coefficients,
    wooldridge,
)
from xinzhi.measure.productivity.firm_polynomials import (
    check_independent,
    cross_products,
    monomial_exponents,
    polynomial_basis,
)
from xinzhi.measure.productivity.firm_second_stage import (
    MarkovStage,
    Moments,
    _second_stage_products,
)
from xinzhi.measure.productivity.firm_survival import survival_probability

COLUMNS = ("firm", "year", "value_added", "workers", "capital", "proxy")


@pytest.fixture(scope="module")
def panel() -> FirmPanel:
    frame = simulated_firms(11, firms=400, periods=6, proxy="demand", exits=True)
    rng = np.random.default_rng(0)
    return firm_panel(frame[rng.random(len(frame)) > 0.1], *COLUMNS)  # gaps too


def plain_monomials(variables: np.ndarray, degree: int) -> np.ndarray:
    """Return all monomials of variables (v, n), each from its powers."""
    exponents = monomial_exponents(len(variables), degree)
    return np.array([np.prod(variables.T ** np.array(e), axis=1) for e in exponents])


def test_exponents_of_two_variables():
    assert monomial_exponents(2, 2) == [(0, 0), (0, 1), (1, 0), (0, 2), (1, 1), (2, 0)]
    assert len(monomial_exponents(3, 3)) == 20


def test_basis_spans_the_polynomials_and_is_white():
    rng = np.random.default_rng(1)
    variables = np.array([[1.0, 0.0, 0.0], [0.9, 0.3, 0.0], [0.5, 0.5, 1.0]]) @ rng.normal(
        size=(3, 500)
    ) + np.array([[3.0], [10.0], [-2.0]])
    basis = polynomial_basis(variables, None, 3)
    terms = basis.terms(variables)
    linear = [k for k, e in enumerate(monomial_exponents(3, 3)) if sum(e) == 1]
    np.testing.assert_allclose(terms[linear] @ terms[linear].T / 500, np.eye(3), atol=1e-10)
    plain = plain_monomials(variables - variables.mean(axis=1, keepdims=True), 3)
    fitted = np.linalg.lstsq(terms.T, plain.T, rcond=None)[0].T @ terms
    np.testing.assert_allclose(fitted, plain, atol=1e-8)


def test_powers_of_a_combination_are_polynomials_of_the_basis():
    rng = np.random.default_rng(2)
    variables = rng.normal(size=(3, 300)) + 5
    basis = polynomial_basis(variables, None, 3)
    weights = np.array([1.0, -0.6, -0.4])
    combination = weights @ variables
    white = (combination - combination.mean()) / combination.std()
    coefficients = np.zeros(basis.size)
    coefficients[0] = 1.0
    for power in range(1, 4):
        coefficients = basis.times(basis.linear(weights)) @ coefficients
        np.testing.assert_allclose(coefficients @ basis.terms(variables), white**power, atol=1e-9)


@pytest.mark.parametrize("rows", [5, 16_384, 40_001])
def test_cross_products_by_slices(rows: int):
    rng = np.random.default_rng(3)
    x, weights = rng.normal(size=(7, rows)), rng.random(rows)
    np.testing.assert_allclose(
        cross_products(lambda s: x[:, s], rows), x @ x.T, rtol=1e-9, atol=1e-9
    )
    weighted = cross_products(lambda s: x[:, s], rows, weights)
    np.testing.assert_allclose(weighted, (x * weights) @ x.T, rtol=1e-9, atol=1e-9)


def test_collinear_columns_are_refused():
    x = np.array([[1.0, 2.0, 4.0, 3.0], [2.0, 4.0, 8.0, 6.0]])
    with pytest.raises(ComputationError) as caught:
        check_independent(x @ x.T)
    assert "a variable is constant, or a linear combination of the others" in str(caught.value)
    assert "某个变量是常数，或是其他变量的线性组合" in caught.value.text("zh")
    with pytest.raises(ComputationError, match="not identified"):
        polynomial_basis(np.array([[1.0, 2.0, 3.0], [7.0, 7.0, 7.0]]), None, 2)


def test_least_squares_twin(panel: FirmPanel):
    design = np.column_stack([*panel.labour, *panel.capital, np.ones(panel.rows)])
    twin = np.linalg.lstsq(design, panel.output, rcond=None)[0][:-1]
    found = least_squares_coefficients(panel, np.ones(panel.rows))
    np.testing.assert_allclose(found, twin, rtol=1e-9)


def test_first_stage_twin(panel: FirmPanel):
    """Expected output of ACF and coefficient of labour of LP, by QR on the whole design."""
    every = np.vstack([panel.labour, panel.capital, panel.proxy])
    design = plain_monomials(every, 3).T
    twin = design @ np.linalg.lstsq(design, panel.output, rcond=None)[0]
    np.testing.assert_allclose(estimate(panel, "acf", 3, 3).expected_output, twin, atol=1e-6)
    design = np.column_stack([*panel.labour, *plain_monomials(every[1:], 3)])
    coefficients = np.linalg.lstsq(design, panel.output, rcond=None)[0]
    found = estimate(panel, "lp", 3, 3)
    np.testing.assert_allclose(found.coefficients[0], coefficients[0], atol=1e-7)
    np.testing.assert_allclose(found.expected_output, design @ coefficients, atol=1e-6)


@pytest.mark.parametrize("with_survival", [False, True])
def test_moments_twin(panel: FirmPanel, with_survival: bool):
    """The moments at any coefficients, by regressing ω on its own past row by row."""
    rng = np.random.default_rng(4)
    inputs = np.vstack([panel.labour, panel.capital])
    expected = panel.output + rng.normal(0, 0.1, panel.rows)
    survival = rng.random(panel.rows) if with_survival else None
    stage = MarkovStage(expected, expected, inputs, np.array([1]), np.array([0]), survival)
    follows = panel.follows()
    basis, products = _second_stage_products(stage, follows, 3, np.ones(panel.rows))
    moments = Moments(basis, products, stage, 3)
    now = np.flatnonzero(follows)
    for coefficients in (np.array([0.6, 0.4]), np.array([0.1, 1.3])):
        omega = expected - coefficients @ inputs
        past = omega[np.newaxis, now - 1]
        if survival is not None:
            past = np.vstack([past, survival[now - 1]])
        design = plain_monomials(past, 3).T
        innovation = omega[now] - design @ np.linalg.lstsq(design, omega[now], rcond=None)[0]
        instruments = np.vstack([panel.capital[0, now], panel.labour[0, now - 1]])
        found, variance = moments.innovation(coefficients)
        np.testing.assert_allclose(found, instruments @ innovation / len(now), atol=1e-8)
        np.testing.assert_allclose(variance, np.mean(innovation**2), rtol=1e-8)


def test_estimates_meet_their_moments(panel: FirmPanel):
    found = estimate(panel, "acf", 3, 3)
    assert found.roots[0].objective < 1e-8
    np.testing.assert_array_equal(found.coefficients, found.roots[0].coefficients)


def test_wooldridge_twin(panel: FirmPanel):
    now = np.flatnonzero(panel.follows())
    known = np.vstack([panel.capital, panel.proxy])[:, now - 1]
    controls = np.vstack([plain_monomials(known, 3), panel.capital[:, now]])
    instruments = np.vstack([panel.labour[:, now - 1], controls])
    regressors = np.vstack([panel.labour[:, now], controls])
    twin = np.linalg.solve(instruments @ regressors.T, instruments @ panel.output[now])
    found = wooldridge(panel, 3, np.ones(panel.rows))
    np.testing.assert_allclose(found.coefficients, twin[[0, -1]], atol=1e-6)
    left = [
        y - controls.T @ np.linalg.lstsq(controls.T, y, rcond=None)[0]
        for y in (panel.labour[0, now], panel.labour[0, now - 1])
    ]
    np.testing.assert_allclose(found.instrument_r2, np.corrcoef(left)[0, 1] ** 2, rtol=1e-5)


def test_survival_twin():
    frame = simulated_firms(5, firms=600, periods=5, proxy="investment", exits=True)
    panel = firm_panel(frame, *COLUMNS)
    variables = np.vstack([panel.capital, panel.proxy])
    basis = polynomial_basis(variables, None, 2)
    found = survival_probability(panel, variables, basis, np.ones(panel.rows))
    seen = panel.period < 2004
    there = set(zip(panel.unit.tolist(), panel.period.tolist(), strict=True))
    stays = np.array(
        [(unit, year + 1) in there for unit, year in zip(panel.unit, panel.period, strict=True)]
    )
    terms = basis.terms(variables)
    sign = np.where(stays, 1.0, -1.0)

    def loss(coefficients: np.ndarray) -> float:
        return -norm.logcdf(sign[seen] * (coefficients @ terms[:, seen])).sum()

    twin = minimize(loss, np.zeros(basis.size), method="BFGS", options={"gtol": 1e-4})
    assert found is not None
    np.testing.assert_allclose(found, norm.cdf(twin.x @ terms), atol=1e-4)


def test_a_gap_and_the_last_period_are_no_exit():
    frame = simulated_firms(1, firms=40, periods=4)
    gap = frame[~((frame["firm"] == 3) & (frame["year"] == 2001))]
    panel = firm_panel(gap, *COLUMNS)
    variables = np.vstack([panel.capital, panel.proxy])
    basis = polynomial_basis(variables, None, 1)
    assert survival_probability(panel, variables, basis, np.ones(panel.rows)) is None
    # a row left out for a zero still shows that the firm was there
    nothing = (frame["firm"] == 3) & (frame["year"] == 2003)
    panel = firm_panel(frame.assign(proxy=frame["proxy"].mask(nothing, 0.0)), *COLUMNS)
    assert panel.rows == len(frame) - 1
    variables = np.vstack([panel.capital, panel.proxy])
    assert survival_probability(panel, variables, basis, np.ones(panel.rows)) is None


def test_exit_that_the_variables_decide_is_refused():
    """Every firm below a size leaves, no other: the likelihood rises without end."""
    frame = simulated_firms(2, firms=200, periods=2, proxy="investment")
    middle = frame.loc[frame["year"] == 2000, "capital"].median()
    leaves = frame["firm"].isin(
        frame[(frame["year"] == 2000) & (frame["capital"] < middle)]["firm"]
    )
    panel = firm_panel(frame[~(leaves & (frame["year"] == 2001))], *COLUMNS)
    variables = np.vstack([panel.capital, panel.proxy])
    basis = polynomial_basis(variables, None, 1)
    with pytest.raises(ComputationError) as caught:
        survival_probability(panel, variables, basis, np.ones(panel.rows))
    assert "the probit of exit does not converge" in str(caught.value)
    assert "Lower the degree of the polynomial" in str(caught.value)
    assert "企业退出的 probit 模型不收敛" in caught.value.text("zh")


def test_weights_count_a_firm_as_often_as_its_copies():
    """A weight of two is the same as the firm and its copy under another name."""
    frame = simulated_firms(11, firms=400, periods=6, proxy="demand", exits=True)
    frame["firm"] = frame["firm"].astype(str)
    whole = firm_panel(frame, *COLUMNS)
    chosen = np.arange(len(whole.units)) % 3 == 0
    copies = frame[frame["firm"].isin(whole.units[chosen])]
    doubled = pd.concat([frame, copies.assign(firm=copies["firm"] + "copy")], ignore_index=True)
    for method in ("ols", "acf", "lp", "op", "wooldridge"):
        weighted = estimate(whole, method, 2, 2, 1.0 + chosen).coefficients
        copied = estimate(firm_panel(doubled, *COLUMNS), method, 2, 2).coefficients
        np.testing.assert_allclose(weighted, copied, atol=1e-6)
