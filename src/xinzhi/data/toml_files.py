"""Reading the TOML files that users replace: the file, its syntax, its problems all at once."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text


def shipped(folder: str) -> tuple[str, ...]:
    """Return the names of the TOML files in a folder of ``xinzhi.data``, without their ending."""
    files = (resources.files("xinzhi.data") / folder).iterdir()
    return tuple(sorted(f.name.removesuffix(".toml") for f in files if f.name.endswith(".toml")))


def read_bytes(name: str, folder: str, what: Text) -> tuple[bytes, str]:
    """Return the bytes and the file name of a shipped document or of a user's file.

    what : the kind of document, for the message
    Raises : InputError with the nearest shipped name where there is no such file
    """
    known = shipped(folder)
    if name in known:
        file = resources.files("xinzhi.data") / folder / f"{name}.toml"
        return file.read_bytes(), file.name
    path = Path(name)
    if path.is_file():
        return path.read_bytes(), path.name
    suggestion = guess(name, known)
    wrong = ("是文件夹", "is a folder") if path.is_dir() else ("文件不存在", "no such file")
    raise InputError(
        Text(f"{name}：{wrong[0]}{suggestion.zh}", f"{name}: {wrong[1]}{suggestion.en}"),
        remedy=Text(
            f"给出{what.zh}的 TOML 文件，或随附的{what.zh}之一：{'、'.join(known)}。",
            f"Give a TOML file ({what.en}), or a shipped one: {', '.join(known)}.",
        ),
    )


def parse_toml(data: bytes, file_name: str, example: str) -> dict[str, Any]:
    """Return the document in the bytes of a TOML file.

    example : a shipped file to compare
    Raises : InputError with the place of the mistake
    """
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(
            Text(
                f"{file_name}：不是有效的 TOML（{error}）", f"{file_name}: not valid TOML ({error})"
            ),
            remedy=Text(
                f"以 UTF-8 保存，参照 {example} 改正。",
                f"Save it as UTF-8 and compare {example}.",
            ),
        ) from None


@dataclass
class Problems:
    """Collects what is wrong with one document."""

    found: list[Text] = field(default_factory=list)

    def add(self, zh: str, en: str) -> None:
        """Note one problem."""
        self.found.append(Text(zh, en))

    def unknown_keys(self, place: str, entry: Mapping[str, Any], known: Iterable[str]) -> None:
        """Note every key that is not known, with the nearest one that is."""
        names = tuple(known)
        for key in sorted(set(entry) - set(names)):
            where = (f"{place}：", f"{place}: ") if place else ("", "")
            suggestion = guess(key, names)
            self.add(
                f"{where[0]}未知的键 {key}{suggestion.zh}",
                f"{where[1]}unknown key {key}{suggestion.en}",
            )

    def doubled(self, what: Text, names: Iterable[str]) -> None:
        """Note every name that is used twice."""
        seen = list(names)
        for name in sorted({name for name in seen if seen.count(name) > 1}):
            self.add(f"{what.zh}重复：{name}", f"{what.en} is used twice: {name}")

    def refuse(self, file_name: str, what: Text) -> None:
        """Raise the one error that lists every problem, if there is one."""
        if self.found:
            raise InputError(
                Text(
                    f"{file_name}：{what.zh}有 {len(self.found)} 处错误",
                    f"{file_name}: the {what.en} has {len(self.found)} problem(s)",
                ),
                self.found,
                Text("改正后重试。", "Correct them and try again."),
            )


def is_share(value: object) -> bool:
    """Tell whether a value is a number above 0 and not above 1."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1


def guess(name: str, known: Iterable[str]) -> Text:
    """Return the question whether the nearest known name was meant; empty if none is near."""
    near = difflib.get_close_matches(name, list(known), 1, 0.6)
    return Text(f"，是否指 {near[0]}？", f", did you mean {near[0]}?") if near else Text("", "")
