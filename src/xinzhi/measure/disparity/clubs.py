"""Phillips and Sul's clustering of regions into convergence clubs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.measure.disparity.log_t import CRITICAL, TRIM, LogTTest, _log_t, check_paths

Array = NDArray[np.float64]
Places = NDArray[np.intp]

_STEP, _HIGHEST = 0.1, 3.0  # of the threshold that the sieve raises


@dataclass(frozen=True)
class Club:
    """Regions on one path: their places (rows), the highest at the end first, and their test."""

    members: Places
    test: LogTTest


@dataclass(frozen=True)
class Clubs:
    """What the clustering found.

    whole : the test of all regions together
    clubs : before merging; merged : neighbouring clubs joined where they converge together
    divergent : places of the regions in no club
    """

    whole: LogTTest
    clubs: tuple[Club, ...]
    merged: tuple[Club, ...]
    divergent: Places


def convergence_clubs(paths: Array, trim: float = TRIM) -> Clubs:
    """Find groups of regions within which convergence is not rejected.

    1. Regions are put in order of the last year. 2. From the highest neighbours that converge, a
    core grows down the order while t stays above -1.65, and keeps the size with the largest t (the
    R package ConvergenceClubs takes the largest absolute t).
    3. Every other region joins whose t together with the core is above c, 0 at first and raised by
    0.1 until the club as a whole converges. 4. The rest starts again, until it converges as a whole
    or has no core; then it diverges. Clubs next to each other are merged while they converge
    together.

    paths : X, (region, year), smoothed, above 0; at least two regions and fifteen years
    trim : share of years at the start that the test leaves out
    Returns : Clubs
    Raises : InputError as ``log_t_test``
    Limits : a club says that convergence was not rejected in it, not that it was proved; the
        outcome depends on the order of the last year, on the filter and on the unit of the
        logarithms
    Source : Phillips and Sul (2007) as ``log_t_test``; merging: Phillips and Sul (2009), Journal of
        Applied Econometrics 24:1153-1185
    """
    given = np.asarray(paths, dtype=float)
    check_paths(given)
    whole = _log_t(given, trim)
    rest = np.argsort(-given[:, -1], kind="stable")
    found: list[Club] = []
    while len(rest) > 1:
        together = _log_t(given[rest], trim)
        if together.converging:
            found.append(Club(rest, together))
            rest = rest[:0]
            break
        core = _core(given, rest, trim)
        if core is None:
            break
        club = _sieve(given, rest, core, trim)
        found.append(club)
        rest = rest[~np.isin(rest, club.members)]
    return Clubs(whole, tuple(found), _merged(given, found, trim), rest)


def _core(paths: Array, order: Places, trim: float) -> Places | None:
    """Return the core group: the run of regions with the largest t; None if no two converge."""
    for first in range(len(order) - 1):
        best, best_size = CRITICAL, 0
        for last in range(first + 2, len(order) + 1):
            statistic = _log_t(paths[order[first:last]], trim).statistic
            if statistic <= CRITICAL:
                break
            if statistic > best:
                best, best_size = statistic, last
        if best_size:
            return order[first:best_size]
    return None


def _sieve(paths: Array, order: Places, core: Places, trim: float) -> Club:
    """Add to the core the regions that converge with it, ever stricter until all converge."""
    others = order[~np.isin(order, core)]
    statistics = np.array(
        [_log_t(paths[np.append(core, other)], trim).statistic for other in others]
    )
    for step in range(round(_HIGHEST / _STEP) + 1):
        chosen = np.isin(order, core) | np.isin(order, others[statistics > step * _STEP])
        test = _log_t(paths[order[chosen]], trim)
        if test.converging:
            return Club(order[chosen], test)
    return Club(core, _log_t(paths[core], trim))


def _merged(paths: Array, clubs: list[Club], trim: float) -> tuple[Club, ...]:
    """Join each club to the one above it while the test of all of them does not reject."""
    joined: list[Club] = []
    for club in clubs:
        if joined:
            members = np.concatenate([joined[-1].members, club.members])
            test = _log_t(paths[members], trim)
            if test.converging:
                joined[-1] = Club(members, test)
                continue
        joined.append(club)
    return tuple(joined)
