"""Reading the region of a whole table from its title."""

from __future__ import annotations

import re
from collections.abc import Iterable

from xinzhi.data.names import compact
from xinzhi.data.regions import RegionSet

_SUFFIXES = "省市区县州盟旗"
# What may follow a region's name and is no place inside it: 上海市城市居民, 北京地区.
_NO_PLACES = (
    *("地区", "城市", "都市", "市区", "城区", "郊区", "社区", "园区", "全市", "全省", "全区"),
    *("全县", "各市", "各区", "各县", "各州", "区县", "市县", "本市", "本区", "本县", "辖区"),
)
_PLACE = re.compile(rf"[\u4e00-\u9fff]{{1,7}}?[{_SUFFIXES}]")
_OPENING_PLACE = re.compile(rf"^[\u4e00-\u9fff]{{2,8}}?[{_SUFFIXES}]")
_BY_REGION = re.compile(r"[各分](?:地区|城市|[省市县区州盟旗])")
_NUMBER = re.compile(r"^[^\u4e00-\u9fffA-Za-z]+")


def region_of_title(texts: Iterable[str], regions: RegionSet) -> tuple[str, str]:
    """Return the one region that the first telling text names, and how it spells it.

    A text that names several regions, or a place that is not of the set (苏州市 among provinces,
    also in 江苏省苏州市), or a table by regions (江苏省各市), settles that no region is known: what
    comes after it may be about the larger region.

    texts : the title first, then the names of the sheet and the file
    Returns : the region's own name and the spelling without blanks; both "" if none is known
    """
    for text in texts:
        plain = compact(text)
        found, place_inside = _regions_in(plain, regions)
        if place_inside or len(found) > 1 or _BY_REGION.search(plain):
            return "", ""
        if found:
            return found.popitem()
        opening = _OPENING_PLACE.match(_NUMBER.sub("", plain))
        if opening and is_place(opening[0]):
            return "", ""
    return "", ""


def is_place(word: str) -> bool:
    """Tell whether a word ends as the names of cities, counties and the like do."""
    plain = compact(word)
    return len(plain) > 1 and plain.endswith(tuple(_SUFFIXES)) and not plain.endswith(_NO_PLACES)


def _regions_in(text: str, regions: RegionSet) -> tuple[dict[str, str], bool]:
    """Return region → spelling for a text, and whether a place inside a region follows its name."""
    found: dict[str, str] = {}
    spellings = _spellings(regions)
    at = 0
    while at < len(text):
        spelling = next((s for s in spellings if _stands(s, text, at)), None)
        if spelling is None:
            at += 1
            continue
        at += len(spelling)
        found.setdefault(spellings[spelling], spelling)
        if not spelling.isascii() and _goes_on(spelling, text[at:]):
            return found, True
    return found, False


def _spellings(regions: RegionSet) -> dict[str, str]:
    """Return spelling → the region's name, the longest spellings first."""
    found: dict[str, str] = {}
    for region in regions.regions:
        for word in (region.name, region.long, region.english, *region.aliases):
            key = compact(word)
            if len(key) > 1 and not key.isdecimal():
                found.setdefault(key, region.name)
    return dict(sorted(found.items(), key=lambda item: -len(item[0])))


def _stands(spelling: str, text: str, at: int) -> bool:
    if not spelling.isascii():
        return text.startswith(spelling, at)
    end = at + len(spelling)
    # Blanks are gone: only capital letters still tell words apart.
    return text[at:end] == spelling and not text[end : end + 1].islower()


def _goes_on(spelling: str, rest: str) -> bool:
    """Tell whether what follows a region's name makes it another place: 吉林|市, 江苏省|苏州市."""
    if rest[:1] and rest[0] in _SUFFIXES and spelling[-1] not in _SUFFIXES:
        return True
    match = _PLACE.match(rest)
    return match is not None and not match[0].endswith(_NO_PLACES)
