from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from tests.io_strategies import io_tables
from tests.structure.chokepoint_cases import chain_table, two_regions

from xinzhi.core import ComputationError, InputError
from xinzhi.data.io_table import IOTable
from xinzhi.structure import outage as module
from xinzhi.structure.dependence import economies
from xinzhi.structure.outage import (
    ASSUMPTIONS,
    RATIONINGS,
    Outage,
    lost_output,
    output_at_risk,
    remaining_output,
)

FALLS = st.floats(0.0, 1.0)
RATIONS = st.sampled_from(RATIONINGS)


def loss(table: IOTable, outage: Outage, elasticity: float = 0.0) -> np.ndarray:
    return lost_output(economies(table)[0], 0, outage, elasticity)[1]


def test_production_from_what_is_left_worked_by_hand():
    available = np.array([[0.5, 1.0], [1.0, 0.8]])
    shares = np.array([[0.1, 0.0], [0.3, 0.5]])
    assert remaining_output(available, shares).tolist() == [0.5, 0.8]
    # elasticity 1/2 has exponent −1: weighted harmonic means
    harmonic = remaining_output(available, shares, 0.5)
    assert harmonic.tolist() == pytest.approx([1 / (0.9 + 0.1 / 0.5), 1 / (0.5 + 0.5 / 0.8)])
    # elasticity 1: weighted geometric means; elasticity 2 has exponent 1/2
    assert remaining_output(available, shares, 1.0).tolist() == pytest.approx([0.5**0.1, 0.8**0.5])
    squared = remaining_output(available, shares, 2.0)
    assert squared[1] == pytest.approx((0.5 + 0.5 * 0.8**0.5) ** 2)


def test_an_input_that_is_all_gone_stops_what_cannot_do_without_it():
    available, shares = np.array([[0.0]]), np.array([[0.2]])
    assert [float(remaining_output(available, shares, s)[0]) for s in (0.0, 0.5, 1.0)] == [0, 0, 0]
    assert remaining_output(available, shares, 2.0)[0] == pytest.approx(0.8**2)


def test_losses_worked_by_hand():
    table = chain_table()
    # half of 01's only input is gone; its final output of 60 takes the loss of 50
    assert loss(table, Outage(0.5)).tolist() == pytest.approx([0.5, 0.0])
    # at a full stop 100 is lost, 60 of it final, so that none of the 40 reaches sector 02
    assert loss(table, Outage(1.0)).tolist() == pytest.approx([1.0, 1.0])
    assert loss(table, Outage(0.8)).tolist() == pytest.approx([0.8, 0.5])
    assert loss(table, Outage(0.5, rationing="proportional")).tolist() == pytest.approx([0.5, 0.5])
    assert loss(table, Outage(0.5), 0.5)[0] == pytest.approx(1 - 1 / 1.1)


def test_what_was_drawn_from_stocks_is_drawn_on():
    consumption, exports = chain_table().final_categories
    table = chain_table(
        final_categories=(replace(consumption, kind="stock_changes"), exports),
        final_demand=np.array([[-20.0, 10.0], [150.0, 50.0]]),
        output=np.array([30.0, 200.0]),
        primary_inputs=np.array([[20.0, 110.0]]),
    )
    # of 40 that sector 02 gets, sector 01 makes 30 and loses 15; the rest is drawn from stocks
    assert loss(table, Outage(0.5)).tolist() == pytest.approx([0.5, 15 / 40])


