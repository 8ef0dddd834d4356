"""Shift-share: how much of a region's growth is the nation's, its industries' and its own."""

from __future__ import annotations

from itertools import pairwise
from typing import Literal, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.structure.strengths.activity import ActivityMatrix

Array = NDArray[np.float64]

ShiftShareMethod = Literal["classic", "esteban_marquillas", "arcelus"]
SHIFT_SHARE_METHODS: tuple[ShiftShareMethod, ...] = get_args(ShiftShareMethod)


def shift_share_components(
    start: ArrayLike,
    end: ArrayLike,
    method: ShiftShareMethod = "classic",
    nation_start: ArrayLike | None = None,
    nation_end: ArrayLike | None = None,
) -> dict[str, Array]:
    r"""Components of the change of each activity in each region; they sum to the change.

    With growth :math:`g` of the nation, :math:`g_i` of an activity in it, :math:`g_r` of a region
    and :math:`g_{ri}` of an activity in a region:

    .. math::
        \text{classic: } \Delta x_{ri} &= x_{ri} g + x_{ri} (g_i - g) + x_{ri} (g_{ri} - g_i) \\
        \text{Esteban-Marquillas: } x_{ri} (g_{ri} - g_i) &= h_{ri} (g_{ri} - g_i)
            + (x_{ri} - h_{ri}) (g_{ri} - g_i), \quad h_{ri} = x_r x_i / x \\
        \text{Arcelus: } x_{ri} (g_{ri} - g_i) &= x_{ri} (g_r - g)
            + x_{ri} [(g_{ri} - g_i) - (g_r - g)], \text{ and each } x_{ri} = h_{ri}
            + (x_{ri} - h_{ri})

    The homothetic volume h is what the region would have with the nation's structure.

    start, end : (region, activity), >= 0
    nation_start, nation_end : (activity,); the sums of the regions where None
    Returns : name → (region, activity), in the unit of the volumes:
        classic: national_growth, industry_mix, competitive;
        esteban_marquillas: national_growth, industry_mix, competitive (of h), allocation, entry;
        arcelus: national_growth, industry_mix, regional_growth, regional_mix, each also with
        _allocation for the part of x − h, and entry.
        An activity that a region starts from 0 has no growth rate: its volume at the end is the
        competitive component of the classic form, and ``entry`` in the others, whose other
        components are then those of a start of 0
    Raises : InputError for an unknown method, arrays that do not fit, volumes that are missing or
        negative, a nation that starts from 0 or lacks an activity that a region starts with
    Source : Dunn (1960), Papers of the Regional Science Association 6; Esteban-Marquillas (1972),
        Regional and Urban Economics 2; Arcelus (1984), Growth and Change 15
    """
    if method not in SHIFT_SHARE_METHODS:
        names = "、".join(SHIFT_SHARE_METHODS), ", ".join(SHIFT_SHARE_METHODS)
        raise InputError(
            Text(f"未知的偏离—份额方法 {method}", f"unknown shift-share method {method}"),
            remedy=Text(f"可选：{names[0]}", f"Choose from: {names[1]}"),
        )
    before, after = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
    first = before.sum(axis=0) if nation_start is None else np.asarray(nation_start, dtype=float)
    last = after.sum(axis=0) if nation_end is None else np.asarray(nation_end, dtype=float)
    _check(before, after, first, last)
    nation = last.sum() / first.sum() - 1
    industry = np.divide(last, first, out=np.full(len(first), 1 + nation), where=first > 0) - 1
    national_growth, industry_mix = before * nation, before * (industry - nation)
    if method == "classic":
        competitive = after - before - before * industry
        return {
            "national_growth": national_growth,
            "industry_mix": industry_mix,
            "competitive": competitive,
        }
    total = before.sum(axis=1, keepdims=True)
    there = before > 0
    homothetic = np.where(there, total * first / first.sum(), 0.0)
    rest = before - homothetic
    growth = np.divide(after, before, out=np.ones_like(before), where=there) - 1
    own = np.where(there, growth - industry, 0.0)
    entry = np.where(there, 0.0, after)
    if method == "esteban_marquillas":
        return {
            "national_growth": national_growth,
            "industry_mix": industry_mix,
            "competitive": homothetic * own,
            "allocation": rest * own,
            "entry": entry,
        }
    region = after.sum(axis=1, keepdims=True) / np.where(total > 0, total, 1.0) - 1 - nation
    rates = {
        "national_growth": np.full_like(before, nation),
        "industry_mix": np.broadcast_to(industry - nation, before.shape),
        "regional_growth": np.broadcast_to(region, before.shape),
        "regional_mix": own - region,
    }
    parts = {}
    for name, rate in rates.items():
        parts[name] = homothetic * rate
        parts[f"{name}_allocation"] = rest * rate
    return {**parts, "entry": entry}


