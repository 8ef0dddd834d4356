"""The tables of ``talent``: stocks, flows, schools, the plan and what it reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.plan.talent.inflow_plan import Program, Solution
from xinzhi.plan.talent.instruments import Instrument
from xinzhi.plan.talent.projection import DIRECTION, FLOWS, Projection, stationary
from xinzhi.plan.talent.supply import Pipeline
from xinzhi.plan.talent.system import NO_AGE, Array, TalentSystem

_DONE = 1e-6  # heads below which a line of the plan is not listed
_TOLERANCE = 1e-9


def _labels(system: TalentSystem, years: int, first: int) -> dict[str, np.ndarray]:
    """Return year, field and grade of (years, F, G) in order."""
    F, G = len(system.fields), len(system.grades)
    return {
        "year": np.repeat(np.arange(first, first + years), F * G),
        "field": np.tile(np.repeat(np.array(system.fields, dtype=object), G), years),
        "grade": np.tile(np.array(system.grades, dtype=object), years * F),
    }


def stocks_table(system: TalentSystem, planned: Projection, baseline: Projection) -> pd.DataFrame:
    """Return heads at each year's end with the plan and without, share in the field, mean age."""
    heads = planned.grades
    field_heads = heads.sum(axis=2, keepdims=True)
    share = np.divide(heads, field_heads, out=np.full_like(heads, np.nan), where=field_heads > 0)
    age = np.full_like(heads, np.nan)
    if system.aged:
        years = planned.heads @ np.array(system.ages, dtype=float)
        np.divide(years, heads, out=age, where=heads > 0)
    return pd.DataFrame(
        {
            **_labels(system, len(heads), system.year),
            "heads": heads.ravel(),
            "baseline": baseline.grades.ravel(),
            "share": share.ravel(),
            "mean_age": age.ravel(),
        }
    )


def flows_table(system: TalentSystem, planned: Projection) -> pd.DataFrame:
    """Return every flow of every year; direction is 1 into the grade, -1 out of it."""
    years = len(planned.heads) - 1
    labels = _labels(system, years, system.year + 1)
    parts = [
        pd.DataFrame(
            {**labels, "flow": name, "direction": DIRECTION[name], "heads": amounts.ravel()}
        )
        for name, amounts in planned.flows.items()
        if name in FLOWS
    ]
    order = pd.concat(parts, ignore_index=True)
    order["_rank"] = np.tile(np.arange(len(labels["year"])), len(parts))
    return order.sort_values("_rank", kind="stable").drop(columns="_rank").reset_index(drop=True)


def ages_table(system: TalentSystem, planned: Projection) -> pd.DataFrame:
    """Return heads by age in the base year and in the last, with the plan."""
    F, G, A = system.heads.shape
    ages = np.array(system.ages if system.aged else [NO_AGE], dtype=object)
    last = system.year + len(planned.heads) - 1
    return pd.DataFrame(
        {
            "year": np.repeat([system.year, last], F * G * A),
            "field": np.tile(np.repeat(np.array(system.fields, dtype=object), G * A), 2),
            "grade": np.tile(np.repeat(np.array(system.grades, dtype=object), A), 2 * F),
            "age": np.tile(ages, 2 * F * G),
            "heads": np.concatenate([planned.heads[0].ravel(), planned.heads[-1].ravel()]),
        }
    )


