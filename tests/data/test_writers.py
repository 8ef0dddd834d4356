from __future__ import annotations

from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from xinzhi.core import InputError
from xinzhi.data import Panel, embedded_panel, read_panel, write_panel

PANEL = Panel.from_frame(
    pd.DataFrame(
        {
            "region": ["上海", "北京"],
            "year": [2020, 2021],
            "indicator": ["gdp", "=own"],
            "value": [41603.9, -1e-7],
            "unit": ["CNY_100m", "unspecified"],
            "source": ['=HYPERLINK("http://x")', '+1,"二"'],
            "status": ["provisional", "doubtful"],
            "vintage": ["@a", "-b"],
        }
    )
)


@pytest.mark.parametrize("name", ["out.csv", "out.tsv", "out.xlsx"])
def test_what_is_written_reads_back(tmp_path: Path, name: str) -> None:
    for panel in (PANEL, embedded_panel()):
        path = tmp_path / f"{len(panel.frame)}-{name}"
        write_panel(panel, path)
        again = read_panel(path)
        pd.testing.assert_frame_equal(again.to_frame(), panel.to_frame())
        assert again.regions is panel.regions


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    write_panel(PANEL, tmp_path / "out.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx")["data"]
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert all(cell.hyperlink is None for cell in cells)


def test_files_are_not_overwritten_unasked(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        write_panel(PANEL, path)
    assert "the file exists already" in caught.value.text("en")
    assert path.read_text(encoding="utf-8") == "mine"
    write_panel(PANEL, path, force=True)
    assert len(read_panel(path).frame) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["out.csv"]


def test_other_endings_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        write_panel(PANEL, tmp_path / "out.pdf")
    assert "Let the name end in .csv, .tsv or .xlsx" in caught.value.text("en")
    assert list(tmp_path.iterdir()) == []
