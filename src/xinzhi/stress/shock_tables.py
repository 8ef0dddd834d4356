"""What an ARIO run says of an economy: losses, gains, recovery and bottlenecks, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.stress.ario import Prepared, Run
from xinzhi.structure.track_dependence import TrackWeights

Array = NDArray[np.float64]

_NOTHING = 1e-9
"""A shortfall below this share of the base year is rounding."""

SHORTAGES = (
    *("product", "product_title_zh", "product_title_en", "origin", "code", "title_zh", "title_en"),
    *("first_day", "last_day", "days", "lowest_stock_share"),
)


@dataclass(frozen=True, eq=False)
class Losses:
    r"""Losses and gains of every step and region-sector [the table's unit].

    With value added :math:`v_i x_i`, of which :math:`v_i r_i` went into reconstruction,

    .. math:: loss_i = \max(0,\; v_i x^0_i - v_i (x_i - r_i)), \qquad
              gain_i = v_i x_i - v_i x^0_i + loss_i

    so that the net change is always gain − loss: what is made for reconstruction does not hide
    what is not made for others, and production above the base year counts as a gain.

    value_added_loss, gain, output_loss : (T, N); start : day of the first event
    """

    value_added_loss: Array
    gain: Array
    output_loss: Array
    start: int


def losses_of(prepared: Prepared, run: Run, start: int) -> Losses:
    """Return losses and gains, see ``Losses``."""
    economy, record, length = prepared.economy, run.record, run.step_days
    change = economy.value_added * (record.output - economy.output) * length
    rebuilt = economy.value_added * record.reconstruction * length
    missing = (economy.output - (record.output - record.reconstruction)) * length
    loss = np.maximum(0.0, economy.value_added * missing)
    return Losses(
        value_added_loss=loss,
        gain=np.where(loss > 0, rebuilt, change),
        output_loss=np.maximum(0.0, missing),
        start=start,
    )


def recovery_days(shortfall: Array, base: float, made_up: float, start: int, step: int) -> float:
    """Return days from the start until a share of the greatest shortfall is made up for good.

    shortfall : (T,) base year less what was made; base : the base year's
    Returns : 0 where nothing fell short; nan where the run ends before
    """
    greatest = shortfall.max()
    if greatest <= _NOTHING * base:
        return 0.0
    short = np.flatnonzero(shortfall > (1.0 - made_up) * greatest)
    return np.nan if short[-1] == len(shortfall) - 1 else float((short[-1] + 1) * step - start)


def total_table(prepared: Prepared, run: Run, losses: Losses) -> pd.DataFrame:
    """Return one row of everything together."""
    economy, record, step = prepared.economy, run.record, run.step_days
    base = float(economy.value_added @ economy.output)
    shortfall = base - record.output @ economy.value_added
    loss, gain = float(losses.value_added_loss.sum()), float(losses.gain.sum())
    days = {
        name: recovery_days(shortfall, base, made_up, losses.start, step)
        for name, made_up in (
            ("recovery_time", 0.99),
            ("recovery_time_50", 0.5),
            ("recovery_time_90", 0.9),
        )
    }
    unmet = float((record.unmet.sum() + run.imported_unmet.sum()) * step)
    row = {
        "value_added_loss": loss,
        "rebuilding_gain": gain,
        "value_added_net_change": gain - loss,
        "value_added_loss_share": _share(loss, base * len(record.output) * step),
        "output_loss": float(losses.output_loss.sum()),
        "demand_unmet": unmet,
        **days,
    }
    return pd.DataFrame([row])


def sectors_table(prepared: Prepared, run: Run, losses: Losses) -> pd.DataFrame:
    """Return losses by region-sector; region only where there are several."""
    table = prepared.table
    groups = [np.array([place]) for place in range(table.size)]
    frame = pd.concat(
        [table.names(), pd.DataFrame([_row(prepared, run, losses, g) for g in groups])], axis=1
    )
    return frame if len(table.regions) > 1 else frame.drop(columns="region")


def regions_table(prepared: Prepared, run: Run, losses: Losses) -> pd.DataFrame:
    """Return losses by region, one row where the table has one."""
    table, sectors = prepared.table, len(prepared.table.sectors)
    rows = [
        {"region": name}
        | _row(prepared, run, losses, np.arange(place * sectors, (place + 1) * sectors))
        for place, name in enumerate(table.regions)
    ]
    return pd.DataFrame(rows)


def tracks_table(
    prepared: Prepared, losses: Losses, steps_days: int, tracks: Sequence[TrackWeights]
) -> pd.DataFrame:
    """Return losses by track, each sector by the part of it that is counted to the track."""
    table, economy = prepared.table, prepared.economy
    regions, sectors = len(table.regions), len(table.sectors)

    def by_place(values: Array) -> Array:
        return np.asarray(values.reshape(regions, sectors))

    lost = by_place(losses.value_added_loss.sum(axis=0))
    base = by_place(economy.value_added * economy.output * steps_days)
    rows = []
    for place, region in enumerate(table.regions):
        for track in tracks:
            carried = bool(track.weights.any())
            loss = float(track.weights @ lost[place]) if carried else np.nan
            rows.append(
                {
                    "region": region,
                    "track": track.id,
                    "title_zh": track.title.zh,
                    "title_en": track.title.en,
                    "value_added_loss": loss,
                    "value_added_loss_share": _share(loss, float(track.weights @ base[place])),
                    "coverage_zh": track.coverage.zh,
                    "coverage_en": track.coverage.en,
                }
            )
    columns = ["region", "track", "title_zh", "title_en", "value_added_loss"]
    columns += ["value_added_loss_share", "coverage_zh", "coverage_en"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame if regions > 1 else frame.drop(columns="region")


def path_table(prepared: Prepared, run: Run) -> pd.DataFrame:
    """Return the course of the whole economy; amounts are those of the step."""
    economy, record, step = prepared.economy, run.record, run.step_days
    base = float(economy.value_added @ economy.output)
    return pd.DataFrame(
        {
            "day": np.arange(len(record.output)) * step,
            "value_added_share": record.output @ economy.value_added / base,
            "output_share": record.output.sum(axis=1) / economy.output.sum(),
            "production_possible_share": record.possible @ economy.value_added / base,
            "demand_unmet": (record.unmet.sum(axis=1) + run.imported_unmet) * step,
            "reconstruction": record.reconstruction.sum(axis=1) * step,
            "reconstruction_left": record.left,
        }
    )


def shortages_table(prepared: Prepared, run: Run) -> pd.DataFrame:
    """Return which input held back which user, for how long and how far its stock fell.

    origin : ``table`` for products of the table's own regions (and from outside where stocks are
        pooled), ``outside`` for imported ones
    """
    table, record, step = prepared.table, run.record, run.step_days
    sectors = len(table.sectors)
    row, user = np.nonzero(record.days > 0)
    names, product = table.names(), row % sectors
    titles = names.iloc[:sectors]
    frame = pd.DataFrame(
        {
            "product": titles["code"].to_numpy()[product],
            "product_title_zh": titles["title_zh"].to_numpy()[product],
            "product_title_en": titles["title_en"].to_numpy()[product],
            "origin": np.where(row < sectors, "table", "outside"),
            "region": names["region"].to_numpy()[user],
            "code": names["code"].to_numpy()[user],
            "title_zh": names["title_zh"].to_numpy()[user],
            "title_en": names["title_en"].to_numpy()[user],
            "first_day": record.first[row, user] * step,
            "last_day": (record.last[row, user] + 1) * step - 1,
            "days": record.days[row, user] * step,
            "lowest_stock_share": run.lowest_stock[row, user],
        }
    )
    ordered = frame.sort_values(
        ["days", "lowest_stock_share"], ascending=[False, True], kind="stable", ignore_index=True
    )
    return ordered if len(table.regions) > 1 else ordered.drop(columns="region")


def _row(
    prepared: Prepared, run: Run, losses: Losses, places: NDArray[np.intp]
) -> dict[str, float]:
    economy, record, step = prepared.economy, run.record, run.step_days
    value = economy.value_added[places]
    base = float(value @ economy.output[places])
    output, whole = record.output[:, places].sum(axis=1), float(economy.output[places].sum())
    loss = float(losses.value_added_loss[:, places].sum())
    gain = float(losses.gain[:, places].sum())
    shortfall = whole - output
    return {
        "value_added_loss": loss,
        "rebuilding_gain": gain,
        "value_added_net_change": gain - loss,
        "value_added_loss_share": _share(loss, base * len(output) * step),
        "output_loss": float(losses.output_loss[:, places].sum()),
        "lowest_output_share": _share(float(output.min()), whole),
        "recovery_time": recovery_days(shortfall, whole, 0.99, losses.start, step),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole > 0 else np.nan
