"""Units of measurement: their names in two languages, their dimension, and conversion."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import xarray as xr

from xinzhi.core import InputError, Text

Values = TypeVar("Values", float, npt.NDArray[np.float64], xr.DataArray)

UNSPECIFIED = "unspecified"
_COUNTED = (
    *("items", "units", "patents", "applications", "papers", "projects", "contracts"),
    *("institutions", "centres", "companies"),
)
_BLANKS = re.compile(r"[\s\u200b\ufeff_-]+")


@dataclass(frozen=True)
class Unit:
    """A unit: ``factor`` times the base unit of its ``dimension`` (base name → exponent)."""

    id: str
    title: Text
    aliases: tuple[str, ...]
    dimension: Mapping[str, int]
    factor: float


@cache
def units() -> Mapping[str, Unit]:
    """Return every known unit by its id."""
    document = tomllib.loads((resources.files("xinzhi.data") / "units.toml").read_text("utf-8"))
    return MappingProxyType(
        {
            name: Unit(
                id=name,
                title=Text(**entry["title"]),
                aliases=tuple(entry["aliases"]),
                dimension=MappingProxyType(dict(entry["dimension"])),
                factor=float(entry["factor"]),
            )
            for name, entry in document.items()
        }
    )


def find_unit(name: str) -> Unit:
    """Return the unit with this id, title or alias, in Chinese or English.

    Case, spaces, hyphens and full-width forms make no difference; an empty name is the unit
    ``unspecified``.

    Raises : InputError with the nearest known name
    """
    unit = lookup_unit(name)
    if unit is None:
        near = suggest_unit(name)
        guess = (f"，是否指 {near}？", f", did you mean {near}?") if near else ("", "")
        raise InputError(
            Text(f"未知单位 {name}{guess[0]}", f"unknown unit {name}{guess[1]}"),
            remedy=Text(
                "请写出已知单位，例如 亿元、万人、人年、件、%。",
                "Give a known unit, for instance CNY_100m, 10k_persons, person_years, percent.",
            ),
        )
    return unit


def lookup_unit(name: str) -> Unit | None:
    """Return the unit with this id, title or alias, or None; an empty name is ``unspecified``."""
    key = _key(name)
    return _by_name().get(key) if key else units()[UNSPECIFIED]


def suggest_unit(name: str) -> str | None:
    """Return the known id, title or alias that is spelled most like ``name``, if one is near."""
    near = difflib.get_close_matches(_key(name), list(_by_name()), 1, 0.6)
    return _spellings()[near[0]] if near else None


def recount(unit: Unit, like: Unit) -> Unit | None:
    """Return the unit that counts the same number of what ``like`` counts, None if there is none.

    Tables write 个 or 件 for companies, institutions and patents alike; which one is meant follows
    from the indicator.
    """
    if not (_counts(unit) and _counts(like)):
        return None
    return next(
        (u for u in units().values() if u.dimension == like.dimension and u.factor == unit.factor),
        None,
    )


def same_dimension(first: Unit, second: Unit) -> bool:
    """Tell whether values convert between the units; nothing converts from ``unspecified``."""
    if UNSPECIFIED in (first.id, second.id):
        return first.id == second.id
    return dict(first.dimension) == dict(second.dimension)


def convert(values: Values, from_unit: str | Unit, to_unit: str | Unit) -> Values:
    """Return values in ``to_unit``: multiplied by the ratio of the units' factors.

    values : any shape, in ``from_unit``
    Raises : InputError if the units measure different things, or one is unspecified
    """
    source = find_unit(from_unit) if isinstance(from_unit, str) else from_unit
    target = find_unit(to_unit) if isinstance(to_unit, str) else to_unit
    if source.id == target.id:
        return values
    if not same_dimension(source, target):
        raise InputError(
            Text(
                f"不能把 {source.title.zh}（{source.id}）换算成 {target.title.zh}（{target.id}）",
                f"{source.id} ({source.title.en}) does not convert to "
                f"{target.id} ({target.title.en})",
            ),
            remedy=Text("请检查单位是否写错。", "Check that the unit is the right one."),
        )
    # The quotient that is a whole power of ten is exact, so printed decimals stay printed decimals.
    if source.factor >= target.factor:
        return values * round_factor(source.factor / target.factor)
    return values / round_factor(target.factor / source.factor)


def round_factor(factor: float) -> float:
    """Return the integer that a ratio of two decimal factors stands for, where it is one."""
    whole = float(round(factor))
    return whole if abs(whole - factor) <= 1e-9 * factor else factor


def _counts(unit: Unit) -> bool:
    return [*unit.dimension.values()] == [1] and next(iter(unit.dimension)) in _COUNTED


def _key(name: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", name)).casefold()


@cache
def _spellings() -> dict[str, str]:
    """Return key → the spelling it comes from; ids win over titles, titles over aliases."""
    found: dict[str, str] = {}
    for unit in units().values():
        found.setdefault(_key(unit.id), unit.id)
    for unit in units().values():
        for spelling in (*unit.title, *unit.aliases):
            found.setdefault(_key(spelling), spelling)
    return found


@cache
def _by_name() -> dict[str, Unit]:
    found = {_key(unit.id): unit for unit in units().values()}
    for unit in units().values():
        for spelling in (*unit.title, *unit.aliases):
            found.setdefault(_key(spelling), unit)
    return found
