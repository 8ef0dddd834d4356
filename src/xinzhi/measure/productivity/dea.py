"""Radial data envelopment analysis: efficiency, slacks, peers, scale, super-efficiency."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

from xinzhi.core import InputRecord, Text
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
    RadialScores,
    Statuses,
    non_dominated,
    radial_efficiency,
    returns_row,
    sizes,
    spread,
)
from xinzhi.measure.productivity.observations import Observations, check_choice, observations
from xinzhi.measure.productivity.programs import Program, WarmModel

Array = NDArray[np.float64]

ORIENTATIONS = ("input", "output")
_SAME = 1e-6
_NO_SLACK = 1e-9
_ROUNDING = 1e-9


def dea(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    returns: str = "vrs",
    orientation: str = "input",
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Radial efficiency of every unit, with slacks, peers and scale.

    .. math:: \min \theta \ \text{so that}\ X\lambda + s^- = \theta x_o,\ Y\lambda - s^+ = y_o;
        \qquad \max \phi \ \text{so that}\ X\lambda + s^- = x_o,\ Y\lambda - s^+ = \phi y_o

    with :math:`\lambda, s \ge 0` and the sum of :math:`\lambda` free (crs), 1 (vrs), at most 1
    (nirs) or at least 1 (ndrs). A second stage holds :math:`\theta` or :math:`\phi` and maximises
    :math:`\sum s^- + \sum s^+`.

    inputs : (unit, k), outputs : (unit, m), >= 0, each unit with a positive input and output; the
        index names the units (or units and periods: all are compared with all)
    returns : crs, vrs, nirs or ndrs; orientation : input or output
    Returns : ``efficiency`` (unit, efficiency, expansion, efficiency_crs, efficiency_vrs,
        scale_efficiency, scale_class, strongly_efficient, status): efficiency is theta or
        1 / phi, in (0, 1]; expansion is phi under output orientation; scale_efficiency is crs over
        vrs; scale_class is constant, increasing or decreasing returns. ``slacks`` (unit, role,
        variable, observed, radial, slack, target) and ``peers`` (unit, peer, weight), both after
        the second stage
    Raises : InputError, see ``observations``; ComputationError where numba or highspy is missing
    Limits : the sum of slacks, and so slacks and peers, depend on units of measurement, and may not
        be unique; scores do not. Scores are relative to the best of the sample and compare with no
        other sample. Noise counts as inefficiency. The scale class belongs to the projection in the
        chosen orientation
    Source : Charnes, Cooper and Rhodes (1978), doi:10.1016/0377-2217(78)90138-8; Banker, Charnes
        and Cooper (1984), doi:10.1287/mnsc.30.9.1078; scale class: Färe, Grosskopf and Lovell
        (1985), The Measurement of Efficiency of Production
    """
    check_choice(returns, RETURNS, RETURNS_NAME)
    check_choice(orientation, ORIENTATIONS, ORIENTATION_NAME)
    data = observations(inputs, outputs)
    scored = {kind: own_scores(data, kind, orientation) for kind in {returns, "crs", "vrs", "nirs"}}
    chosen = scored[returns]
    slack_inputs, slack_outputs, weights, slack_status = _slack_stage(
        data, chosen, returns, orientation
    )
    targets = _targets(data, chosen.scores, orientation, slack_inputs, slack_outputs)
    crs, vrs = scored["crs"].scores, scored["vrs"].scores
    columns = {
        "efficiency": chosen.scores,
        "expansion": 1 / chosen.scores if orientation == "output" else np.nan,
        "efficiency_crs": crs,
        "efficiency_vrs": vrs,
        "scale_efficiency": crs / vrs,
        "scale_class": _scale_class(crs, vrs, scored["nirs"].scores),
        "strongly_efficient": (chosen.scores == 1)
        & _without_slack(data, slack_inputs, slack_outputs),
    }
    return EfficiencyResult(
        tables={
            "efficiency": efficiency_table(data, columns, chosen.status),
            "slacks": targets,
            "peers": peers_table(data, weights),
        },
        units=dict.fromkeys(("efficiency", "expansion", "scale_efficiency", "weight"), "ratio"),
        parameters={
            "method": "dea",
            "returns": returns,
            "orientation": orientation,
            "inputs": list(data.input_names),
            "outputs": list(data.output_names),
        },
        inputs=tuple(records),
        warnings=(
            *data.warnings,
            *unsolved_warning(data, chosen.status, EFFICIENCY_NAME),
            *unsolved_warning(data, slack_status, Text("松弛量", "slacks")),
        ),
    )


def super_efficiency(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    returns: str = "crs",
    orientation: str = "input",
    records: Iterable[InputRecord] = (),
) -> EfficiencyResult:
    r"""Radial efficiency of every unit against all others, itself left out.

    .. math:: \min \theta \ \text{so that}\ \sum_{j \ne o} \lambda_j x_j \le \theta x_o,\
        \sum_{j \ne o} \lambda_j y_j \ge y_o

    and :math:`1 / \phi` under output orientation. Inefficient units keep their score; an efficient
    unit scores how far it could fall back and still be efficient.

    inputs, outputs, returns, orientation : as for ``dea``
    Returns : ``efficiency`` (unit, efficiency, super_efficiency, status) and ``peers``
    Raises : InputError, see ``observations``; ComputationError where numba or highspy is missing
    Limits : infeasible where the others cannot reach the unit (often under vrs, and where only the
        unit has some output); such units have no super_efficiency and are named in a warning. A
        unit with an exact duplicate scores 1. High values mark outliers as well as leaders
    Source : Andersen and Petersen (1993), doi:10.1287/mnsc.39.10.1261
    """
    check_choice(returns, RETURNS, RETURNS_NAME)
    check_choice(orientation, ORIENTATIONS, ORIENTATION_NAME)
    data = observations(inputs, outputs)
    own = own_scores(data, returns, orientation)
    arrays = data.inputs, data.outputs
    left_out = radial_efficiency(*arrays, *arrays, returns, orientation, exclude_self=True)
    columns = {"efficiency": own.scores, "super_efficiency": left_out.scores}
    return EfficiencyResult(
        tables={
            "efficiency": efficiency_table(data, columns, left_out.status),
            "peers": peers_table(data, left_out.weights),
        },
        units=dict.fromkeys(("efficiency", "super_efficiency", "weight"), "ratio"),
        parameters={
            "method": "super-efficiency",
            "returns": returns,
            "orientation": orientation,
            "inputs": list(data.input_names),
            "outputs": list(data.output_names),
        },
        inputs=tuple(records),
        warnings=(
            *data.warnings,
            *unsolved_warning(data, left_out.status, Text("超效率值", "a super-efficiency")),
        ),
    )


