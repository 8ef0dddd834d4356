"""The result of ``watch``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.measure.drawing import Asked, ChartedResult


@dataclass(frozen=True)
class WatchResult(ChartedResult):
    """Tables: signals, board, performance, roc, probabilities, events, register.

    signals : each indicator's threshold and its record, in the years learnt from and out of sample
    board : a light for each region, year and indicator with the evidence, or why there is none
    performance : the composite, the benchmarks, the base rate and each indicator out of sample
    roc : hit rate against false-alarm rate of the composite and the benchmarks
    probabilities : what each of them said of each region and year
    events : every labelled event with the first signal of the composite before it
    register : the technology risks that were entered

    All are always there; those that need labelled events are empty without them.

    Charts: ``board``, the lights of the last year (symbol and word) or, without lights, where each
    indicator stands in its own history; ``indicator``, one indicator of one region against its
    threshold over time; ``roc``; ``record``, hits and false alarms of each method out of sample.
    """

    def plot(
        self,
        kind: str | None = None,
        lang: Any = "en",
        region: str | None = None,
        year: int | None = None,
        indicator: str | None = None,
    ) -> Any:
        """Return an Altair chart: board, indicator, roc or record.

        region, indicator : of the chart indicator, by default the first that has a threshold; on
            the board, a region stands alone; year : of the board, by default the last
        Raises : InputError for an unknown kind, region, year or indicator, and for roc and record
            where nothing was forecast
        """
        from xinzhi.stress.watch_plots import watch_chart

        return watch_chart(self, Asked(kind, lang, region, year), indicator)
