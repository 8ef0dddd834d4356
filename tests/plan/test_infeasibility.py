"""A case without a plan says which limits conflict and what the smallest way out is."""

import pytest
from tests.plan.transition_cases import budget, hand, replacing

from xinzhi.core import ComputationError
from xinzhi.plan.infeasibility import conflict
from xinzhi.plan.transition import transition
from xinzhi.plan.transition_solve import transition_model

DEFAULT = {"value_added": 1.0, "cost": 1.0}


def test_the_conflict_is_irreducible_and_named_as_the_planner_wrote_it():
    # 1.1 · 60 must stand in 2022, but only 50 may be started in 2021
    case = replacing(technology_new={"build_limit": 50.0})
    with pytest.raises(ComputationError) as error:
        transition(case)
    assert error.value.exit_status == 1
    assert error.value.text().splitlines() == [
        "no plan exists: these 3 limits cannot hold together, though they could without any one of "
        "them",
        "  build before retire: Goods (2023): margin 0.1",
        "  building limit: New (2021): at most 50 100 million yuan",
        "  capacity schedule: Old (2023): at most 40 100 million yuan",
        "  the smallest relaxation (least sum of relaxations relative to each limit):",
        "  build before retire: Goods (2023): lower by 16 100 million yuan (14.55%)",
        "Relax one of them and try again; the relaxation above is enough for the whole case.",
    ]
    chinese = error.value.text("zh")
    assert "没有可行的计划：这 3 项限制不能同时成立，去掉任何一项即可" in chinese
    assert "开工上限：新（2021 年）：至多 50 亿元" in chinese
    assert "先立后破：产品（2023 年）：降低 16 亿元（14.55%）" in chinese
    assert transition(case, build_before_retire=False).status == "optimal"


def test_each_limit_of_the_conflict_is_needed_and_the_relaxation_is_enough():
    case = replacing(technology_new={"build_limit": 50.0})
    model = transition_model(case, DEFAULT)
    found = conflict(model)
    for family, place in found.rows:
        changed = family.rhs.copy()
        changed[place] += 1000.0 if family.sense == "<=" else -1000.0
        model.change_limits(family.name, changed)
        assert model.solve().status == "optimal"
        model.change_limits(family.name, family.rhs)
    assert model.solve().status == "infeasible"
    for (family, place), amount in found.relaxed:
        changed = family.rhs.copy()
        changed[place] += amount if family.sense == "<=" else -amount
        model.change_limits(family.name, changed * (1 - 1e-9) if changed[place] > 0 else changed)
    assert model.solve().status == "optimal"


def test_shares_and_floors_are_named_with_their_own_figures():
    origin = {"assumption": True}
    case = hand(
        sector_goods={"import_rise": 0.02, "consumption_growth": 0.1, "ramp_up": 0.05},
        floor=[{"of": "output", "sector": "goods", "minimum": {"2021": 100.0}, **origin}],
        budget=budget(0.0),
    )
    with pytest.raises(ComputationError) as error:
        transition(case)
    text = error.value.text()
    assert "ceiling on the import share: Goods" in text
    assert "imports of at most 0.02 of supply" in text


def test_targets_beyond_demand_conflict_with_demand():
    target = [{"of": "output", "sector": "goods", "year": 2023, "value": 200.0, "assumption": True}]
    with pytest.raises(ComputationError) as error:
        transition(hand(target=target))
    assert "output target: Goods (2023): at least 200 100 million yuan" in error.value.text()
    assert "export demand: Goods (2023): at most 0 100 million yuan" in error.value.text()


def test_projects_that_do_not_fit_are_told_from_limits_that_conflict():
    case = replacing(technology_new={"unit_size": 40.0, "build_limit": {"2021": 70.0}})
    with pytest.raises(ComputationError, match="a continuous one does, but whole projects"):
        transition(case)


def test_a_case_that_has_a_plan_has_no_conflict():
    assert conflict(transition_model(hand(), DEFAULT)) is None


def test_a_solver_that_stops_says_so():
    model = transition_model(hand(), DEFAULT)
    model.highs.setOptionValue("presolve", "off")
    model.highs.setOptionValue("simplex_iteration_limit", 0)
    with pytest.raises(ComputationError) as error:
        model.solve()
    assert "the solver HiGHS stopped without an answer: iteration limit" in error.value.text()
    assert "求解器 HiGHS 没有给出答案" in error.value.text("zh")
