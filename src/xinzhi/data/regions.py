"""Region sets: the regions of one study, what each is called, and how to recognise a name."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

from xinzhi.core import InputError, Text, text_from
from xinzhi.data.findings import listed
from xinzhi.data.names import distance, name_key

# Rows that add up others, in any table.
TOTAL_NAMES = (
    *("全国", "合计", "总计", "总和", "小计", "平均", "均值", "全国平均", "全国合计", "全国总计"),
    *(
        "Total",
        "Grand total",
        "Sum",
        "Subtotal",
        "National",
        "National total",
        "Nation",
        "Nationwide",
    ),
    *("Average", "Mean", "All", "All regions", "Whole country"),
)


@dataclass(frozen=True)
class Region:
    """A region: ``name`` is what every result calls it.

    code : official code, text (GB/T 2260 for China); the name where there is none
    long, english : full official name; English name
    group : id of the group it belongs to (such as "east"), None if unknown
    tile : (column, row) on a map of equal tiles, None if the set has no such map
    short : label for narrow places
    """

    code: str
    name: str
    long: str
    english: str
    aliases: tuple[str, ...] = ()
    group: str | None = None
    tile: tuple[int, int] | None = None
    short: Text = field(default_factory=lambda: Text("", ""))


@dataclass(frozen=True)
class Nation:
    """The nation that the regions make up, and where its input–output tables are.

    pack : data pack of its tables; tables : those with imports apart, the oldest first
    detailed : the table of the pack with the most sectors
    weights : classification of the industries whose value added is known by region
    indicator : the panel indicator of an industry's value added, ``{code}`` its code
    """

    title: Text
    pack: str
    tables: tuple[str, ...]
    detailed: str
    weights: str
    indicator: str


_NATION_KEYS = ("title", "pack", "tables", "detailed", "weights", "indicator")


@dataclass(frozen=True)
class RegionSet:
    """Regions in their own order, with the names of rows that are totals and not regions.

    nation : what they add up to, None where no tables of it are known
    """

    id: str
    title: Text
    regions: tuple[Region, ...]
    totals: tuple[str, ...] = ()
    groups: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))
    nation: Nation | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Return the name of every region, in order."""
        return tuple(region.name for region in self.regions)

    def find(self, text: str) -> Region | None:
        """Return the region with this name (any form), English name or code; None if there is none.

        Blanks of every kind inside the text, case and full-width forms make no difference.
        """
        return self._by_key.get(name_key(str(text)))

    def suggest(self, text: str) -> Region | None:
        """Return the one region whose name is spelled most like ``text``, None if it is not clear.

        Characters that scanners and keyboards mix up (两 and 西, 占 and 古) count as half an edit.
        """
        return self._nearest(text)[0]

    def resembles(self, text: str) -> bool:
        """Tell whether the text is a name of the set, or one with a confusable character in it."""
        return self.find(text) is not None or self._nearest(text)[1] <= 0.5

    def _nearest(self, text: str) -> tuple[Region | None, float]:
        """Return the one region nearest to the text and its distance in edits."""
        key = name_key(str(text))
        limit = 1.0 if len(key) < 6 else 2.0
        near: dict[str, float] = {}
        for choice, region in self._words if len(key) > 1 else ():
            if abs(len(choice) - len(key)) > limit:
                continue
            edits = distance(key, choice, limit)
            if edits <= limit:
                near[region.name] = min(edits, near.get(region.name, edits))
        best = min(near.values(), default=limit)
        closest = [name for name, edits in near.items() if edits == best]
        return (self.find(closest[0]), best) if len(closest) == 1 else (None, float("inf"))

    def is_total(self, text: str) -> bool:
        """Tell whether a row of this name adds up or averages others."""
        return name_key(str(text)) in self._total_keys

    def get(self, text: str) -> Region:
        """Return the region with this name, code or English name.

        Raises : InputError with the nearest name
        """
        region = self.find(text)
        if region is None:
            near = self.suggest(text)
            guess = (
                (f"，是否指 {near.name}？", f", did you mean {near.name}?") if near else ("", "")
            )
            shown = list(self.names[:40])
            raise InputError(
                Text(f"未知地区 {text}{guess[0]}", f"unknown region {text}{guess[1]}"),
                remedy=Text(
                    f"可用的地区：{'、'.join(shown)}", f"The regions are: {', '.join(shown)}"
                ),
            )
        return region

    @cached_property
    def _by_key(self) -> dict[str, Region]:
        found: dict[str, Region] = {}
        for region in self.regions:
            found[name_key(region.name)] = region
        for region in self.regions:
            official = (region.code, region.long, region.english, *region.aliases)
            # A label of two Latin letters is too little to know a region by.
            labels = (label for label in region.short if not (label.isascii() and len(label) < 3))
            for spelling in (*official, *labels):
                found.setdefault(name_key(spelling), region)
        return found

    @cached_property
    def _words(self) -> tuple[tuple[str, Region], ...]:
        """Return the keys that a name may resemble: no codes, and no single characters."""
        return tuple(
            (key, region)
            for key, region in self._by_key.items()
            if len(key) > 1 and not key.isdecimal()
        )

    @cached_property
    def _total_keys(self) -> frozenset[str]:
        return frozenset(name_key(name) for name in (*TOTAL_NAMES, *self.totals))

    @classmethod
    def from_names(cls, names: Iterable[str], name: str = "custom") -> RegionSet:
        """Make a region set of names alone, in the order in which they come first."""
        kept: dict[str, str] = {}
        for text in names:
            kept.setdefault(name_key(text), str(text).strip())
        return cls(
            id=name,
            title=Text("用户数据中的地区", "regions of the user's data"),
            regions=tuple(
                Region(code=text, name=text, long=text, english=text, short=Text(text, text))
                for text in kept.values()
            ),
        )


