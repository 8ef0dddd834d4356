"""Upstreamness, downstreamness and average propagation length against their series and by hand."""

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.core import ComputationError, Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.structure.chains import average_propagation_lengths, downstreamness, upstreamness
from xinzhi.structure.leontief import coefficients, leontief_system
from xinzhi.structure.linkages import ghosh_row_sums
from xinzhi.structure.multipliers import multipliers


def chain(exports=0.0, stocks=0.0):
    """Return ore → steel → cars, the first two with nothing but their one user."""
    return IOTable(
        sectors=tuple(Sector(name, Text(name, name)) for name in ("ore", "steel", "cars")),
        flows=[[0, 40, 0], [0, 0, 70], [0, 0, 0]],
        final_demand=[[0, exports, stocks], [0, 0, 0], [100, 0, 0]],
        final_categories=(
            FinalCategory("C", "consumption", Text("消费", "Consumption")),
            FinalCategory("E", "exports", Text("出口", "Exports")),
            FinalCategory("N", "stock_changes", Text("库存变动", "Stock changes")),
        ),
        primary_inputs=[[40 + exports + stocks, 30, 30]],
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=[40 + exports + stocks, 70, 100],
    )


def test_a_chain_by_hand():
    """Cars are one step from their buyers, steel two, ore three."""
    assert upstreamness(chain()) == pytest.approx([3, 2, 1])
    down = downstreamness(chain())
    steel = 1 + 40 / 70
    assert down == pytest.approx([1, steel, 1 + 0.7 * steel])


def test_exports_are_used_as_here_or_final():
    table = chain(exports=60)
    assert upstreamness(table) == pytest.approx([3, 2, 1])
    assert upstreamness(table, "final") == pytest.approx([0.4 * 3 + 0.6, 2, 1])


def test_stock_changes_are_used_as_the_rest():
    assert upstreamness(chain(stocks=25)) == pytest.approx([3, 2, 1])
    assert upstreamness(chain(stocks=-5)) == pytest.approx([3, 2, 1])


def test_imports_are_made_as_here_or_primary():
    table = IOTable(
        sectors=tuple(Sector(name, Text(name, name)) for name in ("parts", "cars")),
        flows=[[0, 30], [0, 0]],
        final_demand=[[10], [100]],
        final_categories=(FinalCategory("C", "consumption", Text("消费", "Consumption")),),
        primary_inputs=[[20, 40]],
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
        output=[40, 100],
        imported_flows=[[20, 30], [0, 0]],
        imported_final_demand=[[0], [0]],
    )
    assert downstreamness(table, "primary") == pytest.approx([1, 1.3])
    parts = 1 / (1 - 0.5)
    assert downstreamness(table) == pytest.approx([parts, 1 + 0.6 * parts])


@given(io_tables(kinds=("closed", "many_regions", "separate")))
def test_downstreamness_with_imports_as_primary_is_the_output_multiplier(table):
    expected = multipliers(table)["output_multiplier"].to_numpy()
    assert downstreamness(table, "primary") == pytest.approx(expected)
    assert (downstreamness(table) >= expected - 1e-9).all()


@given(io_tables())
def test_stages_are_at_least_one(table):
    assert (downstreamness(table) >= 1 - 1e-9).all()
    assert (upstreamness(table, "final") >= 1 - 1e-9).all()


@given(io_tables(kinds=("closed", "separate")))
def test_upstreamness_without_stocks_and_exports_apart_is_the_ghosh_row_sum(table):
    """The case of a world table: δ = B, so that U is the row sum of the Ghosh inverse."""
    from dataclasses import replace

    categories = tuple(
        replace(c, kind="investment") if c.kind == "stock_changes" else c
        for c in table.final_categories
    )
    table = replace(table, final_categories=categories)
    expected = ghosh_row_sums(leontief_system(table), table.output)
    assert upstreamness(table, "final") == pytest.approx(expected, rel=1e-6)


def test_circles_that_sell_nothing_to_final_use_have_no_upstreamness():
    table = small([[0, 10, 0], [5, 0, 0], [0, 0, 1]], [10, 10, 5])
    with pytest.raises(ComputationError):
        upstreamness(
            IOTable(
                sectors=table.sectors,
                flows=table.flows,
                final_demand=np.column_stack([table.final_demand[:, 0] * [0, 0, 1], [0, 5, 0]]),
                final_categories=(
                    *table.final_categories,
                    FinalCategory("E", "exports", Text("出口", "Exports")),
                ),
                primary_inputs=table.primary_inputs,
                primary_categories=table.primary_categories,
                output=table.output,
            )
        )


@given(io_tables())
def test_propagation_lengths_are_the_weighted_rounds(table):
    """The slow twin: rounds of the power series, each weighted by its number."""
    direct = coefficients(table.flows, table.output)
    power, total, steps = np.eye(table.size), np.zeros_like(direct), np.zeros_like(direct)
    for k in range(1, 600):
        power = power @ direct
        total, steps = total + power, steps + k * power
        if power.max() * k < 1e-13:
            break
    frame = average_propagation_lengths(table)
    seen = total > 1e-6
    assert list(frame.index) == list(table.labels)
    assert frame.to_numpy()[seen] == pytest.approx(
        (steps / np.where(seen, total, 1))[seen], rel=1e-5
    )
    assert np.isnan(frame.to_numpy()[total == 0]).all()
    assert (frame.to_numpy()[seen] >= 1 - 1e-9).all()


def test_propagation_lengths_by_hand():
    lengths = average_propagation_lengths(chain()).to_numpy()
    assert lengths[0, 2] == pytest.approx(2)
    assert lengths[0, 1] == pytest.approx(1)
    assert lengths[1, 2] == pytest.approx(1)
    assert np.isnan(lengths[2, 0])
