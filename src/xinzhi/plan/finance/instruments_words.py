"""What a reader must know before quoting numbers of instruments."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from xinzhi.core import Text


def instrument_warnings(
    instruments: pd.DataFrame, found: Mapping[str, pd.DataFrame], draws: int
) -> list[Text]:
    """Return notes on a table of instruments and what was computed of it.

    instruments : the table that went in; found : what ``instrument_tables`` returned
    """
    notes = []
    measures = found["instruments"]
    benefit = pd.to_numeric(instruments.get("benefit", pd.Series(dtype=float)), errors="coerce")
    if not (benefit.fillna(0.0) > 0).any():
        notes.append(
            Text(
                "没有给出公共效益 benefit：组合只比较财政收支，补贴类工具不会入选",
                "no benefit to the public is given: portfolios compare money only, so that "
                "instruments that only cost are not chosen",
            )
        )
    simulated = [str(name) for name in measures.loc[~measures["exact"], "instrument"]]
    if simulated:
        notes.append(
            Text(
                f"收益与风险由 {draws} 次抽样得到（分配条款没有闭式解）：{'、'.join(simulated)}",
                f"return and risk come from {draws} draws, for want of a closed form of the terms: "
                f"{', '.join(simulated)}",
            )
        )
    return notes
