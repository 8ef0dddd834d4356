"""What every part shares: text in two languages, errors, results, JSON, files, many runs."""

from xinzhi.core.errors import ComputationError, InputError, XinzhiError
from xinzhi.core.files import replacing
from xinzhi.core.json import dumps
from xinzhi.core.parallel import run_many
from xinzhi.core.result import InputRecord, Result
from xinzhi.core.text import NO_TEXT, Language, Text, text_from

__all__ = [
    "NO_TEXT",
    "ComputationError",
    "InputError",
    "InputRecord",
    "Language",
    "Result",
    "Text",
    "XinzhiError",
    "dumps",
    "replacing",
    "run_many",
    "text_from",
]
