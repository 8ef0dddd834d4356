"""Plans under alternative assumptions: what is common, and regret found by brute force."""

import re

import numpy as np
import pandas as pd
import pytest
from tests.plan.transition_cases import HAND, budget, hand

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.plan_ensemble import plan_ensemble
from xinzhi.plan.plan_ensemble_plots import KINDS
from xinzhi.plan.plan_scenarios import PlanScenario, draw_scenarios, under
from xinzhi.plan.transition import transition

LOW, DEAR = PlanScenario("low", demand=0.85), PlanScenario("dear", costs={"new": 1.5})
DEMAND = np.array([100.0, 110.0, 121.0])


@pytest.fixture(scope="module")
def found():
    return plan_ensemble(hand(), scenarios=[LOW, DEAR], commit_years=1)


def brute_force(demand, cost, first=None):
    """Return the best objective over a grid of building in 2021 and 2022.

    A unit makes what is demanded beyond the hundred of old capacity; at the horizon it is worth
    what is left of its cost, at most where it is in use (nine tenths at most).
    """
    grid = np.arange(0, 25.001, 0.05)
    firsts = grid if first is None else np.array([first])
    one, two = np.meshgrid(firsts, grid, indexing="ij")
    made = [
        np.minimum(demand[0], 100.0),
        np.minimum(demand[1], 100 + one),
        np.minimum(demand[2], 100 + one + two),
    ]
    in_use = np.minimum(one + two, demand[2])
    worth = np.minimum(cost * (0.8 * one + 0.9 * two), 0.9 * cost * in_use)
    return float((sum(made) - cost * (one + two) + worth).max())


def test_regret_is_that_of_brute_force(found):
    lower = DEMAND * 0.85 ** (np.arange(1, 4) / 3)
    scenarios = {"base": (DEMAND, 0.8), "low": (lower, 0.8), "dear": (DEMAND, 1.2)}
    firsts = {"base": 10.0, "low": max(0.0, lower[1] - 100)}
    regret = found.to_frame("regret").set_index(["plan", "scenario"])
    assert set(found.to_frame("choices")["plan"]) == {"base", "low"}  # dear begins as base does
    for plan, scenario in regret.index:
        demand, cost = scenarios[scenario]
        bought = firsts[plan] * 0.8 / cost  # the same money
        best, own = brute_force(demand, cost), brute_force(demand, cost, bought)
        row = regret.loc[(plan, scenario)]
        assert row["best_objective"] == pytest.approx(best, abs=0.05)
        assert row["objective"] == pytest.approx(own, abs=0.05)
        assert row["regret"] == pytest.approx(best - own, abs=0.06)
        assert row["regret"] >= 0
    assert regret.loc[("base", "base"), "regret"] == 0


def test_the_choice_is_the_least_of_the_largest_regrets(found):
    regret, choices = found.to_frame("regret"), found.to_frame("choices").set_index("plan")
    largest = regret.groupby("plan")["regret"].max()
    assert choices["largest_regret"].to_dict() == pytest.approx(largest.to_dict())
    assert choices.loc[largest.idxmin(), "minimax"]
    assert choices["minimax"].sum() == 1
    for plan, row in choices.iterrows():
        own = regret[(regret["plan"] == plan) & (regret["scenario"] == row["worst_scenario"])]
        assert own["regret"].iloc[0] == row["largest_regret"]


def test_scenarios_are_plans_of_the_changed_case(found):
    scenarios = found.to_frame().set_index("scenario")
    assert scenarios["status"].tolist() == ["optimal"] * 3
    for scenario in (LOW, DEAR):
        assert scenarios.loc[scenario.name, "objective"] == pytest.approx(
            transition(under(hand(), scenario)).objective
        )
    assert scenarios.loc["base", "objective"] == pytest.approx(transition(hand()).objective)
    factors = found.to_frame("factors")
    assert factors.to_dict("records") == [
        {"scenario": "low", "what": "demand", "of": "all", "relative_to_case": 0.85},
        {"scenario": "dear", "what": "costs", "of": "new", "relative_to_case": 1.5},
    ]


def test_what_is_common_has_ranges():
    sold = plan_ensemble(
        hand(), scenarios=[PlanScenario("less", demand=0.95), PlanScenario("more", demand=1.05)]
    ).to_frame("common")
    (row,) = sold[sold["action"] == "build"].to_dict("records")
    # 121 at the horizon, 0.95 or 1.05 of it, less the hundred of old capacity
    assert (row["technology"], row["every"], row["share"]) == ("new", True, 1.0)
    assert row["low"] == pytest.approx(121 * 0.95 - 100)
    assert row["median"] == pytest.approx(21)
    assert row["high"] == pytest.approx(121 * 1.05 - 100)
    assert (row["first_year_low"], row["first_year_high"]) == (2021, 2021)


def test_what_happens_in_few_plans_is_not_common():
    # in one of two plans demand stays below what stands
    table = plan_ensemble(hand(), scenarios=[PlanScenario("slump", demand=0.8)]).to_frame("common")
    assert table[table["action"] == "build"].empty


def test_fewer_imports_are_reached_step_by_step():
    # making at home costs more than it brings, so imports stay at their ceiling
    goods = {"consumption": 120.0, "imports": 20.0, "consumption_growth": 0.0}
    case = hand(
        sector_goods={**goods, "import_rise": 0.0},
        technology=[
            {**HAND["technology"][0], "capacity": {"2015": 102.0}},
            {**HAND["technology"][1], "cost": 30.0},
        ],
        discount_rate=0.1,
    )
    least = under(case, PlanScenario("least", imports={"goods": 0.7}))
    balance = transition(least).tables["balance"].query("sector == 'goods'")
    share = balance["imports"] / (balance["imports"] + balance["output"])
    assert share.tolist() == pytest.approx([0.9 / 6, 0.8 / 6, 0.7 / 6])


