"""Volumes of activities in regions: the only form in which they enter the strengths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.findings import Finding, listed, refuse

Array = NDArray[np.float64]


@dataclass(frozen=True)
class ActivityMatrix:
    """Volumes by region and activity, one sparse matrix a year; every stored volume is above zero.

    slices : one (region, activity) matrix for each year, or a single one where there are no years
    regions, activities : labels; each has a volume in at least one year
    years : whole numbers, rising; empty where the table has no years
    unit : unit id of the volumes, "" if unknown
    inputs : where the volumes come from
    warnings : empty regions and activities that were dropped, cells that no row names
    """

    slices: tuple[csr_array, ...]
    regions: tuple[str, ...]
    activities: tuple[str, ...]
    years: tuple[int, ...] = ()
    unit: str = ""
    inputs: tuple[InputRecord, ...] = ()
    warnings: tuple[Text, ...] = ()

    @property
    def values(self) -> Array:
        """Return the (region, activity, year) array, with one layer where there are no years."""
        return np.stack([volumes.toarray() for volumes in self.slices], axis=2)

    @property
    def periods(self) -> tuple[int | None, ...]:
        """Return the years, or None alone where there are none: one for each slice."""
        return self.years or (None,)

    def total(self) -> csr_array:
        """Return the (region, activity) volumes of all years together."""
        summed = self.slices[0]
        for volumes in self.slices[1:]:
            summed = summed + volumes
        return csr_array(summed)


def activity_matrix(
    frame: pd.DataFrame,
    region: str,
    activity: str,
    value: str,
    year: str | None = None,
    unit: str = "",
    inputs: Sequence[InputRecord] = (),
) -> ActivityMatrix:
    """Check a long table of volumes and return it as an activity matrix.

    frame : one row a region, activity and year; a combination that no row names has volume zero,
        as in tables of trade or patents, and their number is among the warnings
    region, activity, value, year : columns; value >= 0 and extensive, such as employment, exports
        or patents, never a share or an index; year a whole number
    Returns : labels in order of their first row, years rising; regions and activities without any
        volume are dropped and named in the warnings
    Raises : InputError for absent columns or one used twice, and naming each row with a missing
        label, a year that is no whole number, a volume that is missing, negative or no number, or
        a region, activity and year that another row has already; and if nothing is left
    """
    columns = [region, activity, value] if year is None else [region, activity, value, year]
    _check_columns(frame, columns)
    volumes = pd.to_numeric(frame[value], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    findings = [
        *_missing_labels(frame, [region, activity]),
        *_bad_volumes(frame, value, volumes),
        *(() if year is None else _bad_years(frame, year)),
    ]
    if findings:
        raise refuse(_TABLE.en, findings, headline=_headline(findings))
    duplicates = _duplicates(frame, [region, activity] if year is None else [*columns[:2], year])
    if duplicates:
        raise refuse(_TABLE.en, duplicates, _ONE_ROW, _headline(duplicates))
    rows, regions = pd.factorize(frame[region].astype(str))
    places, activities = pd.factorize(frame[activity].astype(str))
    years: tuple[int, ...] = ()
    layers = np.zeros(len(frame), dtype=np.intp)
    if year is not None:
        codes = frame[year].astype(float).astype(int).to_numpy()
        found, layers = np.unique(codes, return_inverse=True)
        years = tuple(found.tolist())
    shape = (len(regions), len(activities))
    slices = [
        _compressed(volumes[layers == k], rows[layers == k], places[layers == k], shape)
        for k in range(max(len(years), 1))
    ]
    absent = len(slices) * shape[0] * shape[1] - len(frame)
    return _without_empty(slices, list(regions), list(activities), years, unit, inputs, absent)


def activity_matrix_of_array(
    values: ArrayLike,
    regions: Sequence[str],
    activities: Sequence[str],
    years: Sequence[int] = (),
    unit: str = "",
    inputs: Sequence[InputRecord] = (),
) -> ActivityMatrix:
    """Check an array of volumes and return it as an activity matrix.

    values : (region, activity), or (region, activity, year) where years are given; >= 0
    Returns : regions and activities without any volume are dropped and named in the warnings
    Raises : InputError if labels do not fit the array or occur twice, years do not rise, or a
        volume is missing, infinite or negative
    """
    array = np.asarray(values, dtype=float)
    if array.ndim == 2 and not years:
        array = array[:, :, np.newaxis]
    expected = (len(regions), len(activities), max(len(years), 1))
    if array.shape != expected:
        raise InputError(
            Text(
                f"数组的形状是 {array.shape}，标签要求 {expected}（地区、活动、年份）",
                f"the array has shape {array.shape}, its labels {expected}"
                " (regions, activities, years)",
            ),
            remedy=Text(
                "每一行、列、层给一个标签。", "Give one label for each row, column, layer."
            ),
        )
    _check_labels(regions, Text("地区", "regions"))
    _check_labels(activities, Text("活动", "activities"))
    if any(later <= earlier for earlier, later in pairwise(years)):
        raise InputError(
            Text(f"年份应递增：{listed(years).zh}", f"years must rise: {listed(years).en}")
        )
    wrong = np.argwhere(~(np.isfinite(array) & (array >= 0)))
    if len(wrong):
        shown = listed(f"{regions[r]} {activities[a]}" for r, a, _ in wrong)
        raise InputError(
            Text(
                f"{len(wrong)} 个数量缺失、无穷或为负：{shown.zh}",
                f"{len(wrong)} volume(s) missing, infinite or negative: {shown.en}",
            ),
            remedy=Text("没有这项活动请写 0。", "Write 0 where there is no such activity."),
        )
    slices = [csr_array(array[:, :, k]) for k in range(array.shape[2])]
    return _without_empty(
        slices, list(map(str, regions)), list(map(str, activities)), tuple(years), unit, inputs, 0
    )


_TABLE = Text("活动表", "activity table")
_ONE_ROW = Text(
    "每个地区、活动和年份只留一行；多个来源请先相加或选定一个。",
    "Keep one row for each region, activity and year; add sources up or choose one first.",
)


def _compressed(
    volumes: Array, rows: NDArray[np.intp], places: NDArray[np.intp], shape: tuple[int, int]
) -> csr_array:
    """Return the volumes as a sparse matrix without stored zeros, columns in order."""
    matrix = csr_array((volumes, (rows, places)), shape=shape)
    matrix.eliminate_zeros()
    matrix.sort_indices()
    return matrix


def _without_empty(
    slices: Sequence[csr_array],
    regions: list[str],
    activities: list[str],
    years: tuple[int, ...],
    unit: str,
    inputs: Sequence[InputRecord],
    absent: int,
) -> ActivityMatrix:
    """Drop what has no volume in any year, and say so."""
    in_region = np.sum([np.asarray(matrix.sum(axis=1)).ravel() for matrix in slices], axis=0) > 0
    in_activity = np.sum([np.asarray(matrix.sum(axis=0)).ravel() for matrix in slices], axis=0) > 0
    if not in_region.any():
        raise InputError(
            Text("所有数量都是 0", "every volume is zero"),
            remedy=Text("请检查数值列。", "Check the column of values."),
        )
    warnings = []
    for labels, kept, noun in (
        (regions, in_region, Text("个地区", "region(s)")),
        (activities, in_activity, Text("项活动", "activity(ies)")),
    ):
        dropped = [label for label, keep in zip(labels, kept, strict=True) if not keep]
        if dropped:
            shown = listed(dropped)
            warnings.append(
                Text(
                    f"{len(dropped)} {noun.zh}没有任何数量，已去掉：{shown.zh}",
                    f"{len(dropped)} {noun.en} without any volume dropped: {shown.en}",
                )
            )
    if absent:
        warnings.append(
            Text(
                f"{absent:,} 个地区、活动和年份的组合没有数据行，按 0 计算",
                f"{absent:,} combinations of region, activity and year have no row"
                " and count as zero",
            )
        )
    if not (in_region.all() and in_activity.all()):
        slices = [csr_array(matrix[in_region][:, in_activity]) for matrix in slices]
    return ActivityMatrix(
        slices=tuple(slices),
        regions=tuple(np.array(regions, dtype=object)[in_region]),
        activities=tuple(np.array(activities, dtype=object)[in_activity]),
        years=years,
        unit=unit,
        inputs=tuple(inputs),
        warnings=tuple(warnings),
    )


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    there = [str(column) for column in frame.columns]
    absent = [name for name in wanted if name not in there]
    if absent:
        close = {name: get_close_matches(name, there, n=1) for name in absent}
        details = [
            Text(
                name + (f"，是否为 {close[name][0]}？" if close[name] else ""),
                name + (f", did you mean {close[name][0]}?" if close[name] else ""),
            )
            for name in absent
        ]
        names = listed(there, most=12)
        raise InputError(
            Text("表中没有这些列：", "the table has no such columns:"),
            details,
            Text(f"现有的列：{names.zh}。", f"The columns are: {names.en}."),
        )
    twice = sorted({name for name in wanted if list(wanted).count(name) > 1})
    if twice:
        names = listed(twice)
        raise InputError(Text(f"同一列用了两次：{names.zh}", f"a column is used twice: {names.en}"))
    if not len(frame):
        raise InputError(Text("表中没有数据行", "the table has no rows"))


def _check_labels(labels: Sequence[str], noun: Text) -> None:
    twice = sorted({str(label) for label in labels if list(labels).count(label) > 1})
    if twice:
        names = listed(twice)
        raise InputError(Text(f"{noun.zh}重名：{names.zh}", f"{noun.en} named twice: {names.en}"))


def _headline(findings: Sequence[Finding]) -> Text:
    count = len(findings)
    noun = "problem" if count == 1 else "problems"
    return Text(f"{_TABLE.zh}：有 {count} 处问题", f"{_TABLE.en}: {count} {noun}")


def _found(
    frame: pd.DataFrame, wrong: NDArray[np.bool_], column: str, problem: Text
) -> list[Finding]:
    """Return one finding for each wrong row, named by its label in the table."""
    return [
        Finding(problem, row if isinstance(row, int) else str(row), column, str(cell))
        for row, cell in zip(frame.index[wrong], frame.loc[wrong, column], strict=True)
    ]


def _missing_labels(frame: pd.DataFrame, columns: Sequence[str]) -> list[Finding]:
    findings = []
    for column in columns:
        text = frame[column]
        blank = (text.isna() | (text.astype(str).str.strip() == "")).to_numpy()
        findings += _found(frame, blank, column, Text("没有名称", "has no name"))
    return findings


def _bad_volumes(frame: pd.DataFrame, column: str, volumes: Array) -> list[Finding]:
    missing = frame[column].isna().to_numpy()
    text = ~missing & ~np.isfinite(volumes)
    negative = volumes < 0
    return [
        *_found(
            frame,
            missing,
            column,
            Text("数量缺失（没有这项活动请写 0）", "no volume (write 0 if there is none)"),
        ),
        *(
            Finding(
                Text(f"“{f.value}”不是数", f"“{f.value}” is no number"), f.row, f.column, f.value
            )
            for f in _found(frame, text, column, _TABLE)
        ),
        *(
            Finding(Text(f"{f.value} 为负", f"{f.value} is negative"), f.row, f.column, f.value)
            for f in _found(frame, negative, column, _TABLE)
        ),
    ]


def _bad_years(frame: pd.DataFrame, column: str) -> list[Finding]:
    years = pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(years) | (years != np.floor(years))
    what = Text("不是整数年份", "is no whole number such as 2023")
    return _found(frame, wrong, column, what)


def _duplicates(frame: pd.DataFrame, keys: Sequence[str]) -> list[Finding]:
    twice = frame[list(keys)].astype(str).duplicated().to_numpy()
    return [
        Finding(
            Text(f"{listed(cells).zh} 重复", f"{listed(cells).en} occur twice"),
            row if isinstance(row, int) else str(row),
        )
        for row, cells in zip(
            frame.index[twice],
            frame.loc[twice, list(keys)].itertuples(index=False, name=None),
            strict=True,
        )
    ]
