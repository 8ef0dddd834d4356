"""Reading transition cases: every problem with its field, its value and what is allowed."""

import copy

import numpy as np
import pytest
from tests.plan.transition_cases import HAND, document, hand

from xinzhi.core import InputError, InputRecord
from xinzhi.data.case_fields import case_fields, fields
from xinzhi.data.case_reader import case_of_document, load_case, parse_case
from xinzhi.data.case_writer import case_text
from xinzhi.data.cases import Path, cases

ORIGIN = {"assumption": True}


def problems(**changes):
    with pytest.raises(InputError) as error:
        hand(**changes)
    assert error.value.exit_status == 2
    assert "hand.toml" in error.value.text()
    return error.value.text(), error.value.text("zh")


@pytest.mark.parametrize(
    ("changes", "english", "chinese"),
    [
        (
            {"technology_new": {"lead_time": -1}},
            "[[technology]] new, lead_time: -1 is not allowed; it must be a whole number, "
            "at least 0",
            "[[technology]] new, lead_time：-1 不可用；应为整数，不小于 0",
        ),
        (
            {"schedule": [{"technology": "od", "maximum": 9.0, **ORIGIN}]},
            "[[schedule]] 1, technology: there is no od, did you mean old?; allowed: old, new",
            "[[schedule]] 1, technology：没有 od，是否指 old？；可用：old、new",
        ),
        (
            {"account": [{"id": "smoke", "title": "smoke", "unit": "tonnes", **ORIGIN}]},
            "[[technology]] old, accounts: the coefficient of smoke is missing; "
            "it must be a number of at least 0",
            "[[technology]] old, accounts：缺少 smoke 的系数；应为不小于 0 的数",
        ),
        (
            {"budget": [{"id": "b", "title": "b", "limit": 1.0, "unit": "tonnes", **ORIGIN}]},
            "[[budget]] b, unit: tonnes (tonnes) does not convert to CNY_100m (100 million yuan); "
            "it must be a unit that converts to CNY_100m",
            "[[budget]] b, unit：不能把 吨（tonnes）换算成 亿元（CNY_100m）；"
            "应为可换算成 CNY_100m 的单位",
        ),
        (
            {"money": "tonnes"},
            "money: tonnes is no unit of money; it must be one such as CNY_100m, CNY_10k …",
            "money：tonnes 不是金额的单位；应为 CNY_100m、CNY_10k……",
        ),
        (
            {"persons": "CNY"},
            "persons: CNY is no unit of persons",
            "persons：CNY 不是人数的单位",
        ),
        (
            {"technology_new": {"kind": "futuristic"}},
            "[[technology]] new, kind: futuristic is not allowed; it must be existing, "
            "upgraded, new",
            "[[technology]] new, kind：futuristic 不可用；应为 existing、upgraded、new",
        ),
        (
            {"sector_goods": {"consumption": 90.0}},
            "[[sector]] goods: the base year does not balance: supply (output plus imports) "
            "100.000000, uses 90.000000, a gap of 10; they must be equal",
            "[[sector]] goods：基年不平衡，供给（产出加进口）100.000000，使用 90.000000，"
            "相差 10；应相等",
        ),
        (
            {"technology_old": {"capacity": {"2015": 90.0}}},
            "[[technology]] old, base_output: 100; with the capacity of the base year it must lie "
            "from 0 to 90",
            "[[technology]] old, base_output：100；按基年产能应在 0 至 90",
        ),
        (
            {"technology_old": {"capacity": {"1980": 100.0}}},
            "[[technology]] old, capacity: 1980; with a lifetime of 30 years, what stands in the "
            "base year was built from 1991 to 2020",
            "[[technology]] old, capacity：1980；使用年限 30 年，基年在役的应建于 1991 至 2020",
        ),
        (
            {"technology_new": {"pipeline": {"2020": 1.0}}},
            "[[technology]] new, pipeline: 2020; it must be later than the base year 2020",
            "[[technology]] new, pipeline：2020；应晚于基年 2020",
        ),
        (
            {"technology_new": {"cost": 0.0}},
            "[[technology]] new, cost: 0; it must be above 0 where building is allowed",
            "[[technology]] new, cost：0；可新建的技术应大于 0",
        ),
        (
            {"horizon": 2020},
            "horizon: 2020; it must be later than the base year 2020",
            "horizon：2020；应晚于基年 2020",
        ),
        (
            {"capital_goods": {"tools": 0.9}},
            "capital_goods: they sum to 0.9, not to 1",
            "capital_goods：合计为 0.9，应为 1",
        ),
        (
            {"objective": {"growth": 1.0}},
            "objective: there is no growth; allowed: value_added, cost, employment",
            "objective：没有 growth；可用：value_added、cost、employment",
        ),
        (
            {"objective": {"cost": 1.0}},
            "objective: least cost without a target is to do nothing; give a [[target]]",
            "objective：只求成本最低而没有目标，最好的计划是什么都不做；请写 [[target]]",
        ),
        (
            {"schedule": [{"technology": "old", "maximum": {"2020": 90.0}, **ORIGIN}]},
            "[[schedule]] 1 (old), maximum: 90 in the base year 2020 is below the base year's "
            "figure; it must be at least 100",
            "[[schedule]] 1 (old), maximum：基年 2020 为 90，低于基年数；应不小于 100",
        ),
        (
            {"floor": [{"of": "output", "sector": "goods", "minimum": 120.0, **ORIGIN}]},
            "[[floor]] 1, minimum: 120 in the base year 2020; it must be at most the base "
            "year's 100",
            "[[floor]] 1, minimum：基年 2020 为 120，应不大于基年数 100",
        ),
        (
            {"target": [{"of": "output", "year": 2030, "value": 1.0, **ORIGIN}]},
            "[[target]] 1, year: 2030; it must lie from 2021 to 2023",
            "[[target]] 1, year：2030；应在 2021 至 2023",
        ),
        (
            {"retrofit": [{"from": "old", "to": "old", "cost": 0.1, **ORIGIN}]},
            "[[retrofit]] 1: old and old must be two technologies of one sector",
            "[[retrofit]] 1：old 与 old 应是同一部门的两种技术",
        ),
        (
            {
                "technology_old": {"buildable": True, "cost": 1.0},
                "sector_goods": {"replacement_margin": 0.1},
            },
            "[[technology]] old, buildable: true; it must be false for existing technologies "
            "of goods",
            "[[technology]] old, buildable：true；部门 goods 受先立后破约束",
        ),
        (
            {"technology_old": {"assumption": False}},
            "[[technology]] old: give either source or assumption = true",
            "[[technology]] old：须写 source（来源）或 assumption = true（假定），二者取一",
        ),
        (
            {"mapping": {"cn42": {"goods": []}}},
            "[mapping.cn42]: sector tools is missing; the one that takes the rest is written []",
            "[mapping.cn42]：缺少部门 tools；取其余部门的写 []",
        ),
        (
            {"technology_new": {"min_utilisation": 0.9, "max_utilisation": 0.8}},
            "[[technology]] new, min_utilisation: 0.9; it must be at most max_utilisation (0.8)",
            "[[technology]] new, min_utilisation：0.9；应不大于 max_utilisation（0.8）",
        ),
    ],
)
def test_what_is_wrong_is_named_with_field_value_and_what_is_allowed(changes, english, chinese):
    found = problems(**changes)
    assert english in found[0]
    assert chinese in found[1]


