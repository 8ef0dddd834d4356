"""Finding rows that give the same figure twice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.core import Text
from xinzhi.data.cells import text_of
from xinzhi.data.findings import Finding, listed
from xinzhi.data.longtable import Places

Codes = npt.NDArray[np.int64]


def duplicates(
    frame: pd.DataFrame, places: Places, order: Codes, keys: tuple[Codes, ...]
) -> list[Finding]:
    """Return a finding for every group of rows that share a key.

    order : positions of the rows to compare, sorted so that equal keys stand side by side
    keys : one integer a row and column of the key, -1 where the cell was at fault
    """
    if len(order) < 2:
        return []
    same = np.ones(len(order) - 1, dtype=bool)
    for key in keys:
        same &= (key[order][1:] == key[order][:-1]) & (key[order][1:] >= 0)
    starts = np.flatnonzero(same & ~np.r_[False, same[:-1]])
    groups: dict[tuple[int | str, ...], list[int]] = {}
    for start in starts.tolist():
        stop = start + 1
        while stop < len(same) and same[stop]:
            stop += 1
        members = sorted(order[start : stop + 1].tolist())
        groups.setdefault(tuple(places.rows[i] for i in members), []).append(members[0])
    findings = []
    for rows, firsts in groups.items():
        cells = [text_of(frame[c].iloc[firsts[0]]) for c in ("region", "year")]
        what = listed(text_of(frame["indicator"].iloc[i]) for i in firsts)
        shown = listed(rows)
        findings.append(
            Finding(
                Text(
                    f"重复：第 {shown.zh} 行都给出 {'、'.join(cells)} 年的 {what.zh}",
                    f"duplicate: rows {shown.en} all give {', '.join(cells)}: {what.en}",
                ),
                row=rows[0],
            )
        )
    return findings
