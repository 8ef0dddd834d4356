"""Choose projects and mechanisms under limits, and trade their value against risk."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.portfolio_conflict import infeasible, reached
from xinzhi.plan.innovation.portfolio_frontier import Frontier, frontier
from xinzhi.plan.innovation.portfolio_input import (
    Alternatives,
    PortfolioOptions,
    alternatives_of,
)
from xinzhi.plan.innovation.portfolio_limits import capabilities_of, limits_of
from xinzhi.plan.innovation.portfolio_program import Choice, Program, portfolio_program
from xinzhi.plan.innovation.portfolio_risk import conditional_value_at_risk, loss_scenarios

__all__ = ["PortfolioOptions", "portfolio_tables"]

_FRESH = 20  # times as many scenarios to check a risk as to choose by it
_BINDING = 1e-6


def portfolio_tables(
    projects: pd.DataFrame, limits: pd.DataFrame | None, options: PortfolioOptions, seed: int
) -> dict[str, pd.DataFrame]:
    r"""Choose at most one mechanism for each project so that the net value is greatest.

    .. math:: \max\ \sum_i x_i\,[\,p_i(v_i-b_i)-c_i\,],\qquad x_i\in\{0,1\}

    projects : a row for each project and mechanism, and for each year where there is a column
        ``year``: ``project``, ``success_probability``, ``value`` (of success, as of the first year)
        and ``cost`` (paid in any case). Optional: ``mechanism``, ``field``, ``payment`` (on success
        only, such as a prize; 0), ``high_risk`` (1: its losses count in the risk, 0: not; by
        default all count), and amounts of capabilities such as people, under any name that
        ``limits`` uses. Costs, payments and capabilities may differ from year to year, all else
        may not
    limits : rows of ``limit``, ``of``, ``year``, ``at_least``, ``at_most`` (one or both):
        ``budget`` (cost and payments, in full, since success must be paid for), ``capability``
        (``of``: a column of ``projects``), ``field_share`` (of all money chosen), ``field_count``
        (projects), ``field_cost`` (money), the last three for the field ``of`` or, if that is
        empty, for every field; ``cvar`` (``at_most``: mean loss of the high-risk projects in the
        worst scenarios). Budgets and capabilities without a year hold for the sum of all years
    seed : of the scenarios
    Returns : ``portfolio`` (all alternatives, chosen or not), ``portfolio_total`` (one row),
        ``portfolio_frontier`` (points by rising risk), ``portfolio_limits`` (use of each limit)
    Raises : InputError for tables or options that are wrong; ComputationError naming the limits in
        conflict where no portfolio keeps them, or that the time limit was reached
    Limits : projects do not depend on each other but through luck; nobody is hired for a fraction;
        the risk is that of the scenarios drawn, and ``cvar_out_of_sample`` says what it is in fresh
        ones
    """
    options.check()
    alternatives = alternatives_of(projects, options.discount_rate, capabilities_of(limits))
    rows = limits_of(limits, alternatives)
    program = portfolio_program(alternatives, rows, options, np.random.default_rng([seed, 0]))
    found = frontier(program)
    if found is None:
        raise infeasible(program)
    random = np.random.default_rng([seed, 1])
    fresh = loss_scenarios(alternatives, options.correlation, _FRESH * options.scenarios, random)
    choice = found.points[found.chosen]
    points = [_measures(program, one, fresh) for one in found.points]
    return {
        "portfolio": _portfolio(alternatives, found),
        "portfolio_total": _total(program, choice, found.bound, fresh),
        "portfolio_frontier": pd.DataFrame(points).assign(
            chosen=np.arange(len(points)) == found.chosen,
            knee=np.arange(len(points)) == (-1 if found.knee is None else found.knee),
        ),
        "portfolio_limits": _limits(program, choice),
    }


def _portfolio(alternatives: Alternatives, found: Frontier) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "project": [alternatives.projects[place] for place in alternatives.own],
            "mechanism": alternatives.mechanisms,
            "field": alternatives.fields,
            "high_risk": alternatives.high_risk,
            "chosen": found.points[found.chosen].chosen == 1,
            "success_probability": alternatives.success,
            "value": alternatives.value,
            "cost": alternatives.cost,
            "payment": alternatives.payment,
            "expected_value": alternatives.expected_value(),
            "net_value": alternatives.net_value(),
            "frontier_share": np.mean([one.chosen for one in found.points], axis=0),
        }
    )


def _measures(program: Program, one: Choice, fresh: Array) -> dict[str, float]:
    """Return what a portfolio brings, costs and risks."""
    alternatives, confidence = program.alternatives, program.options.confidence
    risky = one.chosen * alternatives.high_risk
    return {
        "projects": int(one.chosen.sum()),
        "expected_value": float(alternatives.expected_value() @ one.chosen),
        "cost": float(alternatives.cost @ one.chosen),
        "payment": float(alternatives.payment @ one.chosen),
        "net_value": one.net_value,
        "cvar": one.risk,
        "cvar_out_of_sample": conditional_value_at_risk(fresh @ risky, confidence),
        "cvar_all": conditional_value_at_risk(fresh @ one.chosen, confidence),
    }


def _total(program: Program, one: Choice, bound: float, fresh: Array) -> pd.DataFrame:
    gap = (bound - one.net_value) / max(abs(one.net_value), 1e-300) if bound else 0.0
    row = {**_measures(program, one, fresh), "bound": bound, "gap": max(gap, 0.0)}
    return pd.DataFrame([row])


def _limits(program: Program, one: Choice) -> pd.DataFrame:
    """Return the use of each limit; one with both sides has two rows."""
    rows = []
    for limit in program.limits:
        used = reached(program, limit, one.chosen)
        room = limit.sign * (limit.bound - used) + 0.0  # no negative zero
        rows.append(
            {
                "limit": limit.name,
                "of": limit.of,
                "year": limit.year,
                "at_least": limit.bound if limit.sign < 0 else np.nan,
                "at_most": limit.bound if limit.sign > 0 else np.nan,
                "used": used,
                "room": room,
                "binding": room <= _BINDING * max(1.0, abs(limit.bound)),
            }
        )
    columns = ["limit", "of", "year", "at_least", "at_most", "used", "room", "binding"]
    return pd.DataFrame(rows, columns=columns).astype({"year": "Int64"})
