"""Why a case has no plan: limits that contradict each other, and the smallest way out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import ComputationError, Text
from xinzhi.data.units import find_unit
from xinzhi.plan.case_arrays import Array
from xinzhi.plan.limit_words import limit_sizes, limit_statement, limit_title, limit_unit
from xinzhi.plan.program import Family
from xinzhi.plan.transition_solve import MANY_COLUMNS, TransitionModel, new_highs, unanswered

_ZERO = 1e-7  # of a relative relaxation
_PRICED = 1e-9  # a dual, in scaled units


class LimitRow(NamedTuple):
    """A row of a family of limits, by its place in the family."""

    family: Family
    place: int


class Conflict(NamedTuple):
    """Why there is no plan.

    rows : limits that cannot hold together, though all but any one of them could
    relaxed : limits to relax so that a plan exists, and by how much (in their unit): the smallest
        sum of relaxations, each relative to its limit
    """

    rows: tuple[LimitRow, ...]
    relaxed: tuple[tuple[LimitRow, float], ...]


class _Elastic:
    """The program with a slack on every limit, to be priced or shut."""

    def __init__(self, model: TransitionModel):
        self.program = model.made.program
        families = [f for f in self.program.families.values() if f.limit]
        self.rows = [LimitRow(f, place) for f in families for place in range(len(f.rhs))]
        self.sizes = np.concatenate([limit_sizes(model.made, f) for f in families])
        self.highs: Any = new_highs()
        self.highs.passModel(model.highs.getLp())
        columns = self.highs.getNumCol()
        everything = np.arange(columns, dtype=np.int32)
        self.highs.changeColsCost(columns, everything, np.zeros(columns))
        for place, block in enumerate(self.program.blocks.values()):
            if block.whole:  # the reason is sought among continuous plans
                self._relax(place)
        # costs are negative: HiGHS maximises, as the model did
        self.first = columns
        signs = np.array([-1.0 if family.sense == "<=" else 1.0 for family, _ in self.rows])
        rows = np.array([family.start + place for family, place in self.rows], dtype=np.int32)
        count = len(rows)
        self.highs.addCols(
            count,
            np.full(count, -1.0),
            np.zeros(count),
            np.full(count, np.inf),
            count,
            np.arange(count, dtype=np.int32),
            rows,
            signs * self.sizes / self.program.row_scale[rows],
        )
        if self.highs.getNumCol() >= MANY_COLUMNS:
            self.highs.setOptionValue("solver", "ipm")

    def _relax(self, place: int) -> None:
        kind = type(self.highs.getLp().integrality_[0])
        block = [*self.program.blocks.values()][place]
        columns = block.at.ravel().astype(np.int32)
        kinds = np.array([int(kind.kContinuous)] * len(columns), dtype=np.uint8)
        self.highs.changeColsIntegrality(len(columns), columns, kinds)

    def price(self, costs: Array) -> None:
        columns = self.first + np.arange(len(costs), dtype=np.int32)
        self.highs.changeColsCost(len(costs), columns.astype(np.int32), -costs)

    def solve(self) -> tuple[Array, Array]:
        """Return (limits,) slacks relative to their sizes and duals of the limits' rows.

        With every limit relaxed a plan always exists: all may be imported.
        """
        self.highs.run()
        self.highs.setOptionValue("solver", "choose")  # later ones start from the last basis
        status = self.highs.modelStatusToString(self.highs.getModelStatus())
        if status != "Optimal":
            raise unanswered(status)
        answer = self.highs.getSolution()
        duals = np.array(answer.row_dual)
        return (
            np.array(answer.col_value)[self.first :],
            np.array([duals[f.start + place] for f, place in self.rows]),
        )


def conflict(model: TransitionModel) -> Conflict | None:
    """Return why a model is infeasible; None where its continuous form has a plan.

    The smallest relaxation is a linear program: every limit gets a slack that costs one over its
    own size. Limits with a dual in it are a conflict already; each is then left out in turn, and
    stays out if the others still conflict (deletion filter), so that the set is irreducible; with
    it go those that have no dual then (sensitivity filter), so that few solutions are needed.
    Source : Chinneck (2008), Feasibility and Infeasibility in Optimization
    """
    elastic = _Elastic(model)
    slack, duals = elastic.solve()
    if slack.sum() <= _ZERO:
        return None
    relaxed = tuple(
        (elastic.rows[k], float(slack[k] * elastic.sizes[k])) for k in np.flatnonzero(slack > _ZERO)
    )
    kept: NDArray[np.bool_] = (np.abs(duals) > _PRICED) | (slack > _ZERO)
    for candidate in np.flatnonzero(kept):
        if not kept[candidate]:
            continue
        kept[candidate] = False
        elastic.price(kept.astype(float))
        remaining, duals = elastic.solve()
        if remaining[kept].sum() <= _ZERO:
            kept[candidate] = True
        else:
            kept &= (np.abs(duals) > _PRICED) | (remaining > _ZERO)
    return Conflict(tuple(elastic.rows[k] for k in np.flatnonzero(kept)), relaxed)


def infeasible(model: TransitionModel) -> ComputationError:
    """Return the error that names the limits in conflict and the smallest relaxation."""
    found = conflict(model)
    made = model.made
    if found is None:
        return ComputationError(
            Text(
                "没有可行的计划：连续的计划存在，但整体项目（unit_size）凑不出来",
                "no plan exists: a continuous one does, but whole projects (unit_size) do not fit",
            ),
            remedy=Text(
                "减小 unit_size，或放松同一部门的限制。",
                "Make unit_size smaller, or relax the limits of the same sectors.",
            ),
        )
    details = [limit_statement(made, *row) for row in found.rows]
    details.append(
        Text(
            "最小的放松（各限制的相对放松之和最小）：",
            "the smallest relaxation (least sum of relaxations relative to each limit):",
        )
    )
    for (family, place), amount in found.relaxed:
        title, unit = limit_title(made, family, place), find_unit(limit_unit(made, family, place))
        looser = Text("提高", "raise") if family.sense == "<=" else Text("降低", "lower")
        share = amount / limit_sizes(made, family)[place]
        details.append(
            Text(
                f"{title.zh}：{looser.zh} {amount:,.4g} {unit.title.zh}（{share:.2%}）",
                f"{title.en}: {looser.en} by {amount:,.4g} {unit.title.en} ({share:.2%})",
            )
        )
    return ComputationError(
        Text(
            f"没有可行的计划：这 {len(found.rows)} 项限制不能同时成立，去掉任何一项即可",
            f"no plan exists: these {len(found.rows)} limits cannot hold together, "
            "though they could without any one of them",
        ),
        details,
        Text(
            "放松其中一项后重试；上列放松足以使整个案例有解。",
            "Relax one of them and try again; the relaxation above is enough for the whole case.",
        ),
    )
