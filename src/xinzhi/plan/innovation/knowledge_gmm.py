"""Dynamic panels by GMM in one and two steps: in differences, and with level equations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.plan.innovation.knowledge_estimate import PanelEstimate, check_option
from xinzhi.plan.innovation.knowledge_gmm_moments import (
    InstrumentLags,
    Moments,
    difference_moments,
    generalised_inverse,
    system_moments,
)
from xinzhi.plan.innovation.knowledge_panel import (
    Array,
    Lags,
    PanelArrays,
    Term,
    panel_arrays,
    refuse_dependent,
    terms_of,
)

GmmErrors = Literal["robust", "classical"]
GMM_ERRORS: tuple[str, ...] = ("robust", "classical")
_ORDERS = (1, 2)


@dataclass(frozen=True, eq=False)
class GmmEstimate(PanelEstimate):
    """A dynamic panel by difference or system GMM.

    steps : 1 or 2; instruments : how many independent columns Z has
    tests : test (sargan, hansen, autocorrelation), order, statistic, degrees_of_freedom, p_value.
        Sargan's is that of the first step, right only for errors of equal variance; Hansen's that
        of the second step, robust but weak with many instruments. Autocorrelation is of differenced
        errors and standard normal: order 1 should be there, order 2 should not
    """

    steps: int
    instruments: int
    tests: pd.DataFrame


def difference_gmm(
    panel: pd.DataFrame,
    outcome: str,
    regressors: Lags,
    *,
    own_lags: int = 1,
    steps: int = 2,
    instrument_lags: InstrumentLags | None = None,
    collapse: bool = False,
    errors: GmmErrors = "robust",
    logarithms: bool = True,
    time_effects: bool = True,
    unit: str = "unit",
    time: str = "year",
) -> GmmEstimate:
    r"""Estimate a dynamic panel in first differences, earlier levels being the instruments.

    .. math:: \Delta y_{it} = \sum_{j=1}^{p}\alpha_j\Delta y_{i,t-j}
        + \sum\beta_{jl}\Delta x_{j,i,t-l} + \Delta\lambda_t + \Delta v_{it},
        \qquad E[y_{i,t-s}\Delta v_{it}] = 0,\ s\ge2

    .. math:: \hat\beta = (X'ZWZ'X)^{-1}X'ZWZ'y,\quad
        W_1 = \Bigl(\sum_iZ_i'HZ_i\Bigr)^{-1},\quad
        W_2 = \Bigl(\sum_iZ_i'\hat u_i\hat u_i'Z_i\Bigr)^{-1}

    H has 2 on its diagonal and −1 beside it. Instruments are the levels, one column for each
    period and lag (one for each lag with ``collapse``), the differences of regressors taken as
    strictly exogenous, and the years.

    panel : one row a unit and year; what is missing leaves out the differences that need it
    regressors : column → lags; own_lags : p, of the outcome, at least 1
    steps : 1 or 2
    instrument_lags : column → (nearest, farthest) lag of its levels; farthest None for all. By
        default the outcome's, (2, None). A regressor named here is not taken as exogenous:
        (2, …) where it answers to the shock of the year, (1, …) where only to earlier ones
        (predetermined). A column that is no regressor is an instrument only
    errors : ``robust`` to unequal variances and to correlation within units; in two steps with
        Windmeijer's correction, since those of the classical formula are far too small.
        ``classical`` are those that Arellano and Bond print for two steps
    logarithms : of all columns, which must then be above zero
    Raises : InputError for one unit only, panels too short, fewer instruments than coefficients,
        lags that are no lags, and what ``panel_elasticity`` refuses
    Limits : meant for many units and few years; with more instruments than units the second step
        and Hansen's test tell little: collapse them or shorten their lags. Weak where the outcome
        is nearly a random walk: see ``system_gmm``
    Source : Arellano & Bond (1991), Review of Economic Studies 58; Windmeijer (2005), Journal of
        Econometrics 126; Roodman (2009), Stata Journal 9 (collapsing)
    """
    terms, lags = _checked(outcome, regressors, own_lags, steps, instrument_lags, errors)
    arrays = _arrays(panel, [outcome, *regressors, *lags], logarithms, unit, time)
    moments = difference_moments(arrays, outcome, terms, lags, collapse, time_effects)
    return _estimate("difference_gmm", moments, outcome, terms, steps, errors)


def system_gmm(
    panel: pd.DataFrame,
    outcome: str,
    regressors: Lags,
    *,
    own_lags: int = 1,
    steps: int = 2,
    instrument_lags: InstrumentLags | None = None,
    collapse: bool = False,
    errors: GmmErrors = "robust",
    logarithms: bool = True,
    time_effects: bool = True,
    unit: str = "unit",
    time: str = "year",
) -> GmmEstimate:
    r"""Estimate a dynamic panel in differences and in levels at once.

    .. math:: y_{it} = \sum_j\alpha_jy_{i,t-j} + \sum\beta_{jl}x_{j,i,t-l}
        + \lambda_t + \eta_i + v_{it},\qquad
        E[\Delta y_{i,t-1}(\eta_i+v_{it})] = 0

    To the moments of ``difference_gmm`` come those of the equations in levels, whose instruments
    are differences: of a column with levels from lag s on, the difference s − 1 years before.
    Exogenous regressors are their own instruments in differences only, years in levels only. H is
    the covariance of the errors without effects of units (Roodman's default, not Blundell and
    Bond's identity).

    Arguments, returns and errors as in ``difference_gmm``; ``observations`` are those in levels
    Limits : needs more: that changes of the instrumented columns have nothing to do with a unit's
        effect, as where all units are near their own steady state. Growth at rates of their own
        breaks it. Twice the instruments: collapse them
    Source : Blundell & Bond (1998), Journal of Econometrics 87; Roodman (2009), Stata Journal 9
    """
    terms, lags = _checked(outcome, regressors, own_lags, steps, instrument_lags, errors)
    arrays = _arrays(panel, [outcome, *regressors, *lags], logarithms, unit, time)
    moments = system_moments(arrays, outcome, terms, lags, collapse, time_effects)
    return _estimate("system_gmm", moments, outcome, terms, steps, errors)


def _checked(
    outcome: str,
    regressors: Lags,
    own_lags: int,
    steps: int,
    instrument_lags: InstrumentLags | None,
    errors: str,
) -> tuple[tuple[Term, ...], InstrumentLags]:
    """Return terms and lags of instruments, the options being right."""
    check_option("errors", errors, GMM_ERRORS)
    terms = _terms(outcome, regressors, own_lags)
    lags: InstrumentLags = {outcome: (2, None)} if instrument_lags is None else instrument_lags
    _check_steps(steps, lags, outcome)
    return terms, lags


def _arrays(
    panel: pd.DataFrame, names: Sequence[str], logarithms: bool, unit: str, time: str
) -> PanelArrays:
    return panel_arrays(panel, names, logarithms=names if logarithms else (), unit=unit, time=time)


def _estimate(
    method: str,
    moments: Moments,
    outcome: str,
    terms: Sequence[Term],
    steps: int,
    errors: str,
) -> GmmEstimate:
    refuse_dependent(moments.own_part(len(terms)), terms)
    m = moments
    # a unit's Z'X and Z'y, (N, L, K) and (N, L)
    per_x, per_y = m.z_times_x(), m.z_times_y()
    ZX, Zy = per_x.sum(axis=0), per_y.sum(axis=0)
    A1 = m.weighted_instruments()
    W1, rank = generalised_inverse(A1)
    K = ZX.shape[1]
    _check_identified(rank, K, terms)
    bread1 = _inverse(ZX.T @ W1 @ ZX, m.units)
    first = bread1 @ (ZX.T @ W1 @ Zy)
    g1 = per_y - per_x @ first
    residuals1 = m.residuals(first)
    variance = m.variance(residuals1)
    A2 = g1.T @ g1
    half = bread1 @ ZX.T @ W1
    robust1 = half @ A2 @ half.T
    W2, _ = generalised_inverse(A2)
    bread2 = _inverse(ZX.T @ W2 @ ZX, m.units)
    second = bread2 @ (ZX.T @ W2 @ Zy)
    total1, total2 = g1.sum(axis=0), (per_y - per_x @ second).sum(axis=0)
    if steps == 1:
        beta, bread, W, residuals = first, bread1, W1, residuals1
        covariance = robust1 if errors == "robust" else variance * bread1
        spread = None if errors == "robust" else variance
    else:
        beta, bread, W, residuals = second, bread2, W2, m.residuals(second)
        covariance, spread = bread2, None
        if errors == "robust":
            covariance = _windmeijer(per_x, g1, ZX, W2, bread2, total2, robust1)
    free = rank - K
    rows = [
        ("sargan", None, float(total1 @ W1 @ total1) / variance, free),
        ("hansen", None, float(total2 @ W2 @ total2), free),
    ]
    tests: list[tuple[str, int | None, float, int | None, float]] = [
        (name, order, value if free else np.nan, df, _upper(value, df) if free else np.nan)
        for name, order, value, df in rows
    ]
    for order in _ORDERS:
        z = m.autocorrelation(order, residuals, ZX, W, bread, covariance, spread)
        tests.append(("autocorrelation", order, z, None, float(2 * stats.norm.sf(abs(z)))))
    mine = slice(0, len(terms))
    return GmmEstimate(
        method=method,
        own=outcome,
        terms=tuple(terms),
        estimates=beta[mine],
        covariance=covariance[mine, mine],
        observations=m.observations,
        units=m.units,
        degrees_of_freedom=None,
        log_likelihood=float("nan"),
        parameters=K,
        dropped=m.dropped,
        steps=steps,
        instruments=rank,
        tests=pd.DataFrame(
            tests, columns=["test", "order", "statistic", "degrees_of_freedom", "p_value"]
        ).astype(
            {"order": "Int64", "degrees_of_freedom": "Int64", "statistic": float, "p_value": float}
        ),
    )


def _inverse(matrix: Array, units: int) -> Array:
    """Invert X'ZWZ'X.

    Raises : ComputationError where the instruments do not tell the coefficients apart
    """
    inverse, rank = generalised_inverse(matrix)
    if rank < len(matrix):
        raise ComputationError(
            Text(
                f"{units} 个单位的工具变量分不清 {len(matrix)} 个系数",
                f"the instruments of {units} units cannot tell {len(matrix)} coefficients apart",
            ),
            remedy=Text(
                "增加单位，取更少的滞后或解释变量，或不计年份效应。",
                "Give more units, take fewer lags or regressors, or leave out effects of years.",
            ),
        )
    return inverse


def _windmeijer(
    per_x: Array, g1: Array, ZX: Array, W2: Array, bread2: Array, total2: Array, robust1: Array
) -> Array:
    r"""Return the covariance of the second step that counts the first step's error in W.

    .. math:: V + DV + VD' + D\hat V_1D',\qquad
        D_{\cdot j} = -VX'ZW_2\frac{\partial W_2^{-1}}{\partial\beta_j}W_2Z'\hat u_2
    """
    g = W2 @ total2
    # dW⁻¹/dβ_j = -Σ (Z'x_j u'Z + Z'u x_j'Z); (L, K) of its product with g, without the sign
    derivative = np.einsum("nlk,n->lk", per_x, g1 @ g) + g1.T @ np.einsum("nlk,l->nk", per_x, g)
    D = bread2 @ ZX.T @ W2 @ derivative
    corrected: Array = bread2 + D @ bread2 + bread2 @ D.T + D @ robust1 @ D.T
    return corrected


def _upper(value: float, degrees_of_freedom: int) -> float:
    return float(stats.chi2.sf(value, degrees_of_freedom))


def _terms(outcome: str, regressors: Lags, own_lags: int) -> tuple[Term, ...]:
    if own_lags < 1 or outcome in regressors:
        raise InputError(
            Text(
                f"动态面板至少要有一期 {outcome} 的滞后，且由 own_lags 给出；现为 {own_lags}",
                f"a dynamic panel has at least one lag of {outcome}, given by own_lags alone; it "
                f"is {own_lags}",
            )
        )
    return terms_of({outcome: tuple(range(1, own_lags + 1)), **regressors})


def _check_steps(steps: int, lags: Mapping[str, tuple[int, int | None]], outcome: str) -> None:
    if steps not in (1, 2):
        raise InputError(Text(f"steps 应为 1 或 2，不是 {steps}", f"steps is 1 or 2, not {steps}"))
    for name, (nearest, farthest) in lags.items():
        least = 2 if name == outcome else 1
        if nearest < least or (farthest is not None and farthest < nearest):
            raise InputError(
                Text(
                    f"{name} 的工具变量滞后应从 {least} 期起，且由近到远；现为 "
                    f"({nearest}, {farthest})",
                    f"instruments of {name} begin at lag {least} or later and end no earlier than "
                    f"they begin; they are ({nearest}, {farthest})",
                )
            )


def _check_identified(rank: int, K: int, terms: Sequence[Term]) -> None:
    if rank < K:
        raise InputError(
            Text(
                f"独立的工具变量只有 {rank} 个，少于 {K} 个系数",
                f"there are {rank} independent instruments for {K} coefficients",
            ),
            remedy=Text(
                "补充年份，放宽工具变量的滞后，或减少解释变量。",
                "Give more years, let instruments reach further back, or take fewer regressors.",
            ),
        )
