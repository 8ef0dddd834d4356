"""Luck of rival teams: one common factor, conditional on which they are independent."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

MOST_CORRELATION = 0.99
_REACH = 8.5  # standard deviations; what lies beyond has a probability below 1e-16
_NODES = 12  # of Gauss and Legendre in each panel


def factor_nodes(correlation: float) -> tuple[Array, Array]:
    """Return nodes and weights (nodes,) that integrate over a standard normal factor.

    Panels of Gauss–Legendre nodes, the narrower the steeper the conditional probabilities are;
    one node where teams are independent.
    Raises : InputError for a correlation outside [0, 0.99]
    """
    if not 0 <= correlation <= MOST_CORRELATION:
        raise InputError(
            Text(
                f"相关系数 {correlation:g} 应在 0 与 {MOST_CORRELATION} 之间",
                f"the correlation {correlation:g} must lie between 0 and {MOST_CORRELATION}",
            ),
            remedy=Text(
                "1 表示各团队成败完全一致，即只有一个团队。",
                "With 1 all teams would be one and the same.",
            ),
        )
    if correlation == 0:
        return np.zeros(1), np.ones(1)
    width = min(1.0, 2 * float(np.sqrt((1 - correlation) / correlation)))
    panels = ceil(2 * _REACH / width)
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    edges = np.linspace(-_REACH, _REACH, panels + 1)
    half = (edges[1] - edges[0]) / 2
    z = (edges[:-1, np.newaxis] + half * (node + 1)).ravel()
    w = np.tile(half * weight, panels) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    return z, w / w.sum()


def conditional_probability(probability: ArrayLike, correlation: float, factor: Array) -> Array:
    r"""Return the probability of a team given the common factor.

    .. math:: p(z)=\Phi\left(\frac{\Phi^{-1}(p)-\sqrt\rho\,z}{\sqrt{1-\rho}}\right)

    probability : (...) in [0, 1]; 0 and 1 stay what they are; factor : (nodes,)
    Returns : (nodes, ...); a high factor is bad luck for all
    Source : Vasicek (1987); Li (2000), Journal of Fixed Income 9(4), for times of events
    """
    threshold = ndtri(np.asarray(probability, dtype=float))
    shift = np.sqrt(correlation) * factor.reshape(-1, *(1,) * threshold.ndim)
    return np.asarray(ndtr((threshold - shift) / np.sqrt(1 - correlation)), dtype=np.float64)


def parallel_success(probability: float, teams: int, correlation: float = 0.0) -> float:
    r"""Return the probability that at least one of n teams succeeds.

    .. math:: P_n=1-\int\bigl(1-p(z)\bigr)^n\varphi(z)\,dz,\qquad \rho=0:\ P_n=1-(1-p)^n

    probability : of one team alone; teams : at least 0; correlation : of their latent luck
    Limits : equal teams; what one learns does not help another
    """
    z, weight = factor_nodes(correlation)
    alone = conditional_probability(probability, correlation, z)
    return float(1 - weight @ (1 - alone) ** teams)
