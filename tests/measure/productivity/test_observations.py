"""What the door of the frontier models refuses and warns of, in both languages."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.measure.productivity.frontier_cases import table

from xinzhi.core import InputError
from xinzhi.measure.productivity.observations import observations

X, Y = table([[1, 2], [2, 1], [3, 3], [4, 1], [5, 2]], "x"), table([[1], [2], [3], [1], [1]], "y")


def refused(*arguments, **options):
    with pytest.raises(InputError) as caught:
        observations(*arguments, **options)
    return caught.value.text("en"), caught.value.text("zh")


def test_tables_are_matched_by_name():
    found = observations(X, Y.iloc[::-1], table([[1]] * 4 + [[2]], "b"))
    np.testing.assert_array_equal(found.outputs, Y)
    assert found.names == ["u0", "u1", "u2", "u3", "u4"]
    assert found.undesirable_names == ("b1",)
    assert found.warnings == ()


def test_an_empty_table_is_refused():
    assert refused(X.iloc[:, :0], Y) == (
        "the table of inputs is empty\nGive at least one unit and one variable.",
        "投入表是空的\n至少给出一个单元和一个变量。",
    )


def test_units_named_twice_are_refused():
    index = ["a", "b", "b", "c", "a"]
    assert refused(X.set_axis(index), Y) == (
        "inputs: units named twice: b, a\n"
        "Give one row a unit; with several periods, name the period too.",
        "投入表中单元重名：b、a\n每个单元一行；多个时期请同时给出时期。",
    )


def test_three_levels_of_labels_are_refused():
    index = pd.MultiIndex.from_arrays([list("abcde")] * 3)
    assert refused(X.set_axis(index), Y) == (
        "the rows of the inputs have 3 levels of labels\n"
        "Label rows by unit, or by unit and period.",
        "投入表的行标签有 3 层\n行标签应为单元，或单元和时期。",
    )


def test_a_unit_missing_from_one_table_is_named():
    outputs = Y.rename({"u4": "u9"})
    assert refused(X, outputs) == (
        "inputs and outputs do not name the same units\n"
        "  missing among the outputs: u4\n"
        "  missing among the inputs: u9\n"
        "Give both tables the same units.",
        "投入表与产出表的单元不同\n  产出表缺：u4\n  投入表缺：u9\n两张表应有相同的单元。",
    )


def test_a_unit_missing_a_year_is_named():
    index = pd.MultiIndex.from_tuples([("甲", 2020), ("甲", 2021), ("乙", 2020), ("乙", 2021)])
    inputs, outputs = X.iloc[:4].set_axis(index), Y.iloc[:4].set_axis(index)
    english, chinese = refused(inputs, outputs.iloc[:3])
    assert "missing among the outputs: 乙 2021" in english
    assert "产出表缺：乙 2021" in chinese


def test_a_variable_named_twice_is_refused():
    assert refused(X, Y.set_axis(["x1"], axis=1)) == (
        "variables named twice: x1\nA variable is one input or one output.",
        "变量重名：x1\n一个变量只能是一种投入或产出。",
    )


def test_text_is_refused():
    assert refused(X.astype({"x1": str}), Y) == (
        "inputs: x1 is not numeric\nConvert it to numbers first.",
        "投入 x1 不是数\n请先转换为数。",
    )


def test_missing_and_infinite_values_are_named():
    inputs = X.copy()
    inputs.loc["u1", "x2"], inputs.loc["u3", "x1"] = np.nan, np.inf
    assert refused(inputs, Y) == (
        "inputs: 2 value(s) are missing or infinite: u1 x2, u3 x1\n"
        "Impute them or leave these units out; missing is not zero.",
        "投入中有 2 个缺失或无穷的值：u1 x2、u3 x1\n先插补，或去掉这些单元；缺失不等于零。",
    )


def test_negative_values_are_named_and_only_the_first_few():
    assert refused(X, -Y - 1) == (
        "outputs: 5 value(s) are negative: u0 y1 = -2, u1 y1 = -3, u2 y1 = -4, u3 y1 = -2, "
        "u4 y1 = -2\n"
        "In this model outputs cannot be negative; take another variable or another model.",
        "产出中有 5 个值为负：u0 y1 = -2、u1 y1 = -3、u2 y1 = -4、u3 y1 = -2、u4 y1 = -2\n"
        "此模型的产出不能为负；请换用合适的变量或模型。",
    )
    english, chinese = refused(-X, Y)
    assert english.splitlines()[0].endswith("u2 x1 = -3 …")
    assert chinese.splitlines()[0].endswith("u2 x1 = -3等")


def test_a_unit_without_any_positive_output_is_named():
    outputs = Y.copy()
    outputs.loc["u2"] = 0.0
    assert refused(X, outputs) == (
        "units whose outputs are all zero: u2\n"
        "Every unit needs at least one positive input and one positive output.",
        "以下单元的产出全为零：u2\n每个单元至少要有一种投入和一种产出为正。",
    )


def test_a_zero_is_allowed_beside_a_positive_value():
    found = observations(X * [0, 1], Y)
    assert (found.inputs[:, 0] == 0).all()


def test_constant_columns_are_warned_of():
    found = observations(X, table([[7]] * 5, "y"))
    assert [w.en for w in found.warnings] == [
        "variables that are the same for all units and tell none apart: y1"
    ]
    assert [w.zh for w in found.warnings] == ["各单元取值相同、不起区分作用的变量：y1"]


def test_fewer_units_than_variables_are_warned_of():
    found = observations(X.iloc[:2], Y.iloc[:2])
    assert [w.en for w in found.warnings] == [
        "2 units are fewer than 3 variables: most will be on the frontier"
    ]
    assert [w.zh for w in found.warnings] == ["2 个单元少于 3 个变量，多数单元会落在前沿上"]
