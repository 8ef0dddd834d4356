"""Weights from pairwise comparisons: identities, reading a table, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import FOUR, make_system, make_values, weight_vectors

from xinzhi.core import InputError, dumps
from xinzhi.measure import Method, ahp_system, comparison_groups, index
from xinzhi.measure.ahp import (
    RANDOM_INDEX,
    ahp_weights,
    pairwise_comparisons,
    principal_eigenvector,
)


def consistent(weights, names=None):
    names = names or [f"i{k}" for k in range(len(weights))]
    return pd.DataFrame(np.divide.outer(weights, weights), index=names, columns=names)


def judged(*rows):
    names = [f"i{k}" for k in range(len(rows))]
    return pd.DataFrame(rows, index=names, columns=names, dtype=object)


SCALE = st.sampled_from([*range(1, 10), *(1 / k for k in range(2, 10))])


@st.composite
def comparisons(draw, least=3, most=6):
    size = draw(st.integers(least, most))
    matrix = np.ones((size, size))
    for i in range(size):
        for j in range(i + 1, size):
            matrix[i, j] = draw(SCALE)
            matrix[j, i] = 1 / matrix[i, j]
    return judged(*matrix.tolist())


@given(st.integers(2, 8).flatmap(weight_vectors))
def test_consistent_comparisons_give_the_weights_back(weights):
    result = ahp_weights(consistent(weights))
    np.testing.assert_allclose(result.weights, weights, rtol=1e-9)
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)


@given(comparisons())
def test_weights_are_an_eigenvector_and_lambda_is_at_least_the_size(table):
    result = ahp_weights(table, accept_inconsistent=True)
    matrix = pairwise_comparisons(table).to_numpy()
    largest = result.to_frame("consistency")["lambda_max"].iloc[0]
    np.testing.assert_allclose(matrix @ result.weights, largest * result.weights, rtol=1e-8)
    assert result.weights.sum() == pytest.approx(1)
    assert (result.weights > 0).all()
    assert largest >= len(matrix) - 1e-9


@given(comparisons(), st.randoms(use_true_random=False))
def test_order_of_the_items_does_not_matter(table, random):
    names = list(table.index)
    random.shuffle(names)
    plain = ahp_weights(table, accept_inconsistent=True)
    mixed = ahp_weights(table.loc[names, names], accept_inconsistent=True)
    np.testing.assert_allclose(mixed.weights[plain.weights.index], plain.weights, rtol=1e-8)
    assert mixed.consistency_ratio == pytest.approx(plain.consistency_ratio, abs=1e-8)


@given(comparisons())
def test_power_iteration_gives_the_same_eigenvector(table):
    matrix = pairwise_comparisons(table).to_numpy()
    weights, _ = principal_eigenvector(matrix)
    slow = np.ones(len(matrix))
    for _ in range(2_000):
        slow = matrix @ slow
        slow /= slow.sum()
    np.testing.assert_allclose(weights, slow, rtol=1e-6)


def test_one_item_three_times_the_other():
    result = ahp_weights(judged([1, "3"], ["1/3", 1]))
    np.testing.assert_allclose(result.weights, [0.75, 0.25])
    assert result.consistency_ratio == 0
    assert '"weight": 0.75' in dumps(result.to_dict())


def test_inconsistent_comparisons_are_refused_with_the_worst_of_them():
    circle = judged([1, 5, "1/5"], ["1/5", 1, 5], [5, "1/5", 1])
    with pytest.raises(InputError) as caught:
        ahp_weights(circle)
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert "consistency ratio" in english
    assert "above 0.1" in english
    assert "i0/i1: given 5" in english
    assert "一致性比率" in chinese
    accepted = ahp_weights(circle, accept_inconsistent=True)
    assert accepted.warnings
    np.testing.assert_allclose(accepted.weights, 1 / 3)


def test_table_of_a_file_first_column_names_fractions_blanks_and_rounding():
    frame = pd.DataFrame(
        {
            "项目": ["a", "b", "c"],
            "c": ["8", "3", None],
            "a": [1, "0.33", 0.13],
            "b": ["3", "", ""],
        }
    )
    table = pairwise_comparisons(frame)
    assert list(table.index) == list(table.columns) == ["a", "b", "c"]
    np.testing.assert_allclose(table, [[1, 3, 8], [1 / 3, 1, 3], [1 / 8, 1 / 3, 1]])


def test_square_table_without_names_of_rows_takes_those_of_the_columns():
    frame = pd.DataFrame([[1, 2], [0.5, 1]], columns=["a", "b"])
    assert list(pairwise_comparisons(frame).index) == ["a", "b"]


def test_every_bad_cell_is_listed():
    frame = judged([1, "very", 4], [0, 2, -1], [0.25, 1, 1])
    with pytest.raises(InputError) as caught:
        pairwise_comparisons(frame)
    text = caught.value.text("en")
    assert "row i0, column i1: very" in text
    assert "row i1, column i0: 0" in text
    assert "row i1, column i2: -1" in text
    with pytest.raises(InputError) as caught:
        pairwise_comparisons(judged([1, 3, None], [3, 2, 1], [None, 1, 1]))
    text = caught.value.text("zh")
    assert "i0／i1 为 3，i1／i0 为 3，不是倒数" in text
    assert "i0 与 i2 没有比较" in text
    assert "第 i1 行对角线：2，应为 1" in text


@pytest.mark.parametrize("cell", ["1/0", "nan", "inf", "１e999", "=1+1"])
def test_odd_cells_are_refused_not_crashed_on(cell):
    with pytest.raises(InputError):
        pairwise_comparisons(judged([1, cell], ["x", 1]))


def test_names_that_do_not_match_are_named():
    frame = pd.DataFrame([[1, 2], [0.5, 1]], index=["a", "b"], columns=["a", "c"])
    with pytest.raises(InputError, match="b, c"):
        pairwise_comparisons(frame)
    frame = pd.DataFrame([[1, 2], [0.5, 1]], index=["a", "a"], columns=["a", "a"])
    with pytest.raises(InputError, match="do not match: a"):
        pairwise_comparisons(frame)


def test_sizes_without_a_random_index_are_refused():
    assert len(RANDOM_INDEX) == 15
    for size in (1, 16):
        with pytest.raises(InputError, match=f"there are {size}"):
            ahp_weights(consistent(np.full(size, 1 / size)))


def test_a_system_takes_the_weights_of_its_groups():
    system = make_system(FOUR)
    tables = {
        "whole": consistent(np.array([0.4, 0.3, 0.2, 0.1]), ["a", "b", "c", "d"]),
        "a": consistent(np.array([0.75, 0.25]), ["a1", "a2"]),
        "c": consistent(np.array([0.5, 0.5]), ["c1", "c2"]),
    }
    weighted, result = ahp_system(system, tables)
    assert comparison_groups(system) == {
        "whole": ("a", "b", "c", "d"), "a": ("a1", "a2"), "c": ("c1", "c2"),
    }  # fmt: skip
    for table in ("weights", "consistency", "judgements"):
        assert set(result.to_frame(table)["group"]) == {"whole", "a", "c"}
    assert result.weights["a1"] == pytest.approx(0.75)
    assert result.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert not result.warnings
    values = make_values(
        np.random.default_rng(0).random((5, 1, 6)), ["a1", "a2", "b1", "c1", "c2", "d1"]
    )
    weights = index(values, weighted, Method(weighting="given")).weights
    np.testing.assert_allclose(weights, [0.3, 0.1, 0.3, 0.1, 0.1, 0.1])


def test_a_system_wants_every_group_and_only_its_own_names():
    tables = {"a": consistent(np.array([0.5, 0.5]), ["a1", "b1"]), "e": consistent(np.ones(2))}
    with pytest.raises(InputError) as caught:
        ahp_system(make_system(FOUR), tables)
    text = caught.value.text("en")
    assert "no comparisons for group whole" in text
    assert "no comparisons for group c" in text
    assert "e is no group of system whole" in text
    assert "group a do not match its children: a2, b1" in text


def judged_system():
    tables = {
        "whole": judged([1, 3, 3, 3], ["", 1, 1, 1], ["", "", 1, 1], ["", "", "", 1]),
        "a": judged([1, 3], ["", 1]),
        "c": judged([1, "1/3"], ["", 1]),
    }
    for name, members in comparison_groups(make_system(FOUR)).items():
        tables[name] = tables[name].set_axis(members, axis=0).set_axis(members, axis=1)
    return tables


def test_an_inconsistent_group_is_named_and_accepted_only_knowingly():
    tables = judged_system()
    tables["whole"].loc["a", "d"] = "1/9"
    with pytest.raises(InputError) as caught:
        ahp_system(make_system(FOUR), tables)
    text = caught.value.text("en")
    assert "the comparisons of 1 group(s) are not consistent enough" in text
    assert "group whole" in text
    assert "most at odds: a/d: given 0.111" in text
    assert "whole 组的成对比较不够一致" in caught.value.text("zh")
    weighted, result = ahp_system(make_system(FOUR), tables, accept_inconsistent=True)
    (warning,) = result.warnings
    assert warning.en.startswith("group whole: the comparisons are not consistent enough")
    worst = result.to_frame("consistency")["consistency_ratio"].max()
    assert result.consistency_ratio == worst > 0.1
    assert result.parameters["accept_inconsistent"] is True
    assert weighted.nodes[1].weight == result.weights["a"]


def test_bad_cells_say_in_which_group_they_are():
    tables = judged_system()
    tables["a"].loc["a1", "a2"] = "much"
    tables["b"] = judged([1, 2], ["", 1])
    with pytest.raises(InputError) as caught:
        ahp_system(make_system(FOUR), tables)
    text = caught.value.text("en")
    assert "group a: row a1, column a2: much is no positive number" in text
    assert "group b has nothing to compare" in text
    assert "b 组只有一个成员，无需比较" in caught.value.text("zh")


def test_what_cannot_be_compared_is_said():
    with pytest.raises(InputError, match="no group of two or more members"):
        comparison_groups(make_system({"a": ["a1"]}))
    many = make_system({"a": [f"a{k}" for k in range(16)], "b": ["b1"]})
    with pytest.raises(InputError) as caught:
        comparison_groups(many)
    assert "a: 16" in caught.value.text("en")
    assert "超过 15 个成员" in caught.value.text("zh")
