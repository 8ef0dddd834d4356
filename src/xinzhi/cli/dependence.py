"""Dependence by activity for ``strengths``: a plain table, or what ``chokepoints`` wrote."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.cells import text_of
from xinzhi.data.tables import MAX_BYTES, Grid, open_grid
from xinzhi.data.unit_tables import UnitTable, read_unit_table
from xinzhi.structure.strengths.dependence_map import dependence_of_activities

_TITLES = ("code", "title_zh", "title_en")
_TOTAL = "total_dependence"


class Dependence(NamedTuple):
    """Dependence by activity, and where it comes from.

    table : activity, dependence
    source : ``given``, or ``chokepoints`` where it was brought over from sectors
    """

    table: pd.DataFrame
    source: str
    inputs: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def read_dependence(
    path: Path, activity: str, activities: Sequence[str], sectors: Path | None = None
) -> Dependence:
    """Read the dependence of activities.

    path : a table with the column of activities (or ``activity``) and ``dependence``; or what
        ``xinzhi chokepoints`` wrote as CSV or JSON, or results.json of ``assess``
    activity : name of the column of activities; activities : those of the table of volumes
    sectors : table with the column of activities (or ``activity``), ``code`` and ``share``: in
        which sectors of ``chokepoints`` each activity is; by default activities bear the code or
        the title of their sector
    Raises : InputError for files that hold neither, sectors beside a table by activity, and where
        no activity is a sector
    """
    if path.suffix.lower() == ".json":
        found, record = _of_json(path)
        warnings: tuple[Text, ...] = ()
    else:
        grid = open_grid(path)
        if not _has(grid, _TOTAL):
            return _given(path, _heading(grid, activity), sectors)
        titles = [name for name in _TITLES if _has(grid, name)]
        of_sectors = read_unit_table(path, titles, [_TOTAL])
        found, record, warnings = of_sectors.frame, of_sectors.record, of_sectors.warnings
    if sectors is None:
        return Dependence(
            dependence_of_activities(found, _by_name(found, activities, path)),
            "chokepoints",
            (record,),
            warnings,
        )
    mapping = _mapping(sectors, activity)
    return Dependence(
        dependence_of_activities(found, mapping.frame),
        "chokepoints",
        (record, mapping.record),
        (*warnings, *mapping.warnings),
    )


def _given(path: Path, activity: str, sectors: Path | None) -> Dependence:
    if sectors is not None:
        raise InputError(
            Text(
                f"{path.name} 已按活动给出依赖度，不能再给 --sectors",
                f"{path.name} gives dependence by activity already: leave out --sectors",
            )
        )
    table = read_unit_table(path, [activity], ["dependence"])
    frame = table.frame.rename(columns={activity: "activity"})
    return Dependence(frame, "given", (table.record,), table.warnings)


def _mapping(path: Path, activity: str) -> UnitTable:
    name = _heading(open_grid(path), activity)
    table = read_unit_table(path, [name, "code"], ["share"])
    return UnitTable(table.frame.rename(columns={name: "activity"}), table.record, table.warnings)


def _by_name(sectors: pd.DataFrame, activities: Sequence[str], path: Path) -> pd.DataFrame:
    """Return which sector each activity is by its code or title."""
    known = set(activities)
    columns = [name for name in _TITLES if name in sectors]
    names = max(
        (sectors[name].astype(str) for name in columns), key=lambda column: column.isin(known).sum()
    )
    own = names.isin(known)
    if not own.any():
        raise InputError(
            Text(
                f"{path.name}：没有一项活动与部门同名或同代码",
                f"{path.name}: no activity bears the code or the title of a sector",
            ),
            remedy=Text(
                "用 --sectors FILE 给出各活动属于哪些部门（列：活动、code、share）。",
                "Say with --sectors FILE in which sectors each activity is (columns: the "
                "activities', code, share).",
            ),
        )
    return pd.DataFrame({"activity": names[own], "code": sectors.loc[own, "code"], "share": 1.0})


def _has(grid: Grid, heading: str) -> bool:
    return any(text_of(cell).strip() == heading for row in grid.cells[:20] for cell in row)


def _heading(grid: Grid, activity: str) -> str:
    """Return the name of the column of activities, ``activity`` where only that is there."""
    return "activity" if _has(grid, "activity") and not _has(grid, activity) else activity


def _of_json(path: Path) -> tuple[pd.DataFrame, InputRecord]:
    """Return the sectors in a result of chokepoints, or in results.json of assess."""
    import hashlib

    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        data = path.read_bytes()
        document: Any = json.loads(data)
        tables: Mapping[str, Any] = document["result"]
        name = "sectors" if document["command"] == "chokepoints" else "chokepoints_sectors"
        frame = pd.DataFrame(tables[name])
        found = frame[["code", *(c for c in _TITLES[1:] if c in frame)]].astype(str)
        found[_TOTAL] = pd.to_numeric(frame[_TOTAL])
    except OSError as error:
        raise _refused(
            path, f"无法读取（{error.strerror}）", f"cannot be read ({error.strerror})"
        ) from None
    except (KeyError, TypeError, ValueError, RecursionError):
        raise _refused(
            path, "没有 chokepoints 的部门依赖度", "holds no dependence by sector of chokepoints"
        ) from None
    return found, InputRecord(path.name, hashlib.sha256(data).hexdigest(), len(found))


def _refused(path: Path, zh: str, en: str) -> InputError:
    return InputError(
        Text(f"{path}：{zh}", f"{path}: {en}"),
        remedy=Text(
            "请给出 xinzhi chokepoints --out FILE.json 写出的文件、assess 的 results.json，"
            "或含活动和 dependence 两列的表。",
            "Give a file that xinzhi chokepoints --out FILE.json wrote, results.json of assess, or "
            "a table of activities and dependence.",
        ),
    )
