"""The mapping of a file: what each of its columns means, to be shown, edited and remembered."""

from __future__ import annotations

import difflib
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import YEARS
from xinzhi.data.findings import listed
from xinzhi.data.indicators import indicators
from xinzhi.data.names import name_key
from xinzhi.data.units import lookup_unit

VALUE, SKIP = "value", "skip"
NAMES = ("region", "year", "indicator", "unit", "source", "status", "vintage")
ROLES = (*NAMES, VALUE, SKIP)
_MAX_BYTES = 10_000_000
_FILLED = ("region", "year", "indicator")
_YEAR_IN_HEADING = re.compile(r"(?<!\d)[12]\d{3}(?!\d)年?(?:度|末)?")
_TABLE_KEYS = {
    *("sheet", "headings", "year", "year_from", "vintage", "fill_down", "leave_out", "column"),
}
_COLUMN_KEYS = {"at", "heading", "role", "indicator", "unit", "year"}
_ROLE_TEXT = {
    "region": Text("地区", "region"),
    "year": Text("年份", "year"),
    "indicator": Text("指标名", "indicator"),
    "unit": Text("单位", "unit"),
    "source": Text("来源", "source"),
    "status": Text("状态", "status"),
    "vintage": Text("版本", "vintage"),
    VALUE: Text("数值", "value"),
    SKIP: Text("不读取", "not read"),
}


@dataclass(frozen=True)
class ColumnMapping:
    """What one column is.

    place : of the column, counted from 0
    heading : all its levels, joined by " / "
    role : region, year, indicator, unit, source, status, vintage, value or skip
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
class TableMapping:
    """What one sheet, or one text file, holds.

    headings : first and last row of the headings, counted from 1
    year : of all figures, where neither column nor heading gives it
    year_from : "title" if the year was read from the title and next year's will be too
    vintage : what the figures' vintage is called; the file's stem if empty
    fill_down : roles whose blank cells repeat the cell above, as merged cells do
    leave_out : names of rows that are no regions
    rows : which rows are totals and notes, as far as the mapping's reader need know
    notes : what of the table is not read
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

    def of(self, role: str) -> tuple[ColumnMapping, ...]:
        """Return the columns of a role."""
        return tuple(column for column in self.columns if column.role == role)

    @property
    def signature(self) -> str:
        """Return what tables of the same form share from year to year, as sha256 in hex."""
        known = {
            (c.yearless, "" if c.yearless else name_key(c.indicator))
            for c in self.columns
            if c.role != SKIP or c.heading
        }
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
            if table.year is not None:
                lines.append(f"year = {table.year}")
            for key in ("year_from", "vintage"):
                if getattr(table, key):
                    lines.append(f"{key} = {_quoted(getattr(table, key))}")
            for key in ("fill_down", "leave_out"):
                if getattr(table, key):
                    lines.append(f"{key} = [{', '.join(map(_quoted, getattr(table, key)))}]")
            for column in table.columns:
                lines += ["", *_column_lines(column)]
        return "\n".join(lines) + "\n"

    @classmethod
    def from_toml(cls, text: str, name: str = "map.toml") -> Mapping:
        """Read a mapping from TOML.

        name : what messages call the file
        Raises : InputError, listing every problem of the file
        """
        return _Reader(name).read(text)

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
    if table.year is not None:
        origin = ("（取自标题）", " (from the title)") if table.year_from == "title" else ("", "")
        yield Text(f"  年份：{table.year}{origin[0]}", f"  year: {table.year}{origin[1]}")
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


def _described(column: ColumnMapping) -> Text:
    heading = column.heading or "—"
    role = _ROLE_TEXT[column.role]
    zh, en = [role.zh], [role.en]
    if column.role == VALUE and column.indicator:
        info = indicators().get(column.indicator)
        title = info.title if info else Text(column.indicator, column.indicator)
        zh, en = [title.zh], [title.en]
        if info:
            zh.append(info.id)
            en.append(info.id)
    if column.role == VALUE:
        unit = lookup_unit(column.unit) if column.unit else None
        zh.append(unit.title.zh if unit else column.unit)
        en.append(unit.id if unit else column.unit)
        if column.year is not None:
            zh.append(str(column.year))
            en.append(str(column.year))
    at = letters_of(column.place)
    return Text(
        f"  {at} {heading} → {'，'.join(word for word in zh if word)}",
        f"  {at} {heading} → {', '.join(word for word in en if word)}",
    )


