"""The scorecard: a regularised logistic regression, calibrated on later years."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from xinzhi.core.optional import imported

Array = NDArray[np.float64]
_EXTRA = "finance"
_ROUNDS = 100
_TREES = 100
_LEAST_LEAF = 5


@dataclass(frozen=True, eq=False)
class Scorecard:
    r"""Log-odds of default that are linear in the features.

    .. math:: \mathrm{logit}\,p = a + b\Bigl(\beta_0 + \sum_j\beta_j\frac{x_j - \bar x_j}{s_j}\Bigr)

    mean, spread : (K,) of the firms learnt from
    coefficients : (K,) β, log-odds for one standard deviation; intercept : β₀
    shift, slope : a, b of the calibration; 0 and 1 without
    """

    features: tuple[str, ...]
    mean: Array
    spread: Array
    coefficients: Array
    intercept: float
    shift: float = 0.0
    slope: float = 1.0

    @property
    def average_log_odds(self) -> float:
        """Log-odds of a firm that is average in every feature."""
        return self.shift + self.slope * self.intercept

    def contributions(self, values: Array) -> Array:
        """Return (n, K) what each feature adds to the log-odds of an average firm.

        values : (n, K); rows add up to the log-odds less those of the average firm
        """
        return np.asarray(self.slope * self.coefficients * (values - self.mean) / self.spread)

    def log_odds(self, values: Array) -> Array:
        """Return (n,) log-odds of default of firms with features (n, K)."""
        return np.asarray(self.average_log_odds + self.contributions(values).sum(axis=1))

    def probabilities(self, values: Array) -> Array:
        """Return (n,) probabilities of default of firms with features (n, K)."""
        return np.asarray(expit(self.log_odds(values)))


def fit_scorecard(
    values: Array, defaulted: Array, features: tuple[str, ...], penalty: float
) -> Scorecard:
    r"""Learn a scorecard from firms whose outcome is known, not yet calibrated.

    .. math:: \min_\beta\ \sum_i\log\bigl(1 + e^{-y_i\eta_i}\bigr)
        + \frac\lambda2\lVert\beta\rVert^2,\quad y_i = \pm1

    values : (n, K), no column constant; defaulted : (n,) 1 or 0, both present
    penalty : λ > 0, on coefficients of standardised features, not on the intercept
    Raises : ComputationError where scikit-learn is not installed
    """
    linear = imported("sklearn.linear_model", _EXTRA)
    mean, spread = values.mean(axis=0), values.std(axis=0)
    model = linear.LogisticRegression(C=1.0 / penalty, solver="newton-cholesky")
    model.fit((values - mean) / spread, defaulted)
    return Scorecard(features, mean, spread, model.coef_[0], float(model.intercept_[0]))


def calibrated(card: Scorecard, log_odds: Array, defaulted: Array) -> Scorecard:
    """Return a scorecard with the shift and slope that fit log-odds to what happened later.

    log_odds, defaulted : (m,) of firms that were scored before their outcome was known
    A slope below zero, where the order of the firms turned round, becomes zero: all get the same.
    """
    shift, slope = platt_scaling(log_odds, defaulted)
    if slope < 0:
        rate = (float(defaulted.sum()) + 1.0) / (len(defaulted) + 2.0)
        shift, slope = float(np.log(rate / (1.0 - rate))), 0.0
    return replace(card, shift=shift, slope=slope)


def platt_scaling(log_odds: Array, defaulted: Array) -> tuple[float, float]:
    r"""Return shift a and slope b that turn log-odds into calibrated ones.

    .. math:: \max_{a, b}\ \sum_i t_i\log p_i + (1 - t_i)\log(1 - p_i),\quad
        p_i = \frac1{1 + e^{-(a + b\eta_i)}}

    with targets t of (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2) instead of 1 and 0, so that there is an
    answer even where the scores part the groups.
    log_odds : (n,) η; defaulted : (n,) 1 or 0
    Source : Platt (1999), Advances in Large Margin Classifiers, 61–74
    """
    n1 = float(defaulted.sum())
    n0 = len(defaulted) - n1
    target = np.where(defaulted == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))
    centre, width = float(log_odds.mean()), float(log_odds.std()) or 1.0
    design = np.column_stack([np.ones(len(log_odds)), (log_odds - centre) / width])
    rate = float(target.mean())
    found = np.array([np.log(rate / (1 - rate)), 0.0])

    def loss(point: Array) -> float:
        eta = design @ point
        return float(np.logaddexp(0.0, eta).sum() - target @ eta)

    for _ in range(_ROUNDS):
        p = expit(design @ found)
        gradient = design.T @ (target - p)
        curvature = design.T @ (design * (p * (1 - p))[:, None])
        step = np.linalg.lstsq(curvature, gradient, rcond=None)[0]
        before = loss(found)
        while loss(found + step) > before and np.abs(step).max() > 1e-12:
            step = step / 2
        found = found + step
        if np.abs(step).max() < 1e-10:
            break
    slope = float(found[1]) / width
    return float(found[0]) - slope * centre, slope


def forest_probabilities(values: Array, defaulted: Array, ahead: Array, seed: int) -> Array:
    """Return (m,) probabilities by a random forest, which is a yardstick and no scorecard.

    values : (n, K), defaulted : (n,) 1 or 0, to learn from; ahead : (m, K)
    """
    ensemble = imported("sklearn.ensemble", _EXTRA)
    model = ensemble.RandomForestClassifier(
        n_estimators=_TREES, min_samples_leaf=_LEAST_LEAF, random_state=seed, n_jobs=1
    )
    model.fit(values, defaulted)
    return np.asarray(model.predict_proba(ahead)[:, 1])
