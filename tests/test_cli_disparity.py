"""``xinzhi disparity`` as a process: tables, JSON, and what is wrong with a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.test_cli import run

NAMES = ("上海", "江苏", "浙江", "安徽", "江西", "福建")
ROWS = "地区,年份,区域,人均产值\n" + "".join(
    f"{name},{year},{'东' if k < 3 else '中'},{(k + 2) * 10 + (year - 2020) * (9 - k)}\n"
    for k, name in enumerate(NAMES)
    for year in (2020, 2021, 2022)
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "levels.csv"
    file.write_text(ROWS, encoding="utf-8")
    return file


def test_json_has_its_stable_keys(table: Path):
    done = run(
        "disparity", table, "--value", "人均产值", "--group", "区域", "--time", "年份", "--json"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["command"] == "disparity"
    assert answer["inputs"][0]["rows"] == 18
    result = answer["result"]
    total = result["total"][-1]
    parts = total["within"] + total["between"] + total["transvariation"]
    assert parts == pytest.approx(total["gini"])
    assert {"theil_t", "theil_l", "atkinson", "coefficient_of_variation"} <= set(total)
    assert {row["group"] for row in result["groups"]} == {"东", "中"}
    assert len(result["pairs"]) == 3
    assert [row["year"] for row in result["moran"]] == [2020, 2021, 2022]
    assert result["clubs"] == []
    assert any("15 years" in note["en"] for note in answer["warnings"])
    assert answer["parameters"]["neighbours"] == "china31"


def test_the_table_and_notes_in_both_languages(table: Path):
    arguments = ("disparity", table, "--value", "人均产值", "--time", "年份", "--draws", "0")
    english = run(*arguments)
    assert english.stdout.split()[:4] == ["year", "count", "mean", "gini"]
    assert "note: convergence clubs not computed" in english.stderr
    chinese = run(*arguments, "--lang", "zh")
    assert "注意：未计算俱乐部收敛" in chinese.stderr


def test_rows_without_regions_and_neighbours_of_ones_own(tmp_path: Path):
    file = tmp_path / "firms.csv"
    file.write_text("wage,sex\n1,f\n3,f\n2,m\n6,m\n", encoding="utf-8")
    done = run("disparity", file, "--value", "wage", "--group", "sex", "--json", "--draws", "0")
    (total,) = json.loads(done.stdout)["result"]["total"]
    assert total["gini"] == pytest.approx(1 / 3)
    assert total["transvariation"] == pytest.approx(1 / 24)
    own = tmp_path / "own.csv"
    own.write_text("region,neighbour\na,b\nb,c\nc,d\n", encoding="utf-8")
    file.write_text("region,x\na,1\nb,2\nc,3\nd,9\n", encoding="utf-8")
    done = run("disparity", file, "--value", "x", "--neighbours", own, "--json")
    assert json.loads(done.stdout)["result"]["moran"][0]["count"] == 4


def test_controls_and_a_named_region_column(tmp_path: Path):
    file = tmp_path / "panel.csv"
    rows = "".join(
        f"r{k},{year},{100 + 10 * k + (year - 2000) * (12 - k)},{(k * 7 + year) % 5}\n"
        for k in range(9)
        for year in range(2000, 2004)
    )
    file.write_text("where,when,y,x\n" + rows, encoding="utf-8")
    done = run(
        *("disparity", file, "--value", "y", "--region", "where", "--time", "when"),
        *("--control", "x", "--json", "--draws", "0"),
    )
    models = [row["model"] for row in json.loads(done.stdout)["result"]["beta"]]
    assert models == ["absolute", "conditional", "panel_fixed_effects"]


def test_what_is_wrong_is_said_with_status_2(table: Path, tmp_path: Path):
    moved = tmp_path / "moved.csv"
    moved.write_text(ROWS.replace("江苏,2021,东", "江苏,2021,中"), encoding="utf-8")
    blank = tmp_path / "blank.csv"
    blank.write_text(ROWS.replace("江苏,2021,东", "江苏,2021,"), encoding="utf-8")
    text = tmp_path / "text.csv"
    text.write_text(ROWS.replace("上海,2021", "上海,去年"), encoding="utf-8")
    negative = tmp_path / "negative.csv"
    negative.write_text("region,x\na,1\nb,-2\n", encoding="utf-8")
    plain = tmp_path / "plain.csv"
    plain.write_text("y,t\n1,2000\n2,2001\n", encoding="utf-8")
    value = ("--value", "人均产值")
    timed = (*value, "--time", "年份")
    cases = (
        ((table, *value), "18 rows say the same region again: 上海", "有 18 行重复"),
        ((moved, *timed, "--group", "区域"), "more than one group: 江苏", "分组不止一个：江苏"),
        ((blank, *timed, "--group", "区域"), "column 区域 is empty", "列 区域 为空"),
        ((text, *timed), "去年 is not a year", "去年 不是年份"),
        ((negative, "--value", "x"), "b: -2", "b：-2"),
        ((plain, "--value", "y", "--time", "t"), "none of regions", "却没有地区列"),
        ((table, *timed, "--neighbours", "nobody"), "no such file", "文件不存在"),
        ((table, "--value", "产值"), "columns are not there", "没有所要的列"),
        ((table, *value, "--control", "年份"), "add --time", "需要 --time"),
        (("--value", "x"), "no file of data is given", "没有给出数据文件"),
    )
    for arguments, english, chinese in cases:
        done = run("disparity", *arguments)
        assert done.returncode == 2
        assert english in done.stderr
        assert "Traceback" not in done.stderr
        assert chinese in run("disparity", *arguments, "--lang", "zh").stderr


def test_a_file_is_written_and_not_overwritten(table: Path, tmp_path: Path):
    out = tmp_path / "out.xlsx"
    arguments = ("disparity", table, "--value", "人均产值", "--time", "年份", "--draws", "0")
    assert run(*arguments, "--out", out).returncode == 0
    assert out.stat().st_size > 5000
    assert run(*arguments, "--out", out).returncode == 2
