"""The funnel from angel money to listing: stages, gaps and crowding-in as tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.finance import funnel_tables as make
from xinzhi.plan.finance.funnel_crowding import check_public, crowding_table
from xinzhi.plan.finance.funnel_gap import demand_of, gap_table, stages_of, supply_of
from xinzhi.plan.finance.funnel_process import StageEstimates, estimate_stages, flows
from xinzhi.plan.finance.funnel_spells import Spells, spells_of

Array = NDArray[np.float64]
FUNNEL_INPUTS = ("spells", "stages", "demand", "supply", "crowding")
_CELLS = 4_000_000  # weights held at once


@dataclass(frozen=True)
class FunnelOptions:
    """How the funnel is estimated.

    horizon : [years] within which a listing is asked for
    draws : of the bootstrap over firms and of stated intervals; 0 for none
    public_money : tried in each stage in turn, in the unit of money; by default the first yuan
    """

    horizon: float = 10.0
    draws: int = 500
    public_money: float | None = None


@dataclass(frozen=True)
class Funnel:
    """The funnel's tables, and how many draws had no exit of some stage and were left out."""

    tables: dict[str, pd.DataFrame]
    left_out: int


def funnel_tables(
    tables: Mapping[str, pd.DataFrame], options: FunnelOptions | None = None, seed: int = 0
) -> Funnel:
    r"""Estimate the funnel as a semi-Markov process and set demand for money against supply.

    .. math:: B_{mk}=p_{mk}+p_{m,\text{next}}\,B_{m+1,k},\quad
       f_m=e_m+f_{m-1}\,p_{m-1,\text{next}},\quad D_m=f_m\,s_m,\quad N_m=f_m\,E[T_m]

    tables : any of ``spells`` (see ``spells_of``), ``stages`` (stage in order, entrants a year,
        round_size), ``demand`` (stage, year, amount, low, high), ``supply`` (stage, source, year,
        amount, public) and ``crowding`` (see ``crowding_table``). Demand that is not given is the
        flow times the size of a round: that of ``stages``, else the mean amount of ``spells``
    seed : of the draws
    Returns : ``stages``, ``exits``, ``survival``, ``incidence``, ``listing``, ``gap``,
        ``crowding``, ``budget``; those that need a table that is not given are empty
    Raises : InputError as the makers of the tables, and for options out of range
    Limits : today's chances of a next round hold today's supply in them, so demand from the funnel
        is what firms that get through need, not what more would need if money were there; time in
        a stage depends on nothing before it; who skips a stage has a spell of length 0 in it;
        firms still in a stage beyond its longest spell are taken to leave as the others did
    Source : Howard (1971), Dynamic Probabilistic Systems II, chapter 10; Efron (1981), JASA 76,
        312–319 (the bootstrap of censored data, here over firms); Little (1961), Operations
        Research 9, 383–387 (the stock of a stage)
    """
    chosen = options or FunnelOptions()
    _check_options(chosen)
    given = stages_of(tables["stages"]) if "stages" in tables else None
    order = None if given is None else tuple(given["stage"])
    spells = spells_of(tables["spells"], order) if "spells" in tables else None
    supply = supply_of(tables["supply"], order) if "supply" in tables else None
    demand = demand_of(tables["demand"], order) if "demand" in tables else None
    if spells is not None:
        order = spells.stages
    if order is None:
        parts = [table["stage"] for table in (demand, supply) if table is not None]
        order = tuple(dict.fromkeys(pd.concat(parts))) if parts else ()
    found = make.empty_tables()
    need = interval = None
    left_out = 0
    if spells is not None:
        ones = np.ones((1, int(spells.firms.max()) + 1))
        point = estimate_stages(spells, ones, chosen.horizon)
        drawn = _bootstrap(spells, chosen, seed)
        entrants, sizes = _per_stage(given, order)
        found |= make.process_tables(spells, point, drawn, entrants, chosen.horizon)
        left_out = int((~np.isfinite(drawn.probability).all(axis=(1, 2))).sum())
        need = _money_needed(point, entrants, sizes)[0]
        needed = _money_needed(drawn, entrants, sizes)
        interval = make.interval(needed) if chosen.draws else np.full((2, len(order)), np.nan)
    if supply is not None or demand is not None or (need is not None and np.isfinite(need).any()):
        found["gap"] = gap_table(order, supply, demand, need, interval)
    if "crowding" in tables:
        found["crowding"] = crowding_table(
            tables["crowding"],
            order or tuple(tables["crowding"].get("stage", pd.Series(dtype=object)).astype(str)),
            make.money_now(supply),
            make.last_gaps(found["gap"]),
            chosen.public_money,
            chosen.draws,
            seed,
        )
    if supply is not None:
        found["budget"] = make.budget_table(supply)
    return Funnel(found, left_out)


def _check_options(options: FunnelOptions) -> None:
    if not (np.isfinite(options.horizon) and options.horizon > 0):
        raise InputError(
            Text(
                f"期限 {options.horizon} 应大于 0 年",
                f"the horizon must be above 0 years, not {options.horizon}",
            )
        )
    if options.draws < 0:
        raise InputError(
            Text(
                f"抽样次数 {options.draws} 应不小于 0",
                f"draws must be at least 0, not {options.draws}",
            )
        )
    check_public(options.public_money)


def _bootstrap(spells: Spells, options: FunnelOptions, seed: int) -> StageEstimates:
    """Estimate the stages on firms drawn with replacement, each with all its spells."""
    parts = [
        estimate_stages(spells, weights, options.horizon)
        for weights in _resampled(int(spells.firms.max()) + 1, options.draws, seed)
    ]
    if not parts:
        return estimate_stages(spells, np.zeros((0, int(spells.firms.max()) + 1)), options.horizon)
    return StageEstimates(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in StageEstimates.__dataclass_fields__
        )
    )


def _resampled(firms: int, draws: int, seed: int) -> Iterator[Array]:
    random = np.random.default_rng(seed)
    chances = np.full(firms, 1 / firms)
    chunk = max(1, _CELLS // firms)
    for first in range(0, draws, chunk):
        yield random.multinomial(firms, chances, size=min(chunk, draws - first)).astype(float)


def _per_stage(given: pd.DataFrame | None, order: tuple[str, ...]) -> tuple[Array, Array]:
    """Return (M,) entrants a year, NaN throughout if not given, and (M,) stated round sizes."""
    if given is None or given["entrants"].isna().all():
        entrants = np.full(len(order), np.nan)
    else:
        entrants = given["entrants"].fillna(0.0).to_numpy(dtype=float)
    sizes = np.full(len(order), np.nan) if given is None else given["round_size"].to_numpy(float)
    return entrants, sizes


def _money_needed(stages: StageEstimates, entrants: Array, sizes: Array) -> Array:
    """Return (D, M) firms a year times the size of their round."""
    size = np.where(np.isnan(sizes), stages.round_size, sizes)
    return flows(stages.probability, entrants) * size
