"""What an ARIO run assumes, and its values on the axes of one table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.findings import listed

Array = NDArray[np.float64]

Amount = float | Mapping[str, float]
"""One value for all sectors, or by sector code; the key ``*`` stands for all other sectors."""

Client = Literal["intermediate", "consumption", "investment", "exports", "reconstruction"]
Orders = Literal["capacity", "base", "held"]
Return = Literal["steady", "proportional"]
ImportedInputs = Literal["separate", "pooled"]
Origin = Literal["investment", "intermediate"]
CLIENTS: tuple[Client, ...] = get_args(Client)

OTHERS = "*"
_CHOICES: dict[str, tuple[str, ...]] = {
    "orders": get_args(Orders),
    "overproduction_return": get_args(Return),
    "imported_inputs": get_args(ImportedInputs),
    "rebuilding_origin": get_args(Origin),
}
# name → least and largest value; what is infinite is unlimited
_RANGES: dict[str, tuple[float, float]] = {
    "stock_days": (1.0, math.inf),
    "stock_threshold": (0.0, 1.0),
    "restoration_time": (1.0, 1e6),
    "overproduction_limit": (1.0, 1e6),
    "overproduction_time": (1.0, math.inf),
    "capital_ratio": (0.0, 1e6),
    "substitution": (0.0, 1.0),
    "essential_share": (0.0, 1.0),
    "household_response": (0.0, 1e3),
    "import_limit": (1.0, 1e6),
}
_BY_SECTOR = frozenset(("stock_days", "overproduction_limit", "capital_ratio", "substitution"))


@dataclass(frozen=True)
class ArioParameters:
    r"""What is assumed about producers and their clients; none of it is observed in a table.

    stock_days : stock of each input that a user aims to hold [days of its use], at least one step;
        infinite: the product never stops a user, as some services; a small number: it can hardly
        be stored. By product.
    stock_threshold : ψ, share of the stock aimed at below which a user cuts output
    restoration_time : τ_s [days], in which a gap in stocks would be closed at its first pace
    overproduction_limit : α_max, most output relative to what capacity made in the base year. By
        sector.
    overproduction_time : τ_α [days], of the rise to that limit under full scarcity, and of return
    overproduction_return : where orders do not exceed the last output, α returns to one by 1/τ_α
        a day (``steady``), or only in proportion to the excess (``proportional``)
    capital_ratio : productive capital relative to a year's value added. By sector.
    orders : how users share orders of a product among regions: by base-year flows times the
        suppliers' present capacity (``capacity``), by base-year flows (``base``); ``held``: every
        order stays at its base-year amount
    priority : clients served before all others, first to last; those not named share what is left
        in proportion to what they ask. ("intermediate",): producers first, as in ``chokepoints``.
        Empty: all in proportion; then large reconstruction crowds out inputs, and the shortages
        can feed on themselves until the economy stands still
    substitution : σ, share of a missing input that users replace at no cost. By product.
    essential_share : least share of output from which an input can stop its user; of smaller ones
        what is missing is done without
    household_response : η, per cent by which household consumption falls when value added of the
        region falls by one per cent
    import_limit : most that arrives from outside the table, relative to the base year, of what no
        event cuts; of what one cuts at full strength, no more than is left of the base year
    imported_inputs : products from outside the table are inputs of their own with their own stocks
        (``separate``), or share stocks with the same product of the table (``pooled``)
    rebuilding_origin : who rebuilds: origins of a product in investment of the region
        (``investment``), or in intermediate inputs of the sector itself (``intermediate``)
    Raises : InputError naming what is out of range
    Source : Hallegatte (2008), doi:10.1111/j.1539-6924.2008.01046.x; Hallegatte (2014),
        doi:10.1111/risa.12090, for stocks, ψ and τ_s
    """

    stock_days: Amount = 90.0
    stock_threshold: float = 0.8
    restoration_time: float = 60.0
    overproduction_limit: Amount = 1.25
    overproduction_time: float = 365.0
    overproduction_return: Return = "steady"
    capital_ratio: Amount = 4.0
    orders: Orders = "capacity"
    priority: tuple[Client, ...] = ("intermediate",)
    substitution: Amount = 0.0
    essential_share: float = 0.001
    household_response: float = 0.0
    import_limit: float = 1.25
    imported_inputs: ImportedInputs = "separate"
    rebuilding_origin: Origin = "investment"

    def __post_init__(self) -> None:
        object.__setattr__(self, "priority", tuple(self.priority))
        problems = [*_out_of_range(self), *_unknown(self)]
        if problems:
            raise InputError(
                Text("ARIO 模型参数有误", "the parameters of the ARIO model are not valid"),
                details=problems,
            )

    def by_sector(self, name: str, codes: tuple[str, ...]) -> Array:
        """Return (S,) the values of a parameter given by sector.

        Raises : InputError naming codes that are not in the table, and sectors without a value
        """
        value: Amount = getattr(self, name)
        if not isinstance(value, Mapping):
            return np.full(len(codes), float(value))
        unknown = [code for code in value if code not in codes and code != OTHERS]
        missing = [code for code in codes if code not in value and OTHERS not in value]
        if unknown or missing:
            shown, absent = listed(unknown), listed(missing)
            details = []
            if unknown:
                details.append(
                    Text(f"表中没有部门：{shown.zh}", f"sectors not in the table: {shown.en}")
                )
            if missing:
                details.append(
                    Text(
                        f"没有取值的部门：{absent.zh}（可用 * 代表其余部门）",
                        f"sectors without a value: {absent.en} (* stands for all others)",
                    )
                )
            raise InputError(
                Text(
                    f"参数 {name} 与投入产出表的部门不符",
                    f"parameter {name} does not match the sectors of the table",
                ),
                details=details,
            )
        return np.array([float(value[code if code in value else OTHERS]) for code in codes])

    def to_dict(self) -> dict[str, Any]:
        """Return every assumption by name, as a result records it."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()} | {
            "priority": list(self.priority)
        }


def _out_of_range(given: ArioParameters) -> Iterator[Text]:
    for name, (least, most) in _RANGES.items():
        value = getattr(given, name)
        by_sector = isinstance(value, Mapping) and name in _BY_SECTOR
        for key, number in value.items() if by_sector else [("", value)]:
            where = f"（{key}）" if key else "", f" ({key})" if key else ""
            good = isinstance(number, (int, float)) and least <= number <= most
            if not good:
                within = f"{least:g}–{most:g}"
                yield Text(
                    f"{name}{where[0]} 为 {number}，应在 {within} 之间",
                    f"{name}{where[1]} is {number}, must be within {within}",
                )


def _unknown(given: ArioParameters) -> Iterator[Text]:
    for name, allowed in _CHOICES.items():
        value = getattr(given, name)
        if value not in allowed:
            yield Text(
                f"{name} 不能为 {value}；可选：{'、'.join(allowed)}",
                f"{name} cannot be {value}; choose from {', '.join(allowed)}",
            )
    wrong = [client for client in given.priority if client not in CLIENTS]
    if wrong or len(set(given.priority)) < len(given.priority):
        shown = ", ".join(given.priority)
        yield Text(
            f"priority 为 {shown}；应是不重复的客户：{'、'.join(CLIENTS)}",
            f"priority is {shown}; it must be clients, each once: {', '.join(CLIENTS)}",
        )
