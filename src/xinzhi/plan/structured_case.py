"""A case with the structure of a table, where one is given, and what a result says of it."""

from __future__ import annotations

from typing import NamedTuple

from xinzhi.core import InputRecord, Text
from xinzhi.data.cases import TransitionCase
from xinzhi.data.io_table import IOTable
from xinzhi.plan.case_structure import structure_note, with_structure


class StructuredCase(NamedTuple):
    """A case to be solved.

    structure : whose input coefficients it has: the case's own, or a table's
    """

    case: TransitionCase
    structure: str
    inputs: tuple[InputRecord, ...]
    warnings: tuple[Text, ...]


def structured(case: TransitionCase, table: IOTable | None) -> StructuredCase:
    """Return the case with the structure of the table, its records and warnings.

    Raises : InputError where the table does not fit the case
    """
    notes = [] if case.note is None else [case.note]
    if case.assumptions:
        notes.append(
            Text(
                f"案例中有 {case.assumptions} 项是应替换的假定（assumption = true），"
                "不是统计数据。",
                f"{case.assumptions} entries of the case are assumptions to be replaced "
                "(assumption = true), not statistics.",
            )
        )
    if table is None:
        return StructuredCase(case, case.id, (case.record,), tuple(notes))
    made = with_structure(case, table)
    source = table.source.en or table.classification
    return StructuredCase(
        made,
        source if table.year is None else f"{source}, {table.year}",
        (case.record, *table.inputs),
        (structure_note(case, made), *notes, *table.assumptions),
    )
