"""The result of ``finance``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result

FUNNEL = ("stages", "exits", "survival", "incidence", "listing", "gap", "crowding", "budget")
GUARANTEE = (
    *("fund", "fund_losses", "fund_bearers", "fund_layers", "fund_borrowing"),
    *("fund_stress", "fund_stress_sectors"),
)
INSTRUMENTS = (*("instruments", "instrument_flows", "instrument_portfolio", "instrument_frontier"),)
SCORING = (
    *("scores", "score_reasons", "score_quality", "score_calibration"),
    *("score_coefficients", "score_ratings"),
)


@dataclass(frozen=True)
class FinanceResult(Result):
    """Tables of four parts; all are always there, those of a part without input empty.

    stages, exits, survival, incidence, listing : the funnel by stage: chances, times and how it is
        left, with intervals
    gap, crowding, budget : demand for money against supply; stages ranked by the private money that
        public money brings; supply by source and year, for a transition case
    fund, fund_losses, fund_bearers, fund_layers, fund_borrowing, fund_stress,
        fund_stress_sectors : the guarantee fund
    instruments, instrument_flows, instrument_portfolio, instrument_frontier : instruments as cash
        flows between firm, investor and state, and portfolios of them
    scores, score_reasons, score_quality, score_calibration, score_coefficients, score_ratings :
        probabilities of default of small firms, why, and how well they held up

    Charts: ``stages``, the chance of listing; ``survival``, who is still in each stage; ``gap``;
    ``crowding``; ``fund``, quantiles of losses; ``frontier``, value and risk of portfolios;
    ``calibration`` of scores.
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart of one of the kinds, by default the first that has rows.

        Raises : InputError for an unknown kind, and for one whose table is empty
        """
        from xinzhi.plan.finance.plots import finance_chart

        return finance_chart(self, kind, lang)
