r"""Second stage: inputs' coefficients from the innovation of productivity.

For coefficients β, :math:`\omega_t(\beta) = \phi_t - x_t'\beta`, and ω follows a Markov process,
:math:`\omega_t = g(\omega_{t-1}) + \xi_t`. The firm cannot know ξ before t, so it is uncorrelated
with capital of t, decided before, and with labour of t-1. The moments need only the cross products
of current columns with the monomials of :math:`(\phi, x)_{t-1}`, since g at any β is a polynomial
in them: one pass over the data serves every β.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from xinzhi.core import ComputationError, Text
from xinzhi.measure.productivity.firm_polynomials import (
    Basis,
    check_independent,
    cross_products,
    polynomial_basis,
)

Array = NDArray[np.float64]

_GRID = (0.1, 0.3, 0.5, 0.7, 0.9)
_COARSE = (0.1, 0.4, 0.8)  # where a full grid would have too many points
_ZERO = 1e-8  # share of the innovation's variance that instruments may explain at a root
_SAME = 1e-3  # coefficients of one root differ by less
_BOUND = 3.0  # coefficients are elasticities; a search that ends beyond is lost


@dataclass(frozen=True)
class Root:
    """Coefficients, and the share of the innovation's variance that the instruments explain."""

    coefficients: Array
    objective: float


@dataclass(frozen=True)
class MarkovStage:
    """What the second stage works on.

    target : (n,) what the inputs and ω explain in t; expected : (n,) φ, of which ω in t-1 is made
    inputs : (v, n); current, lagged : positions of the inputs that are instruments in t, in t-1
    survival : (n,) probability in t of being there in t+1, an argument of g; None without exit
    """

    target: Array
    expected: Array
    inputs: Array
    current: NDArray[np.int64]
    lagged: NDArray[np.int64]
    survival: Array | None


def default_starts(least_squares_estimate: Array) -> Array:
    """Return (starts, v) coefficients to search from: least squares, and a grid of (0, 1)."""
    size = len(least_squares_estimate)
    grid = np.array(list(product(_GRID if size <= 2 else _COARSE, repeat=size)))
    return np.vstack([least_squares_estimate, grid])


def second_stage_roots(
    stage: MarkovStage,
    follows: NDArray[np.bool_],
    degree: int,
    weights: Array,
    starts: Array,
) -> tuple[Root, ...]:
    """Return where the moments are zero, the chosen root first.

    The moments can have a second root. With labour that is fully flexible, ω minus the wage's
    process solves them too, at coefficients of capital near zero and of labour near one (Ackerberg,
    Caves and Frazer 2015). Roots with all coefficients in [0, 1] come first, and among them the one
    whose least coefficient is largest: one at which an input produces nothing gives way to one
    at which all do.

    follows : (n,) whether the row before is the same firm one period earlier
    starts : (starts, v) or one (v,)
    Raises : ComputationError if no search ends at a root
    """
    basis, products = _second_stage_products(stage, follows, degree, weights)
    moments = Moments(basis, products, stage, degree)
    roots: list[Root] = []
    for start in np.atleast_2d(starts):
        found = least_squares(moments.scaled, start, xtol=1e-12, ftol=1e-12, gtol=1e-12)
        objective = moments.objective(found.x)
        known = any(np.abs(root.coefficients - found.x).max() < _SAME for root in roots)
        if objective < _ZERO and np.abs(found.x).max() < _BOUND and not known:
            roots.append(Root(found.x, objective))
    if not roots:
        raise ComputationError(
            Text(
                f"第二阶段的矩条件从 {len(np.atleast_2d(starts))} 个初值出发都没有解",
                "the moments of the second stage have no solution, from any of "
                f"{len(np.atleast_2d(starts))} starts",
            ),
            remedy=Text(
                "请检查代理变量与时间安排是否符合方法的假设，或换一种方法。",
                "Check whether proxy and timing meet the method's assumptions, or take another.",
            ),
        )
    return tuple(sorted(roots, key=_implausibility))


def _implausibility(root: Root) -> tuple[bool, float]:
    least, most = float(root.coefficients.min()), float(root.coefficients.max())
    return not 0 <= least <= most <= 1, -least


