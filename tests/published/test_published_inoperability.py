"""The inoperability model against printed examples.

What was read, and where: the tests of the package diim (stigrs/diim, tests/test_diim.cpp and the
files beside it), which cite

- Haimes and Jiang (2001), Leontief-based model of risk in complex interconnected infrastructures,
  Journal of Infrastructure Systems 7, 1–12: two infrastructures, of which the second loses 0.6 of
  what it is asked for, q = (0.571, 0.714);
- Lian and Haimes (2006), Managing the risk of terrorism to interdependent infrastructure systems,
  Systems Engineering 9, 241–258: two sectors, c* = (0, 0.1), q = (0.066, 0.112), and that the
  dynamic model comes to rest there.

Both state A* itself; with equal outputs it is the matrix of coefficients.
"""

import numpy as np
import pytest

from xinzhi.core import Text
from xinzhi.data.io_table import FinalCategory, IOTable, PrimaryCategory, Sector
from xinzhi.stress.inoperability import dynamic_inoperability, inoperability


def with_interdependency(matrix) -> IOTable:
    """Return a table of two sectors that each make 100, with A* as given."""
    flows = 100 * np.array(matrix)
    return IOTable(
        sectors=(Sector("1", Text("一", "One")), Sector("2", Text("二", "Two"))),
        flows=flows,
        output=np.array([100.0, 100.0]),
        final_demand=(100 - flows.sum(axis=1))[:, np.newaxis],
        final_categories=(FinalCategory("F", "consumption", Text("消费", "Consumption")),),
        primary_inputs=(100 - flows.sum(axis=0))[np.newaxis],
        primary_categories=(PrimaryCategory("V", "value_added", Text("增加值", "Value added")),),
    )


def test_haimes_and_jiang_two_infrastructures():
    found = inoperability(with_interdependency([[0.0, 0.8], [0.2, 0.0]]), np.array([0.0, 60.0]))
    assert found == pytest.approx([0.571, 0.714], abs=5e-4)


@pytest.fixture
def two_sectors() -> IOTable:
    return with_interdependency([[0.15, 0.50], [0.10, 0.05]])


def test_lian_and_haimes_two_sectors(two_sectors):
    assert inoperability(two_sectors, np.array([0.0, 10.0])) == pytest.approx(
        [0.066, 0.112], abs=5e-4
    )


def test_lian_and_haimes_come_to_rest_in_the_static_model(two_sectors):
    path = dynamic_inoperability(two_sectors, np.tile([0.0, 10.0], (100, 1)), np.array([0.2, 0.2]))
    assert path[0] == pytest.approx([0.0, 0.02])
    assert path[-1] == pytest.approx([0.066, 0.112], abs=5e-4)
