"""Patents as counts: Poisson with fixed effects, by its conditional likelihood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import gammaln, logsumexp

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.plan.innovation.knowledge_effects import demeaned
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
)

_STEPS = 100
_SMALL = 1e-10  # gain of the log-likelihood at which Newton's steps end
_FLAT = 1e-6  # share of the information at the start below which the likelihood has gone flat


@dataclass(frozen=True, eq=False)
class CountEstimate(PanelEstimate):
    """A Poisson regression with fixed effects.

    model_covariance : (k, k) inverse information, right only where the variance is the mean
    overdispersion : Pearson's statistic over its degrees of freedom, 1 where the variance is the
        mean; nan where none are left
    """

    model_covariance: Array
    overdispersion: float


def poisson_fixed_effects(
    panel: pd.DataFrame,
    outcome: str,
    regressors: Lags,
    *,
    logarithms: bool = True,
    time_effects: bool = True,
    correction: Correction = "clusters",
    unit: str = "unit",
    time: str = "year",
) -> CountEstimate:
    r"""Estimate how counts such as patents answer to their causes, with effects of units.

    .. math:: E[y_{it}] = \exp\Bigl(\sum_{j,l}\beta_{jl}\ln x_{j,i,t-l}+\eta_i+\lambda_t\Bigr)

    .. math:: \ell = \sum_i\Bigl[\ln\Gamma(y_{i\cdot}+1)+\sum_t\bigl(y_{it}\ln p_{it}
        -\ln\Gamma(y_{it}+1)\bigr)\Bigr],
        \qquad p_{it}=\frac{e^{x_{it}'\beta}}{\sum_se^{x_{is}'\beta}}

    The likelihood is conditional on each unit's total, which removes its effect; it has the same
    maximum as the likelihood with a dummy for every unit. Newton's method, exact Hessian.

    panel, regressors, time_effects : as in ``panel_elasticity``
    outcome : counts >= 0. Units without any count, or with one row, tell nothing: they are left out
        and named in ``dropped``
    logarithms : of the regressors, whose coefficients are then elasticities
    correction : ``clusters`` multiplies the clustered covariance by G/(G − 1), ``none`` does not
    Returns : coefficients with errors clustered by unit, which hold whatever the variance;
        intervals are normal
    Raises : InputError for negative counts and what ``panel_elasticity`` refuses; ComputationError
        where the likelihood has no maximum
    Limits : consistent if the mean is right, whatever the distribution; regressors must not answer
        to past counts
    Source : Hausman, Hall & Griliches (1984), Econometrica 52; Wooldridge (1999), Journal of
        Econometrics 90 (errors)
    """
    check_option("correction", correction, CORRECTIONS)
    terms = terms_of(regressors)
    arrays = panel_arrays(
        panel,
        [outcome, *regressors],
        logarithms=list(regressors) if logarithms else (),
        counts=(outcome,),
        unit=unit,
        time=time,
    )
    parts = [arrays.columns[outcome], *(arrays.lagged(term) for term in terms)]
    there = sample_of(parts, least=2)
    refuse_empty(there, terms)
    return conditional_poisson(arrays, outcome, terms, there, time_effects, correction)


def conditional_poisson(
    arrays: PanelArrays,
    outcome: str,
    terms: Sequence[Term],
    there: Mask,
    time_effects: bool,
    correction: Correction,
) -> CountEstimate:
    """Estimate on the rows ``there``; see ``poisson_fixed_effects``."""
    y = np.where(there, arrays.columns[outcome], 0.0)
    some, present = y.sum(axis=1) > 0, np.asarray(there.any(axis=1)).tolist()
    dropped = tuple(
        (name, "zero" if rows else "short")
        for name, rows, kept in zip(arrays.units, present, some.tolist(), strict=True)
        if not kept
    )
    if some.sum() < 2:
        raise InputError(
            Text(
                f"{outcome} 几乎全为零：只有 {int(some.sum())} 个单位有计数",
                f"{outcome} is nearly all zero: {int(some.sum())} unit(s) have any count",
            ),
            remedy=Text("至少要有两个单位有非零计数。", "Two units or more must have counts."),
        )
    there, y = there[some], y[some]
    X = np.stack([arrays.lagged(term)[some] for term in terms], axis=2)
    left = demeaned(X, there)
    columns = [left]
    if time_effects:
        dummies = demeaned(period_dummies(there), there)
        dummies = dummies[:, :, independent(dummies[there])]
        rows = left[there]
        rest = rows - dummies[there] @ np.linalg.lstsq(dummies[there], rows, rcond=None)[0]
        columns.append(dummies)
    else:
        rest = left[there]
    refuse_dependent(rest, terms)
    # deviations from a unit's mean give the same probabilities and smaller exponents
    Z = np.concatenate(columns, axis=2)
    beta, p = _maximise(Z, y, there)
    totals = y.sum(axis=1)
    scores = np.einsum("ntk,nt->nk", Z, y - totals[:, np.newaxis] * p)
    inverse: Array = np.linalg.inv(_information(Z, totals, p)).astype(float)
    G, n, k = len(y), int(there.sum()), Z.shape[2]
    factor = G / (G - 1) if correction == "clusters" else 1.0
    robust = clustered(scores, inverse, factor)
    mine = slice(0, len(terms))
    constants = gammaln(totals + 1).sum() - gammaln(y + 1)[there].sum()
    free = n - G - k
    expected = totals[:, np.newaxis] * p
    return CountEstimate(
        method="poisson_fixed_effects",
        own=outcome,
        terms=tuple(terms),
        estimates=beta[mine],
        covariance=robust[mine, mine],
        observations=n,
        units=G,
        degrees_of_freedom=None,
        log_likelihood=float(constants + (y[there] * np.log(p[there])).sum()),
        parameters=k,
        dropped=dropped,
        model_covariance=inverse[mine, mine],
        overdispersion=(
            float(((y - expected)[there] ** 2 / expected[there]).sum() / free)
            if free > 0
            else float("nan")
        ),
    )


def _probabilities(Z: Array, beta: Array, there: Mask) -> Array:
    """Return (N, T) logarithms of each row's share of its unit's count."""
    index = np.where(there, Z @ beta, -np.inf)
    shares: Array = index - logsumexp(index, axis=1, keepdims=True)
    return shares


def _information(Z: Array, totals: Array, p: Array) -> Array:
    """Return (k, k) minus the Hessian: variances of the regressors under p, weighted by counts."""
    mean = np.einsum("nt,ntk->nk", p, Z)
    apart = Z - mean[:, np.newaxis, :]
    weight = (totals[:, np.newaxis] * p).ravel()
    flat = apart.reshape(-1, Z.shape[2])
    found: Array = flat.T @ (flat * weight[:, np.newaxis])
    return found


def _maximise(Z: Array, y: Array, there: Mask) -> tuple[Array, Array]:
    """Return coefficients and (N, T) probabilities at the maximum, which is unique."""
    totals = y.sum(axis=1)
    beta = np.zeros(Z.shape[2])
    shares = _probabilities(Z, beta, there)
    value = float((y[there] * shares[there]).sum())
    start = _information(Z, totals, np.where(there, np.exp(shares), 0.0))
    for _ in range(_STEPS):
        p = np.where(there, np.exp(shares), 0.0)
        score = np.einsum("ntk,nt->k", Z, y - totals[:, np.newaxis] * p)
        try:
            step = np.linalg.solve(_information(Z, totals, p), score)
        except np.linalg.LinAlgError:
            break
        gain = float(score @ step)
        if gain < _SMALL * (1 + abs(value)):
            if _flat(start, _information(Z, totals, p)):
                break
            return beta + step, np.exp(_probabilities(Z, beta + step, there))
        for _halving in range(30):
            shares = _probabilities(Z, beta + step, there)
            new = float((y[there] * shares[there]).sum())
            if new >= value:
                break
            step = step / 2
        beta, value = beta + step, new
    raise ComputationError(
        Text(
            "泊松固定效应的似然没有最大值",
            "the likelihood of the Poisson regression with fixed effects has no maximum",
        ),
        remedy=Text(
            "某个变量（或某一年）可能恰好区分了计数为零与不为零的行；去掉它，或减少滞后期数。",
            "A regressor, or a year, may part rows with counts from those without: leave it out, "
            "or take fewer lags.",
        ),
    )


def _flat(start: Array, end: Array) -> bool:
    """Return whether some direction has lost its information: the maximum lies at infinity."""
    factor = np.linalg.cholesky(start)
    half = np.linalg.solve(factor, end)
    return bool(np.linalg.eigvalsh(np.linalg.solve(factor, half.T)).min() < _FLAT)
