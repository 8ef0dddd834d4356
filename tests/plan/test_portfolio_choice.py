"""The portfolio against enumeration, by hand, and its laws."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.portfolio_cases import (
    choose,
    limits,
    net_value,
    picked,
    portfolios,
    projects,
    worth,
)

from xinzhi.core import ComputationError
from xinzhi.plan.innovation.portfolio_tables import PortfolioOptions, portfolio_tables
from xinzhi.plan.innovation.synthetic_portfolio import synthetic_portfolio_tables

NONE = np.nan


def plain(*rows: tuple[str, float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["project", "success_probability", "value", "cost"])


def test_a_knapsack_by_hand():
    # net values 4, 4 and 5; the best two cost 10 and leave out the one with the highest value
    table = plain(("A", 0.5, 18.0, 5.0), ("B", 0.5, 18.0, 5.0), ("C", 0.5, 24.0, 7.0))
    result = choose(table, limits(("budget", None, None, None, 10.0)))
    assert picked(result) == {("A", ""), ("B", "")}
    total = result["portfolio_total"].iloc[0]
    assert (total["expected_value"], total["cost"], total["net_value"]) == (18, 10, 8)
    assert (total["bound"], total["gap"]) == (pytest.approx(8), 0)
    (budget,) = result["portfolio_limits"].to_dict("records")
    assert (budget["used"], budget["room"], budget["binding"]) == (10, 0, True)
    assert pd.isna(budget["year"])


def test_without_limits_whatever_is_worth_its_cost_is_chosen():
    table = plain(("A", 0.5, 18.0, 5.0), ("B", 0.1, 18.0, 5.0))
    result = choose(table)
    assert picked(result) == {("A", "")}
    assert result["portfolio_limits"].empty


def test_a_payment_falls_due_on_success_only_but_must_be_in_the_budget():
    table = plain(("A", 0.5, 20.0, 2.0)).assign(payment=6.0)
    result = choose(table, limits(("budget", None, None, None, 8.0)))
    assert worth(result) == pytest.approx(0.5 * (20 - 6) - 2)
    assert result["portfolio_limits"]["used"].iloc[0] == 8
    assert not picked(choose(table, limits(("budget", None, None, None, 7.9))))


def test_costs_of_later_years_are_discounted():
    table = plain(("A", 1.0, 20.0, 4.0), ("A", 1.0, 20.0, 6.0)).assign(year=[2026, 2028])
    result = choose(table, None, PortfolioOptions(discount_rate=0.1))
    assert worth(result) == pytest.approx(20 - 4 - 6 / 1.1**2)
    assert result["portfolio"]["cost"].tolist() == [10]


ROWS = [
    ("budget", None, None, NONE, 14.0),
    ("budget", None, 2026, NONE, 9.0),
    ("capability", "people", 2027, NONE, 8.0),
    ("capability", "people", None, 10.0, 20.0),
    ("field_share", "chips", None, 0.3, 0.6),
    ("field_share", None, None, NONE, 0.6),
    ("field_count", "drugs", None, 1, 1),
    ("field_cost", "chips", None, 4.0, 9.0),
]


def keeps(rows: pd.DataFrame, row: tuple[object, ...]) -> bool:
    """Return whether a portfolio keeps a limit, computed from the rows of the table."""
    name, of, year, least, most = row
    if name == "field_share" and of is None:
        return all(keeps(rows, (name, field, *row[2:])) for field in ("chips", "drugs"))
    dated = rows if year is None else rows[rows["year"] == year]
    outlay = dated["cost"] + dated["payment"]
    own = dated["field"] == of
    if name == "field_share":
        used = outlay[own].sum() / max(outlay.sum(), 1e-12)
        if rows.empty:
            return True
    elif name == "field_count":
        used = dated[own]["project"].nunique()
    elif name == "field_cost":
        used = outlay[own].sum()
    else:
        used = dated[str(of)].sum() if name == "capability" else outlay.sum()
    least, most = (np.nan_to_num(least, nan=-np.inf), np.nan_to_num(most, nan=np.inf))
    return bool(least - 1e-9 <= used <= most + 1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_the_choice_is_the_best_of_all(seed: int):
    table = projects(seed, years=2)
    random = np.random.default_rng(seed)
    rows = [ROWS[place] for place in sorted(random.choice(len(ROWS), 3, replace=False))]
    possible = [one for one in portfolios(table) if all(keeps(one, row) for row in rows)]
    if not possible:
        with pytest.raises(ComputationError, match="no portfolio exists"):
            choose(table, limits(*rows))
        return
    result = choose(table, limits(*rows))
    assert worth(result) == pytest.approx(max(map(net_value, possible)), abs=1e-6)
    chosen = result["portfolio"][result["portfolio"]["chosen"]]
    assert chosen["project"].is_unique
    room = result["portfolio_limits"]["room"]
    assert (room[room.notna()] >= -1e-6).all()
    assert room.notna().all() or chosen.empty  # a share of nothing


@given(st.floats(0, 40), st.floats(0, 40), st.integers(0, 20))
@settings(max_examples=15, deadline=None)
def test_more_budget_never_lowers_the_optimum(less, more, seed):
    options = PortfolioOptions(points=2, scenarios=50)
    table = projects(seed)
    found = [
        worth(choose(table, limits(("budget", None, None, NONE, budget)), options))
        for budget in sorted((less, more))
    ]
    assert found[0] <= found[1] + 1e-6 * max(1, abs(found[1]))
    assert found[0] >= -1e-9


def test_the_order_of_rows_and_the_unit_of_money_change_nothing():
    table = projects(3)
    rows = limits(("budget", None, None, NONE, 12.0), ("field_share", None, None, NONE, 0.7))
    base = choose(table, rows)
    assert picked(choose(table[::-1], rows)) == picked(base)
    money = ["value", "cost", "payment"]
    thousand = table.assign(**{column: 1e4 * table[column] for column in money})
    larger = rows.assign(at_most=rows["at_most"] * [1e4, 1])
    assert picked(choose(thousand, larger)) == picked(base)
    assert worth(choose(thousand, larger)) == pytest.approx(1e4 * worth(base))


def test_the_example_keeps_its_limits_and_standard_output_clean(capfd: pytest.CaptureFixture[str]):
    case = synthetic_portfolio_tables()
    result = portfolio_tables(case["projects"], case["limits"], PortfolioOptions(points=3), 0)
    assert capfd.readouterr().out == ""
    assert (result["portfolio_limits"]["room"] >= -1e-3).all()
    for column in ("project", "field"):
        assert result["portfolio"][column].str.contains("合成 synthetic").all()
    total = result["portfolio_total"].iloc[0]
    assert total["gap"] <= 1e-6 * 1.01
    assert total["cvar"] <= 6_000 * (1 + 1e-6)
    again = portfolio_tables(case["projects"], case["limits"], PortfolioOptions(points=3), 0)
    for name, table in result.items():
        pd.testing.assert_frame_equal(table, again[name])


def test_a_mechanism_is_chosen_with_its_project():
    # the race succeeds more often; with the budget for one grant only the grant is left
    table = pd.DataFrame(
        [("A", "grant", 0.4, 30.0, 4.0), ("A", "race", 0.8, 30.0, 9.0)],
        columns=["project", "mechanism", "success_probability", "value", "cost"],
    )
    assert picked(choose(table)) == {("A", "race")}
    assert picked(choose(table, limits(("budget", None, None, NONE, 8.0)))) == {("A", "grant")}
