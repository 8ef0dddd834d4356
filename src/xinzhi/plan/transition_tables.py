"""A solution of the transition program as tables with the case's names and units."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xinzhi.data.cases import TRAINING
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.limit_words import FAMILIES, limit_title, limit_unit, titles
from xinzhi.plan.transition_duals import objective_words, price_words
from xinzhi.plan.transition_model import TransitionProgram
from xinzhi.plan.transition_objective import signed
from xinzhi.plan.transition_solve import Solution

_BINDING = 1e-7  # slack relative to the size of a row that still counts as none


class Amounts:
    """The columns of a solution by block; a block that the case does not have is zero."""

    def __init__(self, made: TransitionProgram, columns: Array):
        self.made = made
        self.columns = columns

    def __call__(self, block: str) -> Array:
        """Return (labels, years) the amounts of a block."""
        at = self.made.at.get(block)
        if at is None:
            return np.zeros((0, len(self.made.case.years)))
        found = self.columns[at]
        return np.where(found == 0, 0.0, found)  # no minus zero

    def built(self) -> Array:
        """Return (K, T) capacity whose building starts."""
        found = np.zeros((len(self.made.technologies), len(self.made.case.years)))
        found[list(self.made.buildable)] = self("build")
        return found

    def retrofits(self, end: str) -> Array:
        """Return (K, T) capacity whose retrofit starts, by technology at its start or end."""
        found = np.zeros((len(self.made.technologies), len(self.made.case.years)))
        for retrofit, amounts in zip(self.made.case.retrofits, self("retrofit"), strict=True):
            found[self.made.technologies.index(getattr(retrofit, end))] += amounts
        return found


def _long(names: dict[str, list[str]], years: tuple[int, ...], **values: Array) -> pd.DataFrame:
    """Return one row for every label and year, labels first."""
    count = len(next(iter(names.values())))
    frame = {
        key: np.repeat(np.array(labels, dtype=object), len(years)) for key, labels in names.items()
    }
    frame["year"] = np.tile(np.array(years), count)
    return pd.DataFrame({**frame, **{key: value.ravel() for key, value in values.items()}})


def result_tables(
    made: TransitionProgram, solution: Solution, weights: Mapping[str, float]
) -> dict[str, pd.DataFrame]:
    """Return every table of the result but ``checks``, the plan first."""
    amounts = Amounts(made, solution.columns)
    tables = {
        "plan": plan_table(made, amounts),
        "duals": duals_table(made, solution, weights),
        "balance": balance_table(made, amounts),
        "budget": budget_table(made, amounts),
        "employment": employment_table(made, amounts),
        "emissions": emissions_table(made, amounts),
        "binding": binding_table(made, solution),
        "vintages": vintages_table(made, amounts),
        "components": components_table(made, solution),
        "names": names_table(made),
    }
    horizon = made.case.horizon  # what lies beyond it only keeps building going
    return {
        name: frame[frame["year"] <= horizon].reset_index(drop=True) if "year" in frame else frame
        for name, frame in tables.items()
    }


def plan_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return build, retrofit (into the technology) and retire, capacity and output by year.

    ``build`` and ``retrofit`` are counted in the year they start, ``retire`` when capacity leaves,
    at the end of its life or before.
    """
    technologies = made.case.technologies
    return _long(
        {"sector": [t.sector for t in technologies], "technology": [t.id for t in technologies]},
        made.case.years,
        build=amounts.built(),
        retrofit=amounts.retrofits("end"),
        retire=amounts("retire"),
        capacity=amounts("capacity"),
        output=amounts("output_by_technology"),
    )


def balance_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return where each product comes from and goes: output + imports = the rest."""
    arrays = made.arrays
    return _long(
        {"sector": list(made.sectors)},
        made.case.years,
        output=amounts("output"),
        imports=amounts("imports"),
        intermediate=arrays.inputs @ amounts("output_by_technology"),
        investment=made.purse_goods @ amounts("investment"),
        final=arrays.final_demand,
        exports=amounts("exports"),
    )


def budget_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return what each source spends in a year, on what, and its limit."""
    case = made.case
    funding = amounts("funding")
    spent = np.zeros((len(case.budgets), len(case.years)))
    training = np.zeros_like(spent)
    sources = [budget.id for budget in case.budgets]
    for (source, destination), own in zip(made.funding_pairs, funding, strict=True):
        spent[sources.index(source)] += own
        if destination == TRAINING:
            training[sources.index(source)] += own
    limits = np.array([b.limit.at(case.years) for b in case.budgets]).reshape(spent.shape)
    return _long({"source": sources}, case.years, spent=spent, training=training, limit=limits)


def employment_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return workers needed and available by grade, and those who come out of training."""
    case = made.case
    needed = np.einsum("gkt,kt->gt", made.arrays.labour, amounts("output_by_technology"))
    grades = [grade.id for grade in case.grades]
    trained = np.zeros(needed.shape)
    for training, own in zip(case.trainings, amounts("train"), strict=True):
        away = training.years
        trained[grades.index(training.end), away:] += own[: max(len(own) - away, 0)]
    available = amounts("workers")
    return _long({"grade": grades}, case.years, needed=needed, available=available, trained=trained)


def emissions_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return every account by year with its cap, NaN where there is none."""
    case = made.case
    values = account_values(made, amounts)
    caps = [
        np.full(len(case.years), np.nan) if a.cap is None else a.cap.at(case.years)
        for a in case.accounts
    ]
    accounts = [account.id for account in case.accounts]
    return _long(
        {"account": accounts}, case.years, value=values, cap=np.array(caps).reshape(values.shape)
    )


