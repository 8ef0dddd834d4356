"""The plan against a slow, obvious twin: a program with a variable for every cell and year."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from xinzhi.plan.talent import TalentOptions, synthetic_talent_tables, talent

YEARS = 5


def least_cost(case: dict[str, pd.DataFrame]) -> float:
    """Return the least cost, with heads of every cell as variables tied by the recursion."""
    places, rows, limits, at_most, caps, costs, upper = {}, [], [], [], [], [], []

    def variable(key: object, cost: float = 0.0, most: float = np.inf) -> int:
        places[key] = len(costs)
        costs.append(cost)
        upper.append(most)
        return places[key]

    stocks = case["stocks"].set_index(["field", "grade", "age"])["heads"].to_dict()
    rates = case["transitions"].set_index(["field", "grade", "age", "to"])["rate"].to_dict()
    fields, grades = case["stocks"]["field"].unique(), list(case["stocks"]["grade"].unique())
    ages = sorted(case["stocks"]["age"].unique())
    out = {cell: rates.get((*cell, "out_migration"), 0.0) for cell in stocks}

    def moved(cell: tuple, to: str) -> float:
        field, grade, age = cell
        if to != grade:
            return float(rates.get((field, grade, age, to), 0.0))
        gone = sum(r for key, r in rates.items() if key[:3] == cell)
        return 1 - gone

    regular = {}
    for row in case["inflow"].itertuples():
        key = (row.field, row.grade, row.age)
        regular[key] = regular.get(key, 0.0) + row.heads
    for row in case["pipelines"].itertuples():
        key = (row.field, row.grade, row.age)
        regular[key] = regular.get(key, 0.0) + row.intake * row.completion * row.local_share
    baseline, leavers = dict(stocks), []
    for _ in range(YEARS):
        leavers.append({cell: baseline[cell] * out[cell] for cell in stocks})
        later = {
            (field, to, age): regular.get((field, to, age), 0.0)
            + sum(
                baseline[(field, grade, age - 1)] * moved((field, grade, age - 1), to)
                for grade in grades
                if age > ages[0]
            )
            for field, to, age in stocks
        }
        baseline = later
    entering: dict[tuple, list[tuple[int, float]]] = {}
    spending: dict[int, list[tuple[int, float]]] = {t: [] for t in range(1, YEARS + 1)}
    for k, row in enumerate(case["instruments"].itertuples()):
        for t in range(1, YEARS + 1):
            most = np.inf if np.isnan(row.maximum) else row.maximum
            if row.kind == "retention":
                cells = [(row.field, row.grade, age) for age in ages[:-1]]
                total = sum(leavers[t - 1][cell] for cell in cells)
                x = variable(("x", k, t), row.cost, min(most, total))
                for cell in cells:
                    share = leavers[t - 1][cell] / total
                    entering.setdefault((t, cell[0], cell[1], cell[2] + 1), []).append((x, share))
            else:
                x = variable(("x", k, t), row.cost, most)
                entering.setdefault((t, row.field, row.grade, row.age), []).append((x, 1.0))
            spending[t].append((x, row.cost))
    for row in case["pipelines"].itertuples():
        stays = row.completion ** (1 / row.years)
        for t in range(1, YEARS + 1):
            studying = [(t + k, row.cost * stays**k) for k in range(row.years) if t + k <= YEARS]
            x = variable(("school", row.pipeline, t), sum(c for _, c in studying), row.maximum)
            for year, cost in studying:
                spending[year].append((x, cost))
            entering.setdefault((t + row.years, row.field, row.grade, row.age), []).append(
                (x, row.completion * row.local_share)
            )
    heads = {(t, *cell): variable(("n", t, cell)) for t in range(YEARS + 1) for cell in stocks}
    width = len(costs)

    def line(terms: list[tuple[int, float]]) -> np.ndarray:
        found = np.zeros(width)
        for place, value in terms:
            found[place] += value
        return found

    for cell, number in stocks.items():
        rows.append(line([(heads[(0, *cell)], 1.0)]))
        limits.append(number)
    for t in range(1, YEARS + 1):
        for field, to, age in stocks:
            terms = [(heads[(t, field, to, age)], 1.0)]
            if age > ages[0]:
                terms += [
                    (heads[(t - 1, field, g, age - 1)], -moved((field, g, age - 1), to))
                    for g in grades
                ]
            terms += [(x, -share) for x, share in entering.get((t, field, to, age), [])]
            rows.append(line(terms))
            limits.append(regular.get((field, to, age), 0.0))
    base = int(case["stocks"]["year"].iloc[0])
    for row in case["targets"].itertuples():
        cells = [heads[(row.year - base, row.field, row.grade, age)] for age in ages]
        at_most.append(line([(place, -1.0) for place in cells]))
        caps.append(-row.heads)
    for row in case["budget"].itertuples():
        at_most.append(line(spending[row.year - base]))
        caps.append(row.budget)
    assert len(fields) == 2
    bounds = [(0, None if np.isinf(most) else most) for most in upper]
    found = linprog(costs, np.array(at_most), caps, np.array(rows), limits, bounds)
    assert found.status == 0, found.message
    return float(found.fun)


@pytest.mark.parametrize("scale", [None, 0.55])
def test_the_optimum_is_that_of_a_program_over_cells(scale):
    case = synthetic_talent_tables(1, fields=2, grades=2, ages=(30, 35), years=YEARS)
    case["pipelines"] = case["pipelines"].assign(years=2, cost=0.5)
    del case["targets"]
    ahead = talent(
        {name: case[name] for name in ("stocks", "transitions", "inflow", "pipelines")},
        TalentOptions(years=YEARS),
    ).tables["stocks"]
    last = ahead[ahead["year"] >= ahead["year"].max() - 1]
    case["targets"] = last[["year", "field", "grade"]].assign(heads=1.1 * last["baseline"])
    if scale is not None:  # a budget that binds moves spending to earlier years
        free = talent({name: table for name, table in case.items() if name != "budget"})
        dearest = free.tables["budget"]["cost"].max()
        case["budget"] = case["budget"].assign(budget=scale * dearest)
    result = talent(case)
    assert result.parameters["total_cost"] == pytest.approx(least_cost(case), rel=1e-7)
    assert {"training", "hiring"} & set(result.tables["plan"]["instrument"])
    if scale is not None:
        assert (result.tables["budget"]["shadow_price"] > 0).any()
