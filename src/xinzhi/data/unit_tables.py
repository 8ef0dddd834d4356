"""A user's table with one row a unit (and period): the columns that a computation asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import number_of, numbers_of, text_of, year_of
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.headers import Layout
from xinzhi.data.names import compact
from xinzhi.data.readers import data_rows
from xinzhi.data.tables import Grid, open_grid

_TOP_ROWS = 20
_TOTALS = frozenset(("合计", "总计", "小计", "total", "subtotal"))


@dataclass(frozen=True)
class UnitTable:
    """The columns asked for, under the names they were asked by, and where they come from."""

    frame: pd.DataFrame
    record: InputRecord
    warnings: tuple[Text, ...]


def read_unit_table(
    path: str | Path, labels: Sequence[str], numbers: Sequence[str], sheet: str | None = None
) -> UnitTable:
    """Read the named columns of a CSV, TSV or XLSX file.

    labels : columns that name a row, such as the unit and the period; a column in which every cell
        is a year or a number becomes numbers, any other text
    numbers : columns of numbers; markers of missing values become NaN
    sheet : of a workbook; by default the first that is not empty
    Returns : the rows below the headings, which may stand below a title. Blank rows are passed
        over; footnotes and rows of totals too, with a warning
    Raises : InputError as ``open_grid``; for a column that is absent, with a suggestion, or there
        twice, and for text among the numbers, with row and column
    """
    grid = open_grid(path, sheet)
    wanted = list(dict.fromkeys([*labels, *numbers]))
    header, places = _headings(grid, wanted)
    rows, warnings = _rows(grid, header, places, labels)
    if not rows:
        raise InputError(
            Text(
                f"{grid.name}：只有表头，没有数据行", f"{grid.name}: only headings, no rows of data"
            ),
            remedy=Text("请给出至少一行数据。", "Give at least one row of data."),
        )

    def column(name: str) -> pd.Series[Any]:
        place = places[name]
        cells = [grid.cells[row][place : place + 1] for row in rows]
        return pd.Series([cell[0] if cell else "" for cell in cells], dtype=object)

    found, columns = [], {}
    for name in wanted:
        cells = column(name)
        if name in labels:
            columns[name] = _labels(cells)
            continue
        values, wrong = numbers_of(cells)
        columns[name] = pd.Series(values)
        found += [
            Finding(
                Text(f"{cell} 不是数", f"{cell} is not a number"),
                row=row + 1,
                column=name,
                value=cell,
            )
            for row, cell, broken in zip(rows, map(text_of, cells), wrong, strict=True)
            if broken
        ]
    if found:
        raise refuse(grid.name, sorted(found, key=lambda finding: int(finding.row or 0)))
    record = InputRecord(grid.name, grid.sha256, len(rows))
    return UnitTable(pd.DataFrame(columns), record, (*grid.warnings, *warnings))


def _headings(grid: Grid, wanted: Sequence[str]) -> tuple[int, dict[str, int]]:
    """Return the heading row, that with the most of the columns, and where each of them is."""
    top = [[compact(text_of(cell)) for cell in row] for row in grid.cells[:_TOP_ROWS]]
    names = {name: compact(name) for name in wanted}
    counts = [sum(name in row for name in names.values()) for row in top]
    filled = [place for place, row in enumerate(top) if any(row)]
    header = counts.index(max(counts)) if max(counts) else filled[0]
    there = top[header]
    absent = [name for name, key in names.items() if key not in there]
    if absent:
        shown = [heading for heading in there if heading]
        raise refuse(
            grid.name,
            [_absent(name, shown) for name in absent],
            Text(
                f"第 {header + 1} 行的列：{listed(shown, 20).zh}。",
                f"The columns of row {header + 1} are: {listed(shown, 20).en}.",
            ),
            Text(f"{grid.name}：没有所要的列", f"{grid.name}: columns are not there"),
        )
    twice = [name for name, key in names.items() if there.count(key) > 1]
    if twice:
        shown_twice = listed(twice)
        raise InputError(
            Text(
                f"{grid.name}：第 {header + 1} 行有同名的列：{shown_twice.zh}",
                f"{grid.name}: row {header + 1} has columns of the same name: {shown_twice.en}",
            ),
            remedy=Text("请改名，使每列不同。", "Rename them, so that every column is told apart."),
        )
    return header, {name: there.index(key) for name, key in names.items()}


def _absent(name: str, there: Sequence[str]) -> Finding:
    close = get_close_matches(compact(name), there, n=1)
    return Finding(
        Text(f"没有列 {name}", f"no column {name}"), suggestion=close[0] if close else None
    )


def _rows(
    grid: Grid, header: int, places: dict[str, int], labels: Sequence[str]
) -> tuple[list[int], list[Text]]:
    """Return the places of the rows of data, and what was passed over."""
    rows, warnings = data_rows(grid, Layout(header, {}, ()))
    columns = [places[name] for name in labels]
    totals = [
        row
        for row in rows
        if any(
            column < len(grid.cells[row])
            and compact(text_of(grid.cells[row][column])).casefold() in _TOTALS
            for column in columns
        )
    ]
    if not totals:
        return rows, warnings
    shown = listed(row + 1 for row in totals)
    note = Text(
        f"{grid.name}：第 {shown.zh} 行是合计，没有读取",
        f"{grid.name}: row {shown.en} is a total, left out",
    )
    left_out = set(totals)
    return [row for row in rows if row not in left_out], [*warnings, note]


def _labels(cells: pd.Series[Any]) -> pd.Series[Any]:
    """Return years or numbers where every cell is one, else texts; a blank is missing."""
    years = [year_of(cell) for cell in cells]
    if all(year is not None for year in years):
        return pd.Series(years, dtype="int64")
    texts = [text_of(cell) for cell in cells]
    # a code such as 0310 is a name: its zeros count
    if not any(text[:1] == "0" and text[1:2].isdigit() for text in texts):
        numbers = [number_of(cell) for cell in cells]
        if all(number is not None and number == number for number in numbers):
            whole = pd.Series(numbers, dtype=float)
            return whole.astype("int64") if (whole % 1 == 0).all() else whole
    return pd.Series([text or None for text in texts], dtype=object)
