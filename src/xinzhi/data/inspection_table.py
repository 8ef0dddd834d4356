"""A user's table as it stands, in integer codes: what the rules of inspection look at.

Nothing is refused here. A cell that means nothing gets the code -1 or NaN, and keeps its text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import is_missing, numbers_of, text_of, year_of
from xinzhi.data.headers import Layout, Measure, recognise
from xinzhi.data.names import compact, name_key
from xinzhi.data.readers import data_rows
from xinzhi.data.regions import RegionSet, choose_regions, own_names_warning
from xinzhi.data.tables import Grid
from xinzhi.data.units import UNSPECIFIED, Unit, lookup_unit

Codes = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Column:
    """A column: one code a row, the distinct cells behind the codes, and its heading."""

    codes: Codes
    cells: Sequence[Any]
    heading: str

    @cached_property
    def texts(self) -> list[str]:
        """Return the distinct cells as text on one line."""
        return [" ".join(text_of(cell).split()) for cell in self.cells]

    @cached_property
    def merged(self) -> tuple[Codes, list[str]]:
        """Return codes in which cells that differ in blanks, case or width only are the same."""
        keys: dict[str, int] = {}
        same = np.empty(len(self.texts), dtype=np.int64)
        first: list[str] = []
        for k, text in enumerate(self.texts):
            same[k] = keys.setdefault(compact(text).casefold(), len(keys))
            if same[k] == len(first):
                first.append(text)
        return same[self.codes], first


@dataclass(frozen=True)
class SeriesName:
    """One series of a table: what its cells share apart from region and year."""

    table: str
    indicator: str
    label: str
    vintage: str


@dataclass(frozen=True)
class Oddity:
    """A distinct text in a column of values that is no number, and the rows that hold it."""

    column: str
    text: str
    rows: Codes


@dataclass(frozen=True)
class CodedTable:
    """A table in codes. Arrays ``(row,)`` have one item a row of data, ``(cell,)`` one a figure.

    header_row : row of the headings, from 1; region_place : column of the regions, from 0
    row : (row,) row of the file, counted from 1
    region, year, table, unit, indicator, vintage : (row,) columns, None where there is none
    place : (row,) position in ``regions``, -1 for a total or a name that is not known
    cell_row : (cell,) position of its row; the rest are by cell too
    series : position in ``names``; unit_of : position in ``units``
    """

    name: str
    record: InputRecord
    header_row: int
    region_place: int
    regions: RegionSet
    warnings: tuple[Text, ...]
    row: Codes
    region: Column
    year: Column | None
    table: Column | None
    unit: Column | None
    indicator: Column | None
    label: Column | None
    vintage: Column | None
    measures: tuple[Measure, ...]
    raw_headings: Mapping[int, str]
    place: Codes
    cell_row: Codes
    cell_measure: Codes
    cell_year: Codes
    series: Codes
    names: list[SeriesName]
    unit_of: Codes
    unit_words: list[str]
    value: Numbers
    oddities: list[Oddity]

    @cached_property
    def units(self) -> list[Unit | None]:
        """Return what each unit word means, None where it is not known."""
        return [lookup_unit(word) for word in self.unit_words]

    @cached_property
    def measure_of_unit(self) -> Codes:
        """Return (cell,) which units can be compared: those of one dimension share a code."""
        keys = [
            ("unknown", compact(word).casefold())
            if unit is None or unit.id == UNSPECIFIED
            else ("known", tuple(sorted(unit.dimension.items())))
            for word, unit in zip(self.unit_words, self.units, strict=True)
        ]
        places: dict[Any, int] = {}
        codes = np.array([places.setdefault(key, len(places)) for key in keys], dtype=np.int64)
        return codes[self.unit_of]

    @cached_property
    def factor(self) -> Numbers:
        """Return (cell,) how many base units one unit of the figure is."""
        return np.array([1.0 if unit is None else unit.factor for unit in self.units])[self.unit_of]

    @cached_property
    def entity_words(self) -> list[str]:
        """Return the name of every entity: the regions, then all other names in the file."""
        return [*self.regions.names, *self._others[1].values()]

    @cached_property
    def _others(self) -> tuple[Codes, dict[str, str]]:
        """Return for each distinct region cell its place among the names that are no regions."""
        place = np.full(len(self.region.cells), -1, dtype=np.int64)
        first: dict[str, str] = {}
        keys: dict[str, int] = {}
        for k, text in enumerate(self.region.texts):
            if self.regions.find(text) is None:
                key = name_key(text)
                place[k] = keys.setdefault(key, len(keys))
                first.setdefault(key, text)
        return place, first

    @cached_property
    def entity(self) -> Codes:
        """Return (row,) the region's position, or after all regions that of any other name."""
        others = self._others[0][self.region.codes]
        return np.where(self.place >= 0, self.place, len(self.regions.regions) + others)

    def value_heading(self, cell: int) -> str:
        """Return the heading of the column that holds a figure."""
        return self.measures[int(self.cell_measure[cell])].heading

    @cached_property
    def context(self) -> Codes:
        """Return (row,) what a row is about apart from its region; -1 where its year is unclear."""
        codes = np.zeros(len(self.row), dtype=np.int64)
        for column in (self.table, self.year, self.indicator, self.vintage):
            if column is not None:
                own, words = column.merged
                codes = joined(codes, own, len(words))
        if self.year is not None:
            readable = np.array([year_of(cell) is not None for cell in self.year.cells])
            codes[~readable[self.year.codes]] = -1
        return codes


