"""What every estimate of a panel holds, and the rows it gives to a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy import stats

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.knowledge_panel import Array, Term

Correction = Literal["clusters", "none"]
CORRECTIONS: tuple[str, ...] = ("clusters", "none")


@dataclass(frozen=True, eq=False)
class PanelEstimate:
    """Coefficients of a panel regression with errors that are robust by unit.

    method : fixed_effects, poisson_fixed_effects or difference_gmm
    terms : (k,) regressors and lags; estimates : (k,); covariance : (k, k)
    observations, units : of the sample
    degrees_of_freedom : of Student's t in intervals, None for the normal
    log_likelihood : nan where there is none; parameters : coefficients it has, effects of units not
        counted
    dropped : names of units that tell nothing, and why (``zero``: no count at all; ``short``: fewer
        rows than the method needs)
    own : the outcome's name, whose lags are among the terms in a dynamic model
    """

    method: str
    own: str
    terms: tuple[Term, ...]
    estimates: Array
    covariance: Array
    observations: int
    units: int
    degrees_of_freedom: int | None
    log_likelihood: float
    parameters: int
    dropped: tuple[tuple[str, str], ...]

    @property
    def standard_errors(self) -> Array:
        """Return (k,) standard errors; nan where a correction leaves no positive variance."""
        variances = np.diag(self.covariance)
        errors: Array = np.sqrt(np.where(variances > 0, variances, np.nan))
        return errors

    def long_run(self, name: str) -> tuple[float, float]:
        r"""Return the sum of a regressor's lags over one minus those of the outcome, and its error.

        .. math:: \beta^* = \frac{\sum_l\beta_l}{1-\sum_j\alpha_j}

        The standard error is by the delta method. Without lags of the outcome it is their sum.
        Where lags of the outcome sum to one or more there is no long run: both are nan.
        Raises : InputError where no term has the name
        """
        mine = np.array([term.name == name for term in self.terms], dtype=float)
        lagged = np.array([term.name == self.own for term in self.terms], dtype=float)
        if not mine.any():
            known = dict.fromkeys(term.name for term in self.terms)
            raise InputError(
                Text(
                    f"没有解释变量 {name}；现有：{'、'.join(known)}",
                    f"there is no regressor {name}; there are: {', '.join(known)}",
                )
            )
        rest = 1.0 - float(lagged @ self.estimates)
        if rest <= 0:
            return float("nan"), float("nan")
        value = float(mine @ self.estimates) / rest
        slope = (mine + value * lagged) / rest
        return value, float(np.sqrt(slope @ self.covariance @ slope))

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Return term, lag, estimate, standard_error, low, high, p_value, method.

        A row without lag is the long-run effect of its term (``long_run``).
        """
        runs = [
            name for name in dict.fromkeys(term.name for term in self.terms) if name != self.own
        ]
        totals = [self.long_run(name) for name in runs]
        estimate = np.array([*self.estimates, *(value for value, _ in totals)])
        error = np.array([*self.standard_errors, *(error for _, error in totals)])
        half = error * quantile(level, self.degrees_of_freedom)
        return pd.DataFrame(
            {
                "term": [*(term.name for term in self.terms), *runs],
                "lag": pd.array(
                    [*(term.lag for term in self.terms), *[pd.NA] * len(runs)], dtype="Int64"
                ),
                "estimate": estimate,
                "standard_error": error,
                "low": estimate - half,
                "high": estimate + half,
                "p_value": p_values(estimate, error, self.degrees_of_freedom),
                "method": self.method,
            }
        )


def quantile(level: float, degrees_of_freedom: int | None) -> float:
    """Return how many standard errors an interval reaches to each side."""
    if not 0 < level < 1:
        raise InputError(
            Text(
                f"置信水平应在 0 与 1 之间，现为 {level}",
                f"a confidence level lies between 0 and 1; it is {level}",
            )
        )
    tail = (1 + level) / 2
    return float(
        stats.norm.ppf(tail)
        if degrees_of_freedom is None
        else stats.t.ppf(tail, degrees_of_freedom)
    )


def p_values(estimates: Array, errors: Array, degrees_of_freedom: int | None) -> Array:
    """Return two-sided probabilities of estimates this far from zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(estimates / errors)
    tails: Array = 2 * (
        stats.norm.sf(far) if degrees_of_freedom is None else stats.t.sf(far, degrees_of_freedom)
    )
    return tails


def check_option(name: str, value: str, allowed: Sequence[str]) -> None:
    """Refuse an option that is none of those allowed."""
    if value not in allowed:
        raise InputError(
            Text(
                f"{name} 应为 {' 或 '.join(allowed)}，不是 {value}",
                f"{name} is {' or '.join(allowed)}, not {value}",
            )
        )


def clustered(scores: Array, bread: Array, factor: float) -> Array:
    r"""Return :math:`c\,B\bigl(\sum_i s_is_i'\bigr)B`, a covariance robust to any law within units.

    scores : (N, k) sums over a unit's rows; bread : (k, k) inverse Hessian; factor : c
    Source : Liang & Zeger (1986), Biometrika 73; Wooldridge (1999), Journal of Econometrics 90
    """
    half = scores @ bread
    meat: Array = factor * half.T @ half
    return meat
