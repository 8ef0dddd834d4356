"""What repair changes, byte for byte, and what it leaves alone."""

from __future__ import annotations

import csv
import hashlib
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from openpyxl.styles import Font
from tests.data.test_inspection import HEAD, WRONG_NAMES, long_rows
from tests.data.test_readers import workbook, write

from xinzhi.core import ComputationError, InputError
from xinzhi.data import RegionSet, repair
from xinzhi.data.inspection import inspect_table
from xinzhi.data.repair import RepairResult, repair_table

DIRTY = HEAD + long_rows({"北京": 1, "上   海": 2, "天津": 3, "两藏": 4, "火星": 5, "合计": 99})
CLEAN = HEAD + long_rows({"北京": 1, "上海": 2, "天津": 3, "西藏": 4, "火星": 5, "合计": 99})


def repaired(folder: Path, text: str, encoding: str = "utf-8", name: str = "table.csv") -> bytes:
    path = write(folder, text, name, encoding)
    out = folder / f"out{path.suffix}"
    before = path.read_bytes()
    repair_table(path, out, force=True)
    assert path.read_bytes() == before
    return out.read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_only_the_cells_to_repair_differ(tmp_path: Path, encoding: str, newline: str) -> None:
    found = repaired(tmp_path, DIRTY.replace("\n", newline), encoding)
    assert found == CLEAN.replace("\n", newline).encode(encoding)


def test_the_record_of_changes(tmp_path: Path) -> None:
    path = write(tmp_path, DIRTY)
    result = repair_table(path, tmp_path / "clean.csv")
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "clean.csv",
        "clean.fixes.csv",
        "table.csv",
    ]
    record = pd.read_csv(tmp_path / "clean.fixes.csv", encoding="utf-8-sig")
    assert record.equals(result.to_frame("fixes").astype(record.dtypes))
    assert record[["row", "column", "before", "after", "reason"]].to_numpy().tolist() == [
        [3, "地区", "上   海", "上海", "spaces_in_name"],
        [5, "地区", "两藏", "西藏", "unknown_region"],
    ]
    assert record["reason_zh"][0] == "删去名称中多余的空格"
    assert record["reason_en"][0] == "stray spaces taken out of the name"
    left = result.to_frame("findings")
    assert left[["problem", "value"]].to_numpy().tolist() == [
        ["unknown_region", "火星"],
        ["total_row", "合计"],
    ]
    assert [f.problem for f in result.findings] == left["problem"].tolist()
    again = inspect_table(tmp_path / "clean.csv").to_frame()
    assert (
        again[["problem", "value"]].to_numpy().tolist()
        == left[["problem", "value"]].to_numpy().tolist()
    )


def test_a_name_can_need_both_repairs(tmp_path: Path) -> None:
    path = write(tmp_path, HEAD + long_rows({"北京": 1, "天津": 3, "两 藏": 4}))
    result = repair_table(path, tmp_path / "out.csv")
    (fix,) = result.to_dict()["fixes"]
    assert (fix["before"], fix["after"]) == ("两 藏", "西藏")
    assert fix["reason"] == "spaces_in_name + unknown_region"


def test_nothing_to_repair_is_an_exact_copy(tmp_path: Path) -> None:
    assert repaired(tmp_path, CLEAN, "gb18030") == CLEAN.encode("gb18030")
    assert len((tmp_path / "out.fixes.csv").read_text("utf-8-sig").splitlines()) == 1


def test_quotes_separators_and_rows_over_several_lines(tmp_path: Path) -> None:
    text = (
        '"地区";年份;指标;"备注";数值\n'
        '"上   海";2020;甲;"第一行\n第二行; ""引""";"1;5"\n'
        "\n"
        '北京;2020;甲;5" 管;2\n'
        '"两藏";2020;"甲";"";3'
    )
    found = repaired(tmp_path, text).decode()
    assert found == text.replace("上   海", "上海").replace("两藏", "西藏")
    last = "年份\t指标\t数值\t地区\n2020\t甲\t1\t北 京\r\n2020\t甲\t1\t两藏"
    assert repaired(tmp_path, last, name="t.tsv").decode() == last.replace("北 京", "北京").replace(
        "两藏", "西藏"
    )


