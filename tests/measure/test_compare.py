"""Comparing two runs: joins, differences, parameters, labels that differ."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import FOUR, FOUR_NAMES, make_system, make_values, panels

from xinzhi.core import InputError, InputRecord, Result, dumps
from xinzhi.measure import Method, Uncertainty, coupling, index
from xinzhi.measure.compare import compare

SYSTEM = make_system(FOUR)
VALUES = make_values(np.random.default_rng(0).lognormal(size=(6, 3, 6)), FOUR_NAMES)


@given(panels())
def test_a_run_does_not_differ_from_itself(values):
    run = index(values, SYSTEM)
    result = compare(run, run)
    table = result.to_frame()
    assert (table["score_difference"] == 0).all()
    assert (table["rank_difference"] == 0).all()
    assert result.to_frame("parameters").empty
    assert result.to_frame("inputs").empty
    assert result.to_frame("summary")["moved_most"].isna().all()
    assert not result.warnings


@given(panels(), st.sampled_from(["entropy", "critic"]))
def test_swapping_the_runs_turns_every_difference(values, weighting):
    one, other = index(values, SYSTEM), index(values, SYSTEM, Method(weighting=weighting))
    there, back = compare(one, other).to_frame(), compare(other, one).to_frame()
    for name in ("score_difference", "rank_difference"):
        np.testing.assert_allclose(there[name], -back[name])
    np.testing.assert_array_equal(there["score_first"], one.to_frame()["score"])


@given(st.permutations(range(6)))
def test_rows_are_joined_by_their_labels(order):
    one = index(VALUES, SYSTEM)
    other = index(VALUES.isel(region=list(order)), SYSTEM)
    table = compare(one, other).to_frame()
    np.testing.assert_allclose(table["score_difference"], 0, atol=1e-12)
    assert table["region"].tolist() == one.to_frame()["region"].astype(str).tolist()


def test_parameters_inputs_and_scale():
    records = [InputRecord("a.csv", "00", 1), InputRecord("b.csv", "11", 1)]
    one = index(VALUES, SYSTEM, inputs=records)
    changed = [records[0], InputRecord("b.csv", "22", 2)]
    method = Method(normalisation="rank", aggregation="geometric")
    other = index(VALUES, SYSTEM, method, Uncertainty(draws=30), seed=4, inputs=changed)
    result = compare(one, other)
    table = result.to_frame("parameters").set_index("parameter")
    assert table.loc["normalisation"].tolist() == ["min-max", "rank"]
    assert table.loc["seed"].tolist() == ["0", "4"]
    assert table.loc["uncertainty.draws", "second"] == "30"
    assert "weighting" not in table.index
    assert result.to_frame("inputs").to_numpy().tolist() == [["b.csv", "11", "22"]]
    assert any("normalisation, aggregation, floor" in w.en for w in result.warnings)
    assert "尺度不同" in result.warnings[0].zh
    dumps(result.to_dict())
    dumps(dict(result.parameters))


def test_summary_names_who_moved_most():
    moved = VALUES.copy()
    moved[5] *= 50
    summary = compare(index(VALUES, SYSTEM), index(moved, SYSTEM)).to_frame("summary")
    root = summary[summary["node"] == "whole"]
    assert root["year"].tolist() == [2020, 2021, 2022]
    table = compare(index(VALUES, SYSTEM), index(moved, SYSTEM)).to_frame()
    part = table[(table["node"] == "whole") & (table["year"] == 2020)]
    row = root.iloc[0]
    assert row["regions"] == 6
    assert row["mean_rank_difference"] == pytest.approx(part["rank_difference"].abs().mean())
    assert row["largest_rank_difference"] == part["rank_difference"].abs().max()
    pearson = np.corrcoef(part["rank_first"], part["rank_second"])[0, 1]
    assert row["spearman"] == pytest.approx(pearson)


def test_couplings_compare_their_coordination():
    one = coupling(index(VALUES, SYSTEM))
    other = coupling(index(VALUES, SYSTEM, Method(weighting="entropy")))
    table = compare(one, other).to_frame()
    np.testing.assert_allclose(
        table["coordination_difference"],
        other.to_frame()["coordination"] - one.to_frame()["coordination"],
    )
    parameters = compare(one, other).to_frame("parameters")["parameter"].tolist()
    assert "index.weighting" in parameters


def test_missing_scores_stay_missing():
    holes = VALUES.copy()
    holes[0, 0, 0] = np.nan
    table = compare(index(VALUES, SYSTEM), index(holes, SYSTEM)).to_frame()
    gone = table[(table["region"] == "R00") & (table["year"] == 2020) & (table["node"] == "whole")]
    assert gone["score_difference"].isna().all()


def test_labels_that_differ_are_named():
    one = index(VALUES, SYSTEM)
    fewer = index(VALUES.isel(region=slice(1, None), year=slice(0, 2)), SYSTEM)
    with pytest.raises(InputError) as caught:
        compare(one, fewer)
    text = caught.value.text("en")
    assert "region only in the first: R00" in text
    assert "year only in the first: 2022" in text
    with pytest.raises(InputError, match="year only in the second: 2022"):
        compare(fewer, one)
    other = make_system({"a": ["a1", "a2"], "e": ["b1", "c1", "c2", "d1"]})
    with pytest.raises(InputError) as caught:
        compare(one, index(VALUES, other))
    assert "节点只在第一次：b、c、d" in caught.value.text("zh")
    assert "node only in the second: e" in caught.value.text("en")


def test_rows_of_one_run_only_are_named():
    one = coupling(index(VALUES, SYSTEM))
    table = one.to_frame().drop(index=1)
    with pytest.raises(InputError, match="R00 2021"):
        compare(one, Result(tables={"coupling": table}))


def test_an_index_does_not_compare_with_a_coupling():
    run = index(VALUES, SYSTEM)
    with pytest.raises(InputError, match="cannot be compared"):
        compare(run, coupling(run))


def test_ranks_and_their_differences_are_whole_numbers():
    holes = VALUES.copy()
    holes[0, 0, 0] = np.nan
    run = index(holes, SYSTEM, uncertainty=Uncertainty(draws=30))
    result = compare(run, index(VALUES, SYSTEM, Method(weighting="entropy")))
    for frame, columns in (
        (run.to_frame(), ("rank", "rank_low", "rank_high")),
        (result.to_frame(), ("rank_first", "rank_second", "rank_difference")),
        (result.to_frame("summary"), ("largest_rank_difference",)),
        (coupling(run).to_frame(), ("rank", "rank_low", "rank_high")),
    ):
        for column in columns:
            assert frame[column].dtype == "Int64", column
    row = run.to_dict()["scores"][0]
    assert row["rank"] is None
    assert isinstance(run.to_dict()["scores"][-1]["rank"], int)
