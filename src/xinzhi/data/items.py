"""Names of indicators in the rows of a table: what they stand below, their units, their marks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xinzhi.data.cells import is_missing, text_of
from xinzhi.data.headers import split_unit, words_of
from xinzhi.data.heading_words import GENERIC, translated
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.mapping import IndicatorMapping
from xinzhi.data.units import find_unit, lookup_unit, recount, same_dimension

# Superscripts, ①, a star, 1) or （1）, [1], 〔1〕 or 注1 behind a word that is no number.
_MARK = re.compile(
    r"\s*[①-⑳⓪¹²³⁰-⁹*＊†]+$|\s*[（(〔\[]\s*(?:注\s*)?\d{1,2}\s*[)）〕\]]$"
    r"|(?<=[\u4e00-\u9fff）)A-Za-z%])\s*(?:注\s*)?\d{1,2}\s*[)）]$"
)
_PART = re.compile(
    r"^(?:其\s*中\s*[:：]?|[#＃]|[-－—–·•]+(?=\s*[^\d\s.])|(?:of which|including)\b\s*[:：]?)\s*",
    re.IGNORECASE,
)
_GDP, _VALUE_ADDED = "gdp", "增加值"
# Outline numbers, from the outermost to the innermost.
_NUMBERS = (
    re.compile(r"^[一二三四五六七八九十]+\s*[、.．]\s*"),
    re.compile(r"^[（(][一二三四五六七八九十]+[)）]\s*"),
    re.compile(r"^\d{1,2}\s*(?:[、．]|\.(?!\d))\s*"),
    re.compile(r"^[（(]\d{1,2}[)）]\s*"),
)


@dataclass(frozen=True)
class Item:
    """A row that is named.

    own : the name alone, without unit, outline number and marks
    above : what it stands below, the outermost first
    flat : it only follows the last of these and is not indented
    unit : in brackets or in the column of units, else of what it is part of
    measured : whether it holds figures; numbered : whether it has an outline number
    name : own, with as much of what it stands below as is needed
    """

    own: str
    above: tuple[Item, ...] = field(default=(), repr=False)
    flat: bool = False
    unit: str = ""
    measured: bool = False
    numbered: bool = False
    name: str = ""

    @property
    def section(self) -> bool:
        """Tell whether it only heads others: it has neither figures nor a unit."""
        return not self.measured and not self.unit

    @property
    def generic(self) -> bool:
        """Tell whether it is a total of what it stands below."""
        return self.own.casefold() in GENERIC

    @property
    def full(self) -> str:
        """Return the name below all that it stands below."""
        return self._below(self.above)

    @property
    def path(self) -> str:
        """Return the name below what it is a part of."""
        parts = self.whole
        return self._below(parts) if parts or not self.generic else self.full

    @property
    def whole(self) -> tuple[Item, ...]:
        """Return what it is a part of: what it stands below, but for mere sections."""
        parts = self.above[:-1] if self.flat else self.above
        return tuple(up for up in parts if not (up.numbered and up.section))

    @property
    def label(self) -> str:
        """Return the name with the unit: what a mapping calls it."""
        return f"{self.name}（{self.unit}）" if self.unit else self.name

    def _below(self, parts: Sequence[Item]) -> str:
        names = [part.own for part in parts]
        return "·".join(names if self.generic and names else (*names, self.own))


def without_mark(word: str) -> str:
    """Return a word without the marks of footnotes behind it."""
    while (shorter := _MARK.sub("", word)) != word:
        word = shorter
    return word


def without_part(word: str) -> str:
    """Return a word without 其中： or # before it."""
    mark = _PART.match(word)
    return word[mark.end() :] if mark and mark.end() < len(word) else word


def items_of(
    rows: Mapping[int, Sequence[Any]],
    key: int,
    unit_column: int | None,
    values: Sequence[int],
    title: str = "",
    repeated: bool = False,
) -> dict[int, Item]:
    """Return the item of every row that is named and measured.

    A row stands below the nearest row above that is indented less, or whose outline number is of
    an outer level; 其中：, # and dashes indent. A name that the dictionary knows stands alone where
    what it is part of is known too or heads a section; every other part is called by all that it
    stands below, so that 从业人员·第一产业 is never taken for 地区生产总值·第一产业.

    rows : place → cells; title : what a total of the whole table is called
    repeated : the same name may come again, for another year
    """
    items = dict(_read(rows, key, unit_column, values))
    whole = any(item.generic and not item.above for item in items.values() if item.measured)
    named = {
        place: replace(item, name=_name(item, title, whole))
        for place, item in items.items()
        if item.measured
    }
    counts: dict[str, int] = {}
    for item in () if repeated else named.values():
        counts[item.name] = counts.get(item.name, 0) + 1
    # What would be one name twice is told apart by all that it stands below.
    return {
        place: replace(item, name=item.full) if counts.get(item.name, 0) > 1 else item
        for place, item in named.items()
    }


