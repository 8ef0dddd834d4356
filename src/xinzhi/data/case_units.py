"""Units of a transition case: money, persons, accounts; limits given in others are converted."""

from __future__ import annotations

from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cases import Path
from xinzhi.data.toml_files import Problems
from xinzhi.data.units import Unit, convert, find_unit, lookup_unit


def check_units(
    values: dict[str, Any], entries: dict[str, list[dict[str, Any]]], problems: Problems
) -> None:
    """Note unknown units and those that do not fit; turn ``limit`` and ``cap`` into the case's."""
    money = _unit(values, "money", {"CNY": 1}, "money", problems)
    _unit(values, "persons", {"persons": 1}, "persons", problems)
    for entry in entries["budget"]:
        where = f"[[budget]] {entry['id']}, unit"
        if entry["unit"] is not None and money is not None:
            _turn(entry, "limit", entry["unit"], money.id, where, problems)
    for entry in entries["account"]:
        where = f"[[account]] {entry['id']}"
        unit = _found(f"{where}, unit", entry["unit"], problems)
        if unit is None:
            continue
        entry["unit"] = unit.id
        if entry["cap_unit"] is not None and entry["cap"] is not None:
            _turn(entry, "cap", entry["cap_unit"], unit.id, f"{where}, cap_unit", problems)


def _found(place: str, name: str, problems: Problems) -> Unit | None:
    try:
        return find_unit(name)
    except InputError as error:
        problems.add(f"{place}：{error.message.zh}", f"{place}: {error.message.en}")
        return None


def _unit(
    values: dict[str, Any], key: str, dimension: dict[str, int], what: str, problems: Problems
) -> Unit | None:
    unit = _found(key, values[key], problems)
    if unit is None:
        return None
    values[key] = unit.id
    currencies = [{"CNY": 1}, {"USD": 1}] if key == "money" else [dimension]
    if dict(unit.dimension) not in currencies:
        allowed = Text("CNY_100m、CNY_10k……", "CNY_100m, CNY_10k …")
        if key == "persons":
            allowed = Text("10k_persons、persons……", "10k_persons, persons …")
        named = Text("金额", "money") if what == "money" else Text("人数", "persons")
        problems.add(
            f"{key}：{unit.id} 不是{named.zh}的单位；应为 {allowed.zh}",
            f"{key}: {unit.id} is no unit of {named.en}; it must be one such as {allowed.en}",
        )
        return None
    return unit


def _turn(
    entry: dict[str, Any], key: str, given: str, wanted: str, place: str, problems: Problems
) -> None:
    """Convert the path under ``key`` from one unit into another."""
    if lookup_unit(given) is None:
        _found(place, given, problems)
        return
    path: Path = entry[key]
    try:
        points = tuple(
            (year, float(convert(figure, given, wanted))) for year, figure in path.points
        )
    except InputError as error:
        target = find_unit(wanted)
        problems.add(
            f"{place}：{error.message.zh}；应为可换算成 {target.id} 的单位",
            f"{place}: {error.message.en}; it must be a unit that converts to {target.id}",
        )
        return
    entry[key] = Path(points)
