from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from tests.io_strategies import io_tables
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError, Text, dumps
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_table import IOTable
from xinzhi.data.tracks import Tracks, load_tracks
from xinzhi.structure.chokepoints import chokepoints
from xinzhi.structure.dependence import economies
from xinzhi.structure.outage import Outage, output_at_risk
from xinzhi.structure.paths import structural_paths
from xinzhi.structure.proportionality import split_imports_proportionally
from xinzhi.structure.regionalisation import regionalise
from xinzhi.structure.track_dependence import USES, track_supply, tracks_of

TABLES = (
    *("sectors", "inputs", "matrix", "paths", "tracks", "supply", "at_risk", "assumptions"),
    "change",
)

OWN_TRACKS = """
id = "own"
title = { zh = "自定赛道", en = "Own tracks" }
[[group]]
id = "all"
title = { zh = "全部", en = "All" }
[[track]]
id = "machines"
group = "all"
title = { zh = "机器", en = "Machines" }
[track.carriers.drawn]
sectors = { "02" = 0.5 }
includes = { zh = "其他产品", en = "other goods" }
[[track]]
id = "ideas"
group = "all"
title = { zh = "创意", en = "Ideas" }
reason = { zh = "不是一组部门", en = "not a group of sectors" }
"""


@pytest.fixture(scope="module")
def tracks(tmp_path_factory: pytest.TempPathFactory) -> Tracks:
    path: Path = tmp_path_factory.mktemp("tracks") / "own.toml"
    path.write_text(OWN_TRACKS, encoding="utf-8")
    return load_tracks(path)


def said(result, lang: str = "en") -> str:
    return "\n".join(warning.get(lang) for warning in result.warnings)


def test_every_table_is_there_with_its_stable_names(tracks: Tracks):
    result = chokepoints(chain_table(), tracks)
    assert tuple(result.tables) == TABLES
    assert {"code", "direct_dependence", "total_dependence"} <= set(result.to_frame())
    assert {"code", "criticality", "rank", "rank_low", "rank_high"} <= set(
        result.to_frame("inputs")
    )
    printed = json.loads(dumps(result.to_dict()))
    assert printed["sectors"][1]["total_dependence"] == pytest.approx(0.27)
    assert printed["sectors"][0]["concentration"] is None
    assert printed["change"] == []


def test_options_are_recorded():
    result = chokepoints(chain_table(), outage=Outage(0.2, duration=90), seed=7, cutoff=0.01)
    expected = {
        "classification": "drawn",
        "year": 2020,
        "claims": True,
        "flows": "domestic",
        "fall": 0.2,
        "duration": 90,
        "rationing": "producers_first",
        "combination": "geometric",
        "seed": 7,
        "cutoff": 0.01,
        "tracks": None,
        "years": [2020],
    }
    assert expected.items() <= dict(result.parameters).items()
    assert result.units["output_loss"] == "CNY_10k"
    assert result.units["total_dependence"] == "ratio"


def test_the_parts_are_those_of_the_functions():
    table, outage = chain_table(), Outage(0.3)
    result = chokepoints(table, outage=outage)
    pd.testing.assert_frame_equal(result.to_frame("paths"), structural_paths(table))
    order = result.to_frame("inputs")["code"].tolist()
    pd.testing.assert_frame_equal(result.to_frame("at_risk"), output_at_risk(table, outage, order))


def test_outages_are_computed_for_the_most_critical_inputs_only():
    result = chokepoints(chain_table(), largest=1)
    assert set(result.to_frame("at_risk")["code"]) == {result.to_frame("inputs")["code"].iloc[0]}
    assert chokepoints(chain_table(), largest=0).to_frame("at_risk").empty


