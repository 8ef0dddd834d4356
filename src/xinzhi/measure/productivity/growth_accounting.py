"""Growth accounting: how much of growth is capital, labour, human capital, and what is left."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, InputRecord, Language, Result, Text
from xinzhi.data.findings import listed
from xinzhi.measure.productivity.capital import capital_stock, check_depreciation
from xinzhi.measure.productivity.columns import Array, missing_periods, sorted_columns
from xinzhi.measure.productivity.growth_band import (
    band,
    depreciations,
    edges,
    lengths_of,
    share_of_growth,
)

SHARES = ("tornqvist", "constant")
CAPITAL_SHARE = 0.4
CONTRIBUTIONS = ("capital_contribution", "labour_contribution", "human_capital_contribution")


@dataclass(frozen=True)
class GrowthAccountingResult(Result):
    """Tables: growth, total, band."""

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``growth``, contributions by period or unit.

        Raises : InputError for another kind
        """
        from xinzhi.measure.productivity.productivity_plots import productivity_chart

        return productivity_chart(self, kind, lang)


def contributions(growth: Array, shares: Array) -> Array:
    r"""Contribution of every input to the growth of output, and the residual.

    .. math:: c_j = s_j\,\Delta\ln X_j,\qquad \Delta\ln A = \Delta\ln Y - \sum_j c_j

    growth : (..., 1 + inputs) log changes of output, then of each input; shares : (..., inputs)
    Returns : (..., inputs + 1) contributions, the residual last; they sum to the output's growth
    Source : Solow (1957), Review of Economics and Statistics 39(3), 312-320
    """
    parts = growth[..., 1:] * shares
    residual = growth[..., :1] - parts.sum(axis=-1, keepdims=True)
    return np.concatenate([parts, residual], axis=-1)


