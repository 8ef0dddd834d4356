"""Events on tables: what they take, what is said of it, and what cannot be done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from tests.io_strategies import small
from tests.stress.event_cases import effect_of, event_of
from tests.structure.chokepoint_cases import CONSUMPTION, chain_table, two_regions

from xinzhi.core import InputError, Text
from xinzhi.data.event_parts import RECOVERY_FUNCTIONS
from xinzhi.data.events import events, load_event
from xinzhi.data.io_embedded import embedded_io_table
from xinzhi.data.io_readers import read_io_table
from xinzhi.data.io_table import FinalCategory, IOTable
from xinzhi.stress.disturbance import RecoveryKind
from xinzhi.stress.event_effects import disturbances, scale_event
from xinzhi.stress.event_warnings import event_warnings, overlap_warnings, stated_assumptions
from xinzhi.structure.proportionality import split_imports_proportionally

REBUILDING = "rebuilding = { time = 100 }"
EXPORTS = 'categories = ["exports"]'


def refusal(event, table) -> str:
    """Return why a table cannot carry an event; it is said in both languages."""
    with pytest.raises(InputError) as raised:
        disturbances(event, table)
    assert raised.value.exit_status == 2
    assert raised.value.text("zh").startswith(f"事件 {event.id}，第 1 项")
    assert raised.value.remedy is not None
    return raised.value.text("en")


def with_investment(table: IOTable) -> IOTable:
    """Return the chain table with its consumption called investment."""
    kinds = (FinalCategory("GCF", "investment", Text("投资", "Investment")),)
    return replace(table, final_categories=(*kinds, *table.final_categories[1:]))


def test_recoveries_have_the_same_names_in_files_and_in_the_model():
    assert get_args(RecoveryKind) == RECOVERY_FUNCTIONS


def test_times_and_recovery_pass_through():
    event = event_of(
        effect_of("capacity", 0.5),
        start=4,
        duration=9,
        recovery='{ function = "concave", time = 7 }',
    )
    (done,) = disturbances(event, chain_table())
    assert (done.start, done.duration, done.recovery, done.recovery_time) == (4, 9, "concave", 7)
    assert done.capacity_lost.tolist() == [0.5, 0.0]


def test_each_effect_becomes_one_disturbance_that_fits_the_table():
    table = with_investment(chain_table())
    event = event_of(
        effect_of("imports", 0.3)
        + effect_of("final_imports", 0.2)
        + effect_of("demand", 0.1, "02", EXPORTS)
        + effect_of("capital", 0.4, "02", REBUILDING)
    )
    imports, final, demand, capital = disturbances(event, table)
    assert imports.imports_lost.tolist() == [0.3, 0.0]
    assert final.imported_final_lost.tolist() == [0.2, 0.0]
    assert demand.demand_lost.tolist() == [[0.0, 0.0], [0.0, 0.1]]
    assert capital.capital_lost.tolist() == [0.0, 0.4]
    # investment buys 40 + 15 of product 01 and 150 of product 02
    assert capital.rebuilding == pytest.approx(np.array([55.0, 150.0]) / 205.0)
    assert capital.rebuilding_time == 100
    for done in (imports, final, demand, capital):
        done.check(table)


def test_shares_of_targets_multiply_sizes_and_runs_follow_the_table():
    text = (
        '[[effect]]\nkind = "capacity"\nsize = 0.5\n'
        'targets = [{ classification = "drawn", from = "01", to = "02", share = 0.2 }]'
    )
    (done,) = disturbances(event_of(text), chain_table())
    assert done.capacity_lost.tolist() == [0.1, 0.1]


def test_sectors_named_for_the_table_come_before_any():
    text = (
        '[[effect]]\nkind = "capacity"\nsize = 0.5\ntargets = ['
        '{ classification = "any" }, { classification = "drawn", code = "02" }]'
    )
    (done,) = disturbances(event_of(text), chain_table())
    assert done.capacity_lost.tolist() == [0.0, 0.5]
    (done,) = disturbances(event_of(text), replace(chain_table(), classification="other"))
    assert done.capacity_lost.tolist() == [0.5, 0.5]


def test_regions_are_the_place_the_receiver_the_seller_or_the_buyer():
    table = two_regions()
    place = 'regions = ["A"]\n'
    (capacity,) = disturbances(event_of(effect_of("capacity", 0.5, more=place)), table)
    assert capacity.capacity_lost.tolist() == [0.5, 0.0, 0.0, 0.0]
    (imports,) = disturbances(event_of(effect_of("imports", 0.5, more=place)), table)
    assert imports.imports_lost.tolist() == [[0.5, 0.5, 0.0, 0.0], [0.0] * 4]
    (sold,) = disturbances(event_of(effect_of("demand", 0.5, more=place + EXPORTS)), table)
    assert np.argwhere(sold.demand_lost).tolist() == [[0, 2]]
    bought = 'categories = ["consumption"]'
    (bought,) = disturbances(event_of(effect_of("demand", 0.5, more=place + bought)), table)
    assert np.argwhere(bought.demand_lost).tolist() == [[0, 0], [2, 0]]


def test_shipments_stop_between_regions_and_not_within_one():
    event = event_of(effect_of("shipments", 0.5, more='origins = ["B"]'))
    (done,) = disturbances(event, two_regions())
    assert np.argwhere(done.shipments_lost).tolist() == [[2, 0]]
    assert event_warnings(event, two_regions()) == ()


def test_stock_changes_are_never_struck():
    stocks = FinalCategory("ST", "stock_changes", Text("存货", "Stocks"))
    table = replace(chain_table(), final_categories=(CONSUMPTION, stocks))
    event = event_of(effect_of("demand", 0.5, more='categories = ["ST"]'))
    said = refusal(event, table)
    assert "no final demand ST that could change" in said
    assert "stock changes stay as in the base year" in said
    assert "There are: TC, consumption." in said


def test_a_competitive_table_cannot_carry_a_cut_of_imports():
    said = refusal(load_event("port-closure"), embedded_io_table())
    assert "does not tell who uses the imports" in said
    assert "split_imports_proportionally" in said
    split = split_imports_proportionally(embedded_io_table())
    assert len(disturbances(load_event("port-closure"), split)) == 3


def test_a_table_without_imports_cannot_either():
    table = replace(small([[10, 20], [30, 10]], [100, 100]), classification="drawn")
    said = refusal(event_of(effect_of("imports", 0.5, "0")), table)
    assert "no imports from outside it" in said
    assert "shipments" in said


def test_a_classification_that_the_event_does_not_name_is_refused_with_the_way_out():
    said = refusal(load_event("chip-embargo"), chain_table())
    assert (
        "event chip-embargo, effect 1 (imports): it names no sectors of the classification " in said
    )
    assert "drawn: three or nine sectors join all manufacturing" in said
    assert "Use an input–output table of cn153, cn139, cn42" in said
    assert '{ classification = "drawn", code = "…" }; the table\'s codes run from 01 to 02' in said


def test_a_table_that_states_no_classification_takes_events_on_all_sectors_only():
    table = replace(chain_table(), classification="")
    said = refusal(load_event("chip-embargo"), table)
    assert "states no classification" in said
    assert '{ classification = "any" }' in said
    assert len(disturbances(load_event("export-slump"), table)) == 1


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (effect_of("capacity", 0.5, "03"), "has no sector 03, did you mean 01 Sector 1?"),
        (effect_of("capacity", 0.5, "Sector 2"), "has no sector Sector 2, did you mean 02 Sector"),
        (effect_of("capacity", 0.5, more='regions = ["Shanghai"]'), "has no region Shanghai"),
        (effect_of("demand", 0.5, more='categories = ["export"]'), "did you mean exports?"),
        (effect_of("shipments", 0.5, more='origins = ["A"]'), "the table has one region only"),
        (effect_of("capital", 0.5, more=REBUILDING), "the table has no investment demand"),
        (
            effect_of("capacity", 0.5).replace('code = "01"', 'from = "02", to = "01"'),
            "from (02) comes after to (01)",
        ),
    ],
)
def test_what_the_table_does_not_have_is_named(effect: str, said: str):
    assert said in refusal(event_of(effect), chain_table())


@pytest.mark.parametrize(
    ("effect", "said"),
    [
        (effect_of("capacity", 0.5, more='regions = ["AA"]'), "There are: A, B."),
        (effect_of("final_imports", 0.5, more='regions = ["A"]'), "all are struck or none"),
        (
            effect_of("shipments", 0.5, more='origins = ["A"]\nregions = ["A"]'),
            "no shipments go from origins to regions",
        ),
    ],
)
def test_what_several_regions_do_not_have_is_named(effect: str, said: str):
    assert said in refusal(event_of(effect), two_regions())


def test_warnings_say_where_the_event_fits_only_roughly():
    table = with_investment(chain_table())
    covered = effect_of("capital", 0.1, more=REBUILDING).replace(
        'code = "01"', 'code = "01", covers = { zh = "全部电子", en = "all electronics" }'
    )
    said = event_warnings(event_of(covered), table)
    assert [text.en for text in said] == [
        "Event Drawn up: rebuilding buys products in the proportions of the table's investment "
        "demand.",
        "Event Drawn up: in drawn it is sector 01: all electronics.",
    ]
    assert said[1].zh == "事件“假想”：在 drawn 中是部门 01：全部电子。"
    (everywhere,) = event_warnings(event_of(effect_of("capacity", 0.1)), two_regions())
    assert "names no regions, so capacity strikes all 2" in everywhere.en
    (nothing,) = event_warnings(event_of(effect_of("final_imports", 0.1, "02")), table)
    assert "nothing that final_imports could strike" in nothing.en
    assert event_warnings(event_of(effect_of("imports", 0.1)), table) == ()
    assert event_warnings(event_of(effect_of("demand", 0.1, more=EXPORTS)), table) == ()


def test_overlapping_events_are_named_with_how_they_act_together():
    table = chain_table()
    first = event_of(effect_of("imports", 0.6), duration=10)
    again = event_of(effect_of("imports", 0.6), start=9)
    later = event_of(effect_of("imports", 0.6), start=10)
    other = event_of(effect_of("imports", 0.6, "02"))
    (said,) = overlap_warnings([first, again], table)
    assert "strike imports for intermediate use of the same sectors at the same time" in said.en
    assert "1 − (1 − a)(1 − b), never more than all" in said.en
    assert "在同一时期冲击同一部门的中间品进口" in said.zh
    assert overlap_warnings([first, later], table) == ()
    assert overlap_warnings([first, other], table) == ()
    slow = event_of(
        effect_of("imports", 0.6), duration=10, recovery='{ function = "exponential", time = 5 }'
    )
    assert len(overlap_warnings([slow, later], table)) == 1


def test_assumptions_are_stated_with_their_source_or_as_ones_to_replace():
    said = stated_assumptions(load_event("flood"))
    assert said[0].en.startswith("Event Flood assumes: The flooded district holds 10 %")
    assert said[0].en.endswith("(assumption to replace).")
    assert said[0].zh.startswith("事件“洪涝”假定：")


def test_an_event_can_be_made_larger_but_never_over_all():
    event = load_event("chip-embargo")
    assert scale_event(event, 2.0).effects[0].size == pytest.approx(0.6)
    assert scale_event(event, 10.0).effects[0].size == 1.0
    assert scale_event(event, 0.0).effects[0].size == 0.0
    surge = event_of(effect_of("demand", -0.2, more=EXPORTS))
    assert scale_event(surge, 3.0).effects[0].size == pytest.approx(-0.6)
    for factor in (-1.0, float("nan"), float("inf")):
        with pytest.raises(InputError, match="factor of an event's size"):
            scale_event(event, factor)


@pytest.fixture(scope="module")
def official(official_folder: Path) -> dict[str, IOTable]:
    wide = read_io_table(official_folder / "io_china_2020_42.csv")
    fine = read_io_table(official_folder / "io_china_2020_153.csv")
    oecd = read_io_table(official_folder / "io_oecd_chn_2018.csv")
    return {
        "cn42": wide,
        "cn153": split_imports_proportionally(fine),
        "oecd45": split_imports_proportionally(oecd),
    }


@pytest.mark.parametrize("name", events())
def test_every_ready_event_strikes_the_official_tables(name: str, official: dict[str, IOTable]):
    event = load_event(name)
    for classification, table in official.items():
        assert table.classification == classification
        for done in disturbances(event, table):
            done.check(table)
            assert any(lost.any() for lost in done.losses.values())
        assert not any("does nothing" in text.en for text in event_warnings(event, table))


def test_the_chip_embargo_says_what_42_sectors_cannot_show(official: dict[str, IOTable]):
    event = load_event("chip-embargo")
    (said,) = event_warnings(event, official["cn42"])
    assert "what falls is all imported computers, communication and other electronic" in said.en
    (done,) = disturbances(event, official["cn42"])
    assert np.flatnonzero(done.imports_lost).tolist() == [19]
    assert event_warnings(event, official["cn153"]) == ()
    (done,) = disturbances(event, official["cn153"])
    (struck,) = np.flatnonzero(done.imports_lost)
    assert official["cn153"].sectors[struck].title.zh == "电子元器件"
