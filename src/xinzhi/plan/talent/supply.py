"""What brings people in besides the stock itself: yearly inflow and schools."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_amounts, check_columns, check_rates, check_unique
from xinzhi.plan.talent.checks import Problems, check_limits, positions
from xinzhi.plan.talent.system import Array, TalentSystem

INFLOWS = ("hiring", "in_migration")
HIRING, IN_MIGRATION = range(2)


@dataclass(frozen=True)
class Pipeline:
    """A school: a training pipeline with its years.

    place : (field, grade, age) cell that its graduates enter
    years : from intake to graduation; completion : share of an intake that graduates
    local_share : share of graduates who stay in the region and take up work in the field
    intake : a year [persons], in the years before the base year too
    cost : of a student and year of study; most : further intake a year at most
    """

    name: str
    place: tuple[int, int, int]
    years: int
    completion: float
    local_share: float
    intake: float
    cost: float
    most: float

    @property
    def staying_on(self) -> float:
        """Return the share of students who go on after a year of study."""
        return float(self.completion ** (1 / self.years))

    @property
    def entering(self) -> float:
        """Return the share of an intake that enters the stock when its studies end."""
        return self.completion * self.local_share

    def path(self, intakes: Array) -> dict[str, Array]:
        """Return (T,) students, drop-outs, graduates, those who leave and those who enter.

        intakes : (T,) of the years after the base year. An intake of year t is enrolled from t on,
        loses an equal share after each year of study and graduates in t + years; students of the
        base year are those whom the yearly intake left
        """
        T, d, keep = len(intakes), self.years, self.staying_on
        every = np.concatenate([np.full(d, self.intake), intakes])
        ages = keep ** np.arange(d + 1)
        # of an intake that is k years old at the end of year t, ages[k] are left
        at = d + np.arange(T)[:, np.newaxis] - np.arange(d + 1)
        cohorts = every[at]
        graduates = cohorts[:, d] * ages[d]
        enrolled = cohorts[:, :d] @ ages[:d]
        dropouts = cohorts[:, 1:] @ (ages[:-1] - ages[1:])
        entrants = graduates * self.local_share
        return {
            "intake": np.asarray(intakes, dtype=float),
            "enrolled": enrolled,
            "dropouts": dropouts,
            "graduates": graduates,
            "graduates_leaving": graduates - entrants,
            "entering": entrants,
        }


def yearly_inflow(system: TalentSystem, inflow: pd.DataFrame | None) -> Array:
    """Return (2, F, G, A) people hired and moving in a year, counted at the year's end.

    inflow : field, grade, kind (hiring, in_migration), heads and, with ages, age
    Raises : InputError for an unknown label, negative heads and rows given twice
    """
    found = np.zeros((len(INFLOWS), *system.heads.shape))
    if inflow is None:
        return found
    keys = ["field", "grade", "kind", *(["age"] if system.aged else [])]
    check_columns("inflow", inflow, (*keys, "heads"))
    check_amounts("inflow", inflow, "heads")
    check_unique("inflow", inflow, keys)
    problems = Problems("inflow")
    kind = positions(problems, inflow, "kind", INFLOWS)
    f, g, a = cells_of(problems, system, inflow)
    problems.refuse()
    found[kind, f, g, a] = inflow["heads"].to_numpy(float)
    return found


def cells_of(
    problems: Problems, system: TalentSystem, table: pd.DataFrame, *, blank_age: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the cells of rows with field, grade and, with ages, age."""
    f = positions(problems, table, "field", system.fields)
    g = positions(problems, table, "grade", system.grades)
    if not system.aged:
        return f, g, np.zeros_like(f)
    ages = tuple(map(str, system.ages))
    return f, g, positions(problems, table, "age", ages, blank=blank_age)


def pipelines_of(system: TalentSystem, table: pd.DataFrame | None) -> tuple[Pipeline, ...]:
    """Make the schools of a table.

    table : pipeline (its name), field, grade, years, completion, local_share, intake; with ages age
        (at entry into the stock); for a plan cost and maximum (empty: no further intake)
    Raises : InputError for an unknown label, shares outside [0, 1], less than one whole year
    """
    if table is None:
        return ()
    aged = ("age",) if system.aged else ()
    needed = ("pipeline", "field", "grade", *aged, "years", "completion", "local_share", "intake")
    check_columns("pipelines", table, needed)
    check_unique("pipelines", table, ["pipeline"])
    check_amounts("pipelines", table, "intake")
    check_rates("pipelines", table, "completion", "local_share")
    for column in {"cost", "maximum"} & set(table):
        check_limits("pipelines", table, column)
    years = pd.to_numeric(table["years"], errors="coerce")
    wrong = np.flatnonzero(~((years >= 1) & (years % 1 == 0)).to_numpy())
    if len(wrong):
        raise InputError(
            Text(
                f"表 pipelines 第 {wrong[0] + 1} 行：学制 {table['years'].iloc[wrong[0]]} "
                "应为至少 1 的整数年",
                f"table pipelines, row {wrong[0] + 1}: years {table['years'].iloc[wrong[0]]} is "
                "not a whole number of at least 1",
            ),
            remedy=Text(
                "不需学习的来源请放在表 inflow。", "People who need no training belong in inflow."
            ),
        )
    problems = Problems("pipelines")
    cells = np.stack(cells_of(problems, system, table), axis=1)
    problems.refuse()
    costs = table["cost"].fillna(0.0) if "cost" in table else pd.Series(0.0, table.index)
    most = table["maximum"].fillna(0.0) if "maximum" in table else pd.Series(0.0, table.index)
    return tuple(
        Pipeline(
            name=str(row["pipeline"]),
            place=(int(cell[0]), int(cell[1]), int(cell[2])),
            years=int(row["years"]),
            completion=float(row["completion"]),
            local_share=float(row["local_share"]),
            intake=float(row["intake"]),
            cost=float(cost),
            most=float(limit),
        )
        for row, cell, cost, limit in zip(table.to_dict("records"), cells, costs, most, strict=True)
    )
