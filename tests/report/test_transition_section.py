"""The section on transition: only for a case that was given, first of all as an illustration."""

from __future__ import annotations

import pytest
from tests.plan.transition_cases import budget, replacing
from tests.report.cases import assessed_by, panel_of, standard, system_of

from xinzhi.report import AssessResult


@pytest.fixture(scope="module")
def assessed() -> AssessResult:
    case = replacing(budget=budget(100.0))
    names = ["transition"]
    return assessed_by(names, panel_of(3), system_of(3), "甲县", uncertainty=None, case=case)


def test_without_a_case_one_line_says_how_to_give_it():
    reason = dict(standard().not_run)["transition"]
    assert "没有给出案例" in reason.reason.zh
    assert "no case is given" in reason.reason.en
    assert "--case shanghai-2035" in reason.remedy.en


def test_the_first_line_says_whose_numbers_these_are(assessed: AssessResult):
    section = next(s for s in assessed.sections if s.id == "transition")
    first = section.statements[0].text
    assert "这是示例" in first.zh
    assert "entries are assumptions to be replaced" in first.en
    assert "the case's own input structure" in first.en
    assert "neither facts on" in first.en
    rules = {s.rule.partition(".")[2] for s in section.statements}
    assert {"scope", "built", "retired", "paths", "budget", "binding", "rule"} <= rules


def test_numbers_lead_to_cards_with_the_structure(assessed: AssessResult):
    card = assessed.cards["transition.build.new"]
    plan = assessed.tables["transition_plan"]
    assert card.value == pytest.approx(plan.loc[plan["technology"] == "new", "build"].sum())
    assert card.parameters[0][1].en == "the case's own input structure"
    assert assessed.parameters["case"] == "hand"
