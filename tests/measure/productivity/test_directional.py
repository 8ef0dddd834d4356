"""Directional distance against its program written out, weak disposability, and its laws."""

from __future__ import annotations

import numpy as np
import pytest
from tests.measure.productivity.frontier_cases import drawn, plain_distance, table

from xinzhi.core import InputError
from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.directional import (
    DIRECTIONS,
    directional_distance,
    directional_steps,
)
from xinzhi.measure.productivity.kernel import INFEASIBLE, RETURNS


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("returns", RETURNS)
@pytest.mark.parametrize(("undesirable", "ties"), [(0, False), (1, True), (2, False)])
def test_distances_are_those_of_the_program_written_out(returns, direction, undesirable, ties):
    tables = drawn(1, units=16, undesirable=undesirable, ties=ties)
    found = directional_distance(*tables, returns, direction).tables["efficiency"]
    arrays = [t.to_numpy() for t in tables]
    moved = arrays[0] * (direction != "output"), arrays[1] * (direction != "input"), arrays[2]
    expected = [
        plain_distance([a[u] for a in arrays], arrays, [m[u] for m in moved], returns)
        for u in range(16)
    ]
    np.testing.assert_allclose(found["inefficiency"], expected, atol=1e-8)


@pytest.mark.parametrize("returns", RETURNS)
def test_without_undesirable_outputs_it_repeats_the_radial_scores(returns):
    inputs, outputs, _ = drawn(2, units=40)
    for orientation in ("input", "output"):
        radial = dea(inputs, outputs, returns, orientation).tables["efficiency"]["efficiency"]
        found = directional_distance(inputs, outputs, None, returns, orientation)
        np.testing.assert_allclose(found.tables["efficiency"]["efficiency"], radial, rtol=1e-9)


def test_more_good_and_less_bad_output_by_hand():
    """From (y, b) = (1, 1) along (1, -1) to the ray of (2, 1): 1 + beta = 2 (1 - beta)."""
    inputs, outputs, bads = table([[1], [1]], "x"), table([[2], [1]], "y"), table([[1], [1]], "b")
    found = directional_distance(inputs, outputs, bads, "crs").tables["efficiency"]
    np.testing.assert_allclose(found["inefficiency"], [0, 1 / 3], atol=1e-12)
    np.testing.assert_allclose(found["efficiency"], [1, 3 / 4])


def test_pollution_is_not_thrown_away_for_nothing():
    """A unit that must keep its pollution of 9 cannot double its output as a clean one shows."""
    everyone = np.ones((2, 1)), np.array([[2.0], [1.0]]), np.array([[1.0], [9.0]])
    dirty = tuple(part[1:] for part in everyone)
    more_output = np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1))
    weak = directional_steps(dirty, everyone, more_output, "crs")
    assert weak.steps[0] == pytest.approx(0.0, abs=1e-12)
    as_input = [(np.hstack([x, b]), y, b[:, :0]) for x, y, b in (dirty, everyone)]
    moved = np.zeros((1, 2)), np.ones((1, 1)), np.zeros((1, 0))
    assert directional_steps(*as_input, moved, "crs").steps[0] == pytest.approx(1.0)


def test_activity_may_stand_idle_under_variable_returns():
    """Half of each of two units makes (y, b) = (2, 3.5) of an input of 2; a fifth of the small one,
    the rest idle, makes (0.2, 0.2), which no sum of whole activities does."""
    everyone = np.array([[1.0], [3.0]]), np.array([[1.0], [3.0]]), np.array([[1.0], [6.0]])
    more_output = np.zeros((1, 1)), np.ones((1, 1)), np.zeros((1, 1))
    middle = np.array([[2.0]]), np.array([[0.9]]), np.array([[3.5]])
    assert directional_steps(middle, everyone, more_output, "vrs").steps[0] == pytest.approx(1.1)
    idle = np.array([[2.0]]), np.array([[0.2]]), np.array([[0.2]])
    found = directional_steps(idle, everyone, more_output, "vrs")
    assert found.steps[0] == pytest.approx(0.0, abs=1e-12)
    assert found.weights.sum() == pytest.approx(1.0)


def test_targets_lie_along_the_direction():
    tables = drawn(3, units=20)
    result = directional_distance(*tables, "vrs", "graph")
    parts = result.tables["targets"].merge(result.tables["efficiency"], on="unit")
    sign = parts["role"].map({"input": -1, "output": 1, "undesirable": -1})
    expected = parts["observed"] * (1 + sign * parts["inefficiency"])
    np.testing.assert_allclose(parts["target"], expected)
    efficiency = (1 - parts["inefficiency"]) / (1 + parts["inefficiency"])
    np.testing.assert_allclose(parts["efficiency"], efficiency)


def test_peers_reach_the_targets_under_weak_disposability():
    inputs, outputs, bads = drawn(4, units=30)
    result = directional_distance(inputs, outputs, bads, "crs")
    target = result.tables["targets"].pivot(index="unit", columns="variable", values="target")
    peers = result.tables["peers"].pivot(index="unit", columns="peer", values="weight").fillna(0)
    polluted = peers.to_numpy() @ bads.loc[peers.columns].to_numpy()
    np.testing.assert_allclose(target.loc[peers.index, ["b1"]], polluted, atol=1e-8)


def test_a_unit_outside_a_reference_steps_back_or_is_infeasible():
    reference = np.ones((1, 1)), np.ones((1, 1)), np.zeros((1, 0))
    better = np.ones((1, 1)), np.full((1, 1), 2.0), np.zeros((1, 0))
    moved = np.zeros((1, 1)), better[1], np.zeros((1, 0))
    assert directional_steps(better, reference, moved, "vrs").steps[0] == pytest.approx(-0.5)
    small = np.full((1, 1), 0.5), np.ones((1, 1)), np.zeros((1, 0))
    found = directional_steps(small, reference, (moved[0], small[1], moved[2]), "vrs")
    assert found.status[0] == INFEASIBLE
    assert np.isnan(found.steps[0])


def test_unknown_direction_is_refused():
    with pytest.raises(InputError) as caught:
        directional_distance(*drawn(5), direction="up")
    assert caught.value.text("en") == "unknown direction up\nChoose from: output, input, graph"
    assert caught.value.text("zh") == "未知的方向 up\n可选：output、input、graph"
