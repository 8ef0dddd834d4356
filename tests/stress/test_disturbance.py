"""Disturbances: their course over the days, how they combine, and what they refuse."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import small

from xinzhi.core import InputError, Text
from xinzhi.data.io_table import FinalCategory
from xinzhi.stress.disturbance import RECOVERY_KINDS, Disturbance, combined

HALF = np.array([0.5, 0.0])


@pytest.mark.parametrize(
    ("recovery", "course"),
    [
        ("none", [0, 1, 1, 0, 0, 0, 0]),
        ("linear", [0, 1, 1, 0.75, 0.5, 0.25, 0]),
        ("convex", [0, 1, 1, 0.75**2, 0.5**2, 0.25**2, 0]),
        ("concave", [0, 1, 1, 1 - 0.25**2, 1 - 0.5**2, 1 - 0.75**2, 0]),
        ("exponential", [0, 1, 1, 0.75, 0.75**2, 0.75**3, 0.75**4]),
    ],
)
def test_the_course_of_each_recovery(recovery, course):
    time = 0 if recovery == "none" else 4
    event = Disturbance(1, 2, recovery, time, capacity_lost=HALF)
    assert event.strength(np.arange(7)).tolist() == pytest.approx(course)


@given(st.sampled_from(RECOVERY_KINDS), st.integers(0, 9), st.integers(1, 9), st.integers(1, 9))
def test_strength_only_falls_after_the_duration(recovery, start, duration, time):
    time = 0 if recovery == "none" else time
    event = Disturbance(start, duration, recovery, time, capacity_lost=HALF)
    strength = event.strength(np.arange(40))
    assert (strength[:start] == 0).all()
    assert (strength[start : start + duration] == 1).all()
    assert (np.diff(strength[start:]) <= 0).all()
    assert strength.min() >= 0


@given(st.floats(0, 1), st.floats(0, 1))
def test_losses_of_one_thing_never_take_more_than_all_of_it(first, second):
    both = combined(first, second)
    assert max(first, second) - 1e-12 <= both <= 1
    assert both == pytest.approx(combined(second, first))


def test_a_scaled_event_takes_at_most_everything():
    event = Disturbance(0, 1, capacity_lost=np.array([0.4, 0.8]), demand_lost=np.array([[-1.0]]))
    larger = event.scaled(2.0)
    assert larger.capacity_lost.tolist() == [0.8, 1.0]
    assert larger.demand_lost.tolist() == [[-2.0]]
    assert event.scaled(0.0).capacity_lost.tolist() == [0.0, 0.0]


def test_arrays_are_copied_and_cannot_be_changed():
    lost = HALF.copy()
    event = Disturbance(0, 1, capacity_lost=lost)
    lost[0] = 0.9
    assert event.capacity_lost.tolist() == [0.5, 0.0]
    with pytest.raises(ValueError, match="read-only"):
        event.capacity_lost[0] = 0.9


@pytest.mark.parametrize(
    ("given", "english", "chinese"),
    [
        ({"start": -1}, "the start is day -1, must be >= 0", "开始日为 -1"),
        ({"duration": 0}, "the duration is 0 days, must be at least 1", "持续 0 天，至少应为 1 天"),
        ({"recovery": "slow"}, "no recovery named slow; there are: none, linear", "恢复方式 slow"),
        ({"recovery_time": 4}, "recovery none has no recovery time", "却给了 4 天"),
        ({"recovery": "linear"}, "recovery time of recovery linear is 0", "恢复时间为 0 天"),
        ({"capacity_lost": None}, "it takes nothing away", "没有任何损失"),
        (
            {"capacity_lost": [0.0, 1.2]},
            "capacity lost (capacity_lost) is 1.2 at position (1,), must be between 0 and 1",
            "产能损失（capacity_lost）在位置 (1,) 为 1.2，应在 0 与 1 之间",
        ),
        ({"demand_lost": [[2.0], [0.0]]}, "is 2 at position (0, 0), must be at most 1", "不超过 1"),
        ({"imports_lost": [np.nan, 0.0]}, "imports lost (imports_lost) is nan", "为 nan"),
        ({"rebuilding_time": 5}, "but no capital is lost", "却没有资本损毁"),
        ({"capital_lost": HALF, "rebuilding_time": 9}, "needs the products", "由哪些产品重建"),
        (
            {"capital_lost": HALF, "rebuilding": [0.5, 0.2], "rebuilding_time": 9},
            "the shares of rebuilding sum to 0.7",
            "之和为 0.7",
        ),
        (
            {"capital_lost": HALF, "rebuilding": [0.5, 0.5]},
            "the rebuilding time is 0 days",
            "为 0 天，至少应为 1 天",
        ),
    ],
)
def test_what_an_event_cannot_be(given, english, chinese):
    with pytest.raises(InputError) as error:
        Disturbance(**({"start": 0, "duration": 1, "capacity_lost": HALF} | given))
    assert english in error.value.text("en")
    assert chinese in error.value.text("zh")


def test_an_event_must_fit_the_table():
    table = small([[10.0, 20.0], [30.0, 10.0]], [100.0, 100.0])
    Disturbance(0, 1, imports_lost=np.zeros((2, 2))).check(table)
    with pytest.raises(InputError) as error:
        Disturbance(0, 1, imports_lost=np.zeros(3)).check(table)
    assert "imports_lost of the event has shape (3,); the table needs (2,) / (2, 2)" in (
        error.value.text("en")
    )
    assert "imports_lost 形状为 (3,)" in error.value.text("zh")

    competitive = replace(
        table,
        imports=np.array([5.0, 0.0]),
        final_demand=table.final_demand + np.array([[5.0], [0.0]]),
    )
    with pytest.raises(InputError) as error:
        Disturbance(0, 1, imports_lost=HALF).check(competitive)
    assert "a cut of imports cannot be computed" in error.value.text("en")
    assert "split_imports_proportionally" in error.value.text("zh")


def test_stock_changes_cannot_be_lost():
    table = small([[10.0, 20.0], [30.0, 10.0]], [100.0, 100.0])
    stocks = FinalCategory("STOCK", "stock_changes", Text("库存变动", "Stock changes"))
    with pytest.raises(InputError) as error:
        Disturbance(0, 1, demand_lost=HALF[:, np.newaxis]).check(
            replace(table, final_categories=(stocks,))
        )
    assert "takes from stock changes" in error.value.text("en")
    assert "库存变动保持基年水平" in error.value.text("zh")
