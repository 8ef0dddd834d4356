"""Write docs/cli.md from the commands' own help, and run the examples of every page.

Run: python scripts/build_docs.py [--check | --examples]

--check says whether docs/cli.md is up to date; --examples also puts the output of every example
back into its page, unless it still agrees; ``…`` on a page stands for anything.

In a page, ``python`` blocks share one namespace, and a ``text`` block right below one holds what it
prints. ``console`` blocks hold commands and their output; ``console exit 2`` expects that status.
A command without output on the page is only run. A block such as ``csv mine.csv`` or
``toml mine.toml`` is a file that the examples below it read; ``<!-- files of PAGE -->`` takes those
of another page.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CLI_PAGE = REPOSITORY / "docs" / "cli.md"
CASE_PAGE = REPOSITORY / "docs" / "capabilities" / "transition.md"
COMMANDS = (
    *("", "index", "coupling", "productivity", "disparity", "strengths", "inputoutput"),
    *("chokepoints", "shock", "watch", "innovation", "finance", "talent", "transition"),
    *("frontier", "assess"),
    *("new", "data", "data list", "data show", "data export"),
    *("data check", "data import", "data template", "data diff"),
    *("data pack", "data pack list", "data pack get"),
)
Start = Callable[[Sequence[str], dict[str, str]], subprocess.CompletedProcess[str]]
_FENCE = re.compile(r"^```(.*)$")
_FILES_OF = re.compile(r"<!-- files of (\S+) -->")
_START, _END = "<!-- generated: begin -->", "<!-- generated: end -->"
_FIELDS, _FIELDS_END = "<!-- fields: begin -->", "<!-- fields: end -->"


@dataclass(frozen=True)
class Block:
    """A fenced block: ``info`` behind the fence, its lines, and where they begin (from 0)."""

    info: str
    lines: tuple[str, ...]
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.lines)


@dataclass(frozen=True)
class Example:
    """Output as the page prints it (``start`` to ``end``) and as it is today."""

    start: int
    end: int
    printed: str
    actual: str

    @property
    def agrees(self) -> bool:
        pattern = ".*?".join(re.escape(part) for part in tidy(self.printed).split("…"))
        return re.fullmatch(pattern, tidy(self.actual), re.DOTALL) is not None


def pages() -> list[Path]:
    """Return every page whose examples are run."""
    top = [REPOSITORY / name for name in ("README.md", "README.zh-CN.md", "CONTRIBUTING.md")]
    return [*top, *sorted((REPOSITORY / "docs").rglob("*.md"))]


def blocks(text: str) -> list[Block]:
    """Return the fenced blocks of a page."""
    found, opened, info = [], None, ""
    lines = text.splitlines()
    for place, line in enumerate(lines):
        fence = _FENCE.match(line)
        if fence and opened is None:
            opened, info = place + 1, fence[1].strip()
        elif fence:
            found.append(Block(info, tuple(lines[opened:place]), opened))
            opened = None
    return found


def tidy(text: str) -> str:
    """Return text without blanks at the ends of lines, or empty lines around it."""
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def started(
    arguments: Sequence[str], environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run an ``xinzhi`` command of this repository as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "xinzhi.cli", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=300,
        env={**environment, "PYTHONUTF8": "1"},
    )


def run(arguments: Sequence[str], start: Start = started) -> subprocess.CompletedProcess[str]:
    """Run an ``xinzhi`` command as a user with an English terminal does."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("LANG", "LC_"))}
    return start(arguments, {**env, "COLUMNS": "100"})


def examples(page: Path, folder: Path, start: Start = started) -> Iterator[Example]:
    """Run a page's blocks in order in ``folder``, which the page's files are written to.

    start : how a command becomes a process
    """
    namespace: dict[str, object] = {"__name__": "__main__"}
    text = page.read_text(encoding="utf-8")
    for name in _FILES_OF.findall(text):
        for block in blocks((REPOSITORY / name).read_text(encoding="utf-8")):
            _write_file(block, folder)
    found = blocks(text)
    for place, block in enumerate(found):
        kind, _, rest = block.info.partition(" ")
        if kind == "python":
            code = "\n" * block.start + "\n".join(block.lines)
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(code, str(page), "exec"), namespace)
            below = found[place + 1] if place + 1 < len(found) else None
            if below is not None and below.info == "text" and below.start - block.end <= 3:
                yield Example(below.start, below.end, "\n".join(below.lines), printed.getvalue())
        elif kind == "console":
            yield from _console(page, block, int(rest.removeprefix("exit ") or 0), start)
        else:
            _write_file(block, folder)


