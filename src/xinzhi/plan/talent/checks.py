"""Checks of the tables of ``talent``: each names the table, the row and what was expected."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import numbers, refuse_rows

_MOST_SHOWN = 6


def check_limits(name: str, table: pd.DataFrame, column: str) -> None:
    """Refuse limits that are negative; an empty one is no limit."""
    values = numbers(table, column)
    refuse_rows(
        name,
        table,
        column,
        values < 0,
        Text("应不小于 0；不设上限则留空", "expected at least 0; leave it empty for no limit"),
    )


def check_years(name: str, table: pd.DataFrame) -> None:
    """Refuse years that are no whole numbers."""
    values = numbers(table, "year")
    wrong = ~np.isfinite(values) | (values % 1 != 0)
    refuse_rows(name, table, "year", wrong, Text("应为整数年份", "expected a whole year"))


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
