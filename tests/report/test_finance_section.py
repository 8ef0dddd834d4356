"""The section on finance: what the figures defend, and what a funnel would need."""

from __future__ import annotations

import pytest
from tests.report.cases import standard

from xinzhi.data import embedded_panel
from xinzhi.report import AssessResult
from xinzhi.report.model import Section, Statement


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "finance"]
    return found


def statement(result: AssessResult, rule: str) -> Statement:
    (found,) = [each for each in section(result).statements if each.rule == f"finance.{rule}"]
    return found


def test_values_are_the_published_figures_as_shares(shanghai: AssessResult):
    names = ["budget_expenditure_science_technology", "general_budget_expenditure"]
    figures = embedded_panel().to_array(names).sel(region="上海", year=2023)
    table = shanghai.tables["finance_standing"].set_index(["indicator", "region"])
    row = table.loc[("science", "上海")]
    science, spent = (float(figures.sel(indicator=name)) for name in names)
    assert row["year"] == 2023
    assert row["value"] == pytest.approx(100 * science / spent)
    assert 1 < row["value"] < 20
    assert set(table["regions"]) == {31}
    assert table.loc["depth", "relative"].median() == pytest.approx(1)
    assert table.loc["room", "value"].between(0, 100).all()


def test_the_sentence_says_what_how_much_and_against_whom(shanghai: AssessResult):
    level = statement(shanghai, "level").text
    assert level.zh.startswith("上海（现价）：科学技术支出占一般公共预算支出 ")
    assert "个地区中第 " in level.zh
    assert "in current prices: science and technology in budget expenditure: " in level.en
    assert "of 31 regions" in level.en


def test_no_funnel_is_written_on_figures_that_carry_none(shanghai: AssessResult):
    funnel = statement(shanghai, "funnel").text
    assert "看不出上海的资金在哪一阶段断流" in funnel.zh
    assert "cannot show where money dries up in Shanghai" in funnel.en
    assert "records of venture rounds" in funnel.en
    rules = {each.rule for each in section(shanghai).statements}
    assert rules == {"finance.level", "finance.funnel"}


def test_cards_lead_to_the_figures(shanghai: AssessResult):
    card = shanghai.cards["finance.science.310000.2023"]
    assert [figure.year for figure in card.figures] == [2023, 2023]
    assert "÷" in card.formula.en
    assert shanghai.context is not None
    years = shanghai.context.results["finance"].parameters["years"]
    assert years["general_budget_expenditure"] == [2023, 2024]


def test_weak_indicators_are_called_weak(shanghai: AssessResult):
    found = section(shanghai)
    assert next(note.en for note in found.notes if "weak" in note.en).startswith("Value added")
    assert sum("弱指标" in note.zh for note in found.notes) == 2
    (drawn,) = found.charts
    assert drawn.title.zh.startswith("科学技术支出占一般公共预算支出：上海在 31 个地区中列第 ")
    (table,) = found.tables
    assert len(table.rows) == 3


def test_without_figures_of_money_it_says_what_it_needs():
    reason = dict(standard().not_run)["finance"]
    assert "neither" not in reason.reason.en
    assert "no science expenditure, finance or budget" in reason.reason.en
    assert "没有科技支出、金融业和预算收支" in reason.reason.zh
    assert "分轮次的创业投资记录" in reason.needs.zh
