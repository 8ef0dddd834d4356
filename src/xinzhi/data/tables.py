"""Opening a user's table safely: bytes to a grid of cells that keep their row and column."""

from __future__ import annotations

import codecs
import csv
import gc
import hashlib
import io
import re
import struct
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed

MAX_BYTES = 300_000_000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_CELLS = 50_000_000
MAX_LINE_BYTES = 5_000_000
MAX_COLUMNS = 16_384
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_SPACED_REFERENCE = re.compile(rb"r(?:[\x00-\x20]+=|=(?=[\x00-\x20]))[\x00-\x20]*")


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands in the file: ``cells[row - 1][column]``, rows of uneven length.

    name : of the file; title : of the sheet, "" for a text file
    encoding, separator : of a text file, "" for a workbook
    merged : first row, first column, last row, last column of merged cells, counted from 0; the
        value stands in the first
    """

    name: str
    title: str
    cells: list[list[Any]]
    sha256: str
    warnings: tuple[Text, ...] = ()
    encoding: str = ""
    separator: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()


def open_grid(path: str | Path, sheet: str | None = None) -> Grid:
    """Read a CSV, TSV or XLSX file as a grid of cells.

    sheet : of a workbook; by default the first that is not empty
    Raises : InputError for a file that is missing, a folder, empty, too large, damaged, binary,
        of another kind than its name says, or in an unknown encoding
    """
    first, *others = open_sheets(path, sheet)
    if not others:
        return first
    rest = listed([other.title for other in others])
    passed_over = Text(
        f"{first.name}：只读取了工作表 {first.title}，没有读取 {rest.zh}",
        f"{first.name}: read the sheet {first.title} only, not {rest.en}",
    )
    return replace(first, warnings=(passed_over,))


def open_sheets(
    path: str | Path, sheet: str | None = None, advance: Callable[[int], None] | None = None
) -> list[Grid]:
    """Read every sheet that is not empty, or only the one named; a text file is one sheet.

    advance : told the number of bytes, as the parts of a workbook are looked through
    Raises : InputError as ``open_grid``
    """
    place = Path(path)
    name = place.name or str(place)
    data = _bytes_of(place)
    suffix = place.suffix.lower()
    if suffix == ".xlsx":
        return _workbook(name, data, sheet, advance)
    if suffix in _SEPARATORS:
        return [_text_table(name, data, suffix)]
    advice = Text("请另存为 .xlsx、.csv 或 .tsv。", "Save it as .xlsx, .csv or .tsv and try again.")
    kind = (f"不能读取 {suffix} 文件", f"cannot read {suffix} files")
    if not suffix:
        kind = ("文件名没有扩展名", "the file name has no ending")
    raise InputError(Text(f"{name}：{kind[0]}", f"{name}: {kind[1]}"), remedy=advice)


def _bytes_of(path: Path) -> bytes:
    def refusal(zh: str, en: str, advice: Text) -> InputError:
        return InputError(Text(f"{path}：{zh}", f"{path}: {en}"), remedy=advice)

    check_path = Text("请检查路径。", "Check the path.")
    if path.is_dir():
        advice = Text("请给出其中的一个文件。", "Give one file in it.")
        raise refusal("是文件夹，需要的是文件", "is a folder, a file is needed", advice)
    if not path.exists():
        raise refusal("文件不存在", "no such file", check_path)
    if not path.is_file():
        raise refusal("不是普通文件", "is not an ordinary file", check_path)
    size = path.stat().st_size
    if size == 0:
        advice = Text("请检查导出是否完成。", "Check that it was exported completely.")
        raise refusal("文件是空的", "the file is empty", advice)
    if size > MAX_BYTES:
        limit = MAX_BYTES // 1_000_000
        advice = Text("请拆分或只保留需要的列。", "Split it, or keep only the columns you need.")
        raise refusal(f"文件超过 {limit} MB", f"the file is larger than {limit} MB", advice)
    try:
        return path.read_bytes()
    except OSError as error:
        raise refusal(
            f"无法读取（{error.strerror}）", f"cannot be read ({error.strerror})", check_path
        ) from error


def _text_table(name: str, data: bytes, suffix: str) -> Grid:
    def refusal(zh: str, en: str, advice: Text) -> InputError:
        return InputError(Text(f"{name}：{zh}", f"{name}: {en}"), remedy=advice)

    as_csv = Text("请另存为 UTF-8 编码的 CSV。", "Save it as CSV in UTF-8 and try again.")
    if data.startswith((_ZIP_MAGIC, _OLE_MAGIC)):
        advice = Text("请改用 .xlsx 扩展名，或另存为 CSV。", "Name it .xlsx, or save it as CSV.")
        raise refusal(
            "这是工作簿或压缩包，不是文本", "is a workbook or an archive, not text", advice
        )
    if b"\x00" in data:
        raise refusal(
            "含有空字节，不是 UTF-8 或 GB18030 文本",
            "holds NUL bytes and is not text in UTF-8 or GB18030",
            as_csv,
        )
    if _has_endless_line(data):
        advice = Text("请检查换行是否丢失。", "Check whether its line breaks were lost.")
        limit = MAX_LINE_BYTES // 1_000_000
        raise refusal(f"有一行超过 {limit} MB", f"a line is longer than {limit} MB", advice)
    text, encoding = _decoded(data)
    if text is None or _CONTROL.search(text):
        raise refusal("不是 UTF-8 或 GB18030 文本", "is not text in UTF-8 or GB18030", as_csv)
    if not text.strip():
        advice = Text("请检查导出是否完成。", "Check that it was exported completely.")
        raise refusal("文件是空的", "the file is empty", advice)
    separator = _separator(text, suffix)
    reader = csv.reader(io.StringIO(text), delimiter=separator, strict=True)
    kept: dict[str, str] = {}
    cells: list[list[Any]] = []
    try:
        with _no_collection():
            # Names repeat by the thousand: keep each once.
            cells.extend([kept.setdefault(cell, cell) for cell in row] for row in reader)
    except csv.Error as error:
        row = len(cells) + 1
        raise refusal(
            f"第 {row} 行的引号没有闭合，或分隔符有误",
            f"row {row} has a quote or separator out of place ({error})",
            Text("请改正这一行。", "Correct that row."),
        ) from None
    widest = max(map(len, cells))
    if widest > MAX_COLUMNS:
        row = next(place for place, row in enumerate(cells, 1) if len(row) == widest)
        raise refusal(
            f"第 {row} 行超过 {MAX_COLUMNS:,} 列",
            f"row {row} has more than {MAX_COLUMNS:,} columns",
            Text("请检查换行和分隔符。", "Check line breaks and separators."),
        )
    digest = hashlib.sha256(data).hexdigest()
    return Grid(name, "", cells, digest, encoding=encoding, separator=separator)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep Python from looking through millions of new rows, again and again, for garbage."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _has_endless_line(data: bytes) -> bool:
    """Tell whether a line is longer than any table's; looks only once in a line's length."""
    start = 0
    while len(data) - start > MAX_LINE_BYTES:
        window = (start, start + MAX_LINE_BYTES)
        end = max(data.rfind(b"\n", *window), data.rfind(b"\r", *window))
        if end < 0:
            return True
        start = end + 1
    return False


def _decoded(data: bytes) -> tuple[str | None, str]:
    """Return the text and its encoding; None for text in neither of the two that are read."""
    marked = data.startswith(codecs.BOM_UTF8)
    for encoding in ("utf-8-sig",) if marked else ("utf-8", "gb18030"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    return None, ""


def _separator(text: str, suffix: str) -> str:
    """Return the separator that the first lines use; ties go to what the ending says."""
    usual = _SEPARATORS[suffix]
    head = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    counts = {mark: sum(line.count(mark) for line in head) for mark in (usual, ",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark]) if counts[usual] == 0 else usual


class _Watched(io.BytesIO):
    """Bytes that tell how many of them have been read."""

    advance: Callable[[int], None] | None = None

    def read(self, size: int | None = -1, /) -> bytes:
        part = super().read(size)
        if self.advance is not None:
            self.advance(len(part))
        return part


def _workbook(
    name: str, data: bytes, sheet: str | None, advance: Callable[[int], None] | None
) -> list[Grid]:
    # Loaded only when a workbook is read.
    from python_calamine import CalamineError, CalamineWorkbook

    _check_archive(name, data, advance)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(workbook.sheet_names)
        if sheet is not None and sheet not in names:
            shown = listed(names, 20)
            raise InputError(
                Text(f"{name}：没有名为 {sheet} 的工作表", f"{name}: no sheet named {sheet}"),
                remedy=Text(f"工作表有：{shown.zh}", f"The sheets are: {shown.en}"),
            )
        sha256 = hashlib.sha256(data).hexdigest()
        filled: list[Grid] = []
        for title in names if sheet is None else [sheet]:
            there = workbook.get_sheet_by_name(title)
            cells = there.to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in cells for cell in row):
                ranges = there.merged_cell_ranges or ()
                merged = tuple((*first, *last) for first, last in ranges)
                filled.append(Grid(name, title, cells, sha256, merged=merged))
    except (CalamineError, OSError, ValueError, KeyError) as error:
        raise _damaged(name, str(error)) from None
    if not filled:
        raise InputError(
            Text(
                f"{name}：文件是空的，没有任何单元格",
                f"{name}: the file is empty, no cell is filled",
            ),
            remedy=Text("请检查导出是否完成。", "Check that it was exported completely."),
        )
    return filled


def _damaged(name: str, reason: str) -> InputError:
    return InputError(
        Text(
            f"{name}：不是完好的 .xlsx 工作簿",
            f"{name}: not a sound .xlsx workbook ({reason})",
        ),
        remedy=Text(
            "请用表格软件打开后另存为 .xlsx。", "Open it in a spreadsheet and save it as .xlsx."
        ),
    )


def _check_archive(name: str, data: bytes, advance: Callable[[int], None] | None = None) -> None:
    """Refuse what is no workbook, and one that would swell far beyond its size on disk."""
    if data.startswith(_OLE_MAGIC):
        raise InputError(
            Text(
                f"{name}：这是旧格式 .xls 或加密的工作簿，只是改了扩展名",
                f"{name}: this is an old .xls workbook, or an encrypted one, under the name .xlsx",
            ),
            remedy=Text(
                "请用表格软件打开，不设密码，另存为 .xlsx。",
                "Open it in a spreadsheet and save it as .xlsx without a password.",
            ),
        )
    if not data.startswith(_ZIP_MAGIC):
        raise _damaged(name, "it is no zip archive")
    too_large = InputError(
        Text(
            f"{name}：解开后超过 {MAX_UNPACKED_BYTES // 1_000_000} MB 或 {MAX_CELLS:,} 个单元格",
            f"{name}: unpacks to more than {MAX_UNPACKED_BYTES // 1_000_000} MB "
            f"or {MAX_CELLS:,} cells",
        ),
        remedy=Text(
            "请删去多余的工作表和远处的单元格，或另存为 CSV。",
            "Delete sheets and far-off cells that are not needed, or save it as CSV.",
        ),
    )
    try:
        watched = _Watched(data)
        watched.advance = advance
        with zipfile.ZipFile(watched) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise too_large
            for member in members:
                # Reading to the end also proves that the stated size is the true one.
                if _extent(archive, member) > MAX_CELLS:
                    raise too_large
    except (zipfile.BadZipFile, struct.error, NotImplementedError, RuntimeError) as error:
        raise _damaged(name, str(error)) from None
    except (EOFError, OSError, ValueError) as error:  # positions that cannot be
        raise _damaged(name, str(error)) from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise _damaged(name, str(error)) from None


def _extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return rows x columns that a sheet's cells span; two cells far apart make a vast table."""
    rows = columns = 0
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(1 << 20):
            last_row, last_column = _last_cell(tail + chunk)
            rows, columns = max(rows, last_row), max(columns, last_column)
            tail = chunk[-64:]
    return rows * columns