class _Reader:
    """Reads one document and collects every problem."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Text] = []

    def read(self, text: str) -> Mapping:
        try:
            document = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise InputError(
                Text(
                    f"{self.name}：不是有效的 TOML（{error}）",
                    f"{self.name}: not valid TOML ({error})",
                ),
                remedy=Text(
                    "请改正，或重新生成映射。", "Correct it, or have the mapping made again."
                ),
            ) from None
        self.unknown_keys("", document, {"file", "table"})
        tables = self.entries("table", document.get("table"))
        found = [self.table(place, entry) for place, entry in enumerate(tables, 1)]
        if not found:
            self.problem("没有 [[table]]", "there is no [[table]]")
        if self.problems:
            count = len(self.problems)
            raise InputError(
                Text(
                    f"{self.name}：映射有 {count} 处错误",
                    f"{self.name}: the mapping has {count} problem(s)",
                ),
                self.problems,
                Text("改正后重试。", "Correct them and try again."),
            )
        return Mapping(str(document.get("file", "")), tuple(found))

    def problem(self, zh: str, en: str) -> None:
        self.problems.append(Text(zh, en))

    def entries(self, key: str, found: Any) -> list[dict[str, Any]]:
        if found is None:
            return []
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.problem(f"{key} 应写作 [[{key}]]", f"{key} must be written [[{key}]]")
            return []
        return found

    def unknown_keys(self, where: str, entry: Iterable[str], known: set[str]) -> None:
        for key in sorted(set(entry) - known):
            near = difflib.get_close_matches(key, sorted(known), 1, 0.6)
            guess = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
            self.problem(f"{where}未知的键 {key}{guess[0]}", f"{where}unknown key {key}{guess[1]}")

    def table(self, place: int, entry: dict[str, Any]) -> TableMapping:
        where = f"[[table]] {place}: "
        self.unknown_keys(where, entry, _TABLE_KEYS)
        columns = [self.column(where, c) for c in self.entries("table.column", entry.get("column"))]
        for role in NAMES:
            if sum(column.role == role for column in columns) > 1:
                self.problem(
                    f"{where}有多列的 role 是 {role}",
                    f"{where}more than one column has the role {role}",
                )
        year_from = self.text(where, entry, "year_from")
        if year_from not in ("", "title"):
            self.problem(f"{where}year_from 只能是 title", f'{where}year_from can only be "title"')
        return TableMapping(
            sheet=self.text(where, entry, "sheet"),
            headings=self.headings(where, entry.get("headings")),
            columns=tuple(columns),
            year=self.year(where, entry),
            year_from=year_from,
            vintage=self.text(where, entry, "vintage"),
            fill_down=self.texts(where, entry, "fill_down", _FILLED),
            leave_out=self.texts(where, entry, "leave_out"),
        )

    def headings(self, where: str, found: Any) -> tuple[int, int]:
        ok = isinstance(found, list) and len(found) == 2 and all(type(x) is int for x in found)
        if ok and 1 <= found[0] <= found[1] < found[0] + 20:
            return found[0], found[1]
        self.problem(
            f"{where}headings 应为 [首行, 末行]，从 1 数起，最多 20 行",
            f"{where}headings must be [first row, last row], from 1, at most 20 rows",
        )
        return 1, 1

    def column(self, where: str, entry: dict[str, Any]) -> ColumnMapping:
        at, heading = self.text(where, entry, "at"), self.text(where, entry, "heading")
        where = f"{where}{at or heading}: "
        self.unknown_keys(where, entry, _COLUMN_KEYS)
        place, role = place_of(at), self.text(where, entry, "role")
        if place is None:
            self.problem(
                f"{where}at 应为列的字母，如 C", f"{where}at must be a column's letters, such as C"
            )
        if role not in ROLES:
            near = difflib.get_close_matches(role, ROLES, 1, 0.6)
            guess = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
            self.problem(
                f"{where}未知的 role {role}{guess[0]}", f"{where}unknown role {role}{guess[1]}"
            )
        unit = self.text(where, entry, "unit")
        return ColumnMapping(
            place=place or 0,
            heading=heading,
            role=role,
            indicator=self.text(where, entry, "indicator"),
            unit=unit,
            year=self.year(where, entry),
        )

    def text(self, where: str, entry: dict[str, Any], key: str) -> str:
        found = entry.get(key, "")
        if isinstance(found, str):
            return found
        self.problem(f"{where}{key} 应为文字", f"{where}{key} must be text")
        return ""

    def texts(
        self, where: str, entry: dict[str, Any], key: str, allowed: Iterable[str] | None = None
    ) -> tuple[str, ...]:
        found = entry.get(key, [])
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            wrong = [item for item in found if allowed is not None and item not in allowed]
            if not wrong:
                return tuple(found)
        if allowed is None:
            self.problem(f"{where}{key} 应为文字的列表", f"{where}{key} must be a list of texts")
        else:
            shown = listed(allowed)
            self.problem(
                f"{where}{key} 只能列出 {shown.zh}", f"{where}{key} can only list {shown.en}"
            )
        return ()

    def year(self, where: str, entry: dict[str, Any]) -> int | None:
        found = entry.get("year")
        if found is None or (type(found) is int and YEARS[0] <= found <= YEARS[1]):
            return found
        self.problem(f"{where}year 应为年份", f"{where}year must be a year")
        return None
