"""Writing input–output tables: what is read back is what was written."""

from __future__ import annotations

import sys
from dataclasses import fields, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given, settings
from io_samples import LAYOUTS, text_of
from tests.io_strategies import io_tables

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import FinalCategory, IOTable, Satellite, Sector
from xinzhi.data.io_writers import write_io_table

ENDINGS = (".csv", ".xlsx", ".parquet")


def assert_same(first: IOTable, second: IOTable, digits: float = 0.0) -> None:
    """Compare every field but inputs."""
    for item in fields(IOTable):
        one, other = getattr(first, item.name), getattr(second, item.name)
        if isinstance(one, np.ndarray):
            assert other is not None, item.name
            np.testing.assert_allclose(other, one, rtol=digits, atol=0, err_msg=item.name)
        elif item.name != "inputs":
            assert one == other, item.name


def check_round_trip(table: IOTable) -> None:
    with TemporaryDirectory() as folder:
        for ending in ENDINGS:
            path = Path(folder) / f"t{ending}"
            write_io_table(table, path)
            again = read_io_table(path)
            # A workbook holds 16 digits of a figure.
            assert_same(table, again, 2e-15 if ending == ".xlsx" else 0.0)
            assert again.inputs[0].name == path.name


@settings(max_examples=25)
@given(table=io_tables())
def test_written_then_read_is_the_identity(table: IOTable):
    check_round_trip(table)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_published_layouts_survive_in_ours(layout: str, tmp_path: Path):
    path = tmp_path / "t_2019.csv"
    path.write_text(text_of(LAYOUTS[layout]()), "utf-8")
    check_round_trip(read_io_table(path))


def test_every_field_survives():
    table = embedded_io_table()
    full = replace(
        table,
        sectors=(
            Sector("=1+1", Text("@甲", "+a")),
            Sector("-02", Text("乙，“丙”", 'b, "c"')),
            Sector("010", Text("丁\n戊", "d\ne")),
        ),
        discrepancy=np.zeros(3),
        primary_final=np.arange(8.0).reshape(4, 2),
        satellites=np.arange(6.0).reshape(2, 3),
        satellites_final=np.ones((2, 2)),
        satellite_rows=(
            Satellite("co2", Text("二氧化碳", "carbon dioxide"), "tonnes"),
            Satellite("jobs", Text("就业", "employment"), "persons"),
        ),
        final_categories=(
            FinalCategory("=use", "investment", Text("用", "use")),
            table.final_categories[1],
        ),
        prices=Text("价", "price"),
        tolerance=1e-5,
        year=None,
    )
    check_round_trip(full)


def test_official_tables_survive(official_folder: Path):
    check_round_trip(read_io_table(official_folder / "io_china_2020_42.csv"))


def test_a_workbook_that_an_economist_knows(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    table = replace(
        embedded_io_table(), sectors=tuple(Sector(c, Text("=1", "=2")) for c in ("=x", "@y", "-z"))
    )
    write_io_table(table, path)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["table", "about"]
    sheet = book["table"]
    assert sheet.freeze_panes == "H7"
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0][:3] == ["part", "region", "code"]
    assert cells[0][7:] == [
        *("=x", "@y", "-z", "domestic_final_use", "exports", "imports", "output"),
        *("total_intermediate", "total_final"),
    ]
    assert [row[0] for row in cells[1:]] == [
        *("column_part", "column_region", "column_title_zh", "column_title_en", "column_kind"),
        *["flows"] * 3,
        *["primary_inputs"] * 4,
        *["total"] * 2,
    ]
    assert {cell.data_type for row in sheet.iter_rows(max_col=7) for cell in row} <= {"s", "n"}
    total = cells[-1][7:10]
    np.testing.assert_allclose(total, table.primary_inputs.sum(axis=0))
    stated = {row[0].value: row[1].value for row in book["about"].iter_rows()}
    assert stated["classification"] == "cn3"
    assert stated["unit"] == "CNY_trillion"
    assert "GE" in stated["source"]
    assert "地区" in stated["assumption"]


def test_a_total_that_someone_changed_is_found(tmp_path: Path):
    path = tmp_path / "t.xlsx"
    write_io_table(embedded_io_table(), path)
    book = openpyxl.load_workbook(path)
    sheet = book["table"]
    sheet.cell(sheet.max_row, 8).value = 99
    book.save(path)
    with pytest.raises(InputError) as caught:
        read_io_table(path)
    message = caught.value.text("en")
    assert "row total_primary, column 1: the total is 99, its parts sum to 6.55" in message
    assert "合计为 99，各部分之和为 6.55" in caught.value.text("zh")


