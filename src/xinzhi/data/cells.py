"""What a cell of a table means: a number, a year, nothing, or text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.data.names import compact

_MISSING = frozenset(
    (
        *("", "-", "--", "---", "—", "——", "–", "−", "…", "……", "...", "......", "..", "."),
        *("/", "\\", "空", "无", "缺", "暂无", "缺失"),
        *("na", "n/a", "#n/a", "nan", "null", "none", "missing"),
    )
)
# 1,234,567.8 and 1 234 567.8; a comma elsewhere is no thousands separator.
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_ALL_PLAIN = re.compile(rf"(?:(?:{_PLAIN.pattern})?\n)*+(?:{_PLAIN.pattern})?")
_YEAR = re.compile(r"(\d{4})(?:\.0+)?年?(?:度|末)?")
YEARS = (1000, 2999)


def text_of(cell: Any) -> str:
    """Return a cell as text; a whole number loses the ``.0`` that spreadsheets add to codes."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)) or cell is pd.NA:
        return ""
    if isinstance(cell, (float, np.floating)) and float(cell).is_integer():
        return str(int(cell))
    return str(cell).strip()


def is_missing(text: str) -> bool:
    """Tell whether the text marks a missing value: blank, ``…``, ``-``, 空, NA and the like."""
    return compact(text).casefold() in _MISSING


def number_of(cell: Any) -> float | None:
    """Return the number in a cell, NaN for a missing marker, None for text that is no number.

    Full-width digits, blanks inside and thousands separators are understood.
    """
    if isinstance(cell, str) and _PLAIN.fullmatch(cell):
        return float(cell)
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float, np.integer, np.floating)):
        return float(cell)
    text = text_of(cell)
    if is_missing(text):
        return math.nan
    text = compact(text).replace("，", ",").replace("−", "-").replace("－", "-")
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "")
    return float(text) if _PLAIN.fullmatch(text) else None


def year_of(cell: Any) -> int | None:
    """Return the year in a cell such as 2020, ``2020年`` or ``２０２０``; None if it holds none."""
    match = _YEAR.fullmatch(compact(text_of(cell)))
    if match is None:
        return None
    year = int(match.group(1))
    return year if YEARS[0] <= year <= YEARS[1] else None


def plain_numbers(cells: Sequence[Any]) -> npt.NDArray[np.float64] | None:
    """Return the numbers of cells that are all numbers as such, or all digits or blank, else None.

    One look at all of them at once; ``number_of`` would say the same of each.
    """
    kinds = set(map(type, cells))
    if kinds <= {float, int}:
        return np.array(cells, dtype=float)
    text = "\n".join(cells) if kinds == {str} else ""
    if text.count("\n") != len(cells) - 1 or not _ALL_PLAIN.fullmatch(text):
        return None
    return np.array([float(cell) if cell else math.nan for cell in cells])


def numbers_of(cells: pd.Series) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Return the numbers of a column, and where it holds text that is no number (there NaN)."""
    if pd.api.types.is_numeric_dtype(cells.dtype) and not pd.api.types.is_bool_dtype(cells.dtype):
        return cells.to_numpy(dtype=float, na_value=np.nan, copy=True), np.zeros(
            len(cells), dtype=bool
        )
    listed = cells.astype(object).tolist()
    plain = plain_numbers(listed)
    if plain is not None:
        return plain, np.zeros(len(plain), dtype=bool)
    parsed = [number_of(cell) for cell in listed]
    wrong = np.array([value is None for value in parsed], dtype=bool)
    return np.array(parsed, dtype=float), wrong
