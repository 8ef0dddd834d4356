"""What one event does to one input–output table, on that table's axes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import IOTable

Array = NDArray[np.float64]

RecoveryKind = Literal["none", "linear", "exponential", "concave", "convex"]
RECOVERY_KINDS: tuple[RecoveryKind, ...] = get_args(RecoveryKind)

_LOSSES: dict[str, Text] = {
    "capital_lost": Text("资本损毁", "capital lost"),
    "capacity_lost": Text("产能损失", "capacity lost"),
    "imports_lost": Text("中间品进口中断", "imports lost"),
    "imported_final_lost": Text("最终使用进口中断", "imported final demand lost"),
    "shipments_lost": Text("地区间交货中断", "shipments lost"),
    "demand_lost": Text("最终需求下降", "demand lost"),
}


@dataclass(frozen=True, eq=False)
class Disturbance:
    r"""What one event does to one table; several act together, see ``combined``.

    On day t the shares below are in force times the strength of the event,

    .. math:: f(t) = 1 \text{ for } 0 \le t - s < d, \qquad f(t) = r(e / T),\; e = t - s - d + 1

    with start s, duration d, recovery time T, and r(u) = 0 (none), :math:`\max(0, 1 - u)`
    (linear), :math:`\max(0, 1 - u)^2` (convex: most comes back early),
    :math:`\max(0, 1 - u^2)` (concave: most comes back late); under ``exponential``
    :math:`f = (1 - 1/T)^e`: of what is still lost, 1/T comes back each day, and never all of it.
    Capital alone does not follow f: rebuilding starts when the duration is over.

    start : day on which it begins, >= 0, counted from 0
    duration : days at full strength, >= 1; rebuilding starts after them
    recovery : how what is lost comes back after the duration
    recovery_time : T [days], >= 1, 0 under ``none``
    capital_lost : (N,) share of productive capital destroyed, in [0, 1], rebuilt through
        reconstruction demand
    rebuilding : (S,) shares, summing to 1, of the products in reconstruction demand
    rebuilding_time : days, >= 1, in which reconstruction demand would be met at its first pace
    capacity_lost : (N,) share of productive capacity lost, in [0, 1], without rebuilding
    imports_lost : (S,) or (S, N) share of the intermediate product from outside the table that
        does not arrive [by user]
    imported_final_lost : (S,) the same for final demand
    shipments_lost : (N, R) share of the deliveries of a region-sector to a region that do not
        arrive
    demand_lost : (N, F) share of final demand lost by category; at most 1, negative for a surge
    Raises : InputError naming what is out of range
    """

    start: int
    duration: int
    recovery: RecoveryKind = "none"
    recovery_time: int = 0
    capital_lost: Array | None = None
    rebuilding: Array | None = None
    rebuilding_time: int = 0
    capacity_lost: Array | None = None
    imports_lost: Array | None = None
    imported_final_lost: Array | None = None
    shipments_lost: Array | None = None
    demand_lost: Array | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and (item.name in _LOSSES or item.name == "rebuilding"):
                held = np.array(value, dtype=np.float64)
                held.flags.writeable = False
                object.__setattr__(self, item.name, held)
        problems = [*_times(self), *_shares(self), *_rebuilding(self)]
        if problems:
            raise InputError(Text("事件设定有误", "the event is not valid"), details=problems)

    @property
    def losses(self) -> dict[str, Array]:
        """Return the arrays of what is lost, by name."""
        return {name: value for name in _LOSSES if (value := getattr(self, name)) is not None}

    def check(self, table: IOTable) -> None:
        """Check that every array fits the table.

        Raises : InputError naming the array, its shape and the one expected; for a loss of stock
            changes, which stay as they are; for a cut of imports where the table does not part
            them from its own products
        """
        size, sectors, regions = table.size, len(table.sectors), len(table.regions)
        expected: dict[str, tuple[tuple[int, ...], ...]] = {
            "capital_lost": ((size,),),
            "rebuilding": ((sectors,),),
            "capacity_lost": ((size,),),
            "imports_lost": ((sectors,), (sectors, size)),
            "imported_final_lost": ((sectors,),),
            "shipments_lost": ((size, regions),),
            "demand_lost": ((size, len(table.final_categories)),),
        }
        for name, shapes in expected.items():
            value = getattr(self, name)
            if value is not None and value.shape not in shapes:
                wanted = " / ".join(str(shape) for shape in shapes)
                raise InputError(
                    Text(
                        f"事件的 {name} 形状为 {value.shape}，按该投入产出表应为 {wanted}",
                        f"{name} of the event has shape {value.shape}; the table needs {wanted}",
                    )
                )
        if self.demand_lost is not None:
            stocks = table.of_kind("stock_changes") > 0
            if self.demand_lost[:, stocks].any():
                raise InputError(
                    Text(
                        "demand_lost 涉及库存变动：库存变动保持基年水平，不受冲击",
                        "demand_lost takes from stock changes, which stay at their base-year path",
                    )
                )
        cut = [self.imports_lost, self.imported_final_lost]
        if any(lost is not None and lost.any() for lost in cut) and table.competitive:
            raise InputError(
                Text(
                    "该表未把进口品与本地产品分开，不能计算进口中断",
                    "the table does not part imports from its own products, so a cut of imports "
                    "cannot be computed",
                ),
                remedy=Text(
                    "请使用进口非竞争型表，或先按比例拆分进口（split_imports_proportionally）。",
                    "Use a table with imports apart, or split them by proportion first "
                    "(split_imports_proportionally).",
                ),
            )

    def scaled(self, size: float) -> Disturbance:
        """Return the event with every loss ``size`` times as large, but at most 1."""
        larger: dict[str, Any] = {
            name: np.minimum(size * lost, 1.0) for name, lost in self.losses.items()
        }
        return replace(self, **larger)

    def strength(self, days: ArrayLike) -> Array:
        """Return the strength of the event on each day, in [0, 1], in the shape of ``days``."""
        since = np.asarray(days, dtype=np.float64) - self.start
        elapsed = since - self.duration + 1.0
        after = _remaining(self.recovery, np.maximum(elapsed, 0.0), self.recovery_time)
        return np.where(since < 0, 0.0, np.where(elapsed < 1.0, 1.0, after))


def combined(first: ArrayLike, second: ArrayLike) -> Array:
    r"""Return two losses of the same thing together, :math:`1 - (1 - a)(1 - b)`: never over 1."""
    return 1.0 - (1.0 - np.asarray(first, np.float64)) * (1.0 - np.asarray(second, np.float64))


def _remaining(kind: RecoveryKind, elapsed: Array, time: int) -> Array:
    if kind == "none":
        return np.zeros_like(elapsed)
    if kind == "exponential":
        return np.asarray((1.0 - 1.0 / time) ** elapsed)
    done = np.minimum(elapsed / time, 1.0)
    if kind == "linear":
        return 1.0 - done
    return (1.0 - done) ** 2 if kind == "convex" else 1.0 - done**2


def _times(event: Disturbance) -> Iterator[Text]:
    if event.start < 0:
        yield Text(
            f"开始日为 {event.start}，应不小于 0", f"the start is day {event.start}, must be >= 0"
        )
    if event.duration < 1:
        yield Text(
            f"持续 {event.duration} 天，至少应为 1 天",
            f"the duration is {event.duration} days, must be at least 1",
        )
    if event.recovery not in RECOVERY_KINDS:
        yield Text(
            f"恢复方式 {event.recovery} 不存在；可用：{'、'.join(RECOVERY_KINDS)}",
            f"no recovery named {event.recovery}; there are: {', '.join(RECOVERY_KINDS)}",
        )
    elif event.recovery == "none" and event.recovery_time != 0:
        yield Text(
            f"恢复方式为 none 时没有恢复时间，却给了 {event.recovery_time} 天",
            f"recovery none has no recovery time, but {event.recovery_time} days are given",
        )
    elif event.recovery != "none" and event.recovery_time < 1:
        yield Text(
            f"恢复方式 {event.recovery} 的恢复时间为 {event.recovery_time} 天，至少应为 1 天",
            f"the recovery time of recovery {event.recovery} is {event.recovery_time} days, "
            "must be at least 1",
        )


def _shares(event: Disturbance) -> Iterator[Text]:
    if not event.losses:
        yield Text("没有任何损失", "it takes nothing away")
    for name, value in event.losses.items():
        low = -np.inf if name == "demand_lost" else 0.0
        wrong = ~(np.isfinite(value) & (value >= low) & (value <= 1.0))
        if wrong.any():
            place = tuple(int(axis) for axis in np.argwhere(wrong)[0])
            label = _LOSSES[name]
            least_zh, least_en = ("不超过 1", "at most 1")
            if low == 0.0:
                least_zh, least_en = ("在 0 与 1 之间", "between 0 and 1")
            yield Text(
                f"{label.zh}（{name}）在位置 {place} 为 {value[place]:g}，应{least_zh}",
                f"{label.en} ({name}) is {value[place]:g} at position {place}, must be {least_en}",
            )


def _rebuilding(event: Disturbance) -> Iterator[Text]:
    if event.capital_lost is None:
        if event.rebuilding is not None or event.rebuilding_time:
            yield Text(
                "给了重建，却没有资本损毁（capital_lost）",
                "rebuilding is given, but no capital is lost (capital_lost)",
            )
        return
    if event.rebuilding is None:
        yield Text(
            "资本损毁须给出由哪些产品重建（rebuilding）；不需重建的损失请用 capacity_lost",
            "capital lost needs the products that rebuild it (rebuilding); use capacity_lost for "
            "what comes back without rebuilding",
        )
    elif (
        not np.isfinite(event.rebuilding).all()
        or event.rebuilding.min(initial=0.0) < 0
        or abs(event.rebuilding.sum() - 1.0) > 1e-9
    ):
        yield Text(
            f"重建份额（rebuilding）之和为 {event.rebuilding.sum():g}，各份额应不小于 0、合计为 1",
            f"the shares of rebuilding sum to {event.rebuilding.sum():g}; they must be >= 0 and "
            "sum to 1",
        )
    if event.rebuilding_time < 1:
        yield Text(
            f"重建时间（rebuilding_time）为 {event.rebuilding_time} 天，至少应为 1 天",
            f"the rebuilding time is {event.rebuilding_time} days, must be at least 1",
        )
