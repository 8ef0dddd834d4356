"""Breaks in series: figures that triple, or fall to a third, from one year to the next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import Text
from xinzhi.data.findings import listed

BREAK_FACTOR = 3.0


def series_breaks(frame: pd.DataFrame, factor: float = BREAK_FACTOR) -> pd.DataFrame:
    """Find the figures above ``factor`` times, or below 1/factor of, those of the year before.

    A break is a place to look, not an error: a change of definition, a slip, or the truth.

    frame : a panel's frame, sorted by indicator, vintage, region, year
    Returns : columns region, indicator, vintage, year, before, value, ratio; only positive figures
        of consecutive years in the same unit are compared
    """
    columns = ["indicator", "vintage", "region", "unit"]
    codes = np.stack([frame[column].cat.codes.to_numpy() for column in columns])
    year, value = frame["year"].to_numpy(), frame["value"].to_numpy()
    follows = (codes[:, 1:] == codes[:, :-1]).all(axis=0) & (year[1:] - year[:-1] == 1)
    positive = (value[1:] > 0) & (value[:-1] > 0)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratio = value[1:] / value[:-1]
    place = np.flatnonzero(follows & positive & ((ratio > factor) | (ratio < 1 / factor)))
    found = frame.iloc[place + 1][["region", "indicator", "vintage", "year"]].astype(
        {"region": "str", "indicator": "str", "vintage": "str"}
    )
    found["before"], found["value"] = value[place], value[place + 1]
    found["ratio"] = ratio[place]
    return found.reset_index(drop=True)


def break_warnings(frame: pd.DataFrame) -> tuple[Text, ...]:
    """Word the breaks of a table that has just been read: their number and the first few."""
    found = series_breaks(frame)
    if found.empty:
        return ()
    rows = found.head(4).itertuples()
    shown = listed([f"{row.region} {row.year} {row.indicator} ×{row.ratio:.3g}" for row in rows], 3)
    return (
        Text(
            f"{len(found)} 个数值一年内增至三倍以上或降至三分之一以下，请核对：{shown.zh}",
            f"{len(found)} figure(s) more than triple or fall below a third within a year, "
            f"please check: {shown.en}",
        ),
    )
