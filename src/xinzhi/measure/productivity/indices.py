"""Malmquist and Malmquist–Luenberger indices: productivity over time as ratios."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.measure.productivity.dea import ORIENTATIONS
from xinzhi.measure.productivity.dea_result import ORIENTATION_NAME, RETURNS_NAME
from xinzhi.measure.productivity.index_decompositions import REFERENCES
from xinzhi.measure.productivity.index_tables import (
    INDEX_RETURNS,
    REFERENCE_NAME,
    IndexForm,
    IndicesResult,
    index_result,
)
from xinzhi.measure.productivity.observations import check_choice
from xinzhi.measure.productivity.period_levels import (
    directional_scorer,
    period_panel,
    radial_scorer,
    span_scores,
    without_logarithm,
)

Array = NDArray[np.float64]


def malmquist(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    reference: str = "adjacent",
    returns: str = "crs",
    orientation: str = "output",
    records: Iterable[InputRecord] = (),
) -> IndicesResult:
    r"""Malmquist index of total factor productivity; above one is progress.

    .. math:: M = \Big[\prod_{r} \frac{E^r(t+1)}{E^r(t)}\Big]^{1/R},\qquad
        EC = \frac{E^{t+1}(t+1)}{E^t(t)},\qquad TC = M / EC

    E is the radial efficiency under constant returns against technology r: those of both periods
    (``adjacent``; ``sequential``, where a technology is made of all periods so far), of the two
    periods pooled (``biennial``) or of all periods pooled (``global``). The index itself is always
    that of constant returns, since under variable returns it leaves scale out of productivity;
    ``returns="vrs"`` sets scale apart in two ways that both multiply back to M:

    .. math:: M = PEC \cdot SEC \cdot TC = PEC \cdot PTC \cdot SCH

    the first of Färe, Grosskopf, Norris and Zhang (scale efficiency against each period's own
    technology), the second of Ray and Desli (technical change of the variable-returns frontier).
    With pooled technologies the same formulas hold, TC being best-practice change.

    inputs, outputs : one row a unit and period (a two-level index), >= 0, each row with a positive
        input and a positive output
    reference : adjacent, sequential, biennial or global; returns : crs or vrs
    orientation : input or output; under crs both give the same index
    Returns : ``indices`` (unit, base_period, period, malmquist, efficiency_change,
        technical_change, under vrs pure_efficiency_change, scale_efficiency_change,
        pure_technical_change, scale_change; cumulative, status, reason), ``means`` (geometric, by
        period, over the units whose row is optimal; units is their number), ``distances`` (unit,
        period, technology_from, technology_to, returns, efficiency, status). status is the worst of
        the programs behind a row; what could not be computed is null. cumulative chains from the
        unit's first period and ends at a gap; only the global index is circular
    Raises : InputError, see ``period_panel``; ComputationError where numba or highspy is missing
    Limits : adjacent and sequential cross-period programs can be infeasible under variable returns
        (and with zeros in the data), which leaves pure_technical_change and scale_change null.
        A global index changes when a period is added. Units of a missing period are left out of
        that period's technology
    Source : Caves, Christensen and Diewert (1982), doi:10.2307/1913388; Färe, Grosskopf, Norris
        and Zhang (1994), American Economic Review 84(1), 66-83; Ray and Desli (1997), American
        Economic Review 87(5), 1033-1039; sequential: Tulkens and Vanden Eeckaut (1995),
        doi:10.1016/0377-2217(94)00132-V; global: Pastor and Lovell (2005),
        doi:10.1016/j.econlet.2005.02.013; biennial: Pastor, Asmild and Lovell (2011),
        doi:10.1016/j.seps.2010.09.001
    """
    check_choice(reference, REFERENCES, REFERENCE_NAME)
    check_choice(returns, INDEX_RETURNS, RETURNS_NAME)
    check_choice(orientation, ORIENTATIONS, ORIENTATION_NAME)
    panel = period_panel(inputs, outputs)
    score = radial_scorer(panel, orientation)
    kinds = ("crs", "vrs") if returns == "vrs" else ("crs",)
    scored = {kind: span_scores(panel, reference, kind, score) for kind in kinds}
    form = IndexForm("malmquist", "efficiency", np.log, ratio=True)
    parameters = {
        "method": "malmquist",
        "reference": reference,
        "returns": returns,
        "orientation": orientation,
    }
    return index_result(form, panel, scored, reference, parameters, records)


def malmquist_luenberger(
    inputs: pd.DataFrame,
    outputs: pd.DataFrame,
    undesirable: pd.DataFrame,
    reference: str = "adjacent",
    returns: str = "crs",
    records: Iterable[InputRecord] = (),
) -> IndicesResult:
    r"""Malmquist–Luenberger index: productivity with undesirable outputs; above one is progress.

    .. math:: ML = \Big[\prod_{r} \frac{1 + D^r(t)}{1 + D^r(t+1)}\Big]^{1/R},\qquad
        EC = \frac{1 + D^t(t)}{1 + D^{t+1}(t+1)},\qquad TC = ML / EC

    D is the directional distance with weakly disposable undesirable outputs in the direction of
    the unit's own outputs, up, and its own undesirable outputs, down. Technologies, parts and
    tables are those of ``malmquist``; reference="global" is Oh's global index. With
    ``returns="vrs"`` the variable-returns technology is Kuosmanen's, in which every unit abates by
    a factor of its own.

    inputs, outputs, undesirable : one row a unit and period, >= 0, each row with a positive input
        and a positive output
    Returns : as ``malmquist``, the index in the column malmquist_luenberger and D in the column
        inefficiency of ``distances``
    Raises : InputError, see ``period_panel``, and without undesirable outputs; ComputationError
        where numba or highspy is missing
    Limits : cross-period programs of adjacent and sequential indices are often infeasible, because
        undesirable outputs are not freely disposable; such rows are null and named. A distance of
        -1 or less has no logarithm and counts as infeasible. Weak disposability lets a unit look
        efficient because it pollutes much
    Source : Chung, Färe and Grosskopf (1997), doi:10.1006/jema.1997.0146; Oh (2010),
        doi:10.1007/s11123-010-0178-y; Kuosmanen (2005), doi:10.1111/j.1467-8276.2005.00788.x
    """
    check_choice(reference, REFERENCES, REFERENCE_NAME)
    check_choice(returns, INDEX_RETURNS, RETURNS_NAME)
    if not undesirable.shape[1]:
        raise InputError(
            Text(
                "Malmquist–Luenberger 指数需要非期望产出",
                "a Malmquist–Luenberger index needs undesirable outputs",
            ),
            remedy=Text(
                "给出至少一列非期望产出，或改用 malmquist。",
                "Give at least one undesirable output, or take malmquist.",
            ),
        )
    panel = period_panel(inputs, outputs, undesirable)
    score = directional_scorer(panel.data, "output")
    kinds = ("crs", "vrs") if returns == "vrs" else ("crs",)
    scored = {
        kind: {
            span: without_logarithm(scores)
            for span, scores in span_scores(panel, reference, kind, score).items()
        }
        for kind in kinds
    }
    form = IndexForm("malmquist_luenberger", "inefficiency", _negative_log, ratio=True)
    parameters = {
        "method": "malmquist-luenberger",
        "reference": reference,
        "returns": returns,
        "direction": "output",
    }
    return index_result(form, panel, scored, reference, parameters, records)


def _negative_log(distances: Array) -> Array:
    return np.asarray(-np.log1p(distances))
