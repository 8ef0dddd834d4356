"""``xinzhi productivity`` as a newcomer meets it: every method, files, bad input, exit statuses."""

from __future__ import annotations

import importlib
import json
import math
import re
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.measure.productivity.firm_simulation import simulated_firms
from xinzhi.cli import cli, main, producing
from xinzhi.cli.producing_options import FIRM_METHODS, METHODS
from xinzhi.core import InputError
from xinzhi.data import create_workspace

ROLES = ("--unit", "县名", "--inputs", "资本,劳动", "--outputs", "增加值")
OVER_TIME = (*ROLES, "--time", "年份")
FIRMS = (
    *("--unit", "firm", "--time", "year", "--inputs", "capital,workers"),
    *("--outputs", "value_added", "--proxy", "proxy", "--replications", "0"),
)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """Fifteen counties over three years, as a yearbook heads its columns."""
    random = np.random.default_rng(4)
    rows = []
    for year in (2019, 2020, 2021):
        for place in range(15):
            k, labour = random.uniform(1, 10, 2).round(2)
            y = k**0.4 * labour**0.6 * random.beta(5, 2) * 1.02 ** (year - 2019)
            rows.append((f"县{place:02d}", year, k, labour, round(y, 3), round(0.5 * y, 3)))
    return pd.DataFrame(rows, columns=["县名", "年份", "资本", "劳动", "增加值", "排放"])


@pytest.fixture
def counties(table: pd.DataFrame, tmp_path: Path) -> Path:
    path = tmp_path / "counties.csv"
    table.to_csv(path, index=False, encoding="gb18030")
    return path


@pytest.fixture
def county(table: pd.DataFrame, tmp_path: Path) -> Path:
    """One year."""
    path = tmp_path / "county.csv"
    table[table["年份"] == 2020].drop(columns="年份").to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def firms() -> pd.DataFrame:
    return simulated_firms(1, 80)


