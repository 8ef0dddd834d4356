"""Knowledge stocks and the pools of others' stocks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan.knowledge_cases import random_panel

from xinzhi.core import InputError
from xinzhi.plan.innovation.knowledge_spillovers import (
    spillover_pool,
    technology_proximity,
    weight_matrix,
)
from xinzhi.plan.innovation.knowledge_stock import knowledge_stock

SPENDING = pd.DataFrame(
    {"unit": "a", "year": [2020, 2021, 2022], "expenditure": [100.0, 110.0, 121.0]}
)


def test_stock_by_hand():
    # g = 10 %, so that K before 2020 is 100 / (0.1 + 0.15) = 400
    found = knowledge_stock(SPENDING)
    assert found["stock"].tolist() == pytest.approx([440.0, 484.0, 532.4])
    assert found["initial_share"].tolist() == pytest.approx(
        [0.85 * 400 / 440, 0.85**2 * 400 / 484, 0.85**3 * 400 / 532.4]
    )


def test_knowledge_takes_years():
    found = knowledge_stock(SPENDING, gestation=1)
    assert found["year"].tolist() == [2021, 2022]
    assert found["stock"].tolist() == pytest.approx([440.0, 484.0])


@settings(max_examples=10)
@given(
    st.lists(st.floats(0.5, 50), min_size=2, max_size=8),
    st.floats(0, 0.6),
    st.floats(0.01, 100),
    st.floats(0.0, 0.2),
)
def test_perpetual_inventory_identities(spending, depreciation, scale, growth):
    panel = pd.DataFrame({"unit": "a", "year": range(len(spending)), "expenditure": spending})
    options = {"depreciation": depreciation, "growth": growth + 0.01}
    stock = knowledge_stock(panel, **options)["stock"].to_numpy()
    assert stock[1:] - (1 - depreciation) * stock[:-1] == pytest.approx(spending[1:], abs=1e-9)
    scaled = knowledge_stock(panel.assign(expenditure=scale * panel["expenditure"]), **options)
    assert scaled["stock"].to_numpy() == pytest.approx(scale * stock)
    # spending that grows at g keeps the stock in proportion to it
    steady = panel.assign(expenditure=(1 + options["growth"]) ** panel["year"])
    ratio = knowledge_stock(steady, **options)["stock"] / steady["expenditure"]
    assert ratio.to_numpy() == pytest.approx(ratio.iloc[0])


def test_order_of_rows_does_not_matter():
    panel = random_panel(1).rename(columns={"x": "expenditure"})
    mixed = panel.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(knowledge_stock(panel), knowledge_stock(mixed))


@pytest.mark.parametrize(
    ("panel", "options", "zh", "en"),
    [
        (
            SPENDING.iloc[[0, 2]],
            {},
            "缺少中间的年份：a 2021",
            "miss a period between others: a 2021",
        ),
        (
            SPENDING.assign(expenditure=-1.0),
            {},
            "投资为负：a 2020",
            "investment is negative: a 2020",
        ),
        (SPENDING.assign(expenditure=0.0), {}, "首末年投资须为正", "positive investment"),
        (SPENDING, {"depreciation": 1.0}, "折旧率应在 0 与 1 之间", "must lie between 0 and 1"),
        (
            SPENDING,
            {"gestation": 3},
            "应在 0 与 2 之间，现为 3",
            "lie between 0 and 2, not 3\nThe shortest unit has 3 years",
        ),
    ],
)
def test_wrong_spending_is_refused(panel, options, zh, en):
    with pytest.raises(InputError) as caught:
        knowledge_stock(panel, **options)
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


FIELDS = pd.DataFrame(
    {
        "unit": ["a", "a", "b", "b", "c"],
        "field": ["x", "y", "x", "y", "z"],
        "patents": [3.0, 4.0, 4.0, 3.0, 2.0],
    }
)


def test_proximity_by_hand():
    found = technology_proximity(FIELDS)
    assert found.loc["a", "b"] == pytest.approx(24 / 25)
    assert found.loc["a", "c"] == 0.0
    assert np.diag(found).tolist() == [1.0, 1.0, 1.0]


def test_proximity_does_not_depend_on_size():
    larger = FIELDS.assign(patents=FIELDS["patents"].where(FIELDS["unit"] != "a", 7 * 3.0))
    larger.loc[1, "patents"] = 7 * 4.0
    pd.testing.assert_frame_equal(technology_proximity(FIELDS), technology_proximity(larger))


STOCKS = pd.DataFrame(
    {
        "unit": ["a", "b", "c"] * 2,
        "year": [2020] * 3 + [2021] * 3,
        "stock": [1.0, 10.0, 100.0, 2.0, 20.0, 200.0],
    }
)
WEIGHTS = pd.DataFrame(
    {
        "unit": ["a", "a", "b", "c"],
        "other": ["b", "c", "a", "a"],
        "weight": [1.0, 3.0, 0.5, 2.0],
    }
)


def test_pool_by_hand():
    found = spillover_pool(weight_matrix(WEIGHTS), STOCKS)
    pool = found.pivot(index="year", columns="unit", values="spillover")
    assert pool.loc[2020].tolist() == pytest.approx([310.0, 0.5, 2.0])
    assert pool.loc[2021].tolist() == pytest.approx([620.0, 1.0, 4.0])
    shares = spillover_pool(weight_matrix(WEIGHTS), STOCKS, normalise=True)
    assert shares["spillover"].iloc[0] == pytest.approx(310 / 4)


def test_own_stock_never_counts():
    weights = weight_matrix(WEIGHTS)
    with_own = weights + np.eye(3) * 5
    pd.testing.assert_frame_equal(spillover_pool(weights, STOCKS), spillover_pool(with_own, STOCKS))


def test_absent_stock_is_not_zero():
    stocks = STOCKS.assign(stock=STOCKS["stock"].mask(STOCKS["stock"] == 10.0))
    found = spillover_pool(weight_matrix(WEIGHTS), stocks).set_index(["unit", "year"])["spillover"]
    assert np.isnan(found["a", 2020])
    assert found["c", 2020] == pytest.approx(2.0)


@settings(max_examples=10)
@given(st.permutations(["a", "b", "c"]), st.floats(0.1, 10))
def test_pool_is_linear_and_blind_to_order(order, scale):
    weights = weight_matrix(WEIGHTS)
    base = spillover_pool(weights, STOCKS)["spillover"].to_numpy()
    moved = spillover_pool(weights.loc[order, order], STOCKS.sample(frac=1, random_state=1))
    assert moved["spillover"].to_numpy() == pytest.approx(base)
    scaled = spillover_pool(scale * weights, STOCKS)["spillover"].to_numpy()
    assert scaled == pytest.approx(scale * base)


def test_wrong_weights_are_refused():
    weights = weight_matrix(WEIGHTS)
    with pytest.raises(InputError, match="1 missing, 0 too many"):
        spillover_pool(weights.drop(index="b"), STOCKS)
    with pytest.raises(InputError) as caught:
        spillover_pool(weights - 1, STOCKS)
    assert "权重应为不小于 0 的数；b 对 a 为 -0.5" in caught.value.text("zh")
    assert "that of b from a is -0.5" in caught.value.text("en")
    isolated = weights.copy()
    isolated.loc["b"] = 0.0
    with pytest.raises(InputError) as caught:
        spillover_pool(isolated, STOCKS, normalise=True)
    assert "无法按行标准化：b" in caught.value.text("zh")
    assert "receive from nobody" in caught.value.text("en")


def test_units_without_patents_have_no_proximity():
    empty = pd.concat([FIELDS, pd.DataFrame({"unit": ["d"], "field": ["x"], "patents": [0.0]})])
    with pytest.raises(InputError) as caught:
        technology_proximity(empty)
    assert "技术距离无从定义：d" in caught.value.text("zh")
    assert "no proximity is defined: d" in caught.value.text("en")
    with pytest.raises(InputError, match="patents is negative: c z"):
        technology_proximity(FIELDS.assign(patents=[3.0, 4.0, 4.0, 3.0, -2.0]))