def account_values(made: TransitionProgram, amounts: Amounts) -> Array:
    """Return (Q, T) the amount on each account."""
    by_capacity = np.array([a.basis == "capacity" for a in made.case.accounts], dtype=bool)
    return np.where(
        by_capacity[:, np.newaxis],
        made.arrays.accounts @ amounts("capacity"),
        made.arrays.accounts @ amounts("output_by_technology"),
    )


def duals_table(
    made: TransitionProgram, solution: Solution, weights: Mapping[str, float]
) -> pd.DataFrame:
    """Return the shadow price of every limit and of final demand, with words.

    ``shadow_price`` is the change of the objective, as it is maximised, per unit added to the
    limit; a plan with whole projects has none, and the table is empty.
    """
    columns = ["constraint", "of", "year", "shadow_price", "unit", "words_zh", "words_en"]
    if solution.duals is None:
        return pd.DataFrame({column: [] for column in columns})
    gain, rows = objective_words(made.case, weights), []
    for family in made.program.families.values():
        if family.name not in FAMILIES:
            continue
        prices = solution.duals[family.rows]
        for place, price in enumerate(prices):
            words = price_words(made, family, place, float(price), gain)
            unit = limit_unit(made, family, place)
            rows.append(
                (
                    family.name,
                    family.labels[place],
                    family.years[place],
                    float(price) + 0.0,
                    unit,
                    *words,
                )
            )
    return pd.DataFrame(rows, columns=columns)


def binding_table(made: TransitionProgram, solution: Solution) -> pd.DataFrame:
    """Return the limits that hold with no slack: which rule binds when.

    ``slack`` is in the limit's unit and is zero to rounding.
    """
    rows = []
    for family in made.program.families.values():
        if not family.limit:
            continue
        reached = family.matrix @ solution.columns[: family.matrix.shape[1]]
        terms = abs(family.matrix) @ np.abs(solution.columns[: family.matrix.shape[1]])
        slack = (family.rhs - reached) * (1 if family.sense == "<=" else -1)
        # a row in which nothing happens, such as exports of a product that none wants, binds none
        tight = (slack <= _BINDING * np.maximum(np.abs(family.rhs), terms)) & (terms > 0)
        for place in np.flatnonzero(tight):
            title = limit_title(made, family, int(place))
            rows.append(
                (
                    family.name,
                    family.labels[place],
                    family.years[place],
                    float(slack[place]),
                    *title,
                )
            )
    return pd.DataFrame(rows, columns=["constraint", "of", "year", "slack", "words_zh", "words_en"])


def vintages_table(made: TransitionProgram, amounts: Amounts) -> pd.DataFrame:
    """Return the capacity that stands at the horizon by the year in which it came to stand.

    The oldest capacity leaves first, so what stands is the newest.
    """
    case, rows = made.case, []
    built, capacity = amounts.built(), amounts("capacity")[:, case.years.index(case.horizon)]
    for k, technology in enumerate(case.technologies):
        entered = dict(technology.capacity)
        for year, amount in technology.pipeline.items():
            entered[year] = entered.get(year, 0.0) + amount
        arriving = [(built[k], technology.lead_time)]
        for retrofit, own in zip(case.retrofits, amounts("retrofit"), strict=True):
            if retrofit.end == technology.id:
                arriving.append((own, retrofit.lead_time))
        for starts, lead in arriving:
            for start in np.flatnonzero(starts):
                year = case.years[start] + lead
                entered[year] = entered.get(year, 0.0) + float(starts[start])
        left = float(capacity[k])
        for year in sorted(entered, reverse=True):
            standing = min(left, entered[year])
            if year <= case.horizon and standing > 1e-9 * max(1.0, float(capacity[k])):
                rows.append((technology.sector, technology.id, year, standing))
                left -= standing
    return pd.DataFrame(rows, columns=["sector", "technology", "built", "capacity"])


def components_table(made: TransitionProgram, solution: Solution) -> pd.DataFrame:
    """Return every measure of the plan of which objectives are made."""
    program = made.program
    money, persons = made.case.money, made.case.persons
    units = {"value_added": money, "cost": money, "employment": f"{persons} × years"}
    units |= {account.id: account.unit for account in made.case.accounts}
    rows = [
        (name, float(measure @ solution.columns[: measure.size]), units.get(name, money))
        for name, measure in program.components.items()
    ]
    return pd.DataFrame(rows, columns=["component", "value", "unit"])


def names_table(made: TransitionProgram) -> pd.DataFrame:
    """Return the titles of everything that other tables call by id."""
    rows = [(name, *title) for name, title in titles(made).items()]
    return pd.DataFrame(rows, columns=["id", "title_zh", "title_en"])


def objective_value(weights: Mapping[str, float], solution: Solution) -> float:
    """Return the objective as a reader states it: a cost where it is nothing but cost."""
    only_less = not any(weight > 0 for weight in signed(weights).values())
    return (-solution.objective if only_less else solution.objective) + 0.0
