"""Small panels for the tests of knowledge, and slow, obvious twins of the estimators."""

from __future__ import annotations

import numpy as np
import pandas as pd


def random_panel(seed: int, units: int = 6, years: int = 7, missing: float = 0.0) -> pd.DataFrame:
    """Return unit, year, y (> 0), x (> 0), z (> 0) and count, with some cells missing."""
    random = np.random.default_rng(seed)
    rows = units * years
    table = pd.DataFrame(
        {
            "unit": np.repeat([f"u{k:02}" for k in range(units)], years),
            "year": np.tile(np.arange(2001, 2001 + years), units),
            "x": random.lognormal(1.0, 0.6, rows),
            "z": random.lognormal(0.5, 0.4, rows),
        }
    )
    effect = np.repeat(random.normal(0, 0.5, units), years)
    index = 0.5 * np.log(table["x"]) - 0.3 * np.log(table["z"]) + effect
    table["y"] = np.exp(index + random.normal(0, 0.2, rows))
    table["count"] = random.poisson(np.exp(1 + index)).astype(float)
    if missing:
        table.loc[random.random(rows) < missing, "x"] = np.nan
    return table


def least_squares_with_dummies(
    y: np.ndarray, X: np.ndarray, units: np.ndarray, years: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return coefficients of X, and their covariance clustered by unit, with a dummy for all."""
    dummies = [(units == name).astype(float) for name in np.unique(units)]
    dummies += [(years == year).astype(float) for year in np.unique(years)[1:]]
    design = np.column_stack([X, *dummies])
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ design.T @ y
    residual = y - design @ beta
    scores = np.array(
        [design[units == name].T @ residual[units == name] for name in np.unique(units)]
    )
    covariance = bread @ scores.T @ scores @ bread
    k = X.shape[1]
    return beta[:k], covariance[:k, :k]


def difference_gmm_by_loops(panel: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, float]:
    """Return one- and two-step coefficients of y(-1) and x, and Hansen's statistic.

    Logarithms; no effects of years; instruments are all levels of y from two years before and the
    difference of x. Built row by row from dictionaries.
    """
    value = {
        (name, int(year)): (np.log(y), np.log(x))
        for name, year, y, x in panel[["unit", "year", "y", "x"]].itertuples(index=False)
        if np.isfinite(y) and np.isfinite(x)
    }
    level = {
        (name, int(year)): np.log(y)
        for name, year, y in panel[["unit", "year", "y"]].itertuples(index=False)
        if np.isfinite(y)
    }
    years = range(int(panel["year"].min()), int(panel["year"].max()) + 1)
    columns = [(year, earlier) for year in years for earlier in years if earlier <= year - 2]
    per_unit = []
    for name in sorted(set(panel["unit"])):
        rows = []
        for year in years:
            needed = [(name, year - back) for back in (0, 1, 2)]
            if any(key not in level for key in needed):
                continue
            if any((name, year - back) not in value for back in (0, 1)):
                continue
            dy = level[needed[0]] - level[needed[1]]
            lagged = level[needed[1]] - level[needed[2]]
            dx = value[needed[0]][1] - value[needed[1]][1]
            z = [level.get((name, b), 0.0) if a == year else 0.0 for a, b in columns]
            rows.append((year, dy, (lagged, dx), [*z, dx]))
        if rows:
            per_unit.append(
                (
                    np.array([row[0] for row in rows]),
                    np.array([row[1] for row in rows]),
                    np.array([row[2] for row in rows]),
                    np.array([row[3] for row in rows]),
                )
            )
    ZX = sum(Z.T @ X for _, _, X, Z in per_unit)
    Zy = sum(Z.T @ y for _, y, _, Z in per_unit)
    A1 = 0.0
    for t, _, _, Z in per_unit:
        gap = np.abs(t[:, None] - t[None, :])
        A1 = A1 + Z.T @ (2.0 * (gap == 0) - 1.0 * (gap == 1)) @ Z
    W1 = np.linalg.pinv(A1, rcond=1e-12, hermitian=True)
    first = np.linalg.solve(ZX.T @ W1 @ ZX, ZX.T @ W1 @ Zy)
    A2 = 0.0
    for _, y, X, Z in per_unit:
        moment = Z.T @ (y - X @ first)
        A2 = A2 + np.outer(moment, moment)
    W2 = np.linalg.pinv(A2, rcond=1e-12, hermitian=True)
    second = np.linalg.solve(ZX.T @ W2 @ ZX, ZX.T @ W2 @ Zy)
    total = Zy - ZX @ second
    return first, second, float(total @ W2 @ total)
