"""What stands above a table, and the names of sheet and file: indicator, unit, year, region."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from xinzhi.data.headers import split_unit, words_of
from xinzhi.data.indicators import find_indicator
from xinzhi.data.names import compact
from xinzhi.data.region_titles import region_of_title
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import Grid

STATED_UNIT = re.compile(
    r"^[（(\[]?\s*(?:(?:计量)?单位|units?)\s*[:：]\s*(?P<unit>.+?)\s*[)）\]]?$", re.IGNORECASE
)
_SEVERAL = re.compile(r"[、,，;；]")
_YEARS = re.compile(r"(?<!\d)((?:19|20)\d{2})(?!\d)")
_TABLE_NUMBER = re.compile(
    r"^(?:续?表|table)?\s*\d{1,3}(?:\s*[-－—–.·]\s*\d{1,3})*(?!\d|年)[\s、.:：]*"
)
_TITLE_LABEL = re.compile(r"^(?:指标|indicator)\s*[:：]\s*", re.IGNORECASE)
_TITLE_YEARS = re.compile(
    r"[（(]?\s*(?:19|20)\d{2}\s*(?:[-－—–~至到]\s*(?:19|20)\d{2})?\s*年?(?:度|末)?\s*[)）]?"
)
_TITLE_OPENINGS = ("各地区", "分地区", "各省（区、市）", "各省区市", "各省市", "各省", "各", "历年")
_TITLE_ENDINGS = ("情况", "统计", "一览表", "表", "数据")
_REGION = "〇"
_PLAIN_TITLE = re.compile(r"(sheet|工作表|表|table)\s*\d*", re.IGNORECASE)


class Titles:
    """What stands above the headings, and the names of sheet and file: title, unit, year.

    form : what tables of the same form are called, whatever year and region
    regions : look for the one region that the title names, and take the title without it
    """

    def __init__(self, grid: Grid, rows: list[list[Any]], regions: RegionSet | None = None) -> None:
        words = [words_of(cell) for row in rows for cell in row]
        self.words = list(dict.fromkeys(word for word in words if word))
        self.grid = grid
        units = [m["unit"] for word in self.words if (m := STATED_UNIT.match(word))]
        stated = {unit for text in units for unit in _SEVERAL.split(text) if unit}
        self.unit = units[0] if len(stated) == 1 and len(set(units)) == 1 else ""
        titles = [word for word in self.words if not STATED_UNIT.match(word)]
        if grid.title and not _PLAIN_TITLE.fullmatch(grid.title):
            titles.append(grid.title)
        self.stem = Path(grid.name).stem
        self.region, spelling = "", ""
        if regions is not None:
            self.region, spelling = region_of_title((*titles, self.stem), regions)
        self.form = next((f for t in (*titles, self.stem) if (f := form_of(t, spelling))), "")
        if spelling:
            titles = [compact(title).replace(spelling, "") for title in titles]
            self.stem = compact(self.stem).replace(spelling, "")
        self.titles = titles

    @property
    def year(self) -> int | None:
        """Return the one year that the title, the sheet or the file names."""
        for text in (*self.titles, self.stem):
            years = {int(year) for year in _YEARS.findall(text)}
            if years:
                return years.pop() if len(years) == 1 else None
        return None

    @property
    def indicator(self) -> tuple[str, str]:
        """Return the indicator and unit of the title, "" where it names none."""
        titles = self.titles or [self.stem]
        for text in titles:
            name, unit = split_unit(_TITLE_LABEL.sub("", text))
            found = _known(name)
            if found is not None:
                return found, unit
        for text in self.titles:
            name, unit = split_unit(_TITLE_LABEL.sub("", text))
            plain = plain_title(name)
            if plain:
                return plain, unit
        return "", ""


def form_of(title: str, region: str = "") -> str:
    """Return a title without the table's number and the years, a mark in place of the region."""
    plain = compact(plain_title(title))
    return plain.replace(region, _REGION) if region else plain


def indicator_of(form: str) -> str:
    """Return the id of the indicator that a table is about, else what its title says."""
    title = form.replace(_REGION, "")
    return _known(title) or title


def _known(title: str) -> str | None:
    return next((found for name in _spellings(title) if (found := find_indicator(name))), None)


def plain_title(title: str) -> str:
    """Return a title without the table's number and the years."""
    return _TITLE_YEARS.sub("", _TABLE_NUMBER.sub("", title)).strip(" ：:、-—")


def _spellings(title: str) -> Iterator[str]:
    """Yield what a title may call the indicator, the fullest first."""
    yield title
    plain = plain_title(title)
    yield plain
    for opening in _TITLE_OPENINGS:
        if plain.startswith(opening):
            yield plain.removeprefix(opening)
            plain = plain.removeprefix(opening)
            break
    for ending in _TITLE_ENDINGS:
        if plain.endswith(ending):
            yield plain.removesuffix(ending)
