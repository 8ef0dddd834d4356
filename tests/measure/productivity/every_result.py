"""One result of every kind that measures productivity, for what must hold of each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from tests.measure.productivity.firm_simulation import simulated_firms

from xinzhi.core import Result
from xinzhi.measure.productivity import (
    Stage,
    bootstrap_efficiency,
    capital_stock,
    dea,
    directional_distance,
    firm_reallocation,
    growth_accounting,
    labour_productivity,
    luenberger,
    malmquist,
    malmquist_luenberger,
    network_efficiency,
    productivity,
    sbm,
    stochastic_frontier,
    super_efficiency,
)

UNITS, YEARS = [f"u{k:02d}" for k in range(14)], [2019, 2020, 2021]


def drawn_table() -> pd.DataFrame:
    """Return fourteen units over three years: capital, labour, output, emissions, investment."""
    random = np.random.default_rng(8)
    index = pd.MultiIndex.from_product([UNITS, YEARS], names=["unit", "year"])
    k, labour = random.uniform(1, 9, (2, len(index)))
    y = k**0.4 * labour**0.6 * np.exp(random.normal(0, 0.1, len(index)))
    y = y * np.exp(-np.abs(random.normal(0, 0.4, len(index))))
    columns = {"k": k, "l": labour, "y": y, "b": random.uniform(1, 2) * y + 0.1 * k, "i": k / 9}
    return pd.DataFrame(columns, index=index)


TABLE = drawn_table()
FLAT = TABLE.reset_index()
X, Y, B = TABLE[["k", "l"]], TABLE[["y"]], TABLE[["b"]]
NOW = TABLE.xs(2021, level="year")
STEADY = {"unit": "unit", "time": "year"}


def two_stages() -> Result:
    return network_efficiency(
        [Stage("one", NOW[["k", "l"]], NOW[["y"]]), Stage("two", NOW[["y"]], NOW[["b"]])]
    )


def estimated_firms() -> Result:
    return productivity(
        simulated_firms(1, 60),
        "acf",
        unit="firm",
        time="year",
        inputs=["capital", "workers"],
        outputs=["value_added"],
        proxy="proxy",
        replications=0,
    )


# name → a function that computes the result, and the name of its chart
CASES: dict[str, tuple[Callable[[], Result], str]] = {
    "dea": (lambda: dea(NOW[["k", "l"]], NOW[["y"]]), "ranking"),
    "super": (lambda: super_efficiency(NOW[["k", "l"]], NOW[["y"]]), "ranking"),
    "sbm": (lambda: sbm(NOW[["k", "l"]], NOW[["y"]], NOW[["b"]]), "ranking"),
    "directional": (
        lambda: directional_distance(NOW[["k", "l"]], NOW[["y"]], NOW[["b"]]),
        "ranking",
    ),
    "bootstrap": (
        lambda: bootstrap_efficiency(NOW[["k", "l"]], NOW[["y"]], replications=100),
        "ranking",
    ),
    "network": (two_stages, "ranking"),
    "malmquist": (lambda: malmquist(X, Y, returns="vrs"), "indices"),
    "luenberger": (lambda: luenberger(X, Y), "indices"),
    "malmquist-luenberger": (
        lambda: malmquist_luenberger(X, Y, B, reference="global"),
        "indices",
    ),
    "capital": (
        lambda: capital_stock(FLAT, "i", depreciation=0.1, growth=0.05, **STEADY),
        "capital",
    ),
    "growth accounting": (lambda: growth_accounting(FLAT, ["k", "l"], "y", **STEADY), "growth"),
    "reallocation": (
        lambda: labour_productivity(FLAT, "y", "l", sector="unit", time="year"),
        "reallocation",
    ),
    "stochastic frontier": (
        lambda: stochastic_frontier(FLAT, ["k", "l"], "y", **STEADY),
        "efficiency",
    ),
    "firms": (
        lambda: firm_reallocation(FLAT, "unit", "year", productivity="y", weight="l"),
        "changes",
    ),
    "proxy estimator": (estimated_firms, "coefficients"),
}
