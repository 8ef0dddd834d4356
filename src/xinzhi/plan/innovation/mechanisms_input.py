"""Read the tables of the mechanisms: challenges, boxes of a search, contracts of risk-sharing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from xinzhi.core import InputError, Text
from xinzhi.plan.innovation.mechanisms_luck import MOST_CORRELATION
from xinzhi.plan.innovation.mechanisms_race import Challenge
from xinzhi.plan.innovation.mechanisms_risk import PARTIES, Layer
from xinzhi.plan.innovation.mechanisms_search import Box
from xinzhi.plan.table_checks import (
    check_amounts,
    check_columns,
    check_known,
    check_rates,
    check_unique,
    check_whole,
    numbers,
    refuse_rows,
)

CHALLENGE_COLUMNS = (
    *("challenge", "value", "success_probability", "duration", "deadline", "cost"),
    *("duration_sd", "milestone_probability", "milestone_time", "milestone_cost", "keep"),
    *("correlation", "state_share", "appropriability", "prize", "prize_state_share"),
)
NEEDED = CHALLENGE_COLUMNS[:6]
BOX_COLUMNS = ("challenge", "box", "value", "probability", "cost", "duration")
_SHARES = tuple(f"{party}_share" for party in PARTIES)
RISK_COLUMNS = ("challenge", "layer", "attachment", "limit", *_SHARES)
MOST_TEAMS = 100
_FEWEST_DRAWS = 100
_ABSENT = {
    "duration_sd": 0.0,
    "milestone_probability": 1.0,
    "milestone_time": 0.0,
    "milestone_cost": 0.0,
    "state_share": 1.0,
    "appropriability": 0.0,
    "prize_state_share": 0.0,
}


@dataclass(frozen=True)
class MechanismOptions:
    """How mechanisms are compared.

    discount_rate : of values, costs and prizes, a year
    correlation : of the latent luck of rival teams where the table gives none. An assumption:
        rivals share the technology's risk, and 0.3 is no estimate
    max_teams : that could enter
    draws : of the simulation
    """

    discount_rate: float = 0.0
    correlation: float = 0.3
    max_teams: int = 10
    draws: int = 20_000

    def check(self) -> None:
        """Refuse options that make no sense, naming the first."""
        wrong = [
            (
                self.discount_rate >= 0,
                Text(
                    f"贴现率 {self.discount_rate:g} 应不小于 0",
                    f"the discount rate {self.discount_rate:g} must be at least 0",
                ),
            ),
            (
                0 <= self.correlation <= MOST_CORRELATION,
                Text(
                    f"相关系数 {self.correlation:g} 应在 0 与 {MOST_CORRELATION} 之间",
                    f"the correlation {self.correlation:g} must lie between 0 and "
                    f"{MOST_CORRELATION}",
                ),
            ),
            (
                1 <= self.max_teams <= MOST_TEAMS,
                Text(
                    f"团队数上限 {self.max_teams} 应在 1 与 {MOST_TEAMS} 之间",
                    f"max_teams {self.max_teams} must lie between 1 and {MOST_TEAMS}",
                ),
            ),
            (
                self.draws >= _FEWEST_DRAWS,
                Text(
                    f"模拟次数 {self.draws} 应至少为 {_FEWEST_DRAWS}",
                    f"draws must be at least {_FEWEST_DRAWS}, not {self.draws}",
                ),
            ),
        ]
        for right, message in wrong:
            if not right:
                raise InputError(message)


def challenges_of(table: pd.DataFrame, options: MechanismOptions) -> tuple[Challenge, ...]:
    """Return the challenges of a table; an optional column may be absent or empty.

    Raises : InputError naming table, row, column, value and what is allowed
    """
    check_columns("challenges", table, NEEDED)
    _check_named("challenges", table, "challenge")
    check_unique("challenges", table, ["challenge"])
    filled = table.copy()
    for column, absent in {**_ABSENT, "correlation": options.correlation}.items():
        given = filled[column] if column in filled else pd.Series(np.nan, filled.index)
        filled[column] = given.where(given.notna() & (given.astype(str) != ""), absent)
    check_amounts("challenges", filled, "value", "cost", "duration", "deadline", "duration_sd")
    check_amounts("challenges", filled, "milestone_time", "milestone_cost")
    check_rates("challenges", filled, "success_probability", "milestone_probability")
    check_rates("challenges", filled, "state_share", "appropriability", "prize_state_share")
    _check_together(filled)
    keep = _optional(filled, "keep")
    prize = _optional(filled, "prize")
    # what is empty is allowed and stands as what passes, so that rows keep their numbers
    check_whole("challenges", filled.assign(keep=keep.where(keep.notna(), 1)), "keep", 1)
    check_amounts("challenges", filled.assign(prize=prize.where(prize.notna(), 0.0)), "prize")
    columns = [*NEEDED[1:], *_ABSENT, "correlation"]
    values = {column: numbers(filled, column) for column in columns}
    return tuple(
        Challenge(
            name=str(name),
            keep=None if pd.isna(keep.iloc[row]) else int(float(keep.iloc[row])),
            prize=None if pd.isna(prize.iloc[row]) else float(prize.iloc[row]),
            **{column: float(values[column][row]) for column in columns},
        )
        for row, name in enumerate(filled["challenge"])
    )


def boxes_of(
    table: pd.DataFrame | None, challenges: Sequence[Challenge]
) -> dict[str, tuple[Box, ...]]:
    """Return the boxes of each challenge that has some; the table has a row for each outcome."""
    if table is None:
        return {}
    check_columns("boxes", table, BOX_COLUMNS[:-1])
    filled = table if "duration" in table else table.assign(duration=0.0)
    check_amounts("boxes", filled, "value", "cost", "duration")
    check_rates("boxes", filled, "probability")
    _check_named("boxes", filled, "box")
    check_known("boxes", filled, "challenge", [case.name for case in challenges])
    found: dict[str, list[Box]] = {}
    for (challenge, name), rows in filled.groupby(["challenge", "box"], sort=False):
        for column in ("cost", "duration"):
            if numbers(rows, column).min() != numbers(rows, column).max():
                raise InputError(
                    Text(
                        f"表 boxes，方案 {challenge} {name}：列 {column} 各行不一致",
                        f"table boxes, box {challenge} {name}: its rows differ in column {column}",
                    ),
                    remedy=Text(
                        "同一方案的每个结果写相同的费用和时间。",
                        "Give the same cost and duration for all outcomes of a box.",
                    ),
                )
        chances = numbers(rows, "probability")
        if not np.isclose(chances.sum(), 1):
            raise InputError(
                Text(
                    f"表 boxes，方案 {challenge} {name}："
                    f"各结果的概率合计 {chances.sum():.6g}，应为 1",
                    f"table boxes, box {challenge} {name}: its probabilities sum to "
                    f"{chances.sum():.6g}, not to 1",
                ),
                remedy=Text(
                    "补上价值为 0 的结果（失败）的概率。",
                    "Give failure its own row, with the value 0.",
                ),
            )
        first = rows.iloc[0]
        found.setdefault(str(challenge), []).append(
            Box(
                str(name),
                numbers(rows, "value"),
                chances / chances.sum(),
                float(first["cost"]),
                float(first["duration"]),
            )
        )
    return {name: tuple(boxes) for name, boxes in found.items()}


def contracts_of(
    table: pd.DataFrame | None, challenges: Sequence[Challenge]
) -> Mapping[str, tuple[Layer, ...]]:
    """Return the layers of each challenge's contract; rows without a challenge hold for the rest.

    Raises : InputError where layers leave a gap, overlap or end, or shares do not sum to one
    """
    if table is None:
        return {}
    check_columns("risks", table, ("layer", "attachment", *_SHARES))
    filled = table.reset_index(drop=True)
    for column in ("challenge", "limit"):
        filled[column] = _optional(filled, column)
    check_amounts("risks", filled, "attachment")
    limit = filled["limit"]
    check_amounts("risks", filled.assign(limit=limit.where(limit.notna(), 0.0)), "limit")
    check_rates("risks", filled, *_SHARES)
    total = np.sum([numbers(filled, column) for column in _SHARES], axis=0)
    refuse_rows(
        "risks",
        filled.assign(shares=total),
        "shares",
        ~np.isclose(total, 1),
        Text("三方份额合计应为 1", "the shares of state, firm and insurer sum to 1"),
    )
    names = [case.name for case in challenges]
    own = filled["challenge"]
    check_known(
        "risks", filled.assign(challenge=own.where(own.notna(), names[0])), "challenge", names
    )
    named, general = filled[own.notna()], filled[own.isna()]
    found = {}
    for case in challenges:
        rows = named[named["challenge"].astype(str) == case.name]
        contract = case.name if len(rows) else "*"
        rows = rows if len(rows) else general
        if len(rows):
            found[case.name] = _layers(contract, rows)
    return found


def _layers(contract: str, rows: pd.DataFrame) -> tuple[Layer, ...]:
    ordered = rows.assign(
        attachment=numbers(rows, "attachment"),
        limit=np.where(rows["limit"].isna(), np.inf, numbers(rows, "limit")),
    ).sort_values("attachment", kind="stable")
    start, end = ordered["attachment"].to_numpy(float), ordered["limit"].to_numpy(float)
    broken = np.append(start, np.inf) != np.append(0.0, end)
    if broken.any():
        place = int(np.flatnonzero(broken)[0])
        before = 0.0 if place == 0 else end[place - 1]
        after = f"{start[place]:g}" if place < len(start) else "∞"
        raise InputError(
            Text(
                f"表 risks，合同 {contract}：损失在 {before:g} 与 {after} 之间没有唯一的承担者",
                f"table risks, contract {contract}: losses between {before:g} and {after} "
                "are borne by nobody or twice",
            ),
            remedy=Text(
                "各层首尾相接：第一层从 0 起，最后一层的上限留空。",
                "Let each layer begin where the last one ends: the first at 0, the last without "
                "a limit.",
            ),
        )
    return tuple(
        Layer(str(row.layer), float(a), float(b), *(float(getattr(row, c)) for c in _SHARES))
        for row, a, b in zip(ordered.itertuples(), start, end, strict=True)
    )


def _check_together(table: pd.DataFrame) -> None:
    """Refuse rows whose figures contradict each other."""
    column = {name: numbers(table, name) for name in (*NEEDED[1:], *_ABSENT, "correlation")}
    spread = column["duration_sd"] > 0
    early, whole = column["milestone_time"], column["duration"]
    for name, wrong, expected in (
        (
            "deadline",
            column["deadline"] <= 0,
            Text("期限应大于 0 年", "a deadline lies above 0 years"),
        ),
        (
            "milestone_probability",
            column["milestone_probability"] < column["success_probability"],
            Text(
                "通过里程碑的概率不能小于最终成功的概率",
                "nobody delivers without passing the milestone: expected at least "
                "success_probability",
            ),
        ),
        (
            "milestone_time",
            (early > whole) | (spread & (early >= whole)),
            Text(
                "里程碑应早于平均交付时间",
                "the milestone comes before the mean time of delivery",
            ),
        ),
        (
            "milestone_cost",
            column["milestone_cost"] > column["cost"],
            Text("里程碑前的费用不能超过总费用", "expected at most the whole cost"),
        ),
        (
            "correlation",
            ~((column["correlation"] >= 0) & (column["correlation"] <= MOST_CORRELATION)),
            Text(
                f"相关系数应在 0 与 {MOST_CORRELATION} 之间",
                f"a correlation lies between 0 and {MOST_CORRELATION}",
            ),
        ),
    ):
        refuse_rows("challenges", table, name, wrong, expected)


def _check_named(name: str, table: pd.DataFrame, column: str) -> None:
    missing = _optional(table, column).isna().to_numpy()
    refuse_rows(name, table, column, missing, Text("应写名称", "expected a name"))


def _optional(table: pd.DataFrame, column: str) -> pd.Series:
    """Return a column with empty cells as missing; all missing where it is absent."""
    if column not in table:
        return pd.Series(np.nan, index=table.index, dtype=object)
    return table[column].astype(object).where(table[column].astype(str).str.strip() != "", np.nan)
