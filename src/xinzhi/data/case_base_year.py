"""The base year of a transition case: it must balance, and limits must not lie below it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from xinzhi.data.cases import CaseTechnology, Path, TransitionCase
from xinzhi.data.toml_files import Problems

Array = NDArray[np.float64]

_BALANCE_TOLERANCE = 1e-6
_ROUNDING = 1e-9


def check_base_year(case: TransitionCase, problems: Problems) -> None:
    """Note sectors that do not balance, capacity that is too small, limits below the base year."""
    _check_balance(case, problems)
    for technology in case.technologies:
        _check_utilisation(technology, problems)
    _check_limits(case, problems)


def input_coefficients(case: TransitionCase) -> Array:
    """Return (I, K) yuan of each product per yuan of output of each technology."""
    places = {sector.id: place for place, sector in enumerate(case.sectors)}
    found = np.zeros((len(case.sectors), len(case.technologies)))
    for column, technology in enumerate(case.technologies):
        sector = case.sectors[places[technology.sector]]
        for product, coefficient in sector.inputs.items():
            factor = technology.input_factors.get(product, 1.0)
            found[places[product], column] = coefficient * factor
    return found


def _check_balance(case: TransitionCase, problems: Problems) -> None:
    coefficients = input_coefficients(case)
    output = np.array([technology.base_output for technology in case.technologies])
    for column, technology in enumerate(case.technologies):
        total = coefficients[:, column].sum()
        if total > 1 + _ROUNDING:
            problems.add(
                f"[[technology]] {technology.id}, input_factors：投入合计 {total:.6g}；应不大于 1，"
                "否则增加值为负",
                f"[[technology]] {technology.id}, input_factors: inputs sum to {total:.6g}; they "
                "must be at most 1, else value added is negative",
            )
    intermediate = coefficients @ output
    for place, sector in enumerate(case.sectors):
        own = sum(t.base_output for t in case.technologies if t.sector == sector.id)
        final = sector.consumption + sector.investment + sector.stock_changes + sector.exports
        supply, uses = own + sector.imports, intermediate[place] + final
        if abs(supply - uses) > _BALANCE_TOLERANCE * max(supply, uses, 1e-12):
            problems.add(
                f"[[sector]] {sector.id}：基年不平衡，供给（产出加进口）{supply:.6f}，"
                f"使用 {uses:.6f}，相差 {supply - uses:.6g}；应相等",
                f"[[sector]] {sector.id}: the base year does not balance: supply (output plus "
                f"imports) {supply:.6f}, uses {uses:.6f}, a gap of {supply - uses:.6g}; "
                "they must be equal",
            )
        tied = sum(
            technology.imported_shares.get(sector.id, 0.0) * coefficients[place, k] * output[k]
            for k, technology in enumerate(case.technologies)
        )
        if tied > sector.imports + _ROUNDING * max(1.0, supply):
            problems.add(
                f"[[sector]] {sector.id}, imports：{sector.imports:g}；只能进口的投入在基年需要 "
                f"{tied:.6g}，应不小于它",
                f"[[sector]] {sector.id}, imports: {sector.imports:g}; inputs that can only be "
                f"imported take {tied:.6g} in the base year, so it must be at least that",
            )


def _check_utilisation(technology: CaseTechnology, problems: Problems) -> None:
    capacity = technology.base_capacity
    low, high = technology.min_utilisation * capacity, technology.max_utilisation * capacity
    slack = _ROUNDING * max(1.0, capacity)
    if not low - slack <= technology.base_output <= high + slack:
        problems.add(
            f"[[technology]] {technology.id}, base_output：{technology.base_output:g}；"
            f"按基年产能应在 {low:g} 至 {high:g}",
            f"[[technology]] {technology.id}, base_output: {technology.base_output:g}; "
            f"with the capacity of the base year it must lie from {low:g} to {high:g}",
        )


def _check_limits(case: TransitionCase, problems: Problems) -> None:
    technologies = case.technologies
    for account in case.accounts:
        by_capacity = account.basis == "capacity"
        value = sum(
            t.accounts[account.id] * (t.base_capacity if by_capacity else t.base_output)
            for t in technologies
        )
        _ceiling(case, f"[[account]] {account.id}, cap", account.cap, value, problems)
        if not by_capacity:
            _check_floors_fit(case, account.id, account.cap, problems)
    for place, schedule in enumerate(case.schedules, start=1):
        standing = next(t.base_capacity for t in technologies if t.id == schedule.technology)
        name = f"[[schedule]] {place} ({schedule.technology}), maximum"
        _ceiling(case, name, schedule.maximum, standing, problems)
    needed = {
        grade.id: sum(t.labour[grade.id] * t.base_output for t in technologies)
        for grade in case.grades
    }
    for grade in case.grades:
        if needed[grade.id] > grade.workers * (1 + _ROUNDING):
            problems.add(
                f"[[grade]] {grade.id}, workers：{grade.workers:g}；基年产出需要 "
                f"{needed[grade.id]:.6g}，应不小于它",
                f"[[grade]] {grade.id}, workers: {grade.workers:g}; output of the base year needs "
                f"{needed[grade.id]:.6g}, so it must be at least that",
            )
    for place, floor in enumerate(case.floors, start=1):
        chosen = [t for t in technologies if floor.sector in (None, t.sector)]
        size: Callable[[CaseTechnology], float] = (
            (lambda t: t.base_output)
            if floor.of == "output"
            else (lambda t: t.base_output * sum(t.labour.values()))
        )
        base = sum(map(size, chosen))
        (least,) = floor.minimum.at([case.base_year])
        if least > base * (1 + _ROUNDING):
            problems.add(
                f"[[floor]] {place}, minimum：基年 {case.base_year} 为 {least:g}，"
                f"应不大于基年数 {base:.6g}",
                f"[[floor]] {place}, minimum: {least:g} in the base year {case.base_year}; "
                f"it must be at most the base year's {base:.6g}",
            )


def _ceiling(
    case: TransitionCase, place: str, path: Path | None, value: float, problems: Problems
) -> None:
    """Note a path of ceilings that lies below the figure of the base year it names."""
    if path is None or path.points[0][0] is None:
        return  # one figure for all years is a limit on the plan, and may ask for a fall
    (limit,) = path.at([case.base_year])
    if limit < value * (1 - _ROUNDING):
        problems.add(
            f"{place}：基年 {case.base_year} 为 {limit:g}，低于基年数；应不小于 {value:.6g}",
            f"{place}: {limit:g} in the base year {case.base_year} is below the base year's "
            f"figure; it must be at least {value:.6g}",
        )


def _check_floors_fit(
    case: TransitionCase, account: str, cap: Path | None, problems: Problems
) -> None:
    """Note the first year in which output floors alone need more than the cap leaves."""
    if cap is None:
        return
    years = case.years
    needed = np.zeros(len(years))
    for floor in case.floors:
        if floor.of == "output" and floor.sector is not None:
            cleanest = min(
                t.accounts[account] for t in case.technologies if t.sector == floor.sector
            )
            needed += cleanest * np.nan_to_num(floor.minimum.at(years))
    short = np.flatnonzero(cap.at(years) < needed * (1 - _ROUNDING))
    if short.size:
        year, limit, least = years[short[0]], cap.at(years)[short[0]], needed[short[0]]
        problems.add(
            f"[[account]] {account}, cap：{year} 年 {limit:g}，低于产出下限所需；"
            f"应不小于 {least:.6g}",
            f"[[account]] {account}, cap: {limit:g} in {year} is below what the output floors "
            f"need; it must be at least {least:.6g}",
        )
