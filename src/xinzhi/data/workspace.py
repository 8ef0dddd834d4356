"""The workspace: a folder with settings in ``xinzhi.toml`` and figures in a DuckDB file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text, replacing
from xinzhi.core.optional import imported
from xinzhi.data.findings import listed
from xinzhi.data.panel import Panel
from xinzhi.data.regions import RegionSet, load_region_set, shipped_region_sets
from xinzhi.data.workspace_database import EXTRA, connected, create_database, writing
from xinzhi.data.workspace_figures import (
    check_known,
    check_units,
    figures,
    insert,
    next_import,
    stored_regions,
)
from xinzhi.data.workspace_settings import (
    NEW_SETTINGS,
    SETTINGS_FILE,
    Settings,
    inside,
    load_regions,
    read_settings,
    refuse_settings,
)

DATA_FILE = "data.duckdb"


@dataclass(frozen=True)
class Added:
    """What one addition did to a workspace.

    number : of the first panel's import; the others follow
    counts : for each panel, how many figures were added, replaced, and there already
    changes : the figures that were replaced: region, year, indicator, vintage, old, new,
        old_unit, new_unit, old_status, new_status
    """

    number: int
    counts: tuple[tuple[int, int, int], ...]
    changes: pd.DataFrame


@dataclass(frozen=True)
class Workspace:
    """A folder with settings and figures; every access to the figures is short.

    folder : absolute, without symbolic links
    """

    folder: Path
    settings: Settings

    def path(self, name: str | Path) -> Path:
        """Return the path of a file of the workspace.

        Raises : InputError for a name that leaves the folder: absolute, through ``..``, or through
            a symbolic link
        """
        return inside(self.folder, name)

    def region_set(self) -> RegionSet:
        """Return the regions of the workspace: those of the settings, else of its figures."""
        with self._reading() as connection:
            return self._regions(connection)

    def panel(self) -> Panel:
        """Return all figures, with every vintage; the one imported last is preferred.

        The settings' ``vintages`` come before that.

        Raises : InputError if the workspace holds no figures, or the settings name a vintage that
            is not there; ComputationError if another process keeps the file locked
        """
        with self._reading() as connection:
            regions = self._regions(connection)
            check_known(connection, regions)
            frame = figures(connection, regions)
            newest = connection.execute(
                "SELECT indicator, vintage FROM figures GROUP BY ALL ORDER BY max(import), vintage"
            ).fetchall()
            inputs = connection.execute(
                "SELECT name, sha256, rows FROM imports ORDER BY import"
            ).fetchall()
        if frame.empty:
            raise InputError(
                Text(
                    f"{self.folder}：工作区还没有数据", f"{self.folder}: the workspace has no data"
                ),
                remedy=Text(
                    "先导入：xinzhi data import FILE --workspace FOLDER",
                    "Import first: xinzhi data import FILE --workspace FOLDER",
                ),
            )
        panel = Panel(
            frame=frame,
            regions=regions,
            inputs=tuple(InputRecord(*row) for row in dict.fromkeys(inputs)),
        )
        preferred = MappingProxyType({**dict(newest), **self._stated(panel)})
        return replace(panel, preferred=preferred)

    def imports(self) -> pd.DataFrame:
        """Return what was imported: columns import (from 1), name, sha256, rows, figures.

        rows : of the file; figures : of the import, those still in the workspace
        """
        with self._reading() as connection:
            table: pd.DataFrame = connection.execute(
                "SELECT i.import, name, sha256, rows, coalesce(figures, 0) AS figures "
                "FROM imports i LEFT JOIN (SELECT import, count(*) AS figures FROM figures "
                "GROUP BY import) f ON i.import = f.import ORDER BY ALL"
            ).df()
        return table

    def mapping(self, signature: str) -> str | None:
        """Return the TOML of the last mapping that was used for tables of this form."""
        with self._reading() as connection:
            found = connection.execute(
                "SELECT mapping FROM mappings WHERE signature = ?", [signature]
            ).fetchall()
        return str(found[0][0]) if found else None

    def add(
        self,
        *panels: Panel,
        mappings: Mapping[str, str] | None = None,
        overwrite: bool = False,
    ) -> Added:
        """Add panels, all or none, in one transaction; each is an import of its own.

        mappings : signature → TOML, remembered for tables of the same form
        overwrite : let a new figure take the place of another one with the same region, year,
            indicator and vintage; figures that are the same are left alone
        Raises : InputError, naming the figures, if others stand in their place and ``overwrite``
            is false, or the regions or units do not go together; ComputationError if another
            process keeps the file locked, or the disk fails
        """
        with writing(self._database()) as connection:
            first = next_import(connection)
            counts, changes = [], []
            for number, panel in enumerate(panels, first):
                self._keep_regions(connection, panel.regions)
                count, changed = insert(connection, panel, number, overwrite)
                counts.append(count)
                changes.append(changed)
                rows = [(number, r.name, r.sha256, r.rows) for r in dict.fromkeys(panel.inputs)]
                if rows:
                    connection.executemany("INSERT INTO imports VALUES (?, ?, ?, ?)", rows)
            check_units(connection)
            for signature, toml in (mappings or {}).items():
                connection.execute("DELETE FROM mappings WHERE signature = ?", [signature])
                connection.execute(
                    "INSERT INTO mappings VALUES (?, ?, ?)", [signature, toml, first]
                )
        return Added(first, tuple(counts), pd.concat(changes, ignore_index=True))

    def _stated(self, panel: Panel) -> dict[str, str]:
        """Return the settings' vintages by the panel's own names."""
        stated: dict[str, str] = {}
        problems: list[Text] = []
        for name, vintage in self.settings.vintages.items():
            known = panel.resolve(name)
            if known is None:
                problems.append(Text(f"没有指标 {name}", f"no indicator {name}"))
                continue
            there = panel.vintages(known)
            if vintage not in there:
                shown = listed(there)
                problems.append(
                    Text(
                        f"指标 {name} 没有版本 {vintage}，现有 {shown.zh}",
                        f"indicator {name} has no vintage {vintage}, there are {shown.en}",
                    )
                )
                continue
            stated[known] = vintage
        if problems:
            raise refuse_settings(problems)
        return stated

    def _regions(self, connection: Any) -> RegionSet:
        if self.settings.regions is not None:
            return load_regions(self.folder, self.settings.regions)
        return stored_regions(connection) or load_region_set("china31")

    def _keep_regions(self, connection: Any, regions: RegionSet) -> None:
        """Note the region set of a panel; a workspace has one."""
        there = stored_regions(connection)
        kept = there or regions
        if self.settings.regions is not None:
            kept = load_regions(self.folder, self.settings.regions)
        shipped = shipped_region_sets()
        if kept.id != regions.id:
            raise InputError(
                Text(
                    f"工作区的地区集是 {kept.id}（{kept.title.zh}），要加入的是 "
                    f"{regions.id}（{regions.title.zh}）",
                    f"the workspace is of the region set {kept.id} ({kept.title.en}), the new "
                    f"figures are of {regions.id} ({regions.title.en})",
                ),
                remedy=Text(
                    "请为另一组地区新建工作区：xinzhi new FOLDER",
                    "Make another workspace for other regions: xinzhi new FOLDER",
                ),
            )
        if there is None:
            connection.execute("INSERT INTO settings VALUES ('regions', ?)", [kept.id])
        if kept.id in shipped:
            return
        known = set(there.names) if there else set()
        names = [name for name in regions.names if name not in known]
        if names:
            rows = pd.DataFrame({"position": range(len(known), len(known) + len(names))})
            connection.register("new_regions", rows.assign(name=names))
            connection.execute("INSERT INTO regions SELECT position, name FROM new_regions")
            connection.unregister("new_regions")

    @contextmanager
    def _reading(self) -> Iterator[Any]:
        with connected(self._database(), read_only=True) as connection:
            yield connection

    def _database(self) -> Path:
        path = self.path(DATA_FILE)
        self.path(f"{DATA_FILE}.wal")
        if not path.exists():
            create_database(path)
        return path


def is_workspace(folder: str | Path) -> bool:
    """Tell whether a folder is a workspace: whether it holds ``xinzhi.toml``."""
    return (Path(folder) / SETTINGS_FILE).is_file()


def create_workspace(folder: str | Path) -> Workspace:
    """Make a workspace: the folder if need be, ``xinzhi.toml`` and an empty database.

    Raises : InputError if the folder is a workspace already, is a file, or cannot be written;
        ComputationError if DuckDB is not installed
    """
    imported("duckdb", EXTRA)  # before the folder is made
    place = Path(folder)
    taken = [name for name in (SETTINGS_FILE, DATA_FILE) if _there(place / name)]
    if place.exists() and not place.is_dir():
        raise InputError(
            Text(f"{place}：是文件，需要的是文件夹", f"{place}: is a file, a folder is needed"),
            remedy=Text("请换一个名字。", "Choose another name."),
        )
    if taken:
        raise InputError(
            Text(
                f"{place}：已有 {taken[0]}，是一个工作区",
                f"{place}: holds {taken[0]} already, it is a workspace",
            ),
            remedy=Text(
                "请换一个文件夹，或直接使用它。", "Choose another folder, or use it as it is."
            ),
        )
    try:
        place.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            Text(
                f"{place}：无法创建（{error.strerror}）",
                f"{place}: cannot be made ({error.strerror})",
            ),
            remedy=Text("请选择可写的位置。", "Choose a place that can be written to."),
        ) from error
    root = place.resolve()
    create_database(root / DATA_FILE)
    # The settings come last: a folder with them is a whole workspace.
    with replacing(root / SETTINGS_FILE) as temporary:
        temporary.write_text(NEW_SETTINGS, encoding="utf-8")
    return open_workspace(root)


def open_workspace(folder: str | Path) -> Workspace:
    """Open a workspace and check its settings.

    Raises : InputError if the folder is no workspace, or listing every problem of the settings
    """
    place = Path(folder)
    advice = Text(f"新建工作区：xinzhi new {place}", f"Make a workspace: xinzhi new {place}")
    if not place.is_dir():
        what = ("不是文件夹", "is no folder") if place.exists() else ("不存在", "does not exist")
        raise InputError(Text(f"{place}：{what[0]}", f"{place}: {what[1]}"), remedy=advice)
    root = place.resolve()
    path = inside(root, SETTINGS_FILE)
    if not path.is_file():
        raise InputError(
            Text(
                f"{place}：没有 {SETTINGS_FILE}，不是工作区",
                f"{place}: has no {SETTINGS_FILE}, it is no workspace",
            ),
            remedy=advice,
        )
    settings = read_settings(root, path)
    workspace = Workspace(root, settings)
    _check_regions(workspace)
    return workspace


def _there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _check_regions(workspace: Workspace) -> None:
    """Refuse a region or a peer that the workspace's region set does not know."""
    settings = workspace.settings
    named = [*([settings.region] if settings.region else []), *settings.peers]
    if not named:
        return
    regions = workspace.region_set()
    problems = []
    for name in named:
        try:
            regions.get(name)
        except InputError as error:
            problems.append(error.message)
    if problems:
        raise refuse_settings(problems)
