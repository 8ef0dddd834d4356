"""Labelled events: headings in both languages, and every row that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from xinzhi.core import InputError
from xinzhi.data import load_region_set
from xinzhi.data.event_labels import read_event_labels

CHINA = load_region_set("china31")


def events_of(tmp_path: Path, text: str):
    file = tmp_path / "events.csv"
    file.write_text(text, encoding="utf-8")
    return read_event_labels(file, CHINA)


def test_events_are_read(tmp_path: Path):
    found = events_of(tmp_path, "事件表\n地区,年份,事件\n上海市,2015,甲\nBeijing,2018年,\n,,\n")
    assert found.frame.to_dict("list") == {
        "region": ["上海", "北京"],
        "year": [2015, 2018],
        "event": ["甲", ""],
    }
    assert (found.record.name, found.record.rows) == ("events.csv", 2)
    plain = events_of(tmp_path, "year,region\n2015,310000\n")
    assert plain.frame["region"].tolist() == ["上海"]


def test_what_is_wrong_is_said(tmp_path: Path):
    for text, english, chinese in (
        (
            "region,year\n两藏,2015\n",
            "row 2, column region: unknown region 两藏, did you mean 西藏",
            "未知地区 两藏",
        ),
        ("region,year\n上海,soon\n", "row 2, column year: soon is not a year", "soon 不是年份"),
        ("region,when\n上海,2015\n", "no column year", "没有列 year"),
        ("a,b\n上海,2015\n", "no column region", "没有列 region"),
        ("region,year\n", "there is no event in it", "没有一个事件"),
    ):
        with pytest.raises(InputError) as caught:
            events_of(tmp_path, text)
        assert english in caught.value.text("en")
        assert chinese in caught.value.text("zh")
