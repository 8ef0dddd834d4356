"""Backward and forward linkages: direct, total, normalised (Rasmussen), pure; key sectors."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import (
    LeontiefSystem,
    allocation_coefficients,
    coefficients,
    leontief_system,
)

Array = NDArray[np.float64]

ForwardLinkage = Literal["ghosh", "leontief"]


def backward_linkage(system: LeontiefSystem) -> Array:
    r"""Rasmussen's power of dispersion (影响力系数): what a sector's final demand pulls.

    .. math:: BL_j = \frac{\sum_i l_{ij}}{\frac1N \sum_i \sum_j l_{ij}}

    Returns : (N,) [1], mean one
    Source : Rasmussen (1956), Studies in Inter-Sectoral Relations
    """
    return _normalised(system.solve_rows(np.ones(system.size)))


def forward_linkage(
    system: LeontiefSystem, output: Array, forward: ForwardLinkage = "ghosh"
) -> Array:
    r"""Rasmussen's sensitivity of dispersion (感应度系数): what a sector's products are used for.

    .. math:: FL_i = \frac{\sum_j g_{ij}}{\frac1N \sum_i \sum_j g_{ij}}

    with the Ghosh inverse G, which weighs users by what they buy, or with the Leontief inverse L,
    Rasmussen's own form: a unit of final demand of every sector, however small.

    output : (N,) x
    Returns : (N,) [1], mean one
    Source : Rasmussen (1956); Jones (1976), Quarterly Journal of Economics 90 (the Ghosh form)
    """
    return _normalised(_forward_sums(system, output, forward))


def ghosh_row_sums(system: LeontiefSystem, output: Array) -> Array:
    r"""Row sums of the Ghosh inverse from the Leontief system, as :math:`G = \hat x^{-1} L \hat x`.

    output : (N,) x
    Returns : (N,) [1], one for sectors without output
    """
    pushed = system.solve(output)
    return np.divide(pushed, output, out=np.ones_like(output), where=output > 0)


def linkages(
    table: IOTable,
    forward: ForwardLinkage = "ghosh",
    system: LeontiefSystem | None = None,
) -> pd.DataFrame:
    """Direct, total and normalised linkages of every sector, and which sectors are key.

    forward : forward linkages by row sums of the Ghosh inverse, or of the Leontief inverse
    Returns : region, code;
        direct_backward, direct_forward : column sums of A, row sums of B (Chenery–Watanabe 1958)
        total_backward, total_forward : column sums of L, row sums of G or L
        backward_linkage, forward_linkage : the same over their mean (Rasmussen)
        linkage_class : key, backward, forward or weak, as the two lie above one
    Source : Miller and Blair (2009), chapter 12
    """
    system = system or leontief_system(table)
    frame = table.labels.to_frame(index=False)
    frame["direct_backward"] = coefficients(table.flows.sum(axis=0), table.output)
    frame["direct_forward"] = allocation_coefficients(table).sum(axis=1)
    frame["total_backward"] = system.solve_rows(np.ones(table.size))
    frame["total_forward"] = _forward_sums(system, table.output, forward)
    frame["backward_linkage"] = _normalised(frame["total_backward"].to_numpy())
    frame["forward_linkage"] = _normalised(frame["total_forward"].to_numpy())
    frame["linkage_class"] = linkage_class(
        frame["backward_linkage"].to_numpy(), frame["forward_linkage"].to_numpy()
    )
    return frame


def linkage_class(backward: Array, forward: Array) -> list[str]:
    """Return key (both above one), backward, forward or weak for each sector.

    backward, forward : (N,) normalised linkages
    """
    names = {(True, True): "key", (True, False): "backward", (False, True): "forward"}
    above = zip(backward > 1, forward > 1, strict=True)
    return [names.get((bool(pulls), bool(pushes)), "weak") for pulls, pushes in above]


def linkage_spread(system: LeontiefSystem) -> tuple[Array, Array]:
    r"""Coefficient of variation of the columns and rows of the inverse: how even a linkage is.

    .. math:: V_j = \frac{\sqrt{\frac1{N-1}\sum_i (l_{ij} - \bar l_j)^2}}{\bar l_j}

    A low value of a high linkage says that it reaches many sectors.

    Returns : (N,) by column, (N,) by row [1]; NaN where there is one sector only
    Source : Rasmussen (1956); Hazari (1970), Review of Economics and Statistics 52
    """
    if system.size == 1:
        return np.full(1, np.nan), np.full(1, np.nan)
    inverse = system.inverse()
    columns = inverse.std(axis=0, ddof=1) / inverse.mean(axis=0)
    rows = inverse.std(axis=1, ddof=1) / inverse.mean(axis=1)
    return columns, rows


def pure_linkages(table: IOTable, system: LeontiefSystem | None = None) -> pd.DataFrame:
    r"""Pure linkages of each sector with the rest of the economy, in money, free of its own loops.

    .. math:: PBL_j = i' \Delta_r A_{rj} \Delta_j y_j, \qquad
              PFL_j = \Delta_j A_{jr} \Delta_r y_r, \qquad PTL_j = PBL_j + PFL_j

    with :math:`\Delta_j = (1 - a_{jj})^{-1}` and :math:`\Delta_r = (I - A_{rr})^{-1}`. All sectors
    come from one inverse, since :math:`\Delta_r A_{rj} = L_{rj} / l_{jj}` and
    :math:`A_{jr} \Delta_r = L_{jr} / l_{jj}`. y is what remains of output after intermediate
    use, so that x = L y also where there are imports in the flows or a discrepancy.

    Returns : region, code, pure_backward, pure_forward, pure_total [the table's unit]
    Source : Sonis, Guilhoto, Hewings and Martins (1995), The Developing Economies 33(3)
    """
    system = system or leontief_system(table)
    inverse = system.inverse()
    own, output = inverse.diagonal(), table.output
    direct = coefficients(table.flows.diagonal(), output)
    demand = output - table.flows.sum(axis=1)
    frame = table.labels.to_frame(index=False)
    frame["pure_backward"] = (inverse.sum(axis=0) / own - 1.0) * demand / (1.0 - direct)
    frame["pure_forward"] = (output / own - demand) / (1.0 - direct)
    frame["pure_total"] = frame["pure_backward"] + frame["pure_forward"]
    return frame


def _forward_sums(system: LeontiefSystem, output: Array, forward: ForwardLinkage) -> Array:
    if forward == "ghosh":
        return ghosh_row_sums(system, output)
    return system.solve(np.ones(system.size))


def _normalised(sums: Array) -> Array:
    return np.asarray(sums / sums.mean())
