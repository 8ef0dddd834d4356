"""Pairwise comparisons as files: the form to fill in, and reading it back.

A block of cells is one group: the corner names the group, the first row and the first column its
members, by id or by title. Blank rows part the blocks; between them, a line of one or two cells is
a note.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Language, Text, replacing
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.measure import comparison_groups

if TYPE_CHECKING:
    from xinzhi.data import IndicatorSystem

_LEAST_HEAD = 3  # cells of the first row of a block: the group and two members
_SHEET = "比较 comparisons"
_NOTES = (
    Text(
        "每格填：左边的一项比上边的一项重要几倍，1 至 9，反过来时填 1/2 至 1/9。",
        "In each cell: how many times as important the item on the left is as the one above, "
        "1 to 9, or 1/2 to 1/9 the other way round.",
    ),
    Text(
        "只填白色的格；1 同样重要，3 略重要，5 明显重要，7 强烈重要，9 极端重要。",
        "Fill in the white cells only; 1 equal, 3 moderate, 5 strong, 7 very strong, 9 extreme "
        "importance.",
    ),
)
_FRACTION = "# ?/?"  # so that a spreadsheet takes 1/3 for a number and not for a date


def write_judgement_form(
    system: IndicatorSystem, path: Path, lang: Language = "en", force: bool = False
) -> None:
    """Write an Excel form that asks for the comparisons of every group of a system.

    Raises : InputError if the file does not end in .xlsx, exists and ``force`` is false, or a
        group has too many members to be compared
    """
    if path.suffix.lower() != ".xlsx":
        raise InputError(
            Text(f"{path}：填报表是 Excel 工作簿", f"{path}: the form is an Excel workbook"),
            remedy=Text("请用 .xlsx 结尾。", "Let the name end in .xlsx."),
        )
    groups = comparison_groups(system)
    # Loaded only when a workbook is written.
    import xlsxwriter

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with replacing(path, force) as temporary, xlsxwriter.Workbook(temporary, options) as book:
        sheet = book.add_worksheet(_SHEET)
        bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
        asked = book.add_format({"num_format": _FRACTION, "border": 1})
        shut = book.add_format({"num_format": _FRACTION, "border": 1, "bg_color": "#d5dae0"})
        sheet.set_column(0, max(map(len, groups.values())), 24)
        row = 0
        for note in _NOTES:
            sheet.write_string(row, 0, note.get(lang))
            row += 1
        nodes = _labels(system, [node.id for node in system.nodes], lang)
        for group, members in groups.items():
            row += 1
            labels = _labels(system, members, lang)
            sheet.write_string(row, 0, nodes[group], bold)
            for place, member in enumerate(members, 1):
                sheet.write_string(row, place, labels[member], bold)
                sheet.write_string(row + place, 0, labels[member], bold)
                for column in range(1, place):
                    sheet.write_blank(row + place, column, None, shut)
                sheet.write_number(row + place, place, 1, shut)
                for column in range(place + 1, len(members) + 1):
                    sheet.write_blank(row + place, column, None, asked)
            row += len(members) + 1


def read_judgements(
    path: Path, system: IndicatorSystem
) -> tuple[dict[str, pd.DataFrame], InputRecord]:
    """Read the comparisons of every group from an Excel or CSV file, all sheets of a workbook.

    Returns : node id → the group's table, names as ids where the system knows them; and the record
        of the file
    Raises : InputError for a file that cannot be read, holds no comparisons, names a group twice
        or not at all, or in which a spreadsheet has turned a fraction into a date
    """
    sheets = open_sheets(path)
    tables: dict[str, pd.DataFrame] = {}
    problems: list[Text] = []
    for grid in sheets:
        for row, block in _blocks(grid):
            place = _place(grid, row)
            group = _named(block[0][0], [node.id for node in system.nodes], system)
            if not group:
                problems.append(
                    Text(
                        f"{place.zh}：左上角应写组名",
                        f"{place.en}: the corner must name the group",
                    )
                )
            elif group in tables:
                problems.append(
                    Text(f"{place.zh}：{group} 组重复", f"{place.en}: group {group} comes twice")
                )
            else:
                problems += _dates(grid, row, block)
                tables[group] = _table(block, group, system)
    if not tables and not problems:
        problems.append(Text("没有成对比较", "there are no comparisons"))
    if problems:
        raise InputError(
            Text(f"{path.name}：成对比较有误", f"{path.name}: the comparisons are not valid"),
            problems,
            Text(
                f"可先生成填报表：xinzhi data template FILE.xlsx --ahp --system {system.id}",
                f"Get the form by xinzhi data template FILE.xlsx --ahp --system {system.id}",
            ),
        )
    rows = sum(len(grid.cells) for grid in sheets)
    return tables, InputRecord(path.name, sheets[0].sha256, rows)


def _labels(system: IndicatorSystem, names: Sequence[str], lang: Language) -> dict[str, str]:
    """Return what a name is called in the form: its title where no other shares it, else its id."""
    titles = {name: system.title_of(name).get(lang).strip() for name in names}
    shared = list(titles.values())
    return {n: title if title and shared.count(title) == 1 else n for n, title in titles.items()}


def _named(cell: Any, names: Sequence[str], system: IndicatorSystem) -> str:
    """Return the id that a cell names by id or title; its own text where it names none."""
    text = _text(cell)
    if text in names:
        return text
    titled = [name for name in names if text and text in map(str.strip, system.title_of(name))]
    return titled[0] if len(titled) == 1 else text


def _blocks(grid: Grid) -> Iterator[tuple[int, list[list[Any]]]]:
    """Yield each block of rows with the number of its first row, from 1."""
    block: list[list[Any]] = []
    for row, cells in enumerate([*grid.cells, []], 1):
        filled = sum(bool(_text(cell)) for cell in cells)
        if not filled:
            if block:
                yield row - len(block), block
            block = []
        elif block or filled >= _LEAST_HEAD or not _text(cells[0]):
            block.append(cells)


def _table(block: list[list[Any]], group: str, system: IndicatorSystem) -> pd.DataFrame:
    children = system.children(group)
    heads = [_text(cell) for cell in block[0]]
    width = max(place for place, head in enumerate(heads) if head)
    rows = [[*cells, *[None] * width][: width + 1] for cells in block[1:]]
    return pd.DataFrame(
        [cells[1:] for cells in rows],
        index=[_named(cells[0], children, system) for cells in rows],
        columns=[_named(head, children, system) for head in heads[1 : width + 1]],
        dtype=object,
    )


def _dates(grid: Grid, row: int, block: list[list[Any]]) -> list[Text]:
    """Name the cells in which a spreadsheet has turned a fraction such as 1/3 into a date."""
    problems = []
    for down, cells in enumerate(block):
        for across, cell in enumerate(cells):
            if isinstance(cell, (date, time)):
                place = _place(grid, row + down)
                problems.append(
                    Text(
                        f"{place.zh}第 {across + 1} 列：{cell} 是日期；分数请写作 0.333，"
                        "或先把单元格设为文本",
                        f"{place.en}, column {across + 1}: {cell} is a date; write the fraction "
                        "as 0.333, or make the cell text first",
                    )
                )
    return problems


def _place(grid: Grid, row: int) -> Text:
    if not grid.title:
        return Text(f"第 {row} 行", f"row {row}")
    return Text(f"工作表 {grid.title} 第 {row} 行", f"sheet {grid.title}, row {row}")


def _text(cell: Any) -> str:
    return "" if cell is None else str(cell).strip()
