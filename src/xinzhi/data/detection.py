"""Detecting where a yearbook table keeps what: headings over several rows, units, years, notes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import is_missing, number_of, text_of, year_of
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.headers import meaning_of, recognise, split_unit, words_of
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.longtable import missing_columns
from xinzhi.data.mapping import (
    NAMES,
    SKIP,
    VALUE,
    ColumnMapping,
    Mapping,
    TableMapping,
    letters_of,
)
from xinzhi.data.regions import load_region_set
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.data.units import find_unit, lookup_unit, recount, same_dimension

_TOP_ROWS = 60
_MOST_LEVELS = 6
_SAMPLED_ROWS = 200
_FOOT_ROWS = 30
_MOST_MERGED_CELLS = 2_000_000
_LEAST_NAMES = 3  # region names that make a column without a heading the column of regions

_STATED_UNIT = re.compile(
    r"^[（(\[]?\s*(?:(?:计量)?单位|units?)\s*[:：]\s*(?P<unit>.+?)\s*[)）\]]?$", re.IGNORECASE
)
_SEVERAL = re.compile(r"[、,，;；]")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_LEADING_YEAR = re.compile(r"^(\d{4})\s*年(?:度|末)?\s*(?P<name>[^不\d].*)$")
_BASE_YEAR = re.compile(r"(价|基期|以来|=\s*100)")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRANSLATION = re.compile(r"[a-z]{3}")
_TRANSLATED = re.compile(r"^(?P<zh>.*[\u4e00-\u9fff％%）)\]])\s+(?P<en>[A-Za-z(][\x20-\x7e]*)$")
_TABLE_NUMBER = re.compile(
    r"^(?:续?表|table)?\s*\d{1,3}(?:\s*[-－—–.·]\s*\d{1,3})*(?!\d|年)[\s、.:：]*"
)
_TITLE_LABEL = re.compile(r"^(?:指标|indicator)\s*[:：]\s*", re.IGNORECASE)
_TITLE_YEARS = re.compile(
    r"[（(]?\s*(?:19|20)\d{2}\s*(?:[-－—–~至到]\s*(?:19|20)\d{2})?\s*年?(?:度|末)?\s*[)）]?"
)
_TITLE_OPENINGS = ("各地区", "分地区", "各省（区、市）", "各省区市", "各省市", "各省", "各", "历年")
_TITLE_ENDINGS = ("情况", "统计", "一览表", "表", "数据")
_PLAIN_TITLE = re.compile(r"(sheet|工作表|表|table)\s*\d*", re.IGNORECASE)
_GENERIC = frozenset(("合计", "总计", "小计", "总量", "total", "其中", "其中：", "of which"))


def detect(path: str | Path, sheet: str | None = None) -> Mapping:
    """Find what a CSV, TSV or XLSX file holds, sheet by sheet.

    Understood are titles and notes around the table, headings over several rows with merged cells,
    units in titles, headings or a row of their own, years as columns, in headings or in the title,
    and region names without a heading.

    sheet : of a workbook; by default every sheet that is a table
    Raises : InputError, saying what is missing, if no sheet is a table
    """
    return detect_tables(open_sheets(path, sheet))


def detect_tables(grids: Sequence[Grid]) -> Mapping:
    """Find what the sheets of one file hold, as ``detect``."""
    tables: list[TableMapping] = []
    passed_over: list[tuple[str, Text]] = []
    errors: list[InputError] = []
    for grid in grids:
        try:
            tables.append(detect_table(grid))
        except InputError as error:
            errors.append(error)
            passed_over.append((grid.title, error.message))
    if not tables:
        raise errors[0]
    return Mapping(grids[0].name, tuple(tables), tuple(passed_over))


def detect_table(grid: Grid, complete: bool = True) -> TableMapping:
    """Find what one sheet holds.

    complete : refuse what lacks a year or an indicator, which a known mapping may give
    Raises : InputError if it is no table of regions and years
    """
    top = merged_top(grid)
    first, last, region = _find_headings(grid, top)
    table = _complete(grid, top, (first, last), region)
    if complete:
        require(grid, table)
    return table


def require(grid: Grid, table: TableMapping) -> None:
    """Refuse a mapping that lacks what a panel needs, or gives one series twice.

    Raises : InputError, naming the columns
    """
    headings = [column.heading for column in table.columns]
    values = table.of(VALUE)
    missing = [] if table.of("region") else ["region"]
    if not table.of("year") and any((c.year or table.year) is None for c in values):
        missing.append("year")
    if not values:
        missing += ["indicator", "value"]
    if missing:
        raise missing_columns(grid.name, missing, headings)
    row = table.headings[1]
    findings = [
        Finding(Text("与另一列含义相同", "means the same as another column"), row, column.heading)
        for role in NAMES
        for column in table.of(role)[1:]
    ]
    seen: dict[tuple[str, int | None], str] = {}
    for column in values:
        if not column.indicator and not table.of("indicator"):
            problem = Text("没有说明是什么指标", "nothing says of which indicator")
            findings.append(Finding(problem, row, column.heading))
            continue
        key = (column.indicator, column.year)
        if key in seen:
            problem = Text(
                f"与“{seen[key]}”列是同一指标同一年", f"gives the same as column {seen[key]}"
            )
            findings.append(Finding(problem, row, column.heading))
        seen[key] = column.heading
    if findings:
        advice = Text(
            "请改正表头或标题，或在映射文件中说明。",
            "Correct headings or title, or say what is meant in a mapping file.",
        )
        raise refuse(grid.name, findings, advice)


def table_at(grid: Grid, headings: tuple[int, int]) -> TableMapping:
    """Find what one sheet holds whose headings stand in the given rows, counted from 1."""
    top = merged_top(grid)
    first, last = headings[0] - 1, min(headings[1], len(top)) - 1
    names = _levels(top, (first, last), bool(grid.merged))
    found = [place for place, parts in enumerate(names) if _role_of("·".join(parts)) == "region"]
    region = found[0] if found else _column_of_regions(top)[0]
    return _complete(grid, top, (first, last), region)


def merged_top(grid: Grid) -> list[list[Any]]:
    """Return the first rows of a sheet with the value of merged cells in each of them."""
    top = [list(row) for row in grid.cells[:_TOP_ROWS]]
    width = max((len(row) for row in top), default=0)
    width = max([width, *(min(area[3], 16_383) + 1 for area in grid.merged if area[0] < len(top))])
    for row in top:
        row += [""] * (width - len(row))
    written = 0
    for first_row, first_column, last_row, last_column in grid.merged:
        if first_row >= len(top) or first_column >= width:
            continue
        value = top[first_row][first_column]
        for row in top[first_row : last_row + 1]:
            for place in range(first_column, min(last_column + 1, width)):
                row[place] = value
        written += (min(last_row, len(top)) - first_row + 1) * (last_column - first_column + 1)
        if written > _MOST_MERGED_CELLS:
            break
    return top


def _width(top: list[list[Any]]) -> int:
    return max((len(row) for row in top), default=0)


# Where the headings stand


def _find_headings(grid: Grid, top: list[list[Any]]) -> tuple[int, int, int]:
    """Return the first and last row of the headings and the column of regions, from 0."""
    anchor = _heading_row(top)
    if anchor is None:
        region, start = _column_of_regions(top)
        if region is None or start == 0:
            # It says what is missing.
            layout = recognise(grid)
            return layout.header, layout.header, layout.columns["region"]
        first = last = start - 1
    else:
        first, region = anchor
        last = first
        while last + 1 < min(len(top), first + _MOST_LEVELS) and _continues(
            top[last + 1], top[first][region], region
        ):
            last += 1
    while first > 0 and last - first + 1 < _MOST_LEVELS and _groups(top[first - 1], region):
        first -= 1
    return first, last, region


def _heading_row(top: list[list[Any]]) -> tuple[int, int] | None:
    for place, row in enumerate(top):
        words = [words_of(cell) for cell in row]
        if len({word for word in words if word}) < 2:
            continue
        for column, word in enumerate(words):
            if word and _role_of(word) == "region":
                return place, column
    return None


def _column_of_regions(top: list[list[Any]]) -> tuple[int | None, int]:
    """Return the first column that is full of names of China's regions, and its first such row."""
    china = load_region_set("china31")
    for column in range(min(_width(top), 8)):
        texts = [text_of(row[column]) for row in top]
        hits = [
            place
            for place, text in enumerate(texts)
            if text and (china.find(text) or china.is_total(text))
        ]
        if len(hits) >= _LEAST_NAMES:
            below = sum(1 for text in texts[hits[0] :] if text)
            if 2 * len(hits) > below:
                return column, hits[0]
    return None, 0


