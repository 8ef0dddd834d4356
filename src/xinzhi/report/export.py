"""Results as files: a workbook, a CSV, a page of one result."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import Language, Result, Text
from xinzhi.core.json import plain as plain_json
from xinzhi.report.context import missing, title_of_figure, unit_text
from xinzhi.report.titles import column_title

if TYPE_CHECKING:
    from xlsxwriter.workbook import Workbook

_LONGEST_NAME = 31  # of a sheet
_MADE = datetime(2000, 1, 1)  # the same result makes the same file
_NUMBER = re.compile(r"-?\d+(\.\d+)?(e[+-]?\d+)?", re.IGNORECASE)


def write_csv(result: Result, path: Path) -> None:
    """Write the main table as UTF-8 CSV with a byte order mark, for Excel; missing stays empty.

    A text that a spreadsheet would run as a formula gets an apostrophe before it.
    """
    table = result.to_frame()
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_inert(str(column)) for column in table])
        for row in table.astype(object).itertuples(index=False, name=None):
            writer.writerow(["" if missing(v) else _inert(v) for v in row])


def _inert(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in tuple("=+-@\t\r") and not _NUMBER.fullmatch(value):
        return "'" + value
    return value


def write_workbook(result: Result, path: Path) -> None:
    """Write every table as a sheet with titles in two languages, and a sheet that explains them.

    Texts are written as texts, so that none is run as a formula.
    """
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(str(path), options) as workbook:
        workbook.set_properties({"title": "Xinzhi 新质", "created": _MADE})
        bold = workbook.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        names = sheet_names(result.tables)
        _readme(workbook, result, names, bold)
        for name, table in result.tables.items():
            sheet = workbook.add_worksheet(names[name])
            for column, title in enumerate(map(str, table)):
                words = column_title(title, name)
                shown = title if words.zh == words.en == title else f"{words.zh} {words.en}"
                sheet.write_string(0, column, shown, bold)
                _write_column(sheet, column, table.iloc[:, column])
            sheet.freeze_panes(1, 0)
            if len(table) and len(table.columns):
                sheet.autofilter(0, 0, len(table), len(table.columns) - 1)
            sheet.set_column(0, max(0, len(table.columns) - 1), 16)


def _write_column(sheet: Any, column: int, values: pd.Series[Any]) -> None:
    for row, value in enumerate(values.astype(object), start=1):
        if missing(value) or value is pd.NA:
            continue
        plain = plain_json(value)
        if isinstance(plain, bool):
            sheet.write_boolean(row, column, plain)
        elif isinstance(plain, (int, float)):
            sheet.write_number(row, column, plain)
        elif plain is not None:
            sheet.write_string(row, column, str(plain))


def sheet_names(tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return a sheet name a table: at most 31 characters, each once."""
    names: dict[str, str] = {}
    for table in tables:
        base = re.sub(r"[\[\]:*?/\\]", "_", table)[:_LONGEST_NAME]
        name, count = base, 2
        while name.casefold() in {other.casefold() for other in (*names.values(), "readme")}:
            name, count = f"{base[: _LONGEST_NAME - 3]}_{count}", count + 1
        names[table] = name
    return names


def _readme(workbook: Workbook, result: Result, names: Mapping[str, str], bold: Any) -> None:
    sheet = workbook.add_worksheet("readme")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    place = 0
    for title, rows in _explained(result, names):
        sheet.write_string(place, 0, f"{title.zh} {title.en}", bold)
        place += 1
        for key, value in rows:
            sheet.write_string(place, 0, key)
            sheet.write_string(place, 1, value)
            place += 1
        place += 1


def _explained(
    result: Result, names: Mapping[str, str]
) -> Iterator[tuple[Text, list[tuple[str, str]]]]:
    """Yield the blocks of the sheet that explains the others."""
    yield (
        Text("工作表", "Sheets"),
        [
            (names[table], ", ".join(f"{c} = {column_title(str(c), table).zh}" for c in frame))
            for table, frame in result.tables.items()
        ],
    )
    units = [(k, _bilingual(unit_text(u)) or u) for k, u in result.units.items()]
    yield Text("单位", "Units"), units
    yield Text("名称", "Names"), _titles(result)
    yield Text("来源", "Sources"), _sources(result)
    yield Text("参数", "Parameters"), list(_flat("", plain_json(dict(result.parameters))))
    yield (
        Text("输入", "Inputs"),
        [(i.name, f"{i.rows} rows; sha256 {i.sha256}") for i in result.inputs],
    )
    warnings = [(f"{k}", _bilingual(w)) for k, w in enumerate(result.warnings, start=1)]
    yield Text("注意", "Notes"), warnings


def _titles(result: Result) -> list[tuple[str, str]]:
    """Return the ids of nodes and indicators with their titles."""
    context = getattr(result, "context", None)
    systems = (
        [getattr(result, "system", None), getattr(getattr(result, "index", None), "system", None)]
        if context is None
        else [context.system, context.second_system, *_further_systems(context)]
    )
    found: dict[str, str] = {}
    for system in systems:
        for entry in (*system.nodes, *system.indicators, *system.side) if system else ():
            found.setdefault(entry.id, _bilingual(entry.title))
    return list(found.items())


def _further_systems(context: Any) -> Iterator[Any]:
    """Yield the systems of sections that have a context of their own."""
    for result in context.results.values():
        inner = getattr(result, "context", None)
        if inner is not None:
            yield inner.system


def _sources(result: Result) -> list[tuple[str, str]]:
    table = result.tables.get("data_method_sources")
    if table is None:
        return []
    rows = table[["indicator", "source"]].drop_duplicates()
    return [
        (str(name), f"{_bilingual(title_of_figure(str(name)))} | {source}")
        for name, source in rows.itertuples(index=False, name=None)
    ]


def _bilingual(text: Text) -> str:
    return text.zh if text.zh == text.en else f"{text.zh} {text.en}"


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _flat(f"{prefix}.{key}" if prefix else key, item)
    elif isinstance(value, list):
        yield prefix, ", ".join(map(str, value))
    else:
        yield prefix, "" if value is None else str(value)


def write_page(result: Result, path: Path, lang: Language, command: str) -> None:
    """Write the tables of one result as a plain page that opens offline."""
    from xinzhi import __version__
    from xinzhi.report.html import result_page

    path.write_text(result_page(result, lang, command, __version__), encoding="utf-8")
