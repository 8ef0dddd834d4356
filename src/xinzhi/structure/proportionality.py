"""Splitting a competitive table by import proportionality: an assumption, under its own name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable

Array = NDArray[np.float64]

_MOST_NAMED = 8


def import_shares(table: IOTable) -> Array:
    r"""Return the share of imports in the domestic use of each product of a competitive table.

    .. math:: s_i = \min\left(1, \frac{m_i}{x_i + m_i - e_i - \delta_i}\right)

    with output x, imports m, exports e and the publisher's discrepancy δ.
    Returns : (N,) [1]; 0 where a product has no domestic use, or a negative one
    Raises : InputError where the table is not competitive
    """
    if table.imports is None:
        raise InputError(
            Text(
                "投入产出表已把进口单列，不需要按比例拆分",
                "the input–output table has its imports apart already: there is nothing to split",
            ),
            remedy=Text("请直接使用该表。", "Use the table as it is."),
        )
    discrepancy = np.zeros(table.size) if table.discrepancy is None else table.discrepancy
    use = table.output + table.imports - table.final("exports") - discrepancy
    share = np.divide(table.imports, use, out=np.zeros(table.size), where=use > 0)
    return np.asarray(np.minimum(share, 1.0))


def split_imports_proportionally(table: IOTable) -> IOTable:
    r"""Make a table with imports apart of a competitive one, by import proportionality.

    Every domestic use of a product, intermediate or final, takes the same share
    :math:`s_i` of it from imports (``import_shares``):

    .. math:: Z^D_{ij} = (1 - s_i) Z_{ij}, \quad M_{ij} = s_i Z_{ij}

    and so do consumption, investment and stock changes, negative ones included. Exports are
    domestic, except where imports exceed domestic use: what exceeds it is exported again. The
    discrepancy stays with the domestic product.

    table : competitive, one region or many (imports of all regions are added up by product)
    Returns : the table with ``imported_flows`` and ``imported_final_demand``, the assumption and
        the products that are exported again among its ``assumptions``
    Raises : InputError where the table is not competitive
    Limits : that a product's imports serve all its users alike is not observed. Where processing
        for export uses more imports than the rest, as it did in China, imported inputs of
        exporters are understated.
    Source : the assumption of proportionality in OECD and national tables; see Miller and Blair
        (2009), chapter 4
    """
    share = import_shares(table)
    imports = np.zeros(table.size) if table.imports is None else table.imports
    abroad = table.of_kind("exports").astype(bool)
    used = table.output + imports - table.final("exports")
    if table.discrepancy is not None:
        used = used - table.discrepancy
    excess = imports - share * used
    exported = table.final_demand[:, abroad]
    total = exported.sum(axis=1)
    again = np.minimum(excess, np.maximum(total, 0.0))
    part = np.divide(again, total, out=np.zeros(table.size), where=total > 0)
    imported_share = np.where(abroad, part[:, np.newaxis], share[:, np.newaxis])
    imported_final = imported_share * table.final_demand
    left = excess - again  # imports without a use: the publisher's discrepancy hid it
    discrepancy = table.discrepancy
    if left.any():
        discrepancy = (np.zeros(table.size) if discrepancy is None else discrepancy) - left
    return replace(
        table,
        flows=(1.0 - share)[:, np.newaxis] * table.flows,
        final_demand=table.final_demand - imported_final,
        imported_flows=_by_product(table, share[:, np.newaxis] * table.flows),
        imported_final_demand=_by_product(table, imported_final),
        imports=None,
        discrepancy=discrepancy,
        assumptions=(*table.assumptions, *_assumptions(table, imports, again, left)),
    )


def _by_product(table: IOTable, values: Array) -> Array:
    """Return (S, columns) of (N, columns): the same product of all regions added up."""
    sectors = len(table.sectors)
    return np.asarray(values.reshape(len(table.regions), sectors, -1).sum(axis=0))


def _assumptions(table: IOTable, imports: Array, again: Array, left: Array) -> list[Text]:
    said = [
        Text(
            "进口按比例性假定拆分：同一产品的各项国内使用（中间使用、消费、投资、存货变动）"
            "含相同比例的进口品，出口视为国内产品。这是假定，不是观测。",
            "Imports were split by the assumption of proportionality: every domestic use of a "
            "product (intermediate, consumption, investment, stock changes) holds the same share "
            "of imports, and exports are domestic. This is assumed, not observed.",
        )
    ]
    # below the tolerance of the balance a difference says nothing
    slack = table.tolerance * (table.output + imports) + table.rounding
    if (again > slack).any():
        names = _named(table, again, again > slack)
        said.append(
            Text(
                f"以下产品进口超过国内使用，超出部分视为再出口：{names.zh}",
                "Imports of these products exceed their domestic use; the excess is taken as "
                f"exported again: {names.en}",
            )
        )
    if (np.abs(left) > slack).any():
        names = _named(table, left, np.abs(left) > slack)
        said.append(
            Text(
                f"以下产品的部分进口既无国内使用也无出口，计入统计误差：{names.zh}",
                "Part of the imports of these products has neither a domestic use nor an export "
                f"and is counted in the statistical discrepancy: {names.en}",
            )
        )
    return said


def _named(table: IOTable, amounts: Array, chosen: NDArray[np.bool_]) -> Text:
    """Return the chosen sectors with their amounts, the largest first."""
    names = table.names()
    places = np.flatnonzero(chosen)
    places = places[np.argsort(-np.abs(amounts[places]), kind="stable")]
    zh, en = [], []
    for place in places[:_MOST_NAMED]:
        row = names.iloc[place]
        where = " ".join(str(part) for part in (row["region"], row["code"]) if part)
        zh.append(f"{where} {row['title_zh']}（{amounts[place]:,.6g}）")
        en.append(f"{where} {row['title_en']} ({amounts[place]:,.6g})")
    rest = len(places) - len(zh)
    if rest:
        zh.append(f"另有 {rest} 个")
        en.append(f"and {rest} more")
    return Text("、".join(zh), ", ".join(en))
