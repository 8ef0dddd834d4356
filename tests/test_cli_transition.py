"""The command ``transition``: its summary, JSON, new cases, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.plan.transition_cases import budget, document
from xinzhi.cli.transitioning import transition
from xinzhi.core import ComputationError, InputError
from xinzhi.data.case_reader import load_case
from xinzhi.data.case_writer import case_text

SCHEDULE = [
    {
        "technology": "old",
        "maximum": {"2020": 100.0, "2022": 100.0, "2023": 40.0},
        "assumption": True,
    }
]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(transition, [str(argument) for argument in arguments])


@pytest.fixture
def case(tmp_path: Path) -> Path:
    """Return a file in which old capacity must fall to 40 in 2023 and a budget pays for more."""
    made = document(
        sector_goods={"consumption_growth": 0.0, "replacement_margin": 0.1},
        schedule=SCHEDULE,
        budget=budget(100.0),
    )
    path = tmp_path / "hand.toml"
    path.write_text(case_text(made), encoding="utf-8")
    return path


def test_a_planner_reads_what_happens_when(case: Path):
    done = run(case, "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Objective (value_added × 1, cost × 1)" in done.stdout
    assert "New: building starts" in done.stdout
    assert "Treasury:" in done.stdout
    assert "Cost of build before retire" in done.stdout
    assert "assumptions to be replaced" in done.stdout
    zh = run(case, "--lang", "zh", "--no-build-before-retire").stdout
    assert "开工建设" in zh
    assert "先立后破的代价" not in zh


def test_json_holds_the_plan_and_its_scalars(case: Path):
    done = run(case, "--json", "--quiet", "--compare", case)
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)["result"]
    assert result["status"] == "optimal"
    assert isinstance(result["objective"], float)
    columns = ["sector", "technology", "year", "build", "retrofit", "retire", "capacity", "output"]
    assert list(result["plan"][0]) == columns
    assert {"constraint", "year", "shadow_price"} <= set(result["duals"][0])
    assert {row["capacity_difference"] for row in result["comparison"]} == {0}


def test_a_new_case_made_of_a_table_runs(tmp_path: Path):
    path, technologies = tmp_path / "mine.toml", tmp_path / "new.csv"
    technologies.write_text("id,sector,kind,lifetime,cost\nplant,2,new,20,0.9\n", encoding="utf-8")
    done = run("--new-case", path, "--technologies", technologies, "--horizon", 2021)
    assert done.exit_code == 0, done.output
    made = load_case(path)
    assert made.horizon == 2021
    assert made.technologies[-1].id == "plant"
    assert run(path, "--lang", "en").exit_code == 0
    technologies.write_text("id,id\n1,2\n", encoding="utf-8")
    again = run("--new-case", path, "--technologies", technologies)
    assert isinstance(again.exception, InputError)
    assert "there twice: id" in again.exception.text("en")
    assert "列重复：id" in again.exception.text("zh")


def test_without_a_case_the_shipped_ones_are_named():
    error = run().exception
    assert isinstance(error, InputError)
    assert "shanghai-2035" in error.text("en")
    assert "没有给出案例" in error.text("zh")


def test_a_weight_that_is_no_number_is_refused(case: Path):
    error = run(case, "--objective", "value_added=much").exception
    assert isinstance(error, InputError)
    assert "value_added=much has no weight" in error.text("en")
    assert "没有权重" in error.text("zh")


def test_limits_in_conflict_are_named(tmp_path: Path):
    made = document(
        sector_goods={"import_rise": 0.0}, schedule=SCHEDULE, technology_new={"build_limit": 0.0}
    )
    path = tmp_path / "conflict.toml"
    path.write_text(case_text(made), encoding="utf-8")
    error = run(path).exception
    assert isinstance(error, ComputationError)
    assert error.exit_status == 1
    assert "cannot hold together" in error.text("en")
    assert "building limit: New" in error.text("en")
