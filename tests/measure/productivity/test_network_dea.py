"""Network DEA against programs solved one by one, its recombination, and bad input."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from xinzhi.core import InputError
from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.network import DECOMPOSITIONS, Stage, network_efficiency

seeds = st.integers(0, 10_000)


def table(random: np.random.Generator, units: int, *names: str) -> pd.DataFrame:
    values = random.uniform(1, 10, (units, len(names)))
    return pd.DataFrame(values, index=[f"u{k}" for k in range(units)], columns=list(names))


def series(seed: int, units: int = 8) -> list[Stage]:
    """Return research, products and finance, in pure series."""
    random = np.random.default_rng(seed)
    money = table(random, units, "money", "people")
    patents = table(random, units, "patents", "papers")
    sales = table(random, units, "sales")
    profit = table(random, units, "profit", "listings")
    return [
        Stage("research", money, patents),
        Stage("products", patents, sales),
        Stage("finance", sales, profit),
    ]


def open_chain(seed: int, units: int = 8) -> list[Stage]:
    """Return stages with inputs from outside and outputs that leave on the way."""
    random = np.random.default_rng(seed)
    money = table(random, units, "money", "people")
    patents = table(random, units, "patents", "papers")
    patents_used = patents[["patents"]] * random.uniform(0.2, 0.9, (units, 1))
    sales = table(random, units, "sales", "services")
    plant = table(random, units, "plant", "people")
    credit = table(random, units, "credit")
    profit = table(random, units, "profit")
    return [
        Stage("research", money, patents),
        Stage("products", pd.concat([patents_used, plant], axis=1), sales),
        Stage("finance", pd.concat([sales[["sales"]], credit], axis=1), profit),
    ]


def quantities(stages: list[Stage]) -> tuple[np.ndarray, np.ndarray]:
    """Return what stages take in and turn out, (stages, units, variables)."""
    names = list(dict.fromkeys(n for s in stages for n in (*s.inputs, *s.outputs)))
    return tuple(
        np.stack([part.reindex(columns=names, fill_value=0.0).to_numpy() for part in parts])
        for parts in ([s.inputs for s in stages], [s.outputs for s in stages])
    )


def slow_system(stages, decomposition, unit):
    """Return E, A and R of one unit by the multiplier program, and the constraints of prices."""
    taken, made = quantities(stages)
    if decomposition == "additive":
        base, gain = taken.sum(axis=0)[unit], made.sum(axis=0)[unit]
    else:
        net = (made - taken).sum(axis=0)
        produced = made.sum(axis=(0, 1)) > 0
        base, gain = np.where(produced, 0, -net)[unit], np.where(produced, net, 0)[unit]
    limits = (made - taken).reshape(-1, taken.shape[2])
    found = linprog(-gain, A_ub=limits, b_ub=np.zeros(len(limits)), A_eq=[base], b_eq=[1.0])
    return -found.fun, base, gain, limits


def slow_bound(stages, decomposition, unit, stage, sign):
    efficiency, base, gain, limits = slow_system(stages, decomposition, unit)
    taken, made = quantities(stages)
    found = linprog(
        -sign * made[stage, unit],
        A_ub=limits,
        b_ub=np.zeros(len(limits)),
        A_eq=[taken[stage, unit], gain - efficiency * base],
        b_eq=[1.0, 0.0],
    )
    return -sign * found.fun if found.status == 0 else np.nan


@pytest.mark.parametrize("decomposition", DECOMPOSITIONS)
@pytest.mark.parametrize("chain", [series, open_chain])
def test_scores_and_bounds_agree_with_programs_solved_one_by_one(chain, decomposition):
    stages = chain(4)
    result = network_efficiency(stages, decomposition)
    system = result.to_frame()["efficiency"]
    rows = result.to_frame("stages")
    for unit in range(8):
        assert system[unit] == pytest.approx(slow_system(stages, decomposition, unit)[0], abs=1e-8)
        for place in range(3):
            row = rows.iloc[3 * unit + place]
            for column, sign in (("efficiency_low", -1), ("efficiency_high", 1)):
                expected = slow_bound(stages, decomposition, unit, place, sign)
                np.testing.assert_allclose(row[column], expected, atol=1e-6)


@settings(max_examples=15)
@given(seeds, st.sampled_from(DECOMPOSITIONS), st.sampled_from([series, open_chain]))
def test_stages_recombine_to_the_system(seed, decomposition, chain):
    result = network_efficiency(chain(seed), decomposition)
    rows = result.to_frame("stages").fillna({"efficiency": 1.0})
    lost = (rows["weight"] * (1 - rows["efficiency"])).groupby(rows["unit"], sort=False).sum()
    system = result.to_frame().set_index("unit")["efficiency"]
    np.testing.assert_allclose(lost, 1 - system, atol=1e-7)
    assert (system > 0).all()
    assert (system <= 1).all()
    inside = rows.dropna()
    assert (inside["efficiency"] >= inside["efficiency_low"] - 1e-6).all()
    assert (inside["efficiency"] <= inside["efficiency_high"] + 1e-6).all()


@settings(max_examples=15)
@given(seeds)
def test_in_pure_series_efficiencies_multiply_and_weights_follow(seed):
    result = network_efficiency(series(seed))
    rows = result.to_frame("stages")
    system = result.to_frame().set_index("unit")["efficiency"]
    product = rows.groupby("unit", sort=False)["efficiency"].prod()
    np.testing.assert_allclose(product, system, rtol=1e-7)
    # what enters a stage is worth what the stages before it have left
    entered = rows.groupby("unit", sort=False)["efficiency"].transform(
        lambda e: e.shift(fill_value=1.0).cumprod()
    )
    np.testing.assert_allclose(rows["weight"], entered, rtol=1e-7)
    additive = network_efficiency(series(seed), "additive").to_frame("stages")
    np.testing.assert_allclose(additive.groupby("unit")["weight"].sum(), 1, rtol=1e-9)


def test_no_stage_beats_its_own_frontier():
    stages = series(9)
    result = network_efficiency(stages)
    rows = result.to_frame("stages")
    for stage in stages:
        alone = dea(stage.inputs, stage.outputs, "crs").to_frame()["efficiency"].to_numpy()
        inside = rows[rows["stage"] == stage.name]["efficiency_high"].to_numpy()
        assert (inside <= alone + 1e-8).all()


def test_a_stage_efficiency_that_is_not_unique_by_hand():
    # d leads research, which bounds 3 (w1 + w2) by 1; p leads products, which bounds the price of
    # sales by w1 + w2. All prices with w1 + w2 = 1/3 are optimal, and c is worth 2 w1 + w2 halfway
    units = ["d", "p", "c"]
    money = pd.DataFrame({"money": [1.0, 1.0, 1.0]}, index=units)
    ideas = pd.DataFrame({"patents": [3.0, 1.0, 2.0], "papers": [3.0, 1.0, 1.0]}, index=units)
    sales = pd.DataFrame({"sales": [1.0, 1.0, 1.0]}, index=units)
    stages = [Stage("research", money, ideas), Stage("products", ideas, sales)]
    first = network_efficiency(stages)
    np.testing.assert_allclose(first.to_frame()["efficiency"], 1 / 3)
    rows = first.to_frame("stages").set_index(["unit", "stage"]).loc["c"]
    np.testing.assert_allclose(rows["efficiency_low"], [1 / 3, 1 / 2])
    np.testing.assert_allclose(rows["efficiency_high"], [2 / 3, 1])
    np.testing.assert_allclose(rows["efficiency"], [2 / 3, 1 / 2])
    assert first.parameters["priority"] == "research"
    zh, en = first.warnings[-1]
    assert "1 unit(s) are not unique, only bounded by efficiency_low and efficiency_high: c" in en
    assert zh.startswith("1 个单元的环节效率不唯一")
    assert zh.endswith("之间：c")
    second = network_efficiency(stages, priority="products")
    rows = second.to_frame("stages").set_index(["unit", "stage"]).loc["c"]
    np.testing.assert_allclose(rows["efficiency"], [1 / 3, 1])


def test_a_stage_that_carries_no_weight_is_undetermined():
    # b's first stage alone is efficient; any value put on its second, half as good, lowers the sum
    units = ["a", "b"]

    def ones(*names: str) -> pd.DataFrame:
        return pd.DataFrame(1.0, index=units, columns=list(names))

    made = pd.DataFrame({"profit": [1.0, 0.5]}, index=units)
    stages = [
        Stage("research", ones("money"), ones("papers", "patents")),
        Stage("products", ones("patents", "plant"), made),
    ]
    result = network_efficiency(stages, "additive")
    np.testing.assert_allclose(result.to_frame()["efficiency"], 1.0)
    rows = result.to_frame("stages").set_index(["unit", "stage"])
    assert rows.loc[("b", "products"), "status"] == "undetermined"
    assert rows.loc[("b", "products"), "weight"] == pytest.approx(0, abs=1e-9)
    assert np.isnan(rows.loc[("b", "products"), "efficiency_high"])
    assert rows.loc[("b", "research"), "efficiency"] == pytest.approx(1)


@settings(max_examples=10)
@given(seeds)
def test_units_of_measurement_leave_scores_alone(seed):
    stages = series(seed)
    scale = {"money": 1e6, "patents": 1e-3, "sales": 1e4}
    scaled = [
        Stage(
            s.name, *(part.mul([scale.get(n, 1.0) for n in part]) for part in (s.inputs, s.outputs))
        )
        for s in stages
    ]
    one, other = network_efficiency(stages).to_frame(), network_efficiency(scaled).to_frame()
    np.testing.assert_allclose(other["efficiency"], one["efficiency"], rtol=1e-7)


def refused(stages, **options) -> tuple[str, str]:
    with pytest.raises(InputError) as caught:
        network_efficiency(stages, **options)
    return caught.value.text("zh"), caught.value.text("en")


def test_one_stage_is_no_network():
    zh, en = refused(series(0)[:1])
    assert "at least two stages, got 1" in en
    assert "至少需要两个环节，现有 1 个" in zh
    assert "take dea" in en


def test_stages_need_different_names():
    first, second, _ = series(0)
    zh, en = refused([first, Stage("research", second.inputs, second.outputs)])
    assert "stages named twice: research" in en
    assert "环节重名：research" in zh


def test_stages_need_the_same_units():
    first, second, _ = series(0)
    zh, en = refused([first, Stage("products", second.inputs.iloc[1:], second.outputs.iloc[1:])])
    assert "stage products does not have the units of research" in en
    assert "环节 products 的单元与 research 不同" in zh


def test_one_stage_makes_a_good():
    first, second, _ = series(0)
    zh, en = refused([first, Stage("products", second.outputs, second.inputs)])
    assert "patents is made by two stages: research, products" in en
    assert "patents 由两个环节产出：research、products" in zh


def test_goods_are_made_before_they_are_taken_in():
    first, second, _ = series(0)
    zh, en = refused([second, first])
    assert "stage products takes in patents, which only stage research makes" in en
    assert "环节 products 投入的 patents 要到环节 research 才产出" in zh


def test_no_more_is_taken_in_than_made():
    first, second, _ = series(0)
    zh, en = refused([first, Stage("products", second.inputs * 2, second.outputs)])
    assert "in 16 place(s) more of an intermediate good is taken in than made" in en
    assert "16 处中间产品的投入多于产出" in zh


def test_unknown_options_are_refused():
    zh, en = refused(series(0), decomposition="multiplicative")
    assert "unknown decomposition multiplicative" in en
    assert "未知的分解方式 multiplicative" in zh
    zh, en = refused(series(0), priority="sales")
    assert "unknown stage sales" in en
    assert "未知的环节 sales" in zh


def test_missing_values_are_refused_with_their_place():
    first, second, third = series(0)
    broken = second.outputs.copy()
    broken.loc["u3", "sales"] = np.nan
    with pytest.raises(InputError, match="u3 sales"):
        network_efficiency([first, Stage("products", second.inputs, broken), third])
