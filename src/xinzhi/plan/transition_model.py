"""The columns of the transition program, and the identities that any plan keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xinzhi.data.cases import TRAINING, TransitionCase
from xinzhi.plan.case_arrays import Array, CaseArrays, Places, case_arrays
from xinzhi.plan.leaving import leaves_early
from xinzhi.plan.program import Program, Sense, Term
from xinzhi.plan.purses import Purse, purses_of


@dataclass(eq=False)
class TransitionProgram:
    """A case, its arrays, its linear program, and where its columns are.

    at : block → (labels, years) positions of columns
    buildable : places of the technologies that can be built, in the order of the block ``build``
    purses : who spends money on building, retrofits and retirement, see ``purses_of``
    funding_pairs : (budget, destination), the destination being a purse or training
    """

    case: TransitionCase
    arrays: CaseArrays
    program: Program = field(default_factory=Program)
    at: dict[str, Places] = field(default_factory=dict)
    buildable: tuple[int, ...] = ()
    purses: tuple[Purse, ...] = ()
    funding_pairs: tuple[tuple[str, str], ...] = ()

    @property
    def sectors(self) -> tuple[str, ...]:
        """Return the ids of the sectors."""
        return tuple(sector.id for sector in self.case.sectors)

    @property
    def technologies(self) -> tuple[str, ...]:
        """Return the ids of the technologies."""
        return tuple(technology.id for technology in self.case.technologies)

    @property
    def purse_goods(self) -> Array:
        """Return (I, purses) what each purse buys per yuan spent on building."""
        return self.arrays.goods[:, [purse.sectors[0] for purse in self.purses]]

    @property
    def destinations(self) -> tuple[str, ...]:
        """Return what budgets pay for: the purses, and training where there is any."""
        names = tuple(purse.name for purse in self.purses)
        return (*names, TRAINING) if self.case.trainings else names

    def unit_of(self, block: str) -> float:
        """Return the case's units in one unit of a block: about a hundredth of a usual figure."""
        return self.program.blocks[block].scale

    def family_labels(self, names: tuple[str, ...]) -> tuple[list[str], list[int]]:
        """Return label and year of a row for every name and year, names first."""
        years = self.case.years
        return [name for name in names for _ in years], [*years] * len(names)

    def arrivals(self, technology: int) -> list[tuple[Places, int]]:
        """Return what adds capacity to a technology: (years,) columns, their lead time each."""
        found = []
        if technology in self.buildable:
            columns = self.at["build"][self.buildable.index(technology)]
            found.append((columns, int(self.arrays.lead[technology])))
        name = self.technologies[technology]
        for place, retrofit in enumerate(self.case.retrofits):
            if retrofit.end == name:
                found.append((self.at["retrofit"][place], retrofit.lead_time))
        return found


def transition_program(case: TransitionCase) -> TransitionProgram:
    """Return the columns and identities of a case; limits and objectives are added elsewhere."""
    made = TransitionProgram(case, case_arrays(case))
    _add_columns(made)
    _capacity(made)
    _products(made)
    _spending(made)
    _workers(made)
    return made


