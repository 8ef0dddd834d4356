"""The input–output table: one type for one region and for many, which must balance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from xinzhi.core import NO_TEXT, InputError, InputRecord, Text
from xinzhi.data.io_checks import (
    ARRAYS,
    check_balance,
    check_figures,
    check_labels,
    check_shapes,
    gaps,
    shape_error,
)
from xinzhi.data.units import find_unit

Array = NDArray[np.float64]

FinalKind = Literal["consumption", "investment", "stock_changes", "exports"]
PrimaryKind = Literal[
    "compensation",
    "taxes_on_production",
    "depreciation",
    "operating_surplus",
    "value_added",
    "taxes_on_products",
    "taxes_abroad",
]

FINAL_KINDS: tuple[FinalKind, ...] = ("consumption", "investment", "stock_changes", "exports")
# What belongs to value added at basic prices; taxes on products are paid on top of it.
VALUE_ADDED_KINDS: frozenset[PrimaryKind] = frozenset(
    ("compensation", "taxes_on_production", "depreciation", "operating_surplus", "value_added")
)


@dataclass(frozen=True)
class Sector:
    """A sector of a classification; codes are strings that keep their zeros."""

    code: str
    title: Text


@dataclass(frozen=True)
class FinalCategory:
    """A column of final demand.

    region : whose demand it is; "" for exports to regions outside the table
    """

    code: str
    kind: FinalKind
    title: Text
    region: str = ""


@dataclass(frozen=True)
class PrimaryCategory:
    """A row of primary inputs: a part of value added, or taxes on products."""

    code: str
    kind: PrimaryKind
    title: Text


@dataclass(frozen=True)
class Satellite:
    """A row of a satellite account, such as emissions or employment, by producing sector."""

    code: str
    title: Text
    unit: str


@dataclass(frozen=True, eq=False)
class IOTable:
    r"""An input–output table of R regions with the same S sectors; N = R·S, region by region.

    Separate tables (imports apart) satisfy, for every region-sector,

    .. math:: x_i = \sum_j Z_{ij} + \sum_k Y_{ik} + \delta_i, \qquad
              x_j = \sum_i Z_{ij} + \sum_i M_{ij} + \sum_v V_{vj},

    competitive tables (imports inside the flows, ``imports`` m by product)
    :math:`x_i + m_i = \sum_j Z_{ij} + \sum_k Y_{ik} + \delta_i` and the same columns without M.

    sectors : S; regions : R names, in the order of every axis below
    flows : (N, N) Z, intermediate flows from row to column; of products of the table's own regions
        in a separate table, of all products in a competitive one
    final_demand : (N, F) Y, by ``final_categories``
    primary_inputs : (V, N), by ``primary_categories``: value added and taxes on products
    output : (N,) x, gross output, >= 0
    imported_flows : (S, N) M, intermediate use of products from outside the table; None in a
        competitive table and where nothing comes from outside
    imported_final_demand : (S, F), the same for final demand
    imports : (N,) m, >= 0, only in a competitive table
    discrepancy : (N,) the publisher's statistical discrepancy, part of the row's balance
    primary_final : (V, F) primary inputs bought by final demand, as taxes on products are
    satellites : (Q, N), by ``satellite_rows``
    satellites_final : (Q, F) what final demand itself causes, as households' own emissions
    classification : id of the sector classification (``cn42``, ``oecd45``, the user's)
    year, unit (id), prices, source : what the figures are
    tolerance : largest gap in the balance of a sector relative to its output
    rounding : half a unit of the last printed digit; each figure of a row may be off by it
    assumptions : what was assumed in making the table, for every output to repeat
    Raises : InputError naming the sectors and amounts where the table does not balance, where
        output is negative, a figure is missing, a sector is doubled or shapes disagree
    """

    sectors: tuple[Sector, ...]
    flows: Array
    final_demand: Array
    final_categories: tuple[FinalCategory, ...]
    primary_inputs: Array
    primary_categories: tuple[PrimaryCategory, ...]
    output: Array
    imported_flows: Array | None = None
    imported_final_demand: Array | None = None
    imports: Array | None = None
    discrepancy: Array | None = None
    primary_final: Array | None = None
    satellites: Array | None = None
    satellites_final: Array | None = None
    satellite_rows: tuple[Satellite, ...] = ()
    regions: tuple[str, ...] = ("",)
    classification: str = ""
    year: int | None = None
    unit: str = "unspecified"
    prices: Text = NO_TEXT
    source: Text = NO_TEXT
    tolerance: float = 1e-6
    rounding: float = 0.0
    assumptions: tuple[Text, ...] = ()
    inputs: tuple[InputRecord, ...] = ()

    def __post_init__(self) -> None:
        for name in ARRAYS:
            values = getattr(self, name)
            if values is not None:
                values = np.ascontiguousarray(values, dtype=np.float64).view()
                values.flags.writeable = False  # the view only: the caller's array stays as it was
                object.__setattr__(self, name, values)
        object.__setattr__(self, "unit", find_unit(self.unit).id)
        check_labels(self)
        check_shapes(self)
        check_figures(self)
        check_balance(self)

    @property
    def size(self) -> int:
        """Return N, the number of region-sectors."""
        return len(self.regions) * len(self.sectors)

    @property
    def competitive(self) -> bool:
        """Tell whether imports lie inside the flows, as one column of the table."""
        return self.imports is not None

    @property
    def separate(self) -> bool:
        """Tell whether the use of imports is known by user, apart from domestic products."""
        return self.imported_flows is not None

    @property
    def codes(self) -> tuple[str, ...]:
        """Return the sector codes."""
        return tuple(sector.code for sector in self.sectors)

    @property
    def labels(self) -> pd.MultiIndex:
        """Return (region, sector code) of every region-sector, in the order of the axes."""
        return pd.MultiIndex.from_product([self.regions, self.codes], names=["region", "code"])

    def names(self) -> pd.DataFrame:
        """Return region, code, title_zh and title_en of every region-sector, in order."""
        frame = self.labels.to_frame(index=False)
        titles = [sector.title for sector in self.sectors] * len(self.regions)
        frame["title_zh"] = [title.zh for title in titles]
        frame["title_en"] = [title.en for title in titles]
        return frame

    def place(self, code: str, region: str | None = None) -> int:
        """Return the position of a region-sector.

        region : the only one by default
        Raises : InputError naming what is not in the table
        """
        region = self.regions[0] if region is None and len(self.regions) == 1 else region
        if region not in self.regions:
            raise InputError(
                Text(
                    f"投入产出表中没有地区 {region}；有：{'、'.join(self.regions)}",
                    f"no region {region} in the input–output table; there are: "
                    f"{', '.join(self.regions)}",
                )
            )
        if code not in self.codes:
            raise InputError(
                Text(
                    f"投入产出表（{self.classification}）中没有部门 {code}；"
                    f"有 {self.codes[0]} 至 {self.codes[-1]}",
                    f"no sector {code} in the input–output table ({self.classification}); "
                    f"it has {self.codes[0]} to {self.codes[-1]}",
                )
            )
        return self.regions.index(region) * len(self.sectors) + self.codes.index(code)

    def final(self, *kinds: FinalKind) -> Array:
        """Return (N,) final demand of the given kinds, all kinds by default."""
        return np.asarray(self.final_demand @ self.of_kind(*kinds))

    def imported_final(self, *kinds: FinalKind) -> Array:
        """Return (S,) final demand for products from outside the table, of the given kinds."""
        if self.imported_final_demand is None:
            return np.zeros(len(self.sectors))
        return np.asarray(self.imported_final_demand @ self.of_kind(*kinds))

    def of_kind(self, *kinds: FinalKind) -> Array:
        """Return (F,) one where a final category is of one of the kinds, else zero."""
        wanted = kinds or FINAL_KINDS
        return np.array([float(c.kind in wanted) for c in self.final_categories])

    @property
    def value_added(self) -> Array:
        """Return (N,) value added at basic prices."""
        chosen = np.array([float(c.kind in VALUE_ADDED_KINDS) for c in self.primary_categories])
        return np.asarray(chosen @ self.primary_inputs)

    @property
    def intermediate_inputs(self) -> Array:
        """Return (N,) intermediate inputs of every origin."""
        total: Array = self.flows.sum(axis=0)
        return total if self.imported_flows is None else total + self.imported_flows.sum(axis=0)

    @property
    def satellite_units(self) -> Mapping[str, str]:
        """Return the unit of each satellite row."""
        return {row.code: row.unit for row in self.satellite_rows}

    def satellite(self, code: str) -> Array:
        """Return (N,) one row of the satellite accounts.

        Raises : InputError listing the rows there are
        """
        for place, row in enumerate(self.satellite_rows):
            if row.code == code and self.satellites is not None:
                return np.asarray(self.satellites[place])
        have = [row.code for row in self.satellite_rows]
        raise InputError(
            Text(
                f"投入产出表没有卫星账户 {code}；有：{'、'.join(have) or '无'}",
                f"the input–output table has no satellite account {code}; "
                f"there are: {', '.join(have) or 'none'}",
            )
        )

    def with_satellite(self, row: Satellite, values: pd.Series | ArrayLike) -> IOTable:
        """Return the table with one more satellite row (employment, emissions, energy …).

        values : (N,) in the table's order, or a Series by sector code (one region) or by
            (region, code), in any order
        Raises : InputError naming the sectors that are missing or unknown
        """
        if isinstance(values, pd.Series):
            index = self.labels if values.index.nlevels == 2 else pd.Index(self.codes)
            unknown = [str(label) for label in values.index if label not in index]
            absent = [str(label) for label in index if label not in values.index]
            if unknown or absent or len(index) != self.size:
                raise InputError(
                    Text(
                        f"卫星账户 {row.code} 的部门与投入产出表不符",
                        f"the sectors of satellite account {row.code} are not those of the table",
                    ),
                    details=[
                        *(Text(f"表中没有：{u}", f"not in the table: {u}") for u in unknown),
                        *(Text(f"缺少：{a}", f"missing: {a}") for a in absent),
                    ],
                )
            values = values.reindex(index).to_numpy(dtype=float)
        added = np.asarray(values, dtype=np.float64).reshape(1, -1)
        kept = [k for k, known in enumerate(self.satellite_rows) if known.code != row.code]
        old = np.zeros((0, self.size)) if self.satellites is None else self.satellites[kept]
        if added.shape[1] != self.size:
            raise shape_error(f"satellite {row.code}", added.shape[1:], (self.size,))
        own = self.satellites_final
        empty = np.zeros((1, len(self.final_categories)))
        return replace(
            self,
            satellites=np.vstack([old, added]),
            satellites_final=None if own is None else np.vstack([own[kept], empty]),
            satellite_rows=(*(self.satellite_rows[k] for k in kept), row),
        )

    def balance(self) -> pd.DataFrame:
        """Return region, code, row_gap and column_gap of every region-sector [the table's unit].

        row_gap : uses less supply; column_gap : inputs less output
        """
        frame = self.labels.to_frame(index=False)
        frame["row_gap"], frame["column_gap"] = gaps(self)
        return frame
