"""What is drawn anew: regions that count more than once, and ranks without sorting all again."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import rankdata

from xinzhi.structure.strengths.entry_scores import average_ranks
from xinzhi.structure.strengths.recommendation import _placed, pareto_set
from xinzhi.structure.strengths.relatedness import (
    DIAGONALS,
    PROXIMITY_METHODS,
    ProductSpace,
    proximity,
)


@pytest.mark.parametrize("diagonal", DIAGONALS)
@pytest.mark.parametrize("method", PROXIMITY_METHODS)
@pytest.mark.parametrize("activities", [6, 600])
def test_a_region_that_counts_twice_is_two_alike(method, diagonal, activities):
    random = np.random.default_rng(2)
    held = (random.random((9, activities)) < 0.4).astype(float)
    counts = random.integers(1, 4, 9)
    space = ProductSpace(held, method, diagonal, counts)
    slow = proximity(np.repeat(held, counts, axis=0), method, diagonal)
    weights = random.normal(size=(3, activities))
    np.testing.assert_allclose(space.related(weights), weights @ slow, atol=1e-9)
    np.testing.assert_allclose(space.total, slow.sum(axis=0), atol=1e-9)


@pytest.mark.parametrize("levels", [4, 1_000_000])
def test_ranks_with_and_without_ties(levels):
    values = np.random.default_rng(0).integers(0, levels, 200).astype(float)
    np.testing.assert_array_equal(average_ranks(values), rankdata(values))


@pytest.mark.parametrize("levels", [3, 12, 1_000_000])
@pytest.mark.parametrize("objectives", [2, 3, 4])
def test_nothing_beats_a_point_of_the_pareto_set(levels, objectives):
    for seed in range(5):
        random = np.random.default_rng(seed)
        values = random.integers(0, levels, (objectives, 80)).astype(float)
        columns = [average_ranks(column) for column in values]
        chosen = random.choice(80, 30, replace=False)
        place, unbeaten = _placed(columns, chosen)
        np.testing.assert_array_equal(unbeaten, pareto_set(-values.T)[chosen])
        sums = np.sum(columns, axis=0)
        np.testing.assert_array_equal(place, [1 + (sums < own).sum() for own in sums[chosen]])
