"""Writing an input–output table so that reading it gives the same table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text, replacing
from xinzhi.data.io_grid_own import (
    ABOUT_SHEET,
    TABLE_SHEET,
    about_rows,
    figure_rows,
    heading_rows,
)
from xinzhi.data.io_parquet import write_parquet
from xinzhi.data.io_parts import LABELS, Parts, parts_of
from xinzhi.data.io_table import IOTable

_EXCEL_COLUMNS, _EXCEL_ROWS = 16_384, 1_048_576
# Light fills for the quadrants: intermediate, final, imported, primary and satellites, totals.
_FILLS = {
    "flows": "#FFFFFF",
    "final_demand": "#EAF2FB",
    "discrepancy": "#F5F5F5",
    "imports": "#F5F5F5",
    "output": "#EDEDED",
    "imported_flows": "#FDF3E7",
    "primary_inputs": "#EAF6EC",
    "satellites": "#F4EDF8",
    "total": "#EDEDED",
}


def write_io_table(table: IOTable, path: str | Path, force: bool = False) -> None:
    """Write an input–output table; the ending of ``path`` chooses CSV, XLSX or Parquet.

    ``read_io_table`` gives the same table back, but for ``inputs``: exactly from CSV and Parquet,
    to the 16 digits that the format has from a workbook. A workbook has products in the rows and
    users in the columns, with totals, and a sheet ``about``; text that begins with ``= + - @``
    stays text.

    Raises : InputError if the ending is another, the file exists and ``force`` is false, or a
        sheet cannot hold the table; ComputationError where Parquet needs what is not installed
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in (".csv", ".xlsx", ".parquet"):
        raise InputError(
            Text(
                f"{target}：不能写出 {suffix or '无扩展名的'} 文件",
                f"{target}: cannot write such a file",
            ),
            remedy=Text(
                "请用 .csv、.xlsx 或 .parquet 结尾。",
                "Let the name end in .csv, .xlsx or .parquet.",
            ),
        )
    parts = parts_of(table, totals=suffix == ".xlsx")
    wide, long = len(parts.columns) + len(LABELS), len(parts.rows) + 20
    if suffix == ".xlsx" and (wide > _EXCEL_COLUMNS or long > _EXCEL_ROWS):
        raise InputError(
            Text(
                f"{target}：{wide:,} 列超过工作表的上限",
                f"{target}: {wide:,} columns are more than a sheet can hold",
            ),
            remedy=Text("请写成 .csv 或 .parquet。", "Write a .csv or .parquet file."),
        )
    with replacing(target, force) as temporary:
        if suffix == ".xlsx":
            _write_workbook(parts, temporary)
        elif suffix == ".parquet":
            write_parquet(parts, temporary)
        else:
            _write_text(parts, temporary)


def _write_text(parts: Parts, path: Path) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(about_rows(parts))
        writer.writerows(heading_rows(parts))
        writer.writerows(figure_rows(parts))


def _write_workbook(parts: Parts, path: Path) -> None:
    # Loaded only when a workbook is written.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet(TABLE_SHEET)
        about = workbook.add_worksheet(ABOUT_SHEET)
        bold = workbook.add_format({"bold": True})
        about.set_column(0, 0, 18)
        about.set_column(1, 2, 60)
        for row, words in enumerate(about_rows(parts)):
            for column, word in enumerate(words):
                about.write_string(row, column, word, bold if column == 0 else None)
        headings = heading_rows(parts)
        fills = {
            part: workbook.add_format({"bg_color": fill, "num_format": "#,##0.00", "border": 4})
            for part, fill in _FILLS.items()
        }
        for row, words in enumerate(headings):
            for column, word in enumerate(words):
                sheet.write_string(row, column, word, bold)
        for row, cells in enumerate(figure_rows(parts), len(headings)):
            _write_row(sheet, row, cells, parts, fills, row - len(headings))
        sheet.set_column(0, 1, 12)
        sheet.set_column(2, 2, 8)
        sheet.set_column(3, 4, 24)
        sheet.set_column(5, len(LABELS) + len(parts.columns) - 1, 14)
        sheet.freeze_panes(len(headings), len(LABELS))


def _write_row(
    sheet: Any, row: int, cells: list[Any], parts: Parts, fills: dict[str, Any], place: int
) -> None:
    part = parts.rows[place].part
    for column, cell in enumerate(cells):
        if column < len(LABELS):
            sheet.write_string(row, column, cell)
            continue
        quadrant = part if part != "flows" else parts.columns[column - len(LABELS)].part
        if cell is None:
            sheet.write_blank(row, column, None, fills[quadrant])
        else:
            sheet.write_number(row, column, cell, fills[quadrant])