def choose_regions(names: Sequence[str]) -> RegionSet:
    """Return China's 31 regions if over half of the names are theirs, else a set of the names."""
    china = load_region_set("china31")
    named = [name for name in names if name and not china.is_total(name)]
    if _most(china.resembles, named):
        return china
    generic = RegionSet.from_names(())
    return RegionSet.from_names(name for name in names if name and not generic.is_total(name))


def _most(test: Callable[[str], bool], items: Sequence[str]) -> bool:
    """Tell whether a test holds for more than half of the items; stops when that is settled."""
    wanted = len(items) // 2 + 1
    found, left = 0, len(items)
    for item in items:
        if found >= wanted or found + left < wanted:
            break
        found, left = found + test(item), left - 1
    return found >= wanted


def own_names_warning(name: str, words: Sequence[str], regions: RegionSet) -> list[Text]:
    """Return what to say where some names are China's regions and yet stand for themselves."""
    china = load_region_set("china31")
    shared = [word for word in words if china.find(word)]
    if not shared or regions is china:
        return []
    names = listed(shared)
    return [
        Text(
            f"{name}：地区名按原样使用，其中只有 {names.zh} 属于中国 31 个省级地区",
            f"{name}: region names are used as they are; only {names.en} belong to "
            "China's 31 regions",
        )
    ]


@cache
def _shipped(name: str) -> RegionSet:
    source = resources.files("xinzhi.data") / "regions" / f"{name}.toml"
    return parse_region_set(source.read_bytes(), f"{name}.toml")


def shipped_region_sets() -> tuple[str, ...]:
    """Return the ids of the region sets in the package."""
    folder = resources.files("xinzhi.data") / "regions"
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml")))


def load_region_set(name_or_path: str | Path) -> RegionSet:
    """Read a region set: a shipped one by id, any other by the path of its TOML file.

    The file has ``[set]`` with id, title and totals, and a ``[[region]]`` for each region, of which
    only ``name`` is required.

    Raises : InputError, listing every problem of the file
    """
    name = str(name_or_path)
    if name in shipped_region_sets():
        return _shipped(name)
    path = Path(name)
    if not path.is_file():
        what = ("是文件夹", "is a folder") if path.is_dir() else ("文件不存在", "no such file")
        shown = shipped_region_sets()
        raise InputError(
            Text(f"{name}：{what[0]}", f"{name}: {what[1]}"),
            remedy=Text(
                f"给出地区集的 TOML 文件，或随附地区集之一：{'、'.join(shown)}。",
                f"Give the TOML file of a region set, or a shipped one: {', '.join(shown)}.",
            ),
        )
    return parse_region_set(path.read_bytes(), path.name)


