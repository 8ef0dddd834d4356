"""The data pack on science and technology as a panel: what its codes mean, and its errors."""

from __future__ import annotations

import hashlib
import io
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.data.findings import Finding, listed, refuse
from xinzhi.data.longtable import Places, missing_columns
from xinzhi.data.names import compact
from xinzhi.data.pack_registry import pack_records, read_pack
from xinzhi.data.panel import Panel
from xinzhi.data.regions import Region, RegionSet, load_region_set
from xinzhi.data.units import find_unit, lookup_unit, recount, same_dimension

PACK = "science_technology"
COLUMNS = ("table", "region", "year", "code", "value", "unit")
# What the pack's own tables call the columns of the long table.
_PACK_COLUMNS = {"province": "region", "variables": "code", "units": "unit"}
_FIRMS = "HitechFirmsPub"


@dataclass(frozen=True)
class Code:
    """What one code of one table means: ``unit`` is the unit its figures are in."""

    table: str
    code: str
    indicator: str
    unit: str
    kind: str


@cache
def science_technology_codes() -> Mapping[tuple[str, str], Code]:
    """Return what the pack's codes mean, by table and code."""
    return MappingProxyType(
        {
            (table, code): Code(table, code, **meaning)
            for table, entries in _mapping()["table"].items()
            for code, meaning in entries.items()
            if code != "publisher"
        }
    )


def science_technology_panel(
    source: str | Path | pd.DataFrame | Mapping[str, pd.DataFrame] | None = None,
) -> Panel:
    """Make a panel of China's 31 regions from the pack on science and technology.

    Every table of the pack is a vintage of its own. Names are read through blanks. A name with a
    wrong character is corrected only where that is certain: exactly one region is one edit away
    and has no figure of the same table, year and code; its figures have status corrected. So have
    those printed under a unit that cannot be theirs. Total rows are left out. ``warnings`` says
    how much was left out and corrected, and where.

    source : None for the pack in the cache; the tables of ``read_pack``; a CSV file or a frame
        with columns table, region, year, code, value, unit
    Raises : InputError for a missing column, no known code, or what ``Panel.from_frame`` refuses;
        ComputationError where the pack is not in the cache
    """
    frame, name, inputs = _long(source)
    warnings: list[Text] = []
    frame = _known_codes(frame, name, warnings)
    frame = _regions(frame, load_region_set("china31"), warnings)
    empty = frame["value"].isna()
    if empty.any():
        warnings.append(
            Text(f"缺失 {empty.sum()} 个值", f"{empty.sum()} values are missing in the table")
        )
    frame = _units(frame[~empty], warnings)
    tables = _mapping()["table"]
    sources = {
        table: f"{tables[table]['publisher']}；数据包 {PACK}，表 {table}"
        for table in frame["table"].unique()
    }
    indicator = {key: code.indicator for key, code in science_technology_codes().items()}
    keys = zip(frame["table"], frame["code"], strict=True)
    long = pd.DataFrame(
        {
            "region": frame["region"],
            "year": frame["year"],
            "indicator": [indicator[key] for key in keys],
            "value": frame["value"],
            "unit": frame["unit"],
            "source": frame["table"].map(sources),
            "status": frame["corrected"].map({True: "corrected", False: "reported"}),
            "vintage": frame["table"],
        }
    )
    return Panel.from_frame(
        long,
        regions=load_region_set("china31"),
        name=name,
        preferred=_mapping()["preferred"],
        inputs=inputs,
        warnings=tuple(warnings),
        places=Places(frame.index.tolist()),
    )


@cache
def _mapping() -> Mapping[str, dict[str, Any]]:
    text = (resources.files("xinzhi.data") / "science_technology.toml").read_text("utf-8")
    return MappingProxyType(tomllib.loads(text))


