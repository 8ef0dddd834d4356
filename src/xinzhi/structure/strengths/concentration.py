"""How far each activity is concentrated in a few regions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.structure.concentration import herfindahl
from xinzhi.structure.strengths.specialisation import entropy_of_regions

Array = NDArray[np.float64]


def herfindahl_of_activities(volumes: ArrayLike) -> Array:
    r"""Herfindahl–Hirschman index of each activity over the regions.

    .. math:: H_i = \sum_r s_{ri}^2, \qquad s_{ri} = x_{ri} / x_i

    volumes : (region, activity), >= 0
    Returns : (activity,) [1], in [1/R, 1]; 1 = a single region
    Source : Hirschman (1964), The Paternity of an Index
    """
    return herfindahl(np.asarray(volumes, dtype=float))


def entropy_of_activities(volumes: ArrayLike) -> Array:
    """Shannon entropy of each activity over the regions [nat], as ``entropy_of_regions``."""
    return entropy_of_regions(np.asarray(volumes, dtype=float).T)


def ellison_glaeser(
    volumes: ArrayLike, plant_herfindahl: ArrayLike, totals: ArrayLike | None = None
) -> Array:
    r"""Ellison and Glaeser's index of geographic concentration beyond that of large plants.

    .. math::
        \gamma_i = \frac{G_i - (1 - \sum_r x_r^2) H_i}{(1 - \sum_r x_r^2)(1 - H_i)}, \qquad
        G_i = \sum_r (s_{ri} - x_r)^2

    volumes : (region, activity) employment, >= 0; s_ri is region r's share in activity i
    plant_herfindahl : (activity,) Herfindahl index of plant sizes, H, in [0, 1)
    totals : (region,) employment of all activities, which x_r are shares of; the sum of
        ``volumes`` where None
    Returns : (activity,) [1]; 0 = as random as plants thrown at a map, below 0 = more even
    Raises : InputError for a Herfindahl index that does not fit or lies outside [0, 1), and if one
        region has all employment
    Source : Ellison and Glaeser (1997), Journal of Political Economy 105
    """
    share, region, lumpy, spread = _geography(volumes, plant_herfindahl, totals)
    raw = np.square(share - region[:, np.newaxis]).sum(axis=0)
    return np.asarray((raw - spread * lumpy) / (spread * (1 - lumpy)), dtype=float)


def maurel_sedillot(
    volumes: ArrayLike, plant_herfindahl: ArrayLike, totals: ArrayLike | None = None
) -> Array:
    r"""Maurel and Sédillot's index of geographic concentration beyond that of large plants.

    .. math::
        \hat\gamma_i = \frac{G_i - H_i}{1 - H_i}, \qquad
        G_i = \frac{\sum_r s_{ri}^2 - \sum_r x_r^2}{1 - \sum_r x_r^2}

    volumes, plant_herfindahl, totals : as for ``ellison_glaeser``
    Returns : (activity,) [1]; 0 = plants locate independently of each other
    Raises : InputError as ``ellison_glaeser``
    Source : Maurel and Sédillot (1999), Regional Science and Urban Economics 29
    """
    share, _, lumpy, spread = _geography(volumes, plant_herfindahl, totals)
    gross = (np.square(share).sum(axis=0) - (1 - spread)) / spread
    return np.asarray((gross - lumpy) / (1 - lumpy), dtype=float)


def _geography(
    volumes: ArrayLike, plant_herfindahl: ArrayLike, totals: ArrayLike | None
) -> tuple[Array, Array, Array, float]:
    """Return shares of regions in activities and in all, plant concentration, 1 − Σ x²."""
    array = np.asarray(volumes, dtype=float)
    lumpy = np.asarray(plant_herfindahl, dtype=float)
    if lumpy.shape != (array.shape[1],):
        raise InputError(
            Text(
                f"企业规模集中度有 {lumpy.size} 个，活动有 {array.shape[1]} 项",
                f"{lumpy.size} Herfindahl indices of plants for {array.shape[1]} activities",
            ),
            remedy=Text("每项活动给一个。", "Give one for each activity."),
        )
    if not ((lumpy >= 0) & (lumpy < 1)).all():
        raise InputError(
            Text(
                "企业规模的赫芬达尔指数应在 [0, 1) 之内",
                "Herfindahl indices of plants must lie in [0, 1)",
            ),
            remedy=Text(
                "只有一家企业的活动没有集聚可言，请去掉。",
                "An activity with a single plant cannot agglomerate: leave it out.",
            ),
        )
    whole = array.sum(axis=1) if totals is None else np.asarray(totals, dtype=float)
    region = whole / whole.sum()
    spread = 1 - float(np.square(region).sum())
    if spread <= 0:
        raise InputError(
            Text("全部数量在一个地区，无从谈集聚", "one region has all the volume"),
            remedy=Text("至少需要两个地区。", "At least two regions are needed."),
        )
    with np.errstate(invalid="ignore"):
        return array / array.sum(axis=0), region, lumpy, spread
