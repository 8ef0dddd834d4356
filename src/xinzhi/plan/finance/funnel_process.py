"""The funnel as a semi-Markov process: ways out of each stage, chained to listing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.plan.finance.funnel_spells import EXITS, Spells

Array = NDArray[np.float64]
NEXT, LISTED = EXITS.index("next"), EXITS.index("listed")
STEPS = 240  # of the horizon, for sums of times
_CELLS = 4_000_000  # numbers held at once


@dataclass(frozen=True)
class StageEstimates:
    """How stages are left, in each of D replications of the data.

    observed : (D, M, K) share that has left by each exit when the longest spell ends
    probability : (D, M, K) the same, firms still there then divided as the others; NaN where the
        replication has no exit of the stage
    time : (D, M, K) [years] mean time in the stage of those who leave by an exit, 0 where none does
    stay : (D, M) [years] mean time in the stage up to the longest spell
    density : (D, M, K, STEPS + 1) probability of leaving by an exit at each point of the horizon
    round_size : (D, M) [money] mean amount raised on entering, NaN where unknown
    """

    observed: Array
    probability: Array
    time: Array
    stay: Array
    density: Array
    round_size: Array


@dataclass(frozen=True)
class Chained:
    """What the stages make together; all (D, …).

    eventual : (D, M, K − 1) probability from each stage of ending by listing, acquisition, failure
    floor : (D, M) probability of listing if whoever is still in a stage never leaves it
    by_horizon : (D, M, STEPS + 1) probability of listing within each time from entering a stage,
        nobody leaving a stage later than the longest spell in it
    years_to_listing : (D, M) mean years from entering a stage to listing, of those who list
    reach : (D, M) probability that a firm entering the first stage enters this one
    """

    eventual: Array
    floor: Array
    by_horizon: Array
    years_to_listing: Array
    reach: Array


def estimate_stages(spells: Spells, weights: Array, horizon: float) -> StageEstimates:
    """Estimate every stage by Aalen–Johansen under each row of weights.

    weights : (D, firms) how often a firm counts: ones for the data, draws of a bootstrap
    horizon : [years]
    """
    D, M, K = len(weights), len(spells.stages), len(EXITS)
    observed = np.zeros((D, M, K))
    time, stay = np.zeros((D, M, K)), np.zeros((D, M))
    density = np.zeros((D, M, K, STEPS + 1))
    size = np.full((D, M), np.nan)
    for m in range(M):
        here = np.flatnonzero(spells.stage == m)
        chunk = max(1, _CELLS // len(here))
        for first in range(0, D, chunk):
            part = slice(first, first + chunk)
            counted = weights[part][:, spells.firms[here]]
            found = _one_stage(spells.duration[here], spells.outcome[here], counted, horizon)
            observed[part, m], time[part, m], stay[part, m], density[part, m] = found
            known = np.isfinite(spells.amount[here])
            if known.any():
                total = counted[:, known].sum(axis=1)
                money = counted[:, known] @ spells.amount[here][known]
                size[part, m] = _ratio(money, total)
    left = observed.sum(axis=2)
    probability = _ratio(observed, left[..., np.newaxis])
    return StageEstimates(observed, probability, time, stay, density, size)


def chain(stages: StageEstimates) -> Chained:
    r"""Chain the stages from the last to the first.

    .. math:: F_m(t)=F_{m,\text{listed}}(t)+\int_0^tF_{m+1}(t-u)\,dF_{m,\text{next}}(u)

    and likewise for probabilities and mean times; the time in a stage may depend on how it is left,
    but on nothing before the stage.
    """
    p, years = stages.probability, stages.time
    D, M, K = p.shape
    eventual = np.zeros((D, M, K - 1))
    floor, moment = np.zeros((D, M)), np.zeros((D, M))
    listing = np.zeros((D, M, STEPS + 1))
    for m in reversed(range(M)):
        eventual[:, m] = p[:, m, 1:]
        floor[:, m] = stages.observed[:, m, LISTED]
        moment[:, m] = p[:, m, LISTED] * years[:, m, LISTED]
        listing[:, m] = stages.density[:, m, LISTED]
        if m + 1 == M:
            continue
        on = p[:, m, NEXT]
        eventual[:, m] += on[:, np.newaxis] * eventual[:, m + 1]
        floor[:, m] += stages.observed[:, m, NEXT] * floor[:, m + 1]
        moment[:, m] += on * (years[:, m, NEXT] * eventual[:, m + 1, 0] + moment[:, m + 1])
        listing[:, m] += _convolved(stages.density[:, m, NEXT], listing[:, m + 1])
    reach = np.cumprod(np.concatenate([np.ones((D, 1)), p[:, :-1, NEXT]], axis=1), axis=1)
    by_horizon = np.clip(np.cumsum(listing, axis=2), 0.0, 1.0)
    return Chained(eventual, floor, by_horizon, _ratio(moment, eventual[:, :, 0]), reach)


def flows(probability: Array, entrants: Array) -> Array:
    r"""Return (D, M) firms a year that enter each stage while as many enter the funnel each year.

    .. math:: f_m=e_m+f_{m-1}\,p_{m-1,\text{next}}

    probability : (D, M, K); entrants : (M,) firms a year that begin in each stage
    """
    found = np.zeros(probability.shape[:2])
    for m, fresh in enumerate(entrants):
        before = found[:, m - 1] * probability[:, m - 1, NEXT] if m else 0.0
        found[:, m] = fresh + before
    return found


def _one_stage(
    duration: Array, outcome: NDArray[np.int64], weights: Array, horizon: float
) -> tuple[Array, Array, Array, Array]:
    """Return observed (D, K), time (D, K), stay (D,) and density (D, K, STEPS + 1) of a stage."""
    order = np.argsort(duration, kind="stable")
    times, starts = np.unique(duration[order], return_index=True)
    counted = weights[:, order]
    leaving = np.add.reduceat(counted, starts, axis=1)
    at_risk = counted.sum(axis=1, keepdims=True) - np.cumsum(leaving, axis=1) + leaving
    hazards = np.stack(
        [
            _ratio(np.add.reduceat(counted * (outcome[order] == k), starts, axis=1), at_risk, 0.0)
            for k in range(len(EXITS))
        ],
        axis=1,
    )
    survival = np.cumprod(1 - hazards.sum(axis=1), axis=1)
    before = np.concatenate([np.ones((len(weights), 1)), survival[:, :-1]], axis=1)
    leaves = before[:, np.newaxis] * hazards
    observed = leaves.sum(axis=2)
    time = _ratio(leaves @ times, observed, 0.0)
    stay = before @ np.diff(times, prepend=0.0)
    D, K, T = leaves.shape
    density = (_grid(times, horizon).T @ leaves.reshape(D * K, T).T).T
    return observed, time, stay, density.reshape(D, K, STEPS + 1)


def _convolved(first: Array, second: Array) -> Array:
    """Return (D, STEPS + 1) the distribution of the sum of two times within the horizon."""
    length = 2 * STEPS + 1
    both = np.fft.rfft(first, length) * np.fft.rfft(second, length)
    return np.asarray(np.fft.irfft(both, length)[:, : STEPS + 1])


def _grid(times: Array, horizon: float) -> csr_array:
    """Return (T, STEPS + 1) weights that share each time between the two points around it."""
    place = times * STEPS / horizon
    low = np.floor(place).astype(np.int64)
    share = place - low
    rows = np.arange(len(times))
    inside, above = low <= STEPS, low + 1 <= STEPS
    return csr_array(
        (
            np.concatenate([(1 - share)[inside], share[above]]),
            (
                np.concatenate([rows[inside], rows[above]]),
                np.concatenate([low[inside], low[above] + 1]),
            ),
        ),
        shape=(len(times), STEPS + 1),
    )


def _ratio(above: Array, below: Array, otherwise: float = np.nan) -> Array:
    """Return above / below, ``otherwise`` where below is zero."""
    above, below = np.broadcast_arrays(above, below)
    found = np.full(above.shape, otherwise)
    np.divide(above, below, out=found, where=below > 0)
    return found