def _add_columns(made: TransitionProgram) -> None:
    case, arrays, add = made.case, made.arrays, made.program.add_block
    years = len(case.years)
    money = _power_of_two(arrays.sector_output.mean() / 100)
    technologies = case.technologies
    made.buildable = tuple(k for k, t in enumerate(technologies) if t.buildable)
    at = made.at
    names = made.technologies
    at["output_by_technology"] = add("output_by_technology", names, years, scale=money)
    at["capacity"] = add("capacity", names, years, scale=money)
    at["retire"] = add("retire", names, years, scale=money)
    built = [names[k] for k in made.buildable]
    open_to = np.array([_open_years(made, k) for k in made.buildable]).reshape(len(built), years)
    at["build"] = add("build", built, years, scale=money, upper=np.where(open_to, np.inf, 0.0))
    lumpy = [k for k in made.buildable if technologies[k].unit_size is not None]
    if lumpy:
        at["projects"] = add("projects", [names[k] for k in lumpy], years, whole=True)
        rows = np.arange(len(lumpy) * years).reshape(len(lumpy), years)
        sizes = np.array([technologies[k].unit_size for k in lumpy], dtype=float)[:, np.newaxis]
        columns = at["build"][[made.buildable.index(k) for k in lumpy]]
        made.program.add_family(
            "whole_projects",
            *made.family_labels(tuple(names[k] for k in lumpy)),
            [Term(rows, columns, 1.0), Term(rows, at["projects"], -sizes)],
            "=",
            0.0,
        )
    if case.retrofits:
        pairs = [f"{r.start} → {r.end}" for r in case.retrofits]
        arrives = np.array(
            [[t + r.lead_time < years for t in range(years)] for r in case.retrofits]
        )
        at["retrofit"] = add(
            "retrofit", pairs, years, scale=money, upper=np.where(arrives, np.inf, 0.0)
        )
    for name in ("output", "imports", "exports"):
        at[name] = add(name, made.sectors, years, scale=money)
    _money_columns(made, money)
    if case.grades:
        persons = _power_of_two(float(np.mean([g.workers for g in case.grades])) / 100)
        at["workers"] = add("workers", [g.id for g in case.grades], years, scale=persons)
        if case.trainings:
            flows = [f"{t.start} → {t.end}" for t in case.trainings]
            at["train"] = add("train", flows, years, scale=persons)


def _power_of_two(size: float) -> float:
    return float(np.exp2(np.round(np.log2(size)))) if size > 0 else 1.0


def _open_years(made: TransitionProgram, technology: int) -> list[bool]:
    """Return (T,) whether building may start: not before it is available, not to stand too late."""
    case, given = made.case, made.case.technologies[technology]
    return [
        year + given.lead_time <= case.last_year and year >= (given.available_from or year)
        for year in case.years
    ]


def _money_columns(made: TransitionProgram, money: float) -> None:
    """Add what each purse invests, and what each budget spends on each purse and on training."""
    case, years = made.case, len(made.case.years)
    made.purses = purses_of(case, made.arrays)
    names = [purse.name for purse in made.purses]
    made.at["investment"] = made.program.add_block("investment", names, years, scale=money)
    training = [b.id for b in case.budgets if b.sectors is None or TRAINING in b.sectors]
    made.funding_pairs = (
        *((source, purse.name) for purse in made.purses for source in purse.budgets),
        *((source, TRAINING) for source in training if case.trainings),
    )
    if made.funding_pairs:
        pairs = [f"{source} → {destination}" for source, destination in made.funding_pairs]
        made.at["funding"] = made.program.add_block("funding", pairs, years, scale=money)


def _capacity(made: TransitionProgram) -> None:
    """Capacity carries over, and leaves at the end of its life; output keeps within it."""
    case, arrays, at = made.case, made.arrays, made.at
    years, count = len(case.years), len(case.technologies)
    rows = np.arange(count * years).reshape(count, years)
    terms = [
        Term(rows, at["capacity"], 1.0),
        Term(rows[:, 1:], at["capacity"][:, :-1], -1.0),
        Term(rows, at["retire"], 1.0),
    ]
    for technology in range(count):
        for columns, lead in made.arrivals(technology):
            terms.append(Term(rows[technology, lead:], columns[: years - lead], -1.0))
    places = {name: k for k, name in enumerate(made.technologies)}
    for place, retrofit in enumerate(case.retrofits):
        terms.append(Term(rows[places[retrofit.start]], at["retrofit"][place], 1.0))
    standing = arrays.pipeline.copy()
    standing[:, 0] += arrays.base_capacity
    labels = made.family_labels(made.technologies)
    made.program.add_family("capacity_balance", *labels, terms, "=", standing.ravel())
    _lifetimes(made)
    most = np.array([t.max_utilisation for t in case.technologies])[:, np.newaxis]
    made.program.add_family(
        "capacity_use",
        *labels,
        [Term(rows, at["output_by_technology"], 1.0), Term(rows, at["capacity"], -most)],
        "<=",
        0.0,
    )