def _continues(row: list[Any], heading: Any, region: int) -> bool:
    """Tell whether a row goes on with the headings: no figures, and no region of its own."""
    own = words_of(row[region])
    if own not in ("", "甲", words_of(heading)) and _role_of(own) != "region":
        return False
    others = [words_of(cell) for place, cell in enumerate(row) if place != region]
    filled = [word for word in others if word]
    return bool(filled) and (
        _is_numbering(filled) or all(number_of(w) is None or year_of(w) for w in filled)
    )


def _is_numbering(words: Sequence[str]) -> bool:
    """Tell whether a row only numbers its columns: 1 2 3 …, or 甲 乙 1 2 3."""
    numbers = [word for word in words if word not in "甲乙丙丁"]
    return bool(numbers) and numbers == [str(k) for k in range(1, len(numbers) + 1)]


def _groups(row: list[Any], region: int) -> bool:
    """Tell whether the row above the headings groups them, and is no title and no stated unit."""
    words = [words_of(cell) for cell in row]
    if words[region] and _role_of(words[region]) != "region":
        return False
    filled = [word for word in words if word and not _STATED_UNIT.match(word)]
    # A name over every column tells no columns apart: it is the title.
    return len(set(filled)) > 1 or 1 < len(filled) < len(row) - 1


