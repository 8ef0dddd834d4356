"""Equations in differences (and levels), their instruments, and the sums of which GMM is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from xinzhi.plan.innovation.knowledge_panel import (
    Array,
    Mask,
    PanelArrays,
    Term,
    period_dummies,
    refuse_empty,
    sample_of,
    shifted,
    too_short,
)

InstrumentLags = Mapping[str, tuple[int, int | None]]
_RANK = 1e-10  # eigenvalues below this share of the largest are zero


@dataclass(frozen=True, eq=False)
class Moments:
    """Equations of all units, differenced first; rows that are not there are zero everywhere.

    there : (N, P) which equations exist; periods : (P,) places of their periods
    differenced : (P,) whether an equation is one in differences, else in levels
    y : (N, P); X : (N, P, K) terms, then years or the constant; Z : (N, P, L)
    dropped : units without an equation
    """

    there: Mask
    periods: np.ndarray
    differenced: Mask
    y: Array
    X: Array
    Z: Array
    dropped: tuple[tuple[str, str], ...]

    @property
    def observations(self) -> int:
        """Return the number of equations, those in levels where there are any."""
        counted = self.differenced if self.differenced.all() else ~self.differenced
        return int(self.there[:, counted].sum())

    @property
    def units(self) -> int:
        """Return the number of units with an equation."""
        return len(self.there)

    def own_part(self, terms: int) -> Array:
        """Return (rows, terms) what years and constant leave of the terms."""
        X = self.X[self.there]
        own, years = X[:, :terms], X[:, terms:]
        if not years.shape[1]:
            return own
        left: Array = own - years @ np.linalg.lstsq(years, own, rcond=None)[0]
        return left

    def z_times_x(self) -> Array:
        """Return (N, L, K) Z'X of each unit."""
        found: Array = np.matmul(self.Z.transpose(0, 2, 1), self.X)
        return found

    def z_times_y(self) -> Array:
        """Return (N, L) Z'y of each unit."""
        found: Array = np.einsum("npl,np->nl", self.Z, self.y)
        return found

    def residuals(self, beta: Array) -> Array:
        """Return (N, P) residuals, 0 where there is no equation."""
        found: Array = self.y - self.X @ beta
        return found

    def variance(self, residuals: Array) -> float:
        """Return the variance of errors in levels, half of that of the differenced residuals."""
        rows = residuals[:, self.differenced]
        free = int(self.there[:, self.differenced].sum()) - self.X.shape[2]
        return float((rows**2).sum() / (2 * max(1, free)))

    def neighbours(self) -> Array:
        """Return (P, P) H, the covariance of the equations' errors where those in levels have 1."""
        places = np.arange(self.periods.max() + 1)
        parts = (self.periods[:, np.newaxis] == places).astype(float)
        before = (self.periods[:, np.newaxis] - 1 == places).astype(float)
        parts -= np.where(self.differenced[:, np.newaxis], before, 0.0)
        covariance: Array = parts @ parts.T
        return covariance

    def weighted_instruments(self) -> Array:
        """Return (L, L) the sum of Z'HZ."""
        HZ = np.matmul(self.neighbours(), self.Z)
        L = self.Z.shape[2]
        found: Array = self.Z.reshape(-1, L).T @ HZ.reshape(-1, L)
        return found

    def autocorrelation(
        self,
        order: int,
        residuals: Array,
        ZX: Array,
        W: Array,
        bread: Array,
        covariance: Array,
        variance: float | None,
    ) -> float:
        r"""Return m_j, standard normal where differenced errors are not correlated at that order.

        .. math:: m_j = \frac{\sum_iw_i'\hat u_i}{\sqrt{\sum_iw_i'\Omega_iw_i
            - 2w'X(X'ZWZ'X)^{-1}X'ZW\sum_iZ_i'\Omega_iw_i + w'X\hat VX'w}}

        w : residuals j periods before; Ω : ûû', or σ²H with a ``variance`` σ² given. nan where no
        unit has equations that far apart
        Source : Arellano & Bond (1991); Roodman (2009), section 3.5
        """
        before = np.full_like(residuals, np.nan)
        for place in np.flatnonzero(self.differenced):
            earlier = np.flatnonzero(
                self.differenced & (self.periods == self.periods[place] - order)
            )
            if len(earlier):
                before[:, place] = residuals[:, earlier[0]]
                before[~self.there[:, earlier[0]], place] = np.nan
        pairs = self.there & np.isfinite(before)
        if not pairs.any():
            return float("nan")
        w = np.where(pairs, before, 0.0)
        wX = np.einsum("np,npk->k", w, self.X)
        if variance is None:
            product = np.einsum("np,np->n", w, residuals)
            own = float(product @ product)
            cross = np.einsum("npl,np,n->l", self.Z, residuals, product)
        else:
            Hw = np.where(self.there, w @ self.neighbours(), 0.0) * variance
            own = float((w * Hw).sum())
            cross = np.einsum("npl,np->l", self.Z, Hw)
        spread = own - 2 * wX @ bread @ ZX.T @ W @ cross + wX @ covariance @ wX
        return float((w * residuals).sum() / np.sqrt(spread)) if spread > 0 else float("nan")


