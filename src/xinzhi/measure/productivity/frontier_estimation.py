"""Maximum likelihood of a stochastic frontier: starting values, search, standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.measure.productivity.frontier_likelihood import (
    Array,
    FrontierData,
    Parameters,
    log_likelihood,
)

# μ beyond this many σ_u changes the likelihood no more: below, u is exponential; above, normal
RATIO_BOUND = 10.0
Mask = NDArray[np.bool_]
_MOST_STEPS = 300
_LONGEST = 2.0
_LOG_RANGE = 14.0
_TOLERANCE = 1e-6
_STARTS = 3
_GAMMAS = np.linspace(0.05, 0.95, 19)


@dataclass(frozen=True)
class LeastSquares:
    """The frontier without inefficiency; skewness is that of the residuals, sign included."""

    beta: Array
    standard_errors: Array
    variance: float
    log_likelihood: float
    skewness: float


@dataclass(frozen=True)
class Estimate:
    """Parameters that maximise the likelihood; covariance has nan rows where it is not defined."""

    parameters: Parameters
    log_likelihood: float
    covariance: Array


def least_squares(data: FrontierData) -> LeastSquares:
    """Fit the frontier by least squares; the variance has the divisor n.

    Raises : InputError for fewer observations than parameters, inputs that are collinear or
        constant, or a perfect fit
    """
    count, width = data.x.shape
    if count <= width + 2:
        raise InputError(
            Text(
                f"只有 {count} 个观测，不足以估计 {width + 2} 个参数",
                f"{count} observations are too few for {width + 2} parameters",
            )
        )
    scale = np.linalg.norm(data.x, axis=0)
    if (scale == 0).any() or np.linalg.matrix_rank(data.x / scale) < width:
        raise InputError(
            Text(
                "投入之间完全共线，或某项投入为常数，无法估计",
                "inputs are collinear, or one of them is constant: no frontier can be estimated",
            ),
            remedy=Text("去掉其中一项。", "Leave one of them out."),
        )
    beta = np.asarray(np.linalg.lstsq(data.x, data.y, rcond=None)[0], dtype=float)
    residuals = data.y - data.x @ beta
    variance = float(residuals @ residuals / count)
    if variance < 1e-20 * max(1.0, float(np.var(data.y))):
        raise InputError(
            Text("产出被投入完全解释，没有残差可分解", "inputs explain output without a residual")
        )
    inverse = np.linalg.inv(data.x.T @ data.x)
    return LeastSquares(
        beta=beta,
        standard_errors=np.sqrt(np.diag(inverse) * variance * count / (count - width)),
        variance=variance,
        log_likelihood=-0.5 * count * (np.log(2 * np.pi * variance) + 1),
        skewness=float((residuals**3).mean() / variance**1.5),
    )


def maximise(data: FrontierData, ols: LeastSquares, truncated: bool, panel: bool) -> Estimate:
    """Maximise the likelihood over β, the variances, μ if ``truncated`` and η if ``panel``.

    Raises : ComputationError where the search does not converge
    """
    width = data.x.shape[1]
    free = np.r_[np.ones(width + 2, dtype=bool), truncated, panel]
    middle = float(np.log(ols.variance))
    low = np.r_[np.full(width, -np.inf), middle - _LOG_RANGE, middle - _LOG_RANGE, -RATIO_BOUND, -3]
    high = np.r_[np.full(width, np.inf), middle + 10, middle + 10, RATIO_BOUND, 3]
    # with orthonormal columns the search does not depend on the units of the inputs
    q, upper = np.linalg.qr(data.x)
    root = np.sqrt(len(data.y))
    turned = FrontierData(data.y, q * root, data.sign, data.unit, data.distance)
    turn, back = upper / root, np.linalg.inv(upper / root)
    climbs = []
    for start in _starts(data, ols, truncated, panel):
        vector = np.r_[turn @ start.beta, start.vector()[width:]]
        climbs.append(_climb(turned, vector, free, low, high))
    value, vector, left = max(climbs, key=lambda climb: climb[0])
    check_converged(left)
    inside = free & (vector > low) & (vector < high)
    vector = np.r_[back @ vector[:width], vector[width:]]
    return Estimate(Parameters.of(vector), value, _covariance(data, vector, inside))


def check_converged(left: float) -> None:
    """Refuse an estimate from which the log likelihood could still rise by this much."""
    if not left < _TOLERANCE:
        raise ComputationError(
            Text(
                "随机前沿的极大似然估计没有收敛",
                "the maximum likelihood of the stochastic frontier did not converge",
            ),
            remedy=Text(
                "改用半正态分布，或检查异常值和单位过少的面板。",
                "Use the half-normal distribution, or look for outliers and too short a panel.",
            ),
        )


def without_inefficiency(ols: LeastSquares) -> Estimate:
    """Return the frontier at its boundary, where inefficiency is zero and β is that of OLS."""
    log_v = float(np.log(ols.variance))
    width = len(ols.beta)
    covariance = np.full((width + 4, width + 4), np.nan)
    covariance[range(width), range(width)] = ols.standard_errors**2
    return Estimate(Parameters(ols.beta, log_v, -np.inf, 0.0, 0.0), ols.log_likelihood, covariance)


def _starts(
    data: FrontierData, ols: LeastSquares, truncated: bool, panel: bool
) -> list[Parameters]:
    """Return OLS with a shifted intercept at the most likely γ, μ/σ_u and η of a grid."""
    ratios = (0.0, -2.0, 1.0) if truncated else (0.0,)
    etas = (0.0, 0.05, -0.05) if panel else (0.0,)
    starts: list[tuple[float, Parameters]] = []
    for ratio in ratios:
        for eta in etas:
            tried = []
            for gamma in _GAMMAS:
                total = ols.variance / (1 - 2 * gamma / np.pi)
                beta = ols.beta.copy()
                beta[0] += data.sign * np.sqrt(2 * gamma * total / np.pi)
                logs = np.log((1 - gamma) * total), np.log(gamma * total)
                start = Parameters(beta, float(logs[0]), float(logs[1]), ratio, eta)
                tried.append((log_likelihood(data, start)[0], start))
            starts.append(max(tried, key=lambda pair: pair[0]))
    starts.sort(key=lambda pair: pair[0], reverse=True)
    return [start for _, start in starts[:_STARTS]]


def _climb(
    data: FrontierData, vector: Array, free: Mask, low: Array, high: Array
) -> tuple[float, Array, float]:
    """Climb by Newton steps, damped, with the curvature turned downward where it is not.

    Returns : the value, the vector, and the rise that one more full step promises
    """
    value, gradient = log_likelihood(data, Parameters.of(vector))
    left = np.inf
    for _ in range(_MOST_STEPS):
        # a parameter at its bound stays there while the likelihood rises beyond it
        stuck = ((vector <= low) & (gradient < 0)) | ((vector >= high) & (gradient > 0))
        moving = free & ~stuck
        step = _newton_step(_hessian(data, vector, moving), gradient[moving])
        left = float(gradient[moving] @ step) / 2
        if left < 1e-11:
            break
        length = 1.0
        while length > 1e-10:
            trial = vector.copy()
            trial[moving] += length * step
            trial = np.clip(trial, low, high)
            climbed, slopes = log_likelihood(data, Parameters.of(trial))
            if np.isfinite(climbed) and climbed > value:
                break
            length /= 2
        else:
            break
        vector, value, gradient = trial, climbed, slopes
    return value, vector, left


def _newton_step(hessian: Array, gradient: Array) -> Array:
    """Step towards the maximum: Newton's, with every direction of curvature taken as concave."""
    scale = np.sqrt(np.maximum(np.abs(np.diag(hessian)), 1e-8))
    values, vectors = np.linalg.eigh(-hessian / np.outer(scale, scale))
    curvature = np.maximum(np.abs(values), 1e-8)
    step: Array = vectors @ ((vectors.T @ (gradient / scale)) / curvature) / scale
    longest = np.abs(step).max()
    return step if longest <= _LONGEST else step * (_LONGEST / longest)


