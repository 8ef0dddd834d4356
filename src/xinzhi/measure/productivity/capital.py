"""Capital stocks from investment, by perpetual inventory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.columns import Array, refuse_gaps, sorted_columns

# above this share of the last stock, the assumed first stock decides the result
_MUCH_LEFT = 0.1


@dataclass(frozen=True)
class CapitalResult(Result):
    """Tables: capital, initial."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``capital``, the stock of each unit over time.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


def perpetual_inventory(investment: Array, initial: Array | float, depreciation: float) -> Array:
    r"""Stocks at the end of each period from the investment of that period.

    .. math:: K_t = (1-\delta)K_{t-1} + I_t

    investment : (..., T) at constant prices; initial : (...) the stock :math:`K_0` at the end of
        the period before the first; depreciation : δ a period, in [0, 1)
    Returns : (..., T)
    Source : OECD (2009), Measuring Capital: OECD Manual, second edition
    """
    periods = investment.shape[-1]
    kept = 1.0 - depreciation
    # the recursion written out: K_t = kept^t K_0 + sum over s <= t of kept^(t-s) I_s
    step = np.arange(periods)
    ages = step[:, None] - step[None, :]
    weights = np.where(ages >= 0, kept ** np.maximum(ages, 0), 0.0)
    first = np.asarray(initial, dtype=float)[..., None] * kept ** (step + 1)
    stocks: Array = first + investment @ weights.T
    return stocks


def steady_state_stock(
    first_investment: Array, growth: Array | float, depreciation: float
) -> Array:
    r"""First stock on a path along which investment and capital grow at the same rate.

    .. math:: K_0 = \frac{I_1}{g+\delta}

    first_investment : investment of the first period; growth : g a period; depreciation : δ
    Returns : the stock at the end of the period before the first
    Raises : InputError where g + δ is not positive, since no such path exists
    Source : Harberger (1978), Perspectives on capital and technology in less-developed countries
    """
    rate = np.asarray(growth, dtype=float) + depreciation
    if (rate <= 0).any():
        raise InputError(
            Text(
                "增长率与折旧率之和不为正，不存在稳态，无法推算初始资本",
                "growth plus depreciation is not positive: there is no steady state from which to "
                "take the first stock",
            ),
            remedy=Text(
                "给出初始资本存量，或给出稳态增长率。",
                "Give the first stock, or the growth rate of the steady state.",
            ),
        )
    stock: Array = np.asarray(first_investment, dtype=float) / rate
    return stock


def capital_stock(
    frame: pd.DataFrame,
    investment: str,
    *,
    unit: str,
    time: str,
    depreciation: float,
    deflator: str | None = None,
    initial: str | None = None,
    growth: float | None = None,
    records: Iterable[InputRecord] = (),
) -> CapitalResult:
    r"""Capital stock of every unit by perpetual inventory.

    The stock counts at the end of the period, investment of the period included. The first stock
    is either given or that of a steady state (Harberger),
    :math:`K_0=I_1/(g+\delta)`; g is by default the unit's own mean growth of investment over all
    its periods, :math:`(I_T/I_1)^{1/(T-1)}-1`.

    frame : one row a unit and period; investment : column, at current prices if there is a deflator
    depreciation : δ a period, in [0, 1): stated, never assumed
    deflator : column of the price index by which investment is divided; any base
    initial : column that holds the stock before the unit's first period in that period's row,
        in the prices of the deflated investment
    growth : g of the steady state, the same for all units
    Returns : ``capital`` (unit, period, investment at constant prices, capital) and ``initial``
        (unit, initial_capital, growth, initial_share_left: the part of the last stock that is
        still the first one, :math:`(1-\delta)^T K_0/K_T`)
    Raises : InputError for missing or negative investment, a period missing between others, a
        depreciation outside [0, 1), or no steady state
    Limits : a constant rate of depreciation; the stock of few years is mostly the assumed first one
    Source : OECD (2009), Measuring Capital; Harberger (1978)
    """
    check_depreciation(depreciation)
    columns = [investment, *([deflator] if deflator else []), *([initial] if initial else [])]
    # only the first row of a unit has to hold its first stock
    table = sorted_columns(
        frame,
        [unit, time],
        columns,
        positive=[name for name in (deflator,) if name],
        missing=initial is not None,
        time=time,
    )
    refuse_gaps(table, unit, time)
    _check_investment(table, unit, time, [c for c in columns if c != initial], investment)
    real = table[investment] / table[deflator] if deflator else table[investment]
    table = table.assign(**{investment: real})
    capital, starts = [], []
    for name, rows in table.groupby(unit, sort=False, observed=True):
        flow = rows[investment].to_numpy(dtype=float)
        given = float(rows[initial].iloc[0]) if initial else None
        if given is not None and not given >= 0:
            raise InputError(
                Text(
                    f"{name} 第一年的 {initial} 应为非负数",
                    f"{initial} of {name} in its first period must be there and not negative",
                )
            )
        rate = None if given is not None else _growth(str(name), flow, growth)
        first = given if rate is None else float(steady_state_stock(flow[0], rate, depreciation))
        assert first is not None
        stock = perpetual_inventory(flow, first, depreciation)
        capital.append(stock)
        left = (1 - depreciation) ** len(flow) * first / stock[-1] if stock[-1] > 0 else np.nan
        starts.append((str(name), first, rate, left))
    tables = {
        "capital": pd.DataFrame(
            {
                "unit": table[unit].astype(str),
                "period": table[time],
                "investment": table[investment],
                "capital": np.concatenate(capital),
            }
        ),
        "initial": pd.DataFrame(
            starts, columns=["unit", "initial_capital", "growth", "initial_share_left"]
        ).astype({"growth": float}),
    }
    return CapitalResult(
        tables=tables,
        units=dict.fromkeys(("growth", "initial_share_left"), "ratio"),
        parameters={
            "depreciation": depreciation,
            "initial": "given" if initial else "steady_state",
            "growth": growth,
            "deflator": deflator,
        },
        inputs=tuple(records),
        warnings=tuple(_warnings(tables["initial"], deflator)),
    )


