"""From the dependence of sectors to that of activities in another classification."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed

_SLACK = 1e-6


def dependence_of_activities(sectors: pd.DataFrame, mapping: pd.DataFrame) -> pd.DataFrame:
    r"""Dependence of activities on inputs from elsewhere, from that of the sectors they are in.

    .. math:: d_a = \sum_i w_{ai} d_i, \qquad \sum_i w_{ai} = 1

    sectors : code, total_dependence [1], as the table ``sectors`` of ``chokepoints``, of one region
    mapping : activity, code, share: how much of the activity is in each sector [1], >= 0
    Returns : activity, dependence, in order of the mapping's first rows; missing where a sector's
        dependence is
    Raises : InputError for codes that the sectors do not have or that occur twice, a sector named
        twice for one activity, shares that are missing, negative or do not sum to 1
    Limits : an activity is taken to depend on inputs as its sectors do on average
    """
    codes = sectors["code"].astype(str)
    known = pd.Series(sectors["total_dependence"].to_numpy(dtype=float), index=codes.to_numpy())
    if known.index.has_duplicates:
        raise InputError(
            Text("部门代码重复", "sector codes occur twice"),
            remedy=Text("多地区的结果请只留一个地区。", "Keep one region of several."),
        )
    names, used = mapping["activity"].astype(str), mapping["code"].astype(str)
    share = mapping["share"].to_numpy(dtype=float)
    absent = [code for code in dict.fromkeys(used) if code not in known.index]
    if absent:
        shown, there = listed(absent), listed(known.index, most=12)
        raise InputError(
            Text(f"没有这些部门代码：{shown.zh}", f"no such sector codes: {shown.en}"),
            remedy=Text(f"现有代码：{there.zh}。", f"The codes are: {there.en}."),
        )
    twice = pd.MultiIndex.from_arrays([names, used]).duplicated()
    if twice.any():
        shown = listed(dict.fromkeys(names[twice]))
        raise InputError(
            Text(f"同一部门写了两次的活动：{shown.zh}", f"a sector twice for: {shown.en}")
        )
    sums = pd.Series(share).groupby(names.to_numpy(), sort=False).sum(min_count=1)
    bad = ~(np.isfinite(share) & (share >= 0))
    off = {*names[bad], *sums.index[np.abs(sums - 1) > _SLACK]}
    if off:
        shown = listed(f"{name} ({sums[name]:g})" for name in sums.index if name in off)
        raise InputError(
            Text(
                f"各活动的份额应不为负、合计为 1：{shown.zh}",
                f"shares must not be negative and sum to 1 for each activity: {shown.en}",
            )
        )
    parts = pd.DataFrame({"activity": names, "dependence": share * known[used].to_numpy()})
    grouped = parts.groupby("activity", sort=False)["dependence"]
    return grouped.agg(lambda column: column.sum(skipna=False)).reset_index()
