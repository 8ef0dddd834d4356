from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from tests.io_strategies import io_tables
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import InputError
from xinzhi.data.io_table import IOTable
from xinzhi.structure.criticality import (
    COMBINATIONS,
    PARTS,
    combined,
    criticality,
    criticality_parts,
    scaled_parts,
)
from xinzhi.structure.dependence import economies

SEPARATE = ("separate", "closed", "many_regions")


def ranked(table: IOTable, *options, **named):
    return [criticality(table, economy, *options, **named) for economy in economies(table)]


def test_parts_worked_by_hand():
    table = chain_table()
    frame = criticality_parts(table, economies(table)[0])
    assert frame["imported_inputs"].tolist() == [10.0, 50.0]
    assert frame["dependence"].tolist() == pytest.approx([10 / 260, 50 / 260])
    # of 01, 100 are made, 10 imported for producers and 15 for consumption
    assert frame["domestic_share"].tolist() == pytest.approx([100 / 125, 200 / 250])
    assert frame["scarcity"].tolist() == pytest.approx([0.2, 0.2])
    # one of imported 01 goes into 01, of whose output 0.4 goes on into 02
    assert frame["output_fed"].tolist() == pytest.approx([1.4, 1.0])
    assert frame["concentration"].isna().all()


def test_criticality_worked_by_hand():
    (frame,) = ranked(chain_table(), draws=0)
    assert frame["code"].tolist() == ["02", "01"]
    # parts over the largest: (1, 1, 1/1.4) and (0.2, 1, 1)
    expected = [(1 / 1.4) ** (1 / 3), 0.2 ** (1 / 3)]
    assert frame["criticality"].tolist() == pytest.approx(expected)
    assert frame["rank"].tolist() == [1, 2]
    assert frame["rank_low"].isna().all()
    (by_rank,) = ranked(chain_table(), "rank", draws=0)
    # 02 leads in dependence, they tie in scarcity, 01 leads in output fed
    assert by_rank["criticality"].tolist() == pytest.approx([0.5, 0.5])
    assert by_rank["rank"].tolist() == [1, 1]


def test_concentration_is_a_part_where_origins_are_known():
    first, second = ranked(two_regions())
    top = first.iloc[0]
    assert (top["region"], top["code"]) == ("A", "01")
    assert top["concentration"] == pytest.approx(10 / 16)
    assert top["concentration_scaled"] == 1
    assert top["criticality"] == pytest.approx(1.0)
    assert second["rank"].isna().all()
    assert (second["criticality"] == 0).all()


def test_combinations():
    scaled, weights = np.array([[0.5, 1.0], [0.0, 1.0]]), np.array([0.5, 0.5])
    assert combined(scaled, weights, "geometric").tolist() == pytest.approx([0.5**0.5, 0.0])
    assert combined(scaled, weights, "rank").tolist() == pytest.approx([0.75, 0.5])
    many = np.array([[0.5, 0.5], [1.0, 0.0]])
    assert combined(scaled, many, "geometric").shape == (2, 2)
    assert combined(scaled, many, "geometric")[1].tolist() == pytest.approx([0.5, 0.0])


def test_scales():
    parts = np.array([[1.0, 5.0], [4.0, 5.0], [2.0, 0.0]])
    assert scaled_parts(parts, "geometric").tolist() == [[0.25, 1], [1, 1], [0.5, 0]]
    assert scaled_parts(parts, "rank").tolist() == [[0, 0.75], [1, 0.75], [0.5, 0]]


def test_the_interval_holds_95_percent_of_the_ranks_under_drawn_weights():
    (frame,) = ranked(chain_table(), draws=4000, seed=1)
    # 02 is first unless output fed weighs more than log 5 / (log 5 + log 1.4) of the two that
    # differ; their shares are even, so this happens with probability log 1.4 / (log 5 + log 1.4)
    assert np.log(1.4) / np.log(7) > 0.025
    assert frame[["rank_low", "rank_high"]].to_numpy().tolist() == [[1, 2], [1, 2]]
    again = ranked(chain_table(), draws=4000, seed=1)[0]
    assert frame.equals(again)


@given(io_tables(kinds=SEPARATE))
@settings(max_examples=25)
def test_criticality_stays_in_its_range(table: IOTable):
    for combination in COMBINATIONS:
        for frame in ranked(table, combination, draws=20):
            assert frame["criticality"].between(0, 1 + 1e-12).all()
            used = frame["imported_inputs"] > 0
            assert frame.loc[used, ["rank", "rank_low", "rank_high"]].notna().all(axis=None)
            assert frame.loc[~used, "rank"].isna().all()
            assert (frame.loc[~used, "criticality"] == 0).all()
            assert (frame["rank_low"] <= frame["rank_high"])[used].all()
            assert frame["criticality"].is_monotonic_decreasing
            for part in PARTS:
                assert frame[f"{part}_scaled"].dropna().between(0, 1).all()


@given(io_tables(kinds=("separate",)))
@settings(max_examples=25)
def test_the_unit_of_money_does_not_matter(table: IOTable):
    arrays = ("flows", "final_demand", "primary_inputs", "output", "imported_flows")
    ten = {name: 10.0 * getattr(table, name) for name in (*arrays, "imported_final_demand")}
    for one, other in zip(ranked(table), ranked(replace(table, **ten)), strict=True):
        order = other.set_index("code").loc[one["code"]]
        np.testing.assert_allclose(order["criticality"], one["criticality"], rtol=1e-9, atol=1e-12)
        assert order["imported_inputs"].tolist() == pytest.approx(
            (10 * one["imported_inputs"]).tolist()
        )


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        (
            {"combination": "sum"},
            "no combination sum; choose from geometric, rank",
            "没有合成方式 sum；可选：geometric、rank",
        ),
        ({"draws": -1}, "the number of draws is -1; it must be 0 or more", "抽样次数为 -1"),
    ],
)
def test_wrong_options_are_refused(options, en: str, zh: str):
    with pytest.raises(InputError) as refusal:
        ranked(chain_table(), **options)
    assert en in refusal.value.text("en")
    assert zh in refusal.value.text("zh")
