"""The band around a residual: what another capital share or depreciation would make of it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from xinzhi.measure.productivity.columns import Array

_DEPRECIATIONS = 5


def depreciations(depreciation: float | None, margin: float) -> list[float | None]:
    """Return the rates of the band, the central one in the middle."""
    if depreciation is None:
        return [None]
    below = min(margin, depreciation)
    half = _DEPRECIATIONS // 2
    low = np.linspace(depreciation - below, depreciation, half + 1)
    high = np.linspace(depreciation, min(depreciation + margin, 0.99), half + 1)
    return [float(rate) for rate in (*low, *high[1:])]


def residual(change: Array, capital: Array, share: Array) -> Array:
    """Return TFP growth of (rows, output, labour, human capital) changes and capital's."""
    tfp: Array = change[:, 0] - share * capital - (1 - share) * (change[:, 1] + change[:, 2])
    return tfp


def _shifted(share: Array, shift: float) -> Array:
    return np.clip(share + shift, 0.0, 1.0)


def edges(
    change: Array, deltas: list[Array], share: Array, shifts: tuple[float, ...]
) -> tuple[Array, Array]:
    """Return the lowest and highest residual; it is linear in the share, so the ends suffice."""
    every = np.stack([residual(change, d, _shifted(share, s)) for d in deltas for s in shifts])
    return every.min(axis=0), every.max(axis=0)


def band(
    growth: pd.DataFrame,
    change: Array,
    deltas: list[Array],
    share: Array,
    shifts: tuple[float, ...],
    rates: list[float | None],
) -> pd.DataFrame:
    """Return a unit's mean TFP growth in every case of capital share and depreciation.

    growth : names the unit and periods of each row of change, share and the deltas, which hold
        capital's growth at each of the rates of depreciation; shifts : of the capital share
    """
    parts: list[pd.DataFrame] = []
    for delta, rate in zip(deltas, rates, strict=True):
        for shift in shifts:
            shifted = _shifted(share, shift)
            parts.append(
                pd.DataFrame(
                    {
                        "unit": growth["unit"],
                        "capital_share": shifted,
                        "depreciation": np.nan if rate is None else rate,
                        "tfp_growth": residual(change, delta, shifted),
                        "output_growth": change[:, 0],
                        "case": len(parts),
                    }
                )
            )
    rows = pd.concat(parts, ignore_index=True)
    sums = rows.groupby(["unit", "case"], sort=False, observed=True).agg(
        capital_share=("capital_share", "mean"),
        depreciation=("depreciation", "first"),
        tfp_growth=("tfp_growth", "sum"),
        output_growth=("output_growth", "sum"),
    )
    table = sums.reset_index().drop(columns="case")
    table["tfp_share"] = share_of_growth(table["tfp_growth"], table["output_growth"])
    table["tfp_growth"] /= table["unit"].map(lengths_of(growth))
    order = table.drop(columns="output_growth")
    return order.sort_values("unit", kind="stable", ignore_index=True)


def lengths_of(growth: pd.DataFrame) -> pd.Series:
    """Return the number of periods between each unit's first and last."""
    ends = growth.groupby("unit", sort=False).agg(
        first=("from_period", "min"), last=("period", "max")
    )
    return ends["last"] - ends["first"]


def share_of_growth(tfp: pd.Series, output: pd.Series) -> pd.Series:
    """Return TFP's part of growth, missing where output did not grow."""
    return (tfp / output).where(output > 0)
