"""The door: what a table of volumes may hold, and what is said where it does not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from tests.structure.strengths.volume_cases import small_volumes

from xinzhi.core import InputError
from xinzhi.structure.strengths.activity import activity_matrix, activity_matrix_of_array

ROWS = pd.DataFrame(
    {
        "地区": ["上海", "上海", "江苏", "江苏"],
        "activity": ["chips", "ships", "chips", "ships"],
        "value": [3.0, 1.0, 2.0, 4.0],
    }
)


def made(frame: pd.DataFrame, year: str | None = None):
    return activity_matrix(frame, "地区", "activity", "value", year)


def refused(frame: pd.DataFrame, year: str | None = None) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        made(frame, year)
    assert caught.value.exit_status == 2
    return caught.value.text("zh"), caught.value.text("en")


def test_a_table_becomes_a_matrix_in_the_order_of_its_rows():
    matrix = made(ROWS.iloc[::-1])
    assert matrix.regions == ("江苏", "上海")
    assert matrix.activities == ("ships", "chips")
    assert matrix.values[:, :, 0].tolist() == [[4, 2], [1, 3]]
    assert matrix.years == ()
    assert matrix.periods == (None,)
    assert matrix.warnings == ()


def test_years_rise_and_add_up():
    later = ROWS.assign(year=2021, value=ROWS["value"] + 1)
    matrix = made(pd.concat([later, ROWS.assign(year=2020)]), "year")
    assert matrix.years == matrix.periods == (2020, 2021)
    assert matrix.values.shape == (2, 2, 2)
    assert matrix.values[:, :, 1].tolist() == [[4, 2], [3, 5]]
    assert matrix.total().toarray().tolist() == [[7, 3], [5, 9]]


def test_cells_without_a_row_are_zero_and_counted():
    matrix = made(ROWS.drop(index=1))
    assert matrix.values[:, :, 0].tolist() == [[3, 0], [2, 4]]
    (warning,) = matrix.warnings
    assert warning.zh == "1 个地区、活动和年份的组合没有数据行，按 0 计算"
    assert "1 combinations of region, activity and year have no row" in warning.en


def test_empty_regions_and_activities_are_dropped_and_named():
    empty = pd.DataFrame({"地区": ["西藏", "上海"], "activity": ["chips", "fur"], "value": [0, 0]})
    matrix = made(pd.concat([ROWS, empty], ignore_index=True))
    assert matrix.regions == ("上海", "江苏")
    assert matrix.activities == ("chips", "ships")
    region, activity, _ = matrix.warnings
    assert region.zh == "1 个地区没有任何数量，已去掉：西藏"
    assert region.en == "1 region(s) without any volume dropped: 西藏"
    assert activity.zh == "1 项活动没有任何数量，已去掉：fur"
    assert activity.en == "1 activity(ies) without any volume dropped: fur"


def test_duplicates_are_refused_with_their_rows():
    zh, en = refused(pd.concat([ROWS, ROWS.iloc[[2]]], ignore_index=True))
    assert "第 4 行：江苏、chips 重复" in zh
    assert "row 4: 江苏, chips occur twice" in en
    assert "Keep one row for each region, activity and year" in en
    assert refused(pd.concat([ROWS, ROWS.iloc[[2]]]).assign(year=2020), "year")


def test_labels_that_look_alike_are_duplicates():
    frame = ROWS.assign(activity=pd.Series([1, 2, "1", "2"], dtype=object))
    frame["地区"] = "上海"
    zh, _ = refused(frame)
    assert "第 2 行：上海、1 重复" in zh


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [
        (-2, "第 1 行，“value”列：-2 为负", "row 1, column value: -2 is negative"),
        ("many", "“many”不是数", "“many” is no number"),
        (np.inf, "“inf”不是数", "“inf” is no number"),
        (None, "数量缺失（没有这项活动请写 0）", "no volume (write 0 if there is none)"),
    ],
)
def test_bad_volumes_are_refused_with_their_rows(cell, zh, en):
    frame = ROWS.astype({"value": object})
    frame.loc[1, "value"] = cell
    found = refused(frame)
    assert zh in found[0]
    assert en in found[1]
    assert "活动表：有 1 处问题" in found[0]
    assert "activity table: 1 problem" in found[1]


def test_every_problem_is_listed_at_once():
    frame = ROWS.assign(value=[-1, -2, 3, 4], year=[2020, "spring", 2020.5, None])
    frame["地区"] = ["上海", " ", "江苏", "江苏"]
    zh, en = refused(frame, "year")
    assert "activity table: 6 problems" in en
    assert "第 1 行，“地区”列：没有名称" in zh
    assert "row 1, column 地区: has no name" in en
    for row in (1, 2, 3):
        assert f"row {row}, column year: is no whole number such as 2023" in en
        assert f"第 {row} 行，“year”列：不是整数年份" in zh


def test_absent_columns_are_named_with_a_guess():
    zh, en = refused(ROWS.rename(columns={"value": "values"}))
    assert "没有这些列" in zh
    assert "value，是否为 values？" in zh
    assert "value, did you mean values?" in en
    assert "The columns are: 地区, activity, values." in en


def test_a_column_cannot_serve_twice():
    with pytest.raises(InputError) as caught:
        activity_matrix(ROWS, "地区", "地区", "value")
    assert caught.value.text("zh") == "同一列用了两次：地区"
    assert caught.value.text("en") == "a column is used twice: 地区"


def test_a_table_without_rows_or_volumes():
    assert refused(ROWS.iloc[:0]) == ("表中没有数据行", "the table has no rows")
    zh, en = refused(ROWS.assign(value=0))
    assert "所有数量都是 0" in zh
    assert "every volume is zero" in en


def test_arrays_are_checked_too():
    def message(values, regions, activities, years=()):
        with pytest.raises(InputError) as caught:
            activity_matrix_of_array(values, regions, activities, years)
        return caught.value.text("zh"), caught.value.text("en")

    zh, en = message(np.ones((2, 2)), ["a", "b"], ["x"])
    assert "数组的形状是 (2, 2, 1)，标签要求 (2, 1, 1)" in zh
    assert "the array has shape (2, 2, 1), its labels (2, 1, 1)" in en
    zh, en = message(np.ones((2, 1)), ["a", "a"], ["x"])
    assert (zh, en) == ("地区重名：a", "regions named twice: a")
    zh, en = message(np.ones((1, 1, 2)), ["a"], ["x"], [2021, 2020])
    assert (zh, en) == ("年份应递增：2021、2020", "years must rise: 2021, 2020")
    zh, en = message([[1.0], [np.nan]], ["a", "b"], ["x"])
    assert "1 个数量缺失、无穷或为负：b x" in zh
    assert "1 volume(s) missing, infinite or negative: b x" in en


@given(small_volumes())
def test_a_long_table_and_an_array_give_the_same_matrix(volumes):
    regions = [f"R{k}" for k in range(volumes.shape[0])]
    activities = [f"A{k}" for k in range(volumes.shape[1])]
    whole = activity_matrix_of_array(volumes, regions, activities)
    table = pd.DataFrame(volumes, index=regions, columns=activities).stack().reset_index()
    table.columns = ["地区", "activity", "value"]
    found = made(table)
    assert found.regions == whole.regions
    assert found.activities == whole.activities
    np.testing.assert_array_equal(found.values, whole.values)
    assert all((part.data > 0).all() for part in (*found.slices, *whole.slices))
