"""Parallel teams with a milestone: success, time, cost and loss by the number of teams."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import gamma

from xinzhi.plan.innovation.mechanisms_luck import (
    Array,
    conditional_probability,
    factor_nodes,
)

_LEVELS = (1e-6, 1e-3, 0.05, 0.25, 0.5, 0.75, 0.95, 0.999, 1 - 1e-5, 1 - 1e-8)
_NODES = 12


@dataclass(frozen=True)
class Challenge:
    """One question and what a team can do about it; money in one unit, times in years.

    value : of a delivery by the deadline, when it is delivered
    success_probability : p, that a team delivers at all, however late
    duration, duration_sd : mean and standard deviation of the time of a delivery
    deadline : a later delivery is worth nothing
    cost : of a team that works to the end, of which ``milestone_cost`` before the milestone
    milestone_probability : q >= p, that a team passes the milestone at ``milestone_time``
    keep : teams that go on after the milestone at most; None for all that pass
    correlation : of the latent luck of two teams
    state_share : of the costs of the teams that are granted, borne by the state
    appropriability : share of the value that goes to the team that delivers
    prize : on delivery under the open call; None for the best one
    prize_state_share : share of the prize that the state pays, the demander paying the rest
    """

    name: str
    value: float
    success_probability: float
    duration: float
    deadline: float
    cost: float
    duration_sd: float = 0.0
    milestone_probability: float = 1.0
    milestone_time: float = 0.0
    milestone_cost: float = 0.0
    keep: int | None = None
    correlation: float = 0.0
    state_share: float = 1.0
    appropriability: float = 0.0
    prize: float | None = None
    prize_state_share: float = 0.0

    def later_cost(self, discount_rate: float) -> float:
        """Return the present value of the cost after the milestone of one team."""
        factor = np.exp(-np.log1p(discount_rate) * self.milestone_time)
        return float((self.cost - self.milestone_cost) * factor)

    def delivered(self, time: Array) -> Array:
        """Return the probability that a team alone delivers by a time: p G(t)."""
        if self.duration_sd == 0:
            return np.where(time >= self.duration, self.success_probability, 0.0)
        shape, scale = self.delay()
        late = np.asarray(time) - self.milestone_time
        return np.asarray(self.success_probability * gamma.cdf(late, shape, scale=scale))

    def delay(self) -> tuple[float, float]:
        """Return shape and scale of the gamma distributed time from milestone to delivery."""
        mean = self.duration - self.milestone_time
        return (mean / self.duration_sd) ** 2, self.duration_sd**2 / mean


@dataclass(frozen=True)
class Race:
    """Outcomes by the number of teams 1 … N; every array but the last two is (N,).

    success : probability of a delivery by the deadline
    discounted : expected present value of one unit of money paid on that delivery
    time : expected time of the delivery where there is one by the deadline [years]; nan if never
    cost : expected present value of what all teams spend
    kept : (N, N + 1) probability that 0 … N teams go on after the milestone
    kept_success : (N, N + 1) probability of that number and of a delivery by the deadline
    """

    success: Array
    discounted: Array
    time: Array
    cost: Array
    kept: Array
    kept_success: Array


def race(challenge: Challenge, most: int, keep: int | None, discount_rate: float) -> Race:
    r"""Compute a race of 1 … ``most`` equal teams, exactly by quadrature over the common factor.

    Team i has the latent luck :math:`X_i=\sqrt\rho Z+\sqrt{1-\rho}\,e_i`; it passes the milestone
    if :math:`\Phi(X_i)\le q` and, if it goes on, delivers by t if :math:`\Phi(X_i)\le pG(t)`. Given
    Z, the number S of those that pass is binomial, min(S, keep) go on, and

    .. math:: P_n(t)=1-E_Z\sum_s B(s;n,q(Z))\left(1-\frac{f_t(Z)}{q(Z)}\right)^{\min(s,k)}

    which without a limit is :math:`1-E_Z(1-f_t(Z))^n`. Costs up to the milestone fall at the start,
    later ones at the milestone.
    Limits : equal teams; of those that pass, lots decide who goes on; who goes on works to the end
    """
    z, weight = factor_nodes(challenge.correlation)
    rho = challenge.correlation
    passing = conditional_probability(challenge.milestone_probability, rho, z)
    going = _going_on(passing, most, keep)
    times, step = _time_nodes(challenge)
    f = conditional_probability(challenge.delivered(times), rho, z)
    chance = np.divide(f, passing[:, np.newaxis], out=np.zeros_like(f), where=f > 0)
    miss = np.clip(1 - chance, 0.0, 1.0)
    weighted = going * weight[np.newaxis, :, np.newaxis]
    never = np.sum([weighted[:, :, j] @ miss**j for j in range(most + 1)], axis=0)
    by = np.clip(1 - never, 0.0, 1.0)
    last = miss[:, -1]
    kept_success = np.stack([weighted[:, :, j] @ (1 - last**j) for j in range(most + 1)], axis=1)
    success, before = by[:, -1], by[:, :-1]
    v = (1 + discount_rate) ** -times
    discounted = v[-1] * success + np.log1p(discount_rate) * before @ (step * v[:-1])
    spent = times[-1] * success - before @ step
    kept = weighted.sum(axis=1)
    teams = np.arange(1, most + 1)
    on = kept @ np.arange(most + 1)
    return Race(
        success=success,
        discounted=discounted,
        time=np.divide(spent, success, out=np.full(most, np.nan), where=success > 0),
        cost=teams * challenge.milestone_cost + on * challenge.later_cost(discount_rate),
        kept=kept,
        kept_success=kept_success,
    )


def loss_distribution(
    challenge: Challenge, found: Race, teams: int, discount_rate: float
) -> tuple[Array, Array]:
    """Return what work that is not delivered costs, and its probabilities.

    The loss is what all teams spend, less the cost of the one that delivers, if one does.
    Returns : losses and probabilities (2 (N + 1),), the first half without a delivery
    """
    later = challenge.later_cost(discount_rate)
    spent = teams * challenge.milestone_cost + np.arange(found.kept.shape[1]) * later
    won = found.kept_success[teams - 1]
    losses = np.concatenate([spent, spent - challenge.milestone_cost - later])
    return np.maximum(losses, 0.0), np.concatenate([found.kept[teams - 1] - won, won])


def _going_on(passing: Array, most: int, keep: int | None) -> Array:
    """Return (teams, nodes, number) probabilities of the number that goes on after the milestone.

    One more team either fails the milestone or passes it; above ``keep`` passing adds nobody.
    """
    limit = most if keep is None else min(keep, most)
    number = np.zeros((most, len(passing), most + 1))
    row = np.zeros((len(passing), most + 1))
    row[:, 0] = 1.0
    q = passing[:, np.newaxis]
    for n in range(most):
        moved = row * (1 - q)
        moved[:, 1:] += row[:, :-1] * q
        row = moved
        number[n] = row
        number[n, :, limit] = row[:, limit:].sum(axis=1)
        number[n, :, limit + 1 :] = 0.0
    return number


def _time_nodes(challenge: Challenge) -> tuple[Array, Array]:
    """Return times with the deadline as the last, and weights of all but the last.

    Panels between quantiles of the time of delivery, so that short and long ones are integrated
    alike. A fixed duration needs no integration: the one time is the date of delivery.
    """
    if challenge.duration_sd == 0:
        # past the deadline nothing is delivered, and the deadline is as good a date
        return np.array([min(challenge.duration, challenge.deadline)]), np.zeros(0)
    shape, scale = challenge.delay()
    inner = challenge.milestone_time + np.asarray(gamma.ppf(_LEVELS, shape, scale=scale))
    start = min(challenge.milestone_time, challenge.deadline)
    inside = inner[(inner > start) & (inner < challenge.deadline)]
    edges = np.concatenate([[start], inside, [challenge.deadline]])
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    half = np.diff(edges)[:, np.newaxis] / 2
    times = (edges[:-1, np.newaxis] + half * (node + 1)).ravel()
    return np.append(times, challenge.deadline), (half * weight).ravel()
