"""``xinzhi watch``: lights from a user's panel and events, facts without them, the register."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.stress.watch_cases import simulated
from tests.test_cli import run
from xinzhi.cli import cli
from xinzhi.core import InputError

REGISTER = """
[[risk]]
id = "R1"
risk = "模型训练数据外泄"
field = "人工智能"
category = "data_security"
likelihood = 4
impact = 5
evidence = "A"
owner = "甲"
measures = ""
review_date = 2026-03-01
status = "open"
"""


def invoked(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cli, ["watch", *map(str, arguments)])


def answer(*arguments: str | Path) -> dict[str, Any]:
    done = invoked(*arguments, "--json")
    assert done.exception is None, done.exception
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("watch")
    values, events = simulated(regions=8, years=22)
    wide = values.to_dataset("indicator").to_dataframe().reset_index()
    wide.to_csv(folder / "panel.csv", index=False)
    events.rename(columns={"region": "地区", "year": "年份"}).to_csv(
        folder / "events.csv", index=False
    )
    return folder / "panel.csv", folder / "events.csv"


def test_json_has_its_stable_keys(files: tuple[Path, Path]):
    panel, events = files
    found = answer(
        *(panel, "--events", events, "--low", "low", "--benchmarks", "logit", "--draws", "20")
    )
    assert found["command"] == "watch"
    assert [record["name"] for record in found["inputs"]] == ["panel.csv", "events.csv"]
    result = found["result"]
    assert list(result) == [
        *("signals", "board", "performance", "roc", "probabilities", "events", "register")
    ]
    first = {row["indicator"]: row for row in result["signals"]}
    keys = {
        *("indicator", "threshold", "direction", "noise_to_signal", "hit_rate", "periods"),
        *("false_alarm_rate", "lead_time", "events"),
    }
    assert keys <= set(first["lead"])
    assert first["low"]["direction"] == -1
    assert first["lead"]["noise_to_signal"] < 0.2
    judged = {row["method"] for row in result["performance"]}
    assert judged == {"composite", "logit", "base_rate", "signals"}
    kinds = {
        *("method", "hits", "misses", "false_alarms", "correct_silences", "auc", "lead_time"),
        *("usefulness", "base_rate"),
    }
    assert kinds <= set(result["performance"][0])
    assert {"red", "none"} <= {row["light"] for row in result["board"]}
    assert found["parameters"]["horizon"] == 2
    assert result["register"] == []


def test_growth_change_years_and_names(files: tuple[Path, Path]):
    panel, _ = files
    found = answer(
        *(panel, "--indicators", "lead,low", "--growth", "lead", "--change", "low"),
        *("--low", "low", "--year", "1995:2005"),
    )
    names = {row["indicator"]: row["direction"] for row in found["result"]["signals"]}
    assert names == {"lead:growth": 1, "low:change": -1}
    assert {row["year"] for row in found["result"]["board"]} == set(range(1995, 2006))
    assert found["parameters"]["units_of_indicators"]["lead:growth"] == "ratio"


def test_without_input_the_embedded_figures_give_facts_and_no_lights():
    found = answer()
    assert {row["light"] for row in found["result"]["board"]} == {"none"}
    assert found["result"]["performance"] == []
    assert any("no light is given" in note["en"] for note in found["warnings"])
    assert any("不亮灯" in note["zh"] for note in found["warnings"])
    printed = invoked("--region", "上海")
    assert "secondary_share" in printed.stdout
    assert "no_events" in printed.stdout
    assert "fiscal_gap" in invoked().stdout


def test_the_register_is_read_against_a_date(tmp_path: Path):
    file = tmp_path / "register.toml"
    file.write_text(REGISTER, encoding="utf-8")
    found = answer("--register", file, "--as-of", "2026-03-31")
    (row,) = found["result"]["register"]
    assert (row["severity"], row["severity_grade"], row["days_overdue"]) == (20, "very_high", 30)
    assert found["parameters"]["as_of"] == "2026-03-31"
    assert "register.toml" in {record["name"] for record in found["inputs"]}
    today = answer("--register", file)
    assert today["parameters"]["as_of"] is not None
    form = tmp_path / "form.xlsx"
    assert str(form) in invoked("--new-register", form).stdout
    assert form.exists()


def test_what_is_wrong_is_said(files: tuple[Path, Path], tmp_path: Path):
    panel, _ = files
    bad = tmp_path / "bad.csv"
    bad.write_text("region,year\nr99,2000\n", encoding="utf-8")
    file = tmp_path / "register.toml"
    file.write_text(REGISTER.replace('"A"', '"Z"'), encoding="utf-8")
    for arguments, english, chinese in (
        ((panel, "--events", bad), "unknown region r99", "未知地区 r99"),
        ((panel, "--low", "lex"), "no indicator lex", "没有指标 lex"),
        ((panel, "--growth", "lex"), "no indicator lex", "没有指标 lex"),
        ((panel, "--benchmarks", "probit"), "no benchmark probit", "没有基准方法 probit"),
        (("--register", file), "[[risk]] 1 evidence: unknown grade Z", "未知的等级 Z"),
        (("--register", file, "--as-of", "soon"), "unknown grade Z", "未知的等级 Z"),
    ):
        done = invoked(*arguments)
        assert isinstance(done.exception, InputError)
        assert english in done.exception.text("en")
        assert chinese in done.exception.text("zh")
    file.write_text(REGISTER, encoding="utf-8")
    wrong = invoked("--register", file, "--as-of", "soon").exception
    assert isinstance(wrong, InputError)
    assert "--as-of soon: not a date" in wrong.text("en")
    assert "不是日期" in wrong.text("zh")


def test_exit_status_and_language_as_a_process(files: tuple[Path, Path], tmp_path: Path):
    panel, events = files
    out = tmp_path / "watch.xlsx"
    done = run(*("watch", panel, "--events", events, "--benchmarks", "none", "--out", out))
    assert done.returncode == 0, done.stderr
    with pd.ExcelFile(out, engine="openpyxl") as book:
        sheets = set(book.sheet_names)
    assert sheets >= {"signals", "board", "performance"}
    wrong = run("watch", panel, "--indicators", "没有", "--lang", "zh")
    assert wrong.returncode == 2
    assert "没有指标" in wrong.stderr
    assert "Traceback" not in wrong.stderr
