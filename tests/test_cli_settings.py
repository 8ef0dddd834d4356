"""The settings of a workspace as defaults of the commands."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.test_cli import run

FIGURES = (
    "地区,年份,地区生产总值（亿元）,研发经费（亿元）\n"
    "上海,2021,92,2.8\n北京,2021,84,4.6\n江苏,2021,70,1.9\n"
    "上海,2022,100,3\n北京,2022,90,5\n江苏,2022,75,2\n"
    "上海,2023,110,3.3\n北京,2023,95,5\n江苏,2023,80,2.6\n"
)
SYSTEM = (
    '[system]\nid = "two"\n[[node]]\nid = "a"\n[[node]]\nid = "b"\n'
    '[[indicator]]\nid = "x"\nnode = "a"\nformula = "rd_expenditure / gdp"\nunit = "percent"\n'
    '[[indicator]]\nid = "y"\nnode = "b"\nformula = "gdp"\nunit = "CNY_100m"\n'
)
SETTINGS = 'region = "上海市"\npeers = ["北京"]\nyear = "2022:2023"\nsystem = "two.toml"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a workspace with figures and settings."""
    place = tmp_path / "ws"
    assert run("new", place).returncode == 0
    (place / "two.toml").write_text(SYSTEM, encoding="utf-8")
    (place / "xinzhi.toml").write_text(SETTINGS, encoding="utf-8")
    book = tmp_path / "book.csv"
    book.write_text(FIGURES, encoding="utf-8")
    assert run("data", "import", book, "--workspace", place).returncode == 0
    return place


def answer_of(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--uncertainty", "0", "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("inside", [True, False])
def test_settings_are_the_defaults(folder: Path, monkeypatch: pytest.MonkeyPatch, inside: bool):
    named = ("--data", folder)
    if inside:
        monkeypatch.chdir(folder)
        named = ()
    index = answer_of("index", *named)
    assert {(r["region"], r["year"]) for r in index["result"]["scores"]} == {
        ("上海", 2022), ("上海", 2023),
    }  # fmt: skip
    parameters = index["parameters"]
    assert parameters["system"] == "two"
    assert parameters["years"] == [2022, 2023]
    assert parameters["region"] == "上海市"
    assert parameters["year"] == "2022:2023"
    assert parameters["workspace"].endswith("ws")
    coupled = answer_of("coupling", *named)
    assert {row["region"] for row in coupled["result"]["coupling"]} == {"上海"}
    out = folder.parent / "report"
    assessed = answer_of("assess", *named, "--out", out)["parameters"]
    assert assessed["region"] == "上海"
    assert assessed["peers"] == ["北京"]
    assert assessed["years"] == [2022, 2023]
    assert assessed["system"]["id"] == "two"


def test_an_explicit_option_wins(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    chosen = answer_of("index", "--region", "北京", "--year", "2021")
    assert {(r["region"], r["year"]) for r in chosen["result"]["scores"]} == {("北京", 2021)}
    assert chosen["parameters"]["years"] == [2021, 2022, 2023]
    every = answer_of("index", "--region", "all", "--year", "全部")
    assert {r["region"] for r in every["result"]["scores"]} == {"上海", "北京", "江苏"}
    assert {r["year"] for r in every["result"]["scores"]} == {2021, 2022, 2023}
    assert every["parameters"]["region"] is None
    assessed = answer_of("assess", "江苏", "--peers", "上海,北京", "--out", folder.parent / "r")
    assert assessed["parameters"]["region"] == "江苏"
    assert sorted(assessed["parameters"]["peers"]) == ["上海", "北京"]


def test_settings_do_not_reach_another_input(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder)
    book = folder.parent / "book.csv"
    other = answer_of("index", book, "--system", "two.toml")
    assert {row["region"] for row in other["result"]["scores"]} == {"上海", "北京", "江苏"}
    assert "workspace" not in other["parameters"]


def test_the_commands_on_figures_use_the_workspace_they_run_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(folder)
    listed = json.loads(run("data", "list", "--json").stdout)
    assert {row["indicator"] for row in listed["result"]["indicators"]} == {"gdp", "rd_expenditure"}
    shown = json.loads(
        run("data", "show", "gdp", "--region", "all", "--year", "all", "--json").stdout
    )
    assert len(shown["result"]["figures"]) == 9


def test_a_workspace_without_figures_uses_those_shipped_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run("new", tmp_path / "ws")
    monkeypatch.chdir(tmp_path / "ws")
    Path("xinzhi.toml").write_text('region = "江苏"\nyear = 2023\n', encoding="utf-8")
    done = run("index", "--uncertainty", "0")
    assert done.returncode == 0, done.stderr
    assert "the workspace holds no figures yet; those shipped are used" in done.stderr
    assert "江苏" in done.stdout
    assert "2022" not in done.stdout
    assert "工作区还没有数据" in run("index", "--uncertainty", "0", "--lang", "zh").stderr
    named = run("index", "--data", ".")
    assert named.returncode == 2
    assert "the workspace has no data" in named.stderr


def test_wrong_settings_and_a_missing_region_are_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    done = run("assess", "--out", tmp_path / "o")
    assert done.returncode == 2
    assert "no region is given" in done.stderr
    assert "没有给出地区" in run("assess", "--lang", "zh").stderr
    run("new", tmp_path / "ws")
    monkeypatch.chdir(tmp_path / "ws")
    Path("xinzhi.toml").write_text('region = "上毎"\n', encoding="utf-8")
    done = run("index")
    assert done.returncode == 2
    assert "xinzhi.toml" in done.stderr
    assert "Traceback" not in done.stderr
