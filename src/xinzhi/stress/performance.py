"""The record out of sample: every method on the same region-years, beside the base rate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from xinzhi.stress.early_warning import Observed, Rules, Warned
from xinzhi.stress.signals import (
    Array,
    Flags,
    area_under_curve,
    count_outcomes,
    lead_times,
    roc_points,
)

BASE_RATE = "base_rate"
_INTERVAL = (0.025, 0.975)
PERFORMANCE = (
    *("method", "indicator", "hits", "misses", "false_alarms", "correct_silences", "hit_rate"),
    *("false_alarm_rate", "noise_to_signal", "auc", "auc_low", "auc_high", "lead_time"),
    *("usefulness", "brier", "base_rate", "periods", "events", "first_year", "last_year"),
)
PROBABILITIES = ("region", "year", "method", "score", "probability", "signal", "event_ahead")
EVENTS = ("region", "year", "first_signal", "lead_time")
ROC = ("method", "false_alarm_rate", "hit_rate")


class Method(NamedTuple):
    """One method's signals, scores and probabilities (R, T); probabilities may be missing."""

    name: str
    indicator: str | None
    given: Array
    scores: Array
    probabilities: Array | None


def methods_of(said: Warned, indicators: Sequence[str], preference: float) -> list[Method]:
    """Return the composite, the benchmarks, the base rate, and each indicator by itself.

    The base rate signals always where missed events weigh more than false alarms, else never.
    """
    found = [
        Method(name, None, said.given[name], said.scores[name], said.probabilities[name])
        for name in said.given
    ]
    base = np.broadcast_to(said.base, said.signals.shape[:2])
    found.append(
        Method(
            BASE_RATE,
            None,
            np.where(np.isfinite(base), float(preference > 0.5), np.nan),
            base,
            base,
        )
    )
    found += [
        Method("signals", name, said.signals[..., place], said.placed[..., place], None)
        for place, name in enumerate(indicators)
        if np.isfinite(said.signals[..., place]).any()
    ]
    return found


def performance_tables(
    observed: Observed,
    said: Warned,
    rules: Rules,
    regions: Sequence[str],
    indicators: Sequence[str],
    draws: int,
) -> dict[str, pd.DataFrame]:
    """Return performance, roc, probabilities and events.

    All methods are judged on the region-years in which each of them has a forecast and in which it
    is known whether an event came. Intervals of the AUC come from drawing whole regions with
    replacement; with fewer than five there are none.
    """
    labels = observed.labels(rules.horizon)
    methods = methods_of(said, indicators, rules.preference)
    common = np.isfinite(labels)
    for method in methods:
        common &= np.isfinite(method.given)
    rows, curves = [], []
    for method in methods:
        rows.append(_row(method, common, labels, observed, rules, draws))
        if method.name != BASE_RATE and method.indicator is None:
            curves.append(_curve(method, common, labels))
    filled = [curve for curve in curves if len(curve)]
    return {
        "performance": pd.DataFrame(rows, columns=list(PERFORMANCE)).astype(
            dict.fromkeys(
                [
                    *("hits", "misses", "false_alarms", "correct_silences"),
                    *("periods", "events", "first_year", "last_year"),
                ],
                "Int64",
            )
        ),
        "roc": pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(ROC)),
        "probabilities": _probabilities(methods, labels, observed, regions),
        "events": _events(methods[0], observed, rules, regions),
    }


