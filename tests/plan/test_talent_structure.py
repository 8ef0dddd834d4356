"""Steady states, maintainable and attainable structures, against hand-worked matrices."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.talent_cases import P

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.talent import (
    attainable,
    attainable_vertices,
    maintainable,
    maintainable_vertices,
    steady_state,
)

shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3).map(
    lambda values: np.array(values) / sum(values)
)


@st.composite
def matrices(draw: st.DrawFn) -> np.ndarray:
    """Draw transition matrices in which everybody may leave."""
    rows = []
    for _ in range(3):
        weights = np.array([draw(st.floats(0, 1)) for _ in range(3)])
        rows.append(0.95 * weights / max(1.0, weights.sum()))
    return np.array(rows)


def test_the_steady_state_of_recruits_below_by_hand():
    # n1 = 100/0.5; n2 = 0.3 n1/0.4; n3 = 0.2 n2/0.2
    np.testing.assert_allclose(steady_state(P, [100, 0, 0]), [200, 150, 150])


def test_the_steady_state_is_where_the_recursion_ends():
    heads = np.array([5.0, 5.0, 5.0])
    for _ in range(400):
        heads = heads @ P + [7.0, 3.0, 1.0]
    np.testing.assert_allclose(steady_state(P, [7, 3, 1]), heads)


def test_the_corners_of_the_maintainable_region_by_hand():
    # rows of the inverse of I − P: (2, 1.5, 1.5), (0, 2.5, 2.5), (0, 0, 5)
    expected = [[0.4, 0.3, 0.3], [0.0, 0.5, 0.5], [0.0, 0.0, 1.0]]
    np.testing.assert_allclose(maintainable_vertices(P), expected, atol=1e-12)
    # with growth of a tenth: 1 : 0.3/0.5 : 0.6·0.2/0.3, and 1 : 0.2/0.3
    grown = [[0.5, 0.3, 0.2], [0.0, 0.6, 0.4], [0.0, 0.0, 1.0]]
    np.testing.assert_allclose(maintainable_vertices(P, 0.1), grown, atol=1e-12)


def test_a_grade_that_is_too_small_cannot_be_kept():
    found = maintainable([60, 30, 10], P)
    # recruits: 60 − 30, 30 − (18 + 18), 10 − (6 + 8)
    np.testing.assert_allclose(found.recruits, [30, -6, -4])
    assert not found.maintainable
    assert maintainable([40, 30, 30], P).maintainable


@given(matrices(), shares, st.floats(-0.04, 0.3))
@settings(max_examples=25)
def test_the_region_is_the_hull_of_its_corners(matrix, weights, growth):
    corners = maintainable_vertices(matrix, growth)
    np.testing.assert_allclose(corners.sum(axis=1), 1)
    assert maintainable(1_000 * weights @ corners, matrix, growth).maintainable


@given(matrices(), shares)
@settings(max_examples=25)
def test_what_is_outside_the_hull_cannot_be_kept(matrix, structure):
    corners = maintainable_vertices(matrix)
    inside = np.linalg.solve(corners.T, structure)
    found = maintainable(structure, matrix)
    if (inside > 1e-6).all() or (inside < -1e-6).any():
        assert found.maintainable == bool((inside >= 0).all())


def test_one_year_leads_to_a_triangle():
    # stayers of (60, 30, 10): (30, 36, 14); twenty recruits make up 100
    expected = [[0.5, 0.36, 0.14], [0.3, 0.56, 0.14], [0.3, 0.36, 0.34]]
    np.testing.assert_allclose(attainable_vertices([60, 30, 10], P), expected)


def test_shrinking_faster_than_people_leave_is_refused():
    with pytest.raises(ComputationError, match="too few leave: 70 heads are wanted") as error:
        attainable_vertices([60, 30, 10], P, -0.3)
    assert "自然流出不够" in error.value.text("zh")


def test_the_fewest_years_to_a_structure():
    now = [60.0, 30.0, 10.0]
    assert attainable(now, [0.6, 0.3, 0.1], P, 5).years == 0
    one = attainable(now, [0.4, 0.42, 0.18], P, 5)
    assert one.years == 1
    np.testing.assert_allclose(one.path[-1], [40, 42, 18])
    later = attainable(now, [0.4, 0.3, 0.3], P, 30)
    assert later.years is not None
    assert later.years > 1
    np.testing.assert_allclose(later.path[-1], [40, 30, 30], atol=1e-6)
    np.testing.assert_allclose(later.path.sum(axis=1), 100)
    assert (later.path[1:] - later.path[:-1] @ P > -1e-6).all()
    never = attainable(now, [0.98, 0.01, 0.01], P, 6)
    assert never.years is None
    assert never.path.shape == (0, 3)


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        ([[0.5, 0.6], [0.0, 0.5]], "row 1 of the transition matrix sums to 1.1, more than one"),
        ([[-0.1, 0.6], [0.0, 0.5]], "has -0.1 in row 1, column 1; a rate lies between 0 and 1"),
        ([[0.5, 0.6, 0.0]], "a transition matrix is square"),
    ],
)
def test_wrong_matrices_are_refused(matrix, words):
    with pytest.raises(InputError, match=words.replace(".", r"\.")) as error:
        steady_state(matrix, [1, 0])
    assert "转移矩阵" in error.value.text("zh")


def test_people_who_never_leave_have_no_steady_state():
    with pytest.raises(ComputationError, match="some who enter never leave") as error:
        steady_state([[0.5, 0.5], [0.0, 1.0]], [1, 0])
    assert "没有稳态" in error.value.text("zh")
    with pytest.raises(ComputationError, match="never leave"):
        maintainable_vertices([[0.5, 0.2], [0.0, 0.9]], -0.2)


def test_wrong_heads_growth_and_targets_are_refused():
    with pytest.raises(InputError, match="heads must be at least 0") as error:
        maintainable([-1, 2, 3], P)
    assert "人数应不小于 0" in error.value.text("zh")
    with pytest.raises(InputError, match="not all of them 0"):
        steady_state(P, [0, 0, 0])
    with pytest.raises(InputError, match=r"growth -1\.5 must be above -1") as error:
        maintainable([1, 2, 3], P, -1.5)
    assert "增长率" in error.value.text("zh")
    with pytest.raises(InputError, match=r"these sum to 1\.5") as error:
        attainable([1, 2, 3], [0.5, 0.5, 0.5], P, 3)
    assert "合计为 1" in error.value.text("zh")
