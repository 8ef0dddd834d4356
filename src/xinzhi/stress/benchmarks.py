"""Logit and random forest, against which the signals approach is judged."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.core.optional import imported
from xinzhi.stress.signals import Array

BENCHMARKS = ("logit", "random_forest")
TREES = 100
_LEAST_LEAF = 3
_EXTRA = "stress"


class Forecast(NamedTuple):
    """Probabilities of the rows learnt from, and of the rows to forecast."""

    learnt: Array
    ahead: Array


def forecast(method: str, features: Array, labels: Array, ahead: Array, seed: int) -> Forecast:
    """Learn the probability of an event from labelled rows and apply it to others.

    features : (n, K) positions in the own history; labels : (n,) 1 or 0, both present
    ahead : (m, K); seed : of the forest
    Returns : of the logit its fitted probabilities, of the forest those of the trees that had not
        seen a row (out of bag), since its fitted ones are nearly the labels themselves
    Raises : ComputationError where scikit-learn is not installed
    """
    return (
        _logit(features, labels, ahead)
        if method == "logit"
        else _forest(features, labels, ahead, seed)
    )


def check_benchmarks(names: tuple[str, ...]) -> None:
    """Refuse a benchmark that there is not."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        raise InputError(
            Text(
                f"没有基准方法 {unknown[0]}；可选：{'、'.join(BENCHMARKS)}",
                f"no benchmark {unknown[0]}; choose from {', '.join(BENCHMARKS)}",
            )
        )


def _logit(features: Array, labels: Array, ahead: Array) -> Forecast:
    """Fit a logit with a ridge penalty (C = 1) on standardised positions."""
    linear = imported("sklearn.linear_model", _EXTRA)
    mean, spread = features.mean(axis=0), features.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    model = linear.LogisticRegression(C=1.0, solver="newton-cholesky")
    model.fit((features - mean) / spread, labels)
    return Forecast(
        model.predict_proba((features - mean) / spread)[:, 1],
        model.predict_proba((ahead - mean) / spread)[:, 1],
    )


def _forest(features: Array, labels: Array, ahead: Array, seed: int) -> Forecast:
    ensemble = imported("sklearn.ensemble", _EXTRA)
    model = ensemble.RandomForestClassifier(
        n_estimators=TREES,
        min_samples_leaf=_LEAST_LEAF,
        oob_score=True,
        random_state=seed,
        n_jobs=1,
    )
    model.fit(features, labels)
    return Forecast(model.oob_decision_function_[:, 1], model.predict_proba(ahead)[:, 1])
