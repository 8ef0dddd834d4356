"""What a shock costs an economy, and how fast it recovers: the capability."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.event_parts import Event
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import Tracks
from xinzhi.stress.ario import Prepared, Run, prepare, run
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.event_effects import disturbances
from xinzhi.stress.event_warnings import event_warnings, overlap_warnings, stated_assumptions
from xinzhi.stress.shock_result import ShockResult
from xinzhi.stress.shock_tables import (
    losses_of,
    path_table,
    regions_table,
    sectors_table,
    shortages_table,
    total_table,
    tracks_table,
)
from xinzhi.stress.static import quick_measures
from xinzhi.structure.track_dependence import tracks_of

_MONEY = (
    *("value_added_loss", "rebuilding_gain", "value_added_net_change", "output_loss"),
    *("demand_unmet", "reconstruction", "reconstruction_left"),
)
_ROUNDING = 1e-9
_SHARES = (
    *("value_added_loss_share", "lowest_output_share", "value_added_share", "output_share"),
    *("production_possible_share", "lowest_stock_share"),
)


def shock(
    table: IOTable,
    events: Event | Disturbance | Sequence[Event | Disturbance],
    *,
    days: int = 365,
    step_days: int = 1,
    parameters: ArioParameters | None = None,
    tracks: Tracks | None = None,
) -> ShockResult:
    """Simulate events on a table, with stocks, rationing, overproduction and reconstruction.

    table : with imports apart; one region or many
    events : several act together, see ``Disturbance``
    days, step_days : length of the run, in steps of 1 or 7 days
    parameters : the assumptions of the model
    tracks : groups of sectors whose losses are given too
    Returns : tables total, sectors, path, regions, tracks, shortages, quick. Losses are gross, see
        ``Losses``: net change = rebuilding_gain − value_added_loss
    Raises : InputError as ``prepare``, ``run`` and ``disturbances`` do, and without any event;
        ComputationError where the run is unstable
    Limits : see ``run``; not a forecast, but what follows from the assumptions
    """
    given = [events] if isinstance(events, (Event, Disturbance)) else list(events)
    if not given:
        raise InputError(
            Text("没有事件可以模拟", "there is no event to simulate"),
            remedy=Text("请给出至少一个事件。", "Give at least one event."),
        )
    prepared = prepare(table, parameters)
    known = [event for event in given if isinstance(event, Event)]
    acting = [
        one
        for event in given
        for one in (disturbances(event, table) if isinstance(event, Event) else (event,))
    ]
    done = run(prepared, acting, days=days, step_days=step_days)
    losses = losses_of(prepared, done, min(one.start for one in acting))
    length = len(done.record.output) * step_days
    groups = tracks_of(table, tracks) if tracks is not None else ()
    tables = {
        "total": total_table(prepared, done, losses),
        "sectors": sectors_table(prepared, done, losses),
        "path": path_table(prepared, done),
        "regions": regions_table(prepared, done, losses),
        "tracks": tracks_table(prepared, losses, length, groups),
        "shortages": shortages_table(prepared, done),
        "quick": quick_measures(table, acting, length),
    }
    return ShockResult(
        tables=tables,
        units=dict.fromkeys(_MONEY, table.unit) | dict.fromkeys(_SHARES, "ratio"),
        parameters={
            "classification": table.classification,
            "year": table.year,
            "unit": table.unit,
            "events": [event.id for event in known],
            "days": length,
            "step_days": step_days,
            "tracks": None if tracks is None else tracks.id,
            **prepared.parameters.to_dict(),
        },
        inputs=(
            *table.inputs,
            *(InputRecord(event.id, event.sha256, len(event.effects)) for event in known),
        ),
        warnings=_warnings(prepared, known, acting, done, tables),
    )


def _warnings(
    prepared: Prepared,
    events: list[Event],
    acting: Sequence[Disturbance],
    done: Run,
    tables: Mapping[str, pd.DataFrame],
) -> tuple[Text, ...]:
    """Return what a reader must know before quoting a number."""
    table, given = prepared.table, prepared.parameters
    found = [*table.assumptions]
    for event in events:
        found += [*stated_assumptions(event), *event_warnings(event, table)]
    found += overlap_warnings(events, table)
    found.append(
        Text(
            "结果由假定推出，不是预测：库存天数、补库时间、超产上限、替代和恢复速度均非统计数据"
            "（见 parameters）；不含价格变化和新进入者。",
            "The results follow from assumptions and are no forecast: days of stock, restoration, "
            "overproduction, substitution and recovery are not observed (see parameters); prices "
            "and new suppliers are left out.",
        )
    )
    if given.imported_inputs == "separate" and table.imported_flows is not None:
        found.append(
            Text(
                "进口投入按单独的投入处理，同类本地产品不能代替（imported_inputs = separate）；"
                "这会使进口中断的损失偏高。",
                "Imported inputs are inputs of their own, which the same product of the table "
                "does not replace (imported_inputs = separate): losses from a cut of imports are "
                "on the high side.",
            )
        )
    spared = _spared(prepared, done)
    if spared:
        found.append(
            Text(
                f"有 {spared} 项投入短缺到限产线以下，但各不到用户产出的 "
                f"{100 * given.essential_share:g}%，按假定不会使用户停产；这一界限没有统计依据，"
                "损失对它很敏感：--essential-share 0 时各项投入都不可缺少。",
                "Inputs that fell so short that they would hold their users back, and did not, "
                f"since each is below {100 * given.essential_share:g} % of its user's output: "
                f"{spared}. That limit is no statistic, and losses hang on it: with "
                "--essential-share 0 every input is essential.",
            )
        )
    if _stands_still(tables, acting):
        found.append(
            Text(
                "事件的全强度期早已结束，增加值的缺口到模拟结束时仍过半且不再缩小：短缺自我延续。"
                "这是模型的性质，不是发现；引用前请试 --priority intermediate、更多的库存天数"
                "（--stock-days）和替代（--substitution）。",
                "Long after every event's full strength, more than half of the greatest fall in "
                "value added is left and it no longer mends: the shortage feeds on itself. That is "
                "a property of the model, no finding; before quoting it try --priority "
                "intermediate, more --stock-days and --substitution.",
            )
        )
    if tables["total"]["recovery_time"].isna().any():
        found.append(
            Text(
                "模拟期内没有恢复：恢复时间为空，其后的损失没有计入。",
                "The economy does not recover within the run: recovery times are missing, and what "
                "is lost later is not counted.",
            )
        )
    return tuple(dict.fromkeys(found))


def _spared(prepared: Prepared, done: Run) -> int:
    """Return how many inputs ran short and could not stop their users, being too small."""
    given, inputs = prepared.parameters, prepared.economy.inputs
    small = (inputs > 0) & (inputs < given.essential_share)
    return int((small & (done.lowest_stock < given.stock_threshold)).sum())


def _stands_still(tables: Mapping[str, pd.DataFrame], acting: Sequence[Disturbance]) -> bool:
    """Tell whether the last tenth of the run, with no event at full strength, mends nothing.

    Nothing: less than half of the greatest shortfall is made up, and no hundredth in that tenth.
    """
    shortfall = 1.0 - tables["path"]["value_added_share"].to_numpy(dtype=float)
    tenth = int(0.9 * len(shortfall))
    last_day = tables["path"]["day"].to_numpy()[tenth]
    if any(one.start + one.duration > last_day for one in acting):
        return False
    held = max(0.5 * shortfall.max(), 0.99 * shortfall[tenth], _ROUNDING)
    return bool(shortfall[-1] >= held)
