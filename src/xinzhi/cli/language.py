"""The language of the commands: that of ``--lang``, else that of the environment."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xinzhi.core import Language


def asked_language(arguments: list[str]) -> Language:
    """Return the language of ``--lang``, else of the environment: help is worded before parsing."""
    for place, word in enumerate(arguments):
        value = word.partition("=")[2] if word.startswith("--lang=") else ""
        if word == "--lang" and place + 1 < len(arguments):
            value = arguments[place + 1]
        if value in ("zh", "en"):
            return "zh" if value == "zh" else "en"
    local = next(
        (os.environ[k] for k in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), ""
    )
    return "zh" if local.lower().startswith("zh") else "en"


LANGUAGE: Language = asked_language(sys.argv[1:])


def say(zh: str, en: str) -> str:
    """Return the words in the language of this run."""
    return zh if LANGUAGE == "zh" else en
