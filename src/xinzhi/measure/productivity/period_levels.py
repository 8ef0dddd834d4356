"""Levels of every unit and period against the technologies that an index over time needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.measure.productivity.directional import directional_steps
from xinzhi.measure.productivity.index_decompositions import Span, compared_spans, own_spans
from xinzhi.measure.productivity.kernel import (
    INFEASIBLE,
    ON_FRONTIER,
    OPTIMAL,
    radial_efficiency,
)
from xinzhi.measure.productivity.observations import Observations, observations

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Statuses = NDArray[np.int8]
Scorer = Callable[[Positions, Positions, str], tuple[Array, Statuses]]

MISSING = np.int8(-1)


@dataclass(frozen=True)
class PeriodPanel:
    """Observations of units over periods.

    units, periods : labels, periods in rising order
    rows : (units, periods), the row of each observation, -1 where the unit misses the period
    """

    data: Observations
    units: pd.Index
    periods: pd.Index
    rows: NDArray[np.intp]

    def within(self, periods: range) -> Positions:
        """Return the rows of all observations of some periods."""
        rows = self.rows[:, periods].T.ravel()
        return rows[rows >= 0]


@dataclass(frozen=True)
class SpanScores:
    """Scores of the periods that a technology is used for; both (units, periods).

    scores : efficiencies or distances, nan unless optimal; status : positions in STATUSES, MISSING
        where the unit has no observation or the period is not needed
    """

    scores: Array
    status: Statuses


def period_panel(
    inputs: pd.DataFrame, outputs: pd.DataFrame, undesirable: pd.DataFrame | None = None
) -> PeriodPanel:
    """Check labelled data of units over time.

    inputs, outputs, undesirable : one row a unit and period, the index naming both
    Raises : InputError as ``observations`` does; without periods; for fewer than two periods; for
        no unit in two neighbouring periods
    """
    if not isinstance(inputs.index, pd.MultiIndex):
        raise InputError(
            Text(
                "指数需要时期，投入表的行标签只有单元",
                "an index needs periods; the rows of the inputs name units only",
            ),
            remedy=Text(
                "行标签应为单元和时期，例如 frame.set_index([单元, 时期])。",
                'Label rows by unit and period, as frame.set_index(["unit", "period"]) does.',
            ),
        )
    data = observations(inputs, outputs, undesirable)
    units = pd.Index(data.labels["unit"].unique())
    periods = pd.Index(data.labels["period"].unique()).sort_values()
    rows = np.full((len(units), len(periods)), -1)
    places = (
        units.get_indexer(data.labels["unit"]),
        periods.get_indexer(data.labels["period"]),
    )
    rows[places] = np.arange(len(data.labels))
    if not ((rows[:, 1:] >= 0) & (rows[:, :-1] >= 0)).any():
        raise InputError(
            Text(
                f"没有一个单元在相邻两期都有数据（共 {len(periods)} 期）",
                f"no unit is observed in two neighbouring periods (there are {len(periods)})",
            ),
            remedy=Text("至少给出两期的数据。", "Give data of at least two periods."),
        )
    return PeriodPanel(data, units, periods, rows)


def span_scores(
    panel: PeriodPanel, reference: str, returns: str, score: Scorer
) -> dict[Span, SpanScores]:
    """Score all units against every technology that an index of this reference needs.

    score : evaluated rows, reference rows, returns → scores and status
    """
    count = len(panel.periods)
    needed: dict[Span, set[int]] = {}
    for t, span in enumerate(own_spans(reference, count)):
        needed.setdefault(span, set()).add(t)
    for t, spans in enumerate(compared_spans(reference, count)):
        for span in spans:
            needed.setdefault(span, set()).update((t, t + 1))
    found = {}
    for span, periods in needed.items():
        chosen = sorted(periods)
        rows = panel.rows[:, chosen]
        scores = np.full(panel.rows.shape, np.nan)
        status = np.full(panel.rows.shape, MISSING)
        there = rows >= 0
        technology = panel.within(range(span[0], span[1] + 1))
        values, codes = score(np.sort(rows[there]), np.sort(technology), returns)
        order = np.searchsorted(np.sort(rows[there]), rows[there])
        held = np.zeros(panel.rows.shape, dtype=bool)
        held[:, chosen] = there
        scores[held], status[held] = values[order], codes[order]
        found[span] = SpanScores(scores, status)
    return found


def radial_scorer(panel: PeriodPanel, orientation: str) -> Scorer:
    """Return how rows of the panel are scored radially against other rows.

    Units that are inefficient in their own period bound no technology that holds the whole period,
    so they are left out of every reference.
    """
    data = panel.data

    @cache
    def efficient(returns: str) -> NDArray[np.bool_]:
        found = np.zeros(len(data.inputs), dtype=bool)
        for period in range(len(panel.periods)):
            rows = panel.within(range(period, period + 1))
            own = data.inputs[rows], data.outputs[rows]
            scored = radial_efficiency(*own, *own, returns, orientation)
            found[rows] = (scored.scores >= 1) | (scored.status != OPTIMAL)
        return found

    def score(rows: Positions, reference: Positions, returns: str) -> tuple[Array, Statuses]:
        best = reference[efficient(returns)[reference]]
        scored = radial_efficiency(
            data.inputs[rows],
            data.outputs[rows],
            data.inputs[best],
            data.outputs[best],
            returns,
            orientation,
        )
        return scored.scores, scored.status

    return score


def directional_scorer(data: Observations, direction: str) -> Scorer:
    """Return how rows of the data are scored by the directional distance to other rows.

    The direction is the unit's own data, as in ``directional_distance``.
    """
    own = data.inputs, data.outputs, data.undesirable
    moved = (
        data.inputs * (direction != "output"),
        data.outputs * (direction != "input"),
        data.undesirable,
    )

    def score(rows: Positions, reference: Positions, returns: str) -> tuple[Array, Statuses]:
        solved = directional_steps(
            _taken(own, rows), _taken(own, reference), _taken(moved, rows), returns
        )
        return np.where(np.abs(solved.steps) <= ON_FRONTIER, 0.0, solved.steps), solved.status

    return score


def _taken(arrays: tuple[Array, Array, Array], rows: Positions) -> tuple[Array, Array, Array]:
    first, second, third = arrays
    return first[rows], second[rows], third[rows]


def without_logarithm(scores: SpanScores) -> SpanScores:
    r"""Take distances of -1 or less, whose :math:`\ln(1+\beta)` does not exist, as infeasible."""
    gone = scores.scores <= -1
    return SpanScores(
        np.where(gone, np.nan, scores.scores),
        np.where(gone, np.int8(INFEASIBLE), scores.status),
    )
