"""Columns of a user's table: what is checked at the door, and in which words."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.measure.productivity.columns import missing_periods, sorted_columns

TABLE = pd.DataFrame({"firm": ["b", "a"], "year": [2001.0, 2000], "output": [2, 1], "more": 0})


def test_columns_come_sorted_and_as_numbers():
    table = sorted_columns(TABLE, ["firm", "year"], ["output"], time="year")
    assert table.columns.tolist() == ["firm", "year", "output"]
    assert table["firm"].tolist() == ["a", "b"]
    assert table["year"].tolist() == [2000, 2001]
    assert table["year"].dtype == int
    assert table["output"].dtype == float


@pytest.mark.parametrize(
    ("change", "says_en", "says_zh"),
    [
        (lambda t: t.rename(columns={"output": "outputs"}), "did you mean outputs?", "是否为"),
        (lambda t: t.assign(firm=[None, "a"]), "firm is missing", "firm 缺失"),
        (lambda t: t.assign(firm="a", year=2000), "firm, year occur twice", "firm、year 重复"),
        (
            lambda t: t.assign(output=["x", 1]),
            "in 1 row(s) output is no number: b 2001",
            "不是数值",
        ),
        (lambda t: t.assign(output=[np.inf, 1]), "output is no number", "不是数值"),
        (lambda t: t.assign(output=[np.nan, 1]), "output is missing", "output 缺失"),
        (lambda t: t.assign(output=[-1, 1]), "output must be above zero", "应大于 0"),
        (lambda t: t.assign(year=[2000.5, 1]), "year is no whole number", "不是整数"),
        (lambda t: t.head(0), "the table has no rows", "没有数据行"),
    ],
)
def test_what_is_wrong_is_named(change, says_en, says_zh):
    with pytest.raises(InputError) as raised:
        sorted_columns(change(TABLE), ["firm", "year"], ["output"], ["output"], time="year")
    assert says_en in raised.value.text("en")
    assert says_zh in raised.value.text("zh")


def test_a_column_used_twice_is_named():
    with pytest.raises(InputError, match="a column is used twice: output"):
        sorted_columns(TABLE, ["firm"], ["output", "output"])


def test_missing_cells_may_be_let_through():
    table = sorted_columns(TABLE.assign(output=[np.nan, 1]), ["firm"], ["output"], missing=True)
    assert table["output"].isna().tolist() == [False, True]


def test_missing_periods_are_those_between_the_first_and_the_last():
    table = pd.DataFrame({"firm": ["a"] * 3 + ["b"], "year": [2000, 2003, 2004, 2009]})
    assert {k: v.en for k, v in missing_periods(table, "firm", "year").items()} == {
        "a": "2001, 2002"
    }
