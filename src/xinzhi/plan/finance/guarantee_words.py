"""What to know of a guarantee fund before quoting a number."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.finance.guarantee_fund import GuaranteeOptions

_MOST_SHOWN = 6


def guarantee_warnings(
    loans: pd.DataFrame, found: Mapping[str, pd.DataFrame], options: GuaranteeOptions
) -> list[Text]:
    """Return notes on assumptions taken, on funds that fall short and on fees that are too high.

    loans : the table that went in; found : the tables of ``guarantee_fund``
    """
    notes = []
    if "correlation" not in loans and options.correlation is None:
        notes.append(
            Text(
                "没有给出资产相关系数：按巴塞尔协议“其他零售”的约定取值，不是对本地的估计",
                "no asset correlation is given: it is Basel's convention for other retail loans, "
                "not an estimate for the region",
            )
        )
    if options.lender not in set(found["fund_bearers"]["bearer"]):
        notes.append(
            Text(
                f"分担表中没有贷款方 {options.lender}：担保后的利率按贷款方不承担损失计算",
                f"the lender {options.lender} is no bearer of losses: rates with the guarantee are "
                "those of a lender who bears none",
            )
        )
    notes += _short_of_funds(found, options)
    dearer = found["fund_borrowing"].query("saving < 0")
    if len(dearer):
        names, fee = _listed(dearer["rating"]), float(dearer["fee"].iloc[0])
        notes.append(
            Text(
                f"担保费率 {fee:.2%} 高于担保给企业省下的利息，涉及评级：{names.zh}",
                f"the fee of {fee:.2%} is above what the guarantee saves firms of ratings "
                f"{names.en}",
            )
        )
    return notes


def _short_of_funds(found: Mapping[str, pd.DataFrame], options: GuaranteeOptions) -> list[Text]:
    """Return notes on capital above the fund's own funds, without a shock and with one."""
    if options.own_funds is None:
        return []
    notes = []
    lacking = float(found["fund"]["capital"].iloc[0]) - options.own_funds
    if lacking > 0:
        notes.append(
            Text(
                f"在置信水平 {options.confidence:g} 下，担保基金的自有资金还差 {lacking:,.4g}",
                f"at the confidence level {options.confidence:g} the fund is {lacking:,.4g} short "
                "of own funds",
            )
        )
    stress = found["fund_stress"].iloc[1:]
    hit = stress[stress["capital_needed"] > options.own_funds]
    if len(hit):
        names = _listed(hit["scenario"])
        notes.append(
            Text(
                f"自有资金不足以承受的情景：{names.zh}",
                f"scenarios beyond the fund's own funds: {names.en}",
            )
        )
    return notes


def _listed(labels: pd.Series[str]) -> Text:
    names = [str(label) for label in labels]
    rest = len(names) - _MOST_SHOWN
    more = (f" 等 {len(names)} 个", f" and {rest} more") if rest > 0 else ("", "")
    shown = names[:_MOST_SHOWN]
    return Text("、".join(shown) + more[0], ", ".join(shown) + more[1])
