"""A region's table from the nation's: location quotients, and a balance by a stated rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import FinalCategory, FinalKind, IOTable
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.location_quotients import (
    DELTA,
    QuotientMethod,
    check_method,
    check_weights,
    location_quotients,
    simple_quotients,
)

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_MOST_NAMED = 8


def regionalise(
    table: IOTable,
    weights: pd.Series,
    region: str,
    *,
    national: pd.Series | None = None,
    groups: Mapping[str, str] | None = None,
    titles: Mapping[str, Text] | None = None,
    method: QuotientMethod = "flq",
    delta: float = DELTA,
) -> IOTable:
    r"""Make a region's table of the nation's, by the region's weights of sectors.

    1. Output: :math:`x_j^r = x_j^n w_{g(j)}^r / w_{g(j)}^n`, so that with value added as weights
       the region's value added is what was given.
    2. Inputs from the region: :math:`z_{ij}^r = \min(q_{ij}, 1) \, a_{ij} x_j^r` with the nation's
       domestic coefficients a and ``location_quotients`` q; AFLQ may exceed one, up to all that a
       buyer needs of the product. What is left of the nation's domestic and imported input is
       imported, from the rest of the nation or abroad. Primary inputs per unit of output are the
       nation's.
    3. Final demand other than exports is the nation's times :math:`w^r / w^n`; of its domestic
       part the region supplies :math:`\min(SLQ_i, 1)`, the rest is imported. Stock changes follow
       the product's output and are the region's own.
    4. Where 2 and 3 ask more of a product than is made, all its uses in the region are cut in one
       proportion and the difference is imported. What is left over is exported, to the rest of
       the nation or abroad.

    table : the nation's, one region, imports apart
    weights : the region's output, value added or employment by sector code, or by group; >= 0
    region : the region's name
    national : the same of the nation; by default the table's own value added, and then
        ``weights`` is value added in the table's unit
    groups : sector code → the group it belongs to, of every sector, where weights are coarser
    titles : of the groups, for what is said of them
    method, delta : see ``location_quotients``
    Returns : a table of one region, balanced by construction; satellites follow output (national
        intensities). Its assumptions say that the structure is the nation's, by which rule, and
        that sectors of one group share one quotient.
    Raises : InputError for a competitive table or many regions, for sectors or groups that are
        missing or unknown, and for weights that are negative, missing or above the nation's
    Limits : technology is the nation's, and exports and imports are what balances: they are not
        observed, and cross-hauling is understated. Within a group such a table says nothing of
        the region's own structure.
    Source : see ``location_quotients``; the cut at supply is that of the supply–demand pool, Miller
        and Blair (2009), chapter 8
    """
    _check_table(table)
    check_method(method, delta)
    names, place = _grouped(table, groups)
    own = _aligned(weights, names, Text("地区权重", "the region's weights"))
    whole = np.zeros(len(names))
    np.add.at(whole, place, table.value_added)
    if national is not None:
        whole = _aligned(national, names, Text("全国权重", "the nation's weights"))
    check_weights(own, whole, names)
    size = float(own.sum() / whole.sum())
    scale = np.divide(own, whole, out=np.zeros(len(own)), where=whole > 0)[place]
    output = table.output * scale
    quotients = location_quotients(own, whole, method, delta, place)
    simple = np.nan_to_num(simple_quotients(own, whole))[place]

    imported = np.zeros_like(table.flows) if table.imported_flows is None else table.imported_flows
    needed = coefficients(table.flows, table.output) * output
    inputs = needed + coefficients(imported, table.output) * output
    most = np.ones_like(needed)
    if method == "aflq":  # a specialised region may make what the nation imports
        most = np.divide(inputs, needed, out=most, where=needed > 0)
    flows = np.minimum(quotients, most) * needed
    stocks = table.final("stock_changes") * scale
    demand, bought_outside, kept = _final_demand(table, size, simple)
    uses = np.maximum(flows.sum(axis=1) + demand.sum(axis=1), 0.0)
    room = np.maximum(output - stocks, 0.0)
    cut = np.divide(room, uses, out=np.ones(len(uses)), where=uses > room)
    flows = flows * cut[:, np.newaxis]
    local = demand * cut[:, np.newaxis]
    exports = output - stocks - flows.sum(axis=1) - local.sum(axis=1)
    final, categories = _categories(table, kept, local, stocks, exports, region)
    outside = np.column_stack(
        [bought_outside + demand - local, np.zeros((len(output), final.shape[1] - len(kept)))]
    )
    return replace(
        table,
        flows=flows,
        final_demand=final,
        final_categories=categories,
        primary_inputs=table.primary_inputs * scale,
        output=output,
        imported_flows=inputs - flows,
        imported_final_demand=outside,
        discrepancy=None,
        primary_final=_reduced(table.primary_final, kept, size, final.shape[1]),
        satellites=None if table.satellites is None else table.satellites * scale,
        satellites_final=_reduced(table.satellites_final, kept, size, final.shape[1]),
        regions=(region,),
        assumptions=(
            *table.assumptions,
            *_assumptions(table, region, method, delta, names, place, cut, titles or {}),
        ),
    )


def _final_demand(table: IOTable, size: float, simple: Array) -> tuple[Array, Array, list[int]]:
    """Return what final demand asks of the region and of outside, (S, k), and its k categories."""
    kept = [
        place
        for place, category in enumerate(table.final_categories)
        if category.kind in ("consumption", "investment")
    ]
    domestic = table.final_demand[:, kept] * size
    outside = np.zeros_like(domestic)
    if table.imported_final_demand is not None:
        outside = table.imported_final_demand[:, kept] * size
    supplied = np.minimum(simple, 1.0)[:, np.newaxis] * domestic
    return supplied, outside + domestic - supplied, kept


def _categories(
    table: IOTable, kept: list[int], local: Array, stocks: Array, exports: Array, region: str
) -> tuple[Array, tuple[FinalCategory, ...]]:
    """Return (S, F) final demand with its categories: those kept, stock changes, outflows."""
    columns = [local]
    categories = [replace(table.final_categories[place], region=region) for place in kept]
    taken = {category.code for category in categories}
    added: tuple[tuple[str, FinalKind, Text, Array], ...] = (
        ("stock_changes", "stock_changes", Text("存货变动", "Changes in stocks"), stocks),
        ("outflows", "exports", Text("调出和出口", "Outflows and exports"), exports),
    )
    for code, kind, title, values in added:
        while code in taken:
            code += "_"
        here = region if kind == "stock_changes" else ""
        columns.append(values[:, np.newaxis])
        categories.append(FinalCategory(code, kind, title, here))
    return np.hstack(columns), tuple(categories)


def _reduced(values: Array | None, kept: list[int], size: float, columns: int) -> Array | None:
    """Return rows by the categories kept, times the region's size; the others have none."""
    if values is None:
        return None
    filled = np.zeros((len(values), columns))
    filled[:, : len(kept)] = values[:, kept] * size
    return filled


