"""Polynomials of several variables, and cross products taken a slice of rows at a time.

Every estimator of the firm level needs its data through sums of products only. These are built
in slices, so memory does not grow with the columns of a polynomial.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text

Array = NDArray[np.float64]

_ROWS = 16_384  # of a slice, so that its columns stay in the processor's cache
_ONE_THREAD = 1 << 17  # multiplications that every library leaves to one thread
_COLLINEAR = 1e-10  # least over largest eigenvalue of a correlation matrix


@dataclass(frozen=True)
class Basis:
    r"""All monomials of whitened variables up to a total degree, the constant first.

    Whitening, :math:`z = R (x - \bar x)` with uncorrelated z of unit variance, leaves the span of
    the monomials as it is and keeps their cross products well conditioned.

    mean : (v,); rotation : R (v, v); parents : of each monomial but the constant, the monomial
        and the variable whose product it is; shifts : (v, size, size) what multiplication by a
        variable does to the coefficients of a polynomial
    """

    mean: Array
    rotation: Array
    parents: tuple[tuple[int, int], ...]
    shifts: Array

    @property
    def size(self) -> int:
        """Return the number of monomials."""
        return len(self.parents) + 1

    def terms(self, variables: Array) -> Array:
        """Return the monomials (size, rows) of variables (v, rows)."""
        z = self.rotation @ (variables - self.mean[:, np.newaxis])
        terms = np.empty((self.size, variables.shape[1]))
        terms[0] = 1.0
        for place, (parent, variable) in enumerate(self.parents, 1):
            np.multiply(terms[parent], z[variable], out=terms[place])
        return terms

    def linear(self, weights: Array) -> Array:
        """Return the direction in z of a combination of the variables, scaled to unit variance."""
        direction = np.linalg.solve(self.rotation.T, weights)
        scaled: Array = direction / np.linalg.norm(direction)
        return scaled

    def times(self, direction: Array) -> Array:
        """Return the matrix (size, size) that multiplies a polynomial by a linear form of z.

        Terms beyond the degree are lost.
        """
        matrix: Array = np.tensordot(direction, self.shifts, axes=1)
        return matrix


def polynomial_basis(variables: Array, rows: NDArray[np.bool_] | None, degree: int) -> Basis:
    """Return the basis of a total degree for variables (v, n), whitened over some rows.

    Raises : ComputationError if one variable is a linear function of the others, or constant
    """
    sums = cross_products(
        lambda s: np.vstack([np.ones((1, s.stop - s.start)), variables[:, s]]),
        variables.shape[1],
        rows,
    )
    mean = sums[0, 1:] / sums[0, 0]
    centred = cross_products(
        lambda s: variables[:, s] - mean[:, np.newaxis], variables.shape[1], rows
    )
    covariance = centred / sums[0, 0]
    check_independent(covariance)
    rotation = np.linalg.inv(np.linalg.cholesky(covariance))
    exponents = monomial_exponents(len(variables), degree)
    places = {exponent: place for place, exponent in enumerate(exponents)}
    shifts = np.zeros((len(variables), len(exponents), len(exponents)))
    parents: dict[int, tuple[int, int]] = {}
    for place, exponent in enumerate(exponents):
        for variable in range(len(variables)):
            raised = list(exponent)
            raised[variable] += 1
            there = places.get(tuple(raised))
            if there is not None:
                shifts[variable, there, place] = 1.0
                parents.setdefault(there, (place, variable))
    return Basis(mean, rotation, tuple(parents[k] for k in range(1, len(exponents))), shifts)


def monomial_exponents(variables: int, degree: int) -> list[tuple[int, ...]]:
    """Return the exponents of all monomials up to a total degree, by rising degree."""
    every = product(range(degree + 1), repeat=variables)
    return sorted((e for e in every if sum(e) <= degree), key=lambda e: (sum(e), e))


def slices(rows: int) -> Iterator[slice]:
    """Yield slices that cover the rows."""
    for start in range(0, rows, _ROWS):
        yield slice(start, min(start + _ROWS, rows))


def cross_products(
    columns: Callable[[slice], Array],
    rows: int,
    weights: NDArray[np.float64] | NDArray[np.bool_] | None = None,
) -> Array:
    r"""Return :math:`\sum_i w_i x_i x_i'` of columns that are made a slice of rows at a time.

    columns : slice of rows → (columns, rows of the slice)
    weights : (rows,) or None for ones; rows of weight zero may hold anything finite
    """
    total: Array | float = 0.0
    for part in slices(rows):
        x = columns(part)
        total = total + _product(x if weights is None else x * weights[part], x)
    return np.asarray(total)


def _product(left: Array, right: Array) -> Array:
    """Return left @ right.T for few columns and many rows, by blocks of rows.

    A linear algebra library splits larger products among threads, and for so few columns these wait
    for each other much longer than they work.
    """
    columns, rows = left.shape
    block = 1 << max((_ONE_THREAD // columns**2).bit_length() - 1, 0)
    whole = rows - rows % block
    blocks = (columns, whole // block, block)
    a = left[:, :whole].reshape(blocks).transpose(1, 0, 2)
    b = right[:, :whole].reshape(blocks).transpose(1, 2, 0)
    total: Array = (a @ b).sum(axis=0) + left[:, whole:] @ right[:, whole:].T
    return total


def check_independent(products: Array) -> None:
    """Refuse cross products of columns of which one is a linear function of the others.

    Raises : ComputationError
    """
    scale = np.sqrt(np.diag(products))
    if (scale > 0).all():
        values = np.linalg.eigvalsh(products / np.outer(scale, scale))
        if values[0] > _COLLINEAR * values[-1]:
            return
    raise ComputationError(
        Text(
            "无法识别：某个变量是常数，或是其他变量的线性组合",
            "not identified: a variable is constant, or a linear combination of the others",
        ),
        remedy=Text(
            "请检查投入和代理变量的列，或降低多项式次数。",
            "Check the columns of inputs and proxy, or lower the degree of the polynomial.",
        ),
    )


def regression(products: Array, target: int) -> Array:
    """Return the least-squares coefficients of a column on all others, from cross products.

    Raises : ComputationError if the others are linearly dependent
    """
    others = np.delete(np.arange(len(products)), target)
    square = products[np.ix_(others, others)]
    check_independent(square)
    coefficients: Array = np.linalg.solve(square, products[others, target])
    return coefficients