def _long(
    source: str | Path | pd.DataFrame | Mapping[str, pd.DataFrame] | None,
) -> tuple[pd.DataFrame, str, tuple[InputRecord, ...]]:
    """Return the long table, what messages call it, and what it came from."""
    inputs: tuple[InputRecord, ...] = ()
    name = PACK
    if source is None:
        source = read_pack(PACK)
        inputs = pack_records(PACK, source)
    if isinstance(source, (str, Path)):
        path = Path(source)
        name = path.name
        try:
            data = path.read_bytes()
            frame = pd.read_csv(io.BytesIO(data), dtype={"year": str, "unit": str})
        except (OSError, ValueError) as error:
            raise InputError(
                Text(f"{name}：不能读作 CSV（{error}）", f"{name}: not readable as CSV ({error})")
            ) from error
        inputs = (InputRecord(name, hashlib.sha256(data).hexdigest(), len(frame)),)
    elif isinstance(source, pd.DataFrame):
        frame = source
    else:
        frame = _joined_tables(source)
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise missing_columns(name, missing, [str(column) for column in frame.columns])
    frame = frame.loc[:, list(COLUMNS)].copy()
    frame.index = pd.RangeIndex(2, len(frame) + 2)  # rows as a spreadsheet counts them
    words = ["table", "region", "code", "unit"]
    frame[words] = frame[words].astype("object").fillna("").astype("str")
    year = pd.to_numeric(frame["year"], errors="coerce").astype("float64")
    value = pd.to_numeric(frame["value"], errors="coerce").astype("float64")
    bad = {
        "year": year.isna() | (year % 1 != 0),
        "value": value.isna() & frame["value"].notna(),
    }
    problems = [
        Finding(Text("应为数字", "must be a number"), row, column, str(frame[column][row]))
        for column, rows in bad.items()
        for row in rows.index[rows].tolist()
    ]
    if problems:
        raise refuse(name, problems)
    return frame.assign(year=year.astype("int64"), value=value), name, inputs