def meanings(items: Mapping[int, Item], stated: str = "") -> dict[str, IndicatorMapping]:
    """Return what each label means, in the order of the rows.

    stated : the unit above the table, for names without one that it fits
    """
    words: dict[str, set[str]] = {}
    for item in items.values():
        words.setdefault(find_indicator(item.name) or item.name, set()).add(item.name)
    found: dict[str, IndicatorMapping] = {}
    for item in items.values():
        indicator = find_indicator(item.name) or item.name
        if len(words[indicator]) > 1:  # two names of one indicator are two series
            indicator = item.name
        unit = item.unit or (stated if _fits(stated, indicator) else "")
        found.setdefault(item.label, IndicatorMapping(item.label, indicator, unit))
    return found


def _read(
    rows: Mapping[int, Sequence[Any]],
    key: int,
    unit_column: int | None,
    values: Sequence[int],
) -> Iterator[tuple[int, Item]]:
    above: list[tuple[tuple[int, int], Item]] = []
    headers: dict[tuple[int, int], Item] = {}  # the last row without figures of each level
    for place, row in rows.items():
        raw = row[key] if key < len(row) else ""
        if not text_of(raw):
            continue
        depth, rank, word = _opened(raw)
        level = (depth, rank)
        while above and above[-1][0] >= level:
            above.pop()
        headers = {at: header for at, header in headers.items() if at <= level}
        parents = tuple(item for _, item in above)
        own, unit = split_unit(without_mark(word))
        own = without_mark(own)
        if not unit and unit_column is not None and unit_column < len(row):
            stated = words_of(row[unit_column]).strip("（）() ")
            unit = "" if is_missing(stated) else stated
        measured = any(not is_missing(text_of(row[at])) for at in values if at < len(row))
        header = headers.get(level)
        flat = measured and header is not None and header.section
        if measured and header is not None and (flat or not unit):
            # A heading with a unit heads the rows without one; any other may be but a line.
            parents = (*parents, header)
        elif header is not None:
            del headers[level]
        if not unit and parents and measured:
            unit = parents[-1].unit
        item = Item(own, parents, flat, unit, measured, rank < len(_NUMBERS))
        if not measured:
            headers[level] = item
        above.append((level, item))
        yield place, item


def _opened(cell: Any) -> tuple[int, int, str]:
    """Return a name's indentation, the rank of its outline number, and the name itself."""
    text = str(cell)
    start = text.lstrip()
    depth = _extent(text[: len(text) - len(start)])
    word = words_of(start)
    match = translated(word)
    word = match["zh"].strip() if match else word
    part = without_part(word)
    depth += _extent(word[: len(word) - len(part)])
    word = part
    for rank, pattern in enumerate(_NUMBERS):
        number = pattern.match(word)
        if number and number.end() < len(word):
            return depth, rank, word[number.end() :]
    return depth, len(_NUMBERS), word


def _extent(text: str) -> int:
    """Return the width of a text in columns: full-width characters are two wide."""
    return len(text) + sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)


def _name(item: Item, title: str, whole: bool) -> str:
    """Return what a row is called: by itself where that is clear, else by its path.

    whole : the table has a total of all its rows, of which the title says what it counts
    """
    path, own = item.path, find_indicator(item.own)
    if item.whole:
        if own is None and any(find_indicator(up.own) == _GDP for up in item.whole):
            # Below GDP a sector stands for its value added.
            sector = find_indicator(f"{item.own}{_VALUE_ADDED}")
            return f"{item.own}{_VALUE_ADDED}" if sector and _fits(item.unit, sector) else path
        parent = item.whole[-1]
        headed = parent.section or find_indicator(parent.own) is not None
        alone = headed and own and not find_indicator(path) and _fits(item.unit, own)
        return item.own if alone else path
    if not whole or not title or own or (item.generic and item.above):
        return path
    return title if item.generic else f"{title}·{item.own}"


def _fits(unit: str, indicator: str) -> bool:
    """Tell whether a unit can be this indicator's; of unknown ones nothing is known against it."""
    info, given = indicators().get(indicator), lookup_unit(unit) if unit else None
    if info is None or given is None:
        return True
    default = find_unit(info.unit)
    return same_dimension(given, default) or recount(given, default) is not None
