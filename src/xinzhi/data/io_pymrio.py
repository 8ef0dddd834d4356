"""Conversion from and to the systems of the package pymrio, which opens what pymrio parses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.core.optional import imported
from xinzhi.data.findings import listed
from xinzhi.data.io_kinds import final_kind, primary_row, unit_of
from xinzhi.data.io_pymrio_parts import (
    RESERVED,
    final_columns,
    not_ready,
    or_zero,
    read_account,
    read_satellites,
    region_sectors,
)
from xinzhi.data.io_table import (
    Array,
    FinalKind,
    IOTable,
    PrimaryCategory,
    Sector,
)

# Extensions that carry what pymrio has no place for.
_PRIMARY, _IMPORTED, _SATELLITES = "primary_inputs", "imported_flows", "satellites"


def from_pymrio(
    system: Any,
    *,
    value_added: str | None = None,
    kinds: Mapping[str, FinalKind] | None = None,
    classification: str = "",
    year: int | None = None,
    rounding: float = 0.0,
) -> IOTable:
    """Make an input–output table of a ``pymrio.IOSystem``.

    Extensions become satellite accounts: F of sectors, F_Y of final demand. Categories of exports
    that hold nothing but each region's own products leave the table: they are joined to one
    category of region "". What ``to_pymrio`` adds for imports, discrepancy and primary inputs is
    recognised. Titles are the system's own labels.

    value_added : the extension whose rows are all primary inputs; by default the one that
        ``to_pymrio`` made, else value added is output less intermediate inputs, one row
    kinds : category of final demand → kind, where its name does not tell
    classification, year, rounding : which pymrio does not hold
    Raises : InputError for a system without Z or Y, labels that are not every region with the
        same sectors, categories of an unknown kind, several units, an extension that is not
        there or has no F, and a table that does not balance
    """
    if getattr(system, "Z", None) is None or getattr(system, "Y", None) is None:
        raise not_ready(Text("pymrio 系统没有 Z 或 Y", "the pymrio system has no Z or Y"))
    regions, sectors = region_sectors(system.Z)
    demand = system.Y.reindex(system.Z.index)
    flows, every = system.Z.to_numpy(dtype=float), demand.to_numpy(dtype=float)
    extensions = {str(e.name): e for e in system.get_extensions(data=True)}
    chosen = value_added or (_PRIMARY if _PRIMARY in extensions else None)
    if chosen is not None and chosen not in extensions:
        shown = listed(extensions)
        raise InputError(
            Text(
                f"pymrio 系统没有扩展账户 {chosen}", f"the pymrio system has no extension {chosen}"
            ),
            remedy=Text(f"现有：{shown.zh}", f"There are: {shown.en}"),
        )
    categories, join = final_columns(demand, regions, len(sectors), kinds or {})
    special = {
        name: every[:, [c[1] == name for c in demand.columns]].sum(axis=1)
        for name in RESERVED
        if name in demand.columns.get_level_values(1)
    }
    unit, assumptions = unit_of([str(name) for name in system.unit["unit"].unique()])
    stated = getattr(system, "x", None)
    output = (
        flows.sum(axis=1) + every.sum(axis=1)
        if stated is None
        else stated.reindex(system.Z.index).to_numpy(dtype=float)[:, 0]
    )
    fields: dict[str, Any] = {
        "sectors": tuple(Sector(code, Text(code, code)) for code in sectors),
        "regions": regions,
        "flows": flows,
        "final_demand": every @ join,
        "final_categories": categories,
        "output": output,
        "imports": -special["imports"] if "imports" in special else None,
        "discrepancy": special.get("discrepancy"),
        "classification": classification,
        "year": year,
        "unit": unit,
        "rounding": rounding,
        "source": Text(f"pymrio 系统 {system.meta.name}", f"pymrio system {system.meta.name}"),
    }
    inputs = flows.sum(axis=0)
    if _IMPORTED in extensions:
        _, imported, final = read_account(
            extensions.pop(_IMPORTED), system.Z.columns, demand.columns
        )
        fields["imported_flows"] = imported
        fields["imported_final_demand"] = or_zero(final, imported, demand) @ join
        inputs = inputs + imported.sum(axis=0)
    if chosen is None:
        title = Text("增加值", "value added")
        fields["primary_inputs"] = (output - inputs)[None, :]
        fields["primary_categories"] = (PrimaryCategory("value_added", "value_added", title),)
        assumptions = (
            *assumptions,
            Text(
                "增加值按总产出减去中间投入计算，不是系统中的账户。",
                "Value added is output less intermediate inputs, not an account of the system.",
            ),
        )
    else:
        rows, used, final = read_account(extensions.pop(chosen), system.Z.columns, demand.columns)
        fields["primary_inputs"] = used
        fields["primary_final"] = None if final is None else final @ join
        fields["primary_categories"] = tuple(
            PrimaryCategory(code, kind, Text(code, code)) for code, kind in map(primary_row, rows)
        )
    fields |= read_satellites(extensions, system.Z.columns, demand, join)
    return IOTable(**fields, assumptions=assumptions)


def to_pymrio(table: IOTable) -> Any:
    """Make a ``pymrio.IOSystem`` of a table, whose Z and Y pymrio calculates with as they are.

    Primary inputs and satellites become the extensions ``primary_inputs`` and ``satellites``.
    Use of imports from outside becomes the extension ``imported_flows``; imports as one column
    become the category ``imports`` of final demand, negative, and a discrepancy the category
    ``discrepancy``, so that rows still sum to output. Exports of region "" become one category
    of every exporting region. Titles, prices, source and assumptions have no place in pymrio.

    Raises : InputError where final demand of a region outside the table is no export;
        ComputationError where pymrio is not installed
    """
    pymrio = imported("pymrio", "inputoutput")
    labels = pd.MultiIndex.from_product([table.regions, table.codes], names=["region", "sector"])
    spread, names = _spread(table)
    users = pd.MultiIndex.from_tuples(names, names=["region", "category"])
    by_region = np.kron(np.eye(len(table.regions)), np.ones((len(table.codes), 1)))
    demand = np.zeros((table.size, len(names)))
    for column, (region, name) in enumerate(names):
        own = by_region[:, table.regions.index(region)]
        source = spread[column]
        if isinstance(source, int):
            leaving = table.final_categories[source].region not in table.regions
            mask = own if leaving and len(table.regions) > 1 else 1.0
            demand[:, column] = table.final_demand[:, source] * mask
        elif name == "imports" and table.imports is not None:
            demand[:, column] = -table.imports * own
        elif table.discrepancy is not None:
            demand[:, column] = table.discrepancy * own
    first = np.zeros((len(table.final_categories), len(names)))
    for place in range(len(table.final_categories)):
        first[place, spread.index(place)] = 1.0  # what exports cause is not known by region

    def account(name: str, index: Any, units: list[str], by_sector: Array, final: Any) -> Any:
        frame = pd.DataFrame(by_sector, index=index, columns=labels)
        more = None if final is None else pd.DataFrame(final @ first, index=index, columns=users)
        unit = pd.DataFrame({"unit": units}, index=index)
        return {"name": name, "F": frame, "F_Y": more, "unit": unit}

    rows = [(c.code, c.kind) for c in table.primary_categories]
    index: Any = pd.MultiIndex.from_tuples(rows, names=["inputtype", "kind"])
    extensions = {
        _PRIMARY: account(
            _PRIMARY, index, [table.unit] * len(rows), table.primary_inputs, table.primary_final
        )
    }
    if table.imported_flows is not None:
        index = pd.Index(table.codes, name="sector")
        extensions[_IMPORTED] = account(
            _IMPORTED,
            index,
            [table.unit] * len(index),
            table.imported_flows,
            table.imported_final_demand,
        )
    if table.satellites is not None:
        index = pd.Index([row.code for row in table.satellite_rows], name="stressor")
        extensions[_SATELLITES] = account(
            _SATELLITES,
            index,
            [row.unit for row in table.satellite_rows],
            table.satellites,
            table.satellites_final,
        )
    return pymrio.IOSystem(
        Z=pd.DataFrame(table.flows, index=labels, columns=labels),
        Y=pd.DataFrame(demand, index=labels, columns=users),
        x=pd.DataFrame({"indout": table.output}, index=labels),
        unit=pd.DataFrame({"unit": table.unit}, index=labels),
        name=table.source.en or table.classification or "IO",
        **extensions,
    )


def _spread(table: IOTable) -> tuple[list[int | str], list[tuple[str, str]]]:
    """Return, of every column of Y, where it comes from and its (region, category).

    Region by region, as pymrio needs them: its own categories, then exports out of the table.
    """
    outside = [
        c.code
        for c in table.final_categories
        if c.region not in table.regions and c.kind != "exports" and len(table.regions) > 1
    ]
    if outside:
        shown = listed(outside)
        raise InputError(
            Text(
                f"最终使用列 {shown.zh} 不属于表中的地区，又不是出口",
                f"final demand {shown.en} is of no region of the table, and no export",
            )
        )
    sources: list[int | str] = []
    names: list[tuple[str, str]] = []
    for region in table.regions:
        for place, category in enumerate(table.final_categories):
            if category.region == region or category.region not in table.regions:
                told = final_kind(category.code) == category.kind
                sources.append(place)
                names.append(
                    (region, category.code if told else f"{category.code} [{category.kind}]")
                )
        for name in RESERVED:
            if getattr(table, name) is not None:
                sources.append(name)
                names.append((region, name))
    return sources, names
