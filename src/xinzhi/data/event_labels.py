"""Labelled events: where and when something began that one would have liked to foresee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import text_of, year_of
from xinzhi.data.findings import Finding, refuse
from xinzhi.data.names import compact
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import open_grid

_HEADINGS = {
    "region": ("region", "地区", "省份", "省市", "城市", "province", "city"),
    "year": ("year", "年份", "年度", "年"),
    "event": ("event", "事件", "名称"),
}
_SEARCHED_ROWS = 20


@dataclass(frozen=True, eq=False)
class EventLabels:
    """Events by region and year, as ``watch`` takes them.

    frame : columns region, year (in which it began) and event ("" where it has no name)
    """

    frame: pd.DataFrame
    record: InputRecord


def read_event_labels(path: str | Path, regions: RegionSet) -> EventLabels:
    """Read a CSV, TSV or XLSX table with the columns region, year and, if there, event.

    regions : that the names are resolved by
    Raises : InputError as ``open_grid``; for a column that is absent, an unknown region (with the
        nearest one) and a year that is none, with row and column, all at once
    """
    grid = open_grid(path)
    heading, places = _headings(grid.cells)
    absent = [name for name in ("region", "year") if name not in places]
    if absent:
        raise refuse(
            grid.name,
            [Finding(Text(f"没有列 {name}", f"no column {name}")) for name in absent],
            Text(
                "事件表需要地区和年份两列，例如 地区,年份,事件。",
                "Events need a region and a year, for instance region,year,event.",
            ),
        )
    rows, findings = [], []
    for number, row in enumerate(grid.cells[heading + 1 :], heading + 2):
        cells = {name: row[at] if at < len(row) else "" for name, at in places.items()}
        if not any(text_of(cell) for cell in cells.values()):
            continue
        region, year = regions.find(text_of(cells["region"])), year_of(cells["year"])
        if region is None:
            word = text_of(cells["region"])
            near = regions.suggest(word) if word else None
            shown = None if near is None else near.name
            problem = Text(f"未知地区 {word}", f"unknown region {word}")
            findings.append(Finding(problem, number, "region", word, shown))
        if year is None:
            word = text_of(cells["year"])
            problem = Text(f"{word} 不是年份", f"{word} is not a year")
            findings.append(Finding(problem, number, "year", word))
        if region is not None and year is not None:
            rows.append((region.name, year, text_of(cells.get("event", ""))))
    if findings:
        raise refuse(grid.name, findings)
    if not rows:
        raise InputError(
            Text(f"{grid.name}：没有一个事件", f"{grid.name}: there is no event in it"),
            remedy=Text(
                "没有事件就不要给 --events：此时只陈述事实，不亮灯。",
                "Leave out --events where there are none: facts are shown then, and no lights.",
            ),
        )
    frame = pd.DataFrame(rows, columns=["region", "year", "event"])
    return EventLabels(frame, InputRecord(grid.name, grid.sha256, len(frame)))


def _headings(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """Return the first row with headings, and where each of them stands."""
    for number, row in enumerate(cells[:_SEARCHED_ROWS]):
        words = [compact(text_of(cell)).casefold() for cell in row]
        places = {
            name: next(at for at, word in enumerate(words) if word in known)
            for name, known in _HEADINGS.items()
            if any(word in known for word in words)
        }
        if "region" in places or "year" in places:
            return number, places
    return 0, {}
