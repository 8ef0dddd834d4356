"""The scorecard, its calibration and its reasons."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression

from xinzhi.core import ComputationError
from xinzhi.plan.finance.scoring_model import (
    Scorecard,
    calibrated,
    fit_scorecard,
    forest_probabilities,
    platt_scaling,
)
from xinzhi.plan.finance.scoring_reasons import reason

NAMES = ("a", "b", "c")
BETA = np.array([1.0, -0.5, 0.0])


def drawn(seed: int, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    values = random.standard_normal((n, 3)) * [1.0, 2.0, 5.0] + [3.0, 0.0, -1.0]
    eta = -1.5 + (values - [3.0, 0.0, -1.0]) / [1.0, 2.0, 5.0] @ BETA
    return values, (random.random(n) < expit(eta)).astype(float)


def later(card: Scorecard, seed: int) -> Scorecard:
    values, defaulted = drawn(seed)
    return calibrated(card, card.log_odds(values), defaulted)


def test_the_scorecard_minimises_its_loss():
    values, defaulted = drawn(0)
    card = fit_scorecard(values, defaulted, NAMES, penalty=2.0)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    sign = 2 * defaulted - 1

    def loss(point):
        eta = point[0] + scaled @ point[1:]
        return np.logaddexp(0, -sign * eta).sum() + (point[1:] ** 2).sum()

    best = minimize(loss, np.zeros(4), tol=1e-10)
    np.testing.assert_allclose(np.append(card.intercept, card.coefficients), best.x, atol=1e-4)


@given(st.integers(0, 1_000))
@settings(max_examples=5)
def test_contributions_add_up_to_the_log_odds(seed):
    values, defaulted = drawn(seed)
    card = later(fit_scorecard(values, defaulted, NAMES, 1.0), seed + 1)
    total = card.average_log_odds + card.contributions(values).sum(axis=1)
    np.testing.assert_allclose(total, logit(card.probabilities(values)), atol=1e-9)
    average = card.probabilities(card.mean[None, :])
    assert average[0] == pytest.approx(expit(card.average_log_odds))


def test_units_of_features_do_not_matter():
    values, defaulted = drawn(3)
    card = fit_scorecard(values, defaulted, NAMES, 1.0)
    factor = np.array([100.0, 0.01, 7.0])
    other = fit_scorecard(values * factor + 5, defaulted, NAMES, 1.0)
    np.testing.assert_allclose(
        other.probabilities(values * factor + 5), card.probabilities(values), atol=1e-6
    )


def test_calibration_is_platts_as_scikit_learn_does_it():
    values, defaulted = drawn(5)
    model = LogisticRegression(C=0.01).fit(values, defaulted)
    ahead, outcome = drawn(6, 300)
    peer = CalibratedClassifierCV(FrozenEstimator(model), method="sigmoid").fit(ahead, outcome)
    shift, slope = platt_scaling(model.decision_function(ahead), outcome)
    ours = expit(shift + slope * model.decision_function(values))
    np.testing.assert_allclose(ours, peer.predict_proba(values)[:, 1], atol=1e-5)


@given(st.integers(0, 1_000))
@settings(max_examples=5)
def test_calibrated_probabilities_have_the_mean_of_their_targets(seed):
    values, defaulted = drawn(seed)
    card = fit_scorecard(values, defaulted, NAMES, 1.0)
    ahead, outcome = drawn(seed + 1)
    found = later(card, seed + 1).probabilities(ahead)
    n1, n0 = outcome.sum(), (1 - outcome).sum()
    targets = np.where(outcome == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    assert found.mean() == pytest.approx(targets.mean(), abs=1e-6)


def test_scores_that_part_the_groups_have_a_calibration_all_the_same():
    outcome = np.repeat([0.0, 1.0], 10)
    shift, slope = platt_scaling(np.arange(20.0), outcome)
    assert np.isfinite([shift, slope]).all()
    assert slope > 0


def test_where_the_order_turned_round_all_get_the_same():
    values, defaulted = drawn(7)
    card = fit_scorecard(values, defaulted, NAMES, 1.0)
    log_odds = card.log_odds(values)
    flat = calibrated(card, log_odds, (log_odds < -1.5).astype(float))
    assert flat.slope == 0
    assert np.ptp(flat.probabilities(values)) == pytest.approx(0)
    np.testing.assert_allclose(flat.contributions(values), 0)


def test_reasons_in_words():
    words = reason("leverage", 0.82, 0.55, np.log(2.0))
    assert words.en == (
        "leverage is 0.82, above the average of 0.55: odds of default 2.00 times those of an "
        "average firm"
    )
    assert words.zh == "leverage 为 0.82，高于平均的 0.55：违约几率为平均企业的 2.00 倍"
    assert "低于平均的 4" in reason("专利数", 1, 4, 0.2).zh
    assert "below the average of 4" in reason("patents", 1, 4, 0.2).en


def test_the_yardstick_depends_on_its_seed_alone():
    values, defaulted = drawn(8, 120)
    first = forest_probabilities(values, defaulted, values[:5], 1)
    np.testing.assert_array_equal(first, forest_probabilities(values, defaulted, values[:5], 1))


def test_what_to_install_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(ComputationError) as caught:
        fit_scorecard(*drawn(0), NAMES, 1.0)
    assert 'pip install "xinzhi[finance]"' in caught.value.text("en")
    assert "尚未安装" in caught.value.text("zh")
