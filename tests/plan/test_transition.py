"""Plans solved by hand: optimum, timing, shadow prices; the rule; reading the result."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse
from tests.plan.transition_cases import budget, hand, manned, replacing

from xinzhi.core import ComputationError, InputError, dumps
from xinzhi.data.case_reader import load_case
from xinzhi.measure.productivity.dea import dea
from xinzhi.plan.transition import compare_plans, cost_of_build_before_retire, transition
from xinzhi.plan.transition_checks import checks_table
from xinzhi.plan.transition_objective import signed
from xinzhi.plan.transition_plots import KINDS
from xinzhi.plan.transition_solve import transition_model
from xinzhi.plan.transition_tables import Amounts

DEFAULT = {"value_added": 1.0, "cost": 1.0}


def column(result, technology, name):
    plan = result.to_frame()
    return plan.loc[plan["technology"] == technology, name].tolist()


def prices(result, constraint):
    duals = result.tables["duals"]
    return duals.loc[duals["constraint"] == constraint, "shadow_price"].tolist()


def test_capacity_is_built_a_lead_time_before_demand_grows():
    # demand 100, 110, 121; a unit built in 2021 costs 0.8, makes 1 in 2022 and in 2023 and is
    # worth 0.8 · 8/10 at the horizon; one built in 2022 makes 1 and is worth 0.8 · 9/10
    result = transition(hand())
    assert column(result, "new", "build") == pytest.approx([10, 11, 0])
    assert column(result, "new", "capacity") == pytest.approx([0, 10, 21])
    assert column(result, "old", "retire") == pytest.approx([0, 0, 0])
    assert result.objective == pytest.approx(331 - 21 * 0.8 + 10 * 0.64 + 11 * 0.72)
    assert result.status == "optimal"
    balance = result.tables["balance"].set_index(["sector", "year"])
    assert balance["imports"]["goods"].tolist() == pytest.approx([0, 0, 0])
    assert balance["investment"]["tools"].tolist() == pytest.approx([8, 8.8, 0])


def test_shadow_prices_of_a_budget_are_those_found_by_hand():
    # seven yuan in 2021 build 8.75 of the ten units of 2022; four in 2022 build five more.
    # One more yuan builds 1.25 units: worth 1 + 1 + 0.64 − 0.8 each in 2021, 1 + 0.72 − 0.8 in 2022
    result = transition(hand(budget=budget({"2021": 7.0, "2022": 4.0})))
    assert column(result, "new", "build") == pytest.approx([8.75, 5, 0])
    assert result.objective == pytest.approx(322.5 - 11 + 8.75 * 0.64 + 5 * 0.72)
    assert prices(result, "budget") == pytest.approx([2.3, 1.15, 0])
    words = result.tables["duals"].set_index(["constraint", "year"]).loc[("budget", 2022)]
    assert words["words_en"] == (
        "budget: Treasury (2022): one more 100 million yuan is worth 1.15 × 100 million yuan of "
        "discounted value added less cost"
    )
    assert words["words_zh"] == (
        "资金来源：Treasury（2022 年）：再加 1 亿元，值 1.15 亿元（贴现的增加值减成本）".replace(
            "Treasury", "财政"
        )
    )
    last = result.tables["duals"].set_index(["constraint", "year"]).loc[("budget", 2023)]
    assert last["words_en"].endswith("a little more is worth nothing")
    spent = result.tables["budget"]
    assert spent["spent"].tolist() == pytest.approx([7, 4, 0])
    binding = result.tables["binding"]
    assert binding.loc[binding["constraint"] == "budget", "year"].tolist() == [2021, 2022]


def test_duals_lie_between_one_sided_differences():
    # the optimum is concave in a limit: gain of a little more ≤ price ≤ loss of a little less
    case = hand(budget=budget({"2021": 7.0, "2022": 4.0, "2023": 1.0}, premium=0.05))
    model = transition_model(case, DEFAULT)
    base, step = model.solve(), 1e-3
    for name in ("budget", "export_ceiling", "product_balance"):
        family = model.made.program.families[name]
        for place in range(len(family.rhs)):
            value = []
            for sign in (1, -1):
                changed = family.rhs.copy()
                changed[place] += sign * step
                model.change_limits(name, changed)
                solution = model.solve()
                value.append(solution.objective if solution.status == "optimal" else -np.inf)
            model.change_limits(name, family.rhs)
            more, less = (value[0] - base.objective) / step, (base.objective - value[1]) / step
            assert more - 1e-6 <= base.duals[family.rows][place] <= less + 1e-6


def test_building_before_retiring_changes_the_plan():
    # without the rule 60 are built in 2022; with it 1.1 · 60 stand in 2022, built in 2021
    with_rule, without = transition(replacing()), transition(replacing(), build_before_retire=False)
    assert column(without, "new", "build") == pytest.approx([0, 60, 0])
    assert column(with_rule, "new", "build") == pytest.approx([66, 0, 0])
    assert column(with_rule, "old", "capacity") == pytest.approx([100, 100, 40])
    assert without.objective == pytest.approx(300 - 60 * 0.8 + 60 * 0.72)
    assert with_rule.objective == pytest.approx(300 - 66 * 0.8 + 66 * 0.64)
    assert with_rule.parameters["build_before_retire"] is True
    cost = cost_of_build_before_retire(replacing()).set_index("component")
    assert cost.loc["objective", "difference"] == pytest.approx(-5.76)
    assert cost.loc["cost", "difference"] == pytest.approx(5.76)
    difference = compare_plans(without, with_rule).set_index(["technology", "year"])
    assert difference.loc[("new", 2021), "build_difference"] == pytest.approx(66)
    assert difference.loc[("new", 2022), "build_difference"] == pytest.approx(-60)


def test_plans_of_other_technologies_are_not_compared():
    with pytest.raises(ComputationError, match="not of the same sectors, technologies and years"):
        compare_plans(transition(hand()), transition(hand(horizon=2022)))


def test_a_retrofit_moves_capacity_and_is_covered_by_itself():
    upgraded = {
        "id": "upgraded",
        "sector": "goods",
        "title": "upgraded",
        "kind": "upgraded",
        "lifetime": 10,
        "buildable": False,
        "assumption": True,
    }
    case = replacing(
        technology=[*document_technologies(), upgraded],
        retrofit=[{"from": "old", "to": "upgraded", "cost": 0.1, "assumption": True}],
    )
    result = transition(case)
    assert column(result, "upgraded", "retrofit")[2] + sum(
        column(result, "upgraded", "retrofit")[:2]
    ) == pytest.approx(60)
    assert column(result, "old", "retire") == pytest.approx([0, 0, 0])
    assert column(result, "new", "build") == pytest.approx([0, 0, 0])
    assert result.tables["checks"]["largest_gap"].max() < 1e-8


def document_technologies():
    from tests.plan.transition_cases import HAND

    return [dict(technology) for technology in HAND["technology"]]


def test_workers_are_trained_a_year_before_new_capacity_needs_them():
    # six basic workers a year may become experts, one expert a unit: 6 in 2022, 12 in 2023
    result = transition(manned())
    assert column(result, "new", "output") == pytest.approx([0, 6, 12])
    employment = result.tables["employment"].set_index("grade")
    assert employment.loc["expert", "needed"].tolist() == pytest.approx([0, 6, 12])
    assert employment.loc["expert", "trained"].tolist() == pytest.approx([0, 6, 6])
    assert employment.loc["basic", "available"].iloc[0] == pytest.approx(114)


def test_capacity_leaves_at_the_end_of_its_life_oldest_first():
    case = hand(
        technology_old={"capacity": {"1992": 30.0, "2015": 70.0}},
        sector_goods={"consumption_growth": 0.0},
    )
    result = transition(case)
    assert column(result, "old", "capacity") == pytest.approx([100, 70, 70])
    assert column(result, "old", "retire") == pytest.approx([0, 30, 0])
    ages = result.tables["vintages"].set_index(["technology", "built"])["capacity"]
    assert ages.to_dict() == pytest.approx({("old", 2015): 70, ("new", 2022): 30})


def test_built_capacity_expires_too():
    case = hand(
        horizon=2026, technology_new={"lifetime": 2}, sector_goods={"consumption_growth": 0}
    )
    case = hand(
        horizon=2026,
        technology_new={"lifetime": 2},
        sector_goods={"consumption_growth": {"2021": 0.0, "2022": 0.1, "2023": 0.0}},
    )
    result = transition(case)
    assert column(result, "new", "capacity") == pytest.approx([0, 10, 10, 10, 10, 10])
    assert column(result, "new", "build") == pytest.approx([10, 0, 10, 0, 10, 0])


def test_a_tail_keeps_building_going_and_is_not_reported():
    longer = transition(hand(tail=2))
    assert longer.to_frame()["year"].max() == 2023
    assert column(longer, "new", "build") == pytest.approx([10, 11, 12.1])
    assert longer.tables["duals"]["year"].max() == 2023


def test_objectives():
    target = [{"of": "output", "sector": "goods", "year": 2023, "value": 105.0, "assumption": True}]
    cheapest = transition(hand(target=target), objective="cost")
    # five units built in 2022, of whose cost nine tenths are left
    assert cheapest.objective == pytest.approx(5 * (0.8 - 0.72))
    assert column(cheapest, "new", "build") == pytest.approx([0, 5, 0])
    most = transition(manned(), objective="employment")
    assert most.objective == pytest.approx(100 + 106 + 112)
    mixed = transition(manned(), objective={"employment": 1.0, "value_added": 1.0, "cost": 1.0})
    assert mixed.objective == pytest.approx(most.objective + transition(manned()).objective)


@pytest.mark.parametrize(
    ("objective", "message"),
    [
        ("growth", "there is no objective growth"),
        (
            {"value_added": 1.0, "smoke": 1.0},
            "these weights of the objective are not allowed: smoke",
        ),
        ({"value_added": -1.0}, "these weights of the objective are not allowed: value_added"),
        ("cost", "least cost without a target is to do nothing"),
    ],
)
def test_objectives_that_are_not_there(objective, message):
    with pytest.raises(InputError, match=message):
        transition(hand(), objective=objective)


def test_whole_projects_have_no_shadow_prices():
    result = transition(hand(technology_new={"unit_size": 15.0}))
    assert column(result, "new", "build") == pytest.approx([15, 0, 0]) or column(
        result, "new", "build"
    ) == pytest.approx([15, 15, 0])
    assert result.tables["duals"].empty
    assert any("no shadow prices" in warning.en for warning in result.warnings)
    assert result.objective <= transition(hand()).objective


def test_an_objective_without_bound_says_so():
    goods = {"import_rise": 1.0, "consumption_growth": 0.0}
    made = {"inputs": {}, "import_rise": 0.0, "imports": 0.0}
    case = manned(
        sector_goods=goods,
        sector_tools=made,
        technology=[
            *({**t, "labour": {"basic": 0.0, "expert": 0.0}} for t in document_technologies()),
            {
                "id": "tool-maker",
                "sector": "tools",
                "title": "tools",
                "kind": "existing",
                "base_output": 10.0,
                "capacity": {"2015": 10.0},
                "lifetime": 30,
                "buildable": True,
                "lead_time": 0,
                "cost": 0.5,
                "labour": {"basic": 0.0, "expert": 0.0},
                "assumption": True,
            },
        ],
    )
    with pytest.raises(ComputationError, match="the objective has no bound"):
        transition(case, objective={"value_added": 1.0})


def test_the_scaled_program_has_the_optimum_of_the_plain_one():
    case = manned(budget=budget({"2021": 4.0, "2022": 4.0}))
    model = transition_model(case, DEFAULT)
    program = model.made.program
    blocks = {"<=": ([], []), "=": ([], [])}
    for family in program.families.values():
        sign = -1.0 if family.sense == ">=" else 1.0
        rows, rhs = blocks["=" if family.sense == "=" else "<="]
        width = sparse.csr_array((family.matrix.shape[0], program.width - family.matrix.shape[1]))
        rows.append(sparse.hstack([family.matrix, width]) * sign)
        rhs.append(family.rhs * sign)
    cost = -program.measure(signed(DEFAULT))
    uppers = np.concatenate([block.upper.ravel() for block in program.blocks.values()])
    found = optimize.linprog(
        cost,
        A_ub=sparse.vstack(blocks["<="][0]),
        b_ub=np.concatenate(blocks["<="][1]),
        A_eq=sparse.vstack(blocks["="][0]),
        b_eq=np.concatenate(blocks["="][1]),
        bounds=np.column_stack([np.zeros(len(uppers)), uppers]),
    )
    assert model.solve().objective == pytest.approx(-found.fun, rel=1e-9)


@pytest.fixture(scope="module")
def growing():
    origin = {"assumption": True}
    case = manned(
        budget=budget({"2021": 3.0, "2022": 3.0, "2023": 3.0}),
        account=[{"id": "smoke", "title": "smoke", "unit": "tonnes", "cap": 100.0, **origin}],
        technology_old={"labour": {"basic": 1.0, "expert": 0.0}, "accounts": {"smoke": 1.0}},
        technology_new={"labour": {"basic": 0.0, "expert": 1.0}, "accounts": {"smoke": 0.2}},
    )
    return transition_model(case, DEFAULT)


@settings(max_examples=20)
@given(st.floats(0, 20), st.floats(0, 20))
def test_more_budget_never_worsens_the_plan(growing, first, second):
    found = []
    for limit in sorted((first, second)):
        growing.change_limits("budget", np.array([limit] * 3))
        found.append(growing.solve().objective)
    growing.change_limits("budget", np.array([3.0] * 3))
    assert found[0] <= found[1] + 1e-6


@settings(max_examples=20)
@given(st.floats(0, 120), st.floats(0, 120))
def test_a_tighter_cap_never_improves_the_plan(growing, first, second):
    found = []
    for cap in sorted((first, second)):
        growing.change_limits("account_cap", np.array([cap] * 3))
        found.append(growing.solve().objective)
    growing.change_limits("account_cap", np.array([100.0] * 3))
    assert found[0] <= found[1] + 1e-6


def test_a_component_can_be_bounded_and_the_objective_changed_without_building_again(growing):
    free = growing.solve()
    smoke = growing.made.program.measure({"smoke": 1.0}) @ free.columns
    growing.limit_component("smoke", at_most=smoke - 10)
    held = growing.solve()
    assert growing.made.program.measure({"smoke": 1.0}) @ held.columns <= smoke - 10 + 1e-6
    assert held.objective < free.objective
    growing.limit_component("smoke")
    growing.change_objective({"employment": 1.0})
    assert growing.solve().objective > 0
    growing.change_objective(DEFAULT)
    assert growing.solve().objective == pytest.approx(free.objective)


@pytest.fixture(scope="module")
def shanghai():
    return transition(load_case("shanghai-2035"))


def test_the_shipped_case_keeps_every_rule_on_plain_arrays(shanghai):
    checks = shanghai.tables["checks"].set_index("rule")["largest_gap"]
    assert checks.max() < 1e-8
    assert {"product_balance", "build_before_retire", "cap_emissions", "exposure"} <= set(
        checks.index
    )
    balance = shanghai.tables["balance"]
    uses = balance[["intermediate", "investment", "final", "exports"]].sum(axis=1)
    assert np.allclose(balance["output"] + balance["imports"], uses, rtol=1e-9)
    assert shanghai.parameters["structure"] == "shanghai-2035"


def test_the_shipped_case_builds_the_new_before_it_retires_the_old(shanghai):
    plan = shanghai.to_frame().set_index(["technology", "year"])["capacity"]
    for old, new in (("steel-blast", "steel-electric"), ("power-coal", "power-wind-solar")):
        assert plan[old, 2035] < plan[old, 2024]
        assert plan[new, 2035] > 0
    for grown in ("ic", "biomedicine", "ai", "new-energy"):
        output = shanghai.tables["balance"].set_index(["sector", "year"])["output"]
        assert output[grown, 2035] > output[grown, 2024]


def test_the_result_has_stable_tables_scalars_and_units(shanghai):
    found = shanghai.to_dict()
    assert next(iter(shanghai.tables)) == "plan"
    assert found["status"] == "optimal"
    assert found["objective"] == shanghai.parameters["objective"]
    dumps(found)
    columns = ["sector", "technology", "year", "build", "retrofit", "retire", "capacity", "output"]
    assert list(shanghai.to_frame()) == columns
    assert {"constraint", "year", "shadow_price", "unit"} <= set(shanghai.tables["duals"])
    for name, frame in shanghai.tables.items():
        for figure in frame.select_dtypes("number"):
            assert {figure, f"{name}.{figure}"} & set(shanghai.units), (name, figure)
    assert any("assumptions to be replaced" in warning.en for warning in shanghai.warnings)


@pytest.mark.parametrize("kind", KINDS)
def test_every_chart_is_drawn_in_both_languages(shanghai, kind):
    zh, en = (shanghai.plot(kind, lang).to_dict() for lang in ("zh", "en"))
    assert zh["title"]["text"] != en["title"]["text"]
    assert "钢铁" in str(zh) or kind in ("budget", "employment", "schedule")


def test_a_chart_that_is_not_there(shanghai):
    with pytest.raises(InputError, match="there is no chart pie"):
        shanghai.plot("pie")
    with pytest.raises(InputError, match="no figures of employment"):
        transition(hand()).plot("employment")


def test_a_plan_that_breaks_a_rule_does_not_pass_the_check():
    model = transition_model(hand(), DEFAULT)
    solution = model.solve()
    columns = solution.columns.copy()
    columns[model.made.at["output_by_technology"][0, 1]] += 5.0
    with pytest.raises(ComputationError, match="does not pass its check") as error:
        checks_table(model.made, Amounts(model.made, columns), True)
    assert "capacity_use" in error.value.text()
    assert "product_balance" in error.value.text()


def test_frontiers_of_productivity_can_follow_a_plan_in_one_process():
    """HiGHS runs one pool of threads a process: solvers that ask for others would find nothing."""
    transition(hand())
    units = pd.DataFrame({"x": [2.0, 4.0, 5.0]}), pd.DataFrame({"y": [1.0, 2.0, 2.0]})
    slacks = dea(*units, returns="crs").tables["slacks"]
    assert slacks["slack"].notna().all()
