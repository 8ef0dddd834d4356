"""The stock-flow recursion: heads of every cell year by year, and every flow between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from xinzhi.plan.talent.supply import HIRING, IN_MIGRATION, Pipeline
from xinzhi.plan.talent.system import OUT_MIGRATION, RETIREMENT, WASTAGE, Array, TalentSystem

FLOWS = (
    *("hiring", "in_migration", "graduates", "promotion_in", "promotion_out"),
    *("demotion_in", "demotion_out", "retirement", "out_migration", "wastage"),
)
DIRECTION = {
    **dict.fromkeys(("hiring", "in_migration", "graduates", "promotion_in", "demotion_in"), 1),
    **dict.fromkeys(("promotion_out", "demotion_out", "retirement"), -1),
    **dict.fromkeys(("out_migration", "wastage"), -1),
}


@dataclass(frozen=True, eq=False)
class Interventions:
    """What a plan adds to what happens anyway, by year after the base year.

    hiring, in_migration : (T, F, G, A) further people who enter, at the age they then have
    retained : (T, F, G, A) people kept who would have moved out, at the age before
    intakes : (pipelines, T) further intakes
    """

    hiring: Array
    in_migration: Array
    retained: Array
    intakes: Array

    @classmethod
    def none(cls, system: TalentSystem, pipelines: int, years: int) -> Interventions:
        """Return no intervention."""
        zero = np.zeros((years, *system.heads.shape))
        return cls(zero, zero, zero, np.zeros((pipelines, years)))


@dataclass(frozen=True, eq=False)
class Projection:
    """Heads at the end of each year and the flows of each year.

    heads : (T + 1, F, G, A), the base year first
    flows : name → (T, F, G) [persons a year]; ``DIRECTION`` says which add and which take away
    leavers : (T, F, G, A) who would move out but for retention, at the age before
    schools : name of a pipeline → its path
    """

    heads: Array
    flows: dict[str, Array]
    leavers: Array
    schools: dict[str, dict[str, Array]] = field(default_factory=dict)

    @property
    def grades(self) -> Array:
        """Return (T + 1, F, G) heads over all ages."""
        return np.asarray(self.heads.sum(axis=3))


def project(
    system: TalentSystem,
    inflow: Array,
    pipelines: Sequence[Pipeline],
    years: int,
    interventions: Interventions | None = None,
) -> Projection:
    r"""Project heads by field, grade and age.

    .. math:: n_{t+1}(h,a+1) = \sum_g n_t(g,a)\,P_a(g,h) + u_{t+1}(h,a+1) + r_{t+1}(h,a)

    n : heads at a year's end; P : moves; u : hiring, in-migration and graduates, counted at the end
    of the year; r : those retained, who stay in their grade. Nothing is lost: the change of every
    field and grade is the sum of its flows with their direction.
    """
    extra = interventions or Interventions.none(system, len(pipelines), years)
    F, G, A = system.heads.shape
    shape = (years, F, G)
    schools, entrants = {}, np.zeros((years, F, G, A))
    for one, further in zip(pipelines, extra.intakes, strict=True):
        path = one.path(one.intake + further)
        schools[one.name] = path
        entrants[(slice(None), *one.place)] += path["entering"]
    hired = inflow[HIRING] + extra.hiring
    moved_in = inflow[IN_MIGRATION] + extra.in_migration
    heads = np.empty((years + 1, F, G, A))
    heads[0] = system.heads
    left = {name: np.empty(shape) for name in ("retirement", "wastage")}
    leavers = np.empty((years, F, G, A))
    between = np.empty((years, F, G, G))
    for t in range(years):
        now = heads[t]
        leavers[t] = now * system.exits[..., OUT_MIGRATION]
        left["retirement"][t] = (now * system.exits[..., RETIREMENT]).sum(axis=2)
        left["wastage"][t] = (now * system.exits[..., WASTAGE]).sum(axis=2)
        between[t] = np.einsum("fga,fgah->fgh", now, system.moves, optimize=True)
        kept = extra.retained[t]
        if system.aged:
            kept = np.concatenate([np.zeros((F, G, 1)), kept[:, :, :-1]], axis=2)
        heads[t + 1] = system.survivors(now) + hired[t] + moved_in[t] + entrants[t] + kept
    rising = np.triu(np.ones((G, G)), 1)
    flows = {
        "hiring": hired.sum(axis=3),
        "in_migration": moved_in.sum(axis=3),
        "graduates": entrants.sum(axis=3),
        "promotion_in": np.einsum("tfgh,gh->tfh", between, rising),
        "promotion_out": np.einsum("tfgh,gh->tfg", between, rising),
        "demotion_in": np.einsum("tfgh,hg->tfh", between, rising),
        "demotion_out": np.einsum("tfgh,hg->tfg", between, rising),
        "retirement": left["retirement"],
        "out_migration": (leavers - extra.retained).sum(axis=3),
        "wastage": left["wastage"],
    }
    flows = {name: np.array(np.broadcast_to(flows[name], shape)) for name in FLOWS}
    return Projection(heads, flows, leavers, schools)


def responses(system: TalentSystem, years: int) -> Array:
    r"""Return (years + 1, F, G, A, G) what one head in a cell is later, by grade.

    .. math:: B_0(g,a,h) = [g=h],\qquad B_{k+1}(g,a,h) = \sum_j P_a(g,j)\,B_k(j,a+1,h)

    Source : backward recursion of the same P as ``project``, so that effects of a plan are linear
    """
    F, G, A = system.heads.shape
    found = np.zeros((years + 1, F, G, A, G))
    found[0, :, np.arange(G), :, np.arange(G)] = 1.0
    for k in range(years):
        ahead = found[k]
        if system.aged:
            ahead = np.concatenate([ahead[:, :, 1:], np.zeros((F, G, 1, G))], axis=2)
        found[k + 1] = np.einsum("fgaj,fjah->fgah", system.moves, ahead, optimize=True)
    return found


def stationary(system: TalentSystem, inflow: Array, pipelines: Sequence[Pipeline]) -> Array:
    """Return (F, G) heads to which the yearly inflow leads; NaN where people never leave.

    With ages this is one pass from the youngest to the oldest; without, one solve a field.
    """
    entering = inflow.sum(axis=0)
    for one in pipelines:
        entering[one.place] += one.intake * one.entering
    F, G, A = entering.shape
    if not system.aged:
        closed = np.full((F, G), np.nan)
        for f in range(F):
            open_ = np.eye(G) - system.moves[f, :, 0]
            if np.linalg.cond(open_) < 1e12:
                closed[f] = np.linalg.solve(open_.T, entering[f, :, 0])
        return closed
    at = entering[:, :, 0]
    total = at.copy()
    for a in range(A - 1):
        at = np.einsum("fg,fgh->fh", at, system.moves[:, :, a]) + entering[:, :, a + 1]
        total += at
    return np.asarray(total)
