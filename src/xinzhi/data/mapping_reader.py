"""Reading a mapping from TOML: every problem of the document is collected, then reported."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import YEARS
from xinzhi.data.findings import listed
from xinzhi.data.mapping import (
    NAMES,
    ROLES,
    ColumnMapping,
    IndicatorMapping,
    Mapping,
    TableMapping,
    place_of,
)

_FILLED = ("region", "year", "indicator")
_TABLE_KEYS = {
    *("sheet", "headings", "region", "region_from", "year", "year_from", "vintage", "fill_down"),
    *("leave_out", "column", "indicator"),
}
_COLUMN_KEYS = {"at", "heading", "role", "indicator", "unit", "year"}
_INDICATOR_KEYS = {"name", "indicator", "unit"}


def parse_mapping(text: str, name: str) -> Mapping:
    """Read a mapping from TOML.

    name : what messages call the file
    Raises : InputError, listing every problem of the document
    """
    return _Reader(name).read(text)


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
        origins = {key: self.text(where, entry, key) for key in ("region_from", "year_from")}
        for key, origin in origins.items():
            if origin not in ("", "title"):
                self.problem(f"{where}{key} 只能是 title", f'{where}{key} can only be "title"')
        region = self.text(where, entry, "region")
        named = [
            self.indicator(where, place, found)
            for place, found in enumerate(
                self.entries("table.indicator", entry.get("indicator")), 1
            )
        ]
        if any(column.role == "region" for column in columns):
            for key in ("region", "region_from", "indicator"):
                if key in entry:
                    self.problem(
                        f"{where}已有一列的 role 是 region，不能再写 {key}",
                        f"{where}a column has the role region, so {key} has no place here",
                    )
        return TableMapping(
            sheet=self.text(where, entry, "sheet"),
            headings=self.headings(where, entry.get("headings")),
            columns=tuple(columns),
            year=self.year(where, entry),
            year_from=origins["year_from"],
            vintage=self.text(where, entry, "vintage"),
            fill_down=self.texts(where, entry, "fill_down", _FILLED),
            leave_out=self.texts(where, entry, "leave_out"),
            region=region.strip(),
            region_from=origins["region_from"],
            indicators=tuple(named),
        )

    def indicator(self, where: str, place: int, entry: dict[str, Any]) -> IndicatorMapping:
        where = f"{where}[[table.indicator]] {place}: "
        self.unknown_keys(where, entry, _INDICATOR_KEYS)
        texts = {key: self.text(where, entry, key) for key in ("name", "indicator", "unit")}
        for key in ("name", "indicator"):
            if not texts[key].strip() and isinstance(entry.get(key, ""), str):
                self.problem(f"{where}缺少 {key}", f"{where}{key} is missing")
        return IndicatorMapping(**texts)

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
