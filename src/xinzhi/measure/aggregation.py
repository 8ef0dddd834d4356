"""Aggregation of normalised values into scores (handbook, step 6), and what each part adds.

``values (..., k)`` and ``weights (..., k)`` broadcast against each other; weights sum to 1 along
the last axis. A missing value makes the score missing.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

AGGREGATIONS = ("arithmetic", "geometric", "harmonic", "topsis")


def arithmetic_mean(values: Array, weights: Array) -> Array:
    r"""Weighted arithmetic mean :math:`\sum_k w_k z_k`; high values make up for low ones."""
    total: Array = np.einsum("...k,...k->...", *np.broadcast_arrays(values, weights))
    return total


def geometric_mean(values: Array, weights: Array) -> Array:
    r"""Weighted geometric mean :math:`\prod_k z_k^{w_k}`; 0 where a weighted value is 0.

    values : >= 0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(
            weights > 0, np.log(values) * weights, np.where(np.isnan(values), np.nan, 0)
        )
        result: Array = np.exp(logs.sum(-1))
    return result


def harmonic_mean(values: Array, weights: Array) -> Array:
    r"""Weighted harmonic mean :math:`1/\sum_k (w_k/z_k)`; 0 where a weighted value is 0.

    values : >= 0
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        parts = np.where(weights > 0, weights / values, np.where(np.isnan(values), np.nan, 0.0))
        result: Array = 1.0 / parts.sum(-1)
    return result


def topsis(values: Array, weights: Array) -> Array:
    r"""Closeness to the ideal: TOPSIS.

    .. math:: v = w z,\quad C = \frac{D^-}{D^+ + D^-},\quad
        D^\pm = \sqrt{\textstyle\sum_k (v_k - v_k^\pm)^2}

    with :math:`v^+` and :math:`v^-` the best and the worst value of each column over all
    observations.

    values : (..., observations, k), more is better
    weights : (..., k), one set for all observations
    Returns : (..., observations) in [0, 1]; nan where all observations are alike
    Source : Hwang and Yoon (1981), Multiple Attribute Decision Making, section 3.7
    """
    weighted = values * weights[..., None, :]
    best = np.fmax.reduce(weighted, axis=-2, keepdims=True)
    worst = np.fmin.reduce(weighted, axis=-2, keepdims=True)
    to_best = np.sqrt(((weighted - best) ** 2).sum(-1))
    to_worst = np.sqrt(((weighted - worst) ** 2).sum(-1))
    with np.errstate(divide="ignore", invalid="ignore"):
        closeness: Array = to_worst / (to_best + to_worst)
    return closeness


def aggregate(values: Array, weights: Array, method: str) -> Array:
    """Aggregate (..., observations, k) with weights (..., k) by one of AGGREGATIONS."""
    if method == "topsis":
        return topsis(values, weights)
    if method == "arithmetic":
        return np.asarray((values @ weights[..., None])[..., 0])
    mean = geometric_mean if method == "geometric" else harmonic_mean
    return mean(values, weights[..., None, :])


def contributions(normalised: Array, weights: Array, methods: tuple[str, ...]) -> Array:
    r"""What each indicator adds to the root's score.

    Arithmetic at every level: :math:`w_k z_k`, summing to the score. Geometric at every level:
    :math:`w_k \ln z_k`, summing to the score's logarithm; missing where a value is 0.

    normalised : (..., indicators)
    weights : (indicators,), products down the hierarchy
    methods : the aggregation of every level
    Raises : InputError for any other aggregation, whose score is no sum of parts
    """
    if set(methods) == {"arithmetic"}:
        return normalised * weights
    if set(methods) == {"geometric"}:
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(normalised) * weights
        return np.where(np.isfinite(logs), logs, np.nan)
    names = " + ".join(dict.fromkeys(methods))
    raise InputError(
        Text(
            f"{names} 集成没有可加的贡献：得分不是各指标之和，也不能取对数后相加",
            f"{names} aggregation has no contributions that add up: its score is neither a sum of "
            "parts nor a product of them",
        ),
        remedy=Text(
            "需要贡献分解时请用 arithmetic 或 geometric。",
            "Use arithmetic or geometric where contributions are wanted.",
        ),
    )
