"""Why no portfolio keeps all limits: those in conflict, and the smallest way out."""

from __future__ import annotations

from xinzhi.core import ComputationError, Text
from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.portfolio_limits import Limit
from xinzhi.plan.innovation.portfolio_program import Aim, Program, best

_ZERO = 1e-5  # of a limit's size, as the risk's tolerance
_ANY = Aim(net_value=0.0)


def conflict(program: Program) -> tuple[Limit, ...]:
    """Return limits that cannot hold together, though all but any one of them could.

    Each is left out in turn and stays out if the others still conflict (deletion filter).
    Source : Chinneck (2008), Feasibility and Infeasibility in Optimization
    """
    kept = program.limits
    for limit in program.limits:
        fewer = tuple(one for one in kept if one is not limit)
        if best(program, _ANY, fewer) is None:
            kept = fewer
    return kept


def relaxation(program: Program) -> tuple[tuple[Limit, float], ...]:
    """Return limits to be moved so that a portfolio exists, and the figures that it needs.

    They are those of the whole portfolio with the least sum of breaches, each relative to its
    limit; that of a share is counted in money relative to the cost of all alternatives.
    """
    found = best(program, Aim(relaxing=True))
    assert found is not None  # no project at all, with every lower limit given up, is one
    moved = []
    for limit in program.limits:
        row, side = limit.row()
        over = float(row @ found.chosen) - side
        if limit.name == "cvar":
            over = found.risk - limit.bound
        if over > _ZERO * limit.size():
            moved.append((limit, reached(program, limit, found.chosen)))
    return tuple(moved)


def reached(program: Program, limit: Limit, chosen: Array) -> float:
    """Return what a portfolio comes to under a limit."""
    return program.risk(chosen) if limit.name == "cvar" else limit.used(chosen)


def infeasible(program: Program) -> ComputationError:
    """Return the error that names the conflict and the smallest relaxation."""
    rows = conflict(program)
    details = [limit.statement() for limit in rows]
    details.append(
        Text(
            "最小的放松（各限制的相对放松之和最小）：",
            "the smallest relaxation (least sum of relaxations relative to each limit):",
        )
    )
    for limit, figure in relaxation(program):
        title = limit.title()
        details.append(
            Text(
                f"{title.zh}：由 {limit.bound:,.6g} 改为 {figure:,.6g}",
                f"{title.en}: from {limit.bound:,.6g} to {figure:,.6g}",
            )
        )
    if len(rows) == 1:
        message = Text(
            "没有可行的组合：这项限制本身不能满足",
            "no portfolio exists: this limit cannot be kept even alone",
        )
    else:
        message = Text(
            f"没有可行的组合：这 {len(rows)} 项限制不能同时成立，去掉任何一项即可",
            f"no portfolio exists: these {len(rows)} limits cannot hold together, though they "
            "could without any one of them",
        )
    return ComputationError(
        message,
        details,
        Text(
            "放松后重试；上列放松足以使组合存在。",
            "Relax limits and try again; the relaxation above is enough.",
        ),
    )
