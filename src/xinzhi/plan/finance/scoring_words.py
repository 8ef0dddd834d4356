"""What a reader must know before quoting scores."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from xinzhi.core import Text


def score_warnings(found: Mapping[str, pd.DataFrame]) -> list[Text]:
    """Return notes on scores: how the test went, and who could not be scored.

    found : what ``score_firms`` returned
    """
    notes = []
    (card,) = found["score_quality"].query("method == 'scorecard'").to_dict("records")
    year = card["tested_on"]
    if card["auc_low"] <= 0.5:
        notes.append(
            Text(
                f"在 {year} 年的检验中，评分的 AUC 区间包含 0.5，不能断定优于随机",
                f"in the test on {year} the interval of the scorecard's AUC includes 0.5: it may "
                "be no better than chance",
            )
        )
    if card["brier_skill"] <= 0:
        notes.append(
            Text(
                f"在 {year} 年的检验中，违约概率的 Brier 分数不优于统一使用平均违约率"
                f"（预计 {card['expected_defaults']:.0f} 家，实际 {card['defaults']} 家）："
                "排序可用，概率慎用",
                f"in the test on {year} the probabilities were no closer than the average rate for "
                f"all (Brier score; {card['expected_defaults']:.0f} defaults expected, "
                f"{card['defaults']} seen): use the order, and the probabilities with care",
            )
        )
    unscored = int(np.isnan(found["scores"]["default_probability"].to_numpy(float)).sum())
    if unscored:
        notes.append(
            Text(
                f"{unscored} 家企业缺少特征，没有评分",
                f"{unscored} firms lack a feature and have no score",
            )
        )
    return notes
