"""The risk of a portfolio: closed forms, the program of Rockafellar and Uryasev, the frontier."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.special import ndtri
from scipy.stats import multivariate_normal
from tests.plan.portfolio_cases import EXACT, choose, limits, picked, portfolios, projects, worth

from xinzhi.plan.innovation.portfolio_input import PortfolioOptions, alternatives_of
from xinzhi.plan.innovation.portfolio_program import Program, portfolio_program
from xinzhi.plan.innovation.portfolio_risk import conditional_value_at_risk, success_scenarios
from xinzhi.plan.innovation.portfolio_tables import portfolio_tables

BUDGET = limits(("budget", None, None, np.nan, 18.0))
FINE = replace(EXACT, points=40)


def program_of(table: pd.DataFrame, options: PortfolioOptions = EXACT) -> Program:
    alternatives = alternatives_of(table, 0.0)
    return portfolio_program(alternatives, (), options, np.random.default_rng([0, 0]))


def test_the_tail_by_hand():
    losses = [4.0, -1.0, 3.0, 0.0, 2.0]
    assert conditional_value_at_risk(losses, 0.6) == pytest.approx(3.5)
    # the worst three tenths of five: all of the first and half of the second
    assert conditional_value_at_risk(losses, 0.7) == pytest.approx((4 + 0.5 * 3) / 1.5)
    assert conditional_value_at_risk(losses, 1e-9) == pytest.approx(np.mean(losses))
    assert conditional_value_at_risk(losses, 0.9) == pytest.approx(4)


@given(st.lists(st.floats(-100, 100), min_size=1, max_size=12), st.floats(0.05, 0.95))
@settings(max_examples=25, deadline=None)
def test_the_tail_is_the_minimum_of_rockafellar_and_uryasev(values, confidence):
    losses = np.array(values)
    n = len(losses)
    cost = np.append(np.full(n, 1 / ((1 - confidence) * n)), 1.0)
    matrix = np.hstack([-np.eye(n), -np.ones((n, 1))])
    bounds = [(0, None)] * n + [(None, None)]
    found = linprog(cost, A_ub=matrix, b_ub=-losses, bounds=bounds)
    assert conditional_value_at_risk(losses, confidence) == pytest.approx(found.fun, abs=1e-6)


def many(count: int, probability: float) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "project": [f"P{k}" for k in range(count)],
            "success_probability": probability,
            "value": 2.0 / count,
            "cost": 1.0 / count,
        }
    )


def test_a_single_project():
    # fails in 4 % of cases; of the worst tenth these lose the cost, the others gain
    alternatives = alternatives_of(many(1, 0.96), 0.0)
    success = success_scenarios(alternatives, 0.3, 40_000, np.random.default_rng(1))
    assert conditional_value_at_risk(1 - 2 * success[:, 0], 0.9) == pytest.approx(
        0.4 * 1 + 0.6 * -1, abs=0.03
    )


def test_many_equal_projects_lose_what_the_factor_takes():
    # the share that fails has the tail of Vasicek's distribution, in closed form
    rho, p, confidence = 0.3, 0.7, 0.9
    alternatives = alternatives_of(many(1_500, p), 0.0)
    success = success_scenarios(alternatives, rho, 1_000, np.random.default_rng(0))
    failed = 1 - success.mean(axis=1)
    normal = multivariate_normal(cov=[[1, np.sqrt(rho)], [np.sqrt(rho), 1]])
    expected = normal.cdf([ndtri(1 - p), ndtri(1 - confidence)]) / (1 - confidence)
    assert conditional_value_at_risk(failed, confidence) == pytest.approx(expected, abs=0.01)
    assert success.mean() == pytest.approx(p, abs=0.005)


def test_luck_is_shared_through_the_factor_and_by_mechanisms_of_a_project():
    table = projects(0, count=2)
    alternatives = alternatives_of(table, 0.0)
    for correlation in (0.0, 0.5):
        random = np.random.default_rng(3)
        success = success_scenarios(alternatives, correlation, 20_000, random)
        np.testing.assert_allclose(success.mean(axis=0), alternatives.success, atol=0.015)
        assert (success[:, 1] >= success[:, 0]).all()  # the likelier mechanism
        covariance = np.cov(success[:, 0], success[:, 2])[0, 1]
        pair = multivariate_normal(cov=[[1, correlation], [correlation, 1]])
        p = alternatives.success[[0, 2]]
        assert covariance == pytest.approx(pair.cdf(ndtri(p)) - p.prod(), abs=0.008)


def test_certain_projects_always_come_out_as_they_must():
    table = many(2, 0.5).assign(success_probability=[0.0, 1.0])
    success = success_scenarios(alternatives_of(table, 0.0), 0.3, 100, np.random.default_rng(0))
    assert not success[:, 0].any()
    assert success[:, 1].all()


def values_and_risks(table: pd.DataFrame, budget: float) -> np.ndarray:
    """Return (portfolios, 2) net value and risk of all within the budget, one by one."""
    program = program_of(table)
    alternatives = program.alternatives
    keys = list(
        zip(
            (alternatives.projects[k] for k in alternatives.own),
            alternatives.mechanisms,
            strict=True,
        )
    )
    found = []
    for rows in portfolios(table):
        if (rows["cost"] + rows["payment"]).sum() > budget:
            continue
        own = set(zip(rows["project"], rows["mechanism"], strict=True))
        chosen = np.array([float(key in own) for key in keys])
        losses = np.sort(program.losses @ chosen)[::-1]
        found.append((alternatives.net_value() @ chosen, losses[: len(losses) // 5].mean()))
    return np.array(found)


@pytest.mark.parametrize("seed", range(4))
def test_every_point_of_the_frontier_is_efficient_among_all_portfolios(seed: int):
    table = projects(seed)
    every = values_and_risks(table, 18.0)
    points = choose(table, BUDGET, FINE)["portfolio_frontier"][["net_value", "cvar"]].to_numpy()
    for value, risk in points:
        better = (every[:, 0] >= value - 1e-6) & (every[:, 1] <= risk + 1e-6)
        strictly = (every[:, 0] > value + 1e-4) | (every[:, 1] < risk - 1e-4)
        assert better.any()
        assert not (better & strictly).any()
    assert points[-1, 0] == pytest.approx(every[:, 0].max(), abs=1e-6)
    assert points[0, 1] == pytest.approx(every[:, 1].min(), abs=1e-4)
    assert (np.diff(points, axis=0) > 0).all()
    # with bounds as close as these hardly a portfolio between them is missed
    efficient = [
        one
        for one in np.unique(every.round(9), axis=0)
        if not ((every[:, 0] >= one[0] - 1e-9) & (every[:, 1] < one[1] - 1e-9)).any()
        and not ((every[:, 0] > one[0] + 1e-9) & (every[:, 1] <= one[1] + 1e-9)).any()
    ]
    assert len(points) >= 0.6 * len(efficient)


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8])
def test_a_limit_on_risk_against_enumeration_and_the_whole_program(share: float):
    table = projects(5)
    every = values_and_risks(table, 18.0)
    low, high = every[:, 1].min(), every[every[:, 0].argmax(), 1]
    most = low + share * (high - low)
    rows = pd.concat([BUDGET, limits(("cvar", None, None, np.nan, most))])
    result = choose(table, rows)
    assert worth(result) == pytest.approx(every[every[:, 1] <= most + 1e-9, 0].max(), abs=1e-6)
    assert result["portfolio_total"]["cvar"].iloc[0] <= most + 1e-3
    assert result["portfolio_frontier"]["chosen"].sum() == 1
    assert worth(result) == pytest.approx(_whole_program(table, most), abs=1e-6)


def _whole_program(table: pd.DataFrame, most: float) -> float:
    """Return the optimum with a variable for the loss above the quantile in every scenario."""
    program = program_of(table)
    alternatives, losses = program.alternatives, program.losses
    scenarios, n = losses.shape
    width = n + 1 + scenarios
    rows, sides = [], []
    for project in range(len(alternatives.projects)):
        rows.append(np.append(alternatives.own == project, np.zeros(scenarios + 1)))
        sides.append(1.0)
    outlay = alternatives.uses["outlay"].sum(axis=1)
    rows.append(np.append(outlay, np.zeros(scenarios + 1)))
    sides.append(18.0)
    share = 1 / ((1 - EXACT.confidence) * scenarios)
    rows.append(np.concatenate([np.zeros(n), [1.0], np.full(scenarios, share)]))
    sides.append(most)
    tail = np.hstack([losses, -np.ones((scenarios, 1)), -np.eye(scenarios)])
    low = np.concatenate([np.zeros(n), [-np.inf], np.zeros(scenarios)])
    high = np.concatenate([np.ones(n), np.full(scenarios + 1, np.inf)])
    found = milp(
        np.append(-alternatives.net_value(), np.zeros(scenarios + 1)),
        constraints=LinearConstraint(
            np.vstack([rows, tail]), -np.inf, np.append(sides, np.zeros(scenarios))
        ),
        integrality=np.arange(width) < n,
        bounds=Bounds(low, high),
        options={"mip_rel_gap": 0.0},
    )
    return float(-found.fun)


def test_only_high_risk_projects_count_in_the_risk():
    table = projects(2)
    safe = choose(table.assign(high_risk=0), BUDGET)
    assert safe["portfolio_total"]["cvar"].iloc[0] == 0
    assert len(safe["portfolio_frontier"]) == 1
    assert safe["portfolio_total"]["cvar_all"].iloc[0] != 0
    everything = choose(table.assign(high_risk=1), BUDGET)
    implied = choose(table.drop(columns="high_risk"), BUDGET)
    pd.testing.assert_frame_equal(everything["portfolio_frontier"], implied["portfolio_frontier"])
    assert picked(safe) == picked(everything)


def test_the_frontier_says_which_alternatives_all_its_points_share():
    result = choose(projects(1), BUDGET, FINE)
    points, shares = result["portfolio_frontier"], result["portfolio"]["frontier_share"]
    assert shares.sum() * len(points) == pytest.approx(points["projects"].sum())
    assert points["chosen"].tolist() == [False] * (len(points) - 1) + [True]
    assert points["knee"].sum() <= 1


def test_the_risk_out_of_sample_is_near():
    options = PortfolioOptions(scenarios=4_000, points=2)
    table = portfolio_tables(many(10, 0.6), None, options, 0)["portfolio_total"]
    assert table["cvar"].iloc[0] == pytest.approx(table["cvar_out_of_sample"].iloc[0], abs=0.05)
    assert table["cvar_all"].iloc[0] == pytest.approx(table["cvar_out_of_sample"].iloc[0])
