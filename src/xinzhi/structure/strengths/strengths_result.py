"""The result of ``strengths``: its tables, and the charts that read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class StrengthsResult(Result):
    """Tables, each with its columns; those that need more than there is have no rows.

    regions : diversity, ECI, COI, fitness and specialisation of each region and year
    activities : ubiquity, PCI, complexity after Tacchella and concentration of each activity
    pairs : location quotient, presence, density and COG of each region and activity
    shift_share : components of each region's change between the first year and the last
    fields : growth, life-cycle stage and leaders of each activity
    changes : entries and exits of each region over each window of years
    events : the entries and exits of the last window one by one
    prediction : how well density foretold the entries, beside two baselines
    calibration : how often candidates entered, by density
    leapfrogging : activities that are early, still open and close, by region
    recommendations : strengths to lengthen and gaps to close, with their evidence
    space, links : the activities as a network
    """

    def plot(
        self, kind: str | None = None, lang: Language = "en", region: str | None = None
    ) -> Any:
        """Return an Altair chart: one of opportunities, complexity, space and prediction.

        kind : ``opportunities`` by default where there is a complexity, else ``complexity``
        region : whose opportunities and presence are drawn; the first by default
        """
        from xinzhi.structure.strengths.strengths_plots import strengths_chart

        return strengths_chart(self, kind, lang, region)
