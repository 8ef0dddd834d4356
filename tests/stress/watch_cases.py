"""Made-up panels in which one indicator rises before events, and one says nothing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import xarray as xr

FIRST = 1990


def simulated(
    regions: int = 10, years: int = 26, seed: int = 0
) -> tuple[xr.DataArray, pd.DataFrame]:
    """Return values of lead (high before events), low (low before them) and noise, and events."""
    rng = np.random.default_rng(seed)
    names = [f"r{k:02d}" for k in range(regions)]
    draws = rng.normal(size=(3, regions, years))
    events = []
    for place, name in enumerate(names):
        for year in sorted(rng.choice(np.arange(4, years), 2, replace=False)):
            events.append((name, FIRST + int(year)))
            draws[0, place, year - 2 : year] += 3
            draws[1, place, year - 2 : year] -= 2
    values = xr.DataArray(
        np.moveaxis(draws, 0, 2),
        coords={
            "region": names,
            "year": np.arange(FIRST, FIRST + years),
            "indicator": ["lead", "low", "noise"],
        },
        dims=("region", "year", "indicator"),
    )
    return values, pd.DataFrame(events, columns=["region", "year"])
