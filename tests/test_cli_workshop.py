"""The commands of the data workshop as processes: new, check, import, template, diff, pack."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from tests.test_cli import result_of, run

DIRTY = (
    "地区,年份,指标,数值,单位\n"
    "上   海,2020,生产总值,100,亿元\n上海,2021,生产总值,110,亿元\n"
    "江苏,2020,生产总值,120,亿元\n江苏,2021,生产总值,125,亿元\n"
    "浙江,2021,生产总值,90,亿元\n浙汀,2020,生产总值,80,亿元\n"
    "北京,2020,生产总值,…,亿元\n北京,2021,生产总值,95,亿元\n"
)
CLEAN = (
    "地区,年份,地区生产总值（亿元）,研发经费（亿元）\n"
    "上海,2022,100,3\n北京,2022,90,5\n上海,2023,110,3.3\n北京,2023,95,5\n"
)


def test_check_names_every_finding_once_and_exits_with_2(tmp_path: Path):
    dirty = tmp_path / "dirty.csv"
    dirty.write_text(DIRTY, encoding="utf-8")
    done = run("data", "check", dirty)
    assert done.returncode == 2
    assert "unknown region '浙汀', did you mean 浙江?" in done.stdout
    assert "stray spaces in the name '上   海'" in done.stdout
    answer = json.loads(run("data", "check", dirty, "--json").stdout)
    findings = pd.DataFrame(answer["result"]["findings"])
    columns = ["file", "row", "column", "value", "problem", "suggestion", "certain", "rows"]
    assert list(findings.columns)[:8] == columns
    assert {"unknown_region", "spaces_in_name", "missing_marker"} <= set(findings["problem"])
    clean = tmp_path / "clean.csv"
    clean.write_text(CLEAN, encoding="utf-8")
    done = run("data", "check", clean)
    assert done.returncode == 0
    assert "nothing found" in done.stdout
    assert "没有发现问题" in run("data", "check", clean, "--lang", "zh").stdout


def test_fix_writes_a_new_file_and_a_record_and_leaves_the_old_one(tmp_path: Path):
    dirty = tmp_path / "dirty.csv"
    dirty.write_text(DIRTY, encoding="utf-8")
    done = run("data", "check", dirty, "--fix")
    assert done.returncode == 2  # the missing marker is left, and is no error to correct
    assert dirty.read_text(encoding="utf-8") == DIRTY
    fixed = (tmp_path / "dirty.fixed.csv").read_text(encoding="utf-8")
    assert fixed == DIRTY.replace("上   海", "上海").replace("浙汀", "浙江")
    record = pd.read_csv(tmp_path / "dirty.fixed.fixes.csv")
    assert record["before"].tolist() == ["上   海", "浙汀"]
    again = run("data", "check", dirty, "--fix")
    assert again.returncode == 2
    assert "--force" in again.stderr


def test_a_workspace_from_new_to_report(tmp_path: Path):
    folder, book = tmp_path / "ws", tmp_path / "book.csv"
    book.write_text(CLEAN, encoding="utf-8")
    assert run("new", folder).returncode == 0
    assert run("new", folder).returncode == 2
    shown = run("data", "import", book, "--workspace", folder, "--dry-run")
    assert 'indicator = "gdp"' in shown.stdout
    mapping = tmp_path / "map.toml"
    mapping.write_text(shown.stdout, encoding="utf-8")
    done = run("data", "import", book, "--workspace", folder, "--map", mapping)
    assert done.returncode == 0, done.stderr
    assert "gdp" in done.stderr  # the mapping is shown before anything is written
    listed = result_of("data", "list", "--data", folder)["result"]["indicators"]
    assert {row["indicator"]: row["figures"] for row in listed} == {"gdp": 4, "rd_expenditure": 4}
    system = tmp_path / "s.toml"
    system.write_text(
        '[system]\nid = "s"\n[[node]]\nid = "a"\n[[node]]\nid = "b"\n'
        '[[indicator]]\nid = "x"\nnode = "a"\nformula = "rd_expenditure / gdp"\nunit = "percent"\n'
        '[[indicator]]\nid = "y"\nnode = "b"\nformula = "gdp"\nunit = "CNY_100m"\n',
        encoding="utf-8",
    )
    answer = result_of("index", folder, "--system", system, "--uncertainty", "0")
    assert len(answer["result"]["scores"]) == 2 * 2 * 3


def test_a_bad_import_changes_nothing(tmp_path: Path):
    folder, good, bad = tmp_path / "ws", tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(CLEAN, encoding="utf-8")
    bad.write_text(CLEAN.replace("110", "很多"), encoding="utf-8")
    run("new", folder)
    done = run("data", "import", good, bad, "--workspace", folder)
    assert done.returncode == 2
    assert "很多" in done.stderr
    assert "Traceback" not in done.stderr
    assert run("data", "list", "--data", folder).returncode == 2  # still empty
    missing = run("data", "import", good, "--workspace", tmp_path / "none")
    assert missing.returncode == 2
    assert "xinzhi new" in missing.stderr


def test_the_region_of_a_book_that_does_not_name_it_is_given(tmp_path: Path) -> None:
    book, folder = tmp_path / "book.csv", tmp_path / "work"
    book.write_text(
        "主要年份国民经济指标,,\n指标,2022,2023\n地区生产总值（亿元）,28,30\n", encoding="utf-8"
    )
    assert run("new", folder).returncode == 0
    asked = run("data", "import", book, "--workspace", folder)
    assert asked.returncode == 2
    assert "give it with --region" in asked.stderr or "用 --region 给出" in asked.stderr
    done = run("data", "import", book, "--workspace", folder, "--region", "苏州市")
    assert done.returncode == 0, done.stderr
    shown = run("data", "show", "gdp", "--data", folder, "--year", "2022:2023", "--json")
    records = json.loads(shown.stdout)["result"]["figures"]
    assert [(r["region"], r["year"], r["value"]) for r in records] == [
        ("苏州市", 2022, 28),
        ("苏州市", 2023, 30),
    ]


def test_a_template_is_filled_in_and_read_back(tmp_path: Path):
    form = tmp_path / "form.xlsx"
    done = run("data", "template", form, "--system", "new_quality", "--year", "2022:2023")
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(form)
    sheet = book.worksheets[0]
    headings = [cell.value for cell in sheet[1]]
    assert sheet.max_row == 1 + 2 * 31
    for row in sheet.iter_rows(min_row=2):
        for cell in row[2:]:
            cell.value = 1.5
    book.save(form)
    listed = result_of("data", "list", "--data", form)["result"]["indicators"]
    assert len(listed) == len(headings) - 2
    assert {row["figures"] for row in listed} == {62}


def test_diff_shows_what_changed(tmp_path: Path):
    old, new = tmp_path / "old.csv", tmp_path / "new.csv"
    old.write_text(CLEAN, encoding="utf-8")
    new.write_text(CLEAN.replace("110", "111"), encoding="utf-8")
    changed = result_of("data", "diff", old, new)["result"]["changed"]
    assert [(row["region"], row["year"], row["old"], row["new"]) for row in changed] == [
        ("上海", 2023, 110, 111)
    ]


def test_packs_are_listed_and_say_what_to_do_offline(tmp_path: Path):
    away = {"XINZHI_CACHE": str(tmp_path), "https_proxy": "http://127.0.0.1:9"}
    answer: dict[str, Any] = json.loads(run("data", "pack", "list", "--json", env=away).stdout)
    assert {row["pack"] for row in answer["result"]["packs"]} == {
        *("china_employment", "china_input_output", "oecd_input_output", "science_technology"),
    }
    done = run("data", "pack", "get", "china_employment", env=away)
    assert done.returncode == 1
    assert "--mirror" in done.stderr
    assert "Traceback" not in done.stderr
    wrong = run("data", "pack", "get", "china_employmen", env=away)
    assert wrong.returncode == 2
    assert "did you mean china_employment?" in wrong.stderr
    mirror = tmp_path / "mirror"
    mirror.mkdir()
    (mirror / "china_employment.rda").write_bytes(b"not it")
    done = run("data", "pack", "get", "china_employment", "--mirror", mirror, env=away)
    assert done.returncode == 2
    assert "china_employment.rda" in done.stderr


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="this system has no symbolic links")
def test_a_workspace_does_not_follow_links_out(tmp_path: Path):
    folder = tmp_path / "ws"
    run("new", folder)
    outside = tmp_path / "outside.duckdb"
    database = next(path for path in folder.iterdir() if path.suffix == ".duckdb")
    shutil.move(database, outside)
    database.symlink_to(outside)
    done = run("data", "list", "--data", folder)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_system_that_needs_a_pack_says_how_to_get_it(tmp_path: Path):
    done = run("index", "--system", "four_chains_science", env={"XINZHI_CACHE": str(tmp_path)})
    assert done.returncode == 1
    assert "xinzhi data pack get science_technology" in done.stderr


@pytest.fixture
def nine_years(tmp_path: Path) -> tuple[Path, Path]:
    """Six counties over nine years with one gap, and a system of two chains."""
    rows = ["地区,年份,x,y"]
    for k, name in enumerate("甲乙丙丁戊己"):
        for year in range(2015, 2024):
            x = "" if (name, year) == ("乙", 2018) else f"{(1.02 + 0.01 * k) ** (year - 2015):.4f}"
            rows.append(f"县{name},{year},{x},{10 + k + (year - 2015) * (1 + k % 3) / 3:.3f}")
    data, system = tmp_path / "nine.csv", tmp_path / "two.toml"
    data.write_text("\n".join(rows) + "\n", encoding="utf-8")
    system.write_text(
        '[system]\nid = "two"\n[[node]]\nid = "a"\n[[node]]\nid = "b"\n'
        '[[indicator]]\nid = "x"\nnode = "a"\n[[indicator]]\nid = "y"\nnode = "b"\n',
        encoding="utf-8",
    )
    return data, system


def test_gaps_are_filled_only_on_request_and_marked(nine_years):
    data, system = nine_years
    plain = result_of("index", data, "--system", system, "--uncertainty", "0")
    gap = [row for row in plain["result"]["scores"] if row["score"] is None]
    assert {(row["region"], row["year"]) for row in gap} == {("县乙", 2018)}
    filled = result_of(
        "index", data, "--system", system, "--uncertainty", "0", "--impute", "growth"
    )
    assert all(row["score"] is not None for row in filled["result"]["scores"])
    marked = [row for row in filled["result"]["indicators"] if row["status"] == "imputed"]
    assert [(row["region"], row["year"], row["indicator"]) for row in marked] == [
        ("县乙", 2018, "x")
    ]
    assert marked[0]["value"] == pytest.approx(1.03**3, abs=2e-4)
    wrong = run("index", data, "--system", system, "--impute", "guess")
    assert wrong.returncode == 2
    assert "linear, nearest, growth, regression" in wrong.stderr


def test_sensitivity_synergy_and_trend_join_the_result(nine_years):
    data, system = nine_years
    base = (data, "--system", system, "--uncertainty", "0", "--impute", "linear")
    shares = result_of("index", *base, "--sensitivity", "16")["result"]
    assert {"choice", "first_order", "total"} <= set(shares["sensitivity_shares"][0])
    assert shares["scores"]
    joint = result_of("coupling", *base, "--synergy", "--trend", "2")["result"]
    assert {row["year"] for row in joint["trend_forecast"]} == {2024, 2025}
    assert {"region", "year", "synergy"} <= set(joint["synergy_synergy"][0])
    assert joint["coupling"]
    levels = data.with_name("levels.csv")
    levels.write_text("region,year,a,b\n甲,2020,0.5,0.5\n乙,2020,0.2,0.8\n", encoding="utf-8")
    refused = run("coupling", levels, "--synergy")
    assert refused.returncode == 2
    assert "Add --system" in refused.stderr
