"""Linkages: means of one, the Ghosh shortcut and pure linkages against their slow definitions."""

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.structure.leontief import coefficients, ghosh_system, leontief_system
from xinzhi.structure.linkages import (
    backward_linkage,
    forward_linkage,
    ghosh_row_sums,
    linkage_class,
    linkage_spread,
    linkages,
    pure_linkages,
)


@given(io_tables())
def test_normalised_linkages_have_a_mean_of_one(table):
    for forward in ("ghosh", "leontief"):
        frame = linkages(table, forward)
        assert frame["backward_linkage"].mean() == pytest.approx(1.0)
        assert frame["forward_linkage"].mean() == pytest.approx(1.0)


@given(io_tables())
def test_linkages_are_sums_of_the_inverses(table):
    inverse = leontief_system(table).inverse()
    ghosh = linkages(table)
    leontief = linkages(table, "leontief")
    assert ghosh["total_backward"].to_numpy() == pytest.approx(inverse.sum(axis=0))
    assert leontief["total_forward"].to_numpy() == pytest.approx(inverse.sum(axis=1))
    direct = coefficients(table.flows, table.output).sum(axis=0)
    assert ghosh["direct_backward"].to_numpy() == pytest.approx(direct)
    assert (ghosh["total_backward"] >= 1 + direct - 1e-9).all()


@given(io_tables(kinds=("separate", "closed", "many_regions")))
def test_forward_linkages_by_the_leontief_system_are_those_of_the_ghosh_inverse(table):
    slow = ghosh_system(table).inverse().sum(axis=1)
    fast = ghosh_row_sums(leontief_system(table), table.output)
    assert fast == pytest.approx(slow, rel=1e-7)


def test_single_functions_agree_with_the_table(drawn):
    system, frame = leontief_system(drawn), linkages(drawn)
    assert backward_linkage(system) == pytest.approx(frame["backward_linkage"].to_numpy())
    forward = forward_linkage(system, drawn.output)
    assert forward == pytest.approx(frame["forward_linkage"].to_numpy())
    forward = forward_linkage(system, drawn.output, "leontief")
    assert forward == pytest.approx(linkages(drawn, "leontief")["forward_linkage"].to_numpy())


@given(io_tables())
def test_pure_linkages_are_those_of_the_partitioned_table(table):
    """The slow twin: for each sector the rest of the economy is inverted by itself."""
    direct = coefficients(table.flows, table.output)
    demand = table.output - table.flows @ (table.output > 0)
    backward, forward = [], []
    for j in range(table.size):
        rest = np.arange(table.size) != j
        others = np.linalg.inv(np.eye(table.size - 1) - direct[np.ix_(rest, rest)])
        own = 1 / (1 - direct[j, j])
        backward.append((others @ direct[rest, j]).sum() * own * demand[j])
        forward.append(own * direct[j, rest] @ others @ demand[rest])
    frame = pure_linkages(table)
    scale = 1e-8 * table.output.sum()
    assert frame["pure_backward"].to_numpy() == pytest.approx(backward, rel=1e-7, abs=scale)
    assert frame["pure_forward"].to_numpy() == pytest.approx(forward, rel=1e-7, abs=scale)
    total = frame["pure_backward"] + frame["pure_forward"]
    assert frame["pure_total"].to_numpy() == pytest.approx(total.to_numpy())


@given(io_tables())
def test_spread_is_the_variation_within_the_inverse(table):
    inverse = leontief_system(table).inverse()
    columns, rows = linkage_spread(leontief_system(table))
    for j in range(table.size):
        column, row = inverse[:, j], inverse[j]
        assert columns[j] == pytest.approx(np.std(column, ddof=1) / column.mean())
        assert rows[j] == pytest.approx(np.std(row, ddof=1) / row.mean())


def test_one_sector_has_no_spread():
    from xinzhi.structure.leontief import LeontiefSystem

    columns, rows = linkage_spread(LeontiefSystem(np.array([[0.5]])))
    assert np.isnan(columns).all()
    assert np.isnan(rows).all()


def test_classes():
    found = linkage_class(np.array([1.2, 1.2, 0.8, 0.8]), np.array([1.1, 0.9, 1.1, 0.9]))
    assert found == ["key", "backward", "forward", "weak"]


@pytest.fixture
def drawn():
    return small([[150, 500], [200, 100]], [1000, 2000])
