"""Synthetic challenges, boxes and contracts for the mechanisms; every name says so."""

from __future__ import annotations

import numpy as np
import pandas as pd

_MARK = "（合成 synthetic）"
# value of a delivery; odds of one team; years to it and their spread; deadline; cost of a team;
# odds, time and cost of the milestone; correlation; share of the value that the team keeps
_FIGURES = (
    ("光刻光源", 60_000.0, 0.25, 4.0, 1.5, 6.0, 5_000.0, 0.50, 1.5, 1_200.0, 0.5, 0.30),
    ("靶点药物", 40_000.0, 0.15, 5.0, 2.0, 8.0, 4_000.0, 0.35, 2.0, 1_000.0, 0.2, 0.20),
    ("工业软件", 12_000.0, 0.50, 2.0, 0.8, 3.0, 1_500.0, 0.70, 0.5, 300.0, 0.3, 0.35),
)


def synthetic_mechanism_tables(seed: int = 0) -> dict[str, pd.DataFrame]:
    """Generate ``challenges``, ``boxes`` and ``risks``; money in units of 10,000 yuan.

    Figures are invented and move by up to a tenth with the seed.
    """
    random = np.random.default_rng(seed)
    rows, boxes = [], []
    for name, value, p, mean, spread, deadline, cost, q, early, first, rho, kept in _FIGURES:
        label = f"{name}{_MARK}"
        moved = random.uniform(0.9, 1.1, 2)
        rows.append(
            {
                "challenge": label,
                "value": round(value * moved[0], -2),
                "success_probability": p,
                "duration": mean,
                "duration_sd": spread,
                "deadline": deadline,
                "cost": round(cost * moved[1], -1),
                "milestone_probability": q,
                "milestone_time": early,
                "milestone_cost": round(first * moved[1], -1),
                "keep": 3,
                "correlation": rho,
                "state_share": 0.8,
                "appropriability": kept,
                "prize": np.nan,
                "prize_state_share": 0.3,
            }
        )
        for route, chance, size, price, years in (
            ("改进路线", 0.6, 0.4, 0.5, 0.4),
            ("跨越路线", 0.2, 1.2, 0.7, 0.7),
            ("引进再创新", 0.8, 0.25, 0.3, 0.3),
        ):
            outcome = {
                "challenge": label,
                "box": f"{route}{_MARK}",
                "cost": round(price * cost * moved[1], -1),
                "duration": round(years * mean, 1),
            }
            worth = round(size * value * moved[0], -2)
            boxes += [
                {**outcome, "value": worth, "probability": chance},
                {**outcome, "value": 0.0, "probability": 1 - chance},
            ]
    risks = pd.DataFrame(
        [
            (f"免赔{_MARK}", 0.0, 300.0, 0.0, 1.0, 0.0),
            (f"共担{_MARK}", 300.0, 2_000.0, 0.5, 0.2, 0.3),
            (f"保险{_MARK}", 2_000.0, 4_000.0, 0.0, 0.1, 0.9),
            (f"兜底{_MARK}", 4_000.0, np.nan, 0.8, 0.2, 0.0),
        ],
        columns=[
            *("layer", "attachment", "limit", "state_share", "firm_share", "insurer_share"),
        ],
    )
    return {"challenges": pd.DataFrame(rows), "boxes": pd.DataFrame(boxes), "risks": risks}