# What the headings say


def _complete(
    grid: Grid, top: list[list[Any]], rows: tuple[int, int], region: int | None
) -> TableMapping:
    first, last = rows
    above = _Above(grid, top[:first])
    sample = grid.cells[last + 1 : last + 1 + _SAMPLED_ROWS]
    columns: list[ColumnMapping] = []
    notes: list[Text] = []
    for place, parts in enumerate(_levels(top, rows, bool(grid.merged))):
        heading = " / ".join(parts)
        name, unit, year = _named(parts)
        cells = [row[place] for row in sample if place < len(row)]
        role = "region" if place == region else _role_of("·".join(parts))
        if not heading and place != region:
            if any(text_of(cell) for cell in cells):
                notes.append(_not_read(place, Text("没有表头", "has no heading")))
            continue
        if role == "region" and place != region:
            role = SKIP
        elif role is None:
            role = VALUE
            if _is_prose(name, cells):
                role = SKIP
                notes.append(_not_read(place, Text("只有文字", "holds words only")))
        columns.append(ColumnMapping(place, heading, role, name, unit, year))
    columns = _settled(columns)
    dated = any(column.role == "year" for column in columns)
    columns = [_value_column(column, columns, above, dated, notes) for column in columns]
    table_year = None
    if not dated and any(c.role == VALUE and c.year is None for c in columns):
        table_year = above.year
    return TableMapping(
        sheet=grid.title,
        headings=(first + 1, last + 1),
        columns=tuple(columns),
        year=table_year,
        year_from="" if table_year is None else "title",
        fill_down=_repeated(grid, columns, last, sample),
        rows=_special_rows(grid, last + 1, region),
        notes=tuple(notes),
    )


