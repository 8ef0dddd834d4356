"""Who bears which loss: layers by hand, sums that hold for all of them, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinzhi.core import InputError
from xinzhi.plan.finance.guarantee_layers import bearer_losses, layer_losses, loss_layers


def table(*rows: tuple[str, str, float, float, float]) -> pd.DataFrame:
    columns = ["layer", "bearer", "attachment", "detachment", "share"]
    return pd.DataFrame(rows, columns=columns)


SHARED = (
    ("first", "state", 0.0, 0.05, 0.2),
    ("first", "city", 0.0, 0.05, 0.6),
    ("first", "bank", 0.0, 0.05, 0.2),
    ("excess", "bank", 0.05, np.nan, 1.0),
)


def test_losses_of_three_layers_by_hand():
    found = layer_losses([0, 5, 25, 70], [0, 10, 30], [10, 30, 100])
    np.testing.assert_array_equal(found, [[0, 5, 10, 10], [0, 0, 15, 20], [0, 0, 0, 40]])


def test_quota_shares_and_an_excess_layer_by_hand():
    layers = loss_layers(table(*SHARED), "city")
    assert layers.names == ("first", "excess")
    assert layers.bearers == ("state", "city", "bank")
    # exposure 1000: the first layer ends at 50
    found = bearer_losses([20.0, 80.0], layers, 1_000)
    np.testing.assert_allclose(found, [[4, 10], [12, 30], [4, 10 + 30]])


def test_without_a_table_the_fund_bears_all():
    layers = loss_layers(None, "city")
    np.testing.assert_array_equal(bearer_losses([3.0, 7.0], layers, 10), [[3, 7]])
    assert layers.bearers == ("city",)


def test_the_order_of_rows_does_not_matter_and_ends_may_be_left_out():
    turned = loss_layers(table(*SHARED[::-1]), "city")
    assert turned.names == ("first", "excess")
    np.testing.assert_allclose(turned.attachment, [0, 0.05])
    np.testing.assert_allclose(turned.detachment, [0.05, 1])
    plain = loss_layers(
        pd.DataFrame({"layer": "all", "bearer": ["city", "bank"], "share": [0.8, 0.2]}), "city"
    )
    np.testing.assert_allclose(bearer_losses([10.0], plain, 100), [[8], [2]])


@st.composite
def structures(draw: st.DrawFn) -> pd.DataFrame:
    """Draw one to five layers, each shared by one to three bearers."""
    inner = draw(st.lists(st.floats(0.01, 0.99), max_size=4, unique_by=lambda x: round(x, 3)))
    ends = [0.0, *sorted(inner), 1.0]
    rows = []
    for k in range(len(ends) - 1):
        parts = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
        rows += [
            (f"L{k}", f"B{b}", ends[k], ends[k + 1], part / sum(parts))
            for b, part in enumerate(parts)
        ]
    return table(*rows)


losses_drawn = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@settings(max_examples=25, deadline=None)
@given(structures(), losses_drawn)
def test_what_bearers_bear_adds_up_to_the_loss(structure, losses):
    layers = loss_layers(structure, "B0")
    whole = np.array(losses) * 500
    parts = bearer_losses(whole, layers, 500)
    np.testing.assert_allclose(parts.sum(axis=0), whole, atol=1e-9)
    assert (parts >= -1e-12).all()


@settings(max_examples=25, deadline=None)
@given(structures(), losses_drawn)
def test_nobody_bears_less_of_a_larger_loss(structure, losses):
    parts = bearer_losses(np.sort(losses), loss_layers(structure, "B0"), 1)
    assert (np.diff(parts, axis=1) >= -1e-12).all()


@settings(max_examples=25, deadline=None)
@given(structures(), losses_drawn, st.floats(0.2, 0.8))
def test_splitting_a_layer_changes_no_part(structure, losses, where):
    layers = loss_layers(structure, "B0")
    first = structure[structure["layer"] == "L0"]
    middle = where * first["detachment"].iloc[0]
    split = pd.concat(
        [
            first.assign(detachment=middle),
            first.assign(layer="L0 upper", attachment=middle),
            structure[structure["layer"] != "L0"],
        ]
    )
    again = loss_layers(split, "B0")
    assert again.bearers == layers.bearers
    np.testing.assert_allclose(
        bearer_losses(losses, again, 1), bearer_losses(losses, layers, 1), atol=1e-12
    )


@pytest.mark.parametrize(
    ("rows", "zh", "en"),
    [
        (
            [("a", "city", 0.1, 1.0, 1.0)],
            "0 到 0.1 之间没有层",
            "no layer lies between 0 and 0.1",
        ),
        (
            [("a", "city", 0.0, 0.2, 1.0), ("b", "bank", 0.3, 1.0, 1.0)],
            "a 止于 0.2，b 起于 0.3，中间有空档",
            "a ends at 0.2 and b begins at 0.3: there is a gap",
        ),
        (
            [("a", "city", 0.0, 0.4, 1.0), ("b", "bank", 0.3, 1.0, 1.0)],
            "a 止于 0.4，b 起于 0.3，两层重叠",
            "a ends at 0.4 and b begins at 0.3: they overlap",
        ),
        (
            [("a", "city", 0.0, 0.4, 1.0)],
            "超过 0.4 的损失无人承担",
            "nobody bears losses above 0.4",
        ),
        (
            [("a", "city", 0.4, 0.1, 1.0)],
            "表 layers 第 1 行，列 detachment：0.1，应大于同一行的 attachment",
            "table layers, row 1, column detachment: 0.1, expected above the row's attachment",
        ),
        (
            [("a", "city", 0.0, 1.0, 0.5), ("a", "bank", 0.0, 0.9, 0.5)],
            "第 2 行，列 detachment：0.9，同一层各行的 detachment 应相同",
            "row 2, column detachment: 0.9, rows of a layer share their detachment",
        ),
        (
            [("a", "city", 0.0, 1.0, 0.5), ("a", "bank", 0.0, 1.0, 0.4)],
            "a：0.9",
            "a: 0.9",
        ),
        (
            [("a", "city", 0.0, 1.0, 0.5), ("a", "city", 0.0, 1.0, 0.5)],
            "表 layers 第 2 行重复：a city",
            "table layers, row 2 is there twice: a city",
        ),
        (
            [("a", "city", 0.0, 1.0, 1.2)],
            "列 share：1.2，应在 0 与 1 之间",
            "column share: 1.2, expected a number between 0 and 1",
        ),
        (
            [("a", "city", -0.1, 1.0, 1.0)],
            "列 attachment：-0.1",
            "column attachment: -0.1",
        ),
        (
            [("a", "", 0.0, 1.0, 1.0)],
            "列 bearer：，不能为空",
            "column bearer: , it must not be empty",
        ),
    ],
)
def test_layers_that_do_not_fit_are_refused(rows, zh, en):
    with pytest.raises(InputError) as caught:
        loss_layers(table(*rows), "city")
    assert zh in caught.value.text("zh")
    assert en in caught.value.text("en")


def test_a_table_without_its_columns_or_rows_is_refused():
    with pytest.raises(InputError, match="table layers lacks columns: bearer, share") as caught:
        loss_layers(pd.DataFrame({"layer": ["a"]}), "city")
    assert "表 layers 缺少列：bearer、share" in caught.value.text("zh")
    with pytest.raises(InputError, match="table layers has no rows") as caught:
        loss_layers(table(), "city")
    assert "表 layers 没有数据行" in caught.value.text("zh")
