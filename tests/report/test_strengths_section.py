"""The section on strengths: numbers, words, cards, and what it says where figures are absent."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from tests.report.cases import REGIONS, panel_of, system_of

from xinzhi.data import (
    IndicatorSystem,
    Panel,
    RegionSet,
    embedded_panel,
    join_panels,
    load_region_set,
    load_system,
)
from xinzhi.report import AssessResult, assess
from xinzhi.report.assess import check_evidence
from xinzhi.report.model import Section, Statement, plain
from xinzhi.report.sections import index, strengths
from xinzhi.report.sections.science import ScienceResult
from xinzhi.structure.strengths import activity_matrix_of_array
from xinzhi.structure.strengths import strengths as compute

INDUSTRIES = (
    *("agriculture_incl_services", "industry", "construction", "wholesale_retail"),
    *("transport_storage_post", "accommodation_catering", "finance", "real_estate"),
    "other_services",
)
YEARS = [2020, 2021, 2022, 2023, 2024]


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "strengths"]
    return found


def statement(result: AssessResult, rule: str) -> Statement:
    (found,) = [each for each in result.statements if each.rule == f"strengths.{rule}"]
    return found


def alone(panel: Panel, system: IndicatorSystem, region: str) -> AssessResult:
    """Return a report of the index and this section only, which is quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("xinzhi.report.assess"), "SECTIONS", (index, strengths))
        return assess(panel, system, region, uncertainty=None)


@pytest.fixture(scope="module")
def peer() -> AssessResult:
    return alone(embedded_panel(), load_system("four_chains"), "山西")


def own_table(result: AssessResult, region: str) -> pd.DataFrame:
    table = result.tables["strengths_standing"]
    return table[table["region"] == region].set_index("activity")


def test_the_numbers_are_those_of_the_capability(shanghai: AssessResult):
    panel = embedded_panel()
    names = [f"value_added_{code}" for code in INDUSTRIES]
    values = panel.to_array(names, YEARS).transpose("region", "indicator", "year").values
    matrix = activity_matrix_of_array(values, panel.region_names, INDUSTRIES, YEARS)
    found = compute(matrix)
    pairs = found.tables["pairs"].query("year == 2024").set_index(["region", "activity"])["rca"]
    shown = shanghai.tables["strengths_standing"].set_index(["region", "activity"])
    assert len(shown) == 31 * 9
    np.testing.assert_allclose(shown["rca"], pairs.reindex(shown.index))
    totals = shanghai.tables["strengths_totals"].set_index("region")
    known = found.tables["shift_share"].set_index("region")
    for column in ("start", "end", "change", "national_growth", "industry_mix", "competitive"):
        np.testing.assert_allclose(totals[column], known[column].reindex(totals.index), atol=1e-6)


def test_components_sum_on_the_page_and_cards_hold_them(shanghai: AssessResult):
    cards = shanghai.cards
    parts = [
        cards[f"strengths.industries.total.{name}.310000"].value
        for name in ("national_growth", "industry_mix", "competitive")
    ]
    totals = shanghai.tables["strengths_totals"].set_index("region").loc["上海"]
    assert sum(parts) == pytest.approx(totals["change"])
    halves = totals[["competitive_homothetic", "allocation", "entry"]].sum()
    assert halves == pytest.approx(totals["competitive"])
    card = cards["strengths.industries.finance.rca.310000"]
    row = own_table(shanghai, "上海").loc["finance"]
    assert (card.value, card.low, card.high) == (row["rca"], row["rca_low"], row["rca_high"])
    assert [figure.year for figure in card.figures] == [2020, 2024]
    assert card.figures[1].value == row["end"]
    assert card.method == "method-strengths"
    # the numbers on the card give its value
    left, right = card.formula.en.split(" = ")
    whole = left.replace("÷", "/").replace(",", "").replace("−", "-")
    assert eval(whole) == pytest.approx(card.value)
    assert float(right) == pytest.approx(card.value)


