"""Treatment, normalisation, weights and aggregation: identities and edge cases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.strategies import weight_vectors

from xinzhi.core import ComputationError, InputError
from xinzhi.measure.aggregation import (
    aggregate,
    arithmetic_mean,
    contributions,
    geometric_mean,
    harmonic_mean,
    topsis,
)
from xinzhi.measure.normalisation import (
    average_rank,
    competition_rank,
    goalposts,
    min_max,
    rank_score,
    z_score,
)
from xinzhi.measure.treatment import (
    is_skewed,
    kurtosis,
    logarithm,
    skewness,
    winsorise,
    winsorising_limits,
)
from xinzhi.measure.weights import critic_weights, entropy_weights, pca_weights

UP = np.ones(3)
columns = arrays(float, (12, 3), elements=st.floats(-1e6, 1e6).map(lambda x: round(x, 3)))
unit_columns = arrays(float, (12, 3), elements=st.floats(0, 1))


def test_skewness_and_kurtosis_are_those_of_pandas():
    values = np.random.default_rng(0).lognormal(size=(40, 3))
    frame = pd.DataFrame(values)
    np.testing.assert_allclose(skewness(values), frame.skew())
    np.testing.assert_allclose(kurtosis(values), frame.kurt())
    values[3, 0] = np.nan
    np.testing.assert_allclose(skewness(values), pd.DataFrame(values).skew())


def test_winsorising_clips_the_outlier_and_only_it():
    values = np.column_stack([np.r_[np.arange(30.0), 1e4], np.arange(31.0)])
    assert is_skewed(values).tolist() == [True, False]
    clipped = winsorise(values)
    assert clipped[-1, 0] == 29.0
    assert (clipped[:-1] == values[:-1]).all()
    assert not is_skewed(clipped).any()
    low, high = winsorising_limits(-values)
    assert low[0] == -29.0
    assert np.isinf(high).all()


def test_winsorising_stops_at_its_limit():
    values = np.r_[np.zeros(60), np.full(1, 1e3), 2.0 ** np.arange(20, 30)][:, None]
    low, high = winsorising_limits(values, most=5)
    assert np.isneginf(low[0])
    assert high[0] == np.sort(values[:, 0])[-6]


def test_the_logarithm_of_what_is_not_positive_is_missing():
    found = logarithm(np.array([1.0, 0.0, -1.0, np.e]))
    np.testing.assert_allclose(found, [0.0, np.nan, np.nan, 1.0])


@given(columns, st.sampled_from([1.0, -1.0]), st.floats(0, 0.9))
def test_min_max_keeps_order_and_range(values, sign, floor):
    values = values + np.arange(12)[:, None] * 1e-2
    direction = np.full(3, sign)
    z = min_max(values, direction, floor)
    defined = ~np.isnan(z).any(axis=0)
    assert ((z[:, defined] >= floor) & (z[:, defined] <= 1)).all()
    for k in np.flatnonzero(defined):
        order = np.argsort(sign * values[:, k], kind="stable")
        assert (np.diff(z[order, k]) >= 0).all()
        assert z[order[0], k] == pytest.approx(floor)
        assert z[order[-1], k] == pytest.approx(1.0)


def test_a_constant_column_has_no_normalised_value():
    constant = np.full((4, 1), 3.0)
    assert np.isnan(min_max(constant, np.ones(1))).all()
    assert np.isnan(z_score(constant, np.ones(1))).all()


def test_missing_values_stay_missing_and_do_not_spread():
    values = np.array([[1.0], [np.nan], [3.0], [2.0]])
    expected = [0.0, np.nan, 1.0, 0.5]
    np.testing.assert_allclose(min_max(values, np.ones(1))[:, 0], expected)
    np.testing.assert_allclose(rank_score(values, np.ones(1))[:, 0], expected)
    np.testing.assert_allclose(z_score(values, np.ones(1))[:, 0], [-1, np.nan, 1, 0])


def test_goalposts_clip_and_turn():
    values = np.array([[-5.0], [5.0], [20.0]])
    low, high = np.array([0.0]), np.array([10.0])
    np.testing.assert_allclose(goalposts(values, low, high, np.ones(1))[:, 0], [0, 0.5, 1])
    np.testing.assert_allclose(goalposts(values, low, high, -np.ones(1))[:, 0], [1, 0.5, 0])


@given(arrays(float, 9, elements=st.integers(0, 5).map(float)))
def test_ranks_are_those_of_pandas(values):
    series = pd.Series(values)
    np.testing.assert_array_equal(average_rank(values), series.rank())
    np.testing.assert_array_equal(
        competition_rank(values), series.rank(ascending=False, method="min")
    )


def test_ranks_leave_missing_values_out():
    values = np.array([[3.0, np.nan, 5.0, 3.0], [np.nan, np.nan, 1.0, 2.0]])
    np.testing.assert_array_equal(
        competition_rank(values), [[2, np.nan, 1, 2], [np.nan, np.nan, 2, 1]]
    )


@given(unit_columns)
def test_entropy_weights_sum_to_one_and_ignore_order_and_scale(z):
    z = z + np.linspace(0.1, 1, 12)[:, None]
    weights = entropy_weights(z)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    np.testing.assert_allclose(entropy_weights(z[::-1]), weights, atol=1e-9)
    np.testing.assert_allclose(entropy_weights(z * 0.5), weights, atol=1e-9)


def test_entropy_counts_zero_times_its_logarithm_as_zero_and_constants_as_nothing():
    z = np.array([[0.0, 1.0, 0.0], [0.0, 1.0, 0.5], [1.0, 1.0, 0.5]])
    # all the mass on one of three observations has entropy 0, half and half ln 2 / ln 3
    divergence = np.array([1.0, 0.0, 1 - np.log(2) / np.log(3)])
    np.testing.assert_allclose(entropy_weights(z), divergence / divergence.sum(), atol=1e-12)
    nothing = np.array([[0.0, 0.2], [0.0, 0.5], [0.0, 0.9]])
    np.testing.assert_allclose(entropy_weights(nothing), [0.0, 1.0])


def test_weights_from_data_refuse_what_has_no_answer():
    constant = np.column_stack([np.ones(5), np.arange(5.0)])
    with pytest.raises(ComputationError, match="indicator number 1 is constant"):
        pca_weights(constant)
    with pytest.raises(ComputationError, match="CRITIC weights cannot be computed"):
        critic_weights(constant)
    with pytest.raises(ComputationError, match="show no contrast"):
        entropy_weights(np.ones((4, 2)))
    with pytest.raises(ComputationError, match="at least two observations"):
        entropy_weights(np.array([[1.0, np.nan], [1.0, 2.0]]))


@given(unit_columns)
def test_pca_and_critic_weights_sum_to_one(z):
    z = z + np.random.default_rng(3).random((12, 3))
    for weights in (pca_weights(z), critic_weights(z)):
        assert weights.sum() == pytest.approx(1)
        assert (weights >= 0).all()
    np.testing.assert_allclose(pca_weights(z * [1, 10, 100] + 5), pca_weights(z), atol=1e-6)


@given(arrays(float, 4, elements=st.floats(0.01, 1)), weight_vectors(4))
def test_means_are_ordered_and_between_the_extremes(values, weights):
    harmonic = harmonic_mean(values, weights)
    geometric = geometric_mean(values, weights)
    arithmetic = arithmetic_mean(values, weights)
    slack = 1e-12
    assert values.min() - slack <= harmonic <= geometric + slack
    assert geometric <= arithmetic + slack
    assert arithmetic <= values.max() + slack


def test_means_at_zero_and_at_missing():
    values, weights = np.array([0.0, 1.0]), np.array([0.5, 0.5])
    assert geometric_mean(values, weights) == 0
    assert harmonic_mean(values, weights) == 0
    assert geometric_mean(values, np.array([0.0, 1.0])) == 1
    for mean in (arithmetic_mean, geometric_mean, harmonic_mean):
        assert np.isnan(mean(np.array([np.nan, 1.0]), weights))


@given(unit_columns, weight_vectors(3))
def test_topsis_is_a_closeness_with_the_ideal_at_one(values, weights):
    values = np.vstack([values, np.ones(3), np.zeros(3)])
    closeness = topsis(values, weights)
    assert ((closeness >= 0) & (closeness <= 1)).all()
    assert closeness[-2] == 1
    assert closeness[-1] == 0
    assert np.isnan(topsis(np.ones((3, 2)), np.array([0.5, 0.5]))).all()


@given(unit_columns, weight_vectors(3), st.sampled_from(["arithmetic", "geometric", "harmonic"]))
def test_the_batched_kernel_equals_the_plain_formula(values, weights, method):
    plain = {"arithmetic": arithmetic_mean, "geometric": geometric_mean, "harmonic": harmonic_mean}
    batched = aggregate(np.stack([values, values]), np.stack([weights, weights]), method)
    np.testing.assert_allclose(batched[1], plain[method](values, weights), atol=1e-12)


@given(arrays(float, (5, 4), elements=st.floats(0.01, 1)), weight_vectors(4))
def test_contributions_add_up(z, weights):
    parts = contributions(z, weights, ("arithmetic", "arithmetic"))
    np.testing.assert_allclose(parts.sum(-1), arithmetic_mean(z, weights))
    logs = contributions(z, weights, ("geometric",))
    np.testing.assert_allclose(np.exp(logs.sum(-1)), geometric_mean(z, weights))


@pytest.mark.parametrize("methods", [("harmonic",), ("topsis",), ("arithmetic", "geometric")])
def test_contributions_are_refused_where_there_are_none(methods):
    with pytest.raises(InputError, match="no contributions that add up"):
        contributions(np.ones((2, 2)), np.array([0.5, 0.5]), methods)
