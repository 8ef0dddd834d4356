"""Why no plan reaches the targets: the limits that cannot hold together, by name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xinzhi.core import ComputationError, Text
from xinzhi.plan.talent.inflow_plan import Program, minimised
from xinzhi.plan.talent.instruments import Instrument
from xinzhi.plan.talent.system import Array, TalentSystem

_ZERO = 1e-7
_MOST_SHOWN = 8
_UNLIMITED = 1e20  # what HiGHS reads as infinite
KIND_WORDS = {
    "hiring": Text("招聘", "hiring"),
    "in_migration": Text("引进", "in-migration"),
    "retention": Text("留住", "retention"),
    "training": Text("培养", "training"),
}


def infeasible(
    program: Program, system: TalentSystem, instruments: Sequence[Instrument]
) -> ComputationError:
    """Return the error that names the conflict.

    Targets get a slack of one over their size and budgets one of their own (there are none on what
    instruments can do); the least sum of slacks is a linear program. Limits with a price in it are
    what makes every plan fall short: a certificate after Farkas. It need not be the only conflict.
    """
    slack, price, bound_price = _relaxed(program)
    count, T = len(program.targets.least), len(program.budget)
    wanted = np.flatnonzero(slack > _ZERO * 10)
    spent = np.flatnonzero(price[2 * count :] > _ZERO)
    tight = sorted({int(column) // T for column in np.flatnonzero(bound_price > _ZERO)})
    details = [
        *(_target_words(program, system, int(row), float(slack[row])) for row in wanted),
        *(
            Text(
                f"{system.year + 1 + t} 年预算 {program.budget[t]:,.6g} 已用尽",
                f"the budget of {system.year + 1 + t}, {program.budget[t]:,.6g}, is used up",
            )
            for t in spent
        ),
        *(_instrument_words(system, instruments[i]) for i in tight),
    ]
    rest = len(details) - _MOST_SHOWN
    if rest > 0:
        details = [
            *details[:_MOST_SHOWN],
            Text(f"……另有 {rest} 项", f"… and {rest} more"),
        ]
    return ComputationError(
        Text(
            "没有可行的计划：下列目标与限制不能同时成立",
            "no plan exists: these targets and limits cannot hold together",
        ),
        details,
        Text(
            "降低或推迟目标，提高上限或预算，增加手段；或用 goal=coverage 求缺口最小的计划。",
            "Lower or postpone the targets, raise limits or budgets, add instruments; or take "
            "goal=coverage for the plan with the least shortfall.",
        ),
    )


def _relaxed(program: Program) -> tuple[Array, Array, Array]:
    """Return slacks (short, over) of targets, prices of all rows, prices of upper bounds."""
    from scipy import sparse

    targets, width = program.targets, len(program.cost)
    count = len(targets.least)
    size = np.maximum(targets.least, 1.0)
    eye, none = sparse.eye_array(count), sparse.csr_array((count, count))
    most = np.where(np.isfinite(targets.most), targets.most - program.baseline, _UNLIMITED)
    budget = np.where(np.isfinite(program.budget), program.budget, _UNLIMITED)
    empty = sparse.csr_array((len(budget), 2 * count))
    matrix = sparse.vstack(
        [
            sparse.hstack([-program.effect, -eye, none]),
            sparse.hstack([program.effect, none, -eye]),
            sparse.hstack([program.spending, empty]),
        ]
    )
    found = minimised(
        np.concatenate([np.zeros(width), 1 / size, 1 / size]),
        sparse.csr_array(matrix),
        np.concatenate([program.baseline - targets.least, most, budget]),
        np.concatenate([program.upper, np.full(2 * count, np.inf)]),
    )
    return found.x[width:], -found.ineqlin.marginals, -found.upper.marginals[:width]


def _target_words(program: Program, system: TalentSystem, row: int, slack: float) -> Text:
    count = len(program.targets.least)
    over, k = divmod(row, count)
    t, f, g = (int(axis[k]) for axis in program.targets.at)
    where = f"{system.fields[f]} {system.grades[g]}"
    year = system.year + 1 + t
    if over:
        return Text(
            f"{year} 年 {where}：目标至多 {program.targets.most[k]:,.6g} 人，"
            f"至少多出 {slack:,.4g} 人",
            f"{where}, {year}: at most {program.targets.most[k]:,.6g} heads are wanted, and "
            f"{slack:,.4g} are over at least",
        )
    return Text(
        f"{year} 年 {where}：目标至少 {program.targets.least[k]:,.6g} 人，至少还差 {slack:,.4g} 人",
        f"{where}, {year}: at least {program.targets.least[k]:,.6g} heads are wanted, and "
        f"{slack:,.4g} are short at least",
    )


def _instrument_words(system: TalentSystem, one: Instrument) -> Text:
    f, g, _ = one.cell
    where, kind = f"{system.fields[f]} {system.grades[g]}", KIND_WORDS[one.kind]
    if np.isfinite(one.most):
        return Text(
            f"{where} {kind.zh}：每年至多 {one.most:,.6g} 人，已用尽",
            f"{where}, {kind.en}: at most {one.most:,.6g} heads a year, used up",
        )
    return Text(
        f"{where} {kind.zh}：会迁出的人都已留住",
        f"{where}, {kind.en}: all who would move out are kept already",
    )
