"""Comparing two panels, or two vintages of one: what is new, what is gone, what was revised."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Result, Text
from xinzhi.data.findings import listed
from xinzhi.data.panel import Panel
from xinzhi.data.units import convert, find_unit, same_dimension

_KEY = ["region", "year", "indicator", "pair"]
_CONVERSION_NOISE = 1e-12  # relative; a figure that only changed its unit is no revision


@dataclass(frozen=True)
class DifferenceResult(Result):
    """What differs between two panels: tables ``changed``, ``series``, ``added``, ``removed``.

    changed : region, year, indicator, old, new, relative, unit, old_unit, old_status, new_status,
        old_vintage, new_vintage; ``old`` and ``new`` are both in ``unit``, and relative is
        (new - old) / abs(old) [1]. Where the units do not convert, ``old`` is in ``old_unit`` and
        relative is missing, as it is for old = 0
    series : indicator, old_vintage, new_vintage, compared, changed, added, removed (figures),
        first_year, last_year (of those that changed), mean_relative, largest_relative (of their
        absolute values) [1]
    added, removed : region, year, indicator, value, unit, status, vintage
    """


def compare_vintages(panel: Panel, old: str, new: str) -> DifferenceResult:
    """Compare two vintages of one panel, as ``compare_panels`` does two panels.

    Raises : InputError for a vintage that is not there
    """
    return compare_panels(_of_vintage(panel, old), _of_vintage(panel, new))


def compare_panels(old: Panel, new: Panel) -> DifferenceResult:
    """Compare two panels figure by figure.

    Figures are matched by region, year, indicator and vintage. Where each panel has one vintage of
    an indicator, they are matched whatever their names: a new yearbook is compared with the old.
    A figure has changed if its value, in the same unit, or its status has.

    Raises : InputError if the panels have no indicator in common
    """
    if not set(old.indicators) & set(new.indicators):
        shown = listed(old.indicators), listed(new.indicators)
        raise InputError(
            Text("两份数据没有共同的指标", "the two have no indicator in common"),
            [
                Text(f"前者：{shown[0].zh}", f"the first has: {shown[0].en}"),
                Text(f"后者：{shown[1].zh}", f"the second has: {shown[1].en}"),
            ],
            Text("请检查是否给错了文件。", "Check that these are the files you mean."),
        )
    single = _only_vintages(old).keys() & _only_vintages(new).keys()
    merged = _matched(old, single).merge(
        _matched(new, single),
        how="outer",
        on=_KEY,
        suffixes=("_old", "_new"),
        indicator="side",
        sort=True,
    )
    removed = _one_side(merged[merged["side"] == "left_only"], "old")
    added = _one_side(merged[merged["side"] == "right_only"], "new")
    both = merged[merged["side"] == "both"]
    changed = _changed(both)
    return DifferenceResult(
        tables={
            "changed": changed,
            "series": _series(both, changed, added, removed),
            "added": added,
            "removed": removed,
        },
        units={"relative": "ratio", "mean_relative": "ratio", "largest_relative": "ratio"},
        parameters={"old": _vintages(old), "new": _vintages(new)},
        inputs=(*old.inputs, *new.inputs),
    )


def _of_vintage(panel: Panel, vintage: str) -> Panel:
    keep = (panel.frame["vintage"] == vintage).to_numpy()
    if not keep.any():
        shown = listed(_vintages(panel), 12)
        raise InputError(
            Text(f"没有版本 {vintage}", f"there is no vintage {vintage}"),
            remedy=Text(f"现有的版本：{shown.zh}", f"The vintages are: {shown.en}"),
        )
    frame = panel.frame[keep].reset_index(drop=True)
    for column in ("region", "indicator", "unit", "source", "vintage"):
        frame[column] = frame[column].cat.remove_unused_categories()
    return replace(panel, frame=frame)


def _vintages(panel: Panel) -> list[str]:
    return sorted(panel.frame["vintage"].cat.categories)


def _only_vintages(panel: Panel) -> dict[str, str]:
    """Return the vintage of each indicator that has only one."""
    there = {name: panel.vintages(name) for name in panel.indicators}
    return {name: found[0] for name, found in there.items() if len(found) == 1}


def _matched(panel: Panel, single: Set[str]) -> pd.DataFrame:
    """Return the figures as plain text, with the name under which their vintage is matched.

    single : indicators of one vintage, whose name makes no difference
    """
    columns = ["region", "year", "indicator", "value", "unit", "status", "vintage"]
    frame = panel.to_frame()[columns]
    alone = frame["indicator"].isin(list(single))
    return frame.assign(pair=frame["vintage"].where(~alone, ""))


def _one_side(rows: pd.DataFrame, side: str) -> pd.DataFrame:
    names = ["value", "unit", "status", "vintage"]
    table = rows[["region", "year", "indicator", *(f"{name}_{side}" for name in names)]]
    table = table.set_axis(["region", "year", "indicator", *names], axis=1)
    return _sorted(table)


def _sorted(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["indicator", "region", "year"], kind="stable").reset_index(drop=True)


def _changed(both: pd.DataFrame) -> pd.DataFrame:
    old, comparable = _in_new_units(both)
    new = both["value_new"].to_numpy()
    same_unit = (both["unit_old"] == both["unit_new"]).to_numpy()
    noise = np.where(same_unit, 0.0, _CONVERSION_NOISE * np.abs(new))
    differs = ~comparable | (np.abs(new - old) > noise)
    differs |= (both["status_old"] != both["status_new"]).to_numpy()
    relative = np.full(len(both), np.nan)
    known = comparable & (old != 0)
    relative[known] = (new[known] - old[known]) / np.abs(old[known])
    table = pd.DataFrame(
        {
            "region": both["region"],
            "year": both["year"],
            "indicator": both["indicator"],
            "old": old,
            "new": new,
            "relative": relative,
            "unit": both["unit_new"],
            "old_unit": both["unit_old"],
            "old_status": both["status_old"],
            "new_status": both["status_new"],
            "old_vintage": both["vintage_old"],
            "new_vintage": both["vintage_new"],
        }
    )
    return _sorted(table[differs])


def _in_new_units(both: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return the old figures in the units of the new ones, and where that is possible."""
    old = both["value_old"].to_numpy(copy=True)
    comparable = np.ones(len(both), dtype=bool)
    for first, second in both[["unit_old", "unit_new"]].drop_duplicates().itertuples(index=False):
        if first == second:
            continue
        rows = ((both["unit_old"] == first) & (both["unit_new"] == second)).to_numpy()
        if same_dimension(find_unit(first), find_unit(second)):
            old[rows] = convert(old[rows], first, second)
        else:
            comparable[rows] = False
    return old, comparable


