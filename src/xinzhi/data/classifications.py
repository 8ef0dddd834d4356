"""Sector classifications: sectors of input–output tables, and where each belongs elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xinzhi.core import InputError, Text, text_from
from xinzhi.data.findings import listed
from xinzhi.data.io_table import Sector
from xinzhi.data.toml_files import Problems, guess, is_share, parse_toml, read_bytes, shipped

NO_COUNTERPART = "none"
_FOLDER = "classifications"
_WHAT = Text("部门分类", "sector classification")
_SHARE_TOLERANCE = 1e-9
_KEYS = ("id", "title", "source", "note", "sectors", "assumptions")
_SECTOR_KEYS = ("code", "title", "to")

Shares = Mapping[str, float]


@dataclass(frozen=True)
class Classification:
    """The sectors of one kind of table, in their order.

    sectors : code (text that keeps its zeros) and title of each
    source, note : who publishes the classification; what to know before using it
    to : other classification → own code → the shares in which a sector goes into the other's
        sectors [1]; an empty mapping where the sector is declared to have no counterpart
    assumptions : other classification → what is assumed in going there, if anything
    sha256 : of the file, hex
    """

    id: str
    title: Text
    sectors: tuple[Sector, ...]
    source: Text
    note: Text
    to: Mapping[str, Mapping[str, Shares]]
    assumptions: Mapping[str, Text]
    sha256: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the code of every sector, in order."""
        return tuple(sector.code for sector in self.sectors)

    def sector(self, code: str) -> Sector:
        """Return the sector with this code.

        Raises : InputError with the nearest code
        """
        for sector in self.sectors:
            if sector.code == code:
                return sector
        suggestion = guess(code, self.codes)
        raise InputError(
            Text(
                f"{self.id} 没有代码为 {code} 的部门{suggestion.zh}",
                f"{self.id} has no sector {code}{suggestion.en}",
            ),
            remedy=Text(
                f"代码从 {self.codes[0]} 到 {self.codes[-1]}，按文本书写，保留前面的零。",
                f"Codes run from {self.codes[0]} to {self.codes[-1]}; they are text and keep "
                "their zeros.",
            ),
        )


def classifications() -> tuple[str, ...]:
    """Return the ids of the classifications in the package."""
    return shipped(_FOLDER)


def load_classification(id_or_path: str | Path) -> Classification:
    """Read a sector classification: a shipped one by id, any other by the path of its TOML file.

    The file has ``id``, ``title``, ``source`` and ``sectors``, a list of ``{ code, title, to }``;
    ``to`` names the sector of other classifications that each belongs to (``{ cn42 = "12" }``), the
    shares where it belongs to several (``{ cn42 = { "12" = 0.6, "17" = 0.4 } }``), or ``"none"``.

    Raises : InputError, listing every problem of the file; for an unknown id the nearest one
    """
    name = str(id_or_path)
    if name in classifications():
        return _shipped_classification(name)
    return parse_classification(*read_bytes(name, _FOLDER, _WHAT))


@cache
def _shipped_classification(name: str) -> Classification:
    return parse_classification(*read_bytes(name, _FOLDER, _WHAT))


def parse_classification(data: bytes, file_name: str) -> Classification:
    """Read a sector classification from the bytes of a TOML file called ``file_name``.

    Raises : InputError, listing every problem of the file
    """
    document = parse_toml(data, file_name, "cn42.toml")
    reader = _Reader()
    problems = reader.problems
    problems.unknown_keys("", document, _KEYS)
    own = str(document.get("id") or "")
    if not own:
        problems.add("缺少 id", "id is missing")
    sectors = reader.sectors(document.get("sectors"))
    assumptions = document.get("assumptions", {})
    if not isinstance(assumptions, dict):
        problems.add("assumptions 应为一个表", "assumptions must be a table")
    problems.refuse(file_name, _WHAT)
    return Classification(
        id=own,
        title=text_from(document.get("title"), own),
        sectors=sectors,
        source=text_from(document.get("source"), ""),
        note=text_from(document.get("note"), ""),
        to=MappingProxyType(reader.to),
        assumptions=MappingProxyType({k: text_from(v, "") for k, v in assumptions.items()}),
        sha256=hashlib.sha256(data).hexdigest(),
    )


@dataclass
class _Reader:
    """Reads the sectors of one document and collects every problem."""

    problems: Problems = field(default_factory=Problems)
    to: dict[str, dict[str, Shares]] = field(default_factory=dict)

    def sectors(self, entries: Any) -> tuple[Sector, ...]:
        if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
            self.problems.add(
                "sectors 应为 { code, title } 的列表", "sectors must be a list of { code, title }"
            )
            return ()
        found = [s for s in (self.sector(e, k) for k, e in enumerate(entries, 1)) if s]
        codes = [sector.code for sector in found]
        self.problems.doubled(Text("代码", "code"), codes)
        if not entries:
            self.problems.add("没有部门", "there are no sectors")
        for target, rows in self.to.items():
            absent = listed(code for code in codes if code not in rows)
            if absent.en:
                self.problems.add(
                    f"部门 {absent.zh} 没有写明在 {target} 中的对应；没有对应时写 "
                    f'{target} = "{NO_COUNTERPART}"',
                    f"sector {absent.en} names no counterpart in {target}; where there is none, "
                    f'write {target} = "{NO_COUNTERPART}"',
                )
        return tuple(found)

    def sector(self, entry: Mapping[str, Any], place: int) -> Sector | None:
        code = entry.get("code")
        if not isinstance(code, str) or not code:
            self.problems.add(
                f'第 {place} 个部门：code 应为文本，例如 "01"，却是 {code!r}',
                f'sector {place}: code must be text such as "01", it is {code!r}',
            )
            return None
        self.problems.unknown_keys(code, entry, _SECTOR_KEYS)
        targets = entry.get("to", {})
        if not isinstance(targets, dict):
            self.problems.add(
                f'{code}：to 应为 {{ cn42 = "12" }} 的形式',
                f'{code}: to must have the form {{ cn42 = "12" }}',
            )
            targets = {}
        for target, value in targets.items():
            self.to.setdefault(target, {})[code] = self.shares(f"{code}, {target}", value)
        return Sector(code, text_from(entry.get("title"), code))

    def shares(self, where: str, value: Any) -> Shares:
        if value == NO_COUNTERPART:
            return MappingProxyType({})
        if isinstance(value, str):
            return MappingProxyType({value: 1.0})
        numbers = value if isinstance(value, dict) else {}
        if not numbers or not all(is_share(share) for share in numbers.values()):
            self.problems.add(
                f'{where}：应为代码（"12"）、份额（{{ "12" = 0.6, "17" = 0.4 }}）或 '
                f'"{NO_COUNTERPART}"，却是 {value!r}',
                f'{where}: must be a code ("12"), shares ({{ "12" = 0.6, "17" = 0.4 }}) or '
                f'"{NO_COUNTERPART}", it is {value!r}',
            )
            return MappingProxyType({})
        total = sum(numbers.values())
        if abs(total - 1) > _SHARE_TOLERANCE:
            self.problems.add(
                f"{where}：份额合计 {total:g}，应为 1",
                f"{where}: shares add up to {total:g}, they must add up to 1",
            )
        return MappingProxyType({code: float(share) for code, share in numbers.items()})
