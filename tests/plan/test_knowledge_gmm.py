"""Dynamic panels by difference GMM."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.knowledge_cases import difference_gmm_by_loops, random_panel

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.innovation.knowledge_gmm import difference_gmm, system_gmm


@pytest.mark.parametrize("missing", [0.0, 0.06])
def test_sums_agree_with_loops_over_rows(missing):
    panel = random_panel(9, units=30, years=6, missing=missing)
    first, second, hansen = difference_gmm_by_loops(panel)
    one = difference_gmm(panel, "y", {"x": (0,)}, steps=1, time_effects=False)
    two = difference_gmm(panel, "y", {"x": (0,)}, time_effects=False)
    assert one.estimates == pytest.approx(first)
    assert two.estimates == pytest.approx(second)
    assert two.tests.loc[1, "statistic"] == pytest.approx(hansen)


def test_three_years_by_hand():
    # one equation and one instrument: Anderson and Hsiao's estimator
    panel = pd.DataFrame(
        {
            "unit": np.repeat(list("abcd"), 3),
            "year": [1, 2, 3] * 4,
            "y": [1.0, 2.0, 2.5, 3.0, 2.0, 1.0, 2.0, 4.0, 4.5, 5.0, 3.0, 2.5],
            "x": [1.0, 2.0, 4.0, 2.0, 1.0, 3.0, 1.0, 1.0, 2.0, 2.0, 5.0, 1.0],
        }
    )
    found = difference_gmm(panel, "y", {"x": (0,)}, steps=1, logarithms=False, time_effects=False)
    wide = panel.pivot(index="unit", columns="year")
    y, x = wide["y"].to_numpy(), wide["x"].to_numpy()
    Z = np.column_stack([y[:, 0], x[:, 2] - x[:, 1]])
    X = np.column_stack([y[:, 1] - y[:, 0], x[:, 2] - x[:, 1]])
    beta = np.linalg.solve(Z.T @ X, Z.T @ (y[:, 2] - y[:, 1]))
    assert found.estimates == pytest.approx(beta)
    sargan = found.tests.iloc[0]
    assert sargan["degrees_of_freedom"] == 0
    assert np.isnan(sargan["statistic"])
    assert np.isnan(found.tests.loc[2, "statistic"])  # there are no two equations to compare


def test_a_known_process_is_found():
    random = np.random.default_rng(4)
    units, years = 300, 8
    effect = random.normal(0, 1, units)
    x = np.cumsum(random.normal(0, 0.5, (units, years + 20)), axis=1) * 0.3
    y = effect / 0.5
    paths = []
    for year in range(years + 20):
        y = 0.5 * y + 0.4 * x[:, year] + effect + random.normal(0, 0.3, units)
        paths.append(y)
    panel = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), years),
            "year": np.tile(np.arange(years), units),
            "y": np.array(paths)[-years:].T.ravel(),
            "x": x[:, -years:].ravel(),
        }
    )
    found = difference_gmm(
        panel,
        "y",
        {"x": (0,)},
        logarithms=False,
        instrument_lags={"y": (2, 4)},
        collapse=True,
    )
    assert found.estimates == pytest.approx([0.5, 0.4], abs=0.08)
    assert (np.abs(found.estimates - [0.5, 0.4]) < 3 * found.standard_errors).all()
    assert found.long_run("x")[0] == pytest.approx(0.8, abs=0.15)
    p = found.tests.set_index(["test", "order"])["p_value"]
    assert p["autocorrelation", 1] < 0.001
    assert p["autocorrelation", 2] > 0.05
    assert found.tests.loc[1, "p_value"] > 0.05


def test_level_equations_help_where_the_outcome_is_persistent():
    random = np.random.default_rng(11)
    units, years = 300, 7
    effect = random.normal(0, 0.1, units)
    y = effect / 0.1
    paths = []
    for _ in range(years + 30):
        y = 0.9 * y + effect + random.normal(0, 0.3, units)
        paths.append(y)
    panel = pd.DataFrame(
        {
            "unit": np.repeat(np.arange(units), years),
            "year": np.tile(np.arange(years), units),
            "y": np.array(paths)[-years:].T.ravel(),
            "x": random.normal(0, 1, units * years),
        }
    )
    options = {"logarithms": False, "collapse": True, "time_effects": False}
    levels = system_gmm(panel, "y", {"x": (0,)}, **options)
    differences = difference_gmm(panel, "y", {"x": (0,)}, **options)
    assert levels.standard_errors[0] < differences.standard_errors[0] / 2
    assert abs(levels.estimates[0] - 0.9) < 3 * levels.standard_errors[0]
    assert levels.tests.loc[1, "p_value"] > 0.05
    # six equations of collapsed levels are five instruments, with x, a difference and the constant
    assert (levels.instruments, levels.parameters) == (5 + 1 + 1 + 1, 3)


def test_windmeijer_lengthens_the_errors_of_two_steps():
    panel = random_panel(2, units=40)
    robust = difference_gmm(panel, "y", {"x": (0,)})
    classical = difference_gmm(panel, "y", {"x": (0,)}, errors="classical")
    assert robust.estimates == pytest.approx(classical.estimates)
    assert (robust.standard_errors > classical.standard_errors).all()


def test_collapsing_and_shorter_lags_leave_fewer_instruments():
    panel = random_panel(2, units=40)
    full = difference_gmm(panel, "y", {"x": (0,)})
    short = difference_gmm(panel, "y", {"x": (0,)}, instrument_lags={"y": (2, 3)})
    collapsed = difference_gmm(panel, "y", {"x": (0,)}, collapse=True)
    # five equations of 1, 2, 3, 4, 5 levels; Δx; five years
    assert full.instruments == 15 + 1 + 5
    assert short.instruments == 1 + 4 * 2 + 1 + 5
    assert collapsed.instruments == 5 + 1 + 5


@settings(max_examples=8)
@given(st.integers(0, 40), st.floats(0.05, 20))
def test_estimates_know_no_units_and_no_order(seed, scale):
    panel = random_panel(seed, units=25, years=6, missing=0.03)
    options = {"collapse": True, "instrument_lags": {"y": (2, 3)}}
    found = difference_gmm(panel, "y", {"x": (0,)}, **options)
    changed = panel.assign(x=scale * panel["x"]).sample(frac=1, random_state=seed)
    changed["unit"] = changed["unit"].map(lambda name: f"z{40 - int(name[1:]):02}")
    again = difference_gmm(changed, "y", {"x": (0,)}, **options)
    assert again.estimates == pytest.approx(found.estimates, abs=1e-6)
    assert again.standard_errors == pytest.approx(found.standard_errors, rel=1e-4)
    assert again.tests["statistic"].to_numpy() == pytest.approx(
        found.tests["statistic"].to_numpy(), rel=1e-4, abs=1e-6
    )


def test_too_few_units_for_two_steps():
    panel = random_panel(3, units=4)
    with pytest.raises(ComputationError) as caught:
        difference_gmm(panel, "y", {"x": (0,)})
    assert "4 个单位的工具变量分不清 7 个系数" in caught.value.text("zh")
    assert "instruments of 4 units cannot tell 7 coefficients apart" in caught.value.text("en")
    assert "Give more units" in caught.value.text("en")


def test_no_long_run_where_own_lags_reach_one():
    panel = random_panel(2, units=40)
    found = difference_gmm(panel, "y", {"x": (0,)})
    object.__setattr__(found, "estimates", np.array([1.1, 0.2]))
    assert np.isnan(found.long_run("x")).all()
    last = found.table().iloc[-1]
    assert last[["estimate", "standard_error", "low", "high", "p_value"]].isna().all()


PANEL = random_panel(1, units=20)


@pytest.mark.parametrize(
    ("panel", "regressors", "options", "zh", "en"),
    [
        (PANEL, {"x": (0,)}, {"own_lags": 0}, "至少要有一期 y 的滞后", "at least one lag of y"),
        (PANEL, {"y": (1,)}, {}, "由 own_lags 给出", "given by own_lags alone"),
        (PANEL, {"x": (0,)}, {"steps": 3}, "steps 应为 1 或 2，不是 3", "steps is 1 or 2, not 3"),
        (
            PANEL,
            {"x": (0,)},
            {"errors": "hac"},
            "errors 应为 robust 或 classical，不是 hac",
            "errors is robust or classical, not hac",
        ),
        (
            PANEL,
            {"x": (0,)},
            {"instrument_lags": {"y": (1, 3)}},
            "y 的工具变量滞后应从 2 期起，且由近到远；现为 (1, 3)",
            "begin at lag 2 or later and end no earlier than they begin; they are (1, 3)",
        ),
        (
            PANEL,
            {"x": (0,)},
            {"instrument_lags": {"x": (2, None)}, "collapse": True, "own_lags": 6},
            "取 7 期滞后之后",
            "with lags up to 7",
        ),
        (
            PANEL,
            {"x": (0, 1)},
            {"instrument_lags": {"x": (2, 2)}, "collapse": True},
            "独立的工具变量只有 6 个，少于 8 个系数",
            "there are 6 independent instruments for 8 coefficients",
        ),
        (PANEL[PANEL["unit"] == "u01"], {"x": (0,)}, {}, "只有一个单位", "one unit only"),
        (PANEL.assign(y=0.0), {"x": (0,)}, {}, "y 应大于 0", "y must be above zero"),
    ],
)
def test_wrong_models_are_refused(panel, regressors, options, zh, en):
    for estimator in (difference_gmm, system_gmm):
        if "independent" in en and estimator is system_gmm:
            continue  # its level equations bring the instruments that are lacking
        with pytest.raises(InputError) as caught:
            estimator(panel, "y", regressors, **options)
        assert zh in caught.value.text("zh")
        assert en in caught.value.text("en")
