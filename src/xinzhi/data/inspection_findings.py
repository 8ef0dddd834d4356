"""What inspection finds: one finding for each distinct problem of a table, with its places."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from xinzhi.data.indicators import IndicatorInfo, find_indicator, indicators
from xinzhi.data.inspection_table import CodedTable, Codes, Numbers, SeriesName
from xinzhi.data.science_technology import science_technology_codes


@dataclass(frozen=True)
class TableFinding:
    """One distinct problem of a table, with all its places.

    problem : id that does not depend on the language
    row, column, value : first place (the worst, where figures are compared) as it stands in the
        file; rows are counted from 1
    suggestion : what was probably meant, None where nothing is near
    certain : the repair follows from the table and can be made
    rows : every row of the file that shows the problem; count : cells
    table, indicator, label : the series, where the problem has one
    region, year, compared : of ``value``, where it was compared with another figure or unit
    """

    problem: str
    row: int
    column: str
    value: str
    rows: tuple[int, ...]
    count: int
    suggestion: str | None = None
    certain: bool = False
    table: str = ""
    indicator: str = ""
    label: str = ""
    region: str = ""
    year: int | None = None
    compared: str = ""


@dataclass(frozen=True)
class Comparison:
    """The figures that one finding compares: positions of cells, and what each was held against."""

    finding: TableFinding
    cells: Codes
    compared: Numbers


@dataclass(frozen=True)
class Repair:
    """A cell that can be repaired with certainty.

    position : of the row in the coded table; problems : ids, in the order of repair
    """

    position: int
    before: str
    after: str
    problems: tuple[str, ...]


class Inspector:
    """A table under inspection, and what the rules have found so far.

    place, entity : as the table has them, but rows whose region is certain though misspelt count as
        that region's once the names have been looked at
    """

    def __init__(self, table: CodedTable) -> None:
        self.table = table
        self.findings: list[TableFinding] = []
        self.comparisons: list[Comparison] = []
        self.place = table.place.copy()
        self.entity = table.entity.copy()
        self.repairs: list[Repair] = []
        self.ids = [known_indicator(name) for name in table.names]

    def add(self, problem: str, column: str, value: str, positions: Codes, **more: object) -> None:
        """Keep one finding about the rows at these positions."""
        rows = np.unique(self.table.row[positions])
        if len(rows):
            self.findings.append(
                TableFinding(
                    problem,
                    int(rows[0]),
                    column,
                    value,
                    tuple(rows.tolist()),
                    len(positions),
                    **more,  # type: ignore[arg-type]
                )
            )

    def series_of(self, series: int) -> dict[str, str]:
        """Return how a finding names a series."""
        name = self.table.names[series]
        return {"table": name.table, "indicator": name.indicator, "label": name.label}

    def known(self, series: int) -> IndicatorInfo | None:
        """Return what the dictionary says of a series."""
        found = self.ids[series]
        return indicators()[found] if found else None

    def unit_column(self, cell: int) -> str:
        """Return the heading that states a figure's unit."""
        table = self.table
        if table.measures[table.cell_measure[cell]].unit or table.unit is None:
            return table.value_heading(cell)
        return table.unit.heading

    def compare(
        self,
        problem: str,
        series: int,
        cells: Codes,
        compared: Numbers,
        weight: Numbers,
        **more: object,
    ) -> None:
        """Keep one finding about figures of a series; the one of most weight stands for all.

        compared : (cells,) in the unit of each figure
        """
        table = self.table
        worst = int(np.argmax(weight))
        cell = int(cells[worst])
        finding = TableFinding(
            problem,
            int(table.row[table.cell_row[cell]]),
            table.value_heading(cell),
            plain_number(float(table.value[cell])),
            tuple(np.unique(table.row[table.cell_row[cells]]).tolist()),
            len(cells),
            **{
                **self.series_of(series),
                "region": table.entity_words[self.entity[table.cell_row[cell]]],
                "year": int(table.cell_year[cell]) if table.cell_year[cell] >= 0 else None,
                "compared": plain_number(float(compared[worst])),
                **more,
            },
        )
        self.findings.append(finding)
        self.comparisons.append(Comparison(finding, cells, compared))


def known_indicator(name: SeriesName) -> str | None:
    """Return the id in the dictionary that a series' code, name or label stands for."""
    code = science_technology_codes().get((name.table, name.indicator))
    if code is not None:
        return code.indicator
    return find_indicator(name.indicator) or (find_indicator(name.label) if name.label else None)


def plain_number(value: float) -> str:
    """Return a number as a table prints it."""
    return "" if np.isnan(value) else f"{value:.12g}"
