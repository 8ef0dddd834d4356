"""The fields of a transition case, as ``case_fields.toml`` states them for reader and pages."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from xinzhi.core import Language, Text

Kind = Literal["text", "title", "number", "whole", "flag", "path", "years", "amounts", "list"]

_KINDS: dict[Kind, Text] = {
    "text": Text("文本", "text"),
    "title": Text("文本，或 { zh, en }", "text, or { zh, en }"),
    "number": Text("数", "a number"),
    "whole": Text("整数", "a whole number"),
    "flag": Text("true 或 false", "true or false"),
    "path": Text("数，或 { 年份 = 数 }", "a number, or { year = number }"),
    "years": Text("{ 年份 = 数 }", "{ year = number }"),
    "amounts": Text("{ 标识 = 数 }", "{ id = number }"),
    "list": Text("标识的列表", "a list of ids"),
}


@dataclass(frozen=True)
class CaseField:
    """One key of a case file.

    unit : of its figures; ``money`` and ``persons`` stand for the case's own units
    required : whether it must be given; where it need not, ``default`` may still be None
    low, high : smallest and largest figure allowed; None where there is no bound
    choices : the words allowed; empty where any text is
    """

    key: str
    kind: Kind
    unit: str
    meaning: Text
    required: bool
    default: Any
    low: float | None
    high: float | None
    choices: tuple[str, ...]

    def allowed(self) -> Text:
        """Return what may stand there, for pages and messages."""
        if self.choices:
            return Text("、".join(self.choices), ", ".join(self.choices))
        kind, low, high = _KINDS[self.kind], self.low, self.high
        zh = [] if low is None else [f"不小于 {low:g}"]
        en = [] if low is None else [f"at least {low:g}"]
        if high is not None:
            zh.append(f"不大于 {high:g}")
            en.append(f"at most {high:g}")
        return Text("，".join([kind.zh, *zh]), ", ".join([kind.en, *en]))


@cache
def fields() -> Mapping[str, tuple[CaseField, ...]]:
    """Return table of the file → its fields, in order; ``case`` is the head of the file."""
    text = (resources.files("xinzhi.data") / "case_fields.toml").read_text("utf-8")
    return MappingProxyType(
        {
            table: tuple(_field(key, entry) for key, entry in entries.items())
            for table, entries in tomllib.loads(text).items()
        }
    )


def _field(key: str, entry: Mapping[str, Any]) -> CaseField:
    return CaseField(
        key=key,
        kind=entry["kind"],
        unit=entry.get("unit", ""),
        meaning=Text(entry["zh"], entry["en"]),
        required="default" not in entry and not entry.get("optional", False),
        default=entry.get("default"),
        low=entry.get("low"),
        high=entry.get("high"),
        choices=tuple(entry.get("choices", ())),
    )


def case_fields(lang: Language = "en") -> pd.DataFrame:
    """Return every field of a case file: table, key, unit, allowed, required, default, meaning."""
    return pd.DataFrame(
        {
            "table": "" if table == "case" else f"[[{table}]]",
            "key": field.key,
            "unit": field.unit,
            "allowed": field.allowed().get(lang),
            "required": field.required,
            "default": "" if field.default is None else str(field.default),
            "meaning": field.meaning.get(lang),
        }
        for table, listed in fields().items()
        for field in listed
    )
