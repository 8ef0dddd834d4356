"""What the ready events cost on the table at hand, how fast it recovers, and what holds it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from xinzhi.core import NO_TEXT, ComputationError, InputError, Result, Text
from xinzhi.data import IOTable, classifications, embedded_io_table, load_tracks
from xinzhi.data.events import Event, events, load_event
from xinzhi.report import shock_statements as statements
from xinzhi.report.context import Context
from xinzhi.report.economy import Economy
from xinzhi.report.model import Chart, NotRun, Section
from xinzhi.report.shock_charts import recovery_chart, shortages_chart, tracks_chart
from xinzhi.report.shock_parts import (
    ID,
    Results,
    assumptions_table,
    losses_table,
    lowest_of,
    quick_table,
    total_of,
)
from xinzhi.report.structure_parts import (
    StructureCards,
    extreme,
    noted,
    sector_title,
)
from xinzhi.report.words import inside, percent, say
from xinzhi.stress.ensemble import shock_ensemble
from xinzhi.stress.event_effects import disturbances
from xinzhi.stress.event_warnings import event_warnings, stated_assumptions
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_result import ShockResult
from xinzhi.structure import split_imports_proportionally

PART = "why"
TITLE = Text("断供、灾害、需求下滑的损失与恢复", "What a cut-off, a disaster or a slump costs")
_DRAWS = 60
_MOST_DRAWN = 60  # region-sectors; a larger table takes minutes
_NEEDS = Text(
    "进口单列的投入产出表，能反映至少一个事件",
    "an input–output table with imports apart that carries an event",
)
_JOINED = ("total", "sectors", "path", "tracks", "shortages", "quick")
_REFUSED = ("event", "reason_zh", "reason_en", "remedy_zh", "remedy_en")


@dataclass(frozen=True)
class ShockSectionResult(Result):
    """The tables of every event, each with a column ``event``.

    table : that the events struck; by_event : the result of each
    """

    table: IOTable | None = None
    by_event: Mapping[Event, ShockResult] = field(default_factory=dict)


def run(context: Context) -> Result | NotRun:
    """Simulate each ready event that the region's own table, or the nation's, can carry."""
    economy = context.economy
    if isinstance(economy, NotRun):
        return economy
    table = economy.imports
    if table is None:
        table = split_imports_proportionally(embedded_io_table())
    tracks = load_tracks()
    by_event, refused, bands = {}, [], []
    for event in map(load_event, events()):
        try:
            disturbances(event, table)
        except InputError as refusal:
            refused.append((event.id, _why(event, table, refusal), refusal.remedy or NO_TEXT))
            continue
        try:
            by_event[event] = shock(table, event, tracks=tracks)
            bands.append(_band(table, event))
        except ComputationError as error:  # a package of the extra is not installed
            return NotRun(error.message, remedy=error.remedy or NO_TEXT)
    if not by_event:
        return NotRun(
            Text("这张表反映不了任何随附的事件", "the table carries none of the ready events"),
            _NEEDS,
            refused[0][2],
        )
    return _joined(table, by_event, refused, pd.concat(bands, ignore_index=True))


def _band(table: IOTable, event: Event) -> pd.DataFrame:
    """Return event, day, low, high: where nine tenths of the draws lie; none for a large table."""
    if table.size > _MOST_DRAWN:
        return pd.DataFrame(columns=["event", "day", "low", "high"])
    path = shock_ensemble(table, event, draws=_DRAWS).tables["path"]
    wide = path.pivot(index="day", columns="quantile", values="value_added_share").reset_index()
    ends = wide.rename(columns={0.05: "low", 0.95: "high"})[["day", "low", "high"]]
    return ends.assign(event=event.id)


def _why(event: Event, table: IOTable, refusal: InputError) -> Text:
    """Return in few words why a table cannot carry an event."""
    own = table.classification
    coarse = event.reason.zh and own in classifications() and own not in event.classifications
    why = event.reason if coarse else refusal.message
    return say("{e}（{w}）", "{e} ({w})", e=event.title, w=why)


def _joined(
    table: IOTable,
    by_event: Results,
    refused: list[tuple[str, Text, Text]],
    bands: pd.DataFrame,
) -> ShockSectionResult:
    tables = {
        name: pd.concat(
            [r.tables[name].assign(event=e.id) for e, r in by_event.items()], ignore_index=True
        )
        for name in _JOINED
    }
    rows = [(name, why.zh, why.en, what.zh, what.en) for name, why, what in refused]
    results = list(by_event.values())
    return ShockSectionResult(
        tables={**tables, "bands": bands, "refused": pd.DataFrame(rows, columns=list(_REFUSED))},
        units=results[0].units,
        parameters={**results[0].parameters, "events": [event.id for event in by_event]},
        inputs=tuple(dict.fromkeys(i for result in results for i in result.inputs)),
        warnings=tuple(dict.fromkeys(w for result in results for w in result.warnings)),
        table=table,
        by_event=by_event,
    )


def write(result: ShockSectionResult, context: Context) -> Section:
    """Word and draw the events, the costliest first."""
    economy, table = context.economy, result.table
    assert isinstance(economy, Economy)
    assert table is not None
    ordered = dict(
        sorted(result.by_event.items(), key=lambda item: -total_of(item[1])["value_added_loss"])
    )
    cards = {event: _cards(event, table, economy, context) for event in ordered}
    carried = result.tables["tracks"].dropna(subset=["value_added_loss_share"])
    short = [event for event, r in ordered.items() if len(r.tables["shortages"])]
    said = [
        statements.scope(len(ordered), result, table, economy, context),
        statements.losses(ordered, cards, table),
        statements.worst(ordered, cards, table),
        *([statements.tracks(carried, ordered, cards)] if len(carried) else []),
        *([statements.bottlenecks(ordered, short)] if short else []),
        *statements.refused(result, economy, context),
    ]
    return Section(
        id=ID,
        title=TITLE,
        statements=tuple(said),
        charts=tuple(_charts(ordered, carried, short, result)),
        tables=(
            losses_table(ordered, table),
            quick_table(ordered, table),
            assumptions_table(ordered, table),
        ),
        notes=_notes(result, table),
    )


def _notes(result: ShockSectionResult, table: IOTable) -> tuple[Text, ...]:
    """Return the warnings that are not of one event or of the table: those stand in a table."""
    apart = {*table.assumptions}
    for event in result.by_event:
        apart |= {*stated_assumptions(event), *event_warnings(event, table)}
    return tuple(warning for warning in result.warnings if warning not in apart)


def _cards(event: Event, table: IOTable, economy: Economy, context: Context) -> StructureCards:
    return StructureCards(
        context=context,
        section=ID,
        place=economy.nation,
        year=f"{table.year or ''}",
        source=table.source,
        note=noted((*stated_assumptions(event), *event_warnings(event, table))),
    )


def _charts(
    ordered: Results,
    carried: pd.DataFrame,
    short: list[Event],
    result: ShockSectionResult,
) -> list[Chart]:
    table = result.table
    assert table is not None
    deepest = min(ordered, key=lambda event: lowest_of(ordered[event])["value_added_share"])
    fall = 1 - lowest_of(ordered[deepest])["value_added_share"]
    found = [
        recovery_chart(
            ordered,
            say(
                "跌得最深的是{e}：增加值最多下降 {x}",
                "The deepest fall is that of {e}: value added falls by up to {x}",
                e=inside(deepest.title),
                x=percent(fall),
            ),
            table.source,
            result.tables["bands"],
        )
    ]
    if len(carried):
        most = extreme(carried, "value_added_loss_share")
        event = next(event for event in ordered if event.id == most["event"])
        found.append(
            tracks_chart(
                ordered,
                say(
                    "{t}在{e}中损失 {x}，各赛道、各事件中最大",
                    "{t} loses {x} in {e}, the most of any track and event",
                    t=sector_title(most),
                    e=inside(event.title),
                    x=percent(most["value_added_loss_share"]),
                ),
                table.source,
            )
        )
    if short:
        places = {event: len(ordered[event].tables["shortages"]) for event in short}
        event = max(places, key=lambda key: places[key])
        found.append(
            shortages_chart(
                ordered,
                say(
                    "{e}中，投入短缺在 {n} 处限制了生产",
                    "In {e}, short inputs held back production in {n} places",
                    e=inside(event.title),
                    n=f"{places[event]}",
                ),
                table.source,
            )
        )
    return found
