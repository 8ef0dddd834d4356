"""Events that may strike an economy: a library of ready ones, and the user's own files."""

from __future__ import annotations

from functools import cache
from pathlib import Path

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
    Target,
)
from xinzhi.data.event_reader import EVENT, parse_event
from xinzhi.data.toml_files import read_bytes, shipped

__all__ = [
    "EFFECT_KINDS",
    "RECOVERY_FUNCTIONS",
    "Assumption",
    "Effect",
    "EffectKind",
    "Event",
    "Rebuilding",
    "RecoveryFunction",
    "Target",
    "events",
    "load_event",
    "parse_event",
]

_FOLDER = "events"


def events() -> tuple[str, ...]:
    """Return the names of the events in the package."""
    return shipped(_FOLDER)


def load_event(name_or_path: str | Path) -> Event:
    """Read an event: a shipped one by name, any other by the path of its TOML file.

    The form is that of ``chip-embargo.toml``, which explains its keys.

    Raises : InputError, listing every problem of the file; for an unknown name the nearest one
    """
    name = str(name_or_path)
    return _shipped_event(name) if name in events() else _read(name)


@cache
def _shipped_event(name: str) -> Event:
    return _read(name)


def _read(name: str) -> Event:
    try:
        return parse_event(*read_bytes(name, _FOLDER, EVENT))
    except OSError as error:
        raise InputError(
            Text(f"{name}：文件读不了（{error}）", f"{name}: the file cannot be read ({error})"),
            remedy=Text(
                "请检查文件名和读取权限。", "Check the file's name and that you may read it."
            ),
        ) from None
