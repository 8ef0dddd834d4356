"""Opening a user's table safely: bytes to a grid of cells that keep their row and column."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed

MAX_BYTES = 300_000_000
MAX_UNPACKED_BYTES = 1_000_000_000
MAX_CELLS = 50_000_000
_SEPARATORS = {".csv": ",", ".tsv": "\t"}
_ZIP_MAGIC = b"PK\x03\x04"
_OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1f\x7f]")
_CELL_REFERENCE = re.compile(rb"""\sr\s*=\s*["']\$?([A-Z]{1,3})\$?([0-9]{1,7})["']""")


@dataclass(frozen=True)
class Grid:
    """One sheet as it stands in the file: ``cells[row - 1][column]``, rows of uneven length.

    name : of the file; title : of the sheet, "" for a text file
    """

    name: str
    title: str
    cells: list[list[Any]]
    sha256: str
    warnings: tuple[Text, ...] = ()


def open_grid(path: str | Path, sheet: str | None = None) -> Grid:
    """Read a CSV, TSV or XLSX file as a grid of cells.

    sheet : of a workbook; by default the first that is not empty
    Raises : InputError for a file that is missing, a folder, empty, too large, damaged, binary,
        of another kind than its name says, or in an unknown encoding
    """
    place = Path(path)
    name = place.name or str(place)
    data = _bytes_of(place)
    suffix = place.suffix.lower()
    if suffix == ".xlsx":
        return _workbook(name, data, sheet)
    if suffix in _SEPARATORS:
        return _text_table(name, data, suffix)
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
    text = _decoded(data)
    if text is None or _CONTROL.search(text):
        raise refusal("不是 UTF-8 或 GB18030 文本", "is not text in UTF-8 or GB18030", as_csv)
    if not text.strip():
        advice = Text("请检查导出是否完成。", "Check that it was exported completely.")
        raise refusal("文件是空的", "the file is empty", advice)
    reader = csv.reader(io.StringIO(text), delimiter=_separator(text, suffix), strict=True)
    kept: dict[str, str] = {}
    cells: list[list[Any]] = []
    try:
        # Names repeat by the thousand: keep each once.
        cells.extend([kept.setdefault(cell, cell) for cell in row] for row in reader)
    except csv.Error as error:
        row = len(cells) + 1
        raise refusal(
            f"第 {row} 行的引号没有闭合，或分隔符有误",
            f"row {row} has a quote or separator out of place ({error})",
            Text("请改正这一行。", "Correct that row."),
        ) from None
    return Grid(name, "", cells, hashlib.sha256(data).hexdigest())


def _decoded(data: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            if data.startswith(codecs.BOM_UTF8):
                return None
    return None


def _separator(text: str, suffix: str) -> str:
    """Return the separator that the first lines use; ties go to what the ending says."""
    usual = _SEPARATORS[suffix]
    head = [line for line in text[:20_000].splitlines() if line.strip()][:10]
    counts = {mark: sum(line.count(mark) for line in head) for mark in (usual, ",", "\t", ";")}
    return max(counts, key=lambda mark: counts[mark]) if counts[usual] == 0 else usual


def _workbook(name: str, data: bytes, sheet: str | None) -> Grid:
    # Loaded only when a workbook is read.
    from python_calamine import CalamineError, CalamineWorkbook

    _check_archive(name, data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = list(workbook.sheet_names)
        if sheet is not None and sheet not in names:
            shown = listed(names, 20)
            raise InputError(
                Text(f"{name}：没有名为 {sheet} 的工作表", f"{name}: no sheet named {sheet}"),
                remedy=Text(f"工作表有：{shown.zh}", f"The sheets are: {shown.en}"),
            )
        filled: list[tuple[str, list[list[Any]]]] = []
        for title in names if sheet is None else [sheet]:
            cells = workbook.get_sheet_by_name(title).to_python(skip_empty_area=False)
            if any(cell not in ("", None) for row in cells for cell in row):
                filled.append((title, cells))
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
    (title, cells), *others = filled
    warnings = []
    if others:
        rest = listed([other for other, _ in others])
        warnings.append(
            Text(
                f"{name}：只读取了工作表 {title}，没有读取 {rest.zh}",
                f"{name}: read the sheet {title} only, not {rest.en}",
            )
        )
    return Grid(name, title, cells, hashlib.sha256(data).hexdigest(), tuple(warnings))


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


def _check_archive(name: str, data: bytes) -> None:
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
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                raise too_large
            for member in members:
                # Reading to the end also proves that the stated size is the true one.
                if _extent(archive, member) > MAX_CELLS:
                    raise too_large
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise _damaged(name, str(error)) from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise _damaged(name, str(error)) from None


def _extent(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """Return rows x columns that a sheet's cells span; two cells far apart make a vast table."""
    rows = columns = 0
    tail = b""
    with archive.open(member) as stream:
        while chunk := stream.read(1 << 20):
            for letters, digits in set(_CELL_REFERENCE.findall(tail + chunk)):
                rows = max(rows, int(digits))
                columns = max(columns, _column_number(letters))
            tail = chunk[-64:]
    return rows * columns


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
