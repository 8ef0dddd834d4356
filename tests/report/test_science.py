"""The data pack of science and technology in the report: absent, present, with gaps filled.

Its own section first, then what it adds to the section on productivity.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from tests.report.cases import standard

from xinzhi.core import ComputationError, Text
from xinzhi.data import (
    Panel,
    embedded_panel,
    impute,
    join_panels,
    load_system,
    packs,
    science_technology_panel,
)
from xinzhi.data.pack_registry import CACHE_VARIABLE, pack_folder
from xinzhi.measure import Uncertainty, coupling, index, trend
from xinzhi.measure.productivity import (
    innovation_chain,
    innovation_over_time,
    malmquist,
    network_efficiency,
)
from xinzhi.report import AssessResult, assess, summary
from xinzhi.report.assess import check_evidence
from xinzhi.report.context import figure_names
from xinzhi.report.export import sheet_names, write_workbook
from xinzhi.report.html import page
from xinzhi.report.model import Section, renamed
from xinzhi.report.sections import science

TABLE = "provinces_science_technology_2000_2023.csv"
FIRMS = "provinces_hightech_firms_2018_2024.csv"
SYSTEM = load_system("four_chains_science")


def write_pack(official: Path) -> None:
    """Write the files of the pack into the cache, made of the official tables."""
    whole = pd.read_csv(official / TABLE, dtype={"year": str, "unit": str})
    own = {"region": "province", "code": "variables", "unit": "units"}
    folder = pack_folder("science_technology")
    folder.mkdir(parents=True)
    for file in packs()["science_technology"].files:
        name = Path(file.name).stem
        table = whole[whole["table"] == name].drop(columns="table").rename(columns=own)
        if name == "HitechFirmsPub":
            table = pd.read_csv(official / FIRMS).drop(columns="index")
        elif name == "varsList":
            table = pd.DataFrame({"variables": ["v4"], "short_eng": ["x"]})
        words = table.select_dtypes(exclude="number")
        table = table.assign(**{c: words[c].fillna("").astype(object) for c in words})
        rdata.write_rda(folder / file.name, {name: table.reset_index(drop=True)})


@pytest.fixture(scope="module")
def pack(
    official_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("packs")))
        write_pack(official_folder)
        # the files hold the same figures, but are not the published ones byte by byte
        patch.setattr("xinzhi.data.pack_registry.pack_is_present", lambda pack: True)
        yield patch


@pytest.fixture(scope="module")
def present(pack: pytest.MonkeyPatch) -> AssessResult:
    draws = Uncertainty(draws=200)
    return assess(embedded_panel(), load_system("four_chains"), "上海", uncertainty=draws)


@pytest.fixture(scope="module")
def filled(pack: pytest.MonkeyPatch) -> AssessResult:
    return assess(
        embedded_panel(),
        load_system("four_chains"),
        "Shanghai",
        uncertainty=None,
        imputation="linear",
    )


@pytest.fixture(scope="module")
def joined(official_folder: Path) -> Panel:
    return join_panels(science_technology_panel(official_folder / TABLE), embedded_panel())


def section(result: AssessResult, name: str = "science") -> Section:
    return next(s for s in result.sections if s.id == name)


def test_without_the_pack_one_line_names_what_it_adds_and_the_command(shanghai: AssessResult):
    reason = dict(shanghai.not_run)["science"]
    assert "is not on this computer" in reason.reason.en
    assert "index, coupling and trend of the four chains for 2010–2023" in reason.reason.en
    assert reason.remedy == Text(
        "取得它：xinzhi data pack get science_technology",
        "Get it: xinzhi data pack get science_technology",
    )
    begins = {"en": "not run, science: the data pack", "zh": "未运行 science：数据包"}
    for lang in ("en", "zh"):
        line = next(t for t in summary(shanghai, lang).splitlines() if t.startswith(begins[lang]))
        assert line.endswith("xinzhi data pack get science_technology")
    assert 'id="not-run-science"' in page(shanghai)
    assert shanghai.parameters["science_system"] is None


def test_nothing_is_asked_of_a_network(shanghai: AssessResult, connections: list[str]):
    assert shanghai.failed == ()
    assert connections == []


def test_a_users_own_data_have_no_such_section():
    result = standard(3)
    assert "science" not in dict(result.not_run)
    assert "science" not in {s.id for s in result.sections}


def test_a_pack_that_cannot_be_read_is_a_line_too(
    shanghai: AssessResult, monkeypatch: pytest.MonkeyPatch
):
    def broken() -> Panel:
        raise ComputationError(
            Text("数据包需要 rdata", "data packs need rdata"), remedy=Text("安装", "Install it")
        )

    monkeypatch.setattr("xinzhi.data.pack_registry.pack_is_present", lambda pack: True)
    monkeypatch.setattr(science, "science_technology_panel", broken)
    assert shanghai.context is not None
    outcome = science.run(shanghai.context)
    assert outcome == science.NotRun(
        Text("数据包需要 rdata", "data packs need rdata"), remedy=Text("安装", "Install it")
    )


def test_with_the_pack_its_index_and_coupling_stand_in_the_report(
    present: AssessResult, joined: Panel
):
    assert present.failed == ()
    assert present.parameters["science_system"]["id"] == "four_chains_science"
    known = index(SYSTEM.evaluate(joined), SYSTEM)
    scores = present.tables["science_index_scores"]
    assert scores["score"].to_numpy() == pytest.approx(
        known.to_frame("scores")["score"].to_numpy(), nan_ok=True
    )
    assert sorted(scores["year"].unique()) == [*range(2010, 2017), *range(2018, 2024)]
    whole = scores[scores["node"] == SYSTEM.root]
    row = whole.query("region == '上海' and year == 2023").iloc[0]
    card = present.cards["four_chains_science.four_chains_science.310000.2023"]
    assert card.value == row["score"]
    coordination = coupling(known).to_frame("coupling")["coordination"].to_numpy()
    own = present.tables["science_coupling_coupling"]["coordination"].to_numpy()
    assert own == pytest.approx(coordination, nan_ok=True)
    text = {s.rule: s.text for s in section(present).statements}
    assert "科技统计，2010—2023" in text["science_index.rank"].zh
    assert f"ranks {int(row['rank'])}th of 31 regions" in text["science_index.rank"].en
    # the first page stays that of the main system
    assert "science" not in {finding.rule.split("_")[0] for finding in present.findings}
    assert "2nd of 31" in present.verdict.text.en


def test_every_number_and_place_of_the_section_is_there(present: AssessResult):
    check_evidence(present.statements, present.tables)
    written = page(present)
    for statement in section(present).statements:
        assert statement.see
        assert f'id="{statement.see}"' in written
        assert statement.rule.startswith("science_")
        assert statement.text.zh.endswith("。")
        assert not any("\u4e00" <= sign <= "\u9fff" for sign in statement.text.en)
    ids = [c.id for s in present.sections for c in s.charts]
    ids += [t.id for s in present.sections for t in s.tables]
    assert len(ids) == len(set(ids))
    for card in present.cards.values():
        assert set(card.parts) <= set(present.cards)


def test_the_figures_of_the_pack_lead_to_their_tables(present: AssessResult):
    card = present.cards["four_chains_science.basic_research_gdp.310000.2023"]
    figures = {figure.vintage: figure for figure in card.figures}
    assert figures["RDActivity"].publisher == packs()["science_technology"].title
    assert "中国科技统计年鉴" in figures["RDActivity"].source
    sources = present.tables["data_method_sources"]
    assert {"RDActivity", "rd_regions"} <= set(sources["vintage"])
    cells = present.tables["data_method_cells"]
    corrected = cells[cells["status"] == "corrected"]
    assert len(corrected)
    assert all("see what was corrected" in text for text in corrected["reason_en"])
    names = {record.name for record in present.inputs}
    assert {"embedded figures", "science_technology/RDActivity.rda"} <= names
    reading = next(t for t in section(present).tables if t.id == "science-reading")
    assert any("region 内蒙占 was corrected to 内蒙古" in row[0].show.en for row in reading.rows)
    sources_of_charts = {c.source.en for c in section(present).charts}
    assert len(sources_of_charts) == 1
    assert "the data pack “Science and technology" in sources_of_charts.pop()


def test_a_missing_year_leaves_no_forecast_and_the_note_says_how_to_get_one(present: AssessResult):
    note = section(present).notes[-1]
    assert "years are missing: 2017" in note.en
    assert note.en.endswith("It runs where gaps are filled on request: add --impute linear.")
    assert note.zh.endswith("按要求填补缺口后可以算：加 --impute linear。")
    assert "science_trend_forecast" not in present.tables


def test_with_gaps_filled_on_request_the_forecast_follows(filled: AssessResult, joined: Panel):
    assert filled.failed == ()
    check_evidence(filled.statements, filled.tables)
    panel = impute(joined, "linear", figure_names(SYSTEM))
    known = trend(coupling(index(SYSTEM.evaluate(panel), SYSTEM)))
    own = filled.tables["science_trend_forecast"]["value"].to_numpy()
    assert own == pytest.approx(known.to_frame("forecast")["value"].to_numpy(), nan_ok=True)
    table = filled.tables["science_imputation"]
    assert table["imputed"].sum() == 2 * 31 + 1
    text = {s.rule: s.text for s in section(filled).statements}
    assert "63 of 5,208 figures are imputed (linear interpolation)" in text["science.imputed"].en
    assert "science_trend.ahead" in text
    assert "science-trend-forecast" in {c.id for c in section(filled).charts}
    imputed = filled.tables["data_method_cells"].query("status == 'imputed'")
    assert len(imputed) == 63
    assert "data_method_imputation" not in filled.tables  # no gap in the main system


def test_the_workbook_holds_the_tables_of_the_pack(present: AssessResult, tmp_path: Path):
    write_workbook(present, tmp_path / "t.xlsx")
    with pd.ExcelFile(tmp_path / "t.xlsx", engine="calamine") as book:
        expected = ["readme", *sheet_names(present.tables).values()]
        assert [str(name) for name in book.sheet_names] == expected
        readme = pd.read_excel(book, sheet_name="readme", header=None)
    assert "high_tech_revenue_gdp" in set(readme[0].dropna())


def test_a_section_of_another_name_leaves_paragraphs_on_method_alone(shanghai: AssessResult):
    whole = next(s for s in shanghai.sections if s.id == "coupling")
    other = renamed(whole, "science")
    assert other.id == "science_coupling"
    places = {s.rule: s.see for s in other.statements}
    assert places["science_coupling.geometric"] == "method-coupling"
    assert places["science_coupling.rank"] == "science-coupling-time"
    tables = {table for s in other.statements for table, _ in s.evidence}
    assert all(table.startswith("science_") for table in tables)


# Productivity


def test_without_the_pack_a_line_says_what_it_would_add_to_productivity(shanghai: AssessResult):
    notes = [note for note in section(shanghai, "productivity").notes if "data pack" in note.en]
    (note,) = notes
    assert "efficiency of two stages" in note.en
    assert "a Malmquist index over the years" in note.en
    assert note.en.endswith("Get it: xinzhi data pack get science_technology.")
    assert note.zh.endswith("取得它：xinzhi data pack get science_technology。")
    assert "productivity_chain" not in shanghai.tables


def test_the_stages_are_those_of_the_network(filled: AssessResult, joined: Panel):
    chain = innovation_chain(joined)
    known = network_efficiency(chain.stages)
    shown = filled.tables["productivity_chain"].set_index("region")
    assert len(shown) == 31
    scores = known.to_frame("efficiency").set_index("unit")["efficiency"]
    np.testing.assert_allclose(shown["efficiency"], scores[shown.index])
    # nothing else enters or leaves between the stages: their product is the system
    both = shown["research_efficiency"] * shown["market_efficiency"]
    np.testing.assert_allclose(both, shown["efficiency"], rtol=1e-6)
    text = next(
        s for s in section(filled, "productivity").statements if s.rule == "productivity.chain"
    ).text
    row = shown.loc["上海"]
    assert f"the efficiency of Shanghai is {row['efficiency']:.3f}" in text.en
    assert (
        f"研究阶段 {row['research_efficiency']:.3f} 与转化阶段 {row['market_efficiency']:.3f}"
        in text.zh
    )
    assert "the market stage is the farther from its frontier" in text.en
    # the year that the pack lacks is not filled for this, though the report was asked to fill gaps
    assert "2015–2019" in text.en
    assert "2018–2023" in text.en


def test_change_over_the_years_leaves_contracts_out(filled: AssessResult, joined: Panel):
    years = innovation_over_time(joined)
    assert set(years.inputs) == {"rd_expenditure", "rd_personnel_fte"}
    assert set(years.outputs) == {"invention_patents_granted", "papers_sci"}
    index = malmquist(years.inputs, years.outputs, reference="global").to_frame("indices")
    changes = index[index["unit"] == "上海"]["malmquist"]
    row = filled.tables["productivity_chain"].set_index("region").loc["上海"]
    assert row["malmquist"] == pytest.approx(changes.prod() ** (1 / len(changes)))
    assert row["malmquist"] == pytest.approx(row["efficiency_change"] * row["technical_change"])
    people = innovation_over_time(joined, inputs=("rd_personnel_fte",))
    alone = malmquist(people.inputs, people.outputs, reference="global").to_frame("indices")
    last = alone[alone["unit"] == "上海"]["cumulative"].iloc[-1]
    assert row["malmquist_people"] == pytest.approx(last ** (1 / len(changes)))
    text = next(
        s for s in section(filled, "productivity").statements if s.rule == "productivity.change"
    ).text
    assert f"the Malmquist index of Shanghai is {row['malmquist']:.2f}" in text.en
    assert "2010–2019" in text.en
    assert "2012–2022" in text.en
    assert "经费为现价，价格上涨压低指数" in text.zh


def test_cards_lead_to_the_figures_of_the_pack(filled: AssessResult):
    card = filled.cards["productivity.chain.310000"]
    assert {figure.vintage for figure in card.figures} >= {"RDLaborHour", "IndustryOperation"}
    # five years of two inputs, six of four outputs
    assert len(card.figures) == 2 * 5 + 4 * 6
    assert all(figure.status != "imputed" for figure in card.figures)
    change = filled.cards["productivity.change.310000"]
    assert len(change.figures) == 2 * 10 + 2 * 11
    sources = filled.tables["data_method_sources"]
    assert {"RDPaperInternational", "MarketPush"} <= set(sources["vintage"])
    names = {record.name for record in filled.inputs}
    assert "science_technology/RDPaperInternational.rda" in names


def test_chart_table_and_notes_stand_in_the_page(filled: AssessResult):
    found = section(filled, "productivity")
    assert [chart.id for chart in found.charts][-1] == "productivity-chain"
    assert [table.id for table in found.tables][-1] == "productivity-chain-table"
    written = page(filled)
    for statement in found.statements:
        assert f'id="{statement.see}"' in written
    assert any("revenue of high-technology manufacturing only" in note.en for note in found.notes)
    assert not any("data pack get" in note.en for note in found.notes)
    assert all(note.zh.endswith("。") and note.en.endswith(".") for note in found.notes)