def parse_region_set(data: bytes, file_name: str) -> RegionSet:
    """Read a region set from the bytes of a TOML file called ``file_name``."""
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            Text(
                f"{file_name}：不是有效的 TOML（{error}）", f"{file_name}: not valid TOML ({error})"
            ),
            remedy=Text(
                "以 UTF-8 保存，参照 china31.toml 改正。",
                "Save it as UTF-8 and compare china31.toml.",
            ),
        ) from None
    head, entries = document.get("set"), document.get("region")
    problems: list[Text] = []
    if not isinstance(head, dict) or not head.get("id"):
        problems.append(Text("[set]：缺少 id", "[set]: id is missing"))
        head = {}
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        problems.append(Text("没有 [[region]]", "there is no [[region]]"))
        entries = []
    regions = [_region(entry, place, problems) for place, entry in enumerate(entries, 1)]
    nation = _nation(head.get("nation"), problems)
    for field_name in ("name", "code"):
        values = [name_key(getattr(region, field_name)) for region in regions]
        problems += [
            Text(f"{field_name} 重复：{text}", f"{field_name} is used twice: {text}")
            for text in sorted({value for value in values if value and values.count(value) > 1})
        ]
    if problems:
        raise InputError(
            Text(f"{file_name}：地区集有错误", f"{file_name}: the region set has problems"),
            problems,
            Text("改正后重试。", "Correct them and try again."),
        )
    groups = {key: text_from(title, key) for key, title in dict(head.get("groups", {})).items()}
    return RegionSet(
        id=str(head["id"]),
        title=text_from(head.get("title"), str(head["id"])),
        regions=tuple(regions),
        totals=tuple(str(name) for name in head.get("totals", ())),
        groups=MappingProxyType(groups),
        nation=nation,
    )


def _nation(entry: Any, problems: list[Text]) -> Nation | None:
    if entry is None:
        return None
    given = entry if isinstance(entry, dict) else {}
    absent = [key for key in _NATION_KEYS if not given.get(key)]
    tables = given.get("tables")
    if absent or not isinstance(tables, list):
        shown = listed(absent or ["tables"])
        problems.append(
            Text(
                f"[set.nation]：缺少 {shown.zh}，tables 应为列表",
                f"[set.nation]: {shown.en} missing; tables must be a list",
            )
        )
        return None
    return Nation(
        title=text_from(given["title"], "nation"),
        pack=str(given["pack"]),
        tables=tuple(str(name) for name in tables),
        detailed=str(given["detailed"]),
        weights=str(given["weights"]),
        indicator=str(given["indicator"]),
    )


def _region(entry: dict[str, Any], place: int, problems: list[Text]) -> Region:
    name = str(entry.get("name", "")).strip()
    where = f"[[region]] {name or place}"
    if not name:
        problems.append(Text(f"{where}：缺少 name", f"{where}: name is missing"))
    tile = entry.get("tile")
    if tile is not None and not (
        isinstance(tile, list) and len(tile) == 2 and all(type(x) is int and x >= 0 for x in tile)
    ):
        problems.append(
            Text(
                f"{where}：tile 应为 [列, 行]，两个不小于 0 的整数",
                f"{where}: tile must be [column, row], two whole numbers not below 0",
            )
        )
        tile = None
    group = entry.get("group")
    return Region(
        code=str(entry.get("code", name)),
        name=name,
        long=str(entry.get("long", name)),
        english=str(entry.get("english", name)),
        aliases=tuple(str(alias) for alias in entry.get("aliases", ())),
        group=None if group is None else str(group),
        tile=None if tile is None else (tile[0], tile[1]),
        short=text_from(entry.get("short"), name),
    )
