"""The cells of an input–output table by code: its rows, its columns, and what is wrong in them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.cells import number_of, plain_numbers, text_of
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.headers import split_unit, words_of
from xinzhi.data.names import compact
from xinzhi.data.tables import Grid
from xinzhi.data.units import find_unit

Array = NDArray[np.float64]

_SEARCHED_ROWS = 20
_LEAST_COLUMNS = 4
# More digits than these are those of computed figures, not of rounded ones.
_PRINTED_DECIMALS = 6
_TOO_LARGE = 1e100
_MANGLED = re.compile(r"X(\d+)")  # R writes X in front of a heading that begins with a digit
_STATED_UNIT = re.compile(r"(?:单位|unit)\s*[:：]\s*([^（）()，,；;]+)", re.IGNORECASE)
_FOOTNOTES = ("注", "说明", "资料来源", "数据来源", "来源", "note", "source", "*")
_TEXT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "代码", "部门代码"),
    "title_en": ("description", "title", "name"),
    "title_zh": ("descriptioninchinese", "名称", "部门名称", "部门"),
    "origin": ("origin", "来源地"),
    "unit": ("unit", "单位", "计量单位"),
}
_MEANING = {word: column for column, words in _TEXT_COLUMNS.items() for word in words}


@dataclass(eq=False)
class Block:
    """The part of a sheet below its headings.

    heading_row : place of the headings in ``cells``
    texts : code, title_en, title_zh, origin, unit → column
    columns : code of a column of figures → column
    rows : (code, place in ``cells``) of every row, in order
    unit : id of the unit that the file states, "" if it states none
    findings : problems of single cells, gathered while they are read
    decimals : most digits after the point in any figure read so far
    """

    name: str
    cells: Sequence[Sequence[Any]]
    heading_row: int
    texts: Mapping[str, int]
    columns: Mapping[str, int]
    rows: tuple[tuple[str, int], ...]
    unit: str = ""
    findings: list[Finding] = field(default_factory=list)
    decimals: int = 0

    @property
    def rounding(self) -> float:
        """Return half a unit of the last printed digit; zero where figures are not rounded."""
        return 0.0 if self.decimals > _PRINTED_DECIMALS else 0.5 * 10.0**-self.decimals

    def text(self, row: int, column: str) -> str:
        """Return what stands in a column of words, "" if there is no such column."""
        place = self.texts.get(column)
        cells = self.cells[row]
        return "" if place is None or place >= len(cells) else text_of(cells[place])

    def title(self, row: int) -> Text:
        """Return the title of a row; one language stands for both."""
        zh, en = self.text(row, "title_zh"), self.text(row, "title_en")
        return Text(zh or en, en or zh)

    def numbers(self, rows: Sequence[int], columns: Sequence[str], blank: bool = False) -> Array:
        """Return (rows, columns) figures; a cell that holds none is NaN and becomes a finding.

        blank : an empty cell is no problem, as in the rows of totals
        """
        places = [self.columns[column] for column in columns]
        values = np.empty((len(rows), len(places)))
        for k, row in enumerate(rows):
            there = self.cells[row]
            cells = [there[place] if place < len(there) else "" for place in places]
            plain = plain_numbers(cells)
            values[k] = (
                plain
                if plain is not None
                else [math.nan if (n := number_of(cell)) is None else n for cell in cells]
            )
            for place in np.flatnonzero(~(np.abs(values[k]) < _TOO_LARGE)).tolist():
                self._note(row, columns[place], cells[place], blank)
                values[k, place] = np.nan
            self.decimals = max(self.decimals, *map(_decimals, cells), 0)
        return values

    def _note(self, row: int, column: str, cell: Any, blank: bool) -> None:
        number = number_of(cell)
        shown = text_of(cell)
        if number is not None and math.isnan(number):
            if blank:
                return
            problem = Text("没有数；零须写成 0", "no figure; a zero must be written as 0")
        elif number is None:
            shown = shown if len(shown) <= 40 else shown[:40] + "…"
            problem = Text(f"不是数：{shown}", f"not a number: {shown}")
        else:
            problem = Text(f"数过大：{shown}", f"the number is too large: {shown}")
        heading = words_of(self.cells[self.heading_row][self.columns[column]])
        self.findings.append(Finding(problem, row + 1, heading, shown))

    def check_total(
        self,
        total: Array,
        parts: Array,
        rows: Sequence[int],
        columns: Sequence[str],
        terms: int,
    ) -> None:
        """Note every printed total that differs from the sum of its parts; NaN is not checked.

        total, parts : (rows, columns) as printed, and as they add up from ``terms`` figures
        """
        noise = 1e-12 * np.abs(np.nan_to_num(total)).max(initial=0.0)
        allowed = 1e-6 * np.abs(total) + self.rounding * (terms + 1) + noise
        for k, j in np.argwhere(np.abs(total - parts) > allowed):
            row, column = rows[k], columns[j]
            problem = Text(
                f"合计为 {total[k, j]:,.10g}，各部分之和为 {parts[k, j]:,.10g}，"
                f"相差 {total[k, j] - parts[k, j]:,.6g}",
                f"the total is {total[k, j]:,.10g}, its parts sum to {parts[k, j]:,.10g}, "
                f"a difference of {total[k, j] - parts[k, j]:,.6g}",
            )
            code = self.text(row, "code")
            zh, en = self.title(row)
            where = Text(
                f"{code} {zh}：".replace(" ：", "："), f"{code} {en}: ".replace(" : ", ": ")
            )
            self.findings.append(
                Finding(Text(where.zh + problem.zh, where.en + problem.en), row + 1, column)
            )

    def refuse_findings(self) -> None:
        """Raise the InputError of what was found, if anything was."""
        if self.findings:
            raise refuse(self.name, sorted(self.findings, key=lambda found: int(found.row or 0)))


def has_codes(grid: Grid) -> bool:
    """Tell whether a sheet has a row of headings with a column of codes."""
    return _heading_row(grid.cells) is not None


def read_block(grid: Grid) -> Block:
    """Find headings, codes and stated units in a sheet.

    Raises : InputError for a heading or a row that comes twice, rows without a code, and several
        units in one table
    """
    place = _heading_row(grid.cells)
    assert place is not None, "has_codes is asked first"
    headings = [words_of(cell) for cell in grid.cells[place]]
    texts: dict[str, int] = {}
    columns: dict[str, int] = {}
    units: dict[str, str] = {}
    findings: list[Finding] = []
    for row in grid.cells[:place]:
        for cell in row:
            if stated := _STATED_UNIT.search(words_of(cell)):
                units.setdefault(find_unit(stated.group(1).strip()).id, words_of(cell))
    for column, heading in enumerate(headings):
        name, unit = split_unit(heading)
        meaning = _MEANING.get(compact(heading).casefold())
        code = _code(name)
        if unit:
            units.setdefault(find_unit(unit).id, heading)
        if not heading:
            continue
        if meaning in texts or code in columns:
            problem = Text("这一列重复", "this column comes twice")
            findings.append(Finding(problem, place + 1, heading))
        elif meaning is not None:
            texts[meaning] = column
        else:
            columns[code] = column
    rows: list[tuple[str, int]] = []
    for number, cells in enumerate(grid.cells[place + 1 :], place + 1):
        filled = [word for word in map(text_of, cells) if word]
        first = filled[0].casefold() if filled else ""
        if not filled or (len(filled) == 1 and first.startswith(_FOOTNOTES)):
            continue
        code = _code(cells[texts["code"]]) if texts["code"] < len(cells) else ""
        if not code:
            problem = Text("这一行没有代码", "this row has no code")
            findings.append(Finding(problem, number + 1))
        rows.append((code, number))
        if "unit" in texts and len(cells) > texts["unit"] and text_of(cells[texts["unit"]]):
            where = f"{text_of(cells[texts['unit']])} ({code})"
            units.setdefault(find_unit(text_of(cells[texts["unit"]])).id, where)
    if findings:
        raise refuse(grid.name, findings)
    if len(units) > 1:
        raise InputError(
            Text(f"{grid.name}：表中混用了单位", f"{grid.name}: the table mixes units"),
            [Text(f"{unit}：{where}", f"{unit}: {where}") for unit, where in units.items()],
            Text("请换算成一个单位。", "Convert the figures to one unit."),
        )
    width = max((len(code) for code in (*columns, *dict(rows)) if code.isdecimal()), default=0)
    padded = {_padded(code, width): column for code, column in columns.items()}
    if len(padded) < len(columns):
        raise InputError(
            Text(
                f"{grid.name}：补零后有部门列重复",
                f"{grid.name}: columns of sectors are the same once their zeros are put back",
            )
        )
    labels = tuple((_padded(code, width), number) for code, number in rows)
    return Block(grid.name, grid.cells, place, texts, padded, labels, next(iter(units), ""))


def check_doubled(block: Block, rows: Iterable[tuple[str, int]]) -> None:
    """Note every row whose code an earlier one has."""
    first: dict[str, int] = {}
    for code, number in rows:
        if code in first:
            problem = Text(
                f"部门 {code} 重复，已在第 {first[code] + 1} 行",
                f"sector {code} is doubled, row {first[code] + 1} has it already",
            )
            block.findings.append(Finding(problem, number + 1))
        first.setdefault(code, number)


def check_sectors(block: Block, rows: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse a table whose sectors in the rows are not those in the columns."""
    without_row = [code for code in columns if code not in rows]
    without_column = [code for code in rows if code not in columns]
    if not (without_row or without_column) and rows:
        return
    details = []
    if without_row:
        shown = listed(without_row, 12)
        details.append(
            Text(f"有列而没有行：{shown.zh}", f"in the columns but not in the rows: {shown.en}")
        )
    if without_column:
        shown = listed(without_column, 12)
        details.append(
            Text(f"有行而没有列：{shown.zh}", f"in the rows but not in the columns: {shown.en}")
        )
    raise InputError(
        Text(
            f"{block.name}：投入产出表的行与列不是同一组部门",
            f"{block.name}: rows and columns of the input–output table are not the same sectors",
        ),
        details,
        Text(
            "请检查文件是否被截断，或有行、列缺失、改名。",
            "Check whether the file was cut off, or rows or columns are missing or renamed.",
        ),
    )


