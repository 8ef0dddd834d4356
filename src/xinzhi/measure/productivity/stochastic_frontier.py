"""Stochastic frontier: noise and inefficiency told apart by their distributions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import chi2, norm

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.measure.productivity.columns import sorted_columns
from xinzhi.measure.productivity.frontier_estimation import (
    Estimate,
    LeastSquares,
    least_squares,
    maximise,
    without_inefficiency,
)
from xinzhi.measure.productivity.frontier_likelihood import FrontierData, inefficiency
from xinzhi.measure.productivity.frontier_warnings import frontier_warnings, trend_warning

Mask = NDArray[np.bool_]

DISTRIBUTIONS = ("half-normal", "truncated-normal")
FRONTIERS = ("production", "cost")
_LEVEL = 0.95


@dataclass(frozen=True)
class StochasticFrontierResult(Result):
    """Tables: efficiency, coefficients, fit."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``efficiency``, units by efficiency with their intervals.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


def stochastic_frontier(
    frame: pd.DataFrame,
    inputs: Sequence[str],
    output: str,
    *,
    unit: str,
    time: str | None = None,
    distribution: str = "half-normal",
    frontier: str = "production",
    time_varying: bool = True,
    trend: bool = False,
    records: Iterable[InputRecord] = (),
) -> StochasticFrontierResult:
    r"""Fit a Cobb–Douglas frontier with noise and inefficiency by maximum likelihood.

    .. math:: \ln y_{it} = \beta_0 + \sum_k\beta_k\ln x_{kit} + v_{it} - u_{it},\qquad
        v\sim N(0,\sigma_v^2)

    u is half-normal, :math:`|N(0,\sigma_u^2)|`, or a normal :math:`N(\mu,\sigma_u^2)` truncated at
    zero. Without ``time`` each row is a unit. With it, the units' inefficiency follows Battese and
    Coelli (1992), :math:`u_{it}=e^{-\eta(t-T)}u_i` with T the panel's last period: η > 0 means that
    inefficiency falls; without ``time_varying`` η is 0. A cost frontier has + u, its ``inputs``
    being outputs and input prices and its ``output`` the cost.

    frame : one row a unit (and period), panels unbalanced as they may be; all values above zero; a
        row with a missing value gets no efficiency and takes no part
    trend : let the frontier shift by a constant rate a period; without it technical progress of
        all units counts as falling inefficiency
    Returns : ``efficiency`` (unit, period if there is one, efficiency :math:`E[e^{-u}|\cdot]`,
        efficiency_low and efficiency_high: 95 % prediction interval, efficiency_jlms:
        :math:`e^{-E[u|\cdot]}`, inefficiency :math:`E[u|\cdot]`, status), ``coefficients`` (term,
        estimate, standard_error, z_value, p_value, least_squares) with sigma_squared
        :math:`=\sigma_v^2+\sigma_u^2`, gamma :math:`=\sigma_u^2/\sigma^2`, sigma_u, sigma_v, mu
        and eta after the frontier's, and ``fit`` (statistic, value): log likelihoods, the
        likelihood-ratio test of no inefficiency against its mixed χ² distribution, skewness of
        the least-squares residuals, mean efficiency, numbers of observations and units
    Raises : InputError for values that are not positive, collinear inputs, too few rows;
        ComputationError where the likelihood does not converge
    Limits : efficiencies depend on the distributions assumed and intervals take parameters as
        known. Where residuals are skewed the wrong way, the likelihood of the half-normal model is
        highest without inefficiency (Waldman 1982), and this is what comes out. With a truncated
        normal, μ is often weakly identified: it is kept within ten σ_u. Gamma is no share of
        variance, since that of u is less than σ_u²
    Source : Aigner, Lovell and Schmidt (1977), Journal of Econometrics 6, 21-37; Stevenson (1980),
        Journal of Econometrics 13, 57-66; Battese and Coelli (1992), Journal of Productivity
        Analysis 3, 153-169; Waldman (1982), Journal of Econometrics 18, 275-279; test: Kodde and
        Palm (1986), Econometrica 54, 1243-1248
    """
    _check_options(inputs, distribution, frontier, time, trend)
    keys = [unit, *([time] if time else [])]
    names = [output, *inputs]
    table = sorted_columns(frame, keys, names, positive=names, missing=True, time=time)
    complete = table[names].notna().all(axis=1).to_numpy()
    used = table[complete]
    data = _data(used, unit, time, output, inputs, frontier, trend)
    ols = least_squares(data)
    truncated, panel = distribution == "truncated-normal", time is not None
    wrong = data.sign * ols.skewness > 0
    if wrong and not truncated and not panel:
        estimate = without_inefficiency(ols)
    else:
        estimate = maximise(data, ols, truncated, panel and time_varying)
        if estimate.log_likelihood < ols.log_likelihood:
            estimate = without_inefficiency(ols)
    terms = ["constant", *inputs, *(["trend"] if trend else [])]
    free = [*(["mu"] if truncated else []), *(["eta"] if panel and time_varying else [])]
    efficiency = _efficiency(table, keys, complete, data, estimate)
    return StochasticFrontierResult(
        tables={
            "efficiency": efficiency,
            "coefficients": _coefficients(terms, free, estimate, ols),
            "fit": _fit(data, estimate, ols, len(free), efficiency["efficiency"]),
        },
        units=dict.fromkeys(
            ("efficiency", "efficiency_low", "efficiency_high", "efficiency_jlms"), "ratio"
        ),
        parameters={
            "distribution": distribution,
            "frontier": frontier,
            "time_varying": panel and time_varying,
            "trend": trend,
            "form": "cobb-douglas",
            "level": _LEVEL,
        },
        inputs=tuple(records),
        warnings=(
            *(trend_warning(frontier) if panel and time_varying and not trend else ()),
            *frontier_warnings(table, keys, complete, estimate, wrong, time),
        ),
    )


