"""The arithmetic of money over years: repayment, present value, rates of return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
REPAYMENTS = ("annuity", "bullet")
_ROUNDING = 1e-12  # of the largest flow: less is none


class Schedule(NamedTuple):
    """Repayment of a loan: what is owed before each payment, and its two parts [money].

    balance : (T,) owed during year 1 to T; interest, principal : (T,) paid at its end
    """

    balance: Array
    interest: Array
    principal: Array


def annuity_payment(amount: float, rate: float, years: int) -> float:
    r"""Return the equal payment that repays a loan.

    .. math:: a = L\,\frac{r}{1 - (1 + r)^{-T}},\qquad a = L / T\ \text{for}\ r = 0

    amount : L [money]; rate : r, a period; years : T, number of periods
    """
    if rate == 0:
        return amount / years
    return float(amount * rate / -np.expm1(-years * np.log1p(rate)))


def repayment_schedule(
    amount: float, rates: Sequence[float] | Array, repayment: str = "annuity"
) -> Schedule:
    """Return what a loan owes and pays in each period.

    amount : [money]; rates : (T,) of each period; where the rate changes, the equal payment is set
        anew for what is left
    repayment : ``annuity``, equal payments; ``bullet``, interest only and all at the end
    Raises : InputError for another repayment
    """
    if repayment not in REPAYMENTS:
        raise InputError(
            Text(
                f"没有还款方式 {repayment}；可选：{'、'.join(REPAYMENTS)}",
                f"no repayment {repayment}; choose from {', '.join(REPAYMENTS)}",
            )
        )
    T = len(rates)
    balance, interest, principal = np.zeros((3, T))
    left = float(amount)
    for t, rate in enumerate(rates):
        balance[t] = left
        interest[t] = rate * left
        if t == T - 1:
            principal[t] = left
        elif repayment == "annuity":
            principal[t] = annuity_payment(left, float(rate), T - t) - interest[t]
        left -= principal[t]
    return Schedule(balance, interest, principal)


def present_value(flows: Sequence[float] | Array, rate: float) -> Array:
    r"""Return the value today of flows of year 0, 1, …, along the last axis.

    .. math:: \sum_t \frac{x_t}{(1 + r)^t}

    flows : (..., T + 1) [money]; rate : r, above -1
    """
    values = np.asarray(flows, dtype=float)
    return np.asarray(values @ (1.0 + rate) ** -np.arange(values.shape[-1], dtype=float))


def internal_rate_of_return(flows: Sequence[float] | Array) -> float:
    r"""Return the yearly rate at which flows are worth nothing today.

    .. math:: \sum_t \frac{x_t}{(1 + r)^t} = 0

    flows : (T + 1,) of year 0, 1, … [money]
    Returns : r, above -1; nan where the flows do not change their sign exactly once, since there is
        then no rate, or more than one
    """
    values = np.asarray(flows, dtype=float)
    values = np.where(np.abs(values) > _ROUNDING * np.abs(values).max(initial=0.0), values, 0.0)
    # in the discount factor this is a polynomial with one positive root (Descartes)
    coefficients = np.trim_zeros(values)[::-1]
    signs = np.sign(coefficients[coefficients != 0])
    if np.count_nonzero(np.diff(signs)) != 1:
        return float("nan")
    high = 1.0
    while np.polyval(coefficients, high) * signs[-1] > 0:
        high *= 2.0
    root = brentq(lambda factor: float(np.polyval(coefficients, factor)), 0.0, high, xtol=1e-15)
    return float(1.0 / root - 1.0)


def effective_annual_rate(rate: float, turns: float, fee: float = 0.0) -> float:
    r"""Return the yearly cost of credit whose interest and fee are taken off in advance.

    .. math:: \Bigl(1 - \frac{r}{m} - f\Bigr)^{-m} - 1

    rate : r, nominal a year; turns : m, how often a year the credit is renewed; fee : f, each time
    Returns : infinite where interest and fee take all that is paid out
    """
    left = 1.0 - rate / turns - fee
    return float(left**-turns - 1.0) if left > 0 else float("inf")
