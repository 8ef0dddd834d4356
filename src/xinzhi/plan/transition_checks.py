"""The plan re-checked on plain arrays, by code that shares nothing with the program's rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import ComputationError, Text
from xinzhi.data.cases import TRAINING
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.transition_model import TransitionProgram
from xinzhi.plan.transition_tables import Amounts

TOLERANCE = 1e-6  # of a gap relative to the largest figure of its rule


def checks_table(
    made: TransitionProgram, amounts: Amounts, build_before_retire: bool
) -> pd.DataFrame:
    """Return rule, largest gap relative to the figures it compares, and largest allowed.

    Raises : ComputationError naming the rules that the plan does not keep
    """
    found = {**_capacity(made, amounts), **_products(made, amounts), **_resources(made, amounts)}
    if build_before_retire:
        found["build_before_retire"] = _replaced(made, amounts)
    frame = pd.DataFrame(
        {"rule": found.keys(), "largest_gap": found.values(), "allowed": TOLERANCE}
    )
    broken = frame[frame["largest_gap"] > TOLERANCE]
    if len(broken):
        raise ComputationError(
            Text(
                "求解器给出的计划未通过复核",
                "the plan that the solver returned does not pass its check",
            ),
            [
                Text(
                    f"{row.rule}：相对差距 {row.largest_gap:.3g}",
                    f"{row.rule}: {row.largest_gap:.3g}",
                )
                for row in broken.itertuples()
            ],
        )
    return frame


def _gap(left: Array, right: Array, unit: float) -> float:
    """Return the largest difference relative to the largest figure on either side.

    unit : what the program counts in, about a hundredth of a usual figure; figures below it are
        measured by it, so that rounding among zeros is not taken for a gap
    """
    return float(np.abs(left - right).max(initial=0)) / _size(left, right, unit)


def _excess(left: Array, right: Array, unit: float) -> float:
    """Return by how much left exceeds right at most, relative as in ``_gap``."""
    return max(0.0, float((left - right).max(initial=0))) / _size(left, right, unit)


def _size(left: Array, right: Array, unit: float) -> float:
    return max(unit, float(np.abs(left).max(initial=0)), float(np.abs(right).max(initial=0)))


def _arrivals(made: TransitionProgram, amounts: Amounts) -> Array:
    """Return (K, T) what comes to stand in each year by building and retrofits."""
    arrived = np.zeros((len(made.technologies), len(made.case.years)))
    built = amounts.built()
    for k, technology in enumerate(made.case.technologies):
        for t in range(technology.lead_time, arrived.shape[1]):
            arrived[k, t] += built[k, t - technology.lead_time]
    for retrofit, own in zip(made.case.retrofits, amounts("retrofit"), strict=True):
        k = made.technologies.index(retrofit.end)
        for t in range(retrofit.lead_time, arrived.shape[1]):
            arrived[k, t] += own[t - retrofit.lead_time]
    return arrived


def _capacity(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    arrays, case = made.arrays, made.case
    capacity, output = amounts("capacity"), amounts("output_by_technology")
    arrived = _arrivals(made, amounts) + arrays.pipeline
    left = amounts("retire") + amounts.retrofits("start")
    expected = arrays.base_capacity[:, np.newaxis] + (arrived - left).cumsum(axis=1)
    alive = arrays.alive.copy()
    own = _arrivals(made, amounts)
    for k, technology in enumerate(case.technologies):
        for t in range(alive.shape[1]):
            alive[k, t] += own[k, max(0, t - technology.lifetime + 1) : t + 1].sum()
    most = np.array([[t.max_utilisation] for t in case.technologies])
    least = np.array([[t.min_utilisation] for t in case.technologies])
    unit = made.unit_of("capacity")
    below = [
        _excess(-amounts(name), np.zeros(1), block.scale)
        for name, block in made.program.blocks.items()
    ]
    return {
        "capacity_balance": _gap(capacity, expected, unit),
        "capacity_life": _excess(capacity, alive, unit),
        "capacity_use": _excess(output, most * capacity, unit),
        "minimum_utilisation": _excess(least * capacity, output, unit),
        "not_negative": max(below),
    }


def _products(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    arrays, case = made.arrays, made.case
    by_technology = amounts("output_by_technology")
    output = np.zeros((len(made.sectors), len(case.years)))
    for k, sector in enumerate(arrays.sector_of):
        output[sector] += by_technology[k]
    imports, exports = amounts("imports"), amounts("exports")
    uses = arrays.inputs @ by_technology + arrays.goods @ _spending(made, amounts)
    tied = arrays.tied_imports @ by_technology
    high = np.array([[s.import_rise] for s in case.sectors]) + arrays.import_share[:, np.newaxis]
    supply, unit = output + imports, made.unit_of("output")
    found = {
        "product_balance": _gap(supply, uses + arrays.final_demand + exports, unit),
        "export_ceiling": _excess(exports, arrays.export_ceiling, unit),
        "import_ceiling": _excess(imports, np.minimum(1.0, high) * supply, unit),
        "tied_imports": _excess(tied, imports, unit),
    }
    for exposure in case.exposures:
        if exposure.ceiling is not None:
            place = made.sectors.index(exposure.product)
            share = np.nan_to_num(exposure.ceiling.at(case.years), nan=np.inf)
            most = share * arrays.import_share[place]
            bounded = np.isfinite(most)
            gap = _excess(imports[place][bounded], (most * supply[place])[bounded], unit)
            found["exposure"] = max(found.get("exposure", 0.0), gap)
    # value added at constant prices is final demand less imports
    value_added = (arrays.value_added[:, np.newaxis] * by_technology).sum(axis=0)
    final = arrays.final_demand + arrays.goods @ _spending(made, amounts) + exports - imports
    found["value_added_is_final_demand"] = _gap(value_added, final.sum(axis=0), unit)
    return found


def _spending(made: TransitionProgram, amounts: Amounts) -> Array:
    """Return (I, T) spending on building and retrofits, year by year from the works under way."""
    case = made.case
    spending = np.zeros((len(made.sectors), len(case.years)))
    built = amounts.built()
    works = [(built[k], t.cost, t.lead_time, t.sector) for k, t in enumerate(case.technologies)]
    sector_of = {t.id: t.sector for t in case.technologies}
    works += [
        (own, r.cost, r.lead_time, sector_of[r.start])
        for r, own in zip(case.retrofits, amounts("retrofit"), strict=True)
    ]
    for starts, cost, lead, sector in works:
        spread = max(1, lead)
        place = made.sectors.index(sector)
        for t in np.flatnonzero(starts):
            spending[place, t : t + spread] += cost * starts[t] / spread
    return spending


def _resources(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    found: dict[str, float] = {}
    if made.case.budgets:
        found |= _money(made, amounts)
    found |= _accounts(made, amounts)
    return found | _workers(made, amounts) if made.case.grades else found


def _money(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    """Budgets hold, and pay exactly what every purse and training owe."""
    arrays, case, unit = made.arrays, made.case, made.unit_of("investment")
    paid = np.zeros((len(case.budgets), len(case.years)))
    received = {name: np.zeros(len(case.years)) for name in made.destinations}
    for (source, destination), own in zip(made.funding_pairs, amounts("funding"), strict=True):
        paid[[b.id for b in case.budgets].index(source)] += own
        received[destination] += own
    limits = np.array([np.nan_to_num(b.limit.at(case.years), nan=np.inf) for b in case.budgets])
    bounded = np.isfinite(limits)
    costs = _spending(made, amounts)
    for k, sector in enumerate(arrays.sector_of):
        costs[sector] += arrays.retire_cost[k] * amounts("retire")[k]
    owed = {purse.name: costs[list(purse.sectors)].sum(axis=0) for purse in made.purses}
    if case.trainings:
        owed[TRAINING] = np.array([t.cost for t in case.trainings]) @ amounts("train")
    return {
        "budget": _excess(paid[bounded], limits[bounded], unit),
        "funding": max(_gap(received[name], own, unit) for name, own in owed.items()),
    }


def _accounts(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    found = {}
    for account, coefficients in zip(made.case.accounts, made.arrays.accounts, strict=True):
        block = "capacity" if account.basis == "capacity" else "output_by_technology"
        if account.cap is not None and coefficients.any():
            cap = account.cap.at(made.case.years)
            bounded = ~np.isnan(cap)
            unit = float(coefficients.max()) * made.unit_of(block)
            value = coefficients @ amounts(block)
            found[f"cap_{account.id}"] = _excess(value[bounded], cap[bounded], unit)
    return found


def _workers(made: TransitionProgram, amounts: Amounts) -> dict[str, float]:
    """Workers carry over, train and leave as stated, and suffice."""
    arrays, case = made.arrays, made.case
    stock = {grade.id: grade.workers for grade in case.grades}
    output, workers = amounts("output_by_technology"), amounts("workers")
    expected = np.zeros_like(workers)
    for t in range(len(case.years)):
        for g, grade in enumerate(case.grades):
            entrants = float(np.nan_to_num(grade.entrants.at(case.years))[t])
            now = stock[grade.id] * (1 - grade.leaving_rate) + entrants
            for training, own in zip(case.trainings, amounts("train"), strict=True):
                now -= own[t] if training.start == grade.id else 0.0
                if training.end == grade.id and t >= training.years:
                    now += own[t - training.years]
            expected[g, t] = stock[grade.id] = now
    needed = np.einsum("gkt,kt->gt", arrays.labour, output)
    unit = made.unit_of("workers")
    return {
        "workforce_balance": _gap(expected, workers, unit),
        "workforce": _excess(needed, expected, unit),
    }


def _replaced(made: TransitionProgram, amounts: Amounts) -> float:
    """Return by how much capacity that left exceeds replacement standing a year before."""
    case, worst = made.case, 0.0
    capacity, arrived = amounts("capacity"), made.arrays.pipeline.cumsum(axis=1)
    kind = {t.id: t.kind for t in case.technologies}
    for sector in case.sectors:
        if sector.replacement_margin is None:
            continue
        own = [k for k, t in enumerate(case.technologies) if t.sector == sector.id]
        for t in range(len(case.years)):
            left = standing = 0.0
            for k in own:
                base = made.arrays.base_capacity[k]
                if case.technologies[k].kind == "existing":
                    left += base + arrived[k, t] - capacity[k, t]
                elif t > 0:
                    standing += capacity[k, t - 1] - base
            for retrofit, starts in zip(case.retrofits, amounts("retrofit"), strict=True):
                pair = kind[retrofit.start] == "existing" and kind[retrofit.end] != "existing"
                if pair and made.technologies.index(retrofit.start) in own:
                    left -= starts[: max(0, t + 1 - retrofit.lead_time)].sum()
                    standing -= starts[: max(0, t - retrofit.lead_time)].sum()
            size = max(made.unit_of("capacity"), sum(made.arrays.base_capacity[k] for k in own))
            worst = max(worst, ((1 + sector.replacement_margin) * left - standing) / size)
    return worst
