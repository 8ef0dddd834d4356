"""The one-factor model: the share of very many equal loans that is lost in a year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import quad
from scipy.special import ndtr, ndtri

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.guarantee_checks import inner_values

Array = NDArray[np.float64]

_PROBABILITY = Text("违约率", "the default probability")
_CORRELATION = Text("资产相关系数", "the asset correlation")
_LEVEL = Text("置信水平", "the confidence level")
_SHARE = Text("损失比例", "the share lost")


def conditional_probability(
    threshold: ArrayLike, correlation: ArrayLike, factor: ArrayLike
) -> Array:
    r"""Probability of default given the common factor.

    .. math:: p(y) = \Phi\left(\frac{c + \sqrt\rho\,y}{\sqrt{1-\rho}}\right)

    threshold : c = Φ⁻¹(default probability); +inf where default is certain
    correlation : ρ of the values of two firms' assets, in (0, 1)
    factor : y, standard normal; the higher, the worse the year
    Source : Vasicek (2002), The distribution of loan portfolio value, Risk 15(12)
    """
    c, rho, y = (np.asarray(values, dtype=float) for values in (threshold, correlation, factor))
    found: Array = ndtr((c + np.sqrt(rho) * y) / np.sqrt(1 - rho))
    return found


def vasicek_quantile(probability: ArrayLike, correlation: ArrayLike, level: ArrayLike) -> Array:
    r"""Share of very many equal loans in default that is not exceeded at a confidence level.

    .. math:: q_\alpha = \Phi\left(\frac{\Phi^{-1}(p) + \sqrt\rho\,\Phi^{-1}(\alpha)}
              {\sqrt{1-\rho}}\right)

    probability : p of default within the year; correlation : ρ; level : α; all in (0, 1)
    Returns : as the arguments broadcast
    Raises : InputError outside (0, 1). ρ → 0 leads to p, independent loans
    Source : Vasicek (2002); with α = 0.999 the regulatory formula of Basel II (BCBS 2006, §330)
    """
    p, rho, alpha = _probability(probability), _rho(correlation), _level(level)
    return conditional_probability(ndtri(p), rho, ndtri(alpha))


def vasicek_distribution(share: ArrayLike, probability: ArrayLike, correlation: ArrayLike) -> Array:
    r"""Probability that no more than a share of very many equal loans is in default.

    .. math:: F(x) = \Phi\left(\frac{\sqrt{1-\rho}\,\Phi^{-1}(x) - \Phi^{-1}(p)}{\sqrt\rho}\right)

    share : x in (0, 1); the others as in ``vasicek_quantile``
    """
    x, p, rho = _share(share), _probability(probability), _rho(correlation)
    found: Array = ndtr((np.sqrt(1 - rho) * ndtri(x) - ndtri(p)) / np.sqrt(rho))
    return found


def vasicek_density(share: ArrayLike, probability: ArrayLike, correlation: ArrayLike) -> Array:
    r"""Density of the share of very many equal loans in default.

    .. math:: f(x) = \sqrt{\frac{1-\rho}{\rho}}\,\exp\left(-\frac{\left(\sqrt{1-\rho}\,
              \Phi^{-1}(x) - \Phi^{-1}(p)\right)^2}{2\rho} + \frac{\Phi^{-1}(x)^2}{2}\right)

    Arguments as in ``vasicek_distribution``, whose derivative it is.
    """
    x, p, rho = _share(share), _probability(probability), _rho(correlation)
    z = ndtri(x)
    inside = (np.sqrt(1 - rho) * z - ndtri(p)) ** 2 / (2 * rho)
    found: Array = np.sqrt((1 - rho) / rho) * np.exp(z**2 / 2 - inside)
    return found


def vasicek_shortfall(probability: float, correlation: float, level: float) -> float:
    r"""Mean share in default of the years at or beyond the quantile.

    .. math:: ES_\alpha = \frac{1}{1-\alpha}\int_{\Phi^{-1}(\alpha)}^\infty p(y)\,\varphi(y)\,dy

    Arguments as in ``vasicek_quantile``; integrated numerically.
    """
    p, rho = _probability(probability), _rho(correlation)
    alpha = float(_level(level))

    def weighted(y: float) -> float:
        density = np.exp(-(y**2) / 2) / np.sqrt(2 * np.pi)
        return float(conditional_probability(ndtri(p), rho, y) * density)

    tail, _ = quad(weighted, float(ndtri(alpha)), np.inf, epsabs=1e-14, epsrel=1e-10)
    return float(tail / (1 - alpha))


def basel_correlation(probability: ArrayLike) -> Array:
    r"""Asset correlation that Basel II gives "other retail" loans, small firms' among them.

    .. math:: \rho = 0.03\,w + 0.16\,(1-w), \qquad w = \frac{1-e^{-35p}}{1-e^{-35}}

    probability : p of default, in (0, 1)
    Limits : a supervisor's convention, not an estimate for any region; see ``vasicek_fit``
    Source : BCBS (2006), International convergence of capital measurement, §330
    """
    p = inner_values(_PROBABILITY, probability)
    w = np.expm1(-35 * p) / np.expm1(-35)
    found: Array = 0.03 * w + 0.16 * (1 - w)
    return found


@dataclass(frozen=True)
class VasicekFit:
    """Default probability and asset correlation that fit a history of default rates.

    probability : p; correlation : ρ; years : how many there were
    """

    probability: float
    correlation: float
    years: int


def vasicek_fit(default_rates: ArrayLike) -> VasicekFit:
    r"""Fit the one-factor model to past yearly default rates of a large portfolio.

    With :math:`z_t = \Phi^{-1}(x_t)`, mean :math:`\bar z` and variance :math:`s^2` (divisor T),
    the maximum of the likelihood is at

    .. math:: \hat\rho = \frac{s^2}{1+s^2}, \qquad
              \hat p = \Phi\left(\frac{\bar z}{\sqrt{1+s^2}}\right)

    default_rates : (T,) x of each year, in (0, 1), not all equal
    Raises : InputError for rates of 0 or 1, for fewer than two years, and for equal rates
    Limits : years are taken as independent and the portfolio as very large: in a small one chance
        widens the rates and the correlation comes out too high; with few years it is too low
    """
    x = np.atleast_1d(inner_values(_SHARE, default_rates))
    z = ndtri(x)
    variance = float(z.var()) if len(x) > 1 else 0.0
    if variance <= 0:
        raise InputError(
            Text(
                f"{len(x)} 年的违约率估计不出相关系数：至少需要两年，且不能都相同",
                f"default rates of {len(x)} years give no correlation: at least two years are "
                "needed, and not all the same",
            )
        )
    return VasicekFit(
        probability=float(ndtr(z.mean() / np.sqrt(1 + variance))),
        correlation=variance / (1 + variance),
        years=len(x),
    )


def granularity_adjustment(
    probability: ArrayLike,
    correlation: ArrayLike,
    level: float,
    unit_loss: ArrayLike,
    count: ArrayLike,
) -> float:
    r"""What finitely many loans add to the quantile of the loss, to first order.

    With mean :math:`\mu` and variance :math:`\sigma^2` of the loss given the factor, at
    :math:`y = \Phi^{-1}(\alpha)`,

    .. math:: GA = -\frac{1}{2\varphi}\frac{d}{dy}\left(\frac{\varphi\,\sigma^2}{\mu'}\right)
              = \frac12\left(y\,\frac{\sigma^2}{\mu'} - \frac{(\sigma^2)'}{\mu'}
              + \frac{\sigma^2\mu''}{\mu'^2}\right)

    probability, correlation : (K,) of each pool of equal loans, in (0, 1)
    level : α in (0, 1)
    unit_loss : (K,) loss of one loan in default [money]; count : (K,) loans of the pool
    Returns : [money], to be added to the sum of ``vasicek_quantile`` × unit_loss × count
    Limits : an expansion in the inverse number of loans; few or very unequal loans, low levels
        and losses that jump by whole loans are beyond it
    Source : Martin & Wilde (2002), Unsystematic credit risk, Risk 15(11); for equal loans as in
        Christoffersen (2012), Elements of financial risk management, ch. 12
    """
    p, rho = np.atleast_1d(_probability(probability)), np.atleast_1d(_rho(correlation))
    y = float(ndtri(_level(level)))
    u, n = np.asarray(unit_loss, dtype=float), np.asarray(count, dtype=float)
    b = np.sqrt(rho / (1 - rho))
    g = (ndtri(p) + np.sqrt(rho) * y) / np.sqrt(1 - rho)
    given = ndtr(g)
    slope = np.exp(-(g**2) / 2) / np.sqrt(2 * np.pi) * b
    first = float(np.sum(n * u * slope))
    second = float(np.sum(-n * u * slope * g * b))
    variance = float(np.sum(n * u**2 * given * (1 - given)))
    change = float(np.sum(n * u**2 * slope * (1 - 2 * given)))
    return (y * variance - change + variance * second / first) / (2 * first)


def _probability(probability: ArrayLike) -> Array:
    return inner_values(_PROBABILITY, probability)


def _rho(correlation: ArrayLike) -> Array:
    return inner_values(_CORRELATION, correlation)


def _level(level: ArrayLike) -> Array:
    return inner_values(_LEVEL, level)


def _share(share: ArrayLike) -> Array:
    return inner_values(_SHARE, share)