def growth_accounting(
    frame: pd.DataFrame,
    inputs: Sequence[str],
    output: str,
    *,
    unit: str,
    time: str,
    capital_share: float | str = CAPITAL_SHARE,
    shares: str = "tornqvist",
    human_capital: str | None = None,
    depreciation: float | None = None,
    deflator: str | None = None,
    share_margin: float = 0.1,
    depreciation_margin: float = 0.02,
    records: Iterable[InputRecord] = (),
) -> GrowthAccountingResult:
    r"""Split the growth of output into capital, labour, human capital and TFP.

    .. math:: \Delta\ln Y = \bar\alpha\,\Delta\ln K + (1-\bar\alpha)(\Delta\ln L + \Delta\ln h)
        + \Delta\ln A

    Törnqvist shares are the mean of the two periods' capital shares α; constant ones are the
    unit's mean over all its periods (Solow's residual with one elasticity). With a number as
    ``capital_share`` the two are the same. Growth is in logarithms, so contributions and TFP sum
    to it exactly, and those of sub-periods sum to those of the whole.

    Beside each number stands a band: the lowest and highest value when the capital share is
    shifted by up to ``share_margin`` either way and, where capital is built here, depreciation by
    up to ``depreciation_margin``.

    frame : one row a unit and period; inputs : columns of capital and of labour, in this order;
        output : value added; all above zero, capital and output at constant prices
    capital_share : α in (0, 1), or the column that holds it
    human_capital : column of human capital per worker (an index; labour is adjusted by it)
    depreciation : if given, the first input is investment, and capital is built of it by
        perpetual inventory from a steady state; the stock of a period is the one at its end
    deflator : column of the price index of investment
    Returns : ``growth`` (unit, period, from_period, output_growth, capital_contribution,
        labour_contribution, human_capital_contribution, tfp_growth, tfp_growth_low,
        tfp_growth_high, capital_share, productivity_growth: that of output per worker,
        deepening_contribution: α times the growth of capital per worker), ``total``: the same as
        means a period from a unit's first to its last, with tfp_share, the part of growth that is
        TFP, and its band; and ``band`` (unit, capital_share, depreciation, tfp_growth, tfp_share)
        over the grid of both. Growth is in log points a period or, across a missing period, in
        all
    Raises : InputError for values that are missing or not positive, a share outside (0, 1), fewer
        than two periods
    Limits : the residual is all that inputs do not explain, errors of measurement and the use of
        capacity included; income shares are elasticities only under competition and constant
        returns. No TFP can be taken from figures at current prices
    Source : Solow (1957), Review of Economics and Statistics 39(3), 312-320; Törnqvist (1936),
        Bank of Finland Monthly Bulletin 10, 1-8; Diewert (1976), Journal of Econometrics 4(2),
        115-145
    """
    capital, labour = _two_inputs(inputs)
    _check_options(capital_share, shares, depreciation, share_margin, depreciation_margin)
    share_column = capital_share if isinstance(capital_share, str) else None
    optional = [name for name in (human_capital, share_column) if name]
    above_zero = [output, labour, *([human_capital] if human_capital else [])]
    built = depreciation is not None
    table = sorted_columns(
        frame,
        [unit, time],
        [output, capital, labour, *optional],
        positive=[*above_zero, *([] if built else [capital])],
        time=time,
    )
    share = _share_of(table, capital_share, share_column, unit, shares)
    rates = depreciations(depreciation, depreciation_margin)
    built_stocks = [
        capital_stock(frame, capital, unit=unit, time=time, depreciation=rate, deflator=deflator)
        for rate in rates
        if rate is not None
    ]
    # a steady state starts from positive investment, so that no stock is ever used up
    stocks = [result.tables["capital"]["capital"].to_numpy(float) for result in built_stocks] or [
        table[capital].to_numpy(dtype=float)
    ]
    gaps = missing_periods(table, unit, time)
    follows = (table[unit] == table[unit].shift()).to_numpy()
    _check_periods(table, unit)
    logs = np.log(table[above_zero].to_numpy(dtype=float))
    if human_capital is None:
        logs = np.concatenate([logs, np.zeros((len(logs), 1))], axis=1)
    change = np.diff(logs, axis=0)[follows[1:]]
    deltas = [np.diff(np.log(stock))[follows[1:]] for stock in stocks]
    mean_share = ((share[1:] + share[:-1]) / 2)[follows[1:]]
    middle = len(rates) // 2
    start = table[time].shift()[follows].to_numpy(dtype=int)
    growth = _accounts(change, deltas[middle], mean_share)
    growth.insert(0, "unit", table.loc[follows, unit].astype(str).to_numpy())
    growth.insert(1, "period", table.loc[follows, time].to_numpy())
    growth.insert(2, "from_period", start)
    shifts = (-share_margin, 0.0, share_margin)
    low, high = edges(change, deltas, mean_share, shifts)
    growth["tfp_growth_low"], growth["tfp_growth_high"] = low, high
    cases = band(growth, change, deltas, mean_share, shifts, rates)
    return GrowthAccountingResult(
        tables={"growth": growth, "total": _total(growth, cases), "band": cases},
        units={
            **dict.fromkeys(("capital_share", "tfp_share", "depreciation"), "ratio"),
            **{column: "ratio" for column in growth.columns[3:] if column != "capital_share"},
        },
        parameters={
            "capital_share": capital_share,
            "shares": shares,
            "human_capital": human_capital,
            "depreciation": depreciation,
            "deflator": deflator,
            "share_margin": share_margin,
            "depreciation_margin": depreciation_margin if built else None,
        },
        inputs=tuple(records),
        warnings=(
            *_warnings(capital_share, share_margin, gaps, growth),
            *(built_stocks[middle].warnings if built_stocks else ()),
        ),
    )


def _two_inputs(inputs: Sequence[str]) -> tuple[str, str]:
    if len(inputs) != 2:
        raise InputError(
            Text(
                f"增长核算需要两项投入：先资本、后劳动；现有 {len(inputs)} 项",
                "growth accounting takes two inputs, capital first and labour second; "
                f"{len(inputs)} are given",
            )
        )
    return inputs[0], inputs[1]


def _check_options(
    capital_share: float | str,
    shares: str,
    depreciation: float | None,
    share_margin: float,
    depreciation_margin: float,
) -> None:
    if shares not in SHARES:
        raise InputError(
            Text(
                f"没有名为 {shares} 的份额口径；可选：{'、'.join(SHARES)}",
                f"no kind of shares named {shares}; there are: {', '.join(SHARES)}",
            )
        )
    if not isinstance(capital_share, str) and not 0 < capital_share < 1:
        raise InputError(
            Text(
                f"资本份额应在 0 与 1 之间，现为 {capital_share}",
                f"the capital share must lie between 0 and 1; it is {capital_share}",
            )
        )
    if share_margin < 0 or depreciation_margin < 0:
        raise InputError(
            Text("敏感性区间的半宽不能为负", "the margins of a band cannot be negative")
        )
    if depreciation is not None:
        check_depreciation(depreciation)


