"""How much each sector depends on inputs from elsewhere: directly, and through its suppliers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.concentration import supplier_concentration
from xinzhi.structure.leontief import LeontiefSystem, coefficients

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Economy:
    r"""One region of a table, seen as an economy that buys from itself and from elsewhere.

    Elsewhere is every other region of the table and what lies outside it.

    region : its name
    output : (S,) x, gross output
    flows : (S, S) Z, intermediate use of the region's own products
    imported : (S, S) F, intermediate use of products from elsewhere, by product and user
    imported_final : (S,) products from elsewhere in the region's final demand, exports apart
    value_added : (S,)
    """

    region: str
    output: Array
    flows: Array
    imported: Array
    imported_final: Array
    value_added: Array

    @property
    def final_output(self) -> Array:
        """Return (S,) y = x − Z1: output that leaves production, exports and discrepancy in it."""
        return np.asarray(self.output - self.flows.sum(axis=1))

    @property
    def uses(self) -> Array:
        """Return (S, S) intermediate use of each product of every origin, by user."""
        return self.flows + self.imported

    @property
    def imported_share(self) -> Array:
        r"""Return (S, S) :math:`\theta_{ij}`, the imported part of a user's use of a product."""
        uses = self.uses
        return np.divide(self.imported, uses, out=np.zeros_like(uses), where=uses > 0)

    @cached_property
    def coefficients(self) -> Array:
        """Return (S, S) A, own products per unit of output."""
        return coefficients(self.flows, self.output)

    @cached_property
    def system(self) -> LeontiefSystem:
        """Return the Leontief system of A."""
        return LeontiefSystem(self.coefficients)

    @cached_property
    def direct(self) -> Array:
        """Return (S, S) imported inputs per unit of output, by product and user."""
        return coefficients(self.imported, self.output)

    @cached_property
    def total(self) -> Array:
        """Return (S, S) imported inputs per unit of final output, in all rounds of production."""
        return self.system.solve_rows(self.direct)


def economies(table: IOTable, regions: Sequence[str] | None = None) -> tuple[Economy, ...]:
    """Return the regions of a table as economies, all of them by default.

    Raises : InputError for a competitive table, which does not tell who uses the imports, and for
        a region that is not in the table
    """
    if table.competitive:
        raise InputError(
            Text(
                "竞争型投入产出表不区分各部门使用的进口品，不能计算进口依赖度",
                "a competitive input–output table does not tell who uses the imports, so "
                "dependence on them cannot be computed",
            ),
            remedy=Text(
                "请使用进口单列的表；或先按比例性假定拆分进口（split_imports_proportionally），"
                "结果会注明这一假定。",
                "Use a table with imports apart, or split them first by the assumption of "
                "proportionality (split_imports_proportionally); results then repeat it.",
            ),
        )
    return tuple(
        _economy(table, _position(table, name))
        for name in (table.regions if regions is None else regions)
    )


def one_region(table: IOTable, region: str | None) -> str:
    """Return the region asked for, or the only one.

    Raises : InputError where there are several and none is named
    """
    if region is not None:
        return region
    if len(table.regions) > 1:
        raise InputError(
            Text(
                f"投入产出表有 {len(table.regions)} 个地区，请指定其中一个："
                f"{'、'.join(table.regions)}",
                f"the input–output table has {len(table.regions)} regions; name one of them: "
                f"{', '.join(table.regions)}",
            )
        )
    return table.regions[0]


def direct_dependence(table: IOTable) -> Array:
    r"""Return (S, N) inputs from elsewhere per unit of output, by product and user.

    .. math:: m_{ij} = F_{ij} / x_j

    F holds products of other regions of the table and from outside it.
    Raises : InputError for a competitive table
    """
    return np.hstack([economy.direct for economy in economies(table)])


def total_dependence(table: IOTable) -> Array:
    r"""Return (S, N) inputs from elsewhere per unit of final output, in all rounds of production.

    .. math:: M (I - A_{rr})^{-1}

    :math:`A_{rr}` holds the region's own products, so that each region is seen as an economy of
    its own: what it buys elsewhere counts once, at the border, whatever it was made of.
    Column sums are the import content of one unit of final output; with value added and taxes
    embodied in it they sum to one.
    Raises : InputError for a competitive table; ComputationError where I − A is singular
    Source : Hummels, Ishii and Yi (2001), doi:10.1016/S0022-1996(00)00093-3
    """
    return np.hstack([economy.total for economy in economies(table)])


