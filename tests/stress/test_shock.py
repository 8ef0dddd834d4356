"""The capability ``shock``: its tables add up, its charts read them, its warnings are said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from tests.io_strategies import small
from tests.stress.event_cases import effect_of, event_of

from xinzhi.core import InputError
from xinzhi.data.events import load_event
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.tracks import load_tracks
from xinzhi.stress.ario_parameters import ArioParameters
from xinzhi.stress.disturbance import Disturbance
from xinzhi.stress.shock import shock
from xinzhi.stress.shock_plots import KINDS
from xinzhi.stress.shock_result import ShockResult
from xinzhi.stress.shock_tables import recovery_days
from xinzhi.structure.proportionality import split_imports_proportionally


def example():
    """Two sectors of value added 60 and 70."""
    return replace(small([[10.0, 20.0], [30.0, 10.0]], [100.0, 100.0]), classification="drawn")


@pytest.fixture(scope="module")
def flood() -> ShockResult:
    event = Disturbance(
        start=5,
        duration=10,
        capital_lost=np.array([0.3, 0.0]),
        rebuilding=np.array([0.0, 1.0]),
        rebuilding_time=60,
    )
    parameters = ArioParameters(stock_days=10.0, priority=())
    return shock(example(), event, days=100, parameters=parameters)


def test_net_change_is_gain_less_loss_and_sectors_add_up_to_the_whole(flood: ShockResult):
    total = flood.to_frame().iloc[0]
    assert total["value_added_net_change"] == pytest.approx(
        total["rebuilding_gain"] - total["value_added_loss"]
    )
    path = flood.tables["path"]
    change = (path["value_added_share"] - 1).sum() * 130 / 365
    assert total["value_added_net_change"] == pytest.approx(change)
    for column in ("value_added_loss", "rebuilding_gain", "output_loss"):
        assert flood.tables["sectors"][column].sum() == pytest.approx(total[column])
        assert flood.tables["regions"][column].sum() == pytest.approx(total[column])
        assert total[column] > 0
    assert path["demand_unmet"].sum() == pytest.approx(total["demand_unmet"])


def test_a_loss_of_capacity_alone_is_what_was_not_made():
    event = Disturbance(start=0, duration=10, capacity_lost=np.array([0.1, 0.0]))
    given = ArioParameters(stock_days=np.inf, orders="held", overproduction_limit=1.0)
    total = shock(example(), event, days=20, parameters=given).to_frame().iloc[0]
    assert total["value_added_loss"] == pytest.approx(0.1 * 60 * 10 / 365)
    assert total["output_loss"] == pytest.approx(0.1 * 100 * 10 / 365)
    assert total["value_added_loss_share"] == pytest.approx(0.1 * 60 * 10 / (130 * 20))
    assert total["rebuilding_gain"] == 0
    # producers are served first, so that final users bear all of it
    assert total["demand_unmet"] == pytest.approx(10 * 10 / 365)
    assert total["recovery_time"] == 10


def test_recovery_is_the_day_after_which_the_fall_stays_made_up():
    short = np.array([0.0, 4.0, 3.0, 1.0, 2.5, 0.3, 0.0])
    days = [recovery_days(short, 100.0, made_up, 1, 1) for made_up in (0.5, 0.9, 0.99)]
    assert days == [4.0, 4.0, 5.0]
    assert recovery_days(short, 100.0, 0.5, 7, 7) == 28.0
    assert np.isnan(recovery_days(short[:5], 100.0, 0.5, 1, 1))
    assert recovery_days(np.full(4, 1e-12), 100.0, 0.99, 0, 1) == 0.0


def test_shortages_name_the_input_its_user_and_the_days():
    event = Disturbance(start=0, duration=30, capacity_lost=np.array([1.0, 0.0]))
    given = ArioParameters(stock_days=7.0, stock_threshold=0.0, orders="held")
    result = shock(example(), event, days=60, step_days=1, parameters=given)
    first = result.tables["shortages"].set_index("code").loc["1"]
    assert (first["product"], first["origin"], first["first_day"]) == ("0", "table", 7)
    assert first["lowest_stock_share"] == 0
    assert first["last_day"] >= 29
    assert "region" not in result.tables["shortages"]


def test_events_from_files_act_together_and_say_what_they_assume():
    events = [
        event_of(effect_of("capacity", 0.5, "0")),
        event_of(effect_of("demand", 0.5, "1", 'categories = ["consumption"]')),
    ]
    both = shock(example(), events, days=90)
    one = shock(example(), events[0], days=90)
    assert both.parameters["events"] == ["drawn-up", "drawn-up"]
    assert [record.name for record in both.inputs] == ["drawn-up", "drawn-up"]
    lost = both.to_frame()["value_added_loss"][0]
    assert lost > one.to_frame()["value_added_loss"][0]
    assert any("are no forecast" in text.en for text in both.warnings)
    assert any("结果由假定推出" in text.zh for text in both.warnings)


def test_what_has_not_recovered_is_missing_and_said():
    event = Disturbance(start=0, duration=400, capacity_lost=np.array([0.1, 0.0]))
    result = shock(example(), event, days=90)
    assert result.to_dict()["total"][0]["recovery_time"] is None
    assert any("does not recover within the run" in text.en for text in result.warnings)
    assert any("模拟期内没有恢复" in text.zh for text in result.warnings)


def test_short_inputs_too_small_to_stop_their_users_are_counted():
    event = Disturbance(start=0, duration=30, capacity_lost=np.array([1.0, 0.0]))
    # the first sector's product is a fifth of the second's output
    given = ArioParameters(stock_days=1.0, orders="held", essential_share=0.25)
    (said,) = [t for t in shock(example(), event, parameters=given).warnings if "so short" in t.en]
    assert "below 25 % of its user's output: 1. That limit is no statistic" in said.en
    assert "有 1 项投入短缺到限产线以下" in said.zh
    every = replace(given, essential_share=0.2)
    stopped = shock(example(), event, parameters=every)
    assert not any("so short" in text.en for text in stopped.warnings)


def test_a_run_that_no_longer_mends_is_called_a_property_of_the_model():
    event = Disturbance(start=0, duration=10, capacity_lost=np.array([0.9, 0.0]))
    short = ArioParameters(stock_days=1.0, restoration_time=1.0, priority=())
    stuck = shock(example(), event, days=300, parameters=short)
    assert stuck.tables["path"]["value_added_share"].iloc[-1] < 0.05
    (said,) = [text for text in stuck.warnings if "feeds on itself" in text.en]
    assert "try --priority intermediate" in said.en
    assert "短缺自我延续" in said.zh
    # neither an event that lasts, nor one that is made up for, nor one still mending
    lasting = replace(event, duration=400)
    mending = replace(event, recovery="exponential", recovery_time=200)
    for one, parameters in ((lasting, short), (event, ArioParameters()), (mending, None)):
        result = shock(example(), one, days=300, parameters=parameters)
        assert not any("feeds on itself" in text.en for text in result.warnings)


def test_quick_measures_stand_beside_the_simulation(flood: ShockResult):
    quick = flood.tables["quick"]
    assert set(quick["measure"]) > {"inoperability", "supply_cascade"}
    assert (quick["value_added_loss"] > 0).any()


def test_every_assumption_is_recorded(flood: ShockResult):
    assert flood.parameters["stock_days"] == 10.0
    assert flood.parameters["orders"] == "capacity"
    assert flood.parameters["days"] == 100
    assert flood.units["value_added_loss"] == "unspecified"


def test_no_event_is_refused():
    with pytest.raises(InputError) as error:
        shock(example(), [])
    assert "there is no event to simulate" in error.value.text("en")
    assert "没有事件可以模拟" in error.value.text("zh")


@pytest.fixture(scope="module")
def slump() -> ShockResult:
    table = split_imports_proportionally(embedded_io_table())
    return shock(table, load_event("export-slump"), step_days=7, tracks=load_tracks())


def test_a_track_that_the_table_cannot_carry_has_no_loss_but_says_why(slump: ShockResult):
    tracks = slump.tables["tracks"].set_index("track")
    assert tracks["value_added_loss"].isna().all()
    assert tracks.loc["integrated_circuits", "coverage_zh"]
    assert tracks.loc["integrated_circuits", "coverage_en"]


def test_imports_as_inputs_of_their_own_are_said(slump: ShockResult):
    assert any("inputs of their own" in text.en for text in slump.warnings)
    assert any("单独的投入" in text.zh for text in slump.warnings)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("kind", ["recovery", "loss", "shortages"])
def test_charts_draw_the_tables(flood: ShockResult, kind: str, lang):
    spec = flood.plot(kind, lang).to_dict()
    assert spec["title"]["text"]
    assert spec["title"]["subtitle"]


def test_a_band_can_lie_under_the_curve(flood: ShockResult):
    from xinzhi.stress.shock_plots import recovery_drawing

    band = pd.DataFrame({"day": [0, 99], "low": [0.8, 0.9], "high": [1.0, 1.0]})
    layers = recovery_drawing(flood, "en", band).chart.to_dict()["layer"]
    assert [layer["mark"]["type"] for layer in layers] == ["area", "line"]


def test_charts_that_cannot_be_drawn_say_so(flood: ShockResult):
    with pytest.raises(InputError) as error:
        flood.plot("map")
    assert f"choose from {', '.join(KINDS)}" in error.value.text("en")
    assert "没有图 map" in error.value.text("zh")
    with pytest.raises(InputError) as error:
        flood.plot("tracks")
    assert "nothing to draw: nothing is lost" in error.value.text("en")
    calm = shock(example(), Disturbance(0, 1, capacity_lost=np.zeros(2)), days=7)
    with pytest.raises(InputError) as error:
        calm.plot("shortages", "zh")
    assert "没有投入因缺货限制生产" in error.value.text("zh")


def test_an_embargo_of_imported_electronics_on_the_official_table(official_folder: Path):
    table = read_io_table(official_folder / "io_china_2020_42.csv")
    result = shock(table, load_event("chip-embargo"), tracks=load_tracks())
    longest = result.tables["shortages"].iloc[0]
    assert (longest["product"], longest["origin"]) == ("20", "outside")
    tracks = result.tables["tracks"].set_index("track")["value_added_loss_share"]
    assert tracks["integrated_circuits"] > result.to_frame()["value_added_loss_share"][0]
    # what is left of the imports bounds the fall of their direct users
    sectors = result.tables["sectors"].set_index("code")
    assert sectors.loc["20", "lowest_output_share"] == pytest.approx(0.7, abs=0.06)
    assert result.to_frame()["recovery_time"][0] > 180
    # the smaller the inputs that count as indispensable, the larger the loss
    every = shock(table, load_event("chip-embargo"), parameters=ArioParameters(essential_share=0.0))
    lost = [r.to_frame()["value_added_loss"][0] for r in (result, every)]
    assert lost[0] < lost[1]
    assert any("below 0.1 % of its user's output" in text.en for text in result.warnings)
    assert not any("of its user's output" in text.en for text in every.warnings)
