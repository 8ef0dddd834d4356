"""Slacks-based measure of efficiency, with undesirable outputs."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputRecord
from xinzhi.measure.productivity.dea_result import (
    EFFICIENCY_NAME,
    ORIENTATION_NAME,
    RETURNS_NAME,
    EfficiencyResult,
    efficiency_table,
    peers_table,
    unsolved_warning,
    variables_table,
)
from xinzhi.measure.productivity.kernel import (
    OPTIMAL,
    RETURNS,
    radial_efficiency,
    returns_row,
    spread,
)
from xinzhi.measure.productivity.observations import Observations, check_choice, observations
from xinzhi.measure.productivity.programs import FAILED, Program, WarmModel

Array = NDArray[np.float64]

SBM_ORIENTATIONS = ("none", "input", "output")
_NO_SLACK = 1e-9


def sbm(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    undesirable: pd.DataFrame | None = None,
    returns: str = "vrs",
    orientation: str = "none",
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Slacks-based measure (SBM) of every unit.

    .. math:: \rho = \min \frac{1 - \frac1k \sum_i s^-_i / x_{io}}
        {1 + \frac1{m + b} \left(\sum_r s^+_r / y_{ro} + \sum_q s^b_q / b_{qo}\right)}

    so that :math:`X\lambda + s^- = x_o,\ Y\lambda - s^+ = y_o,\ B\lambda + s^b = b_o` and
    :math:`\lambda, s \ge 0`, the sum of :math:`\lambda` as for ``dea``. Input orientation minimises
    the numerator alone, output orientation maximises the denominator alone.

    inputs : (unit, k), outputs : (unit, m), undesirable : (unit, b), all > 0
    returns : crs, vrs, nirs or ndrs; orientation : none, input or output
    Returns : ``efficiency`` (unit, efficiency, status), efficiency in (0, 1] and 1 only without any
        slack that the orientation counts; ``slacks`` (unit, role, variable, observed, slack,
        target), ``peers`` (unit, peer, weight)
    Raises : InputError, also for zeros: a slack has no share of zero; ComputationError where numba
        or highspy is missing
    Limits : scores are unit-invariant, and at most the radial ones; slacks and peers need not be
        unique. Undesirable outputs can be cut at no cost in good ones (strong disposability);
        ``directional_distance`` has the weak form
    Source : Tone (2001), doi:10.1016/S0377-2217(99)00407-5; undesirable outputs: Tone (2003),
        GRIPS Research Report I-2003-0005
    """
    check_choice(returns, RETURNS, RETURNS_NAME)
    check_choice(orientation, SBM_ORIENTATIONS, ORIENTATION_NAME)
    data = observations(inputs, outputs, undesirable, positive=True)
    family = _Family(data, returns, orientation)
    count = len(data.inputs)
    scores, status = np.full(count, np.nan), np.full(count, FAILED, dtype=np.int8)
    weights = np.zeros((count, len(family.frontier)))
    for unit in range(count):
        scores[unit], status[unit], weights[unit] = family.solve(unit)
    parts = (
        ("input", data.input_names, data.inputs, 1.0),
        ("output", data.output_names, data.outputs, -1.0),
        ("undesirable", data.undesirable_names, data.undesirable, 1.0),
    )
    tables = []
    for role, names, observed, sign in parts:
        slack = sign * (observed - weights @ observed[family.frontier])
        slack[slack <= _NO_SLACK * observed] = 0.0
        slack[status != OPTIMAL] = np.nan
        columns = {"observed": observed, "slack": slack, "target": observed - sign * slack}
        tables.append((role, names, columns))
    return EfficiencyResult(
        tables={
            "efficiency": efficiency_table(data, {"efficiency": scores}, status),
            "slacks": variables_table(data, tables),
            "peers": peers_table(data, spread(csr_array(weights), family.frontier, count)),
        },
        units={"efficiency": "ratio", "weight": "ratio"},
        parameters={
            "method": "sbm",
            "returns": returns,
            "orientation": orientation,
            "inputs": list(data.input_names),
            "outputs": list(data.output_names),
            "undesirable": list(data.undesirable_names),
        },
        inputs=tuple(records),
        warnings=(*data.warnings, *unsolved_warning(data, status, EFFICIENCY_NAME)),
    )


class _Family:
    r"""The programs of all units in one warm-started model.

    After Charnes and Cooper, with :math:`\Lambda = t \lambda` and the slacks put in: minimise
    :math:`\frac1k \sum_i X_i\Lambda / x_{io}` so that :math:`X\Lambda \le t x_o,
    Y\Lambda \ge t y_o, B\Lambda \le t b_o` and :math:`\frac1{m+b} (\sum_r Y_r\Lambda / y_{ro}
    - \sum_q B_q\Lambda / b_{qo} + 2bt) = 1`. An orientation holds t at 1 and drops one of the sums.
    """

    def __init__(self, data: Observations, returns: str, orientation: str):
        self.data, self.orientation = data, orientation
        self._points = np.hstack([data.inputs, -data.outputs, data.undesirable])
        self._size = np.abs(self._points).max(axis=0)
        # undesirable outputs enter the technology as inputs do, so radial scores find its frontier
        costs = np.hstack([data.inputs, data.undesirable])
        arrays = costs, data.outputs
        found = radial_efficiency(*arrays, *arrays, returns, "input")
        self.frontier = np.flatnonzero((found.scores == 1) | (found.status != OPTIMAL))
        rows, inequality, self._tail = returns_row(len(self.frontier), returns)
        technology = np.vstack([(self._points[self.frontier] / self._size).T, rows])
        count, units = technology.shape
        lower = np.full(count, -np.inf)
        lower[self._points.shape[1] :][~inequality] = 0.0
        # the column of t comes first, the equation that normalises comes last
        matrix = np.zeros((count + 1, units + 1))
        matrix[:count, 1:] = technology
        upper = np.append(np.zeros(count), 1.0)
        self._model = WarmModel(
            Program(matrix, np.zeros(units + 1), np.append(lower, 1.0), upper, np.zeros(units + 1))
        )

    def solve(self, unit: int) -> tuple[float, int, Array]:
        """Return the score, its status and the weights of the frontier units."""
        data = self.data
        reference = self._points[self.frontier] / np.abs(self._points[unit])
        split = data.inputs.shape[1]
        used = reference[:, :split].mean(axis=1)
        # outputs count positive, undesirable ones negative; both stand with the other sign
        made = -reference[:, split:].mean(axis=1)
        bads = data.undesirable.shape[1] / (reference.shape[1] - split)
        own = np.concatenate([-self._points[unit] / self._size, -self._tail])
        if self.orientation == "output":
            normal, cost = np.append(1.0, np.zeros(len(made))), np.append(2 * bads, made)
        elif self.orientation == "input":
            normal, cost = np.append(1.0, np.zeros(len(made))), np.append(0.0, -used)
        else:
            normal, cost = np.append(2 * bads, made), np.append(0.0, -used)
        self._model.change_column(0, np.append(own, normal[0]))
        self._model.change_row(len(own), normal)
        self._model.change_costs(cost)
        optimum = self._model.solve()
        if optimum.status != OPTIMAL:
            return np.nan, optimum.status, np.zeros(len(made))
        value = 1 / optimum.objective if self.orientation == "output" else -optimum.objective
        score = 1.0 if abs(value - 1) <= _NO_SLACK else value
        return score, OPTIMAL, np.maximum(optimum.values[1:], 0.0) / optimum.values[0]
