"""The whole economy of a table in one record."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import (
    LeontiefSystem,
    import_coefficients,
    leontief_system,
    value_added_coefficients,
)


def whole_economy(table: IOTable, system: LeontiefSystem | None = None) -> pd.DataFrame:
    r"""Sum up a table: its size, and what one unit of its final output holds.

    With final demand f for the table's products (of every kind; imports taken off in a competitive
    table), :math:`v L f / u f` is the value added in one unit of it and :math:`u A_M L f / u f`
    the imports; taxes on products are the rest.

    table : one region or many, taken together
    Returns : one record: output, value_added, final_output [the table's unit],
        value_added_multiplier, import_multiplier (missing in a competitive table), export_share
        (exports / output) [1]
    """
    system = system or leontief_system(table)
    final = table.output - table.flows.sum(axis=1)
    needed = system.solve(final)
    imported = np.nan
    if not table.competitive:
        imported = float(import_coefficients(table).sum(axis=0) @ needed / final.sum())
    return pd.DataFrame(
        [
            {
                "output": table.output.sum(),
                "value_added": table.value_added.sum(),
                "final_output": final.sum(),
                "value_added_multiplier": value_added_coefficients(table) @ needed / final.sum(),
                "import_multiplier": imported,
                "export_share": table.final("exports").sum() / table.output.sum(),
            }
        ]
    )