def _last_cell(xml: bytes) -> tuple[int, int]:
    """Return the last row and column, from 1, that references such as r="B12" in the XML name."""
    if _SPACED_REFERENCE.search(xml):
        xml = _SPACED_REFERENCE.sub(b"r=", xml)
    if b"r=" not in xml:  # as in most parts of a workbook
        return 0, 0
    text = np.frombuffer(xml + bytes(16), dtype=np.uint8)
    quote = text[3:-13]
    found = (text[1:-15] == ord("r")) & (text[2:-14] == ord("=")) & (text[:-16] <= ord(" "))
    starts = np.flatnonzero(found & ((quote == ord('"')) | (quote == ord("'")))) + 4
    row = np.zeros(len(starts), dtype=np.int64)
    column, open_ = row.copy(), np.ones(len(starts), dtype=bool)
    for offset in range(12):
        sign = text[starts + offset].astype(np.int64)
        digit = open_ & (sign >= ord("0")) & (sign <= ord("9"))
        letter = open_ & ((sign | 32) >= ord("a")) & ((sign | 32) <= ord("z"))
        row = np.where(digit, row * 10 + sign - ord("0"), row)
        column = np.where(letter, column * 26 + (sign | 32) - ord("a") + 1, column)
        open_ &= digit | letter | (sign == ord("$"))
    return int(row.max(initial=0)), int(column.max(initial=0))
