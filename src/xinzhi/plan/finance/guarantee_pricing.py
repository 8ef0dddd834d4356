"""Capital, leverage, the fee that breaks even, and what a guarantee does to a firm's rate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.plan.finance.guarantee_losses import LossDistribution

Array = NDArray[np.float64]


def capital(distribution: LossDistribution, confidence: float) -> float:
    r"""Own funds that cover the loss beyond the expected one at a confidence level.

    .. math:: K = \max(q_\alpha - E[L],\; 0)

    Returns : [money]; the expected loss itself is for the fee to cover
    """
    return max(float(distribution.quantile(confidence)) - distribution.mean(), 0.0)


def leverage(guaranteed: float, own_funds: float) -> float:
    """Return what is guaranteed per unit of own funds (放大倍数); nan without own funds.

    guaranteed : loans, or the liability of one guarantor [money]; own_funds : [money]
    """
    return guaranteed / own_funds if own_funds > 0 else np.nan


def break_even_fee(
    expected_loss: float,
    capital: float,
    exposure: float,
    capital_return: float,
    operating_cost: float = 0.0,
) -> float:
    r"""Yearly fee, as a share of the loans, at which a bearer of losses breaks even.

    .. math:: f = \frac{E[L] + hK}{E} + o

    expected_loss, capital : E[L] and K of the bearer [money]; exposure : E, all loans [money]
    capital_return : h, what capital must earn a year beyond what it earns invested
    operating_cost : o, a year, as a share of the loans
    Returns : [1 per year]
    """
    return (expected_loss + capital_return * capital) / exposure + operating_cost


def borrowing_cost(
    expected_loss: ArrayLike,
    capital: ArrayLike,
    funding_rate: float,
    capital_return: float,
    fee: ArrayLike = 0.0,
    borne: float = 1.0,
    borne_capital: float = 1.0,
) -> Array:
    r"""Yearly cost of a loan to the firm: funding, the lender's part of the risk, and the fee.

    .. math:: r = r_0 + s\,\text{EL} + s_K\,hK + f

    expected_loss, capital : EL and K of the loan, as shares of it
    funding_rate : r₀, the lender's cost of money and of its work
    capital_return : h; fee : f, of the guarantee
    borne, borne_capital : s and s_K, the lender's part of expected loss and capital; 1 without a
        guarantee
    Returns : [1 per year]
    Limits : to first order: interest lost on loans in default is left out, and so is the risk that
        the guarantor does not pay. Competition is taken to pass savings on to the firm in full
    """
    found: Array = (
        funding_rate
        + borne * np.asarray(expected_loss, dtype=float)
        + borne_capital * capital_return * np.asarray(capital, dtype=float)
        + np.asarray(fee, dtype=float)
    )
    return found
