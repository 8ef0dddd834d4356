"""Capital by perpetual inventory: hand-made stocks, steady states, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.measure.productivity.capital import (
    capital_stock,
    perpetual_inventory,
    steady_state_stock,
)


def series(**columns) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    return frame.assign(region="A", year=range(2000, 2000 + len(frame)))


def stock(frame: pd.DataFrame, **options):
    given = {"unit": "region", "time": "year", "depreciation": 0.1, **options}
    return capital_stock(frame, "investment", **given)


def test_stocks_by_hand():
    # 0.9 × 100 + 20 = 110; 0.9 × 110 + 30 = 129
    np.testing.assert_allclose(perpetual_inventory(np.array([20.0, 30.0]), 100.0, 0.1), [110, 129])


def test_closed_sum_is_the_recursion():
    random = np.random.default_rng(0)
    flows, first = random.uniform(0, 5, (3, 40)), random.uniform(10, 20, 3)
    stocks, level = [], first
    for period in range(40):
        level = 0.93 * level + flows[:, period]
        stocks.append(level)
    np.testing.assert_allclose(perpetual_inventory(flows, first, 0.07), np.stack(stocks, axis=1))


@given(st.floats(-0.05, 0.2), st.floats(0.06, 0.3))
def test_in_a_steady_state_capital_grows_with_investment(growth, depreciation):
    flow = 3.0 * (1 + growth) ** np.arange(25)
    first = steady_state_stock(flow[0], growth, depreciation)
    stocks = np.r_[first, perpetual_inventory(flow, first, depreciation)]
    np.testing.assert_allclose(stocks[1:] / stocks[:-1], 1 + growth, rtol=1e-9)


def test_initial_stock_is_investment_over_growth_and_depreciation():
    frame = series(investment=[10.0, 11.0, 12.1])
    result = stock(frame, growth=0.1)
    first = result.tables["initial"].iloc[0]
    assert first["initial_capital"] == pytest.approx(10 / 0.2)
    last = 0.9**3 * 50 + 0.9**2 * 10 + 0.9 * 11 + 12.1
    assert result.tables["capital"]["capital"].iloc[-1] == pytest.approx(last)
    assert first["initial_share_left"] == pytest.approx(0.9**3 * 50 / last)
    said = [warning.en for warning in result.warnings]
    assert "more than a tenth of the last stock is still the first, assumed one: A" in said[0]
    assert "no deflator is given" in said[1]
    assert "推定的初始存量" in result.warnings[0].zh


def test_growth_is_by_default_the_unit_s_own():
    result = stock(series(investment=[10.0, 15.0, 20.0]))
    assert result.tables["initial"]["growth"][0] == pytest.approx(np.sqrt(2) - 1)


def test_a_given_stock_and_a_deflator():
    frame = series(investment=[10.0, 12.0], price=[1.0, 1.2], stock_before=[90.0, np.nan])
    result = stock(frame, deflator="price", initial="stock_before")
    np.testing.assert_allclose(result.tables["capital"]["capital"], [91, 91.9])
    np.testing.assert_allclose(result.tables["capital"]["investment"], [10, 10])
    assert np.isnan(result.tables["initial"]["growth"][0])
    assert not result.warnings
    assert result.parameters["initial"] == "given"


def test_units_do_not_touch_each_other_and_order_does_not_matter():
    one = series(investment=[10.0, 11.0, 12.1])
    two = series(investment=[4.0, 5.0, 7.0]).assign(region="B")
    both = pd.concat([two, one]).sample(frac=1, random_state=1)
    together = stock(both).tables["capital"]
    assert together["unit"].tolist() == list("AAABBB")
    np.testing.assert_allclose(
        together["capital"],
        np.r_[stock(one).tables["capital"]["capital"], stock(two).tables["capital"]["capital"]],
    )


@pytest.mark.parametrize(
    ("frame", "options", "says"),
    [
        (series(investment=[1.0, -2.0]), {}, "investment is negative: A 2001"),
        (series(investment=[1.0, np.nan]), {}, "investment is missing: A 2001"),
        (series(investment=[1.0, 2.0]), {"depreciation": 9.6}, "must lie between 0 and 1, such as"),
        (series(investment=[1.0]), {}, "needs two periods or more"),
        (series(investment=[1.0, 0.0]), {}, "with positive investment"),
        (series(investment=[8.0, 1.0]), {}, "there is no steady state"),
        (series(investment=[1.0, 2, 3]).drop(index=1), {}, "miss a period between others: A 2001"),
        (series(investment=[1.0], k=[-1.0]), {"initial": "k"}, "k of A in its first period"),
        (series(investment=[1.0], k=[np.nan]), {"initial": "k"}, "k of A in its first period"),
        (
            series(investment=[1.0, np.nan], k=[2.0, np.nan]),
            {"initial": "k"},
            "investment or its deflator is missing: A 2001",
        ),
        (series(investment=[1.0], p=[0.0]), {"deflator": "p"}, "p must be above zero"),
    ],
)
def test_bad_input_is_named(frame, options, says):
    with pytest.raises(InputError, match=says) as raised:
        stock(frame, **options)
    assert any("一" <= letter <= "鿿" for letter in raised.value.text("zh"))
