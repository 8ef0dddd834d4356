"""Structural decomposition: what changed output, value added or emissions between two years."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from math import factorial
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Result, Text
from xinzhi.data.io_table import FinalKind, IOTable
from xinzhi.structure.leontief import (
    coefficients,
    competitive_warning,
    leontief_system,
    value_added_coefficients,
)

Array = NDArray[np.float64]

Average = Literal["all_orderings", "polar"]

MOST_FACTORS = 8  # with more, 2^n evaluations of the product give way to the polar average

_MOST_SHOWN = 5  # labels in a message

_KINDS: tuple[FinalKind, ...] = ("consumption", "investment", "exports")


@dataclass(frozen=True)
class DecompositionResult(Result):
    """Tables: effects (by sector and factor, which add up to the change), totals."""


def decompose(
    evaluate: Callable[[Sequence[int]], Array], number: int, average: Average | None = None
) -> Array:
    r"""Attribute the change of any function of n factors to them, without a residual.

    Factors change from their first to their second year one after another, in some order; each is
    given the change it brings. With ``all_orderings`` the n! orders are averaged:

    .. math:: \phi_k = \sum_{S \not\ni k} \frac{|S|!\,(n - |S| - 1)!}{n!}
              \left[ g(S \cup k) - g(S) \right]

    with g(S) the function where the factors in S have changed, so that 2^n evaluations do the work
    of n! orders. ``polar`` averages the order 1 … n and its reverse.

    evaluate : takes a 0 (first year) or 1 (second year) for each factor, gives an array
    average : ``all_orderings`` up to MOST_FACTORS factors, ``polar`` beyond
    Returns : (n, …) effects, which sum to evaluate(1 … 1) - evaluate(0 … 0)
    Source : Dietzenbacher and Los (1998), Economic Systems Research 10; weights of Shapley (1953)
    """
    known = cache(lambda chosen: evaluate([int(k in chosen) for k in range(number)]))
    nothing: frozenset[int] = frozenset()
    average = average or ("all_orderings" if number <= MOST_FACTORS else "polar")
    effects = np.zeros((number, *np.shape(known(nothing))))
    if average == "polar":
        orders = (range(number), range(number - 1, -1, -1))
        for order in orders:
            changed = nothing
            for k in order:
                effects[k] += (known(changed | {k}) - known(changed)) / len(orders)
                changed = changed | {k}
        return effects
    for pattern in range(2**number):
        changed = frozenset(k for k in range(number) if pattern >> k & 1)
        size = len(changed)
        for k in set(range(number)) - changed:
            weight = factorial(size) * factorial(number - size - 1) / factorial(number)
            effects[k] += weight * (known(changed | {k}) - known(changed))
    return effects


def structural_decomposition(
    first: IOTable,
    second: IOTable,
    of: str = "output",
    average: Average | None = None,
    constant_prices: bool = False,
) -> DecompositionResult:
    r"""Split the change between two tables into the effects of technology and final demand.

    .. math:: x = L\,(B\, d\, Y + n + r), \qquad q = \hat v\, x

    technology : L, all input coefficients
    product_mix : B (N, 3), the products that consumption, investment and exports each buy
    category_mix : d (3,), the shares of the three in their total
    level : Y, the total of the three
    stock_changes : n, apart, since they change sign
    imports : -m, in competitive tables
    remainder : r, the publisher's discrepancy and rounding
    intensity : v, value added or a satellite account per unit of output; not for ``output``

    of : ``output``, ``value_added``, or the code of a satellite account
    average : ``all_orderings`` (default: there are never more than MOST_FACTORS factors here) or
        ``polar``
    constant_prices : say so where both tables are in the prices of one year; else the result is
        called nominal
    Returns : effects (region where there are many, code, change, one column for each factor) and
        totals (factor, effect, share of the change) [the tables' unit or the account's]; effects
        sum to the change
    Raises : InputError where the tables differ in classification, sectors, regions, unit or kind
    Source : Dietzenbacher and Los (1998); Miller and Blair (2009), chapter 13
    """
    _check(first, second)
    years = [_Factors(table, of) for table in (first, second)]
    names = list(years[0].names)

    def evaluate(chosen: Sequence[int]) -> Array:
        return _product(years, dict(zip(names, chosen, strict=True)))

    effects = decompose(evaluate, len(names), average)
    frame = first.labels.to_frame(index=False)
    if len(first.regions) == 1:
        frame = frame.drop(columns="region")
    frame["change"] = years[1].quantity - years[0].quantity
    for name, effect in zip(names, effects, strict=True):
        frame[name] = effect
    change = float(frame["change"].sum())
    totals = pd.DataFrame({"factor": names, "effect": effects.sum(axis=1)})
    totals["share"] = totals["effect"] / change if change else np.nan
    unit = first.satellite_units.get(of, first.unit)
    nominal = Text(
        "两张表按各自年份的价格计：分解结果为名义变化，含价格变动。",
        "Both tables are in prices of their own year: the effects are nominal, price changes "
        "included.",
    )
    return DecompositionResult(
        tables={"effects": frame, "totals": totals},
        units={**dict.fromkeys(("change", *names, "effect"), unit), "share": "ratio"},
        parameters={
            "of": of,
            "first_year": first.year,
            "second_year": second.year,
            "average": average or "all_orderings",
            "constant_prices": constant_prices,
        },
        inputs=(*first.inputs, *second.inputs),
        warnings=(
            *(() if constant_prices else (nominal,)),
            *competitive_warning(first),
            *dict.fromkeys((*first.assumptions, *second.assumptions)),
        ),
    )


class _Factors:
    """The factors of one year."""

    def __init__(self, table: IOTable, of: str) -> None:
        self.table = table
        self.system = leontief_system(table)
        demand = np.column_stack([table.final(kind) for kind in _KINDS])
        totals = demand.sum(axis=0)
        self.level = float(totals.sum())
        self.mix = coefficients(demand, totals)
        self.categories = totals / self.level if self.level else totals
        self.stocks = table.final("stock_changes")
        self.imports = np.zeros(table.size) if table.imports is None else -table.imports
        used = table.flows @ (table.output > 0)
        explained = used + self.mix @ totals + self.stocks + self.imports
        self.remainder = table.output - explained
        self.intensity = np.ones(table.size)
        self.names = ["technology", "product_mix", "category_mix", "level", "stock_changes"]
        if table.competitive:
            self.names.append("imports")
        self.names.append("remainder")
        if of != "output":
            self.names.append("intensity")
            self.intensity = (
                value_added_coefficients(table)
                if of == "value_added"
                else coefficients(table.satellite(of), table.output)
            )
        self.quantity = self.intensity * table.output


def _product(years: Sequence[_Factors], chosen: dict[str, int]) -> Array:
    def of_year(name: str) -> _Factors:
        return years[chosen.get(name, 0)]

    categories = of_year("category_mix").categories * of_year("level").level
    demand = (
        of_year("product_mix").mix @ categories
        + of_year("stock_changes").stocks
        + of_year("imports").imports
        + of_year("remainder").remainder
    )
    output = of_year("technology").system.solve(demand)
    return np.asarray(of_year("intensity").intensity * output)


def _check(first: IOTable, second: IOTable) -> None:
    differences = [
        Text(f"{zh}不同：{_shown(a)}；{_shown(b)}", f"{en} differs: {_shown(a)}; {_shown(b)}")
        for zh, en, a, b in (
            ("部门分类", "classification", first.classification, second.classification),
            ("部门", "sectors", first.codes, second.codes),
            ("地区", "regions", first.regions, second.regions),
            ("单位", "unit", first.unit, second.unit),
            ("竞争型", "competitive", first.competitive, second.competitive),
        )
        if a != b
    ]
    if differences:
        raise InputError(
            Text(
                "两张投入产出表不可比，不能做结构分解",
                "the two input–output tables cannot be compared, so there is no decomposition",
            ),
            differences,
            Text(
                "请先用部门对照（aggregate）把两张表归并到同一分类、换算到同一单位。",
                "Bring both to one classification (aggregate) and one unit first.",
            ),
        )


def _shown(value: object) -> str:
    """Return a value in a message; of many labels the first five and how many there are."""
    if not isinstance(value, tuple):
        return str(value)
    more = f"/… ({len(value)})" if len(value) > _MOST_SHOWN else ""
    return "/".join(value[:_MOST_SHOWN]) + more
