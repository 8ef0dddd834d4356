"""The result of ``talent``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class TalentResult(Result):
    """Tables: stocks, flows, ages, structure, pipelines, plan, targets, budget, match, shortages,
    rates, fit.

    stocks : heads at each year's end with the plan and without
    flows : what moved in each year, by field and grade; changes of stocks are their signed sum
    ages : heads by age in the base year and the last
    structure : whether recruitment can keep today's pyramid, and where today's inflow leads
    pipelines : students and graduates
    plan, targets, budget : the least-cost plan, what it reaches and what it spends
    match, shortages : demand of an output plan against supply, and fields ranked by shortage
    rates, fit : calibrated rates with intervals, and the stocks they fit

    All are always there; those that need a table that was not given are empty.

    Charts: ``pyramid``, grades of each field today, without the plan and with it; ``stocks``, heads
    over the years; ``shortages``, fields ranked by shortage.
    """

    def plot(self, kind: str | None = None, lang: Language = "en", field: str | None = None) -> Any:
        """Return an Altair chart: pyramid, stocks or shortages.

        field : of pyramid and stocks, all together by default
        Raises : InputError for an unknown kind or field, and for shortages without a demand
        """
        from xinzhi.plan.talent.plots import talent_chart

        return talent_chart(self, kind, lang, field)
