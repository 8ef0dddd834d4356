"""Data envelopment analysis against printed results.

Eleven units of the first example, eight of the second and five of the fourth, with their results,
are printed in the documentation and tests of J. Barbero and J. L. Zofío, DataEnvelopmentAnalysis.jl
(github.com/javierbarbero/DataEnvelopmentAnalysis.jl): pages radial, directional, enhanced Russell
and environmental. The radial results were checked by its authors against R. The third example is
EG1 of T. Coelli (1996), A Guide to DEAP Version 2.1, CEPA Working Paper 96/08, as DEAP prints it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from xinzhi.measure.productivity.dea import dea
from xinzhi.measure.productivity.directional import directional_distance, directional_steps
from xinzhi.measure.productivity.sbm import sbm

UNITS = list(range(1, 12))
X = pd.DataFrame(
    {
        "x1": [5, 16, 16, 17, 18, 23, 25, 27, 37, 42, 5],
        "x2": [13, 12, 26, 15, 14, 6, 10, 22, 14, 25, 17],
    },
    index=UNITS,
)
Y = pd.DataFrame({"y": [12, 14, 25, 26, 8, 9, 27, 30, 31, 26, 12]}, index=UNITS)

RADIAL = {
    ("crs", "input"): [
        *(1.0, 0.6222896791, 0.8198562444, 1.0, 0.3103709311, 0.5555555556),
        *(1.0, 0.7576690896, 0.8201058201, 0.4905660377, 1.0),
    ],
    ("crs", "output"): [
        *(1.0, 1.606968641, 1.219726027, 1.0, 3.221951220, 1.8),
        *(1.0, 1.319837398, 1.219354839, 2.038461538, 1.0),
    ],
    ("vrs", "input"): [
        *(1.0, 0.8699861687, 1.0, 1.0, 0.7116402116, 1.0, 1.0, 1.0, 1.0, 0.4931209269, 1.0),
    ],
    ("vrs", "output"): [
        *(1.0, 1.507518797, 1.0, 1.0, 3.203947368, 1.0, 1.0, 1.0, 1.0, 1.192307692, 1.0),
    ],
}
SLACKS = {
    ("crs", "input"): {(6, "x1"): 4.444444444, (9, "x1"): 1.640211640, (11, "x2"): 4},
    ("crs", "output"): {(6, "x1"): 8, (9, "x1"): 2, (11, "x2"): 4},
    ("vrs", "input"): {(5, "y"): 2.698412698, (11, "x2"): 4},
    ("vrs", "output"): {(10, "x1"): 5, (10, "x2"): 11, (11, "x2"): 4},
}
# peers of the units that have others for peers; unit 11 is left out, whose peer is itself in print,
# but unit 1 once its slack is gone
PEERS = {
    ("crs", "input"): {
        2: {4: 0.4249783174, 7: 0.10928013877},
        3: {1: 1.134321653, 4: 0.4380053908},
        5: {4: 0.2573807721, 7: 0.04844814534},
        6: {7: 0.33333333333},
        8: {4: 1.0348650979, 7: 0.11457435013},
        9: {7: 1.14814814815},
        10: {4: 0.4905660377, 7: 0.49056603774},
    },
    ("vrs", "input"): {
        2: {1: 0.52558782849, 6: 0.2842323651, 7: 0.1901798064},
        5: {1: 0.56613756614, 6: 0.4338624339},
        10: {1: 0.03711078928, 4: 0.4433381608, 7: 0.5195510500},
    },
    ("vrs", "output"): {
        2: {1: 0.38157894737, 4: 0.1710526316, 7: 0.4473684211},
        5: {1: 0.03947368421, 4: 0.7763157895, 7: 0.1842105263},
        10: {9: 1.0},
    },
}


@pytest.mark.parametrize(("returns", "orientation"), RADIAL)
def test_radial_scores_and_slacks_of_eleven_units(returns, orientation):
    result = dea(X, Y, returns, orientation)
    found = result.tables["efficiency"]
    column = "efficiency" if orientation == "input" else "expansion"
    np.testing.assert_allclose(found[column], RADIAL[returns, orientation], rtol=1e-9)
    slacks = result.tables["slacks"].set_index(["unit", "variable"])["slack"]
    expected = pd.Series(SLACKS[returns, orientation]).reindex(slacks.index, fill_value=0.0)
    np.testing.assert_allclose(slacks, expected, atol=1e-8)


@pytest.mark.parametrize(("returns", "orientation"), PEERS)
def test_peers_of_eleven_units(returns, orientation):
    peers = dea(X, Y, returns, orientation).tables["peers"]
    for unit, expected in PEERS[returns, orientation].items():
        own = peers[peers["unit"] == unit].set_index("peer")["weight"]
        assert own.index.tolist() == sorted(expected)
        np.testing.assert_allclose(own.sort_index(), list(expected.values()), rtol=1e-8)


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        ("crs", [0, 3.21996, 2.12169, 0, 6.73567, 1.94595, 0, 3.63586, 1.83784, 10.2311, 0]),
        ("vrs", [0, 1.4188679245283, 0, 0, 4.067924528301886, 0, 0, 0, 0, 5, 0]),
    ],
)
def test_directional_distance_of_eleven_units_along_ones(returns, expected):
    inputs, outputs = X.to_numpy(float), Y.to_numpy(float)
    data = inputs, outputs, np.zeros((11, 0))
    ones = np.ones_like(inputs), np.ones_like(outputs), np.zeros((11, 0))
    steps = directional_steps(data, data, ones, returns).steps
    np.testing.assert_allclose(steps, expected, rtol=1e-5, atol=1e-12)


EIGHT_X = pd.DataFrame({"x": [2, 4, 8, 12, 6, 14, 14, 9.412]})
EIGHT_Y = pd.DataFrame({"y": [1, 5, 8, 9, 3, 7, 9, 2.353]})


def test_slacks_based_measure_of_eight_units():
    crs = sbm(EIGHT_X, EIGHT_Y, returns="crs").tables["efficiency"]["efficiency"]
    expected = [0.4, 1.0, 0.8, 0.6, 0.4, 0.4, 0.514285714285650175, 0.2]
    np.testing.assert_allclose(crs, expected, rtol=1e-9)
    result = sbm(EIGHT_X, EIGHT_Y, returns="vrs")
    vrs = result.tables["efficiency"]["efficiency"]
    np.testing.assert_allclose(vrs, [1, 1, 1, 1, 0.4, 0.4761904761904763, 0.8571428571428572, 0.2])
    slacks = result.tables["slacks"].pivot(index="unit", columns="variable", values="slack")
    np.testing.assert_allclose(slacks["x"], [0, 0, 0, 0, 2, 22 / 3, 2, 5.412], atol=1e-9)
    np.testing.assert_allclose(slacks["y"], [0, 0, 0, 0, 2, 0, 0, 2.647], atol=1e-9)


def test_example_one_of_the_guide_to_deap():
    x = pd.DataFrame({"x1": [2, 2, 6, 3, 6], "x2": [5, 4, 6, 2, 2]}, index=range(1, 6))
    y = pd.DataFrame({"y": [1, 2, 3, 1, 2]}, index=range(1, 6))
    result = dea(x, y, "crs", "input")
    scores = result.tables["efficiency"]["efficiency"]
    np.testing.assert_allclose(scores, [0.500, 1.000, 0.833, 0.714, 1.000], atol=5e-4)
    assert scores.mean() == pytest.approx(0.810, abs=5e-4)
    slacks = result.tables["slacks"].set_index(["unit", "variable"])
    assert slacks["slack"].sum() == pytest.approx(0.5)
    assert slacks.loc[(1, "x2"), "slack"] == pytest.approx(0.5)
    targets = slacks["target"].unstack()
    np.testing.assert_allclose(targets["x1"], [1.000, 2.000, 5.000, 2.143, 6.000], atol=5e-4)
    np.testing.assert_allclose(targets["x2"], [2.000, 4.000, 5.000, 1.429, 2.000], atol=5e-4)
    peers = result.tables["peers"].set_index(["unit", "peer"])["weight"]
    printed = {
        (1, 2): 0.5,
        (2, 2): 1,
        (3, 2): 1,
        (3, 5): 0.5,
        (4, 2): 0.214,
        (4, 5): 0.286,
        (5, 5): 1,
    }
    assert peers.index.tolist() == sorted(printed)
    np.testing.assert_allclose(peers, [printed[key] for key in sorted(printed)], atol=5e-4)


def test_directional_distance_with_a_pollutant_held_like_an_input():
    """The environmental model of that package lets pollutants be cut freely, as inputs are."""
    inputs = pd.DataFrame({"x": [1.0] * 5, "b": [2.0, 5.0, 3.0, 3.0, 2.0]})
    outputs = pd.DataFrame({"y": [7.0, 5.0, 1.0, 3.0, 4.0]})
    found = directional_distance(inputs, outputs, returns="crs", direction="graph")
    np.testing.assert_allclose(
        found.tables["efficiency"]["inefficiency"], [0, 1 / 6, 3 / 4, 2 / 5, 3 / 11], atol=1e-12
    )
