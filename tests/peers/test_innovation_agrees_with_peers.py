"""Agreement with linearmodels and statsmodels, as ``record_innovation.py`` wrote it down."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.plan.innovation.knowledge_counts import poisson_fixed_effects
from xinzhi.plan.innovation.knowledge_effects import panel_elasticity

HERE = Path(__file__).parent
PUBLISHED = HERE.parent / "published"
RECORD = json.loads((HERE / "innovation.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def patents() -> pd.DataFrame:
    return pd.read_csv(PUBLISHED / "patents_346_firms.csv")


def test_within_estimator_agrees_with_linearmodels():
    panel = pd.read_csv(PUBLISHED / "uk_firms_employment.csv")
    regressors = {"wage": (0, 1), "capital": (0,), "output": (0, 1)}
    found = panel_elasticity(panel, "employment", regressors, unit="firm", correction="none")
    peer = RECORD["within"]
    assert found.observations == peer["observations"]
    assert found.estimates == pytest.approx(peer["estimates"], rel=1e-8)
    assert found.standard_errors == pytest.approx(peer["standard_errors"], rel=1e-8)
    assert found.log_likelihood == pytest.approx(peer["log_likelihood"], rel=1e-9)


def test_conditional_likelihood_agrees_with_dummies_for_every_firm(patents):
    found = poisson_fixed_effects(
        patents,
        "patents",
        {"log_rd": range(RECORD["lags"] + 1)},
        logarithms=False,
        correction="none",
        unit="firm",
    )
    peer = RECORD["dummies"]
    assert found.estimates == pytest.approx(peer["estimates"], rel=1e-6)
    errors = np.sqrt(np.diag(found.model_covariance))
    assert errors == pytest.approx(peer["model_errors"], rel=1e-6)
    assert found.standard_errors == pytest.approx(peer["clustered_errors"], rel=1e-6)
    assert found.overdispersion == pytest.approx(peer["overdispersion"], rel=1e-6)


def test_conditional_likelihood_agrees_with_statsmodels_own(patents):
    found = poisson_fixed_effects(
        patents,
        "patents",
        {"log_rd": range(RECORD["lags"] + 1)},
        logarithms=False,
        time_effects=False,
        unit="firm",
    )
    peer = RECORD["conditional"]
    assert found.estimates == pytest.approx(peer["estimates"], rel=1e-5)
    errors = np.sqrt(np.diag(found.model_covariance))
    assert errors == pytest.approx(peer["standard_errors"], rel=1e-5)