def dependence_by_sector(table: IOTable, chosen: Sequence[Economy]) -> pd.DataFrame:
    """Return a row for each sector: direct and total dependence and its largest imported input.

    Columns : region (many regions only), code, title_zh, title_en, output, direct_dependence
        (imported inputs / output), imported_share_of_inputs (/ all intermediate inputs),
        total_dependence (imported inputs of all rounds / final output), largest_input (code of the
        product), largest_input_share (its part of total_dependence), concentration (Herfindahl
        index of the origins of all its imported inputs; missing in a table of one region)
    """
    codes = np.array(table.codes, dtype=object)
    frames = []
    for economy in chosen:
        total = economy.total.sum(axis=0)
        largest = economy.total.argmax(axis=0)
        inputs = economy.uses.sum(axis=0)
        frame = labelled(table, economy)
        frame["output"] = economy.output
        frame["direct_dependence"] = economy.direct.sum(axis=0)
        frame["imported_share_of_inputs"] = ratio(economy.imported.sum(axis=0), inputs)
        frame["total_dependence"] = total
        frame["largest_input"] = _named(codes[largest], total > 0)
        frame["largest_input_share"] = ratio(economy.total.max(axis=0), total)
        found = supplier_concentration(table, economy.region)
        frame["concentration"] = np.nan if found is None else found[2]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def dependence_matrix(table: IOTable, chosen: Sequence[Economy]) -> pd.DataFrame:
    """Return a row for each imported product and using sector.

    Columns : region (many regions only), product, code (the user), direct, total (per unit of
        output and of final output), imported_share (imported part of the user's use of the
        product; missing where it uses none), concentration (Herfindahl index of the origins of
        the user's imports of the product; missing in a table of one region)
    """
    codes = np.array(table.codes, dtype=object)
    frames = []
    for economy in chosen:
        size = len(codes)
        frame = pd.DataFrame(
            {
                "product": np.repeat(codes, size),
                "code": np.tile(codes, size),
                "direct": economy.direct.ravel(),
                "total": economy.total.ravel(),
                "imported_share": ratio(economy.imported, economy.uses).ravel(),
            }
        )
        found = supplier_concentration(table, economy.region)
        frame["concentration"] = np.nan if found is None else found[0].ravel()
        frames.append(with_region(table, economy, frame))
    return pd.concat(frames, ignore_index=True)


def labelled(table: IOTable, economy: Economy) -> pd.DataFrame:
    """Return code, title_zh and title_en of an economy's sectors, with its region if of several."""
    frame = pd.DataFrame(
        {
            "code": np.array(table.codes, dtype=object),
            "title_zh": [sector.title.zh for sector in table.sectors],
            "title_en": [sector.title.en for sector in table.sectors],
        }
    )
    return with_region(table, economy, frame)


def with_region(table: IOTable, economy: Economy, frame: pd.DataFrame) -> pd.DataFrame:
    """Put the region first where a table has several."""
    if len(table.regions) > 1:
        frame.insert(0, "region", economy.region)
    return frame


def ratio(part: Array, whole: Array) -> Array:
    """Return part / whole, missing where the whole is not positive."""
    return np.divide(part, whole, out=np.full_like(whole, np.nan), where=whole > 0)


def _named(codes: NDArray[np.object_], known: NDArray[np.bool_]) -> list[str | None]:
    return [str(code) if there else None for code, there in zip(codes, known, strict=True)]


def _position(table: IOTable, region: str) -> int:
    table.place(table.codes[0], region)  # names the regions there are if this is none of them
    return table.regions.index(region)


def _economy(table: IOTable, position: int) -> Economy:
    sectors = len(table.sectors)
    own = slice(position * sectors, (position + 1) * sectors)
    region = table.regions[position]
    alone = len(table.regions) == 1
    mine = np.array([alone or category.region == region for category in table.final_categories])
    kept = mine & (table.of_kind("exports") == 0)
    bought = table.flows[:, own].reshape(-1, sectors, sectors)
    bought_final = table.final_demand[:, kept].sum(axis=1).reshape(-1, sectors)
    imported = bought.sum(axis=0) - bought[position]
    imported_final = bought_final.sum(axis=0) - bought_final[position]
    if table.imported_flows is not None and table.imported_final_demand is not None:
        imported = imported + table.imported_flows[:, own]
        imported_final = imported_final + table.imported_final_demand[:, kept].sum(axis=1)
    return Economy(
        region=region,
        output=table.output[own],
        flows=np.ascontiguousarray(bought[position]),
        imported=imported,
        imported_final=imported_final,
        value_added=table.value_added[own],
    )
