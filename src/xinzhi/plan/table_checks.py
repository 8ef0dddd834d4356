"""Checks of a planner's tables: each names the table, the row and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

_MOST_SHOWN = 6


def check_columns(name: str, table: pd.DataFrame, needed: Sequence[str]) -> None:
    """Refuse a table without its columns or without rows."""
    absent = [column for column in needed if column not in table]
    if absent:
        raise InputError(
            Text(
                f"表 {name} 缺少列：{'、'.join(absent)}",
                f"table {name} lacks columns: {', '.join(absent)}",
            ),
            remedy=Text(
                f"表 {name} 需要的列：{'、'.join(needed)}。",
                f"Table {name} needs the columns {', '.join(needed)}.",
            ),
        )
    if table.empty:
        raise InputError(
            Text(f"表 {name} 没有数据行", f"table {name} has no rows"),
            remedy=Text("给出至少一行，或去掉这张表。", "Give at least one row, or leave it out."),
        )


def check_unique(name: str, table: pd.DataFrame, keys: Sequence[str]) -> None:
    """Refuse rows with the same key."""
    twice = table.duplicated(list(keys), keep="first").to_numpy()
    if twice.any():
        row = int(np.flatnonzero(twice)[0])
        words = " ".join(str(table.iloc[row][key]) for key in keys)
        raise InputError(
            Text(
                f"表 {name} 有 {int(twice.sum())} 行重复，例如第 {row + 1} 行：{words}",
                f"table {name} repeats {int(twice.sum())} rows, such as row {row + 1}: {words}",
            ),
            remedy=Text("每个组合只留一行。", "Keep one row for each combination."),
        )


def check_known(name: str, table: pd.DataFrame, column: str, known: Sequence[str]) -> None:
    """Refuse labels that are not known, all at once, each with the nearest that is."""
    labels = table[column].fillna("").astype(str)
    wrong = np.flatnonzero(~labels.isin(list(known)).to_numpy())
    if not len(wrong):
        return
    found = []
    for row in wrong[:_MOST_SHOWN]:
        label = labels.iloc[row]
        close = get_close_matches(label, known, n=1)
        hint = (f"，是否指 {close[0]}？", f", did you mean {close[0]}?") if close else ("", "")
        what = (f"没有 {label}{hint[0]}", f"no {label}{hint[1]}") if label else ("空", "empty")
        found.append(
            Text(
                f"第 {row + 1} 行，列 {column}：{what[0]}",
                f"row {row + 1}, column {column}: {what[1]}",
            )
        )
    remedy = Text(f"可用：{'、'.join(known)}。", f"There are: {', '.join(known)}.")
    if len(wrong) == 1:
        only = found[0]
        raise InputError(Text(f"表 {name} {only.zh}", f"table {name}, {only.en}"), remedy=remedy)
    raise InputError(
        Text(
            f"表 {name} 中有 {len(wrong)} 处未知的名称",
            f"table {name} has {len(wrong)} unknown names",
        ),
        found,
        remedy,
    )


def check_amounts(name: str, table: pd.DataFrame, *columns: str) -> None:
    """Refuse amounts that are negative, missing or infinite."""
    for column in columns:
        values = numbers(table, column)
        refuse_rows(
            name,
            table,
            column,
            ~np.isfinite(values) | (values < 0),
            Text("应为不小于 0 的数", "expected a number of at least 0"),
        )


def check_rates(name: str, table: pd.DataFrame, *columns: str) -> None:
    """Refuse rates outside [0, 1], and missing ones."""
    for column in columns:
        values = numbers(table, column)
        refuse_rows(
            name,
            table,
            column,
            ~((values >= 0) & (values <= 1)),
            Text("比率应在 0 与 1 之间", "a rate lies between 0 and 1"),
        )


def check_whole(name: str, table: pd.DataFrame, column: str, least: int) -> None:
    """Refuse what is no whole number of at least ``least``."""
    values = numbers(table, column)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(values) | (values % 1 != 0) | (values < least)
    refuse_rows(
        name,
        table,
        column,
        wrong,
        Text(f"应为不小于 {least} 的整数", f"expected a whole number of at least {least}"),
    )


def numbers(table: pd.DataFrame, column: str) -> NDArray[np.float64]:
    """Return (rows,) the numbers of a column, nan for what is empty, absent or no number."""
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(float)


def filled(table: pd.DataFrame, column: str, default: float) -> NDArray[np.float64]:
    """Return (rows,) a column with its default where it is empty or absent.

    What is no number stays nan, so that a check refuses it.
    """
    if column not in table:
        return np.full(len(table), default)
    empty = (table[column].isna() | (table[column].astype(str).str.strip() == "")).to_numpy()
    return np.where(empty, default, numbers(table, column))


def refuse_rows(
    name: str,
    table: pd.DataFrame,
    column: str,
    wrong: NDArray[np.bool_],
    expected: Text,
) -> None:
    """Refuse the rows that are wrong, naming the first and what was expected."""
    rows = np.flatnonzero(wrong)
    if len(rows):
        value = table[column].iloc[rows[0]] if column in table else np.nan
        shown = Text("空", "empty") if pd.isna(value) else Text(str(value), str(value))
        raise InputError(
            Text(
                f"表 {name} 第 {rows[0] + 1} 行，列 {column}：{shown.zh}，{expected.zh}",
                f"table {name}, row {rows[0] + 1}, column {column}: {shown.en}, {expected.en}",
            ),
            remedy=Text(
                f"更正这 {len(rows)} 行。" if len(rows) > 1 else "更正这一行。",
                f"Correct these {len(rows)} rows." if len(rows) > 1 else "Correct the row.",
            ),
        )
