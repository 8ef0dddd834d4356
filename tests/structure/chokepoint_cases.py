"""Small tables whose chokepoints can be worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector

CONSUMPTION = FinalCategory("TC", "consumption", Text("消费", "Consumption"))
EXPORTS = FinalCategory("EX", "exports", Text("出口", "Exports"))
VALUE_ADDED = PrimaryCategory("TVA", "value_added", Text("增加值", "Value added"))


def sectors(count: int) -> tuple[Sector, ...]:
    return tuple(Sector(f"{k:02d}", Text(f"部门{k}", f"Sector {k}")) for k in range(1, count + 1))


def chain_table(**changes: object) -> IOTable:
    """Return two sectors in a row: 01 uses imported 01; 02 uses domestic 01 and imported 02.

    A = [[0, 0.2], [0, 0]], m = diag(0.1, 0.25), x = (100, 200), y = (60, 200).
    """
    table = IOTable(
        sectors=sectors(2),
        flows=np.array([[0.0, 40.0], [0.0, 0.0]]),
        final_demand=np.array([[40.0, 20.0], [150.0, 50.0]]),
        final_categories=(CONSUMPTION, EXPORTS),
        primary_inputs=np.array([[90.0, 110.0]]),
        primary_categories=(VALUE_ADDED,),
        output=np.array([100.0, 200.0]),
        imported_flows=np.array([[10.0, 0.0], [0.0, 50.0]]),
        imported_final_demand=np.array([[15.0, 5.0], [0.0, 0.0]]),
        classification="drawn",
        year=2020,
        unit="CNY_10k",
    )
    return replace(table, **changes)


def two_regions() -> IOTable:
    """Return regions A and B with the sectors 01 and 02; A's 02 buys 01 from both and from outside.

    Each figure of A's row of inputs is chosen: its sector 02 makes 100 from 10 of its own 01, 30 of
    B's 01 and 10 of 01 from outside the table.
    """
    flows = np.zeros((4, 4))
    flows[0, 1], flows[2, 1] = 10.0, 30.0
    flows[3, 2] = 20.0
    output = np.array([50.0, 100.0, 80.0, 60.0])
    imported = np.zeros((2, 4))
    imported[0, 1] = 10.0
    rest = output - flows.sum(axis=1)
    final = np.zeros((4, 3))
    final[:2, 0], final[2:, 1] = rest[:2], rest[2:]
    final[2, 0], final[2, 1] = 20.0, rest[2] - 20.0  # A consumes 20 of B's 01
    return IOTable(
        sectors=sectors(2),
        flows=flows,
        final_demand=final,
        final_categories=(
            replace(CONSUMPTION, region="A"),
            replace(CONSUMPTION, region="B"),
            EXPORTS,
        ),
        primary_inputs=(output - flows.sum(axis=0) - imported.sum(axis=0))[np.newaxis],
        primary_categories=(VALUE_ADDED,),
        output=output,
        imported_flows=imported,
        imported_final_demand=np.zeros((2, 3)),
        regions=("A", "B"),
        classification="drawn",
        year=2020,
        unit="CNY_10k",
    )
