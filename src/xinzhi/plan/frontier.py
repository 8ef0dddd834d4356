"""How much growth a step of security costs: the Pareto points of a transition."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from xinzhi.core import InputError, Language, Result, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.io_table import IOTable
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.frontier_measures import (
    AIMS,
    GROWTH,
    Aim,
    Measure,
    add_measures,
    chosen_aims,
    require,
)
from xinzhi.plan.frontier_points import knee, normalised, pareto
from xinzhi.plan.frontier_solve import (
    AUGMENTATION,
    Candidate,
    FrontierModel,
    Grid,
    grid_of,
    inside,
    payoff,
)
from xinzhi.plan.frontier_tables import (
    changes_table,
    limits_table,
    payoff_table,
    plans_table,
    points_table,
    rates_table,
)
from xinzhi.plan.structured_case import structured
from xinzhi.plan.transition_checks import checks_table
from xinzhi.plan.transition_solve import transition_model
from xinzhi.plan.transition_tables import Amounts, names_table


@dataclass(frozen=True)
class FrontierResult(Result):
    """Tables: points, payoff, changes, plans, rates, binding, names.

    points : a row for every Pareto point, from the best of the first aim on
    payoff : the best of each aim, and of the others then
    changes : capacity at the horizon at the ends and at the knee
    plans : capacity and output at the horizon at every point, and first differences
    rates : what each step along the curve costs, with words
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``frontier`` (default) or ``changes``."""
        from xinzhi.plan.frontier_plots import draw

        return draw(self, kind or "frontier", lang)


def frontier(
    case: TransitionCase,
    *,
    table: IOTable | None = None,
    objectives: Sequence[str] = AIMS,
    points: int = 21,
    account: str = "emissions",
    losses: Mapping[str, float] | None = None,
    build_before_retire: bool = True,
) -> FrontierResult:
    r"""Trace which plans cannot be bettered in one aim without loss in another.

    With V discounted value added and K discounted cost, m imports, m_0 those of the base year, w
    the weights of ``[[exposure]]``, T the years computed, ε an account's amount per output (or
    capacity) and L a loss,

    .. math:: \text{growth} = V - K, \quad
              \text{security} = \frac1T \sum_t \frac{\sum_i w_i m_{it}}{\sum_i w_i m_{i0}}
              \;\text{ or }\; \frac1T \sum_t \sum_i L_i \frac{m_{it}}{m_{i0}}, \quad
              \text{emissions} = \sum_t \sum_k \varepsilon_k y_{kt};

    growth is to be high, exposure and emissions low. Security is an exposure: 1 is that of the base
    year. Points are solutions of the augmented epsilon-constraint method between the lexicographic
    optima of the payoff table, see ``inside``; every solution of it is efficient. The knee is the
    point farthest before the line (plane) through the ends, in aims normalised to the ends.

    case : as ``load_case`` returns it
    table : an input–output table whose structure replaces the case's, as in ``transition``
    objectives : two or three of ``growth``, ``security``, ``emissions``
    points : bounds that are tried, at least 2, ends included; with three aims a square grid with
        the root of it, rounded up, on each side
    account : id of the account that emissions are
    losses : product → loss of value added in an event that cuts its imports, at the imports of the
        base year and in the case's money, such as the total of ``shock``: security is then the
        loss expected if one such event of each product came every year
    Returns : tables ``points``, ``payoff``, ``changes``, ``plans``, ``rates``, ``binding`` and
        ``names``
    Raises : InputError for objectives that are unknown, fewer than two or without figures in the
        case, for points below 2, and for losses of a product that is not imported; errors of
        ``transition``
    Limits : bounds are even in the aims, so points are not evenly far apart along the curve, and
        the knee is one of them. A loss grows with imports in proportion. With whole projects points
        are efficient to the solver's gap (1e-6). With three aims a step is that along the edge on
        which the third is free. All years that are computed count, the tail included.
    Source : Mavrotas (2009), Applied Mathematics and Computation 213; Das (1999), Structural
        Optimization 18
    """
    aims = chosen_aims(objectives)
    if points < 2:
        raise InputError(
            Text(f"points {points}：至少 2 个点", f"points {points}: at least 2 are needed")
        )
    given = structured(case, table)
    case = given.case
    model = transition_model(case, GROWTH, build_before_retire)
    measures = add_measures(model.made, account, losses)
    require(case, measures, aims, account)
    front = FrontierModel(model, measures, aims)
    ends = payoff(front)
    grid = grid_of(front, ends, points)
    found = [*ends, *(inside(front, ends, grid) if grid.ranges[1:].any() else [])]
    signs = np.array([measures[aim].sign for aim in aims])
    corners = np.array([end.values for end in ends])
    losses_of = normalised(np.array([one.values for one in found]), corners, signs)
    kept = pareto(losses_of)
    order = sorted(kept.places, key=lambda place: tuple(losses_of[place]))
    chosen, losses_of = [found[place] for place in order], losses_of[order]
    top, distance = knee(losses_of, normalised(corners, corners, signs))
    gap = max(
        checks_table(model.made, Amounts(model.made, one.solution.columns), build_before_retire)[
            "largest_gap"
        ].max()
        for one in chosen
    )
    end_points = [_point_of(end, chosen, losses_of, corners, signs) for end in ends]
    plans, binding = plans_table(front, chosen), limits_table(front, chosen)
    others: dict[str, int | None] = dict(zip(aims, end_points, strict=True))
    others["knee"] = None if top is None else top + 1
    tables = {
        "points": points_table(front, chosen, distance, top, binding),
        "payoff": payoff_table(front, ends, end_points),
        "changes": changes_table(plans, 1, others),
        "plans": plans,
        "rates": rates_table(
            front, _lines(front, chosen, end_points), np.array([one.values for one in chosen])
        ),
        "binding": binding,
        "names": names_table(model.made),
    }
    return FrontierResult(
        tables=tables,
        units=_units(case, measures, aims),
        parameters={
            "case": case.id,
            "structure": given.structure,
            "objectives": list(aims),
            "points": points,
            "account": account,
            "losses": None if losses is None else dict(losses),
            "build_before_retire": build_before_retire,
            "augmentation": AUGMENTATION,
            "ranges": dict(zip(aims, map(float, grid.ranges), strict=True)),
            **front.counts,
            "duplicates": kept.duplicates,
            "dominated": kept.dominated,
            "largest_gap": float(gap),
        },
        inputs=given.inputs,
        warnings=(*_warnings(front, grid, top, len(chosen)), *given.warnings),
    )


def _point_of(
    end: Candidate, chosen: Sequence[Candidate], losses: Array, corners: Array, signs: Array
) -> int | None:
    """Return the point (from 1) that an end is, or is a duplicate of."""
    own = normalised(end.values[np.newaxis], corners, signs)
    near = np.abs(losses - own).max(axis=1)
    place = int(np.argmin(near))
    return place + 1 if chosen[place] is end or near[place] <= 1e-6 else None


def _lines(
    front: FrontierModel, chosen: Sequence[Candidate], end_points: Sequence[int | None]
) -> dict[Aim, list[int]]:
    """Return the points (from 0) along which only one aim is bounded, for each such aim."""
    lines: dict[Aim, list[int]] = {}
    start = end_points[0]
    for axis, aim in enumerate(front.aims[1:]):
        column = front.aims.index(aim)
        own = {
            place
            for place, one in enumerate(chosen)
            if one.place is not None
            and all(step == 0 for k, step in enumerate(one.place) if k != axis)
        }
        if start is not None:
            own.add(start - 1)
        end = end_points[column]
        if end is not None:
            own.add(end - 1)
        sign = front.measures[aim].sign
        lines[aim] = sorted(own, key=lambda place: sign * chosen[place].values[column])
    return lines


def _units(
    case: TransitionCase, measures: Mapping[Aim, Measure], aims: Sequence[Aim]
) -> dict[str, str]:
    units: dict[str, str] = {aim: measure.unit for aim, measure in measures.items()}
    units |= {"year": "year", "distance": "ratio"}
    units |= {"capacity": case.money, "output": case.money, "change": case.money}
    units |= {"rates.cost": measures[aims[0]].unit, "rates.gain": "unspecified"}
    return units | {"substitution_rate": "unspecified"}


def _warnings(front: FrontierModel, grid: Grid, top: int | None, count: int) -> list[Text]:
    found = []
    for aim, own in zip(front.aims, grid.ranges, strict=True):
        if not own:
            title = front.measures[aim].title
            found.append(
                Text(
                    f"{title.zh}与其他目标没有冲突：各端点的数值相同。",
                    f"There is no conflict over {title.en}: it is the same at every end.",
                )
            )
    if top is None and count > 2:
        found.append(
            Text(
                "曲线没有拐点：没有一点明显位于端点连线之前。",
                "The frontier has no knee: no point lies clearly before the chord of its ends.",
            )
        )
    if front.model.highs.getLp().integrality_:
        found.append(
            Text(
                "案例含整体项目：各点的有效性以求解器的间隙（1e-6）为限，点与点之间可能还有其他方案。",
                "The case has whole projects: points are efficient to the solver's gap (1e-6), and "
                "there may be others between them.",
            )
        )
    return found