def _lifetimes(made: TransitionProgram) -> None:
    """Capacity past its life has left: the oldest leaves first.

    Where leaving early can gain nothing, what leaves is what reaches the end of its life, year by
    year. Elsewhere what has left by a year is at least what has passed its life by then.
    """
    case, arrays, at = made.case, made.arrays, made.at
    retire, early = made.program.blocks["retire"], leaves_early(case)
    held: list[tuple[str, int, float]] = []
    sums: list[tuple[str, int, float]] = []
    held_terms: list[Term] = []
    sum_terms: list[Term] = []
    for technology, name in enumerate(made.technologies):
        arrivals, life = made.arrivals(technology), int(arrays.life[technology])
        leaving = [at["retire"][technology]]
        leaving += [
            at["retrofit"][place] for place, r in enumerate(case.retrofits) if r.start == name
        ]
        for t, year in enumerate(case.years):
            passed = [
                columns[: t - life - lead + 1] for columns, lead in arrivals if t >= life + lead
            ]
            ending = float(arrays.ending[technology, t])
            if not early[technology]:
                if not passed:
                    retire.lower[technology, t] = retire.upper[technology, t] = ending
                    continue
                held_terms.append(Term(len(held), at["retire"][technology, t], 1.0))
                held_terms.extend(Term(len(held), columns[-1], -1.0) for columns in passed)
                held.append((name, year, ending))
            elif ending > 0 or passed:
                sum_terms.extend(Term(len(sums), columns[: t + 1], -1.0) for columns in leaving)
                sum_terms.extend(Term(len(sums), columns, 1.0) for columns in passed)
                sums.append((name, year, -float(arrays.ending[technology, : t + 1].sum())))
    _add_rows(made, "end_of_life", held, held_terms, "=")
    _add_rows(made, "capacity_life", sums, sum_terms, "<=")


def _add_rows(
    made: TransitionProgram,
    family: str,
    rows: Sequence[tuple[str, int, float]],
    terms: Sequence[Term],
    sense: Sense,
) -> None:
    """Add a family whose rows are given one by one, as label, year and right-hand side."""
    labels, years, rhs = zip(*rows, strict=True) if rows else ((), (), ())
    made.program.add_family(family, labels, years, terms, sense, rhs)


def _products(made: TransitionProgram) -> None:
    """Supply of every product meets its uses; gross output is a variable of its own.

    With it, inputs are written once a sector, and a technology adds only where it differs from
    its sector: a quarter of the non-zeros.
    """
    arrays, at = made.arrays, made.at
    years, sectors = len(made.case.years), len(made.sectors)
    rows = np.arange(sectors * years).reshape(sectors, years)
    labels = made.family_labels(made.sectors)
    by_technology = at["output_by_technology"]
    summed = [
        Term(rows, at["output"], 1.0),
        Term(rows[arrays.sector_of], by_technology, -1.0),
    ]
    made.program.add_family("sector_output", *labels, summed, "=", 0.0)
    terms = [
        Term(rows, at["output"], 1.0),
        Term(rows, at["imports"], 1.0),
        Term(rows, at["exports"], -1.0),
        *_matrix_terms(rows, at["output"], -arrays.base_inputs),
        *_matrix_terms(
            rows, by_technology, arrays.base_inputs[:, arrays.sector_of] - arrays.inputs
        ),
        *_matrix_terms(rows, at["investment"], -made.purse_goods),
    ]
    made.program.add_family("product_balance", *labels, terms, "=", arrays.final_demand.ravel())
    tied = np.flatnonzero(arrays.tied_imports.any(axis=1))
    if tied.size:
        own = np.arange(tied.size * years).reshape(tied.size, years)
        made.program.add_family(
            "tied_imports",
            *made.family_labels(tuple(made.sectors[k] for k in tied)),
            [
                Term(own, at["imports"][tied], 1.0),
                *_matrix_terms(own, by_technology, -arrays.tied_imports[tied]),
            ],
            ">=",
            0.0,
        )


