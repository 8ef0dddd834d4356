"""Panels of units for the tests of indices, and their programs solved the slow, obvious way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from hypothesis import strategies as st
from scipy.optimize import linprog


def labelled(names: Sequence[str], values: np.ndarray) -> pd.DataFrame:
    """Return (units, periods, variables) as a table with one row a unit and period."""
    units, periods, _ = values.shape
    index = pd.MultiIndex.from_product(
        [[f"u{k}" for k in range(units)], range(2001, 2001 + periods)], names=["unit", "period"]
    )
    return pd.DataFrame(values.reshape(units * periods, -1), index=index, columns=list(names))


def arrays(seed: int, units: int = 7, periods: int = 3) -> tuple[np.ndarray, ...]:
    """Return inputs, outputs and undesirable outputs, (units, periods, variables)."""
    random = np.random.default_rng(seed)
    inputs = random.uniform(1, 10, (units, periods, 2))
    level = inputs.prod(axis=2) ** 0.4 * random.uniform(0.4, 1.0, (units, periods))
    outputs = level[..., None] * random.uniform(0.5, 1.5, (units, periods, 2))
    return inputs, outputs, level[..., None] * random.uniform(0.5, 1.5, (units, periods, 1))


def panels(seed: int, units: int = 7, periods: int = 3) -> tuple[pd.DataFrame, ...]:
    """Return the arrays of a seed as tables."""
    inputs, outputs, undesirable = arrays(seed, units, periods)
    return (
        labelled(("capital", "labour"), inputs),
        labelled(("goods", "services"), outputs),
        labelled(("emissions",), undesirable),
    )


seeds = st.integers(0, 10_000)


def slow_distance(
    point: tuple[np.ndarray, ...],
    reference: tuple[np.ndarray, ...],
    direction: tuple[np.ndarray, ...],
    returns: str,
) -> float:
    """Directional distance by linprog, under vrs with Kuosmanen's technology; nan if infeasible.

    point, direction : inputs, outputs, undesirable of one unit; reference : (r, variables) of each
    """
    x, y, b = (part.T for part in reference)
    count = x.shape[1]
    none = np.zeros((y.shape[0], count))
    # columns: the step, active, idle
    unequal = np.vstack(
        [
            np.hstack([direction[0][:, None], x, x]),
            np.hstack([direction[1][:, None], -y, none]),
        ]
    )
    equal = np.hstack([direction[2][:, None], b, np.zeros(b.shape)])
    right = point[2]
    if returns == "vrs":
        equal = np.vstack([equal, np.r_[0.0, np.ones(2 * count)]])
        right = np.r_[right, 1.0]
    found = linprog(
        np.r_[-1.0, np.zeros(2 * count)],
        A_ub=unequal,
        b_ub=np.r_[point[0], -point[1]],
        A_eq=equal if len(equal) else None,
        b_eq=right if len(equal) else None,
        bounds=[(None, None)] + [(0, None)] * (2 * count),
    )
    return -found.fun if found.status == 0 else np.nan
