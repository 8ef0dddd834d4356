"""Small portfolios, and the slow obvious way to choose them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd

from xinzhi.plan.innovation.portfolio_tables import PortfolioOptions, portfolio_tables

EXACT = PortfolioOptions(gap=0.0, scenarios=200, confidence=0.8, points=2)
NAMES = ("limit", "of", "year", "at_least", "at_most")


def limits(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(NAMES))


def projects(seed: int = 0, count: int = 4, mechanisms: int = 2, years: int = 1) -> pd.DataFrame:
    """Return random projects in two fields; figures are whole so that sums can be equal."""
    random = np.random.default_rng(seed)
    rows = []
    for project in range(count):
        odds = random.uniform(0.3, 0.7)
        for mechanism in range(mechanisms):
            row = {
                "project": f"P{project}",
                "mechanism": ("grant", "race", "call")[mechanism],
                "field": ("chips", "drugs")[project % 2],
                "high_risk": int(project < 3),
                "success_probability": round(min(1.0, odds * (1 + 0.4 * mechanism)), 2),
                "value": float(random.integers(10, 60)),
            }
            for year in range(years):
                spent = random.integers(1, 9, 2)
                rows.append(
                    {
                        **row,
                        "year": 2026 + year,
                        "cost": float(spent[0]),
                        "payment": float(random.integers(0, 3)),
                        "people": float(spent[1]),
                    }
                )
    return pd.DataFrame(rows)


def portfolios(table: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield the rows of every portfolio with at most one mechanism of each project."""
    names = list(dict.fromkeys(table["project"]))
    choices = [[None, *dict.fromkeys(table.loc[table["project"] == n, "mechanism"])] for n in names]
    for mechanisms in product(*choices):
        wanted = {(n, m) for n, m in zip(names, mechanisms, strict=True) if m is not None}
        keys = zip(table["project"], table["mechanism"], strict=True)
        yield table[[key in wanted for key in keys]]


def net_value(rows: pd.DataFrame) -> float:
    alone = rows.drop_duplicates(["project", "mechanism"])
    expected = (alone["success_probability"] * alone["value"]).sum()
    paid = (rows["cost"] + rows["success_probability"] * rows["payment"]).sum()
    return float(expected - paid)


def picked(result: dict[str, pd.DataFrame]) -> set[tuple[str, str]]:
    table = result["portfolio"]
    rows = table[table["chosen"]]
    return set(zip(rows["project"], rows["mechanism"], strict=True))


def choose(
    table: pd.DataFrame, rows: pd.DataFrame | None = None, options: PortfolioOptions = EXACT
) -> dict[str, pd.DataFrame]:
    return portfolio_tables(table, rows, options, 0)


def worth(result: dict[str, pd.DataFrame]) -> float:
    return float(result["portfolio_total"]["net_value"].iloc[0])
