"""The mapping of a file: what each of its columns means, to be shown, edited and remembered."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.indicators import indicators
from xinzhi.data.names import name_key
from xinzhi.data.units import lookup_unit

VALUE, SKIP, TABLE = "value", "skip", "table"
NAMES = ("region", "year", "indicator", "unit", "source", "status", "vintage", TABLE)
ROLES = (*NAMES, VALUE, SKIP)
_MAX_BYTES = 10_000_000
_YEAR_IN_HEADING = re.compile(r"(?<!\d)[12]\d{3}(?!\d)年?(?:度|末)?")
_ROLE_TEXT = {
    "region": Text("地区", "region"),
    "year": Text("年份", "year"),
    "indicator": Text("指标名", "indicator"),
    "unit": Text("单位", "unit"),
    "source": Text("来源", "source"),
    "status": Text("状态", "status"),
    "vintage": Text("版本", "vintage"),
    TABLE: Text("表", "table"),
    VALUE: Text("数值", "value"),
    SKIP: Text("不读取", "not read"),
}


@dataclass(frozen=True)
class ColumnMapping:
    """What one column is.

    place : of the column, counted from 0
    heading : all its levels, joined by " / "
    role : region, year, indicator, unit, source, status, vintage, value, skip, or table: which of
        several tables a row is from, where one code stands for other figures in another table
    indicator, unit, year : of a column of values, where a column of their own does not give them
    """

    place: int
    heading: str
    role: str
    indicator: str = ""
    unit: str = ""
    year: int | None = None

    @property
    def yearless(self) -> str:
        """Return what next year's heading will share with this one."""
        return name_key(_YEAR_IN_HEADING.sub("", self.heading))


@dataclass(frozen=True)
class IndicatorMapping:
    """What a name in the column of indicators means, in a table of one region.

    name : as printed, below the names it belongs to, with its unit:
        ``地区生产总值·第一产业增加值（亿元）``
    indicator, unit : what it is read as
    """

    name: str
    indicator: str
    unit: str = ""


@dataclass(frozen=True)
class TableMapping:
    """What one sheet, or one text file, holds.

    headings : first and last row of the headings, counted from 1
    region : of all figures, where no column gives it
    region_from : "title" if the region was read from the title and next year's will be too
    year : of all figures, where neither column nor heading gives it
    year_from : "title" if the year was read from the title and next year's will be too
    vintage : what the figures' vintage is called; the file's stem if empty
    fill_down : roles whose blank cells repeat the cell above, as merged cells do
    leave_out : names of rows that are no regions
    rows : which rows are totals and notes, as far as the mapping's reader need know
    notes : what of the table is not read
    indicators : what the names in the rows mean, in a table of one region
    title : what tables of one region and the same form are called from year to year
    """

    sheet: str
    headings: tuple[int, int]
    columns: tuple[ColumnMapping, ...]
    year: int | None = None
    year_from: str = ""
    vintage: str = ""
    fill_down: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    rows: tuple[Text, ...] = ()
    notes: tuple[Text, ...] = ()
    region: str = ""
    region_from: str = ""
    indicators: tuple[IndicatorMapping, ...] = ()
    title: str = ""

    def of(self, role: str) -> tuple[ColumnMapping, ...]:
        """Return the columns of a role."""
        return tuple(column for column in self.columns if column.role == role)

    @property
    def of_one_region(self) -> bool:
        """Tell whether no column names the regions."""
        return not self.of("region")

    @property
    def signature(self) -> str:
        """Return what tables of the same form share from year to year, as sha256 in hex.

        Nearly all tables of one region have the same headings: their titles tell them apart.
        """
        known = {
            (c.yearless, "" if c.yearless else name_key(c.indicator))
            for c in self.columns
            if c.role != SKIP or c.heading
        }
        if self.of_one_region:
            known.add(("title", self.title))
        return hashlib.sha256(json.dumps(sorted(known)).encode()).hexdigest()


@dataclass(frozen=True)
class Mapping:
    """What a file holds, table by table; ``passed_over`` names sheets that are no tables."""

    file: str
    tables: tuple[TableMapping, ...]
    passed_over: tuple[tuple[str, Text], ...] = ()

    def to_toml(self) -> str:
        """Return the mapping as TOML that ``from_toml`` reads back, for the user to edit."""
        lines = [
            "# role: " + ", ".join(ROLES),
            f"file = {_quoted(self.file)}",
        ]
        for table in self.tables:
            lines += ["", "[[table]]", f"sheet = {_quoted(table.sheet)}"]
            lines.append(f"headings = [{table.headings[0]}, {table.headings[1]}]")
            if table.of_one_region:
                lines.append(f"region = {_quoted(table.region)}")
            if table.year is not None:
                lines.append(f"year = {table.year}")
            for key in ("region_from", "year_from", "vintage"):
                if getattr(table, key):
                    lines.append(f"{key} = {_quoted(getattr(table, key))}")
            for key in ("fill_down", "leave_out"):
                if getattr(table, key):
                    lines.append(f"{key} = [{', '.join(map(_quoted, getattr(table, key)))}]")
            for column in table.columns:
                lines += ["", *_column_lines(column)]
            for entry in table.indicators:
                lines += ["", *_indicator_lines(entry)]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str, name: str = "map.toml") -> Mapping:
        """Read a mapping from TOML.

        name : what messages call the file
        Raises : InputError, listing every problem of the file
        """
        # The reader builds what this module defines.
        from xinzhi.data.mapping_reader import parse_mapping

        return parse_mapping(text, name)

    def describe(self) -> Text:
        """Return what is understood of the file, a line for each column, in both languages."""
        zh: list[str] = []
        en: list[str] = []
        for table in self.tables:
            for line in _table_lines(self.file, table):
                zh.append(line.zh)
                en.append(line.en)
        for sheet, reason in self.passed_over:
            zh.append(f"工作表 {sheet}：不读取（{reason.zh}）")
            en.append(f"sheet {sheet}: not read ({reason.en})")
        return Text("\n".join(zh), "\n".join(en))