def _share_of(
    table: pd.DataFrame, capital_share: float | str, column: str | None, unit: str, shares: str
) -> Array:
    if column is None:
        return np.full(len(table), float(capital_share))
    outside = (table[column] <= 0) | (table[column] >= 1)
    if outside.any():
        names = listed(dict.fromkeys(table.loc[outside, unit]))
        raise InputError(
            Text(
                f"{column} 应在 0 与 1 之间：{names.zh}",
                f"{column} must lie between 0 and 1: {names.en}",
            )
        )
    if shares == "constant":
        means = table.groupby(unit, sort=False, observed=True)[column].transform("mean")
        return means.to_numpy(dtype=float)
    return table[column].to_numpy(dtype=float)


def _check_periods(table: pd.DataFrame, unit: str) -> None:
    counts = table.groupby(unit, sort=False, observed=True).size()
    short = counts[counts < 2]
    if len(short):
        names = listed(short.index)
        raise InputError(
            Text(
                f"{len(short)} 个单位只有一个时期，没有增长可言：{names.zh}",
                f"{len(short)} unit(s) have one period only and no growth: {names.en}",
            )
        )


def _accounts(change: Array, capital: Array, share: Array) -> pd.DataFrame:
    """Return the accounts of (rows, output, labour, human capital) changes and capital's."""
    growth = np.column_stack([change[:, 0], capital, change[:, 1], change[:, 2]])
    parts = contributions(growth, np.column_stack([share, 1 - share, 1 - share]))
    columns: dict[str, Any] = {"output_growth": change[:, 0]}
    columns.update(zip((*CONTRIBUTIONS, "tfp_growth"), parts.T, strict=True))
    columns["capital_share"] = share
    columns["productivity_growth"] = change[:, 0] - change[:, 1]
    columns["deepening_contribution"] = share * (capital - change[:, 1])
    return pd.DataFrame(columns)


def _total(growth: pd.DataFrame, band: pd.DataFrame) -> pd.DataFrame:
    parts = ["output_growth", *CONTRIBUTIONS, "tfp_growth"]
    per_worker = ["productivity_growth", "deepening_contribution"]
    groups = growth.groupby("unit", sort=False)
    total = groups.agg(from_period=("from_period", "min"), period=("period", "max"))
    sums = groups[[*parts, *per_worker]].sum()
    total = total.join(sums.div(lengths_of(growth), axis=0))
    total["capital_share"] = groups["capital_share"].mean()
    total["tfp_share"] = share_of_growth(sums["tfp_growth"], sums["output_growth"])
    for column in ("tfp_growth", "tfp_share"):
        edges = band.groupby("unit", sort=False)[column]
        total[f"{column}_low"], total[f"{column}_high"] = edges.min(), edges.max()
    return total.reset_index()


def _warnings(
    capital_share: float | str, margin: float, gaps: dict[str, Text], growth: pd.DataFrame
) -> list[Text]:
    warnings = []
    if not isinstance(capital_share, str):
        low, high = max(capital_share - margin, 0.0), min(capital_share + margin, 1.0)
        warnings.append(
            Text(
                f"资本份额为设定值 {capital_share:g}，不是数据；取 {low:g}—{high:g} 时的结果见区间",
                f"the capital share {capital_share:g} is an assumption, not data; the band shows "
                f"results for {low:g} to {high:g}",
            )
        )
    if gaps:
        shown = listed(f"{name} {periods.en}" for name, periods in gaps.items())
        warnings.append(
            Text(
                f"{len(gaps)} 个单位缺少中间的年份，跨越缺口的增长为数年之和：{shown.zh}",
                f"{len(gaps)} unit(s) miss periods between others; growth across the gap is that "
                f"of several periods together: {shown.en}",
            )
        )
    falling = growth.groupby("unit", sort=False)["output_growth"].sum()
    falling = falling[falling <= 0]
    if len(falling):
        names = listed(falling.index)
        warnings.append(
            Text(
                f"{len(falling)} 个单位的产出没有增长，不计全要素生产率的贡献率：{names.zh}",
                f"output of {len(falling)} unit(s) did not grow; no share of TFP is given: "
                f"{names.en}",
            )
        )
    return warnings
