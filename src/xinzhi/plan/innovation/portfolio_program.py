"""The integer program of a portfolio, with its risk held down by cuts in scenarios."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xinzhi.core import ComputationError, Text
from xinzhi.plan.innovation.mechanisms_luck import Array
from xinzhi.plan.innovation.portfolio_input import Alternatives, PortfolioOptions
from xinzhi.plan.innovation.portfolio_limits import Limit
from xinzhi.plan.innovation.portfolio_risk import loss_scenarios, tail_weights
from xinzhi.plan.innovation.portfolio_solver import Solver, StoppedError

_MOST_CUTS = 2_000
# Of the largest loss: by how much a risk may be above what the program took it for, ten times the
# solver's own tolerance; and the same while portfolios need not be whole yet.
_EXACT, _NEAR = 1e-5, 1e-3
# With a portfolio that is too risky up to so many are cut that are worth nearly as much.
_NEIGHBOURS, _CLOSE = 100, 0.01


@dataclass(frozen=True, eq=False)
class Choice:
    """A portfolio.

    chosen : (alternatives,) 0 or 1; net_value, risk : expected, and the CVaR [money]
    bound : of the aim: no portfolio under the same limits has more of it, as the solver proved
    """

    chosen: Array
    net_value: float
    risk: float
    bound: float


@dataclass(frozen=True, eq=False)
class Program:
    """Alternatives, limits and losses; a cut found for one portfolio holds for all.

    losses : (scenarios, alternatives), zero for those whose risk does not count
    cuts : (alternatives,) mean losses in sets of scenarios; none of them is above the risk
    """

    alternatives: Alternatives
    limits: tuple[Limit, ...]
    losses: Array
    options: PortfolioOptions
    cuts: list[Array] = field(default_factory=list)

    def risk(self, chosen: Array) -> float:
        """Return the conditional value at risk of a portfolio [money]."""
        losses = self.losses @ chosen
        return float(tail_weights(losses, self.options.confidence) @ losses)

    def scale(self) -> float:
        """Return the largest loss or gain of an alternative in a scenario."""
        return float(np.abs(self.losses).max(initial=0.0)) or 1.0


@dataclass(frozen=True)
class Aim:
    """What is maximised: weights of net value and of risk (as a loss), under two more limits.

    relaxing : nothing is maximised, but limits may be broken, and the least sum of that is sought,
        each relative to its size
    """

    net_value: float = 1.0
    risk: float = 0.0
    least_value: float = -np.inf
    most_risk: float = np.inf
    relaxing: bool = False


def portfolio_program(
    alternatives: Alternatives,
    limits: Sequence[Limit],
    options: PortfolioOptions,
    random: np.random.Generator,
) -> Program:
    """Make the program; its first cut is the mean loss, which no risk is below."""
    losses = loss_scenarios(alternatives, options.correlation, options.scenarios, random)
    losses = losses * alternatives.high_risk
    return Program(alternatives, tuple(limits), losses, options, [losses.mean(axis=0)])


def best(program: Program, aim: Aim, limits: Sequence[Limit] | None = None) -> Choice | None:
    r"""Return the best portfolio under the limits, None where there is none.

    .. math:: \max_x\ \sum_i \bar v_i x_i,\qquad \sum_{i\in j}x_i\le1,\quad Ax\le b,\quad
        \frac{1}{(1-\alpha)S}\sum_{k\in T}\ell_k\cdot x\le\tau\ \ \forall\,T,\quad x\in\{0,1\}^n

    The last rows, over all sets T of a share 1 − α of the scenarios, say that the conditional value
    at risk is at most τ: Rockafellar and Uryasev's program without its variables. Only those are
    written that some portfolio broke, first among portfolios that need not be whole.

    limits : instead of those of the program
    Raises : ComputationError where the solver stops before it has proved an optimum
    Source : Künzi-Bay & Mayer (2006), Computational Management Science 3
    """
    model = _Model(program, aim, program.limits if limits is None else tuple(limits))
    try:
        found = model.solver.run(whole=not model.risky)
        while found is not None and model.risky and model.cut(found.columns, _NEAR):
            found = model.solver.run(whole=False)
        if found is not None and model.risky:
            found = model.solver.run(whole=True)
            while found is not None and model.cut(found.columns, _EXACT):
                model.cut_near(found.columns)
                found = model.solver.run(whole=True)
    except StoppedError as stopped:
        raise _too_long(model, stopped) from None
    if found is None:
        return None
    chosen = np.round(found.columns[: model.count])
    worth = float(program.alternatives.net_value() @ chosen)
    return Choice(chosen, worth, program.risk(chosen), -model.unit * found.bound)


class _Model:
    """Columns: the alternatives, the risk over the largest loss, and a slack for every limit."""

    def __init__(self, program: Program, aim: Aim, limits: tuple[Limit, ...]):
        own = program.alternatives.own
        self.program, self.count = program, len(own)
        self.risky = bool(
            aim.risk or np.isfinite(aim.most_risk) or any(one.name == "cvar" for one in limits)
        )
        scale = program.scale()
        slacks = len(limits) if aim.relaxing else 0
        self.width = width = self.count + 1 + slacks
        net = program.alternatives.net_value()
        cost = np.zeros(width)
        if aim.relaxing:
            cost[self.count + 1 :] = 1.0
        else:
            cost[: self.count] = -aim.net_value * net
            cost[self.count] = aim.risk * scale
        self.unit = float(np.abs(cost).max()) or 1.0
        rows, sides = [], []
        for project in range(len(program.alternatives.projects)):
            rows.append(_padded(own == project, width))
            sides.append(1.0)
        for place, limit in enumerate(limits):
            use, side = limit.row()
            row = _padded(use, width)
            row[self.count] = scale if limit.name == "cvar" else 0.0
            if aim.relaxing:
                row[self.count + 1 + place] = -limit.size()
            rows.append(row)
            sides.append(side)
        if np.isfinite(aim.least_value):
            rows.append(_padded(-net, width))
            sides.append(-aim.least_value)
        matrix = np.array(rows)
        largest = np.abs(matrix).max(axis=1)
        largest[largest == 0] = 1.0
        self.matrix, self.sides = matrix / largest[:, np.newaxis], np.array(sides) / largest
        gains = float(np.abs(program.losses).max(axis=0).sum()) / scale
        low, high = np.zeros(width), np.ones(width)
        low[self.count], high[self.count] = -gains, min(gains, aim.most_risk / scale)
        high[self.count + 1 :] = np.inf
        self.most_risk, self.weighed = aim.most_risk, aim.risk > 0
        self.solver = Solver(cost / self.unit, self.matrix, self.sides, low, high, self.count)
        self.solver.limit(program.options.gap, program.options.time_limit)
        if self.risky:
            for cut in program.cuts:
                self._add(cut)

    def _add(self, cut: Array) -> None:
        row = _padded(cut / self.program.scale(), self.width)
        row[self.count] = -1.0
        self.solver.add_row(row)

    def cut(self, columns: Array, room: float) -> bool:
        """Add the worst scenarios of a portfolio whose risk is above its column, if it is."""
        program = self.program
        losses = program.losses @ columns[: self.count]
        weights = tail_weights(losses, program.options.confidence)
        if float(weights @ losses) <= program.scale() * (columns[self.count] + room):
            return False
        if len(program.cuts) >= _MOST_CUTS:
            raise ComputationError(
                Text(
                    f"风险用了 {_MOST_CUTS} 个割平面仍未算准",
                    f"the risk is not exact after {_MOST_CUTS} cuts",
                ),
                remedy=_SMALLER,
            )
        program.cuts.append(weights @ program.losses)
        self._add(program.cuts[-1])
        return True

    def cut_near(self, columns: Array) -> None:
        """Cut more portfolios whose risk is understated: those reached by exchanging alternatives.

        Where many projects are alike the solver would come back with one after the other.
        """
        program, net = self.program, self.program.alternatives.net_value()
        chosen = np.round(columns[: self.count])
        least = float(net @ chosen) - _CLOSE * abs(float(net @ chosen))
        level = columns[self.count] * program.scale() if self.weighed else self.most_risk
        waiting, before = [chosen], len(program.cuts)
        while waiting and len(program.cuts) < before + _NEIGHBOURS:
            near = self._near(waiting.pop(0))
            taken_for = (near @ np.array(program.cuts).T).max(axis=1, initial=-np.inf)
            tried = (near @ net >= least) & (taken_for <= level)
            waiting += [
                one
                for one, risk in zip(near[tried], taken_for[tried], strict=True)
                if self.cut(np.append(one, risk / program.scale()), _EXACT)
            ]

    def _near(self, chosen: Array) -> Array:
        """Return portfolios with one alternative exchanged that keep the rows."""
        own = self.program.alternatives.own
        pairs = np.meshgrid(np.flatnonzero(chosen == 1), np.flatnonzero(chosen == 0))
        out, into = (side.ravel() for side in pairs)
        free = ~np.isin(own[into], own[chosen == 1]) | (own[into] == own[out])
        near = np.repeat(chosen[np.newaxis], int(free.sum()), axis=0)
        rows = np.arange(len(near))
        near[rows, out[free]], near[rows, into[free]] = 0, 1
        kept = (near @ self.matrix[:, : self.count].T <= self.sides + 1e-9).all(axis=1)
        return np.asarray(near[kept])


def _padded(values: Array, width: int) -> Array:
    row = np.zeros(width)
    row[: len(values)] = values
    return row


_SMALLER = Text(
    "减少情景数 scenarios 或项目数，或放宽 gap。",
    "Take fewer scenarios or projects, or a wider gap.",
)


def _too_long(model: _Model, stopped: StoppedError) -> ComputationError:
    """Return the error that says how far the solver came."""
    program = model.program
    reached = Text("还没有找到任何组合", "no portfolio was found yet")
    if stopped.columns is not None:
        chosen = np.round(stopped.columns[: model.count])
        worth = float(program.alternatives.net_value() @ chosen)
        reached = Text(
            f"已找到的组合净值 {worth:,.6g}，与上界的相对差距 {stopped.gap:.2%}",
            f"the best portfolio found has a net value of {worth:,.6g}, with a relative gap of "
            f"{stopped.gap:.2%} to the bound",
        )
    seconds = program.options.time_limit
    return ComputationError(
        Text(
            f"整数规划在 {seconds:g} 秒内没有证明最优",
            f"the integer program was not proved optimal within {seconds:g} seconds",
        ),
        [reached],
        Text(f"加大 time_limit；或{_SMALLER.zh}", f"Raise time_limit. {_SMALLER.en}"),
    )
