"""Tracks of an industrial strategy, the sectors that carry each, and how well they do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text, text_from
from xinzhi.data.classifications import Classification, classifications, load_classification
from xinzhi.data.toml_files import Problems, guess, is_share, parse_toml, read_bytes, shipped

Coverage = Literal["equal", "wider", "narrower", "overlapping"]

_FOLDER = "tracks"
_WHAT = Text("赛道", "set of tracks")
_KEYS = ("id", "title", "source", "group", "track")
_GROUP_KEYS = ("id", "title")
_TRACK_KEYS = ("id", "group", "title", "reason", "carriers")
_CARRIER_KEYS = ("sectors", "includes", "omits")


@dataclass(frozen=True)
class Carrier:
    """The sectors of one classification that a track is measured by.

    shares : sector code → part of the sector's output that belongs to the track [1], in (0, 1];
        1 where it is not known and the whole sector stands for the track
    includes : what the sectors hold that the track is not; empty if nothing
    omits : what of the track lies in other sectors; empty if nothing
    """

    shares: Mapping[str, float]
    includes: Text
    omits: Text

    @property
    def coverage(self) -> Coverage:
        """Return whether the sectors are wider than the track, narrower, both or neither."""
        if self.includes.en:
            return "overlapping" if self.omits.en else "wider"
        return "narrower" if self.omits.en else "equal"


@dataclass(frozen=True)
class TrackGroup:
    """A group of tracks, such as the leading industries."""

    id: str
    title: Text


@dataclass(frozen=True)
class Track:
    """A track of the strategy.

    carriers : classification → the sectors that carry the track there
    reason : why some or all classifications cannot carry it; empty if nothing is to be said
    """

    id: str
    group: str
    title: Text
    carriers: Mapping[str, Carrier]
    reason: Text


@dataclass(frozen=True)
class Tracks:
    """A set of tracks in their own order; ``sha256`` (hex) is that of its file."""

    id: str
    title: Text
    source: Text
    groups: tuple[TrackGroup, ...]
    tracks: tuple[Track, ...]
    sha256: str

    def track(self, name: str) -> Track:
        """Return the track with this id or title.

        Raises : InputError with the nearest id
        """
        for track in self.tracks:
            if name in (track.id, *track.title):
                return track
        known = [track.id for track in self.tracks]
        suggestion = guess(name, [*known, *(t for track in self.tracks for t in track.title)])
        raise InputError(
            Text(
                f"{self.id} 中没有赛道 {name}{suggestion.zh}",
                f"{self.id} has no track {name}{suggestion.en}",
            ),
            remedy=Text(f"有：{'、'.join(known)}。", f"There are: {', '.join(known)}."),
        )

    def carried_by(self, classification: str) -> tuple[Track, ...]:
        """Return the tracks that tables of a classification can carry."""
        return tuple(track for track in self.tracks if classification in track.carriers)

    def not_carried_by(self, classification: str) -> tuple[Track, ...]:
        """Return the tracks that tables of a classification cannot carry."""
        return tuple(track for track in self.tracks if classification not in track.carriers)


class TrackMembers(NamedTuple):
    """What carries a track in one classification.

    weights : (S,) part of each sector's output that stands for the track [1], in the order of
        the classification; 0 for sectors outside it
    coverage : what the sectors are, what they hold that the track is not, and what they leave out;
        to be repeated wherever a figure of the track is shown
    """

    weights: NDArray[np.float64]
    coverage: Text


def shipped_tracks() -> tuple[str, ...]:
    """Return the names of the sets of tracks in the package."""
    return shipped(_FOLDER)


def load_tracks(name_or_path: str | Path = "shanghai") -> Tracks:
    """Read a set of tracks: a shipped one by name, any other by the path of its TOML file.

    Raises : InputError, listing every problem of the file
    """
    name = str(name_or_path)
    return _shipped_tracks(name) if name in shipped_tracks() else _read(name)


@cache
def _shipped_tracks(name: str) -> Tracks:
    return _read(name)


def _read(name: str) -> Tracks:
    return parse_tracks(*read_bytes(name, _FOLDER, _WHAT))


def track_members(track: Track, classification: str | Classification) -> TrackMembers:
    """Return the sectors that carry a track in tables of a classification.

    Raises : InputError saying why the classification cannot carry the track, and which ones can
    """
    sectors = (
        load_classification(classification) if isinstance(classification, str) else classification
    )
    carrier = track.carriers.get(sectors.id)
    if carrier is None:
        raise _not_carried(track, sectors.id)
    unknown = [code for code in carrier.shares if code not in sectors.codes]
    if unknown:
        raise InputError(
            Text(
                f"赛道“{track.title.zh}”的部门 {'、'.join(unknown)} 不在 {sectors.id} 中",
                f"track {track.title.en}: sectors {', '.join(unknown)} are not in {sectors.id}",
            )
        )
    weights = np.array([carrier.shares.get(code, 0.0) for code in sectors.codes])
    return TrackMembers(weights, _coverage(track, carrier, sectors))


def _not_carried(track: Track, classification: str) -> InputError:
    able = tuple(track.carriers)
    reason = (f"：{track.reason.zh}", f": {track.reason.en}") if track.reason.en else ("", "")
    return InputError(
        Text(
            f"{classification} 的部门不能反映赛道“{track.title.zh}”{reason[0]}",
            f"sectors of {classification} cannot carry the track {track.title.en}{reason[1]}",
        ),
        remedy=Text(
            f"可用这些分类的投入产出表：{'、'.join(able)}。",
            f"Use an input–output table of: {', '.join(able)}.",
        )
        if able
        else Text(
            "若有本地区该赛道的数据，可复制赛道文件，写明部门和份额。",
            "If you have data on the track, copy the file of tracks and give sectors and shares.",
        ),
    )


def _coverage(track: Track, carrier: Carrier, sectors: Classification) -> Text:
    """Return the statement of what a figure of the track covers."""
    zh, en = [], []
    for code, share in carrier.shares.items():
        title = sectors.sector(code).title
        part = f"（{share:.0%}）" if share < 1 else "", f" ({share:.0%})" if share < 1 else ""
        zh.append(f"{code} {title.zh}{part[0]}")
        en.append(f"{code} {title.en}{part[1]}")
    statement = Text(
        f"赛道“{track.title.zh}”以 {sectors.id} 的这些部门衡量：{'、'.join(zh)}",
        f"Track {track.title.en} is measured by sectors of {sectors.id}: {', '.join(en)}",
    )
    held = Text("其中还包括", "they also hold"), carrier.includes
    lost = Text("未包括", "they leave out"), carrier.omits
    for label, words in (held, lost):
        if words.en:
            statement = Text(
                f"{statement.zh}；{label.zh}：{words.zh}", f"{statement.en}; {label.en} {words.en}"
            )
    return statement


def parse_tracks(data: bytes, file_name: str) -> Tracks:
    """Read a set of tracks from the bytes of a TOML file called ``file_name``.

    The form is that of ``shanghai.toml``, which explains its keys.

    Raises : InputError, listing every problem of the file
    """
    document = parse_toml(data, file_name, "shanghai.toml")
    reader = _Reader()
    problems = reader.problems
    problems.unknown_keys("", document, _KEYS)
    own = str(document.get("id") or "")
    if not own:
        problems.add("缺少 id", "id is missing")
    groups = tuple(g for g in map(reader.group, reader.entries(document, "group")) if g)
    tracks = tuple(t for t in map(reader.track, reader.entries(document, "track")) if t)
    if not tracks:
        problems.add("没有 [[track]]", "there is no [[track]]")
    problems.doubled(Text("分组", "group"), (group.id for group in groups))
    problems.doubled(Text("赛道", "track"), (track.id for track in tracks))
    known = [group.id for group in groups]
    for track in tracks:
        if track.group not in known:
            suggestion = guess(track.group, known)
            problems.add(
                f"{track.id}：没有分组 {track.group}{suggestion.zh}",
                f"{track.id}: there is no group {track.group}{suggestion.en}",
            )
    problems.refuse(file_name, _WHAT)
    return Tracks(
        id=own,
        title=text_from(document.get("title"), own),
        source=text_from(document.get("source"), ""),
        groups=groups,
        tracks=tracks,
        sha256=hashlib.sha256(data).hexdigest(),
    )


@dataclass
class _Reader:
    """Reads one document and collects every problem."""

    problems: Problems = field(default_factory=Problems)

    def entries(self, document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
        found = document.get(key, [])
        if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
            self.problems.add(f"{key} 应写作 [[{key}]]", f"{key} must be written [[{key}]]")
            return []
        return found

    def identity(self, kind: str, entry: Mapping[str, Any], keys: tuple[str, ...]) -> str | None:
        name = entry.get("id")
        if not isinstance(name, str) or not name:
            self.problems.add(f"[[{kind}]]：缺少 id", f"[[{kind}]]: id is missing")
            return None
        self.problems.unknown_keys(name, entry, keys)
        return name

    def group(self, entry: Mapping[str, Any]) -> TrackGroup | None:
        name = self.identity("group", entry, _GROUP_KEYS)
        return None if name is None else TrackGroup(name, text_from(entry.get("title"), name))

    def track(self, entry: Mapping[str, Any]) -> Track | None:
        name = self.identity("track", entry, _TRACK_KEYS)
        if name is None:
            return None
        carriers = entry.get("carriers", {})
        if not isinstance(carriers, dict) or not all(
            isinstance(carrier, dict) for carrier in carriers.values()
        ):
            self.problems.add(
                f"{name}：carriers 应写作 [track.carriers.cn153]",
                f"{name}: carriers must be written [track.carriers.cn153]",
            )
            carriers = {}
        return Track(
            id=name,
            group=str(entry.get("group") or ""),
            title=text_from(entry.get("title"), name),
            carriers=MappingProxyType(
                {key: self.carrier(f"{name}, {key}", key, c) for key, c in carriers.items()}
            ),
            reason=text_from(entry.get("reason"), ""),
        )

    def carrier(self, where: str, classification: str, entry: Mapping[str, Any]) -> Carrier:
        self.problems.unknown_keys(where, entry, _CARRIER_KEYS)
        shares = self.shares(where, entry.get("sectors"))
        # A classification of the user's own is known only when a table of it is at hand.
        if classification in classifications():
            codes = load_classification(classification).codes
            for code in shares:
                if code not in codes:
                    suggestion = guess(code, codes)
                    self.problems.add(
                        f"{where}：没有部门 {code}{suggestion.zh}",
                        f"{where}: no sector {code}{suggestion.en}",
                    )
        return Carrier(
            MappingProxyType(shares),
            text_from(entry.get("includes"), ""),
            text_from(entry.get("omits"), ""),
        )

    def shares(self, where: str, value: Any) -> dict[str, float]:
        if isinstance(value, list) and value and all(isinstance(code, str) for code in value):
            self.problems.doubled(Text(f"{where}：部门", f"{where}: sector"), value)
            return dict.fromkeys(value, 1.0)
        if isinstance(value, dict) and value and all(map(is_share, value.values())):
            return {code: float(share) for code, share in value.items()}
        self.problems.add(
            f'{where}：sectors 应为代码的列表（["094"]），'
            f'或在 0 与 1 之间的份额（{{ "094" = 0.4 }}）',
            f'{where}: sectors must be a list of codes (["094"]) or shares '
            f'({{ "094" = 0.4 }}, between 0 and 1)',
        )
        return {}
