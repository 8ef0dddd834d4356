"""Breaks in series are found and, in a user's table, said."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xinzhi.data import Panel, embedded_panel, read_panel, series_breaks


def test_the_known_breaks_of_the_embedded_turnover_are_found():
    found = series_breaks(embedded_panel().frame)
    turnover = found[found["indicator"] == "technology_market_turnover"]
    places = set(zip(turnover["region"], turnover["year"], strict=True))
    assert {("广西", 2021), ("黑龙江", 2023), ("吉林", 2021), ("青海", 2019)} <= places
    row = turnover[(turnover["region"] == "广西") & (turnover["year"] == 2021)].iloc[0]
    assert (row["before"], row["value"]) == (91.67, 940.58)
    assert not found["indicator"].eq("gdp").any()


def test_only_consecutive_years_of_one_series_are_compared():
    rows = [
        ("甲", 2020, 1.0),
        ("甲", 2022, 9.0),
        ("乙", 2020, 1.0),
        ("乙", 2021, 2.9),
        ("乙", 2022, 0.9),
    ]
    frame = pd.DataFrame(rows, columns=["region", "year", "value"]).assign(
        indicator="x", unit="ratio"
    )
    found = series_breaks(Panel.from_frame(frame).frame)
    assert list(zip(found["region"], found["year"], strict=True)) == [("乙", 2022)]


def test_a_users_table_is_read_with_a_warning(tmp_path: Path):
    path = tmp_path / "mine.csv"
    path.write_text("地区,年份,x\n甲,2020,1\n甲,2021,5\n乙,2020,2\n乙,2021,3\n", encoding="utf-8")
    (warning,) = (w for w in read_panel(path).warnings if "triple" in w.en)
    assert warning.en.startswith("1 figure(s) more than triple")
    assert "甲 2021 x ×5" in warning.en
    assert "1 个数值" in warning.zh
