"""Rates of a conversion in all regions, and in draws of their years."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import Text
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.units import find_unit, same_dimension
from xinzhi.plan.innovation.pipeline import Array
from xinzhi.plan.innovation.pipeline_conversions import FIGURES, Conversion
from xinzhi.plan.table_checks import (
    check_amounts,
    check_columns,
    check_unique,
    check_whole,
    refuse_rows,
)

NAME = "indicators"
_PER = {"papers_per_CNY_100m": 1e8, "patents_per_CNY_100m": 1e8, "CNY_10k": 1e-4, "ratio": 1.0}


@dataclass(frozen=True)
class Rates:
    """Rates of one conversion; NaN where a region has none.

    years : of the denominator; both : (regions, years) whether a region has both figures
    counts : (regions,) sums of numerator and denominator in base units
    rate : (regions,); draws : (draws, regions) rates in draws of years with replacement
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    both: NDArray[np.bool_]
    counts: tuple[Array, Array]
    rate: Array
    draws: Array

    def relative(self) -> tuple[Array, Array]:
        """Return rates over the median of regions, (regions,) and (draws, regions)."""
        middle = np.nanmedian(self.draws, axis=1, keepdims=True)
        return self.rate / np.nanmedian(self.rate), self.draws / middle


def rates_of(
    conversion: Conversion,
    values: Mapping[str, pd.DataFrame],
    draws: int,
    seed: tuple[int, int],
) -> Rates | None:
    """Return the rates of a conversion; None where no region has both figures of a year.

    values : indicator → (region × year) in base units
    """
    if conversion.numerator not in values or conversion.denominator not in values:
        return None
    below, later = values[conversion.denominator], values[conversion.numerator]
    later = later.set_axis([int(year) - conversion.lag for year in later.columns], axis=1)
    years = sorted({int(year) for year in below.columns} & set(later.columns))
    regions = [region for region in below.index if region in later.index]
    if not years or not regions:
        return None
    x = later.loc[regions, years].to_numpy(float)
    y = below.loc[regions, years].to_numpy(float)
    both = np.isfinite(x) & np.isfinite(y)
    x, y = np.where(both, x, 0.0), np.where(both, y, 0.0)
    if not (y > 0).any():
        return None
    picked = np.random.default_rng(seed).integers(0, len(years), (draws, len(years)))
    drawn = np.stack([(picked == place).sum(axis=1) for place in range(len(years))], axis=1)
    scale = _PER[conversion.unit]
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = scale * x.sum(axis=1) / y.sum(axis=1)
        of_draws = scale * (drawn @ x.T) / (drawn @ y.T)
    return Rates(
        tuple(map(str, regions)),
        tuple(years),
        both,
        (x.sum(axis=1), y.sum(axis=1)),
        np.where(np.isfinite(rate), rate, np.nan),
        np.where(np.isfinite(of_draws), of_draws, np.nan),
    )


def base_values(table: pd.DataFrame) -> Mapping[str, pd.DataFrame]:
    """Return indicator → (region × year) values in base units, of those that conversions read.

    table : region, year, indicator (id, title or alias), value; optional unit
    Raises : InputError, naming row and column, for what is wrong
    """
    check_columns(NAME, table, ("region", "year", "indicator", "value"))
    check_whole(NAME, table, "year", 1)
    check_amounts(NAME, table, "value")
    table = table.reset_index(drop=True)
    named = table["indicator"].astype(str)
    ids = named.map(find_indicator).fillna(named)
    full = table.assign(region=table["region"].astype(str), indicator=ids)
    check_unique(NAME, full, ("region", "year", "indicator"))
    known = ids.isin(FIGURES)
    usual = ids.map({name: indicators()[name].unit for name in FIGURES})
    units = usual
    if "unit" in full:
        blank = full["unit"].isna() | (full["unit"].astype(str) == "")
        units = full["unit"].astype(object).where(~blank, usual)
    wrong = [
        read and not same_dimension(find_unit(str(unit)), find_unit(str(own)))
        for read, unit, own in zip(known, units, usual, strict=True)
    ]
    refuse_rows(
        NAME,
        full,
        "unit",
        np.array(wrong, dtype=bool),
        Text("与指标的单位不能换算", "does not convert to the unit of the indicator"),
    )
    kept = full[known]
    factor = units[known].map(lambda unit: find_unit(str(unit)).factor).astype(float)
    base = kept.assign(value=pd.to_numeric(kept["value"]).astype(float) * factor)
    return {
        str(name): part.pivot(index="region", columns="year", values="value")
        for name, part in base.groupby("indicator", observed=True)
    }
