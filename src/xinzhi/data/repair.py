"""Repairing what is certain in a user's table: into a new file, with a record of every change."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pandas as pd

from xinzhi.core import ComputationError, InputError, Result, Text, replacing
from xinzhi.data.inspection import findings_frame, inspected, inspection_result
from xinzhi.data.inspection_findings import Inspector, Repair, TableFinding
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import Grid, open_grid

_REASONS = {
    "spaces_in_name": Text("删去名称中多余的空格", "stray spaces taken out of the name"),
    "unknown_region": Text(
        "与该名称只差一个字符、且在同一张表、同一年份、同一指标中缺数的地区只有一个",
        "the only region one character away whose figure is missing in the same table, year and "
        "indicator",
    ),
}
_CELL = re.compile(rb"<((?:\w+:)?)c\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3}[0-9]{1,7})["']""")
_TYPE = re.compile(rb"""\st\s*=\s*["'][^"']*["']""")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


@dataclass(frozen=True)
class RepairResult(Result):
    """What was repaired in a table, and what was not.

    tables : ``fixes``: row, column, before, after, reason, reason_zh, reason_en; and ``findings``,
        as of ``inspect_table``, those that no repair removes
    findings : the same findings, for wording
    """

    findings: tuple[TableFinding, ...] = ()


def repair_table(
    path: str | Path,
    out: str | Path,
    regions: RegionSet | None = None,
    sheet: str | None = None,
    force: bool = False,
) -> RepairResult:
    """Write a copy of a table with what is certain repaired, and every change beside it.

    Certain are a region name with stray spaces, and a name that is one edit away from exactly one
    known region whose cell is missing in the same table, year and indicator; two rows that would
    fill the same cell are left alone. All else is reported only. Every other byte of a text file,
    and every other cell, format and sheet of a workbook, stays as it is.

    path : a CSV, TSV or XLSX file, which is never touched
    out : the new file, of the same kind; the changes go to ``NAME.fixes.csv`` beside it
    Raises : InputError as ``inspect_table``; also if a new file exists and ``force`` is false, or
        would be the table itself
    """
    source, target = Path(path), Path(out)
    record = target.with_suffix(".fixes.csv")
    _check_names(source, target, record)
    grid = open_grid(source, sheet)
    inspector = inspected(grid, regions)
    fixes = _fixes(inspector)
    changes = {int(inspector.table.row[r.position]): r for r in inspector.repairs}
    column = inspector.table.region_place
    data = source.read_bytes()
    if hashlib.sha256(data).hexdigest() != grid.sha256:
        raise InputError(
            Text(f"{source}：读取期间文件被改动", f"{source}: the file changed while it was read"),
            remedy=Text("请重试。", "Try again."),
        )
    with replacing(target, force) as new, replacing(record, force) as beside:
        if not changes:
            new.write_bytes(data)
        elif grid.encoding:
            new.write_bytes(_patched_text(grid, data, column, changes))
        else:
            _patch_workbook(grid, data, column, changes, new)
        _prove(grid, open_grid(new, grid.title or None), column, changes)
        fixes.to_csv(beside, index=False, encoding="utf-8-sig", lineterminator="\n")
    result = inspection_result(inspector)
    left = [f for f in result.findings if not f.certain]
    return RepairResult(
        tables={"fixes": fixes, "findings": findings_frame(left, inspector.table.name)},
        parameters={**result.parameters, "out": target.name, "record": record.name},
        inputs=result.inputs,
        warnings=result.warnings,
        findings=tuple(left),
    )


def _check_names(source: Path, target: Path, record: Path) -> None:
    for new in (target, record):
        if new.exists() and source.exists() and new.samefile(source):
            raise InputError(
                Text(f"{new}：不能覆盖原表", f"{new}: the table itself is never overwritten"),
                remedy=Text("请换一个文件名。", "Choose another name."),
            )
    if target.suffix.lower() != source.suffix.lower():
        raise InputError(
            Text(
                f"{target}：应与原表同为 {source.suffix} 文件",
                f"{target}: must be a {source.suffix} file as the table is",
            ),
            remedy=Text("请换一个文件名。", "Choose another name."),
        )


def _fixes(inspector: Inspector) -> pd.DataFrame:
    table = inspector.table
    rows = [
        (
            int(table.row[r.position]),
            table.region.heading,
            r.before,
            r.after,
            " + ".join(r.problems),
            "；".join(_REASONS[name].zh for name in r.problems),
            "; ".join(_REASONS[name].en for name in r.problems),
        )
        for r in inspector.repairs
    ]
    names = ["row", "column", "before", "after", "reason", "reason_zh", "reason_en"]
    return pd.DataFrame(rows, columns=names).sort_values("row", ignore_index=True)


def _prove(grid: Grid, new: Grid, column: int, changes: Mapping[int, Repair]) -> None:
    """Compare every cell of the new file with the old one before it is put in place."""
    expected = [list(row) if number in changes else row for number, row in enumerate(grid.cells, 1)]
    for number, repair in changes.items():
        expected[number - 1][column] = repair.after
    if new.cells != expected:
        raise ComputationError(
            Text(
                f"{grid.name}：改正后的文件与预期不符，没有写出",
                f"{grid.name}: the repaired file is not what it should be; nothing was written",
            ),
            remedy=Text(
                "请另存为 UTF-8 编码的 CSV 后重试。", "Save it as CSV in UTF-8, try again."
            ),
        )


