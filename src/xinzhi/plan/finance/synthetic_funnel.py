"""Synthetic tables for the funnel: invented firms, which say so in every stage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.plan.finance.funnel_spells import CENSORED, EXITS

MARK = "（合成 synthetic）"
_BASE_YEAR = 2025
_WINDOW = 15.0  # years of observation before the base year's end
# name, chances of EXITS, mean years, money raised [10,000 yuan]
_STAGES = (
    ("天使", (0.45, 0.00, 0.05, 0.50), 1.2, 300.0),
    ("A 轮", (0.50, 0.00, 0.10, 0.40), 1.6, 2_000.0),
    ("B 轮", (0.50, 0.02, 0.18, 0.30), 1.8, 8_000.0),
    ("成长期", (0.45, 0.15, 0.20, 0.20), 2.2, 25_000.0),
    ("上市前", (0.00, 0.60, 0.25, 0.15), 2.5, 50_000.0),
)
_ENTRANTS = 400.0
_COVERED = (0.9, 0.7, 0.8, 1.0, 1.1)  # supply over demand at these chances


def synthetic_funnel_tables(seed: int = 0, firms: int = 1_200) -> dict[str, pd.DataFrame]:
    """Generate spells, stages, supply and crowding; every stage is called synthetic.

    firms : that enter the first stage, evenly over fifteen years; whoever is still in a stage at
        their end is censored
    Returns : tables whose times are Weibull with shape 1.5, whose supply runs short in the second
        stage, and whose crowding-in is marked as an assumption
    """
    random = np.random.default_rng(seed)
    end = _BASE_YEAR + 1.0
    names = [f"{name}{MARK}" for name, *_ in _STAGES]
    clock = end - _WINDOW * random.uniform(size=firms)
    alive = np.arange(firms)
    parts = []
    for name, (_, chances, years, size) in zip(names, _STAGES, strict=True):
        stay = random.weibull(1.5, len(alive)) * years / 0.9027  # the mean of Weibull(1.5)
        outcome = random.choice(len(EXITS), len(alive), p=chances)
        start = clock[alive]
        seen = start + stay <= end
        parts.append(
            pd.DataFrame(
                {
                    "firm": [f"F{firm + 1:04d}{MARK}" for firm in alive],
                    "stage": name,
                    "start": np.round(start, 3),
                    "end": np.round(np.minimum(start + stay, end), 3),
                    "outcome": np.where(seen, np.array(EXITS)[outcome], CENSORED),
                    "amount": np.round(size * random.lognormal(-0.125, 0.5, len(alive)), 1),
                }
            )
        )
        on = seen & (outcome == EXITS.index("next"))
        clock[alive[on]] = start[on] + stay[on]
        alive = alive[on]
    chance = np.cumprod([1.0, *(chances[0] for _, chances, *_ in _STAGES[:-1])])
    needed = _ENTRANTS * chance * [size for *_, size in _STAGES]
    return {
        "spells": pd.concat(parts, ignore_index=True),
        "stages": pd.DataFrame(
            {"stage": names, "entrants": [_ENTRANTS, 0, 0, 0, 0], "round_size": np.nan}
        ),
        "supply": _supply(names, needed),
        "crowding": pd.DataFrame(
            {
                "stage": names,
                "multiplier": [1.5, 2.5, 2.0, 1.0, 0.3],
                "low": [0.5, 1.2, 0.9, 0.4, -0.2],
                "high": [2.6, 4.0, 3.1, 1.7, 0.8],
                "halving": [40_000.0, 80_000.0, 150_000.0, np.nan, np.nan],
                "basis": "assumption",
            }
        ),
    }


def _supply(names: list[str], needed: np.ndarray) -> pd.DataFrame:
    """Return money of three sources over three years; the later the stage, the less is public."""
    public = (0.5, 0.35, 0.25, 0.15, 0.05)
    rows = []
    for year in range(_BASE_YEAR + 1, _BASE_YEAR + 4):
        growth = 1.03 ** (year - _BASE_YEAR - 1)
        for name, money, covered, share in zip(names, needed, _COVERED, public, strict=True):
            total = np.round(money * covered * growth)
            for source, part, kind in (
                ("政府引导基金", share, 1.0),
                ("创业投资", (1 - share) * 0.8, 0.0),
                ("银行科技信贷", (1 - share) * 0.2, 0.0),
            ):
                rows.append((name, f"{source}{MARK}", year, np.round(total * part), kind))
    return pd.DataFrame(rows, columns=["stage", "source", "year", "amount", "public"])
