"""The section on early warning: facts and refusal, lights and record where events are labelled."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from tests.report.cases import standard
from tests.stress.watch_cases import simulated

from xinzhi.core import ComputationError, InputRecord, Text
from xinzhi.data import embedded_panel, load_region_set
from xinzhi.data.event_labels import EventLabels
from xinzhi.data.panel import Panel
from xinzhi.data.risk_register import COLUMNS, RiskRegister
from xinzhi.report import AssessResult
from xinzhi.report.assess import check_evidence
from xinzhi.report.context import Context
from xinzhi.report.model import NotRun, Section, Statement
from xinzhi.report.sections import watch
from xinzhi.report.watching import Watching

RECORD = InputRecord("mine.csv", "0" * 64, 1)
OTHERS = [name for name in load_region_set("china31").names if name != "上海"]


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "watch"]
    return found


def written(context: Context) -> tuple[Section, dict[str, pd.DataFrame]]:
    """Run and write the section by itself."""
    result = watch.run(context)
    assert not isinstance(result, NotRun), result
    found = watch.write(result, context)
    tables = {f"watch_{name}": table for name, table in result.tables.items()}
    check_evidence(found.statements, tables)
    return found, tables


def by_rule(found: Section) -> dict[str, Statement]:
    return {statement.rule: statement for statement in found.statements}


@pytest.fixture(scope="module")
def context(shanghai: AssessResult) -> Context:
    assert shanghai.context is not None
    return shanghai.context


def warned(context: Context, register: RiskRegister | None = None) -> Context:
    """Return a context with made-up ratios over 24 years and events that they announce."""
    values, events = simulated(regions=10, years=24)
    names = dict(zip(values["region"].values, ["上海", *OTHERS[:9]], strict=True))
    rows = []
    for region, name in names.items():
        for year in values["year"].values:
            lead = float(values.sel(region=region, year=year, indicator="lead"))
            rows.append((name, int(year), "general_budget_expenditure", 1000 + 50 * lead))
            rows.append((name, int(year), "general_budget_revenue", 1000.0))
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value"])
    panel = Panel.from_frame(frame.assign(unit="CNY_100m"), load_region_set("china31"), "mine")
    labelled = EventLabels(events.assign(region=events["region"].map(names), event=""), RECORD)
    given = Watching(labelled, register, date(2026, 3, 31) if register else None)
    return replace(context, panel=panel, watching=given, results={}, cards={})


def test_embedded_figures_give_facts_and_refusal(shanghai: AssessResult):
    rules = by_rule(section(shanghai))
    assert set(rules) == {"watch.refusal", "watch.facts"}
    assert "一盏灯也不亮：没有标注事件" in rules["watch.refusal"].text.zh
    assert "No light is shown" in rules["watch.refusal"].text.en
    assert "series of Shanghai hold 5–10 years" in rules["watch.refusal"].text.en
    board = shanghai.tables["watch_board"]
    assert set(board["light"]) == {"none"}
    own = board[(board["region"] == "上海") & board["value"].notna()]
    last = own.groupby("indicator").tail(1)
    worst = last[last["position"] == 1]
    facts = rules["watch.facts"].text
    assert f"{len(last)} 项先行指标中，{len(worst)} 项的最新数值" in facts.zh
    assert f"in {len(worst)} of {len(last)} leading indicators of Shanghai" in facts.en
    assert len(rules["watch.facts"].evidence) == len(worst)
    assert shanghai.tables["watch_register"].empty
    assert "watch" not in dict(shanghai.not_run)


def test_a_card_leads_to_the_published_figures(shanghai: AssessResult):
    card = shanghai.cards["watch.secondary_share.310000.2024"]
    both = embedded_panel().to_array(["value_added_secondary", "gdp"]).sel(region="上海", year=2024)
    part, whole = both.values
    assert card.value == pytest.approx(part / whole)
    assert card.formula.en == f"{part:,g} ÷ {whole:,g}"
    assert [figure.value for figure in card.figures] == [part, whole]
    assert card.method == "method-watch"


def test_the_chart_says_its_lights_in_words(shanghai: AssessResult):
    (chart,) = section(shanghai).charts
    assert "○ 不亮灯" in str(chart.panels[0].specs["zh"])
    assert "○ no light" in str(chart.panels[0].specs["en"])
    notes = [note.en for note in section(shanghai).notes]
    assert any("nobody knows whether they lead anything" in note for note in notes)
    assert not any("no light is given" in note for note in notes)  # the statement says it


def test_with_events_lights_and_the_record_are_worded(context: Context):
    found, tables = written(warned(context))
    rules = by_rule(found)
    assert set(rules) == {"watch.lights", "watch.record", "watch.facts"}
    row = tables["watch_performance"].set_index("method").loc["composite"]
    record = rules["watch.record"]
    assert record.interval == (row["auc_low"], row["auc_high"])
    assert f"of {row['periods']} region-years came before an event" in record.text.en
    assert f"{row['periods']} 个地区年份中" in record.text.zh
    assert "Random forest" in record.text.en
    assert "随机森林" in record.text.zh
    board = tables["watch_board"]
    light = board[(board["region"] == "上海") & (board["year"] == 2013)]["light"].item()
    words = {"red": "■ red: 1", "amber": "▲ amber: 1", "green": "● green: 1"}
    assert words[light] in rules["watch.lights"].text.en


def test_the_register_is_shown_with_what_is_overdue(context: Context):
    rows = [
        ("R1", "外泄", "人工智能", "data_security", 4, 5, "A", "甲", "", date(2026, 3, 1), "open"),
        ("R2", "滥用", "生物", "misuse", 1, 5, "D", "乙", "", date(2027, 1, 1), "closed"),
    ]
    register = RiskRegister(pd.DataFrame(rows, columns=list(COLUMNS)), RECORD)
    given = Watching(register=register, as_of=date(2026, 3, 31))
    found, _ = written(replace(context, watching=given, cards={}))
    said = by_rule(found)["watch.register"].text
    assert said.en == (
        "The register holds 2 technology risks, 1 of them not closed, 1 of these of high or very "
        "high severity; by 2026-03-31 the review of 1 was overdue (R1)."
    )
    assert said.zh == (
        "技术风险登记 2 条，未关闭 1 条，其中严重度高或很高的 1 条；"
        "截至 2026-03-31，1 条逾期未复核（R1）。"
    )
    table = next(table for table in found.tables if table.id == "watch-register")
    assert [cell.show.zh for cell in table.rows[0]][3:6] == ["数据安全", "20（很高）", "A"]
    assert table.rows[0][9].show.en == "30"


def test_what_is_missing_is_named(context: Context, monkeypatch: pytest.MonkeyPatch):
    reason = dict(standard().not_run)["watch"]
    assert "ten years of history" in reason.needs.en
    assert "标注事件" in reason.needs.zh
    short = replace(context, panel=context.panel.select(years=[2022, 2023]), results={})
    refused = watch.run(short)
    assert isinstance(refused, NotRun)
    assert refused.reason.en == "no leading indicator of Shanghai has 5 yearly values"
    assert refused.reason.zh == "上海没有一项先行指标满 5 年"

    def absent(*_: object, **__: object) -> None:
        raise ComputationError(Text("缺", "no sklearn"), remedy=Text("安装", "Install it"))

    monkeypatch.setattr(watch, "watch", absent)
    refused = watch.run(context)
    assert isinstance(refused, NotRun)
    assert (refused.reason.en, refused.remedy.en) == ("no sklearn", "Install it")
