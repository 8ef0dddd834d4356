"""The form to fill in: what it asks for, and that the filled form reads back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from xinzhi.core import InputError
from xinzhi.data import IndicatorSystem, embedded_panel, load_system, parse_system, read_panel
from xinzhi.data import shipped_systems as systems
from xinzhi.data.importing import import_files
from xinzhi.data.regions import RegionSet
from xinzhi.data.template import DATA_SHEET, NOTES_SHEET, write_template
from xinzhi.data.workspace import create_workspace

OWN = """
[system]
id = "own"
note = { zh = "=注", en = "=note" }
[[node]]
id = "n"
[[indicator]]
id = "density"
node = "n"
formula = "robots / gdp"
unit = "unspecified"
why = { zh = "为何", en = "why it is here" }
weakness = { zh = "弱点", en = "what is wrong with it" }
source = { zh = "出处", en = "where it is from" }
[[indicator]]
id = "share"
node = "n"
unit = "percent"
"""


def own() -> IndicatorSystem:
    return parse_system(OWN.encode(), "own.toml")


def test_the_form_asks_for_the_raw_figures_with_their_units(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    regions = RegionSet.from_names(["Northtown", "Southtown"])
    write_template(own(), path, regions, [2021, 2020])
    sheet = openpyxl.load_workbook(path)[DATA_SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["地区", "年份", "robots", "地区生产总值（亿元）", "share [percent]"]
    assert [row[:2] for row in rows[1:]] == [
        ["Northtown", 2020],
        ["Southtown", 2020],
        ["Northtown", 2021],
        ["Southtown", 2021],
    ]
    assert all(cell is None for row in rows[1:] for cell in row[2:])


def test_the_notes_are_in_both_languages_and_never_formulas(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_template(own(), path, years=[2020])
    sheet = openpyxl.load_workbook(path)[NOTES_SHEET]
    words = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    for text in ("为何", "why it is here", "弱点", "what is wrong with it", "出处", "=note"):
        assert any(text in word for word in words)
    assert any("density = robots / gdp" in word for word in words)
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


@pytest.mark.parametrize("name", systems())
def test_every_shipped_system_has_a_form_whose_headings_are_understood(
    tmp_path: Path, name: str
) -> None:
    system = load_system(name)
    path = tmp_path / "form.xlsx"
    write_template(system, path, years=[2020])
    book = openpyxl.load_workbook(path)
    sheet = book[DATA_SHEET]
    needed = {embedded_panel().resolve(n) or n for i in system.indicators for n in i.formula.names}
    for column in range(3, sheet.max_column + 1):
        sheet.cell(2, column).value = 1
    book.save(path)
    assert needed <= set(read_panel(path).indicators)


def test_the_filled_form_reads_back_as_the_figures(tmp_path: Path) -> None:
    system = load_system("four_chains")
    path = tmp_path / "form.xlsx"
    figures = embedded_panel()
    write_template(system, path, years=[2019, 2020])
    book = openpyxl.load_workbook(path)
    sheet = book[DATA_SHEET]
    names = list(
        dict.fromkeys(n for i in (*system.indicators, *system.side) for n in i.formula.names)
    )
    array = figures.to_array(names, years=[2019, 2020])
    for row in range(2, sheet.max_row + 1):
        region, year = sheet.cell(row, 1).value, sheet.cell(row, 2).value
        for column, name in enumerate(names, 3):
            value = array.sel(region=region, year=year, indicator=name).item()
            sheet.cell(row, column).value = value if value == value else "…"
    book.save(path)
    assert read_panel(path).to_array(names).equals(array)
    workspace = create_workspace(tmp_path / "work")
    import_files(workspace, [path])
    assert workspace.panel().to_array(names).equals(array)
    assert workspace.panel().to_array(names).attrs["units"] == array.attrs["units"]


@pytest.mark.parametrize(
    ("name", "years", "words"),
    [
        ("form.csv", [2020], ("the form is an Excel workbook", "填报表是 Excel 工作簿")),
        ("form.xlsx", [], ("no year or no region is given", "没有给出年份或地区")),
        ("form.xlsx", range(1000, 2999 * 20), ("rows are more than a sheet holds", "上限")),
    ],
)
def test_what_cannot_be_a_form(
    tmp_path: Path, name: str, years: list[int], words: tuple[str, str]
) -> None:
    with pytest.raises(InputError) as caught:
        write_template(own(), tmp_path / name, years=years)
    assert words[0] in caught.value.text("en")
    assert words[1] in caught.value.text("zh")
    assert not (tmp_path / name).exists()


def test_a_form_is_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "form.xlsx"
    write_template(own(), path, years=[2020])
    with pytest.raises(InputError, match="exists already"):
        write_template(own(), path, years=[2020])
    write_template(own(), path, years=[2020], force=True)
