"""The limits of a portfolio as rows over its alternatives, and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.portfolio_input import Alternatives
from xinzhi.plan.table_checks import (
    check_columns,
    check_known,
    check_unique,
    numbers,
    refuse_rows,
)

LIMITS = ("budget", "capability", "field_share", "field_count", "field_cost", "cvar")
_DATED = ("budget", "capability")
_TITLES = {
    "budget": Text("预算", "budget"),
    "capability": Text("能力 {}", "capability {}"),
    "field_share": Text("领域 {} 占资金的份额", "share of field {} in money"),
    "field_count": Text("领域 {} 的项目数", "projects in field {}"),
    "field_cost": Text("领域 {} 的资金", "money for field {}"),
    "cvar": Text("高风险项目的条件风险价值", "conditional value at risk of high-risk projects"),
}


@dataclass(frozen=True, eq=False)
class Limit:
    """One side of a limit.

    sign : 1 at most, -1 at least; bound : its figure; use : (alternatives,) what each adds
    base : (alternatives,) of which a share is limited; None where an amount is
    """

    name: str
    of: str
    year: int | None
    sign: int
    bound: float
    use: Array
    base: Array | None = None

    def row(self) -> tuple[Array, float]:
        """Return (alternatives,) coefficients and the right-hand side of: row · x <= side."""
        if self.base is None:
            return self.sign * self.use, self.sign * self.bound
        return self.sign * (self.use - self.bound * self.base), 0.0

    def size(self) -> float:
        """Return by what a relaxation is measured: the figure; of a share, all that is spent."""
        if self.base is not None:
            return max(float(self.base.sum()), 1e-300)
        return abs(self.bound) or max(float(np.abs(self.use).max(initial=0.0)), 1.0)

    def used(self, chosen: Array) -> float:
        """Return the amount or share that a choice comes to; a share of nothing is NaN."""
        amount = float(self.use @ chosen)
        if self.base is None:
            return amount
        total = float(self.base @ chosen)
        return amount / total if total > 0 else np.nan

    def title(self) -> Text:
        """Return what is limited."""
        words = _TITLES[self.name]
        if self.year is None:
            return Text(words.zh.format(self.of), words.en.format(self.of))
        return Text(
            f"{self.year} 年{words.zh.format(self.of)}",
            f"{words.en.format(self.of)} of {self.year}",
        )

    def statement(self) -> Text:
        """Return the limit as the user wrote it."""
        title = self.title()
        side = Text("至多", "at most") if self.sign > 0 else Text("至少", "at least")
        return Text(
            f"{title.zh}：{side.zh} {self.bound:,.6g}", f"{title.en}: {side.en} {self.bound:,.6g}"
        )


def capabilities_of(table: pd.DataFrame | None) -> tuple[str, ...]:
    """Return the columns of ``projects`` that a table ``limits`` limits as capabilities."""
    if table is None or not {"limit", "of"} <= set(table.columns):
        return ()
    named = table.loc[table["limit"] == "capability", "of"].dropna().astype(str)
    return tuple(dict.fromkeys(name for name in named if name))


def limits_of(table: pd.DataFrame | None, alternatives: Alternatives) -> tuple[Limit, ...]:
    """Return the limits of a table, one for each side that is given.

    table : see ``portfolio_tables``
    Raises : InputError for a limit, field or year that makes no sense, with its row
    """
    if table is None:
        return ()
    check_columns("limits", table, ("limit",))
    table = table.reset_index(drop=True)
    for column in ("of", "year", "at_least", "at_most"):
        if column not in table:
            table = table.assign(**{column: np.nan})
    table["of"] = table["of"].fillna("").astype(str)
    table["year"] = table["year"].replace("", np.nan)
    check_known("limits", table, "limit", LIMITS)
    check_unique("limits", table, ["limit", "of", "year"])
    _check_years(table, alternatives)
    _check_of(table, alternatives)
    least, most = _bounds(table)
    found = []
    for row, (name, of) in enumerate(zip(table["limit"], table["of"], strict=True)):
        dated = table["year"].iloc[row]
        year = None if pd.isna(dated) else int(dated)
        spread = name.startswith("field_") and not of
        for each in sorted(set(alternatives.fields)) if spread else [of]:
            use, base = _use(alternatives, name, each, year)
            found += [
                Limit(name, each, year, sign, float(bound), use, base)
                for sign, bound in ((-1, least[row]), (1, most[row]))
                if np.isfinite(bound)
            ]
    return tuple(found)


def _use(
    alternatives: Alternatives, name: str, of: str, year: int | None
) -> tuple[Array, Array | None]:
    """Return what each alternative adds to a limit, and the base of a share."""
    amounts = alternatives.uses[of if name == "capability" else "outlay"]
    if year is not None:
        inside = np.array(alternatives.years) == year
        return amounts[:, inside].sum(axis=1), None
    total = amounts.sum(axis=1)
    own = np.array([field == of for field in alternatives.fields], dtype=float)
    if name == "field_share":
        return own * total, total
    if name == "field_count":
        return own, None
    if name == "field_cost":
        return own * total, None
    return (np.zeros_like(total) if name == "cvar" else total), None


def _bounds(table: pd.DataFrame) -> tuple[Array, Array]:
    """Return (rows,) lower and upper figures, infinite where there is none."""
    given = {}
    for column in ("at_least", "at_most"):
        values = table[column].replace("", np.nan)
        found = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float)
        shares = (table["limit"] == "field_share").to_numpy()
        free = (table["limit"] == "cvar").to_numpy()
        unread = np.isnan(found) & values.notna().to_numpy()
        refuse_rows("limits", table, column, unread, Text("应为数", "expected a number"))
        refuse_rows(
            "limits",
            table,
            column,
            (found < 0) & ~free,
            Text("应不小于 0；不设限则留空", "expected at least 0; leave it empty for no limit"),
        )
        refuse_rows(
            "limits",
            table,
            column,
            shares & (found > 1),
            Text("份额应在 0 与 1 之间", "a share lies between 0 and 1"),
        )
        given[column] = found
    least, most = given["at_least"], given["at_most"]
    refuse_rows(
        "limits",
        table,
        "at_most",
        np.isnan(least) & np.isnan(most),
        Text("at_least 与 at_most 至少给一个", "expected at_least, at_most or both"),
    )
    refuse_rows(
        "limits",
        table,
        "at_least",
        np.isfinite(least) & (table["limit"] == "cvar").to_numpy(),
        Text("风险只能设上限 at_most", "a risk is limited by at_most only"),
    )
    crossed = least > most
    refuse_rows("limits", table, "at_least", crossed, Text("高于 at_most", "it is above at_most"))
    return np.where(np.isnan(least), -np.inf, least), np.where(np.isnan(most), np.inf, most)


def _check_years(table: pd.DataFrame, alternatives: Alternatives) -> None:
    dated = table["year"].notna().to_numpy()
    if not dated.any():
        return
    years = numbers(table, "year")
    wrong = dated & ~(np.isfinite(years) & (np.nan_to_num(years) % 1 == 0))
    refuse_rows("limits", table, "year", wrong, Text("应为整数年份", "expected a whole year"))
    undated = dated & ~table["limit"].isin(_DATED).to_numpy()
    refuse_rows(
        "limits",
        table,
        "year",
        undated,
        Text("只有 budget 与 capability 分年；请留空", "only budget and capability go by year"),
    )
    if not alternatives.years:
        refuse_rows(
            "limits",
            table,
            "year",
            dated,
            Text(
                "表 projects 没有 year 列，不能分年设限",
                "table projects has no column year, so that no year can be limited",
            ),
        )


def _check_of(table: pd.DataFrame, alternatives: Alternatives) -> None:
    """Refuse fields that no project has, and names where none belongs or none is given."""
    names, of = table["limit"], table["of"]
    plain = names.isin(("budget", "cvar")).to_numpy() & (of != "").to_numpy()
    refuse_rows("limits", table, "of", plain, Text("应留空", "expected to be empty"))
    nameless = (names == "capability").to_numpy() & (of == "").to_numpy()
    refuse_rows(
        "limits",
        table,
        "of",
        nameless,
        Text("应为表 projects 的一列", "expected a column of table projects"),
    )
    by_field = names.str.startswith("field_").to_numpy()
    if by_field.any() and not any(alternatives.fields):
        refuse_rows(
            "limits",
            table,
            "limit",
            by_field,
            Text(
                "表 projects 没有 field 列，不能按领域设限",
                "table projects has no column field, so that no field can be limited",
            ),
        )
    known = sorted(set(alternatives.fields))
    named = by_field & (of != "").to_numpy()
    check_known("limits", table.assign(of=of.where(named, known[0])), "of", known)


def risk_limit(limits: Sequence[Limit]) -> float | None:
    """Return the limit on the conditional value at risk, if there is one."""
    found = [limit.bound for limit in limits if limit.name == "cvar"]
    return found[0] if found else None
