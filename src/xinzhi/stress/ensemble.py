"""What a shock costs when the assumptions are not known: the same events, run many times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, Language, Result, Text
from xinzhi.core.parallel import run_many
from xinzhi.data.event_parts import Event
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import Tracks
from xinzhi.stress.ario import Prepared, Run, prepare, run
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.ensemble_ranges import TITLES, EnsembleRanges, drawn
from xinzhi.stress.ensemble_tables import (
    QUANTILES,
    path_quantiles,
    sector_quantiles,
    sensitivity_table,
    total_quantiles,
    track_quantiles,
)
from xinzhi.stress.rank_regression import rank_regression
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_result import ShockResult
from xinzhi.stress.shock_tables import losses_of, total_table
from xinzhi.structure.track_dependence import tracks_of

Array = NDArray[np.float64]

BLOCK = 25
"""Draws that one process runs in a row."""
_PATHS = ("value_added_share", "output_share")
_MONEY = (
    *("value_added_loss", "rebuilding_gain", "value_added_net_change", "output_loss"),
    "demand_unmet",
)


@dataclass(frozen=True)
class ShockEnsembleResult(Result):
    """Tables: total, sectors, tracks, path, sensitivity, draws.

    total : quantiles of losses and recovery times, each column by itself
    sectors, tracks : quantiles of the gross loss of each
    path : quantiles of value added and output relative to the base year, day by day
    sensitivity : standardised rank regression coefficient of the gross loss on each assumption
    draws : what was assumed and lost in each draw; losses are missing where it was unstable

    central : the same events with the assumptions as given
    """

    central: ShockResult | None = None

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``recovery`` (default, with bands) or ``sensitivity``."""
        from xinzhi.stress import ensemble_plots

        return ensemble_plots.ensemble_chart(self, kind or "recovery", lang)


@dataclass(frozen=True, eq=False)
class Outcome:
    """One stable draw: its row of ``total``, the loss of each region-sector (N,), paths (2, T)."""

    total: pd.DataFrame
    lost: Array
    paths: Array


def shock_ensemble(
    table: IOTable,
    events: Event | Disturbance | Sequence[Event | Disturbance],
    *,
    draws: int = 1000,
    days: int = 365,
    step_days: int = 1,
    parameters: ArioParameters | None = None,
    ranges: EnsembleRanges | None = None,
    seed: int = 0,
    workers: int = 1,
    tracks: Tracks | None = None,
    progress: bool = False,
) -> ShockEnsembleResult:
    """Run events many times under assumptions drawn at random.

    table, events, days, step_days, parameters, tracks : as in ``shock``
    draws : >= 1
    ranges : ends of each assumption, see ``EnsembleRanges``
    seed : of draws and of the bootstrap; workers : processes, which change no number
    Returns : quantiles of losses, times and paths over the draws that are stable, and how loss
        follows each assumption, see ``rank_regression``; draws that are unstable are counted in
        ``parameters`` and ``warnings``
    Raises : as ``shock``; InputError for draws below 1; ComputationError where every draw is
        unstable
    Limits : quantiles are as good as the ranges, which are judgements; assumptions are drawn
        independently, alike for all sectors and events. Quantiles of a path are those of each day:
        no single run follows them.
    """
    if draws < 1:
        raise InputError(
            Text(f"抽样次数为 {draws}，至少应为 1", f"{draws} draws; there must be at least 1")
        )
    given = [events] if isinstance(events, (Event, Disturbance)) else list(events)
    ranges = ranges or EnsembleRanges()
    central = shock(
        table, given, days=days, step_days=step_days, parameters=parameters, tracks=tracks
    )
    prepared = prepare(table, parameters)
    of_draws, of_resamples = np.random.SeedSequence(seed).spawn(2)
    assumed = ranges.sample(draws, of_draws)
    blocks = [assumed[first : first + BLOCK] for first in range(0, draws, BLOCK)]
    run_block = partial(_block, prepared, tuple(given), days, step_days)
    done = [one for block in run_many(run_block, blocks, seed, workers, progress) for one in block]
    stable = np.array([isinstance(one, Outcome) for one in done])
    kept = [one for one in done if isinstance(one, Outcome)]
    failures = [one for one in done if isinstance(one, ComputationError)]
    if not kept:
        raise failures[0]
    totals = pd.concat([one.total for one in kept], ignore_index=True)
    lost = np.array([one.lost for one in kept])
    paths = np.array([one.paths for one in kept])
    found = rank_regression(
        assumed[stable], totals["value_added_loss"].to_numpy(dtype=float), of_resamples
    )
    rows = pd.DataFrame(assumed, columns=list(TITLES)).rename_axis("draw").reset_index()
    rows = rows.assign(unstable=~stable)
    totals.index = rows.index[stable]
    tables = {
        "total": total_quantiles(totals),
        "sectors": sector_quantiles(table, lost),
        "tracks": track_quantiles(table, lost, tracks_of(table, tracks) if tracks else ()),
        "path": path_quantiles(dict(zip(_PATHS, paths.swapaxes(0, 1), strict=True)), step_days),
        "sensitivity": sensitivity_table(found),
        "draws": rows.join(totals),
    }
    return ShockEnsembleResult(
        tables=tables,
        units=dict.fromkeys(_MONEY, table.unit)
        | dict.fromkeys(("value_added_loss_share", *_PATHS), "ratio"),
        parameters={
            **central.parameters,
            "draws": draws,
            "stable_draws": len(kept),
            "seed": seed,
            "quantiles": list(QUANTILES),
            "distribution": "uniform",
            "ranges": {name: list(ends) for name, ends in asdict(ranges).items()},
            "rank_r_squared": found.r_squared,
        },
        inputs=central.inputs,
        warnings=(*central.warnings, *_warnings(draws, failures, tables["draws"])),
        central=central,
    )


