"""An import that is killed or interrupted leaves the workspace as it was, or as it should be."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from xinzhi.data import importing
from xinzhi.data.importing import import_files
from xinzhi.data.workspace import Workspace, create_workspace, open_workspace

KILLS = 100
INTERRUPTS = 20
REGIONS = ("北京", "天津", "上海", "重庆", "西藏")
YEARS = range(1990, 2020)

# Loads the package once, then makes a child for each import and ends it after a while.
NURSERY = """
import json, os, sys, time
from xinzhi.data import headers, readers
from xinzhi.data.importing import import_files
from xinzhi.data.workspace import open_workspace
import duckdb
for line in sys.stdin:
    folder, file, delay, number = json.loads(line)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            import_files(open_workspace(folder), [file], overwrite=True)
            code = 0
        finally:
            os._exit(code)
    started = time.perf_counter()
    if number:
        time.sleep(delay)
        os.kill(child, number)
    os.waitpid(child, 0)
    print(time.perf_counter() - started, flush=True)
"""


@contextmanager
def nursery() -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment,
    )
    try:
        yield process
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(timeout=30)
        process.stdout.close()


def one_import(
    process: subprocess.Popen[str], folder: Path, file: Path, delay: float = 0.0, number: int = 0
) -> float:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps([str(folder), str(file), delay, number]) + "\n")
    process.stdin.flush()
    return float(process.stdout.readline())


def books(folder: Path) -> list[Path]:
    """Return two files of one vintage: every figure is 1 in the first, and 2 in the second."""
    files = []
    for value in (1, 2):
        (folder / str(value)).mkdir()
        files.append(folder / str(value) / "book.csv")
        rows = [f"{region},{year},{value},{value}\n" for region in REGIONS for year in YEARS]
        text = "地区,年份,GDP（亿元）,财政收入（亿元）\n" + "".join(rows)
        files[-1].write_text(text, encoding="utf-8")
    return files


def state(workspace: Workspace) -> tuple[int, int]:
    """Return the one value of all figures, and the number of imports."""
    panel = workspace.panel()
    assert len(panel.frame) == 2 * len(REGIONS) * len(YEARS)
    values = set(panel.frame["value"].tolist())
    assert len(values) == 1, "half an import"
    return int(values.pop()), len(workspace.imports())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the test forks its children")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT], ids=["kill", "interrupt"])
def test_a_killed_import_leaves_the_old_state_or_the_new_one(
    tmp_path: Path, number: signal.Signals
) -> None:
    workspace = create_workspace(tmp_path / "work")
    files = books(tmp_path)
    import_files(workspace, files[:1])
    before = state(workspace)
    assert before == (1, 1)
    rng = random.Random(int(number))
    cut_short = 0
    with nursery() as process:
        one_import(process, workspace.folder, files[1])
        assert state(workspace) == (2, 2)
        usual = one_import(process, workspace.folder, files[0])
        before = state(workspace)
        assert before == (1, 3)
        for _ in range(KILLS if number == signal.SIGKILL else INTERRUPTS):
            wanted = 3 - before[0]
            delay = rng.uniform(0.0, 1.2 * usual)
            one_import(process, workspace.folder, files[wanted - 1], delay, int(number))
            after = state(open_workspace(workspace.folder))
            assert after in (before, (wanted, before[1] + 1))
            cut_short += after == before
            if after == before and delay > usual:
                usual = delay * 1.2  # the machine has become slower
            before = after
    # Some ended before the new state was written, some after; else the delays prove nothing.
    assert 0 < cut_short < (KILLS if number == signal.SIGKILL else INTERRUPTS)


def test_an_interrupt_at_every_stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = create_workspace(tmp_path / "work")
    files = books(tmp_path)
    import_files(workspace, files[:1])
    for stage in ("opened", "checked", "write"):

        def interrupt(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(importing._Bar, stage, interrupt)
            with pytest.raises(KeyboardInterrupt):
                import_files(workspace, files[1:], overwrite=True)
        assert state(workspace) == (1, 1)
    with monkeypatch.context() as patched:
        patched.setattr("xinzhi.data.workspace.check_units", interrupt)
        with pytest.raises(KeyboardInterrupt):
            import_files(workspace, files[1:], overwrite=True)
    assert state(workspace) == (1, 1)


def test_a_death_before_the_new_database_takes_its_place_leaves_the_old_one(
    tmp_path: Path,
) -> None:
    # A process that commits to its copy and dies at once leaves the copy, which is removed later.
    workspace = create_workspace(tmp_path / "work")
    files = books(tmp_path)
    import_files(workspace, files[:1])
    script = (
        "import os, sys\n"
        "from xinzhi.data import workspace, workspace_database\n"
        "from xinzhi.data.importing import import_files\n"
        "real = workspace_database.connected\n"
        "from contextlib import contextmanager\n"
        "@contextmanager\n"
        "def dying(path, read_only):\n"
        "    with real(path, read_only) as connection:\n"
        "        yield connection\n"
        "        if not read_only:\n"
        "            os._exit(0)\n"
        "workspace_database.connected = dying\n"
        "import_files(workspace.open_workspace(sys.argv[1]), [sys.argv[2]], overwrite=True)\n"
    )
    subprocess.run([sys.executable, "-c", script, workspace.folder, files[1]], check=True)
    names = {path.name for path in workspace.folder.iterdir()}
    assert names > {"data.duckdb", "xinzhi.toml"}
    assert state(workspace) == (1, 1)
    import_files(workspace, files[1:], overwrite=True)
    assert state(workspace) == (2, 2)
    assert {path.name for path in workspace.folder.iterdir()} == {"data.duckdb", "xinzhi.toml"}
