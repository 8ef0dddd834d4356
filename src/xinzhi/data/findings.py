"""What is wrong with a table, and where: collected first, then reported all at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xinzhi.core import InputError, Text

_SHOWN = 20


@dataclass(frozen=True)
class Finding:
    """One problem of one cell, row or column.

    row : row of the file, counted from 1 as a spreadsheet does; for a DataFrame its index label
    column : heading of the column
    value : the cell as it stands
    suggestion : what was probably meant
    """

    problem: Text
    row: int | str | None = None
    column: str | None = None
    value: str = ""
    suggestion: str | None = None

    def text(self) -> Text:
        """Return place, problem and suggestion as one line."""
        zh, en = [], []
        if self.row is not None:
            zh.append(f"第 {self.row} 行")
            en.append(f"row {self.row}")
        if self.column:
            zh.append(f"“{self.column}”列")
            en.append(f"column {self.column}")
        place = ("，".join(zh) + "：" if zh else "", ", ".join(en) + ": " if en else "")
        guess = (
            (f"，是否指 {self.suggestion}？", f", did you mean {self.suggestion}?")
            if self.suggestion
            else ("", "")
        )
        return Text(place[0] + self.problem.zh + guess[0], place[1] + self.problem.en + guess[1])


def refuse(
    name: str, findings: Sequence[Finding], remedy: Text | None = None, headline: Text | None = None
) -> InputError:
    """Return the one error that lists what was found in ``name``."""
    count = len(findings)
    if headline is None:
        noun = "problem" if count == 1 else "problems"
        headline = Text(f"{name}：有 {count} 处问题", f"{name}: {count} {noun}")
    details = [finding.text() for finding in findings[:_SHOWN]]
    if count > _SHOWN:
        rest = count - _SHOWN
        details.append(Text(f"……另有 {rest} 处", f"… and {rest} more"))
    return InputError(
        headline, details, remedy or Text("请改正后重试。", "Correct the file and try again.")
    )


def listed(items: Iterable[object], most: int = 6) -> Text:
    """Return the first few items as a list in both languages."""
    names = [str(item) for item in items]
    more = len(names) > most
    return Text(
        "、".join(names[:most]) + (" 等" if more else ""),
        ", ".join(names[:most]) + (" …" if more else ""),
    )