def test_tracks_worked_by_hand(tracks: Tracks):
    table = chain_table(assumptions=(Text("进口按比例拆分。", "Imports were split."),))
    frame = chokepoints(table, tracks).to_frame("tracks").set_index("track")
    machines = frame.loc["machines"]
    assert machines["output"] == 100  # half of sector 02
    assert machines["direct_dependence"] == pytest.approx(0.25)
    assert machines["imported_share_of_inputs"] == pytest.approx(50 / 90)
    assert machines["total_dependence"] == pytest.approx(0.27)
    assert machines["largest_input"] == "02"
    assert machines["members"] == "02"
    assert "Sector 2 (50%); they also hold other goods" in machines["coverage_en"]
    assert "其中还包括：其他产品" in machines["coverage_zh"]
    assert (machines["includes_en"], machines["omits_en"]) == ("other goods", "")
    assert machines["assumptions_en"] == "Imports were split"
    assert machines["assumptions_zh"] == "进口按比例拆分"


def test_a_track_that_the_table_cannot_carry_says_so(tracks: Tracks):
    frame = chokepoints(chain_table(), tracks).to_frame("tracks").set_index("track")
    assert np.isnan(frame.loc["ideas", "total_dependence"])
    assert frame.loc["ideas", "coverage_en"] == (
        "sectors of drawn cannot carry the track Ideas: not a group of sectors"
    )
    assert "不是一组部门" in frame.loc["ideas", "coverage_zh"]


def test_a_track_that_names_a_sector_the_table_lacks_is_refused(tracks: Tracks):
    first, second = chain_table().sectors
    short = chain_table(sectors=(first, replace(second, code="03")))
    with pytest.raises(InputError, match="sectors 02 are not in drawn"):
        tracks_of(short, tracks)


def test_supply_worked_by_hand(tracks: Tracks):
    supply = chokepoints(chain_table(), tracks).to_frame("supply")
    rows = supply.set_index(["stage", "source", "target"])["value"]
    # half of the 50 imported; 150 of 200 is consumed and 50 exported
    assert rows.to_dict() == pytest.approx(
        {
            ("input", "02", "02"): 25.0,
            ("use", "02", "consumption"): 18.75,
            ("use", "02", "exports"): 6.25,
        }
    )
    assert set(supply["track"]) == {"machines"}


def test_supply_to_other_regions(tracks: Tracks):
    table = two_regions()
    result = chokepoints(table, tracks, regions=["A"])
    rows = result.to_frame("supply").query("stage == 'use'")
    assert set(rows["target"]) <= set(USES)
    assert set(rows["region"]) == {"A"}
    # A sells none of 02 elsewhere; B sells 01 to A, but has no imports to pass on
    assert rows["target"].tolist() == ["consumption"]
    assert "region" in result.to_frame("tracks")


@given(io_tables(kinds=("separate", "many_regions")))
def test_what_a_track_imports_is_what_it_passes_on(table: IOTable):
    weights = tracks_of(table, load_tracks_of(table))
    for economy in economies(table):
        supply = track_supply(table, economy, weights)
        sums = supply.groupby("stage")["value"].sum()
        taken = float((economy.imported[:, :2] * [1.0, 0.5]).sum())
        assert sums.get("input", 0.0) == pytest.approx(taken, rel=1e-9)
        assert sums.get("use", 0.0) == pytest.approx(taken, rel=1e-9)


def load_tracks_of(table: IOTable) -> Tracks:
    """Return one track of the first two sectors of a drawn table."""
    shipped = load_tracks()
    track = shipped.tracks[2]
    carrier = replace(
        next(iter(track.carriers.values())), shares={table.codes[0]: 1.0, table.codes[1]: 0.5}
    )
    return replace(shipped, tracks=(replace(track, carriers={"drawn": carrier}),))


def test_change_stands_where_other_years_are_given():
    earlier = chain_table(year=2018, assumptions=(Text("旧假定", "an old assumption"),))
    result = chokepoints(chain_table(), earlier=[earlier])
    assert result.to_frame("change")["year"].unique().tolist() == [2018, 2020]
    assert result.parameters["years"] == [2018, 2020]
    assert "nominal share at current prices" in said(result)
    assert "名义份额" in said(result, "zh")
    assert "an old assumption" in said(result)


