"""What every section of one assessment reads: the data, the choices, and results so far."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import NO_TEXT, Result, Text
from xinzhi.data import (
    IndicatorSystem,
    Panel,
    Region,
    RegionSet,
    embedded_vintages,
    find_pack,
    find_unit,
)
from xinzhi.data.cases import TransitionCase
from xinzhi.data.imputation import ImputationMethod
from xinzhi.data.science_technology import PACK, science_technology_codes
from xinzhi.measure import Method, Uncertainty
from xinzhi.report.economy import NO_TABLE, Economy
from xinzhi.report.model import Card, Figure, NotRun
from xinzhi.report.watching import NOTHING_WATCHED, Watching

Row = Mapping[str, Any]
_MONEY = {"CNY", "USD"}
EMBEDDED = "embedded figures"


@dataclass
class Context:
    """One assessment on its way; sections add results and cards.

    values : the indicators of ``system``, as ``system.evaluate`` gives them
    year : the year reported on; peers : the regions compared with, without ``region``
    imputation : what fills the gaps of a data pack; None leaves them
    economy : the input–output tables, or why there are none
    watching : labelled events and the technology-risk register, where the user gave them
    case : the transition case, where the user gave one
    """

    panel: Panel
    system: IndicatorSystem
    second_system: IndicatorSystem
    values: xr.Dataset
    region: str
    year: int
    peers: tuple[str, ...]
    method: Method
    uncertainty: Uncertainty | None
    seed: int
    progress: bool = False
    imputation: ImputationMethod | None = None
    economy: Economy | NotRun = NO_TABLE
    watching: Watching = NOTHING_WATCHED
    case: TransitionCase | None = None
    results: dict[str, Result] = field(default_factory=dict)
    cards: dict[str, Card] = field(default_factory=dict)

    @property
    def regions(self) -> RegionSet:
        """Return the region set of the panel."""
        return self.panel.regions

    def region_of(self, name: str) -> Region:
        """Return a region by its own name."""
        return self.regions.get(name)

    def name(self, region: str) -> Text:
        """Return a region's name for prose: its own in Chinese, its English title in English."""
        found = self.region_of(region)
        return Text(found.name, found.english)

    def full_name(self, region: str) -> Text:
        """Return a region's name for tables: in English with its own name."""
        found = self.region_of(region)
        same = found.english == found.name
        return Text(found.name, found.name if same else f"{found.english} {found.name}")

    def add(self, card: Card) -> str:
        """Keep a card and return its id."""
        self.cards[card.id] = card
        return card.id

    def card_id(self, *parts: object) -> str:
        """Return a stable id such as ``four_chains.innovation.310000.2023``."""
        return ".".join(str(part).replace("[", "(").replace("]", ")") for part in parts)

    @property
    def prices(self) -> Text:
        """Return at which prices money stands, nothing where the main system reads no money."""
        names = dict.fromkeys(name for i in self.system.indicators for name in i.formula.names)
        units = self.panel.to_array(names).attrs["units"].values()
        if not any(_MONEY & set(find_unit(unit).dimension) for unit in units):
            return NO_TEXT
        if self.embedded:
            return Text("金额为现价", "money is nominal")
        return Text("金额未作价格调整", "money is not deflated")

    @property
    def embedded(self) -> bool:
        """Tell whether the figures are those that ship with the package."""
        return [record.name for record in self.panel.inputs] == [EMBEDDED]

    @property
    def draws(self) -> Text:
        """Return "10,000 draws" in both languages."""
        count = self.uncertainty.draws if self.uncertainty else 0
        return Text(f"{count:,} 次抽样", f"{count:,} draws")

    @property
    def share(self) -> Text:
        """Return the share of draws inside the intervals, in words."""
        share = 100 * self.uncertainty.level if self.uncertainty else 0
        return Text(f"{share:g}%", f"{share:g}\u202f%")


class Lookup:
    """Rows of a table by their key, read once."""

    def __init__(self, frame: pd.DataFrame, keys: Iterable[str]):
        names = [str(column) for column in frame]
        columns = {name: frame[name].tolist() for name in names}
        self._columns = columns
        self._place = dict(
            zip(zip(*(columns[key] for key in keys), strict=True), range(len(frame)), strict=True)
        )

    def row(self, *key: object) -> Row:
        """Return one row as a dictionary."""
        place = self._place[key]
        return {name: column[place] for name, column in self._columns.items()}

    def get(self, *key: object) -> Row | None:
        """Return one row, None where there is none."""
        return self.row(*key) if key in self._place else None


class Figures:
    """The published figures that an indicator's formula reads, one vintage a series."""

    def __init__(self, panel: Panel, names: Iterable[str]):
        self._panel = panel
        self.known = {name: panel.resolve(name) or name for name in dict.fromkeys(names)}
        array = panel.to_array(self.known)
        self.vintages: dict[str, str] = {
            self.known[name]: vintage for name, vintage in array.attrs["vintages"].items()
        }
        frame = panel.frame
        chosen = frame["indicator"].isin(set(self.known.values()))
        used = frame[chosen]
        vintage = used["indicator"].astype(str).map(self.vintages)
        self.frame = used[used["vintage"].astype(str) == vintage]
        self._rows = Lookup(self.frame, ("indicator", "region", "year"))

    def find(self, name: str, region: str, year: int) -> Row | None:
        """Return the row of a figure."""
        return self._rows.get(self.known[name], region, year)

    def figure(self, name: str, region: str, year: int) -> Figure | None:
        """Return a figure with its source."""
        row = self.find(name, region, year)
        if row is None:
            return None
        return Figure(
            title=title_of_figure(row["indicator"]),
            value=float(row["value"]),
            unit=unit_text(row["unit"]),
            year=year,
            vintage=str(row["vintage"]),
            publisher=publisher_of(row["vintage"]),
            source=str(row["source"]),
            status=str(row["status"]),
        )


def figure_names(system: IndicatorSystem) -> list[str]:
    """Return the panel indicators that a system's formulas name, side figures left out."""
    return sorted({name for one in system.indicators for name in one.formula.names})


def title_of_figure(indicator: str) -> Text:
    """Return the title of a panel indicator; its own name where the dictionary has none."""
    from xinzhi.data import indicators

    info = indicators().get(indicator)
    return info.title if info else Text(indicator, indicator)


def publisher_of(vintage: str) -> Text:
    """Return who published an embedded table, or which pack a table is of; nothing for others."""
    known = embedded_vintages().get(vintage)
    if known is not None:
        return known.publisher
    return find_pack(PACK).title if of_pack(vintage) else NO_TEXT


def of_pack(vintage: str) -> bool:
    """Tell whether a vintage is a table of the data pack on science and technology."""
    return vintage in {table for table, _ in science_technology_codes()}


def unit_text(unit: str) -> Text:
    """Return a unit in words; nothing for a plain number and for an unspecified unit."""
    return NO_TEXT if unit in ("ratio", "unspecified") else find_unit(unit).title


def missing(value: object) -> bool:
    """Tell whether a value of a table is missing."""
    if value is None or value is pd.NA:
        return True
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))
