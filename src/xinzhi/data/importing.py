"""Importing yearbook tables into a workspace: detect, show, check, and write all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
from tqdm import tqdm

from xinzhi.core import InputError, Result, Text
from xinzhi.data.breaks import break_warnings
from xinzhi.data.cells import is_missing, number_of, text_of
from xinzhi.data.detection import detect, detect_table, require, table_at
from xinzhi.data.findings import listed
from xinzhi.data.headers import Layout, Measure
from xinzhi.data.mapping import (
    SKIP,
    VALUE,
    ColumnMapping,
    Mapping,
    TableMapping,
    letters_of,
)
from xinzhi.data.names import name_key
from xinzhi.data.panel import Panel
from xinzhi.data.readers import long_frame
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.data.workspace import Added, Workspace

__all__ = ["ImportResult", "Mapping", "detect", "import_files", "read_mapped"]

_NOTE_OPENINGS = ("注", "说明", "资料来源", "数据来源", "来源", "note", "source", "*", "#")
_LAST_ROWS = 30
_STAGES = 3  # reading, checking, writing


@dataclass(frozen=True)
class ImportResult(Result):
    """What an import did: tables ``files``, ``columns`` and ``changes``.

    files : file, sheet, vintage, rows, figures, added, replaced, unchanged
    columns : file, sheet, column (its letters), heading, role, indicator, unit, year
    changes : the figures that were replaced, as in ``Added``
    mappings : one for each file, as it was used
    """

    mappings: tuple[Mapping, ...] = ()


@dataclass(frozen=True)
class _Read:
    """One table that has been read: where it stands, its mapping, its form, and its figures."""

    file: str
    table: TableMapping
    signatures: tuple[str, ...]
    panel: Panel
    vintage: str


def read_mapped(
    path: str | Path, mapping: Mapping | None = None, regions: RegionSet | None = None
) -> tuple[Panel, ...]:
    """Read the tables of a file with a mapping, by default the one that ``detect`` finds.

    Raises : InputError with row, column and what to do
    """
    reads = _read_file(Path(path), mapping, regions, lambda _: None, None, None)
    return tuple(read.panel for read in reads)


def import_files(
    workspace: Workspace,
    paths: Iterable[str | Path],
    mapping: Mapping | None = None,
    *,
    overwrite: bool = False,
    show: Callable[[Mapping], None] | None = None,
    progress: bool = False,
) -> ImportResult:
    """Import CSV, TSV or XLSX files into a workspace, all of them or none, in one transaction.

    Without a mapping the one that was last used for tables of the same form is taken, else what
    ``detect`` finds. A mapping that was used is remembered for next year's book.

    overwrite : let new figures take the place of others of the same vintage
    show : called with the mapping of each file before anything is written
    progress : show a bar on standard error if the work lasts over two seconds on a terminal
    Raises : InputError for all that is wrong with the files; the workspace stays as it was
    """
    places = [Path(path) for path in paths]
    if not places:
        raise InputError(
            Text("没有给出文件", "no file is given"),
            remedy=Text("请给出至少一个文件。", "Give at least one file."),
        )
    settings = workspace.settings
    regions = None if settings.regions is None else workspace.region_set()
    reads: list[_Read] = []
    mappings: list[Mapping] = []
    errors: list[InputError] = []

    def shown(used: Mapping) -> None:
        mappings.append(used)
        if show is not None:
            show(used)

    with _bar(places, progress) as bar:
        for place in places:
            try:
                reads += _read_file(place, mapping, regions, workspace.mapping, shown, bar)
            except InputError as error:
                errors.append(error)
        if errors:
            raise _together(errors, len(places))
        bar.write()
        remembered = {
            signature: Mapping(read.file, (read.table,)).to_toml()
            for read in reads
            for signature in read.signatures
        }
        added = workspace.add(
            *(read.panel for read in reads), mappings=remembered, overwrite=overwrite
        )
    return _result(reads, added, tuple(mappings), overwrite)


# One file


def _read_file(
    path: Path,
    mapping: Mapping | None,
    regions: RegionSet | None,
    remembered: Callable[[str], str | None],
    show: Callable[[Mapping], None] | None,
    bar: _Bar | None,
) -> list[_Read]:
    grids = open_sheets(path, advance=None if bar is None else bar.advance)
    if bar is not None:
        bar.opened(path)
    if mapping is None:
        found = _remembered_tables(grids, remembered)
    else:
        found = _mapped_tables(grids, mapping)
    tables = tuple(table for _, table, _ in found[0])
    if show is not None:
        show(Mapping(grids[0].name, tables, found[1]))
    several = len(grids) > 1
    reads = []
    for grid, table, signatures in found[0]:
        title = f"{grid.name} [{grid.title}]" if several else grid.name
        vintage = table.vintage or path.stem
        panel = _panel(replace(grid, name=title), table, regions, vintage)
        reads.append(_Read(grid.name, table, signatures, panel, vintage))
    if bar is not None:
        bar.checked(path)
    passed = tuple(
        Text(f"{grids[0].name}：没有读取工作表 {t}", f"{grids[0].name}: sheet {t} was not read")
        for t, _ in found[1]
    )
    if passed:
        first = reads[0]
        panel = replace(first.panel, warnings=(*passed, *first.panel.warnings))
        reads[0] = replace(first, panel=panel)
    return reads


_Found = tuple[list[tuple[Grid, TableMapping, tuple[str, ...]]], tuple[tuple[str, Text], ...]]


def _remembered_tables(grids: Sequence[Grid], remembered: Callable[[str], str | None]) -> _Found:
    """Return the tables of a file, each with the mapping remembered for its form, if any."""
    tables: list[tuple[Grid, TableMapping, tuple[str, ...]]] = []
    passed_over: list[tuple[str, Text]] = []
    errors: list[InputError] = []
    for grid in grids:
        try:
            found = detect_table(grid, complete=False)
            toml = remembered(found.signature)
            used = found
            if toml is not None:
                known = Mapping.from_toml(toml).tables[0]
                used = _carried(grid, known, remembered=True)
            require(grid, used)
            tables.append((grid, used, _forms(found, used)))
        except InputError as error:
            errors.append(error)
            passed_over.append((grid.title, error.message))
    if not tables:
        raise errors[0]
    return tables, tuple(passed_over)


def _mapped_tables(grids: Sequence[Grid], mapping: Mapping) -> _Found:
    """Return the tables of a file that a mapping names."""
    tables: list[tuple[Grid, TableMapping, tuple[str, ...]]] = []
    for known in mapping.tables:
        grid = _sheet_of(grids, known)
        used = _carried(grid, known, remembered=False)
        require(grid, used)
        try:
            tables.append((grid, used, _forms(detect_table(grid, complete=False), used)))
        except InputError:
            tables.append((grid, used, (used.signature,)))
    read = {grid.title for grid, _, _ in tables}
    reason = Text("映射中没有", "not in the mapping")
    return tables, tuple((grid.title, reason) for grid in grids if grid.title not in read)


def _forms(found: TableMapping, used: TableMapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys((found.signature, used.signature)))


def _sheet_of(grids: Sequence[Grid], known: TableMapping) -> Grid:
    named = [grid for grid in grids if grid.title == known.sheet]
    if named:
        return named[0]
    if len(grids) == 1:
        return grids[0]
    best = max(grids, key=lambda grid: _agreement(_read_at(grid, known), known))
    if _agreement(_read_at(best, known), known):
        return best
    shown = listed([grid.title for grid in grids], 20)
    raise InputError(
        Text(
            f"{grids[0].name}：没有映射中的工作表 {known.sheet}",
            f"{grids[0].name}: no sheet {known.sheet}, which the mapping names",
        ),
        remedy=Text(f"工作表有：{shown.zh}", f"The sheets are: {shown.en}"),
    )


# Carrying a mapping over to a table of the same form


def _carried(grid: Grid, known: TableMapping, remembered: bool) -> TableMapping:
    """Return what a sheet holds by a known mapping; this year's columns stand where they stand."""
    found = _read_at(grid, known)
    exact, similar = _keyed(known.columns, by_form=False), _keyed(known.columns, by_form=True)
    own_exact, own_similar = _keyed(found.columns, False), _keyed(found.columns, True)
    partners = {column: exact.get(key) for key, column in own_exact.items()}
    for (form, count), column in own_similar.items():
        if partners[column] is None:
            # A further year of the same heading: the last one known will do.
            near = similar.get((form, count)) or similar.get((form, 0))
            partners[column] = near
    columns, notes = [], list(found.notes)
    used = set()
    for column in found.columns:
        partner = partners[column]
        if partner is None:
            columns.append(ColumnMapping(column.place, column.heading, SKIP))
            at = letters_of(column.place)
            notes.append(
                Text(
                    f"{at} 列“{column.heading}”不在映射中，不读取",
                    f"column {at} {column.heading} is not in the mapping and is not read",
                )
            )
            continue
        used.add(partner.yearless)
        stated = None if remembered or partner.heading != column.heading else partner.year
        year = column.year if stated is None else stated
        if partner.role == VALUE:
            columns.append(replace(partner, place=column.place, heading=column.heading, year=year))
        else:
            columns.append(replace(partner, place=column.place, heading=column.heading))
    lost = [c for c in known.columns if c.role != SKIP and c.yearless not in used]
    if lost:
        raise _lost(grid, lost)
    return replace(
        found,
        columns=tuple(columns),
        year=_year_of_table(grid, known, found, remembered),
        year_from=found.year_from if found.year is not None else known.year_from,
        vintage=known.vintage,
        fill_down=known.fill_down,
        leave_out=known.leave_out,
        notes=tuple(notes),
    )


