"""Conversion rates of regions with intervals, and what they put into the stages of a pipeline."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.panel import Panel
from xinzhi.data.units import find_unit
from xinzhi.plan.innovation.pipeline import PHASES, Array
from xinzhi.plan.innovation.pipeline_bottleneck import wilson_interval
from xinzhi.plan.innovation.pipeline_conversions import CONVERSIONS, FIGURES, Conversion
from xinzhi.plan.innovation.pipeline_rates import NAME, Rates, base_values, rates_of

_FEWEST_YEARS = 3
_STAGE_OF = {
    "grant_share": ("applied", "success"),
    "pilot_project_cost": ("pilot", "cost"),
    "product_project_cost": ("product", "cost"),
}
CONVERSION_COLUMNS = (
    *("region", "conversion", "stage", "phase", "role", "rate", "low", "high", "count_low"),
    *("count_high", "unit", "lag", "years", "first_year", "last_year", "relative", "rank"),
    "regions",
)
BOTTLENECK_COLUMNS = (
    *("region", "conversion", "stage", "phase", "relative", "bottleneck", "agreement"),
    *("phase_relative", "phase_bottleneck", "phase_agreement", "conversions", "years"),
)


def indicator_table(panel: Panel) -> pd.DataFrame:
    """Return the figures of a panel that the conversions read, each in the panel's vintage for it.

    Returns : region, year, indicator, value, unit
    """
    names = [name for name in FIGURES if panel.resolve(name) is not None]
    parts = []
    for name in names:
        array = panel.to_array([name])
        part = array.sel(indicator=name, drop=True).to_series().dropna().rename("value")
        parts.append(part.reset_index().assign(indicator=name, unit=array.attrs["units"][name]))
    columns = ["region", "year", "indicator", "value", "unit"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def conversion_tables(
    table: pd.DataFrame, draws: int = 1_000, seed: int = 0
) -> dict[str, pd.DataFrame]:
    r"""Return conversion rates of every region, and where each stands lowest among all.

    .. math:: q_r = \frac{\sum_{t} x_{r,t+l}}{\sum_{t} y_{rt}}

    over the years in which the region has both. Intervals draw years with replacement, the same for
    all regions, where there are 3 or more; ``count_low`` and ``count_high`` are Wilson's
    for shares of counts, which hold only chance among applications and are much too narrow where
    rules change. ``relative`` is the rate over the median of all regions. The bottleneck of a
    region is its conversion of the lowest ``relative``; of the phases, the one of the lowest
    geometric mean; ``agreement`` is the share of draws in which it is the same.

    table : region, year, indicator (id, title or alias), value; optional unit (else that of the
        dictionary of indicators). Other indicators than ``FIGURES`` are passed over
    Returns : ``conversions`` and ``conversion_bottlenecks`` (regions with two conversions or more
        that compare)
    Raises : InputError for what is wrong in the table, or where none of the figures is there
    Limits : ratios of yearly totals, not shares of the same projects followed over time; prices are
        those of each year; a region is compared with the median of those in the table
    """
    values = base_values(table)
    rates = {
        conversion.id: rates_of(conversion, values, draws, (seed, place))
        for place, conversion in enumerate(CONVERSIONS)
    }
    found = {name: rate for name, rate in rates.items() if rate is not None}
    if not found:
        raise InputError(
            Text(
                f"表 {NAME} 没有一对可以相比的指标",
                f"table {NAME} has no two indicators that make a conversion",
            ),
            remedy=Text(f"需要的指标：{'、'.join(FIGURES)}。", f"It reads {', '.join(FIGURES)}."),
        )
    rows = [
        _rows(conversion, found[conversion.id])
        for conversion in CONVERSIONS
        if conversion.id in found
    ]
    frame = pd.concat(rows, ignore_index=True)[list(CONVERSION_COLUMNS)]
    return {
        "conversions": frame.sort_values(["region"], kind="stable", ignore_index=True),
        "conversion_bottlenecks": _bottlenecks(found),
    }


def calibrated_stages(
    stages: pd.DataFrame, conversions: pd.DataFrame, region: str | None, money: str
) -> tuple[pd.DataFrame, tuple[Text, ...]]:
    """Fill empty success rates and costs of stages from the conversion rates of a region.

    ``success`` of ``applied`` is ``grant_share`` of what is not repeated, with the number of
    ``projects`` that would give the interval over the years; ``cost`` of ``pilot`` and ``product``
    are the money of an R&D project and of a new-product project. What is given stays.

    region : by default the only one in the table
    money : unit id of the costs of stages
    Returns : the stages, and what was filled in, in words
    Raises : InputError where cells are empty and the region is not named or not in the table
    """
    filled = stages.copy()
    notes: list[Text] = []
    known = list(dict.fromkeys(conversions["region"].astype(str)))
    for name, (stage, column) in _STAGE_OF.items():
        if column not in filled or "stage" not in filled:
            continue
        cells = pd.to_numeric(filled[column], errors="coerce")
        empty = (filled["stage"] == stage) & filled[column].isna()
        if not empty.any():
            continue
        row = _of_region(conversions, name, region, known)
        if row is None:
            continue
        rate = float(row["rate"])
        if column == "cost":
            rate *= find_unit("CNY_10k").factor / find_unit(money).factor
        elif not 0 < rate < 1:
            continue
        again = pd.Series(0.0, index=filled.index)
        if column == "success" and "repeat" in filled:
            again = pd.to_numeric(filled["repeat"], errors="coerce").fillna(0.0)
        filled[column] = cells.where(~empty, rate * (1 - again))
        if column == "success":
            spread = (float(row["high"]) - float(row["low"])) / 2 / 1.96
            if spread > 0:
                behind = filled.get("projects", np.nan)
                known_number = pd.Series(behind, index=filled.index, dtype=float)
                filled["projects"] = known_number.where(~empty, rate * (1 - rate) / spread**2)
        notes.append(
            Text(
                f"阶段 {stage} 的 {column} 由 {row['region']} 的 {name} 校准：{rate:.4g}",
                f"{column} of stage {stage} is calibrated from {name} of {row['region']}: "
                f"{rate:.4g}",
            )
        )
    return filled, tuple(notes)


def _rows(conversion: Conversion, rates: Rates) -> pd.DataFrame:
    number = rates.both.sum(axis=1)
    enough = number >= _FEWEST_YEARS
    low, high = (
        _quantile(rates.draws, level, enough & np.isfinite(rates.rate)) for level in (0.025, 0.975)
    )
    share = conversion.counts & np.isfinite(rates.rate) & (rates.rate <= 1)
    count_low, count_high = wilson_interval(*rates.counts)
    compared = conversion.role != "composition" and len(rates.regions) > 1
    relative = rates.relative()[0] if compared else np.full(len(rates.regions), np.nan)
    first = [int(rates.years[row.argmax()]) if row.any() else None for row in rates.both]
    last = [int(rates.years[::-1][row[::-1].argmax()]) if row.any() else None for row in rates.both]
    frame = pd.DataFrame(
        {
            "region": rates.regions,
            "conversion": conversion.id,
            "stage": conversion.stage,
            "phase": conversion.phase,
            "role": conversion.role,
            "rate": rates.rate,
            "low": low,
            "high": high,
            "count_low": np.where(share, count_low, np.nan),
            "count_high": np.where(share, count_high, np.nan),
            "unit": conversion.unit,
            "lag": conversion.lag,
            "years": number,
            "first_year": pd.array(first, dtype="Int64"),
            "last_year": pd.array(last, dtype="Int64"),
            "relative": relative,
        }
    )
    frame = frame.loc[np.isfinite(rates.rate)]
    ranks = frame["rate"].rank(ascending=False, method="min").astype("Int64")
    return frame.assign(rank=ranks, regions=len(frame))


def _bottlenecks(found: Mapping[str, Rates]) -> pd.DataFrame:
    compared = [c for c in CONVERSIONS if c.role == "conversion" and c.id in found]
    regions = list(dict.fromkeys(r for c in compared for r in found[c.id].regions))
    frames = []
    relatives = {c.id: found[c.id].relative() for c in compared}
    for region in regions:
        own = []
        for conversion in compared:
            rates = found[conversion.id]
            if region in rates.regions and len(rates.regions) > 1:
                place = rates.regions.index(region)
                point, drawn = (part[..., place] for part in relatives[conversion.id])
                if np.isfinite(point) and point > 0:
                    own.append((conversion, float(point), drawn, int(rates.both[place].sum())))
        if len(own) > 1:
            frames.append(_bottleneck(region, own))
    columns = list(BOTTLENECK_COLUMNS)
    return (
        pd.concat(frames, ignore_index=True)[columns] if frames else pd.DataFrame(columns=columns)
    )


def _bottleneck(region: str, own: list[tuple[Conversion, float, Array, int]]) -> pd.DataFrame:
    """Return one row a conversion of a region: which is lowest, and in how many draws."""
    points = np.array([point for _, point, _, _ in own])
    drawn = np.column_stack([draws for _, _, draws, _ in own])
    drawn = drawn[np.isfinite(drawn).all(axis=1) & (drawn > 0).all(axis=1)]
    sure = bool(len(drawn)) and min(years for *_, years in own) >= _FEWEST_YEARS
    phases = [conversion.phase for conversion, *_ in own]
    names = [phase for phase in PHASES if phase in phases]
    inside = {phase: np.array([p == phase for p in phases]) for phase in names}
    of_phase = np.array([np.exp(np.log(points[inside[p]]).mean()) for p in names])
    drawn_phase = np.column_stack([np.exp(np.log(drawn[:, inside[p]]).mean(axis=1)) for p in names])
    low_phase = names[int(of_phase.argmin())]

    def agreement(values: Array, size: int) -> Array:
        if not sure:
            return np.full(size, np.nan)
        return np.bincount(values.argmin(axis=1), minlength=size) / len(values)

    agree_phase = dict(zip(names, agreement(drawn_phase, len(names)), strict=True))
    level_phase = dict(zip(names, of_phase, strict=True))
    return pd.DataFrame(
        {
            "region": region,
            "conversion": [conversion.id for conversion, *_ in own],
            "stage": [conversion.stage for conversion, *_ in own],
            "phase": phases,
            "relative": points,
            "bottleneck": np.arange(len(own)) == int(points.argmin()),
            "agreement": agreement(drawn, len(own)),
            "phase_relative": [level_phase[phase] for phase in phases],
            "phase_bottleneck": [phase == low_phase for phase in phases],
            "phase_agreement": [agree_phase[phase] for phase in phases],
            "conversions": len(own),
            "years": [years for *_, years in own],
        }
    )


def _quantile(draws: Array, level: float, enough: NDArray[np.bool_]) -> Array:
    found = np.full(draws.shape[1], np.nan)
    if enough.any():
        found[enough] = np.nanquantile(draws[:, enough], level, axis=0)
    return found


def _of_region(
    conversions: pd.DataFrame, name: str, region: str | None, known: list[str]
) -> pd.Series | None:
    if region is None and len(known) != 1:
        raise InputError(
            Text(
                "表 stages 有空格要由转化率填补，但未指明地区",
                "table stages has empty cells to be calibrated, but no region is named",
            ),
            remedy=Text(
                f"用 --calibrate-from 指明一个：{'、'.join(known[:6])}。",
                f"Name one by --calibrate-from: {', '.join(known[:6])}.",
            ),
        )
    wanted = known[0] if region is None else region
    if wanted not in known:
        raise InputError(
            Text(
                f"表 {NAME} 没有地区 {wanted}；现有：{'、'.join(known[:6])}",
                f"table {NAME} has no region {wanted}; there are: {', '.join(known[:6])}",
            )
        )
    rows = conversions[
        (conversions["region"].astype(str) == wanted) & (conversions["conversion"] == name)
    ]
    return rows.iloc[0] if len(rows) else None
