"""The commands as a newcomer meets them: processes, exit statuses, messages, files."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from tests.processes import run_xinzhi

SYSTEM = """
[system]
id = "mine"
title = { zh = "两链", en = "Two chains" }
[[node]]
id = "research"
title = { zh = "研究", en = "Research" }
[[node]]
id = "income"
title = { zh = "收入", en = "Income" }
[[indicator]]
id = "effort"
node = "research"
formula = "研发经费 / 生产总值"
unit = "percent"
[[indicator]]
id = "output"
node = "income"
formula = "生产总值"
unit = "CNY_100m"
transform = "log"
"""


def run(
    *arguments: str | Path, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_ALL", "LC_MESSAGES")}
    return run_xinzhi([*map(str, arguments)], {**clean, **(env or {})})


def result_of(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    assert {"command", "version", "parameters", "inputs", "result", "warnings"} <= set(answer)
    return answer


@pytest.fixture
def mine(tmp_path: Path) -> tuple[Path, Path]:
    """A user's own data: counties that no region set knows, a Chinese header, two years."""
    rng = np.random.default_rng(0)
    rows = [
        (f"县{name}", year, *rng.lognormal(3, 0.5, 2).round(3))
        for name in "甲乙丙丁戊己庚"
        for year in (2022, 2023)
    ]
    table = pd.DataFrame(rows, columns=["地区", "年份", "研发经费（亿元）", "生产总值（亿元）"])
    data, system = tmp_path / "mine.xlsx", tmp_path / "mine.toml"
    table.to_excel(data, index=False, engine="xlsxwriter")
    system.write_text(SYSTEM, encoding="utf-8")
    return data, system


def test_help_names_the_commands_in_both_languages():
    english, chinese = run("--help"), run("--help", env={"LANG": "zh_CN.UTF-8"})
    for name in ("assess", "coupling", "data", "index"):
        assert name in english.stdout
        assert name in chinese.stdout
    assert "composite index" in english.stdout
    assert "综合指数" in chinese.stdout
    assert "语言" in run("index", "--lang", "zh", "--help").stdout


def test_index_on_the_embedded_figures():
    answer = result_of("index", "--region", "Shanghai", "--uncertainty", "400")
    scores = pd.DataFrame(answer["result"]["scores"])
    assert set(scores["region"]) == {"上海"}
    last = scores[(scores["year"] == 2023) & (scores["node"] == "four_chains")].iloc[0]
    assert 0 < last["score"] < 1
    assert last["rank_low"] <= last["rank"] <= last["rank_high"]
    assert answer["parameters"]["uncertainty"]["draws"] == 400
    assert answer["inputs"][0]["sha256"]
    assert len(answer["result"]["weights"]) == 11


def test_json_does_not_depend_on_the_language():
    english = result_of("coupling", "--region", "310000", "--uncertainty", "0", "--lang", "en")
    chinese = result_of("coupling", "--region", "上海市", "--uncertainty", "0", "--lang", "zh")
    assert english["result"] == chinese["result"]
    keys = {"region", "year", "degree", "level", "coordination", "grade", "lagging"}
    assert keys <= set(english["result"]["coupling"][0])
    assert {"region", "year", "indicator", "obstacle"} <= set(english["result"]["obstacles"][0])


def test_own_data_for_any_set_of_regions(mine):
    data, system = mine
    answer = result_of("index", data, "--system", system, "--uncertainty", "200", "--seed", "3")
    assert len({row["region"] for row in answer["result"]["scores"]}) == 7
    assert (
        result_of(
            "index", "--data", data, "--system", system, "--uncertainty", "200", "--seed", "3"
        )["result"]
        == answer["result"]
    )
    coupled = result_of("coupling", data, "--system", system, "--uncertainty", "0")
    assert {row["region"] for row in coupled["result"]["coupling"]} == {
        f"县{c}" for c in "甲乙丙丁戊己庚"
    }


def test_coupling_of_given_levels(tmp_path: Path):
    levels = tmp_path / "levels.csv"
    levels.write_text("region,year,a,b\n甲,2020,0.5,0.5\n乙,2020,0.2,0.8\n", encoding="utf-8")
    answer = result_of("coupling", levels)
    rows = {row["region"]: row for row in answer["result"]["coupling"]}
    assert rows["甲"]["degree"] == 1.0
    assert rows["乙"]["degree"] == pytest.approx(0.8)
    assert rows["乙"]["lagging"] == "not determined"
    assert rows["乙"]["coordination_low"] is None
    levels.write_text("region,year,a,b\n甲,2020,0.5,1.5\n乙,2020,0.2,0.8\n", encoding="utf-8")
    done = run("coupling", levels)
    assert done.returncode == 2
    assert "row 2" in done.stderr
    assert "column b" in done.stderr


@pytest.mark.parametrize("ending", ["csv", "xlsx", "json", "html"])
def test_out_writes_a_whole_file_or_none(mine, tmp_path: Path, ending: str):
    data, system = mine
    out = tmp_path / f"result.{ending}"
    arguments = ("index", data, "--system", system, "--uncertainty", "0", "--out", out)
    assert run(*arguments).returncode == 0
    first = out.read_bytes()
    assert len(first) > 200
    again = run(*arguments)
    assert again.returncode == 2
    assert "exists already" in again.stderr
    assert "--force" in again.stderr
    assert out.read_bytes() == first
    assert run(*arguments, "--force").returncode == 0
    assert sorted(p.name for p in tmp_path.iterdir()) == ["mine.toml", "mine.xlsx", out.name]


