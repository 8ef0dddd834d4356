"""Rules of inspection for names: regions, totals, indicators, units, and blanks inside them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from xinzhi.data.cells import text_of
from xinzhi.data.inspection_findings import Inspector, Repair, TableFinding
from xinzhi.data.inspection_table import Codes, Mask, grouped_cells
from xinzhi.data.names import distance, name_key
from xinzhi.data.regions import TOTAL_NAMES, RegionSet

_HAN = r"[\u3400-\u9fff\uf900-\ufaff]"
_BETWEEN_HAN = re.compile(rf"(?<={_HAN}) (?={_HAN})")
_HIDDEN = re.compile(r"[\u200b-\u200d\u2060\ufeff]")


def region_names(inspector: Inspector) -> None:
    """Find total rows, blanks inside names, and names that are no region's."""
    table, column = inspector.table, inspector.table.region
    unknown: list[tuple[str, Codes]] = []
    spaced: dict[int, str] = {}
    for cell, positions in grouped_cells(column):
        raw = cell if isinstance(cell, str) else text_of(cell)
        text = text_of(cell)
        if not text:
            inspector.add("missing_region", column.heading, "", positions)
            continue
        clean = despaced(raw, table.regions)
        if clean != raw:
            inspector.add(
                "spaces_in_name",
                column.heading,
                raw,
                positions,
                suggestion=clean,
                certain=True,
            )
            spaced.update(dict.fromkeys(positions.tolist(), clean))
        if table.regions.find(text) is None:
            if table.regions.is_total(text):
                inspector.add("total_row", column.heading, raw, positions)
            else:
                unknown.append((raw, positions))
    renamed = unknown_names(inspector, unknown)
    for position in sorted({*spaced, *renamed}):
        before = str(column.cells[column.codes[position]])
        name = renamed.get(position)
        problems = ("spaces_in_name",) if position in spaced else ()
        if name is not None:
            problems = (*problems, "unknown_region")
        inspector.repairs.append(Repair(position, before, name or spaced[position], problems))


def unknown_names(inspector: Inspector, unknown: Sequence[tuple[str, Codes]]) -> dict[int, str]:
    """Report the unknown names; return the region of each row where it is certain."""
    table = inspector.table
    size = len(table.regions.regions)
    if not unknown:
        return {}
    there = table.place >= 0
    filled = np.unique(table.context[there] * size + table.place[there])
    proposed: list[tuple[str, Codes, Codes]] = []
    for raw, positions in unknown:
        candidates = one_edit_away(raw, table.regions)
        context = table.context[positions]
        wanted = np.full(len(positions), -1, dtype=np.int64)
        open_cells = np.zeros(len(positions), dtype=np.int64)
        for candidate in candidates:
            is_open = ~_among(context * size + candidate, filled) & (context >= 0)
            open_cells += is_open
            wanted[is_open] = candidate
        wanted[open_cells != 1] = -1
        proposed.append((raw, positions, wanted))
    # Two rows that would fill the same cell are a question, not an answer.
    positions = np.concatenate([p for _, p, _ in proposed])
    wanted = np.concatenate([w for _, _, w in proposed])
    claims = table.context[positions] * size + wanted
    distinct, times = np.unique(claims[wanted >= 0], return_counts=True)
    disputed = distinct[times > 1]
    renamed: dict[int, str] = {}
    for raw, positions, wanted in proposed:
        wanted[_among(table.context[positions] * size + wanted, disputed)] = -1
        near = nearest_name(raw, table.regions)
        for target in np.unique(wanted).tolist():
            members = positions[wanted == target]
            certain = target >= 0
            name = table.regions.regions[target].name if certain else near
            inspector.add(
                "unknown_region",
                table.region.heading,
                raw,
                members,
                suggestion=name,
                certain=certain,
            )
            if certain and name is not None:
                renamed.update(dict.fromkeys(members.tolist(), name))
                inspector.place[members] = inspector.entity[members] = target
    return renamed


def _among(codes: Codes, known: Codes) -> Mask:
    """Tell which codes are among the known ones, which ascend."""
    if not len(known):
        return np.zeros(len(codes), dtype=bool)
    found: Mask = known[np.minimum(np.searchsorted(known, codes), len(known) - 1)] == codes
    return found


def other_names(inspector: Inspector) -> None:
    """Find blanks inside the names of indicators and units, and rows without an indicator."""
    table = inspector.table
    for column in (table.table, table.indicator, table.label, table.unit):
        if column is None:
            continue
        for cell, positions in grouped_cells(column):
            if column is table.indicator and not text_of(cell):
                inspector.add("missing_indicator", column.heading, "", positions)
            clean = without_stray_spaces(cell) if isinstance(cell, str) else ""
            if clean and clean != cell:
                inspector.add(
                    "spaces_in_name", column.heading, str(cell), positions, suggestion=clean
                )
    for heading in table.raw_headings.values():
        clean = without_stray_spaces(heading)
        if clean != heading and clean:
            row = table.header_row
            inspector.findings.append(
                TableFinding("spaces_in_name", row, heading, heading, (row,), 1, suggestion=clean)
            )


def without_stray_spaces(text: str) -> str:
    """Return a name without blanks around it, between Chinese characters, or twice in a row."""
    squeezed = " ".join(_HIDDEN.sub("", text).split())
    return _BETWEEN_HAN.sub("", squeezed)


def despaced(text: str, regions: RegionSet) -> str:
    """Return a region's name without stray spaces; ``Shang hai`` is spelled as the set spells it.

    Only blanks ever change.
    """
    name = without_stray_spaces(text)
    region = regions.find(name)
    if region is None:
        return name
    bare = "".join(name.split())
    spellings = (region.name, region.long, region.english, region.code, *region.aliases)
    # A set made of the file's own names may itself be spelled with stray blanks.
    clean = [s for s in spellings if without_stray_spaces(s) == s]
    same = [s for s in clean if "".join(s.split()).casefold() == bare.casefold()]
    if not same or any(s.casefold() == name.casefold() for s in same):
        return name
    return next((s for s in same if "".join(s.split()) == bare), name)


def one_edit_away(text: str, regions: RegionSet) -> list[int]:
    """Return the positions of the regions with a name one edit away from ``text``.

    An edit adds, drops or changes one character; a name of one character is too little to go by.
    """
    key = name_key(text)
    found = []
    for position, region in enumerate(regions.regions):
        names = (region.name, region.long, region.english, *region.aliases)
        keys = {name_key(name) for name in names}
        if any(min(len(key), len(k)) > 1 and not k.isdecimal() and one_edit(key, k) for k in keys):
            found.append(position)
    return found


def one_edit(first: str, second: str) -> bool:
    """Tell whether one added, dropped or changed character turns one text into the other."""
    if len(first) > len(second):
        first, second = second, first
    if len(second) - len(first) > 1 or first == second:
        return False
    start = next((k for k, a in enumerate(first) if a != second[k]), len(first))
    if len(first) == len(second):
        return first[start + 1 :] == second[start + 1 :]
    return first[start:] == second[start + 1 :]


def nearest_name(text: str, regions: RegionSet) -> str | None:
    """Return the region, or else the name of a total, that is spelled most like ``text``."""
    region = regions.suggest(text)
    if region is not None:
        return region.name
    key = name_key(text)
    limit = 1.0 if len(key) < 6 else 2.0
    near = {name: distance(key, name_key(name), limit) for name in (*regions.totals, *TOTAL_NAMES)}
    best = min(near.values())
    closest = [name for name, edits in near.items() if edits == best]
    return closest[0] if best <= limit and len(closest) == 1 and len(key) > 1 else None