def own_scores(data: Observations, returns: str, orientation: str) -> RadialScores:
    """Return the radial scores of all units against themselves."""
    arrays = data.inputs, data.outputs
    return radial_efficiency(*arrays, *arrays, returns, orientation)


def _slack_stage(
    data: Observations, scored: RadialScores, returns: str, orientation: str
) -> tuple[Array, Array, csr_array, Statuses]:
    """Maximise the sum of slacks at each radial projection; slacks, weights and status."""
    points = np.hstack([data.inputs, -data.outputs])
    kept = non_dominated(points)
    frontier = kept[(scored.scores[kept] == 1) | (scored.status[kept] != OPTIMAL)]
    size = sizes(points, 0)
    rows, inequality, scale = returns_row(len(frontier), returns)
    columns = np.vstack([(points[frontier] / size).T, rows])
    unit_size = sizes(columns, 0)
    # the sum of slacks is that of the point less that of its peers
    cost = -points[frontier].sum(axis=1) / unit_size
    count, variables = points.shape
    equation = np.append(np.zeros(variables, dtype=bool), ~inequality)
    model = WarmModel(
        Program(
            columns / unit_size,
            cost / sizes(cost[None], 1),
            np.where(equation, 0.0, -np.inf),
            np.zeros(len(columns)),
            np.zeros(len(frontier)),
        )
    )
    tail = np.broadcast_to(scale, (count, len(scale)))
    points = np.hstack([_projections(data, scored.scores, orientation) / size, tail])
    point_size = sizes(points, 1)
    slacks = np.full((count, variables), np.nan)
    weights = np.zeros((count, len(frontier)))
    status = scored.status.copy()
    for unit in np.flatnonzero(scored.status == OPTIMAL):
        upper = points[unit] / point_size[unit]
        # rounding may have put the projection just outside the frontier
        for room in (0.0, _ROUNDING):
            raised = np.where(equation, upper, upper + room)
            model.change_rows(np.where(equation, upper, -np.inf), raised)
            optimum = model.solve()
            if optimum.status == OPTIMAL:
                break
        status[unit] = optimum.status
        if optimum.status == OPTIMAL:
            weights[unit] = optimum.values * point_size[unit] / unit_size
            slacks[unit] = (points[unit] - columns @ weights[unit])[:variables]
    slacks[np.abs(slacks) <= _NO_SLACK * point_size[:, None]] = 0.0
    slacks = np.maximum(slacks, 0.0) * size
    split = data.inputs.shape[1]
    peers = spread(csr_array(weights), frontier, count)
    return slacks[:, :split], slacks[:, split:], peers, status


def _projections(data: Observations, scores: Array, orientation: str) -> Array:
    """Return the radial projection of every unit as (inputs, -outputs)."""
    shrink = scores[:, None] if orientation == "input" else 1.0
    grow = 1 / scores[:, None] if orientation == "output" else 1.0
    return np.hstack([data.inputs * shrink, -data.outputs * grow])


def _targets(
    data: Observations, scores: Array, orientation: str, slack_inputs: Array, slack_outputs: Array
) -> pd.DataFrame:
    projected = _projections(data, scores, orientation)
    split = data.inputs.shape[1]
    reached_inputs, reached_outputs = projected[:, :split], -projected[:, split:]
    return variables_table(
        data,
        (
            (
                "input",
                data.input_names,
                {
                    "observed": data.inputs,
                    "radial": data.inputs - reached_inputs,
                    "slack": slack_inputs,
                    "target": reached_inputs - slack_inputs,
                },
            ),
            (
                "output",
                data.output_names,
                {
                    "observed": data.outputs,
                    "radial": reached_outputs - data.outputs,
                    "slack": slack_outputs,
                    "target": reached_outputs + slack_outputs,
                },
            ),
        ),
    )


def _without_slack(
    data: Observations, slack_inputs: Array, slack_outputs: Array
) -> NDArray[np.bool_]:
    """Return which units have no slack beyond rounding."""
    slacks = np.hstack([slack_inputs, slack_outputs])
    size = np.abs(np.hstack([data.inputs, data.outputs])).max(axis=0)
    return np.asarray((slacks <= _SAME * size).all(axis=1))


def _scale_class(crs: Array, vrs: Array, nirs: Array) -> NDArray[np.object_]:
    """Return constant where crs equals vrs, decreasing where nirs does, else increasing."""
    with np.errstate(invalid="ignore"):
        classes = np.where(
            np.abs(crs - vrs) <= _SAME * vrs,
            "constant",
            np.where(np.abs(nirs - vrs) <= _SAME * vrs, "decreasing", "increasing"),
        ).astype(object)
    classes[np.isnan(crs) | np.isnan(vrs) | np.isnan(nirs)] = None
    return classes
