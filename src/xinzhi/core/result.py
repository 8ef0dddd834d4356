"""The base of every result: named tables, units, parameters, inputs and warnings."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import pandas as pd

from xinzhi.core.errors import InputError
from xinzhi.core.json import records
from xinzhi.core.text import Language, Text


@dataclass(frozen=True)
class InputRecord:
    """What went into a computation: its name, sha256 (hex) and number of rows."""

    name: str
    sha256: str
    rows: int

    def to_dict(self) -> dict[str, Any]:
        """Return the record as JSON has it."""
        return {"name": self.name, "sha256": self.sha256, "rows": self.rows}


@dataclass(frozen=True)
class Result:
    """A computation's answer; nothing in it is rounded, and nothing is computed when it is read.

    tables : name → DataFrame, the main table first
    units : column (or ``table.column``) → unit id
    parameters : every option that shaped the numbers, defaults included
    inputs : the files or data sets used
    warnings : what the reader must know before quoting a number
    """

    tables: Mapping[str, pd.DataFrame]
    units: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    inputs: tuple[InputRecord, ...] = ()
    warnings: tuple[Text, ...] = ()

    def __post_init__(self) -> None:
        for name in ("tables", "units", "parameters"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    def to_frame(self, table: str | None = None) -> pd.DataFrame:
        """Return a copy of one table, the first by default.

        Raises : InputError, listing the tables there are
        """
        name = next(iter(self.tables)) if table is None else table
        if name not in self.tables:
            names = "、".join(self.tables), ", ".join(self.tables)
            raise InputError(
                Text(
                    f"没有名为 {name} 的表；现有：{names[0]}",
                    f"no table named {name}; there are: {names[1]}",
                )
            )
        return self.tables[name].copy()

    def to_dict(self) -> dict[str, list[dict[str, Any]]]:
        """Return every table as a list of records: what ``--json`` prints under ``result``."""
        return {name: records(table) for name, table in self.tables.items()}

    def plot(self, kind: str | None = None, lang: Language = "en") -> Any:
        """Return an Altair chart; each capability's result draws its own kinds."""
        raise InputError(
            Text("这个结果没有图", "this result has no chart"),
        )

    def _repr_html_(self) -> str:
        """Show the first table in a notebook, with the warnings above it."""
        notes = "".join(f"<p>{html.escape(w.en)} / {html.escape(w.zh)}</p>" for w in self.warnings)
        first = next(iter(self.tables.values()))
        return notes + first.head(60).to_html(index=False, escape=True)
