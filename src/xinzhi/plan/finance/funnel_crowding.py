"""Where public money brings the most private money, under stated crowding-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import brentq

from xinzhi.core import InputError, Text
from xinzhi.plan.table_checks import check_columns, refuse_rows

Array = NDArray[np.float64]
ASSUMPTION = "assumption"
_MOST_PUBLIC = 1e6  # times the gap: nobody looks for more public money than that
_NORMAL_97_5 = 1.959963984540054
_COLUMNS = [
    *("stage", "multiplier", "low", "high", "private", "private_low", "private_high"),
    *("average", "rank", "rank_low", "rank_high", "first_share", "public_to_close"),
    *("basis", "assumed"),
]


def private_money(
    public: ArrayLike,
    multiplier: ArrayLike,
    halving: ArrayLike = np.inf,
) -> Array:
    r"""Return the private money that additional public money brings.

    .. math:: L(g)=\int_0^g m\,2^{-u/h}\,du=\frac{m\,h}{\ln2}\bigl(1-2^{-g/h}\bigr),\qquad L=m\,g
       \text{ for }h=\infty

    public : g [money], >= 0; multiplier : m [money / money] of the first yuan, negative where
        private money is crowded out; halving : h [money] of public money that halves it
    Source : the definition of a leverage ratio at the margin; the decay is the user's statement
    """
    g, m, h = np.broadcast_arrays(
        np.asarray(public, float), np.asarray(multiplier, float), np.asarray(halving, float)
    )
    finite = np.where(np.isfinite(h), h, 1.0)
    fading = -m * finite / np.log(2) * np.expm1(-np.log(2) * g / finite)
    return np.asarray(np.where(np.isfinite(h), fading, m * g))


def private_money_elastic(
    public: ArrayLike, elasticity: ArrayLike, public_now: ArrayLike, private_now: ArrayLike
) -> Array:
    r"""Return the private money that additional public money brings at a constant elasticity.

    .. math:: L(g)=P_0\Bigl[\Bigl(1+\frac g{G_0}\Bigr)^\varepsilon-1\Bigr],\qquad
       L'(0)=\varepsilon\frac{P_0}{G_0}

    public : g [money], >= 0
    elasticity : ε of private to public money [1]; below 1 returns diminish
    public_now, private_now : G₀ > 0, P₀ [money]
    """
    g, e = np.asarray(public, dtype=float), np.asarray(elasticity, dtype=float)
    base, private = np.asarray(public_now, dtype=float), np.asarray(private_now, dtype=float)
    return np.asarray(private * np.expm1(e * np.log1p(g / base)), dtype=float)


def crowding_table(
    table: pd.DataFrame,
    stages: Sequence[str],
    money_now: Mapping[str, tuple[float, float]],
    gaps: Mapping[str, float],
    public: float | None,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Rank stages by the private money that additional public money brings in each.

    table : stage, either multiplier (with halving where it diminishes) or elasticity, low and high
        of it (95 %, optional), basis (the source of the figure, or ``assumption``)
    money_now : stage → public and private money there today, which an elasticity needs
    gaps : stage → money wanted beyond what is there
    public : money tried in each stage in turn; by default the first yuan, a rate
    draws : of multipliers and elasticities from their intervals, for the intervals of ranks
    Returns : stage, multiplier of the first yuan with its interval, private money that ``public``
        brings with its interval and per yuan (average), rank by average (1 brings most) with the
        interval of 95 % of draws and the share of draws in which the stage is first,
        public_to_close (public money with which the gap closes, private money counted), basis,
        assumed
    Raises : InputError naming the row for an unknown or repeated stage, both or neither of
        multiplier and elasticity, an interval that does not hold its value, a halving that is not
        positive, no basis, and an elasticity without public money today
    """
    name = "crowding"
    check_columns(name, table, ("stage", "basis"))
    table = table.reset_index(drop=True)
    labels = table["stage"].fillna("").astype(str).str.strip()
    known = ~labels.isin(list(stages)).to_numpy() | labels.duplicated().to_numpy()
    expected = Text(
        f"应为 {'、'.join(stages)} 之一，每个一行",
        f"expected one of {', '.join(stages)}, one row each",
    )
    refuse_rows(name, table, "stage", known, expected)
    basis = table["basis"].fillna("").astype(str).str.strip()
    refuse_rows(
        name,
        table,
        "basis",
        (basis == "").to_numpy(),
        Text("应写明数字的来源，或写 assumption（假定）", "expected its source, or assumption"),
    )
    value, low, high, elastic = _values(name, table)
    halving = _column(table, "halving")
    if "halving" in table:
        expected = Text("应大于 0；不递减则留空", "expected above 0; leave it empty if constant")
        refuse_rows(name, table, "halving", halving <= 0, expected)
    halving = np.where(np.isnan(halving), np.inf, halving)
    now = np.array([money_now.get(stage, (0.0, 0.0)) for stage in labels])
    if elastic.any():
        expected = Text(
            "弹性需要该阶段现有的公共资金；表 supply 中没有（列 public）",
            "an elasticity needs public money that is there today; table supply has none "
            "(column public)",
        )
        refuse_rows(name, table, "elasticity", elastic & ~(now[:, 0] > 0), expected)

    def brought(g: float, values: Array) -> Array:
        bases = np.where(now[:, 0] > 0, now[:, 0], 1.0)
        return np.where(
            elastic,
            private_money_elastic(g, values, bases, now[:, 1]),
            private_money(g, values, halving),
        )

    def first_yuan(values: Array) -> Array:
        bases = np.where(now[:, 0] > 0, now[:, 0], 1.0)
        return np.where(elastic, values * now[:, 1] / bases, values)

    drawn = _drawn(value, low, high, draws, seed)
    per_yuan = first_yuan if public is None else lambda values: brought(public, values) / public
    average, sampled = per_yuan(value), per_yuan(drawn)
    ranks = (-sampled).argsort(axis=1).argsort(axis=1) + 1
    ends = np.stack([low, high])
    private = np.full((3, len(table)), np.nan)
    if public is not None:
        private = np.stack([brought(public, one) for one in (value, *ends)])
    close = [
        _to_close(gaps.get(stage, np.nan), partial(_at, brought, value, k))
        for k, stage in enumerate(labels)
    ]
    found = pd.DataFrame(
        {
            "stage": labels,
            "multiplier": first_yuan(value),
            "low": first_yuan(low),
            "high": first_yuan(high),
            "private": private[0],
            "private_low": private[1],
            "private_high": private[2],
            "average": average,
            "rank": pd.Series(-average).rank(method="min").astype(int),
            "rank_low": np.quantile(ranks, 0.025, axis=0, method="inverted_cdf"),
            "rank_high": np.quantile(ranks, 0.975, axis=0, method="inverted_cdf"),
            "first_share": (ranks == 1).mean(axis=0),
            "public_to_close": close,
            "basis": basis,
            "assumed": basis.isin([ASSUMPTION]),
        }
    )
    return found.sort_values("rank", kind="stable", ignore_index=True)[_COLUMNS]