def _read_at(grid: Grid, known: TableMapping) -> TableMapping:
    """Return the table whose headings agree best: in the rows of the mapping, or as detected."""
    choices = [table_at(grid, known.headings)] if known.headings[0] <= len(grid.cells) else []
    try:
        choices.append(detect_table(grid, complete=False))
    except InputError:
        if not choices:
            raise
    return max(choices, key=lambda table: _agreement(table, known))


def _agreement(table: TableMapping, known: TableMapping) -> int:
    there = {column.yearless for column in table.columns if column.heading}
    return len(there & {column.yearless for column in known.columns if column.heading})


def _keyed(columns: Iterable[ColumnMapping], by_form: bool) -> dict[tuple[str, int], ColumnMapping]:
    """Return the columns by heading and how often it came before."""
    keyed: dict[tuple[str, int], ColumnMapping] = {}
    counts: dict[str, int] = {}
    for column in columns:
        key = column.yearless if by_form else name_key(column.heading)
        keyed[key, counts.get(key, 0)] = column
        counts[key] = counts.get(key, 0) + 1
    return keyed


def _year_of_table(
    grid: Grid, known: TableMapping, found: TableMapping, remembered: bool
) -> int | None:
    if not remembered:
        titled = known.year_from == "title" and found.year is not None
        return found.year if titled else known.year
    if found.year is None and known.year is not None:
        raise InputError(
            Text(
                f"{grid.name}：没有写明年份；上次导入这种表时由映射给出",
                f"{grid.name}: no year is stated; last time the mapping gave it for such a table",
            ),
            remedy=Text(
                "请把年份写在标题或文件名里，或用 --map 给出映射。",
                "Write the year in the title or the file's name, or give a mapping with --map.",
            ),
        )
    return found.year if known.year is not None else None


