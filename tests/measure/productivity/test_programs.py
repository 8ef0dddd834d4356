"""The warm-started solver: what changes, what it reports, and that it stays silent."""

from __future__ import annotations

import numpy as np
import pytest

from xinzhi.measure.productivity.programs import (
    FAILED,
    INFEASIBLE,
    OPTIMAL,
    UNBOUNDED,
    Program,
    WarmModel,
)

INFINITE = np.inf


@pytest.fixture
def model():
    """Return max 3a + 2b so that a + b <= 4, a + 3b <= 6."""
    return WarmModel(
        Program(
            matrix=np.array([[1.0, 1.0], [1.0, 3.0]]),
            cost=np.array([3.0, 2.0]),
            row_lower=np.full(2, -INFINITE),
            row_upper=np.array([4.0, 6.0]),
            lower=np.zeros(2),
        )
    )


def test_a_program_is_solved(model):
    found = model.solve()
    assert found.status == OPTIMAL
    assert found.objective == pytest.approx(12.0)
    np.testing.assert_allclose(found.values, [4, 0])


def test_bounds_costs_rows_and_columns_change(model):
    model.solve()
    model.change_costs(np.array([1.0, 2.0]))
    np.testing.assert_allclose(model.solve().values, [3, 1])
    model.change_rows(np.full(2, -INFINITE), np.array([4.0, 12.0]))
    np.testing.assert_allclose(model.solve().values, [0, 4])
    model.change_column(1, np.array([2.0, 3.0]))
    assert model.solve().objective == pytest.approx(4.0)
    model.change_row(0, np.array([1.0, 4.0]))
    np.testing.assert_allclose(model.solve().values, [4, 0])


def test_a_closed_column_is_zero_until_it_is_opened(model):
    model.close_column(0, True)
    np.testing.assert_allclose(model.solve().values, [0, 2])
    model.close_column(0, False)
    np.testing.assert_allclose(model.solve().values, [4, 0])


def test_programs_without_an_optimum_are_told_apart(model):
    model.change_rows(np.array([5.0, -INFINITE]), np.array([6.0, 4.0]))
    found = model.solve()
    assert found.status == INFEASIBLE
    assert np.isnan(found.objective)
    assert np.isnan(found.values).all()
    model.change_rows(np.full(2, -INFINITE), np.full(2, INFINITE))
    assert model.solve().status == UNBOUNDED
    model.change_rows(np.full(2, -INFINITE), np.array([4.0, 6.0]))
    assert model.solve().status == OPTIMAL


def test_a_solve_that_fails_is_repeated_from_no_basis(model, monkeypatch):
    model.solve()
    cleared = []
    runs = iter([FAILED, OPTIMAL])
    run = model._run

    def stumbling():
        found = run()
        return found if next(runs) == OPTIMAL else type(found)(FAILED, np.nan, found.values)

    monkeypatch.setattr(model, "_run", stumbling)
    monkeypatch.setattr(model._solver, "clearSolver", lambda: cleared.append(True))
    assert model.solve().status == OPTIMAL
    assert cleared == [True]


def test_building_and_solving_print_nothing(model, capfd):
    WarmModel(Program(np.eye(1), np.ones(1), np.zeros(1), np.ones(1), np.zeros(1))).solve()
    assert capfd.readouterr() == ("", "")