def test_output_at_risk_worked_by_hand():
    outage = Outage(fall=0.5, elasticity=0.5, stock_days=30, duration=90)
    frame = output_at_risk(chain_table(), outage, ["01"]).set_index("assumption")
    year = 90 / 365
    leontief, ces, stocks = (frame.loc[name] for name in ("leontief", "ces", "inventories"))
    assert leontief["output_loss"] == pytest.approx(50 * year)
    assert leontief["direct_output_loss"] == leontief["output_loss"]
    assert leontief["value_added_loss"] == pytest.approx(45 * year)
    assert leontief["output_loss_share"] == pytest.approx(50 / 300)
    assert leontief["value_added_loss_share"] == pytest.approx(45 / 200)
    assert (leontief["most_affected"], leontief["most_affected_loss"]) == ("01", 0.5)
    assert ces["output_loss"] == pytest.approx((100 - 100 / 1.1) * year)
    # thirty days of stock make good half of the use for sixty days
    assert outage.days_of_loss == 30
    assert stocks["output_loss"] == pytest.approx(50 * 30 / 365)
    assert stocks["most_affected_loss"] == pytest.approx(0.5 / 3)


def test_a_stock_that_lasts_as_long_as_the_outage_leaves_no_loss():
    outage = Outage(fall=0.25, stock_days=30, duration=120)
    frame = output_at_risk(chain_table(), outage, ["01"]).set_index("assumption")
    assert frame.loc["inventories", "output_loss"] == 0
    assert pd.isna(frame.loc["inventories", "most_affected"])
    assert frame.loc["leontief", "output_loss"] > 0


def test_a_region_of_many_loses_by_what_it_buys_elsewhere():
    # all of A's 02 uses 01, four fifths of it from elsewhere
    frame = output_at_risk(two_regions(), Outage(0.5), ["01"], "A")
    assert frame["region"].tolist() == ["A"] * 3
    assert frame["output_loss"].iloc[0] == pytest.approx(0.5 * 0.8 * 100)
    with pytest.raises(InputError, match="has 2 regions; name one of them"):
        output_at_risk(two_regions())


def test_without_products_the_columns_stand():
    assert output_at_risk(chain_table(), products=[]).columns.tolist() == (
        output_at_risk(chain_table()).columns.tolist()
    )


def test_every_assumption_says_what_it_leaves_out():
    assert (
        list(ASSUMPTIONS) == output_at_risk(chain_table(), products=["01"])["assumption"].tolist()
    )
    for _, leaves_out in ASSUMPTIONS.values():
        assert leaves_out.en.startswith(("Leaves out", "The elasticity", "Days of stock"))
        assert "leaves out" in leaves_out.en.lower()
        assert "不含" in leaves_out.zh


@given(io_tables(kinds=("separate",)), st.floats(0.1, 5.0), RATIONS)
def test_no_fall_no_loss(table: IOTable, elasticity: float, rationing):
    frame = output_at_risk(table, Outage(0.0, elasticity, rationing=rationing))
    assert not frame["output_loss"].any()
    assert not frame["value_added_loss"].any()
    assert frame["most_affected"].isna().all()


@given(io_tables(kinds=("separate",)), FALLS, FALLS, st.sampled_from([0.0, 0.3, 2.0]), RATIONS)
def test_a_larger_fall_never_loses_less(table: IOTable, one, other, elasticity, rationing):
    small, large = sorted((one, other))
    less = loss(table, Outage(small, rationing=rationing), elasticity)
    more = loss(table, Outage(large, rationing=rationing), elasticity)
    assert (more >= less - 1e-7).all()
    assert ((more >= 0) & (more <= large + 1e-7)).all()


@given(io_tables(kinds=("separate",)), FALLS, FALLS)
def test_stocks_keep_the_loss_monotone_and_below_that_without(table: IOTable, one, other):
    small, large = sorted((one, other))
    cases = [output_at_risk(table, Outage(fall), ["00"]) for fall in (small, large)]
    less, more = (case.set_index("assumption")["output_loss"] for case in cases)
    scale = 1e-7 * table.output.sum()
    assert more["inventories"] >= less["inventories"] - scale
    assert more["inventories"] <= more["leontief"] + scale


@given(io_tables(kinds=("separate",)), FALLS, RATIONS)
def test_substitution_never_loses_more_than_fixed_coefficients(table, fall, rationing):
    outage = Outage(fall, rationing=rationing)
    fixed = loss(table, outage)
    before = fixed
    for elasticity in (0.05, 0.5, 1.0, 3.0):
        now = loss(table, outage, elasticity)
        assert (now <= before + 1e-7).all()
        before = now


