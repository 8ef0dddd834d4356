"""The table of instruments: which columns each kind needs, and what they may hold."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.instruments_arithmetic import REPAYMENTS, Array
from xinzhi.plan.table_checks import (
    check_columns,
    check_known,
    check_unique,
    filled,
    numbers,
    refuse_rows,
)

INSTRUMENT_KINDS = (
    *("loan", "insurance", "equity", "fund_of_funds", "convertible", "supply_chain"),
    "transition_loan",
)
_NAME = "instruments"
_NEEDED = (*("instrument", "kind", "amount", "years", "default_probability", "loss_given_default"),)
# what each kind needs besides
_OWN: Mapping[str, tuple[str, ...]] = {
    "loan": ("rate",),
    "insurance": ("rate",),
    "equity": ("growth", "volatility"),
    "fund_of_funds": ("growth", "volatility"),
    "convertible": ("rate", "growth", "volatility", "conversion"),
    "supply_chain": ("rate", "turns"),
    "transition_loan": ("rate", "step", "step_year", "target_probability"),
}
_SHARES = (
    *("default_probability", "loss_given_default", "rate", "fee", "subsidy", "state_share"),
    *("cost", "deductible", "carry", "hurdle", "step", "step_up", "target_probability", "whole"),
)
_DEFAULTS: Mapping[str, float] = {
    **dict.fromkeys(("rate", "fee", "subsidy", "state_share", "cost", "deductible"), 0.0),
    **dict.fromkeys(("carry", "hurdle", "step", "step_up", "step_year", "benefit"), 0.0),
    **dict.fromkeys(("growth", "volatility", "target_probability", "whole"), 0.0),
    **dict.fromkeys(("firms", "turns", "conversion"), 1.0),
    "return_cap": np.inf,
}
_MOST_YEARS = 50
_MOST_FIRMS = 100_000
_MOST_STAKES = 2_000  # whose values are drawn one by one
_STAKES = ("equity", "fund_of_funds", "convertible")


def checked_instruments(table: pd.DataFrame, correlation: float) -> pd.DataFrame:
    """Return the table with every column of every kind, defaults filled in.

    correlation : where the table gives none
    Raises : InputError naming row, column, value and what is allowed
    """
    check_columns(_NAME, table, _NEEDED)
    check_unique(_NAME, table, ["instrument"])
    check_known(_NAME, table, "kind", INSTRUMENT_KINDS)
    found = table.reset_index(drop=True).copy()
    _refuse_absent(found)
    for column in (*_NEEDED[2:], *_DEFAULTS):
        default = _DEFAULTS.get(column, np.nan)
        found[column] = _column(table, column, default)
    found["correlation"] = _column(table, "correlation", correlation)
    if "repayment" in table:
        empty = table["repayment"].isna() | (table["repayment"].astype(str) == "")
        found["repayment"] = table["repayment"].mask(empty, REPAYMENTS[0]).to_numpy()
        check_known(_NAME, found, "repayment", REPAYMENTS)
    else:
        found["repayment"] = REPAYMENTS[0]
    for column in _SHARES:
        values = found[column].to_numpy(float)
        _refuse(table, column, ~((values >= 0) & (values <= 1)), _BETWEEN)
    _check_amounts(table, found)
    return found


def _column(table: pd.DataFrame, column: str, default: float) -> Array:
    return filled(table.reset_index(drop=True), column, default)


def _refuse_absent(table: pd.DataFrame) -> None:
    """Refuse a row without a number that its kind needs."""
    for kind, columns in _OWN.items():
        rows = (table["kind"] == kind).to_numpy()
        for column in columns:
            absent = rows & np.isnan(numbers(table, column))
            if absent.any():
                row = int(np.flatnonzero(absent)[0])
                raise InputError(
                    Text(
                        f"表 {_NAME} 第 {row + 1} 行（{kind}）：列 {column} 为空",
                        f"table {_NAME}, row {row + 1} ({kind}): column {column} is empty",
                    ),
                    remedy=Text(
                        f"{kind} 还需要：{'、'.join(columns)}。",
                        f"A {kind} also needs {', '.join(columns)}.",
                    ),
                )


_BETWEEN = Text("比率应在 0 与 1 之间", "a rate lies between 0 and 1")


def _refuse(table: pd.DataFrame, column: str, wrong: np.ndarray, expected: Text) -> None:
    refuse_rows(_NAME, table, column, np.asarray(wrong, dtype=bool), expected)


def _check_amounts(table: pd.DataFrame, found: pd.DataFrame) -> None:
    """Refuse amounts, years, counts and growth outside what they may be."""
    value = {
        column: found[column].to_numpy(float) for column in found.columns[2:].drop("repayment")
    }
    amount, years, firms = value["amount"], value["years"], value["firms"]
    positive = Text("应为大于 0 的数", "expected a number above 0")
    _refuse(table, "amount", ~(np.isfinite(amount) & (amount > 0)), positive)
    _refuse(
        table,
        "years",
        ~((years >= 1) & (years <= _MOST_YEARS) & (years % 1 == 0)),
        Text(f"应为 1 到 {_MOST_YEARS} 的整数", f"expected a whole number, 1 to {_MOST_YEARS}"),
    )
    _refuse(
        table,
        "firms",
        ~((firms >= 1) & (firms <= _MOST_FIRMS) & (firms % 1 == 0)),
        Text(f"应为 1 到 {_MOST_FIRMS} 的整数", f"expected a whole number, 1 to {_MOST_FIRMS}"),
    )
    stakes = found["kind"].isin(_STAKES).to_numpy()
    _refuse(
        table,
        "firms",
        stakes & (firms > _MOST_STAKES),
        Text(
            f"股权、母基金和可转债至多 {_MOST_STAKES} 家企业",
            f"equity, funds and convertibles have at most {_MOST_STAKES} firms",
        ),
    )
    rho = value["correlation"]
    _refuse(
        table,
        "correlation",
        ~((rho >= 0) & (rho < 1)),
        Text("应不小于 0 且小于 1", "expected at least 0 and below 1"),
    )
    _refuse(
        table,
        "growth",
        ~(np.isfinite(value["growth"]) & (value["growth"] > -1)),
        Text("增长率应大于 -1", "growth lies above -1"),
    )
    at_least = Text("应为不小于 0 的数", "expected a number of at least 0")
    for column in ("volatility", "benefit"):
        given = value[column]
        _refuse(table, column, ~(np.isfinite(given) & (given >= 0)), at_least)
    for column in ("conversion", "turns"):
        given = value[column]
        _refuse(table, column, ~(np.isfinite(given) & (given > 0)), positive)
    _refuse(table, "return_cap", ~(value["return_cap"] >= 0), at_least)
    _refuse(table, "whole", value["whole"] % 1 != 0, Text("应为 0 或 1", "expected 0 or 1"))
    _refuse(
        table,
        "step",
        value["step"] > value["rate"],
        Text("降息幅度不应超过利率 rate", "the rate cannot fall by more than it is"),
    )
    late, moving = value["step_year"], (found["kind"] == "transition_loan").to_numpy()
    _refuse(
        table,
        "step_year",
        moving & ~((late >= 0) & (late < years) & (late % 1 == 0)),
        Text("应为小于年限 years 的整数", "expected a whole number below years"),
    )
    _refuse(
        table,
        "fee",
        (found["kind"] == "supply_chain").to_numpy()
        & (value["fee"] + value["rate"] / value["turns"] >= 1),
        Text(
            "每次的费用与利息之和应小于 1",
            "fee and interest of each turn together must be below 1",
        ),
    )