def _patched_text(grid: Grid, data: bytes, column: int, changes: Mapping[int, Repair]) -> bytes:
    """Return the bytes of a text file in which only the cells to repair differ."""
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    encoding = "utf-8" if mark else grid.encoding
    body = data[len(mark) :]
    # A line feed is never part of another character in either encoding: both split alike.
    lines, kept_bytes = list(io.StringIO(body.decode(encoding))), io.BytesIO(body).readlines()
    reader = csv.reader(iter(lines), delimiter=grid.separator, strict=True)
    pieces, start, copied = [mark], 0, 0
    for number, _ in enumerate(reader, 1):
        if number in changes:
            record = "".join(lines[start : reader.line_num])
            patched = _with_field(record, column, changes[number].after, grid.separator)
            pieces += [*kept_bytes[copied:start], patched.encode(encoding)]
            copied = reader.line_num
        start = reader.line_num
    return b"".join([*pieces, *kept_bytes[copied:]])


def _with_field(record: str, column: int, after: str, separator: str) -> str:
    """Return a record of a text table with one field replaced, its quotes kept."""
    start = 0
    for _ in range(column):
        start = _field_end(record, start, separator) + 1
    quoted = record[start : start + 1] == '"'
    if quoted:
        end = _quote_end(record, start)
    else:
        end = len(record[: _field_end(record, start, separator)].rstrip("\r\n"))
    if quoted or any(mark in after for mark in (separator, '"')):
        after = '"' + after.replace('"', '""') + '"'
    return record[:start] + after + record[end:]


def _field_end(record: str, start: int, separator: str) -> int:
    if record[start : start + 1] == '"':
        start = _quote_end(record, start)
    end = record.find(separator, start)
    return len(record) if end < 0 else end


def _quote_end(record: str, start: int) -> int:
    """Return the place behind the closing quote of the field that begins at ``start``."""
    place = start + 1
    while (place := record.index('"', place)) + 1 < len(record) and record[place + 1] == '"':
        place += 2
    return place + 1


def _patch_workbook(
    grid: Grid, data: bytes, column: int, changes: Mapping[int, Repair], new: Path
) -> None:
    """Write a workbook in which only the cells to repair differ; all else is copied."""
    letters = _letters(column)
    wanted = {f"{letters}{number}".encode(): r.after for number, r in changes.items()}
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(new, "w") as made:
        part = _sheet_part(old, grid)
        for name, member in {member.filename: member for member in old.infolist()}.items():
            content = old.read(member)
            if name == part:
                content = _patched_sheet(content, wanted, grid.name)
            made.writestr(member, content)


def _patched_sheet(xml: bytes, wanted: dict[bytes, str], name: str) -> bytes:
    def replaced(match: re.Match[bytes]) -> bytes:
        prefix, attributes, inside = match.groups()
        place = _PLACE.search(attributes)
        if place is None or place[1] not in left:
            return match[0]
        if inside is not None and b"<f" in inside:
            return match[0]
        kept = _TYPE.sub(b"", attributes)
        text = escape(left.pop(place[1])).encode()
        p = prefix
        opened = b'<%bc%b t="inlineStr"><%bis><%bt xml:space="preserve">' % (p, kept, p, p)
        return b"%b%b</%bt></%bis></%bc>" % (opened, text, p, p, p)

    left = dict(wanted)
    patched = _CELL.sub(replaced, xml)
    if left:
        cells = ", ".join(sorted(place.decode() for place in left)[:6])
        raise InputError(
            Text(
                f"{name}：单元格 {cells} 是公式，或工作表没有写明单元格位置，不能就地改正",
                f"{name}: cells {cells} are formulas, or the sheet does not state where its cells "
                "are; they cannot be repaired in place",
            ),
            remedy=Text(
                "请把该工作表另存为 CSV（UTF-8）后重试。",
                "Save the sheet as CSV (UTF-8), try again.",
            ),
        )
    return patched


def _sheet_part(archive: zipfile.ZipFile, grid: Grid) -> str:
    """Return the archive's member that holds the sheet."""
    try:
        workbook, links = (
            _parsed(archive.read(part))
            for part in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
        )
        (key,) = [
            sheet.get(_RELATION)
            for sheet in workbook.iter(f"{_MAIN}sheet")
            if sheet.get("name") == grid.title
        ]
        (part,) = [link.get("Target", "") for link in links if link.get("Id") == key]
    except (KeyError, ValueError, ElementTree.ParseError):
        part = ""
    part = part.removeprefix("/")
    part = part if part.startswith("xl/") else f"xl/{part}"
    if part not in archive.namelist():
        raise InputError(
            Text(
                f"{grid.name}：找不到工作表 {grid.title} 的内容",
                f"{grid.name}: the content of sheet {grid.title} is not where it should be",
            ),
            remedy=Text(
                "请用表格软件打开后另存为 .xlsx。", "Open it in a spreadsheet and save it as .xlsx."
            ),
        )
    return part


def _parsed(xml: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in xml or b"<!ENTITY" in xml:
        raise ValueError("no document type belongs in a workbook")
    return ElementTree.fromstring(xml)


def _letters(column: int) -> str:
    """Return the letters of a column counted from 0."""
    letters, column = "", column + 1
    while column:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters
