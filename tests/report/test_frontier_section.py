"""The section on what a step of security costs: its statements, and what it needs."""

from types import SimpleNamespace

import pytest
from tests.plan.test_frontier import exposed, impossible, technology
from tests.plan.transition_cases import hand

from xinzhi.report.economy import NO_TABLE
from xinzhi.report.model import NotRun
from xinzhi.report.sections import SECTIONS, frontier, planned


def section(case):
    context = SimpleNamespace(case=case, economy=NO_TABLE)
    result = frontier.run(context)
    return result if isinstance(result, NotRun) else frontier.write(result, context)


@pytest.fixture(scope="module")
def written():
    return section(
        exposed(technology("cheap", 10.0, 5.0, 0.2), technology("dear", 40.0, None, 0.1))
    )


def test_it_says_that_it_is_an_illustration_what_the_curve_spans_and_where_it_bends(written):
    scope, span, knee = (statement.text for statement in written.statements)
    assert scope.en.startswith("This is an illustration: hand. The numbers below follow")
    assert "拐点也不是建议" in scope.zh
    assert span.en.startswith("From an exposure index of 1.00 to 0.333 growth falls by 67.8")
    assert span.zh.startswith("暴露指数由 1.00 降到 0.333，增长少 67.8%")
    assert knee.en.startswith("The knee is at an exposure index of 0.7")
    assert knee.zh.startswith("拐点在暴露指数 0.7")
    (chart,), (table,) = written.charts, written.tables
    assert chart.title.en == span.en[:-1]
    assert len(table.rows) == 21
    assert sum(table.chosen) == 1
    assert written.notes


def test_without_a_case_or_what_measures_security_it_says_what_it_needs():
    missing = section(None)
    assert missing.reason.en == "no case is given"
    assert "exposure" in missing.needs.zh
    bare = section(hand())
    assert "no [[exposure]] of a product that it imports" in bare.reason.en
    assert "no plan exists" in section(impossible()).reason.en


def test_aims_without_conflict_are_said_to_have_none():
    (scope, *rest) = section(exposed(technology("cheap", 1.0, None, 0.2))).statements
    assert scope.rule == "frontier.scope"
    assert not rest


def test_it_has_its_place():
    assert frontier in SECTIONS
    assert all(entry[0] != "frontier" for entry in planned.PLANNED)
