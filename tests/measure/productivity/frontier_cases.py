"""Labelled units for the tests of the frontier models, and the models written out in full."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog


def table(data, prefix):
    """Label an array (unit, variable)."""
    data = np.asarray(data, dtype=float)
    names = [f"{prefix}{k + 1}" for k in range(data.shape[1])]
    return pd.DataFrame(data, index=[f"u{k}" for k in range(len(data))], columns=names)


def drawn(seed, units=25, inputs=2, outputs=2, undesirable=1, ties=False):
    """Draw labelled inputs, outputs and undesirable outputs; with ``ties`` small integers."""
    random = np.random.default_rng(seed)
    shapes = (units, inputs), (units, outputs), (units, undesirable)
    if ties:
        arrays = [random.integers(1, 5, shape).astype(float) for shape in shapes]
    else:
        arrays = [random.lognormal(sigma=0.6, size=shape) for shape in shapes]
    return tuple(table(a, prefix) for a, prefix in zip(arrays, ("x", "y", "b"), strict=True))


def returns_rows(row, returns):
    """Return what a sum of weights adds: inequalities and equations, each (rows, right side)."""
    none = np.zeros((0, len(row))), np.zeros(0)
    if returns == "crs":
        return none, none
    if returns == "vrs":
        return none, (row[None], np.ones(1))
    sign = 1.0 if returns == "nirs" else -1.0
    return (sign * row[None], np.array([sign])), none


def largest_slack(x, y, all_x, all_y, returns):
    """Solve the second stage with every slack as a variable of its own."""
    units, inputs, outputs = len(all_x), len(x), len(y)
    cost = -np.r_[np.zeros(units), np.ones(inputs + outputs)]
    balance = np.vstack(
        [
            np.c_[all_x.T, np.eye(inputs), np.zeros((inputs, outputs))],
            np.c_[all_y.T, np.zeros((outputs, inputs)), -np.eye(outputs)],
        ]
    )
    total = np.r_[np.ones(units), np.zeros(inputs + outputs)]
    (left, right), (equal, equal_right) = returns_rows(total, returns)
    solved = linprog(cost, left, right, np.vstack([balance, equal]), np.r_[x, y, equal_right])
    return -solved.fun


def plain_sbm(x, y, b, all_x, all_y, all_b, returns, orientation):
    """Solve the slacks-based measure after Charnes and Cooper, every slack a variable."""
    units, sizes = len(all_x), (len(x), len(y), len(b))
    slacks = sum(sizes)
    signs = np.repeat([1.0, -1.0, 1.0], sizes)
    own, others = np.r_[x, y, b], np.vstack([all_x.T, all_y.T, all_b.T])
    balance = np.c_[-own, others, np.diag(signs)]
    shares = np.split(1 / own, np.cumsum(sizes)[:-1])
    numerator = np.r_[1.0, np.zeros(units), -shares[0] / sizes[0], np.zeros(slacks - sizes[0])]
    made = np.r_[shares[1], shares[2]] / (sizes[1] + sizes[2])
    denominator = np.r_[1.0, np.zeros(units + sizes[0]), made]
    first = np.eye(1, 1 + units + slacks)
    normal = denominator[None] if orientation == "none" else first
    total = np.r_[-1.0, np.ones(units), np.zeros(slacks)]
    (left, right), (equal, _) = returns_rows(total, returns)
    solved = linprog(
        -denominator if orientation == "output" else numerator,
        left,
        0 * right,
        np.vstack([balance, equal, normal]),
        np.r_[np.zeros(len(balance) + len(equal)), 1.0],
    )
    return -1 / solved.fun if orientation == "output" else solved.fun


def plain_distance(unit, everyone, moved, returns):
    """Solve the directional distance with abated activity for every returns to scale but crs."""
    (x, y, b), (all_x, all_y, all_b), (gx, gy, gb) = unit, everyone, moved
    units = len(all_x)
    idle = 0.0 if returns == "crs" else 1.0
    left = np.vstack(
        [np.c_[gx, all_x.T, idle * all_x.T], np.c_[gy, -all_y.T, np.zeros((len(y), units))]]
    )
    total = np.r_[0.0, np.ones(units), idle * np.ones(units)]
    (more, more_right), (equal, equal_right) = returns_rows(total, returns)
    solved = linprog(
        -np.eye(1, 1 + 2 * units)[0],
        np.vstack([left, more]),
        np.r_[x, -y, more_right],
        np.vstack([np.c_[gb, all_b.T, np.zeros((len(b), units))], equal]),
        np.r_[b, equal_right],
        bounds=[(None, None), *[(0, None)] * (2 * units)],
    )
    return -solved.fun