def test_a_scenario_without_plan_is_reported():
    case = hand(
        sector_goods={"import_rise": 0.0},
        technology_new={"build_limit": 12.0},
    )
    result = plan_ensemble(case, scenarios=[PlanScenario("boom", demand=2.0)], commit_years=1)
    assert result.to_frame()["status"].tolist() == ["optimal", "infeasible"]
    assert result.to_frame()["objective"].isna().tolist() == [False, True]
    assert set(result.to_frame("regret")["scenario"]) == {"base"}
    (note,) = [w for w in result.warnings if "have no plan" in w.en]
    assert note.en == "1 of 2 scenarios have no plan: boom."
    assert note.zh == "2 个情景中有 1 个没有可行的计划：boom。"


def tight(retire_cost=0.0, **new):
    """Return a case without imports of goods, with five of spare capacity."""
    old = {"capacity": {"2015": 105.0}, "min_utilisation": 0.9, "retire_cost": retire_cost}
    return hand(
        sector_goods={"import_rise": 0.0},
        technology_old=old,
        technology_new={"retire_cost": retire_cost, **new},
        budget=budget(30.0),
    )


def test_first_steps_that_lead_nowhere_are_infeasible_and_not_chosen():
    # what is built in 2021 for the case is too little for demand that grows faster
    result = plan_ensemble(tight(), scenarios=[PlanScenario("more", demand=1.1)], commit_years=1)
    regret = result.to_frame("regret").set_index(["plan", "scenario"])
    assert regret.loc[("base", "more"), "status"] == "infeasible"
    assert np.isnan(regret.loc[("base", "more"), "regret"])
    choices = result.to_frame("choices").set_index("plan")
    assert choices.loc["base", "infeasible"] == 1
    assert choices["minimax"].to_dict() == {"base": False, "more": True}


def test_without_first_steps_that_are_feasible_everywhere_there_is_no_choice():
    # what is built must run and is too dear to retire: enough for more is too much for less
    result = plan_ensemble(
        tight(1000.0, min_utilisation=1.0),
        scenarios=[PlanScenario("more", demand=1.1), PlanScenario("less", demand=0.9)],
        commit_years=1,
    )
    assert not result.to_frame("choices")["minimax"].any()
    (note,) = [w for w in result.warnings if "no minimax choice" in w.en]
    assert "infeasible in at least 1" in note.en
    assert "最少也有 1 个情景不可行" in note.zh


def test_the_same_seed_gives_the_same_for_any_number_of_workers():
    one, two = (plan_ensemble(hand(), draws=2, seed=5, workers=w) for w in (1, 2))
    for name, table in one.tables.items():
        pd.testing.assert_frame_equal(table, two.tables[name])
    assert draw_scenarios(hand(), 2, 6) != draw_scenarios(hand(), 2, 5)


def test_draws_do_not_depend_on_how_many_there_are():
    case = hand()
    assert draw_scenarios(case, 2, 0) == draw_scenarios(case, 4, 0)[:2]
    for scenario in draw_scenarios(case, 50, 1):
        assert 0.9 <= scenario.demand <= 1.1
        assert set(scenario.costs) == {"new"}
        assert 0.8 <= scenario.costs["new"] <= 1.2
        assert not scenario.imports  # nothing is exposed


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no scenarios: give scenarios, or at least one of draws"),
        ({"draws": -1}, "no scenarios"),
        ({"draws": 1, "commit_years": 0}, "commit_years 0: must be from 1 to 3"),
        ({"draws": 1, "commit_years": 4}, "commit_years 4"),
        (
            {"scenarios": [PlanScenario("a"), PlanScenario("a")]},
            "two scenarios are called a",
        ),
        ({"scenarios": [PlanScenario("base")]}, "two scenarios are called base"),
        ({"scenarios": [PlanScenario("a", demand=0.0)]}, "a, demand.all: 0; "),
        (
            {"scenarios": [PlanScenario("a", costs={"moon": 1.0})]},
            "a, costs.moon: 1; it must be a technology of the case, and above 0",
        ),
        (
            {"scenarios": [PlanScenario("a", imports={"tools": 1.2})]},
            r"a, imports.tools: 1.2; it must be a product that is imported, and in \(0, 1\]",
        ),
        ({"scenarios": [PlanScenario("a", imports={"goods": 0.5})]}, "a, imports.goods: 0.5"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(InputError) as caught:
        plan_ensemble(hand(), **options)
    assert re.search(message, caught.value.text("en"))


def test_refusals_in_chinese():
    with pytest.raises(InputError) as caught:
        plan_ensemble(hand(), scenarios=[PlanScenario("甲", costs={"moon": 0.0})])
    assert "甲，costs.moon：0；应为案例中的技术，且大于 0" in caught.value.text("zh")


def test_a_case_without_plan_says_why():
    floor = [{"of": "output", "sector": "goods", "minimum": {"2021": 500.0}, "assumption": True}]
    with pytest.raises(ComputationError, match="no plan exists"):
        plan_ensemble(hand(floor=floor), draws=1)


@pytest.mark.parametrize("kind", KINDS)
def test_charts(found, kind):
    for lang in ("zh", "en"):
        assert found.plot(kind, lang).to_dict()["title"]["subtitle"] == "hand · hand"
    with pytest.raises(InputError, match="there is no chart pie"):
        found.plot("pie")
