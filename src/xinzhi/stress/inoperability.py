"""The inoperability input–output model and its dynamic form: rescaled Leontief models."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import LeontiefSystem, coefficients, leontief_system

Array = NDArray[np.float64]

_LEFT_AFTER_RESPONSE = 0.01


def inoperability(
    table: IOTable, demand_loss: Array, system: LeontiefSystem | None = None
) -> Array:
    r"""Return (N,) the inoperability of each sector when final demand falls.

    .. math:: q = A^* q + c^*, \qquad A^* = \hat{x}^{-1} A\, \hat{x}, \quad
              c^* = \hat{x}^{-1}\, \Delta f

    so that :math:`q = \hat{x}^{-1} (I - A)^{-1} \Delta f`: the Leontief model, rescaled to parts
    of output. Nothing in it is new but the unit of its answer.

    demand_loss : (N,) Δf, final demand for the table's products that falls away [the table's unit]
    Returns : (N,) q, part of output lost [1]; 0 for sectors without output
    Limits : no shortage of inputs, no stocks, no substitution, no recovery
    Source : Haimes and Jiang (2001), Journal of Infrastructure Systems 7; Santos and Haimes
        (2004), Risk Analysis 24; that it is a rescaled Leontief model: Dietzenbacher and Miller
        (2015), Economic Systems Research 27; on its limits: Oosterhaven (2017), Economic Systems
        Research 29
    """
    system = system or leontief_system(table)
    return _parts(system.solve(demand_loss), table.output)


def resilience_coefficients(table: IOTable, response_days: float) -> Array:
    r"""Return (N,) the resilience k of sectors that would close 99 % of a gap in given days.

    .. math:: k_i = \frac{1 - 0.01^{1/T}}{1 - a_{ii}}, \qquad k_i \le 1

    the daily counterpart of :math:`k_i = \ln(q_i(0)/q_i(T)) / (T (1 - a^*_{ii}))` with
    :math:`q_i(T) = 0.01\, q_i(0)`; exact for a sector on its own.

    response_days : T, > 0, the same for all sectors; an assumption
    Returns : (N,) [1/day]
    Raises : InputError where the days are not above 0
    Source : Lian and Haimes (2006), Systems Engineering 9
    """
    if not 0 < response_days < np.inf:
        raise InputError(
            Text(
                f"响应天数为 {response_days:g}，应大于 0",
                f"the days of response are {response_days:g}; they must be above 0",
            )
        )
    own = coefficients(table.flows, table.output).diagonal()
    speed = 1.0 - _LEFT_AFTER_RESPONSE ** (1.0 / response_days)
    return np.asarray(np.minimum(1.0, speed / (1.0 - own)))


def dynamic_inoperability(
    table: IOTable,
    demand_loss: Array,
    resilience: Array,
    initial: Array | None = None,
) -> Array:
    r"""Return (T, N) inoperability day by day, when final demand falls and comes back.

    .. math:: q(t + 1) = q(t) + K\,\big(A^* q(t) + c^*(t) - q(t)\big), \qquad K = \hat{k}

    Row t is the state :math:`q(t+1)` that the perturbation of day t leaves. Under a constant
    perturbation it comes to rest in the static model, :math:`q = A^* q + c^*`, whatever K is: it
    is the Leontief model again, with a lag in each sector.

    demand_loss : (T, N) final demand that falls away, at the rate of a year [the table's unit]
    resilience : (N,) k, in (0, 1], part of the gap that a sector closes in a day
    initial : (N,) q(0), in [0, 1]; none by default
    Returns : (T, N) [1]
    Raises : InputError for a resilience outside (0, 1]
    Limits : as ``inoperability``; recovery is put in through K, not explained
    Source : Lian and Haimes (2006), Systems Engineering 9; Haimes et al. (2005), Journal of
        Infrastructure Systems 11
    """
    if not ((resilience > 0) & (resilience <= 1)).all():
        raise InputError(
            Text(
                "韧性系数应大于 0、不大于 1（每天弥合差距的比例）",
                "resilience coefficients must be above 0 and at most 1 (part of a gap closed in "
                "a day)",
            )
        )
    matrix = coefficients(table.flows, table.output)
    # in amounts of output, x q, so that sectors without output need no division
    lost = np.zeros(table.size) if initial is None else initial * table.output
    path = np.empty_like(demand_loss)
    for day, fallen in enumerate(demand_loss):
        lost = lost + resilience * (matrix @ lost + fallen - lost)
        path[day] = lost
    return _parts(path, table.output)


def _parts(lost: Array, output: Array) -> Array:
    whole = np.broadcast_to(output, lost.shape)
    return np.divide(lost, whole, out=np.zeros_like(lost), where=whole > 0)
