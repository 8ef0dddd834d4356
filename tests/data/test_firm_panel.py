"""Firm-years from tables and files: what is kept, what is refused, and in which words."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from tests.measure.productivity.firm_simulation import simulated_firms

from xinzhi.core import ComputationError, InputError
from xinzhi.data.firm_data import read_firm_panel
from xinzhi.data.firm_panel import FirmPanel, firm_panel

COLUMNS = ("firm", "year", "value_added", "workers", "capital", "proxy")
ARRAYS = ("unit", "period", "output", "labour", "capital", "proxy", "last_period")


@pytest.fixture
def frame() -> pd.DataFrame:
    """Return firm-years in no order, with Chinese names, gaps, zeros and missing values."""
    table = simulated_firms(0, firms=60, periods=5, exits=True)
    table["firm"] = "企业" + table["firm"].astype(str)
    table.loc[[3, 17], "workers"] = 0.0
    table.loc[[5], "proxy"] = -1.0
    table.loc[[5, 9], "capital"] = np.nan
    return table.sample(frac=1, random_state=0).reset_index(drop=True)


def same(one: FirmPanel, other: FirmPanel) -> None:
    for name in ARRAYS:
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
    assert one.units.tolist() == other.units.tolist()
    assert (one.names, one.left_out) == (other.names, other.left_out)


def test_rows_are_sorted_in_logarithms_and_counted(frame: pd.DataFrame):
    panel = firm_panel(frame, *COLUMNS)
    assert dict(panel.left_out) == {"missing": 2, "not_positive": 2}
    assert panel.rows == len(frame) - 4
    order = list(zip(panel.unit.tolist(), panel.period.tolist(), strict=True))
    assert order == sorted(order)
    row = frame[(frame["firm"] == "企业7") & (frame["year"] == 2000)].iloc[0]
    place = order.index((panel.units.tolist().index("企业7"), 2000))
    assert panel.output[place] == pytest.approx(np.log(row["value_added"]))
    assert panel.labour[0, place] == pytest.approx(np.log(row["workers"]))
    assert panel.capital[0, place] == pytest.approx(np.log(row["capital"]))
    assert panel.proxy[place] == pytest.approx(np.log(row["proxy"]))
    assert panel.names == ("workers", "capital")


def test_following_rows_are_the_same_firm_a_period_later():
    frame = pd.DataFrame(
        {
            "firm": ["a", "a", "a", "b", "b"],
            "year": [2000, 2001, 2003, 2004, 2005],
            **{name: [1.0, 2.0, 3.0, 4.0, 5.0] for name in COLUMNS[2:]},
        }
    )
    panel = firm_panel(frame, *COLUMNS)
    assert panel.follows().tolist() == [False, True, False, False, True]
    assert panel.last_period.tolist() == [2003, 2005]


def test_several_inputs():
    frame = simulated_firms(0, firms=20, periods=3).assign(graduates=2.0)
    panel = firm_panel(frame, *COLUMNS[:3], ["workers", "graduates"], *COLUMNS[4:])
    assert panel.names == ("workers", "graduates", "capital")
    assert panel.labour.shape == (2, 60)


@pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb"])
def test_a_file_gives_the_same_panel(frame: pd.DataFrame, tmp_path: Path, kind: str):
    path = tmp_path / f"o'clock.{kind}"
    table = None
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "parquet":
        duckdb.from_df(frame).write_parquet(str(path))
    else:
        table = 'firm "years"'
        with duckdb.connect(path) as connection:
            connection.execute('CREATE TABLE "firm ""years""" AS SELECT * FROM frame')
    found = read_firm_panel(path, *COLUMNS, table=table)
    expected = firm_panel(frame, *COLUMNS)
    assert [name.name for name in tmp_path.iterdir()] == [path.name]
    np.testing.assert_allclose(found.output, expected.output, rtol=1e-12)
    same(found, expected)


def test_infinite_null_and_nan_in_a_file(tmp_path: Path):
    """A file can hold both a null and a value that is not a number; in a table they are one."""
    frame = simulated_firms(0, firms=20, periods=3)
    path = tmp_path / "firms.parquet"
    duckdb.sql(
        "COPY (SELECT * REPLACE (CASE firm WHEN 0 THEN 'inf'::DOUBLE WHEN 1 THEN 'nan'::DOUBLE "
        f"WHEN 2 THEN NULL ELSE capital END AS capital) FROM frame) TO '{path}'"
    )
    found = read_firm_panel(path, *COLUMNS)
    assert dict(found.left_out) == {"missing": 6, "not_positive": 3}
    replaced = frame["firm"].map({0: np.inf, 1: np.nan, 2: np.nan}).where(frame["firm"] < 3)
    frame["capital"] = frame["capital"].mask(frame["firm"] < 3, replaced)
    same(found, firm_panel(frame, *COLUMNS))


