"""Footprints: what production causes, and what consumption causes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Result, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, coefficients, leontief_system
from xinzhi.structure.trade import demand_by_region, demand_places

Array = NDArray[np.float64]

_AMOUNTS = (
    *("direct", "production_based", "consumption_based", "exports", "imports"),
    *("production", "consumption", "value"),
)
_MOST_NAMED = 8


@dataclass(frozen=True)
class FootprintsResult(Result):
    """Tables: regions, sectors, flows."""


@dataclass(frozen=True, eq=False)
class Accounts:
    """Accounts of Q stressors in R regions of S sectors, N = R·S.

    multipliers : (Q, N) per unit of final demand, all regions of origin
    consumption : (Q, R, S) caused by a region's final demand, by product bought
    exports : (Q, N) caused in a sector by other regions' final demand and the outside's
    flows : (Q, R, R + 1) from region of origin to region of final demand, the outside last
    """

    multipliers: Array
    consumption: Array
    exports: Array
    flows: Array


def production_and_consumption_accounts(
    system: LeontiefSystem, intensities: Array, demand: Array
) -> Accounts:
    r"""Trace stressors from where they arise to whose final demand they serve.

    .. math:: M = S L, \quad D^{cba}_{k(r,s)} = \sum_p M_{k(p,s)} Y_{(p,s) r}, \quad
        D^{exp}_{kj} = S_{kj} \sum_{r \ne r(j)} (L Y)_{jr}

    system : N region-sectors; intensities : (Q, N) S, stressor per unit of output;
    demand : (N, R + 1) Y, final demand by region, the outside last
    L is never formed: Q rows and R + 1 columns are solved with the factorised system.
    Source : Peters (2008), Ecological Economics 65; Miller and Blair (2009), chapter 10
    """
    count = demand.shape[1] - 1
    sectors = system.size // count
    multipliers = system.solve_rows(intensities)
    driven = system.solve(demand)
    by_region = multipliers.reshape(-1, count, sectors)
    bought = demand[:, :count].reshape(count, sectors, count)
    flows = np.matmul(
        intensities.reshape(-1, count, sectors).transpose(1, 0, 2),
        driven.reshape(count, sectors, count + 1),
    ).transpose(1, 0, 2)
    kept = driven[np.arange(system.size), np.repeat(np.arange(count), sectors)]
    return Accounts(
        multipliers=multipliers,
        consumption=np.einsum("qps,psr->qrs", by_region, bought),
        exports=intensities * (driven.sum(axis=1) - kept),
        flows=flows,
    )


def footprints(
    table: IOTable, stressors: Sequence[str] | None = None, domestic_technology: bool = False
) -> FootprintsResult:
    r"""Account stressors by who produces and by who consumes.

    Production-based: what a region's industries cause, and its final demand itself (such as
    households' own emissions). Consumption-based: what its final demand causes anywhere, and
    itself; equal to production-based less exports plus imports.

    table : separate, with satellite accounts; many regions, or one
    stressors : codes of satellite rows, all by default
    domestic_technology : of one region, take imports to be made as the same products are made
        here, :math:`L = (I - A_D - A_M)^{-1}`; without it imports of one region have no account
    Returns : tables ``regions`` (stressor, region, direct, production_based, consumption_based,
        exports, imports), ``sectors`` (stressor, region, code; production and exports by
        producing sector, multiplier and consumption by product bought) and, for many regions,
        ``flows`` (stressor, origin, destination, value; destination "" is the outside); one
        region has no column ``region`` [the stressor's unit, of multiplier per unit of the table]
    Raises : InputError for a competitive table, a table without satellite accounts, unknown
        stressors, and domestic technology asked of many regions
    Limits : what a sector without output causes is in its production only; imports from outside a
        table of many regions have no account, and a warning says so; domestic technology misses
        that others produce with other fuels and processes.
    Source : as ``production_and_consumption_accounts``. In pymrio's words, by stressor:
        ``sectors.production`` is D_pba, ``sectors.consumption`` D_cba, ``sectors.exports`` D_exp;
        ``embodied_imports_by_product`` is D_imp, whose sum over sectors is ``regions.imports``;
        ``regions.production_based`` and ``consumption_based`` hold the direct part, as D_pba_reg
        and D_cba_reg do.
    """
    chosen, produced = _chosen(table, stressors, domestic_technology)
    demand = demand_by_region(table)
    found = production_and_consumption_accounts(
        leontief_system(table), coefficients(produced, table.output), demand
    )
    direct = _direct(table, chosen)
    consumption = found.consumption
    if table.imported_flows is not None and len(table.regions) == 1:
        consumption = np.full_like(consumption, np.nan)
        if domestic_technology:
            flows = table.flows + table.imported_flows
            bought = demand[:, 0] + table.imported_final(
                "consumption", "investment", "stock_changes"
            )
            consumption = _made_at_home(flows, table.output, produced, bought)[:, np.newaxis]
    names = [table.satellite_rows[k].code for k in chosen]
    units = {table.satellite_rows[k].unit for k in chosen}
    tables = {
        "regions": _regions(table, names, produced, direct, found, consumption),
        "sectors": _sectors(table, names, produced, found, consumption),
    }
    if len(table.regions) > 1:
        tables["flows"] = _flows(table, names, found)
    return FootprintsResult(
        tables=tables,
        units=dict.fromkeys(_AMOUNTS, units.pop() if len(units) == 1 else "unspecified"),
        parameters={
            "stressors": names,
            "stressor_units": {
                table.satellite_rows[k].code: table.satellite_rows[k].unit for k in chosen
            },
            "domestic_technology": domestic_technology,
            "classification": table.classification,
            "year": table.year,
        },
        inputs=table.inputs,
        warnings=(*table.assumptions, *_warnings(table, domestic_technology)),
    )


def embodied_imports_by_product(
    table: IOTable, stressors: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return what each region's final demand causes in other regions, by product bought.

    It is apart from ``footprints`` because multipliers by region of origin, Q·R rows, have to be
    solved for it.
    Returns : stressor, region, code, imports [the stressor's unit]
    Raises : InputError as ``footprints``, and for a table of one region
    """
    if len(table.regions) == 1:
        raise InputError(
            Text(
                "该表只有一个地区，没有来自其他地区的隐含进口",
                "the table has one region only: nothing is imported from other regions",
            )
        )
    chosen, produced = _chosen(table, stressors, domestic_technology=False)
    count, sectors = len(table.regions), len(table.sectors)
    intensities = coefficients(produced, table.output)
    demand = demand_by_region(table)[:, :count].reshape(count, sectors, count)
    system = leontief_system(table)
    caused = np.empty((len(chosen), count, sectors))
    for region in range(count):
        abroad = intensities.copy()
        abroad[:, region * sectors : (region + 1) * sectors] = 0.0
        rows = system.solve_rows(abroad).reshape(-1, count, sectors)
        caused[:, region] = np.einsum("qps,ps->qs", rows, demand[:, :, region])
    frame = _index(table, [table.satellite_rows[k].code for k in chosen])
    frame["imports"] = caused.ravel()
    return frame


def _made_at_home(flows: Array, output: Array, produced: Array, bought: Array) -> Array:
    """Return (Q, N) what final demand causes if imports are made as at home, by product."""
    total = LeontiefSystem(coefficients(flows, output), overwrite=True)
    return np.asarray(total.solve_rows(coefficients(produced, output)) * bought)


def _chosen(
    table: IOTable, stressors: Sequence[str] | None, domestic_technology: bool
) -> tuple[list[int], Array]:
    """Return the stressors' positions and (Q, N) figures; refuse what has no footprints."""
    if table.competitive:
        raise InputError(
            Text(
                "竞争型表不区分进口品，不能计算足迹",
                "a competitive table does not tell imports from domestic products: it has no "
                "footprints",
            ),
            remedy=Text(
                "请使用非竞争型表，或先用 split_imports_proportionally 拆分。",
                "Use a table with imports apart, or split it by split_imports_proportionally.",
            ),
        )
    if domestic_technology and len(table.regions) > 1:
        raise InputError(
            Text(
                "国内技术假定只用于单地区表；多地区表已有各地区自己的技术",
                "domestic technology is an assumption for a table of one region; a table of many "
                "has each region's own",
            )
        )
    have = [row.code for row in table.satellite_rows]
    if table.satellites is None:
        raise InputError(
            Text(
                "投入产出表没有卫星账户，不能计算足迹",
                "the input–output table has no satellite accounts: there is nothing to trace",
            ),
            remedy=Text(
                "请用 with_satellite 加入排放、能源或就业等数据。",
                "Add emissions, energy or employment by with_satellite.",
            ),
        )
    wanted = have if stressors is None else list(stressors)
    unknown = [code for code in wanted if code not in have]
    if unknown:
        shown = have[:_MOST_NAMED]
        rest = "…" if len(have) > len(shown) else ""
        raise InputError(
            Text(
                f"没有卫星账户 {'、'.join(unknown)}；有：{'、'.join(shown)}{rest}",
                f"no satellite account {', '.join(unknown)}; there are: {', '.join(shown)}{rest}",
            )
        )
    places = [have.index(code) for code in wanted]
    return places, table.satellites[places]


def _direct(table: IOTable, chosen: list[int]) -> Array:
    """Return (Q, R) what the final demand of each region itself causes."""
    count = len(table.regions)
    direct = np.zeros((len(chosen), count))
    if table.satellites_final is not None:
        for column, place in enumerate(demand_places(table)):
            if place < count:
                direct[:, place] += table.satellites_final[chosen, column]
    return direct


def _index(table: IOTable, names: list[str]) -> pd.DataFrame:
    """Return stressor, region (of many) and code for every stressor and region-sector."""
    regions, sectors = len(table.regions), len(table.sectors)
    grid = np.indices((len(names), regions, sectors)).reshape(3, -1)
    frame = pd.DataFrame({"stressor": pd.Categorical.from_codes(grid[0], pd.Index(names))})
    if regions > 1:
        frame["region"] = pd.Categorical.from_codes(grid[1], pd.Index(table.regions))
    frame["code"] = pd.Categorical.from_codes(grid[2], pd.Index(table.codes))
    return frame


def _regions(
    table: IOTable,
    names: list[str],
    produced: Array,
    direct: Array,
    found: Accounts,
    consumption: Array,
) -> pd.DataFrame:
    count = len(table.regions)
    kept = found.flows[:, np.arange(count), np.arange(count)]
    made = produced.reshape(len(names), count, -1).sum(axis=2)
    eaten = consumption.sum(axis=2)
    frame = pd.DataFrame({"stressor": np.repeat(np.array(names, dtype=object), count)})
    if count > 1:
        frame["region"] = np.tile(np.array(table.regions, dtype=object), len(names))
    columns = {
        "direct": direct,
        "production_based": made + direct,
        "consumption_based": eaten + direct,
        "exports": found.flows.sum(axis=2) - kept,
        "imports": eaten - kept,
    }
    for name, values in columns.items():
        frame[name] = values.ravel()
    return frame


def _sectors(
    table: IOTable, names: list[str], produced: Array, found: Accounts, consumption: Array
) -> pd.DataFrame:
    frame = _index(table, names)
    titles = table.names()[["title_zh", "title_en"]]
    for name in titles:
        frame[name] = np.tile(titles[name].to_numpy(dtype=object), len(names))
    columns = {
        "production": produced,
        "exports": found.exports,
        "multiplier": found.multipliers,
        "consumption": consumption,
    }
    for name, values in columns.items():
        frame[name] = values.ravel()
    return frame


def _flows(table: IOTable, names: list[str], found: Accounts) -> pd.DataFrame:
    grid = np.indices(found.flows.shape).reshape(3, -1)
    places = pd.Index([*table.regions, ""])
    return pd.DataFrame(
        {
            "stressor": pd.Categorical.from_codes(grid[0], pd.Index(names)),
            "origin": pd.Categorical.from_codes(grid[1], pd.Index(table.regions)),
            "destination": pd.Categorical.from_codes(grid[2], places),
            "value": found.flows.ravel(),
        }
    )


def _warnings(table: IOTable, domestic_technology: bool) -> list[Text]:
    if table.imported_flows is None:
        return []
    if len(table.regions) > 1:
        return [
            Text(
                "来自表外地区的进口没有计入消费侧足迹。",
                "Imports from outside the table are missing from the consumption-based accounts.",
            )
        ]
    if domestic_technology:
        return [
            Text(
                "进口品的排放或资源占用按国内技术假定估计：视同在本地按同样方式生产。",
                "What imports cause is estimated under the assumption of domestic technology: as "
                "if the same products were made here in the same way.",
            )
        ]
    return [
        Text(
            "单地区表不含进口品在境外造成的影响，因此没有消费侧账户；"
            "若接受国内技术假定，可设 domestic_technology。",
            "A table of one region does not hold what its imports cause abroad, so there is no "
            "consumption-based account; accept the assumption of domestic technology "
            "(domestic_technology) to have one.",
        )
    ]
