"""The plan under alternative assumptions: what stays the same, and which first steps are regretted
least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Language, Result, Text, run_many
from xinzhi.data.cases import TransitionCase
from xinzhi.data.io_table import IOTable
from xinzhi.plan.plan_regret import Commitment, choices_table, evaluate, regret_table, stages
from xinzhi.plan.plan_scenarios import (
    BASE,
    PlanScenario,
    check_scenarios,
    draw_scenarios,
    picklable,
    under,
)
from xinzhi.plan.structured_case import structured
from xinzhi.plan.transition import solved
from xinzhi.plan.transition_checks import checks_table
from xinzhi.plan.transition_model import TransitionProgram, transition_program
from xinzhi.plan.transition_objective import objective_weights
from xinzhi.plan.transition_solve import Solution, transition_model
from xinzhi.plan.transition_tables import Amounts, names_table, objective_value

AGREEMENT = 0.9
_MATERIAL = 1e-3  # of the base-year capacity of the sector; below, nothing is said to happen
_ACTIONS = ("build", "retrofit", "retire")


@dataclass(frozen=True)
class PlanEnsembleResult(Result):
    """Tables: scenarios, common, regret, choices, factors, names.

    scenarios : every scenario and the plan that is best in it, or that there is none
    common : what is built, retrofitted and retired in at least nine tenths of the plans
    regret : the first steps of every plan in every scenario, the rest optimised again
    choices : largest and mean regret of every plan's first steps; ``minimax`` marks the least
    factors : what each scenario changes
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``common`` (default) or ``regret``."""
        from xinzhi.plan.plan_ensemble_plots import draw

        return draw(self, kind or "common", lang)


@dataclass(frozen=True, eq=False)
class Found:
    """The plan of one scenario.

    amounts : (actions, K, T) what is built, retrofitted into and retired; None without a plan
    """

    status: str
    objective: float
    value_added: float
    cost: float
    amounts: np.ndarray[Any, np.dtype[np.float64]] | None
    commitment: Commitment | None


def plan_ensemble(
    case: TransitionCase,
    *,
    scenarios: Sequence[PlanScenario] = (),
    draws: int = 0,
    seed: int = 0,
    workers: int = 1,
    table: IOTable | None = None,
    objective: str | Mapping[str, float] | None = None,
    build_before_retire: bool = True,
    commit_years: int = 3,
    progress: bool = False,
) -> PlanEnsembleResult:
    r"""Plan under alternative demand, technology cost and import availability.

    The case itself (scenario ``base``) and every scenario is solved as in ``transition``. With
    V(h, s) the best objective in scenario s of a plan that takes the first steps h, and h_p those
    of the plan found for p,

    .. math:: R(p, s) = \max_h V(h, s) - V(h_p, s), \qquad p^* = \arg\min_p \max_s R(p, s).

    The first steps are building and retrofits that start in the first ``commit_years`` years, in
    money: where a scenario's cost differs, the same money buys another capacity, at most the
    building limit; whole projects keep their number. All else (later starts, retirement,
    production, trade, training) is optimised again, with the scenario known. First steps that no
    plan can be built on in a scenario are reported as infeasible there; the minimax choice is made
    among those that are feasible in every scenario that has a plan.

    scenarios : to be solved beside the case; draws : further ones, see ``draw_scenarios``
    seed : of the draws; workers : processes, which change no number
    table, objective, build_before_retire : as in ``transition``
    commit_years : at least 1, at most the years to the horizon
    Returns : tables ``scenarios``, ``common``, ``regret``, ``choices``, ``factors``, ``names``
    Raises : InputError without scenario or draw, for scenarios that are not valid and for
        commit_years out of range; errors of ``transition`` where the case itself has no plan
    Limits : regret is among the plans found, not among all; draws are independent and uniform, an
        assumption; scenarios are known when the rest is optimised
    Source : Savage (1951), Journal of the American Statistical Association 46
    """
    span = case.horizon - case.base_year
    if draws < 0 or not (scenarios or draws):
        raise InputError(
            Text(
                "没有情景：请给出 scenarios，或至少 1 次 draws",
                "no scenarios: give scenarios, or at least one of draws",
            )
        )
    if not 1 <= commit_years <= span:
        raise InputError(
            Text(
                f"commit_years {commit_years}：应在 1 至 {span}",
                f"commit_years {commit_years}: must be from 1 to {span}",
            )
        )
    check_scenarios(case, scenarios)
    given = structured(case, table)
    case = given.case
    every = [PlanScenario(BASE), *scenarios, *draw_scenarios(case, draws, seed)]
    cases = [picklable(under(case, scenario)) for scenario in every]
    weights = objective_weights(case, objective)
    solve = partial(_solve, weights, build_before_retire, commit_years)
    base = solve(cases[0], None, required=True)
    found = [base, *run_many(solve, cases[1:], seed, workers, progress)]
    names = [scenario.name for scenario in every]
    planned = [k for k, one in enumerate(found) if one.commitment is not None]
    commitments = {names[k]: found[k].commitment for k in planned}
    steps = stages({name: own for name, own in commitments.items() if own is not None})
    judge = partial(evaluate, weights, build_before_retire, commit_years, list(steps.values()))
    judged = run_many(judge, [cases[k] for k in planned], seed, workers, progress)
    best = [found[k].objective for k in planned]
    regret = regret_table(list(steps), [names[k] for k in planned], best, judged)
    choices = choices_table(regret)
    made = transition_program(cases[0])
    return PlanEnsembleResult(
        tables={
            "scenarios": _scenarios_table(every, found, weights),
            "common": _common_table(made, [one.amounts for one in found]),
            "regret": regret,
            "choices": choices,
            "factors": _factors_table(every),
            "names": names_table(made),
        },
        units=_units(case, weights),
        parameters={
            "case": case.id,
            "structure": given.structure,
            "objective_weights": weights,
            "build_before_retire": build_before_retire,
            "draws": draws,
            "seed": seed,
            "commit_through": case.base_year + commit_years,
            "agreement": AGREEMENT,
            "plans": len(planned),
        },
        inputs=given.inputs,
        warnings=(*_warnings(names, found, choices), *given.warnings),
    )


def _solve(
    weights: Mapping[str, float],
    build_before_retire: bool,
    commit_years: int,
    case: TransitionCase,
    _seed: np.random.SeedSequence | None,
    required: bool = False,
) -> Found:
    """Return the plan of a scenario's case; required : no plan is an error that says why."""
    model = transition_model(case, weights, build_before_retire)
    solution = solved(model) if required else model.solve()
    if solution.status != "optimal":
        return Found(solution.status, np.nan, np.nan, np.nan, None, None)
    amounts = Amounts(model.made, solution.columns)
    checks_table(model.made, amounts, build_before_retire)
    return Found(
        solution.status,
        solution.objective,
        *_money(model.made, solution),
        np.array([amounts.built(), amounts.retrofits("end"), amounts("retire")]),
        Commitment.of(model.made, amounts, commit_years),
    )


