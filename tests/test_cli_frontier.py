"""The command ``frontier``: points, words, draws, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.plan.transition_cases import document
from xinzhi.cli import frontiers
from xinzhi.cli.frontiers import frontier
from xinzhi.core import InputError
from xinzhi.data.case_writer import case_text


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a case in which importing less costs growth."""
    changed = document(
        discount_rate=0.1,
        sector_goods={
            "consumption": 120.0,
            "consumption_growth": 0.0,
            "imports": 20.0,
            "import_rise": 0.2,
            "import_fall": 1.0,
        },
        technology_new={"cost": 10.0},
        exposure=[{"product": "goods", "weight": 1.0, "assumption": True}],
    )
    path = tmp_path_factory.mktemp("case") / "hand.toml"
    path.write_text(case_text(changed), encoding="utf-8")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(frontier, [str(argument) for argument in arguments])


def refused(*arguments: object) -> str:
    done = run(*arguments)
    assert isinstance(done.exception, InputError), done.output
    return done.exception.text("zh") + done.exception.text("en")


AIMS = ("--objectives", "growth,security", "--points", 3)


def test_points_in_json(case: Path):
    done = run(case, *AIMS, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    assert found["command"] == "frontier"
    points = found["result"]["points"]
    assert [point["point"] for point in points] == [1, 2, 3]
    assert {"growth", "security", "emissions", "knee"} <= set(points[0])
    assert points[0]["emissions"] is None
    assert points[0]["growth"] > points[-1]["growth"]
    assert found["parameters"]["objectives"] == ["growth", "security"]
    assert {"payoff", "changes", "plans", "rates"} <= set(found["result"])


def test_words_in_both_languages(case: Path):
    done = run(case, *AIMS, "--losses", "goods=50", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "from point 1 to 2: expected loss when imports are cut from 50 ×" in done.stdout
    done = run(case, *AIMS, "--losses", "goods=50", "--lang", "zh")
    assert "由点 1 到点 2：断供的预计损失由 50 亿元降到" in done.stdout


def test_draws(case: Path, monkeypatch: pytest.MonkeyPatch):
    kept = []
    monkeypatch.setattr(frontiers, "deliver", lambda _, result, __: kept.append(result))
    done = run(case, *AIMS, "--draws", 1, "--commit-years", 1, "--quiet")
    assert done.exit_code == 0, done.output
    (result,) = kept
    assert next(iter(result.tables)) == "points"
    assert {"scenarios", "common", "regret", "choices", "factors"} <= set(result.tables)
    said = list(frontiers.lines(result))
    zh, en = "\n".join(line.zh for line in said), "\n".join(line.en for line in said)
    assert "2 of 2 scenarios have a plan" in en
    assert "2 个情景中 2 个有计划" in zh
    assert "building decisions to 2021 with the least largest regret" in en
    assert "至 2021 年的建设决定，最大后悔最小的是情景" in zh


def test_a_file_of_all_tables(case: Path, tmp_path: Path):
    out = tmp_path / "points.json"
    assert run(case, *AIMS, "--no-build-before-retire", "--out", out).exit_code == 0
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["parameters"]["build_before_retire"] is False


def test_refusals(case: Path):
    assert "没有给出案例" in (text := refused())
    assert "Name a shipped case (shanghai-2035" in text
    assert "points 1：至少 2 个点" in (text := refused(case, "--points", 1))
    assert "points 1: at least 2 are needed" in text
    assert "权衡需要两个或三个不同的目标" in refused(case, "--objectives", "growth")
    assert "--losses goods：goods 没有损失数" in (text := refused(case, "--losses", "goods"))
    assert "Write it as ic=1200,equipment=300." in text
    assert "no [[account]] noise" in refused(case, "--account", "noise")