def difference_moments(
    arrays: PanelArrays,
    outcome: str,
    terms: Sequence[Term],
    instrument_lags: InstrumentLags,
    collapse: bool,
    time_effects: bool,
) -> Moments:
    """Build the differenced equations and their instruments; see ``difference_gmm``."""
    values = [arrays.columns[outcome], *(arrays.lagged(term) for term in terms)]
    changes = [value - shifted(value, 1) for value in values]
    there = sample_of(changes, least=1)
    refuse_empty(there, [Term(term.name, term.lag + 1) for term in terms])
    some, periods = there.any(axis=1), np.flatnonzero(there.any(axis=0))
    # units and periods without any equation are left out of the arrays
    cut = np.ix_(some, periods)
    mask = there[cut]
    inside = mask[:, :, np.newaxis]
    stacked = np.where(inside, np.stack([c[cut] for c in changes], axis=2), 0.0)
    y, X = stacked[:, :, 0], stacked[:, :, 1:]
    # differences of effects of years span what dummies of all the equations' years span
    years = period_dummies(mask, every=True) if time_effects else np.zeros((*mask.shape, 0))
    blocks = [
        _level_instruments(arrays.columns[name][some], periods, lags, collapse)
        for name, lags in instrument_lags.items()
    ]
    exogenous = _exogenous(terms, outcome, instrument_lags)
    Z = np.concatenate([*blocks, X[:, :, exogenous], years], axis=2)
    Z = np.where(inside, Z, 0.0)
    Z = Z[:, :, np.abs(Z).max(axis=(0, 1)) > 0]
    return Moments(
        there=mask,
        periods=periods,
        differenced=np.ones(len(periods), dtype=bool),
        y=y,
        X=np.concatenate([X, years], axis=2),
        Z=Z,
        dropped=too_short(arrays, some),
    )


