"""Inputs and outputs of regional innovation, lagged and averaged, for a frontier of regions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data import Panel
from xinzhi.data.findings import listed

MONEY = "rd_expenditure"
PATENTS = "invention_patents_granted"
CONTRACTS = "technology_market_turnover"


@dataclass(frozen=True)
class InnovationTable:
    """What a frontier of regions takes.

    inputs, outputs : (region, variable), means a year, complete
    periods : variable → the years of which it is the mean
    left_out : regions without a figure that is needed, and what it is
    warnings : what the reader must know before quoting an efficiency
    """

    inputs: pd.DataFrame
    outputs: pd.DataFrame
    periods: dict[str, tuple[int, ...]]
    left_out: dict[str, Text]
    records: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def innovation_table(
    panel: Panel, lags: Sequence[int] = (2, 3), years: Sequence[int] | None = None
) -> InnovationTable:
    r"""Return R&D money of all sectors against patents and contracts some years later.

    .. math:: x_r = \frac1{|Y|}\sum_{t\in Y} x_{rt},\qquad
        y_r = \frac1{|Y||L|}\sum_{t\in Y}\sum_{l\in L} y_{r,t+l}

    panel : holds rd_expenditure, invention_patents_granted and technology_market_turnover
    lags : L, the years that outputs come after money; each output is the mean over all of them
    years : Y, the years of money; by default all for which every lagged year has figures
    Raises : InputError for lags that are negative, or no year of money whose outputs are known
    Limits : all money is nominal. Technology contracts count where they are registered, and their
        series has breaks: they enter as a mean over years only, and no annual index can be made
        of them. Grants move with subsidies and the office's rules. People in R&D are left out,
        since the panel knows those of industry only, which do not belong to money of all sectors
    Source : for the lag: Wang and Huang (2007), Research Policy 36(2), 260-273
    """
    lags = sorted(set(lags))
    if not lags or lags[0] < 0:
        raise InputError(
            Text("滞后年数应为非负整数", "lags must be whole numbers of years, none negative")
        )
    money = figures_of(panel, MONEY)
    outputs = {name: figures_of(panel, name) for name in (PATENTS, CONTRACTS)}
    known = set.intersection(*(years_with_figures(array) for array in outputs.values()))
    possible = [
        year
        for year in sorted(years_with_figures(money))
        if all(year + lag in known for lag in lags) and (years is None or year in set(years))
    ]
    if not possible:
        raise InputError(
            Text(
                f"没有一年的研发经费之后 {'、'.join(map(str, lags))} 年的产出齐备",
                f"no year of R&D money has its outputs {', '.join(map(str, lags))} years later",
            ),
            remedy=Text("缩短滞后，或补充年份。", "Shorten the lags, or add years."),
        )
    later = [year + lag for year in possible for lag in lags]
    x = pd.DataFrame({MONEY: mean_of_years(money, possible)})
    y = pd.DataFrame({name: mean_of_years(array, later) for name, array in outputs.items()})
    both = x.join(y)
    # a mean needs every year: one that skips a gap would compare different years
    gone = both.isna() | (both <= 0)
    left_out = {
        str(region): listed(both.columns[row]) for region, row in gone[gone.any(axis=1)].iterrows()
    }
    keep = ~gone.any(axis=1)
    return InnovationTable(
        inputs=x[keep],
        outputs=y[keep],
        periods={
            MONEY: tuple(possible),
            **dict.fromkeys((PATENTS, CONTRACTS), tuple(sorted(set(later)))),
        },
        left_out=left_out,
        records=panel.inputs,
        warnings=tuple(_warnings(left_out)),
    )


def missing_for_tfp(panel: Panel) -> tuple[Text, ...]:
    """Say what the panel lacks for growth accounting of regions; empty where nothing is missing.

    Employment of urban non-private units is no stand-in for that of all people employed: by it,
    output per worker is highest where fewest work in such units.
    """
    needs = (
        (
            ("gdp_real", "gdp_index"),
            Text("不变价地区生产总值或其指数", "gross regional product at constant prices"),
        ),
        (
            ("capital_stock", "gross_fixed_capital_formation"),
            Text(
                "资本存量，或固定资本形成总额及其价格指数",
                "capital, or gross fixed capital formation with its price index",
            ),
        ),
        (
            ("employment",),
            Text(
                "全部就业人员（城镇非私营单位就业人员不能代替）",
                "all people employed (those of urban non-private units are no stand-in)",
            ),
        ),
        (
            ("labour_compensation",),
            Text(
                "劳动者报酬，用于资本份额（没有时可设定份额并给出区间）",
                "compensation of employees, for the capital share (one may be assumed, with a "
                "band)",
            ),
        ),
    )
    there = set(panel.indicators)
    return tuple(text for names, text in needs if not there.intersection(names))


def figures_of(panel: Panel, name: str) -> xr.DataArray:
    """Return one indicator, (region, year)."""
    return panel.to_array([name]).sel(indicator=name, drop=True)


def years_with_figures(array: xr.DataArray) -> set[int]:
    """Return the years in which some region has a figure."""
    there = np.isfinite(array.transpose("region", "year").to_numpy()).any(axis=0)
    return {int(year) for year in array["year"].values[there]}


def mean_of_years(array: xr.DataArray, years: list[int]) -> pd.Series:
    """Return each region's mean over these years, nan where one of them is missing."""
    return array.sel(year=years).mean("year", skipna=False).to_series()


def _warnings(left_out: dict[str, Text]) -> list[Text]:
    warnings = [
        Text(
            "研发经费和技术合同成交额均为现价；技术合同按登记地统计且口径有变，只用多年平均",
            "R&D money and contracts are nominal; contracts count where they are registered and "
            "their series has breaks, so only means over years are used",
        )
    ]
    if left_out:
        shown = listed(f"{region} ({what.en})" for region, what in left_out.items())
        warnings.append(
            Text(
                f"{len(left_out)} 个地区数据不全，未参加比较：{shown.zh}",
                f"{len(left_out)} region(s) lack figures and are left out: {shown.en}",
            )
        )
    return warnings
