"""Small funnels for the tests of ``finance``."""

from __future__ import annotations

import numpy as np
import pandas as pd

ORDER = ("angel", "A", "pre-IPO")


def spells(*rows: tuple[str, str, float, str]) -> pd.DataFrame:
    """Return spells of firm, stage, years and outcome; without rows a funnel of eight firms.

    Of eight, four leave for A and one is acquired; of the four two go on; one of those lists.
    """
    usual = (
        *(("a", "angel", 1.0, "next"), ("b", "angel", 1.0, "next"), ("c", "angel", 2.0, "next")),
        *(("d", "angel", 3.0, "next"), ("e", "angel", 1.0, "failed")),
        *(("f", "angel", 2.0, "failed"), ("g", "angel", 3.0, "failed")),
        ("h", "angel", 1.0, "acquired"),
        *(("a", "A", 1.0, "next"), ("b", "A", 3.0, "next"), ("c", "A", 2.0, "failed")),
        ("d", "A", 2.0, "acquired"),
        *(("a", "pre-IPO", 2.0, "listed"), ("b", "pre-IPO", 1.0, "failed")),
    )
    columns = ["firm", "stage", "duration", "outcome"]
    return pd.DataFrame(list(rows or usual), columns=columns)


def many(firms: int, seed: int = 0, seen: float = 6.0) -> pd.DataFrame:
    """Return censored spells of many firms in three stages, with amounts."""
    random = np.random.default_rng(seed)
    rows = []
    for firm in range(firms):
        left = random.uniform(0.5, seen)
        for place, stage in enumerate(ORDER):
            stay = random.weibull(1.5)
            last = place == len(ORDER) - 1
            chances = (0.0, 0.6, 0.1, 0.3) if last else (0.6, 0.05, 0.1, 0.25)
            outcome = random.choice(["next", "listed", "acquired", "failed"], p=chances)
            amount = 10.0 * (place + 1) * random.uniform(0.5, 1.5)
            if stay > left:
                rows.append((f"{firm}", stage, left, "censored", amount))
                break
            rows.append((f"{firm}", stage, stay, outcome, amount))
            left -= stay
            if outcome != "next":
                break
    return pd.DataFrame(rows, columns=["firm", "stage", "duration", "outcome", "amount"])
