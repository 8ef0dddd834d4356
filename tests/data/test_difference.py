"""Comparing panels and vintages: the identities, and each kind of difference."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from panel_strategies import panels

from xinzhi.core import InputError
from xinzhi.data import Panel, embedded_panel
from xinzhi.data.difference import compare_panels, compare_vintages

COLUMNS = ["region", "year", "indicator", "value", "unit", "status", "vintage"]


def panel(*rows: tuple[Any, ...], vintage: str = "a") -> Panel:
    """Return a panel of (region, year, indicator, value, unit[, status])."""
    full = [(*row[:5], row[5] if len(row) > 5 else "", vintage) for row in rows]
    return Panel.from_frame(pd.DataFrame(full, columns=COLUMNS))


OLD = panel(
    ("上海", 2020, "gdp", 1.0, "亿元"),
    ("上海", 2021, "gdp", 2.0, "亿元"),
    ("北京", 2020, "gdp", 0.0, "亿元"),
    ("北京", 2021, "gdp", 5.0, "亿元", "初步"),
    ("北京", 2022, "gdp", 6.0, "亿元"),
    ("北京", 2020, "gone", 7.0, ""),
)
NEW = panel(
    ("上海", 2020, "gdp", 10_000.0, "万元"),
    ("上海", 2021, "gdp", 1.5, "亿元"),
    ("北京", 2020, "gdp", 1.0, "亿元"),
    ("北京", 2021, "gdp", 5.0, "亿元"),
    ("北京", 2023, "gdp", 8.0, "亿元"),
    ("北京", 2020, "new", 9.0, ""),
    vintage="b",
)


def test_every_kind_of_difference() -> None:
    result = compare_panels(OLD, NEW)
    changed = result.to_frame()
    columns = ["region", "year", "old", "new", "old_status", "new_status"]
    assert changed[columns].values.tolist() == [
        ["上海", 2021, 2.0, 1.5, "reported", "reported"],
        ["北京", 2020, 0.0, 1.0, "reported", "reported"],
        ["北京", 2021, 5.0, 5.0, "provisional", "reported"],
    ]
    assert changed["relative"].fillna(9).tolist() == [-0.25, 9, 0.0]
    added, removed = result.to_frame("added"), result.to_frame("removed")
    names = ["region", "year", "indicator", "value"]
    assert added[names].values.tolist() == [
        ["北京", 2023, "gdp", 8.0],
        ["北京", 2020, "new", 9.0],
    ]
    assert removed[names].values.tolist() == [
        ["北京", 2022, "gdp", 6.0],
        ["北京", 2020, "gone", 7.0],
    ]


def test_the_summary_of_series() -> None:
    series = compare_panels(OLD, NEW).to_frame("series").set_index("indicator")
    counted = ["compared", "changed", "added", "removed"]
    assert series.loc["gdp", counted].tolist() == [4, 3, 1, 1]
    assert series.loc["new", counted].tolist() == [0, 0, 1, 0]
    assert series.loc["gone", counted].tolist() == [0, 0, 0, 1]
    assert series.loc["gdp", ["old_vintage", "new_vintage"]].tolist() == ["a", "b"]
    assert series.loc["gdp", ["first_year", "last_year"]].tolist() == [2020, 2021]
    assert series.loc["gdp", ["mean_relative", "largest_relative"]].tolist() == [0.125, 0.25]


def test_units_that_do_not_convert_are_a_change() -> None:
    old, new = panel(("上海", 2020, "own", 1.0, "")), panel(("上海", 2020, "own", 1.0, "亿元"))
    row = compare_panels(old, new).to_dict()["changed"][0]
    assert (row["old_unit"], row["unit"], row["relative"]) == ("unspecified", "CNY_100m", None)


def test_vintages_of_one_panel() -> None:
    both = Panel.from_frame(pd.concat([OLD.to_frame(), NEW.to_frame()]))
    first, second = compare_vintages(both, "a", "b"), compare_panels(OLD, NEW)
    for name in first.tables:
        pd.testing.assert_frame_equal(first.to_frame(name), second.to_frame(name))
    with pytest.raises(InputError) as caught:
        compare_vintages(both, "a", "c")
    assert "there is no vintage c" in caught.value.text("en")
    assert "现有的版本：a、b" in caught.value.text("zh")


def test_several_vintages_are_matched_by_name() -> None:
    embedded = embedded_panel()
    frame = embedded.to_frame()
    several = frame.groupby("indicator")["vintage"].nunique().idxmax()
    frame.loc[frame["indicator"] == several, "value"] += 1
    raised = Panel.from_frame(frame, embedded.regions)
    changed = compare_panels(embedded, raised).to_frame()
    assert set(changed["indicator"]) == {several}
    assert (changed["old_vintage"] == changed["new_vintage"]).all()
    assert len(changed) == (frame["indicator"] == several).sum()


def test_panels_that_have_nothing_in_common() -> None:
    other = panel(("上海", 2020, "own", 1.0, ""))
    with pytest.raises(InputError) as caught:
        compare_panels(OLD, other)
    assert "the two have no indicator in common" in caught.value.text("en")
    assert "两份数据没有共同的指标" in caught.value.text("zh")


@given(panels())
def test_a_panel_does_not_differ_from_itself(drawn: Panel) -> None:
    assert all(table.empty for table in compare_panels(drawn, drawn).tables.values())


@given(panels(), panels())
def test_the_way_back_is_the_opposite(first: Panel, second: Panel) -> None:
    if not set(first.indicators) & set(second.indicators):
        return
    there, back = compare_panels(first, second), compare_panels(second, first)
    pd.testing.assert_frame_equal(there.to_frame("added"), back.to_frame("removed"))
    pd.testing.assert_frame_equal(there.to_frame("removed"), back.to_frame("added"))
    assert len(there.to_frame()) == len(back.to_frame())
    count = len(second.frame) - len(first.frame)
    assert len(there.to_frame("added")) - len(there.to_frame("removed")) == count
