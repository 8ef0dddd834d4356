"""The settings of a workspace: ``xinzhi.toml``, and paths that stay inside the folder."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path, PurePosixPath, PureWindowsPath
from types import MappingProxyType
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.cells import YEARS
from xinzhi.data.regions import RegionSet, load_region_set, shipped_region_sets
from xinzhi.data.system_reader import shipped_systems

SETTINGS_FILE = "xinzhi.toml"
_MAX_SETTINGS_BYTES = 1_000_000
_KEYS = (
    *("region", "peers", "year", "system", "classification", "scenario"),
    *("regions", "vintages"),
)
_SPAN = re.compile(r"(\d{4})\s*:\s*(\d{4})")
_NAME = re.compile(r"[A-Za-z0-9_-]+")

NEW_SETTINGS = """\
# 工作区设置 / Settings of the workspace. 去掉行首的 # 即生效 / Remove the # to set one.

# 地区及其比较对象 / The region, and those it is compared with
# region = "上海"
# peers = ["北京", "江苏", "浙江", "广东"]

# 年份或年份区间 / A year, or a span of years
# year = 2023
# year = "2010:2023"

# 指标体系、产业分类、情景：随附的名称，或工作区内的 TOML 文件
# Indicator system, classification, scenario: a shipped name, or a TOML file in the workspace
# system = "four_chains"
# classification = "tracks.toml"
# scenario = "scenario.toml"

# 地区集：随附的名称，或工作区内的 TOML 文件
# Region set: a shipped name, or a TOML file in the workspace
# regions = "china31"

