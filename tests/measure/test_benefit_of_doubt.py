"""Benefit of the doubt: identities, limits, units without a score, bad input."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values

from xinzhi.core import ComputationError, InputError, dumps
from xinzhi.measure import Method, benefit_of_doubt_index, index
from xinzhi.measure.benefit_of_doubt import STATUSES, benefit_of_doubt, best_weights

OPTIMAL, INFEASIBLE, MISSING, FAILED = range(4)
UNITS = st.tuples(st.integers(2, 8), st.integers(1, 4)).flatmap(
    lambda shape: arrays(float, shape, elements=st.floats(0.05, 1.0))
)


def labelled(data):
    data = np.asarray(data, dtype=float)
    return make_values(data[:, None, :], [f"x{k}" for k in range(data.shape[1])])


@given(UNITS)
def test_scores_reach_one_and_weights_bring_them(values):
    scores, weights, status = best_weights(values)
    assert (status == OPTIMAL).all()
    assert scores.max() == pytest.approx(1)
    assert (scores > 0).all()
    np.testing.assert_allclose((weights * values).sum(1), scores, rtol=1e-7)
    assert (weights >= -1e-12).all()
    assert (weights @ values.T <= 1 + 1e-7).all()


@given(UNITS)
def test_best_at_one_indicator_scores_one(values):
    scores, _, _ = best_weights(values)
    for k in range(values.shape[1]):
        assert scores[values[:, k].argmax()] == pytest.approx(1)


@given(UNITS, st.data())
def test_units_of_measurement_do_not_matter(values, data):
    factors = data.draw(arrays(float, values.shape[1], elements=st.floats(0.1, 10)))
    plain, _, _ = best_weights(values, share_limits=(0.0, 1.0))
    scaled, _, _ = best_weights(values * factors, share_limits=(0.0, 1.0))
    np.testing.assert_allclose(scaled, plain, rtol=1e-6)


@given(UNITS, st.randoms(use_true_random=False))
def test_order_of_units_and_copies_of_units_do_not_matter(values, random):
    order = list(range(len(values)))
    random.shuffle(order)
    plain, _, _ = best_weights(values)
    mixed, _, _ = best_weights(np.concatenate([values[order], values]))
    np.testing.assert_allclose(mixed, np.concatenate([plain[order], plain]), rtol=1e-7)


@given(UNITS)
def test_tighter_limits_never_raise_a_score(values):
    size = values.shape[1]
    for key in ("share_limits", "weight_limits"):
        free, _, _ = best_weights(values)
        loose, _, _ = best_weights(values, **{key: (0.5 / size, min(1.0, 1.5 / size))})
        tight, _, _ = best_weights(values, **{key: (0.9 / size, min(1.0, 1.1 / size))})
        assert (loose <= free + 1e-7).all()
        assert (tight <= loose + 1e-7).all()


@given(UNITS)
def test_equal_weights_by_force_are_the_mean_over_the_best_mean(values):
    size = values.shape[1]
    scores, _, _ = best_weights(values, weight_limits=(1 / size, 1 / size))
    means = values.mean(axis=1)
    np.testing.assert_allclose(scores, means / means.max(), rtol=1e-6)


@given(arrays(float, (6, 2), elements=st.floats(0.05, 1.0)))
def test_two_indicators_as_the_best_corner_of_the_weights(values):
    """The slow twin: with two indicators the best weights are a corner of the feasible region."""
    scores, _, _ = best_weights(values)
    corners = [np.array([1 / values[:, 0].max(), 0]), np.array([0, 1 / values[:, 1].max()])]
    for i, j in itertools.combinations(range(len(values)), 2):
        pair = values[[i, j]]
        if abs(np.linalg.det(pair)) > 1e-9:
            corners.append(np.linalg.solve(pair, np.ones(2)))
    fit = [c for c in corners if (c >= -1e-9).all() and (values @ c <= 1 + 1e-7).all()]
    np.testing.assert_allclose(scores, (values @ np.array(fit).T).max(axis=1), rtol=1e-5)


def test_shares_of_the_result_lie_within_their_limits():
    values = labelled(np.random.default_rng(0).random((9, 4)) + 0.1)
    result = benefit_of_doubt(values, share_limits=(0.1, 0.4))
    share = result.to_frame("weights")["share"]
    assert share.between(0.1 - 1e-7, 0.4 + 1e-7).all()
    totals = result.to_frame("weights").groupby("region", observed=True)["share"].sum()
    np.testing.assert_allclose(totals, 1)
    result = benefit_of_doubt(values, weight_limits=(0.1, 0.4))
    relative = result.to_frame("weights")["relative_weight"]
    assert relative.between(0.1 - 1e-7, 0.4 + 1e-7).all()
    assert "optimal" in dumps(result.to_dict())


def test_units_without_a_score_are_reported_one_by_one():
    data = np.array([[1, 0.5], [0.5, 1], [0, 0.8], [np.nan, 1], [0.6, 0.6]])
    result = benefit_of_doubt(labelled(data), share_limits=(0.2, 0.8))
    table = result.to_frame()
    assert table["status"].tolist() == ["optimal", "optimal", "infeasible", "missing", "optimal"]
    assert table["score"].isna().tolist() == [False, False, True, True, False]
    texts = [w.en for w in result.warnings]
    assert any("no weights within the limits give a score: R02 2020" in t for t in texts)
    assert any("a value is missing: R03 2020" in t for t in texts)
    assert '"score": null' in dumps(result.to_dict())


def test_nothing_scores_nothing():
    scores, _, status = best_weights(np.array([[0.0, 0.0], [1.0, 0.5]]))
    assert scores.tolist() == [0.0, 1.0]
    assert (status == OPTIMAL).all()
    assert STATUSES[FAILED] == "failed"


def test_yearly_scope_compares_within_the_year():
    data = np.array([[[0.2, 0.1], [1, 1]], [[0.1, 0.2], [0.5, 0.5]]], dtype=float)
    values = make_values(data, ["x0", "x1"])
    pooled, yearly = (
        benefit_of_doubt(values, scope=scope).to_frame()["score"].tolist()
        for scope in ("pooled", "yearly")
    )
    np.testing.assert_allclose(pooled, [0.2, 1, 0.2, 0.5])
    np.testing.assert_allclose(yearly, [1, 1, 1, 0.5])


def test_many_scores_of_one_are_warned_of():
    result = benefit_of_doubt(labelled(np.eye(3) + 0.1))
    assert any("hardly tells them apart" in w.en for w in result.warnings)


def test_bad_input_says_what_is_wrong():
    with pytest.raises(InputError, match="x1 of R00 in 2020"):
        benefit_of_doubt(labelled([[0.1, -0.2], [1, 1]]))
    values = labelled([[0.1, 0.2], [1, 1]])
    with pytest.raises(InputError, match="unknown scope monthly"):
        benefit_of_doubt(values, scope="monthly")
    with pytest.raises(InputError, match=r"share_limits: .* \[0.6, 0.7\]"):
        benefit_of_doubt(values, share_limits=(0.6, 0.7))
    with pytest.raises(InputError, match=r"weight_limits: .* \[0, 0.4\]"):
        benefit_of_doubt(values, weight_limits=(0.0, 0.4))
    with pytest.raises(InputError) as caught:
        benefit_of_doubt(values, weight_limits=(0.6, 0.5))
    assert "权重份额" in caught.value.text("zh")


def test_a_missing_package_names_its_install_command(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)
    with pytest.raises(ComputationError) as caught:
        best_weights(np.ones((2, 2)))
    assert 'pip install "xinzhi[sensitivity]"' in caught.value.text("en")
    assert "scipy" in caught.value.text("zh")


def test_an_index_by_own_weights_has_the_tables_of_an_index():
    values = make_values(np.random.default_rng(5).uniform(1, 9, (7, 2, 6)), FOUR_NAMES)
    system = make_system(FOUR)
    result = benefit_of_doubt_index(values, system, Method(floor=0.05, scope="yearly"))
    plain = benefit_of_doubt(
        index(values, system, Method(floor=0.05, scope="yearly")).normalised, scope="yearly"
    )
    scores = result.to_frame()
    np.testing.assert_allclose(scores["score"], plain.to_frame()["score"])
    assert set(scores["node"]) == {"whole"}
    assert scores[["score_low", "score_high", "rank_low", "rank_high"]].isna().all(axis=None)
    parts = result.to_frame("contributions").groupby(["region", "year"], observed=True)
    np.testing.assert_allclose(parts["contribution"].sum(), scores["score"])
    assert set(index(values, system).tables) - set(result.tables) == {"choices"}
    assert result.parameters["weighting"] == "benefit-of-the-doubt"
    assert result.parameters["floor"] == 0.05
    with pytest.raises(InputError) as caught:
        benefit_of_doubt_index(values, system, Method(aggregation="geometric"))
    assert "does not go with geometric aggregation" in caught.value.text("en")
    assert "最有利权重法是加权和" in caught.value.text("zh")


def test_units_that_share_the_best_score_share_the_first_rank():
    values = make_values(np.random.default_rng(8).uniform(0, 1, (40, 1, 6)), FOUR_NAMES)
    table = benefit_of_doubt(values).to_frame()
    best = table[table["score"] > 1 - 1e-9]
    assert len(best) > 3
    assert (best["score"] == 1).all()
    assert (best["rank"] == 1).all()
