"""Watch: which indicators warned in time, what they say now, and how far that can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from xinzhi.core import InputRecord
from xinzhi.data.risk_register import RiskRegister
from xinzhi.stress.benchmarks import BENCHMARKS, TREES, check_benchmarks
from xinzhi.stress.board import NEAR, SIGNIFICANCE, board_table
from xinzhi.stress.early_warning import Observed, Rules, warn
from xinzhi.stress.performance import EVENTS, PERFORMANCE, PROBABILITIES, ROC, performance_tables
from xinzhi.stress.register_table import SEVERITY_GRADES, register_table
from xinzhi.stress.signals import GRID
from xinzhi.stress.watch_checks import (
    check_options,
    checked,
    dated_events,
    odd_series,
    oriented,
    unseen,
)
from xinzhi.stress.watch_result import WatchResult
from xinzhi.stress.watch_signals import signals_table

if TYPE_CHECKING:
    from datetime import date


def watch(
    values: xr.DataArray,
    events: pd.DataFrame | None = None,
    *,
    directions: Mapping[str, int] | None = None,
    horizon: int = 2,
    least_history: int = 10,
    least_events: int = 3,
    preference: float = 0.5,
    benchmarks: Sequence[str] = BENCHMARKS,
    known_until: int | None = None,
    draws: int = 500,
    seed: int = 0,
    register: RiskRegister | None = None,
    as_of: date | None = None,
    units: Mapping[str, str] | None = None,
    inputs: Iterable[InputRecord] = (),
    progress: bool = False,
) -> WatchResult:
    """Judge leading indicators by the events they should have announced, and read them now.

    values : (region, year, indicator), each indicator in its own unit, NaN where missing. Years are
        whole numbers; months or quarters may be counted through, with the horizon in the same count
    events : columns region and year (in which it began); None for none
    directions : indicator → 1 where high values are the danger (the default), -1 where low ones
    horizon : h; a signal in t is right where an event begins in t+1 … t+h
    least_history : earlier values of its own that a threshold needs
    least_events : events to learn from that a light needs
    preference : theta, the weight of missed events against false alarms, in (0, 1)
    benchmarks : of ``logit`` and ``random_forest`` (scikit-learn, extra ``stress``); () for none
    known_until : last year whose events are known, by default the last year of values or events
    draws : of the intervals of the AUC, 0 for none; seed : of the forest and these draws
    register, as_of : the technology risks, and the date at which reviews count as overdue
    Returns : WatchResult. Everything of a year (thresholds, lights, probabilities) comes from the
        years before it; ``signals`` alone is chosen on all that is known
    Raises : InputError for events in unknown regions, no tranquil year at all, values that are
        infinite, labels given twice, and options out of range; ComputationError where a benchmark
        needs scikit-learn
    Limits : thresholds are in-sample choices among 26; events are few, so that all rates are rough;
        see the page of ``watch``
    Source : Kaminsky, Lizondo and Reinhart (1998), IMF Staff Papers 45(1); Kaminsky (1999), IMF
        Working Paper 99/178; Alessi and Detken (2011), European Journal of Political Economy 27(3)
    """
    given = checked(values)
    # Models see rows in the order of names, so that results do not depend on the order of regions.
    array = given.sortby("region")
    regions = [str(name) for name in array["region"].values]
    indicators = [str(name) for name in array["indicator"].values]
    check_benchmarks(tuple(benchmarks))
    check_options(horizon, least_history, least_events, preference)
    direction = oriented({**array.attrs.get("directions", {}), **(directions or {})}, indicators)
    years = array["year"].to_numpy().astype(np.int64)
    dated, notes = dated_events(events, regions)
    last = max([int(years[-1]), *(year for _, year in dated)])
    observed = Observed(
        np.asarray(array.values, dtype=float) * direction,
        years,
        dated,
        last if known_until is None else known_until,
    )
    notes += unseen(observed, horizon)
    notes += odd_series(observed, indicators, least_history)
    rules = Rules(
        horizon,
        least_history,
        least_events,
        preference,
        seed,
        tuple(benchmarks) if dated else (),
        progress,
    )
    said = warn(observed, rules)
    tables = {
        "signals": signals_table(observed, said, rules, direction, indicators),
        "board": board_table(observed, said, rules, direction, regions, indicators),
    }
    if dated:
        tables |= performance_tables(observed, said, rules, regions, indicators, draws)
    else:
        tables["performance"] = pd.DataFrame(columns=list(PERFORMANCE))
        tables["roc"] = pd.DataFrame(columns=list(ROC))
        tables["probabilities"] = pd.DataFrame(columns=list(PROBABILITIES))
        tables["events"] = pd.DataFrame(columns=list(EVENTS))
    order = {str(name): place for place, name in enumerate(given["region"].values)}
    for name in ("board", "probabilities", "events"):
        tables[name] = tables[name].sort_values(
            "region", key=lambda column: column.map(order), kind="stable", ignore_index=True
        )
    tables["register"] = register_table(register, as_of)
    return WatchResult(
        tables=tables,
        units={
            **dict.fromkeys(("lead_time", "tested_lead_time"), "years"),
        },
        parameters={
            "horizon": horizon,
            "least_history": least_history,
            "least_events": least_events,
            "preference": preference,
            "thresholds": {
                "shares_of_own_history": [float(GRID[0]), float(GRID[-1])],
                "step": 0.01,
                "chosen_by": "least noise-to-signal ratio, half a false alarm where there is none",
            },
            "amber_within": NEAR,
            "significance": SIGNIFICANCE,
            "directions": dict(zip(indicators, direction.astype(int).tolist(), strict=True)),
            "units_of_indicators": dict(units or {}),
            "benchmarks": list(rules.benchmarks),
            "trees": TREES,
            "known_until": observed.known_until,
            "windows": "expanding, one year at a time",
            "event_years": "left out, unless another event follows within the horizon",
            "draws": draws,
            "seed": seed,
            "as_of": None if as_of is None else as_of.isoformat(),
            "severity_grades": dict(SEVERITY_GRADES),
        },
        inputs=tuple(inputs),
        warnings=tuple(notes),
    )
