"""The program run as a process of its own, forked from one that has loaded the libraries already.

A run is what ``python -m xinzhi.cli`` is: its own arguments, environment, folder, output and exit
status, and its own language. Only the seconds of loading pandas and the like are spent once.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

_SERVER = """
import gc, json, os, runpy, sys, traceback
import altair, click, duckdb
import xinzhi.measure, xinzhi.structure, xinzhi.report.export
from xinzhi.report import html
html._vega()
gc.freeze()
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child:
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        continue
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        os.dup2(os.open(asked["streams"][number], flags), number)
    sys.stdin = open(0, encoding="utf-8")
    sys.argv = ["xinzhi", *asked["arguments"]]
    status = 0
    try:
        runpy.run_module("xinzhi.cli", run_name="__main__", alter_sys=True)
    except SystemExit as stop:
        status = stop.code or 0
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)  # taking all that was loaded apart would cost half a second
os._exit(0)
"""


@cache
def _server() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, "-X", "utf8", "-c", _SERVER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(server.communicate)
    return server


def run_xinzhi(
    arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run an ``xinzhi`` command in the folder that this process is in."""
    if not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, "-m", "xinzhi.cli", *arguments],
            capture_output=True,
            text=True,
            encoding="utf-8",
            stdin=subprocess.DEVNULL,
            timeout=300,
            check=False,
            env={**environment, "PYTHONUTF8": "1"},
        )
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder) / "out", Path(folder) / "err"
        out.touch()
        err.touch()
        asked = {
            "arguments": list(arguments),
            "environment": environment,
            "folder": str(Path.cwd()),
            "streams": [os.devnull, str(out), str(err)],
        }
        server.stdin.write(json.dumps(asked) + "\n")
        server.stdin.flush()
        status = int(server.stdout.readline())
        return subprocess.CompletedProcess(
            list(arguments), status, out.read_text("utf-8"), err.read_text("utf-8")
        )
