"""Writing to a workspace: two imports at once, a full disk, missing rights, leftovers."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from xinzhi.core import ComputationError, InputError
from xinzhi.data import Panel, load_region_set
from xinzhi.data import workspace as module
from xinzhi.data import workspace_database as database
from xinzhi.data.workspace import Workspace, create_workspace, open_workspace

WHOLE = {"data.duckdb", "xinzhi.toml"}
IMPORT = """
import sys
import pandas as pd
from xinzhi.core import XinzhiError
from xinzhi.data import Panel, load_region_set, open_workspace
rows = pd.DataFrame([("北京", 2020, "gdp", 1.0)], columns=["region", "year", "indicator", "value"])
try:
    open_workspace(sys.argv[1]).add(Panel.from_frame(rows, load_region_set("china31"), sys.argv[2]))
except XinzhiError as error:
    print(error.text("en"))
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = create_workspace(tmp_path / "work")
    made.add(panel("first"))
    return made


def panel(name: str, count: int = 1) -> Panel:
    rows = [("上海", 1000 + k, "gdp", float(k)) for k in range(count)]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])
    return Panel.from_frame(frame, load_region_set("china31"), name)


def other_import(folder: Path, name: str, **options: Any) -> subprocess.Popen[str]:
    """Start another process that imports one figure under a name of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", IMPORT, str(folder), name],
        stdout=subprocess.PIPE,
        text=True,
        **options,
    )


def vintages(workspace: Workspace) -> set[str]:
    return set(workspace.panel().frame["vintage"])


def names(workspace: Workspace) -> set[str]:
    return {path.name for path in workspace.folder.iterdir()}


def test_an_import_leaves_the_copy_of_another_alone(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, said = module.check_units, []

    def meanwhile(connection: Any) -> None:
        said.append(other_import(workspace.folder, "second").communicate(timeout=60)[0])
        real(connection)

    monkeypatch.setattr(module, "check_units", meanwhile)
    workspace.add(panel("third"))
    assert "is in use by another program" in said[0]
    assert vintages(workspace) == {"first", "third"}
    assert names(workspace) == WHOLE


def test_imports_at_once_lose_none(workspace: Workspace) -> None:
    started = [other_import(workspace.folder, f"v{k}") for k in range(4)]
    said = [process.communicate(timeout=120)[0] for process in started]
    assert all(text == "" or "is in use by another program" in text for text in said)
    written = {f"v{k}" for k, text in enumerate(said) if not text}
    assert written
    assert vintages(workspace) == written | {"first"}
    assert names(workspace) == WHOLE


def test_a_database_that_changed_after_the_lock_was_given_up_is_not_replaced(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = database.os.fsync

    def meanwhile(handle: int) -> None:
        real(handle)
        shutil.copyfile(workspace.folder / "data.duckdb", workspace.folder / "other")
        (workspace.folder / "other").replace(workspace.folder / "data.duckdb")

    monkeypatch.setattr(database.os, "fsync", meanwhile)
    with pytest.raises(ComputationError, match="in use by another program"):
        workspace.add(panel("second"))
    assert vintages(workspace) == {"first"}
    assert names(workspace) == WHOLE


def test_leftovers_of_killed_imports_go_with_the_next(workspace: Workspace) -> None:
    for name in (".data-abcd1234.duckdb", ".data-abcd1234.duckdb.wal"):
        (workspace.folder / name).write_bytes(b"x")
    (workspace.folder / ".data-notes.txt").write_text("mine")
    assert vintages(open_workspace(workspace.folder)) == {"first"}
    workspace.add(panel("second"))
    assert names(workspace) == WHOLE | {".data-notes.txt"}


@pytest.fixture
def unchanged(workspace: Workspace) -> Iterator[Workspace]:
    """Check that what a test does leaves the workspace as it was."""
    yield workspace
    assert vintages(workspace) == {"first"}
    assert names(workspace) == WHOLE


def test_a_disk_that_is_full_when_the_database_is_copied(
    unchanged: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database.shutil, "copyfile", full)
    with pytest.raises(ComputationError) as caught:
        unchanged.add(panel("second"))
    assert "writing failed, the workspace is unchanged" in caught.value.text("en")
    assert "No space left on device" in caught.value.text("en")
    assert "请检查磁盘空间和权限" in caught.value.text("zh")


@pytest.mark.skipif(not hasattr(signal, "SIGXFSZ"), reason="file sizes cannot be limited here")
def test_a_disk_that_fills_up_while_duckdb_writes(unchanged: Workspace) -> None:
    script = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "size = (Path(sys.argv[1]) / 'data.duckdb').stat().st_size\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (size + 10_000, size + 10_000))\n"
        "from xinzhi.core import ComputationError\n"
        "from xinzhi.data import embedded_panel, open_workspace\n"
        "try:\n"
        "    open_workspace(sys.argv[1]).add(embedded_panel())\n"
        "except ComputationError as error:\n"
        "    print(error.text('en'))\n"
    )
    command = [sys.executable, "-c", script, str(unchanged.folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "writing failed, the workspace is unchanged" in done.stdout


@pytest.mark.parametrize("words", ["Permission denied", "Read-only file system"])
def test_a_database_without_the_right_to_write(
    unchanged: Workspace, monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    import duckdb

    real = duckdb.connect

    def forbidden(path: Path, read_only: bool, config: dict[str, str]) -> Any:
        if not read_only:
            raise duckdb.IOException(f'Cannot open file "{path}": {words}')
        return real(path, read_only=read_only, config=config)

    with monkeypatch.context() as patched:
        patched.setattr(duckdb, "connect", forbidden)
        with pytest.raises(InputError) as caught:
            unchanged.add(panel("second"))
    assert "may not be opened" in caught.value.text("en")
    assert "importing needs the right to write" in caught.value.text("en")
    assert "没有权限打开" in caught.value.text("zh")
    assert "delete it" not in caught.value.text("en")


def test_a_folder_without_the_right_to_write(
    unchanged: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(**_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr("xinzhi.core.files.tempfile.mkstemp", forbidden)
        with pytest.raises(InputError) as caught:
            unchanged.add(panel("second"))
    assert "cannot be written (Permission denied)" in caught.value.text("en")
    assert "无法写入" in caught.value.text("zh")


@pytest.mark.skipif(os.name != "posix", reason="rights are told apart by the user's number")
def test_a_workspace_that_may_only_be_read_is_read(unchanged: Workspace) -> None:
    unchanged.folder.chmod(0o555)
    try:
        assert len(open_workspace(unchanged.folder).panel().frame) == 1
    finally:
        unchanged.folder.chmod(0o755)