def system_moments(
    arrays: PanelArrays,
    outcome: str,
    terms: Sequence[Term],
    instrument_lags: InstrumentLags,
    collapse: bool,
    time_effects: bool,
) -> Moments:
    """Build equations in differences and in levels with their instruments; see ``system_gmm``."""
    values = [arrays.columns[outcome], *(arrays.lagged(term) for term in terms)]
    changes = [value - shifted(value, 1) for value in values]
    there = np.stack([sample_of(changes, least=1), sample_of(values, least=1)])
    refuse_empty(there[0], [Term(term.name, term.lag + 1) for term in terms])
    some = there[1].any(axis=1)
    apart, level = (np.flatnonzero(part.any(axis=0)) for part in there)
    first, last = (
        np.stack([part[np.ix_(some, places)] for part in parts], axis=2)
        for parts, places in ((changes, apart), (values, level))
    )
    mask = np.concatenate([there[0][np.ix_(some, apart)], there[1][np.ix_(some, level)]], axis=1)
    N, D, P = len(mask), len(apart), mask.shape[1]
    inside = mask[:, :, np.newaxis]
    stacked = np.where(inside, np.concatenate([first, last], axis=1), 0.0)
    y, X = stacked[:, :, 0], stacked[:, :, 1:]
    # effects of the years of the level equations, the constant being the sum of them
    own = (level[:, np.newaxis] == level).astype(float)
    moved = (apart[:, np.newaxis] == level).astype(float) - (apart[:, np.newaxis] - 1 == level)
    if not time_effects:
        own, moved = np.ones((len(level), 1)), np.zeros((D, 1))
    years = np.broadcast_to(np.vstack([moved, own]), (N, P, own.shape[1]))
    level_only = np.broadcast_to(np.vstack([0 * moved, own]), (N, P, own.shape[1]))
    blocks = []
    for name, lags in instrument_lags.items():
        column = arrays.columns[name][some]
        earlier = _level_instruments(column, apart, lags, collapse)
        nearest = lags[0] - 1
        change = column - shifted(column, 1)
        differences = _level_instruments(change, level, (nearest, nearest), collapse)
        blocks += [_padded(earlier, 0, P - D), _padded(differences, D, 0)]
    exogenous = X[:, :, _exogenous(terms, outcome, instrument_lags)].copy()
    exogenous[:, D:] = 0.0
    Z = np.where(inside, np.concatenate([*blocks, exogenous, level_only], axis=2), 0.0)
    Z = Z[:, :, np.abs(Z).max(axis=(0, 1)) > 0]
    return Moments(
        there=mask,
        periods=np.concatenate([apart, level]),
        differenced=np.arange(P) < D,
        y=y,
        X=np.concatenate([X, np.where(inside, years, 0.0)], axis=2),
        Z=Z,
        dropped=too_short(arrays, some),
    )


def _exogenous(terms: Sequence[Term], outcome: str, instrument_lags: InstrumentLags) -> list[int]:
    """Return the places of terms that are their own instruments."""
    return [
        place
        for place, term in enumerate(terms)
        if term.name != outcome and term.name not in instrument_lags
    ]


def _padded(columns: Array, before: int, after: int) -> Array:
    """Return (N, before + P + after, L) the columns between rows of zeros."""
    return np.pad(columns, ((0, 0), (before, after), (0, 0)))


def _level_instruments(
    values: Array, periods: np.ndarray, lags: tuple[int, int | None], collapse: bool
) -> Array:
    """Return (N, P, L) levels of earlier periods; those that are missing are zero."""
    nearest, farthest = lags
    last = int(periods[-1]) if farthest is None else min(farthest, int(periods[-1]))
    columns = []
    for lag in range(nearest, last + 1):
        level = np.nan_to_num(shifted(values, lag)[:, periods])
        if collapse:
            columns.append(level[:, :, np.newaxis])
        else:
            columns.append(level[:, :, np.newaxis] * np.eye(len(periods)))
    if not columns:
        return np.zeros((len(values), len(periods), 0))
    return np.concatenate(columns, axis=2)


def generalised_inverse(matrix: Array) -> tuple[Array, int]:
    """Return the pseudo-inverse of a covariance of moments and its rank.

    Moments are brought to one scale first, so that units of measurement do not decide what is zero.
    """
    size = np.sqrt(np.diag(matrix))
    scale = np.where(size > 0, 1 / np.where(size > 0, size, 1.0), 0.0)
    values, vectors = np.linalg.eigh(matrix * np.outer(scale, scale))
    kept = values > _RANK * values.max()
    half = vectors[:, kept] / np.sqrt(values[kept]) * scale[:, np.newaxis]
    inverse: Array = half @ half.T
    return inverse, int(kept.sum())