def no_crowding() -> pd.DataFrame:
    """Return the table without rows."""
    return pd.DataFrame(columns=_COLUMNS)


def _values(name: str, table: pd.DataFrame) -> tuple[Array, Array, Array, NDArray[np.bool_]]:
    """Return (rows,) value, low, high and whether the value is an elasticity."""
    multiplier, elasticity = _column(table, "multiplier"), _column(table, "elasticity")
    elastic = np.isfinite(elasticity)
    both = elastic == np.isfinite(multiplier)
    shown = "multiplier" if "multiplier" in table else "elasticity"
    if shown not in table:
        check_columns(name, table, ("multiplier",))
    refuse_rows(
        name,
        table,
        shown,
        both,
        Text(
            "应在 multiplier（乘数）和 elasticity（弹性）中给出一个",
            "expected one of multiplier and elasticity",
        ),
    )
    value = np.where(elastic, elasticity, multiplier)
    low, high = _column(table, "low"), _column(table, "high")
    if {"low", "high"} & set(table):
        one = np.isnan(low) != np.isnan(high)
        refuse_rows(
            name,
            table,
            "low" if "low" in table else "high",
            one | (low > value) | (high < value),
            Text("low 与 high 应同时给出并包含数值", "expected low and high around the value"),
        )
    return (
        value,
        np.where(np.isnan(low), value, low),
        np.where(np.isnan(high), value, high),
        elastic,
    )


def _drawn(value: Array, low: Array, high: Array, draws: int, seed: int) -> Array:
    """Return (draws, rows) with median ``value`` and the 2.5 and 97.5 % quantiles given."""
    z = np.random.default_rng(seed).standard_normal((max(draws, 1), len(value)))
    if draws == 0:
        z[:] = 0.0
    side = np.where(z > 0, high - value, value - low)
    return np.asarray(value + z * side / _NORMAL_97_5)


def _at(brought: Callable[[float, Array], Array], values: Array, row: int, public: float) -> float:
    """Return what public money brings in one row."""
    return float(brought(public, values)[row])


def _to_close(gap: float, brought: Callable[[float], float]) -> float:
    """Return the public money with which it and what it brings fill the gap."""
    if not np.isfinite(gap):
        return float("nan")
    if gap <= 0:
        return 0.0
    most = gap
    while most < _MOST_PUBLIC * gap and most + brought(most) < gap:
        most *= 2
    if most + brought(most) < gap:
        return float("nan")
    return float(brentq(lambda g: g + brought(g) - gap, 0.0, most, xtol=1e-12 * gap, rtol=1e-12))


def _column(table: pd.DataFrame, column: str) -> Array:
    if column not in table:
        return np.full(len(table), np.nan)
    return pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)


def check_public(public: float | None) -> None:
    """Refuse public money that is not above zero."""
    if public is not None and not (np.isfinite(public) and public > 0):
        raise InputError(
            Text(
                f"公共资金 {public} 应大于 0",
                f"public money must be above 0, not {public}",
            )
        )
