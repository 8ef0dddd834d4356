"""Structures that recruitment can keep or reach: Markov models of graded systems."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.plan.talent.system import Array

_TOLERANCE = 1e-9


class Maintainability(NamedTuple):
    """Whether a structure can be kept, and the recruits by grade that keep it [the heads' unit].

    A grade whose recruits would have to be negative is too small for what flows into it.
    """

    maintainable: bool
    recruits: Array


class Attainability(NamedTuple):
    """The fewest years after which a structure is reached, None where it is not, and the path.

    path : (years + 1, G) structures from the first on; empty where it is not reached
    """

    years: int | None
    path: Array


def steady_state(transitions: ArrayLike, recruits: ArrayLike) -> Array:
    r"""Heads by grade to which constant recruitment leads.

    .. math:: n^* = R\,(I-P)^{-1}

    transitions : (G, G) share of each grade (row) in each grade (column) a year later; rows sum to
        at most one, the rest leaves
    recruits : (G,) a year [persons], >= 0
    Returns : (G,) [persons]
    Raises : InputError for rates outside [0, 1], rows over one and negative recruits;
        ComputationError where people who enter never leave
    Source : Bartholomew (1982), Stochastic Models for Social Processes, 3rd ed., Wiley
    """
    P, r = _matrix(transitions), _heads(recruits)
    return np.asarray(np.linalg.solve(_open(np.eye(len(P)) - P).T, r), dtype=float)


def maintainable(heads: ArrayLike, transitions: ArrayLike, growth: float = 0.0) -> Maintainability:
    r"""Tell whether control of recruitment can keep the structure of ``heads``.

    .. math:: R = (1+g)\,n - nP \ge 0

    heads : (G,) [persons]; transitions : (G, G); growth : g of all heads a year, > -1
    Raises : InputError as ``steady_state``
    Source : Bartholomew (1982), Stochastic Models for Social Processes, 3rd ed., Wiley
    """
    n, P = _heads(heads), _matrix(transitions)
    recruits = (1 + _growth(growth)) * n - n @ P
    return Maintainability(bool((recruits >= -_TOLERANCE * max(1.0, n.sum())).all()), recruits)


def maintainable_vertices(transitions: ArrayLike, growth: float = 0.0) -> Array:
    r"""Structures at the corners of all that control of recruitment can keep.

    .. math:: v_i = \frac{e_i\,((1+g)I-P)^{-1}}{e_i\,((1+g)I-P)^{-1}\mathbf 1}

    The set is their convex hull: a triangle for three grades.

    transitions : (G, G); growth : g a year, > -1
    Returns : (G, G) one corner a row, shares that sum to one; corner i is the steady structure of a
        system that recruits into grade i only
    Raises : InputError as ``steady_state``; ComputationError where the stayers outgrow ``growth``
    Source : Bartholomew (1982), Stochastic Models for Social Processes, 3rd ed., Wiley
    """
    P = _matrix(transitions)
    rows = np.linalg.inv(_open((1 + _growth(growth)) * np.eye(len(P)) - P))
    if (rows < -_TOLERANCE).any():
        raise _never_empty()
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def attainable_vertices(heads: ArrayLike, transitions: ArrayLike, growth: float = 0.0) -> Array:
    r"""Structures at the corners of all that one year can lead to from ``heads``.

    .. math:: v_j = \frac{nP + (N' - nP\mathbf 1)\,e_j}{N'},\qquad N' = (1+g)\,n\mathbf 1

    Returns : (G, G) shares, one corner a row: corner j has all recruits in grade j
    Raises : InputError as ``steady_state``; ComputationError where fewer leave than shrinking needs
    """
    n, P = _heads(heads), _matrix(transitions)
    size = (1 + _growth(growth)) * n.sum()
    stayers = n @ P
    recruits = size - stayers.sum()
    if recruits < -_TOLERANCE * size:
        raise ComputationError(
            Text(
                f"自然流出不够：一年后应为 {size:.6g} 人，不招人也还有 {stayers.sum():.6g} 人",
                f"too few leave: {size:.6g} heads are wanted a year later, and {stayers.sum():.6g} "
                "remain without any recruit",
            ),
            remedy=Text("放慢收缩。", "Shrink more slowly."),
        )
    return np.asarray((stayers + max(recruits, 0.0) * np.eye(len(P))) / size)


def attainable(
    heads: ArrayLike,
    target: ArrayLike,
    transitions: ArrayLike,
    most_years: int,
    growth: float = 0.0,
) -> Attainability:
    r"""Fewest years in which control of recruitment reaches a structure.

    .. math:: n_t = n_{t-1}P + R_t,\quad R_t\ge0,\quad n_t\mathbf 1=(1+g)^t\,n_0\mathbf 1,\quad
        n_T = N_T\,x

    heads : (G,) now [persons]; target : (G,) shares x that sum to one; growth : g a year, > -1
    Returns : the years and one path, which need not be the only one
    Raises : InputError as ``steady_state`` and for shares that do not sum to one
    """
    n, P, x = _heads(heads), _matrix(transitions), _heads(target)
    if abs(x.sum() - 1) > 1e-6 or len(x) != len(n):
        raise InputError(
            Text(
                f"目标结构应为 {len(n)} 个合计为 1 的比例，现合计 {x.sum():.6g}",
                f"a target structure is {len(n)} shares that sum to one; these sum to "
                f"{x.sum():.6g}",
            ),
            remedy=Text("各职级除以合计。", "Divide the grades by their sum."),
        )
    sizes = n.sum() * (1 + _growth(growth)) ** np.arange(most_years + 1)
    if np.allclose(n, n.sum() * x, rtol=0, atol=_TOLERANCE * n.sum()):
        return Attainability(0, n[np.newaxis])
    for years in range(1, most_years + 1):
        path = _path(n, x, P, sizes[: years + 1])
        if path is not None:
            return Attainability(years, path)
    return Attainability(None, np.zeros((0, len(n))))


def _path(n: Array, x: Array, P: Array, sizes: Array) -> Array | None:
    """Return (years + 1, G) a path from n to x in so many years, None where there is none."""
    from scipy.optimize import linprog

    years, G = len(sizes) - 1, len(n)
    powers = [np.eye(G)]
    for _ in range(years):
        powers.append(powers[-1] @ P)
    # unknown: recruits by year and grade; heads of each year are linear in them
    rows, limits = [], []
    for t in range(1, years + 1):
        effect = np.hstack(
            [powers[t - s].T if s <= t else np.zeros((G, G)) for s in range(1, years + 1)]
        )
        rows.append(effect.sum(axis=0))
        limits.append(sizes[t] - (n @ powers[t]).sum())
    rows.extend(effect)
    limits.extend(sizes[-1] * x - n @ powers[years])
    found = linprog(
        np.ones(years * G), A_eq=np.array(rows), b_eq=np.array(limits), bounds=(0, None)
    )
    if found.x is None:
        return None
    recruits = found.x.reshape(years, G)
    path = [n]
    for one in recruits:
        path.append(path[-1] @ P + one)
    return np.array(path)


def _matrix(transitions: ArrayLike) -> Array:
    P = np.asarray(transitions, dtype=float)
    if P.ndim != 2 or P.shape[0] != P.shape[1]:
        raise InputError(
            Text(
                f"转移矩阵应为方阵，现为 {P.shape}", f"a transition matrix is square, not {P.shape}"
            ),
            remedy=Text("行和列都是职级。", "Rows and columns are the grades."),
        )
    if not ((P >= 0) & (P <= 1)).all():
        i, j = np.argwhere(~((P >= 0) & (P <= 1)))[0]
        raise InputError(
            Text(
                f"转移矩阵第 {i + 1} 行第 {j + 1} 列为 {P[i, j]:.6g}，比率应在 0 与 1 之间",
                f"the transition matrix has {P[i, j]:.6g} in row {i + 1}, column {j + 1}; a rate "
                "lies between 0 and 1",
            )
        )
    over = np.flatnonzero(P.sum(axis=1) > 1 + _TOLERANCE)
    if len(over):
        raise InputError(
            Text(
                f"转移矩阵第 {over[0] + 1} 行合计 {P[over[0]].sum():.6g}，大于 1",
                f"row {over[0] + 1} of the transition matrix sums to {P[over[0]].sum():.6g}, "
                "more than one",
            ),
            remedy=Text(
                "每行合计不超过 1，其余为流出。", "A row sums to at most one; the rest leaves."
            ),
        )
    return P


def _heads(values: ArrayLike) -> Array:
    n = np.asarray(values, dtype=float)
    if not (np.isfinite(n) & (n >= 0)).all() or n.sum() <= 0:
        raise InputError(
            Text("人数应不小于 0，且不能全为 0", "heads must be at least 0, and not all of them 0"),
            remedy=Text("检查各职级的人数。", "Check the heads of each grade."),
        )
    return n


def _growth(growth: float) -> float:
    if not growth > -1:
        raise InputError(
            Text(f"增长率 {growth} 应大于 -1", f"growth {growth} must be above -1"),
        )
    return growth


def _open(matrix: Array) -> Array:
    """Refuse a system that does not let people out."""
    if np.linalg.cond(matrix) > 1e12:
        raise _never_empty()
    return matrix


def _never_empty() -> ComputationError:
    return ComputationError(
        Text(
            "有人进入后永不离开，没有稳态：有的职级（或其上的职级）流出率为 0",
            "there is no steady state: some who enter never leave, since a grade and those above "
            "it lose nobody",
        ),
        remedy=Text(
            "给出退休、迁出或其他流出的比率。", "Give rates of retirement, moving out or wastage."
        ),
    )