def joined(first: Codes, second: Codes, size: int) -> Codes:
    """Return one code for each pair of codes that occurs; second is below ``size``."""
    codes, _ = pd.factorize(first * size + second)
    return codes.astype(np.int64)


def coded_table(grid: Grid, regions: RegionSet | None) -> CodedTable:
    """Put a grid into codes.

    regions : None chooses China's 31 regions if most names are theirs, else the names themselves
    Raises : InputError if the columns cannot be recognised or there is no row of data
    """
    layout = recognise(grid)
    places, notes = data_rows(grid, layout)
    if not places:
        raise InputError(
            Text(
                f"{grid.name}：只有表头，没有数据行", f"{grid.name}: only headings, no rows of data"
            ),
            remedy=Text("请给出至少一行数据。", "Give at least one row of data."),
        )
    rows = [grid.cells[place] for place in places]
    columns = {
        name: _column(rows, place, layout.headings[name])
        for name, place in layout.columns.items()
        if name != "value"
    }
    region = columns["region"]
    warnings = [*grid.warnings, *notes]
    if regions is None:
        regions = choose_regions(region.texts)
        warnings += own_names_warning(grid.name, region.texts, regions)
    position = {known.name: k for k, known in enumerate(regions.regions)}
    found = [regions.find(text) if text else None for text in region.texts]
    place = np.array([-1 if known is None else position[known.name] for known in found])
    count, wide = len(rows), len(layout.measures)
    cell_row = np.tile(np.arange(count), wide)
    cell_measure = np.repeat(np.arange(wide), count)
    value, oddities = _values(rows, layout.measures)
    series, names = _series(columns, layout.measures, cell_row, cell_measure)
    unit_of, unit_words = _units(columns.get("unit"), layout.measures, cell_row, cell_measure)
    return CodedTable(
        name=grid.name,
        record=InputRecord(grid.name, grid.sha256, count),
        header_row=layout.header + 1,
        region_place=layout.columns["region"],
        regions=regions,
        warnings=tuple(warnings),
        row=np.array(places, dtype=np.int64) + 1,
        region=region,
        year=columns.get("year"),
        table=columns.get("table"),
        unit=columns.get("unit"),
        indicator=columns.get("indicator"),
        label=columns.get("label"),
        vintage=columns.get("vintage"),
        measures=layout.measures,
        raw_headings=_raw_headings(grid, layout),
        place=place.astype(np.int64)[region.codes],
        cell_row=cell_row,
        cell_measure=cell_measure,
        cell_year=_years(columns.get("year"), layout.measures, cell_row, cell_measure),
        series=series,
        names=names,
        unit_of=unit_of,
        unit_words=unit_words,
        value=value,
        oddities=oddities,
    )


def _raw_headings(grid: Grid, layout: Layout) -> dict[int, str]:
    cells = grid.cells[layout.header]
    return {m.column: cells[m.column] for m in layout.measures if isinstance(cells[m.column], str)}


def _cells(rows: list[list[Any]], place: int) -> npt.NDArray[np.object_]:
    cells = np.empty(len(rows), dtype=object)
    try:
        cells[:] = list(map(itemgetter(place), rows))
    except IndexError:
        cells[:] = [row[place] if place < len(row) else "" for row in rows]
    return cells


def _column(rows: list[list[Any]], place: int, heading: str) -> Column:
    codes, distinct = pd.factorize(_cells(rows, place), use_na_sentinel=False)
    return Column(codes.astype(np.int64), list(distinct), heading)


