"""Xinzhi's own layout of an input–output table: one grid that holds every field of the type.

First lines of ``name, value`` say what the figures are. The heading row begins with ``part``; the
lines ``column_…`` below it say of every column to which part of the table it belongs, whose it is
and what kind. Then come the rows, each with its part.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, get_args

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.findings import Finding, refuse
from xinzhi.data.io_parts import (
    COLUMN_PARTS,
    MARK,
    ROW_PARTS,
    VERSION,
    Label,
    Parts,
    by_part,
    with_totals,
    without_totals,
)
from xinzhi.data.io_table import (
    FINAL_KINDS,
    Array,
    FinalCategory,
    PrimaryCategory,
    PrimaryKind,
    Satellite,
    Sector,
)

_KINDS: Mapping[str, tuple[str, ...]] = {
    "final_demand": FINAL_KINDS,
    "primary_inputs": get_args(PrimaryKind),
}


def table_of(parts: Parts, name: str) -> dict[str, Any]:
    """Return the fields of the table that rows and columns hold.

    Raises : InputError for parts that are unknown, missing or do not fit together
    """
    _check_parts(parts, name)
    rows, columns = by_part(parts.rows), by_part(parts.columns)
    users, final = columns["flows"], columns.get("final_demand", [])
    supply = [parts.rows[k] for k in rows["flows"]]
    regions = tuple(dict.fromkeys(label.region for label in supply))
    sectors = [label for label in supply if label.region == regions[0]]
    expected = [(r, s.code) for r, s in product(regions, sectors)]
    found = [(label.region, label.code) for label in supply]
    used = [(parts.columns[k].region, parts.columns[k].code) for k in users]
    if found != expected or used != expected:
        raise InputError(
            Text(
                f"{name}：各地区的部门、行与列的部门须相同且顺序一致",
                f"{name}: every region needs the same sectors, in rows and columns, in one order",
            ),
            remedy=Text("请核对部门的行和列。", "Check the rows and columns of the sectors."),
        )
    fields_: dict[str, Any] = {
        "sectors": tuple(Sector(s.code, s.title) for s in sectors),
        "regions": regions,
        "flows": _block(parts, rows["flows"], users, name),
        "final_demand": _block(parts, rows["flows"], final, name),
        "final_categories": tuple(
            FinalCategory(c.code, c.kind, c.title, c.region)  # type: ignore[arg-type]
            for c in (parts.columns[k] for k in final)
        ),
        "primary_inputs": _block(parts, rows.get("primary_inputs", []), users, name),
        "primary_categories": tuple(
            PrimaryCategory(c.code, c.kind, c.title)  # type: ignore[arg-type]
            for c in (parts.rows[k] for k in rows.get("primary_inputs", []))
        ),
        "primary_final": _optional(parts, rows.get("primary_inputs", []), final, name),
    }
    for column in ("output", "discrepancy", "imports"):
        if column in columns:
            fields_[column] = _block(parts, rows["flows"], columns[column], name)[:, 0]
    if "imported_flows" in rows:
        fields_["imported_flows"] = _block(parts, rows["imported_flows"], users, name)
        fields_["imported_final_demand"] = _block(parts, rows["imported_flows"], final, name)
    if "satellites" in rows:
        accounts = [parts.rows[k] for k in rows["satellites"]]
        fields_["satellite_rows"] = tuple(Satellite(a.code, a.title, a.unit) for a in accounts)
        fields_["satellites"] = _block(parts, rows["satellites"], users, name)
        fields_["satellites_final"] = _optional(parts, rows["satellites"], final, name)
    return fields_ | _stated(parts.about, name)


def check_totals(parts: Parts, rounding: float) -> list[Finding]:
    """Return the totals that differ from the sum of their parts."""
    again = with_totals(without_totals(parts))
    rows = {(r.part, r.region, r.code): k for k, r in enumerate(again.rows)}
    columns = {(c.part, c.region, c.code): k for k, c in enumerate(again.columns)}
    row = [rows.get((r.part, r.region, r.code), -1) for r in parts.rows]
    column = [columns.get((c.part, c.region, c.code), -1) for c in parts.columns]
    added = again.values[np.ix_(row, column)]
    added[np.array(row) < 0] = np.nan
    added[:, np.array(column) < 0] = np.nan
    total = np.array([r.part == "total" for r in parts.rows])[:, None] | np.array(
        [c.part == "total" for c in parts.columns]
    )
    terms = len(parts.rows) + len(parts.columns)
    noise = 1e-12 * np.nan_to_num(np.abs(again.values)).max(initial=0.0)
    good = np.abs(parts.values - added) <= 1e-6 * np.abs(added) + rounding * terms + noise
    found = []
    for k, j in np.argwhere(total & ~np.isnan(parts.values) & ~good):
        there, shown = parts.values[k, j], added[k, j]
        problem = Text(
            f"合计为 {there:,.10g}，各部分之和为 {'无' if np.isnan(shown) else f'{shown:,.10g}'}",
            f"the total is {there:,.10g}, its parts sum to "
            f"{'nothing' if np.isnan(shown) else f'{shown:,.10g}'}",
        )
        found.append(Finding(problem, _name(parts.rows[k]), _name(parts.columns[j])))
    return found


def _stated(about: Sequence[tuple[str, str, str]], name: str) -> dict[str, Any]:
    """Return the fields that the first lines state."""
    once = {key: (zh, en) for key, zh, en in about if key != "assumption"}
    known = (MARK, *("classification", "year", "unit", "tolerance", "rounding", "prices", "source"))
    findings = [
        Finding(Text(f"不认识的说明：{key}", f"unknown line: {key}"))
        for key in once
        if key not in known
    ]
    if once.get(MARK, ("", ""))[0] != VERSION:
        findings.append(
            Finding(Text(f"版式的版本不是 {VERSION}", f"the layout's version is not {VERSION}"))
        )
    values: dict[str, Any] = {
        "classification": once.get("classification", ("", ""))[0],
        "unit": once.get("unit", ("", ""))[0],
        "prices": Text(*once.get("prices", ("", ""))),
        "source": Text(*once.get("source", ("", ""))),
        "assumptions": tuple(Text(zh, en) for key, zh, en in about if key == "assumption"),
    }
    for key, kind in (("year", int), ("tolerance", float), ("rounding", float)):
        text = once.get(key, ("", ""))[0]
        try:
            number = kind(text) if text else None
        except ValueError:
            number = None
        if text and (number is None or not 0 <= number < 1e6):
            findings.append(Finding(Text(f"{key} 不是数：{text}", f"{key} is no number: {text}")))
        elif number is not None:
            values[key] = number
    if findings:
        raise refuse(name, findings)
    return values


def _block(parts: Parts, rows: Sequence[int], columns: Sequence[int], name: str) -> Array:
    """Return figures that must be there."""
    values = parts.values[np.ix_(rows, columns)]
    gaps = np.argwhere(np.isnan(values))
    if len(gaps):
        places = [
            Finding(
                Text("没有数；零须写成 0", "no figure; a zero must be written as 0"),
                _name(parts.rows[rows[i]]),
                _name(parts.columns[columns[j]]),
            )
            for i, j in gaps
        ]
        raise refuse(name, places)
    return values


def _optional(parts: Parts, rows: Sequence[int], columns: Sequence[int], name: str) -> Array | None:
    """Return figures that are all there or all absent."""
    if not rows or np.isnan(parts.values[np.ix_(rows, columns)]).all():
        return None
    return _block(parts, rows, columns, name)


def _name(label: Label) -> str:
    return " ".join(word for word in (label.region, label.code) if word)


def _check_parts(parts: Parts, name: str) -> None:
    findings = []
    for labels, known in ((parts.rows, ROW_PARTS), (parts.columns, COLUMN_PARTS)):
        for label in labels:
            if label.part not in known:
                problem = Text(f"不认识的部分：{label.part}", f"unknown part: {label.part}")
                findings.append(Finding(problem, None, _name(label), label.part))
            elif label.part in _KINDS and label.kind not in _KINDS[label.part]:
                allowed = "、".join(_KINDS[label.part]), ", ".join(_KINDS[label.part])
                problem = Text(
                    f"类别应为 {allowed[0]} 之一，而不是“{label.kind}”",
                    f"kind must be one of {allowed[1]}, not '{label.kind}'",
                )
                findings.append(Finding(problem, None, _name(label), label.kind))
    there = {"flows": [label.part for label in parts.rows], "output": []}
    there["output"] = [label.part for label in parts.columns]
    for part, labels_ in there.items():
        if part not in labels_:
            findings.append(Finding(Text(f"缺少 {part}", f"missing: {part}")))
    findings += [
        Finding(Text(f"{part} 列重复", f"column {part} comes twice"))
        for part in ("output", "imports", "discrepancy")
        if there["output"].count(part) > 1
    ]
    if "flows" not in there["output"] and not findings:
        findings.append(Finding(Text("缺少部门列", "missing: columns of sectors")))
    if findings:
        raise refuse(name, findings)
