"""Rules of inspection for figures: jumps, totals and their sums, wholes and their parts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import pandas as pd

from xinzhi.data.breaks import BREAK_FACTOR
from xinzhi.data.inspection_findings import Inspector, known_indicator
from xinzhi.data.inspection_table import (
    CodedTable,
    Codes,
    Mask,
    Numbers,
    SeriesName,
    joined,
    split,
)
from xinzhi.data.names import compact, name_key
from xinzhi.data.regions import RegionSet
from xinzhi.data.units import UNSPECIFIED

# Total rows that are no sum of all regions.
_NOT_SUMS = frozenset(
    map(name_key, ("平均", "均值", "全国平均", "小计", "Average", "Mean", "Subtotal"))
)
# Total rows of whatever regions the table has; any other is of the whole set.
_OF_THE_TABLE = frozenset(
    map(name_key, ("合计", "总计", "总和", "Total", "Grand total", "Sum", "All", "All regions"))
)
# A jump that most regions make together is a change of the series, not of a cell.
_COMMON_SHARE = 0.8
_COMMON_LEAST = 5


def jumps(inspector: Inspector) -> None:
    """Find figures above three times, or below a third of, those of the year before."""
    table = inspector.table
    cells = first_figures(inspector, positive=True)
    year = table.cell_year[cells]
    # A series in several units is compared within each unit's dimension.
    key = joined(table.series[cells], table.measure_of_unit[cells], len(table.unit_words) + 1)
    entity = inspector.entity[table.cell_row[cells]]
    order = np.lexsort((year, entity, key))
    key, entity, year, cells = key[order], entity[order], year[order], cells[order]
    follows = (key[1:] == key[:-1]) & (entity[1:] == entity[:-1]) & (year[1:] - year[:-1] == 1)
    at = np.flatnonzero(follows) + 1
    if not len(at):
        return
    change = np.log(table.value[cells[at]]) - np.log(table.value[cells[at - 1]])
    change += np.log(table.factor[cells[at]] / table.factor[cells[at - 1]])
    large = np.abs(change) > np.log(BREAK_FACTOR) * (1 + 1e-12)
    groups, distinct = pd.factorize(key[at] * 4000 + year[at])
    pairs = np.bincount(groups)
    up = np.bincount(groups, weights=large & (change > 0))
    down = np.bincount(groups, weights=large & (change < 0))
    common = (pairs >= _COMMON_LEAST) & (np.maximum(up, down) >= _COMMON_SHARE * pairs)
    for problem, chosen in (
        ("scale_change", common[groups] & large),
        ("implausible_jump", ~common[groups] & large),
    ):
        where = np.flatnonzero(chosen)
        series = table.series[cells[at[where]]]
        if problem == "scale_change":
            series = joined(series, groups[where].astype(np.int64), len(distinct))
        codes, kinds = pd.factorize(series)
        for members in split(codes, len(kinds)):
            here = where[members]
            now, before = cells[at[here]], cells[at[here] - 1]
            # What the year before says, in the unit of this year.
            scale = table.factor[before] / table.factor[now]
            inspector.compare(
                problem,
                int(table.series[now[0]]),
                now,
                table.value[before] * scale,
                np.abs(change[here]),
            )


def sums(inspector: Inspector) -> None:
    """Find total rows that the regions do not add up to."""
    table = inspector.table
    totals = list(total_rows(inspector))
    if not totals or not table.regions.regions:
        return
    cells = first_figures(inspector)
    group = joined(
        joined(table.series[cells], table.cell_year[cells], 4000),
        table.measure_of_unit[cells],
        len(table.unit_words) + 1,
    )
    size = int(group.max()) + 1 if len(group) else 0
    base = table.value[cells] * table.factor[cells]
    half = 0.5 * 10.0 ** -decimals(table.value[cells]) * table.factor[cells]
    place = inspector.place[table.cell_row[cells]]
    entity = inspector.entity[table.cell_row[cells]]
    named = np.array([not table.regions.is_total(word) for word in table.entity_words])
    unknown = np.bincount(group[(place < 0) & named[entity]], minlength=size)
    for word, total, members in totals:
        inside = (place >= 0) & members[place]
        sums = np.bincount(group[inside], base[inside], size).astype(np.float64)
        counts = np.bincount(group[inside], minlength=size)
        finest = np.full(size, np.inf)
        np.minimum.at(finest, group[inside], half[inside])
        full = counts == int((members & expected_regions(inspector, word)).sum())
        if name_key(word) in _OF_THE_TABLE:
            # It may count rows whose region nobody knows.
            full &= unknown == 0
        at = np.flatnonzero(entity == total)
        at = at[counts[group[at]] > 0]
        g = group[at]
        gap = sums[g] - base[at]
        allowed = half[at] + counts[g] * finest[g] + 1e-9 * np.abs(base[at])
        off = np.where(full[g], np.abs(gap) > allowed, (gap > allowed) & (base[at] >= 0))
        codes, kinds = pd.factorize(table.series[cells[at]])
        for part in split(codes, len(kinds)):
            bad = part[off[part]]
            if not len(bad) or not adds_up(
                inspector,
                cells[at[part]],
                sums[g[part]],
                base[at[part]],
                counts[g[part]],
                off[part],
            ):
                continue
            figures = cells[at[bad]]
            inspector.compare(
                "sum_mismatch",
                int(table.series[figures[0]]),
                figures,
                sums[g[bad]] / table.factor[figures],
                np.abs(gap[bad]) / np.maximum(np.abs(base[at[bad]]), 1e-300),
                region=word,
            )


def total_rows(inspector: Inspector) -> Iterator[tuple[str, int, Mask]]:
    """Yield the name, the entity and the regions of each total row that adds up regions."""
    table = inspector.table
    count = len(table.regions.regions)
    groups = {}
    for group, title in table.regions.groups.items():
        spellings = (title.zh, title.zh + "地区", title.en, f"{title.en}ern Region")
        groups.update({name_key(spelling): group for spelling in spellings})
    for entity, word in enumerate(table.entity_words[count:], count):
        key = name_key(word)
        if not table.regions.is_total(word) or key in _NOT_SUMS:
            continue
        members = np.array(
            [groups.get(key) in (None, region.group) for region in table.regions.regions],
            dtype=bool,
        )
        yield word, entity, members


def expected_regions(inspector: Inspector, total: str) -> Mask:
    """Return the regions that a full sum needs: 全国 those of the set, 合计 those of the file."""
    count = len(inspector.table.regions.regions)
    if inspector.table.regions.id != "custom" and name_key(total) not in _OF_THE_TABLE:
        return np.ones(count, dtype=bool)
    there = np.zeros(count, dtype=bool)
    there[np.unique(inspector.place[inspector.place >= 0])] = True
    return there


def adds_up(
    inspector: Inspector, cells: Codes, sums: Numbers, totals: Numbers, counts: Codes, off: Mask
) -> bool:
    """Tell whether a series is one whose regions add up to its total row.

    A unit of a count or an amount says so, unless every total is near the regions' mean; a series
    of which nothing is known tells by its figures: half of its totals agree, or come near.
    """
    table = inspector.table
    info = inspector.known(int(table.series[cells[0]]))
    if info is not None and info.kind == "ratio":
        return False
    unit = table.units[table.unit_of[cells[0]]]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = sums / totals
    if (unit is None or unit.id == UNSPECIFIED) and info is None:
        near = (ratio > 0.6) & (ratio < 1.7)
        return bool(off.mean() <= 0.5 or near.mean() >= 0.5)
    if unit is not None and unit.id != UNSPECIFIED:
        dimension = dict(unit.dimension)
        if list(dimension.values()) != [1] or "years" in dimension:
            return False
    mean_like = (counts >= 4) & (ratio > 0.5 * counts) & (ratio < 2 * counts)
    return not bool(mean_like.all())


def parts(inspector: Inspector) -> None:
    """Find parts larger than their whole, and wholes that their parts do not add up to."""
    table = inspector.table
    related = relations_of(table)
    if not related:
        return
    cells = first_figures(inspector)
    key = inspector.entity[table.cell_row[cells]] * 4000 + table.cell_year[cells]
    order = np.argsort(table.series[cells], kind="stable")
    bounds = np.searchsorted(table.series[cells][order], np.arange(len(table.names) + 1))
    half = 0.5 * 10.0 ** -decimals(table.value[cells]) * table.factor[cells]
    base = table.value[cells] * table.factor[cells]

    def aligned(series: int) -> tuple[Codes, Codes]:
        members = order[bounds[series] : bounds[series + 1]]
        members = members[np.argsort(key[members], kind="stable")]
        return key[members], members

    def matched(whole: int, part: int) -> tuple[Codes, Codes]:
        """Return the places of whole and part for each region and year that has both."""
        whole_keys, whole_at = aligned(whole)
        part_keys, part_at = aligned(part)
        _, i, j = np.intersect1d(whole_keys, part_keys, assume_unique=True, return_indices=True)
        i, j = whole_at[i], part_at[j]
        same = table.measure_of_unit[cells[i]] == table.measure_of_unit[cells[j]]
        return i[same], j[same]

    for relation in related:
        for part in relation.parts:
            i, j = matched(relation.whole, part)
            # Rounded alike, a part can never come out above its whole.
            allowed = np.where(half[i] == half[j], 0.0, half[i] + half[j])
            over = base[j] - base[i] > allowed + 1e-9 * np.abs(base[i])
            i, j = i[over], j[over]
            if len(i):
                inspector.compare(
                    "part_exceeds_whole",
                    part,
                    cells[j],
                    base[i] / table.factor[cells[j]],
                    base[j] - base[i],
                    suggestion=title_of(table, relation.whole),
                )
        if not relation.adds_up:
            continue
        total = np.zeros(len(cells))
        allowed = half.copy()
        seen = np.zeros(len(cells), dtype=np.int64)
        for part in relation.parts:
            i, j = matched(relation.whole, part)
            total[i] += base[j]
            allowed[i] += half[j]
            seen[i] += 1
        off = np.flatnonzero(
            (seen == len(relation.parts)) & (np.abs(total - base) > allowed + 1e-9 * np.abs(base))
        )
        if len(off):
            inspector.compare(
                "sum_mismatch",
                relation.whole,
                cells[off],
                total[off] / table.factor[cells[off]],
                np.abs(total[off] - base[off]),
                suggestion=" + ".join(title_of(table, part) for part in relation.parts),
            )


def first_figures(inspector: Inspector, positive: bool = False) -> Codes:
    """Return the figures with a year and an entity, the first of each region, year, series."""
    table = inspector.table
    value = table.value
    keep = (value > 0) if positive else ~np.isnan(value)
    cells = np.flatnonzero(keep & (table.cell_year >= 0))
    key = joined(
        table.series[cells] * 4000 + table.cell_year[cells],
        inspector.entity[table.cell_row[cells]],
        len(table.entity_words),
    )
    _, first = np.unique(key, return_index=True)
    return cells if len(first) == len(cells) else cells[np.sort(first)]


@dataclass(frozen=True)
class Relation:
    """A whole and its parts, positions among the series of one table."""

    whole: int
    parts: tuple[int, ...]
    adds_up: bool


@cache
def _declared() -> tuple[tuple[frozenset[str], tuple[frozenset[str], ...], bool], ...]:
    document = tomllib.loads((resources.files("xinzhi.data") / "relations.toml").read_text("utf-8"))
    return tuple(
        (
            frozenset(map(_spelling, entry["whole"])),
            tuple(frozenset(map(_spelling, part)) for part in entry["parts"]),
            bool(entry.get("adds_up", False)),
        )
        for entry in document["relation"]
    )


def _spelling(name: str) -> str:
    return compact(name).casefold()


def relations_of(table: CodedTable) -> list[Relation]:
    """Return the wholes and parts among a table's series.

    Declared in ``relations.toml``; and where a file names its tables, every series of the same
    table and unit is part of the one called 合计 or Total.
    """
    home: dict[tuple[str, str], list[int]] = {}
    for k, name in enumerate(table.names):
        home.setdefault((name.table, name.vintage), []).append(k)
    found = []
    for (named_table, _), members in home.items():
        called = {k: _called(table.names[k]) for k in members}
        paired: set[tuple[int, int]] = set()
        for whole_names, part_names, adds_up in _declared():
            parts = [next((k for k in members if called[k] & p), None) for p in part_names]
            present = tuple(k for k in parts if k is not None)
            for whole in (k for k in members if called[k] & whole_names and present):
                found.append(Relation(whole, present, adds_up and len(present) == len(parts)))
                paired.update((whole, part) for part in present)
        if named_table:
            totals = [k for k in members if is_total_name(table, k)]
            for whole in totals if len(totals) == 1 else []:
                rest = [k for k in members if k != whole and (whole, k) not in paired]
                if rest:
                    found.append(Relation(whole, tuple(rest), False))
    return found


def _called(name: SeriesName) -> set[str]:
    words = (name.indicator, name.label, known_indicator(name) or "")
    return {_spelling(word) for word in words if word}


def is_total_name(table: CodedTable, series: int) -> bool:
    """Tell whether a series is called 合计, Total or the like."""
    name = table.names[series]
    return RegionSet.from_names(()).is_total(name.label or name.indicator)


def title_of(table: CodedTable, series: int) -> str:
    """Return what a reader would call a series."""
    name = table.names[series]
    return name.label or name.indicator


def decimals(values: Numbers) -> Numbers:
    """Return how many decimals each value was printed with; 6 for more."""
    places = np.zeros(len(values))
    left = np.arange(len(values))
    for _ in range(6):
        scaled = values[left] * 10.0 ** places[left]
        left = left[
            np.abs(scaled - np.round(scaled)) > 1e-6 * np.maximum(1.0, np.abs(scaled)) ** 0.5
        ]
        if not len(left):
            break
        places[left] += 1
    return places
