"""What the draws of an ensemble say together: quantiles of losses, times and paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.data.io_table import IOTable
from xinzhi.stress.ensemble_ranges import TITLES
from xinzhi.stress.rank_regression import RankRegression
from xinzhi.structure.track_dependence import TrackWeights

Array = NDArray[np.float64]

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def total_quantiles(totals: pd.DataFrame) -> pd.DataFrame:
    """Return quantiles of every column by itself: a row is no single run.

    A recovery time that is missing, because a run ended before, counts as longer than all others;
    so a quantile of it is one of the draws, or missing.
    """
    columns: dict[str, Array] = {"quantile": np.array(QUANTILES)}
    for name in totals:
        values = totals[name].to_numpy(dtype=float)
        if str(name).startswith("recovery_time"):
            late = np.where(np.isnan(values), np.inf, values)
            found = np.quantile(late, QUANTILES, method="inverted_cdf")
            columns[str(name)] = np.where(np.isinf(found), np.nan, found)
        else:
            columns[str(name)] = np.quantile(values, QUANTILES)
    return pd.DataFrame(columns)


def sector_quantiles(table: IOTable, losses: Array) -> pd.DataFrame:
    """Return quantiles of the loss of each region-sector; losses : (draws, N)."""
    names = table.names()
    names = names if len(table.regions) > 1 else names.drop(columns="region")
    return _long(names, losses)


def track_quantiles(table: IOTable, losses: Array, tracks: Sequence[TrackWeights]) -> pd.DataFrame:
    """Return quantiles of the loss of each track; missing where the table does not carry it."""
    regions = len(table.regions)
    by_place = losses.reshape(len(losses), regions, -1)
    rows, found = [], []
    for place, region in enumerate(table.regions):
        for track in tracks:
            row = {"track": track.id, "title_zh": track.title.zh, "title_en": track.title.en}
            rows.append(({"region": region} if regions > 1 else {}) | row)
            carried = 1.0 if track.weights.any() else np.nan
            found.append(carried * (by_place[:, place] @ track.weights))
    columns = ["track", "title_zh", "title_en"]
    names = pd.DataFrame(rows, columns=["region", *columns] if regions > 1 else columns)
    return _long(names, np.array(found).reshape(len(rows), len(losses)).T)


def path_quantiles(paths: dict[str, Array], step_days: int) -> pd.DataFrame:
    """Return quantiles of each day by itself; paths : name → (draws, T)."""
    steps = next(iter(paths.values())).shape[1]
    columns: dict[str, Array] = {
        "quantile": np.repeat(QUANTILES, steps),
        "day": np.tile(np.arange(steps) * step_days, len(QUANTILES)),
    }
    for name, values in paths.items():
        columns[name] = np.quantile(values, QUANTILES, axis=0).ravel()
    return pd.DataFrame(columns)


def sensitivity_table(found: RankRegression) -> pd.DataFrame:
    """Return the coefficient of each assumption, the strongest first."""
    frame = pd.DataFrame(
        {
            "assumption": list(TITLES),
            "title_zh": [title.zh for title in TITLES.values()],
            "title_en": [title.en for title in TITLES.values()],
            "coefficient": found.coefficient,
            "low": found.low,
            "high": found.high,
        }
    )
    return frame.sort_values(
        "coefficient", key=lambda c: -c.abs(), kind="stable", ignore_index=True
    )


def _long(names: pd.DataFrame, losses: Array) -> pd.DataFrame:
    """Return names once for every quantile, with the quantiles of their losses (draws, names)."""
    found = np.quantile(losses, QUANTILES, axis=0)
    whole = pd.concat([names] * len(QUANTILES), ignore_index=True)
    whole.insert(0, "quantile", np.repeat(QUANTILES, len(names)))
    return whole.assign(value_added_loss=found.ravel())
