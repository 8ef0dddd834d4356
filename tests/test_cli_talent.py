"""The command ``talent``: its example, tables in two languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.plan.talent_cases import instruments, stocks, targets, transitions
from xinzhi.cli.staffing import talent
from xinzhi.core import ComputationError, InputError

CHINESE = {
    **{"year": "年份", "field": "领域", "grade": "职级", "heads": "人数", "to": "去向"},
    **{"rate": "比率", "kind": "方式", "cost": "单价", "maximum": "上限"},
}
VALUES = {"wastage": "其他流出", "out_migration": "迁出", "hiring": "招聘"}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(talent, [str(argument) for argument in arguments])


def answer(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return found


def refused(*arguments: object) -> InputError:
    done = run(*arguments)
    assert isinstance(done.exception, InputError), done.output
    return done.exception


def case(**others: pd.DataFrame) -> dict[str, pd.DataFrame]:
    return {
        "stocks": stocks(),
        "transitions": transitions(),
        "targets": targets(("low", 2026, 60.0)),
        "instruments": instruments(("low", "hiring", 3.0, None)),
        **others,
    }


def folder(place: Path, tables: dict[str, pd.DataFrame]) -> Path:
    for name, table in tables.items():
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def test_the_example_says_that_it_is_synthetic():
    done = run("--lang", "en")
    assert done.exit_code == 0
    assert "Synthetic data: generated at random" in done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 10
    assert all("合成 synthetic" in line for line in lines[1:])
    found = answer("--years", "10")
    assert found["parameters"]["data"]["zh"].startswith("合成数据")
    assert {"stocks", "flows"} <= set(found["result"])
    assert set(found["result"]["stocks"][0]) >= {"year", "field", "grade", "heads"}
    assert set(found["result"]["flows"][0]) == {
        *("year", "field", "grade", "flow", "direction", "heads"),
    }


def test_a_folder_of_files(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    found = answer(folder(tmp_path, case()))
    assert found["parameters"]["total_cost"] == pytest.approx(30)
    assert [record["name"] for record in found["inputs"]] == [
        *("stocks.csv", "transitions.csv", "instruments.csv", "targets.csv"),
    ]
    assert any("passed over notes.txt" in warning["en"] for warning in found["warnings"])


def test_a_workbook_in_chinese_gives_the_same(tmp_path: Path):
    titles = {"stocks": "存量", "transitions": "流动率", "targets": "目标", "instruments": "手段"}
    book = tmp_path / "人才.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for name, table in case().items():
            words = table.replace(VALUES).rename(columns=CHINESE)
            words.to_excel(writer, sheet_name=titles[name], index=False)
        pd.DataFrame({"说明": ["仅供内部使用", "二", "三"]}).to_excel(writer, sheet_name="说明")
    found = answer(book)
    assert found["parameters"]["total_cost"] == pytest.approx(30)
    assert any("passed over 说明" in warning["en"] for warning in found["warnings"])


def test_files_with_ages_read_as_they_are_generated(tmp_path: Path):
    from xinzhi.plan.talent import TalentOptions, synthetic_talent_tables
    from xinzhi.plan.talent import talent as compute

    tables = synthetic_talent_tables(years=3)
    found = answer(folder(tmp_path, tables))
    expected = compute(tables, TalentOptions()).parameters["total_cost"]
    assert found["parameters"]["total_cost"] == pytest.approx(expected)


def test_options_reach_the_computation(tmp_path: Path):
    place = folder(tmp_path, case(budget=pd.DataFrame({"year": [2026], "budget": [9.0]})))
    done = run(place)
    assert isinstance(done.exception, ComputationError)
    assert done.exception.exit_status == 1
    assert "the budget of 2026, 9, is used up" in done.exception.text("en")
    found = answer(place, "--goal", "coverage", "--money", "万元", "--grades", "high,middle,low")
    assert found["parameters"]["money"] == "CNY_10k"
    assert found["parameters"]["grades"] == ["high", "middle", "low"]
    assert found["result"]["targets"][0]["shortfall"] == pytest.approx(7)


def test_output_files(tmp_path: Path):
    place = folder(tmp_path, case())
    for ending in ("csv", "xlsx", "json", "html"):
        out = tmp_path / f"out.{ending}"
        done = run(place, "--out", out, "--quiet")
        assert done.exit_code == 0, done.output
        assert out.stat().st_size > 100


def test_what_is_not_there_is_said(tmp_path: Path):
    error = refused(folder(tmp_path, {"stock": stocks()}))
    assert "no table stocks" in error.text("en")
    assert "没有表 stocks（存量）" in error.text("zh")
    folder(tmp_path, case())
    stocks().to_csv(tmp_path / "存量.csv", index=False)
    error = refused(tmp_path)
    assert "are the same table" in error.text("en")
    assert "是同一张表" in error.text("zh")


def test_a_missing_column_is_named_with_its_file(tmp_path: Path):
    error = refused(folder(tmp_path, case(targets=targets().drop(columns="heads"))))
    assert "targets.csv" in error.text("en")


def test_an_unknown_unit_is_refused(tmp_path: Path):
    assert "unknown unit" in refused(folder(tmp_path, case()), "--money", "贝壳").text("en")
