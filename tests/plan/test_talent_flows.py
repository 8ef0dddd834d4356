"""Heads are conserved in every flow; the recursion against a loop over every cell."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given, settings
from tests.plan.talent_cases import P, aged_cases, plain_case, stocks, transitions

from xinzhi.plan.talent import TalentOptions, steady_state, talent
from xinzhi.plan.talent.projection import project, responses
from xinzhi.plan.talent.supply import pipelines_of, yearly_inflow
from xinzhi.plan.talent.system import EXITS, talent_system

YEARS = 6


def change(stocks_table: pd.DataFrame) -> pd.Series:
    heads = stocks_table.set_index(["year", "field", "grade"])["heads"].unstack("year")
    return heads.diff(axis=1).iloc[:, 1:].stack()


def net(flows: pd.DataFrame) -> pd.Series:
    signed = flows.assign(net=flows["heads"] * flows["direction"])
    return signed.groupby(["field", "grade", "year"])["net"].sum()


@given(aged_cases())
@settings(max_examples=10)
def test_stocks_change_by_their_flows(case):
    result = talent(case, TalentOptions(years=YEARS))
    moved = change(result.tables["stocks"])
    pd.testing.assert_series_equal(
        moved, net(result.tables["flows"]).reindex(moved.index), check_names=False, atol=1e-6
    )
    flows = result.tables["flows"]
    assert (flows["heads"] >= -1e-9).all()
    sums = flows.groupby("flow")["heads"].sum()
    np.testing.assert_allclose(sums["promotion_in"], sums["promotion_out"])
    np.testing.assert_allclose(sums["demotion_in"], sums["demotion_out"])


@given(aged_cases())
@settings(max_examples=10)
def test_students_are_conserved(case):
    path = talent(case, TalentOptions(years=YEARS)).tables["pipelines"]
    before = path["enrolled"].iloc[:-1].to_numpy()
    leaving = path["dropouts"] + path["graduates"]
    np.testing.assert_allclose(
        path["enrolled"].iloc[1:], before + (path["intake"] - leaving).iloc[1:], atol=1e-6
    )
    np.testing.assert_allclose(
        path["graduates"], path["graduates_leaving"] + path["entering"], atol=1e-9
    )
    np.testing.assert_allclose(
        path["graduates"], path["intake"] * case["pipelines"]["completion"][0]
    )


@given(aged_cases())
@settings(max_examples=10)
def test_the_recursion_is_a_loop_over_cells(case):
    system = talent_system(case["stocks"], case["transitions"])
    inflow = yearly_inflow(system, case["inflow"])
    schools = pipelines_of(system, case["pipelines"])
    found = project(system, inflow, schools, YEARS)
    rates = case["transitions"].set_index(["field", "grade", "age", "to"])["rate"].to_dict()
    now = case["stocks"].set_index(["field", "grade", "age"])["heads"].to_dict()
    school = case["pipelines"].iloc[0]
    enter = (school["field"], school["grade"], school["age"])
    for _ in range(YEARS):
        later = dict.fromkeys(now, 0.0)
        for (field, grade, age), heads in now.items():
            other = "高" if grade == "低" else "低"
            gone = sum(rates.get((field, grade, age, name), 0.0) for name in EXITS)
            moved = rates[(field, grade, age, other)]
            if age < 34:
                later[(field, other, age + 1)] += heads * moved
                later[(field, grade, age + 1)] += heads * (1 - moved - gone)
        for row in case["inflow"].itertuples():
            later[(row.field, row.grade, row.age)] += row.heads
        later[enter] += school["intake"] * school["completion"] * school["local_share"]
        now = later
    ages = range(30, 35)
    expected = [[[now[(f, g, a)] for a in ages] for g in ("低", "高")] for f in ("甲", "乙")]
    np.testing.assert_allclose(found.heads[-1], expected, rtol=1e-9, atol=1e-9)


@given(aged_cases())
@settings(max_examples=10)
def test_responses_are_what_one_head_more_becomes(case):
    system = talent_system(case["stocks"], case["transitions"])
    heads, later = system.heads, responses(system, 3)
    for k in range(4):
        np.testing.assert_allclose(
            np.einsum("fga,fgah->fh", system.heads, later[k]), heads.sum(axis=2), atol=1e-9
        )
        heads = system.survivors(heads)


def test_a_markov_system_goes_to_its_steady_state():
    inflow = pd.DataFrame({"field": "chips", "grade": ["low"], "kind": "hiring", "heads": 40.0})
    result = talent(plain_case(inflow=inflow), TalentOptions(years=150))
    expected = steady_state(P, [40, 0, 0])
    np.testing.assert_allclose(result.tables["stocks"]["heads"].tail(3), expected)
    np.testing.assert_allclose(result.tables["structure"]["steady_heads"], expected)


def test_the_steady_state_with_ages_is_where_the_projection_ends():
    people = pd.DataFrame(
        [(2025, "a", g, age, 5.0) for g in ("low", "high") for age in range(30, 36)],
        columns=["year", "field", "grade", "age", "heads"],
    )
    rates = pd.DataFrame(
        [("low", "high", 0.2), ("low", "wastage", 0.1), ("high", "out_migration", 0.05)],
        columns=["grade", "to", "rate"],
    )
    inflow = pd.DataFrame(
        {"field": "a", "grade": ["low", "high"], "age": [30, 32], "kind": "hiring", "heads": 7.0}
    )
    result = talent(
        {"stocks": people, "transitions": rates, "inflow": inflow}, TalentOptions(years=8)
    )
    last = result.tables["stocks"].tail(2)["heads"]
    np.testing.assert_allclose(result.tables["structure"]["steady_heads"], last)
    # by hand: 7 · (1 + 0.7 + … + 0.7⁵) stay in the lower grade
    np.testing.assert_allclose(last.iloc[0], 7 * (1 - 0.7**6) / 0.3)


def test_structure_says_what_recruitment_must_do():
    found = talent(plain_case(), TalentOptions(years=1)).tables["structure"]
    # heads less survivors: 100 − 50, 50 − (30 + 30), 20 − (10 + 16)
    np.testing.assert_allclose(found["recruits_to_maintain"], [50, -10, -6])
    assert not found["maintainable"].any()
    np.testing.assert_allclose(found["share"], np.array([100, 50, 20]) / 170)


def test_without_inflow_nobody_comes():
    flows = (
        talent(plain_case(), TalentOptions(years=1)).tables["flows"].set_index(["flow", "grade"])
    )
    heads = flows["heads"]
    assert heads["hiring"].sum() == 0
    np.testing.assert_allclose(heads["promotion_out"], [30, 10, 0])
    np.testing.assert_allclose(heads["promotion_in"], [0, 30, 10])
    # of those who leave, half move away: 20, 10, 4
    np.testing.assert_allclose(heads["out_migration"], [10, 5, 2])
    np.testing.assert_allclose(heads["wastage"], [10, 5, 2])


def test_demotions_are_flows_of_their_own():
    matrix = P.copy()
    matrix[2, 0] = 0.1
    case = {"stocks": stocks(), "transitions": transitions(matrix)}
    flows = talent(case, TalentOptions(years=1)).tables["flows"].set_index(["flow", "grade"])
    np.testing.assert_allclose(flows["heads"]["demotion_in"], [2, 0, 0])
    np.testing.assert_allclose(flows["heads"]["demotion_out"], [0, 0, 2])
