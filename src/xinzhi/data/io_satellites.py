"""Satellite accounts of an input–output table from a file: employment, emissions, energy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import number_of, text_of
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.headers import split_unit, words_of
from xinzhi.data.io_table import IOTable, Satellite
from xinzhi.data.names import compact
from xinzhi.data.tables import Grid, open_grid
from xinzhi.data.units import lookup_unit, suggest_unit

_MEANING = {
    **dict.fromkeys(("code", "代码", "部门代码", "sector", "sectorcode"), "code"),
    **dict.fromkeys(("region", "地区"), "region"),
    **dict.fromkeys(
        ("title", "titlezh", "titleen", "name", "description", "部门", "部门名称", "名称"), "title"
    ),
}
_FORM = Text(
    "列为 code（多地区表另加 region）和各个账户，账户名后用方括号写单位："
    "code, employment [10k_persons], co2 [tonnes]。",
    "Give a column code (and region for a table of many) and one column per account with its unit "
    "in brackets: code, employment [10k_persons], co2 [tonnes].",
)


def read_satellites(path: str | Path, table: IOTable) -> IOTable:
    """Return the table with the satellite accounts of a CSV, TSV or XLSX file.

    The first row holds headings: ``code``, in a table of many regions also ``region``, and one
    column per account, its name with the unit in brackets. Every sector of the table has one row
    in any order; columns of titles are passed over. An account replaces one of the same name.

    Raises : InputError naming rows, columns and sectors: a file that cannot be read, no column of
        codes, a heading without a known unit, an account or sector that comes twice, sectors that
        are unknown or missing, cells without a figure
    """
    grid = open_grid(path)
    sheet = _Sheet(grid, table)
    accounts, places = sheet.accounts(), sheet.places()
    values = {column: sheet.figures(column, places) for column in accounts}
    if sheet.findings:
        raise refuse(grid.name, sheet.findings, _FORM)
    for column, account in accounts.items():
        table = table.with_satellite(account, values[column])
    record = InputRecord(grid.name, grid.sha256, len(places))
    return replace(
        table,
        inputs=(*table.inputs, record),
        assumptions=(*table.assumptions, *grid.warnings),
    )


@dataclass
class _Sheet:
    """One sheet of accounts, and what is wrong with it.

    head : place of the headings; labels : meaning → column
    """

    grid: Grid
    table: IOTable
    findings: list[Finding] = field(default_factory=list)
    head: int = field(init=False)
    labels: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        cells = self.grid.cells
        self.head = next(place for place, row in enumerate(cells) if any(map(text_of, row)))
        meanings = [_MEANING.get(_key(cell)) for cell in cells[self.head]]
        self.labels = {m: meanings.index(m) for m in ("code", "region") if m in meanings}
        needed = ["code", *(["region"] if len(self.table.regions) > 1 else [])]
        if absent := [name for name in needed if name not in self.labels]:
            shown = listed(map(words_of, cells[self.head]), 10)
            raise InputError(
                Text(
                    f"{self.grid.name}：没有 {'、'.join(absent)} 列；表头：{shown.zh}",
                    f"{self.grid.name}: no column {', '.join(absent)}; headings: {shown.en}",
                ),
                remedy=_FORM,
            )

    def accounts(self) -> Mapping[int, Satellite]:
        """Return column → account of every column that is no label."""
        found: dict[int, Satellite] = {}
        for column, cell in enumerate(self.grid.cells[self.head]):
            heading = words_of(cell)
            if not heading or _key(cell) in _MEANING:
                continue
            name, unit = split_unit(heading)
            known = lookup_unit(unit) if unit else None
            if known is None:
                problem = Text("方括号内没有单位", "no unit in brackets")
                if unit:
                    problem = Text(f"未知单位 {unit}", f"unknown unit {unit}")
                near = suggest_unit(unit) if unit else None
                self._note(problem, column=heading, suggestion=near)
            elif name in {account.code for account in found.values()}:
                self._note(Text("账户重复", "the account comes twice"), column=heading)
            else:
                found[column] = Satellite(name, Text(name, name), known.id)
        if not found and not self.findings:
            self._note(Text("没有账户列", "there is no column of an account"))
        return found

    def places(self) -> Mapping[int, int]:
        """Return row of the file → place of its region-sector in the table."""
        order = {label: place for place, label in enumerate(self.table.labels)}
        width = max((len(code) for code in self.table.codes if code.isdecimal()), default=0)
        found: dict[int, int] = {}
        first: dict[int, int] = {}
        for row, cells in self._rows():
            code = text_of(cells[self.labels["code"]])
            if code.isdecimal() and code not in self.table.codes:
                code = code.zfill(width)  # spreadsheets take zeros from the front
            region = self.table.regions[0]
            if len(self.table.regions) > 1:
                region = text_of(cells[self.labels["region"]])
            place = order.get((region, code))
            name = " ".join(part for part in (region, code) if part)
            if place is None:
                self._note(Text(f"表中没有部门 {name}", f"the table has no sector {name}"), row)
            elif place in first:
                self._note(
                    Text(
                        f"部门 {name} 重复，已在第 {first[place]} 行",
                        f"sector {name} is doubled, row {first[place]} has it already",
                    ),
                    row,
                )
            else:
                first[place] = row
                found[row] = place
        absent = [" ".join(filter(None, label)) for label, p in order.items() if p not in first]
        if absent:
            shown = listed(absent, 12)
            self._note(Text(f"缺少部门 {shown.zh}", f"sectors are missing: {shown.en}"))
        return found

    def figures(self, column: int, places: Mapping[int, int]) -> NDArray[np.float64]:
        """Return (N,) the figures of one account, in the order of the table."""
        values = np.zeros(self.table.size)
        heading = words_of(self.grid.cells[self.head][column])
        for row, cells in self._rows():
            if row not in places:
                continue
            number = number_of(cells[column])
            shown = text_of(cells[column])[:40]
            if number is None or math.isinf(number):
                self._note(Text(f"不是数：{shown}", f"not a number: {shown}"), row, heading)
            elif math.isnan(number):
                problem = Text("没有数；零须写成 0", "no figure; a zero must be written as 0")
                self._note(problem, row, heading)
            else:
                values[places[row]] = number
        return values

    def _rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the number, from 1, and the cells of every filled row below the headings."""
        width = len(self.grid.cells[self.head])
        for row, cells in enumerate(self.grid.cells[self.head + 1 :], self.head + 2):
            if any(map(text_of, cells)):
                yield row, [*cells, *[""] * (width - len(cells))]

    def _note(
        self,
        problem: Text,
        row: int | None = None,
        column: str | None = None,
        suggestion: str | None = None,
    ) -> None:
        self.findings.append(Finding(problem, row, column, suggestion=suggestion))


def _key(cell: Any) -> str:
    return compact(words_of(cell)).casefold().replace("_", "")
