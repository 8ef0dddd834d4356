"""Comparing two runs: what changed in scores and ranks, and which parameters differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Result, Text
from xinzhi.core.json import plain
from xinzhi.measure.drawing import Asked, ChartedResult
from xinzhi.measure.index_result import RANKS, spearman

# main table → the columns that name a row, and the numbers that are compared
COMPARED: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "scores": (("region", "year", "node"), ("score", "rank")),
    "coupling": (("region", "year"), ("degree", "level", "coordination", "rank")),
}
_SCALE = ("treatment", "normalisation", "scope", "aggregation", "floor")
_MOST_NAMED = 5


@dataclass(frozen=True)
class ComparisonResult(ChartedResult):
    """Tables: differences, summary, parameters, inputs.

    Chart: ``ranks`` in the first and in the second run, of the whole.
    """

    def _drawn(self, asked: Asked) -> Any:
        from xinzhi.measure import plots_of_methods

        return plots_of_methods.comparison_chart(self, asked)


def compare(first: Result, second: Result) -> ComparisonResult:
    """Compare two results of ``index``, or two of ``coupling``.

    Returns : tables ``differences`` (the keys, then for every number its value in the first and in
        the second run and the second minus the first; a rank difference below 0 is a rise),
        ``summary`` (by year, and node: compared regions, Spearman's correlation of the ranks, mean
        and largest absolute rank difference, the region that moved most), ``parameters``
        (parameter, first, second) and ``inputs`` (name, first, second: the sha256) where they
        differ
    Raises : InputError where one is an index and the other a coupling, or where regions, years or
        nodes are in one only, naming them
    Limits : differences of scores mean little where the scales differ; a warning says so
    """
    name = _kind(first, second)
    keys, numbers = COMPARED[name]
    one, other = first.tables[name], second.tables[name]
    _check_labels(one, other, keys)
    columns = [*keys, *numbers]
    # a result that was read from a file may hold its numbers in other types
    types: dict[str, Any] = {n: "Int64" if n in RANKS else float for n in numbers}
    types |= dict.fromkeys(keys, object)
    joined = (
        one[columns]
        .astype(types)
        .merge(
            other[columns].astype(types),
            on=list(keys),
            how="outer",
            suffixes=("_first", "_second"),
            validate="one_to_one",
            indicator=True,
        )
    )
    _check_rows(joined, keys)
    # an outer join sorts its keys; the rows go back into the order of the first run
    order = one[list(keys)].astype(object)
    joined = order.merge(joined.drop(columns="_merge"), on=list(keys), how="left")
    joined["year"] = joined["year"].astype(int)
    for key in set(keys) - {"year"}:
        joined[key] = pd.Categorical(joined[key], categories=joined[key].unique())
    for number in numbers:
        difference = joined[f"{number}_second"] - joined[f"{number}_first"]
        joined[f"{number}_difference"] = difference
    ordered = [f"{n}_{part}" for n in numbers for part in ("first", "second", "difference")]
    parameters = _differing(first.parameters, second.parameters)
    return ComparisonResult(
        tables={
            "differences": joined[[*keys, *ordered]],
            "summary": _summary(joined, [k for k in keys if k != "region"]),
            "parameters": parameters,
            "inputs": _inputs(first, second),
        },
        units=dict(first.units),
        parameters={
            "compared": name,
            "first": dict(first.parameters),
            "second": dict(second.parameters),
        },
        inputs=tuple(dict.fromkeys((*first.inputs, *second.inputs))),
        warnings=tuple(_warnings(parameters)),
    )


def _kind(first: Result, second: Result) -> str:
    kinds = [next((n for n in COMPARED if n in r.tables), None) for r in (first, second)]
    if kinds[0] is None or kinds[0] != kinds[1]:
        tables = [", ".join(r.tables) for r in (first, second)]
        raise InputError(
            Text(
                f"两次运行不可比较：第一次的表有 {tables[0]}；第二次的表有 {tables[1]}",
                f"the two runs cannot be compared: the first has the tables {tables[0]}; "
                f"the second {tables[1]}",
            ),
            remedy=Text(
                "比较两个指数（index），或两个耦合（coupling）结果。",
                "Compare two results of index, or two of coupling.",
            ),
        )
    return kinds[0]


def _check_labels(one: pd.DataFrame, other: pd.DataFrame, keys: tuple[str, ...]) -> None:
    words = {"region": "地区", "year": "年份", "node": "节点"}
    problems = []
    for key in keys:
        here, there = (list(dict.fromkeys(t[key].astype(str))) for t in (one, other))
        for zh, en, only in (
            ("只在第一次", "only in the first", [n for n in here if n not in set(there)]),
            ("只在第二次", "only in the second", [n for n in there if n not in set(here)]),
        ):
            if only:
                problems.append(
                    Text(f"{words[key]}{zh}：{'、'.join(only)}", f"{key} {en}: {', '.join(only)}")
                )
    if problems:
        raise InputError(
            Text("两次运行的标签不同", "the labels of the two runs differ"),
            problems,
            Text(
                "用同样的地区、年份和体系各运行一次。",
                "Run both with the same regions, years and system.",
            ),
        )


def _check_rows(joined: pd.DataFrame, keys: tuple[str, ...]) -> None:
    lonely = joined[joined["_merge"] != "both"]
    if len(lonely):
        names = [" ".join(map(str, row)) for row in lonely[list(keys)].head(_MOST_NAMED).to_numpy()]
        raise InputError(
            Text(
                f"{len(lonely)} 行只在一次运行中：{'、'.join(names)}",
                f"{len(lonely)} row(s) are in one run only: {', '.join(names)}",
            )
        )


def _summary(joined: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    rows = []
    for key, part in joined.groupby(by, sort=False, observed=True):
        both = part.dropna(subset=["rank_first", "rank_second"])
        moved = both["rank_difference"].abs()
        pairs = both[["rank_first", "rank_second"]].to_numpy(dtype=float)
        most = int(moved.max()) if len(moved) else 0
        mover = str(both["region"].iloc[int(moved.to_numpy().argmax())]) if most else None
        rows.append(
            {
                **dict(zip(by, key if isinstance(key, tuple) else (key,), strict=True)),
                "regions": len(both),
                "spearman": float(spearman(pairs)[0, 1]),
                "mean_rank_difference": float(moved.mean()) if len(moved) else np.nan,
                "largest_rank_difference": most if len(moved) else pd.NA,
                "moved_most": mover,
            }
        )
    return pd.DataFrame(rows).astype({"largest_rank_difference": "Int64"})


def _differing(first: Mapping[str, Any], second: Mapping[str, Any]) -> pd.DataFrame:
    one, other = _flat(first), _flat(second)
    names = [name for name in dict.fromkeys((*one, *other)) if one.get(name) != other.get(name)]
    return pd.DataFrame(
        {
            "parameter": names,
            "first": [_word(one.get(name)) for name in names],
            "second": [_word(other.get(name)) for name in names],
        },
        dtype=object,
    )


def _flat(parameters: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return nested parameters under dotted names."""
    flat: dict[str, Any] = {}
    for name, value in parameters.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = plain(value)
    return flat


def _word(value: Any) -> str | None:
    if value is None:
        return None
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _inputs(first: Result, second: Result) -> pd.DataFrame:
    one, other = ({record.name: record.sha256 for record in r.inputs} for r in (first, second))
    names = [name for name in dict.fromkeys((*one, *other)) if one.get(name) != other.get(name)]
    return pd.DataFrame(
        {
            "name": names,
            "first": [one.get(name) for name in names],
            "second": [other.get(name) for name in names],
        },
        dtype=object,
    )


def _warnings(parameters: pd.DataFrame) -> list[Text]:
    changed = [
        name for name in parameters["parameter"] if str(name).rsplit(".", maxsplit=1)[-1] in _SCALE
    ]
    if not changed:
        return []
    return [
        Text(
            f"得分尺度不同（{'、'.join(changed)}），得分之差没有意义，请看名次",
            f"the scales differ ({', '.join(changed)}), so differences of scores mean little: "
            "look at the ranks",
        )
    ]
