"""The columns of values: their indicator, unit and year, and what is passed over."""

from __future__ import annotations

from collections.abc import Sequence

from xinzhi.core import Text
from xinzhi.data.headers import meaning_of
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.mapping import SKIP, TABLE, VALUE, ColumnMapping, letters_of
from xinzhi.data.titles import Titles
from xinzhi.data.units import find_unit, lookup_unit, recount, same_dimension


def settled(columns: list[ColumnMapping]) -> list[ColumnMapping]:
    """Return the columns with codes and labels made indicator or passed over.

    A column that says which table a row is from tells codes apart; names need no such help.
    """
    roles = {column.role for column in columns}
    wanted = ""
    years = any(c.role == VALUE and c.year is not None for c in columns)
    if "indicator" not in roles and (
        meaning_value(columns) or (years and "label" in roles and not _has_names(columns))
    ):
        wanted = "code" if {"code", "label"} <= roles else "label" if "label" in roles else ""
    meant = {"code": SKIP, "label": SKIP, TABLE: TABLE if wanted == "code" else SKIP}
    if wanted:
        meant[wanted] = "indicator"
    return [
        ColumnMapping(c.place, c.heading, meant[c.role]) if c.role in meant else c for c in columns
    ]


def meaning_value(columns: Sequence[ColumnMapping]) -> bool:
    """Tell whether a column is headed 数值 or the like, as in a long table."""
    return any(c.role == VALUE and meaning_of(c.indicator) == VALUE for c in columns)


def _has_names(columns: Sequence[ColumnMapping]) -> bool:
    return any(c.role == VALUE and c.indicator for c in columns)


def value_column(
    column: ColumnMapping,
    columns: Sequence[ColumnMapping],
    above: Titles,
    dated: bool,
    notes: list[Text],
) -> ColumnMapping:
    """Return a column with its indicator, unit and year where it is one of values."""
    if column.role != VALUE:
        return ColumnMapping(column.place, column.heading, column.role)
    named = any(c.role == "indicator" for c in columns)
    name = "" if meaning_of(column.indicator) == VALUE else column.indicator
    unit = column.unit
    if not name and not named:
        title, title_unit = above.indicator
        name, unit = title, unit or title_unit
    indicator = find_indicator(name) or name
    if _shared(indicator, column, columns):
        indicator = name
    if not unit and not any(c.role == "unit" for c in columns):
        unit = fitting(above.unit, indicator, column, notes)
    year = None if dated else column.year
    return ColumnMapping(column.place, column.heading, VALUE, indicator, unit, year)


def _shared(indicator: str, column: ColumnMapping, columns: Sequence[ColumnMapping]) -> bool:
    """Tell whether columns of other names mean the indicator too: then they are other series."""
    return any(
        c.role == VALUE
        and c.year == column.year
        and c.indicator != column.indicator
        and find_indicator(c.indicator) == indicator
        for c in columns
    )


def fitting(stated: str, indicator: str, column: ColumnMapping, notes: list[Text]) -> str:
    """Return the unit stated above the table if it can be this indicator's."""
    info = indicators().get(indicator)
    unit = lookup_unit(stated) if stated else None
    if unit is None or info is None:
        return stated
    default = find_unit(info.unit)
    if same_dimension(unit, default) or recount(unit, default):
        return stated
    notes.append(
        Text(
            f"表上方的单位 {stated} 不适用于“{column.heading}”列，该列没有单位",
            f"the unit {stated} above the table is none of column {column.heading}, "
            "which has no unit",
        )
    )
    return ""


def not_read(place: int, why: Text) -> Text:
    """Return what to say of a column that is passed over."""
    at = letters_of(place)
    return Text(f"{at} 列{why.zh}，不读取", f"column {at} {why.en} and is not read")