def test_a_cap_below_the_base_year_or_below_what_floors_need():
    account = {"id": "smoke", "title": "smoke", "unit": "10k_tonnes", **ORIGIN}
    both = {
        "technology_old": {"accounts": {"smoke": 2.0}},
        "technology_new": {"accounts": {"smoke": 1.0}},
    }
    text, _ = problems(account=[{**account, "cap": {"2020": 150.0}}], **both)
    assert "[[account]] smoke, cap: 150 in the base year 2020 is below the base year's" in text
    assert "it must be at least 200" in text
    floor = [{"of": "output", "sector": "goods", "minimum": 100.0, **ORIGIN}]
    text, chinese = problems(account=[{**account, "cap": 90.0}], floor=floor, **both)
    assert "[[account]] smoke, cap: 90 in 2021 is below what the output floors need; " in text
    assert "it must be at least 100" in text
    assert "[[account]] smoke, cap：2021 年 90，低于产出下限所需；应不小于 100" in chinese


def test_all_problems_of_a_file_come_at_once():
    text, _ = problems(technology_new={"lifetime": 0, "coast": 1.0}, discount_rate=2.0)
    assert "the transition case has 3 problem(s)" in text
    assert "[[technology]] new: unknown key coast, did you mean cost?" in text
    assert "discount_rate: 2.0 is not allowed; it must be a number, at least 0, at most 1" in text
    assert "[[technology]] new, lifetime: 0 is not allowed" in text


