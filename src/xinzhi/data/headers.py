"""Recognising what a table's columns are: long, or wide by indicator, or wide by year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import text_of, year_of
from xinzhi.data.findings import Finding, refuse
from xinzhi.data.indicators import find_indicator
from xinzhi.data.longtable import missing_columns
from xinzhi.data.names import name_key
from xinzhi.data.tables import Grid
from xinzhi.data.units import lookup_unit, suggest_unit

_HEADINGS = {
    "region": (
        *(
            "地区",
            "省份",
            "省",
            "省市",
            "省市区",
            "省区市",
            "区域",
            "城市",
            "市",
            "县",
            "区县",
            "国家",
        ),
        *(
            "地区名称",
            "行政区",
            "行政区划",
            "省（区、市）",
            "省（自治区、直辖市）",
            "region",
            "province",
        ),
        *("city", "county", "area", "country", "region name", "regions"),
    ),
    "year": ("年份", "年度", "年", "时间", "year", "years", "time", "period"),
    "indicator": ("指标", "指标名称", "变量", "indicator", "variable", "indicator name"),
    "value": ("数值", "值", "数据", "指标值", "value", "values"),
    "unit": ("单位", "计量单位", "unit", "units"),
    "source": ("来源", "数据来源", "资料来源", "source"),
    "status": ("状态", "数据状态", "status"),
    "vintage": ("版本", "数据版本", "vintage"),
    "table": ("表名", "表号", "table", "table name"),
    "label": ("标签", "指标标签", "label", "label zh"),
    "code": ("代码", "指标代码", "code", "indicator code"),
    "ignored": (
        *("地区代码", "行政区划代码", "区划代码", "region code", "序号", "no", "id"),
        *("备注", "注", "说明", "note", "notes", "remarks", "english name", "英文名称"),
    ),
}
_COLUMN_OF = {name_key(word): column for column, words in _HEADINGS.items() for word in words}
_SEARCHED_ROWS = 20
_BRACKETED = re.compile(
    r"^(?P<name>.+?)\s*(?P<open>[（(\[【])(?P<unit>[^（）()\[\]【】]+)[）)\]】]$"
)
_STATED_UNIT = re.compile(r"(?:计量)?单位\s*[:：]\s*([^\s（）()，,；;]+)")
_PLAIN_TITLES = re.compile(r"(sheet|工作表|表)\s*\d*", re.IGNORECASE)


@dataclass(frozen=True)
class Measure:
    """A column of values: its place, its heading, and what the heading says."""

    column: int
    heading: str
    indicator: str | None
    unit: str = ""
    year: int | None = None


@dataclass(frozen=True)
class Layout:
    """Where a grid keeps what.

    header : place of the heading row in ``grid.cells``
    columns : column of the long table → place in the row; also ``table`` (which of several tables
        in one file the row is from) and ``label`` (what the indicator's code stands for)
    measures : the columns of values; one for a long table
    headings : column of the long table → heading as it stands in the file
    region : of all rows, where no column gives it
    """

    header: int
    columns: Mapping[str, int]
    measures: tuple[Measure, ...]
    headings: Mapping[str, str] = field(default_factory=dict)
    region: str = ""


def recognise(grid: Grid) -> Layout:
    """Find the heading row and what its columns are.

    Raises : InputError, naming the columns that are missing and those that were found
    """
    header = _header_row(grid)
    headings = [words_of(cell) for cell in grid.cells[header]]
    columns: dict[str, int] = {}
    others: list[int] = []
    findings: list[Finding] = []
    for place, heading in enumerate(headings):
        column = meaning_of(heading)
        if column is None:
            others += [place] if heading else []
        elif column in columns and column not in ("ignored", "code"):
            problem = Text(
                f"与“{headings[columns[column]]}”列含义相同",
                f"means the same as {headings[columns[column]]}",
            )
            findings.append(Finding(problem, header + 1, heading))
        else:
            columns[column] = place
    columns.pop("ignored", None)
    years = [place for place in others if year_of(headings[place]) is not None]
    code = columns.pop("code", None)
    if "label" in columns and "indicator" not in columns and ("value" in columns or years):
        # A label such as 合计 stands for many series; the code beside it tells them apart.
        columns["indicator"] = columns.pop("label") if code is None else code
    if "region" not in columns:
        needed = ["region", *([] if "year" in columns or years else ["year"])]
        raise missing_columns(grid.name, needed, headings)
    if "value" in columns:
        measures = _long(grid, columns, headings)
    elif "year" not in columns and years:
        measures = _by_year(grid, header, columns, headings, years, findings)
    else:
        measures = _by_indicator(grid, header, columns, headings, others, findings)
    if findings:
        raise refuse(grid.name, findings)
    named = {column: headings[place] for column, place in columns.items()}
    return Layout(header, columns, tuple(measures), named)


def split_unit(heading: str) -> tuple[str, str]:
    """Split a heading such as ``地区生产总值（亿元）`` or ``gdp [CNY_100m]`` into name and unit.

    Square brackets always hold a unit. Round ones do if what they hold is a unit or looks like a
    misspelt one, or if what stands before them, but not the whole, is a known indicator.
    """
    match = _BRACKETED.match(heading)
    if match is None:
        return heading, ""
    name = match["name"].strip()
    inside = re.sub(r"^(计量)?单位\s*[:：]?\s*", "", match["unit"].strip())
    certain = match["open"] in "[【" or lookup_unit(inside) is not None
    if certain or (
        find_indicator(heading) is None
        and (suggest_unit(inside) is not None or find_indicator(name) is not None)
    ):
        return name, inside
    return heading, ""


def meaning_of(heading: str) -> str | None:
    """Return the column of the long table that a heading names, "ignored", or None."""
    return _COLUMN_OF.get(name_key(_without_unit(heading)))


def words_of(cell: Any) -> str:
    """Return a heading on one line."""
    return re.sub(r"\s+", " ", text_of(cell)).strip()


def _without_unit(heading: str) -> str:
    match = _BRACKETED.match(heading)
    return match["name"] if match and name_key(heading) not in _COLUMN_OF else heading


def _header_row(grid: Grid) -> int:
    """Return the place of the first row that names a region column and one more."""
    filled = []
    for place, row in enumerate(grid.cells[:_SEARCHED_ROWS]):
        words = [words_of(cell) for cell in row]
        there = [word for word in words if word]
        if there:
            filled.append(place)
        if len(there) > 1 and any(meaning_of(word) == "region" for word in there):
            return place
    return filled[0] if filled else 0


def _long(grid: Grid, columns: Mapping[str, int], headings: list[str]) -> list[Measure]:
    missing = [column for column in ("year", "indicator") if column not in columns]
    if missing:
        raise missing_columns(grid.name, missing, headings)
    place = columns["value"]
    return [Measure(place, headings[place], None, split_unit(headings[place])[1])]


def _by_indicator(
    grid: Grid,
    header: int,
    columns: Mapping[str, int],
    headings: list[str],
    others: list[int],
    findings: list[Finding],
) -> list[Measure]:
    missing = [] if "year" in columns else ["year"]
    if not others:
        missing += ["indicator", "value"]
    if missing:
        raise missing_columns(grid.name, missing, headings)
    measures = []
    seen: dict[str, str] = {}
    for place in others:
        name, unit = split_unit(headings[place])
        if name in seen:
            problem = Text(f"与“{seen[name]}”列同名", f"has the same name as column {seen[name]}")
            findings.append(Finding(problem, header + 1, headings[place]))
        seen[name] = headings[place]
        measures.append(Measure(place, headings[place], name, unit))
    return measures


def _by_year(
    grid: Grid,
    header: int,
    columns: Mapping[str, int],
    headings: list[str],
    years: list[int],
    findings: list[Finding],
) -> list[Measure]:
    title, unit = (None, "") if "indicator" in columns else _title(grid, header, headings)
    measures = []
    seen: dict[int, str] = {}
    for place in years:
        year = year_of(headings[place])
        assert year is not None
        if year in seen:
            problem = Text(
                f"与“{seen[year]}”列是同一年", f"is the same year as column {seen[year]}"
            )
            findings.append(Finding(problem, header + 1, headings[place]))
        seen[year] = headings[place]
        measures.append(Measure(place, headings[place], title, unit, year))
    return measures


def _title(grid: Grid, header: int, headings: list[str]) -> tuple[str, str]:
    """Return indicator and unit from above the headings, or the name of the sheet or file."""
    above = [words_of(cell) for row in grid.cells[:header] for cell in row if words_of(cell)]
    stated = next((m.group(1) for text in above if (m := _STATED_UNIT.search(text))), "")
    titles = [text for text in above if not _STATED_UNIT.fullmatch(text.strip("（）() "))]
    if grid.title and not _PLAIN_TITLES.fullmatch(grid.title):
        titles.append(grid.title)
    known = [t for t in titles if find_indicator(split_unit(t)[0])]
    stem = Path(grid.name).stem
    if not titles and find_indicator(split_unit(stem)[0]):
        known = [stem]
    for text in (*known, *titles):
        name, unit = split_unit(text)
        return name, unit or stated
    raise InputError(
        Text(
            f"{grid.name}：以年份为列的表没有说明是什么指标",
            f"{grid.name}: the columns are years, but nothing says of which indicator",
        ),
        [Text(f"表头：{'、'.join(headings[:12])}", f"headings: {', '.join(headings[:12])}")],
        Text(
            "请加一列“指标”，或把指标名写在表头上方或作为工作表名。",
            "Add a column indicator, or write its name above the headings or as the sheet's name.",
        ),
    )
