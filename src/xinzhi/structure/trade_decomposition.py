"""Value added in the exports of many regions: Koopman–Wang–Wei, and Borin–Mancini."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Result, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, coefficients, leontief_system
from xinzhi.structure.trade import demand_by_region

Array = NDArray[np.float64]

KOOPMAN_WANG_WEI_TERMS = (
    "domestic_final",
    "domestic_intermediate",
    "domestic_third",
    "returned_final",
    "returned_intermediate",
    "domestic_double_counting",
    "foreign_final",
    "foreign_intermediate",
    "foreign_double_counting",
)
BORIN_MANCINI_TERMS = (
    "domestic_content",
    "domestic_value_added",
    "value_added_exports",
    "directly_absorbed",
    "reflection",
    "domestic_double_counting",
    "foreign_content",
    "foreign_value_added",
    "foreign_double_counting",
    "gvc_trade",
    "gvc_backward",
    "gvc_forward",
)


@dataclass(frozen=True)
class ExportDecompositionResult(Result):
    """Tables: borin_mancini, koopman_wang_wei, bilateral."""


@dataclass(frozen=True)
class _World:
    """What both decompositions read; R regions of S sectors, the outside is a last region.

    exports : (N, R + 1) by partner, own region zero; demand : (N, R + 1) final, own region too
    driven : (N, R + 1) output that each region's final demand needs, B Y
    origin : (R, N) content of one unit of a product by region of origin, v_t B
    foreign : (N,) content from elsewhere; local : (N,) v_s L_ss
    absorbed, passed_on : (N, R) intermediate exports to r used for what r itself absorbs,
        A_sr L_rr Y_rr, and for what r exports, A_sr L_rr E_r; own region zero
    """

    regions: tuple[str, ...]
    exports: Array
    demand: Array
    driven: Array
    origin: Array
    foreign: Array
    local: Array
    absorbed: Array
    passed_on: Array

    @property
    def own(self) -> Array:
        """Return (N, R), one where the column is the row's own region."""
        return np.repeat(np.eye(len(self.regions)), len(self.local) // len(self.regions), axis=0)


def decompose_exports(table: IOTable) -> ExportDecompositionResult:
    r"""Decompose the gross exports of every region of a table of many.

    :math:`A_{sr}` inputs of r from s, :math:`B = (I - A)^{-1}`, :math:`L_{ss} = (I -
    A_{ss})^{-1}`, :math:`Y_{sr}` final demand of r for products of s, :math:`E_{sr} = A_{sr} X_r
    + Y_{sr}`, :math:`E_s = \sum_{r \ne s} E_{sr}`, :math:`v_s` domestic primary inputs per unit,
    :math:`w` inputs from outside the table.

    ``koopman_wang_wei``, nine terms of :math:`u E_s`, sums over r ≠ s and t ≠ s:
    :math:`v_s B_{ss} \sum_r Y_{sr}`; :math:`v_s \sum_r B_{sr} Y_{rr}`;
    :math:`v_s \sum_r B_{sr} \sum_{t \ne r} Y_{rt}`; :math:`v_s \sum_r B_{sr} Y_{rs}`;
    :math:`v_s \sum_r B_{sr} A_{rs} L_{ss} Y_{ss}`; :math:`v_s \sum_r B_{sr} A_{rs} L_{ss} E_s`;
    and with :math:`f_s = \sum_t v_t B_{ts} + (w B)_s = u - v_s B_{ss}`: :math:`f_s \sum_r Y_{sr}`;
    :math:`f_s \sum_r A_{sr} L_{rr} Y_{rr}`; :math:`f_s \sum_r A_{sr} L_{rr} E_r`.

    ``borin_mancini``, exporting region as perimeter, value added recorded where it first leaves
    (source-based), for every sector and partner, so that ``bilateral`` adds up to regions:

    .. math::
        DC &= v_s B_{ss} E_{sr}, \quad DVA = v_s L_{ss} E_{sr}, \quad DDC = DC - DVA \\
        REF &= v_s L_{ss} A_{sr} (B Y)_{rs}, \quad VAX = DVA - REF \\
        DAVAX &= v_s L_{ss} (Y_{sr} + A_{sr} L_{rr} Y_{rr}) \\
        FC &= f_s E_{sr}, \quad FVA = f_s [(I - A_{ss}) B_{ss}]^{-1} E_{sr}, \quad FDC = FC - FVA \\
        GVC &= E_{sr} - DAVAX, \quad GVC_B = FC + DDC, \quad GVC_F = GVC - GVC_B

    The factor in FVA is the foreign content once the region's own exports of intermediates are
    taken out of A, so that it is counted the first time it leaves.

    table : separate, two regions or more; exports to outside count as absorbed there
    Returns : tables ``borin_mancini`` and ``koopman_wang_wei`` (region, exports and the terms) and
        ``bilateral`` (region, code, partner, exports and the Borin–Mancini terms; partner "" is
        the outside, where the table exports to it) [the table's unit]
    Raises : InputError for a competitive table or one of a single region
    Limits : domestic value added holds taxes on products paid at home, foreign content taxes paid
        abroad and all inputs from outside, even where they were once made here. The terms of
        Koopman, Wang and Wei hold for a region's total exports only, and they count as foreign
        double counting some value added that no other flow records: use Borin and Mancini for
        foreign value added.
    Source : Koopman, Wang and Wei (2014), American Economic Review 104(2); Borin and Mancini
        (2019), World Bank Policy Research Working Paper 8804
    """
    _check(table)
    system = leontief_system(table)
    world = _world(table, system)
    regions = np.array(table.regions)
    terms = _borin_mancini(table, system, world)
    summed = {
        name: values.sum(axis=1).reshape(len(regions), -1).sum(axis=1)
        for name, values in terms.items()
    }
    nine = _koopman_wang_wei(world)
    return ExportDecompositionResult(
        tables={
            "borin_mancini": pd.DataFrame({"region": regions, **summed}),
            "koopman_wang_wei": pd.DataFrame(
                {"region": regions, "exports": summed["exports"], **nine}
            ),
            "bilateral": _bilateral(table, terms),
        },
        units=dict.fromkeys(("exports", *KOOPMAN_WANG_WEI_TERMS, *BORIN_MANCINI_TERMS), table.unit),
        parameters={
            "flows": "domestic",
            "perspective": "exporter",
            "approach": "source",
            "classification": table.classification,
            "year": table.year,
        },
        inputs=table.inputs,
        warnings=(*table.assumptions, *_warnings(table)),
    )


def _world(table: IOTable, system: LeontiefSystem) -> _World:
    count, sectors = len(table.regions), len(table.sectors)
    blocks = [slice(k * sectors, (k + 1) * sectors) for k in range(count)]
    demand = demand_by_region(table)
    exports = demand.copy()
    exports[:, :count] += table.flows.reshape(table.size, count, sectors).sum(axis=2)
    primary, _ = _primary(table)
    origin_rows = np.zeros((count, table.size))
    local = np.zeros(table.size)
    absorbed, passed_on = (np.zeros((table.size, count)) for _ in range(2))
    for k, block in enumerate(blocks):
        exports[block, k] = 0.0
        origin_rows[k, block] = primary[block]
        own = LeontiefSystem(coefficients(table.flows[block, block], table.output[block]))
        local[block] = own.solve_rows(primary[block])
        made = own.solve(np.column_stack([demand[block, k], exports[block].sum(axis=1)]))
        inputs = table.flows[:, block] @ coefficients(made.T, table.output[block]).T
        inputs[block] = 0.0
        absorbed[:, k], passed_on[:, k] = inputs.T
    origin = system.solve_rows(origin_rows)
    place = np.repeat(np.arange(count), sectors)
    whole = np.where(table.output > 0, 1.0, 0.0)
    return _World(
        regions=table.regions,
        exports=exports,
        demand=demand,
        driven=system.solve(demand),
        origin=origin,
        foreign=whole - origin[place, np.arange(table.size)],
        local=local,
        absorbed=absorbed,
        passed_on=passed_on,
    )


def _primary(table: IOTable) -> tuple[Array, Array]:
    """Return (N,) domestic primary inputs and inputs from outside per unit of output."""
    abroad = np.array([c.kind == "taxes_abroad" for c in table.primary_categories], dtype=float)
    outside = abroad @ table.primary_inputs
    if table.imported_flows is not None:
        outside = outside + table.imported_flows.sum(axis=0)
    domestic = (1.0 - abroad) @ table.primary_inputs
    return coefficients(domestic, table.output), coefficients(outside, table.output)


def _koopman_wang_wei(world: _World) -> dict[str, Array]:
    """Return the nine terms by region."""
    own, count = world.own, len(world.regions)
    sectors = len(world.local) // count
    by_region = (count, sectors)
    # v_s B_sr for r ≠ s, and on its own diagonal v_s B_ss
    across = world.origin.T * (1.0 - own)
    domestic = (world.origin.T * own).sum(axis=1)
    final = world.demand.copy()
    at_home = (final[:, :count] * own).sum(axis=1)
    final[:, :count] *= 1.0 - own
    final_exports = final.sum(axis=1)

    def per_region(values: Array) -> Array:
        return np.asarray(values.reshape(by_region).sum(axis=1))

    abroad = across.T @ np.column_stack([at_home, final_exports])  # (R, 2), sums over r ≠ s
    returned = (across * final[:, :count]).sum(axis=0)
    return {
        "domestic_final": per_region(domestic * final_exports),
        "domestic_intermediate": abroad[:, 0],
        "domestic_third": abroad[:, 1] - returned,
        "returned_final": returned,
        "returned_intermediate": (across * world.absorbed).sum(axis=0),
        "domestic_double_counting": (across * world.passed_on).sum(axis=0),
        "foreign_final": per_region(world.foreign * final_exports),
        "foreign_intermediate": per_region(world.foreign * world.absorbed.sum(axis=1)),
        "foreign_double_counting": per_region(world.foreign * world.passed_on.sum(axis=1)),
    }


def _borin_mancini(table: IOTable, system: LeontiefSystem, world: _World) -> dict[str, Array]:
    """Return exports and the twelve terms, each (N, R + 1) by sector and partner."""
    count, sectors = len(table.regions), len(table.sectors)
    once = np.zeros(table.size)
    home = np.zeros((table.size, count + 1))
    for k in range(count):
        block = slice(k * sectors, (k + 1) * sectors)
        unit = np.zeros((table.size, sectors))
        unit[block] = np.eye(sectors)
        within = system.solve(unit)[block]
        own = np.eye(sectors) - coefficients(table.flows[block, block], table.output[block])
        once[block] = np.linalg.solve((own @ within).T, world.foreign[block])
        share = coefficients(world.driven[np.newaxis, :, k], table.output)[0]
        used = (table.flows[block] * share).reshape(sectors, count, sectors).sum(axis=2)
        used[:, k] = 0.0
        home[block, :count] = used
    exports, local = world.exports, world.local[:, np.newaxis]
    direct = world.demand.copy()
    direct[:, :count] = (direct[:, :count] + world.absorbed) * (1.0 - world.own)
    foreign = world.foreign[:, np.newaxis] * exports
    content = (np.where(table.output > 0, 1.0, 0.0) - world.foreign)[:, np.newaxis] * exports
    added, absorbed, reflected = local * exports, local * direct, local * home
    foreign_added = once[:, np.newaxis] * exports
    backward = foreign + content - added
    return {
        "exports": exports,
        "domestic_content": content,
        "domestic_value_added": added,
        "value_added_exports": added - reflected,
        "directly_absorbed": absorbed,
        "reflection": reflected,
        "domestic_double_counting": content - added,
        "foreign_content": foreign,
        "foreign_value_added": foreign_added,
        "foreign_double_counting": foreign - foreign_added,
        "gvc_trade": exports - absorbed,
        "gvc_backward": backward,
        "gvc_forward": exports - absorbed - backward,
    }


def _bilateral(table: IOTable, terms: dict[str, Array]) -> pd.DataFrame:
    """Return the terms by region, sector and partner, without a region's trade with itself."""
    partners = [*table.regions, ""] if terms["exports"][:, -1].any() else [*table.regions]
    own = np.repeat(np.arange(len(table.regions)), len(table.sectors))
    i, r = np.nonzero(own[:, np.newaxis] != np.arange(len(partners)))
    codes = np.arange(len(table.sectors))
    frame = pd.DataFrame(
        {
            "region": pd.Categorical.from_codes(own[i], pd.Index(table.regions)),
            "code": pd.Categorical.from_codes(
                np.tile(codes, len(table.regions))[i], pd.Index(table.codes)
            ),
            "partner": pd.Categorical.from_codes(r, pd.Index(partners)),
        }
    )
    for name, values in terms.items():
        frame[name] = values[i, r]
    return frame


def _check(table: IOTable) -> None:
    if len(table.regions) == 1:
        raise InputError(
            Text(
                "该表只有一个地区，不能分解双边出口",
                "the table has one region only: there are no bilateral exports to decompose",
            ),
            remedy=Text("请使用 value_added_in_exports。", "Use value_added_in_exports."),
        )
    if table.competitive:
        raise InputError(
            Text(
                "竞争型表不区分进口品的使用者，不能分解出口",
                "a competitive table does not tell who uses the imports: its exports cannot be "
                "decomposed",
            ),
            remedy=Text(
                "请使用非竞争型表，或先用 split_imports_proportionally 拆分。",
                "Use a table with imports apart, or split it by split_imports_proportionally.",
            ),
        )


def _warnings(table: IOTable) -> list[Text]:
    said = []
    if _primary(table)[1].any():
        said.append(
            Text(
                "来自表外地区的投入全部计入国外含量，其中可能含有本地返回的增加值。",
                "All inputs from outside the table count as foreign content, although some of "
                "them may hold value added that returns home.",
            )
        )
    if any(c.kind == "taxes_on_products" for c in table.primary_categories):
        said.append(
            Text(
                "国内增加值含国内支付的产品税净额。",
                "Domestic value added holds net taxes on products paid at home.",
            )
        )
    return said
