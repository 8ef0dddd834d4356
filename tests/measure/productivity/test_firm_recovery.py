"""Firm panels with a known production function: who recovers it within Monte Carlo error.

True coefficients: labour 0.6, capital 0.4. The bound is three standard errors of the mean over the
seeds, taken from the spread over the seeds themselves.
"""

from __future__ import annotations

import numpy as np
import pytest
from firm_simulation import CAPITAL, LABOUR, simulated_firms

from xinzhi.data.firm_panel import FirmPanel, firm_panel
from xinzhi.measure.productivity.firm_estimators import FirmEstimate, estimate

TRUE = np.array([LABOUR, CAPITAL])
SEEDS = range(12)


def panel_of(seed: int, **options) -> FirmPanel:
    frame = simulated_firms(seed, **options)
    return firm_panel(frame, "firm", "year", "value_added", "workers", "capital", "proxy")


def estimates(method: str, seeds=SEEDS, **options) -> list[FirmEstimate]:
    return [estimate(panel_of(seed, **options), method, 3, 3) for seed in seeds]


def distance(found: list[FirmEstimate]) -> np.ndarray:
    """Return how many Monte Carlo errors the mean of the coefficients is from the truth."""
    values = np.array([each.coefficients for each in found])
    return (values.mean(axis=0) - TRUE) / (values.std(axis=0, ddof=1) / np.sqrt(len(values)))


@pytest.mark.parametrize("proxy", ["materials", "demand"])
def test_ackerberg_caves_frazer_recovers_the_coefficients(proxy: str):
    found = estimates("acf", proxy=proxy)
    assert np.abs(distance(found)).max() < 3
    values = np.array([each.coefficients for each in found])
    assert np.abs(values.mean(axis=0) - TRUE).max() < 0.02


def test_the_spurious_root_is_found_and_passed_over():
    """Without errors of its own in labour, 1 on labour and 0 on capital solve the moments too."""
    for each in estimates("acf", range(4), labour_noise=0.0):
        assert len(each.roots) >= 2
        spurious = each.roots[1].coefficients
        assert spurious[0] > 0.9
        assert spurious[1] < 0.1
        assert each.roots[1].objective < 1e-8
        np.testing.assert_allclose(each.coefficients, TRUE, atol=0.08)


@pytest.mark.parametrize("persistence", [0.3, 0.7])
def test_wooldridge_recovers_the_coefficients(persistence: float):
    found = estimates(
        "wooldridge", proxy="demand", wage_deviation=0.3, wage_persistence=persistence
    )
    assert np.abs(distance(found)).max() < 3
    values = np.array([each.coefficients for each in found])
    assert np.abs(values.mean(axis=0) - TRUE).max() < 0.02


def test_levinsohn_petrin_recovers_them_where_the_proxy_does_not_depend_on_labour():
    assert np.abs(distance(estimates("lp", proxy="demand"))).max() < 3


def test_levinsohn_petrin_is_lost_where_labour_is_a_function_of_the_proxy():
    """Materials in proportion to output: labour given k and m says nothing about its product."""
    values = np.array([each.coefficients for each in estimates("lp", range(4))])
    assert (values[:, 0] < 0.1).all()


def test_least_squares_does_not_recover_them():
    values = np.array([each.coefficients for each in estimates("ols")])
    assert np.abs(distance(estimates("ols"))).min() > 10
    assert values[:, 0].min() > LABOUR + 0.1  # labour takes the credit of productivity
    assert values[:, 1].max() < CAPITAL - 0.1


def test_exit_correction_of_olley_pakes():
    """Large firms stay with lower productivity, so survivors show too little of capital's part."""
    panels = [panel_of(seed, firms=8000, proxy="investment", exits=True) for seed in range(4)]
    corrected = np.array([estimate(each, "op", 3, 3).coefficients for each in panels])
    without = np.array([estimate(each, "lp", 3, 3).coefficients for each in panels])
    np.testing.assert_allclose(corrected[:, 0], LABOUR, atol=0.01)
    assert abs(corrected[:, 1].mean() - CAPITAL) < 0.04
    assert without[:, 1].mean() < CAPITAL - 0.06


def test_productivity_is_recovered_firm_by_firm():
    frame = simulated_firms(3)
    panel = firm_panel(frame, "firm", "year", "value_added", "workers", "capital", "proxy")
    found = estimate(panel, "acf", 3, 3)
    inputs = np.vstack([panel.labour, panel.capital])
    omega = found.expected_output - found.coefficients @ inputs
    order = np.lexsort((frame["year"], frame["firm"].astype(str)))
    true = frame["productivity"].to_numpy()[order]
    assert np.corrcoef(omega, true)[0, 1] > 0.97
    observed = panel.output - found.coefficients @ inputs
    assert np.std(omega - true) < np.std(observed - true)  # ε is gone
