from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu, rankdata

from xinzhi.core import InputError
from xinzhi.structure.strengths.entries import (
    SCORES,
    EntryTables,
    Presence,
    entry_tables,
    past_entry_rates,
)
from xinzhi.structure.strengths.entry_scores import (
    area_under_curve,
    average_ranks,
    hits_at,
    ratio_interval,
    region_draws,
)

REGIONS = ("A", "B", "C")
ACTIVITIES = ("w", "x", "y", "z")


def small_case() -> EntryTables:
    """Three regions over one window of two years; the answers below are by hand."""
    start = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], dtype=bool)
    end = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]], dtype=bool)
    density = np.array([[0.9, 0.6, 0.3, 0.2], [0.8, 0.7, 0.5, 0.4], [0.1, 0.2, 0.9, 0.3]])
    years = (Presence(2020, start, density), Presence(2022, end, density))
    return entry_tables(
        (2020, 2022), years.__getitem__, REGIONS, ACTIVITIES, horizon=2, precision_at=1, bins=2
    )


def test_entries_and_exits_are_counted():
    changes = small_case().changes.set_index("region")
    assert changes["present"].tolist() == [1, 2, 1]
    assert changes["entries"].tolist() == [1, 1, 1]
    assert changes["exits"].tolist() == [0, 1, 0]
    assert changes["entry_rate"].tolist() == pytest.approx([1 / 3, 1 / 2, 1 / 3])
    assert changes["exit_rate"].tolist() == pytest.approx([0, 1 / 2, 0])
    assert (changes["start_year"] == 2020).all()
    assert (changes["end_year"] == 2022).all()


def test_the_events_are_listed_with_the_density_before():
    events = small_case().events
    found = {
        (row.region, row.activity, row.event): row.density for row in events.itertuples(index=False)
    }
    assert found == {
        ("A", "x", "entry"): 0.6,
        ("B", "y", "entry"): 0.5,
        ("C", "z", "entry"): 0.3,
        ("B", "x", "exit"): 0.7,
    }


def test_the_record_of_density_by_hand():
    table = small_case().prediction
    one = table[table["start_year"] == 2020].set_index("score")
    whole = table[table["start_year"].isna()].set_index("score")
    density = one.loc["density"]
    # candidates: A .6+ .3 .2; B .5+ .4; C .1 .2 .3+ (+ entered): in each region it comes first
    assert density["candidates"] == 8
    assert density["entries"] == 3
    assert density["base_rate"] == pytest.approx(3 / 8)
    assert density["auc_within"] == 1.0
    assert density["precision"] == 1.0
    # all together: .6 and .5 beat the five others; .3 beats .2 .1 .2, ties with .3, loses to .4
    assert density["auc"] == pytest.approx((5 + 5 + 3.5) / 15)
    # popularity: w 2, x 1, y 1, z 0. A: x ties y, beats z; B: y beats z; C: z loses to both
    popularity = one.loc["popularity"]
    assert popularity["auc_within"] == pytest.approx((0.75 + 1 + 0) / 3)
    assert popularity["precision"] == pytest.approx((0.5 + 1 + 0) / 3)
    assert density["gain"] == pytest.approx(1 - 1.75 / 3)
    assert popularity["gain"] == 0
    shared = ["auc", "auc_within", "precision", "entries"]
    assert whole.loc["density", shared].tolist() == density[shared].tolist()
    assert set(table["score"]) == set(SCORES)


def test_calibration_by_hand():
    table = small_case().calibration
    # densities .1 .2 .2 .3 .3 .4 .5 .6: halves at .3, which belongs to the upper one
    assert table["density_low"].tolist() == pytest.approx([0.1, 0.3])
    assert table["density_high"].tolist() == pytest.approx([0.3, 0.6])
    assert table["candidates"].tolist() == [3, 5]
    assert table["entries"].tolist() == [0, 3]
    assert table["rate"].tolist() == pytest.approx([0, 0.6])
    rate, low, high = past_entry_rates(np.array([[0.05, 0.3], [0.9, np.nan]]), table)
    assert rate == pytest.approx(np.array([[0, 0.6], [0.6, np.nan]]), nan_ok=True)
    assert np.nanmax(low - rate) <= 0
    assert np.nanmin(high - rate) >= 0


def test_a_region_without_data_in_a_year_neither_enters_nor_exits():
    start = np.array([[1, 0], [0, 0], [1, 0]], dtype=bool)
    end = np.array([[1, 1], [1, 1], [0, 0]], dtype=bool)
    density = np.full((3, 2), 0.5)
    years = (Presence(1, start, density), Presence(2, end, density))
    tables = entry_tables((1, 2), years.__getitem__, REGIONS, ("w", "x"), horizon=1)
    assert tables.changes["entries"].tolist() == [1, 0, 0]
    assert tables.changes["exits"].tolist() == [0, 0, 0]
    assert np.isnan(tables.changes["entry_rate"].iloc[1])


