"""What it costs in a year to hold a stock, a second source or spare capacity ready."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from xinzhi.core import InputError, Text
from xinzhi.data.toml_files import guess
from xinzhi.stress.ario_arrays import Array
from xinzhi.stress.ario_parameters import OTHERS, Amount


def annuity(rate: float, years: float) -> float:
    r"""Return the yearly payment that repays one in so many years, :math:`r / (1 - (1 + r)^{-T})`.

    rate : r a year, > 0; years : T, > 0
    """
    return float(rate / (1.0 - (1.0 + rate) ** -years))


_CAPITAL_COST = annuity(0.05, 15)


@dataclass(frozen=True)
class ResilienceCosts:
    """Yearly cost of each kind of option: one number for all sectors, or by sector code.

    By sector, only the sectors named are options; the key ``*`` stands for all others. None: the
    kind is no option. The defaults are judgements to be replaced.

    stock : carrying cost a year relative to the value of the goods held: capital, storage, decay
    second_source : premium relative to the yearly value of the imports that could be bought
        elsewhere
    spare_capacity : yearly cost relative to the capital that stands ready, by default the annuity
        of 15 years at 5 %
    Raises : InputError naming what is not above 0
    """

    stock: Amount | None = 0.2
    second_source: Amount | None = 0.05
    spare_capacity: Amount | None = _CAPITAL_COST

    def __post_init__(self) -> None:
        problems = list(_problems(self))
        if problems:
            raise InputError(
                Text("韧性方案的成本有误", "the costs of the resilience plan are not valid"),
                details=problems,
            )

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> ResilienceCosts:
        """Return the costs that a document names; kinds it does not name keep their default.

        given : kind → number, or code → number; ``false`` where the kind is no option
        Raises : InputError naming an unknown kind with the nearest one
        """
        known = [item.name for item in fields(cls)]
        unknown = [name for name in given if name not in known]
        if unknown:
            near = guess(unknown[0], known)
            raise InputError(
                Text(
                    f"成本中没有 {unknown[0]}{near.zh}；可选：{'、'.join(known)}",
                    f"costs have no {unknown[0]}{near.en}; choose from {', '.join(known)}",
                )
            )
        return cls(**{name: None if value is False else value for name, value in given.items()})

    def by_sector(self, kind: str, codes: tuple[str, ...]) -> Array:
        """Return (S,) the cost of each sector, nan where it is no option.

        Raises : InputError naming the first code that is not in the table, with the nearest one
        """
        value: Amount | None = getattr(self, kind)
        if value is None:
            return np.full(len(codes), np.nan)
        if not isinstance(value, Mapping):
            return np.full(len(codes), float(value))
        for code in value:
            if code not in codes and code != OTHERS:
                near = guess(code, codes)
                raise InputError(
                    Text(
                        f"成本 {kind} 的部门 {code} 不在投入产出表中{near.zh}",
                        f"costs of {kind} name sector {code}, which is not in the table{near.en}",
                    )
                )
        others = value.get(OTHERS, np.nan)
        return np.array([float(value.get(code, others)) for code in codes])

    def to_dict(self) -> dict[str, Any]:
        """Return every cost by kind, as a result records it."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}


def _problems(given: ResilienceCosts) -> Iterator[Text]:
    for name, value in given.to_dict().items():
        if value is None:
            continue
        for key, number in value.items() if isinstance(value, dict) else [("", value)]:
            where = (f"（{key}）", f" ({key})") if key else ("", "")
            real = isinstance(number, (int, float)) and not isinstance(number, bool)
            if not (real and 0 < number < np.inf):
                yield Text(
                    f"{name}{where[0]} 为 {number}，应为大于 0 的数",
                    f"{name}{where[1]} is {number}, must be a number above 0",
                )
