"""Reading indicator systems from TOML: every problem of a file is found and reported at once."""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text, text_from
from xinzhi.data.formula import Formula, parse_formula
from xinzhi.data.indicators import indicators as known_indicators
from xinzhi.data.system import Indicator, IndicatorSystem, Node
from xinzhi.data.units import Unit, find_unit

TRANSFORMS = ("none", "log")
WINDOW_STATISTICS = ("mean", "median")
_WEIGHT_TOLERANCE = 1e-6
_SYSTEM_KEYS = {"id", "version", "title", "source", "note", "pack"}
_NODE_KEYS = {"id", "parent", "title", "weight"}
_INDICATOR_KEYS = {
    *("id", "node", "title", "formula", "unit", "direction", "transform", "goalposts", "weight"),
    *("window", "window_statistic", "fixed_year", "why", "weakness", "weak", "source"),
}


def shipped_systems() -> tuple[str, ...]:
    """Return the ids of the indicator systems in the package."""
    folder = resources.files("xinzhi.data") / "systems"
    return tuple(sorted(p.name[:-5] for p in folder.iterdir() if p.name.endswith(".toml")))


def load_system(name_or_path: str | Path) -> IndicatorSystem:
    """Read an indicator system: a shipped one by id, any other by the path of its TOML file.

    Raises : InputError, listing every problem of the file at once
    """
    name = str(name_or_path)
    if name in shipped_systems():
        data = (resources.files("xinzhi.data") / "systems" / f"{name}.toml").read_bytes()
        return parse_system(data, f"{name}.toml")
    path = Path(name)
    if path.is_dir() or not path.exists():
        what = ("是文件夹", "is a folder") if path.is_dir() else ("文件不存在", "no such file")
        raise InputError(
            Text(f"{name}：{what[0]}", f"{name}: {what[1]}"),
            remedy=Text(
                f"给出 TOML 文件，或随附体系之一：{'、'.join(shipped_systems())}。",
                f"Give a TOML file, or one of the shipped systems: {', '.join(shipped_systems())}.",
            ),
        )
    return parse_system(path.read_bytes(), path.name)


def parse_system(data: bytes, name: str) -> IndicatorSystem:
    """Read an indicator system from the bytes of a TOML file called ``name``."""
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            Text(f"{name}：不是有效的 TOML（{error}）", f"{name}: not valid TOML ({error})"),
            remedy=Text(
                "以 UTF-8 保存，参照随附的体系改正。",
                "Save it as UTF-8 and compare a shipped system.",
            ),
        ) from None
    reader = _Reader(name)
    system = reader.read(document, hashlib.sha256(data).hexdigest())
    if reader.problems or system is None:
        raise InputError(
            Text(
                f"{name}：指标体系有 {len(reader.problems)} 处错误",
                f"{name}: the indicator system has {len(reader.problems)} problem(s)",
            ),
            reader.problems,
            Text("改正后重试。", "Correct them and try again."),
        )
    return system


