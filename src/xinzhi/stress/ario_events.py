"""Disturbances as the arrays of an ARIO run, one value for each of its steps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.stress.ario_arrays import Array, Codes, Events
from xinzhi.stress.ario_parameters import Origin
from xinzhi.stress.disturbance import Disturbance

_KINDS = ("capacity_lost", "imports_lost", "imported_final_lost", "shipments_lost", "demand_lost")


def event_arrays(
    table: IOTable,
    disturbances: Sequence[Disturbance],
    origin: Origin,
    days: int,
    step_days: int,
) -> Events:
    """Return what acts in each step.

    A step of several days has the mean strength of its days.
    origin : who rebuilds, see ``ArioParameters.rebuilding_origin``
    Raises : InputError where an event does not fit the table, begins after the last day, or is to
        be rebuilt with a product that nobody makes
    """
    for event in disturbances:
        event.check(table)
        if event.start >= days:
            raise InputError(
                Text(
                    f"事件从第 {event.start} 天开始，而模拟只有 {days} 天",
                    f"the event begins on day {event.start}, but the run has {days} days",
                )
            )
    steps = -(-days // step_days)
    calendar = np.arange(steps * step_days)

    def by_step(values: NDArray[np.generic]) -> Array:
        means: Array = np.asarray(values, dtype=np.float64).reshape(steps, step_days).mean(axis=1)
        return means

    def in_columns(rows: list[Array]) -> Array:
        return np.ascontiguousarray(np.array(rows).reshape(len(rows), steps).T)

    found = {name: _losses(table, disturbances, name) for name in _KINDS}
    struck = [event for event in disturbances if event.capital_lost is not None]
    shares = [reconstruction_shares(table, event, origin) for event in struck]
    suppliers = [np.zeros(0, dtype=np.int64), *(supplier for supplier, _ in shares)]
    lengths = [len(supplier) for supplier, _ in shares]
    return Events(
        strength=in_columns([by_step(event.strength(calendar)) for event in disturbances]),
        capacity=found["capacity_lost"][0],
        capacity_of=found["capacity_lost"][1],
        imports=found["imports_lost"][0],
        imports_of=found["imports_lost"][1],
        imported_final=found["imported_final_lost"][0],
        imported_final_of=found["imported_final_lost"][1],
        shipments=found["shipments_lost"][0],
        shipments_of=found["shipments_lost"][1],
        demand=found["demand_lost"][0],
        demand_of=found["demand_lost"][1],
        capital=_losses(table, disturbances, "capital_lost")[0],
        struck=in_columns([by_step(calendar >= e.start) for e in struck]),
        rebuilt=in_columns([by_step(calendar >= e.start + e.duration) for e in struck]),
        pace=np.array([1.0 / event.rebuilding_time for event in struck]),
        supplier=np.concatenate(suppliers),
        of=np.repeat(np.arange(len(struck)), lengths),
        share=np.concatenate([np.zeros((0, table.size)), *(share for _, share in shares)]),
    )


def _losses(table: IOTable, disturbances: Sequence[Disturbance], name: str) -> tuple[Array, Codes]:
    """Return the losses of one kind and the places of their events.

    Returns : (E, n), or (E, N, F) for demand; (E,)
    """
    size, sectors = table.size, len(table.sectors)
    shapes = {
        "imports_lost": (sectors, size),
        "imported_final_lost": (sectors,),
        "shipments_lost": (size, len(table.regions)),
        "demand_lost": (size, len(table.final_categories)),
    }
    shape = shapes.get(name, (size,))
    held, places = [], []
    for place, event in enumerate(disturbances):
        lost = getattr(event, name)
        if lost is not None:
            every = lost[:, np.newaxis] if lost.ndim < len(shape) else lost
            held.append(np.broadcast_to(every, shape))
            places.append(place)
    values = np.array(held).reshape(len(held), *shape)
    if name == "demand_lost":
        values = values[:, :, table.of_kind("stock_changes") == 0]
    else:
        values = values.reshape(len(held), -1) if held else np.zeros((0, int(np.prod(shape))))
    return np.ascontiguousarray(values), np.array(places, dtype=np.int64)


def reconstruction_shares(
    table: IOTable, event: Disturbance, origin: Origin
) -> tuple[Codes, Array]:
    r"""Return who delivers the reconstruction of each region-sector, and in which shares.

    .. math:: \rho_p \frac{w_{ij}}{\sum_{i' \in p} w_{i'j}}

    with the product's share ρ in the event and weights w: purchases of investment in the region of
    j, or of sector j itself, from each region and from outside; where there are none, all final
    purchases of the region; where there are none, output.

    Returns : (L,) suppliers, region-sector i or N + product for what comes from outside; (L, N)
        shares that sum to 1 for every region-sector
    Raises : InputError naming a product that nobody makes or imports
    """
    assert event.rebuilding is not None
    sectors, regions = len(table.sectors), len(table.regions)
    suppliers, rows = [], []
    tries = [_investment(table), _purchases(table), _output(table)]
    if origin == "intermediate":
        imported = table.imported_flows
        tries.insert(0, (table.flows, np.zeros_like(tries[0][1]) if imported is None else imported))
    for product in np.flatnonzero(event.rebuilding > 0):
        places = np.append(np.arange(regions) * sectors + product, table.size + product)
        weights = np.zeros((regions + 1, table.size))
        for own, outside in tries:
            offered = np.maximum(np.vstack([own[product::sectors], outside[product]]), 0.0)
            weights = np.where(weights.sum(axis=0) > 0, weights, offered)
        whole = weights.sum(axis=0)
        if not (whole > 0).all():
            raise InputError(
                Text(
                    f"表中无人生产或进口重建所用的产品 {table.codes[product]}",
                    f"nobody in the table makes or imports product {table.codes[product]}, which "
                    "the event is rebuilt with",
                )
            )
        share = event.rebuilding[product] * weights / whole
        used = share.any(axis=1)
        suppliers.append(places[used])
        rows.append(share[used])
    return np.concatenate(suppliers).astype(np.int64), np.concatenate(rows)


def _final_by_region(table: IOTable, chosen: Array) -> tuple[Array, Array]:
    """Return (N, N) and (S, N) final purchases by the region of each region-sector."""
    regions, sectors = table.regions, len(table.sectors)
    own, outside = [], []
    for region in regions:
        mine = chosen * [len(regions) == 1 or c.region == region for c in table.final_categories]
        own.append(np.maximum(table.final_demand, 0.0) @ mine)
        given = table.imported_final_demand
        outside.append(np.zeros(sectors) if given is None else np.maximum(given, 0.0) @ mine)
    return (
        np.repeat(np.array(own).T, sectors, axis=1),
        np.repeat(np.array(outside).T, sectors, axis=1),
    )


def _investment(table: IOTable) -> tuple[Array, Array]:
    return _final_by_region(table, table.of_kind("investment"))


def _purchases(table: IOTable) -> tuple[Array, Array]:
    return _final_by_region(table, table.of_kind("consumption", "investment"))


def _output(table: IOTable) -> tuple[Array, Array]:
    own = np.repeat(table.output[:, np.newaxis], table.size, axis=1)
    return own, np.zeros((len(table.sectors), table.size))
