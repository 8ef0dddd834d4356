"""Stochastic frontiers: what is recovered from simulated units, and what is said when not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import ComputationError, InputError
from xinzhi.measure.productivity import frontier_estimation
from xinzhi.measure.productivity.frontier_warnings import trend_warning
from xinzhi.measure.productivity.stochastic_frontier import stochastic_frontier


def cross_section(count: int = 1500, sign: float = 1.0, mu: float = 0.0, seed: int = 1):
    random = np.random.default_rng(seed)
    logs = random.normal(1.0, 0.6, size=(count, 2))
    u = np.abs(random.normal(0, 0.4, count)) if mu == 0 else _truncated(random, mu, 0.3, count)
    y = 0.5 + logs @ [0.3, 0.6] + random.normal(0, 0.2, count) - sign * u
    columns = {"firm": np.arange(count), "output": np.exp(y), "truth": np.exp(-u)}
    return pd.DataFrame({**columns, "capital": np.exp(logs[:, 0]), "labour": np.exp(logs[:, 1])})


def _truncated(random, mu, sigma, count):
    draws = random.normal(mu, sigma, 20 * count)
    return draws[draws > 0][:count]


def panel(units: int = 150, periods: int = 8, eta: float = 0.1, seed: int = 2) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    count = units * periods
    unit = np.repeat(np.arange(units), periods)
    period = np.tile(np.arange(2000, 2000 + periods), units)
    logs = random.normal(1.0, 0.6, size=(count, 2))
    u = np.abs(random.normal(0, 0.5, units))[unit] * np.exp(-eta * (period - period.max()))
    y = 0.5 + logs @ [0.3, 0.6] + 0.02 * (period - 2000) + random.normal(0, 0.15, count) - u
    columns = {"firm": unit, "year": period, "output": np.exp(y), "truth": np.exp(-u)}
    return pd.DataFrame({**columns, "capital": np.exp(logs[:, 0]), "labour": np.exp(logs[:, 1])})


def fitted(frame: pd.DataFrame, **options):
    return stochastic_frontier(frame, ["capital", "labour"], "output", unit="firm", **options)


def coefficients(result) -> pd.DataFrame:
    return result.tables["coefficients"].set_index("term")


def near(result, truth: dict[str, float], errors: float = 3.5) -> None:
    table = coefficients(result)
    for term, value in truth.items():
        off = abs(table.loc[term, "estimate"] - value) / table.loc[term, "standard_error"]
        assert off < errors, term


def test_half_normal_recovers_what_was_simulated():
    frame = cross_section()
    result = fitted(frame)
    truth = {"constant": 0.5, "capital": 0.3, "labour": 0.6, "sigma_u": 0.4, "sigma_v": 0.2}
    near(result, truth)
    near(result, {"gamma": 0.8, "sigma_squared": 0.2})
    found = result.tables["efficiency"]
    assert np.corrcoef(found["efficiency"], frame["truth"])[0, 1] > 0.7
    inside = found["efficiency_low"].le(frame["truth"]) & frame["truth"].le(
        found["efficiency_high"]
    )
    assert inside.mean() == pytest.approx(0.95, abs=0.02)
    assert found["efficiency"].between(0, 1).all()
    # Jensen: exp(-E[u]) is never above E[exp(-u)]
    assert (found["efficiency_jlms"] <= found["efficiency"]).all()
    assert not result.warnings


def test_truncated_normal_recovers_what_was_simulated():
    result = fitted(cross_section(4000, mu=0.6), distribution="truncated-normal")
    near(result, {"capital": 0.3, "labour": 0.6, "mu": 0.6, "sigma_v": 0.2})


def test_a_panel_recovers_inefficiency_that_falls():
    frame = panel()
    result = fitted(frame, time="year", trend=True)
    near(result, {"capital": 0.3, "labour": 0.6, "trend": 0.02, "eta": 0.1, "sigma_u": 0.5})
    found = result.tables["efficiency"]
    assert list(found.columns[:3]) == ["unit", "period", "efficiency"]
    assert np.corrcoef(found["efficiency"], frame["truth"])[0, 1] > 0.95
    rising = found.groupby("unit")["efficiency"].diff().dropna()
    assert (rising > 0).all()


def test_a_trend_left_out_is_taken_for_rising_efficiency():
    frame = panel(eta=0.0)
    still = fitted(frame, time="year")
    assert coefficients(still).loc["eta", "estimate"] > 0.02
    assert "technical progress that units have in common counts as" in still.warnings[0].en
    assert "各单位共同的技术进步会被算作无效率下降" in still.warnings[0].zh
    moving = fitted(frame, time="year", trend=True)
    near(moving, {"eta": 0.0})
    assert not moving.warnings


def test_a_cost_frontier_that_stands_still_takes_falling_cost_for_efficiency():
    (said,) = trend_warning("cost")
    assert "the frontier stands still: falling cost" in said.en
    assert "共同的成本下降" in said.zh


def test_one_period_without_time_variation_is_the_cross_section():
    frame = cross_section(300)
    one = fitted(frame.assign(year=2020), time="year", time_varying=False)
    pd.testing.assert_frame_equal(one.tables["coefficients"], fitted(frame).tables["coefficients"])


def test_a_cost_frontier_is_a_production_frontier_upside_down():
    frame = cross_section(400)
    upside_down = frame.assign(output=1 / frame["output"])
    cost, production = fitted(upside_down, frontier="cost"), fitted(frame)
    np.testing.assert_allclose(
        cost.tables["efficiency"]["efficiency"],
        production.tables["efficiency"]["efficiency"],
        atol=1e-6,
    )
    np.testing.assert_allclose(
        coefficients(cost)["estimate"][:3], -coefficients(production)["estimate"][:3], atol=1e-6
    )


def test_units_of_measurement_move_the_constant_only():
    frame = cross_section(400)
    scaled = frame.assign(capital=frame["capital"] * 1e4, output=frame["output"] * 1e-3)
    one, other = fitted(frame), fitted(scaled)
    np.testing.assert_allclose(
        one.tables["efficiency"]["efficiency"], other.tables["efficiency"]["efficiency"], atol=1e-6
    )
    both = coefficients(one)["estimate"][1:], coefficients(other)["estimate"][1:]
    np.testing.assert_allclose(*both, atol=1e-6)


def test_rows_in_another_order_give_the_same():
    frame = panel(40, 4)
    mixed = frame.sample(frac=1.0, random_state=0)
    same = fitted(frame, time="year"), fitted(mixed, time="year")
    pd.testing.assert_frame_equal(same[0].tables["efficiency"], same[1].tables["efficiency"])


def test_wrong_skewness_gives_least_squares_and_says_so():
    frame = cross_section(400, sign=-1.0)
    result = fitted(frame)
    table = coefficients(result)
    np.testing.assert_allclose(table["estimate"][:3], table["least_squares"][:3])
    assert table.loc["gamma", "estimate"] == 0
    assert np.isnan(table.loc["gamma", "standard_error"])
    assert (result.tables["efficiency"]["efficiency"] == 1).all()
    fit = result.tables["fit"].set_index("statistic")["value"]
    assert (fit["likelihood_ratio"], fit["p_value"]) == (0, 1)
    said = [warning.en for warning in result.warnings]
    assert "skewed the wrong way" in said[0]
    assert "their ranks mean nothing" in said[1]
    assert "排名没有意义" in result.warnings[1].zh


def test_a_mean_at_its_bound_is_said():
    # a truncated normal tends to an exponential as its mean falls without end; this tail is longer
    random = np.random.default_rng(0)
    frame = cross_section(600)
    logs = np.log(frame[["capital", "labour"]].to_numpy()) @ [0.3, 0.6]
    frame["output"] = np.exp(logs + random.normal(0, 0.1, 600) - random.gamma(0.5, 0.8, 600))
    result = fitted(frame, distribution="truncated-normal")
    table = coefficients(result)
    ratio = table.loc["mu", "estimate"] / table.loc["sigma_u", "estimate"]
    assert ratio == pytest.approx(-10)
    assert "at its bound of ten σ_u" in result.warnings[0].en
    assert np.isnan(table.loc["mu", "standard_error"])
    assert table.loc["capital", "standard_error"] > 0


def test_missing_rows_get_no_efficiency_and_are_named():
    frame = cross_section(100)
    frame.loc[7, "capital"] = np.nan
    result = fitted(frame)
    row = result.tables["efficiency"].iloc[7]
    assert row["status"] == "missing"
    assert np.isnan(row["efficiency"])
    assert result.to_dict()["efficiency"][7]["efficiency"] is None
    assert result.warnings[0].en == "1 row(s) with missing values have no efficiency: 7"
    assert "1 行有缺失值" in result.warnings[0].zh
    whole = fitted(frame.drop(index=7)).tables["efficiency"]["efficiency"]
    np.testing.assert_allclose(whole, result.tables["efficiency"]["efficiency"].drop(index=7))


def test_a_unit_without_a_year_takes_part_and_is_named():
    frame = panel(40, 4).drop(index=1)
    result = fitted(frame, time="year")
    assert "1 unit(s) miss periods between others: 0 2001" in result.warnings[-1].en
    assert len(result.tables["efficiency"]) == 159


@pytest.mark.parametrize(
    ("change", "options", "says"),
    [
        (lambda f: f.assign(capital=0.0), {}, "capital must be above zero"),
        (lambda f: f.assign(output=-1.0), {}, "output must be above zero"),
        (lambda f: f.assign(capital=2.0), {}, "inputs are collinear, or one of them is constant"),
        (lambda f: f.assign(capital=f["labour"] ** 2), {}, "inputs are collinear"),
        (lambda f: f.head(5), {}, "5 observations are too few for 5 parameters"),
        (lambda f: f.assign(output=f["labour"]), {}, "inputs explain output without a residual"),
        (lambda f: f.drop(columns="labour"), {}, "the table has no such columns"),
        (lambda f: f.assign(firm=1), {}, "firm occur twice"),
        (lambda f: f.assign(labour=np.nan), {}, "no row is complete"),
        (lambda f: f, {"distribution": "gamma"}, "no distribution of inefficiency named gamma"),
        (lambda f: f, {"frontier": "profit"}, "no frontier named profit"),
        (lambda f: f, {"trend": True}, "a trend of the frontier needs a column of periods"),
    ],
)
def test_bad_input_is_named(change, options, says):
    with pytest.raises(InputError, match=says) as raised:
        fitted(change(cross_section(60)), **options)
    assert any("一" <= letter <= "鿿" for letter in raised.value.text("zh"))


def test_no_inputs_are_refused():
    with pytest.raises(InputError, match="needs one input or more"):
        stochastic_frontier(cross_section(60), [], "output", unit="firm")


def test_a_search_that_does_not_converge_is_an_error():
    with pytest.raises(ComputationError, match="did not converge") as raised:
        frontier_estimation.check_converged(0.1)
    assert "没有收敛" in raised.value.text("zh")
    assert "half-normal" in raised.value.text("en")
    frontier_estimation.check_converged(1e-9)
