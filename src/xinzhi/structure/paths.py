"""Structural path analysis: by which chains of sectors imported inputs reach final output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.dependence import Economy, economies, one_region, with_region
from xinzhi.structure.leontief import LeontiefSystem

Array = NDArray[np.float64]
Places = NDArray[np.intp]

ARROW = " > "


@dataclass(frozen=True)
class Paths:
    """P paths, the largest first.

    product : (P,) position of the imported product
    sectors : (P, depth) positions of the sectors in order, −1 behind the last
    value : (P,) imported inputs that go this way
    total : the sum over all paths of every length
    """

    product: Places
    sectors: Places
    value: Array
    total: float


def strongest_paths(
    imports: Array, coefficients: Array, final: Array, cutoff: float, depth: int
) -> Paths:
    r"""Return the paths that carry at least a share of all imported inputs.

    .. math:: F_{i} = \sum_{a} m_{ia} y_a + \sum_{a,b} m_{ia} A_{ab} y_b + \dots
              = m_i (I - A)^{-1} y

    Each term is a path: product i enters sector a, whose product enters b, …, whose product
    leaves as final output. All paths that begin with i, a, …, k carry together
    :math:`m_{ia} \cdots A_{\cdot k} [(I - A)^{-1} y]_k`, so a beginning is given up as soon as
    this sum is below the cut-off. The kept beginnings of one length carry disjoint parts of the
    whole: there are never more of them than 1/cutoff (for y >= 0), whatever the table's size.

    imports : (P, N) imported inputs per unit of output; coefficients : (N, N) A; final : (N,) y,
        whose negative elements enter the bound by their size
    cutoff : share of the total, in (0, 1); depth : most sectors in a path, >= 1
    Source : Crama, Defourny and Gazon (1984); Defourny and Thorbecke (1984),
        doi:10.2307/2232220, on structural paths
    """
    system = LeontiefSystem(coefficients)
    total = float((imports @ system.solve(final)).sum())
    # negative elements would let a bound of plain sums fall below one of its own terms
    bounding = system if (coefficients >= 0).all() else LeontiefSystem(np.abs(coefficients))
    reach = bounding.solve(np.abs(final))
    least = cutoff * abs(total)
    kept: list[tuple[Places, Places, Array]] = []
    amounts, products = imports, np.arange(len(imports))
    sectors = np.zeros((len(imports), 0), dtype=np.intp)
    for length in range(1, depth + 1):
        row, sector = np.nonzero((amounts != 0) & (np.abs(amounts) * reach >= least))
        carried = amounts[row, sector]
        products = products[row]
        sectors = np.column_stack([sectors[row], sector])
        values = carried * final[sector]
        large = np.abs(values) >= least
        padding = np.full((int(large.sum()), depth - length), -1, dtype=np.intp)
        kept.append((products[large], np.hstack([sectors[large], padding]), values[large]))
        amounts = carried[:, np.newaxis] * coefficients[sector]
    product = np.concatenate([part[0] for part in kept])
    value = np.concatenate([part[2] for part in kept])
    order = np.argsort(-np.abs(value), kind="stable")
    return Paths(product[order], np.vstack([part[1] for part in kept])[order], value[order], total)


def structural_paths(
    table: IOTable,
    region: str | None = None,
    product: str | None = None,
    sector: str | None = None,
    cutoff: float = 1e-3,
    depth: int = 6,
) -> pd.DataFrame:
    """Return the paths of imported products through a region's sectors to its final output.

    region : the only one by default; product : code of one imported product, all by default
    sector : code of the sector whose final output a path ends in, all by default
    cutoff, depth : as of ``strongest_paths``; the share is of what the choice above carries
    Returns : region (many regions only), product, path (codes joined by ``>``), sector (the last
        of the path), length, value [the table's unit], share (of the total over all paths),
        cumulative_share (what the listed paths explain together down to this row)
    Raises : InputError for an unknown region, product or sector, a cut-off outside (0, 1) or a
        depth below one, and a competitive table; ComputationError where I − A is singular
    Limits : final output holds exports and deliveries to other regions; flows are values of one
        year, so a path tells where the money went, not that nothing could replace it
    """
    (economy,) = economies(table, [one_region(table, region)])
    return paths_of(table, economy, product, sector, cutoff, depth)


def paths_of(
    table: IOTable,
    economy: Economy,
    product: str | None,
    sector: str | None,
    cutoff: float,
    depth: int,
) -> pd.DataFrame:
    """Return ``structural_paths`` of one economy of a table."""
    _check(cutoff, depth)
    imports, final = economy.direct, economy.final_output
    sectors = np.arange(len(table.codes))
    if product is not None:
        imports = np.where((sectors == _position(table, product))[:, np.newaxis], imports, 0.0)
    if sector is not None:
        final = np.where(sectors == _position(table, sector), final, 0.0)
    found = strongest_paths(imports, economy.coefficients, final, cutoff, depth)
    codes = np.array(table.codes, dtype=object)
    chains = [[str(codes[place]) for place in row if place >= 0] for row in found.sectors]
    share = found.value / found.total if found.total else np.zeros_like(found.value)
    frame = pd.DataFrame(
        {
            "product": codes[found.product],
            "path": np.array([ARROW.join(chain) for chain in chains], dtype=object),
            "sector": np.array([chain[-1] for chain in chains], dtype=object),
            "length": np.array([len(chain) for chain in chains], dtype=np.int64),
            "value": found.value,
            "share": share,
            "cumulative_share": np.cumsum(share),
        }
    )
    return with_region(table, economy, frame)


def _position(table: IOTable, code: str) -> int:
    return table.place(code, table.regions[0])


def _check(cutoff: float, depth: int) -> None:
    if not 0 < cutoff < 1:
        raise InputError(
            Text(
                f"截断值为 {cutoff:g}，应在 0 与 1 之间（占总量的份额）",
                f"the cut-off is {cutoff:g}; it must lie between 0 and 1 (a share of the total)",
            )
        )
    if depth < 1:
        raise InputError(
            Text(
                f"路径的最大长度为 {depth}，应不小于 1",
                f"the greatest length of a path is {depth}; it must be at least 1",
            )
        )
