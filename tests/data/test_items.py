"""Names of indicators in rows: what they stand below, their units, outline numbers and marks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xinzhi.data.items import items_of, meanings, without_mark


def read(*rows: str, title: str = "", stated: str = "") -> dict[str, tuple[str, str]]:
    """Return label → indicator and unit of rows written as name|unit|figure."""
    cells = dict(enumerate(row.split("|") for row in rows))
    items = items_of(cells, 0, 1, [2], title)
    return {e.name: (e.indicator, e.unit) for e in meanings(items, stated).values()}


def test_units_in_brackets_in_their_column_and_above_the_table() -> None:
    found = read("地区生产总值（万元）||1", "常住人口|万人|2", "财政收入||3", stated="亿元")
    assert found == {
        "地区生产总值（万元）": ("gdp", "万元"),
        "常住人口（万人）": ("resident_population_year_end", "万人"),
        "财政收入": ("general_budget_revenue", "亿元"),
    }


def test_a_unit_above_the_table_goes_only_where_it_fits() -> None:
    assert read("常住人口||2", stated="亿元") == {"常住人口": ("resident_population_year_end", "")}


def test_parts_of_what_is_known_stand_alone() -> None:
    found = read(
        "地区生产总值|亿元|9",
        "  第一产业||1",
        "  第二产业增加值||3",
        "    其中：工业||2",
        "          采矿业||1",
        "  第三产业||5",
    )
    assert [indicator for indicator, _ in found.values()] == [
        "gdp",
        "value_added_primary",
        "value_added_secondary",
        "value_added_industry",
        "地区生产总值·第二产业增加值·采矿业",
        "value_added_tertiary",
    ]
    assert {unit for _, unit in found.values()} == {"亿元"}


def test_parts_of_what_is_not_known_keep_its_name() -> None:
    found = read(
        "户籍人口|万人|9", "  其中：城镇人口||5", "固定资产投资|亿元|9", "  第一产业增加值||1"
    )
    assert [indicator for indicator, _ in found.values()] == [
        "户籍人口",
        "户籍人口·城镇人口",
        "固定资产投资",
        "固定资产投资·第一产业增加值",
    ]


def test_a_part_in_another_kind_of_unit_is_no_part_of_gdp() -> None:
    found = read("地区生产总值|亿元|9", "  第一产业|万人|1")
    assert found["地区生产总值·第一产业（万人）"] == ("地区生产总值·第一产业", "万人")


def test_outline_numbers_head_what_follows() -> None:
    found = read(
        "一、综合||",
        "地区生产总值|亿元|9",
        "二、从业人员（万人）||",
        "合计||6",
        "1.第一产业||1",
        "（1）农业||1",
        "2．第二产业||5",
        "三、社会||",
        "医院数|个|7",
    )
    assert list(found) == [
        "地区生产总值（亿元）",
        "从业人员（万人）",
        "从业人员·第一产业（万人）",
        "从业人员·第一产业·农业（万人）",
        "从业人员·第二产业（万人）",
        "医院数（个）",
    ]


def test_rows_that_only_follow_a_line_are_called_by_it_only_where_they_must() -> None:
    found = read("收入||", "人均收入（元）||3", "农村||", "人均收入（元）||2", "村数|个|4")
    assert list(found) == ["收入·人均收入（元）", "农村·人均收入（元）", "村数（个）"]
    # A line with a unit counts what the rows without one count.
    assert list(read("从业人员|万人|", "农业||3", "学生数|人|5")) == [
        "从业人员·农业（万人）",
        "学生数（人）",
    ]


def test_a_total_is_called_what_it_totals() -> None:
    assert list(read("从业人员|万人|", "  合计||6", "  农业||3")) == [
        "从业人员（万人）",
        "从业人员·农业（万人）",
    ]
    found = read("合计|万人|6", "农业|万人|3", title="分行业从业人员")
    assert list(found) == ["分行业从业人员（万人）", "分行业从业人员·农业（万人）"]


def test_two_names_of_one_indicator_are_two_series() -> None:
    found = read("GDP|亿元|1", "生产总值|亿元|2")
    assert [indicator for indicator, _ in found.values()] == ["GDP", "生产总值"]


def test_names_in_two_languages_and_marks_of_footnotes() -> None:
    found = read("年末常住人口①（万人） Resident Population (10 000 persons)||1", "工业*|亿元|2")
    assert list(found) == ["年末常住人口（万人）", "工业（亿元）"]
    for word in (
        "人口①",
        "人口 1)",
        "人口（1）",
        "人口[2]",
        "人口注1）",
        "人口*",
        "人口²",
        "人口①②",
    ):
        assert without_mark(word) == "人口"
    for word in ("PM2.5", "指数（1978=100）", "CO2", "R&D", "人口（万人）", "1)", "2020"):
        assert without_mark(word) == word


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["", "  ", "    ", "其中：", "#", "一、", "1.", "（1）"]),
            st.sampled_from(["合计", "GDP", "第一产业", "人口", "x"]),
            st.sampled_from(["", "亿元", "万人"]),
            st.sampled_from(["", "1", "…"]),
        ),
        max_size=12,
    )
)
def test_every_row_with_a_figure_has_a_name_and_no_other_has(
    rows: list[tuple[str, str, str, str]],
) -> None:
    cells = {
        k: [opening + name, unit, value] for k, (opening, name, unit, value) in enumerate(rows)
    }
    items = items_of(cells, 0, 1, [2])
    assert list(items) == [k for k, row in enumerate(rows) if row[3] == "1"]
    assert all(item.name for item in items.values())
    for place, item in items.items():
        assert rows[place][2] in ("", item.unit)
        assert item.own in item.name or item.generic
