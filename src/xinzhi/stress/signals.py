"""The signals approach: windows before events, thresholds, the table of outcomes, and its ratios.

Plain arrays: R regions, T years, K indicators, oriented so that high values warn.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import hypergeom, rankdata

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
Years = NDArray[np.int64]

# Shares of a region's own history below the threshold, among which the best is chosen.
GRID: Array = np.round(np.arange(0.70, 0.951, 0.01), 2)


class Outcomes(NamedTuple):
    """Counts of region-years, any shape: A, B, C and D of Kaminsky, Lizondo and Reinhart (1998).

    hits (A) : a signal, and an event within the horizon; false_alarms (B) : a signal without one
    misses (C) : no signal before an event; correct_silences (D) : no signal and no event
    """

    hits: Array
    false_alarms: Array
    misses: Array
    correct_silences: Array

    @property
    def periods(self) -> Array:
        """Return how many region-years were counted."""
        return self.hits + self.false_alarms + self.misses + self.correct_silences

    @property
    def hit_rate(self) -> Array:
        """Return A/(A+C), the share of region-years before events that had a signal."""
        return _over(self.hits, self.hits + self.misses)

    @property
    def false_alarm_rate(self) -> Array:
        """Return B/(B+D), the share of tranquil region-years that had a signal."""
        return _over(self.false_alarms, self.false_alarms + self.correct_silences)

    @property
    def base_rate(self) -> Array:
        """Return (A+C)/(A+B+C+D), the share of region-years before events."""
        return _over(self.hits + self.misses, self.periods)

    @property
    def precision(self) -> Array:
        """Return A/(A+B), how often an event followed a signal."""
        return _over(self.hits, self.hits + self.false_alarms)

    @property
    def noise_to_signal(self) -> Array:
        """Return [B/(B+D)]/[A/(A+C)], the adjusted noise-to-signal ratio; missing without hits."""
        return _over(self.false_alarm_rate, self.hit_rate)

    @property
    def cautious_noise_to_signal(self) -> Array:
        """Return the ratio with half a false alarm where there is none, so that it is never 0.

        One lucky hit without a false alarm would otherwise outweigh any longer record.
        """
        noise = _over(np.maximum(self.false_alarms, 0.5), self.false_alarms + self.correct_silences)
        return _over(noise, self.hit_rate)

    def chance(self, horizon: int) -> Array:
        """Return how likely chance alone would give so many hits, one-sided.

        The hypergeometric tail (Fisher's exact test) on counts divided by the horizon, hits rounded
        down: the h years of one window say nearly the same and count as one.
        """
        whole = np.round(self.periods / horizon)
        before = np.round((self.hits + self.misses) / horizon)
        given = np.round((self.hits + self.false_alarms) / horizon)
        found = hypergeom.sf(np.floor(self.hits / horizon) - 1, whole, before, given)
        return np.where((before > 0) & (before < whole), found, np.nan)

    def usefulness(self, preference: float) -> Array:
        r"""Return the usefulness of Alessi and Detken (2011).

        .. math:: U = \min(\theta, 1-\theta) - \Big(\theta\frac{C}{A+C}
                  + (1-\theta)\frac{B}{B+D}\Big)

        preference : theta, the weight of missed events against false alarms, in (0, 1)
        Returns : above 0 where heeding the signals loses less than ignoring all or heeding all
        """
        loss = preference * (1 - self.hit_rate) + (1 - preference) * self.false_alarm_rate
        return np.asarray(min(preference, 1 - preference) - loss, dtype=float)


def _over(part: Array, whole: Array) -> Array:
    """Return a quotient, missing where the denominator is 0 or missing."""
    known = np.asarray(whole) > 0
    missing = np.full(np.shape(whole), np.nan)
    return np.asarray(np.divide(part, whole, out=missing, where=known), dtype=float)


def window_labels(
    starts: Flags, first_year: int, years: Years, horizon: int, known_until: int
) -> Array:
    """Label every region-year by whether an event begins within the horizon after it.

    starts : (R, Y), whether an event begins, for every year from ``first_year`` on
    years : (T,) of the labels; horizon : h >= 1; known_until : last year whose events are known
    Returns : (R, T) 1 before an event (one begins in t+1 … t+h), 0 if none does, missing where
        t+h lies beyond ``known_until`` and in the year of an event that no other follows: a
        signal then is neither early nor false
    """
    regions, count = starts.shape
    total = np.zeros((regions, count + 1))
    np.cumsum(starts, axis=1, out=total[:, 1:])
    place = years - first_year
    after, until = np.clip(place + 1, 0, count), np.clip(place + horizon + 1, 0, count)
    ahead = total[:, until] - total[:, after]
    inside = (place >= 0) & (place < count)
    begins = np.zeros((regions, len(years)), dtype=bool)
    begins[:, inside] = starts[:, place[inside]]
    labels = np.where(ahead > 0, 1.0, np.where(begins, np.nan, 0.0))
    labels[:, years + horizon > known_until] = np.nan
    return labels


def quantiles(history: Array, shares: Array, fewest: int) -> Array:
    """Return quantiles of each region's own history, interpolated between values.

    history : (R, T, K), missing values left out; shares : (Q,) in [0, 1]
    Returns : (Q, R, K), missing where fewer than ``fewest`` values are known
    """
    ordered = np.sort(history, axis=1)  # missing values last
    counts = np.isfinite(history).sum(axis=1)
    found = np.full((len(shares), *counts.shape), np.nan)
    enough = counts >= max(fewest, 1)
    if not enough.any():
        return found
    place = shares[:, None, None] * np.maximum(counts - 1, 0)
    low = np.floor(place).astype(np.intp)
    high = np.minimum(low + 1, np.maximum(counts - 1, 0))
    region, indicator = np.indices(counts.shape)
    lower, upper = ordered[region, low, indicator], ordered[region, high, indicator]
    values = lower + (place - low) * (upper - lower)
    return np.where(enough, values, found)


def positions(values: Array, history: Array, fewest: int) -> Array:
    """Return where values stand in each region's own history: the share below, ties by half.

    values : (R, t, K); history : (R, T, K)
    Returns : (R, t, K) in [0, 1], missing where the value is, or the history is too short
    """
    counts = np.isfinite(history).sum(axis=1)[:, None, :]
    below = (history[:, None] < values[:, :, None]).sum(axis=2)
    same = (history[:, None] == values[:, :, None]).sum(axis=2)
    known = np.isfinite(values) & (counts >= max(fewest, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (below + 0.5 * same) / counts
    return np.where(known, share, np.nan)


def own_positions(history: Array, fewest: int) -> Array:
    """Return ``positions`` of a history in itself, (R, T, K)."""
    known = np.isfinite(history)
    counts = known.sum(axis=1)[:, None, :]
    ranks = rankdata(np.where(known, history, np.inf), axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (ranks - 0.5) / counts
    return np.where(known & (counts >= max(fewest, 1)), share, np.nan)


def count_outcomes(signals: Array, labels: Array) -> Outcomes:
    """Count outcomes over regions and years.

    signals : (…, R, T, K) 1, 0, or missing where there is no forecast; labels : (R, T)
    Returns : Outcomes of shape (…, K)
    """
    before = (labels == 1)[..., None]
    tranquil = (labels == 0)[..., None]
    given, silent = signals == 1, signals == 0

    def number(cells: Flags) -> Array:
        return np.asarray(cells.sum(axis=(-3, -2)), dtype=float)

    return Outcomes(
        hits=number(given & before),
        false_alarms=number(given & tranquil),
        misses=number(silent & before),
        correct_silences=number(silent & tranquil),
    )


def lead_times(
    signals: Array, events: list[tuple[int, int]], years: Years, horizon: int
) -> tuple[int, Array]:
    """Return how many events could be seen, and how long before each the first signal came.

    signals : (R, T) 1, 0, or missing where nothing was forecast or judged
    events : region place and year
    Returns : number of events with a forecast in their window, and (E,) years from the first signal
        in the window to the event, missing where none came; of the events that could be seen
    """
    leads = []
    for region, year in events:
        inside = (years >= year - horizon) & (years < year)
        seen = signals[region, inside]
        if not np.isfinite(seen).any():
            continue
        given = years[inside][seen == 1]
        leads.append(float(year - given[0]) if len(given) else np.nan)
    return len(leads), np.array(leads, dtype=float)


def area_under_curve(scores: Array, labels: Array) -> float:
    """Return the area under the ROC curve: how often a score before an event beats a tranquil one.

    scores : (n,); labels : (n,) 1 or 0
    Returns : [0, 1], ties count half; missing where all labels are alike
    Source : Mann and Whitney (1947); Hanley and McNeil (1982)
    """
    ones = int((labels == 1).sum())
    zeros = len(labels) - ones
    if not ones or not zeros:
        return float("nan")
    ranks = float(rankdata(scores)[labels == 1].sum())
    return (ranks - ones * (ones + 1) / 2) / (ones * zeros)


def best_cut(scores: Array, labels: Array, preference: float) -> float:
    """Return the score from which on to signal, of the least loss; infinite where none beats it.

    The loss is that of ``Outcomes.usefulness``; of equal ones the highest cut is taken.
    """
    cuts = np.append(np.unique(scores), np.inf)
    before, tranquil = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    missed = np.searchsorted(before, cuts, "left") / len(before)
    false = 1 - np.searchsorted(tranquil, cuts, "left") / len(tranquil)
    loss = np.round(preference * missed + (1 - preference) * false, 12)
    return float(cuts[len(cuts) - 1 - int(np.argmin(loss[::-1]))])


def roc_points(scores: Array, labels: Array) -> tuple[Array, Array]:
    """Return false-alarm rates and hit rates of all cuts, from none to all signalled."""
    cuts = np.append(np.inf, np.unique(scores)[::-1])
    before, tranquil = np.sort(scores[labels == 1]), np.sort(scores[labels == 0])
    hit = 1 - np.searchsorted(before, cuts, "left") / len(before)
    false = 1 - np.searchsorted(tranquil, cuts, "left") / len(tranquil)
    return np.asarray(false), np.asarray(hit)