def _series(
    both: pd.DataFrame, changed: pd.DataFrame, added: pd.DataFrame, removed: pd.DataFrame
) -> pd.DataFrame:
    """Return one row for each series in which anything differs."""
    key = ["indicator", "old_vintage", "new_vintage"]
    names = {"vintage_old": "old_vintage", "vintage_new": "new_vintage"}
    compared = both.rename(columns=names).groupby(key).size().rename("compared")
    size = changed["relative"].abs().rename("relative")
    revised = changed.assign(relative=size).groupby(key)
    table = pd.DataFrame(
        {
            "compared": compared,
            "changed": revised.size(),
            "first_year": revised["year"].min(),
            "last_year": revised["year"].max(),
            "mean_relative": revised["relative"].mean(),
            "largest_relative": revised["relative"].max(),
        }
    ).reset_index()
    for name, rows, vintage in (
        ("added", added, "new_vintage"),
        ("removed", removed, "old_vintage"),
    ):
        counts = rows.groupby(["indicator", "vintage"]).size().rename(name).reset_index()
        counts = counts.rename(columns={"vintage": vintage})
        table = table.merge(counts, how="outer", on=["indicator", vintage])
    counted = ["compared", "changed", "added", "removed"]
    table[counted] = table[counted].fillna(0).astype("int64")
    table[["first_year", "last_year"]] = table[["first_year", "last_year"]].astype("Int64")
    order: Sequence[str] = (
        *key,
        *counted,
        "first_year",
        "last_year",
        "mean_relative",
        "largest_relative",
    )
    table = table[table[counted[1:]].sum(axis=1) > 0]
    return table[list(order)].sort_values(key, kind="stable").reset_index(drop=True)
