"""Directional distance, with undesirable outputs under weak disposability."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputRecord, Text
from xinzhi.measure.productivity.dea_result import (
    RETURNS_NAME,
    EfficiencyResult,
    efficiency_table,
    peers_table,
    unsolved_warning,
    variables_table,
)
from xinzhi.measure.productivity.kernel import RETURNS, Steps, largest_steps, returns_row
from xinzhi.measure.productivity.observations import check_choice, observations

Array = NDArray[np.float64]

DIRECTIONS = ("output", "input", "graph")
_ON_FRONTIER = 1e-9


def directional_distance(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    undesirable: pd.DataFrame | None = None,
    returns: str = "crs",
    direction: str = "output",
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Directional distance of every unit: more good, less bad output, less input, in one share.

    .. math:: \beta_o = \max\{\beta : (x_o - \beta g_x, y_o + \beta g_y, b_o - \beta g_b) \in T\}

    The direction is the unit's own data: :math:`g = (0, y_o, b_o)` for ``output``,
    :math:`(x_o, 0, b_o)` for ``input`` and :math:`(x_o, y_o, b_o)` for ``graph``. Undesirable
    outputs are weakly disposable, :math:`B\lambda = b_o - \beta g_b`: they fall only together with
    good ones, or with inputs.

    inputs : (unit, k), outputs : (unit, m), undesirable : (unit, b), >= 0, each unit with a
        positive input and output; returns : crs, vrs, nirs or ndrs
    Returns : ``efficiency`` (unit, efficiency, inefficiency, status): inefficiency is beta, 0 on
        the frontier; efficiency is 1 / (1 + beta) for output, 1 - beta for input, (1 - beta) /
        (1 + beta) for graph. ``targets`` (unit, role, variable, observed, target), ``peers``
        (unit, peer, weight)
    Raises : InputError, see ``observations``; ComputationError where numba or highspy is missing
    Limits : under vrs each unit may abate by a factor of its own (Kuosmanen); one common factor
        would not span a convex technology. Undesirable outputs may have a price of either sign, so
        a unit can count as efficient because it pollutes much. Slacks that remain are not counted.
        Without undesirable outputs the output and input forms repeat the radial scores
    Source : Chung, Färe and Grosskopf (1997), doi:10.1006/jema.1997.0146; Kuosmanen (2005),
        doi:10.1111/j.1467-8276.2005.00788.x
    """
    check_choice(returns, RETURNS, RETURNS_NAME)
    check_choice(direction, DIRECTIONS, Text("方向", "direction"))
    data = observations(inputs, outputs, undesirable)
    arrays = data.inputs, data.outputs, data.undesirable
    moved = (
        data.inputs * (direction != "output"),
        data.outputs * (direction != "input"),
        data.undesirable,
    )
    solved = directional_steps(arrays, arrays, moved, returns)
    beta = np.where(np.abs(solved.steps) <= _ON_FRONTIER, 0.0, solved.steps)
    efficiency = {
        "output": 1 / (1 + beta),
        "input": 1 - beta,
        "graph": (1 - beta) / (1 + beta),
    }[direction]
    step = beta[:, None]
    parts = [
        (role, names, {"observed": observed, "target": observed + sign * step * g})
        for role, names, observed, g, sign in (
            ("input", data.input_names, data.inputs, moved[0], -1.0),
            ("output", data.output_names, data.outputs, moved[1], 1.0),
            ("undesirable", data.undesirable_names, data.undesirable, moved[2], -1.0),
        )
    ]
    columns = {"efficiency": efficiency, "inefficiency": beta}
    return EfficiencyResult(
        tables={
            "efficiency": efficiency_table(data, columns, solved.status),
            "targets": variables_table(data, parts),
            "peers": peers_table(data, solved.weights),
        },
        units=dict.fromkeys(("efficiency", "inefficiency", "weight"), "ratio"),
        parameters={
            "method": "directional",
            "returns": returns,
            "direction": direction,
            "disposability": "weak" if data.undesirable_names else "strong",
            "inputs": list(data.input_names),
            "outputs": list(data.output_names),
            "undesirable": list(data.undesirable_names),
        },
        inputs=tuple(records),
        warnings=(
            *data.warnings,
            *unsolved_warning(data, solved.status, Text("方向距离", "a directional distance")),
        ),
    )


def directional_steps(
    evaluated: tuple[Array, Array, Array],
    reference: tuple[Array, Array, Array],
    direction: tuple[Array, Array, Array],
    returns: str,
) -> Steps:
    r"""Largest steps of units along their directions within a reference technology.

    .. math:: X(\lambda + \mu) \le x_o - \beta g_x,\quad Y\lambda \ge y_o + \beta g_y,\quad
        B\lambda = b_o - \beta g_b,\quad \lambda, \mu \ge 0

    and the sum of :math:`\lambda + \mu` as the returns ask; :math:`\mu`, the part of activity that
    is abated, is 0 where there are no undesirable outputs and under crs and nirs, where it adds
    nothing.

    evaluated, reference : inputs (n, k), outputs (n, m), undesirable outputs (n, b); b may be 0
    direction : g_x, g_y and g_b of each evaluated unit, >= 0
    Returns : Steps; the step is below 0 for a unit outside the technology; weights (n, r) are
        :math:`\lambda + \mu`; prices in the order inputs, outputs, undesirable, returns
    """
    used, made, polluted = reference
    abated = polluted.shape[1] > 0 and returns in ("vrs", "ndrs")
    columns = np.hstack([used, -made, polluted]).T
    if abated:
        idle = np.vstack([used.T, np.zeros((made.shape[1] + polluted.shape[1], len(used)))])
        columns = np.hstack([columns, idle])
    rows, inequality, scale = returns_row(columns.shape[1], returns)
    count, variables = len(evaluated[0]), len(columns)
    strong = np.arange(variables) < variables - polluted.shape[1]
    tail = np.broadcast_to(scale, (count, len(scale)))
    points = np.hstack([evaluated[0], -evaluated[1], evaluated[2], tail])
    slopes = np.hstack([*direction, 0 * tail])
    solved = largest_steps(
        np.vstack([columns, rows]), np.append(strong, inequality), slopes, points
    )
    if not abated:
        return solved
    weights = csr_array(solved.weights[:, : len(used)] + solved.weights[:, len(used) :])
    return Steps(solved.steps, solved.status, weights, solved.prices, solved.fallbacks)
