"""Quick measures of what a disturbance costs: no stocks, no adaptation, one number each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.stress.cascade import SupplyLoss, direct_supply_loss, supply_cascade
from xinzhi.stress.disturbance import Disturbance, combined
from xinzhi.stress.inoperability import (
    dynamic_inoperability,
    inoperability,
    resilience_coefficients,
)
from xinzhi.structure.leontief import coefficients, leontief_system, value_added_coefficients

Array = NDArray[np.float64]

DAYS_OF_A_YEAR = 365.0

# What each measure leaves out: no loss is shown without it.
LEAVES_OUT: dict[str, Text] = {
    "partial_extraction": Text(
        "受损部门按比例少卖，也按比例少下订单；缺的部分由用户从别处买到，受损部门多时损失沿产业链累加。"
        "不含用户的断供、库存、替代、重建，以及最终使用者得不到的进口品。",
        "Struck sectors sell less and order less; users get what is missing elsewhere, so that "
        "with many struck sectors losses pile up along the chains. Leaves out shortages of users, "
        "stocks, substitution, rebuilding, and imports that final users do not get.",
    ),
    "inoperability": Text(
        "最终需求减少、受损部门按比例少交付最终使用的里昂惕夫效应，换算为产出的比例。"
        "不含投入短缺、库存、替代、恢复过程、重建，以及最终使用者得不到的进口品。",
        "The Leontief effect of final demand that falls or is not served by struck sectors, "
        "rescaled to parts of output. Leaves out shortages of inputs, stocks, substitution, the "
        "course of recovery, rebuilding, and imports that final users do not get.",
    ),
    "dynamic_inoperability": Text(
        "同一里昂惕夫效应，各部门按假定的韧性系数滞后调整，只计所给天数之内。"
        "不含投入短缺、库存、替代、重建，以及最终使用者得不到的进口品。",
        "The same Leontief effect with a lag in each sector, by an assumed resilience, within the "
        "days given. Leaves out shortages of inputs, stocks, substitution, rebuilding, and imports "
        "that final users do not get.",
    ),
    "supply_cascade": Text(
        "固定系数下投入短缺逐轮传到下游，最终使用者先减；每种投入无论多少都不可缺少，部门细时偏高。"
        "不含库存、替代、供应商丧失的订单、最终需求减少、重建，以及最终使用者得不到的进口品。",
        "Shortages passed on to users at fixed coefficients, final users first; every input counts "
        "as indispensable, however small, which overstates with fine sectors. Leaves out stocks, "
        "substitution, orders that suppliers lose, lower final demand, rebuilding, and imports "
        "that final users do not get.",
    ),
}


@dataclass(frozen=True, eq=False)
class _Group:
    """All that comes and goes by one course over the days.

    course : (T,) strength of each day, in [0, 1]
    supply : what is missing at full strength
    demand_lost : (N, F) part of final demand lost at full strength
    """

    course: Array
    supply: SupplyLoss
    demand_lost: Array


def quick_measures(
    table: IOTable,
    disturbances: Sequence[Disturbance],
    days: int = 365,
    response_days: float = 30.0,
) -> pd.DataFrame:
    r"""Return what disturbances cost by four static measures.

    Disturbances of the same course act together at full strength; their loss of a year is scaled
    to :math:`\sum_t f(t) / 365` of it, with the strength f of each day. Disturbances of different
    courses are added, at most a sector's whole output of the days. Capital comes back by
    1/rebuilding_time of what is left a day once its duration is over.

    days : horizon, >= 1; what is lost later is not counted
    response_days : of ``resilience_coefficients``, for the dynamic form only; an assumption
    Returns : measure (``partial_extraction``, ``inoperability``, ``dynamic_inoperability``,
        ``supply_cascade``), value_added_loss, output_loss [the table's unit, over the days],
        leaves_out_zh, leaves_out_en
    Raises : InputError for days below 1 or a disturbance that does not fit the table;
        ComputationError where I − A is singular or the cascade does not settle
    Limits : ``LEAVES_OUT``. In a competitive table, flows hold imports, and losses of them are
        counted as if they fell at home
    """
    if days < 1:
        raise InputError(
            Text(f"天数为 {days}，至少应为 1", f"there are {days} days; at least 1 is needed")
        )
    for disturbance in disturbances:
        disturbance.check(table)
    groups = _groups(table, disturbances, days)
    system = leontief_system(table)
    added = value_added_coefficients(table)
    lost: dict[str, Array] = {name: np.zeros(table.size) for name in LEAVES_OUT}
    path = np.zeros((days, table.size))
    for group in groups:
        year = float(group.course.sum()) / DAYS_OF_A_YEAR
        direct = direct_supply_loss(table, group.supply)
        fallen = demand_loss(table, group.demand_lost)
        undelivered = undelivered_demand(table, direct, fallen)
        extracted = partial_extraction(table, direct, fallen)
        inoperable = inoperability(table, undelivered, system)
        lost["partial_extraction"] += extracted * year
        lost["inoperability"] += inoperable * table.output * year
        lost["supply_cascade"] += supply_cascade(table, group.supply) * table.output * year
        path += np.outer(group.course, undelivered)
    speed = resilience_coefficients(table, response_days)
    lagged = dynamic_inoperability(table, path, speed).sum(axis=0) / DAYS_OF_A_YEAR
    lost["dynamic_inoperability"] = lagged * table.output
    most = table.output * days / DAYS_OF_A_YEAR
    rows = []
    for measure, output in lost.items():
        output = np.minimum(output, most)
        words = LEAVES_OUT[measure]
        rows.append((measure, float(added @ output), float(output.sum()), words.zh, words.en))
    columns = ["measure", "value_added_loss", "output_loss", "leaves_out_zh", "leaves_out_en"]
    return pd.DataFrame(rows, columns=columns)


def partial_extraction(table: IOTable, supply_loss: Array, demand_loss: Array) -> Array:
    r"""Return (N,) output lost when parts of sectors' sales, and of final demand, leave together.

    .. math:: d = x - \big(I - (I - \hat{s}) A\big)^{-1} (I - \hat{s})\,(f - \Delta f), \qquad
              f = (I - A)\, x

    With Δf = 0 it is ``extraction_effects`` of ``inputoutput``.

    supply_loss : (N,) s, part of each sector's sales that leaves, in [0, 1]
    demand_loss : (N,) Δf, final demand that falls away [the table's unit]
    Returns : (N,) [the table's unit, of a year]
    Limits : users of what is extracted get it elsewhere; no stocks, no prices
    Source : Dietzenbacher and Lahr (2013), Economic Systems Research 25
    """
    kept = 1.0 - supply_loss
    matrix = coefficients(table.flows, table.output)
    final = table.output - table.flows.sum(axis=1)
    remaining = kept[:, np.newaxis] * matrix
    left = np.linalg.solve(np.eye(table.size) - remaining, kept * (final - demand_loss))
    return np.asarray(table.output - left)


def demand_loss(table: IOTable, demand_lost: Array) -> Array:
    """Return (N,) final demand that falls away, stock changes apart [the table's unit]."""
    return np.asarray((demand_lost * table.final_demand) @ _moving(table))


def undelivered_demand(table: IOTable, supply_loss: Array, demand_loss: Array) -> Array:
    r"""Return (N,) final demand that falls away or is not served, stock changes apart.

    .. math:: c = \Delta f + s\, \max(0, f - \Delta f)

    Only demand for what the sector itself makes: in a competitive table x / (x + m) of it.
    """
    left = np.maximum(0.0, table.final_demand @ _moving(table) - demand_loss)
    if table.imports is not None:
        supplied = table.output + table.imports
        own = np.divide(table.output, supplied, out=np.zeros(table.size), where=supplied > 0)
        left = left * own
    return np.asarray(demand_loss + supply_loss * left)


def _moving(table: IOTable) -> Array:
    return 1.0 - table.of_kind("stock_changes")


def _groups(table: IOTable, disturbances: Sequence[Disturbance], days: int) -> list[_Group]:
    """Return what is lost, joined where it comes and goes by the same course."""
    found: dict[bytes, _Group] = {}
    for course, losses in _courses(disturbances, days):
        key = course.tobytes()
        group = found.get(key) or _nothing(table, course)
        supply = group.supply
        for name, lost in losses.items():
            if name in ("capital_lost", "capacity_lost"):
                supply = replace(supply, capacity=combined(supply.capacity, lost))
            elif name == "imports_lost":
                by_user = lost if lost.ndim == 2 else lost[:, np.newaxis]
                supply = replace(supply, imports=combined(supply.imports, by_user))
            elif name == "shipments_lost":
                supply = replace(supply, shipments=combined(supply.shipments, lost))
            elif name == "demand_lost":
                group = replace(group, demand_lost=combined(group.demand_lost, lost))
        found[key] = replace(group, supply=supply)
    return list(found.values())


def _courses(
    disturbances: Sequence[Disturbance], days: int
) -> Iterator[tuple[Array, dict[str, Array]]]:
    """Yield (T,) courses with what follows them; capital comes back by rebuilding."""
    for one in disturbances:
        losses = one.losses
        capital = losses.pop("capital_lost", None)
        if losses:
            yield one.strength(np.arange(days)), losses
        if capital is not None:
            rebuilt = replace(one, recovery="exponential", recovery_time=one.rebuilding_time)
            yield rebuilt.strength(np.arange(days)), {"capital_lost": capital}


def _nothing(table: IOTable, course: Array) -> _Group:
    size, sectors, regions = table.size, len(table.sectors), len(table.regions)
    supply = SupplyLoss(np.zeros(size), np.zeros((sectors, size)), np.zeros((size, regions)))
    return _Group(course, supply, np.zeros((size, len(table.final_categories))))
