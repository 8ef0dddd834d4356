"""The signals approach by hand, against numpy and scikit-learn, and against slow twins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.stress.early_warning import composite, fit_thresholds
from xinzhi.stress.signals import (
    Outcomes,
    area_under_curve,
    best_cut,
    count_outcomes,
    lead_times,
    own_positions,
    positions,
    quantiles,
    roc_points,
    window_labels,
)

NAN = np.nan


def outcomes(*counts: float) -> Outcomes:
    return Outcomes(*(np.array(count, dtype=float) for count in counts))


def test_ratios_of_a_table_by_hand():
    # 8 of 24 years before events had a signal, 12 of 96 tranquil ones
    table = outcomes(8, 12, 16, 84)
    assert table.periods == 120
    assert table.hit_rate == pytest.approx(1 / 3)
    assert table.false_alarm_rate == pytest.approx(1 / 8)
    assert table.noise_to_signal == pytest.approx(3 / 8)
    assert table.cautious_noise_to_signal == pytest.approx(3 / 8)
    assert table.base_rate == pytest.approx(0.2)
    assert table.precision == pytest.approx(0.4)
    # theta 0.5: 0.5 - (0.5 * 2/3 + 0.5 / 8); theta 0.8: 0.2 - (0.8 * 2/3 + 0.2 / 8)
    assert table.usefulness(0.5) == pytest.approx(0.5 - 1 / 3 - 1 / 16)
    assert table.usefulness(0.8) == pytest.approx(0.2 - 1.6 / 3 - 1 / 40)


def test_chance_is_fishers_test_on_windows():
    from scipy.stats import fisher_exact

    # 8 hits of 24 and 12 false alarms of 96: by windows of two years 4 of 12 and 6 of 48
    expected = fisher_exact([[4, 8], [6, 42]], alternative="greater").pvalue
    assert outcomes(8, 12, 16, 84).chance(2) == pytest.approx(expected)
    assert outcomes(1, 0, 9, 40).chance(2) == 1  # half a window
    assert np.isnan(outcomes(0, 0, 0, 5).chance(2))


def test_a_record_without_false_alarms_or_hits():
    lucky = outcomes(1, 0, 9, 40)
    assert lucky.noise_to_signal == 0
    assert lucky.cautious_noise_to_signal == pytest.approx((0.5 / 40) / 0.1)
    steady = outcomes(9, 1, 1, 39)
    assert steady.cautious_noise_to_signal < lucky.cautious_noise_to_signal
    assert np.isnan(outcomes(0, 3, 9, 40).noise_to_signal)
    assert np.isnan(outcomes(0, 0, 0, 0).hit_rate)


def test_windows_by_hand():
    years = np.arange(2000, 2010)
    starts = np.zeros((2, 10), dtype=bool)
    starts[0, [4, 5]] = True  # events in 2004 and 2005
    labels = window_labels(starts, 2000, years, 2, 2009)
    # 2004 lies before 2005; 2005 is an event that none follows; 2008 and 2009 are not known yet
    assert labels[0].tolist() == pytest.approx([0, 0, 1, 1, 1, NAN, 0, 0, NAN, NAN], nan_ok=True)
    assert labels[1].tolist() == pytest.approx([0] * 8 + [NAN, NAN], nan_ok=True)
    later = window_labels(starts, 2000, years, 2, 2011)
    assert later[1].tolist() == [0] * 10


def test_windows_count_years_and_not_places():
    starts = np.zeros((1, 9), dtype=bool)
    starts[0, 8] = True  # 2008
    years = np.array([2000, 2003, 2005, 2006, 2007])
    assert window_labels(starts, 2000, years, 3, 2010)[0].tolist() == [0, 0, 1, 1, 1]


def test_counts_and_lead_times_by_hand():
    years = np.arange(2000, 2006)
    labels = np.array([[0, 0, 1, 1, NAN, 0]])
    signals = np.array([[1, 0, 0, 1, 1, NAN]])
    table = count_outcomes(signals[..., None], labels)
    assert [float(part[0]) for part in table] == [1, 1, 1, 1]
    count, leads = lead_times(signals, [(0, 2004), (0, 2002)], years, 2)
    assert count == 2
    assert leads.tolist() == [1, 2]  # 2003 for 2004; 2000 for 2002
    assert lead_times(signals, [(0, 2010)], years, 2)[0] == 0


def test_quantiles_are_numpys_and_short_histories_have_none():
    rng = np.random.default_rng(0)
    history = rng.normal(size=(4, 12, 3))
    history[0, :5, 1] = NAN
    history[1, :, 2] = NAN
    shares = np.array([0.7, 0.83, 0.95])
    found = quantiles(history, shares, 8)
    for region in range(4):
        for indicator in range(3):
            own = history[region, :, indicator]
            own = own[np.isfinite(own)]
            expected = np.quantile(own, shares) if len(own) >= 8 else [NAN] * 3
            np.testing.assert_allclose(found[:, region, indicator], expected)
    assert np.isnan(quantiles(history[:, :0], shares, 1)).all()


def test_positions_by_hand_and_their_twin():
    history = np.array([[[1.0], [2.0], [2.0], [NAN]]])
    now = np.array([[[2.0], [0.5], [9.0], [NAN]]])
    assert positions(now, history, 3)[0, :, 0].tolist() == pytest.approx(
        [2 / 3, 0, 1, NAN], nan_ok=True
    )
    assert np.isnan(positions(now, history, 4)).all()
    np.testing.assert_allclose(own_positions(history, 3), positions(history, history, 3))


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=40))
def test_the_area_is_scikit_learns_and_that_under_the_roc(pairs: list[tuple[int, bool]]):
    from sklearn import metrics

    scores = np.array([float(score) for score, _ in pairs])
    labels = np.array([float(label) for _, label in pairs])
    if labels.min() == labels.max():
        assert np.isnan(area_under_curve(scores, labels))
        return
    area = area_under_curve(scores, labels)
    assert area == pytest.approx(metrics.roc_auc_score(labels, scores))
    false, hit = roc_points(scores, labels)
    assert np.trapezoid(hit, false) == pytest.approx(area)
    assert area_under_curve(-scores, labels) == pytest.approx(1 - area)


@settings(max_examples=25)
@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=25),
    st.sampled_from([0.2, 0.5, 0.8]),
)
def test_no_cut_loses_less_than_the_best(pairs: list[tuple[int, bool]], preference: float):
    scores = np.array([float(score) for score, _ in pairs])
    labels = np.array([float(label) for _, label in pairs])
    if labels.min() == labels.max():
        return

    def loss(cut: float) -> float:
        signals = (scores >= cut).astype(float)[None, :, None]
        return -float(count_outcomes(signals, labels[None]).usefulness(preference)[0])

    chosen = best_cut(scores, labels, preference)
    least = min(loss(cut) for cut in [*scores, np.inf])
    assert loss(chosen) == pytest.approx(least)
    assert all(loss(cut) > least - 1e-9 for cut in scores if cut > chosen)


def test_the_threshold_of_the_grid_with_the_least_noise_is_chosen():
    # one region, 20 years: values 1 … 20; the years of 19 and 20 come before events
    history = np.arange(1.0, 21.0)[None, :, None]
    labels = np.where(history[..., 0] >= 19, 1.0, 0.0)
    fit = fit_thresholds(history, labels, 10)
    # two signals need a threshold in [18, 19): 1 + 19 q, so q from 0.90 to 0.94
    assert fit.shares[0] == pytest.approx(0.90)
    assert fit.thresholds[0, 0] == pytest.approx(1 + 19 * 0.90)
    assert [float(part[0]) for part in fit.outcomes] == [2, 0, 0, 18]
    assert fit.weights.tolist() == [1]


def test_weights_are_inverse_to_noise_and_noise_gets_none():
    rng = np.random.default_rng(3)
    labels = np.zeros((1, 40))
    labels[0, ::5] = 1
    good = labels + 0.01 * rng.normal(size=labels.shape)
    fair = labels + 1.2 * rng.normal(size=labels.shape)
    constant = np.ones_like(labels)
    fit = fit_thresholds(np.stack([good, fair, constant], axis=2), labels, 10)
    ratio = fit.outcomes.cautious_noise_to_signal
    assert fit.weights.sum() == pytest.approx(1)
    assert fit.weights[0] / fit.weights[1] == pytest.approx(ratio[1] / ratio[0])
    assert fit.weights[2] == 0
    assert np.isnan(fit.shares[2])
    assert np.isnan(fit.outcomes.noise_to_signal[2])
    assert (fit.signals[..., 2] == 0).all()


def test_the_composite_is_a_weighted_share_of_what_is_known():
    weights = np.array([0.6, 0.3, 0.1])
    signals = np.array([[1, 0, 1], [NAN, 1, 0], [NAN, NAN, NAN]])
    assert composite(signals, weights).tolist() == pytest.approx([0.7, 0.75, NAN], nan_ok=True)
    assert np.isnan(composite(signals, np.zeros(3))).all()
