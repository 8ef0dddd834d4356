"""How well a score foretells which of many possible entries happened; plain arrays only."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


class RegionScores(NamedTuple):
    """What one score did in each region over one window: parts of ratios, to be added up.

    concordant : (R,) entries times the region's AUC; 0 where it has no AUC
    weighed : (R,) entries of regions that have an AUC, else 0
    hits, taken : (R,) entries among the k candidates with the highest score, and how many
        candidates those were
    """

    concordant: Array
    weighed: Array
    hits: Array
    taken: Array


def average_ranks(values: Array) -> Array:
    """Return ranks from 1 for the smallest; equal values share the mean of theirs."""
    order = np.argsort(values)  # equal values share a rank, so their order is of no account
    ordered = values[order]
    ranks = np.empty(len(values))
    rises = ordered[1:] != ordered[:-1]
    if rises.all():
        ranks[order] = np.arange(1.0, len(values) + 1)
        return ranks
    starts = np.flatnonzero(np.append(True, rises))
    ends = np.append(starts[1:], len(values))
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def area_under_curve(scores: Array, happened: Flags) -> float:
    r"""Area under the receiver operating characteristic curve, ties counting one half.

    .. math:: AUC = \frac{R_1 - n_1(n_1 + 1)/2}{n_1 n_0}

    scores, happened : (n,); R_1 is the sum of the ranks of the n_1 that happened
    Returns : the chance that one that happened scores above one that did not; nan where all or
        none happened
    Source : Hanley and McNeil (1982), doi:10.1148/radiology.143.1.7063747
    """
    positive = int(happened.sum())
    negative = len(happened) - positive
    if not positive or not negative:
        return float("nan")
    ranks = average_ranks(scores)
    surplus = ranks[happened].sum() - positive * (positive + 1) / 2
    return float(surplus / (positive * negative))


def hits_at(scores: Array, happened: Flags, count: int) -> tuple[float, int]:
    """Return how many of the ``count`` highest scores happened, and how many were taken.

    Where scores tie at the border, the hits are those expected from a random choice among them.
    """
    taken = min(count, len(scores))
    if not taken:
        return 0.0, 0
    border = np.partition(scores, len(scores) - taken)[len(scores) - taken]
    above, level = scores > border, scores == border
    rest = taken - int(above.sum())
    return float(happened[above].sum() + rest * happened[level].mean()), taken


def score_regions(scores: Array, candidates: Flags, entered: Flags, count: int) -> RegionScores:
    """Score each region's own candidates.

    scores : (R, A); candidates, entered : (R, A), entered only among the candidates
    """
    found = np.zeros((len(scores), 4))
    for region, mask in enumerate(candidates):
        own, happened = scores[region, mask], entered[region, mask]
        area = area_under_curve(own, happened)
        if np.isfinite(area):
            found[region, :2] = area * happened.sum(), happened.sum()
        found[region, 2:] = hits_at(own, happened, count)
    return RegionScores(*found.T)


def region_draws(regions: int, draws: int, seed: int) -> Array:
    """Return (draws, regions) how often each region is drawn when regions are drawn anew."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(regions, np.full(regions, 1 / regions), size=draws).astype(float)


def ratio_interval(
    numerator: Array, denominator: Array, draws: Array, confidence: float
) -> tuple[Array, Array, Array]:
    """Return a ratio of sums over regions, and its percentile interval over drawn regions.

    numerator, denominator : (R, …); draws : (D, R)
    Returns : (…) ratio, low, high; nan where the denominator is zero
    Limits : draws whose denominator is zero are left out
    """

    def ratio(above: Array, below: Array) -> Array:
        missing = np.full(np.shape(above), np.nan)
        return np.asarray(np.divide(above, below, out=missing, where=below > 0))

    whole = ratio(numerator.sum(axis=0), denominator.sum(axis=0))
    drawn = ratio(np.tensordot(draws, numerator, 1), np.tensordot(draws, denominator, 1))
    low, high = interval_of(drawn, confidence)
    return whole, low, high


def interval_of(drawn: Array, confidence: float) -> tuple[Array, Array]:
    """Return the percentile interval over the first axis, nan where every draw is missing."""
    tail = (1 - confidence) / 2
    known = ~np.isnan(drawn).all(axis=0)
    ends = np.full((2, *drawn.shape[1:]), np.nan)
    if known.any():
        holes = np.isnan(drawn[:, known]).any()
        quantile = np.nanquantile if holes else np.quantile  # the former goes column by column
        ends[:, known] = quantile(drawn[:, known], [tail, 1 - tail], axis=0)
    return ends[0], ends[1]
