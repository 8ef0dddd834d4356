"""Writing a panel as a long table that reads back as the same panel."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from xinzhi.core import InputError, Text, replacing
from xinzhi.data.longtable import COLUMNS
from xinzhi.data.panel import Panel

_EXCEL_ROWS = 1_048_576
_SEPARATORS = {".csv": ",", ".tsv": "\t"}


def write_panel(panel: Panel, path: str | Path, force: bool = False) -> None:
    """Write a panel in long form; the ending of ``path`` chooses CSV, TSV or XLSX.

    Text files are UTF-8 with a byte order mark, which spreadsheets need for Chinese. In a workbook
    every name is text, so that a cell beginning with ``= + - @`` is never a formula; numbers keep
    the 16 digits that the format has.

    Raises : InputError if the ending is another, the file exists and ``force`` is false, or a
        workbook cannot hold so many rows
    """
    target = Path(path)
    suffix = target.suffix.lower()
    frame = panel.to_frame()
    if suffix not in (*_SEPARATORS, ".xlsx"):
        raise InputError(
            Text(
                f"{target}：不能写出 {suffix or '无扩展名的'} 文件",
                f"{target}: cannot write such a file",
            ),
            remedy=Text(
                "请用 .csv、.tsv 或 .xlsx 结尾。", "Let the name end in .csv, .tsv or .xlsx."
            ),
        )
    if suffix == ".xlsx" and len(frame) >= _EXCEL_ROWS:
        raise InputError(
            Text(
                f"{target}：{len(frame):,} 行超过工作表的上限",
                f"{target}: {len(frame):,} rows are more than a sheet can hold",
            ),
            remedy=Text("请写成 .csv。", "Write a .csv file."),
        )
    with replacing(target, force) as temporary:
        if suffix == ".xlsx":
            _write_workbook(frame, temporary)
        else:
            frame.to_csv(
                temporary,
                sep=_SEPARATORS[suffix],
                index=False,
                encoding="utf-8-sig",
                lineterminator="\n",
            )


def _write_workbook(frame: pd.DataFrame, path: Path) -> None:
    # Loaded only when a workbook is written.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(path, options) as workbook:
        sheet = workbook.add_worksheet("data")
        sheet.freeze_panes(1, 0)
        bold = workbook.add_format({"bold": True})
        for place, column in enumerate(COLUMNS):
            sheet.write_string(0, place, column, bold)
            write = sheet.write_number if column in ("year", "value") else sheet.write_string
            for row, cell in enumerate(frame[column].tolist(), 1):
                write(row, place, cell)