def pipelines_table(
    system: TalentSystem, pipelines: Sequence[Pipeline], planned: Projection
) -> pd.DataFrame:
    """Return students and graduates of each school and year, with the plan."""
    names = ("intake", "enrolled", "dropouts", "graduates", "graduates_leaving", "entering")
    parts = []
    for one in pipelines:
        path = planned.schools[one.name]
        years = len(path["intake"])
        parts.append(
            pd.DataFrame(
                {
                    "year": np.arange(system.year + 1, system.year + 1 + years),
                    "pipeline": one.name,
                    "field": system.fields[one.place[0]],
                    "grade": system.grades[one.place[1]],
                    **{name: path[name] for name in names},
                }
            )
        )
    columns = ["year", "pipeline", "field", "grade", *names]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def plan_table(
    system: TalentSystem,
    instruments: Sequence[Instrument],
    pipelines: Sequence[Pipeline],
    program: Program | None,
    solution: Solution | None,
) -> pd.DataFrame:
    """Return what the plan does: heads by instrument and year, and their cost over all years."""
    columns = ["year", "field", "grade", "instrument", "pipeline", "heads", "cost"]
    if program is None or solution is None:
        return pd.DataFrame(columns=columns)
    T = len(program.budget)
    unit = np.asarray(program.spending.sum(axis=0)).reshape(-1, T)
    i, t = np.nonzero(solution.heads > _DONE)
    kinds = [instruments[int(k)] for k in i]
    return pd.DataFrame(
        {
            "year": system.year + 1 + t,
            "field": [system.fields[one.cell[0]] for one in kinds],
            "grade": [system.grades[one.cell[1]] for one in kinds],
            "instrument": [one.kind for one in kinds],
            "pipeline": [
                pipelines[one.pipeline].name if one.pipeline >= 0 else None for one in kinds
            ],
            "heads": solution.heads[i, t],
            "cost": solution.heads[i, t] * unit[i, t],
        },
        columns=columns,
    ).sort_values(["year", "field", "grade", "instrument"], kind="stable", ignore_index=True)


def targets_table(
    system: TalentSystem, program: Program | None, solution: Solution | None, planned: Projection
) -> pd.DataFrame:
    """Return each target, the heads with the plan, what is short, and the prices of both limits."""
    columns = ["year", "field", "grade", "least", "most", "baseline", "heads", "shortfall"]
    if program is None or solution is None:
        return pd.DataFrame(columns=[*columns, "shadow_price"])
    t, f, g = program.targets.at
    most = np.where(np.isfinite(program.targets.most), program.targets.most, np.nan)
    return pd.DataFrame(
        {
            "year": system.year + 1 + t,
            "field": np.array(system.fields, dtype=object)[f],
            "grade": np.array(system.grades, dtype=object)[g],
            "least": program.targets.least,
            "most": most,
            "baseline": program.baseline,
            "heads": planned.grades[1:][t, f, g],
            "shortfall": np.where(solution.shortfall > _DONE, solution.shortfall, 0.0),
            "shadow_price": solution.target_price - solution.most_price,
        }
    )


def budget_table(
    system: TalentSystem, program: Program | None, solution: Solution | None
) -> pd.DataFrame:
    """Return what the plan spends in each year, the budget, and the worth of one unit more."""
    if program is None or solution is None:
        return pd.DataFrame(columns=["year", "cost", "budget", "shadow_price"])
    T = len(program.budget)
    return pd.DataFrame(
        {
            "year": np.arange(system.year + 1, system.year + 1 + T),
            "cost": program.spending @ solution.heads.ravel(),
            "budget": np.where(np.isfinite(program.budget), program.budget, np.nan),
            "shadow_price": solution.budget_price,
        }
    )


def structure_table(
    system: TalentSystem, inflow: Array, pipelines: Sequence[Pipeline]
) -> pd.DataFrame:
    """Return, by field and grade, whether recruitment can keep today's structure, and the steady
    state of today's inflow."""
    heads = system.heads.sum(axis=2)
    recruits = heads - system.survivors(system.heads).sum(axis=2)
    steady = stationary(system, inflow, pipelines)
    whole = heads.sum(axis=1, keepdims=True)
    steady_whole = steady.sum(axis=1, keepdims=True)
    share = np.divide(
        steady, steady_whole, out=np.full_like(steady, np.nan), where=steady_whole > 0
    )
    F, G = heads.shape
    kept = (recruits >= -_TOLERANCE * whole).all(axis=1)
    return pd.DataFrame(
        {
            "field": np.repeat(np.array(system.fields, dtype=object), G),
            "grade": np.tile(np.array(system.grades, dtype=object), F),
            "heads": heads.ravel(),
            "share": (heads / whole).ravel(),
            "recruits_to_maintain": recruits.ravel(),
            "maintainable": np.repeat(kept, G),
            "steady_heads": steady.ravel(),
            "steady_share": share.ravel(),
        }
    )
