"""How long research takes to show: lag selection on one sample, by information criteria."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.knowledge_counts import CountEstimate, conditional_poisson
from xinzhi.plan.innovation.knowledge_effects import within
from xinzhi.plan.innovation.knowledge_estimate import (
    CORRECTIONS,
    Correction,
    PanelEstimate,
    check_option,
    quantile,
)
from xinzhi.plan.innovation.knowledge_panel import (
    panel_arrays,
    refuse_empty,
    sample_of,
    terms_of,
)

StaticMethod = Literal["fixed_effects", "poisson_fixed_effects"]
STATIC_METHODS: tuple[str, ...] = ("fixed_effects", "poisson_fixed_effects")
Criterion = Literal["aic", "bic"]
CRITERIA: tuple[str, ...] = ("aic", "bic")


@dataclass(frozen=True, eq=False)
class LagSelection:
    """Distributed lags of every length tried, and the one chosen.

    table : lags, observations, units, parameters, log_likelihood, overdispersion, aic, bic,
        long_run, standard_error, low, high, chosen
    lags : the length chosen; estimate : its coefficients, on the common sample
    """

    table: pd.DataFrame
    lags: int
    estimate: PanelEstimate


def lag_selection(
    panel: pd.DataFrame,
    outcome: str,
    regressor: str,
    *,
    max_lag: int,
    method: StaticMethod = "fixed_effects",
    criterion: Criterion = "bic",
    controls: Mapping[str, Sequence[int]] | None = None,
    logarithms: bool = True,
    time_effects: bool = True,
    correction: Correction = "clusters",
    unit: str = "unit",
    time: str = "year",
) -> LagSelection:
    r"""Choose how many lags of a regressor enter, all candidates on the same rows.

    .. math:: \mathrm{AIC} = -\frac{2\ell}{\hat c}+2k,\qquad
        \mathrm{BIC} = -\frac{2\ell}{\hat c}+k\ln n

    A candidate q has the lags 0, …, q. ℓ is Gaussian for ``fixed_effects``, where c = 1, and
    conditional for ``poisson_fixed_effects``, where c is the overdispersion of the longest
    candidate, at least 1: counts that vary more than Poisson's would otherwise ask for every lag.
    k counts coefficients and effects of years; effects of units are the same in all candidates and
    cancel. Ties go to the shorter.

    max_lag : longest candidate, >= 0; every candidate uses only rows that have it
    controls : column → lags that are in every candidate
    Other arguments : as in ``panel_elasticity`` and ``poisson_fixed_effects``
    Raises : as they do, and InputError for a negative ``max_lag``
    Limits : the criteria take rows as independent; where errors are correlated over time they
        choose too many lags. Lags of a smooth series are nearly collinear: their sum
        (``long_run``) is better known than each of them
    Source : Akaike (1974), IEEE Transactions on Automatic Control 19; Schwarz (1978), Annals of
        Statistics 6; Lebreton et al. (1992), Ecological Monographs 62 (overdispersion)
    """
    check_option("method", method, STATIC_METHODS)
    check_option("criterion", criterion, CRITERIA)
    check_option("correction", correction, CORRECTIONS)
    if max_lag < 0:
        raise InputError(
            Text(f"最大滞后 {max_lag} 应不小于 0", f"the longest lag is at least 0, not {max_lag}")
        )
    others = {name: tuple(lags) for name, lags in (controls or {}).items()}
    counts = method == "poisson_fixed_effects"
    names = [outcome, regressor, *others]
    logged = names[1:] if counts else names
    arrays = panel_arrays(
        panel,
        names,
        logarithms=logged if logarithms else (),
        counts=(outcome,) if counts else (),
        unit=unit,
        time=time,
    )
    longest = terms_of({regressor: range(max_lag + 1), **others})
    parts = [arrays.columns[outcome], *(arrays.lagged(term) for term in longest)]
    there = sample_of(parts, least=2)
    refuse_empty(there, longest)
    fit = conditional_poisson if counts else within
    tried: list[PanelEstimate] = [
        fit(
            arrays,
            outcome,
            terms_of({regressor: range(lags + 1), **others}),
            there,
            time_effects,
            correction,
        )
        for lags in range(max_lag + 1)
    ]
    last = tried[-1]
    spread = last.overdispersion if isinstance(last, CountEstimate) else 1.0
    spread = max(1.0, spread) if np.isfinite(spread) else 1.0
    table = pd.DataFrame([_row(lags, one, regressor, spread) for lags, one in enumerate(tried)])
    best = int(np.argmin(table[criterion].to_numpy()))
    table["chosen"] = table["lags"] == best
    return LagSelection(table, best, tried[best])


def _row(
    lags: int, estimate: PanelEstimate, regressor: str, spread: float
) -> dict[str, float | int]:
    k, n = estimate.parameters, estimate.observations
    fit = -2 * estimate.log_likelihood / spread
    total, error = estimate.long_run(regressor)
    half = error * quantile(0.95, estimate.degrees_of_freedom)
    return {
        "lags": lags,
        "observations": n,
        "units": estimate.units,
        "parameters": k,
        "log_likelihood": estimate.log_likelihood,
        "overdispersion": spread,
        "aic": fit + 2 * k,
        "bic": fit + k * float(np.log(n)),
        "long_run": total,
        "standard_error": error,
        "low": total - half,
        "high": total + half,
    }
