"""An input–output table as labelled rows and columns, the form in which it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import product

import numpy as np

from xinzhi.core import Text
from xinzhi.data.io_table import Array, IOTable

MARK = "xinzhi_io_table"
VERSION = "1"
ROW_PARTS = ("flows", "imported_flows", "primary_inputs", "satellites", "total")
COLUMN_PARTS = ("flows", "final_demand", "discrepancy", "imports", "output", "total")


@dataclass(frozen=True)
class Label:
    """What a row or column is.

    part : of the table; ``total`` for a sum, whose code says of what
    """

    part: str
    region: str = ""
    code: str = ""
    title_zh: str = ""
    title_en: str = ""
    kind: str = ""
    unit: str = ""

    @property
    def title(self) -> Text:
        """Return the title in both languages."""
        return Text(self.title_zh, self.title_en)


LABELS = tuple(f.name for f in fields(Label))


@dataclass(frozen=True, eq=False)
class Parts:
    """A table as labelled rows and columns.

    about : (name, value in Chinese or plain, value in English) in order; assumptions come often
    values : (rows, columns), NaN where the table has no such cell
    """

    about: tuple[tuple[str, str, str], ...]
    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    values: Array


def parts_of(table: IOTable, totals: bool = False) -> Parts:
    """Lay a table out as rows and columns.

    totals : add the sums that a reader looks for; they are checked when the file is read
    """
    places = list(product(table.regions, table.sectors))
    names = [(region, sector.code, *sector.title) for region, sector in places]
    sectors = [Label("flows", *name) for name in names]
    final = [
        Label("final_demand", c.region, c.code, *c.title, c.kind) for c in table.final_categories
    ]
    columns = [*sectors, *final]
    supply: list[Array] = [table.flows, table.final_demand]
    for name in ("discrepancy", "imports", "output"):
        values = getattr(table, name)
        if values is not None:
            columns.append(Label(name, code=name))
            supply.append(values[:, None])
    rows = list(sectors)
    blocks = [np.hstack(supply)]

    def add(labels: Sequence[Label], by_sector: Array, by_final: Array | None) -> None:
        block = np.full((len(labels), len(columns)), np.nan)
        block[:, : table.size] = by_sector
        if by_final is not None:
            block[:, table.size : table.size + len(final)] = by_final
        rows.extend(labels)
        blocks.append(block)

    if table.imported_flows is not None:
        imported = [Label("imported_flows", "", s.code, *s.title) for s in table.sectors]
        add(imported, table.imported_flows, table.imported_final_demand)
    primary = [
        Label("primary_inputs", "", c.code, *c.title, c.kind) for c in table.primary_categories
    ]
    add(primary, table.primary_inputs, table.primary_final)
    if table.satellites is not None:
        accounts = [
            Label("satellites", "", row.code, *row.title, "", row.unit)
            for row in table.satellite_rows
        ]
        add(accounts, table.satellites, table.satellites_final)
    parts = Parts(_about(table), tuple(rows), tuple(columns), np.vstack(blocks))
    return with_totals(parts) if totals else parts


def with_totals(parts: Parts) -> Parts:
    """Return the rows and columns with sums of intermediate and final use, and of inputs."""
    rows, columns = by_part(parts.rows), by_part(parts.columns)
    used = [k for p in ("flows", "final_demand", "imports", "output") for k in columns.get(p, [])]
    inputs = {
        ("total_intermediate", "中间投入合计", "total intermediate inputs"): (
            *rows.get("flows", []),
            *rows.get("imported_flows", []),
        ),
        ("total_primary", "初始投入合计", "total primary inputs"): rows.get("primary_inputs", []),
    }
    uses = {
        ("total_intermediate", "中间使用合计", "total intermediate use"): columns.get("flows", []),
        ("total_final", "最终使用合计", "total final use"): columns.get("final_demand", []),
    }
    values = parts.values
    wide = [_summed(values, places, 1) for places in uses.values()]
    values = np.hstack([values, np.column_stack(wide)])
    sums = [len(parts.columns) + k for k in range(len(wide))]
    below = np.full((len(inputs), values.shape[1]), np.nan)
    for k, places in enumerate(inputs.values()):
        below[k, [*used, *sums]] = _summed(values, places, 0)[[*used, *sums]]
    return Parts(
        parts.about,
        (*parts.rows, *(Label("total", "", *name) for name in inputs)),
        (*parts.columns, *(Label("total", "", *name) for name in uses)),
        np.vstack([values, below]),
    )


def _summed(values: Array, places: Sequence[int], axis: int) -> Array:
    """Return sums over some rows (axis 0) or columns; NaN only where no cell is filled."""
    chosen = values[list(places)] if axis == 0 else values[:, list(places)]
    total: Array = np.nansum(chosen, axis=axis)
    total[np.isnan(chosen).all(axis=axis)] = np.nan
    return total


def without_totals(parts: Parts) -> Parts:
    """Return the rows and columns that are no sums."""
    rows = [k for k, label in enumerate(parts.rows) if label.part != "total"]
    columns = [k for k, label in enumerate(parts.columns) if label.part != "total"]
    return Parts(
        parts.about,
        tuple(parts.rows[k] for k in rows),
        tuple(parts.columns[k] for k in columns),
        parts.values[np.ix_(rows, columns)],
    )


def by_part(labels: Sequence[Label]) -> dict[str, list[int]]:
    """Return part → places of its labels."""
    found: dict[str, list[int]] = {}
    for place, label in enumerate(labels):
        found.setdefault(label.part, []).append(place)
    return found


def _about(table: IOTable) -> tuple[tuple[str, str, str], ...]:
    plain = {
        "classification": table.classification,
        "year": "" if table.year is None else str(table.year),
        "unit": table.unit,
        "tolerance": repr(float(table.tolerance)),
        "rounding": repr(float(table.rounding)),
    }
    return (
        (MARK, VERSION, ""),
        *((name, value, "") for name, value in plain.items()),
        ("prices", *table.prices),
        ("source", *table.source),
        *(("assumption", *text) for text in table.assumptions),
    )
