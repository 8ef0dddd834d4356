"""The sections on input–output tables: three sectors that ship, the nation's pack, an own one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import rdata
from tests.report.cases import assessed, assessed_by

from xinzhi.data import IOTable, embedded_panel, load_system, packs, read_io_table
from xinzhi.data.pack_registry import CACHE_VARIABLE, pack_folder
from xinzhi.measure import Uncertainty
from xinzhi.report import AssessResult, assess
from xinzhi.report.assess import check_evidence
from xinzhi.report.html import page
from xinzhi.report.model import Section

PACK = "china_input_output"
BOTH = ("inputoutput", "chokepoints")


def section(result: AssessResult, name: str) -> Section:
    (found,) = [each for each in result.sections if each.id == name]
    return found


def not_run(result: AssessResult, name: str):
    (found,) = [reason for key, reason in result.not_run if key == name]
    return found


@pytest.fixture(scope="module")
def present(
    official_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AssessResult]:
    """Yield the assessment with the official tables in the cache, in the files of their pack."""
    with pytest.MonkeyPatch.context() as patch, pd.option_context("mode.string_storage", "python"):
        patch.setenv(CACHE_VARIABLE, str(tmp_path_factory.mktemp("packs")))
        folder = pack_folder(PACK)
        folder.mkdir(parents=True)
        for file in packs()[PACK].files:
            name = Path(file.name).stem
            table = pd.read_csv(
                official_folder / f"io_{name}.csv",
                dtype={"Code": str},
                keep_default_na=False,
                na_values=[""],
            )
            rdata.write_rda(folder / file.name, {name: table})
        # the files hold the same figures, but are not the published ones byte by byte
        patch.setattr("xinzhi.data.pack_registry._is_whole", lambda path, file: path.is_file())
        yield assess(embedded_panel(), load_system("four_chains"), "上海", uncertainty=None)


def test_without_a_pack_three_sectors_keep_the_section_and_say_what_they_cannot_tell(
    shanghai: AssessResult,
):
    found = section(shanghai, "inputoutput")
    first = found.statements[0]
    assert first.rule == "inputoutput.provenance"
    assert first.text.zh.startswith("全国的结构，上海的权重：由全国 2017 年投入产出表")
    assert first.text.en.startswith("National structure (China), Shanghai's weights:")
    assert "at 3 industries" in first.text.en
    assert any("no official release" in note.en for note in found.notes)
    assert any(f"xinzhi data pack get {PACK}" in note.en for note in found.notes)
    reason = not_run(shanghai, "chokepoints")
    assert "three-sector table" in reason.reason.en
    assert f"运行 xinzhi data pack get {PACK}" in reason.remedy.zh
    assert not [s for s in shanghai.statements if s.rule.startswith("chokepoints")]


def test_the_numbers_of_the_section_are_those_of_the_table(shanghai: AssessResult):
    sectors = shanghai.tables["inputoutput_sectors"]
    economy = shanghai.tables["inputoutput_economy"].iloc[0]
    kept = economy["value_added_multiplier"] + economy["import_multiplier"]
    assert kept == pytest.approx(1)  # the embedded table has no taxes on products
    card = shanghai.cards["inputoutput.economy.value_added"]
    assert card.value == economy["value_added_multiplier"]
    assert {figure.year for figure in card.figures} == {2020}
    assert len(card.figures) == 9
    assert len(sectors) == 3


def test_with_the_pack_nine_industries_speak_of_the_region_and_42_of_the_nation(
    present: AssessResult,
):
    check_evidence(present.statements, present.tables)
    linkages = section(present, "inputoutput")
    assert (
        "投入产出表按上海 2020 年分行业增加值推算，只分 9 个行业" in linkages.statements[0].text.zh
    )
    assert len(present.tables["inputoutput_sectors"]) == 9
    assert len(present.tables["inputoutput_nation_sectors"]) == 42
    shares = present.tables["inputoutput_exports_total"].iloc[0]
    assert 0 < shares["vertical_specialisation_share"] < 1
    rules = {statement.rule for statement in linkages.statements}
    assert "inputoutput.integration" in rules
    found = section(present, "chokepoints")
    scope = found.statements[0].text
    assert "不是上海自己的依赖" in scope.zh
    assert "it is not Shanghai's own dependence" in scope.en
    rules = {statement.rule for statement in found.statements}
    assert rules == {
        f"chokepoints.{rule}" for rule in ("scope", "inputs", "change", "tracks", "at_risk")
    }
    assert [chart.id for chart in found.charts] == [
        f"chokepoints-{kind}" for kind in ("dependence", "criticality", "supply", "change")
    ]


def test_every_track_says_what_its_sectors_cover_and_that_imports_were_split(
    present: AssessResult,
):
    tracks = present.tables["chokepoints_tracks"]
    assert (tracks["coverage_zh"].str.len() > 0).all()
    carried = tracks.dropna(subset=["output"])
    assert {"integrated_circuits", "biomedicine"} <= set(carried["track"])
    assert carried["assumptions_en"].str.contains("assumption of proportionality").all()
    (said,) = [s for s in present.statements if s.rule == "chokepoints.tracks"]
    assert "153 部门的表，进口按比例拆分，是假定不是观测" in said.text.zh


def test_an_outage_is_never_told_by_its_ceiling_alone(present: AssessResult):
    (said,) = [s for s in present.statements if s.rule == "chokepoints.at_risk"]
    code = said.evidence[0][1]["code"]
    table = present.tables["chokepoints_at_risk"]
    losses = table[table["code"] == code].set_index("assumption")["value_added_loss_share"]
    assert losses["leontief"] >= losses["inventories"] >= 0
    assert losses["leontief"] > losses["ces"] > 0
    for word in ("ceiling", "days of stock", "elasticity", "none is a forecast"):
        assert word in said.text.en


def test_the_page_holds_both_sections_in_both_languages(present: AssessResult):
    text = page(present)
    for words in ("产业关联", "Linkages between industries", "卡脖子环节", "Chokepoints"):
        assert words in text


def test_an_own_table_speaks_of_the_region_itself(official_folder: Path):
    own = read_io_table(official_folder / "io_china_2018_42.csv")
    panel, system = embedded_panel(), load_system("four_chains")
    result = assessed_by(BOTH, panel, system, "上海", uncertainty=None, table=own)
    first = section(result, "inputoutput").statements[0].text
    assert first.zh == "上海自己的投入产出表：2018 年，42 个部门。"
    scope = section(result, "chokepoints").statements[0].text
    assert scope.en.startswith("What follows is read from the input–output table of Shanghai")
    assert "own dependence" not in scope.en
    assert result.tables["inputoutput_sectors"]["output"].sum() == pytest.approx(own.output.sum())


def test_a_competitive_table_of_ones_own_is_split_and_says_so(official_folder: Path):
    own = read_io_table(official_folder / "io_china_2015_42.csv")
    panel, system = embedded_panel(), load_system("four_chains")
    result = assessed_by(BOTH, panel, system, "上海", uncertainty=Uncertainty(draws=20), table=own)
    assert np.isnan(result.tables["inputoutput_sectors"]["import_multiplier"]).all()
    notes = section(result, "chokepoints").notes
    assert any("assumption of proportionality" in note.en for note in notes)


def test_regions_of_no_known_nation_are_asked_for_a_table():
    result = assessed(3)
    for name in ("inputoutput", "chokepoints"):
        reason = not_run(result, name)
        assert reason.reason.en == "there is no input–output table"
        assert reason.remedy.zh == "用 --table 给出。"


def test_the_own_table_of_made_up_regions_is_read(own_table: IOTable):
    result = assessed(3, table=own_table)
    assert section(result, "inputoutput").statements[0].text.zh.startswith("甲县自己的投入产出表")
    assert page(result)


@pytest.fixture
def own_table() -> IOTable:
    from tests.io_strategies import small

    return small([[150, 500], [200, 100]], [1000, 2000])
