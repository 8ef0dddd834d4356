"""The result of ``chokepoints``: its tables, and the charts that read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class ChokepointsResult(Result):
    """Tables: sectors, inputs, matrix, paths, tracks, supply, at_risk, assumptions, change.

    sectors : direct_dependence, total_dependence and the largest imported input of each sector
    inputs : criticality of each imported product, its rank with an interval, and all its parts
    matrix : direct and total dependence by imported product and using sector
    paths : chains of sectors by which imported products reach final output
    tracks : dependence of each track, with how much of the track its sectors cover
    supply : imported products → sectors of a track → uses, one row a flow
    at_risk : output lost to a fall of an imported product, under three assumptions
    assumptions : what each of the three says and leaves out
    change : dependence by year, where several tables were given
    """

    def plot(
        self,
        kind: str | None = None,
        lang: Language = "en",
        region: str | None = None,
        track: str | None = None,
    ) -> Any:
        """Return an Altair chart: one of dependence, criticality, supply and change.

        kind : ``dependence`` by default
        region : one of a table with several, the first by default
        track : whose supply is drawn, the first that the table carries by default
        """
        from xinzhi.structure import chokepoints_plots

        return chokepoints_plots.chokepoints_chart(self, kind or "dependence", lang, region, track)
