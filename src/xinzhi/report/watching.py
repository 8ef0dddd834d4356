"""What a user adds to the figures for early warning."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from xinzhi.core import InputRecord
from xinzhi.data.event_labels import EventLabels
from xinzhi.data.risk_register import RiskRegister


class Watching(NamedTuple):
    """What a user adds to the figures: labelled events, the register, and the date it is read."""

    events: EventLabels | None = None
    register: RiskRegister | None = None
    as_of: date | None = None

    @property
    def records(self) -> tuple[InputRecord, ...]:
        """Return the files that were given."""
        return tuple(one.record for one in (self.events, self.register) if one is not None)


NOTHING_WATCHED = Watching()
