"""Structural decomposition: no residual, the average over all orders, and what is refused."""

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables, small

from xinzhi.core import InputError, Text
from xinzhi.structure.decomposition import MOST_FACTORS, decompose, structural_decomposition
from xinzhi.structure.leontief import coefficients, leontief_system


@given(st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_effects_are_the_mean_over_all_orders(number, seed):
    """The slow twin walks through all n! orders."""
    values = np.random.default_rng(seed).normal(size=(2, number, 3))

    def product(chosen):
        return np.prod([values[year, k] for k, year in enumerate(chosen)], axis=0)

    orders = list(permutations(range(number)))
    slow = np.zeros((number, 3))
    for order in orders:
        state = [0] * number
        for k in order:
            before = product(state)
            state[k] = 1
            slow[k] += (product(state) - before) / len(orders)
    assert decompose(product, number) == pytest.approx(slow, rel=1e-9, abs=1e-12)
    assert decompose(product, number, "all_orderings") == pytest.approx(slow, rel=1e-9, abs=1e-12)
    change = product([1] * number) - product([0] * number)
    polar = decompose(product, number, "polar")
    assert polar.sum(axis=0) == pytest.approx(change, rel=1e-9, abs=1e-12)


def test_two_factors_share_their_interaction():
    """Δ(ab) = Δa·mean(b) + Δb·mean(a)."""
    first, second = (2.0, 3.0), (5.0, 7.0)
    found = decompose(lambda c: np.array((first, second)[c[0]][0] * (first, second)[c[1]][1]), 2)
    assert found == pytest.approx([3 * 5, 4 * 3.5])


def test_beyond_the_stated_number_of_factors_the_polar_average_is_taken():
    number, calls = MOST_FACTORS + 1, []

    def product(chosen):
        calls.append(chosen)
        return np.array(float(np.prod([2.0 if year else 1.0 for year in chosen])))

    found = decompose(product, number)
    assert found == pytest.approx(decompose(product, number, "polar"))
    assert found.sum() == pytest.approx(2.0**number - 1)
    assert len(calls) < 2**MOST_FACTORS


@st.composite
def pairs(draw):
    """Draw two tables of the same sectors: the second a drawn one brought to the first's labels."""
    kind = draw(st.sampled_from(["separate", "closed", "competitive"]))
    first = draw(io_tables(kinds=(kind,), most_sectors=3))
    second = draw(io_tables(kinds=(kind,), most_sectors=3).filter(lambda t: t.size == first.size))
    return first, replace(second, year=2023)


@given(pairs(), st.sampled_from(["output", "value_added", "JOBS"]))
def test_terms_sum_to_the_change(tables, of):
    first, second = tables
    result = structural_decomposition(first, second, of)
    effects = result.to_frame()
    names = list(result.tables["totals"]["factor"])
    scale = max(1.0, *(t.output.max() for t in tables), *(t.satellites.max() for t in tables))
    residual = effects[names].sum(axis=1) - effects["change"]
    assert np.abs(residual).max() <= 1e-10 * scale
    whole = {
        "output": lambda t: t.output,
        "value_added": lambda t: t.value_added,
        "JOBS": lambda t: t.satellite("JOBS"),
    }[of]
    assert effects["change"].to_numpy() == pytest.approx(whole(second) - whole(first))
    assert ("intensity" in names) == (of != "output")
    assert ("imports" in names) == first.competitive


@given(io_tables(most_sectors=3))
def test_no_change_has_no_effects(table):
    result = structural_decomposition(table, table)
    factors = list(result.tables["totals"]["factor"])
    assert not result.to_frame()[["change", *factors]].to_numpy().any()
    assert result.tables["totals"]["share"].isna().all()


def test_each_effect_by_hand():
    """Twice the demand for the same products is all level; other inputs are all technology."""
    first = small([[10, 20], [30, 40]], [100, 200])
    doubled = small([[20, 40], [60, 80]], [200, 400])
    totals = structural_decomposition(first, doubled).tables["totals"].set_index("factor")
    assert totals.loc["level", "effect"] == pytest.approx(300)
    assert totals.loc["level", "share"] == pytest.approx(1)
    others = totals.drop(index="level")["effect"].to_numpy()
    assert others == pytest.approx(np.zeros(len(others)), abs=1e-9)
    other = small([[30, 20], [10, 40]], [120, 180])
    demand = other.final_demand[:, 0]
    assert demand.tolist() == [70, 130]
    assert first.final_demand[:, 0].tolist() == [70, 130]
    effects = structural_decomposition(first, other).to_frame()
    assert effects["technology"].to_numpy() == pytest.approx([20, -20])
    slow = leontief_system(other).solve(demand) - leontief_system(first).solve(demand)
    assert effects["technology"].to_numpy() == pytest.approx(slow)


def test_polar_average_on_tables():
    first = small([[10, 20], [30, 40]], [100, 200])
    second = small([[20, 40], [20, 80]], [210, 300])
    result = structural_decomposition(first, second, "value_added", "polar", constant_prices=True)
    names = list(result.tables["totals"]["factor"])
    effects = result.to_frame()
    assert effects[names].sum(axis=1).to_numpy() == pytest.approx(effects["change"].to_numpy())
    assert result.parameters["average"] == "polar"
    assert not result.warnings
    intensity = coefficients(second.value_added, second.output)
    assert np.isfinite(intensity).all()


def test_the_result_is_called_nominal_unless_prices_are_constant():
    table = small([[10, 20], [30, 40]], [100, 200])
    result = structural_decomposition(table, table)
    assert "nominal" in result.warnings[0].en
    assert "名义变化" in result.warnings[0].zh
    assert result.parameters["constant_prices"] is False
    assert result.units["technology"] == "unspecified"
    assert result.units["share"] == "ratio"


def test_assumptions_of_both_tables_are_repeated():
    table = small([[10, 20], [30, 40]], [100, 200])
    assumed = replace(table, assumptions=(Text("假定。", "Assumed."),))
    assert structural_decomposition(table, assumed).warnings[-1].en == "Assumed."


def test_tables_that_cannot_be_compared_are_refused():
    table = small([[10, 20], [30, 40]], [100, 200])
    other = replace(table, classification="cn42", unit="CNY_10k")
    with pytest.raises(InputError) as caught:
        structural_decomposition(table, other)
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert "cannot be compared" in english
    assert "classification differs" in english
    assert "unit differs: unspecified; CNY_10k" in english
    assert "sectors" not in english
    assert "one classification (aggregate)" in english
    assert "不可比" in chinese
    assert "单位不同：unspecified；CNY_10k" in chinese


def test_of_many_sectors_that_differ_five_and_their_number_are_named():
    flows = [[1.0] * 7 for _ in range(7)]
    table = small(flows, [100] * 7)
    sectors = tuple(replace(sector, code=f"S{k}") for k, sector in enumerate(table.sectors))
    with pytest.raises(InputError) as caught:
        structural_decomposition(table, replace(table, sectors=sectors))
    codes = "/".join(table.codes[:5])
    english, chinese = caught.value.text("en"), caught.value.text("zh")
    assert f"sectors differs: {codes}/… (7); S0/S1/S2/S3/S4/… (7)" in english
    assert f"部门不同：{codes}/… (7)；S0/S1/S2/S3/S4/… (7)" in chinese


def test_an_unknown_account_is_named():
    table = small([[10, 20], [30, 40]], [100, 200])
    with pytest.raises(InputError) as caught:
        structural_decomposition(table, table, "CO2")
    assert "no satellite account CO2" in caught.value.text("en")
