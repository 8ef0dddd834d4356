"""The tables of the funnel from its estimates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.plan.finance.funnel_crowding import no_crowding
from xinzhi.plan.finance.funnel_gap import no_gap
from xinzhi.plan.finance.funnel_process import STEPS, StageEstimates, chain, flows
from xinzhi.plan.finance.funnel_spells import CENSORED, EXITS, Spells
from xinzhi.plan.finance.funnel_survival import LEVEL, aalen_johansen, kaplan_meier

Array = NDArray[np.float64]
_EVERY = 12  # steps of the horizon between two rows of ``listing``
_WITH_INTERVAL = ("mean_time", "reach", "listing", "listing_by_horizon", "years_to_listing")
_STAGES = [
    *("stage", "firms", *EXITS, CENSORED, "follow_up", "unresolved", "median_time"),
    *(f"{name}{end}" for name in _WITH_INTERVAL for end in ("", "_low", "_high")),
    *("listing_floor", "flow", "stock"),
]
_EXITS = [
    *("stage", "exit", "firms", "observed", "probability", "low", "high", "mean_time"),
    *("eventual", "eventual_low", "eventual_high"),
]
_SURVIVAL = [
    *("stage", "time", "at_risk", "exits", "censored"),
    *("survival", "standard_error", "low", "high"),
]
_INCIDENCE = ["stage", "exit", "time", "incidence", "standard_error", "low", "high"]
_LISTING = ["stage", "time", "probability", "low", "high"]
_BUDGET = ["source", "year", "amount"]


def empty_tables() -> dict[str, pd.DataFrame]:
    """Return every table of the funnel without rows."""
    columns = {
        "stages": _STAGES,
        "exits": _EXITS,
        "survival": _SURVIVAL,
        "incidence": _INCIDENCE,
        "listing": _LISTING,
    }
    return {
        **{name: pd.DataFrame(columns=names) for name, names in columns.items()},
        "gap": no_gap(),
        "crowding": no_crowding(),
        "budget": pd.DataFrame(columns=_BUDGET),
    }


def process_tables(
    spells: Spells, point: StageEstimates, drawn: StageEstimates, entrants: Array, horizon: float
) -> dict[str, pd.DataFrame]:
    """Return the tables of the process: stages, exits, survival, incidence, listing.

    point : of the data (D = 1); drawn : of the bootstrap; entrants : (M,) a year, NaN if unknown
    """
    whole, many = chain(point), chain(drawn)
    curves = [
        kaplan_meier(spells.duration[spells.stage == m], spells.outcome[spells.stage == m] >= 0)
        for m in range(len(spells.stages))
    ]
    shown = {
        "mean_time": (point.stay, drawn.stay),
        "reach": (whole.reach, many.reach),
        "listing": (whole.eventual[..., 0], many.eventual[..., 0]),
        "listing_by_horizon": (whole.by_horizon[..., -1], many.by_horizon[..., -1]),
        "years_to_listing": (whole.years_to_listing, many.years_to_listing),
    }
    counts = _counts(spells)
    flow = flows(point.probability, entrants)[0]
    stages = {
        "stage": list(spells.stages),
        "firms": counts.sum(axis=1),
        **{exit_: counts[:, k] for k, exit_ in enumerate((*EXITS, CENSORED))},
        "follow_up": [curve["time"].iloc[-1] for curve in curves],
        "unresolved": 1 - point.observed[0].sum(axis=1),
        "median_time": [_median(curve) for curve in curves],
        "listing_floor": whole.floor[0],
        "flow": flow,
        "stock": flow * point.stay[0],
    }
    for name, (value, draws) in shown.items():
        stages[name] = value[0]
        stages[f"{name}_low"], stages[f"{name}_high"] = interval(draws)
    stages["unresolved"] = np.maximum(stages["unresolved"], 0.0)  # rounding
    return {
        "stages": pd.DataFrame(stages)[_STAGES],
        "exits": _exits_table(spells, point, drawn, whole.eventual, many.eventual),
        "survival": pd.concat(
            [curve.assign(stage=stage) for stage, curve in zip(spells.stages, curves, strict=True)],
            ignore_index=True,
        )[_SURVIVAL],
        "incidence": _incidence_table(spells),
        "listing": _listing_table(spells, whole.by_horizon, many.by_horizon, horizon),
    }


def interval(draws: Array) -> Array:
    """Return (2, …) the middle 95 % of (D, …) draws; those that are missing are left out."""
    ends = np.full((2, *draws.shape[1:]), np.nan)
    flat = draws.reshape(len(draws), int(np.prod(draws.shape[1:])))
    for column in range(flat.shape[1]):
        known = flat[:, column][np.isfinite(flat[:, column])]
        if len(known):
            ends.reshape(2, -1)[:, column] = np.quantile(known, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return ends


def money_now(supply: pd.DataFrame | None) -> Mapping[str, tuple[float, float]]:
    """Return the public and private money of each stage in the last year of the supply."""
    if supply is None:
        return {}
    last = supply["year"].max()
    own = supply if pd.isna(last) else supply[supply["year"] == last]
    public = (own["amount"] * own["public"]).groupby(own["stage"]).sum()
    total = own.groupby("stage")["amount"].sum()
    return {str(s): (float(public[s]), float(total[s] - public[s])) for s in total.index}


def last_gaps(gap: pd.DataFrame) -> Mapping[str, float]:
    """Return the gap of each stage in its last year."""
    last = gap.drop_duplicates("stage", keep="last")
    return dict(zip(last["stage"].astype(str), last["gap"].astype(float), strict=True))


def budget_table(supply: pd.DataFrame) -> pd.DataFrame:
    """Return money by source and year, for ``budget_rows``; without years there is none."""
    dated = supply.dropna(subset=["year"])
    return dated.groupby(["source", "year"], sort=False)["amount"].sum().reset_index()[_BUDGET]


def _counts(spells: Spells) -> NDArray[np.int64]:
    """Return (M, K + 1) spells of each stage by outcome, the censored last."""
    place = np.where(spells.outcome < 0, len(EXITS), spells.outcome)
    found = np.zeros((len(spells.stages), len(EXITS) + 1), dtype=np.int64)
    np.add.at(found, (spells.stage, place), 1)
    return found


def _median(curve: pd.DataFrame) -> float:
    reached = curve.loc[curve["survival"] <= 0.5, "time"]
    return float(reached.iloc[0]) if len(reached) else float("nan")


def _exits_table(
    spells: Spells, point: StageEstimates, drawn: StageEstimates, eventual: Array, draws: Array
) -> pd.DataFrame:
    M, K = len(spells.stages), len(EXITS)
    low, high = interval(drawn.probability)
    none = np.full((1, M, 1), np.nan)
    in_the_end = np.concatenate([none, eventual], axis=2)[0]
    ends = np.concatenate([np.repeat(none, 2, axis=0), interval(draws)], axis=2)
    never = point.observed[0] == 0
    found = pd.DataFrame(
        {
            "stage": np.repeat(np.array(spells.stages, dtype=object), K),
            "exit": list(EXITS) * M,
            "firms": _counts(spells)[:, :K].ravel(),
            "observed": point.observed[0].ravel(),
            "probability": point.probability[0].ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "mean_time": np.where(never, np.nan, point.time[0]).ravel(),
            "eventual": in_the_end.ravel(),
            "eventual_low": ends[0].ravel(),
            "eventual_high": ends[1].ravel(),
        }
    )
    last = (found["stage"] == spells.stages[-1]) & (found["exit"] == "next")
    return found[~last].reset_index(drop=True)


def _incidence_table(spells: Spells) -> pd.DataFrame:
    parts = []
    for m, stage in enumerate(spells.stages):
        here = spells.stage == m
        found = aalen_johansen(spells.duration[here], spells.outcome[here], len(EXITS))
        names = np.array(EXITS, dtype=object)[found["cause"].to_numpy()]
        parts.append(found.assign(stage=stage, exit=names)[_INCIDENCE])
    found = pd.concat(parts, ignore_index=True)
    last = (found["stage"] == spells.stages[-1]) & (found["exit"] == "next")
    return found[~last].reset_index(drop=True)


def _listing_table(spells: Spells, point: Array, draws: Array, horizon: float) -> pd.DataFrame:
    kept = np.arange(0, STEPS + 1, _EVERY)
    low, high = interval(draws[..., kept])
    return pd.DataFrame(
        {
            "stage": np.repeat(np.array(spells.stages, dtype=object), len(kept)),
            "time": np.tile(kept * horizon / STEPS, len(spells.stages)),
            "probability": point[0][:, kept].ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
        }
    )
