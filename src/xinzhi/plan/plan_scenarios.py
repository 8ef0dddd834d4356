"""Scenarios of a plan: demand, cost of technologies and availability of imports that differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.cases import Exposure, Path, TransitionCase

BASE = "base"


@dataclass(frozen=True)
class PlanScenario:
    """What differs from the case; 1 changes nothing.

    demand : consumption and export demand of every sector at the horizon, relative to the case's,
        reached by a steady difference in growth; above 0
    costs : technology → cost of building it, and of retrofitting into it, relative to the case's;
        above 0
    imports : product → largest share of imports in supply at the horizon, relative to the case's,
        reached in equal steps from the base year and kept then; in (0, 1]
    """

    name: str
    demand: float = 1.0
    costs: Mapping[str, float] = field(default_factory=dict)
    imports: Mapping[str, float] = field(default_factory=dict)


def draw_scenarios(
    case: TransitionCase,
    draws: int,
    seed: int,
    *,
    demand: float = 0.1,
    cost: float = 0.2,
    imports: float = 0.2,
) -> list[PlanScenario]:
    """Return scenarios ``draw 1`` … drawn uniformly and independently.

    demand : half-width around 1, one draw for all sectors
    cost : half-width around 1, for every technology that is not existing and costs anything
    imports : the largest loss, drawn from 0 to it for every product with an ``[[exposure]]``
    seed : a scenario depends on it and on its own number, not on how many there are
    """
    chosen = [t.id for t in case.technologies if t.kind != "existing" and _priced(case, t.id)]
    products = dict.fromkeys(e.product for e in case.exposures if _imported(case, e.product))
    found = []
    for number, own in enumerate(np.random.SeedSequence(seed).spawn(draws), start=1):
        random = np.random.default_rng(own)
        found.append(
            PlanScenario(
                f"draw {number}",
                1 + demand * float(random.uniform(-1, 1)),
                {name: 1 + cost * float(random.uniform(-1, 1)) for name in chosen},
                {name: 1 - imports * float(random.uniform()) for name in products},
            )
        )
    return found


def _priced(case: TransitionCase, name: str) -> bool:
    built = any(t.id == name and t.buildable and t.cost > 0 for t in case.technologies)
    return built or any(r.end == name and r.cost > 0 for r in case.retrofits)


def _imported(case: TransitionCase, product: str) -> bool:
    return any(s.id == product and s.imports > 0 for s in case.sectors)


def check_scenarios(case: TransitionCase, scenarios: Sequence[PlanScenario]) -> None:
    """Refuse names that are not there or not unique, and factors out of range.

    Raises : InputError naming every fault
    """
    names = [*(scenario.name for scenario in scenarios), BASE]
    faults = [
        Text(f"情景名 {name} 重复", f"two scenarios are called {name}")
        for name in dict.fromkeys(name for name in names if names.count(name) > 1)
    ]
    for scenario in scenarios:
        known = {
            "demand": ({"all": scenario.demand}, {"all"}, np.inf),
            "costs": (scenario.costs, {t.id for t in case.technologies}, np.inf),
            "imports": (
                scenario.imports,
                {s.id for s in case.sectors if _imported(case, s.id)},
                1.0,
            ),
        }
        for what, (factors, allowed, most) in known.items():
            for key, factor in factors.items():
                if key in allowed and np.isfinite(factor) and 0 < factor <= most:
                    continue
                limit = Text("大于 0", "above 0") if most > 1 else Text("在 (0, 1] 内", "in (0, 1]")
                what_for = Text(
                    "案例中的技术" if what == "costs" else "有进口的产品",
                    "a technology of the case" if what == "costs" else "a product that is imported",
                )
                faults.append(
                    Text(
                        f"{scenario.name}，{what}.{key}：{factor:g}；应为{what_for.zh}，且{limit.zh}",
                        f"{scenario.name}, {what}.{key}: {factor:g}; it must be {what_for.en}, "
                        f"and {limit.en}",
                    )
                )
    if faults:
        raise InputError(Text("情景有误", "the scenarios are not valid"), faults)


def under(case: TransitionCase, scenario: PlanScenario) -> TransitionCase:
    r"""Return the case as it is in a scenario.

    With n years from base year to horizon, growth of demand g becomes
    :math:`(1+g)\,d^{1/n}-1`. The largest share of imports \bar s of a product becomes
    :math:`\bar s\,(1-(1-a)\min(1,\tau/n))` τ years after the base year, and the least share falls
    below it where it has to.
    """
    span = case.horizon - case.base_year
    faster = scenario.demand ** (1 / span)
    output = {
        s.id: sum(t.base_output for t in case.technologies if t.sector == s.id)
        for s in case.sectors
    }
    sectors, exposures = [], list(case.exposures)
    for sector in case.sectors:
        changed = sector
        if scenario.demand != 1:
            changed = replace(
                changed,
                consumption_growth=_growing(sector.consumption_growth, case, faster),
                export_growth=_growing(sector.export_growth, case, faster),
            )
        factor = scenario.imports.get(sector.id, 1.0)
        if factor < 1:
            share = sector.imports / (sector.imports + output[sector.id])
            most = min(1.0, share + sector.import_rise)
            ceiling = Path(((case.base_year, most / share), (case.horizon, factor * most / share)))
            exposures.append(Exposure(None, True, sector.id, ceiling, 0.0))
            changed = replace(changed, import_fall=max(sector.import_fall, share - factor * most))
        sectors.append(changed)
    costs = scenario.costs
    return replace(
        case,
        sectors=tuple(sectors),
        exposures=tuple(exposures),
        technologies=tuple(
            replace(t, cost=t.cost * costs.get(t.id, 1.0)) for t in case.technologies
        ),
        retrofits=tuple(replace(r, cost=r.cost * costs.get(r.end, 1.0)) for r in case.retrofits),
    )


def picklable(value: Any) -> Any:
    """Return a case or a part of it with plain dictionaries, which other processes can read."""
    if isinstance(value, MappingProxyType):
        return {key: picklable(own) for key, own in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        parts = {f.name: picklable(getattr(value, f.name)) for f in fields(value)}
        return replace(value, **parts)
    if type(value) is tuple:
        return tuple(picklable(own) for own in value)
    return value


def _growing(growth: Path, case: TransitionCase, factor: float) -> Path:
    rates = np.nan_to_num(growth.at(case.years))
    return Path(
        tuple(
            (year, float((1 + g) * factor - 1)) for year, g in zip(case.years, rates, strict=True)
        )
    )