def test_what_is_said_follows_from_the_table(shanghai: AssessResult):
    own = own_table(shanghai, "上海")
    high = own[own["standing"] == "strength"]
    low = own[own["standing"] == "gap"]
    assert (high["rca_low"] >= 1).all()
    assert (low["rca_high"] < 1).all()
    said = statement(shanghai, "strengths")
    assert f"区位商 5 年都不低于 1 的行业有 {len(high)} 个：金融业" in said.text.zh
    assert f"in {len(high)} industries: finance" in said.text.en
    assert {key["activity"] for _, key in said.evidence} == set(high.index)
    slower = said.marked.en.index("No faster grew")
    for activity, row in high.iterrows():
        place = said.marked.en.index(f"strengths.industries.{activity}.competitive.310000")
        assert (place < slower) == (row["competitive"] > 0)
    assert f"{int(own.loc['finance', 'years_ahead'])} of 4 years" in said.text.en
    gaps = statement(shanghai, "gaps")
    assert {key["activity"] for _, key in gaps.evidence} == set(low.index)
    assert "区位商 5 年都低于 1 的行业" in gaps.text.zh
    check_evidence(section(shanghai).statements, shanghai.tables)


def test_it_says_that_nine_industries_carry_no_complexity(shanghai: AssessResult):
    scope = statement(shanghai, "scope").text
    assert "9 个行业谈不上经济复杂度和关联密度（至少要 30 项活动）" in scope.zh
    assert "carry no economic complexity and no relatedness" in scope.en
    assert "recommends nothing" in scope.en
    assert "现价" in scope.zh
    assert "nominal" in scope.en
    notes = [note.en for note in section(shanghai).notes]
    assert any("xinzhi strengths FILE --region" in n and "--dependence FILE" in n for n in notes)
    assert any("xinzhi data pack get science_technology" in note for note in notes)
    assert all(note.zh.endswith("。") and note.en.endswith(".") for note in section(shanghai).notes)
    charts = [chart.id for chart in section(shanghai).charts]
    assert charts == ["strengths-quotients", "strengths-competitive", "strengths-kinds"]


def test_patents_are_two_kinds_in_the_embedded_figures(shanghai: AssessResult):
    kinds = shanghai.tables["strengths_kinds"].set_index(["region", "activity"])
    panel = embedded_panel()
    array = panel.to_array(["invention_patents_granted", "patents_granted"], [2024])
    one, whole = array.sel(year=2024).transpose("indicator", "region").values
    place = panel.region_names.index("上海")
    expected = (one[place] / whole[place]) / (one.sum() / whole.sum())
    shown = kinds.loc[("上海", "invention_patents_granted")]
    assert shown["rca"] == pytest.approx(expected)
    assert kinds.loc[("上海", "other_patents_granted"), "end"] == whole[place] - one[place]
    text = statement(shanghai, "patents_granted").text
    assert "国内发明专利申请授权量 1.28" in text.zh
    assert "utility models and designs granted" in text.en


def test_another_region_has_other_strengths(peer: AssessResult):
    assert peer.failed == ()
    own = own_table(peer, "山西")
    said = statement(peer, "strengths").text
    assert own["rca"].idxmax() == "transport_storage_post"
    assert f"：交通运输、仓储和邮政业 {own['rca'].max():.2f}" in said.zh
    assert "Shanxi" in statement(peer, "scope").text.en
    assert "山西" in statement(peer, "growth").text.zh
    totals = peer.tables["strengths_totals"].set_index("region").loc["山西"]
    whole = peer.tables["strengths_totals"][["start", "end"]].sum()
    assert totals["national_growth"] == pytest.approx(
        totals["start"] * (whole["end"] / whole["start"] - 1)
    )


