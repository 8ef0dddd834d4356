"""Value added in exports of one region: domestic and foreign content, vertical specialisation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Result, Text
from xinzhi.data.io_table import IOTable, PrimaryKind
from xinzhi.structure.leontief import (
    coefficients,
    import_coefficients,
    leontief_system,
    value_added_coefficients,
)

Array = NDArray[np.float64]

_PARTS = ("domestic_value_added", "taxes_on_products", "foreign_content", "taxes_abroad")

_PROCESSING = Text(
    "假定出口品与同部门其他产品的投入结构相同。若加工贸易使用的进口品更多，"
    "则垂直专业化率偏低；要更准确，需要区分加工贸易的投入产出表。",
    "Exports are taken to be made like all other output of their sector. Where processing for "
    "export uses more imports, the vertical specialisation share is understated; a table that "
    "separates processing trade would be needed.",
)


@dataclass(frozen=True)
class ValueAddedInExportsResult(Result):
    """Tables: sectors, total."""


def value_added_in_exports(table: IOTable) -> ValueAddedInExportsResult:
    r"""Split one region's exports into domestic value added and foreign content.

    With domestic coefficients :math:`A_D`, import coefficients :math:`A_M`,
    :math:`L = (I - A_D)^{-1}`, exports e of domestic products and the coefficients v of value
    added at basic prices, t of taxes on products and f of taxes paid abroad,

    .. math:: e_j = e_j (v L)_j + e_j (t L)_j + e_j (u A_M L)_j + e_j (f L)_j,
        \qquad VS = u A_M L e, \quad \text{share} = VS / u e

    table : one region with imports apart
    Returns : tables ``sectors`` (by exporting sector: exports, domestic_value_added,
        taxes_on_products, foreign_content, taxes_abroad, which sum to exports, and
        vertical_specialisation_share; by sector of origin: value_added_origin, :math:`v_i (Le)_i`;
        by imported product: imported_inputs, :math:`(A_M L e)_i`, and re_exports) and ``total``
        [the table's unit; shares 1]
    Raises : InputError for a competitive table, which does not tell who uses imports, and for one
        of many regions (``decompose_exports``)
    Limits : exports are taken to be made like all other output of their sector. Where processing
        for export uses more imports than the rest, the share is too low. Imports that are exported
        without being worked on (``re_exports``) are listed apart and enter neither part. Foreign
        content holds domestic value added that returns in imports, which one table cannot show.
    Source : Hummels, Ishii and Yi (2001), Journal of International Economics 54; with the domestic
        side as in Johnson and Noguera (2012), Journal of International Economics 86
    """
    _refuse_many_regions(table)
    inputs = import_coefficients(table)
    system = leontief_system(table)
    exports = table.final("exports")
    direct = np.vstack(
        [
            value_added_coefficients(table),
            _kind_coefficients(table, "taxes_on_products"),
            inputs.sum(axis=0),
            _kind_coefficients(table, "taxes_abroad"),
        ]
    )
    content = system.solve_rows(direct) * exports
    needed = system.solve(exports)
    sectors = table.names().drop(columns="region")
    sectors["exports"] = exports
    for name, values in zip(_PARTS, content, strict=True):
        sectors[name] = values
    sectors["vertical_specialisation_share"] = _share(content[2], exports)
    sectors["value_added_origin"] = direct[0] * needed
    sectors["imported_inputs"] = inputs @ needed
    sectors["re_exports"] = table.imported_final("exports")
    total = sectors[["exports", *_PARTS, "re_exports"]].sum()
    whole = pd.DataFrame([total])
    for share, part in (
        ("domestic_value_added_share", "domestic_value_added"),
        ("vertical_specialisation_share", "foreign_content"),
    ):
        whole[share] = _share(whole[part].to_numpy(), whole["exports"].to_numpy())
    money = ("exports", *_PARTS, "value_added_origin", "imported_inputs", "re_exports")
    return ValueAddedInExportsResult(
        tables={"sectors": sectors, "total": whole},
        units={
            **dict.fromkeys(money, table.unit),
            "vertical_specialisation_share": "ratio",
            "domestic_value_added_share": "ratio",
        },
        parameters={
            "flows": "domestic",
            "classification": table.classification,
            "year": table.year,
        },
        inputs=table.inputs,
        warnings=(*table.assumptions, _PROCESSING),
    )


def demand_places(table: IOTable) -> NDArray[np.intp]:
    """Return (F,) the position of the region whose demand a final category is, R for outside.

    Of one region all but exports is its own demand; of many a category belongs to the region it
    names, and exports that name none go outside.
    Raises : InputError naming final categories of no region of a table of many
    """
    count = len(table.regions)
    if count == 1:
        return np.array([int(c.kind == "exports") for c in table.final_categories], dtype=np.intp)
    columns = {region: place for place, region in enumerate(table.regions)}
    lost = [
        category.code
        for category in table.final_categories
        if category.region not in columns and (category.region or category.kind != "exports")
    ]
    if lost:
        raise InputError(
            Text(
                f"多地区表的最终使用须注明表中的地区：{'、'.join(lost)}",
                f"final demand in a table of many regions must name one of them: {', '.join(lost)}",
            )
        )
    places = [columns.get(category.region, count) for category in table.final_categories]
    return np.array(places, dtype=np.intp)


def demand_by_region(table: IOTable) -> Array:
    """Return (N, R + 1) final demand by the region whose demand it is, the outside last.

    The publisher's discrepancy counts as demand of the product's own region, so that rows sum to
    what output is left after intermediate use.
    Raises : InputError as ``demand_places``
    """
    count = len(table.regions)
    places = demand_places(table)
    belongs = np.zeros((len(places), count + 1))
    belongs[np.arange(len(places)), places] = 1.0
    demand = table.final_demand @ belongs
    if table.discrepancy is not None:
        own = np.repeat(np.arange(count), len(table.sectors))
        demand[np.arange(table.size), own] += table.discrepancy
    return np.asarray(demand)


def _kind_coefficients(table: IOTable, kind: PrimaryKind) -> Array:
    """Return (N,) primary inputs of one kind per unit of output."""
    chosen = np.array([float(c.kind == kind) for c in table.primary_categories])
    return coefficients(chosen @ table.primary_inputs, table.output)


def _share(part: Array, whole: Array) -> Array:
    share: Array = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole != 0)
    return share


def _refuse_many_regions(table: IOTable) -> None:
    if len(table.regions) > 1:
        raise InputError(
            Text(
                f"该表有 {len(table.regions)} 个地区，单地区的出口增加值方法不适用",
                f"the table has {len(table.regions)} regions: the content of exports of one region "
                "does not apply",
            ),
            remedy=Text("请使用 decompose_exports。", "Use decompose_exports."),
        )
