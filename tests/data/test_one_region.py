"""Importing tables of one region: a city's yearbook, its title, its mapping, next year's book."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xinzhi.core import InputError
from xinzhi.data import Panel
from xinzhi.data.importing import Mapping, detect, import_files, read_mapped
from xinzhi.data.regions import RegionSet
from xinzhi.data.workspace import Workspace, create_workspace, open_workspace

YEARBOOK = """1-2 上海市国民经济主要指标（2021-2023年）,,,,,
,,,,,单位：亿元
指  标,单位,2021,2022,2023①,2023年比2022年增长（%）
一、综合,,,,,
地区生产总值①,,10,20,30,5.0
  第一产业,,1,2,3,-1.2
  第二产业增加值,,4,8,12,1.9
    #工业,,3,6,9,1.5
二、人口,,,,,
年末常住人口,万人,7,8,9,0.5
  其中：城镇人口,,6,…,8,
户籍人口2),万人,5,5,5,
从业人员,万人,,,,
  合计,,4,4,4,
  农业,,1,1,1,
注：1. 本表按当年价格计算。,,,,,
    2. 公安年报数。,,,,,
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def text_file(folder: Path, text: str, name: str = "t.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def figures(panel: Panel) -> dict[tuple[str, int, str], float]:
    frame = panel.to_frame()
    keys = zip(frame["region"], frame["year"].tolist(), frame["indicator"], strict=True)
    return dict(zip(keys, frame["value"].tolist(), strict=True))


def one(path: Path, mapping: Mapping | None = None) -> dict[tuple[str, int, str], float]:
    (panel,) = read_mapped(path, mapping)
    return figures(panel)


def refusal(action: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        action()
    return caught.value.text("en"), caught.value.text("zh")


# Shapes


def test_indicators_in_rows_and_years_in_columns(tmp_path: Path) -> None:
    path = text_file(tmp_path, YEARBOOK)
    found = one(path)
    assert found["上海", 2023, "gdp"] == 30
    assert found["上海", 2021, "value_added_primary"] == 1
    assert found["上海", 2022, "value_added_industry"] == 6
    assert found["上海", 2023, "urban_population_year_end"] == 8
    assert ("上海", 2022, "urban_population_year_end") not in found
    assert found["上海", 2022, "户籍人口"] == 5
    assert found["上海", 2022, "从业人员"] == 4
    assert found["上海", 2022, "从业人员·农业"] == 1
    assert len(found) == 9 * 3 - 1
    (panel,) = read_mapped(path)
    units = panel.to_frame().groupby("indicator")["unit"].agg(set)
    assert units["gdp"] == {"CNY_100m"}
    assert units["从业人员·农业"] == {"10k_persons"}
    description = detect(path).describe()
    assert "region: 上海 (from the title)" in description.en
    assert "地区：上海（取自标题）" in description.zh
    assert "年末常住人口（万人） → Resident population, year end" in description.en
    assert "户籍人口（万人） → 户籍人口，万人" in description.zh
    assert "column F 2023年比2022年增长（%） does not hold the figures of a year" in description.en
    assert "F 列“2023年比2022年增长（%）”不是某一年的数值，不读取" in description.zh
    assert "words only, left out: row 4, 9, 16, 17" in " ".join(w.en for w in panel.warnings)


@pytest.mark.parametrize(
    "text",
    [
        # Units in brackets, a blank heading, and headings over two rows.
        "上海市主要指标\n,2022,2023\n地区生产总值（亿元）,1,2\n常住人口（万人）,3,4\n",
        "上海市主要指标\n项目,绝对数,,增长（%）\n,2022年,2023年,\n"
        "地区生产总值（亿元）,1,2,9\n常住人口（万人）,3,4,9\n",
        "上海市主要指标\n指标 Item,单位 Unit,2022,2023,Item\n"
        "地区生产总值 Gross Regional Product,亿元,1,2,GRP\n"
        "常住人口 Population,万人,3,4,Population\n",
        # A long table.
        "上海市主要指标\n指标,年份,数值,单位\nGDP,2022,1,亿元\nGDP,2023,2,亿元\n"
        "常住人口,2022,3,万人\n常住人口,2023,4,万人\n",
        # Years in rows.
        "上海市主要指标\n年份,地区生产总值（亿元）,#常住人口（万人）\n2022,1,3\n2023年,2,4\n",
        "上海市历年主要指标\n年 份,地区生产总值,常住人口\n,（亿元）,（万人）\n2022,1,3\n"
        "2023*,2,4\n注：2023 年为初步数。\n",
        "Main indicators of Shanghai\nYear,GDP [CNY_100m],Population [10k_persons]\n"
        "2022,1,3\n2023,2,4\n",
    ],
)
def test_all_shapes_give_the_same_figures(tmp_path: Path, text: str) -> None:
    assert one(text_file(tmp_path, text)) == {
        ("上海", 2022, "gdp"): 1,
        ("上海", 2023, "gdp"): 2,
        ("上海", 2022, "resident_population_year_end"): 3,
        ("上海", 2023, "resident_population_year_end"): 4,
    }


def test_years_in_a_column_without_heading(tmp_path: Path) -> None:
    text = "上海市,,\n,GDP（亿元）,常住人口（万人）\n2021,1,2\n2022,3,4\n2023,5,6\n"
    assert one(text_file(tmp_path, text))["上海", 2022, "resident_population_year_end"] == 4


def test_one_year_that_the_title_names(tmp_path: Path) -> None:
    text = "上海市2023年主要指标,,\n指标,计量单位,数值\n地区生产总值,亿元,100\n"
    path = text_file(tmp_path, text)
    assert one(path) == {("上海", 2023, "gdp"): 100}
    assert detect(path).tables[0].year_from == "title"


def test_a_sheet_of_a_workbook_with_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("1-2")
        sheet.merge_range(0, 0, 0, 3, "1-2  上海市国民经济主要指标")
        sheet.merge_range(1, 0, 2, 0, "指标")
        sheet.merge_range(1, 1, 2, 1, "单位")
        sheet.merge_range(1, 2, 1, 3, "总量")
        sheet.write_row(2, 2, [2022, 2023])
        sheet.write_row(3, 0, ["地区生产总值", "亿元", 1, 2])
        sheet.write_row(4, 0, ["　第一产业", "", 3, 4])
        sheet.write(5, 0, "注：现价。")
        book.add_worksheet("目录").write(0, 0, "1-2 主要指标")
    (table,) = detect(path).tables
    assert table.headings == (2, 3)
    assert one(path)["上海", 2023, "value_added_primary"] == 4


def test_the_sheet_or_the_file_may_name_the_region(tmp_path: Path) -> None:
    text = "指标,单位,2023\n地区生产总值,亿元,1\n"
    assert one(text_file(tmp_path, text, "上海统计年鉴2023.csv")) == {("上海", 2023, "gdp"): 1}


def test_two_columns_of_names_side_by_side_are_refused(tmp_path: Path) -> None:
    text = "上海市\n指标,2022,指标,2022\nGDP（亿元）,1,常住人口（万人）,2\n"
    en, zh = refusal(lambda: detect(text_file(tmp_path, text)))
    assert "means the same as another column" in en
    assert "与另一列含义相同" in zh


def test_what_is_wrong_is_said_with_its_place(tmp_path: Path) -> None:
    text = "上海市,,\n指标,单位,2023\nGDP,亿园,1\n常住人口,万人,约3\n,万人,4\nGDP,亿园,2\n"
    en, zh = refusal(lambda: one(text_file(tmp_path, text)))
    assert "row 3, column 2023: 亿园, unknown unit (and in 1 more row), did you mean 亿元?" in en
    assert "row 4, column 2023: '约3', a number is needed" in en
    assert "row 5, column 2023: no indicator" in en
    assert "duplicate: rows 3, 6" in en
    assert "第 4 行，“2023”列：“约3” 应为数字" in zh


def test_a_table_of_one_region_given_to_a_plain_reader_names_the_import(tmp_path: Path) -> None:
    from xinzhi.data import read_panel

    en, zh = refusal(lambda: read_panel(text_file(tmp_path, YEARBOOK)))
    assert "A table of one region can be imported: xinzhi data import." in en
    assert "单个地区的表可用 xinzhi data import 导入" in zh


def test_places_in_rows_are_no_indicators(tmp_path: Path) -> None:
    for heading in ("", "指标"):
        text = f"江苏省GDP（亿元）\n{heading},2022,2023\n苏州市,1,2\n无锡市,3,4\n"
        en, zh = refusal(lambda text=text: detect(text_file(tmp_path, text)))
        assert "missing column region" in en
        assert "缺少列 地区" in zh


# The region


def test_a_region_that_nothing_names_is_asked_for(tmp_path: Path, workspace: Workspace) -> None:
    path = text_file(tmp_path, YEARBOOK.replace("上海市", "苏州市"))
    for action in (lambda: read_mapped(path), lambda: import_files(workspace, [path])):
        en, zh = refusal(action)
        assert "t.csv: this is a table of one region, but nothing says of which" in en
        assert "title: 苏州市国民经济主要指标" in en
        assert "give it with --region; or in a mapping" in en
        assert "这是一个地区的表，但没有写明是哪个地区" in zh
    assert workspace.imports().empty
    text = detect(path).to_toml()
    assert 'region = ""' in text
    assert "region: not stated" in detect(path).describe().en
    mapping = Mapping.from_toml(text.replace('region = ""', 'region = "苏州市"'))
    assert one(path, mapping)["苏州市", 2023, "gdp"] == 30
    import_files(workspace, [path], region="苏州市")
    assert workspace.panel().region_names == ("苏州市",)


def test_the_ask_comes_before_what_is_wrong_with_other_sheets(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("目录").write(0, 0, "1-2 主要指标")
        sheet = book.add_worksheet("1-2")
        sheet.write_row(0, 0, ["指标", "单位", 2022])
        sheet.write_row(1, 0, ["GDP", "亿元", 1])
    en, _ = refusal(lambda: read_mapped(path))
    assert "nothing says of which" in en


@pytest.mark.parametrize(
    ("region", "words"),
    [("全国", ("全国 is a total, no region", "全国 是合计")), ("内蒙占", ("did you mean 内蒙古",))],
)
def test_a_region_that_is_none(
    tmp_path: Path, workspace: Workspace, region: str, words: tuple[str, ...]
) -> None:
    path = text_file(tmp_path, YEARBOOK)
    en, zh = refusal(lambda: import_files(workspace, [path], region=region))
    assert words[0] in en
    assert words[-1] in zh + en


def test_a_region_for_tables_that_have_a_column_of_regions(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = text_file(tmp_path, "地区,年份,GDP\n北京,2020,1\n")
    en, zh = refusal(lambda: import_files(workspace, [path], region="上海"))
    assert "the region 上海 is given, but every table has a column of regions" in en
    assert "每个表都有地区列" in zh
    assert workspace.imports().empty


def test_titles_name_the_regions_of_the_workspace(tmp_path: Path, workspace: Workspace) -> None:
    (workspace.folder / "towns.toml").write_text(
        '[set]\nid = "towns"\n[[region]]\nname = "甲县"\n[[region]]\nname = "乙县"\n', "utf-8"
    )
    (workspace.folder / "xinzhi.toml").write_text('regions = "towns.toml"\n', encoding="utf-8")
    opened = open_workspace(workspace.folder)
    paths = [
        text_file(tmp_path, YEARBOOK.replace("上海市", name), f"{name}.csv")
        for name in ("甲县", "乙县")
    ]
    import_files(opened, paths)
    assert opened.panel().region_names == ("甲县", "乙县")
    en, _ = refusal(lambda: import_files(opened, paths[:1], region="丙县"))
    assert "unknown region 丙县" in en
    towns = RegionSet.from_names(["甲县"])
    (panel,) = read_mapped(paths[0], regions=towns)
    assert panel.region_names == ("甲县",)


# Mappings


def test_a_mapping_of_a_table_of_one_region_comes_back(tmp_path: Path) -> None:
    found = detect(text_file(tmp_path, YEARBOOK)).tables[0]
    (back,) = Mapping.from_toml(detect(tmp_path / "t.csv").to_toml()).tables
    for name in ("headings", "columns", "region", "region_from", "indicators", "year"):
        assert getattr(back, name) == getattr(found, name)


def test_a_mapping_says_what_the_names_mean(tmp_path: Path) -> None:
    path = text_file(tmp_path, YEARBOOK)
    text = detect(path).to_toml().replace('indicator = "户籍人口"', 'indicator = "registered"')
    text = text.replace("[[table]]\n", '[[table]]\nleave_out = ["农业"]\n')
    text += '\n[[table.indicator]]\nname = "医院数（个）"\nindicator = "hospitals"\n'
    mapping = Mapping.from_toml(text)
    found = one(path, mapping)
    assert found["上海", 2023, "registered"] == 5
    assert ("上海", 2023, "从业人员·农业") not in found
    (panel,) = read_mapped(path, mapping)
    warnings = " ".join(w.en for w in panel.warnings)
    assert "lacks indicators of the mapping: 医院数（个） t.csv" in warnings
    assert "没有映射中的指标" in " ".join(w.zh for w in panel.warnings)


def test_next_years_book_needs_no_mapping(tmp_path: Path, workspace: Workspace) -> None:
    first = text_file(tmp_path, YEARBOOK.replace("上海市", "苏州市"), "book2023.csv")
    text = detect(first).to_toml().replace('region = ""', 'region = "苏州市"')
    text = text.replace('indicator = "户籍人口"', 'indicator = "registered"')
    text = text.replace("[[table]]\n", '[[table]]\nvintage = "yearbooks"\n')
    import_files(workspace, [first], Mapping.from_toml(text))
    newer = YEARBOOK.replace("1-2 上海市", "1-3 苏州市").replace("2023年）", "2024年）")
    newer = newer.replace("2021,2022,2023①,2023年比2022年", "2022,2023,2024,2024年比2023年")
    newer = newer.replace(",5,5,5,", ",5,5,6,").replace(",10,20,30,", ",20,30,40,")
    for old, new in ((",1,2,3,", ",2,3,4,"), (",4,8,12,", ",8,12,16,"), (",3,6,9,", ",6,9,12,")):
        newer = newer.replace(old, new)
    newer = newer.replace(",7,8,9,", ",8,9,10,").replace(",6,…,8,", ",…,8,9,")
    second = text_file(tmp_path, newer, "book2024.csv")
    result = import_files(workspace, [second])
    assert result.mappings[0].tables[0].region == "苏州市"
    found = figures(workspace.panel())
    assert found["苏州市", 2024, "registered"] == 6
    assert found["苏州市", 2024, "gdp"] == 40
    assert workspace.panel().vintages("registered") == ("yearbooks",)


def test_another_citys_book_is_not_taken_for_the_last_one(
    tmp_path: Path, workspace: Workspace
) -> None:
    first = text_file(tmp_path, YEARBOOK.replace("上海市", "苏州市"), "a.csv")
    import_files(workspace, [first], region="苏州市")
    second = text_file(tmp_path, YEARBOOK.replace("上海市", "无锡市"), "b.csv")
    en, _ = refusal(lambda: import_files(workspace, [second]))
    assert "title: 无锡市国民经济主要指标" in en
    untitled = text_file(tmp_path, YEARBOOK.replace("上海市", ""), "c.csv")
    assert "nothing says of which" in refusal(lambda: import_files(workspace, [untitled]))[0]


def test_a_region_read_from_the_title_is_read_again(tmp_path: Path, workspace: Workspace) -> None:
    first = text_file(tmp_path, YEARBOOK, "a.csv")
    text = detect(first).to_toml().replace('indicator = "户籍人口"', 'indicator = "registered"')
    import_files(workspace, [first], Mapping.from_toml(text))
    second = text_file(tmp_path, YEARBOOK.replace("上海市", "北京市"), "b.csv")
    import_files(workspace, [second])
    assert figures(workspace.panel())["北京", 2023, "registered"] == 5
    untitled = text_file(tmp_path, YEARBOOK.replace("上海市", ""), "c.csv")
    assert "nothing says of which" in refusal(lambda: import_files(workspace, [untitled]))[0]


def test_another_unit_is_not_read_by_last_years(tmp_path: Path, workspace: Workspace) -> None:
    text = "上海市主要指标\n指标,单位,{}\nGDP,{},1\n"
    first = text_file(tmp_path, text.format(2022, "亿元"), "a.csv")
    import_files(workspace, [first])
    second = text_file(tmp_path, text.format(2023, "万元"), "b.csv")
    result = import_files(workspace, [second])
    frame = workspace.panel().to_frame()
    assert frame.loc[frame["year"] == 2023, "unit"].tolist() == ["CNY_10k"]
    assert any("lacks indicators of the mapping: GDP（亿元）" in w.en for w in result.warnings)


def test_more_years_than_last_time_below_a_blank_heading(
    tmp_path: Path, workspace: Workspace
) -> None:
    first = text_file(tmp_path, "上海市主要指标\n,2022,2023\nGDP（亿元）,1,2\n", "a.csv")
    import_files(workspace, [first])
    text = "上海市主要指标\n,2022,2023,2024,2025\nGDP（亿元）,1,2,3,4\n"
    import_files(workspace, [text_file(tmp_path, text, "b.csv")])
    assert figures(workspace.panel())["上海", 2025, "gdp"] == 4


def test_problems_of_such_a_mapping_are_reported() -> None:
    text = """
    [[table]]
    headings = [1, 1]
    region = "上海"
    region_from = "file"
    [[table.column]]
    at = "A"
    role = "region"
    [[table.indicator]]
    name = ""
    unti = "x"
    """
    en, zh = refusal(lambda: Mapping.from_toml(text, "map.toml"))
    for words in (
        'region_from can only be "title"',
        "a column has the role region, so region has no place here",
        "a column has the role region, so indicator has no place here",
        "[[table.indicator]] 1: name is missing",
        "[[table.indicator]] 1: indicator is missing",
        "unknown key unti, did you mean unit?",
    ):
        assert words in en
    assert "已有一列的 role 是 region，不能再写 region" in zh
    assert "缺少 name" in zh
