"""The adaptive regional input–output model with inventories (ARIO), on the arrays of one table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.io_table import IOTable
from xinzhi.stress.ario_arrays import (
    BASE,
    CAPACITY,
    CONSUMPTION,
    EXPLOSIVE,
    EXPORTS,
    FINE,
    HELD,
    INVESTMENT,
    MOST_ORDERS,
    NEGATIVE_STOCK,
    Array,
    Economy,
    Events,
    Record,
    State,
    Values,
    empty_record,
    first_state,
)
from xinzhi.stress.ario_events import event_arrays
from xinzhi.stress.ario_parameters import CLIENTS, ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.multipliers import HOUSEHOLD_CODES

DAYS_OF_A_YEAR = 365.0

_CLIENTS = {"consumption": CONSUMPTION, "investment": INVESTMENT, "exports": EXPORTS}
_ORDERS = {"held": HELD, "base": BASE, "capacity": CAPACITY}


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table ready for many runs.

    table, parameters : what it was made of; economy : their arrays, flows per day
    """

    table: IOTable
    parameters: ArioParameters
    economy: Economy

    def vary(self, parameters: ArioParameters) -> Prepared:
        """Return the same table under other assumptions; flows are not copied."""
        if parameters.imported_inputs != self.parameters.imported_inputs:
            return prepare(self.table, parameters)
        economy = self.economy._replace(capital=_capital(self.table, parameters))
        return replace(self, parameters=parameters, economy=economy)


@dataclass(frozen=True, eq=False)
class Run:
    """What one run computed.

    record : its paths, see ``Record``; rates per day
    step_days : days of a step
    imported_unmet : (T,) final demand for products from outside that did not arrive, a rate
    lowest_stock : (K, N) least stock relative to the base year; nan where it is unlimited or none
    """

    record: Record
    step_days: int
    imported_unmet: Array
    lowest_stock: Array


def prepare(table: IOTable, parameters: ArioParameters | None = None) -> Prepared:
    """Return the arrays of a table that every run on it reads.

    Negative figures of final demand, stock changes and the discrepancy are held at their base-year
    amounts.
    Raises : InputError for a competitive table, for negative intermediate flows, and for
        parameters by sector that do not match the table
    """
    given = parameters or ArioParameters()
    if table.competitive:
        raise InputError(
            Text(
                "该表未把进口品与本地产品分开，不能做冲击模拟：不知道哪些订单给了本地部门",
                "the table does not part imports from its own products, so a shock cannot be "
                "simulated: which orders its own sectors get is not known",
            ),
            remedy=Text(
                "请使用进口非竞争型表，或先按比例拆分进口（split_imports_proportionally）。",
                "Use a table with imports apart, or split them by proportion first "
                "(split_imports_proportionally).",
            ),
        )
    imported = table.imported_flows
    outside = np.zeros((len(table.sectors), table.size)) if imported is None else imported
    _refuse_negative(table, outside)
    own = table.flows.reshape(len(table.regions), len(table.sectors), table.size).sum(axis=0)
    separate = given.imported_inputs == "separate" and bool(outside.any())
    inputs = np.vstack([own, outside]) if separate else own + outside
    lasting = table.of_kind("stock_changes") == 0
    flexible = np.maximum(table.final_demand[:, lasting], 0.0)
    categories = [c for c, kept in zip(table.final_categories, lasting, strict=True) if kept]
    held = table.output - table.flows.sum(axis=1) - flexible.sum(axis=1)
    consumed = [c.code for c in categories if c.kind == "consumption"]
    named = set(consumed) & set(HOUSEHOLD_CODES) or set(consumed)
    economy = Economy(
        flows=np.ascontiguousarray(table.flows / DAYS_OF_A_YEAR),
        final=np.ascontiguousarray(flexible / DAYS_OF_A_YEAR),
        inputs=np.ascontiguousarray(coefficients(inputs, table.output)),
        outside=np.ascontiguousarray(outside / DAYS_OF_A_YEAR),
        client=np.array([_CLIENTS[c.kind] for c in categories], dtype=np.int64),
        household=np.array([c.code in named for c in categories], dtype=np.int64),
        region=np.array([_home(table, c.region, c.kind) for c in categories], dtype=np.int64),
        output=table.output / DAYS_OF_A_YEAR,
        held=_without_rounding(held, table.output) / DAYS_OF_A_YEAR,
        value_added=coefficients(table.value_added, table.output),
        capital=_capital(table, given),
    )
    prepared = Prepared(table, given, economy)
    values_of(prepared, 1)
    return prepared