def test_warnings_say_what_the_table_cannot_tell():
    result = chokepoints(chain_table())
    assert "the detail of the table's 2 sectors" in said(result)
    assert "names no chokepoint" in said(result)
    assert "部门太少，排序只反映大类" in said(result, "zh")
    assert "does not tell where imports come from" in said(result)
    assert "Output at risk follows from assumptions and is no forecast" in said(result)
    assert "一种进口投入减少 50%，持续 365 天" in said(result, "zh")


def test_many_regions_count_the_outside_as_one_origin():
    result = chokepoints(two_regions())
    assert "counts as one origin" in said(result)
    assert "表外的进口合计为一个来源" in said(result, "zh")
    for name in ("sectors", "inputs", "matrix", "at_risk"):
        assert result.to_frame(name).columns[0] == "region"
    assert result.parameters["regions"] == ["A", "B"]


@given(io_tables(kinds=("closed",)))
@settings(max_examples=10)
def test_a_table_without_imports_says_so(table: IOTable):
    result = chokepoints(table)
    assert "has no intermediate inputs from elsewhere" in said(result)
    assert "依赖度全部为零" in said(result, "zh")
    assert (result.to_frame()["total_dependence"] == 0).all()
    assert result.to_frame("paths").empty
    assert result.to_frame("at_risk").empty


def test_the_embedded_table_gives_dependence_and_makes_no_claim():
    table = split_imports_proportionally(embedded_io_table())
    result = chokepoints(table, load_tracks())
    assert len(result.to_frame()) == 3
    assert (result.to_frame()["total_dependence"] > result.to_frame()["direct_dependence"]).all()
    inputs = result.to_frame("inputs")
    assert inputs["code"].tolist() == list(table.codes)
    assert inputs[["criticality", "rank", "dependence_scaled"]].isna().all(axis=None)
    assert inputs["imported_inputs"].notna().all()
    for name in ("paths", "tracks", "supply", "at_risk"):
        assert result.to_frame(name).empty
        assert len(result.to_frame(name).columns)
    assert result.parameters["claims"] is False
    assert "This table (cn3, 3 sectors) cannot tell which input is a chokepoint" in said(result)
    assert "说明不了哪种投入会“卡脖子”" in said(result, "zh")
    assert "proportion" in said(result)


def test_a_competitive_table_is_refused():
    with pytest.raises(InputError, match="split_imports_proportionally"):
        chokepoints(embedded_io_table())


def test_a_regionalised_table_with_shared_quotients_makes_no_claim():
    nation = chain_table()
    weights = pd.Series({"all": 20.0})
    groups = dict.fromkeys(nation.codes, "all")
    table = regionalise(nation, weights, "上海", groups=groups)
    assert chokepoints(table).parameters["claims"] is False
    own = regionalise(nation, pd.Series({"01": 9.0, "02": 12.0}), "上海")
    assert chokepoints(own).parameters["claims"] is True
    assert chokepoints(own, claims=False).to_frame("at_risk").empty


def test_a_negative_number_of_outages_is_refused():
    with pytest.raises(InputError) as refusal:
        chokepoints(chain_table(), largest=-1)
    assert "(largest) is -1; it must be 0 or more" in refusal.value.text("en")
    assert "（largest）为 -1" in refusal.value.text("zh")


@given(io_tables(kinds=("separate", "many_regions")))
@settings(max_examples=25)
def test_any_balanced_table_has_a_result(table: IOTable):
    result = chokepoints(table, draws=10)
    assert len(result.to_frame()) == table.size
    assert len(result.to_frame("matrix")) == table.size * len(table.sectors)
    json.loads(dumps(result.to_dict()))
