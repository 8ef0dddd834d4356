"""Comparison with an earlier run: reading its JSON file, and wording what changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from xinzhi.core import InputError, InputRecord, Result, Text
from xinzhi.data.tables import MAX_BYTES
from xinzhi.measure.compare import COMPARED, compare

if TYPE_CHECKING:
    from xinzhi.measure import ComparisonResult

_LONGEST_NUMBER = 10
_MAIN = {"index": "scores", "coupling": "coupling"}


def compared(
    command: str, result: Result, earlier: Path, narrowed: Sequence[str] = ()
) -> ComparisonResult:
    """Compare a result with the one that a file holds, on the parameters that both record.

    command : ``index`` or ``coupling``
    narrowed : ``region`` or ``year`` where the result holds only what was asked for; the earlier
        one is narrowed to the same
    """
    table = _MAIN[command]
    first = read_earlier(earlier, command)
    second = Result(
        tables={table: result.tables[table]},
        parameters=_shared(result.parameters, first.parameters),
        inputs=result.inputs,
    )
    rows = first.tables[table]
    for key in narrowed:
        rows = rows[rows[key].isin(second.tables[table][key].unique().tolist())]
    parameters = _shared(first.parameters, second.parameters)
    return compare(replace(first, tables={table: rows}, parameters=parameters), second)


def read_earlier(path: Path, command: str) -> Result:
    """Read the main table, the parameters and the inputs of an earlier run.

    path : what ``--out FILE.json`` or ``--json`` of the command wrote, or results.json of assess
    Raises : InputError for a file that cannot be read, or holds no result of the command
    """
    document = _document(path, command)
    wrote, table = document.get("command"), _MAIN[command]
    if wrote not in (command, "assess"):
        raise _refused(
            path,
            f"是 {wrote} 的结果，不是 {command} 的",
            f"holds a result of {wrote}, not of {command}",
            command,
        )
    keys, numbers = COMPARED[table]
    try:
        records = document["result"][f"{command}_{table}" if wrote == "assess" else table]
        types: dict[str, Any] = dict.fromkeys(keys, "str") | dict.fromkeys(numbers, "float64")
        frame = pd.DataFrame(records)[[*keys, *numbers]].astype({**types, "year": "int64"})
        frame = frame.astype({"rank": "Int64"})
        if frame.duplicated(list(keys)).any():
            raise ValueError("a row stands twice")
        parameters = dict(document["parameters"])
        inputs = tuple(
            InputRecord(str(one["name"]), str(one["sha256"]), int(one["rows"]))
            for one in document["inputs"]
        )
        if wrote == "assess":
            parameters = _of_assess(parameters, command)
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise _refused(
            path, f"没有 {command} 的完整结果", f"holds no whole result of {command}", command
        ) from None
    return Result(tables={table: frame}, parameters=parameters, inputs=inputs)


def changes(comparison: ComparisonResult) -> list[Text]:
    """Word what differs between two runs: parameters, inputs, and ranks in the last year."""
    lines = [
        Text(
            f"{row.parameter}：{_shown(row.first)} → {_shown(row.second)}",
            f"{row.parameter}: {_shown(row.first)} → {_shown(row.second)}",
        )
        for row in comparison.tables["parameters"].itertuples()
    ]
    for row in comparison.tables["inputs"].itertuples():
        words = Text("内容已变", "has changed")
        if row.first is None:
            words = Text("只在这一次", "is new")
        elif row.second is None:
            words = Text("只在上一次", "is no longer used")
        lines.append(Text(f"输入 {row.name}：{words.zh}", f"input {row.name} {words.en}"))
    if not lines:
        lines.append(Text("参数和输入没有变化。", "the parameters and inputs are the same."))
    summary = comparison.tables["summary"]
    last = summary[summary["year"] == summary["year"].max()].iloc[0]  # of an index, the whole
    year, mover, most = last["year"], last["moved_most"], last["largest_rank_difference"]
    if pd.isna(mover):
        lines.append(
            Text(
                f"{year} 年所示地区的位次没有变动。",
                f"no rank changes in {year} among the regions shown.",
            )
        )
    else:
        lines.append(
            Text(
                f"{year} 年位次变动最大的是{mover}：{most} 位。",
                f"{mover} moves most in {year}: {most} rank(s).",
            )
        )
    return lines


def _document(path: Path, command: str) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise ValueError("too large")
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise _refused(
            path, f"无法读取（{error.strerror}）", f"cannot be read ({error.strerror})", command
        ) from None
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise _refused(path, "不是 JSON 结果文件", "is no JSON file of a result", command)
    return document


def _of_assess(parameters: Mapping[str, Any], command: str) -> dict[str, Any]:
    """Return the parameters of assess under the names that index, or coupling, gives them."""
    system = parameters["system"]
    found = {
        "system": system["id"],
        "system_version": system["version"],
        "system_sha256": system["sha256"],
        **parameters["method"],
        **{name: parameters[name] for name in ("years", "uncertainty", "seed")},
        "impute": parameters["imputation"],
    }
    return found if command == "index" else {"index": found}


def _shared(parameters: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters that another run records too, nested ones included."""
    shared: dict[str, Any] = {}
    for name, value in parameters.items():
        if name in other:
            both = isinstance(value, Mapping) and isinstance(other[name], Mapping)
            shared[name] = _shared(value, other[name]) if both else value
    return shared


def _refused(path: Path, zh: str, en: str, command: str) -> InputError:
    return InputError(
        Text(f"{path}：{zh}", f"{path}: {en}"),
        remedy=Text(
            f"请给出 xinzhi {command} --out FILE.json 写出的文件，或 assess 的 results.json。",
            f"Give a file that xinzhi {command} --out FILE.json wrote, or results.json of assess.",
        ),
    )


def _shown(value: Any) -> str:
    """Return a parameter as it is recorded, a long number to six digits."""
    text = "—" if value is None else str(value)
    if len(text) <= _LONGEST_NUMBER:
        return text
    try:
        return f"{float(text):.6g}"
    except ValueError:
        return text