def test_only_the_first_year_ranks_its_candidates():
    """Whatever the density of the end is, the record stays the same."""
    generator = np.random.default_rng(0)
    present = generator.random((3, 6, 8)) < 0.4
    density = generator.random((3, 6, 8))
    names = [str(k) for k in range(8)]

    def record(last: np.ndarray) -> EntryTables:
        years = [Presence(k, present[k], density[k] if k < 2 else last) for k in range(3)]
        return entry_tables((0, 1, 2), years.__getitem__, names[:6], names, horizon=1, draws=50)

    first, second = record(density[2]), record(generator.random((6, 8)))
    assert first.prediction.equals(second.prediction)
    assert first.calibration.equals(second.calibration)


def test_without_two_years_so_far_apart_there_is_no_record():
    years = (Presence(2020, np.ones((3, 4), bool), np.ones((3, 4))),)
    tables = entry_tables((2020,), years.__getitem__, REGIONS, ACTIVITIES)
    assert [len(table) for table in tables] == [0, 0, 0, 0]
    assert "entry_rate" in tables.changes
    assert "auc_within" in tables.prediction
    rates = past_entry_rates(np.array([0.5]), tables.calibration)
    assert all(np.isnan(rate).all() for rate in rates)


def test_without_density_entries_are_counted_and_nothing_is_judged():
    start, end = np.eye(3, dtype=bool), np.ones((3, 3), bool)
    years = (Presence(1, start, np.full((3, 3), np.nan)), Presence(2, end, np.ones((3, 3))))
    tables = entry_tables((1, 2), years.__getitem__, REGIONS, ("w", "x", "y"), horizon=1)
    assert tables.changes["entries"].tolist() == [2, 2, 2]
    assert tables.prediction.empty
    assert tables.calibration.empty


@pytest.mark.parametrize("name", ["horizon", "precision_at", "bins", "draws"])
def test_numbers_below_one_are_refused(name: str):
    with pytest.raises(InputError) as refusal:
        entry_tables((2020,), [].__getitem__, REGIONS, ACTIVITIES, **{name: 0})
    assert f"{name} 为 0，应不小于 1" in refusal.value.text("zh")
    assert f"{name} is 0; it must be 1 or more" in refusal.value.text("en")


scores = st.lists(st.integers(0, 6), min_size=2, max_size=30)


@given(scores, st.randoms(use_true_random=False))
def test_the_area_is_that_of_mann_and_whitney(values, random):
    happened = np.array([random.random() < 0.4 for _ in values])
    array = np.array(values, dtype=float)
    area = area_under_curve(array, happened)
    if happened.all() or not happened.any():
        assert np.isnan(area)
        return
    pairs = [
        (ours > other) + (ours == other) / 2
        for ours in array[happened]
        for other in array[~happened]
    ]
    assert area == pytest.approx(np.mean(pairs))
    statistic = mannwhitneyu(array[happened], array[~happened]).statistic
    assert area == pytest.approx(statistic / (happened.sum() * (~happened).sum()))
    assert area_under_curve(-array, happened) == pytest.approx(1 - area)
    assert area_under_curve(np.exp(array), happened) == pytest.approx(area)


@given(scores)
def test_ranks_are_those_of_scipy(values):
    array = np.array(values, dtype=float)
    assert average_ranks(array).tolist() == rankdata(array).tolist()


@given(scores, st.integers(1, 40), st.randoms(use_true_random=False))
def test_hits_are_the_mean_over_orders_of_ties(values, count, random):
    array = np.array(values, dtype=float)
    happened = np.array([random.random() < 0.5 for _ in values])
    hits, taken = hits_at(array, happened, count)
    assert taken == min(count, len(array))
    generator = np.random.default_rng(0)
    drawn = []
    for _ in range(400):
        order = np.lexsort((generator.random(len(array)), -array))
        drawn.append(happened[order[:taken]].sum())
    assert hits == pytest.approx(np.mean(drawn), abs=0.35)


def test_intervals_draw_whole_regions():
    draws = region_draws(3, 2000, seed=1)
    assert draws.sum(axis=1).tolist() == [3.0] * 2000
    whole, low, high = ratio_interval(
        np.array([0.0, 5.0, 10.0]), np.array([10.0, 10.0, 10.0]), draws, 0.9
    )
    assert (whole, low, high) == pytest.approx((0.5, 1 / 6, 5 / 6))
    same = ratio_interval(np.array([1.0, 1.0, 1.0]), np.array([4.0, 4.0, 4.0]), draws, 0.9)
    assert same == pytest.approx((0.25, 0.25, 0.25))
    gone = ratio_interval(np.zeros(3), np.zeros(3), draws, 0.9)
    assert np.isnan(gone).all()
