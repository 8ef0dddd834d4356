"""Grey forecasts beside naive ones: identities, the backtest, refusals."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.core import InputError, dumps
from xinzhi.measure import coupling
from xinzhi.measure.trend import gm11, last_value, linear_trend, trend

SERIES = arrays(float, 10, elements=st.floats(0.1, 1.0))


def panel(data, start=2010):
    data = np.asarray(data, dtype=float)
    return xr.DataArray(
        data,
        dims=("region", "year"),
        coords={
            "region": [f"R{k}" for k in range(len(data))],
            "year": list(range(start, start + data.shape[1])),
        },
    )


@given(st.floats(0.05, 0.3), st.floats(0.1, 5), st.integers(6, 15))
def test_an_exponential_is_nearly_its_own_grey_model(rate, level, size):
    """The grey model's own rate is tanh-like: 2 (e^r - 1)/(e^r + 1), close to r."""
    series = level * np.exp(rate * np.arange(size))
    model = gm11(series)
    assert model.a == pytest.approx(-2 * np.tanh(rate / 2), rel=1e-6)
    assert model.variance_ratio < 0.2
    assert model.small_error == 1


@given(SERIES)
def test_the_textbook_solution_by_normal_equations(series):
    """The slow twin: B, Y and the matrix inverse, and accumulated values restored."""
    total = np.cumsum(series)
    design = np.stack([-(total[1:] + total[:-1]) / 2, np.ones(len(series) - 1)], axis=1)
    a, b = np.linalg.solve(design.T @ design, design.T @ series[1:])
    model = gm11(series)
    assert model.a == pytest.approx(a, abs=1e-8)
    assert model.b == pytest.approx(b, rel=1e-6)
    if abs(a) > 1e-3:
        k = np.arange(len(series) + 3)
        restored = np.diff((series[0] - b / a) * np.exp(-a * k) + b / a)
        ours = np.concatenate([model.fitted[1:], model.forecast(3)])
        np.testing.assert_allclose(ours, restored, rtol=1e-5, atol=1e-9)


@given(st.floats(0.1, 10))
def test_a_constant_series_stays_where_it_is(level):
    model = gm11(np.full(9, level))
    np.testing.assert_allclose(model.fitted, level, rtol=1e-9)
    np.testing.assert_allclose(model.forecast(4), level, rtol=1e-9)


@given(SERIES, st.floats(0.1, 10))
def test_units_do_not_matter(series, factor):
    plain, scaled = gm11(series), gm11(series * factor)
    assert scaled.a == pytest.approx(plain.a, rel=1e-6, abs=1e-9)
    np.testing.assert_allclose(scaled.forecast(3), factor * plain.forecast(3), rtol=1e-6)


@given(arrays(float, (3, 9), elements=st.floats(0.1, 1.0)))
def test_many_series_at_once_are_each_by_itself(data):
    together = gm11(data)
    for k, series in enumerate(data):
        alone = gm11(series)
        np.testing.assert_allclose(together.forecast(2)[k], alone.forecast(2), rtol=1e-9)
        assert together.class_ratio_passes[k] == alone.class_ratio_passes


def test_too_short_or_not_positive_series_have_no_grey_model():
    for series in ([1.0, 2, 3], [1.0, 0, 2, 3], [1.0, np.nan, 2, 3]):
        with pytest.raises(InputError, match="four values, all of them positive"):
            gm11(np.array(series))


@given(st.floats(-1, 1), st.floats(-5, 5))
def test_a_line_goes_on_as_a_line(slope, level):
    t = np.arange(12)
    forecast = linear_trend(level + slope * t[:9], 3)
    np.testing.assert_allclose(forecast, level + slope * t[9:], atol=1e-9)
    assert (last_value(level + slope * t[:9], 3) == level + slope * 8).all()


def test_backtest_of_a_line_worked_by_hand():
    """Ten years 1 … 10: from year 5 the last value misses by 1 and 2, and from year 9 by 1 only."""
    result = trend(panel([np.arange(1.0, 11)]), horizon=2)
    table = result.to_frame("backtest").set_index("method")
    assert table.loc["last_value", "forecasts"] == 9
    assert table.loc["last_value", "mae"] == pytest.approx((5 * 1 + 4 * 2) / 9)
    errors = sum(1 / k for k in range(6, 11)) + sum(2 / k for k in range(7, 11))
    assert table.loc["last_value", "mape"] == pytest.approx(errors / 9)
    assert table.loc["last_value", "relative_mae"] == 1
    assert table.loc["linear_trend", "mae"] == pytest.approx(0, abs=1e-12)
    assert result.to_frame("models")["best"].tolist() == ["linear_trend"]
    assert result.parameters["first_origin"] == 2014