def _joined_tables(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    parts = []
    for table, content in tables.items():
        part = content.rename(columns=_PACK_COLUMNS)
        if table == _FIRMS:
            part = part.rename(columns={"num": "value"}).assign(code="num", unit="家")
        if table in _mapping()["table"]:
            parts.append(part.assign(table=table))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def _known_codes(frame: pd.DataFrame, name: str, warnings: list[Text]) -> pd.DataFrame:
    """Drop the rows whose code has no meaning here, and say so."""
    keys = pd.Series(list(zip(frame["table"], frame["code"], strict=True)), index=frame.index)
    known = keys.isin(list(science_technology_codes()))
    if not known.any():
        raise InputError(
            Text(
                f"{name}：没有数据包 {PACK} 的指标代码",
                f"{name}: no code of the data pack {PACK} in it",
            )
        )
    ranks = set(_mapping()["omitted"]["codes"])
    is_rank = frame["code"].isin(ranks)
    if is_rank.any():
        reason = Text(**_mapping()["omitted"]["reason"])
        warnings.append(
            Text(
                f"略去 {is_rank.sum()} 行：{reason.zh}",
                f"{is_rank.sum()} rows are left out: {reason.en}",
            )
        )
    unknown = frame.loc[~known & ~is_rank, "code"]
    if len(unknown):
        shown = listed(dict.fromkeys(unknown))
        warnings.append(
            Text(
                f"略去 {len(unknown)} 行，代码未知：{shown.zh}",
                f"{len(unknown)} rows are left out, their codes are unknown: {shown.en}",
            )
        )
    return frame[known]


def _regions(frame: pd.DataFrame, regions: RegionSet, warnings: list[Text]) -> pd.DataFrame:
    """Give every row its region's own name; leave out totals and what is not certain."""
    words = [str(word) for word in frame["region"].unique()]
    found = {word: region.name for word in words if (region := regions.find(word))}
    spaced = [word for word in found if compact(word) != word]
    if spaced:
        rows = int(frame["region"].isin(spaced).sum())
        warnings.append(
            Text(
                f"{len(spaced)} 个地区名含空格（{rows} 行），已按去掉空格的名称读取",
                f"{len(spaced)} region names have blanks inside ({rows} rows) and were read "
                "without them",
            )
        )
    total = frame["region"].isin([word for word in words if regions.is_total(word)])
    if total.any():
        warnings.append(
            Text(f"略去 {total.sum()} 行合计", f"{total.sum()} total rows are left out")
        )
    # a file in which no name is known would leave a column of numbers, all missing
    name = frame["region"].map(found).where(~total).astype(object)
    cells = ["table", "year", "code"]
    there = frame.assign(region=name).groupby(cells)["region"].agg(set)
    certain: dict[int, str] = {}
    lost: dict[str, list[int]] = {}
    for word in words:
        if word in found or regions.is_total(word):
            continue
        candidates = [r for r in regions.regions if _one_edit_away(word, r)]
        for row in frame.index[frame["region"] == word]:
            taken = there[tuple(frame.loc[row, cells])]
            free = [region.name for region in candidates if region.name not in taken]
            if len(free) == 1:
                certain[row] = free[0]
            else:
                lost.setdefault(word, []).append(row)
    claims = frame.loc[list(certain), cells].assign(region=pd.Series(certain, dtype="object"))
    for row in claims.index[claims.duplicated(keep=False)]:  # two names for one missing cell
        del certain[row]
        lost.setdefault(str(frame["region"][row]), []).append(row)
    repaired: dict[tuple[str, str], list[int]] = {}
    for row, meant in certain.items():
        name[row] = meant
        repaired.setdefault((str(frame["region"][row]), meant), []).append(row)
    for (word, meant), rows_of in repaired.items():
        place = _place(frame, rows_of)
        warnings.append(
            Text(
                f"地区名 {word} 更正为 {meant}（{len(rows_of)} 行，{place.zh}）",
                f"region {word} was corrected to {meant} ({len(rows_of)} rows, {place.en})",
            )
        )
    for word, rows_of in lost.items():
        place = _place(frame, rows_of)
        warnings.append(
            Text(
                f"略去未知地区 {word}（{len(rows_of)} 行，{place.zh}）",
                f"unknown region {word} is left out ({len(rows_of)} rows, {place.en})",
            )
        )
    corrected = frame.index.isin(list(certain))
    return frame.assign(region=name, corrected=corrected)[name.notna()]


def _units(frame: pd.DataFrame, warnings: list[Text]) -> pd.DataFrame:
    """Give every row the id of its unit; a unit that cannot be the code's own is replaced."""
    unit = pd.Series("", index=frame.index)
    corrected = frame["corrected"].copy()
    for key, part in frame.groupby(["table", "code", "unit"]):
        (table, code, word), rows = map(str, key), part.index
        own = find_unit(science_technology_codes()[table, code].unit)
        printed = lookup_unit(word)
        if printed is not None:
            printed = recount(printed, own) or printed
        if printed is not None and same_dimension(printed, own):
            unit[rows] = printed.id
            continue
        unit[rows] = own.id
        corrected[rows] = True
        place = _place(frame, rows)
        warnings.append(
            Text(
                f"{place.zh}，{code}：单位印作 {word}，应为 {own.title.zh}，"
                f"已更正（{len(rows)} 行）",
                f"{place.en}, {code}: the unit is printed as {word} and must be {own.id}; "
                f"corrected ({len(rows)} rows)",
            )
        )
    return frame.assign(unit=unit, corrected=corrected)


def _place(frame: pd.DataFrame, rows: Iterable[int]) -> Text:
    part = frame.loc[list(rows)]
    tables, years = listed(part["table"].unique()), listed(sorted(part["year"].unique()))
    return Text(f"表 {tables.zh}，{years.zh} 年", f"table {tables.en}, {years.en}")


def _one_edit_away(word: str, region: Region) -> bool:
    spellings = (region.name, region.long, *region.aliases)
    return any(_differ_by_one(compact(word), compact(spelling)) for spelling in spellings)


def _differ_by_one(first: str, second: str) -> bool:
    """Tell whether one character put in, left out or exchanged makes one text the other."""
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1 or first == second:
        return False
    start = next((k for k, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), None)
    if start is None:
        return True
    rest = short[start + 1 :] if len(short) == len(long) else short[start:]
    return rest == long[start + 1 :]
