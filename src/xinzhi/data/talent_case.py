"""The tables of ``talent`` from a folder of files or a workbook, with Chinese or English names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import text_of
from xinzhi.data.names import compact
from xinzhi.data.tables import open_grid, open_sheets
from xinzhi.data.unit_tables import read_unit_table

_ENDINGS = (".csv", ".tsv", ".xlsx")
_HEADING_ROWS = 20
# columns: labels, numbers; those with a question mark may be absent
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "stocks": ("year field grade age?", "heads"),
    "transitions": ("field? grade age? to", "rate"),
    "history": ("field grade year", "heads inflow"),
    "inflow": ("field grade age? kind", "heads"),
    "pipelines": (
        "pipeline field grade age?",
        "years completion local_share intake cost? maximum?",
    ),
    "instruments": ("field grade age? kind", "cost maximum?"),
    "targets": ("field grade year", "heads most?"),
    "budget": ("year", "budget"),
    "output": ("sector year", "output"),
    "labour": ("sector field grade", "coefficient"),
}
TALENT_TABLES = tuple(_COLUMNS)
_CHINESE_TABLES = {
    **{"存量": "stocks", "流动率": "transitions", "历史": "history", "流入": "inflow"},
    **{"培养": "pipelines", "手段": "instruments", "目标": "targets", "预算": "budget"},
    **{"产出": "output", "用工系数": "labour"},
}
_CHINESE_COLUMNS = {
    **{"year": "年份", "field": "领域", "grade": "职级", "age": "年龄", "heads": "人数"},
    **{"to": "去向", "rate": "比率", "kind": "方式", "inflow": "流入", "pipeline": "培养渠道"},
    **{"years": "学制", "completion": "毕业率", "local_share": "留用率", "intake": "招生"},
    **{"cost": "单价", "maximum": "上限", "most": "至多", "budget": "预算", "sector": "部门"},
    **{"output": "产出", "coefficient": "系数"},
}
_CHINESE_VALUES = {
    **{"退休": "retirement", "迁出": "out_migration", "其他流出": "wastage"},
    **{"招聘": "hiring", "引进": "in_migration", "留住": "retention"},
}


@dataclass(frozen=True)
class TalentCase:
    """The tables that were found, under their English names, and where they come from."""

    tables: Mapping[str, pd.DataFrame]
    inputs: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def read_talent_case(path: str | Path) -> TalentCase:
    """Read a folder with a file for each table, or a workbook with a sheet for each.

    Files and sheets are called as the tables (stocks, transitions, …) or in Chinese (存量, 流动率,
    …), columns likewise; others are passed over with a warning.
    Raises : InputError where there is no table stocks, for two files of one table, and as
        ``read_unit_table``
    """
    place = Path(path)
    if place.is_dir():
        found, others = _files(place)
    else:
        found, others = _sheets(place)
    if "stocks" not in found:
        there = [*found, *others]
        close = get_close_matches("stocks", there, n=1)
        hint = (f"，是否指 {close[0]}？", f", did you mean {close[0]}?") if close else ("", "")
        raise InputError(
            Text(
                f"{place.name}：没有表 stocks（存量）{hint[0]}",
                f"{place.name}: no table stocks{hint[1]}",
            ),
            [Text(f"现有：{'、'.join(there) or '无'}", f"there are: {', '.join(there) or 'none'}")],
            Text(
                "每张表一个文件（如 stocks.csv）放在一个文件夹，或每张表一个工作表。",
                "Put one file for each table, such as stocks.csv, into a folder, or one sheet for "
                "each into a workbook.",
            ),
        )
    tables: dict[str, pd.DataFrame] = {}
    records: list[InputRecord] = []
    warnings: list[Text] = []
    for name in TALENT_TABLES:
        if name in found:
            tables[name], record, notes = _table(name, *found[name])
            records.append(record)
            warnings += notes
    if others:
        warnings.append(
            Text(
                f"{place.name}：没有读取 {'、'.join(others)}",
                f"{place.name}: passed over {', '.join(others)}",
            )
        )
    return TalentCase(tables, tuple(records), tuple(warnings))


def _files(folder: Path) -> tuple[dict[str, tuple[Path, str | None]], list[str]]:
    found: dict[str, tuple[Path, str | None]] = {}
    others = []
    for file in sorted(folder.iterdir()):
        name = _known(file.stem)
        if name is None or file.suffix.lower() not in _ENDINGS:
            others.append(file.name)
            continue
        if name in found:
            raise InputError(
                Text(
                    f"{folder.name}：{found[name][0].name} 和 {file.name} 是同一张表",
                    f"{folder.name}: {found[name][0].name} and {file.name} are the same table",
                ),
                remedy=Text("只留一个。", "Keep one of them."),
            )
        found[name] = (file, None)
    return found, others


def _sheets(book: Path) -> tuple[dict[str, tuple[Path, str | None]], list[str]]:
    found: dict[str, tuple[Path, str | None]] = {}
    others = []
    for grid in open_sheets(book):
        name = _known(grid.title or book.stem)
        if name is None or name in found:
            others.append(grid.title or book.name)
        else:
            found[name] = (book, grid.title or None)
    return found, others


def _known(title: str) -> str | None:
    name = compact(title).casefold()
    return name if name in _COLUMNS else _CHINESE_TABLES.get(name)


def _table(
    name: str, path: Path, sheet: str | None
) -> tuple[pd.DataFrame, InputRecord, tuple[Text, ...]]:
    grid = open_grid(path, sheet)
    headings = {compact(text_of(cell)) for row in grid.cells[:_HEADING_ROWS] for cell in row}
    parts = []
    for columns in _COLUMNS[name]:
        chosen = {}
        for column in columns.split():
            english = column.rstrip("?")
            chinese = _CHINESE_COLUMNS[english]
            spelt = chinese if chinese in headings and english not in headings else english
            if spelt in headings or not column.endswith("?"):
                chosen[spelt] = english
        parts.append(chosen)
    read = read_unit_table(path, list(parts[0]), list(parts[1]), sheet)
    frame = read.frame.rename(columns={**parts[0], **parts[1]})
    for column in {"to", "kind"} & set(frame):
        frame[column] = frame[column].replace(_CHINESE_VALUES)
    return frame, read.record, read.warnings
