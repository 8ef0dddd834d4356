"""What results that draw themselves share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from xinzhi.core import Language, Result


class Asked(NamedTuple):
    """Which chart is asked for; None takes the default of the result."""

    kind: str | None = None
    lang: Language = "en"
    region: str | None = None
    year: int | None = None


@dataclass(frozen=True)
class ChartedResult(Result):
    """A result with charts; the documentation of each kind of result lists them."""

    def plot(
        self,
        kind: str | None = None,
        lang: Language = "en",
        region: str | None = None,
        year: int | None = None,
    ) -> Any:
        """Return an Altair chart.

        kind : one of those that the result's documentation lists, the first by default
        region : the one to bring out, by default the first in rank or in order; year : the last by
            default. A chart that shows all regions or years takes no account of them
        Raises : InputError for an unknown kind, region or year
        """
        return self._drawn(Asked(kind, lang, region, year))

    def _drawn(self, asked: Asked) -> Any:
        raise NotImplementedError
