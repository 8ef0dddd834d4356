"""Luenberger indicator: productivity over time as differences of directional distances."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from xinzhi.core import InputRecord, Text
from xinzhi.measure.productivity.dea_result import RETURNS_NAME
from xinzhi.measure.productivity.directional import DIRECTIONS
from xinzhi.measure.productivity.index_decompositions import REFERENCES
from xinzhi.measure.productivity.index_tables import (
    INDEX_RETURNS,
    REFERENCE_NAME,
    IndexForm,
    IndicesResult,
    index_result,
)
from xinzhi.measure.productivity.observations import check_choice
from xinzhi.measure.productivity.period_levels import directional_scorer, period_panel, span_scores


def luenberger(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    undesirable: pd.DataFrame | None = None,
    reference: str = "adjacent",
    returns: str = "crs",
    direction: str = "graph",
    records: Iterable[InputRecord] = (),
) -> IndicesResult:
    r"""Luenberger productivity indicator; above zero is progress.

    .. math:: L = \frac1R \sum_r [D^r(t) - D^r(t+1)],\qquad EC = D^t(t) - D^{t+1}(t+1),\qquad
        TC = L - EC

    D is the directional distance to technology r; see ``directional_distance`` for directions and
    undesirable outputs, ``malmquist`` for technologies. Parts add up: L = EC + TC, and with
    ``returns="vrs"`` L = PEC + SEC + TC = PEC + PTC + SCH.

    inputs, outputs, undesirable : one row a unit and period, >= 0, each row with a positive input
        and a positive output
    direction : output, input or graph (both), of the unit's own data; undesirable outputs fall in
        each of them
    Returns : as ``malmquist``, the indicator in the column luenberger, means arithmetic, cumulative
        a sum, and D in the column inefficiency of ``distances``
    Raises : InputError, see ``period_panel``; ComputationError where numba or highspy is missing
    Limits : a difference of shares of the unit's own data in each period, not a growth rate;
        cross-period programs can be infeasible, mostly with undesirable outputs or variable returns
    Source : Chambers, Färe and Grosskopf (1996), doi:10.1111/j.1468-0106.1996.tb00184.x
    """
    check_choice(reference, REFERENCES, REFERENCE_NAME)
    check_choice(returns, INDEX_RETURNS, RETURNS_NAME)
    check_choice(direction, DIRECTIONS, Text("方向", "direction"))
    panel = period_panel(inputs, outputs, undesirable)
    score = directional_scorer(panel.data, direction)
    kinds = ("crs", "vrs") if returns == "vrs" else ("crs",)
    scored = {kind: span_scores(panel, reference, kind, score) for kind in kinds}
    form = IndexForm("luenberger", "inefficiency", np.negative, ratio=False)
    parameters = {
        "method": "luenberger",
        "reference": reference,
        "returns": returns,
        "direction": direction,
    }
    return index_result(form, panel, scored, reference, parameters, records)