def _check_options(
    inputs: Sequence[str], distribution: str, frontier: str, time: str | None, trend: bool
) -> None:
    for value, choices, zh, en in (
        (distribution, DISTRIBUTIONS, "无效率项分布", "distribution of inefficiency"),
        (frontier, FRONTIERS, "前沿类型", "frontier"),
    ):
        if value not in choices:
            raise InputError(
                Text(
                    f"没有名为 {value} 的{zh}；可选：{'、'.join(choices)}",
                    f"no {en} named {value}; there are: {', '.join(choices)}",
                )
            )
    if not inputs:
        raise InputError(
            Text("随机前沿至少需要一项投入", "a stochastic frontier needs one input or more")
        )
    if trend and time is None:
        raise InputError(
            Text("前沿的时间趋势需要时间列", "a trend of the frontier needs a column of periods")
        )


def _data(
    used: pd.DataFrame,
    unit: str,
    time: str | None,
    output: str,
    inputs: Sequence[str],
    frontier: str,
    trend: bool,
) -> FrontierData:
    if used.empty:
        raise InputError(Text("没有一行数据完整", "no row is complete"))
    logs = np.log(used[[output, *inputs]].to_numpy(dtype=float))
    count = len(logs)
    distance = np.zeros(count)
    if time is not None:
        period = used[time].to_numpy(dtype=float)
        distance = period - period.max()
    columns = [np.ones((count, 1)), logs[:, 1:], *([distance[:, None]] if trend else [])]
    position = np.arange(count) if time is None else pd.factorize(used[unit])[0]
    return FrontierData(
        y=logs[:, 0],
        x=np.concatenate(columns, axis=1),
        sign=1.0 if frontier == "production" else -1.0,
        unit=position.astype(np.int64),
        distance=distance,
    )