def read_mapping(path: str | Path) -> Mapping:
    """Read a mapping from a TOML file.

    Raises : InputError for a file that is missing, too large or not UTF-8, and as ``from_toml``
    """
    place = Path(path)
    advice = Text("请检查路径，以 UTF-8 保存。", "Check the path, and save it as UTF-8.")
    try:
        if not place.is_file():
            raise ValueError("no such file")
        if place.stat().st_size > _MAX_BYTES:
            raise ValueError(f"larger than {_MAX_BYTES // 1_000_000} MB")
        text = place.read_bytes().decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise InputError(
            Text(f"{place}：不能读取映射（{error}）", f"{place}: no mapping to read ({error})"),
            remedy=advice,
        ) from None
    return Mapping.from_toml(text, place.name)


def letters_of(place: int) -> str:
    """Return a column's letters in a spreadsheet: 0 → A, 26 → AA."""
    letters = ""
    number = place + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(letters: str) -> int | None:
    """Return the place of a column from its letters, None if they are none."""
    if not re.fullmatch(r"[A-Za-z]{1,3}", letters):
        return None
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _quoted(text: str) -> str:
    # JSON escapes are TOML's too; TOML also wants DEL escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _column_lines(column: ColumnMapping) -> Iterator[str]:
    yield "[[table.column]]"
    yield f'at = "{letters_of(column.place)}"'
    yield f"heading = {_quoted(column.heading)}"
    yield f'role = "{column.role}"'
    if column.indicator:
        yield f"indicator = {_quoted(column.indicator)}"
    if column.unit:
        yield f"unit = {_quoted(column.unit)}"
    if column.year is not None:
        yield f"year = {column.year}"


def _indicator_lines(entry: IndicatorMapping) -> Iterator[str]:
    yield "[[table.indicator]]"
    yield f"name = {_quoted(entry.name)}"
    yield f"indicator = {_quoted(entry.indicator)}"
    if entry.unit:
        yield f"unit = {_quoted(entry.unit)}"


def _table_lines(file: str, table: TableMapping) -> Iterator[Text]:
    first, last = table.headings
    sheet = (f"，工作表 {table.sheet}", f", sheet {table.sheet}") if table.sheet else ("", "")
    rows = (
        (f"第 {first} 行", f"row {first}")
        if first == last
        else (
            f"第 {first}—{last} 行",
            f"rows {first} to {last}",
        )
    )
    yield Text(f"{file}{sheet[0]}：表头在{rows[0]}", f"{file}{sheet[1]}: headings in {rows[1]}")
    for column in table.columns:
        yield _described(column)
    for entry in table.indicators:
        meant = _meaning(entry.indicator, entry.unit)
        yield Text(
            f"  {entry.name} → {'，'.join(meant[0])}", f"  {entry.name} → {', '.join(meant[1])}"
        )
    if table.of_one_region:
        given = _origin(table.region_from) if table.region else Text("未写明", "not stated")
        yield Text(f"  地区：{table.region}{given.zh}", f"  region: {table.region}{given.en}")
    if table.year is not None:
        origin = _origin(table.year_from)
        yield Text(f"  年份：{table.year}{origin.zh}", f"  year: {table.year}{origin.en}")
    if table.fill_down:
        shown = [_ROLE_TEXT[role] for role in table.fill_down]
        zh, en = "、".join(t.zh for t in shown), ", ".join(t.en for t in shown)
        yield Text(f"  空白处沿用上一行：{zh}", f"  blank cells repeat the cell above: {en}")
    if table.leave_out:
        names = listed(table.leave_out, 12)
        yield Text(f"  不读取的行：{names.zh}", f"  rows left out: {names.en}")
    if table.vintage:
        yield Text(f"  版本：{table.vintage}", f"  vintage: {table.vintage}")
    for note in (*table.rows, *table.notes):
        yield Text(f"  {note.zh}", f"  {note.en}")


def _origin(read_from: str) -> Text:
    return Text("（取自标题）", " (from the title)") if read_from == "title" else Text("", "")


def _meaning(indicator: str, unit: str) -> tuple[list[str], list[str]]:
    """Return the words for an indicator and its unit, in both languages."""
    zh, en = [], []
    if indicator:
        info = indicators().get(indicator)
        zh += [info.title.zh, info.id] if info else [indicator]
        en += [info.title.en, info.id] if info else [indicator]
    known = lookup_unit(unit) if unit else None
    zh.append(known.title.zh if known else unit)
    en.append(known.id if known else unit)
    return [word for word in zh if word], [word for word in en if word]


def _described(column: ColumnMapping) -> Text:
    heading = column.heading or "—"
    role = _ROLE_TEXT[column.role]
    zh, en = [role.zh], [role.en]
    if column.role == VALUE:
        meant = _meaning(column.indicator, column.unit)
        zh, en = (
            (meant[0] or zh, meant[1] or en) if column.indicator else (zh + meant[0], en + meant[1])
        )
        if column.year is not None:
            zh.append(str(column.year))
            en.append(str(column.year))
    at = letters_of(column.place)
    return Text(
        f"  {at} {heading} → {'，'.join(word for word in zh if word)}",
        f"  {at} {heading} → {', '.join(word for word in en if word)}",
    )
