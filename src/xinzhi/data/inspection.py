"""Inspecting a user's table: everything that is odd about it, each thing once, with its places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinzhi.core import Result, Text
from xinzhi.data import inspection_cells, inspection_figures, inspection_names
from xinzhi.data.inspection_findings import Inspector, TableFinding
from xinzhi.data.inspection_table import coded_table
from xinzhi.data.regions import RegionSet
from xinzhi.data.tables import Grid, open_grid

# In the order in which they are reported: names first, then cells, units and figures.
PROBLEMS: dict[str, Text] = {
    "unknown_region": Text("未知地区“{value}”", "unknown region '{value}'"),
    "missing_region": Text("缺少地区", "no region"),
    "spaces_in_name": Text("名称“{value}”中有多余的空格", "stray spaces in the name '{value}'"),
    "total_row": Text("合计行“{value}”，不是地区", "total row '{value}', not a region"),
    "missing_indicator": Text("缺少指标名", "no indicator"),
    "not_a_year": Text("“{value}”不是年份", "'{value}' is not a year"),
    "duplicate_key": Text(
        "同一地区、年份和指标重复出现：{where}{values}",
        "the same region, year and indicator more than once: {where}{values}",
    ),
    "text_in_number": Text("“{value}”应为数字", "'{value}', a number is needed"),
    "not_finite": Text("“{value}”不是有限的数", "'{value}' is not a finite number"),
    "missing_marker": Text("缺失值，写作“{value}”", "missing value, written '{value}'"),
    "unknown_unit": Text("未知单位“{value}”", "unknown unit '{value}'"),
    "wrong_unit": Text("{series}的单位“{value}”与指标不符", "'{value}' is not a unit of {series}"),
    "mixed_units": Text(
        "{series}有几种单位：“{value}”{since}，其他处为“{compared}”",
        "{series} has several units: '{value}'{since}, '{compared}' elsewhere",
    ),
    "unit_change": Text(
        "{series}的单位随年份改变：“{value}”{since}，其他年份为“{compared}”",
        "the unit of {series} changes between years: '{value}'{since}, '{compared}' in others",
    ),
    "implausible_value": Text(
        "{series}超出可信范围：{where} 为 {value}，界限为 {compared}（按通常单位）",
        "{series} outside the plausible range: {where} is {value}, the bound is {compared} "
        "(in its usual unit)",
    ),
    "scale_change": Text(
        "{series}几乎所有地区同时突变：{where} 为 {value}，上年 {compared}；单位或口径是否改变？",
        "{series} jumps in nearly all regions at once: {where} is {value}, {compared} the year "
        "before; did the unit or the definition change?",
    ),
    "implausible_jump": Text(
        "{series}一年内增至三倍以上或降至三分之一以下：{where} 为 {value}，上年 {compared}",
        "{series} more than triples or falls below a third within a year: {where} is {value}, "
        "{compared} the year before",
    ),
    "sum_mismatch": Text(
        "{series}的合计与各部分之和不符：{where} 为 {value}，各部分之和 {compared}",
        "{series}: a total is not the sum of its parts: {where} is {value}, the parts add up to "
        "{compared}",
    ),
    "part_exceeds_whole": Text(
        "{series}大于其总体“{suggestion}”：{where} 为 {value}，总体 {compared}",
        "{series} is larger than its whole '{suggestion}': {where} is {value}, the whole "
        "{compared}",
    ),
}

_SHOWN_RANGES = 5

# Names first: what they settle, the figures use.
_RULES = (
    inspection_names.region_names,
    inspection_names.other_names,
    inspection_cells.years,
    inspection_cells.cells,
    inspection_cells.units,
    inspection_cells.duplicates,
    inspection_cells.ranges,
    inspection_figures.jumps,
    inspection_figures.sums,
    inspection_figures.parts,
)

# There the suggestion is what the figure belongs to, and not a correction.
_EXPLAINED = ("part_exceeds_whole", "sum_mismatch")


@dataclass(frozen=True)
class InspectionResult(Result):
    """What was found in a table.

    tables : ``findings``: file, row, column, value, problem, suggestion, certain, rows, then
        count, table, indicator, label, region, year, compared; and ``figures``, every figure that a
        finding compares: problem, row, column, table, indicator, label, region, year, value,
        compared (both in the figure's own unit)
    findings : the same findings, for wording
    """

    findings: tuple[TableFinding, ...] = ()


def inspect_table(
    path: str | Path, regions: RegionSet | None = None, sheet: str | None = None
) -> InspectionResult:
    """Find what is odd about a table, without changing anything.

    Unknown region names, stray spaces, total rows, text in numbers, markers of missing values,
    unknown, wrong, mixed and changing units, duplicates, figures outside the plausible range or
    that jump, totals that are not the sum of their parts, parts larger than their whole.

    path : a CSV, TSV or XLSX file, long or wide, as ``read_panel`` reads; also with a column
        ``table`` and with indicators given by ``code`` and ``label``
    regions : None chooses China's 31 regions if most names are theirs, else the names themselves
    sheet : of a workbook; by default the first that is not empty
    Raises : InputError if the file cannot be opened or its columns not be recognised
    """
    return inspection_result(inspected(open_grid(path, sheet), regions))


def inspected(grid: Grid, regions: RegionSet | None) -> Inspector:
    """Apply every rule to a grid.

    Raises : InputError if its columns cannot be recognised
    """
    inspector = Inspector(coded_table(grid, regions))
    # A figure too large to be converted is compared as infinite.
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for rule in _RULES:
            rule(inspector)
    return inspector


def inspection_result(inspector: Inspector) -> InspectionResult:
    """Return what an inspector has found as a result, in the order of problems and rows."""
    order = {problem: place for place, problem in enumerate(PROBLEMS)}
    found = sorted(inspector.findings, key=lambda f: (order[f.problem], f.rows[0], f.column))
    return InspectionResult(
        tables={
            "findings": findings_frame(found, inspector.table.name),
            "figures": _figures_frame(inspector),
        },
        parameters={"regions": inspector.table.regions.id},
        inputs=(inspector.table.record,),
        warnings=inspector.table.warnings,
        findings=tuple(found),
    )


def finding_text(finding: TableFinding) -> Text:
    """Return a finding as one line: its places, what is wrong, and what was probably meant."""
    ranges = row_ranges(finding.rows)
    more = len(ranges) > _SHOWN_RANGES
    zh = f"第 {'、'.join(ranges[:_SHOWN_RANGES])} 行{'等' if more else ''}，“{finding.column}”列"
    en = f"{', '.join(ranges[:_SHOWN_RANGES])}{' …' if more else ''}, column {finding.column}"
    en = f"row{'s' if len(finding.rows) > 1 else ''} {en}"
    if finding.count > 1:
        zh, en = f"{zh}（共 {finding.count} 处）", f"{en} ({finding.count} places)"
    said = _said(finding)
    zh = f"{zh}：{PROBLEMS[finding.problem].zh.format(**said[0])}"
    en = f"{en}: {PROBLEMS[finding.problem].en.format(**said[1])}"
    if finding.suggestion is not None and finding.problem not in _EXPLAINED:
        zh = f"{zh}，是否指 {finding.suggestion}？"
        en = f"{en}, did you mean {finding.suggestion}?"
    if finding.problem == "sum_mismatch" and finding.suggestion is not None:
        zh, en = f"{zh}（{finding.suggestion}）", f"{en} ({finding.suggestion})"
    if finding.certain:
        zh, en = f"{zh}（--fix 可改正）", f"{en} (--fix corrects it)"
    return Text(zh, en)


def row_ranges(rows: Sequence[int]) -> list[str]:
    """Return ascending rows as ranges: ``2``, ``4–9``."""
    numbers = np.asarray(rows, dtype=np.int64)
    breaks = np.flatnonzero(np.diff(numbers) != 1) + 1
    parts = np.split(numbers, breaks) if len(numbers) else []
    return [f"{p[0]}" if len(p) == 1 else f"{p[0]}–{p[-1]}" for p in parts]


def _said(finding: TableFinding) -> tuple[dict[str, object], dict[str, object]]:
    """Return the words that fill the sentence of a problem, in Chinese and in English."""
    names = [finding.table, finding.indicator]
    series = " ".join(name for name in names if name)
    called = f"{series} ", series
    if finding.label and finding.label != finding.indicator:
        called = f"{series}（{finding.label}）", f"{series} ({finding.label})"
    year = finding.year
    where = " ".join(str(word) for word in (finding.region, year) if word not in ("", None))
    shared = {
        "value": finding.value,
        "compared": finding.compared,
        "where": where,
        "suggestion": finding.suggestion or "",
    }
    values = f"，数值 {finding.compared}", f", values {finding.compared}"
    if not finding.compared:
        values = "", ""
    since = (f"（始见于 {year} 年）", f" (first in {year})") if year is not None else ("", "")
    return (
        {**shared, "series": called[0], "values": values[0], "since": since[0]},
        {**shared, "series": called[1], "values": values[1], "since": since[1]},
    )


def findings_frame(found: list[TableFinding], file: str) -> pd.DataFrame:
    """Return findings as a table; ``rows`` holds every row of the file that shows the problem."""
    columns = {
        "file": [file] * len(found),
        "row": [f.row for f in found],
        "column": [f.column for f in found],
        "value": [f.value for f in found],
        "problem": [f.problem for f in found],
        "suggestion": _nullable([f.suggestion for f in found]),
        "certain": [f.certain for f in found],
        "rows": [list(f.rows) for f in found],
        "count": [f.count for f in found],
        "table": _nullable([f.table for f in found]),
        "indicator": _nullable([f.indicator for f in found]),
        "label": _nullable([f.label for f in found]),
        "region": _nullable([f.region for f in found]),
        "year": pd.array([f.year for f in found], dtype="Int64"),
        "compared": _nullable([f.compared for f in found]),
    }
    return pd.DataFrame(columns)


def _figures_frame(inspector: Inspector) -> pd.DataFrame:
    table = inspector.table
    kept = inspector.comparisons
    lengths = [len(c.cells) for c in kept]
    cells = np.concatenate([np.empty(0, np.int64), *(c.cells for c in kept)])
    row = table.cell_row[cells]

    def chosen(words: Sequence[str], codes: npt.NDArray[np.int64]) -> pd.Series:
        return _nullable(words).take(codes).reset_index(drop=True)

    def repeated(words: list[str]) -> pd.Series:
        return chosen(words, np.repeat(np.arange(len(words)), lengths))

    return pd.DataFrame(
        {
            "problem": repeated([c.finding.problem for c in kept]),
            "row": table.row[row],
            "column": chosen([m.heading for m in table.measures], table.cell_measure[cells]),
            "table": repeated([c.finding.table for c in kept]),
            "indicator": repeated([c.finding.indicator for c in kept]),
            "label": repeated([c.finding.label for c in kept]),
            "region": chosen(table.entity_words, inspector.entity[row]),
            "year": table.cell_year[cells],
            "value": table.value[cells],
            "compared": np.concatenate([np.empty(0), *(c.compared for c in kept)]),
        }
    )


def _nullable(words: Sequence[str | None]) -> pd.Series:
    return pd.Series([word or None for word in words], dtype=object)
