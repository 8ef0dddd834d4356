"""The result of ``shock``: its tables, and the charts that read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class ShockResult(Result):
    """Tables: total, sectors, path, regions, tracks, shortages, quick.

    total : gross loss, gain and net change of value added, output lost, demand unmet, and days
        until 99, 50 and 90 % of the greatest fall is made up; missing: not within the run
    sectors, regions, tracks : losses by region-sector, region and track
    path : value added, output and what capacity allows relative to the base year, day by day
    shortages : inputs that held back their users, the longest first
    quick : static measures of the same events, each with what it leaves out
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``recovery`` (default), ``loss``, ``tracks``, ``shortages``."""
        from xinzhi.stress import shock_plots

        return shock_plots.shock_chart(self, kind or "recovery", lang)