@dataclass
class _Reader:
    """Reads one document and collects every problem instead of stopping at the first."""

    name: str
    problems: list[Text] = field(default_factory=list)

    def problem(self, zh: str, en: str) -> None:
        self.problems.append(Text(zh, en))

    def read(self, document: Mapping[str, Any], sha256: str) -> IndicatorSystem | None:
        head = document.get("system", {})
        if not isinstance(head, dict):
            head = {}
        self.unknown_keys("", set(document), {"system", "node", "indicator", "side"})
        self.unknown_keys("[system]", set(head), _SYSTEM_KEYS)
        root = str(head.get("id") or "")
        if not root:
            self.problem("[system]：缺少 id", "[system]: id is missing")
        nodes = [Node(root, None, text_from(head.get("title"), root))]
        nodes += [n for n in map(self.node(root), self.entries(document, "node")) if n]
        indicators = [i for i in map(self.indicator, self.entries(document, "indicator")) if i]
        side = [i for i in map(self.indicator, self.entries(document, "side")) if i]
        if not indicators and not self.problems:
            self.problem("没有 [[indicator]]", "there is no [[indicator]]")
        self.check_hierarchy(root, nodes, indicators)
        if self.problems:
            return None
        return IndicatorSystem(
            id=root,
            version=str(head.get("version", "")),
            title=text_from(head.get("title"), root),
            source=text_from(head.get("source"), ""),
            nodes=tuple(nodes),
            indicators=tuple(indicators),
            side=tuple(side),
            note=text_from(head.get("note"), ""),
            pack=str(head.get("pack", "")),
            sha256=sha256,
        )

    def entries(self, document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        found = document.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.problem(f"{key} 应写作 [[{key}]]", f"{key} must be written [[{key}]]")
            return []
        return found

    def unknown_keys(self, place: str, found: set[str], known: set[str]) -> None:
        for key in sorted(found - known):
            near = difflib.get_close_matches(key, known, 1, 0.6)
            self.problem(
                f"{place} 未知的键 {key}" + (f"，是否指 {near[0]}？" if near else ""),
                f"{place} unknown key {key}" + (f", did you mean {near[0]}?" if near else ""),
            )

    def node(self, root: str) -> Any:
        def read(entry: dict[str, Any]) -> Node | None:
            name = entry.get("id")
            if not isinstance(name, str) or not name:
                self.problem("[[node]]：缺少 id", "[[node]]: id is missing")
                return None
            self.unknown_keys(f"[[node]] {name}：", set(entry), _NODE_KEYS)
            weight = self.number(name, entry, "weight")
            return Node(
                name, str(entry.get("parent") or root), text_from(entry.get("title"), name), weight
            )

        return read

    def number(self, name: str, entry: Mapping[str, Any], key: str) -> float | None:
        value = entry.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
            self.problem(
                f"{name}：{key} 应为非负数，却是 {value!r}",
                f"{name}: {key} must be a number >= 0, it is {value!r}",
            )
            return None
        return float(value)

    def indicator(self, entry: dict[str, Any]) -> Indicator | None:
        name = entry.get("id")
        if not isinstance(name, str) or not name:
            self.problem("[[indicator]]：缺少 id", "[[indicator]]: id is missing")
            return None
        before = len(self.problems)
        self.unknown_keys(f"{name}：", set(entry), _INDICATOR_KEYS)
        formula, unit = self.formula(name, entry), self.unit(name, entry)
        direction = self.choice(name, entry, "direction", (1, -1), 1)
        transform = self.choice(name, entry, "transform", TRANSFORMS, "none")
        statistic = self.choice(name, entry, "window_statistic", WINDOW_STATISTICS, "mean")
        window, fixed_year = entry.get("window", 1), entry.get("fixed_year")
        if type(window) is not int or window < 1:
            self.problem(
                f"{name}：window 应为正整数", f"{name}: window must be a whole number >= 1"
            )
        if fixed_year is not None and type(fixed_year) is not int:
            self.problem(f"{name}：fixed_year 应为年份", f"{name}: fixed_year must be a year")
        goalposts = self.goalposts(name, entry)
        weight = self.number(name, entry, "weight")
        if len(self.problems) > before or formula is None or unit is None:
            return None
        titles = known_indicators()
        fallback = titles[formula.text].title if formula.text in titles else Text(name, name)
        return Indicator(
            id=name,
            node=str(entry.get("node") or ""),
            title=text_from(entry["title"], name) if "title" in entry else fallback,
            formula=formula,
            unit=unit,
            direction=direction,
            transform=transform,
            goalposts=goalposts,
            weight=weight,
            window=window,
            window_statistic=statistic,
            fixed_year=fixed_year,
            why=text_from(entry.get("why"), ""),
            weakness=text_from(entry.get("weakness"), ""),
            weak=bool(entry.get("weak", False)),
            source=text_from(entry.get("source"), ""),
        )

    def formula(self, name: str, entry: Mapping[str, Any]) -> Formula | None:
        try:
            return parse_formula(str(entry.get("formula") or name))
        except InputError as error:
            self.problem(f"{name}：{error.message.zh}", f"{name}: {error.message.en}")
            return None

    def unit(self, name: str, entry: Mapping[str, Any]) -> Unit | None:
        try:
            return find_unit(str(entry.get("unit", "unspecified")))
        except InputError as error:
            zh = "；".join(text.zh for text in (error.message, *error.details))
            en = "; ".join(text.en for text in (error.message, *error.details))
            self.problem(f"{name}：{zh}", f"{name}: {en}")
            return None

    def choice(
        self, name: str, entry: Mapping[str, Any], key: str, allowed: tuple[Any, ...], default: Any
    ) -> Any:
        value = entry.get(key, default)
        if value not in allowed or isinstance(value, bool):
            one_of = "、".join(map(str, allowed)), ", ".join(map(str, allowed))
            self.problem(
                f"{name}：{key} 应为 {one_of[0]} 之一，却是 {value!r}",
                f"{name}: {key} must be one of {one_of[1]}, it is {value!r}",
            )
            return default
        return value

    def goalposts(self, name: str, entry: Mapping[str, Any]) -> tuple[float, float] | None:
        value = entry.get("goalposts")
        if value is None:
            return None
        ok = isinstance(value, list) and len(value) == 2
        if not ok or not all(type(v) in (int, float) for v in value) or not value[0] < value[1]:
            self.problem(
                f"{name}：goalposts 应为 [低, 高]", f"{name}: goalposts must be [low, high]"
            )
            return None
        return float(value[0]), float(value[1])

    def check_hierarchy(self, root: str, nodes: list[Node], indicators: list[Indicator]) -> None:
        ids = [node.id for node in nodes] + [indicator.id for indicator in indicators]
        for name in sorted({name for name in ids if ids.count(name) > 1}):
            self.problem(f"id {name} 出现多次", f"id {name} occurs more than once")
        parents = {node.id: node.parent for node in nodes}
        for node in nodes[1:]:
            if node.parent not in parents:
                self.problem(
                    f"节点 {node.id} 的上级 {node.parent} 不存在",
                    f"node {node.id}: its parent {node.parent} does not exist",
                )
        for indicator in indicators:
            if indicator.node not in parents:
                self.problem(
                    f"指标 {indicator.id} 的节点 {indicator.node or '（空）'} 不存在",
                    f"indicator {indicator.id}: its node {indicator.node or '(none)'} "
                    "does not exist",
                )
        for node in nodes[1:]:
            path = [node.id]
            while (up := parents.get(path[-1])) is not None and up not in path:
                path.append(up)
            if up is not None and up == node.id:
                circle = " → ".join([*path, up])
                self.problem(f"层级成环：{circle}", f"the hierarchy is cyclic: {circle}")
        if not self.problems:
            self.check_groups(nodes, indicators)

    def check_groups(self, nodes: list[Node], indicators: list[Indicator]) -> None:
        for node in nodes:
            group: list[Node | Indicator] = [c for c in nodes if c.parent == node.id]
            group += [c for c in indicators if c.node == node.id]
            if not group:
                self.problem(f"节点 {node.id} 下没有指标", f"node {node.id} has nothing below it")
                continue
            given = [child.weight for child in group if child.weight is not None]
            if not given:
                continue
            if len(given) < len(group):
                without = [child.id for child in group if child.weight is None]
                self.problem(
                    f"节点 {node.id} 下有的给了权重，有的没有：{'、'.join(without)}",
                    f"below node {node.id} some have weights and some have none: "
                    f"{', '.join(without)}",
                )
            elif abs(sum(given) - 1) > _WEIGHT_TOLERANCE:
                self.problem(
                    f"节点 {node.id} 下的权重之和是 {sum(given):.6g}，应为 1",
                    f"the weights below node {node.id} sum to {sum(given):.6g}, they must sum to 1",
                )
