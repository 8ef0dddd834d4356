"""Importing long tables of several tables: a code stands for other figures in another one."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

from xinzhi.core import InputError
from xinzhi.data import embedded_panel, join_panels, load_system, science_technology_panel
from xinzhi.data.importing import Mapping, detect, import_files, read_mapped
from xinzhi.data.workspace import Workspace, create_workspace

TABLE = "provinces_science_technology_2000_2023.csv"
HEAD = "table,region,year,code,label_zh,value,unit\n"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return create_workspace(tmp_path / "work")


def text_file(folder: Path, text: str) -> Path:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_code_is_called_by_its_table_too(tmp_path: Path) -> None:
    rows = (
        "甲,北京,2020,a_hj,合计,10,件\n甲,北京,2020,a_fm,发明,4,件\n乙,北京,2020,a_hj,合计,9,万元\n"
    )
    path = text_file(tmp_path, HEAD + rows)
    assert [c.role for c in detect(path).tables[0].columns] == [
        *("table", "region", "year", "indicator", "skip", "value", "unit"),
    ]
    assert "A table → table" in detect(path).describe().en
    assert "A table → 表" in detect(path).describe().zh
    (panel,) = read_mapped(path)
    assert panel.to_frame()[["indicator", "value"]].values.tolist() == [
        ["甲·a_hj", 10],
        ["甲·a_fm", 4],
        ["乙·a_hj", 9],
    ]
    (again,) = read_mapped(path, Mapping.from_toml(detect(path).to_toml()))
    pd.testing.assert_frame_equal(again.frame, panel.frame)


def test_errors_of_such_a_table_are_refused_with_their_rows(tmp_path: Path) -> None:
    rows = (
        "甲,两藏,2020,a_hj,合计,10,件\n甲,北京,2020,a_hj,合计,约9,件\n甲,北京,2020,a_hj,合计,8,件\n"
    )
    with pytest.raises(InputError) as caught:
        read_mapped(text_file(tmp_path, HEAD + rows))
    en = caught.value.text("en")
    assert "row 2, column region: 两藏, unknown region, did you mean 西藏" in en
    assert "row 3, column value: '约9', a number is needed" in en


def test_names_tell_themselves_apart(tmp_path: Path) -> None:
    text = "表名,地区,年份,指标,数值\n甲,北京,2020,GDP,1\n乙,北京,2020,财政收入,2\n"
    path = text_file(tmp_path, text)
    assert detect(path).tables[0].columns[0].role == "skip"
    (panel,) = read_mapped(path)
    assert panel.indicators == ("gdp", "general_budget_revenue")


def test_codes_of_the_pack_are_read_as_the_pack_is(tmp_path: Path) -> None:
    rows = [
        "RDActivity,北   京,2023,v4_zh_nbzc_hj,合计,10,万元",
        "RDSource,北京,2023,v4_zh_nbzc_hj,合计,11,万元",
        "RDActivity,两藏,2023,v4_zh_nbzc_hj,合计,12,万元",
        "RDActivity,全国,2023,v4_zh_nbzc_hj,合计,99,万元",
        "RDActivity,上海,2023,v4_zh_nbzc_hj,合计,…,万元",
    ]
    path = text_file(tmp_path, HEAD + "\n".join(rows) + "\n注：现价。\n")
    (panel,) = read_mapped(path)
    frame = panel.to_frame()
    assert frame[["region", "indicator", "value", "vintage", "status"]].values.tolist() == [
        ["北京", "rd_expenditure", 10, "RDActivity", "reported"],
        ["西藏", "rd_expenditure", 12, "RDActivity", "corrected"],
        ["北京", "rd_expenditure", 11, "RDSource", "reported"],
    ]
    warnings = " ".join(w.en for w in panel.warnings)
    assert "region 两藏 was corrected to 西藏 (1 rows, table RDActivity, 2023)" in warnings
    assert "1 total rows are left out" in warnings
    assert "words only, left out: row 7" in warnings
    assert panel.inputs[0].rows == 5
    path = text_file(tmp_path, HEAD + "\n".join(rows).replace("2023", "２０２X"))
    with pytest.raises(InputError, match="row 2, column year"):
        read_mapped(path)


def test_the_official_table_goes_in_with_every_correction_reported(
    official_folder: Path, workspace: Workspace
) -> None:
    result = import_files(workspace, [official_folder / TABLE])
    expected = science_technology_panel(official_folder / TABLE)
    keys = ["indicator", "vintage", "region", "year"]
    frames = [
        panel.to_frame().sort_values(keys).reset_index(drop=True)
        for panel in (workspace.panel(), expected)
    ]
    pd.testing.assert_frame_equal(frames[0], frames[1])
    files = result.to_frame().iloc[0]
    assert (files["rows"], files["figures"], files["added"]) == (24_127, 21_929, 21_929)
    warnings = " ".join(warning.en for warning in result.warnings)
    for name in ("两藏", "四藏", "内蒙占", "浙汀", "山两", "江两", "江四"):
        assert f"region {name} was corrected to" in warnings
    assert "unknown region 尔部地区 is left out" in warnings
    assert warnings.count("the unit is printed as 万元") == 4
    assert set(expected.warnings) <= set(result.warnings)
    corrected = workspace.panel().frame["status"] == "corrected"
    assert corrected.sum() == (expected.frame["status"] == "corrected").sum() > 0
    # The four chains of 2010 to 2023 follow, whichever way the table came in.
    system = load_system("four_chains_science")
    first, second = (
        system.evaluate(join_panels(panel, embedded_panel()))["value"]
        for panel in (workspace.panel(), expected)
    )
    xr.testing.assert_equal(first, second)
    assert first.notnull().sum() > 4_000