def broken(frame: pd.DataFrame, what: str) -> pd.DataFrame:
    if what == "text":
        return frame.assign(workers=frame["workers"].astype(str) + " 人")
    if what == "twice":
        return pd.concat([frame, frame[frame["firm"] == "企业7"]], ignore_index=True)
    if what == "half":
        return frame.assign(year=frame["year"] + 0.5)
    if what == "keyless":
        return frame.assign(firm=frame["firm"].where(frame["firm"] != "企业7"))
    return frame.assign(capital=-frame["capital"])


MESSAGES = {
    "text": ("not numeric: workers", "这些列不是数值：workers"),
    "twice": ("a firm has a period more than once", "同一企业同一时期有多行"),
    "half": ("column year must hold whole numbers", "year 列应为整数"),
    "keyless": ("rows lack firm or year", "行缺少 firm 或 year"),
    "logs": ("no row is positive in all of: value_added", "没有一行的各列全为正数：value_added"),
}


@pytest.mark.parametrize("what", MESSAGES)
def test_bad_values_are_refused_by_table_and_file(frame: pd.DataFrame, tmp_path: Path, what: str):
    path = tmp_path / "firms.parquet"
    bad = broken(frame, what)
    duckdb.from_df(bad).write_parquet(str(path))
    for refuse in (lambda: firm_panel(bad, *COLUMNS), lambda: read_firm_panel(path, *COLUMNS)):
        with pytest.raises(InputError) as caught:
            refuse()
        assert MESSAGES[what][0] in caught.value.text("en")
        assert MESSAGES[what][1] in caught.value.text("zh")
        assert caught.value.remedy is not None


def test_the_firm_and_period_that_come_twice_are_named(frame: pd.DataFrame):
    with pytest.raises(InputError, match="企业7, 2000"):
        firm_panel(broken(frame, "twice"), *COLUMNS)


def test_columns_that_are_absent_or_serve_twice(frame: pd.DataFrame, tmp_path: Path):
    path = tmp_path / "firms.csv"
    frame.to_csv(path, index=False)
    for build in (firm_panel, read_firm_panel):
        source = frame if build is firm_panel else path
        with pytest.raises(InputError) as caught:
            build(source, *COLUMNS[:5], "materials")
        assert "no column materials; there are: firm, year" in str(caught.value)
        assert "没有列：materials；现有：firm、year" in caught.value.text("zh")
        with pytest.raises(InputError) as caught:
            build(source, *COLUMNS[:5], "workers")
        assert "a column cannot serve twice: workers" in str(caught.value)
        assert "同一列不能有两种用途：workers" in caught.value.text("zh")


def test_files_that_cannot_be_read(frame: pd.DataFrame, tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read_firm_panel(tmp_path / "absent.csv", *COLUMNS)
    assert "absent.csv: no such file" in str(caught.value)
    assert "没有这个文件" in caught.value.text("zh")
    no_database = tmp_path / "firms.duckdb"
    no_database.write_text("firm,year", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_firm_panel(no_database, *COLUMNS, table="firms")
    assert "firms.duckdb: cannot be read" in str(caught.value)
    assert "无法读取" in caught.value.text("zh")
    for path, table in ((no_database, None), (tmp_path / "firms.csv", "firms")):
        path.touch()
        with pytest.raises(InputError) as caught:
            read_firm_panel(path, *COLUMNS, table=table)
        assert "name a table for a database, and none for a CSV" in str(caught.value)
        assert "数据库必须写表名" in caught.value.text("zh")
    late = tmp_path / "late.csv"
    text = frame.to_csv(index=False)
    long = text + "".join(f"x{k},2000,1,1,1,1,0\n" for k in range(30_000)) + "z,2000,1,二,1,1,0\n"
    late.write_text(long, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_firm_panel(late, *COLUMNS)
    assert "workers" in str(caught.value)


def test_a_database_that_another_connection_writes_to(tmp_path: Path):
    path = tmp_path / "firms.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE firms (firm VARCHAR)")
        with pytest.raises(ComputationError) as caught:
            read_firm_panel(path, *COLUMNS, table="firms")
    assert "another program is using it" in str(caught.value)
    assert "正被另一个程序使用" in caught.value.text("zh")
    assert "Try again later" in str(caught.value)


def test_a_view_that_leads_to_another_file_is_refused(frame: pd.DataFrame, tmp_path: Path):
    other, path = tmp_path / "other.csv", tmp_path / "firms.duckdb"
    frame.to_csv(other, index=False)
    with duckdb.connect(path) as connection:
        connection.execute(f"CREATE VIEW firms AS SELECT * FROM read_csv('{other}')")
    with pytest.raises(InputError, match="cannot be read"):
        read_firm_panel(path, *COLUMNS, table="firms")


def test_without_duckdb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "firms.csv"
    path.touch()

    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(ComputationError) as caught:
        read_firm_panel(path, *COLUMNS)
    assert 'pip install "xinzhi[workspace]"' in str(caught.value)
    assert "尚未安装" in caught.value.text("zh")
