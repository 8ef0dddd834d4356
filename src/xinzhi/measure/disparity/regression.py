"""Least squares with standard errors that allow for unequal variances and for clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.intp]


@dataclass(frozen=True)
class LeastSquares:
    """Coefficients of the columns, their standard errors, R², and degrees of freedom of t."""

    coefficients: Array
    standard_errors: Array
    r_squared: float
    degrees_of_freedom: int


def robust_least_squares(outcome: Array, columns: Array) -> LeastSquares:
    r"""Least squares with HC3 standard errors.

    .. math:: V = (X'X)^{-1}\Big(\sum_i \frac{e_i^2}{(1-h_i)^2}x_ix_i'\Big)(X'X)^{-1}

    outcome : (n,); columns : (n, k) of full rank, the constant among them, n > k
    Source : MacKinnon and White (1985), Journal of Econometrics 29:305-325
    """
    q, r = np.linalg.qr(columns)
    coefficients = np.linalg.solve(r, q.T @ outcome)
    residuals = outcome - columns @ coefficients
    leverage = np.square(q).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        scores = q * (residuals / (1 - leverage))[:, None]
    half = np.linalg.solve(r, scores.T)
    return LeastSquares(
        coefficients,
        np.sqrt(np.square(half).sum(axis=1)),
        _r_squared(outcome, residuals),
        len(outcome) - columns.shape[1],
    )


def clustered_least_squares(
    outcome: Array, columns: Array, clusters: Codes, parameters: int
) -> LeastSquares:
    r"""Least squares of variables that have been freed of their means, clustered errors.

    .. math:: V = \frac{G}{G-1}\frac{N-1}{N-K}
              (X'X)^{-1}\Big(\sum_g X_g'e_ge_g'X_g\Big)(X'X)^{-1}

    outcome : (n,); columns : (n, k); clusters : (n,) whole numbers from 0, each at least once
    parameters : K, the columns and the effects that are not nested in the clusters
    Returns : LeastSquares; t has G - 1 degrees of freedom, R² is of the variables as given
    Source : Cameron and Miller (2015), Journal of Human Resources 50:317-372
    """
    q, r = np.linalg.qr(columns)
    coefficients = np.linalg.solve(r, q.T @ outcome)
    residuals = outcome - columns @ coefficients
    count = int(clusters.max()) + 1
    scores = np.zeros((count, columns.shape[1]))
    np.add.at(scores, clusters, q * residuals[:, None])
    half = np.linalg.solve(r, scores.T)
    size = len(outcome)
    factor = count / (count - 1) * (size - 1) / (size - parameters)
    return LeastSquares(
        coefficients,
        np.sqrt(factor * np.square(half).sum(axis=1)),
        _r_squared(outcome, residuals),
        count - 1,
    )


def _r_squared(outcome: Array, residuals: Array) -> float:
    spread = float(np.square(outcome - outcome.mean()).sum())
    return 1 - float(np.square(residuals).sum()) / spread if spread > 0 else np.nan
