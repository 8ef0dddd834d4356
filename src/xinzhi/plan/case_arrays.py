"""A transition case as plain arrays: what model, tables and checks compute with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.data.case_base_year import input_coefficients
from xinzhi.data.cases import Path, TransitionCase

Array = NDArray[np.float64]
Places = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class CaseArrays:
    """Axes: I sectors (and products), K technologies, T years, G grades, Q accounts.

    base_inputs : (I, I) A, inputs per output of the sector in the base year
    inputs : (I, K) inputs per output of the technology
    tied_imports : (I, K) the part of them that can only be imported
    value_added : (K,) per output: one less inputs
    sector_of : (K,) place of the technology's sector
    base_output : (K,); sector_output, imports : (I,) of the base year
    import_share : (I,) of supply in the base year; 0 without supply
    final_demand : (I, T) consumption, other investment and stock changes
    export_ceiling : (I, T)
    labour : (G, K, T) persons per output; accounts : (Q, K) per output or capacity
    goods : (I, I) product bought per yuan spent on building in a sector
    discount : (T,) factor of each year
    base_capacity : (K,); pipeline : (K, T) what first stands; alive : (K, T) how much of capacity
        of the base year and the pipeline is within its life, ending : (K, T) what of it reaches the
        end of its life
    cost, retire_cost : (K,); lead, life : (K,) years
    """

    years: Places
    base_inputs: Array
    inputs: Array
    tied_imports: Array
    value_added: Array
    sector_of: Places
    base_output: Array
    sector_output: Array
    imports: Array
    import_share: Array
    final_demand: Array
    export_ceiling: Array
    labour: Array
    accounts: Array
    goods: Array
    discount: Array
    base_capacity: Array
    pipeline: Array
    alive: Array
    ending: Array
    cost: Array
    retire_cost: Array
    lead: Places
    life: Places


def case_arrays(case: TransitionCase) -> CaseArrays:
    """Return the arrays of a case."""
    years, technologies = np.array(case.years), case.technologies
    place = {sector.id: k for k, sector in enumerate(case.sectors)}
    sector_of = np.array([place[t.sector] for t in technologies])
    base_inputs = np.zeros((len(place), len(place)))
    for column, sector in enumerate(case.sectors):
        for product, coefficient in sector.inputs.items():
            base_inputs[place[product], column] = coefficient
    inputs = input_coefficients(case)
    tied = np.zeros_like(inputs)
    for column, technology in enumerate(technologies):
        for product, share in technology.imported_shares.items():
            tied[place[product], column] = share * inputs[place[product], column]
    base_output = np.array([t.base_output for t in technologies])
    output = np.bincount(sector_of, base_output, minlength=len(place)).astype(np.float64)
    imports = np.array([sector.imports for sector in case.sectors])
    supply = output + imports
    share = np.divide(imports, supply, out=np.zeros_like(supply), where=supply > 0)
    elapsed = years - case.base_year
    productivity = np.array([s.labour_productivity_growth for s in case.sectors])[sector_of]
    need = np.array([[t.labour[g.id] for t in technologies] for g in case.grades])
    need = need.reshape(len(case.grades), len(technologies))
    growth = (1 + productivity[:, np.newaxis]) ** -elapsed
    return CaseArrays(
        years=years,
        base_inputs=base_inputs,
        inputs=inputs,
        tied_imports=tied,
        value_added=1 - inputs.sum(axis=0),
        sector_of=sector_of,
        base_output=base_output,
        sector_output=output,
        imports=imports,
        import_share=share,
        final_demand=np.array(
            [
                s.consumption * _grown(s.consumption_growth, case)
                + (1 - case.modelled_investment) * s.investment * _grown(s.investment_growth, case)
                + s.stock_changes
                for s in case.sectors
            ]
        ),
        export_ceiling=np.array([s.exports * _grown(s.export_growth, case) for s in case.sectors]),
        labour=need[:, :, np.newaxis] * growth,
        accounts=np.array(
            [[t.accounts[a.id] for t in technologies] for a in case.accounts]
        ).reshape(len(case.accounts), len(technologies)),
        goods=_goods(case, place),
        discount=(1 + case.discount_rate) ** -elapsed.astype(float),
        base_capacity=np.array([t.base_capacity for t in technologies]),
        pipeline=np.array([[t.pipeline.get(int(y), 0.0) for y in years] for t in technologies]),
        alive=np.array(
            [
                [
                    sum(
                        amount
                        for built, amount in (*t.capacity.items(), *t.pipeline.items())
                        if built <= year < built + t.lifetime
                    )
                    for year in years
                ]
                for t in technologies
            ]
        ),
        ending=_ending(case),
        cost=np.array([t.cost for t in technologies]),
        retire_cost=np.array([t.retire_cost for t in technologies]),
        lead=np.array([t.lead_time for t in technologies]),
        life=np.array([t.lifetime for t in technologies]),
    )


def _grown(growth: Path, case: TransitionCase) -> Array:
    """Return (T,) the level of each year relative to the base year's."""
    return np.asarray(np.cumprod(1 + np.nan_to_num(growth.at(case.years))))


def _ending(case: TransitionCase) -> Array:
    """Return (K, T) capacity of the base year and the pipeline by the year in which it leaves."""
    ending = np.zeros((len(case.technologies), len(case.years)))
    for place, technology in enumerate(case.technologies):
        for built, amount in (*technology.capacity.items(), *technology.pipeline.items()):
            year = max(built + technology.lifetime, case.years[0])
            if year <= case.last_year:
                ending[place, year - case.years[0]] += amount
    return ending


def _goods(case: TransitionCase, place: dict[str, int]) -> Array:
    goods = np.zeros((len(place), len(place)))
    for column, sector in enumerate(case.sectors):
        for product, share in (sector.capital_goods or case.capital_goods).items():
            goods[place[product], column] = share
    return goods
