"""The command ``finance``: its example, tables in two languages, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from tests.plan.funnel_cases import ORDER, spells
from xinzhi.cli.financing import finance
from xinzhi.core import InputError
from xinzhi.data.finance_case import read_finance_case

SPELLS = {"firm": "企业", "stage": "阶段", "duration": "历时", "outcome": "结局"}
OUTCOMES = {"next": "下一轮", "listed": "上市", "acquired": "并购", "failed": "失败"}
QUICK = ("--draws", "20", "--scenarios", "1000")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(finance, [str(argument) for argument in arguments])


def answer(*arguments: object) -> dict[str, Any]:
    done = run(*arguments, *QUICK, "--json")
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout, parse_constant=pytest.fail)
    return found


def refused(*arguments: object) -> InputError:
    done = run(*arguments, *QUICK)
    assert isinstance(done.exception, InputError), done.output
    return done.exception


def funnel() -> dict[str, pd.DataFrame]:
    stages = pd.DataFrame({"stage": ORDER, "entrants": [100, 0, 0], "round_size": [2, 5, 9]})
    return {"spells": spells(), "stages": stages}


def loans() -> pd.DataFrame:
    return pd.DataFrame(
        {"exposure": [10.0, 20.0], "default_probability": 0.02, "loss_given_default": 0.5}
    )


def folder(place: Path, tables: dict[str, pd.DataFrame]) -> Path:
    for name, table in tables.items():
        table.to_csv(place / f"{name}.csv", index=False)
    return place


def test_the_example_says_that_it_is_synthetic():
    done = run("--lang", "en", *QUICK)
    assert done.exit_code == 0, done.output
    assert "Synthetic data: generated at random" in done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 6
    assert all("合成 synthetic" in line for line in lines[1:])
    assert "exits, survival, incidence" in done.stderr
    assert "--out" in done.stderr


def test_the_answer_has_its_stable_keys(tmp_path: Path):
    found = answer(folder(tmp_path, {**funnel(), "loans": loans()}))
    assert found["command"] == "finance"
    stage = found["result"]["stages"][0]
    assert {"stage", "firms", "listing", "listing_low", "mean_time", "flow"} <= set(stage)
    assert stage["listing"] == pytest.approx(0.125)
    (fund,) = found["result"]["fund"]
    assert {"expected_loss", "value_at_risk", "capital", "leverage", "break_even_fee"} <= set(fund)
    assert found["result"]["scores"] == []
    assert [record["name"] for record in found["inputs"]] == [
        *("spells.csv", "stages.csv", "loans.csv"),
    ]


def test_a_workbook_in_chinese_gives_the_same(tmp_path: Path):
    book = tmp_path / "金融.xlsx"
    words = spells().replace({"outcome": OUTCOMES}).rename(columns=SPELLS)
    order = funnel()["stages"].set_axis(["阶段", "新进", "轮次金额"], axis=1)
    bearers = pd.DataFrame({"层": "全部", "承担方": ["担保基金", "银行"], "份额": [0.8, 0.2]})
    book_of = loans().set_axis(["敞口", "违约概率", "违约损失率"], axis=1)
    sheets = {"轮次": words, "阶段": order, "贷款": book_of, "分担": bearers, "说明": words}
    with pd.ExcelWriter(book, engine="xlsxwriter") as writer:
        for title, table in sheets.items():
            table.to_excel(writer, sheet_name=title, index=False)
    found = answer(book)
    assert found["result"]["stages"][0]["listing"] == pytest.approx(0.125)
    assert {row["bearer"] for row in found["result"]["fund_bearers"]} == {"fund", "bank"}
    assert any("passed over 说明" in warning["en"] for warning in found["warnings"])


def test_features_of_firms_are_whatever_numbers_there_are(tmp_path: Path):
    firms = pd.DataFrame(
        {
            **{"企业": ["a", "b"], "年份": [2023, 2024], "违约": [1, None]},
            **{"行业": ["软件", "芯片"], "专利数": [3, 4.5], "leverage": [0.5, None]},
        }
    )
    read = read_finance_case(folder(tmp_path, {"企业": firms})).tables["firms"]
    # text is no feature, a missing number is
    assert list(read) == ["firm", "year", "default", "专利数", "leverage"]
    assert read["专利数"].tolist() == [3, 4.5]
    assert read["leverage"].isna().tolist() == [False, True]


def test_a_gap_without_years_is_printed(tmp_path: Path):
    supply = pd.DataFrame({"stage": ["A", "B"], "source": "VC", "amount": [200.0, 50.0]})
    demand = pd.DataFrame({"stage": ["A", "B"], "amount": [100.0, 80.0]})
    done = run(folder(tmp_path, {"supply": supply, "demand": demand}), "--lang", "en")
    assert done.exit_code == 0, done.output
    header, *rows = [line.split() for line in done.stdout.splitlines()]
    gaps = [row[header.index("gap")] for row in rows]
    assert gaps == ["30", "-100"]  # the largest first


def test_dates_are_read(tmp_path: Path):
    table = spells(("a", "only", 1.0, "listed"), ("b", "only", 1.0, "failed"))
    table = table.drop(columns="duration").assign(
        start=["2019-01-01", "2019/07/02"], end=["2021-01-01", "2020年7月1日"]
    )
    found = answer(folder(tmp_path, {"spells": table}))
    assert found["result"]["stages"][0]["follow_up"] == pytest.approx(2)


def test_options_reach_the_computation(tmp_path: Path):
    table = pd.DataFrame(
        {"stage": ["A", "B"], "multiplier": [2.0, 1.0], "halving": [5.0, None], "basis": "假定"}
    )
    place = folder(tmp_path, {"crowding": table, "loans": loans()})
    found = answer(place, "--public-money", "20", "--own-funds", "3", "--money", "亿元")
    assert found["result"]["crowding"][0]["stage"] == "B"
    assert found["result"]["crowding"][0]["private"] == pytest.approx(20)
    assert found["result"]["fund"][0]["own_funds"] == 3
    assert found["parameters"]["money"] == "CNY_100m"
    assert found["result"]["crowding"][0]["assumed"] is True


def test_output_files(tmp_path: Path):
    place = folder(tmp_path, funnel())
    for ending in ("csv", "xlsx", "json", "html"):
        out = tmp_path / f"out.{ending}"
        done = run(place, *QUICK, "--out", out, "--quiet")
        assert done.exit_code == 0, done.output
        assert out.stat().st_size > 100


def test_what_is_not_there_is_said(tmp_path: Path):
    error = refused(folder(tmp_path, {"spell": spells()}))
    assert "none of the tables spells" in error.text("en")
    assert "spell: did you mean spells?" in error.text("en")
    assert "没有一张主表（spells（轮次）" in error.text("zh")


def test_wrong_cells_are_named_with_file_or_table(tmp_path: Path):
    error = refused(folder(tmp_path, {"spells": spells().drop(columns="outcome")}))
    assert "spells.csv" in error.text("en")
    assert "no column outcome" in error.text("en")
    error = refused(folder(tmp_path, {"spells": spells().replace("acquired", "aquired")}))
    assert "table spells, row 8, column outcome: aquired" in error.text("en")


def test_a_fund_that_bears_nothing_is_refused(tmp_path: Path):
    layers = pd.DataFrame({"layer": "all", "bearer": ["city", "bank"], "share": [0.5, 0.5]})
    place = folder(tmp_path, {"loans": loans(), "layers": layers})
    assert "fund" in refused(place).text("en")
    assert answer(place, "--fund", "city")["result"]["fund"][0]["liability"] == pytest.approx(15)


def test_an_unknown_unit_is_refused(tmp_path: Path):
    assert "unknown unit" in refused(folder(tmp_path, funnel()), "--money", "贝壳").text("en")
