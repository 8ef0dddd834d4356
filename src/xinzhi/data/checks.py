"""Checks of a long table on its way into a panel; everything wrong is collected, then reported."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.cells import numbers_of, text_of, year_of
from xinzhi.data.duplicates import duplicates
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.indicators import find_indicator, indicators
from xinzhi.data.longtable import REQUIRED, STATUSES, Checked, Places, missing_columns
from xinzhi.data.regions import RegionSet, choose_regions, own_names_warning
from xinzhi.data.units import (
    UNSPECIFIED,
    Unit,
    convert,
    find_unit,
    lookup_unit,
    recount,
    same_dimension,
    suggest_unit,
)

Codes = npt.NDArray[np.int64]

_STATUS_NAMES = {
    **{status: status for status in STATUSES},
    **{"": "reported", "公布": "reported", "已公布": "reported", "正式": "reported"},
    **{"初步": "provisional", "初步数": "provisional", "存疑": "doubtful", "换算": "converted"},
    **{"订正": "corrected", "更正": "corrected", "插补": "imputed", "补值": "imputed"},
}


def check(
    frame: pd.DataFrame,
    regions: RegionSet | None,
    name: str,
    places: Places | None = None,
    levels: bool = False,
) -> Checked:
    """Check and clean a long table.

    frame : columns region, year, indicator, value and, if there, unit, source, status, vintage
    regions : None chooses China's 31 regions if most names are theirs, else the names themselves
    levels : the values are levels in [0, 1] of subsystems, which the dictionary does not know
    Raises : InputError, listing everything that is wrong with its row and column
    """
    if places is None:
        index = frame.index
        labels = range(len(frame)) if isinstance(index, pd.RangeIndex) else map(_plain, index)
        places = Places(list(labels))
    missing = [column for column in REQUIRED if column not in frame.columns]
    if missing:
        raise missing_columns(name, missing, [str(column) for column in frame.columns])
    if frame.empty:
        raise InputError(
            Text(f"{name}：没有数据行", f"{name}: there are no rows of data"),
            remedy=Text("请给出至少一行数据。", "Give at least one row of data."),
        )
    return _Checker(frame, regions, name, places, levels).run()


def _plain(label: Any) -> int | str:
    return int(label) if isinstance(label, (int, np.integer)) else str(label)


class _Checker:
    """Collects everything that is wrong with one table, and its cleaned columns."""

    def __init__(
        self,
        frame: pd.DataFrame,
        regions: RegionSet | None,
        name: str,
        places: Places,
        levels: bool,
    ) -> None:
        self.frame, self.regions, self.name, self.places = frame, regions, name, places
        self.levels = levels
        self.known = {} if levels else indicators()
        self.findings: list[Finding] = []
        self.warnings: list[Text] = []
        self.keep = np.ones(len(frame), dtype=bool)

    def run(self) -> Checked:
        region, regions = self.region_codes()
        year = self.coded("year", year_of, Text("不是年份", "not a year"))
        vintage, vintages = self.texts("vintage", Path(self.name).stem)
        value = self.values()
        indicator, names = self.indicator_codes((region, year, vintage), value)
        unit, unit_names = self.unit_codes(indicator, names)
        status = self.coded(
            "status",
            lambda cell: _STATUS_POSITION.get(text_of(cell)),
            Text("未知的状态", "unknown status"),
            listed(STATUSES, len(STATUSES)).en,
        )
        source, sources = self.texts("source", self.name)
        self.keep &= ~np.isnan(value)
        order = np.flatnonzero(self.keep)
        order = order[np.lexsort([c[order] for c in (year, region, vintage, indicator)])]
        keys = (indicator, vintage, region, year)
        self.findings += duplicates(self.frame, self.places, order, keys)
        self.check_range(order, value, unit, unit_names, indicator, names)
        if self.findings:
            self.findings.sort(key=lambda f: f.row if isinstance(f.row, int) else 0)
            raise refuse(self.name, self.findings)
        if not len(order):
            raise InputError(
                Text(f"{self.name}：所有数值都缺失", f"{self.name}: every value is missing"),
                remedy=Text("请检查数值所在的列。", "Check the column of the values."),
            )
        return Checked(
            pd.DataFrame(
                {
                    "region": _categories(region[order], regions.names),
                    "year": year[order],
                    "indicator": _categories(indicator[order], names),
                    "value": value[order],
                    "unit": _categories(unit[order], unit_names),
                    "source": _categories(source[order], sources),
                    "status": pd.Categorical.from_codes(
                        status[order], categories=pd.Index(STATUSES)
                    ),
                    "vintage": _categories(vintage[order], vintages),
                }
            ),
            regions,
            tuple(self.warnings),
        )

    # Each of these returns one integer a row; -1 where the cell was at fault.

    def factorized(self, column: str) -> tuple[Codes, list[Any]]:
        if column not in self.frame.columns:
            return np.zeros(len(self.frame), dtype=np.int64), [""]
        cells = self.frame[column]
        if isinstance(cells.dtype, pd.CategoricalDtype):
            cells = cells.astype(object)
        codes, distinct = pd.factorize(cells, use_na_sentinel=False)
        return codes.astype(np.int64), list(distinct)

    def coded(
        self,
        column: str,
        meaning: Callable[[Any], int | None],
        problem: Text,
        suggestion: str | None = None,
    ) -> Codes:
        codes, distinct = self.factorized(column)
        meant = [meaning(cell) for cell in distinct]
        for place, value in enumerate(meant):
            if value is None:
                self.report(codes == place, column, distinct[place], problem, suggestion)
        return np.array([-1 if value is None else value for value in meant], dtype=np.int64)[codes]

    def texts(self, column: str, default: str) -> tuple[Codes, list[str]]:
        codes, distinct = self.factorized(column)
        words = [text_of(cell) or default for cell in distinct]
        ordered = sorted(set(words))
        place = {word: position for position, word in enumerate(ordered)}
        return np.array([place[word] for word in words], dtype=np.int64)[codes], ordered

    def region_codes(self) -> tuple[Codes, RegionSet]:
        codes, distinct = self.factorized("region")
        words = [text_of(cell) for cell in distinct]
        regions = self.regions
        if regions is None:
            regions = choose_regions(words)
            self.warnings += own_names_warning(self.name, words, regions)
        position = {region.name: place for place, region in enumerate(regions.regions)}
        meant, totals = [], []
        for place, word in enumerate(words):
            region = regions.find(word) if word else None
            meant.append(-1 if region is None else position[region.name])
            if region is not None:
                continue
            if word and regions.is_total(word):
                totals.append(place)
                continue
            near = regions.suggest(word) if word else None
            problem = Text("未知地区", "unknown region") if word else Text("缺少地区", "no region")
            shown = f"{near.name} ({near.code})" if near else None
            self.report(codes == place, "region", word, problem, shown)
        if totals:
            dropped = np.isin(codes, totals)
            self.keep &= ~dropped
            names = listed([words[place] for place in totals])
            count = len({self.places.rows[i] for i in np.flatnonzero(dropped).tolist()})
            self.warnings.append(
                Text(
                    f"{self.name}：略去 {count} 行合计（{names.zh}）",
                    f"{self.name}: left out {count} row(s) of totals ({names.en})",
                )
            )
        return np.array(meant, dtype=np.int64)[codes], regions

    def indicator_codes(
        self, keys: tuple[Codes, ...], value: npt.NDArray[np.float64]
    ) -> tuple[Codes, list[str]]:
        codes, distinct = self.factorized("indicator")
        words = [" ".join(text_of(cell).split()) for cell in distinct]
        for place, word in enumerate(words):
            if not word:
                problem = Text("缺少指标名", "no indicator")
                self.report(codes == place, "indicator", "", problem)
        ids = list(words) if self.levels else [find_indicator(word) or word for word in words]
        spelled: dict[str, list[int]] = {}
        for place, name in enumerate(ids):
            spelled.setdefault(name, []).append(place)
        for places in spelled.values():
            # Two columns that mean one indicator, 常住人口 and 年末人口 say, are two series.
            if len({words[place] for place in places}) > 1:
                rows = np.isin(codes, places) & self.keep & ~np.isnan(value)
                table = pd.DataFrame([key[rows] for key in (*keys, codes)]).T.drop_duplicates()
                if table.duplicated(subset=[0, 1, 2]).any():
                    for place in places:
                        ids[place] = words[place]
        names = list(dict.fromkeys(ids))
        place_of = {name: place for place, name in enumerate(names)}
        return np.array([place_of[name] for name in ids], dtype=np.int64)[codes], names

    def values(self) -> npt.NDArray[np.float64]:
        value, wrong = numbers_of(self.frame["value"])
        for i in np.flatnonzero(wrong & self.keep).tolist():
            self.add(i, "value", Text("应为数字", "a number is needed"))
        infinite = np.isinf(value) & self.keep
        for i in np.flatnonzero(infinite).tolist():
            self.add(i, "value", Text("不是有限的数", "not a finite number"))
        value[infinite] = np.nan
        return value

    def unit_codes(self, indicator: Codes, names: list[str]) -> tuple[Codes, list[str]]:
        codes, distinct = self.factorized("unit")
        pairs, inverse = np.unique(indicator * len(distinct) + codes, return_inverse=True)
        ids: dict[str, int] = {}
        meant: list[int] = []
        first: dict[int, Unit] = {}
        for place, pair in enumerate(pairs.tolist()):
            which, code = divmod(pair, len(distinct))
            word = text_of(distinct[code])
            info = self.known.get(names[which])
            default = find_unit(info.unit) if info else None
            unit = lookup_unit(word)
            rows = inverse == place
            if unit is None:
                near = suggest_unit(word) or (default.title.zh if default else None)
                self.report(rows, "unit", word, Text("未知单位", "unknown unit"), near)
                meant.append(-1)
                continue
            if default is not None and unit.id != UNSPECIFIED:
                unit = recount(unit, default) or unit
                if not same_dimension(unit, default):
                    problem = Text(
                        f"单位与指标 {names[which]} 不符", f"not a unit of indicator {names[which]}"
                    )
                    self.report(rows, "unit", word, problem, default.id)
            if not same_dimension(unit, first.setdefault(which, unit)):
                other = first[which]
                problem = Text(
                    f"指标 {names[which]} 的单位不能与 {other.id} 互相换算",
                    f"does not convert to {other.id}, which indicator {names[which]} has elsewhere",
                )
                self.report(rows, "unit", word, problem)
            meant.append(ids.setdefault(unit.id, len(ids)))
        return np.array(meant, dtype=np.int64)[inverse], list(ids)

    def check_range(
        self,
        order: Codes,
        value: npt.NDArray[np.float64],
        unit: Codes,
        unit_names: list[str],
        indicator: Codes,
        names: list[str],
    ) -> None:
        if self.levels:
            outside = (value[order] < 0) | (value[order] > 1)
            for i in order[outside].tolist():
                self.add(i, "value", Text("不在 0 与 1 之间", "outside [0, 1]"))
        span = len(unit_names) + 1
        for pair in np.unique(indicator[order] * span + unit[order] + 1).tolist():
            which, code = pair // span, pair % span - 1
            info = self.known.get(names[which])
            if info is None or code < 0:
                continue
            rows = order[(indicator[order] == which) & (unit[order] == code)]
            if unit_names[code] == UNSPECIFIED:
                # Without a unit only the sign can be judged.
                for i in rows[value[rows] < 0].tolist() if info.low == 0 else []:
                    self.add(i, "value", Text("不应为负数", "must not be negative"))
                continue
            given, default = find_unit(unit_names[code]), find_unit(info.unit)
            if not same_dimension(given, default):
                continue
            numbers = convert(value[rows], given, default)
            low = -np.inf if info.low is None else info.low
            high = np.inf if info.high is None else info.high
            for i in rows[(numbers < low) | (numbers > high)].tolist():
                problem = Text(
                    f"{info.title.zh}应在 {low:g} 与 {high:g} {default.title.zh}之间，"
                    "单位是否正确？",
                    f"{info.title.en} should lie between {low:g} and {high:g} {default.id}; "
                    "is the unit right?",
                )
                self.add(i, "value", problem)

    def report(
        self,
        rows: npt.NDArray[np.bool_],
        column: str,
        cell: Any,
        problem: Text,
        suggestion: str | None = None,
    ) -> None:
        """Report a cell content once, at the first row that holds it, and count the others."""
        affected = np.flatnonzero(rows & self.keep).tolist()
        if not affected:
            return
        heading = self.heading(column, affected[0])
        row, more = self.places.rows[affected[0]], 0
        if column == "unit" and self.places.heading_row and text_of(cell) in heading:
            row = self.places.heading_row
        else:
            more = len({self.places.rows[i] for i in affected}) - 1
        zh, en = problem
        if text_of(cell):
            zh, en = f"{text_of(cell)} {zh}", f"{text_of(cell)}, {en}"
        if more:
            zh, en = (
                f"{zh}（另有 {more} 行相同）",
                f"{en} (and in {more} more row{'s' if more > 1 else ''})",
            )
        self.findings.append(
            Finding(
                Text(zh, en),
                row=row,
                column=heading,
                value=text_of(cell),
                suggestion=suggestion,
            )
        )

    def add(self, i: int, column: str, problem: Text) -> None:
        """Report the cell of one row."""
        cell = text_of(self.frame[column].iloc[i])
        self.findings.append(
            Finding(
                Text(f"“{cell}” {problem.zh}", f"'{cell}', {problem.en}"),
                row=self.places.rows[i],
                column=self.heading(column, i),
                value=cell,
            )
        )

    def heading(self, column: str, i: int) -> str:
        """Return the heading that the file itself gives to a cell's column."""
        if self.places.value_columns is not None and column in ("value", "unit", "indicator"):
            return self.places.value_columns[i]
        return self.places.headings.get(column, column)


_STATUS_POSITION = {name: STATUSES.index(status) for name, status in _STATUS_NAMES.items()}


def _categories(codes: Codes, names: Sequence[str]) -> pd.Categorical[Any]:
    """Return the names behind the codes as a categorical of those that occur, in their order."""
    used = np.unique(codes)
    places = np.searchsorted(used, codes)
    return pd.Categorical.from_codes(places, categories=pd.Index([names[k] for k in used]))
