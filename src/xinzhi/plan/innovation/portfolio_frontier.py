"""Portfolios that trade expected value against risk: none of them is dominated."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.plan.frontier_points import knee, normalised, pareto
from xinzhi.plan.innovation.portfolio_limits import Limit
from xinzhi.plan.innovation.portfolio_program import Aim, Choice, Program, best

_AUGMENTATION = 1e-4  # of the range of the risk against that of the value
_ROOM = 1e-6  # of an optimum that was found to tolerance
_SIGNS = np.array([1.0, -1.0])  # more value is better, more risk is not


@dataclass(frozen=True, eq=False)
class Frontier:
    """Points by rising risk.

    chosen : place of the portfolio with the greatest value within the limit on risk too
    bound : net value that no portfolio within all limits exceeds
    knee : place of the point farthest before the line through the ends, None without one
    """

    points: tuple[Choice, ...]
    chosen: int
    bound: float
    knee: int | None


def frontier(program: Program) -> Frontier | None:
    r"""Return the frontier under all limits but that on risk, and the portfolio within it too.

    .. math:: \max_x\ \bar v\cdot x-\delta\,\mathrm{CVaR}(x),\qquad
        \mathrm{CVaR}(x)\le\epsilon_m,\qquad m=1,\dots,M

    The ends come first: the greatest value, at the least risk that allows it, and the least risk,
    at the greatest value that it allows. Bounds ε evenly spread between them give the others; where
    a portfolio keeps the next bound too it is that one's optimum as well. What another point
    dominates is dropped.

    Returns : None where no portfolio keeps all limits
    Source : Mavrotas (2009), Applied Mathematics and Computation 213
    """
    most = min((limit.bound for limit in program.limits if limit.name == "cvar"), default=np.inf)
    high, bound = _richest(program, np.inf)
    if high is None:
        return None
    safest = best(program, Aim(0.0, 1.0), _free(program))
    assert safest is not None  # the richest keeps the same limits
    least = safest.risk + _room(safest.risk)
    low = best(program, Aim(1.0, 0.0, most_risk=least), _free(program)) or safest
    wanted = high
    if most < high.risk:
        found, bound = _richest(program, most)
        if found is None:
            return None
        wanted = found
    points = [wanted, high, low, *_between(program, low, high)]
    values = np.array([[one.net_value, one.risk] for one in points])
    ends = values[[1, 2]]
    losses = normalised(values, ends, _SIGNS)
    kept = pareto(losses).places
    order = kept[np.argsort(values[kept, 1])]
    bend = knee(losses[order], normalised(ends, ends, _SIGNS))[0] if len(order) > 2 else None
    return Frontier(
        tuple(points[place] for place in order), int(np.flatnonzero(order == 0)[0]), bound, bend
    )


def _free(program: Program) -> tuple[Limit, ...]:
    return tuple(limit for limit in program.limits if limit.name != "cvar")


def _richest(program: Program, most: float) -> tuple[Choice | None, float]:
    """Return the greatest value at a risk of at most ``most``, at the least risk, and its bound."""
    first = best(program, Aim(most_risk=most), _free(program))
    if first is None:
        return None, np.nan
    floor = first.net_value - _room(first.net_value)
    second = best(program, Aim(0.0, 1.0, least_value=floor, most_risk=most), _free(program))
    # both are optimal to tolerance; the second, of less risk, may fall short by its room
    return second or first, max(first.bound, first.net_value)


def _between(program: Program, low: Choice, high: Choice) -> list[Choice]:
    range_ = high.risk - low.risk
    if range_ <= _room(high.risk):
        return []
    weight = _AUGMENTATION * max(high.net_value - low.net_value, 0.0) / range_
    found, last = [], high
    for bound in np.linspace(high.risk, low.risk, program.options.points)[1:-1]:
        if last.risk > bound:
            at = best(program, Aim(1.0, weight, most_risk=float(bound)), _free(program))
            if at is not None:  # none only where tolerances meet at the end
                found.append(at)
                last = at
    return found


def _room(value: float) -> float:
    """Return the room that the solver's tolerance needs at an optimum."""
    return _ROOM * max(1.0, abs(value))
