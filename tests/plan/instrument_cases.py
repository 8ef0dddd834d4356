"""Small tables of instruments for the tests."""

from __future__ import annotations

import pandas as pd
from hypothesis import strategies as st

from xinzhi.plan.finance.instruments_contracts import Contract, contract_of
from xinzhi.plan.finance.instruments_table import INSTRUMENT_KINDS, checked_instruments

BASE = {
    **{"instrument": "a", "kind": "loan", "amount": 100.0, "years": 2, "rate": 0.1},
    **{"default_probability": 0.1, "loss_given_default": 0.5},
}
EQUITY = {**BASE, "kind": "equity", "growth": 0.3, "volatility": 0.4, "state_share": 0.4}


def table(*rows: dict[str, object]) -> pd.DataFrame:
    """Return a table of rows that differ from a loan of 100 over two years."""
    return pd.DataFrame([{**BASE, "instrument": f"i{k}", **row} for k, row in enumerate(rows)])


def contract(**changes: object) -> Contract:
    """Return the contract of one row."""
    return contract_of(checked_instruments(pd.DataFrame([{**BASE, **changes}]), 0.15).iloc[0])


shares = st.floats(0.0, 1.0)
small = st.floats(0.0, 0.2)


@st.composite
def rows(draw: st.DrawFn) -> dict[str, object]:
    """Draw a row of any kind with all its columns."""
    rate = draw(small)
    return {
        **{"instrument": "a", "kind": draw(st.sampled_from(INSTRUMENT_KINDS)), "rate": rate},
        **{"amount": draw(st.floats(1.0, 1e4)), "years": draw(st.integers(1, 6))},
        **{"default_probability": draw(shares), "loss_given_default": draw(shares)},
        **{"state_share": draw(shares), "subsidy": draw(shares), "deductible": draw(shares)},
        **{"fee": draw(small), "cost": draw(small), "firms": draw(st.integers(1, 30))},
        **{"growth": draw(st.floats(-0.3, 0.5)), "volatility": draw(st.floats(0.0, 0.6))},
        **{"conversion": draw(st.floats(0.1, 2.0)), "turns": draw(st.integers(1, 12))},
        **{"carry": draw(small), "hurdle": draw(small), "return_cap": draw(small)},
        **{"step": rate * draw(shares), "step_up": draw(small), "step_year": 0.0},
        **{"target_probability": draw(shares), "correlation": draw(st.floats(0.0, 0.9))},
        **{"repayment": draw(st.sampled_from(["annuity", "bullet"]))},
    }
