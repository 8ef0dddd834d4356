"""Generators of balanced input–output tables for property-based tests.

A column of input shares (domestic, imported, primary) sums to one and final demand is drawn; output
then follows from x = (I − A)⁻¹ y, so that rows and columns balance by construction.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from xinzhi.core import Text
from xinzhi.data.io_table import (
    FinalCategory,
    IOTable,
    PrimaryCategory,
    Satellite,
    Sector,
)

Kind = Literal["separate", "closed", "competitive", "many_regions"]
KINDS: tuple[Kind, ...] = ("separate", "closed", "competitive", "many_regions")

PRIMARY = (
    PrimaryCategory("VA001", "compensation", Text("劳动者报酬", "Compensation")),
    PrimaryCategory("VA004", "operating_surplus", Text("营业盈余", "Operating surplus")),
    PrimaryCategory("TAX", "taxes_on_products", Text("产品税", "Taxes on products")),
)
OWN_USES = (
    ("CONS", "consumption", Text("消费", "Consumption")),
    ("INV", "investment", Text("投资", "Investment")),
    ("STOCK", "stock_changes", Text("库存变动", "Stock changes")),
)
EXPORTS = FinalCategory("EXP", "exports", Text("出口", "Exports"))


def amounts(shape):
    """Draw figures from 0 to 100 in halves, zeros among them."""
    return npst.arrays(np.int16, shape, elements=st.integers(0, 200)).map(lambda drawn: drawn / 2)


@st.composite
def io_tables(draw, kinds: tuple[Kind, ...] = KINDS, most_sectors: int = 5, zero_output=True):
    """Draw a balanced table of one of the kinds.

    zero_output : let a table hold a sector that makes nothing, as real ones do
    """
    kind = draw(st.sampled_from(kinds))
    sectors = draw(st.integers(2, most_sectors))
    regions = draw(st.integers(2, 3)) if kind == "many_regions" else 1
    size = regions * sectors
    uses = [(region, use) for region in range(regions) for use in OWN_USES]
    inputs = draw(amounts((size, size)))
    imports = draw(amounts((sectors, size))) * (kind != "closed")
    primary = draw(amounts((len(PRIMARY), size))) + np.array([[5.0], [5.0], [0.0]])
    demand = draw(amounts((size, len(uses) + 1)))
    for column, (_, use) in enumerate(uses):
        if use[1] == "stock_changes":  # of either sign, within the consumption beside it
            demand[:, column] -= 100.0
            demand[:, column] *= demand[:, column - 2] / 200.0
    demand[0, 0] += 1.0
    if zero_output and draw(st.booleans()):
        idle = draw(st.integers(1, size - 1))
        inputs[idle] = 0.0
        demand[idle] = 0.0
    whole = inputs.sum(axis=0) + imports.sum(axis=0) + primary.sum(axis=0)
    shares = inputs / whole
    output = np.linalg.solve(np.eye(size) - shares, demand.sum(axis=1))
    output[demand.any(axis=1) + inputs.any(axis=1) == 0] = 0.0
    names = ("",) if regions == 1 else tuple("ABC"[:regions])
    categories = tuple(
        FinalCategory(use[0], use[1], use[2], region=names[region]) for region, use in uses
    )
    flows, imported = shares * output, imports / whole * output
    imported_final = draw(amounts((sectors, len(uses) + 1))) * (kind != "closed")
    given = {"imported_flows": imported, "imported_final_demand": imported_final}
    if kind == "competitive":
        flows = flows + imported
        demand = demand + imported_final
        given = {"imports": imported.sum(axis=1) + imported_final.sum(axis=1)}
    elif kind == "closed":
        given = {}
    return IOTable(
        sectors=tuple(Sector(f"{k:02d}", Text(f"部门{k}", f"Sector {k}")) for k in range(sectors)),
        flows=flows,
        final_demand=demand,
        final_categories=(*categories, EXPORTS),
        primary_inputs=primary / whole * output,
        primary_categories=PRIMARY,
        output=output,
        satellites=draw(amounts((1, size))) * (output > 0),
        satellite_rows=(Satellite("JOBS", Text("就业", "Employment"), "persons"),),
        regions=names,
        classification="drawn",
        year=2020,
        unit="CNY_10k",
        **given,
    )


def small(flows, output):
    """Return a closed table of two or more sectors whose final demand is what is left."""
    flows, output = np.array(flows, dtype=float), np.array(output, dtype=float)
    return IOTable(
        sectors=tuple(Sector(f"{k}", Text(f"部门{k}", f"Sector {k}")) for k in range(len(output))),
        flows=flows,
        final_demand=(output - flows.sum(axis=1))[:, np.newaxis],
        final_categories=(FinalCategory("F", "consumption", Text("消费", "Consumption")),),
        primary_inputs=(output - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=output,
    )
