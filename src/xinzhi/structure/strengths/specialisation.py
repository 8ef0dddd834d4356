"""How far the structure of each region departs from a reference."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputError, Text
from xinzhi.structure.concentration import herfindahl

Array = NDArray[np.float64]

Comparison = Literal["rest", "all"]
COMPARISONS: tuple[Comparison, ...] = get_args(Comparison)


def location_quotient(volumes: ArrayLike, benchmark: ArrayLike | None = None) -> Array:
    r"""Location quotient of each activity in each region, or revealed comparative advantage.

    .. math:: LQ_{ri} = \frac{x_{ri} / x_r}{x_i / x}

    volumes : (region, activity), >= 0, in one unit
    benchmark : (activity,) volumes of the nation or the world that x_i and x stand for; the sum of
        the regions where None
    Returns : (region, activity) [1], >= 0; missing for a region without any volume and for an
        activity that the benchmark does not have
    Raises : InputError if the benchmark has another number of activities or is negative
    Source : Balassa (1965), The Manchester School 33
    """
    array = np.asarray(volumes, dtype=float)
    whole = benchmark_volumes(array.sum(axis=0), benchmark)
    own = array.sum(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = (array / own) / (whole / whole.sum())
    quotient[:, whole == 0] = np.nan
    return np.asarray(quotient, dtype=float)


def sparse_location_quotient(volumes: csr_array, benchmark: ArrayLike | None = None) -> csr_array:
    """Location quotients of the volumes that are stored, as ``location_quotient``."""
    whole = benchmark_volumes(np.asarray(volumes.sum(axis=0), dtype=float), benchmark)
    own = np.asarray(volumes.sum(axis=1), dtype=float)
    shares = volumes.data / np.repeat(own, np.diff(volumes.indptr))
    with np.errstate(divide="ignore"):
        quotient = shares / (whole / whole.sum())[volumes.indices]
    return csr_array((quotient, volumes.indices, volumes.indptr), shape=volumes.shape)


def benchmark_volumes(sums: Array, benchmark: ArrayLike | None) -> Array:
    """Return the volumes by activity that quotients refer to, checked.

    Raises : InputError if the benchmark does not fit, is negative or missing
    """
    if benchmark is None:
        return sums
    whole = np.asarray(benchmark, dtype=float)
    if whole.shape != sums.shape:
        raise InputError(
            Text(
                f"基准有 {whole.size} 项活动，数据有 {sums.size} 项",
                f"the benchmark has {whole.size} activities, the volumes {sums.size}",
            ),
            remedy=Text(
                "两者应是同一组活动，次序相同。", "Give both the same activities in order."
            ),
        )
    if not (np.isfinite(whole).all() and (whole >= 0).all() and whole.sum() > 0):
        raise InputError(
            Text(
                "基准的数量缺失、为负或全为 0", "benchmark volumes are missing, negative or all 0"
            ),
            remedy=Text("请给出全国或世界的数量。", "Give volumes of the nation or the world."),
        )
    return whole


def symmetric_location_quotient(quotient: ArrayLike) -> Array:
    r"""Symmetric form of a location quotient.

    .. math:: SLQ = \frac{LQ - 1}{LQ + 1}

    quotient : [1], >= 0
    Returns : [1], in [-1, 1), 0 = as the reference
    Source : Dalum, Laursen and Villumsen (1998), International Review of Applied Economics 12
    """
    array = np.asarray(quotient, dtype=float)
    return np.asarray((array - 1) / (array + 1), dtype=float)


def log_location_quotient(quotient: ArrayLike) -> Array:
    r"""Natural logarithm of a location quotient.

    .. math:: \ln LQ

    quotient : [1], >= 0
    Returns : [1], 0 = as the reference; missing where the quotient is 0
    Source : Vollrath (1991), Weltwirtschaftliches Archiv 127
    """
    array = np.asarray(quotient, dtype=float)
    missing = np.full(array.shape, np.nan)
    return np.asarray(np.log(array, out=missing, where=array > 0))


def shares(volumes: ArrayLike) -> Array:
    """Return the share of each activity in its region; missing for a region without volume."""
    array = np.asarray(volumes, dtype=float)
    with np.errstate(invalid="ignore"):
        return np.asarray(array / array.sum(axis=1, keepdims=True), dtype=float)


def krugman_index(volumes: ArrayLike, against: Comparison = "rest") -> Array:
    r"""Krugman's specialisation index of each region.

    .. math:: K_r = \sum_i |s_{ri} - \bar s_{ri}|

    volumes : (region, activity), >= 0
    against : "rest", where s̄ are the shares of all other regions together, or "all", the shares of
        all regions, this one included; the latter is smaller, most for large regions
    Returns : (region,) [1], in [0, 2]; 0 = the structure of the reference; missing for a region
        without volume, and for "rest" if it is the only one with any
    Raises : InputError for an unknown reference
    Source : Krugman (1991), Geography and Trade
    """
    if against not in COMPARISONS:
        raise InputError(
            Text(f"未知的比较对象 {against}", f"unknown comparison {against}"),
            remedy=Text(
                f"可选：{'、'.join(COMPARISONS)}", f"Choose from: {', '.join(COMPARISONS)}"
            ),
        )
    array = np.asarray(volumes, dtype=float)
    total = array.sum(axis=0, keepdims=True)
    other = total - array if against == "rest" else np.broadcast_to(total, array.shape)
    return np.asarray(np.abs(shares(array) - shares(other)).sum(axis=1), dtype=float)


def herfindahl_of_regions(volumes: ArrayLike) -> Array:
    r"""Herfindahl–Hirschman index of each region over its activities.

    .. math:: H_r = \sum_i s_{ri}^2

    volumes : (region, activity), >= 0
    Returns : (region,) [1], in [1/I, 1]; 1 = a single activity
    Source : Hirschman (1964), The Paternity of an Index
    """
    return herfindahl(np.asarray(volumes, dtype=float).T)


def entropy_of_regions(volumes: ArrayLike) -> Array:
    r"""Shannon entropy of each region over its activities.

    .. math:: E_r = -\sum_i s_{ri} \ln s_{ri}, \qquad 0 \ln 0 = 0

    volumes : (region, activity), >= 0
    Returns : (region,) [nat], in [0, ln I]; 0 = a single activity; missing without volume
    Source : Shannon (1948), Bell System Technical Journal 27
    """
    share = shares(volumes)
    logs = np.log(share, out=np.zeros_like(share), where=share > 0)
    return np.asarray(-(share * logs).sum(axis=1) + 0.0, dtype=float)
