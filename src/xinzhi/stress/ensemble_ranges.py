"""What an ensemble varies, between which ends, and what one draw makes of events and parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.event_parts import Event
from xinzhi.data.io_table import IOTable
from xinzhi.stress.ario_parameters import Amount, ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.event_effects import disturbances, scale_event

Array = NDArray[np.float64]
Range = tuple[float, float]

TITLES = {
    "size_factor": Text("事件规模的倍数", "event size, factor"),
    "duration_factor": Text("事件持续时间的倍数", "event duration, factor"),
    "recovery_factor": Text("事件恢复与重建时间的倍数", "event recovery and rebuilding, factor"),
    "stock_factor": Text("库存天数的倍数", "days of stock, factor"),
    "substitution_added": Text("替代的增加", "substitution, added"),
    "restoration_factor": Text("补库时间的倍数", "restoration time, factor"),
    "overproduction_factor": Text("超产余量的倍数", "overproduction margin, factor"),
    "overproduction_time_factor": Text("超产时间的倍数", "overproduction time, factor"),
    "essential_factor": Text("关键投入最小份额的倍数", "least share of an essential input, factor"),
}
_MAY_BE_ZERO = frozenset(
    ("size_factor", "substitution_added", "overproduction_factor", "essential_factor")
)


@dataclass(frozen=True)
class EnsembleRanges:
    r"""Ends between which each assumption is drawn, uniformly and independently of the others.

    The defaults are judgements, not estimates: half as much and half as much again, up to a fifth
    of a missing input replaced, and from every input essential to twice the share from which one
    is. A draw multiplies what is assumed anyway, for all sectors
    and events alike; equal ends hold it there.

    size_factor : of the size of every event, which stays at most 1; >= 0
    duration_factor : of the days at full strength, in whole days, at least one; > 0
    recovery_factor : of the recovery and the rebuilding time, likewise; > 0
    stock_factor : of the days of stock, at least one step; > 0
    substitution_added : u in :math:`\sigma' = 1 - (1 - \sigma)(1 - u)`; in [0, 1]
    restoration_factor : of the restoration time, at least one step; > 0
    overproduction_factor : f in :math:`\alpha' = 1 + f (\alpha^{max} - 1)`; >= 0
    overproduction_time_factor : of the overproduction time, at least one step; > 0
    essential_factor : of ``essential_share``, which stays at most 1; >= 0
    Raises : InputError naming ends that are reversed or out of range
    """

    size_factor: Range = (0.5, 1.5)
    duration_factor: Range = (0.5, 1.5)
    recovery_factor: Range = (0.5, 1.5)
    stock_factor: Range = (0.5, 1.5)
    substitution_added: Range = (0.0, 0.2)
    restoration_factor: Range = (0.5, 1.5)
    overproduction_factor: Range = (0.5, 1.5)
    overproduction_time_factor: Range = (0.5, 1.5)
    essential_factor: Range = (0.0, 2.0)

    def __post_init__(self) -> None:
        problems = list(_out_of_range(self))
        if problems:
            raise InputError(
                Text("集合模拟的取值范围有误", "the ranges of the ensemble are not valid"),
                details=problems,
            )

    @classmethod
    def fixed(cls) -> EnsembleRanges:
        """Return ranges that leave everything as it is given."""
        return cls(*((0.0, 0.0) if f.name == "substitution_added" else (1, 1) for f in fields(cls)))

    @property
    def ends(self) -> Array:
        """Return (assumptions, 2) the ends, in the order of ``TITLES``."""
        return np.array([getattr(self, name) for name in TITLES], dtype=np.float64)

    def sample(self, draws: int, seed: np.random.SeedSequence) -> Array:
        """Return (draws, assumptions); more draws of one seed begin with the same ones."""
        low, high = self.ends.T
        unit = np.random.default_rng(seed).random((draws, len(low)))
        return np.asarray(low + (high - low) * unit)


def drawn(
    row: Array,
    events: Sequence[Event | Disturbance],
    table: IOTable,
    parameters: ArioParameters,
    step_days: int,
) -> tuple[ArioParameters, tuple[Disturbance, ...]]:
    """Return what one draw makes of the parameters and of the events on a table.

    row : (assumptions,) as ``EnsembleRanges.sample`` gives it
    """
    of = dict(zip(TITLES, map(float, row), strict=True))
    least = float(step_days)

    def at_least_a_step(factor: float) -> Callable[[float], float]:
        return lambda value: max(least, factor * value)

    varied = replace(
        parameters,
        stock_days=_each(parameters.stock_days, at_least_a_step(of["stock_factor"])),
        substitution=_each(
            parameters.substitution, lambda v: 1.0 - (1.0 - v) * (1.0 - of["substitution_added"])
        ),
        restoration_time=at_least_a_step(of["restoration_factor"])(parameters.restoration_time),
        overproduction_limit=_each(
            parameters.overproduction_limit,
            lambda v: 1.0 + of["overproduction_factor"] * (v - 1.0),
        ),
        overproduction_time=at_least_a_step(of["overproduction_time_factor"])(
            parameters.overproduction_time
        ),
        essential_share=min(1.0, of["essential_factor"] * parameters.essential_share),
    )
    acting: list[Disturbance] = []
    for event in events:
        if isinstance(event, Event):
            acting += disturbances(scale_event(event, of["size_factor"]), table)
        else:
            acting.append(event.scaled(of["size_factor"]))
    return varied, tuple(
        replace(
            one,
            duration=_days(one.duration, of["duration_factor"]),
            recovery_time=_days(one.recovery_time, of["recovery_factor"]),
            rebuilding_time=_days(one.rebuilding_time, of["recovery_factor"]),
        )
        for one in acting
    )


def _each(amount: Amount, change: Callable[[float], float]) -> Amount:
    if isinstance(amount, Mapping):
        return {code: change(value) for code, value in amount.items()}
    return change(amount)


def _days(days: int, factor: float) -> int:
    """Return whole days, at least one; none stays none."""
    return max(1, round(days * factor)) if days else 0


def _out_of_range(given: EnsembleRanges) -> Iterator[Text]:
    for item in fields(given):
        low, high = getattr(given, item.name)
        if not low <= high:
            yield Text(
                f"{item.name}：下限 {low:g} 大于上限 {high:g}",
                f"{item.name}: the lower end {low:g} is above the upper end {high:g}",
            )
            continue
        most = 1.0 if item.name == "substitution_added" else 1e3
        zero = item.name in _MAY_BE_ZERO
        if low < 0 or high > most or (low == 0 and not zero):
            least_zh, least_en = ("不小于 0", "at least 0") if zero else ("大于 0", "above 0")
            yield Text(
                f"{item.name} 为 {low:g} 至 {high:g}，应{least_zh}、不超过 {most:g}",
                f"{item.name} runs from {low:g} to {high:g}; it must be {least_en} and at most "
                f"{most:g}",
            )