def test_the_backtest_never_sees_the_future():
    """A changed last value moves only the error of the forecasts that are compared with it."""
    data = np.random.default_rng(0).random((1, 10)) + 0.5
    late = data.copy()
    late[0, -1] += 5
    one, other = (trend(panel(d), horizon=1).to_frame("backtest") for d in (data, late))
    # every forecast lies below the raised value, and five are made
    gap = np.abs(late[0, -1] - data[0, -1])
    assert ((other["mae"] - one["mae"]) * 5 <= gap + 1e-9).all()
    assert ((other["mae"] - one["mae"]) * 5 >= gap - 2 * one["mae"] * 5 - 1e-9).all()


def test_growth_makes_the_grey_model_best():
    series = 0.1 * np.exp(0.15 * np.arange(14))
    result = trend(panel([series, series[::-1]]), horizon=3)
    assert result.to_frame("models")["best"].tolist() == ["gm11", "gm11"]
    assert result.to_frame("models")["grade"].tolist() == ["good", "good"]
    relative = result.to_frame("backtest").query("method == 'gm11'")["relative_mae"]
    assert (relative < 0.2).all()
    forecast = result.to_frame().query("region == 'R0' and method == 'gm11'")
    assert forecast["year"].tolist() == [2024, 2025, 2026]
    np.testing.assert_allclose(forecast["value"], 0.1 * np.exp(0.15 * np.arange(14, 17)), rtol=0.03)


def test_regions_with_gaps_or_zeros_are_said():
    data = np.random.default_rng(1).random((3, 9)) + 0.5
    data[0, 3] = np.nan
    data[1, 3] = 0.0
    result = trend(panel(data))
    texts = [w.en for w in result.warnings]
    assert any("have missing years and no forecast: R0" in t for t in texts)
    assert any("not positive and no GM(1,1): R1" in t for t in texts)
    assert any("fail the class-ratio test" in t for t in texts)
    table = result.to_frame()
    known = table.assign(known=table["value"].notna())
    there = known.groupby(["region", "method"], observed=True)["known"].all()
    assert not there["R0"].any()
    assert there["R1"].to_dict() == {"gm11": False, "last_value": True, "linear_trend": True}
    assert result.to_frame("models")["class_ratio_passes"].isna().tolist() == [True, True, False]
    assert '"mape": null' in dumps(result.to_dict())


def test_coordination_of_a_coupling_is_forecast():
    rng = np.random.default_rng(2)
    levels = xr.DataArray(
        np.sort(rng.uniform(0.2, 0.98, (4, 10, 3)), axis=1),
        dims=("region", "year", "subsystem"),
        coords={"region": list("abcd"), "year": range(2010, 2020), "subsystem": list("xyz")},
    )
    coupled = coupling(levels)
    result = trend(coupled, horizon=6)
    fitted = result.to_frame("fitted")
    np.testing.assert_allclose(fitted["value"], coupled.to_frame()["coordination"])
    assert result.parameters["quantity"] == "coordination"
    outside = result.to_frame().query("value > 1")
    warned = any("outside [0, 1]" in w.en for w in result.warnings)
    assert warned == (len(outside) > 0)


def test_too_few_years_are_refused_with_the_reason():
    with pytest.raises(InputError) as caught:
        trend(panel(np.ones((2, 7))))
    text = caught.value.text("en")
    assert "only 7 years" in text
    assert "needs 8" in text
    assert "the first 5 fit the model and the rest measure its error" in text
    assert "预测至少需要 8 年" in caught.value.text("zh")


def test_gaps_between_years_empty_panels_and_horizons_are_refused():
    gap = panel(np.ones((1, 12))).isel(year=[k for k in range(12) if k != 4])
    with pytest.raises(InputError, match="years are missing: 2014"):
        trend(gap)
    with pytest.raises(InputError, match="no region has all years"):
        trend(panel(np.full((2, 9), np.nan)))
    with pytest.raises(InputError, match="at least one year"):
        trend(panel(np.ones((1, 9))), horizon=0)


def test_a_panel_of_nothing_but_zeros_has_no_grey_model():
    result = trend(panel(np.zeros((1, 9))))
    assert result.to_frame("models")["a"].isna().all()
    assert result.to_frame("backtest")["relative_mae"].isna().all()
