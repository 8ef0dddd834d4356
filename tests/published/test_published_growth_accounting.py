"""Printed accounts of growth."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.measure.productivity.growth_accounting import contributions, growth_accounting


def test_canada_in_mankiw_and_scarth():
    # Mankiw and Scarth, Macroeconomics, fifth Canadian edition, table 8-3 (authors' calculations):
    # output 3 %, labour 1 %, capital 3 %, labour's share 0.67
    growth = np.array([0.03, 0.03, 0.01])
    found = contributions(growth, np.array([0.33, 0.67]))
    np.testing.assert_allclose(100 * found, [0.99, 0.67, 1.34])
    frame = pd.DataFrame(
        {
            "country": "Canada",
            "year": [0, 1],
            "output": [1.0, np.exp(0.03)],
            "capital": [1.0, np.exp(0.03)],
            "labour": [1.0, np.exp(0.01)],
        }
    )
    result = growth_accounting(
        frame, ["capital", "labour"], "output", unit="country", time="year", capital_share=0.33
    )
    total = result.tables["total"].iloc[0]
    assert 100 * total["labour_contribution"] == pytest.approx(0.67)
    assert 100 * total["capital_contribution"] == pytest.approx(0.99)
    assert 100 * total["tfp_growth"] == pytest.approx(1.34)
    # "proportion of growth due to increase in total factor productivity = 1.34/3 = 0.44", cut off
    assert total["tfp_share"] == pytest.approx(1.34 / 3)


def test_output_per_worker_in_the_united_states():
    # the textbook account of output per worker: 1.8 = 1/4 × 1.2 + 1.5 % a year since 1900
    # (economicskey.com/numerical-example-4999)
    frame = pd.DataFrame(
        {
            "country": "United States",
            "year": [0, 1],
            "output": [1.0, np.exp(0.018 + 0.01)],
            "capital": [1.0, np.exp(0.012 + 0.01)],
            "labour": [1.0, np.exp(0.01)],
        }
    )
    result = growth_accounting(
        frame, ["capital", "labour"], "output", unit="country", time="year", capital_share=0.25
    )
    row = result.tables["growth"].iloc[0]
    assert 100 * row["productivity_growth"] == pytest.approx(1.8)
    assert 100 * row["deepening_contribution"] == pytest.approx(0.3)
    assert 100 * row["tfp_growth"] == pytest.approx(1.5)