def _money(made: TransitionProgram, solution: Solution) -> tuple[float, float]:
    parts = [made.program.components[name] for name in ("value_added", "cost")]
    added, cost = (float(part @ solution.columns[: part.size]) for part in parts)
    return added, cost


def _scenarios_table(
    scenarios: Sequence[PlanScenario], found: Sequence[Found], weights: Mapping[str, float]
) -> pd.DataFrame:
    """Return status, objective, value added and cost of each scenario's plan."""
    nothing = np.zeros(0)
    rows = [
        {
            "scenario": scenario.name,
            "status": one.status,
            "objective": objective_value(
                weights, Solution(one.status, nothing, None, one.objective, 0)
            ),
            "value_added": one.value_added,
            "cost": one.cost,
        }
        for scenario, one in zip(scenarios, found, strict=True)
    ]
    return pd.DataFrame(rows)


def _common_table(made: TransitionProgram, amounts: Sequence[Any]) -> pd.DataFrame:
    """Return what happens in at least nine tenths of the plans, with its range over all of them.

    An action happens where its total to the horizon is above a thousandth of the sector's
    base-year capacity.
    """
    case = made.case
    last = case.years.index(case.horizon) + 1
    plans = np.array([own for own in amounts if own is not None])[..., :last]  # (P, 3, K, T)
    totals = plans.sum(axis=-1)
    capacity = np.bincount(
        made.arrays.sector_of, made.arrays.base_capacity, minlength=len(made.sectors)
    )
    floor = _MATERIAL * np.maximum(capacity, 1e-9)[made.arrays.sector_of]
    happens = totals > floor
    years = np.array(case.years[:last])
    rows = []
    for action, name in enumerate(_ACTIONS):
        for k, technology in enumerate(case.technologies):
            share = float(happens[:, action, k].mean())
            if share < AGREEMENT:
                continue
            own = totals[:, action, k]
            acting = plans[happens[:, action, k], action, k] > floor[k] / last
            first = [int(years[np.argmax(row)]) for row in acting]
            rows.append(
                {
                    "sector": technology.sector,
                    "technology": technology.id,
                    "action": name,
                    "share": share,
                    "every": share == 1,
                    "low": float(own.min()),
                    "median": float(np.median(own)),
                    "high": float(own.max()),
                    "first_year_low": min(first),
                    "first_year_high": max(first),
                }
            )
    columns = ["sector", "technology", "action", "share", "every", "low", "median", "high"]
    return pd.DataFrame(rows, columns=[*columns, "first_year_low", "first_year_high"])


def _factors_table(scenarios: Sequence[PlanScenario]) -> pd.DataFrame:
    """Return what each scenario changes, relative to the case."""
    rows = []
    for scenario in scenarios:
        if scenario.demand != 1:
            rows.append((scenario.name, "demand", "all", scenario.demand))
        rows += [(scenario.name, "costs", key, own) for key, own in scenario.costs.items()]
        rows += [(scenario.name, "imports", key, own) for key, own in scenario.imports.items()]
    return pd.DataFrame(rows, columns=["scenario", "what", "of", "relative_to_case"])


def _units(case: TransitionCase, weights: Mapping[str, float]) -> dict[str, str]:
    money = set(weights) <= {"value_added", "cost"} and set(weights.values()) == {1.0}
    goal = case.money if money else "weighted"
    units = dict.fromkeys(("low", "median", "high", "value_added", "cost"), case.money)
    units |= dict.fromkeys(("share", "relative_to_case"), "ratio")
    return units | dict.fromkeys(
        ("objective", "best_objective", "regret", "largest_regret", "mean_regret"), goal
    )


def _warnings(names: Sequence[str], found: Sequence[Found], choices: pd.DataFrame) -> list[Text]:
    notes = []
    without = [name for name, one in zip(names, found, strict=True) if one.commitment is None]
    if without:
        notes.append(
            Text(
                f"{len(found)} 个情景中有 {len(without)} 个没有可行的计划：{'、'.join(without)}。",
                f"{len(without)} of {len(found)} scenarios have no plan: {', '.join(without)}.",
            )
        )
    if not choices["minimax"].any():
        least = int(choices["infeasible"].min())
        notes.append(
            Text(
                f"没有一个计划的头几年在所有情景中可行，最少也有 {least} 个情景不可行，"
                "因此不作最小最大后悔的选择。",
                "No plan's first steps are feasible in every scenario (infeasible in at least "
                f"{least}), so there is no minimax choice.",
            )
        )
    return notes
