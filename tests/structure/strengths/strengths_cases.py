"""Activity matrices that the tests of strengths share."""

from __future__ import annotations

import numpy as np

from xinzhi.structure.strengths.activity import ActivityMatrix, activity_matrix_of_array


def capable_regions(
    regions: int = 12, activities: int = 36, years: int = 16, seed: int = 0
) -> ActivityMatrix:
    """Return volumes that follow from what regions can do and activities need, and drift there.

    Relatedness foretells entry by construction, popularity hardly. Of three activities in a row one
    stays as it is, one has its inflection in 2014, and one grows by a quarter a year.
    """
    generator = np.random.default_rng(seed)
    skills = generator.normal(size=(regions, 3))
    needs = generator.normal(size=(activities, 3))
    fit = np.exp(0.8 * skills @ needs.T)
    shape = fit.shape
    volumes = fit * np.exp(0.7 * generator.normal(size=shape))
    time = np.arange(2008, 2008 + years)
    curves = np.stack(
        [np.ones(years), 1 / (1 + np.exp(-0.5 * (time - 2014))), np.exp(0.25 * (time - 2023))]
    )
    layers = []
    for year in range(years):
        pull = np.exp(0.08 * np.log(fit / volumes) + 0.15 * generator.normal(size=shape))
        volumes = volumes * pull
        layers.append(np.round(1000 * volumes * curves[np.arange(activities) % 3, year]))
    return activity_matrix_of_array(
        np.stack(layers, axis=2),
        [f"R{k:02d}" for k in range(regions)],
        [f"a{k:02d}" for k in range(activities)],
        list(range(2008, 2008 + years)),
        "patents",
    )