def _lost(grid: Grid, lost: Sequence[ColumnMapping]) -> InputError:
    names = listed([column.heading or letters_of(column.place) for column in lost], 12)
    return InputError(
        Text(
            f"{grid.name}：没有映射中的列 {names.zh}",
            f"{grid.name}: lacks columns of the mapping: {names.en}",
        ),
        remedy=Text(
            "请改正映射，或去掉 --map 让程序识别。",
            "Correct the mapping, or leave out --map to have the file recognised.",
        ),
    )


# One table


def _panel(grid: Grid, table: TableMapping, regions: RegionSet | None, vintage: str) -> Panel:
    prepared, warnings = _prepared(grid, table, regions)
    frame, places, passed, record = long_frame(prepared, _layout(table))
    if "vintage" not in frame.columns:
        frame["vintage"] = vintage
    panel = Panel.from_frame(
        frame,
        regions,
        grid.name,
        inputs=(record,),
        warnings=(*grid.warnings, *table.notes, *warnings, *passed),
        places=places,
    )
    return replace(panel, warnings=(*panel.warnings, *break_warnings(panel.frame)))


def _layout(table: TableMapping) -> Layout:
    values = table.of(VALUE)
    single = {c.role: c for c in table.columns if c.role not in (VALUE, SKIP)}
    columns = {role: column.place for role, column in single.items()}
    # A long table is one with a column of values of many indicators.
    if "indicator" in columns and "year" in columns and len(values) == 1:
        columns[VALUE] = values[0].place
    measures = tuple(
        Measure(
            column=c.place,
            heading=c.heading,
            indicator=None if "indicator" in columns and not c.indicator else c.indicator,
            unit=c.unit,
            year=None if "year" in columns else (c.year if c.year is not None else table.year),
        )
        for c in values
    )
    headings = {role: column.heading for role, column in single.items() if column.heading}
    return Layout(table.headings[1] - 1, columns, measures, headings)


