"""The dictionary of indicators: what a heading means, in which unit, within which range."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Literal

from xinzhi.core import Text, text_from
from xinzhi.data.names import name_key

Kind = Literal["stock", "flow", "ratio"]


@dataclass(frozen=True)
class IndicatorInfo:
    """One indicator.

    unit : id of the default unit
    kind : stock (at a date), flow (over a year), or ratio (does not add up over regions)
    low, high : plausible range in ``unit``; None where there is no bound
    note : what the figure leaves out or mixes, None where there is nothing to say
    """

    id: str
    title: Text
    unit: str
    kind: Kind
    aliases: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    note: Text | None = None


@cache
def indicators() -> Mapping[str, IndicatorInfo]:
    """Return every known indicator by its id."""
    document = tomllib.loads(
        (resources.files("xinzhi.data") / "indicators.toml").read_text("utf-8")
    )
    return MappingProxyType(
        {
            name: IndicatorInfo(
                id=name,
                title=text_from(entry["title"], name),
                unit=entry["unit"],
                kind=entry["kind"],
                aliases=tuple(entry.get("aliases", ())),
                low=entry.get("low"),
                high=entry.get("high"),
                note=text_from(entry["note"], "") if "note" in entry else None,
            )
            for name, entry in document.items()
        }
    )


def find_indicator(name: str) -> str | None:
    """Return the id of the indicator with this id, title or alias, None if it is not known.

    Case, blanks, underscores and full-width forms make no difference.
    """
    return _by_name().get(name_key(name))


def nearest_indicator(name: str, known: Iterable[str]) -> str | None:
    """Return the one of ``known`` ids whose id or title is spelled most like ``name``."""
    spellings: dict[str, str] = {}
    for key in known:
        info = indicators().get(key)
        for spelling in (key, *(info.title if info else ())):
            spellings.setdefault(name_key(spelling), key)
    alias = find_indicator(name)
    if alias in spellings.values():
        return alias
    near = difflib.get_close_matches(name_key(name), list(spellings), 1, 0.6)
    return spellings[near[0]] if near else None


@cache
def _by_name() -> dict[str, str]:
    found = {name_key(name): name for name in indicators()}
    for info in indicators().values():
        for spelling in (*info.title, *info.aliases):
            found.setdefault(name_key(spelling), info.id)
    return found