# 同一指标有多个版本时用哪一个；缺省用最近导入的
# Which vintage of an indicator to use; by default the one imported last
# [vintages]
# gdp = "yearbook_2024"
"""


@dataclass(frozen=True)
class Settings:
    """What ``xinzhi.toml`` says.

    region : the region of the study; peers : those it is compared with
    years : first and last year, None for all
    system, classification, scenario, regions : a shipped name, or a path inside the workspace
    vintages : indicator → the vintage to use
    """

    region: str | None = None
    peers: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    system: str | None = None
    classification: str | None = None
    scenario: str | None = None
    regions: str | None = None
    vintages: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def inside(folder: Path, name: str | Path) -> Path:
    """Return the path of a file of the workspace.

    Raises : InputError for a name that leaves the folder: absolute, by ``..`` or by a link
    """
    text = str(name)
    parts = {*PurePosixPath(text).parts, *PureWindowsPath(text).parts}
    leaves = (
        PurePosixPath(text).is_absolute()
        or bool(PureWindowsPath(text).drive or PureWindowsPath(text).root)
        or ".." in parts
    )
    path = folder / text
    if not leaves:
        try:
            leaves = not path.resolve().is_relative_to(folder.resolve())
        except (OSError, ValueError, RuntimeError):
            leaves = True
    if leaves or not text.strip():
        raise InputError(
            Text(f"{text}：不在工作区内", f"{text}: lies outside the workspace"),
            remedy=Text(
                "请用工作区内的文件名，不带 .. 和指向外面的链接。",
                "Name a file inside the workspace, without .. and without links that lead out.",
            ),
        )
    return path


def refuse_settings(problems: Sequence[Text]) -> InputError:
    """Word what is wrong with the settings, all of it at once."""
    count = len(problems)
    return InputError(
        Text(
            f"{SETTINGS_FILE}：设置有 {count} 处错误",
            f"{SETTINGS_FILE}: the settings have {count} problem(s)",
        ),
        problems,
        Text("改正后重试。", "Correct them and try again."),
    )


def read_settings(root: Path, path: Path) -> Settings:
    """Read the settings of the workspace in ``root``.

    Raises : InputError, listing every problem
    """
    advice = Text("请以 UTF-8 保存并改正。", "Save it as UTF-8 and correct it.")
    try:
        if path.stat().st_size > _MAX_SETTINGS_BYTES:
            raise ValueError("too large")
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise InputError(
            Text(
                f"{SETTINGS_FILE}：不是有效的 TOML（{error}）",
                f"{SETTINGS_FILE}: not valid TOML ({error})",
            ),
            remedy=advice,
        ) from None
    reader = _SettingsReader(root)
    settings = reader.read(document)
    if reader.problems:
        raise refuse_settings(reader.problems)
    return settings


class _SettingsReader:
    """Reads one document and collects every problem."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Text] = []

    def problem(self, zh: str, en: str) -> None:
        self.problems.append(Text(zh, en))

    def read(self, document: Mapping[str, Any]) -> Settings:
        for key in sorted(set(document) - set(_KEYS)):
            near = difflib.get_close_matches(key, _KEYS, 1, 0.6)
            guess = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
            self.problem(f"未知的键 {key}{guess[0]}", f"unknown key {key}{guess[1]}")
        return Settings(
            region=self.text(document, "region"),
            peers=self.texts(document, "peers"),
            years=self.years(document.get("year")),
            system=self.file_or_name(document, "system", shipped_systems()),
            classification=self.file_or_name(
                document, "classification", _shipped("classifications")
            ),
            scenario=self.file_or_name(document, "scenario", _shipped("scenarios")),
            regions=self.file_or_name(document, "regions", shipped_region_sets()),
            vintages=self.vintages(document.get("vintages", {})),
        )

    def text(self, document: Mapping[str, Any], key: str) -> str | None:
        found = document.get(key)
        if found is None or (isinstance(found, str) and found.strip()):
            return found
        self.problem(f"{key} 应为文字", f"{key} must be text")
        return None

    def texts(self, document: Mapping[str, Any], key: str) -> tuple[str, ...]:
        found = document.get(key, [])
        if isinstance(found, list) and all(isinstance(item, str) for item in found):
            return tuple(found)
        self.problem(
            f'{key} 应为文字的列表，如 ["北京"]', f'{key} must be a list, such as ["北京"]'
        )
        return ()

    def years(self, found: Any) -> tuple[int, int] | None:
        if found is None:
            return None
        span = None
        if type(found) is int:
            span = (found, found)
        elif isinstance(found, str) and (match := _SPAN.fullmatch(found.strip())):
            span = (int(match[1]), int(match[2]))
        if span and YEARS[0] <= span[0] <= span[1] <= YEARS[1]:
            return span
        self.problem(
            'year 应为年份，如 2023，或区间，如 "2010:2023"',
            'year must be a year, such as 2023, or a span, such as "2010:2023"',
        )
        return None

    def file_or_name(
        self, document: Mapping[str, Any], key: str, shipped: Sequence[str]
    ) -> str | None:
        found = self.text(document, key)
        if found is None or found in shipped:
            return found
        if _NAME.fullmatch(found) and not (self.root / found).exists():
            near = difflib.get_close_matches(found, shipped, 1, 0.6)
            guess = (f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else ("", "")
            self.problem(
                f"{key}：没有随附的 {found}{guess[0]}", f"{key}: no shipped {found}{guess[1]}"
            )
            return None
        try:
            path = inside(self.root, found)
        except InputError as error:
            self.problem(f"{key}：{error.message.zh}", f"{key}: {error.message.en}")
            return None
        if not path.is_file():
            self.problem(
                f"{key}：工作区内没有文件 {found}", f"{key}: no file {found} in the workspace"
            )
            return None
        return found

    def vintages(self, found: Any) -> Mapping[str, str]:
        ok = isinstance(found, dict) and all(isinstance(v, str) for v in found.values())
        if not ok:
            self.problem(
                'vintages 应写作 [vintages]，每行 指标 = "版本"',
                'vintages must be written [vintages], with lines indicator = "vintage"',
            )
            return MappingProxyType({})
        return MappingProxyType(dict(found))


def _shipped(folder: str) -> tuple[str, ...]:
    """Return the names of the TOML files in a folder of the package, none if it has no such one."""
    place = resources.files("xinzhi.data") / folder
    if not place.is_dir():
        return ()
    return tuple(sorted(p.name[:-5] for p in place.iterdir() if p.name.endswith(".toml")))


def load_regions(folder: Path, name: str) -> RegionSet:
    """Load a region set: a shipped one by name, else a file of the workspace."""
    return load_region_set(name if name in shipped_region_sets() else inside(folder, name))
