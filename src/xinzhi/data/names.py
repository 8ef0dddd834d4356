"""Comparing names as people type them: spaces, full-width forms, case, confusable characters."""

from __future__ import annotations

import re
import unicodedata

_BLANKS = re.compile(r"[\s\u200b-\u200d\u2060\ufeff'’·._-]+")
_ENGLISH_ENDINGS = ("municipality", "province", "autonomousregion", "city")

# Characters that scanners, fonts and pinyin keyboards mix up.
_CONFUSED = (
    *("两西四酉", "占古右吉", "汀江汪", "来东乐", "末未", "士土", "日曰目", "千干于", "大太犬"),
    *("己已巳", "人入八", "午牛", "王玉主", "今令", "北此", "问向", "尔东", "辽过", "宁宇"),
    *("晋普", "冀翼", "陕峡狭", "甘廿", "肃萧", "青清", "疆彊", "藏臧葬", "徽微", "浙淅", "苏办"),
    *("赣贛", "渝愉", "湖胡", "广厂", "贵责", "州洲", "云去", "南面", "海侮", "重里", "庆夫"),
    *("il1", "o0", "mn", "uv", "ec"),
)
_PARTNERS = frozenset(
    (first, second) for group in _CONFUSED for first in group for second in group if first != second
)


def compact(text: str) -> str:
    """Return the text without blanks of any kind, in half-width forms; case stays."""
    return re.sub(r"[\s\u200b-\u200d\u2060\ufeff]+", "", unicodedata.normalize("NFKC", text))


def name_key(text: str) -> str:
    """Return what two spellings of one name share."""
    key = _BLANKS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    for ending in _ENGLISH_ENDINGS:
        if key.endswith(ending) and len(key) > len(ending):
            return key[: -len(ending)]
    return key


def distance(first: str, second: str, limit: float) -> float:
    """Return the edit distance, a confusable pair of characters counting one half.

    Above ``limit`` the exact distance does not matter and infinity may be returned.
    """
    if abs(len(first) - len(second)) > limit:
        return float("inf")
    above = [float(j) for j in range(len(second) + 1)]
    for i, a in enumerate(first, 1):
        row = [float(i)]
        for j, b in enumerate(second, 1):
            change = 0.0 if a == b else 0.5 if (a, b) in _PARTNERS else 1.0
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + change))
        if min(row) > limit:
            return float("inf")
        above = row
    return above[-1]