def _second_stage_products(
    stage: MarkovStage, follows: NDArray[np.bool_], degree: int, weights: Array
) -> tuple[Basis, Array]:
    """Return the basis of t-1 and the mean cross products of its terms and the current columns."""
    before = [stage.expected, *stage.inputs]
    if stage.survival is not None:
        before.append(stage.survival)
    variables = np.vstack(before)
    basis = polynomial_basis(variables[:, :-1], follows[1:], degree)
    means = np.concatenate([[stage.target.mean()], stage.inputs.mean(axis=1)])

    def columns(part: slice) -> Array:
        now = slice(part.start + 1, part.stop + 1)
        current = np.vstack([stage.target[np.newaxis, now], stage.inputs[:, now]])
        lagged = stage.inputs[stage.lagged, part] - means[1 + stage.lagged, np.newaxis]
        return np.vstack([basis.terms(variables[:, part]), current - means[:, np.newaxis], lagged])

    pair_weights = weights[1:] * follows[1:]
    products = cross_products(columns, len(follows) - 1, pair_weights)
    return basis, products / pair_weights.sum()


class Moments:
    """The moments of the second stage as a function of the coefficients."""

    def __init__(self, basis: Basis, products: Array, stage: MarkovStage, degree: int):
        size, inputs = basis.size, len(stage.inputs)
        self.basis, self.degree = basis, degree
        self.powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        if stage.survival is None:
            self.powers = [(i, 0) for i in range(degree + 1)]
        self.has_survival = stage.survival is not None
        of_current = size + np.arange(1 + inputs)
        instruments = np.concatenate(
            [size + 1 + stage.current, size + 1 + inputs + np.arange(len(stage.lagged))]
        )
        self.of_terms = products[:size, :size]
        self.terms_current = products[:size][:, of_current]
        self.current = products[np.ix_(of_current, of_current)]
        self.instruments_current = products[np.ix_(instruments, of_current)]
        self.instruments_terms = products[instruments][:, :size]
        squares = products[np.ix_(instruments, instruments)]
        check_independent(squares)
        self.whitening = np.linalg.inv(np.linalg.cholesky(squares))
        self.scale = float(np.sqrt(self.current[0, 0]))

    def innovation(self, coefficients: Array) -> tuple[Array, float]:
        """Return the mean products of ξ with the instruments, and its mean square."""
        combination = np.concatenate([[1.0], -coefficients])
        process = self._process(coefficients)
        square = process.T @ self.of_terms @ process
        against = process.T @ (self.terms_current @ combination)
        fitted = np.linalg.lstsq(square, against, rcond=None)[0]
        moments = self.instruments_current @ combination - self.instruments_terms @ (
            process @ fitted
        )
        return moments, float(combination @ self.current @ combination - against @ fitted)

    def scaled(self, coefficients: Array) -> Array:
        """Return the moments with instruments made uncorrelated, in units of the target."""
        scaled: Array = self.whitening @ self.innovation(coefficients)[0] / self.scale
        return scaled

    def objective(self, coefficients: Array) -> float:
        """Return the share of the innovation's variance that the instruments explain."""
        moments, variance = self.innovation(coefficients)
        return float(np.sum((self.whitening @ moments) ** 2) / variance)

    def _process(self, coefficients: Array) -> Array:
        """Return g's powers of ω in t-1, and of survival, as polynomials of the basis."""
        weights = np.concatenate([[1.0], -coefficients, *([[0.0]] if self.has_survival else [])])
        of_productivity = self.basis.times(self.basis.linear(weights))
        first = np.zeros(self.basis.size)
        first[0] = 1.0
        columns = {(0, 0): first}
        if self.has_survival:
            unit = np.zeros(len(weights))
            unit[-1] = 1.0
            of_survival = self.basis.times(self.basis.linear(unit))
            for j in range(1, self.degree + 1):
                columns[0, j] = of_survival @ columns[0, j - 1]
        for i, j in self.powers:
            if i:
                columns[i, j] = of_productivity @ columns[i - 1, j]
        return np.column_stack([columns[power] for power in self.powers])
