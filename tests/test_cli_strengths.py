"""The command ``strengths``: what it reads, prints, writes and refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.structure.strengths.strengths_cases import capable_regions
from xinzhi.cli.strengthening import strengths
from xinzhi.core import InputError

COLUMNS = ("--region", "地区", "--activity", "类别", "--value", "件数")
FAST = ("--draws", "5")


def long_table(last: int = 16) -> pd.DataFrame:
    matrix = capable_regions()
    rows = [
        (region, activity, year, volumes[r, a])
        for year, volumes in zip(
            matrix.years[-last:], (v.toarray() for v in matrix.slices[-last:]), strict=True
        )
        for r, region in enumerate(matrix.regions)
        for a, activity in enumerate(matrix.activities)
    ]
    return pd.DataFrame(rows, columns=["地区", "类别", "年份", "件数"])


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("strengths") / "专利.csv"
    long_table().to_csv(path, index=False)
    return path


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(strengths, [str(argument) for argument in arguments])


def answer(*arguments: str | Path) -> dict[str, Any]:
    done = run(*arguments, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return found


def refused(*arguments: str | Path) -> InputError:
    done = run(*arguments)
    assert isinstance(done.exception, InputError), done.output
    return done.exception


def test_json_keeps_the_stable_names(file: Path):
    found = answer(file, *COLUMNS, "--time", "年份", *FAST)
    assert found["command"] == "strengths"
    tables = found["result"]
    assert {"region", "year", "eci", "diversity", "coi"} <= set(tables["regions"][0])
    assert {"activity", "year", "pci", "ubiquity"} <= set(tables["activities"][0])
    assert {"region", "activity", "year", "rca", "density", "cog"} <= set(tables["pairs"][0])
    assert len(tables["pairs"]) == 12 * 36 * 16
    assert found["inputs"][0]["name"] == "专利.csv"
    assert found["parameters"]["threshold"] == 1.0
    assert tables["prediction"][-1]["start_year"] is None
    assert isinstance(tables["prediction"][0]["start_year"], int)


def test_without_time_there_is_no_year(tmp_path: Path):
    path = tmp_path / "one.csv"
    long_table(1).drop(columns="年份").to_csv(path, index=False)
    found = answer(path, *COLUMNS, *FAST)
    assert "year" not in found["result"]["pairs"][0]
    assert any("Without years" in warning["en"] for warning in found["warnings"])


def test_conventions_reach_the_computation(file: Path):
    found = answer(
        *(file, *COLUMNS, "--time", "年份", *FAST, "--diagonal", "zero", "--gain-weights"),
        *("target", "--pci-scale", "own", "--threshold", "1.2", "--horizon", "3"),
        *("--curve", "cumulative", "--break", "2010", "--space", "pooled", "--for", "R01,R02"),
    )
    used = found["parameters"]
    assert used["diagonal"] == "zero"
    assert used["gain_weights"] == "target"
    assert used["pci_scale"] == "own"
    assert used["threshold"] == 1.2
    assert used["horizon"] == 3
    assert used["form"] == "cumulative"
    assert used["breaks"] == [2010]
    assert used["space"] == "pooled"
    assert {row["region"] for row in found["result"]["recommendations"]} == {"R01", "R02"}


def test_reference_and_dependence_are_read(file: Path, tmp_path: Path):
    own = tmp_path / "own.csv"
    table = long_table()
    table[table["地区"].isin(["R01", "R02"])].to_csv(own, index=False)
    risk = tmp_path / "risk.csv"
    risk.write_text(
        "类别,dependence\n" + "".join(f"a{k:02d},0.{k:02d}\n" for k in range(36)), encoding="utf-8"
    )
    found = answer(
        *(own, *COLUMNS, "--time", "年份", *FAST, "--reference", file, "--dependence", risk)
    )
    assert len(found["parameters"]["reference"]) == 12
    names = [record["name"] for record in found["inputs"]]
    assert names == ["own.csv", "专利.csv", "risk.csv"]
    assert found["parameters"]["security"] is True
    assert found["parameters"]["dependence_source"] == "given"
    assert found["parameters"]["criteria"] == ["density", "pci", "growth", "dependence"]
    assert not any("security" in warning["en"] for warning in found["warnings"])
    row = found["result"]["recommendations"][0]
    assert row["dependence"] == pytest.approx(int(row["activity"][1:]) / 100)


def test_without_dependence_the_three_criteria_are_named(file: Path):
    found = answer(file, *COLUMNS, "--time", "年份", *FAST)
    assert found["parameters"]["criteria"] == ["density", "pci", "growth"]
    said = [warning for warning in found["warnings"] if "leave security out" in warning["en"]]
    assert "over three criteria (relatedness density, complexity, growth)" in said[0]["en"]
    assert "帕累托集只看三项（关联密度、复杂度、增速）" in said[0]["zh"]


def sectors_of(activities: int) -> list[dict[str, Any]]:
    """Return sectors as a result of chokepoints has them, one for every two activities."""
    return [
        {
            "code": f"{k:02d}",
            "title_zh": f"部门{k}",
            "title_en": f"Sector {k}",
            "total_dependence": k / 50,
        }
        for k in range(1, activities // 2 + 1)
    ]


def test_what_chokepoints_wrote_is_brought_over_by_shares(file: Path, tmp_path: Path):
    wrote = tmp_path / "chokepoints.json"
    document = {"command": "chokepoints", "result": {"sectors": sectors_of(36)}}
    wrote.write_text(json.dumps(document), encoding="utf-8")
    shares = tmp_path / "shares.csv"
    rows = [f"a{k:02d},{1 + k // 2:02d},{0.5 if k else 1}\n" for k in range(36)]
    rows += [f"a{k:02d},{1 + (k // 2 + 1) % 18:02d},0.5\n" for k in range(1, 36)]
    shares.write_text("activity,code,share\n" + "".join(rows), encoding="utf-8")
    used = ("--time", "年份", *FAST, "--dependence", wrote, "--sectors", shares)
    found = answer(file, *COLUMNS, *used)
    assert found["parameters"]["dependence_source"] == "chokepoints"
    assert [one["name"] for one in found["inputs"]][1:] == ["chokepoints.json", "shares.csv"]
    shown = {row["activity"]: row["dependence"] for row in found["result"]["recommendations"]}
    for name, value in shown.items():
        place = int(name[1:])
        first, second = 1 + place // 2, 1 + (place // 2 + 1) % 18
        share = 0.5 if place else 1.0
        assert value == pytest.approx((share * first + (1 - share) * second) / 50)


def test_a_csv_of_chokepoints_serves_where_activities_are_sectors(tmp_path: Path):
    path, wrote = tmp_path / "jobs.csv", tmp_path / "sectors.csv"
    table = long_table(2)
    table["类别"] = [f"部门{int(name[1:]) + 1}" for name in table["类别"]]
    table.to_csv(path, index=False)
    pd.DataFrame(sectors_of(72)).to_csv(wrote, index=False)
    found = answer(path, *COLUMNS, "--time", "年份", *FAST, "--dependence", wrote)
    row = found["result"]["recommendations"][0]
    assert row["dependence"] == pytest.approx(int(row["activity"][2:]) / 50)
    assert found["parameters"]["dependence_source"] == "chokepoints"


def test_dependence_that_cannot_be_used_is_refused(file: Path, tmp_path: Path):
    use = (*COLUMNS, "--time", "年份", *FAST, "--dependence")
    wrote = tmp_path / "x.json"
    wrote.write_text("[1", encoding="utf-8")
    error = refused(file, *use, wrote)
    assert "holds no dependence by sector of chokepoints" in error.text("en")
    assert "没有 chokepoints 的部门依赖度" in error.text("zh")
    wrote.write_text('{"command": "chokepoints", "result": {"inputs": []}}', encoding="utf-8")
    assert "holds no dependence by sector" in refused(file, *use, wrote).text("en")
    absent = refused(file, *use, tmp_path / "none.json")
    assert "cannot be read" in absent.text("en")
    assert "无法读取" in absent.text("zh")
    wrote.write_text(json.dumps({"command": "chokepoints", "result": {"sectors": sectors_of(6)}}))
    other = refused(file, *use, wrote)
    assert "no activity bears the code or the title of a sector" in other.text("en")
    assert "没有一项活动与部门同名或同代码" in other.text("zh")
    assert "--sectors FILE" in str(other.remedy)
    risk = tmp_path / "risk.csv"
    risk.write_text("类别,dependence\na01,1.5\n", encoding="utf-8")
    assert "between 0 and 1: a01 (1.5)" in refused(file, *use, risk).text("en")
    risk.write_text("类别,dependence\nzz,0.5\n", encoding="utf-8")
    assert "not in the table" in refused(file, *use, risk).text("en")
    risk.write_text("activity,dependence\na01,0.5\na01,0.6\n", encoding="utf-8")
    assert "given twice for: a01" in refused(file, *use, risk).text("en")
    risk.write_text("类别,value\na01,0.5\n", encoding="utf-8")
    assert "no column dependence" in refused(file, *use, risk).text("en")
    risk.write_text("类别,dependence\na01,0.5\n", encoding="utf-8")
    beside = refused(file, *use, risk, "--sectors", risk)
    assert "leave out --sectors" in beside.text("en")
    assert "不能再给 --sectors" in beside.text("zh")
    alone = refused(file, *COLUMNS, "--time", "年份", "--sectors", risk)
    assert "--sectors goes with --dependence" in alone.text("en")
    assert "要与 --dependence 一起给出" in alone.text("zh")


def test_a_person_sees_regions_of_the_last_year(file: Path):
    done = run(file, *COLUMNS, "--time", "年份", *FAST)
    assert done.exit_code == 0
    assert "2023" in done.stdout
    assert "2022" not in done.stdout
    assert "eci" in done.stdout
    assert "Backtest" in done.stderr or "回溯检验" in done.stderr


def test_a_workbook_holds_every_table(file: Path, tmp_path: Path):
    out = tmp_path / "strengths.xlsx"
    assert run(file, *COLUMNS, "--time", "年份", *FAST, "--out", out).exit_code == 0
    sheets = pd.read_excel(out, sheet_name=None, engine="calamine")
    assert {"regions", "recommendations"} <= set(sheets)


def test_bad_rows_are_named_with_file_and_row(tmp_path: Path):
    path = tmp_path / "bad.csv"
    path.write_text("地区,类别,件数\nA,x,3\nA,y,-2\nB,x,\n,y,4\n", encoding="utf-8")
    error = refused(path, *COLUMNS)
    assert "bad.csv (rows are counted from the first below the headings)" in error.text("en")
    assert "row 2, column 件数: -2.0 is negative" in error.text("en")
    assert "row 3, column 件数" in error.text("en")
    assert "row 4, column 地区: has no name" in error.text("en")
    assert "第 2 行，“件数”列：-2.0 为负" in error.text("zh")
    path.write_text("地区,类别,件数\nA,x,3\nA,x,2\n", encoding="utf-8")
    assert "row 2: A, x occur twice" in refused(path, *COLUMNS).text("en")


def test_what_is_missing_is_said(file: Path):
    assert "no table of activities is given" in refused(*COLUMNS).text("en")
    assert "没有给出活动表" in refused(*COLUMNS).text("zh")
    wrong = ("--region", "地区", "--activity", "类别", "--value", "件 数x")
    assert "did you mean 件数" in refused(file, *wrong).text("en")
    done = run(file, "--activity", "类别", "--value", "件数")
    assert done.exit_code == 2
    assert "--region" in done.output
    unknown = refused(file, *COLUMNS, "--time", "年份", "--for", "R99")
    assert "regions not in the table" in unknown.text("en")