def _block(
    prepared: Prepared,
    events: tuple[Event | Disturbance, ...],
    days: int,
    step_days: int,
    rows: Array,
    _: np.random.SeedSequence,
) -> list[Outcome | ComputationError]:
    """Return what each draw of a block lost, or why it was unstable."""
    return [_outcome(prepared, events, days, step_days, row) for row in rows]


def _outcome(
    prepared: Prepared,
    events: tuple[Event | Disturbance, ...],
    days: int,
    step_days: int,
    row: Array,
) -> Outcome | ComputationError:
    varied, acting = drawn(row, events, prepared.table, prepared.parameters, step_days)
    case = prepared.vary(varied)
    try:
        done = run(case, acting, days=days, step_days=step_days)
    except ComputationError as unstable:
        return unstable
    losses = losses_of(case, done, min(one.start for one in acting))
    return Outcome(
        total=total_table(case, done, losses),
        lost=losses.value_added_loss.sum(axis=0),
        paths=_shares(case, done),
    )


def _shares(prepared: Prepared, done: Run) -> Array:
    """Return (2, T) what ``_PATHS`` names, as ``path_table`` has them."""
    economy, output = prepared.economy, done.record.output
    value = output @ economy.value_added / (economy.value_added @ economy.output)
    return np.stack([value, output.sum(axis=1) / economy.output.sum()])


def _warnings(draws: int, failures: list[ComputationError], rows: pd.DataFrame) -> tuple[Text, ...]:
    found = [
        Text(
            "集合模拟的取值范围是判断，不是统计估计（见 parameters 的 ranges）；"
            "分位数反映的是这些范围，不是发生概率。",
            "The ranges of the ensemble are judgements, not estimates (see ranges in parameters); "
            "quantiles mirror them and are no probabilities of what will happen.",
        )
    ]
    if failures:
        first = failures[0].message
        found.append(
            Text(
                f"{draws} 次抽样中有 {len(failures)} 次失稳，未计入结果；第一次：{first.zh}。",
                f"{len(failures)} of {draws} draws were unstable and count nowhere; the first: "
                f"{first.en}.",
            )
        )
    late = int((rows["recovery_time"].isna() & ~rows["unstable"]).sum())
    if late:
        found.append(
            Text(
                f"{late} 次抽样在模拟期内没有恢复：恢复时间按长于其余各次计，其后的损失没有计入。",
                f"{late} draws do not recover within the run: their recovery time counts as longer "
                "than all others, and what they lose later is not counted.",
            )
        )
    return tuple(found)
