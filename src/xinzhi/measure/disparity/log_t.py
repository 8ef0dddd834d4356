"""Phillips and Sul's log t test: do regions move towards one common path?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

FEWEST_YEARS = 15
CRITICAL = -1.65  # of t, one-sided at 5 %
TRIM = 1 / 3
SMOOTHING = 400.0


@dataclass(frozen=True)
class LogTTest:
    """The regression of the log t test; converging unless t is at or below -1.65."""

    coefficient: float
    standard_error: float
    statistic: float

    @property
    def converging(self) -> bool:
        """Say whether convergence is not rejected."""
        return self.statistic > CRITICAL


def hodrick_prescott_trend(series: Array, smoothing: float = SMOOTHING) -> Array:
    r"""Trend of the Hodrick-Prescott filter.

    .. math:: \min_\tau \sum_t (y_t-\tau_t)^2+\mu\sum_t(\Delta^2\tau_t)^2

    series : (..., year), at least three years; smoothing : mu, 400 for yearly data with
        Phillips and Sul
    Returns : (..., year)
    Source : Hodrick and Prescott (1997), Journal of Money, Credit and Banking 29:1-16
    """
    from scipy.linalg import solveh_banded

    size = series.shape[-1]
    difference = np.diff(np.eye(size), 2, axis=0)
    system = np.eye(size) + smoothing * difference.T @ difference
    banded = np.zeros((3, size))
    for k in range(3):
        banded[k, : size - k] = np.diagonal(system, -k)
    flat = series.reshape(-1, size).T
    trend: Array = solveh_banded(banded, flat, lower=True).T.reshape(series.shape)
    return trend


def transition_variance(paths: Array) -> Array:
    r"""Cross-section variance of the relative transition paths.

    .. math:: H_t = \frac1N\sum_i(h_{it}-1)^2,\qquad h_{it}=\frac{X_{it}}{N^{-1}\sum_iX_{it}}

    paths : X, (region, year) [usually logarithms], of means above 0; Returns : (year,)
    """
    relative = paths / paths.mean(axis=0)
    variance: Array = np.square(relative - 1).mean(axis=0)
    return variance


def log_t_test(paths: Array, trim: float = TRIM) -> LogTTest:
    r"""Test whether all regions converge, in level if b >= 2 and in growth rates if 0 <= b < 2.

    .. math:: \ln\frac{H_1}{H_t}-2\ln\ln t = a+b\ln t+u_t,\qquad t=[rT]+1,\dots,T

    paths : X, (region, year), smoothed, with means above 0; at least two regions, fifteen years
    trim : r, the share of years at the start that is left out
    Returns : LogTTest; the null hypothesis is convergence, rejected where t <= -1.65. The error
        allows for autocorrelation by a quadratic spectral kernel with Andrews's automatic
        bandwidth, on sums over n - 1 residuals as in the authors' own program
    Raises : InputError below fifteen years, for missing values, or means not above 0
    Limits : on logarithms the outcome depends on the unit in which X was measured, since
        h is a ratio of logarithms. Regions that are equal throughout have no variance: t is then
        infinite
    Source : Phillips and Sul (2007), Econometrica 75:1771-1855; Andrews (1991), Econometrica
        59:817-858
    """
    given = np.asarray(paths, dtype=float)
    check_paths(given)
    return _log_t(given, trim)


def _log_t(paths: Array, trim: float) -> LogTTest:
    size = paths.shape[1]
    variance = transition_variance(paths)
    times = np.arange(round(size * trim) + 1, size + 1)
    if (variance[times - 1] == 0).any():
        return LogTTest(np.inf, 0.0, np.inf)
    logs = np.log(times)
    with np.errstate(divide="ignore"):
        outcome = np.log(variance[0] / variance[times - 1]) - 2 * np.log(logs)
    if not np.isfinite(outcome).all():
        return LogTTest(-np.inf, 0.0, -np.inf)  # equal at the start only: they part
    centred = logs - logs.mean()
    spread = float(centred @ centred)
    slope = float(centred @ outcome) / spread
    residuals = outcome - outcome.mean() - slope * centred
    error = float(np.sqrt(max(_long_run_variance(residuals), 0.0) / spread))
    return LogTTest(slope, error, slope / error if error > 0 else float(np.sign(slope) * np.inf))


def _long_run_variance(residuals: Array) -> float:
    """Return Andrews's estimate with the quadratic spectral kernel and an AR(1) bandwidth."""
    size = len(residuals)
    before, after = residuals[:-1], residuals[1:]
    if not before @ before > 0:
        return 0.0
    rho = float(before @ after / (before @ before))
    alpha = 4 * rho**2 / (1 - rho) ** 4
    bandwidth = 1.3221 * (alpha * size) ** 0.2
    lags = np.arange(1, size - 1)
    variance = float(residuals @ residuals)
    if bandwidth > 0:
        z = 1.2 * np.pi * lags / bandwidth
        kernel = 3 / z**2 * (np.sin(z) / z - np.cos(z))
        products = [float(before[: size - 1 - lag] @ before[lag:]) for lag in lags]
        variance += 2 * float(kernel @ products)
    return variance / (size - 1)


def check_paths(paths: Array) -> None:
    """Refuse panels that are too short or too few, have gaps, or whose means are not above 0."""
    regions, years = paths.shape
    if years < FEWEST_YEARS:
        raise InputError(
            Text(
                f"log t 检验至少需要 {FEWEST_YEARS} 年，现为 {years} 年",
                f"the log t test needs at least {FEWEST_YEARS} years, got {years}",
            ),
            remedy=Text("改用 σ、β 收敛。", "Use sigma and beta convergence instead."),
        )
    if regions < 2:
        raise InputError(
            Text(
                f"log t 检验至少需要两个地区，现为 {regions} 个",
                f"the log t test needs at least two regions, got {regions}",
            )
        )
    if not np.isfinite(paths).all():
        region, year = (int(k) + 1 for k in np.argwhere(~np.isfinite(paths))[0])
        raise InputError(
            Text(
                f"log t 检验不允许缺失：第 {region} 个地区、第 {year} 个年份",
                f"the log t test allows no gaps: region {region}, year {year}",
            ),
            remedy=Text("去掉该地区，或先补缺。", "Leave the region out or fill the gap first."),
        )
    if not (paths > 0).all():
        raise InputError(
            Text(
                "相对转移路径要求对数为正，即数值大于 1",
                "relative transition paths need logarithms above 0, that is values above 1",
            ),
            remedy=Text(
                "换用较小的单位（如由万元改为元）；结果随单位而变。",
                "Use a smaller unit (yuan instead of 10,000 yuan); the outcome depends on it.",
            ),
        )
