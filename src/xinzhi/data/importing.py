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
from xinzhi.data.carrying import carried, sheet_of
from xinzhi.data.detection import detect, detect_table, require
from xinzhi.data.findings import listed
from xinzhi.data.mapping import VALUE, Mapping, TableMapping, letters_of
from xinzhi.data.one_region import of_region
from xinzhi.data.panel import Panel
from xinzhi.data.regions import RegionSet, load_region_set
from xinzhi.data.table_panels import panel_of
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.data.workspace import Added, Workspace

__all__ = ["ImportResult", "Mapping", "detect", "import_files", "read_mapped"]

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


def read_mapped(
    path: str | Path, mapping: Mapping | None = None, regions: RegionSet | None = None
) -> tuple[Panel, ...]:
    """Read the tables of a file with a mapping, by default the one that ``detect`` finds.

    Raises : InputError with row, column and what to do
    """
    aim = _Aim(regions, regions or load_region_set("china31"))
    reads = _read_file(Path(path), mapping, aim, None, None)
    return tuple(read.panel for read in reads)


def import_files(
    workspace: Workspace,
    paths: Iterable[str | Path],
    mapping: Mapping | None = None,
    *,
    region: str = "",
    overwrite: bool = False,
    show: Callable[[Mapping], None] | None = None,
    progress: bool = False,
) -> ImportResult:
    """Import CSV, TSV or XLSX files into a workspace, all of them or none, in one transaction.

    Without a mapping the one that was last used for tables of the same form is taken, else what
    ``detect`` finds. A mapping that was used is remembered for next year's book.

    region : of the tables of one region, instead of what title or mapping say
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
    known = workspace.region_set()
    regions = None if workspace.settings.regions is None else known
    aim = _Aim(regions, known, region, workspace.mapping)
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
                reads += _read_file(place, mapping, aim, shown, bar)
            except InputError as error:
                errors.append(error)
        if errors:
            raise _together(errors, len(places))
        if region and not any(read.table.of_one_region for read in reads):
            raise _needless(region)
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


@dataclass(frozen=True)
class _Aim:
    """What an import knows of its workspace.

    regions : those of the panels, None to choose them; known : those that a title may name
    region : of the tables that name none; remembered : form → the mapping used last, as TOML
    """

    regions: RegionSet | None
    known: RegionSet
    region: str = ""
    remembered: Callable[[str], str | None] = lambda _: None


@dataclass(frozen=True)
class _Found:
    """The tables of a file: each with its sheet, its mapping and the forms it is known by."""

    tables: tuple[tuple[Grid, TableMapping, tuple[str, ...]], ...]
    passed_over: tuple[tuple[str, Text], ...]


def _read_file(
    path: Path,
    mapping: Mapping | None,
    aim: _Aim,
    show: Callable[[Mapping], None] | None,
    bar: _Bar | None,
) -> list[_Read]:
    grids = open_sheets(path, advance=None if bar is None else bar.advance)
    if bar is not None:
        bar.opened(path)
    if mapping is None:
        found = _remembered_tables(grids, aim)
    else:
        found = _mapped_tables(grids, mapping, aim)
    if show is not None:
        shown = tuple(table for _, table, _ in found.tables)
        show(Mapping(grids[0].name, shown, found.passed_over))
    several = len(grids) > 1
    reads = []
    for grid, table, signatures in found.tables:
        title = f"{grid.name} [{grid.title}]" if several else grid.name
        panel = panel_of(replace(grid, name=title), table, aim.regions, table.vintage or path.stem)
        reads.append(_Read(grid.name, table, signatures, panel))
    if bar is not None:
        bar.checked(path)
    passed = tuple(
        Text(f"{grids[0].name}：没有读取工作表 {t}", f"{grids[0].name}: sheet {t} was not read")
        for t, _ in found.passed_over
    )
    if passed:
        first = reads[0]
        panel = replace(first.panel, warnings=(*passed, *first.panel.warnings))
        reads[0] = replace(first, panel=panel)
    return reads


def _remembered_tables(grids: Sequence[Grid], aim: _Aim) -> _Found:
    """Return the tables of a file, each with the mapping remembered for its form, if any."""
    tables: list[tuple[Grid, TableMapping, tuple[str, ...]]] = []
    passed_over: list[tuple[str, Text]] = []
    errors: list[tuple[bool, InputError]] = []
    for grid in grids:
        unnamed = False
        try:
            found = detect_table(grid, complete=False, regions=aim.known)
            toml = aim.remembered(found.signature)
            used = found
            if toml is not None:
                known = Mapping.from_toml(toml).tables[0]
                used = carried(grid, known, aim.known, remembered=True)
            used = _of_region(used, aim.region)
            unnamed = used.of_one_region and not used.region
            require(grid, used)
            tables.append((grid, used, _forms(found, used)))
        except InputError as error:
            errors.append((not unnamed, error))
            passed_over.append((grid.title, error.message))
    if not tables:
        # What can be helped by naming the region tells more than that some sheet is no table.
        raise min(errors, key=lambda pair: pair[0])[1]
    return _Found(tuple(tables), tuple(passed_over))


def _mapped_tables(grids: Sequence[Grid], mapping: Mapping, aim: _Aim) -> _Found:
    """Return the tables of a file that a mapping names."""
    tables: list[tuple[Grid, TableMapping, tuple[str, ...]]] = []
    for known in mapping.tables:
        grid = sheet_of(grids, known, aim.known)
        used = _of_region(carried(grid, known, aim.known, remembered=False), aim.region)
        require(grid, used)
        try:
            found = detect_table(grid, complete=False, regions=aim.known)
            tables.append((grid, used, _forms(found, used)))
        except InputError:
            tables.append((grid, used, (used.signature,)))
    read = {grid.title for grid, _, _ in tables}
    reason = Text("映射中没有", "not in the mapping")
    passed_over = tuple((grid.title, reason) for grid in grids if grid.title not in read)
    return _Found(tuple(tables), passed_over)


def _of_region(table: TableMapping, given: str) -> TableMapping:
    """Return a table of one region with the region that is given, else the mapping's own."""
    region = given or ("" if table.region_from == "title" else table.region)
    return of_region(table, region) if region and table.of_one_region else table


def _forms(found: TableMapping, used: TableMapping) -> tuple[str, ...]:
    return tuple(dict.fromkeys((found.signature, used.signature)))


# What is said afterwards


def _needless(region: str) -> InputError:
    return InputError(
        Text(
            f"给出了地区 {region}，但每个表都有地区列",
            f"the region {region} is given, but every table has a column of regions",
        ),
        remedy=Text("请去掉这个地区。", "Leave out that region."),
    )


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
                "vintage": listed(read.panel.frame["vintage"].cat.categories, 3).en,
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
