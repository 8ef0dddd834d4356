"""What the frontier models return, and how it is drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, Language, Result, Text
from xinzhi.measure.productivity.observations import Observations, named
from xinzhi.measure.productivity.programs import OPTIMAL, STATUSES

Array = NDArray[np.float64]

REASONS = {
    "infeasible": Text("参考集中没有可行点", "no point of the reference reaches the unit"),
    "unbounded": Text("规划无界", "the program is unbounded"),
    "failed": Text("求解失败", "the program was not solved"),
}
RETURNS_NAME = Text("规模报酬", "returns")
ORIENTATION_NAME = Text("导向", "orientation")
EFFICIENCY_NAME = Text("效率值", "an efficiency")
_LEAST_WEIGHT = 1e-9


@dataclass(frozen=True)
class EfficiencyResult(Result):
    """Table ``efficiency`` first (unit, period where there is one, efficiency, …, status).

    Beside it, by model: ``slacks`` or ``targets``, one row a unit and variable, and ``peers``
    (unit, peer, weight). Chart: ``ranking``.
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return the ranking of units by efficiency as an Altair chart.

        Raises : InputError for a kind other than ``ranking``
        """
        if kind not in (None, "ranking"):
            raise InputError(
                Text(
                    f"没有名为 {kind} 的图；可选：ranking",
                    f"no chart named {kind}; there is: ranking",
                )
            )
        from xinzhi.measure.productivity import frontier_plots

        return frontier_plots.efficiency_chart(self, lang)


def efficiency_table(
    data: Observations, columns: Mapping[str, Any], status: NDArray[np.int8]
) -> pd.DataFrame:
    """Return the labels, the given columns and the status of each unit."""
    return data.labels.assign(**columns, status=[STATUSES[code] for code in status])


def unsolved_warning(data: Observations, status: NDArray[np.int8], what: Text) -> list[Text]:
    """Return one warning that names the units without a solution, none if all have one."""
    names = [name for name, code in zip(data.names, status, strict=True) if code != OPTIMAL]
    if not names:
        return []
    kinds = [STATUSES[code] for code in np.unique(status[status != OPTIMAL])]
    zh, en = named(names)
    why = (
        "、".join(REASONS[kind].zh for kind in kinds),
        ", ".join(REASONS[kind].en for kind in kinds),
    )
    return [
        Text(
            f"{len(names)} 个单元没有{what.zh}（{why[0]}）：{zh}",
            f"{len(names)} unit(s) without {what.en} ({why[1]}): {en}",
        )
    ]


def peers_table(data: Observations, weights: csr_array) -> pd.DataFrame:
    """Return unit, peer and weight of every positive weight."""
    pairs = weights.tocoo()
    kept = pairs.data > _LEAST_WEIGHT
    rows, columns = pairs.coords[0][kept], pairs.coords[1][kept]
    order = np.lexsort((columns, rows))
    table = data.labels.iloc[rows[order]].reset_index(drop=True)
    peer = data.labels.iloc[columns[order]].reset_index(drop=True)
    table["peer"] = peer["unit"]
    if "period" in peer:
        table["peer_period"] = peer["period"]
    table["weight"] = pairs.data[kept][order]
    return table


def variables_table(
    data: Observations, parts: Iterable[tuple[str, tuple[str, ...], Mapping[str, Array]]]
) -> pd.DataFrame:
    """Return one row a unit and variable: role, name, and the given columns (n, variables)."""
    frames = []
    for role, names, columns in parts:
        for place, name in enumerate(names):
            values = {key: array[:, place] for key, array in columns.items()}
            frames.append(data.labels.assign(role=role, variable=name, **values))
    table = pd.concat(frames, keys=range(len(frames)))
    return table.sort_index(level=1, kind="stable").reset_index(drop=True)
