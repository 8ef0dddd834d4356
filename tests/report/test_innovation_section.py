"""The section on innovation: what the figures defend, with their weaknesses and intervals."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from tests.report.cases import assessed_by, standard

from xinzhi.data import embedded_panel, join_panels, load_system, science_technology_panel
from xinzhi.report import AssessResult
from xinzhi.report.model import Section, Statement


def section(result: AssessResult) -> Section:
    (found,) = [each for each in result.sections if each.id == "innovation"]
    return found


def statement(result: AssessResult, rule: str) -> Statement:
    (found,) = [each for each in section(result).statements if each.rule == f"innovation.{rule}"]
    return found


@pytest.fixture(scope="module")
def on_pack(official_folder: Path) -> AssessResult:
    pack = science_technology_panel(official_folder / "provinces_science_technology_2000_2023.csv")
    panel = join_panels(pack, embedded_panel())
    return assessed_by(("innovation",), panel, load_system("four_chains"), "上海", uncertainty=None)


def test_values_are_the_published_figures(shanghai: AssessResult):
    panel = embedded_panel()
    table = shanghai.tables["innovation_standing"].set_index(["indicator", "region"])
    figures = panel.to_array(["rd_expenditure", "gdp"]).sel(region="上海", year=2024)
    money, gdp = (float(figures.sel(indicator=name)) for name in ("rd_expenditure", "gdp"))
    assert table.loc[("effort", "上海"), "value"] == pytest.approx(100 * money / gdp)
    names = ["invention_patents_granted", "resident_population_year_end"]
    figures = panel.to_array(names).sel(region="上海", year=[2022, 2023, 2024])
    each = figures.sel(indicator=names[0]).values / figures.sel(indicator=names[1]).values
    row = table.loc[("inventions", "上海")]
    assert row["value"] == pytest.approx(each.mean())
    assert (row["first_year"], row["year"]) == (2022, 2024)
    assert set(table["regions"]) == {31}
    assert list(table.loc["effort"].sort_values("rank").index[:2]) == ["北京", "上海"]


def test_conversion_rates_are_quotients_of_totals(shanghai: AssessResult):
    panel = embedded_panel()
    table = shanghai.tables["innovation_conversions"].set_index(["conversion", "region"])
    row = table.loc[("grant_share", "上海")]
    names = ["invention_patents_granted", "invention_patent_applications"]
    array = panel.to_array(names).sel(region="上海")
    years = range(int(row["first_year"]), int(row["last_year"]) + 1)
    granted = array.sel(indicator=names[0], year=[year + 2 for year in years]).values.sum()
    applied = array.sel(indicator=names[1], year=list(years)).values.sum()
    assert row["rate"] == pytest.approx(granted / applied)
    assert row["low"] < row["rate"] < row["high"]
    relative = table.loc["grant_share", "relative"]
    assert relative.median() == pytest.approx(1)


def test_the_sentences_say_how_much_against_whom_and_how_sure(shanghai: AssessResult):
    level = statement(shanghai, "level").text
    assert "研发经费与地区生产总值之比 4.36%（2024 年，31 个地区中第 2 位）" in level.zh
    assert "R&D expenditure over GDP: 4.36\u202f% in 2024, 2nd of 31 regions" in level.en
    rates = statement(shanghai, "conversions").text
    assert "发明专利授权与两年前申请之比 45.9%（" in rates.zh
    assert "不是同一批项目" in rates.zh
    assert "follow no project" in rates.en
    assert "%; 7th of 31 regions" in rates.en


def test_no_choice_of_projects_is_written_on_totals(shanghai: AssessResult):
    plan = statement(shanghai, "plan").text
    assert "比较不了资助、赛马与揭榜挂帅" in plan.zh
    assert "can neither compare grants, parallel teams and open calls" in plan.en
    rules = {each.rule for each in section(shanghai).statements}
    # three conversions are too few to name a bottleneck
    assert rules == {f"innovation.{name}" for name in ("level", "conversions", "plan")}
    assert any("xinzhi data pack get science_technology" in n.en for n in section(shanghai).notes)


def test_cards_lead_to_the_figures_and_to_the_method(shanghai: AssessResult):
    card = shanghai.cards["innovation.inventions.310000.2024"]
    assert [figure.year for figure in card.figures] == [2022, 2022, 2023, 2023, 2024, 2024]
    assert card.formula.en.startswith("mean of ")
    rate = shanghai.cards["innovation.grant_share.310000"]
    assert rate.method == "method-innovation"
    assert "（晚 2 年） ÷" in rate.formula.zh or "（晚 2 年）÷" in rate.formula.zh
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < rate.value < rate.high
    cells = shanghai.tables["data_method_cells"]
    assert cells["used_by"].str.contains("innovation").any()


def test_weaknesses_charts_and_tables_are_there(shanghai: AssessResult):
    found = section(shanghai)
    assert any("breaks in the series" in note.en for note in found.notes)
    assert [drawn.id for drawn in found.charts] == ["innovation-standing", "innovation-conversions"]
    assert "高于各地区中位数" in found.charts[1].title.zh
    assert [len(table.rows) for table in found.tables] == [3, 3]


def test_with_the_yearbooks_the_bottleneck_is_named_with_its_agreement(on_pack: AssessResult):
    table = on_pack.tables["innovation_conversion_bottlenecks"]
    own = table[(table["region"] == "上海") & table["bottleneck"]].iloc[0]
    text = statement(on_pack, "bottleneck").text
    assert "new-product sales over R&D of the industry" in text.en
    assert f"{100 * own['agreement']:.1f}".rstrip("0").rstrip(".") in text.en
    assert "从 1 到 100" in text.zh
    assert "This is a standing, not a cause." in text.en
    sums = table.groupby("region")["agreement"].sum(min_count=1).dropna()
    assert sums.to_numpy() == pytest.approx(1)
    composition = statement(on_pack, "composition").text
    assert "研发经费中的基础研究 " in composition.zh
    assert "types are no sequence of projects" in composition.en
    assert "最低的一项" in section(on_pack).charts[1].title.zh


def test_shares_by_type_of_research_add_up(on_pack: AssessResult):
    table = on_pack.tables["innovation_conversions"]
    shares = table[(table["role"] == "composition") & (table["region"] == "上海")]["rate"]
    assert shares.sum() == pytest.approx(1, abs=2e-3)
    assert isinstance(shares, pd.Series)


def test_without_figures_of_research_it_says_what_it_needs():
    reason = dict(standard().not_run)["innovation"]
    assert "neither R&D nor inventions nor technology contracts" in reason.reason.en
    assert "没有研发经费、发明专利或技术合同" in reason.reason.zh
    assert "榜题的价值、成本和期限" in reason.needs.zh