class Done:
    """What a command left behind."""

    def __init__(self, status: int, out: str, err: str):
        self.status, self.out, self.err = status, out, err


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a function that runs the command as the program does, in this process."""

    def function(*arguments: object) -> Done:
        monkeypatch.setattr(sys, "argv", ["xinzhi", "productivity", *map(str, arguments)])
        status = 0
        try:
            main()
        except SystemExit as stop:
            status = int(stop.code or 0)
        printed = capsys.readouterr()
        return Done(status, printed.out, printed.err)

    return function


def refused(*arguments: object) -> InputError:
    """Return the error of a command, for its words in both languages."""
    with pytest.raises(InputError) as caught:
        cli.main(["productivity", *map(str, arguments)], standalone_mode=False)
    assert caught.value.exit_status == 2
    return caught.value


def answer(done: Done) -> dict[str, Any]:
    assert done.status == 0, done.err
    found: dict[str, Any] = json.loads(done.out, parse_constant=pytest.fail)
    assert {"command", "version", "parameters", "inputs", "result", "warnings"} <= set(found)
    assert found["command"] == "productivity"
    return found


def test_the_command_knows_the_methods_that_the_function_has():
    package = importlib.import_module("xinzhi.measure.productivity")
    assert tuple(package.METHODS) == METHODS
    assert package.FIRM_METHODS == FIRM_METHODS


@pytest.mark.parametrize("method", ["dea", "super", "sbm", "directional", "bootstrap"])
def test_efficiency_has_the_stable_names(run: Any, county: Path, method: str):
    options = ("--replications", 100) if method == "bootstrap" else ()
    found = answer(run(county, *ROLES, "--method", method, *options, "--json"))
    rows = found["result"]["efficiency"]
    assert len(rows) == 15
    assert {"unit", "efficiency"} <= set(rows[0])
    assert all(0 < row["efficiency"] <= 1 for row in rows)
    assert found["parameters"]["method"] == method
    (record,) = found["inputs"]
    assert (record["name"], record["rows"]) == ("county.csv", 15)


@pytest.mark.parametrize("reference", ["adjacent", "sequential", "biennial", "global"])
def test_indices_have_the_stable_names_and_multiply_back(run: Any, counties: Path, reference: str):
    found = answer(
        run(counties, *OVER_TIME, "--method", "malmquist", "--reference", reference, "--json")
    )
    rows = found["result"]["indices"]
    assert len(rows) == 30
    for row in rows:
        assert row["malmquist"] == pytest.approx(row["efficiency_change"] * row["technical_change"])
        assert {"unit", "period"} <= set(row)
    assert found["parameters"]["reference"] == reference


def test_indices_with_undesirable_outputs(run: Any, counties: Path):
    given = (*OVER_TIME, "--undesirable", "排放", "--reference", "global", "--json")
    found = answer(run(counties, *given, "--method", "malmquist-luenberger"))
    row = found["result"]["indices"][0]
    parts = row["efficiency_change"] * row["technical_change"]
    assert row["malmquist_luenberger"] == pytest.approx(parts)
    found = answer(run(counties, *given, "--method", "luenberger"))
    row = found["result"]["indices"][0]
    assert row["luenberger"] == pytest.approx(row["efficiency_change"] + row["technical_change"])


def test_growth_accounting_adds_up_and_says_that_the_share_is_assumed(run: Any, counties: Path):
    done = run(counties, *OVER_TIME, "--method", "growth-accounting", "--json")
    found = answer(done)
    for row in found["result"]["growth"]:
        parts = row["capital_contribution"] + row["labour_contribution"] + row["tfp_growth"]
        assert row["output_growth"] == pytest.approx(parts)
    assert found["parameters"]["capital"] == ["资本"]
    assert found["parameters"]["labour"] == ["劳动"]
    assert "note: the capital share 0.4 is an assumption" in done.err


def test_capital_is_built_of_investment_at_the_stated_depreciation(run: Any, tmp_path: Path):
    path = tmp_path / "investment.csv"
    rows = [f"甲,{2010 + t},{100 * 1.05**t},50,{80 * 1.06**t}" for t in range(4)]
    path.write_text("\n".join(["县名,年份,投资,劳动,增加值", *rows]), encoding="utf-8")
    found = answer(
        run(
            path,
            *("--unit", "县名", "--time", "年份", "--inputs", "投资,劳动", "--outputs", "增加值"),
            *("--method", "growth-accounting", "--capital-share", "0.5"),
            *("--depreciation", "0.1", "--json"),
        )
    )
    stocks = [100 / (0.05 + 0.1)]
    for t in range(4):
        stocks.append(0.9 * stocks[-1] + 100 * 1.05**t)
    capital = [math.log(new / old) for old, new in pairwise(stocks[1:])]
    for row, grown in zip(found["result"]["growth"], capital, strict=True):
        assert row["capital_contribution"] == pytest.approx(0.5 * grown)
        assert row["tfp_growth"] == pytest.approx(math.log(1.06) - 0.5 * grown)
    assert found["parameters"]["depreciation"] == 0.1


def test_a_capital_share_may_be_a_column(run: Any, table: pd.DataFrame, tmp_path: Path):
    path = tmp_path / "shares.xlsx"
    table.assign(份额=0.35).to_excel(path, index=False, engine="xlsxwriter")
    found = answer(
        run(path, *OVER_TIME, "--method", "growth-accounting", "--capital-share", "份额", "--json")
    )
    assert found["result"]["growth"][0]["capital_share"] == pytest.approx(0.35)
    assert not any("assumption" in warning["en"] for warning in found["warnings"])


def test_reallocation_by_sector(run: Any, tmp_path: Path):
    path = tmp_path / "sectors.csv"
    path.write_text(
        "行业,年份,从业人员,增加值\n农业,2010,60,60\n工业,2010,40,160\n"
        "农业,2020,40,60\n工业,2020,60,300\n",
        encoding="utf-8",
    )
    found = answer(
        run(
            path,
            *("--method", "reallocation", "--sector", "行业", "--time", "年份"),
            *("--inputs", "从业人员", "--outputs", "增加值", "--json"),
        )
    )
    (row,) = found["result"]["reallocation"]
    # productivity from 2.2 to 3.6; sectors 1 to 1.5 and 4 to 5; labour shares 0.6 to 0.4
    assert row["productivity_growth"] == pytest.approx(3.6 / 2.2 - 1)
    assert row["within"] == pytest.approx((0.6 * 0.5 + 0.4 * 1) / 2.2)
    assert row["static"] == pytest.approx((-0.2 * 1 + 0.2 * 4) / 2.2)
    assert row["dynamic"] == pytest.approx((-0.2 * 0.5 + 0.2 * 1) / 2.2)


def test_stochastic_frontier_and_network(run: Any, counties: Path, county: Path):
    found = answer(run(counties, *OVER_TIME, "--method", "sfa", "--json"))
    assert {"efficiency", "coefficients", "fit"} <= set(found["result"])
    still = "the frontier stands still: technical progress"
    assert any(still in warning["en"] for warning in found["warnings"])
    assert any("前沿不随时间移动" in warning["zh"] for warning in found["warnings"])
    found = answer(run(counties, *OVER_TIME, "--method", "sfa", "--trend", "--json"))
    assert not any(still in warning["en"] for warning in found["warnings"])
    found = answer(
        run(
            county,
            *("--unit", "县名", "--method", "network", "--json"),
            *("--stage", "研发：资本，劳动>排放", "--stage", "产业:排放>增加值"),
        )
    )
    assert [row["stage"] for row in found["result"]["stages"][:2]] == ["研发", "产业"]
    assert found["parameters"]["stages"][0]["inputs"] == ["资本", "劳动"]


@pytest.mark.parametrize("method", FIRM_METHODS)
def test_firms_have_coefficients_and_tfp(
    run: Any, firms: pd.DataFrame, tmp_path: Path, method: str
):
    path = tmp_path / "firms.csv"
    firms.to_csv(path, index=False)
    found = answer(run(path, *FIRMS, "--method", method, "--json"))
    assert [row["input"] for row in found["result"]["coefficients"]] == ["workers", "capital"]
    assert len(found["result"]["tfp"]) == len(firms)


def test_firms_of_parquet_a_database_and_a_workspace_are_the_same(
    run: Any, firms: pd.DataFrame, tmp_path: Path
):
    csv, parquet = tmp_path / "firms.csv", tmp_path / "firms.parquet"
    firms.to_csv(csv, index=False)
    space = create_workspace(tmp_path / "mine")
    base = tmp_path / "firms.duckdb"
    duckdb.from_df(firms).write_parquet(str(parquet))
    for place in (base, space.folder / "data.duckdb"):
        with duckdb.connect(place) as connection:
            connection.execute(f"CREATE TABLE firms AS SELECT * FROM read_parquet('{parquet}')")
    expected = answer(run(csv, *FIRMS, "--method", "acf", "--json"))["result"]["coefficients"]
    for arguments in ((parquet,), (base, "--table", "firms"), (space.folder, "--table", "firms")):
        found = answer(run(*arguments, *FIRMS, "--method", "acf", "--json"))
        values = [row["coefficient"] for row in found["result"]["coefficients"]]
        np.testing.assert_allclose(values, [row["coefficient"] for row in expected], rtol=1e-6)
        assert found["inputs"][0]["rows"] == len(firms)
        assert re.fullmatch("[0-9a-f]{64}", found["inputs"][0]["sha256"])
        assert found["parameters"]["labour"] == ["workers"]


def test_a_large_table_of_firms_is_read_by_duckdb(
    run: Any, firms: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = tmp_path / "firms.csv"
    firms.to_csv(path, index=False)
    small = answer(run(path, *FIRMS, "--method", "lp", "--json"))
    monkeypatch.setattr(producing, "_LARGE", 1000)
    large = answer(run(path, *FIRMS, "--method", "lp", "--json"))
    for one, other in zip(
        small["result"]["coefficients"], large["result"]["coefficients"], strict=True
    ):
        assert one["coefficient"] == pytest.approx(other["coefficient"], rel=1e-6)
    assert small["inputs"][0]["sha256"] == large["inputs"][0]["sha256"]


def test_tfp_of_firms_goes_to_a_file_of_its_own(run: Any, firms: pd.DataFrame, tmp_path: Path):
    path, tfp = tmp_path / "firms.csv", tmp_path / "tfp.csv"
    firms.to_csv(path, index=False)
    found = answer(run(path, *FIRMS, "--method", "acf", "--tfp", tfp, "--json"))
    assert "tfp" not in found["result"]
    written = pd.read_csv(tfp)
    assert list(written) == ["unit", "period", "tfp", "omega"]
    assert len(written) == len(firms)
    again = run(path, *FIRMS, "--method", "acf", "--tfp", tfp)
    assert again.status == 2
    assert "--force" in again.err
    error = refused(path, *ROLES[:2], "--inputs", "capital", "--outputs", "proxy", "--tfp", tfp)
    assert error  # columns of another table
    error = refused(
        path,
        *("--unit", "firm", "--time", "year", "--inputs", "capital", "--outputs", "value_added"),
        *("--tfp", tfp),
    )
    assert "--tfp is for the methods for firms: ols, op, lp, acf, wooldridge" in str(error)
    assert "--tfp 只用于企业方法" in error.text("zh")


def test_which_inputs_are_labour_may_be_named(run: Any, counties: Path):
    turned = ("--unit", "县名", "--time", "年份", "--inputs", "劳动,资本", "--outputs", "增加值")
    given = ("--method", "growth-accounting", "--json")
    first = answer(run(counties, *OVER_TIME, *given))["result"]["growth"]
    second = answer(run(counties, *turned, "--labour", "劳动", *given))["result"]["growth"]
    assert first == second


def test_files_of_every_kind(run: Any, county: Path, tmp_path: Path):
    for ending in ("csv", "xlsx", "json", "html"):
        out = tmp_path / f"result.{ending}"
        done = run(county, *ROLES, "--out", out, "--lang", "zh")
        assert done.status == 0, done.err
        assert out.stat().st_size > 0
    assert openpyxl.load_workbook(tmp_path / "result.xlsx").sheetnames[:2] == [
        "readme",
        "efficiency",
    ]
    done = run(county, *ROLES, "--out", tmp_path / "result.csv")
    assert done.status == 2
    assert "--force" in done.err


def test_input_as_an_option_and_both_at_once(run: Any, county: Path):
    assert run("--data", county, *ROLES).status == 0
    error = refused(county, "--data", county, *ROLES)
    assert "two inputs given" in str(error)


def test_the_table_on_the_terminal_and_chinese_notes(run: Any, counties: Path):
    done = run(counties, *OVER_TIME, "--lang", "zh")
    assert done.status == 0
    assert "县00" in done.out
    assert "各时期的单元与同一前沿比较" in done.err


# Bad input: exit status 2, and words that help


def test_no_file_at_all():
    error = refused(*ROLES)
    assert "no file of data is given" in str(error)
    assert "For example: xinzhi productivity data.xlsx" in str(error)
    assert "没有给出数据文件" in error.text("zh")


def test_files_that_cannot_be_read(run: Any, tmp_path: Path):
    done = run(tmp_path / "nothing.csv", *ROLES)
    assert done.status == 2
    assert "no such file" in done.err
    assert "Traceback" not in done.err
    assert "is a folder" in str(refused(tmp_path, *ROLES))
    (tmp_path / "empty.csv").touch()
    assert "the file is empty" in str(refused(tmp_path / "empty.csv", *ROLES))
    (tmp_path / "table.pdf").write_bytes(b"%PDF")
    assert "cannot read .pdf files" in str(refused(tmp_path / "table.pdf", *ROLES))


def test_parquet_and_tables_of_databases_are_for_firms(county: Path, tmp_path: Path):
    (tmp_path / "t.parquet").touch()
    for arguments in ((tmp_path / "t.parquet",), (county, "--table", "t")):
        error = refused(*arguments, *ROLES)
        assert "read by the methods for firms only" in str(error)
        assert "只有企业方法读取 Parquet 和数据库" in error.text("zh")
        assert "leave --table out" in str(error)


def test_columns_that_are_not_there(run: Any, county: Path):
    done = run(county, "--unit", "县", "--inputs", "资本额", "--outputs", "增加值")
    assert done.status == 2
    assert "no column 资本额, did you mean 资本?" in done.err
    assert "The columns of row 1 are: 县名, 资本, 劳动, 增加值, 排放." in done.err


def test_one_column_in_two_roles(county: Path):
    error = refused(county, "--unit", "县名", "--inputs", "资本", "--outputs", "资本")
    assert "资本" in str(error)


def test_missing_roles_and_foreign_options(county: Path, counties: Path):
    error = refused(county, "--unit", "县名")
    assert "dea also needs: inputs (--inputs), outputs (--outputs)" in str(error)
    assert "dea 还需要：投入（--inputs）、产出（--outputs）" in error.text("zh")
    assert "(--time)" in str(refused(county, *ROLES, "--method", "malmquist"))
    error = refused(counties, *OVER_TIME, "--method", "acf")
    assert "--proxy: intermediate inputs" in str(error)
    error = refused(county, *ROLES, "--proxy", "排放")
    assert "dea has no option proxy" in str(error)
    assert "dea 没有选项 proxy" in error.text("zh")
    error = refused(county, *ROLES, "--undesirable", "排放")
    assert "dea has no undesirable outputs" in str(error)


def test_choices_that_do_not_exist(run: Any, county: Path):
    done = run(county, *ROLES, "--method", "fdh")
    assert done.status == 2
    assert "malmquist-luenberger" in done.err
    assert run(county, *ROLES, "--returns", "drs").status == 2
    done = run(county, "--unit", "县名", "--method", "network", "--stage", "资本>增加值")
    assert done.status == 2
    assert "write NAME:INPUT,INPUT>OUTPUT" in done.err
    error = refused(county, *ROLES, "--orientation", "none")
    assert "unknown orientation none" in str(error)


def changed(table: pd.DataFrame, folder: Path, column: str, value: object) -> Path:
    """Return a file of one year in which the first county has another value."""
    path = folder / "changed.csv"
    frame = table[table["年份"] == 2020].astype({column: object}).reset_index(drop=True)
    frame.loc[0, column] = value
    frame.to_csv(path, index=False)
    return path


@pytest.mark.parametrize(
    ("column", "value", "method", "words", "chinese"),
    [
        ("资本", "", "dea", "1 value(s) are missing or infinite: 县00 资本", "1 个缺失或无穷的值"),
        ("增加值", "…", "sbm", "are missing or infinite: 县00 增加值", "缺失不等于零"),
        (
            "资本",
            -1,
            "dea",
            "1 value(s) are negative: 县00 资本 = -1",
            "1 个值为负：县00 资本 = -1",
        ),
        ("资本", 0, "sbm", "1 value(s) are not positive: 县00 资本 = 0", "1 个值不为正"),
        ("增加值", 0, "dea", "units whose outputs are all zero: 县00", "产出全为零：县00"),
        ("资本", 0, "sfa", "资本 must be above zero: 县00", "资本 应大于 0：县00"),
        ("劳动", "约三", "dea", "row 2, column 劳动: 约三 is not a number", "第 2 行，“劳动”列"),
        ("县名", "县01", "dea", "县名 occur twice: 县01, 县01", "县名 重复：县01、县01"),
        ("县名", "", "dea", "县名 is missing", "县名 缺失"),
    ],
)
def test_values_that_a_model_forbids(
    table: pd.DataFrame,
    tmp_path: Path,
    column: str,
    value: object,
    method: str,
    words: str,
    chinese: str,
):
    error = refused(changed(table, tmp_path, column, value), *ROLES, "--method", method)
    assert words in str(error)
    assert chinese in error.text("zh")


def test_a_unit_without_a_year_is_null_and_named(run: Any, table: pd.DataFrame, tmp_path: Path):
    path = tmp_path / "gap.csv"
    table.drop(table[(table["县名"] == "县03") & (table["年份"] == 2020)].index).to_csv(
        path, index=False
    )
    done = run(path, *OVER_TIME, "--method", "malmquist", "--json")
    rows = [row for row in answer(done)["result"]["indices"] if row["unit"] == "县03"]
    assert [row["malmquist"] for row in rows] == [None, None]
    assert {row["status"] for row in rows} == {"missing"}
    assert "县03 2020" in done.err


def test_constant_columns_and_few_units_are_said(run: Any, table: pd.DataFrame, tmp_path: Path):
    path = tmp_path / "few.csv"
    table.head(2).assign(资本=5).to_csv(path, index=False)
    done = run(path, *ROLES)
    assert done.status == 0
    assert "note: variables that are the same for all units and tell none apart: 资本" in done.err
    assert "note: 2 units are fewer than 3 variables" in done.err


def test_a_capital_share_out_of_range(counties: Path):
    error = refused(counties, *OVER_TIME, "--method", "growth-accounting", "--capital-share", "1.4")
    assert "must lie between 0 and 1" in str(error)
    assert "资本份额应在 0 与 1 之间" in error.text("zh")


def test_firms_of_a_file_without_their_roles(tmp_path: Path):
    path = tmp_path / "firms.parquet"
    duckdb.from_df(simulated_firms(1, 5)).write_parquet(str(path))
    error = refused(path, "--method", "acf", "--unit", "firm")
    assert "acf also needs: the column of periods (--time), inputs (--inputs)" in str(error)
    error = refused(tmp_path / "none.duckdb", *FIRMS, "--method", "acf", "--table", "t")
    assert "no such file" in str(error)
