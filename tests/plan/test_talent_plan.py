"""The least-cost plan: hand-worked optima, laws of budgets, and conflicts that are named."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.talent_cases import instruments, plain_case, stocks, targets, transitions
from tests.plan.test_talent_flows import change, net

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.talent import (
    SYNTHETIC,
    TalentOptions,
    TalentResult,
    inflow_plan,
    synthetic_talent_tables,
    talent,
)

COVERAGE = TalentOptions(goal="coverage")


def budget(*amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"year": range(2026, 2026 + len(amounts)), "budget": amounts})


def cost(result: TalentResult) -> float:
    return float(result.parameters["total_cost"])


def school(**changes: object) -> pd.DataFrame:
    row = {
        **{"pipeline": "college", "field": "chips", "grade": "low", "years": 2},
        **{"completion": 0.81, "local_share": 0.5, "intake": 0.0, "cost": 1.0, "maximum": 100.0},
    }
    return pd.DataFrame([{**row, **changes}])


def test_hiring_by_hand():
    # 50 of the lower grade are left after a year; ten short at 3 each
    case = plain_case(
        targets=targets(("low", 2026, 60.0)), instruments=instruments(("low", "hiring", 3.0, None))
    )
    result = talent(case)
    assert cost(result) == pytest.approx(30)
    (line,) = result.tables["plan"].to_dict("records")
    assert (line["instrument"], line["year"]) == ("hiring", 2026)
    assert line["heads"] == pytest.approx(10)
    (goal,) = result.tables["targets"].to_dict("records")
    assert goal["heads"] == pytest.approx(60)
    assert goal["shadow_price"] == pytest.approx(3)


def test_people_are_hired_as_late_as_they_can_be():
    # hired a year early half of them are gone; a discount of more than a half turns it round
    case = plain_case(
        targets=targets(("low", 2027, 60.0)), instruments=instruments(("low", "hiring", 3.0, None))
    )
    assert list(talent(case).tables["plan"]["year"]) == [2027]
    assert cost(talent(case)) == pytest.approx(3 * 35)
    discounted = talent(case, TalentOptions(discount_rate=0.25))
    assert cost(discounted) == pytest.approx(3 * 35 / 1.25**2)


def test_those_who_would_leave_are_kept_first_where_that_is_cheaper():
    # ten would move out of the lower grade in the year, half of them may be kept
    case = plain_case(
        targets=targets(("low", 2026, 62.0)),
        instruments=instruments(("low", "hiring", 3.0, None), ("low", "retention", 1.0, None)),
    )
    result = talent(case)
    heads = result.tables["plan"].set_index("instrument")["heads"]
    assert heads["retention"] == pytest.approx(10)
    assert heads["hiring"] == pytest.approx(2)
    flows = result.tables["flows"].set_index(["flow", "grade"])["heads"]
    assert flows["out_migration", "low"] == pytest.approx(0)
    assert cost(result) == pytest.approx(10 + 6)


def test_training_takes_its_years_and_its_dropouts():
    # 0.81 of an intake graduate after two years, half stay; students cost 1 and then 0.9
    case = plain_case(targets=targets(("low", 2028, 12.5 + 8.1)), pipelines=school())
    result = talent(case)
    (line,) = result.tables["plan"].to_dict("records")
    assert (line["year"], line["pipeline"]) == (2026, "college")
    assert line["heads"] == pytest.approx(20)
    assert cost(result) == pytest.approx(20 * 1.9)
    np.testing.assert_allclose(result.tables["budget"]["cost"], [20, 18, 0], atol=1e-9)
    path = result.tables["pipelines"]
    np.testing.assert_allclose(path["enrolled"], [20, 18, 0], atol=1e-9)
    np.testing.assert_allclose(path["entering"], [0, 0, 8.1], atol=1e-9)


def test_training_that_comes_too_late_is_no_way():
    case = plain_case(targets=targets(("low", 2027, 60.0)), pipelines=school())
    with pytest.raises(ComputationError, match="at least 60 heads are wanted, and 35 are short"):
        talent(case)


def test_a_demand_of_the_output_plan_is_the_target():
    case = plain_case(
        output=pd.DataFrame({"sector": "20", "year": [2026, 2027], "output": [30.0, 30.0]}),
        labour=pd.DataFrame(
            {"sector": "20", "field": "chips", "grade": ["low", "high"], "coefficient": [2.0, 0.1]}
        ),
        instruments=instruments(("low", "hiring", 3.0, None)),
    )
    result = talent(case)
    assert result.parameters["targets_from"] == "output"
    match = result.tables["match"].set_index(["year", "grade"])
    np.testing.assert_allclose(match["demand"], [60, 3, 60, 3])
    np.testing.assert_allclose(match["supply"].iloc[:2], [50, 26])
    np.testing.assert_allclose(match["vacancies"], [10, 0, 35, 0])
    np.testing.assert_allclose(match["planned_vacancies"], 0, atol=1e-6)
    np.testing.assert_allclose(match["surplus"].iloc[1], 23)
    (row,) = result.tables["shortages"].to_dict("records")
    assert row["shortage"] == pytest.approx(45 / 126)
    assert (row["person_years"], row["worst_year"]) == (pytest.approx(45), 2027)
    assert row["planned_shortage"] == pytest.approx(0, abs=1e-8)


def test_shortages_rank_the_scarcest_field_first():
    two = pd.concat([stocks(), stocks((10, 5, 2), "AI")])
    output = pd.DataFrame({"sector": ["20", "65"], "year": 2026, "output": [50.0, 20.0]})
    labour = pd.DataFrame(
        {"sector": ["20", "65"], "field": ["chips", "AI"], "grade": "low", "coefficient": 1.2}
    )
    tables = {"stocks": two, "transitions": transitions(), "output": output, "labour": labour}
    found = talent(tables).tables["shortages"]
    assert list(found["field"]) == ["AI", "chips"]
    np.testing.assert_allclose(found["shortage"], [19 / 24, 10 / 60])


def test_coverage_leaves_the_fewest_short_and_then_costs_least():
    case = plain_case(
        targets=targets(("low", 2026, 60.0), ("high", 2026, 30.0)),
        instruments=instruments(("low", "hiring", 3.0, None), ("high", "hiring", 8.0, None)),
        budget=budget(38.0),
    )
    # ten at 3 are short below and four at 8 above: all cost 62
    with pytest.raises(ComputationError, match="the budget of 2026, 38, is used up"):
        talent(case)
    result = talent(case, COVERAGE)
    short = result.tables["targets"].set_index("grade")["shortfall"]
    assert short["low"] == pytest.approx(0)
    assert short["high"] == pytest.approx(3)
    assert "3 heads short in all" in result.warnings[0].en
    assert "合计还差 3 人" in result.warnings[0].zh
    # one unit of money more covers an eighth of a head
    assert result.tables["budget"]["shadow_price"][0] == pytest.approx(1 / 8)


@given(st.lists(st.floats(0, 200), min_size=2, max_size=2), st.floats(1, 3))
@settings(max_examples=8)
def test_more_budget_never_lowers_the_optimum(amounts, factor):
    case = plain_case(
        targets=targets(("low", 2026, 70.0), ("middle", 2027, 80.0), ("high", 2027, 40.0)),
        instruments=instruments(
            *(
                (grade, "hiring", 2.0 + k, 30.0)
                for k, grade in enumerate(("low", "middle", "high"))
            ),
            ("middle", "retention", 1.0, None),
        ),
    )
    less = talent({**case, "budget": budget(*amounts)}, COVERAGE)
    more = talent({**case, "budget": budget(*(factor * one for one in amounts))}, COVERAGE)
    short = [result.tables["targets"]["shortfall"].sum() for result in (less, more)]
    assert short[1] <= short[0] + 1e-5
    for result in (less, more):
        spending = result.tables["budget"]
        assert (spending["cost"] <= spending["budget"] + 1e-6).all()
        moved = change(result.tables["stocks"])
        np.testing.assert_allclose(
            moved, net(result.tables["flows"]).reindex(moved.index), atol=1e-6
        )


def test_a_tighter_budget_never_costs_less():
    case = synthetic_talent_tables(years=6)
    free = talent({name: table for name, table in case.items() if name != "budget"})
    dearest = free.tables["budget"]["cost"].max()
    costs = []
    for share in (1.0, 0.8, 0.7):
        table = case["budget"].assign(budget=share * dearest)
        costs.append(cost(talent({**case, "budget": table})))
    assert costs[0] == pytest.approx(cost(free))
    assert costs[0] < costs[1] < costs[2]


def test_the_price_of_a_target_is_what_one_head_more_costs():
    case = synthetic_talent_tables(years=6)
    base = talent(case)
    prices = base.tables["targets"]["shadow_price"].to_numpy()
    row = int(prices.argmax())
    dearer = case["targets"].copy()
    dearer.loc[row, "heads"] += 0.5
    more = talent({**case, "targets": dearer})
    assert cost(more) - cost(base) == pytest.approx(0.5 * prices[row], rel=1e-6)


def test_the_plan_with_ages_reaches_its_targets_in_the_recursion():
    result = talent(synthetic_talent_tables(), data=SYNTHETIC)
    goals = result.tables["targets"]
    assert (goals["heads"] >= goals["least"] - 1e-6).all()
    moved = change(result.tables["stocks"])
    np.testing.assert_allclose(moved, net(result.tables["flows"]).reindex(moved.index), atol=1e-6)
    assert (result.tables["flows"]["heads"] >= -1e-9).all()
    assert SYNTHETIC in result.warnings
    assert result.tables["stocks"]["field"].str.contains("合成 synthetic").all()
    spending = result.tables["plan"].groupby("year")["cost"].sum()
    yearly = result.tables["budget"].set_index("year")["cost"]
    np.testing.assert_allclose(spending, yearly[yearly > 1e-6])


def test_large_programs_take_another_way_to_the_same_answer(monkeypatch: pytest.MonkeyPatch):
    case = synthetic_talent_tables(years=6)
    free = talent({name: table for name, table in case.items() if name != "budget"})
    enough = 0.75 * free.tables["budget"]["cost"].max()
    case["budget"] = case["budget"].assign(budget=enough)
    expected = [talent(case, TalentOptions(goal=goal)) for goal in ("cost", "coverage")]
    short = {**case, "targets": case["targets"].assign(heads=2 * case["targets"]["heads"])}
    monkeypatch.setattr(inflow_plan, "MANY", 1)
    for known, goal in zip(expected, ("cost", "coverage"), strict=True):
        found = talent(case, TalentOptions(goal=goal))
        assert cost(found) == pytest.approx(cost(known), rel=1e-6)
        pd.testing.assert_frame_equal(
            found.tables["budget"], known.tables["budget"], atol=1e-3, rtol=1e-5
        )
    with pytest.raises(ComputationError, match="cannot hold together"):
        talent(short)


def test_a_conflict_names_targets_limits_and_instruments():
    case = plain_case(
        targets=targets(("low", 2026, 60.0)),
        instruments=instruments(("low", "hiring", 3.0, 4.0), ("low", "retention", 1.0, None)),
    )
    case["targets"].loc[0, "heads"] = 70.0
    with pytest.raises(ComputationError) as error:
        talent(case)
    en, zh = error.value.text("en"), error.value.text("zh")
    assert "these targets and limits cannot hold together" in en
    assert "chips low, 2026: at least 70 heads are wanted, and 6 are short at least" in en
    assert "chips low, hiring: at most 4 heads a year, used up" in en
    assert "chips low, retention: all who would move out are kept already" in en
    assert "goal=coverage" in en
    assert "2026 年 chips low：目标至少 70 人，至少还差 6 人" in zh
    assert "每年至多 4 人，已用尽" in zh


def test_too_many_heads_are_a_conflict_too():
    goals = targets(("low", 2026, 10.0)).assign(most=40.0)
    with pytest.raises(ComputationError, match="at most 40 heads are wanted, and 10 are over"):
        talent(plain_case(targets=goals))
    with pytest.raises(ComputationError, match="at most 40 heads are wanted"):
        talent(plain_case(targets=goals), COVERAGE)


def test_targets_that_hold_anyway_need_no_instruments():
    result = talent(plain_case(targets=targets(("low", 2026, 40.0))))
    assert cost(result) == 0
    assert result.tables["plan"].empty


def refused(**tables: pd.DataFrame) -> InputError:
    with pytest.raises(InputError) as error:
        talent(plain_case(**tables), TalentOptions(years=3))
    return error.value


@pytest.mark.parametrize(
    ("tables", "en", "zh"),
    [
        ({"targets": targets(("lows", 2026, 1.0))}, "did you mean low?", "是否指 low"),
        ({"targets": targets(("low", 2030, 1.0))}, "is not a year of the plan", "不在计划期"),
        ({"targets": targets(("low", 2026, -1.0))}, "column heads: -1", "列 heads"),
        (
            {"targets": targets(("low", 2026, 5.0)).assign(most=4.0)},
            "most is below heads",
            "上限 most 低于",
        ),
        ({"instruments": instruments(("low", "hirng", 1.0, 1.0))}, "mean hiring?", "是否指 hiring"),
        ({"instruments": instruments(("low", "hiring", -1.0, 1.0))}, "column cost: -1", "列 cost"),
        (
            {"instruments": instruments(("low", "hiring", 1.0, -2.0))},
            "leave it empty for no limit",
            "不设上限则留空",
        ),
        (
            {"instruments": instruments(*[("low", "retention", 1.0, 1.0)] * 2).assign(age=[3, 4])},
            "repeats 1 rows",
            "重复",
        ),
        ({"budget": budget(-5.0)}, "column budget: -5", "列 budget"),
        (
            {"budget": budget(5.0).assign(year="soon")},
            "table budget, row 1, column year: soon, expected a whole year",
            "应为整数年份",
        ),
        (
            {
                "output": pd.DataFrame({"sector": ["20"], "year": 2026, "output": 1.0}),
                "labour": pd.DataFrame(
                    {"sector": ["20"], "field": "chip", "grade": "low", "coefficient": 1.0}
                ),
            },
            "table labour has 1 unknown names",
            "是否指 chips",
        ),
    ],
)
def test_wrong_plans_are_refused(tables, en, zh):
    error = refused(**tables)
    assert en in error.text("en")
    assert zh in error.text("zh")


def test_people_who_enter_need_an_age():
    case = synthetic_talent_tables(years=3)
    case["instruments"] = case["instruments"].assign(age=None)
    with pytest.raises(InputError, match="people who enter need an age") as error:
        talent(case)
    assert "进入时的年龄" in error.value.text("zh")


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        (TalentOptions(goal="profit"), "goal is cost or coverage", "goal 应为"),  # type: ignore[arg-type]
        (TalentOptions(years=0), "years must be at least 1", "应至少为 1"),
        (TalentOptions(discount_rate=-1), "discount rate -1 must be above", "应大于 -1"),
    ],
)
def test_wrong_options_are_refused(options, en, zh):
    with pytest.raises(InputError) as error:
        talent(plain_case(), options)
    assert en in error.value.text("en")
    assert zh in error.value.text("zh")


def test_targets_of_the_past_are_refused():
    with pytest.raises(InputError, match="beyond the base year 2025") as error:
        talent(plain_case(targets=targets(("low", 2025, 60.0))))
    assert "不晚于基年" in error.value.text("zh")


@pytest.mark.parametrize("kind", [None, "stocks", "shortages"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_charts_say_that_data_are_synthetic(kind, lang):
    drawn = talent(synthetic_talent_tables(years=3), data=SYNTHETIC).plot(kind, lang).to_dict()
    assert SYNTHETIC.get(lang) in drawn["title"]["subtitle"]


def test_wrong_charts_are_refused():
    result = talent(plain_case())
    with pytest.raises(InputError, match="no field cars"):
        result.plot(field="cars")
    with pytest.raises(InputError, match="there is no demand to compare with"):
        result.plot("shortages")
    with pytest.raises(InputError, match="no chart map"):
        result.plot("map")
