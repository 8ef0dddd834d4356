"""Why a firm is scored as it is: what sets it apart from the average firm, in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.core import Text
from xinzhi.plan.finance.scoring_model import Scorecard
from xinzhi.plan.finance.scoring_table import FirmYears

_COLUMNS = (
    *("firm", "year", "rank", "feature", "value", "average", "contribution", "odds_factor"),
    *("reason_zh", "reason_en"),
)


def reason_table(data: FirmYears, card: Scorecard, year: int, reasons: int) -> pd.DataFrame:
    """Return the features that move each firm's odds of default the most.

    Returns : one row a firm and reason, by size of the contribution to the log-odds; features
        that do not move the odds are no reasons
    """
    rows = np.flatnonzero((data.year == year) & data.complete)
    parts = card.contributions(data.values[rows])
    order = np.argsort(-np.abs(parts), axis=1, kind="stable")[:, :reasons]
    records = []
    for at, row in enumerate(rows):
        for rank, k in enumerate(order[at], start=1):
            part = float(parts[at, k])
            if part == 0:
                continue
            value, average = float(data.values[row, k]), float(card.mean[k])
            words = reason(card.features[k], value, average, part)
            records.append(
                (
                    *(data.firm[row], year, rank, card.features[k], value, average, part),
                    *(float(np.exp(part)), words.zh, words.en),
                )
            )
    return pd.DataFrame(records, columns=list(_COLUMNS))


def reason(feature: str, value: float, average: float, contribution: float) -> Text:
    """Say how a feature sets a firm apart and what that does to its odds of default.

    contribution : to the log-odds, not 0
    """
    above = value > average
    factor = float(np.exp(contribution))
    side = ("高于", "above") if above else ("低于", "below")
    return Text(
        f"{feature} 为 {value:.3g}，{side[0]}平均的 {average:.3g}："
        f"违约几率为平均企业的 {factor:.2f} 倍",
        f"{feature} is {value:.3g}, {side[1]} the average of {average:.3g}: "
        f"odds of default {factor:.2f} times those of an average firm",
    )
