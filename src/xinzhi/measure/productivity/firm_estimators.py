r"""Production functions of firms from cross products: two stages, one step, least squares.

All take logarithms, :math:`y = \beta_0 + \beta_l l + \beta_k k + \omega + \varepsilon`, where the
firm knows ω when it decides and nobody knows ε. Each pass over the firm-years only adds up cross
products; what is searched for is then searched for among small matrices.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text
from xinzhi.data.firm_panel import FirmPanel
from xinzhi.measure.productivity.firm_polynomials import (
    Basis,
    check_independent,
    cross_products,
    polynomial_basis,
    regression,
    slices,
)
from xinzhi.measure.productivity.firm_second_stage import (
    MarkovStage,
    Root,
    default_starts,
    second_stage_roots,
)
from xinzhi.measure.productivity.firm_survival import survival_probability

Array = NDArray[np.float64]
Places = NDArray[np.int64]
FirmMethod = Literal["ols", "op", "lp", "acf", "wooldridge"]


@dataclass(frozen=True)
class FirmEstimate:
    """Coefficients of labour, then of capital.

    expected_output : φ (n,), output without ε; None for methods that do not need it
    roots : where the moments of the second stage are zero, the chosen one first
    no_exit : whether Olley–Pakes found no firm that leaves, and so corrected nothing
    instrument_r2 : least partial R² of lagged labour for labour, of Wooldridge's
    """

    coefficients: Array
    expected_output: Array | None = None
    roots: tuple[Root, ...] = ()
    no_exit: bool = False
    instrument_r2: float | None = None


def estimate(
    panel: FirmPanel,
    method: FirmMethod,
    degree: int,
    markov_degree: int,
    firm_weights: Array | None = None,
    start: Array | None = None,
) -> FirmEstimate:
    """Estimate by one method; ``firm_weights`` (firms,) says how often each firm counts.

    start : coefficients from which the second stage searches, instead of from many
    """
    weights = np.ones(panel.rows) if firm_weights is None else firm_weights[panel.unit]
    if method == "ols":
        return FirmEstimate(least_squares_coefficients(panel, weights))
    if method == "wooldridge":
        return wooldridge(panel, degree, weights)
    if method == "acf":
        return _acf(panel, degree, markov_degree, weights, start)
    return _olley_pakes_levinsohn_petrin(
        panel, degree, markov_degree, weights, start, exit_correction=method == "op"
    )


def least_squares_coefficients(panel: FirmPanel, weights: Array) -> Array:
    """Return the least-squares coefficients of the inputs: biased, the benchmark of the others."""
    products = cross_products(
        lambda s: np.vstack(
            [panel.labour[:, s], panel.capital[:, s], _one(s), panel.output[np.newaxis, s]]
        ),
        panel.rows,
        weights,
    )
    return regression(products, len(products) - 1)[:-1]


def wooldridge(panel: FirmPanel, degree: int, weights: Array) -> FirmEstimate:
    r"""Wooldridge's one step, the equation that holds whatever the timing of labour.

    .. math:: y_t = \alpha + \beta_l l_t + \beta_k k_t + h(k_{t-1}, m_{t-1}) + u_t

    with h a polynomial and :math:`l_{t-1}` the instrument of :math:`l_t`; as many moments as
    coefficients, so every weighting of the moments gives this estimate.
    """
    follows = panel.follows()
    check_pairs(follows)
    known = np.vstack([panel.capital, panel.proxy])
    basis = polynomial_basis(known[:, :-1], follows[1:], degree)
    count = len(panel.labour)

    def columns(part: slice) -> Array:
        now = slice(part.start + 1, part.stop + 1)
        return np.vstack(
            [
                basis.terms(known[:, part]),
                panel.capital[:, now],
                panel.labour[:, part],
                panel.labour[:, now],
                panel.output[np.newaxis, now],
            ]
        )

    pair_weights = weights[1:] * follows[1:]
    products = cross_products(columns, panel.rows - 1, pair_weights)
    exogenous = np.arange(basis.size + len(panel.capital))
    lagged = len(exogenous) + np.arange(count)
    labour = lagged + count
    instruments = np.concatenate([exogenous, lagged])
    regressors = np.concatenate([labour, exogenous])
    for columns_used in (instruments, regressors):
        check_independent(products[np.ix_(columns_used, columns_used)])
    r2 = partial_r2(products, exogenous, lagged, labour)
    coefficients = np.linalg.solve(
        products[np.ix_(instruments, regressors)], products[instruments, -1]
    )
    chosen = np.concatenate([coefficients[:count], coefficients[count + basis.size :]])
    return FirmEstimate(chosen, instrument_r2=r2)


def partial_r2(products: Array, given: Places, instruments: Places, targets: Places) -> float:
    """Return the least squared canonical correlation of targets and instruments, given columns."""
    both = np.concatenate([instruments, targets])
    square = products[np.ix_(both, both)] - products[np.ix_(both, given)] @ np.linalg.solve(
        products[np.ix_(given, given)], products[np.ix_(given, both)]
    )
    k = len(instruments)
    zz, zx, xx = square[:k, :k], square[:k, k:], square[k:, k:]
    shares = np.linalg.eigvals(np.linalg.solve(xx, zx.T @ np.linalg.solve(zz, zx)))
    return float(shares.real.min())


def check_pairs(follows: NDArray[np.bool_]) -> None:
    """Refuse a panel in which no firm is seen in two periods that follow one another."""
    if not follows.any():
        raise ComputationError(
            Text(
                "没有一个企业有相邻两期的数据，无法估计生产率的变化",
                "no firm is seen in two consecutive periods, so changes of productivity cannot be "
                "estimated",
            ),
            remedy=Text(
                "时期应逐年相接，如 2020、2021。",
                "Periods must follow by one, such as 2020 and 2021.",
            ),
        )


def _acf(
    panel: FirmPanel, degree: int, markov_degree: int, weights: Array, start: Array | None
) -> FirmEstimate:
    inputs = np.vstack([panel.labour, panel.capital])
    variables = np.vstack([inputs, panel.proxy])
    basis = polynomial_basis(variables, None, degree)
    coefficients = _first_stage(panel, variables, basis, weights, linear=None)
    expected = _predicted(variables, basis, coefficients)
    starts = default_starts(least_squares_coefficients(panel, weights)) if start is None else start
    count = len(panel.labour)
    stage = MarkovStage(
        target=expected,
        expected=expected,
        inputs=inputs,
        current=np.arange(count, len(inputs)),
        lagged=np.arange(count),
        survival=None,
    )
    roots = second_stage_roots(stage, _pairs(panel), markov_degree, weights, starts)
    return FirmEstimate(roots[0].coefficients, expected, roots)


def _olley_pakes_levinsohn_petrin(
    panel: FirmPanel,
    degree: int,
    markov_degree: int,
    weights: Array,
    start: Array | None,
    exit_correction: bool,
) -> FirmEstimate:
    variables = np.vstack([panel.capital, panel.proxy])
    basis = polynomial_basis(variables, None, degree)
    coefficients = _first_stage(panel, variables, basis, weights, linear=panel.labour)
    count = len(panel.labour)
    of_labour = coefficients[:count]
    expected = _predicted(variables, basis, coefficients[count:])
    survival = survival_probability(panel, variables, basis, weights) if exit_correction else None
    if start is None:
        starts = default_starts(least_squares_coefficients(panel, weights)[count:])
    else:
        starts = start[..., count:]
    stage = MarkovStage(
        target=panel.output - of_labour @ panel.labour,
        expected=expected,
        inputs=panel.capital,
        current=np.arange(len(panel.capital)),
        lagged=np.arange(0),
        survival=survival,
    )
    found = second_stage_roots(stage, _pairs(panel), markov_degree, weights, starts)
    roots = tuple(
        Root(np.concatenate([of_labour, root.coefficients]), root.objective) for root in found
    )
    return FirmEstimate(
        roots[0].coefficients,
        of_labour @ panel.labour + expected,
        roots,
        no_exit=exit_correction and survival is None,
    )


def _first_stage(
    panel: FirmPanel, variables: Array, basis: Basis, weights: Array, linear: Array | None
) -> Array:
    """Regress output on a polynomial and, before it, on columns that enter linearly."""

    def columns(part: slice) -> Array:
        terms = basis.terms(variables[:, part])
        output = panel.output[np.newaxis, part]
        return np.vstack([terms, output] if linear is None else [linear[:, part], terms, output])

    products = cross_products(columns, panel.rows, weights)
    return regression(products, len(products) - 1)


def _predicted(variables: Array, basis: Basis, coefficients: Array) -> Array:
    values = np.empty(variables.shape[1])
    for part in slices(len(values)):
        values[part] = coefficients @ basis.terms(variables[:, part])
    return values


def _pairs(panel: FirmPanel) -> NDArray[np.bool_]:
    follows = panel.follows()
    check_pairs(follows)
    return follows


def _one(part: slice) -> Array:
    return np.ones((1, part.stop - part.start))
