"""What instruments turn out to be worth to the state, in draws that share one factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from xinzhi.plan.finance.instruments_arithmetic import Array, present_value
from xinzhi.plan.finance.instruments_contracts import STATE, Contract
from xinzhi.plan.finance.instruments_expectation import conditional_outcomes

_AT_ONCE = 2_000_000  # payoffs held in memory


class Worth(NamedTuple):
    """What the draws gave.

    values : (S,) worth to the state today [money]
    carry : mean that goes to the manager at the end [money]
    conceded : mean that the state leaves to the investors at the end [money]
    """

    values: Array
    carry: float
    conceded: float


def simulate_worth(
    contracts: Sequence[Contract], discount_rate: float, draws: int, seed: int
) -> list[Worth]:
    """Draw what each contract is worth to the state, all with the same factor in a draw.

    The factor and each contract have their own stream, so another row changes none of the others.
    seed : >= 0
    """
    streams = np.random.SeedSequence(seed).spawn(len(contracts) + 1)
    factor = np.random.default_rng(streams[0]).standard_normal(draws)
    return [
        _worth(contract, discount_rate, factor, np.random.default_rng(stream))
        for contract, stream in zip(contracts, streams[1:], strict=True)
    ]


def expected_shortfall(values: Array, level: float) -> float:
    r"""Return the mean loss in the worst share 1 - level of the draws.

    .. math:: ES_\beta = \min_a\; a + \frac{1}{(1-\beta)S}\sum_s \max(L_s - a, 0),\quad L = -V

    values : (S,) V [money]; level : β in (0, 1)
    Returns : [money], negative where even the worst draws gain
    Source : Rockafellar and Uryasev (2000), Journal of Risk 2(3), 21–41
    """
    return float(tail_weights(-values, level) @ -values)


def tail_weights(losses: Array, level: float) -> Array:
    """Return (S,) weights of the worst draws, which sum to one; one draw may count in part."""
    share = (1.0 - level) * len(losses)
    whole = int(share + 1e-9)
    order = np.argsort(-losses, kind="stable")
    weights = np.zeros(len(losses))
    weights[order[:whole]] = 1.0 / share
    if whole < len(losses):
        weights[order[whole]] = max(share - whole, 0.0) / share
    return weights


def _worth(
    contract: Contract, discount_rate: float, factor: Array, random: np.random.Generator
) -> Worth:
    n, T = contract.firms, contract.years
    chances = conditional_outcomes(contract, factor)
    counts = random.multinomial(n, chances / chances.sum(axis=1, keepdims=True))  # (S, T + 1)
    worth = present_value(contract.fixed[STATE], discount_rate)  # (K, T + 1)
    if len(contract.weights) == 1:
        values = counts @ worth[0] / n
    else:
        met = random.binomial(counts, contract.weights[0])
        values = (met @ worth[0] + (counts - met) @ worth[1]) / n
    if contract.payoff == "none":
        return Worth(values, 0.0, 0.0)
    late = (1.0 + discount_rate) ** -float(T)
    unit = contract.amount / n
    paid = unit * _payoffs(contract, factor, counts[:, -1], random)
    values = values + contract.state_share * paid * late
    if not contract.has_waterfall:
        return Worth(values, 0.0, 0.0)
    proceeds = paid + unit * contract.recovery * (n - counts[:, -1])
    carry, conceded = waterfall(contract, proceeds)
    values = values - (contract.state_share * carry + conceded) * late
    return Worth(values, float(carry.mean()), float(conceded.mean()))


def waterfall(contract: Contract, proceeds: Array) -> tuple[Array, Array]:
    r"""Return the manager's carry and what the state leaves to the investors.

    .. math:: C = c\,\max(P - A(1 + h)^T, 0),\qquad
        X = \max(s(P - C) - sA(1 + q)^T, 0)

    proceeds : (S,) P of the whole fund [money], what failed firms gave back included; A amount,
        c carry, h hurdle, s share of the state, q its cap a year
    """
    A, T, s = contract.amount, contract.years, contract.state_share
    carry = contract.carry * np.maximum(proceeds - A * (1.0 + contract.hurdle) ** T, 0.0)
    most = s * A * (1.0 + contract.return_cap) ** T
    return carry, np.maximum(s * (proceeds - carry) - most, 0.0)


def _payoffs(
    contract: Contract, factor: Array, alive: np.ndarray, random: np.random.Generator
) -> Array:
    """Return (S,) what the firms that did not fail pay in all, each for one unit."""
    n, T, rho = contract.firms, contract.years, contract.correlation
    spread = contract.volatility * np.sqrt(T)
    middle = T * np.log1p(contract.growth) - spread**2 / 2
    found = np.zeros(len(factor))
    step = max(1, _AT_ONCE // n)
    for start in range(0, len(factor), step):
        part = slice(start, start + step)
        common = np.sqrt(rho) * factor[part, None]
        own = np.sqrt(1.0 - rho) * random.standard_normal((len(common), n))
        value = np.exp(middle + spread * (common + own))
        if contract.payoff == "option":
            value = np.maximum(contract.conversion * value - 1.0, 0.0)
        found[part] = np.where(np.arange(n) < alive[part, None], value, 0.0).sum(axis=1)
    return found
