"""Firm-years as sorted arrays: the only form in which they enter the estimators."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]
Integers = NDArray[np.int32]

_MOST_NAMED = 5


@dataclass(frozen=True)
class FirmPanel:
    """Firm-years sorted by unit and period; logarithms, every value finite.

    names : of the labour columns, then of the capital columns
    units : label of each firm; unit : (n,) its position, never falling
    period : (n,) whole numbers, rising within a firm
    output : (n,) log value added; labour : (L, n); capital : (K, n); proxy : (n,)
    last_period : (firms,) the last period in which the data hold a firm, even in a row left out
    left_out : what rows were left out for, and how many
    """

    names: tuple[str, ...]
    units: pd.Index[str]
    unit: Integers
    period: Integers
    output: Array
    labour: Array
    capital: Array
    proxy: Array
    last_period: Integers
    left_out: tuple[tuple[str, int], ...]

    @property
    def rows(self) -> int:
        """Return the number of firm-years."""
        return len(self.output)

    def follows(self) -> NDArray[np.bool_]:
        """Tell of each row whether the row before is the same firm one period earlier."""
        follows = np.zeros(self.rows, dtype=bool)
        follows[1:] = (np.diff(self.unit) == 0) & (np.diff(self.period) == 1)
        return follows


def firm_panel(
    frame: pd.DataFrame,
    unit: str,
    period: str,
    output: str,
    labour: str | Sequence[str],
    capital: str | Sequence[str],
    proxy: str,
) -> FirmPanel:
    """Firm-years of a table as a panel of logarithms.

    frame : one row a firm and period, unbalanced and unsorted as it may be
    unit, period : columns of the firm and of a whole number, such as the year
    output : value added at constant prices; labour, capital : inputs, one column or several;
        proxy : intermediate inputs, or investment for Olley–Pakes; levels, not logarithms
    Returns : rows with a missing, zero or negative value are left out and counted, since they
        have no logarithm
    Raises : InputError for columns that are absent, not numeric or named twice, for a firm that
        has a period twice, for missing firms or periods, and if no row is left
    """
    labours, capitals = listed_columns(labour), listed_columns(capital)
    levels = [output, *labours, *capitals, proxy]
    check_columns([unit, period, *levels], [str(name) for name in frame.columns])
    check_numeric(frame, [period, *levels])
    keys = frame[[unit, period]]
    if keys.isna().to_numpy().any():
        count = int(keys.isna().any(axis=1).sum())
        raise missing_keys(unit, period, count)
    codes, labels = pd.factorize(frame[unit].astype(str), sort=True)
    periods = frame[period].to_numpy(dtype=np.float64)
    check_whole(period, periods)
    order = np.lexsort((periods, codes))
    values = frame[levels].to_numpy(dtype=np.float64).T[:, order]
    unit_codes = codes[order].astype(np.int32)
    years = periods[order].astype(np.int32)
    check_unique(unit_codes, years, labels)
    missing = np.isnan(values).any(axis=0)
    refused = ~missing & ~((values > 0) & (values < np.inf)).all(axis=0)
    last = np.zeros(len(labels), dtype=np.int32)
    last[unit_codes] = years  # sorted, so the last of a firm stays
    keep = ~missing & ~refused
    if not keep.any():
        raise nothing_left(levels)
    logs = np.log(values[:, keep])
    return FirmPanel(
        names=(*labours, *capitals),
        units=pd.Index(labels),
        unit=unit_codes[keep],
        period=years[keep],
        output=logs[0],
        labour=logs[1 : 1 + len(labours)],
        capital=logs[1 + len(labours) : -1],
        proxy=logs[-1],
        last_period=last,
        left_out=(("missing", int(missing.sum())), ("not_positive", int(refused.sum()))),
    )


def check_columns(wanted: Sequence[str], there: Sequence[str]) -> None:
    """Refuse columns that are absent, or named for two purposes."""
    absent = [name for name in dict.fromkeys(wanted) if name not in there]
    if absent:
        raise InputError(
            Text(
                f"没有列：{'、'.join(absent)}；现有：{'、'.join(there)}",
                f"no column {', '.join(absent)}; there are: {', '.join(there)}",
            )
        )
    twice = sorted({name for name in wanted if list(wanted).count(name) > 1})
    if twice:
        raise InputError(
            Text(
                f"同一列不能有两种用途：{'、'.join(twice)}",
                f"a column cannot serve twice: {', '.join(twice)}",
            )
        )


def check_unique(unit: Integers, period: Integers, labels: Sequence[str] | pd.Index[str]) -> None:
    """Refuse a firm that has a period twice; rows sorted by unit and period."""
    twice = np.flatnonzero((np.diff(unit) == 0) & (np.diff(period) == 0))
    if len(twice):
        details = [
            Text(f"{labels[unit[k]]}，{period[k]}", f"{labels[unit[k]]}, {period[k]}")
            for k in twice[:_MOST_NAMED].tolist()
        ]
        raise InputError(
            Text(
                f"同一企业同一时期有多行，共 {len(twice)} 处",
                f"a firm has a period more than once, {len(twice)} times in all",
            ),
            details,
            Text("每个企业每个时期应只有一行。", "Keep one row for each firm and period."),
        )


def check_whole(period: str, values: Array) -> None:
    """Refuse periods that are not whole numbers."""
    if (values != np.floor(values)).any():
        raise not_whole(period)


def not_whole(period: str) -> InputError:
    """Return the error for periods that are not whole numbers."""
    return InputError(
        Text(f"{period} 列应为整数", f"column {period} must hold whole numbers"),
        remedy=Text("例如年份 2023。", "For example the year 2023."),
    )


def missing_keys(unit: str, period: str, count: int) -> InputError:
    """Return the error for rows without a firm or a period."""
    return InputError(
        Text(
            f"{count} 行缺少 {unit} 或 {period}",
            f"{count} rows lack {unit} or {period}",
        ),
        remedy=Text("请补齐或删除这些行。", "Fill them in or remove the rows."),
    )


def nothing_left(levels: Sequence[str]) -> InputError:
    """Return the error for data in which no row is positive throughout."""
    return InputError(
        Text(
            f"没有一行的各列全为正数：{'、'.join(levels)}",
            f"no row is positive in all of: {', '.join(levels)}",
        ),
        remedy=Text("请给出水平值，而不是对数。", "Give levels, not logarithms."),
    )


def check_numeric(frame: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse columns that hold text where numbers belong."""
    words = [name for name in columns if not pd.api.types.is_numeric_dtype(frame[name])]
    if words:
        raise not_numeric(words)


def not_numeric(columns: Sequence[str]) -> InputError:
    """Return the error for columns that hold text where numbers belong."""
    return InputError(
        Text(f"这些列不是数值：{'、'.join(columns)}", f"not numeric: {', '.join(columns)}"),
        remedy=Text(
            "请去掉千位分隔符、单位和文字。", "Remove thousands separators, units and words."
        ),
    )


def listed_columns(columns: str | Sequence[str]) -> list[str]:
    """Return one column or several as a list."""
    return [columns] if isinstance(columns, str) else list(columns)
