"""Knowledge stocks from spending on research and development, by perpetual inventory."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.measure.productivity.capital import capital_stock


def knowledge_stock(
    panel: pd.DataFrame,
    expenditure: str = "expenditure",
    *,
    depreciation: float = 0.15,
    gestation: int = 0,
    growth: float | None = None,
    deflator: str | None = None,
    initial: str | None = None,
    unit: str = "unit",
    time: str = "year",
) -> pd.DataFrame:
    r"""Knowledge stock of every unit from its spending on research and development.

    .. math:: K_t = (1-\delta)K_{t-1} + R_{t-\theta},\qquad K_0 = \frac{R_1}{g+\delta}

    K counts at the end of the year; the arithmetic is that of ``capital_stock``.

    panel : one row a unit and year; expenditure : R, at constant prices, or at current ones with
        a deflator [any currency], >= 0 and without gaps
    depreciation : δ a year, in [0, 1); 0.15 is the literature's habit (Griliches), not an estimate
    gestation : θ, whole years from spending to usable knowledge, >= 0; the last θ years of spending
        are in no stock of the panel, and the first stock is θ years after the first spending
    growth : g of the steady state for all units; by default each unit's own mean growth of spending
    deflator : column of the price index; initial : column with the stock before the first year
    Returns : unit, year, expenditure (that entered, at constant prices), stock, initial_share (the
        part of the stock that is still the assumed or given first one, in [0, 1])
    Raises : InputError for gaps in years, missing or negative spending, a depreciation outside
        [0, 1), no steady state, or a gestation that is negative or as long as the panel
    Limits : a constant rate; spending of one year is worth the same in all; the stock of few years
        is mostly its assumed start
    Source : Griliches (1979), Issues in assessing the contribution of research and development to
        productivity growth, Bell Journal of Economics 10; OECD (2009), Measuring Capital
    """
    found = capital_stock(
        panel,
        expenditure,
        unit=unit,
        time=time,
        depreciation=depreciation,
        deflator=deflator,
        initial=initial,
        growth=growth,
    )
    table = found.tables["capital"].rename(
        columns={"period": "year", "investment": "expenditure", "capital": "stock"}
    )
    _check_gestation(table, gestation)
    first = found.tables["initial"].set_index("unit")["initial_capital"]
    age = table.groupby("unit", sort=False).cumcount() + 1
    kept = table["unit"].map(first) * (1 - depreciation) ** age
    table["initial_share"] = (kept / table["stock"].where(table["stock"] > 0)).clip(upper=1.0)
    last = table.groupby("unit")["year"].transform("max")
    table["year"] += gestation
    return table[table["year"] <= last].reset_index(drop=True)


def _check_gestation(table: pd.DataFrame, gestation: int) -> None:
    shortest = int(table.groupby("unit").size().min())
    if not 0 <= gestation < shortest:
        raise InputError(
            Text(
                f"从投入到形成知识的年数应在 0 与 {shortest - 1} 之间，现为 {gestation}",
                f"the years from spending to knowledge lie between 0 and {shortest - 1}, "
                f"not {gestation}",
            ),
            remedy=Text(
                f"最短的单位只有 {shortest} 年；取更小的年数，或补充更早的投入。",
                f"The shortest unit has {shortest} years: take fewer, or add earlier spending.",
            ),
        )
