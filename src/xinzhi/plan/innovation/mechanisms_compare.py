"""One challenge under each mechanism: grant, parallel teams, open call, search, shared risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from xinzhi.plan.innovation.mechanisms_call import Call, open_call, team_payoff
from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.mechanisms_race import Challenge, Race, loss_distribution, race
from xinzhi.plan.innovation.mechanisms_risk import Layer, shared_losses
from xinzhi.plan.innovation.mechanisms_search import Box, Search, search

MECHANISMS = ("grant", "parallel", "open_call", "search", "risk_sharing")


@dataclass(frozen=True)
class Mechanism:
    """What one mechanism brings; all money is expected present value.

    teams : that take part (boxes worth opening, for a search); 0 where nobody does
    prize : on delivery; nan where there is none
    state_cost : part of the cost that the state bears in the end
    payoff : of each team; nan where teams are not told apart
    losses, probabilities : distribution of the cost of work that is not delivered
    layers : who bears these losses
    """

    name: str
    teams: int
    prize: float
    success: float
    time: float
    cost: float
    value: float
    state_cost: float
    payoff: float
    losses: Array
    probabilities: Array
    layers: tuple[Layer, ...]


@dataclass(frozen=True)
class Comparison:
    """A challenge, its mechanisms and what they rest on.

    gated : races with a limit after the milestone; free : without; payoff : (N,) of each team in
        the parallel mechanism
    """

    challenge: Challenge
    mechanisms: tuple[Mechanism, ...]
    gated: Race
    free: Race
    payoff: Array
    call: Call
    boxes: tuple[Box, ...]
    found: Search | None


def compare(
    challenge: Challenge,
    boxes: Sequence[Box],
    contract: Sequence[Layer],
    most: int,
    discount_rate: float,
) -> Comparison:
    """Put one challenge under every mechanism for which there are figures.

    A grant goes to one team. Parallel teams are as many, of those that would come, as bring the
    largest net value, none where no number brings a positive one. Teams whose cost is granted in
    part, and a firm under a contract of risk-sharing, come if their share of the value pays for
    the rest.
    """
    gated = race(challenge, most, challenge.keep, discount_rate)
    free = race(challenge, most, None, discount_rate)
    call = open_call(challenge, free, discount_rate)
    own = challenge.appropriability * challenge.value
    numbers = np.arange(1, most + 1)
    payoff = team_payoff(own, gated, (1 - challenge.state_share) * gated.cost / numbers)
    comes = payoff >= 0
    net = np.where(comes, challenge.value * gated.discounted - gated.cost, -np.inf)
    best = int(np.argmax(net)) + 1 if net.max() > 0 else 0
    share = challenge.state_share
    granted = (Layer("all", 0.0, np.inf, share, 1 - share, 0.0),)
    mechanisms = [
        _of_race("grant", challenge, gated, int(comes[0]), granted, payoff, discount_rate),
        _of_race("parallel", challenge, gated, best, granted, payoff, discount_rate),
        _of_call(challenge, free, call, discount_rate),
    ]
    found = None
    if boxes:
        found = search(boxes, discount_rate, challenge.deadline)
        mechanisms.append(_of_search(challenge, found, granted))
    if contract:
        mechanisms.append(_shared(challenge, gated, tuple(contract), discount_rate))
    return Comparison(challenge, tuple(mechanisms), gated, free, payoff, call, tuple(boxes), found)


def _of_race(
    name: str,
    challenge: Challenge,
    found: Race,
    teams: int,
    layers: tuple[Layer, ...],
    payoff: Array,
    discount_rate: float,
) -> Mechanism:
    if teams == 0:
        return _nobody(name, layers)
    row = teams - 1
    losses, probabilities = loss_distribution(challenge, found, teams, discount_rate)
    return Mechanism(
        name=name,
        teams=teams,
        prize=float("nan"),
        success=float(found.success[row]),
        time=float(found.time[row]),
        cost=float(found.cost[row]),
        value=float(challenge.value * found.discounted[row]),
        state_cost=float(challenge.state_share * found.cost[row]),
        payoff=float(payoff[row]),
        losses=losses,
        probabilities=probabilities,
        layers=layers,
    )


def _of_call(challenge: Challenge, found: Race, call: Call, discount_rate: float) -> Mechanism:
    layers = (Layer("all", 0.0, np.inf, 0.0, 1.0, 0.0),)
    plain = _of_race("open_call", challenge, found, call.teams, layers, call.payoff, discount_rate)
    prize = call.prize * challenge.prize_state_share
    paid = prize * found.discounted[call.teams - 1] if call.teams else 0.0
    return replace(plain, prize=call.prize, state_cost=float(paid))


def _of_search(challenge: Challenge, found: Search, layers: tuple[Layer, ...]) -> Mechanism:
    return Mechanism(
        name="search",
        teams=int((found.opened > 0).sum()),
        prize=float("nan"),
        success=found.success,
        time=found.time,
        cost=found.cost,
        value=found.value,
        state_cost=challenge.state_share * found.cost,
        payoff=float("nan"),
        losses=found.losses,
        probabilities=found.loss_probabilities,
        layers=layers,
    )


def _shared(
    challenge: Challenge, found: Race, layers: tuple[Layer, ...], discount_rate: float
) -> Mechanism:
    """Return one firm's project under a contract: it pays, and is repaid a part of its losses.

    The insurer takes a fair premium, so that the firm bears in the end all but what the state does.
    """
    losses, probabilities = loss_distribution(challenge, found, 1, discount_rate)
    borne = float(shared_losses(losses, probabilities, layers)[:, 0].sum())
    own = challenge.appropriability * challenge.value
    payoff = team_payoff(own, found, found.cost - borne)
    if payoff[0] <= 0:
        return _nobody("risk_sharing", layers)
    plain = _of_race("risk_sharing", challenge, found, 1, layers, payoff, discount_rate)
    return replace(plain, state_cost=borne)


def _nobody(name: str, layers: tuple[Layer, ...]) -> Mechanism:
    """Return a mechanism in which nobody takes part: nothing is spent and nothing comes of it."""
    nothing = float("nan")
    return Mechanism(
        name, 0, nothing, 0.0, nothing, 0.0, 0.0, 0.0, nothing, np.zeros(1), np.ones(1), layers
    )
