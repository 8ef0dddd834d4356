"""Reading input–output tables: every layout, its totals, and what is refused with its place."""

from __future__ import annotations

import hashlib
import re
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from io_samples import (
    EXPORTS,
    FINAL,
    FLOWS,
    IMPORTED,
    LAYOUTS,
    OUTPUT,
    PRIMARY,
    VALUE_ADDED,
    Grid,
    at,
    nbs_competitive,
    nbs_separate,
    oecd,
    text_of,
)

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.classifications import load_classification
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_readers import io_table_of_frame, io_table_of_pack, read_io_table
from xinzhi.data.io_table import IOTable
from xinzhi.data.io_writers import write_io_table
from xinzhi.data.pack_registry import Pack, PackFile, get_pack

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def saved(folder: Path, grid: Grid, name: str = "table_2019.csv", encoding: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(text_of(grid).encode(encoding))
    return path


def is_figure(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None and not re.fullmatch(r"0\d+", cell)


def workbook(path: Path, sheets: dict[str, Grid]) -> Path:
    with xlsxwriter.Workbook(path) as book:
        for title, grid in sheets.items():
            sheet = book.add_worksheet(title)
            for row, cells in enumerate(grid):
                for column, cell in enumerate(cells):
                    write = sheet.write_number if is_figure(cell) else sheet.write_string
                    write(row, column, cell if write == sheet.write_string else float(cell))
    return path


def refused(path: Path, **options: object) -> str:
    with pytest.raises(InputError) as caught:
        read_io_table(path, **options)  # type: ignore[arg-type]
    assert CHINESE.search(caught.value.text("zh"))
    assert not CHINESE.search(caught.value.message.en.replace(str(path.name), ""))
    return caught.value.text("en")


def with_cell(grid: Grid, row: str, column: str, value: str, number: int = 0) -> Grid:
    place, at_column = at(grid, row, column, number)
    grid[place][at_column] = value
    return grid


# Layouts


def test_imports_apart_by_user(tmp_path: Path):
    table = read_io_table(saved(tmp_path, nbs_separate()))
    np.testing.assert_array_equal(table.flows, FLOWS)
    np.testing.assert_array_equal(table.imported_flows, IMPORTED)
    np.testing.assert_array_equal(table.output, OUTPUT)
    np.testing.assert_array_equal(table.value_added, VALUE_ADDED)
    np.testing.assert_array_equal(table.final("exports"), EXPORTS)
    np.testing.assert_array_equal(table.final("stock_changes"), FINAL["FU202"])
    np.testing.assert_array_equal(table.imported_final("exports"), [0, 1, 0])
    assert [c.kind for c in table.primary_categories] == [
        *("compensation", "taxes_on_production", "depreciation", "operating_surplus"),
    ]
    assert table.codes == ("01", "02", "03")
    assert table.sectors[0].title == Text("农业", "Farms")
    assert (table.year, table.unit, table.classification) == (2019, "CNY_10k", "")
    assert "from the name table_2019" in table.source.en
    assert "取自名称 table_2019" in table.source.zh
    assert "the one the layout is published in" in table.source.en
    assert table.prices.en == "producers' prices, current"
    assert table.inputs[0].name == "table_2019.csv"
    assert len(table.inputs[0].sha256) == 64


def test_imports_as_one_column(tmp_path: Path):
    table = read_io_table(saved(tmp_path, nbs_competitive()), year=2015, unit="亿元")
    assert table.competitive
    np.testing.assert_array_equal(table.flows, FLOWS + IMPORTED)
    np.testing.assert_array_equal(table.imports, [6, 33, 11])
    np.testing.assert_array_equal(table.discrepancy, [1, -1, 0.5])
    assert [c.code for c in table.final_categories] == [
        *("FU101", "FU102", "FU103", "FU201", "FU202", "EX"),
    ]
    assert (table.year, table.unit) == (2015, "CNY_100m")
    assert "2015 (given by the user)" in table.source.en


def test_taxes_stay_rows_in_the_oecd_layout(tmp_path: Path):
    table = read_io_table(saved(tmp_path, oecd(), "a.csv"))
    assert [c.kind for c in table.primary_categories] == [
        *("taxes_abroad", "taxes_on_products", "value_added"),
    ]
    assert table.primary_final is not None
    np.testing.assert_array_equal(table.primary_final[0], [0, 0, 0, 0, 0, 1.4, 0, 0])
    np.testing.assert_array_equal(table.imports, [2.1, 22.4, 0])
    np.testing.assert_array_equal(table.final("exports"), [4.2, 50.3, 0])
    np.testing.assert_array_equal(table.value_added, [53.3, 67, 0])
    assert table.rounding == 0.05
    assert table.output[2] == 0
    assert (table.year, table.unit) == (None, "USD_million")
    assert "year: unknown (the file does not say)" in table.source.en
    assert table.prices.en == "basic prices, current"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_workbook_of_the_same_grid_is_the_same_table(layout: str, tmp_path: Path):
    grid = LAYOUTS[layout]()
    text = read_io_table(saved(tmp_path, grid))
    note: Grid = [["来源：自编"]]
    book = read_io_table(workbook(tmp_path / "b_2019.xlsx", {"说明": note, "表": grid}))
    assert book.codes == text.codes
    np.testing.assert_array_equal(book.flows, text.flows)
    np.testing.assert_array_equal(book.output, text.output)
    assert (book.rounding, book.year) == (text.rounding, 2019)


def test_zeros_that_a_spreadsheet_took_from_codes_come_back(tmp_path: Path):
    new = {"01": "9", "02": "10", "03": "11"}
    grid = [[new.get(cell, cell) for cell in row] for row in nbs_separate()]
    path = workbook(tmp_path / "b.xlsx", {"table": grid})
    assert read_io_table(path).codes == ("09", "10", "11")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(encoding: str, tmp_path: Path):
    table = read_io_table(saved(tmp_path, nbs_separate(), encoding=encoding))
    assert table.sectors[1].title.zh == "工业"


def test_lines_above_and_below_the_table_are_passed_over(tmp_path: Path):
    grid = [["投入产出表"], ["单位：亿元"], [""], *nbs_separate(), [""], ["注：自编"]]
    table = read_io_table(saved(tmp_path, grid))
    assert table.unit == "CNY_100m"
    assert "stated in the file" in table.source.en


def test_only_a_total_of_value_added(tmp_path: Path):
    grid = [row for row in nbs_separate() if not row[0].startswith("VA")]
    table = read_io_table(saved(tmp_path, grid))
    assert [c.kind for c in table.primary_categories] == ["value_added"]
    np.testing.assert_array_equal(table.value_added, VALUE_ADDED)


def test_two_years_in_a_name_are_none(tmp_path: Path):
    table = read_io_table(saved(tmp_path, oecd(), "a_1995to2018.csv"))
    assert table.year is None
    assert read_io_table(saved(tmp_path, oecd(), "a_2018_12345.csv")).year == 2018


# What is refused


@pytest.mark.parametrize(
    ("column", "number"), [("TIU", 0), ("TFU", 0), ("TIU", 1), ("TFU", 1), ("GO", 1)]
)
def test_a_total_that_is_wrong_is_named(column: str, number: int, tmp_path: Path):
    grid = with_cell(nbs_separate(), "02", column, "999", number)
    row = at(grid, "02", column, number)[0] + 1
    message = refused(saved(tmp_path, grid))
    assert f"row {row}, column {column}: 02 Works: the total is 999, its parts sum to" in message


@pytest.mark.parametrize("row", ["TII", "TVA", "TI", "VA001"])
def test_a_total_down_a_column_that_is_wrong_is_named(row: str, tmp_path: Path):
    column = "TIU" if row == "VA001" else "02"
    grid = with_cell(nbs_separate(), row, column, "77", 0)
    message = refused(saved(tmp_path, grid))
    assert f"row {at(grid, row, column)[0] + 1}, column {column}: {row}" in message


@pytest.mark.parametrize("column", ["THC", "TC", "GCF", "TFU", "TIU"])
def test_totals_of_the_competitive_layout(column: str, tmp_path: Path):
    grid = with_cell(nbs_competitive(), "03", column, "0.5")
    assert f"column {column}: 03 Shops: the total is 0.5" in refused(saved(tmp_path, grid))


def test_totals_of_the_oecd_layout(tmp_path: Path):
    wrong = with_cell(oecd(), "TTL_INT_FNL", "GFCF", "38")
    assert "column GFCF: TTL_INT_FNL Total: the total is 38" in refused(saved(tmp_path, wrong))
    taxes = with_cell(oecd(), "TXS_IMP_FNL", "IMPO", "-3.5")
    assert "column IMPO: TXS_IMP_FNL Taxes abroad: the total is -3.5" in refused(
        saved(tmp_path, taxes)
    )


def test_an_unbalanced_table_names_sectors_and_amounts(tmp_path: Path):
    grid = with_cell(nbs_separate(), "01", "02", "25")
    message = refused(saved(tmp_path, grid))
    assert "table_2019.csv: the input–output table does not balance" in message
    assert "01 Farms: 5 10,000 yuan" in message
    assert "column TIU: 01 Farms" in message


def test_a_missing_column_of_imports_is_mentioned(tmp_path: Path):
    grid = nbs_competitive()
    place = grid[0].index("IM")
    grid = [[*row[:place], *row[place + 1 :]] for row in grid]
    message = refused(saved(tmp_path, grid))
    assert "does not balance" in message
    assert "the file has no column IM" in message


@pytest.mark.parametrize("column", ["GO", "EX", "TC", "02"])
def test_missing_columns_are_named(column: str, tmp_path: Path):
    grid = nbs_separate()
    place = grid[0].index(column)
    grid = [[*row[:place], *row[place + 1 :]] for row in grid]
    message = refused(saved(tmp_path, grid))
    if column == "02":
        assert "not the same sectors" in message
        assert "in the rows but not in the columns: 02" in message
    else:
        assert f"missing columns: {column}" in message


def test_missing_rows_and_columns_of_the_oecd_layout(tmp_path: Path):
    grid = [row for row in oecd() if row[0] != "OUTPUT"]
    assert "missing rows: OUTPUT" in refused(saved(tmp_path, grid))
    renamed = oecd()
    renamed[0][5] = "households"
    assert "missing columns: HFCE" in refused(saved(tmp_path, renamed))


def test_a_table_without_value_added(tmp_path: Path):
    grid = [row for row in nbs_separate() if row[0] not in (*PRIMARY, "TVA")]
    assert "missing rows: VA001, VA002, VA003, VA004, TVA" in refused(saved(tmp_path, grid))


def test_truncated_files(tmp_path: Path):
    message = refused(saved(tmp_path, nbs_separate()[:3]))
    assert "in the columns but not in the rows: 03" in message
    assert "Check whether the file was cut off" in message
    whole = text_of(nbs_separate())
    path = tmp_path / "cut.csv"
    path.write_text(whole[: len(whole) // 2], "utf-8")
    assert "cut.csv" in refused(path)


def test_text_in_a_cell_of_figures(tmp_path: Path):
    grid = with_cell(with_cell(nbs_separate(), "02", "03", "约 22"), "VA003", "01", "")
    message = refused(saved(tmp_path, grid))
    assert "2 problems" in message
    assert "row 3, column 03: not a number: 约 22" in message
    assert "row 11, column 01: no figure; a zero must be written as 0" in message


def test_a_number_beyond_all_bounds(tmp_path: Path):
    grid = with_cell(nbs_separate(), "02", "03", "1e300")
    assert "row 3, column 03: the number is too large: 1e300" in refused(saved(tmp_path, grid))


def test_doubled_sectors_and_columns(tmp_path: Path):
    grid = nbs_separate()
    grid.insert(3, list(grid[2]))
    message = refused(saved(tmp_path, grid))
    assert "row 4: sector 02 is doubled, row 3 has it already" in message
    grid = [[*row, row[5]] for row in nbs_separate()]
    assert "column 02: this column comes twice" in refused(saved(tmp_path, grid))
    grid = oecd()
    grid.insert(2, list(grid[1]))
    assert "sector 01 is doubled" in refused(saved(tmp_path, grid))


def test_a_row_without_a_code_and_an_unknown_origin(tmp_path: Path):
    grid = nbs_separate()
    grid[2][0] = ""
    assert "row 3: this row has no code" in refused(saved(tmp_path, grid))
    grid = nbs_separate()
    grid[2][3] = "Mars"
    message = refused(saved(tmp_path, grid))
    assert "row 3, column Origin: origin must be Domestic, Imports or TOT, not 'Mars'" in message


def test_negative_output(tmp_path: Path):
    grid = with_cell(nbs_separate(), "03", "GO", "-1")
    message = refused(saved(tmp_path, grid))
    assert "table_2019.csv: input–output table: negative gross output" in message
    assert "03 Shops: -1" in message


def test_negative_imports(tmp_path: Path):
    grid = with_cell(oecd(), "01", "IMPO", "2.1")
    assert "negative imports" in refused(saved(tmp_path, grid))


def test_a_sector_without_output_is_read(tmp_path: Path):
    assert read_io_table(saved(tmp_path, oecd())).output.tolist() == [69.9, 130.1, 0]


def test_mixed_units(tmp_path: Path):
    grid = nbs_separate()
    grid[0][grid[0].index("GO")] = "GO（亿元）"
    grid[0][grid[0].index("EX")] = "EX（万元）"
    message = refused(saved(tmp_path, grid))
    assert "the table mixes units" in message
    assert "CNY_100m: GO（亿元）" in message
    assert "CNY_10k: EX（万元）" in message


def test_units_of_rows(tmp_path: Path):
    units = ["unit", *["万元"] * (len(nbs_separate()) - 1)]
    grid = [[*row, unit] for row, unit in zip(nbs_separate(), units, strict=True)]
    assert read_io_table(saved(tmp_path, grid)).unit == "CNY_10k"
    grid[2][-1] = "亿元"
    assert "the table mixes units" in refused(saved(tmp_path, grid))


def test_a_unit_that_is_not_the_stated_one(tmp_path: Path):
    grid = [["单位：万元"], *nbs_separate()]
    message = refused(saved(tmp_path, grid), unit="亿元")
    assert "the file states the unit 10,000 yuan, 100 million yuan was given" in message
    assert "unknown unit shells" in refused(saved(tmp_path, nbs_separate()), unit="shells")


def test_a_panel_is_no_table(tmp_path: Path):
    grid = [["地区", "年份", "指标", "数值"], ["上海", "2020", "GDP", "1"]]
    message = refused(saved(tmp_path, grid))
    assert "no input–output table (a panel, or another sheet?)" in message
    assert "headings: 地区, 年份, 指标, 数值" in message
    assert "Layouts that are read" in message
    coded = [["Code", "region", "year", "value"], ["1", "上海", "2020", "1"]]
    assert "no input–output table" in refused(saved(tmp_path, coded))


def test_sheets(tmp_path: Path):
    panel = [["地区", "年份"], ["上海", "2020"]]
    path = workbook(tmp_path / "t.xlsx", {"2017": nbs_separate(), "2018": oecd(), "x": panel})
    message = refused(path)
    assert "several sheets hold an input–output table: 2017, 2018" in message
    assert read_io_table(path, sheet="2018").unit == "USD_million"
    assert read_io_table(path, sheet="2018").year == 2018
    message = refused(path, sheet="x")
    assert "no input–output table" in message
    assert "sheets read: x" in message
    assert "no sheet named y" in refused(path, sheet="y")


def test_files_that_are_no_tables(tmp_path: Path):
    rubbish = tmp_path / "rubbish.csv"
    rubbish.write_bytes(bytes(range(256)) * 20)
    assert "NUL bytes" in refused(rubbish)
    rubbish.with_suffix(".xlsx").write_bytes(b"PK\x03\x04 no archive")
    assert "not a sound .xlsx workbook" in refused(rubbish.with_suffix(".xlsx"))
    rubbish.with_suffix(".parquet").write_bytes(b"PAR1 nothing PAR1")
    assert "not a Parquet input–output table" in refused(rubbish.with_suffix(".parquet"))
    assert "no such file" in refused(tmp_path / "none.parquet")
    empty = tmp_path / "empty.csv"
    empty.touch()
    assert "the file is empty" in refused(empty)
    assert "is a folder" in refused(tmp_path)
    assert "no such file" in refused(tmp_path / "none.csv")
    assert "cannot read .rds files" in refused(saved(tmp_path, oecd(), "a.rds"))


def test_a_code_that_two_columns_share_once_zeros_are_back(tmp_path: Path):
    grid = nbs_separate()
    grid[0][4] = "2"
    grid[1][0] = "2"
    assert "the same once their zeros are put back" in refused(saved(tmp_path, grid))


# Official tables and packs


@pytest.mark.parametrize(
    ("name", "classification", "size"),
    [
        ("io_china_2012_139", "cn139", 139),
        ("io_china_2015_42", "cn42_2012", 42),
        ("io_china_2017_42", "cn42", 42),
        ("io_china_2018_42", "cn42", 42),
        ("io_china_2020_42", "cn42", 42),
        ("io_china_2018_153", "cn153", 153),
        ("io_china_2020_153", "cn153", 153),
        *((f"io_oecd_{c}_{y}", "oecd45", 45) for c in ("chn", "jpn") for y in (1995, 2010, 2018)),
        *((f"io_oecd_{c}_{y}", "oecd45", 45) for c in ("chn", "jpn") for y in (2000, 2005, 2015)),
    ],
)
def test_official_tables_balance(name: str, classification: str, size: int, official_folder: Path):
    table = read_io_table(official_folder / f"{name}.csv")
    assert (table.classification, len(table.sectors)) == (classification, size)
    assert str(table.year) in name
    assert table.unit == ("USD_million" if "oecd" in name else "CNY_10k")
    gaps = table.balance()[["row_gap", "column_gap"]].abs().to_numpy()
    # Of the OECD's tables the gaps are sums of rounded figures; health in Japan 2010 is the worst.
    assert gaps.max() <= (3.3 if "oecd" in name else 1e-4)
    assert table.rounding == (0.05 if "oecd" in name else 0.0)


def test_totals_of_the_official_table_of_2020(official_folder: Path):
    whole = read_io_table(official_folder / "io_china_2020_42.csv")
    fine = read_io_table(official_folder / "io_china_2020_153.csv")
    assert whole.separate
    assert fine.competitive
    assert whole.value_added.sum() == pytest.approx(101.6422e8, rel=1e-6)
    assert fine.value_added.sum() == pytest.approx(whole.value_added.sum(), rel=1e-12)
    assert fine.output.sum() == pytest.approx(whole.output.sum(), rel=1e-12)
    assert whole.imported_flows is not None
    assert whole.imported_flows.sum() > 0


def test_classifications_are_those_that_ship(official_folder: Path):
    for name in ("io_china_2015_42", "io_china_2020_42", "io_china_2020_153", "io_oecd_chn_2018"):
        table = read_io_table(official_folder / f"{name}.csv")
        known = load_classification(table.classification)
        assert [sector.code for sector in known.sectors] == list(table.codes)
    assert [s.code for s in load_classification("cn3").sectors] == list(embedded_io_table().codes)


def mangled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.rename(columns=lambda name: f"X{name}" if name[0].isdigit() else name)


def same(first: IOTable, second: IOTable) -> None:
    for name in ("flows", "final_demand", "primary_inputs", "output"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
    for name in ("imported_flows", "imports", "discrepancy", "primary_final"):
        one, other = getattr(first, name), getattr(second, name)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)
    for name in ("sectors", "final_categories", "primary_categories", "rounding", "unit", "year"):
        assert getattr(first, name) == getattr(second, name)
    assert first.classification == second.classification


def frame_of(path: Path) -> pd.DataFrame:
    """Return the official table as R holds it: codes as text, figures as numbers."""
    return pd.read_csv(
        path,
        dtype={"Code": str},
        keep_default_na=False,
        na_values=[""],
    )


@pytest.mark.parametrize("name", ["io_china_2020_42", "io_china_2015_42", "io_oecd_chn_2018"])
def test_a_pack_gives_the_same_table(
    name: str, official_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("XINZHI_CACHE", str(tmp_path / "cache"))
    title = name.removeprefix("io_")
    folder = tmp_path / "mirror"
    folder.mkdir()
    # rdata writes no text that pandas keeps in pyarrow.
    with pd.option_context("mode.string_storage", "python"):
        frame = frame_of(official_folder / f"{name}.csv")
        assert frame["Code"].iloc[0] == "01"
        content = {title: mangled(frame)} if "china" in name else {title: {"2018": frame}}
        rdata.write_rda(folder / f"{title}.rda", content)

    digest = hashlib.sha256((folder / f"{title}.rda").read_bytes()).hexdigest()
    pack = Pack(
        *("tables", Text("表", "tables"), "nobody/nothing", "0" * 40, "http://127.0.0.1:9/"),
        Text("无", "none"),
        Text("来源", "the office"),
        "rda",
        (PackFile(f"{title}.rda", digest),),
    )
    with pytest.raises(ComputationError, match="xinzhi data pack get tables"):
        io_table_of_pack(pack, title)
    get_pack(pack, folder)
    table = io_table_of_pack(pack, title if "china" in name else f"{title}/2018")
    same(table, read_io_table(official_folder / f"{name}.csv"))
    assert table.inputs[0].sha256 == digest
    assert table.source.en.startswith("the office; ")
    with pytest.raises(InputError, match="data pack tables has no table china_1066") as caught:
        io_table_of_pack(pack, "china_1066")
    assert title in caught.value.text("en")


def test_a_frame_is_read_like_its_file(tmp_path: Path):
    grid = nbs_separate()
    frame = pd.DataFrame(grid[1:], columns=grid[0])
    table = io_table_of_frame(mangled(frame), "china_2019_3")
    same(table, read_io_table(saved(tmp_path, grid)))
    with pytest.raises(InputError, match="china: rows and columns of the input–output table"):
        io_table_of_frame(frame.drop(index=1), "china")


# Damaged files

CELLS = st.one_of(
    st.sampled_from(
        [
            *("", " ", "-", "…", "1e999", "-1e308", "1,234", "１２", "nan", "inf", "=1+1"),
            *("x" * 3000, "0", "-5", "01", "1", "X01", "TII", "GO", "Code", "Domestic", "亿元"),
            *("单位：万元", "part", "flows", "total", "output", "column_part", "column_kind"),
            *("10（亿元）", "\ufeff"),
        ]
    ),
    st.text(max_size=6),
    st.floats().map(str),
)


def own_grid() -> Grid:
    """Return the embedded table as its own layout has it in a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        write_io_table(embedded_io_table(), path)
        lines = path.read_text("utf-8-sig").splitlines()
    return [line.split(",") for line in lines if not line.startswith("assumption")]


@st.composite
def damaged(draw: st.DrawFn, grid: Grid) -> Grid:
    """Draw a grid with a few cells, rows or columns changed, doubled, moved or lost."""
    table = [list(row) for row in grid]
    for _ in range(draw(st.integers(1, 4))):
        if not table:
            break
        row = draw(st.integers(0, len(table) - 1))
        column = draw(st.integers(0, max(len(table[row]) - 1, 0)))
        action = draw(st.integers(0, 8))
        if action <= 3 and table[row]:
            table[row][column] = draw(CELLS)
        elif action == 4:
            table.insert(row, list(table[draw(st.integers(0, len(table) - 1))]))
        elif action == 5:
            del table[row]
        elif action == 6:
            table = [[*r[:column], *r[column + 1 :]] for r in table]
        elif action == 7:
            table = [[*r[:column], draw(CELLS), *r[column:]] for r in table]
        else:
            table[row] = table[row][:column]
    return table


@pytest.mark.parametrize("layout", [*LAYOUTS, "own"])
def test_damaged_files_are_read_or_refused(layout: str):
    grid = own_grid() if layout == "own" else LAYOUTS[layout]()

    @settings(max_examples=300)
    @given(table=damaged(grid), cut=st.integers(0, 40), gb=st.booleans(), data=st.data())
    def check(table: Grid, cut: int, gb: bool, data: st.DataObject) -> None:
        content = text_of(table).encode("gb18030" if gb else "utf-8", "replace")
        if cut == 0 and content:
            content = content[: data.draw(st.integers(1, len(content)))]
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "t_2019.csv"
            path.write_bytes(content)
            try:
                result: object = read_io_table(path)
            except InputError as error:
                result = error.text("zh") + error.text("en")
        assert isinstance(result, (IOTable, str))

    check()
