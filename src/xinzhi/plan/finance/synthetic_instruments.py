"""A synthetic table of instruments: invented terms, which say so in every name."""

from __future__ import annotations

import numpy as np
import pandas as pd

_MARK = "（合成 synthetic）"
_ROWS: tuple[dict[str, object], ...] = (
    {
        **{"instrument": "科技贷款", "kind": "loan", "amount": 20_000.0, "years": 3, "firms": 100},
        **{"rate": 0.045, "fee": 0.005, "subsidy": 0.3, "state_share": 0.5, "cost": 0.01},
        **{"default_probability": 0.03, "loss_given_default": 0.6, "benefit": 0.06},
    },
    {
        **{"instrument": "研发保险", "kind": "insurance", "amount": 8_000.0, "years": 2},
        **{"firms": 40, "rate": 0.05, "subsidy": 0.5, "state_share": 0.2, "deductible": 0.2},
        **{"cost": 0.005, "default_probability": 0.08, "loss_given_default": 0.5, "benefit": 0.05},
    },
    {
        **{"instrument": "直接投资", "kind": "equity", "amount": 5_000.0, "years": 6, "firms": 10},
        **{"growth": 0.25, "volatility": 0.4, "state_share": 0.4, "cost": 0.01},
        **{"default_probability": 0.15, "loss_given_default": 0.8, "benefit": 0.1},
    },
    {
        **{"instrument": "母基金", "kind": "fund_of_funds", "amount": 30_000.0, "years": 7},
        **{"firms": 60, "growth": 0.22, "volatility": 0.4, "state_share": 0.3, "cost": 0.02},
        **{"carry": 0.2, "hurdle": 0.08, "return_cap": 0.06, "default_probability": 0.12},
        **{"loss_given_default": 0.8, "benefit": 0.08},
    },
    {
        **{"instrument": "可转债", "kind": "convertible", "amount": 6_000.0, "years": 4},
        **{"firms": 12, "rate": 0.03, "growth": 0.2, "volatility": 0.4, "conversion": 0.8},
        **{"state_share": 0.5, "default_probability": 0.08, "loss_given_default": 0.6},
        **{"benefit": 0.08},
    },
    {
        **{"instrument": "应收账款融资", "kind": "supply_chain", "amount": 10_000.0, "years": 1},
        **{"firms": 50, "rate": 0.05, "fee": 0.002, "turns": 4, "state_share": 0.3},
        **{"default_probability": 0.01, "loss_given_default": 0.4, "benefit": 0.02},
    },
    {
        **{"instrument": "转型贷款", "kind": "transition_loan", "amount": 15_000.0, "years": 5},
        **{"firms": 20, "rate": 0.05, "step": 0.01, "step_year": 2, "target_probability": 0.7},
        **{"subsidy": 0.1, "state_share": 0.4, "default_probability": 0.02},
        **{"loss_given_default": 0.5, "benefit": 0.07},
    },
)


def synthetic_instrument_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate table ``instruments`` with one row of each kind; every name is called synthetic.

    seed : moves amounts by up to a fifth
    """
    random = np.random.default_rng(seed)
    table = pd.DataFrame(list(_ROWS))
    table["instrument"] = table["instrument"] + _MARK
    table["amount"] = np.round(table["amount"] * random.uniform(0.8, 1.2, len(table)), -2)
    return {"instruments": table}
