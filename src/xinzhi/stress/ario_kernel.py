"""Compiled ARIO: the steps of one run.

Importing this module needs numba; ``ario`` imports it when it is first used.
"""

from __future__ import annotations

import numpy as np

from xinzhi.stress.ario_arrays import (
    CAPACITY,
    FINE,
    HELD,
    NEGATIVE_STOCK,
    Economy,
    Events,
    Record,
    State,
    Values,
)
from xinzhi.stress.ario_passes import (
    arriving,
    arriving_and_weighing,
    compiled,
    limits,
    ration,
    reaching_orders,
    rebuild,
    restock,
    shortage,
    strike,
    weighing,
)
from xinzhi.stress.ario_step import (
    aim,
    final_orders,
    keep_books,
    lasting_orders,
    produce,
    receive_imports,
    receive_reconstruction,
    reconstruction_orders,
    remaining_capacity,
    share_orders,
)


@compiled
def simulate(
    economy: Economy, values: Values, events: Events, state: State, record: Record
) -> tuple[int, int, int]:
    """Run all steps and fill the record; see ``ario.run`` for the equations.

    Returns : how it ended, and where it did not end well the step and the region-sector
    """
    size, regions = state.weight.shape
    sectors = len(economy.outside)
    rows = len(economy.inputs)
    adapting = values.orders == CAPACITY
    moving = len(events.demand) > 0 or len(events.shipments) > 0 or values.response > 0.0
    # without cuts of shipments a supplier has one weight for the users of all regions
    parted = regions if len(events.shipments) > 0 else 1
    cut = False
    for t in range(len(record.output)):
        # what is lost in this step
        strike(
            events.capital,
            events.struck,
            t,
            economy.capital,
            events.of,
            events.share,
            state.hit,
            state.broken,
            state.struck,
            state.ordered,
        )
        remaining_capacity(
            events.capacity,
            events.capacity_of,
            events.strength,
            state.broken,
            events.struck,
            t,
            state.room,
        )
        limits(
            events.imports,
            events.imports_of,
            events.strength,
            t,
            values.import_room,
            1.0 + values.import_room,
            state.coming,
            state.most_coming,
        )
        before = cut
        cut = limits(
            events.shipments,
            events.shipments_of,
            events.strength,
            t,
            values.import_room,
            np.inf,
            state.shipped,
            state.allowed,
        )
        shipping = cut or before  # the last orders were shared by region of the user too

        # what is asked of each sector, and what it makes
        reaching_orders(
            economy.flows, state.weight, state.need, state.allowed, shipping, state.reached
        )
        if t == 0 or moving:
            final_orders(
                economy.final,
                economy.client,
                economy.household,
                economy.region,
                events.demand,
                events.demand_of,
                events.strength,
                t,
                values.response,
                state.income,
                state.allowed,
                state.wanted,
                state.asked,
            )
        reconstruction_orders(
            events.supplier,
            events.of,
            events.pace,
            events.rebuilt,
            t,
            values.step,
            state.ordered,
            state.remaining,
            state.asked,
        )
        ended, place = aim(
            economy.output,
            economy.held,
            values.most,
            values.rise / values.step,
            values.proportional_return,
            t == 0,
            state.asked,
            state.reached,
            state.room,
            state.production,
            state.over,
            state.capacity,
            state.optimum,
        )
        if ended != FINE:
            return ended, t, place
        shortage(
            economy.inputs,
            state.stock,
            values.least_days,
            values.substitution,
            values.essential,
            state.optimum,
            state.kept,
            state.tightest,
        )
        ended, place = produce(
            state.optimum,
            state.kept,
            state.tightest,
            t,
            state.production,
            record.first,
            record.last,
            record.days,
        )
        if ended != FINE:
            return ended, t, place

        # who gets it
        ration(state.asked, values.rank, state.production, economy.held, state.met)
        keep_books(
            state.asked,
            state.wanted,
            state.met,
            state.production,
            t,
            record.output,
            record.intermediate,
            record.final,
            record.reconstruction,
            record.stock_changes,
            record.unmet,
        )
        for i in range(size):
            record.possible[t, i] = state.capacity[i]
            if adapting:
                able = state.room[i] * state.over[i]
                for r in range(parted):
                    state.fresh[i, r] = able * state.shipped[i * regions + r]
        if adapting and not shipping:
            arriving_and_weighing(
                economy.flows,
                state.weight,
                state.need,
                state.met,
                state.fresh,
                state.arrived,
                state.sharing,
            )
        else:
            arriving(
                economy.flows,
                state.weight,
                state.need,
                state.allowed,
                shipping,
                state.met,
                state.arrived,
            )
            if adapting:
                weighing(economy.flows, state.fresh, state.sharing)
        if adapting and rows == sectors:
            for p in range(sectors):
                for j in range(size):
                    part = state.coming[p * size + j]
                    state.sharing[p, j] += economy.outside[p, j] * part
        receive_imports(economy.outside, state.most_coming, state.abroad, state.arrived)
        rebuilding = receive_reconstruction(
            events.supplier,
            events.of,
            events.pace,
            events.rebuilt,
            events.imported_final,
            events.imported_final_of,
            events.strength,
            t,
            values.step,
            state.met,
            state.remaining,
        )
        for k in range(len(events.supplier)):
            record.left[t] += state.ordered[k] * state.remaining[k]
        if rebuilding:
            rebuild(events.of, events.share, state.hit, state.remaining, state.broken)

        # stocks, and the next orders
        lasting_orders(economy.held, state.asked, state.met, state.capacity, state.optimum)
        place = restock(
            economy.inputs,
            values.days,
            values.least_days,
            values.substitution,
            values.essential,
            values.restoration,
            values.step,
            state.production,
            state.kept,
            state.optimum,
            state.arrived,
            state.full,
            state.stock,
            record.least,
        )
        if place >= 0:
            return NEGATIVE_STOCK, t, place
        if values.orders != HELD:
            share_orders(
                state.arrived,
                state.sharing,
                economy.outside,
                state.coming,
                adapting,
                state.need,
                state.abroad,
            )
        for i in range(size):
            for r in range(parted):
                state.weight[i, r] = state.fresh[i, r]
        for r in range(regions):
            earned = 0.0
            for i in range(r * sectors, (r + 1) * sectors):
                earned += state.production[i] * economy.value_added[i]
            state.income[r] = earned / state.base_income[r] if state.base_income[r] > 0.0 else 1.0
    return FINE, 0, 0
