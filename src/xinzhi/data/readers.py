"""Reading users' tables: panels, and the levels of subsystems."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.breaks import break_warnings
from xinzhi.data.cells import plain_numbers, text_of
from xinzhi.data.checks import check
from xinzhi.data.findings import listed
from xinzhi.data.headers import Layout, recognise
from xinzhi.data.longtable import Places
from xinzhi.data.panel import Panel
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import Grid, open_grid

_FOOTNOTES = ("注", "说明", "资料来源", "数据来源", "来源", "note", "source", "*")
_OPTIONAL = ("unit", "source", "status", "vintage")


def read_panel(
    path: str | Path, regions: RegionSet | None = None, sheet: str | None = None
) -> Panel:
    """Read a panel from a CSV, TSV or XLSX file with Chinese or English headings.

    Long tables have the columns region, year, indicator, value and, if known, unit, source, status,
    vintage. Wide ones have region, year and a column for each indicator; or region and a column for
    each year, with the indicator in a column, above the headings, or as the name of the sheet.
    A heading may carry the unit: ``地区生产总值（亿元）``, ``gdp [CNY_100m]``.

    regions : None chooses China's 31 regions if most names are theirs, else the names themselves
    sheet : of a workbook; by default the first that is not empty
    Raises : InputError with row, column and what to do, for all problems of the file at once
    """
    grid = open_grid(path, sheet)
    frame, places, warnings, record = long_frame(grid, recognise(grid))
    panel = Panel.from_frame(
        frame,
        regions,
        grid.name,
        inputs=(record,),
        warnings=(*grid.warnings, *warnings),
        places=places,
    )
    return replace(panel, warnings=(*panel.warnings, *break_warnings(panel.frame)))


def read_levels(
    path: str | Path, regions: RegionSet | None = None, sheet: str | None = None
) -> xr.DataArray:
    """Read levels of subsystems: columns region, year, and one for each subsystem.

    Returns : (region, year, subsystem) [1], in [0, 1], NaN where missing; ``attrs["inputs"]`` and
        ``attrs["warnings"]`` as a panel has them
    Raises : InputError as ``read_panel``; also for a level outside [0, 1], with row and column
    """
    grid = open_grid(path, sheet)
    frame, places, warnings, record = long_frame(grid, recognise(grid))
    checked = check(frame, regions, grid.name, places, levels=True)
    panel = Panel(checked.frame, checked.regions)
    levels = panel.to_array(panel.indicators).rename(indicator="subsystem").rename("level")
    levels.attrs = {
        "inputs": (record,),
        "warnings": (*grid.warnings, *warnings, *checked.warnings),
    }
    return levels


def long_frame(grid: Grid, layout: Layout) -> tuple[pd.DataFrame, Places, list[Text], InputRecord]:
    """Return the cells in long form, where each stood, what was passed over, and the record."""
    rows, warnings = data_rows(grid, layout)
    if not rows:
        raise InputError(
            Text(
                f"{grid.name}：只有表头，没有数据行", f"{grid.name}: only headings, no rows of data"
            ),
            remedy=Text("请给出至少一行数据。", "Give at least one row of data."),
        )
    count, wide = len(rows), len(layout.measures)
    body = [grid.cells[row] for row in rows]
    shortest = min(map(len, body))

    def listed_column(place: int) -> list[Any]:
        if place < shortest:
            return list(map(itemgetter(place), body))
        return [row[place] if place < len(row) else "" for row in body]

    def column(place: int) -> npt.NDArray[np.object_]:
        cells = np.empty(count, dtype=object)
        cells[:] = listed_column(place)
        return cells

    def values() -> npt.NDArray[Any]:
        parts = [listed_column(m.column) for m in measures]
        numbers = [plain_numbers(part) for part in parts]
        if any(part is None for part in numbers):
            return stacked([column(m.column) for m in measures])
        return np.stack([part for part in numbers if part is not None], axis=1).reshape(-1)

    def stacked(parts: list[Any]) -> npt.NDArray[np.object_]:
        spread = np.empty((wide, count), dtype=object)
        for k, part in enumerate(parts):
            spread[k] = part
        # Row by row, so that what is first met comes first in the long table too.
        return spread.T.reshape(-1)

    there = {name: column(place) for name, place in layout.columns.items() if name != "value"}
    measures = layout.measures
    long: dict[str, Any] = {
        "region": stacked([there.get("region", layout.region)] * wide),
        "year": stacked([there["year"] if m.year is None else m.year for m in measures]),
        "indicator": stacked(
            [there["indicator"] if m.indicator is None else m.indicator for m in measures]
        ),
        "value": values(),
    }
    for name in _OPTIONAL:
        if name in there:
            long[name] = stacked([there[name]] * wide)
    if any(m.unit for m in measures):
        long["unit"] = stacked([m.unit or there.get("unit", "") for m in measures])
    places = Places(
        rows=np.repeat(np.array(rows) + 1, wide).tolist(),
        value_columns=None if "value" in layout.columns else [m.heading for m in measures] * count,
        headings={**layout.headings, "value": measures[0].heading},
        heading_row=layout.header + 1,
    )
    return pd.DataFrame(long), places, warnings, InputRecord(grid.name, grid.sha256, count)


def data_rows(grid: Grid, layout: Layout) -> tuple[list[int], list[Text]]:
    """Return the places of the rows below the headings, without blank ones and footnotes."""
    start = layout.header + 1
    body = grid.cells[start:]
    filled = {cell for cell in {cell for row in body for cell in row[:2]} if text_of(cell)}
    # Nearly every row begins with two filled cells: no need to look at the rest of it.
    unsure = [
        place
        for place, row in enumerate(body, start)
        if not (len(row) > 1 and row[0] in filled and row[1] in filled)
    ]
    left_out, notes = set(), []
    for place in unsure:
        texts = (text_of(cell) for cell in grid.cells[place])
        first = list(islice((text for text in texts if text), 2))
        if len(first) == 1 and first[0].casefold().startswith(_FOOTNOTES):
            notes.append(place + 1)
            left_out.add(place)
        elif not first:
            left_out.add(place)
    rows = [place for place in range(start, len(grid.cells)) if place not in left_out]
    if not notes:
        return rows, []
    shown = listed(notes)
    return rows, [
        Text(
            f"{grid.name}：第 {shown.zh} 行是脚注，没有读取",
            f"{grid.name}: row {shown.en} is a footnote, left out",
        )
    ]
