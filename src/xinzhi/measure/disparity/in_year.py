"""Tables of one year at a time: inequality and its parts, intervals, density."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import Text
from xinzhi.measure.disparity.bootstrap import MEASURES, intervals, measures
from xinzhi.measure.disparity.dagum import dagum
from xinzhi.measure.disparity.density import kernel_density, silverman_bandwidth
from xinzhi.measure.disparity.inequality import theil

Array = NDArray[np.float64]
Codes = NDArray[np.intp]
Rows = list[dict[str, Any]]

_POINTS = 101
_OF_GROUPS = tuple(
    name for name in MEASURES if name.endswith(("within", "between", "transvariation"))
)


def inequality_tables(
    values: Array,
    years: list[Any],
    codes: Codes | None,
    names: tuple[str, ...],
    *,
    epsilon: float,
    draws: int,
    seed: int,
) -> tuple[dict[str, pd.DataFrame], list[Text]]:
    """Return total, groups, pairs and intervals of (region, year), and what must be said."""
    tables: dict[str, Rows] = {"total": [], "groups": [], "pairs": [], "intervals": []}
    zero_years = []
    for place, year in enumerate(years):
        present = np.isfinite(values[:, place])
        own = values[present, place]
        group = np.zeros(len(own), dtype=np.intp) if codes is None else codes[present]
        there, group = np.unique(group, return_inverse=True)
        found = {name: float(x) for name, x in measures(own, group, epsilon).items()}
        shares = {
            f"{part}_share": found[part] / found["gini"] if found["gini"] > 0 else np.nan
            for part in ("within", "between", "transvariation")
        }
        if codes is None:
            found |= dict.fromkeys(_OF_GROUPS, np.nan)
            shares = dict.fromkeys(shares, np.nan)
        if not (own > 0).all():
            zero_years.append(year)
        tables["total"].append(
            {"year": year, "count": len(own), "mean": own.mean(), **found, **shares}
        )
        if codes is not None:
            labels = [names[k] for k in there]
            tables["groups"] += _groups(own, group, labels, year)
            tables["pairs"] += _pairs(own, group, labels, year)
        if draws:
            bands = intervals(own, group, epsilon, draws, seed)
            tables["intervals"] += [
                {"year": year, "measure": name, "value": found[name], "low": low, "high": high}
                for name, (low, high) in bands.items()
                if codes is not None or name not in _OF_GROUPS
            ]
    notes = []
    if zero_years:
        shown = "" if zero_years == [None] else f" ({', '.join(map(str, zero_years))})"
        notes.append(
            Text(
                f"有数值为 0，Theil L 无定义{shown}",
                f"some values are 0, so Theil's L is not defined{shown}",
            )
        )
    return {name: pd.DataFrame(rows) for name, rows in tables.items()}, notes


def _groups(values: Array, codes: Codes, labels: list[str], year: Any) -> Rows:
    parts = dagum(values, codes)
    t, l_index = (theil(values, codes, kind).group for kind in ("t", "l"))
    return [
        {
            "year": year,
            "group": label,
            "count": int((codes == k).sum()),
            "mean": parts.group_mean[k],
            "population_share": parts.population_share[k],
            "value_share": parts.value_share[k],
            "gini": parts.group_gini[k],
            "within": parts.group_gini[k] * parts.population_share[k] * parts.value_share[k],
            "theil_t": t[k],
            "theil_l": l_index[k],
        }
        for k, label in enumerate(labels)
    ]


def _pairs(values: Array, codes: Codes, labels: list[str], year: Any) -> Rows:
    """Return every pair of groups, the one with the larger mean first."""
    parts = dagum(values, codes)
    rows = []
    for j in range(len(labels)):
        for h in range(j + 1, len(labels)):
            first, second = (j, h) if parts.group_mean[j] >= parts.group_mean[h] else (h, j)
            rows.append(
                {
                    "year": year,
                    "first": labels[first],
                    "second": labels[second],
                    "gini": parts.pair_gini[j, h],
                    "relative_affluence": parts.relative_affluence[j, h],
                    "between": parts.pair_between[j, h],
                    "transvariation": parts.pair_transvariation[j, h],
                }
            )
    return rows


def density_table(values: Array, years: list[Any]) -> pd.DataFrame:
    """Return the density of values over their year's mean, at the same points for all years."""
    relative = values / np.nanmean(values, axis=0)
    drawn = [column[np.isfinite(column)] for column in relative.T]
    widths = [silverman_bandwidth(column) for column in drawn]
    if not any(widths):
        return pd.DataFrame()
    reach = 3 * max(widths)
    low, high = np.nanmin(relative) - reach, np.nanmax(relative) + reach
    points = np.linspace(low, high, _POINTS)
    frames = [
        pd.DataFrame({"year": year, "value": points, "density": kernel_density(own, points, h)})
        for year, own, h in zip(years, drawn, widths, strict=True)
        if h > 0
    ]
    return pd.concat(frames, ignore_index=True)
