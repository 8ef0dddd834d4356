"""Sequential search for the best of several alternatives (Weitzman 1979)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.mechanisms_luck import Array


@dataclass(frozen=True)
class Box:
    """An alternative that may be developed.

    values, probabilities : (outcomes,) what it may turn out to be worth, and how likely
    cost : of finding out, paid at the start; duration : until one knows [years]
    """

    name: str
    values: Array
    probabilities: Array
    cost: float
    duration: float = 0.0


@dataclass(frozen=True)
class Search:
    """The best search; arrays over boxes are in the order of the search.

    order : places of the boxes in the order of the search; reservation : their reservation values
    opened, chosen : probability that a box is opened, and that it is the one taken
    value, cost : expected present value of what is taken, and of what is paid
    success : probability that something is taken; time : when, if so, in expectation [years]
    losses, loss_probabilities : cost of boxes opened but not taken, and its distribution
    """

    order: NDArray[np.int64]
    reservation: Array
    opened: Array
    chosen: Array
    value: float
    cost: float
    success: float
    time: float
    losses: Array
    loss_probabilities: Array


def reservation_value(
    values: ArrayLike, probabilities: ArrayLike, cost: float, discount: float = 1.0
) -> float:
    r"""Return the reward in hand that makes opening a box neither better nor worse than stopping.

    .. math:: c=\beta\,E[(x-z)^+]-(1-\beta)z
        \quad\Longleftrightarrow\quad z=\max_j\frac{\beta A_j-c}{1-\beta+\beta B_j}

    where the j best outcomes have the probability :math:`B_j` and :math:`A_j=\sum px`.

    values, probabilities : (outcomes,), values at least 0; cost : at least 0
    discount : :math:`\beta` in (0, 1], the present value of 1 when one knows
    Raises : InputError where probabilities are negative or do not sum to one
    Source : Weitzman (1979), Econometrica 47(3), 641–654
    """
    x, p = np.asarray(values, dtype=float), np.asarray(probabilities, dtype=float)
    if x.shape != p.shape or (p < 0).any() or not np.isclose(p.sum(), 1):
        raise InputError(
            Text(
                f"一个方案各结果的概率应不小于 0 且合计为 1，这里合计 {p.sum():.6g}",
                "the probabilities of a box must be at least 0 and sum to one; "
                f"these sum to {p.sum():.6g}",
            )
        )
    best = np.argsort(-x, kind="stable")
    best = best[p[best] > 0]
    above, mass = np.cumsum(p[best] * x[best]), np.cumsum(p[best])
    return float(((discount * above - cost) / (1 - discount + discount * mass)).max())


def search_order(
    boxes: Sequence[Box], discount_rate: float = 0.0
) -> tuple[NDArray[np.int64], Array]:
    """Return the places of boxes by falling reservation value, and these values in that order."""
    values = np.array(
        [
            reservation_value(
                box.values, box.probabilities, box.cost, (1 + discount_rate) ** -box.duration
            )
            for box in boxes
        ]
    )
    order = np.argsort(-values, kind="stable").astype(np.int64)
    return order, values[order]


def search(boxes: Sequence[Box], discount_rate: float = 0.0, deadline: float = np.inf) -> Search:
    """Follow Weitzman's rule exactly: open by falling reservation value, stop at the first met.

    What is in hand is one of the outcomes; the date is known from how many boxes were opened, so
    that one pass through the boxes gives the probability of every end.

    deadline : boxes of which one would know too late are left out; the rule knows no deadline
    Limits : independent boxes, opened one after the other; what was found stays available; one is
        taken at the end; the odds are known and doing nothing is worth 0. With boxes in parallel, a
        deadline or boxes that teach about each other the rule need not be best
    """
    order, reservation = search_order(boxes, discount_rate)
    fits = in_time([boxes[k].duration for k in order], deadline)
    places, threshold = np.flatnonzero(fits), reservation[fits]
    sorted_boxes = [boxes[order[k]] for k in places]
    starts = np.cumsum([0.0, *(box.duration for box in sorted_boxes)])
    factor = (1 + discount_rate) ** -starts
    paid = np.array([box.cost for box in sorted_boxes]) * factor[:-1]
    worth = np.concatenate([[0.0], *(box.values for box in sorted_boxes)])
    owner = np.concatenate(
        [[-1], *(np.full(len(box.values), k) for k, box in enumerate(sorted_boxes))]
    ).astype(int)
    hand = np.zeros(len(worth))  # probability that the best so far is this outcome
    hand[0] = 1.0
    opened, chosen = np.zeros(len(boxes)), np.zeros(len(boxes))
    losses, masses = [], []
    value = time = cost = 0.0
    for k in range(len(sorted_boxes) + 1):
        stop = hand > 0
        if k < len(sorted_boxes):
            stop &= worth >= threshold[k]
        for place in np.flatnonzero(stop):
            mass, box = hand[place], owner[place]
            value += mass * worth[place] * factor[k]
            losses.append(paid[:k].sum() - (paid[box] if box >= 0 else 0.0))
            masses.append(mass)
            if box >= 0:
                chosen[places[box]] += mass
                time += mass * starts[k]
        hand = np.where(stop, 0.0, hand)
        if k == len(sorted_boxes):
            break
        opened[places[k]] = hand.sum()
        cost += hand.sum() * paid[k]
        hand = _open(hand, worth, np.flatnonzero(owner == k), sorted_boxes[k].probabilities)
    success = float(chosen.sum())
    return Search(
        order=order,
        reservation=reservation,
        opened=opened,
        chosen=chosen,
        value=float(value),
        cost=float(cost),
        success=success,
        time=float(time / success) if success > 0 else float("nan"),
        losses=np.maximum(np.array(losses), 0.0),
        loss_probabilities=np.array(masses),
    )


def in_time(durations: Sequence[float], deadline: float) -> NDArray[np.bool_]:
    """Return which boxes, taken in order, can be known by a deadline; others are left out."""
    date, fits = 0.0, []
    for duration in durations:
        fits.append(date + duration <= deadline)
        date += duration if fits[-1] else 0.0
    return np.array(fits, dtype=bool)


def _open(hand: Array, worth: Array, places: NDArray[np.int64], chances: Array) -> Array:
    """Return what is in hand after a box is opened: the better of both, the older of equals."""
    better = worth[places][np.newaxis, :] > worth[:, np.newaxis]
    after = hand * (~better * chances).sum(axis=1)
    after[places] += hand @ (better * chances)
    return np.asarray(after)
