"""Strict JSON: a missing value is null, never NaN."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core.text import Text


def plain(value: Any) -> Any:
    """Turn numpy scalars, Text, tuples and missing values into what JSON knows."""
    if type(value) is str or type(value) is int:  # most values of most tables
        return value
    if isinstance(value, Text):
        return value.to_dict()
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, (str, int, bool)):
        return value
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table's rows as dictionaries, column order kept."""
    columns = [_values(table.iloc[:, place]) for place in range(len(table.columns))]
    names = [str(column) for column in table]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _values(column: pd.Series[Any]) -> list[Any]:
    """Return a column's values as JSON knows them; numpy's own numbers need no look at each."""
    kind = column.dtype.kind if isinstance(column.dtype, np.dtype) else "O"
    if kind in "iub":
        return column.tolist()
    if kind == "f":
        return [value if math.isfinite(value) else None for value in column.tolist()]
    return [plain(value) for value in column.astype(object).tolist()]


def dumps(value: Any, indent: int | None = 2) -> str:
    """Return ``value`` as strict JSON text; Chinese stays readable."""
    return json.dumps(plain(value), ensure_ascii=False, allow_nan=False, indent=indent)