def _grouped(table: IOTable, groups: Mapping[str, str] | None) -> tuple[list[str], Places]:
    """Return the names of the groups and (S,) the position of each sector's group."""
    if groups is None:
        return list(table.codes), np.arange(table.size)
    missing = [code for code in table.codes if code not in groups]
    unknown = [code for code in groups if code not in table.codes]
    if missing or unknown:
        raise InputError(
            Text("部门分组与投入产出表不符", "the groups do not fit the sectors of the table"),
            _label_details(missing, unknown),
        )
    names = list(dict.fromkeys(groups[code] for code in table.codes))
    return names, np.array([names.index(groups[code]) for code in table.codes])


def _aligned(weights: pd.Series, names: list[str], what: Text) -> Array:
    """Return the weights in the order of the names; labels must be the same."""
    missing = [name for name in names if name not in weights.index]
    unknown = [str(label) for label in weights.index if label not in names]
    if missing or unknown or not weights.index.is_unique:
        raise InputError(
            Text(f"{what.zh}与部门或分组不符", f"{what.en} do not fit the sectors or groups"),
            _label_details(missing, unknown),
            Text(
                "每个部门（或每个分组）须恰有一个权重。",
                "Every sector, or every group, must have exactly one weight.",
            ),
        )
    return np.asarray(weights.loc[names].to_numpy(dtype=np.float64))


def _label_details(missing: list[str], unknown: list[str]) -> list[Text]:
    return [
        *(Text(f"缺少：{label}", f"missing: {label}") for label in missing[:_MOST_NAMED]),
        *(
            Text(f"表中没有：{label}", f"not in the table: {label}")
            for label in unknown[:_MOST_NAMED]
        ),
    ]


def _check_table(table: IOTable) -> None:
    if len(table.regions) > 1:
        raise InputError(
            Text(
                f"该表有 {len(table.regions)} 个地区；区域化从全国（单地区）表出发",
                f"the table has {len(table.regions)} regions; a regional table is made of the "
                "nation's, which has one",
            )
        )
    if table.competitive:
        raise InputError(
            Text(
                "竞争型表的流量含进口品，区位商不能直接用于它",
                "the flows of a competitive table hold imports, to which location quotients do "
                "not apply",
            ),
            remedy=Text(
                "请使用非竞争型表，或先用 split_imports_proportionally 拆分。",
                "Use a table with imports apart, or split it by split_imports_proportionally.",
            ),
        )


def _assumptions(
    table: IOTable,
    region: str,
    method: QuotientMethod,
    delta: float,
    names: list[str],
    place: Places,
    cut: Array,
    titles: Mapping[str, Text],
) -> list[Text]:
    gap = " " if region.isascii() else ""  # Chinese sets words in Latin letters apart
    title = method.upper() + (f"（δ = {delta:g}）" if method in ("flq", "aflq") else " ")
    english = method.upper() + (f" (delta = {delta:g})" if method in ("flq", "aflq") else "")
    said = [
        Text(
            f"全国的投入结构，{region}{gap}的权重：由全国表按区位商 {title}推算，"
            f"不是{gap}{region}{gap}自己的投入产出表。调入、调出、进口和出口是平衡项，不是观测值。",
            f"National structure, {region}'s weights: derived from the nation's table by the "
            f"location quotient {english}; it is not {region}'s own table. Inflows, outflows, "
            "imports and exports are what balances, not observations.",
        )
    ]
    members = np.bincount(place, minlength=len(names))
    shared = [titles.get(names[k], Text(names[k], names[k])) for k in np.flatnonzero(members > 1)]
    if shared:
        said.append(
            Text(
                f"以下各组内的部门共用一个区位商：{'、'.join(t.zh for t in shared)}。"
                f"因此该表不反映{gap}{region}{gap}在组内的产业结构。",
                f"All sectors of one group share one quotient: {', '.join(t.en for t in shared)}. "
                f"The table therefore says nothing about {region}'s own structure inside a group.",
            )
        )
    short = [table.codes[k] for k in np.flatnonzero(cut < 1 - 1e-9)]
    if short:
        said.append(
            Text(
                f"以下部门的产出少于推算的本地需求，本地使用按比例压缩，差额计为调入："
                f"{'、'.join(short)}。",
                "These sectors make less than the region was estimated to use of them; its uses "
                f"were cut in proportion and the difference is imported: {', '.join(short)}.",
            )
        )
    return said
