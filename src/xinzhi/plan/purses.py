"""Who pays for building: sectors that spend alike share a purse."""

from __future__ import annotations

from typing import NamedTuple

from xinzhi.data.cases import TransitionCase
from xinzhi.plan.case_arrays import CaseArrays


class Purse(NamedTuple):
    """Sectors whose building buys the same goods and may be paid by the same budgets.

    Nothing in a case tells their spending apart, so it is counted once: far fewer columns and rows
    than by sector, and no arbitrary split of a budget between sectors.

    name : of its rows and columns
    sectors : places of the sectors; budgets : ids of those that may pay
    """

    name: str
    sectors: tuple[int, ...]
    budgets: tuple[str, ...]


def purses_of(case: TransitionCase, arrays: CaseArrays) -> tuple[Purse, ...]:
    """Return the purses of the sectors that build, retrofit or retire at a cost."""
    sector_of = {technology.id: technology.sector for technology in case.technologies}
    spending = {t.sector for t in case.technologies if t.buildable or t.retire_cost > 0}
    spending |= {sector_of[retrofit.start] for retrofit in case.retrofits}
    alike: dict[tuple[tuple[float, ...], tuple[str, ...]], list[int]] = {}
    for place, sector in enumerate(case.sectors):
        if sector.id in spending:
            budgets = tuple(
                b.id for b in case.budgets if b.sectors is None or sector.id in b.sectors
            )
            goods = tuple(float(share) for share in arrays.goods[:, place])
            alike.setdefault((goods, budgets), []).append(place)
    return tuple(
        Purse(f"purse {number}", tuple(sectors), budgets)
        for number, ((_, budgets), sectors) in enumerate(alike.items())
    )
