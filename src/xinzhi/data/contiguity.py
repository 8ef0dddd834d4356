"""Which regions are neighbours: a shipped list, or a file of the user's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text, text_from
from xinzhi.data.cells import text_of
from xinzhi.data.findings import listed
from xinzhi.data.names import name_key
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.tables import open_grid
from xinzhi.data.toml_files import Problems, parse_toml, read_bytes, shipped

_FOLDER = "contiguity"
_WHAT = Text("邻接关系", "list of neighbours")
_KEYS = ("contiguity", "neighbours", "notes")
_HEAD_KEYS = ("id", "title", "regions")


@dataclass(frozen=True)
class Contiguity:
    """Which regions are neighbours of which.

    neighbours : region → its neighbours; a border counts on both sides
    notes : region → what was decided about it, such as for an island
    regions : the region set whose names these are, None where names stand as they are
    """

    id: str
    title: Text
    neighbours: Mapping[str, tuple[str, ...]]
    notes: Mapping[str, Text] = field(default_factory=dict)
    regions: RegionSet | None = None

    def knows(self, names: Iterable[str]) -> bool:
        """Tell whether every name is a region of the list."""
        return all(self._find(name) is not None for name in names)

    def notes_on(self, names: Iterable[str]) -> tuple[Text, ...]:
        """Return what was decided about these regions."""
        found = (self.notes.get(self._find(name) or "") for name in names)
        return tuple(note for note in found if note is not None)

    def weights(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Return (n, n): 1 where two regions are neighbours, else 0; neighbours left out count not.

        Raises : InputError, naming the regions that are not in the list and those that have no
            neighbour among the names
        """
        own = [self._find(name) for name in names]
        unknown = [name for name, found in zip(names, own, strict=True) if found is None]
        if unknown:
            shown = listed(unknown)
            raise InputError(
                Text(
                    f"{self.title.zh}：不含 {len(unknown)} 个地区：{shown.zh}",
                    f"{self.title.en}: {len(unknown)} region(s) are not in it: {shown.en}",
                ),
                remedy=Text(
                    "改正地区名，或给出自己的邻接文件。",
                    "Correct the names, or give a file of neighbours of your own.",
                ),
            )
        places = {name: place for place, name in enumerate(own)}
        weights = np.zeros((len(own), len(own)))
        for place, name in enumerate(own):
            near = [places[other] for other in self.neighbours[str(name)] if other in places]
            weights[place, near] = 1.0
        alone = [name for name, row in zip(names, weights, strict=True) if not row.any()]
        if alone:
            shown = listed(alone)
            raise InputError(
                Text(
                    f"{self.title.zh}：所给地区中，{shown.zh} 没有邻居",
                    f"{self.title.en}: {shown.en} has no neighbour among the regions given",
                ),
                remedy=Text("为它指定邻居，或去掉它。", "Give it one, or leave it out."),
            )
        return weights

    def _find(self, name: str) -> str | None:
        if self.regions is not None:
            region = self.regions.find(name)
            found = None if region is None else region.name
        else:
            found = next((k for k in self.neighbours if name_key(k) == name_key(name)), None)
        return found if found in self.neighbours else None


def shipped_contiguities() -> tuple[str, ...]:
    """Return the ids of the lists of neighbours in the package."""
    return shipped(_FOLDER)


def load_contiguity(name_or_path: str | Path) -> Contiguity:
    """Read a list of neighbours: a shipped one by id, any other by the path of its file.

    A TOML file has ``[contiguity]`` with id, title and, if names are those of a region set,
    regions; ``[neighbours]``, region = list of neighbours; and, if something needs to be said of a
    region, ``[notes]``, region = {zh, en}. A CSV, TSV or XLSX file has a header
    and two columns, one row for each border. Either way a border may be written once or on both
    sides.

    Raises : InputError, listing every problem of the file
    """
    name = str(name_or_path)
    if name in shipped_contiguities() or Path(name).suffix.lower() not in (".csv", ".tsv", ".xlsx"):
        data, file_name = read_bytes(name, _FOLDER, _WHAT)
        return _from_document(parse_toml(data, file_name, "china31.toml"), file_name)
    return _from_pairs(Path(name))


def _from_document(document: dict[str, Any], file_name: str) -> Contiguity:
    problems = Problems()
    problems.unknown_keys("", document, _KEYS)
    head, lists = document.get("contiguity", {}), document.get("neighbours")
    if not isinstance(head, dict) or not head.get("id"):
        problems.add("[contiguity]：缺少 id", "[contiguity]: id is missing")
        head = {}
    problems.unknown_keys("[contiguity]", head, _HEAD_KEYS)
    if not isinstance(lists, dict) or not lists:
        problems.add("缺少 [neighbours]", "[neighbours] is missing")
        lists = {}
    regions = load_region_set(str(head["regions"])) if head.get("regions") else None
    pairs = []
    for region, others in lists.items():
        if not isinstance(others, list) or not all(isinstance(other, str) for other in others):
            problems.add(
                f"[neighbours] {region}：应为地区名的列表",
                f"[neighbours] {region}: must be a list of names",
            )
            continue
        place = Text(f"[neighbours] {region}", f"[neighbours] {region}")
        pairs += [(place, str(region), str(other)) for other in others]
    neighbours = _joined(pairs, regions, problems)
    notes = document.get("notes", {})
    for name in notes:
        if name not in neighbours:
            problems.add(f"[notes]：没有地区 {name}", f"[notes]: there is no region {name}")
    problems.refuse(file_name, _WHAT)
    return Contiguity(
        id=str(head["id"]),
        title=text_from(head.get("title"), str(head["id"])),
        neighbours=neighbours,
        notes={name: text_from(note, "") for name, note in notes.items()},
        regions=regions,
    )


def _from_pairs(path: Path) -> Contiguity:
    grid = open_grid(path)
    problems = Problems()
    pairs = []
    for number, row in enumerate(grid.cells[1:], 2):
        cells = [text_of(cell) for cell in row]
        if not any(cells):
            continue
        first, second, *rest = [*cells, "", ""]
        if not first or not second or any(rest):
            problems.add(
                f"第 {number} 行：应有且只有两个地区名",
                f"row {number}: two names are needed, and nothing else",
            )
            continue
        pairs.append((Text(f"第 {number} 行", f"row {number}"), first, second))
    if not pairs:
        problems.add("没有一行邻接关系", "there is no border in it")
    neighbours = _joined(pairs, None, problems)
    problems.refuse(grid.name, _WHAT)
    return Contiguity(path.stem, Text(grid.name, grid.name), neighbours)


def _joined(
    pairs: Iterable[tuple[Text, str, str]], regions: RegionSet | None, problems: Problems
) -> Mapping[str, tuple[str, ...]]:
    """Return the neighbours of every region, each border on both sides; note what is wrong."""
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    for place, *both in pairs:
        own = []
        for text in both:
            region = regions.find(text) if regions is not None else None
            if regions is not None and region is None:
                problems.add(
                    f"{place.zh}：{regions.title.zh}中没有 {text}",
                    f"{place.en}: {text} is not one of {regions.title.en}",
                )
                continue
            own.append(region.name if region else names.setdefault(name_key(text), text))
        if len(own) == 2 and own[0] == own[1]:
            problems.add(
                f"{place.zh}：{own[0]} 不能是自己的邻居",
                f"{place.en}: {own[0]} cannot be its own neighbour",
            )
        elif len(own) == 2:
            for one, other in (own, own[::-1]):
                near = found.setdefault(one, [])
                if other not in near:
                    near.append(other)
    return MappingProxyType({name: tuple(near) for name, near in found.items()})