def lines(tmp_path: Path) -> list[str]:
    write_io_table(embedded_io_table(), tmp_path / "t.csv", force=True)
    return (tmp_path / "t.csv").read_text("utf-8-sig").splitlines()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("xinzhi_io_table,1", "xinzhi_io_table,9", "the layout's version is not 1"),
        ("year,2017", "year,x", "year is no number: x"),
        ("unit,CNY_trillion", "units,CNY_trillion", "unknown line: units"),
        ("part,region", "parts,region", "no heading row that begins with part"),
        ("flows,,1,", "flow,,1,", "column 1: unknown part: flow"),
        ("compensation,,", "wages,,", "kind must be one of compensation, taxes_on_production"),
        ("1.47", "abc", "row 19, column 1: not a number: abc"),
        ("1.47", "1e200", "row 19, column 1: the number is too large"),
        ("1.47", "", "row 1, column 1: no figure; a zero must be written as 0"),
        ("1.47", "2.47", "does not balance"),
        (",imports,output", ",imports,out", "missing: output"),
        (",imports,output", ",output,output", "column output comes twice"),
    ],
)
def test_our_own_layout_is_read_with_care(old: str, new: str, message: str, tmp_path: Path):
    text = "\n".join(lines(tmp_path))
    assert old in text
    # Of the two lines with ",imports,output" the second says the parts.
    start = text.index("column_part") if old.startswith(",imports") else 0
    place = text.index(old, start)
    path = tmp_path / "u.csv"
    path.write_text(text[:place] + new + text[place + len(old) :], "utf-8")
    with pytest.raises(InputError) as caught:
        read_io_table(path)
    assert message in caught.value.text("en")
    assert caught.value.text("zh") != caught.value.text("en")


def test_sectors_of_rows_and_columns_must_agree(tmp_path: Path):
    text = lines(tmp_path)
    rows = [k for k, line in enumerate(text) if line.startswith("flows,")]
    text[rows[0]], text[rows[1]] = text[rows[1]], text[rows[0]]
    (tmp_path / "u.csv").write_text("\n".join(text), "utf-8")
    with pytest.raises(InputError, match="the same sectors, in rows and columns, in one order"):
        read_io_table(tmp_path / "u.csv")
    text = [line for line in lines(tmp_path) if not line.startswith("flows,")]
    (tmp_path / "u.csv").write_text("\n".join(text), "utf-8")
    with pytest.raises(InputError, match="missing: flows"):
        read_io_table(tmp_path / "u.csv")


def test_a_line_longer_than_the_headings(tmp_path: Path):
    text = lines(tmp_path)
    (tmp_path / "u.csv").write_text("\n".join([*text[:-1], text[-1] + ",5"]), "utf-8")
    with pytest.raises(InputError, match="this row is longer than the heading row"):
        read_io_table(tmp_path / "u.csv")


def test_year_and_unit_that_are_not_the_files(tmp_path: Path):
    lines(tmp_path)
    path = tmp_path / "t.csv"
    with pytest.raises(InputError, match="states the year 2017, 2018 was given"):
        read_io_table(path, year=2018)
    with pytest.raises(InputError, match="states the unit trillion yuan, 100 million yuan was"):
        read_io_table(path, unit="CNY_100m")
    assert (
        read_io_table(path, year=2017, unit="万亿元", classification="mine").classification
        == "mine"
    )
    write_io_table(replace(embedded_io_table(), unit="unspecified", year=None), path, force=True)
    table = read_io_table(path, unit="CNY_trillion", year=2017)
    assert (table.unit, table.year) == ("CNY_trillion", 2017)


def test_writing_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    table = embedded_io_table()
    path = tmp_path / "t.csv"
    write_io_table(table, path)
    with pytest.raises(InputError, match="the file exists already"):
        write_io_table(table, path)
    write_io_table(table, path, force=True)
    with pytest.raises(InputError, match="cannot write such a file") as caught:
        write_io_table(table, tmp_path / "t.ods")
    assert "不能写出 .ods 文件" in caught.value.text("zh")
    monkeypatch.setattr("xinzhi.data.io_writers._EXCEL_COLUMNS", 10)
    with pytest.raises(InputError, match="16 columns are more than a sheet can hold"):
        write_io_table(table, tmp_path / "t.xlsx")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ComputationError, match="this needs pyarrow") as missing:
        write_io_table(table, tmp_path / "t.parquet")
    assert 'pip install "xinzhi[inputoutput]"' in missing.value.text("zh")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["t.csv"]


def test_other_parquet_files_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(InputError, match="not a Parquet input–output table that xinzhi wrote"):
        read_io_table(tmp_path / "a.parquet")
    path = tmp_path / "t.parquet"
    write_io_table(embedded_io_table(), path)
    monkeypatch.setattr("xinzhi.data.io_parquet.MAX_CELLS", 20)
    with pytest.raises(InputError, match="holds more than 20 cells"):
        read_io_table(path)
    monkeypatch.setattr("xinzhi.data.io_parquet.MAX_BYTES", 20)
    with pytest.raises(InputError, match="is larger than 20 bytes"):
        read_io_table(path)
