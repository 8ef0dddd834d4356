"""The same mechanisms by vectorised Monte Carlo: distributions, and a check of what is exact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr
from scipy.stats import gamma

from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.mechanisms_race import Challenge
from xinzhi.plan.innovation.mechanisms_search import Box, in_time, search_order


@dataclass(frozen=True)
class Outcomes:
    """Draws of one mechanism, each (draws,); time is infinite where nothing is delivered in time.

    value, cost, loss : present values
    """

    time: Array
    value: Array
    cost: Array
    loss: Array

    def net_value(self) -> Array:
        """Return value less cost of every draw."""
        return self.value - self.cost


def simulate_race(
    challenge: Challenge,
    teams: int,
    keep: int | None,
    discount_rate: float,
    draws: int,
    random: np.random.Generator,
) -> Outcomes:
    """Draw races of equal teams with one common factor; see ``race`` for the model."""
    rho = challenge.correlation
    factor = random.standard_normal((draws, 1))
    own = random.standard_normal((draws, teams))
    luck = ndtr(np.sqrt(rho) * factor + np.sqrt(1 - rho) * own)
    on = luck <= challenge.milestone_probability
    if keep is not None and keep < teams:
        # lots among those that pass: teams that failed draw the last places
        lots = np.where(on, random.random((draws, teams)), 2.0)
        on &= lots.argsort(axis=1).argsort(axis=1) < keep
    first = np.where(on, luck, np.inf).min(axis=1)
    time = np.full(draws, np.inf)
    p = challenge.success_probability
    won = first <= p if p > 0 else np.zeros(draws, dtype=bool)
    time[won] = challenge.duration
    if challenge.duration_sd > 0:
        shape, scale = challenge.delay()
        time[won] = challenge.milestone_time + gamma.ppf(first[won] / p, shape, scale=scale)
    time[time > challenge.deadline] = np.inf
    done = np.isfinite(time)
    later = challenge.later_cost(discount_rate)
    cost = teams * challenge.milestone_cost + on.sum(axis=1) * later
    value = np.zeros(draws)
    value[done] = challenge.value * (1 + discount_rate) ** -time[done]
    return Outcomes(time, value, cost, cost - done * (challenge.milestone_cost + later))


def simulate_search(
    boxes: Sequence[Box],
    discount_rate: float,
    deadline: float,
    draws: int,
    random: np.random.Generator,
) -> Outcomes:
    """Draw searches by Weitzman's rule; see ``search`` for the model."""
    order, reservation = search_order(boxes, discount_rate)
    fits = in_time([boxes[k].duration for k in order], deadline)
    best, cost, taken = np.zeros(draws), np.zeros(draws), np.zeros(draws)
    date = np.zeros(draws)
    start = 0.0
    for place, threshold in zip(order[fits], reservation[fits], strict=True):
        box = boxes[place]
        edges = np.cumsum(box.probabilities)[:-1]
        found = box.values[np.searchsorted(edges, random.random(draws), side="right")]
        looks = best < threshold
        price = box.cost * (1 + discount_rate) ** -start
        start += box.duration
        cost += looks * price
        date[looks] = start
        better = looks & (found > best)
        taken[better] = price
        best[better] = found[better]
    done = best > 0
    value = best * (1 + discount_rate) ** -date
    return Outcomes(np.where(done, date, np.inf), value, cost, cost - taken)
