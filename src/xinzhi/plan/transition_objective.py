"""What a plan is measured by: value added, cost, employment, accounts, exposure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from xinzhi.core import InputError, Text
from xinzhi.data.case_checks import COMPONENTS
from xinzhi.data.cases import TransitionCase
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.program import Term
from xinzhi.plan.transition_model import TransitionProgram

EXPOSURE = "exposure"
OBJECTIVES: dict[str, dict[str, float]] = {
    "value_added": {"value_added": 1.0, "cost": 1.0},
    "cost": {"cost": 1.0},
    "employment": {"employment": 1.0},
}
_BETTER = ("value_added", "employment")  # the more the better; the less of all else


def objective_weights(
    case: TransitionCase, objective: str | Mapping[str, float] | None
) -> dict[str, float]:
    """Return component → weight of an objective: its name, weights of one's own, or the case's.

    Raises : InputError listing the objectives and components there are
    """
    if objective is None:
        return dict(case.objective)
    allowed = (*COMPONENTS, *(account.id for account in case.accounts), EXPOSURE)
    if isinstance(objective, str):
        if objective not in OBJECTIVES:
            raise InputError(
                Text(f"没有目标 {objective}", f"there is no objective {objective}"),
                remedy=Text(
                    f"可用：{'、'.join(OBJECTIVES)}，或各项的权重。",
                    f"There are: {', '.join(OBJECTIVES)}, or weights of components.",
                ),
            )
        weights = OBJECTIVES[objective]
    else:
        weights = dict(objective)
    wrong = [
        name
        for name, weight in weights.items()
        if name not in allowed or not np.isfinite(weight) or weight < 0
    ]
    if wrong or not any(weights.values()):
        shown = "、".join(wrong) or "0", ", ".join(wrong) or "0"
        raise InputError(
            Text(
                f"目标的权重不可用：{shown[0]}",
                f"these weights of the objective are not allowed: {shown[1]}",
            ),
            remedy=Text(
                f"各项为 {'、'.join(allowed)}；权重不小于 0，且不全为 0。",
                f"Components are {', '.join(allowed)}; weights are at least 0, not all of them 0.",
            ),
        )
    if not {"value_added", "employment"} & set(weights) and not case.targets:
        raise InputError(
            Text(
                "只求成本最低而没有目标，最好的计划是什么都不做",
                "least cost without a target is to do nothing",
            ),
            remedy=Text(
                "请在案例文件中写 [[target]]，例如末年的增加值。",
                "Give a [[target]] in the case, such as value added in the last year.",
            ),
        )
    return dict(weights)


def signed(weights: Mapping[str, float]) -> dict[str, float]:
    """Return weights as they enter a maximisation: minus where less is better."""
    return {name: w if name in _BETTER else -w for name, w in weights.items()}


def add_components(made: TransitionProgram) -> None:
    """Add the terminal value of capacity and every component of an objective."""
    _terminal_value(made)
    case, arrays, at, add = made.case, made.arrays, made.at, made.program.add_component
    output, discount = at["output_by_technology"], arrays.discount
    add("value_added", output, arrays.value_added[:, np.newaxis] * discount)
    _cost(made)
    add("employment", output, arrays.labour.sum(axis=0))
    for place, account in enumerate(case.accounts):
        block = "capacity" if account.basis == "capacity" else "output_by_technology"
        add(account.id, at[block], arrays.accounts[place][:, np.newaxis])
    add(EXPOSURE, at["imports"], 0.0)
    for exposure in case.exposures:
        add(EXPOSURE, at["imports"][made.sectors.index(exposure.product)], exposure.weight)


def _cost(made: TransitionProgram) -> None:
    case, arrays, at, add = made.case, made.arrays, made.at, made.program.add_component
    discount = arrays.discount
    add("cost", at["investment"], discount)
    add("cost", at["retire"], arrays.retire_cost[:, np.newaxis] * discount)
    for place, training in enumerate(case.trainings):
        if "train" in at:
            add("cost", at["train"][place], training.cost * discount)
    premiums = {budget.id: budget.premium for budget in case.budgets}
    for pair, (source, _) in enumerate(made.funding_pairs):
        add("cost", at["funding"][pair], premiums[source] * discount)
    if "terminal_value" in at:
        add("cost", at["terminal_value"], -discount[-1])


def remaining(life: int, age: ArrayLike) -> Array:
    """Return the share of its life that is left to capacity after ``age`` years of standing."""
    return np.maximum(0.0, 1 - np.asarray(age, dtype=float) / life)


def unit_values(made: TransitionProgram) -> Array:
    """Return (K,) what a unit of new capacity cost, by building or the dearest retrofit."""
    values = made.arrays.cost.copy()
    names = made.technologies
    for retrofit in made.case.retrofits:
        place = names.index(retrofit.end)
        values[place] = max(values[place], retrofit.cost)
    return values


def _terminal_value(made: TransitionProgram) -> None:
    r"""Capacity is worth what of its cost is left at the horizon, where it is in use then.

    .. math:: V_k \le \sum_v \rho_{kv} c_k b_{kv}, \qquad
              V_k \le \rho_{kT} c_k y_{kT} / u_k,

    with c the cost of a unit, b what came to stand in year v, ρ the share of life that is left, y
    output and u the largest output per capacity.
    """
    case, arrays, at = made.case, made.arrays, made.at
    values, last = unit_values(made), len(case.years) - 1
    chosen = [
        int(k)
        for k in np.flatnonzero(values > 0)
        if case.technologies[k].max_utilisation > 0 and arrays.life[k] > 1
    ]
    if not chosen:
        return
    names = tuple(made.technologies[k] for k in chosen)
    worth = made.program.add_block("terminal_value", names, 1, scale=made.unit_of("capacity"))
    at["terminal_value"] = worth
    book: list[Term] = []
    use: list[Term] = []
    rhs = []
    for row, k in enumerate(chosen):
        life = int(arrays.life[k])
        book.append(Term(row, worth[row], 1.0))
        for columns, lead in made.arrivals(k):
            starts = np.arange(last + 1 - lead)
            share = remaining(life, last - (starts + lead) + 1.0)
            book.append(Term(row, columns[: len(starts)], -values[k] * share))
        given = case.technologies[k]
        standing = {**given.capacity, **given.pipeline}
        ages = np.array([case.last_year - year + 1.0 for year in standing])
        kept = remaining(life, ages) * (ages > 0)
        rhs.append(values[k] * float(kept @ np.array([*standing.values()], dtype=float)))
        newest = values[k] * (1 - 1 / life) / given.max_utilisation
        use += [
            Term(row, worth[row], 1.0),
            Term(row, at["output_by_technology"][k, last], -newest),
        ]
    years = [case.last_year] * len(names)
    made.program.add_family("terminal_book", names, years, book, "<=", rhs)
    made.program.add_family("terminal_use", names, years, use, "<=", 0.0)
