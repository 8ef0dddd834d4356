"""Tables of volumes that the tests of strengths share."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from xinzhi.structure.strengths.activity import ActivityMatrix, activity_matrix_of_array

SMALL_SHAPES = st.tuples(st.integers(2, 7), st.integers(2, 9))


def small_volumes() -> st.SearchStrategy[np.ndarray]:
    """Draw tables in which every region and every activity has a volume."""
    cells = st.sampled_from([0.0, 0.0, 1.0, 2.0, 3.5, 10.0, 120.0])
    whole = SMALL_SHAPES.flatmap(lambda shape: arrays(float, shape, elements=cells))
    return whole.filter(lambda x: bool(x.any(axis=0).all() and x.any(axis=1).all()))


def presences() -> st.SearchStrategy[np.ndarray]:
    """Draw tables of 0 and 1 that may have empty rows and columns."""
    cells = st.sampled_from([0.0, 1.0])
    return SMALL_SHAPES.flatmap(lambda shape: arrays(float, shape, elements=cells))


def trade(regions: int, activities: int, years: int = 1, seed: int = 0) -> np.ndarray:
    """Draw (region, activity, year) volumes of regions that differ in ability."""
    random = np.random.default_rng(seed)
    able = np.linspace(-1, 1, regions)[:, None, None]
    hard = np.linspace(-1, 1, activities)[:, None]
    size = random.lognormal(0, 1, (regions, 1, 1))
    volumes = size * random.lognormal(2 * able * hard, 1.0, (regions, activities, years))
    return volumes * (random.random(volumes.shape) > 0.4)


def matrix_of(values: np.ndarray, first_year: int = 2020) -> ActivityMatrix:
    """Label an array; years where it has three dimensions."""
    years = range(first_year, first_year + values.shape[2]) if values.ndim == 3 else ()
    return activity_matrix_of_array(
        values,
        [f"R{k}" for k in range(values.shape[0])],
        [f"A{k}" for k in range(values.shape[1])],
        list(years),
    )