def _prepared(
    grid: Grid, table: TableMapping, regions: RegionSet | None
) -> tuple[Grid, list[Text]]:
    """Return the sheet with repeated cells filled in, and without notes and rows to leave out."""
    start = table.headings[1]
    cells = list(grid.cells)
    for role in table.fill_down:
        for column in table.of(role):
            _fill_down(cells, start, column.place)
    region = table.of("region")[0].place
    values = [column.place for column in table.of(VALUE)]
    unwanted = {name_key(name) for name in table.leave_out}
    known = regions or load_region_set("china31")
    notes: list[int] = []
    left_out: list[str] = []
    last = max(region, values[0])
    # Nearly every row has a name and a figure: no need to look at the rest of it.
    unsure = [
        place
        for place, row in enumerate(cells[start:-_LAST_ROWS], start)
        if unwanted or not (len(row) > last and row[region] and row[values[0]])
    ]
    for place in (*unsure, *range(max(start, len(cells) - _LAST_ROWS), len(cells))):
        row = cells[place]
        name = text_of(_at(row, region))
        if name_key(name) in unwanted:
            left_out.append(name)
            cells[place] = []
        elif _is_note(row, values, known):
            notes.append(place + 1)
            cells[place] = []
        elif _is_numbering(row):
            cells[place] = []
    warnings = []
    if notes:
        shown = listed(notes)
        warnings.append(
            Text(
                f"{grid.name}：第 {shown.zh} 行只有文字，没有读取",
                f"{grid.name}: words only, left out: row {shown.en}",
            )
        )
    if left_out:
        shown = listed(dict.fromkeys(left_out))
        warnings.append(
            Text(
                f"{grid.name}：按映射略去 {len(left_out)} 行（{shown.zh}）",
                f"{grid.name}: left out {len(left_out)} row(s) as mapped ({shown.en})",
            )
        )
    return replace(grid, cells=cells), warnings


def _at(row: Sequence[Any], place: int) -> Any:
    return row[place] if place < len(row) else ""


def _fill_down(cells: list[list[Any]], start: int, place: int) -> None:
    """Give blank cells of a column the value above, in rows that hold something else."""
    above: Any = ""
    for position in range(start, len(cells)):
        row = cells[position]
        own = _at(row, place)
        if text_of(own):
            above = own
        elif above != "" and sum(1 for cell in row if text_of(cell)) > 1:
            filled = [*row, *[""] * (place + 1 - len(row))]
            filled[place] = above
            cells[position] = filled


