"""Aggregate productivity of firms: levels and changes by reallocation, entry and exit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.firm_panel import (
    check_columns,
    check_numeric,
    check_unique,
    check_whole,
)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class FirmReallocationResult(Result):
    """Tables: changes, levels."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``changes`` (default), the terms of each change."""
        from xinzhi.measure.productivity.firm_plots import reallocation_chart

        return reallocation_chart(self, kind or "changes", lang)


def olley_pakes_covariance(productivity: Array, share: Array) -> tuple[float, float]:
    r"""Split an aggregate into the plain mean and the covariance of share and productivity.

    .. math:: \sum_i s_i \varphi_i = \bar\varphi
        + \sum_i (s_i - \bar s)(\varphi_i - \bar\varphi)

    productivity : φ (n,); share : s (n,), summing to 1
    Returns : mean and covariance, which sum to the aggregate
    Source : Olley and Pakes (1996), Econometrica 64(6), 1263–1297
    """
    mean = float(productivity.mean())
    covariance = float(np.sum((share - share.mean()) * (productivity - mean)))
    return mean, covariance


def firm_reallocation(
    frame: pd.DataFrame,
    unit: str,
    period: str,
    productivity: str,
    weight: str,
    base: Literal["previous", "first"] = "previous",
    inputs: Iterable[InputRecord] = (),
) -> FirmReallocationResult:
    r"""Dynamic Olley–Pakes decomposition of aggregate productivity, with entry and exit.

    .. math::
        \Phi_2 - \Phi_1 = \underbrace{\Delta\bar\varphi_S}_{\text{within}}
        + \underbrace{\Delta\mathrm{cov}_S}_{\text{between}}
        + \underbrace{s_{E2}(\Phi_{E2} - \Phi_{S2})}_{\text{entry}}
        + \underbrace{s_{X1}(\Phi_{S1} - \Phi_{X1})}_{\text{exit}}

    S are the firms of both periods, E those only of the later, X those only of the earlier; Φ of
    a group is its productivity weighted by shares within it, s the group's share of all.

    frame : one row a firm and period; productivity in logarithms for terms that read as growth
    weight : column whose shares of the period's total weigh the firms, such as value added or
        employment; >= 0
    base : what each period is compared with: the one ``previous`` in the data, or the ``first``
    Returns : tables ``changes`` (period, base_period, change, within, between, entry, exit,
        survivors, entrants, exiters), whose four terms sum to the change, and ``levels``
        (period, aggregate, mean, covariance, firms)
    Raises : InputError for columns that are absent or not numeric, a firm that has a period twice,
        missing values, negative weights, a period whose weights are all zero, fewer than two
        periods, two periods without a common firm that has weight in both, or an unknown base
    Limits : entry and exit are relative to survivors, so their signs depend on whom one compares
        with; a firm that is only missing in a period counts as exit and entry
    Source : Melitz and Polanec (2015), RAND Journal of Economics 46(2), 362–375
    """
    if base not in ("previous", "first"):
        raise InputError(
            Text(
                f"没有基期取法 {base}；可用：previous、first",
                f"no base {base}; there are: previous, first",
            )
        )
    groups = _by_period(frame, unit, period, productivity, weight)
    periods = list(groups)
    levels, changes = [], []
    for place, now in enumerate(periods):
        _, values, weights = groups[now]
        mean, covariance = olley_pakes_covariance(values, weights / weights.sum())
        levels.append((now, mean + covariance, mean, covariance, len(values)))
        if place:
            before = periods[0] if base == "first" else periods[place - 1]
            changes.append((now, before, *_change(groups[before], groups[now], before, now)))
    return FirmReallocationResult(
        tables={
            "changes": pd.DataFrame(
                changes,
                columns=[
                    *("period", "base_period", "change", "within", "between", "entry", "exit"),
                    *("survivors", "entrants", "exiters"),
                ],
            ),
            "levels": pd.DataFrame(
                levels, columns=["period", "aggregate", "mean", "covariance", "firms"]
            ),
        },
        parameters={"productivity": productivity, "weight": weight, "base": base},
        inputs=tuple(inputs),
    )


Period = tuple[NDArray[np.int32], Array, Array]  # firms in rising order, productivity, weight


