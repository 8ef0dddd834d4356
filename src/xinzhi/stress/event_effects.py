"""From an event to what it does to one table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.event_parts import Event, Target
from xinzhi.data.io_table import IOTable
from xinzhi.data.toml_files import guess
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.event_places import Strike

Array = NDArray[np.float64]


def disturbances(event: Event, table: IOTable) -> tuple[Disturbance, ...]:
    """Return what an event does to a table, one disturbance for each of its effects.

    A sector loses the effect's size times the share of its target: sectors named for the table's
    classification, else those of ``any``.
    Raises : InputError where the event names no sectors for the table's classification, or a
        sector, region or category of demand that the table does not have; and where the table
        lacks what the effect strikes: imports apart from domestic products, several regions,
        investment to rebuild with
    """
    return tuple(_disturbance(Strike(event, k, table)) for k in range(len(event.effects)))


def scale_event(event: Event, factor: float) -> Event:
    """Return the event with every size multiplied by a factor, at most 1.

    factor : >= 0; 0 is no event
    Raises : InputError for a factor that is negative or no number
    """
    if not 0 <= factor < np.inf:
        raise InputError(
            Text(
                f"事件规模的倍数为 {factor:g}，应为不小于 0 的数",
                f"the factor of an event's size is {factor:g}; it must be a number from 0",
            )
        )
    scaled = tuple(replace(e, size=min(1.0, e.size * factor)) for e in event.effects)
    return replace(event, effects=scaled)


def _disturbance(strike: Strike) -> Disturbance:
    event, effect, table = strike.event, strike.effect, strike.table
    loss = effect.size * strike.shares()
    struck = strike.regions(effect.regions)
    times = (event.start, event.duration, event.recovery, event.recovery_time)
    if effect.kind == "capacity":
        return Disturbance(*times, capacity_lost=np.outer(struck, loss).ravel())
    if effect.kind == "capital":
        assert effect.rebuilding is not None, "the reader asks for it"
        return Disturbance(
            *times,
            capital_lost=np.outer(struck, loss).ravel(),
            rebuilding=_rebuilding(strike, effect.rebuilding.sectors),
            rebuilding_time=effect.rebuilding.time,
        )
    if effect.kind == "shipments":
        return Disturbance(*times, shipments_lost=_shipments(strike, loss, struck))
    if effect.kind == "demand":
        return Disturbance(*times, demand_lost=_demand(strike, loss, struck))
    strike.needs_imports()
    if effect.kind == "imports":
        users = np.repeat(struck, len(table.sectors))
        return Disturbance(*times, imports_lost=loss if struck.all() else np.outer(loss, users))
    if not struck.all():
        raise strike.refused(
            Text(
                "表中进口的最终使用不分地区，不能只冲击其中几个",
                "imports for final use are not told apart by region, so all are struck or none",
            ),
            Text("请删去 regions。", "Leave out `regions`."),
        )
    return Disturbance(*times, imported_final_lost=loss)


def _shipments(strike: Strike, loss: Array, struck: NDArray[np.bool_]) -> Array:
    """Return (N, R) what the origins no longer deliver to the regions struck, not to themselves."""
    table = strike.table
    if len(table.regions) == 1:
        raise strike.refused(
            Text("表中只有一个地区，没有地区间交货", "the table has one region only"),
            Text("请使用多地区投入产出表。", "Use an input–output table of several regions."),
        )
    cut = strike.regions(strike.effect.origins)
    routes = np.outer(cut, struck) & ~np.eye(len(cut), dtype=bool)
    if not routes.any():
        raise strike.refused(
            Text("从 origins 到 regions 没有交货", "no shipments go from origins to regions"),
            Text(
                "regions 应含 origins 以外的地区。",
                "Name other regions than the origins in `regions`.",
            ),
        )
    by_origin = routes[:, np.newaxis, :] * loss[:, np.newaxis]
    return np.asarray(by_origin.reshape(table.size, -1))


def _demand(strike: Strike, loss: Array, struck: NDArray[np.bool_]) -> Array:
    """Return (N, F) final demand lost: exports of the regions struck, other demand in them.

    Stock changes stay as they are in the base year: their sign carries no demand.
    """
    table, wanted = strike.table, set(strike.effect.categories)
    moving = [c for c in table.final_categories if c.kind != "stock_changes"]
    known = sorted({c.code for c in moving} | {str(c.kind) for c in moving})
    for name in strike.effect.categories:
        if name not in known:
            near = guess(name, known)
            raise strike.refused(
                Text(
                    f"表中没有可变动的最终需求 {name}{near.zh}（存货变动保持基年数值）",
                    f"the table has no final demand {name} that could change{near.en} (stock "
                    "changes stay as in the base year)",
                ),
                Text(f"有：{'、'.join(known)}。", f"There are: {', '.join(known)}."),
            )
    hit = {name for name, there in zip(table.regions, struck, strict=True) if there}
    lost = np.zeros((table.size, len(table.final_categories)))
    for column, category in enumerate(table.final_categories):
        if category not in moving or not {category.code, category.kind} & wanted:
            continue
        if category.kind == "exports":
            lost[:, column] = np.outer(struck, loss).ravel()
        elif len(table.regions) == 1 or category.region in hit:
            lost[:, column] = np.tile(loss, len(table.regions))
    return lost


def _rebuilding(strike: Strike, sectors: tuple[Target, ...]) -> Array:
    """Return (S,) the products that rebuild: those named, else the table's investment demand."""
    table = strike.table
    named = strike.chosen(sectors)
    if named:
        shares = np.zeros(len(table.sectors))
        for target in named:
            shares[strike.span(target)] += target.share
    else:
        invested = table.final("investment").reshape(len(table.regions), -1).sum(axis=0)
        shares = np.maximum(0.0, invested + table.imported_final("investment"))
    if not shares.sum() > 0:
        raise strike.refused(
            Text(
                "表中没有投资需求，事件也没有写明由哪些产品重建",
                "the table has no investment demand, and the event names no products that rebuild",
            ),
            Text(
                f'在 rebuilding.sectors 中写 {{ classification = "{table.classification}", '
                'code = "…", share = … }，份额合计为 1。',
                f'Write {{ classification = "{table.classification}", code = "…", share = … }} '
                "in rebuilding.sectors, with shares that add up to 1.",
            ),
        )
    return np.asarray(shares / shares.sum())
