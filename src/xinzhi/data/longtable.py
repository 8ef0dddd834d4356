"""The long table: its columns, its statuses, and where its rows stood in a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.regions import RegionSet

COLUMNS = ("region", "year", "indicator", "value", "unit", "source", "status", "vintage")
REQUIRED = COLUMNS[:4]

# From the best founded to the least; a computation is as well founded as its worst input.
STATUSES = ("reported", "converted", "corrected", "provisional", "doubtful", "imputed")


@dataclass(frozen=True)
class Places:
    """Where each row of the long table stands in the file.

    rows : row of the file, counted from 1
    value_columns : heading of the column that held the value
    headings : column of the long table → heading in the file
    heading_row : row of the headings, which may carry units
    """

    rows: Sequence[int | str]
    value_columns: Sequence[str] | None = None
    headings: Mapping[str, str] = field(default_factory=dict)
    heading_row: int | None = None


@dataclass(frozen=True)
class Checked:
    """A clean long table: sorted, names as categories, no missing value."""

    frame: pd.DataFrame
    regions: RegionSet
    warnings: tuple[Text, ...]


def missing_columns(name: str, missing: Sequence[str], found: Sequence[str]) -> InputError:
    """Return the error for a table in which ``missing`` columns were not recognised."""
    chinese = {"region": "地区", "year": "年份", "indicator": "指标", "value": "数值"}
    lacking = (
        "、".join(f"{chinese.get(m, m)}（{m}）" for m in missing),
        ", ".join(missing),
    )
    there = listed([column for column in found if column], 12)
    return InputError(
        Text(f"{name}：缺少列 {lacking[0]}", f"{name}: missing column {lacking[1]}"),
        [Text(f"现有的列：{there.zh or '无'}", f"columns found: {there.en or 'none'}")],
        Text(
            "长表需要 地区、年份、指标、数值 四列；宽表需要 地区、年份 和每个指标一列，"
            "或 地区 和每个年份一列。单个地区的表可用 xinzhi data import 导入。",
            "A long table needs region, year, indicator, value; a wide one needs region, year and "
            "a column for each indicator, or region and a column for each year. A table of one "
            "region can be imported: xinzhi data import.",
        ),
    )
