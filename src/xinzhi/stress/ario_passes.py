"""Compiled passes over the flows of a table and its inputs, each a small part of an ARIO step.

Importing this module needs numba; ``ario`` imports it when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar, cast

import numpy as np

from xinzhi.core.optional import imported
from xinzhi.stress.ario_arrays import Array, Codes

F = TypeVar("F", bound=Callable[..., object])

numba = imported("numba", "stress")

ROUNDING = 1e-9
"""Share of the base year by which rounding may take an empty stock below zero."""


def compiled(function: F) -> F:
    """Compile with numba; sums may be reordered, so that they run on vectors."""
    fast = {"reassoc", "contract", "nsz"}
    options = {"nogil": True, "error_model": "numpy", "fastmath": fast}
    try:
        return cast(F, numba.njit(cache=True, **options)(function))
    except RuntimeError:  # neither the package nor the user has a folder to write to
        return cast(F, numba.njit(**options)(function))


@compiled
def reaching_orders(
    flows: Array, weight: Array, need: Array, allowed: Array, shipping: bool, found: Array
) -> None:
    r"""Write (N,) the orders that reach each supplier, :math:`\sum_j Z_{ij} w_{ir} g_{pj}`.

    weight : (N, R) of a supplier for users of a region; need : (S, N) by product and user
    allowed : (N·R,) most that arrives relative to base flows, only where ``shipping``
    """
    size, sectors, regions = len(flows), len(need), weight.shape[1]
    for i in range(size):
        p = i % sectors
        total = 0.0
        if shipping:
            for j in range(size):
                r = j // sectors
                share = min(weight[i, r] * need[p, j], allowed[i * regions + r])
                total += flows[i, j] * share
            found[i] = total
        else:
            for j in range(size):
                total += flows[i, j] * need[p, j]
            found[i] = weight[i, 0] * total


@compiled
def arriving(
    flows: Array,
    weight: Array,
    need: Array,
    allowed: Array,
    shipping: bool,
    met: Array,
    found: Array,
) -> None:
    """Write (S, N) what arrives of those orders when suppliers meet the share met[:, 0]."""
    size, sectors, regions = len(flows), len(need), weight.shape[1]
    for s in range(sectors):
        for j in range(size):
            found[s, j] = 0.0
        for i in range(s, size, sectors):
            part = met[i, 0]
            if shipping:
                for j in range(size):
                    r = j // sectors
                    share = min(weight[i, r] * need[s, j], allowed[i * regions + r])
                    found[s, j] += flows[i, j] * share * part
            else:
                part *= weight[i, 0]
                for j in range(size):
                    found[s, j] += flows[i, j] * part
        if not shipping:
            for j in range(size):
                found[s, j] *= need[s, j]


@compiled
def arriving_and_weighing(
    flows: Array, weight: Array, need: Array, met: Array, fresh: Array, found: Array, whole: Array
) -> None:
    """Do ``arriving`` without cuts of shipments, and ``weighing``, in one pass."""
    size, sectors = len(flows), len(need)
    for s in range(sectors):
        for j in range(size):
            found[s, j] = 0.0
            whole[s, j] = 0.0
        for i in range(s, size, sectors):
            part, new = weight[i, 0] * met[i, 0], fresh[i, 0]
            for j in range(size):
                found[s, j] += flows[i, j] * part
                whole[s, j] += flows[i, j] * new
        for j in range(size):
            found[s, j] *= need[s, j]


@compiled
def weighing(flows: Array, fresh: Array, whole: Array) -> None:
    r"""Write (S, N) the weighted base flows of each product, :math:`\sum_{i \in p} Z_{ij} w_{ir}`.

    fresh : (N, R)
    """
    size, sectors = len(flows), len(whole)
    for s in range(sectors):
        for j in range(size):
            whole[s, j] = 0.0
    for i in range(size):
        for j in range(size):
            whole[i % sectors, j] += flows[i, j] * fresh[i, j // sectors]


@compiled
def limits(
    lost: Array,
    of: Codes,
    strength: Array,
    step: int,
    room: float,
    untouched: float,
    left: Array,
    allowed: Array,
) -> bool:
    r"""Write what is left of base-year deliveries, and the most that arrives; tell if any is cut.

    lost : (E, …) flattened behind the first axis
    left : :math:`\prod (1 - f a)`; allowed : ``untouched`` where no event acts, else what is left
        and ``room`` more in so far as no event is at full strength, :math:`\prod (1 - f)`
    """
    cut = False
    if len(lost) == 0:
        return cut  # they are as they were made
    for k in range(len(left)):
        left[k] = 1.0
        allowed[k] = untouched
    for e in range(len(lost)):
        force = strength[step, of[e]]
        if force > 0.0:
            cut = True
            for k in range(len(left)):
                if lost[e, k] > 0.0:
                    left[k] *= 1.0 - force * lost[e, k]
                    opened = room if allowed[k] == untouched else allowed[k]
                    allowed[k] = opened * (1.0 - force)
    if cut:
        for k in range(len(left)):
            if allowed[k] != untouched:
                allowed[k] += left[k]
    return cut


@compiled
def strike(
    capital_lost: Array,
    due: Array,
    step: int,
    capital: Array,
    of: Codes,
    share: Array,
    hit: Array,
    broken: Array,
    struck: Codes,
    ordered: Array,
) -> None:
    """Destroy capital where an event begins, a share of what still stands, and order its repair."""
    events, size = hit.shape
    for e in range(events):
        if struck[e] == 0 and due[step, e] > 0.0:
            struck[e] = 1
            for j in range(size):
                gone = 0.0
                for other in range(events):
                    gone += broken[other, j]
                hit[e, j] = capital_lost[e, j] * max(0.0, 1.0 - gone)
                broken[e, j] = hit[e, j]
            for k in range(len(of)):
                if of[k] == e:
                    for j in range(size):
                        ordered[k] += hit[e, j] * capital[j] * share[k, j]


@compiled
def rebuild(of: Codes, share: Array, hit: Array, remaining: Array, broken: Array) -> None:
    """Write (E, N) the share of capital that is still broken, from what each supplier owes."""
    events, size = hit.shape
    for e in range(events):
        for j in range(size):
            broken[e, j] = 0.0
    for k in range(len(of)):
        for j in range(size):
            broken[of[k], j] += hit[of[k], j] * share[k, j] * remaining[k]


@compiled
def ration(asked: Array, rank: Codes, production: Array, held: Array, met: Array) -> None:
    """Write (N, 5) the share of what each client asks that it gets.

    Clients of one rank share in proportion to what they ask; stock changes are taken first, and
    what is drawn from stocks is delivered too.
    """
    size, clients = asked.shape
    last = 0
    for client in range(clients):
        last = max(last, rank[client])
    for i in range(size):
        left = max(0.0, production[i] - held[i])
        for turn in range(last + 1):
            wanted = 0.0
            for client in range(clients):
                if rank[client] == turn:
                    wanted += asked[i, client]
            share = min(1.0, left / wanted) if wanted > 0.0 else 1.0
            for client in range(clients):
                if rank[client] == turn:
                    met[i, client] = share
            left = max(0.0, left - share * wanted)


@compiled
def shortage(
    inputs: Array,
    stock: Array,
    least_days: Array,
    substitution: Array,
    essential: float,
    optimum: Array,
    kept: Array,
    tightest: Codes,
) -> None:
    r"""Write (N,) the share of the output aimed at that stocks allow, and the input that limits.

    .. math:: 1 - (1 - \sigma_p)\left(1 - \frac{S_{pj}}{\psi n_p a_{pj} \hat x_j}\right)

    essential : least input per unit of output that can limit
    """
    rows, size = inputs.shape
    for j in range(size):
        kept[j] = 1.0
        tightest[j] = -1
    for k in range(rows):
        if np.isinf(least_days[k]):
            continue
        for j in range(size):
            needed = least_days[k] * inputs[k, j] * optimum[j]
            if needed > stock[k, j] and inputs[k, j] >= essential:
                part = 1.0 - (1.0 - substitution[k]) * (1.0 - stock[k, j] / needed)
                if part < kept[j]:
                    kept[j] = part
                    tightest[j] = k


@compiled
def restock(
    inputs: Array,
    days: Array,
    least_days: Array,
    substitution: Array,
    essential: float,
    restoration: float,
    step: float,
    production: Array,
    kept: Array,
    optimum: Array,
    arrived: Array,
    full: Array,
    stock: Array,
    least: Array,
) -> int:
    r"""Use inputs, take in what arrived, and write what is ordered next over ``arrived``.

    Of a short input, with q its stock relative to what the output aimed at needs, the stock gives
    :math:`q / (q + \sigma (1 - q))` of what is used, and substitutes the rest.

    kept : share of the output aimed at that is made, so that production over it was aimed at
    Returns : the region-sector with a negative stock, -1 where there is none
    """
    rows, size = inputs.shape
    for k in range(rows):
        if np.isinf(days[k]):
            for j in range(size):
                arrived[k, j] = inputs[k, j] * production[j]
            continue
        owed = 0.0
        for j in range(size):
            used = inputs[k, j] * production[j]
            taken = used
            if substitution[k] > 0.0 and kept[j] > 0.0 and inputs[k, j] >= essential:
                needed = least_days[k] * used / kept[j]
                if needed > stock[k, j]:
                    part = stock[k, j] / needed
                    taken *= part / (part + substitution[k] * (1.0 - part))
            left = stock[k, j] + (arrived[k, j] - min(taken, stock[k, j] / step)) * step
            owed = min(owed, left + ROUNDING * full[k, j])
            stock[k, j] = max(left, 0.0)
            least[k, j] = min(least[k, j], left)
            short = days[k] * inputs[k, j] * optimum[j] - stock[k, j]
            arrived[k, j] = used + max(short, 0.0) / restoration
        if owed < 0.0:
            for j in range(size):
                if least[k, j] < -ROUNDING * full[k, j]:
                    return j
    return -1
