"""What inspection finds: each problem in a small table, and all of them in the official one."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import pandas as pd
import pytest
from tests.data.test_readers import workbook, write

from xinzhi.core import InputError, dumps
from xinzhi.data import load_region_set, read_panel
from xinzhi.data.headers import recognise
from xinzhi.data.inspection import (
    PROBLEMS,
    InspectionResult,
    finding_text,
    inspect_table,
    row_ranges,
)
from xinzhi.data.inspection_figures import decimals
from xinzhi.data.inspection_names import one_edit, without_stray_spaces
from xinzhi.data.tables import open_grid

WRONG_NAMES = ("两藏", "四藏", "内蒙占", "浙汀", "山两", "江两", "江四", "尔部地区")
CHINA = load_region_set("china31")


def inspect(folder: Path, text: str, name: str = "table.csv") -> InspectionResult:
    return inspect_table(write(folder, text, name))


def only(result: InspectionResult, problem: str) -> dict[str, object]:
    """Return the one finding of a kind; there must be exactly one."""
    found = result.to_frame()
    (record,) = found[found["problem"] == problem].to_dict("records")
    return record


def kinds(result: InspectionResult) -> set[str]:
    return set(result.to_frame()["problem"])


def long_rows(values: dict[str, float | str], year: int = 2020, indicator: str = "GDP") -> str:
    return "".join(f"{name},{year},{indicator},{value}\n" for name, value in values.items())


HEAD = "地区,年份,指标,数值\n"


def test_a_clean_table_has_no_finding(tmp_path: Path) -> None:
    result = inspect(tmp_path, HEAD + long_rows(dict.fromkeys(CHINA.names, 10)))
    assert result.to_frame().empty
    assert list(result.to_frame().columns)[:8] == [
        *("file", "row", "column", "value", "problem", "suggestion", "certain", "rows")
    ]
    assert result.to_dict() == {"findings": [], "figures": []}


def test_unknown_names_with_suggestions(tmp_path: Path) -> None:
    rows = {"北京": 1, "上海": 2, "天津": 3, "两藏": 4, "尔部地区": 5, "火星": 6}
    result = inspect(tmp_path, HEAD + long_rows(rows))
    found = result.to_frame().set_index("value")
    assert found.loc["两藏", "suggestion"] == "西藏"
    assert found.loc["两藏", "certain"]
    assert found.loc["尔部地区", "suggestion"] == "东部地区"
    assert not found.loc["尔部地区", "certain"]
    assert found.loc["火星", "suggestion"] is None
    assert set(found["problem"]) == {"unknown_region"}


def test_a_name_is_certain_only_where_one_region_is_missing(tmp_path: Path) -> None:
    # 江两 may be 江苏 or 江西: with one of them there it is the other, with both or neither open.
    base = {"北京": 1, "上海": 2, "天津": 3}
    for others, certain, suggestion in (
        ({"江苏": 4}, True, "江西"),
        ({"江西": 4}, True, "江苏"),
        ({"江苏": 4, "江西": 5}, False, "江西"),
        ({}, False, "江西"),
    ):
        result = inspect(tmp_path, HEAD + long_rows({**base, **others, "江两": 9}))
        finding = only(result, "unknown_region")
        assert (finding["certain"], finding["suggestion"]) == (certain, suggestion), others


def test_certainty_is_settled_for_each_year(tmp_path: Path) -> None:
    text = HEAD + long_rows({"北京": 1, "江苏": 4, "江两": 9})
    text += long_rows({"北京": 1, "江苏": 4, "江西": 5, "江两": 9}, year=2021)
    found = inspect(tmp_path, text).to_frame()
    assert found[["certain", "suggestion", "rows"]].to_numpy().tolist() == [
        [True, "江西", [4]],
        [False, "江西", [8]],
    ]


def test_two_rows_for_one_cell_are_not_certain(tmp_path: Path) -> None:
    result = inspect(tmp_path, HEAD + long_rows({"北京": 1, "上海": 2, "两藏": 3, "西臧": 4}))
    assert not result.to_frame()["certain"].any()


def test_a_row_whose_year_is_unclear_is_not_certain(tmp_path: Path) -> None:
    text = HEAD + long_rows({"北京": 1, "上海": 2, "天津": 3}) + "两藏,去年,GDP,4\n"
    result = inspect(tmp_path, text)
    assert not only(result, "unknown_region")["certain"]
    assert only(result, "not_a_year")["value"] == "去年"


def test_spaces_in_names(tmp_path: Path) -> None:
    rows = {"上   海": 1, " 北京": 2, "内\u3000蒙古": 3, "Inner  Mongolia ": 4, "Shang hai": 5}
    rows |= {"Inner Mongolia": 6, "黑龙江省": 7, "全   国": 8, "天\u200b津": 9}
    found = inspect(tmp_path, HEAD + long_rows(rows)).to_frame()
    spaced = found[found["problem"] == "spaces_in_name"]
    assert dict(zip(spaced["value"], spaced["suggestion"], strict=True)) == {
        "上   海": "上海",
        " 北京": "北京",
        "内\u3000蒙古": "内蒙古",
        "Inner  Mongolia ": "Inner Mongolia",
        "Shang hai": "Shanghai",
        "全   国": "全国",
        "天\u200b津": "天津",
    }
    assert spaced["certain"].all()


def test_spaces_in_other_names_are_reported_only(tmp_path: Path) -> None:
    text = "地区,年份,指标,数值,单位\n上海,2020,地区生产 总值,1,亿 元\n北京,2020,R&D 经费,1,亿元\n"
    found = inspect(tmp_path, text).to_frame()
    assert set(found["problem"]) == {"spaces_in_name"}
    assert set(zip(found["value"], found["suggestion"], strict=True)) == {
        ("亿 元", "亿元"),
        ("地区生产 总值", "地区生产总值"),
    }
    assert not found["certain"].any()
    wide = inspect(tmp_path, "地区,年份,地区生产 总值（亿元）\n上海,2020,1\n")
    assert only(wide, "spaces_in_name")["row"] == 1


def test_total_rows(tmp_path: Path) -> None:
    result = inspect(tmp_path, HEAD + long_rows({"北京": 1, "上海": 2, "合计": 3, "东部地区": 4}))
    found = result.to_frame()
    assert found[found["problem"] == "total_row"]["value"].tolist() == ["合计", "东部地区"]


def test_missing_markers_and_text(tmp_path: Path) -> None:
    cells = ["…", "-", "空", "", "约100", "１２", "1,234", "1e999", " 5 "]
    rows = dict(zip(CHINA.names, cells, strict=False))
    text = HEAD + "".join(
        f'{name},2020,{k},"{cell}"\n' for k, (name, cell) in enumerate(rows.items())
    )
    found = inspect(tmp_path, text).to_frame()
    found["value"] = found["value"].fillna("")
    marks = found[found["problem"] == "missing_marker"]
    assert set(marks["value"]) == {"…", "-", "空", ""}
    assert found[found["problem"] == "text_in_number"]["value"].tolist() == ["约100"]
    assert found[found["problem"] == "not_finite"]["value"].tolist() == ["1e999"]
    assert len(found) == 6


def test_every_place_of_a_marker_is_told(tmp_path: Path) -> None:
    text = "地区,年份,GDP,人口\n北京,2020,…,1\n上海,2020,…,…\n天津,2020,3,-\n"
    found = inspect(tmp_path, text).to_frame().set_index(["column", "value"])
    assert found.loc[("GDP", "…"), "rows"] == [2, 3]
    assert found.loc[("GDP", "…"), "count"] == 2
    assert found.loc[("人口", "…"), "rows"] == [3]
    assert found.loc[("人口", "-"), "rows"] == [4]


UNITS = "地区,年份,指标,数值,单位\n"


def test_units(tmp_path: Path) -> None:
    unknown = inspect(tmp_path, UNITS + "上海,2020,甲,1,亿元整\n北京,2020,甲,2,亿元整\n")
    finding = only(unknown, "unknown_unit")
    assert (finding["suggestion"], finding["rows"]) == ("亿元", [2, 3])
    wrong = inspect(tmp_path, UNITS + "上海,2020,地区生产总值,1,万人\n")
    assert only(wrong, "wrong_unit")["suggestion"] == "亿元"
    blank = inspect(tmp_path, UNITS + "上海,2020,甲,1,亿元\n北京,2020,甲,2,\n")
    assert only(blank, "missing_marker")["column"] == "单位"


def test_mixed_units_and_changes_between_years(tmp_path: Path) -> None:
    mixed = inspect(
        tmp_path, UNITS + "上海,2020,甲,1,亿元\n北京,2020,甲,2,亿元\n天津,2020,甲,2,万元\n"
    )
    finding = only(mixed, "mixed_units")
    assert (finding["value"], finding["compared"], finding["rows"]) == ("万元", "亿元", [4])
    changed = inspect(
        tmp_path, UNITS + "上海,2020,甲,10000,万元\n上海,2021,甲,1.1,亿元\n上海,2022,甲,1.2,亿元\n"
    )
    finding = only(changed, "unit_change")
    assert (finding["value"], finding["compared"], finding["year"]) == ("万元", "亿元", 2020)
    # The figures are compared in one unit: 10,000 万元 is 1 亿元, no jump.
    assert kinds(changed) == {"unit_change"}
    other = inspect(tmp_path, UNITS + "上海,2020,甲,1,人年\n上海,2021,甲,1,万元\n")
    assert kinds(other) == {"mixed_units"}
    same = inspect(tmp_path, UNITS + "上海,2020,甲,1,亿元\n上海,2021,甲,1,CNY_100m\n")
    assert same.to_frame().empty


def test_the_unit_that_fits_the_indicator_is_its_own(tmp_path: Path) -> None:
    text = UNITS + "上海,2020,GDP,1,万人\n北京,2020,GDP,2,万人\n天津,2020,GDP,2,亿元\n"
    finding = only(inspect(tmp_path, text), "mixed_units")
    assert (finding["value"], finding["suggestion"], finding["rows"]) == ("万人", "亿元", [2, 3])


def test_duplicates(tmp_path: Path) -> None:
    result = inspect(tmp_path, HEAD + long_rows({"上海": 1, "上海市": 2, "北京": 3, "310000": 1}))
    finding = only(result, "duplicate_key")
    assert finding["rows"] == [2, 3, 5]
    assert finding["compared"] == "1 / 2"
    wide = inspect(tmp_path, "地区,年份,GDP,人口\n上海,2020,1,2\n上海,2020,3,4\n北京,2021,1,1\n")
    assert only(wide, "duplicate_key")["rows"] == [2, 3]
    by_year = inspect(tmp_path, "地区,指标,2020,2021\n上海,GDP,1,2\n上海,人口,3,4\n上海,GDP,1,1\n")
    assert only(by_year, "duplicate_key")["rows"] == [2, 4]
    missing = inspect(tmp_path, HEAD + "上海,2020,GDP,…\n上海,2020,GDP,1\n北京,2020,GDP,1\n")
    assert kinds(missing) == {"missing_marker"}


def test_jumps(tmp_path: Path) -> None:
    rows = [f"{r},{y},甲,{v}\n" for r in ("上海", "北京") for y, v in ((2020, 10), (2021, 12))]
    text = HEAD + "".join(rows) + "天津,2020,甲,10\n天津,2021,甲,100\n天津,2022,甲,11\n"
    finding = only(inspect(tmp_path, text), "implausible_jump")
    assert (finding["region"], finding["year"], finding["count"]) == ("天津", 2021, 2)
    assert (finding["value"], finding["compared"], finding["rows"]) == ("100", "10", [7, 8])
    gap = HEAD + "天津,2020,甲,10\n天津,2022,甲,100\n上海,2020,甲,1\n"
    assert inspect(tmp_path, gap).to_frame().empty


def test_a_jump_of_all_regions_is_one_change_of_scale(tmp_path: Path) -> None:
    text = HEAD + "".join(
        f"{r},{y},甲,{v}\n" for r in CHINA.names[:8] for y, v in ((2020, 1.5), (2021, 15000))
    )
    result = inspect(tmp_path, text)
    assert kinds(result) == {"scale_change"}
    finding = only(result, "scale_change")
    assert (finding["year"], finding["count"]) == (2021, 8)


def china(total: float | None, missing: int = 0, name: str = "全国", value: float = 1.25) -> str:
    rows: dict[str, float | str] = dict.fromkeys(CHINA.names[missing:], value)
    return HEAD + long_rows({**rows, **({} if total is None else {name: total})})


def test_sums_that_do_not_meet_their_total(tmp_path: Path) -> None:
    exact = 31 * 1.25
    # Two decimals are printed: each of 31 figures and the total may be off by 0.005.
    for total, found in (
        (exact, False),
        (exact + 0.15, False),
        (exact + 0.17, True),
        (exact - 0.17, True),
    ):
        result = inspect(tmp_path, china(total))
        assert ("sum_mismatch" in kinds(result)) == found, total
    finding = only(result, "sum_mismatch")
    assert (finding["value"], finding["compared"]) == ("38.58", "38.75")
    (figure,) = result.to_dict()["figures"]
    assert (figure["value"], figure["compared"]) == (38.58, 38.75)
    assert (figure["row"], figure["region"]) == (33, "全国")


def test_a_sum_over_some_regions_is_compared_only_where_it_must_hold(tmp_path: Path) -> None:
    assert "sum_mismatch" not in kinds(inspect(tmp_path, china(100, missing=2)))
    assert "sum_mismatch" in kinds(inspect(tmp_path, china(20, missing=2)))
    # 合计 adds up what the table has, whatever regions those are.
    assert "sum_mismatch" in kinds(inspect(tmp_path, china(100, missing=2, name="合计")))


def test_means_and_ratios_are_no_sums(tmp_path: Path) -> None:
    assert "sum_mismatch" not in kinds(inspect(tmp_path, china(1.25)))
    assert "sum_mismatch" not in kinds(inspect(tmp_path, china(5, name="全国平均")))
    rows = "".join(f"{r},2020,强度,2,%\n" for r in (*CHINA.names, "全国"))
    assert "sum_mismatch" not in kinds(inspect(tmp_path, UNITS + rows))


def test_the_total_of_a_group_is_that_of_its_regions(tmp_path: Path) -> None:
    east = sum(region.group == "east" for region in CHINA.regions)
    assert "sum_mismatch" not in kinds(inspect(tmp_path, china(east, name="东部地区", value=1)))
    assert "sum_mismatch" in kinds(inspect(tmp_path, china(east + 9, name="东部地区", value=1)))


def test_parts_and_wholes(tmp_path: Path) -> None:
    head = "地区,年份,专利授权数（件）,发明专利授权量（件）\n"
    result = inspect(tmp_path, head + "上海,2020,100,30\n北京,2020,100,130\n")
    finding = only(result, "part_exceeds_whole")
    assert (finding["row"], finding["value"], finding["compared"]) == (3, "130", "100")
    head = "地区,年份,gdp,value_added_primary,value_added_secondary,value_added_tertiary\n"
    result = inspect(tmp_path, head + "上海,2020,100,1,30,69\n北京,2020,100.0,1,30,60\n")
    finding = only(result, "sum_mismatch")
    assert (finding["row"], finding["value"], finding["compared"]) == (3, "100", "91")


def test_parts_of_the_total_of_their_own_table(tmp_path: Path) -> None:
    text = "table,region,year,code,label_zh,value,unit\n"
    text += "甲,上海,2020,a_hj,合计,10,件\n甲,上海,2020,a_1,教育,11,件\n甲,上海,2020,a_2,人,99,人\n"
    text += "乙,上海,2020,b_hj,合计,5,件\n乙,上海,2020,b_1,教育,4,件\n"
    finding = only(inspect(tmp_path, text), "part_exceeds_whole")
    assert (finding["table"], finding["indicator"], finding["label"]) == ("甲", "a_1", "教育")


def test_values_outside_the_range_of_the_dictionary(tmp_path: Path) -> None:
    result = inspect(tmp_path, "地区,年份,地区生产总值（亿元）\n上海,2020,-5\n北京,2020,5\n")
    finding = only(result, "implausible_value")
    assert (finding["row"], finding["value"], finding["compared"]) == (2, "-5", "0")


def test_code_label_and_table_are_recognised(tmp_path: Path) -> None:
    text = "table,region,year,code,label_zh,value,unit\n甲,上海,2020,a_hj,合计,1,亿元\n"
    layout = recognise(open_grid(write(tmp_path, text)))
    assert layout.columns == {
        **{"table": 0, "region": 1, "year": 2, "indicator": 3, "label": 4, "value": 5, "unit": 6}
    }
    assert layout.headings["indicator"] == "code"
    panel = read_panel(write(tmp_path, text))
    assert panel.indicators == ("a_hj",)
    # Without a label a code may be the region's; without a code the label is the name.
    with pytest.raises(InputError, match="missing column indicator"):
        read_panel(write(tmp_path, "region,year,code,value\n上海,2020,310000,1\n"))
    labelled = read_panel(write(tmp_path, "region,year,label,value\n上海,2020,甲,1\n"))
    assert labelled.indicators == ("甲",)
    wide = recognise(open_grid(write(tmp_path, "region,code,label,2020,2021\n上海,a,甲,1,2\n")))
    assert wide.columns == {"region": 0, "indicator": 1, "label": 2}
    named = read_panel(write(tmp_path, "地区,代码,年份,指标,数值\n上海,310000,2020,甲,1\n"))
    assert named.indicators == ("甲",)


def test_workbooks_and_wide_tables_by_year(tmp_path: Path) -> None:
    rows: list[list[object]] = [["单位：亿元"], ["地区", 2020, "2021年"]]
    rows += [["上   海", 1, "…"], ["北京", True, 3], ["合计", None, 1], ["注：口径不变"]]
    result = inspect_table(workbook(tmp_path, {"地区生产总值": rows}))
    found = result.to_frame()
    found["value"] = found["value"].fillna("")
    assert found[["problem", "row", "column", "value"]].to_numpy().tolist() == [
        ["spaces_in_name", 3, "地区", "上   海"],
        ["total_row", 5, "地区", "合计"],
        ["text_in_number", 4, "2020", "True"],
        ["missing_marker", 3, "2021年", "…"],
        ["missing_marker", 5, "2020", ""],
        ["sum_mismatch", 5, "2021年", "1"],
    ]
    assert [w.en for w in result.warnings] == ["book.xlsx: row 6 is a footnote, left out"]


def test_regions_of_the_users_own(tmp_path: Path) -> None:
    text = HEAD + long_rows({"长 沙": 1, "株洲": 2, "合计": 9})
    result = inspect(tmp_path, text)
    assert kinds(result) == {"spaces_in_name", "total_row", "sum_mismatch"}
    assert only(result, "spaces_in_name")["suggestion"] == "长沙"
    assert result.parameters == {"regions": "custom"}


def test_what_cannot_be_opened_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="missing column year"):
        inspect(tmp_path, "地区,指标,数值\n上海,GDP,1\n")
    with pytest.raises(InputError, match="only headings"):
        inspect(tmp_path, HEAD)


def test_every_problem_is_worded_in_both_languages(tmp_path: Path) -> None:
    text = "table,region,year,code,label_zh,value,unit\n"
    text += "甲,上 海,2020,GDP,,1,亿园\n甲,,去年,,合计,x,\n乙,两藏,2020,a,教育,1e999,件\n"
    text += "甲,北京,2020,GDP,,-5,亿元\n甲,北京,2020,GDP,,6,万人\n甲,全国,2020,GDP,,99,亿元\n"
    text += "丙,天津,2020,人口,,5,万人\n丙,天津,2021,人口,,50,万人\n丙,天津,2022,人口,,40000,人\n"
    result = inspect(tmp_path, text)
    for finding in result.findings:
        zh, en = finding_text(finding)
        assert "{" not in zh + en
        assert zh.startswith("第 ")
        assert en.startswith("row")
        assert not any("\u4e00" <= c <= "\u9fff" for c in PROBLEMS[finding.problem].en)
    assert "第 4 行，“region”列：未知地区“两藏”，是否指 西藏？（--fix 可改正）" in [
        finding_text(f).zh for f in result.findings
    ]
    assert (
        "row 4, column region: unknown region '两藏', did you mean 西藏? (--fix corrects it)"
        in [finding_text(f).en for f in result.findings]
    )
    assert '"rows": [' in dumps(result.to_dict())


def test_small_helpers() -> None:
    assert row_ranges([2, 4, 5, 6, 9]) == ["2", "4–6", "9"]
    assert decimals(pd.Series([1, 1.5, 0.25, 1e9 + 0.5, 1 / 3]).to_numpy()).tolist() == [
        *(0, 1, 2, 1, 6)
    ]
    assert without_stray_spaces("R&D 经费 支出 ") == "R&D 经费支出"
    for first, second, apart in (
        *(("两藏", "西藏", True), ("西藏", "西藏", False), ("西藏区", "西藏", True)),
        *(("西", "西藏", True), ("藏西", "西藏", False), ("河北省", "河北", True)),
        *(("河x北", "河北", True), ("abcd", "ab", False)),
    ):
        assert one_edit(first, second) == apart
        assert one_edit(second, first) == apart


# The official table: 24,127 rows as scanned, read in place


@pytest.fixture(scope="module")
def official_rows(official_folder: Path) -> list[dict[str, str]]:
    path = official_folder / "provinces_science_technology_2000_2023.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def official(official_folder: Path) -> InspectionResult:
    return inspect_table(official_folder / "provinces_science_technology_2000_2023.csv")


def places(rows: list[dict[str, str]], column: str) -> dict[str, list[int]]:
    """Return each distinct cell of a column with its rows in the file."""
    found = defaultdict(list)
    for number, row in enumerate(rows, 2):
        found[row[column]].append(number)
    return found


def found_places(result: InspectionResult, problem: str) -> dict[str, list[int]]:
    found = result.to_frame()
    found = found[found["problem"] == problem]
    return dict(zip(found["value"].fillna(""), found["rows"], strict=True))


def test_official_table_is_read_whole(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    (record,) = official.inputs
    assert record.rows == len(official_rows) == 24_127
    assert official.parameters == {"regions": "china31"}


def test_official_wrong_names(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    by_name = places(official_rows, "region")
    assert found_places(official, "unknown_region") == {
        name: rows for name, rows in by_name.items() if name in WRONG_NAMES
    }
    found = official.to_frame().set_index("value")
    certain = {name for name in WRONG_NAMES if found.loc[name, "certain"]}
    # 东部地区, the East, is no region: it has no cell that could be missing.
    assert certain == set(WRONG_NAMES) - {"尔部地区"}
    assert {name: found.loc[name, "suggestion"] for name in WRONG_NAMES} == {
        **{"两藏": "西藏", "四藏": "西藏", "内蒙占": "内蒙古", "浙汀": "浙江", "山两": "山西"},
        **{"江两": "江西", "江四": "江西", "尔部地区": "东部地区"},
    }


def test_official_names_with_spaces(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    expected = {name: rows for name, rows in places(official_rows, "region").items() if " " in name}
    assert len(expected) == 32
    assert found_places(official, "spaces_in_name") == expected


def test_official_total_rows(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    expected = {
        name: rows
        for name, rows in places(official_rows, "region").items()
        if name.replace(" ", "") == "全国"
    }
    assert {name: len(rows) for name, rows in expected.items()} == {"全国": 702, "全   国": 18}
    assert found_places(official, "total_row") == expected


def test_official_blanks_and_unknown_units(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    blanks = [number for number, row in enumerate(official_rows, 2) if not row["value"]]
    assert found_places(official, "missing_marker") == {"": blanks}
    ranks = [number for number, row in enumerate(official_rows, 2) if row["unit"] == "位"]
    assert found_places(official, "unknown_unit") == {"位": ranks}


def test_official_mixed_units(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    units: dict[tuple[str, str], dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for number, row in enumerate(official_rows, 2):
        units[row["table"], row["code"]][row["unit"]].append(number)
    mixed = {series: found for series, found in units.items() if len(found) > 1}
    assert len(mixed) == 4
    # All four count people, patents or projects, and say 万元 in some years.
    expected = {series: found["万元"] for series, found in mixed.items()}
    table = official.to_frame()
    table = table[table["problem"] == "mixed_units"]
    assert set(table["value"]) == {"万元"}
    assert set(table["suggestion"]) == {"件", "所", "人年", "项"}
    assert (
        dict(zip(zip(table["table"], table["indicator"], strict=True), table["rows"], strict=True))
        == expected
    )


def test_official_sums_agree_with_plain_arithmetic(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    """Whatever is reported as a total of regions is off by more than rounding, and by how much."""
    sums: dict[tuple[str, str, str], float] = defaultdict(float)
    counted: dict[tuple[str, str, str], int] = defaultdict(int)
    totals: dict[tuple[str, str, str], float] = {}
    repaired = official.to_frame()
    repaired = repaired[(repaired["problem"] == "unknown_region") & repaired["certain"]]
    known = {*CHINA.names, *repaired["value"]}
    for row in official_rows:
        key, name = (row["table"], row["code"], row["year"]), row["region"].replace(" ", "")
        if not row["value"]:
            continue
        if name == "全国":
            totals[key] = float(row["value"])
        elif name in known:
            sums[key] += float(row["value"])
            counted[key] += 1
    findings = [f for f in official.findings if f.problem == "sum_mismatch" and not f.suggestion]
    figures = official.to_frame("figures")
    reported = {
        (f.table, f.indicator, str(y)): (v, c)
        for f in findings
        for y, v, c in figures[
            (figures["problem"] == "sum_mismatch")
            & (figures["table"] == f.table)
            & (figures["indicator"] == f.indicator)
            & figures["row"].isin(f.rows)
            & (figures["region"].isin(["全国", "全   国", "全 国"]))
        ][["year", "value", "compared"]].itertuples(index=False)
    }
    whole = {key for key in totals if counted[key] == 31 and key[1] != "v4_ztr_qd_RD"}
    off = {key for key in whole if abs(sums[key] - totals[key]) > 16}
    assert len(off) > 200
    # Rounding to whole units allows 16; ranks and figures with decimals are judged otherwise.
    ranks = {"v4_cg_gwlw_wcsci", "v4_cg_gwlw_wcei", "v4_cg_gwlw_wccpcis"}
    assert {key for key in off if key[1] not in ranks} <= set(reported)
    for key, (value, _) in reported.items():
        assert value == totals[key]


def test_official_jumps_are_those_of_the_table(
    official: InspectionResult, official_rows: list[dict[str, str]]
) -> None:
    cells: dict[tuple[str, str, str], dict[int, tuple[float, int, str]]] = defaultdict(dict)
    names = {name: str(CHINA.suggest(name).name) for name in WRONG_NAMES if CHINA.suggest(name)}
    for number, row in enumerate(official_rows, 2):
        if row["value"]:
            name = row["region"].replace(" ", "")
            key = (row["table"], row["code"], names.get(name, name))
            cells[key][int(row["year"])] = (float(row["value"]), number, row["unit"])
    expected = {
        series[year][1]
        for series in cells.values()
        for year in series
        if year - 1 in series
        and series[year][2] == series[year - 1][2]
        and min(series[year][0], series[year - 1][0]) > 0
        and not 1 / 3 <= series[year][0] / series[year - 1][0] <= 3
    }
    figures = official.to_frame("figures")
    jumps = figures[figures["problem"].isin(["implausible_jump", "scale_change"])]
    assert set(jumps["row"]) == expected
    assert len(expected) > 300
