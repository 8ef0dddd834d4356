"""What could be held ready against an event, and what each of it makes of an ARIO run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from xinzhi.stress.ario import DAYS_OF_A_YEAR, Prepared
from xinzhi.stress.ario_arrays import Array, Codes, Events, Values
from xinzhi.stress.resilience_costs import ResilienceCosts

OptionKind = Literal["stock", "second_source", "spare_capacity"]
Origin = Literal["table", "outside"]


@dataclass(frozen=True)
class ResilienceOption:
    """One thing that could be held ready, by one step of its size.

    place : position of the sector or product among the sectors of the table
    origin : of the product stocked: ``table``, or ``outside`` where imported inputs are apart
    amount : what the step holds ready; cost : of that in a year [both in the table's unit]
    """

    kind: OptionKind
    origin: Origin
    place: int
    amount: float
    cost: float


def options_of(
    prepared: Prepared, values: Values, costs: ResilienceCosts, step: float, cut: Codes
) -> tuple[ResilienceOption, ...]:
    r"""Return every option of a table, by kind and sector.

    With a step h, days of stock n, yearly use U of a product, yearly imports M of it as inputs,
    yearly output x and capital K:

    ``stock`` holds :math:`h n U / 365`; ``second_source`` stands for :math:`h M` a year;
    ``spare_capacity`` for :math:`h x` a year, made by capital :math:`h K`

    cut : places of the products whose imports the events cut
    Left out : stocks that are unlimited, products that nobody uses, second sources of what no
        event cuts, sectors without output or capital, and whatever has no cost
    Raises : InputError where costs name a sector that the table does not have
    """
    economy, codes = prepared.economy, prepared.table.codes
    sectors, regions = len(codes), len(prepared.table.regions)
    used = DAYS_OF_A_YEAR * (economy.inputs @ economy.output)
    imported = DAYS_OF_A_YEAR * economy.outside.sum(axis=1)

    def by_sector(amounts: Array) -> Array:
        return np.asarray(amounts.reshape(regions, sectors).sum(axis=0))

    output = DAYS_OF_A_YEAR * by_sector(economy.output)
    capital = by_sector(economy.capital)
    found: list[ResilienceOption] = []

    def add(kind: OptionKind, origin: Origin, amounts: Array, of_cost: Array) -> None:
        with np.errstate(invalid="ignore"):
            yearly = of_cost * costs.by_sector(kind, codes)
        found.extend(
            ResilienceOption(kind, origin, place, float(amounts[place]), float(yearly[place]))
            for place in range(sectors)
            if 0 < amounts[place] < np.inf and 0 < yearly[place] < np.inf
        )

    origins: tuple[Origin, ...] = ("table", "outside")
    with np.errstate(invalid="ignore"):  # unlimited stocks of what nobody uses
        held = step * values.days * used / DAYS_OF_A_YEAR
    for origin, goods in zip(origins, held.reshape(-1, sectors), strict=False):
        add("stock", origin, goods, goods)
    struck = np.isin(np.arange(sectors), cut) * step * imported
    add("second_source", "outside", struck, struck)
    add("spare_capacity", "table", step * output, step * capital)
    return tuple(found)


def with_option(
    prepared: Prepared, values: Values, events: Events, option: ResilienceOption, size: float
) -> tuple[Values, Events]:
    r"""Return the assumptions and events of a run in which an option stands ready.

    A stock rises to :math:`(1 + h) n_p`, with the stock below which users cut output in
    proportion; a second source takes the share h off what events cut of the imports of a product,
    :math:`(1 - h) a_p`; spare capacity lifts :math:`\alpha^{max}_i` to
    :math:`\alpha^{max}_i + h`, in every region.

    size : h
    """
    sectors = len(prepared.table.sectors)
    place = option.place
    if option.kind == "stock":
        row = place + (sectors if option.origin == "outside" else 0)
        days = values.days.copy()
        days[row] *= 1.0 + size
        least = values.least_days.copy()
        least[row] = max(prepared.parameters.stock_threshold * days[row], values.step)
        return values._replace(days=days, least_days=least), events
    if option.kind == "second_source":
        cut = events.imports.reshape(len(events.imports), sectors, len(values.most)).copy()
        cut[:, place] *= 1.0 - size
        return values, events._replace(imports=cut.reshape(events.imports.shape))
    most = values.most.copy()
    most[place::sectors] += size
    return values._replace(most=most), events
