"""Compiled parts of an ARIO step over sectors: demand, capacity, output, reconstruction, orders.

Importing this module needs numba; ``ario`` imports it when it is first used.
"""

from __future__ import annotations

import numpy as np

from xinzhi.stress.ario_arrays import (
    EXPLOSIVE,
    FINE,
    MOST_ORDERS,
    NOT_FINITE,
    RECONSTRUCTION,
    Array,
    Codes,
)
from xinzhi.stress.ario_passes import compiled

_NOISE = 1e-12
"""Excess of orders over the last output, relative to orders, that is rounding."""
_SHORT = 1.0 - 1e-9
"""Output kept by stocks below this share of what is aimed at is a shortage that is recorded."""


@compiled
def remaining_capacity(
    lost: Array, of: Codes, strength: Array, broken: Array, due: Array, step: int, room: Array
) -> None:
    r"""Write (N,) what is left of capacity, :math:`(1 - \sum_e b_e)\prod_e (1 - f_e c_e)`."""
    for i in range(len(room)):
        gone = 0.0
        for e in range(len(broken)):
            gone += broken[e, i] * due[step, e]
        room[i] = max(0.0, 1.0 - gone)
        for e in range(len(lost)):
            room[i] *= 1.0 - strength[step, of[e]] * lost[e, i]


@compiled
def final_orders(
    final: Array,
    client: Codes,
    household: Codes,
    region: Codes,
    lost: Array,
    of: Codes,
    strength: Array,
    step: int,
    response: float,
    income: Array,
    allowed: Array,
    wanted: Array,
    asked: Array,
) -> None:
    """Write what final demand would take of each product, and what can be shipped of it."""
    size, columns = final.shape
    regions = len(income)
    for i in range(size):
        for c in range(wanted.shape[1]):
            wanted[i, c] = 0.0
            asked[i, c] = 0.0
    for f in range(columns):
        c, home = client[f], region[f]
        factor = 1.0
        if household[f] == 1 and home >= 0:
            factor = max(0.0, 1.0 - response * (1.0 - income[home]))
        for i in range(size):
            amount = final[i, f] * factor
            for e in range(len(lost)):
                amount *= 1.0 - strength[step, of[e]] * lost[e, i, f]
            wanted[i, c] += amount
            most = allowed[i * regions + home] if home >= 0 else np.inf
            asked[i, c] += amount if np.isinf(most) else min(amount, most * final[i, f])


@compiled
def reconstruction_orders(
    supplier: Codes,
    of: Codes,
    pace: Array,
    rebuilt: Array,
    step: int,
    length: float,
    ordered: Array,
    remaining: Array,
    asked: Array,
) -> None:
    """Write (N, reconstruction) what is asked in this step of all that is still to be rebuilt."""
    size = len(asked)
    for i in range(size):
        asked[i, RECONSTRUCTION] = 0.0
    for k in range(len(supplier)):
        if supplier[k] < size:
            part = min(pace[of[k]] * rebuilt[step, of[k]], 1.0 / length)
            asked[supplier[k], RECONSTRUCTION] += ordered[k] * remaining[k] * part


@compiled
def receive_reconstruction(
    supplier: Codes,
    of: Codes,
    pace: Array,
    rebuilt: Array,
    lost: Array,
    lost_of: Codes,
    strength: Array,
    step: int,
    length: float,
    met: Array,
    remaining: Array,
) -> bool:
    """Take off what each supplier delivered; tell whether anything is being rebuilt."""
    size = len(met)
    any_rebuilt = False
    for k in range(len(supplier)):
        part = min(pace[of[k]] * rebuilt[step, of[k]] * length, 1.0)
        if part > 0.0:
            any_rebuilt = True
            if supplier[k] < size:
                part *= met[supplier[k], RECONSTRUCTION]
            else:
                for e in range(len(lost)):
                    part *= 1.0 - strength[step, lost_of[e]] * lost[e, supplier[k] - size]
            remaining[k] *= 1.0 - part
    return any_rebuilt