def run(
    prepared: Prepared,
    disturbances: Sequence[Disturbance],
    *,
    days: int = 365,
    step_days: int = 1,
) -> Run:
    r"""Simulate a table under events, step by step.

    Let :math:`D_i` be all that is asked of sector i, :math:`a_{pj}` input p per unit of output,
    :math:`S_{pj}` its stock, :math:`n_p` the days of stock aimed at. In each step

    .. math::
        \alpha_i &\leftarrow \alpha_i + (\alpha^{max}_i - \alpha_i)
            \frac{D_i - x_i}{D_i}\frac{\Delta t}{\tau_\alpha}
            \quad\text{if } D_i > x_i \text{ of the last step, else }
            \alpha_i + (1 - \alpha_i)\frac{\Delta t}{\tau_\alpha} \\
        \bar x_i &= \alpha_i (1 - \delta_i) x^0_i, \qquad
        \hat x_i = \min(D_i, \bar x_i) \\
        x_j &= \hat x_j \min_p\left[1 - (1 - \sigma_p)\left(1 -
            \min\left(1, \frac{S_{pj}}{\psi n_p a_{pj} \hat x_j}\right)\right)\right] \\
        S_{pj} &\leftarrow S_{pj} + (\text{arrivals}_{pj} - a_{pj} x_j)\,\Delta t \\
        O_{pj} &= a_{pj} x_j + \max(0,\; n_p a_{pj} x^*_j - S_{pj}) / \tau_s

    with δ the capacity lost, :math:`\psi n_p` at least one step, the minimum over inputs of at
    least ``essential_share`` of output, and :math:`x^*` the lesser of
    capacity and orders, final demand and the reconstruction that could not be delivered. Orders O
    are shared among regions as ``ArioParameters.orders`` says and reach suppliers in the next step;
    output goes to clients by ``priority``. What is destroyed of capital K calls for
    reconstruction :math:`R`; a share :math:`1/\tau` of what is left of it is asked each day.

    days, step_days : length of the run, in steps of 1 or 7 days; the last one is whole
    Raises : InputError where events do not fit the table or the run; where stocks or times are
        shorter than a step; ComputationError naming step and sector where the run is unstable, and
        where numba is missing
    Limits : prices, substitution between products (but for σ), new entrants and expectations are
        left out; every region-sector makes one product
    Source : Hallegatte (2014), doi:10.1111/risa.12090, sections 2.2 to 2.4
    """
    if step_days not in (1, 7) or days < step_days:
        raise InputError(
            Text(
                f"步长为 {step_days} 天、模拟 {days} 天；步长应为 1 或 7 天，模拟不短于一步",
                f"steps of {step_days} days and a run of {days} days; a step must be 1 or 7 days, "
                "and the run at least one step",
            )
        )
    values = values_of(prepared, step_days)
    given = prepared.parameters
    events = event_arrays(prepared.table, disturbances, given.rebuilding_origin, days, step_days)
    economy = prepared.economy
    state = first_state(economy, values, events)
    record = empty_record(len(events.strength), state)
    _simulate(prepared.table, economy, values, events, state, record)
    held = (state.full > 0) & np.isfinite(state.full)
    full = np.where(held, state.full, np.nan)
    return Run(
        record=record,
        step_days=step_days,
        imported_unmet=_imported_unmet(prepared.table, events),
        lowest_stock=np.where(held, np.maximum(record.least, 0.0), np.nan) / full,
    )


def _simulate(
    table: IOTable,
    economy: Economy,
    values: Values,
    events: Events,
    state: State,
    record: Record,
) -> None:
    from xinzhi.stress.ario_kernel import simulate

    ended, step, place = simulate(economy, values, events, state, record)
    if ended != FINE:
        raise _unstable(table, ended, step, place)


