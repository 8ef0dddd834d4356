"""Which strengths to lengthen and which gaps to close: the choices that no other one beats."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.structure.strengths.entry_scores import average_ranks, interval_of

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]

STRENGTH = "strength"
GAP = "gap"
KINDS = (STRENGTH, GAP)


class Evidence(NamedTuple):
    """What speaks for or against an activity; nan where it is not known.

    density : (R, A) relatedness density [1]
    complexity : (A,) PCI [1]
    growth : (A,) [1/year], None without years
    dependence : (A,) on inputs from elsewhere [1], None where nothing is known of it
    """

    density: Array
    complexity: Array
    growth: Array | None
    dependence: Array | None


def criteria(dated: bool, secure: bool) -> tuple[str, ...]:
    """Return the columns over which the Pareto set is taken.

    dated : whether there are years for growth; secure : whether dependence is known
    """
    return ("density", "pci", *(("growth",) if dated else ()), *(("dependence",) if secure else ()))


class _Choice(NamedTuple):
    """The candidates of one region and kind, and those that no other one beats."""

    region: int
    kind: str
    candidates: NDArray[np.intp]
    ranks: Array
    front: NDArray[np.intp]


_COLUMNS = (
    *("region", "kind", "activity", "rank", "rank_low", "rank_high", "front_share", "candidates"),
    *("density", "pci", "growth", "dependence"),
)


def recommendations(
    present: Flags,
    evidence: Evidence,
    resampled: Iterable[Evidence],
    labels: tuple[Sequence[str], Sequence[str]],
    confidence: float = 0.95,
) -> tuple[pd.DataFrame, int]:
    r"""Pareto set of activities for each region, of those it has and of those it does not have.

    An activity is in the set if no other candidate of the region and kind is at least as good in
    every objective and better in one. Objectives: relatedness density, complexity (PCI) and, where
    they are known, growth, the more the better, and dependence on inputs from elsewhere, the less
    the better. ``strength``: activities that the region has, to lengthen; ``gap``: those that it
    has not, to close.

    ``rank`` orders the candidates by the mean of their ranks in the objectives, all weighing the
    same; the set itself needs no weights. ``rank_low``, ``rank_high`` and ``front_share`` say how
    both hold when the regions from which density, complexity and growth are learned are drawn
    anew: the interval of the rank, and the share of draws in which the activity is in the set.

    present : (R, A); evidence : of the data
    resampled : evidence of each draw, for the same regions and activities
    labels : of regions and activities
    Returns : the sets, by region, kind and rank, and how many candidates were left out because one
        of their objectives is missing
    Source : Borzsony, Kossmann and Stocker (2001), doi:10.1109/ICDE.2001.914855 (Pareto sets of
        tables)
    """
    choices, left_out = [], 0
    for region, has in enumerate(present):
        objectives = _objectives(evidence, region)
        complete = np.isfinite(objectives).all(axis=1)
        left_out += int((~complete).sum())
        for kind, wanted in zip(KINDS, (has, ~has), strict=True):
            candidates = np.flatnonzero(wanted & complete)
            ranks = mean_ranks(objectives[candidates])
            front = np.flatnonzero(pareto_set(objectives[candidates]))
            order = np.argsort(ranks[front], kind="stable")
            choices.append(_Choice(region, kind, candidates, ranks, front[order]))
    stability = _stability(choices, resampled, confidence)
    frames = [
        _rows(choice, stable, evidence, labels)
        for choice, stable in zip(choices, stability, strict=True)
        if len(choice.front)
    ]
    if not frames:
        return pd.DataFrame(columns=_COLUMNS), left_out
    return pd.concat(frames, ignore_index=True), left_out


def pareto_set(objectives: Array) -> Flags:
    """Return which points no other one beats, all objectives being the more the better.

    objectives : (n, d); equal points do not beat each other
    Returns : (n,)
    """
    found = np.zeros(len(objectives), dtype=bool)
    # A point with the largest sum of what is left is beaten by nothing that is left.
    rest = np.argsort(-objectives.sum(axis=1), kind="stable")
    while len(rest):
        left: Array = objectives[rest]
        best: Array = left[0]
        found[rest[(left == best).all(axis=1)]] = True
        rest = rest[(left > best).any(axis=1)]
    return found


def mean_ranks(objectives: Array) -> Array:
    """Return the rank of each point by the mean of its ranks in the objectives, 1 the best."""
    if not len(objectives):
        return np.empty(0)
    mean = np.stack([average_ranks(-column) for column in objectives.T]).mean(axis=0)
    place: Array = np.searchsorted(np.sort(mean), mean, side="left") + 1.0
    return place


def _objectives(evidence: Evidence, region: int) -> Array:
    """Return (A, 2 to 4) objectives of a region, the more the better."""
    return np.stack([evidence.density[region], *_shared(evidence)], axis=1)


def _shared(evidence: Evidence) -> list[Array]:
    """Return the objectives that are the same for every region, the more the better."""
    columns = [evidence.complexity]
    if evidence.growth is not None:
        columns.append(evidence.growth)
    if evidence.dependence is not None:
        columns.append(-evidence.dependence)
    return columns


class _Stability(NamedTuple):
    low: Array
    high: Array
    front_share: Array


def _stability(
    choices: Sequence[_Choice],
    resampled: Iterable[Evidence],
    confidence: float,
) -> list[_Stability]:
    """Rank every draw anew; what a draw does not define ranks last."""
    ranks: list[list[Array]] = [[] for _ in choices]
    fronts: list[list[Flags]] = [[] for _ in choices]
    for draw in resampled:
        shared = [_codes(values) for values in _shared(draw)]
        density = np.where(np.isfinite(draw.density), -draw.density, np.inf)
        for place, choice in enumerate(choices):
            if not len(choice.front):
                continue
            inside = choice.candidates
            columns = [average_ranks(density[choice.region].take(inside))]
            columns += [_ranks_of_codes(codes.take(inside)) for codes in shared]
            rank, unbeaten = _placed(columns, choice.front)
            ranks[place].append(rank)
            fronts[place].append(unbeaten)
    found = []
    for place, choice in enumerate(choices):
        if not ranks[place]:
            missing = np.full(len(choice.front), np.nan)
            found.append(_Stability(missing, missing, missing))
            continue
        low, high = interval_of(np.array(ranks[place]), confidence)
        found.append(_Stability(low, high, np.mean(fronts[place], axis=0)))
    return found


def _codes(values: Array) -> Codes:
    """Return a whole number for each value, 0 the highest, the same for equal ones."""
    falling = np.where(np.isfinite(values), -values, np.inf)
    return np.asarray(np.unique(falling, return_inverse=True)[1], dtype=np.intp)


def _ranks_of_codes(codes: Codes) -> Array:
    """Return what ``average_ranks`` does of whole numbers from 0, without sorting them again."""
    counts = np.bincount(codes)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[codes])


def _placed(columns: Sequence[Array], chosen: NDArray[np.intp]) -> tuple[Array, Flags]:
    """Return the rank of the chosen points by their mean rank, and which of them nothing beats.

    columns : ranks of all points in each objective, 1 the best
    """
    sums = columns[0] + columns[1]
    for column in columns[2:]:
        sums += column
    own = sums[chosen]
    place = np.searchsorted(np.sort(sums), own, side="left") + 1.0
    # What beats a point ranks no lower in any objective, and higher on the whole.
    ahead = np.flatnonzero(sums < own.max())
    # What the first of all beats beats nothing that the first does not beat itself.
    first = np.argmin(sums)
    behind = sums[ahead] > sums[first]
    for column in columns:
        behind &= column[ahead] >= column[first]
    ahead = ahead[~behind]
    beaten = sums[ahead] < own[:, np.newaxis]
    for column in columns:
        beaten &= column[ahead] <= column[chosen][:, np.newaxis]
    return np.asarray(place), ~beaten.any(axis=1)


def _rows(
    choice: _Choice,
    stable: _Stability,
    evidence: Evidence,
    labels: tuple[Sequence[str], Sequence[str]],
) -> pd.DataFrame:
    chosen = choice.candidates[choice.front]
    regions, activities = labels
    columns: Mapping[str, object] = {
        "region": regions[choice.region],
        "kind": choice.kind,
        "activity": np.asarray(activities, dtype=object)[chosen],
        "rank": choice.ranks[choice.front],
        "rank_low": stable.low,
        "rank_high": stable.high,
        "front_share": stable.front_share,
        "candidates": len(choice.candidates),
        "density": evidence.density[choice.region, chosen],
        "pci": evidence.complexity[chosen],
        "growth": np.nan if evidence.growth is None else evidence.growth[chosen],
        "dependence": np.nan if evidence.dependence is None else evidence.dependence[chosen],
    }
    return pd.DataFrame(columns)
