"""Early warning in expanding windows: what could have been said each year, from those before.

Arrays as in ``signals``: R regions, T years, K indicators, oriented so that high values warn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import numpy as np

from xinzhi.stress.benchmarks import forecast
from xinzhi.stress.signals import (
    GRID,
    Array,
    Outcomes,
    Years,
    best_cut,
    count_outcomes,
    own_positions,
    positions,
    quantiles,
    window_labels,
)

_BINS = 5


@dataclass(frozen=True)
class Rules:
    """How windows, thresholds and refusals are set; see ``watch``."""

    horizon: int
    least_history: int
    least_events: int
    preference: float
    seed: int
    benchmarks: tuple[str, ...]
    progress: bool = False


@dataclass(frozen=True, eq=False)
class Observed:
    """What is watched: values (R, T, K), years (T,), events as (region place, year)."""

    values: Array
    years: Years
    events: list[tuple[int, int]]
    known_until: int

    def labels(self, horizon: int) -> Array:
        """Return the labels (R, T) of all region-years."""
        dates = [year for _, year in self.events]
        first = int(min([*dates, int(self.years[0])]))
        last = int(max([*dates, self.known_until, int(self.years[-1])]))
        starts = np.zeros((len(self.values), last - first + 1), dtype=bool)
        for region, year in self.events:
            starts[region, year - first] = True
        return window_labels(starts, first, self.years, horizon, self.known_until)

    def events_by(self, cut: int, horizon: int) -> list[tuple[int, int]]:
        """Return the events whose window up to ``cut`` holds a year that can be learnt from."""
        learnt = self.years[self.years <= cut - horizon]
        return [
            (region, year)
            for region, year in self.events
            if year <= cut and ((learnt >= year - horizon) & (learnt < year)).any()
        ]


@dataclass(frozen=True, eq=False)
class Fit:
    """Thresholds chosen on what was known at a cut.

    shares : (K,) share of the own history below the threshold; thresholds : (R, K)
    outcomes : (K,) in the years learnt from; weights : (K,) in the composite, sum 1 or all 0
    signals : (R, t, K) of the years learnt from; labels : (R, t) of them
    """

    shares: Array
    thresholds: Array
    outcomes: Outcomes
    weights: Array
    signals: Array
    labels: Array


def fit_thresholds(history: Array, labels: Array, fewest: int) -> Fit:
    """Choose for each indicator the share with the least noise-to-signal ratio.

    history : (R, t, K) known at the cut; labels : (R, t), missing where a window was not yet closed
    Returns : Fit; without a threshold (missing) where no share of the grid gives a hit
    """
    found = quantiles(history, GRID, fewest)  # (Q, R, K)
    known = np.isfinite(history) & np.isfinite(found[0])[:, None, :]
    given = np.where(known, history > found[:, :, None, :], np.nan)  # (Q, R, t, K)
    ratios = count_outcomes(given, labels).cautious_noise_to_signal
    none = np.isnan(ratios).all(axis=0)
    best = np.argmin(np.where(np.isnan(ratios), np.inf, ratios), axis=0)
    columns = np.arange(history.shape[2])
    thresholds = np.where(none, np.nan, found[best, :, columns].T)
    chosen = np.moveaxis(given[best, :, :, columns], 0, -1)
    signals = np.where(none & known, 0.0, chosen)  # without a threshold it never signals
    outcomes = count_outcomes(signals, labels)
    ratio = outcomes.cautious_noise_to_signal
    informative = ratio < 1
    inverse = np.zeros(len(columns))
    np.divide(1.0, ratio, out=inverse, where=informative)
    total = inverse.sum()
    return Fit(
        shares=np.where(none, np.nan, GRID[best]),
        thresholds=thresholds,
        outcomes=outcomes,
        weights=inverse / total if total > 0 else inverse,
        signals=signals,
        labels=labels,
    )


def composite(signals: Array, weights: Array) -> Array:
    """Return the weighted share of indicators that signal, over those with a value.

    signals : (…, K) 1, 0 or missing; weights : (K,), inverse to noise-to-signal ratios
    Returns : (…) in [0, 1]; missing where no indicator with a weight has a value
    Source : Kaminsky (1999), IMF Working Paper 99/178, there as a sum
    """
    known = np.isfinite(signals)
    given = np.where(known, signals, 0.0) @ weights
    whole = known @ weights
    missing = np.full(np.shape(whole), np.nan)
    return np.asarray(np.divide(given, whole, out=missing, where=whole > 0))


@dataclass(eq=False)
class Warned:
    """What was said each year from what was known the year before.

    thresholds : (R, T, K); shares, ratios : (T, K), ratios in the years learnt from
    signals : (R, T, K); placed : (R, T, K) position among the earlier years
    history : (R, T, K) number of earlier values; events : (T,) that could be learnt from
    scores, probabilities, given : method → (R, T); given 1 where the method signals
    base : (T,) share of region-years before events among those learnt from
    """

    thresholds: Array
    shares: Array
    ratios: Array
    signals: Array
    placed: Array
    history: Array
    events: Array
    base: Array
    scores: dict[str, Array] = field(default_factory=dict)
    probabilities: dict[str, Array] = field(default_factory=dict)
    given: dict[str, Array] = field(default_factory=dict)


def warn(observed: Observed, rules: Rules) -> Warned:
    """Forecast every year on thresholds and models of the years before it.

    For year s what is known ends with s-1: values and events up to s-1, and windows that had closed
    by then (t + h <= s-1). Nothing later enters.
    """
    values = observed.values
    regions, count, indicators = values.shape
    labels = observed.labels(rules.horizon)
    shape = (regions, count)
    said = Warned(
        thresholds=np.full(values.shape, np.nan),
        shares=np.full((count, indicators), np.nan),
        ratios=np.full((count, indicators), np.nan),
        signals=np.full(values.shape, np.nan),
        placed=np.full(values.shape, np.nan),
        history=np.zeros(values.shape),
        events=np.zeros(count),
        base=np.full(count, np.nan),
    )
    for method in ("composite", *rules.benchmarks):
        for kept in (said.scores, said.probabilities, said.given):
            kept[method] = np.full(shape, np.nan)
    for place in _shown(range(count), rules):
        _say(said, observed, rules, labels, place)
    return said


def _shown(places: range, rules: Rules) -> Iterable[int]:
    """Return the years to go through, with a progress bar where models make it slow."""
    if not rules.progress or not rules.benchmarks:
        return places
    from tqdm import tqdm

    return cast(Iterable[int], tqdm(places, delay=2.0, leave=False, disable=None))


def known_labels(labels: Array, years: Years, cut: int, horizon: int) -> Array:
    """Return labels with those missing whose window had not closed at the cut."""
    return np.where(years + horizon <= cut, labels, np.nan)


def _say(said: Warned, observed: Observed, rules: Rules, labels: Array, place: int) -> None:
    """Fill in one year."""
    years, cut = observed.years, int(observed.years[place]) - 1
    history, now = observed.values[:, :place], observed.values[:, place : place + 1]
    said.history[:, place] = np.isfinite(history).sum(axis=1)
    said.placed[:, place] = positions(now, history, 1)[:, 0]
    said.events[place] = len(observed.events_by(cut, rules.horizon))
    learnt = known_labels(labels[:, :place], years[:place], cut, rules.horizon)
    both = (learnt == 1).any() and (learnt == 0).any()
    if said.events[place] < rules.least_events or not both:
        return
    said.base[place] = float(np.nanmean(learnt))
    fit = fit_thresholds(history, learnt, rules.least_history)
    said.thresholds[:, place], said.shares[place] = fit.thresholds, fit.shares
    said.ratios[place] = fit.outcomes.noise_to_signal
    known = np.isfinite(now[:, 0]) & (said.history[:, place] >= rules.least_history)
    said.signals[:, place] = np.where(known, now[:, 0] > fit.thresholds, np.nan)
    _say_composite(said, fit, rules, place)
    for method in rules.benchmarks:
        _say_benchmark(said, method, history, now, learnt, rules, (place, cut))


def _say_composite(said: Warned, fit: Fit, rules: Rules, place: int) -> None:
    index = composite(said.signals[:, place], fit.weights)
    learnt = composite(fit.signals, fit.weights)
    rows = np.isfinite(fit.labels) & np.isfinite(learnt)
    scores, labels = learnt[rows], fit.labels[rows]
    if not (labels == 1).any() or not (labels == 0).any():
        return
    known = np.isfinite(index)
    cut = best_cut(scores, labels, rules.preference)
    said.scores["composite"][:, place] = index
    said.given["composite"][:, place] = np.where(known, index >= cut, np.nan)
    edges = np.unique(np.quantile(scores, np.arange(1, _BINS) / _BINS))
    bins = np.searchsorted(edges, scores, "right")
    shares = np.array(
        [labels[bins == one].mean() if (bins == one).any() else np.nan for one in range(_BINS)]
    )
    own = np.where(known, np.searchsorted(edges, np.where(known, index, 0.0), "right"), 0)
    said.probabilities["composite"][:, place] = np.where(known, shares[own], np.nan)


def _say_benchmark(
    said: Warned,
    method: str,
    history: Array,
    now: Array,
    learnt: Array,
    rules: Rules,
    when: tuple[int, int],
) -> None:
    place, cut = when
    before = own_positions(history, rules.least_history)
    columns = np.isfinite(before).any(axis=(0, 1))
    if not columns.any():
        return
    before = before[..., columns]
    ahead = positions(now, history, rules.least_history)[:, 0][:, columns]
    rows = np.isfinite(learnt) & np.isfinite(before).all(axis=2)
    labels, known = learnt[rows], np.isfinite(ahead).all(axis=1)
    if not known.any() or not (labels == 1).any() or not (labels == 0).any():
        return
    seed = int(np.random.SeedSequence([rules.seed, cut]).generate_state(1)[0])
    found = forecast(method, before[rows], labels, ahead[known], seed)
    limit = best_cut(found.learnt, labels, rules.preference)
    said.probabilities[method][known, place] = found.ahead
    said.scores[method][known, place] = found.ahead
    said.given[method][known, place] = found.ahead >= limit


def judged(signals: Array, labels: Array, years: Years, cut: int, horizon: int) -> Outcomes:
    """Return the record (K,) of signals (R, T, K) in years whose windows had closed at a cut."""
    return count_outcomes(signals, known_labels(labels, years, cut, horizon))
