"""Detecting tables of one region: indicators in rows and years in columns, or years in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from xinzhi.core import Text
from xinzhi.data.cells import is_missing, number_of, text_of, year_of
from xinzhi.data.headers import meaning_of, words_of
from xinzhi.data.heading_words import (
    LEAST_NAMES,
    MOST_LEVELS,
    continues,
    groups,
    is_prose,
    levels_of,
    merged_top,
    named,
    role_of,
    translated,
    width_of,
)
from xinzhi.data.items import Item, items_of, meanings, without_mark, without_part
from xinzhi.data.mapping import SKIP, TABLE, VALUE, ColumnMapping, IndicatorMapping, TableMapping
from xinzhi.data.names import name_key
from xinzhi.data.region_titles import is_place, region_of_title
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.tables import Grid
from xinzhi.data.titles import Titles, form_of, indicator_of
from xinzhi.data.value_columns import not_read, value_column

_SEARCHED_COLUMNS = 4
_SAMPLED_ROWS = 200
# Headings over the names of indicators, beyond those that always mean the indicator.
_NAME_HEADINGS = frozenset(
    map(
        name_key,
        (
            *("项目", "项目名称", "主要指标", "指标项", "类别", "分类"),
            *("item", "items", "indicators", "main indicators", "main items"),
        ),
    )
)
# Headings over the figures themselves; any other, such as 增长, 比重 or 指数, is another series.
_PLAIN_VALUES = frozenset(
    map(
        name_key,
        (
            *("", "绝对数", "绝对量", "绝对值", "总量", "实绩", "实际", "实际数", "实际完成"),
            *("完成数", "数额", "金额", "全年", "年末", "absolute value", "actual", "amount"),
        ),
    )
)


@dataclass(frozen=True)
class Headings:
    """Where the headings stand: first and last row, the column of names or years, from 0.

    role : "indicator" if that column names indicators, "year" if it holds years
    """

    rows: tuple[int, int]
    key: int
    role: str


def find_one_region(top: list[list[Any]]) -> Headings | None:
    """Return where the headings of a table of one region stand, None if it is none."""
    for place, row in enumerate(top):
        found = _heading_row(top, place, [without_mark(words_of(cell)) for cell in row])
        if found is not None:
            return None if _holds_places(top, place, found[0]) else _extended(top, place, *found)
    for column in range(min(width_of(top), _SEARCHED_COLUMNS)):
        start = _start_of_years(top, column)
        if start:
            return _extended(top, start - 1, column, "year")
    return None


def headings_at(top: list[list[Any]], rows: tuple[int, int]) -> Headings:
    """Return what the first columns of headings in known rows are."""
    first, last = rows
    for row in top[first : last + 1]:
        words = [without_mark(words_of(cell)) for cell in row]
        for heads, role in ((heads_names, "indicator"), (_heads_years, "year")):
            key = next((k for k, word in enumerate(words) if heads(word)), None)
            if key is not None:
                return Headings(rows, key, role)
    for column in range(min(width_of(top), _SEARCHED_COLUMNS)):
        if _start_of_years(top, column):
            return Headings(rows, column, "year")
    return Headings(rows, _column_of_names(top, last) or 0, "indicator")


def complete_one_region(
    grid: Grid, top: list[list[Any]], headings: Headings, regions: RegionSet | None = None
) -> TableMapping:
    """Return what a table of one region holds; ``region`` is "" where the title names none.

    regions : those that the title may name; China's by default
    """
    first, last = headings.rows
    titles = Titles(grid, top[:first], regions or load_region_set("china31"))
    notes: list[Text] = []
    columns = _columns(grid, top, headings, titles, notes)
    dated = any(column.role == "year" for column in columns)
    year = None
    if not dated and any(c.role == VALUE and c.year is None for c in columns):
        year = titles.year
    table = TableMapping(
        sheet=grid.title,
        headings=(first + 1, last + 1),
        columns=tuple(columns),
        year=year,
        year_from="" if year is None else "title",
        notes=tuple(notes),
        region=titles.region,
        region_from="title" if titles.region else "",
        title=titles.form,
    )
    return replace(table, indicators=indicators_in(grid, table))


def of_region(table: TableMapping, region: str) -> TableMapping:
    """Return a table of one region with the region that is given for it.

    Where its title says so too, next year's is left to say it.
    """
    named, spelling = region_of_title([table.title], RegionSet.from_names([region]))
    if not named:
        return replace(table, region=region, region_from="")
    return replace(table, region=region, region_from="title", title=form_of(table.title, spelling))


def indicators_in(grid: Grid, table: TableMapping) -> tuple[IndicatorMapping, ...]:
    """Return what the names in the rows of a table mean.

    Names without a unit have that of the columns of values, else the one stated above the table.
    """
    return tuple(meanings(_items(grid, table), _unit_of(grid, table)).values())


def indicators_by_row(grid: Grid, table: TableMapping) -> dict[int, IndicatorMapping]:
    """Return place → what the name in a row means: as the mapping has it, else as detected."""
    items = _items(grid, table)
    found = meanings(items, _unit_of(grid, table))
    stated = {name_key(entry.name): entry for entry in table.indicators}
    return {
        place: stated.get(name_key(item.label), found[item.label]) for place, item in items.items()
    }


def _unit_of(grid: Grid, table: TableMapping) -> str:
    units = {column.unit for column in table.of(VALUE)}
    unit = units.pop() if len(units) == 1 else ""
    return unit or Titles(grid, merged_top(grid)[: table.headings[0] - 1]).unit


def _items(grid: Grid, table: TableMapping) -> dict[int, Item]:
    """Return the item of every row of a table whose rows name indicators, by its place."""
    names, values = table.of("indicator"), table.of(VALUE)
    if not names or not values:
        return {}
    key, start = names[0].place, table.headings[1]
    unwanted = {name_key(name) for name in table.leave_out}
    rows = {
        place: row
        for place, row in enumerate(grid.cells[start:], start)
        if key < len(row) and name_key(text_of(row[key])) not in unwanted
    }
    units = table.of("unit")
    return items_of(
        rows,
        key,
        units[0].place if units else None,
        [column.place for column in values],
        indicator_of(table.title),
        repeated=bool(table.of("year")),
    )


# Where the headings stand


def _heading_row(top: list[list[Any]], place: int, words: Sequence[str]) -> tuple[int, str] | None:
    """Return the column of names or years, and which it is, if the words are headings."""
    if len({word for word in words if word}) < 2:
        return None
    key = next((k for k, word in enumerate(words) if heads_names(word)), None)
    if key is not None:
        return key, "indicator"
    key = next((k for k, word in enumerate(words) if _heads_years(word)), None)
    if key is not None:
        return key, "year"
    years = [k for k, word in enumerate(words) if year_of(word) is not None]
    key = _column_of_names(top, place) if years else None
    if key is None or key > years[0] or any(_is_figure(w) for w in words if year_of(w) is None):
        return None
    return (key, "indicator") if words[key] == "" else None


def _holds_places(top: list[list[Any]], place: int, key: int) -> bool:
    """Tell whether most names below the headings are of places: then no one region is meant."""
    names = [text for row in top[place + 1 :] if (text := text_of(row[key]))]
    return 2 * sum(map(is_place, names)) > len(names)


def _extended(top: list[list[Any]], place: int, key: int, role: str) -> Headings:
    """Return the headings with the rows that go on with them or group them."""
    heads = heads_names if role == "indicator" else _heads_years
    first = last = place
    while last + 1 < min(len(top), first + MOST_LEVELS) and continues(
        top[last + 1], top[place][key], key, heads
    ):
        last += 1
    while first > 0 and last - first + 1 < MOST_LEVELS and groups(top[first - 1], key, heads):
        first -= 1
    return Headings((first, last), key, role)


def heads_names(word: str) -> bool:
    """Tell whether a heading stands over the names of indicators."""
    match = translated(word)
    choices = (word, match["zh"]) if match else (word,)
    return role_of(word) in ("indicator", "label") or any(
        name_key(choice) in _NAME_HEADINGS for choice in choices
    )


def _heads_years(word: str) -> bool:
    return role_of(word) == "year"


def _start_of_years(top: list[list[Any]], column: int) -> int:
    """Return the first row of a column that is full of years, 0 if it is none."""
    texts = [without_mark(text_of(row[column])) for row in top]
    hits = [place for place, text in enumerate(texts) if year_of(text) is not None]
    if len(hits) < LEAST_NAMES:
        return 0
    below = sum(1 for text in texts[hits[0] :] if text)
    return hits[0] if 2 * len(hits) > below else 0


def _column_of_names(top: list[list[Any]], place: int) -> int | None:
    """Return the first column that holds words below a row."""
    for column in range(min(width_of(top), _SEARCHED_COLUMNS)):
        texts = [text for row in top[place + 1 :] if (text := text_of(row[column]))]
        words = [text for text in texts if not is_missing(text) and number_of(text) is None]
        if words and 2 * len(words) > len(texts):
            return column
    return None


def _is_figure(word: str) -> bool:
    return not is_missing(word) and number_of(word) is not None


# What the headings say


def _columns(
    grid: Grid,
    top: list[list[Any]],
    headings: Headings,
    titles: Titles,
    notes: list[Text],
) -> list[ColumnMapping]:
    sample = grid.cells[headings.rows[1] + 1 :][:_SAMPLED_ROWS]
    columns: list[ColumnMapping] = []
    for place, parts in enumerate(levels_of(top, headings.rows, bool(grid.merged))):
        cells = [row[place] for row in sample if place < len(row)]
        plain = [without_part(without_mark(part)) for part in parts]
        name, unit, year = named(plain)
        if year is None and year_of(name) is not None:
            name, year = "", year_of(name)
        role, why = headings.role, None
        if place != headings.key:
            if not plain:
                if any(text_of(cell) for cell in cells):
                    notes.append(not_read(place, Text("没有表头", "has no heading")))
                continue
            role, why = _role_beside("·".join(plain), name, cells)
        heading = " / ".join(map(without_mark, parts))
        columns.append(ColumnMapping(place, heading, role, name, unit, year))
        if why is not None:
            notes.append(not_read(place, why))
    if headings.role == "year":
        return [value_column(column, columns, titles, True, notes) for column in columns]
    return _plain_values(columns, notes)


def _role_beside(heading: str, name: str, cells: Sequence[Any]) -> tuple[str, Text | None]:
    """Return the role of a column beside the names or years, and why it is passed over, if it is.

    name : what the heading names without unit and year
    """
    role = role_of(heading)
    if heads_names(heading):
        if all(text_of(cell).isascii() for cell in cells):
            return SKIP, Text("是译名", "holds translations")
        return "indicator", None
    if role is None:
        if is_prose(name, cells):
            return SKIP, Text("只有文字", "holds words only")
        return VALUE, None
    return SKIP if role in ("region", "code", TABLE) else role, None


def _plain_values(columns: Sequence[ColumnMapping], notes: list[Text]) -> list[ColumnMapping]:
    """Return the columns beside names: those of values are a year's own figures, or passed over."""
    dated = any(column.role == "year" for column in columns)
    values = [column for column in columns if column.role == VALUE]
    by_year = not dated and any(c.year is not None and _is_plain(c.indicator) for c in values)
    kept = []
    for column in columns:
        place, heading, role = column.place, column.heading, column.role
        if role != VALUE:
            kept.append(ColumnMapping(place, heading, role))
        elif _is_plain(column.indicator) and (column.year is not None) == by_year:
            kept.append(ColumnMapping(place, heading, VALUE, unit=column.unit, year=column.year))
        else:
            kept.append(ColumnMapping(place, heading, SKIP))
            notes.append(
                not_read(
                    place,
                    Text(
                        f"“{heading}”不是某一年的数值",
                        f"{heading} does not hold the figures of a year",
                    ),
                )
            )
    return kept


def _is_plain(name: str) -> bool:
    return name_key(name) in _PLAIN_VALUES or meaning_of(name) in ("value", "year")