def test_data_commands(tmp_path: Path):
    listed = result_of("data", "list")["result"]["indicators"]
    gdp = [row for row in listed if row["indicator"] == "gdp" and row["preferred"]]
    assert [row["vintage"] for row in gdp] == ["nbs_gdp_regions_2006_2024"]
    shown = result_of("data", "show", "研发经费内部支出", "--region", "上海", "--year", "2023")
    assert [row["value"] for row in shown["result"]["figures"]] == [2049.6]
    assert "全国科技经费投入统计公报" in shown["result"]["figures"][0]["source"]
    out = tmp_path / "figures.csv"
    done = run("data", "export", out, "--indicator", "rd_expenditure", "--indicator", "gdp")
    assert done.returncode == 0
    back = result_of("data", "show", "rd_expenditure", "--data", out, "--year", "2023")
    values = {row["region"]: row["value"] for row in back["result"]["figures"]}
    assert values["上海"] == 2049.6
    assert len(values) == 31


HEADER = "地区,年份,研发经费（亿元）,生产总值（亿元）\n"
BAD_FILES = {
    "empty.csv": b"",
    "header.csv": "地区,年份,研发经费,生产总值\n".encode(),
    "rubbish.csv": bytes(range(256)) * 20,
    "rubbish.xlsx": bytes(range(255, -1, -1)) * 20,
    "old.xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
    "text.csv": f"{HEADER}甲,2020,很多,5\n乙,2020,2,6\n".encode(),
    "twice.csv": "地区,年份,研发经费,生产总值\n甲,2020,1,5\n甲,2020,2,6\n".encode(),
    "column.csv": "名称,研发经费,生产总值\n甲,1,5\n乙,2,6\n".encode(),
    "unit.csv": (
        "地区,年份,指标,数值,单位\n甲,2020,生产总值,1,亿圆\n乙,2020,生产总值,2,亿圆\n".encode()
    ),
    "one.csv": f"{HEADER}甲,2020,1,5\n甲,2021,2,6\n".encode(),
    "constant.csv": (f"{HEADER}甲,2020,1,5\n乙,2020,2,5\n丙,2020,3,5\n".encode()),
    "region.csv": (
        f"{HEADER}上海,2020,1,5\n北京,2020,2,6\n江苏,2020,3,7\n"
        "浙江,2020,3,8\n内蒙占,2020,3,9\n".encode()
    ),
}
SAYS = {
    "empty.csv": "empty",
    "header.csv": "no rows",
    "rubbish.csv": "rubbish.csv",
    "rubbish.xlsx": "rubbish.xlsx",
    "old.xlsx": ".xls",
    "text.csv": "很多",
    "twice.csv": "twice",
    "column.csv": "year",
    "unit.csv": "亿圆",
    "one.csv": "only one region",
    "constant.csv": "constant",
    "region.csv": "内蒙古",
}


@pytest.mark.parametrize("name", sorted(BAD_FILES))
def test_bad_files_get_a_message_that_helps(tmp_path: Path, name: str):
    data, system, out = tmp_path / name, tmp_path / "mine.toml", tmp_path / "out.json"
    data.write_bytes(BAD_FILES[name])
    system.write_text(SYSTEM, encoding="utf-8")
    done = run("index", data, "--system", system, "--out", out)
    assert done.returncode == 2, done.stderr
    assert SAYS[name] in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, "mine.toml"])
    chinese = run("index", data, "--system", system, "--lang", "zh")
    assert chinese.returncode == 2
    assert chinese.stderr != done.stderr


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("index", "no-such-file.csv"), "no-such-file.csv"),
        (("index", "."), "folder"),
        (("index", "--system", "no-such-system"), "four_chains_science, new_quality"),
        (("index", "--year", "abc"), "Write 2023 or 2010:2023"),
        (("index", "--year", "2023:2010"), "Write 2023 or 2010:2023"),
        (("index", "--region", "上毎", "--uncertainty", "0"), "did you mean 上海?"),
        (("index", "--weights", "best"), "equal, given, entropy, critic, pca"),
        (("index", "--nonsense"), "--nonsense"),
        (("index", "a.csv", "--data", "b.csv"), "two inputs given"),
        (("index", "--out", "result.doc", "--uncertainty", "0"), "End it in one of"),
        (("data", "show", "rd_expenditur"), "did you mean rd_expenditure?"),
        (("assess", "上毎"), "上海"),
        (("nonsense",), "nonsense"),
    ],
)
def test_wrong_options_are_explained(arguments: tuple[str, ...], message: str):
    done = run(*arguments)
    assert done.returncode == 2, done.stderr
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_debug_shows_where(tmp_path: Path):
    done = run("index", tmp_path / "none.csv", "--debug")
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_assess_writes_the_report(tmp_path: Path):
    out = tmp_path / "out"
    answer = result_of("assess", "Shanghai", "--out", out, "--uncertainty", "400")
    assert sorted(p.name for p in out.iterdir()) == ["report.html", "results.json", "tables.xlsx"]
    assert answer["command"] == "assess"
    again = run("assess", "310000", "--out", out, "--uncertainty", "400")
    assert again.returncode == 2
    assert "--force" in again.stderr
    stored = json.loads((out / "results.json").read_text(encoding="utf-8"))
    assert stored["result"] == answer["result"]


def test_assess_own_data(mine, tmp_path: Path):
    data, system = mine
    done = run(
        "assess",
        "县甲",
        "--data",
        data,
        "--system",
        system,
        "--out",
        tmp_path / "o",
        "--lang",
        "zh",
    )
    assert done.returncode == 0, done.stderr
    assert "县甲" in done.stdout
    assert "县甲" in (tmp_path / "o" / "report.html").read_text(encoding="utf-8")
