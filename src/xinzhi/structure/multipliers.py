"""Multipliers of final demand: output, value added, income, taxes, imports, satellites."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, Text
from xinzhi.data.io_table import VALUE_ADDED_KINDS, IOTable
from xinzhi.structure.leontief import (
    LeontiefSystem,
    coefficients,
    import_coefficients,
    leontief_system,
    primary_coefficients,
    value_added_coefficients,
)

Array = NDArray[np.float64]

# Columns that hold the consumption of households alone, in the layouts that have them.
HOUSEHOLD_CODES = ("HFCE", "FU101", "FU102")


@dataclass(frozen=True)
class Households:
    """Households as sectors of type II multipliers, one for each region of the table.

    income : (R, N) compensation of employees per unit of output, paid in the sector's region
    spending : (N, R) products of the table bought per unit of household income
    assumption : what was taken as households' income and spending
    """

    income: Array
    spending: Array
    assumption: Text


def households(table: IOTable, categories: Sequence[str] | None = None) -> Households:
    r"""Return households as a sector: compensation as its output, consumption as its inputs.

    .. math:: h_j = w_j / x_j, \qquad c_i = C_i / \max(W, C + C^{other})

    W is compensation of all sectors of a region, C its households' purchases of the table's
    products, :math:`C^{other}` their purchases of imports and taxes on them: households spend no
    more than compensation, and no more than they do spend where they have other income too.

    categories : codes of the final categories that are households' consumption; by default HFCE,
        FU101 and FU102 where the table has them, else all consumption, the government's included
    Raises : InputError where the table has no row of compensation, or not those categories
    Source : Miller and Blair (2009), chapters 2 and 6
    """
    paid = _rows_of_kind(table, "compensation")
    if paid is None:
        raise InputError(
            Text(
                "投入产出表没有“劳动者报酬”一行，不能计算第二类（含居民诱发）乘数",
                "the input–output table has no row of compensation of employees, so there are "
                "no type II multipliers",
            ),
            remedy=Text(
                "请使用把增加值分项列出的表，或只用第一类乘数。",
                "Use a table that splits value added, or type I multipliers only.",
            ),
        )
    chosen, assumption = _household_columns(table, categories)
    regions, sectors = len(table.regions), len(table.sectors)
    alone = regions == 1
    belongs = np.kron(np.eye(regions), np.ones(sectors))
    columns = np.array(
        [
            [float(c.code in chosen and (alone or c.region == region)) for region in table.regions]
            for c in table.final_categories
        ]
    )
    bought = table.final_demand @ columns
    spent = bought.sum(axis=0)
    for other in (table.imported_final_demand, table.primary_final):
        if other is not None:
            spent = spent + other.sum(axis=0) @ columns
    income = belongs @ paid
    return Households(
        income=belongs * coefficients(paid, table.output),
        spending=coefficients(bought, np.maximum(income, spent)),
        assumption=assumption,
    )


def multiplier_rows(
    system: LeontiefSystem, direct: Array, endogenous: Households | None = None
) -> Array:
    r"""Return direct and indirect effects per unit of final demand, of any direct coefficients.

    Type I: :math:`m = r L`. Type II, with households of income coefficients h and spending c:

    .. math:: m^{II} = r L + r L c\,(I - h L c)^{-1} h L

    which is the upper left block of the inverse closed for households, found without making it.
    What households themselves cause or import directly is not counted.

    direct : (N,) or (k, N) coefficients per unit of output
    Returns : the shape of ``direct``
    Raises : ComputationError where nothing leaks from the circle of earning and spending
    """
    if endogenous is None:
        return system.solve_rows(direct)
    rows = np.atleast_2d(direct)
    solved = system.solve_rows(np.vstack([rows, endogenous.income]))
    first, income = solved[: len(rows)], solved[len(rows) :]
    try:
        rounds = LeontiefSystem(income @ endogenous.spending)
    except ComputationError as error:
        raise ComputationError(
            Text(
                "居民收入全部用于购买表内产品，又全部成为居民收入：没有漏出，第二类乘数无穷大",
                "all that households earn buys products of the table and becomes their income "
                "again: nothing leaks, and type II multipliers have no end",
            ),
            remedy=Text(
                "请核对居民消费列和劳动者报酬行，或只用第一类乘数。",
                "Check which columns are households' consumption, or use type I multipliers only.",
            ),
        ) from error
    total = first + first @ endogenous.spending @ rounds.solve(income)
    return np.asarray(total.reshape(np.shape(direct)))


def direct_coefficients(table: IOTable) -> Mapping[str, Array]:
    """Return (N,) direct coefficients behind each multiplier of a table, by its name.

    output : one; value_added : at basic prices; income : compensation, where the table has it;
    product_tax : every primary input outside value added, where there is one; import : not in a
    competitive table. Value added, product taxes and imports are all that a unit of final demand
    pays for: their type I multipliers sum to one where output is positive.
    """
    rows = {"output": np.ones(table.size), "value_added": value_added_coefficients(table)}
    paid = _rows_of_kind(table, "compensation")
    if paid is not None:
        rows["income"] = coefficients(paid, table.output)
    others = [c.kind not in VALUE_ADDED_KINDS for c in table.primary_categories]
    if any(others):
        rows["product_tax"] = coefficients(table.primary_inputs[others].sum(axis=0), table.output)
    if not table.competitive:
        rows["import"] = import_coefficients(table).sum(axis=0)
    return rows


def multipliers(
    table: IOTable,
    system: LeontiefSystem | None = None,
    endogenous: Households | None = None,
) -> pd.DataFrame:
    r"""Multipliers of each sector's final demand: type I, or type II with households.

    .. math:: m_j = \sum_i r_i\, l_{ij}

    with r = 1 (output), value added, compensation (income), taxes on products and imported
    inputs, each per unit of output.

    system : the table's Leontief system, to save a factorisation
    endogenous : ``households(table)`` for type II
    Returns : region, code, output_multiplier, value_added_multiplier and, where the table has
        them, income_multiplier, product_tax_multiplier, import_multiplier [per unit of final
        demand]
    Source : Miller and Blair (2009), chapter 6
    """
    system = system or leontief_system(table)
    direct = direct_coefficients(table)
    solved = multiplier_rows(system, np.vstack(list(direct.values())), endogenous)
    frame = table.labels.to_frame(index=False)
    for name, values in zip(direct, solved, strict=True):
        frame[f"{name}_multiplier"] = values
    return frame


def primary_multipliers(
    table: IOTable,
    system: LeontiefSystem | None = None,
    endogenous: Households | None = None,
) -> pd.DataFrame:
    """Multipliers of every primary category, as ``multipliers`` has them for their groups.

    Returns : region, code, category, direct, multiplier [per unit of final demand]
    """
    names = [category.code for category in table.primary_categories]
    return _by_row(table, names, primary_coefficients(table), "category", system, endogenous)


def satellite_multipliers(
    table: IOTable,
    system: LeontiefSystem | None = None,
    endogenous: Households | None = None,
) -> pd.DataFrame:
    """Multipliers of every satellite account: employment, emissions, energy …

    Returns : region, code, satellite, direct [the account's unit per unit of output], multiplier
        [the account's unit per unit of final demand]; empty without satellites
    """
    names = [row.code for row in table.satellite_rows]
    values = np.zeros((0, table.size)) if table.satellites is None else table.satellites
    direct = coefficients(values, table.output)
    return _by_row(table, names, direct, "satellite", system, endogenous)


def _by_row(
    table: IOTable,
    names: Sequence[str],
    direct: Array,
    title: str,
    system: LeontiefSystem | None,
    endogenous: Households | None,
) -> pd.DataFrame:
    solved = np.zeros((0, table.size))
    if names:
        solved = multiplier_rows(system or leontief_system(table), direct, endogenous)
    labels = table.labels.to_frame(index=False)
    frame = pd.concat([labels.head(0), *[labels] * len(names)], ignore_index=True)
    frame[title] = np.repeat(np.array(names, dtype=object), table.size)
    frame["direct"] = direct.ravel()
    frame["multiplier"] = solved.ravel()
    return frame


def _rows_of_kind(table: IOTable, kind: str) -> Array | None:
    chosen = [category.kind == kind for category in table.primary_categories]
    return np.asarray(table.primary_inputs[chosen].sum(axis=0)) if any(chosen) else None


def _household_columns(table: IOTable, codes: Sequence[str] | None) -> tuple[set[str], Text]:
    consumption = {c.code for c in table.final_categories if c.kind == "consumption"}
    if codes is not None:
        unknown = sorted(set(codes) - consumption)
        if unknown or not codes:
            raise InputError(
                Text(
                    f"投入产出表没有消费列 {'、'.join(unknown)}；"
                    f"有：{'、'.join(sorted(consumption))}",
                    f"the input–output table has no consumption column {', '.join(unknown)}; "
                    f"there are: {', '.join(sorted(consumption))}",
                )
            )
        chosen = set(codes)
    else:
        chosen = consumption & set(HOUSEHOLD_CODES)
    if chosen:
        listed = sorted(chosen)
        return chosen, Text(
            f"第二类乘数：居民消费取 {'、'.join(listed)}，居民收入取劳动者报酬。",
            f"Type II multipliers: households' consumption is {', '.join(listed)}, their income "
            "compensation of employees.",
        )
    return consumption, Text(
        "第二类乘数：表中未分列居民消费，以全部消费（含政府）的结构代替，"
        "支出不超过劳动者报酬；结果偏高。",
        "Type II multipliers: the table does not split consumption, so all of it, the "
        "government's too, stands for households', within compensation of employees; the "
        "multipliers are on the high side.",
    )
