"""The structure of a case replaced by that of an input–output table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.findings import listed
from xinzhi.data.io_table import IOTable
from xinzhi.data.units import find_unit
from xinzhi.plan.case_arrays import Array, case_arrays


def with_structure(case: TransitionCase, table: IOTable) -> TransitionCase:
    r"""Return the case with the input coefficients of a table.

    Sectors of the table go into those of the case by the shares P of the case's mapping; then

    .. math:: A_{ij} = \frac{(P Z P^\top)_{ij}}{(P x)_j},

    Z being intermediate flows of every origin. Output, final demand and every coefficient of
    technologies relative to their sector stay the case's. Net exports close the base year: where
    the new structure leaves less for them, imports rise, else exports.

    Raises : InputError where the table has several regions, the case has no mapping from its
        classification, a code is not in the table, or its sectors are not used up exactly
    Limits : a share splits the whole row and column of a sector, as if its parts had one structure
    """
    shares = table_shares(case, table)
    flows = table.flows if table.imported_flows is None else table.flows + table.imported_flows
    output = shares @ table.output
    coefficients = np.divide(
        shares @ flows @ shares.T, output, out=np.zeros((len(output),) * 2), where=output > 0
    )
    ids = [sector.id for sector in case.sectors]
    sectors = tuple(
        replace(
            sector,
            inputs={
                product: float(value)
                for product, value in zip(ids, coefficients[:, place], strict=True)
                if value > 0
            },
        )
        for place, sector in enumerate(case.sectors)
    )
    return _closed(replace(case, sectors=sectors))


def structure_note(given: TransitionCase, replaced: TransitionCase) -> Text:
    """Return what replacing the structure changed in the base year."""
    changes = []
    for case in (given, replaced):
        arrays = case_arrays(case)
        exports = sum(sector.exports for sector in case.sectors)
        added = float(arrays.value_added @ arrays.base_output)
        changes += [f"{added:,.6g}", f"{arrays.imports.sum():,.6g}", f"{exports:,.6g}"]
    unit = find_unit(given.money).title
    return Text(
        "投入结构已换成投入产出表的（部门对应的份额是假定），产出和最终需求仍是案例的；"
        f"基年增加值由 {changes[0]} 变为 {changes[3]}，进口由 {changes[1]} 变为 {changes[4]}，"
        f"出口由 {changes[2]} 变为 {changes[5]}（{unit.zh}），差额由进出口平衡。",
        "The input structure is that of the input–output table (shares of its sectors are "
        "assumed); output and final demand stay the case's. In the base year value added goes "
        f"from {changes[0]} to {changes[3]}, imports from {changes[1]} to {changes[4]}, exports "
        f"from {changes[2]} to {changes[5]} ({unit.en}); trade closes the difference.",
    )


def table_shares(case: TransitionCase, table: IOTable) -> Array:
    """Return (I, S) the share of each sector of a table in each of the case's.

    Raises : as ``with_structure``
    """
    if len(table.regions) > 1:
        raise InputError(
            Text(
                f"投入产出表有 {len(table.regions)} 个地区；转型案例只用一个地区的表",
                f"the input–output table has {len(table.regions)} regions; a transition case "
                "takes the table of one",
            )
        )
    mapping = case.mappings.get(table.classification)
    if mapping is None:
        known = "、".join(case.mappings) or "无", ", ".join(case.mappings) or "none"
        raise InputError(
            Text(
                f"案例 {case.id} 没有到部门分类 {table.classification} 的对应；有：{known[0]}",
                f"case {case.id} has no mapping from sectors of {table.classification}; "
                f"there are: {known[1]}",
            ),
            remedy=Text(
                f"在案例文件中写 [mapping.{table.classification}]，每个部门列出代码。",
                f"Write [mapping.{table.classification}] in the case, with codes for each sector.",
            ),
        )
    return _shares(case, table, mapping)


def _shares(
    case: TransitionCase, table: IOTable, mapping: Mapping[str, Mapping[str, float]]
) -> Array:
    codes, shares = table.codes, np.zeros((len(case.sectors), len(table.codes)))
    for place, sector in enumerate(case.sectors):
        unknown = [code for code in mapping[sector.id] if code not in codes]
        if unknown:
            raise InputError(
                Text(
                    f"[mapping.{table.classification}] {sector.id}：表中没有代码 "
                    f"{'、'.join(unknown)}；有 {codes[0]} 至 {codes[-1]}",
                    f"[mapping.{table.classification}] {sector.id}: the table has no code "
                    f"{', '.join(unknown)}; it has {codes[0]} to {codes[-1]}",
                )
            )
        for code, share in mapping[sector.id].items():
            shares[place, codes.index(code)] = share
    taken = shares.sum(axis=0)
    rest = [place for place, sector in enumerate(case.sectors) if not mapping[sector.id]]
    over = [codes[k] for k in np.flatnonzero(taken > 1 + 1e-9)]
    short = [] if rest else [codes[k] for k in np.flatnonzero(taken < 1 - 1e-9)]
    if over or short:
        shown = listed(over or short)
        raise InputError(
            Text(
                f"[mapping.{table.classification}]：这些部门的份额合计应为 1：{shown.zh}",
                f"[mapping.{table.classification}]: shares of these sectors must sum to 1: "
                f"{shown.en}",
            )
        )
    if rest:
        shares[rest[0]] = 1 - taken
    return shares


def _closed(case: TransitionCase) -> TransitionCase:
    """Return the case with imports and exports that balance the base year again."""
    arrays = case_arrays(case)
    negative = [
        Text(f"{t.id}：投入合计 {1 - own:.4g}", f"{t.id}: inputs sum to {1 - own:.4g}")
        for t, own in zip(case.technologies, arrays.value_added, strict=True)
        if own < 0
    ]
    if negative:
        raise InputError(
            Text(
                "换用投入产出表的结构后，这些技术的增加值为负",
                "with the structure of the table, these technologies have negative value added",
            ),
            negative,
            Text("请减小 input_factors。", "Make their input_factors smaller."),
        )
    used = arrays.inputs @ arrays.base_output
    sectors = []
    for place, sector in enumerate(case.sectors):
        domestic = used[place] + sector.consumption + sector.investment + sector.stock_changes
        gap = arrays.sector_output[place] + sector.imports - domestic - sector.exports
        tied = float(arrays.tied_imports[place] @ arrays.base_output)
        imports = sector.imports + max(0.0, -float(gap))
        extra = max(0.0, tied - imports)
        exports = sector.exports + max(0.0, float(gap)) + extra
        sectors.append(replace(sector, imports=imports + extra, exports=exports))
    return replace(case, sectors=tuple(sectors))