def _levels(top: list[list[Any]], rows: tuple[int, int], merged: bool) -> list[tuple[str, ...]]:
    """Return for every column the levels of its heading from above, each once.

    merged : cells are merged, so that a group's name stands over all of its columns already
    """
    first, last = rows
    lines = [[words_of(cell) for cell in row] for row in top[first : last + 1]]
    if last > first:
        lines = [line for line in lines if not _is_numbering([word for word in line if word])]
    for line in lines[:-1] if not merged else ():
        group = ""
        for place, word in enumerate(line):
            group = ("" if _role_of(word) else word) if word else group
            if not word and lines[-1][place]:
                line[place] = group
    return [_distinct(line[place] for line in lines) for place in range(_width(top))]


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Return the levels without blanks, repetitions, stated units and translations."""
    parts = list(dict.fromkeys(w for w in words if w and not _STATED_UNIT.match(w)))
    if any(_CHINESE.search(part) for part in parts):
        kept = [
            part
            for part in parts
            if _CHINESE.search(part) or not _TRANSLATION.search(part) or _bare_unit(part)
        ]
        parts = [match["zh"] if (match := _translated(part)) else part for part in kept]
    return tuple(parts)


def _translated(word: str) -> re.Match[str] | None:
    match = _TRANSLATED.match(word)
    return match if match and _TRANSLATION.search(match["en"]) else None


def _bare_unit(part: str) -> str:
    """Return the unit that a level of a heading consists of, "" if it is something else."""
    inside = part.strip("（）()[]【】 ")
    if not inside or (inside == part and inside.isascii() and inside.isalpha()):
        return ""  # "companies" alone is what is counted, not how
    known = lookup_unit(inside) is not None and find_indicator(inside) is None
    return inside if known and _role_of(inside) is None else ""


def _named(parts: Sequence[str]) -> tuple[str, str, int | None]:
    """Return the name, unit and year that the levels of one heading give."""
    names: list[str] = []
    unit, year = "", None
    for part in parts:
        if year_of(part) is not None:
            year = year_of(part)
        elif _bare_unit(part):
            unit = _bare_unit(part)
        else:
            name, inside = split_unit(part)
            unit = inside or unit
            match = _LEADING_YEAR.match(name)
            if match and not _BASE_YEAR.search(name) and year_of(match[1]):
                year, name = year_of(match[1]), match["name"]
            names.append(name)
    telling = [name for name in names if name.casefold() not in _GENERIC]
    whole = "·".join(names)
    return (whole if find_indicator(whole) else "·".join(telling)), unit, year


def _role_of(word: str) -> str | None:
    """Return what a heading means: a role, "label", "code", or None for an indicator or a year."""
    if not word:
        return None
    match = _translated(word)
    for choice in (word, *((match["zh"], match["en"]) if match else ())):
        meaning = meaning_of(choice)
        if meaning is not None:
            return SKIP if meaning in ("ignored", "table") else meaning
    return None


def _is_prose(name: str, cells: Sequence[Any]) -> bool:
    """Tell whether a column holds words only, as remarks and translations do."""
    texts = [text for cell in cells if (text := text_of(cell)) and not is_missing(text)]
    return (
        len(texts) >= _LEAST_NAMES
        and find_indicator(name) is None
        and all(number_of(text) is None and not any(c.isdigit() for c in text) for text in texts)
    )


def _settled(columns: list[ColumnMapping]) -> list[ColumnMapping]:
    """Return the columns with codes and labels made indicator or passed over."""
    roles = {column.role for column in columns}
    wanted = ""
    years = any(c.role == VALUE and c.year is not None for c in columns)
    if "indicator" not in roles and (
        meaning_value(columns) or (years and "label" in roles and not _has_names(columns))
    ):
        wanted = "code" if {"code", "label"} <= roles else "label" if "label" in roles else ""
    return [
        ColumnMapping(c.place, c.heading, "indicator" if c.role == wanted else SKIP)
        if c.role in ("code", "label")
        else c
        for c in columns
    ]


def meaning_value(columns: Sequence[ColumnMapping]) -> bool:
    """Tell whether a column is headed 数值 or the like, as in a long table."""
    return any(c.role == VALUE and meaning_of(c.indicator) == VALUE for c in columns)


def _has_names(columns: Sequence[ColumnMapping]) -> bool:
    return any(c.role == VALUE and c.indicator for c in columns)


def _value_column(
    column: ColumnMapping,
    columns: Sequence[ColumnMapping],
    above: _Above,
    dated: bool,
    notes: list[Text],
) -> ColumnMapping:
    """Return a column with its indicator, unit and year where it is one of values."""
    if column.role != VALUE:
        return ColumnMapping(column.place, column.heading, column.role)
    named = any(c.role == "indicator" for c in columns)
    name = "" if meaning_of(column.indicator) == VALUE else column.indicator
    unit = column.unit
    if not name and not named:
        title, title_unit = above.indicator
        name, unit = title, unit or title_unit
    indicator = find_indicator(name) or name
    if _shared(indicator, column, columns):
        indicator = name
    if not unit and not any(c.role == "unit" for c in columns):
        unit = _fitting(above.unit, indicator, column, notes)
    year = None if dated else column.year
    return ColumnMapping(column.place, column.heading, VALUE, indicator, unit, year)


def _shared(indicator: str, column: ColumnMapping, columns: Sequence[ColumnMapping]) -> bool:
    """Tell whether columns of other names mean the indicator too: then they are other series."""
    return any(
        c.role == VALUE
        and c.year == column.year
        and c.indicator != column.indicator
        and find_indicator(c.indicator) == indicator
        for c in columns
    )


def _fitting(stated: str, indicator: str, column: ColumnMapping, notes: list[Text]) -> str:
    """Return the unit stated above the table if it can be this indicator's."""
    info = indicators().get(indicator)
    unit = lookup_unit(stated) if stated else None
    if unit is None or info is None:
        return stated
    default = find_unit(info.unit)
    if same_dimension(unit, default) or recount(unit, default):
        return stated
    notes.append(
        Text(
            f"表上方的单位 {stated} 不适用于“{column.heading}”列，该列没有单位",
            f"the unit {stated} above the table is none of column {column.heading}, "
            "which has no unit",
        )
    )
    return ""


