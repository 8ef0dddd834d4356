"""Activities in which a region could pass those ahead: early, still open, close to what it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.structure.concentration import herfindahl

Array = NDArray[np.float64]

OWN_LANE = "own"
NEW_LANE = "new"


class Leaders(NamedTuple):
    """Who leads each activity; missing for one that no region has.

    share : (A,) [1] of the leading regions together; effective : (A,) effective number of regions
    places : (L, A) the leading regions, the largest first; mean : (A,) their mean volume
    """

    share: Array
    effective: Array
    places: NDArray[np.intp]
    mean: Array


def leaders(volumes: Array, leading: int) -> Leaders:
    r"""How much of each activity the leading regions hold.

    .. math::
        CR_a = \sum_{r \in \text{top}} x_{ra} \Big/ \sum_r x_{ra}, \qquad
        N_a = 1 \Big/ \sum_r s_{ra}^2

    volumes : (R, A) >= 0 of one year
    leading : how many regions lead; all where there are not more
    """
    order = np.argsort(-volumes, axis=0, kind="stable")[:leading]
    top = np.take_along_axis(volumes, order, axis=0)
    total = volumes.sum(axis=0)
    there = total > 0
    missing = np.full(total.shape, np.nan)
    share = np.divide(top.sum(axis=0), total, out=missing.copy(), where=there)
    effective = np.divide(1.0, herfindahl(volumes), out=missing.copy(), where=there)
    return Leaders(share, effective, order, np.where(there, top.mean(axis=0), np.nan))


def leapfrogging(
    volumes: Array,
    present: NDArray[np.bool_],
    density: Array,
    early: NDArray[np.bool_],
    labels: tuple[Sequence[str], Sequence[str]],
    peers: tuple[Sequence[str], Array],
    *,
    leading: int = 3,
    open_share: float = 0.5,
    closeness: float = 2 / 3,
) -> pd.DataFrame:
    r"""List the activities that are early, still open and close to what a region can do.

    Early: growth has not begun to slow (``early``, from ``life_cycles``). Open: the ``leading``
    largest regions hold at most ``open_share`` of it. Close: its relatedness density is above the
    quantile ``closeness`` of the activities that the region has, or of those that it has not.
    Regions that lead an activity already are not listed for it. ``lane`` is ``own`` where the
    region has the activity, to overtake on the bend (弯道超车), and ``new`` where it has not, to
    change lanes (换道超车).

    .. math:: \text{distance}_{ra} = \max\Big(0,\ 1 - \frac{x_{ra}}{\bar x_{\text{top},a}}\Big)

    volumes, present, density : (R, A) of the last year; early : (A,)
    labels : of regions and activities
    peers : regions among which the leaders are sought, and their (P, A) volumes of that year
    Returns : region, lane, activity, distance, leader, leaders_share, effective_regions, density,
        density_quantile; by region, the closest first
    Raises : InputError for a number of leading regions below 1, or a share or quantile outside
        [0, 1]
    Limits : volumes count, not quality; the leaders are those of the table, so a field that is led
        from outside it looks open
    """
    check_criteria(leading, open_share, closeness)
    lead = leaders(peers[1], leading)
    quantile = np.where(present, _quantiles(density, present), _quantiles(density, ~present))
    regions, activities, names = (np.asarray(some, dtype=object) for some in (*labels, peers[0]))
    ahead = (names[lead.places][:, None] == regions[:, None]).any(axis=0)
    is_open = np.nan_to_num(lead.share, nan=np.inf) <= open_share
    rows, columns = np.nonzero((quantile > closeness) & (early & is_open) & ~ahead)
    own = volumes[rows, columns]
    frame = pd.DataFrame(
        {
            "region": regions[rows],
            "lane": np.where(present[rows, columns], OWN_LANE, NEW_LANE),
            "activity": activities[columns],
            "distance": np.maximum(1 - own / lead.mean[columns], 0.0),
            "leader": names[lead.places[0, columns]],
            "leaders_share": lead.share[columns],
            "effective_regions": lead.effective[columns],
            "density": density[rows, columns],
            "density_quantile": quantile[rows, columns],
        }
    )
    order = np.lexsort((-frame["density"].to_numpy(dtype=float), rows))
    return frame.iloc[order].reset_index(drop=True)


def _quantiles(density: Array, among: NDArray[np.bool_]) -> Array:
    """Return the place of each density among the region's chosen ones, 1 for the highest."""
    ranked = pd.DataFrame(np.where(among, density, np.nan)).rank(axis=1, pct=True)
    return np.asarray(ranked, dtype=float)


def check_criteria(leading: int, open_share: float, closeness: float) -> None:
    """Refuse criteria that cannot be met.

    Raises : InputError
    """
    if leading < 1:
        raise InputError(
            Text(
                f"领先地区数（leading）为 {leading}，应不小于 1",
                f"leading is {leading}; it must be 1 or more",
            )
        )
    for name, title, value in (
        ("open_share", "开放门槛", open_share),
        ("closeness", "接近门槛", closeness),
    ):
        if not 0 <= value <= 1:
            raise InputError(
                Text(
                    f"{title}（{name}）为 {value:g}，应在 0 和 1 之间",
                    f"{name} is {value:g}; it must be between 0 and 1",
                )
            )
