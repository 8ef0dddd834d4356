"""How each region stands in each activity over the years, for tables of any number of activities.

What needs no complexity: location quotients with their change, ranks, and shift-share.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.shift_share import shift_share, shift_share_components
from xinzhi.structure.strengths.specialisation import location_quotient

Array = NDArray[np.float64]

STRENGTH = "strength"
GAP = "gap"
MIXED = "mixed"

COMPONENTS = ("national_growth", "industry_mix", "competitive")
PARTS_OF_COMPETITIVE = ("competitive_homothetic", "allocation", "entry")


def standing(matrix: ActivityMatrix) -> pd.DataFrame:
    r"""Location quotient, rank and shift-share of every region and activity over all years.

    ``standing`` is ``strength`` where the location quotient reaches 1 in every year, ``gap`` where
    it stays below 1 in every year, else ``mixed``: a quotient that crosses 1 tells neither.

    matrix : with two years at least; the nation is the sum of its regions
    Returns : one row a region and activity, with
        rca_start, rca : location quotient in the first and in the last year
        rca_low, rca_high : lowest and highest of all years
        rank, rank_low, rank_high : by the quotient among the regions, 1 the highest, in the last
            year; best and worst of all years. Equal quotients share the best rank
        start, end, change : volumes
        national_growth, industry_mix, competitive : classic shift-share, whose sum is the change
        competitive_homothetic, allocation, entry : Esteban-Marquillas; their sum is competitive
        years_ahead, steps : in how many of the steps from year to year the competitive component
            is positive, and how many steps there are
    Raises : InputError as ``shift_share`` does
    Limits : the lowest and highest of the years are no interval of an estimate, since the volumes
        are counts or accounts of all there is; they show how steady the position has been
    """
    parts = shift_share(matrix)
    homothetic = shift_share(matrix, method="esteban_marquillas")
    volumes = matrix.values
    quotients = np.stack(
        [np.nan_to_num(location_quotient(layer)) for layer in np.moveaxis(volumes, 2, 0)]
    )
    ranks = np.stack([_ranks(layer) for layer in quotients])
    ahead = np.stack(
        [
            shift_share_components(volumes[:, :, a], volumes[:, :, b])["competitive"] > 0
            for a, b in pairwise(range(volumes.shape[2]))
        ]
    )
    low, high = quotients.min(axis=0), quotients.max(axis=0)
    found = {
        "standing": np.where(low >= 1, STRENGTH, np.where(high < 1, GAP, MIXED)),
        "rca_start": quotients[0],
        "rca": quotients[-1],
        "rca_low": low,
        "rca_high": high,
        "rank": ranks[-1],
        "rank_low": ranks.min(axis=0),
        "rank_high": ranks.max(axis=0),
        "years_ahead": ahead.sum(axis=0),
    }
    extra = homothetic[["competitive", "allocation", "entry"]].rename(
        columns={"competitive": "competitive_homothetic"}
    )
    flat = pd.DataFrame({name: values.ravel() for name, values in found.items()})
    return pd.concat([parts, extra, flat], axis=1).assign(steps=len(ahead))


def _ranks(quotients: Array) -> NDArray[np.int64]:
    """Return the rank of each region in each activity, 1 the highest; ties share the best."""
    columns = []
    for column in quotients.T:
        ordered = np.sort(-column)
        columns.append(np.searchsorted(ordered, -column, side="left") + 1)
    return np.stack(columns, axis=1).astype(np.int64)


def region_totals(table: pd.DataFrame) -> pd.DataFrame:
    """Add the components of shift-share up over the activities of each region.

    table : of ``standing``
    Returns : region, start, end, change and every component; they add up as they do by activity
    """
    columns = ["start", "end", "change", *COMPONENTS, *PARTS_OF_COMPETITIVE]
    return table.groupby("region", sort=False, observed=True)[columns].sum().reset_index()