def missing_parts(name: str, missing: Sequence[str], kind: Text) -> InputError:
    """Return the error of a table that lacks columns or rows which it needs."""
    shown = listed(missing, 12)
    return InputError(
        Text(f"{name}：缺少{kind.zh}：{shown.zh}", f"{name}: missing {kind.en}: {shown.en}"),
        remedy=Text(
            "请给出完整的投入产出表。", "Give the whole input–output table, with its headings."
        ),
    )


def _heading_row(cells: Sequence[Sequence[Any]]) -> int | None:
    for place, row in enumerate(cells[:_SEARCHED_ROWS]):
        words = [compact(words_of(cell)).casefold() for cell in row]
        if len([w for w in words if w]) >= _LEAST_COLUMNS and any(
            _MEANING.get(word) == "code" for word in words
        ):
            return place
    return None


def _code(cell: Any) -> str:
    code = compact(words_of(cell))
    mangled = _MANGLED.fullmatch(code)
    return mangled.group(1) if mangled else code


def _padded(code: str, width: int) -> str:
    """Return a code with the zeros that spreadsheets take from its front."""
    return code.zfill(width) if code.isdecimal() and code.isascii() else code


def _decimals(cell: Any) -> int:
    """Return the digits after the point of a figure as it is printed."""
    if isinstance(cell, str):
        number = number_of(cell)
        if number is None or not math.isfinite(number):
            return 0
        text = compact(cell).replace(",", "").replace("，", "")
        return _places(Decimal(text.replace("−", "-").replace("－", "-")))
    if isinstance(cell, (float, np.floating)) and math.isfinite(cell):
        return _places(Decimal(repr(float(cell))).normalize())
    return 0


def _places(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
