"""Entry and exit of activities, and whether relatedness would have foretold the entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.structure.strengths.entry_scores import (
    RegionScores,
    area_under_curve,
    ratio_interval,
    region_draws,
    score_regions,
)

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

DENSITY = "density"
POPULARITY = "popularity"
DIVERSITY = "diversity_popularity"
SCORES = (DENSITY, POPULARITY, DIVERSITY)


@dataclass(frozen=True)
class Presence:
    """Which activities each region had in one year, and how dense the related ones were.

    present : (R, A); observed : (R,) regions with any volume in that year
    density : (R, A) [1], from this year's data alone; nan where it is not defined
    """

    year: int
    present: Flags
    density: Array

    @property
    def observed(self) -> Flags:
        """Return the regions that had anything at all."""
        return np.asarray(self.present.any(axis=1))


class EntryTables(NamedTuple):
    """Entry and exit by region, the events of the last window, and the record of prediction.

    changes : region, start_year, end_year, present, entries, exits, entry_rate, exit_rate
    events : region, activity, start_year, end_year, event, density
    prediction : start_year, end_year (both missing for all windows together), score, candidates,
        entries, base_rate, auc, auc_within, auc_within_low, auc_within_high, gain, gain_low,
        gain_high, precision, precision_low, precision_high
    calibration : density_low, density_high, candidates, entries, rate, rate_low, rate_high
    """

    changes: pd.DataFrame
    events: pd.DataFrame
    prediction: pd.DataFrame
    calibration: pd.DataFrame


class _Window(NamedTuple):
    start: int
    end: int
    absent: Flags
    candidates: Flags
    entered: Flags
    held: Flags
    there: Flags
    scores: Mapping[str, Array]


def entry_tables(
    years: Sequence[int],
    presence: Callable[[int], Presence],
    regions: Sequence[str],
    activities: Sequence[str],
    *,
    horizon: int = 5,
    precision_at: int = 10,
    bins: int = 10,
    draws: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> EntryTables:
    r"""Entries and exits over every window of ``horizon`` years, and how density foretold them.

    A region enters an activity that it does not have in year t and has in year t + h; it exits one
    that it has in t and not in t + h. Regions without any activity in t or t + h do not count.
    The density of year t, and nothing later, ranks the candidates: activities that the region does
    not have in t and whose density is defined. What happened until t + h judges it. Beside it stand
    two baselines that know no relatedness: ``popularity``, how many regions have the activity, and
    ``diversity_popularity``, that times how many activities the region has.

    ``auc`` compares all candidates of all regions; much of it only says that diverse regions enter
    more. ``auc_within`` compares the candidates of the same region, which is what a recommendation
    does: the chance that an activity that the region entered scores above one that it did not.
    ``gain`` is its difference from that of popularity. ``precision`` is the share of entries among
    the ``precision_at`` candidates of each region with the highest score, to be held against
    ``base_rate``, the share among all. Intervals draw regions anew, all windows of a region
    together, since windows overlap.

    ``calibration``: share of candidates that entered, by bins of density with equally many
    candidates of all windows.

    years : rising; presence : of a year's place among them; regions, activities : labels
    horizon : h >= 1 [years]; windows begin in every year for which year + h is there too
    Returns : tables without rows where there is no window; the record of prediction also where
        there is no density
    Raises : InputError for a horizon, number of candidates, bins or draws below 1
    Limits : an entry is a crossing of the threshold of presence, so a small change around it
        counts as one
    Source : Hidalgo, Klinger, Barabási and Hausmann (2007), doi:10.1126/science.1144581 (density
        and transitions); Boschma, Balland and Kogler (2015), doi:10.1093/icc/dtu012 (entry of
        regions)
    """
    given = {"horizon": horizon, "precision_at": precision_at, "bins": bins, "draws": draws}
    for name, value in given.items():
        if value < 1:
            raise InputError(
                Text(f"{name} 为 {value}，应不小于 1", f"{name} is {value}; it must be 1 or more")
            )
    places = {year: place for place, year in enumerate(years)}
    windows = [
        _window(presence(place), presence(places[year + horizon]))
        for year, place in places.items()
        if year + horizon in places
    ]
    scored = [window for window in windows if window.candidates.any()]
    weights = region_draws(len(regions), draws, seed)
    return EntryTables(
        changes=pd.concat([_changes(w, regions) for w in windows], ignore_index=True)
        if windows
        else pd.DataFrame(columns=_CHANGES),
        events=_events(windows[-1], regions, activities)
        if windows
        else pd.DataFrame(columns=_EVENTS),
        prediction=_prediction(scored, precision_at, weights, confidence),
        calibration=_calibration(scored, bins, weights, confidence),
    )


_CHANGES = (
    *("region", "start_year", "end_year", "present", "entries", "exits"),
    *("entry_rate", "exit_rate"),
)
_EVENTS = ("region", "activity", "start_year", "end_year", "event", "density")
_PREDICTION = (
    *("start_year", "end_year", "score", "candidates", "entries", "base_rate", "auc"),
    *("auc_within", "auc_within_low", "auc_within_high", "gain", "gain_low", "gain_high"),
    *("precision", "precision_low", "precision_high"),
)
_CALIBRATION = (
    *("density_low", "density_high", "candidates", "entries", "rate", "rate_low", "rate_high"),
)


def _window(start: Presence, end: Presence) -> _Window:
    counted = (start.observed & end.observed)[:, None]
    held, absent = start.present & counted, ~start.present & counted
    candidates = absent & np.isfinite(start.density)
    popularity = np.broadcast_to(start.present.sum(axis=0), held.shape).astype(float)
    diversity = start.present.sum(axis=1, keepdims=True)
    return _Window(
        start.year,
        end.year,
        absent,
        candidates,
        candidates & end.present,
        held,
        end.present,
        {DENSITY: start.density, POPULARITY: popularity, DIVERSITY: popularity * diversity},
    )


def _changes(window: _Window, regions: Sequence[str]) -> pd.DataFrame:
    held, absent = window.held.sum(axis=1), window.absent.sum(axis=1)
    entries = (window.absent & window.there).sum(axis=1)
    exits = (window.held & ~window.there).sum(axis=1)

    def rate(above: NDArray[np.int_], below: NDArray[np.int_]) -> Array:
        missing = np.full(len(below), np.nan)
        return np.asarray(np.divide(above, below, out=missing, where=below > 0))

    columns = (
        *(regions, window.start, window.end, held, entries, exits),
        *(rate(entries, absent), rate(exits, held)),
    )
    return pd.DataFrame(dict(zip(_CHANGES, columns, strict=True)))


def _events(window: _Window, regions: Sequence[str], activities: Sequence[str]) -> pd.DataFrame:
    frames = []
    for event, mask in (
        ("entry", window.absent & window.there),
        ("exit", window.held & ~window.there),
    ):
        rows, places = np.nonzero(mask)
        columns = (
            np.asarray(regions, dtype=object)[rows],
            np.asarray(activities, dtype=object)[places],
            window.start,
            window.end,
            event,
            window.scores[DENSITY][rows, places],
        )
        frames.append(pd.DataFrame(dict(zip(_EVENTS, columns, strict=True))))
    return pd.concat(frames, ignore_index=True)


def _prediction(
    windows: Sequence[_Window], count: int, weights: Array, confidence: float
) -> pd.DataFrame:
    """Return one row for each window and score, and one for each score over all windows."""
    if not windows:
        return pd.DataFrame(columns=_PREDICTION)
    records = []
    parts: dict[str, list[RegionScores]] = {score: [] for score in SCORES}
    areas: dict[str, list[float]] = {score: [] for score in SCORES}
    for window in windows:
        mask = window.candidates
        for score in SCORES:
            values = window.scores[score]
            if score == DIVERSITY:  # within a region it ranks as popularity does
                parts[score].append(parts[POPULARITY][-1])
            else:
                parts[score].append(score_regions(values, mask, window.entered, count))
            areas[score].append(area_under_curve(values[mask], window.entered[mask]))
        last = {score: parts[score][-1:] for score in SCORES}
        mean = {score: areas[score][-1] for score in SCORES}
        records += _rows([window], window, last, mean, weights, confidence)
    sizes = np.array([window.entered.sum() for window in windows], dtype=float)
    overall = {score: _mean(np.array(areas[score]), sizes) for score in SCORES}
    records += _rows(windows, None, parts, overall, weights, confidence)
    frame = pd.DataFrame(records, columns=list(_PREDICTION))
    return frame.astype({"start_year": "Int64", "end_year": "Int64"})


def _mean(values: Array, weights: Array) -> float:
    """Return the weighted mean of what is known, nan if nothing is."""
    known = np.isfinite(values)
    return float(np.average(values[known], weights=weights[known])) if known.any() else float("nan")


def _rows(
    windows: Sequence[_Window],
    single: _Window | None,
    parts: Mapping[str, Sequence[RegionScores]],
    areas: Mapping[str, float],
    weights: Array,
    confidence: float,
) -> list[dict[str, object]]:
    summed = {
        score: RegionScores(*(np.sum(column, axis=0) for column in zip(*parts[score], strict=True)))
        for score in SCORES
    }
    candidates = sum(int(window.candidates.sum()) for window in windows)
    entries = sum(int(window.entered.sum()) for window in windows)
    base = summed[POPULARITY]
    rows: list[dict[str, object]] = []
    for score, own in summed.items():
        within, low, high = ratio_interval(own.concordant, own.weighed, weights, confidence)
        surplus = own.concordant - base.concordant
        gain, *gains = ratio_interval(surplus, own.weighed, weights, confidence)
        precision, *precisions = ratio_interval(own.hits, own.taken, weights, confidence)
        rows.append(
            {
                "start_year": single.start if single else None,
                "end_year": single.end if single else None,
                "score": score,
                "candidates": candidates,
                "entries": entries,
                "base_rate": entries / candidates if candidates else np.nan,
                "auc": areas[score],
                "auc_within": float(within),
                "auc_within_low": float(low),
                "auc_within_high": float(high),
                "gain": float(gain),
                "gain_low": float(gains[0]),
                "gain_high": float(gains[1]),
                "precision": float(precision),
                "precision_low": float(precisions[0]),
                "precision_high": float(precisions[1]),
            }
        )
    return rows


def _calibration(
    windows: Sequence[_Window], bins: int, weights: Array, confidence: float
) -> pd.DataFrame:
    pooled = [window.scores[DENSITY][window.candidates] for window in windows]
    values = np.concatenate(pooled) if pooled else np.empty(0)
    if not len(values):
        return pd.DataFrame(columns=_CALIBRATION)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, bins + 1)))
    size = max(len(edges) - 1, 1)
    counts = np.zeros((2, weights.shape[1], size))
    for window in windows:
        rows, places = np.nonzero(window.candidates)
        cells = bin_of(window.scores[DENSITY][rows, places], edges)
        entered = window.entered[rows, places]
        np.add.at(counts[0], (rows, cells), entered)
        np.add.at(counts[1], (rows, cells), 1)
    rate, low, high = ratio_interval(counts[0], counts[1], weights, confidence)
    columns = (edges[:size], edges[-size:], counts[1].sum(axis=0), counts[0].sum(axis=0))
    frame = pd.DataFrame(dict(zip(_CALIBRATION, (*columns, rate, low, high), strict=True)))
    return frame.astype({"candidates": int, "entries": int})


def bin_of(values: Array, edges: Array) -> NDArray[np.intp]:
    """Return the bin of each value: from an edge up to, but without, the next; ends go on."""
    return np.clip(np.searchsorted(edges, values, side="right") - 1, 0, max(len(edges) - 2, 0))


def past_entry_rates(density: Array, calibration: pd.DataFrame) -> tuple[Array, Array, Array]:
    """Return how often candidates of such a density entered in the past, with the interval.

    density : any shape, nan allowed; calibration : of ``entry_tables``
    Returns : rate, low, high of that shape; nan where density or calibration is missing
    """
    missing = np.full((3, *density.shape), np.nan)
    if calibration.empty:
        return missing[0], missing[1], missing[2]
    edges = np.append(calibration["density_low"], calibration["density_high"].iloc[-1])
    known = np.isfinite(density)
    rows = bin_of(density[known], edges.astype(float))
    for k, name in enumerate(("rate", "rate_low", "rate_high")):
        missing[k][known] = calibration[name].to_numpy(dtype=float)[rows]
    return missing[0], missing[1], missing[2]
