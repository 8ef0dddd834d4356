"""The labels and accounts of a pymrio system in the terms of an input–output table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed
from xinzhi.data.io_kinds import final_kind
from xinzhi.data.io_table import FINAL_KINDS, Array, FinalCategory, FinalKind, Satellite

# Categories of final demand that carry what pymrio has no place for.
RESERVED = ("discrepancy", "imports")
_WITH_KIND = re.compile(rf"(.+) \[({'|'.join(FINAL_KINDS)})\]")


def region_sectors(flows: pd.DataFrame) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return regions and sectors, which must be every pair of them in order."""
    if flows.index.nlevels == 2:
        regions = tuple(str(name) for name in flows.index.unique(0))
        sectors = tuple(str(name) for name in flows.index.unique(1))
        found = [(str(region), str(sector)) for region, sector in flows.index]
        if found == list(product(regions, sectors)) and flows.index.equals(flows.columns):
            return regions, sectors
    raise InputError(
        Text(
            "pymrio 系统的 Z 须按地区、部门两级排列，各地区部门相同，行列一致",
            "Z of the pymrio system must be labelled by region and sector, with the same sectors "
            "in every region and in rows and columns",
        )
    )


def final_columns(
    demand: pd.DataFrame, regions: Sequence[str], sectors: int, kinds: Mapping[str, FinalKind]
) -> tuple[tuple[FinalCategory, ...], Array]:
    """Return the categories of final demand and (columns, categories), ones where they belong."""
    if demand.columns.nlevels != 2:
        raise InputError(
            Text(
                "pymrio 系统的 Y 须按地区、类别两级排列",
                "Y of the pymrio system must be labelled by region and category",
            )
        )
    levels = [map(str, demand.columns.get_level_values(k)) for k in (0, 1)]
    labels = list(zip(*levels, strict=True))
    found: dict[str, FinalKind] = {}
    codes: dict[str, str] = {}
    for name in dict.fromkeys(name for _, name in labels if name not in RESERVED):
        written = _WITH_KIND.fullmatch(name)
        codes[name] = written.group(1) if written else name
        said = next((k for k in FINAL_KINDS if written and k == written.group(2)), None)
        kind = kinds.get(name) or said or final_kind(name)
        if kind is not None:
            found[name] = kind
    unknown = [name for name in codes if name not in found]
    if unknown:
        shown = listed(unknown)
        raise InputError(
            Text(
                f"看不出这些最终使用类别属于哪一类：{shown.zh}",
                f"the kind of these categories of final demand is not clear: {shown.en}",
            ),
            remedy=Text(
                f"请用 kinds 说明，类别为 {'、'.join(FINAL_KINDS)}。",
                f"State them with kinds, as one of {', '.join(FINAL_KINDS)}.",
            ),
        )
    values = demand.to_numpy(dtype=float).reshape(len(regions), sectors, len(labels))
    used = np.abs(values).sum(axis=1)
    leaving = {
        name
        for name, kind in found.items()
        if kind == "exports"
        and all(
            used[[r != region for r in regions], column].sum() == 0
            for column, (region, other) in enumerate(labels)
            if other == name
        )
    }
    inside = [label for label in labels if label[1] in found and label[1] not in leaving]
    keys = [*inside, *(("", name) for name in found if name in leaving)]
    join = np.zeros((len(labels), len(keys)))
    for column, (region, name) in enumerate(labels):
        if name in found:
            join[column, keys.index(("" if name in leaving else region, name))] = 1.0
    categories = tuple(
        FinalCategory(codes[name], found[name], Text(codes[name], codes[name]), region)
        for region, name in keys
    )
    return categories, join


def read_account(
    extension: Any, sectors: Any, users: Any
) -> tuple[list[tuple[str, ...]], Array, Array | None]:
    """Return row labels, F and F_Y of an extension in the system's own order."""
    if getattr(extension, "F", None) is None:
        name = extension.name
        raise not_ready(Text(f"扩展账户 {name} 没有 F", f"the extension {name} has no F"))
    levels = [extension.F.index.get_level_values(k) for k in range(extension.F.index.nlevels)]
    rows = [tuple(map(str, row)) for row in zip(*levels, strict=True)]
    final = getattr(extension, "F_Y", None)
    return (
        rows,
        extension.F.reindex(columns=sectors).to_numpy(dtype=float),
        None if final is None else final.reindex(columns=users).to_numpy(dtype=float),
    )


def or_zero(final: Array | None, by_sector: Array, demand: pd.DataFrame) -> Array:
    """Return F_Y of an account, zeros where it has none."""
    return np.zeros((len(by_sector), demand.shape[1])) if final is None else final


def read_satellites(
    extensions: Mapping[str, Any], sectors: Any, demand: pd.DataFrame, join: Array
) -> dict[str, Any]:
    """Return the fields of all accounts; a label that two extensions share gets the name of its."""
    found = [
        (name, extension, *read_account(extension, sectors, demand.columns))
        for name, extension in extensions.items()
    ]
    if not found:
        return {}
    labels = [" ".join(row) for _, _, rows, *_ in found for row in rows]
    satellites = []
    for name, extension, rows, *_ in found:
        for row, unit in zip(rows, extension.unit["unit"], strict=True):
            label = " ".join(row)
            code = label if labels.count(label) == 1 else f"{name}: {label}"
            satellites.append(Satellite(code, Text(code, code), str(unit)))
    final = [or_zero(there, values, demand) for *_, values, there in found]
    caused = any(there is not None for *_, there in found)
    return {
        "satellite_rows": tuple(satellites),
        "satellites": np.vstack([values for *_, values, _ in found]),
        "satellites_final": np.vstack(final) @ join if caused else None,
    }


def not_ready(message: Text) -> InputError:
    """Return the error of a system that is not parsed or calculated far enough."""
    return InputError(
        message,
        remedy=Text(
            "请先在 pymrio 中读入并计算（calc_all）。",
            "Parse and calculate it in pymrio first (calc_all).",
        ),
    )
