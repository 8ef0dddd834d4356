"""The section on shocks: three sectors that ship, and a table of one's own that tells more."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from tests.report.cases import assessed_by
from tests.structure_commands import two_regions

from xinzhi.core import ComputationError, Text
from xinzhi.data import embedded_panel, load_system, read_io_table
from xinzhi.data.events import events
from xinzhi.report import AssessResult
from xinzhi.report.assess import check_evidence
from xinzhi.report.context import Context
from xinzhi.report.economy import NO_TABLE, Economy
from xinzhi.report.html import page
from xinzhi.report.model import NotRun, Section
from xinzhi.report.sections import shock

CARRIED = {"export-slump", "flood", "port-closure"}


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "shock"]
    return found


def rule(result: AssessResult, name: str) -> Text:
    (found,) = [s.text for s in result.statements if s.rule == f"shock.{name}"]
    return found


@pytest.fixture(scope="module")
def own(official_folder: Path) -> AssessResult:
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    panel, system = embedded_panel(), load_system("four_chains")
    return assessed_by(("shock",), panel, system, "上海", uncertainty=None, table=table)


def test_three_sectors_carry_some_events_and_say_whose_structure_it_is(shanghai: AssessResult):
    assert set(shanghai.tables["shock_total"]["event"]) == CARRIED
    first = section(shanghai).statements[0]
    assert first.rule == "shock.scope"
    assert "结构和权重都是全国的，不是上海的损失" in first.text.zh
    assert "none of it is a loss of Shanghai" in first.text.en
    assert "no forecast" in first.text.en
    rules = {s.rule for s in section(shanghai).statements}
    assert "shock.tracks" not in rules  # three sectors carry no track
    assert shanghai.tables["shock_tracks"]["value_added_loss"].isna().all()


def test_events_that_the_table_is_too_coarse_for_are_named_with_what_to_do(shanghai: AssessResult):
    assert set(shanghai.tables["shock_refused"]["event"]) == set(events()) - CARRIED
    said = rule(shanghai, "refused")
    assert "芯片断供（三部门表和九行业表把全部制造业合为一个部门" in said.zh
    assert "Energy shock (three or nine sectors join energy" in said.en
    assert "xinzhi data pack get china_input_output" in said.en


def test_every_number_is_that_of_the_tables_and_leads_to_a_card(shanghai: AssessResult):
    total = shanghai.tables["shock_total"].set_index("event")
    sectors = shanghai.tables["shock_sectors"].groupby("event")["value_added_loss"].sum()
    pd.testing.assert_series_equal(
        sectors, total["value_added_loss"].sort_index(), check_names=False
    )
    for event, row in total.iterrows():
        card = shanghai.cards[f"shock.{event}.gross"]
        assert card.value == pytest.approx(row["value_added_loss_share"])  # a run of a year
        assert "待替换的假定" in card.note.zh
    worst = total["value_added_loss"].idxmax()
    net = shanghai.cards[f"shock.{worst}.net"].value
    share = total.loc[worst, "value_added_loss_share"] / total.loc[worst, "value_added_loss"]
    assert net == pytest.approx(total.loc[worst, "value_added_net_change"] * share)
    lowest = shanghai.tables["shock_path"].groupby("event")["value_added_share"].min()
    assert shanghai.cards[f"shock.{worst}.lowest"].value == pytest.approx(lowest[worst])
    check_evidence(section(shanghai).statements, shanghai.tables)


def test_assumptions_stand_in_a_table_and_not_before_the_findings(shanghai: AssessResult):
    found = section(shanghai)
    assert len(found.notes) <= 4
    assert any("no forecast" in note.en for note in found.notes)
    (table,) = [t for t in found.tables if t.id == "shock-assumptions"]
    said = [row[1].show.en for row in table.rows]
    assert any("assumption to replace" in text for text in said)
    assert any("no official release" in text for text in said)
    (quick,) = [t for t in found.tables if t.id == "shock-quick"]
    assert "Leaves out shortages of users" in quick.note.en


def test_one_picture_of_recovery_for_each_event_on_one_scale(shanghai: AssessResult):
    (chart,) = section(shanghai).charts
    assert chart.id == "shock-recovery"
    assert {panel.title.zh for panel in chart.panels} == {"出口下滑", "洪涝", "港口停摆"}
    layers = [panel.specs["en"]["layer"] for panel in chart.panels]
    assert all([layer["mark"]["type"] for layer in two] == ["area", "line"] for two in layers)
    scales = {str(one["encoding"]["y"]["scale"]["domain"]) for two in layers for one in two}
    assert len(scales) == 1


def test_an_own_table_speaks_of_the_region_its_tracks_and_bottlenecks(own: AssessResult):
    check_evidence(own.statements, own.tables)
    assert set(own.tables["shock_total"]["event"]) == set(events())
    first = section(own).statements[0].text
    assert "冲击上海自己的 2020 年投入产出表（42 个部门）" in first.zh
    assert "none of it is a loss" not in first.en
    assert "集成电路" in rule(own, "tracks").zh
    held = rule(own, "bottlenecks")
    assert "imported (users: " in held.en
    assert "第 " in held.zh
    kinds = [chart.id for chart in section(own).charts]
    assert kinds == ["shock-recovery", "shock-tracks", "shock-shortages"]
    assert not [s for s in section(own).statements if s.rule == "shock.refused"]
    text = page(own)
    for words in ("断供、灾害、需求下滑的损失与恢复", "Method: shocks", "shock-shortages"):
        assert words in text


def test_a_table_without_a_classification_meets_events_on_every_sector(shanghai: AssessResult):
    table = replace(two_regions(), classification="")
    economy = Economy(table=table, origin="own", nation=Text("本区", "Own"), imports=table)
    context = replace(context_of(shanghai), economy=economy, cards={})
    result = shock.run(context)
    assert set(result.tables["total"]["event"]) == {"export-slump"}  # no investment to rebuild with
    reasons = result.tables["refused"].set_index("event")["reason_en"]
    assert "states no classification" in reasons["chip-embargo"]
    assert "no investment demand" in reasons["flood"]
    assert shock.write(result, context).charts


def test_a_table_that_carries_no_event_says_what_would(shanghai: AssessResult):
    whole = two_regions()
    kept = [0, 1]  # without exports, which are given to consumption
    demand = whole.final_demand[:, kept] + whole.final_demand[:, 2:] / 2
    outside = whole.imported_final_demand
    table = replace(
        whole,
        final_demand=demand,
        final_categories=whole.final_categories[:2],
        imported_final_demand=outside[:, kept],
    )
    economy = Economy(table=table, origin="own", nation=Text("本区", "Own"), imports=table)
    reason = shock.run(replace(context_of(shanghai), economy=economy))
    assert isinstance(reason, NotRun)
    assert reason.reason.zh == "这张表反映不了任何随附的事件"
    assert reason.remedy.en


def test_without_a_table_or_its_package_it_says_so(
    shanghai: AssessResult, monkeypatch: pytest.MonkeyPatch
):
    assert shock.run(replace(context_of(shanghai), economy=NO_TABLE)) is NO_TABLE

    def missing(*_: object, **__: object) -> None:
        raise ComputationError(Text("没有 numba", "no numba"), remedy=Text("安装", "Install it"))

    monkeypatch.setattr(shock, "shock", missing)
    reason = shock.run(context_of(shanghai))
    assert isinstance(reason, NotRun)
    assert (reason.reason.en, reason.remedy.en) == ("no numba", "Install it")


def context_of(result: AssessResult) -> Context:
    assert result.context is not None
    return result.context
