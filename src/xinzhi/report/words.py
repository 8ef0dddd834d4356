"""Numbers and phrases in two languages. At most three significant digits stand in text."""

from __future__ import annotations

import math
from collections.abc import Iterable
from string import Formatter

from xinzhi.core import NO_TEXT, Text
from xinzhi.report.model import NotRun, plain

MISSING = "—"
_NARROW = "\u202f"  # between a number and its per cent sign in English


def number(value: float | None, digits: int = 3) -> str:
    """Return a number with at most ``digits`` significant digits: 0.864, 9.38, 33,900."""
    if value is None or not math.isfinite(value):
        return MISSING
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    if rounded and math.floor(math.log10(abs(rounded))) > math.floor(math.log10(abs(value))):
        places -= 1  # 0.9996 became 1.00: one digit fewer after the sign
    return f"{rounded:,.{max(0, places)}f}".replace("-", "−")


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return f"+{number(value)}" if value > 0 else number(value)


def full(value: float | None, digits: int = 12) -> str:
    """Return a number as it is, for the workings on cards: up to ``digits`` significant digits."""
    if value is None or not math.isfinite(value):
        return MISSING
    return f"{value:,.{digits}g}".replace("-", "−")


def percent(share: float | None) -> Text:
    """Return a share as per cent."""
    if share is None or not math.isfinite(share):
        return Text(MISSING, MISSING)
    shown = number(100 * share)
    if "." in shown and float(shown.replace(",", "").replace("−", "-")) == round(100 * share, 9):
        shown = shown.rstrip("0").rstrip(".")  # 80, not 80.0
    return Text(f"{shown}%", f"{shown}{_NARROW}%")


def measured(value: str, unit: Text) -> Text:
    """Return a number with its unit: 4.34%, 4.34 percent; 亿元 with a space before it."""
    gap = "" if unit.zh in ("", "%") else " "
    between = {"": "", "%": _NARROW}.get(unit.en, "\u00a0")
    return Text(f"{value}{gap}{unit.zh}", f"{value}{between}{unit.en}")


def ordinal(rank: float) -> str:
    """Return 1st, 2nd, 3rd, 4th, 11th …"""
    n = int(rank)
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


def rank_text(rank: float) -> Text:
    """Return a rank in words: 第 2 位, 2nd."""
    return Text(f"第 {int(rank)} 位", ordinal(rank))


def rank_band(low: float, high: float) -> Text:
    """Return an interval of ranks: 第 2–3 位, 2nd–3rd; a single rank where both ends agree."""
    if int(low) == int(high):
        return rank_text(low)
    return Text(f"第 {int(low)}–{int(high)} 位", f"{ordinal(low)}–{ordinal(high)}")


def band(low: float, high: float) -> str:
    """Return an interval of numbers."""
    return f"{number(low)}–{number(high)}"


def listing(items: Iterable[Text]) -> Text:
    """Return 甲、乙和丙 / A, B and C."""
    texts = list(items)
    if len(texts) < 2:
        return texts[0] if texts else Text("", "")
    zh = joined("、".join(t.zh for t in texts[:-1]), "和", texts[-1].zh)
    return Text(zh, ", ".join(t.en for t in texts[:-1]) + " and " + texts[-1].en)


def say(zh: str, en: str, **parts: Text | str) -> Text:
    """Fill ``{name}`` in both sentences, each with its own language.

    Where a Chinese character meets a Latin letter or a digit of a part, a space goes between.
    """
    own = {k: Text(v, v) if isinstance(v, str) else v for k, v in parts.items()}
    filled = []
    for words, name, _, _ in Formatter().parse(zh):
        filled += [words, own[name].zh if name else ""]
    return Text(joined(*filled), en.format(**{k: v.en for k, v in own.items()}))


def joined(*texts: str) -> str:
    """Join Chinese texts, with a space where a Chinese character meets a letter or a digit."""
    whole = ""
    for text in texts:
        before, after = plain(whole)[-1:], plain(text)[:1]
        meet = (_is_chinese(before) and _is_latin(after)) or (
            _is_latin(before) and _is_chinese(after)
        )
        whole += (" " if meet else "") + text
    return whole


def why_not(analysis: NotRun) -> Text:
    """Return why an analysis is not there, what it needs and what to do, as sentences."""
    needs = NO_TEXT
    if analysis.needs.zh:
        needs = say("；需要{n}", "; needs {n}", n=analysis.needs)
    text = say("{r}{n}。", "{r}{n}.", r=analysis.reason, n=needs)
    if not analysis.remedy.zh:
        return text
    return Text(text.zh + analysis.remedy.zh, f"{text.en} {analysis.remedy.en}")


def inside(title: Text) -> Text:
    """Return a title as it stands inside an English sentence; acronyms keep their capitals."""
    keep = title.en[1:2].isupper() or title.en[1:2] == "&"
    return Text(title.zh, title.en if keep else title.en[:1].lower() + title.en[1:])


def _is_chinese(sign: str) -> bool:
    return "\u4e00" <= sign <= "\u9fff"


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()
