"""Aggregation of an input–output table to fewer sectors and regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from xinzhi.core import InputError, Text
from xinzhi.data.concordances import Concordance
from xinzhi.data.findings import listed
from xinzhi.data.io_table import FinalCategory, IOTable

Array = NDArray[np.float64]
Shares = sparse.csr_array


def aggregate(
    table: IOTable, concordance: Concordance | None, regions: Mapping[str, str] | None = None
) -> IOTable:
    r"""Return the table summed to the sectors of a concordance and to groups of regions.

    With :math:`G` (N, N') the share of each region-sector in each new one and :math:`C` (S, S')
    that of sectors alone,

    .. math:: Z' = G^\top Z G, \quad M' = C^\top M G, \quad Y' = G^\top Y, \quad x' = G^\top x,
              \quad V' = V G,

    and likewise for imports, the discrepancy and satellite accounts. Totals commute with
    aggregation; coefficients and multipliers do not: those of the sum are not sums or means of
    those of the parts, so compute with the detail there is.

    concordance : from the table's classification; None leaves the sectors as they are
    regions : every region of the table → the group it joins; groups come in the order in which
        they are first named along the table's regions. Final demand of the same category is summed
        within a group, and trade among its members becomes trade within it
    Returns : the table in its own unit, prices and year; where the concordance assumes something,
        the assumption is added to the table's
    Raises : InputError where the concordance starts from another classification, lacks a sector,
        or has no counterpart for a sector with figures, and where a region has no group
    Limits : a share splits the whole row and column of a sector, as if its parts had one structure
    Source : Miller and Blair (2009), Input–Output Analysis, 2nd ed., chapter 4
    """
    sectors, across = table.sectors, np.eye(len(table.sectors))
    classification, assumptions = table.classification, table.assumptions
    if concordance is not None:
        sectors, across = concordance.to_sectors, _sector_shares(table, concordance)
        classification = concordance.target
        new = (words for words in concordance.assumptions if words not in assumptions)
        assumptions = (*assumptions, *new)
    groups = _region_groups(table, regions)
    names = tuple(dict.fromkeys(groups.values()))
    along = np.array(
        [[float(groups[region] == name) for name in names] for region in table.regions]
    )
    categories, demand = _final_groups(table.final_categories, groups)

    by_sector = sparse.csr_array(across)
    whole = sparse.csr_array(sparse.kron(sparse.csr_array(along), by_sector))
    # Each figure of the sum joins at most so many rows, and as many columns.
    joined = _most_joined(along) * _most_joined(across)

    return replace(
        table,
        sectors=sectors,
        regions=names,
        classification=classification,
        assumptions=assumptions,
        final_categories=categories,
        flows=whole.T @ table.flows @ whole,
        final_demand=whole.T @ table.final_demand @ demand,
        primary_inputs=table.primary_inputs @ whole,
        output=whole.T @ table.output,
        imported_flows=_summed(by_sector, table.imported_flows, whole),
        imported_final_demand=_summed(by_sector, table.imported_final_demand, demand),
        imports=_summed(whole, table.imports, None),
        discrepancy=_summed(whole, table.discrepancy, None),
        primary_final=_summed(None, table.primary_final, demand),
        satellites=_summed(None, table.satellites, whole),
        satellites_final=_summed(None, table.satellites_final, demand),
        rounding=table.rounding * joined**2,
    )


def _most_joined(shares: Array) -> int:
    """Return how many old labels go into the new one that takes most."""
    return int((shares > 0).sum(axis=0).max())


def _summed(rows: Shares | None, values: Array | None, columns: Shares | None) -> Array | None:
    """Return values with their rows, their columns or both summed; None stays None."""
    if values is None:
        return None
    summed = values if rows is None else rows.T @ values
    return summed if columns is None else summed @ columns


def _sector_shares(table: IOTable, concordance: Concordance) -> Array:
    """Return (S, S') the concordance's shares in the order of the table's sectors."""
    if table.classification and table.classification != concordance.source:
        raise InputError(
            Text(
                f"投入产出表的分类是 {table.classification}，"
                f"而对应关系从 {concordance.source} 出发",
                f"the input–output table is in {table.classification}, but the concordance starts "
                f"from {concordance.source}",
            ),
            remedy=Text(
                f"请用从 {table.classification} 出发的对应关系。",
                f"Take a concordance from {table.classification}.",
            ),
        )
    places = {code: row for row, code in enumerate(concordance.from_codes)}
    absent = listed(code for code in table.codes if code not in places)
    if absent.en:
        raise InputError(
            Text(
                f"从 {concordance.source} 出发的对应关系中没有这些部门：{absent.zh}",
                f"the concordance from {concordance.source} lacks sectors of the table: "
                f"{absent.en}",
            )
        )
    shares: Array = concordance.shares[[places[code] for code in table.codes]]
    lost = [
        code
        for place, code in enumerate(table.codes)
        if not shares[place].any() and _has_figures(table, place)
    ]
    if lost:
        names = listed(lost)
        raise InputError(
            Text(
                f"这些部门有数字，但在 {concordance.target} 中没有对应：{names.zh}",
                f"sectors with figures have no counterpart in {concordance.target}: {names.en}",
            ),
            remedy=Text(
                "请在自己的分类文件中写明它们的去向。",
                "Say in a classification file of your own where they belong.",
            ),
        )
    return shares


def _has_figures(table: IOTable, place: int) -> bool:
    """Tell whether a sector has any figure but zero, in any region."""
    size = len(table.sectors)
    across, down = slice(place, None, size), (slice(None), slice(place, None, size))
    by_row = (table.flows, table.final_demand, table.output, table.imports, table.discrepancy)
    by_column = (table.flows, table.primary_inputs, table.imported_flows, table.satellites)
    outside = (table.imported_flows, table.imported_final_demand)
    return (
        any(values is not None and values[across].any() for values in by_row)
        or any(values is not None and values[down].any() for values in by_column)
        or any(values is not None and values[place].any() for values in outside)
    )


def _region_groups(table: IOTable, regions: Mapping[str, str] | None) -> dict[str, str]:
    """Return region → group of every region of the table."""
    if regions is None:
        return {region: region for region in table.regions}
    absent = listed(region for region in table.regions if region not in regions)
    unknown = listed(region for region in regions if region not in table.regions)
    details = []
    if absent.en:
        details.append(Text(f"没有归组：{absent.zh}", f"without a group: {absent.en}"))
    if unknown.en:
        details.append(Text(f"表中没有：{unknown.zh}", f"not in the table: {unknown.en}"))
    if details:
        raise InputError(
            Text(
                "地区归组与投入产出表的地区不符",
                "the groups of regions do not fit the regions of the table",
            ),
            details,
        )
    return {region: regions[region] for region in table.regions}


def _final_groups(
    categories: tuple[FinalCategory, ...], groups: Mapping[str, str]
) -> tuple[tuple[FinalCategory, ...], Shares]:
    """Return the final categories of the groups, and (F, F') which old one joins which."""
    moved = [replace(c, region=groups.get(c.region, c.region)) for c in categories]
    kept: dict[tuple[str, str], FinalCategory] = {}
    for category in moved:
        kept.setdefault((category.region, category.code), category)
    keys = list(kept)
    joins = [[float((c.region, c.code) == key) for key in keys] for c in moved]
    return tuple(kept.values()), sparse.csr_array(np.array(joins).reshape(len(moved), len(keys)))
