"""Xinzhi's own layout in the cells of a CSV file or a workbook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.cells import number_of, plain_numbers, text_of
from xinzhi.data.findings import Finding, refuse
from xinzhi.data.io_parts import LABELS, MARK, Label, Parts
from xinzhi.data.tables import Grid

ABOUT_SHEET, TABLE_SHEET = "about", "table"
_TOO_LARGE = 1e100


def about_rows(parts: Parts) -> list[list[str]]:
    """Return the first lines, which say what the figures are."""
    return [[name, zh, en] for name, zh, en in parts.about]


def heading_rows(parts: Parts) -> list[list[str]]:
    """Return the heading row and the lines that describe the columns."""
    first = [*LABELS, *(column.code for column in parts.columns)]
    described = [name for name in LABELS if name not in ("code", "unit")]
    blank = [""] * (len(LABELS) - 1)
    return [first] + [
        [f"column_{name}", *blank, *(getattr(column, name) for column in parts.columns)]
        for name in described
    ]


def figure_rows(parts: Parts) -> Iterator[list[Any]]:
    """Yield the rows of figures, each with its label; None where there is no cell."""
    for label, values in zip(parts.rows, parts.values, strict=True):
        yield [
            *(getattr(label, name) for name in LABELS),
            *(None if value != value else value for value in values.tolist()),
        ]


def is_own(grid: Grid) -> bool:
    """Tell whether a sheet holds the first lines of the layout."""
    return bool(grid.cells and grid.cells[0] and text_of(grid.cells[0][0]) == MARK)


def grid_parts(grids: Sequence[Grid]) -> Parts:
    """Read the layout from one sheet, or from the sheets ``about`` and ``table`` of a workbook.

    Raises : InputError for a missing sheet or line, and for cells that hold no figure
    """
    about = next(grid for grid in grids if is_own(grid))
    table = next((grid for grid in grids if _heading(grid) is not None), None)
    start = None if table is None else _heading(table)
    if table is None or start is None:
        raise InputError(
            Text(
                f"{about.name}：没有以 part 开头的表头行",
                f"{about.name}: no heading row that begins with part",
            ),
            remedy=Text(
                f"请给出完整的文件，工作簿须有 {TABLE_SHEET} 工作表。",
                f"Give the whole file; a workbook needs the sheet {TABLE_SHEET}.",
            ),
        )
    end = start if about is table else len(about.cells)
    stated = [[text_of(cell) for cell in row[:3]] for row in about.cells[:end]]
    lines = tuple((*row, "", "", "")[:3] for row in stated if row and row[0])
    return _parts(table, start, lines)


def _heading(grid: Grid) -> int | None:
    for place, row in enumerate(grid.cells):
        if [text_of(cell) for cell in row[: len(LABELS)]] == list(LABELS):
            return place
    return None


def _parts(grid: Grid, start: int, about: tuple[tuple[str, ...], ...]) -> Parts:
    width = len(grid.cells[start])
    while width > len(LABELS) and not text_of(grid.cells[start][width - 1]):
        width -= 1
    described: dict[str, list[str]] = {"code": _words(grid.cells[start], width)[len(LABELS) :]}
    rows: list[Label] = []
    values: list[Any] = []
    findings: list[Finding] = []
    for place, cells in enumerate(grid.cells[start + 1 :], start + 1):
        words = _words(cells, len(LABELS))
        if words[0].startswith("column_"):
            described[words[0].removeprefix("column_")] = _words(cells, width)[len(LABELS) :]
        elif any(words) or any(text_of(cell) for cell in cells):
            rows.append(Label(*words))
            values.append(_figures(cells, place, width, described["code"], findings))
            if len(cells) > width and any(text_of(cell) for cell in cells[width:]):
                problem = Text("这一行比表头长", "this row is longer than the heading row")
                findings.append(Finding(problem, place + 1))
    if findings:
        raise refuse(grid.name, findings)
    columns = [
        Label(**{name: words[k] for name, words in described.items() if name in LABELS})
        for k in range(width - len(LABELS))
        if "part" in described
    ]
    figures = np.array(values).reshape(len(rows), -1)
    return Parts(
        tuple((row[0], row[1], row[2]) for row in about),
        tuple(rows),
        tuple(columns),
        figures[:, : len(columns)],
    )


def _words(cells: Sequence[Any], width: int) -> list[str]:
    words = [text_of(cell) for cell in cells[:width]]
    return words + [""] * (width - len(words))


def _figures(
    cells: Sequence[Any], place: int, width: int, codes: list[str], findings: list[Finding]
) -> Any:
    """Return the figures of one row, NaN where a cell is empty."""
    there = [*cells[len(LABELS) : width], *[""] * (width - max(len(cells), len(LABELS)))]
    plain = plain_numbers(there) if there else np.zeros(0)
    if plain is None:
        numbers = [number_of(cell) for cell in there]
        for cell, number, code in zip(there, numbers, codes, strict=True):
            if number is None:
                shown = text_of(cell)[:40]
                problem = Text(f"不是数：{shown}", f"not a number: {shown}")
                findings.append(Finding(problem, place + 1, code, shown))
        plain = np.array([np.nan if number is None else number for number in numbers])
    for k in np.flatnonzero(np.abs(plain) >= _TOO_LARGE):
        problem = Text("数过大", "the number is too large")
        findings.append(Finding(problem, place + 1, codes[k], text_of(there[k])[:40]))
    return plain
