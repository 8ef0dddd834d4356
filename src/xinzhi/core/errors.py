"""What can go wrong, in words that a user can act on, in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from xinzhi.core.text import Language, Text


class XinzhiError(Exception):
    """Base of every error that Xinzhi raises on purpose; ``exit_status`` is the command's."""

    exit_status = 1

    def __init__(self, message: Text, details: Iterable[Text] = (), remedy: Text | None = None):
        self.message = message
        self.details = tuple(details)
        self.remedy = remedy
        super().__init__(self.text("en"))

    def text(self, lang: Language = "en") -> str:
        """Return the whole message: what is wrong, each place, and what to do."""
        lines = [self.message.get(lang), *(f"  {detail.get(lang)}" for detail in self.details)]
        if self.remedy is not None:
            lines.append(self.remedy.get(lang))
        return "\n".join(lines)


class InputError(XinzhiError):
    """The user's input is wrong: a file, a column, a unit, an option."""

    exit_status = 2


class ComputationError(XinzhiError):
    """The input is well formed, but the computation has no answer."""
