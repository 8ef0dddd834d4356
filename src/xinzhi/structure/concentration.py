"""How concentrated the suppliers are, where a table tells from which region an input comes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.data.io_table import IOTable

Array = NDArray[np.float64]


def herfindahl(amounts: Array) -> Array:
    r"""Return the Herfindahl–Hirschman index over the first axis.

    .. math:: H = \sum_o \Big(\frac{f_o}{\sum_p f_p}\Big)^2

    amounts : (O, …), >= 0, by origin
    Returns : (…) in [1/O, 1]; 1 = a single origin; missing where nothing comes
    Source : Hirschman (1964), The Paternity of an Index
    """
    total = amounts.sum(axis=0)
    squares = np.square(amounts).sum(axis=0)
    known = total > 0
    missing = np.full(total.shape, np.nan)
    return np.asarray(np.divide(squares, np.square(total), out=missing, where=known))


def origins(table: IOTable, region: str) -> Array | None:
    """Return (O, S, S) intermediate inputs of a region from elsewhere, by origin.

    The origins are the other regions of the table, and all that lies outside it as one more.
    Returns : None where the table has one region, and so tells no origin
    """
    if len(table.regions) == 1:
        return None
    sectors, position = len(table.sectors), table.regions.index(region)
    own = slice(position * sectors, (position + 1) * sectors)
    others = np.arange(len(table.regions)) != position
    bought: Array = table.flows[:, own].reshape(-1, sectors, sectors)[others]
    if table.imported_flows is None:
        return bought
    return np.concatenate([bought, table.imported_flows[np.newaxis, :, own]])


def supplier_concentration(table: IOTable, region: str) -> tuple[Array, Array, Array] | None:
    """Return the Herfindahl index of origins by product and user, by product, and by user.

    Returns : ((S, S), (S,), (S,)), missing where nothing is imported; None where the table has one
        region
    Limits : what lies outside the table counts as one origin, which raises the index
    """
    found = origins(table, region)
    if found is None:
        return None
    return herfindahl(found), herfindahl(found.sum(axis=2)), herfindahl(found.sum(axis=1))
