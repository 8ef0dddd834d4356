"""Checks of the tables of ``talent``: each names the table, the row and what was expected."""

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


def check_heads(name: str, table: pd.DataFrame, *columns: str) -> None:
    """Refuse amounts that are negative, missing or infinite."""
    for column in columns:
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
        _refuse_rows(
            name,
            table,
            column,
            ~np.isfinite(values) | (values < 0),
            Text("应为不小于 0 的数", "expected a number of at least 0"),
        )


def check_limits(name: str, table: pd.DataFrame, column: str) -> None:
    """Refuse limits that are negative; an empty one is no limit."""
    values = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
    _refuse_rows(
        name,
        table,
        column,
        values < 0,
        Text("应不小于 0；不设上限则留空", "expected at least 0; leave it empty for no limit"),
    )


def check_rates(name: str, table: pd.DataFrame, *columns: str) -> None:
    """Refuse rates outside [0, 1]."""
    for column in columns:
        values = pd.to_numeric(table[column], errors="coerce").to_numpy(float)
        _refuse_rows(
            name,
            table,
            column,
            ~((values >= 0) & (values <= 1)),
            Text("比率应在 0 与 1 之间", "a rate lies between 0 and 1"),
        )


def check_years(name: str, table: pd.DataFrame) -> None:
    """Refuse years that are no whole numbers."""
    values = pd.to_numeric(table["year"], errors="coerce").to_numpy(float)
    wrong = ~np.isfinite(values) | (values % 1 != 0)
    _refuse_rows(name, table, "year", wrong, Text("应为整数年份", "expected a whole year"))


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


class Problems:
    """Labels of a table that are not known, collected so that all are reported once."""

    def __init__(self, name: str):
        self.name = name
        self.found: list[Text] = []

    def add(self, row: int, column: str, value: object, known: Sequence[str]) -> None:
        """Note a label that is not known, with the nearest that is."""
        close = get_close_matches(str(value), known, n=1)
        hint = (f"，是否指 {close[0]}？", f", did you mean {close[0]}?") if close else ("", "")
        self.found.append(
            Text(
                f"第 {row + 1} 行，列 {column}：没有 {value}{hint[0]}",
                f"row {row + 1}, column {column}: no {value}{hint[1]}",
            )
        )

    def refuse(self) -> None:
        """Raise what was found, if anything was."""
        if self.found:
            raise InputError(
                Text(
                    f"表 {self.name} 中有 {len(self.found)} 处未知的名称",
                    f"table {self.name} has {len(self.found)} unknown names",
                ),
                self.found[:_MOST_SHOWN],
                Text(
                    "领域、职级和年龄以表 stocks 为准。",
                    "Fields, grades and ages are those of table stocks.",
                ),
            )


def positions(
    problems: Problems,
    table: pd.DataFrame,
    column: str,
    known: Sequence[str],
    *,
    blank: bool = False,
) -> NDArray[np.int64]:
    """Return (rows,) places of labels among those known; -1 for an empty one where it may be."""
    if blank and column not in table:
        return np.full(len(table), -1)
    labels = table[column]
    empty = (labels.isna() | (labels.astype(str) == "")).to_numpy()
    texts = [_whole(label) if column == "age" else str(label) for label in labels]
    found = np.asarray(pd.Index(known).get_indexer(pd.Index(texts, dtype=object)), dtype=np.int64)
    found[empty] = -1
    for row in np.flatnonzero((found < 0) & ~(empty if blank else np.zeros_like(empty))):
        problems.add(int(row), column, "" if empty[row] else texts[row], known)
    return found


def _whole(label: object) -> str:
    """Return 26 for 26.0: ages beside empty cells are read as such."""
    return str(label).removesuffix(".0")


def _refuse_rows(
    name: str, table: pd.DataFrame, column: str, wrong: NDArray[np.bool_], expected: Text
) -> None:
    rows = np.flatnonzero(wrong)
    if len(rows):
        value = table[column].iloc[rows[0]]
        raise InputError(
            Text(
                f"表 {name} 第 {rows[0] + 1} 行，列 {column}：{value}，{expected.zh}",
                f"table {name}, row {rows[0] + 1}, column {column}: {value}, {expected.en}",
            ),
            remedy=Text(
                f"更正这 {len(rows)} 行。" if len(rows) > 1 else "更正这一行。",
                f"Correct these {len(rows)} rows." if len(rows) > 1 else "Correct the row.",
            ),
        )
