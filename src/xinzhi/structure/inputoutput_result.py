"""The result of ``inputoutput``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class InputOutputResult(Result):
    """Tables: sectors, linkages, extraction, economy, primary_multipliers, and others.

    The others, where the table allows them, are type_two_multipliers, satellite_multipliers,
    integration, integration_summary, tracks, exports, exports_total, exports_decomposed,
    exports_bilateral, footprints, effects and effects_total. Multipliers of a satellite account
    are in the account's unit, ``units`` under ``satellite_multipliers.CODE``, per unit of final
    demand.
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``linkages`` (default), ``multipliers`` or ``extraction``."""
        from xinzhi.structure import inputoutput_plots

        return inputoutput_plots.inputoutput_chart(self, kind or "linkages", lang)
