"""Sigma convergence, whether dispersion falls, and beta convergence, whether the poor catch up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.measure.disparity.regression import clustered_least_squares, robust_least_squares

Array = NDArray[np.float64]

FEWEST_REGIONS = 5


@dataclass(frozen=True)
class SigmaTest:
    """Whether the variance of logarithms differs between two years.

    ratio : variance at the end over that at the start; statistic : t; p_value : two-sided
    """

    ratio: float
    statistic: float
    degrees_of_freedom: int
    p_value: float


@dataclass(frozen=True)
class BetaConvergence:
    """Whether those behind grow faster.

    coefficient : b; standard_error, statistic (t), degrees_of_freedom, p_value (two-sided) of b
    speed : lambda [1/year], half_life : [years], both NaN where the model has none
    controls : coefficients of the controls, in their order
    nickell_bias : approximate bias of b in a panel with region effects, NaN elsewhere
    years : length of a growth period [years]
    """

    model: str
    coefficient: float
    standard_error: float
    statistic: float
    degrees_of_freedom: int
    p_value: float
    speed: float
    half_life: float
    r_squared: float
    observations: int
    regions: int
    years: float
    controls: tuple[float, ...]
    nickell_bias: float


def sigma_test(start: Array, end: Array) -> SigmaTest:
    r"""Pitman's and Morgan's test of equal variances, on the same regions in two years.

    With x and z the logarithms at the start and at the end, their variances are equal if and only
    if z - x and z + x are uncorrelated:

    .. math:: t = r\sqrt{\frac{n-2}{1-r^2}},\qquad r = \operatorname{corr}(z-x,\;z+x)

    start, end : (n,) [any one unit], > 0, n >= 5, in the same order of regions
    Returns : SigmaTest; t has n - 2 degrees of freedom, below 0 where dispersion fell
    Raises : InputError for values that are not positive, or too few
    Limits : exact for normal logarithms; two years only, so a swing between them is not seen
    Source : Pitman (1939) and Morgan (1939), Biometrika 31:9-12 and 13-19
    """
    from scipy.stats import t as student

    _check(np.stack([start, end], axis=1))
    x, z = np.log(start), np.log(end)
    size = len(x)
    if np.ptp(z - x) == 0:
        return SigmaTest(1.0, 0.0, size - 2, 1.0)
    r = float(np.corrcoef(z - x, z + x)[0, 1])
    with np.errstate(divide="ignore"):
        statistic = float(r * np.sqrt((size - 2) / np.maximum(1 - r * r, 0.0)))
    return SigmaTest(
        float(np.var(z) / np.var(x)),
        statistic,
        size - 2,
        float(2 * student.sf(abs(statistic), size - 2)),
    )


def beta_convergence(values: Array, years: Array, controls: Array | None = None) -> BetaConvergence:
    r"""Cross-section: growth over the whole time on the level at the start.

    .. math:: \frac1T\ln\frac{y_{iT}}{y_{i0}} = a + b\ln y_{i0} + \gamma'x_{i0} + e_i,\qquad
              b = -\frac{1-e^{-\lambda T}}{T}

    values : (region, year) [any one unit], > 0; the first and the last year are used
    years : (year,), rising
    controls : (region, control) at the start, finite: convergence is then conditional on them
    Returns : BetaConvergence with HC3 standard errors and n - k degrees of freedom;
        lambda = -ln(1 + bT)/T [1/year] and the half-life ln 2/lambda [years]
    Raises : InputError for values that are not positive, fewer than five regions or too few for
        the controls, or controls that are collinear
    Limits : measurement error at the start alone makes b negative; that b is negative does not
        make dispersion fall (see ``sigma_test``)
    Source : Barro and Sala-i-Martin (1992), Journal of Political Economy 100:223-251
    """
    _check(values[:, [0, -1]])
    start, end = np.log(values[:, 0]), np.log(values[:, -1])
    length = float(years[-1] - years[0])
    given = np.empty((len(values), 0)) if controls is None else np.asarray(controls, dtype=float)
    columns = np.column_stack([np.ones(len(values)), start, given])
    _check_rank(columns)
    fit = robust_least_squares((end - start) / length, columns)
    b = float(fit.coefficients[1])
    return _beta(
        "absolute" if controls is None else "conditional",
        b,
        float(fit.standard_errors[1]),
        fit.degrees_of_freedom,
        length,
        r_squared=fit.r_squared,
        observations=len(values),
        regions=len(values),
        controls=tuple(map(float, fit.coefficients[2:])),
    )


def panel_beta_convergence(
    values: Array, years: Array, controls: Array | None = None
) -> BetaConvergence:
    r"""Panel: growth from year to year on the level before, with region and year effects.

    .. math:: \ln\frac{y_{it}}{y_{i,t-1}} = \alpha_i+\tau_t+b\ln y_{i,t-1}+\gamma'x_{i,t-1}+e_{it}

    values : (region, year) [any one unit], > 0 or NaN where missing; years that follow each other
        are paired, and a pair with a missing value is left out
    years : (year,), rising and at even distances
    controls : (region, year, control), taken at the start of each pair
    Returns : BetaConvergence, standard errors clustered by region. Each region converges to a level
        of its own. Region effects bias b downwards in a short panel, and the speed upwards: the
        bias of the autoregressive coefficient rho = 1 + b over T periods is about -(1 + rho)/(T-1)
        (for large T; more near rho = 1), given at the estimate as ``nickell_bias``, not corrected
    Raises : InputError for values that are not positive, fewer than five regions, fewer than three
        years, uneven years, or controls that are collinear
    Source : Islam (1995), Quarterly Journal of Economics 110:1127-1170; Nickell (1981),
        Econometrica 49:1417-1426
    """
    given = np.asarray(values, dtype=float)
    _check(given, missing=True)
    steps = np.diff(years)
    if len(years) < 3 or np.ptp(steps) != 0:
        raise InputError(
            Text(
                f"面板 β 收敛要求至少三个间隔相等的年份，现为 {_listed(years)}",
                "beta convergence in a panel needs at least three years at even distances, got "
                f"{_listed(years)}",
            )
        )
    logs = np.log(given)
    growth = np.diff(logs, axis=1) / steps[0]
    inputs = [logs[:, :-1]]
    if controls is not None:
        inputs += list(np.moveaxis(np.asarray(controls, dtype=float)[:, :-1], -1, 0))
    stacked = np.stack([growth, *inputs], axis=-1)
    present = np.isfinite(stacked).all(axis=-1)
    region, period = np.nonzero(present)
    regions, region = np.unique(region, return_inverse=True)
    periods, period = np.unique(period, return_inverse=True)
    data = _without_region_means(stacked[present], region)
    dummies = np.eye(len(periods))[period][:, 1:]
    dummies = _without_region_means(dummies, region)
    if dummies.shape[1]:
        data = data - dummies @ np.linalg.lstsq(dummies, data, rcond=None)[0]
    columns = data[:, 1:]
    _check_rank(columns, len(regions) + len(periods) - 1)
    parameters = columns.shape[1] + len(periods)  # region effects are nested in the clusters
    fit = clustered_least_squares(data[:, 0], columns, region, parameters)
    b = float(fit.coefficients[0])
    length = len(data) / len(regions)
    return _beta(
        "panel_fixed_effects",
        b,
        float(fit.standard_errors[0]),
        fit.degrees_of_freedom,
        float(steps[0]),
        r_squared=fit.r_squared,
        observations=len(data),
        regions=len(regions),
        controls=tuple(map(float, fit.coefficients[1:])),
        nickell_bias=-(2 + b * float(steps[0])) / (length - 1) / float(steps[0]),
    )


def _beta(
    model: str,
    b: float,
    error: float,
    freedom: int,
    length: float,
    *,
    r_squared: float,
    observations: int,
    regions: int,
    controls: tuple[float, ...],
    nickell_bias: float = float("nan"),
) -> BetaConvergence:
    """Add the test of b, the speed and the half-life."""
    from scipy.stats import t as student

    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = float(np.divide(b, error))
    kept = 1 + b * length
    speed = float(-np.log(kept) / length) if kept > 0 else float("nan")
    half_life = float(np.log(2) / speed) if speed > 0 else float("nan")
    return BetaConvergence(
        model=model,
        coefficient=b,
        standard_error=error,
        statistic=statistic,
        degrees_of_freedom=freedom,
        p_value=float(2 * student.sf(abs(statistic), freedom)),
        speed=speed,
        half_life=half_life,
        r_squared=r_squared,
        observations=observations,
        regions=regions,
        years=length,
        controls=controls,
        nickell_bias=nickell_bias,
    )


def _without_region_means(columns: Array, region: NDArray[np.intp]) -> Array:
    counts = np.bincount(region)
    sums = np.zeros((len(counts), columns.shape[1]))
    np.add.at(sums, region, columns)
    freed: Array = columns - (sums / counts[:, None])[region]
    return freed


def _check(values: Array, missing: bool = False) -> None:
    """Refuse values without a logarithm, and too few regions."""
    given = np.asarray(values, dtype=float)
    wrong = ~(given > 0) & ~(np.isnan(given) if missing else np.zeros(given.shape, dtype=bool))
    if wrong.any():
        row, column = (int(k) + 1 for k in np.argwhere(wrong)[0])
        raise InputError(
            Text(
                f"收敛分析取对数，数值须为正：第 {row} 个地区、第 {column} 个年份为 "
                f"{given[row - 1, column - 1]:g}",
                "convergence takes logarithms, so values must be positive: region "
                f"{row}, year {column} has {given[row - 1, column - 1]:g}",
            )
        )
    if len(given) < FEWEST_REGIONS:
        raise InputError(
            Text(
                f"收敛分析至少需要 {FEWEST_REGIONS} 个地区，现为 {len(given)} 个",
                f"convergence needs at least {FEWEST_REGIONS} regions, got {len(given)}",
            )
        )


def _check_rank(columns: Array, absorbed: int = 0) -> None:
    """Refuse columns that say the same, and more of them than observations allow."""
    size, count = columns.shape
    scaled = columns / np.maximum(np.abs(columns).max(axis=0, initial=0.0), 1e-300)
    collinear = np.linalg.matrix_rank(scaled, tol=1e-10 * max(size, 1) ** 0.5) < count
    if size - absorbed <= count or collinear:
        raise InputError(
            Text(
                f"{size} 个观测不足以估计：起点水平与控制变量共线，或变量过多（{count} 个）",
                f"{size} observations do not settle the regression: the starting level and the "
                f"controls are collinear, or there are too many of them ({count} columns)",
            ),
            remedy=Text("减少控制变量，或增加地区、年份。", "Leave out controls or add regions."),
        )


def _listed(years: Array) -> str:
    return ", ".join(f"{year:g}" for year in years)
