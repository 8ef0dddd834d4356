"""Printed reservation values, and the example of Weitzman's paper.

Sources : course slides on search theory, “Problem 1” (rewards uniform on 0 … 100; opening a box
costs 1, approaching the table 2), as kept in the public data set nvidia/Nemotron-CC-Math-v1: the
value of endless search with one box at a time, and of visits at which N boxes are opened together
and the best is taken. For N = 2 the slides print 79.2, which does not come out: 79.27 solves the
same equation by hand. Weitzman (1979), Econometrica 47(3), 642: what his two research projects cost
and may bring; the excerpts that were read hold no result, so that those asserted for them are
worked out by hand.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.plan.mechanism_cases import box

from xinzhi.plan.innovation.mechanisms_search import reservation_value, search, search_order

# boxes opened together, reservation value, half a unit of its last digit
PRINTED = ((1, 75.5, 0.05), (3, 80.5, 0.05), (4, 80.95, 0.005), (5, 81.0, 0.5))


def best_of(boxes: int, cells: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Return middles and probabilities of cells of the best of several uniform rewards."""
    edges = np.linspace(0, 100, cells + 1)
    return (edges[1:] + edges[:-1]) / 2, np.diff((edges / 100) ** boxes)


def test_the_value_of_endless_search_is_the_reservation_value():
    assert reservation_value(*best_of(1), 1) == pytest.approx(85.86, abs=0.005)


@pytest.mark.parametrize(("boxes", "printed", "rounding"), PRINTED)
def test_reservation_values_of_visits_with_several_boxes(boxes, printed, rounding):
    found = reservation_value(*best_of(boxes), 2 + boxes)
    assert found == pytest.approx(printed, abs=rounding)


def test_a_visit_with_two_boxes_by_hand():
    # E (best − z)+ = 200/3 − z + z³/30000 for the better of two
    z = reservation_value(*best_of(2), 4)
    assert 200 / 3 - z + z**3 / 30_000 == pytest.approx(4, abs=1e-5)
    assert z == pytest.approx(79.27, abs=0.005)


def test_weitzmans_two_projects_without_discounting():
    alpha = box("alpha", (100, 0.5), (55, 0.5), cost=15)
    omega = box("omega", (240, 0.2), (0, 0.8), cost=20)
    order, values = search_order([alpha, omega])
    # (100 − z)/2 = 15 and (240 − z)/5 = 20: the project with the lower mean comes first
    assert [("alpha", "omega")[k] for k in order] == ["omega", "alpha"]
    np.testing.assert_allclose(values, [140, 70])
    found = search([alpha, omega])
    # 0.2 · 240 + 0.8 · (77.5 − 15) − 20; beginning with alpha brings 75
    assert found.value - found.cost == pytest.approx(78)
    np.testing.assert_allclose(found.opened, [1, 0.8])
