"""Frontiers found by hand, every point checked by direct search, the knee, and what is refused."""

import itertools
import json
import re

import numpy as np
import pytest
from tests.plan.transition_cases import HAND, hand

from xinzhi.core import ComputationError, InputError, dumps
from xinzhi.plan.frontier import frontier
from xinzhi.plan.frontier_plots import KINDS
from xinzhi.plan.frontier_points import knee, normalised, pareto
from xinzhi.plan.transition import transition
from xinzhi.plan.transition_solve import transition_model

DISCOUNT = 1.1
TITLE = {"zh": "排放", "en": "Smoke"}


def technology(name, cost, limit, smoke):
    given = {"id": name, "sector": "goods", "title": name, "kind": "new", "lifetime": 10}
    given |= {"cost": cost, "lead_time": 1, "accounts": {"emissions": smoke}, "assumption": True}
    return given if limit is None else {**given, "build_limit": limit}


def exposed(*technologies, **changes):
    """Return a case in which 20 of 120 are imported, and building at home costs growth."""
    old = {**HAND["technology"][0], "accounts": {"emissions": 1.0}}
    return hand(
        **{
            "discount_rate": DISCOUNT - 1,
            "sector_goods": {
                "consumption": 120.0,
                "consumption_growth": 0.0,
                "imports": 20.0,
                "import_rise": 0.2,
                "import_fall": 1.0,
            },
            "technology": [old, *technologies],
            "exposure": [{"product": "goods", "weight": 1.0, "assumption": True}],
            "account": [
                {"id": "emissions", "title": TITLE, "unit": "10k_tonnes", "assumption": True}
            ],
            **changes,
        }
    )


def kinked():
    return exposed(technology("cheap", 10.0, 5.0, 0.2), technology("dear", 40.0, None, 0.1))


def net_cost(cost, built):
    """Return what a unit built in 2021 or 2022 costs in growth: cost less use less what is left."""
    first = built - 2020
    use = sum(DISCOUNT**-t for t in range(first + 1, 4))
    left = cost * (1 - (3 - first) / 10) * DISCOUNT**-3
    return cost * DISCOUNT**-first - use - left


@pytest.fixture(scope="module")
def bent():
    return frontier(kinked(), objectives=("growth", "security"), points=9)


@pytest.fixture(scope="module")
def three():
    return frontier(kinked(), points=16)


def test_the_curve_and_its_knee_are_those_found_by_hand(bent):
    # imports of 20 a year are 60 unit-years; a unit built in 2021 saves two, in 2022 one. Five a
    # year of the cheap kind save 15 of them: the exposure index falls from 1 to 0.75 there
    points = bent.to_frame()
    assert points["security"].tolist() == pytest.approx([1 - k / 12 for k in range(9)])
    most = points["growth"][0]
    cheap = 5 * (net_cost(10, 2021) + net_cost(10, 2022))
    assert points.loc[points["knee"], "security"].tolist() == pytest.approx([0.75])
    assert most - points["growth"][3] == pytest.approx(cheap, rel=1e-3)
    # twenty built in 2021, five of them cheap, leave no imports
    all_home = 5 * net_cost(10, 2021) + 15 * net_cost(40, 2021)
    assert most - points["growth"][8] == pytest.approx(all_home)
    share = cheap / all_home + (0.75 - 1 / 3) / (2 / 3)
    assert points["distance"].max() == pytest.approx((1 - share) / np.sqrt(2), rel=1e-3)
    assert points["growth"].is_monotonic_decreasing
    assert points["security"].is_monotonic_decreasing


def test_the_first_end_is_the_plan_of_transition(bent):
    assert bent.to_frame()["growth"][0] == pytest.approx(transition(kinked()).objective)
    payoff = bent.to_frame("payoff").set_index("end")
    assert payoff["point"].tolist() == [1, 9]
    assert payoff.loc["security", "security"] == pytest.approx(1 / 3)
    assert bent.parameters["largest_gap"] < 1e-8


def test_a_step_costs_what_the_words_say(bent):
    rates = bent.to_frame("rates")
    assert rates["gain"].tolist() == pytest.approx([1 / 12] * 8)
    assert (np.diff(rates["cost"]) > -1e-6).all()  # the frontier of a linear program is concave
    # one unit-year of 60, of the cheap kind built in 2021 or 2022, is the twelfth part of 5
    assert rates["cost"][0] * 3 == pytest.approx(
        5 * (net_cost(10, 2021) + net_cost(10, 2022)), rel=0.01
    )
    first = rates.iloc[0]
    assert first["words_en"].startswith(
        "from point 1 to 2: exposure index from 1 to 0.9167 for 3.7"
    )
    assert (
        "× 100 million yuan less of growth (discounted value added less cost)"
        in (first["words_en"])
    )
    assert first["words_zh"].startswith("由点 1 到点 2：暴露指数由 1 降到 0.9167，增长")
    assert "平均每降 1% 值 " in first["words_zh"]


