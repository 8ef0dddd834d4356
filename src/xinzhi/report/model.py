"""What a report is made of: sections of statements, charts and tables, and cards behind numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from xinzhi.core import NO_TEXT, Language, Text

_MARK = re.compile(r"\[\[([^\[\]|]+)\|([^\[\]]*)\]\]")

Evidence = tuple[str, Mapping[str, Any]]


def cite(card: str, words: str) -> str:
    """Return words that a reader can follow to a card: ``[[card|words]]``."""
    return f"[[{card}|{words}]]"


def plain(marked: str) -> str:
    """Return a sentence without its marks."""
    return _MARK.sub(r"\2", marked)


def pieces(marked: str) -> list[tuple[str, str]]:
    """Return a sentence as (card, words) pieces; the card is "" where there is none."""
    found, start = [], 0
    for match in _MARK.finditer(marked):
        found += [("", marked[start : match.start()]), (match[1], match[2])]
        start = match.end()
    return [piece for piece in [*found, ("", marked[start:])] if piece[1]]


@dataclass(frozen=True)
class Statement:
    """One sentence that a rule derives from results.

    rule : id of the rule
    marked : the sentence; a number in it leads to its card by ``cite``
    evidence : (table of the assessment, key of its rows), at least one
    interval : (low, high) of the number it states, where it has one
    see : id of the chart or table that shows the evidence
    Raises : ValueError without evidence
    """

    rule: str
    marked: Text
    evidence: tuple[Evidence, ...]
    interval: tuple[float, float] | None = None
    see: str = ""

    def __post_init__(self) -> None:
        if not self.evidence:
            raise ValueError(f"statement {self.rule} has no evidence: {self.text.en}")

    @property
    def text(self) -> Text:
        """Return the sentence in plain words."""
        return Text(plain(self.marked.zh), plain(self.marked.en))

    def to_dict(self) -> dict[str, Any]:
        """Return the statement as JSON has it."""
        return {
            "rule": self.rule,
            "text": self.text,
            "evidence": [{"table": table, "key": dict(key)} for table, key in self.evidence],
            "interval": None if self.interval is None else list(self.interval),
        }


@dataclass(frozen=True)
class NotRun:
    """An analysis that is not in the report.

    reason : why; needs : which figures it needs, as a noun; remedy : what to do, as a sentence
    """

    reason: Text
    needs: Text = NO_TEXT
    remedy: Text = NO_TEXT


@dataclass(frozen=True)
class Panel:
    """One picture of a chart, as a Vega-Lite spec a language.

    tiles : (columns, rows) where the picture is a grid of squares, so that they stay square
    least : width in pixels below which the picture scrolls instead of shrinking; 0 for none
    """

    specs: Mapping[Language, Mapping[str, Any]]
    title: Text = NO_TEXT
    tiles: tuple[int, int] | None = None
    least: int = 0


Symbol = Literal[
    "dot", "grey-dot", "whisker", "band", "line", "dashes", "shade", "square", "tick", "outline"
]


@dataclass(frozen=True)
class Chart:
    """A figure of one idea, in one picture or in small multiples.

    title : the finding; subtitle : measure, unit, year; alt : the finding for who cannot see it
    key : (symbol, colour or "", words)
    """

    id: str
    title: Text
    subtitle: Text
    source: Text
    alt: Text
    panels: tuple[Panel, ...]
    key: tuple[tuple[Symbol, str, Text], ...] = ()


@dataclass(frozen=True)
class Cell:
    """A cell: what is shown, the full value for downloads, the card behind it, or a sparkline."""

    show: Text
    value: Any = None
    card: str = ""
    spark: tuple[float, ...] = ()


@dataclass(frozen=True)
class Table:
    """A table as the report shows it; ``numeric`` columns are aligned on the decimal sign."""

    id: str
    title: Text
    columns: tuple[Text, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: tuple[bool, ...]
    note: Text = NO_TEXT
    chosen: tuple[bool, ...] = ()
    folded: bool = True


@dataclass(frozen=True)
class Figure:
    """A published figure that went into a number."""

    title: Text
    value: float
    unit: Text
    year: int
    vintage: str
    publisher: Text
    source: str
    status: str


@dataclass(frozen=True)
class Card:
    """What lies behind one number, in full precision.

    band : what low and high are; formula : with the numbers put in
    figures : published figures; parts : ids of the cards it is made of
    method : id of the paragraph on method
    """

    id: str
    title: Text
    value: float | None
    unit: Text
    region: Text
    year: str
    formula: Text
    low: float | None = None
    high: float | None = None
    band: Text = NO_TEXT
    parameters: tuple[tuple[Text, Text], ...] = ()
    figures: tuple[Figure, ...] = ()
    parts: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    note: Text = NO_TEXT
    method: str = ""


@dataclass(frozen=True)
class Section:
    """One analysis in the report."""

    id: str
    title: Text
    statements: tuple[Statement, ...]
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Text, ...] = field(default=())


def renamed(section: Section, prefix: str) -> Section:
    """Return a section with ``prefix`` before its id and those of all that it holds.

    Rules and tables of the assessment join the prefix by ``_``, charts and tables of the report by
    ``-``; where a statement shows its evidence in a paragraph on method, that is left as it is.
    """
    shown = {chart.id for chart in section.charts} | {table.id for table in section.tables}
    return replace(
        section,
        id=f"{prefix}_{section.id}",
        statements=tuple(
            replace(
                statement,
                rule=f"{prefix}_{statement.rule}",
                evidence=tuple((f"{prefix}_{table}", key) for table, key in statement.evidence),
                see=f"{prefix}-{statement.see}" if statement.see in shown else statement.see,
            )
            for statement in section.statements
        ),
        charts=tuple(replace(chart, id=f"{prefix}-{chart.id}") for chart in section.charts),
        tables=tuple(replace(table, id=f"{prefix}-{table.id}") for table in section.tables),
    )