def _values(rows: list[list[Any]], measures: tuple[Measure, ...]) -> tuple[Numbers, list[Oddity]]:
    values = np.empty(len(rows) * len(measures))
    oddities: list[Oddity] = []
    for k, measure in enumerate(measures):
        cells = _cells(rows, measure.column)
        if pd.api.types.infer_dtype(cells, skipna=False) == "string":
            codes, distinct = pd.factorize(cells)
            parsed, _ = numbers_of(pd.Series(distinct, dtype=object))
            numbers = parsed[codes]
        else:
            numbers, _ = numbers_of(pd.Series(cells, dtype=object))
        odd = np.flatnonzero(~np.isfinite(numbers))
        numbers[odd] = np.nan
        if len(odd):
            codes, distinct = pd.factorize(cells[odd], use_na_sentinel=False)
            for text, members in grouped(codes, [text_of(cell) for cell in distinct]):
                oddities.append(Oddity(measure.heading, text, odd[members]))
        values[k * len(rows) : (k + 1) * len(rows)] = numbers
    return values, oddities


def grouped(codes: Codes, texts: Sequence[str]) -> list[tuple[str, Codes]]:
    """Return each distinct text with the positions, ascending, whose codes stand for it."""
    places: dict[str, int] = {}
    same = np.array([places.setdefault(text, len(places)) for text in texts], dtype=np.int64)[codes]
    order = np.argsort(same, kind="stable")
    parts = np.split(order, np.searchsorted(same[order], np.arange(1, len(places))))
    return list(zip(places, parts, strict=True))


def grouped_cells(column: Column) -> list[tuple[object, Codes]]:
    """Return each distinct cell of a column with the positions of its rows."""
    return list(zip(column.cells, split(column.codes, len(column.cells)), strict=True))


def split(codes: Codes | npt.NDArray[np.intp], count: int) -> list[Codes]:
    """Return the positions, ascending, of each of the codes 0 … count - 1."""
    if not count:
        return []
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.searchsorted(codes[order], np.arange(1, count)))


def _years(
    column: Column | None, measures: tuple[Measure, ...], cell_row: Codes, cell_measure: Codes
) -> Codes:
    stated = np.array([-1 if m.year is None else m.year for m in measures], dtype=np.int64)
    if column is None or all(m.year is not None for m in measures):
        return stated[cell_measure]
    years = [year_of(cell) for cell in column.cells]
    meant = np.array([-1 if year is None else year for year in years], dtype=np.int64)
    return meant[column.codes][cell_row]


def _series(
    columns: Mapping[str, Column],
    measures: tuple[Measure, ...],
    cell_row: Codes,
    cell_measure: Codes,
) -> tuple[Codes, list[SeriesName]]:
    count = len(cell_row) // len(measures)
    of_row = np.zeros(count, dtype=np.int64)
    parts: dict[str, tuple[Codes, list[str]]] = {}
    for name in ("table", "indicator", "vintage"):
        if name in columns:
            parts[name] = columns[name].merged
            of_row = joined(of_row, parts[name][0], len(parts[name][1]))
    headings = [m.indicator or "" for m in measures]
    named = {heading: k for k, heading in enumerate(dict.fromkeys(headings))}
    of_measure = np.array([named[heading] for heading in headings], dtype=np.int64)
    series = joined(of_row[cell_row], of_measure[cell_measure], len(named))
    _, first = np.unique(series, return_index=True)

    def word(name: str, row: int) -> str:
        if name in parts:
            return parts[name][1][int(parts[name][0][row])]
        column = columns.get(name)
        return column.texts[column.codes[row]] if column is not None else ""

    names = [
        SeriesName(
            table=word("table", cell_row[cell]),
            indicator=word("indicator", cell_row[cell]) or headings[cell_measure[cell]],
            label=word("label", cell_row[cell]),
            vintage=word("vintage", cell_row[cell]),
        )
        for cell in first.tolist()
    ]
    return series, names


def _units(
    column: Column | None, measures: tuple[Measure, ...], cell_row: Codes, cell_measure: Codes
) -> tuple[Codes, list[str]]:
    words: dict[str, int] = {"": 0}
    # What a heading states goes before the unit column, as when the table is read.
    stated = [words.setdefault(m.unit, len(words)) for m in measures]
    of_measure = np.array(stated, dtype=np.int64)[cell_measure]
    if column is None:
        return of_measure, list(words)
    texts = ["" if is_missing(text) else text for text in column.texts]
    of_row = np.array([words.setdefault(text, len(words)) for text in texts], dtype=np.int64)
    return np.where(of_measure > 0, of_measure, of_row[column.codes][cell_row]), list(words)