def test_without_industries_it_is_not_run_and_says_what_it_needs():
    result = alone(panel_of(3), system_of(3), "甲县")
    reason = dict(result.not_run)["strengths"]
    assert "strengths" not in result.failed
    assert "the data lack value_added_agriculture_incl_services" in reason.reason.en
    assert "数据中没有 value_added_agriculture_incl_services" in reason.reason.zh
    assert "value added by industry" in reason.needs.en
    assert "各行业的增加值" in reason.needs.zh


def own_panel(years: tuple[int, ...], lacking: str = "") -> Panel:
    """Return a panel of made-up regions with industries, and one that lacks a figure."""
    draw = np.random.default_rng(3)
    rows = [
        (region, year, f"value_added_{code}", float(draw.uniform(5, 50)), "CNY_100m")
        for region in REGIONS
        for year in years
        for code in INDUSTRIES
        if not (region == lacking and year == years[0] and code == "finance")
    ]
    frame = pd.DataFrame(rows, columns=["region", "year", "indicator", "value", "unit"])
    frame = frame.assign(source="made up", status="reported")
    made = Panel.from_frame(frame, regions=RegionSet.from_names(REGIONS), name="own")
    return join_panels(made, panel_of(3))


def test_own_regions_are_compared_with_each_other():
    result = alone(own_panel((2021, 2023), "Kent"), system_of(3), "甲县")
    assert result.failed == ()
    table = result.tables["strengths_standing"]
    assert set(table["region"]) == set(REGIONS) - {"Kent"}
    scope = statement(result, "scope").text
    assert "5 regions together" in scope.en
    notes = [note.en for note in section(result).notes]
    assert any(
        "1 region(s) lack a figure of these years" in note and "Kent" in note for note in notes
    )
    assert not any("data pack" in note for note in notes)
    assert "strengths_kinds" not in result.tables


def test_a_single_year_is_not_enough():
    result = alone(own_panel((2023,)), system_of(3), "甲县")
    reason = dict(result.not_run)["strengths"]
    assert "two years" in reason.reason.en
    assert "两年" in reason.reason.zh


def science_panel(names: tuple[str, ...]) -> Iterator[tuple[Any, ...]]:
    draw = np.random.default_rng(5)
    for name in names:
        for region in load_region_set("china31").names:
            for year in (2021, 2022, 2023):
                yield region, year, name, float(draw.integers(10, 900)), "patents"


def test_the_data_pack_brings_three_kinds(no_packs: Path, monkeypatch: pytest.MonkeyPatch):
    names = tuple(f"{kind}_patents_in_force" for kind in ("invention", "utility_model", "design"))
    frame = pd.DataFrame(
        science_panel(names), columns=["region", "year", "indicator", "value", "unit"]
    ).assign(source="made up", status="reported")
    pack = Panel.from_frame(frame, regions=load_region_set("china31"), name="pack")
    science = ScienceResult(tables={}, units={}, context=SimpleNamespace(panel=pack))  # type: ignore[arg-type]
    inner = strengths._finer(SimpleNamespace(results={"science": science}))  # type: ignore[arg-type]
    sources = {source.id: panel for source, panel in inner}
    assert set(sources) == {"patents_granted", "patents_in_force", "rd_by_type"}
    assert all(panel is pack for panel in sources.values())
    context = SimpleNamespace(
        region="上海", regions=pack.regions, embedded=True, results={"science": science}
    )
    (source,) = [one for one in strengths.of_pack() if one.id == "patents_in_force"]
    kind, matrix = strengths.read(pack, source, context)  # type: ignore[arg-type]
    assert kind.years == (2021, 2022, 2023)
    assert matrix.activities == names
    assert "中国" in kind.nation.zh or "全国" in kind.nation.zh
    (note,) = strengths._what_the_pack_adds(context)  # type: ignore[arg-type]
    assert "overlap" in note.en
    assert "互有重叠" in note.zh
    assert plain(kind.titles[names[0]].zh) == "国内发明专利有效量"
