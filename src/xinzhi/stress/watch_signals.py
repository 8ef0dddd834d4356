"""The main table of ``watch``: each indicator's threshold and its record."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from xinzhi.stress.early_warning import (
    Fit,
    Observed,
    Rules,
    Warned,
    fit_thresholds,
    judged,
    known_labels,
)
from xinzhi.stress.signals import Array, lead_times

SIGNALS = (
    *("indicator", "direction", "threshold", "noise_to_signal", "hit_rate", "false_alarm_rate"),
    *("precision", "base_rate", "lead_time", "periods", "events", "hits", "false_alarms"),
    *("misses", "correct_silences", "weight", "tested_periods", "tested_hit_rate"),
    *("tested_false_alarm_rate", "tested_noise_to_signal", "tested_chance", "tested_lead_time"),
    *("cells", "first_year", "last_year"),
)


def signals_table(
    observed: Observed,
    said: Warned,
    rules: Rules,
    direction: Array,
    indicators: Sequence[str],
) -> pd.DataFrame:
    """Return one row an indicator: its threshold on all that is known, and both records."""
    labels, years, cut = observed.labels(rules.horizon), observed.years, observed.known_until
    known = known_labels(labels, years, cut, rules.horizon)
    fit = fit_thresholds(observed.values, known, rules.least_history)
    learnt, tested = fit.outcomes, judged(said.signals, labels, years, cut, rules.horizon)
    rows = []
    for place, name in enumerate(indicators):
        own = observed.values[..., place]
        there = years[np.isfinite(own).any(axis=0)]
        row = {
            "indicator": name,
            "direction": int(direction[place]),
            "cells": int(np.isfinite(own).sum()),
            "first_year": int(there[0]) if len(there) else None,
            "last_year": int(there[-1]) if len(there) else None,
        }
        if observed.events:
            row |= _record(observed, fit, said, known, rules, place)
            row |= {
                "noise_to_signal": learnt.noise_to_signal[place],
                "hit_rate": learnt.hit_rate[place],
                "false_alarm_rate": learnt.false_alarm_rate[place],
                "precision": learnt.precision[place],
                "base_rate": learnt.base_rate[place],
                "periods": int(learnt.periods[place]),
                "hits": int(learnt.hits[place]),
                "false_alarms": int(learnt.false_alarms[place]),
                "misses": int(learnt.misses[place]),
                "correct_silences": int(learnt.correct_silences[place]),
                "tested_periods": int(tested.periods[place]),
                "tested_hit_rate": tested.hit_rate[place],
                "tested_false_alarm_rate": tested.false_alarm_rate[place],
                "tested_noise_to_signal": tested.noise_to_signal[place],
                "tested_chance": tested.chance(rules.horizon)[place],
            }
        rows.append(row)
    whole = [
        *("periods", "events", "hits", "false_alarms", "misses", "correct_silences"),
        *("tested_periods", "cells", "first_year", "last_year"),
    ]
    return pd.DataFrame(rows, columns=list(SIGNALS)).astype(dict.fromkeys(whole, "Int64"))


def _record(
    observed: Observed, fit: Fit, said: Warned, known: Array, rules: Rules, place: int
) -> dict[str, float]:
    """Return threshold, weight, events and lead times of one indicator."""

    def leads(signals: Array) -> tuple[int, float]:
        judged_only = np.where(np.isfinite(known), signals, np.nan)
        count, found = lead_times(judged_only, observed.events, observed.years, rules.horizon)
        return count, float(np.nanmean(found)) if np.isfinite(found).any() else np.nan

    count, lead = leads(fit.signals[..., place])
    return {
        "threshold": float(fit.shares[place]),
        "weight": float(fit.weights[place]),
        "events": count,
        "lead_time": lead,
        "tested_lead_time": leads(said.signals[..., place])[1],
    }