def shift_share(
    matrix: ActivityMatrix,
    start: int | None = None,
    end: int | None = None,
    method: ShiftShareMethod = "classic",
    dynamic: bool = False,
    nation: ActivityMatrix | None = None,
) -> pd.DataFrame:
    """Shift-share of every activity in every region between two years.

    matrix : with years; start, end : the first and the last where None
    dynamic : year by year through all years of the matrix in between, components added up, so that
        weights follow the structure (Barff and Knight); otherwise once, with weights of the start
    nation : volumes of the whole, one region or several to be added up, with the same activities
        and years; the sum of the regions where None
    Returns : one row a region and activity: region, activity, start, end, change, and the
        components of ``shift_share_components``, which sum to the change
    Raises : InputError if the matrix has fewer than two years, a year is not in it, start is not
        before end, the nation lacks an activity or year; and as ``shift_share_components``
    Source : Barff and Knight (1988), Growth and Change 19, for the dynamic form
    """
    steps = _steps(matrix, start, end, dynamic)
    found = dict(zip(matrix.years, (volumes.toarray() for volumes in matrix.slices), strict=True))
    whole = dict.fromkeys(matrix.years) if nation is None else _whole(matrix, nation)
    total: dict[str, Array] = {}
    for before, after in steps:
        parts = shift_share_components(
            found[before], found[after], method, whole[before], whole[after]
        )
        for name, values in parts.items():
            total[name] = total[name] + values if name in total else values
    first, last = found[steps[0][0]], found[steps[-1][1]]
    regions, activities = len(matrix.regions), len(matrix.activities)
    columns = {
        "region": np.repeat(np.array(matrix.regions, dtype=object), activities),
        "activity": np.tile(np.array(matrix.activities, dtype=object), regions),
        "start": first.ravel(),
        "end": last.ravel(),
        "change": (last - first).ravel(),
        **{name: values.ravel() for name, values in total.items()},
    }
    return pd.DataFrame(columns)


def _steps(
    matrix: ActivityMatrix, start: int | None, end: int | None, dynamic: bool
) -> list[tuple[int, int]]:
    if len(matrix.years) < 2:
        raise InputError(
            Text("偏离—份额分析至少需要两年的数据", "shift-share needs two years at least"),
            remedy=Text("请给出年份列。", "Name the column of years."),
        )
    first = matrix.years[0] if start is None else start
    last = matrix.years[-1] if end is None else end
    absent = [year for year in (first, last) if year not in matrix.years]
    if absent:
        shown, there = listed(absent), listed(matrix.years, most=12)
        raise InputError(
            Text(f"没有这些年份：{shown.zh}", f"no such year: {shown.en}"),
            remedy=Text(f"现有年份：{there.zh}。", f"The years are: {there.en}."),
        )
    if first >= last:
        raise InputError(
            Text(
                f"起始年 {first} 应早于终止年 {last}",
                f"the start {first} must be before the end {last}",
            )
        )
    if not dynamic:
        return [(first, last)]
    return list(pairwise(year for year in matrix.years if first <= year <= last))


def _whole(matrix: ActivityMatrix, nation: ActivityMatrix) -> dict[int, Array]:
    """Return the nation's volumes by year, in the matrix's order of activities."""
    for ours, theirs, noun in (
        (matrix.activities, nation.activities, Text("活动", "activities")),
        (matrix.years, nation.years, Text("年份", "years")),
    ):
        absent = [item for item in ours if item not in set(theirs)]
        if absent:
            shown = listed(absent)
            raise InputError(
                Text(
                    f"全国数据缺少{noun.zh}：{shown.zh}", f"the nation lacks {noun.en}: {shown.en}"
                ),
                remedy=Text(
                    "全国与地区应为同一分类、同一年份。",
                    "Give nation and regions in one classification and the same years.",
                ),
            )
    order = [nation.activities.index(name) for name in matrix.activities]
    sums = (np.asarray(volumes.sum(axis=0), dtype=float)[order] for volumes in nation.slices)
    return dict(zip(nation.years, sums, strict=True))


def _check(before: Array, after: Array, first: Array, last: Array) -> None:
    shapes = {before.shape, after.shape, (len(before), *first.shape), (len(before), *last.shape)}
    if before.ndim != 2 or len(shapes) > 1:
        raise InputError(
            Text(
                "起止两年和全国的数组形状不一致",
                "the arrays of start, end and nation do not fit each other",
            ),
            remedy=Text(
                "地区数组为（地区，活动），全国数组为（活动）。",
                "Give (region, activity) for regions and (activity,) for the nation.",
            ),
        )
    for values in (before, after, first, last):
        if not (np.isfinite(values) & (values >= 0)).all():
            raise InputError(
                Text("数量缺失或为负", "volumes are missing or negative"),
                remedy=Text("没有这项活动请写 0。", "Write 0 where there is no such activity."),
            )
    if not first.sum() > 0:
        raise InputError(Text("全国起始年的数量为 0", "the nation starts from 0"))
    lacking = np.flatnonzero((first == 0) & (before > 0).any(axis=0))
    if len(lacking):
        shown = listed(place + 1 for place in lacking)
        raise InputError(
            Text(
                f"起始年地区有而全国没有的活动：第 {shown.zh} 项",
                f"activities that a region starts with and the nation does not: no. {shown.en}",
            ),
            remedy=Text("全国应包含各地区。", "The nation must include its regions."),
        )