def _is_note(row: Sequence[Any], values: Sequence[int], known: RegionSet) -> bool:
    """Tell whether a row holds words and no figure, and is no region without figures."""
    filled = [text for text in map(text_of, row) if text]
    if not filled or known.find(filled[0]) or known.is_total(filled[0]):
        return False
    figures = [text_of(_at(row, place)) for place in values]
    if any(number_of(text) is not None and not is_missing(text) for text in figures):
        return False
    return len(filled) == 1 or filled[0].casefold().startswith(_NOTE_OPENINGS)


def _is_numbering(row: Sequence[Any]) -> bool:
    filled = [text for text in map(text_of, row) if text]
    numbers = filled[1:] if filled and filled[0] == "甲" else []
    return bool(numbers) and numbers == [str(k) for k in range(1, len(numbers) + 1)]


# What is said afterwards


def _together(errors: Sequence[InputError], count: int) -> InputError:
    """Return the one error for several files, each with its own details and remedy."""
    if len(errors) == 1:
        return errors[0]
    details: list[Text] = []
    for error in errors:
        details += [error.message, *error.details]
        if error.remedy is not None:
            details.append(error.remedy)
    return InputError(
        Text(
            f"{count} 个文件中有 {len(errors)} 个不能导入，工作区没有改变",
            f"{len(errors)} of {count} files cannot be imported, the workspace is unchanged",
        ),
        details,
        Text("请改正后重新导入全部文件。", "Correct them and import all files again."),
    )


def _result(
    reads: Sequence[_Read], added: Added, mappings: tuple[Mapping, ...], overwrite: bool
) -> ImportResult:
    files = pd.DataFrame(
        [
            {
                "file": read.file,
                "sheet": read.table.sheet,
                "vintage": read.vintage,
                "rows": sum(record.rows for record in read.panel.inputs),
                "figures": len(read.panel.frame),
                "added": counts[0],
                "replaced": counts[1],
                "unchanged": counts[2],
            }
            for read, counts in zip(reads, added.counts, strict=True)
        ]
    )
    columns = pd.DataFrame(
        [
            {
                "file": read.file,
                "sheet": read.table.sheet,
                "column": letters_of(column.place),
                "heading": column.heading,
                "role": column.role,
                "indicator": column.indicator or None,
                "unit": column.unit or None,
                "year": read.table.year
                if column.role == VALUE and not column.year
                else column.year,
            }
            for read in reads
            for column in read.table.columns
        ]
    ).astype({"year": "Int64"})
    return ImportResult(
        tables={"files": files, "columns": columns, "changes": added.changes},
        parameters={"overwrite": overwrite, "import": added.number},
        inputs=tuple(record for read in reads for record in read.panel.inputs),
        warnings=tuple(dict.fromkeys(w for read in reads for w in read.panel.warnings)),
        mappings=mappings,
    )


class _Bar:
    """A bar over the bytes of all files, each counted once in every stage."""

    def __init__(self, bar: tqdm[Any], sizes: dict[Path, int]) -> None:
        self.bar, self.sizes = bar, sizes
        self.reached = 0

    def advance(self, count: int) -> None:
        self.bar.update(count)

    def opened(self, path: Path) -> None:
        self.bar.set_description(path.name, refresh=False)
        self._reach(path)

    def checked(self, path: Path) -> None:
        self._reach(path)

    def write(self) -> None:
        self.bar.set_description("data.duckdb")

    def _reach(self, path: Path) -> None:
        self.reached += self.sizes[path]
        self.bar.update(max(0, self.reached - self.bar.n))


@contextmanager
def _bar(paths: Sequence[Path], progress: bool) -> Iterator[_Bar]:
    sizes = {path: path.stat().st_size if path.is_file() else 0 for path in paths}
    disable = None if progress else True  # None: shown only on a terminal
    with tqdm(
        total=_STAGES * sum(sizes[path] for path in paths),
        unit="B",
        unit_scale=True,
        delay=2.0,
        disable=disable,
        leave=False,
    ) as bar:
        yield _Bar(bar, sizes)
