"""Files that cannot be read, each with the message that its owner gets."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from xinzhi.core import InputError
from xinzhi.data import read_panel, tables

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refusal(path: Path) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        read_panel(path)
    assert caught.value.exit_status == 2
    assert caught.value.remedy is not None
    return caught.value.text("en"), caught.value.text("zh")


def bad(folder: Path, content: str | bytes, name: str = "table.csv") -> tuple[str, str]:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return refusal(path)


def test_missing_column(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, "地区,指标,数值\n上海,GDP,1\n")
    assert "table.csv: missing column year" in en
    assert "columns found: 地区, 指标, 数值" in en
    assert "table.csv：缺少列 年份（year）" in zh
    en, _ = bad(tmp_path, "年份,指标,数值\n2020,GDP,1\n")
    assert "missing column region" in en
    en, _ = bad(tmp_path, "地区,年份,数值\n上海,2020,1\n")
    assert "missing column indicator" in en
    en, _ = bad(tmp_path, "地区,年份\n上海,2020\n")
    assert "missing column indicator, value" in en


def test_years_without_an_indicator(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, "地区,2020,2021\n上海,1,2\n")
    assert "the columns are years, but nothing says of which indicator" in en
    assert "没有说明是什么指标" in zh


def test_unknown_region(tmp_path: Path) -> None:
    en, zh = bad(
        tmp_path,
        "年鉴表一,,\n地区,年份,GDP（亿元）\n上海,2020,1\n北京,2020,1\n内蒙占,2020,1\n两藏,2020,1\n尔部,2020,1\n"
        "天津,2020,1\n",
    )
    assert "table.csv: 3 problems" in en
    assert "row 5, column 地区: 内蒙占, unknown region, did you mean 内蒙古 (150000)?" in en
    assert "row 6, column 地区: 两藏, unknown region, did you mean 西藏 (540000)?" in en
    assert "row 7, column 地区: 尔部, unknown region\n" in en
    assert "第 5 行，“地区”列：内蒙占 未知地区，是否指 内蒙古 (150000)？" in zh


def test_duplicate_rows(tmp_path: Path) -> None:
    en, zh = bad(
        tmp_path,
        "地区,年份,GDP,财政收入\n上海,2020,1,2\n北京,2020,1,2\n上海市,2020,3,4\n上 海,2020,3,4\n",
    )
    assert "row 2: duplicate: rows 2, 4, 5 all give 上海, 2020: GDP, 财政收入" in en
    assert "第 2、4、5 行都给出 上海、2020 年的 GDP、财政收入" in zh


def test_text_in_a_number(tmp_path: Path) -> None:
    en, zh = bad(
        tmp_path, "地区,年份,GDP（亿元）,财政收入（亿元）\n上海,2020,1,约3\n北京,2020,1.2.3,2\n"
    )
    assert "row 2, column 财政收入（亿元）: '约3', a number is needed" in en
    assert "row 3, column GDP（亿元）: '1.2.3', a number is needed" in en
    assert "第 2 行，“财政收入（亿元）”列：“约3” 应为数字" in zh


def test_wrong_unit(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, "地区,年份,gdp [CNY_100n]\n上海,2020,1\n北京,2020,1\n")
    assert "row 1, column gdp [CNY_100n]: CNY_100n, unknown unit, did you mean CNY_100m?" in en
    assert "CNY_100n 未知单位，是否指 CNY_100m？" in zh
    en, _ = bad(tmp_path, "地区,年份,gdp（万人）\n上海,2020,1\n")
    assert "万人, not a unit of indicator gdp, did you mean CNY_100m?" in en
    en, _ = bad(tmp_path, "地区,年份,gdp（亿元）\n上海,2020,416039000\n")
    assert "should lie between 0 and 1e+07 CNY_100m; is the unit right?" in en


def test_two_columns_of_one_meaning(tmp_path: Path) -> None:
    en, _ = bad(tmp_path, "地区,省份,年份,GDP\n上海,上海,2020,1\n")
    assert "row 1, column 省份: means the same as 地区" in en
    en, _ = bad(tmp_path, "地区,年份,GDP,GDP（亿元）\n上海,2020,1,1\n")
    assert "column GDP（亿元）: has the same name as column GDP" in en
    en, _ = bad(tmp_path, "GDP,,\n地区,2020,2020年\n上海,1,1\n")
    assert "column 2020年: is the same year as column 2020" in en


def test_many_problems_are_cut_short(tmp_path: Path) -> None:
    rows = "".join(f"上海,{year},x\n" for year in range(1990, 2020))
    en, zh = bad(tmp_path, "地区,年份,GDP\n" + rows)
    assert "table.csv: 30 problems" in en
    assert "… and 10 more" in en
    assert "……另有 10 处" in zh


@pytest.mark.parametrize("content", ["", "\n \n\n", b"\xef\xbb\xbf"])
def test_empty_file(tmp_path: Path, content: str | bytes) -> None:
    en, zh = bad(tmp_path, content)
    assert "the file is empty" in en
    assert "文件是空的" in zh


def test_headings_only(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, "地区,年份,GDP\n")
    assert "only headings, no rows of data" in en
    assert "只有表头，没有数据行" in zh


def test_a_directory(tmp_path: Path) -> None:
    en, zh = refusal(tmp_path)
    assert "is a folder, a file is needed" in en
    assert "是文件夹，需要的是文件" in zh


def test_a_missing_file(tmp_path: Path) -> None:
    en, zh = refusal(tmp_path / "none.csv")
    assert "none.csv: no such file" in en
    assert "文件不存在" in zh


@pytest.mark.parametrize("name", ["table.xls", "table.pdf", "table"])
def test_wrong_ending(tmp_path: Path, name: str) -> None:
    en, zh = bad(tmp_path, "地区,年份,GDP\n上海,2020,1\n", name)
    assert "Save it as .xlsx, .csv or .tsv" in en
    assert "请另存为 .xlsx、.csv 或 .tsv" in zh


def test_an_old_workbook_renamed(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, OLE + bytes(600), "book.xlsx")
    assert "this is an old .xls workbook, or an encrypted one, under the name .xlsx" in en
    assert "旧格式 .xls 或加密的工作簿" in zh


def test_a_workbook_named_csv(tmp_path: Path) -> None:
    for magic in (OLE, b"PK\x03\x04"):
        en, zh = bad(tmp_path, magic + bytes(40))
        assert "is a workbook or an archive, not text" in en
        assert "这是工作簿或压缩包" in zh


@pytest.mark.parametrize("seed", range(5))
def test_binary_rubbish(tmp_path: Path, seed: int) -> None:
    noise = random.Random(seed)
    content = bytes(noise.randrange(1, 256) for _ in range(2000))
    en, zh = bad(tmp_path, content)
    assert "is not text in UTF-8 or GB18030" in en
    assert "不是 UTF-8 或 GB18030 文本" in zh
    for head in (b"", b"PK\x03\x04"):
        en, zh = bad(tmp_path, head + content, "book.xlsx")
        assert "not a sound .xlsx workbook" in en
        assert "不是完好的 .xlsx 工作簿" in zh


def test_nul_bytes(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, "地区,年份,GDP\n上海,2020,\x00\n")
    assert "holds NUL bytes" in en
    assert "含有空字节" in zh
    en, _ = bad(tmp_path, "地区,年份,GDP\n上海,2020,1\n".encode("utf-16"))
    assert "holds NUL bytes" in en


def test_an_open_quote(tmp_path: Path) -> None:
    en, zh = bad(tmp_path, '地区,年份,GDP\n上海,2020,"1\n北京,2020,2\n')
    assert "row 2 has a quote or separator out of place" in en
    assert "第 2 行的引号没有闭合" in zh


def archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


def test_a_zip_bomb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_UNPACKED_BYTES", 1_000_000)
    path = archive(tmp_path / "book.xlsx", {"xl/worksheets/sheet1.xml": bytes(2_000_000)})
    assert path.stat().st_size < 5_000
    en, zh = refusal(path)
    assert "unpacks to more than 1 MB" in en
    assert "解开后超过 1 MB" in zh


def test_cells_far_apart(tmp_path: Path) -> None:
    sheet = (
        b'<worksheet><sheetData><row><c r="A1"/></row><row><c  r="XFD1048576"/></row></sheetData>'
    )
    en, _ = refusal(archive(tmp_path / "book.xlsx", {"xl/worksheets/sheet1.xml": sheet}))
    assert "or 50,000,000 cells" in en


def test_an_archive_that_lies_about_its_size(tmp_path: Path) -> None:
    path = archive(tmp_path / "book.xlsx", {"xl/workbook.xml": b"x" * 5000})
    content = bytearray(path.read_bytes())
    # The stated size in the central directory, made small.
    place = content.index(b"PK\x01\x02") + 24
    content[place : place + 4] = (10).to_bytes(4, "little")
    path.write_bytes(bytes(content))
    en, _ = refusal(path)
    assert "not a sound .xlsx workbook" in en


def test_an_archive_that_is_no_workbook(tmp_path: Path) -> None:
    en, _ = refusal(archive(tmp_path / "book.xlsx", {"hello.txt": b"hello"}))
    assert "not a sound .xlsx workbook" in en


def test_a_file_that_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "MAX_BYTES", 10)
    en, zh = bad(tmp_path, "地区,年份,GDP\n上海,2020,1\n")
    assert "the file is larger than" in en
    assert "文件超过" in zh
