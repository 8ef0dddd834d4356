"""Xinzhi's own layout in a Parquet file: one column for each column of the table."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import Path

import numpy as np

from xinzhi.core import InputError, InputRecord, Text
from xinzhi.core.optional import imported
from xinzhi.data.io_parts import LABELS, Label, Parts
from xinzhi.data.tables import MAX_BYTES, MAX_CELLS

_KEY = b"xinzhi_io_table"


def write_parquet(parts: Parts, path: Path) -> None:
    """Write rows and columns; what the columns and figures are stands in the file's metadata."""
    arrow = imported("pyarrow", "inputoutput")
    parquet = imported("pyarrow.parquet", "inputoutput")
    about = {"about": parts.about, "columns": [asdict(column) for column in parts.columns]}
    labels = {name: arrow.array([getattr(row, name) for row in parts.rows]) for name in LABELS}
    # Columns of figures are told apart by their place: a code may come in every region.
    figures = {f"c{k}": arrow.array(parts.values[:, k]) for k in range(len(parts.columns))}
    table = arrow.table({**labels, **figures}).replace_schema_metadata({_KEY: json.dumps(about)})
    parquet.write_table(table, path)


def read_parquet(path: Path) -> tuple[Parts, InputRecord]:
    """Read what ``write_parquet`` wrote.

    Raises : InputError for a file that is missing, damaged, too large or holds something else;
        ComputationError where pyarrow is not installed
    """
    parquet = imported("pyarrow.parquet", "inputoutput")
    if not path.is_file():
        raise _refusal(path, "不是文件或不存在", "no such file")
    if path.stat().st_size > MAX_BYTES:
        raise _refusal(path, f"超过 {MAX_BYTES:,} 字节", f"is larger than {MAX_BYTES:,} bytes")
    try:
        size = parquet.read_metadata(path)
        if size.num_rows * size.num_columns > MAX_CELLS:
            raise _refusal(path, f"超过 {MAX_CELLS:,} 格", f"holds more than {MAX_CELLS:,} cells")
        table = parquet.read_table(path)
        about = json.loads((table.schema.metadata or {})[_KEY])
        columns = tuple(Label(**column) for column in about["columns"])
        rows = tuple(
            Label(*words)
            for words in zip(*(table.column(name).to_pylist() for name in LABELS), strict=True)
        )
        values = np.column_stack(
            [table.column(f"c{k}").to_numpy().astype(np.float64) for k in range(len(columns))]
        )
        lines = tuple((str(key), str(zh), str(en)) for key, zh, en in about["about"])
    except InputError:
        raise
    except Exception as error:  # the parser raises whatever a damaged file makes it stumble on
        raise _refusal(
            path,
            "不是 xinzhi 写出的 Parquet 投入产出表",
            f"not a Parquet input–output table that xinzhi wrote ({type(error).__name__})",
        ) from None
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Parts(lines, rows, columns, values), InputRecord(path.name, digest, len(rows))


def _refusal(path: Path, zh: str, en: str) -> InputError:
    return InputError(
        Text(f"{path.name}：{zh}", f"{path.name}: {en}"),
        remedy=Text(
            "请给出 .csv、.xlsx，或由 xinzhi 写出的 .parquet。",
            "Give a .csv, an .xlsx, or a .parquet that xinzhi wrote.",
        ),
    )
