"""How alike the structures of two regions are."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.structure.strengths.specialisation import location_quotient, shares

Array = NDArray[np.float64]

SimilarityMethod = Literal["overlap", "cosine", "log_quotient"]
SIMILARITY_METHODS: tuple[SimilarityMethod, ...] = get_args(SimilarityMethod)
OFFSET = 0.1


def similarity(
    volumes: ArrayLike, method: SimilarityMethod = "overlap", offset: float = OFFSET
) -> Array:
    r"""Similarity of the structures of each pair of regions.

    .. math::
        \text{overlap} &= \sum_i \min(s_{ri}, s_{qi}) = 1 - K_{rq} / 2 \\
        \text{cosine} &= \frac{\sum_i s_{ri} s_{qi}}{\lVert s_r \rVert \lVert s_q \rVert} \\
        \text{log\_quotient} &= \mathrm{corr}_i[\ln(LQ_{ri} + \epsilon), \ln(LQ_{qi} + \epsilon)]

    volumes : (region, activity), >= 0
    offset : ε, which keeps the logarithm of an absent activity finite
    Returns : (region, region) [1], symmetric, 1 on the diagonal; overlap and cosine in [0, 1], the
        correlation in [-1, 1]; missing for a region without volume
    Raises : InputError for an unknown method or an offset that is not above 0
    Source : Finger and Kreinin (1979), The Economic Journal 89; Jaffe (1986), American Economic
        Review 76; Bahar, Hausmann and Hidalgo (2014), Journal of International Economics 92
    """
    if method not in SIMILARITY_METHODS:
        names = "、".join(SIMILARITY_METHODS), ", ".join(SIMILARITY_METHODS)
        raise InputError(
            Text(f"未知的相似度 {method}", f"unknown similarity {method}"),
            remedy=Text(f"可选：{names[0]}", f"Choose from: {names[1]}"),
        )
    if not offset > 0:
        raise InputError(
            Text(f"偏移量应大于 0，却是 {offset}", f"the offset must be above 0, not {offset}")
        )
    share = shares(volumes)
    if method == "overlap":
        return np.stack([np.minimum(share, row).sum(axis=1) for row in share])
    if method == "cosine":
        unit = share / np.linalg.norm(share, axis=1, keepdims=True)
        return np.asarray(unit @ unit.T, dtype=float)
    logs = np.log(np.nan_to_num(location_quotient(volumes)) + offset)
    centred = logs - logs.mean(axis=1, keepdims=True)
    length = np.linalg.norm(centred, axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        unit = centred / length
    unit[np.isnan(share).any(axis=1)] = np.nan
    return np.asarray(unit @ unit.T, dtype=float)
