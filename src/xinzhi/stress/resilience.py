"""Which stock, second source or spare capacity avoids most loss for its cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import rankdata

from xinzhi.core import InputError, Language, Result, Text
from xinzhi.core.parallel import run_many
from xinzhi.data.event_parts import Event
from xinzhi.data.io_table import IOTable
from xinzhi.stress.ario import Prepared, prepare, values_of
from xinzhi.stress.ario_arrays import FINE, Codes, Events, Values, empty_record, first_state
from xinzhi.stress.ario_events import event_arrays
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.ensemble_ranges import EnsembleRanges, drawn
from xinzhi.stress.resilience_costs import ResilienceCosts
from xinzhi.stress.resilience_options import ResilienceOption, options_of, with_option
from xinzhi.stress.shock import shock

Array = NDArray[np.float64]

FIRST = 5
"""An option is among the first where its rank is at most this."""
_CHUNK = 16
_NOTHING = 1e-9
"""What avoids less than this share of the loss avoids nothing but rounding."""
_AS_GIVEN = EnsembleRanges.fixed().ends[:, 0]


@dataclass(frozen=True)
class ResiliencePlanResult(Result):
    """Table options: what each option holds ready, costs and avoids, the best first.

    option : kind, origin and sector in one; kind : stock, second_source, spare_capacity
    origin : whether the product stocked is the table's own or from outside
    sector, title_zh, title_en : the product, or the sector whose capacity it is
    amount, cost : what one step holds ready, and that in a year
    avoided_loss : of one step; value_per_cost : that over the cost
    second_difference : what two steps avoid, less twice what one does; below 0 where returns
        diminish
    rank : by value_per_cost; rank_low, rank_high, first_five : its 5 % and 95 % quantile over the
        draws, and the share of draws in which the option is among the first five
    """

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart: ``value`` (default), the best options by value per cost."""
        from xinzhi.stress import resilience_plots

        return resilience_plots.resilience_chart(self, kind or "value", lang)


@dataclass(frozen=True, eq=False)
class Task:
    """Runs that share assumptions: a row of draws, or None for those given, and what is varied.

    variants : option, None for the run without any, and its size
    """

    row: Array | None
    variants: tuple[tuple[ResilienceOption | None, float], ...]


