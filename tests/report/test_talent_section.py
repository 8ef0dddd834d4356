"""The section on talent: what the figures defend, and what a plan would need."""

from __future__ import annotations

import pytest
from tests.report.cases import standard

from xinzhi.data import embedded_panel
from xinzhi.report import AssessResult
from xinzhi.report.model import Section, Statement


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "talent"]
    return found


def statement(result: AssessResult, rule: str) -> Statement:
    (found,) = [each for each in section(result).statements if each.rule == f"talent.{rule}"]
    return found


def test_values_are_the_published_figures_per_head(shanghai: AssessResult):
    panel = embedded_panel()
    names = ["higher_education_students", "resident_population_year_end"]
    figures = panel.to_array(names).sel(region="上海", year=2024)
    table = shanghai.tables["talent_standing"].set_index(["indicator", "region"])
    row = table.loc[("school", "上海")]
    students, people = (float(figures.sel(indicator=name)) for name in names)
    assert row["year"] == 2024
    assert row["value"] == pytest.approx(10_000 * students / people)
    census = panel.to_array(["education_university_per_100k"]).sel(region="上海", year=2020)
    assert table.loc[("stock", "上海"), "value"] == float(census.values[0])
    ranks = table.loc["stock"].sort_values("rank")
    assert list(ranks.index[:2]) == ["北京", "上海"]
    assert set(table["regions"]) == {31}
    assert table.loc["use", "relative"].median() == pytest.approx(1)


def test_the_sentence_says_what_how_much_and_against_whom(shanghai: AssessResult):
    level = statement(shanghai, "level").text
    assert "大学文化程度人口 33,900 人/10 万人（2020 年，31 个地区中第 2 位）" in level.zh
    assert "people with university education: 33,900\xa0per 100,000 residents in 2020" in level.en
    assert "2nd of 31 regions" in level.en


def test_no_plan_is_written_on_figures_that_carry_none(shanghai: AssessResult):
    plan = statement(shanghai, "plan").text
    assert "推不出上海缺哪些人" in plan.zh
    assert "cannot say which people Shanghai lacks" in plan.en
    assert "stocks and yearly rates of people by field, grade and age" in plan.en
    assert {each.rule for each in section(shanghai).statements} == {"talent.level", "talent.plan"}


def test_cards_lead_to_the_figures(shanghai: AssessResult):
    card = shanghai.cards["talent.school.310000.2024"]
    assert [figure.year for figure in card.figures] == [2024, 2024]
    assert "÷" in card.formula.en
    assert shanghai.context is not None
    assert shanghai.context.results["talent"].parameters["years"] == {
        "education_university_per_100k": [2020],
        "higher_education_students": [2024],
        "resident_population_year_end": [2023, 2024],
        "rd_personnel_fte_industrial_above_size": [2023],
    }


def test_weaknesses_and_chart_are_there(shanghai: AssessResult):
    found = section(shanghai)
    assert any("need not stay" in note.en for note in found.notes)
    (drawn,) = found.charts
    assert "第 " in drawn.title.zh
    (table,) = found.tables
    assert len(table.rows) == 3


def test_without_figures_of_people_it_says_what_it_needs():
    reason = dict(standard().not_run)["talent"]
    assert "neither stocks nor schools nor use of people" in reason.reason.en
    assert "没有人才的存量" in reason.reason.zh
    assert "分领域、职级、年龄" in reason.needs.zh