def _hessian(data: FrontierData, vector: Array, moving: Mask) -> Array:
    """Second derivatives by central differences of the gradient."""
    places = np.flatnonzero(moving)
    columns: list[Array] = []
    for place in places:
        step = 1e-5 * max(1.0, abs(vector[place]))
        ends = []
        for sign in (1.0, -1.0):
            moved = vector.copy()
            moved[place] += sign * step
            ends.append(log_likelihood(data, Parameters.of(moved))[1][moving])
        columns.append((ends[0] - ends[1]) / (2 * step))
    hessian = np.array(columns)
    symmetric: Array = (hessian + hessian.T) / 2
    return symmetric


def _covariance(data: FrontierData, vector: Array, inside: Mask) -> Array:
    """Inverse of the observed information over the parameters inside their bounds."""
    covariance = np.full((len(vector), len(vector)), np.nan)
    information = -_hessian(data, vector, inside)
    scale = np.sqrt(np.abs(np.diag(information)))
    if not (scale > 0).all():
        return covariance
    scaled = information / np.outer(scale, scale)
    if np.linalg.eigvalsh(scaled).min() < 1e-8:
        return covariance
    covariance[np.ix_(inside, inside)] = np.linalg.inv(scaled) / np.outer(scale, scale)
    return covariance