def _row(
    method: Method,
    common: Flags,
    labels: Array,
    observed: Observed,
    rules: Rules,
    draws: int,
) -> dict[str, object]:
    given = np.where(common, method.given, np.nan)
    outcomes = count_outcomes(given[..., None], labels)
    seen, leads = lead_times(given, observed.events, observed.years, rules.horizon)
    judged, known = method.scores[common], labels[common]
    low, high = _interval(method.scores, labels, common, draws, rules.seed)
    brier = np.nan
    if method.probabilities is not None and len(known):
        brier = float(np.mean((method.probabilities[common] - known) ** 2))
    years = observed.years[common.any(axis=0)]
    constant = method.name == BASE_RATE
    return {
        "method": method.name,
        "indicator": method.indicator,
        "hits": int(outcomes.hits[0]),
        "misses": int(outcomes.misses[0]),
        "false_alarms": int(outcomes.false_alarms[0]),
        "correct_silences": int(outcomes.correct_silences[0]),
        "hit_rate": float(outcomes.hit_rate[0]),
        "false_alarm_rate": float(outcomes.false_alarm_rate[0]),
        "noise_to_signal": float(outcomes.noise_to_signal[0]),
        # the share moves from year to year, but tells no region-year of a year from another
        "auc": 0.5 if constant else area_under_curve(judged, known),
        "auc_low": np.nan if constant else low,
        "auc_high": np.nan if constant else high,
        "lead_time": float(np.nanmean(leads)) if np.isfinite(leads).any() else np.nan,
        "usefulness": float(outcomes.usefulness(rules.preference)[0]),
        "brier": brier,
        "base_rate": float(outcomes.base_rate[0]),
        "periods": int(outcomes.periods[0]),
        "events": seen,
        "first_year": int(years[0]) if len(years) else None,
        "last_year": int(years[-1]) if len(years) else None,
    }


def _interval(
    scores: Array, labels: Array, common: Flags, draws: int, seed: int
) -> tuple[float, float]:
    """Return the interval of the AUC over drawings of whole regions."""
    regions = np.flatnonzero(common.any(axis=1))
    if draws < 1 or len(regions) < 5:
        return np.nan, np.nan
    rng = np.random.default_rng(seed)
    rows = [(scores[r, common[r]], labels[r, common[r]]) for r in regions]
    found = []
    for chosen in rng.integers(0, len(rows), (draws, len(rows))):
        own = np.concatenate([rows[place][0] for place in chosen])
        known = np.concatenate([rows[place][1] for place in chosen])
        found.append(area_under_curve(own, known))
    areas = np.array(found)
    areas = areas[np.isfinite(areas)]
    if len(areas) < draws / 2:  # most drawings hold no event
        return np.nan, np.nan
    low, high = np.quantile(areas, _INTERVAL)
    return float(low), float(high)


def _curve(method: Method, common: Flags, labels: Array) -> pd.DataFrame:
    known = labels[common]
    if not (known == 1).any() or not (known == 0).any():
        return pd.DataFrame(columns=list(ROC))
    false, hit = roc_points(method.scores[common], known)
    return pd.DataFrame({"method": method.name, "false_alarm_rate": false, "hit_rate": hit})


def _probabilities(
    methods: list[Method], labels: Array, observed: Observed, regions: Sequence[str]
) -> pd.DataFrame:
    """Return what each method said of each region-year that it had a forecast for."""
    parts = []
    for method in methods:
        if method.indicator is not None or method.name == BASE_RATE:
            continue
        region, year = np.nonzero(np.isfinite(method.given))
        assert method.probabilities is not None
        parts.append(
            pd.DataFrame(
                {
                    "region": np.array(regions, dtype=object)[region],
                    "year": observed.years[year],
                    "method": method.name,
                    "score": method.scores[region, year],
                    "probability": method.probabilities[region, year],
                    "signal": method.given[region, year] == 1,
                    "event_ahead": pd.array(labels[region, year] == 1, dtype="boolean"),
                    "known": np.isfinite(labels[region, year]),
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    table["event_ahead"] = table["event_ahead"].where(table.pop("known"))
    return table[list(PROBABILITIES)]


def _events(
    method: Method, observed: Observed, rules: Rules, regions: Sequence[str]
) -> pd.DataFrame:
    """Return every event with the first signal of the composite in its window."""
    rows = []
    for place, year in observed.events:
        _, leads = lead_times(method.given, [(place, year)], observed.years, rules.horizon)
        lead = float(leads[0]) if len(leads) and np.isfinite(leads[0]) else None
        rows.append(
            {
                "region": regions[place],
                "year": year,
                "first_signal": None if lead is None else year - int(lead),
                "lead_time": lead,
            }
        )
    table = pd.DataFrame(rows, columns=list(EVENTS))
    return table.astype({"first_signal": "Int64", "lead_time": "float64"})
