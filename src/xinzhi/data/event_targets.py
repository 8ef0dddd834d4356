"""Reading single fields of an event's file, and the sectors that its effects strike."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from xinzhi.core import NO_TEXT, Text, text_from
from xinzhi.data.classifications import classifications, load_classification
from xinzhi.data.event_parts import ANY_CLASSIFICATION, Target
from xinzhi.data.io_table import Sector
from xinzhi.data.toml_files import Problems, is_share

ABSENT = object()

_TARGET_KEYS = ("classification", "code", "from", "to", "share", "covers")
_MOST_DAYS = 36_500
_LONGEST_SHOWN = 40
_LEAST_ALIKE = 0.4


def nearest_sector(name: str, sectors: Sequence[Sector]) -> Text:
    """Return the question whether the sector of nearest code or title was meant; empty if none."""
    meant = {sector.code: sector for sector in sectors}
    width = max(map(len, meant))
    for sector in sectors:
        meant.setdefault(sector.title.zh, sector)
        meant.setdefault(sector.title.en, sector)

    def nearness(word: str) -> tuple[float, int]:
        alike = difflib.SequenceMatcher(None, name.casefold(), word.casefold()).ratio()
        same = (i for i, (a, b) in enumerate(zip(name, word, strict=False)) if a != b)
        return alike, next(same, min(len(name), len(word)))

    padded = name.strip().zfill(width)  # a code that a spreadsheet took the zeros from
    near = padded if padded in meant else max(meant, key=nearness)
    if near != padded and nearness(near)[0] < _LEAST_ALIKE:
        return NO_TEXT
    code, title = meant[near].code, meant[near].title
    return Text(f"，是否指 {code} {title.zh}？", f", did you mean {code} {title.en}?")


@dataclass
class FieldReader:
    """Reads single fields of one document and collects every problem."""

    problems: Problems = field(default_factory=Problems)

    def wrong(self, where: str, name: str, value: object, expected: Text) -> None:
        """Note a field that is missing or has a value that cannot be."""
        place = (f"{where}：", f"{where}: ") if where else ("", "")
        if value is ABSENT:
            self.problems.add(
                f"{place[0]}缺少 {name}，应为{expected.zh}",
                f"{place[1]}{name} is missing; it must be {expected.en}",
            )
            return
        shown = _shown(value)
        self.problems.add(
            f"{place[0]}{name} 为 {shown}，应为{expected.zh}",
            f"{place[1]}{name} is {shown}; it must be {expected.en}",
        )

    def entries(self, document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        """Return the tables written ``[[key]]``."""
        found = document.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.problems.add(f"{key} 应写作 [[{key}]]", f"{key} must be written [[{key}]]")
            return []
        return found

    def words(self, where: str, name: str, value: object) -> Text:
        """Return text in two languages; one language stands for both."""
        parts = value.values() if isinstance(value, dict) and value else [value]
        known = not isinstance(value, dict) or set(value) <= {"zh", "en"}
        if not known or not all(isinstance(part, str) for part in parts):
            expected = Text(
                "文本，或 { zh = …, en = … }", "text, or { zh = …, en = … } with text in each"
            )
            self.wrong(where, name, value, expected)
            return NO_TEXT
        return text_from(value, "")

    def days(self, where: str, name: str, value: object, least: int) -> int:
        """Return a whole number of days, not below ``least``."""
        if not _is_whole(value) or not least <= value <= _MOST_DAYS:
            self.wrong(
                where,
                name,
                value,
                Text(
                    f"整数天数，从 {least} 到 {_MOST_DAYS}",
                    f"a whole number of days from {least} to {_MOST_DAYS}",
                ),
            )
            return least
        return value

    def names(self, where: str, name: str, value: object) -> tuple[str, ...]:
        """Return a list of names."""
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, str) and item for item in value)
        ):
            self.wrong(where, name, value, Text('文本的列表（["…"]）', 'a list of texts (["…"])'))
            return ()
        self.problems.doubled(Text(f"{where}：{name}", f"{where}: {name}"), value)
        return tuple(value)


class TargetReader(FieldReader):
    """Reads lists of targets."""

    def targets(self, where: str, name: str, value: object) -> tuple[Target, ...]:
        """Return a list of targets, no sector twice."""
        form = '{ classification = "cn42", code = "20", share = 1.0 }'
        if (
            not isinstance(value, list)
            or not value
            or not all(isinstance(item, dict) for item in value)
        ):
            expected = Text(f" {form} 的列表", f"a list of {form}")
            self.wrong(where, name, value, expected)
            return ()
        found = tuple(
            target
            for place, entry in enumerate(value, 1)
            if (target := self.target(f"{where}, {name} {place}", entry)) is not None
        )
        for classification in dict.fromkeys(target.classification for target in found):
            codes = [
                code
                for target in found
                if target.classification == classification
                for code in _codes_of(target)
            ]
            what = f"{where}, {name}, {classification}"
            self.problems.doubled(Text(f"{what}：部门", f"{what}: sector"), codes)
        return found

    def target(self, where: str, entry: Mapping[str, Any]) -> Target | None:
        """Return one target, None where it is wrong."""
        self.problems.unknown_keys(where, entry, _TARGET_KEYS)
        classification = entry.get("classification", ABSENT)
        if not isinstance(classification, str) or not classification:
            expected = Text(
                "部门分类的 id（cn42、oecd45、自己的），或 any（任何表的全部部门）",
                "the id of a classification (cn42, oecd45, your own), or any (all sectors of "
                "any table)",
            )
            self.wrong(where, "classification", classification, expected)
            return None
        share = entry.get("share", 1.0)
        if not is_share(share):
            expected = Text("大于 0、不大于 1 的数", "a number above 0 and at most 1")
            self.wrong(where, "share", share, expected)
            return None
        covers = self.words(where, "covers", entry.get("covers", ""))
        ends = self.ends(where, classification, entry)
        return None if ends is None else Target(classification, *ends, float(share), covers)

    def ends(
        self, where: str, classification: str, entry: Mapping[str, Any]
    ) -> tuple[str, str] | None:
        """Return the codes of the first and the last sector, None where they are wrong."""
        given = [key for key in ("code", "from", "to") if key in entry]
        if classification == ANY_CLASSIFICATION:
            for key in given:
                self.problems.add(
                    f"{where}：classification 为 any 时指全部部门，不写 {key}",
                    f"{where}: classification any means all sectors and takes no {key}",
                )
            return None if given else ("", "")
        if given not in (["code"], ["from", "to"]):
            self.problems.add(
                f"{where}：应写 code，或同时写 from 和 to（分类顺序中的首尾部门）",
                f"{where}: give code, or both from and to (the first and last sector in the "
                "order of the classification)",
            )
            return None
        codes = [entry[key] for key in given]
        known = True
        for key, code in zip(given, codes, strict=True):
            if not isinstance(code, str) or not code:
                expected = Text('文本，保留前面的零（"09"）', 'text that keeps its zeros ("09")')
                self.wrong(where, key, code, expected)
                known = False
            # the user's own classification is known only when a table of it is at hand
            elif classification in classifications():
                sectors = load_classification(classification).sectors
                if code not in [sector.code for sector in sectors]:
                    near = nearest_sector(code, sectors)
                    self.problems.add(
                        f"{where}：{classification} 没有部门 {code}{near.zh}",
                        f"{where}: {classification} has no sector {code}{near.en}",
                    )
                    known = False
        if known and classification in classifications() and len(codes) == 2:
            order = load_classification(classification).codes
            if order.index(codes[0]) > order.index(codes[1]):
                self.problems.add(
                    f"{where}：from 为 {codes[0]}，在 to（{codes[1]}）之后；请对调",
                    f"{where}: from is {codes[0]}, which comes after to ({codes[1]}); "
                    "exchange them",
                )
                known = False
        return (codes[0], codes[-1]) if known else None


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _shown(value: object) -> str:
    """Return a value as it may stand in a message: an integer of any length, a table, a date."""
    try:
        shown = repr(value)
    except ValueError:  # Python does not print integers of thousands of digits
        return "…"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def _codes_of(target: Target) -> tuple[str, ...]:
    """Return the codes of a target, in between those given where the classification is known."""
    if target.classification not in classifications() or target.first == target.last:
        return (target.first or ANY_CLASSIFICATION,)
    order = load_classification(target.classification).codes
    return order[order.index(target.first) : order.index(target.last) + 1]