def test_plans_change_along_the_curve(bent):
    plans = bent.to_frame("plans").set_index(["point", "technology"])["capacity"]
    assert plans[1]["cheap"] == pytest.approx(0, abs=1e-5)
    assert plans[4]["cheap"] == pytest.approx(10)
    assert plans[4]["dear"] == pytest.approx(0, abs=1e-6)
    changes = bent.to_frame("changes").set_index(["at", "technology"])
    assert changes.loc[("knee", "cheap"), "change"] == pytest.approx(10)
    assert changes.loc[("security", "dear"), "change"] == pytest.approx(15)
    assert changes.loc["growth", "change"].abs().max() == 0
    steps = bent.to_frame("plans").groupby("technology")["change"].sum()
    assert steps["dear"] == pytest.approx(15)


def test_limits_that_bind_are_named(bent):
    binding = bent.to_frame("binding")
    knee_point = int(bent.to_frame().query("knee")["point"].iloc[0])
    own = binding[binding["point"] == knee_point]
    assert {("build_limit", "cheap", 2021), ("build_limit", "cheap", 2022)} <= set(
        zip(own["constraint"], own["of"], own["year"], strict=True)
    )
    assert bent.to_frame()["limits"][knee_point - 1] == len(own)


def reached(model, solution):
    parts = model.made.program.components
    exposure, smoke = (
        float(parts[k] @ solution.columns[: parts[k].size]) for k in ("exposure", "emissions")
    )
    both = model.made.program.measure({"value_added": 1.0, "cost": -1.0})
    return np.array([-float(both @ solution.columns), exposure / 60, smoke])


def test_no_plan_found_by_direct_search_dominates_a_point(three):
    # weighted sums of the three aims, bounds on two of them, by a model of its own
    points = three.to_frame()
    own = np.column_stack([-points["growth"], points["security"], points["emissions"]])
    ranges = np.ptp(own, axis=0)
    model = transition_model(kinked(), {"value_added": 1.0, "cost": 1.0})
    found = []
    for a, b in itertools.product(np.geomspace(0.02, 50, 6), repeat=2):
        size = ranges[0] / ranges
        weights = {"exposure": a * size[1] / 60, "emissions": b * size[2]}
        model.change_objective({"value_added": 1.0, "cost": 1.0, **weights})
        found.append(reached(model, model.solve()))
    model.change_objective({"value_added": 1.0, "cost": 1.0})
    for exposure, smoke in itertools.product(
        np.linspace(own[:, 1].min(), own[:, 1].max(), 7),
        np.linspace(own[:, 2].min(), own[:, 2].max(), 7),
    ):
        model.limit_component("exposure", at_most=60 * exposure * (1 + 1e-9))
        model.limit_component("emissions", at_most=smoke * (1 + 1e-9))
        solution = model.solve()
        if solution.status == "optimal":
            found.append(reached(model, solution))
    scaled = (np.array(found)[:, np.newaxis] - own) / ranges
    better = (scaled <= 1e-6).all(axis=2) & (scaled < -1e-5).any(axis=2)
    assert len(found) > 60
    assert not better.any()


def test_no_aim_of_a_point_can_be_bettered_with_the_others_kept(three):
    points = three.to_frame()
    model = transition_model(kinked(), {"value_added": 1.0, "cost": 1.0})
    for row in points.itertuples():
        model.limit_component("exposure", at_most=60 * row.security * (1 + 1e-9))
        model.limit_component("emissions", at_most=row.emissions * (1 + 1e-9))
        assert model.solve().objective == pytest.approx(row.growth, rel=1e-6)


def test_three_aims_have_three_ends_and_a_knee(three):
    points, payoff = three.to_frame(), three.to_frame("payoff").set_index("end")
    assert points["knee"].sum() == 1
    for aim, best in (("growth", "max"), ("security", "min"), ("emissions", "min")):
        assert payoff.loc[aim, aim] == pytest.approx(getattr(points[aim], best)())
    assert set(three.to_frame("changes")["at"]) == {"growth", "security", "emissions", "knee"}
    assert set(three.to_frame("rates")["gained"]) <= {"security", "emissions"}
    assert three.parameters["solves"] < 9 + 16 + 1
    kept = pareto(
        normalised(
            points[["growth", "security", "emissions"]].to_numpy(),
            payoff[["growth", "security", "emissions"]].to_numpy(dtype=float),
            np.array([1, -1, -1]),
        )
    )
    assert len(kept.places) == len(points)


def test_security_and_emissions_alone():
    found = frontier(kinked(), objectives=("emissions", "security"), points=5)
    assert found.parameters["objectives"] == ["security", "emissions"]
    points = found.to_frame()
    assert points["security"].is_monotonic_increasing
    assert points["growth"].notna().all()  # shown, though it is no aim


def test_a_straight_frontier_has_no_knee():
    case = exposed(technology("cheap", 10.0, {"2021": 20.0, "2022": 0.0}, 0.2))
    found = frontier(case, objectives=("growth", "security"), points=5)
    assert not found.to_frame()["knee"].any()
    assert set(found.to_frame("changes")["at"]) == {"growth", "security"}
    assert any("no knee" in warning.en for warning in found.warnings)
    assert any("没有拐点" in warning.zh for warning in found.warnings)


