"""The open call: who enters for a prize on delivery, and which prize is best."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.mechanisms_race import Challenge, Race

_SLACK = 1e-9  # a payoff this small, against what a team spends, is rounding


@dataclass(frozen=True)
class Call:
    """An open call in equilibrium.

    prize : offered; teams : that enter
    payoff : (N,) of each of 1 … N teams at that prize
    best_prize, best_teams : for those who pay the prize
    break_even : (N,) smallest prize for which 1 … N teams enter
    payer : (N,) net value to those who pay, where 1 … N teams enter for their smallest prize;
        minus infinity where more come anyway, or nothing is delivered
    """

    prize: float
    teams: int
    payoff: Array
    best_prize: float
    best_teams: int
    break_even: Array
    payer: Array


def team_cost(challenge: Challenge, discount_rate: float) -> float:
    """Return the expected present value of what one team spends if it may go on when it passes."""
    later = challenge.later_cost(discount_rate)
    return challenge.milestone_cost + challenge.milestone_probability * later


def team_payoff(reward: float, found: Race, spent: Array | float) -> Array:
    r"""Return the expected payoff of each of n equal teams.

    .. math:: u_n=\frac{R\,D_n}{n}-k

    reward : R, what the team that delivers gets; spent : k, by each team itself
    Returns : (N,); by symmetry each team is the first with the same probability
    """
    teams = np.arange(1, len(found.success) + 1)
    payoff = reward * found.discounted / teams - spent
    # what is rounding of a team that is indifferent is nothing
    return np.where(np.abs(payoff) <= _SLACK * spent, 0.0, payoff)


def entrants(payoff: Array) -> int:
    """Return how many teams enter: the most whose payoff is positive.

    payoff : (N,) of each, where 1 … N enter; it falls with their number, because D_n is concave
    """
    inside = np.flatnonzero(payoff > 0)
    return 0 if len(inside) == 0 else int(inside[-1]) + 1


def open_call(challenge: Challenge, found: Race, discount_rate: float) -> Call:
    r"""Find who enters an open call, and the prize that is best for those who pay it.

    The n-th team enters if :math:`(R+aV)D_n/n>k`; the smallest such prize is

    .. math:: R_n=\max\left(0,\ \frac{nk}{D_n}-aV\right)

    and best for those who pay is the n with the largest :math:`((1-a)V-R_n)D_n`; prize 0 where
    none is better than who comes anyway. Where :math:`R_n>0` this is :math:`VD_n-nk`: free entry
    leaves teams no rent, so that the payers' best number is the best for all together.

    found : of races without a limit after the milestone
    Limits : the best prize is a limit, at which the last team is indifferent; risk-neutral teams
        that know their own odds; at most N enter
    """
    k = team_cost(challenge, discount_rate)
    own = challenge.appropriability * challenge.value
    teams = np.arange(1, len(found.success) + 1)
    needed = np.divide(
        teams * k,
        found.discounted,
        out=np.full(len(teams), np.inf),
        where=found.discounted > 0,
    )
    break_even = np.maximum(needed - own, 0.0)
    anyway = entrants(team_payoff(own, found, k))
    worth = np.full(len(teams), -np.inf)
    reachable = np.isfinite(break_even) & (teams >= anyway)
    left = challenge.value - own - break_even[reachable]
    worth[reachable] = left * found.discounted[reachable]
    best_prize, best_teams = 0.0, anyway
    if worth.max() > (worth[anyway - 1] if anyway else 0.0):
        best_teams = int(np.argmax(worth)) + 1
        best_prize = float(break_even[best_teams - 1])
    if challenge.prize is None:
        prize, teams_in = best_prize, best_teams
        payoff = team_payoff(prize + own, found, k)
    else:
        prize = challenge.prize
        payoff = team_payoff(prize + own, found, k)
        teams_in = entrants(payoff)
    return Call(prize, teams_in, payoff, best_prize, best_teams, break_even, worth)
