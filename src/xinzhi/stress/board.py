"""The board: a light for each indicator, region and year, with the evidence, or why there is none.

Arrays as in ``signals``. A light of a year uses nothing that came later.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import Text
from xinzhi.stress.early_warning import Observed, Rules, Warned, judged
from xinzhi.stress.signals import Array, Outcomes

LIGHTS = ("red", "amber", "green", "none")
SIGNIFICANCE = 0.05
NEAR = 0.10  # amber: within so much of the threshold's share of the own history
REASONS = {
    "beyond": Text("越过阈值", "beyond the threshold"),
    "near": Text("接近阈值", "close to the threshold"),
    "quiet": Text("未接近阈值", "not close to the threshold"),
    "missing": Text("没有数值", "no value"),
    "no_events": Text("没有标注事件", "no labelled events"),
    "short_history": Text("自身历史太短", "too short a history of its own"),
    "few_events": Text("可供学习的事件太少", "too few events to learn from"),
    "noise": Text("噪声不低于信号", "no less noise than signal"),
    "untested": Text("样本外尚无检验", "not tested out of sample yet"),
    "not_confirmed": Text("样本外未得到证实", "not confirmed out of sample"),
}
BOARD = (
    *("region", "year", "indicator", "light", "reason", "value", "previous_year", "change"),
    *("position", "threshold", "threshold_position", "direction", "noise_to_signal", "tested_hits"),
    *("tested_false_alarms", "tested_misses", "tested_correct_silences"),
    *("tested_noise_to_signal", "tested_chance", "history", "events"),
)


def board_table(
    observed: Observed,
    said: Warned,
    rules: Rules,
    direction: Array,
    regions: Sequence[str],
    indicators: Sequence[str],
) -> pd.DataFrame:
    """Return a row for each region, year and indicator with light, reason and evidence.

    A light is shown where the own history holds at least ``least_history`` earlier values, at least
    ``least_events`` events could be learnt from, the noise-to-signal ratio is below 1 in the years
    learnt from, and chance alone would give the hits of the years forecast so far with a
    probability below 5 % (``Outcomes.chance``). It is red beyond the threshold, amber
    within 10 percentage points of its place in the own history, green otherwise.
    """
    record = _records(observed, said, rules)
    light, reason = _lights(observed, said, rules, record)
    own = observed.values * direction
    previous, change = _movement(own, observed.years)
    shape = own.shape

    def by_year(values: Array) -> Array:
        """Spread (T, K) over regions."""
        return np.broadcast_to(values[None], shape)

    columns = {
        "region": np.broadcast_to(np.array(regions, dtype=object)[:, None, None], shape),
        "year": np.broadcast_to(observed.years[None, :, None], shape),
        "indicator": np.broadcast_to(np.array(indicators, dtype=object), shape),
        "light": light,
        "reason": reason,
        "value": own,
        "previous_year": previous,
        "change": change,
        "position": said.placed,
        "threshold": said.thresholds * direction,
        "threshold_position": by_year(said.shares),
        "direction": np.broadcast_to(direction.astype(int), shape),
        "noise_to_signal": by_year(said.ratios),
        "tested_hits": by_year(record.hits),
        "tested_false_alarms": by_year(record.false_alarms),
        "tested_misses": by_year(record.misses),
        "tested_correct_silences": by_year(record.correct_silences),
        "tested_noise_to_signal": by_year(record.noise_to_signal),
        "tested_chance": by_year(record.chance(rules.horizon)),
        "history": said.history.astype(int),
        "events": np.broadcast_to(said.events.astype(int)[None, :, None], shape),
    }
    table = pd.DataFrame({name: column.reshape(-1) for name, column in columns.items()})
    whole = [
        *("previous_year", "tested_hits", "tested_false_alarms", "tested_misses"),
        "tested_correct_silences",
    ]
    return table[list(BOARD)].astype(dict.fromkeys(whole, "Int64"))


def _records(observed: Observed, said: Warned, rules: Rules) -> Outcomes:
    """Return the record (T, K) out of sample as it stood in each year."""
    labels = observed.labels(rules.horizon)
    found = [
        judged(said.signals, labels, observed.years, int(year) - 1, rules.horizon)
        for year in observed.years
    ]
    return Outcomes(*(np.array(parts) for parts in zip(*found, strict=True)))


def _lights(
    observed: Observed, said: Warned, rules: Rules, record: Outcomes
) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return light and reason (R, T, K); the first reason against a light that holds is given."""
    shape = observed.values.shape
    untested = (record.hits + record.misses == 0) | (
        record.false_alarms + record.correct_silences == 0
    )
    against = {
        "missing": ~np.isfinite(observed.values),
        "no_events": np.full(shape, not observed.events),
        "short_history": said.history < rules.least_history,
        "few_events": (said.events < rules.least_events)[None, :, None],
        "noise": ~(said.ratios < 1)[None],
        "untested": untested[None],
        "not_confirmed": ~(record.chance(rules.horizon) < SIGNIFICANCE)[None],
    }
    near = said.placed >= said.shares[None] - NEAR
    reason = np.where(said.signals == 1, "beyond", np.where(near, "near", "quiet")).astype(object)
    light = np.where(said.signals == 1, "red", np.where(near, "amber", "green")).astype(object)
    for name, holds in reversed(against.items()):
        there = np.broadcast_to(holds, shape)
        reason[there], light[there] = name, "none"
    return light, reason


def _movement(values: Array, years: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the year of the value before each, and the change since then."""
    previous, change = np.full(values.shape, np.nan), np.full(values.shape, np.nan)
    last, when = np.full_like(values[:, 0], np.nan), np.full_like(values[:, 0], np.nan)
    for place, year in enumerate(years):
        now = values[:, place]
        known = np.isfinite(now)
        previous[:, place] = np.where(known, when, np.nan)
        change[:, place] = now - last
        last, when = np.where(known, now, last), np.where(known, float(year), when)
    return previous, change
