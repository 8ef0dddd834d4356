"""A thousand damaged files for each reader: a result or an InputError, and never half a file."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.data import read_levels, read_panel
from xinzhi.data.importing import ImportResult, Mapping, detect, import_files, read_mapped
from xinzhi.data.inspection import InspectionResult, finding_text, inspect_table
from xinzhi.data.repair import RepairResult, repair_table
from xinzhi.data.workspace import Workspace, create_workspace, open_workspace

Table = list[list[str]]

TABLES: list[Table] = [
    [
        ["地区", "年份", "指标", "数值", "单位", "来源"],
        ["上   海", "2020", "地区生产总值", "41,603.9", "亿元", "公报"],
        ["两藏", "2020", "地区生产总值", "1903", "亿元", ""],
        ["北京", "2021", "人口", "2189", "万人", ""],
        ["全国", "2020", "地区生产总值", "1034867.6", "亿元", ""],
    ],
    [
        ["地区", "年份", "GDP（亿元）", "专利授权量（件）", "发明专利授权量（件）"],
        ["上海", "2020", "38700", "139780", "24208"],
        ["江两", "2020", "25782", "80188", "…"],
        ["合计", "2020", "64482", "219968", "-"],
    ],
    [
        ["表 1 地区生产总值", "", "", ""],
        ["单位：亿元", "", "", ""],
        ["地区", "2019年", "2020年", "2021"],
        ["北京市", "35445", "36103", "40270"],
        ["内蒙占", "17213", "17360", "20514"],
        ["注：现价", "", "", ""],
    ],
    [
        ["table", "region", "year", "code", "label_zh", "value", "unit"],
        ["甲", "北京", "2020", "a_hj", "合计", "10", "件"],
        ["甲", "浙汀", "2020", "a_hj", "合计", "11", "件"],
        ["甲", "北京", "2020", "a_fm", "发明", "12", "万元"],
        ["乙", "北京", "2021", "a_fm", "发明", "120", "件"],
    ],
    [
        ["地区", "年份", "指标", "数值", "单位"],
        ["上海", "2020", "地区生产总值", "38700.58", "亿元"],
        ["北京", "2020", "地区生产总值", "36102.55", "亿元"],
        ["上海", "2021", "地区生产总值", "43214.85", "亿元"],
    ],
    [
        ["1-2 上海市国民经济主要指标", "", "", "", ""],
        ["指  标", "单位", "2021", "2022年", "增长（%）"],
        ["一、综合", "", "", "", ""],
        ["地区生产总值①", "亿元", "43653", "44809", "2.6"],
        ["  其中：工业", "", "10738", "…", ""],
        ["年末常住人口", "万人", "2489", "2476", "-0.5"],
        ["  合计", "", "1", "2", ""],
        ["注：现价", "", "", "", ""],
    ],
    [
        ["苏州市历年主要指标（单位：亿元）", "", ""],
        ["年份", "地区生产总值", "#工业"],
        ["", "（亿元）", ""],
        ["2021", "22718", "10000"],
        ["2022*", "23958", "-"],
        ["2023年", "24653", "1,2"],
    ],
    [
        ["table", "region", "year", "code", "label_zh", "value", "unit"],
        ["RDActivity", "北   京", "2023", "v4_zh_nbzc_hj", "合计", "10", "万元"],
        ["RDSource", "两藏", "2023", "v4_zh_nbzc_hj", "合计", "11", "件"],
        ["RDSource", "上海", "2023", "v4_zh_nbzc_hj", "合计", "12", "万元"],
    ],
    [
        ["region", "year", "innovation", "industry"],
        ["上海", "2020", "0.5", "0.75"],
        ["北京", "2020", "1", "0"],
    ],
]

# What turns up in real files, and what an attacker would put there.
CELLS = st.one_of(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "\u3000",
                "…",
                "-",
                "空",
                "NA",
                "1e999",
                "-1e308",
                "１２３",
                "1,234",
                "1,2,3",
            ),
            *(
                "２０２０年",
                "2020",
                "0",
                "-5",
                "99999999999999999999",
                "nan",
                "inf",
                "0x1F",
                "1_000",
            ),
            *("上海", "上 海", "四藏", "尔部地区", "全国", "合计", "重庆", "310000", "火星"),
            *(
                "亿元",
                "万元",
                "亿园",
                "%",
                "地区",
                "年份",
                "指标",
                "数值",
                "单位",
                "value",
                "table",
            ),
            *("=1+1", "@x", '"', '""', "'", "a,b", "a\nb", "a\tb", "<x>&amp;", "]]>", "注：口径"),
            *(
                "指标",
                "项目",
                "1-2 江苏省苏州市人口",
                "北京和上海",
                "其中：",
                "#",
                "一、",
                "（1）",
                "①",
            ),
            *("  合计", "GDP（亿元）", "2023年比2022年增长", "RDActivity", "v4_zh_nbzc_hj", "code"),
            *("\u200b", "\ufeff", "\u202e上海", "𠮷林", "é", "x" * 3000),
        ]
    ),
    st.text(max_size=8),
    st.integers().map(str),
    st.floats().map(str),
)


@st.composite
def mutated(draw: st.DrawFn) -> Table:
    """Draw a table with a few cells, rows or columns changed, doubled, moved or lost."""
    table = [list(row) for row in draw(st.sampled_from(TABLES))]
    for _ in range(draw(st.integers(0, 5))):
        if not table:
            break
        row = draw(st.integers(0, len(table) - 1))
        column = draw(st.integers(0, max(len(table[row]) - 1, 0)))
        action = draw(st.integers(0, 9))
        if action <= 4 and table[row]:
            table[row][column] = draw(CELLS)
        elif action == 5:
            table.insert(row, list(table[draw(st.integers(0, len(table) - 1))]))
        elif action == 6:
            del table[row]
        elif action == 7:
            table = [[*r[:column], *r[column + 1 :]] for r in table]
        elif action == 8:
            table = [[*r[:column], draw(CELLS), *r[column:]] for r in table]
        else:
            table[row] = table[row][: draw(st.integers(0, 3))]
    return table


@st.composite
def text_files(draw: st.DrawFn) -> bytes:
    """Draw the bytes of a CSV file, in one of many encodings, perhaps damaged."""
    separator = draw(st.sampled_from([*"," * 8, "\t", ";", "|"]))
    newline = draw(st.sampled_from([*["\n", "\r\n"] * 4, "\r"]))
    quoted = draw(st.booleans())
    lines = []
    for row in draw(mutated()):
        cells = [cell if not quoted else '"' + cell.replace('"', '""') + '"' for cell in row]
        lines.append(separator.join(cells))
    usual = ["utf-8", "utf-8-sig", "gb18030"]
    encoding = draw(st.sampled_from([*usual * 4, "utf-16", "big5", "latin-1"]))
    data = newline.join(lines).encode(encoding, errors="replace")
    return damaged(draw, data)


def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    if data and draw(st.integers(0, 3)) == 0:
        place = draw(st.integers(0, len(data) - 1))
        new = draw(
            st.one_of(st.binary(max_size=4), st.just(b'"'), st.just(b"\xff"), st.just(b"\n"))
        )
        data = data[:place] + new + data[place + draw(st.integers(0, 5)) :]
    return data


SHEET = "xl/worksheets/sheet1.xml"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PARTS = {
    "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
    '<sheet name="表1" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{LINKS}"><Relationship Id="r1" '
    f'Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def sheet_xml(table: Table, numbers: bool) -> str:
    rows = []
    for r, row in enumerate(table, 1):
        cells = []
        for c, cell in enumerate(row):
            place = f"{chr(65 + c)}{r}"
            if numbers and cell.removeprefix("-").isascii() and cell.isdecimal():
                cells.append(f'<c r="{place}"><v>{cell}</v></c>')
            elif cell in ("0", "1"):
                cells.append(f'<c r="{place}" t="b"><v>{cell}</v></c>')
            else:
                legal = "".join(x for x in cell if x >= " " and x not in "\ufffe\uffff")
                text = escape(legal.encode("utf-8", "replace").decode())
                cells.append(f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>')
        rows.append(f'<row r="{r}">{"".join(cells)}</row>')
    return f'<worksheet xmlns="{MAIN}"><sheetData>{"".join(rows)}</sheetData></worksheet>'


@st.composite
def workbooks(draw: st.DrawFn) -> bytes:
    """Draw the bytes of an XLSX file: a mutated table, perhaps with a damaged part or archive."""
    table = draw(mutated())
    table = [row[:20] for row in table]
    parts = {name: text.encode() for name, text in PARTS.items()}
    parts[SHEET] = sheet_xml(table, draw(st.booleans())).encode()
    if draw(st.integers(0, 5)) == 0:
        name = draw(st.sampled_from(sorted(parts)))
        parts[name] = damaged(draw, parts[name])
    if draw(st.integers(0, 15)) == 0:
        del parts[draw(st.sampled_from(sorted(parts)))]
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    data = made.getvalue()
    return damaged(draw, data) if draw(st.integers(0, 9)) == 0 else data


def outcome(read: Callable[[Path], object], path: Path) -> object:
    """Return what a reader makes of a file, or its InputError; nothing else may happen."""
    try:
        return read(path)
    except InputError as error:
        return (error.text("zh"), error.text("en"))


def detect_and_describe(path: Path) -> Mapping:
    """Return the mapping of a file, as it comes back from its own TOML."""
    mapping = detect(path)
    back = Mapping.from_toml(mapping.to_toml())
    for again, found in zip(back.tables, mapping.tables, strict=True):
        assert (again.columns, again.indicators) == (found.columns, found.indicators)
    assert mapping.describe().zh
    return mapping


def state(workspace: Workspace) -> tuple[int, int]:
    """Return what changes whenever a workspace is written to."""
    there = (workspace.folder / "data.duckdb").stat()
    return there.st_ino, there.st_mtime_ns


def check_import(workspace: Workspace, path: Path) -> None:
    """Import a file: it goes in whole, or the workspace stays as it was."""
    before, count = state(workspace), len(workspace.imports())
    result = outcome(lambda place: import_files(workspace, [place], overwrite=True), path)
    if isinstance(result, ImportResult):
        assert len(workspace.imports()) == count + result.to_frame()["sheet"].size
        assert len(workspace.panel().frame) >= result.to_frame()["figures"].max()
    else:
        assert state(workspace) == before
    assert {p.name for p in workspace.folder.iterdir()} == {"data.duckdb", "xinzhi.toml"}


def check_file(data: bytes, name: str) -> None:
    """Let every reader have the file; each gives a result or an InputError in both languages."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        out = path.with_stem("out")
        path.write_bytes(data)
        for read in (read_panel, read_levels, inspect_table, detect_and_describe, read_mapped):
            result = outcome(read, path)
            if isinstance(result, InspectionResult):
                assert all(finding_text(finding).zh for finding in result.findings)
        assert sorted(p.name for p in path.parent.iterdir()) == [name]
        result = outcome(lambda place: repair_table(place, out), path)
        written = [out.name, "out.fixes.csv"] if isinstance(result, RepairResult) else []
        expected = sorted([name, *written])
        assert sorted(p.name for p in path.parent.iterdir()) == expected
        assert path.read_bytes() == data


@settings(max_examples=1_000)
@given(data=text_files(), name=st.sampled_from(["t.csv", "t.csv", "t.tsv"]))
def test_a_thousand_mutated_text_files(data: bytes, name: str) -> None:
    check_file(data, name)


@settings(max_examples=1_000)
@given(data=workbooks())
def test_a_thousand_mutated_workbooks(data: bytes) -> None:
    check_file(data, "t.xlsx")


@settings(max_examples=200)
@given(data=text_files() | workbooks(), name=st.sampled_from(["t.csv", "t.xlsx"]))
def test_mutated_files_are_imported_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, name: str
) -> None:
    folder = tmp_path_factory.getbasetemp() / "mutated"
    if not folder.exists():
        create_workspace(folder / "work")
    (folder / name).write_bytes(data)
    check_import(open_workspace(folder / "work"), folder / name)
