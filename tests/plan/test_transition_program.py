"""The program against slower or plainer forms of itself."""

import numpy as np
import pytest
from tests.plan.transition_cases import budget, hand, manned, replacing

from xinzhi.core import ComputationError
from xinzhi.data.case_reader import load_case
from xinzhi.plan import transition_model as program_module
from xinzhi.plan.leaving import leaves_early
from xinzhi.plan.transition import transition
from xinzhi.plan.transition_checks import checks_table
from xinzhi.plan.transition_solve import transition_model
from xinzhi.plan.transition_tables import Amounts

DEFAULT = {"value_added": 1.0, "cost": 1.0}


@pytest.mark.parametrize(
    "case",
    [
        hand(horizon=2026, technology_new={"lifetime": 2}, budget=budget({"2021": 7.0})),
        replacing(technology_old={"capacity": {"1993": 30.0, "2015": 70.0}}),
    ],
    ids=["short lives", "rule"],
)
def test_no_plan_is_better_for_retiring_what_costs_nothing_to_keep(case, monkeypatch):
    held = transition_model(case, DEFAULT).solve().objective
    assert not all(leaves_early(case))
    monkeypatch.setattr(
        program_module, "leaves_early", lambda given: (True,) * len(given.technologies)
    )
    free = transition_model(case, DEFAULT).solve().objective
    assert held == pytest.approx(free, rel=1e-9)


@pytest.mark.parametrize(
    "changes",
    [
        {"technology_old": {"min_utilisation": 0.5}},
        {"technology_old": {"retire_cost": 0.1}},
        {"schedule": [{"technology": "old", "maximum": 90.0, "assumption": True}]},
    ],
)
def test_capacity_that_is_held_down_may_leave_early(changes):
    assert leaves_early(hand(**changes)) == (True, False)
    assert leaves_early(hand()) == (False, False)


def test_capacity_by_which_land_is_counted_leaves_early_where_land_is_short():
    land = {"id": "land", "title": "land", "unit": "tonnes", "basis": "capacity"}
    cap = {"2022": 100.0, "2023": 90.0}
    case = hand(
        sector_goods={"consumption_growth": 0.0, "import_rise": 1.0},
        account=[{**land, "cap": cap, "assumption": True}],
        technology_old={"accounts": {"land": 1.0}},
        technology_new={"accounts": {"land": 0.0}},
    )
    assert leaves_early(case) == (True, False)
    plan = transition(case).to_frame().set_index(["technology", "year"])["capacity"]
    assert plan["old", 2023] == pytest.approx(90)


def test_sectors_that_spend_alike_share_a_purse_and_others_do_not():
    only = budget({"2021": 7.0, "2022": 4.0})
    assert [p.sectors for p in transition_model(hand(budget=only), DEFAULT).made.purses] == [(0,)]
    case = load_case("shanghai-2035")
    model = transition_model(case, DEFAULT)
    purses = model.made.purses
    places = [place for purse in purses for place in purse.sectors]
    assert len(set(places)) == len(places)
    assert 1 < len(purses) < len(places)
    goods = model.made.arrays.goods
    for purse in purses:
        assert np.ptp(goods[:, list(purse.sectors)], axis=1).max() == 0
        for budget_of in case.budgets:
            able = {
                budget_of.sectors is None or case.sectors[place].id in budget_of.sectors
                for place in purse.sectors
            }
            assert able == {budget_of.id in purse.budgets}


def test_a_floor_that_nothing_can_lift_is_named():
    def floor(persons):
        given = {"of": "employment", "sector": "tools", "assumption": True}
        return hand(floor=[{**given, "minimum": {"2022": persons}}])

    assert transition(floor(0.0)).objective == pytest.approx(transition(hand()).objective)
    with pytest.raises(ComputationError, match="no plan exists") as error:
        transition(floor(3.0))
    assert "employment floor: Tools (2023): at least 3" in error.value.text("en")


def test_rounding_among_zeros_is_no_gap_and_a_real_one_is():
    model = transition_model(manned(), DEFAULT)
    solution = model.solve()
    retire = model.made.at["retire"].ravel()
    assert not solution.columns[retire].any()
    columns = solution.columns.copy()
    columns[retire] = -1e-10 * model.made.unit_of("retire")
    gaps = checks_table(model.made, Amounts(model.made, columns), True)
    assert gaps["largest_gap"].max() < 1e-8
    columns[retire] = -1e-3 * model.made.unit_of("retire")
    with pytest.raises(ComputationError, match="does not pass its check") as error:
        checks_table(model.made, Amounts(model.made, columns), True)
    assert "not_negative" in error.value.text()