def _not_read(place: int, why: Text) -> Text:
    at = letters_of(place)
    return Text(f"{at} 列{why.zh}，不读取", f"column {at} {why.en} and is not read")


def _repeated(
    grid: Grid, columns: Sequence[ColumnMapping], last: int, sample: list[list[Any]]
) -> tuple[str, ...]:
    """Return the roles whose cells are merged downwards, or blank below the first of a group."""
    named = {column.place: column.role for column in columns}
    merged = {
        named.get(area[1], "")
        for area in grid.merged
        if area[2] > area[0] > last and area[1] == area[3]
    }
    year = next((c.place for c in columns if c.role == "year"), None)
    region = next((c.place for c in columns if c.role == "region"), None)
    if year is not None and region is not None and "region" not in merged:
        rows = [row for row in sample if year < len(row) and year_of(row[year])]
        blank = sum(1 for row in rows if region >= len(row) or not text_of(row[region]))
        if 0.4 * len(rows) < blank < len(rows):
            merged.add("region")
    return tuple(role for role in NAMES[:3] if role in merged)


def _special_rows(grid: Grid, start: int, region: int | None) -> tuple[Text, ...]:
    """Return what rows at the head and the foot of the table are totals, or notes below it."""
    count = len(grid.cells)
    head = range(start, min(count, start + _SAMPLED_ROWS))
    foot = range(max(head.stop, count - _FOOT_ROWS), count)
    china = load_region_set("china31")
    totals: list[str] = []
    notes: list[int] = []
    for place in (*head, *foot):
        filled = [text for text in map(text_of, grid.cells[place]) if text]
        own = grid.cells[place][region : region + 1] if region is not None else []
        if own and china.is_total(text_of(own[0])):
            totals.append(words_of(own[0]))
        elif len(filled) == 1 and china.find(filled[0]) is None:
            notes.append(place + 1)
    found = []
    if totals:
        names = listed(dict.fromkeys(totals))
        found.append(Text(f"合计行，不读取：{names.zh}", f"totals, left out: {names.en}"))
    if notes:
        rows = listed(notes)
        found.append(Text(f"说明行，不读取：{rows.zh}", f"rows of notes, left out: {rows.en}"))
    return tuple(found)


class _Above:
    """What stands above the headings, and the names of sheet and file: title, unit, year."""

    def __init__(self, grid: Grid, rows: list[list[Any]]) -> None:
        words = [words_of(cell) for row in rows for cell in row]
        self.words = list(dict.fromkeys(word for word in words if word))
        self.grid = grid
        units = [m["unit"] for word in self.words if (m := _STATED_UNIT.match(word))]
        stated = {unit for text in units for unit in _SEVERAL.split(text) if unit}
        self.unit = units[0] if len(stated) == 1 and len(set(units)) == 1 else ""
        titles = [word for word in self.words if not _STATED_UNIT.match(word)]
        if grid.title and not _PLAIN_TITLE.fullmatch(grid.title):
            titles.append(grid.title)
        self.titles = titles
        self.stem = Path(grid.name).stem

    @property
    def year(self) -> int | None:
        """Return the one year that the title, the sheet or the file names."""
        for text in (*self.titles, self.stem):
            years = {int(year) for year in _YEARS.findall(text)}
            if years:
                return years.pop() if len(years) == 1 else None
        return None

    @property
    def indicator(self) -> tuple[str, str]:
        """Return the indicator and unit of the title, "" where it names none."""
        titles = self.titles or [self.stem]
        for text in titles:
            name, unit = split_unit(_TITLE_LABEL.sub("", text))
            for choice in _spellings(name):
                found = find_indicator(choice)
                if found is not None:
                    return found, unit
        for text in self.titles:
            name, unit = split_unit(_TITLE_LABEL.sub("", text))
            plain = _plain_title(name)
            if plain:
                return plain, unit
        return "", ""


def _plain_title(title: str) -> str:
    """Return a title without the table's number and the years."""
    return _TITLE_YEARS.sub("", _TABLE_NUMBER.sub("", title)).strip(" ：:、-—")


def _spellings(title: str) -> Iterator[str]:
    """Yield what a title may call the indicator, the fullest first."""
    yield title
    plain = _plain_title(title)
    yield plain
    for opening in _TITLE_OPENINGS:
        if plain.startswith(opening):
            yield plain.removeprefix(opening)
            plain = plain.removeprefix(opening)
            break
    for ending in _TITLE_ENDINGS:
        if plain.endswith(ending):
            yield plain.removesuffix(ending)