def _change(first: Period, second: Period, before: int, now: int) -> tuple[float | int, ...]:
    survives_1 = np.isin(first[0], second[0], assume_unique=True)
    survives_2 = np.isin(second[0], first[0], assume_unique=True)
    if not (first[2][survives_1].any() and second[2][survives_2].any()):
        raise InputError(
            Text(
                f"{before} 与 {now} 没有权重为正的共同企业，无法分解",
                f"{before} and {now} have no common firm of positive weight, so nothing can be "
                "decomposed",
            ),
            remedy=Text(
                "请检查企业代码在各期是否一致。",
                "Check that firms keep their codes from period to period.",
            ),
        )
    mean_1, covariance_1, total_1, leaving, gap_1 = _survivors(first, survives_1)
    mean_2, covariance_2, total_2, entering, gap_2 = _survivors(second, survives_2)
    return (
        total_2 - total_1,
        mean_2 - mean_1,
        covariance_2 - covariance_1,
        entering * gap_2,
        -leaving * gap_1,
        int(survives_1.sum()),
        int((~survives_2).sum()),
        int((~survives_1).sum()),
    )


def _survivors(group: Period, survives: NDArray[np.bool_]) -> tuple[float, ...]:
    """Return mean and covariance of survivors, the aggregate, and the others' share and gap."""
    _, values, weights = group
    share = weights / weights.sum()
    own = share[survives] / share[survives].sum()
    mean, covariance = olley_pakes_covariance(values[survives], own)
    others = share[~survives].sum()
    gap = 0.0
    if others > 0:
        gap = float(share[~survives] @ values[~survives] / others) - (mean + covariance)
    return mean, covariance, float(share @ values), float(others), gap


def _by_period(
    frame: pd.DataFrame, unit: str, period: str, productivity: str, weight: str
) -> dict[int, Period]:
    check_columns([unit, period, productivity, weight], [str(name) for name in frame.columns])
    check_numeric(frame, [period, productivity, weight])
    _check_values(frame, unit, period, productivity, weight)
    check_whole(period, frame[period].to_numpy(dtype=np.float64))
    codes, labels = pd.factorize(frame[unit].astype(str), sort=True)
    years = frame[period].to_numpy(dtype=np.int32)
    order = np.lexsort((years, codes))
    check_unique(codes[order].astype(np.int32), years[order], pd.Index(labels))
    order = np.lexsort((codes, years))
    firms = codes[order].astype(np.int32)
    values = frame[productivity].to_numpy(dtype=np.float64)[order]
    weights = frame[weight].to_numpy(dtype=np.float64)[order]
    found, starts = np.unique(years[order], return_index=True)
    if len(found) < 2:
        raise InputError(
            Text("至少需要两个时期", "at least two periods are needed"),
        )
    ends = [*starts[1:].tolist(), len(order)]
    groups = {
        int(year): (firms[a:b], values[a:b], weights[a:b])
        for year, a, b in zip(found, starts.tolist(), ends, strict=True)
    }
    for year, (_, _, group_weights) in groups.items():
        if not group_weights.any():
            raise InputError(
                Text(f"{year} 的权重全部为零", f"the weights of {year} are all zero"),
            )
    return groups


def _check_values(
    frame: pd.DataFrame, unit: str, period: str, productivity: str, weight: str
) -> None:
    columns = frame[[unit, period, productivity, weight]]
    numbers = frame[[period, productivity, weight]].to_numpy(dtype=np.float64)
    missing = int((columns.isna().any(axis=1).to_numpy() | ~np.isfinite(numbers).all(axis=1)).sum())
    if missing:
        raise InputError(
            Text(f"{missing} 行有缺失值", f"{missing} rows have missing values"),
            remedy=Text(
                "请先删除这些行；缺失的企业会被当作退出和进入。",
                "Remove these rows; a firm missing in a period counts as exit and entry.",
            ),
        )
    negative = int((frame[weight] < 0).sum())
    if negative:
        raise InputError(
            Text(
                f"{weight} 列有 {negative} 个负值，权重不能为负",
                f"column {weight} has {negative} negative values; weights cannot be negative",
            )
        )
