"""The words of headings: their levels, the name, unit and year they give, and what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from xinzhi.data.cells import is_missing, number_of, text_of, year_of
from xinzhi.data.headers import meaning_of, split_unit, words_of
from xinzhi.data.indicators import find_indicator
from xinzhi.data.mapping import SKIP
from xinzhi.data.tables import Grid
from xinzhi.data.titles import STATED_UNIT
from xinzhi.data.units import lookup_unit

_TOP_ROWS = 60
MOST_LEVELS = 6
LEAST_NAMES = 3  # names that settle what a column without a heading holds
_MOST_MERGED_CELLS = 2_000_000
_LEADING_YEAR = re.compile(r"^(\d{4})\s*年(?:度|末)?\s*(?P<name>[^不\d].*)$")
_BASE_YEAR = re.compile(r"(价|基期|以来|=\s*100)")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
_TRANSLATION = re.compile(r"[a-z]{3}")
_TRANSLATED = re.compile(r"^(?P<zh>.*[\u4e00-\u9fff％%）)\]])\s+(?P<en>[A-Za-z(][\x20-\x7e]*)$")
GENERIC = frozenset(("合计", "总计", "小计", "总量", "total", "其中", "其中：", "of which"))


def merged_top(grid: Grid) -> list[list[Any]]:
    """Return the first rows of a sheet with the value of merged cells in each of them."""
    top = [list(row) for row in grid.cells[:_TOP_ROWS]]
    width = max((len(row) for row in top), default=0)
    width = max([width, *(min(area[3], 16_383) + 1 for area in grid.merged if area[0] < len(top))])
    for row in top:
        row += [""] * (width - len(row))
    written = 0
    for first_row, first_column, last_row, last_column in grid.merged:
        if first_row >= len(top) or first_column >= width:
            continue
        value = top[first_row][first_column]
        for row in top[first_row : last_row + 1]:
            for place in range(first_column, min(last_column + 1, width)):
                row[place] = value
        written += (min(last_row, len(top)) - first_row + 1) * (last_column - first_column + 1)
        if written > _MOST_MERGED_CELLS:
            break
    return top


def width_of(top: list[list[Any]]) -> int:
    """Return the number of columns of the widest row."""
    return max((len(row) for row in top), default=0)


def levels_of(top: list[list[Any]], rows: tuple[int, int], merged: bool) -> list[tuple[str, ...]]:
    """Return for every column the levels of its heading from above, each once.

    merged : cells are merged, so that a group's name stands over all of its columns already
    """
    first, last = rows
    lines = [[words_of(cell) for cell in row] for row in top[first : last + 1]]
    if last > first:
        lines = [line for line in lines if not is_numbering([word for word in line if word])]
    for line in lines[:-1] if not merged else ():
        group = ""
        for place, word in enumerate(line):
            group = ("" if role_of(word) else word) if word else group
            if not word and lines[-1][place]:
                line[place] = group
    return [_distinct(line[place] for line in lines) for place in range(width_of(top))]


def _distinct(words: Iterable[str]) -> tuple[str, ...]:
    """Return the levels without blanks, repetitions, stated units and translations."""
    parts = list(dict.fromkeys(w for w in words if w and not STATED_UNIT.match(w)))
    if any(CHINESE.search(part) for part in parts):
        kept = [
            part
            for part in parts
            if CHINESE.search(part) or not _TRANSLATION.search(part) or _bare_unit(part)
        ]
        parts = [match["zh"] if (match := translated(part)) else part for part in kept]
    return tuple(parts)


def translated(word: str) -> re.Match[str] | None:
    """Return the parts ``zh`` and ``en`` of a word that is followed by its translation."""
    match = _TRANSLATED.match(word)
    return match if match and _TRANSLATION.search(match["en"]) else None


def _bare_unit(part: str) -> str:
    """Return the unit that a level of a heading consists of, "" if it is something else."""
    inside = part.strip("（）()[]【】 ")
    if not inside or (inside == part and inside.isascii() and inside.isalpha()):
        return ""  # "companies" alone is what is counted, not how
    known = lookup_unit(inside) is not None and find_indicator(inside) is None
    return inside if known and role_of(inside) is None else ""


def named(parts: Sequence[str]) -> tuple[str, str, int | None]:
    """Return the name, unit and year that the levels of one heading give."""
    names: list[str] = []
    unit, year = "", None
    for part in parts:
        if year_of(part) is not None:
            year = year_of(part)
        elif _bare_unit(part):
            unit = _bare_unit(part)
        else:
            name, inside = split_unit(part)
            unit = inside or unit
            match = _LEADING_YEAR.match(name)
            if match and not _BASE_YEAR.search(name) and year_of(match[1]):
                year, name = year_of(match[1]), match["name"]
            names.append(name)
    telling = [name for name in names if name.casefold() not in GENERIC]
    whole = "·".join(names)
    return (whole if find_indicator(whole) else "·".join(telling)), unit, year


def role_of(word: str) -> str | None:
    """Return what a heading means: a role, "label", "code", or None for an indicator or a year."""
    if not word:
        return None
    match = translated(word)
    for choice in (word, *((match["zh"], match["en"]) if match else ())):
        meaning = meaning_of(choice)
        if meaning is not None:
            return SKIP if meaning == "ignored" else meaning
    return None


def is_numbering(words: Sequence[str]) -> bool:
    """Tell whether a row only numbers its columns: 1 2 3 …, or 甲 乙 1 2 3."""
    numbers = [word for word in words if word not in "甲乙丙丁"]
    return bool(numbers) and numbers == [str(k) for k in range(1, len(numbers) + 1)]


def is_prose(name: str, cells: Sequence[Any]) -> bool:
    """Tell whether a column holds words only, as remarks and translations do."""
    texts = [text for cell in cells if (text := text_of(cell)) and not is_missing(text)]
    return (
        len(texts) >= LEAST_NAMES
        and find_indicator(name) is None
        and all(number_of(text) is None and not any(c.isdigit() for c in text) for text in texts)
    )


def heads_regions(word: str) -> bool:
    """Tell whether a heading stands over a column of regions."""
    return role_of(word) == "region"


def continues(
    row: list[Any], heading: Any, key: int, heads: Callable[[str], bool] = heads_regions
) -> bool:
    """Tell whether a row goes on with the headings: no figures, and no name of its own.

    key : the column of names; heads : tells a heading of such a column
    """
    own = words_of(row[key])
    if own not in ("", "甲", words_of(heading)) and not heads(own):
        return False
    others = [words_of(cell) for place, cell in enumerate(row) if place != key]
    filled = [word for word in others if word]
    return bool(filled) and (
        is_numbering(filled) or all(number_of(w) is None or year_of(w) for w in filled)
    )


def groups(row: list[Any], key: int, heads: Callable[[str], bool] = heads_regions) -> bool:
    """Tell whether the row above the headings groups them, and is no title and no stated unit.

    key, heads : as in ``continues``
    """
    words = [words_of(cell) for cell in row]
    if words[key] and not heads(words[key]):
        return False
    filled = [word for word in words if word and not STATED_UNIT.match(word)]
    # A name over every column tells no columns apart: it is the title.
    return len(set(filled)) > 1 or 1 < len(filled) < len(row) - 1
