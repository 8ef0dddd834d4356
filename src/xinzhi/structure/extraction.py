"""Hypothetical extraction: what the economy loses without a sector, a group, or a part of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, leontief_system, value_added_coefficients

Array = NDArray[np.float64]

ExtractionMode = Literal["complete", "intermediate", "backward", "forward"]
EXTRACTION_MODES: tuple[ExtractionMode, ...] = ("complete", "intermediate", "backward", "forward")


def extraction(
    table: IOTable,
    mode: ExtractionMode = "complete",
    share: float = 1.0,
    system: LeontiefSystem | None = None,
) -> pd.DataFrame:
    r"""Output and value added lost when each sector in turn is extracted.

    complete : sector k sells nothing any more, neither to sectors nor to final demand; what users
        bought of it comes from outside. A part s of its sales may leave (``share``):

        .. math:: d = L_{\cdot k}\, \frac{s\, x_k}{1 + s\,(l_{kk} - 1)}

        With s = 1 the sector itself loses x_k and the others
        :math:`L_{-k,k}\, x_k / l_{kk}`, never less than nothing.
    intermediate : it neither buys from nor sells to sectors, but still serves its final demand y_k
        (the classical form): the others lose the same, the sector itself x_k - y_k.
    backward : it buys nothing from sectors: :math:`d = (L_{\cdot k} - e_k)\, x_k / l_{kk}`
    forward : it sells nothing to sectors in the Ghosh model, where output follows inputs:
        :math:`d_j = (l_{kj} x_j - \delta_{kj} x_k) / l_{kk}`

    All sectors come from one factorisation and the diagonal of one inverse by rank-one updates.

    share : in (0, 1], for ``complete`` only
    Returns : region, code, output_loss, other_output_loss (of all other sectors),
        value_added_loss [the table's unit], output_loss_share [1, of all output]
    Raises : InputError for an unknown mode or a share outside (0, 1]
    Limits : prices, substitution and the time it would take are left out; in a competitive table
        the flows hold imports, so that losses include some that would fall on other economies
    Source : Dietzenbacher and van der Linden (1997), Journal of Regional Science 37; Dietzenbacher
        and Lahr (2013), Economic Systems Research 25 (partial extraction)
    """
    _check(mode, share)
    system = system or leontief_system(table)
    output, added = table.output, value_added_coefficients(table)
    own = system.inverse().diagonal()
    if mode == "forward":
        weighted = np.column_stack([output, added * output])
        pushed = system.solve(weighted)
        # a product that is only imported has no output for the Ghosh model to allocate
        total, value = ((pushed - weighted) / own[:, np.newaxis]).T * (output > 0)
        own_loss = output * (own - 1.0) / own
    else:
        reach, value_reach = system.solve_rows(np.vstack([np.ones(table.size), added]))
        scale = share * output / (1.0 + share * (own - 1.0))
        own_loss = own * scale
        total, value = reach * scale, value_reach * scale
        kept = np.zeros(table.size)  # output that stays with the sector after all
        if mode == "intermediate":
            kept = output - table.flows.sum(axis=1)
        elif mode == "backward":
            kept = scale
        own_loss, total, value = own_loss - kept, total - kept, value - added * kept
    frame = table.labels.to_frame(index=False)
    frame["output_loss"] = total
    frame["other_output_loss"] = total - own_loss
    frame["value_added_loss"] = value
    frame["output_loss_share"] = total / output.sum()
    return frame


def extraction_effects(
    table: IOTable, shares: Array, system: LeontiefSystem | None = None
) -> Array:
    r"""Output lost by every sector when given shares of several sectors' sales leave together.

    .. math:: d = L_{\cdot K}\, t, \qquad (I + S\,(L_{KK} - I))\, t = S\, x_K

    by the Sherman–Morrison–Woodbury formula: one solve for each extracted sector, no inverse.

    shares : (N,) in [0, 1], zero for sectors that stay
    Returns : (N,) [the table's unit]
    """
    system = system or leontief_system(table)
    chosen = np.flatnonzero(shares)
    if not chosen.size:
        return np.zeros(table.size)
    units = np.zeros((table.size, chosen.size))
    units[chosen, np.arange(chosen.size)] = 1.0
    columns = system.solve(units)
    part = shares[chosen]
    inner = np.eye(chosen.size) + part[:, np.newaxis] * (columns[chosen] - np.eye(chosen.size))
    return np.asarray(columns @ np.linalg.solve(inner, part * table.output[chosen]))


def group_extraction(
    table: IOTable,
    groups: Mapping[str, Mapping[str, float]],
    system: LeontiefSystem | None = None,
) -> pd.DataFrame:
    """Output and value added lost when a group of sectors, such as a track, is extracted whole.

    groups : name → sector code → share of that sector's sales that belongs to the group, in (0, 1];
        in a table of many regions the sector of every region
    Returns : group, own_output (the group's part of output), output_loss, other_output_loss (what
        is lost outside the group's part), value_added_loss [the table's unit], output_loss_share
        [1, of all output]
    Raises : InputError naming sectors that the table does not have, and shares outside (0, 1]
    """
    system = system or leontief_system(table)
    added = value_added_coefficients(table)
    rows = []
    for name, members in groups.items():
        shares = _shares(table, name, members)
        effects = extraction_effects(table, shares, system)
        own = float(shares @ table.output)
        loss = float(effects.sum())
        rows.append((name, own, loss, loss - own, float(added @ effects)))
    columns = ["group", "own_output", "output_loss", "other_output_loss", "value_added_loss"]
    frame = pd.DataFrame(rows, columns=columns)
    frame["output_loss_share"] = frame["output_loss"] / table.output.sum()
    return frame


def _shares(table: IOTable, name: str, members: Mapping[str, float]) -> Array:
    shares = np.zeros(table.size)
    for code, share in members.items():
        if not 0 < share <= 1:
            raise InputError(
                Text(
                    f"组 {name} 中部门 {code} 的份额为 {share:g}，应大于 0、不大于 1",
                    f"group {name}: the share of sector {code} is {share:g}; it must be above 0 "
                    "and at most 1",
                )
            )
        for region in table.regions:
            shares[table.place(code, region)] = share
    return shares


def _check(mode: str, share: float) -> None:
    if mode not in EXTRACTION_MODES:
        raise InputError(
            Text(
                f"没有抽取方式 {mode}；可选：{'、'.join(EXTRACTION_MODES)}",
                f"no extraction mode {mode}; choose from {', '.join(EXTRACTION_MODES)}",
            )
        )
    if not 0 < share <= 1 or (share < 1 and mode != "complete"):
        raise InputError(
            Text(
                f"抽取份额为 {share:g}，应大于 0、不大于 1，且只用于 complete 方式",
                f"the extracted share is {share:g}; it must be above 0 and at most 1, and only "
                "mode complete takes a part",
            )
        )
