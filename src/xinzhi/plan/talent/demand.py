"""People that an output plan needs, and how they compare with those there will be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_amounts, check_columns, check_unique
from xinzhi.plan.talent.checks import Problems, positions
from xinzhi.plan.talent.system import Array, TalentSystem


def labour_demand(output: pd.DataFrame, labour: pd.DataFrame) -> pd.DataFrame:
    r"""Heads that an output plan needs, by year, field and grade.

    .. math:: D_{fgt} = \sum_s \ell_{sfg}\,x_{st}

    output : sector, year, output [the case's money a year]; several rows of a sector and year, such
        as technologies in ``transition``'s table ``plan``, are added
    labour : sector, field, grade, coefficient [persons per unit of output]
    Returns : year, field, grade, heads
    Raises : InputError for negative output or coefficients and for a sector of the output plan
        without coefficients
    """
    check_columns("output", output, ("sector", "year", "output"))
    check_columns("labour", labour, ("sector", "field", "grade", "coefficient"))
    check_amounts("output", output, "output")
    check_amounts("labour", labour, "coefficient")
    check_unique("labour", labour, ["sector", "field", "grade"])
    sectors = set(map(str, labour["sector"]))
    unknown = [s for s in dict.fromkeys(map(str, output["sector"])) if s not in sectors]
    if unknown:
        raise InputError(
            Text(
                f"表 labour 没有这些部门的用工系数：{'、'.join(unknown[:6])}",
                f"table labour has no coefficients of these sectors: {', '.join(unknown[:6])}",
            ),
            remedy=Text(
                "补上系数；不用本系统人才的部门写系数 0。",
                "Add them; a sector that needs none of these people has coefficient 0.",
            ),
        )
    totals = output.assign(sector=output["sector"].astype(str))
    totals = totals.groupby(["sector", "year"])["output"].sum().reset_index()
    joined = totals.merge(labour.assign(sector=labour["sector"].astype(str)), on="sector")
    joined["heads"] = joined["output"] * joined["coefficient"]
    keys = ["year", "field", "grade"]
    return joined.groupby(keys, sort=False)["heads"].sum().reset_index()


def demand_of(system: TalentSystem, output: pd.DataFrame, labour: pd.DataFrame) -> pd.DataFrame:
    """Return ``labour_demand`` of the fields and grades of a system.

    Raises : InputError as ``labour_demand`` and for an unknown field or grade
    """
    demand = labour_demand(output, labour)
    problems = Problems("labour")
    positions(problems, labour, "field", system.fields)
    positions(problems, labour, "grade", system.grades)
    problems.refuse()
    return demand


def demand_array(system: TalentSystem, demand: pd.DataFrame, years: int) -> Array:
    """Return (T, F, G) demand of the years after the base year, NaN where none is stated."""
    f = pd.Index(system.fields).get_indexer(pd.Index(demand["field"].astype(str)))
    g = pd.Index(system.grades).get_indexer(pd.Index(demand["grade"].astype(str)))
    t = demand["year"].to_numpy(int) - system.year - 1
    inside = (t >= 0) & (t < years)
    found = np.full((years, len(system.fields), len(system.grades)), np.nan)
    found[t[inside], f[inside], g[inside]] = demand["heads"].to_numpy(float)[inside]
    return found


def match_table(system: TalentSystem, demand: Array, supply: Array, planned: Array) -> pd.DataFrame:
    """Compare demand with supply in every year, field and grade that has a demand.

    demand, supply, planned : (T, F, G); supply without a plan, planned with it
    Returns : year, field, grade, demand, supply, planned_supply, vacancies (of supply, >= 0),
        planned_vacancies, surplus (of supply, >= 0). Grades do not stand in for each other
    """
    t, f, g = np.nonzero(~np.isnan(demand))
    need, have, will = demand[t, f, g], supply[t, f, g], planned[t, f, g]
    return pd.DataFrame(
        {
            "year": t + system.year + 1,
            "field": np.array(system.fields, dtype=object)[f],
            "grade": np.array(system.grades, dtype=object)[g],
            "demand": need,
            "supply": have,
            "planned_supply": will,
            "vacancies": np.maximum(need - have, 0.0),
            "planned_vacancies": np.maximum(need - will, 0.0),
            "surplus": np.maximum(have - need, 0.0),
        }
    )


def shortage_table(match: pd.DataFrame) -> pd.DataFrame:
    """Rank fields by the share of the demanded person-years that supply leaves vacant.

    Returns : rank (ties share the better one), field, shortage [share, 0 to 1], person_years
        [vacant, all years], worst_year, worst_vacancies, planned_shortage
    """
    columns = ["rank", "field", "shortage", "person_years", "worst_year", "worst_vacancies"]
    if match.empty:
        return pd.DataFrame(columns=[*columns, "planned_shortage"])
    names = ["demand", "vacancies", "planned_vacancies"]
    sums = match.groupby("field", sort=False)[names].sum()
    yearly = match.groupby(["field", "year"], sort=False)["vacancies"].sum().unstack()
    whole = sums["demand"].where(sums["demand"] > 0)
    table = pd.DataFrame(
        {
            "field": sums.index,
            "shortage": (sums["vacancies"] / whole).to_numpy(),
            "person_years": sums["vacancies"].to_numpy(),
            "worst_year": yearly.loc[sums.index].idxmax(axis=1).to_numpy(int),
            "worst_vacancies": yearly.loc[sums.index].max(axis=1).to_numpy(),
            "planned_shortage": (sums["planned_vacancies"] / whole).to_numpy(),
        }
    )
    rank = table["shortage"].rank(ascending=False, method="min").astype("Int64")
    table.insert(0, "rank", rank)
    order = table.sort_values(["rank", "person_years"], ascending=[True, False], kind="stable")
    return order.reset_index(drop=True)
