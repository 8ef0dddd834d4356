"""The compiled dual simplex against scipy, one plain program at a time, and on data that hurt."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from xinzhi.measure.productivity import kernel
from xinzhi.measure.productivity.kernel import (
    FAILED,
    INFEASIBLE,
    OPTIMAL,
    RETURNS,
    largest_steps,
    non_dominated,
    radial_efficiency,
)

ORIENTATIONS = ("input", "output")


def plain_score(x, y, reference_x, reference_y, returns, orientation):
    """Solve one radial program as it stands in the papers; nan where it has no finite answer."""
    units, inputs = reference_x.shape
    outputs = reference_y.shape[1]
    if orientation == "input":
        left = np.vstack([np.c_[-x, reference_x.T], np.c_[np.zeros(outputs), -reference_y.T]])
        right, cost = np.r_[np.zeros(inputs), -y], 1.0
    else:
        left = np.vstack([np.c_[np.zeros(inputs), reference_x.T], np.c_[y, -reference_y.T]])
        right, cost = np.r_[x, np.zeros(outputs)], -1.0
    total = np.r_[0.0, np.ones(units)]
    equal, equal_right = None, None
    if returns == "vrs":
        equal, equal_right = total[None], [1.0]
    elif returns != "crs":
        sign = 1.0 if returns == "nirs" else -1.0
        left, right = np.vstack([left, sign * total]), np.append(right, sign)
    solved = linprog(np.r_[cost, np.zeros(units)], left, right, equal, equal_right)
    if not solved.success:
        return np.nan
    if orientation == "input":
        return solved.x[0]
    return 1 / solved.x[0] if solved.x[0] > 1e-9 else np.nan


def plain_scores(x, y, reference_x, reference_y, returns, orientation):
    return np.array(
        [
            plain_score(*unit, reference_x, reference_y, returns, orientation)
            for unit in zip(x, y, strict=True)
        ]
    )


@st.composite
def technologies(draw, least=0):
    """Small integers: full of ties, duplicates, dominated units and zeros."""
    units = draw(st.integers(2, 9))
    inputs, outputs = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    values = st.integers(least, 4)
    rows = st.lists(values, min_size=inputs + outputs, max_size=inputs + outputs)
    rows = rows.filter(lambda row: any(row[:inputs]) and any(row[inputs:]))
    data = np.array(draw(st.lists(rows, min_size=units, max_size=units)), dtype=float)
    return data[:, :inputs], data[:, inputs:]


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
@settings(max_examples=25)
@given(data=technologies(), part=st.integers(1, 9))
def test_degenerate_data_score_as_in_scipy(returns, orientation, data, part):
    x, y = data
    for reference in ((x, y), (x[:part], y[:part])):
        found = radial_efficiency(x, y, *reference, returns, orientation)
        expected = plain_scores(x, y, *reference, returns, orientation)
        np.testing.assert_allclose(found.scores, expected, rtol=1e-7, atol=1e-9)
        assert ((found.status == OPTIMAL) == ~np.isnan(found.scores)).all()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
@settings(max_examples=25)
@given(data=technologies())
def test_leaving_oneself_out_scores_as_in_scipy(returns, orientation, data):
    x, y = data
    found = radial_efficiency(x, y, x, y, returns, orientation, exclude_self=True)
    expected = [
        plain_score(x[o], y[o], np.delete(x, o, 0), np.delete(y, o, 0), returns, orientation)
        for o in range(len(x))
    ]
    np.testing.assert_allclose(found.scores, expected, rtol=1e-7, atol=1e-9)
    assert not found.weights.diagonal().any()


@pytest.mark.parametrize("orientation", ORIENTATIONS)
@pytest.mark.parametrize("returns", RETURNS)
def test_many_units_score_as_in_scipy(returns, orientation):
    random = np.random.default_rng(0)
    x, y = random.lognormal(size=(400, 3)), random.lognormal(size=(400, 2))
    found = radial_efficiency(x, y, x, y, returns, orientation)
    chosen = np.arange(0, 400, 8)
    expected = plain_scores(x[chosen], y[chosen], x, y, returns, orientation)
    np.testing.assert_allclose(found.scores[chosen], expected, rtol=1e-7)
    assert found.fallbacks == 0
    assert (found.scores <= 1).all()
    assert (found.scores > 0).all()


@pytest.mark.parametrize("returns", RETURNS)
def test_a_sample_settles_most_candidates_and_changes_no_score(returns, monkeypatch):
    random = np.random.default_rng(1)
    x, y = random.lognormal(size=(900, 3)), random.lognormal(size=(900, 2))
    sampled = radial_efficiency(x, y, x, y, returns, "input")
    monkeypatch.setattr(kernel, "_SAMPLE", 10_000)
    np.testing.assert_allclose(
        radial_efficiency(x, y, x, y, returns, "input").scores, sampled.scores, rtol=1e-10
    )


@settings(max_examples=20)
@given(data=technologies(least=1), powers=st.lists(st.integers(-7, 7), min_size=6, max_size=6))
def test_scores_do_not_depend_on_units_of_measurement(data, powers):
    x, y = data
    scale = 10.0 ** np.array(powers)
    plain = radial_efficiency(x, y, x, y, "vrs", "input").scores
    rescaled_x, rescaled_y = x * scale[: x.shape[1]], y * scale[3 : 3 + y.shape[1]]
    rescaled = radial_efficiency(rescaled_x, rescaled_y, rescaled_x, rescaled_y, "vrs", "input")
    np.testing.assert_allclose(rescaled.scores, plain, rtol=1e-8)


@pytest.mark.parametrize("returns", RETURNS)
@settings(max_examples=20)
@given(data=technologies(least=1))
def test_duplicates_and_dominated_units_change_nothing(returns, data):
    x, y = data
    plain = radial_efficiency(x, y, x, y, returns, "output").scores
    more_x, more_y = np.vstack([x, x, x + 1]), np.vstack([y, y, y - 0.5])
    found = radial_efficiency(more_x, more_y, more_x, more_y, returns, "output").scores
    np.testing.assert_allclose(found[: len(x)], plain, rtol=1e-9)
    np.testing.assert_allclose(found[len(x) : 2 * len(x)], plain, rtol=1e-9)


@settings(max_examples=30)
@given(data=technologies(least=1))
def test_the_weights_reach_the_score(data):
    x, y = data
    found = radial_efficiency(x, y, x, y, "vrs", "input")
    weights = found.weights.toarray()
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    assert (weights >= 0).all()
    assert (weights @ x <= found.scores[:, None] * x + 1e-9).all()
    assert (weights @ y >= y - 1e-9).all()


def test_prices_support_the_technology_and_price_the_step():
    random = np.random.default_rng(2)
    points = np.hstack([random.lognormal(size=(80, 3)), -random.lognormal(size=(80, 2))])
    directions = np.abs(points)
    solved = largest_steps(points.T, np.ones(5, dtype=bool), directions, points)
    assert (solved.prices @ points.T >= -1e-9).all()
    assert (solved.prices >= -1e-9).all()
    np.testing.assert_allclose((solved.prices * directions).sum(axis=1), 1.0)
    np.testing.assert_allclose((solved.prices * points).sum(axis=1), solved.steps, atol=1e-9)


def test_a_unit_out_of_reach_is_infeasible():
    x, y = np.ones((1, 1)), np.array([[3.0]])
    reference = np.ones((1, 1)), np.ones((1, 1))
    for returns in ("vrs", "nirs"):
        found = radial_efficiency(x, y, *reference, returns, "input")
        assert found.status[0] == INFEASIBLE
        assert np.isnan(found.scores[0])
    assert radial_efficiency(x, y, *reference, "crs", "input").scores[0] == pytest.approx(3.0)


def test_an_output_that_the_reference_lacks_is_infeasible():
    found = radial_efficiency(
        np.ones((1, 1)), np.ones((1, 2)), np.ones((1, 1)), np.array([[1.0, 0.0]]), "crs", "output"
    )
    assert found.status[0] == INFEASIBLE


@pytest.mark.parametrize("returns", RETURNS)
def test_highs_takes_over_where_the_simplex_gives_up(returns, monkeypatch):
    from xinzhi.measure.productivity import simplex

    random = np.random.default_rng(3)
    x, y = random.lognormal(size=(30, 2)), random.lognormal(size=(30, 2))
    sure = radial_efficiency(x, y, x, y, returns, "input", exclude_self=True)
    compiled = simplex.largest_steps

    def unwilling(*arguments):
        steps, status, *rest = compiled(*arguments)
        steps[::2], status[::2] = np.nan, FAILED
        rest[0][::2] = -1
        return steps, status, *rest

    monkeypatch.setattr(simplex, "largest_steps", unwilling)
    found = radial_efficiency(x, y, x, y, returns, "input", exclude_self=True)
    assert found.fallbacks == 15
    assert (found.status == sure.status).all()
    np.testing.assert_allclose(found.scores, sure.scores, rtol=1e-8)
    reached = (found.status == OPTIMAL).nonzero()[0]
    weights = found.weights.toarray()
    assert (weights[reached] @ y >= y[reached] - 1e-7).all()


@settings(max_examples=50)
@given(data=technologies())
def test_non_dominated_points_are_those_that_no_other_equals_or_undercuts(data):
    points = np.hstack([data[0], -data[1]])
    kept = non_dominated(points)
    for place, point in enumerate(points):
        beaten = (points[kept] <= point).all(axis=1)
        assert beaten.any()
        if place in kept:
            assert beaten.sum() == 1


def test_without_a_folder_for_machine_code_functions_are_compiled_all_the_same():
    from xinzhi.measure.productivity.basis import compiled

    scope = {}
    exec("def double(x):\n    return 2 * x", scope)  # a function without a file
    assert compiled(scope["double"])(2.0) == 4.0
