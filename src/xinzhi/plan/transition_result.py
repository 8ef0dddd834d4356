"""The answer of ``transition``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from xinzhi.core import Language, Result


@dataclass(frozen=True)
class TransitionResult(Result):
    """A plan: tables ``plan``, ``duals``, ``balance``, ``budget``, ``employment``, ``emissions``,
    ``binding``, ``vintages``, ``components``, ``checks``.

    objective : of the plan, in money where the objective holds only value added and cost; a cost
        where it holds only cost
    status : ``optimal``
    """

    objective: float = float("nan")
    status: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return every table as records, and ``objective`` and ``status`` as scalars."""
        return {"objective": self.objective, "status": self.status, **super().to_dict()}

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return a chart: schedule (by default), capacity, output, budget or employment.

        Raises : InputError listing the kinds there are
        """
        from xinzhi.plan.transition_plots import draw

        return draw(self, kind or "schedule", lang)