def _matrix_terms(rows: Places, columns: Places, matrix: Array) -> list[Term]:
    """Return the terms of a matrix (rows, columns) that holds alike in every year."""
    row, column = np.nonzero(matrix)
    return [Term(rows[row], columns[column], matrix[row, column][:, np.newaxis])]


def _spending(made: TransitionProgram) -> None:
    """Spending on building by purse, spread over the lead time; who pays for what."""
    case, arrays, at = made.case, made.arrays, made.at
    years, names = len(case.years), tuple(purse.name for purse in made.purses)
    own = np.arange((len(names) + 1) * years).reshape(len(names) + 1, years)
    rows = {sector: own[k] for k, purse in enumerate(made.purses) for sector in purse.sectors}
    terms = [Term(own[:-1], at["investment"], 1.0)]
    works = [
        (at["build"][place], arrays.sector_of[k], arrays.cost[k], int(arrays.lead[k]))
        for place, k in enumerate(made.buildable)
    ]
    places = {name: k for k, name in enumerate(made.technologies)}
    works += [
        (at["retrofit"][place], arrays.sector_of[places[r.start]], r.cost, r.lead_time)
        for place, r in enumerate(case.retrofits)
    ]
    for columns, sector, cost, lead in works:
        spread = max(lead, 1)
        terms.extend(
            Term(rows[sector][later:], columns[: years - later], -cost / spread)
            for later in range(min(spread, years))
        )
    made.program.add_family("investment_spending", *made.family_labels(names), terms, "=", 0.0)
    if not case.budgets:
        return
    paid = [
        Term(own[made.destinations.index(destination)], at["funding"][pair], 1.0)
        for pair, (_, destination) in enumerate(made.funding_pairs)
    ]
    paid.append(Term(own[:-1], at["investment"], -1.0))
    paid.extend(
        Term(rows[arrays.sector_of[k]], at["retire"][k], -arrays.retire_cost[k])
        for k in np.flatnonzero(arrays.retire_cost > 0)
    )
    paid.extend(
        Term(own[-1], at["train"][k], -training.cost) for k, training in enumerate(case.trainings)
    )
    labels = made.family_labels(made.destinations)
    made.program.add_family("funding_balance", *labels, paid, "=", 0.0)


def _workers(made: TransitionProgram) -> None:
    """Workers of a grade: those who stay, enter, and come from or go into training."""
    case, at = made.case, made.at
    if not case.grades:
        return
    years, grades = len(case.years), [grade.id for grade in case.grades]
    rows = np.arange(len(grades) * years).reshape(len(grades), years)
    staying = 1 - np.array([grade.leaving_rate for grade in case.grades])
    terms = [
        Term(rows, at["workers"], 1.0),
        Term(rows[:, 1:], at["workers"][:, :-1], -staying[:, np.newaxis]),
    ]
    for place, training in enumerate(case.trainings):
        columns, years_away = at["train"][place], training.years
        terms.append(Term(rows[grades.index(training.start)], columns, 1.0))
        arriving = rows[grades.index(training.end), years_away:]
        terms.append(Term(arriving, columns[: max(years - years_away, 0)], -1.0))
    entering = np.array([np.nan_to_num(g.entrants.at(case.years)) for g in case.grades])
    entering[:, 0] += staying * np.array([grade.workers for grade in case.grades])
    labels = made.family_labels(tuple(grades))
    made.program.add_family("workforce_balance", *labels, terms, "=", entering.ravel())
