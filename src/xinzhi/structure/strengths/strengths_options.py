"""What ``strengths`` asks beyond the conventions of complexity, each with a default."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.structure.strengths.logistic_fit import Form


@dataclass(frozen=True)
class StrengthsOptions:
    """Windows, criteria and draws.

    horizon : years between the start and the end of a window of entries, and over which growth is
        measured
    precision_at : so many candidates of each region are taken to measure the precision
    form, breaks : of the life cycle (``life_cycles``)
    leading, open_share, closeness : of leapfrogging (``leapfrogging``)
    draws : how often regions are drawn anew for the stability of recommendations; the intervals of
        the prediction take five times as many
    confidence : of every interval
    """

    horizon: int = 5
    precision_at: int = 10
    form: Form = "level"
    breaks: tuple[int, ...] = ()
    leading: int = 3
    open_share: float = 0.5
    closeness: float = 2 / 3
    draws: int = 200
    confidence: float = 0.95

    def __post_init__(self) -> None:
        for name in ("horizon", "precision_at", "draws"):
            value = getattr(self, name)
            if value < 1:
                raise InputError(
                    Text(
                        f"{name} 为 {value}，应不小于 1", f"{name} is {value}; it must be 1 or more"
                    )
                )

    def parameters(self) -> dict[str, Any]:
        """Return every option in force, as a result records them."""
        return {**asdict(self), "breaks": list(self.breaks)}
