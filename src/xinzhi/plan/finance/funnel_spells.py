"""Spells of firms in the stages of the funnel: the table checked and made into arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_columns, refuse_rows

Array = NDArray[np.float64]
Whole = NDArray[np.int64]
EXITS = ("next", "listed", "acquired", "failed")
CENSORED = "censored"
_CHINESE = ("下一轮", "上市", "并购", "失败", "在途")


@dataclass(frozen=True)
class Spells:
    """One entry for each firm and stage.

    stages : in order; firms : (n,) numbers from 0; stage : (n,) place among the stages
    duration : (n,) [years]; outcome : (n,) place in ``EXITS``, −1 where it was still there
    amount : (n,) money raised on entering the stage, NaN where unknown
    """

    stages: tuple[str, ...]
    firms: Whole
    stage: Whole
    duration: Array
    outcome: Whole
    amount: Array


def spells_of(table: pd.DataFrame, stages: Sequence[str] | None = None) -> Spells:
    """Return the spells of a table, checked.

    table : firm, stage, outcome (``next``, ``listed``, ``acquired``, ``failed``, ``censored``);
        ``duration`` in years, or ``start`` and ``end`` as years (2019.25) or dates (2019-04-01);
        optional amount
    stages : in order; by default as they first appear in the table
    Raises : InputError naming the row for a missing firm, an unknown stage or outcome, an end
        before its start, a firm twice in a stage or beyond a stage that it did not leave for the
        next, and ``next`` in the last stage; naming the stage for one without firms or exits
    """
    name = "spells"
    check_columns(name, table, ("firm", "stage", "outcome"))
    table = table.reset_index(drop=True)
    for column in ("firm", "stage"):
        blank = (table[column].isna() | (table[column].astype(str).str.strip() == "")).to_numpy()
        refuse_rows(name, table, column, blank, Text("不应为空", "expected a name"))
    labels = table["stage"].astype(str).str.strip()
    order = tuple(stages) if stages is not None else tuple(dict.fromkeys(labels))
    stages_there = Text(f"应为 {'、'.join(order)} 之一", f"expected one of {', '.join(order)}")
    stage = _places(name, table, "stage", labels, order, stages_there)
    outcome = _places(
        name,
        table,
        "outcome",
        table["outcome"].fillna("").astype(str).str.strip(),
        (*EXITS, CENSORED),
        Text(
            f"应为 {'、'.join(map('{}（{}）'.format, (*EXITS, CENSORED), _CHINESE))}之一",
            f"expected one of {', '.join((*EXITS, CENSORED))}",
        ),
    )
    outcome[outcome == len(EXITS)] = -1
    firms = np.asarray(pd.factorize(table["firm"].astype(str).str.strip())[0], dtype=np.int64)
    found = Spells(order, firms, stage, _durations(name, table), outcome, _money(name, table))
    _check_paths(name, table, found)
    _check_stages(found)
    return found


def decimal_years(column: pd.Series) -> Array:
    """Return (rows,) points in time as years: 2019.25 as it is, 2019-04-01 as 2019.2466."""
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=float, copy=True)
    words = np.isnan(values) & column.notna().to_numpy()
    if words.any():
        texts = column[words].astype(str).str.strip().str.replace(r"[年月./]", "-", regex=True)
        texts = texts.str.replace("日", "").str.rstrip("-")
        days = pd.to_datetime(texts, errors="coerce", format="mixed")
        length = np.where(days.dt.is_leap_year, 366.0, 365.0)
        values[words] = days.dt.year + (days.dt.day_of_year - 1) / length
    return values


def _places(
    name: str,
    table: pd.DataFrame,
    column: str,
    labels: pd.Series,
    known: Sequence[str],
    expected: Text,
) -> Whole:
    """Return (rows,) places of labels among those known."""
    found = np.asarray(pd.Index(known).get_indexer(pd.Index(labels)), dtype=np.int64)
    refuse_rows(name, table, column, found < 0, expected)
    return found


def _durations(name: str, table: pd.DataFrame) -> Array:
    if "duration" in table:
        values = pd.to_numeric(table["duration"], errors="coerce").to_numpy(dtype=float)
        expected = Text("应为不小于 0 的年数", "expected years, at least 0")
        refuse_rows(name, table, "duration", ~np.isfinite(values) | (values < 0), expected)
        return values
    check_columns(name, table, ("start", "end"))
    ends = {}
    for column, words in (
        ("start", Text("进入该阶段的时间", "when the firm entered the stage")),
        ("end", Text("离开或最后一次观察到的时间", "when it left or was last seen")),
    ):
        ends[column] = decimal_years(table[column])
        expected = Text(
            f"应为{words.zh}，如 2019.25 或 2019-04-01",
            f"expected {words.en}, such as 2019.25 or 2019-04-01",
        )
        refuse_rows(name, table, column, ~np.isfinite(ends[column]), expected)
    values = ends["end"] - ends["start"]
    refuse_rows(
        name, table, "end", values < 0, Text("早于 start（进入时间）", "it lies before start")
    )
    return values


def _money(name: str, table: pd.DataFrame) -> Array:
    if "amount" not in table:
        return np.full(len(table), np.nan)
    values = pd.to_numeric(table["amount"], errors="coerce").to_numpy(dtype=float)
    expected = Text("应不小于 0；不知道则留空", "expected at least 0; leave it empty if unknown")
    refuse_rows(name, table, "amount", (values < 0) | np.isinf(values), expected)
    return values


def _check_paths(name: str, table: pd.DataFrame, spells: Spells) -> None:
    last = len(spells.stages) - 1
    refuse_rows(
        name,
        table,
        "outcome",
        (spells.stage == last) & (spells.outcome == 0),
        Text(
            f"{spells.stages[last]} 是最后一个阶段，没有下一轮；阶段次序由表 stages 给出",
            f"{spells.stages[last]} is the last stage and has no next; table stages gives the "
            "order of stages",
        ),
    )
    keys = pd.DataFrame({"firm": spells.firms, "stage": spells.stage})
    refuse_rows(
        name,
        table,
        "stage",
        keys.duplicated().to_numpy(),
        Text("同一企业在同一阶段只有一行", "a firm has one row in a stage"),
    )
    by_path = np.lexsort((spells.stage, spells.firms))
    follows = spells.firms[by_path][1:] == spells.firms[by_path][:-1]
    beyond = np.zeros(len(by_path), dtype=bool)
    beyond[by_path[:-1][follows & (spells.outcome[by_path][:-1] != 0)]] = True
    refuse_rows(
        name,
        table,
        "outcome",
        beyond,
        Text(
            "同一企业还有更后阶段的行，应为 next（下一轮）",
            "the firm has a row in a later stage; expected next",
        ),
    )


def _check_stages(spells: Spells) -> None:
    for place, stage in enumerate(spells.stages):
        here = spells.outcome[spells.stage == place]
        if not len(here):
            raise InputError(
                Text(
                    f"表 spells 中没有企业处于阶段 {stage}",
                    f"no firm of table spells is in {stage}",
                ),
                remedy=Text(
                    "给出该阶段的企业，或从表 stages 中去掉它。",
                    "Give firms of that stage, or leave it out of table stages.",
                ),
            )
        if (here < 0).all():
            raise InputError(
                Text(
                    f"阶段 {stage} 没有出口：{len(here)} 家企业都还在其中",
                    f"stage {stage} has no exit: all {len(here)} firms are still in it",
                ),
                remedy=Text(
                    "观察更久，或把该阶段并入相邻阶段。",
                    "Observe for longer, or join the stage with its neighbour.",
                ),
            )