def _write_file(block: Block, folder: Path) -> None:
    """Write the file that a block holds, if it holds one."""
    kind, _, name = block.info.partition(" ")
    if name and kind != "console":
        (folder / name).write_text("\n".join(block.lines) + "\n", encoding="utf-8")


def _console(page: Path, block: Block, status: int, start: Start) -> Iterator[Example]:
    asked = [k for k, line in enumerate(block.lines) if line.startswith("$ ")]
    for first, last in zip(asked, [*asked[1:], len(block.lines)], strict=True):
        where = f"{page.name}:{block.start + first + 1}"
        program, *arguments = shlex.split(block.lines[first][2:])
        if program == "make":
            rules = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
            assert re.search(rf"^{arguments[0]}:", rules, re.MULTILINE), f"{where}: no such rule"
            continue
        assert program == "xinzhi", f"{where}: only xinzhi and make are run"
        done = run(arguments, start)
        assert done.returncode == status, f"{where}: exit status {done.returncode}\n{done.stderr}"
        printed = "\n".join(block.lines[first + 1 : last])
        if printed:
            output = done.stdout + done.stderr
            yield Example(block.start + first + 1, block.start + last, printed, output)


def cli_page(start: Start = started) -> str:
    """Return docs/cli.md with the help of every command between its two marks."""
    head, _, rest = CLI_PAGE.read_text(encoding="utf-8").partition(_START)
    tail = rest.partition(_END)[2]
    parts = []
    for command in COMMANDS:
        words = command.split()
        done = run([*words, "--help"], start)
        assert done.returncode == 0, done.stderr
        title = " ".join(["xinzhi", *words])
        parts.append(f"### `{title}`\n\n```text\n{tidy(done.stdout)}\n```\n")
    return f"{head}{_START}\n\n" + "\n".join(parts) + f"\n{_END}{tail}"


def case_page() -> str:
    """Return the page on transition with the fields of a case file between its two marks."""
    from xinzhi.data import case_fields

    head, _, rest = CASE_PAGE.read_text(encoding="utf-8").partition(_FIELDS)
    tail = rest.partition(_FIELDS_END)[2]
    frame = case_fields("en").drop(columns="required")
    rows = [["table", "key", "unit", "allowed", "default", "meaning"], ["---"] * 6]
    needed = case_fields("en")["required"]
    for (_, row), required in zip(frame.iterrows(), needed, strict=True):
        default = "required" if required else row["default"] or "—"
        table = f"`{row['table']}`" if row["table"] else "—"
        rows.append(
            [table, f"`{row['key']}`", row["unit"] or "—", row["allowed"], default, row["meaning"]]
        )
    lines = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return f"{head}{_FIELDS}\n\n{lines}\n\n{_FIELDS_END}{tail}"


def _refresh(page: Path) -> bool:
    """Put the output of every example into the page; say whether the page changed."""
    text = page.read_text(encoding="utf-8")
    lines = text.splitlines()
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        outputs = list(examples(page, Path(folder)))
    for example in reversed(outputs):
        if not example.agrees:
            lines[example.start : example.end] = tidy(example.actual).splitlines()
    new = "\n".join(lines) + "\n"
    page.write_text(new, encoding="utf-8")
    return new != text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="change nothing, say what is old")
    choice.add_argument("--examples", action="store_true", help="refresh the examples too")
    options = parser.parse_args()
    page = cli_page()
    if options.check:
        if page != CLI_PAGE.read_text(encoding="utf-8"):
            sys.exit("docs/cli.md is out of date: run python scripts/build_docs.py")
        if case_page() != CASE_PAGE.read_text(encoding="utf-8"):
            sys.exit("fields of a case are out of date: run python scripts/build_docs.py")
        return
    CLI_PAGE.write_text(page, encoding="utf-8")
    CASE_PAGE.write_text(case_page(), encoding="utf-8")
    if options.examples:
        for name in pages():
            if _refresh(name):
                print(name.relative_to(REPOSITORY))


if __name__ == "__main__":
    main()
