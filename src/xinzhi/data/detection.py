"""Detecting where a yearbook table keeps what: headings, regions, years, notes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import text_of, year_of
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.headers import recognise, words_of
from xinzhi.data.heading_words import (
    LEAST_NAMES,
    MOST_LEVELS,
    continues,
    groups,
    is_prose,
    levels_of,
    merged_top,
    named,
    role_of,
    width_of,
)
from xinzhi.data.longtable import missing_columns
from xinzhi.data.mapping import (
    NAMES,
    SKIP,
    VALUE,
    ColumnMapping,
    Mapping,
    TableMapping,
)
from xinzhi.data.one_region import complete_one_region, find_one_region, headings_at
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.data.titles import Titles
from xinzhi.data.value_columns import not_read, settled, value_column

SAMPLED_ROWS = 200
_FOOT_ROWS = 30


def detect(path: str | Path, sheet: str | None = None) -> Mapping:
    """Find what a CSV, TSV or XLSX file holds, sheet by sheet.

    Understood are titles and notes around the table, headings over several rows with merged cells,
    units in titles, headings or a row of their own, years as columns, in headings or in the title,
    and region names without a heading. Tables of one region have indicators in rows and years in
    columns, or the other way round; their title names the region, or the mapping must be given it.

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


def detect_table(
    grid: Grid, complete: bool = True, regions: RegionSet | None = None
) -> TableMapping:
    """Find what one sheet holds.

    complete : refuse what lacks a year or an indicator, which a known mapping may give
    regions : those that the title of a table of one region may name; China's by default
    Raises : InputError if it is no table of regions and years, or of the years of one region
    """
    top = merged_top(grid)
    try:
        first, last, region = _find_headings(grid, top)
        table = _complete(grid, top, (first, last), region)
    except InputError:
        found = find_one_region(top)
        if found is None:
            raise
        table = complete_one_region(grid, top, found, regions)
    if complete:
        require(grid, table, region=False)
    return table


def require(grid: Grid, table: TableMapping, region: bool = True) -> None:
    """Refuse a mapping that lacks what a panel needs, or gives one series twice.

    region : also refuse a table of one region that does not say of which
    Raises : InputError, naming the columns
    """
    headings = [column.heading for column in table.columns]
    values = table.of(VALUE)
    missing = []
    if not table.of("year") and any((c.year or table.year) is None for c in values):
        missing.append("year")
    if not values:
        missing += ["indicator", "value"]
    if missing:
        raise missing_columns(grid.name, missing, headings)
    if region and table.of_one_region and not table.region:
        raise _no_region(grid, table)
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


def _no_region(grid: Grid, table: TableMapping) -> InputError:
    title = table.title
    return InputError(
        Text(
            f"{grid.name}：这是一个地区的表，但没有写明是哪个地区",
            f"{grid.name}: this is a table of one region, but nothing says of which",
        ),
        [Text(f"标题：{title}", f"title: {title}")],
        Text(
            "请在标题中写出地区，或用 --region 给出；也可在映射中写明：用 --dry-run 得到映射，"
            '把 [[table]] 下的 region = "" 填好，再用 --map 给出。',
            "Name the region in the title, or give it with --region; or in a mapping: --dry-run "
            'prints one, fill in region = "" below [[table]], and give it with --map.',
        ),
    )


def table_at(
    grid: Grid,
    headings: tuple[int, int],
    of_one_region: bool = False,
    regions: RegionSet | None = None,
) -> TableMapping:
    """Find what one sheet holds whose headings stand in the given rows, counted from 1.

    of_one_region, regions : as a mapping says, and as in ``detect_table``
    """
    top = merged_top(grid)
    first, last = headings[0] - 1, min(headings[1], len(top)) - 1
    if of_one_region:
        return complete_one_region(grid, top, headings_at(top, (first, last)), regions)
    names = levels_of(top, (first, last), bool(grid.merged))
    found = [place for place, parts in enumerate(names) if role_of("·".join(parts)) == "region"]
    region = found[0] if found else _column_of_regions(top)[0]
    return _complete(grid, top, (first, last), region)


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
        while last + 1 < min(len(top), first + MOST_LEVELS) and continues(
            top[last + 1], top[first][region], region
        ):
            last += 1
    while first > 0 and last - first + 1 < MOST_LEVELS and groups(top[first - 1], region):
        first -= 1
    return first, last, region


def _heading_row(top: list[list[Any]]) -> tuple[int, int] | None:
    for place, row in enumerate(top):
        words = [words_of(cell) for cell in row]
        if len({word for word in words if word}) < 2:
            continue
        for column, word in enumerate(words):
            if word and role_of(word) == "region":
                return place, column
    return None


def _column_of_regions(top: list[list[Any]]) -> tuple[int | None, int]:
    """Return the first column that is full of names of China's regions, and its first such row."""
    china = load_region_set("china31")
    for column in range(min(width_of(top), 8)):
        texts = [text_of(row[column]) for row in top]
        hits = [
            place
            for place, text in enumerate(texts)
            if text and (china.find(text) or china.is_total(text))
        ]
        if len(hits) >= LEAST_NAMES:
            below = sum(1 for text in texts[hits[0] :] if text)
            if 2 * len(hits) > below:
                return column, hits[0]
    return None, 0


# What the headings say


def _complete(
    grid: Grid, top: list[list[Any]], rows: tuple[int, int], region: int | None
) -> TableMapping:
    first, last = rows
    above = Titles(grid, top[:first])
    sample = grid.cells[last + 1 : last + 1 + SAMPLED_ROWS]
    columns: list[ColumnMapping] = []
    notes: list[Text] = []
    for place, parts in enumerate(levels_of(top, rows, bool(grid.merged))):
        heading = " / ".join(parts)
        name, unit, year = named(parts)
        cells = [row[place] for row in sample if place < len(row)]
        role = "region" if place == region else role_of("·".join(parts))
        if not heading and place != region:
            if any(text_of(cell) for cell in cells):
                notes.append(not_read(place, Text("没有表头", "has no heading")))
            continue
        if role == "region" and place != region:
            role = SKIP
        elif role is None:
            role = VALUE
            if is_prose(name, cells):
                role = SKIP
                notes.append(not_read(place, Text("只有文字", "holds words only")))
        columns.append(ColumnMapping(place, heading, role, name, unit, year))
    columns = settled(columns)
    dated = any(column.role == "year" for column in columns)
    columns = [value_column(column, columns, above, dated, notes) for column in columns]
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
    head = range(start, min(count, start + SAMPLED_ROWS))
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