def _efficiency(
    table: pd.DataFrame, keys: list[str], complete: Mask, data: FrontierData, estimate: Estimate
) -> pd.DataFrame:
    found = inefficiency(data, estimate.parameters, _LEVEL)
    result = pd.DataFrame({"unit": table[keys[0]].astype(str)})
    if len(keys) > 1:
        result["period"] = table[keys[1]]
    columns = {
        "efficiency": found.efficiency,
        "efficiency_low": found.low,
        "efficiency_high": found.high,
        "efficiency_jlms": np.exp(-found.mean),
        "inefficiency": found.mean,
    }
    for name, values in columns.items():
        result[name] = np.nan
        result.loc[complete, name] = values
    result["status"] = np.where(complete, "estimated", "missing")
    return result


def _coefficients(
    terms: list[str], free: list[str], estimate: Estimate, ols: LeastSquares
) -> pd.DataFrame:
    p = estimate.parameters
    width = len(terms)
    v, u = np.exp(p.log_v), np.exp(p.log_u)
    total, gamma, sigma_u = v + u, u / (v + u), np.sqrt(u)
    values = {
        "sigma_squared": total,
        "gamma": gamma,
        "sigma_u": sigma_u,
        "sigma_v": np.sqrt(v),
        "mu": p.ratio * sigma_u,
        "eta": p.eta,
    }
    # derivatives by (log v, log u, ratio, eta), for the delta method
    slopes = {
        "sigma_squared": (v, u, 0.0, 0.0),
        "gamma": (-gamma * (1 - gamma), gamma * (1 - gamma), 0.0, 0.0),
        "sigma_u": (0.0, sigma_u / 2, 0.0, 0.0),
        "sigma_v": (np.sqrt(v) / 2, 0.0, 0.0, 0.0),
        "mu": (0.0, p.ratio * sigma_u / 2, sigma_u, 0.0),
        "eta": (0.0, 0.0, 0.0, 1.0),
    }
    shown = [name for name in values if name not in ("mu", "eta") or name in free]
    covariance = estimate.covariance[width:, width:]
    errors = []
    for name in shown:
        slope = np.array(slopes[name])
        part = slope != 0
        variance = slope[part] @ covariance[np.ix_(part, part)] @ slope[part]
        errors.append(np.sqrt(variance) if part.any() else np.nan)
    frame = pd.DataFrame(
        {
            "term": [*terms, *shown],
            "estimate": [*p.beta, *(values[name] for name in shown)],
            "standard_error": [*np.sqrt(np.diag(estimate.covariance)[:width]), *errors],
        }
    )
    frame["z_value"] = frame["estimate"] / frame["standard_error"]
    frame["p_value"] = 2 * norm.sf(frame["z_value"].abs())
    frame["least_squares"] = [*ols.beta, *([np.nan] * len(shown))]
    return frame


def _fit(
    data: FrontierData, estimate: Estimate, ols: LeastSquares, extra: int, efficiency: pd.Series
) -> pd.DataFrame:
    ratio = max(2 * (estimate.log_likelihood - ols.log_likelihood), 0.0)
    restrictions = 1 + extra
    mixed = (chi2.sf(ratio, restrictions) + _chi_squared_tail(ratio, restrictions - 1)) / 2
    values = {
        "log_likelihood": estimate.log_likelihood,
        "log_likelihood_least_squares": ols.log_likelihood,
        "likelihood_ratio": ratio,
        "restrictions": restrictions,
        "p_value": mixed,
        "skewness": ols.skewness,
        "mean_efficiency": efficiency.mean(),
        "observations": len(data.y),
        "units": data.units,
    }
    return pd.DataFrame({"statistic": list(values), "value": [float(v) for v in values.values()]})


def _chi_squared_tail(value: float, freedom: int) -> float:
    """Return P(χ² > value); with no degree of freedom all mass is at zero."""
    return float(chi2.sf(value, freedom)) if freedom else float(value <= 0)
