"""Expected flows of an instrument and the spread of its worth, exactly, given one common factor."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

from xinzhi.plan.finance.instruments_arithmetic import Array, present_value
from xinzhi.plan.finance.instruments_contracts import FIRM, INVESTOR, STATE, Contract

_NODES = 1401
_WIDEST = 14.0  # standard deviations: enough for means of lognormal values as well


class Moments(NamedTuple):
    """Mean and standard deviation of the worth to the state today [money]."""

    mean: float
    deviation: float


def factor_nodes() -> tuple[Array, Array]:
    """Return (nodes,) values of a standard normal factor and their weights.

    Evenly spaced: for smooth functions under a normal density no rule converges faster.
    """
    factor = np.linspace(-_WIDEST, _WIDEST, _NODES)
    density = np.exp(-(factor**2) / 2)
    return factor, density / density.sum()


def conditional_outcomes(contract: Contract, factor: Array) -> Array:
    r"""Return probabilities of each outcome given the factor.

    .. math:: P(\tau \le t \mid Y) = \Phi\Bigl(
        \frac{\Phi^{-1}(1 - (1 - h)^t) - \sqrt\rho\,Y}{\sqrt{1 - \rho}}\Bigr)

    factor : (S,) Y, high in good times
    Returns : (S, T + 1), failure in year 1 to T, then none; rows sum to one
    Source : Vasicek (2002), Risk 15(12), 160–162
    """
    failed = 1.0 - (1.0 - contract.default_probability) ** np.arange(1, contract.years + 1)
    rho = contract.correlation
    until = ndtr((ndtri(failed) - np.sqrt(rho) * factor[:, None]) / np.sqrt(1.0 - rho))
    edges = np.hstack([np.zeros((len(factor), 1)), until, np.ones((len(factor), 1))])
    return np.maximum(np.diff(edges, axis=1), 0.0)


def payoff_moments(contract: Contract, factor: Array) -> tuple[Array, Array]:
    r"""Return mean and mean square of what one unit pays at the end, given the factor.

    With :math:`Z = \sqrt\rho\,Y + \sqrt{1 - \rho}\,\varepsilon` the value is lognormal given Y, and
    the option's mean is that of a call with strike one.
    factor : (S,)
    Returns : two arrays (S,), 0 where there is no payoff
    """
    if contract.payoff == "none":
        return np.zeros_like(factor), np.zeros_like(factor)
    T, rho = contract.years, contract.correlation
    spread = contract.volatility * np.sqrt(T)
    middle = T * np.log1p(contract.growth) - spread**2 / 2 + spread * np.sqrt(rho) * factor
    own = spread * np.sqrt(1.0 - rho)
    if contract.payoff == "value":
        return np.exp(middle + own**2 / 2), np.exp(2 * middle + 2 * own**2)
    middle = middle + np.log(contract.conversion)
    if own == 0:
        gain = np.maximum(np.exp(middle) - 1.0, 0.0)
        return gain, gain**2
    mean = np.exp(middle + own**2 / 2)
    square = np.exp(2 * middle + 2 * own**2)
    none, one, two = (ndtr((middle + k * own**2) / own) for k in (0, 1, 2))
    return mean * one - none, square * two - 2 * mean * one + none


def expected_flows(contract: Contract) -> Array:
    """Return (4, T + 1) what each party expects to receive in each year [money].

    Without carry and cap of a fund, which depend on the fund as a whole
    """
    flows = np.einsum(
        "k,o,pkoy->py", contract.weights, contract.outcome_probabilities, contract.fixed
    )
    paid = contract.amount * _expected_payoff(contract)
    return _with_payoff(contract, flows, paid)


def flows_without_failure(contract: Contract) -> Array:
    """Return (4, T + 1) the expected flows if no firm fails [money]."""
    flows = np.einsum("k,pky->py", contract.weights, contract.fixed[:, :, -1])
    factor, weights = factor_nodes()
    paid = contract.amount * float(weights @ payoff_moments(contract, factor)[0])
    return _with_payoff(contract, flows, paid)


def state_moments(contract: Contract, discount_rate: float) -> Moments:
    r"""Return mean and standard deviation of the worth to the state, exactly up to quadrature.

    Given the factor the n firms are independent, so with m and s² the conditional mean and variance
    for one firm that got all

    .. math:: E = E_Y[m(Y)],\qquad \mathrm{Var} = \mathrm{Var}_Y[m(Y)] + E_Y[s^2(Y)]/n

    Limits : without carry and cap of a fund
    """
    factor, weights = factor_nodes()
    outcomes = conditional_outcomes(contract, factor)
    worth = present_value(contract.fixed[STATE], discount_rate)  # (K, T + 1)
    mean = outcomes @ (contract.weights @ worth)
    square = outcomes @ (contract.weights @ worth**2)
    first, second = payoff_moments(contract, factor)
    part = contract.state_share * contract.amount * (1.0 + discount_rate) ** -float(contract.years)
    last = float(contract.weights @ worth[:, -1])
    alive = outcomes[:, -1]
    mean = mean + alive * part * first
    square = square + alive * (2 * last * part * first + part**2 * second)
    expected = float(weights @ mean)
    within = np.maximum(square - mean**2, 0.0)
    variance = float(weights @ (mean - expected) ** 2 + weights @ within / contract.firms)
    return Moments(expected, float(np.sqrt(max(variance, 0.0))))


def public_money(contract: Contract, discount_rate: float) -> float:
    """Return what the state expects to pay out, worth today, without what it gets back [money]."""
    paid = present_value(np.maximum(-contract.fixed[STATE], 0.0), discount_rate)
    return float(contract.weights @ paid @ contract.outcome_probabilities)


def expected_losses(contract: Contract) -> Array:
    """Return (3,) the expected loss of firm, investor and state [money], not discounted."""
    found = contract.losses @ contract.outcome_probabilities @ contract.weights
    return np.asarray(found)


def _expected_payoff(contract: Contract) -> float:
    if contract.payoff == "none":
        return 0.0
    factor, weights = factor_nodes()
    alive = conditional_outcomes(contract, factor)[:, -1]
    return float(weights @ (alive * payoff_moments(contract, factor)[0]))


def _with_payoff(contract: Contract, flows: Array, paid: float) -> Array:
    found = flows.copy()
    found[FIRM, -1] -= paid
    found[INVESTOR, -1] += (1.0 - contract.state_share) * paid
    found[STATE, -1] += contract.state_share * paid
    return found
