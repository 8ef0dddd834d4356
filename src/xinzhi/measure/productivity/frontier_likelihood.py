"""The likelihood of a stochastic frontier, its gradient, and what it says of each unit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtri

Array = NDArray[np.float64]

_LOG_2_PI = float(np.log(2 * np.pi))


@dataclass(frozen=True)
class FrontierData:
    """Observations of a frontier, sorted by unit.

    y : (n,) logarithms; x : (n, k), the first column 1; sign : 1 for production, -1 for cost
    unit : (n,) the position of each observation's unit, never falling, from 0
    distance : (n,) period less the panel's last one, at most 0; all 0 in a cross-section
    """

    y: Array
    x: Array
    sign: float
    unit: NDArray[np.int64]
    distance: Array

    @property
    def units(self) -> int:
        """Return the number of units."""
        return int(self.unit[-1]) + 1

    def sums(self, values: Array) -> Array:
        """Return the sums of (n,) or (n, k) values within each unit."""
        starts = np.flatnonzero(np.r_[True, np.diff(self.unit) > 0])
        total: Array = np.asarray(np.add.reduceat(values, starts, axis=0), dtype=float)
        return total


@dataclass(frozen=True)
class Parameters:
    """Parameters of a frontier.

    beta : (k,); log_v, log_u : logarithms of the variances of noise and of the normal that is
    truncated; ratio : its mean μ over its standard deviation; eta : rate at which inefficiency
    falls. log_u is -inf where there is no inefficiency
    """

    beta: Array
    log_v: float
    log_u: float
    ratio: float
    eta: float

    def vector(self) -> Array:
        """Return all of them in one vector, in this order."""
        vector: Array = np.r_[self.beta, self.log_v, self.log_u, self.ratio, self.eta]
        return vector

    @classmethod
    def of(cls, vector: Array) -> Parameters:
        """Return the parameters of a vector."""
        return cls(vector[:-4], *(float(value) for value in vector[-4:]))


def log_likelihood(data: FrontierData, parameters: Parameters) -> tuple[float, Array]:
    r"""Log likelihood of the frontier, and its gradient.

    .. math:: y_{it} = x_{it}\beta + v_{it} \mp g_{it}u_i,\quad v\sim N(0,\sigma_v^2),\quad
        u\sim N^+(\mu,\sigma_u^2),\quad g_{it} = e^{-\eta(t-T)}

    With :math:`r_{it}=\pm(y_{it}-x_{it}\beta)`, :math:`a=1/\sigma_v^2`, :math:`b=1/\sigma_u^2`,
    :math:`A=a\sum_t g^2+b`, :math:`B=\mu b-a\sum_t g\,r` and :math:`z=B/\sqrt A`,

    .. math:: \ln L_i = -\tfrac{T_i}2\ln 2\pi + \tfrac{T_i}2\ln a + \tfrac12\ln\frac bA
        -\tfrac12\Big[a\sum_t r^2 + \mu^2 b - z^2\Big] + \ln\Phi(z) - \ln\Phi(\mu/\sigma_u)

    Returns : the sum over units, and its gradient by the parameters' vector
    Source : Battese and Coelli (1992), Journal of Productivity Analysis 3, 153-169; with one
        period and μ = 0: Aigner, Lovell and Schmidt (1977), Journal of Econometrics 6, 21-37; with
        one period: Stevenson (1980), Journal of Econometrics 13, 57-66
    """
    p = parameters
    a, b, w = np.exp(-p.log_v), np.exp(-p.log_u), p.ratio
    mu_b = w * np.sqrt(b)
    r = data.sign * (data.y - data.x @ p.beta)
    g = np.exp(-p.eta * data.distance)
    squares, cross, count = data.sums(r * r), data.sums(g * r), data.sums(np.ones_like(r))
    gg = data.sums(g * g)
    big_a, big_b = a * gg + b, mu_b - a * cross
    root = np.sqrt(big_a)
    z = big_b / root
    log_z, log_w = log_ndtr(z), float(log_ndtr(w))
    value = (
        0.5 * count * (-p.log_v - _LOG_2_PI)
        + 0.5 * (np.log(b) - np.log(big_a))
        - 0.5 * (a * squares + w * w - z * z)
        + log_z
        - log_w
    )
    h, h_w = _hazard(z, log_z), float(_hazard(np.array(w), np.array(log_w)))
    pull = z + h

    def along(change_a: Array | float, change_b: Array) -> Array:
        """Change of z when A and B change."""
        change: Array = change_b / root - 0.5 * z * change_a / big_a
        return change

    rg = data.sums(data.x * g[:, None])
    beta = data.sign * a * (data.x.T @ r)
    beta += data.sign * a * ((pull / root) @ rg)
    log_v = (
        -0.5 * count + 0.5 * a * gg / big_a + 0.5 * a * squares + pull * along(-a * gg, a * cross)
    )
    log_u = -0.5 + 0.5 * b / big_a + pull * along(-b, np.full_like(z, -0.5 * mu_b))
    ratio = -w - h_w + pull * np.sqrt(b) / root
    gg_eta = data.sums(-2 * data.distance * g * g)
    cross_eta = data.sums(-data.distance * g * r)
    eta = -0.5 * a * gg_eta / big_a + pull * along(a * gg_eta, -a * cross_eta)
    gradient = np.r_[beta, log_v.sum(), log_u.sum(), ratio.sum(), eta.sum()]
    return float(value.sum()), gradient


@dataclass(frozen=True)
class Inefficiency:
    """What the residuals say of each observation; (n,) each.

    mean : E[g u | r] of Jondrow and others; efficiency : E[exp(-g u) | r]; low, high : quantiles
    of exp(-g u) given r
    """

    mean: Array
    efficiency: Array
    low: Array
    high: Array


def inefficiency(data: FrontierData, parameters: Parameters, level: float) -> Inefficiency:
    r"""Inefficiency of each observation given its unit's residuals.

    Given r, u is normal with mean :math:`\mu^*=B/A` and variance :math:`\sigma^{*2}=1/A`,
    truncated at zero, so that with :math:`z=\mu^*/\sigma^*`

    .. math:: E[u|r] = \mu^* + \sigma^*\frac{\phi(z)}{\Phi(z)},\qquad
        E[e^{-gu}|r] = \frac{\Phi(z-g\sigma^*)}{\Phi(z)}\,
        e^{-g\mu^*+g^2\sigma^{*2}/2}

    level : probability that lies between low and high, for instance 0.95
    Limits : the quantiles take the parameters as known
    Source : Jondrow, Lovell, Materov and Schmidt (1982), Journal of Econometrics 19, 233-238;
        Battese and Coelli (1988), Journal of Econometrics 38, 387-399; quantiles: Horrace and
        Schmidt (1996), Journal of Productivity Analysis 7, 257-282
    """
    p = parameters
    if np.isneginf(p.log_u):
        ones = np.ones_like(data.y)
        return Inefficiency(mean=0 * ones, efficiency=ones, low=ones, high=ones)
    a, b = np.exp(-p.log_v), np.exp(-p.log_u)
    r = data.sign * (data.y - data.x @ p.beta)
    g = np.exp(-p.eta * data.distance)
    big_a = a * data.sums(g * g) + b
    spread = 1 / np.sqrt(big_a)
    z = (p.ratio * np.sqrt(b) - a * data.sums(g * r)) * spread
    log_z = log_ndtr(z)
    mean = spread * (z + _hazard(z, log_z))
    z_n, spread_n = z[data.unit], spread[data.unit]
    log_efficiency = (
        log_ndtr(z_n - g * spread_n)
        - log_z[data.unit]
        - g * spread_n * z_n
        + 0.5 * (g * spread_n) ** 2
    )
    tail = (1 - level) / 2
    quantiles = [_truncated_quantile(z, log_z, q) * spread for q in (1 - tail, tail)]
    low, high = (np.exp(-g * quantile[data.unit]) for quantile in quantiles)
    return Inefficiency(
        mean=g * mean[data.unit], efficiency=np.exp(log_efficiency), low=low, high=high
    )


def _hazard(z: Array, log_z: Array) -> Array:
    """Density over distribution function of the standard normal, stable far below zero."""
    ratio: Array = np.exp(-0.5 * z * z - 0.5 * _LOG_2_PI - log_z)
    return ratio


def _truncated_quantile(z: Array, log_z: Array, q: float) -> Array:
    """Quantile of a normal with mean z and variance 1 given that it is above zero."""
    # P(u > c) = Φ(z - c) / Φ(z) = 1 - q; where Φ(z) underflows, the tail is exponential
    with np.errstate(divide="ignore"):
        plain = z - ndtri((1 - q) * np.exp(log_z))
    tail = -np.log1p(-q) / np.maximum(-z, 1.0)
    quantile: Array = np.maximum(np.where(z > -30, plain, tail), 0.0)
    return quantile
