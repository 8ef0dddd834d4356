"""Rates from observed stocks: what made them comes back, within bounds and intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import lsq_linear
from tests.plan.talent_cases import GRADES, P, history, stocks

from xinzhi.core import InputError
from xinzhi.plan.talent import calibrate, talent
from xinzhi.plan.talent.calibration import bounded_least_squares

TRUE = {
    **{("low", "middle"): 0.3, ("middle", "high"): 0.2},
    **{("low", "wastage"): 0.2, ("middle", "wastage"): 0.2, ("high", "wastage"): 0.2},
}


def test_exact_stocks_give_back_their_rates():
    found = calibrate(history(), GRADES, draws=0)
    rates = found.rates.set_index(["grade", "to"])["rate"]
    for key, value in TRUE.items():
        assert rates[key] == pytest.approx(value, abs=1e-8)
    assert found.rates["low"].isna().all()
    np.testing.assert_allclose(found.fit["residual"], 0, atol=1e-7)


def test_intervals_hold_the_truth_for_noisy_stocks():
    found = calibrate(history(30, noise=0.01), GRADES, draws=60, seed=1)
    rates = found.rates.set_index(["grade", "to"])
    inside = [rates["low"][key] <= value <= rates["high"][key] for key, value in TRUE.items()]
    assert sum(inside) >= 4
    assert (found.rates["low"] <= found.rates["rate"]).all()
    assert (found.rates["rate"] <= found.rates["high"]).all()
    again = calibrate(history(30, noise=0.01), GRADES, draws=60, seed=1)
    pd.testing.assert_frame_equal(found.rates, again.rates)
    fit = found.fit
    np.testing.assert_allclose(fit["observed"] - fit["fitted"], fit["residual"])


def test_rates_stay_in_their_bounds():
    # nobody is promoted, and noise would make promotion negative somewhere
    still = np.diag([0.7, 0.8, 0.9])
    found = calibrate(history(6, noise=0.05, matrix=still), GRADES, draws=20)
    for column in ("rate", "low", "high"):
        assert found.rates[column].between(0, 1).all()
    leaving = found.rates.groupby("grade")["rate"].sum()
    assert (leaving <= 1 + 1e-9).all()


numbers = st.floats(-3, 3).map(lambda x: round(x, 3))


@given(st.lists(numbers, min_size=24, max_size=24))
@settings(max_examples=25)
def test_bounded_least_squares_agrees_with_scipy(values):
    A = np.array(values[:18]).reshape(6, 3) + 4 * np.eye(6, 3)
    b = np.array(values[18:])
    if np.linalg.cond(A) > 1e4:
        return
    found = bounded_least_squares(A, b, np.vstack([np.eye(3), -np.eye(3)]), np.repeat([0, -1], 3))
    peer = lsq_linear(A, b, (0, 1), method="bvls", tol=1e-14).x
    np.testing.assert_allclose(found, peer, atol=1e-6)


def test_a_case_with_history_needs_no_rates():
    result = talent({"stocks": stocks(), "history": history()})
    assert result.parameters["rates_from"] == "history"
    assert len(result.tables["rates"]) == 5
    next_year = result.tables["stocks"].query("year == 2026")["heads"]
    np.testing.assert_allclose(next_year, np.array([100.0, 50.0, 20.0]) @ P, atol=1e-6)


def refused(table: pd.DataFrame) -> InputError:
    with pytest.raises(InputError) as error:
        calibrate(table, GRADES, draws=0)
    return error.value


def test_histories_that_say_too_little_are_refused():
    few = refused(history(2))
    assert "2 years of chips in table history cannot tell promotion from leaving" in few.text("en")
    assert "分不清各职级的晋升与流出" in few.text("zh")
    gap = refused(history().query("year != 2018"))
    assert "must have all grades in consecutive years" in gap.text("en")
    assert "年份应连续" in gap.text("zh")
    grade = refused(history().query("grade != 'high'"))
    assert "see high" in grade.text("en")
    negative = history()
    negative.loc[4, "inflow"] = -1.0
    assert "column inflow: -1" in refused(negative).text("en")
    missing = history()
    missing.loc[5, "inflow"] = np.nan
    assert "column inflow: empty" in refused(missing).text("en")