def test_aims_without_conflict_make_one_point():
    case = exposed(technology("cheap", 1.0, None, 0.2))  # building pays and makes safer
    found = frontier(case, objectives=("growth", "security"), points=5)
    assert len(found.to_frame()) == 1
    assert found.parameters["duplicates"] == 1
    assert any("There is no conflict over exposure index" in w.en for w in found.warnings)


def test_losses_of_events_take_the_place_of_weights(bent):
    found = frontier(kinked(), objectives=("growth", "security"), points=9, losses={"goods": 50.0})
    assert found.units["security"] == "CNY_100m"
    assert found.to_frame()["security"].tolist() == pytest.approx(
        (50 * bent.to_frame()["security"]).tolist()
    )
    assert "expected loss when imports are cut" in found.to_frame("rates")["words_en"][0]


def test_whole_projects_are_warned_of():
    case = exposed(technology("cheap", 10.0, 10.0, 0.2) | {"unit_size": 5.0})
    found = frontier(case, objectives=("growth", "security"), points=4)
    assert any("efficient to the solver's gap" in warning.en for warning in found.warnings)
    assert found.to_frame()["growth"].is_monotonic_decreasing
    built = found.to_frame("plans").query("technology == 'cheap'")["capacity"]
    assert (built % 5).tolist() == pytest.approx([0] * len(built), abs=1e-6)


def test_more_points_lie_on_the_same_curve(bent):
    finer = frontier(kinked(), objectives=("growth", "security"), points=17).to_frame()
    shared = finer["growth"].to_numpy()[::2]
    assert shared == pytest.approx(bent.to_frame()["growth"].to_numpy(), rel=1e-7)


def test_the_rule_can_be_left_out_and_a_case_without_plan_says_why():
    case = exposed(technology("cheap", 10.0, None, 0.2))
    assert (
        frontier(case, points=2, build_before_retire=False).parameters["build_before_retire"]
        is False
    )
    with pytest.raises(ComputationError, match="no plan exists"):
        frontier(impossible(), points=2)


def impossible():
    floor = [{"of": "output", "sector": "goods", "minimum": {"2021": 500.0}, "assumption": True}]
    return exposed(technology("cheap", 10.0, None, 0.2), floor=floor)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"objectives": ("growth",)}, "two or three different"),
        ({"objectives": ("growth", "growth")}, "objectives growth, growth"),
        ({"objectives": ("growth", "fame")}, "growth, security, emissions"),
        ({"objectives": ()}, r"objectives \(none\)"),
        ({"points": 1}, "points 1: at least 2 are needed"),
        ({"account": "noise"}, r"no \[\[account\]\] noise[\s\S]*emissions"),
        ({"losses": {"tools": -1.0}}, "losses, tools: -1"),
        ({"losses": {"moon": 1.0}}, "losses, moon: 1; it must be a product that the case imports"),
    ],
)
def test_what_is_refused(options, message):
    with pytest.raises(InputError) as caught:
        frontier(kinked(), **options)
    assert re.search(message, caught.value.text("en"))


def test_a_case_without_exposure_says_what_to_give():
    with pytest.raises(InputError, match=r"no \[\[exposure\]\] of a product that it imports"):
        frontier(hand(), objectives=("growth", "security"))
    with pytest.raises(InputError) as caught:
        frontier(hand(), objectives=("growth", "security"))
    assert "案例没有进口不为 0 的 [[exposure]]" in caught.value.text("zh")


def test_dominated_and_duplicate_points_are_counted():
    losses = np.array([[0.0, 1.0], [0.5, 0.5], [0.5, 0.6], [1.0, 0.0], [0.5, 0.5]])
    assert pareto(losses) == (pytest.approx([0, 1, 3]), 1, 1)


def test_the_knee_is_farthest_from_the_chord():
    losses = np.array([[0.0, 1.0], [0.1, 0.2], [0.4, 0.1], [1.0, 0.0]])
    place, distance = knee(losses, losses[[0, 3]])
    assert place == 1
    assert distance == pytest.approx(np.array([0, 0.7, 0.5, 0]) / np.sqrt(2))
    plane = np.ones((3, 3)) - np.eye(3)
    place, distance = knee(np.array([[0.1, 0.1, 0.1]]), plane)
    assert distance == pytest.approx([(1 - 0.15) / np.sqrt(0.75)])
    assert knee(losses, np.zeros((2, 2)))[0] is None
    assert knee(losses, np.array([[0.0, 1.0], [1.0, 2.0]]))[0] is None


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts(bent, three, kind, lang):
    for result in (bent, three):
        assert result.plot(kind, lang).to_dict()["title"]["subtitle"].startswith("hand")
    with pytest.raises(InputError, match="there is no chart pie"):
        bent.plot("pie")
    with pytest.raises(InputError) as caught:
        bent.plot("pie")
    assert "没有图 pie" in caught.value.text("zh")


def test_the_result_is_json(bent):
    found = json.loads(dumps(bent.to_dict()), parse_constant=pytest.fail)
    assert next(iter(found)) == "points"
    assert found["points"][0]["point"] == 1
    assert found["points"][0]["knee"] is False
