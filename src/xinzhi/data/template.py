"""A form to fill in: an Excel workbook that asks for the figures an indicator system needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text, replacing
from xinzhi.data.headers import split_unit
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.system import Indicator, IndicatorSystem
from xinzhi.data.units import find_unit, lookup_unit

DATA_SHEET = "数据 data"
NOTES_SHEET = "说明 notes"
_EXCEL_ROWS = 1_048_576
_TEXT_ONLY = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_WIDTHS = (24, 24, 44, 44, 44, 44, 44, 44)


@dataclass(frozen=True)
class _Asked:
    """One figure that is asked for: its id, what its column is called, and what it is for."""

    id: str
    heading: str
    title: Text
    used_by: tuple[Indicator, ...]


def write_template(
    system: IndicatorSystem,
    path: str | Path,
    regions: RegionSet | None = None,
    years: Iterable[int] = (),
    *,
    force: bool = False,
) -> None:
    """Write a form to fill in: a row for each region and year, a column for each figure.

    The columns are the panel indicators of the system's formulas, each with its unit in the
    heading; a second sheet says in both languages what each is for, its weakness and source.
    ``read_panel`` and ``import_files`` read the filled form.

    regions : by default China's 31 regions
    years : of the rows, at least one
    Raises : InputError if there is no year, the file does not end in .xlsx, exists and ``force`` is
        false, or a sheet cannot hold so many rows
    """
    target = Path(path)
    chosen = regions or load_region_set("china31")
    rows = [(name, year) for year in sorted(set(years)) for name in chosen.names]
    _check(target, rows)
    asked = _asked(system)
    # Loaded only when a workbook is written.
    import xlsxwriter

    with replacing(target, force) as temporary, xlsxwriter.Workbook(temporary, _TEXT_ONLY) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        _write_data(book.add_worksheet(DATA_SHEET), rows, asked, bold)
        _write_notes(book.add_worksheet(NOTES_SHEET), system, asked, bold, wrapped)


def _check(target: Path, rows: Sequence[tuple[str, int]]) -> None:
    if target.suffix.lower() != ".xlsx":
        raise InputError(
            Text(f"{target}：填报表是 Excel 工作簿", f"{target}: the form is an Excel workbook"),
            remedy=Text("请用 .xlsx 结尾。", "Let the name end in .xlsx."),
        )
    if not rows:
        raise InputError(
            Text("没有给出年份或地区", "no year or no region is given"),
            remedy=Text("请给出年份，如 2010:2023。", "Give the years, such as 2010:2023."),
        )
    if len(rows) >= _EXCEL_ROWS:
        raise InputError(
            Text(
                f"{len(rows):,} 行超过工作表的上限",
                f"{len(rows):,} rows are more than a sheet holds",
            ),
            remedy=Text("请减少年份或地区。", "Give fewer years or regions."),
        )


def _asked(system: IndicatorSystem) -> list[_Asked]:
    """Return the panel indicators that the formulas of a system need, each once."""
    users: dict[str, list[Indicator]] = {}
    for indicator in (*system.indicators, *system.side):
        for name in indicator.formula.names:
            users.setdefault(find_indicator(name) or name, []).append(indicator)
    return [_one_asked(name, tuple(used_by)) for name, used_by in users.items()]


def _one_asked(name: str, used_by: tuple[Indicator, ...]) -> _Asked:
    info = indicators().get(name)
    # An indicator that is its own formula says what its figure is counted in.
    own = next((i for i in used_by if i.formula.text.strip() == name), None)
    if info is not None:
        unit, title = info.unit, info.title
    elif own is not None:
        unit, title = own.unit.id, own.title
    else:
        unit, title = "", Text(name, name)
    return _Asked(name, _heading(name, title, unit), title, used_by)


def _heading(name: str, title: Text, unit: str) -> str:
    """Return title and unit in Chinese if they read back as this figure, else id and unit id."""
    if not unit:
        return name
    chinese = f"{title.zh}（{find_unit(unit).title.zh}）"
    words, inside = split_unit(chinese)
    understood = lookup_unit(inside)
    if find_indicator(words) == name and understood is not None and understood.id == unit:
        return chinese
    return f"{name} [{unit}]"


def _write_data(
    sheet: Any, rows: Sequence[tuple[str, int]], asked: Sequence[_Asked], bold: Any
) -> None:
    sheet.freeze_panes(1, 2)
    sheet.set_column(0, 0, 16)
    sheet.set_column(2, 1 + len(asked), 22)
    for place, heading in enumerate(("地区", "年份", *(figure.heading for figure in asked))):
        sheet.write_string(0, place, heading, bold)
    for place, figure in enumerate(asked, 2):
        sheet.write_comment(0, place, f"{figure.id}\n{figure.title.zh}\n{figure.title.en}")
    for row, (region, year) in enumerate(rows, 1):
        sheet.write_string(row, 0, region)
        sheet.write_number(row, 1, year)


def _write_notes(
    sheet: Any, system: IndicatorSystem, asked: Sequence[_Asked], bold: Any, wrapped: Any
) -> None:
    sheet.freeze_panes(1, 1)
    headings = (
        *("列 column", "用于 used by", "名称 / 用途", "title / why"),
        *("弱点", "weakness", "出处", "source"),
    )
    for place, (heading, width) in enumerate(zip(headings, _WIDTHS, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, bold)
    row = 0
    for figure in asked:
        for indicator in figure.used_by:
            row += 1
            for place, text in enumerate(_note(figure, indicator)):
                sheet.write_string(row, place, text, wrapped)
    for words in (system.title, system.source, system.note):
        if words.zh or words.en:
            row += 1
            sheet.write_string(row, 2, words.zh, wrapped)
            sheet.write_string(row, 3, words.en, wrapped)


def _note(figure: _Asked, indicator: Indicator) -> tuple[str, ...]:
    info = indicators().get(figure.id)
    caution = info.note if info is not None and info.note is not None else Text("", "")
    return (
        figure.heading,
        f"{indicator.id} = {indicator.formula.text}",
        _joined(figure.title.zh, indicator.title.zh, indicator.why.zh),
        _joined(figure.title.en, indicator.title.en, indicator.why.en),
        _joined(indicator.weakness.zh, caution.zh),
        _joined(indicator.weakness.en, caution.en),
        indicator.source.zh,
        indicator.source.en,
    )


def _joined(*texts: str) -> str:
    return "\n".join(dict.fromkeys(text for text in texts if text))