@given(
    npst.arrays(np.float64, (3, 4), elements=st.floats(0.0, 1.0)),
    npst.arrays(np.float64, (3, 4), elements=st.sampled_from([0.0, 0.01, 0.1, 0.3])),
)
def test_the_technology_becomes_leontief_as_the_elasticity_vanishes(available, shares):
    fixed = remaining_output(available, shares)
    gaps = [np.abs(remaining_output(available, shares, s) - fixed) for s in (0.1, 1e-2, 1e-3)]
    assert (gaps[2] <= 5e-3).all()
    assert (gaps[1] <= gaps[0] + 1e-12).all()
    assert (gaps[2] <= gaps[1] + 1e-12).all()


def test_the_loss_becomes_that_of_leontief_as_the_elasticity_vanishes():
    for rationing in RATIONINGS:
        outage = Outage(0.8, rationing=rationing)
        gaps = [
            np.abs(loss(chain_table(), outage, s) - loss(chain_table(), outage)).max()
            for s in (0.1, 1e-2, 1e-3, 1e-4)
        ]
        assert gaps == sorted(gaps, reverse=True)
        assert gaps[-1] < 1e-3


@given(io_tables(kinds=("separate",)), FALLS, st.sampled_from([0.0, 0.5]), RATIONS)
def test_what_remains_can_be_made_of_what_is_delivered(table, fall, elasticity, rationing):
    (economy,) = economies(table)
    direct, lost = lost_output(economy, 0, Outage(fall, rationing=rationing), elasticity)
    assert (lost >= direct - 1e-12).all()
    final = np.maximum(0.0, economy.final_output)
    delivered = 1.0 - lost
    if rationing == "producers_first":
        sold = economy.flows.sum(axis=1)
        missing = np.maximum(0.0, lost * economy.output - final)
        delivered = 1.0 - np.divide(missing, sold, where=sold > 0, out=0 * sold)
    theta = economy.imported_share
    falls = np.zeros(len(theta))
    falls[0] = fall
    available = theta * (1 - falls)[:, None] + (1 - theta) * delivered[:, None]
    made = remaining_output(available, economy.direct + economy.coefficients, elasticity)
    np.testing.assert_allclose(1.0 - lost, made, atol=1e-5)


@pytest.mark.parametrize(
    ("options", "en", "zh"),
    [
        (
            {"fall": 1.2},
            "fall is 1.2; it must be from 0 to 1",
            "fall 为 1.2，应在 0 与 1 之间",
        ),
        ({"fall": float("nan")}, "fall is nan", "fall 为 nan"),
        ({"elasticity": 0}, "elasticity is 0; it must be above 0", "elasticity 为 0，应大于 0"),
        ({"stock_days": -1}, "stock_days is -1; it must be 0 or more", "应不小于 0"),
        ({"duration": 0}, "duration is 0; it must be above 0", "duration 为 0"),
        (
            {"rationing": "auction"},
            "no rationing auction; choose from producers_first, proportional",
            "没有配给方式 auction；可选：producers_first、proportional",
        ),
    ],
)
def test_wrong_assumptions_are_refused(options, en: str, zh: str):
    with pytest.raises(InputError) as refusal:
        Outage(**options)
    assert en in refusal.value.text("en")
    assert zh in refusal.value.text("zh")


def test_an_unknown_product_is_named():
    with pytest.raises(InputError, match="no sector 99"):
        output_at_risk(chain_table(), products=["99"])


def test_rounds_that_do_not_settle_are_reported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_MOST_ROUNDS", 1)
    with pytest.raises(ComputationError) as failure:
        loss(chain_table(), Outage(0.5))
    assert "did not settle within 1 rounds" in failure.value.text("en")
    assert "请提高替代弹性" in failure.value.text("zh")
