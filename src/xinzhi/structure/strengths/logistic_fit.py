"""Logistic curves fitted to many series at once, with intervals from the profile deviance.

Plain arrays only. A curve is described by its rate and by how much of its ceiling is reached in
the last year, so that "the inflection has passed" is one number above one half.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logsumexp
from scipy.stats import f as f_distribution
from scipy.stats import t as t_distribution

Array = NDArray[np.float64]

Form = Literal["level", "cumulative"]
FORMS: tuple[Form, ...] = ("level", "cumulative")

PARAMETERS = 3  # ceiling, rate, share reached
# A logit of -12 is a share of 6e-6: an exponential for every practical purpose.
_LOGITS = np.linspace(-12.0, 12.0, 97)
_RATES = 48
_FASTEST = 5.0  # from a tenth to nine tenths within a year
_SLOWEST = 0.2  # over the whole span: a line
_STEPS = 20
_PARTS = 0.25 ** np.arange(7)  # of a step, from the whole to next to nothing
_PROFILE_STEPS = 6
_CHUNK = 256


class LogisticFits(NamedTuple):
    """One curve a series; shares are of the ceiling in the last year.

    rate : (S,) [1/year]; inflection : (S,) [year]; ceiling : (S,) [unit of the series]
    share, share_low, share_high : (S,) [1]; low = 0 and high = 1 where the data set no limit
    explained : (S,) [1] share of the deviance from a constant that the curve explains
    grows : (S,) whether the curve fits better than a constant at the level asked for
    """

    rate: Array
    inflection: Array
    ceiling: Array
    share: Array
    share_low: Array
    share_high: Array
    explained: Array
    grows: NDArray[np.bool_]


def fit_logistic(series: Array, years: Array, form: Form, confidence: float) -> LogisticFits:
    r"""Fit a logistic curve to each series by quasi-Poisson likelihood.

    .. math::
        \mu_t = L\,\sigma(u + k(t - T)) \ (\text{level}), \qquad
        \mu_t = L\,[\sigma(u + k(t - T)) - \sigma(u + k(t - T - 1))] \ (\text{cumulative})

    with sigma the logistic function, T the last year, sigma(u) the share of the ceiling L that is
    reached in T, and inflection T - u/k. The variance is in proportion to the mean; its factor is
    Pearson's statistic over n - 3, times (1 + r)/(1 - r) where residuals of following years are
    correlated by r > 0; n counts the years with any volume, since years of nothing say little.
    Given u and k, L follows from the totals; u and k are searched for on a grid, then by Fisher
    scoring. The interval of the share holds every u whose profile deviance is within the quantile
    of F(1, n - 3).

    series : (S, T) >= 0, each above zero in more than three years; years : (T,) rising
    Source : McCullagh and Nelder (1989), Generalized Linear Models, chapter 9 (quasi-likelihood);
        Bates and Watts (1988), Nonlinear Regression Analysis, chapter 6 (profiles)
    """
    parts = [
        _fit_chunk(series[start : start + _CHUNK], years, form, confidence)
        for start in range(0, len(series), _CHUNK)
    ]
    return LogisticFits(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def log_curve(logit: Array, log_rate: Array, since_last: Array, form: Form) -> Array:
    """Return log(mu / L); logit and log_rate broadcast against the years since the last one."""
    rate = np.exp(log_rate)
    end = logit + rate * since_last
    if form == "level":
        return np.asarray(-np.logaddexp(0.0, -end))
    # sigma(a) - sigma(b) = sigma(a) sigma(-b) (1 - exp(b - a)): no cancellation
    begin = end - rate
    shrunk = -np.logaddexp(0.0, -end) - np.logaddexp(0.0, begin)
    return np.asarray(shrunk + np.log(-np.expm1(-rate)))


def _fit_chunk(series: Array, years: Array, form: Form, confidence: float) -> LogisticFits:
    since_last = years - years[-1]
    span = float(years[-1] - years[0])
    log_rates = np.linspace(np.log(_SLOWEST / span), np.log(_FASTEST), _RATES)
    surface = _grid_deviance(series, since_last, log_rates, form)
    logit, log_rate, least = _refined(series, since_last, surface, log_rates, form)
    log_mean = log_curve(logit[:, None], log_rate[:, None], since_last, form)
    log_ceiling = np.log(series.sum(axis=1)) - logsumexp(log_mean, axis=1)
    fitted = np.exp(log_mean + log_ceiling[:, None])
    constant = _constant_deviance(series)
    freedom = (series > 0).sum(axis=1) - PARAMETERS
    dispersion = _dispersion(series, fitted, freedom)
    needed = 2 * dispersion * f_distribution.ppf(confidence, 2, freedom)
    low, high = _interval(
        _profile(series, since_last, surface, log_rates, form),
        logit,
        least,
        dispersion,
        t_distribution.ppf((1 + confidence) / 2, freedom),
    )
    rate = np.exp(log_rate)
    with np.errstate(invalid="ignore", divide="ignore"):
        explained = np.where(constant > 0, 1 - least / constant, 0.0)
    return LogisticFits(
        rate=rate,
        inflection=years[-1] - logit / rate,
        ceiling=np.exp(log_ceiling),
        share=expit(logit),
        share_low=low,
        share_high=high,
        explained=explained,
        grows=constant - least > needed,
    )


def _saturated(series: Array) -> Array:
    """Return the part of the deviance that does not depend on the curve."""
    total = series.sum(axis=1)
    logs = np.log(series, out=np.zeros_like(series), where=series > 0)
    return np.asarray(2 * ((series * logs).sum(axis=1) - total * np.log(total)))


def _constant_deviance(series: Array) -> Array:
    total = series.sum(axis=1)
    constant = _saturated(series) + 2 * total * np.log(series.shape[1])
    return np.asarray(np.maximum(constant, 0.0))


def _grid_deviance(series: Array, since_last: Array, log_rates: Array, form: Form) -> Array:
    """Return (S, logits, rates): one product of matrices for every series and point."""
    points = np.meshgrid(_LOGITS, log_rates, indexing="ij")
    curves = log_curve(points[0].reshape(-1, 1), points[1].reshape(-1, 1), since_last, form)
    totals = series.sum(axis=1, keepdims=True)
    fit = series @ curves.T - totals * logsumexp(curves, axis=1)
    deviance = _saturated(series)[:, None] - 2 * fit
    return np.asarray(deviance.reshape(len(series), *points[0].shape))


def _refined(
    series: Array, since_last: Array, surface: Array, log_rates: Array, form: Form
) -> tuple[Array, Array, Array]:
    """Climb from the best point of the grid by Fisher scoring with step halving."""
    best = surface.reshape(len(series), -1).argmin(axis=1)
    point = np.stack([_LOGITS[best // len(log_rates)], log_rates[best % len(log_rates)]], axis=1)
    lowest = np.array([_LOGITS[0], log_rates[0]])
    highest = np.array([_LOGITS[-1], log_rates[-1]])
    rows = np.arange(len(series))
    for _ in range(_STEPS):
        score, information = _score(series, since_last, point, form)
        trace = np.trace(information, axis1=1, axis2=2)
        ridge = (1e-9 * trace + np.finfo(float).tiny)[:, None, None] * np.eye(2)
        step = np.linalg.solve(information + ridge, score[..., None])[..., 0]
        tried = np.clip(point[:, None] + _PARTS[:, None] * step[:, None], lowest, highest)
        fit = _fit_of(series, since_last, tried[..., 0], tried[..., 1], form)
        point = tried[rows, fit.argmax(axis=1)]
    fit = _fit_of(series, since_last, point[:, :1], point[:, 1:], form)[:, 0]
    return point[:, 0], point[:, 1], np.maximum(_saturated(series) - 2 * fit, 0.0)


def _fit_of(series: Array, since_last: Array, logits: Array, log_rates: Array, form: Form) -> Array:
    """Return the (S, P) likelihood, less a constant, of (S, P) points, the ceiling following."""
    curves = log_curve(logits[..., None], log_rates[..., None], since_last, form)
    return np.asarray(
        (series[:, None] * curves).sum(axis=2)
        - series.sum(axis=1, keepdims=True) * logsumexp(curves, axis=2)
    )


def _score(
    series: Array, since_last: Array, point: Array, form: Form, those: slice = slice(None)
) -> tuple[Array, Array]:
    """Return the (S, K) score and (S, K, K) information at points (S, 2) of logit and log rate.

    those : of the two parameters, both by default
    """
    slopes = _slopes(point[:, :1], point[:, 1:], since_last, form)[those]
    curves = log_curve(point[:, :1], point[:, 1:], since_last, form)
    parts = np.exp(curves - logsumexp(curves, axis=1, keepdims=True))
    total = series.sum(axis=1, keepdims=True)
    centred = slopes - (parts * slopes).sum(axis=2, keepdims=True)
    score = (centred * (series - total * parts)).sum(axis=2).T
    information = np.einsum("ast,bst,st->sab", centred, centred, total * parts)
    return np.asarray(score), np.asarray(information)


def _slopes(logit: Array, log_rate: Array, since_last: Array, form: Form) -> Array:
    """Return (2, …): derivatives of the log curve, but for what is the same in every year."""
    rate = np.exp(log_rate)
    end = logit + rate * since_last
    left = expit(-end)
    if form == "level":
        return np.stack([left, left * rate * since_last])
    begun = expit(end - rate)
    return np.stack([left - begun, rate * (since_last * left - (since_last - 1) * begun)])


def _dispersion(series: Array, fitted: Array, freedom: NDArray[np.intp]) -> Array:
    """Return the factor of the variance, raised where residuals follow each other."""
    residuals = (series - fitted) / np.sqrt(fitted)
    squares = (residuals**2).sum(axis=1)
    products = (residuals[:, 1:] * residuals[:, :-1]).sum(axis=1)
    following = np.divide(products, squares, out=np.zeros_like(squares), where=squares > 0)
    following = np.clip(following, 0.0, 0.9)
    smallest = 1e-12 * series.sum(axis=1)  # a perfect fit still has an interval
    return np.asarray(np.maximum(squares / freedom, smallest) * (1 + following) / (1 - following))


def _profile(
    series: Array, since_last: Array, surface: Array, log_rates: Array, form: Form
) -> Array:
    """Return (S, logits): the least deviance over the rates, from the best rate of the grid on."""
    shape = surface.shape[:2]
    place = log_rates[surface.argmin(axis=2)].reshape(-1)
    many = np.repeat(series, shape[1], axis=0)
    logits = np.tile(_LOGITS, shape[0])
    widest = log_rates[1] - log_rates[0]
    for _ in range(_PROFILE_STEPS):
        points = np.stack([logits, place], axis=1)
        score, information = _score(many, since_last, points, form, slice(1, 2))
        bend = information[:, 0, 0]
        step = np.divide(score[:, 0], bend, out=np.zeros_like(bend), where=bend > 0)
        place = np.clip(place + np.clip(step, -widest, widest), log_rates[0], log_rates[-1])
    fit = _fit_of(many, since_last, logits[:, None], place[:, None], form)[:, 0]
    found = np.repeat(_saturated(series), shape[1]) - 2 * fit
    return np.asarray(np.minimum(found.reshape(shape), surface.min(axis=2)))


def _interval(
    profile: Array, logit: Array, least: Array, dispersion: Array, quantiles: Array
) -> tuple[Array, Array]:
    """Return the shares at which the root of the profile deviance crosses the quantile.

    The root is nearly linear in the logit, so that a straight line between points is close.
    """
    root = np.sqrt(np.maximum(profile - least[:, None], 0.0) / dispersion[:, None])
    low, high = np.zeros(len(logit)), np.ones(len(logit))
    for row, (centre, roots, quantile) in enumerate(zip(logit, root, quantiles, strict=True)):
        below = centre > _LOGITS
        low[row] = _crossing(centre, _LOGITS[below][::-1], roots[below][::-1], quantile, 0.0)
        above = centre < _LOGITS
        high[row] = _crossing(centre, _LOGITS[above], roots[above], quantile, 1.0)
    return low, high


def _crossing(
    centre: float, logits: Array, roots: Array, quantile: float, unlimited: float
) -> float:
    """Return the share at the outermost crossing on one side, logits leading away from it."""
    inside = np.flatnonzero(roots <= quantile)
    last = int(inside[-1]) if len(inside) else -1
    if last == len(roots) - 1:
        return unlimited
    start, value = (centre, 0.0) if last < 0 else (logits[last], roots[last])
    part = (quantile - value) / (roots[last + 1] - value)
    return float(expit(start + part * (logits[last + 1] - start)))
