"""Reading input–output tables: national layouts, Xinzhi's own, and data packs."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.findings import listed, refuse
from xinzhi.data.io_block import Block, has_codes, read_block
from xinzhi.data.io_draft import Draft
from xinzhi.data.io_grid_own import grid_parts, is_own
from xinzhi.data.io_layout_nbs import is_nbs, nbs_draft
from xinzhi.data.io_layout_oecd import is_oecd, oecd_draft
from xinzhi.data.io_layout_own import check_totals, table_of
from xinzhi.data.io_parquet import read_parquet
from xinzhi.data.io_parts import Parts
from xinzhi.data.io_table import IOTable
from xinzhi.data.pack_registry import Pack, find_pack, pack_records, read_pack
from xinzhi.data.tables import Grid, open_sheets
from xinzhi.data.units import find_unit

_YEAR = re.compile(r"(?<!\d)(?:19[5-9]\d|20\d\d)(?!\d)")
_GIVEN = Text("由用户给出", "given by the user")
_LAYOUTS = Text(
    "可读的版式：国家统计局投入产出表（Code、Description、部门列、TIU、TC、GO ……）、"
    "经合组织投入产出表（HFCE、GFCF、EXPO、IMPO ……）、xinzhi 自己写出的表。",
    "Layouts that are read: China's national tables (Code, Description, sectors, TIU, TC, GO …), "
    "OECD tables (HFCE, GFCF, EXPO, IMPO …), and tables that xinzhi wrote.",
)


def read_io_table(
    path: str | Path,
    *,
    classification: str | None = None,
    year: int | None = None,
    unit: str | None = None,
    sheet: str | None = None,
) -> IOTable:
    """Read an input–output table from a CSV, TSV, XLSX or Parquet file.

    The headings tell the layout: China's national tables with imports apart by user (a column
    ``Origin``) or as one column, the OECD's national tables, or Xinzhi's own (``write_io_table``;
    Parquet holds only this). Printed totals are checked against their parts and not stored. The
    rounding of the table is half a unit of the last digit in the file.

    classification : id; by default what layout, codes and titles say
    year : by default the only year in the name of the file or sheet
    unit : id, title or alias; by default what the file states, else what the layout is published in
    sheet : of a workbook; by default the only one that holds a table
    Returns : the table; ``source`` says where year and unit come from
    Raises : InputError for a file that cannot be read or is no such table, missing rows or
        columns, sectors that come twice, cells that hold no figure (with row and column), several
        units, a unit or year other than the file's own, totals that differ from their parts, and
        a table that does not balance, with sectors and amounts
    """
    place = Path(path)
    if place.suffix.lower() == ".parquet":
        parts, record = read_parquet(place)
        return _own_table(parts, record, place.name, classification, year, unit)
    grids = open_sheets(place, sheet)
    if any(map(is_own, grids)):
        parts = grid_parts(grids)
        record = InputRecord(grids[0].name, grids[0].sha256, len(parts.rows))
        return _own_table(parts, record, place.name, classification, year, unit)
    grid, block = _table_sheet(grids, place.name)
    record = InputRecord(grid.name, grid.sha256, len(block.rows))
    return _table(block, record, (place.stem, grid.title), classification, year, unit)


def io_table_of_frame(
    frame: pd.DataFrame,
    name: str,
    *,
    classification: str | None = None,
    year: int | None = None,
    unit: str | None = None,
) -> IOTable:
    """Make an input–output table of a DataFrame with the columns of a national layout.

    frame : as the CSV of the table would be, headings included; R's ``X01`` for 01 is understood
    name : of the table, for messages; its year is the table's by default
    Raises : InputError as ``read_io_table``; rows count from 2, as in a file with headings
    """
    cells = [[str(column) for column in frame.columns], *frame.astype(object).to_numpy().tolist()]
    digest = hashlib.sha256(pd.util.hash_pandas_object(frame).to_numpy().tobytes()).hexdigest()
    _, block = _table_sheet([Grid(name, "", cells, digest)], name)
    record = InputRecord(name, digest, len(frame))
    return _table(block, record, (name,), classification, year, unit)


def io_table_of_pack(pack: str | Pack, table: str) -> IOTable:
    """Return one input–output table of a data pack that is in the cache.

    table : its name in the pack, such as ``china_2020_42``
    Raises : InputError listing the tables of the pack; ComputationError where the pack has not
        been fetched, with the command that does so
    """
    pack = find_pack(pack) if isinstance(pack, str) else pack
    file = table.split("/")[0]
    tables = read_pack(pack, file)
    if table not in tables:
        shown = listed(tables, 40)
        raise InputError(
            Text(f"数据包 {pack.id} 中没有表 {table}", f"data pack {pack.id} has no table {table}"),
            remedy=Text(f"其中有：{shown.zh}", f"Its tables are: {shown.en}"),
        )
    records = pack_records(pack, tables)
    inputs = tuple(record for record in records if Path(record.name).stem == file)
    made = io_table_of_frame(tables[table], table)
    citation = Text(
        f"{pack.citation.zh}；{made.source.zh}", f"{pack.citation.en}; {made.source.en}"
    )
    return replace(made, inputs=inputs, source=citation)


def _table_sheet(grids: Sequence[Grid], name: str) -> tuple[Grid, Block]:
    """Return the one sheet that holds a table.

    Raises : InputError where there is none, or more than one
    """
    coded = [(grid, read_block(grid)) for grid in grids if has_codes(grid)]
    found = [pair for pair in coded if is_nbs(pair[1]) or is_oecd(pair[1])]
    titles = listed([grid.title for grid in grids if grid.title])
    if len(found) > 1:
        several = listed([grid.title for grid, _ in found])
        raise InputError(
            Text(
                f"{name}：有多张工作表是投入产出表：{several.zh}",
                f"{name}: several sheets hold an input–output table: {several.en}",
            ),
            remedy=Text("请指定工作表（sheet）。", "Say which one (sheet)."),
        )
    if found:
        return found[0]
    headings = [word for grid in grids[:1] for row in grid.cells[:1] for word in row]
    shown = listed([str(word)[:30] for word in headings], 10)
    details = [Text(f"表头：{shown.zh}", f"headings: {shown.en}")]
    if titles.zh:
        details.append(Text(f"读取的工作表：{titles.zh}", f"sheets read: {titles.en}"))
    raise InputError(
        Text(
            f"{name}：不是投入产出表（或面板数据、其他工作表）",
            f"{name}: no input–output table (a panel, or another sheet?)",
        ),
        details,
        _LAYOUTS,
    )


def _table(
    block: Block,
    record: InputRecord,
    names: Sequence[str],
    classification: str | None,
    year: int | None,
    unit: str | None,
) -> IOTable:
    draft = oecd_draft(block) if is_oecd(block) else nbs_draft(block)
    stated = _same_unit(block.name, unit, block.unit)
    found, origin = _year(names) if year is None else (year, _GIVEN)
    unit_id, unit_origin = (
        (find_unit(unit).id, _GIVEN)
        if unit is not None
        else (stated, Text("文件中注明", "stated in the file"))
        if stated
        else (draft.unit, Text("该版式的公布单位", "the one the layout is published in"))
    )
    title = find_unit(unit_id).title
    source = Text(
        f"{draft.layout.zh}，{block.name}；年份：{found or '未知'}（{origin.zh}）；"
        f"单位：{title.zh}（{unit_origin.zh}）",
        f"{draft.layout.en}, {block.name}; year: {found or 'unknown'} ({origin.en}); "
        f"unit: {title.en} ({unit_origin.en})",
    )
    fields = dict(draft.fields)
    fields |= {
        "classification": draft.classification if classification is None else classification,
        "year": found,
        "unit": unit_id,
        "prices": draft.prices,
        "source": source,
        "rounding": block.rounding,
        "inputs": (record,),
    }
    made = _made(block.name, fields, draft)
    block.refuse_findings()
    return made


def _made(name: str, fields: dict[str, Any], draft: Draft | None = None) -> IOTable:
    """Make the table; where it is refused, name the file and say what else was found in it."""
    try:
        return IOTable(**fields)
    except InputError as error:
        details = list(error.details)
        if draft is not None:
            details += [finding.text() for finding in draft.block.findings[:8]]
            if draft.absent:
                shown = listed(draft.absent)
                details.append(
                    Text(f"文件中没有列 {shown.zh}", f"the file has no column {shown.en}")
                )
        message = Text(f"{name}：{error.message.zh}", f"{name}: {error.message.en}")
        raise InputError(message, details, error.remedy) from None


def _own_table(
    parts: Parts,
    record: InputRecord,
    name: str,
    classification: str | None,
    year: int | None,
    unit: str | None,
) -> IOTable:
    fields = table_of(parts, name)
    stated = fields["unit"]
    _same_unit(name, unit, stated)
    if year is not None and fields.get("year") not in (None, year):
        raise InputError(
            Text(
                f"{name}：文件注明的年份是 {fields['year']}，给出的是 {year}",
                f"{name}: the file states the year {fields['year']}, {year} was given",
            ),
            remedy=Text("请不要另给年份，或改正文件。", "Leave the year out, or correct the file."),
        )
    if year is not None:
        fields["year"] = year
    if unit is not None and find_unit(stated).id == "unspecified":
        fields["unit"] = unit
    if classification is not None:
        fields["classification"] = classification
    made = _made(name, fields | {"inputs": (record,)})
    if findings := check_totals(parts, made.rounding):
        raise refuse(name, findings)
    return made


def _same_unit(name: str, given: str | None, stated: str) -> str:
    """Return the id of the stated unit, "" for none.

    Raises : InputError where another one is given
    """
    stated = find_unit(stated).id if stated else ""
    if given is not None and stated not in ("", "unspecified", find_unit(given).id):
        there, other = find_unit(stated).title, find_unit(given).title
        raise InputError(
            Text(
                f"{name}：文件注明的单位是 {there.zh}，给出的是 {other.zh}",
                f"{name}: the file states the unit {there.en}, {other.en} was given",
            ),
            remedy=Text("请不要另给单位，或改正文件。", "Leave the unit out, or correct the file."),
        )
    return stated


def _year(names: Sequence[str]) -> tuple[int | None, Text]:
    """Return the only year in the last part of a name, and what it was taken from."""
    for name in names:
        found = {int(word) for word in _YEAR.findall(name.rsplit("/", 1)[-1])}
        if len(found) == 1:
            return found.pop(), Text(f"取自名称 {name}", f"from the name {name}")
    return None, Text("文件没有说明", "the file does not say")
