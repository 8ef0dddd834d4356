"""The published figures behind an indicator, those that are missing included."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pandas as pd

from xinzhi.data import Indicator
from xinzhi.report.context import Context, Figures

FIGURE = ("region", "year", "indicator", "value", "unit", "status", "vintage", "source")


def figures_read(context: Context, indicator: Indicator, years: list[int] | None) -> pd.DataFrame:
    """Return the figures that an indicator reads: a row a figure that is or should be there.

    years : those of the indicator; None takes the figures that there are
    Returns : ``FIGURE`` and ``used_by``; status "missing" where there is no figure
    """
    dates = None if years is None else _years_read(indicator, years)
    return figures_named(context, indicator.formula.names, dates, indicator.id)


def figures_named(
    context: Context, names: Iterable[str], years: Iterable[int] | None, used_by: str
) -> pd.DataFrame:
    """Return the figures of these names: a row a figure that is or should be there.

    years : the years read; None takes the figures that there are
    Returns : ``FIGURE`` and ``used_by``; status "missing" where there is no figure
    """
    figures = Figures(context.panel, names)
    frame = figures.frame.astype({c: "str" for c in FIGURE if c not in ("year", "value")})
    if years is not None:
        wanted = set(years)
        frame = frame[frame["year"].isin(wanted)]
        names = list(dict.fromkeys(figures.known.values()))
        grid = pd.MultiIndex.from_product(
            [names, list(context.panel.region_names), sorted(wanted)],
            names=["indicator", "region", "year"],
        )
        frame = frame.set_index(["indicator", "region", "year"]).reindex(grid).reset_index()
        gone = frame["value"].isna()
        frame.loc[gone, "status"] = "missing"
        frame.loc[gone, "vintage"] = frame.loc[gone, "indicator"].map(figures.vintages)
    return frame[[*FIGURE]].assign(used_by=used_by)


def _years_read(indicator: Indicator, years: list[int]) -> Iterator[int]:
    if indicator.fixed_year is not None:
        yield indicator.fixed_year
        return
    for year in years:
        yield from range(year - indicator.window + 1, year + 1)