def resilience_plan(
    table: IOTable,
    events: Event | Disturbance | Sequence[Event | Disturbance],
    *,
    costs: ResilienceCosts | None = None,
    step: float = 0.1,
    days: int = 365,
    step_days: int = 1,
    parameters: ArioParameters | None = None,
    draws: int = 0,
    ranges: EnsembleRanges | None = None,
    seed: int = 0,
    workers: int = 1,
    progress: bool = False,
) -> ResiliencePlanResult:
    r"""Rank what could be held ready against events by the loss it avoids for its cost.

    With the gross loss of value added L(h) under a step h of one option, and its yearly cost c,

    .. math:: \frac{L(0) - L(h)}{c}, \qquad
        \Delta^2 = [L(0) - L(2h)] - 2\,[L(0) - L(h)]

    all from one batch of runs: one without options, and two for each. The loss avoided is that of
    one occurrence: an option pays for itself where the events are expected more often than once in
    value_per_cost years.

    table, events, days, step_days, parameters : as in ``shock``
    costs : of each kind, see ``ResilienceCosts``; by sector, only the sectors named are options
    step : h, in (0, 0.5]: share more of a stock, share of cut imports that comes from elsewhere,
        or capacity above the base year more, see ``with_option``
    draws : times that the ranking is repeated under assumptions drawn from ``ranges``; 0: not.
        Each draw runs every option that avoids something under the assumptions given, no others.
    seed : of the draws; workers : processes, which change no number
    Raises : as ``shock``; InputError for a step or draws out of range, for costs of a sector that
        the table does not have, and where nothing is an option
    Limits : options are valued one at a time, at the margin: together they avoid less or more than
        the sum. Stocks are full when the event begins. A second source covers imported inputs, not
        deliveries between the regions of a table nor imports for final use. Only the events given
        count, not others that the same option may help against.
    """
    _check(step, draws)
    given = tuple([events] if isinstance(events, (Event, Disturbance)) else events)
    costs, ranges = costs or ResilienceCosts(), ranges or EnsembleRanges()
    central = shock(table, given, days=days, step_days=step_days, parameters=parameters)
    prepared = prepare(table, parameters)
    values = values_of(prepared, step_days)
    options = options_of(prepared, values, costs, step, _cut_products(given, table))
    if not options:
        raise InputError(
            Text("没有任何可选的措施", "there is no option"),
            remedy=Text(
                "请在成本中至少给出一种措施，并检查库存天数和资本产出比。",
                "Give the cost of at least one kind, and look at stock_days and capital_ratio.",
            ),
        )
    simulated = partial(_losses, prepared, given, days, step_days)
    everything = [(None, 0.0), *((one, size) for one in options for size in (step, 2 * step))]
    chunks = [
        Task(None, tuple(everything[k : k + _CHUNK])) for k in range(0, len(everything), _CHUNK)
    ]
    lost = np.concatenate(run_many(simulated, chunks, seed, workers, progress))
    base, once, twice = lost[0], lost[1::2], lost[2::2]
    avoided = _without_rounding(base - once, base)
    found = _table(table, options)
    found["avoided_loss"] = avoided
    found["value_per_cost"] = avoided / found["cost"]
    found["second_difference"] = _without_rounding(base - twice - 2 * avoided, base)
    found["rank"] = _ranks(found["value_per_cost"].to_numpy(dtype=float))
    tried = [k for k in range(len(options)) if avoided[k] > 0]
    variants = ((None, 0.0), *((options[k], step) for k in tried))
    rows = ranges.sample(draws, np.random.SeedSequence(seed))
    repeated = run_many(
        simulated, [Task(row, variants) for row in rows] if tried else [], seed, workers, progress
    )
    stable = [row for row in repeated if not np.isnan(row[0])]
    found = found.assign(rank_low=np.nan, rank_high=np.nan, first_five=np.nan)
    if stable:
        cost = found["cost"].to_numpy(dtype=float)[tried]
        ranks = np.array([_ranks((row[0] - row[1:]) / cost) for row in stable])
        ends = np.quantile(ranks, [0.05, 0.95], axis=0, method="inverted_cdf")
        found.loc[tried, "rank_low"], found.loc[tried, "rank_high"] = ends
        found.loc[tried, "first_five"] = (ranks <= FIRST).mean(axis=0)
    money = ("amount", "cost", "avoided_loss", "second_difference")
    return ResiliencePlanResult(
        tables={"options": found.sort_values("rank", kind="stable", ignore_index=True)},
        units=dict.fromkeys(money, table.unit)
        | dict.fromkeys(("value_per_cost", "first_five"), "ratio"),
        parameters={
            **central.parameters,
            "costs": costs.to_dict(),
            "step": step,
            "draws": draws,
            "stable_draws": len(stable),
            "seed": seed,
            "ranges": {name: list(ends) for name, ends in asdict(ranges).items()},
        },
        inputs=central.inputs,
        warnings=(*central.warnings, *_warnings(base, once, len(repeated) - len(stable))),
    )


def _cut_products(events: tuple[Event | Disturbance, ...], table: IOTable) -> Codes:
    """Return the places of the products whose imports any event cuts."""
    acting = drawn(_AS_GIVEN, events, table, ArioParameters(), 1)[1]
    lost = [one.imports_lost for one in acting if one.imports_lost is not None]
    cut = [part.reshape(len(table.sectors), -1).any(axis=1) for part in lost]
    return np.flatnonzero(np.any(cut, axis=0)) if cut else np.zeros(0, dtype=np.int64)


