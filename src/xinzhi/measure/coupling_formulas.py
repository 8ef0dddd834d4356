"""Formulas of coupling coordination, on plain arrays whose last axis is the subsystems."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text

Array = NDArray[np.float64]

FORMS = ("standard", "wang", "fan")
GRADES = (
    "extreme_imbalance",
    "severe_imbalance",
    "moderate_imbalance",
    "mild_imbalance",
    "near_imbalance",
    "bare_coordination",
    "primary_coordination",
    "intermediate_coordination",
    "good_coordination",
    "excellent_coordination",
)


def coupling_degree(levels: Array, form: str = "standard") -> Array:
    r"""Coupling degree C of n subsystems.

    .. math::
        \text{standard: } C &= \frac{(\prod_i U_i)^{1/n}}{\frac1n\sum_i U_i} \\
        \text{wang: } C &= \sqrt{\Big[1-\frac{\sum_{i<j}|U_i-U_j|}{n(n-1)/2}\Big]
            \Big[\prod_i \frac{U_i}{\max U}\Big]^{1/(n-1)}} \\
        \text{fan: } C &= 1-2\sigma(U),\ \sigma \text{ with divisor } n

    levels : (..., n) in [0, 1], n >= 2
    form : the standard one does not depend on the scale of U; the other two do
    Returns : (...) in [0, 1], 1 if all levels are equal and positive; nan where all are 0
    Raises : InputError for an unknown form, fewer than two subsystems, or levels outside [0, 1]
    Source : standard: Wang, Kong, Ren, Zhi and Dai (2021), Journal of Natural Resources 36(3),
        793-810, who correct its misuses and give the second form; fan: Fan (2024), Statistics &
        Decision 40(22), doi 10.13546/j.cnki.tjyjc.2024.22.007
    """
    levels = _checked(levels)
    n = levels.shape[-1]
    top = levels.max(-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = levels / top  # also keeps the product of small levels from vanishing
        if form == "standard":
            degree = np.prod(ratio, axis=-1) ** (1.0 / n) / ratio.mean(-1)
        elif form == "wang":
            pairs = list(combinations(range(n), 2))
            gap = sum(np.abs(levels[..., i] - levels[..., j]) for i, j in pairs) / len(pairs)
            degree = np.sqrt((1.0 - gap) * np.prod(ratio, axis=-1) ** (1.0 / (n - 1)))
        elif form == "fan":
            degree = 1.0 - 2.0 * levels.std(axis=-1)
        else:
            raise InputError(
                Text(f"未知的耦合度形式 {form}", f"unknown form of the coupling degree: {form}"),
                remedy=Text(f"可选：{'、'.join(FORMS)}", f"Choose from: {', '.join(FORMS)}"),
            )
    # the standard form may pass 1 by one rounding
    return np.where(top[..., 0] > 0, np.clip(degree, 0.0, 1.0), np.nan)


def overall_level(levels: Array, weights: Array | None = None) -> Array:
    r"""Overall level :math:`T=\sum_i\alpha_i U_i`.

    levels : (..., n); weights : (n,) summing to 1, equal by default
    """
    shares = np.full(levels.shape[-1], 1.0 / levels.shape[-1]) if weights is None else weights
    total: Array = levels @ shares
    return total


def coordination_degree(
    levels: Array, weights: Array | None = None, form: str = "standard"
) -> Array:
    r"""Coordination degree :math:`D=\sqrt{C\,T}`.

    With the standard form and equal weights D is the square root of the geometric mean of the
    levels, and so ranks regions as that mean does.

    levels : (..., n) in [0, 1]; weights : (n,) summing to 1, equal by default
    Returns : (...) in [0, 1]; nan where all levels are 0
    Raises : InputError, see ``coupling_degree``
    """
    return np.sqrt(coupling_degree(levels, form) * overall_level(levels, weights))


def grade_of(coordination: Array) -> NDArray[np.int64]:
    """Return the position in GRADES: ten steps of 0.1 of D, lower ends included; -1 for missing.

    The steps are a convention of the literature, not a finding.
    """
    steps = np.floor(np.nan_to_num(coordination, nan=-1.0) * 10 + 1e-9)
    return np.where(np.isnan(coordination), -1, np.clip(steps, 0, 9)).astype(np.int64)


def obstacle_degrees(normalised: Array, weights: Array) -> Array:
    r"""Obstacle degree: each indicator's share in what keeps a region from the best.

    .. math:: O_j = \frac{w_j(1-z_j)}{\sum_j w_j(1-z_j)}

    normalised : (..., indicators) in [0, 1]
    weights : (indicators,) in the root, products down the hierarchy
    Returns : the same shape, summing to 1; nan where nothing is short of the best
    """
    short = weights * (1.0 - normalised)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Array = short / short.sum(-1, keepdims=True)
    return shares


def _checked(levels: Array) -> Array:
    levels = np.asarray(levels, dtype=float)
    if levels.ndim == 0 or levels.shape[-1] < 2:
        raise InputError(
            Text("耦合至少需要两个子系统", "coupling needs at least two subsystems"),
        )
    outside = (levels < 0) | (levels > 1)
    if outside.any():
        place = tuple(int(k) for k in np.argwhere(outside)[0])
        raise InputError(
            Text(
                f"{int(outside.sum())} 个水平值不在 [0, 1] 内，例如位置 {place} 的 "
                f"{levels[place]:.6g}",
                f"{int(outside.sum())} level(s) outside [0, 1], for instance {levels[place]:.6g} "
                f"at position {place}",
            ),
            remedy=Text(
                "先标准化到 [0, 1]，例如用 xinzhi index。",
                "Normalise them to [0, 1] first, for instance with xinzhi index.",
            ),
        )
    return levels
