"""The least-cost plan of hiring, training and retention to a target pyramid: a linear program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import sparse

from xinzhi.core import ComputationError, Text
from xinzhi.plan.talent.instruments import Instrument, Targets
from xinzhi.plan.talent.projection import Interventions, Projection, responses
from xinzhi.plan.talent.supply import Pipeline
from xinzhi.plan.talent.system import Array, TalentSystem

Goal = Literal["cost", "coverage"]
GOALS: tuple[Goal, ...] = ("cost", "coverage")
_SMALL = 1e-7
MANY = 10_000  # columns from which an interior point is the faster way
Cells = tuple[Any, Any, Any]  # rows, columns, values


@dataclass(frozen=True, eq=False)
class Program:
    """The program in arrays: what each instrument and year adds to the targets, and its cost.

    effect : (targets, instruments × T) heads at a target of one head at an instrument and year
    spending : (T, instruments × T) money of a year; cost : (instruments × T,) discounted
    upper : (instruments × T,) most heads; baseline : (targets,) heads without a plan
    """

    effect: sparse.csr_array
    spending: sparse.csr_array
    cost: Array
    upper: Array
    baseline: Array
    targets: Targets
    budget: Array


@dataclass(frozen=True, eq=False)
class Solution:
    """Heads by instrument and year, and the prices of the limits.

    heads : (instruments, T); target_price, most_price : (targets,) cost of one more head wanted,
        and cost saved by one more allowed; budget_price : (T,) cost saved by one unit of money
        more, >= 0. Under the goal ``coverage`` prices are heads covered instead of cost
    shortfall : (targets,) heads below the least
    """

    heads: Array
    target_price: Array
    most_price: Array
    budget_price: Array
    shortfall: Array


def plan_program(
    system: TalentSystem,
    pipelines: Sequence[Pipeline],
    instruments: Sequence[Instrument],
    targets: Targets,
    budget: Array,
    baseline: Projection,
    discount_rate: float,
) -> Program:
    r"""Build the program; all effects are linear, since rates do not depend on the plan.

    .. math:: n_{fg\tau} = \bar n_{fg\tau} + \sum_{i,t} x_{it}\,B_{\tau-t}(i,g),\qquad
        \min_{x\ge0}\ \sum_{i,t}\frac{c_i\,x_{it}}{(1+\rho)^t}

    Retained people have the ages of those who would leave without a plan, and no more can be kept
    than those; the plan only adds heads, so more leave with it and the bound is safe.
    """
    T = len(budget)
    B = responses(system, T)
    discount = (1 + discount_rate) ** -np.arange(1, T + 1.0)
    # target rows of each field, since an instrument acts on its own field only
    of_field = [np.flatnonzero(targets.at[1] == f) for f in range(len(system.fields))]
    effect_cells: list[Cells] = []
    spending_cells: list[Cells] = []
    cost = np.zeros((len(instruments), T))
    upper = np.zeros((len(instruments), T))
    for i, one in enumerate(instruments):
        f, g, a = one.cell
        own = of_field[f]
        years, grades = targets.at[0][own], targets.at[2][own]
        lag = years[:, np.newaxis] - np.arange(T)
        school = pipelines[one.pipeline] if one.pipeline >= 0 else None
        if one.kind == "retention":
            total, profile = _could_stay(system, baseline, f, g)
            upper[i] = np.minimum(one.most, total)
            later = B[:, f, g, 1:] if system.aged else B[:, f, g]
            profile = profile[:, :-1] if system.aged else profile
            kept = np.einsum("ta,kah->tkh", profile, later)
            part = kept[np.arange(T), np.maximum(lag, 0), grades[:, np.newaxis]]
        else:
            delay = school.years if school else 0
            share = school.entering if school else 1.0
            lag = lag - delay
            upper[i] = one.most
            part = share * B[np.maximum(lag, 0), f, g, a, grades[:, np.newaxis]]
        part = np.where(lag >= 0, part, 0.0)
        r, t = np.nonzero(part)
        effect_cells.append((own[r], i * T + t, part[r, t]))
        staying_on, studied = (school.staying_on, school.years) if school else (1.0, 1)
        for k in range(studied):
            students = staying_on**k
            start = np.arange(T - k)
            spending_cells.append(
                (start + k, i * T + start, np.full(len(start), one.cost * students))
            )
            cost[i, start] += one.cost * students * discount[start + k]
    width = len(instruments) * T
    at = targets.at
    return Program(
        effect=_matrix(effect_cells, (len(targets.least), width)),
        spending=_matrix(spending_cells, (T, width)),
        cost=cost.ravel(),
        upper=upper.ravel(),
        baseline=baseline.grades[1:][at],
        targets=targets,
        budget=budget,
    )


def solve(program: Program, goal: Goal = "cost") -> Solution | None:
    """Solve for least cost, or for the least heads short of the targets and then least cost.

    Returns : None where no plan reaches every target within the limits
    Raises : ComputationError where HiGHS stops for another reason
    """
    if goal == "cost":
        return _solved(program, program.cost, elastic=False)
    first = _solved(program, np.zeros_like(program.cost), elastic=True)
    if first is None:
        return None
    found = _solved(program, program.cost, elastic=True, covered=first.shortfall.sum())
    if found is None:
        return None
    return Solution(
        found.heads, first.target_price, first.most_price, first.budget_price, found.shortfall
    )


def minimised(costs: Array, matrix: sparse.csr_array, limits: Array, upper: Array) -> Any:
    """Return HiGHS' answer to: minimise costs x, matrix x <= limits, 0 <= x <= upper."""
    from scipy import optimize

    linprog: Any = optimize.linprog  # its stubs know no sparse arrays
    bounds = np.stack([np.zeros_like(upper), upper], axis=1)
    # with budgets the program is blocks by field and a few rows that tie them: for interior points
    if len(costs) >= MANY:
        found = linprog(costs, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs-ipm")
        if found.status in (0, 2):
            return found
    return linprog(costs, A_ub=matrix, b_ub=limits, bounds=bounds, method="highs")


def _solved(
    program: Program, cost: Array, *, elastic: bool, covered: float | None = None
) -> Solution | None:
    targets, width = program.targets, len(cost)
    count = len(targets.least)
    capped = np.flatnonzero(np.isfinite(targets.most))
    funded = np.flatnonzero(np.isfinite(program.budget))
    short = sparse.eye_array(count, format="csr") if elastic else sparse.csr_array((count, 0))
    none = short.shape[1]
    blocks = [
        sparse.hstack([-program.effect, -short]),
        sparse.hstack([program.effect[capped], sparse.csr_array((len(capped), none))]),
        sparse.hstack([program.spending[funded], sparse.csr_array((len(funded), none))]),
    ]
    limits = [
        program.baseline - targets.least,
        (targets.most - program.baseline)[capped],
        program.budget[funded],
    ]
    if not width and not elastic:  # nothing can be done: the targets hold, or they do not
        if min(map(float, np.concatenate(limits))) < -_SMALL:
            return None
        zero = np.zeros(count)
        return Solution(
            np.zeros((0, len(program.budget))), zero, zero, np.zeros(len(program.budget)), zero
        )
    objective = np.concatenate([cost, np.zeros(none)])
    if covered is None:
        objective[width:] = 1.0
    else:
        row = np.concatenate([np.zeros(width), np.ones(none)])
        blocks.append(sparse.csr_array(row[np.newaxis]))
        limits.append(np.array([covered + _SMALL * max(1.0, covered)]))
    unit = max(float(np.abs(objective).max(initial=0.0)), 1e-300)
    found = minimised(
        objective / unit,
        sparse.csr_array(sparse.vstack(blocks)),
        np.concatenate(limits),
        np.concatenate([program.upper, np.full(none, np.inf)]),
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise ComputationError(
            Text(
                f"求解器没有得到最优解：{found.message}",
                f"the solver found no optimum: {found.message}",
            )
        )
    prices = -unit * found.ineqlin.marginals
    most_price, budget_price = np.zeros(count), np.zeros(len(program.budget))
    most_price[capped] = prices[count : count + len(capped)]
    budget_price[funded] = prices[count + len(capped) :][: len(funded)]
    shortfall = found.x[width:] if elastic else np.zeros(count)
    heads = np.clip(found.x[:width], 0.0, program.upper)
    return Solution(
        heads.reshape(-1, len(program.budget)),
        prices[:count],
        most_price,
        budget_price,
        np.maximum(shortfall, 0.0),
    )


def interventions_of(
    system: TalentSystem,
    instruments: Sequence[Instrument],
    heads: Array,
    baseline: Projection,
    pipelines: int,
) -> Interventions:
    """Return what a plan does in every cell: (instruments, T) heads spread over ages."""
    T = heads.shape[1]
    entering = {kind: np.zeros((T, *system.heads.shape)) for kind in ("hiring", "in_migration")}
    retained = np.zeros((T, *system.heads.shape))
    intakes = np.zeros((pipelines, T))
    for one, amounts in zip(instruments, heads, strict=True):
        f, g, a = one.cell
        if one.kind == "training":
            intakes[one.pipeline] += amounts
        elif one.kind == "retention":
            _, profile = _could_stay(system, baseline, f, g)
            retained[:, f, g] += amounts[:, np.newaxis] * profile
        else:
            entering[one.kind][:, f, g, a] += amounts
    return Interventions(entering["hiring"], entering["in_migration"], retained, intakes)


def _could_stay(system: TalentSystem, baseline: Projection, f: int, g: int) -> tuple[Array, Array]:
    """Return (T,) those who would move out, and (T, A) their shares by age before."""
    leaving = baseline.leavers[:, f, g].copy()
    if system.aged:
        leaving[:, -1] = 0.0  # nobody stays past the last age
    total = leaving.sum(axis=1)
    return total, leaving / np.where(total > 0, total, 1.0)[:, np.newaxis]


def _matrix(cells: list[Cells], shape: tuple[int, int]) -> sparse.csr_array:
    if not cells:
        return sparse.csr_array(shape)
    rows, columns, values = (np.concatenate(part) for part in zip(*cells, strict=True))
    return sparse.csr_array((values, (rows, columns)), shape=shape)
