"""Elasticities by fixed effects: the within estimator with errors clustered by unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.plan.innovation.knowledge_estimate import (
    CORRECTIONS,
    Correction,
    PanelEstimate,
    check_option,
    clustered,
)
from xinzhi.plan.innovation.knowledge_panel import (
    Array,
    Lags,
    Mask,
    PanelArrays,
    Term,
    independent,
    panel_arrays,
    period_dummies,
    refuse_dependent,
    refuse_empty,
    sample_of,
    terms_of,
    too_short,
)


def panel_elasticity(
    panel: pd.DataFrame,
    outcome: str,
    regressors: Lags,
    *,
    logarithms: bool = True,
    time_effects: bool = True,
    correction: Correction = "clusters",
    unit: str = "unit",
    time: str = "year",
) -> PanelEstimate:
    r"""Estimate elasticities with effects of units, and of years, by least squares.

    .. math:: \ln y_{it} = \sum_{j,l}\beta_{jl}\ln x_{j,i,t-l} + \eta_i + \lambda_t + v_{it}

    panel : one row a unit and year; missing years and cells leave rows out
    regressors : column → lags, such as ``{"stock": (0, 1), "spillover": (0,)}``
    logarithms : take logarithms of outcome and regressors, which must then be above zero; otherwise
        the columns are taken as they are
    correction : ``clusters`` multiplies the clustered covariance by
        :math:`\frac{G}{G-1}\frac{n-1}{n-k}`, k counting regressors, years and the constant but not
        the units, which are nested in the clusters; ``none`` does not. Intervals are Student's,
        G − 1 degrees of freedom, G units
    Raises : InputError for columns that are absent or wrong, one unit only, lags longer than the
        panel, and regressors that the effects explain
    Limits : regressors must not answer to past shocks of the outcome (strict exogeneity); with few
        units (below 30 or so) clustered errors are too small
    Source : Arellano (1987), Oxford Bulletin of Economics and Statistics 49; Wooldridge (2010),
        Econometric Analysis of Cross Section and Panel Data, chapter 10
    """
    check_option("correction", correction, CORRECTIONS)
    terms = terms_of(regressors)
    names = [outcome, *regressors]
    arrays = panel_arrays(
        panel, names, logarithms=names if logarithms else (), unit=unit, time=time
    )
    parts = [arrays.columns[outcome], *(arrays.lagged(term) for term in terms)]
    there = sample_of(parts, least=2)
    refuse_empty(there, terms)
    return within(arrays, outcome, terms, there, time_effects, correction)


def within(
    arrays: PanelArrays,
    outcome: str,
    terms: Sequence[Term],
    there: Mask,
    time_effects: bool,
    correction: Correction,
) -> PanelEstimate:
    """Estimate on the rows ``there``; see ``panel_elasticity``."""
    columns = np.stack([arrays.columns[outcome], *map(arrays.lagged, terms)], axis=2)
    data = demeaned(columns, there)
    years = 0
    if time_effects:
        dummies = demeaned(period_dummies(there), there)[there]
        dummies = dummies[:, independent(dummies)]
        years = dummies.shape[1]
        # the effects of years are partialled out once (Frisch and Waugh)
        rows = data[there]
        data[there] = rows - dummies @ np.linalg.lstsq(dummies, rows, rcond=None)[0]
    X, y = data[:, :, 1:], data[:, :, 0]
    refuse_dependent(np.where(there[:, :, np.newaxis], X, 0.0)[there], terms)
    Q, R = np.linalg.qr(X[there])
    estimates = np.linalg.solve(R, Q.T @ y[there])
    inverse = np.linalg.inv(R)
    residuals = np.where(there, y - X @ estimates, 0.0)
    scores = np.einsum("ntk,nt->nk", X, residuals)
    n, k = int(there.sum()), len(terms) + years
    G = int(there.any(axis=1).sum())
    factor = 1.0 if correction == "none" else G / (G - 1) * (n - 1) / max(1, n - k - 1)
    squares = float((residuals**2).sum())
    return PanelEstimate(
        method="fixed_effects",
        own=outcome,
        terms=tuple(terms),
        estimates=estimates,
        covariance=clustered(scores, inverse @ inverse.T, factor),
        observations=n,
        units=G,
        degrees_of_freedom=G - 1,
        log_likelihood=gaussian_log_likelihood(squares, n),
        parameters=k,
        dropped=too_short(arrays, there.any(axis=1)),
    )


def gaussian_log_likelihood(squares: float, n: int) -> float:
    r"""Return :math:`-\frac n2\left(\ln\frac{2\pi S}{n}+1\right)`, S the sum of squares."""
    return float(-n / 2 * (np.log(2 * np.pi * max(squares, np.finfo(float).tiny) / n) + 1))


def demeaned(columns: Array, there: Mask) -> Array:
    """Return (N, T, k) deviations from a unit's mean over its rows of the sample, 0 elsewhere."""
    inside = there[:, :, np.newaxis]
    filled = np.where(inside, columns, 0.0)
    count = np.maximum(there.sum(axis=1), 1)[:, np.newaxis, np.newaxis]
    means = filled.sum(axis=1, keepdims=True) / count
    return np.where(inside, filled - means, 0.0)
