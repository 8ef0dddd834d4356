"""Tables made into arrays, and what is refused on the way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from tests.plan.talent_cases import GRADES, P, plain_case, stocks, transitions

from xinzhi.core import InputError
from xinzhi.plan.talent import labour_demand, talent, talent_system


def aged() -> tuple[pd.DataFrame, pd.DataFrame]:
    people = pd.DataFrame(
        {
            "year": 2025,
            "field": "chips",
            "grade": ["low", "low", "high"],
            "age": [30, 32, 31],
            "heads": [10.0, 20.0, 5.0],
        }
    )
    rates = pd.DataFrame(
        {
            "field": [None, None, "chips"],
            "grade": ["low", "high", "low"],
            "age": [np.nan, np.nan, 30],
            "to": ["wastage", "wastage", "high"],
            "rate": [0.1, 0.2, 0.3],
        }
    )
    return people, rates


def test_rates_of_all_ages_and_of_one_together():
    system = talent_system(*aged())
    assert system.ages == (30, 31, 32)
    np.testing.assert_allclose(system.heads[0], [[10, 0, 20], [0, 5, 0]])
    np.testing.assert_allclose(system.moves[0, 0, :2], [[0.6, 0.3], [0.9, 0.0]])
    # those who do not leave otherwise in the last year of age retire
    np.testing.assert_allclose(system.exits[0, 0, 2], [0.9, 0.0, 0.1])
    np.testing.assert_allclose(system.moves.sum(axis=3) + system.exits.sum(axis=3), 1)
    np.testing.assert_allclose(
        system.survivors(system.heads)[0], [[0, 6, 0], [0, 3, 4]], atol=1e-12
    )


def test_without_ages_it_is_the_markov_model():
    system = talent_system(stocks(), transitions())
    np.testing.assert_allclose(
        system.survivors(system.heads)[0, :, 0], np.array([100.0, 50.0, 20.0]) @ P
    )
    assert not system.aged


def test_the_order_of_grades_can_be_given():
    order = ("high", "middle", "low")
    assert talent_system(stocks(), transitions(), order).grades == order


def refused(people: pd.DataFrame, rates: pd.DataFrame) -> InputError:
    with pytest.raises(InputError) as error:
        talent_system(people, rates)
    return error.value


@pytest.mark.parametrize(
    ("change", "en", "zh"),
    [
        (lambda s, t: (s.drop(columns="heads"), t), "table stocks lacks columns: heads", "缺少列"),
        (lambda s, t: (s.iloc[:0], t), "table stocks has no rows", "没有数据行"),
        (
            lambda s, t: (s.assign(heads=[100, -3, 20]), t),
            "table stocks, row 2, column heads: -3, expected a number of at least 0",
            "第 2 行，列 heads",
        ),
        (
            lambda s, t: (s.assign(heads=0), t),
            "nobody works in these fields: chips",
            "空的队列没有结构可言",
        ),
        (
            lambda s, t: (pd.concat([s, s.iloc[:2].assign(field="AI")]), t),
            "stocks lacks grades of fields: AI high",
            "缺少这些领域的职级",
        ),
        (lambda s, t: (pd.concat([s, s]), t), "repeats 3 rows, such as row 4: chips low", "重复"),
        (
            lambda s, t: (s.assign(year=[2024, 2025, 2025]), t),
            "stocks must be of one year, not of 2024, 2025",
            "年份应只有一个",
        ),
        (
            lambda s, t: (s, t.assign(rate=t["rate"] * 10)),
            "a rate lies between 0 and 1",
            "比率应在 0 与 1 之间",
        ),
        (
            lambda s, t: (s, pd.concat([t, transitions().assign(field="chips")])),
            "gives the same move twice in 8 cells, such as chips low → middle",
            "同一流向给出两次",
        ),
        (
            lambda s, t: (s, t.assign(rate=0.6)),
            "rates of 3 cells of transitions add up to more than one, such as 1.8 of chips low",
            "合计大于 1",
        ),
        (lambda s, t: (s, t.assign(field="chip")), "no chip, did you mean chips?", "是否指 chips"),
        (
            lambda s, t: (s, t.replace({"to": {"wastage": "wasted"}})),
            "no wasted, did you mean wastage?",
            "未知的名称",
        ),
        (
            lambda s, t: (s, t[t["grade"] != "high"]),
            "transitions has no rates for these grades: chips high",
            "没有这些职级的流动率",
        ),
        (
            lambda s, t: (s, t.assign(age=30)),
            "transitions has ages but stocks has none",
            "stocks 没有",
        ),
        (
            lambda s, t: (s.assign(age=[30.5, 31, 32]), t),
            "age 30.5 of stocks is not a whole number",
            "不是整岁",
        ),
    ],
)
def test_wrong_tables_are_refused(change, en, zh):
    error = refused(*change(stocks(), transitions()))
    assert en in error.text("en")
    assert zh in error.text("zh")


def test_an_unknown_age_is_refused():
    people, rates = aged()
    error = refused(people, rates.assign(age=[np.nan, np.nan, 40]))
    assert "no 40" in error.text("en")
    assert "以表 stocks 为准" in error.text("zh")


def refused_case(**tables: pd.DataFrame) -> InputError:
    with pytest.raises(InputError) as error:
        talent(plain_case(**tables))
    return error.value


SCHOOL = pd.DataFrame(
    {
        "pipeline": ["college"],
        "field": ["chips"],
        "grade": ["low"],
        "years": [3],
        "completion": [0.8],
        "local_share": [0.5],
        "intake": [10.0],
    }
)


@pytest.mark.parametrize(
    ("name", "table", "en", "zh"),
    [
        ("pipelines", SCHOOL.assign(years=0), "years 0 is not a whole number", "学制 0"),
        ("pipelines", SCHOOL.assign(completion=1.2), "a rate lies between", "比率应在"),
        ("pipelines", SCHOOL.assign(intake=-1), "column intake: -1", "列 intake"),
        ("pipelines", SCHOOL.assign(field="ships"), "did you mean chips?", "是否指 chips"),
        ("wages", SCHOOL, "no table wages", "没有表 wages"),
        ("output", SCHOOL, "output and labour go together", "要一起给出"),
    ],
)
def test_wrong_other_tables_are_refused(name, table, en, zh):
    error = refused_case(**{name: table})
    assert en in error.text("en")
    assert zh in error.text("zh")


def test_rates_are_needed():
    with pytest.raises(InputError, match="neither table transitions nor history") as error:
        talent({"stocks": stocks()})
    assert "没有流动率" in error.value.text("zh")
    with pytest.raises(InputError, match="table stocks is missing") as error:
        talent({"transitions": transitions()})
    assert "缺少表 stocks" in error.value.text("zh")


def test_a_sector_without_coefficients_is_refused():
    output = pd.DataFrame({"sector": ["20", "18"], "year": 2026, "output": 10.0})
    labour = pd.DataFrame(
        {"sector": "20", "field": "chips", "grade": GRADES, "coefficient": [1.0, 0.5, 0.1]}
    )
    with pytest.raises(InputError, match="no coefficients of these sectors: 18") as error:
        labour_demand(output, labour)
    assert "没有这些部门的用工系数" in error.value.text("zh")


def test_demand_adds_technologies_and_sectors():
    output = pd.DataFrame(
        {
            "sector": ["20", "20", "18"],
            "technology": ["old", "new", "old"],
            "year": 2026,
            "output": [10.0, 30.0, 5.0],
        }
    )
    labour = pd.DataFrame(
        {
            "sector": ["20", "18"],
            "field": "chips",
            "grade": "low",
            "coefficient": [2.0, 3.0],
        }
    )
    found = labour_demand(output, labour)
    assert found.to_dict("records") == [
        {"year": 2026, "field": "chips", "grade": "low", "heads": 40 * 2.0 + 5 * 3.0}
    ]
