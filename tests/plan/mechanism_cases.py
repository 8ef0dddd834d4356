"""Small challenges, boxes and contracts for the tests of the mechanisms of ``innovation``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import strategies as st

from xinzhi.plan.innovation.mechanisms_race import Challenge
from xinzhi.plan.innovation.mechanisms_search import Box

ERRORS = 4.0  # standard errors by which a seeded simulation may be off


def challenge(**others: Any) -> Challenge:
    """Return a challenge whose teams deliver after two years with the odds 0.3."""
    figures = {
        "name": "laser",
        "value": 100.0,
        "success_probability": 0.3,
        "duration": 2.0,
        "deadline": 4.0,
        "cost": 10.0,
    }
    return Challenge(**{**figures, **others})


def staged(**others: Any) -> Challenge:
    """Return a challenge with a milestone, chance in the time, and a common factor."""
    figures = {
        "success_probability": 0.4,
        "duration": 3.0,
        "duration_sd": 1.0,
        "deadline": 4.5,
        "milestone_probability": 0.6,
        "milestone_time": 1.0,
        "milestone_cost": 3.0,
        "keep": 2,
        "correlation": 0.3,
    }
    return challenge(**{**figures, **others})


def challenge_table(**others: Any) -> pd.DataFrame:
    """Return a table of one challenge."""
    figures = {
        "challenge": "laser",
        "value": 100.0,
        "success_probability": 0.3,
        "duration": 2.0,
        "deadline": 4.0,
        "cost": 10.0,
    }
    return pd.DataFrame([{**figures, **others}])


def box(name: str, *outcomes: tuple[float, float], cost: float, duration: float = 0.0) -> Box:
    """Return a box of outcomes (value, probability)."""
    values, chances = zip(*outcomes, strict=True)
    return Box(name, np.array(values, float), np.array(chances, float), cost, duration)


def box_table(*boxes: Box, challenge: str = "laser") -> pd.DataFrame:
    """Return the table of boxes, a row for each outcome."""
    return pd.DataFrame(
        [
            (challenge, one.name, value, chance, one.cost, one.duration)
            for one in boxes
            for value, chance in zip(one.values, one.probabilities, strict=True)
        ],
        columns=["challenge", "box", "value", "probability", "cost", "duration"],
    )


def risk_table(
    *layers: tuple[str, float, float | None, float, float, float],
) -> pd.DataFrame:
    """Return a contract: layer, attachment, limit, shares of state, firm and insurer."""
    names = ("layer", "attachment", "limit", "state_share", "firm_share", "insurer_share")
    return pd.DataFrame(layers, columns=[*names]).astype({"limit": float})


@st.composite
def challenges(draw: st.DrawFn) -> Challenge:
    """Draw challenges with milestones, and any correlation."""
    passing = draw(st.floats(0.05, 1))
    early = draw(st.floats(0, 2))
    cost = draw(st.floats(0.5, 30))
    return challenge(
        success_probability=passing * draw(st.floats(0.05, 1)),
        duration=early + draw(st.floats(0.5, 4)),
        duration_sd=draw(st.sampled_from([0.0, 0.5, 2.0])),
        deadline=draw(st.floats(0.5, 8)),
        cost=cost,
        milestone_probability=passing,
        milestone_time=early,
        milestone_cost=cost * draw(st.floats(0, 1)),
        keep=draw(st.sampled_from([None, 1, 2, 4])),
        correlation=draw(st.sampled_from([0.0, 0.2, 0.6, 0.95])),
    )


@st.composite
def box_sets(draw: st.DrawFn) -> list[Box]:
    """Draw one to four boxes of up to three outcomes, on a coarse grid so that ties occur."""
    boxes = []
    for k in range(draw(st.integers(1, 4))):
        count = draw(st.integers(1, 3))
        weights = [draw(st.integers(1, 4)) for _ in range(count)]
        outcomes = [(draw(st.integers(0, 10)), weight / sum(weights)) for weight in weights]
        cost, duration = draw(st.integers(0, 8)) / 2, draw(st.sampled_from([0.0, 0.5, 1.0, 2.0]))
        boxes.append(box(f"b{k}", *outcomes, cost=cost, duration=duration))
    return boxes
