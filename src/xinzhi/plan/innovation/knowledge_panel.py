"""A panel as (unit, period) arrays: lags by calendar, checks at the door, units that tell nothing.

A lag is that of the calendar: where a year is missing, the lag is missing, and the row that needs
it is left out of the sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import sorted_columns

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Lags = Mapping[str, Sequence[int]]

_LONGEST = 1_000  # periods; a wrong year would make the arrays huge
_DEPENDENT = 1e-8  # share of a column that must be left once the columns before it are taken out


class Term(NamedTuple):
    """A regressor and its lag in periods."""

    name: str
    lag: int


@dataclass(frozen=True, eq=False)
class PanelArrays:
    """Columns of a panel as dense arrays; a missing year or cell is nan.

    units : (N,) names; periods : (T,) whole numbers without gaps; columns : name → (N, T)
    """

    units: tuple[str, ...]
    periods: NDArray[np.int64]
    columns: Mapping[str, Array]

    def lagged(self, term: Term) -> Array:
        """Return (N, T) values of the column ``lag`` periods before."""
        return shifted(self.columns[term.name], term.lag)


def shifted(values: Array, lag: int) -> Array:
    """Return (N, T, …) values of ``lag`` periods before, nan where the panel has not begun."""
    if not lag:
        return values
    moved = np.full_like(values, np.nan)
    moved[:, lag:] = values[:, :-lag]
    return moved


def panel_arrays(
    panel: pd.DataFrame,
    columns: Sequence[str],
    *,
    logarithms: Sequence[str] = (),
    counts: Sequence[str] = (),
    unit: str = "unit",
    time: str = "year",
) -> PanelArrays:
    """Read columns of a panel, checked; ``logarithms`` of those named.

    columns : to read; logarithms : those that must be positive and are logged
    counts : those that must not be negative
    Raises : InputError for an absent column, two rows of one unit and period, text among numbers, a
        value whose logarithm does not exist, a negative count, or one unit only
    """
    names = list(dict.fromkeys(columns))
    table = sorted_columns(panel, [unit, time], names, positive=logarithms, missing=True, time=time)
    for name in counts:
        _refuse_negative(table, name, unit, time)
    labels, rows = np.unique(table[unit].astype(str).to_numpy(), return_inverse=True)
    if len(labels) < 2:
        raise InputError(
            Text(
                f"面板只有一个单位（{labels[0]}），固定效应吸收了它的全部差异",
                f"the panel has one unit only ({labels[0]}): effects and errors clustered by unit "
                "need several",
            ),
            remedy=Text("给出至少两个单位。", "Give at least two units."),
        )
    years = table[time].to_numpy(np.int64)
    _refuse_span(int(years.min()), int(years.max()), time)
    periods = np.arange(years.min(), years.max() + 1)
    found: dict[str, Array] = {}
    for name in names:
        cells = np.full((len(labels), len(periods)), np.nan)
        values = table[name].to_numpy(float)
        cells[rows, years - periods[0]] = np.log(values) if name in logarithms else values
        found[name] = cells
    return PanelArrays(tuple(map(str, labels)), periods, found)


def terms_of(regressors: Lags) -> tuple[Term, ...]:
    """Return each regressor at each of its lags.

    Raises : InputError where there is none, or a lag is negative or named twice
    """
    terms = tuple(Term(name, int(lag)) for name, lags in regressors.items() for lag in lags)
    if not terms or min(term.lag for term in terms) < 0 or len(set(terms)) < len(terms):
        shown = listed(f"{name}: {list(lags)}" for name, lags in regressors.items())
        raise InputError(
            Text(
                f"解释变量的滞后应为不重复的非负整数：{shown.zh or '没有解释变量'}",
                "lags of regressors are whole numbers of at least 0, each once: "
                f"{shown.en or 'there is no regressor'}",
            )
        )
    return terms


def sample_of(parts: Sequence[Array], least: int) -> Mask:
    """Return (N, T) rows where all parts are there, of units with at least ``least`` such rows."""
    there = np.isfinite(parts[0])
    for part in parts[1:]:
        there &= np.isfinite(part)
    there &= there.sum(axis=1, keepdims=True) >= least
    return there


def refuse_empty(there: Mask, terms: Sequence[Term]) -> None:
    """Refuse a sample with less than two units."""
    if there.any(axis=1).sum() < 2:
        most = max((term.lag for term in terms), default=0)
        raise InputError(
            Text(
                f"取 {most} 期滞后之后，可用的单位不足两个",
                f"with lags up to {most} fewer than two units have rows enough",
            ),
            remedy=Text(
                "减少滞后期数，或补充年份。", "Take shorter lags, or give more years of each unit."
            ),
        )


def too_short(arrays: PanelArrays, kept: ArrayLike) -> tuple[tuple[str, str], ...]:
    """Return the units that are not kept, for having fewer rows than the method needs."""
    flags = np.asarray(kept, dtype=bool).tolist()
    return tuple(
        (name, "short") for name, flag in zip(arrays.units, flags, strict=True) if not flag
    )


def period_dummies(there: Mask, every: bool = False) -> Array:
    """Return (N, T, D) dummies of the periods of the sample, but the first one (or ``every``)."""
    present = np.flatnonzero(there.any(axis=0))
    kept = present if every else present[1:]
    dummies = np.zeros((*there.shape, len(kept)))
    dummies[:, kept, np.arange(len(kept))] = 1.0
    return np.where(there[:, :, np.newaxis], dummies, 0.0)


def independent(columns: Array) -> Mask:
    """Return (k,) which columns of (n, k) add something to those before them."""
    size = np.sqrt((columns**2).sum(axis=0))
    unit = columns / np.where(size > 0, size, 1.0)
    kept = np.zeros(columns.shape[1], dtype=bool)
    basis = np.empty((len(columns), 0))
    for place in range(columns.shape[1]):
        rest = unit[:, place]
        for _ in range(2):  # once more for rounding
            rest = rest - basis @ (basis.T @ rest)
        left = float(np.linalg.norm(rest))
        if size[place] > 0 and left > _DEPENDENT:
            kept[place] = True
            basis = np.column_stack([basis, rest / left])
    return kept


def refuse_dependent(columns: Array, terms: Sequence[Term]) -> None:
    """Refuse regressors that effects or other regressors already explain.

    columns : (n, k) what is left of the terms after the effects
    """
    kept = independent(columns)
    if not kept.all():
        lost = listed(words(term) for term, keep in zip(terms, kept, strict=True) if not keep)
        raise InputError(
            Text(
                f"单位效应、年份效应和其他变量已经决定了：{lost.zh}",
                f"effects of units and years and the other regressors leave nothing of {lost.en}",
            ),
            remedy=Text(
                "去掉不随时间变化或相互决定的变量，或减少滞后期数。",
                "Leave out what does not change over time or follows from others, or take fewer "
                "lags.",
            ),
        )


def words(term: Term) -> str:
    """Return a term as written in messages: ``stock`` or ``stock(-2)``."""
    return term.name if not term.lag else f"{term.name}(-{term.lag})"


def _refuse_span(first: int, last: int, time: str) -> None:
    if last - first >= _LONGEST:
        raise InputError(
            Text(
                f"{time} 从 {first} 到 {last}，超过 {_LONGEST} 期",
                f"{time} runs from {first} to {last}, more than {_LONGEST} periods",
            ),
            remedy=Text("检查时间列；它应为年份。", "Check the column: it should hold years."),
        )


def _refuse_negative(table: pd.DataFrame, name: str, unit: str, time: str) -> None:
    below = table[table[name] < 0]
    if len(below):
        shown = listed(
            f"{who} {when} {value:g}"
            for who, when, value in below[[unit, time, name]].itertuples(index=False)
        )
        raise InputError(
            Text(
                f"{name} 是计数，{len(below)} 行为负：{shown.zh}",
                f"{name} is a count, and {len(below)} row(s) are negative: {shown.en}",
            ),
            remedy=Text("更正这些行；缺失请留空。", "Correct them; leave what is missing empty."),
        )