def test_more_workers_needed_than_there_are_and_inputs_above_one():
    grade = [{"id": "all", "title": "all", "workers": 50.0, **ORIGIN}]
    labour = {"labour": {"all": 1.0}}
    text, _ = problems(grade=grade, technology_old=labour, technology_new=labour)
    assert "[[grade]] all, workers: 50; output of the base year needs 100" in text
    text, _ = problems(
        sector_goods={"inputs": {"tools": 0.5}},
        technology_new={"input_factors": {"tools": 3.0}},
    )
    assert "[[technology]] new, input_factors: inputs sum to 1.5; they must be at most 1" in text
    text, _ = problems(
        sector_goods={"inputs": {"tools": 0.2}},
        sector_tools={"consumption": 0.0, "imports": 20.0, "exports": 0.0, "stock_changes": -1.0},
        technology_old={"imported_shares": {"tools": 1.0}},
    )
    assert "[[sector]] tools: the base year does not balance" in text


def test_limits_in_other_units_are_converted():
    case = hand(
        budget=[{"id": "b", "title": "b", "limit": 3.0, "unit": "CNY_billion", **ORIGIN}],
        account=[
            {
                "id": "smoke",
                "title": "smoke",
                "unit": "10k_tonnes",
                "cap": 3e6,
                "cap_unit": "tonnes",
                **ORIGIN,
            }
        ],
        technology_old={"accounts": {"smoke": 1.0}},
        technology_new={"accounts": {"smoke": 0.0}},
    )
    assert case.budgets[0].limit.at([2021]).tolist() == [30.0]
    assert case.accounts[0].cap.at([2021]).tolist() == pytest.approx([300.0])


def test_paths_are_linear_between_years_and_hold_after_the_last():
    path = Path(((2022, 10.0), (2024, 20.0)))
    found = path.at([2021, 2022, 2023, 2024, 2025])
    assert np.isnan(found[0])
    assert found[1:].tolist() == [10, 15, 20, 20]


def test_writing_and_reading_is_the_identity():
    for given in (document(), document(technology_new={"build_limit": {"2021": 1.5}})):
        again = parse_case(case_text(given).encode(), "hand.toml")
        direct = case_of_document(given, InputRecord("hand.toml", "", 0))
        assert again.technologies == direct.technologies
        assert again.sectors == direct.sectors
        assert again.capital_goods == direct.capital_goods


def test_every_shipped_case_reads_and_says_where_its_figures_come_from():
    assert "shanghai-2035" in cases()
    for name in cases():
        case = load_case(name)
        assert case.record.name == f"{name}.toml"
        for entry in (*case.sectors, *case.technologies, *case.budgets, *case.accounts):
            assert entry.assumption or entry.source is not None


def test_a_case_that_is_not_there():
    with pytest.raises(InputError, match="shanghai-2053: no such file, did you mean shanghai-2035"):
        load_case("shanghai-2053")


def test_every_field_is_explained_in_both_languages():
    for lang in ("zh", "en"):
        frame = case_fields(lang)
        assert frame["meaning"].str.len().min() > 0
        assert frame["allowed"].str.len().min() > 0
    listed = fields()
    assert {"case", "sector", "technology", "retrofit", "budget"} <= set(listed)
    assert all(
        field.unit or field.kind in ("text", "title", "flag", "list")
        for field in listed["technology"]
    )


def test_entries_must_be_tables():
    made = copy.deepcopy(HAND)
    made["grade"] = {"id": "basic"}
    with pytest.raises(InputError, match=r"grade must be written \[\[grade\]\]"):
        case_of_document(made, InputRecord("hand.toml", "", 0))
