"""A first transition case from an input–output table and a table of technologies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.case_fields import fields
from xinzhi.data.case_reader import case_of_document
from xinzhi.data.cases import TransitionCase
from xinzhi.data.io_table import FinalKind, IOTable
from xinzhi.data.units import convert, find_unit
from xinzhi.plan.case_arrays import Array

UTILISATION = 0.85  # of existing capacity in the base year
LIFETIME = 20  # years of existing capacity, its ages spread evenly
CAPITAL_COEFFICIENT = 1.0  # cost of a unit of capacity, per yuan of yearly output
SPARE_WORKERS = 1.05  # workers there are, per worker needed in the base year
PERSONS = "10k_persons"
_POSITIVE: dict[str, FinalKind] = {
    "consumption": "consumption",
    "investment": "investment",
    "exports": "exports",
}
_PARTS = ("input_factors", "imported_shares", "labour", "accounts")


def case_from_table(
    table: IOTable,
    technologies: pd.DataFrame | None = None,
    *,
    horizon: int,
    base_year: int | None = None,
) -> TransitionCase:
    """Return a case that runs, made of a table and technologies: as ``case_document``."""
    document = case_document(table, technologies, horizon=horizon, base_year=base_year)
    rows = sum(len(entries) for entries in document.values() if isinstance(entries, list))
    digest = table.inputs[0].sha256 if table.inputs else ""
    return case_of_document(document, InputRecord(document["id"], digest, rows))


def case_document(
    table: IOTable,
    technologies: pd.DataFrame | None = None,
    *,
    horizon: int,
    base_year: int | None = None,
) -> dict[str, Any]:
    """Return a case as a document, for ``case_text`` to write and a planner to fill in.

    Every sector gets an existing technology that may also be built, with capacity a little above
    output; final demand stays at the base year's until growth is given. Satellite accounts counted
    in persons become a grade of workers, others accounts without caps; a technology that says
    nothing of them takes its sector's figures. What the table's balance leaves (rounding,
    discrepancy, negative final demand) goes into changes in stocks.

    table : of one region, its unit money
    technologies : one row each; columns are the keys of ``[[technology]]``, and ``labour.GRADE``,
        ``accounts.ID``, ``input_factors.SECTOR``, ``imported_shares.SECTOR``; a row of kind
        ``existing`` takes the place of the one that a sector gets
    base_year : the table's by default
    Raises : InputError where the table has several regions or no year, and for columns and sectors
        that are not known
    """
    if len(table.regions) > 1:
        raise InputError(
            Text(
                f"投入产出表有 {len(table.regions)} 个地区；转型案例只用一个地区的表",
                f"the input–output table has {len(table.regions)} regions; a transition case "
                "takes the table of one",
            )
        )
    year = table.year if base_year is None else base_year
    if year is None:
        raise InputError(
            Text("投入产出表没有年份", "the input–output table has no year"),
            remedy=Text("请给出基年（base_year）。", "Give the base year (base_year)."),
        )
    given = _given(table, technologies)
    replaced = {entry["sector"] for entry in given if entry["kind"] == "existing"}
    existing = [
        _existing(table, place, year)
        for place, code in enumerate(table.codes)
        if table.output[place] > 0 and code not in replaced
    ]
    persons = [
        r for r in table.satellite_rows if dict(find_unit(r.unit).dimension) == {"persons": 1}
    ]
    others = [row for row in table.satellite_rows if row not in persons]
    for entry in (*existing, *given):
        place = table.codes.index(entry["sector"])
        for rows, key in ((persons, "labour"), (others, "accounts")):
            own = {row.code: _per_output(table, row.code, place) for row in rows}
            entry[key] = {**own, **entry.get(key, {})}
    needed = {row.code: _in_persons(table, row.code).sum() for row in persons}
    source = {"zh": table.source.zh, "en": table.source.en} if table.source.en else None
    return {
        "id": f"{table.classification or 'table'}-{year}-{horizon}",
        "title": {
            "zh": f"由 {year} 年投入产出表生成的案例",
            "en": f"Case from the table of {year}",
        },
        "base_year": year,
        "horizon": horizon,
        "money": table.unit,
        "persons": PERSONS,
        "discount_rate": 0.05,
        "modelled_investment": 1.0,
        "capital_goods": _capital_goods(table),
        "sector": [_sector(table, place, source) for place in range(len(table.sectors))],
        "technology": [*existing, *given],
        "grade": [
            {
                "id": row.code,
                "title": row.title.to_dict(),
                "workers": float(SPARE_WORKERS * needed[row.code]),
                "assumption": True,
            }
            for row in persons
        ],
        "account": [
            {"id": row.code, "title": row.title.to_dict(), "unit": row.unit, "assumption": True}
            for row in others
        ],
        "mapping": {table.classification or "own": {code: [code] for code in table.codes}},
    }


def _final(table: IOTable, *kinds: FinalKind) -> Array:
    return table.final(*kinds) + table.imported_final(*kinds)


def _inputs(table: IOTable) -> Array:
    return table.flows if table.imported_flows is None else table.flows + table.imported_flows


def _sector(table: IOTable, place: int, source: dict[str, str] | None) -> dict[str, Any]:
    """Return a sector; stock changes close its balance."""
    flows, output, sector = _inputs(table), table.output, table.sectors[place]
    positive = {
        name: max(0.0, float(_final(table, kind)[place])) for name, kind in _POSITIVE.items()
    }
    imports = float(_imports(table)[place])
    uses = float(flows[place].sum()) + sum(positive.values())
    column = flows[:, place] / output[place] if output[place] > 0 else np.zeros(len(output))
    return {
        "id": sector.code,
        "title": sector.title.to_dict(),
        "inputs": {
            code: float(value) for code, value in zip(table.codes, column, strict=True) if value
        },
        **positive,
        "stock_changes": float(output[place]) + imports - uses,
        "imports": imports,
        "import_rise": 0.1,
        "source": source,
        "assumption": source is None,
    }


def _imports(table: IOTable) -> Array:
    if table.imports is not None:
        return table.imports
    if table.imported_flows is None:
        return np.zeros(len(table.sectors))
    return np.asarray(table.imported_flows.sum(axis=1) + table.imported_final())


def _existing(table: IOTable, place: int, year: int) -> dict[str, Any]:
    sector, output = table.sectors[place], float(table.output[place])
    each = output / UTILISATION / LIFETIME
    return {
        "id": f"{sector.code}-existing",
        "sector": sector.code,
        "title": {
            "zh": f"{sector.title.zh}（现有）",
            "en": f"{sector.title.en}, existing",
        },
        "kind": "existing",
        "base_output": output,
        "capacity": {str(built): each for built in range(year - LIFETIME + 1, year + 1)},
        "lifetime": LIFETIME,
        "buildable": True,
        "cost": CAPITAL_COEFFICIENT,
        "lead_time": 1,
        "assumption": True,
    }


def _capital_goods(table: IOTable) -> dict[str, float]:
    """Return the composition of investment, or of all output where the table has none."""
    bought = np.maximum(0.0, _final(table, "investment"))
    if not bought.any():
        bought = table.output
    shares = bought / bought.sum()
    return {code: float(s) for code, s in zip(table.codes, shares, strict=True) if s > 0}


def _in_persons(table: IOTable, code: str) -> Array:
    return np.asarray(convert(table.satellite(code), table.satellite_units[code], PERSONS))


def _per_output(table: IOTable, code: str, place: int) -> float:
    dimension = dict(find_unit(table.satellite_units[code]).dimension)
    values = _in_persons(table, code) if dimension == {"persons": 1} else table.satellite(code)
    return float(values[place] / table.output[place]) if table.output[place] > 0 else 0.0


def _given(table: IOTable, technologies: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the rows of a table of technologies as entries of a case."""
    if technologies is None:
        return []
    keys = [field.key for field in fields()["technology"]]
    unknown = [
        str(column)
        for column in technologies
        if str(column) not in keys and str(column).split(".")[0] not in _PARTS
    ]
    codes = set(technologies["sector"].astype(str)) if "sector" in technologies else set()
    absent = sorted(codes - set(table.codes))
    if unknown or absent or not {"id", "sector", "kind"} <= set(technologies):
        details = [
            *(Text(f"未知的列：{u}", f"unknown column: {u}") for u in unknown),
            *(Text(f"没有部门：{a}", f"there is no sector: {a}") for a in absent),
        ]
        raise InputError(
            Text("技术表不可用", "the table of technologies cannot be used"),
            details,
            Text(
                f"须有列 id、sector、kind；另可有 {'、'.join(keys)}，以及 labour.等级、"
                "accounts.账户、input_factors.部门、imported_shares.部门。",
                f"It needs columns id, sector and kind; it may have {', '.join(keys)}, and "
                "labour.GRADE, accounts.ID, input_factors.SECTOR, imported_shares.SECTOR.",
            ),
        )
    entries = []
    for row in technologies.astype(object).to_dict("records"):
        entry: dict[str, Any] = {"assumption": pd.isna(row.get("source"))}
        for name, value in row.items():
            if not isinstance(value, dict) and pd.isna(value):
                continue
            part, _, key = str(name).partition(".")
            plain = value.item() if hasattr(value, "item") else value
            if isinstance(plain, float) and plain.is_integer() and part in _whole():
                plain = int(plain)
            if key:
                entry.setdefault(part, {})[key] = plain
            else:
                entry[part] = plain
        entry["sector"] = str(entry["sector"])
        entry.setdefault("title", entry["id"])
        entries.append(entry)
    return entries


def _whole() -> set[str]:
    """Return the keys of whole numbers: a column with gaps holds them as decimals."""
    return {field.key for field in fields()["technology"] if field.kind == "whole"}
