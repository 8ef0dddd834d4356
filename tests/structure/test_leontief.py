"""The Leontief and Ghosh systems: against the textbook inverse, and what they refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.io_strategies import io_tables, small

from xinzhi.core import ComputationError, InputError
from xinzhi.structure.leontief import (
    LeontiefSystem,
    allocation_coefficients,
    coefficients,
    competitive_warning,
    flows_kind,
    ghosh_system,
    import_coefficients,
    leontief_system,
    primary_coefficients,
    value_added_coefficients,
)


@given(io_tables())
def test_output_is_the_inverse_times_final_demand(table):
    """x = (I − A)⁻¹ y, with imports taken off where the flows hold them."""
    demand = table.final()
    if table.imports is not None:
        demand = demand - table.imports
    # what an idle sector's product is imported for is no input of its own production
    solved = leontief_system(table).solve(demand)
    assert solved == pytest.approx(table.output, rel=1e-8, abs=1e-6 * table.output.sum())


@given(st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_solves_are_products_with_the_inverse(size, columns, seed):
    random = np.random.default_rng(seed)
    matrix = random.uniform(size=(size, size)) / (size + 1)
    before = matrix.copy()
    slow = np.linalg.inv(np.eye(size) - matrix)
    system = LeontiefSystem(matrix)
    right, rows = random.normal(size=(size, columns)), random.normal(size=(columns, size))
    assert np.array_equal(matrix, before)
    assert system.size == size
    assert system.inverse() == pytest.approx(slow, rel=1e-10)
    assert system.inverse() is system.inverse()
    assert system.solve(right) == pytest.approx(slow @ right, rel=1e-10, abs=1e-10)
    assert system.solve(right[:, 0]) == pytest.approx(slow @ right[:, 0], rel=1e-10, abs=1e-10)
    assert system.solve_rows(rows) == pytest.approx(rows @ slow, rel=1e-10, abs=1e-10)
    assert system.solve_rows(rows[0]) == pytest.approx(rows[0] @ slow, rel=1e-10, abs=1e-10)


def test_a_matrix_in_fortran_order_gives_the_same():
    matrix = np.array([[0.1, 0.5], [0.3, 0.2]])
    expected = LeontiefSystem(matrix).inverse()
    turned = LeontiefSystem(np.asfortranarray(matrix), overwrite=True).inverse()
    assert turned == pytest.approx(expected, rel=1e-14)


@given(io_tables())
def test_the_ghosh_inverse_is_the_leontief_inverse_scaled(table):
    output = table.output
    made = output > 0
    ghosh, leontief = ghosh_system(table).inverse(), leontief_system(table).inverse()
    both = np.ix_(made, made)
    scaled = leontief[both] * output[made] / output[made][:, np.newaxis]
    assert ghosh[both] == pytest.approx(scaled, rel=1e-7, abs=1e-9)


@given(io_tables())
def test_sectors_without_output_have_no_coefficients(table):
    idle = table.output == 0
    found = [coefficients(table.flows, table.output), primary_coefficients(table)]
    found += [value_added_coefficients(table)[np.newaxis], allocation_coefficients(table).T]
    if not table.competitive:
        found.append(import_coefficients(table))
    for values in found:
        assert np.isfinite(values).all()
        assert not values[:, idle].any()


def test_a_closed_table_imports_nothing():
    table = small([[1, 2], [3, 4]], [10, 20])
    assert import_coefficients(table).tolist() == [[0, 0], [0, 0]]
    assert flows_kind(table) == "domestic"
    assert competitive_warning(table) == ()


@given(io_tables(kinds=("competitive",)))
def test_a_competitive_table_has_no_import_coefficients_and_says_so(table):
    with pytest.raises(InputError) as caught:
        import_coefficients(table)
    assert "does not tell who uses the imports" in caught.value.text("en")
    assert "split_imports_proportionally" in caught.value.text("en")
    assert "竞争型投入产出表不区分各部门使用的进口品" in caught.value.text("zh")
    assert flows_kind(table) == "total"
    (warning,) = competitive_warning(table)
    assert "hold imports" in warning.en
    assert "流量含进口品" in warning.zh


def test_a_singular_system_names_the_sectors_that_buy_all_they_make():
    table = small([[0, 10, 0], [10, 0, 0], [0, 0, 1]], [10, 10, 5])
    for build in (leontief_system, ghosh_system):
        with pytest.raises(ComputationError) as caught:
            build(table)
        english = caught.value.text("en")
        assert "singular" in english
        assert "0 Sector 0: intermediate inputs are 1.000 of output" in english
        assert "1 Sector 1" in english
        assert "Sector 2" not in english
        assert "circles of sectors without value added" in english
        chinese = caught.value.text("zh")
        assert "0 部门0：中间投入为总产出的 1.000" in chinese
        assert "谱半径不小于 1" in chinese


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.2, 0.0], [0.0, 0.1]],
        [[0.9, 0.5], [0.5, 0.9]],
        [[0.5, 0.5], [0.5, 0.5]],
        [[0.0, 1.0 - 1e-12], [1.0, 0.0]],
    ],
)
def test_coefficients_that_are_not_productive_are_refused(matrix):
    """The second has an inverse, with negative elements; the last reaches no digits."""
    with pytest.raises(ComputationError) as caught:
        LeontiefSystem(np.array(matrix))
    assert "spectral radius" in caught.value.text("en")


@given(st.integers(2, 8), st.floats(0.5, 1.5), st.integers(0, 2**32 - 1))
def test_what_is_refused_is_what_has_a_spectral_radius_of_one_or_more(size, radius, seed):
    matrix = np.random.default_rng(seed).uniform(size=(size, size))
    matrix *= radius / np.abs(np.linalg.eigvals(matrix)).max()
    if radius >= 1:
        with pytest.raises(ComputationError):
            LeontiefSystem(matrix)
    elif radius < 1 - 1e-9:
        assert (LeontiefSystem(matrix).inverse() >= 0).all()
