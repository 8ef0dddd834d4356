"""The iterative solve against the factorised system, and where the latter takes over."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from tests.io_strategies import io_tables, small

from xinzhi.core import ComputationError
from xinzhi.structure import iterative
from xinzhi.structure.iterative import solve_iteratively, solve_rows_iteratively
from xinzhi.structure.leontief import leontief_system, value_added_coefficients


@given(io_tables(kinds=("many_regions",)))
def test_rows_and_columns_are_those_of_the_system(table):
    rows = np.vstack([np.ones(table.size), value_added_coefficients(table), np.zeros(table.size)])
    system = leontief_system(table)
    assert solve_rows_iteratively(table, rows) == pytest.approx(
        system.solve_rows(rows), rel=1e-9, abs=1e-10
    )
    demand = np.column_stack([table.final(), np.eye(table.size)[0]])
    assert solve_iteratively(table, demand) == pytest.approx(
        system.solve(demand), rel=1e-9, abs=1e-9 * table.output.sum()
    )


@given(io_tables(kinds=("separate", "competitive")))
def test_one_region_is_factorised(table):
    rows = np.ones((1, table.size))
    assert np.array_equal(
        solve_rows_iteratively(table, rows), leontief_system(table).solve_rows(rows)
    )
    demand = table.final()[:, np.newaxis]
    assert np.array_equal(solve_iteratively(table, demand), leontief_system(table).solve(demand))


@given(io_tables(kinds=("many_regions",)))
def test_too_few_steps_leave_the_work_to_the_system(table):
    rows = np.ones((1, table.size))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(iterative, "MOST_STEPS", 1)
        found = solve_rows_iteratively(table, rows)
    assert found == pytest.approx(leontief_system(table).solve_rows(rows), rel=1e-9)


def two_regions(own, other):
    """Return a table of two regions with one sector each, by what they buy of each 10 they make."""
    made = small([[own, other], [other, own]], [10, 10])
    return replace(
        made,
        sectors=made.sectors[:1],
        regions=("A", "B"),
        final_categories=(replace(made.final_categories[0], region="A"),),
    )


@pytest.mark.parametrize(("own", "other"), [(10, 0), (2, 8), (5, 6)])
def test_a_table_that_is_not_productive_is_refused(own, other):
    """A region that buys all it makes of itself, two that do of each other, two that buy more."""
    with pytest.raises(ComputationError):
        solve_rows_iteratively(two_regions(own, other), np.ones((1, 2)))


def test_two_regions_by_hand():
    found = solve_rows_iteratively(two_regions(4, 2), np.ones((1, 2)))
    assert found == pytest.approx(np.full((1, 2), 1 / 0.4))
