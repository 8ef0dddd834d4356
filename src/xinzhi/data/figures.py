"""The published figures that ship with the package, each with its source, vintage and status."""

from __future__ import annotations

import csv
import hashlib
import io
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.core import InputRecord, Text
from xinzhi.data.longtable import STATUSES
from xinzhi.data.panel import Panel
from xinzhi.data.regions import load_region_set

_NATION = "000000"
_KEYS = ("indicator", "vintage", "year", "unit", "source")


@dataclass(frozen=True)
class Vintage:
    """A published table: its name, what it holds and who published it."""

    id: str
    title: Text
    publisher: Text


@dataclass(frozen=True)
class Note:
    """Why some figures of a vintage have another status than reported.

    indicators, regions, years : None means all of the vintage
    source_starts, source_starts_not : how the printed source must, or must not, begin
    """

    vintage: str
    status: str
    reason: Text
    indicators: frozenset[str] | None = None
    regions: frozenset[str] | None = None
    years: frozenset[int] | None = None
    source_starts: str = ""
    source_starts_not: str | None = None

    def covers(self, indicator: str, vintage: str, region: str, year: int, source: str) -> bool:
        """Tell whether the note speaks of this figure."""
        return (
            vintage == self.vintage
            and (self.indicators is None or indicator in self.indicators)
            and (self.regions is None or region in self.regions)
            and (self.years is None or year in self.years)
            and source.startswith(self.source_starts)
            and not (self.source_starts_not and source.startswith(self.source_starts_not))
        )


@cache
def embedded_panel() -> Panel:
    """Return the embedded figures of China's 31 regions.

    Where an indicator comes in several vintages, ``preferred`` says which one computations use.
    """
    frame, _ = _tables()
    data = (resources.files("xinzhi.data") / "figures" / "figures.csv").read_bytes()
    record = InputRecord("embedded figures", hashlib.sha256(data).hexdigest(), len(frame))
    return Panel.from_frame(
        frame,
        regions=load_region_set("china31"),
        name="embedded figures",
        preferred=_about()["preferred"],
        inputs=(record,),
    )


def embedded_totals() -> pd.DataFrame:
    """Return the printed national totals, which no computation uses but checks do.

    Returns : columns indicator, vintage, year, value, unit, source, status
    """
    return _tables()[1].copy()


@cache
def embedded_vintages() -> Mapping[str, Vintage]:
    """Return the published tables behind the figures, by id."""
    return MappingProxyType(
        {
            name: Vintage(name, Text(**entry["title"]), Text(**entry["publisher"]))
            for name, entry in _about()["vintage"].items()
        }
    )


@cache
def embedded_notes() -> tuple[Note, ...]:
    """Return why figures are provisional or doubtful."""
    sets = ("indicators", "regions", "years")
    return tuple(
        Note(
            **entry
            | {"reason": Text(**entry["reason"])}
            | {key: frozenset(entry[key]) for key in sets if key in entry}
        )
        for entry in _about()["note"]
    )


def embedded_reasons(
    indicator: str, vintage: str, region: str, year: int, source: str
) -> tuple[Text, ...]:
    """Return why this embedded figure is provisional or doubtful; nothing if it is neither."""
    return tuple(
        note.reason
        for note in embedded_notes()
        if note.covers(indicator, vintage, region, year, source)
    )


@cache
def _about() -> dict[str, Any]:
    text = (resources.files("xinzhi.data") / "figures" / "about.toml").read_text("utf-8")
    return tomllib.loads(text)


def _csv(name: str) -> list[list[str]]:
    text = (resources.files("xinzhi.data") / "figures" / name).read_text("utf-8")
    return list(csv.reader(io.StringIO(text)))


@cache
def _tables() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the regional figures in long form, and the national totals."""
    names = {region.code: region.name for region in load_region_set("china31").regions}
    sources = {row[0]: row[2] for row in _csv("sources.csv")[1:]}
    header, *lines = _csv("figures.csv")
    codes = header[len(_KEYS) :]
    notes: dict[str, list[Note]] = {}
    for note in embedded_notes():
        notes.setdefault(note.vintage, []).append(note)
    rows: list[tuple[Any, ...]] = []
    totals: list[tuple[Any, ...]] = []
    for line in lines:
        indicator, vintage, year, unit, source = line[: len(_KEYS)]
        origin, date = sources[source], int(year)
        for code, cell in zip(codes, line[len(_KEYS) :], strict=True):
            if not cell:
                continue
            region = names.get(code, "")
            status = _status(notes.get(vintage, ()), indicator, vintage, region, date, origin)
            row = (region, date, indicator, float(cell), unit, origin, status, vintage)
            (totals if code == _NATION else rows).append(row)
    columns = ["region", "year", "indicator", "value", "unit", "source", "status", "vintage"]
    nation = pd.DataFrame(totals, columns=columns).drop(columns="region")
    order = ["indicator", "vintage", "year", "value", "unit", "source", "status"]
    return pd.DataFrame(rows, columns=columns), nation[order]


def _status(
    notes: list[Note] | tuple[Note, ...],
    indicator: str,
    vintage: str,
    region: str,
    year: int,
    source: str,
) -> str:
    found = [n.status for n in notes if n.covers(indicator, vintage, region, year, source)]
    return max(found, key=STATUSES.index, default="reported")
