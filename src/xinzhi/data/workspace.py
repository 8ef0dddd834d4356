"""The workspace: a folder with settings in ``xinzhi.toml`` and figures in a DuckDB file."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.core import ComputationError, InputError, InputRecord, Text, replacing
from xinzhi.data.findings import listed
from xinzhi.data.longtable import COLUMNS, STATUSES
from xinzhi.data.panel import Panel
from xinzhi.data.regions import RegionSet, load_region_set, shipped_region_sets
from xinzhi.data.units import find_unit, same_dimension
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
_SCHEMA_VERSION = "1"
_WAITS = (0.05, 0.1, 0.2, 0.4, 0.8, 1.6)  # seconds between attempts while another process writes
_BUSY = ("Could not set lock", "being used by another process", "different configuration")
_FORBIDDEN = ("Permission denied", "Read-only file system", "Access is denied")
_SCHEMA = (
    "CREATE TABLE settings (key VARCHAR, value VARCHAR)",
    f"INSERT INTO settings VALUES ('schema', '{_SCHEMA_VERSION}')",
    "CREATE TABLE imports (import INTEGER, name VARCHAR, sha256 VARCHAR, rows BIGINT)",
    "CREATE TABLE figures (region VARCHAR, year INTEGER, indicator VARCHAR, value DOUBLE, "
    "unit VARCHAR, source VARCHAR, status VARCHAR, vintage VARCHAR, import INTEGER)",
    "CREATE TABLE regions (position INTEGER, name VARCHAR)",
    "CREATE TABLE mappings (signature VARCHAR, mapping VARCHAR, import INTEGER)",
)

# Figures that were made in memory come without a record of a file.
_NEXT_IMPORT = (
    "SELECT coalesce(max(import), 0) + 1 FROM "
    "(SELECT import FROM imports UNION ALL SELECT max(import) FROM figures)"
)
_KEY = "(region, year, indicator, vintage)"
_DIFFERS = "(f.value <> s.value OR f.unit <> s.unit OR f.status <> s.status)"


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
            _check_known(connection, regions)
            frame = _figures(connection, regions)
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
        with self._writing() as connection:
            first = _number(connection, _NEXT_IMPORT)
            counts, changes = [], []
            for number, panel in enumerate(panels, first):
                self._keep_regions(connection, panel.regions)
                count, changed = _insert(connection, panel, number, overwrite)
                counts.append(count)
                changes.append(changed)
                rows = [(number, r.name, r.sha256, r.rows) for r in dict.fromkeys(panel.inputs)]
                if rows:
                    connection.executemany("INSERT INTO imports VALUES (?, ?, ?, ?)", rows)
            _check_units(connection)
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
        return _stored_regions(connection) or load_region_set("china31")

    def _keep_regions(self, connection: Any, regions: RegionSet) -> None:
        """Note the region set of a panel; a workspace has one."""
        there = _stored_regions(connection)
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
        with _connected(self._database(), read_only=True) as connection:
            yield connection

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        """Yield a connection to a copy, which takes the database's place when it is whole.

        A process that is killed while DuckDB writes can leave a torn file; so it never writes to
        the file that is read. The database itself stays open meanwhile, which keeps others out.
        """
        duckdb = _duckdb()
        database = self._database()
        try:
            with replacing(database, force=True) as copy, ExitStack() as held:
                held.callback(_wal_of(copy).unlink, missing_ok=True)
                copied = _copied(database, copy, held)
                self._remove_leftovers(copy)
                with _connected(copy, read_only=False) as connection:
                    connection.begin()
                    yield connection
                    connection.commit()
                    # Closing would do this too, but say nothing if the disk is full.
                    connection.execute("CHECKPOINT")
                with copy.open("rb") as whole:
                    os.fsync(whole.fileno())
                held.close()
                # Another import can have taken its place between giving up its lock and renaming.
                if _state(database) != copied:
                    raise _in_use(database)
        except (duckdb.Error, OSError) as error:
            raise ComputationError(
                Text(
                    f"{self.folder}：写入数据失败，工作区没有改变（{error}）",
                    f"{self.folder}: writing failed, the workspace is unchanged ({error})",
                ),
                remedy=Text(
                    "请检查磁盘空间和权限。", "Check the space on the disk and the rights."
                ),
            ) from error

    def _remove_leftovers(self, copy: Path) -> None:
        """Remove the copies of imports that were killed; only who holds the database may do so."""
        stem, suffix = Path(DATA_FILE).stem, Path(DATA_FILE).suffix
        for left in self.folder.glob(f".{stem}-*{suffix}*"):
            if left not in (copy, _wal_of(copy)):
                left.unlink(missing_ok=True)

    def _database(self) -> Path:
        path = self.path(DATA_FILE)
        self.path(f"{DATA_FILE}.wal")
        if not path.exists():
            _create_database(path)
        return path


def is_workspace(folder: str | Path) -> bool:
    """Tell whether a folder is a workspace: whether it holds ``xinzhi.toml``."""
    return (Path(folder) / SETTINGS_FILE).is_file()


def create_workspace(folder: str | Path) -> Workspace:
    """Make a workspace: the folder if need be, ``xinzhi.toml`` and an empty database.

    Raises : InputError if the folder is a workspace already, is a file, or cannot be written;
        ComputationError if DuckDB is not installed
    """
    _duckdb()
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
    _create_database(root / DATA_FILE)
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


# The database


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError:
        raise ComputationError(
            Text("工作区需要 DuckDB，尚未安装", "a workspace needs DuckDB, which is not installed"),
            remedy=Text(
                '请安装：pip install "xinzhi[workspace]"',
                'Install it: pip install "xinzhi[workspace]"',
            ),
        ) from None
    return duckdb


@contextmanager
def _connected(path: Path, read_only: bool) -> Iterator[Any]:
    """Yield a connection that reaches no other file, and close it; wait for other processes."""
    duckdb = _duckdb()
    if not path.is_file():
        raise _no_database(path, "not an ordinary file")
    connection = None
    for wait in (*_WAITS, None):
        try:
            connection = duckdb.connect(
                path,
                read_only=read_only,
                config={
                    "enable_external_access": "false",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    "lock_configuration": "true",
                },
            )
            break
        except duckdb.Error as error:
            if any(words in str(error) for words in _FORBIDDEN):
                raise _forbidden(path) from None
            if not any(words in str(error) for words in _BUSY):
                raise _no_database(path, str(error)) from None
            if wait is None:
                raise _in_use(path) from None
            time.sleep(wait)
    assert connection is not None
    try:
        _check_schema(path, connection)
        yield connection
    finally:
        # Closing an open transaction undoes it.
        connection.close()


def _state(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written to or another one takes its place."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _wal_of(path: Path) -> Path:
    """Return where DuckDB keeps what it has not yet put into the file."""
    return path.with_name(f"{path.name}.wal")


def _copied(database: Path, copy: Path, held: ExitStack) -> tuple[int, int, int]:
    """Copy the database, keep it locked, and return the state that was copied.

    It is copied again if another process changed it meanwhile.

    The lock comes after the copy, since closing a copied file would give the lock up again.
    """
    while True:
        before = _state(database)
        shutil.copyfile(database, copy)
        with ExitStack() as attempt:
            attempt.enter_context(_connected(database, read_only=False))
            if _state(database) == before:
                held.enter_context(attempt.pop_all())
                return before


def _no_database(path: Path, reason: str) -> InputError:
    return InputError(
        Text(
            f"{path}：不是工作区的数据库（{reason}）",
            f"{path}: is no database of a workspace ({reason})",
        ),
        remedy=Text(
            "请从备份恢复，或删去它后重新导入。",
            "Restore it from a backup, or delete it and import again.",
        ),
    )


def _forbidden(path: Path) -> InputError:
    return InputError(
        Text(f"{path}：没有权限打开", f"{path}: may not be opened"),
        remedy=Text(
            "请检查文件的权限；写入工作区需要写权限。",
            "Check the rights to the file; importing needs the right to write to it.",
        ),
    )


def _in_use(path: Path) -> ComputationError:
    return ComputationError(
        Text(f"{path}：另一个程序正在使用", f"{path}: is in use by another program"),
        remedy=Text("请等它结束后重试。", "Try again when it has finished."),
    )


def _check_schema(path: Path, connection: Any) -> None:
    duckdb = _duckdb()
    try:
        found = _setting(connection, "schema")
    except duckdb.Error as error:
        raise _no_database(path, str(error).splitlines()[0]) from None
    if found != _SCHEMA_VERSION:
        raise _no_database(path, f"schema {found}, not {_SCHEMA_VERSION}")


def _create_database(path: Path) -> None:
    """Make an empty database under another name and put it in place when it is whole."""
    duckdb = _duckdb()
    with replacing(path) as temporary:
        temporary.unlink()
        with duckdb.connect(temporary) as connection:
            for statement in _SCHEMA:
                connection.execute(statement)


def _stored_regions(connection: Any) -> RegionSet | None:
    """Return the region set of the figures, None where there are none."""
    found = _setting(connection, "regions")
    if found is None:
        return None
    if found in shipped_region_sets():
        return load_region_set(found)
    names = connection.execute("SELECT name FROM regions ORDER BY position").fetchall()
    return RegionSet.from_names((name for (name,) in names), found)


def _setting(connection: Any, key: str) -> str | None:
    found = connection.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchall()
    return str(found[0][0]) if found else None


def _number(connection: Any, query: str) -> int:
    """Return the one whole number that a query gives."""
    # Every row is fetched: a result that is not read to its end blocks the connection.
    return int(connection.execute(query).fetchall()[0][0])


def _insert(
    connection: Any, panel: Panel, number: int, overwrite: bool
) -> tuple[tuple[int, int, int], pd.DataFrame]:
    """Add one panel; return how many figures were added, replaced, the same, and the changes."""
    texts = ", ".join(
        f"{column}::VARCHAR AS {column}" if column not in ("year", "value") else column
        for column in COLUMNS
    )
    connection.register("incoming", panel.frame)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE staged AS SELECT {texts} FROM incoming")
    connection.unregister("incoming")
    changed: pd.DataFrame = connection.execute(
        "SELECT s.region, s.year, s.indicator, s.vintage, f.value AS old, s.value AS new, "
        "f.unit AS old_unit, s.unit AS new_unit, f.status AS old_status, s.status AS new_status "
        f"FROM staged s JOIN figures f USING {_KEY} WHERE {_DIFFERS} "
        "ORDER BY s.indicator, s.vintage, s.region, s.year"
    ).df()
    if len(changed) and not overwrite:
        raise _others_there(changed)
    there = _number(connection, f"SELECT count(*) FROM staged JOIN figures USING {_KEY}")
    if len(changed):
        connection.execute(
            "DELETE FROM figures f USING staged s WHERE f.region = s.region AND f.year = s.year "
            f"AND f.indicator = s.indicator AND f.vintage = s.vintage AND {_DIFFERS}"
        )
    connection.execute(
        f"INSERT INTO figures SELECT {', '.join(COLUMNS)}, {number} FROM staged "
        f"ANTI JOIN figures USING {_KEY}"
    )
    connection.execute("DROP TABLE staged")
    added, replaced = len(panel.frame) - there, len(changed)
    return (added, replaced, there - replaced), changed


def _others_there(changed: pd.DataFrame) -> InputError:
    count = len(changed)
    details = [
        Text(
            f"{row.region} {row.year} 年 {row.indicator}（{row.vintage}）：现有 "
            f"{row.old:.15g} {row.old_unit}，新的 {row.new:.15g} {row.new_unit}",
            f"{row.region} {row.year} {row.indicator} ({row.vintage}): there is "
            f"{row.old:.15g} {row.old_unit}, the new one is {row.new:.15g} {row.new_unit}",
        )
        for row in changed.head(10).itertuples()
    ]
    if count > len(details):
        rest = count - len(details)
        details.append(Text(f"……另有 {rest} 个", f"… and {rest} more"))
    return InputError(
        Text(
            f"工作区里同一版本已有 {count} 个不同的数值",
            f"the workspace has {count} other figure(s) of the same vintage already",
        ),
        details,
        Text(
            "若是新版本，请另起文件名或加一列“版本”；若要替换，请加 --force。",
            "If this is a new vintage, rename the file or add a column vintage; "
            "to replace the figures, add --force.",
        ),
    )


def _check_units(connection: Any) -> None:
    """Refuse a series in units that do not convert into each other."""
    rows = connection.execute(
        "SELECT indicator, vintage, list(DISTINCT unit ORDER BY unit) FROM figures "
        "GROUP BY ALL HAVING count(DISTINCT unit) > 1 ORDER BY ALL"
    ).fetchall()
    problems = []
    for indicator, vintage, names in rows:
        first, *others = [find_unit(name) for name in names]
        if not all(same_dimension(first, other) for other in others):
            shown = listed(names)
            problems.append(
                Text(
                    f"{indicator}（{vintage}）：{shown.zh}", f"{indicator} ({vintage}): {shown.en}"
                )
            )
    if problems:
        raise InputError(
            Text(
                "加入后，同一序列会有不能互相换算的单位",
                "a series would have units that do not convert into each other",
            ),
            problems,
            Text(
                "请在文件或映射中写明单位，或另用版本名。",
                "State the unit in the file or the mapping, or use another vintage.",
            ),
        )


def _check_known(connection: Any, regions: RegionSet) -> None:
    """Refuse a region set, chosen after an import, that lacks regions of the figures."""
    found = connection.execute("SELECT DISTINCT region FROM figures ORDER BY region").fetchall()
    unknown = [name for (name,) in found if name not in regions.names]
    if unknown:
        shown = listed(unknown)
        raise InputError(
            Text(
                f"地区集 {regions.id} 没有数据中的地区：{shown.zh}",
                f"the region set {regions.id} lacks regions of the figures: {shown.en}",
            ),
            remedy=Text(
                f"请改正 {SETTINGS_FILE} 中的 regions。", f"Correct regions in {SETTINGS_FILE}."
            ),
        )


def _figures(connection: Any, regions: RegionSet) -> pd.DataFrame:
    """Return all figures as the frame of a panel; DuckDB codes and sorts them."""
    orders = {
        "region": _ordered(connection, "region", regions.names),
        "indicator": [
            name
            for (name,) in connection.execute(
                "SELECT indicator FROM figures GROUP BY indicator ORDER BY min(import), min(rowid)"
            ).fetchall()
        ],
        "unit": _ordered(connection, "unit"),
        "source": _ordered(connection, "source"),
        "status": list(STATUSES),
        "vintage": _ordered(connection, "vintage"),
    }
    if not orders["region"]:
        return pd.DataFrame(columns=list(COLUMNS))
    for column, names in orders.items():
        order = pd.DataFrame({"position": range(len(names)), "name": names})
        connection.register("names", order)
        connection.execute(
            f"CREATE TEMP TYPE {column}_names AS ENUM (SELECT name FROM names ORDER BY position)"
        )
        connection.unregister("names")
    cast = {column: f"{column}::{column}_names AS {column}" for column in orders}
    cast |= {"year": "year::BIGINT AS year", "value": "value"}
    frame: pd.DataFrame = connection.execute(
        f"SELECT {', '.join(cast[column] for column in COLUMNS)} FROM figures ORDER BY "
        "indicator::indicator_names, vintage::vintage_names, region::region_names, year"
    ).df()
    for column, names in orders.items():
        frame[column] = pd.Categorical.from_codes(
            frame[column].cat.codes.to_numpy(), categories=pd.Index(names)
        )
    return frame


def _ordered(connection: Any, column: str, order: Sequence[str] | None = None) -> list[str]:
    """Return the distinct words of a column, in the given order or by spelling."""
    found = connection.execute(f"SELECT DISTINCT {column} FROM figures").fetchall()
    names = {str(name) for (name,) in found}
    return sorted(names) if order is None else [name for name in order if name in names]
