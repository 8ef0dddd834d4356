"""Transition cases: what a planner gives, as data; shipped ones by name, others by their file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputRecord, Text
from xinzhi.data.toml_files import shipped

FOLDER = "cases"

TechnologyKind = Literal["existing", "upgraded", "new"]
TRAINING = "training"  # what a budget may fund beside sectors


class Path(NamedTuple):
    """A figure by year: linear between the years named, the last one after them.

    points : (year, figure) in order of years; a single point with year None holds in every year
    """

    points: tuple[tuple[int | None, float], ...]

    def at(self, years: Sequence[int]) -> NDArray[np.float64]:
        """Return (T,) the figure of each year, NaN before the first year named."""
        first = self.points[0][0]
        if first is None:
            return np.full(len(years), self.points[0][1])
        known = [float(year) for year, _ in self.points if year is not None]
        figures = [figure for _, figure in self.points]
        found = np.interp(np.asarray(years, dtype=float), known, figures)
        return np.where(np.asarray(years) < first, np.nan, found)


@dataclass(frozen=True)
class Stated:
    """What every entry of a case says of its figures: their source, or that they are assumed."""

    source: Text | None
    assumption: bool


@dataclass(frozen=True)
class CaseSector(Stated):
    """A sector and its product; the fields are those of ``case_fields("sector")``."""

    id: str
    title: Text
    inputs: Mapping[str, float]
    consumption: float
    consumption_growth: Path
    investment: float
    investment_growth: Path
    stock_changes: float
    exports: float
    export_growth: Path
    imports: float
    import_rise: float
    import_fall: float
    ramp_up: float | None
    ramp_down: float | None
    replacement_margin: float | None
    labour_productivity_growth: float
    capital_goods: Mapping[str, float] | None


@dataclass(frozen=True)
class CaseTechnology(Stated):
    """A way of making a sector's product: existing, upgraded or new."""

    id: str
    sector: str
    title: Text
    kind: TechnologyKind
    base_output: float
    capacity: Mapping[int, float]
    pipeline: Mapping[int, float]
    lifetime: int
    max_utilisation: float
    min_utilisation: float
    input_factors: Mapping[str, float]
    imported_shares: Mapping[str, float]
    labour: Mapping[str, float]
    accounts: Mapping[str, float]
    buildable: bool
    cost: float
    lead_time: int
    available_from: int | None
    build_limit: Path | None
    unit_size: float | None
    retire_cost: float

    @property
    def base_capacity(self) -> float:
        """Return the capacity standing in the base year [money of output / year]."""
        return float(sum(self.capacity.values()))


@dataclass(frozen=True)
class Retrofit(Stated):
    """Capacity of one technology turned into that of another of the same sector."""

    start: str
    end: str
    cost: float
    lead_time: int
    limit: Path | None


@dataclass(frozen=True)
class Budget(Stated):
    """A source of money; ``limit`` in the case's money."""

    id: str
    title: Text
    limit: Path
    premium: float
    sectors: tuple[str, ...] | None


@dataclass(frozen=True)
class Grade(Stated):
    """A grade of workers."""

    id: str
    title: Text
    workers: float
    entrants: Path
    leaving_rate: float


@dataclass(frozen=True)
class Training(Stated):
    """Workers of one grade turned into those of another."""

    start: str
    end: str
    years: int
    cost: float
    limit: Path


@dataclass(frozen=True)
class Account(Stated):
    """Energy, emissions, land or another account; ``cap`` in the account's unit."""

    id: str
    title: Text
    unit: str
    basis: Literal["output", "capacity"]
    cap: Path | None


@dataclass(frozen=True)
class Schedule(Stated):
    """A ceiling on the capacity of a hazardous or restricted technology."""

    technology: str
    maximum: Path


@dataclass(frozen=True)
class Floor(Stated):
    """Least output or employment of a sector, or of all."""

    of: Literal["output", "employment"]
    sector: str | None
    minimum: Path


@dataclass(frozen=True)
class Exposure(Stated):
    """A chokepoint input: the ceiling on its imports' share, its weight in the exposure index."""

    product: str
    ceiling: Path | None
    weight: float


@dataclass(frozen=True)
class Target(Stated):
    """Value added or output to be reached in a year."""

    of: Literal["value_added", "output"]
    sector: str | None
    year: int
    value: float


@dataclass(frozen=True)
class TransitionCase:
    """A case of ``transition``; money and persons are the units of every figure.

    mappings : classification → sector of the case → shares of the classification's sectors in it;
        a sector mapped to nothing takes what the others leave
    """

    id: str
    title: Text
    note: Text | None
    base_year: int
    horizon: int
    tail: int
    money: str
    persons: str
    discount_rate: float
    modelled_investment: float
    capital_goods: Mapping[str, float]
    objective: Mapping[str, float]
    sectors: tuple[CaseSector, ...]
    technologies: tuple[CaseTechnology, ...]
    retrofits: tuple[Retrofit, ...]
    budgets: tuple[Budget, ...]
    grades: tuple[Grade, ...]
    trainings: tuple[Training, ...]
    accounts: tuple[Account, ...]
    schedules: tuple[Schedule, ...]
    floors: tuple[Floor, ...]
    exposures: tuple[Exposure, ...]
    targets: tuple[Target, ...]
    mappings: Mapping[str, Mapping[str, Mapping[str, float]]]
    record: InputRecord

    @property
    def years(self) -> tuple[int, ...]:
        """Return the years that are computed: from the one after the base year to the last."""
        return tuple(range(self.base_year + 1, self.last_year + 1))

    @property
    def last_year(self) -> int:
        """Return the last year that is computed: the horizon and the tail beyond it."""
        return self.horizon + self.tail

    @property
    def assumptions(self) -> int:
        """Return how many entries are assumptions to be replaced."""
        entries = (
            *(*self.sectors, *self.technologies, *self.retrofits, *self.budgets, *self.grades),
            *(*self.trainings, *self.accounts, *self.schedules, *self.floors, *self.exposures),
            *self.targets,
        )
        return sum(entry.assumption for entry in entries)


def cases() -> tuple[str, ...]:
    """Return the names of the shipped cases."""
    return shipped(FOLDER)
