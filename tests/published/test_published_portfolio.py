"""Petersen's choices of R&D projects under several limits on resources.

Source : Petersen (1967), Computational experience with variants of the Balas algorithm applied to
the selection of R&D projects, Management Science 13(9), 736–750, as distributed in file ``mknap1``
of Beasley's OR-Library with the optimal value of each problem: its first, second, third and sixth
problem. In the CSV the row ``limit`` holds the optimum and the resources at hand.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from xinzhi.plan.innovation.portfolio_tables import PortfolioOptions, portfolio_tables

PROBLEMS = pd.read_csv(Path(__file__).with_name("petersen_rd_projects.csv"))


@pytest.mark.parametrize(
    ("problem", "projects", "optimum"),
    [(1, 6, 3800), (2, 10, 8706.1), (3, 15, 4015), (6, 39, 10618)],
)
def test_the_optimum_is_the_published_one(problem: int, projects: int, optimum: float):
    own = PROBLEMS[PROBLEMS["problem"] == problem].dropna(axis=1)
    resources = [column for column in own if column.startswith("r")]
    held = own[own["project"] == "limit"].iloc[0]
    table = own[own["project"] != "limit"].assign(success_probability=1.0, cost=0.0, high_risk=0)
    assert (len(table), held["value"]) == (projects, optimum)
    limits = pd.DataFrame({"limit": "capability", "of": resources, "at_most": held[resources]})
    found = portfolio_tables(table, limits, PortfolioOptions(gap=0.0), 0)
    total = found["portfolio_total"].iloc[0]
    assert total["net_value"] == pytest.approx(optimum, rel=1e-9)
    assert total["bound"] == pytest.approx(optimum, rel=1e-6)
    assert (found["portfolio_limits"]["room"] >= -1e-6).all()
