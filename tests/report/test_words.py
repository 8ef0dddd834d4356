from __future__ import annotations

import pytest

from xinzhi.core import Text
from xinzhi.report.model import cite, pieces, plain
from xinzhi.report.words import (
    band,
    full,
    inside,
    joined,
    listing,
    measured,
    number,
    ordinal,
    percent,
    rank_band,
    say,
    signed,
)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.8644730879, "0.864"),
        (0.9996, "1.00"),
        (9.3812, "9.38"),
        (33_872.0, "33,900"),
        (-6.64, "−6.64"),
        (0.0, "0"),
        (float("nan"), "—"),
        (None, "—"),
        (99.96, "100"),
    ],
)
def test_at_most_three_significant_digits(value: float | None, shown: str):
    assert number(value) == shown


def test_numbers_in_words():
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th")
    ]
    assert percent(0.8) == Text("80%", "80\u202f%")
    assert percent(0.88234) == Text("88.2%", "88.2\u202f%")
    assert percent(None) == Text("—", "—")
    assert rank_band(2, 3) == Text("第 2–3 位", "2nd–3rd")
    assert rank_band(2, 2) == Text("第 2 位", "2nd")
    assert band(0.1234, 0.5) == "0.123–0.500"
    assert signed(0.0428) == "+0.0428"
    assert signed(-1.0) == "−1.00"
    assert full(0.1 + 0.2, 15) == "0.3"
    assert measured("4.34", Text("%", "%")) == Text("4.34%", "4.34\u202f%")
    assert measured("3", Text("亿元", "100 million yuan")).zh == "3 亿元"


def test_chinese_meets_latin_with_a_space_and_marks_do_not_count():
    assert joined("需要", "42 部门") == "需要 42 部门"
    assert joined("需要", "数据") == "需要数据"
    assert say("{a}和{b}", "{a} and {b}", a=cite("c.1", "0.8"), b="乙") == Text(
        "[[c.1|0.8]] 和乙", "[[c.1|0.8]] and 乙"
    )
    assert listing([Text("甲 1", "A 1"), Text("乙", "B"), Text("丙", "C")]) == Text(
        "甲 1、乙和丙", "A 1, B and C"
    )
    assert listing([]) == Text("", "")


def test_titles_inside_a_sentence():
    assert inside(Text("创新链", "Innovation chain")).en == "innovation chain"
    assert inside(Text("研发", "R&D expenditure")).en == "R&D expenditure"
    assert inside(Text("产值", "GDP per head")).en == "GDP per head"


def test_marks():
    marked = f"ranks {cite('a.b', '2nd')} of 31"
    assert plain(marked) == "ranks 2nd of 31"
    assert pieces(marked) == [("", "ranks "), ("a.b", "2nd"), ("", " of 31")]
