"""Reading one table of a file with its mapping: to the checked panel of its figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.breaks import break_warnings
from xinzhi.data.cells import is_missing, number_of, text_of, year_of
from xinzhi.data.findings import listed
from xinzhi.data.headers import Layout, Measure
from xinzhi.data.items import without_mark
from xinzhi.data.mapping import SKIP, TABLE, VALUE, IndicatorMapping, TableMapping
from xinzhi.data.names import name_key
from xinzhi.data.one_region import indicators_by_row
from xinzhi.data.panel import Panel
from xinzhi.data.readers import data_rows, long_frame
from xinzhi.data.regions import RegionSet, choose_regions, load_region_set
from xinzhi.data.science_technology import science_technology_codes, science_technology_panel
from xinzhi.data.tables import Grid

_NOTE_OPENINGS = ("注", "说明", "资料来源", "数据来源", "来源", "note", "source", "*", "#")
_LAST_ROWS = 30


def panel_of(grid: Grid, table: TableMapping, regions: RegionSet | None, vintage: str) -> Panel:
    """Return the figures of a table.

    A long table whose codes are those of the data pack on science and technology is read as the
    pack is; codes of other tables are called by their table too.

    regions : None chooses China's 31 regions if most names are theirs, else the names themselves
    vintage : of figures for which no column gives it
    Raises : InputError with row, column and what to do, for all problems of the table at once
    """
    prepared, warnings = _prepared(grid, table, regions)
    layout = _layout(table)
    if table.of_one_region:
        prepared, layout = _of_one_region(prepared, table, layout, regions)
    if table.of(TABLE):
        panel = _pack_panel(prepared, table, layout, (*grid.warnings, *table.notes, *warnings))
        if panel is not None:
            return panel
        prepared = _with_table_names(prepared, table)
    frame, places, passed, record = long_frame(prepared, layout)
    if "vintage" not in frame.columns:
        frame["vintage"] = vintage
    panel = Panel.from_frame(
        frame,
        regions,
        grid.name,
        inputs=(record,),
        warnings=(*grid.warnings, *table.notes, *warnings, *passed),
        places=places,
    )
    return replace(panel, warnings=(*panel.warnings, *break_warnings(panel.frame)))


# Tables of tables


def _pack_panel(
    grid: Grid, table: TableMapping, layout: Layout, warnings: tuple[Text, ...]
) -> Panel | None:
    """Return the panel of a table with the codes of the pack, None if it has other codes."""
    places = {column.role: column.place for column in table.columns if column.role != SKIP}
    needed = {"table": TABLE, "region": "region", "year": "year", "code": "indicator"}
    needed |= {"value": VALUE, "unit": "unit"}
    rows, passed = data_rows(grid, layout)
    # The pack's reader counts rows from the second on.
    if not set(needed.values()) <= set(places) or rows != list(range(1, len(rows) + 1)):
        return None
    columns = {
        name: [text_of(_at(grid.cells[row], places[role])) for row in rows]
        for name, role in needed.items()
    }
    keys = zip(columns["table"], columns["code"], strict=True)
    if not any(key in science_technology_codes() for key in keys):
        return None
    frame = pd.DataFrame(columns)
    frame["value"] = [None if is_missing(text) else text for text in columns["value"]]
    panel = science_technology_panel(frame)
    record = InputRecord(grid.name, grid.sha256, len(rows))
    found = (*warnings, *passed, *panel.warnings)
    return replace(panel, inputs=(record,), warnings=found)


def _with_table_names(grid: Grid, table: TableMapping) -> Grid:
    """Return the sheet with codes that are called by their table too: they may come in several."""
    above, code = table.of(TABLE)[0].place, table.of("indicator")[0].place
    cells = list(grid.cells)
    for place in range(table.headings[1], len(cells)):
        row = cells[place]
        name, own = text_of(_at(row, above)), text_of(_at(row, code))
        if name and own:
            cells[place] = [*row[:code], f"{name}·{own}", *row[code + 1 :]]
    return replace(grid, cells=cells)


# Tables of one region


def _one_region(table: TableMapping, regions: RegionSet | None) -> str:
    """Return the name of the region that a whole table is of, as its set calls it."""
    name = table.region
    known = regions or choose_regions([name])
    if known.is_total(name):
        raise InputError(
            Text(
                f"region：{name} 是合计，不是地区",
                f"region: {name} is a total, no region",
            ),
            remedy=Text("请给出一个地区。", "Give a region."),
        )
    return known.get(name).name


def _of_one_region(
    grid: Grid, table: TableMapping, layout: Layout, regions: RegionSet | None
) -> tuple[Grid, Layout]:
    """Return the sheet with names and units as mapped, and the layout with its region."""
    layout = replace(layout, region=_one_region(table, regions))
    cells = list(grid.cells)
    for column in table.of("year"):
        _plain_years(cells, table.headings[1], column.place)
    names = table.of("indicator")
    if not names:
        return replace(grid, cells=cells), layout
    units = table.of("unit")
    place_of_unit = units[0].place if units else max(map(len, cells))
    _name_rows(cells, table, indicators_by_row(grid, table), (names[0].place, place_of_unit))
    measures = layout.measures
    if len({measure.unit for measure in measures}) == 1:
        measures = tuple(replace(measure, unit="") for measure in measures)  # the rows have it
    columns = {**layout.columns, "unit": place_of_unit}
    return replace(grid, cells=cells), replace(layout, columns=columns, measures=measures)


def _plain_years(cells: list[list[Any]], start: int, place: int) -> None:
    """Take the marks of footnotes off the years of a column."""
    for position, row in enumerate(cells[start:], start):
        plain = without_mark(text_of(_at(row, place)))
        if year_of(_at(row, place)) is None and year_of(plain) is not None:
            cells[position] = [*row[:place], plain, *row[place + 1 :]]


def _name_rows(
    cells: list[list[Any]],
    table: TableMapping,
    entries: Mapping[int, IndicatorMapping],
    places: tuple[int, int],
) -> None:
    """Write the indicator and the unit of each row into two columns of the sheet."""
    name, unit = places
    values = [column.place for column in table.of(VALUE)]
    for position in range(table.headings[1], len(cells)):
        row = cells[position]
        if position in entries:
            row = [*row, *[""] * (max(places) + 1 - len(row))]
            row[name], row[unit] = entries[position].indicator, entries[position].unit
            cells[position] = row
        elif all(is_missing(text_of(_at(row, place))) for place in values):
            cells[position] = []  # it only heads other rows


# The table as the readers take it


def _layout(table: TableMapping) -> Layout:
    values = table.of(VALUE)
    single = {c.role: c for c in table.columns if c.role not in (VALUE, SKIP)}
    columns = {role: column.place for role, column in single.items()}
    # A long table is one with a column of values of many indicators.
    if "indicator" in columns and "year" in columns and len(values) == 1:
        columns[VALUE] = values[0].place
    measures = tuple(
        Measure(
            column=c.place,
            heading=c.heading,
            indicator=None if "indicator" in columns and not c.indicator else c.indicator,
            unit=c.unit,
            year=None if "year" in columns else (c.year if c.year is not None else table.year),
        )
        for c in values
    )
    headings = {role: column.heading for role, column in single.items() if column.heading}
    return Layout(table.headings[1] - 1, columns, measures, headings)


def _prepared(
    grid: Grid, table: TableMapping, regions: RegionSet | None
) -> tuple[Grid, list[Text]]:
    """Return the sheet with repeated cells filled in, and without notes and rows to leave out."""
    start = table.headings[1]
    cells = list(grid.cells)
    for role in table.fill_down:
        for column in table.of(role):
            _fill_down(cells, start, column.place)
    region = _key_column(table)
    values = [column.place for column in table.of(VALUE)]
    unwanted = {name_key(name) for name in table.leave_out}
    known = regions or load_region_set("china31")
    notes: list[int] = []
    left_out: list[str] = []
    last = max(region, values[0])
    # Nearly every row has a name and a figure: no need to look at the rest of it.
    unsure = [
        place
        for place, row in enumerate(cells[start:-_LAST_ROWS], start)
        if unwanted or not (len(row) > last and row[region] and row[values[0]])
    ]
    for place in (*unsure, *range(max(start, len(cells) - _LAST_ROWS), len(cells))):
        row = cells[place]
        name = text_of(_at(row, region))
        if name_key(name) in unwanted:
            left_out.append(name)
            cells[place] = []
        elif _is_note(row, values, known):
            notes.append(place + 1)
            cells[place] = []
        elif _is_numbering(row):
            cells[place] = []
    warnings = []
    if notes:
        shown = listed(notes)
        warnings.append(
            Text(
                f"{grid.name}：第 {shown.zh} 行只有文字，没有读取",
                f"{grid.name}: words only, left out: row {shown.en}",
            )
        )
    if left_out:
        shown = listed(dict.fromkeys(left_out))
        warnings.append(
            Text(
                f"{grid.name}：按映射略去 {len(left_out)} 行（{shown.zh}）",
                f"{grid.name}: left out {len(left_out)} row(s) as mapped ({shown.en})",
            )
        )
    return replace(grid, cells=cells), warnings


def _key_column(table: TableMapping) -> int:
    """Return the place of the column that names the rows: by region, by indicator, or by year."""
    return next(
        table.of(role)[0].place for role in ("region", "indicator", "year") if table.of(role)
    )


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else ""


def _fill_down(cells: list[list[Any]], start: int, place: int) -> None:
    """Give blank cells of a column the value above, in rows that hold something else."""
    above: Any = ""
    for position in range(start, len(cells)):
        row = cells[position]
        own = _at(row, place)
        if text_of(own):
            above = own
        elif above != "" and sum(1 for cell in row if text_of(cell)) > 1:
            filled = [*row, *[""] * (place + 1 - len(row))]
            filled[place] = above
            cells[position] = filled


def _is_note(row: Sequence[Any], values: Sequence[int], known: RegionSet) -> bool:
    """Tell whether a row holds words and no figure, and is no region without figures."""
    filled = [text for text in map(text_of, row) if text]
    if not filled or known.find(filled[0]) or known.is_total(filled[0]):
        return False
    figures = [text_of(_at(row, place)) for place in values]
    if any(number_of(text) is not None and not is_missing(text) for text in figures):
        return False
    return len(filled) == 1 or filled[0].casefold().startswith(_NOTE_OPENINGS)


def _is_numbering(row: Sequence[Any]) -> bool:
    filled = [text for text in map(text_of, row) if text]
    numbers = filled[1:] if filled and filled[0] == "甲" else []
    return bool(numbers) and numbers == [str(k) for k in range(1, len(numbers) + 1)]
