"""Satellite accounts given to the command ``inputoutput``: right files, and wrong ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.structure_commands import Run, answer_of, runner, table_of, write_tables
from xinzhi.data import read_io_table
from xinzhi.structure import leontief_system


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    return runner(monkeypatch, capsys)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    write_tables(tmp_path)
    return tmp_path


ACCOUNTS = "code,title,employment [10k_persons],co2（万吨）\n3,x,90,80\n1,x,8,30\n2,x,20,160\n"


def test_satellite_accounts_feed_multipliers_and_footprints(run: Run, folder: Path):
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    done = run("inputoutput", "city.csv", "--satellites", "accounts.csv", "--json")
    answer = answer_of(done)
    assert answer["parameters"]["satellite_units"] == {
        "employment": "10k_persons",
        "co2": "10k_tonnes",
    }
    assert [record["name"] for record in answer["inputs"]] == ["city.csv", "accounts.csv"]
    system = leontief_system(read_io_table("city.csv"))
    expected = system.solve_rows(np.array([30 / 100, 160 / 200, 80 / 300]))
    found = table_of(done, "satellite_multipliers").query("satellite == 'co2'")
    np.testing.assert_allclose(found["multiplier"], expected)
    footprints = table_of(done, "footprints").set_index("stressor")
    assert footprints.loc["co2", "production_based"] == 270
    exported = expected @ np.array([50, 40, 20])
    assert footprints.loc["co2", "exports"] == pytest.approx(exported)
    assert footprints.loc["co2", "consumption_based"] is None


def test_satellite_accounts_of_many_regions_and_of_a_derived_table(run: Run, folder: Path):
    rows = "code,region,jobs [persons]\n02,江苏,4\n01,江苏,3\n02,上海,2\n01,上海,1\n"
    (folder / "jobs.csv").write_text(rows, encoding="utf-8")
    done = run("inputoutput", "two.csv", "--satellites", "jobs.csv", "--json")
    regions = table_of(done, "footprints").set_index("region")
    assert regions["production_based"].to_dict() == {"上海": 3, "江苏": 7}
    pd.DataFrame({"代码": [1, 2, 3], "就业（万人）": [1, 2, 3]}).to_excel(
        "jobs.xlsx", index=False, engine="xlsxwriter"
    )
    done = run("inputoutput", "--region", "上海", "--satellites", "jobs.xlsx", "--json")
    assert table_of(done, "footprints")["production_based"].tolist() == [6]


def test_satellite_accounts_are_added_up_with_the_sectors(run: Run, folder: Path):
    (folder / "accounts.csv").write_text(ACCOUNTS, encoding="utf-8")
    given = ("--classification", "city.toml", "--aggregate", "cn3", "--satellites", "accounts.csv")
    found = table_of(run("inputoutput", "city.csv", *given, "--json"), "satellite_multipliers")
    jobs = found.query("satellite == 'employment'").set_index("code")["direct"]
    assert jobs["2"] == pytest.approx(28 / 300)


BAD_ACCOUNTS = [
    (
        "code,co2 [tons],energy,jobs [persons]\n01,1,1,1\n02,1,1,1\n03,1,1,1\n",
        [
            ("column co2 [tons]: unknown unit tons, did you mean tonnes?", "未知单位 tons"),
            ("column energy: no unit in brackets", "“energy”列：方括号内没有单位"),
        ],
    ),
    (
        "code,jobs [persons]\n01,many\n02,\n9,1\n01,2\n",
        [
            ("row 2, column jobs [persons]: not a number: many", "第 2 行，“jobs [persons]”列"),
            ("row 3, column jobs [persons]: no figure", "没有数；零须写成 0"),
            ("row 4: the table has no sector 09", "第 4 行：表中没有部门 09"),
            ("row 5: sector 01 is doubled, row 2 has it already", "部门 01 重复，已在第 2 行"),
            ("sectors are missing: 03", "缺少部门 03"),
        ],
    ),
    ("code,jobs [persons],jobs [件]\n01,1,1\n", [("the account comes twice", "账户重复")]),
    ("code,title\n01,Chips\n", [("there is no column of an account", "没有账户列")]),
    (
        "sectors,jobs [persons]\n01,1\n",
        [
            ("bad.csv: no column code; headings: sectors, jobs [persons]", "没有 code 列"),
            ("code, employment [10k_persons], co2 [tonnes]", "账户名后用方括号写单位"),
        ],
    ),
    ("", [("bad.csv: the file is empty", "文件是空的")]),
]


@pytest.mark.parametrize(("text", "messages"), BAD_ACCOUNTS, ids=range(len(BAD_ACCOUNTS)))
def test_wrong_satellite_accounts_are_explained(
    run: Run, folder: Path, text: str, messages: list[tuple[str, str]]
):
    (folder / "bad.csv").write_text(text, encoding="utf-8")
    english = run("inputoutput", "city.csv", "--satellites", "bad.csv")
    chinese = run("inputoutput", "city.csv", "--satellites", "bad.csv", lang="zh")
    assert (english.status, chinese.status, english.out) == (2, 2, "")
    for en, zh in messages:
        assert en in english.err
        assert zh in chinese.err
    regions = run("inputoutput", "two.csv", "--satellites", "bad.csv")
    assert regions.status == 2
    assert not text or "region" in regions.err