def _losses(
    prepared: Prepared,
    events: tuple[Event | Disturbance, ...],
    days: int,
    step_days: int,
    task: Task,
    _: np.random.SeedSequence,
) -> Array:
    """Return the gross loss of every variant of a task, nan where it is unstable."""
    row = _AS_GIVEN if task.row is None else task.row
    varied, acting = drawn(row, events, prepared.table, prepared.parameters, step_days)
    case = prepared.vary(varied)
    values = values_of(case, step_days)
    arrays = event_arrays(case.table, acting, varied.rebuilding_origin, days, step_days)
    found = []
    for option, size in task.variants:
        made = values, arrays
        if option is not None:
            made = with_option(case, values, arrays, option, size)
        found.append(_loss(case, *made, step_days))
    return np.array(found)


def _loss(prepared: Prepared, values: Values, events: Events, step_days: int) -> float:
    """Return the gross loss of one run, as ``Losses`` defines it; nan where it is unstable."""
    from xinzhi.stress.ario_kernel import simulate

    state = first_state(prepared.economy, values, events)
    record = empty_record(len(events.strength), state)
    ended, _, _ = simulate(prepared.economy, values, events, state, record)
    if ended != FINE:
        return np.nan
    economy = prepared.economy
    missing = economy.output - (record.output - record.reconstruction)
    return float(np.maximum(0.0, economy.value_added * missing).sum() * step_days)


def _without_rounding(amounts: Array, base: float) -> Array:
    return np.where(np.abs(amounts) <= _NOTHING * base, 0.0, amounts)


def _ranks(values: Array) -> Array:
    """Return ranks, 1 for the largest; equal ones share the best, missing ones come last."""
    return np.asarray(rankdata(np.where(np.isnan(values), np.inf, -values), method="min"))


def _table(table: IOTable, options: Sequence[ResilienceOption]) -> pd.DataFrame:
    rows = []
    for one in options:
        sector = table.sectors[one.place]
        parts = (
            (one.kind, one.origin, sector.code)
            if one.kind == "stock"
            else (
                one.kind,
                sector.code,
            )
        )
        rows.append(
            {
                "option": ":".join(parts),
                "kind": one.kind,
                "origin": one.origin,
                "sector": sector.code,
                "title_zh": sector.title.zh,
                "title_en": sector.title.en,
                "amount": one.amount,
                "cost": one.cost,
            }
        )
    return pd.DataFrame(rows)


def _check(step: float, draws: int) -> None:
    if not 0 < step <= 0.5:
        raise InputError(
            Text(
                f"步长 step 为 {step:g}，应大于 0、不超过 0.5",
                f"step is {step:g}; it must be above 0 and at most 0.5",
            )
        )
    if draws < 0:
        raise InputError(
            Text(f"抽样次数为 {draws}，应不小于 0", f"{draws} draws; there must be at least 0")
        )


def _warnings(base: float, once: Array, unstable_draws: int) -> tuple[Text, ...]:
    found = [
        Text(
            "每单位成本避免的损失按事件发生一次计；请与事件的发生概率相乘后再与成本比较。"
            "各措施单独估值，不能相加；未给出的成本为缺省判断（见 parameters 的 costs）。",
            "Value per cost is that of one occurrence of the events: multiply it by their yearly "
            "probability before you compare. Options are valued one at a time and do not add up; "
            "costs not given are default judgements (see costs in parameters).",
        )
    ]
    if not base > 0:
        found.append(
            Text(
                "事件没有造成损失，任何措施都没有可避免的损失。",
                "The events cost nothing, so there is nothing to avoid.",
            )
        )
    failed = int(np.isnan(once).sum())
    if failed:
        found.append(
            Text(
                f"{failed} 项措施的模拟失稳，没有数值，排在最后。",
                f"Runs of {failed} options were unstable: they have no value and come last.",
            )
        )
    if unstable_draws:
        found.append(
            Text(
                f"{unstable_draws} 次抽样失稳，未计入名次区间。",
                f"{unstable_draws} draws were unstable and do not count in the intervals of ranks.",
            )
        )
    return tuple(found)
