"""The section on productivity: numbers, words, cards, and what it says where figures are absent."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from tests.report.cases import assessed_by, standard

from xinzhi.core import ComputationError, Text
from xinzhi.data import Panel, embedded_panel, join_panels, load_region_set, load_system
from xinzhi.measure.productivity import bootstrap_efficiency, dea, innovation_table
from xinzhi.report import AssessResult
from xinzhi.report.assess import check_evidence
from xinzhi.report.html import page
from xinzhi.report.model import Section, Statement
from xinzhi.report.productivity_parts import frontier_corners
from xinzhi.report.sections import productivity

ADDED = {
    "gdp_real": "CNY_100m",
    "capital_stock": "CNY_100m",
    "employment": "10k_persons",
    "labour_compensation": "CNY_100m",
}


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "productivity"]
    return found


def statement(result: AssessResult, rule: str) -> Statement:
    (found,) = [each for each in result.statements if each.rule == f"productivity.{rule}"]
    return found


def assessed_without_draws(panel: Panel, region: str = "上海") -> AssessResult:
    system = load_system("four_chains")
    return assessed_by(["productivity"], panel, system, region, uncertainty=None)


@pytest.fixture(scope="module")
def plain() -> AssessResult:
    return assessed_without_draws(embedded_panel())


def with_figures(added: dict[str, dict[str, float]]) -> Panel:
    """Return the embedded figures with made-up ones of 2020 and 2023 beside them.

    added : indicator → levels in 2020 and growth to 2023 of every region, as (level, growth)
    """
    panel = embedded_panel()
    rows = [
        (region, year, name, given["level"] * (1 + given["growth"] * (year == 2023)), ADDED[name])
        for name, given in added.items()
        for region in panel.region_names
        for year in (2020, 2023)
    ]
    columns = ["region", "year", "indicator", "value", "unit"]
    frame = pd.DataFrame(rows, columns=columns).assign(source="made up", status="reported")
    made_up = Panel.from_frame(frame, regions=load_region_set("china31"), name="made up")
    return join_panels(made_up, panel)


def test_the_numbers_are_those_of_the_frontier_and_its_bootstrap(shanghai: AssessResult):
    table = innovation_table(embedded_panel())
    scores = dea(table.inputs, table.outputs, "crs", "output").to_frame().set_index("unit")
    drawn = bootstrap_efficiency(table.inputs, table.outputs, "crs", "output").to_frame()
    shown = shanghai.tables["productivity_efficiency"].set_index("region")
    assert len(shown) == 31
    assert shown["efficiency"].to_list() == scores["efficiency"].to_list()
    for column in ("efficiency_corrected", "efficiency_low", "efficiency_high"):
        np.testing.assert_allclose(shown[column], drawn.set_index("unit")[column])
    card = shanghai.cards["productivity.efficiency.310000"]
    row = shown.loc["上海"]
    assert (card.value, card.low, card.high) == (
        row["efficiency_corrected"],
        row["efficiency_low"],
        row["efficiency_high"],
    )
    assert card.method == "method-productivity"
    # four years of money, five of each output
    assert len(card.figures) == 4 + 2 * 5
    assert f'id="{card.method}"' in page(shanghai)


def test_the_region_is_placed_by_intervals_and_not_by_a_rank(shanghai: AssessResult):
    own = statement(shanghai, "own")
    shown = shanghai.tables["productivity_efficiency"].set_index("region")
    row, others = shown.loc["上海"], shown.drop(index="上海")
    above = int((others["efficiency_low"] > row["efficiency_high"]).sum())
    below = int((others["efficiency_high"] < row["efficiency_low"]).sum())
    same = 30 - above - below
    assert own.interval == (row["efficiency_low"], row["efficiency_high"])
    assert f"put {above} above it and {below} below; {same} cannot be told apart" in own.text.en
    assert f"高于它的地区有 {above} 个，低于它的有 {below} 个，其余 {same} 个" in own.text.zh
    assert f"{row['efficiency_corrected']:.3f}（偏差校正，95% 区间" in own.text.zh


def test_what_hangs_on_a_single_peer_is_said(shanghai: AssessResult):
    table = innovation_table(embedded_panel())
    without = shanghai.tables["productivity_without"]
    assert set(without["peer"]) == {"北京", "陕西"}
    for _, row in without.iterrows():
        left = dea(
            table.inputs.drop(index=row["peer"]),
            table.outputs.drop(index=row["peer"]),
            "crs",
            "output",
        ).to_frame()
        score = left.set_index("unit")["efficiency"]["上海"]
        assert row["efficiency"] == pytest.approx(score)
        assert f"{score:.3f}" in statement(shanghai, "frontier").text.en
    assert "它的标杆是北京和陕西" in statement(shanghai, "frontier").text.zh


def test_the_section_says_what_it_does_not_say(shanghai: AssessResult):
    found = section(shanghai)
    notes = [note.en for note in found.notes]
    assert any("All people employed" in n or "all people employed" in n for n in notes)
    assert any("Total factor productivity and labour productivity are not" in n for n in notes)
    assert any("those of urban non-private units are no stand-in" in n for n in notes)
    assert any("does not say what more money would do" in note for note in notes)
    assert any("城镇非私营单位就业人员不能代替" in note.zh for note in found.notes)
    assert all(note.zh.endswith("。") and note.en.endswith(".") for note in found.notes)
    assert "全社会研发经费" in statement(shanghai, "scope").text.zh
    assert [chart.id for chart in found.charts] == ["productivity-ranking", "productivity-frontier"]
    assert not [s for s in shanghai.statements if s.rule == "productivity.tfp"]


def test_a_region_on_the_frontier_has_no_peers_to_lose():
    result = assessed_without_draws(embedded_panel(), "北京")
    assert result.tables["productivity_without"].empty
    assert "Beijing is on the frontier" in statement(result, "frontier").text.en
    assert "北京在前沿上" in statement(result, "frontier").text.zh


def test_without_draws_there_is_no_interval(plain: AssessResult):
    check_evidence(plain.statements, plain.tables)
    own = statement(plain, "own")
    assert own.interval is None
    assert own.text.en == "Innovation efficiency of Shanghai is 0.614 (1 = frontier)."
    assert own.text.zh == "上海的创新效率为 0.614（1 为前沿）。"
    assert plain.tables["productivity_efficiency"]["efficiency_low"].isna().all()
    assert plain.cards["productivity.efficiency.310000"].low is None
    (table,) = section(plain).tables
    assert "区间首" not in [column.zh for column in table.columns]
    assert page(plain)


def test_growth_is_accounted_for_where_the_figures_are_there():
    panel = with_figures(
        {
            "gdp_real": {"level": 1000, "growth": 0.21},
            "capital_stock": {"level": 3000, "growth": 0.3},
            "employment": {"level": 500, "growth": 0.0},
        }
    )
    result = assessed_without_draws(panel)
    total = result.tables["productivity_total"].set_index("unit").loc["上海"]
    expected = (math.log(1.21) - 0.4 * math.log(1.3)) / 3
    assert total["tfp_growth"] == pytest.approx(expected)
    said = statement(result, "tfp")
    assert said.interval == (total["tfp_growth_low"], total["tfp_growth_high"])
    assert "2020—2023 年上海的产出年均增长" in said.text.zh
    assert "From 2020 to 2023 output of Shanghai grew by" in said.text.en
    assert "total factor productivity +" in said.text.en
    notes = [note.en for note in section(result).notes]
    assert not any("not computed" in note for note in notes)
    assert any("the capital share 0.4 is an assumption" in note for note in notes)


def test_the_capital_share_is_what_is_not_paid_to_employees():
    gdp = embedded_panel().to_array(["gdp"]).sel(indicator="gdp", region="上海")
    panel = with_figures(
        {
            "gdp_real": {"level": 1000, "growth": 0.21},
            "capital_stock": {"level": 3000, "growth": 0.3},
            "employment": {"level": 500, "growth": 0.0},
            "labour_compensation": {"level": 100, "growth": 0.0},
        }
    )
    result = assessed_without_draws(panel)
    row = result.tables["productivity_growth"].set_index("unit").loc["上海"]
    shares = [1 - 100 / float(gdp.sel(year=year)) for year in (2020, 2023)]
    assert row["capital_share"] == pytest.approx(sum(shares) / 2)


def test_figures_that_would_have_to_be_built_first_are_named():
    result = assessed_without_draws(
        with_figures(
            {
                "gdp_real": {"level": 1000, "growth": 0.21},
                "capital_stock": {"level": 3000, "growth": 0.3},
            }
        )
    )
    notes = [note.en for note in section(result).notes]
    (said,) = [note for note in notes if "Missing:" in note]
    assert "all people employed" in said
    assert "constant prices" not in said


def test_other_regions_without_these_figures_get_a_line_with_what_it_needs():
    result = standard()
    reason = dict(result.not_run)["productivity"]
    assert "productivity" not in result.failed
    assert "R&D expenditure" in reason.needs.en
    assert "研发经费" in reason.needs.zh


def test_without_the_extra_it_is_not_run_and_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    def absent(*_: object, **__: object) -> None:
        raise ComputationError(
            Text("缺 numba", "no numba"), remedy=Text("安装它。", "Install it: pip install …")
        )

    monkeypatch.setattr(productivity, "dea", absent)
    result = assessed_without_draws(embedded_panel())
    reason = dict(result.not_run)["productivity"]
    assert reason.reason.en == "no numba"
    assert reason.remedy.en.startswith("Install it")
    assert result.failed == ()


def test_corners_of_a_frontier_by_hand():
    points = np.array([[1.0, 4.0], [3.0, 3.0], [4.0, 1.0], [2.0, 2.0], [2.0, 3.4], [4.0, 0.5]])
    expected = [[0, 4], [1, 4], [3, 3], [4, 1], [4, 0]]
    np.testing.assert_array_equal(frontier_corners(points), expected)
    np.testing.assert_array_equal(frontier_corners(points[:1]), [[0, 4], [1, 4], [1, 0]])
