from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.stats import rankdata

from xinzhi.structure.strengths.recommendation import (
    Evidence,
    mean_ranks,
    pareto_set,
    recommendations,
)

points = arrays(
    np.float64, st.tuples(st.integers(1, 25), st.integers(1, 4)), elements=st.integers(0, 5)
)


@given(points)
def test_the_set_holds_what_no_other_beats(objectives):
    found = pareto_set(objectives)
    for place, own in enumerate(objectives):
        beaten = any((o >= own).all() and (o > own).any() for o in objectives)
        assert found[place] == (not beaten)


@given(points, st.randoms(use_true_random=False))
def test_order_scale_and_shift_change_nothing(objectives, random):
    order = list(range(len(objectives)))
    random.shuffle(order)
    found = pareto_set(objectives)
    assert pareto_set(objectives[order]).tolist() == found[order].tolist()
    assert pareto_set(3 * objectives - 7).tolist() == found.tolist()
    ranks = mean_ranks(objectives)
    assert mean_ranks(objectives[order]).tolist() == ranks[order].tolist()


@given(points)
def test_ranks_are_those_of_the_mean_rank(objectives):
    means = np.mean([rankdata(-column) for column in objectives.T], axis=0)
    assert mean_ranks(objectives) == pytest.approx(rankdata(means, method="min"))


REGIONS = ("A", "B")
ACTIVITIES = ("u", "v", "w", "x")
PRESENT = np.array([[True, False, False, False], [True, True, False, False]])
DENSITY = np.array([[0.9, 0.8, 0.5, 0.4], [0.6, 0.7, 0.3, 0.2]])
PCI = np.array([1.0, 0.2, 0.6, 0.1])
GROWTH = np.array([0.0, 0.1, 0.1, 0.3])


def run(evidence: Evidence, resampled=()):
    return recommendations(PRESENT, evidence, resampled, (REGIONS, ACTIVITIES), 0.9)


def names(frame, region: str, kind: str) -> list[str]:
    return frame.query("region == @region and kind == @kind")["activity"].tolist()


def test_strengths_and_gaps_by_hand():
    frame, left_out = run(Evidence(DENSITY, PCI, None, None))
    assert left_out == 0
    assert names(frame, "A", "strength") == ["u"]
    # v is the closest, w the most complex, x is beaten by both
    assert set(names(frame, "A", "gap")) == {"v", "w"}
    assert set(names(frame, "B", "strength")) == {"u", "v"}
    assert names(frame, "B", "gap") == ["w"]
    gap = frame.query("region == 'A' and kind == 'gap'")
    assert gap["candidates"].tolist() == [3, 3]
    # ranks 1 and 2 in density, 2 and 1 in complexity: they share the first place
    assert gap["rank"].tolist() == [1.0, 1.0]
    assert frame["rank_low"].isna().all()
    assert frame["growth"].isna().all()


def test_growth_and_security_bring_others_in():
    frame, _ = run(Evidence(DENSITY, PCI, GROWTH, None))
    assert set(names(frame, "A", "gap")) == {"v", "w", "x"}
    dependence = np.array([0.5, 0.9, 0.1, 0.9])
    frame, _ = run(Evidence(DENSITY, PCI, None, dependence))
    gap = frame.query("region == 'A' and kind == 'gap'").set_index("activity")
    assert gap.loc["w", "rank"] == 1
    assert gap.loc["w", "dependence"] == 0.1


def test_what_lacks_an_objective_is_left_out_and_counted():
    frame, left_out = run(Evidence(DENSITY, np.array([1.0, np.nan, 0.6, 0.1]), None, None))
    assert left_out == 2
    assert names(frame, "A", "gap") == ["w"]


def test_stability_counts_the_draws():
    turned = Evidence(DENSITY, np.array([1.0, 0.7, 0.6, 0.1]), None, None)
    base = Evidence(DENSITY, PCI, None, None)
    frame, _ = run(base, [base, turned, turned, turned])
    gap = frame.query("region == 'A' and kind == 'gap'").set_index("activity")
    # with the turned complexity v beats w
    assert gap["front_share"].to_dict() == {"v": 1.0, "w": 0.25}
    assert gap.loc["v", ["rank_low", "rank_high"]].tolist() == [1.0, 1.0]
    assert gap.loc["w", "rank_low"] == pytest.approx(1.15)
    assert gap.loc["w", "rank_high"] == 2.0


def test_what_a_draw_does_not_define_ranks_last_in_it():
    base = Evidence(DENSITY, PCI, None, None)
    hole = Evidence(DENSITY, np.array([1.0, 0.2, np.nan, 0.1]), None, None)
    frame, _ = run(base, [hole])
    gap = frame.query("region == 'A' and kind == 'gap'").set_index("activity")
    assert gap.loc["w", "front_share"] == 0
    assert gap.loc["v", "front_share"] == 1


def test_nothing_to_compare_gives_no_rows():
    frame, left_out = run(Evidence(np.full((2, 4), np.nan), PCI, None, None))
    assert frame.empty
    assert left_out == 8
    assert {"region", "kind", "activity", "rank", "front_share"} <= set(frame.columns)
