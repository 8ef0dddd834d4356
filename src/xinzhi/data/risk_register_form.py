"""An empty register to fill in, with its scales explained in both languages."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from xinzhi.core import InputError, Text, replacing
from xinzhi.data.risk_register import (
    CATEGORIES,
    COLUMNS,
    EVIDENCE,
    IMPACTS,
    LIKELIHOODS,
    STATUSES,
)

_ENDINGS = (".xlsx", ".csv", ".toml")
_ROWS = 200
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = (10, 44, 18, 18, 12, 12, 12, 18, 44, 14, 14)
_SCALES: tuple[tuple[str, Mapping[str, Text]], ...] = (
    ("category", CATEGORIES),
    ("likelihood", {str(grade): text for grade, text in LIKELIHOODS.items()}),
    ("impact", {str(grade): text for grade, text in IMPACTS.items()}),
    ("evidence", EVIDENCE),
    ("status", STATUSES),
)
_EXAMPLE = (
    ("id", '"R1"'),
    ("risk", '""'),
    ("field", '""'),
    ("category", '"data_security"'),
    ("likelihood", "3"),
    ("impact", "3"),
    ("evidence", '"C"'),
    ("owner", '""'),
    ("measures", '""'),
    ("review_date", "2026-12-31"),
    ("status", '"open"'),
)


def write_risk_register_form(path: str | Path, *, force: bool = False) -> None:
    """Write an empty register: an Excel workbook with lists to choose from, CSV or TOML.

    Raises : InputError for another ending, or where the file exists and ``force`` is false
    """
    target = Path(path)
    ending = target.suffix.lower()
    if ending not in _ENDINGS:
        raise InputError(
            Text(f"{target}：不能写这种登记表", f"{target}: cannot write this kind of register"),
            remedy=Text(
                f"用 {'、'.join(_ENDINGS)} 之一结尾。", f"End it in one of {', '.join(_ENDINGS)}."
            ),
        )
    with replacing(target, force) as temporary:
        if ending == ".xlsx":
            _write_workbook(temporary)
        elif ending == ".csv":
            with temporary.open("w", encoding="utf-8-sig", newline="") as file:
                csv.writer(file).writerow(_headings())
        else:
            temporary.write_text("\n".join(_toml_lines()) + "\n", encoding="utf-8")


def _headings() -> list[str]:
    return [f"{title.zh} {name}" for name, title in COLUMNS.items()]


def _write_workbook(path: Path) -> None:
    # Loaded only when a workbook is written.
    import xlsxwriter

    with xlsxwriter.Workbook(path, _TEXT_ONLY) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("登记 register")
        sheet.freeze_panes(1, 2)
        for place, (heading, width) in enumerate(zip(_headings(), _WIDTHS, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, bold)
        names = list(COLUMNS)
        for name, scale in _SCALES:
            column = names.index(name)
            choices = [int(key) if key.isdigit() else key for key in scale]
            sheet.data_validation(1, column, _ROWS, column, {"validate": "list", "source": choices})
        notes = book.add_worksheet("说明 notes")
        for place, (heading, width) in enumerate(
            (("列 column", 20), ("取值 value", 16), ("含义", 44), ("meaning", 44))
        ):
            notes.set_column(place, place, width)
            notes.write_string(0, place, heading, bold)
        for row, cells in enumerate(_meanings(), 1):
            for place, text in enumerate(cells):
                notes.write_string(row, place, text, wrapped)


def _meanings() -> Iterator[tuple[str, str, str, str]]:
    """Yield column, value and meaning in both languages."""
    for name, scale in _SCALES:
        for key, text in scale.items():
            yield f"{COLUMNS[name].zh} {name}", key, text.zh, text.en
    yield (
        "复核日期 review_date",
        "2026-12-31",
        "下次复核的日期；过期未复核的会标出",
        "when it is next reviewed; those overdue are marked",
    )


def _toml_lines() -> Iterator[str]:
    yield "# 技术风险登记表。每条风险一段 [[risk]]。"
    yield "# Technology-risk register. One [[risk]] for each."
    for name, key, zh, en in _meanings():
        yield f"# {name} = {key}: {zh} / {en}"
    yield ""
    yield "[[risk]]"
    for name, value in _EXAMPLE:
        yield f"{name} = {value}  # {COLUMNS[name].zh}"
