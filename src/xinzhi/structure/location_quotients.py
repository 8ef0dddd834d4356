"""Location quotients: how much of what a buyer needs a region supplies itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

QuotientMethod = Literal["slq", "cilq", "flq", "aflq"]
QUOTIENT_METHODS: tuple[QuotientMethod, ...] = ("slq", "cilq", "flq", "aflq")
DELTA = 0.3

_SLACK = 1e-9
_MOST_NAMED = 8
_MISSING = Text("权重有缺失值", "weights are missing")
_NEGATIVE = Text("权重为负", "weights are negative")
_ABOVE = Text("地区权重大于全国权重", "the region's weights exceed the nation's")
_SAME_UNIT = Text(
    "地区与全国的权重须为同一指标、同一单位、同一年份。",
    "The weights of region and nation must be the same indicator, in one unit and of one year.",
)


def simple_quotients(region: ArrayLike, nation: ArrayLike) -> Array:
    r"""Simple location quotient of each sector.

    .. math:: SLQ_i = \frac{w_i^r / w^r}{w_i^n / w^n}

    region, nation : (S,) output, value added or employment, >= 0, in one unit
    Returns : (S,) [1]; nan for a sector that the nation does not have
    """
    own, whole = np.asarray(region, dtype=float), np.asarray(nation, dtype=float)
    share = own / own.sum()
    base = whole / whole.sum()
    quotient: Array = np.divide(share, base, out=np.full(share.shape, np.nan), where=base > 0)
    return quotient


def location_quotients(
    region: ArrayLike,
    nation: ArrayLike,
    method: QuotientMethod = "flq",
    delta: float = DELTA,
    groups: ArrayLike | None = None,
) -> Array:
    r"""Quotients by selling sector i and buying sector j, before any cap at one.

    .. math::
        SLQ_{ij} &= SLQ_i \\
        CILQ_{ij} &= SLQ_i / SLQ_j \ (i \ne j), \quad SLQ_i \ (i = j) \\
        FLQ_{ij} &= \lambda \, CILQ_{ij}, \quad
            \lambda = \left[\log_2 (1 + w^r / w^n)\right]^\delta \\
        AFLQ_{ij} &= \min(FLQ_{ij}, 1) \log_2 (1 + SLQ_j) \ (SLQ_j > 1), \quad FLQ_{ij} \ (else)

    region, nation : (G,) weights, as for ``simple_quotients``
    method : ``slq``, ``cilq``, ``flq``, ``aflq``
    delta : δ in [0, 1), of FLQ and AFLQ; 0.3 is what Flegg and Webber (1997) suggest. The larger
        it is, the more a small region buys elsewhere.
    groups : (S,) position of each sector's group among the weights, where these are coarser than
        the sectors; all sectors of a group then share one quotient, and count as i = j among
        themselves
    Returns : (S, S) [1]; zero where the region has not the selling sector, or the nation neither
    Raises : InputError for an unknown method, a delta outside [0, 1) and for weights of which none
        is positive, some is negative or the region's exceeds the nation's
    Source : Flegg and Webber (1997), Regional Studies 31(8), 795–805; (2000), Regional Studies
        34(6), 563–569 for AFLQ; diagonal of CILQ as in Smith and Morrison (1974)
    """
    own, whole = np.asarray(region, dtype=float), np.asarray(nation, dtype=float)
    check_method(method, delta)
    check_weights(own, whole, [str(place + 1) for place in range(len(own))])
    place = np.arange(len(own)) if groups is None else np.asarray(groups, dtype=int)
    simple = np.nan_to_num(simple_quotients(own, whole))[place]
    rows = np.repeat(simple[:, np.newaxis], len(simple), axis=1)
    if method == "slq":
        return rows
    # nobody buys in a sector that is absent; beside one that hardly is there, a quotient is endless
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        cross = np.where(simple > 0, rows / simple, 0.0)
    cross = np.where(place[:, np.newaxis] == place, rows, cross)
    if method == "cilq":
        return cross
    flegg = float(np.log2(1.0 + own.sum() / whole.sum()) ** delta) * cross
    if method == "flq":
        return np.asarray(flegg)
    specialised = np.minimum(flegg, 1.0) * np.log2(1.0 + simple)
    return np.where(simple > 1, specialised, flegg)


def check_method(method: str, delta: float) -> None:
    """Refuse a method that is not known, and a delta outside [0, 1)."""
    if method not in QUOTIENT_METHODS:
        raise InputError(
            Text(
                f"没有区位商方法 {method}；可用：{'、'.join(QUOTIENT_METHODS)}",
                f"no location quotient method {method}; there are: {', '.join(QUOTIENT_METHODS)}",
            )
        )
    if not 0 <= delta < 1:
        raise InputError(
            Text(
                f"delta 应在 [0, 1) 内，给出的是 {delta:g}",
                f"delta must lie in [0, 1); it is {delta:g}",
            )
        )


def check_weights(region: Array, nation: Array, names: Sequence[str]) -> None:
    """Refuse weights that are missing, negative, all zero, or above the nation's, naming them."""
    if region.shape != nation.shape:
        raise InputError(
            Text(
                f"地区权重 {region.shape} 与全国权重 {nation.shape} 的形状不同",
                f"the region's weights {region.shape} and the nation's {nation.shape} differ in "
                "shape",
            )
        )
    above = region > nation * (1 + _SLACK)
    for bad, message in (
        (~np.isfinite(region) | ~np.isfinite(nation), _MISSING),
        ((region < 0) | (nation < 0), _NEGATIVE),
        (above, _ABOVE),
    ):
        if bad.any():
            places = np.flatnonzero(bad)
            details = [
                Text(
                    f"{names[k]}：地区 {region[k]:,.6g}，全国 {nation[k]:,.6g}",
                    f"{names[k]}: region {region[k]:,.6g}, nation {nation[k]:,.6g}",
                )
                for k in places[:_MOST_NAMED].tolist()
            ]
            rest = len(places) - len(details)
            if rest:
                details.append(Text(f"另有 {rest} 项", f"and {rest} more"))
            raise InputError(message, details, _SAME_UNIT)
    if not region.any():
        raise InputError(Text("地区权重全部为零", "the region's weights are all zero"))
