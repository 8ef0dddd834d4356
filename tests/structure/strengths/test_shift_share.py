"""Shift-share: components sum, whatever the form; years chain; what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.structure.strengths.volume_cases import matrix_of, small_volumes, trade

from xinzhi.core import InputError
from xinzhi.structure.strengths.activity import activity_matrix_of_array
from xinzhi.structure.strengths.shift_share import (
    SHIFT_SHARE_METHODS,
    shift_share,
    shift_share_components,
)

VOLUMES = trade(5, 8, 4) + 1
FACTS = ["region", "activity", "start", "end", "change"]


def components(frame):
    return frame.drop(columns=FACTS)


def refused(call) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        call()
    return caught.value.text("zh"), caught.value.text("en")


@pytest.mark.parametrize("method", SHIFT_SHARE_METHODS)
@given(start=small_volumes(), seed=st.integers(0, 99))
def test_components_sum_to_the_change(method, start, seed):
    growth = np.random.default_rng(seed).choice([0.0, 0.5, 1.0, 1.7], start.shape)
    end = start * growth + (start == 0) * growth
    parts = shift_share_components(start, end, method)
    np.testing.assert_allclose(sum(parts.values()), end - start, atol=1e-9)
    if end.sum():
        assert parts["industry_mix"].sum() == pytest.approx(0, abs=1e-9) or method == "arcelus"


@given(start=small_volumes(), seed=st.integers(0, 99))
def test_forms_agree_on_what_they_share(start, seed):
    end = start * np.random.default_rng(seed).uniform(0.5, 2, start.shape)
    classic, esteban, arcelus = (
        shift_share_components(start, end, method) for method in SHIFT_SHARE_METHODS
    )
    for name in ("national_growth", "industry_mix"):
        np.testing.assert_allclose(classic[name], esteban[name])
        np.testing.assert_allclose(
            classic[name], arcelus[name] + arcelus[f"{name}_allocation"], atol=1e-9
        )
    own = esteban["competitive"] + esteban["allocation"]
    np.testing.assert_allclose(classic["competitive"], own, atol=1e-9)
    own = sum(value for name, value in arcelus.items() if name.startswith("regional"))
    np.testing.assert_allclose(classic["competitive"], own, atol=1e-9)
    assert not esteban["entry"].any()


def test_the_nations_structure_has_no_allocation():
    nation = np.array([10.0, 30, 60])
    start = np.stack([nation, nation * 2])
    parts = shift_share_components(start, start * [[1.5, 1, 1], [1, 1, 2]], "esteban_marquillas")
    np.testing.assert_allclose(parts["allocation"], 0, atol=1e-12)


def test_growth_of_all_alike_is_the_nations():
    for method in SHIFT_SHARE_METHODS:
        parts = shift_share_components(VOLUMES[:, :, 0], VOLUMES[:, :, 0] * 1.2, method)
        for name, values in parts.items():
            if not name.startswith("national_growth"):
                np.testing.assert_allclose(values, 0, atol=1e-9)


def test_an_activity_that_starts_from_nothing_is_an_entry():
    start, end = np.array([[0.0, 10], [10, 10]]), np.array([[6.0, 10], [10, 10]])
    parts = shift_share_components(start, end, "esteban_marquillas")
    assert parts["entry"].tolist() == [[6, 0], [0, 0]]
    assert parts["competitive"][0, 0] == parts["allocation"][0, 0] == 0
    assert shift_share_components(start, end)["competitive"][0, 0] == 6


def test_money_units_scale_components_and_order_does_not_matter():
    start, end = VOLUMES[:, :, 0], VOLUMES[:, :, 3]
    for method in SHIFT_SHARE_METHODS:
        parts = shift_share_components(start, end, method)
        scaled = shift_share_components(start * 100, end * 100, method)
        turned = shift_share_components(start[::-1], end[::-1], method)
        for name, values in parts.items():
            np.testing.assert_allclose(scaled[name], values * 100)
            np.testing.assert_allclose(turned[name], values[::-1])


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("method", SHIFT_SHARE_METHODS)
def test_the_table_of_a_matrix(method, dynamic):
    found = shift_share(matrix_of(VOLUMES), method=method, dynamic=dynamic)
    assert list(found.columns[:5]) == FACTS
    assert len(found) == 40
    assert found.iloc[9][["region", "activity"]].tolist() == ["R1", "A1"]
    assert found.iloc[9]["start"] == VOLUMES[1, 1, 0]
    assert found.iloc[9]["end"] == VOLUMES[1, 1, 3]
    np.testing.assert_allclose(components(found).sum(axis=1), found["change"], atol=1e-9)


def test_the_dynamic_form_is_the_sum_of_the_years():
    matrix = matrix_of(VOLUMES)
    whole = components(shift_share(matrix, dynamic=True))
    steps = [components(shift_share(matrix, year, year + 1)) for year in (2020, 2021, 2022)]
    np.testing.assert_allclose(whole, sum(step.to_numpy() for step in steps), atol=1e-9)
    assert not np.allclose(whole, components(shift_share(matrix)))
    one = components(shift_share(matrix, 2021, 2022, dynamic=True))
    np.testing.assert_allclose(one, components(shift_share(matrix, 2021, 2022)))


def test_a_nation_beyond_the_regions():
    matrix = matrix_of(VOLUMES)
    nation = activity_matrix_of_array(
        (VOLUMES.sum(axis=0) * 3 + 1)[np.newaxis, ::-1],
        ["nation"],
        list(reversed(matrix.activities)),
        matrix.years,
    )
    found = shift_share(matrix, nation=nation)
    whole = VOLUMES.sum(axis=0) * 3 + 1
    expected = shift_share_components(
        VOLUMES[:, :, 0], VOLUMES[:, :, 3], "classic", whole[:, 0], whole[:, 3]
    )
    for name, values in expected.items():
        np.testing.assert_allclose(found[name], values.ravel())


def test_years_that_cannot_be_are_refused():
    matrix = matrix_of(VOLUMES)
    zh, en = refused(lambda: shift_share(matrix_of(VOLUMES[:, :, 0])))
    assert "至少需要两年的数据" in zh
    assert "shift-share needs two years at least" in en
    zh, en = refused(lambda: shift_share(matrix, 2019, 2023))
    assert "没有这些年份：2019" in zh
    assert "no such year: 2019" in en
    assert "The years are: 2020, 2021, 2022, 2023." in en
    zh, en = refused(lambda: shift_share(matrix, 2022, 2021))
    assert zh == "起始年 2022 应早于终止年 2021"
    assert en == "the start 2022 must be before the end 2021"
    zh, en = refused(lambda: shift_share(matrix, nation=matrix_of(VOLUMES[:, :6])))
    assert "全国数据缺少活动：A6、A7" in zh
    assert "the nation lacks activities: A6, A7" in en
    zh, en = refused(lambda: shift_share(matrix, nation=matrix_of(VOLUMES[:, :, :3])))
    assert "全国数据缺少年份：2023" in zh
    assert "the nation lacks years: 2023" in en


def test_arrays_that_cannot_be_are_refused():
    start, end = VOLUMES[:, :, 0], VOLUMES[:, :, 1]
    zh, en = refused(lambda: shift_share_components(start, end, "spatial"))
    assert "未知的偏离—份额方法 spatial" in zh
    assert "unknown shift-share method spatial" in en
    zh, en = refused(lambda: shift_share_components(start, end[:2]))
    assert "数组形状不一致" in zh
    assert "do not fit each other" in en
    zh, en = refused(lambda: shift_share_components(start, -end))
    assert "数量缺失或为负" in zh
    assert "volumes are missing or negative" in en
    zh, en = refused(lambda: shift_share_components(start * 0, end))
    assert zh == "全国起始年的数量为 0"
    assert en == "the nation starts from 0"
    nation = start.sum(axis=0)
    nation[2] = 0
    zh, en = refused(lambda: shift_share_components(start, end, "classic", nation, nation))
    assert "起始年地区有而全国没有的活动：第 3 项" in zh
    assert "activities that a region starts with and the nation does not: no. 3" in en
