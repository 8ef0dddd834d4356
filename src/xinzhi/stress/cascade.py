"""Supply-side cascade: what stops, round by round, where inputs and capacity run short."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text
from xinzhi.data.io_table import IOTable
from xinzhi.structure.leontief import coefficients
from xinzhi.structure.outage import remaining_output

Array = NDArray[np.float64]

_TOLERANCE = 1e-10
_ROUNDING = 1e-14
_MOST_ROUNDS = 20_000


@dataclass(frozen=True, eq=False)
class SupplyLoss:
    """What is missing on the side of supply.

    capacity : (N,) part of each sector's capacity that cannot run, in [0, 1]
    imports : (S, N) part of each imported product that does not reach a user, in [0, 1]
    shipments : (N, R) part of a region-sector's deliveries that does not reach a region, in [0, 1]
    """

    capacity: Array
    imports: Array
    shipments: Array


def direct_supply_loss(table: IOTable, supply: SupplyLoss) -> Array:
    r"""Return (N,) the part of output lost before anything is passed on to other sectors.

    .. math:: s_j = \max(\kappa_j,\; 1 - \min_{k:\, u_{kj} > 0} q_{kj})

    with capacity lost κ and :math:`q_{kj}` the part of product k that still reaches sector j,
    imports and shipments being cut.
    """
    available = _Inputs(table, supply).available(np.ones(table.size))
    return np.maximum(supply.capacity, 1.0 - remaining_output(available, input_shares(table)))


def supply_cascade(table: IOTable, supply: SupplyLoss) -> Array:
    r"""Return (N,) the part of each sector's output lost when shortages are passed on to users.

    Inputs are fixed coefficients by product, whatever their origin. Round by round,

    .. math:: s_j = \max\Big(\kappa_j,\; 1 - \min_k
              \frac{\sum_r Z_{rk,j}\, g_{rk}\,(1 - h_{rk,j}) + M_{kj}\,(1 - m_{kj})}{U_{kj}}\Big),
              \qquad g_i = 1 - \frac{\max(0,\; s_i x_i - \max(0, y_i))}{z_i}

    with capacity lost κ, imports lost m, shipments lost h, use U = ΣZ + M, final output y and
    deliveries to producers z: final users lose a product before producers do. With one imported
    product cut this is ``output at risk`` of ``chokepoints``.

    Raises : ComputationError where the rounds do not settle
    Limits : no stocks, no substitution, no other source of supply, every input indispensable
        however small; orders that suppliers lose and lost demand are left out
    Source : fixed coefficients, as ``output at risk``. The Ghosh (1958) model, in which any input
        could replace any other, is not used as a model of quantities: Oosterhaven (1988), Journal
        of Regional Science 28
    """
    inputs = _Inputs(table, supply)
    shares = input_shares(table)
    deliveries = table.flows.sum(axis=1)
    supplied = table.output if table.imports is None else table.output + table.imports
    final = np.maximum(0.0, supplied - deliveries)
    lost = np.zeros(table.size)
    for _ in range(_MOST_ROUNDS):
        missing = np.maximum(0.0, lost * table.output - final)
        part = np.divide(missing, deliveries, out=np.zeros(table.size), where=deliveries > 0)
        available = inputs.available(1.0 - np.minimum(part, 1.0))
        short = np.maximum(supply.capacity, 1.0 - remaining_output(available, shares))
        # rounding must not let output rise again, or the rounds would not end
        new = np.maximum(lost, np.where(short > _ROUNDING, short, 0.0))
        if float(np.abs(new - lost).max()) <= _TOLERANCE:
            return np.where(table.output > 0, new, 0.0)
        lost = new
    raise ComputationError(
        Text(
            f"供给短缺的传导经过 {_MOST_ROUNDS} 轮仍未收敛",
            f"the cascade of shortages did not settle within {_MOST_ROUNDS} rounds",
        ),
        remedy=Text(
            "请减小事件规模，或只看 ARIO 的结果。",
            "Make the event smaller, or read the results of ARIO instead.",
        ),
    )


def input_shares(table: IOTable) -> Array:
    """Return (S, N) use of each product, of any origin, per unit of the user's output."""
    return coefficients(_uses(table), table.output)


class _Inputs:
    """The use of each product by origin, and what of it arrives."""

    def __init__(self, table: IOTable, supply: SupplyLoss) -> None:
        self._shape = (len(table.regions), len(table.sectors), table.size)
        arriving = np.repeat(1.0 - supply.shipments, len(table.sectors), axis=1)
        self._arriving = table.flows * arriving
        self._imported: Array | float = 0.0
        if table.imported_flows is not None:
            self._imported = table.imported_flows * (1.0 - supply.imports)
        self._uses = _uses(table)

    def available(self, delivered: Array) -> Array:
        """Return (S, N) the part of each product that arrives, given what sectors deliver."""
        home = (self._arriving * delivered[:, np.newaxis]).reshape(self._shape).sum(axis=0)
        arrived = home + self._imported
        part = np.divide(arrived, self._uses, out=np.ones_like(arrived), where=self._uses > 0)
        return np.asarray(np.clip(part, 0.0, 1.0))


def _uses(table: IOTable) -> Array:
    by_product = table.flows.reshape(len(table.regions), len(table.sectors), -1).sum(axis=0)
    imported = table.imported_flows
    return np.asarray(by_product if imported is None else by_product + imported)
