"""The workspace's DuckDB file: made, opened for reading, and written to whole or not at all."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from xinzhi.core import ComputationError, InputError, Text, replacing
from xinzhi.core.optional import imported

EXTRA = "workspace"
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


def create_database(path: Path) -> None:
    """Make an empty database under another name and put it in place when it is whole."""
    duckdb = imported("duckdb", EXTRA)
    with replacing(path) as temporary:
        temporary.unlink()
        with duckdb.connect(temporary) as connection:
            for statement in _SCHEMA:
                connection.execute(statement)


@contextmanager
def connected(path: Path, read_only: bool) -> Iterator[Any]:
    """Yield a connection that reaches no other file, and close it; wait for other processes."""
    duckdb = imported("duckdb", EXTRA)
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


@contextmanager
def writing(database: Path) -> Iterator[Any]:
    """Yield a connection to a copy, which takes the database's place when it is whole.

    A process that is killed while DuckDB writes can leave a torn file; so it never writes to
    the file that is read. The database itself stays open meanwhile, which keeps others out.
    """
    duckdb = imported("duckdb", EXTRA)
    try:
        with replacing(database, force=True) as copy, ExitStack() as held:
            held.callback(_wal_of(copy).unlink, missing_ok=True)
            copied = _copied(database, copy, held)
            _remove_leftovers(database, copy)
            with connected(copy, read_only=False) as connection:
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
        folder = database.parent
        raise ComputationError(
            Text(
                f"{folder}：写入数据失败，工作区没有改变（{error}）",
                f"{folder}: writing failed, the workspace is unchanged ({error})",
            ),
            remedy=Text("请检查磁盘空间和权限。", "Check the space on the disk and the rights."),
        ) from error


def _remove_leftovers(database: Path, copy: Path) -> None:
    """Remove the copies of imports that were killed; only who holds the database may do so."""
    for left in database.parent.glob(f".{database.stem}-*{database.suffix}*"):
        if left not in (copy, _wal_of(copy)):
            left.unlink(missing_ok=True)


def _copied(database: Path, copy: Path, held: ExitStack) -> tuple[int, int, int]:
    """Copy the database, keep it locked, and return the state that was copied.

    It is copied again if another process changed it meanwhile.

    The lock comes after the copy, since closing a copied file would give the lock up again.
    """
    while True:
        before = _state(database)
        shutil.copyfile(database, copy)
        with ExitStack() as attempt:
            attempt.enter_context(connected(database, read_only=False))
            if _state(database) == before:
                held.enter_context(attempt.pop_all())
                return before


def _state(path: Path) -> tuple[int, int, int]:
    """Return what changes when a file is written to or another one takes its place."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _wal_of(path: Path) -> Path:
    """Return where DuckDB keeps what it has not yet put into the file."""
    return path.with_name(f"{path.name}.wal")


def _check_schema(path: Path, connection: Any) -> None:
    duckdb = imported("duckdb", EXTRA)
    try:
        found = setting(connection, "schema")
    except duckdb.Error as error:
        raise _no_database(path, str(error).splitlines()[0]) from None
    if found != _SCHEMA_VERSION:
        raise _no_database(path, f"schema {found}, not {_SCHEMA_VERSION}")


def setting(connection: Any, key: str) -> str | None:
    """Return what the database itself notes under a key, such as its region set."""
    found = connection.execute("SELECT value FROM settings WHERE key = ?", [key]).fetchall()
    return str(found[0][0]) if found else None


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
