"""The table of firms: which columns are features, and what the years must hold to learn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_columns, check_unique, numbers, refuse_rows

Array = NDArray[np.float64]
_NAME = "firms"
_KEYS = ("firm", "year", "default")


@dataclass(frozen=True, eq=False)
class FirmYears:
    """Firms in years, in the order of the table.

    year : (n,); defaulted : (n,) 1, 0, or nan where it is not known yet
    values : (n, K) features; complete : (n,) whether none of them is missing
    """

    firm: NDArray[np.object_]
    year: NDArray[np.int64]
    defaulted: Array
    values: Array
    features: tuple[str, ...]

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Whether no feature of a firm is missing."""
        return np.asarray(np.isfinite(self.values).all(axis=1))

    def known(self, years: Sequence[int]) -> NDArray[np.bool_]:
        """Return which rows of these years can be learnt from."""
        return np.isin(self.year, years) & np.isfinite(self.defaulted) & self.complete


def firm_years(table: pd.DataFrame, features: Sequence[str] | None) -> FirmYears:
    """Read the table of firms.

    table : firm, year, default (1, 0, or empty where it is not known yet), and features
    features : names of columns; by default every column of numbers but those three
    Raises : InputError naming table, row, column, value and what is allowed
    """
    check_columns(_NAME, table, _KEYS)
    table = table.reset_index(drop=True)
    check_unique(_NAME, table, ["firm", "year"])
    year = numbers(table, "year")
    whole = Text("应为整数年份", "expected a whole year")
    refuse_rows(_NAME, table, "year", ~(np.isfinite(year) & (year % 1 == 0)), whole)
    given = table["default"]
    empty = (given.isna() | (given.astype(str).str.strip() == "")).to_numpy()
    defaulted = numbers(table, "default")
    refuse_rows(
        _NAME,
        table,
        "default",
        ~empty & ~np.isin(defaulted, (0.0, 1.0)),
        Text("应为 1（违约）、0（未违约）或留空", "expected 1 (defaulted), 0 or empty"),
    )
    names = tuple(features) if features is not None else _numeric(table)
    if not names:
        raise InputError(
            Text(
                f"表 {_NAME} 没有可作特征的数值列", f"table {_NAME} has no column of numbers to use"
            ),
            remedy=Text("至少给出一个数值特征列。", "Give at least one feature that is a number."),
        )
    check_columns(_NAME, table, names)
    for name in names:
        value = numbers(table, name)
        blank = (table[name].isna() | (table[name].astype(str).str.strip() == "")).to_numpy()
        wrong = ~blank & ~np.isfinite(value)
        expected = Text("应为数，或留空", "expected a number, or empty")
        refuse_rows(_NAME, table, name, wrong, expected)
    return FirmYears(
        firm=table["firm"].to_numpy(object),
        year=year.astype(np.int64),
        defaulted=defaulted,
        values=np.column_stack([numbers(table, name) for name in names]),
        features=names,
    )


def _numeric(table: pd.DataFrame) -> tuple[str, ...]:
    others = [column for column in table.columns if column not in _KEYS]
    return tuple(
        str(column) for column in others if pd.api.types.is_numeric_dtype(table[column].dtype)
    )


def labelled_years(firms: FirmYears) -> list[int]:
    """Return the years of which outcomes are known.

    Raises : InputError where there are fewer than two, or where in one nobody or everybody
        defaulted
    """
    known = np.isfinite(firms.defaulted) & firms.complete
    years = sorted({int(year) for year in firms.year[known]})
    if len(years) < 2:
        shown = "、".join(map(str, years)) or "无", ", ".join(map(str, years)) or "none"
        raise InputError(
            Text(
                f"表 {_NAME} 只有 {len(years)} 个年份有违约结果（{shown[0]}），"
                "无法在以后的年份检验",
                f"table {_NAME} knows defaults of {len(years)} year(s) only ({shown[1]}): there is "
                "no later year to test on",
            ),
            remedy=Text("至少给出两年的违约结果。", "Give defaults of at least two years."),
        )
    for year in years:
        part = firms.defaulted[known & (firms.year == year)]
        rate = float(part.mean())
        if rate in (0.0, 1.0):
            raise InputError(
                Text(
                    f"表 {_NAME} 中 {year} 年 {len(part)} 家企业的违约率为 {rate:.0%}，"
                    "无法学习或检验",
                    f"table {_NAME}: the default rate of {year} is {rate:.0%} ({len(part)} firms), "
                    "which nothing can be learnt from or tested on",
                ),
                remedy=Text(
                    "补齐该年的违约记录，或去掉该年。",
                    "Complete the defaults of that year, or leave the year out.",
                ),
            )
    return years


def check_defaults(firms: FirmYears, years: Sequence[int], least: int, use: Text) -> None:
    """Refuse years with too few firms that defaulted, or too few that did not.

    use : what the years are for
    """
    part = firms.defaulted[firms.known(years)]
    bad = int(part.sum())
    fewer = min(bad, len(part) - bad)
    if fewer < least:
        shown = "、".join(map(str, years)), ", ".join(map(str, years))
        raise InputError(
            Text(
                f"{use.zh}的年份（{shown[0]}）有 {bad} 家违约、{len(part) - bad} 家未违约，"
                f"少于所需的各 {least} 家",
                f"the years to {use.en} ({shown[1]}) have {bad} firms that defaulted and "
                f"{len(part) - bad} that did not, fewer than the {least} of each that are needed",
            ),
            remedy=Text(
                "增加年份或企业；确知风险时可调低 least_defaults。",
                "Add years or firms, or lower least_defaults knowing what that risks.",
            ),
        )


def can_learn(firms: FirmYears, years: Sequence[int], least: int) -> bool:
    """Return whether years hold enough of both outcomes, and features that vary."""
    rows = firms.known(years)
    bad = int(firms.defaulted[rows].sum())
    enough = min(bad, int(rows.sum()) - bad) >= least
    return enough and bool((np.ptp(firms.values[rows], axis=0) > 0).all())


def check_varies(firms: FirmYears, years: Sequence[int]) -> None:
    """Refuse features that are the same for all firms to learn from."""
    values = firms.values[firms.known(years)]
    same = [
        name
        for name, spread in zip(firms.features, np.ptp(values, axis=0), strict=True)
        if spread == 0
    ]
    if same:
        raise InputError(
            Text(
                f"表 {_NAME} 的特征在学习年份中没有差别：{'、'.join(same)}",
                f"table {_NAME}: features that are the same for all firms learnt from: "
                f"{', '.join(same)}",
            ),
            remedy=Text("去掉这些列。", "Leave these columns out."),
        )
