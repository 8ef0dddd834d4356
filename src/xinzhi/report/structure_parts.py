"""What the sections on input–output tables share: words for a table, sectors, cards, charts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from xinzhi.core import NO_TEXT, Language, Text, chart
from xinzhi.report.context import Context
from xinzhi.report.model import Card, Figure, Panel, cite
from xinzhi.report.words import percent

Row = Mapping[str, Any]


def rows_of(frame: pd.DataFrame) -> list[Row]:
    """Return the rows of a table as dictionaries."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def extreme(frame: pd.DataFrame, column: str, highest: bool = True) -> Row:
    """Return the row with the highest or the lowest value of a column."""
    return rows_of(frame.sort_values(column, ascending=not highest, kind="stable").head(1))[0]


def sector_title(row: Row) -> Text:
    """Return the title of a sector from a row of a table."""
    return Text(str(row["title_zh"]), str(row["title_en"]))


def panel_of(draw: Callable[[Language], Any], least: int = 0) -> Panel:
    """Return a chart as a panel; its own title goes, since the report states the finding.

    least : width in pixels below which it scrolls
    """
    specs: dict[Language, dict[str, Any]] = {}
    languages: tuple[Language, ...] = ("zh", "en")
    for lang in languages:
        specs[lang] = chart.spec(draw(lang))
        specs[lang].pop("title", None)
    return Panel(specs, least=least)


@dataclass(frozen=True)
class StructureCards:
    """Cards of one section on an input–output table.

    place : whose table it is; year : of the table; figures : published figures behind it
    note : what was assumed in making the table
    """

    context: Context
    section: str
    place: Text
    year: str
    source: Text
    note: Text
    figures: tuple[Figure, ...] = ()

    def share(self, value: float, title: Text, formula: Text, *parts: str) -> Text:
        """Return a share in words, per cent, that leads to its card."""
        card = self.add(value, title, formula, *parts)
        words = percent(value)
        return Text(cite(card, words.zh), cite(card, words.en))

    def add(
        self,
        value: float,
        title: Text,
        formula: Text,
        *parts: str,
        band: Text = NO_TEXT,
        low: float | None = None,
        high: float | None = None,
    ) -> str:
        """Keep the card of one number and return its id; ``parts`` make the id."""
        return self.context.add(
            Card(
                id=self.context.card_id(self.section, *parts),
                title=title,
                value=value,
                unit=NO_TEXT,
                region=self.place,
                year=self.year,
                formula=formula,
                low=low,
                high=high,
                band=band,
                parameters=((Text("投入产出表", "Input–output table"), self.source),),
                figures=self.figures,
                note=self.note,
                method=f"method-{self.section}",
            )
        )


def itemised(items: Iterable[Text]) -> Text:
    """Return 甲；乙 / A; B: for items whose own words hold 、 and commas."""
    texts = list(items)
    return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))


def noted(texts: tuple[Text, ...]) -> Text:
    """Return several sentences as one text."""
    return Text("".join(t.zh for t in texts), " ".join(t.en for t in texts))
