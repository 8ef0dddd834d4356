"""Read the projects of a portfolio: one alternative for every mechanism of a project."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.mechanisms_luck import MOST_CORRELATION, Array
from xinzhi.plan.table_checks import (
    check_amounts,
    check_columns,
    check_rates,
    check_unique,
    check_whole,
    numbers,
    refuse_rows,
)

_NEEDED = ("project", "success_probability", "value", "cost")
_CONSTANT = ("field", "success_probability", "value", "high_risk")  # of all years of an alternative


@dataclass(frozen=True)
class PortfolioOptions:
    """How a portfolio is chosen.

    discount_rate : of costs and payments, a year after the first year of the table
    correlation : of the latent luck of projects through a common factor. An assumption: 0.3 is no
        estimate, and 0 makes projects independent
    confidence : of the value at risk beyond which losses are averaged
    scenarios : of success and failure in which losses are measured
    points : of the frontier at most
    gap : relative gap between the best portfolio found and the bound of the solver
    time_limit : seconds of one optimum, of which the frontier has several
    """

    discount_rate: float = 0.0
    correlation: float = 0.3
    confidence: float = 0.9
    scenarios: int = 1_000
    points: int = 10
    gap: float = 1e-6
    time_limit: float = 60.0

    def check(self) -> None:
        """Refuse options that make no sense, naming the first."""
        least = int(np.ceil(1 / (1 - self.confidence) - 1e-9)) if 0 < self.confidence < 1 else 1
        rules = (
            ("discount_rate", self.discount_rate > -1, Text("大于 -1", "above -1")),
            (
                "correlation",
                0 <= self.correlation <= MOST_CORRELATION,
                Text(f"在 0 与 {MOST_CORRELATION} 之间", f"between 0 and {MOST_CORRELATION}"),
            ),
            (
                "confidence",
                0 < self.confidence < 1,
                Text("大于 0 且小于 1", "above 0 and below 1"),
            ),
            (
                "scenarios",
                self.scenarios >= least,
                Text(
                    f"至少 {least}，尾部才有一个情景",
                    f"at least {least}, so that one lies in the tail",
                ),
            ),
            ("points", self.points >= 2, Text("至少 2", "at least 2")),
            ("gap", 0 <= self.gap < 1, Text("不小于 0 且小于 1", "at least 0 and below 1")),
            ("time_limit", self.time_limit > 0, Text("大于 0 秒", "above 0 seconds")),
        )
        for name, right, expected in rules:
            if not right:
                value = getattr(self, name)
                raise InputError(
                    Text(
                        f"{name} 为 {value:g}，应{expected.zh}",
                        f"{name} is {value:g}, expected {expected.en}",
                    )
                )


@dataclass(frozen=True, eq=False)
class Alternatives:
    """The ways in which projects can be funded; at most one of each project is chosen.

    projects : names; own : (alternatives,) positions among them; mechanisms, fields : labels
    success, value : (alternatives,) probability of success, worth of it [money]
    cost, payment : (alternatives,) paid in any case, and on success only [money]; net_cost and
        net_payment the same discounted
    high_risk : (alternatives,) whether losses count in the risk
    years : of the table, empty where it has none
    uses : column → (alternatives, years or 1) amounts; ``outlay`` is cost and payment together
    """

    projects: tuple[str, ...]
    own: np.ndarray
    mechanisms: tuple[str, ...]
    fields: tuple[str, ...]
    success: Array
    value: Array
    cost: Array
    payment: Array
    net_cost: Array
    net_payment: Array
    high_risk: np.ndarray
    years: tuple[int, ...]
    uses: dict[str, Array]

    def expected_value(self) -> Array:
        """Return (alternatives,) the value expected [money]."""
        return self.success * self.value

    def net_value(self) -> Array:
        r"""Return (alternatives,) what is expected after all costs [money].

        .. math:: \bar v_i = p_i\,(v_i - b_i) - c_i
        """
        return self.success * (self.value - self.net_payment) - self.net_cost


def alternatives_of(
    table: pd.DataFrame, discount_rate: float, capabilities: tuple[str, ...] = ()
) -> Alternatives:
    """Return the alternatives of a table ``projects``.

    table : see ``portfolio_tables``; capabilities : further columns of amounts to be limited
    Raises : InputError naming table, row, column, value and what is allowed
    """
    check_columns("projects", table, (*_NEEDED, *capabilities))
    table = table.reset_index(drop=True)
    _check_named(table)
    for column, absent in (("mechanism", ""), ("field", ""), ("payment", 0.0), ("high_risk", 1.0)):
        table = table.assign(**{column: table.get(column, absent)})
    for column in ("mechanism", "field"):
        table[column] = table[column].fillna("").astype(str)
    table["payment"] = table["payment"].replace("", np.nan).fillna(0.0)
    check_rates("projects", table, "success_probability")
    check_amounts("projects", table, "value", "cost", "payment", *capabilities)
    flags = numbers(table, "high_risk")
    expected = Text("应为 1（是）或 0（否）", "expected 1 for yes or 0 for no")
    refuse_rows("projects", table, "high_risk", ~np.isin(flags, (0.0, 1.0)), expected)
    keys = ["project", "mechanism"]
    if "year" in table:
        check_whole("projects", table, "year", 1)
        check_unique("projects", table, [*keys, "year"])
        _check_constant(table, keys)
        years = tuple(sorted({int(year) for year in numbers(table, "year")}))
        place = np.searchsorted(years, numbers(table, "year"))
    else:
        check_unique("projects", table, keys)
        years, place = (), np.zeros(len(table), dtype=int)
    code, first = _codes(table, keys)
    shape = (len(first), max(1, len(years)))

    def spread(column: str) -> Array:
        found = np.zeros(shape)
        found[code, place] = numbers(table, column)
        return found

    cost, payment = spread("cost"), spread("payment")
    discount = (1 + discount_rate) ** -(np.array(years or (0,)) - float((years or (0,))[0]))
    names = table["project"].astype(str).iloc[first]
    own, projects = pd.factorize(names)
    return Alternatives(
        projects=tuple(projects),
        own=own,
        mechanisms=tuple(table["mechanism"].iloc[first]),
        fields=tuple(table["field"].iloc[first]),
        success=numbers(table, "success_probability")[first],
        value=numbers(table, "value")[first],
        cost=cost.sum(axis=1),
        payment=payment.sum(axis=1),
        net_cost=cost @ discount,
        net_payment=payment @ discount,
        high_risk=flags[first] == 1,
        years=years,
        uses={"outlay": cost + payment, **{name: spread(name) for name in capabilities}},
    )


def _check_named(table: pd.DataFrame) -> None:
    names = table["project"]
    empty = (names.isna() | (names.astype(str).str.strip() == "")).to_numpy()
    refuse_rows("projects", table, "project", empty, Text("应有名称", "expected a name"))


def _check_constant(table: pd.DataFrame, keys: list[str]) -> None:
    """Refuse an alternative whose probability, value, field or risk differs between its years."""
    for column in _CONSTANT:
        first = table.groupby(keys, sort=False)[column].transform("first")
        refuse_rows(
            "projects",
            table,
            column,
            (table[column] != first).to_numpy(),
            Text(
                "同一项目、同一机制的各年应相同",
                "expected the same in all years of a project and mechanism",
            ),
        )


def _codes(table: pd.DataFrame, keys: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return (rows,) positions of alternatives in order of appearance, and their first rows."""
    code = table.groupby(keys, sort=False).ngroup().to_numpy()
    first = np.unique(code, return_index=True)[1]
    return code, first