@compiled
def aim(
    output: Array,
    held: Array,
    most: Array,
    rise: float,
    proportional: bool,
    first: bool,
    asked: Array,
    reached: Array,
    room: Array,
    production: Array,
    over: Array,
    capacity: Array,
    optimum: Array,
) -> tuple[int, int]:
    """Write overproduction, capacity and the output aimed at; tell what is unstable, and where."""
    for i in range(len(output)):
        asked[i, 0] = reached[i]
        total = held[i]
        for c in range(asked.shape[1]):
            total += asked[i, c]
        if not np.isfinite(total):
            return NOT_FINITE, i
        if total > MOST_ORDERS * (output[i] + abs(held[i])):
            return EXPLOSIVE, i
        if not first and total > 0.0:
            excess = (total - production[i]) / total
            if excess > _NOISE or (proportional and excess != 0.0):
                over[i] += (most[i] - over[i]) * excess / rise
            else:
                over[i] += (1.0 - over[i]) / rise
            over[i] = max(over[i], 1.0)
        capacity[i] = output[i] * room[i] * over[i]
        optimum[i] = min(max(total, 0.0), capacity[i])
    return FINE, 0


@compiled
def produce(
    optimum: Array,
    kept: Array,
    tightest: Codes,
    step: int,
    production: Array,
    first: Codes,
    last: Codes,
    days: Codes,
) -> tuple[int, int]:
    """Write output, and which input limited it; tell what is not finite."""
    for j in range(len(production)):
        production[j] = optimum[j] * kept[j]
        if not np.isfinite(production[j]):
            return NOT_FINITE, j
        if kept[j] < _SHORT and optimum[j] > 0.0:
            k = tightest[j]
            if first[k, j] < 0:
                first[k, j] = step
            last[k, j] = step
            days[k, j] += 1
    return FINE, 0


@compiled
def keep_books(
    asked: Array,
    wanted: Array,
    met: Array,
    production: Array,
    step: int,
    output: Array,
    intermediate: Array,
    final: Array,
    reconstruction: Array,
    stock_changes: Array,
    unmet: Array,
) -> None:
    """Record where output went; what no client took is the change of the producer's stocks."""
    for i in range(len(production)):
        for c in range(1, RECONSTRUCTION):
            final[step, i] += asked[i, c] * met[i, c]
            unmet[step, i] += wanted[i, c] - asked[i, c] * met[i, c]
        output[step, i] = production[i]
        intermediate[step, i] = asked[i, 0] * met[i, 0]
        reconstruction[step, i] = asked[i, RECONSTRUCTION] * met[i, RECONSTRUCTION]
        stock_changes[step, i] = (
            production[i] - intermediate[step, i] - final[step, i] - reconstruction[step, i]
        )


@compiled
def lasting_orders(held: Array, asked: Array, met: Array, capacity: Array, optimum: Array) -> None:
    """Write the output that stocks are aimed at: without the reconstruction just delivered."""
    for i in range(len(held)):
        total = held[i] + asked[i, RECONSTRUCTION] * (1.0 - met[i, RECONSTRUCTION])
        for c in range(RECONSTRUCTION):
            total += asked[i, c]
        optimum[i] = min(max(total, 0.0), capacity[i])


@compiled
def share_orders(
    wish: Array,
    sharing: Array,
    outside: Array,
    coming: Array,
    adapting: bool,
    need: Array,
    abroad: Array,
) -> None:
    """Write orders by product, relative to weighted base flows, and orders from outside."""
    sectors, size = outside.shape
    apart = len(wish) - sectors
    for p in range(sectors):
        for j in range(size):
            whole = sharing[p, j]
            need[p, j] = wish[p, j] / whole if whole > 0.0 else 0.0
            if apart > 0:
                abroad[p, j] = wish[apart + p, j]
            else:
                part = coming[p * size + j] if adapting else 1.0
                abroad[p, j] = need[p, j] * outside[p, j] * part


@compiled
def receive_imports(outside: Array, most: Array, abroad: Array, arrived: Array) -> None:
    """Add what arrives from outside, to the rows of imported products or to those of the same."""
    sectors, size = outside.shape
    apart = len(arrived) - sectors
    for p in range(sectors):
        for j in range(size):
            if apart > 0:
                arrived[apart + p, j] = 0.0
            arrived[apart + p, j] += min(abroad[p, j], outside[p, j] * most[p * size + j])
