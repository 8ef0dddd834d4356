"""The limits of a transition case: each a family of rows that the planner set and could relax."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from xinzhi.data.cases import Path
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.program import Sense, Term
from xinzhi.plan.transition_model import TransitionProgram


def add_limits(made: TransitionProgram, build_before_retire: bool) -> None:
    """Add every limit of the case; the build-before-retire rule only where it is asked for."""
    if build_before_retire:
        _build_before_retire(made)
    _paths(made)
    _utilisation(made)
    _trade(made)
    _ramps(made)
    _budgets(made)
    _workforce(made)
    _accounts(made)
    _floors(made)
    _targets(made)


def _limited(
    made: TransitionProgram,
    name: str,
    labels: Sequence[str],
    terms: Sequence[Sequence[Term]],
    sense: Sense,
    limits: Array,
) -> None:
    """Add a row for every label and year that has a limit.

    terms : per label, with rows counted along the years; limits : (labels, T), NaN where there is
        none
    """
    given = ~np.isnan(limits)
    number = np.full(limits.shape, -1)
    number[given] = np.arange(given.sum())
    found = []
    for place, own in enumerate(terms):
        for term in own:
            rows, columns, values = np.broadcast_arrays(*map(np.asarray, term))
            rows = number[place, rows]
            kept = rows >= 0
            found.append(Term(rows[kept], columns[kept], values[kept]))
    years = np.broadcast_to(made.case.years, limits.shape)
    names = [label for label, own in zip(labels, given, strict=True) for _ in range(own.sum())]
    made.program.add_family(
        name, names, [int(y) for y in years[given]], found, sense, limits[given], limit=True
    )


def _path(made: TransitionProgram, path: Path | None) -> Array:
    years = made.case.years
    return np.full(len(years), np.nan) if path is None else path.at(years)


def _stack(made: TransitionProgram, paths: Sequence[Path | None]) -> Array:
    return np.array([_path(made, path) for path in paths]).reshape(-1, len(made.case.years))


def _build_before_retire(made: TransitionProgram) -> None:
    r"""Replacement stands a year before old capacity leaves.

    With O the existing and N the other technologies of a sector of margin m, C capacity, q the
    retrofits of O into N that are back in service,

    .. math:: \sum_N (C_{k,t-1} - C_{k0}) - q_{t-1} \ge
              (1 + m) \Big[\sum_O (C_{k0} + p_{kt} - C_{kt}) - q_t\Big],

    p being what of O was under construction in the base year and has come to stand.
    """
    case, arrays, at = made.case, made.arrays, made.at
    years = len(case.years)
    ruled = [k for k, s in enumerate(case.sectors) if s.replacement_margin is not None]
    if not ruled:
        return
    kinds = np.array([t.kind == "existing" for t in case.technologies])
    names = {name: k for k, name in enumerate(made.technologies)}
    back = made.program.add_block(
        "retrofitted", [made.sectors[k] for k in ruled], years, scale=made.unit_of("capacity")
    )
    at["retrofitted"] = back
    along = np.arange(years)
    sums: list[Term] = []
    terms, limits = [], np.zeros((len(ruled), years))
    for place, sector in enumerate(ruled):
        rows = place * years + along
        sums += [Term(rows, back[place], 1.0), Term(rows[1:], back[place, :-1], -1.0)]
        for pair, retrofit in enumerate(case.retrofits):
            start, end = names[retrofit.start], names[retrofit.end]
            if arrays.sector_of[start] == sector and kinds[start] and not kinds[end]:
                lead = retrofit.lead_time
                sums.append(Term(rows[lead:], at["retrofit"][pair, : years - lead], -1.0))
        margin = 1 + float(case.sectors[sector].replacement_margin or 0.0)
        own = arrays.sector_of == sector
        old, new = np.flatnonzero(own & kinds), np.flatnonzero(own & ~kinds)
        terms.append(
            [
                *(Term(along[1:], at["capacity"][k, :-1], 1.0) for k in new),
                Term(along[1:], back[place, :-1], -1.0),
                *(Term(along, at["capacity"][k], margin) for k in old),
                Term(along, back[place], margin),
            ]
        )
        entered = arrays.base_capacity[old].sum() + np.cumsum(arrays.pipeline[old].sum(axis=0))
        limits[place] = margin * entered
        limits[place, 1:] += arrays.base_capacity[new].sum()
    labels = made.family_labels(tuple(made.sectors[k] for k in ruled))
    made.program.add_family("retrofit_sum", *labels, sums, "=", 0.0)
    names_ruled = [made.sectors[k] for k in ruled]
    _limited(made, "build_before_retire", names_ruled, terms, ">=", limits)


def _paths(made: TransitionProgram) -> None:
    """Ceilings on one kind of decision: building, retrofits, training, hazardous capacity."""
    case, at, along = made.case, made.at, np.arange(len(made.case.years))
    names = made.technologies
    buildable = [case.technologies[k] for k in made.buildable]
    for name, labels, block, paths in (
        ("build_limit", [t.id for t in buildable], "build", [t.build_limit for t in buildable]),
        (
            "retrofit_limit",
            [f"{r.start} → {r.end}" for r in case.retrofits],
            "retrofit",
            [r.limit for r in case.retrofits],
        ),
        (
            "training_limit",
            [f"{t.start} → {t.end}" for t in case.trainings],
            "train",
            [t.limit for t in case.trainings],
        ),
    ):
        if block in at:
            terms = [[Term(along, columns, 1.0)] for columns in at[block]]
            _limited(made, name, labels, terms, "<=", _stack(made, paths))
    terms = [[Term(along, at["capacity"][names.index(s.technology)], 1.0)] for s in case.schedules]
    scheduled = [s.technology for s in case.schedules]
    maxima = _stack(made, [s.maximum for s in case.schedules])
    _limited(made, "capacity_schedule", scheduled, terms, "<=", maxima)


def _utilisation(made: TransitionProgram) -> None:
    case, at, along = made.case, made.at, np.arange(len(made.case.years))
    chosen = [k for k, t in enumerate(case.technologies) if t.min_utilisation > 0]
    terms = [
        [
            Term(along, at["output_by_technology"][k], 1.0),
            Term(along, at["capacity"][k], -case.technologies[k].min_utilisation),
        ]
        for k in chosen
    ]
    labels = [made.technologies[k] for k in chosen]
    limits = np.zeros((len(chosen), len(along)))
    _limited(made, "minimum_utilisation", labels, terms, ">=", limits)


def _trade(made: TransitionProgram) -> None:
    """Imports within a share of supply, exports within demand, chokepoints within exposure."""
    case, arrays, at = made.case, made.arrays, made.at
    along, sectors = np.arange(len(case.years)), made.sectors
    high = np.array([s.import_rise for s in case.sectors]) + arrays.import_share
    low = arrays.import_share - np.array([s.import_fall for s in case.sectors])
    places = {name: k for k, name in enumerate(sectors)}
    bounds: tuple[tuple[str, Sense, list[int], Array], ...] = (
        ("import_ceiling", "<=", [k for k in range(len(sectors)) if high[k] < 1], high),
        ("import_floor", ">=", [k for k in range(len(sectors)) if low[k] > 0], low),
    )
    for name, sense, chosen, shares in bounds:
        terms = [
            [
                Term(along, at["imports"][k], 1 - shares[k]),
                Term(along, at["output"][k], -shares[k]),
            ]
            for k in chosen
        ]
        labels = [sectors[k] for k in chosen]
        _limited(made, name, labels, terms, sense, np.zeros((len(chosen), len(along))))
    terms, limits, labels = [], [], []
    for exposure in case.exposures:
        place = places[exposure.product]
        share = _path(made, exposure.ceiling) * arrays.import_share[place]
        own = ~np.isnan(share)
        terms.append(
            [
                Term(along[own], at["imports"][place][own], 1 - share[own]),
                Term(along[own], at["output"][place][own], -share[own]),
            ]
        )
        labels.append(exposure.product)
        limits.append(np.where(own, 0.0, np.nan))
    _limited(made, "exposure", labels, terms, "<=", np.array(limits).reshape(-1, len(along)))
    terms = [[Term(along, columns, 1.0)] for columns in at["exports"]]
    _limited(made, "export_ceiling", sectors, terms, "<=", arrays.export_ceiling)


def _ramps(made: TransitionProgram) -> None:
    case, at, along = made.case, made.at, np.arange(len(made.case.years))
    base = made.arrays.sector_output
    for name, sense, sign in (("ramp_up", "<=", 1.0), ("ramp_down", ">=", -1.0)):
        rates = [getattr(sector, name) for sector in case.sectors]
        chosen = [k for k, rate in enumerate(rates) if rate is not None]
        terms, limits = [], np.zeros((len(chosen), len(along)))
        for place, k in enumerate(chosen):
            factor = 1 + sign * rates[k]
            output = at["output"][k]
            terms.append([Term(along, output, 1.0), Term(along[1:], output[:-1], -factor)])
            limits[place, 0] = factor * base[k]
        labels = [made.sectors[k] for k in chosen]
        _limited(made, name, labels, terms, "<=" if sense == "<=" else ">=", limits)


def _budgets(made: TransitionProgram) -> None:
    case, along = made.case, np.arange(len(made.case.years))
    terms = [
        [
            Term(along, made.at["funding"][pair], 1.0)
            for pair, (source, _) in enumerate(made.funding_pairs)
            if source == budget.id
        ]
        for budget in case.budgets
    ]
    spending = [k for k, own in enumerate(terms) if own]
    limits = _stack(made, [case.budgets[k].limit for k in spending])
    labels = [case.budgets[k].id for k in spending]
    _limited(made, "budget", labels, [terms[k] for k in spending], "<=", limits)


def _workforce(made: TransitionProgram) -> None:
    """Every grade has the workers that output needs."""
    case, arrays, at = made.case, made.arrays, made.at
    if not case.grades:
        return
    along = np.arange(len(case.years))
    terms = [
        [
            Term(along, at["workers"][grade], -1.0),
            *(
                Term(along, at["output_by_technology"][k], arrays.labour[grade, k])
                for k in np.flatnonzero(arrays.labour[grade, :, 0])
            ),
        ]
        for grade in range(len(case.grades))
    ]
    labels = [grade.id for grade in case.grades]
    limits = np.zeros((len(labels), len(along)))
    _limited(made, "workforce", labels, terms, "<=", limits)


def _accounts(made: TransitionProgram) -> None:
    case, arrays, at = made.case, made.arrays, made.at
    along = np.arange(len(case.years))
    used = [bool(coefficients.any()) for coefficients in arrays.accounts]
    chosen = [k for k, a in enumerate(case.accounts) if a.cap is not None and used[k]]
    terms = []
    for place in chosen:
        block = "capacity" if case.accounts[place].basis == "capacity" else "output_by_technology"
        spending = np.flatnonzero(arrays.accounts[place])
        terms.append([Term(along, at[block][k], arrays.accounts[place, k]) for k in spending])
    limits = _stack(made, [case.accounts[k].cap for k in chosen])
    labels = [case.accounts[k].id for k in chosen]
    _limited(made, "account_cap", labels, terms, "<=", limits)


def _floors(made: TransitionProgram) -> None:
    case, arrays, at = made.case, made.arrays, made.at
    along = np.arange(len(case.years))
    for kind in ("output", "employment"):
        floors = [floor for floor in case.floors if floor.of == kind]
        terms = []
        for floor in floors:
            if kind == "output":
                own = [at["output"][k] for k, s in enumerate(made.sectors) if _in(floor.sector, s)]
                terms.append([Term(along, columns, 1.0) for columns in own])
            else:
                chosen = [
                    k
                    for k, sector in enumerate(arrays.sector_of)
                    if _in(floor.sector, made.sectors[sector])
                ]
                terms.append(
                    [
                        Term(along, at["output_by_technology"][k], arrays.labour[:, k].sum(axis=0))
                        for k in chosen
                    ]
                )
        labels = [floor.sector or "all" for floor in floors]
        limits = _stack(made, [floor.minimum for floor in floors])
        _limited(made, f"{kind}_floor", labels, terms, ">=", limits)


def _in(wanted: str | None, sector: str) -> bool:
    return wanted is None or wanted == sector


def _targets(made: TransitionProgram) -> None:
    case, arrays, at = made.case, made.arrays, made.at
    for kind in ("value_added", "output"):
        targets = [target for target in case.targets if target.of == kind]
        terms, limits = [], np.full((len(targets), len(case.years)), np.nan)
        for place, target in enumerate(targets):
            year = case.years.index(target.year)
            limits[place, year] = target.value
            chosen = [k for k, s in enumerate(made.sectors) if _in(target.sector, s)]
            if kind == "output":
                terms.append([Term(year, at["output"][chosen, year], 1.0)])
            else:
                used = np.flatnonzero(np.isin(arrays.sector_of, chosen))
                columns = at["output_by_technology"][used, year]
                terms.append([Term(year, columns, arrays.value_added[used])])
        labels = [target.sector or "all" for target in targets]
        _limited(made, f"{kind}_target", labels, terms, ">=", limits)
