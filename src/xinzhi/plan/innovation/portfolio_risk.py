"""Losses of projects in scenarios of success, and the mean of the worst of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.portfolio_input import Alternatives


def success_scenarios(
    alternatives: Alternatives, correlation: float, scenarios: int, random: np.random.Generator
) -> np.ndarray:
    r"""Draw which alternatives succeed, (scenarios, alternatives) of 0 and 1.

    .. math:: s_{ik}=1\ \Leftrightarrow\ \sqrt\rho\,z_k+\sqrt{1-\rho}\,\varepsilon_{jk}\le
        \Phi^{-1}(p_i)

    The factor z is common to all projects and spread evenly over its distribution (one stratum a
    scenario); the luck :math:`\varepsilon` of project j is the same under each of its mechanisms,
    so that the one with the higher probability succeeds wherever another does.
    Source : Vasicek (2002), Risk 15(12), for the latent factor
    """
    strata = (random.permutation(scenarios) + random.uniform(size=scenarios)) / scenarios
    factor = ndtri(strata)[:, np.newaxis]
    luck = random.standard_normal((scenarios, len(alternatives.projects)))
    latent = np.sqrt(correlation) * factor + np.sqrt(1 - correlation) * luck
    return np.asarray(latent[:, alternatives.own] <= ndtri(alternatives.success))


def loss_scenarios(
    alternatives: Alternatives, correlation: float, scenarios: int, random: np.random.Generator
) -> Array:
    r"""Return (scenarios, alternatives) losses [money]: costs less what success brings.

    .. math:: \ell_{ik} = c_i - s_{ik}\,(v_i - b_i)
    """
    success = success_scenarios(alternatives, correlation, scenarios, random)
    return alternatives.net_cost - success * (alternatives.value - alternatives.net_payment)


def tail_weights(losses: ArrayLike, confidence: float) -> Array:
    """Return (scenarios,) weights of the worst scenarios, which add to one.

    The worst share of 1 − confidence counts; the scenario on the edge counts in part.
    """
    values = np.asarray(losses, dtype=float)
    tail = (1 - confidence) * len(values)
    order = np.argsort(-values, kind="stable")
    weights = np.zeros(len(values))
    weights[order] = np.clip(tail - np.arange(len(values)), 0.0, 1.0) / tail
    return weights


def conditional_value_at_risk(losses: ArrayLike, confidence: float) -> float:
    r"""Return the mean loss in the worst share 1 − α of equally likely scenarios.

    .. math:: \mathrm{CVaR}_\alpha(L)=\min_t\Bigl\{t+\frac{1}{(1-\alpha)S}\sum_k(\ell_k-t)^+\Bigr\}

    losses : (scenarios,) [money], gains negative; confidence : α in (0, 1)
    Source : Rockafellar & Uryasev (2000), Journal of Risk 2(3); (2002), Journal of Banking &
        Finance 26 for distributions with atoms
    """
    values = np.asarray(losses, dtype=float)
    return float(tail_weights(values, confidence) @ values)
