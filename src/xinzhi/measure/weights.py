"""Weights that the data give: entropy, CRITIC, principal components (handbook, step 6).

Rows with a missing value are left out. Entropy and CRITIC take normalised values in [0, 1].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text

Array = NDArray[np.float64]


def entropy_weights(normalised: Array) -> Array:
    r"""Entropy weights: the more an indicator differs between observations, the more it weighs.

    .. math:: p_{ij} = \frac{z_{ij}}{\sum_i z_{ij}},\quad
        e_j = -\frac{1}{\ln n}\sum_i p_{ij}\ln p_{ij},\quad
        w_j = \frac{1-e_j}{\sum_j (1-e_j)}

    with :math:`0\ln 0 = 0`; no constant is added to :math:`z`.

    normalised : (observations, indicators), >= 0
    Returns : (indicators,) summing to 1
    Raises : ComputationError where no indicator differs between observations
    Limits : pays dispersion, not importance; skewed indicators take most of the weight
    Source : Hwang and Yoon (1981), Multiple Attribute Decision Making, section 3.2
    """
    z = _complete(normalised)
    total = z.sum(0)
    with np.errstate(divide="ignore", invalid="ignore"):
        p = z / total
        terms = np.where(p > 0, p * np.log(p), 0.0)
    # a column of zeros is constant: it tells observations apart no more than any constant does
    divergence = np.where(total > 0, 1.0 + terms.sum(0) / np.log(len(z)), 0.0)
    return _shares(np.clip(divergence, 0.0, None), "entropy")


def critic_weights(normalised: Array) -> Array:
    r"""CRITIC: contrast of an indicator times its conflict with the others.

    .. math:: C_j = s_j \sum_k (1-r_{jk}),\quad w_j = \frac{C_j}{\sum_j C_j}

    with the standard deviation s (divisor n-1) and Pearson's r of the normalised values.

    normalised : (observations, indicators), min–max normalised
    Returns : (indicators,) summing to 1
    Source : Diakoulaki, Mavrotas and Papayannakis (1995), Computers & Operations Research 22(7)
    """
    z = _complete(normalised)
    return _shares(z.std(axis=0, ddof=1) * (1.0 - _correlation(z, "CRITIC")).sum(1), "CRITIC")


def pca_weights(values: Array, factors: int | None = None) -> Array:
    r"""Weights from rotated principal components.

    The components with eigenvalue above 1 of the correlation matrix are rotated by varimax. Each
    indicator belongs to the factor on which it loads most; there it weighs its squared loading
    over the factor's explained variance, and the factor weighs its share of the variance.

    values : (observations, indicators), any scale
    factors : number of components; by default those with eigenvalue above 1, at least one
    Returns : (indicators,) summing to 1
    Source : OECD/JRC (2008) handbook, section 6.1 and endnotes 24-25; Nicoletti et al. (2000)
    """
    loadings = rotated_loadings(values, factors)
    squared = loadings**2
    explained = squared.sum(0)
    own = np.argmax(squared, axis=1)
    weights = (
        squared[np.arange(len(own)), own] / explained[own] * (explained / explained.sum())[own]
    )
    return _shares(weights, "PCA")


def rotated_loadings(values: Array, factors: int | None = None) -> Array:
    """Varimax-rotated loadings (indicators, factors) of the correlation matrix's components.

    values : (observations, indicators); factors : as in ``pca_weights``
    Source : Kaiser (1958), Psychometrika 23(3), 187-200, with Kaiser normalisation
    """
    eigenvalues, eigenvectors = np.linalg.eigh(_correlation(_complete(values), "PCA"))
    order = np.argsort(eigenvalues)[::-1]
    count = factors or max(1, int((eigenvalues > 1.0).sum()))
    chosen = order[:count]
    loadings = eigenvectors[:, chosen] * np.sqrt(np.clip(eigenvalues[chosen], 0.0, None))
    return _varimax(loadings)


def _varimax(loadings: Array, most: int = 500, tolerance: float = 1e-10) -> Array:
    length = np.sqrt((loadings**2).sum(1, keepdims=True))
    length[length == 0] = 1.0
    rows = loadings / length
    rotation = np.eye(loadings.shape[1])
    reached = 0.0
    for _ in range(most):
        turned = rows @ rotation
        target = turned**3 - turned * (turned**2).mean(0)
        u, s, vt = np.linalg.svd(rows.T @ target)
        rotation = u @ vt
        if s.sum() <= reached * (1 + tolerance):
            break
        reached = float(s.sum())
    rotated: Array = (rows @ rotation) * length
    return rotated


def _complete(values: Array) -> Array:
    rows = values[~np.isnan(values).any(axis=1)]
    if len(rows) < 2:
        raise ComputationError(
            Text(
                "由数据定权至少需要两个完整观测（所有指标都有值）",
                "weights from data need at least two observations in which no indicator is missing",
            )
        )
    return rows


def _correlation(values: Array, method: str) -> Array:
    constant = np.flatnonzero(values.max(0) == values.min(0))
    if constant.size:
        columns = "、".join(str(k + 1) for k in constant), ", ".join(str(k + 1) for k in constant)
        raise ComputationError(
            Text(
                f"{method} 赋权无法计算：第 {columns[0]} 个指标没有差异，相关系数不存在",
                f"{method} weights cannot be computed: indicator number {columns[1]} is constant, "
                "so it has no correlations",
            ),
            remedy=Text("去掉该指标，或改用等权（equal）。", "Leave it out, or use equal weights."),
        )
    return np.atleast_2d(np.corrcoef(values, rowvar=False))


def _shares(parts: Array, method: str) -> Array:
    total = parts.sum()
    if not np.isfinite(total) or total <= 0:
        raise ComputationError(
            Text(
                f"{method} 赋权无法计算：各指标之间没有差异或冲突",
                f"{method} weights cannot be computed: the indicators show no contrast",
            ),
            remedy=Text("改用等权（equal）。", "Use equal weights instead."),
        )
    shares: Array = parts / total
    return shares
