"""Synthetic tables for all of ``finance``: invented firms, loans and terms, which say so."""

from __future__ import annotations

import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.finance.synthetic_funnel import MARK, synthetic_funnel_tables
from xinzhi.plan.finance.synthetic_guarantee import synthetic_guarantee_tables
from xinzhi.plan.finance.synthetic_instruments import synthetic_instrument_tables
from xinzhi.plan.finance.synthetic_scoring import synthetic_scoring_tables

SYNTHETIC = Text(
    "合成数据：随机生成，不是任何地区的统计",
    "Synthetic data: generated at random, statistics of no region",
)
SYNTHETIC_FUND = f"担保基金{MARK}"
SYNTHETIC_LENDER = f"银行{MARK}"
SYNTHETIC_OWN_FUNDS = 10_000.0


def synthetic_finance_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate every table of ``finance``; stages, firms, loans and instruments say synthetic.

    The guarantee fund is called ``SYNTHETIC_FUND``, the bank ``SYNTHETIC_LENDER``; own funds that
    fit are ``SYNTHETIC_OWN_FUNDS``
    """
    return {
        **synthetic_funnel_tables(seed),
        **synthetic_guarantee_tables(seed),
        **synthetic_instrument_tables(seed),
        **synthetic_scoring_tables(seed),
    }