def _unstable(table: IOTable, ended: int, step: int, place: int) -> ComputationError:
    region, code = table.labels[place]
    where = f"{region} {code}".strip()
    causes = {
        EXPLOSIVE: (
            Text(
                f"订单超过基年产出的 {MOST_ORDERS:g} 倍",
                f"orders exceed {MOST_ORDERS:g} times base-year output",
            ),
            Text(
                "请检查 restoration_time（相对 stock_days 过短会使补库订单剧增）。",
                "Look at restoration_time: too short for stock_days, it makes orders to refill "
                "stocks explode.",
            ),
        ),
        NEGATIVE_STOCK: (
            Text("库存为负", "a stock is negative"),
            Text(
                "请检查 stock_days 和 stock_threshold。", "Look at stock_days and stock_threshold."
            ),
        ),
    }
    cause, remedy = causes.get(
        ended,
        (
            Text("产出或订单不是有限数", "output or orders are not finite"),
            Text(
                "请检查 demand_lost（负值表示需求激增）、overproduction_limit 和 capital_ratio。",
                "Look at demand_lost (negative: a surge), overproduction_limit and capital_ratio.",
            ),
        ),
    )
    return ComputationError(
        Text(
            f"模拟在第 {step} 步失稳，部门 {where}：{cause.zh}",
            f"the run is unstable in step {step}, sector {where}: {cause.en}",
        ),
        remedy=remedy,
    )


def _refuse_negative(table: IOTable, outside: Array) -> None:
    negative = (table.flows.min(axis=0) < 0) | (outside.min(axis=0) < 0)
    if negative.any():
        shown = listed(" ".join(label).strip() for label in table.labels[negative])
        raise InputError(
            Text(
                f"中间投入有负值，不能作为订单：部门 {shown.zh}",
                f"intermediate inputs are negative and cannot be orders: sectors {shown.en}",
            )
        )


def _capital(table: IOTable, parameters: ArioParameters) -> Array:
    ratio = parameters.by_sector("capital_ratio", table.codes)
    return np.asarray(np.tile(ratio, len(table.regions)) * np.maximum(table.value_added, 0.0))


def _home(table: IOTable, region: str, kind: str) -> int:
    if len(table.regions) == 1:
        return -1 if kind == "exports" else 0
    return table.regions.index(region) if region in table.regions else -1


def _without_rounding(held: Array, output: Array) -> Array:
    """Return what is held, zero where it is only what summing has rounded."""
    return np.where(np.abs(held) > 1e-12 * output, held, 0.0)


def values_of(prepared: Prepared, step_days: int) -> Values:
    """Return the assumptions on the axes of the table.

    Raises : InputError where a stock or a time is shorter than a step
    """
    given, codes = prepared.parameters, prepared.table.codes
    days = given.by_sector("stock_days", codes)
    times = {
        "stock_days": float(days.min()),
        "restoration_time": given.restoration_time,
        "overproduction_time": given.overproduction_time,
    }
    short = {name: value for name, value in times.items() if value < step_days}
    if short:
        raise InputError(
            Text(
                f"步长 {step_days} 天，比以下参数长",
                f"a step of {step_days} days is longer than these parameters",
            ),
            details=[Text(f"{n}：{v:g} 天", f"{n}: {v:g} days") for n, v in short.items()],
            remedy=Text(
                "请改用 1 天的步长，或调大这些参数。", "Use daily steps, or larger values."
            ),
        )
    copies = len(prepared.economy.inputs) // len(codes)
    every = np.tile(days, copies)
    cut = given.stock_threshold * np.where(np.isinf(every), 0.0, every)
    rank = [
        given.priority.index(client) if client in given.priority else len(given.priority)
        for client in CLIENTS
    ]
    return Values(
        days=every,
        least_days=np.where(np.isinf(every), np.inf, np.maximum(cut, float(step_days))),
        substitution=np.tile(given.by_sector("substitution", codes), copies),
        most=np.tile(given.by_sector("overproduction_limit", codes), len(prepared.table.regions)),
        rank=np.array(rank, dtype=np.int64),
        restoration=float(given.restoration_time),
        rise=float(given.overproduction_time),
        essential=float(given.essential_share),
        proportional_return=given.overproduction_return == "proportional",
        orders=_ORDERS[given.orders],
        response=float(given.household_response),
        import_room=given.import_limit - 1.0,
        step=float(step_days),
    )


def _imported_unmet(table: IOTable, events: Events) -> Array:
    bought = np.maximum(table.imported_final() - table.imported_final("stock_changes"), 0.0)
    arrives = np.ones((len(events.strength), len(table.sectors)))
    for lost, of in zip(events.imported_final, events.imported_final_of, strict=True):
        arrives *= 1.0 - np.outer(events.strength[:, of], lost)
    return np.asarray((1.0 - arrives) @ bought / DAYS_OF_A_YEAR)
