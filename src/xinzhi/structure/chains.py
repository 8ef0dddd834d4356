"""Positions in the production chain: upstreamness, downstreamness, average propagation length."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, coefficients, leontief_system

Array = NDArray[np.float64]

_NO_PATH = 1e-14  # what rounding leaves where there is no path at all

Exports = Literal["used_as_here", "final"]
Imports = Literal["made_as_here", "primary"]


def upstreamness(table: IOTable, exports: Exports = "used_as_here") -> Array:
    r"""Distance of a sector's output from final use, in stages of production.

    .. math:: U = (I - \Delta)^{-1} 1, \qquad
              \delta_{ij} = \frac{z_{ij}}{x_i - e_i + m_i - n_i}

    e are exports, m imports (only in a competitive table, whose flows hold them), n net stock
    changes. With ``used_as_here`` exports are used abroad as the product is used here, and
    additions to stocks are used as the rest of the year's output, the open-economy treatment of
    the paper. With ``final`` exports count as final use: :math:`x_i + m_i - n_i` below the line.
    A publisher's discrepancy is left out, as nobody's use.

    Returns : (N,) [stages], >= 1 where uses are not negative; 1 for output that goes to final use
        only
    Raises : ComputationError where circles of sectors sell nothing to final use
    Source : Antràs, Chor, Fally and Hillberry (2012), American Economic Review 102(3);
        inventories as in Antràs and Chor (2018)
    """
    kinds: tuple[Literal["consumption", "investment", "exports"], ...] = (
        ("consumption", "investment")
        if exports == "used_as_here"
        else ("consumption", "investment", "exports")
    )
    used = table.flows.sum(axis=1) + table.final(*kinds)
    shares = coefficients(table.flows.T, np.maximum(used, 0.0)).T
    return LeontiefSystem(shares).solve(np.ones(table.size))


def downstreamness(
    table: IOTable, imports: Imports = "made_as_here", system: LeontiefSystem | None = None
) -> Array:
    r"""Distance of a sector's output from primary inputs, in stages of production.

    .. math:: D = 1' (I - A)^{-1}

    With ``made_as_here`` A holds inputs of every origin: an imported product has as many stages
    behind it as the same product made in the user's region. With ``primary`` imports count as
    primary inputs, and D are the output multipliers. A competitive table holds both already.

    system : the table's Leontief system, for ``primary`` or where nothing is imported apart
    Returns : (N,) [stages], >= 1
    Source : Antràs and Chor (2018), On the Measurement of Upstreamness and Downstreamness in
        Global Value Chains
    """
    if table.imported_flows is None or imports == "primary":
        system = system or leontief_system(table)
    else:
        flows = np.array(table.flows)
        size = len(table.sectors)
        for start in range(0, table.size, size):
            region = slice(start, start + size)
            flows[region, region] += table.imported_flows[:, region]
        system = LeontiefSystem(coefficients(flows, table.output), overwrite=True)
    return system.solve_rows(np.ones(table.size))


def average_propagation_lengths(
    table: IOTable, system: LeontiefSystem | None = None
) -> pd.DataFrame:
    r"""Average number of steps in which a demand shock in sector j reaches sector i.

    .. math:: v_{ij} = \frac{\sum_{k \ge 1} k\, (A^k)_{ij}}{\sum_{k \ge 1} (A^k)_{ij}}
              = \frac{(L (L - I))_{ij}}{(L - I)_{ij}}

    A cost shock in i reaches j in the same number of steps, since L and the Ghosh inverse share
    them. NaN where no path leads from i to j.

    Returns : (N, N) indexed by region and code, rows i (affected by demand), columns j
    Source : Dietzenbacher, Romero and Bosma (2005), Estudios de Economía Aplicada 23;
        Dietzenbacher and Romero (2007), International Regional Science Review 30
    """
    inverse = (system or leontief_system(table)).inverse()
    indirect = inverse - np.eye(table.size)
    steps = inverse @ indirect
    reached = indirect > _NO_PATH * inverse.max()
    lengths = np.divide(steps, indirect, out=np.full_like(steps, np.nan), where=reached)
    return pd.DataFrame(lengths, index=table.labels, columns=table.labels)
