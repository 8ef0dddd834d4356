"""The command ``innovation``: its example, tables in two languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.plan.innovation_cases import figures, stages
from xinzhi.cli.innovating import innovation
from xinzhi.core import InputError

CHALLENGE = {
    **{"challenge": "light", "value": 100.0, "success_probability": 0.5, "duration": 2.0},
    **{"deadline": 4.0, "cost": 10.0, "correlation": 0.0},
}
CHINESE = {
    **{"challenge": "榜题", "value": "价值", "success_probability": "成功概率", "cost": "成本"},
    **{"duration": "时间", "deadline": "期限", "correlation": "相关系数", "pipeline": "流程"},
    **{"stage": "阶段", "success": "成功率", "repeat": "重做率", "duration_sd": "时间标准差"},
    "cost_sd": "成本标准差",
}
STAGES = {
    **{"basic": "基础研究", "applied": "应用研究", "pilot": "中试", "product": "产品"},
    "scale_up": "规模化",
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(innovation, [str(argument) for argument in arguments])


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
    return {"challenges": pd.DataFrame([CHALLENGE]), "stages": stages(), **others}


def folder(place: Path, tables: dict[str, pd.DataFrame]) -> Path:
    for name, table in tables.items():
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def test_the_example_says_that_it_is_synthetic(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("xinzhi.cli.innovating.find_spec", lambda name: None)
    done = run("--lang", "en")
    assert done.exit_code == 0, done.output
    assert "Synthetic data: generated at random" in done.stderr
    assert "so that the example has no portfolio: pip install 'xinzhi[plan]'" in done.stderr
    lines = done.stdout.splitlines()
    assert lines[0].split()[:2] == ["challenge", "mechanism"]
    assert len(lines) == 16
    assert all("合成 synthetic" in line for line in lines[1:])
    found = answer("--paths", "1000")
    assert found["result"]["portfolio"] == []
    assert any("示例中不含项目组合" in warning["zh"] for warning in found["warnings"])
    assert found["parameters"]["data"]["zh"].startswith("合成数据")
    assert set(found["result"]["mechanisms"][0]) >= {"challenge", "mechanism", "net_value"}
    assert {"stages", "available_from", "elasticities"} <= set(found["result"])


def test_a_folder_of_files_and_what_else_there_is(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    place = folder(tmp_path, case())
    found = answer(place, "--paths", "1000")
    parallel = next(r for r in found["result"]["mechanisms"] if r["mechanism"] == "parallel")
    assert (parallel["teams"], parallel["net_value"]) == (3, pytest.approx(57.5))
    assert [record["name"] for record in found["inputs"]] == ["challenges.csv", "stages.csv"]
    assert any("passed over notes.txt" in warning["en"] for warning in found["warnings"])
    assert found["result"]["portfolio"] == []
    done = run(place, "--paths", "1000")
    assert "available_from" in done.stderr
    assert "--json" in done.stderr


def test_a_workbook_in_chinese_gives_the_same(tmp_path: Path):
    titles = {"challenges": "榜题", "stages": "阶段"}
    book = tmp_path / "创新.xlsx"
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for name, table in case().items():
            words = table.replace(STAGES).rename(columns=CHINESE)
            words.to_excel(writer, sheet_name=titles[name], index=False)
    found = answer(book, "--paths", "500")
    (tmp_path / "csv").mkdir()
    same = answer(folder(tmp_path / "csv", case()), "--paths", "500")
    for table in ("mechanisms", "stages", "pipelines", "arrivals"):
        assert found["result"][table] == same["result"][table]


def test_the_whole_example_reads_as_it_is_generated(tmp_path: Path):
    from xinzhi.data.innovation_case import INNOVATION_TABLES, read_innovation_case
    from xinzhi.plan.innovation import synthetic_innovation_tables

    tables = synthetic_innovation_tables()
    read = read_innovation_case(folder(tmp_path, tables))
    assert set(read.tables) == set(tables) == set(INNOVATION_TABLES) - {"technology"}
    for name, table in tables.items():
        for column in table:
            own, made = read.tables[name][column], table[column]
            if pd.api.types.is_numeric_dtype(made):
                np.testing.assert_allclose(own.astype(float), made.astype(float), err_msg=column)
            else:
                assert own.fillna("").tolist() == made.fillna("").tolist(), (name, column)


def test_options_reach_the_computation(tmp_path: Path):
    place = folder(tmp_path, case())
    options = ("--paths", "500", "--start", "2030", "--years", "40", "--confidence", "0.05")
    found = answer(place, *options, "--money", "万元", "--discount-rate", "0.1", "--max-teams", "2")
    assert found["parameters"]["money"] == "CNY_10k"
    assert found["parameters"]["pipeline"]["year"] == 2030
    assert found["parameters"]["portfolio"]["discount_rate"] == 0.1
    assert len(found["result"]["arrivals"]) == 40
    assert found["result"]["available_from"][0]["available_from"] > 2030
    assert max(row["teams"] for row in found["result"]["teams"]) == 2


def test_empty_cells_are_filled_from_a_region(tmp_path: Path):
    table = figures(invention_patents_granted=1.0, invention_patent_applications=1.1)
    empty = stages(success=[0.3, None, 0.5, 0.7, 0.8])
    place = folder(tmp_path, {"stages": empty, "indicators": table})
    found = answer(place, "--calibrate-from", "甲", "--paths", "500")
    rate = next(
        row["rate"]
        for row in found["result"]["conversions"]
        if (row["region"], row["conversion"]) == ("甲", "grant_share")
    )
    # a fifth of the attempts is made again
    assert found["result"]["stages"][1]["success"] == pytest.approx(0.8 * rate)
    assert "--calibrate-from" in refused(place).text("zh")


def test_output_files(tmp_path: Path):
    place = folder(tmp_path, case())
    for ending in ("csv", "xlsx", "json", "html"):
        out = tmp_path / f"out.{ending}"
        done = run(place, "--out", out, "--quiet", "--paths", "500")
        assert done.exit_code == 0, done.output
        assert out.stat().st_size > 100


def test_what_is_not_there_is_said(tmp_path: Path):
    error = refused(folder(tmp_path, {"stage": stages()}))
    assert "none of the tables challenges, stages" in error.text("en")
    assert "stage: did you mean stages?" in error.text("en")
    assert "没有一张主表（challenges（榜题）、stages（阶段）" in error.text("zh")
    folder(tmp_path, case())
    stages().to_csv(tmp_path / "阶段.csv", index=False)
    error = refused(tmp_path)
    assert "are the same table" in error.text("en")
    assert "是同一张表" in error.text("zh")


def test_a_missing_column_is_asked_for_in_the_language_of_the_file(tmp_path: Path):
    (tmp_path / "en").mkdir()
    error = refused(folder(tmp_path / "en", {"stages": stages().drop(columns="success")}))
    assert "no column success" in error.text("en")
    words = stages().replace(STAGES).rename(columns={**CHINESE, "success": "成功"})
    (tmp_path / "zh").mkdir()
    error = refused(folder(tmp_path / "zh", {"阶段": words}))
    assert "没有列 成功率" in error.text("zh")
    assert "成功" in error.text("zh").split("没有列 成功率", 1)[1]


def test_an_unknown_unit_is_refused(tmp_path: Path):
    assert "unknown unit" in refused(folder(tmp_path, case()), "--money", "贝壳").text("en")
