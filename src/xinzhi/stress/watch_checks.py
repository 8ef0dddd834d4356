"""What ``watch`` is given, checked: labels, options, directions, events, and odd series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import xarray as xr
from scipy.stats import rankdata

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.regions import RegionSet
from xinzhi.stress.early_warning import Observed
from xinzhi.stress.leading import indicator_title, unknown_indicator
from xinzhi.stress.signals import Array

_TREND = 0.9
NO_EVENTS = Text(
    "没有标注事件：只陈述各指标相对自身历史的位置，不亮灯",
    "no labelled events: each indicator is shown against its own history, and no light is given",
)


def checked(values: xr.DataArray) -> xr.DataArray:
    """Return values as (region, year, indicator) by year, or say what is wrong with them."""
    wanted = ("region", "year", "indicator")
    if set(values.dims) != set(wanted):
        raise InputError(
            Text(
                f"数值须有地区、年份、指标三维，现为：{'、'.join(map(str, values.dims))}",
                "values need region, year and indicator; their dimensions are "
                f"{', '.join(map(str, values.dims))}",
            )
        )
    array = values.transpose(*wanted).sortby("year")
    for name in wanted:
        labels = [str(label) for label in array[name].values]
        twice = sorted({label for label in labels if labels.count(label) > 1})
        if twice or not labels:
            shown = listed(twice)
            raise InputError(
                Text(
                    f"{name} 为空或重复：{shown.zh}", f"{name} is empty or given twice: {shown.en}"
                )
            )
    if array["year"].dtype.kind not in "iu":
        raise InputError(Text("年份须为整数", "years must be whole numbers"))
    if np.isinf(array.to_numpy()).any():
        raise InputError(Text("数值中有无穷大", "some values are infinite"))
    return array


def check_options(horizon: int, least_history: int, least_events: int, preference: float) -> None:
    """Refuse options outside their range."""
    for name, value, least in (
        ("horizon", horizon, 1),
        ("least_history", least_history, 3),
        ("least_events", least_events, 1),
    ):
        if value < least:
            raise InputError(
                Text(
                    f"{name} 至少为 {least}，现为 {value}",
                    f"{name} must be {least} or more: {value}",
                )
            )
    if not 0 < preference < 1:
        raise InputError(
            Text(
                f"偏好须在 0 与 1 之间，现为 {preference:g}",
                f"the preference must lie between 0 and 1: {preference:g}",
            )
        )


def oriented(given: Mapping[str, int], indicators: Sequence[str]) -> Array:
    """Return 1 or -1 for each indicator, 1 where nothing is said.

    Raises : InputError for an indicator that is not there, and for any other number
    """
    for name, value in given.items():
        if name not in indicators:
            raise unknown_indicator(name, indicators)
        if value not in (1, -1):
            raise InputError(
                Text(f"{name} 的方向须为 1 或 -1", f"the direction of {name} must be 1 or -1")
            )
    return np.array([given.get(name, 1) for name in indicators], dtype=float)


def dated_events(
    events: pd.DataFrame | None, regions: Sequence[str]
) -> tuple[list[tuple[int, int]], list[Text]]:
    """Return events as (region place, year), each once, and what is to be said of them."""
    if events is None or events.empty:
        return [], [NO_EVENTS]
    absent = [name for name in ("region", "year") if name not in events]
    if absent:
        raise InputError(
            Text(f"事件表没有列 {'、'.join(absent)}", f"events lack the column {', '.join(absent)}")
        )
    known = {name: place for place, name in enumerate(regions)}
    unknown = list(dict.fromkeys(str(n) for n in events["region"] if str(n) not in known))
    if unknown:
        named = RegionSet.from_names(regions)
        problems = []
        for name in unknown[:6]:
            near = named.suggest(name)
            hint = (f"，是否指 {near.name}？", f", did you mean {near.name}?") if near else ("", "")
            problems.append(Text(f"{name}{hint[0]}", f"{name}{hint[1]}"))
        raise InputError(
            Text(
                f"{len(unknown)} 个事件地区不在数据中",
                f"events name {len(unknown)} region(s) that the values do not have",
            ),
            problems,
            Text("改正地区名，或补上这些地区的数据。", "Correct the names, or add their values."),
        )
    pairs = [
        (known[str(region)], int(year))
        for region, year in zip(events["region"], events["year"], strict=True)
    ]
    once = sorted(set(pairs))
    notes = []
    if len(once) < len(pairs):
        count = len(pairs) - len(once)
        notes.append(
            Text(
                f"{count} 个事件与同一地区同一年的另一事件合并计一次",
                f"{count} event(s) share region and year with another and count once",
            )
        )
    return once, notes


def unseen(observed: Observed, horizon: int) -> list[Text]:
    """Note events that no value could announce; refuse where no year is tranquil."""
    if not observed.events:
        return []
    labels = observed.labels(horizon)
    if not (labels == 0).any():
        raise InputError(
            Text(
                "没有一个地区年份是平静的：事件前后的年份占满了数据",
                "no region-year is tranquil: years of or before events fill the values",
            ),
            remedy=Text(
                "缩短 horizon，或只标注事件开始的年份。",
                "Shorten the horizon, or label only the year in which an event begins.",
            ),
        )
    unseen = [
        year
        for _, year in observed.events
        if not ((observed.years >= year - horizon) & (observed.years < year)).any()
    ]
    if not unseen:
        return []
    return [
        Text(
            f"{len(unseen)} 个事件之前没有数据，不计入",
            f"{len(unseen)} event(s) have no value before them and do not count",
        )
    ]


def _named(names: Sequence[str]) -> Text:
    """Return indicators as a list, titles with their names behind where these differ."""
    shown = []
    for name in names:
        title = indicator_title(name)
        behind = ("", "") if title.en == name else (f"（{name}）", f" ({name})")
        shown.append(Text(f"{title.zh}{behind[0]}", f"{title.en}{behind[1]}"))
    return Text(listed(t.zh for t in shown).zh, listed(t.en for t in shown).en)


def odd_series(observed: Observed, indicators: Sequence[str], least: int) -> list[Text]:
    """Note indicators without values, constant ones, and those that mostly tell the year."""
    empty, constant, trending = [], [], []
    for place, name in enumerate(indicators):
        own = observed.values[..., place]
        if not np.isfinite(own).any():
            empty.append(name)
            continue
        rows = [row[np.isfinite(row)] for row in own]
        if all(len(row) == 0 or np.ptp(row) == 0 for row in rows):
            constant.append(name)
            continue
        ranked = [
            float(np.corrcoef(np.arange(len(row)), rankdata(row))[0, 1])
            for row in rows
            if len(row) >= least and np.ptp(row) > 0
        ]
        if ranked and abs(float(np.median(ranked))) > _TREND:
            trending.append(name)
    notes = []
    if empty:
        shown = _named(empty)
        notes.append(Text(f"没有数值的指标：{shown.zh}", f"without any value: {shown.en}"))
    if constant:
        shown = _named(constant)
        notes.append(
            Text(
                f"各地区内不变、永不发出信号的指标：{shown.zh}",
                f"constant in every region, so that they never signal: {shown.en}",
            )
        )
    if trending:
        shown = _named(trending)
        notes.append(
            Text(
                f"几乎逐年升（降）的指标：{shown.zh}；它在自身历史中的位置主要反映年份，宜改用增长或变化",
                f"rising or falling nearly every year: {shown.en}; where they stand in their own "
                "history mostly tells the year: use growth or change",
            )
        )
    return notes
