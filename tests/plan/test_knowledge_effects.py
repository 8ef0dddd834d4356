"""Elasticities by fixed effects, and the lags that enter."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.knowledge_cases import least_squares_with_dummies, random_panel

from xinzhi.core import InputError
from xinzhi.plan.innovation.knowledge_effects import panel_elasticity
from xinzhi.plan.innovation.knowledge_lags import lag_selection


@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_within_is_least_squares_with_a_dummy_for_all(missing):
    panel = random_panel(4, units=8, missing=missing)
    found = panel_elasticity(panel, "y", {"x": (0, 1), "z": (0,)}, correction="none")
    before = panel.groupby("unit")["x"].shift(1)
    rows = panel["x"].notna() & before.notna()
    rows &= rows.groupby(panel["unit"]).transform("sum") >= 2
    logs = np.log(np.column_stack([panel["x"], before, panel["z"]]))[rows]
    beta, covariance = least_squares_with_dummies(
        np.log(panel["y"].to_numpy())[rows],
        logs,
        panel["unit"].to_numpy()[rows],
        panel["year"].to_numpy()[rows],
    )
    assert found.estimates == pytest.approx(beta)
    assert found.covariance == pytest.approx(covariance)
    assert found.observations == rows.sum()


def test_correction_and_student_intervals():
    panel = random_panel(2)
    plain = panel_elasticity(panel, "y", {"x": (0,)}, time_effects=False, correction="none")
    corrected = panel_elasticity(panel, "y", {"x": (0,)}, time_effects=False)
    n, G = 42, 6
    factor = G / (G - 1) * (n - 1) / (n - 2)
    assert corrected.covariance == pytest.approx(factor * plain.covariance)
    row = corrected.table().iloc[0]
    assert row["high"] - row["estimate"] == pytest.approx(2.570582 * row["standard_error"])


def test_a_known_elasticity_is_found():
    random = np.random.default_rng(77)
    panel = random_panel(0, units=60, years=8)
    noise = np.exp(random.normal(0, 0.05, len(panel)))
    effect = panel["unit"].str[1:].astype(float) / 20 + panel["year"] / 50
    panel["y"] = panel["x"] ** 0.7 * panel["z"] ** -0.2 * np.exp(effect) * noise
    found = panel_elasticity(panel, "y", {"x": (0,), "z": (0,)}).table().set_index("term")
    assert found.loc["x", "estimate"].iloc[0] == pytest.approx(0.7, abs=0.02)
    assert (found["low"] < found["estimate"]).all()
    assert found.loc["z", "high"].iloc[0] > -0.2 > found.loc["z", "low"].iloc[0]


@settings(max_examples=10)
@given(st.integers(0, 50), st.floats(0.01, 100), st.floats(0.01, 100))
def test_elasticities_know_no_units_and_no_order(seed, first, second):
    panel = random_panel(seed, missing=0.1)
    found = panel_elasticity(panel, "y", {"x": (0, 1)})
    changed = panel.assign(y=first * panel["y"], x=second * panel["x"])
    changed = changed.sample(frac=1, random_state=seed)
    changed["unit"] = changed["unit"].map(lambda name: f"z{9 - int(name[1:])}")
    again = panel_elasticity(changed, "y", {"x": (0, 1)})
    assert again.estimates == pytest.approx(found.estimates, abs=1e-9)
    assert again.covariance == pytest.approx(found.covariance, rel=1e-6)


def test_a_lag_is_one_of_the_calendar():
    panel = random_panel(5)
    gap = panel[panel["year"] != 2004]
    found = panel_elasticity(gap, "y", {"x": (0, 1)})
    # neither 2004 itself nor 2005, whose year before is missing, can enter; nor the first year
    assert found.observations == 6 * 4


def test_long_run_is_the_sum_of_lags():
    found = panel_elasticity(random_panel(3), "y", {"x": (0, 2)})
    value, error = found.long_run("x")
    assert value == pytest.approx(found.estimates.sum())
    assert error**2 == pytest.approx(found.covariance.sum())
    last = found.table().iloc[-1]
    assert pd.isna(last["lag"])
    assert last["estimate"] == pytest.approx(value)
    with pytest.raises(InputError) as caught:
        found.long_run("w")
    assert "没有解释变量 w；现有：x" in caught.value.text("zh")
    assert "there is no regressor w; there are: x" in caught.value.text("en")


def test_criteria_by_hand_on_one_sample():
    panel = random_panel(7, units=10)
    found = lag_selection(panel, "y", "x", max_lag=2, controls={"z": (0,)})
    table = found.table
    assert table["observations"].tolist() == [50, 50, 50]
    k, n, fit = table["parameters"], table["observations"], -2 * table["log_likelihood"]
    assert table["aic"].to_numpy() == pytest.approx(fit + 2 * k)
    assert table["bic"].to_numpy() == pytest.approx(fit + k * np.log(n))
    # coefficients of x and its lags, of z, and of four years beside the first
    assert k.tolist() == [6, 7, 8]
    assert table["log_likelihood"].is_monotonic_increasing
    assert found.lags == int(table["bic"].idxmin())
    assert table["chosen"].sum() == 1
    direct = panel_elasticity(panel[panel["year"] > 2000], "y", {"x": range(3), "z": (0,)})
    assert table.loc[2, "long_run"] == pytest.approx(direct.long_run("x")[0])


def test_the_true_lag_is_chosen():
    panel = random_panel(1, units=40, years=9)
    random = np.random.default_rng(8)
    before = panel.groupby("unit")["x"].shift(1)
    panel["y"] = np.exp(0.5 * np.log(before) + random.normal(0, 0.1, len(panel)))
    found = lag_selection(panel, "y", "x", max_lag=3)
    assert found.lags == 1
    assert found.estimate.estimates == pytest.approx([0.0, 0.5], abs=0.05)
    # Akaike's criterion asks less of a coefficient and may take more of them, never fewer
    assert lag_selection(panel, "y", "x", max_lag=3, criterion="aic").lags >= 1


def test_overdispersion_tames_the_criteria_of_counts():
    panel = random_panel(3, units=20)
    panel["count"] *= 50
    table = lag_selection(panel, "count", "x", max_lag=2, method="poisson_fixed_effects").table
    spread = table["overdispersion"]
    assert spread.nunique() == 1
    assert spread.iloc[0] > 10
    expected = -2 * table["log_likelihood"] / spread + 2 * table["parameters"]
    assert table["aic"].to_numpy() == pytest.approx(expected)


PANEL = random_panel(1)


@pytest.mark.parametrize(
    ("panel", "outcome", "regressors", "zh", "en"),
    [
        (
            PANEL[PANEL["unit"] == "u01"],
            "y",
            {"x": (0,)},
            "只有一个单位（u01）",
            "one unit only (u01)",
        ),
        (PANEL.assign(x=0.0), "y", {"x": (0,)}, "x 应大于 0", "x must be above zero"),
        (PANEL, "y", {"q": (0,)}, "没有这些列", "no such columns"),
        (PANEL, "y", {"x": (-1,)}, "不重复的非负整数：x: [-1]", "at least 0, each once: x: [-1]"),
        (PANEL, "y", {}, "没有解释变量", "there is no regressor"),
        (PANEL, "y", {"x": (6,)}, "取 6 期滞后之后", "with lags up to 6 fewer than two units"),
        (PANEL.assign(x=2.0), "y", {"x": (0,)}, "已经决定了：x", "leave nothing of x"),
        (
            PANEL.assign(w=PANEL["x"] ** 2),
            "y",
            {"x": (0, 1), "w": (1,)},
            "已经决定了：w(-1)",
            "leave nothing of w(-1)",
        ),
        (pd.concat([PANEL, PANEL.head(1)]), "y", {"x": (0,)}, "重复：u00 2001", "u00 2001"),
        (
            PANEL.replace({"year": {2007: 20071231}}),
            "y",
            {"x": (0,)},
            "从 2001 到 20071231，超过 1000 期",
            "runs from 2001 to 20071231, more than 1000 periods",
        ),
    ],
)
def test_wrong_panels_are_refused(panel, outcome, regressors, zh, en):
    with pytest.raises(InputError) as caught:
        panel_elasticity(panel, outcome, regressors)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


@pytest.mark.parametrize(
    ("options", "zh", "en"),
    [
        ({"method": "ols"}, "method 应为 fixed_effects 或", "method is fixed_effects or"),
        (
            {"criterion": "hq"},
            "criterion 应为 aic 或 bic，不是 hq",
            "criterion is aic or bic, not hq",
        ),
        ({"correction": "x"}, "correction 应为 clusters 或 none", "correction is clusters or none"),
        ({"max_lag": -1}, "最大滞后 -1 应不小于 0", "the longest lag is at least 0, not -1"),
    ],
)
def test_wrong_options_are_refused(options, zh, en):
    with pytest.raises(InputError) as caught:
        lag_selection(PANEL, "y", "x", **{"max_lag": 1, **options})
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")
    with pytest.raises(InputError, match="a confidence level lies between 0 and 1; it is 2"):
        panel_elasticity(PANEL, "y", {"x": (0,)}).table(level=2)
