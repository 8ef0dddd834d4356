"""The plain arrays that an ARIO run reads and writes; flows are rates per day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# clients of a product, in the order of CLIENTS of ario_parameters
INTERMEDIATE, CONSUMPTION, INVESTMENT, EXPORTS, RECONSTRUCTION = range(5)

HELD, BASE, CAPACITY = range(3)
"""How users share orders among regions, see ``ArioParameters.orders``."""

FINE, NOT_FINITE, NEGATIVE_STOCK, EXPLOSIVE = range(4)
"""How a run ended."""
MOST_ORDERS = 1e3
"""A sector whose orders exceed this many times its base-year output is said to explode."""


class Economy(NamedTuple):
    """The base year. K rows of inputs: S products, and S more where imported ones are apart.

    flows : (N, N) domestic intermediate flows, final : (N, F) final demand without stock changes
        and without its negative figures, which are in ``held``
    inputs : (K, N) input of each row per unit of output; outside : (S, N) flows from outside
    client : (F,) kind of each final column; household : (F,) 1 where it follows income;
        region : (F,) whose demand it is, -1 outside the table
    output, held : (N,) gross output; stock changes and discrepancy, kept as they are
    value_added : (N,) per unit of output; capital : (N,) stock, not a rate
    """

    flows: Array
    final: Array
    inputs: Array
    outside: Array
    client: Codes
    household: Codes
    region: Codes
    output: Array
    held: Array
    value_added: Array
    capital: Array


class Values(NamedTuple):
    """The assumptions: see ``ArioParameters``.

    days, least_days, substitution : (K,) stock aimed at, stock below which output is cut, σ
    most : (N,) α_max; rank : (5,) turn of each client, from 0
    """

    days: Array
    least_days: Array
    substitution: Array
    most: Array
    rank: Codes
    restoration: float
    rise: float
    essential: float
    proportional_return: bool
    orders: int
    response: float
    import_room: float
    step: float


class Events(NamedTuple):
    """What acts in each step; T steps, and E events of each kind with their places in ``strength``.

    strength : (T, events) of every event
    capacity : (E, N) with capacity_of (E,); imports : (E, S·N); imported_final : (E, S);
        shipments : (E, N·R); demand : (E, N, F), all in the same way
    capital : (E, N) share destroyed; struck, rebuilt : (T, E) share of the step for which capital
        is gone, and for which it is being rebuilt; pace : (E,) 1 / rebuilding time
    supplier : (L,) who delivers: region-sector i, or N + product from outside; of : (L,) its
        event; share : (L, N) of the reconstruction of each region-sector, summing to 1 by event
    """

    strength: Array
    capacity: Array
    capacity_of: Codes
    imports: Array
    imports_of: Codes
    imported_final: Array
    imported_final_of: Codes
    shipments: Array
    shipments_of: Codes
    demand: Array
    demand_of: Codes
    capital: Array
    struck: Array
    rebuilt: Array
    pace: Array
    supplier: Codes
    of: Codes
    share: Array


class Record(NamedTuple):
    """What a run leaves behind; all (T, N) rates per day but for what says otherwise.

    output : gross output; possible : what capacity allowed
    intermediate, final, reconstruction, stock_changes : where output went
    unmet : final demand of each product that was not delivered
    left : (T,) reconstruction still to be delivered, an amount
    least : (K, N) least stock; infinite where it is unlimited
    first, last, days : (K, N) first and last step in which the input was the one that limited its
        user, and number of them; -1, -1 and 0 where it never was
    """

    output: Array
    possible: Array
    intermediate: Array
    final: Array
    reconstruction: Array
    stock_changes: Array
    unmet: Array
    left: Array
    least: Array
    first: Codes
    last: Codes
    days: Codes


class State(NamedTuple):
    """What changes from step to step, and room to work in.

    stock, full : (K, N) stocks now and in the base year; unlimited ones are infinite
    need : (S, N) orders of a product by its user, relative to ``sharing``, the weighted base flows
    weight, fresh : (N, R) weight of a supplier for users of a region, in the last and next orders
    abroad : (S, N) orders of products from outside
    over : (N,) α; room : (N,) what is left of capacity; kept : (N,) what stocks allow of output,
        tightest : (N,) the input that limits; reached : (N,) orders of intermediate products
    wanted, asked, met : (N, 5) by client: what it would take, what can be shipped of it, and the
        share of that which it gets
    shipped, allowed : (N·R,), coming, most_coming : (S·N,) see ``limits``
    hit, broken : (E, N) share of capital destroyed, and still broken; struck : (E,) 1 afterwards
    ordered, remaining : (L,) reconstruction of each supplier, and the share not yet delivered
    income, base_income : (R,) value added relative to the base year, and then
    """

    stock: Array
    full: Array
    need: Array
    sharing: Array
    weight: Array
    fresh: Array
    abroad: Array
    arrived: Array
    production: Array
    over: Array
    room: Array
    capacity: Array
    optimum: Array
    kept: Array
    tightest: Codes
    reached: Array
    wanted: Array
    asked: Array
    met: Array
    shipped: Array
    allowed: Array
    coming: Array
    most_coming: Array
    hit: Array
    broken: Array
    struck: Codes
    ordered: Array
    remaining: Array
    income: Array
    base_income: Array


def first_state(economy: Economy, values: Values, events: Events) -> State:
    """Return the base year: full stocks, orders as they were, nothing lost."""
    rows, size = economy.inputs.shape
    sectors = len(economy.outside)
    regions = size // sectors
    used = economy.inputs * economy.output
    with np.errstate(invalid="ignore"):  # no stock of what is not used, even if unlimited
        full = np.where(used > 0, values.days[:, np.newaxis] * used, 0.0)
    sharing = economy.flows.reshape(regions, sectors, size).sum(axis=0)
    income = (economy.output * economy.value_added).reshape(regions, sectors).sum(axis=1)
    strikes, suppliers = len(events.capital), len(events.supplier)
    return State(
        stock=full.copy(),
        full=full,
        need=np.ones((sectors, size)),
        sharing=sharing if rows > sectors else sharing + economy.outside,
        weight=np.ones((size, regions)),
        fresh=np.ones((size, regions)),
        abroad=economy.outside.copy(),
        arrived=np.zeros((rows, size)),
        production=economy.output.copy(),
        over=np.ones(size),
        room=np.ones(size),
        capacity=np.zeros(size),
        optimum=np.zeros(size),
        kept=np.ones(size),
        tightest=np.full(size, -1),
        reached=np.zeros(size),
        wanted=np.zeros((size, 5)),
        asked=np.zeros((size, 5)),
        met=np.ones((size, 5)),
        shipped=np.ones(size * regions),
        allowed=np.full(size * regions, np.inf),
        coming=np.ones(sectors * size),
        most_coming=np.full(sectors * size, 1.0 + values.import_room),
        hit=np.zeros((strikes, size)),
        broken=np.zeros((strikes, size)),
        struck=np.zeros(strikes, dtype=np.int64),
        ordered=np.zeros(suppliers),
        remaining=np.ones(suppliers),
        income=np.ones(regions),
        base_income=income,
    )


def empty_record(steps: int, state: State) -> Record:
    """Return the arrays that a run fills."""
    rows, size = state.stock.shape
    return Record(
        output=np.zeros((steps, size)),
        possible=np.zeros((steps, size)),
        intermediate=np.zeros((steps, size)),
        final=np.zeros((steps, size)),
        reconstruction=np.zeros((steps, size)),
        stock_changes=np.zeros((steps, size)),
        unmet=np.zeros((steps, size)),
        left=np.zeros(steps),
        least=state.full.copy(),
        first=np.full((rows, size), -1),
        last=np.full((rows, size), -1),
        days=np.zeros((rows, size), dtype=np.int64),
    )
