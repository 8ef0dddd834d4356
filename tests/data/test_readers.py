from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel, RegionSet, read_levels, read_panel
from xinzhi.data.cells import number_of, year_of
from xinzhi.data.headers import split_unit

LONG = (
    "地区,年份,指标,数值,单位,来源,状态,版本\n"
    '上   海,2020年,地区生产总值,"41,603.9",亿元,公报,,一\n'
    "内蒙 古,２０２０,GDP,１７２５８．０４,亿元,公报,初步,一\n"
    "全国,2020,GDP,1034867.6,亿元,公报,,一\n"
    "西藏,2020,GDP,…,亿元,公报,,一\n"
)


def write(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def workbook(folder: Path, sheets: dict[str, list[list[object]]], name: str = "book.xlsx") -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(folder / name)
    return folder / name


def value(panel: Panel, region: str, year: int, indicator: str) -> float:
    return float(panel.to_array([indicator]).sel(region=region, year=year).item())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_long_tables_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = write(tmp_path, LONG, encoding=encoding)
    panel = read_panel(path)
    frame = panel.to_frame()
    assert frame["region"].tolist() == ["内蒙古", "上海"]
    assert frame["value"].tolist() == [17258.04, 41603.9]
    assert frame["status"].tolist() == ["provisional", "reported"]
    assert set(frame["source"]) == {"公报"}
    assert set(frame["vintage"]) == {"一"}
    assert [w.en for w in panel.warnings] == ["table.csv: left out 1 row(s) of totals (全国)"]
    (record,) = panel.inputs
    assert record.name == "table.csv"
    assert record.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert record.rows == 4


def test_wide_by_indicator_with_units_in_the_headings(tmp_path: Path) -> None:
    text = (
        "地区,年份,地区生产总值（亿元）,R&D经费内部支出(万元),patents_granted [件],幸福感\n"
        "上海市,2020,41603.9,16157000,139780,3.5\n"
        "Beijing,2020,36102.6,23266000,-,4\n"
        "\n"
        "注：数据来自年鉴。,,,,,\n"
    )
    panel = read_panel(write(tmp_path, text))
    assert panel.indicators == ("gdp", "rd_expenditure", "patents_granted", "幸福感")
    array = panel.to_array(panel.indicators)
    assert array.attrs["units"] == {
        "gdp": "CNY_100m",
        "rd_expenditure": "CNY_10k",
        "patents_granted": "patents",
        "幸福感": "unspecified",
    }
    assert np.isnan(value(panel, "北京", 2020, "patents_granted"))
    assert value(panel, "上海", 2020, "幸福感") == 3.5
    assert panel.warnings[0].en == "table.csv: row 5 is a footnote, left out"
    assert set(panel.to_frame()["vintage"]) == {"table"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "地区,指标,单位,2020,2021年\n上海,GDP,亿元,1,2\n合计,GDP,亿元,1,2\n"),
        ("b.csv", "地区生产总值（亿元）,,\n地区,2020,２０２１\n上海,1,2\n"),
        ("c.csv", "表 1 分地区情况,,\n地区生产总值,,\n单位：亿元,,\n地  区,2020,2021\n上海,1,2\n"),
        ("gdp [CNY_100m].csv", "region,2020,2021\n上海,1,2\n"),
        ("d.tsv", "region\tindicator\tunit\t2020\t2021\n上海\tgdp\tCNY_100m\t1\t2\n"),
        ("e.csv", "region;indicator;unit;2020;2021\n上海;gdp;CNY_100m;1;2\n"),
    ],
)
def test_wide_by_year(tmp_path: Path, name: str, text: str) -> None:
    panel = read_panel(write(tmp_path, text, name))
    assert panel.indicators == ("gdp",)
    array = panel.to_array(["gdp"])
    assert array.values.tolist() == [[[1.0], [2.0]]]
    assert array.attrs["units"] == {"gdp": "CNY_100m"}


def test_wide_by_year_in_a_workbook_named_by_its_sheet(tmp_path: Path) -> None:
    rows: list[list[object]] = [["地区", 2020, "2021年"], ["上海", 1.5, "…"], ["全国", 9, 9]]
    path = workbook(tmp_path, {"空": [], "GDP（亿元）": rows, "说明": [["口径"]]})
    panel = read_panel(path)
    assert value(panel, "上海", 2020, "gdp") == 1.5
    assert panel.to_array(["gdp"]).attrs["units"] == {"gdp": "CNY_100m"}
    assert panel.warnings[0].en == "book.xlsx: read the sheet GDP（亿元） only, not 说明"
    assert read_panel(path, sheet="GDP（亿元）").warnings == panel.warnings[1:]
    with pytest.raises(InputError) as caught:
        read_panel(path, sheet="GDP")
    assert "no sheet named GDP" in caught.value.text("en")
    assert "工作表有：空、GDP（亿元）、说明" in caught.value.text("zh")


