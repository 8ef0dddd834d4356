"""Tables with one row a unit: headings, labels, numbers, what is passed over and refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data.unit_tables import read_unit_table

TABLE = """表1 各县投入与产出,,,
单位：亿元,,,
县名,年 份,资本,增加值
甲,2020年,"1,200.5",３０
乙,2021年,—,40

合计,2021年,2000,70
注：增加值为现价,,,
"""


def written(folder: Path, text: str, name: str = "table.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_text(text, encoding=encoding)
    return path


def refusal(path: Path, labels: list[str], numbers: list[str]) -> InputError:
    with pytest.raises(InputError) as caught:
        read_unit_table(path, labels, numbers)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_yearbook_table_with_title_total_and_footnote(tmp_path: Path, encoding: str):
    table = read_unit_table(
        written(tmp_path, TABLE, encoding=encoding), ["县名", "年份"], ["资本", "增加值"]
    )
    assert table.frame["县名"].to_list() == ["甲", "乙"]
    assert table.frame["年份"].to_list() == [2020, 2021]
    np.testing.assert_array_equal(table.frame["资本"], [1200.5, np.nan])
    assert table.frame["增加值"].to_list() == [30, 40]
    assert (table.record.name, table.record.rows) == ("table.csv", 2)
    assert [w.en for w in table.warnings] == [
        "table.csv: row 8 is a footnote, left out",
        "table.csv: row 7 is a total, left out",
    ]
    assert table.warnings[1].zh == "table.csv：第 7 行是合计，没有读取"


def test_a_workbook_and_a_sheet_of_it(tmp_path: Path):
    path = tmp_path / "book.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        pd.DataFrame({"a": [1]}).to_excel(book, sheet_name="first", index=False)
        pd.DataFrame({"unit": ["x", "y"], "k": [1.5, 2.0]}).to_excel(
            book, sheet_name="second", index=False
        )
    table = read_unit_table(path, ["unit"], ["k"], sheet="second")
    assert table.frame.to_dict("list") == {"unit": ["x", "y"], "k": [1.5, 2.0]}


def test_labels_are_years_numbers_or_text(tmp_path: Path):
    path = written(tmp_path, "code,wave,name,share\n0310,1,甲,0.5\n110000,2,,1.5\n")
    frame = read_unit_table(path, ["code", "wave", "name", "share"], []).frame
    assert frame["code"].to_list() == ["0310", "110000"]
    assert frame["wave"].to_list() == [1, 2]
    assert frame["wave"].dtype == "int64"
    assert frame["name"].to_list() == ["甲", None]
    assert frame["share"].to_list() == [0.5, 1.5]


def test_columns_that_are_not_there_are_named_with_what_was_probably_meant(tmp_path: Path):
    error = refusal(written(tmp_path, TABLE), ["县名"], ["资本量", "劳动"])
    assert "table.csv: columns are not there" in str(error)
    assert "no column 资本量, did you mean 资本?" in str(error)
    assert "no column 劳动" in str(error)
    assert "The columns of row 3 are: 县名, 年份, 资本, 增加值." in str(error)
    assert "没有列 资本量，是否指 资本？" in error.text("zh")
    assert "第 3 行的列：县名、年份、资本、增加值。" in error.text("zh")


def test_text_among_numbers_is_named_by_row_and_column(tmp_path: Path):
    error = refusal(written(tmp_path, "unit,k,y\na,约三,2\nb,1,x\n"), ["unit"], ["k", "y"])
    assert "table.csv: 2 problems" in str(error)
    assert "row 2, column k: 约三 is not a number" in str(error)
    assert "row 3, column y: x is not a number" in str(error)
    assert "第 2 行，“k”列：约三 不是数" in error.text("zh")


def test_columns_of_the_same_name_are_refused(tmp_path: Path):
    error = refusal(written(tmp_path, "unit,k,k\na,1,2\n"), ["unit"], ["k"])
    assert "row 1 has columns of the same name: k" in str(error)
    assert "第 1 行有同名的列：k" in error.text("zh")


def test_headings_without_data(tmp_path: Path):
    error = refusal(written(tmp_path, "unit,k\n\n"), ["unit"], ["k"])
    assert "only headings, no rows of data" in str(error)
    assert "只有表头，没有数据行" in error.text("zh")


def test_short_rows_are_missing_at_the_end(tmp_path: Path):
    frame = read_unit_table(written(tmp_path, "unit,k,y\na,1\n"), ["unit"], ["k", "y"]).frame
    assert np.isnan(frame["y"][0])
