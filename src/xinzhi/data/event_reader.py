"""Reading the TOML file of an event, with every problem at once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, TypeGuard

from xinzhi.core import InputError, Text
from xinzhi.data.event_parts import (
    EFFECT_KINDS,
    RECOVERY_FUNCTIONS,
    Assumption,
    Effect,
    EffectKind,
    Event,
    Rebuilding,
    RecoveryFunction,
)
from xinzhi.data.event_targets import ABSENT, TargetReader
from xinzhi.data.toml_files import parse_toml

EVENT = Text("事件", "event")

_KEYS = (
    *("id", "title", "description", "start", "duration", "recovery", "reason", "effect"),
    "assumption",
)
_RECOVERY_KEYS = ("function", "time")
_EFFECT_KEYS = ("kind", "size", "targets", "regions", "origins", "categories", "rebuilding")
_REBUILDING_KEYS = ("time", "sectors")
_ASSUMPTION_KEYS = ("text", "source")
# What only one kind of effect can have.
_OWN_KEYS: dict[str, EffectKind] = {
    "origins": "shipments",
    "categories": "demand",
    "rebuilding": "capital",
}
_LARGEST_SURGE = 10.0
_SUM_TOLERANCE = 1e-9


def parse_event(data: bytes, file_name: str) -> Event:
    """Read an event from the bytes of a TOML file called ``file_name``.

    Raises : InputError, listing every problem of the file
    """
    try:
        document = parse_toml(data, file_name, "chip-embargo.toml")
    except (ValueError, RecursionError) as error:  # numbers of thousands of digits, deep nesting
        raise InputError(
            Text(
                f"{file_name}：不是可读的 TOML（{error}）",
                f"{file_name}: not TOML that can be read ({error})",
            ),
            remedy=Text("参照 chip-embargo.toml 改正。", "Correct it after chip-embargo.toml."),
        ) from None
    reader = _Reader()
    problems = reader.problems
    problems.unknown_keys("", document, _KEYS)
    own = document.get("id", ABSENT)
    if not isinstance(own, str) or not own:
        reader.wrong("", "id", own, Text("文本", "text"))
    recovery, recovery_time = reader.recovery(document.get("recovery"))
    effects = reader.entries(document, "effect")
    event = Event(
        id=str(own),
        title=reader.words("", "title", document.get("title", ABSENT)),
        description=reader.words("", "description", document.get("description", "")),
        start=reader.days("", "start", document.get("start", 0), least=0),
        duration=reader.days("", "duration", document.get("duration", ABSENT), least=1),
        recovery=recovery,
        recovery_time=recovery_time,
        effects=tuple(reader.effect(place, entry) for place, entry in enumerate(effects, 1)),
        assumptions=tuple(
            reader.assumption(place, entry)
            for place, entry in enumerate(reader.entries(document, "assumption"), 1)
        ),
        reason=reader.words("", "reason", document.get("reason", "")),
        sha256=hashlib.sha256(data).hexdigest(),
    )
    if not effects:
        problems.add("没有 [[effect]]", "there is no [[effect]]")
    problems.refuse(file_name, EVENT)
    return event


class _Reader(TargetReader):
    """Reads one document and collects every problem."""

    def recovery(self, value: object) -> tuple[RecoveryFunction, int]:
        if value is None:
            return "none", 0
        if not isinstance(value, dict):
            form = '{ function = "linear", time = 60 }'
            self.wrong("", "recovery", value, Text(f" {form} 的形式", f"of the form {form}"))
            return "none", 0
        self.problems.unknown_keys("recovery", value, _RECOVERY_KEYS)
        wanted = value.get("function", ABSENT)
        function = next((known for known in RECOVERY_FUNCTIONS if known == wanted), None)
        if function is None:
            choices = Text("、".join(RECOVERY_FUNCTIONS), ", ".join(RECOVERY_FUNCTIONS))
            expected = Text(f"其中之一：{choices.zh}", f"one of {choices.en}")
            self.wrong("recovery", "function", wanted, expected)
            return "none", 0
        if function == "none":
            if "time" in value:
                self.problems.add(
                    "recovery：方式为 none（持续期一过立即恢复）时不写 time；请删去",
                    "recovery: function none (all comes back at once) takes no time; leave it out",
                )
            return "none", 0
        return function, self.days("recovery", "time", value.get("time", ABSENT), least=1)

    def effect(self, place: int, entry: Mapping[str, Any]) -> Effect:
        wanted = entry.get("kind", ABSENT)
        kind = next((known for known in EFFECT_KINDS if known == wanted), None)
        where = f"effect {place}" if kind is None else f"effect {place} ({kind})"
        self.problems.unknown_keys(where, entry, _EFFECT_KEYS)
        if kind is None:
            choices = Text("、".join(EFFECT_KINDS), ", ".join(EFFECT_KINDS))
            expected = Text(f"其中之一：{choices.zh}", f"one of {choices.en}")
            self.wrong(where, "kind", wanted, expected)
            kind = "capacity"
        else:
            self.own_keys(where, kind, entry)
        rebuilding = entry.get("rebuilding")
        return Effect(
            kind=kind,
            size=self.size(where, kind, entry.get("size", ABSENT)),
            targets=self.targets(where, "targets", entry.get("targets", ABSENT)),
            regions=self.names(where, "regions", entry["regions"]) if "regions" in entry else (),
            origins=self.names(where, "origins", entry["origins"]) if "origins" in entry else (),
            categories=self.names(where, "categories", entry["categories"])
            if "categories" in entry
            else (),
            rebuilding=None if rebuilding is None else self.rebuilding(where, rebuilding),
        )

    def own_keys(self, where: str, kind: EffectKind, entry: Mapping[str, Any]) -> None:
        for key, owner in _OWN_KEYS.items():
            if key in entry and kind != owner:
                self.problems.add(
                    f"{where}：{key} 只用于 {owner}；请删去",
                    f"{where}: {key} belongs to {owner} only; leave it out",
                )
            elif kind == owner and key not in entry:
                expected = {
                    "origins": Text("交货中断的地区名的列表", "a list of the regions cut off"),
                    "categories": Text(
                        '最终需求的种类或代码的列表（["exports"]）',
                        'a list of kinds or codes of final demand (["exports"])',
                    ),
                    "rebuilding": Text("{ time = 365 } 的形式", "of the form { time = 365 }"),
                }[key]
                self.wrong(where, key, ABSENT, expected)

    def size(self, where: str, kind: EffectKind, value: object) -> float:
        least = -_LARGEST_SURGE if kind == "demand" else 0.0
        if not _is_number(value) or not least <= value <= 1:
            surge = ("（负数为需求增加）", " (below 0: a surge)") if least < 0 else ("", "")
            expected = Text(
                f" {least:g} 到 1 之间的数{surge[0]}，0.3 即 30 %",
                f"a number from {least:g} to 1{surge[1]}; 0.3 is 30 %",
            )
            self.wrong(where, "size", value, expected)
            return 0.0
        return float(value)

    def rebuilding(self, where: str, value: object) -> Rebuilding | None:
        if not isinstance(value, dict):
            expected = Text(" { time = 365 } 的形式", "of the form { time = 365 }")
            self.wrong(where, "rebuilding", value, expected)
            return None
        here = f"{where}, rebuilding"
        self.problems.unknown_keys(here, value, _REBUILDING_KEYS)
        time = self.days(here, "time", value.get("time", ABSENT), least=1)
        if "sectors" not in value:
            return Rebuilding(time)
        sectors = self.targets(here, "sectors", value["sectors"])
        for classification in dict.fromkeys(target.classification for target in sectors):
            mine = [t for t in sectors if t.classification == classification]
            total = sum(target.share for target in mine)
            if any(target.first != target.last for target in mine) or not mine[0].first:
                self.problems.add(
                    f"{here}, {classification}：逐个写出部门的 code 和份额",
                    f"{here}, {classification}: give code and share of each sector",
                )
            elif abs(total - 1) > _SUM_TOLERANCE:
                self.problems.add(
                    f"{here}, {classification}：份额合计 {total:g}，应为 1",
                    f"{here}, {classification}: shares add up to {total:g}; they must add up to 1",
                )
        return Rebuilding(time, sectors)

    def assumption(self, place: int, entry: Mapping[str, Any]) -> Assumption:
        where = f"assumption {place}"
        self.problems.unknown_keys(where, entry, _ASSUMPTION_KEYS)
        return Assumption(
            self.words(where, "text", entry.get("text", ABSENT)),
            self.words(where, "source", entry.get("source", "")),
        )


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
