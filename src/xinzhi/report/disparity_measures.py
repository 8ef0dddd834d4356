"""What the section on disparity compares, over which years, and the analysis of each quantity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, Text
from xinzhi.data import Indicator, Panel, find_unit, load_system
from xinzhi.data.contiguity import Contiguity, load_contiguity, shipped_contiguities
from xinzhi.measure import DisparityResult, disparity
from xinzhi.report.context import Context, title_of_figure
from xinzhi.report.words import listing, say

# Indicators of the shipped system, in a unit whose numbers fit a small square.
_MEASURES = (("gdp_per_head", "CNY_10k_per_person"), ("rd_intensity_gdp", "percent"))
# Tables of the capability that the report shows, one below the other for all quantities.
SHOWN = (
    *("total", "groups", "pairs", "intervals", "sigma", "sigma_test", "beta"),
    *("moran", "local_moran"),
)


@dataclass(frozen=True, eq=False)
class Measured:
    """One quantity: its indicator, its values (region, year) and what ``disparity`` finds."""

    indicator: Indicator
    values: xr.DataArray
    result: DisparityResult

    @property
    def years(self) -> list[int]:
        """Return the years compared."""
        return [int(year) for year in self.values["year"].values]


def compared() -> tuple[Indicator, ...]:
    """Return GDP per head and R&D over GDP, as the shipped system defines them."""
    by_id = {one.id: one for one in load_system("four_chains").indicators}
    return tuple(replace(by_id[name], unit=find_unit(unit)) for name, unit in _MEASURES)


def defended(panel: Panel, indicator: Indicator) -> xr.DataArray:
    """Return the values (region, year) of the regions with one in the last year there is, in all
    years in which none of these regions lacks its value.

    Raises : InputError where a figure is not in the data, or no year has any value
    """
    absent = [name for name in indicator.formula.names if panel.resolve(name) is None]
    if absent:
        names = listing(title_of_figure(name) for name in absent)
        raise InputError(say("数据中没有{n}", "the data have no {n}", n=names))
    system = replace(load_system("four_chains"), indicators=(indicator,))
    every = system.evaluate(panel)["value"].sel(indicator=indicator.id, drop=True)
    known = np.isfinite(every.transpose("region", "year").to_numpy())
    there = known[:, -1]
    return every.isel(region=there, year=known[there].all(axis=0))


def groups_of(context: Context, regions: Iterable[str]) -> dict[str, str] | None:
    """Return the group of each region; None where the region set does not give one to all."""
    found = {name: context.region_of(name).group for name in regions}
    if any(group is None for group in found.values()):
        return None
    return {name: str(group) for name, group in found.items()}


def neighbours_of(regions: Sequence[str]) -> Contiguity | None:
    """Return the shipped list in which every region has a neighbour among them, None without."""
    for name in shipped_contiguities():
        found = load_contiguity(name)
        if not found.knows(regions):
            continue
        try:
            found.weights(regions)
        except InputError:  # some region borders on none of the others
            continue
        return found
    return None


def measured(context: Context, indicator: Indicator) -> Measured:
    """Measure the disparity of one quantity.

    Raises : InputError where the data have no such quantity of the region, or too few values
    """
    values = defended(context.panel, indicator)
    regions = [str(name) for name in values["region"].values]
    if context.region not in regions:
        year = f"{int(values['year'].values[-1])}"
        name = context.name(context.region)
        raise InputError(say("{r}没有 {y} 年的数值", "{r} has no value in {y}", r=name, y=year))
    result = disparity(
        values,
        groups_of(context, regions),
        neighbours_of(regions),
        draws=None if context.uncertainty is not None else 0,
        seed=context.seed,
        unit=indicator.unit.id,
        inputs=context.panel.inputs,
    )
    return Measured(indicator, values, result)


def joined_tables(context: Context, found: Sequence[Measured]) -> dict[str, pd.DataFrame]:
    """Return the tables of all quantities, each row with its indicator, and where regions stand."""
    tables = {"standing": pd.concat([_standing(one) for one in found], ignore_index=True)}
    for name in SHOWN:
        parts = [(one.indicator.id, one.result.tables[name]) for one in found]
        full = [frame.assign(indicator=key) for key, frame in parts if len(frame)]
        table = pd.concat(full, ignore_index=True) if full else parts[0][1].assign(indicator=[])
        tables[name] = table[["indicator", *parts[0][1].columns]]
    pairs = tables["pairs"]
    tables["pairs"] = pairs.assign(contribution=pairs["between"] + pairs["transvariation"])
    return tables


def _standing(one: Measured) -> pd.DataFrame:
    """Return value, multiple of the mean of regions, growth and ranks of every region."""
    data = one.values.to_numpy()
    first, last = data[:, 0], data[:, -1]
    years = one.years
    table = pd.DataFrame(
        {
            "indicator": one.indicator.id,
            "region": [str(name) for name in one.values["region"].values],
            "first_year": years[0],
            "last_year": years[-1],
            "value_start": first,
            "value": last,
            "relative_start": first / first.mean(),
            "relative": last / last.mean(),
        }
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        growth = np.log(last / first) / max(1, years[-1] - years[0])
    known = np.isfinite(growth) & (len(years) > 1)
    table["growth"] = np.where(known, growth, np.nan)
    table["rank"] = table["value"].rank(ascending=False, method="min").astype(int)
    table["growth_rank"] = table["growth"].rank(ascending=False, method="min")
    return table


def notes_of(found: Sequence[Measured]) -> list[Text]:
    """Return what the analyses warn of, with the quantity where it concerns one of several."""
    notes: list[Text] = []
    for one in found:
        for warning in one.result.warnings:
            if all(warning in other.result.warnings for other in found):
                notes.append(warning)
            else:
                notes.append(say("{t}：{w}", "{t}: {w}", t=one.indicator.title, w=warning))
    return list(dict.fromkeys(notes))


def figures_used(found: Sequence[Measured]) -> dict[str, list[int]]:
    """Return the years of every published figure that the quantities are made of."""
    years: dict[str, set[int]] = {}
    for one in found:
        for name in one.indicator.formula.names:
            years.setdefault(name, set()).update(one.years)
    return {name: sorted(of) for name, of in years.items()}


def parameters_of(context: Context, found: Sequence[Measured]) -> dict[str, Any]:
    """Return the options in force; ``years`` by published figure, as data_method reads it."""
    own = found[0].result.parameters
    regions = [str(name) for name in found[0].values["region"].values]
    return {
        "years": figures_used(found),
        "groups": context.regions.id if groups_of(context, regions) else None,
        **{key: own[key] for key in ("neighbours", "draws", "level", "permutations", "seed")},
    }
