"""Several tables of one model: a folder of files or a workbook, with Chinese or English names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import number_of, text_of
from xinzhi.data.names import compact
from xinzhi.data.tables import Grid, open_grid, open_sheets
from xinzhi.data.unit_tables import read_unit_table

_ENDINGS = (".csv", ".tsv", ".xlsx")
_HEADING_ROWS = 20


@dataclass(frozen=True)
class TableForms:
    """Which tables a model reads, and what they and their cells are called in Chinese.

    columns : table → (labels, numbers), each a list of words; those with ? may be absent, and * is
        every other column of numbers
    chinese_tables : Chinese name → table
    chinese_columns : column → its Chinese names
    chinese_values : column → Chinese word → value
    named_by : table → (other table, its column) that names further columns of numbers
    main : tables of which at least one must be there
    """

    columns: Mapping[str, tuple[str, str]]
    chinese_tables: Mapping[str, str]
    chinese_columns: Mapping[str, Sequence[str]]
    chinese_values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    named_by: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    main: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableSet:
    """The tables that were found, under their English names, and where they come from."""

    tables: Mapping[str, pd.DataFrame]
    inputs: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def read_table_set(path: str | Path, forms: TableForms) -> TableSet:
    """Read a folder with a file for each table, or a workbook with a sheet for each.

    Files, sheets and columns are called as in ``forms`` or in Chinese; others are passed over with
    a warning.
    Raises : InputError where none of the main tables is there, for two files of one table, and as
        ``read_unit_table``
    """
    place = Path(path).resolve()
    found, others = _files(place, forms) if place.is_dir() else _sheets(place, forms)
    if not set(found) & set(forms.main):
        raise _nothing(place, [*found, *others], forms)
    tables: dict[str, pd.DataFrame] = {}
    records: list[InputRecord] = []
    warnings: list[Text] = []
    for name in sorted(forms.columns, key=lambda name: name in forms.named_by):
        if name in found:
            more = _named(tables, *forms.named_by.get(name, ("", "")))
            tables[name], record, notes = _table(name, *found[name], forms, more)
            records.append(record)
            warnings += notes
    if others:
        warnings.append(
            Text(
                f"{place.name}：没有读取 {'、'.join(others)}",
                f"{place.name}: passed over {', '.join(others)}",
            )
        )
    return TableSet(tables, tuple(records), tuple(warnings))


def _nothing(place: Path, there: list[str], forms: TableForms) -> InputError:
    chinese = {table: word for word, table in forms.chinese_tables.items()}
    words = [f"{name}（{chinese[name]}）" for name in forms.main]
    known = [*forms.columns, *forms.chinese_tables]
    stems = [Path(name).stem for name in there if Path(name).suffix.lower() in ("", *_ENDINGS)]
    close = [(stem, near[0]) for stem in stems if (near := get_close_matches(stem, known, n=1))]
    hint = (
        (f"；{close[0][0]} 是否指 {close[0][1]}？", f"; {close[0][0]}: did you mean {close[0][1]}?")
        if close
        else ("", "")
    )
    lacking = (
        Text(f"没有表 {words[0]}", f"no table {forms.main[0]}")
        if len(words) == 1
        else Text(
            f"没有一张主表（{'、'.join(words)}）", f"none of the tables {', '.join(forms.main)}"
        )
    )
    return InputError(
        Text(f"{place.name}：{lacking.zh}{hint[0]}", f"{place.name}: {lacking.en}{hint[1]}"),
        [Text(f"现有：{'、'.join(there) or '无'}", f"there are: {', '.join(there) or 'none'}")],
        Text(
            f"每张表一个文件（如 {forms.main[0]}.csv）放在一个文件夹，或每张表一个工作表。",
            f"Put one file for each table, such as {forms.main[0]}.csv, into a folder, or one "
            "sheet for each into a workbook.",
        ),
    )


def _files(folder: Path, forms: TableForms) -> tuple[dict[str, tuple[Path, str | None]], list[str]]:
    found: dict[str, tuple[Path, str | None]] = {}
    others = []
    for file in sorted(folder.iterdir()):
        name = _known(file.stem, forms)
        if name is None or file.suffix.lower() not in _ENDINGS:
            others.append(file.name)
            continue
        if name in found:
            raise InputError(
                Text(
                    f"{folder.name}：{found[name][0].name} 和 {file.name} 是同一张表",
                    f"{folder.name}: {found[name][0].name} and {file.name} are the same table",
                ),
                remedy=Text("只留一个。", "Keep one of them."),
            )
        found[name] = (file, None)
    return found, others


def _sheets(book: Path, forms: TableForms) -> tuple[dict[str, tuple[Path, str | None]], list[str]]:
    found: dict[str, tuple[Path, str | None]] = {}
    others = []
    for grid in open_sheets(book):
        name = _known(grid.title or book.stem, forms)
        if name is None or name in found:
            others.append(grid.title or book.name)
        else:
            found[name] = (book, grid.title or None)
    return found, others


def _known(title: str, forms: TableForms) -> str | None:
    name = compact(title).casefold()
    return name if name in forms.columns else forms.chinese_tables.get(name)


def _named(tables: Mapping[str, pd.DataFrame], table: str, column: str) -> list[str]:
    """Return the words in a column of a table that has been read."""
    if table not in tables or column not in tables[table]:
        return []
    return [str(word) for word in tables[table][column].dropna().unique()]


def _table(
    name: str, path: Path, sheet: str | None, forms: TableForms, more: Sequence[str]
) -> tuple[pd.DataFrame, InputRecord, tuple[Text, ...]]:
    grid = open_grid(path, sheet)
    headings = {compact(text_of(cell)) for row in grid.cells[:_HEADING_ROWS] for cell in row}
    chinese = {word for words in forms.chinese_columns.values() for word in words}
    asked = 1 if headings & chinese else 0  # by which name a column that is absent is asked for
    parts: list[dict[str, str]] = []
    for columns in forms.columns[name]:
        chosen: dict[str, str] = {}
        for column in columns.split():
            if column == "*":
                chosen |= _other_numbers(grid, {*parts[0], *chosen})
                continue
            english = column.rstrip("?")
            spellings = (english, *forms.chinese_columns[english])
            spelt = next((word for word in spellings if word in headings), None)
            if spelt is not None or not column.endswith("?"):
                chosen[spelt or spellings[asked]] = english
        parts.append(chosen)
    taken = {*parts[0], *parts[1]}
    parts[1].update({word: word for word in more if compact(word) in headings - taken})
    read = read_unit_table(path, list(parts[0]), list(parts[1]), sheet)
    frame = read.frame.rename(columns={**parts[0], **parts[1]})
    for column in set(forms.chinese_values) & set(frame):
        frame[column] = frame[column].replace(dict(forms.chinese_values[column]))
    return frame, read.record, read.warnings


def _other_numbers(grid: Grid, taken: set[str]) -> dict[str, str]:
    """Return the headings beside those taken below which every cell is a number or blank."""
    rows = [[compact(text_of(cell)) for cell in row] for row in grid.cells[:_HEADING_ROWS]]
    header = max(range(len(rows)), key=lambda row: len(taken & set(rows[row])))
    found = {}
    for place, heading in enumerate(rows[header]):
        cells = [row[place] for row in grid.cells[header + 1 :] if place < len(row)]
        if heading and heading not in taken and all(number_of(cell) is not None for cell in cells):
            found[heading] = heading
    return found
