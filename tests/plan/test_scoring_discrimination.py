"""Areas under the curve, Brier scores and calibration: by definition, and as scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics
from sklearn.calibration import calibration_curve

from xinzhi.core import InputError
from xinzhi.plan.finance.scoring_discrimination import (
    area_under_curve,
    brier_score,
    calibration_table,
    delong_covariance,
)


@st.composite
def samples(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    """Draw outcomes with two of each at least, and scores with ties."""
    n = draw(st.integers(4, 40))
    scores = np.array(draw(st.lists(st.integers(-5, 5), min_size=n, max_size=n)), dtype=float)
    others = draw(st.lists(st.sampled_from([0.0, 1.0]), min_size=n - 4, max_size=n - 4))
    return np.array([1.0, 1.0, 0.0, 0.0, *others]), scores


def by_definition(defaulted: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Compare every firm that defaulted with every one that did not."""
    bad, good = scores[defaulted == 1][:, None], scores[defaulted == 0][None, :]
    wins = (bad > good) + 0.5 * (bad == good)
    n, m = wins.shape
    variance = wins.mean(axis=1).var(ddof=1) / n + wins.mean(axis=0).var(ddof=1) / m
    return float(wins.mean()), float(variance)


@given(samples())
@settings(max_examples=15)
def test_area_and_error_by_definition_and_as_scikit_learn(sample):
    defaulted, scores = sample
    found = area_under_curve(defaulted, scores)
    area, variance = by_definition(defaulted, scores)
    assert found.area == pytest.approx(area)
    assert found.area == pytest.approx(metrics.roc_auc_score(defaulted, scores))
    assert found.error == pytest.approx(np.sqrt(variance), abs=1e-12)
    assert 0 <= found.low <= found.area <= found.high <= 1


@given(samples())
def test_only_the_order_of_scores_matters(sample):
    defaulted, scores = sample
    plain = area_under_curve(defaulted, scores)
    assert area_under_curve(defaulted, np.exp(scores) * 3 + 1) == pytest.approx(plain)
    assert area_under_curve(defaulted, -scores).area == pytest.approx(1 - plain.area)
    assert area_under_curve(1 - defaulted, -scores) == pytest.approx(plain)


def test_two_scores_share_their_firms():
    random = np.random.default_rng(0)
    defaulted = (random.random(80) < 0.3).astype(float)
    first = random.standard_normal(80) + defaulted
    areas, covariance = delong_covariance(defaulted, np.vstack([first, first, -first]))
    assert areas[0] == areas[1]
    assert areas[2] == pytest.approx(1 - areas[0])
    np.testing.assert_allclose(covariance[0], [covariance[0, 0]] * 2 + [-covariance[0, 0]])


def test_an_area_needs_two_of_each():
    with pytest.raises(InputError) as caught:
        area_under_curve([1, 0, 0, 0], [1, 2, 3, 4])
    assert "at least 2 firms that defaulted and 2 that did not; there are 1 and 3" in str(
        caught.value
    )
    assert "现有 1 家违约、3 家未违约" in caught.value.text("zh")


@given(samples())
@settings(max_examples=10)
def test_brier_and_calibration_as_scikit_learn(sample):
    defaulted, scores = sample
    probability = (scores + 6) / 12
    brier = metrics.brier_score_loss(defaulted, probability)
    assert brier_score(defaulted, probability) == pytest.approx(brier)
    found = calibration_table(defaulted, probability, 1)
    observed, predicted = calibration_curve(defaulted, probability, n_bins=1)
    np.testing.assert_allclose(found["observed"], observed)
    np.testing.assert_allclose(found["predicted"], predicted)
    groups = calibration_table(defaulted, probability, 4)
    assert groups["firms"].sum() == len(scores)
    assert groups["defaults"].sum() == defaulted.sum()
    assert groups["predicted"].is_monotonic_increasing
    assert (groups["observed_low"] <= groups["observed"] + 1e-12).all()
    assert (groups["observed_high"] >= groups["observed"] - 1e-12).all()


def test_groups_of_equal_size_and_their_exact_intervals():
    probability = np.repeat([0.1, 0.2, 0.3, 0.4], 5)
    defaulted = np.zeros(20)
    defaulted[-5:] = 1
    found = calibration_table(defaulted, probability, 4)
    assert list(found["firms"]) == [5, 5, 5, 5]
    assert list(found["group"]) == [1, 2, 3, 4]
    # none of five: 1 − 0.025^(1/5); all of five: 0.025^(1/5)
    assert found["observed_high"].iloc[0] == pytest.approx(1 - 0.025**0.2)
    assert found["observed_low"].iloc[-1] == pytest.approx(0.025**0.2)
    assert found["observed_low"].iloc[0] == 0
    assert found["observed_high"].iloc[-1] == 1
