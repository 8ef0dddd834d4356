"""Rules of inspection for cells: years, missing markers, text, units, duplicates, ranges."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.data.cells import is_missing, number_of, text_of, year_of
from xinzhi.data.inspection_findings import Inspector, plain_number
from xinzhi.data.inspection_table import Codes, grouped, grouped_cells, split
from xinzhi.data.units import (
    UNSPECIFIED,
    convert,
    find_unit,
    lookup_unit,
    recount,
    same_dimension,
    suggest_unit,
)


def years(inspector: Inspector) -> None:
    """Find cells of the year column that hold no year."""
    column = inspector.table.year
    if column is None:
        return
    for cell, positions in grouped_cells(column):
        if year_of(cell) is None:
            inspector.add("not_a_year", column.heading, text_of(cell), positions)


def cells(inspector: Inspector) -> None:
    """Find markers of missing values, and text where a number should be."""
    for oddity in inspector.table.oddities:
        problem = "text_in_number"
        if is_missing(oddity.text):
            problem = "missing_marker"
        elif number_of(oddity.text) is not None:
            problem = "not_finite"
        inspector.add(problem, oddity.column, oddity.text, oddity.rows)
    column = inspector.table.unit
    if column is not None:
        for text, positions in grouped(column.codes, column.texts):
            if is_missing(text):
                inspector.add("missing_marker", column.heading, text, positions)


def units(inspector: Inspector) -> None:
    """Find units that are not known or do not fit, and series that have several."""
    table = inspector.table
    words = table.unit_words
    codes, distinct = pd.factorize(table.series * len(words) + table.unit_of)
    of_series: dict[int, list[tuple[str, Codes]]] = {}
    unknown: dict[tuple[str, str], list[Codes]] = {}
    for pair, cells in zip(distinct.tolist(), split(codes, len(distinct)), strict=True):
        series, word = divmod(pair, len(words))
        if words[word]:
            of_series.setdefault(series, []).append((words[word], cells))
            if table.units[word] is None:
                unknown.setdefault((words[word], inspector.unit_column(cells[0])), []).append(cells)
    for (text, heading), parts in unknown.items():
        rows = np.unique(table.cell_row[np.concatenate(parts)])
        inspector.add("unknown_unit", heading, text, rows, suggestion=suggest_unit(text))
    for series, found in of_series.items():
        units_of(inspector, series, found)


def units_of(inspector: Inspector, series: int, found: list[tuple[str, Codes]]) -> None:
    """Report the units of one series that are not its own, which is the commonest that fits."""
    info = inspector.known(series)
    default = find_unit(info.unit) if info else None
    meant = {text: lookup_unit(text) for text, _ in found}

    def fits(text: str) -> bool:
        unit = meant[text]
        if unit is None or unit.id == UNSPECIFIED or default is None:
            return True
        return same_dimension(recount(unit, default) or unit, default)

    title = default.title.zh if default else None
    found = sorted(found, key=lambda item: (not fits(item[0]), -len(item[1])))
    own, first_cells = found[0]
    if not fits(own):
        for text, cells in found:
            unit_finding(inspector, "wrong_unit", series, text, cells, title)
        return
    unit = meant[own]
    years = set(np.unique(inspector.table.cell_year[first_cells]).tolist())
    for text, cells in found[1:]:
        other = meant[text]
        if unit is not None and other is not None and unit.id == other.id:
            continue
        convertible = unit is not None and other is not None and same_dimension(unit, other)
        apart = years.isdisjoint(np.unique(inspector.table.cell_year[cells]).tolist())
        problem = "unit_change" if convertible and apart else "mixed_units"
        unit_finding(inspector, problem, series, text, cells, None if fits(text) else title, own)


def unit_finding(
    inspector: Inspector,
    problem: str,
    series: int,
    word: str,
    cells: Codes,
    suggestion: str | None,
    compared: str = "",
) -> None:
    """Keep a finding about the unit that these cells of a series have."""
    table = inspector.table
    year = int(table.cell_year[cells].min())
    inspector.add(
        problem,
        inspector.unit_column(cells[0]),
        word,
        np.unique(table.cell_row[cells]),
        suggestion=suggestion,
        year=year if year >= 0 else None,
        compared=compared,
        **inspector.series_of(series),
    )


def duplicates(inspector: Inspector) -> None:
    """Find rows that give the same region, year and series more than once."""
    table = inspector.table
    context = table.context
    keep = context >= 0
    if len(table.measures) == 1:
        keep = keep & ~np.isnan(table.value)
    order = np.flatnonzero(keep)
    codes, distinct = pd.factorize(
        context[order] * len(table.entity_words) + inspector.entity[order]
    )
    if len(distinct) == len(order):
        return
    counts = np.bincount(codes)
    repeated = np.flatnonzero(counts[codes] > 1)
    again, groups = pd.factorize(codes[repeated])
    for members in split(again, len(groups)):
        positions = order[repeated[members]]
        first = int(positions[0])
        year = int(table.cell_year[first])
        values = table.value[positions]
        inspector.add(
            "duplicate_key",
            table.region.heading,
            text_of(table.region.cells[table.region.codes[first]]),
            positions,
            region=table.entity_words[inspector.entity[first]],
            # In a wide table the row stands for all its years or indicators.
            year=year if table.year is not None and year >= 0 else None,
            compared=" / ".join(map(plain_number, dict.fromkeys(values.tolist())))
            if len(table.measures) == 1
            else "",
            **(inspector.series_of(int(table.series[first])) if len(table.measures) == 1 else {}),
        )


def ranges(inspector: Inspector) -> None:
    """Find figures outside the range that the dictionary gives."""
    table = inspector.table
    pairs = table.series * len(table.unit_words) + table.unit_of
    bounded = np.array(
        [
            info is not None and not (info.low is None and info.high is None)
            for info in map(inspector.known, range(len(table.names)))
        ],
        dtype=bool,
    )
    looked = np.flatnonzero(bounded[table.series] & ~np.isnan(table.value))
    if not len(looked):
        return
    looked = looked[inspector.place[table.cell_row[looked]] >= 0]
    codes, distinct = pd.factorize(pairs[looked])
    for pair, part in zip(distinct.tolist(), split(codes, len(distinct)), strict=True):
        series, word = divmod(pair, len(table.unit_words))
        info, unit, cells = inspector.known(series), table.units[word], looked[part]
        if info is None or unit is None:
            continue
        low = -np.inf if info.low is None else info.low
        high = np.inf if info.high is None else info.high
        default = find_unit(info.unit)
        numbers = table.value[cells]
        unit = recount(unit, default) or unit
        if unit.id == UNSPECIFIED:
            # Without a unit only the sign can be judged.
            low, high = (0.0 if info.low == 0 else -np.inf), np.inf
        elif same_dimension(unit, default):
            numbers = convert(numbers, unit, default)
        else:
            continue
        outside = (numbers < low) | (numbers > high)
        if outside.any():
            bound = np.where(numbers < low, low, high)[outside]
            inspector.compare(
                "implausible_value", series, cells[outside], bound, np.abs(numbers[outside])
            )
