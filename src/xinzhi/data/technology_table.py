"""A table of technologies, from which ``case_document`` makes the first version of a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.case_fields import fields
from xinzhi.data.cells import number_of, text_of
from xinzhi.data.tables import open_grid

_FLAGS = {"true": True, "false": False}


def read_technologies(path: str | Path) -> tuple[pd.DataFrame, InputRecord]:
    """Read technologies from a CSV, TSV or XLSX file: a row each, headings in the first row.

    Columns are the keys of ``[[technology]]`` and such as ``labour.GRADE``, as ``case_document``
    takes them; cells of text keys stay text, true and false become flags, others numbers.
    Returns : the rows, blank cells as None, and the record of the file
    Raises : InputError as ``open_grid``; for a file without rows and a column that is there twice
    """
    grid = open_grid(path)
    rows = [[text_of(cell) for cell in row] for row in grid.cells]
    rows = [row for row in rows if any(row)]
    headings = [heading for heading in rows[0] if heading] if rows else []
    twice = sorted({heading for heading in headings if headings.count(heading) > 1})
    if len(rows) < 2 or twice:
        shown = "、".join(twice), ", ".join(twice)
        wrong = (
            Text(f"列重复：{shown[0]}", f"columns that are there twice: {shown[1]}")
            if twice
            else Text("没有数据行", "no rows of data")
        )
        raise InputError(
            Text(f"{grid.name}：{wrong.zh}", f"{grid.name}: {wrong.en}"),
            remedy=Text(
                "第一行写列名（id、sector、kind 等），每种技术一行。",
                "Put the names of columns (id, sector, kind …) into the first row and one "
                "technology into each row below.",
            ),
        )
    worded = {f.key for f in fields()["technology"] if f.kind in ("text", "title")}
    places = [(rows[0].index(heading), heading) for heading in headings]
    frame = pd.DataFrame(
        [
            {name: _plain(name, row[at] if at < len(row) else "", worded) for at, name in places}
            for row in rows[1:]
        ],
        dtype=object,
    )
    return frame, InputRecord(grid.name, grid.sha256, len(frame))


def _plain(name: str, text: str, worded: set[str]) -> Any:
    if not text:
        return None
    if name in worded:
        return text
    flag = _FLAGS.get(text.casefold())
    number = number_of(text)
    return flag if flag is not None else text if number is None else number
