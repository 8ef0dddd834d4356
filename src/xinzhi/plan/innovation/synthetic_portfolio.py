"""Synthetic projects and limits for the portfolio; every name says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

_MARK = "（合成 synthetic）"
_FIRST_YEAR = 2026
_SPENDING = (0.3, 0.4, 0.3)  # of the cost in each year
_FIELDS = ("集成电路", "生物医药", "人工智能")
# kind of project; basic research; odds of one team; cost of it; value of success over its cost
_KINDS = (
    ("前沿探索", 1, 0.25, 1_500.0, 6.5),
    ("机理研究", 1, 0.35, 2_500.0, 4.5),
    ("共性技术", 1, 0.45, 3_000.0, 3.5),
    ("中试验证", 0, 0.60, 4_000.0, 2.4),
    ("工程化", 0, 0.75, 6_000.0, 1.7),
)
# mechanism; factor on the odds; on what is paid in any case; on what is paid on success; people
_MECHANISMS = (
    ("资助 grant", 1.0, 1.0, 0.0, 1.0),
    ("赛马 race", 1.5, 1.8, 0.0, 2.0),
    ("揭榜挂帅 call", 0.9, 0.3, 1.5, 1.0),
)


def synthetic_portfolio_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate ``projects`` and ``limits``; money in units of 10,000 yuan, people a year.

    Fifteen projects of three fields, each by three mechanisms over three years. Figures are
    invented and move by up to a fifth with the seed.
    """
    random = np.random.default_rng(seed)
    rows = []
    for field in _FIELDS:
        for kind, basic, odds, cost, worth in _KINDS:
            moved = random.uniform(0.8, 1.2, 3)
            price = round(cost * moved[0], -1)
            for mechanism, better, certain, on_success, teams in _MECHANISMS:
                row = {
                    "project": f"{field}{kind}{_MARK}",
                    "mechanism": mechanism,
                    "field": f"{field}{_MARK}",
                    "high_risk": basic,
                    "success_probability": round(min(0.95, odds * better * moved[1]), 3),
                    "value": round(worth * price * moved[2], -1),
                }
                rows += [
                    {
                        **row,
                        "year": _FIRST_YEAR + k,
                        "cost": round(share * certain * price, 1),
                        "payment": round(on_success * price, 1) if k == 2 else 0.0,
                        "people": round(price / 200 * teams, 1),
                    }
                    for k, share in enumerate(_SPENDING)
                ]
    years = [_FIRST_YEAR + k for k in range(len(_SPENDING))]
    limits = pd.DataFrame(
        [
            *(("budget", "", year, np.nan, 12_000.0) for year in years),
            *(("capability", "people", year, np.nan, 220.0) for year in years),
            ("field_share", "", np.nan, np.nan, 0.5),
            ("field_count", "", np.nan, 2, np.nan),
            ("cvar", "", np.nan, np.nan, 6_000.0),
        ],
        columns=["limit", "of", "year", "at_least", "at_most"],
    )
    return {"projects": pd.DataFrame(rows), "limits": limits}
