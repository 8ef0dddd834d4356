"""What the portfolio refuses, and how it says why nothing can be chosen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from tests.plan.portfolio_cases import EXACT, choose, limits, projects

from xinzhi.core import ComputationError, InputError
from xinzhi.plan.innovation import portfolio_program as module
from xinzhi.plan.innovation.portfolio_conflict import conflict, relaxation
from xinzhi.plan.innovation.portfolio_input import PortfolioOptions, alternatives_of
from xinzhi.plan.innovation.portfolio_limits import limits_of
from xinzhi.plan.innovation.portfolio_program import Aim, best, portfolio_program

NONE = np.nan
TABLE = projects(0, years=2)


def changed(column: str, value: object, row: int = 0) -> pd.DataFrame:
    table = TABLE.astype({column: object})
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(
    ("table", "en", "zh"),
    [
        (TABLE.drop(columns="value"), "table projects lacks columns: value", "缺少列：value"),
        (TABLE.iloc[:0], "table projects has no rows", "没有数据行"),
        (changed("project", " "), "row 1, column project:  , expected a name", "应有名称"),
        (changed("success_probability", 1.2), "row 1, column success_probability: 1.2", "0 与 1"),
        (
            changed("cost", -3, 2),
            "row 3, column cost: -3, expected a number of",
            "第 3 行，列 cost",
        ),
        (changed("payment", "soon"), "column payment: soon", "列 payment：soon"),
        (changed("high_risk", 0.5), "expected 1 for yes or 0 for no", "应为 1（是）或 0（否）"),
        (changed("year", 2026.5), "column year: 2026.5", "列 year：2026.5"),
        (
            changed("value", 999.0, 1),
            "row 2, column value: 999.0, expected the same in all years of a project",
            "同一项目、同一机制的各年应相同",
        ),
        (TABLE.assign(year=2026), "repeats", "重复"),
        (TABLE.drop(columns="year"), "repeats 8 rows, such as row 2: P0 grant", "重复"),
    ],
)
def test_wrong_projects_are_refused(table, en, zh):
    with pytest.raises(InputError) as error:
        choose(table)
    assert en in error.value.text("en")
    assert zh in error.value.text("zh")


@pytest.mark.parametrize(
    ("row", "en", "zh"),
    [
        (("budgets", "", NONE, NONE, 1), "did you mean budget?", "是否指 budget"),
        (("capability", "labs", NONE, NONE, 1), "table projects lacks columns: labs", "缺少列"),
        (
            ("capability", "", NONE, NONE, 1),
            "expected a column of table projects",
            "应为表 project",
        ),
        (("budget", "chips", NONE, NONE, 1), "column of: chips, expected to be empty", "应留空"),
        (("field_count", "chip", NONE, 1, NONE), "did you mean chips?", "是否指 chips"),
        (("field_count", "chips", 2026, 1, NONE), "only budget and capability go by", "请留空"),
        (("budget", "", 2026.5, NONE, 1), "expected a whole year", "应为整数年份"),
        (("budget", "", NONE, NONE, NONE), "expected at_least, at_most or both", "至少给一个"),
        (("budget", "", NONE, NONE, -1), "leave it empty for no limit", "不设限则留空"),
        (("budget", "", NONE, NONE, "much"), "column at_most: much, expected a number", "应为数"),
        (("budget", "", NONE, 5, 4), "column at_least: 5, it is above at_most", "高于 at_most"),
        (("field_share", "", NONE, NONE, 1.5), "a share lies between 0 and 1", "份额应在 0 与 1"),
        (("cvar", "", NONE, 1, NONE), "a risk is limited by at_most only", "风险只能设上限"),
    ],
)
def test_wrong_limits_are_refused(row, en, zh):
    table = limits(("budget", "", NONE, NONE, 100.0) if row[0] != "budget" else row, row)
    with pytest.raises(InputError) as error:
        choose(TABLE, table.iloc[-1:] if row[0] == "budget" else table)
    assert en in error.value.text("en")
    assert zh in error.value.text("zh")
    assert "lacks columns" in en or "table limits, row" in error.value.text("en")


def test_limits_that_the_projects_have_no_column_for():
    with pytest.raises(InputError, match="has no column year") as error:
        choose(projects(0).drop(columns="year"), limits(("budget", None, 2026, NONE, 9)))
    assert "没有 year 列" in error.value.text("zh")
    with pytest.raises(InputError, match="has no column field") as error:
        choose(TABLE.drop(columns="field"), limits(("field_count", None, None, NONE, 9)))
    assert "没有 field 列" in error.value.text("zh")
    twice = limits(("cvar", None, None, NONE, 9), ("cvar", None, None, NONE, 8))
    with pytest.raises(InputError, match="table limits repeats 1 rows"):
        choose(TABLE, twice)
    with pytest.raises(InputError, match="table limits lacks columns: limit"):
        choose(TABLE, twice.drop(columns="limit"))


@pytest.mark.parametrize(
    ("option", "value", "en", "zh"),
    [
        ("discount_rate", -1.0, "discount_rate is -1, expected above -1", "应大于 -1"),
        ("correlation", 1.0, "correlation is 1, expected between 0 and 0.99", "在 0 与 0.99 之间"),
        ("confidence", 1.0, "confidence is 1, expected above 0 and below 1", "大于 0 且小于 1"),
        ("scenarios", 9, "scenarios is 9, expected at least 10", "至少 10"),
        ("points", 1, "points is 1, expected at least 2", "至少 2"),
        ("gap", -0.1, "gap is -0.1, expected at least 0", "不小于 0"),
        ("time_limit", 0.0, "time_limit is 0, expected above 0 seconds", "应大于 0 秒"),
    ],
)
def test_wrong_options_are_refused(option, value, en, zh):
    with pytest.raises(InputError) as error:
        choose(TABLE, None, replace(PortfolioOptions(), **{option: value}))
    assert en in error.value.text("en")
    assert zh in error.value.text("zh")


def test_a_conflict_names_its_limits_and_the_smallest_relaxation():
    # two projects of a field cost at least 6, the budget is 4; people are of no account
    table = pd.DataFrame(
        [("A", "chips", 4.0), ("B", "chips", 2.0), ("C", "drugs", 1.0)],
        columns=["project", "field", "cost"],
    ).assign(success_probability=0.5, value=20.0, people=3.0)
    rows = limits(
        ("budget", None, None, NONE, 5.0),
        ("capability", "people", None, NONE, 9.0),
        ("field_count", "chips", None, 2, NONE),
    )
    with pytest.raises(ComputationError) as error:
        choose(table, rows)
    en, zh = error.value.text("en"), error.value.text("zh")
    assert "these 2 limits cannot hold together, though they could without any one of them" in en
    assert "budget: at most 5" in en
    assert "projects in field chips: at least 2" in en
    assert "people" not in en
    assert "budget: from 5 to 6" in en
    assert "这 2 项限制不能同时成立" in zh
    assert "预算：由 5 改为 6" in zh
    assert "领域 chips 的项目数：至少 2" in zh
    relaxed = rows.assign(at_most=rows["at_most"].replace(5.0, 6.0))
    assert choose(table, relaxed)["portfolio_total"]["projects"].iloc[0] == 2


def test_a_limit_that_cannot_be_kept_alone():
    with pytest.raises(ComputationError, match="cannot be kept even alone") as error:
        choose(TABLE, limits(("field_count", "drugs", None, 3, NONE)))
    assert "projects in field drugs: from 3 to 2" in error.value.text("en")
    assert "这项限制本身不能满足" in error.value.text("zh")
    yearly = limits(("budget", None, 2027, 1e6, NONE))
    with pytest.raises(ComputationError, match="budget of 2027: at least 1e") as error:
        choose(TABLE, yearly)
    assert "2027 年预算：至少" in error.value.text("zh")


def test_a_limit_on_risk_can_be_in_conflict():
    rows = limits(("field_share", "drugs", None, NONE, 0.0), ("cvar", None, None, NONE, -30.0))
    with pytest.raises(ComputationError) as error:
        choose(TABLE, rows)
    assert "conditional value at risk of high-risk projects: at most -30" in error.value.text("en")
    assert "高风险项目的条件风险价值：至多 -30" in error.value.text("zh")


@pytest.mark.parametrize("seed", range(3))
def test_conflicts_are_irreducible_and_relaxations_suffice(seed: int):
    table = projects(seed, years=1)
    alternatives = alternatives_of(table, 0.0, ("people",))
    rows = limits_of(
        limits(
            ("budget", None, None, NONE, 8.0),
            ("field_count", None, None, 2, NONE),
            ("capability", "people", None, NONE, 9.0),
            ("field_share", "chips", None, 0.8, NONE),
        ),
        alternatives,
    )
    program = portfolio_program(alternatives, rows, EXACT, np.random.default_rng(0))
    found = conflict(program)
    feasible = Aim(net_value=0.0)
    assert best(program, feasible, found) is None
    for one in found:
        assert best(program, feasible, [other for other in found if other is not one]) is not None
    moved = {id(limit): figure for limit, figure in relaxation(program)}
    assert moved
    loose = [
        replace(one, bound=moved[id(one)] + one.sign * 1e-6) if id(one) in moved else one
        for one in rows
    ]
    assert best(program, feasible, loose) is not None


def test_the_time_limit_is_a_clear_error(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ComputationError) as error:
        choose(projects(1, count=8, mechanisms=3), None, replace(EXACT, time_limit=1e-9))
    assert "was not proved optimal within 1e-09 seconds" in error.value.text("en")
    assert "秒内没有证明最优" in error.value.text("zh")
    assert "Raise time_limit." in error.value.text("en")

    def stopped(solver: object, whole: bool) -> None:
        raise module.StoppedError(np.ones(100), 0.25)

    monkeypatch.setattr(module.Solver, "run", stopped)
    with pytest.raises(ComputationError, match=r"with a relative gap of 25.00% to the bound") as e:
        choose(TABLE)
    assert "相对差距 25.00%" in e.value.text("zh")


def test_a_risk_that_takes_too_many_cuts_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_MOST_CUTS", 1)
    with pytest.raises(ComputationError, match="the risk is not exact after 1 cuts") as error:
        choose(TABLE, limits(("cvar", None, None, NONE, 1.0)))
    assert "1 个割平面" in error.value.text("zh")
    assert "fewer scenarios" in error.value.text("en")
