"""The units of the columns of ``finance``."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

_MONEY = frozenset(
    (
        *("demand", "demand_low", "demand_high", "supply", "public", "gap", "gap_low", "gap_high"),
        *("private", "private_low", "private_high", "public_to_close", "amount", "exposure"),
        *("portfolio_expected_loss", "portfolio_value_at_risk", "portfolio_expected_shortfall"),
        *("liability", "expected_loss", "standard_deviation", "value_at_risk", "loss"),
        *("expected_shortfall", "capital", "value_at_risk_low", "value_at_risk_high", "own_funds"),
        *("capacity", "loss_low", "loss_high", "vasicek_loss", "granularity_adjustment"),
        *("adjusted_loss", "attachment", "detachment", "capital_needed", "stressed_expected_loss"),
        *("loss_firm", "loss_investor", "loss_state", "value_to_investor", "public_money"),
        *("value_to_state", "risk_to_state", "value_simulated", "risk_simulated", "outside"),
        *("simulation_error", "firm", "investor", "state", "expected_value"),
    )
)
_YEARS = frozenset(
    (
        *("follow_up", "median_time", "mean_time", "mean_time_low", "mean_time_high", "time"),
        *("years_to_listing", "years_to_listing_low", "years_to_listing_high"),
    )
)
_FIRMS = frozenset(
    (
        *("firms", "next", "listed", "acquired", "failed", "censored", "flow", "stock"),
        *("at_risk", "exits", "defaults", "expected_defaults", "left_out"),
    )
)
# names of things, and numbers that have no unit worth a word
_NONE = frozenset(
    (
        *("stage", "year", "source", "exit", "demand_from", "basis", "assumed", "rank", "rank_low"),
        *("rank_high", "loans", "pools", "effective_loans", "bearer", "layer", "rating"),
        *("scenario", "sector", "instrument", "kind", "exact", "point", "feature", "reason_zh"),
        *("reason_en", "method", "learnt_from", "calibrated_on", "tested_on", "group", "default"),
        *("average", "value", "standard_deviation"),
    )
)
# tables in which a name that is money elsewhere is something else
_OTHERS = {
    ("scores", "firm"): None,
    ("score_reasons", "firm"): None,
    ("score_coefficients", "standard_deviation"): None,
    ("crowding", "average"): "ratio",
}


def units_of(tables: Mapping[str, pd.DataFrame], money: str) -> dict[str, str]:
    """Return ``table.column`` → unit id of every column that has a unit."""
    found = {}
    for table, frame in tables.items():
        for column in map(str, frame.columns):
            unit = _OTHERS.get((table, column), _unit(column, money))
            if unit is not None:
                found[f"{table}.{column}"] = unit
    return found


def _unit(column: str, money: str) -> str | None:
    if column in _MONEY:
        return money
    if column in _YEARS:
        return "years"
    if column in _FIRMS:
        return "companies"
    return None if column in _NONE else "ratio"
