"""Which instruments to take, and how much of each: the most worth for a given expected shortfall.

The program is linear but for the shortfall, which is the largest of all means over a worst share of
the draws. Only the means that bind are added, one after the other, until none is exceeded: exact
for the draws, and small enough for whole instruments as well.
Source : Künzi-Bay and Mayer (2006), Computational Management Science 3, 3–27
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from xinzhi.core import ComputationError, Text
from xinzhi.plan.finance.instruments_arithmetic import Array
from xinzhi.plan.finance.instruments_simulation import tail_weights

_ROUNDS = 200
_TOLERANCE = 5e-6  # of the largest amounts, above what the solver lets pass itself


@dataclass(frozen=True, eq=False)
class Choice:
    """Instruments to choose from.

    value : (n,) expected worth of each as a whole [money]
    cost : (n,) public money of each [money]
    losses : (n, S) loss to the state in each draw [money]
    whole : (n,) bool, all or nothing
    level : of the shortfall; budget : of public money [money], infinite without a limit
    """

    value: Array
    cost: Array
    losses: Array
    whole: np.ndarray
    level: float
    budget: float

    def shortfall(self, shares: Array) -> float:
        """Return the expected shortfall of a portfolio [money]."""
        loss = shares @ self.losses
        return float(tail_weights(loss, self.level) @ loss)


def efficient_portfolios(choice: Choice, points: int) -> list[Array]:
    """Return shares of each instrument, from the least shortfall to the most worth.

    points : at most; those that are no better than another are left out
    Returns : (n,) shares in [0, 1] of each, with worth and shortfall both rising
    Raises : ComputationError where the solver finds no answer
    """
    choice = _scaled(choice)
    cuts: list[Array] = []
    safest = _least_risk(choice, cuts, -np.inf)
    richest = _most_value(choice, cuts, np.inf)
    low, high = choice.shortfall(safest), choice.shortfall(richest)
    found: list[Array] = []
    for limit in np.linspace(low, max(low, high), points):
        best = _most_value(choice, cuts, float(limit))
        # among those worth as much the one with the least shortfall
        found.append(_least_risk(choice, cuts, float(choice.value @ best)))
    return _undominated(choice, found)


def _scaled(choice: Choice) -> Choice:
    """Return the same choice in units in which the solver's tolerances are small."""
    money = float(max(np.abs(choice.losses).max(), np.abs(choice.value).max())) or 1.0
    outlay = float(choice.cost.max()) or 1.0
    return replace(
        choice,
        value=choice.value / money,
        losses=choice.losses / money,
        cost=choice.cost / outlay,
        budget=choice.budget / outlay,
    )


def _most_value(choice: Choice, cuts: list[Array], limit: float) -> Array:
    n = len(choice.value)
    for _ in range(_ROUNDS):
        rows = [np.append(cut, 0.0) for cut in cuts]
        shares = _solved(choice, np.append(-choice.value, 0.0), rows, np.full(len(cuts), limit))
        if not np.isfinite(limit) or choice.shortfall(shares) <= limit + _TOLERANCE:
            return shares[:n]
        cuts.append(_cut(choice, shares))
    raise _unsolved()


def _least_risk(choice: Choice, cuts: list[Array], least: float) -> Array:
    n = len(choice.value)
    goal = np.append(np.zeros(n), 1.0)
    for _ in range(_ROUNDS):
        rows = [np.append(cut, -1.0) for cut in cuts]
        limits = np.zeros(len(cuts))
        if np.isfinite(least):
            rows = [*rows, np.append(-choice.value, 0.0)]
            limits = np.append(limits, -least + _TOLERANCE)
        shares, bound = _solved_with_bound(choice, goal, rows, limits)
        if choice.shortfall(shares) <= bound + _TOLERANCE:
            return shares
        cuts.append(_cut(choice, shares))
    raise _unsolved()


def _cut(choice: Choice, shares: Array) -> Array:
    """Return (n,) the mean losses over the draws that are worst for these shares."""
    return choice.losses @ tail_weights(shares @ choice.losses, choice.level)


def _solved(choice: Choice, goal: Array, rows: list[Array], limits: Array) -> Array:
    return _solved_with_bound(choice, goal, rows, limits)[0]


def _solved_with_bound(
    choice: Choice, goal: Array, rows: list[Array], limits: Array
) -> tuple[Array, float]:
    """Solve for n shares and the bound on the shortfall, which comes last."""
    n = len(choice.value)
    constraints = []
    if np.isfinite(choice.budget):
        constraints.append(LinearConstraint(np.append(choice.cost, 0.0), -np.inf, choice.budget))
    if rows:
        constraints.append(LinearConstraint(np.vstack(rows), -np.inf, limits))
    solved = milp(
        goal,
        integrality=np.append(choice.whole.astype(float), 0.0),
        bounds=Bounds(np.append(np.zeros(n), -n), np.append(np.ones(n), n)),
        constraints=constraints,
        options={"mip_rel_gap": 0.0},
    )
    if solved.x is None:
        raise _unsolved()
    shares = np.clip(solved.x[:n], 0.0, 1.0)
    return np.where(choice.whole, np.round(shares), shares), float(solved.x[n])


def _undominated(choice: Choice, found: list[Array]) -> list[Array]:
    kept: list[Array] = []
    best = -np.inf
    for shares in sorted(found, key=lambda one: (choice.shortfall(one), -(choice.value @ one))):
        value = float(choice.value @ shares)
        if value > best + _TOLERANCE:
            kept.append(shares)
            best = value
    return kept


def _unsolved() -> ComputationError:
    return ComputationError(
        Text(
            "求解工具组合时没有得到答案",
            "the choice of instruments found no answer",
        ),
        remedy=Text(
            "检查金额是否相差太大，或减少前沿点数 points。",
            "See whether amounts differ by very much, or take fewer points.",
        ),
    )
