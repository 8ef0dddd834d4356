"""Checks of the guarantee fund: each names the table, the row and what was expected."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import numbers, refuse_rows

Array = NDArray[np.float64]


def amounts(name: str, table: pd.DataFrame, column: str) -> Array:
    """Return (rows,) amounts; negative, missing and infinite ones are refused."""
    values = numbers(table, column)
    wrong = ~np.isfinite(values) | (values < 0)
    expected = Text("应为不小于 0 的数", "expected a number of at least 0")
    refuse_rows(name, table, column, wrong, expected)
    return values


def shares(name: str, table: pd.DataFrame, column: str) -> Array:
    """Return (rows,) shares in [0, 1]."""
    values = numbers(table, column)
    expected = Text("应在 0 与 1 之间", "expected a number between 0 and 1")
    refuse_rows(name, table, column, ~((values >= 0) & (values <= 1)), expected)
    return values


def inner_shares(name: str, table: pd.DataFrame, column: str, why: Text) -> Array:
    """Return (rows,) shares strictly between 0 and 1; ``why`` the ends make no sense."""
    values = numbers(table, column)
    expected = Text(
        f"应大于 0 且小于 1；{why.zh}", f"expected a number above 0 and below 1; {why.en}"
    )
    refuse_rows(name, table, column, ~((values > 0) & (values < 1)), expected)
    return values


def inner_values(what: Text, values: ArrayLike) -> Array:
    """Return values as an array; those not strictly between 0 and 1 are refused."""
    found = np.asarray(values, dtype=float)
    wrong = ~((found > 0) & (found < 1))
    if wrong.any():
        raise InputError(
            Text(
                f"{what.zh}为 {found[wrong][0]}，应大于 0 且小于 1",
                f"{what.en} is {found[wrong][0]}; it must be above 0 and below 1",
            )
        )
    return found


def labels(table: pd.DataFrame, column: str) -> NDArray[np.object_]:
    """Return (rows,) labels as text, empty where there is none."""
    return table[column].fillna("").astype(str).to_numpy(dtype=object)
