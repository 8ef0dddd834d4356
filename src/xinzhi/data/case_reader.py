"""Reading a transition case from its TOML file: every problem of the file at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from xinzhi.core import InputRecord, Text, text_from
from xinzhi.data.case_checks import check_case, check_references
from xinzhi.data.case_fields import CaseField, fields
from xinzhi.data.case_units import check_units
from xinzhi.data.cases import (
    FOLDER,
    Account,
    Budget,
    CaseSector,
    CaseTechnology,
    Exposure,
    Floor,
    Grade,
    Path,
    Retrofit,
    Schedule,
    Target,
    Training,
    TransitionCase,
)
from xinzhi.data.toml_files import Problems, parse_toml, read_bytes

_WHAT = Text("转型案例", "transition case")
_RENAMED = {"from": "start", "to": "end"}  # `from` is no name in Python
_MAKERS: dict[str, Any] = {
    "sector": CaseSector,
    "technology": CaseTechnology,
    "retrofit": Retrofit,
    "budget": Budget,
    "grade": Grade,
    "training": Training,
    "account": Account,
    "schedule": Schedule,
    "floor": Floor,
    "exposure": Exposure,
    "target": Target,
}
_PLURAL = {"technology": "technologies"}


def load_case(name_or_path: str | FilePath) -> TransitionCase:
    """Read a transition case: a shipped one by name, any other by the path of its TOML file.

    Raises : InputError listing every problem of the file with field, value and what is allowed,
        and a case whose base year does not balance, with sectors and amounts
    """
    return parse_case(*read_bytes(str(name_or_path), FOLDER, _WHAT))


def parse_case(data: bytes, file_name: str) -> TransitionCase:
    """Read a transition case from the bytes of a TOML file called ``file_name``.

    Raises : as ``load_case``
    """
    document = parse_toml(data, file_name, "shanghai-2035.toml")
    record = InputRecord(
        file_name,
        hashlib.sha256(data).hexdigest(),
        sum(len(document.get(table, ())) for table in _MAKERS),
    )
    return case_of_document(document, record)


def case_of_document(document: Mapping[str, Any], record: InputRecord) -> TransitionCase:
    """Make a case of a document with the keys of a case file.

    Raises : as ``load_case``
    """
    problems = Problems()
    tables = (*_MAKERS, "mapping")
    head = {key: value for key, value in document.items() if key not in tables}
    values = _values("case", "", head, problems)
    entries = {table: _entries(table, document.get(table, []), problems) for table in _MAKERS}
    mappings = _mappings(document.get("mapping", {}), problems)
    for needed in ("sector", "technology"):
        if not document.get(needed):
            problems.add(f"没有 [[{needed}]]", f"there is no [[{needed}]]")
    problems.refuse(record.name, _WHAT)
    check_references(values, entries, mappings, problems)
    check_units(values, entries, problems)
    problems.refuse(record.name, _WHAT)
    made: dict[str, Any] = {
        _PLURAL.get(table, f"{table}s"): tuple(_made(table, entry) for entry in listed)
        for table, listed in entries.items()
    }
    case = TransitionCase(**values, **made, mappings=mappings, record=record)
    check_case(case, problems)
    problems.refuse(record.name, _WHAT)
    return case


def _made(table: str, entry: dict[str, Any]) -> Any:
    given = {_RENAMED.get(key, key): value for key, value in entry.items()}
    for converted in ("unit",) if table == "budget" else ("cap_unit",):
        given.pop(converted, None)
    if table == "technology" and given["buildable"] is None:
        given["buildable"] = given["kind"] != "existing"
    return _MAKERS[table](**given)


def _entries(table: str, found: Any, problems: Problems) -> list[dict[str, Any]]:
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        problems.add(f"{table} 应写作 [[{table}]]", f"{table} must be written [[{table}]]")
        return []
    read = []
    for place, entry in enumerate(found, start=1):
        where = f"[[{table}]] {entry.get('id', place)}"
        if bool(entry.get("assumption", False)) == bool(entry.get("source")):
            problems.add(
                f"{where}：须写 source（来源）或 assumption = true（假定），二者取一",
                f"{where}: give either source or assumption = true",
            )
        read.append(_values(table, where, entry, problems))
    return read


def _values(table: str, where: str, entry: Mapping[str, Any], problems: Problems) -> dict[str, Any]:
    """Return every field of an entry, converted, with defaults; note what is wrong."""
    known = fields()[table]
    problems.unknown_keys(where, entry, (field.key for field in known))
    values = {}
    for field in known:
        place = f"{where}, {field.key}" if where else field.key
        if field.key not in entry:
            if field.required:
                allowed = field.allowed()
                problems.add(
                    f"{place}：缺少；应为{_spaced(allowed.zh)}",
                    f"{place}: missing; it must be {allowed.en}",
                )
            values[field.key] = _converted(field, field.default)
            continue
        value = entry[field.key]
        if _fits(field, value):
            values[field.key] = _converted(field, value)
        else:
            allowed = field.allowed()
            problems.add(
                f"{place}：{value} 不可用；应为{_spaced(allowed.zh)}",
                f"{place}: {value} is not allowed; it must be {allowed.en}",
            )
            values[field.key] = _converted(field, field.default)
    return values


def _spaced(words: str) -> str:
    """Return words as they follow Chinese: after a space where they begin with a Latin letter."""
    return f" {words}" if words[:1].isascii() else words


def _fits(field: CaseField, value: Any) -> bool:
    if field.kind == "title":
        return isinstance(value, (str, dict))
    if field.kind == "text":
        return isinstance(value, str) and (not field.choices or value in field.choices)
    if field.kind == "flag":
        return isinstance(value, bool)
    if field.kind == "list":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if field.kind == "amounts" or (field.kind in ("path", "years") and isinstance(value, dict)):
        years = field.kind != "amounts"
        return (
            isinstance(value, dict)
            and all(_within(field, item) for item in value.values())
            and not (years and not all(str(key).isdigit() for key in value))
            and bool(value or field.kind != "path")
        )
    if field.kind == "whole":
        return isinstance(value, int) and _within(field, value)
    return field.kind != "years" and _within(field, value)


def _within(field: CaseField, value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value:
        return False
    above = field.low is None or value >= field.low
    return above and (field.high is None or value <= field.high) and abs(value) != float("inf")


def _converted(field: CaseField, value: Any) -> Any:
    if value is None:
        return None
    if field.kind == "title":
        return text_from(value, "")
    if field.kind == "number":
        return float(value)
    if field.kind == "list":
        return tuple(value)
    if field.kind == "amounts":
        return MappingProxyType({str(key): float(item) for key, item in value.items()})
    if field.kind == "years":
        return MappingProxyType({int(key): float(value[key]) for key in sorted(value, key=int)})
    if field.kind == "path":
        if isinstance(value, dict):
            return Path(tuple((int(key), float(value[key])) for key in sorted(value, key=int)))
        return Path(((None, float(value)),))
    return value


def _mappings(found: Any, problems: Problems) -> Mapping[str, Mapping[str, Mapping[str, float]]]:
    """Return classification → sector → shares of codes."""
    if not isinstance(found, dict):
        problems.add("mapping 应写作 [mapping.cn42]", "mapping must be written [mapping.cn42]")
        return {}
    made = {}
    for classification, sectors in found.items():
        shares = {}
        for sector, codes in sectors.items():
            if isinstance(codes, list) and all(isinstance(code, str) for code in codes):
                shares[sector] = MappingProxyType(dict.fromkeys(codes, 1.0))
            elif isinstance(codes, dict) and all(
                isinstance(share, (int, float)) and 0 < share <= 1 for share in codes.values()
            ):
                shares[sector] = MappingProxyType({c: float(s) for c, s in codes.items()})
            else:
                problems.add(
                    f'[mapping.{classification}] {sector}：{codes} 不可用；应为 ["代码"] 或'
                    ' { "代码" = 份额 }，份额大于 0、不大于 1',
                    f"[mapping.{classification}] {sector}: {codes} is not allowed; it must be "
                    '["code"] or { "code" = share } with shares above 0 and at most 1',
                )
        made[classification] = MappingProxyType(shares)
    return MappingProxyType(made)
