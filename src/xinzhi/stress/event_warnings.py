"""What must be said of events beside their numbers: assumptions, rough fits, overlaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import Text
from xinzhi.data.event_parts import Event, Target
from xinzhi.data.io_table import IOTable
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.event_effects import disturbances
from xinzhi.stress.event_places import Strike

Array = NDArray[np.float64]

_IN_WORDS = {
    "capital_lost": Text("资本", "capital"),
    "capacity_lost": Text("产能", "capacity"),
    "imports_lost": Text("中间品进口", "imports for intermediate use"),
    "imported_final_lost": Text("最终使用的进口", "imports for final use"),
    "shipments_lost": Text("地区间交货", "shipments between regions"),
    "demand_lost": Text("最终需求", "final demand"),
}


def stated_assumptions(event: Event) -> tuple[Text, ...]:
    """Return what an event assumes, each with its source or as one to replace."""
    return tuple(
        Text(
            f"事件“{event.title.zh}”假定：{assumption.stated.zh}",
            f"Event {event.title.en} assumes: {assumption.stated.en}",
        )
        for assumption in event.assumptions
    )


def event_warnings(event: Event, table: IOTable) -> tuple[Text, ...]:
    """Return what must be said where a table carries an event only roughly.

    What a sector holds beside what the event means, an effect that strikes every region of many,
    an effect without anything to strike, and rebuilding that follows the table's investment.
    Raises : InputError as ``disturbances``
    """
    done = disturbances(event, table)
    said = (
        Text(f"事件“{event.title.zh}”：{text.zh}", f"Event {event.title.en}: {text.en}")
        for position, disturbance in enumerate(done)
        for text in _warnings(Strike(event, position, table), disturbance)
    )
    return tuple(dict.fromkeys(said))


def overlap_warnings(events: Sequence[Event], table: IOTable) -> tuple[Text, ...]:
    """Return which events strike the same thing at the same time, and how they act together.

    Two losses a and b of one thing together are 1 − (1 − a)(1 − b), never more than all of it.
    Raises : InputError as ``disturbances``
    """
    acting = [(event, done) for event in events for done in disturbances(event, table)]
    said = []
    for (first, one), (second, other) in combinations(acting, 2):
        if not (one.start < _end(other) and other.start < _end(one)):
            continue
        for name in one.losses.keys() & other.losses.keys():
            if not (_full(name, one, table) * _full(name, other, table)).any():
                continue
            what = _IN_WORDS[name]
            said.append(
                Text(
                    f"事件“{first.title.zh}”和“{second.title.zh}”在同一时期冲击同一部门的"
                    f"{what.zh}；损失 a 和 b 合并为 1 − (1 − a)(1 − b)，不会超过全部。",
                    f"Events {first.title.en} and {second.title.en} strike {what.en} of the same "
                    "sectors at the same time; losses a and b together are 1 − (1 − a)(1 − b), "
                    "never more than all.",
                )
            )
    return tuple(dict.fromkeys(said))


def _warnings(strike: Strike, done: Disturbance) -> Iterator[Text]:
    effect, table = strike.effect, strike.table
    struck = strike.chosen(effect.targets)
    if effect.rebuilding is not None:
        named = strike.chosen(effect.rebuilding.sectors)
        struck = (*struck, *named)
        if not named:
            yield Text(
                "重建的产品构成取自表中的投资需求。",
                "rebuilding buys products in the proportions of the table's investment demand.",
            )
    for target in struck:
        if target.covers.en:
            where = _codes(target)
            yield Text(
                f"在 {table.classification} 中是部门 {where}：{target.covers.zh}。",
                f"in {table.classification} it is sector {where}: {target.covers.en}.",
            )
    if len(table.regions) > 1 and not effect.regions and effect.kind != "shipments":
        yield Text(
            f"没有指定地区，{effect.kind} 冲击全部 {len(table.regions)} 个地区。",
            f"it names no regions, so {effect.kind} strikes all {len(table.regions)} of them.",
        )
    if effect.size != 0 and not _taken(done, table).any():
        yield Text(
            f"表中没有 {effect.kind} 所冲击的流量，这一项没有作用。",
            f"the table has nothing that {effect.kind} could strike; this effect does nothing.",
        )


def _taken(done: Disturbance, table: IOTable) -> Array:
    """Return what a disturbance takes of the table's flows, in the shape of the loss."""
    (name, lost), *_ = done.losses.items()
    by_user, by_final = table.imported_flows, table.imported_final_demand
    if name == "imports_lost" and by_user is not None:
        return np.asarray(by_user * _full(name, done, table))
    if name == "imported_final_lost" and by_final is not None:
        return np.asarray(by_final * lost[:, np.newaxis])
    if name == "demand_lost":
        return np.asarray(table.final_demand * lost)
    if name == "shipments_lost":
        by_region = table.flows.reshape(table.size, len(table.regions), -1).sum(axis=2)
        return np.asarray(by_region * lost)
    return np.asarray(table.output * lost)


def _full(name: str, done: Disturbance, table: IOTable) -> Array:
    """Return a loss in its widest shape, so that two may be compared cell by cell."""
    lost = done.losses[name]
    if name == "imports_lost" and lost.ndim == 1:
        return np.repeat(lost[:, np.newaxis], table.size, axis=1)
    return lost


def _end(done: Disturbance) -> float:
    """Return the day on which nothing is lost any more."""
    if done.recovery == "exponential" or done.capital_lost is not None:
        return np.inf
    return done.start + done.duration + done.recovery_time


def _codes(target: Target) -> str:
    return target.first if target.first == target.last else f"{target.first}–{target.last}"
