"""Bootstrap intervals of the measures of inequality: regions are drawn, within their groups."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.measure.disparity.dagum import dagum
from xinzhi.measure.disparity.inequality import atkinson, coefficient_of_variation, theil

Array = NDArray[np.float64]
Codes = NDArray[np.intp]

LEVEL = 0.95
# What the draws are taken of, in the order of the columns of the table of totals.
MEASURES = (
    *("gini", "within", "between", "transvariation"),
    *("theil_t", "theil_t_within", "theil_t_between"),
    *("theil_l", "theil_l_within", "theil_l_between"),
    *("atkinson", "coefficient_of_variation"),
)
_BLOCK = 4_000_000


def measures(
    values: Array, groups: Codes, epsilon: float, weights: Array | None = None
) -> dict[str, Array]:
    """Return every measure of ``MEASURES``; weights : (n,) or (replications, n)."""
    parts = dagum(values, groups, weights)
    t, l_index = (theil(values, groups, kind, weights) for kind in ("t", "l"))
    found = (
        *(parts.gini, parts.within, parts.between, parts.transvariation),
        *(t.total, t.within, t.between),
        *(l_index.total, l_index.within, l_index.between),
        atkinson(values, epsilon, weights),
        coefficient_of_variation(values, weights),
    )
    return dict(zip(MEASURES, found, strict=True))


def intervals(
    values: Array, groups: Codes, epsilon: float, draws: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return the percentile interval of every measure over draws with replacement.

    As many are drawn from each group as it has; with one group that is the plain bootstrap.

    values : (n,) >= 0; groups : (n,) whole numbers from 0
    draws : >= 2; seed : >= 0, the same draws of regions for every year that has the same regions
    Limits : a draw repeats values, so indices come out low and intervals short: on lognormal values
        (sigma 0.5) those of Theil's L at 95 % held the truth in 88 % of cases with 120 values and
        in 85 % with 31. Of all regions of a nation an interval says how much a few of them matter
    Source : Efron (1979), Annals of Statistics 7:1-26; Mills and Zandvakili (1997), Journal of
        Applied Econometrics 12:133-150, for inequality
    """
    random = np.random.default_rng(seed)
    members = [np.flatnonzero(groups == group) for group in range(int(groups.max()) + 1)]
    found: dict[str, list[Array]] = {name: [] for name in MEASURES}
    at_once = max(1, _BLOCK // len(values))
    for start in range(0, draws, at_once):
        weights = np.zeros((min(at_once, draws - start), len(values)))
        for places in members:
            even = np.full(len(places), 1 / len(places))
            weights[:, places] = random.multinomial(len(places), even, size=len(weights))
        weights = weights[weights @ values > 0]
        for name, drawn in measures(values, groups, epsilon, weights).items():
            found[name].append(drawn)
    tail = (1 - LEVEL) / 2
    return {name: _quantiles(np.concatenate(parts), tail) for name, parts in found.items()}


def _quantiles(drawn: Array, tail: float) -> tuple[float, float]:
    if np.isnan(drawn).any():
        return np.nan, np.nan
    low, high = np.quantile(drawn, [tail, 1 - tail])
    return float(low), float(high)
