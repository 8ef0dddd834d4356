"""Charts of the frontier models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import Language, Text, chart

if TYPE_CHECKING:
    from xinzhi.measure.productivity.dea_result import EfficiencyResult

_MOST_SHOWN = 60
_VALUE = Text("效率值（1 = 前沿）", "Efficiency (1 = frontier)")


def efficiency_chart(result: EfficiencyResult, lang: Language) -> Any:
    """Draw one bar a unit, the most efficient first; at most 60 units."""
    table = result.tables["efficiency"].dropna(subset=["efficiency"])
    names = ["unit", "period"] if "period" in table else ["unit"]
    table = table.sort_values("efficiency", ascending=False, kind="stable")
    shown = table.head(_MOST_SHOWN)
    drawn = pd.DataFrame(
        {
            "label": [" ".join(map(str, row)) for row in shown[names].itertuples(index=False)],
            "value": shown["efficiency"].to_numpy(),
            "colour": [
                chart.hue(0) if value >= 1 else chart.QUIET for value in shown["efficiency"]
            ],
        }
    )
    best = int((table["efficiency"] >= 1).sum())
    title = Text(
        f"{len(table)} 个单元中有 {best} 个在前沿上",
        f"{best} of {len(table)} units on the frontier",
    )
    options = [str(result.parameters["method"]), str(result.parameters["returns"])]
    options += [
        str(result.parameters[k]) for k in ("orientation", "direction") if k in result.parameters
    ]
    subtitle = Text(f"效率值；{'，'.join(options)}", f"Efficiency; {', '.join(options)}")
    picture = chart.bars(drawn, _VALUE.get(lang), ".3f")
    return chart.finished(picture, title.get(lang), subtitle.get(lang))
