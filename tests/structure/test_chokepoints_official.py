"""Chokepoints of the official tables, read in place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import load_tracks
from xinzhi.structure.chokepoints import chokepoints
from xinzhi.structure.chokepoints_result import ChokepointsResult
from xinzhi.structure.dependence import total_dependence
from xinzhi.structure.dependence_change import change_of_dependence
from xinzhi.structure.paths import structural_paths
from xinzhi.structure.proportionality import split_imports_proportionally

ELECTRONICS, OIL_AND_GAS, REFINING = "20", "03", "11"


@pytest.fixture(scope="module")
def tables(official_folder: Path) -> dict[int, IOTable]:
    return {
        year: read_io_table(official_folder / f"io_china_{year}_42.csv")
        for year in (2017, 2018, 2020)
    }


@pytest.fixture(scope="module")
def result(tables: dict[int, IOTable]) -> ChokepointsResult:
    return chokepoints(tables[2020], load_tracks(), earlier=[tables[2017], tables[2018]])


def test_electronics_depends_most_on_imports(result: ChokepointsResult):
    sectors = result.to_frame().sort_values("total_dependence", ascending=False)
    assert sectors["code"].tolist()[:2] == [ELECTRONICS, REFINING]
    top = sectors.iloc[0]
    assert top["largest_input"] == ELECTRONICS
    # imports of 27.8 in 100 of output, as the table prints them
    assert top["direct_dependence"] == pytest.approx(0.2775, abs=5e-5)
    assert top["total_dependence"] == pytest.approx(0.4295, abs=5e-5)


def test_the_import_content_of_exports_is_the_vertical_specialisation_known(
    tables: dict[int, IOTable],
):
    for year, share in {2017: 0.210, 2018: 0.212, 2020: 0.195}.items():
        table = tables[year]
        exports = table.final("exports")
        content = float((total_dependence(table) @ exports).sum() / exports.sum())
        assert content == pytest.approx(share, abs=5e-4)


def test_oil_ores_and_electronics_are_the_most_critical(result: ChokepointsResult):
    inputs = result.to_frame("inputs")
    assert set(inputs["code"].head(3)) == {OIL_AND_GAS, "04", ELECTRONICS}
    assert inputs["rank_low"].iloc[0] == 1
    # electronics is first in dependence, so some weights put it first
    electronics = inputs.set_index("code").loc[ELECTRONICS]
    assert electronics["dependence_scaled"] == 1
    assert electronics["rank_low"] == 1
    assert electronics["rank_high"] > electronics["rank"]


def test_the_strongest_path_keeps_electronics_among_itself(result: ChokepointsResult):
    paths = result.to_frame("paths")
    assert paths.iloc[0]["path"] == paths.iloc[0]["product"] == ELECTRONICS
    explained = paths["cumulative_share"].iloc[-1]
    assert 0.4 < explained < 1


def test_finer_cutoffs_explain_more(tables: dict[int, IOTable]):
    shares = [
        structural_paths(tables[2020], cutoff=cutoff, depth=12)["cumulative_share"].iloc[-1]
        for cutoff in (1e-2, 1e-3, 1e-4, 1e-5)
    ]
    assert shares == sorted(shares)
    assert shares[-1] > 0.7


def test_assumptions_bound_each_other_on_a_real_table(result: ChokepointsResult):
    losses = result.to_frame("at_risk").pivot(
        index="code", columns="assumption", values="output_loss_share"
    )
    assert (losses["ces"] <= losses["leontief"]).all()
    assert (losses["inventories"] <= losses["leontief"]).all()
    assert (losses > 0).all(axis=None)


def test_dependence_of_the_whole_fell_by_2020(result: ChokepointsResult):
    change = result.to_frame("change")
    whole = change[change["code"].isna()].set_index("year")["total_dependence"]
    assert whole[2020] < whole[2017] < whole[2018]


def test_every_track_states_what_it_covers(result: ChokepointsResult):
    frame = result.to_frame("tracks")
    assert frame["coverage_zh"].str.len().gt(0).all()
    assert frame["coverage_en"].str.len().gt(0).all()
    chips = frame.set_index("track").loc["integrated_circuits"]
    assert chips["members"] == ELECTRONICS
    assert "computers" in chips["coverage_en"]
    assert frame["total_dependence"].isna().any()


def test_153_sectors_separate_medicines_under_a_stated_assumption(official_folder: Path):
    table = read_io_table(official_folder / "io_china_2020_153.csv")
    result = chokepoints(split_imports_proportionally(table), load_tracks(), largest=3)
    frame = result.to_frame("tracks").set_index("track")
    assert frame.loc["integrated_circuits", "total_dependence"] > 0.2
    assert frame["assumptions_en"].str.contains("proportion").all()
    assert frame["assumptions_zh"].str.contains("比例").all()
    assert any("proportion" in warning.en for warning in result.warnings)
    assert len(result.to_frame("matrix")) == 153 * 153


def test_dependence_of_china_since_1995_in_oecd_tables(official_folder: Path):
    years = (1995, 2000, 2005, 2010, 2015, 2018)
    frame = change_of_dependence(
        [
            split_imports_proportionally(read_io_table(official_folder / f"io_oecd_chn_{year}.csv"))
            for year in years
        ]
    )
    whole = frame[frame["code"].isna()].set_index("year")["total_dependence"]
    assert list(whole.index) == list(years)
    # imported inputs rose with the accession to the WTO and fell after the crisis
    assert whole.idxmax() in (2005, 2010)
    assert np.isfinite(frame["total_change"].to_numpy(dtype=float)).all()
    assert (frame.loc[frame["year"] == 1995, "total_change"] == 0).all()
