"""Series on their way from the long table into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

DIMS = ("region", "year", "indicator")


@dataclass(frozen=True)
class Series:
    """One series in array form: positions, values and statuses."""

    name: str
    unit: str
    region: npt.NDArray[Any]
    year: npt.NDArray[Any]
    numbers: npt.NDArray[np.float64]
    status: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Selection:
    """The series that a computation asked for, and the axes that they share."""

    regions: tuple[str, ...]
    years: npt.NDArray[np.int64]
    parts: list[Series]
    vintages: dict[str, str]

    @property
    def shape(self) -> tuple[int, int, int]:
        """Return (regions, years, indicators)."""
        return len(self.regions), len(self.years), len(self.parts)

    def array(self, data: npt.NDArray[Any], **attrs: Any) -> xr.DataArray:
        """Return the labelled array of this selection's data."""
        names = [part.name for part in self.parts]
        return xr.DataArray(
            data,
            coords={"region": list(self.regions), "year": self.years, "indicator": names},
            dims=DIMS,
            attrs={**attrs, "vintages": self.vintages},
        )
