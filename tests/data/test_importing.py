"""Importing: real shapes of yearbook tables, mappings, all files or none, hostile files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data import Panel, read_panel, tables, write_panel
from xinzhi.data.importing import Mapping, detect, import_files, read_mapped
from xinzhi.data.mapping import (
    ROLES,
    ColumnMapping,
    IndicatorMapping,
    TableMapping,
    letters_of,
    place_of,
    read_mapping,
)
from xinzhi.data.workspace import Workspace, create_workspace

Sheet = Callable[[Any], None]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def text_file(folder: Path, text: str, name: str = "t.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(path: Path, **sheets: Sheet) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for title, fill in sheets.items():
            fill(book.add_worksheet(title))
    return path


def figures(panel: Panel) -> dict[tuple[str, int, str], float]:
    frame = panel.to_frame()
    keys = zip(frame["region"], frame["year"].tolist(), frame["indicator"], strict=True)
    return dict(zip(keys, frame["value"].tolist(), strict=True))


def one(path: Path, mapping: Mapping | None = None) -> dict[tuple[str, int, str], float]:
    (panel,) = read_mapped(path, mapping)
    return figures(panel)


def outcome(action: Callable[[], Any]) -> Any:
    """Return what an action gives, or the InputError it ends in."""
    try:
        return action()
    except InputError as error:
        return error


def values(path: Path) -> list[tuple[str, str, int | None]]:
    """Return indicator, unit and year of every column of values that is detected."""
    (table,) = detect(path).tables
    return [(c.indicator, c.unit, c.year) for c in table.of("value")]


# Shapes


def test_an_export_of_the_statistics_bureau(tmp_path: Path) -> None:
    path = text_file(
        tmp_path,
        "数据库：分省年度数据\n指标：地区生产总值(亿元)\n时间：最近2年\n地区,2023年,2022年\n"
        "北京市,43760.7,41540.9\n西藏自治区,2392.67,\n数据来源：国家统计局\n",
        encoding="gb18030",
    )
    assert values(path) == [("gdp", "亿元", 2023), ("gdp", "亿元", 2022)]
    assert one(path) == {
        ("北京", 2022, "gdp"): 41540.9,
        ("北京", 2023, "gdp"): 43760.7,
        ("西藏", 2023, "gdp"): 2392.67,
    }
    assert "rows of notes, left out: 7" in detect(path).describe().en


def yearbook(sheet: Any, year: int = 2023, factor: int = 1) -> None:
    """Fill a sheet as a yearbook does: title, unit, two rows of headings, total, notes."""
    sheet.merge_range(0, 0, 0, 5, f"2-15 各地区研究与试验发展（R&D）经费情况（{year}年）")
    sheet.write(1, 5, "单位：万元")
    sheet.merge_range(2, 0, 3, 0, "地  区\nRegion")
    sheet.merge_range(2, 1, 3, 1, "R&D经费\n内部支出")
    sheet.merge_range(2, 2, 2, 4, "按活动类型分\nBy Type of Activity")
    for place, name in enumerate(["基础研究\nBasic Research", "应用研究", "试验发展"], 2):
        sheet.write(3, place, name)
    sheet.merge_range(2, 5, 3, 5, "R&D人员（人）")
    for row, (name, *numbers) in enumerate(
        [("全  国", 30, 6, 9, 15, 3), ("北  京", 10, 2, 3, 5, 1), ("上  海", 20, 4, 6, 10, 2)], 4
    ):
        sheet.write_row(row, 0, [name, *(number * factor for number in numbers)])
    sheet.write(7, 0, "注：1. 本表不含军工。")
    sheet.write(8, 0, "    2. 分项之和与合计不等，是四舍五入所致。")


def test_a_yearbook_page_with_merged_cells(tmp_path: Path) -> None:
    path = workbook(tmp_path / "book.xlsx", **{"2-15": yearbook})
    (table,) = detect(path).tables
    assert table.headings == (3, 4)
    assert (table.year, table.year_from) == (2023, "title")
    assert values(path) == [
        ("rd_expenditure", "万元", None),
        ("按活动类型分·基础研究", "万元", None),
        ("按活动类型分·应用研究", "万元", None),
        ("按活动类型分·试验发展", "万元", None),
        ("R&D人员", "人", None),
    ]
    found = one(path)
    assert found["上海", 2023, "按活动类型分·试验发展"] == 10
    assert len(found) == 10
    description = detect(path).describe()
    assert "headings in rows 3 to 4" in description.en
    assert "year: 2023 (from the title)" in description.en
    assert "totals, left out: 全 国" in description.en
    assert "合计行，不读取：全 国" in description.zh
    (panel,) = read_mapped(path)
    warnings = " ".join(warning.en for warning in panel.warnings)
    assert "words only, left out: row 8, 9" in warnings
    assert "left out 1 row(s) of totals" in warnings


def test_groups_of_years_without_merged_cells(tmp_path: Path) -> None:
    path = text_file(
        tmp_path,
        "地区,GDP（亿元）,,常住人口,\n,,,万人,\n,2020,2021,2020,2021\n北京,1,2,3,4\n上海,5,6,7,8\n",
    )
    assert values(path) == [
        ("gdp", "亿元", 2020),
        ("gdp", "亿元", 2021),
        ("resident_population_year_end", "万人", 2020),
        ("resident_population_year_end", "万人", 2021),
    ]
    assert one(path)["上海", 2021, "resident_population_year_end"] == 8


def test_a_row_of_units_and_no_heading_over_the_regions(tmp_path: Path) -> None:
    text = ",常住人口,GDP\n,万人,亿元\n北京,1,2\n天津,3,4\n上海,5,6\n"
    path = text_file(tmp_path, text, "表3-1 2023年.csv")
    assert values(path) == [
        ("resident_population_year_end", "万人", None),
        ("gdp", "亿元", None),
    ]
    assert one(path)["天津", 2023, "gdp"] == 4


def test_a_numbered_row_under_the_headings(tmp_path: Path) -> None:
    text = "地区,年份,GDP（亿元）,财政收入（亿元）\n甲,1,2,3\n北京,2020,5,6\n"
    assert one(text_file(tmp_path, text))["北京", 2020, "gdp"] == 5


def test_a_row_in_english_under_the_headings(tmp_path: Path) -> None:
    text = (
        "地区,年份,地区生产总值(亿元)\nRegion,Year,Gross Regional Product (100 million yuan)\n"
        "北京,2020,5\n"
    )
    assert values(text_file(tmp_path, text)) == [("gdp", "亿元", None)]


def test_years_in_front_of_the_names(tmp_path: Path) -> None:
    text = "地区,2022年GDP（亿元）,2023年GDP（亿元）\n北京,1,2\n"
    assert values(text_file(tmp_path, text)) == [("gdp", "亿元", 2022), ("gdp", "亿元", 2023)]
    text = "地区,年份,2010年不变价GDP（亿元）\n北京,2011,1\n"
    assert values(text_file(tmp_path, text)) == [("2010年不变价GDP", "亿元", None)]


def test_region_cells_merged_downwards(tmp_path: Path) -> None:
    def fill(sheet: Any) -> None:
        sheet.write_row(0, 0, ["地区", "年份", "GDP（亿元）"])
        for place, name in enumerate(["北京", "上海"]):
            sheet.merge_range(1 + 2 * place, 0, 2 + 2 * place, 0, name)
            for k in range(2):
                sheet.write_row(1 + 2 * place + k, 1, [2020 + k, 10 * place + k + 1])

    path = workbook(tmp_path / "book.xlsx", data=fill)
    assert detect(path).tables[0].fill_down == ("region",)
    assert one(path)["上海", 2021, "gdp"] == 12
    text = "地区,年份,GDP（亿元）\n北京,2020,1\n,2021,2\n上海,2020,3\n,2021,4\n"
    path = text_file(tmp_path, text)
    assert detect(path).tables[0].fill_down == ("region",)
    assert one(path)["上海", 2021, "gdp"] == 4


def test_one_blank_name_is_not_filled_in(tmp_path: Path) -> None:
    rows = "".join(f"北京,{year},1\n" for year in range(2010, 2020))
    path = text_file(tmp_path, f"地区,年份,GDP（亿元）\n{rows},2020,2\n")
    assert detect(path).tables[0].fill_down == ()
    with pytest.raises(InputError, match="no region"):
        one(path)


def test_remarks_and_columns_without_heading_are_passed_over_and_named(tmp_path: Path) -> None:
    text = "地区,年份,GDP（亿元）,备注,评语,\n" + "".join(
        f"{name},2020,1,a,好,x\n" for name in ("北京", "上海", "天津")
    )
    path = text_file(tmp_path, text)
    assert values(path) == [("gdp", "亿元", None)]
    description = detect(path).describe()
    assert "E 评语 → not read" in description.en
    assert "F 列没有表头，不读取" in description.zh
    (panel,) = read_mapped(path)
    assert "column E holds words only and is not read" in [w.en for w in panel.warnings]


def test_a_unit_above_the_table_goes_only_where_it_fits(tmp_path: Path) -> None:
    text = "经济,,,单位：亿元\n地区,年份,GDP,常住人口\n北京,2020,1,2\n上海,2020,1,2\n"
    path = text_file(tmp_path, text)
    assert values(path) == [("gdp", "亿元", None), ("resident_population_year_end", "", None)]
    assert "the unit 亿元 above the table is none of column 常住人口" in detect(path).describe().en


def test_two_headings_of_one_indicator_stay_two_series(tmp_path: Path) -> None:
    path = text_file(tmp_path, "地区,年份,GDP（亿元）,生产总值（亿元）\n北京,2020,1,2\n")
    assert set(one(path)) == {("北京", 2020, "GDP"), ("北京", 2020, "生产总值")}


def test_every_sheet_that_is_a_table(tmp_path: Path, workspace: Workspace) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        目录=lambda sheet: sheet.write(0, 0, "1-1 地区生产总值"),
        GDP=lambda sheet: [
            sheet.write_row(0, 0, ["地区", 2020, 2021]),
            sheet.write_row(1, 0, ["北京", 1, 2]),
        ],
        常住人口=lambda sheet: [
            sheet.write_row(0, 0, ["地区", 2020, 2021]),
            sheet.write_row(1, 0, ["北京", 3, 4]),
        ],
    )
    result = import_files(workspace, [path])
    assert result.to_frame()["sheet"].tolist() == ["GDP", "常住人口"]
    assert figures(workspace.panel())["北京", 2021, "resident_population_year_end"] == 4
    assert any("sheet 目录 was not read" in warning.en for warning in result.warnings)
    assert "工作表 目录：不读取" in result.mappings[0].describe().zh
    assert [table.sheet for table in detect(path, "GDP").tables] == ["GDP"]


def test_what_the_plain_reader_reads_is_read_the_same(tmp_path: Path) -> None:
    for number, text in enumerate(
        [
            "地区,年份,指标,数值,单位,来源,状态,版本\n上海,2020,GDP,1,亿元,公报,初步,甲\n",
            'region,year,gdp [CNY_100m],local\n上海市,2020,"1,234",…\nBeijing,２０２０,5,7\n',
            "地区,指标,2020,2021年\n上海,GDP,1,2\n北京,GDP,3,-\n全国,GDP,9,9\n",
        ]
    ):
        path = text_file(tmp_path, text, f"t{number}.csv")
        assert one(path) == figures(read_panel(path))


def test_written_panels_are_imported_as_they_were(tmp_path: Path, workspace: Workspace) -> None:
    text = "地区,年份,指标,数值,单位\n上海,2020,=1+1,1,亿元\n"
    panel = read_panel(text_file(tmp_path, text))
    write_panel(panel, tmp_path / "out.xlsx")
    import_files(workspace, [tmp_path / "out.xlsx"])
    back = workspace.panel()
    assert back.to_frame().drop(columns="source").equals(panel.to_frame().drop(columns="source"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("地区,GDP\n北京,1\n", ("missing column year", "缺少列 年份")),
        ("指标,单位,数值\nGDP,亿元,1\n", ("missing column year", "缺少列 年份")),
        ("地区,年份\n北京,2020\n", ("missing column indicator, value", "缺少列 指标")),
        ("地区,2020,2021\n北京,1,2\n", ("nothing says of which indicator", "没有说明是什么指标")),
        ("地区,年份,年度,GDP\n北京,2020,2020,1\n", ("means the same as another", "含义相同")),
        ("地区,2020年GDP,GDP 2020\n北京,1,1\n", ("missing column year", "缺少列 年份")),
        ("地区,年份,GDP,GDP\n北京,2020,1,1\n", ("gives the same as column GDP", "同一指标")),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, text: str, words: tuple[str, str]) -> None:
    path = text_file(tmp_path, text)
    with pytest.raises(InputError) as caught:
        detect(path)
    assert words[0] in caught.value.text("en")
    assert words[1] in caught.value.text("zh")


# Mappings

COLUMN = st.builds(
    ColumnMapping,
    place=st.integers(0, 16_383),
    heading=st.text(max_size=8),
    role=st.sampled_from(["value", "skip"]),
    indicator=st.text(max_size=8),
    unit=st.text(max_size=4),
    year=st.none() | st.integers(1000, 2999),
)
TABLE = st.builds(
    lambda first, more, **rest: TableMapping(headings=(first, first + more), **rest),
    first=st.integers(1, 99),
    more=st.integers(0, 5),
    sheet=st.text(max_size=8),
    columns=st.lists(COLUMN, max_size=4).map(tuple),
    year=st.none() | st.integers(1000, 2999),
    year_from=st.sampled_from(["", "title"]),
    vintage=st.text(max_size=8),
    fill_down=st.sampled_from([(), ("region",), ("region", "year")]),
    leave_out=st.lists(st.text(max_size=5), max_size=3).map(tuple),
    region=st.text(max_size=6).map(str.strip),
    region_from=st.sampled_from(["", "title"]),
    indicators=st.lists(
        st.builds(
            IndicatorMapping,
            name=st.text(min_size=1, max_size=8).filter(str.strip),
            indicator=st.text(min_size=1, max_size=8).filter(str.strip),
            unit=st.text(max_size=4),
        ),
        max_size=3,
    ).map(tuple),
)


@given(st.text(max_size=8), st.lists(TABLE, min_size=1, max_size=3))
def test_a_mapping_comes_back_from_toml(file: str, drawn: list[TableMapping]) -> None:
    mapping = Mapping(file, tuple(drawn))
    assert Mapping.from_toml(mapping.to_toml()) == mapping


@given(st.integers(0, 18_277))
def test_letters_of_columns(place: int) -> None:
    assert place_of(letters_of(place)) == place
    assert (letters_of(0), letters_of(25), letters_of(26), letters_of(701)) == (
        "A",
        "Z",
        "AA",
        "ZZ",
    )


def test_every_problem_of_a_mapping_is_reported() -> None:
    text = """
    fiel = "x"
    [[table]]
    headings = [3, 1]
    year = "2020"
    fill_down = ["unit"]
    leave_out = "x"
    year_from = "sheet"
    [[table.column]]
    at = "1"
    role = "regoin"
    [[table.column]]
    at = "A"
    role = "year"
    unit = 3
    [[table.column]]
    at = "B"
    role = "year"
    """
    with pytest.raises(InputError) as caught:
        Mapping.from_toml(text, "map.toml")
    en, zh = caught.value.text("en"), caught.value.text("zh")
    assert "map.toml: the mapping has 10 problem(s)" in en
    for words in (
        "unknown key fiel, did you mean file?",
        "headings must be [first row, last row]",
        "year must be a year",
        "fill_down can only list region, year, indicator",
        "leave_out must be a list of texts",
        'year_from can only be "title"',
        "at must be a column's letters, such as C",
        "unknown role regoin, did you mean region?",
        "unit must be text",
        "more than one column has the role year",
    ):
        assert words in en
    assert "未知的 role regoin，是否指 region？" in zh


@pytest.mark.parametrize(
    ("text", "words"), [("[[table", "not valid TOML"), ("", "there is no [[table]]")]
)
def test_a_mapping_that_is_none(text: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        Mapping.from_toml(text)
    assert words in caught.value.text("en")


def test_a_mapping_file(tmp_path: Path) -> None:
    mapping = detect(text_file(tmp_path, "地区,年份,GDP（亿元）\n北京,2020,1\n"))
    text_file(tmp_path, mapping.to_toml(), "map.toml", "utf-8-sig")
    assert read_mapping(tmp_path / "map.toml").tables[0].columns == mapping.tables[0].columns
    text_file(tmp_path, "file = '年鉴'", "map.toml", "gb18030")
    for name in ("map.toml", "none.toml", "."):
        with pytest.raises(InputError) as caught:
            read_mapping(tmp_path / name)
        assert "no mapping to read" in caught.value.text("en")
        assert "不能读取映射" in caught.value.text("zh")


def test_the_mapping_is_shown_before_anything_is_written(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = text_file(tmp_path, "地区,年份,GDP（亿元）\n北京,2020,1\n")
    shown = []

    def show(mapping: Mapping) -> None:
        shown.append(mapping.describe())
        assert workspace.imports().empty

    result = import_files(workspace, [path], show=show)
    assert "C GDP（亿元） → Gross domestic product, gdp, CNY_100m" in shown[0].en
    assert "C GDP（亿元） → 地区生产总值，gdp，亿元" in shown[0].zh
    columns = result.to_frame("columns")
    assert columns["role"].tolist() == ["region", "year", "value"]
    assert columns["indicator"].tolist()[2] == "gdp"
    assert set(columns["role"]) <= set(ROLES)


def test_an_edited_mapping_is_remembered_for_next_years_book(
    tmp_path: Path, workspace: Workspace
) -> None:
    first = workbook(tmp_path / "book2023.xlsx", **{"2-15": yearbook})
    text = detect(first).to_toml()
    text = text.replace('"按活动类型分·基础研究"', '"basic_research"')
    text = text.replace("[[table]]\n", '[[table]]\nvintage = "yearbooks"\n')
    import_files(workspace, [first], Mapping.from_toml(text))
    assert figures(workspace.panel())["上海", 2023, "basic_research"] == 4

    second = workbook(
        tmp_path / "book2024.xlsx", **{"2-16": lambda sheet: yearbook(sheet, 2024, 10)}
    )
    result = import_files(workspace, [second])
    panel = workspace.panel()
    assert figures(panel)["上海", 2024, "basic_research"] == 40
    assert panel.vintages("basic_research") == ("yearbooks",)
    assert panel.to_array(["basic_research"]).sel(region="上海").values.ravel().tolist() == [4, 40]
    assert result.mappings[0].tables[0].vintage == "yearbooks"


def test_a_further_year_follows_the_mapping_of_the_others(
    tmp_path: Path, workspace: Workspace
) -> None:
    text = "自编指标（亿元）,,\n地区,2020,2021\n北京,1,2\n"
    first = text_file(tmp_path, text, "a.csv")
    mapping = Mapping.from_toml(detect(first).to_toml().replace('"自编指标"', '"own"'))
    import_files(workspace, [first], mapping)
    text = "自编指标（亿元）,,\n地区,2021,2022,2023\n北京,2,3,4\n"
    second = text_file(tmp_path, text, "b.csv")
    assert one(second, mapping)["北京", 2023, "own"] == 4
    import_files(workspace, [second])
    assert figures(workspace.panel())["北京", 2023, "own"] == 4


def test_a_year_given_by_hand_is_not_taken_for_next_years(
    tmp_path: Path, workspace: Workspace
) -> None:
    first = text_file(tmp_path, "地区,GDP（亿元）\n北京,1\n", "a2020.csv")
    text = detect(first).to_toml().replace('year_from = "title"\n', "")
    import_files(workspace, [first], Mapping.from_toml(text))
    second = text_file(tmp_path, "地区,GDP（亿元）\n北京,1\n", "b.csv")
    with pytest.raises(InputError) as caught:
        import_files(workspace, [second])
    assert "no year is stated; last time the mapping gave it" in caught.value.text("en")
    assert "没有写明年份" in caught.value.text("zh")


def test_a_mapping_for_what_cannot_be_detected(tmp_path: Path) -> None:
    path = text_file(tmp_path, "一,二,三\nx,,\n地方,何时,多少\n北京,2020,7\n东部小计,2020,9\n")
    mapping = Mapping.from_toml(
        """
        [[table]]
        sheet = ""
        headings = [3, 3]
        leave_out = ["东部小计"]
        [[table.column]]
        at = "A"
        heading = "地方"
        role = "region"
        [[table.column]]
        at = "B"
        heading = "何时"
        role = "year"
        [[table.column]]
        at = "C"
        heading = "多少"
        role = "value"
        indicator = "gdp"
        unit = "亿元"
        """
    )
    assert one(path, mapping) == {("北京", 2020, "gdp"): 7}
    (panel,) = read_mapped(path, mapping)
    assert any("left out 1 row(s) as mapped (东部小计)" in w.en for w in panel.warnings)


def test_columns_that_a_mapping_does_not_know_or_lacks(tmp_path: Path) -> None:
    first = text_file(tmp_path, "地区,年份,GDP（亿元）,财政收入（亿元）\n北京,2020,1,2\n", "a.csv")
    mapping = detect(first)
    more = text_file(
        tmp_path, "地区,年份,新列（亿元）,GDP（亿元）,财政收入（亿元）\n北京,2020,9,1,2\n", "b.csv"
    )
    (panel,) = read_mapped(more, mapping)
    assert len(figures(panel)) == 2
    assert any("is not in the mapping and is not read" in w.en for w in panel.warnings)
    fewer = text_file(tmp_path, "地区,年份,GDP（亿元）\n北京,2020,1\n", "c.csv")
    with pytest.raises(InputError) as caught:
        read_mapped(fewer, mapping)
    assert "lacks columns of the mapping: 财政收入（亿元）" in caught.value.text("en")
    assert "没有映射中的列" in caught.value.text("zh")


def test_a_sheet_that_the_mapping_names_and_the_file_lacks(tmp_path: Path) -> None:
    path = workbook(
        tmp_path / "book.xlsx",
        a=lambda sheet: sheet.write_row(0, 0, ["x", "y"]),
        b=lambda sheet: sheet.write_row(0, 0, ["p", "q"]),
    )
    mapping = detect(text_file(tmp_path, "地区,年份,GDP\n北京,2020,1\n"))
    with pytest.raises(InputError):
        read_mapped(path, mapping)


# All or none


def test_all_files_or_none(tmp_path: Path, workspace: Workspace) -> None:
    good = text_file(tmp_path, "地区,年份,GDP\n北京,2020,1\n", "good.csv")
    bad = text_file(tmp_path, "地区,年份,GDP\n两藏,2020,1\n上海,2020,约3\n北京,2020,1\n", "bad.csv")
    worse = text_file(tmp_path, "地区,年份\n北京,2020\n", "worse.csv")
    with pytest.raises(InputError) as caught:
        import_files(workspace, [good, bad, worse])
    en = caught.value.text("en")
    assert "2 of 3 files cannot be imported, the workspace is unchanged" in en
    assert "row 2, column 地区: 两藏, unknown region, did you mean 西藏" in en
    assert "row 3, column GDP: '约3', a number is needed" in en
    assert "worse.csv: missing column" in en
    assert "3 个文件中有 2 个不能导入，工作区没有改变" in caught.value.text("zh")
    assert workspace.imports().empty
    with pytest.raises(InputError, match="no file is given"):
        import_files(workspace, [])


def test_a_second_import_says_what_it_found(tmp_path: Path, workspace: Workspace) -> None:
    path = text_file(tmp_path, "地区,年份,GDP（亿元）\n北京,2020,1\n上海,2020,2\n")
    import_files(workspace, [path])
    again = import_files(workspace, [path]).to_frame()
    assert again[["added", "replaced", "unchanged"]].values.tolist() == [[0, 0, 2]]
    text_file(tmp_path, "地区,年份,GDP（亿元）\n北京,2020,1.5\n上海,2020,2\n天津,2020,3\n")
    with pytest.raises(InputError, match="other figure"):
        import_files(workspace, [path])
    result = import_files(workspace, [path], overwrite=True)
    assert result.to_frame()[["added", "replaced", "unchanged"]].values.tolist() == [[1, 1, 1]]
    assert result.to_frame("changes")["new"].tolist() == [1.5]
    assert result.to_dict()["changes"][0]["old"] == 1.0


def test_the_regions_of_the_settings_are_used(tmp_path: Path, workspace: Workspace) -> None:
    from xinzhi.data.workspace import open_workspace

    (workspace.folder / "towns.toml").write_text(
        '[set]\nid = "towns"\n[[region]]\nname = "Northtown"\n', encoding="utf-8"
    )
    (workspace.folder / "xinzhi.toml").write_text('regions = "towns.toml"\n', encoding="utf-8")
    opened = open_workspace(workspace.folder)
    path = text_file(tmp_path, "region,year,own\nNorthtown,2020,1\nElsewhere,2020,1\n")
    with pytest.raises(InputError, match="Elsewhere, unknown region"):
        import_files(opened, [path])


def test_progress_stays_silent_where_there_is_no_terminal(
    tmp_path: Path, workspace: Workspace, capfd: pytest.CaptureFixture[str]
) -> None:
    path = text_file(tmp_path, "地区,年份,GDP\n北京,2020,1\n")
    import_files(workspace, [path], progress=True)
    assert capfd.readouterr() == ("", "")


# Hostile files


def archive(path: Path, **changes: bytes) -> Path:
    """Write a sound workbook with some of its parts replaced or added."""
    workbook(
        path,
        data=lambda sheet: [
            sheet.write_row(0, 0, ["地区", "年份", "GDP（亿元）"]),
            sheet.write_row(1, 0, ["北京", 2020, 5]),
        ],
    )
    with zipfile.ZipFile(path) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    parts.update(changes)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    return path


def refused(workspace: Workspace, path: Path) -> str:
    with pytest.raises(InputError) as caught:
        import_files(workspace, [path])
    assert caught.value.remedy is not None
    assert workspace.imports().empty
    return caught.value.text("en")


def test_a_zip_bomb(tmp_path: Path, workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 20_000_000)
    path = archive(tmp_path / "bomb.xlsx", **{"xl/media/image1.png": bytes(30_000_000)})
    assert path.stat().st_size < 100_000
    assert "unpacks to more than 20 MB" in refused(workspace, path)


def test_two_cells_far_apart(tmp_path: Path, workspace: Workspace) -> None:
    def far(sheet: Any) -> None:
        sheet.write(0, 0, "地区")
        sheet.write(1_048_575, 16_383, 1)

    path = workbook(tmp_path / "far.xlsx", data=far)
    assert "cells" in refused(workspace, path)


@pytest.mark.parametrize("reference", ['r="XFD1048576"', "r='XFD1048576'", 'r =\t"xfd1048576"'])
def test_a_far_cell_is_seen_however_it_is_written(
    tmp_path: Path, workspace: Workspace, reference: str
) -> None:
    sheet = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/'
        f'2006/main"><sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c '
        f"{reference}><v>1</v></c></row></sheetData></worksheet>"
    )
    path = archive(tmp_path / "far.xlsx", **{"xl/worksheets/sheet1.xml": sheet.encode()})
    assert "cells" in refused(workspace, path)


def test_a_line_of_200_mb(tmp_path: Path, workspace: Workspace) -> None:
    path = tmp_path / "line.csv"
    with path.open("wb") as stream:
        stream.write("地区,年份,GDP\n".encode())
        for _ in range(20):
            stream.write(b"1," * 5_000_000)
    assert path.stat().st_size > 200_000_000
    assert "a line is longer than 5 MB" in refused(workspace, path)


def test_more_columns_than_a_sheet_has(tmp_path: Path, workspace: Workspace) -> None:
    path = text_file(tmp_path, "地区,年份,GDP\n北京,2020,1" + ",1" * 20_000 + "\n")
    assert "row 2 has more than 16,384 columns" in refused(workspace, path)


def test_a_cell_without_end(tmp_path: Path, workspace: Workspace) -> None:
    path = text_file(tmp_path, '地区,年份,GDP\n"' + "北京\n" * 300_000)
    assert "row 2 has a quote or separator out of place" in refused(workspace, path)


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "北京">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY b "bbbbbbbbbb"><!ENTITY a "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">',
    ],
)
def test_entities_are_never_expanded(tmp_path: Path, workspace: Workspace, entity: str) -> None:
    strings = (
        f'<?xml version="1.0"?><!DOCTYPE sst [{entity}]><sst xmlns="http://schemas.openxmlformats.'
        'org/spreadsheetml/2006/main" count="3" uniqueCount="3"><si><t>地区</t></si><si><t>年份'
        "</t></si><si><t>GDP（亿元）</t></si><si><t>&a;</t></si></sst>"
    )
    path = archive(tmp_path / "entity.xlsx", **{"xl/sharedStrings.xml": strings.encode()})
    text = refused(workspace, path)
    assert "root:" not in text
    assert "bbbbbbbbbb" not in text


def test_macros_are_not_looked_at(tmp_path: Path, workspace: Workspace) -> None:
    path = archive(tmp_path / "macro.xlsx", **{"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0 Auto_Open"})
    with zipfile.ZipFile(path) as source:
        types = source.read("[Content_Types].xml")
    kind = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    plain = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert plain in types
    path = archive(
        path,
        **{"xl/vbaProject.bin": b"Auto_Open", "[Content_Types].xml": types.replace(plain, kind)},
    )
    import_files(workspace, [path])
    assert figures(workspace.panel()) == {("北京", 2020, "gdp"): 5}
    with pytest.raises(InputError, match=r"cannot read \.xlsm files"):
        import_files(workspace, [path.rename(tmp_path / "macro.xlsm")])


def test_formulas_are_read_as_values_and_written_as_text(
    tmp_path: Path, workspace: Workspace
) -> None:
    def fill(sheet: Any) -> None:
        sheet.write_row(0, 0, ["地区", "年份", "=cmd|' /C calc'!A0", "GDP（亿元）"])
        sheet.write_string(0, 2, "=cmd|' /C calc'!A0")
        sheet.write_row(1, 0, ["北京", 2020, 1])
        sheet.write_formula(1, 3, "=2+3", value=5)

    import_files(workspace, [workbook(tmp_path / "formula.xlsx", data=fill)])
    panel = workspace.panel()
    assert figures(panel)["北京", 2020, "gdp"] == 5
    write_panel(panel, tmp_path / "out.xlsx")
    with zipfile.ZipFile(tmp_path / "out.xlsx") as written:
        sheet = written.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert figures(read_panel(tmp_path / "out.xlsx")) == figures(panel)


def test_links_are_read_as_what_they_lead_to(tmp_path: Path, workspace: Workspace) -> None:
    for target, words in (("/dev/zero", "not an ordinary file"), (tmp_path / "none", "no such")):
        link = tmp_path / "link.csv"
        link.symlink_to(target)
        assert words in refused(workspace, link)
        link.unlink()
    link.symlink_to(link)
    assert "such file" in refused(workspace, link)
    link.unlink()
    link.symlink_to(text_file(tmp_path, "地区,年份,GDP\n北京,2020,1\n"))
    import_files(workspace, [link])
    assert workspace.imports()["name"].tolist() == ["link.csv"]


def test_overlapping_merged_cells_without_end(tmp_path: Path, workspace: Workspace) -> None:
    merged = b"".join(b'<mergeCell ref="A1:XFD1048576"/>' for _ in range(20_000))
    path = archive(tmp_path / "merged.xlsx")
    with zipfile.ZipFile(path) as source:
        sheet = source.read("xl/worksheets/sheet1.xml")
    sheet = sheet.replace(b"</sheetData>", b"</sheetData><mergeCells>" + merged + b"</mergeCells>")
    path = archive(path, **{"xl/worksheets/sheet1.xml": sheet})
    assert outcome(lambda: import_files(workspace, [path]))


@given(st.binary(max_size=400))
def test_any_bytes_give_a_mapping_or_an_error(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "t.csv"
    path.write_bytes(data)
    found = outcome(lambda: detect(path))
    assert found.message.zh if isinstance(found, InputError) else found.tables


CELLS = st.sampled_from(
    [
        "",
        "地区",
        "年份",
        "GDP",
        "GDP（亿元）",
        "北京",
        "全国",
        "2020",
        "2021年",
        "1",
        "…",
        "单位：亿元",
    ]
)


@given(st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=8))
def test_any_table_of_likely_cells_gives_a_panel_or_an_error(
    tmp_path_factory: Any, rows: list[list[str]]
) -> None:
    path = tmp_path_factory.mktemp("cells") / "t.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    found = outcome(lambda: read_mapped(path))
    if isinstance(found, InputError):
        assert found.message.en
    else:
        assert np.isfinite(found[0].frame["value"]).all()