def check_depreciation(depreciation: float) -> None:
    """Refuse a rate of depreciation outside [0, 1)."""
    if not 0 <= depreciation < 1:
        raise InputError(
            Text(
                f"折旧率应在 0 与 1 之间（如 0.096），现为 {depreciation}",
                f"depreciation must lie between 0 and 1, such as 0.096; it is {depreciation}",
            )
        )


def _check_investment(
    table: pd.DataFrame, unit: str, time: str, needed: list[str], investment: str
) -> None:
    gone = table[needed].isna().any(axis=1)
    below = table[investment] < 0
    for rows, what in (
        (gone, Text("投资或价格指数缺失", "investment or its deflator is missing")),
        (below, Text("投资为负", "investment is negative")),
    ):
        if rows.any():
            shown = listed(f"{a} {b}" for a, b in table.loc[rows, [unit, time]].itertuples(False))
            raise InputError(
                Text(f"{what.zh}：{shown.zh}", f"{what.en}: {shown.en}"),
                remedy=Text(
                    "永续盘存法需要连续、非负的投资。",
                    "Perpetual inventory needs every period's investment, none of it negative.",
                ),
            )


def _growth(name: str, flow: Array, growth: float | None) -> float:
    if growth is not None:
        return growth
    if len(flow) < 2 or not (flow[0] > 0 and flow[-1] > 0):
        raise InputError(
            Text(
                f"{name} 的首末年投资须为正且至少有两年，才能推算稳态增长率",
                f"the steady-state growth of {name} needs two periods or more, the first and last "
                "with positive investment",
            ),
            remedy=Text(
                "给出初始资本存量，或给出稳态增长率。",
                "Give the first stock, or the growth rate of the steady state.",
            ),
        )
    # a rate a period, as the stock grows in discrete time
    return float(np.expm1(np.log(flow[-1] / flow[0]) / (len(flow) - 1)))


def _warnings(initial: pd.DataFrame, deflator: str | None) -> list[Text]:
    warnings = []
    assumed = initial[initial["growth"].notna()]
    much = assumed[assumed["initial_share_left"] > _MUCH_LEFT]
    if len(much):
        names = listed(much["unit"])
        warnings.append(
            Text(
                f"{len(much)} 个单位末年的资本中仍有一成以上是推定的初始存量：{names.zh}",
                f"in {len(much)} unit(s) more than a tenth of the last stock is still the first, "
                f"assumed one: {names.en}",
            )
        )
    if deflator is None:
        warnings.append(
            Text(
                "未给出投资价格指数，投资按所给价格累加；若为现价，资本存量不可比",
                "no deflator is given: investment is added up in its own prices; if they are "
                "current prices, the stock compares nothing over time",
            )
        )
    return warnings
