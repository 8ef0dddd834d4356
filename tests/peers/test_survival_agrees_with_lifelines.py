"""Agreement with lifelines 0.30.3 on made-up spells, as ``record_finance.py`` wrote it down.

The spells for Aalen–Johansen have no ties, since lifelines moves tied times at random.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from xinzhi.plan.finance.funnel_survival import aalen_johansen, kaplan_meier

RECORD: dict[str, Any] = json.loads(
    (Path(__file__).parent / "lifelines.json").read_text(encoding="utf-8")
)


def recorded(values: list[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values])


def agree(ours: Any, peer: list[float | None], tolerance: float = 1e-9) -> None:
    theirs, own = recorded(peer), np.asarray(ours, dtype=float)
    both = np.isfinite(own) & np.isfinite(theirs)
    assert both.sum() > len(theirs) / 2
    np.testing.assert_allclose(own[both], theirs[both], rtol=tolerance, atol=1e-12)


def test_kaplan_meier_with_ties():
    spells, peer = RECORD["tied"], RECORD["kaplan_meier"]
    assert len(set(spells["duration"])) < len(spells["duration"])
    ours = kaplan_meier(spells["duration"], np.array(spells["cause"]) > 0)
    np.testing.assert_allclose(ours["time"], peer["time"])
    np.testing.assert_array_equal(ours["at_risk"], peer["at_risk"])
    agree(ours["survival"], peer["survival"])
    agree(ours["low"], peer["low"])
    agree(ours["high"], peer["high"])


@pytest.mark.parametrize("cause", range(3))
def test_aalen_johansen_and_its_variance(cause: int):
    spells, peer = RECORD["apart"], RECORD["aalen_johansen"][cause]
    found = aalen_johansen(spells["duration"], np.array(spells["cause"]) - 1, 3)
    ours = found[found["cause"] == cause]
    np.testing.assert_allclose(ours["time"], peer["time"])
    agree(ours["incidence"], peer["incidence"])
    agree(ours["standard_error"] ** 2, peer["variance"], 1e-7)
    agree(ours["low"], peer["low"], 1e-7)
    agree(ours["high"], peer["high"], 1e-7)
