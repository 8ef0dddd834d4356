"""Text in two languages."""

from __future__ import annotations

from typing import Literal, NamedTuple

Language = Literal["zh", "en"]


class Text(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def get(self, lang: Language = "en") -> str:
        """Return the words in ``lang``."""
        return self.zh if lang == "zh" else self.en

    def to_dict(self) -> dict[str, str]:
        """Return ``{"zh": …, "en": …}``, the shape used in JSON."""
        return {"zh": self.zh, "en": self.en}


NO_TEXT = Text("", "")


def text_from(value: object, fallback: str) -> Text:
    """Make a Text of a TOML value: a string, ``{zh, en}`` with one or both, or nothing."""
    if isinstance(value, str):
        return Text(value, value)
    if isinstance(value, dict):
        zh, en = value.get("zh"), value.get("en")
        return Text(str(zh or en or fallback), str(en or zh or fallback))
    return Text(fallback, fallback)
