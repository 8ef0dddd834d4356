"""Imports point one way, and computation stays free of files, charts, terminals and the clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
PACKAGE = REPOSITORY / "src" / "xinzhi"
LAYERS = ("core", "data", "measure", "structure", "stress", "plan", "report", "cli")
COMPUTING = ("measure", "structure", "stress", "plan")
# The front of the package names all layers, and loads each when it is first used.
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
# What a computation must not need in order to be loaded.
NOT_FOR_COMPUTATION = {
    *("altair", "click", "jinja2", "vl_convert", "xlsxwriter", "python_calamine", "tqdm"),
    *("datetime", "io", "os", "pathlib", "shutil", "subprocess", "sys", "tempfile", "time"),
}


def layer_of(dotted: str) -> str:
    """Return the layer of ``xinzhi.data.panel``; "" for the package itself."""
    parts = dotted.split(".")
    return parts[1] if len(parts) > 1 else ""


def imports(path: Path, top_only: bool = False) -> Iterator[str]:
    """Yield the dotted names a file imports; with ``top_only`` those it needs to be loaded."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = tree.body if top_only else ast.walk(tree)
    for node in inside:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            assert node.module is not None
            yield node.module
            if node.module == "xinzhi":  # `from xinzhi import report` names a layer
                yield from (f"xinzhi.{alias.name}" for alias in node.names)


def test_the_layers_are_the_folders_there_are():
    folders = {
        path.parent.relative_to(PACKAGE).parts[0] for path in MODULES if path.parent != PACKAGE
    }
    files = {path.stem for path in MODULES if path.parent == PACKAGE}
    assert folders | files == set(LAYERS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_only_go_up_the_list(path: Path):
    own = path.relative_to(PACKAGE).with_suffix("").parts[0]
    for name in imports(path):
        layer = layer_of(name) if name.split(".")[0] == "xinzhi" else ""
        if layer in LAYERS:
            assert LAYERS.index(layer) <= LAYERS.index(own), f"{own} imports {name}"


COMPUTATION = [path for path in MODULES if path.relative_to(PACKAGE).parts[0] in COMPUTING]


@pytest.mark.parametrize(
    "path", COMPUTATION, ids=lambda path: str(path.relative_to(PACKAGE).with_suffix(""))
)
def test_computation_loads_no_charts_files_or_terminal(path: Path):
    needed = {name.split(".")[0] for name in imports(path, top_only=True)}
    assert not needed & NOT_FOR_COMPUTATION
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"eval", "exec", "input", "open", "print"}


def test_loading_the_package_loads_no_layer():
    assert not [name for name in imports(PACKAGE / "__init__.py", top_only=True) if layer_of(name)]


def test_the_page_lists_the_layers_in_this_order():
    text = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `(\w+)(?:\.py)?` \|", text, re.MULTILINE)
    assert named == list(LAYERS)
