"""Input–output analysis of one table: the capability, from multipliers to extraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.chains import Exports, Imports, downstreamness, upstreamness
from xinzhi.structure.extraction import extraction, group_extraction
from xinzhi.structure.inputoutput_parts import parts
from xinzhi.structure.inputoutput_result import InputOutputResult
from xinzhi.structure.integration import integration, integration_summary, sector_groups
from xinzhi.structure.leontief import (
    LeontiefSystem,
    competitive_warning,
    flows_kind,
    leontief_system,
)
from xinzhi.structure.linkages import ForwardLinkage, linkage_spread, linkages, pure_linkages
from xinzhi.structure.multipliers import (
    households,
    multipliers,
    primary_multipliers,
    satellite_multipliers,
)
from xinzhi.structure.whole import whole_economy

Array = NDArray[np.float64]

_FEWEST_SECTORS = 10  # fewer cannot part manufacturing from the rest of industry


def inputoutput(
    table: IOTable,
    *,
    forward: ForwardLinkage = "ghosh",
    exports: Exports = "used_as_here",
    imports: Imports = "made_as_here",
    household_categories: Sequence[str] | None = None,
    groups: Mapping[str, Iterable[str]] | None = None,
    tracks: Mapping[str, Mapping[str, float]] | None = None,
    earlier: IOTable | None = None,
) -> InputOutputResult:
    r"""Analyse an input–output table: who pulls, who pushes, and what each sector carries.

    From one factorisation of I − A: multipliers :math:`m = r L` (``multipliers``), linkages and key
    sectors (``linkages``), pure linkages, upstreamness and downstreamness (``chains``), complete
    extraction of every sector (``extraction``), integration of services and digital work with
    manufacturing (``integration``), value added in exports (``value_added_in_exports``, of many
    regions ``decompose_exports``), accounts by producer and consumer (``footprints``) and, with an
    earlier table, what changed output (``structural_decomposition``). A holds domestic products in
    a separate table and products of every origin in a competitive one, which is recorded as the
    parameter ``flows``.

    forward : forward linkage by the Ghosh or by the Leontief inverse
    exports : how upstreamness treats exports (see there)
    imports : how downstreamness treats imports (see there)
    household_categories : final categories that are households' consumption, for type II
    groups : sector codes of manufacturing, services and digital sectors; those of the
        classification by default
    tracks : name → sector code → share of the sector that belongs to the track, to be extracted
        as a whole
    earlier : a table of the same sectors and regions of another year
    Returns : tables sectors, linkages, extraction, economy, type_two_multipliers,
        primary_multipliers, satellite_multipliers, integration, integration_summary, tracks,
        exports and exports_total (one region) or exports_decomposed and exports_bilateral (many),
        footprints (by region), effects and effects_total, each where the table allows it
    Raises : ComputationError where the table is not productive; InputError for unknown codes
    Limits : constant returns, fixed coefficients and prices, no limits of capacity; multipliers
        are upper bounds where resources are scarce
    """
    system = leontief_system(table)
    warnings = list(competitive_warning(table))
    tables, notes = _by_sector(table, system, forward, exports, imports)
    warnings += notes
    tables["economy"] = whole_economy(table, system)
    closed, note = _type_two(table, system, household_categories)
    warnings.append(note)
    if closed is not None:
        tables["type_two_multipliers"] = _without_single_region(table, closed)
    tables["primary_multipliers"] = _without_single_region(
        table, primary_multipliers(table, system)
    )
    if table.satellite_rows:
        tables["satellite_multipliers"] = _without_single_region(
            table, satellite_multipliers(table, system)
        )
    if groups is not None or sector_groups(table.classification) is not None:
        tables["integration"] = _without_single_region(table, integration(table, groups, system))
        tables["integration_summary"] = integration_summary(table, groups, system)
    if tracks:
        tables["tracks"] = group_extraction(table, tracks, system)
    units = _units(table, tables)
    for result, names in parts(table, earlier):
        for own, name in names.items():
            tables[name] = result.tables[own]
            units |= {f"{name}.{c}": u for c, u in result.units.items() if c in tables[name]}
        warnings += result.warnings
    if len(table.sectors) < _FEWEST_SECTORS:
        warnings.append(
            Text(
                f"只有 {len(table.sectors)} 个部门：看不出制造业内部、服务业内部的关联，"
                "不能据此判断重点产业。",
                f"With {len(table.sectors)} sectors, nothing is said about links inside industry "
                "or inside services, nor about which industries are key.",
            )
        )
    return InputOutputResult(
        tables=tables,
        units=units,
        parameters={
            "classification": table.classification,
            "year": table.year,
            "unit": table.unit,
            "flows": flows_kind(table),
            "forward_linkage": forward,
            "exports": exports,
            "imports": imports,
            "extraction": "complete",
            "household_categories": list(household_categories or ()),
            "prices": table.prices.en,
            "earlier_year": None if earlier is None else earlier.year,
        },
        inputs=(*table.inputs, *(() if earlier is None else earlier.inputs)),
        warnings=tuple(dict.fromkeys((*warnings, *table.assumptions))),
    )


def _by_sector(
    table: IOTable,
    system: LeontiefSystem,
    forward: ForwardLinkage,
    exports: Exports,
    imports: Imports,
) -> tuple[dict[str, pd.DataFrame], list[Text]]:
    """Return the tables with a row a sector, and what could not be computed."""
    notes = []
    links = linkages(table, forward, system)
    lost = extraction(table, system=system)
    frame = table.names()
    frame["output"] = table.output
    direct = multipliers(table, system)
    if table.competitive:  # the column stays, without a figure
        direct["import_multiplier"] = np.nan
    for name in direct.columns.difference(["region", "code"], sort=False):
        frame[name] = direct[name]
    for name in ("backward_linkage", "forward_linkage", "linkage_class"):
        frame[name] = links[name]
    try:
        frame["upstreamness"] = upstreamness(table, exports)
    except ComputationError as error:
        frame["upstreamness"] = np.nan
        notes.append(
            Text(f"未计算上游度：{error.message.zh}", f"No upstreamness: {error.message.en}")
        )
    frame["downstreamness"] = downstreamness(table, imports, system)
    frame["output_loss_share"] = lost["output_loss_share"]
    links = links.merge(pure_linkages(table, system), on=["region", "code"])
    links["backward_spread"], links["forward_spread"] = linkage_spread(system)
    tables = {"sectors": frame, "linkages": links, "extraction": lost}
    return {name: _without_single_region(table, each) for name, each in tables.items()}, notes


def _type_two(
    table: IOTable, system: LeontiefSystem, categories: Sequence[str] | None
) -> tuple[pd.DataFrame | None, Text]:
    """Return type II multipliers where there are any, and what to say of them."""
    if not any(category.kind == "compensation" for category in table.primary_categories):
        return None, Text(
            "表中没有劳动者报酬一行：没有收入乘数和第二类乘数。",
            "The table has no row of compensation: no income and no type II multipliers.",
        )
    closed = households(table, categories)
    try:
        return multipliers(table, system, closed), closed.assumption
    except ComputationError as error:
        return None, Text(
            f"未计算第二类乘数：{error.message.zh}。",
            f"No type II multipliers: {error.message.en}.",
        )


def _without_single_region(table: IOTable, frame: pd.DataFrame) -> pd.DataFrame:
    return frame if len(table.regions) > 1 else frame.drop(columns="region")


def _units(table: IOTable, tables: Mapping[str, pd.DataFrame]) -> dict[str, str]:
    """Return the unit of every column of figures; satellites' multipliers are named by account."""
    money = {
        "output",
        "value_added",
        "final_output",
        "own_output",
        "output_loss",
        "other_output_loss",
        "value_added_loss",
    }
    money |= {"pure_backward", "pure_forward", "pure_total"}
    units = {}
    for name, frame in tables.items():
        for column in frame.columns:
            if f"{name}.{column}" in money:
                units[f"{name}.{column}"] = table.unit
            elif column in money:
                units[str(column)] = table.unit
            elif pd.api.types.is_numeric_dtype(frame[column]):
                units[str(column)] = "ratio"
    for code, unit in table.satellite_units.items():
        units[f"satellite_multipliers.{code}"] = unit
    return units
