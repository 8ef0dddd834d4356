"""Agreement with PySAL, linearmodels, statsmodels and convergence-clubs on fixed panels.

``record_disparity.py`` has written down their outputs; all agree to 1e-9. Where conventions differ:

- esda's local Moran divides by n - 1, ours by n, so that its mean is Moran's I.
- inequality's Theil has no division by zero values; the panel has none.
- linearmodels counts for the degrees of freedom either all effects or none. Region effects are
  nested in the clusters and cost nothing, year effects count: from the errors without effects the
  factor sqrt((N - k) / (N - k - T)) leads to ours (Cameron and Miller 2015).
- convergence-clubs is asked for the core group of the papers, the largest t.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from xinzhi.measure.disparity import (
    atkinson,
    beta_convergence,
    convergence_clubs,
    gini,
    local_moran,
    log_t_test,
    markov,
    moran,
    panel_beta_convergence,
    spatial_markov,
    theil_t,
)
from xinzhi.measure.disparity.markov import class_bounds, classified
from xinzhi.measure.disparity.moran import row_standardised

PEERS = json.loads((Path(__file__).parent / "disparity.json").read_text(encoding="utf-8"))
LEVELS = np.array(PEERS["levels"])
GAPS = np.array(PEERS["gaps"], dtype=float)
CONTROL = np.array(PEERS["control"])[..., None]
GROUPS = np.array(PEERS["groups"])
BORDERS = np.array(PEERS["borders"], dtype=float)
YEARS = np.arange(LEVELS.shape[1], dtype=float)


def close(ours, theirs):
    np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_moran():
    found = moran(LEVELS[:, -1], BORDERS, permutations=0)
    numbers = (found.index, found.expected, found.standard_deviation, found.z, found.p_value)
    close(numbers, PEERS["moran"])


def test_local_moran():
    found = local_moran(LEVELS[:, -1], BORDERS, permutations=0)
    size = len(LEVELS)
    close(found.index * (size - 1) / size, PEERS["local_moran"])
    assert (found.quadrant + 1).tolist() == PEERS["quadrant"]


def test_markov_chains():
    relative = LEVELS / LEVELS.mean(axis=0)
    codes = classified(relative, class_bounds(relative, 4))
    lags = row_standardised(BORDERS) @ relative
    lag_codes = classified(lags, class_bounds(lags, 4))
    chain = markov(codes, 4)
    close(chain.transitions, PEERS["transitions"])
    close(chain.ergodic, PEERS["ergodic"])
    chains, test = spatial_markov(codes, lag_codes, 4, 4)
    close([c.transitions for c in chains], PEERS["spatial_transitions"])
    statistics = (test.likelihood_ratio, test.pearson, test.degrees_of_freedom)
    close((*statistics, test.likelihood_ratio_p_value), PEERS["homogeneity"])


def test_inequality():
    last = LEVELS[:, -1]
    close(gini(last), PEERS["gini"])
    divided = theil_t(last, GROUPS)
    close((divided.total, divided.within, divided.between), PEERS["theil_t"])
    close([atkinson(last, 0.5), atkinson(last, 1)], PEERS["atkinson"])


@pytest.mark.parametrize(("data", "name"), [(LEVELS, "panel"), (GAPS, "panel_with_gaps")])
def test_panel_with_effects(data, name):
    expected = PEERS[name]
    found = panel_beta_convergence(data, YEARS, np.broadcast_to(CONTROL, (*data.shape, 1)))
    close((found.coefficient, *found.controls), expected["coefficients"])
    assert found.observations == expected["observations"]
    left = expected["observations"] - 2
    factor = np.sqrt(left / (left - expected["periods"]))
    close(found.standard_error, expected["errors_without_effects"][0] * factor)


def test_cross_section():
    found = beta_convergence(LEVELS, YEARS, CONTROL[:, 0])
    close((found.coefficient, *found.controls), PEERS["beta"][1:])
    close(found.standard_error, PEERS["beta_errors"][1])
    close(found.r_squared, PEERS["beta_r_squared"])


@pytest.mark.parametrize("case", PEERS["log_t"], ids=lambda case: str(case["clubs"]["members"]))
def test_clubs(case):
    paths = np.array(case["paths"])
    whole = log_t_test(paths)
    close((whole.coefficient, whole.standard_error, whole.statistic), case["whole"])
    found = convergence_clubs(paths)
    for clubs, name in ((found.clubs, "clubs"), (found.merged, "merged")):
        assert [len(club.members) for club in clubs] == case[name]["members"]
        close([club.test.coefficient for club in clubs], case[name]["coefficients"])
        close([club.test.statistic for club in clubs], case[name]["statistics"])
