"""The tables of ``strengths`` that describe regions, activities and pairs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import Text
from xinzhi.structure.strengths.activity import ActivityMatrix
from xinzhi.structure.strengths.complexity import Complexity, YearComplexity
from xinzhi.structure.strengths.complexity_options import ComplexityOptions
from xinzhi.structure.strengths.concentration import herfindahl_of_activities
from xinzhi.structure.strengths.fitness import Fitness, fitness
from xinzhi.structure.strengths.shift_share import shift_share
from xinzhi.structure.strengths.specialisation import (
    entropy_of_regions,
    herfindahl_of_regions,
    krugman_index,
    sparse_location_quotient,
)

Array = NDArray[np.float64]

# Above so many rows the pairs are those of the last year only.
MOST_PAIRS = 2_000_000


class Overview(NamedTuple):
    """regions, activities and pairs, the years of the pairs, and what the last year warns of."""

    regions: pd.DataFrame
    activities: pd.DataFrame
    pairs: pd.DataFrame
    pair_years: tuple[int | None, ...]
    warnings: tuple[Text, ...]


def overview(found: Complexity, volumes: Sequence[csr_array]) -> Overview:
    """Return the tables of every year; without years they have no column ``year``.

    volumes : (region, activity) of each year, activities as in ``found``
    """
    years = found.years
    size = len(found.regions) * len(found.activities)
    shown = years if size * len(years) <= MOST_PAIRS else years[-1:]
    fits = [_fitness(year) for year in years]
    each = list(zip(years, volumes, fits, strict=True))
    return Overview(
        regions=_stacked([_regions(found, *one) for one in each]),
        activities=_stacked([_activities(found, *one) for one in each]),
        pairs=_stacked([_pairs(found, year) for year in shown]),
        pair_years=tuple(year.year for year in shown),
        warnings=() if fits[-1] is None else fits[-1].warnings,
    )


def without_complexity(matrix: ActivityMatrix, options: ComplexityOptions) -> Complexity:
    """Return what is left where activities are too few: location quotients and what they count."""
    years = []
    shape = (len(matrix.regions), len(matrix.activities))
    for period, volumes in zip(matrix.periods, matrix.slices, strict=True):
        quotient = sparse_location_quotient(volumes)
        present = quotient.toarray() >= options.threshold
        missing = np.full(shape, np.nan)
        years.append(
            YearComplexity(
                year=period,
                quotient=quotient,
                present=present,
                diversity=present.sum(axis=1),
                ubiquity=present.sum(axis=0),
                eci=missing[:, 0],
                pci=missing[0],
                density=missing,
                coi=missing[:, 0],
                cog=missing,
                warnings=(),
            )
        )
    return Complexity(matrix.regions, matrix.activities, tuple(years), options, matrix.warnings)


def shift_share_by_region(matrix: ActivityMatrix) -> pd.DataFrame:
    """Return each region's change between the first year and the last, and its components."""
    if len(matrix.years) < 2:
        return pd.DataFrame(columns=["region", "start", "end", "change"])
    parts = shift_share(matrix).drop(columns="activity")
    summed = parts.groupby("region", sort=False, observed=True).sum()
    return summed.reset_index()


def _fitness(year: YearComplexity) -> Fitness | None:
    """Return the fitness of a year, None where there is no complexity."""
    return fitness(year.present.astype(float)) if np.isfinite(year.pci).any() else None


def _regions(
    found: Complexity, year: YearComplexity, volumes: csr_array, fit: Fitness | None
) -> pd.DataFrame:
    array = volumes.toarray()
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "eci": year.eci,
            "diversity": year.diversity,
            "coi": year.coi,
            "fitness": np.nan if fit is None else fit.fitness,
            "krugman": krugman_index(array),
            "herfindahl": herfindahl_of_regions(array),
            "entropy": entropy_of_regions(array),
        }
    return _framed({"region": np.asarray(found.regions, dtype=object)}, year.year, columns)


def _activities(
    found: Complexity, year: YearComplexity, volumes: csr_array, fit: Fitness | None
) -> pd.DataFrame:
    array = volumes.toarray()
    columns = {
        "pci": year.pci,
        "ubiquity": year.ubiquity,
        "fitness_complexity": np.nan if fit is None else fit.complexity,
        "herfindahl": herfindahl_of_activities(array),
        "volume": array.sum(axis=0),
    }
    return _framed({"activity": np.asarray(found.activities, dtype=object)}, year.year, columns)


def _pairs(found: Complexity, year: YearComplexity) -> pd.DataFrame:
    shape = year.present.shape
    region, activity = (
        pd.Categorical.from_codes(codes.ravel(), pd.Index(names))
        for codes, names in zip(np.indices(shape), (found.regions, found.activities), strict=True)
    )
    quotient = year.quotient.toarray()
    columns = {
        "rca": quotient.ravel(),
        "present": year.present.ravel(),
        "density": year.density.ravel(),
        "cog": year.cog.ravel(),
    }
    return _framed({"region": region, "activity": activity}, year.year, columns)


def _framed(labels: dict[str, Any], year: int | None, columns: dict[str, Any]) -> pd.DataFrame:
    time = {} if year is None else {"year": year}
    return pd.DataFrame({**labels, **time, **columns})


def _stacked(frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
