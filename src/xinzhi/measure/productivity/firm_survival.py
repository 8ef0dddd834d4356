"""Probability that a firm is still there in the next period, for Olley–Pakes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_ndtr, ndtr

from xinzhi.core import ComputationError, Text
from xinzhi.data.firm_panel import FirmPanel
from xinzhi.measure.productivity.firm_polynomials import (
    Basis,
    check_independent,
    cross_products,
    slices,
)

Array = NDArray[np.float64]

_STEPS = 50
_CLOSE = 1e-10  # change of the coefficients at which a probit has converged
_FARTHEST = 8.0  # index beyond which a normal probability is one to the last digit


def survival_probability(
    panel: FirmPanel, variables: Array, basis: Basis, weights: Array
) -> Array | None:
    r"""Probit of being there in the next period on a polynomial of capital and investment.

    .. math:: P_t = \Pr(\text{in the data in } t+1) = \Phi\left(p(k_t, i_t)\right)

    A firm leaves in the last period in which the data hold it, in a row left out or not, if that is
    not the last period of all; a gap is no exit.

    Returns : P (n,); None if no firm leaves
    Raises : ComputationError if the likelihood has no maximum: exit is a function of the variables
    """
    end = int(panel.last_period.max())
    seen = panel.period < end
    leaves = panel.period == panel.last_period[panel.unit]
    if not (seen & leaves & (weights > 0)).any():
        return None
    stays = np.where(leaves, -1.0, 1.0)
    coefficients = _probit(variables, basis, stays, weights * seen)
    probability = np.empty(panel.rows)
    for part in slices(panel.rows):
        probability[part] = ndtr(coefficients @ basis.terms(variables[:, part]))
    return probability


def _probit(variables: Array, basis: Basis, sign: Array, weights: Array) -> Array:
    """Maximise the likelihood of signs by Fisher's scoring."""
    coefficients = np.zeros(basis.size)

    def columns(part: slice) -> Array:
        terms = basis.terms(variables[:, part])
        index = np.clip(coefficients @ terms, -_FARTHEST, _FARTHEST)
        density = np.exp(-(index**2) / 2 - np.log(2 * np.pi) / 2)
        information = density / np.exp((log_ndtr(index) + log_ndtr(-index)) / 2)
        score = sign[part] * density / ndtr(sign[part] * index)
        return np.vstack([terms * information, score / information])

    for _ in range(_STEPS):
        products = cross_products(columns, len(sign), weights)
        check_independent(products[:-1, :-1])
        step = np.linalg.solve(products[:-1, :-1], products[:-1, -1])
        coefficients = coefficients + step
        if np.abs(step).max() < _CLOSE:
            return coefficients
    raise ComputationError(
        Text(
            "企业退出的 probit 模型不收敛：退出几乎完全由资本和投资决定",
            "the probit of exit does not converge: capital and investment all but decide it",
        ),
        remedy=Text("请降低多项式次数。", "Lower the degree of the polynomial."),
    )
