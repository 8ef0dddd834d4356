"""The result of ``innovation``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class InnovationResult(Result):
    """Tables of what was asked for; those whose input was not given are empty, and stand last.

    mechanisms, teams, search, risk, simulation : each challenge under each mechanism, by number of
        teams, the order of a search, who bears which loss, and the draws beside what is exact
    stages, pipelines, arrivals, pipeline_quantiles, bottlenecks, phases, available_from : the
        pipeline, exact beside simulated, and the year from which a plan may count on it
    conversions, conversion_bottlenecks : rates between public figures of regions, with intervals
    portfolio, portfolio_total, portfolio_frontier, portfolio_limits : what to fund under the limits
    stock, elasticities, lags, tests, fits : knowledge and what it brings

    Charts: ``mechanisms``, net value of each; ``arrivals``, when projects arrive; ``stages``, how
    many get how far; ``teams``, success by number of teams; ``frontier``, value and risk of
    portfolios.
    """

    def plot(self, kind: str | None = None, lang: Language = "en", name: str | None = None) -> Any:
        """Return an Altair chart: mechanisms, arrivals, stages, teams or frontier.

        name : of one challenge (mechanisms, teams) or pipeline (arrivals, stages); all by default,
            for ``teams`` the first
        Raises : InputError for an unknown kind or name, and where the table is empty
        """
        from xinzhi.plan.innovation.plots import innovation_chart

        return innovation_chart(self, kind, lang, name)
