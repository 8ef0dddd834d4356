"""What an input–output table is refused for, naming sectors and amounts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.data.units import find_unit

if TYPE_CHECKING:
    from xinzhi.data.io_table import IOTable

Array = NDArray[np.float64]

_MOST_NAMED = 8

ARRAYS = (
    *("flows", "final_demand", "primary_inputs", "output", "imported_flows"),
    *("imported_final_demand", "imports", "discrepancy", "primary_final"),
    *("satellites", "satellites_final"),
)


def gaps(table: IOTable) -> tuple[Array, Array]:
    """Return (N,) uses less supply and (N,) inputs less output."""
    uses = table.flows.sum(axis=1) + table.final_demand.sum(axis=1)
    if table.discrepancy is not None:
        uses = uses + table.discrepancy
    supply = table.output if table.imports is None else table.output + table.imports
    inputs = table.intermediate_inputs + table.primary_inputs.sum(axis=0)
    return uses - supply, inputs - table.output


def check_labels(table: IOTable) -> None:
    """Refuse doubled or empty labels."""
    groups: tuple[tuple[Text, Iterable[object]], ...] = (
        (Text("部门代码", "sector code"), table.codes),
        (Text("地区", "region"), table.regions),
        (
            Text("最终使用列", "final category"),
            [(c.region, c.code) for c in table.final_categories],
        ),
        (Text("初始投入行", "primary input"), [c.code for c in table.primary_categories]),
        (Text("卫星账户", "satellite account"), [row.code for row in table.satellite_rows]),
    )
    for what, labels in groups:
        seen = list(labels)
        doubled = sorted({str(label) for label in seen if seen.count(label) > 1})
        if doubled:
            raise InputError(
                Text(
                    f"投入产出表中{what.zh}重复：{'、'.join(doubled)}",
                    f"input–output table: {what.en} doubled: {', '.join(doubled)}",
                )
            )
    for sector in table.sectors:
        if not sector.code:
            raise InputError(
                Text("投入产出表中有部门没有代码", "input–output table: a sector has no code")
            )


def shape_error(name: str, found: Sequence[int], expected: Sequence[int]) -> InputError:
    """Return the error of an array that does not fit the labels."""
    return InputError(
        Text(
            f"投入产出表的 {name} 形状为 {tuple(found)}，应为 {tuple(expected)}",
            f"input–output table: {name} has shape {tuple(found)}, expected {tuple(expected)}",
        )
    )


def check_shapes(table: IOTable) -> None:
    """Refuse arrays that do not fit the labels, and imports given in two ways."""
    size, sectors = table.size, len(table.sectors)
    columns, rows = len(table.final_categories), len(table.primary_categories)
    expected = {
        "flows": (size, size),
        "final_demand": (size, columns),
        "primary_inputs": (rows, size),
        "output": (size,),
        "imported_flows": (sectors, size),
        "imported_final_demand": (sectors, columns),
        "imports": (size,),
        "discrepancy": (size,),
        "primary_final": (rows, columns),
        "satellites": (len(table.satellite_rows), size),
        "satellites_final": (len(table.satellite_rows), columns),
    }
    for name, shape in expected.items():
        values = getattr(table, name)
        if values is not None and values.shape != shape:
            raise shape_error(name, values.shape, shape)
    if table.imports is not None and table.imported_flows is not None:
        raise InputError(
            Text(
                "投入产出表不能既把进口单列成流量，又从合计中扣除进口",
                "input–output table: imports cannot be both apart as flows and inside the flows",
            )
        )
    if (table.imported_flows is None) != (table.imported_final_demand is None):
        raise InputError(
            Text(
                "进口的中间使用与最终使用须同时给出",
                "imported intermediate flows and imported final demand must be given together",
            )
        )


def check_figures(table: IOTable) -> None:
    """Refuse missing figures, negative output and negative imports."""
    for name in ARRAYS:
        values = getattr(table, name)
        if values is None or np.isfinite(values).all():
            continue
        places = [tuple(int(k) for k in place) for place in np.argwhere(~np.isfinite(values))]
        shown = ", ".join(str(place) for place in places[:_MOST_NAMED])
        raise InputError(
            Text(
                f"投入产出表的 {name} 有 {len(places)} 格不是数，位置（行、列从 0 计）：{shown}",
                f"input–output table: {len(places)} cells of {name} are not numbers, "
                f"at (row, column from 0): {shown}",
            )
        )
    _refuse(
        table,
        table.output < 0,
        Text("投入产出表有部门总产出为负", "input–output table: negative gross output"),
        table.output,
    )
    if table.imports is not None:
        _refuse(
            table,
            table.imports < 0,
            Text("投入产出表有部门进口为负", "input–output table: negative imports"),
            table.imports,
        )


def check_balance(table: IOTable) -> None:
    """Refuse a table whose rows or columns do not balance within tolerance and rounding."""
    row_gap, column_gap = gaps(table)
    terms = table.size + len(table.final_categories) + len(table.primary_categories) + 2
    if table.imported_flows is not None:
        terms += len(table.sectors)
    supply = table.output if table.imports is None else table.output + table.imports
    # sectors without output still carry the rounding of the whole table's arithmetic
    allowed = table.tolerance * supply + table.rounding * terms + 1e-12 * table.output.sum()
    for gap, message in (
        (
            row_gap,
            Text(
                "投入产出表不平衡：使用合计减去供给",
                "the input–output table does not balance: uses less supply",
            ),
        ),
        (
            column_gap,
            Text(
                "投入产出表不平衡：投入合计减去总产出",
                "the input–output table does not balance: inputs less output",
            ),
        ),
    ):
        _refuse(table, np.abs(gap) > allowed, message, gap)


def _refuse(table: IOTable, bad: NDArray[np.bool_], message: Text, amounts: Array) -> None:
    """Raise an InputError naming the sectors that are bad, the largest amounts first."""
    if not bad.any():
        return
    found = np.flatnonzero(bad)
    found = found[np.argsort(-np.abs(amounts[found]), kind="stable")]
    names = table.names()
    unit = find_unit(table.unit).title
    details = []
    for place in found[:_MOST_NAMED]:
        row = names.iloc[place]
        where = " ".join(part for part in (str(row["region"]), str(row["code"])) if part)
        amount = f"{amounts[place]:,.6g}"
        details.append(
            Text(
                f"{where} {row['title_zh']}：{amount} {unit.zh}",
                f"{where} {row['title_en']}: {amount} {unit.en}",
            )
        )
    rest = len(found) - len(details)
    if rest:
        details.append(Text(f"另有 {rest} 个部门", f"and {rest} more sectors"))
    remedy = Text(
        "请核对这些部门的行和列；若差额来自四舍五入，可说明末位数字（rounding）。",
        "Check the rows and columns of these sectors; if the gap is rounding, "
        "state the last printed digit (rounding).",
    )
    raise InputError(message, details, remedy)
