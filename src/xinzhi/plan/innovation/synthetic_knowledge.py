"""A synthetic panel for the knowledge part of ``innovation``: invented, as every name says."""

from __future__ import annotations

import numpy as np
import pandas as pd

_MARK = "（合成 synthetic）"
_ELASTICITY = 0.5
_PERSISTENCE = 0.4


def synthetic_knowledge_tables(
    seed: int = 0, units: int = 31, years: int = 18
) -> dict[str, pd.DataFrame]:
    """Generate ``knowledge`` and ``proximity``; every unit is called synthetic.

    Counts are Poisson with an elasticity of 0.5 to the knowledge stock (depreciation 0.15) and
    effects of units and years; productivity has an elasticity of 0.1 and a persistence of 0.4.

    units, years : size of the panel
    Returns : ``knowledge`` (unit, year, expenditure, patents, tfp) and ``proximity`` (unit, other,
        weight: neighbours on a ring have 1, those behind them 0.5)
    """
    random = np.random.default_rng(seed)
    names = np.array([f"区域{place + 1:02d}{_MARK}" for place in range(units)], dtype=object)
    span = np.arange(2025 - years, 2025)
    growth = random.uniform(0.06, 0.14, (units, 1)) + random.normal(0, 0.12, (units, years))
    first = random.lognormal(3.0, 0.8, (units, 1))
    expenditure = first * np.exp(np.cumsum(growth, axis=1))
    stock = np.empty_like(expenditure)
    held = expenditure[:, 0] / 0.25
    for year in range(years):
        held = 0.85 * held + expenditure[:, year]
        stock[:, year] = held
    trend = 0.02 * np.arange(years)
    mean = random.normal(2.0, 0.5, (units, 1)) + _ELASTICITY * np.log(stock) + trend
    patents = random.poisson(np.exp(mean))
    tfp = np.empty_like(stock)
    target = random.normal(0.0, 0.2, units)
    state = target + 0.1 / (1 - _PERSISTENCE) * np.log(stock[:, 0])
    for year in range(years):
        shock = random.normal(0, 0.02, units)
        state = (
            _PERSISTENCE * state
            + (1 - _PERSISTENCE) * target
            + 0.1 * np.log(stock[:, year])
            + shock
        )
        tfp[:, year] = np.exp(state)
    knowledge = pd.DataFrame(
        {
            "unit": np.repeat(names, years),
            "year": np.tile(span, units),
            "expenditure": expenditure.ravel().round(3),
            "patents": patents.ravel(),
            "tfp": tfp.ravel().round(5),
        }
    )
    here = np.arange(units)
    pairs = {
        (int(i), int(j)): weight
        for step, weight in ((2, 0.5), (1, 1.0))
        for sign in (-1, 1)
        for i, j in zip(here, (here + sign * step) % units, strict=True)
        if i != j
    }
    proximity = pd.DataFrame(
        [(names[i], names[j], weight) for (i, j), weight in sorted(pairs.items())],
        columns=["unit", "other", "weight"],
    )
    return {"knowledge": knowledge, "proximity": proximity}
