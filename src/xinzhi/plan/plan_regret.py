"""First steps of one plan in another scenario: what they leave to be gained, and the regret."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.data.cases import TransitionCase
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.transition_model import TransitionProgram
from xinzhi.plan.transition_solve import TransitionModel, transition_model
from xinzhi.plan.transition_tables import Amounts

_SAME = 1e-6  # of the largest amount


@dataclass(frozen=True, eq=False)
class Commitment:
    """Building and retrofits that start in the first years.

    build : (technologies that can be built, years); retrofit : (retrofits, years)
    build_cost, retrofit_cost : what a unit costs where they were decided
    """

    build: Array
    retrofit: Array
    build_cost: Array
    retrofit_cost: Array

    @classmethod
    def of(cls, made: TransitionProgram, amounts: Amounts, years: int) -> Commitment:
        """Return the first steps of a plan."""
        return cls(
            np.maximum(amounts("build")[:, :years], 0.0),
            np.maximum(amounts("retrofit")[:, :years], 0.0),
            *_costs(made),
        )

    def same(self, other: Commitment) -> bool:
        """Tell whether two plans begin alike."""
        pairs = ((self.build, other.build), (self.retrofit, other.retrofit))
        size = max(1e-9, *(float(part.max(initial=0)) for pair in pairs for part in pair))
        return all(np.abs(one - two).max(initial=0) <= _SAME * size for one, two in pairs)


def _costs(made: TransitionProgram) -> tuple[Array, Array]:
    build = made.arrays.cost[list(made.buildable)]
    return build, np.array([r.cost for r in made.case.retrofits], dtype=float)


def stages(commitments: Mapping[str, Commitment]) -> dict[str, Commitment]:
    """Return the first steps that differ, by the first scenario in whose plan they are."""
    found: dict[str, Commitment] = {}
    for name, own in commitments.items():
        if not any(own.same(other) for other in found.values()):
            found[name] = own
    return found


def evaluate(
    weights: Mapping[str, float],
    build_before_retire: bool,
    years: int,
    steps: Sequence[Commitment],
    case: TransitionCase,
    _seed: np.random.SeedSequence | None,
) -> list[float]:
    """Return the best objective in a scenario on each of the first steps, NaN where there is none.

    The model is built once; only the bounds of the columns of first steps change.
    """
    model = transition_model(case, weights, build_before_retire)
    found = []
    for own in steps:
        _fix(model, own, years)
        solution = model.solve()
        found.append(solution.objective if solution.status == "optimal" else np.nan)
    return found


def _fix(model: TransitionModel, own: Commitment, years: int) -> None:
    """Fix building and retrofits of the first years to what the money spent buys here."""
    made, case = model.made, model.made.case
    build_cost, retrofit_cost = _costs(made)
    whole = np.array([case.technologies[k].unit_size is not None for k in made.buildable])
    limits = np.full(own.build.shape, np.inf)
    for place, k in enumerate(made.buildable):
        path = case.technologies[k].build_limit
        if path is not None:
            limits[place] = np.nan_to_num(path.at(case.years)[:years], nan=np.inf)
    ratio = np.where(whole, 1.0, _ratio(own.build_cost, build_cost))
    bought = np.minimum(own.build * ratio[:, np.newaxis], limits)
    blocks = {"build": bought}
    if case.retrofits:
        most = np.full(own.retrofit.shape, np.inf)
        for place, retrofit in enumerate(case.retrofits):
            if retrofit.limit is not None:
                most[place] = np.nan_to_num(retrofit.limit.at(case.years)[:years], nan=np.inf)
        changed = own.retrofit * _ratio(own.retrofit_cost, retrofit_cost)[:, np.newaxis]
        blocks["retrofit"] = np.minimum(changed, most)
    for name, amounts in blocks.items():
        if not amounts.size:
            continue
        columns = made.at[name][:, :years].ravel().astype(np.int32)
        scaled = amounts.ravel() / made.program.column_scale[columns]
        model.highs.changeColsBounds(len(columns), columns, scaled, scaled)


def _ratio(before: Array, now: Array) -> Array:
    """Return how much more the same money buys; 1 where nothing is paid."""
    return np.divide(before, now, out=np.ones_like(now), where=(now > 0) & (before > 0))


def regret_table(
    plans: Sequence[str],
    scenarios: Sequence[str],
    best: Sequence[float],
    judged: Sequence[list[float]],
) -> pd.DataFrame:
    """Return what each plan's first steps lose in each scenario.

    best : of each scenario; judged : scenario → plan → objective, NaN where infeasible
    """
    rows = []
    for place, plan in enumerate(plans):
        for scenario, most, values in zip(scenarios, best, judged, strict=True):
            # a plan's own first steps lead back to its own optimum
            value = most if scenario == plan else values[place]
            status = "infeasible" if np.isnan(value) else "optimal"
            rows.append((plan, scenario, status, value, most, max(0.0, most - value)))
    frame = pd.DataFrame(
        rows, columns=["plan", "scenario", "status", "objective", "best_objective", "regret"]
    )
    frame.loc[frame["status"] == "infeasible", "regret"] = np.nan
    return frame


def choices_table(regret: pd.DataFrame) -> pd.DataFrame:
    """Return largest and mean regret by plan, and the scenario of the largest.

    ``minimax`` marks the plan of the smallest largest regret among those that are feasible
    everywhere.
    """
    rows = []
    for plan, own in regret.groupby("plan", sort=False):
        known = own.dropna(subset="regret")
        worst = known.iloc[int(known["regret"].to_numpy().argmax())]
        rows.append(
            {
                "plan": plan,
                "largest_regret": float(worst["regret"]),
                "worst_scenario": worst["scenario"],
                "mean_regret": float(known["regret"].mean()),
                "infeasible": int((own["status"] == "infeasible").sum()),
                "minimax": False,
            }
        )
    frame = pd.DataFrame(rows)
    able = frame[frame["infeasible"] == 0]
    if len(able):
        best = able.index[int(able["largest_regret"].to_numpy().argmin())]
        frame["minimax"] = frame.index == best
    return frame
