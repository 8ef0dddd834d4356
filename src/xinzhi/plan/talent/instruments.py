"""What a plan may do and what it must reach: tables of instruments, targets and budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_amounts, check_columns, check_unique
from xinzhi.plan.talent.checks import Problems, check_limits, positions
from xinzhi.plan.talent.supply import Pipeline, cells_of
from xinzhi.plan.talent.system import Array, TalentSystem

INSTRUMENTS = ("hiring", "in_migration", "retention", "training")


@dataclass(frozen=True)
class Instrument:
    """Something that can be done every year to one grade of one field.

    cell : (field, grade, age) of entry; of retention the age is of no account
    cost : of a head, once [money]; of training a student and year of study
    most : heads a year at most, infinite where there is no limit
    pipeline : position of the school, -1 for what is no training
    """

    kind: str
    cell: tuple[int, int, int]
    cost: float
    most: float
    pipeline: int = -1


@dataclass(frozen=True, eq=False)
class Targets:
    """Heads to reach: years after the base year (from 0), fields, grades, least and most heads."""

    at: tuple[np.ndarray, np.ndarray, np.ndarray]
    least: Array
    most: Array


def instruments_of(
    system: TalentSystem, table: pd.DataFrame | None, pipelines: Sequence[Pipeline]
) -> tuple[Instrument, ...]:
    """Make the instruments of a table, and training of every school that can take more.

    table : field, grade, kind (hiring, in_migration, retention), cost [money a head] and, with
        ages, age at entry (empty for retention); maximum [heads a year], empty for no limit
    Raises : InputError for an unknown label, negative costs or limits and rows given twice
    """
    schools = tuple(
        Instrument("training", one.place, one.cost, one.most, position)
        for position, one in enumerate(pipelines)
        if one.most > 0
    )
    if table is None:
        return schools
    check_columns("instruments", table, ("field", "grade", "kind", "cost"))
    check_amounts("instruments", table, "cost")
    # of retention the age is of no account, so that a second row would keep the same people twice
    ages = table["age"].astype(object) if "age" in table else pd.Series(np.nan, table.index)
    table = table.assign(age=ages.mask(table["kind"] == "retention", np.nan))
    check_unique("instruments", table, ["field", "grade", "kind", "age"])
    problems = Problems("instruments")
    kinds = positions(problems, table, "kind", INSTRUMENTS[:3])
    f, g, a = cells_of(problems, system, table, blank_age=True)
    problems.refuse()
    without = np.flatnonzero((a < 0) & (kinds != INSTRUMENTS.index("retention")))
    if len(without):
        raise InputError(
            Text(
                f"表 instruments 第 {without[0] + 1} 行：引进要给出进入时的年龄 age",
                f"table instruments, row {without[0] + 1}: people who enter need an age",
            ),
            remedy=Text("只有 retention 可以不填年龄。", "Only retention goes without an age."),
        )
    most = np.full(len(table), np.inf)
    if "maximum" in table:
        check_limits("instruments", table, "maximum")
        given = pd.to_numeric(table["maximum"], errors="coerce").to_numpy(float)
        most = np.where(np.isnan(given), np.inf, given)
    costs = table["cost"].to_numpy(float)
    own = tuple(
        Instrument(
            INSTRUMENTS[kinds[row]],
            (int(f[row]), int(g[row]), max(int(a[row]), 0)),
            float(costs[row]),
            float(most[row]),
        )
        for row in range(len(table))
    )
    return own + schools


def targets_of(system: TalentSystem, table: pd.DataFrame, years: int) -> Targets:
    """Make the targets of a table.

    table : field, grade, year, heads (at least) and, where wanted, most (empty: no limit)
    Raises : InputError for an unknown label, a year outside the plan, negative heads, ``most``
        below ``heads`` and rows given twice
    """
    check_columns("targets", table, ("field", "grade", "year", "heads"))
    check_amounts("targets", table, "heads")
    check_unique("targets", table, ["field", "grade", "year"])
    problems = Problems("targets")
    f = positions(problems, table, "field", system.fields)
    g = positions(problems, table, "grade", system.grades)
    problems.refuse()
    t = table["year"].to_numpy(int) - system.year - 1
    outside = np.flatnonzero((t < 0) | (t >= years))
    if len(outside):
        raise InputError(
            Text(
                f"表 targets 第 {outside[0] + 1} 行：{table['year'].iloc[outside[0]]} 年不在计划期 "
                f"{system.year + 1}—{system.year + years} 年内",
                f"table targets, row {outside[0] + 1}: {table['year'].iloc[outside[0]]} is not a "
                f"year of the plan, {system.year + 1} to {system.year + years}",
            ),
            remedy=Text("改年份，或延长 years。", "Change the year, or make years longer."),
        )
    least = table["heads"].to_numpy(float)
    most = np.full(len(table), np.inf)
    if "most" in table:
        check_limits("targets", table, "most")
        given = pd.to_numeric(table["most"], errors="coerce").to_numpy(float)
        most = np.where(np.isnan(given), np.inf, given)
    crossed = np.flatnonzero(most < least)
    if len(crossed):
        raise InputError(
            Text(
                f"表 targets 第 {crossed[0] + 1} 行：上限 most 低于下限 heads",
                f"table targets, row {crossed[0] + 1}: most is below heads",
            ),
            remedy=Text("下限不高于上限。", "Heads must not be above most."),
        )
    return Targets((t, f, g), least, most)


def budget_array(system: TalentSystem, table: pd.DataFrame | None, years: int) -> Array:
    """Return (T,) the budget of each year after the base year, infinite where none is given.

    table : year, budget [money]
    """
    found = np.full(years, np.inf)
    if table is None:
        return found
    check_columns("budget", table, ("year", "budget"))
    check_amounts("budget", table, "budget")
    check_unique("budget", table, ["year"])
    t = table["year"].to_numpy(int) - system.year - 1
    inside = (t >= 0) & (t < years)
    found[t[inside]] = table["budget"].to_numpy(float)[inside]
    return found
