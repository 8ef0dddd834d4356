"""Carrying a mapping over to a table of the same form: next year's book, or one like it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from xinzhi.core import InputError, Text
from xinzhi.data.detection import detect_table, table_at
from xinzhi.data.findings import listed
from xinzhi.data.mapping import SKIP, VALUE, ColumnMapping, TableMapping, letters_of
from xinzhi.data.names import name_key
from xinzhi.data.one_region import indicators_in
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import Grid


def sheet_of(grids: Sequence[Grid], known: TableMapping, regions: RegionSet) -> Grid:
    """Return the sheet that a mapping names, or else the one whose headings are most like it."""
    named = [grid for grid in grids if grid.title == known.sheet]
    if named:
        return named[0]
    if len(grids) == 1:
        return grids[0]
    best = max(grids, key=lambda grid: _agreement(_read_at(grid, known, regions), known))
    if _agreement(_read_at(best, known, regions), known):
        return best
    shown = listed([grid.title for grid in grids], 20)
    raise InputError(
        Text(
            f"{grids[0].name}：没有映射中的工作表 {known.sheet}",
            f"{grids[0].name}: no sheet {known.sheet}, which the mapping names",
        ),
        remedy=Text(f"工作表有：{shown.zh}", f"The sheets are: {shown.en}"),
    )


def carried(grid: Grid, known: TableMapping, regions: RegionSet, remembered: bool) -> TableMapping:
    """Return what a sheet holds by a known mapping; this year's columns stand where they stand.

    regions : those that the title of a table of one region may name
    remembered : the mapping was made for another book of the same form
    """
    found = _read_at(grid, known, regions)
    exact, similar = _keyed(known.columns, by_form=False), _keyed(known.columns, by_form=True)
    own_exact, own_similar = _keyed(found.columns, False), _keyed(found.columns, True)
    partners = {column: exact.get(key) for key, column in own_exact.items()}
    for (form, count), column in own_similar.items():
        if partners[column] is None:
            # A further year of the same heading: the last one known will do.
            near = similar.get((form, count)) or similar.get((form, 0))
            partners[column] = near
    columns, notes = [], list(found.notes)
    used = set()
    for column in found.columns:
        partner = partners[column]
        if partner is None:
            columns.append(ColumnMapping(column.place, column.heading, SKIP))
            at = letters_of(column.place)
            notes.append(
                Text(
                    f"{at} 列“{column.heading}”不在映射中，不读取",
                    f"column {at} {column.heading} is not in the mapping and is not read",
                )
            )
            continue
        used.add(partner.yearless)
        stated = None if remembered or partner.heading != column.heading else partner.year
        year = column.year if stated is None else stated
        if partner.role == VALUE:
            columns.append(replace(partner, place=column.place, heading=column.heading, year=year))
        else:
            columns.append(replace(partner, place=column.place, heading=column.heading))
    lost = [c for c in known.columns if c.role != SKIP and c.yearless not in used]
    if lost:
        raise _lost(grid, lost)
    region, region_from = _region_of_table(known, found, remembered)
    table = replace(
        found,
        columns=tuple(columns),
        region=region,
        region_from=region_from,
        year=_year_of_table(grid, known, found, remembered),
        year_from=found.year_from if found.year is not None else known.year_from,
        vintage=known.vintage,
        fill_down=known.fill_down,
        leave_out=known.leave_out,
        notes=tuple(notes),
    )
    return _with_indicators(grid, known, table)


def _with_indicators(grid: Grid, known: TableMapping, table: TableMapping) -> TableMapping:
    """Return a table with what the known mapping says of the names in its rows."""
    if not table.of_one_region:
        return table
    stated = {name_key(entry.name): entry for entry in known.indicators}
    there = indicators_in(grid, table)
    kept = tuple(stated.get(name_key(entry.name), entry) for entry in there)
    notes = table.notes
    known_names = {name_key(e.name) for e in indicators_in(grid, replace(table, leave_out=()))}
    lost = [entry.name for key, entry in stated.items() if key not in known_names]
    if lost:
        names = listed(lost, 12)
        notes += (
            Text(
                f"没有映射中的指标 {names.zh}",
                f"lacks indicators of the mapping: {names.en}",
            ),
        )
    return replace(table, indicators=kept, notes=notes)


def _read_at(grid: Grid, known: TableMapping, regions: RegionSet) -> TableMapping:
    """Return the table whose headings agree best: in the rows of the mapping, or as detected."""
    choices = []
    if known.headings[0] <= len(grid.cells):
        choices.append(table_at(grid, known.headings, known.of_one_region, regions))
    try:
        choices.append(detect_table(grid, complete=False, regions=regions))
    except InputError:
        if not choices:
            raise
    return max(choices, key=lambda table: _agreement(table, known))


def _agreement(table: TableMapping, known: TableMapping) -> int:
    there = {column.yearless for column in table.columns if column.heading}
    return len(there & {column.yearless for column in known.columns if column.heading})


def _keyed(columns: Iterable[ColumnMapping], by_form: bool) -> dict[tuple[str, int], ColumnMapping]:
    """Return the columns by heading and how often it came before."""
    keyed: dict[tuple[str, int], ColumnMapping] = {}
    counts: dict[str, int] = {}
    for column in columns:
        key = name_key(column.heading)
        if by_form and key:
            key = column.yearless or "year"  # a heading that is a year is no blank one
        keyed[key, counts.get(key, 0)] = column
        counts[key] = counts.get(key, 0) + 1
    return keyed


def _region_of_table(known: TableMapping, found: TableMapping, remembered: bool) -> tuple[str, str]:
    """Return the region and where it is from.

    One that is given stays. A title that named it last time, or must name it, names it again.
    """
    if known.region and known.region_from != "title":
        return known.region, ""
    if found.region or remembered:
        return found.region, found.region_from
    return known.region, known.region_from


def _year_of_table(
    grid: Grid, known: TableMapping, found: TableMapping, remembered: bool
) -> int | None:
    if not remembered:
        titled = known.year_from == "title" and found.year is not None
        return found.year if titled else known.year
    if found.year is None and known.year is not None:
        raise InputError(
            Text(
                f"{grid.name}：没有写明年份；上次导入这种表时由映射给出",
                f"{grid.name}: no year is stated; last time the mapping gave it for such a table",
            ),
            remedy=Text(
                "请把年份写在标题或文件名里，或用 --map 给出映射。",
                "Write the year in the title or the file's name, or give a mapping with --map.",
            ),
        )
    return found.year if known.year is not None else None


def _lost(grid: Grid, lost: Sequence[ColumnMapping]) -> InputError:
    names = listed([column.heading or letters_of(column.place) for column in lost], 12)
    return InputError(
        Text(
            f"{grid.name}：没有映射中的列 {names.zh}",
            f"{grid.name}: lacks columns of the mapping: {names.en}",
        ),
        remedy=Text(
            "请改正映射，或去掉 --map 让程序识别。",
            "Correct the mapping, or leave out --map to have the file recognised.",
        ),
    )
