"""The panel: the long table of published figures, and the only way from it into a computation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.checks import check
from xinzhi.data.findings import listed
from xinzhi.data.indicators import find_indicator, indicators, nearest_indicator
from xinzhi.data.longtable import COLUMNS, STATUSES, Places
from xinzhi.data.names import name_key
from xinzhi.data.regions import RegionSet
from xinzhi.data.series import Selection, Series
from xinzhi.data.units import convert, find_unit, same_dimension

__all__ = ["COLUMNS", "STATUSES", "Panel"]

Vintages = Mapping[str, str]
_CONVERTED = STATUSES.index("converted")


@dataclass(frozen=True, eq=False)
class Panel:
    """Published figures in long form, checked.

    frame : columns region, year, indicator, value, unit, source, status, vintage; sorted by
        indicator, vintage, region, year; names are categories; a missing value has no row
    regions : the region set; ``region_names`` are those of its regions that have figures
    preferred : indicator → the vintage that computations use, where there are several
    inputs : the files or data sets that the figures came from
    warnings : what was left out on the way in
    """

    frame: pd.DataFrame
    regions: RegionSet
    preferred: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    inputs: tuple[InputRecord, ...] = ()
    warnings: tuple[Text, ...] = ()

    @classmethod
    def from_frame(
        cls,
        frame: pd.DataFrame,
        regions: RegionSet | None = None,
        name: str = "data",
        *,
        preferred: Mapping[str, str] | None = None,
        inputs: tuple[InputRecord, ...] = (),
        warnings: tuple[Text, ...] = (),
        places: Places | None = None,
    ) -> Panel:
        """Check a long table and make a panel of it.

        frame : columns region, year, indicator, value; unit, source, status and vintage if known
        regions : None chooses China's 31 regions if most names are theirs, else the names alone
        name : what messages call the table; also its source and vintage where it states none
        places : where the rows stand in a file; messages otherwise name the frame's index
        Raises : InputError, listing everything that is wrong: a missing column, an unknown region
            or unit (with a suggestion), text in a number, duplicates, an implausible value
        """
        checked = check(frame, regions, name, places)
        return cls(
            frame=checked.frame,
            regions=checked.regions,
            preferred=MappingProxyType(dict(preferred or {})),
            inputs=inputs,
            warnings=(*warnings, *checked.warnings),
        )

    @property
    def indicators(self) -> tuple[str, ...]:
        """Return the id of every indicator that has figures."""
        return tuple(self.frame["indicator"].cat.categories)

    @property
    def region_names(self) -> tuple[str, ...]:
        """Return the name of every region that has figures, in the order of the region set."""
        return tuple(self.frame["region"].cat.categories)

    @property
    def years(self) -> tuple[int, ...]:
        """Return every year that has figures, ascending."""
        return tuple(int(year) for year in np.unique(self.frame["year"].to_numpy()))

    def resolve(self, indicator: str) -> str | None:
        """Return the panel's own id for an indicator's id, title or alias; None if it is absent."""
        if indicator in self._bounds:
            return indicator
        found = find_indicator(indicator)
        return found if found in self._bounds else self._by_key.get(name_key(indicator))

    def vintages(self, indicator: str) -> tuple[str, ...]:
        """Return the vintages in which an indicator is there."""
        rows = self._rows(self._known(indicator))
        names = self.frame["vintage"].cat.categories
        return tuple(names[code] for code in np.unique(self._codes["vintage"][rows]))

    def to_array(
        self,
        indicators: Iterable[str],
        years: Iterable[int] | None = None,
        vintages: Vintages | None = None,
    ) -> xr.DataArray:
        """Return the figures as a (region, year, indicator) array, one vintage a series.

        indicators : ids, titles or aliases; they name the array's indicators as they are given
        years : None takes every year in which one of the indicators has a figure
        vintages : indicator → vintage, before the panel's preferred ones
        Returns : float64, NaN where there is no figure; ``attrs["units"]`` and
            ``attrs["vintages"]`` by indicator; a series in several units comes in one of them
        Raises : InputError for an absent indicator, or one with several vintages and none chosen
        """
        chosen = self._choose(indicators, years, vintages)
        values = np.full(chosen.shape, np.nan)
        for k, part in enumerate(chosen.parts):
            values[part.region, part.year, k] = part.numbers
        return chosen.array(values, units={p.name: p.unit for p in chosen.parts})

    def status_codes(
        self,
        indicators: Iterable[str],
        years: Iterable[int] | None = None,
        vintages: Vintages | None = None,
    ) -> xr.DataArray:
        """Return the place of each figure's status in STATUSES (int8), -1 where there is none.

        The shape, and the arguments, are those of ``to_array``.
        """
        chosen = self._choose(indicators, years, vintages)
        codes = np.full(chosen.shape, -1, dtype=np.int8)
        for k, part in enumerate(chosen.parts):
            codes[part.region, part.year, k] = part.status
        return chosen.array(codes, statuses=STATUSES)

    def status_array(
        self,
        indicators: Iterable[str],
        years: Iterable[int] | None = None,
        vintages: Vintages | None = None,
    ) -> xr.DataArray:
        """Return each figure's status as a word, "" where there is none; as ``to_array`` else."""
        codes = self.status_codes(indicators, years, vintages)
        return codes.copy(data=np.array([*STATUSES, ""], dtype=object)[codes.to_numpy()])

    def select(
        self,
        indicators: Iterable[str] | None = None,
        regions: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        *,
        preferred_only: bool = False,
    ) -> Panel:
        """Return the panel of some indicators, regions and years; None keeps all of them.

        preferred_only : keep one vintage a series, the preferred one
        Raises : InputError for an absent indicator, an unknown region, or no figure at all
        """
        keep = np.ones(len(self.frame), dtype=bool)
        names = None if indicators is None else [self._known(name) for name in indicators]
        if names is not None:
            keep &= self.frame["indicator"].isin(names).to_numpy()
        if regions is not None:
            wanted = [self.regions.get(name).name for name in regions]
            keep &= self.frame["region"].isin(wanted).to_numpy()
        if years is not None:
            keep &= np.isin(self.frame["year"].to_numpy(), list(years))
        if preferred_only:
            for name in names or self.indicators:
                rows, code = self._rows(name), self._vintage_code(name, {})
                keep[rows] &= self._codes["vintage"][rows] == code
        if not keep.any():
            raise InputError(
                Text(
                    "所选的指标、地区和年份没有数据",
                    "no figures for these indicators, regions, years",
                ),
                remedy=Text(
                    f"数据的年份是 {self.years[0]}—{self.years[-1]}。",
                    f"The years of the data are {self.years[0]} to {self.years[-1]}.",
                ),
            )
        frame = self.frame[keep].reset_index(drop=True)
        for column in ("region", "indicator", "unit", "source", "vintage"):
            frame[column] = frame[column].cat.remove_unused_categories()
        return replace(self, frame=frame)

    def to_frame(self) -> pd.DataFrame:
        """Return a copy of the long table with plain text in place of categories."""
        text = {column: "str" for column in COLUMNS if column not in ("year", "value")}
        return self.frame.astype(text)

    def sources(self, indicators: Iterable[str] | None = None) -> pd.DataFrame:
        """Return where the figures come from, one row for each indicator, vintage and source.

        Returns : columns indicator, vintage, source, first_year, last_year, cells, doubtful (cells)
        """
        frame = self.frame
        if indicators is not None:
            frame = frame[frame["indicator"].isin([self._known(name) for name in indicators])]
        frame = frame.assign(doubtful=frame["status"] == "doubtful")
        table = frame.groupby(["indicator", "vintage", "source"], observed=True).agg(
            first_year=("year", "min"),
            last_year=("year", "max"),
            cells=("value", "size"),
            doubtful=("doubtful", "sum"),
        )
        return table.reset_index().astype({"indicator": "str", "vintage": "str", "source": "str"})

    # Rows are sorted by indicator and vintage, so a series is a slice of them.

    @cached_property
    def _codes(self) -> dict[str, npt.NDArray[Any]]:
        columns = ("region", "indicator", "unit", "status", "vintage")
        return {column: self.frame[column].cat.codes.to_numpy() for column in columns}

    @cached_property
    def _bounds(self) -> dict[str, slice]:
        codes, names = self._codes["indicator"], self.indicators
        edges = np.searchsorted(codes, np.arange(len(names) + 1))
        return {name: slice(edges[k], edges[k + 1]) for k, name in enumerate(names)}

    @cached_property
    def _by_key(self) -> dict[str, str]:
        return {name_key(name): name for name in self.indicators}

    def _rows(self, name: str) -> slice:
        return self._bounds[name]

    def _known(self, name: str) -> str:
        found = self.resolve(name)
        if found is None:
            near = nearest_indicator(name, self.indicators)
            guess = (f"，是否指 {near}？", f", did you mean {near}?") if near else ("", "")
            shown = listed(self.indicators, 40)
            raise InputError(
                Text(
                    f"数据中没有指标 {name}{guess[0]}", f"no indicator {name} in the data{guess[1]}"
                ),
                remedy=Text(f"现有指标：{shown.zh}", f"The indicators are: {shown.en}"),
            )
        return found

    def _vintage_code(self, name: str, vintages: Vintages) -> int:
        there = self.vintages(name)
        wanted = vintages.get(name) or (self.preferred.get(name) if len(there) > 1 else there[0])
        if wanted not in there:
            shown = listed(there)
            which = (f"没有版本 {wanted}", f"has no vintage {wanted}")
            if wanted is None:
                which = ("有多个版本，未指明用哪一个", "has several vintages and none is chosen")
            raise InputError(
                Text(f"指标 {name} {which[0]}", f"indicator {name} {which[1]}"),
                remedy=Text(f"可用的版本：{shown.zh}", f"Its vintages are: {shown.en}"),
            )
        return list(self.frame["vintage"].cat.categories).index(wanted)

    def _choose(
        self, names: Iterable[str], years: Iterable[int] | None, vintages: Vintages | None
    ) -> Selection:
        given = list(dict.fromkeys(names))
        wanted = {self._known(name): vintage for name, vintage in (vintages or {}).items()}
        all_years = self.frame["year"].to_numpy()
        slices = []
        for name in given:
            known = self._known(name)
            rows = self._rows(known)
            code = self._vintage_code(known, wanted)
            inner = self._codes["vintage"][rows]
            start = rows.start + int(np.searchsorted(inner, code, "left"))
            stop = rows.start + int(np.searchsorted(inner, code, "right"))
            slices.append((name, known, slice(start, stop), code))
        if years is None:
            parts = [np.unique(all_years[rows]) for _, _, rows, _ in slices]
            year_list = np.unique(np.concatenate(parts)) if parts else np.array([], dtype=np.int64)
        else:
            year_list = np.unique(np.array(list(years), dtype=np.int64))
        chosen = [self._part(name, known, rows, year_list) for name, known, rows, _ in slices]
        categories = self.frame["vintage"].cat.categories
        used = {name: str(categories[code]) for name, _, _, code in slices}
        return Selection(self.region_names, year_list, chosen, used)

    def _part(self, name: str, known: str, rows: slice, years: npt.NDArray[np.int64]) -> Series:
        year = self.frame["year"].to_numpy()[rows]
        place = np.searchsorted(years, year)
        inside = place < len(years)
        inside[inside] = years[place[inside]] == year[inside]
        values = self.frame["value"].to_numpy()[rows].copy()
        status = self._codes["status"][rows].astype(np.int8)
        codes = self._codes["unit"][rows]
        unit_names = self.frame["unit"].cat.categories
        present = [str(unit_names[code]) for code in pd.unique(codes)]
        unit = self._common_unit(known, present)
        for code in np.unique(codes):
            if unit_names[code] != unit:
                other = codes == code
                values[other] = convert(values[other], str(unit_names[code]), unit)
                status[other] = np.maximum(status[other], _CONVERTED)
        region = self._codes["region"][rows]
        return Series(name, unit, region[inside], place[inside], values[inside], status[inside])

    @staticmethod
    def _common_unit(name: str, present: list[str]) -> str:
        """Return the unit for a series: its only one, else the dictionary's, else the first."""
        info = indicators().get(name)
        if len(present) > 1 and info is not None:
            default = find_unit(info.unit)
            if same_dimension(default, find_unit(present[0])):
                return default.id
        return present[0]
