"""Columns of a user's table as arrays, checked once at the door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed

Array = NDArray[np.float64]


def sorted_columns(
    frame: pd.DataFrame,
    keys: Sequence[str],
    numbers: Sequence[str],
    positive: Iterable[str] = (),
    missing: bool = False,
    time: str | None = None,
) -> pd.DataFrame:
    """Return the columns of a table that a computation needs, checked and sorted by their keys.

    keys : columns that name a row together, such as unit and period
    numbers : columns of numbers; positive : those of them that must be above zero
    missing : let cells be missing; otherwise they are an error
    time : the key that holds periods, which must be whole numbers such as years
    Returns : the columns of keys and numbers, numbers as float64, with a fresh index
    Raises : InputError for an absent column (with a suggestion) or one named twice, a missing key,
        two rows with the same keys, a period that is no whole number, text or infinity among the
        numbers, a missing cell, a value that is not positive, or a table without rows
    """
    wanted = [*keys, *numbers]
    _check_names(frame, wanted)
    table = frame[wanted].copy()
    if not len(table):
        raise InputError(Text("表中没有数据行", "the table has no rows"))
    for key in keys:
        _refuse(frame, keys, table[key].isna(), Text(f"{key} 缺失", f"{key} is missing"))
    if time is not None:
        periods = pd.to_numeric(table[time], errors="coerce")
        broken = periods.isna() | (periods % 1 != 0)
        what = Text(f"{time} 不是整数（如年份）", f"{time} is no whole number such as a year")
        _refuse(frame, keys, broken, what)
        table[time] = periods.astype(int)
    twice = table.duplicated(list(keys), keep=False)
    names = listed(keys)
    _refuse(frame, keys, twice, Text(f"{names.zh} 重复", f"{names.en} occur twice"))
    for column in numbers:
        values = pd.to_numeric(table[column], errors="coerce").astype(float)
        wrong = (values.isna() & table[column].notna()) | np.isinf(values)
        _refuse(frame, keys, wrong, Text(f"{column} 不是数值", f"{column} is no number"))
        if not missing:
            gone = values.isna()
            _refuse(frame, keys, gone, Text(f"{column} 缺失", f"{column} is missing"))
        table[column] = values
    for column in positive:
        below = table[column] <= 0
        what = Text(f"{column} 应大于 0", f"{column} must be above zero")
        _refuse(frame, keys, below, what)
    return table.sort_values(list(keys), kind="stable", ignore_index=True)


def refuse_gaps(table: pd.DataFrame, unit: str, time: str) -> None:
    """Refuse units that miss a period between others.

    table : sorted by unit and period, which is a whole number
    Raises : InputError, naming units and periods
    """
    missing = missing_periods(table, unit, time)
    if missing:
        shown = listed(f"{name} {periods.en}" for name, periods in missing.items())
        raise InputError(
            Text(
                f"{len(missing)} 个单位缺少中间的年份：{shown.zh}",
                f"{len(missing)} unit(s) miss a period between others: {shown.en}",
            ),
            remedy=Text(
                "补齐这些年份，或删去该单位。", "Add these periods, or leave the unit out."
            ),
        )


def missing_periods(table: pd.DataFrame, unit: str, time: str) -> dict[str, Text]:
    """Return the periods that each unit misses between its first and its last."""
    found = {}
    for name, periods in table.groupby(unit, sort=False, observed=True)[time]:
        there = {int(period) for period in periods}
        gone = sorted(set(range(min(there), max(there) + 1)) - there)
        if gone:
            found[str(name)] = listed(gone)
    return found


def _check_names(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    there = [str(column) for column in frame.columns]
    absent = [name for name in wanted if name not in there]
    if absent:
        close = {name: get_close_matches(name, there, n=1) for name in absent}
        details = [
            Text(
                f"{name}" + (f"，是否为 {close[name][0]}？" if close[name] else ""),
                f"{name}" + (f", did you mean {close[name][0]}?" if close[name] else ""),
            )
            for name in absent
        ]
        names = listed(there, most=12)
        raise InputError(
            Text("表中没有这些列：", "the table has no such columns:"),
            details,
            Text(f"现有的列：{names.zh}。", f"The columns are: {names.en}."),
        )
    twice = sorted({name for name in wanted if list(wanted).count(name) > 1})
    if twice:
        names = listed(twice)
        raise InputError(Text(f"同一列用了两次：{names.zh}", f"a column is used twice: {names.en}"))


def _refuse(frame: pd.DataFrame, keys: Sequence[str], rows: pd.Series, what: Text) -> None:
    if not rows.any():
        return
    shown = listed(
        " ".join(str(value) for value in row)
        for row in frame.loc[rows.to_numpy(), list(keys)].itertuples(index=False)
    )
    count = int(rows.sum())
    raise InputError(
        Text(f"{count} 行的 {what.zh}：{shown.zh}", f"in {count} row(s) {what.en}: {shown.en}")
    )