def test_a_name_that_needs_quotes_gets_them(tmp_path: Path) -> None:
    regions = RegionSet.from_names(["Washington, DC", "Ohio"])
    path = write(tmp_path, "region,year,indicator,value\nWashington DC,2020,a,1\nOhio,2020,a,2\n")
    repair_table(path, tmp_path / "out.csv", regions)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()
    assert lines[1] == '"Washington, DC",2020,a,1'


def test_bytes_that_decode_alike_are_kept(tmp_path: Path) -> None:
    # Two GB18030 codes for one character: writing the text anew would change the untouched row.
    body = DIRTY.encode("gb18030")
    odd = "注,".encode("gb18030") + b"\xa8\xbc\x81\x35\xf4\x37,,\n"
    (tmp_path / "t.csv").write_bytes(body + odd)
    repair_table(tmp_path / "t.csv", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == CLEAN.encode("gb18030") + odd


def book(folder: Path) -> Path:
    rows: list[list[object]] = [["地区", "年份", "GDP"], ["上   海", 2020, 1.5], ["北京", 2020, 2]]
    rows += [["天津", 2020, "…"], ["两藏", 2020, 3]]
    path = workbook(folder, {"数据": rows, "其他": [["x", 1]]})
    made = openpyxl.load_workbook(path)
    made["数据"]["A2"].font = Font(bold=True)
    made["数据"]["E2"] = "=C2*2"
    made["数据"].column_dimensions["A"].width = 33
    made.save(path)
    return path


def test_workbooks_keep_formats_formulas_and_other_sheets(tmp_path: Path) -> None:
    path = book(tmp_path)
    before = path.read_bytes()
    result = repair_table(path, tmp_path / "out.xlsx")
    assert path.read_bytes() == before
    assert result.to_frame()["after"].tolist() == ["上海", "西藏"]
    new = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert [cell.value for cell in new["数据"]["A"]] == ["地区", "上海", "北京", "天津", "西藏"]
    assert new["数据"]["A2"].font.bold
    assert new["数据"]["E2"].value == "=C2*2"
    assert new["数据"].column_dimensions["A"].width == 33
    assert new["其他"]["A1"].value == "x"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(tmp_path / "out.xlsx") as made:
        assert old.namelist() == made.namelist()
        changed = [name for name in old.namelist() if old.read(name) != made.read(name)]
    assert changed == ["xl/worksheets/sheet1.xml"]


def test_formulas_are_not_overwritten(tmp_path: Path) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    start = parts[sheet].index(b'<c r="A5"')
    end = parts[sheet].index(b"</c>", start) + 4
    formula = '<c r="A5" t="str"><f>"两"&amp;"藏"</f><v>两藏</v></c>'.encode()
    parts[sheet] = parts[sheet][:start] + formula + parts[sheet][end:]
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    with pytest.raises(InputError, match="cells A5 are formulas") as caught:
        repair_table(path, tmp_path / "out.xlsx")
    assert "单元格 A5 是公式" in caught.value.text("zh")
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_document_types_in_a_workbook_are_refused(tmp_path: Path, part: str) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    declaration, _, rest = parts[part].rpartition(b"?>")
    entity = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    parts[part] = (declaration + b"?>" if declaration else b"") + entity + rest
    with zipfile.ZipFile(path, "w") as made:
        for name, content in parts.items():
            made.writestr(name, content)
    with pytest.raises(InputError):
        repair_table(path, tmp_path / "out.xlsx")
    assert [p.name for p in tmp_path.iterdir()] == ["book.xlsx"]


def refusal(path: Path, out: Path, **options: bool) -> str:
    before = {p: p.read_bytes() for p in path.parent.iterdir()}
    with pytest.raises(InputError) as caught:
        repair_table(path, out, **options)  # type: ignore[arg-type]
    assert {p: p.read_bytes() for p in path.parent.iterdir()} == before
    assert caught.value.message.zh
    return str(caught.value)


def test_the_original_is_never_touched(tmp_path: Path) -> None:
    path = write(tmp_path, DIRTY)
    assert "the table itself is never overwritten" in refusal(path, path, force=True)
    (tmp_path / "link.csv").symlink_to(path)
    assert "never overwritten" in refusal(path, tmp_path / "link.csv", force=True)
    fixes = write(tmp_path, DIRTY, "a.fixes.csv")
    assert "never overwritten" in refusal(fixes, tmp_path / "a.csv", force=True)


def test_existing_files_need_force(tmp_path: Path) -> None:
    path = write(tmp_path, DIRTY)
    write(tmp_path, "mine", "out.csv")
    assert "out.csv: the file exists already" in refusal(path, tmp_path / "out.csv")
    (tmp_path / "out.csv").rename(tmp_path / "out.fixes.csv")
    assert "out.fixes.csv: the file exists already" in refusal(path, tmp_path / "out.csv")
    repair_table(path, tmp_path / "out.csv", force=True)
    assert (tmp_path / "out.csv").read_bytes() == CLEAN.encode()


def test_the_new_file_is_of_the_same_kind(tmp_path: Path) -> None:
    path = write(tmp_path, DIRTY)
    assert "must be a .csv file" in refusal(path, tmp_path / "out.xlsx")


def test_a_result_that_is_not_as_expected_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, DIRTY)
    monkeypatch.setattr(repair, "_with_field", lambda *_: "x,y,z,1\n")
    with pytest.raises(ComputationError, match="nothing was written"):
        repair_table(path, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


def test_a_file_that_changes_meanwhile_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, DIRTY)
    real = repair.inspected

    def slow(*arguments: object) -> object:
        path.write_text(DIRTY + "重庆,2020,GDP,1\n", "utf-8")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(repair, "inspected", slow)
    with pytest.raises(InputError, match="changed while it was read"):
        repair_table(path, tmp_path / "out.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["table.csv"]


# The official table, read in place; what is repaired goes to a temporary folder only


@pytest.fixture(scope="module")
def official(
    official_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Path, RepairResult]:
    path = official_folder / "provinces_science_technology_2000_2023.csv"
    out = tmp_path_factory.mktemp("repaired") / "table.csv"
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    result = repair_table(path, out)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before
    return path, out, result


def read(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_official_table_seven_of_eight_names(official: tuple[Path, Path, RepairResult]) -> None:
    path, out, result = official
    old, new = read(path), read(out)
    assert len(old) == len(new)
    changed = [
        (number, column, a, b)
        for number, (before, after) in enumerate(zip(old, new, strict=True), 1)
        for column, (a, b) in enumerate(zip(before, after, strict=True))
        if a != b
    ]
    assert {column for _, column, _, _ in changed} == {old[0].index("region")}
    names = {before: after for _, _, before, after in changed if " " not in before}
    assert names == {
        **{"两藏": "西藏", "四藏": "西藏", "内蒙占": "内蒙古", "浙汀": "浙江", "山两": "山西"},
        **{"江两": "江西", "江四": "江西"},
    }
    assert set(WRONG_NAMES) - set(names) == {"尔部地区"}
    spaced = {before: after for _, _, before, after in changed if " " in before}
    assert len(spaced) == 32
    assert all(after == before.replace(" ", "") for before, after in spaced.items())
    assert not any(" " in row[1] for row in new)
    # Every change is in the record, and the record holds nothing else.
    record = result.to_frame("fixes")
    assert [tuple(row) for row in record[["row", "before", "after"]].to_numpy()] == [
        (number, before, after) for number, _, before, after in changed
    ]
    # No key is given twice now, and each repaired name is where its region was missing.
    keys = [tuple(row[:4]) for row in new[1:]]
    assert len(set(keys)) == len(keys)


def test_official_table_the_rest_is_reported(official: tuple[Path, Path, RepairResult]) -> None:
    _, out, result = official
    left = result.to_frame("findings")
    assert not left["certain"].any()
    assert left[left["problem"] == "unknown_region"]["value"].tolist() == ["尔部地区"]
    assert {"total_row", "mixed_units", "missing_marker", "unknown_unit"} <= set(left["problem"])
    again = inspect_table(out)
    again_problems = again.to_frame()[["problem", "row", "count"]].to_numpy().tolist()
    # 全国 spelled with and without spaces is one name now: two findings of totals become one.
    assert [row for row in again_problems if row[0] not in ("total_row", "sum_mismatch")] == [
        row
        for row in left[["problem", "row", "count"]].to_numpy().tolist()
        if row[0] not in ("total_row", "sum_mismatch")
    ]