def test_codes_that_a_workbook_made_numbers(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["地区", "年份", "GDP（亿元）"],
        [310000, 2020, 1],
        ["110000", 2020.0, "2"],
    ]
    panel = read_panel(workbook(tmp_path, {"Sheet1": rows}))
    assert panel.region_names == ("北京", "上海")
    assert value(panel, "北京", 2020, "gdp") == 2


def test_regions_that_nobody_knows(tmp_path: Path) -> None:
    text = "region,year,x,y\nnorth,2020,1,2\nsouth,2020,3,4\nTotal,2020,4,6\n"
    panel = read_panel(write(tmp_path, text))
    assert panel.regions.id == "custom"
    assert panel.region_names == ("north", "south")
    given = RegionSet.from_names(["south", "north"])
    assert read_panel(write(tmp_path, text), regions=given).region_names == ("south", "north")


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("1,234,567.8", 1234567.8),
        ("１２３．５", 123.5),
        ("1 234", 1234.0),
        ("-3.5e2", -350.0),
        ("−12", -12.0),
        (7, 7.0),
        ("12,34", None),
        ("1_000", None),
        ("inf", None),
        ("0x10", None),
        ("3人", None),
        (True, None),
    ],
)
def test_numbers(cell: object, number: float | None) -> None:
    assert number_of(cell) == number


@pytest.mark.parametrize("cell", ["", "…", "……", "-", "—", "空", "NA", "n/a", "  ", None, "－"])
def test_missing_markers(cell: object) -> None:
    number = number_of(cell)
    assert number is not None
    assert np.isnan(number)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("2020", 2020),
        ("2020年", 2020),
        ("２０２０", 2020),
        (2020.0, 2020),
        ("20", None),
        ("年", None),
    ],
)
def test_years(cell: object, year: int | None) -> None:
    assert year_of(cell) == year


@pytest.mark.parametrize(
    ("heading", "parts"),
    [
        ("地区生产总值（亿元）", ("地区生产总值", "亿元")),
        ("gdp [CNY_100m]", ("gdp", "CNY_100m")),
        ("gdp [nonsense]", ("gdp", "nonsense")),
        ("地区生产总值（单位：亿元）", ("地区生产总值", "亿元")),
        ("地区生产总值（亿圆）", ("地区生产总值", "亿圆")),
        ("地区生产总值（初步核算）", ("地区生产总值（初步核算）", "")),
        ("幸福感（问卷）", ("幸福感（问卷）", "")),
        ("年末常住人口(年末)(万人)", ("年末常住人口(年末)", "万人")),
    ],
)
def test_units_in_headings(heading: str, parts: tuple[str, str]) -> None:
    assert split_unit(heading) == parts


def test_levels(tmp_path: Path) -> None:
    text = "地区,年份,innovation,industry,GDP\n上海,2020,0.5,0.6,1\n北京,2020,0.7,,0\n"
    text += "合计,2020,9,9,9\n"
    levels = read_levels(write(tmp_path, text))
    assert levels.dims == ("region", "year", "subsystem")
    assert levels["region"].values.tolist() == ["北京", "上海"]
    assert levels["subsystem"].values.tolist() == ["innovation", "industry", "GDP"]
    np.testing.assert_array_equal(levels.values, [[[0.7, np.nan, 0]], [[0.5, 0.6, 1]]])
    assert levels.attrs["inputs"][0].rows == 3
    assert levels.attrs["warnings"][0].en.endswith("left out 1 row(s) of totals (合计)")


def test_levels_outside_their_range(tmp_path: Path) -> None:
    path = write(tmp_path, "region,year,innovation,industry\n上海,2020,0.5,1.2\n北京,2020,-0.1,1\n")
    with pytest.raises(InputError) as caught:
        read_levels(path)
    assert "row 2, column industry: '1.2', outside [0, 1]" in caught.value.text("en")
    assert "row 3, column innovation: '-0.1', outside [0, 1]" in caught.value.text("en")
    assert "第 2 行，“industry”列：“1.2” 不在 0 与 1 之间" in caught.value.text("zh")
