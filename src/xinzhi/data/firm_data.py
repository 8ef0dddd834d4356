"""Reads firm-years of large tables: DuckDB sorts them and sends the columns used in pieces."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import ComputationError, InputError, InputRecord, Text
from xinzhi.core.optional import imported
from xinzhi.data.firm_panel import (
    FirmPanel,
    check_columns,
    check_unique,
    listed_columns,
    missing_keys,
    not_numeric,
    not_whole,
    nothing_left,
)

_MEMORY = "2GB"  # DuckDB's own; beyond it the sort goes through a temporary folder
_CODES = "xinzhi_firm_codes"  # a name that no table of a user has
_VECTORS = 64  # of 2,048 rows in a piece
_BUSY = ("Could not set lock", "being used by another process", "different configuration")
_WHOLE_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
_NUMBERS = {"DOUBLE", "FLOAT", "DECIMAL", *_WHOLE_NUMBERS, *(f"U{k}" for k in _WHOLE_NUMBERS)}


def read_firm_panel(
    path: str | Path,
    unit: str,
    period: str,
    output: str,
    labour: str | Sequence[str],
    capital: str | Sequence[str],
    proxy: str,
    table: str | None = None,
) -> FirmPanel:
    """Firm-years of a file as a panel of logarithms; the same as ``firm_panel`` of its table.

    path : ``.csv`` (UTF-8), ``.parquet``, or a DuckDB database, which is opened read-only
    table : of the database
    unit, period, output, labour, capital, proxy : columns, as for ``firm_panel``
    Returns : the panel, which takes 8 bytes a row and 8 for each of its values
    Raises : InputError for a file or table that is absent or cannot be read, and as ``firm_panel``;
        ComputationError if DuckDB is not installed, or another process writes to the database
    """
    labours, capitals = listed_columns(labour), listed_columns(capital)
    levels = [output, *labours, *capitals, proxy]
    with _source(path, table) as (connection, source):
        described = connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        types = {str(row[0]): str(row[1]) for row in described}
        check_columns([unit, period, *levels], list(types))
        words = [name for name in (period, *levels) if not _is_number(types[name])]
        if words:
            raise not_numeric(words)
        kept, missing, refused = _counts(connection, source, unit, period, levels)
        if not kept:
            raise nothing_left(levels)
        units, last_period = _firms(connection, source, unit, period)
        codes, periods, values = _rows(connection, source, unit, period, levels, kept)
    check_unique(codes, periods, units)
    np.log(values, out=values)
    return FirmPanel(
        names=(*labours, *capitals),
        units=units,
        unit=codes,
        period=periods,
        output=values[0],
        labour=values[1 : 1 + len(labours)],
        capital=values[1 + len(labours) : -1],
        proxy=values[-1],
        last_period=last_period,
        left_out=(("missing", missing), ("not_positive", refused)),
    )


def firm_file_record(path: str | Path, rows: int) -> InputRecord:
    """Return the record of a file of any size: its name, sha256 and the rows that were used."""
    file = Path(path)
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return InputRecord(file.name, digest, rows)


def _counts(
    connection: Any, source: str, unit: str, period: str, levels: Sequence[str]
) -> tuple[int, int, int]:
    """Return how many rows are kept, miss a value, and have one that is not positive."""
    key, time = _quoted(unit), _quoted(period)
    keyless, broken, kept, missing, refused = connection.execute(
        f"SELECT count_if({key} IS NULL OR {time} IS NULL), count_if({time} <> floor({time})), "
        f"count_if({_whole(levels)}), count_if({_gap(levels)}), "
        f"count_if(NOT ({_gap(levels)}) AND NOT ({_whole(levels)})) FROM {source}"
    ).fetchone()
    if keyless:
        raise missing_keys(unit, period, keyless)
    if broken:
        raise not_whole(period)
    return kept, missing, refused


def _firms(
    connection: Any, source: str, unit: str, period: str
) -> tuple[pd.Index[str], NDArray[np.int32]]:
    """Number the firms in order; return their labels and last periods."""
    connection.execute(
        f"CREATE TEMP TABLE {_CODES} AS "
        f"SELECT CAST(row_number() OVER (ORDER BY unit) - 1 AS INTEGER) AS code, unit, last "
        f"FROM (SELECT CAST({_quoted(unit)} AS VARCHAR) AS unit, "
        f"CAST(max({_quoted(period)}) AS INTEGER) AS last FROM {source} GROUP BY 1)"
    )
    found = connection.execute(f"SELECT unit, last FROM {_CODES} ORDER BY code").fetchnumpy()
    return pd.Index(found["unit"].astype(object)), np.asarray(found["last"], dtype=np.int32)


def _rows(
    connection: Any, source: str, unit: str, period: str, levels: Sequence[str], kept: int
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float64]]:
    """Return firm, period and levels of the rows that are kept, in order."""
    chosen = ", ".join(
        f"CAST(s.{_quoted(name)} AS DOUBLE) AS v{k}" for k, name in enumerate(levels)
    )
    connection.execute(
        f"SELECT code, CAST(s.{_quoted(period)} AS INTEGER) AS period, {chosen} "
        f"FROM {source} AS s JOIN {_CODES} AS f ON CAST(s.{_quoted(unit)} AS VARCHAR) = f.unit "
        f"WHERE {_whole(levels, 's.')} ORDER BY 1, 2"
    )
    codes, periods = np.empty(kept, dtype=np.int32), np.empty(kept, dtype=np.int32)
    values = np.empty((len(levels), kept))
    place = 0
    while len(piece := connection.fetch_df_chunk(_VECTORS)):
        part = slice(place, place + len(piece))
        codes[part], periods[part] = piece["code"], piece["period"]
        for k in range(len(levels)):
            values[k, part] = piece[f"v{k}"]
        place = part.stop
    return codes, periods, values


@contextmanager
def _source(path: str | Path, table: str | None) -> Iterator[tuple[Any, str]]:
    """Yield a connection and what to select from; close it, and say what DuckDB could not do."""
    import tempfile

    duckdb = imported("duckdb", "workspace")
    file = Path(path)
    if not file.is_file():
        raise InputError(Text(f"{file}：没有这个文件", f"{file}: no such file"))
    readers = {".csv": "read_csv", ".parquet": "read_parquet"}
    reader = readers.get(file.suffix.lower())
    if (reader is None) != (table is not None):
        raise InputError(
            Text(
                f"{file}：CSV 和 Parquet 文件不写表名，数据库必须写表名",
                f"{file}: name a table for a database, and none for a CSV or Parquet file",
            )
        )
    literal = str(file).replace("'", "''")
    source = f"{reader}('{literal}')" if reader else _quoted(str(table))
    with tempfile.TemporaryDirectory() as folder:
        try:
            connection = duckdb.connect(
                ":memory:" if reader else file,
                read_only=reader is None,
                config={
                    # A view of a foreign database must not lead to other files.
                    "enable_external_access": "false" if reader is None else "true",
                    "autoinstall_known_extensions": "false",
                    "autoload_known_extensions": "false",
                    "memory_limit": _MEMORY,
                    "temp_directory": folder,
                    "preserve_insertion_order": "false",
                },
            )
            try:
                yield connection, source
            finally:
                connection.close()
        except duckdb.Error as error:
            raise _refused(file, str(error)) from error


def _refused(file: Path, reason: str) -> InputError | ComputationError:
    if any(words in reason for words in _BUSY):
        return ComputationError(
            Text(f"{file}：正被另一个程序使用", f"{file}: another program is using it"),
            remedy=Text("请稍后再试。", "Try again later."),
        )
    return InputError(
        Text(f"{file}：无法读取（{reason}）", f"{file}: cannot be read ({reason})"),
        remedy=Text(
            "CSV 须为 UTF-8，数值列只能有数字；数据库须有所写的表。",
            "A CSV must be UTF-8 with only numbers in its number columns; a database must hold "
            "the table.",
        ),
    )


def _gap(levels: Sequence[str]) -> str:
    return " OR ".join(
        f"{name} IS NULL OR isnan(CAST({name} AS DOUBLE))" for name in map(_quoted, levels)
    )


def _whole(levels: Sequence[str], prefix: str = "") -> str:
    names = [f"CAST({prefix}{_quoted(name)} AS DOUBLE)" for name in levels]
    return " AND ".join(f"coalesce({name} > 0 AND isfinite({name}), false)" for name in names)


def _is_number(kind: str) -> bool:
    return kind.partition("(")[0] in _NUMBERS


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'
