"""Disparity against printed examples: Markov chains of US states, clubs of 152 countries."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.data.contiguity import load_contiguity
from xinzhi.measure.disparity import (
    convergence_clubs,
    hodrick_prescott_trend,
    log_t_test,
    markov,
    spatial_markov,
)
from xinzhi.measure.disparity.markov import class_bounds, classified
from xinzhi.measure.disparity.moran import row_standardised

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def states() -> pd.DataFrame:
    """Return income per head of 48 states of the US, 1929-2009, Bureau of Economic Analysis.

    The printed numbers on it are those of the documentation of giddy 2.3.8 (Markov,
    Spatial_Markov, after Rey 2001, Geographical Analysis 33:195-214).
    """
    return pd.read_csv(HERE / "us_states_income.csv", index_col="state")


def test_markov_chain_of_us_states_by_quintiles_of_each_year(states: pd.DataFrame):
    data = states.to_numpy(dtype=float)
    codes = np.stack([classified(year, class_bounds(year, 5)) for year in data.T], axis=1)
    chain = markov(codes, 5)
    printed = [
        [729, 71, 1, 0, 0],
        [72, 567, 80, 3, 0],
        [0, 81, 631, 86, 2],
        [0, 3, 86, 573, 56],
        [0, 0, 1, 57, 741],
    ]
    np.testing.assert_array_equal(chain.transitions, printed)
    ergodic = [0.20774716, 0.18725774, 0.20740537, 0.18821787, 0.20937187]
    np.testing.assert_allclose(chain.ergodic, ergodic, atol=5e-9)
    np.testing.assert_allclose(chain.probabilities[0, :2], [0.91011236, 0.0886392], atol=5e-9)


def test_spatial_markov_chains_of_us_states(states: pd.DataFrame):
    data = states.to_numpy(dtype=float)
    relative = data / data.mean(axis=0)
    borders = load_contiguity(HERE / "us_states_neighbours.csv")
    lags = row_standardised(borders.weights(list(states.index))) @ relative
    bounds, lag_bounds = class_bounds(relative, 5), class_bounds(lags, 5)
    np.testing.assert_allclose(bounds, [0.83999133, 0.94707545, 1.03242697, 1.14911154], atol=5e-9)
    np.testing.assert_allclose(
        lag_bounds, [0.88973386, 0.95891917, 1.01469758, 1.1183566], atol=5e-9
    )
    codes = classified(relative, bounds)
    chains, test = spatial_markov(codes, classified(lags, lag_bounds), 5, 5)
    ergodic = [0.17957376, 0.21631443, 0.21499942, 0.21134662, 0.17776576]
    np.testing.assert_allclose(markov(codes, 5).ergodic, ergodic, atol=5e-9)
    poor, rich = chains[0], chains[-1]
    printed = [0.96341463, 0.0304878, 0.00609756, 0, 0]
    np.testing.assert_allclose(poor.probabilities[0], printed, atol=5e-9)
    np.testing.assert_allclose(
        poor.ergodic, [0.43509425, 0.2635327, 0.20363044, 0.06841983, 0.02932278], atol=5e-9
    )
    np.testing.assert_allclose(
        rich.ergodic, [0.01776781, 0.19964349, 0.19009833, 0.25524697, 0.3372434], atol=5e-9
    )
    assert f"{test.likelihood_ratio:.3f}" == "170.659"
    assert f"{test.pearson:.3f}" == "200.624"
    assert test.degrees_of_freedom == 60


@pytest.fixture(scope="module")
def countries() -> np.ndarray:
    """Return the trend of log GDP per head of 152 countries, 1970-2003, Penn World Table.

    The panel of Phillips and Sul (2009), Journal of Applied Econometrics 24:1153-1185, as the R
    package ConvergenceClubs (Sichera and Pizzuto 2019, The R Journal 11:2) hands it on. Printed
    are the package's results, in the README of its port convergence-clubs 0.1.2.
    """
    table = pd.read_csv(HERE / "penn_world_table_152_countries.csv", index_col="country")
    return hodrick_prescott_trend(np.log(table.to_numpy(dtype=float)))


def test_the_countries_do_not_converge_together(countries: np.ndarray):
    whole = log_t_test(countries)
    assert f"{whole.coefficient:.4f}" == "-0.8748"
    assert f"{whole.standard_error:.4f}" in ("0.0054", "0.0055")  # printed as 0.0054…
    assert f"{whole.statistic:.1f}" == "-159.6"
    assert not whole.converging


def test_clubs_of_the_countries(countries: np.ndarray):
    found = convergence_clubs(countries)
    printed = [
        (50, 0.382, 0.041, 9.282),
        (30, 0.240, 0.035, 6.904),
        (21, 0.110, 0.032, 3.402),
        (24, 0.131, 0.064, 2.055),
        (14, 0.190, 0.111, 1.701),
        (11, 1.003, 0.166, 6.024),
        (2, -0.470, 0.842, -0.559),
    ]
    numbers = [
        (len(c.members), c.test.coefficient, c.test.standard_error, c.test.statistic)
        for c in found.clubs
    ]
    np.testing.assert_allclose(numbers, printed, atol=5.1e-4)
    assert len(found.divergent) == 0
    # the fourth and fifth club converge together: six clubs are left
    assert [len(club.members) for club in found.merged] == [50, 30, 21, 38, 11, 2]
