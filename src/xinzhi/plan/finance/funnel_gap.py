"""Demand for money and its supply, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from xinzhi.core import InputError, Text
from xinzhi.plan.finance.guarantee_checks import amounts, shares
from xinzhi.plan.table_checks import check_columns, refuse_rows

Array = NDArray[np.float64]
_COLUMNS = [
    *("stage", "year", "demand", "demand_low", "demand_high", "demand_from", "supply", "public"),
    *("gap", "gap_low", "gap_high", "coverage", "rank"),
]


def supply_of(table: pd.DataFrame, stages: Sequence[str] | None) -> pd.DataFrame:
    """Return the table ``supply`` checked: stage, source, year (missing if not given), amount,
    public (share of the source that is public money, 0 if not given).

    Raises : InputError naming the row for an unknown stage, a year that is none, an amount that is
        negative or missing, and a public share outside [0, 1]
    """
    found = _checked("supply", table, ("stage", "source", "amount"), stages)
    if "public" in table:
        filled = table.assign(public=table["public"].fillna(0.0))
        found["public"] = shares("supply", filled, "public")
    else:
        found["public"] = 0.0
    found["source"] = table["source"].astype(str).to_numpy()
    return found[["stage", "source", "year", "amount", "public"]]


def demand_of(table: pd.DataFrame, stages: Sequence[str] | None) -> pd.DataFrame:
    """Return the table ``demand`` checked: stage, year, amount, low, high (missing if not given).

    Raises : InputError as ``supply_of``, for an interval that does not hold its amount, and for two
        rows of one stage and year
    """
    found = _checked("demand", table, ("stage", "amount"), stages)
    for column in ("low", "high"):
        found[column] = np.nan
        if column in table:
            found[column] = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
    outside = {"low": found["low"] > found["amount"], "high": found["high"] < found["amount"]}
    for column in {"low", "high"} & set(table):
        expected = Text("区间应包含 amount", "the interval must hold the amount")
        refuse_rows("demand", table, column, outside[column].to_numpy(), expected)
    refuse_rows(
        "demand",
        table,
        "stage",
        found.duplicated(["stage", "year"]).to_numpy(),
        Text("同一阶段同一年只有一行", "a stage has one row in a year"),
    )
    return found[["stage", "year", "amount", "low", "high"]]


def gap_table(
    stages: Sequence[str],
    supply: pd.DataFrame | None,
    demand: pd.DataFrame | None,
    derived: Array | None,
    interval: Array | None,
) -> pd.DataFrame:
    """Set demand against supply, by stage and year.

    supply, demand : as ``supply_of`` and ``demand_of`` return them
    derived : (M,) money a year that the funnel needs, NaN where unknown; stands in every year for
        which no demand is given
    interval : (2, M) its low and high
    Returns : stage, year, demand with its interval and where it comes from (``table``, ``funnel``),
        supply and the public part of it, gap (demand less supply; negative where money is left
        over), coverage (supply over demand), rank (1 has the largest gap of its year)
    """
    years = _years(supply, demand)
    rows: list[tuple[object, ...]] = []
    for year in years:
        for m, stage in enumerate(stages):
            need = _need(stage, year, demand)
            source: str | None = "table"
            if need is None and derived is not None and interval is not None:
                need, source = (derived[m], interval[0, m], interval[1, m]), "funnel"
            if need is None or not np.isfinite(need[0]):
                need, source = (np.nan, np.nan, np.nan), None
            there = public = np.nan
            if supply is not None:
                own = _at(supply, stage, year)
                there = float(own["amount"].sum())
                public = float((own["amount"] * own["public"]).sum())
            rows.append((stage, year, *need, source, there, public))
    found = pd.DataFrame(rows, columns=_COLUMNS[:8])
    found["year"] = pd.array([None if year is None else year for year in found["year"]], "Int64")
    found["gap"] = found["demand"] - found["supply"]
    found["gap_low"] = found["demand_low"] - found["supply"]
    found["gap_high"] = found["demand_high"] - found["supply"]
    found["coverage"] = found["supply"] / found["demand"].where(found["demand"] > 0)
    found["rank"] = (
        found.groupby("year", dropna=False)["gap"]
        .rank(ascending=False, method="min")
        .astype("Int64")
    )
    return found[_COLUMNS]


def no_gap() -> pd.DataFrame:
    """Return the table without rows."""
    return pd.DataFrame(columns=_COLUMNS)


def _checked(
    name: str, table: pd.DataFrame, needed: Sequence[str], stages: Sequence[str] | None
) -> pd.DataFrame:
    check_columns(name, table, needed)
    labels = table["stage"].fillna("").astype(str).str.strip()
    if stages is not None:
        refuse_rows(
            name,
            table,
            "stage",
            ~labels.isin(list(stages)).to_numpy(),
            Text(f"应为 {'、'.join(stages)} 之一", f"expected one of {', '.join(stages)}"),
        )
    year = pd.array([None] * len(table), dtype="Int64")
    if "year" in table:
        values = pd.to_numeric(table["year"], errors="coerce").to_numpy(dtype=float)
        refuse_rows(
            name,
            table,
            "year",
            ~np.isfinite(values) | (values % 1 != 0),
            Text("应为整数年份", "expected a whole year"),
        )
        year = pd.array(values.astype(np.int64), dtype="Int64")
    return pd.DataFrame(
        {"stage": labels.to_numpy(), "year": year, "amount": amounts(name, table, "amount")}
    )


def _years(*tables: pd.DataFrame | None) -> list[int | None]:
    """Return the years of the tables; a table without years holds for each."""
    given = [table["year"].dropna() for table in tables if table is not None]
    dated = {int(year) for years in given for year in years.unique()}
    return [*sorted(dated)] if dated else [None]


def _at(table: pd.DataFrame, stage: str, year: int | None) -> pd.DataFrame:
    own = table[table["stage"] == stage]
    return own if year is None else own[(own["year"] == year).fillna(True).astype(bool)]


def _need(
    stage: str, year: int | None, demand: pd.DataFrame | None
) -> tuple[float, float, float] | None:
    if demand is None:
        return None
    own = _at(demand, stage, year)
    if own.empty:
        return None
    row = own.iloc[0]
    return float(row["amount"]), float(row["low"]), float(row["high"])


def stages_of(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table ``stages`` checked: stage, entrants and round_size, NaN if not given.

    Raises : InputError naming the row for an empty or repeated stage and negative numbers
    """
    name = "stages"
    check_columns(name, table, ("stage",))
    labels = table["stage"].fillna("").astype(str).str.strip()
    wrong = (labels == "").to_numpy() | labels.duplicated().to_numpy()
    refuse_rows(
        name, table, "stage", wrong, Text("每个阶段一行，名称不空", "expected one row a stage")
    )
    found = pd.DataFrame({"stage": labels.to_numpy()})
    for column in ("entrants", "round_size"):
        found[column] = np.nan
        if column in table:
            values = pd.to_numeric(table[column], errors="coerce").to_numpy(dtype=float)
            expected = Text(
                "应不小于 0；不知道则留空", "expected at least 0; leave it empty if unknown"
            )
            refuse_rows(name, table, column, (values < 0) | np.isinf(values), expected)
            found[column] = values
    if found["entrants"].notna().any() and not found["entrants"].sum() > 0:
        raise InputError(
            Text("表 stages 中没有新进企业", "no firm enters the funnel of table stages"),
            remedy=Text("至少一个阶段的 entrants 大于 0。", "Give entrants of at least one stage."),
        )
    return found
